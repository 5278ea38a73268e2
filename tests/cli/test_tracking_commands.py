"""Where a project lost its time, on the command line, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from ltcflow.labels import width

Run = Callable[..., Result]
DB = ("--db", "sales.db")
AT = ("--at", "2026-03-10T09:00Z")
BID = """\
ltcflow: 1
process: bid
calendar: weekdays
roles:
  seller: {zh: 销售, en: Seller, first_responsible: true}
  legal: {zh: 法务, en: Legal}
  board: {zh: 决策团队, en: Decision team}
  customer: {zh: 客户, en: Customer, external: true}
stages:
  - stage: offer
    activities:
      - {activity: draft, title: {zh: 起草方案, en: Draft}, raci: {R: seller}, duration: 2d}
      - {activity: check, title: {zh: 法务审核, en: Legal check}, raci: {R: legal}, duration: 1d}
    gates:
      - {gate: atb, title: {zh: 投标决策, en: Authorise to bid}, decided_by: board, recycle_to: draft}
milestones:
  - {milestone: offered, title: {zh: 已报价, en: Offered}, after: [atb]}
"""


@pytest.fixture
def do(folder: Path, run: Run) -> Callable[..., str]:
    def command(*arguments: str) -> str:
        result = run(*arguments, *DB)
        assert result.exit_code == 0, result.output
        return result.output

    (folder / "bid.yaml").write_text(BID, encoding="utf-8")
    team = [x for pair in ("seller=sam", "legal=lee", "board=bea", "customer=cho") for x in ("--team", pair)]
    command("start", "bid.yaml", "--project", "acme", *team, "--by", "sam", "--at", "2026-03-02T09:00Z")
    command("begin", "acme", "draft", "--by", "sam", "--at", "2026-03-03T09:00Z")
    wait = ("--on", "customer", "--reason", "no answer", "--by", "sam", "--at", "2026-03-04T09:00Z")
    command("wait", "acme", "draft", *wait)
    command("unwait", "acme", "draft", "--by", "sam", "--at", "2026-03-05T09:00Z")
    command("finish", "acme", "draft", "--by", "sam", "--at", "2026-03-06T09:00Z")
    return command


def test_lag_in_both_languages(do: Callable[..., str]) -> None:
    english, chinese = do("lag", "acme", *AT), do("lag", "acme", *AT, "--lang", "zh")
    for words, text in (("Who waits for whom", english), ("谁在等谁", chinese)):
        assert words in text
        assert all(width(line) <= 100 for line in text.splitlines())
    assert "draft" in english
    assert "法务审核 2d" in chinese
    data = json.loads(do("lag", "acme", *AT, "--json"))
    assert [(x["element"], x["waiting"]["text"], x["outside"]["text"]) for x in data["elements"]] == [
        ("draft", "1d", "1d"),
        ("check", "2d", "0d"),
    ]
    later = json.loads(do("lag", "acme", *AT, "--since", "2026-03-09T09:00Z", "--json"))
    assert [(x["element"], x["waiting"]["text"]) for x in later["elements"]] == [("check", "1d")]


def test_path_in_both_languages(do: Callable[..., str], run: Run) -> None:
    english, chinese = (
        run("path", "acme", "offered", *AT, *DB),
        run("path", "acme", "offered", *AT, *DB, "--lang", "zh"),
    )
    assert (english.exit_code, chinese.exit_code) == (1, 1)
    assert "2 things are to be done before Offered (offered) is reached" in english.output
    assert "达到 已报价 (offered) 还须做 2 件事" in chinese.output
    assert all(width(line) <= 100 for text in (english, chinese) for line in text.output.splitlines())
    data = json.loads(run("path", "acme", "offered", *AT, *DB, "--json").output)
    assert [(x["action"], x["id"], x["people"], x["now"]) for x in data["steps"]] == [
        ("finish", "check", ["lee"], True),
        ("decide", "atb", ["bea"], False),
    ]
    do("finish", "acme", "check", "--by", "lee", "--at", "2026-03-10T10:00Z")
    do("vote", "acme", "atb", "--verdict", "go", "--by", "bea", "--at", "2026-03-10T11:00Z")
    assert "is reached: nothing is to be done." in do("path", "acme", "offered", "--at", "2026-03-10T12:00Z")


def test_approvals_in_both_languages(do: Callable[..., str], run: Run) -> None:
    english, chinese = (
        run("approvals", "acme", "atb", *AT, *DB),
        run("approvals", "acme", "atb", *AT, *DB, "--lang", "zh"),
    )
    assert (english.exit_code, chinese.exit_code) == (0, 0)
    assert "Asked at" in english.output
    assert "bea" in english.output
    assert "审批人" in chinese.output
    assert [
        one["person"] for one in json.loads(run("approvals", "acme", "atb", *AT, *DB, "--json").output)["asked"]
    ] == ["bea"]
    assert run("approvals", "acme", "nowhere", *AT, *DB).exit_code == 2
