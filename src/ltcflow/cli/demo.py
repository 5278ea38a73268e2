"""``ltcflow demo``: one project from lead to cash on a shipped process, in memory, on a clock of its own.

It runs through the public `Workspace` only. The telling is in `demo_story`; what is answered comes from ltcflow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from ltcflow.cli import demo_story as story
from ltcflow.cli.options import Voice, lang_option, voice
from ltcflow.cli.output import line, page
from ltcflow.report.project import answer_text, readiness_text, why_text
from ltcflow.report.tables import table, worklist_table
from ltcflow.report.words import word

if TYPE_CHECKING:
    from ltcflow.process import Process
    from ltcflow.projects import Answer, Readiness
    from ltcflow.schedule import Plan
    from ltcflow.workspace import Workspace

PROCESS = "huawei_manage_sales_project"
PROJECT = "acme-5g"
FIRST_DAY = "2026-03-02"
ASSUMED = "2d"
WIDTH = 100
TEAM: Mapping[str, str | tuple[str, ...]] = MappingProxyType(
    {
        "project_director": "li.wei",
        "account_responsible": "wang.fang",
        "solution_responsible": "zhao.lei",
        "fulfilment_responsible": "fan.rui",
        "sales_project_admin_qa": "qian.ye",
        "chief_negotiator": "he.ping",
        "decision_team": ("chen.jie", "liu.yang"),
    }
)
OWNER = {"project_owner": "zhang.min"}
ANALYSES = ("delivery_analysis", "solution_analysis", "relationship_commercial_analysis")
STRATEGY: tuple[tuple[str, ...], ...] = (
    ("goals_and_strategy",),
    (
        "delivery_goals_strategy",
        "solution_goals_strategy",
        "relationship_goals_strategy",
        "commercial_goals_strategy",
    ),
    ("project_plan",),
    ("schedule_plan",),
    ("communication_plan",),
    ("assign_risk_trackers",),
    ("team_appointment_draft",),
    ("quality_plan",),
    ("initiation_preparation",),
)
CLOSING = ("project_summary", "project_handover", "release_people", "financial_assessment", "quality_assessment")


class Clock:
    """The clock of the story: it moves only when the story moves it, and never backwards."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def until(self, moment: datetime) -> None:
        """Move to *moment*, unless it has passed."""
        self.moment = max(self.moment, moment)

    def later(self, minutes: int = 30) -> None:
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
        self._chapter = 0
        self._people: dict[str, str | tuple[str, ...]] = {**TEAM, **OWNER}

    # -- telling ---------------------------------------------------------------------------------------------------

    def chapter(self, name: str) -> None:
        """Print the heading of a chapter."""
        self._chapter += 1
        line()
        line(f"{self._chapter}. {self.say(*story.CHAPTERS[name])}", fg="cyan", bold=True)

    def tell(self, name: str) -> None:
        """Print a paragraph of the story."""
        line(f"   {self.say(*story.TEXTS[name])}")

    def ask(self, who: str, what: str, send: Callable[[], Answer], *, explain: bool = True) -> Answer:
        """Print what somebody asks for, send it, print the answer."""
        self.clock.later()
        line(f"   {self._now()}  {who}: {what}", bold=True)
        answer = send()
        self.answers.append(answer)
        if explain or not answer.accepted:
            page(answer_text(answer, self.say.lang, total=WIDTH - 6), indent=6)
        return answer

    def _now(self) -> str:
        return f"{self.clock.moment:%m-%d %H:%M}"

    # -- plan ------------------------------------------------------------------------------------------------------

    def forecast(self) -> Plan:
        """Return the plan from where the project stands now."""
        return self.ws.plan(PROJECT, calendar="CN", default_duration=ASSUMED)

    def compare(self, before: Plan) -> None:
        """Print how the dates of gates and milestones moved since *before*, and return the new plan."""
        now = self.forecast()
        rows = []
        for row in now.rows:
            if row.kind in ("gate", "milestone") and not row.done and not row.skipped:
                rows.append((row.id, self.say.label(row.title), f"{before[row.id].early_finish:%m-%d}", f"{row.early_finish:%m-%d}"))
        rows.append(("", self.say("finish of the project", "项目完成"), f"{before.finish:%m-%d}", f"{now.finish:%m-%d}"))
        heads = (self.say("Gate, milestone", "关口、里程碑"), "", self.say("Before", "之前"), self.say("Now", "现在"))
        page(table(heads, rows, total=WIDTH - 3), indent=3)

    # -- work ------------------------------------------------------------------------------------------------------

    def work(self, *activities: str) -> None:
        """Let the responsible people do *activities* side by side, each when the forecast says it can be done."""
        plan = self.forecast()
        self.clock.until(max(plan[a].early_start for a in activities))
        for activity in activities:
            self.answers.append(self.ws.begin(PROJECT, activity, by=self._doer(activity)))
        plan = self.forecast()
        for activity in sorted(activities, key=lambda a: plan[a].early_finish):
            self.clock.until(plan[activity].early_finish)
            person = self._doer(activity)
            handed = self.process.activity(activity).outputs
            for deliverable in handed:
                self.answers.append(self.ws.submit(PROJECT, deliverable, by=person))
            self.answers.append(self.ws.finish(PROJECT, activity, by=person))
            left = f" → {', '.join(handed)}" if handed else ""
            line(f"   {self._now()}  ✓ {person:<10} {activity}{left}")

    def _doer(self, activity: str) -> str:
        raci = self.process.activity(activity).raci
        people = (self._people.get(role, ()) for role in (*raci.responsible, *raci.accountable))
        first = next(found for found in people if found)
        return first if isinstance(first, str) else first[0]

    def readiness(self, element: str) -> Readiness:
        """Print what is missing for *element*."""
        found = self.ws.readiness(PROJECT, element, calendar="CN", default_duration=ASSUMED)
        page(readiness_text(found, self.process, self.say.lang, total=WIDTH - 3), indent=3)
        return found


