"""The value of a contract: given as money, or read from a fact of the project."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ltcflow.conditions import Fact, Money, MoneyType, coerce
from ltcflow.conditions.facts import coerce_to
from ltcflow.errors import InvalidValue, UnknownName
from ltcflow.process import Process


def contract_value(process: Process, facts: Mapping[str, object], given: Money | str | None = None) -> Money:
    """Return the value of the contract in *process*.

    Args:
        facts: what is known, by fact.
        given: money; "1_000_000 CNY"; the id of a fact that holds it; None: the only fact of *process* that is money.
    Raises:
        InvalidValue: that fact is not known, none or several of them could be meant, or a number without a currency.
        UnknownName: neither an amount nor a fact that is money.
        FactValueError: what is known of the fact is no amount of it.

    Example:
        >>> from ltcflow import builder as b
        >>> deal = b.process("deal", facts={"amount": b.money("CNY"), "margin": b.percent()})
        >>> str(contract_value(deal, {"amount": 5_000_000})), str(contract_value(deal, {}, "2_000_000"))
        ('5_000_000 CNY', '2_000_000 CNY')
    """
    if isinstance(given, Money):
        return given
    sums = {fact.id: fact for fact in process.facts if isinstance(fact.type, MoneyType)}
    if given is None:
        if len(sums) != 1:
            found = ", ".join(sums) or "none"
            raise InvalidValue(
                field="contract",
                value=found,
                problem="are the facts that are money, so it is not clear what the contract is worth.",
                remedy="Give its value, such as '1_000_000 CNY', or the id of a fact.",
            )
        return _known(next(iter(sums.values())), facts)
    return _known(sums[given], facts) if given in sums else _read(process, given, sums)


def _known(fact: Fact, facts: Mapping[str, object]) -> Money:
    if fact.id not in facts:
        raise InvalidValue(
            field="contract",
            value=fact.id,
            problem="is not known yet, so it is not clear what the contract is worth.",
            remedy="Record this fact, or give a value such as '1_000_000 CNY'.",
        )
    value = coerce(fact, facts[fact.id])
    assert isinstance(value, Money)
    return value


def _read(process: Process, text: str, sums: Mapping[str, Fact]) -> Money:
    """Read an amount; its currency is the one it names, else the only one of the process."""
    if re.fullmatch(r"\s*[^\W\d]\w*\s*", text):
        raise UnknownName(kind="fact", value=text.strip(), known=sums)
    found = re.match(r"\s*([A-Za-z]{3})(?![A-Za-z])|.*(?<![A-Za-z])([A-Za-z]{3})\s*\Z", text, re.DOTALL)
    currencies = {fact.type.currency for fact in sums.values() if isinstance(fact.type, MoneyType)}
    currencies |= {payment.currency for milestone in process.milestones for payment in milestone.payments}
    currencies.discard("")
    if found is None and len(currencies) != 1:
        raise InvalidValue(
            field="contract", value=text, problem="has no currency.", remedy="Write for example 1_000_000 CNY."
        )
    currency = (found[1] or found[2]).upper() if found is not None else currencies.pop()
    value = coerce_to(MoneyType(currency), text.upper(), name="contract")
    assert isinstance(value, Money)
    return value
