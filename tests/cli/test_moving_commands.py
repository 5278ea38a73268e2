"""A project moved on the command line: export, import; what is wrong is named and makes no record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import ltcflow as ltc
from ltcflow.stores import Draft

Run = Callable[..., Result]
TEAM = {"boss": "zhang.min", "seller": "li.wei", "lawyer": "wu.min"}
LOOK = ("--db", "sales.db")


def test_a_project_goes_out_and_comes_in_as_the_same_file(record: str, folder: Path, run: Run) -> None:
    printed = run("export", "acme", *LOOK)
    assert run("export", "acme", "--output", "a.jsonl", *LOOK).exit_code == 0
    file = (folder / "a.jsonl").read_bytes()
    assert printed.stdout_bytes == file
    told = json.loads(run("export", "acme", "--json", *LOOK).stdout)
    assert (told["bytes"], told["events"]) == (len(file), file.count(b"\n") - 2)
    assert f'"head":[{told["head"][0]},"{told["head"][1]}"]'.encode() in file
    assert run("import", "a.jsonl", "--db", "new.db").output == f"acme: events added: {told['events']}.\n"
    assert run("import", "a.jsonl", "--db", "new.db", "--lang", "zh").output == "acme：新增 0 个事件。\n"
    assert run("export", "acme", "--db", "new.db").stdout_bytes == file
    assert run("log", "acme", "--db", "new.db").output == run("log", "acme", *LOOK).output


def test_an_existing_file_is_not_overwritten(record: str, folder: Path, run: Run) -> None:
    before = (folder / record).read_bytes()
    result = run("export", "acme", "--output", record, *LOOK)
    assert (result.exit_code, "LTC800" in result.stderr) == (2, True)
    assert (folder / record).read_bytes() == before
    assert "已写入 neu.jsonl：" in run("export", "acme", "--output", "neu.jsonl", *LOOK, "--lang", "zh").output


@pytest.mark.parametrize(
    ("damage", "said", "gesagt"),
    [
        (lambda file: file[:-1], "LTC623: end: is missing", "缺失：文件被截断"),
        (lambda file: file.replace(b"li.wei", b"li.fei", 1), "a.jsonl:2:0: LTC610", "写入之后被改动"),
        (lambda file: b"", "a.jsonl:1:0: LTC622", "不是格式"),
        (lambda file: b"\x00\x1b[31m", "LTC622", "不是格式"),
    ],
)
def test_a_damaged_file_is_named_and_makes_no_record(
    record: str, folder: Path, run: Run, damage: Callable[[bytes], bytes], said: str, gesagt: str
) -> None:
    run("export", "acme", "--output", "a.jsonl", *LOOK)
    (folder / "a.jsonl").write_bytes(damage((folder / "a.jsonl").read_bytes()))
    for more, wanted in (([], said), (["--lang", "zh"], gesagt), (["--json"], '"added": 0')):
        result = run("import", "a.jsonl", "--db", "new.db", *more)
        assert (result.exit_code, wanted in result.stdout) == (1, True), result.output
    assert not (folder / "new.db").exists()


def test_another_log_of_that_name_stays(record: str, folder: Path, run: Run) -> None:
    run("export", "acme", "--output", "a.jsonl", *LOOK)
    team = [word for role, person in TEAM.items() for word in ("--team", f"{role}={person}")]
    assert run("start", "deal.yaml", "--project", "acme", *team, "--by", "li.wei", "--db", "new.db").exit_code == 0
    result = run("import", "a.jsonl", "--db", "new.db")
    assert (result.exit_code, "LTC625: acme[1]" in result.stdout) == (1, True)


def test_mistakes_of_the_caller(record: str, folder: Path, run: Run) -> None:
    for arguments in (["import", "none.jsonl", *LOOK], ["import", ".", *LOOK], ["export", "acne", *LOOK]):
        assert run(*arguments).exit_code == 2
    run("export", "acme", "--output", "a.jsonl", *LOOK)
    assert "LTC801" in run("import", "a.jsonl").stderr


def test_looking_with_snapshots_says_the_same(record: str, folder: Path, run: Run) -> None:
    with ltc.Workspace.open(record) as ws:
        last = ws.log("acme")[-1].at
        notes = [Draft(kind="NoteAdded", at=last, by="x", data=f'{{"text":"call {n}","v":1}}') for n in range(100)]
        ws.store.append("acme", notes, expected=ws.store.length("acme"))
    for command in (["status", "acme"], ["work", "zhang.min"], ["projects"], ["log", "acme", "--last", "2"]):
        plain = run(*command, *LOOK).output
        assert run(*command, *LOOK, LTCFLOW_SNAPSHOTS="kept").output == plain
        assert run(*command, *LOOK, LTCFLOW_SNAPSHOTS="kept").output == plain
    assert len(list((folder / "kept").iterdir())) == 1
