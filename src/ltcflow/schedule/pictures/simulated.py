"""Pictures of a simulation: the S-curve of a finish and the tornado of what moves it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from ltcflow.labels import Lang
from ltcflow.schedule.pictures.curves import s_curve, tornado

if TYPE_CHECKING:
    from ltcflow.schedule.montecarlo import Simulation

_POINTS = 400
By: TypeAlias = Literal["sensitivity", "cruciality", "rank_cruciality", "criticality"]


def finish_curve(
    simulation: Simulation,
    element: str = "",
    *,
    deadline: datetime | None = None,
    lang: Lang = "en",
    title: str = "",
    width: float = 800,
) -> str:
    """Return the S-curve of when *element* ("": the project) is finished, as SVG text, beside plan and deadline.

    Shares are of the samples in which it is reached.

    Raises:
        UnknownName: no such element. InvalidValue: it was reached in no sample.
    """
    found = simulation[element] if element else simulation.finish
    finishes = [found.quantile((i + 0.5) / _POINTS) for i in range(_POINTS)]
    return s_curve(
        finishes,
        calendar=simulation.plan.calendar,
        planned=found.planned,
        deadline=deadline,
        samples=round(found.reached.value * simulation.samples),
        lang=lang,
        title=title,
        width=width,
    )


def influence_tornado(
    simulation: Simulation,
    *,
    by: By = "sensitivity",
    lang: Lang = "en",
    title: str = "",
    most: int = 12,
    width: float = 800,
) -> str:
    """Return what moves the finish most as SVG text, by one of the measures of `Simulation.influences`."""
    effects = {i.element: min(float(getattr(i, by)), 1.0) for i in simulation.influences}
    titles = {row.id: row.title for row in simulation.plan.rows}
    shown = {name: effect for name, effect in effects.items() if effect > 0}
    return tornado(shown, titles=titles, lang=lang, title=title, most=most, width=width)
