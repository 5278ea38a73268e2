"""The ledger of promises as a leader reads it: each promise from the bid to its acceptance, and the orphans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import attrs

from ltcflow.conditions import Truth
from ltcflow.findings import Finding, Severity
from ltcflow.graph import NodeKind
from ltcflow.names import ElementId
from ltcflow.projects.criteria import judge_all
from ltcflow.projects.progress import Progress
from ltcflow.projects.register.commitments import Clause, Commitment
from ltcflow.projects.register.sums import Sums, added
from ltcflow.stages import Deliverable

CODES: Mapping[str, str] = MappingProxyType(
    {
        "LTC576": "a promise stands in no clause of the contract",
        "LTC577": "nothing delivers a promise",
        "LTC578": "nothing accepts a promise",
        "LTC579": "no promise stands behind a clause of the contract",
    }
)
"""The findings of the ledger, with what each means."""
DONE, UNDER_WAY, TO_DO, NOT_TO_DO = "done", "in_progress", "waiting", "skipped"


@attrs.frozen(kw_only=True)
class TracedPromise:
    """A promise and what becomes of it.

    Attributes:
        clause: of the contract in which it stands; None: not traced.
        delivery: how what delivers it stands: done, in_progress, waiting or skipped; "" when not traced.
        acceptance: the same of what accepts it.
        kept: it was said to be kept, or is delivered and accepted.
        orphan: it was not let go, and something of the trace is missing or does not take place.
    """

    commitment: Commitment
    clause: Clause | None = None
    delivery: str = ""
    acceptance: str = ""

    @property
    def kept(self) -> bool:
        return self.commitment.fulfilled is not None or (self.delivery == DONE and self.acceptance == DONE)

    @property
    def orphan(self) -> bool:
        gone = self.commitment.withdrawn is not None
        return not gone and (self.clause is None or not _stands(self.delivery) or not _stands(self.acceptance))


def _stands(standing: str) -> bool:
    return standing not in ("", NOT_TO_DO)


@attrs.frozen(kw_only=True)
class PromiseLedger:
    """The promises of a project, in the order in which they were made, and what is amiss with them.

    Attributes:
        findings: the orphans: promises that are not traced all the way, clauses that nobody promised.
        owed: what the promises that are neither kept nor let go are worth, by currency.
    """

    promises: tuple[TracedPromise, ...]
    clauses: tuple[Clause, ...]
    findings: tuple[Finding, ...]
    owed: Sums = ()


def promise_ledger(progress: Progress) -> PromiseLedger:
    """Return the promises of the project of *progress*, each traced from clause over delivery to acceptance.

    Cost: O(promises).

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow import builder as b
        >>> from ltcflow.projects import Progress, ProjectState
        >>> from rpds import HashTrieMap
        >>> at = datetime(2026, 3, 2, tzinfo=UTC)
        >>> said = Commitment(id="warranty", text="three years", recorded=at)
        >>> bid = b.process("bid", stages=[b.stage("do", activities=[b.activity("offer")])])
        >>> state = ProjectState(commitments=HashTrieMap({"warranty": said}))
        >>> [finding.code for finding in promise_ledger(Progress(bid, state, at)).findings]
        ['LTC576', 'LTC577', 'LTC578']
    """
    state = progress.state
    known = sorted(state.commitments.values(), key=lambda one: (one.recorded, one.id))
    promises = tuple(_traced(progress, one) for one in known)
    named = {promise.clause.id for promise in promises if promise.clause and promise.commitment.withdrawn is None}
    clauses = tuple(clause for _, clause in sorted(state.clauses.items()))
    findings = [finding for promise in promises if promise.orphan for finding in _orphan(promise)]
    findings += [_nobodys(clause) for clause in clauses if clause.id not in named]
    owed = (p.commitment.value for p in promises if p.commitment.withdrawn is None and not p.kept)
    return PromiseLedger(promises=promises, clauses=clauses, findings=tuple(findings), owed=added(owed))


def _traced(progress: Progress, one: Commitment) -> TracedPromise:
    return TracedPromise(
        commitment=one,
        clause=progress.state.clauses.get(one.clause),
        delivery=_standing(progress, one.activity) if one.activity else "",
        acceptance=_accepted(progress, one.acceptance) if one.acceptance else "",
    )


def _standing(progress: Progress, element: ElementId) -> str:
    i = progress.position(element)
    work = progress.state.work.get(element)
    if progress.applies(i) is Truth.FALSE or progress.left_out(i):
        return NOT_TO_DO
    if progress.nodes[i].kind is NodeKind.ACTIVITY and work is not None and work.finished is not None:
        return DONE
    if progress.ended(i):
        return DONE
    return UNDER_WAY if work is not None else TO_DO


def _accepted(progress: Progress, name: str) -> str:
    """Say how a deliverable, gate, milestone or criterion stands."""
    element, _, key = name.partition("/")
    found = progress.process.find(element)
    if isinstance(found, Deliverable):
        paper = progress.state.delivered.get(element)
        return TO_DO if paper is None else UNDER_WAY if paper.missing else DONE
    standing = _standing(progress, element)
    if not key or standing == NOT_TO_DO:
        return standing
    answer = next((one for one in judge_all(progress, element) if one.key == key), None)
    return DONE if answer is not None and answer.truth is Truth.TRUE else TO_DO


def _orphan(promise: TracedPromise) -> Iterator[Finding]:
    one = promise.commitment
    if promise.clause is None:
        yield _finding(
            "LTC576",
            one.id,
            ("stands in no clause of the contract.", "没有写入合同的任何条款。"),
            ("Trace it to a clause, or let it go with a reason.", "请追溯到条款，或说明理由后撤销。"),
        )
    if not _stands(promise.delivery):
        late, late_zh = (
            f"is to be delivered by '{one.activity}', which is skipped.",
            f"由 {one.activity} 交付，而它被跳过。",
        )
        none, none_zh = "is delivered by no activity.", "没有活动负责交付。"
        yield _finding(
            "LTC577",
            one.id,
            (late, late_zh) if one.activity else (none, none_zh),
            ("Trace it to an activity that is done.", "请追溯到会执行的活动。"),
        )
    if not _stands(promise.acceptance):
        late, late_zh = (
            f"is to be accepted by '{one.acceptance}', which is skipped.",
            f"由 {one.acceptance} 验收，而它被跳过。",
        )
        none, none_zh = "is accepted by nothing.", "没有验收依据。"
        yield _finding(
            "LTC578",
            one.id,
            (late, late_zh) if one.acceptance else (none, none_zh),
            ("Trace it to a deliverable, gate, milestone or criterion.", "请追溯到交付件、关口、里程碑或判据。"),
        )


def _nobodys(clause: Clause) -> Finding:
    return Finding(
        code="LTC579",
        severity=Severity.INFO,
        where=f"clauses.{clause.id}",
        problem="answers to no promise on the ledger.",
        remedy="Record what was promised there, or see whether it belongs into the contract.",
        problem_zh="没有对应的承诺。",
        remedy_zh="请登记相应的承诺，或确认是否应写入合同。",
    )


def _finding(code: str, promise: str, problem: tuple[str, str], remedy: tuple[str, str]) -> Finding:
    return Finding(
        code=code,
        severity=Severity.WARNING,
        where=f"promises.{promise}",
        problem=problem[0],
        remedy=remedy[0],
        problem_zh=problem[1],
        remedy_zh=remedy[1],
    )
