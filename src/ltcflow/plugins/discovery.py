"""`discover`: ltcflow's own plugin and those of the installed distributions, loaded one by one."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata

from ltcflow.errors import did_you_mean
from ltcflow.findings import Finding, Severity
from ltcflow.plugins import builtin
from ltcflow.plugins.collecting import candidate, collect_candidates
from ltcflow.plugins.extensions import Extensions
from ltcflow.plugins.guard import BUDGET
from ltcflow.plugins.implementations import Candidate
from ltcflow.plugins.marks import PROJECT
from ltcflow.plugins.problems import METADATA, NOT_INSTALLED, NOT_LOADED, SAME_PLUGIN, PluginInfo, problem, said

LOG = logging.getLogger("ltcflow.plugins")
VARIABLE = "LTCFLOW_PLUGINS"
"""Environment variable: the names of the plugins to load, separated by commas; "" or "none" for none but ltcflow's."""


def discover(
    *,
    group: str = PROJECT,
    allow: Iterable[str] | None = None,
    block: Iterable[str] = (),
    strict: bool = False,
    budget: float | None = BUDGET,
) -> Extensions:
    """Return what ltcflow's own plugin and the installed ones add.

    Each entry point of *group* is loaded by itself: a broken one is named in ``problems`` and left out. A plugin that
    is not allowed, or is blocked, is not imported.

    Args:
        allow: names of entry points or distributions to load; None: those of the environment variable
            ``LTCFLOW_PLUGINS``, and all where it is not set.
        block: names of entry points or distributions not to load; "ltcflow" leaves out the plugin that is built in.
        strict, budget: as for `collect`.
    Raises:
        PluginError: *strict*, and a plugin has an error.
    Cost: reads the entry points of every installed distribution, about 0.03 ms each, and imports the plugins.

    Example:
        >>> found = discover(allow=())
        >>> [plugin.name for plugin in found.plugins], found.problems
        (['ltcflow'], ())
    """
    problems: list[Finding] = []
    candidates = [] if PROJECT in {_plain(name) for name in block} else [candidate(builtin)]
    wanted = _from_environment() if allow is None else tuple(allow)
    unwanted = {_plain(name) for name in block}
    seen: set[str] = {PROJECT}
    for info, entry in _entry_points(group, problems):
        names = {_plain(info.name), _plain(info.distribution)}
        seen |= names
        if names & unwanted or (wanted is not None and not names & {_plain(name) for name in wanted}):
            continue
        if info.name == PROJECT:
            problems.append(_reserved(info))
            continue
        loaded = _load(info, entry, problems)
        if loaded is not None:
            candidates.append(loaded)
    problems.extend(_not_installed(name, seen) for name in wanted or () if _plain(name) not in seen)
    return collect_candidates(candidates, problems, strict=strict, budget=budget)


@lru_cache(maxsize=1)
def default_extensions() -> Extensions:
    """Return `discover()`, once per process: what `ltcflow.catalog` and a workspace use unless told otherwise.

    Each problem is logged as a warning, by the logger ``ltcflow.plugins``: a plugin that is left out, and its policies
    with it, must not go unnoticed. ``default_extensions.cache_clear()`` makes the next call look again.
    """
    found = discover()
    for finding in found.problems:
        LOG.warning("%s", finding)
    return found


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")


def _from_environment() -> tuple[str, ...] | None:
    value = os.environ.get(VARIABLE)
    if value is None:
        return None
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    return () if tuple(map(str.lower, names)) == ("none",) else names


def _entry_points(group: str, problems: list[Finding]) -> list[tuple[PluginInfo, metadata.EntryPoint]]:
    """Return the entry points of *group* with who offers them, sorted; the first of two equal distributions counts."""
    found: dict[str, list[tuple[PluginInfo, metadata.EntryPoint]]] = {}
    for distribution in metadata.distributions():
        name = version = ""
        try:
            if group not in (distribution.read_text("entry_points.txt") or ""):
                continue
            name, version = distribution.metadata["Name"] or "", distribution.version
            entries = [entry for entry in distribution.entry_points if entry.group == group]
        except Exception as error:  # a damaged installation must not hide the others
            problems.append(_damaged(name or _place(distribution), error))
            continue
        own = [(PluginInfo(name=e.name, distribution=name, version=version), e) for e in entries]
        found.setdefault(_plain(name) or _place(distribution), own)
    return sorted(
        (pair for pairs in found.values() for pair in pairs), key=lambda pair: (pair[0].name, pair[0].distribution)
    )


def _place(distribution: metadata.Distribution) -> str:
    return str(getattr(distribution, "_path", "a distribution"))


def _load(info: PluginInfo, entry: metadata.EntryPoint, problems: list[Finding]) -> Candidate | None:
    try:
        plugin = entry.load()
        return candidate(plugin, name=info.name, distribution=info.distribution, version=info.version)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: a plugin must not end the program
        english = (
            f"cannot be loaded from {entry.value!r}: {said(error)}.",
            "Mend or upgrade its distribution, or block it.",
        )
        chinese = (f"无法从 {entry.value!r} 加载:{said(error)}。", "请修复或升级该发行包,或屏蔽该插件。")
        problems.append(problem(NOT_LOADED, info, english, chinese))
        return None


def _reserved(info: PluginInfo) -> Finding:
    english = ("has the name of the plugin that comes with ltcflow.", "Give its entry point another name.")
    chinese = ("与 ltcflow 内置插件同名。", "请为其入口点另取名称。")
    return problem(SAME_PLUGIN, info, english, chinese)


def _damaged(name: str, error: BaseException) -> Finding:
    return Finding(
        code=METADATA,
        severity=Severity.WARNING,
        where=f"distributions.{name}",
        problem=f"Its metadata cannot be read: {said(error)}.",
        remedy="Install it again.",
        problem_zh=f"其元数据无法读取:{said(error)}。",
        remedy_zh="请重新安装。",
    )


def _not_installed(name: str, seen: set[str]) -> Finding:
    near = did_you_mean(_plain(name), sorted(seen))
    hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else "Install its distribution, or remove the name."
    hint_zh = f"是不是 {' 或 '.join(near)}?" if near else "请安装其发行包,或删除该名称。"
    return Finding(
        code=NOT_INSTALLED,
        where=f"plugins.{name}",
        problem=f"No plugin {name!r} is installed.",
        remedy=hint,
        problem_zh=f"没有安装插件 {name!r}。",
        remedy_zh=hint_zh,
    )
