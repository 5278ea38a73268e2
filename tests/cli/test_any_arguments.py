"""The law of the command line: whatever is typed, no traceback, and the exit code is 0, 1 or 2."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ltcflow.cli.app import COMMANDS, cli

Run = Callable[..., Result]
QUICK = sorted(set(COMMANDS) - {"demo"})
CONTEXT = click.Context(cli, info_name="ltcflow")
LOADED = {name: cli.get_command(CONTEXT, name) for name in QUICK}
OPTIONS = {
    name: sorted({text for parameter in command.params for text in parameter.opts if text.startswith("-")})
    for name, command in LOADED.items()
    if command is not None
}
VALUES = [
    "acme", "acne", "visit", "release", "paid", "offer", "cash", "deal.yaml", "bad.yaml", "sales.db", "new.db",
    "none.db", "ltc_level1_activity_map", "li.wei", "zhang.min", "go", "conditional", "recycle", "won", "lost",
    "high", "zh", "en", "2026-03-02", "2026-03-02T09:00+08:00", "9999-12-31", "0001-01-01", "3d", "1d/2d/3d", "2000w",
    "-1d", "0", "1", "CN", "always", "mermaid", "bash", "amount=5000000", "margin=15%", "seller=li.wei", "boss=",
    "price=1", "sell=visit", "fact:margin >= 0.2", "a letter;li.wei;2027-01-01", "release.1.1", "late", "why", "",
    " ", "-", "--", "--help", "=", "a=b=c", "\x1b[31m", "\u202e", "投标", "é\u0301", "🙂", "\udcff", "\0", "1" * 400,
    "x" * 300, "memory:", "sqlite://",
]  # fmt: skip
junk = st.text(st.characters(exclude_characters="/\\"), max_size=12)


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command, mostly one that there is, with its options, values that fit somewhere, and junk."""
    name = draw(st.sampled_from(QUICK) | st.sampled_from(["plna", "", "--version", "--bogus"]) | junk)
    words = st.sampled_from(VALUES) | junk
    known = st.sampled_from(OPTIONS.get(name) or ["--json"])
    pairs = st.tuples(known, words).map(list)
    loose = st.lists(words | known, max_size=2)
    parts = draw(st.lists(pairs | loose, max_size=5))
    begin = draw(st.sampled_from([[], [], ["--lang", "zh"], ["--lang"]]))
    target = draw(st.sampled_from([[], ["acme"], ["deal.yaml"], ["acme", "release"], ["acme", "visit"]]))
    record = draw(st.sampled_from([[], ["--db", "sales.db"], ["--db", "sales.db", "--by", "li.wei"]]))
    if name not in OPTIONS or (record and "--db" not in OPTIONS[name]):
        record = []
    return [*begin, name, *target, *(word for part in parts for word in part), *record]


@pytest.fixture
def mess(record: str, folder: Path) -> Path:
    (folder / "bad.yaml").write_text("ltcflow: 1\nprocess: [bid\n", encoding="utf-8")
    return folder


@example(["status", "acme", "--at", "0001-01-01", "--db", "sales.db"])
@example(["status", "acme", "--at", "9999-12-31", "--db", "sales.db"])
@example(["ready", "acme", "paid", "--at", "9999-12-31", "--db", "sales.db", "--default-duration", "2000w"])
@example(["plan", "deal.yaml", "--start", "9999-12-30", "--fact", "amount=1"])
@example(["plan", "deal.yaml", "--start", "0001-01-01", "--duration", "visit=-1d"])
@example(["log", "acme", "--last", "1" * 400, "--db", "sales.db"])
@example(["check", "\udcff"])
@example(["note", "acme", "\udcff", "--by", "li.wei", "--db", "sales.db"])
@example(["start", "deal.yaml", "--project", "\0", "--by", "x", "--db", "sales.db"])
@example(["vote", "acme", "release", "--by", "li.wei", "--verdict", "go", "--at", "9999-12-31", "--db", "sales.db"])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(command_lines())
def test_whatever_is_typed_there_is_no_traceback_and_the_exit_code_is_0_1_or_2(
    mess: Path, begun: Path, run: Run, arguments: list[str]
) -> None:
    shutil.copy(begun, mess / "sales.db")
    result = run(*arguments)
    assert result.exit_code in (0, 1, 2), result.output
    if "--json" in arguments and result.exit_code == 0 and not {"--help", "-h", "--version"} & set(arguments):
        json.loads(result.stdout)
    if result.exit_code == 2:
        assert result.stderr.strip() or "LTC101" in result.stdout
    assert "\x1b" not in result.output
