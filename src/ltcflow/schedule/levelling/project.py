"""One project on its way to a levelled plan: its problem, the orders tried, the dates that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import attrs

from ltcflow.errors import InvalidValue
from ltcflow.names import ElementId, RoleId
from ltcflow.roles import Person
from ltcflow.schedule.inputs import Inputs
from ltcflow.schedule.levelling.answer import Answer, Solver, search
from ltcflow.schedule.levelling.axes import axis_of, utc_minute
from ltcflow.schedule.levelling.generate import serial
from ltcflow.schedule.levelling.levelled import LevelledPlan
from ltcflow.schedule.levelling.modelling import Modelling
from ltcflow.schedule.levelling.people import Crew, needs
from ltcflow.schedule.levelling.placing import Ledger, Placed, Placing
from ltcflow.schedule.levelling.rowing import levelled_rows
from ltcflow.schedule.levelling.saying import ImpossibleWithPeople, off_calendar, pausing
from ltcflow.schedule.levelling.search import Dice, by_priority, by_time
from ltcflow.schedule.levelling.verify import verified
from ltcflow.schedule.limits import Bound
from ltcflow.schedule.working import making_of
from ltcflow.worktime import WorkDuration

_SAMPLES = 120
"""Orders drawn where a constraint that asks for something not later is not kept by those that rules give."""
_MORE = 40
"""Orders drawn where other projects hold people that the search did not know of."""
_BEYOND = (
    "Not proved: the solver knows no elapsed time, calendars of elements, dates to be kept or work that has begun; "
    "they were left to schedule generation in the order of its answer."
)


@attrs.define
class _Last:
    """What the order tried last came to: its end, nodes whose constraint or deadline it missed; how many were tried."""

    tried: int = 0
    end: int = 0
    missed: set[int] = attrs.field(factory=set)
    late: set[int] = attrs.field(factory=set)


class Levelling:
    """One project: its plan without limits, who is scarce in it, and how its nodes are placed.

    Args:
        start: when the project begins.
        at_work: by activity that has begun, who is at work on it.
        name: of the project, where there are several.
    """

    def __init__(
        self,
        inputs: Inputs,
        start: datetime,
        scarce: Crew,
        *,
        at_work: Mapping[ElementId, Mapping[RoleId, Person]],
        name: str = "",
    ) -> None:
        self.inputs, self.scarce, self.name = inputs, scarce, name
        self.making = making = making_of(inputs)
        self.unlimited = making.plan(start)
        self.model, self.clock, self.times = making.model, making.clock, making.times
        progress = inputs.progress
        over = {*making.selection.skipped, *(progress.finished if progress else ())}
        roles = needs(inputs.process, scarce, besides=over)
        wanted = [roles.get(node.id, ()) for node in self.model.nodes]
        self.axis = axis_of(self.times, making.limits)
        people = {self.model.number(name): who for name, who in at_work.items()}
        self.placing = Placing(self.model, self.axis, scarce, wanted, project=name, at_work=people)
        self.loose = self.model.loose()
        begun = progress.started if progress else {}
        self.begun = [n for n, node in enumerate(self.model.nodes) if node.id in begun and node.id not in over]
        self.begun.sort(key=lambda n: (begun[self.model.nodes[n].id], n))
        self.settled, self.fixed = self.placing.empty(), set[int]()
        self.modelling = Modelling(making, self.axis, scarce, self.placing.wanted)
        self.problem, self.asked = self.modelling.problem, False

    # -- orders ----------------------------------------------------------------------------------------------------

    def solve(self, seed: int, schedules: int | None, solver: Solver | None) -> Answer:
        """Return the answer to the problem of this project alone."""
        answer = search(self.problem, seed=seed, schedules=schedules)
        self.asked = solver is not None
        if solver is None:
            return answer
        if not callable(solver):
            remedy = "Give ltcflow.OrTools(seconds=10), or None."
            raise InvalidValue(field="solver", value=repr(solver), problem="is no solver.", remedy=remedy)
        found = solver(self.problem, answer, seed)
        verified(self.problem, found.starts)
        return found

    def _note(self, answer: Answer, gap: bool) -> str:
        """Return what is to be said about a proof that was asked for and is not one of the dates."""
        return _BEYOND if self.asked and gap and not self.modelling.plain and not answer.note else answer.note

    def order(self, starts: Sequence[int]) -> list[int]:
        """Return the nodes in the order of *starts* of a schedule; what has begun goes first, the oldest first."""
        net = self.problem.net
        starts = serial(net, by_time(net, starts))
        return self.first_begun(starts) if self.begun else self._held(by_time(net, starts))

    def first_begun(self, keys: Sequence[float]) -> list[int]:
        """Return the nodes by *keys*, after what they wait for; what has begun before anything else."""
        least = min(keys, default=0)
        first = {node: least - len(self.begun) + place for place, node in enumerate(self.begun)}
        return self._held(by_priority(self.problem.net, [first.get(n, key) for n, key in enumerate(keys)]))

    def began(self, node: int) -> int:
        """Return when a node began, in minutes of UTC."""
        assert self.inputs.progress is not None
        return utc_minute(self.inputs.progress.started[self.model.nodes[node].id])

    def _held(self, order: Sequence[int]) -> list[int]:
        return [node for node in order if node not in self.loose and node not in self.fixed]

    def latest(self, end: int) -> tuple[list[int], list[int]]:
        """Return the latest starts and finishes of a plan that may last until *end*, in working minutes."""
        limits, due = self.making.limits, self.making.wanted.due
        uppers = (bound.upper for bound in self.making.wanted.bounds if bound.upper is not None)
        schedule = self.times.solve(attrs.evolve(limits, finish=max([end, *due.values(), *uppers]))).schedule
        return schedule.late_start, schedule.late_finish

    def settle(self, node: int, ledger: Ledger) -> None:
        """Place what has begun, with all that it waits for, before anything else; unless that needs people too."""
        ahead = sorted(self._ahead({node}))
        if any(self.placing.wanted[n] for n in ahead if n not in self.begun):
            return
        for n in ahead:
            if n not in self.fixed and n not in self.loose:
                self.placing.put(n, self.settled, ledger)
                self.fixed.add(n)

    # -- placing ---------------------------------------------------------------------------------------------------

    def best(self, answer: Answer, ledger: Ledger, seed: int, *, more: bool = False) -> tuple[Placed, Ledger]:
        """Return the best placing found: constraints kept first, then the finish, then the lateness of deadlines.

        Args:
            more: try other orders than that of the answer: others hold people that it does not know of.
        Raises:
            ImpossibleWithPeople: no order tried keeps the constraints that ask for something not later.
        """
        found: tuple[tuple[int, ...], Placed, Ledger] | None = None
        last = _Last()
        for order in self._orders(answer, seed, last, more=more):
            mine = ledger.copy()
            placed = self.placing.place(order, mine, self.settled.copy())
            last.tried += 1
            last.end = max(placed.end, default=0)
            last.missed = {bound.node for bound in self.missed(placed)}
            last.late = {node for node, at in self.making.wanted.due.items() if placed.end[node] > at}
            score = self.score(placed)
            if found is None or score < found[0]:
                found = score, placed, mine
        assert found is not None
        self.check(found[1], last.tried)
        self.placing.explain(found[1], found[2])
        return found[1], found[2]

    def _orders(self, answer: Answer, seed: int, last: _Last, *, more: bool) -> Iterator[list[int]]:
        """Yield orders to try: that of the answer, by latest finishes, then what makes room for what came too late.

        By latest finishes, what one person does one after the other is never more late than it must be (Jackson 1955).
        """
        yield self.order(answer.starts)
        if not (last.missed or last.late or more):
            return
        wanted = self.making.wanted
        starts, late = self.latest(last.end)
        yield self.first_begun(late)
        yield self.first_begun(starts)
        urgent: set[int] = set()
        for _ in range(2 * (len(wanted.bounds) + len(wanted.due))):
            if not (last.missed or last.late):
                return
            urgent |= self._ahead(last.missed or last.late)
            yield self.first_begun([at - (_far(late) if n in urgent else 0) for n, at in enumerate(late)])
        dice, width = Dice(seed), _far(late)
        for number in range(_SAMPLES):
            if not last.missed and not (more and number < _MORE):
                return
            yield self.first_begun([at + width * dice.unit() * dice.unit() for at in late])

    def _ahead(self, nodes: set[int]) -> set[int]:
        """Return *nodes* and everything that they wait for."""
        found = set(nodes)
        for link in reversed(self.model.links):
            if link.target in found:
                found.add(link.source)
        return found

    def missed(self, placed: Placed) -> list[Bound]:
        """Return the constraints that ask for something not later and are not kept."""
        return [bound for bound in self.making.wanted.bounds if _excess(bound, placed) > 0]

    def score(self, placed: Placed) -> tuple[int, int, int]:
        """Return by how much constraints are missed, when the project finishes, and how late its deadlines are."""
        excess = sum(_excess(bound, placed) for bound in self.missed(placed))
        late = (max(0, placed.end[node] - at) for node, at in self.making.wanted.due.items())
        return excess, self.finish(placed), sum(late)

    def finish(self, placed: Placed) -> int:
        """Return when the last node finishes, in working minutes."""
        ends = (at for node, at in enumerate(placed.end) if node not in self.loose)
        return self.axis.working(max(ends, default=0))

    def check(self, placed: Placed, tried: int) -> None:
        """Raise ImpossibleWithPeople where a constraint is missed."""
        missed = self.missed(placed)
        if missed:
            first = missed[0]
            plan = self.making.held_back(self._starts(placed))
            at_finish = first.constraint.kind.at_finish
            row = plan[first.element]
            raise ImpossibleWithPeople(
                project=self.name,
                constraints=[f"{bound.element}: {bound.constraint}" for bound in missed],
                earliest=(row.early_finish if at_finish else row.early_start).isoformat(timespec="minutes"),
                roles=self._scarce_before({bound.node for bound in missed}),
                tried=tried,
            )

    def _scarce_before(self, nodes: set[int]) -> tuple[RoleId, ...]:
        wanted = {role for node in self._ahead(nodes) for role in self.placing.wanted[node]}
        return tuple(role for role in self.scarce.roles if role in wanted)

    def _starts(self, placed: Placed) -> dict[int, int]:
        return {node: at for node, at in enumerate(placed.start) if node not in self.loose}

    # -- as late as possible ---------------------------------------------------------------------------------------

    def put_late(self, placed: Placed, ledger: Ledger) -> None:
        """Put what should be as late as possible as late as moves nothing else and as people are free."""
        limits = self.making.limits
        for node in sorted(limits.late, reverse=True):
            starts = {**limits.starts_from, **self._starts(placed)}
            solved = self.times.solve(attrs.evolve(limits, starts_from=starts, late=frozenset({node})))
            at = solved.instants.early[node][0] if solved.instants else solved.schedule.early_start[node]
            if at > placed.start[node]:
                self._shift(node, at, placed, ledger)

    def _shift(self, node: int, latest: int, placed: Placed, ledger: Ledger) -> None:
        """Move a node to the last start, *latest* or before, at which people are free."""
        now, old = placed.start[node], placed.held.get(node)
        if old is not None:
            ledger.remove(old)
        room = self.axis.room(node, placed.start, placed.end)
        befores = {self.axis.ending_by(node, held.start) for held in ledger.held} if old is not None else set()
        for at in sorted({latest, *(at for at in befores if now <= at < latest), now}, reverse=True):
            start, end = self.axis.place(node, room, at)
            if start == at and (old is None or self.placing.take(node, start, end, placed, ledger)):
                placed.start[node], placed.end[node] = start, end
                if start > now:
                    placed.waits.pop(node, None)
                return
        raise AssertionError("where it was, people are free")

    # -- the plan --------------------------------------------------------------------------------------------------

    def plan(self, placed: Placed, answer: Answer) -> LevelledPlan:
        """Return the levelled plan of what was placed."""
        made = attrs.evolve(self.making.held_back(self._starts(placed)), inputs=None)
        rows = tuple(levelled_rows(self.unlimited, made, self.placing, placed))
        least = self.unlimited.duration.minutes
        bound = max(least, answer.bound - self.modelling.offset) if self.modelling.exact else least
        findings = (
            *made.findings,
            *off_calendar(self.inputs.process, self.making, self.placing),
            *pausing(self.inputs.process, rows),
        )
        return LevelledPlan(
            unlimited=self.unlimited,
            dated=attrs.evolve(made, findings=findings),
            bound=WorkDuration(bound),
            method=answer.method,
            note=self._note(answer, bound < made.duration.minutes),
            rows=rows,
        )


def settle(projects: Iterable[tuple[int, Levelling]], ledger: Ledger) -> None:
    """Let work that has begun keep its people: that of the smallest rank first, then the oldest."""
    turns = [
        (rank, project.began(node), project.name, place, project, node)
        for rank, project in projects
        for place, node in enumerate(project.begun)
    ]
    everybody = {person for *_, project, node in turns for person in project.placing.at_work.get(node, {}).values()}
    for *_, project, node in sorted(turns, key=lambda turn: turn[:4]):
        project.placing.engaged = frozenset(everybody)
        project.settle(node, ledger)
        project.placing.engaged = frozenset()


def _excess(bound: Bound, placed: Placed) -> int:
    if bound.upper is None:
        return 0
    return (placed.end if bound.constraint.kind.at_finish else placed.start)[bound.node] - bound.upper


def _far(keys: Sequence[int]) -> int:
    return max(keys, default=0) - min(keys, default=0) + 1
