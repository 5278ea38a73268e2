"""Soundness: no gate, milestone or success of a stage waits for ever, whatever the facts are.

The proof. Take fixed facts. What is skipped is transparent, so without criteria everything ends (the network is
acyclic). With criteria, look at the strongly connected parts of `Waits`: in the first part (in the order of waiting)
that does not end, everything outside has ended, so the part alone shows the fault. Each part is therefore settled by
itself, once for every way its conditions can come out, everything outside taken as ended. Facts that make a ``fact:``
criterion of a holder false excuse that holder: it does not wait for ever, it waits for better facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import attrs

from ltcflow.conditions import Condition, Truth
from ltcflow.findings import Finding
from ltcflow.graph.cases import Values, cases, holds, related, satisfy, smaller, spoken
from ltcflow.graph.components import components
from ltcflow.graph.rule import listed, say
from ltcflow.graph.waits import Holder, Waits, Way, Wish, waits
from ltcflow.process import Process
from ltcflow.stages import Done

MOST_WITNESSES = 20
"""How many failing cases are made smaller before the smallest is shown."""


@attrs.frozen(eq=False)
class _Part:
    """One strongly connected part with the holders in it; only *wishes* of them count."""

    members: frozenset[int]
    holders: tuple[Holder, ...]
    wishes: Mapping[int, Wish]


@attrs.frozen(eq=False)
class _Stuck:
    """*holder* waits for ever for *wish* under *values*."""

    holder: Holder
    wish: Wish
    values: Values


def _truths(whens: tuple[Condition, ...], values: Values | None, default: Truth) -> Truth:
    return default if values is None and whens else holds(whens, values or {})


def _live(wish: Wish, way: Way, values: Values | None) -> bool:
    """True when *way* may meet *wish*; without values: when it certainly can."""
    if wish.skippable:
        return True
    return _truths(way.whens, values, Truth.FALSE) is not Truth.FALSE


def _met(wish: Wish, part: _Part, done: set[int], values: Values | None) -> bool:
    for way in wish.ways:
        if wish.skippable and values is not None and holds(way.whens, values) is not Truth.TRUE:
            return True  # skipped, or perhaps
        if _live(wish, way, values) and (way.event in done or way.event not in part.members):
            return True
    return False


def _judged(holder: Holder, values: Values | None) -> bool:
    """True when the criteria of *holder* count: it applies, and its ``fact:`` criteria hold as far as they are read."""
    if values is None:
        return True
    if holds(holder.whens, values) is not Truth.TRUE:
        return False
    return all(c.evaluate(values) is Truth.TRUE for _, c in holder.facts if c.facts & values.keys())


def _settle(graph: Waits, part: _Part, values: Values | None) -> tuple[set[int], set[int]]:
    """Return which members of *part* end, and which holders' events are judged, everything outside being over."""
    judged = {h.event for h in part.holders if _judged(h, values)}
    done: set[int] = set()
    left = sorted(part.members)
    while left:
        rest: list[int] = []
        for i in left:
            if i in part.wishes:
                good = _met(part.wishes[i], part, done, values)
            else:
                good = all(_over(j, part, done, values, i in judged) for j in graph.before[i])
            if good:
                done.add(i)
            else:
                rest.append(i)
        if len(rest) == len(left):
            break
        left = rest
    return done, judged


def _over(j: int, part: _Part, done: set[int], values: Values | None, judged: bool) -> bool:
    wish = part.wishes.get(j)
    if wish is not None:
        return not judged or j in done or _met(wish, part, done, values)
    return j in done or j not in part.members


def _roots(graph: Waits, part: _Part, values: Values | None) -> Iterator[tuple[Holder, Wish]]:
    """Yield each holder that waits for nothing but its criteria, with the first of them that is never met."""
    done, judged = _settle(graph, part, values)
    for holder in part.holders:
        if holder.event in done or holder.event not in judged:
            continue
        wishes = [part.wishes[w.number] for w in holder.wishes if w.number in part.wishes]
        numbers = {w.number for w in holder.wishes}
        if all(j in numbers or j in done or j not in part.members for j in graph.before[holder.event]):
            for wish in wishes:
                if not _met(wish, part, done, values):
                    yield holder, wish


def _parts(graph: Waits) -> Iterator[_Part]:
    """Yield what must be settled: every knot with holders in it, and every criterion outside of knots by itself."""
    at = {holder.event: holder for holder in graph.holders}
    for members in components(graph.after):
        holders = tuple(at[i] for i in members if i in at)
        if len(members) > 1:
            if holders:
                yield _Part(frozenset(members), holders, {w.number: w for h in holders for w in h.wishes})
        else:
            for holder in holders:
                for wish in holder.wishes:
                    yield _Part(frozenset(members), holders, {wish.number: wish})