def run(say: Voice) -> Demo:
    """Tell the story from beginning to end, and return what came of it (its workspace is still open)."""
    import ltcflow
    from ltcflow.worktime import parse_start

    clock = Clock(parse_start(FIRST_DAY, "CN"))
    process = ltcflow.catalog[PROCESS]
    demo = Demo(ltcflow.Workspace.open("memory:", clock=clock), process, clock, say)
    line(say(*story.TITLE), fg="cyan", bold=True)
    planned = _declaration_and_plan(demo)
    _beginning(demo)
    _initiation(demo)
    _recycle(demo)
    _conditional(demo)
    _contract_and_closing(demo)
    _record(demo, planned)
    return demo


def _declaration_and_plan(demo: Demo) -> Plan:
    import ltcflow
    from ltcflow.findings import Severity

    say, process = demo.say, demo.process
    demo.chapter("process")
    demo.tell("process")
    findings = ltcflow.check(process)
    errors = sum(1 for f in findings if f.severity is Severity.ERROR)
    activities, gates = sum(1 for _ in process.activities()), sum(1 for _ in process.gates())
    line(
        say(
            f"   {process.id} {process.version}: {len(process.stages)} stages, {activities} activities, {gates} gates; "
            f"{errors} errors, {len(findings) - errors} other findings",
            f"   {process.id} {process.version}:{len(process.stages)} 个阶段,{activities} 项活动,{gates} 个关口;"
            f"{errors} 个错误,{len(findings) - errors} 个其他提示",
        ),
        bold=True,
    )
    demo.chapter("plan")
    demo.tell("plan")
    plan = ltcflow.plan(process, start=FIRST_DAY, calendar="CN", default_duration=ASSUMED, facts={"early_start_requested": "no"})
    assumed = sum(1 for row in plan.rows if row.assumed)
    line(
        say(
            f"   {plan.start:%Y-%m-%d} to {plan.finish:%Y-%m-%d} on Chinese working days; {assumed} durations assumed",
            f"   {plan.start:%Y-%m-%d} 至 {plan.finish:%Y-%m-%d},按中国工作日;假定工期 {assumed} 项",
        ),
        bold=True,
    )
    line(say("   Critical path: ", "   关键路径:") + " → ".join(plan.critical_path))
    return plan


def _beginning(demo: Demo) -> None:
    say, ws = demo.say, demo.ws
    title = say(*story.PROJECT_TITLE)
    demo.chapter("start")
    demo.tell("no_sponsor")
    what = say(f"start {PROJECT}", f"启动 {PROJECT}")
    demo.ask("li.wei", what, lambda: ws.start(demo.process, project=PROJECT, title=title, team=TEAM, by="li.wei"))
    demo.tell("sponsor")
    team = {**TEAM, **OWNER}
    demo.ask("li.wei", what, lambda: ws.start(demo.process, project=PROJECT, title=title, team=team, by="li.wei"))
    demo.tell("worklist")
    page(worklist_table(ws.worklist("li.wei"), say.lang, total=WIDTH - 3), indent=3)


def _vote(demo: Demo, who: str, gate: str, verdict: str, **more: object) -> Answer:
    judged = word(verdict, demo.say.lang)
    what = demo.say(f"votes {judged} on {gate}", f"对 {gate} 表决:{judged}")
    return demo.ask(who, what, lambda: demo.ws.vote(PROJECT, gate, by=who, verdict=verdict, **more))  # type: ignore[arg-type]  # conditions and reason


