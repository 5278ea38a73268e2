"""The registers on the command line: doing and looking, both languages, tables that keep their columns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from ltcflow.labels import width

Run = Callable[..., Result]
WHO = ("--by", "sam", "--at", "2026-03-02T10:00Z")
BID = """\
ltcflow: 1
process: bid
calendar: weekdays
roles:
  seller: {zh: 销售, en: Seller, first_responsible: true}
  board: {zh: 决策团队, en: Board, sponsor: true}
deliverables: {certificate: {zh: 验收证书, en: Certificate}}
stages:
  - stage: offer
    activities: [{activity: draft, title: {zh: 起草方案, en: Draft}, duration: 5d, raci: {A: seller}}]
    gates: [{gate: atc, decided_by: board}]
  - stage: build
    activities:
      - {activity: install, title: {zh: 安装, en: Install}, duration: 10d, raci: {A: seller}, out: [certificate]}
milestones: {accepted: {title: {zh: 已验收, en: Accepted}, after: [build]}}
"""


@pytest.fixture
def do(folder: Path, run: Run) -> Callable[..., str]:
    def command(*arguments: str, code: int = 0, columns: str | None = None) -> str:
        result = run(*arguments, "--db", "sales.db", COLUMNS=columns)
        assert result.exit_code == code, result.output
        return result.output

    (folder / "bid.yaml").write_text(BID, encoding="utf-8")
    team = ("--team", "seller=sam", "--team", "board=bo")
    command("start", "bid.yaml", "--project", "acme", *team, "--by", "sam", "--at", "2026-03-02T09:00Z")
    return command


def test_a_risk_is_raised_ranked_responded_to_and_closed(do: Callable[..., str]) -> None:
    rated = ("--probability", "4", "--impact", "5", "--money", "100_000 CNY")
    said = do("risk", "acme", "fx", *rated, "--title", "汇率下跌", "--owner", "sam", *WHO)
    assert "sam raised risk fx (critical 4x5, owned by sam): 汇率下跌." in said
    assert "机会 upside" in do("risk", "acme", "upside", "--level", "high", "--opportunity", *WHO, "--lang", "zh")
    left = ("--response", "transfer", "--probability", "1", "--impact", "5")
    assert "对风险 fx 的应对：转移，剩余 1x5" in do("risk", "acme", "fx", *left, *WHO, "--lang", "zh")
    do("risk", "acme", "fx", "--action", "buy a forward", "--owner", "sam", "--due", "2026-03-04", *WHO)
    table = do("risks", "acme", "--at", "2026-03-09T10:00Z")
    first = next(line for line in table.splitlines() if line.startswith("1"))
    for cell in ("fx", "critical", "4x5", "70_000 CNY", "transfer", "medium", "2026-03-04 buy a forward, overdue"):
        assert cell in first
    assert "70_000 CNY on average, 100_000 CNY if all threats happen" in table
    assert "没有金额或概率：upside。" in do("risks", "acme", "--lang", "zh")
    assert "critical: fx" in do("risks", "acme", "--matrix")
    assert "完成了风险 fx 的措施 1" in do("risk", "acme", "fx", "--done", "1", *WHO, "--lang", "zh")
    do("risk", "acme", "upside", "--hand-over", "service", *WHO)
    do("risk", "acme", "fx", "--update", "--probability", "1", *WHO)
    do("risk", "acme", "fx", "--close", "--reason", "hedged", *WHO)
    table = do("risks", "acme", "--lang", "zh")
    assert "已移交，机会" in table
    assert "已关闭 2026-03-02：hedged" in table


def test_a_change_is_weighed_and_decided(do: Callable[..., str]) -> None:
    do("change", "acme", "sites", "--title", "加两个站点", "--asked-by", "客户", *WHO)
    effect = ("--time", "install=4d", "--cost", "60_000 CNY", "--price", "90_000 CNY")
    assert "install +4d, cost +60_000 CNY, price +90_000 CNY" in do(
        "change", "acme", "sites", "--assess", *effect, *WHO
    )
    row = next(line for line in do("changes", "acme", "--lang", "zh").splitlines() if line.startswith("sites"))
    for cell in ("加两个站点", "已评估", "+4d", "已验收 +4d", "+30_000 CNY"):
        assert cell in row
    assert "LTC515" in do("change", "acme", "sites", "--approve", "--by", "nobody", code=1)
    bo = ("--by", "bo", "--at", "2026-03-02T11:00Z")
    assert "needs a reason" in do("change", "acme", "sites", "--reject", *bo, code=1)
    assert "bo approved change request sites" in do("change", "acme", "sites", "--approve", *bo)
    said = do("changes", "acme")
    assert "Approved: 1 (finish +4d, margin +30_000 CNY); with them the project is finished on" in said
    assert "Not decided yet: 0 (none)." in said
    do("change", "acme", "sites", "--made", *bo)
    assert "没有变更请求" not in do("changes", "acme", "--lang", "zh")


def test_a_promise_is_an_orphan_until_it_is_traced(do: Callable[..., str]) -> None:
    said = ("--text", "三年质保", "--to", "客户", "--value", "50_000 CNY", "--source", "draft")
    do("promise", "acme", "warranty", *said, *WHO)
    table = do("promises", "acme", "--strict", code=1)
    assert [line[:6] for line in table.splitlines() if line.startswith("LTC")] == ["LTC576", "LTC577", "LTC578"]
    assert "没有写入合同的任何条款" in do("promises", "acme", "--lang", "zh")
    do("clause", "acme", "7.2", "--text", "Warranty", *WHO)
    do("promise", "acme", "warranty", "--clause", "7.2", "--activity", "install", "--acceptance", "certificate", *WHO)
    table = do("promises", "acme", "--strict", "--lang", "zh")
    assert "安装（等待）" in table
    assert "LTC5" not in table
    assert "尚欠：50_000 CNY。" in table
    assert "LTC512" in do("promise", "acme", "warranty", "--kept", *WHO, code=1)
    assert "let promise warranty go" in do(
        "promise", "acme", "warranty", "--let-go", "--reason", "agreed", "--by", "bo", "--at", "2026-03-02T11:00Z"
    )


def test_an_early_start_costs_day_by_day(do: Callable[..., str]) -> None:
    terms = ("--condition", "订单函", "--due", "2026-03-13", "--daily-cost", "2_000 CNY", "--limit", "8_000 CNY")
    bo = ("--by", "bo", "--at", "2026-03-02T11:00Z")
    assert "每工作日 2_000 CNY，上限 8_000 CNY" in do("early-start", "acme", "install", *terms, *bo, "--lang", "zh")
    do("begin", "acme", "install", "--by", "sam", "--at", "2026-03-04T09:00Z")
    table = do("early-starts", "acme", "--days", "--at", "2026-03-10T09:00Z")
    assert "beyond its approval: over its limit" in table
    assert [line.split()[0] for line in table.splitlines() if line.startswith("2026-03-")] == [
        "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10",
    ]  # fmt: skip
    assert "条件尚未满足而已花费：10_000 CNY。" in do(
        "early-starts", "acme", "--lang", "zh", "--at", "2026-03-10T09:00Z"
    )
    said = do("early-start", "acme", "install", "--revoke", "--reason", "no order", "--by", "bo")
    assert "bo took back the early start of 'install': no order." in said
    assert "taken back" in do("early-starts", "acme")


def test_data_for_other_programs(do: Callable[..., str]) -> None:
    do("risk", "acme", "fx", "--probability", "4", "--impact", "5", "--money", "1 CNY", *WHO)
    do("change", "acme", "sites", "--time", "install=4d", "--price", "9 CNY", *WHO)
    do("promise", "acme", "warranty", "--text", "three years", *WHO)
    found = json.loads(do("risks", "acme", "--json"))
    assert found["open"][0]["exposure"] == {"amount": "0.7", "currency": "CNY"}
    assert found["open"][0]["risk"]["score"] == 20
    found = json.loads(do("changes", "acme", "--json"))
    assert found["impacts"][0]["shift"]["finish"]["text"] == "4d"
    assert found["pending"]["margin"] == [{"amount": "9", "currency": "CNY"}]
    assert found["pending"]["times"] == {"install": {"minutes": 1920, "elapsed": False, "text": "4d"}}
    found = json.loads(do("promises", "acme", "--json"))
    assert (found["promises"][0]["orphan"], found["findings"][0]["code"]) == (True, "LTC576")
    assert json.loads(do("early-starts", "acme", "--json")) == []
    raised = next(event for event in json.loads(do("log", "acme", "--json")) if event["event"] == "RiskRaised")
    assert raised["risk"] == "fx"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_keep_their_columns_on_a_narrow_terminal(do: Callable[..., str], lang: str) -> None:
    long = "一个很长很长的标题,带有 English 和更多的中文文字" * 3
    for number in range(3):
        do("risk", "acme", f"r{number}", "--probability", "3", "--impact", "4", "--title", long, *WHO)
    do("change", "acme", "c1", "--title", long, "--time", "install=4d", "--cost", "1_000_000 CNY", *WHO)
    do("promise", "acme", "p1", "--text", long, "--to", "客户集团", "--value", "1_000_000 CNY", *WHO)
    do(
        "early-start",
        "acme",
        "install",
        "--condition",
        long,
        "--due",
        "2026-03-13",
        "--by",
        "bo",
        "--at",
        "2026-03-02T11:00Z",
    )
    for command in (["risks"], ["risks", "--matrix"], ["changes"], ["promises"], ["early-starts", "--days"]):
        shown = do(command[0], "acme", *command[1:], "--lang", lang, columns="60")
        assert max(map(width, shown.splitlines())) <= 60, shown


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        (["risk", "acme", "fx"], "Give --level", "请用 --level"),
        (["risk", "acme", "fx", "--level", "low", "--close"], "--level does not go with", "--level 不适用于此操作。"),
        (["risk", "acme", "fx", "--close", "--update"], "do not go together", "不能同时使用"),
        (["risk", "acme", "fx", "--action", "call"], "Give --owner and --due", "--action 需要"),
        (["risk", "acme", "fx", "--level", "low", "--money", "much"], "is no amount of money", "不是金额"),
        (["change", "acme", "c", "--approve", "--reject"], "do not go together", "不能同时使用"),
        (["change", "acme", "c", "--time", "install"], "is not", "例如"),
        (["promise", "acme", "p"], "Give --text", "请用 --text"),
        (["early-start", "acme", "install"], "Give --condition and --due", "请给出 --condition"),
    ],
)
def test_a_mistake_is_told_in_both_languages(do: Callable[..., str], arguments: list[str], en: str, zh: str) -> None:
    assert en in do(*arguments, "--by", "sam", code=2)
    assert zh in do(*arguments, "--by", "sam", "--lang", "zh", code=2)


def test_empty_registers_say_so(do: Callable[..., str]) -> None:
    said = {
        "risks": "没有风险",
        "changes": "没有变更请求",
        "promises": "尚未登记承诺",
        "early-starts": "没有获批的提前启动",
    }
    for command, chinese in said.items():
        assert chinese in do(command, "acme", "--lang", "zh")
        assert do(command, "acme").count("\n") == 1
