"""Which functions of a plugin implement a hook, and which of them can be called."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any

import attrs
import pluggy

from ltcflow.errors import did_you_mean
from ltcflow.findings import Finding, Severity
from ltcflow.plugins.hookspecs import Hooks
from ltcflow.plugins.marks import PRIORITY, PROJECT
from ltcflow.plugins.problems import (
    COROUTINE,
    HOOK_FAILED,
    MEND,
    NO_HOOK,
    OPTION,
    UNKNOWN_HOOK,
    WRONG_ARGUMENTS,
    PluginInfo,
    problem,
    said,
)
from ltcflow.plugins.shapes import HOOKS, is_coroutine

OPTIONS = ("wrapper", "hookwrapper", "tryfirst", "trylast")


@attrs.frozen(kw_only=True, eq=False)
class Candidate:
    """A plugin that was found, and who it says it is."""

    plugin: object
    info: PluginInfo


@attrs.frozen(kw_only=True, eq=False)
class Implementation:
    """One implementation of one hook: the attribute it was found under, what pluggy's mark says, and its place."""

    attribute: str
    hook: str
    function: Callable[..., Any]
    options: Any
    file: str
    line: int

    def finding(self, info: PluginInfo, code: str, english: tuple[str, str], chinese: tuple[str, str]) -> Finding:
        """Return a finding of the plugin *info* about it: (problem, remedy) in both languages."""
        return problem(code, info, english, chinese, where=self.attribute, file=self.file, line=self.line)


