"""What each hook may hand over: which container, which names, which values, and how each is kept."""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

import attrs

from ltcflow.labels import Label
from ltcflow.names import RESERVED, is_id
from ltcflow.plugins.guard import (
    Given,
    GuardedFunction,
    GuardedJudge,
    GuardedPolicy,
    Maker,
    Unfit,
    close_coroutine,
    findings,
    judgement,
    reasons,
)
from ltcflow.plugins.problems import BAD_NAME, COROUTINE, WRONG_ARGUMENTS, WRONG_TYPE, PluginInfo
from ltcflow.process import Process
from ltcflow.roles import Role
from ltcflow.stages.estimate import Duration, as_estimate
from ltcflow.worktime import Calendar

T = TypeVar("T")
MOST_VALUES = 10_000
"""How many values one hook may hand over."""
_COMMAND = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Unusable(Exception):
    """A value, or what holds it, cannot be used. Arguments: code, problem (English, Chinese), remedy (both)."""


def _unusable(code: str, problem: tuple[str, str], remedy: tuple[str, str]) -> Unusable:
    return Unusable(code, problem, remedy)


@attrs.frozen(kw_only=True)
class Shape:
    """How one hook's values are read.

    Attributes:
        field: the field of `Extensions` they end up in.
        word: what one of them is called, in English and Chinese.
        named: True: a mapping from names; False: an iterable whose values say their own name.
        keep: makes of (plugin, name, value, budget) what `Extensions` keeps; raises `Unusable`.
        name: says whether a name can be used.
        rule: what a name looks like, in English and Chinese.
    """

    field: str
    word: Label
    named: bool
    keep: Callable[[PluginInfo, str, Any, float | None], Any]
    name: Callable[[str], bool]
    rule: Label


def dotted(name: str) -> bool:
    """Say whether *name* is ids joined by dots, at least two: ``acme.credit_limit``.

    Example:
        >>> [dotted(name) for name in ("acme.credit_limit", "acme.if", "credit_limit", "Acme.limit", "acme.")]
        [True, True, False, False, False]
    """
    return "." in name and _any_dotted(name)


def _any_dotted(name: str) -> bool:
    parts = name.split(".")
    return all(is_id(part) or (part in RESERVED and part.islower()) for part in parts)  # no condition reads them


def _short(name: str) -> bool:
    return 0 < len(name) <= 100 and name == name.strip() and name.isprintable()


def _command_name(name: str) -> bool:
    return _COMMAND.fullmatch(name) is not None


def _anything(name: str) -> bool:
    return True


def is_coroutine(function: object) -> bool:
    """Say whether calling *function* gives a coroutine or an asynchronous generator."""
    while isinstance(function, functools.partial):
        function = function.func
    called = getattr(type(function), "__call__", None)  # noqa: B004 # the function behind an object that can be called
    return any(inspect.iscoroutinefunction(f) or inspect.isasyncgenfunction(f) for f in (function, called))


def _function(value: Any, arguments: int) -> Callable[..., Any]:
    """Return *value* when it is a plain function of *arguments* positional arguments."""
    if not callable(value):
        kind = type(value).__name__
        raise _unusable(
            WRONG_TYPE,
            (f"is of type {kind}, not a function.", f"类型为 {kind},不是函数。"),
            ("Hand over a function.", "请提供函数。"),
        )
    if is_coroutine(value):
        raise _unusable(
            COROUTINE,
            ("is a coroutine function.", "是协程函数。"),
            ("Write a plain function: plugins are synchronous.", "请写成普通函数:插件是同步的。"),
        )
    try:
        inspect.signature(value).bind(*range(arguments))
    except TypeError as error:
        count = "1 positional argument" if arguments == 1 else f"{arguments or 'no'} positional arguments"
        raise _unusable(
            WRONG_ARGUMENTS,
            (f"cannot be called with {count}: {error}.", f"无法用 {arguments} 个位置参数调用:{error}。"),
            (f"Let it take {count}.", f"请让它接受 {arguments} 个位置参数。"),
        ) from error
    except ValueError:
        pass  # a function of C that does not say what it takes
    return value  # type: ignore[no-any-return] # it is callable; Any stays Any


def _what(field: str, name: str) -> str:
    return f"{field} {name}"


def _judge(plugin: PluginInfo, name: str, value: Any, budget: float | None) -> Any:
    function = _function(value, 1)
    if plugin.builtin:
        return function
    return GuardedJudge(plugin=plugin, what=_what("criterion", name), function=function, shape=judgement, budget=budget)


def _policy(plugin: PluginInfo, name: str, value: Any, budget: float | None) -> Any:
    function = _function(value, 3)
    return GuardedPolicy(plugin=plugin, what=_what("policy", name), function=function, shape=reasons, budget=budget)


