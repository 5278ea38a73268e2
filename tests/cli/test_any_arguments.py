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

import ltcflow as ltc
from ltcflow.cli.app import COMMANDS, cli

Run = Callable[..., Result]
QUICK = sorted(set(COMMANDS) - {"demo"})
CONTEXT = click.Context(cli, info_name="ltcflow")
LOADED = {name: command for name in QUICK if (command := cli.get_command(CONTEXT, name)) is not None}
FITTING = {
    "sources": ["deal.yaml", "bad.yaml", "ltc_level1_activity_map"],
    "source": ["deal.yaml", "deal.yaml", "ltc_level1_activity_map", "none.yaml"],
    "project": ["acme"] * 8 + ["acne", "new"],
    "activity": ["visit", "write_offer", "finance", "deliver", "collect", "delivr"],
    "gate": ["release", "accepted", "visit"],
    "element": ["paid", "release", "cash", "sell", "visit", "offer"],
    "milestone": ["paid", "release", "cash", "visit", "offer"],
    "deliverable": ["offer", "ofer"],
    "facts": ["amount=5000000", "margin=15%", "amount=much", "amont=1"],
    "fields": ["price=1", "scope=all", "colour=red"],
    "team": ["boss=zhang.min", "seller=li.wei,he.ping", "lawyer=", "sellr=x"],
    "role": ["seller", "lawyer", "sellr"],
    "people": ["li.wei", "he.ping", "wu.min"],
    "person": ["li.wei", "zhang.min", "nobody"],
    "by": ["li.wei", "li.wei", "zhang.min", "wu.min", "nobody"],
    "to": ["he.ping", "wu.min"],
    "db": ["sales.db"] * 8 + ["new.db", "deal.yaml", "."],
    "lang": ["zh", "en"],
    "name": ["both"],
    "mine": ["deal.yaml", "ltc_level1_activity_map"],
    "reference": ["deal.yaml", "huawei_manage_sales_project"],
    "finished": ["visit", "sell"],
    "delivered": ["offer"],
    "find": ["PD", "seller"],
    "file": ["acme.jsonl", "acme.jsonl", "sales.db", "deal.yaml", "none.jsonl"],
    "output": ["new.jsonl", "sales.db", "."],
    "at": ["2026-03-02T12:00+00:00", "2026-04-01", "1999-01-01", "9999-12-31"],
    "start": ["2026-03-02", "2026-03-02T10:00", "soon"],
    "calendar": ["weekdays", "always", "CN", "weekday"],
    "default_duration": ["2d", "1w", "2000w", "0d", "-1d"],
    "durations": ["visit=3d", "visit=1d/2d/9d", "collect=5ed", "vist=1d"],
    "choices": ["sell=visit"],
    "conditions": ["a letter;li.wei;2999-01-01", "a letter;li.wei;2001-01-01"],
    "condition": ["release.1.1", "paid in advance"],
    "due": ["2999-01-01", "2001-01-01", "soon"],
    "criterion": ["fact:margin >= 0.2", "delivered:offer"],
    "risk_id": ["late", "fx"],
    "text": ["called the customer"],
    "shape": ["tree", "mermaid", "svg"],
    "last": ["1", "3", "0"],
    "paths": ["1", "5"],
}
"""Values that fit a parameter of this name, or nearly."""
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
def values(draw: st.DrawFn, parameter: click.Parameter) -> str:
    """A value that mostly fits *parameter*."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from(VALUES) | junk)
    if isinstance(parameter.type, click.Choice):
        return draw(st.sampled_from(list(parameter.type.choices)))
    return draw(st.sampled_from(FITTING.get(parameter.name or "", VALUES)))


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command with arguments and options that mostly fit, now and then something else in between or left out."""
    name = draw(st.sampled_from(QUICK))
    words = [name]
    for parameter in LOADED[name].params:
        needed = parameter.required or parameter.name == "db"
        if draw(st.integers(0, 29)) == 0 or not (needed or draw(st.integers(0, 3)) == 0):
            continue
        for _ in range(draw(st.integers(1, 2)) if parameter.multiple or parameter.nargs == -1 else 1):
            option = [draw(st.sampled_from(parameter.opts))] if isinstance(parameter, click.Option) else []
            flag = isinstance(parameter, click.Option) and parameter.is_flag
            words += option if flag else [*option, draw(values(parameter))]
    if draw(st.integers(0, 9)) == 0:
        words.insert(
            draw(st.integers(draw(st.sampled_from([0, 1, 1, 1])), len(words))),
            draw(st.sampled_from([*VALUES, "plna", "--bogus"]) | junk),
        )
    return [*draw(st.sampled_from([[], [], ["--lang", "zh"]])), *words]


@pytest.fixture
def mess(record: str, folder: Path) -> Path:
    with ltc.Workspace.open("sales.db") as ws:
        (folder / "acme.jsonl").write_bytes(ws.export_project("acme"))
    (folder / "bad.yaml").write_text("ltcflow: 1\nprocess: [bid\n", encoding="utf-8")
    return folder


@example(["status", "acme", "--at", "0001-01-01", "--db", "sales.db"])
@example(["status", "acme", "--at", "9999-12-31", "--db", "sales.db"])
@example(["ready", "acme", "paid", "--at", "9999-12-31", "--db", "sales.db", "--default-duration", "2000w"])
@example(["plan", "deal.yaml", "--start", "9999-12-30", "--fact", "amount=1"])
@example(["plan", "deal.yaml", "--start", "0001-01-01", "--duration", "visit=-1d"])
@example(["log", "acme", "--last", "1" * 400, "--db", "sales.db"])
@example(["check", "\udcff"])
@example(["plan", "--network", "\0"])
@example(["simulate", "--lang", "zh", "--svg", "\0"])
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
