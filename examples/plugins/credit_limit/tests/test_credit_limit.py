"""Tests of the plugin by itself: they need ltcflow and this package installed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from acme_credit import plugin
from acme_credit.criterion import credit_limit

import ltcflow
from ltcflow.conditions import Money, Truth
from ltcflow.plugins import builtin, collect, discover, run_checks
from ltcflow.projects import CriterionContext
from ltcflow.roles import Team

TEN = Money(10_000_000, "CNY")
TEAM = {
    "sponsor": "wang.fang",
    "bid_manager": "li.wei",
    "credit_controller": "zhang.min",
    "delivery_manager": "zhao.lei",
    "decision_team": "chen.jie",
}


def judged(parameters: dict[str, Any], **facts: Any) -> tuple[Truth, str, str]:
    context = CriterionContext(
        project="p",
        process="acme_bid",
        element="atb",
        parameters=parameters,
        facts=facts,
        delivered={},
        risks=(),
        team=Team(),
    )
    answer = credit_limit(context)
    assert all((answer.seen.zh, answer.seen.en, answer.needed.zh, answer.needed.en, answer.remedy.zh))
    return answer.truth, answer.seen.en, answer.remedy.en


@pytest.mark.parametrize(
    ("limit", "truth"),
    [(10_000_000, Truth.TRUE), (Decimal("9999999.99"), Truth.FALSE), (True, Truth.UNKNOWN), ("ten", Truth.UNKNOWN)],
)
def test_a_deal_passes_up_to_its_limit(limit: Any, truth: Truth) -> None:
    assert judged({"limit": limit}, amount=TEN)[0] is truth


def test_what_is_owed_already_counts() -> None:
    parameters = {"limit_fact": "credit_limit", "used_fact": "credit_used"}
    truth, seen, remedy = judged(
        parameters, amount=TEN, credit_limit=Money(12_000_000, "CNY"), credit_used=Money(3_000_000, "CNY")
    )
    assert (truth, seen) == (Truth.FALSE, "13_000_000 CNY of credit needed")
    assert remedy == "Take 1_000_000 CNY off the deal, or ask for a higher limit."


@pytest.mark.parametrize(
    ("parameters", "facts", "seen"),
    [
        ({"limit": 1}, {}, "amount not known"),
        ({"limit_fact": "credit_limit"}, {"amount": TEN}, "credit_limit not known"),
        ({"limit": 1, "used_fact": "owed"}, {"amount": TEN, "owed": "much"}, "owed is no amount of money"),
        ({"limit_fact": "l"}, {"amount": TEN, "l": Money(1, "USD")}, "CNY and USD"),
        ({}, {"amount": TEN}, "not exactly one of limit and limit_fact"),
        ({"limit": 1, "limits": 2}, {"amount": TEN}, "unknown parameter 'limits'"),
    ],
)
def test_what_cannot_be_known_is_unknown(parameters: dict[str, Any], facts: dict[str, Any], seen: str) -> None:
    truth, shown, _ = judged(parameters, **facts)
    assert (truth, shown) == (Truth.UNKNOWN, seen)


def test_ltcflow_takes_the_plugin_as_it_is() -> None:
    extensions = collect([plugin], strict=True)
    assert list(extensions.judges) == ["acme.credit_limit"]
    assert run_checks(extensions, extensions.catalog["acme_bid"]) == ()
    assert ltcflow.check(extensions.catalog["acme_bid"]) == ()


def test_the_gate_stays_shut_until_the_controller_raises_the_limit() -> None:
    extensions = collect([builtin, plugin], strict=True)
    with ltcflow.Workspace.open("memory:", extensions=extensions) as ws:
        bid = extensions.catalog["acme_bid"]
        assert ws.start(bid, project="acme-5g", team=TEAM, facts={"amount": 10_000_000}, by="li.wei").accepted
        assert ws.finish("acme-5g", "offer", by="li.wei").accepted
        assert "credit_limit not known" in refused(ws.vote("acme-5g", "atb", by="chen.jie", verdict="go"))

        figures = {"credit_limit": 8_000_000, "credit_used": 0}
        assert "li.wei may not record credit_limit, credit_used." in refused(
            ws.record("acme-5g", by="li.wei", facts=figures)
        )
        assert ws.record("acme-5g", by="zhang.min", facts=figures).accepted
        why = refused(ws.vote("acme-5g", "atb", by="chen.jie", verdict="go"))
        assert "needs: at most 8_000_000 CNY; seen: 10_000_000 CNY of credit needed." in why
        missing = {item.id: item for item in ws.readiness("acme-5g", "bid_authorised").missing}
        assert missing["acme.credit_limit"].people == ("zhang.min",)

        assert ws.record("acme-5g", by="zhang.min", facts={"credit_limit": 12_000_000}).accepted
        assert ws.vote("acme-5g", "atb", by="chen.jie", verdict="go").accepted
        assert ws.readiness("acme-5g", "bid_authorised").ready


def test_nobody_begins_a_project_with_a_limit_of_their_own() -> None:
    extensions = collect([plugin], strict=True)
    with ltcflow.Workspace.open("memory:", extensions=extensions) as ws:
        bid, figures = extensions.catalog["acme_bid"], {"credit_limit": 99_000_000}
        assert "li.wei may not record credit_limit." in refused(
            ws.start(bid, project="acme-5g", team=TEAM, facts=figures, by="li.wei")
        )
        assert ws.start(bid, project="acme-5g", team=TEAM, facts=figures, by="zhang.min").accepted


def refused(answer: ltcflow.Accepted | ltcflow.Refused) -> str:
    """Return why *answer* is a no."""
    assert isinstance(answer, ltcflow.Refused)
    return " ".join(map(str, answer.reasons))


def test_the_installed_package_is_found_by_its_entry_point() -> None:
    found = {info.name: info for info in discover(strict=True).plugins}["acme_credit"]
    assert (found.distribution, found.version) == ("acme-ltcflow-credit", "1.2.0")
