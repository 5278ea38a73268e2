"""The doctor on the command line: one line for each thing that was looked at, what is wrong first in the count."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from ltcflow.cli import chinese
from ltcflow.cli.options import db_option, json_option, lang_of_locale, lang_option, language, voice
from ltcflow.cli.output import clean, columns, line, on_terminal, page, print_data

if TYPE_CHECKING:
    from ltcflow.doctor import Check
    from ltcflow.stores import Description

NARROW = 80


@click.command()
@db_option
@lang_option()
@json_option
@click.pass_context
def doctor(ctx: click.Context, db: str | None, as_json: bool) -> None:
    """Examine this installation, and with --db a record: everything that is wrong, and what to do.

    Writes nothing. Exits with 1 when there is a problem; a warning can wait. It reads the whole record.
    """
    from ltcflow.doctor import Status, installation, record

    here = [*installation(), *_terminal()]
    there = list(record(db)) if db else []
    status = Counter(check.status for check in (*here, *there))
    if as_json:
        checks = {"installation": here, "record": there}
        print_data(
            {
                "healthy": not status[Status.PROBLEM],
                "versions": _versions(here),
                "record": _described(db),
                "checks": checks,
            }
        )
    else:
        _print(here)
        if there:
            line()
            _print(there)
        line()
        line(_summary(status[Status.PROBLEM], status[Status.WARNING]))
    ctx.exit(int(bool(status[Status.PROBLEM])))


def _print(checks: Iterable[Check]) -> None:
    from ltcflow.report.tables import table

    say = voice()
    heads = (say("Status", "状态"), say("What", "项目"), say("Found", "所见"), say("To do", "处理"))
    words = {"ok": say("ok", "正常"), "warning": say("warning", "警告"), "problem": say("problem", "问题")}
    rows = [(words[c.status.value], say.label(c.title), *_told(c)) for c in checks]
    page(table(heads, rows, total=columns(), keep=(0, 1)))


def _told(check: Check) -> tuple[str, str]:
    """Return what was found and what to do, in the language that was asked for."""
    say, error = voice(), check.error
    if say.lang == "en" or error is None:
        return clean(say.label(check.found)), clean(say.label(check.remedy))
    from ltcflow.cli.failures import sentence

    remedy = check.remedy.zh or chinese.translated(check.remedy.en)
    own = getattr(error, "remedy_zh", "") or chinese.translated(getattr(error, "remedy", ""))
    return sentence(error, "zh").removesuffix(own), clean(own or remedy)


def _summary(problems: int, warnings: int) -> str:
    say = voice()
    if not problems and not warnings:
        return say("Nothing is wrong.", "一切正常。")
    counted = f"{problems} problem{'s' * (problems != 1)}, {warnings} warning{'s' * (warnings != 1)}."
    return say(counted, f"{problems} 个问题，{warnings} 个警告。")


def _versions(checks: Iterable[Check]) -> dict[str, str]:
    from ltcflow import __version__

    named = {check.name: check.found.en.partition(" ")[0].rstrip(",;") for check in checks if check.name in _NAMED}
    return {"ltcflow": __version__, **named}


_NAMED = frozenset(
    [
        "python",
        "sqlite",
        "attrs",
        "click",
        "holidays",
        "networkx",
        "numpy",
        "pendulum",
        "pluggy",
        "pyyaml",
        "rich",
        "rpds-py",
        "sqlalchemy",
        "tzdata",
    ]
)


def _described(db: str | None) -> Description | None:
    """Return what the record is, when it can be opened."""
    from ltcflow.doctor import describe

    return describe(db) if db else None


def _terminal() -> Iterator[Check]:
    """Yield what can be said of where this is printed, and in which language."""
    from ltcflow.doctor.checks import Status, check

    encoding = getattr(sys.stdout, "encoding", None) or "-"
    title = ("Terminal", "终端")
    wide = f"{columns()} columns, " if on_terminal() else ""
    wide_zh = f"{columns()} 列，" if on_terminal() else ""
    if "utf" not in encoding.lower() and encoding.lower() not in ("gbk", "gb18030", "cp936"):
        yield check(
            "terminal",
            title,
            (f"{wide}{encoding}: Chinese comes out as question marks.", f"{wide_zh}{encoding}：中文会显示为问号。"),
            Status.WARNING,
            ("Use a UTF-8 locale, or set PYTHONUTF8=1.", "请使用 UTF-8 语言环境，或设置 PYTHONUTF8=1。"),
        )
    elif on_terminal() and columns() < NARROW:
        yield check(
            "terminal",
            title,
            (f"{wide}{encoding}: tables are broken often.", f"{wide_zh}{encoding}：表格会频繁折行。"),
            Status.WARNING,
            ("Make the window wider.", "请加宽窗口。"),
        )
    else:
        yield check("terminal", title, (f"{wide}{encoding}", f"{wide_zh}{encoding}"))
    names = ("LTCFLOW_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    set_by = next((f"{name}={os.environ[name]}" for name in names if os.environ.get(name)), "no locale is set")
    spoken = language(os.environ.get("LTCFLOW_LANG", "")) or lang_of_locale(os.environ)
    name, name_zh = ("Chinese", "中文") if spoken == "zh" else ("English", "英文")
    yield check("language", ("Language", "语言"), (f"{name} ({set_by})", f"{name_zh}（{set_by}）"))
