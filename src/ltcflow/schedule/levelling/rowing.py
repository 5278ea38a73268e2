"""The rows of a levelled plan: the rows of a plan, with who is held and what is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ltcflow.process import Process
from ltcflow.schedule.levelling.axes import moment_of
from ltcflow.schedule.levelling.levelled import LevelledRow
from ltcflow.schedule.levelling.placing import Placed, Placing
from ltcflow.schedule.rows import Plan, Row
from ltcflow.stages import Stage
from ltcflow.worktime import WorkDuration, minutes_between


def levelled_rows(unlimited: Plan, made: Plan, placing: Placing, placed: Placed) -> Iterator[LevelledRow]:
    """Yield the rows of *made*, the plan of what was placed, in declared order."""
    process = placing.model.network.process
    for free, row in zip(unlimited.rows, made.rows, strict=True):
        node = _node(process, row.id, placing)
        held = placed.held.get(node)
        named = [role for role in held.roles if placing.scarce.named(role)] if held else []
        wait = placed.waits.get(node)
        yield LevelledRow(
            id=row.id,
            kind=row.kind,
            title=row.title,
            stage=row.stage,
            start=row.early_start,
            finish=row.early_finish,
            works_from=moment_of(held.start, placing.axis.clock) if held else row.early_start,
            duration=row.duration,
            roles=held.roles if held else (),
            people=tuple(zip(named, held.people, strict=True)) if held else (),
            shift=WorkDuration(_shift(made, free.early_start, row)),
            wait=wait,
            driving=() if wait else row.driving,
            total_float=row.total_float,
            skipped=row.skipped,
            started=row.started,
            done=row.done,
            deadline=row.deadline,
        )


def _node(process: Process, name: str, placing: Placing) -> int:
    stage = isinstance(process.element(name), Stage)
    return placing.model.number(f"{name}.start" if stage else name)


def _shift(made: Plan, free: datetime, row: Row) -> int:
    return max(0, minutes_between(made.calendar, free, row.early_start))
