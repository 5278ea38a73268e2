"""The way to a milestone, in words and a table."""

from __future__ import annotations

from datetime import tzinfo

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.report.cells import clean
from ltcflow.report.tables import TOTAL, fitting, legend, paragraph
from ltcflow.report.words import day, label, length, listed, moment, named, role_text, said, word
from ltcflow.steering.path import Path, Step

_HEADS = (
    ("", ""),
    ("Do", "动作"),
    ("Id", "标识"),
    ("Title", "名称"),
    ("Who", "责任人"),
    ("Start", "开始"),
    ("Finish", "完成"),
    ("Float", "总浮动"),
    ("Waits for", "等待"),
)


def path_text(
    path: Path, process: Process, lang: Lang = "en", *, total: int = TOTAL, zone: tzinfo | None = None
) -> str:
    """Return what must be done before a milestone is reached, in an order in which it can be done.

    Args:
        total: display columns; where they are few, what a step waits for, titles and starts are left out.
        zone: whose clock dates are read on.
    """
    name = named(process, path.element, lang)
    if path.reached:
        return paragraph(
            said(lang, f"{name} is reached: nothing is to be done.", f"{name} 已达到：无需再做。"), total=total
        )
    count = len(path.steps)
    things = "1 thing is" if count == 1 else f"{count} things are"
    head = said(lang, f"{things} to be done before {name} is reached", f"达到 {name} 还须做 {count} 件事")
    if path.forecast is not None:
        when = moment(path.forecast, zone)
        head += said(lang, f", forecast {when}", f"，预计 {when}")
    rows = [_row(step, process, lang, zone) for step in path.steps]
    heads = [said(lang, *pair) for pair in _HEADS]
    shown = fitting(heads, rows, total=total, spare=(8, 3, 5), keep=(0, 1, 2, 5, 6, 7), right=(7,))
    marks = said(lang, "! can be done now", "! 现在可做"), said(lang, "* critical", "* 关键")
    return f"{paragraph(head + said(lang, '.', '。'), total=total)}\n{shown}\n{legend(marks, total=total)}"


def _row(step: Step, process: Process, lang: Lang, zone: tzinfo | None) -> tuple[str, ...]:
    people = [clean(person) for person in step.people] or [role_text(process, role, lang) for role in step.roles]
    return (
        "!" * step.now + "*" * step.critical,
        word(step.action, lang),
        clean(step.id),
        label(step.title, lang),
        listed(people, lang),
        day(step.start, zone) if step.start is not None else "",
        day(step.finish, zone) if step.finish is not None else "",
        length(step.total_float) if step.total_float is not None else "",
        listed((clean(name) for name in step.waits_for), lang),
    )
