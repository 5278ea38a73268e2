"""Places: where in a file each part of a process stands, and how a finding of `ltcflow.check` is led back to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

import attrs

from ltcflow.findings import Finding
from ltcflow.process import Process

Place: TypeAlias = tuple[str, int, int]
"""File, line and column; line and column count from 1."""


@attrs.frozen
class Spot:
    """One dotted path and where it stands; *inner* is the column where a one-line text begins, else 0."""

    where: str
    line: int
    column: int
    inner: int = 0


@attrs.frozen(repr=False)
class Places(Mapping[str, Place]):
    """A look-up from a dotted path ("stages.bid.activities.solution.after[0]", "process") to file, line and column."""

    file: str
    spots: tuple[Spot, ...] = ()

    @cached_property
    def _index(self) -> dict[str, Spot]:
        return {spot.where: spot for spot in reversed(self.spots)}

    def __getitem__(self, where: str) -> Place:
        spot = self._index[where]
        return self.file, spot.line, spot.column

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __repr__(self) -> str:
        return f"Places({self.file!r}, {len(self.spots)} places)"

    def nearest(self, where: str) -> Spot | None:
        """Return the spot of *where*, or of its nearest parent that has one; the process itself at last."""
        for path in parents(where):
            if path in self._index:
                return self._index[path]
        return self._index.get("process")


_LAST = re.compile(r"(?:\[[^\]]*\]|(?:^|\.)[^.\[]*)$")


def parents(where: str) -> Iterator[str]:
    """Yield *where*, then the paths above it.

    Example:
        >>> list(parents("stages.bid.after[0]"))
        ['stages.bid.after[0]', 'stages.bid.after', 'stages.bid', 'stages']
    """
    while where:
        yield where
        shorter = _LAST.sub("", where, count=1)
        where = shorter if shorter != where else ""


@attrs.frozen(kw_only=True)
class Reading:
    """What came of reading one definition.

    Attributes:
        process: the process, or None when none can be built.
        findings: every problem of the text, by place; empty when there is a process.
        places: where each part of the process stands.
    """

    process: Process | None
    findings: tuple[Finding, ...] = ()
    places: Places


def locate(findings: Iterable[Finding], reading: Reading) -> tuple[Finding, ...]:
    """Return *findings* with file, line and column of what they are about.

    Args:
        findings: of `ltcflow.check` for the process of *reading*. One that has a column but no line (of a condition)
            is about that character of the text at ``where``, counted from 1; one with a line is left alone.
        reading: what `read` returned.
    Returns:
        The findings in the same order. A path that has no place of its own gets that of its nearest parent.
    Cost: O(findings * depth), after O(places) once.

    Example:
        >>> from ltcflow.definition import read
        >>> reading = read("ltcflow: 1\\nprocess: bid\\nstages:\\n  - stage: offer\\n    after: survay\\n", "bid.yaml")
        >>> finding = Finding(code="LTC110", where="stages.offer.after[0]", problem="is not declared.", remedy="Do so.")
        >>> print(locate([finding], reading)[0])
        bid.yaml:5:12: LTC110: stages.offer.after[0]: is not declared. Do so.
    """
    return tuple(_located(finding, reading.places) for finding in findings)


def _located(finding: Finding, places: Places) -> Finding:
    spot = places.nearest(finding.where)
    if finding.line or spot is None:
        return finding
    column = spot.column
    if finding.column and spot.inner:
        column = spot.inner + finding.column - 1
    return attrs.evolve(finding, file=places.file, line=spot.line, column=column)
