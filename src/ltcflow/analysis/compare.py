"""Comparison: how a company's own process differs from a reference."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import attrs

from ltcflow.analysis.likeness import LEAST, LEAST_OF_ROLES, likeness, same_label
from ltcflow.analysis.vocabulary import Concept, concept_of
from ltcflow.graph import network
from ltcflow.labels import Label
from ltcflow.names import ElementId
from ltcflow.process import Process, kind_of
from ltcflow.roles import Role

Reason: TypeAlias = Literal["id", "label", "concept", "similar", "position"]
KINDS = ("stage", "activity", "gate", "milestone", "deliverable", "role")


@attrs.frozen
class Item:
    """One thing that is compared: its id and title, the other names it has, the stage it is in ("" for none)."""

    id: str
    title: Label
    others: tuple[Label, ...] = ()
    stage: ElementId = ""


@attrs.frozen(kw_only=True)
class Match:
    """Two things that stand for each other.

    Attributes:
        kind: stage, activity, gate, milestone, deliverable or role.
        mine, reference: the ids.
        reason: ``id`` the same id; ``label`` the same title or other name; ``concept`` the same moment of lead to cash
            under two names; ``similar`` titles that are alike; ``position`` the only ones between the same neighbours.
        likeness: how alike the titles are, 0 to 1; 1 where the reason is id, label or concept.
        why: the reason in words.
    """

    kind: str
    mine: str
    reference: str
    reason: Reason
    likeness: float = 1.0
    why: Label


@attrs.frozen(kw_only=True)
class Moved:
    """An element that stands elsewhere in the order of work.

    Attributes:
        now_before: elements that it now comes before, and comes after in the reference (ids of *mine*).
        now_after: elements that it now comes after, and comes before in the reference.
    """

    kind: str
    mine: str
    reference: str
    now_before: tuple[str, ...]
    now_after: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Comparison:
    """How *mine* differs from *reference*.

    Attributes:
        mine, reference: the ids of the two processes.
        matches: what stands for what, by kind, in the order of *reference*.
        missing: (kind, id) of what the reference has and *mine* has not, in its order.
        extra: (kind, id) of what *mine* has and the reference has not.
        moved: the fewest elements that stand elsewhere in the order of work.
    """

    mine: str
    reference: str
    matches: tuple[Match, ...]
    missing: tuple[tuple[str, str], ...]
    extra: tuple[tuple[str, str], ...]
    moved: tuple[Moved, ...]

    def missing_of(self, kind: str) -> tuple[str, ...]:
        """Return the ids of *kind* (such as "gate" or "role") in the reference without a counterpart in *mine*."""
        return tuple(name for found, name in self.missing if found == kind)

    def extra_of(self, kind: str) -> tuple[str, ...]:
        """Return the ids of *kind* in *mine* without a counterpart in the reference."""
        return tuple(name for found, name in self.extra if found == kind)

    def counterpart(self, kind: str, mine: str) -> str:
        """Return what stands for *mine* in the reference; "" when nothing does."""
        return next((m.reference for m in self.matches if m.kind == kind and m.mine == mine), "")

    @property
    def same(self) -> bool:
        """True when everything has a counterpart and nothing is moved."""
        return not (self.missing or self.extra or self.moved)


def compare(mine: Process, reference: Process) -> Comparison:
    """Say how *mine* differs from *reference*: what is missing, extra, moved, and what stands for what and why.

    Things of one kind are matched by id, then by title (any language, any other name of a role), then by concept (see
    `CONCEPTS`), then by how alike their titles are, best first, and at last by position: the only ones left between
    matched neighbours. Swapping the two processes swaps what is missing and what is extra.

    Cost: O(n^2) titles of each kind; some 10 ms for two processes of 40 activities.

    Example:
        >>> from ltcflow import builder as b
        >>> theirs = b.process("ref", stages=[b.stage("bid", activities=[b.activity("draft"), b.activity("check")])])
        >>> ours = b.process("own", stages=[b.stage("bid", activities=[b.activity("write", title="Draft")])])
        >>> found = compare(ours, theirs)
        >>> [(m.mine, m.reference, m.reason) for m in found.matches]
        [('bid', 'bid', 'id'), ('write', 'draft', 'label')]
        >>> found.missing, found.extra
        ((('activity', 'check'),), ())
    """
    pairs: dict[str, list[Match]] = {}
    for kind in KINDS:
        pairs[kind] = _matched(kind, _items(mine, kind), _items(reference, kind), pairs.get("stage", []))
    matches = [match for kind in KINDS for match in pairs[kind]]
    seen = {(match.kind, match.mine) for match in matches}, {(match.kind, match.reference) for match in matches}
    return Comparison(
        mine=mine.id,
        reference=reference.id,
        matches=tuple(matches),
        missing=tuple(key for key in _keys(reference) if key not in seen[1]),
        extra=tuple(key for key in _keys(mine) if key not in seen[0]),
        moved=tuple(_moved(mine, reference, matches)),
    )


def _keys(process: Process) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        for item in _items(process, kind):
            yield kind, item.id


def _items(process: Process, kind: str) -> list[Item]:
    if kind == "role":
        return [_role(role) for role in process.roles]
    found = {e.id: e for e in process.elements() if kind_of(e) == kind}
    stages = {name: process.stage_of(name) for name in found}
    return [Item(e.id, e.title, stage=s.id if (s := stages[e.id]) else "") for e in found.values()]


def _role(role: Role) -> Item:
    short = (Label(en=role.abbreviation),) if role.abbreviation else ()
    return Item(role.id, role.title, (*role.aliases, *short))


def _matched(kind: str, mine: list[Item], reference: list[Item], stages: list[Match]) -> list[Match]:
    matching = _Matching(kind, mine, reference, {m.mine: m.reference for m in stages})
    matching.by_id()
    matching.by_label()
    if kind in ("activity", "gate", "milestone"):
        matching.by_concept()
    matching.by_likeness()
    if kind in ("stage", "activity"):
        matching.by_position()
    order = {item.id: i for i, item in enumerate(reference)}
    return sorted(matching.matches, key=lambda match: order[match.reference])


class _Matching:
    """The matches of one kind, found in passes; each pass takes what is still free."""

    def __init__(self, kind: str, mine: list[Item], reference: list[Item], stages: dict[str, str]) -> None:
        self.kind, self.mine, self.reference, self.stages = kind, mine, reference, stages
        self.matches: list[Match] = []
        self.taken: set[str] = set()
        self.given: set[str] = set()

    def free(self) -> tuple[list[tuple[int, Item]], list[tuple[int, Item]]]:
        mine = [(i, item) for i, item in enumerate(self.mine) if item.id not in self.taken]
        return mine, [(j, item) for j, item in enumerate(self.reference) if item.id not in self.given]

    def add(self, mine: Item, reference: Item, reason: Reason, why: Label, likeness: float = 1.0) -> None:
        self.taken.add(mine.id)
        self.given.add(reference.id)
        self.matches.append(
            Match(kind=self.kind, mine=mine.id, reference=reference.id, reason=reason, likeness=likeness, why=why)
        )

    def best_first(self, scored: Iterable[tuple[float, int, int, Item, Item]], reason: Reason) -> None:
        """Match pairs by falling score; ties by stage, then by where they stand, the same way for both sides."""

        def rank(entry: tuple[float, int, int, Item, Item]) -> tuple[object, ...]:
            score, i, j, one, other = entry
            apart = self.stages.get(one.stage, "") != other.stage
            return -score, apart, abs(i - j), i + j, i

        for score, _, _, one, other in sorted(scored, key=rank):
            if one.id not in self.taken and other.id not in self.given:
                self.add(one, other, reason, _why(reason, one, other, score), score)

    def by_id(self) -> None:
        there = {item.id: item for item in self.reference}
        for item in self.mine:
            if item.id in there:
                self.add(item, there[item.id], "id", Label("标识相同", "the same id"))

    def by_label(self) -> None:
        mine, reference = self.free()
        self.best_first(
            ((1.0, i, j, a, b) for i, a in mine for j, b in reference if same_label(_labels(a), _labels(b))), "label"
        )

    def by_concept(self) -> None:
        mine, reference = self.free()
        ours = [(i, item, _concept(item)) for i, item in mine]
        theirs = [(j, item, _concept(item)) for j, item in reference]
        self.best_first(
            ((1.0, i, j, a, b) for i, a, one in ours if one for j, b, other in theirs if one is other), "concept"
        )

    def by_likeness(self) -> None:
        mine, reference = self.free()
        scored = ((likeness(_labels(a), _labels(b)), i, j, a, b) for i, a in mine for j, b in reference)
        least = LEAST_OF_ROLES if self.kind == "role" else LEAST
        self.best_first((entry for entry in scored if entry[0] >= least), "similar")

    def by_position(self) -> None:
        """Match the only free one between the same two matched neighbours, unless the two are known to differ."""
        for one, other in list(self._lonely()):
            if one.id not in self.taken and other.id not in self.given:
                why = Label("在两个流程中处于相同位置", "the only one left in this place")
                self.add(one, other, "position", why, likeness(_labels(one), _labels(other)))

    def _lonely(self) -> Iterator[tuple[Item, Item]]:
        partner = {match.mine: match.reference for match in self.matches}
        gaps = {self._around(item.id, self.reference, self.given): item for item in self.reference}
        for item in self.mine:
            if item.id in self.taken:
                continue
            left, right = self._around(item.id, self.mine, self.taken)
            found = gaps.get((partner.get(left, left), partner.get(right, right)))
            if found is None or found.id in self.given or self.stages.get(item.stage, "") != found.stage:
                continue
            one, other = _concept(item), _concept(found)
            if one is None or other is None or one is other:
                yield item, found

    def _around(self, name: str, items: list[Item], matched: set[str]) -> tuple[str, str]:
        """The matched neighbours of *name*; "?" and its name where there is none on that side."""
        names = [item.id for item in items]
        at = names.index(name)
        left = names[at - 1] if at > 0 and names[at - 1] in matched else f"?{name}"
        right = names[at + 1] if at + 1 < len(names) and names[at + 1] in matched else f"?{name}"
        return left, right


def _concept(item: Item) -> Concept | None:
    """What *item* is by its titles; by its id only where these say nothing."""
    return concept_of(item.title.zh, item.title.en) or concept_of(item.id)


def _labels(item: Item) -> tuple[Label, ...]:
    return (item.title or Label(en=item.id.replace("_", " ")), *item.others)


def _why(reason: Reason, mine: Item, reference: Item, score: float) -> Label:
    if reason == "label":
        return Label("名称相同", "the same name")
    if reason == "concept":
        concept = _concept(mine)
        assert concept is not None, "only elements with a concept are matched by it"
        return Label(f"同为{concept.title.zh}", f"both are: {concept.title.en}")
    return Label(f"名称相近({score:.0%})", f"the names are alike ({score:.0%})")


def _moved(mine: Process, reference: Process, matches: list[Match]) -> Iterator[Moved]:
    """The fewest elements without which the two orders agree, of those that stand the other way round to another."""
    for kind in ("stage", "activity", "gate", "milestone"):
        pairs = [(match.mine, match.reference) for match in matches if match.kind == kind]
        ours, theirs = _before(mine, [m for m, _ in pairs]), _before(reference, [r for _, r in pairs])
        turned = {
            (a, b)
            for a, one in pairs
            for b, other in pairs
            # a before b there, b before a here; on a circle nothing is before anything
            if (one, other) in theirs and (b, a) in ours and (other, one) not in theirs and (a, b) not in ours
        }
        partner = dict(pairs)
        for name in _fewest(mine, kind, pairs, turned):
            yield Moved(
                kind=kind,
                mine=name,
                reference=partner[name],
                now_before=tuple(a for a, _ in pairs if (a, name) in turned),
                now_after=tuple(b for b, _ in pairs if (name, b) in turned),
            )


def _before(process: Process, names: list[str]) -> set[tuple[str, str]]:
    """Every (earlier, later) of *names*: the later one waits for the earlier one, near or far."""
    net = network(process)
    ends = {name: net.index[name if name in net.index else f"{name}.finish"] for name in names}
    starts = {name: net.index[name if name in net.index else f"{name}.start"] for name in names}
    found: set[tuple[str, str]] = set()
    for later in names:
        past = net.ancestors(starts[later])
        found |= {(earlier, later) for earlier in names if earlier != later and ends[earlier] in past}
    return found


def _fewest(process: Process, kind: str, pairs: list[tuple[str, str]], turned: set[tuple[str, str]]) -> list[str]:
    """Choose what has moved: what is outside of the longest run that keeps the order of the reference."""
    involved = {name for pair in turned for name in pair}
    rank = {name: i for i, (name, _) in enumerate(pairs)}
    listed = [item.id for item in _items(process, kind) if item.id in involved]
    keep = _longest_rising([rank[name] for name in listed])
    out = [name for i, name in enumerate(listed) if i not in keep]
    left = {(a, b) for a, b in turned if a not in out and b not in out}
    return out if not left else [*out, *dict.fromkeys(a for a, _ in sorted(left, key=lambda p: rank[p[0]]))]


def _longest_rising(values: list[int]) -> set[int]:
    """Return the positions of a longest rising subsequence of *values* (patience sorting, Fredman 1975)."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for i, value in enumerate(values):
        at = bisect_left(tails, value)
        before.append(last[at - 1] if at else -1)
        if at == len(tails):
            tails.append(value)
            last.append(i)
        else:
            tails[at], last[at] = value, i
    kept: set[int] = set()
    at = last[-1] if last else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return kept
