"""The risk register of a project as a leader reads it: ranked, as a matrix, and in money."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import attrs

from ltcflow.conditions import Money
from ltcflow.process import Process, RiskScale
from ltcflow.projects.days import day
from ltcflow.projects.register.risks import Risk, RiskAction
from ltcflow.projects.register.sums import Sums, added
from ltcflow.projects.state import ProjectState
from ltcflow.stages import RiskLevel

_NEVER = datetime.max.replace(tzinfo=UTC)


@attrs.frozen(kw_only=True)
class RankedRisk:
    """An open risk and its place on the register.

    Attributes:
        rank: 1 is the heaviest.
        exposure: probability times money, as far as both are known; exact.
        left: how heavy it would be after the response; None where nobody said.
        overdue: the actions on it whose day has passed.
        next_due: the first day on which an action on it is due.
    """

    rank: int
    risk: Risk
    exposure: Money | None = None
    left: RiskLevel | None = None
    overdue: tuple[RiskAction, ...] = ()
    next_due: date | None = None


def ranked(risks: Iterable[Risk], scale: RiskScale, *, today: date | None = None) -> tuple[RankedRisk, ...]:
    """Return the open risks, heaviest first: by level, then probability times impact, then what shows itself first.

    A risk that was given a level without steps comes after those of its level that are rated. What is the same in all
    of this comes in the order in which it was raised, then by id: the order never depends on that of *risks*.

    Args:
        today: the day on which it is asked which actions are overdue; None: none of them.
    Cost: O(n log n).

    Example:
        >>> fx = Risk("fx", RiskLevel.HIGH, probability=3, impact=4, money=Money(100_000, "CNY"))
        >>> site = Risk("site", RiskLevel.CRITICAL, probability=4, impact=5)
        >>> for found in ranked([fx, site, Risk("old", RiskLevel.CRITICAL, closed=True)], RiskScale()):
        ...     print(found.rank, found.risk.id, found.risk.score, found.exposure)
        1 site 20 None
        2 fx 12 50_000 CNY
    """
    found = sorted((risk for risk in risks if not risk.closed), key=_weight)
    return tuple(_placed(rank, risk, scale, today) for rank, risk in enumerate(found, 1))


def _weight(risk: Risk) -> tuple[int, int, date, datetime, str]:
    return -risk.level.rank, -risk.score, risk.trigger or date.max, risk.raised or _NEVER, risk.id


def _placed(rank: int, risk: Risk, scale: RiskScale, today: date | None) -> RankedRisk:
    to_do = [action for action in risk.actions if action.done is None]
    return RankedRisk(
        rank=rank,
        risk=risk,
        exposure=exposure(risk, scale),
        left=scale.level(*risk.left) if scale.has(*risk.left) else None,
        overdue=tuple(action for action in to_do if today is not None and action.due < today),
        next_due=min((action.due for action in to_do), default=None),
    )


def exposure(risk: Risk, scale: RiskScale) -> Money | None:
    """Return what *risk* costs (an opportunity: brings) on average: its probability times its money; None: not known.

    Source: expected monetary value, PMBOK Guide.
    """
    if risk.money is None or not 1 <= risk.probability <= len(scale.probabilities):
        return None
    return risk.money * scale.probabilities[risk.probability - 1]


@attrs.frozen(kw_only=True)
class Exposure:
    """What the open risks of a project may cost and bring, by currency.

    Attributes:
        threats, opportunities: the sums of probability times money. worst: all threats happen, no opportunity does.
        open: how many risks are open. unvalued: those of them that have no money or no probability, by id.
    """

    threats: Sums = ()
    opportunities: Sums = ()
    worst: Sums = ()
    open: int = 0
    unvalued: tuple[str, ...] = ()


def total_exposure(risks: Iterable[Risk], scale: RiskScale) -> Exposure:
    """Return what the open risks come to together; nothing is converted between currencies, nothing is rounded.

    Example:
        >>> fx = Risk("fx", RiskLevel.HIGH, probability=3, impact=4, money=Money(100_000, "CNY"))
        >>> found = total_exposure([fx, Risk("site", RiskLevel.LOW)], RiskScale())
        >>> [str(sum_) for sum_ in found.threats], [str(sum_) for sum_ in found.worst], found.unvalued
        (['50_000 CNY'], ['100_000 CNY'], ('site',))
    """
    known = [risk for risk in risks if not risk.closed]
    threats = [risk for risk in known if not risk.opportunity]
    return Exposure(
        threats=added(exposure(risk, scale) for risk in threats),
        opportunities=added(exposure(risk, scale) for risk in known if risk.opportunity),
        worst=added(risk.money for risk in threats),
        open=len(known),
        unvalued=tuple(sorted(risk.id for risk in known if exposure(risk, scale) is None)),
    )


@attrs.frozen(kw_only=True)
class RiskMatrix:
    """The open threats of a project on its scale.

    Attributes:
        scale: of the process.
        cells: the ids in each cell: ``cells[probability - 1][impact - 1]``, sorted.
        unrated: the ids of those without steps on this scale.
    """

    scale: RiskScale
    cells: tuple[tuple[tuple[str, ...], ...], ...]
    unrated: tuple[str, ...] = ()

    def at(self, probability: int, impact: int) -> tuple[str, ...]:
        """Return the ids of the threats with these steps (from 1)."""
        return self.cells[probability - 1][impact - 1]


def risk_matrix(risks: Iterable[Risk], scale: RiskScale) -> RiskMatrix:
    """Return the matrix of the open threats.

    Example:
        >>> matrix = risk_matrix([Risk("fx", RiskLevel.HIGH, probability=3, impact=4)], RiskScale())
        >>> matrix.at(3, 4), matrix.at(4, 3)
        (('fx',), ())
    """
    threats = [risk for risk in risks if not (risk.closed or risk.opportunity)]
    cells: dict[tuple[int, int], list[str]] = {}
    for risk in threats:
        cells.setdefault((risk.probability, risk.impact), []).append(risk.id)
    probabilities, impacts = range(1, len(scale.probabilities) + 1), range(1, scale.impacts + 1)
    rows = tuple(tuple(tuple(sorted(cells.get((p, i), ()))) for i in impacts) for p in probabilities)
    unrated = tuple(sorted(risk.id for risk in threats if not scale.has(risk.probability, risk.impact)))
    return RiskMatrix(scale=scale, cells=rows, unrated=unrated)


@attrs.frozen(kw_only=True)
class RiskRegister:
    """The risks of a project from the day they were raised to the day they were closed.

    Attributes:
        open: ranked, those handed over included. closed: the last closed first.
        matrix, exposure: of the open ones.
    """

    open: tuple[RankedRisk, ...]
    closed: tuple[Risk, ...]
    matrix: RiskMatrix
    exposure: Exposure


def risk_register(process: Process, state: ProjectState, at: datetime) -> RiskRegister:
    """Return the risks of a project on *process* as of *at*.

    Cost: O(n log n) for n risks.
    """
    scale, risks = process.registers.risk_scale, tuple(state.risks.values())
    closed = sorted((risk for risk in risks if risk.closed), key=lambda risk: risk.id)
    closed.sort(key=lambda risk: risk.closed_at or _NEVER, reverse=True)
    return RiskRegister(
        open=ranked(risks, scale, today=day(max(at, state.at), state.time_zone)),
        closed=tuple(closed),
        matrix=risk_matrix(risks, scale),
        exposure=total_exposure(risks, scale),
    )