def implementations(item: Candidate, found: list[Finding]) -> list[Implementation]:
    """Return the implementations in *item* that can be called; add what is wrong with the others to *found*."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    usable, marked = [], 0
    for attribute in sorted(dir(item.plugin)):
        try:
            options = manager.parse_hookimpl_opts(item.plugin, attribute)
            function = getattr(item.plugin, attribute) if options or attribute.startswith(f"{PROJECT}_") else None
        except Exception as error:  # a property that raises must not hide the hooks beside it
            if attribute.startswith(f"{PROJECT}_") and attribute != PRIORITY:
                found.append(_unreadable(item, attribute, error))
            continue
        if options is None:
            _report_unmarked(item, attribute, function, found)
            continue
        marked += 1
        hook = _implementation(item.info, attribute, function, options)
        finding = _refused(manager, item, hook)
        if finding is None:
            usable.append(hook)
        elif not (options["optionalhook"] and finding.code == UNKNOWN_HOOK):
            found.append(finding)
    if not marked:
        english = ("has no function that is marked with hookimpl.", "Mark its hooks with @ltcflow.hookimpl.")
        chinese = ("没有用 hookimpl 标记的函数。", "请用 @ltcflow.hookimpl 标记其钩子。")
        found.append(problem(NO_HOOK, item.info, english, chinese, severity=Severity.WARNING))
    return usable


def _implementation(info: PluginInfo, attribute: str, function: Any, options: Any) -> Implementation:
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    file = getattr(code, "co_filename", "<")  # the function may come from another file than the plugin
    return Implementation(
        attribute=attribute,
        hook=options.get("specname") or attribute,
        function=function,
        options=options,
        file=info.file if file.startswith("<") else file,
        line=getattr(code, "co_firstlineno", 0),
    )


def _unreadable(item: Candidate, attribute: str, error: Exception) -> Finding:
    english = (f"{attribute} cannot be read: {said(error)}.", MEND[0])
    chinese = (f"{attribute} 无法读取:{said(error)}。", MEND[1])
    return problem(HOOK_FAILED, item.info, english, chinese, where=attribute)


def _report_unmarked(item: Candidate, attribute: str, function: object, found: list[Finding]) -> None:
    """Report a function that is called like a hook, or nearly, and would be passed over without a word."""
    exact = attribute in HOOKS
    near = () if exact or not inspect.isroutine(function) else nearest(attribute)
    if not exact and not near:
        return
    meant = "" if exact else f" Did you mean {near[0]!r}?"
    meant_zh = "" if exact else f"是不是 {near[0]}?"
    english = f"{attribute} is not marked as a hook and is not called.{meant}"
    chinese = f"{attribute} 没有标记为钩子,不会被调用。{meant_zh}"
    remedy, remedy_zh = "Mark it with @ltcflow.hookimpl.", "请用 @ltcflow.hookimpl 标记。"
    finding = _implementation(item.info, attribute, function, {}).finding(
        item.info, NO_HOOK, (english, remedy), (chinese, remedy_zh)
    )
    found.append(finding if exact else attrs.evolve(finding, severity=Severity.WARNING))


def nearest(attribute: str) -> tuple[str, ...]:
    """Return the hooks that *attribute* looks like, the nearest first; what all names have in common does not count.

    Example:
        >>> nearest("ltcflow_criterion"), nearest("ltcflow_helper")
        (('ltcflow_criteria',), ())
    """
    if not attribute.startswith(f"{PROJECT}_"):
        return ()
    fields = {shape.field: name for name, shape in HOOKS.items()}
    return tuple(fields[field] for field in did_you_mean(attribute.removeprefix(f"{PROJECT}_"), fields))


def _refused(manager: pluggy.PluginManager, item: Candidate, hook: Implementation) -> Finding | None:
    """Return why *hook* cannot be called, None when it can; pluggy has the last word on names and arguments."""
    if hook.hook not in HOOKS:
        near = nearest(f"{PROJECT}_{hook.hook.removeprefix(f'{PROJECT}_')}")
        known = f"Did you mean {near[0]!r}?" if near else f"The hooks are {', '.join(HOOKS)}."
        known_zh = f"是不是 {near[0]}?" if near else f"可用的钩子:{'、'.join(HOOKS)}。"
        english, chinese = f"there is no hook {hook.hook!r}.", f"没有钩子 {hook.hook!r}。"
        return hook.finding(item.info, UNKNOWN_HOOK, (english, known), (chinese, known_zh))
    if is_coroutine(hook.function):
        english = f"{hook.attribute} is a coroutine function."
        remedy = "Write 'def' instead of 'async def': hooks are synchronous."
        chinese, remedy_zh = f"{hook.attribute} 是协程函数。", "请用 def 而不是 async def:钩子是同步的。"
        return hook.finding(item.info, COROUTINE, (english, remedy), (chinese, remedy_zh))
    options = [option for option in OPTIONS if hook.options.get(option)]
    if options:
        names = ", ".join(options)
        english, remedy = f"{hook.attribute} is marked with {names}.", f"Remove it; order plugins by {PRIORITY}."
        chinese, remedy_zh = f"{hook.attribute} 使用了选项 {names}。", f"请删除;用 {PRIORITY} 决定顺序。"
        return hook.finding(item.info, OPTION, (english, remedy), (chinese, remedy_zh))
    return _without_object(item, hook) or _wrong_arguments(manager, item.info, hook)


def _without_object(item: Candidate, hook: Implementation) -> Finding | None:
    """Return a finding when *hook* is a method of a class that was handed in instead of an object of it."""
    if not inspect.isclass(item.plugin):
        return None
    if not inspect.isfunction(inspect.getattr_static(item.plugin, hook.attribute)):
        return None  # a static method or a class method can be called
    name = item.plugin.__name__
    english = f"{hook.attribute} is a method of the class {name}, and there is no object to call it on."
    remedy = f"Hand over an object, such as {name}(), or a module."
    chinese, remedy_zh = f"{hook.attribute} 是类 {name} 的方法,但没有可调用的对象。", f"请提供对象,如 {name}(),或模块。"
    return hook.finding(item.info, WRONG_ARGUMENTS, (english, remedy), (chinese, remedy_zh))


def _wrong_arguments(manager: pluggy.PluginManager, info: PluginInfo, hook: Implementation) -> Finding | None:
    try:
        alone = types.SimpleNamespace(**{hook.hook: hook.function})
        manager.register(alone, name=f"{info.name}.{hook.attribute}")
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        why = " ".join(str(error).strip().splitlines()[-1].split())
        english = f"{hook.attribute} takes other arguments than the hook has: {why}."
        chinese = f"{hook.attribute} 的参数与钩子不符:{why}。"
        remedy, remedy_zh = "Take 'host' or nothing.", "请只接受 host 参数或不带参数。"
        return hook.finding(info, WRONG_ARGUMENTS, (english, remedy), (chinese, remedy_zh))
    return None


def ask(hook: Implementation, host: object) -> Any:
    """Call *hook*, with *host* where it takes it, by name or by place."""
    takes = inspect.signature(hook.function).parameters.get("host")
    if takes is None:
        return hook.function()
    if takes.kind is inspect.Parameter.POSITIONAL_ONLY:
        return hook.function(host)
    return hook.function(host=host)
