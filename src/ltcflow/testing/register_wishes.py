"""Commands on the registers of a project: risks, change requests, promises, early starts; see `Wishes`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from ltcflow.projects import AnyCommand
from ltcflow.projects.register import commands as c
from ltcflow.projects.register.responses import Response, responses
from ltcflow.roles import Person
from ltcflow.stages import RiskLevel

if TYPE_CHECKING:
    from ltcflow.testing.wishes import Wishes

MONEY = st.sampled_from([None, "0 CNY", "1_000 CNY", "0.01 CNY", "250_000 CNY", "-3 CNY", "70 USD"])
_NAMES = ("r1", "r2", "汇率")


def _leaders(wishes: Wishes) -> list[Person]:
    process = wishes.process
    roles = [r.id for r in process.roles if r.sponsor or r.first_responsible]
    return wishes.people((*process.registers.changes_decided_by, *roles)) + wishes.deciders(list(process.gates()))


def _rating(wishes: Wishes, draw: st.DrawFn) -> dict[str, Any]:
    """A level, or steps of the scale; sometimes both, or steps beyond it."""
    scale = wishes.process.registers.risk_scale
    steps = {
        "probability": draw(st.integers(1, len(scale.probabilities))),
        "impact": draw(st.integers(1, scale.impacts)),
    }
    if wishes.odd(draw):
        return draw(st.sampled_from([{"probability": 11, "impact": 1}, {"impact": 2}, {**steps, "level": "low"}]))
    return steps if draw(st.booleans()) else {"level": draw(st.sampled_from(RiskLevel))}


def risk(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """A new risk, or opportunity."""
    name = draw(st.sampled_from(["", "r1"] if wishes.odd(draw) else _NAMES))
    fields: dict[str, Any] = {"owner": "li.wei", "opportunity": draw(st.integers(1, 4)) == 4, "money": draw(MONEY)}
    return c.RaiseRisk(risk=name, **_rating(wishes, draw), **fields, **wishes.common(draw, wishes.everybody))


def change_risk(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """Anything about a risk that is there."""
    known = wishes.state.risks
    name = wishes.one(draw, [r.id for r in known.values()])
    found = known.get(name)
    common: dict[str, Any] = {"risk": name, **wishes.common(draw, wishes.everybody)}
    match draw(st.sampled_from(["close", "close", "update", "answer", "plan", "finish", "hand"])):
        case "close":
            return c.CloseRisk(**common)
        case "update":
            return c.UpdateRisk(**_rating(wishes, draw), money=draw(MONEY), **common)
        case "answer":
            fitting = responses(found.opportunity) if found is not None and not wishes.odd(draw) else tuple(Response)
            return c.AnswerRisk(response=draw(st.sampled_from(fitting)), **common)
        case "plan":
            text = "" if wishes.odd(draw) else "第二供应商"
            return c.PlanRiskAction(text=text, owner="li.wei", due=wishes.day(draw), **common)
        case "finish":
            return c.FinishRiskAction(action=draw(st.integers(0, 2)), **common)
        case _:
            return c.HandOverRisk(to="delivery.1", **common)


def _effect(wishes: Wishes, draw: st.DrawFn) -> dict[str, Any]:
    works = {a.id: a.duration is not None and a.duration.likely.elapsed for a in wishes.process.activities()}
    name = wishes.one(draw, list(works))
    time = draw(st.sampled_from(["2d", "-4h", "1w"])) if not works.get(name) else "2ed"
    times = {name: "3ed" if wishes.odd(draw) else time} if draw(st.booleans()) else {}
    return {"times": times, "cost": draw(MONEY), "price": draw(MONEY)}


def change(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """A new change request."""
    name = draw(st.sampled_from(["", "c1"] if wishes.odd(draw) else ["c1", "c2", "加站点"]))
    side = draw(st.sampled_from(c.SIDES))
    return c.RequestChange(change=name, side=side, **_effect(wishes, draw), **wishes.common(draw, wishes.everybody))


def decide_change(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """Anything about a change request that is there."""
    known = wishes.state.changes
    name = wishes.one(draw, sorted(known))
    found = known.get(name)
    likely = {"requested": "assess", "assessed": "decide", "approved": "make"}
    kind = likely.get(found.standing.value if found is not None else "", "")
    kind = draw(st.sampled_from([*[kind] * 5 * bool(kind), "assess", "decide", "make"]))
    common: dict[str, Any] = {"change": name, **wishes.common(draw, _leaders(wishes))}
    match kind:
        case "assess":
            return c.AssessChange(**_effect(wishes, draw), **common)
        case "decide":
            reason = "" if wishes.odd(draw) else "预算内"
            return c.DecideChange(approve=draw(st.booleans()), reason=reason, **common)
        case _:
            return c.ImplementChange(**common)


def promise(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """A new promise, or a new clause of the contract."""
    odd, common = wishes.odd(draw), wishes.common(draw, wishes.everybody)
    if draw(st.booleans()):
        return c.RecordClause(clause=draw(st.sampled_from(["", "§7"] if odd else ["§7", "附件二"])), **common)
    name = draw(st.sampled_from(["", "p1"] if odd else ["p1", "p2", "质保"]))
    source = wishes.one(draw, [e.id for e in wishes.process.elements()]) if draw(st.booleans()) else ""
    text = "" if wishes.odd(draw) else "三年质保"
    return c.RecordCommitment(commitment=name, text=text, to="客户", source=source, value=draw(MONEY), **common)


def trace(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """Anything about a promise that is there."""
    name = wishes.one(draw, sorted(wishes.state.commitments))
    common: dict[str, Any] = {"commitment": name, **wishes.common(draw, _leaders(wishes))}
    match draw(st.sampled_from(["trace", "trace", "trace", "keep", "let go"])):
        case "trace":
            process = wishes.process
            accepts = [*(d.id for d in process.deliverables), *(g.id for g in process.gates())]
            targets: dict[str, list[str]] = {
                "clause": sorted(wishes.state.clauses),
                "activity": [a.id for a in process.activities()],
                "acceptance": accepts,
            }
            chosen = [key for key, known in targets.items() if bool(known) and draw(st.booleans())]
            given: dict[str, Any] = {key: wishes.one(draw, targets[key]) for key in chosen}
            return c.TraceCommitment(**given, **common)
        case "keep":
            return c.FulfilCommitment(**common)
        case _:
            return c.WithdrawCommitment(reason="" if wishes.odd(draw) else "客户同意", **common)


def revoke(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """Take back an early start."""
    name = wishes.one(draw, sorted(wishes.state.early))
    approval = wishes.state.approvals.get(wishes.state.early.get(name, ""))
    reason = "" if wishes.odd(draw) else "客户未确认"
    return c.RevokeEarlyStart(
        activity=name, reason=reason, **wishes.common(draw, [approval.by] if approval is not None else [])
    )


def handover(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """An offer of a hand-over, or a lesson."""
    process, odd = wishes.process, wishes.odd(draw)
    stages = ["", *(stage.id for stage in process.stages)]
    stage = wishes.one(draw, stages) if draw(st.booleans()) else ""
    common = wishes.common(draw, _leaders(wishes) if draw(st.booleans()) else wishes.everybody)
    if odd or draw(st.integers(1, 4)) == 4:
        paying = [m.id for m in process.milestones if m.payments or odd]
        if paying:
            return c.RecordPayment(milestone=wishes.one(draw, paying), number=draw(st.integers(1, 2)), **common)
    if draw(st.integers(1, 3)) == 3:
        return c.RecordLesson(text="" if odd else "早点报价", stage=stage, tags=("价格", "bid"), **common)
    to = draw(st.sampled_from(["delivery.1", "delivery.2", *wishes.everybody]))
    return c.OfferHandover(handover="" if odd else draw(st.sampled_from(["h1", "h2"])), to=to, stage=stage, **common)


def sign(wishes: Wishes, draw: st.DrawFn) -> AnyCommand:
    """An answer to a hand-over."""
    known = wishes.state.handovers
    name = wishes.one(draw, sorted(known))
    found = known.get(name)
    common = wishes.common(draw, [found.receiver] if found is not None else [])
    if draw(st.integers(1, 4)) == 4:
        return c.RejectHandover(handover=name, reason="" if wishes.odd(draw) else "资料不全", **common)
    return c.AcceptHandover(handover=name, **common)


REGISTER_WISHES: Mapping[str, Callable[[Wishes, st.DrawFn], AnyCommand]] = MappingProxyType(
    {
        "risk": risk,
        "change_risk": change_risk,
        "change": change,
        "decide_change": decide_change,
        "promise": promise,
        "trace": trace,
        "revoke": revoke,
        "handover": handover,
        "sign": sign,
    }
)
"""How a command of each of these kinds is made."""


def about_register(kind: str, name: str, common: dict[str, Any]) -> AnyCommand:
    """Return a command of *kind* on what is called *name*, whether or not there is such a thing."""
    match kind:
        case "decide_change":
            return c.ImplementChange(change=name, **common)
        case "trace":
            return c.FulfilCommitment(commitment=name, **common)
        case "sign":
            return c.AcceptHandover(handover=name, **common)
        case "revoke":
            return c.RevokeEarlyStart(activity=name, reason="!", **common)
        case _:
            return c.CloseRisk(risk=name, **common)
