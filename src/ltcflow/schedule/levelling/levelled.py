"""A levelled plan as a value: when each element is, who does it, and what it waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property

import attrs

from ltcflow.errors import UnknownName
from ltcflow.findings import Finding
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.roles import Person
from ltcflow.schedule.levelling.placing import Wait
from ltcflow.schedule.rows import Plan
from ltcflow.worktime import ZERO, Calendar, WorkDuration, minutes_between


@attrs.frozen(kw_only=True)
class LevelledRow:
    """One element in a levelled plan.

    Attributes:
        id, kind, title, stage: which element it is: a stage, activity, gate or milestone.
        start, finish: when it is; aware, in the calendar's zone.
        works_from: since when it needs its people: its start; of what has begun, the moment the rest of it goes on.
        duration: how long it takes, what remains of it once it has begun.
        roles: the scarce roles it holds while it runs; people: who of those known by name, as (role, person).
        shift: how much later it starts than in the plan without limits, in working time; never negative.
        wait: why it does not start when its links would let it; None where they alone decide.
        driving: the elements that hold its start where it is through links; () where it waits for people.
        total_float: how long it can wait without moving the finish, missing a deadline or breaking a constraint, by its
            links alone: whether people are free is not asked.
        skipped: it does not take place; started, done: progress.
        deadline: when it should be finished.
    """

    id: ElementId
    kind: str
    title: Label = NO_LABEL
    stage: ElementId = ""
    start: datetime
    finish: datetime
    works_from: datetime
    duration: WorkDuration
    roles: tuple[RoleId, ...] = ()
    people: tuple[tuple[RoleId, Person], ...] = ()
    shift: WorkDuration = ZERO
    wait: Wait | None = None
    driving: tuple[ElementId, ...] = ()
    total_float: WorkDuration = ZERO
    skipped: bool = False
    started: bool = False
    done: bool = False
    deadline: datetime | None = None

    def why(self, lang: str = "en") -> str:
        """Return in one sentence what delays it, in English or Chinese ("zh"); "" for what is not delayed."""
        chinese = lang.startswith("zh")
        if self.wait is not None:
            who, held = ", ".join(self.wait.people or self.wait.roles), ", ".join(self.wait.held_by)
            long = WorkDuration(self.wait.minutes)
            return (
                f"因 {who} 正忙于 {held} 而等待 {long}。" if chinese else f"Waits {long} for {who}, busy with {held}."
            )
        if not self.shift:
            return ""
        behind = ", ".join(self.driving)
        return f"随 {behind} 推迟 {self.shift}。" if chinese else f"Moves {self.shift} with {behind}."


@attrs.frozen(kw_only=True)
class Lateness:
    """How a deadline is kept.

    Attributes:
        element, deadline, finish: what should be finished when, and when it is.
        late: working time from the deadline to the finish; zero when it is kept.
        without_limits: the same with people enough: what is more than that, people are to blame for.
        kept: the finish is not after the deadline.
    """

    element: ElementId
    deadline: datetime
    finish: datetime
    late: WorkDuration
    without_limits: WorkDuration

    @property
    def kept(self) -> bool:
        """True when the finish is not after the deadline."""
        return self.finish.astimezone(UTC) <= self.deadline.astimezone(UTC)


@attrs.frozen(kw_only=True)
class LevelledPlan(Mapping[str, LevelledRow]):
    """When a project runs with the people there are: a mapping from element ids to rows, in declared order.

    Attributes:
        unlimited: the plan of the same project with people enough.
        dated: the levelled plan as a `Plan`, for charts and comparisons: its early dates are those of the rows. Its
            critical path begins where something waits for people.
        calendar, start, finish: as in a plan.
        duration: working time from start to finish; bound: no levelled plan is shorter.
        proved: True when *duration* is the bound: nothing shorter exists.
        method: what found it; note: what else there is to say about that.
        rows: in declared order.
    """

    unlimited: Plan
    dated: Plan
    bound: WorkDuration
    method: str
    note: str = ""
    rows: tuple[LevelledRow, ...]

    @property
    def process(self) -> ElementId:
        """Id of the process that was planned."""
        return self.unlimited.process

    @property
    def calendar(self) -> Calendar:
        """The calendar its dates are read on."""
        return self.dated.calendar

    @property
    def start(self) -> datetime:
        """When it starts."""
        return self.dated.start

    @property
    def finish(self) -> datetime:
        """When the last element finishes; what runs along a stage does not count."""
        return self.dated.finish

    @property
    def duration(self) -> WorkDuration:
        """Working time from start to finish."""
        return self.dated.duration

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was assumed or cannot be known, as in a plan; deadlines missed; what is said about people."""
        return self.dated.findings

    @property
    def deadlines(self) -> tuple[Lateness, ...]:
        """How each deadline is kept, in declared order."""
        return tuple(
            Lateness(
                element=row.id,
                deadline=row.deadline,
                finish=row.finish,
                late=self._late(row.deadline, row.finish),
                without_limits=self._late(row.deadline, self.unlimited[row.id].early_finish),
            )
            for row in self.rows
            if row.deadline is not None
        )

    def _late(self, deadline: datetime, finish: datetime) -> WorkDuration:
        return WorkDuration(max(0, minutes_between(self.calendar, deadline, finish)))

    @property
    def proved(self) -> bool:
        """True when no levelled plan is shorter."""
        return self.duration.minutes <= self.bound.minutes

    @property
    def gap(self) -> float:
        """How much shorter it could be at most, as a share of its duration; 0.0 when proved."""
        minutes = self.duration.minutes
        return max(0, minutes - self.bound.minutes) / minutes if minutes else 0.0

    @property
    def delay(self) -> WorkDuration:
        """How much longer the project takes than with people enough."""
        return WorkDuration(self.duration.minutes - self.unlimited.duration.minutes)

    @property
    def waiting(self) -> tuple[ElementId, ...]:
        """Ids of what waits for people, in the order of their starts."""
        return tuple(row.id for row in sorted(self.rows, key=lambda r: r.start) if row.wait is not None)

    @cached_property
    def _by_id(self) -> dict[ElementId, LevelledRow]:
        return {row.id: row for row in self.rows}

    def __getitem__(self, element: str) -> LevelledRow:
        found = self._by_id.get(element)
        if found is None:
            raise UnknownName(kind="element in the plan", value=str(element), known=self._by_id)
        return found

    def __iter__(self) -> Iterator[ElementId]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, element: object) -> bool:
        return element in self._by_id