def _asked(word: str, shape: Callable[[Any], Any], *, timed: bool = False) -> Callable[..., Any]:
    """Return how a function of one context is kept; only those that are *timed* get a thread and a budget."""

    def keep(plugin: PluginInfo, name: str, value: Any, budget: float | None) -> GuardedFunction[Any]:
        function, seconds = _function(value, 1), budget if timed else None
        return GuardedFunction(plugin=plugin, what=_what(word, name), function=function, shape=shape, budget=seconds)

    return keep


def _nothing(answer: object) -> None:
    """A listener's answer is not looked at."""


def _estimate(answer: Any) -> Duration | None:
    return None if answer is None else as_estimate(answer)


def _people(answer: Any) -> tuple[str, ...]:
    people = () if answer is None else (answer,) if isinstance(answer, str) else answer
    if not isinstance(people, Iterable):
        raise Unfit(f"a value of type {type(answer).__name__}", "a person or several")
    named = tuple(islice(people, MOST_VALUES))
    if not all(isinstance(person, str) for person in named):
        raise Unfit("people that are no text", "their names")
    return named


def _file(answer: Any) -> str | bytes:
    if isinstance(answer, str | bytes):
        return answer
    raise Unfit(f"a value of type {type(answer).__name__}", "a text or bytes")


@attrs.frozen
class _Made:
    """Reads what a maker made: a value of *kind* (a Process: under the id *name*)."""

    kind: type
    name: str

    def __call__(self, answer: Any) -> Any:
        if not isinstance(answer, self.kind):
            raise Unfit(f"a value of type {type(answer).__name__}", f"a {self.kind.__name__}")
        if isinstance(answer, Process) and answer.id != self.name:
            raise Unfit(f"the process {answer.id!r}", f"the process {self.name!r}")
        return answer


def _made(word: str, kind: type) -> Callable[..., Any]:
    def keep(plugin: PluginInfo, name: str, value: Any, budget: float | None) -> Any:
        read = _Made(kind, name)
        if isinstance(value, kind):
            try:
                read(value)
            except Unfit as error:
                wrong, needed = error.args
                raise _unusable(
                    WRONG_TYPE,
                    (f"is {wrong} instead of {needed}.", f"是 {wrong},而不是 {needed}。"),
                    ("Hand it over under its own id.", "请用它自己的 id 作为键。"),
                ) from None
            return Given(value)
        if not callable(value):
            found = type(value).__name__
            raise _unusable(
                WRONG_TYPE,
                (f"is of type {found}.", f"类型为 {found}。"),
                (
                    f"Hand over a {kind.__name__} or a function that makes one.",
                    f"请提供 {kind.__name__} 或返回它的函数。",
                ),
            )
        return Maker(plugin=plugin, what=_what(word, name), function=_function(value, 0), shape=read, budget=None)

    return keep


def _role(_plugin: PluginInfo, _name: str, value: Any, _budget: float | None) -> Role:
    if isinstance(value, Role):
        return value
    raise _wrong(value, "Role")


def _command(_plugin: PluginInfo, _name: str, value: Any, _budget: float | None) -> Any:
    import click

    if isinstance(value, click.Command):
        return value
    raise _wrong(value, "click.Command")


def _wrong(value: object, needed: str) -> Unusable:
    found = type(value).__name__
    problem = (f"is of type {found}, not a {needed}.", f"类型为 {found},不是 {needed}。")
    return _unusable(WRONG_TYPE, problem, (f"Hand over a {needed}.", f"请提供 {needed}。"))


def own_name(plugin: PluginInfo, value: object) -> str:
    """Return what a value is called that comes without a name: a role's id, a command's name, a function's own.

    That of a function begins with its plugin's name: two plugins may both have a policy called ``check``, and neither
    may push the other out.
    """
    if isinstance(value, Role):
        return value.id
    function: object = value
    while isinstance(function, functools.partial):
        function = function.func
    name = getattr(function, "name", None)
    if isinstance(name, str) and is_command(value):
        return name
    return f"{plugin.name}.{getattr(function, '__name__', None) or type(function).__name__}"


def is_command(value: object) -> bool:
    """Say whether *value* is a command of click, without importing click."""
    click = sys.modules.get("click")
    return click is not None and isinstance(value, click.Command)


