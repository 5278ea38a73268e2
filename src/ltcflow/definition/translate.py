"""The Chinese of the sentences with which the model refuses a value."""

from __future__ import annotations

import re

_PROBLEMS = {
    "mixes working and elapsed units.": "混用了工作时间和日历时间的单位。",
    "mixes working and elapsed time.": "混用了工作时间和日历时间。",
    "is not a whole number of minutes.": "不是整数分钟。",
    "is not a duration.": "不是时长。",
    "is too long.": "太长。",
    "is negative.": "为负数。",
    "is not longer than zero.": "必须大于零。",
    "is out of order.": "次序不对。",
    "does not fit.": "与其他键不符。",
    "does not fit the rule.": "与规则不符。",
    "is not a number of people.": "不是人数。",
    "is not a weight.": "不是权重。",
    "names nobody.": "没有写明任何角色。",
    "is no condition.": "不是条件。",
    "keeps nothing apart.": "没有分离任何内容。",
    "is not a kind of separation.": "不是职责分离的种类。",
    "does not fit: a rule is switched off with a reason, and only then has one.": (
        "不符:关闭规则必须写原因,也只有关闭时才写原因。"
    ),
    "is neither one share of the contract nor one amount of money.": "既不是合同的一个比例,也不是一笔金额。",
    "is not a currency code.": "不是货币代码。",
    "is not a list of texts that a choice can be made from.": "不是可供选择的文本列表。",
    "is listed twice.": "重复列出。",
    "is there twice.": "出现了两次。",
    "is not a positive number.": "不是正数。",
    "is not a text.": "不是合适的文本。",
    "is not a shift.": "不是班次。",
    "has no length.": "长度为零。",
    "is not a date.": "不是日期。",
    "ends before it begins.": "结束早于开始。",
    "is longer than ten years.": "超过十年。",
    "are more than a century of days.": "合计超过一百年。",
    "is not a time zone.": "不是时区。",
    "has no working time at all.": "完全没有工作时间。",
    "are not 2 to 10 rising probabilities.": "不是 2 至 10 个递增的概率。",
    "are not rising thresholds within the scale.": "不是量表之内递增的界限。",
}
_REMEDIES = {
    "Use one kind, such as 2d 4h or 2ed 4eh.": "请只用一种单位,例如 2d 4h 或 2ed 4eh。",
    "Write all three points in one kind of unit.": "三个估计请使用同一类单位。",
    "Round it.": "请取整。",
    "Write for example 3d, 4h, 1w, 90min, or 2ed for elapsed days.": "例如写 3d、4h、1w、90min,日历天写 2ed。",
    "Stay below 1e9 minutes.": "请不要超过 1e9 分钟。",
    "Use 0d or more.": "请写 0d 或更长。",
    "Use 1w or so.": "例如写 1w。",
    "Keep optimistic <= likely <= pessimistic.": "请保持 optimistic <= likely <= pessimistic。",
    "Give a whole number of 1 or more, and only with order: choice.": (
        "请写不小于 1 的整数,且只与 order: choice 一起使用。"
    ),
    "Give a whole number of 1 or more with the rule 'quorum', and none with another rule.": (
        "规则为 quorum 时请写不小于 1 的整数,其他规则不写。"
    ),
    "Give a whole number of 1 or more with the rule 'weighted', and none with another rule.": (
        "规则为 weighted 时请写不小于 1 的整数,其他规则不写。"
    ),
    "Give roles whole numbers of 1 or more with the rule 'weighted', and none with another rule.": (
        "规则为 weighted 时请给角色写不小于 1 的整数,其他规则不写。"
    ),
    "Name the roles that decide under it.": "请写明在该条件下决策的角色。",
    "Write when: amount > 1_000_000.": "例如写 when: amount > 1_000_000。",
    "Name two or more, each once.": "请写两个或更多,每个只写一次。",
    "Use dynamic, history or operational.": "请用 dynamic、history 或 operational。",
    "Name the chair's role with the rule 'chair', and none with another rule.": (
        "规则为 chair 时请写主席的角色,其他规则不写。"
    ),
    "Write {share: 0.3, due: 30ed} or {amount: 500000, currency: CNY, due: 30ed}.": (
        "请写 {share: 0.3, due: 30ed} 或 {amount: 500000, currency: CNY, due: 30ed}。"
    ),
    "Write three capital letters, such as CNY.": "请写三个大写字母,例如 CNY。",
    "Write for instance [A, B, C].": "例如写 [A, B, C]。",
    "Remove one of them.": "请删除其中一个。",
    "Use 0.3.": "例如写 0.3。",
    'Write "1.0", in quotes.': '请写 "1.0",并加引号。',
    "Write for example 08:00-12:00, or 22:00-06:00 for a night.": "例如写 08:00-12:00,夜班写 22:00-06:00。",
    "Write 00:00-24:00 for a whole day.": "全天请写 00:00-24:00。",
    "Write for example 2026-08-03, or 2026-08-03..2026-08-14.": "例如写 2026-08-03 或 2026-08-03..2026-08-14。",
    "Put the earlier day first.": "请把较早的日期写在前面。",
    "Check the year, or write several ranges.": "请检查年份,或分成几段写。",
    "Change the hours instead.": "请改用 hours。",
    "Write an IANA name such as 'Asia/Shanghai', 'Europe/Berlin' or 'UTC'.": (
        "请写 IANA 时区名,例如 Asia/Shanghai、Europe/Berlin 或 UTC。"
    ),
    "Give at least one weekday a shift.": "请至少给一个工作日安排班次。",
    "Write for example [0.1, 0.3, 0.5, 0.7, 0.9].": "例如写 [0.1, 0.3, 0.5, 0.7, 0.9]。",
    "Let medium, high and critical rise, from 2 to the greatest product of steps.": (
        "请让 medium、high、critical 递增，从 2 到步数的最大乘积。"
    ),
}


_SWITCH_OFF = re.compile(r"Write (.*: \{off: )why\}\.")


def chinese(problem: str, remedy: str) -> tuple[str, str]:
    """Return the Chinese of a problem and of a remedy; the English in a Chinese frame where there is none."""
    switch_off = _SWITCH_OFF.fullmatch(remedy)
    if switch_off:
        return _PROBLEMS.get(problem, problem), f"请写 {switch_off[1]}原因}}。"
    return (
        _PROBLEMS.get(problem, f"不符合要求({problem})"),
        _REMEDIES.get(remedy, f"请改正({remedy})"),
    )
