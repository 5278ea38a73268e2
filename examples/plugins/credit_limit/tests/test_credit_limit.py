"""Tests of the plugin by itself: they need ltcflow and this package installed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from acme_credit import plugin
from acme_credit.criterion import credit_limit
from ltcflow.conditions import Money, Truth
from ltcflow.plugins import collect, discover, run_checks
from ltcflow.projects import CriterionContext
from ltcflow.roles import Team

TEN = Money(10_000_000, "CNY")


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


def test_the_installed_package_is_found_by_its_entry_point() -> None:
    found = {info.name: info for info in discover(strict=True).plugins}["acme_credit"]
    assert (found.distribution, found.version) == ("acme-ltcflow-credit", "1.2.0")
