"""Cash: amounts are exact whatever the shares, months add up, bands follow from the samples."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.conditions import Money
from ltcflow.errors import InvalidValue, LtcflowError, UnknownName
from ltcflow.process import Process
from ltcflow.projects.unpaid import why_unpaid
from ltcflow.schedule import plan
from ltcflow.schedule.cash import Cash, cash, due_moment
from ltcflow.schedule.instalments import Withheld, instalments, split
from ltcflow.schedule.montecarlo import simulate
from ltcflow.schedule.montecarlo.results import NEVER
from ltcflow.workspace import Workspace

WIDE = {"optimistic": "5d", "likely": "20d", "pessimistic": "60d"}


def supply(*terms: list[dict[str, Any]], accepted: list[dict[str, Any]] | None = None) -> Process:
    """Return a process with one stage and milestone per list of terms, and a final acceptance."""
    stages = [b.stage(f"s{n}", activities=[b.activity(f"a{n}", duration=WIDE)]) for n in range(len(terms))]
    stages.append(b.stage("last", activities=[b.activity("test", duration="10d")]))
    milestones = [b.milestone(f"m{n}", after=[f"s{n}"], payments=payments) for n, payments in enumerate(terms)]
    milestones.append(b.milestone("accepted", after=["last"], payments=accepted or []))
    return b.process("supply", stages=stages, milestones=milestones)


@given(st.integers(0, 10**12), st.lists(st.fractions(0, 1), min_size=1, max_size=9))
def test_parts_add_up_and_are_off_by_less_than_a_unit(total: int, weights: list[Fraction]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    if sum(weights):
        assert all(abs(part - total * w / sum(weights)) < 1 for part, w in zip(parts, weights, strict=True))
        pairs = sorted(zip(weights, parts, strict=True))
        assert all(one[1] <= two[1] + (one[0] == two[0]) for one, two in pairwise(pairs))


SHARES = st.lists(st.integers(1, 1000), min_size=1, max_size=6)


@st.composite
def contracts(draw: st.DrawFn) -> tuple[Process, Money, int, dict[str, Any]]:
    """Draw terms whose shares add up to 1, a contract, and what is kept back."""
    weights = draw(SHARES)
    digits = draw(st.sampled_from([2, 3, 6]))
    cuts = split(10**digits, [Fraction(w) for w in weights])
    shares = [Decimal(cut).scaleb(-digits) for cut in cuts if cut]
    places = draw(st.sampled_from([0, 2]))
    value = Money(Decimal(draw(st.integers(1, 10**9))).scaleb(-places), "CNY")
    terms = [[{"share": share, "due": draw(st.sampled_from(["0d", "30ed", "5d"]))}] for share in shares]
    process = supply(*terms[:-1], accepted=terms[-1])
    kept: dict[str, Any] = {}
    if len(terms) > 1:
        if draw(st.booleans()):
            kept["retention"] = {
                "share": draw(st.sampled_from(["0.05", "0.1", "0"])),
                "until": "accepted",
                "due": "60ed",
            }
        if draw(st.booleans()):
            most = sum(shares[:-1]) / 3
            kept["holdback"] = {"share": most.quantize(Decimal("0.001")), "until": "accepted"}
    return process, value, places, kept


@settings(max_examples=80, deadline=None)
@given(contracts())
def test_instalments_add_up_to_the_contract(drawn: tuple[Process, Money, int, dict[str, Any]]) -> None:
    process, value, places, kept = drawn
    found = instalments(process, value, planned=[m.id for m in process.milestones], places=places, **kept)
    zero = Money(0, "CNY")
    assert sum((i.amount for i in found), zero) == value
    later = sum((i.amount for i in found if "[" not in i.id), zero)
    assert sum((i.withheld for i in found), zero) == later
    assert all(i.amount >= zero and i.withheld >= zero for i in found)
    assert all(i.withheld == zero for i in found if i.milestone == "accepted")
    unit = Decimal(1).scaleb(-places)
    for payment in found:
        milestone = process.find(payment.milestone)
        if "[" in payment.id:
            exact = milestone.payments[int(payment.id.split("[")[1][:-1])].share * value.amount  # type: ignore[union-attr]
            assert abs((payment.amount + payment.withheld).amount - exact) < unit


@settings(max_examples=40, deadline=None)
@given(contracts())
def test_the_months_of_a_plan_add_up(drawn: tuple[Process, Money, int, dict[str, Any]]) -> None:
    process, value, places, kept = drawn
    planned = plan(process, start="2026-03-02", calendar="CN")
    found = cash(planned, process, contract_value=value, places=places, **kept)
    assert found.uncovered == Money(0, "CNY")
    assert found.expected == value == found.months[-1].cumulative
    assert sum((m.expected for m in found.months), Money(0, "CNY")) == value
    for instalment in found.instalments:
        at = due_moment(planned.calendar, planned[instalment.milestone].early_finish, instalment.due)
        assert instalment.planned == at
        assert found[instalment.id] is instalment
    for month in found.months:
        paid = [i.amount for i in found.instalments if i.planned.strftime("%Y-%m") == month.month]
        assert month.expected == sum(paid, Money(0, "CNY"))
        assert month.p50 == month.p80 == month.cumulative


@settings(max_examples=25, deadline=None)
@given(contracts(), st.sampled_from([None, 0.6, {"s0": 0.7}]), st.integers(0, 50))
def test_the_months_of_a_simulation_are_those_of_its_samples(
    drawn: tuple[Process, Money, int, dict[str, Any]], win: Any, seed: int
) -> None:
    process, value, places, kept = drawn
    if isinstance(win, dict) and process.find("s0") is None:
        win = None
    simulation = simulate(process, start="2026-03-02", calendar="CN", seed=seed, samples=60, win_probability=win)
    found = cash(simulation, process, contract_value=value, places=places, **kept)
    months = [m.month for m in found.months]
    sums = np.zeros((len(months), 60), dtype=object)
    for instalment in found.instalments:
        minutes = simulation.minutes_of(instalment.milestone)
        for lane, minute in enumerate(minutes.tolist()):
            if minute < NEVER:
                clock = simulation.clock
                at = due_moment(clock.calendar, clock.ending(minute), instalment.due)
                sums[months.index(at.strftime("%Y-%m")), lane] += int(instalment.amount.amount.scaleb(places))
        assert instalment.probability == pytest.approx(np.mean(minutes < NEVER))
    rising = np.cumsum(sums, axis=0)
    unit = Decimal(1).scaleb(-places)
    for place, month in enumerate(found.months):
        for p, band in ((0.5, month.p50), (0.8, month.p80)):
            units = int(band.amount.scaleb(places))
            assert np.mean(rising[place] >= units) >= p - 1e-9
            assert np.mean(rising[place] >= units + 1) < p
        assert abs(month.expected.amount - Decimal(int(sums[place].sum())).scaleb(-places) / 60) < unit
        assert month.p80 <= month.p50
    assert sum((m.expected for m in found.months), Money(0, "CNY")) == found.expected


def test_what_is_certain_pays_as_planned() -> None:
    process = supply([{"share": "0.3", "due": "30ed"}], accepted=[{"share": "0.7"}])
    asked: dict[str, Any] = {"start": "2026-03-02", "durations": {"a0": "15d"}}
    value = Money(1_000_000, "CNY")
    kept = {"retention": {"share": "0.1", "until": "accepted"}}
    sure = cash(plan(process, **asked), process, contract_value=value, **kept)
    drawn = cash(simulate(process, seed=1, samples=20, **asked), process, contract_value=value, **kept)
    assert sure.months == drawn.months
    assert [(i.id, i.planned) for i in sure.instalments] == [(i.id, i.p50) for i in drawn.instalments]
    assert [str(i.amount) for i in sure.instalments] == ["270_000 CNY", "700_000 CNY", "30_000 CNY"]


def test_amounts_and_holdback_of_an_amount() -> None:
    amount = {"amount": 400_000, "currency": "CNY"}
    process = supply([amount], [{"share": "0.3"}], accepted=[{"share": "0.2"}])
    held = Withheld(until="accepted", amount=Money(350_000, "CNY"), due="90ed")
    found = cash(plan(process, start="2026-03-02"), process, contract_value=Money(1_000_000, "CNY"), holdback=held)
    assert [(i.id, int(i.amount.amount), int(i.withheld.amount)) for i in found.instalments] == [
        ("m0[0]", 350_000, 50_000),
        ("m1[0]", 0, 300_000),
        ("accepted[0]", 200_000, 0),
        ("holdback", 350_000, 0),
    ]
    assert found.uncovered == Money(100_000, "CNY")


def test_nothing_comes_when_everything_is_lost() -> None:
    process = supply([{"share": "1"}])
    simulation = simulate(process, start="2026-03-02", seed=1, samples=20, win_probability={"a0": 0})
    found = cash(simulation, process, contract_value=Money(10, "CNY"))
    assert (found.months, found.expected) == ((), Money(0, "CNY"))
    assert (found["m0[0]"].p50, found["m0[0]"].probability) == (None, 0)


CNY = Money(1000, "CNY")


@pytest.mark.parametrize(
    ("terms", "arguments", "error", "said"),
    [
        ([{"share": "0.6"}, {"share": "0.6"}], {}, InvalidValue, "is less than its instalments"),
        ([{"amount": 5, "currency": "EUR"}], {}, InvalidValue, "another currency"),
        ([{"amount": "0.001", "currency": "CNY"}], {}, InvalidValue, "decimal places"),
        ([{"share": 1}], {"contract_value": 1000}, InvalidValue, "no contract value"),
        ([{"share": 1}], {"contract_value": Money(-1, "CNY")}, InvalidValue, "no contract value"),
        ([{"share": 1}], {"contract_value": Money("0.5", "CNY"), "places": 0}, InvalidValue, "decimal places"),
        ([{"share": 1}], {"contract_value": Money(10**18, "CNY")}, InvalidValue, "too large"),
        ([{"share": 1}], {"places": -1}, InvalidValue, "no number of decimal places"),
        ([{"share": 1}], {"retention": {"share": "0.1"}}, InvalidValue, "until when"),
        ([{"share": 1}], {"retention": "0.1"}, InvalidValue, "until when"),
        ([{"share": 1}], {"retention": {"share": 2, "until": "accepted"}}, InvalidValue, "no share"),
        ([{"share": 1}], {"retention": {"share": float("nan"), "until": "accepted"}}, InvalidValue, "no share"),
        ([{"share": 1}], {"retention": {"amount": CNY, "until": "accepted"}}, InvalidValue, "Use holdback"),
        ([{"share": 1}], {"retention": {"share": "0.1", "until": "nope"}}, UnknownName, "nope"),
        ([{"share": "0.5"}], {"holdback": {"share": "0.6", "until": "accepted"}}, InvalidValue, "can be kept back"),
        ([{"share": 1}], {"holdback": {"share": "0.1", "until": "accepted", "due": "-1d"}}, InvalidValue, "negative"),
    ],
)
def test_terms_that_do_not_fit_are_refused(
    terms: list[dict[str, Any]], arguments: dict[str, Any], error: type[LtcflowError], said: str
) -> None:
    process = supply(terms)
    with pytest.raises(error, match=said):
        cash(plan(process, start="2026-03-02"), process, **{"contract_value": CNY, **arguments})


def test_another_process_is_refused_and_an_unknown_instalment_named() -> None:
    process, other = supply([{"share": 1}]), b.process("other", stages=[b.stage("s", activities=[b.activity("a")])])
    with pytest.raises(InvalidValue, match="another process"):
        cash(plan(other, start="2026-03-02"), process, contract_value=CNY)
    found = cash(plan(process, start="2026-03-02"), process, contract_value=CNY)
    with pytest.raises(UnknownName, match=r"m0\[0\]"):
        found["m0[1]"]


def running() -> tuple[Workspace, Process, Cash]:
    process = supply([{"share": "0.3", "due": "30ed"}], accepted=[{"share": "0.7"}])
    ws = Workspace.open("memory:", clock=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    ws.start(process, project="acme", title="Acme", by="li.wei")
    found = cash(plan(process, start="2026-03-02"), process, contract_value=CNY)
    return ws, process, found


def test_why_unpaid_leads_from_each_instalment_to_today() -> None:
    ws, process, found = running()
    at = datetime(2026, 3, 20, 18, tzinfo=UTC)
    answers = why_unpaid(process, ws.state("acme"), found.instalments, at=at)
    assert [(u.instalment.id, u.chain[0].id, u.chain[-1].id) for u in answers] == [
        ("m0[0]", "m0", "a0"),
        ("accepted[0]", "accepted", "a0"),
    ]
    assert all(u.chain[-1].now and u.due is None for u in answers)
    assert "can be done today" in answers[0].because.en
    assert "今天" in answers[0].because.zh
    assert ws.finish("acme", "a0", by="li.wei", at=at).accepted
    reached, waiting = why_unpaid(process, ws.state("acme"), found.instalments, at=at)
    assert (reached.chain, reached.due, reached.overdue) == ((), datetime(2026, 4, 19, 18, tzinfo=UTC), False)
    assert waiting.chain[-1].id == "test"
    later = datetime(2026, 4, 20, tzinfo=UTC)
    overdue = why_unpaid(process, ws.state("acme"), [found["m0[0]"]], at=later)[0]
    assert overdue.overdue
    assert overdue.because.en == "was due on 2026-04-19"


def test_readiness_says_how_likely_it_is_there_by_a_date() -> None:
    ws, _, _ = running()
    at = datetime(2026, 3, 20, 18, tzinfo=UTC)
    simulation = ws.simulate("acme", seed=3, at=at, samples=2000)
    answer = ws.readiness("acme", "m0", at=at, simulation=simulation)
    assert not answer.ready
    shares = [answer.probability_by(day).value for day in ("2026-03-19", "2026-04-03", "2026-04-24", "2027-01-01")]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[3] == 1
    assert 0 < shares[2] < 1
    assert simulation["m0"].probability_by("2026-04-24").value == shares[2]
    with pytest.raises(InvalidValue, match=r"simulation=ws\.simulate"):
        ws.readiness("acme", "m0", at=at).probability_by("2026-04-24")
    assert ws.finish("acme", "a0", by="li.wei", at=at).accepted
    assert ws.readiness("acme", "m0", at=at).probability_by("2026-03-20").value == 1
    after = ws.simulate("acme", seed=3, at=at, samples=50)
    assert after["s0"].p10 == after["s0"].p90 == at


def test_a_plan_and_its_cash_need_no_numpy() -> None:
    program = (
        "import sys, ltcflow as ltc\nfrom ltcflow import builder as b\n"
        "p = b.process('p', stages=[b.stage('s', activities=[b.activity('x', duration='2d')])],"
        " milestones=[b.milestone('m', after=['s'], payments=[{'share': 1}])])\n"
        "ltc.cash(ltc.plan(p, start='2026-03-02'), p, contract_value=ltc.Money(1, 'CNY'))\n"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "False"
