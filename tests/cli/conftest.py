"""Running the command line in this process, on a process and a record of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import ltcflow as ltc
from ltcflow.cli.app import cli

DEAL = """\
ltcflow: 1
process: small_deal
version: "1.0"
title: {zh: 小单, en: Small deal}
facts:
  amount: {type: money, currency: CNY, owner: seller, title: {zh: 金额, en: Amount}}
  margin: {type: percent, owner: seller, title: {zh: 毛利率, en: Margin}}
roles:
  boss: {zh: 老板, en: Boss, sponsor: true}
  seller: {zh: 销售经理, en: Seller, first_responsible: true}
  lawyer: {zh: 法务, en: Lawyer, legal: true}
deliverables:
  offer: {zh: 报价书, en: Offer, fields: [price, scope]}
stages:
  - stage: sell
    title: {zh: 销售, en: Sell}
    activities:
      - {activity: visit, title: {zh: 拜访客户, en: Visit}, duration: 1d, raci: {R: seller, A: seller}}
      - activity: write_offer
        title: {zh: 编写报价, en: Write the offer}
        duration: 2d
        raci: {R: seller, A: seller}
        out: [offer]
      - activity: finance
        title: {zh: 融资, en: Arrange financing}
        when: amount >= 10_000_000
        duration: 3d
        raci: {R: seller, A: seller}
    gates:
      - gate: release
        title: {zh: 放行, en: Release}
        decided_by: {roles: [boss, lawyer], rule: {quorum: 2}}
        criteria:
          - {delivered: offer, title: {zh: 报价书齐备, en: The offer is there}}
          - {fact: margin >= 0.2, owner: seller}
        recycle_to: write_offer
  - stage: cash
    title: {zh: 回款, en: Cash}
    activities:
      - {activity: deliver, title: {zh: 交付, en: Deliver}, duration: 5d, raci: {R: seller, A: seller}}
      - {activity: collect, title: {zh: 收款, en: Collect}, duration: 10d, raci: {R: seller, A: boss}}
    gates:
      - gate: accepted
        title: {zh: 验收, en: Accepted}
        kind: acceptance
        decided_by: lawyer
        after: [deliver]
        criteria: [{done: deliver}]
        recycle_to: deliver
milestones:
  paid: {title: {zh: 已回款, en: Paid}, after: [collect]}
"""
TEAM = {"boss": "zhang.min", "seller": "li.wei", "lawyer": "wu.min"}
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)

Run = Callable[..., Result]


def invoke(*arguments: str, charset: str = "utf-8", **environment: str | None) -> Result:
    """Run the command line; an exception that is not told to the user comes through."""
    settings = {"LTCFLOW_LANG": "en", "LTCFLOW_DB": None, "COLUMNS": None, "NO_COLOR": "1", **environment}
    result = CliRunner(charset, env=settings).invoke(cli, list(arguments), prog_name="ltcflow", catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def run() -> Run:
    return invoke


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with ``deal.yaml`` in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deal.yaml").write_text(DEAL, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with the project ``acme``, on which the offer was written and handed in."""
    place = tmp_path_factory.mktemp("record") / "sales.db"
    process = ltc.loads(DEAL)
    with ltc.Workspace.open(str(place), clock=lambda: MONDAY) as ws:
        told = [
            ws.start(process, project="acme", title="Acme 电信", team=TEAM, facts={"amount": "5000000"}),
            ws.finish("acme", "visit", by="li.wei"),
            ws.begin("acme", "write_offer", by="li.wei"),
            ws.submit("acme", "offer", by="li.wei", fields={"price": "5m", "scope": "two sites"}),
            ws.finish("acme", "write_offer", by="li.wei"),
            ws.raise_risk("acme", "late", by="li.wei", level="low", title="The site may be late"),
        ]
    assert all(answer.accepted for answer in told)
    return place


@pytest.fixture
def record(begun: Path, folder: Path) -> Iterator[str]:
    """The name of a copy of that record in the working folder."""
    shutil.copy(begun, folder / "sales.db")
    return "sales.db"
