"""What happens in the demo, chapter by chapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ltcflow.cli import demo_story as story
from ltcflow.cli.demo_teller import ASSUMED, CALENDAR, FIRST_DAY, INDENT, PROJECT, SPONSOR, TEAM, Demo
from ltcflow.report import paragraph, still_to_vote, worklist_table
from ltcflow.report.words import day, word

if TYPE_CHECKING:
    from ltcflow.projects import Answer

DECISION = "pre_initiation_decision_gate"
REVIEW = "delivery_plan_review_gate"
COMMENCED = "commencement_ms"
REWORK = ("opportunity_assessment", "pre_initiation_application", "grading_communication", "pre_initiation_decision")
PLANS = ("implementation_plan", "purchasing_plan", "logistics_plan", "collection_plan")
READY = (
    "purchasing_execution",
    "logistics_transport",
    "product_development",
    "production_stocking",
    "engineering_preparation",
)


def declaration(demo: Demo) -> None:
    """Judge the process."""
    import ltcflow
    from ltcflow.findings import errors_of

    process = demo.process
    demo.tell("process")
    activities, gates = sum(1 for _ in process.activities()), sum(1 for _ in process.gates())
    stages, milestones = len(process.stages), len(process.milestones)
    findings = ltcflow.check(process)
    errors, notes = len(errors_of(findings)), len(findings) - len(errors_of(findings))
    demo.fact(
        f"{process.id}: {stages} stages, {activities} activities, {gates} gates, {milestones} milestones; "
        f"{errors} errors, {notes} notes.",
        f"{process.id}：{stages} 个阶段、{activities} 项活动、{gates} 个关口、{milestones} 个里程碑；"
        f"{errors} 个错误、{notes} 个提示。",
    )


def plan(demo: Demo) -> None:
    """Plan it before there is a project."""
    import ltcflow

    demo.tell("plan")
    made = ltcflow.plan(demo.process, start=FIRST_DAY, calendar=CALENDAR, default_duration=ASSUMED)
    first, *_, last = made.critical_path
    demo.fact(
        f"{day(made.start)} to {day(made.finish)}: {made.duration} of work on the working days of China",
        f"{day(made.start)} 至 {day(made.finish)}：共 {made.duration}，按中国的工作日（含调休）",
    )
    demo.fact(
        f"Critical: {len(made.critical_path)} elements, {first} -> ... -> {last}",
        f"关键路径：{len(made.critical_path)} 个要素，{first} -> …… -> {last}",
    )


def start(demo: Demo) -> None:
    """Begin: refused without a sponsor."""
    say, ws = demo.say, demo.ws
    title, what = say(*story.PROJECT_TITLE), say(f"starts {PROJECT}", f"启动 {PROJECT}")
    for name, team in (("no_sponsor", TEAM), ("sponsor", {**TEAM, **SPONSOR})):
        demo.tell(name)
        begin = {"project": PROJECT, "title": title, "team": team, "by": "li.wei"}
        demo.ask("li.wei", what, lambda begin=begin: ws.start(demo.process, **begin))  # type: ignore[misc]  # bound now
    demo.tell("worklist")
    demo.show(worklist_table(ws.worklist("wang.fang"), say.lang, total=demo.room))


def refusal(demo: Demo) -> None:
    """Work up to the first gate, which refuses a vote."""
    demo.tell("lead")
    demo.work("lead_collection", "obtain_opportunity", *REWORK)
    demo.tell("unknown")
    answer = _vote(demo, "chen.jie", DECISION, "go")
    demo.judged(answer)


def recycle(demo: Demo) -> None:
    """The decision team sends the project back; the plan follows."""
    demo.tell("recycle")
    _record(demo, gross_margin="6%", grade="B")
    before = demo.forecast()
    reason = demo.say(*story.WORDS["thin_margin"])
    for member in ("chen.jie", "liu.yang"):
        _vote(demo, member, DECISION, "recycle", reason=reason, quiet=member != "liu.yang")
    demo.tell("reforecast")
    demo.compare(before)


def conditional(demo: Demo) -> None:
    """Done again, it passes with a condition."""
    demo.tell("rework")
    demo.work(*REWORK)
    _record(demo, gross_margin="16%")
    demo.tell("conditional")
    due = demo.forecast()[REVIEW].early_finish.date()
    letter = {"text": demo.say(*story.WORDS["letter"]), "owner": "li.wei", "due": due}
    _vote(demo, "chen.jie", DECISION, "conditional", conditions=[letter], quiet=True)
    _vote(demo, "liu.yang", DECISION, "go")


def readiness(demo: Demo) -> None:
    """Ask what is missing for a milestone, and why it is not there."""
    demo.tell("readiness")
    demo.readiness(COMMENCED)
    demo.tell("why")
    links = demo.ws.why(PROJECT, COMMENCED)
    ids = [link.id for link in links]
    if len(ids) > 7:
        ids[3:-3] = ["..."]
    by = demo.say(", ", "、").join(links[-1].people)
    demo.fact(f"{' <- '.join(ids)}: {by}", f"{' <- '.join(ids)}：{by}")


def shut(demo: Demo) -> None:
    """The condition keeps the next gate shut until it is met."""
    demo.tell("plans")
    demo.work("project_filing", "form_marketing_team", "marketing_plan")
    demo.work(PLANS, "delivery_plan_review")
    demo.tell("shut")
    _vote(demo, "zhang.min", REVIEW, "go")
    demo.tell("met")
    for condition in [o.id for o in demo.ws.state(PROJECT).obligations.values() if o.met is None]:
        what = demo.say(f"meets {condition}", f"满足 {condition}")
        demo.ask("li.wei", what, lambda name=condition: demo.ws.meet(PROJECT, name, by="li.wei"), quiet=True)  # type: ignore[misc]  # bound now
    _vote(demo, "zhang.min", REVIEW, "go")


def delivery(demo: Demo) -> None:
    """Prepare, commence, build, accept."""
    demo.tell("prepare")
    demo.work("solution_design", READY, "commencement_readiness_check")
    _vote(demo, "he.ping", "commencement_readiness_gate", "go", quiet=True)
    demo.work("commencement_meeting")
    demo.tell("ready")
    demo.readiness(COMMENCED)
    demo.tell("build")
    demo.work("equipment_arrival_acceptance")
    _vote(demo, "acme.lin", "equipment_arrival_gate", "go", quiet=True)
    demo.work("equipment_installation", "software_commissioning", "system_test", "initial_acceptance")
    _vote(demo, "acme.lin", "initial_acceptance_gate", "go", quiet=True)
    demo.work("project_collection", "trial_operation", "final_acceptance")
    _vote(demo, "acme.lin", "final_acceptance_gate", "go", quiet=True)


def cash(demo: Demo) -> None:
    """A project is won when the last payment is in."""
    what, reason = demo.say("closes the project as won", "以赢单关闭项目"), demo.say(*story.WORDS["paid"])
    demo.tell("too_early")
    demo.ask("li.wei", what, lambda: demo.ws.end(PROJECT, "won", by="li.wei", reason=reason))
    demo.tell("last")
    demo.work("final_payment_collection", "project_summary")
    demo.tell("won")
    demo.ask("li.wei", what, lambda: demo.ws.end(PROJECT, "won", by="li.wei", reason=reason))


def record(demo: Demo) -> None:
    """Prove the record."""
    import ltcflow

    ws = demo.ws
    demo.tell("record")
    count, head, sound = len(ws.log(PROJECT)), ws.store.head(PROJECT)[1][:16], not ws.verify()
    demo.fact(
        f"{count} events, {'unbroken' if sound else 'BROKEN'}; last hash {head}...",
        f"{count} 个事件，{'完整无缺' if sound else '已损坏'}；最后的哈希 {head}……",
    )
    planned = ltcflow.plan(demo.process, start=FIRST_DAY, calendar=CALENDAR, default_duration=ASSUMED).finish
    ended = ws.state(PROJECT).at
    demo.fact(
        f"Planned to end on {day(planned)}, ended on {day(ended)}: the recycle took the rest.",
        f"计划 {day(planned)} 结束，实际 {day(ended)} 结束：差在那次退回。",
    )


def _vote(demo: Demo, who: str, gate: str, verdict: str, *, quiet: bool = False, **more: Any) -> Answer:
    judged, ws = word(verdict, demo.say.lang), demo.ws
    what = demo.say(f"votes {judged} on {gate}", f"对 {gate} 表决：{judged}")
    answer = demo.ask(who, what, lambda: ws.vote(PROJECT, gate, by=who, verdict=verdict, **more), quiet=quiet)
    left = still_to_vote(answer, demo.process, ws.state(PROJECT), gate, demo.say.lang)
    if left:
        demo.show(paragraph(left, total=demo.room - len(INDENT)), more=INDENT)
    return answer


def _record(demo: Demo, **facts: str) -> Answer:
    what = demo.say("records ", "记录 ") + demo.say(", ", "、").join(f"{name} = {facts[name]}" for name in facts)
    return demo.ask("li.wei", what, lambda: demo.ws.record(PROJECT, by="li.wei", facts=facts), quiet=True)


ACTS: Mapping[str, Callable[[Demo], None]] = MappingProxyType(
    {
        "process": declaration,
        "plan": plan,
        "start": start,
        "refusal": refusal,
        "recycle": recycle,
        "conditional": conditional,
        "readiness": readiness,
        "shut": shut,
        "delivery": delivery,
        "cash": cash,
        "record": record,
    }
)
"""What happens in each chapter of `demo_story.CHAPTERS`, in order."""