def _conditions(part: _Part) -> list[Condition]:
    """Every condition that bears on *part*; fact criteria only where they share a fact with the others."""
    bearing = [c for h in part.holders for c in h.whens]
    bearing += [c for wish in part.wishes.values() for way in wish.ways for c in way.whens]
    facts = [c for h in part.holders for _, c in h.facts]
    return list(dict.fromkeys((*bearing, *related(facts, bearing))))


def _search(process: Process, graph: Waits, part: _Part) -> tuple[list[_Stuck], bool]:
    """Return, for each holder and criterion of *part* that can wait for ever, the smallest case; and if that is all."""
    if not any(True for _ in _roots(graph, part, None)):
        return [], True
    conditions = _conditions(part)
    found = cases(process, conditions)
    seen: set[tuple[Truth, ...]] = set()
    best: dict[tuple[int, int], _Stuck] = {}
    tried: dict[tuple[int, int], int] = {}
    for row in found.rows:
        signature = tuple(c.evaluate(row) for c in conditions)
        if signature in seen:
            continue
        seen.add(signature)
        for holder, wish in _roots(graph, part, row):
            key = (holder.event, wish.number)
            tried[key] = tried.get(key, 0) + 1
            if tried[key] <= MOST_WITNESSES:
                small = _smallest(graph, part, holder, wish, row)
                if key not in best or len(small) < len(best[key].values):
                    best[key] = _Stuck(holder, wish, small)
    return list(best.values()), found.proved or bool(best)


def _smallest(graph: Waits, part: _Part, holder: Holder, wish: Wish, values: Values) -> Values:
    """Leave facts out of *values* as long as *holder* still certainly waits for *wish*."""
    for fewer in smaller(values):
        rest = {c for _, c in holder.facts if c.facts & values.keys() and not c.facts <= fewer.keys()}
        if not rest and (holder, wish) in set(_roots(graph, part, fewer)):
            return _smallest(graph, part, holder, wish, fewer)
    return values


@attrs.frozen
class Joins:
    """What is known about the joins of a process: findings, and the places where the cases were too many to prove."""

    findings: tuple[Finding, ...]
    unproved: tuple[str, ...]


@lru_cache(maxsize=256)
def joins(process: Process) -> Joins:
    """Prove that nothing in *process* waits for ever; see the module's documentation.

    Cost: O(nodes + edges), and for each criterion that is not met in any case at once, one look per case of its facts.
    """
    graph = waits(process)
    impossible = {h.event for h in graph.holders if satisfy(process, _own(h)).values is None}
    findings: list[Finding] = []
    unproved: list[str] = []
    for part in _parts(graph):
        found, proved = _search(process, graph, part)
        good = [stuck for stuck in found if stuck.holder.event not in impossible]
        findings += [_says(process, graph, part, stuck) for stuck in good]
        if not proved:
            unproved += [wish.where for wish in part.wishes.values()]
    return Joins(tuple(dict.fromkeys(findings)), tuple(dict.fromkeys(unproved)))


def _own(holder: Holder) -> tuple[Condition, ...]:
    return (*holder.whens, *(c for _, c in holder.facts))


def _says(process: Process, graph: Waits, part: _Part, stuck: _Stuck) -> Finding:
    holder, wish = stuck.holder, stuck.wish
    skipped = [way.element for way in wish.ways if not _live(wish, way, stuck.values)]
    behind = [way for way in wish.ways if _live(wish, way, stuck.values)]
    ways = [way for way in (graph.way(holder.event, w.event) for w in behind) if way]
    path = min(ways, key=len, default=())
    facts = spoken(process, stuck.values)
    when, when_zh = (f" when {', '.join(facts)}", f"当 {','.join(facts)} 时,") if facts else ("", "")
    subject = wish.criterion.element if isinstance(wish.criterion, Done) else wish.criterion.deliverable
    reasons, reasons_zh = [], []
    if skipped:
        verb = "is" if len(skipped) == 1 else "are"
        reasons.append(f"{listed(skipped)}, which would leave it behind, {verb} skipped then")
        reasons_zh.append(f"产出它的 {listed(skipped)} 被跳过")
    if behind:
        verb = "comes" if len(behind) == 1 else "come"
        shown = " -> ".join(path)
        reasons.append(
            f"{listed(w.element for w in behind)} {verb} only after '{holder.element}'" + f" ({shown})" * bool(path)
        )
        reasons_zh.append(
            f"{listed(w.element for w in behind)} 要等 {holder.element} 之后才能进行" + f"({shown})" * bool(path)
        )
    what = "its success waits" if holder.success else "waits"
    if subject == holder.element and not holder.success:
        reasons = ["it can only be done when its criteria are met"]
        reasons_zh = ["它自己要满足判据才能完成"]
    return say(
        "LTC217",
        wish.where,
        (
            f"{what} for ever for {'itself' if subject == holder.element else repr(subject)}{when}: "
            f"{', and '.join(reasons)}.",
            _remedy(bool(skipped))[0],
        ),
        (f"{when_zh}将永远等待 {subject}:{','.join(reasons_zh)}。", _remedy(bool(skipped))[1]),
        (*facts, *(path or skipped)),
    )


