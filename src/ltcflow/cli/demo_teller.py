"""Who tells the demo: sends each step to a workspace in memory, on a clock of its own, and prints the real answer.

It runs through the public `Workspace` only. What happens is in `demo_acts`, the words between are in `demo_story`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from ltcflow.cli import demo_story as story
from ltcflow.cli.options import Voice
from ltcflow.cli.output import columns, line, page
from ltcflow.report import answer_text, criteria_table, paragraph, readiness_text, table
from ltcflow.report.words import day

if TYPE_CHECKING:
    from ltcflow.process import Process
    from ltcflow.projects import Answer, Readiness
    from ltcflow.schedule import Plan
    from ltcflow.workspace import Workspace

PROCESS = "ltc_level1_activity_map"
PROJECT = "acme-5g"
FIRST_DAY = "2026-03-02"
CALENDAR = "CN"
ASSUMED = "3d"
WIDEST = 100
INDENT = "   "
TEAM: Mapping[str, str | tuple[str, ...]] = MappingProxyType(
    {
        "account_manager": "li.wei",
        "marketing_team": "wang.fang",
        "decision_team": ("chen.jie", "liu.yang"),
        "product_solution_manager": "zhao.lei",
        "supply_chain": "sun.yi",
        "engineering_manager": "fan.rui",
        "delivery_project_manager": "he.ping",
        "delivery_team_member": "qian.ye",
        "customer": "acme.lin",
    }
)
SPONSOR: Mapping[str, str] = MappingProxyType({"project_owner": "zhang.min"})


class Clock:
    """The clock of the story: it moves only when the story moves it, and never backwards."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def until(self, moment: datetime) -> None:
        """Move to *moment*, unless it has passed."""
        self.moment = max(self.moment, moment)

    def later(self, minutes: int = 10) -> None:
        """Move on a little."""
        self.moment += timedelta(minutes=minutes)


class Demo:
    """The story as it is told: each step is sent to the workspace, and its real answer is printed.

    Attributes:
        answers: every answer, in order.
    """

    def __init__(self, ws: Workspace, process: Process, clock: Clock, say: Voice) -> None:
        self.ws = ws
        self.process = process
        self.clock = clock
        self.say = say
        self.answers: list[Answer] = []
        self.room = min(columns(), WIDEST) - len(INDENT)
        self._chapter = 0
        self._people: dict[str, str | tuple[str, ...]] = {**TEAM, **SPONSOR}

    # -- telling ---------------------------------------------------------------------------------------------------

    def chapter(self, name: str) -> None:
        """Print the heading of a chapter."""
        self._chapter += 1
        line()
        line(f"{self._chapter}. {self.say(*story.CHAPTERS[name])}", fg="cyan", bold=True)

    def tell(self, name: str) -> None:
        """Print a paragraph of the story."""
        self.show(paragraph(self.say(*story.TEXTS[name]), total=self.room))

    def fact(self, en: str, zh: str) -> None:
        """Print something that was found out."""
        self.show(paragraph(self.say(en, zh), total=self.room, hang=INDENT))

    def show(self, text: str, more: str = "") -> None:
        """Print a text, indented."""
        page(text, indent=len(INDENT + more))

    def ask(self, who: str, what: str, send: Callable[[], Answer], *, quiet: bool = False) -> Answer:
        """Print what somebody asks for, send it, print the answer (unless it is accepted and *quiet*)."""
        self.clock.later()
        asked = f"{self.clock.moment:%m-%d %H:%M}  {who} {what}"
        for text in paragraph(asked, total=self.room, hang=" " * 13).splitlines():
            line(f"{INDENT}{text}", bold=True)
        answer = send()
        self.answers.append(answer)
        if not quiet or not answer.accepted:
            self.show(answer_text(answer, self.say.lang, total=self.room - 3, criteria=False), more=INDENT)
        return answer

    def judged(self, answer: Answer) -> None:
        """Print how each criterion stood when *answer* was given."""
        self.show(criteria_table(answer.explanation, self.say.lang, total=self.room - 3), more=INDENT)

    # -- plan ------------------------------------------------------------------------------------------------------

    def forecast(self) -> Plan:
        """Return the plan from where the project stands now."""
        return self.ws.plan(PROJECT, calendar=CALENDAR, default_duration=ASSUMED)

    def compare(self, before: Plan) -> None:
        """Print how the dates of the milestones and of the finish moved since *before*."""
        now, say = self.forecast(), self.say
        rows = [
            (say.label(row.title), row.id, day(before[row.id].early_finish), day(row.early_finish))
            for row in now.rows
            if row.kind == "milestone" and not row.done and not row.skipped
        ]
        rows.append((say("Finish of the project", "项目完成"), "", day(before.finish), day(now.finish)))
        heads = (say("Milestone", "里程碑"), say("Id", "标识"), say("Before", "之前"), say("Now", "现在"))
        self.show(table(heads, rows, total=self.room, keep=(1, 2, 3)))

    def readiness(self, element: str, most: int = 6) -> Readiness:
        """Print what is missing for *element*."""
        found = self.ws.readiness(PROJECT, element, calendar=CALENDAR, default_duration=ASSUMED)
        self.show(readiness_text(found, self.process, self.say.lang, total=self.room, most=most))
        return found

    # -- work ------------------------------------------------------------------------------------------------------

    def work(self, *steps: str | tuple[str, ...]) -> None:
        """Let the responsible people do one step after the other, and what a step lists side by side."""
        done = [text for step in steps for text in self._step(*((step,) if isinstance(step, str) else step))]
        text = f"{self.clock.moment:%m-%d}  ✓ {self.say(', ', '、').join(done)}"
        self.show(paragraph(text, total=self.room, hang=" " * 8))

    def _step(self, *activities: str) -> list[str]:
        """Do *activities*, each when the forecast says it can be done; return what was done by whom."""
        plan, done = self.forecast(), []
        self.clock.until(max(plan[a].early_start for a in activities))
        for activity in activities:
            self._must(self.ws.begin(PROJECT, activity, by=self._doer(activity)))
        plan = self.forecast()
        for activity in sorted(activities, key=lambda a: plan[a].early_finish):
            self.clock.until(plan[activity].early_finish)
            person = self._doer(activity)
            for deliverable in self.process.activity(activity).outputs:
                self._must(self.ws.submit(PROJECT, deliverable, by=person))
            self._must(self.ws.finish(PROJECT, activity, by=person))
            done.append(f"{activity} ({person})")
        return done

    def _must(self, answer: Answer) -> None:
        self.answers.append(answer)
        if not answer.accepted:
            self.show(answer_text(answer, self.say.lang, total=self.room))

    def _doer(self, activity: str) -> str:
        raci = self.process.activity(activity).raci
        people = (self._people.get(role, ()) for role in (*raci.responsible, *raci.accountable))
        first = next(found for found in people if found)
        return first if isinstance(first, str) else first[0]


def run(say: Voice) -> Demo:
    """Tell the story from beginning to end, and return what came of it (its workspace is still open)."""
    import ltcflow
    from ltcflow.cli.demo_acts import ACTS
    from ltcflow.worktime import parse_start

    clock = Clock(parse_start(FIRST_DAY, CALENDAR))
    told = Demo(ltcflow.Workspace.open("memory:", clock=clock), ltcflow.catalog[PROCESS], clock, say)
    line(say(*story.TITLE), fg="cyan", bold=True)
    for name, act in ACTS.items():
        told.chapter(name)
        act(told)
    return told