_ID = Label(
    en="an id: lower-case letters, digits and underscores, such as bid_project",
    zh="由小写字母、数字和下划线组成的 id,如 bid_project",
)
_DOTTED = Label(
    en="lower-case letters, digits and underscores, with a dot between, such as acme.credit_limit",
    zh="小写字母、数字和下划线,中间用点分隔,如 acme.credit_limit",
)
_FORMAT = Label(
    en="lower-case letters, digits and underscores, such as csv or acme.csv",
    zh="小写字母、数字和下划线,如 csv 或 acme.csv",
)
_TEXT = Label(en="a short text", zh="简短文本")
_WORDS = Label(en="lower-case words joined by hyphens, such as acme-report", zh="小写单词,以连字符相连,如 acme-report")

HOOKS: Mapping[str, Shape] = MappingProxyType(
    {
        f"ltcflow_{field}": Shape(field=field, word=Label(en=en, zh=zh), named=named, keep=keep, name=name, rule=rule)
        for field, en, zh, named, keep, name, rule in (
            ("processes", "process", "流程", True, _made("process", Process), is_id, _ID),
            ("roles", "role", "角色", False, _role, is_id, _ID),
            ("calendars", "calendar", "日历", True, _made("calendar", Calendar), _short, _TEXT),
            ("criteria", "criterion", "判据", True, _judge, dotted, _DOTTED),
            ("policies", "policy", "策略", False, _policy, _anything, _TEXT),
            ("checks", "check", "检查", False, _asked("check", findings), _anything, _TEXT),
            ("estimators", "estimator", "估算器", False, _asked("estimator", _estimate), _anything, _TEXT),
            ("assigners", "assigner", "分派器", False, _asked("assigner", _people), _anything, _TEXT),
            ("listeners", "listener", "监听器", False, _asked("listener", _nothing, timed=True), _anything, _TEXT),
            ("exporters", "exporter", "导出器", True, _asked("exporter", _file), _any_dotted, _FORMAT),
            ("commands", "command", "命令", False, _command, _command_name, _WORDS),
        )
    }
)
"""Every hook and how what it hands over is read."""


def pairs(shape: Shape, plugin: PluginInfo, answer: Any) -> tuple[tuple[str, Any], ...]:
    """Return what a hook handed over as (name, value), sorted by name.

    Raises:
        Unusable: it is no mapping, or no iterable, as the hook asks for; or it has more than 10,000 values.
    """
    if shape.named:
        if not isinstance(answer, Mapping):
            raise _container(answer, "a mapping from names to values", "名称到值的映射")
        found = [(name, answer[name]) for name in _bounded(answer)]
        wrong = [name for name, _ in found if not isinstance(name, str)]
        if wrong:
            kind = type(wrong[0]).__name__
            problem = (f"handed over a name of type {kind}.", f"名称的类型为 {kind}。")
            raise _unusable(BAD_NAME, problem, (f"Use {shape.rule.en}.", f"请使用{shape.rule.zh}。"))
    else:
        if isinstance(answer, str | bytes | Mapping) or not isinstance(answer, Iterable):
            raise _container(answer, "an iterable of values", "值的列表")
        found = [(own_name(plugin, value), value) for value in _bounded(answer)]
    return tuple(sorted(found, key=lambda pair: pair[0]))


def _bounded(answer: Iterable[T]) -> list[T]:
    values = list(islice(answer, MOST_VALUES + 1))
    if len(values) > MOST_VALUES:  # cutting them off in silence could lose a policy
        problem = (f"handed over more than {MOST_VALUES} values.", f"提供了超过 {MOST_VALUES} 个值。")
        raise _unusable(WRONG_TYPE, problem, ("Hand over fewer.", "请减少数量。"))
    return values


def _container(answer: object, needed: str, needed_zh: str) -> Unusable:
    close_coroutine(answer)
    kind = type(answer).__name__
    problem = (f"returned a value of type {kind} instead of {needed}.", f"返回了 {kind},而不是{needed_zh}。")
    mapping = needed.startswith("a mapping")
    form, empty = ("{name: value}", "{}") if mapping else ("[value]", "[]")
    remedy = (f"Return {form}, or {empty} when there is nothing to add.", f"请返回 {form},没有内容时返回 {empty}。")
    return _unusable(WRONG_TYPE, problem, remedy)


def check_name(shape: Shape, plugin: PluginInfo, name: str) -> None:
    """Raise `Unusable` when *plugin* cannot offer something called *name*."""
    own = plugin.builtin or not name.startswith("ltcflow.") or shape.name is _anything
    if shape.name(name) and own:
        return
    problem = (
        ("has a name that belongs to ltcflow.", "的名称前缀 ltcflow. 已保留。")
        if not own
        else ("has a name that cannot be used.", "的名称不可用。")
    )
    raise _unusable(BAD_NAME, problem, (f"Use {shape.rule.en}.", f"请使用{shape.rule.zh}。"))
