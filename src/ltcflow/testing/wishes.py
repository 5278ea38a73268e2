"""Commands for a project: mostly sensible, sometimes absurd."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ltcflow.conditions import (
    ChoiceType,
    DateType,
    Fact,
    FactValue,
    Money,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
)
from ltcflow.graph import voters
from ltcflow.names import RoleId
from ltcflow.process import Process
from ltcflow.projects import (
    AddNote,
    AnyCommand,
    ApproveEarlyStart,
    AssignRole,
    CastVote,
    CloseProject,
    CloseRisk,
    Closing,
    DelegateVote,
    FinishActivity,
    HoldProject,
    MeetCondition,
    ProjectState,
    Promise,
    RaiseRisk,
    RecordFacts,
    RedateCondition,
    ReopenProject,
    ResumeProject,
    StartActivity,
    StartProject,
    SubmitDeliverable,
    UpdateRisk,
    WaiveCriterion,
)
from ltcflow.projects.compiled import compiled
from ltcflow.roles import Person
from ltcflow.stages import RiskLevel, Verdict
from ltcflow.testing.teams import teams

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When random projects begin."""
STRANGERS = ("nobody", "王伟", "O'Neil; DROP", "p" * 200, "😀")
ABSURD = ("", "no_such", "没有的要素", "x" * 5_000, "a.b", "\u202eevil", "gate_0_0 ")
"""Ids that no process declares."""
_ZONES = (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-11)))


def fact_values(fact: Fact) -> st.SearchStrategy[FactValue]:
    """Values that *fact* can have, among them those where conditions turn."""
    match fact.type:
        case MoneyType():
            amounts = st.sampled_from([0, 4_999_999, 5_000_000, 9_999_999, 10_000_000, 10**9])
            currency = fact.type.currency
            return amounts.map(lambda amount: Money(Decimal(amount), currency))
        case PercentType():
            return st.sampled_from(["-0.2", "0.1499", "0.15", "0.5"]).map(Decimal)
        case ChoiceType():
            return st.sampled_from(fact.type.of)
        case NumberType():
            return st.sampled_from([0, 1, 2, 3, 4, 5, 6, 1000]).map(Decimal)
        case DateType():
            return st.dates(date(2026, 1, 1), date(2027, 12, 31))
        case TextType():
            return st.sampled_from(["", "x", "中文"])
        case YesNoType():
            return st.booleans()


@st.composite
def moments(draw: st.DrawFn, state: ProjectState) -> datetime:
    """Moments to send a command at: soon after the last event, in any time zone; rarely days later, or before it."""
    last = max(state.at, BEGINNING)
    step = draw(st.sampled_from([0, 1, 1, 60, 60, 60, 600, 60 * 24, 60 * 24 * 9, -1]))
    if step < 0 and draw(st.integers(0, 3)):
        step = 1
    return (last + timedelta(minutes=step)).astimezone(draw(st.sampled_from(_ZONES)))


@st.composite
def starts(draw: st.DrawFn, process: Process, *, at: datetime = BEGINNING) -> StartProject:
    """Sensible starts: a team that can run *process*, some facts."""
    team = draw(teams(process))
    known = draw(st.lists(st.sampled_from(process.facts), max_size=3, unique=True)) if process.facts else []
    facts = [(fact.id, draw(fact_values(fact))) for fact in known]
    return StartProject(project="acme", title="Acme 5G", team=team, facts=facts, by="li.wei", at=at)


def commands(process: Process, state: ProjectState, *, absurd: int = 8) -> st.SearchStrategy[AnyCommand]:
    """Commands for a project that stands at *state*: mostly sensible, about one in *absurd* nonsense.

    Nonsense is a wrong person, an id nobody declared (Chinese, huge, with odd characters), a second finish, a time
    before the last event, a start of a running project.
    """
    return Wishes(process, state, absurd).any()


OFTEN = ("start", "finish", "finish", "submit", "vote", "vote", "vote", "facts")
SELDOM = (
    "meet", "redate", "waive", "risk", "change_risk", "assign", "delegate", "early", "hold", "resume", "close",
    "reopen", "note", "again",
)  # fmt: skip
KINDS = (*OFTEN, *OFTEN, *SELDOM)
"""Kinds of commands, each as often as it is wished for; "again" is a second start of the project."""


