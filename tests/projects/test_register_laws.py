"""Laws of the registers: scales, ranking, money, what was closed stays closed, early starts day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.conditions import Money
from ltcflow.errors import InvalidValue
from ltcflow.process import Registers, RiskScale, compose, rename, side_by_side
from ltcflow.projects import NOTHING, apply, event_from_data, replay
from ltcflow.projects.register import events as e
from ltcflow.projects.register.early import early_starts, spent_by_day
from ltcflow.projects.register.risks import Risk
from ltcflow.projects.register.sums import added
from ltcflow.stages import RiskLevel
from ltcflow.steering.risk_register import exposure, ranked, risk_matrix, total_exposure
from ltcflow.testing import Watched, play_on, runs
from ltcflow.testing.declarations import SCALES
from ltcflow.worktime import calendar

laws = settings(max_examples=max(1, 40 * settings.default.max_examples // 100), deadline=None)
few = settings(laws, max_examples=max(1, 15 * settings.default.max_examples // 100))
MONEY = st.none() | st.builds(
    Money, st.decimals("-9999", "9999", places=3), st.sampled_from(["CNY", "CNY", "USD", "EUR"])
)


@st.composite
def scales(draw: st.DrawFn) -> RiskScale:
    steps = sorted(draw(st.lists(st.decimals("0.01", 1, places=2), min_size=2, max_size=7, unique=True)))
    impacts = draw(st.integers(2, 7))
    cuts = draw(st.lists(st.integers(2, len(steps) * impacts), min_size=3, max_size=3, unique=True).map(sorted))
    return RiskScale(probabilities=steps, impacts=impacts, medium=cuts[0], high=cuts[1], critical=cuts[2])


@st.composite
def registers(draw: st.DrawFn) -> tuple[RiskScale, list[Risk]]:
    """A scale and risks on it, rated by it or only given a level."""
    scale = draw(scales())
    risks = []
    for number in range(draw(st.integers(0, 8))):
        p, i = draw(st.integers(1, len(scale.probabilities))), draw(st.integers(1, scale.impacts))
        p, i = (p, i) if draw(st.integers(0, 3)) else (0, 0)
        day = draw(st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 4)))
        raised = datetime(2026, 1, draw(st.integers(1, 2)), tzinfo=UTC)
        level = scale.level(p, i) if p else draw(st.sampled_from(RiskLevel))
        closed, good = draw(st.booleans()), draw(st.booleans())
        risks.append(
            Risk(f"r{number}", level, closed=closed, probability=p, impact=i, opportunity=good, money=draw(MONEY),
                 trigger=day, raised=raised)
        )  # fmt: skip
    return scale, draw(st.permutations(risks))


@laws
@given(scales())
def test_a_risk_gets_no_lighter_when_it_gets_likelier_or_graver(scale: RiskScale) -> None:
    cuts = [scale.medium, scale.high, scale.critical]
    for p in range(1, len(scale.probabilities) + 1):
        for i in range(1, scale.impacts + 1):
            level = scale.level(p, i)
            assert level is list(RiskLevel)[sum(p * i >= cut for cut in cuts)]
            assert scale.has(p, i)
            assert not scale.has(p + 1, i) or scale.level(p + 1, i).rank >= level.rank
            assert not scale.has(p, i + 1) or scale.level(p, i + 1).rank >= level.rank


@pytest.mark.parametrize(
    "said",
    [
        {"probabilities": [0.3]},
        {"probabilities": [0.5, 0.3]},
        {"probabilities": [0.3, 0.3]},
        {"probabilities": [0, 0.3]},
        {"probabilities": [0.3, 1.1]},
        {"probabilities": ["much", 0.3]},
        {"impacts": 1},
        {"impacts": 11},
        {"impacts": True},
        {"medium": 1},
        {"medium": 10},
        {"critical": 26},
        {"high": "10"},
    ],
)
def test_what_is_no_scale_is_none(said: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        RiskScale(**said)  # type: ignore[arg-type]  # that is the test


@laws
@given(registers())
def test_the_ranking_is_one_order_of_all_open_risks_and_agrees_with_the_scale(
    found: tuple[RiskScale, list[Risk]],
) -> None:
    scale, risks = found
    order = ranked(risks, scale)
    assert sorted(r.risk.id for r in order) == sorted(risk.id for risk in risks if not risk.closed)
    assert [r.rank for r in order] == list(range(1, len(order) + 1))
    assert ranked(reversed(risks), scale) == order
    for one, other in pairwise(order):
        assert one.risk.level.rank >= other.risk.level.rank
        if one.risk.score and other.risk.score:
            assert one.risk.probability * one.risk.impact >= other.risk.probability * other.risk.impact
    without = [r for r in order if r.rank != 1]
    assert [r.risk for r in ranked((r.risk for r in without), scale)] == [r.risk for r in without]


@laws
@given(registers())
def test_exposure_is_probability_times_money_and_sums_by_currency(found: tuple[RiskScale, list[Risk]]) -> None:
    scale, risks = found
    whole = total_exposure(risks, scale)
    known = [risk for risk in risks if not risk.closed]
    assert whole.open == len(known)
    for good, sums in ((False, whole.threats), (True, whole.opportunities)):
        for currency in ("CNY", "USD", "EUR"):
            wanted = Fraction(0)
            for risk in known:
                if risk.opportunity is good and risk.money and risk.probability and risk.money.currency == currency:
                    wanted += Fraction(scale.probabilities[risk.probability - 1]) * Fraction(risk.money.amount)
            assert Fraction(next((s.amount for s in sums if s.currency == currency), 0)) == wanted
    assert set(whole.unvalued) == {risk.id for risk in known if risk.money is None or not risk.probability}
    for currency in ("CNY", "USD", "EUR"):
        lost = [r.money.amount for r in known if not r.opportunity and r.money and r.money.currency == currency]
        assert sum(lost) == next((s.amount for s in whole.worst if s.currency == currency), 0)
    one_by_one = [exposure(risk, scale) for risk in known if not risk.opportunity]
    assert whole.threats == added(one_by_one)


@laws
@given(registers())
def test_the_matrix_holds_every_open_threat_once_where_its_steps_are(found: tuple[RiskScale, list[Risk]]) -> None:
    scale, risks = found
    matrix = risk_matrix(risks, scale)
    threats = {risk.id: risk for risk in risks if not (risk.closed or risk.opportunity)}
    held = [name for row in matrix.cells for cell in row for name in cell]
    assert sorted([*held, *matrix.unrated]) == sorted(threats)
    for p, row in enumerate(matrix.cells, 1):
        for i, cell in enumerate(row, 1):
            assert all((threats[name].probability, threats[name].impact) == (p, i) for name in cell)


@laws
@given(st.lists(MONEY, max_size=8).flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_sums_do_not_depend_on_order_or_grouping(both: tuple[list[Money | None], list[Money | None]]) -> None:
    one, other = both
    assert added(one) == added(other) == added([*added(one[:3]), *added(one[3:])])


@few
@given(runs())
def test_what_is_closed_stays_as_it_was_and_is_never_ranked_again(run: Watched) -> None:
    state, closed, decided, over = NOTHING, {}, {}, {}
    for event in run.log:
        state = apply(state, event)
        for name, risk in closed.items():
            assert state.risks[name] == risk
        for name, change in decided.items():
            assert state.changes[name].standing.pending is False
            assert state.changes[name].times == change.times
        for name, promise in over.items():
            assert state.commitments[name] == promise
        closed = {risk.id: risk for risk in state.risks.values() if risk.closed}
        decided = {change.id: change for change in state.changes.values() if not change.standing.pending}
        over = {promise.id: promise for promise in state.commitments.values() if not promise.open}
    order = ranked(run.state.risks.values(), run.process.registers.risk_scale)
    assert not {r.risk.id for r in order} & set(closed)
    for found in order:
        risk, scale = found.risk, run.process.registers.risk_scale
        assert not risk.score or scale.level(risk.probability, risk.impact) is risk.level


@laws
@given(
    st.integers(0, 60 * 24),
    st.integers(0, 40 * 24),
    st.sampled_from(["weekdays", "CN"]),
)
def test_a_day_costs_once_and_only_when_it_is_worked(begin: int, hours: int, name: str) -> None:
    first, clock = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=begin), calendar(name)
    last = first + timedelta(hours=hours)
    days = spent_by_day(clock, Money(7, "CNY"), first, last)
    wanted, at = [], first.astimezone(clock.zone).date()
    while at <= last.astimezone(clock.zone).date():
        wanted += [at] if clock.shifts_on(at) else []
        at += timedelta(days=1)
    assert [d.day for d in days] == wanted
    assert [d.total.amount for d in days] == [Decimal(7 * n) for n in range(1, len(wanted) + 1)]


@few
@given(runs(), st.integers(0, 90), st.integers(0, 90))
def test_the_exposure_of_an_early_start_only_grows_and_stops_at_its_end(run: Watched, one: int, other: int) -> None:
    clock, end = calendar("weekdays"), run.state.at
    sooner, later = (early_starts(run.state, end + timedelta(days=n), clock) for n in sorted((one, other)))
    assert [e.approval for e in sooner] == [e.approval for e in later]
    for before, after in zip(sooner, later, strict=True):
        assert after.days[: len(before.days)] == before.days
        if before.spent is not None and after.spent is not None:
            assert after.spent >= before.spent
        if before.stopped is not None:
            assert after.days == before.days
            last = before.stopped.astimezone(clock.zone).date()
            assert all(d.day <= last for d in before.days)
        if before.approval.started is None:
            assert not after.days


@few
@given(runs())
def test_a_project_with_registers_still_reaches_its_end(run: Watched) -> None:
    play_on(run, renew=True)


SAID = st.builds(
    Registers,
    risk_scale=st.sampled_from(SCALES),
    changes_decided_by=st.sampled_from([(), ("boss",), ("boss", "seller")]),
    end_with_open_risks=st.booleans(),
)


@laws
@given(SAID, SAID)
def test_registers_survive_renaming_and_come_from_the_first_part_that_has_any(one: Registers, two: Registers) -> None:
    parts = [
        b.process(name, roles={"boss": "B", "seller": "S"}, stages=[b.stage(f"stage_{name}")], registers=said)
        for name, said in (("a", one), ("b", two))
    ]
    wanted = one if one != Registers() else two
    for both in (side_by_side(*parts), compose(*parts)):
        assert both.registers == wanted
        renamed = rename(both, roles={"boss": "chief"}).registers
        assert renamed.risk_scale == wanted.risk_scale
        names = ["chief" if role == "boss" else role for role in wanted.changes_decided_by]
        assert list(renamed.changes_decided_by) == names


def test_a_record_from_before_there_were_registers_still_reads() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    old = [
        ("ProjectStarted", {"v": 1, "project": "acme", "title": "", "process": "bid", "version": "1.0",
                            "definition": "", "team": {}, "facts": []}),
        ("RiskRaised", {"v": 1, "risk": "fx", "level": "high", "title": "汇率", "owner": "li.wei"}),
        ("RiskUpdated", {"v": 1, "risk": "fx", "level": "low", "note": "hedged"}),
        ("RiskRaised", {"v": 1, "risk": "site", "level": "low", "event": "rain"}),
        ("RiskClosed", {"v": 1, "risk": "site", "reason": "ready"}),
        ("EarlyStartApproved", {"v": 1, "activity": "deliver", "condition": "early.deliver.1", "text": "order",
                                "due": {"date": "2026-03-31"}}),
        ("ActivityStarted", {"v": 1, "activity": "deliver", "early": True}),
    ]  # fmt: skip
    state = replay(event_from_data(kind, "li.wei", at, data) for kind, data in old)
    assert {(risk.id, risk.level, risk.owner, risk.closed) for risk in state.risks.values()} == {
        ("fx", RiskLevel.LOW, "li.wei", False),
        ("site", RiskLevel.LOW, "", True),
    }
    assert state.risks["site"].what == "rain"
    (early,) = early_starts(state, at, calendar("weekdays"))
    assert (early.standing, early.spent, early.approval.by) == ("running", None, "li.wei")
    assert state.early["deliver"] in state.obligations


def test_a_time_that_is_none_is_left_out_and_nothing_is_raised() -> None:
    """Events have happened: `apply` is total, whatever a record holds."""
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    asked = e.ChangeRequested(by="li", at=at, change="c", title="more", times=(("draft", "soon"), ("check", "2d")))
    change = apply(NOTHING, asked).changes["c"]
    assert [(name, str(time)) for name, time in change.times] == [("check", "2d")]
    assessed = apply(apply(NOTHING, asked), e.ChangeAssessed(by="li", at=at, change="c", times=(("draft", "?"),)))
    assert assessed.changes["c"].times == ()
