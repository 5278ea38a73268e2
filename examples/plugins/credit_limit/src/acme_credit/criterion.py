"""The criterion ``acme.credit_limit``: a pure function of what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ltcflow import Label
from ltcflow.conditions import Money, Truth
from ltcflow.projects import CriterionContext, Judgement

PARAMETERS = ("amount_fact", "limit", "limit_fact", "used_fact")


class _NotKnown(Exception):
    """Why there is no answer. Arguments: what is seen, what to do, both as labels."""


def credit_limit(context: CriterionContext) -> Judgement:
    """Met when the value of the deal and what the customer owes already stay within the credit limit."""
    try:
        _check(context.parameters)
        amount = _fact(context, context.parameters.get("amount_fact", "amount"))
        limit = _limit(context, amount)
        used = _fact(context, context.parameters["used_fact"]) if "used_fact" in context.parameters else None
        total = amount if used is None else amount + _same_currency(amount, used)
    except _NotKnown as unknown:
        seen, remedy = unknown.args
        needed = Label(en="a deal within the credit limit", zh="交易在信用额度之内")
        return Judgement(truth=Truth.UNKNOWN, seen=seen, needed=needed, remedy=remedy)
    within = total <= limit
    return Judgement(
        truth=Truth.TRUE if within else Truth.FALSE,
        seen=Label(en=f"{total} of credit needed", zh=f"需要信用 {total}"),
        needed=Label(en=f"at most {limit}", zh=f"不超过 {limit}"),
        remedy=Label(
            en=f"Take {total - limit} off the deal, or ask for a higher limit.",
            zh=f"请将交易减少 {total - limit},或申请提高额度。",
        ),
    )


def _check(parameters: Mapping[str, Any]) -> None:
    wrong = next((name for name in parameters if name not in PARAMETERS), None)
    if wrong is not None:
        raise _NotKnown(
            Label(en=f"unknown parameter '{wrong}'", zh=f"未知参数 {wrong}"),
            Label(en=f"Use {', '.join(PARAMETERS)}.", zh=f"请使用 {'、'.join(PARAMETERS)}。"),
        )
    if ("limit" in parameters) == ("limit_fact" in parameters):
        raise _NotKnown(
            Label(en="not exactly one of limit and limit_fact", zh="limit 与 limit_fact 应恰有其一"),
            Label(en="Give one of them under 'with'.", zh="请在 with 中给出其中之一。"),
        )


def _limit(context: CriterionContext, amount: Money) -> Money:
    if "limit_fact" in context.parameters:
        return _same_currency(amount, _fact(context, context.parameters["limit_fact"]))
    limit = context.parameters["limit"]
    if isinstance(limit, bool) or not isinstance(limit, int | Decimal):
        raise _NotKnown(
            Label(en="a limit that is no number", zh="额度不是数字"),
            Label(en="Write a number, such as 5_000_000.", zh="请写数字,如 5_000_000。"),
        )
    return Money(limit, amount.currency)


def _fact(context: CriterionContext, name: str) -> Money:
    value = context.facts.get(name)
    if isinstance(value, Money):
        return value
    seen = Label(en=f"{name} not known", zh=f"未知:{name}")
    if value is not None:
        seen = Label(en=f"{name} is no amount of money", zh=f"{name} 不是金额")
    raise _NotKnown(seen, Label(en=f"Record {name}.", zh=f"请记录 {name}。"))


def _same_currency(amount: Money, other: Money) -> Money:
    if amount.currency == other.currency:
        return other
    raise _NotKnown(
        Label(en=f"{amount.currency} and {other.currency}", zh=f"{amount.currency} 与 {other.currency}"),
        Label(en=f"Record both in {amount.currency}.", zh=f"请都以 {amount.currency} 记录。"),
    )
