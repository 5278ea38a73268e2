"""Curves of a simulation: the S-curve of the finish, and the tornado of what moves it most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ltcflow.errors import InvalidValue
from ltcflow.labels import Label, Lang
from ltcflow.schedule.pictures.axis import Axis
from ltcflow.schedule.pictures.svg import (
    CALM,
    CRITICAL,
    FAINT,
    INK,
    RULE,
    TODAY,
    fit,
    length,
    page,
    say,
    tag,
    text,
)
from ltcflow.worktime import Calendar

_LEFT, _TOP, _RIGHT = 56.0, 74.0, 28.0


def s_curve(
    finishes: Sequence[datetime],
    *,
    calendar: Calendar,
    planned: datetime | None = None,
    deadline: datetime | None = None,
    samples: int | None = None,
    lang: Lang = "en",
    title: str = "",
    width: float = 800,
    height: float = 360,
) -> str:
    """Return the S-curve of *finishes*: for each day the share of samples that are finished by then, as SVG text.

    Lines mark P50 and P80, the deterministic plan and a deadline, each with its share.

    Args:
        finishes: the finish of each sample, aware, in one zone; at least one.
        planned, deadline: moments to mark.
        samples: how many *finishes* stand for, where they are quantiles; None: as many as they are.
    Raises:
        InvalidValue: no samples.
    Cost: O(n log n).

    Example:
        >>> from datetime import UTC, datetime
        >>> from ltcflow.worktime import calendar
        >>> days = [datetime(2026, 3, day, 18, tzinfo=UTC) for day in (9, 10, 10, 12)]
        >>> picture = s_curve(days, calendar=calendar("weekdays"))
        >>> "P80" in picture, picture.startswith("<svg")
        (True, True)
    """
    if not finishes:
        raise InvalidValue(field="finishes", value="()", problem="are none.", remedy="Simulate at least one sample.")
    ordered = sorted(finishes)
    marks = [moment for moment in (planned, deadline) if moment is not None]
    axis = Axis.over(
        min([ordered[0], *marks]), max([ordered[-1], *marks]),
        left=_LEFT, wide=width - _LEFT - _RIGHT, calendar=calendar, lang=lang,
    )  # fmt: skip
    bottom = height - 28
    count = len(ordered)
    drawn = f"{count if samples is None else samples:,}"
    body = [
        text(16, 28, title or say(lang, "When will it be finished?", "何时完成?"), cls="head"),
        text(16, 46, say(lang, f"{drawn} samples", f"{drawn} 个样本"), cls="small faint"),
        *axis.ticks(_TOP - 22, bottom),
        *_shares(width, bottom),
        _steps(ordered, axis, bottom),
        *_quantiles(ordered, axis, bottom),
    ]
    names = {"planned": say(lang, "plan", "计划"), "deadline": say(lang, "deadline", "期限")}
    for name, moment in (("planned", planned), ("deadline", deadline)):
        if moment is not None:
            share = sum(finish <= moment for finish in ordered) / count
            colour = INK if name == "planned" else TODAY
            body += _mark(axis.x(moment), bottom, f"{names[name]} {share:.0%}", colour)
    said = say(lang, f"P80 {ordered[_at(count, 0.8)]:%Y-%m-%d}", f"P80 为 {ordered[_at(count, 0.8)]:%Y-%m-%d}")
    return page(body, width, height, title=title or said, description=said)


def _at(count: int, share: float) -> int:
    """The position of the quantile *share*: the least sample that so many do not exceed."""
    return min(max(-(-int(share * count * 1_000_000) // 1_000_000) - 1, 0), count - 1)


def _shares(width: float, bottom: float) -> Iterator[str]:
    for percent in (0, 20, 40, 60, 80, 100):
        y = _height(percent / 100, bottom)
        yield tag("line", x1=_LEFT, x2=width - _RIGHT, y1=y, y2=y, stroke=RULE, stroke_width=0.8)
        yield text(_LEFT - 8, y + 3, f"{percent} %", cls="small faint end")


def _height(share: float, bottom: float) -> float:
    return bottom - share * (bottom - _TOP - 8)


def _steps(ordered: Sequence[datetime], axis: Axis, bottom: float) -> str:
    most = 400
    count = len(ordered)
    picked = range(count) if count <= most else sorted({round(i * (count - 1) / (most - 1)) for i in range(most)})
    points = [f"{axis.x(ordered[0]):.1f},{bottom:.1f}"]
    points += [f"{axis.x(ordered[i]):.1f},{_height((i + 1) / count, bottom):.1f}" for i in picked]
    points.append(f"{axis.left + axis.wide:.1f},{_height(1, bottom):.1f}")
    return tag("polyline", points=" ".join(points), fill="none", stroke=CALM, stroke_width=2.4)


def _quantiles(ordered: Sequence[datetime], axis: Axis, bottom: float) -> Iterator[str]:
    for share in (0.5, 0.8):
        moment = ordered[_at(len(ordered), share)]
        x, y = axis.x(moment), _height(share, bottom)
        dashes = {"stroke": CRITICAL, "stroke_width": 1, "stroke_dasharray": "4 3"}
        yield tag("line", x1=_LEFT, x2=x, y1=y, y2=y, **dashes)
        yield tag("line", x1=x, x2=x, y1=y, y2=bottom, **dashes)
        yield tag("circle", cx=x, cy=y, r=3.5, fill=CRITICAL)
        yield text(_LEFT + 6, y - 5, f"P{share * 100:.0f}  {moment:%Y-%m-%d}", cls="small strong")


def _mark(x: float, bottom: float, words: str, colour: str) -> Iterator[str]:
    yield tag("line", x1=x, x2=x, y1=_TOP - 2, y2=bottom, stroke=colour, stroke_width=1.4, stroke_dasharray="2 2")
    yield text(x, bottom + 14, words, cls="small mid", fill=colour)


def tornado(
    effects: Mapping[str, float],
    *,
    titles: Mapping[str, Label] | None = None,
    lang: Lang = "en",
    title: str = "",
    most: int = 12,
    width: float = 800,
) -> str:
    """Return what moves the finish most as bars around zero, the strongest on top, as SVG text.

    Args:
        effects: by element id a number from -1 to 1, such as a correlation or a sensitivity index.
        titles: of the elements; where there is none, the id stands.
        most: how many are shown; the rest is counted.
    Raises:
        InvalidValue: an effect that is no number from -1 to 1.

    Example:
        >>> picture = tornado({"solution": 0.8, "pricing": -0.1})
        >>> picture.index("solution") < picture.index("pricing")
        True
    """
    for name, effect in effects.items():
        if isinstance(effect, bool) or not isinstance(effect, int | float) or not -1 <= effect <= 1:
            raise InvalidValue(
                field=f"effects[{name}]", value=repr(effect), problem="is not from -1 to 1.", remedy="Give an index."
            )
    ranked = sorted(effects.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    names = {name: (titles[name].text(lang) if titles and name in titles else "") or name for name, _ in ranked}
    left = min(max([90.0, *(length(names[n], 12) for n, _ in ranked[:most])]) + 24, width * 0.45)
    room = width - left - 60
    both = any(effect < 0 for effect in effects.values())  # without, zero stands on the left
    middle, half = (left + room / 2, room / 2) if both else (left, room)
    bottom = 60 + 24.0 * len(ranked[:most])
    body = [text(16, 28, title or say(lang, "What moves the finish", "什么最影响完成时间"), cls="head")]
    for i, (name, effect) in enumerate(ranked[:most]):
        body += _effect(names[name], effect, 48 + 24.0 * i, left, middle, half)
    body.append(tag("line", x1=middle, x2=middle, y1=44, y2=bottom - 8, stroke=INK, stroke_width=1))
    rest = len(ranked) - most
    if rest > 0:
        body.append(text(16, bottom + 8, say(lang, f"and {rest} more", f"另有 {rest} 项"), cls="small faint"))
    said = say(lang, f"{len(ranked)} elements", f"{len(ranked)} 项")
    return page(body, width, bottom + 18, title=title or said, description=said)


def _effect(name: str, effect: float, y: float, left: float, middle: float, half: float) -> Iterator[str]:
    wide = abs(effect) * half
    x = middle if effect >= 0 else middle - wide
    yield text(left - 10, y + 12, fit(name, left - 26, 12), cls="label end")
    colour = CRITICAL if abs(effect) >= 0.5 else CALM if abs(effect) >= 0.1 else FAINT
    yield tag("rect", x=x, y=y, width=max(wide, 0.5), height=16, rx=2, fill=colour)
    words, style = f"{effect:+.2f}", "small faint" if effect >= 0 else "small faint end"
    yield text(x + wide + 6 if effect >= 0 else x - 6, y + 12, words, cls=style)
