"""Sentences of errors in Chinese: everything that the command line can show is translated."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import ltcflow
from ltcflow.cli import chinese, failures
from ltcflow.conditions.facts import FactValueError
from ltcflow.errors import InvalidValue, LtcflowError, UnknownName
from ltcflow.plugins import PluginFailed
from ltcflow.stores import StaleProject
from ltcflow.stores.postgres_errors import MEANING
from ltcflow.stores.sqlite import _MEANING
from ltcflow.stores.sqlite_errors import EXTENDED

HAN = re.compile(r"[\u4e00-\u9fff]")
SRC = Path(ltcflow.__file__).parent
MODULES = (
    "cli/sources.py",
    "names.py",
    "projects/base.py",
    "projects/commands.py",
    "projects/register/commands.py",
    "projects/register/responses.py",
    "schedule/cash.py",
    "schedule/constraint.py",
    "schedule/contract.py",
    "schedule/instalments.py",
    "schedule/lengths.py",
    "schedule/levelling/level.py",
    "schedule/levelling/people.py",
    "schedule/limits.py",
    "schedule/montecarlo/outcomes.py",
    "schedule/montecarlo/results.py",
    "schedule/montecarlo/simulate.py",
    "schedule/selection.py",
    "stages/estimate.py",
    "stores/__init__.py",
    "stores/access.py",
    "stores/canonical.py",
    "stores/dialect.py",
    "stores/dialects.py",
    "stores/postgres.py",
    "stores/postgres_errors.py",
    "stores/schema.py",
    "stores/sql.py",
    "stores/sqlite.py",
    "stores/sqlite_errors.py",
    "workspace/kept.py",
    "workspace/workspace.py",
    "worktime/calendars.py",
    "worktime/duration.py",
    "worktime/start.py",
)
NOT_ON_THE_COMMAND_LINE = {
    # what only somebody who writes Python can do wrong
    "Call start(process, ...).", "needs its process.", "Give a str.", "is no such number.", "Give it as text.",
    "Make it flatter.", "is a key that is not text.", "is one string.", "has no unit.", "is not a whole number.",
    "Give minutes.", "Stay below 1e9 minutes.",
    "is an engine that shares one connection, so a write of the store could undo the application's own.",
    "Pass an engine on a file or server, its connection to SqlStore.on, or use SqlStore.open('sqlite://').",
    "commits every statement by itself, so your rows and the records are not kept together.",
    "Pass a connection that is not in AUTOCOMMIT.",
    "is a connection of the parent process, which this one must not use.", "Open a connection of its own.",
    "Try again, or give the engine a larger pool.", "Use psycopg: postgresql+psycopg://user@host/database.",
    "Use a file: sqlite:///sales.db.", "lived in the memory of the parent process and is not shared with this one.",
    "is busy with the writes of other threads for longer than the busy timeout; nothing was written.",
    "Use the driver of the standard library: sqlite:///file.db.", "is driven by x.",
    "is not an aware datetime.", "Give it a time zone (tzinfo).",
    "Give an int from x on.", "Plan x.", "is no precision.", "is no confidence.", "is not a name.",
    "is not a time zone.", "has no working time at all.", "is no such mapping.", "wears two hats.",
    "is no mapping.", "Give names, such as ['li.wei'].",
    "is what the clock of the workspace gave, and is no datetime with a time zone.",
    "Give a clock such as lambda: datetime.now(UTC).",
}  # fmt: skip


def text_of(node: ast.expr) -> str | None:
    """A sentence that is written in the source, "x" for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return None


def sentences(module: str) -> list[str]:
    """The English problems and remedies of a module's errors (findings bring their own Chinese)."""
    found = []
    for call in ast.walk(ast.parse((SRC / module).read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and not any(k.arg == "problem_zh" for k in call.keywords):
            values = [k.value for k in call.keywords if k.arg in ("problem", "remedy")]
            if isinstance(call.func, ast.Name) and call.func.id == "_bad":  # the last two of its arguments
                values += call.args[-2:]
            found += [text for value in values if (text := text_of(value)) is not None]
    return [text for text in found if text not in NOT_ON_THE_COMMAND_LINE]


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_of_an_error_is_translated(module: str) -> None:
    english = [text for text in sentences(module) if not HAN.search(chinese.translated(text))]
    assert english == [], "add them to SENTENCES in src/ltcflow/cli/chinese.py"


def test_what_the_databases_say_is_translated() -> None:
    for _, problem, remedy in (*_MEANING.values(), *EXTENDED.values(), *MEANING.values()):
        assert HAN.search(chinese.translated(problem)), problem
        assert HAN.search(chinese.translated(remedy)), remedy


ERRORS = [
    (UnknownName(kind="project", value="acne", known=["acme"]), "LTC201: 没有名为“acne”的项目。是不是 acme?"),
    (UnknownName(kind="thing", value="x", known=[]), "LTC201: 没有名为“x”的thing。"),
    (
        InvalidValue(field="start", value="'x'", problem="is not a date.", remedy="Write 2026-03-31."),
        "LTC202: start: 'x'：不是日期。请写 2026-03-31。",
    ),
    (
        StaleProject(project="acme", expected=1, found=2),
        "LTC600: 项目 acme 正被他人连续写入,本次没有写入任何内容。请重试。",
    ),
    (
        PluginFailed(plugin="'acme'", what="exporter x", problem="raised y.", problem_zh="抛出异常 y。"),
        "LTC730: 'acme' exporter x：抛出异常 y。",
    ),
    (
        FactValueError(
            fact="amount", value="'x'", problem="is no number.", remedy="Write one.", problem_zh="不是数字。",
            remedy_zh="请写数字。",
        ),
        "LTC203: amount: 'x'：不是数字。请写数字。",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("error", "wanted"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_is_one_line_in_chinese(error: LtcflowError, wanted: str) -> None:
    assert failures.sentence(error, "zh") == wanted
    assert failures.sentence(error, "en").startswith(f"{error.code}: ")


def test_no_translation_is_left_over() -> None:
    """Each pattern has something to translate: in the source, or in what SQLite is said to mean."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py") if path.name != "chinese.py")
    for pattern, _ in chinese.SENTENCES:
        words = max(re.split(r"\\.|[()\[\]|.*+?{}<=>']", pattern), key=len).strip()
        assert words in source, pattern
