"""What a simulation found: distributions of dates, what is critical and how much it matters, the chance to win."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property

import attrs
import numpy as np

from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.findings import Finding
from ltcflow.names import ElementId
from ltcflow.schedule.clock import ProjectClock
from ltcflow.schedule.constraint import Moment
from ltcflow.schedule.lanes import Minutes
from ltcflow.schedule.montecarlo.flow import Mask
from ltcflow.schedule.montecarlo.outcomes import probability
from ltcflow.schedule.montecarlo.promises import Kept, Met
from ltcflow.schedule.montecarlo.scales import NEVER as NEVER
from ltcflow.schedule.montecarlo.scales import Scale
from ltcflow.schedule.montecarlo.statistics import (
    LEVEL,
    Share,
    correlation,
    quantile_index,
    quantile_interval,
    ranks,
    share_of,
)
from ltcflow.schedule.rows import Plan
from ltcflow.worktime import WorkDuration, as_duration, parse_start


@attrs.frozen(kw_only=True, eq=False)
class Distribution:
    """When one element finishes, over all samples. Quantiles and means are of the samples in which it is reached.

    Attributes:
        element: its id; "" for the project.
        planned: when the deterministic plan has it.
        numbers: rising, `NEVER` where it is not reached; scale: what they mean.
    """

    element: ElementId
    planned: datetime
    numbers: Minutes = attrs.field(repr=False)
    scale: Scale = attrs.field(repr=False)

    @cached_property
    def minutes(self) -> Minutes:
        """Working minutes from the start of the project, rising, `NEVER` where it is not reached."""
        return self.scale.minutes(self.numbers)

    @cached_property
    def _there(self) -> Minutes:
        return self.numbers[: int(np.searchsorted(self.numbers, NEVER))]

    @property
    def reached(self) -> Share:
        """The probability that it is reached at all."""
        return share_of(len(self._there), len(self.numbers))

    def _at(self, index: int) -> int:
        return int(self.scale.minutes(self._some[index : index + 1])[0])

    def quantile_minutes(self, p: float) -> int:
        """Return the quantile *p* in working minutes: the first sample with at least that share at or before it.

        Raises:
            InvalidValue: *p* is no probability, or the element was never reached.
        """
        probability("p", p)
        return self._at(quantile_index(len(self._some), p))

    def quantile(self, p: float) -> datetime:
        """Return the date by which it is finished with probability *p*, where it is reached."""
        probability("p", p)
        return self.scale.moment(int(self._some[quantile_index(len(self._some), p)]))

    def interval_minutes(self, p: float, level: float = LEVEL) -> tuple[int, int]:
        """Return what bounds the quantile *p* with confidence *level* (order statistics), in working minutes."""
        low, high = self._bounds(p, level)
        return self._at(low), self._at(high)

    def interval(self, p: float, level: float = LEVEL) -> tuple[datetime, datetime]:
        """Return the dates that bound the quantile *p* with confidence *level*."""
        low, high = self._bounds(p, level)
        return self.scale.moment(int(self._some[low])), self.scale.moment(int(self._some[high]))

    def _bounds(self, p: float, level: float) -> tuple[int, int]:
        probability("p", p)
        if not 0 < level < 1:
            raise InvalidValue(field="level", value=str(level), problem="is no confidence.", remedy="Use 0.95.")
        return quantile_interval(len(self._some), p, level)

    @property
    def p10(self) -> datetime:
        """The date that is kept with 10 %."""
        return self.quantile(0.1)

    @property
    def p50(self) -> datetime:
        """The median."""
        return self.quantile(0.5)

    @property
    def p80(self) -> datetime:
        """The date that is kept with 80 %."""
        return self.quantile(0.8)

    @property
    def p90(self) -> datetime:
        """The date that is kept with 90 %."""
        return self.quantile(0.9)

    @property
    def mean_minutes(self) -> float:
        """The mean in working minutes."""
        return float(self._worked.mean())

    @property
    def mean(self) -> datetime:
        """The mean, counted in working time of the project."""
        if self._some[0] == self._some[-1]:
            return self.scale.moment(int(self._some[0]))
        return self.scale.clock.ending(int(self.mean_minutes + 0.5))

    @property
    def deviation(self) -> WorkDuration:
        """The standard deviation in working time, to the minute."""
        return WorkDuration(int(float(self._worked.std()) + 0.5))

    def probability_by(self, moment: Moment) -> Share:
        """Return the probability that it is reached and finished by *moment*; a day counts to its end.

        Raises:
            InvalidValue: no date.
        """
        until = self.scale.until(_until(moment, self.scale.clock))
        return share_of(int(np.searchsorted(self._there, until, side="right")), len(self.numbers))

    def curve(self, points: int = 100) -> tuple[tuple[datetime, float], ...]:
        """Return the S-curve: dates and the probability to be finished by them, rising."""
        count, total = len(self._there), len(self.numbers)
        if not count:
            return ()
        at = np.unique(np.linspace(0, count - 1, min(max(points, 2), count)).round().astype(np.int64))
        shares = np.searchsorted(self._there, self._there[at], side="right") / total
        found = {self.scale.moment(int(self._there[i])): float(p) for i, p in zip(at, shares, strict=True)}
        return tuple(found.items())

    @cached_property
    def _some(self) -> Minutes:
        if not len(self._there):
            problem, remedy = "was reached in no sample.", "Look at `reached` first."
            raise InvalidValue(field="element", value=self.element or "finish", problem=problem, remedy=remedy)
        return self._there

    @property
    def _worked(self) -> Minutes:
        return self.minutes[: len(self._some)]


@attrs.frozen(kw_only=True)
class Influence:
    """How much one element matters for the finish of the project.

    Attributes:
        criticality: share of samples in which it lies on a longest path (criticality index, Van Slyke 1963).
        cruciality: absolute correlation of its duration with the finish (Williams 1992): Pearson's, and by rank
            (Spearman's; Cho and Yum 1997).
        sensitivity: schedule sensitivity index: criticality times the standard deviation of its duration over that of
            the finish (PMBOK; Vanhoucke 2010).
    """

    element: ElementId
    criticality: float
    cruciality: float = 0.0
    rank_cruciality: float = 0.0
    sensitivity: float = 0.0


@attrs.frozen(kw_only=True)
class GateRecord:
    """What happened at a gate with outcomes: holds and recycles per sample, and the share of samples it stopped."""

    gate: ElementId
    holds: float
    recycles: float
    stopped: Share


@attrs.frozen(kw_only=True, eq=False)
class Simulation(Mapping[str, Distribution]):
    """Many runs of one project: a mapping from element ids to the distributions of their finish.

    Attributes:
        plan: the deterministic plan of the same process, with the mean of every duration.
        seed: what it can be drawn again with; samples: how many were drawn.
        precise: False when a wanted precision was not reached.
        gates: what happened at the gates with outcomes.
        passing: gates without outcomes: they pass, as in a plan.
        kept: how likely each constraint is kept that asks for something not later.
        met: how likely each deadline is met, and the finish that was asked for.
        ends: when each sample finishes, in working minutes.
        findings: what was assumed, as in the plan.
    """

    plan: Plan
    seed: int
    samples: int
    precise: bool = True
    gates: tuple[GateRecord, ...] = ()
    passing: tuple[ElementId, ...] = ()
    may_lose: bool = False
    kept: tuple[Kept, ...] = ()
    met: tuple[Met, ...] = ()
    scale: Scale = attrs.field(repr=False)
    elements: tuple[ElementId, ...] = attrs.field(repr=False)
    finishes: Minutes = attrs.field(repr=False)
    last: Minutes = attrs.field(repr=False)
    ends: Minutes = attrs.field(repr=False)
    lost: Mask = attrs.field(repr=False)
    clean: Mask = attrs.field(repr=False)
    uncertain: tuple[ElementId, ...] = attrs.field(repr=False)
    lengths: Minutes = attrs.field(repr=False)
    critical: tuple[tuple[ElementId, int], ...] = attrs.field(repr=False)

    @property
    def clock(self) -> ProjectClock:
        """The working minutes of the project as moments."""
        return self.scale.clock

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was assumed or cannot be known, as in the plan."""
        return self.plan.findings

    @cached_property
    def _rows(self) -> dict[ElementId, int]:
        return {name: row for row, name in enumerate(self.elements)}

    def __getitem__(self, element: str) -> Distribution:
        numbers = np.sort(self.numbers_of(element))
        planned = self.plan[element].early_finish
        return Distribution(element=element, planned=planned, numbers=numbers, scale=self.scale)

    def __iter__(self) -> Iterator[ElementId]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def minutes_of(self, element: ElementId) -> Minutes:
        """Return when *element* finishes in each sample, in the order they were drawn; `NEVER` where it is not reached.

        Raises:
            UnknownName: no such element in the simulation.
        """
        return self.scale.minutes(self.numbers_of(element))

    def numbers_of(self, element: ElementId) -> Minutes:
        """Return what `minutes_of` does, in numbers of `scale`, which tell the very moment."""
        row = self._rows.get(element)
        if row is None:
            raise UnknownName(kind="element in the simulation", value=str(element), known=self._rows)
        found: Minutes = self.finishes[row]
        return found

    @cached_property
    def finish(self) -> Distribution:
        """When the project finishes, in the samples in which it is not lost."""
        numbers = np.sort(np.where(self.lost, NEVER, self.last))
        return Distribution(element="", planned=self.plan.finish, numbers=numbers, scale=self.scale)

    @property
    def win(self) -> Share | None:
        """The probability that the project is not lost; None when nothing was said about losing."""
        return share_of(self.samples - int(np.count_nonzero(self.lost)), self.samples) if self.may_lose else None

    @property
    def merge_bias(self) -> WorkDuration | None:
        """How much later than planned the project finishes on average, without holds and recycles.

        Where paths meet the latest counts, so that the mean of the finish lies behind the finish of the means (merge
        event bias, MacCrimmon and Ryavec 1964). None when every sample had a hold or a recycle.
        """
        ends = self.ends[self.clean]
        return WorkDuration(round(float(ends.mean()) - self.plan.duration.minutes)) if len(ends) else None

    def criticality(self, element: ElementId) -> float:
        """Return the share of samples in which *element* lies on a longest path, as if the project went on.

        Raises:
            UnknownName: no activity, gate or milestone of the simulation.
        """
        counts = dict(self.critical)
        if element not in counts:
            raise UnknownName(kind="activity, gate or milestone", value=str(element), known=counts)
        return counts[element] / self.samples

    @cached_property
    def influences(self) -> tuple[Influence, ...]:
        """How much each element matters, the most sensitive first. Cost: a sort per uncertain element."""
        rows = {name: row for row, name in enumerate(self.uncertain)}
        spread = float(self.ends.std())
        rank = ranks(self.ends)
        found: list[Influence] = []
        for name, count in self.critical:
            index = count / self.samples
            if name not in rows:
                found.append(Influence(element=name, criticality=index))
                continue
            lengths = self.lengths[rows[name]]
            found.append(
                Influence(
                    element=name,
                    criticality=index,
                    cruciality=abs(correlation(lengths, self.ends)),
                    rank_cruciality=abs(correlation(ranks(lengths), rank)),
                    sensitivity=index * float(lengths.std()) / spread if spread else 0.0,
                )
            )
        return tuple(sorted(found, key=lambda i: (-i.sensitivity, -i.cruciality, -i.criticality)))


def probability_by(simulation: Simulation, element: ElementId, moment: Moment) -> Share:
    """Return the probability that *element* is finished by *moment*; "" asks for the project.

    Raises:
        UnknownName: no such element in the simulation.
        InvalidValue: no date.
    """
    return (simulation[element] if element else simulation.finish).probability_by(moment)


def _until(moment: Moment, clock: ProjectClock) -> datetime:
    """Return the moment that "by *moment*" means: of a day, its end."""
    whole = isinstance(moment, date) and not isinstance(moment, datetime)
    if isinstance(moment, str) and len(moment.strip()) <= len("2026-03-02"):
        parse_start(moment, clock.calendar)
        whole, moment = True, _day(moment)
    if whole and isinstance(moment, date):
        after = moment + timedelta(days=1)
        return datetime(after.year, after.month, after.day, tzinfo=clock.zone)
    return parse_start(moment, clock.calendar)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        remedy = "Write a day such as '2026-03-02'."
        raise InvalidValue(field="moment", value=repr(text), problem="is no day.", remedy=remedy) from None


def as_precision(value: WorkDuration | str | None) -> int | None:
    """Return the wanted half width of the interval of P80 in working minutes. Raises InvalidValue."""
    if value is None:
        return None
    found = as_duration(value)
    if found.elapsed or found.minutes <= 0:
        remedy = "Give working time, such as '4h'."
        raise InvalidValue(field="precision", value=str(value), problem="is no precision.", remedy=remedy)
    return found.minutes