def _facts(demo: Demo, **facts: str) -> Answer:
    what = demo.say("records ", "记录 ") + ", ".join(f"{name} = {value}" for name, value in facts.items())
    return demo.ask(
        "wang.fang", what, lambda: demo.ws.record(PROJECT, by="wang.fang", facts=facts), explain=False
    )


def _initiation(demo: Demo) -> None:
    demo.chapter("refusal")
    demo.tell("validated")
    demo.work("validate_opportunity")
    _vote(demo, "zhang.min", "opportunity_validation", "go")
    demo.tell("amount")
    _facts(demo, amount="12_000_000")
    _vote(demo, "zhang.min", "opportunity_validation", "go")
    demo.chapter("readiness")
    demo.tell("readiness")
    demo.readiness("initiation_prepared")
    demo.tell("why")
    page(why_text(demo.ws.why(PROJECT, "initiation_prepared"), demo.say.lang, total=WIDTH - 3), indent=3)
    demo.chapter("work")
    demo.tell("work")
    demo.work("project_analysis")
    demo.work(*ANALYSES)
    for group in STRATEGY:
        demo.work(*group)
    demo.tell("ready")
    demo.readiness("initiation_prepared")


def _recycle(demo: Demo) -> None:
    demo.chapter("recycle")
    demo.work("ati_decision")
    demo.tell("too_early")
    _vote(demo, "chen.jie", "ati_gate", "go")
    demo.tell("recycle")
    _facts(demo, gross_margin="6%")
    before = demo.forecast()
    _vote(demo, "chen.jie", "ati_gate", "recycle", reason=demo.say(*story.WORDS["thin_margin"]))
    demo.tell("reforecast")
    demo.compare(before)


def _conditional(demo: Demo) -> None:
    say = demo.say
    demo.chapter("conditional")
    demo.tell("rework")
    for group in STRATEGY:
        demo.work(*group)
    demo.work("ati_decision")
    demo.tell("conditional")
    _facts(demo, gross_margin="16%", early_start_requested="no")
    due = (demo.clock.moment + timedelta(days=7)).date()
    letter = {"text": say(*story.WORDS["letter"]), "owner": "wang.fang", "due": due}
    _vote(demo, "chen.jie", "ati_gate", "conditional", conditions=[letter])
    demo.chapter("condition")
    demo.tell("shut")
    _vote(demo, "liu.yang", "atx_reviews", "go")
    demo.tell("met")
    for condition in [o.id for o in demo.ws.state(PROJECT).obligations.values() if o.met is None]:
        what = say(f"meets {condition}", f"满足 {condition}")
        demo.ask("wang.fang", what, lambda name=condition: demo.ws.meet(PROJECT, name, by="wang.fang"))  # type: ignore[misc]  # bound at once
    _vote(demo, "liu.yang", "atx_reviews", "go")
    demo.tell("kickoff")
    demo.work("project_kickoff")
    demo.readiness("kickoff_complete")


def _contract_and_closing(demo: Demo) -> None:
    say = demo.say
    demo.chapter("monitoring")
    demo.tell("monitoring")
    demo.work("execute_four_element_strategy")
    demo.chapter("closing")
    demo.tell("left")
    what = say("close as won", "按赢单关闭")
    reason = say(*story.WORDS["won"])
    demo.ask("li.wei", what, lambda: demo.ws.end(PROJECT, "won", by="li.wei", reason=reason))
    demo.tell("closing")
    for activity in CLOSING:
        demo.work(activity)
    demo.tell("closed")
    demo.ask("li.wei", what, lambda: demo.ws.end(PROJECT, "won", by="li.wei", reason=reason))


def _record(demo: Demo, planned: Plan) -> None:
    say, ws = demo.say, demo.ws
    demo.chapter("record")
    demo.tell("record")
    findings = ws.verify()
    head = ws.store.head(PROJECT)[1]
    sound = say("unbroken", "完整无缺") if not findings else say("BROKEN", "已损坏")
    line(
        say(
            f"   {len(ws.log(PROJECT))} events, {sound}; last hash {head[:16]}…",
            f"   {len(ws.log(PROJECT))} 个事件,{sound};最后的哈希 {head[:16]}…",
        ),
        bold=True,
    )
    finished = ws.state(PROJECT).at
    line(
        say(
            f"   Planned to end on {planned.finish:%Y-%m-%d}, ended on {finished:%Y-%m-%d}.",
            f"   计划 {planned.finish:%Y-%m-%d} 结束,实际 {finished:%Y-%m-%d} 结束。",
        ),
        bold=True,
    )


@click.command()
@lang_option()
def demo() -> None:
    """Tell one project from lead to cash on a shipped process, step by step: every answer is real.

    It runs in memory, on a clock of its own, and leaves nothing behind.
    """
    run(voice()).ws.close()
