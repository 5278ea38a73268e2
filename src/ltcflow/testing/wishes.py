"""Commands for a project: mostly sensible, sometimes absurd."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, partial
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
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects import (
    AddNote,
    AnyCommand,
    ApproveEarlyStart,
    AssignRole,
    CastVote,
    CloseProject,
    Closing,
    DelegateAuthority,
    DelegateVote,
    EndWaiting,
    FinishActivity,
    HoldProject,
    MeetCondition,
    NameSubstitutes,
    Progress,
    ProjectState,
    Promise,
    RecordFacts,
    RedateCondition,
    ReopenProject,
    ResumeProject,
    RevokeDelegation,
    Standing,
    StartActivity,
    StartProject,
    StartWaiting,
    SubmitDeliverable,
    Tick,
    WaiveCriterion,
)
from ltcflow.projects.compiled import compiled
from ltcflow.projects.panel import panel
from ltcflow.roles import Person
from ltcflow.stages import Verdict
from ltcflow.testing.playing import BEGINNING, good_facts
from ltcflow.testing.register_wishes import MONEY, REGISTER_WISHES, about_register
from ltcflow.testing.teams import teams
from ltcflow.testing.wishing import ABSURD as ABSURD
from ltcflow.testing.wishing import STRANGERS, StandInWishes, moments


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
def starts(draw: st.DrawFn, process: Process, *, at: datetime = BEGINNING) -> StartProject:
    """Sensible starts: a team that can run *process*, some facts."""
    team = draw(teams(process))
    known = draw(st.lists(st.sampled_from(process.facts), max_size=3, unique=True)) if process.facts else []
    facts = good_facts(process) if draw(st.booleans()) else {}
    facts |= {fact.id: draw(fact_values(fact)) for fact in known}
    return StartProject(project="acme", title="Acme 5G", team=team, facts=facts, by="li.wei", at=at)


def commands(process: Process, state: ProjectState, *, absurd: int = 8) -> st.SearchStrategy[AnyCommand]:
    """Commands for a project that stands at *state*: mostly sensible, about one in *absurd* nonsense.

    Nonsense is a wrong person, an id nobody declared (Chinese, huge, with odd characters), a second finish, a time
    before the last event, a start of a running project.
    """
    return Wishes(process, state, absurd).any()


OFTEN = ("start", "finish", "finish", "submit", "vote", "vote", "vote", "facts")
SELDOM = (
    "meet", "redate", "waive", "assign", "delegate", "early", "hold", "resume", "close",
    "reopen", "note", "again", "wait", "unwait", "tick", "tick", *REGISTER_WISHES,
    "authority", "authority", "recall", "substitutes", "absence", "absence", "back",
)  # fmt: skip
KINDS = (*OFTEN, *OFTEN, *SELDOM)
"""Kinds of commands, each as often as it is wished for; "again" is a second start of the project."""


class Wishes(StandInWishes):
    """Strategies for each kind of command at one state of one project: mostly sensible, one in *absurd* nonsense."""

    def any(self) -> st.SearchStrategy[AnyCommand]:
        """Return commands of all kinds, those oftener that there is something for."""
        if not self.state.version:
            return st.one_of(starts(self.process), self.of("finish"))
        owed = any(o.met is None for o in self.state.obligations.values())
        standing = self.state.standing.value
        chances = {
            "resume": 10 * (standing == "held"),
            "reopen": 20 * (standing == "closed"),
            "meet": 3 * owed,
            "redate": 5 * owed,
            "unwait": 5 * len(self.state.waiting),
            "recall": 2 * any(not d.revoked for d in self.state.delegations.values()),
            "back": 2 * any(self.state.absences.values()),
            "change_risk": 2 * len(self.state.risks),
            "decide_change": 2 * len(self.state.changes),
            "trace": 2 * len(self.state.commitments),
            "sign": 3 * sum(one.standing == "offered" for one in self.state.handovers.values()),
            "revoke": len(self.state.early),
        }
        likely = [kind for kind, count in chances.items() for _ in range(count)] + ["vote"] * 8 * bool(self.open_gates)
        return st.sampled_from([*likely, *(kind for kind in KINDS if kind not in chances)]).flatmap(self.of)

    @cached_property
    def open_gates(self) -> list[ElementId]:
        """The gates that can be judged now."""
        running = self.state.standing is Standing.RUNNING
        return [g.id for g in Progress(self.process, self.state, self.state.at).open_gates()] if running else []

    def gate(self, draw: st.DrawFn) -> tuple[str, list[Person]]:
        """A gate, mostly an open one, and who judges it; mostly those who have not voted."""
        gates = {g.id: g for g in self.process.gates()}
        name = self.one(draw, self.open_gates * 3 + list(gates))
        if name not in gates:
            return name, []
        state = self.state.gate(name)
        now = Progress(self.process, self.state, self.state.at)
        doers = [v.person for v in panel(now, gates[name], state).voters]
        waiting = [p for p in doers if all(vote.by != p for vote in state.votes)]
        return name, waiting * 3 + doers

    def of(self, kind: str) -> st.SearchStrategy[AnyCommand]:
        """Return commands of one of `KINDS`."""
        register = REGISTER_WISHES.get(kind)
        maker: Callable[[st.DrawFn], AnyCommand] = partial(register, self) if register else getattr(self, kind)

        def made(draw: st.DrawFn) -> AnyCommand:
            self.mad = draw(st.integers(0, self.absurd)) == self.absurd // 2 + 1
            return maker(draw)

        return st.composite(made)()

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
            case "wait":
                return StartWaiting(element=name, on="customer", reason="!", **common)
            case "unwait":
                return EndWaiting(element=name, **common)
            case "authority":
                return DelegateAuthority(to="x", until=at.date() + timedelta(days=1), gates=[name], **common)
            case "recall":
                return RevokeDelegation(delegation=name, **common)
            case "substitutes":
                return NameSubstitutes(role=name, people=["li.wei"], **common)
            case "facts":
                return RecordFacts(facts={name: True}, **common)
            case _:
                return about_register(kind, name, common)

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
        near = [a for a in near if a in self.state.early] * 4 + near[:4]
        name = self.one(draw, near or list(all_of))
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
        name, doers = self.gate(draw)
        verdict = draw(st.sampled_from(self.verdicts(name)))
        conditional = verdict is Verdict.CONDITIONAL
        number = draw(st.integers(1, 2)) if conditional else 0
        promises = [self.promise(draw) for _ in range(0 if self.odd(draw) else number)]
        reason = "" if verdict.passes or self.odd(draw) else "理由"
        return CastVote(gate=name, verdict=verdict, conditions=promises, reason=reason, **self.common(draw, doers))

    def verdicts(self, name: str) -> list[Verdict]:
        """The verdicts that can be given on a gate, some of them oftener; every one of them now and then."""
        gate = next((g for g in self.process.gates() if g.id == name), None)
        later = compiled(self.process).later_gates.get(name, ())
        left = [other for other in later if self.state.gate(other).verdict is None]
        likely = [Verdict.GO] * 4 + [Verdict.CONDITIONAL] * 4 * bool(left)
        likely += [Verdict.RECYCLE] * 2 * bool(gate is not None and gate.recycle_to)
        return [*likely, Verdict.HOLD, Verdict.STOP, *(Verdict if self.mad else ())]

    def promise(self, draw: st.DrawFn) -> Promise:
        owner = draw(st.sampled_from([*self.everybody, *(r.id for r in self.process.roles)]))
        return Promise("补充材料", owner, self.day(draw))

    def facts(self, draw: st.DrawFn) -> AnyCommand:
        known = self.process.facts
        given: dict[str, Any] = dict(good_facts(self.process)) if draw(st.booleans()) else {}
        for fact in draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True)) if known else []:
            given[fact.id] = draw(st.sampled_from([None, "☃", True])) if self.odd(draw) else draw(fact_values(fact))
        if self.odd(draw):
            given[draw(st.sampled_from(ABSURD))] = "1"
        owners = tuple(fact.owner for fact in known if fact.id in given and fact.owner)
        return RecordFacts(facts=given, **self.common(draw, self.people(owners)))

    def meet(self, draw: st.DrawFn) -> AnyCommand:
        owed = list(self.state.obligations.values())
        name = self.one(draw, [o.id for o in owed])
        owners = [p for o in owed if o.id == name for p in (self.state.team.people(o.owner) or (o.owner,))]
        return MeetCondition(condition=name, **self.common(draw, owners))

    def redate(self, draw: st.DrawFn) -> AnyCommand:
        name = self.one(draw, [o.id for o in self.state.obligations.values()])
        gates = {o.gate for o in self.state.obligations.values() if o.id == name}
        deciders = self.deciders([g for g in self.process.gates() if g.id in gates])
        reason = "" if self.odd(draw) else "供应商延期"
        return RedateCondition(condition=name, due=self.day(draw), reason=reason, **self.common(draw, deciders))

    def waive(self, draw: st.DrawFn) -> AnyCommand:
        name, doers = self.gate(draw)
        keys = [key for key, _ in compiled(self.process).criteria.get(name, ())]
        reason = "" if self.odd(draw) else "客户同意"
        return WaiveCriterion(gate=name, criterion=self.one(draw, keys), reason=reason, **self.common(draw, doers))

    def assign(self, draw: st.DrawFn) -> AnyCommand:
        role = self.one(draw, [r.id for r in self.process.roles])
        crowd = [*self.everybody, "new.one", *STRANGERS]
        people = draw(st.lists(st.sampled_from(crowd), min_size=0 if self.odd(draw) else 1, max_size=3))
        return AssignRole(role=role, people=people, **self.common(draw, self.people(self.process.assigned_by)))

    def delegate(self, draw: st.DrawFn) -> AnyCommand:
        name, doers = self.gate(draw)
        to = draw(st.sampled_from([*self.everybody, "new.one", *STRANGERS]))
        return DelegateVote(gate=name, to=to, **self.common(draw, doers))

    def early(self, draw: st.DrawFn) -> AnyCommand:
        name = self.one(draw, [a.id for a in self.process.activities() if a.id not in self.state.work])
        text = "" if self.odd(draw) else "客户书面确认"
        deciders = self.deciders(list(self.process.gates()))
        money: dict[str, Any] = {"daily_cost": draw(MONEY), "limit": draw(MONEY)} if draw(st.booleans()) else {}
        fields: dict[str, Any] = {"condition": text, "due": self.day(draw), **money}
        return ApproveEarlyStart(activity=name, **fields, **self.common(draw, deciders))

    def hold(self, draw: st.DrawFn) -> AnyCommand:
        return HoldProject(reason="" if self.odd(draw) else "等客户", **self.common(draw, self.everybody))

    def resume(self, draw: st.DrawFn) -> AnyCommand:
        return ResumeProject(**self.common(draw, self.everybody))

    def close(self, draw: st.DrawFn) -> AnyCommand:
        outcome = draw(st.sampled_from(Closing))
        reason = "" if self.odd(draw) else "客户取消"
        return CloseProject(outcome=outcome, reason=reason, **self.common(draw, self.everybody))

    def reopen(self, draw: st.DrawFn) -> AnyCommand:
        reason = "" if self.odd(draw) else "客户回来了"
        return ReopenProject(reason=reason, **self.common(draw, self.everybody))

    def wait(self, draw: st.DrawFn) -> AnyCommand:
        gates = {g.id: (*g.deciders, *g.raci.accountable) for g in self.process.gates()}
        works = {a.id: (*a.raci.responsible, *a.raci.accountable) for a in self.process.activities()}
        open_ones = [a.id for a in Progress(self.process, self.state, self.state.at).open_activities()]
        name = self.one(draw, [*self.open_gates * 2, *open_ones * 2, *works, *gates])
        outside = [role.id for role in self.process.roles if role.external] or ["客户"]
        on = draw(st.sampled_from([*outside, *(["seller", ""] if self.odd(draw) else [])]))
        reason = "" if self.odd(draw) else "客户未答复"
        doers = self.people({**works, **gates}.get(name, ()))
        return StartWaiting(element=name, on=on, reason=reason, **self.common(draw, doers))

    def unwait(self, draw: st.DrawFn) -> AnyCommand:
        name = self.one(draw, sorted(self.state.waiting))
        waiting = self.state.waiting.get(name)
        return EndWaiting(element=name, **self.common(draw, [waiting.by] if waiting is not None else []))

    def tick(self, draw: st.DrawFn) -> AnyCommand:
        return Tick(**self.common(draw, self.everybody))

    def note(self, draw: st.DrawFn) -> AnyCommand:
        return AddNote(text="" if self.odd(draw) else "备注", **self.common(draw, []))

    def again(self, draw: st.DrawFn) -> AnyCommand:
        return draw(starts(self.process, at=draw(moments(self.state))))
