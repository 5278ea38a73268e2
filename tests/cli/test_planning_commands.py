"""The commands about time, people and money: simulate, level, cash, unpaid, and forecast with dates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import attrs
import pytest
from click.testing import Result

import ltcflow as ltc
from ltcflow.cli.shares import OUTCOME, WIN, WITHHELD
from ltcflow.labels import width

Run = Callable[..., Result]
HAN = re.compile(r"[\u4e00-\u9fff]")
SUPPLY = """\
ltcflow: 1
process: supply
title: {zh: 供货, en: Supply}
facts:
  amount: {type: money, currency: CNY, owner: seller, title: {zh: 合同额, en: Contract}}
roles:
  boss: {zh: 老板, en: Boss, sponsor: true}
  seller: {zh: 销售经理, en: Seller, first_responsible: true}
  engineer: {zh: 工程师, en: Engineer}
stages:
  - stage: sell
    title: {zh: 销售, en: Sell}
    activities:
      - {activity: visit, title: {zh: 拜访, en: Visit}, duration: 1d, raci: {R: seller, A: seller}}
      - activity: offer
        title: {zh: 报价, en: Offer}
        duration: {optimistic: 2d, likely: 3d, pessimistic: 10d}
        raci: {R: engineer, A: seller}
      - {activity: price, title: {zh: 定价, en: Price}, duration: 2d, after: [visit], raci: {R: engineer, A: seller}}
    gates:
      - gate: release
        title: {zh: 放行, en: Release}
        after: [offer, price]
        decided_by: boss
        lead_time: 1d
        criteria: [{done: offer}]
        recycle_to: offer
  - stage: deliver
    title: {zh: 交付, en: Deliver}
    activities:
      - activity: build
        title: {zh: 生产, en: Build}
        duration: {optimistic: 15d, likely: 20d, pessimistic: 45d}
        raci: {R: engineer, A: seller}
      - {activity: accept, title: {zh: 验收, en: Accept}, duration: 3d, raci: {R: seller, A: boss}}
milestones:
  signed: {title: {zh: 已签约, en: Signed}, after: [release], payments: [{share: 0.3, due: 10d}]}
  accepted:
    title: {zh: 已验收, en: Accepted}
    after: [accept]
    payments: [{share: 0.6, due: 30ed}, {share: 0.1, due: 365ed}]
