"""Time limits on the command line: wait, due, tick, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DB = ("--db", "sales.db")
BID = """\
ltcflow: 1
process: bid
calendar: weekdays
roles:
  seller: {zh: 销售, en: Seller, first_responsible: true}
  boss: {zh: 总监, en: Director}
  customer: {zh: 客户, en: Customer, external: true}
escalation: [{share: 0.5, tell: seller}, {overdue: 1d, tell: boss}]
stages:
  - stage: offer
    activities:
      - {activity: draft, title: {zh: 起草方案, en: Draft}, raci: {A: seller}, time_limit: 2d}
"""


@pytest.fixture
def do(folder: Path, run: Run) -> Callable[..., str]:
    def command(*arguments: str, code: int = 0) -> str:
        result = run(*arguments, *DB)
        assert result.exit_code == code, result.output
        return result.output

    (folder / "bid.yaml").write_text(BID, encoding="utf-8")
    team = ("--team", "seller=sam", "--team", "boss=bea")
    command("start", "bid.yaml", "--project", "acme", *team, "--by", "sam", "--at", "2026-03-02T09:00Z")
    return command


def test_a_limit_is_used_waits_and_is_told_once(do: Callable[..., str]) -> None:
    assert "1d 1h" in do("due", "acme", "--at", "2026-03-03T10:00Z")
    assert "needs a reason" in do("wait", "acme", "draft", "--on", "customer", "--by", "sam", code=1)
    assert "LTC588" in do("wait", "acme", "draft", "--on", "boss", "--reason", "x", "--by", "sam", code=1)
    waits = (
        "wait",
        "acme",
        "draft",
        "--on",
        "customer",
        "--reason",
        "no answer",
        "--by",
        "sam",
        "--at",
        "2026-03-03T09:00Z",
    )
    assert "'draft' waits for customer: no answer." in do(*waits)
    assert "waiting customer" in do("due", "--at", "2026-03-06T09:00Z")
    assert "自 2026-03-03 等待 客户：no answer" in do("status", "acme", "--lang", "zh")
    assert "waits no longer" in do("unwait", "acme", "draft", "--by", "sam", "--at", "2026-03-06T09:00Z")
    said = do("tick", "--at", "2026-03-10T09:00Z", "--lang", "zh")
    assert [line.split("于")[0] for line in said.splitlines()] == ["acme: “起草方案”"] * 3
    assert "“逾期 1d”；通知 总监。" in said
    assert do("tick", "--at", "2026-03-10T09:00Z") == "Nothing more has fallen due.\n"
    assert do("tick", "acme", "--lang", "zh") == "没有新的到期事项。\n"
    assert "see to what is late" in do("work", "bea")
    assert "overdue since 2026-03-06" in do("why", "acme", "draft")
    assert "督办逾期事项" in do("work", "bea", "--lang", "zh")


def test_data_for_other_programs(do: Callable[..., str]) -> None:
    (item,) = json.loads(do("due", "--json", "--at", "2026-03-03T09:00Z"))
    assert (item["used"]["text"], item["rungs"][0]["rung"], item["people"]) == ("1d", "50%", ["sam"])
    assert json.loads(do("due", "--overdue", "--json", "--at", "2026-03-03T09:00Z")) == []
    (done,) = json.loads(do("tick", "--json", "--by", "cron", "--at", "2026-03-03T09:00Z"))
    assert [event["event"] for event in done["events"]] == ["Escalated"]
    assert json.loads(do("tick", "--json", "--at", "2026-03-03T09:00Z")) == []
    assert "没有带时限" in do("due", "--overdue", "--lang", "zh", "--at", "2026-03-03T09:00Z")
