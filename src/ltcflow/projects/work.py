"""Deciding on work: beginning and finishing activities, deliverables, facts, early starts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from ltcflow.conditions import FactValue, FactValueError, Truth, coerce
from ltcflow.errors import InvalidValue
from ltcflow.graph import NodeKind
from ltcflow.names import ElementId, RoleId
from ltcflow.process import Process
from ltcflow.projects import commands as c
from ltcflow.projects import events as e
from ltcflow.projects.answers import Accepted, Reason, Refused
from ltcflow.projects.criteria import people_of
from ltcflow.projects.progress import Progress
from ltcflow.projects.reasons import barred, needs_reason, no, refuse, unknown
from ltcflow.projects.register.stakes import at_stake
from ltcflow.projects.separation import barred_by
from ltcflow.projects.standins import substitutes_at_work
from ltcflow.roles import Person, Raci
from ltcflow.stages import Activity, Gate


def begin(progress: Progress, command: c.StartActivity) -> Accepted | Refused:
    """Begin an activity."""
    activity = progress.process.find(command.activity)
    if not isinstance(activity, Activity):
        return refuse(_no_activity(progress.process, command.activity))
    i = progress.position(activity.id)
    role = acting_role(progress, activity.raci, command.by, activity.id)
    reasons = [*_beginnable(progress, i), *_duty(progress, activity, command.by, role)]
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(_started(progress, i, activity, command, role),))


def finish(progress: Progress, command: c.FinishActivity) -> Accepted | Refused:
    """Finish an activity; begin it first when nobody did."""
    activity = progress.process.find(command.activity)
    if not isinstance(activity, Activity):
        return refuse(_no_activity(progress.process, command.activity))
    i = progress.position(activity.id)
    work = progress.state.work.get(activity.id)
    role = acting_role(progress, activity.raci, command.by, activity.id)
    reasons = _duty(progress, activity, command.by, role)
    if work is None:
        reasons = [*_beginnable(progress, i), *reasons]
    elif work.finished is not None:
        reasons = [_again(activity.id, "finished", "完成")]
    reasons += _waits(progress, i, progress.waits_to_end(i), "finish", "完成")
    if reasons:
        return refuse(*reasons)
    done = e.ActivityFinished(by=command.by, at=command.at, activity=activity.id, role=role)
    if work is None:
        return Accepted(events=(_started(progress, i, activity, command, role), done))
    return Accepted(events=(done,))


def _started(progress: Progress, i: int, activity: Activity, command: c.Command, role: RoleId) -> e.ActivityStarted:
    early = progress.may_begin_early(activity.id) and not progress.may_begin(i)
    return e.ActivityStarted(by=command.by, at=command.at, activity=activity.id, role=role, early=early)


def acting_role(progress: Progress, raci: Raci, person: Person, step: ElementId) -> RoleId:
    """Return the role in which *person* acts on something with these duties: R before A, "" for none.

    Where nobody at all wears a duty, anybody may act, and acts in its place: separation of duties holds all the same.
    While all the wearers of a role are absent its substitutes act in it.
    A role that separation of duties bars them from is taken only when there is no other.
    """
    team, duties = progress.state.team, (*raci.responsible, *raci.accountable)
    worn = team.roles(person)
    state, at = progress.state, progress.at
    mine = [role for role in duties if role in worn or person in substitutes_at_work(state, role, at)]
    if not mine and not any(team.people(role) for role in duties):
        mine = list(duties)
    free = (role for role in mine if barred_by(progress.process, progress.state, person, role, step) is None)
    return next(free, mine[0] if mine else "")


def _again(activity: ElementId, how: str, how_zh: str) -> Reason:
    problem, remedy = f"'{activity}' is {how} already.", "Look at the log to see by whom and when."
    return no("LTC511", activity, problem, remedy, f"{activity} 已经{how_zh}。", "请在日志中查看何人何时所为。")


def _beginnable(progress: Progress, i: int) -> list[Reason]:
    node = progress.nodes[i]
    if node.id in progress.state.work:
        return [_again(node.id, "begun", "开始")]
    reasons = applies(progress, i)
    if progress.choice_closed(i):
        problem = f"The choice of '{node.stage}' is over: enough of its activities are done."
        reasons.append(
            no("LTC516", node.id, problem, "Leave it out.", f"阶段 {node.stage} 的选择已结束。", "不必再做。")
        )
    if not progress.may_begin_early(node.id):
        reasons += _waits(progress, i, progress.waits_to_begin(i), "begin", "开始")
    return reasons


def applies(progress: Progress, i: int) -> list[Reason]:
    """Return why node *i* is not to be done now: skipped, or a fact is missing."""
    node, truth = progress.nodes[i], progress.applies(i)
    if truth is Truth.FALSE:
        problem = f"'{node.id}' is skipped: its 'when' is false under the facts of the project."
        remedy = "Record the facts anew if they are wrong."
        return [
            no("LTC513", node.id, problem, remedy, f"{node.id} 已跳过:when 条件不成立。", "若事实有误,请重新记录。")
        ]
    if truth is Truth.UNKNOWN:
        names = ", ".join(sorted(progress.missing_facts(i)))
        problem, remedy = f"Whether '{node.id}' is to be done depends on {names}.", f"Record {names} first."
        return [no("LTC514", node.id, problem, remedy, f"{node.id} 是否要做取决于 {names}。", f"请先记录 {names}。")]
    return []


def _waits(progress: Progress, i: int, waits: Iterable[int], verb: str, verb_zh: str) -> list[Reason]:
    node = progress.nodes[i]
    return [_wait(progress, node.id, other, verb, verb_zh) for other in waits]


def _wait(progress: Progress, element: ElementId, other: int, verb: str, verb_zh: str) -> Reason:
    what, what_zh, remedy, remedy_zh = describe_wait(progress, other)
    return no(
        "LTC512", element, f"'{element}' cannot {verb}: it waits for {what}.", remedy,
        f"{element} 还不能{verb_zh}:等待 {what_zh}。", remedy_zh,
    )  # fmt: skip


def describe_wait(progress: Progress, other: int) -> tuple[str, str, str, str]:
    """Say in words what waiting for node *other* means, and what to do: (en, zh, remedy, remedy_zh)."""
    node = progress.nodes[other]
    name = node.stage if node.kind in (NodeKind.STAGE_START, NodeKind.STAGE_FINISH) else node.id
    match node.kind:
        case NodeKind.STAGE_START:
            return f"stage '{name}' to begin", f"阶段 {name} 开始", *_left(progress, other, name)
        case NodeKind.STAGE_FINISH:
            return f"stage '{name}' to end", f"阶段 {name} 结束", *_left(progress, other, name)
        case NodeKind.GATE:
            return f"gate '{name}'", f"关口 {name}", f"Let '{name}' be passed first.", f"请先通过 {name}。"
        case NodeKind.MILESTONE:
            return (
                f"milestone '{name}'",
                f"里程碑 {name}",
                f"See what '{name}' still lacks.",
                f"请查看 {name} 尚缺什么。",
            )
        case _:
            return f"'{name}'", f"{name}", f"Finish '{name}' first.", f"请先完成 {name}。"


def _left(progress: Progress, other: int, name: ElementId) -> tuple[str, str]:
    """What is to be done before boundary node *other* is there: work to finish, gates to pass."""
    names = sorted(blocking(progress, other)) or [name]
    gates = [n for n in names if isinstance(progress.process.find(n), Gate)]
    work = [n for n in names if n not in gates]
    english = [f"finish {', '.join(work)}"] * bool(work) + [f"pass {', '.join(gates)}"] * bool(gates)
    chinese = [f"完成 {', '.join(work)}"] * bool(work) + [f"通过 {', '.join(gates)}"] * bool(gates)
    said = " and ".join(english)
    return f"{said[:1].upper()}{said[1:]} first.", f"请先{',并'.join(chinese)}。"


def _no_activity(process: Process, name: str) -> Reason:
    """There is no activity called *name*; a gate of that name is voted on."""
    if isinstance(process.find(name), Gate):
        problem, problem_zh = f"'{name}' is a gate, not an activity.", f"{name} 是关口,不是活动。"
        return no("LTC510", name, problem, f"Vote on '{name}'.", problem_zh, f"请对 {name} 表决。")
    return unknown("activity", name, (a.id for a in process.activities()))


def blocking(progress: Progress, i: int) -> set[ElementId]:
    """Return the nearest unfinished elements that boundary node *i* waits for."""
    found: set[ElementId] = set()
    seen: set[int] = set()
    stack = [i]
    while stack:
        at = stack.pop()
        for other in (*progress.waits_to_begin(at), *progress.waits_to_end(at)):
            if other in seen:
                continue
            seen.add(other)
            if progress.nodes[other].kind in (NodeKind.STAGE_START, NodeKind.STAGE_FINISH):
                stack.append(other)
            else:
                found.add(progress.nodes[other].id)
    return found


def _duty(progress: Progress, activity: Activity, by: Person, role: RoleId) -> list[Reason]:
    """Why *by* may not act on *activity* in *role*, what `acting_role` says: no duty, or separation of duties."""
    raci = activity.raci
    who = () if role else people_of(progress.state.team, (*raci.responsible, *raci.accountable))
    if not who:
        return _separated(progress, activity, by, role)
    names = ", ".join(who)
    problem, remedy = f"{by} has no duty (R or A) on '{activity.id}'.", f"Ask {names}, or assign the role."
    return [
        no(
            "LTC515",
            activity.id,
            problem,
            remedy,
            f"{by} 对 {activity.id} 没有 R 或 A 职责。",
            f"请找 {names},或调整角色。",
        )
    ]


def _separated(progress: Progress, activity: Activity, by: Person, role: RoleId) -> list[Reason]:
    """Separation of duties: nobody works in a role who acted in one that is separated from it."""
    other = barred_by(progress.process, progress.state, by, role, activity.id)
    return [] if other is None else [barred(activity.id, by, role, other, progress.process.roles_by_id, "do")]


def submit(progress: Progress, command: c.SubmitDeliverable) -> Accepted | Refused:
    """Hand in a deliverable; empty required fields are recorded as missing, not refused."""
    process = progress.process
    deliverable = next((d for d in process.deliverables if d.id == command.deliverable), None)
    if deliverable is None:
        return refuse(unknown("deliverable", command.deliverable, (d.id for d in process.deliverables)))
    reasons: list[Reason] = []
    producers = progress.compiled.producers.get(deliverable.id, ())
    if producers and not any(a.id in progress.state.work for a in producers):
        names = ", ".join(a.id for a in producers)
        problem = f"'{deliverable.id}' comes from {names}, which nobody has begun."
        problem_zh, remedy_zh = f"{deliverable.id} 由 {names} 产出,而它尚未开始。", f"请先开始 {names}。"
        reasons.append(no("LTC561", deliverable.id, problem, f"Begin {names} first.", problem_zh, remedy_zh))
    else:
        begun = [a for a in producers if a.id in progress.state.work]
        against = [_duty(progress, a, command.by, acting_role(progress, a.raci, command.by, a.id)) for a in begun]
        if against and all(against):
            reasons += against[0]
    declared = [f.id for f in deliverable.fields]
    for name, _ in command.fields:
        if declared and name not in declared:
            reasons.append(unknown("field", name, declared, code="LTC562"))
    if reasons:
        return refuse(*reasons)
    given = {name for name, value in command.fields if value.strip()}
    event = e.DeliverableSubmitted(
        by=command.by,
        at=command.at,
        deliverable=deliverable.id,
        fields=tuple(dict(command.fields).items()),
        missing=tuple(name for name in declared if name not in given),
    )
    return Accepted(events=(event,))


def typed_facts(process: Process, facts: c.RawFacts) -> tuple[dict[str, FactValue], list[Reason]]:
    """Return *facts* in their declared types, and a reason for each that is unknown or does not fit."""
    values: dict[str, FactValue] = {}
    reasons: list[Reason] = []
    for name, raw in facts:
        fact = process.facts_by_id.get(name)
        if fact is None:
            reasons.append(unknown("fact", name, process.facts_by_id, code="LTC560"))
            continue
        try:
            values[name] = coerce(fact, raw)
        except (FactValueError, InvalidValue) as error:
            problem, remedy = f"{name}: {error.problem}", getattr(error, "remedy", "")
            problem_zh = f"{name}:{getattr(error, 'problem_zh', '') or error.problem}"
            reasons.append(no("LTC560", name, problem, remedy, problem_zh, getattr(error, "remedy_zh", "") or remedy))
    return values, reasons


def record(progress: Progress, command: c.RecordFacts) -> Accepted | Refused:
    """Record facts: each by those who wear the role of its owner, where there is one and somebody wears it."""
    values, reasons = typed_facts(progress.process, command.facts)
    reasons += [reason for name in values for reason in _owner(progress, name, command.by)]
    if not command.facts:
        reasons.append(
            no("LTC560", "", "No fact is given.", "Name at least one.", "没有给出事实。", "请至少给出一项。")
        )
    if reasons:
        return refuse(*reasons)
    return Accepted(events=(e.FactsRecorded(by=command.by, at=command.at, facts=tuple(values.items())),))


def _owner(progress: Progress, name: str, by: Person) -> list[Reason]:
    """Why *by* may not record fact *name*: others wear the role of its owner."""
    owner = progress.process.facts_by_id[name].owner
    people = progress.state.team.people(owner) if owner else ()
    if not people or by in people or by in substitutes_at_work(progress.state, owner, progress.at):
        return []
    names = ", ".join(people)
    problem, remedy = f"'{name}' is recorded by '{owner}', not by {by}.", f"Ask {names}, or assign the role."
    problem_zh, remedy_zh = f"{name} 由 {owner} 记录,{by} 无权记录。", f"请找 {names},或调整角色。"
    return [no("LTC532", name, problem, remedy, problem_zh, remedy_zh)]


def approve_early(progress: Progress, command: c.ApproveEarlyStart) -> Accepted | Refused:
    """Let an activity start before what it waits for, by those who decide the gates it waits for."""
    process = progress.process
    activity = process.find(command.activity)
    if not isinstance(activity, Activity):
        return refuse(_no_activity(process, command.activity))
    i = progress.position(activity.id)
    reasons = applies(progress, i)
    if activity.id in progress.state.work or activity.id in progress.state.early or progress.may_begin(i):
        problem, remedy = f"'{activity.id}' needs no early start.", "Begin it in the ordinary way."
        reasons.append(
            no("LTC585", activity.id, problem, remedy, f"{activity.id} 无需提前启动。", "按正常方式开始即可。")
        )
    reasons += may_approve_early(progress, i, command.by)
    if not command.condition.strip():
        reasons.append(needs_reason(activity.id, "An early start (its condition)", "提前启动(其条件)"))
    if command.due < progress.today:
        reasons.append(past(activity.id))
    reasons += at_stake(command)
    if reasons:
        return refuse(*reasons)
    used, past_ones = progress.state.obligations, progress.state.approvals
    names = (f"early.{activity.id}.{n}" for n in count(1))
    name = next(name for name in names if name not in used and name not in past_ones)
    event = e.EarlyStartApproved(
        by=command.by,
        at=command.at,
        activity=activity.id,
        condition=name,
        text=command.condition,
        due=command.due,
        daily_cost=command.daily_cost,
        daily_limit=command.daily_limit,
        limit=command.limit,
    )
    return Accepted(events=(event,))


def may_approve_early(progress: Progress, i: int, by: Person) -> list[Reason]:
    """Return why *by* may not approve an early start of the activity at node *i*, or change its condition."""
    people = people_of(progress.state.team, _deciders_before(progress, i))
    if not people or by in people:
        return []
    name, names = progress.nodes[i].id, ", ".join(people)
    problem, remedy = f"{by} may not approve an early start of '{name}'.", f"Ask {names}."
    return [no("LTC523", name, problem, remedy, f"{by} 无权批准 {name} 提前启动。", f"请找 {names}。")]


def past(element: ElementId) -> Reason:
    """The date lies before the day of the command."""
    return no("LTC541", element, "The date has passed.", "Give a date to come.", "日期已过。", "请给出未来的日期。")


def _deciders_before(progress: Progress, i: int) -> tuple[RoleId, ...]:
    """The roles that decide the gates not yet passed which node *i* waits for; without any, the sponsor's."""
    net = progress.compiled.network
    gates = [net.nodes[j].element for j in sorted(net.ancestors(i)) if net.nodes[j].kind is NodeKind.GATE]
    roles = [r for g in gates if isinstance(g, Gate) and not progress.passed(g.id) for r in g.deciders]
    return tuple(dict.fromkeys(roles)) or tuple(r.id for r in progress.process.roles if r.sponsor)