def _remedy(skipped: bool) -> tuple[str, str]:
    if skipped:
        return (
            "Let another activity leave it behind in that case, or give both the same condition.",
            "让其他活动在该情况下也产出它,或让两者使用一致的条件。",
        )
    return (
        "Move the criterion to a later gate, or what it names before this one.",
        "把该判据移到更晚的评审门,或把它所指的元素提前。",
    )


def waits_for_ever(process: Process) -> Iterator[Finding]:
    """LTC217: a gate, milestone or success of a stage that waits for ever under some facts."""
    yield from joins(process).findings


def contradictions(process: Process) -> Iterator[Finding]:
    """LTC218: ``fact:`` criteria that can never hold where they are asked for: against ``when``, or each other."""
    for holder in waits(process).holders:
        whole = satisfy(process, _own(holder))
        if whole.values is not None or not whole.proved:
            continue
        reached = satisfy(process, holder.whens)
        if reached.values is None:
            continue  # it never applies: LTC214
        core = _core(process, holder)
        sources = [c.source for _, c in core]
        whens = [c.source for c in holder.whens if _needed(process, holder, core, c)]
        facts = spoken(process, reached.values) if whens else ()
        beside = f" where it applies ({' and '.join(whens)})" if whens else ""
        beside_zh = f"在其适用条件({' and '.join(whens)})下" if whens else ""
        shown = " and ".join(sources)
        yield say(
            "LTC218",
            core[0][0],
            (
                f"{'contradict each other' if len(core) > 1 and not whens else 'can never be met'}{beside}: {shown}.",
                "Mend the criterion or the condition.",
            ),
            (f"{beside_zh}判据永远无法满足:{shown}。", "修改判据或适用条件。"),
            (*sources, *whens, *facts),
        )


def _core(process: Process, holder: Holder) -> list[tuple[str, Condition]]:
    """The fewest ``fact:`` criteria (none can be left out) that cannot hold together where *holder* applies."""
    core = list(holder.facts)
    for one in list(core):
        fewer = [other for other in core if other is not one]
        if fewer and satisfy(process, [*holder.whens, *(c for _, c in fewer)]).values is None:
            core = fewer
    return core


def _needed(process: Process, holder: Holder, core: Sequence[tuple[str, Condition]], when: Condition) -> bool:
    rest = [c for c in holder.whens if c is not when]
    return satisfy(process, [*rest, *(c for _, c in core)]).values is not None


def impossible_limits(process: Process) -> Iterator[Finding]:
    """LTC219: a limit on open risks below zero."""
    for holder in waits(process).holders:
        for where, risk in holder.risks:
            if risk.allowed < 0:
                yield say(
                    "LTC219",
                    where,
                    (f"allows {risk.allowed} open risks, which no project can keep.", "Write allowed: 0 or more."),
                    (f"允许的未关闭风险数为 {risk.allowed},任何项目都做不到。", "改为 allowed: 0 或更大。"),
                    (str(risk.allowed),),
                )


def unproved(process: Process) -> Iterator[Finding]:
    """LTC239: a join whose cases are too many, or compare facts with each other: no fault, no proof."""
    places = list(joins(process).unproved)
    for holder in waits(process).holders:
        whole = satisfy(process, _own(holder))
        if whole.values is None and not whole.proved:
            places += [where for where, _ in holder.facts[:1]]
    for where in dict.fromkeys(places):
        yield say(
            "LTC239",
            where,
            (
                "was looked at in many cases and no fault was found, but its conditions are too many or too entangled "
                "for a proof.",
                "Nothing has to be done; simpler conditions would make it certain.",
            ),
            ("已检查大量情形,未发现问题,但条件过多或相互交织,无法给出证明。", "无需处理;简化条件后即可证明。"),
        )
