"""The contract finds a store that does not keep it: stores with one defect each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ltcflow.stores import Draft, EventStore, MemoryStore, Record, StaleProject
from ltcflow.testing import StoreContract, contract


class Hasty(MemoryStore):
    """Appends whatever the log holds."""

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        return super().append(project, drafts, expected=self.length(project))


class Racing(MemoryStore):
    """Looks at the length, and writes later."""

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        found = self.length(project)
        if found != expected:
            raise StaleProject(project=project, expected=expected, found=found)
        return tuple(r for d in drafts for r in super(Racing, self).append(project, [d], expected=self.length(project)))


class Torn(MemoryStore):
    """Writes the drafts one by one."""

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        return tuple(
            r for n, d in enumerate(drafts) for r in super(Torn, self).append(project, [d], expected=expected + n)
        )


class Forgetful(MemoryStore):
    """Leaves every fifth record out of the feed."""

    def feed(self, after: int = 0, limit: int = 1000) -> tuple[tuple[int, Record], ...]:
        return tuple(pair for pair in super().feed(after, limit) if pair[0] % 5)


class Repeating(MemoryStore):
    """Takes the position handed in for one that was not seen."""

    def feed(self, after: int = 0, limit: int = 1000) -> tuple[tuple[int, Record], ...]:
        return super().feed(max(0, after - 1), limit)


class Mixed(MemoryStore):
    """Shows the feed by project."""

    def feed(self, after: int = 0, limit: int = 1000) -> tuple[tuple[int, Record], ...]:
        return tuple(sorted(super().feed(after, limit), key=lambda pair: pair[1].project))


class Overwriting(MemoryStore):
    """Keeps the last text under a hash."""

    def save_definition(self, hash: str, text: str) -> None:
        self._definitions[hash] = text


class Trimming(MemoryStore):
    """Loses blanks at the end of texts."""

    def append(self, project: str, drafts: Sequence[Draft], *, expected: int) -> tuple[Record, ...]:
        import attrs

        return super().append(project, [attrs.evolve(d, by=d.by.rstrip()) for d in drafts], expected=expected)


class Open(MemoryStore):
    """Goes on after it was closed."""

    def close(self) -> None:
        pass


class Contract(StoreContract):
    lasting = False

    def __init__(self, kind: type[MemoryStore]) -> None:
        self.kind = kind

    def open(self, place: Path) -> EventStore:
        return self.kind()


@pytest.mark.parametrize(
    ("kind", "test", "more"),
    [
        (Hasty, "test_a_stale_writer_writes_nothing", (0,)),
        (Hasty, "test_no_drafts_write_nothing_but_are_still_told_of_staleness", ()),
        (Racing, "test_a_batch_that_breaks_half_way_writes_nothing", ()),
        (Torn, "test_a_batch_that_breaks_half_way_writes_nothing", ()),
        (Forgetful, "test_the_feed_is_in_commit_order_and_can_be_read_in_pieces", ()),
        (Forgetful, "test_sixteen_writers_and_a_reader_of_the_feed", ()),
        (Repeating, "test_sixteen_writers_and_a_reader_of_the_feed", ()),
        (Mixed, "test_the_feed_is_in_commit_order_and_can_be_read_in_pieces", ()),
        (Overwriting, "test_a_definition_is_kept_once", ()),
        (Overwriting, "test_projects_run_on_it", ()),
        (Trimming, "test_every_text_comes_back_as_it_was", ()),
        (Open, "test_after_close_every_call_says_so", ()),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_defect_is_found(
    kind: type[MemoryStore], test: str, more: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "PATIENCE", 0.3)
    whole, broken = Contract(MemoryStore), Contract(kind)
    getattr(whole, test)(MemoryStore(), *more)
    with pytest.raises((AssertionError, pytest.fail.Exception, StaleProject)):
        getattr(broken, test)(kind(), *more)
