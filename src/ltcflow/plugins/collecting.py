"""`collect`: from plugins to `Extensions`. Each implementation of a hook is called by itself, so a failure has a name.

Nothing is global: each call has plugin managers of its own and forgets them.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from typing import Any

import attrs

from ltcflow.findings import Finding, errors_of, in_order
from ltcflow.plugins.contexts import Host
from ltcflow.plugins.extensions import Extensions
from ltcflow.plugins.guard import BUDGET
from ltcflow.plugins.implementations import Candidate, Implementation, ask, implementations
from ltcflow.plugins.marks import PRIORITY, PROJECT
from ltcflow.plugins.problems import (
    HOOK_FAILED,
    MEND,
    NAME_CLASH,
    SAME_PLUGIN,
    WRONG_TYPE,
    PluginError,
    PluginInfo,
    problem,
    raised,
    said,
)
from ltcflow.plugins.shapes import HOOKS, Unusable, check_name, pairs


@attrs.frozen(kw_only=True, eq=False)
class _Offer:
    """One value that one plugin adds."""

    info: PluginInfo
    hook: Implementation
    name: str
    value: Any


def collect(plugins: Iterable[object], *, strict: bool = False, budget: float | None = BUDGET) -> Extensions:
    """Ask each of *plugins* once for what it adds, and freeze the answers.

    A plugin is a module or an object whose functions are marked with `hookimpl`; its attribute ``ltcflow_priority`` (a
    whole number, 0 unless given, lower first) and its name order the result, never the order of *plugins*.

    Args:
        strict: raise when a plugin has an error; otherwise what cannot be used is left out and reported in
            ``Extensions.problems``.
        budget: seconds that a criterion, policy or listener of a plugin may take; None: as long as it likes.
    Raises:
        PluginError: *strict*, and at least one problem is an error; it holds all of them.

    Example:
        >>> from ltcflow.plugins import hookimpl
        >>> class Acme:
        ...     @hookimpl
        ...     def ltcflow_criterions(self):
        ...         return {}
        >>> print(collect([Acme()]).problems[0].remedy)
        Did you mean 'ltcflow_criteria'?
    """
    return collect_candidates([candidate(plugin) for plugin in plugins], (), strict=strict, budget=budget)


def candidate(plugin: object, **who: Any) -> Candidate:
    """Return *plugin* with its name and file; *who* are fields of `PluginInfo` that are known better."""
    from ltcflow import __version__
    from ltcflow.plugins import builtin

    if plugin is builtin:
        who = {"name": PROJECT, "distribution": PROJECT, "version": __version__, "builtin": True}
    own = plugin if isinstance(plugin, types.ModuleType | type) else type(plugin)
    name = who.pop("name", "") or str(getattr(own, "__name__", own))
    module = own if isinstance(own, types.ModuleType) else sys.modules.get(own.__module__)
    file = getattr(module, "__file__", None) or ""
    return Candidate(plugin=plugin, info=PluginInfo(name=name, file=file, **who))


def collect_candidates(
    candidates: Iterable[Candidate], problems: Iterable[Finding], *, strict: bool, budget: float | None
) -> Extensions:
    """Return what *candidates* add; *problems* are those met while they were being found."""
    found = list(problems)
    chosen = sorted(
        (_with_priority(c, found) for c in _distinct(candidates, found)), key=lambda c: (c.info.priority, c.info.name)
    )
    offers: list[_Offer] = []
    hooks: dict[str, tuple[str, ...]] = {}
    for item in chosen:
        try:
            usable = implementations(item, found)
        except Exception as error:  # an object that cannot even be looked at
            found.append(problem(HOOK_FAILED, item.info, (f"cannot be read: {said(error)}.", MEND[0]), _zh(error)))
            usable = []
        hooks[item.info.name] = tuple(sorted({hook.hook for hook in usable}))
        for hook in usable:
            offers.extend(_offers(item.info, hook, budget, found))
    kept = _without_clashes(offers, found)
    if strict and errors_of(found):
        raise PluginError(findings=found)
    return Extensions(
        **{
            shape.field: tuple((offer.name, offer.value) for offer in kept if offer.hook.hook == hook)
            for hook, shape in HOOKS.items()
        },
        plugins=tuple(_described(item.info, hooks[item.info.name], kept) for item in chosen),
        problems=in_order(found),
    )


def _zh(error: BaseException) -> tuple[str, str]:
    return f"无法读取:{said(error)}。", MEND[1]


def _distinct(candidates: Iterable[Candidate], found: list[Finding]) -> list[Candidate]:
    """Return those whose name is their own; ltcflow's own plugin keeps its name whoever else claims it."""
    by_name: dict[str, list[Candidate]] = {}
    for item in candidates:
        by_name.setdefault(item.info.name, []).append(item)
    kept: list[Candidate] = []
    for same in by_name.values():
        objects = {id(item.plugin): item for item in same}
        built_in = [item for item in objects.values() if item.info.builtin]
        if len(same) > 1:
            labels = " and ".join(sorted(item.info.label for item in same))
            once = len(objects) == 1
            english = "was handed in more than once." if once else f"has the same name as another: {labels}."
            chinese = "被多次提供。" if once else f"与其他插件重名:{labels}。"
            remedy = ("Keep one of them, block the others.", "请只保留一个,屏蔽其余。")
            info = min((item.info for item in same), key=lambda i: i.label)
            found.append(problem(SAME_PLUGIN, info, (english, remedy[0]), (chinese, remedy[1])))
        kept.extend(objects.values() if len(objects) == 1 else built_in)
    return kept


