"""What has to be done before an element has ended: the least that is enough, as items that wait for each other.

Going back from the element: what has ended asks for nothing; what is skipped, or left out of a choice, only for what it
waits for itself; an activity whose beginning alone is waited for (SS, SF) is only to be begun. Where there is a choice
(activities of a stage of choice, the producers of a deliverable) every combination is tried, up to `TRIES`; the fewest
items win, then those that were named first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, islice
from typing import NamedTuple, TypeAlias

from ltcflow.conditions import Truth
from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.projects.answers import CriterionAnswer
from ltcflow.projects.criteria import judge_all
from ltcflow.projects.progress import Progress, choices_made
from ltcflow.projects.readiness import named, unfilled
from ltcflow.projects.state import Standing
from ltcflow.stages import Gate, RiskLimit

TRIES = 300
"""How many combinations of choices are tried."""


class Item(NamedTuple):
    """One thing to do: what to do with it, the kind of thing, its id."""

    action: str
    kind: str
    id: str


Items: TypeAlias = frozenset[Item]
NONE: Items = frozenset()


class Needs(NamedTuple):
    """Items with those that each waits for, and the element that first asked for each."""

    waits: Mapping[Item, Items]
    asked: Mapping[Item, ElementId]


class _Open(Exception):
    """A choice that was not made yet."""

    def __init__(self, key: str, options: int) -> None:
        super().__init__(key)
        self.key, self.options = key, options


def needs(progress: Progress, target: int) -> Needs:
    """Return the items without which node *target* does not end, each with those it waits for; none when it has.

    Cost: O(elements * items) for each combination of choices.
    """
    best: tuple[bool, int] | None = None
    least = Needs({}, {})
    stack: list[dict[str, int]] = [{}]
    for tried in range(10 * TRIES):
        if not stack or (best is not None and tried > TRIES):
            break
        made = stack.pop()
        trial = _Needs(progress, made, tried > TRIES)
        try:
            found = trial.of(target)
        except _Open as choice:
            stack += [{**made, choice.key: option} for option in reversed(range(choice.options))]
            continue
        weight = trial.circular, len(found.waits)
        if best is None or weight < best:
            best, least = weight, found
    return least


class _Needs:
    """The needs of nodes under choices that were made; *settle*: take the first option where none was."""

    def __init__(self, progress: Progress, made: Mapping[str, int], settle: bool) -> None:
        self.progress, self.made, self.settle = progress, made, settle
        self.known: dict[tuple[int, bool], Items] = {}
        self.waits: dict[Item, Items] = {}
        self.asked: dict[Item, ElementId] = {}
        self.under_way: set[tuple[int, bool]] = set()
        self.circular = False

    def of(self, target: int) -> Needs:
        """Return everything that *target* needs, and what each item waits for."""
        wanted = self.need(target, end=True)
        finished = {item.id for item in wanted if item.action == "finish"}
        begun = {item: Item("finish", *item[1:]) for item in wanted if item.action == "begin" and item.id in finished}
        found = {item: self.waits[item] for item in wanted if item not in begun}
        state = self.progress.state
        plain = {item: frozenset(begun.get(w, w) for w in waits) - {item} for item, waits in found.items()}
        way = {Standing.HELD: "resume", Standing.CLOSED: "reopen"}.get(state.standing)
        if not plain or way is None:
            return Needs(plain, self.asked)
        first = Item(way, "project", state.project)
        again = {first: NONE, **{item: waits | {first} for item, waits in plain.items()}}
        return Needs(again, {first: self.progress.nodes[target].id, **self.asked})

    def choose(self, key: str, options: int) -> int:
        """Return which option was chosen, or ask for it."""
        if options <= 1 or (self.settle and key not in self.made):
            return 0
        if key not in self.made:
            raise _Open(key, options)
        return self.made[key]

    def item(self, action: str, kind: str, name: str, element: ElementId, waits: Items = NONE) -> Items:
        """Return *waits* and the item that waits for them."""
        made = Item(action, kind, name)
        self.asked.setdefault(made, element)
        self.waits[made] = self.waits.get(made, NONE) | waits
        return waits | {made}

    def need(self, i: int, *, end: bool) -> Items:
        """Return what node *i* needs before it has ended, or begun."""
        known = self.known.get((i, end))
        if known is None:
            self.known[i, end] = NONE
            self.under_way.add((i, end))
            there = self.progress.ended(i) if end else self.progress.begun(i)
            known = self.known[i, end] = NONE if there else self._needed(i, end)
            self.under_way.discard((i, end))
        elif (i, end) in self.under_way:
            self.circular = True  # another choice is better: by this one it would wait for itself
        return known

    def _needed(self, i: int, end: bool) -> Items:
        progress, node = self.progress, self.progress.nodes[i]
        if node.kind is NodeKind.SPAN and end and not progress.skipped(i):
            return self.need(progress.compiled.network.index[f"{node.stage}.finish"], end=True)
        before = self._all(i, end)
        if progress.applies(i) is Truth.UNKNOWN:
            for name in sorted(progress.missing_facts(i)):
                before |= self.item("record", "fact", name, node.id)
        if progress.skipped(i):
            return before
        if node.kind is NodeKind.ACTIVITY:
            return self._activity(i, end, before)
        if node.kind is NodeKind.GATE and end:
            return self._gate(i, before)
        return before | self._criteria(i) if node.kind is NodeKind.MILESTONE and end else before

    def _all(self, i: int, end: bool) -> Items:
        """What the beginning of node *i* waits for, and its end too where that is asked for."""
        compiled = self.progress.compiled
        found = [self.need(j, end=of_end) for j, of_end in compiled.starts[i]]
        if end:
            found += [self.need(j, end=of_end) for j, of_end in compiled.ends[i]]
            found += [self.need(j, end=True) for j in compiled.wholes[i]]
        return NONE.union(*found)

    # -- activities ------------------------------------------------------------------------------------------------

    def _activity(self, i: int, end: bool, before: Items) -> Items:
        progress, node = self.progress, self.progress.nodes[i]
        work = progress.state.work.get(node.id)
        if progress.left_out(i) or (work is not None and work.finished is not None) or (work is not None and not end):
            return before  # it began early, and waits itself
        if work is None and node.stage in progress.compiled.choices:
            chosen = self._chosen(node.stage)
            if i not in chosen and self.choose(f"instead {node.id}", 2) == 0:
                return before | NONE.union(*(self.need(j, end=True) for j in chosen))
        if work is not None and not work.early:
            before = NONE.union(*(self.need(j, end=of_end) for j, of_end in progress.compiled.ends[i]))
        return self.item("finish" if end else "begin", "activity", node.id, node.id, before)

    def _chosen(self, stage: ElementId) -> tuple[int, ...]:
        """Return which activities of a stage of choice are to be done: those begun, and as many others as it takes."""
        progress = self.progress
        declared, state = progress.process.stage(stage), progress.state
        steps = [a.id for a in declared.activities if not a.spans]
        begun = [name for name in steps if name in state.work]
        planned = choices_made(progress).get(stage, ())
        free = [name for name in steps if name not in begun and not progress.skipped(progress.position(name))]
        free.sort(key=lambda name: name not in planned)
        more = max(0, progress.wanted(declared) - len(begun))
        options = list(islice(combinations(free, more), TRIES))
        picked = options[self.choose(f"choice {stage}", len(options))] if options else ()
        return tuple(progress.position(name) for name in (*begun, *picked))

    # -- gates and milestones --------------------------------------------------------------------------------------

    def _gate(self, i: int, before: Items) -> Items:
        progress, gate = self.progress, self.progress.nodes[i].element
        assert isinstance(gate, Gate)
        before |= self._criteria(i)
        for owed in progress.shut_by(gate.id):
            if owed.due >= progress.today:  # past its date its own gate is decided anew, and that does away with it
                before |= self.item("meet", "condition", owed.id, gate.id)
        for role in unfilled(progress, gate):
            before |= self.item("assign", "role", role, gate.id)
        return self.item("decide", "gate", gate.id, gate.id, before)

    def _criteria(self, i: int) -> Items:
        name = self.progress.nodes[i].id
        answers = (answer for answer in judge_all(self.progress, name) if not answer.satisfied)
        return NONE.union(*(self._criterion(name, answer) for answer in answers))

    def _criterion(self, element: ElementId, answer: CriterionAnswer) -> Items:
        progress = self.progress
        match answer.kind:
            case "done":
                return self.need(progress.position(answer.subject), end=True)
            case "delivered":
                return self.item("submit", "deliverable", answer.subject, element, self._produced(answer.subject))
            case "risk":
                risks = self._heavy(element, answer.key)
                return NONE.union(*(self.item("close", "risk", risk, element) for risk in risks))
            case "fact":
                return self.item("record", "fact", named(progress, answer), element)
            case _:
                return self.item("satisfy", answer.kind, answer.subject, element)

    def _produced(self, deliverable: ElementId) -> Items:
        """What has to be begun before *deliverable* can be handed in: one of the activities it comes from."""
        progress = self.progress
        producers = [progress.position(a.id) for a in progress.compiled.producers.get(deliverable, ())]
        if not producers or any(progress.nodes[i].id in progress.state.work for i in producers):
            return NONE
        able = [i for i in producers if not progress.skipped(i) and not progress.choice_closed(i)] or producers
        i = able[self.choose(f"from {deliverable}", len(able))]
        name, whole = progress.nodes[i].id, progress.nodes[i].stage in progress.compiled.choices
        action = "finish" if whole else "begin"  # once begun, a stage of choice waits for its end too
        return self.item(action, "activity", name, name, self._all(i, end=whole))

    def _heavy(self, element: ElementId, key: str) -> Iterable[str]:
        """The least many risks to close for the limit called *key*, the lightest first."""
        limit = dict(self.progress.compiled.criteria[element])[key]
        assert isinstance(limit, RiskLimit)
        least = limit.open_at_least.rank
        open_ = [r for r in self.progress.state.risks.values() if r.level.rank >= least and not r.closed]
        heavy = sorted((r for r in open_ if not r.opportunity), key=lambda risk: (risk.level.rank, risk.id))
        return [risk.id for risk in heavy[: max(0, len(heavy) - limit.allowed)]]
