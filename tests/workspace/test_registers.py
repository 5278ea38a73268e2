"""The registers of a workspace: changes against an oracle that plans anew, the ledger, early starts, money."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rpds import HashTrieMap

from ltcflow import Workspace, plan
from ltcflow import builder as b
from ltcflow.conditions import Truth
from ltcflow.findings import Severity
from ltcflow.process import Process
from ltcflow.projects import Progress
from ltcflow.projects.compiled import compiled
from ltcflow.projects.register.changes import Change, ChangeStanding, effect_of
from ltcflow.projects.register.commitments import Clause, Commitment
from ltcflow.projects.register.early import at_risk
from ltcflow.stages import Activity
from ltcflow.steering.change_register import change_register
from ltcflow.steering.promise_ledger import promise_ledger
from ltcflow.testing import Watched, processes, runs
from ltcflow.worktime import WorkDuration, minutes_between

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
quiet = list(HealthCheck)
law = settings(
    max_examples=max(1, 25 * settings.default.max_examples // 100), deadline=None, suppress_health_check=quiet
)


@st.composite
def asked(draw: st.DrawFn) -> tuple[Process, list[Change]]:
    """A process, and change requests on it."""
    process = draw(processes(stages=2, activities=3))
    names = list(process.activities())
    changes = []
    for number in range(draw(st.integers(0, 4))):
        times = {}
        for activity in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
            elapsed = activity.duration is not None and activity.duration.likely.elapsed
            times[activity.id] = WorkDuration(draw(st.sampled_from([240, 480, 960, -240, -4800])), elapsed)
        standing = draw(st.sampled_from(ChangeStanding))
        at = START + timedelta(hours=draw(st.integers(0, 2)))
        cost, price = draw(st.sampled_from([("1 CNY", "3 CNY"), ("5 CNY", None), (None, None), ("1 USD", "7 CNY")]))
        changes.append(
            Change(
                id=f"c{number}", times=tuple(sorted(times.items())), standing=standing, requested=at,
                cost=b_money(cost), price=b_money(price),
            )
        )  # fmt: skip
    return process, draw(st.permutations(changes))


def b_money(text: str | None) -> Any:
    from ltcflow.projects.base import as_money

    return as_money(text)


def planned(process: Process, changes: list[Change]) -> Any:
    """The oracle: the plan of a process whose activities are declared as much longer as *changes* say."""
    added: dict[str, int] = {}
    for change in changes:
        for name, time in change.times:
            added[name] = added.get(name, 0) + time.minutes

    def longer(activity: Activity) -> Activity:
        if not added.get(activity.id) or activity.spans:
            return activity
        old = activity.duration
        points = [old.optimistic, old.likely, old.pessimistic] if old is not None else [WorkDuration(960)] * 3
        new = {
            name: WorkDuration(max(0, p.minutes + added[activity.id]), p.elapsed)
            for name, p in zip(("optimistic", "likely", "pessimistic"), points, strict=True)
        }
        return attrs.evolve(activity, duration=new)

    stages = [attrs.evolve(s, activities=[longer(a) for a in s.activities]) for s in process.stages]
    return plan(attrs.evolve(process, stages=stages), start="2026-03-02", default_duration="2d")


@law
@given(asked())
def test_what_changes_do_to_a_plan_is_the_plan_made_anew_with_them(found: tuple[Process, list[Change]]) -> None:
    process, changes = found
    base = plan(process, start="2026-03-02", default_duration="2d")
    register = change_register(changes, base)
    approved = [c for c in changes if c.standing in (ChangeStanding.APPROVED, ChangeStanding.IMPLEMENTED)]
    pending = [c for c in changes if c.standing in (ChangeStanding.REQUESTED, ChangeStanding.ASSESSED)]
    days = base.calendar
    assert register.plan.finish == planned(process, approved).finish
    wanted = minutes_between(days, base.finish, planned(process, approved).finish)
    assert register.approved_shift.finish.minutes == wanted
    whole = planned(process, [*approved, *pending]).finish
    assert register.pending_shift.finish.minutes == minutes_between(days, register.plan.finish, whole)
    assert [i.change.id for i in register.impacts] == [c.id for c in sorted(changes, key=lambda c: (c.requested, c.id))]
    for impact in register.impacts:
        others = [c for c in approved if c.id != impact.change.id]
        if impact.change.standing is ChangeStanding.REJECTED:
            assert impact.shift is None
            continue
        without, with_it = planned(process, others), planned(process, [*others, impact.change])
        assert impact.shift is not None
        assert impact.shift.finish.minutes == minutes_between(days, without.finish, with_it.finish)
        moved = {
            m.id: n
            for m in process.milestones
            if (n := minutes_between(days, without[m.id].early_finish, with_it[m.id].early_finish))
        }
        assert {name: time.minutes for name, time in impact.shift.milestones} == moved
    assert change_register(reversed(changes), base) == register


@law
@given(asked())
def test_margin_is_price_less_cost_and_adds_up(found: tuple[Process, list[Change]]) -> None:
    _, changes = found
    for currency in ("CNY", "USD"):
        one_by_one = sum(m.amount for c in changes for m in effect_of([c]).margin if m.currency == currency)
        together = sum(m.amount for m in effect_of(changes).margin if m.currency == currency)
        wanted = sum(
            sign * m.amount
            for c in changes
            for sign, m in ((1, c.price), (-1, c.cost))
            if m is not None and m.currency == currency
        )
        assert one_by_one == together == wanted


@st.composite
def promised(draw: st.DrawFn) -> Progress:
    """A project that went some way, with promises in any state of being traced."""
    run: Watched = draw(runs(most=3))
    process, state = run.process, run.state
    clauses = {name: Clause(name) for name in draw(st.sets(st.sampled_from(["1", "2"])))}
    accepts = [*(d.id for d in process.deliverables), *(g.id for g in process.gates())]
    accepts += [f"{g.id}/{key}" for g in process.gates() for key, _ in compiled(process).criteria.get(g.id, ())]
    made = [
        Commitment(
            id=f"p{number}",
            text="?",
            recorded=START + timedelta(days=draw(st.integers(0, 1))),
            clause=draw(st.sampled_from(["", *clauses])),
            activity=draw(st.sampled_from(["", *(a.id for a in process.activities())])),
            acceptance=draw(st.sampled_from(["", *accepts])),
            fulfilled=draw(st.sampled_from([None, None, START])),
            withdrawn=draw(st.sampled_from([None, None, START])),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    commitments = HashTrieMap({one.id: one for one in made})
    state = attrs.evolve(state, commitments=commitments, clauses=HashTrieMap(clauses))
    return Progress(process, state, state.at)


def skipped(progress: Progress, name: str) -> bool:
    element = name.partition("/")[0]
    at = {node.id: i for i, node in enumerate(progress.nodes)}.get(element)
    return at is not None and (progress.applies(at) is Truth.FALSE or progress.left_out(at))


@law
@given(promised())
def test_every_promise_is_let_go_or_traced_or_an_orphan(progress: Progress) -> None:
    ledger = promise_ledger(progress)
    assert [p.commitment for p in ledger.promises] == sorted(
        progress.state.commitments.values(), key=lambda one: (one.recorded, one.id)
    )
    found = {(f.code, f.where) for f in ledger.findings}
    wanted = set()
    for one in progress.state.commitments.values():
        if one.withdrawn is None:
            wanted |= {("LTC576", f"promises.{one.id}")} if not one.clause else set()
            for code, name in (("LTC577", one.activity), ("LTC578", one.acceptance)):
                wanted |= {(code, f"promises.{one.id}")} if not name or skipped(progress, name) else set()
    named = {one.clause for one in progress.state.commitments.values() if one.withdrawn is None}
    wanted |= {("LTC579", f"clauses.{name}") for name in progress.state.clauses if name not in named}
    assert found == wanted
    assert len(found) == len(ledger.findings)
    assert all(f.problem_zh and f.remedy_zh and f.severity is not Severity.ERROR for f in ledger.findings)
    orphans = {where.removeprefix("promises.") for _, where in wanted if where.startswith("promises.")}
    assert {p.commitment.id for p in ledger.promises if p.orphan} == orphans


def test_a_promise_from_the_bid_to_its_acceptance() -> None:
    contract = b.deliverable("certificate", fields=["signature"])
    steps = [b.activity("negotiate"), b.activity("install", outputs=["certificate"])]
    handed = b.gate("handed_over", decided_by="board", criteria=[b.delivered("certificate", id="signed_off")])
    process = b.process(
        "deal", roles={"board": "Board"}, deliverables=[contract],
        stages=[b.stage("do", activities=steps, gates=[handed])],
    )  # fmt: skip
    ws = Workspace.open("memory:", clock=lambda: START)
    ws.start(process, project="acme", title="Acme", by="li.wei", team={"board": "bo"})
    said = {"by": "li.wei", "value": "50_000 CNY", "source": "negotiate", "to": "客户"}
    assert ws.record_commitment("acme", "p1", "three years of warranty", **said).accepted
    assert ws.record_clause("acme", "7.2", by="li.wei", text="Warranty").accepted
    codes = [finding.code for finding in ws.promises("acme").findings]
    assert codes == ["LTC576", "LTC577", "LTC578", "LTC579"]
    assert ws.promises("acme").findings[0].text("zh").startswith("LTC576: promises.p1: 没有写入合同的任何条款。")
    trace = {"clause": "7.2", "activity": "install", "acceptance": "handed_over/signed_off"}
    assert ws.trace_commitment("acme", "p1", by="li.wei", **trace).accepted
    ledger = ws.promises("acme")
    assert (ledger.findings, [str(s) for s in ledger.owed]) == ((), ["50_000 CNY"])
    assert (ledger.promises[0].delivery, ledger.promises[0].acceptance) == ("waiting", "waiting")
    assert {r.code for r in ws.fulfil_commitment("acme", "p1", by="li.wei").reasons} == {"LTC512"}
    ws.finish("acme", "negotiate", by="li.wei")
    ws.finish("acme", "install", by="li.wei")
    ws.submit("acme", "certificate", by="li.wei", fields={"signature": "done"})
    (promise,) = ws.promises("acme").promises
    assert (promise.delivery, promise.acceptance, promise.kept) == ("done", "done", True)
    assert ws.promises("acme").owed == ()
    assert ws.fulfil_commitment("acme", "p1", by="li.wei").accepted


@pytest.fixture
def early() -> Workspace:
    process = b.process(
        "deal", roles={"board": "Board", "seller": "Seller"}, calendar="weekdays",
        stages=[
            b.stage("bid", activities=[b.activity("offer")], gates=[b.gate("atc", decided_by="board")]),
            b.stage("build", activities=[b.activity("order", raci={"R": "seller"})]),
        ],
    )  # fmt: skip
    ws = Workspace.open("memory:", clock=lambda: START)
    ws.start(process, project="acme", title="Acme", by="li.wei", team={"board": "bo", "seller": "sam"})
    return ws


def test_an_early_start_from_approval_to_its_end(early: Workspace) -> None:
    ws, terms = early, {"condition": "order letter", "due": "2026-03-10"}
    money = {"daily_cost": "800 CNY", "limit": "3_000 CNY"}
    assert ws.approve_early_start("acme", "order", by="bo", **terms, **money).accepted
    (found,) = ws.early_starts("acme")
    assert (found.standing, found.because, found.days, str(found.spent)) == ("approved", (), (), "0 CNY")
    ws.begin("acme", "order", by="sam", at=START + timedelta(days=3))
    at = {n: ws.early_starts("acme", at=START + timedelta(days=n))[0] for n in (3, 4, 6, 7, 8, 9)}
    spent = {n: str(one.spent) for n, one in at.items()}
    assert spent == {3: "800 CNY", 4: "1_600 CNY", 6: "1_600 CNY", 7: "2_400 CNY", 8: "3_200 CNY", 9: "4_000 CNY"}
    assert [(one.standing, one.because) for one in (at[7], at[8], at[9])] == [
        ("running", ()), ("beyond", ("limit",)), ("beyond", ("due", "limit")),
    ]  # fmt: skip
    assert at[9].limit_reached == date(2026, 3, 10)
    assert [str(s) for s in at_risk([at[9]])] == ["4_000 CNY"]
    ws.meet("acme", "early.order.1", by="bo", at=START + timedelta(days=9))
    (met,) = ws.early_starts("acme", at=START + timedelta(days=30))
    assert (met.standing, met.because, str(met.spent)) == ("ended", ("met",), "4_000 CNY")
    assert at_risk([met]) == ()


def test_an_early_start_that_was_taken_back_is_not_begun_and_not_forgotten(early: Workspace) -> None:
    ws, terms = early, {"condition": "order letter", "due": "2026-03-10"}
    assert ws.approve_early_start("acme", "order", by="bo", **terms).accepted
    assert {r.code for r in ws.revoke_early_start("acme", "order", by="sam", reason="no").reasons} == {"LTC523"}
    assert ws.revoke_early_start("acme", "order", by="bo", reason="the customer hesitates").accepted
    assert not ws.begin("acme", "order", by="sam").accepted
    assert ws.approve_early_start("acme", "order", by="bo", **terms).accepted
    first, second = ws.early_starts("acme")
    assert (first.standing, first.because, first.approval.reason) == ("lapsed", ("revoked",), "the customer hesitates")
    assert (second.standing, second.approval.condition) == ("approved", "early.order.2")
    late = ws.begin("acme", "order", by="sam", at=START + timedelta(days=9))
    assert {r.code for r in late.reasons} == {"LTC512"}


def test_a_risk_from_the_day_it_is_raised_to_the_end(early: Workspace) -> None:
    ws = early
    assert ws.raise_risk("acme", "fx", by="li.wei", probability=4, impact=5, money="100_000 CNY", owner="sam").accepted
    assert ws.raise_risk("acme", "delay", by="li.wei", probability=2, impact=2, title="Customs").accepted
    assert ws.answer_risk("acme", "fx", by="sam", response="transfer", probability=1, impact=5).accepted
    assert not ws.answer_risk("acme", "fx", by="sam", response="exploit").accepted
    assert ws.plan_risk_action("acme", "fx", "hedge", by="sam", owner="sam", due="2026-03-04").accepted
    register = ws.risks("acme", at=START + timedelta(days=5))
    assert [(r.rank, r.risk.id, r.risk.level.value) for r in register.open] == [
        (1, "fx", "critical"),
        (2, "delay", "low"),
    ]
    on_the_day = ws.risks("acme", at=START + timedelta(days=2)).open[0]
    assert (on_the_day.overdue, on_the_day.next_due) == ((), date(2026, 3, 4))
    first = register.open[0]
    assert (first.left and first.left.value, [a.text for a in first.overdue]) == ("medium", ["hedge"])
    assert [str(s) for s in register.exposure.threats] == ["70_000 CNY"]
    assert register.matrix.at(4, 5) == ("fx",)
    assert ws.finish_risk_action("acme", "fx", 1, by="sam").accepted
    assert not ws.finish_risk_action("acme", "fx", 1, by="sam").accepted
    for step in ("offer", "order"):
        ws.finish("acme", step, by="sam")
        ws.vote("acme", "atc", by="bo", verdict="go")
    assert {r.code for r in ws.end("acme", "won", by="bo").reasons} == {"LTC572"}
    assert ws.close_risk("acme", "fx", by="sam", reason="hedged").accepted
    assert ws.hand_over_risk("acme", "delay", by="sam", to="service").accepted
    assert ws.end("acme", "won", by="bo").accepted
    register = ws.risks("acme")
    assert ([r.id for r in register.closed], [r.risk.owner for r in register.open]) == (["fx"], ["service"])


def test_a_change_request_from_asked_to_made(early: Workspace) -> None:
    ws = early
    assert ws.request_change("acme", "more", by="li.wei", title="Two more sites", asked_by="客户").accepted
    assert {r.code for r in ws.decide_change("acme", "more", by="bo", approve=True).reasons} == {"LTC574"}
    effect = {"times": {"order": "2d"}, "cost": "10_000 CNY", "price": "25_000 CNY"}
    assert ws.assess_change("acme", "more", by="sam", **effect).accepted
    assert {r.code for r in ws.decide_change("acme", "more", by="sam", approve=True).reasons} == {"LTC515"}
    register = ws.changes("acme", default_duration="1d")
    assert [str(i.shift.finish) for i in register.impacts if i.shift] == ["2d"]
    assert ([str(m) for m in register.pending.margin], register.approved.margin) == (["15_000 CNY"], ())
    assert str(register.pending_shift.finish) == "2d"
    assert ws.decide_change("acme", "more", by="bo", approve=True).accepted
    assert ws.implement_change("acme", "more", by="sam").accepted
    register = ws.changes("acme", default_duration="1d")
    assert (str(register.approved_shift.finish), register.pending_shift.finish.minutes) == ("2d", 0)
    assert register.plan.finish - ws.plan("acme", default_duration="1d").finish == timedelta(days=2)
    ws.finish("acme", "offer", by="li.wei")
    ws.vote("acme", "atc", by="bo", verdict="go")
    ws.finish("acme", "order", by="sam")
    assert ws.changes("acme", default_duration="1d").impacts[0].shift.unplaced == ("order",)  # type: ignore[union-attr]


def test_what_is_spent_up_to_the_limit_is_within_it(early: Workspace) -> None:
    terms = {"condition": "order letter", "due": "2026-03-31", "daily_cost": "800 CNY", "limit": "1_600 CNY"}
    assert early.approve_early_start("acme", "order", by="bo", **terms).accepted
    early.begin("acme", "order", by="sam")
    on = [early.early_starts("acme", at=START + timedelta(days=n))[0] for n in (1, 2)]
    assert [(one.standing, str(one.spent)) for one in on] == [("running", "1_600 CNY"), ("beyond", "2_400 CNY")]


def test_an_early_start_may_be_begun_on_the_day_of_its_condition(early: Workspace) -> None:
    assert early.approve_early_start("acme", "order", by="bo", condition="order letter", due="2026-03-10").accepted
    assert early.begin("acme", "order", by="sam", at=START + timedelta(days=8)).accepted


def test_an_opportunity_keeps_no_gate_shut() -> None:
    gate = b.gate("atc", decided_by="board", criteria=[b.risk("high", 0)])
    process = b.process(
        "deal", roles={"board": "Board"}, stages=[b.stage("bid", activities=[b.activity("offer")], gates=[gate])]
    )
    ws = Workspace.open("memory:", clock=lambda: START)
    ws.start(process, project="acme", title="Acme", by="li.wei", team={"board": "bo"})
    ws.finish("acme", "offer", by="li.wei")
    assert ws.raise_risk("acme", "threat", by="li.wei", level="high").accepted
    assert ws.raise_risk("acme", "chance", by="li.wei", level="critical", opportunity=True).accepted
    assert not ws.vote("acme", "atc", by="bo", verdict="go").accepted
    assert ws.close_risk("acme", "threat", by="li.wei").accepted
    assert ws.vote("acme", "atc", by="bo", verdict="go").accepted