def _with_priority(item: Candidate, found: list[Finding]) -> Candidate:
    value: object
    try:
        value = getattr(item.plugin, PRIORITY, 0)
    except Exception as error:
        value = said(error)
    if isinstance(value, int) and not isinstance(value, bool):
        return attrs.evolve(item, info=attrs.evolve(item.info, priority=value))
    english = (f"{PRIORITY} is {type(value).__name__}, not a whole number.", "Write a whole number, such as 10.")
    chinese = (f"{PRIORITY} 的类型是 {type(value).__name__},不是整数。", "请写整数,如 10。")
    found.append(problem(WRONG_TYPE, item.info, english, chinese, where=PRIORITY))
    return item


def _offers(info: PluginInfo, hook: Implementation, budget: float | None, found: list[Finding]) -> Iterable[_Offer]:
    """Call one implementation and yield what it adds; each value that cannot be used is reported and left out."""
    from ltcflow import __version__

    shape = HOOKS[hook.hook]
    try:
        named = pairs(shape, info, ask(hook, Host(version=__version__)))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a plugin must not end the program
        found.append(_failure(info, hook, error, f"{hook.attribute} ", f"{hook.attribute} "))
        return
    numbered: dict[str, int] = {}
    for name, value in named:
        count = numbered[name] = numbered.get(name, 0) + 1
        unique = f"{name}#{count}" if count > 1 and name.startswith(f"{info.name}.") else name
        try:
            kept = shape.keep(info, unique, value, budget)
            check_name(shape, info, unique)
        except Exception as error:  # besides `Unusable`: a value that cannot even be looked at
            found.append(_failure(info, hook, error, f"{shape.word.en} {unique!r} ", f"{shape.word.zh} {unique!r} "))
            continue
        yield _Offer(info=info, hook=hook, name=unique, value=kept)


def _failure(info: PluginInfo, hook: Implementation, error: BaseException, subject: str, subject_zh: str) -> Finding:
    if isinstance(error, Unusable):
        code, wrong, remedy = error.args
        return hook.finding(info, code, (subject + wrong[0], remedy[0]), (subject_zh + wrong[1], remedy[1]))
    said = raised(error, hook.file)
    english, chinese = f"{subject}{said}.", f"{subject_zh}抛出异常 {said.removeprefix('raised ')}。"
    return hook.finding(info, HOOK_FAILED, (english, MEND[0]), (chinese, MEND[1]))


def _without_clashes(offers: list[_Offer], found: list[Finding]) -> list[_Offer]:
    """Return the offers whose name is their own; of those that share one, only ltcflow's own is kept."""
    by_name: dict[tuple[str, str], list[_Offer]] = {}
    for offer in offers:
        by_name.setdefault((offer.hook.hook, offer.name), []).append(offer)
    dropped: set[int] = set()
    for (hook, name), same in by_name.items():
        if len(same) == 1:
            continue
        word, strangers = HOOKS[hook].word, [offer for offer in same if not offer.info.builtin]
        dropped.update(id(offer) for offer in strangers)
        labels = ", ".join(dict.fromkeys(offer.info.label for offer in same))
        kept, kept_zh = (
            ("neither is used", "均不采用") if len(strangers) == len(same) else ("ltcflow's own is used", "采用内置的")
        )
        english = (f"{word.en} {name!r} is offered by {labels}; {kept}.", "Rename one, or block one of the plugins.")
        chinese = (f"{word.zh} {name!r} 由 {labels} 同时提供;{kept_zh}。", "请改名,或屏蔽其中一个插件。")
        last = strangers[-1]
        at = attrs.evolve(last.hook, attribute=f"{hook}.{name}")
        found.append(at.finding(last.info, NAME_CLASH, english, chinese))
    return [offer for offer in offers if id(offer) not in dropped]


def _described(info: PluginInfo, hooks: tuple[str, ...], kept: list[_Offer]) -> PluginInfo:
    mine = [offer for offer in kept if offer.info.name == info.name]
    offers = tuple((hook, tuple(offer.name for offer in mine if offer.hook.hook == hook)) for hook in hooks)
    return attrs.evolve(info, hooks=hooks, offers=offers)
