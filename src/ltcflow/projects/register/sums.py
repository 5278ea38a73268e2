"""Sums of money by currency: nothing is converted, nothing is rounded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from ltcflow.conditions import Money

Sums: TypeAlias = tuple[Money, ...]
"""At most one amount per currency, sorted by currency, none of them zero."""


def added(amounts: Iterable[Money | None]) -> Sums:
    """Return the sum of *amounts*, one per currency; None counts for nothing.

    Example:
        >>> [str(sum_) for sum_ in added([Money(5, "USD"), Money("0.1", "CNY"), None, Money("0.2", "CNY")])]
        ['0.3 CNY', '5 USD']
    """
    found: dict[str, Money] = {}
    for amount in amounts:
        if amount is not None:
            found[amount.currency] = found[amount.currency] + amount if amount.currency in found else amount
    return tuple(found[currency] for currency in sorted(found) if found[currency].amount)
