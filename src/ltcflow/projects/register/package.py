"""The package of a hand-over: what the next team receives, what of it is missing, and who owes that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import attrs

from ltcflow.conditions import Truth
from ltcflow.graph import NodeKind
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId
from ltcflow.process import kind_of
from ltcflow.projects.criteria import people_of
from ltcflow.projects.progress import Progress
from ltcflow.projects.readiness import who_owes
from ltcflow.projects.register.changes import ChangeStanding
from ltcflow.projects.register.handovers import Handover
from ltcflow.roles import Person
from ltcflow.stages import Activity, Gate


@attrs.frozen(kw_only=True)
class Piece:
    """One piece of a package.

    Attributes:
        kind: activity, gate, deliverable, fact, condition, risk, change or commitment. id: which.
        there: it is done, handed in, known, met, handed over, decided or traced; False: it is missing.
        owes: who owes it while it is missing, by name, else by role.
        content: what it holds, as text: the fields of a deliverable, the value of a fact.
    """

    kind: str
    id: str
    title: Label = NO_LABEL
    there: bool
    owes: tuple[Person, ...] = ()
    content: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Its kind and id."""
        return f"{self.kind}:{self.id}"


@attrs.frozen(kw_only=True)
class Package:
    """What is handed over at the end of *stage* ("": of the project)."""

    stage: ElementId = ""
    pieces: tuple[Piece, ...] = ()

    @property
    def missing(self) -> tuple[Piece, ...]:
        """What is missing in it."""
        return tuple(piece for piece in self.pieces if not piece.there)

    @property
    def complete(self) -> bool:
        """True when nothing is missing."""
        return not self.missing

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all that is in it: another one for another content."""
        parts = [(self.stage,), *((piece.key, str(piece.there), repr(piece.content)) for piece in self.pieces)]
        return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()

    def worse_than(self, missing: Iterable[str]) -> tuple[str, ...]:
        """Return what is missing now, by key, and was not among *missing*."""
        known = frozenset(missing)
        return tuple(piece.key for piece in self.missing if piece.key not in known)


def package(progress: Progress, stage: ElementId = "") -> Package:
    """Return what is handed over at the end of *stage*, or ("") of the project.

    It holds the activities and gates of the stage and of all before it, what they leave behind, every fact, and what is
    on the registers of the project. It does not hold what is left out or skipped.

    Raises:
        UnknownName: *stage* is not declared.
    Cost: O(elements + dependencies).
    """
    net = progress.compiled.network
    if stage:
        end = net.index[f"{progress.process.stage(stage).id}.finish"]
        scope = frozenset({end, *net.ancestors(end)})
    else:
        scope = frozenset(range(len(net.nodes)))
    work = [i for i in sorted(scope) if _takes_place(progress, i)]
    pieces = (*_work(progress, work), *_papers(progress, work), *_facts(progress), *_registers(progress))
    return Package(stage=stage, pieces=pieces)


def _takes_place(progress: Progress, i: int) -> bool:
    node = progress.nodes[i]
    if node.kind not in (NodeKind.ACTIVITY, NodeKind.GATE):
        return False
    return progress.applies(i) is not Truth.FALSE and not progress.left_out(i)


def _work(progress: Progress, work: Iterable[int]) -> Iterator[Piece]:
    for i in work:
        element = progress.nodes[i].element
        assert isinstance(element, Activity | Gate)
        there = progress.ended(i)
        yield Piece(
            kind=kind_of(element),
            id=element.id,
            title=element.title,
            there=there,
            owes=() if there else _owing(progress, element),
        )


def _owing(progress: Progress, element: Activity | Gate) -> tuple[Person, ...]:
    roles, people = who_owes(progress, element)
    return people or roles


def _papers(progress: Progress, work: Iterable[int]) -> Iterator[Piece]:
    seen: set[str] = set()
    for i in work:
        element = progress.nodes[i].element
        for name in element.outputs if isinstance(element, Activity) else ():
            if name not in seen and isinstance(element, Activity):
                seen.add(name)
                submission = progress.state.delivered.get(name)
                there = submission is not None and not submission.missing
                yield Piece(
                    kind="deliverable",
                    id=name,
                    title=progress.process.deliverable(name).title,
                    there=there,
                    owes=() if there else _owing(progress, element),
                    content=submission.fields if submission is not None else (),
                )


def _facts(progress: Progress) -> Iterator[Piece]:
    facts, team = progress.state.facts, progress.state.team
    for fact in progress.process.facts:
        there = fact.id in facts
        owner = (fact.owner,) if fact.owner else ()
        yield Piece(
            kind="fact",
            id=fact.id,
            title=fact.title,
            there=there,
            owes=() if there else people_of(team, owner) or owner,
            content=(("", str(facts[fact.id])),) if there else (),
        )


def _registers(progress: Progress) -> Iterator[Piece]:
    """What is open, or was agreed, beyond the work: by id within each kind."""
    state = progress.state
    for owed in sorted(state.obligations.values(), key=lambda one: one.id):
        owes = state.team.people(owed.owner) or (owed.owner,)
        yield _piece("condition", owed.id, owed.text, owed.met is not None, owes)
    for risk in sorted(state.risks.values(), key=lambda one: one.id):
        if not risk.closed and not risk.opportunity:
            yield _piece("risk", risk.id, risk.title, not risk.pending, (risk.owner or risk.raised_by,))
    for change in sorted(state.changes.values(), key=lambda one: one.id):
        if change.standing is not ChangeStanding.REJECTED:
            yield _piece("change", change.id, change.title, not change.standing.pending, (change.requested_by,))
    for promise in sorted(state.commitments.values(), key=lambda one: one.id):
        if promise.withdrawn is None:
            there = promise.traced or promise.fulfilled is not None
            yield _piece("commitment", promise.id, promise.text, there, (promise.made_by or promise.recorded_by,))


def _piece(kind: str, name: str, text: str, there: bool, owes: tuple[Person, ...]) -> Piece:
    known = tuple(person for person in owes if person)
    return Piece(kind=kind, id=name, title=Label(en=text), there=there, owes=() if there else known)


def overtaken(progress: Progress, handover: Handover) -> tuple[str, ...]:
    """Return what is missing now, and was not when *handover* was bound to its package; () while it is as good."""
    return package(progress, handover.stage).worse_than(handover.missing)
