"""Whether time limits and escalation ladders make sense."""

from __future__ import annotations

from collections.abc import Iterator

from ltcflow.findings import Finding, Severity
from ltcflow.graph import Find, place_of
from ltcflow.graph.rule import say
from ltcflow.process import Process, calendar_of, ladder_of, limit_of
from ltcflow.stages import Activity, Gate, Rung
from ltcflow.worktime import WorkDuration


def _elements(process: Process) -> tuple[Activity | Gate, ...]:
    return (*process.activities(), *process.gates())


def _limited(process: Process) -> Iterator[tuple[str, Activity | Gate, WorkDuration]]:
    """Yield the place, the element and its limit, for everything that has one."""
    for element in _elements(process):
        limit = limit_of(element)
        if limit is not None:
            yield place_of(process, element.id), element, limit


def rungs_in_order(process: Process) -> Iterator[Finding]:
    """LTC341: rungs that are not reached one after the other, or not in the kind of time of the limit."""
    seen: set[tuple[str, WorkDuration | None]] = set()
    for place, element, limit in _limited(process):
        where = f"{place}.escalation" if element.escalation is not None else "escalation"
        key = (where, None if where == "escalation" else limit)
        if key not in seen:
            found = _first_wrong(where, ladder_of(process, element), limit, element.id)
            seen |= {key} if found is not None else set()
            yield from () if found is None else (found,)


def _first_wrong(where: str, ladder: tuple[Rung, ...], limit: WorkDuration, name: str) -> Finding | None:
    before: Rung | None = None
    for i, rung in enumerate(ladder):
        if rung.span is not None and rung.span.elapsed != limit.elapsed:
            problem = f"counts '{rung.key}' in another kind of time than the limit {limit} of '{name}'."
            problem_zh = f"“{rung.key}”与 {name} 的时限 {limit} 的计时方式不同。"
            remedy, remedy_zh = (
                "Give both in working time (d) or both in elapsed time (ed).",
                "请统一用工时(d)或历时(ed)。",
            )
            return say("LTC341", f"{where}[{i}]", (problem, remedy), (problem_zh, remedy_zh), (rung.key, str(limit)))
        if before is not None and rung.minutes(limit) <= before.minutes(limit):
            problem = (
                f"reaches '{rung.key}' no later than '{before.key}' before it, under the limit {limit} of '{name}'."
            )
            problem_zh = f"在 {name} 的时限 {limit} 下,“{rung.key}”并不晚于前一级“{before.key}”。"
            remedy, remedy_zh = "List the rungs in the order in which they are reached.", "请按到达的先后排列各级。"
            return say("LTC341", f"{where}[{i}]", (problem, remedy), (problem_zh, remedy_zh), (before.key, rung.key))
        before = rung
    return None


def limits_that_never_run(process: Process) -> Iterator[Finding]:
    """LTC342: a time limit on work that runs along its stage; a ladder where there is no limit to climb."""
    for element in _elements(process):
        place = place_of(process, element.id)
        if isinstance(element, Activity) and element.spans and element.time_limit is not None:
            problem = f"limits '{element.id}', which runs along its stage and ends with it."
            problem_zh = f"{element.id} 伴随其阶段进行并随之结束,时限不起作用。"
            remedy, remedy_zh = "Limit a step of the stage instead.", "请改为限定阶段内的某个步骤。"
            yield say("LTC342", f"{place}.time_limit", (problem, remedy), (problem_zh, remedy_zh), (element.id,))
        elif element.escalation and limit_of(element) is None:
            problem = f"tells people when the limit of '{element.id}' runs out, but it has none."
            problem_zh = f"{element.id} 没有时限,升级阶梯不起作用。"
            remedy, remedy_zh = "Give it a time_limit.", "请为它设置 time_limit。"
            yield say("LTC342", f"{place}.escalation", (problem, remedy), (problem_zh, remedy_zh), (element.id,))


def limits_without_calendar(process: Process) -> Iterator[Finding]:
    """LTC343: a time limit in working time, where nothing says whose working time."""
    for place, element, limit in _limited(process):
        if element.time_limit is not None and not limit.elapsed and not calendar_of(process, element):
            problem = f"counts {limit} of working time for '{element.id}', and no calendar says when people work."
            problem_zh = f"{element.id} 的时限 {limit} 按工时计算,但没有指定日历。"
            remedy = "Name a calendar for the process, such as 'calendar: CN'; without one it is weekdays in UTC."
            remedy_zh = "请为流程指定日历,例如 calendar: CN;否则按 UTC 的周一至周五计算。"
            yield say("LTC343", f"{place}.time_limit", (problem, remedy), (problem_zh, remedy_zh), (element.id,))


# code, severity, function, title zh, title en, why zh, why en
RULES: tuple[tuple[str, Severity, Find, str, str, str, str], ...] = (
    (
        "LTC341",
        Severity.WARNING,
        rungs_in_order,
        "升级阶梯次序有误",
        "Rungs out of order",
        "后一级须晚于前一级,否则升级没有意义。",
        "A ladder is climbed from below: whoever comes later must be told later.",
    ),
    (
        "LTC342",
        Severity.WARNING,
        limits_that_never_run,
        "不起作用的时限或升级",
        "A time limit or ladder without effect",
        "看似有人督办,实际无人得知。",
        "It looks as if somebody would be told, and nobody ever is.",
    ),
    (
        "LTC343",
        Severity.INFO,
        limits_without_calendar,
        "时限没有日历",
        "A time limit without a calendar",
        "没有日历,节假日也被当作工作日。",
        "Without one, public holidays count as work and the hours are those of UTC.",
    ),
)
"""The rules of this module, as `ltcflow.checks.check` lists them."""
