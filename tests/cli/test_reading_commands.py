"""Every command that looks and changes nothing: in English, in Chinese, as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

Run = Callable[..., Result]
HAN = re.compile(r"[\u4e00-\u9fff]")

# command, exit code, what it says in English, in Chinese, and a test of its JSON
READING: dict[str, tuple[list[str], int, str, str, Callable[[Any], bool]]] = {
    "catalog": (
        ["catalog"],
        0,
        "ltc_level1_activity_map",
        "销售项目流程一级活动图",
        lambda d: {"id", "version", "title", "purpose", "counts"} <= set(d[0]),
    ),
    "check": (["check", "deal.yaml"], 0, "deal.yaml: no findings.", "deal.yaml: 没有发现问题。", lambda d: d == []),
    "show": (["show", "deal.yaml"], 0, "[ ] Visit (visit)", "[ ] 拜访客户 (visit)", lambda d: d["id"] == "small_deal"),
    "show mermaid": (
        ["show", "deal.yaml", "--format", "mermaid"],
        0,
        'a_visit["Visit"]',
        'a_visit["拜访客户"]',
        lambda d: d["counts"]["gates"] == 2,
    ),
    "plan": (
        ["plan", "deal.yaml", "--start", "2026-03-02", "--calendar", "CN", "--fact", "amount=5000000"],
        0,
        "Critical path  visit -> write_offer -> release",
        "关键路径  visit -> write_offer -> release",
        lambda d: d["critical_path"][0] == "visit" and d["calendar"] == "CN",
    ),
    "roles": (["roles", "deal.yaml"], 0, "R does it, A answers", "R 执行", lambda d: len(d["rows"]) == 7),
    "roles found": (["roles", "deal.yaml", "--find", "Boss"], 0, "sponsor", "发起人", lambda d: d[0]["id"] == "boss"),
    "roles of the library": (["roles", "--find", "PD"], 0, "Project director", "项目PD", lambda d: len(d) >= 1),
    "roles not found": (["roles", "--find", "juggler"], 1, "No role goes by", "没有名为", lambda d: d == []),
    "compare": (
        ["compare", "deal.yaml", "ltc_level1_activity_map"],
        1,
        "missing",
        "缺",
        lambda d: not d.get("same", False),
    ),
    "locate": (
        ["locate", "deal.yaml", "--finished", "visit"],
        0,
        "Most likely stage: Sell",
        "最可能的阶段",
        lambda d: d["stage"] == "sell",
    ),
    "plugins": (["plugins"], 0, "Distribution", "发行包", lambda d: d["problems"] == []),
    "doctor": (["doctor", "--db", "sales.db"], 0, "Journal mode", "日志模式", lambda d: d["record"]["durable"]),
    "projects": (
        ["projects", "--db", "sales.db"],
        0,
        "small_deal 1.0  running",
        "small_deal 1.0  进行中",
        lambda d: [p["project"] for p in d] == ["acme"],
    ),
    "status": (
        ["status", "acme", "--db", "sales.db"],
        0,
        "[x]  visit        Visit              li.wei",
        "[x]  visit        拜访客户  li.wei",
        lambda d: d["stages"][0]["elements"][0]["standing"] == "done",
    ),
    "ready": (
        ["ready", "acme", "paid", "--db", "sales.db"],
        1,
        "Paid (paid) is not ready",
        "已回款 (paid) 尚未就绪",
        lambda d: not d["ready"] and d["missing"],
    ),
    "weekly": (
        ["weekly", "acme", "--db", "sales.db"],
        0,
        "## What slipped, and why",
        "## 延误及原因",
        lambda d: d["project"] == "acme" and "moved" in d,
    ),
    "ready already": (
        ["ready", "acme", "visit", "--db", "sales.db"],
        0,
        "Visit (visit) is ready: nothing is missing.",
        "拜访客户 (visit) 已就绪：没有缺项。",
        lambda d: d["ready"] and d["missing"] == [],
    ),
    "why": (
        ["why", "acme", "paid", "--db", "sales.db"],
        0,
        "milestone Paid (paid)",
        "里程碑 已回款 (paid)",
        lambda d: d[0]["id"] == "paid" and d[-1]["now"],
    ),
    "why not": (["why", "acme", "visit", "--db", "sales.db"], 0, "Nothing is missing", "没有缺项", lambda d: d == []),
    "work": (["work", "zhang.min", "--db", "sales.db"], 0, "Release", "放行", lambda d: d[0]["action"] == "vote"),
    "work none": (["work", "nobody", "--db", "sales.db"], 0, "Nothing to do now.", "目前没有待办。", lambda d: d == []),
    "log": (
        ["log", "acme", "--db", "sales.db"],
        0,
        "li.wei started project acme 'Acme 电信' on 'Small deal' 1.0 with Amount = 5_000_000 CNY.",
        "li.wei 完成了“拜访客户”。",
        lambda d: d[0]["event"] == "ProjectStarted" and d[1]["activity"] == "visit",
    ),
    "verify": (["verify", "--db", "sales.db"], 0, "Unbroken: 1 project", "完整无缺:1 个项目", lambda d: d == []),
    "verify one": (["verify", "acme", "--db", "sales.db"], 0, "Unbroken: 1 project", "完整无缺", lambda d: d == []),
    "forecast": (
        ["forecast", "acme", "--db", "sales.db", "--calendar", "CN", "--at", "2026-03-03T10:00+08:00"],
        0,
        "Critical path  release -> deliver",
        "关键路径  release -> deliver",
        lambda d: d["finish"].startswith("2026-03"),
    ),
}


@pytest.mark.parametrize("name", READING)
def test_a_reading_command_speaks_english_chinese_and_json(name: str, record: str, run: Run) -> None:
    arguments, code, english, chinese, sound = READING[name]
    for more, wanted in (([], english), (["--lang", "en"], english), (["--lang", "zh"], chinese)):
        result = run(*arguments, *more)
        assert result.exit_code == code, result.output
        assert wanted in result.output
    result = run(*arguments, "--json")
    assert result.exit_code == code, result.output
    assert sound(json.loads(result.stdout))


@pytest.mark.parametrize("name", READING)
def test_the_language_can_stand_before_the_command_or_in_the_environment(name: str, record: str, run: Run) -> None:
    arguments, _, _, chinese, _ = READING[name]
    assert chinese in run("--lang", "zh", *arguments).output
    assert chinese in run(*arguments, LTCFLOW_LANG="zh_CN.UTF-8").output
    assert chinese in run(*arguments, LTCFLOW_LANG=None, LC_ALL="zh_CN.UTF-8").output


def test_json_is_the_same_in_both_languages(record: str, run: Run) -> None:
    at = ["--at", "2026-03-03T10:00+08:00"]
    for arguments, *_ in READING.values():
        if arguments[0] in ("status", "ready", "why", "work", "weekly"):
            arguments = [*arguments, *at]
        assert run(*arguments, "--json", "--lang", "zh").stdout == run(*arguments, "--json").stdout


def test_looking_changes_nothing(record: str, run: Run) -> None:
    before = Path(record).read_bytes()
    for arguments, *_ in READING.values():
        run(*arguments)
    assert Path(record).read_bytes() == before


def test_schema_is_a_json_schema_that_its_own_example_fits(folder: Path, run: Run) -> None:
    import yaml

    schema = json.loads(run("schema").stdout)
    assert json.loads(run("schema", "--json", "--lang", "zh").stdout) == schema
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load((folder / "deal.yaml").read_text(encoding="utf-8")), schema)


def test_check_prints_each_finding_with_its_place(folder: Path, run: Run) -> None:
    text = (folder / "deal.yaml").read_text(encoding="utf-8")
    (folder / "bad.yaml").write_text(text.replace("after: [deliver]", "after: [delivr]"), encoding="utf-8")
    result = run("check", "bad.yaml", "deal.yaml")
    assert result.exit_code == 1
    assert re.search(r"^bad\.yaml:\d+:\d+: LTC\d{3}: .*delivr", result.stdout, re.MULTILINE)
    assert re.search(r"^bad\.yaml: \d+ error", result.stderr, re.MULTILINE)
    assert "deal.yaml: no findings." in result.stderr
    found = json.loads(run("check", "bad.yaml", "--json").stdout)
    assert found[0]["file"] == "bad.yaml"
    assert found[0]["severity"] == "error"
    assert HAN.search(found[0]["text_zh"])


def test_check_strict_lets_a_warning_fail(folder: Path, run: Run) -> None:
    text = (folder / "deal.yaml").read_text(encoding="utf-8")
    (folder / "warned.yaml").write_text(text.replace("first_responsible: true", "external: false"), encoding="utf-8")
    assert run("check", "warned.yaml").exit_code == 0
    result = run("check", "warned.yaml", "--strict")
    assert result.exit_code == 1
    assert "warning" in result.stderr


def test_check_shows_the_example_that_proves_a_finding(folder: Path, run: Run) -> None:
    text = (folder / "deal.yaml").read_text(encoding="utf-8").replace("duration: 5d", "duration: 5d, after: [collect]")
    (folder / "round.yaml").write_text(text, encoding="utf-8")
    result = run("check", "round.yaml")
    assert result.exit_code == 1
    assert "(witness: " in result.stdout
    assert "（例证：" in run("check", "round.yaml", "--lang", "zh").stdout


def test_log_numbers_the_last_events_as_the_record_does(record: str, run: Run) -> None:
    everything = run("log", "acme", "--db", record).stdout.splitlines()
    assert run("log", "acme", "--db", record, "--last", "2").stdout.splitlines() == everything[-2:]
    assert len(json.loads(run("log", "acme", "--db", record, "--last", "2", "--json").stdout)) == 2


def test_show_offers_no_other_formats_than_it_has(folder: Path, run: Run) -> None:
    assert run("show", "deal.yaml", "--format", "mermaid").stdout.startswith("flowchart LR\n")
    result = run("show", "deal.yaml", "--format", "mermaidd")
    assert (result.exit_code, "Did you mean 'mermaid'?" in result.stderr) == (2, True)


def test_plan_marks_what_it_assumed_and_takes_estimates(folder: Path, run: Run) -> None:
    result = run("plan", "huawei_manage_sales_project", "--start", "2026-03-02", "--default-duration", "2d")
    assert "~ assumed" in result.stdout
    more = ["--duration", "visit=3d/5d/12d", "--duration", "collect=1d", "--paths", "3", "--fact", "amount=5000000"]
    rows = json.loads(run("plan", "deal.yaml", "--start", "2026-03-02", *more, "--json").stdout)["rows"]
    lengths = {row["id"]: row["duration"]["text"] for row in rows}
    assert (lengths["visit"], lengths["collect"]) == ("5d 6h 40min", "1d")  # (3d + 4 * 5d + 12d) / 6


def test_every_critical_path_that_was_asked_for_is_shown(folder: Path, run: Run) -> None:
    text = (folder / "deal.yaml").read_text(encoding="utf-8").replace("A: boss}}", "A: boss}, after: []}")
    (folder / "two.yaml").write_text(text.replace("duration: 10d", "duration: 5d"), encoding="utf-8")
    result = run("plan", "two.yaml", "--start", "2026-03-02", "--fact", "amount=1", "--paths", "5")
    assert "Also critical: visit -> write_offer -> release -> " in result.stdout


def test_a_broken_record_is_found_and_named(record: str, run: Run) -> None:
    import sqlite3

    with sqlite3.connect(record) as connection:
        connection.execute("update ltcflow_events set \"by\" = 'mallory' where number = 3")
    connection.close()
    for arguments in (["verify"], ["verify", "acme"], ["verify", "--json"], ["verify", "--lang", "zh"]):
        result = run(*arguments, "--db", record)
        assert result.exit_code == 1
        assert "LTC610" in result.stdout
        assert "acme[3]" in result.stdout


def test_plan_with_deadlines_constraints_and_backwards(folder: Path, run: Run) -> None:
    """Deadlines are told, constraints are kept or refused, and a finish alone plans backwards."""
    start = ("plan", "deal.yaml", "--start", "2026-03-02", "--fact", "amount=1")
    result = run(*start, "--deadline", "paid=2026-03-03", "--json")
    made = json.loads(result.stdout)
    rows = {row["id"]: row for row in made["rows"]}
    assert [f["code"] for f in made["findings"] if f["code"] == "LTC408"] == ["LTC408"]
    assert rows["paid"]["deadline"].startswith("2026-03-04T00:00")
    held = json.loads(run(*start, "--constraint", "visit=start_no_earlier 2026-03-16", "--json").stdout)
    assert next(row for row in held["rows"] if row["id"] == "visit")["early_start"].startswith("2026-03-16")
    result = run(*start, "--constraint", "paid=must_finish 2026-03-02")
    assert (result.exit_code, result.stderr[:17]) == (2, "ltcflow: LTC407: ")
    assert "无法满足" in run(*start, "--constraint", "paid=must_finish 2026-03-02", "--lang", "zh").stderr
    result = run(*start, "--constraint", "paid=someday", "--lang", "zh")
    assert (result.exit_code, "不是约束" in result.stderr) == (2, True)
    back = json.loads(run("plan", "deal.yaml", "--finish", "2026-06-30", "--today", "2026-06-30", "--json").stdout)
    assert back["finish"].startswith("2026-06-30")
    assert [f["code"] for f in back["findings"] if f["code"] == "LTC411"] == ["LTC411"]
    assert run("plan", "deal.yaml").exit_code == 2