"""
PROCESS = ltc.loads(SUPPLY)
START = ("supply.yaml", "--start", "2026-03-02")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT = ("--db", "sales.db", "--at", "2026-03-09T09:00Z")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the definition and a record, on which the first visit was made."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "supply.yaml").write_text(SUPPLY, encoding="utf-8")
    team = {"boss": "zhang.min", "seller": "li.wei", "engineer": "wu.min"}
    with ltc.Workspace.open("sales.db", clock=lambda: MONDAY) as ws:
        assert ws.start(PROCESS, project="acme", title="Acme", team=team, facts={"amount": "1000000"}).accepted
        assert ws.finish("acme", "visit", by="li.wei").accepted
    return tmp_path


def data(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


COMMANDS: dict[str, tuple[list[str], str, str]] = {
    "simulate": (["simulate", *START, "--win", "60%"], "What moves the finish", "影响完成日期的要素"),
    "simulate a project": (["simulate", "--project", "acme", *AT], "All is finished", "全部完成"),
    "simulate gates": (["simulate", *START, "--outcome", "release=go:0.8,stop:0.2"], "Stopped", "终止"),
    "level": (["level", *START, "--capacity", "engineer=1"], "busy with price", "正忙于 price"),
    "level experts": (["level", *START, "--expert", "engineer=wu.min,qi"], "wu.min (engineer)", "wu.min (engineer)"),
    "level a project": (["level", "--project", "acme", *AT], "Waits 2d for wu.min", "因 wu.min 正忙于 price"),
    "cash": (["cash", *START, "--fact", "amount=1000000"], "Comes in all, on average", "预期合计"),
    "cash planned": (["cash", *START, "--contract", "1_000_000", "--planned"], "planned, with the mean", "计划日期"),
    "cash of a project": (["cash", "--project", "acme", *AT], "simulated: 10,000 samples", "模拟：10,000 个样本"),
    "unpaid": (["unpaid", "acme", *AT], "<- can be done now", "<- 现在可做"),
    "forecast": (["forecast", "acme", *AT, "--finish", "2026-03-31"], "LTC408: finish", "晚于期限 2026-03-31"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_speaks_both_languages_and_json_and_fits_a_narrow_terminal(name: str, run: Run) -> None:
    arguments, english, chinese = COMMANDS[name]
    assert english in run(*arguments).output
    assert chinese in run(*arguments, "--lang", "zh").output
    assert run(*arguments, "--json").stdout == run(*arguments, "--json", "--lang", "zh").stdout
    for lang in ("en", "zh"):
        narrow = run(*arguments, "--lang", lang, COLUMNS="80")
        assert narrow.exit_code == 0
        assert max(width(line) for line in narrow.stdout.splitlines()) <= 80
        assert not re.search(r"\d{4}-\d\d?$|^\s*-?\d\d?-\d\d\s*$", narrow.stdout, re.MULTILINE), "a date was cut"


def test_simulate_says_what_the_library_finds(run: Run) -> None:
    found = data(
        run("simulate", *START, "--seed", "7", "--samples", "500", "--deadline", "signed=2026-03-10", "--json")
    )
    same = ltc.simulate(PROCESS, start="2026-03-02", seed=7, samples=500)
    signed, accepted = found["elements"]  # type: ignore[misc]  # two objects
    for row in (signed, accepted):
        for p in ("p10", "p50", "p80", "p90"):
            assert row[p] == getattr(same[row["id"]], p).isoformat()
        assert float(row["criticality"]) == same.criticality(row["id"])
    assert float(signed["kept"]["value"]) == same["signed"].probability_by("2026-03-10").value
    assert (accepted["kept"], found["win"], found["samples"]) == (None, None, 500)


def test_simulate_shows_what_is_asked_for_and_draws(run: Run, place: Path) -> None:
    result = run(
        "simulate", *START, "--element", "build", "--finish", "2026-04-30", "--svg", "s.svg", "--tornado", "t.svg"
    )
    assert re.search(r"^build +Build", result.stdout, re.MULTILINE)
    assert not re.search(r"^signed", result.stdout, re.MULTILINE)
    for name, text in (("s.svg", "10,000 samples"), ("s.svg", "deadline"), ("t.svg", "Build")):
        picture = (place / name).read_text(encoding="utf-8")
        assert ElementTree.fromstring(picture).tag.endswith("svg")
        assert text in picture


def test_a_lost_project_is_never_finished_and_brings_nothing(run: Run) -> None:
    lost = data(run("simulate", *START, "--win", "0", "--samples", "100", "--json"))
    assert (lost["finish"]["p50"], float(lost["win"]["value"])) == (None, 0.0)  # type: ignore[index]  # objects
    assert re.search(r"All is finished +2026-04-15 +- +-", run("simulate", *START, "--win", "0").stdout)
    stopped = ("--outcome", "release=stop:100%", "--contract", "1_000_000 CNY")
    assert data(run("cash", *START, *stopped, "--json"))["expected"] == {"amount": "0.00", "currency": "CNY"}


def test_level_waits_for_the_one_engineer_and_says_what_that_costs(run: Run) -> None:
    found = data(run("level", *START, "--capacity", "engineer=1", "--json"))
    assert (found["delay"]["text"], found["proved"], found["waiting"]) == ("2d", True, ["offer"])  # type: ignore[index]
    late = run("level", *START, "--capacity", "engineer=1", "--deadline", "signed=2026-03-09")
    assert re.search(r"^signed +2026-03-09 +2026-03-11 18:00 +2d +kept$", late.stdout, re.MULTILINE)
    both = run("level", *START, "--expert", "engineer=wu.min", "--expert", "seller=wu.min")
    assert both.exit_code == 0
    assert "wu.min (seller)" in both.stdout


@pytest.mark.parametrize(
    "more", [[], ["--planned"], ["--retention", "accepted=5%;30ed"], ["--holdback", "accepted=50000"]]
)
def test_the_months_and_instalments_of_cash_add_up_to_the_contract(more: list[str], run: Run) -> None:
    found = data(run("cash", *START, "--contract", "999999.99 CNY", *more, "--json"))
    for parts, key in (("months", "expected"), ("instalments", "amount")):
        total = sum(Decimal(part[key]["amount"]) for part in found[parts])  # type: ignore[attr-defined]  # a list
        assert total == Decimal("999999.99")
    kept = [item["id"] for item in found["instalments"]]  # type: ignore[attr-defined]  # a list
    assert ("retention" in kept, "holdback" in kept) == ("--retention" in more, "--holdback" in more)


def test_unpaid_leads_from_each_instalment_to_what_why_finds(run: Run) -> None:
    found = json.loads(run("unpaid", "acme", *AT, "--json").stdout)
    assert [item["instalment"]["id"] for item in found] == ["signed[0]", "accepted[0]", "accepted[1]"]
    for item in found:
        chain = json.loads(run("why", "acme", item["instalment"]["milestone"], *AT, "--json").stdout)
        assert item["chain"] == chain
    with ltc.Workspace.open("sales.db", clock=lambda: MONDAY) as ws:
        assert all(ws.finish("acme", name, by="wu.min").accepted for name in ("offer", "price"))
        assert ws.vote("acme", "release", by="zhang.min", verdict="go").accepted
    reached = run("unpaid", "acme", "--db", "sales.db", "--at", "2026-06-01T09:00Z")
    assert "signed[0] 300,000 CNY, was due on 2026-03-13" in reached.stdout
    assert "Signed (signed) is reached." in reached.stdout


def test_forecast_takes_deadlines_and_constraints(run: Run) -> None:
    late = ("--deadline", "signed=2026-03-10", "--constraint", "build=start_no_earlier 2026-04-01")
    rows = {row["id"]: row for row in data(run("forecast", "acme", *AT, *late, "--json"))["rows"]}  # type: ignore[attr-defined]
    assert rows["build"]["early_start"].startswith("2026-04-01")
    assert rows["signed"]["total_float"]["minutes"] < 0
    refused = run("forecast", "acme", *AT, "--constraint", "build=must_start 2026-03-10")
    assert (refused.exit_code, "LTC407" in refused.stderr) == (2, True)


def test_payments_stand_at_their_milestones(run: Run) -> None:
    assert "pays 60%, due 30ed; pays 10%, due 365ed" in run("status", "acme", *AT).stdout
    assert "回款 30%，期限 10d" in run("status", "acme", *AT, "--lang", "zh").stdout
    assert "after release; pays 30%, due 10d" in run("ready", "acme", "signed", *AT).stdout
    missing = json.loads(run("ready", "acme", "signed", *AT, "--json").stdout)["missing"]
    assert missing[-1]["payments"][0]["share"] == "0.3"


ESTIMATE = "or with --duration ID=3d; or give --default-duration 2d for all of them."
REMEDIES = [
    ("", False, ESTIMATE),
    ("", True, ESTIMATE),
    ("duration: 1d, when: amount > 5, ", False, "Give them: --fact amount=VALUE."),
    ("duration: 1d, when: amount > 5, ", True, "Record them: ltcflow fact PROJECT amount=VALUE."),
]


@pytest.mark.parametrize(("visit", "running", "remedy"), REMEDIES)
def test_remedies_name_options(visit: str, running: bool, remedy: str, run: Run, place: Path) -> None:
    text = SUPPLY.replace("duration: 1d, ", visit)
    (place / "own.yaml").write_text(text, encoding="utf-8")
    team = ("--team", "boss=a", "--team", "seller=b", "--team", "engineer=c")
    if running:
        assert run("start", "own.yaml", "--project", "own", *team, "--db", "own.db").exit_code == 0
    shown = run("forecast", "own", "--db", "own.db") if running else run("plan", "own.yaml", "--start", "2026-03-02")
    assert remedy in shown.stdout
    assert "{id:" not in shown.stdout


MISTAKES = [
    (["simulate"], "Give FILE|ID or --project, one of them."),
    (["simulate", "supply.yaml"], "Missing option '--start'."),
    (["simulate", *START, "--project", "acme"], "one of them"),
    (["cash", "--project", "acme", "--db", "sales.db", "--fact", "amount=1"], "a project has its own"),
    (["simulate", *START, "--outcome", "release=go"], "release=go"),
    (["simulate", *START, "--outcome", "release=go:0.5"], "add up to"),
    (["simulate", *START, "--outcome", "release=go:0.5,hold:0.5"], "has no length"),
    (["simulate", *START, "--outcome", "relese=go:1"], "Did you mean 'release'?"),
    (["simulate", *START, "--outcome", "release=won:1"], "outcome of a gate"),
    (["simulate", *START, "--win", "1.5"], "is no probability"),
    (["simulate", *START, "--win", "0.5", "--win", "signed=0.5"], "--win ID=0.6"),
    (["simulate", *START, "--deadline", "signd=2026-03-10"], "signed"),
    (["level", *START, "--capacity", "engineer=two"], "is not a number of people"),
    (["level", *START, "--capacity", "engineer=0"], "leaves nobody for"),
    (["level", *START, "--capacity", "enginer=1"], "Did you mean 'engineer'?"),
    (["cash", *START], "is not known yet"),
    (["cash", *START, "--contract", "ammount"], "Did you mean 'amount'?"),
    (["cash", *START, "--contract", "-5 CNY"], "is no contract value"),
    (["cash", *START, "--contract", "5 CNY", "--retention", "5%"], "cannot be read"),
    (["cash", *START, "--contract", "5 CNY", "--holdback", "accepted=9 CNY"], "can be kept back"),
    (["unpaid", "acme", "--contract", "5 USD", "--holdback", "accepted=1 CNY", "--db", "sales.db"], "another currency"),
]


@pytest.mark.parametrize(("arguments", "said"), MISTAKES, ids=[" ".join(arguments) for arguments, _ in MISTAKES])
def test_a_mistake_is_one_line_in_both_languages(arguments: list[str], said: str, run: Run) -> None:
    english, chinese = run(*arguments), run(*arguments, "--lang", "zh")
    assert (english.exit_code, chinese.exit_code) == (2, 2)
    assert said in english.stderr
    assert HAN.search(chinese.stderr.splitlines()[-1])
    last = chinese.stderr.splitlines()[-1]
    assert not re.search(r"\b(is|are|Give|Use|Write|Say)\b", last), last


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [
        (WITHHELD, "accepted=5%；30ed", {"until": "accepted", "share": "0.05", "due": "30ed"}),
        (WITHHELD, "accepted = 0.05", {"until": "accepted", "share": "0.05"}),
        (WITHHELD, "accepted=50_000 CNY", {"until": "accepted", "amount": "50_000 CNY"}),
        (OUTCOME, "atb=go:80%，stop：0.2", ("atb", {"go": 0.8, "stop": 0.2})),
        (WIN, "60%", ("", 0.6)),
        (WIN, "close=.4", ("close", 0.4)),
    ],
)
def test_shares_are_read_as_people_write_them(kind: object, text: str, meant: object) -> None:
    assert kind.convert(text, None, None) == meant  # type: ignore[attr-defined]  # all are types of parameters


def test_what_is_said_of_a_proof_is_said_in_chinese_too(run: Run) -> None:
    from ltcflow.report.levelled import levelled_text
    from ltcflow.schedule.levelling import project
    from ltcflow.solvers import MissingExtra

    found = ltc.level(PROCESS, start="2026-03-02", capacities={"engineer": 1})
    assert "（遗传搜索）" in levelled_text(found, "zh")
    missing = f"Not proved: {MissingExtra(library='OR-Tools', extra='optimize')}"
    for note in (project._BEYOND, missing):
        text = levelled_text(attrs.evolve(found, note=note), "zh")
        assert "未证明：" in text
        assert "Not proved" not in text
        assert note in " ".join(levelled_text(attrs.evolve(found, note=note), total=10_000).split())


def test_what_remains_of_a_day_is_said_in_hours(run: Run) -> None:
    with ltc.Workspace.open("sales.db", clock=lambda: MONDAY) as ws:
        assert ws.begin("acme", "price", by="wu.min", at=MONDAY).accepted
    row = next(
        line for line in run("forecast", "acme", "--db", "sales.db", "--at", "2026-03-03T10:17Z").stdout.splitlines()
        if " price " in line
    )  # fmt: skip
    assert " 6h 43min " in row
    assert "403min" not in row