class Wishes:
    """Strategies for each kind of command at one state of one project: mostly sensible, one in *absurd* nonsense."""

    def __init__(self, process: Process, state: ProjectState, absurd: int = 8) -> None:
        self.process, self.state, self.absurd = process, state, absurd
        self.everybody = sorted({p for _, people in state.team for p in people}) or ["li.wei"]

    def any(self) -> st.SearchStrategy[AnyCommand]:
        """Return commands of all kinds."""
        kinds = {"held": (*KINDS, *["resume"] * 6), "closed": (*KINDS, *["reopen"] * 10)}
        if not self.state.version:
            return st.one_of(starts(self.process), self.of("finish"))
        return st.sampled_from(kinds.get(self.state.standing.value, KINDS)).flatmap(self.of)

    def of(self, kind: str) -> st.SearchStrategy[AnyCommand]:
        """Return commands of one of `KINDS`."""
        maker: Callable[[st.DrawFn], AnyCommand] = getattr(self, kind)
        return st.composite(lambda draw: maker(draw))()

    def about(self, kind: str, name: str, *, by: str, at: datetime) -> AnyCommand:
        """Return a command of *kind* on what is called *name*, whether or not there is such a thing."""
        common: dict[str, Any] = {"by": by, "at": at}
        match kind:
            case "start":
                return StartActivity(activity=name, **common)
            case "finish":
                return FinishActivity(activity=name, **common)
            case "submit":
                return SubmitDeliverable(deliverable=name, **common)
            case "vote":
                return CastVote(gate=name, verdict=Verdict.GO, **common)
            case "delegate":
                return DelegateVote(gate=name, to="li.wei", **common)
            case "waive":
                return WaiveCriterion(gate=name, criterion=name, reason="!", **common)
            case "early":
                return ApproveEarlyStart(activity=name, condition="!", due=at.date(), **common)
            case "assign":
                return AssignRole(role=name, people=[by], **common)
            case "meet":
                return MeetCondition(condition=name, **common)
            case "redate":
                return RedateCondition(condition=name, due=at.date(), reason="!", **common)
            case "facts":
                return RecordFacts(facts={name: True}, **common)
            case _:
                return CloseRisk(risk=name, **common)

    def common(self, draw: st.DrawFn, people: list[Person]) -> dict[str, Any]:
        crowd = people if people and not self.odd(draw) else [*self.everybody, *STRANGERS]
        return {"by": draw(st.sampled_from(crowd)), "at": draw(moments(self.state))}

    def odd(self, draw: st.DrawFn) -> bool:
        return draw(st.integers(0, self.absurd)) == self.absurd

    def one(self, draw: st.DrawFn, known: list[str]) -> str:
        if not known or self.odd(draw):
            return draw(st.sampled_from(ABSURD))
        return draw(st.sampled_from(known))

    def people(self, roles: tuple[RoleId, ...]) -> list[Person]:
        return [person for role in roles for person in self.state.team.people(role)]

    def start(self, draw: st.DrawFn) -> AnyCommand:
        name, doers = self._work(draw, begun=False)
        return StartActivity(activity=name, **self.common(draw, doers))

    def finish(self, draw: st.DrawFn) -> AnyCommand:
        name, doers = self._work(draw, begun=draw(st.booleans()))
        return FinishActivity(activity=name, **self.common(draw, doers))

    def _work(self, draw: st.DrawFn, *, begun: bool) -> tuple[str, list[Person]]:
        all_of = {a.id: a for a in self.process.activities()}
        work = self.state.work
        near = [a for a in all_of if (a in work) == begun and (a not in work or work[a].finished is None)]
        name = self.one(draw, near[:4] or list(all_of))
        found = all_of.get(name)
        return name, self.people((*found.raci.responsible, *found.raci.accountable)) if found else []

    def submit(self, draw: st.DrawFn) -> AnyCommand:
        papers = {d.id: d for d in self.process.deliverables}
        name = self.one(draw, list(papers))
        fields = [f.id for f in papers[name].fields] if name in papers else []
        given = {f: draw(st.sampled_from(["done", "done", "完成", ""])) for f in fields}
        if self.odd(draw):
            given[draw(st.sampled_from(ABSURD))] = "?"
        makers = compiled(self.process).producers.get(name, ())
        doers = [p for a in makers for p in self.people((*a.raci.responsible, *a.raci.accountable))]
        return SubmitDeliverable(deliverable=name, fields=given, **self.common(draw, doers))

    def vote(self, draw: st.DrawFn) -> AnyCommand:
        gates = {g.id: g for g in self.process.gates()}
        name = self.one(draw, list(gates))
        verdict = draw(st.sampled_from([Verdict.GO, Verdict.GO, Verdict.GO, Verdict.CONDITIONAL, *Verdict]))
        conditional = verdict is Verdict.CONDITIONAL
        number = draw(st.integers(1, 2)) if conditional else 0
        promises = [self.promise(draw) for _ in range(0 if self.odd(draw) else number)]
        doers = self.people(voters(gates[name].decided_by)) if name in gates else []
        doers += [to for _, to in self.state.gate(name).delegated]
        reason = "" if verdict.passes or self.odd(draw) else "理由"
        return CastVote(gate=name, verdict=verdict, conditions=promises, reason=reason, **self.common(draw, doers))

    def promise(self, draw: st.DrawFn) -> Promise:
        owner = draw(st.sampled_from([*self.everybody, *(r.id for r in self.process.roles)]))
        return Promise("补充材料", owner, self.day(draw))

    def day(self, draw: st.DrawFn) -> date:
        today = max(self.state.at, BEGINNING).date()
        return today + timedelta(days=draw(st.sampled_from([-1, 0, 1, 1, 5, 30])))

    def facts(self, draw: st.DrawFn) -> AnyCommand:
        known = list(self.process.facts)
        given: dict[str, Any] = {}
        for fact in draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True)) if known else []:
            given[fact.id] = draw(st.sampled_from([None, "☃", True])) if self.odd(draw) else draw(fact_values(fact))
        if self.odd(draw):
            given[draw(st.sampled_from(ABSURD))] = "1"
        return RecordFacts(facts=given, **self.common(draw, self.everybody))

    def meet(self, draw: st.DrawFn) -> AnyCommand:
        owed = list(self.state.obligations.values())
        name = self.one(draw, [o.id for o in owed])
        owners = [p for o in owed if o.id == name for p in (self.state.team.people(o.owner) or (o.owner,))]
        return MeetCondition(condition=name, **self.common(draw, owners))

    def redate(self, draw: st.DrawFn) -> AnyCommand:
        name = self.one(draw, [o.id for o in self.state.obligations.values()])
        deciders = [p for g in self.process.gates() for p in self.people(voters(g.decided_by))]
        reason = "" if self.odd(draw) else "供应商延期"
        return RedateCondition(condition=name, due=self.day(draw), reason=reason, **self.common(draw, deciders))

    def waive(self, draw: st.DrawFn) -> AnyCommand:
        gates = {g.id: g for g in self.process.gates()}
        name = self.one(draw, list(gates))
        keys = [key for key, _ in compiled(self.process).criteria.get(name, ())]
        doers = self.people(voters(gates[name].decided_by)) if name in gates else []
        reason = "" if self.odd(draw) else "客户同意"
        return WaiveCriterion(gate=name, criterion=self.one(draw, keys), reason=reason, **self.common(draw, doers))

    def risk(self, draw: st.DrawFn) -> AnyCommand:
        name = draw(st.sampled_from(["r1", "r2", "汇率", ""]))
        level = draw(st.sampled_from(RiskLevel))
        return RaiseRisk(risk=name, level=level, owner="li.wei", **self.common(draw, self.everybody))

    def change_risk(self, draw: st.DrawFn) -> AnyCommand:
        name = self.one(draw, [r.id for r in self.state.risks.values()])
        common = self.common(draw, self.everybody)
        if draw(st.booleans()):
            return CloseRisk(risk=name, **common)
        return UpdateRisk(risk=name, level=draw(st.sampled_from(RiskLevel)), **common)

    def assign(self, draw: st.DrawFn) -> AnyCommand:
        role = self.one(draw, [r.id for r in self.process.roles])
        crowd = [*self.everybody, "new.one", *STRANGERS]
        people = draw(st.lists(st.sampled_from(crowd), max_size=3))
        return AssignRole(role=role, people=people, **self.common(draw, self.everybody))

    def delegate(self, draw: st.DrawFn) -> AnyCommand:
        gates = {g.id: g for g in self.process.gates()}
        name = self.one(draw, list(gates))
        to = draw(st.sampled_from([*self.everybody, *STRANGERS]))
        doers = self.people(voters(gates[name].decided_by)) if name in gates else []
        return DelegateVote(gate=name, to=to, **self.common(draw, doers))

    def early(self, draw: st.DrawFn) -> AnyCommand:
        name = self.one(draw, [a.id for a in self.process.activities()])
        text = "" if self.odd(draw) else "客户书面确认"
        return ApproveEarlyStart(activity=name, condition=text, due=self.day(draw), **self.common(draw, self.everybody))

    def hold(self, draw: st.DrawFn) -> AnyCommand:
        return HoldProject(reason="" if self.odd(draw) else "等客户", **self.common(draw, self.everybody))

    def resume(self, draw: st.DrawFn) -> AnyCommand:
        return ResumeProject(**self.common(draw, self.everybody))

    def close(self, draw: st.DrawFn) -> AnyCommand:
        outcome = draw(st.sampled_from(Closing))
        reason = draw(st.sampled_from(["", "客户取消"]))
        return CloseProject(outcome=outcome, reason=reason, **self.common(draw, self.everybody))

    def reopen(self, draw: st.DrawFn) -> AnyCommand:
        reason = "" if self.odd(draw) else "客户回来了"
        return ReopenProject(reason=reason, **self.common(draw, self.everybody))

    def note(self, draw: st.DrawFn) -> AnyCommand:
        return AddNote(text=draw(st.sampled_from(["", "备注"])), **self.common(draw, self.everybody))

    def again(self, draw: st.DrawFn) -> AnyCommand:
        return draw(starts(self.process, at=draw(moments(self.state))))
