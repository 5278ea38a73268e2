"""The doctor names every fault of an installation and of a record, with its remedy, and writes nothing."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import ltcflow as ltc
from ltcflow.cli.app import cli
from ltcflow.doctor import Check, Status, installation, record
from ltcflow.doctor.checks import guarded
from ltcflow.labels import has_cjk
from ltcflow.projects import NOTHING
from ltcflow.stores import Draft, open_store
from ltcflow.workspace.snapshots import Snapshot, Snapshots

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAIN = {"COLUMNS": None, "NO_COLOR": "1", "LTCFLOW_DB": None, "LTCFLOW_LANG": "en"}
b = ltc.builder
BID = b.process("bid", stages=[b.stage("do", activities=[b.activity("offer")])])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("record") / "sales.db"
    with ltc.Workspace.open(str(place), clock=lambda: NOW) as ws:
        for name in ("acme", "beta"):
            ws.start(BID, project=name, by="li.wei")
            for n in range(5):
                ws.note(name, f"{n} " + "long as life " * 60, by="li.wei")
    return place


@pytest.fixture
def place(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(written, tmp_path))


def sql(place: Path, *statements: str) -> None:
    with closing(sqlite3.connect(place)) as raw:
        for statement in statements:
            raw.execute(statement)
        raw.commit()


def everything(folder: Path) -> dict[str, Any]:
    """All that is in a folder: names, bytes, times of the last change."""
    return {
        str(path): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns) for path in folder.rglob("*")
    }


def worst(checks: tuple[Check, ...]) -> list[tuple[str, Status]]:
    return [(check.name, check.status) for check in checks if check.status is not Status.OK]


def cut_short(place: Path, *, wal: bool) -> None:
    """Leave the files as they are when a program is killed in the middle of a write."""
    copy = place.parent / "copy"
    copy.mkdir()
    with closing(sqlite3.connect(place, isolation_level=None)) as raw:
        if wal:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA wal_autocheckpoint=0")
        raw.execute("PRAGMA cache_size=1")
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("UPDATE ltcflow_events SET data = data || data")
        for name in (place.name, f"{place.name}-journal", f"{place.name}-wal"):
            if (place.parent / name).exists():
                shutil.copy(place.parent / name, copy / name)
        raw.execute("ROLLBACK")
    for name in os.listdir(copy):
        shutil.copy(copy / name, place.parent / name)
    shutil.rmtree(copy)


def later_event(place: Path) -> None:
    store = open_store(str(place))
    store.append("beta", [Draft(kind="ProjectTeleported", at=NOW, by="x", data='{"v":1}')], expected=6)
    store.close()


def ahead(place: Path) -> None:
    with ltc.Workspace.open(str(place), clock=lambda: datetime.now(UTC) + timedelta(days=2)) as ws:
        ws.note("beta", "a clock that is fast", by="li.wei")


def garbage(place: Path) -> None:
    whole = bytearray(place.read_bytes())
    whole[20480 : 20480 + 4096] = b"\xde\xad\xbe\xef" * 1024
    place.write_bytes(whole)


def emptied(place: Path) -> None:
    place.write_bytes(b"")


OK, WARNING, PROBLEM = Status.OK, Status.WARNING, Status.PROBLEM
FAULTS: dict[str, tuple[Callable[[Path], object], list[tuple[str, Status]], str, str]] = {
    "missing": (lambda p: p.unlink(), [("file", PROBLEM)], "No such file", "ltcflow start 会建立"),
    "a folder": (lambda p: (p.unlink(), p.mkdir()), [("file", PROBLEM)], "is a folder", "是文件夹"),
    "empty": (emptied, [("file", PROBLEM)], "emptied", "已被清空"),
    "a pipe": (lambda p: (p.unlink(), os.mkfifo(p)), [("file", PROBLEM)], "is no file", "不是普通文件"),
    "a text": (lambda p: p.write_text("hello"), [("open", PROBLEM)], "LTC607", "不是 SQLite 数据库"),
    "another application's": (
        lambda p: (emptied(p), sql(p, "CREATE TABLE users (name TEXT)")),
        [("open", PROBLEM)],
        "another application",
        "其他应用",
    ),
    "later tables": (
        lambda p: sql(p, "UPDATE ltcflow_meta SET value = '99'"),
        [("open", PROBLEM)],
        "Upgrade ltcflow",
        "请升级 ltcflow",
    ),
    "older tables": (
        lambda p: sql(p, "DROP TABLE ltcflow_heads", "UPDATE ltcflow_meta SET value = '1'"),
        [("tables", WARNING)],
        "of an older ltcflow",
        "由旧版 ltcflow 写成",
    ),
    "a table lost": (lambda p: sql(p, "DROP TABLE ltcflow_events"), [("open", PROBLEM)], "LTC606", "缺少表"),
    "a changed event": (
        lambda p: sql(p, "UPDATE ltcflow_events SET \"by\" = 'x' WHERE project = 'acme' AND number = 3"),
        [("project", PROBLEM), ("projects", PROBLEM)],
        "LTC610: acme[3]",
        "写入之后被改动",
    ),
    "a deleted event": (
        lambda p: sql(p, "DELETE FROM ltcflow_events WHERE project = 'acme' AND number = 3"),
        [("project", PROBLEM), ("projects", PROBLEM)],
        "LTC611: acme[3]",
        "缺失",
    ),
    "a log cut off": (
        lambda p: sql(p, "DELETE FROM ltcflow_events WHERE project = 'acme'"),
        [("project", PROBLEM), ("projects", PROBLEM)],
        "LTC615: acme[1]",
        "在末尾缺失",
    ),
    "a head lost": (
        lambda p: sql(p, "DELETE FROM ltcflow_heads WHERE project = 'acme'"),
        [("project", PROBLEM), ("projects", PROBLEM)],
        "LTC618: acme[6]",
        "已丢失或损坏",
    ),
    "an unreadable event": (
        lambda p: sql(p, "UPDATE ltcflow_events SET at = 'never' WHERE project = 'acme' AND number = 3"),
        [("project", PROBLEM), ("projects", PROBLEM), ("feed", PROBLEM)],
        "LTC616: acme[3]",
        "无法读取",
    ),
    "a definition lost": (
        lambda p: sql(p, "DELETE FROM ltcflow_definitions"),
        [("project", PROBLEM), ("project", PROBLEM), ("projects", PROBLEM)],
        "LTC617: beta[1]",
        "已非原样",
    ),
    "an event of a later ltcflow": (
        later_event,
        [("project", PROBLEM), ("projects", PROBLEM)],
        "LTC505",
        "LTC505",
    ),
    "events out of order in the feed": (
        lambda p: sql(p, "UPDATE ltcflow_events SET position = 99 WHERE project = 'beta' AND number = 2"),
        [("feed", PROBLEM)],
        "beta[2] is not where it belongs",
        "不在应有的位置",
    ),
    "a clock that is behind": (ahead, [("clock", WARNING)], "Set the clock", "请校正时钟"),
    "a page overwritten": (garbage, [], "SQLite", "SQLite"),
    "a file cut off": (
        lambda p: p.write_bytes(p.read_bytes()[:-5000]),
        [("open", PROBLEM)],
        "LTC606",
        "请从备份恢复",
    ),
    "a write cut short": (
        lambda p: cut_short(p, wal=False),
        [("beside", WARNING), ("unfinished", WARNING)],
        "Never delete",
        "切勿删除",
    ),
    "a write-ahead log left": (
        lambda p: cut_short(p, wal=True),
        [("beside", WARNING), ("unfinished", WARNING)],
        "Leave it there",
        "请勿删除",
    ),
}


def test_a_sound_record_has_nothing_wrong_and_is_told_in_both_languages(place: Path) -> None:
    before = everything(place.parent)
    checks = record(str(place), NOW)
    assert worst(checks) == []
    names = [
        "file",
        "rights",
        "beside",
        "space",
        "tables",
        "journal",
        "durable",
        "integrity",
        "projects",
        "clock",
        "feed",
    ]
    assert [check.name for check in checks] == names
    assert all(has_cjk(check.title.zh) for check in checks)
    assert "2 with 12 events" in checks[8].found.en
    assert everything(place.parent) == before


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_a_record_is_named_with_its_remedy_and_nothing_is_written(place: Path, fault: str) -> None:
    spoil, wanted, words, words_zh = FAULTS[fault]
    spoil(place)
    before = everything(place.parent)
    checks = record(str(place), NOW)
    told = worst(checks)
    if wanted:
        assert told == wanted, [(check.found.en, check.remedy.en) for check in checks]
    assert told
    assert all(check.remedy.en for check in checks if check.status is not OK)
    assert all(not check.remedy.en for check in checks if check.status is OK)
    for lang, said in (("en", words), ("zh", words_zh)):
        done = CliRunner(env=PLAIN).invoke(cli, ["doctor", "--db", str(place), "--lang", lang], catch_exceptions=False)
        assert said in done.output
        assert "Traceback" not in done.output
        assert done.exit_code == int(PROBLEM in dict(told).values())
    assert everything(place.parent) == before


def test_every_problem_is_named_at_once(place: Path) -> None:
    with ltc.Workspace.open(str(place), clock=lambda: NOW) as ws:
        ws.start(BID, project="gamma", by="li.wei")
    ahead(place)
    sql(
        place,
        "UPDATE ltcflow_events SET kind = 'X' WHERE project = 'acme' AND number = 1",
        "DELETE FROM ltcflow_heads WHERE project = 'gamma'",
        "UPDATE ltcflow_events SET position = 99 WHERE project = 'beta' AND number = 2",
    )
    Path(f"{place}-wal").write_bytes(b"left over")
    before = everything(place.parent)
    told = worst(record(str(place), NOW))
    assert everything(place.parent) == before
    assert told == [
        ("beside", WARNING),
        ("unfinished", WARNING),
        ("project", PROBLEM),
        ("project", PROBLEM),
        ("projects", PROBLEM),
        ("clock", WARNING),
        ("feed", PROBLEM),
    ]


def test_a_project_that_needs_a_plugin_which_is_not_here_is_a_warning(tmp_path: Path) -> None:
    from ltcflow.stages import PluginCriterion

    gate = b.gate("go", decided_by="boss", criteria=[PluginCriterion(name="acme.credit_limit")])
    far = b.process(
        "far",
        calendar="acme_shifts",
        roles={"boss": "Boss"},
        stages=[b.stage("do", activities=[b.activity("offer")], gates=[gate])],
    )
    place = tmp_path / "far.db"
    with ltc.Workspace.open(str(place), clock=lambda: NOW) as ws:
        assert ws.start(far, project="acme", by="li.wei", team={"boss": "wu.min"}).accepted
    checks = record(str(place), NOW)
    assert worst(checks) == [("project", WARNING)] * 2
    found = " ".join(check.found.en for check in checks)
    assert "acme.credit_limit" in found
    assert "acme_shifts" in found


def test_a_file_that_may_only_be_read_is_a_warning(place: Path) -> None:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="ltcflow-doctor-test-") as folder:
        copy = Path(shutil.copy(place, folder))
        copy.chmod(0o444)
        os.chmod(folder, 0o555)
        me = os.geteuid()
        if not me:
            os.seteuid(65534)
        try:
            told = worst(record(str(copy), NOW))
        finally:
            os.seteuid(me)
            os.chmod(folder, 0o755)
    if me:
        assert told == [("rights", WARNING)]
    else:  # root is asked with the rights it really has
        assert told in ([("rights", WARNING)], [])


def test_a_disk_that_is_nearly_full_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, status in ((1 << 20, PROBLEM), (50 << 20, WARNING)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: shutil._ntuple_diskusage(10**9, 10**9, free))
        assert worst(record(str(place), NOW)) == [("space", status)]


def test_the_data_say_the_same(place: Path) -> None:
    for argument, healthy in ((str(place), True), ("memory:", False), (str(place.parent / "none.db"), False)):
        done = CliRunner(env=PLAIN).invoke(cli, ["doctor", "--db", argument, "--json"], catch_exceptions=False)
        data = json.loads(done.output)
        assert (data["healthy"], done.exit_code) == (healthy, int(not healthy))
        assert {"python", "sqlite", "ltcflow", "attrs"} <= set(data["versions"])
        assert (data["record"] is not None) == healthy
        statuses = {check["status"] for check in data["checks"]["record"]}
        assert ("problem" in statuses) == (not healthy)


@pytest.mark.parametrize(
    "address", ["mysql://x@h/y", "sqlite://x", "postgresql://u@127.0.0.1:1/x", "::", "\0", "http://x"]
)
def test_an_address_that_is_none_is_a_problem_and_no_traceback(address: str) -> None:
    found = record(address, NOW)
    assert [check.status for check in found] == [PROBLEM]
    assert found[0].remedy.en


# --- the installation


def named(name: str, now: datetime | None = None) -> list[Check]:
    return [check for check in installation(now) if check.name == name]


def test_this_installation_can_be_worked_with() -> None:
    assert [check for check in installation() if check.status is PROBLEM] == []


def test_a_library_that_is_missing_or_too_old_is_named_with_the_command_that_mends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = metadata.version
    told = {"networkx": "1.0", "ortools": "9.15.6755"}

    def found(name: str) -> str:
        if name == "rich":
            raise metadata.PackageNotFoundError(name)
        return told.get(name) or version(name)

    monkeypatch.setattr(metadata, "version", found)
    assert [(c.status, c.remedy.en) for c in named("rich")] == [(PROBLEM, "Run: pip install -U 'rich>=13.7'")]
    assert [c.status for c in named("networkx")] == [PROBLEM]
    assert [c.status for c in named("optimize")] == [WARNING]
    assert [c.status for c in named("attrs")] == [OK]


def test_an_extra_that_is_not_there_is_no_fault_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    version = metadata.version

    def found(name: str) -> str:
        if name == "numba":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", found)
    (fast,) = named("fast")
    assert fast.status is OK
    assert 'pip install "ltcflow[fast]"' in fast.found.en


def test_years_without_published_holidays_and_a_clock_before_the_installation_are_told() -> None:
    far, past = datetime(2060, 1, 1, tzinfo=UTC), datetime(2001, 1, 1, tzinfo=UTC)
    assert [c.status for c in named("calendar", far)] == [WARNING]
    assert [c.status for c in named("calendar", datetime(2026, 3, 1, tzinfo=UTC))] == [OK]
    assert [c.status for c in named("clock", past)] == [WARNING]


def test_a_variable_that_is_misspelt_is_told_and_a_password_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTCFLOW_LNAG", "zh")
    monkeypatch.setenv("LTCFLOW_DB", "postgresql://sales:secret@db/ltc")
    told = named("environment")
    assert [c.status for c in told] == [OK, WARNING]
    assert "secret" not in str(told)
    assert "LTCFLOW_LANG" in told[1].remedy.en


def test_what_snapshots_leave_behind_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kept"
    monkeypatch.setenv("LTCFLOW_SNAPSHOTS", str(folder))
    assert "is made when" in named("snapshots")[0].found.en
    Snapshots(folder, "sales.db").keep("acme", Snapshot(7, "0f" * 32, NOTHING))
    (folder / "torn.new").write_text("{")
    (folder / "old.json").write_text('{"code": "of another ltcflow"}')
    assert "2 in" in named("snapshots")[0].found.en
    assert "1 of another ltcflow, 1 half written" in named("snapshots")[0].found.en
    folder.chmod(0o777)
    assert [c.status for c in named("snapshots")] == [WARNING]
    assert [c.status for c in named("environment")] == [OK]


def test_a_broken_plugin_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    from ltcflow import plugins

    class Acme:
        @plugins.hookimpl
        def ltcflow_criterions(self) -> None: ...

    monkeypatch.setattr("ltcflow.plugins.default_extensions", lambda: plugins.collect([Acme()]))
    told = named("plugins")
    assert told[0].status is OK
    assert told[1].status is PROBLEM
    assert "LTC701" in told[1].found.en


def test_what_cannot_even_be_examined_is_a_problem() -> None:
    def fails() -> list[Check]:
        raise RuntimeError("boom")

    (found,) = guarded("x", ("X", "某项"), fails)
    assert found.status is PROBLEM
    assert "RuntimeError: boom" in found.found.en


def test_a_terminal_without_chinese_is_a_warning() -> None:
    done = CliRunner(charset="latin-1", env=PLAIN).invoke(cli, ["doctor", "--lang", "en"])
    assert done.exit_code == 0
    assert "PYTHONUTF8=1" in done.output
