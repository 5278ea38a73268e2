"""Money in words: when the instalments of a contract come, month by month, and what stands before each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from ltcflow.conditions import Money
from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.report.cells import lay_out
from ltcflow.report.missing import why_text
from ltcflow.report.tables import TOTAL, fitting, paragraph, table
from ltcflow.report.words import day, label, named, percent, said, title_of

if TYPE_CHECKING:
    from ltcflow.projects.unpaid import Unpaid
    from ltcflow.schedule.cash import Cash
    from ltcflow.schedule.instalments import Instalment


def amount(value: Money) -> str:
    """Return an amount for people, without its currency.

    Example:
        >>> amount(Money(1_000_000, "CNY")), amount(Money("285000.50", "CNY"))
        ('1,000,000', '285,000.50')
    """
    whole = value.amount == value.amount.to_integral_value()
    return f"{value.amount.to_integral_value():,f}" if whole else f"{value.amount:,f}"


def cash_text(found: Cash, process: Process, lang: Lang = "en", *, total: int = TOTAL, note: str = "") -> str:
    """Return when the money comes: by instalment, by month, and in all.

    Args:
        note: where the dates are from, to be told with the sums.
    """
    parts = (_instalments(found, process, lang, total), _months(found, lang, total), _sums(found, lang, total, note))
    return "\n".join(part for part in parts if part)


def _instalments(found: Cash, process: Process, lang: Lang, total: int) -> str:
    if not found.instalments:
        text = "No milestone that takes place declares a payment, so nothing is asked for."
        return paragraph(said(lang, text, "没有任何会发生的里程碑声明回款，因此不会产生应收款。"), total=total)
    currency = found.contract.currency
    heads = ("Instalment", "Title", f"Amount ({currency})", "Kept back", "Due", "Planned", "P50", "P80", "Comes")
    chinese = ("分期", "里程碑", f"金额（{currency}）", "扣留", "付款期限", "计划", "P50", "P80", "概率")
    rows = [
        (
            item.id,
            title_of(process, item.milestone, lang),
            amount(item.amount),
            amount(item.withheld) if item.withheld.amount else "",
            str(item.due) if item.due else "",
            day(item.planned),
            _day(item.p50),
            _day(item.p80),
            percent(item.probability) if item.probability < 1 else "",
        )
        for item in found.instalments
    ]
    headers = chinese if lang == "zh" else heads
    return fitting(headers, rows, total=total, spare=(1, 4, 5, 3), keep=(0, *range(2, 9)), right=(2, 3, 8))


def _day(moment: datetime | None) -> str:
    return "" if moment is None else day(moment)


def _months(found: Cash, lang: Lang, total: int) -> str:
    heads = ("Month", "Expected", "In all", "In all, P50", "In all, P80")
    headers = ("月份", "预期", "累计", "累计 P50", "累计 P80") if lang == "zh" else heads
    months = [m for m in found.months if m.expected.amount or m in (found.months[0], found.months[-1])]
    rows = [(m.month, *map(amount, (m.expected, m.cumulative, m.p50, m.p80))) for m in months]
    return table(headers, rows, total=total, keep=(0,), right=(1, 2, 3, 4)) if rows else ""


def _sums(found: Cash, lang: Lang, total: int, note: str) -> str:
    facts = [
        (said(lang, "Contract", "合同额"), f"{amount(found.contract)} {found.contract.currency}"),
        (said(lang, "Comes in all, on average", "预期合计"), f"{amount(found.expected)} {found.expected.currency}"),
    ]
    if found.uncovered.amount:
        uncovered = f"{amount(found.uncovered)} {found.uncovered.currency}"
        facts.append((said(lang, "Asked for by no instalment", "没有分期覆盖"), uncovered))
    if note:
        facts.append((said(lang, "Dates", "日期依据"), note))
    return "".join(f"{line.rstrip()}\n" for lines in lay_out(facts, total=total, keep=(0,)) for line in lines)


def unpaid_text(found: Iterable[Unpaid], process: Process, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return by milestone its instalments, and the chain from it to what can be done today, or when they are due."""
    groups: dict[str, list[Unpaid]] = {}
    for item in found:
        groups.setdefault(item.instalment.milestone, []).append(item)
    if not groups:
        return said(lang, "No milestone declares a payment.\n", "没有里程碑声明回款。\n")
    return "\n".join(_group(items, process, lang, total) for items in groups.values())


def _group(items: list[Unpaid], process: Process, lang: Lang, total: int) -> str:
    lines = [paragraph(f"{_instalment(item.instalment, lang)}{_due(item, lang)}", total=total) for item in items]
    milestone = named(process, items[0].instalment.milestone, lang)
    if items[0].chain:
        shown = why_text(items[0].chain, lang, total=total - 2)
        lines += [f"  {line}\n" for line in shown.splitlines()]
    else:
        lines.append(said(lang, f"  {milestone} is reached.\n", f"  {milestone} 已达成。\n"))
    return "".join(lines)


def _instalment(item: Instalment, lang: Lang) -> str:
    shown = f"{item.id}  {amount(item.amount)} {item.amount.currency}"
    if item.withheld.amount:
        back = amount(item.withheld)
        shown += said(lang, f" ({back} kept back)", f"（扣留 {back}）")
    return shown


def _due(item: Unpaid, lang: Lang) -> str:
    if item.due is None:
        after = item.instalment.due
        return said(lang, f", due {after} after", f"，其后 {after} 到期") if after else ""
    overdue = said(lang, " (overdue)", "（逾期）") if item.overdue else ""
    return said(lang, ", ", ",") + label(item.because, lang) + overdue
