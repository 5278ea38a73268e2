"""What may be at stake in an early start: amounts that fit together."""

from __future__ import annotations

from ltcflow.projects.answers import Reason
from ltcflow.projects.commands import ApproveEarlyStart
from ltcflow.projects.reasons import no


def at_stake(command: ApproveEarlyStart) -> list[Reason]:
    """Return what is wrong with the amounts of *command*: below zero, two currencies, or dearer than its own limit."""
    amounts = [m for m in (command.daily_cost, command.daily_limit, command.limit) if m is not None]
    if any(amount.amount < 0 for amount in amounts):
        return [_no(command, "An amount is below zero.", "有金额小于零。")]
    if len({amount.currency for amount in amounts}) > 1:
        return [_no(command, "The amounts are in several currencies.", "金额的币种不一致。")]
    daily, most = command.daily_cost, command.daily_limit
    if daily is not None and most is not None and daily > most:
        problem = f"A working day costs {daily}, and may cost {most}."
        return [_no(command, problem, f"每个工作日花费 {daily}，超过限额 {most}。")]
    return []


def _no(command: ApproveEarlyStart, problem: str, problem_zh: str) -> Reason:
    remedy = "Give amounts in one currency, the daily cost within its limit."
    remedy_zh = "请用同一币种，且日成本不超过日限额。"
    return no("LTC585", command.activity, problem, remedy, problem_zh, remedy_zh)
