"""What can be wrong with a plugin: one code for each kind, and the errors and findings that carry them."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from ltcflow.errors import LtcflowError
from ltcflow.findings import Finding, Severity, in_order

NOT_LOADED = "LTC700"
UNKNOWN_HOOK = "LTC701"
WRONG_ARGUMENTS = "LTC702"
COROUTINE = "LTC703"
OPTION = "LTC704"
HOOK_FAILED = "LTC705"
WRONG_TYPE = "LTC706"
BAD_NAME = "LTC707"
NAME_CLASH = "LTC708"
SAME_PLUGIN = "LTC709"
NOT_INSTALLED = "LTC710"
NO_HOOK = "LTC711"
METADATA = "LTC712"
NOT_STRICT = "LTC720"
FAILED = "LTC730"
WRONG_ANSWER = "LTC731"
TOO_SLOW = "LTC732"
NOT_OFFERED = "LTC740"

CODES: Mapping[str, str] = MappingProxyType(
    {
        NOT_LOADED: "A plugin cannot be loaded: importing it failed, or ended the program.",
        UNKNOWN_HOOK: "A plugin implements a hook that does not exist, such as a misspelt one.",
        WRONG_ARGUMENTS: "A hook, or a function that it hands over, does not take the arguments that it is given.",
        COROUTINE: "A hook, or a function that it hands over, is a coroutine function; hooks are synchronous.",
        OPTION: "A hook is marked with an option of pluggy that ltcflow does not use (wrapper, tryfirst, trylast).",
        HOOK_FAILED: "A hook raised an exception when it was called.",
        WRONG_TYPE: "A hook handed over a value of another type.",
        BAD_NAME: "A hook handed over a value under a name that cannot be used.",
        NAME_CLASH: "Two plugins, or one plugin twice, offer the same name; neither is used.",
        SAME_PLUGIN: "Two plugins have the same name, or one was handed in twice.",
        NOT_INSTALLED: "A plugin that was asked for by name is not installed.",
        NO_HOOK: "A plugin, or a function that looks like a hook, is not marked with hookimpl: it adds nothing.",
        METADATA: "The metadata of an installed distribution cannot be read.",
        NOT_STRICT: "Strict collection refused the plugins; the error holds the findings.",
        FAILED: "A function of a plugin raised an exception.",
        WRONG_ANSWER: "A function of a plugin answered with something else than what was asked for.",
        TOO_SLOW: "A function of a plugin took longer than its time budget.",
        NOT_OFFERED: "A process asks for a criterion that no installed plugin offers.",
    }
)
"""Every code of a problem with plugins and its meaning."""


def said(error: BaseException) -> str:
    """Return type and message of *error* on one line of at most 300 characters, whatever its ``__str__`` does."""
    try:
        text = " ".join(str(error).split())
    except (Exception, SystemExit):
        text = "(its message cannot be shown)"
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__


def raised(error: BaseException, file: str) -> str:
    """Return what *error* says and where: the innermost line of *file* it came through, else the innermost at all.

    Example:
        >>> try:
        ...     raise ValueError("boom")
        ... except ValueError as caught:
        ...     raised(caught, "")
        'raised ValueError: boom'
    """
    here = os.path.dirname(__file__)
    lines = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    outside = [(name, line) for name, line in lines if not name.startswith(("<", here))]
    own = [(name, line) for name, line in outside if name == file] or outside
    return f"raised {said(error)}" + (f" ({os.path.basename(own[-1][0])}:{own[-1][1]})" if own else "")


@attrs.frozen(kw_only=True)
class PluginInfo:
    """Who a plugin is and what it adds.

    Attributes:
        name: name of its entry point, or of the module or class that was handed in.
        distribution, version: the installed distribution it comes from; "" where it was handed in as an object.
        file: the file that defines it; "" where there is none.
        priority: its ``ltcflow_priority``; lower comes first.
        hooks: the hooks that it implements and that could be used, sorted.
        offers: for each of them what it added, by name: ((hook, (name, ...)), ...).
        builtin: True for the plugin that comes with ltcflow.
    """

    name: str
    distribution: str = ""
    version: str = ""
    file: str = ""
    priority: int = 0
    hooks: tuple[str, ...] = ()
    offers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    builtin: bool = False

    @property
    def label(self) -> str:
        """Its name, distribution, version and file in one text, for messages.

        Example:
            >>> PluginInfo(name="acme", distribution="acme-ltc", version="1.2", file="/site/acme.py").label
            "'acme' (acme-ltc 1.2, /site/acme.py)"
        """
        origin = ", ".join(part for part in (f"{self.distribution} {self.version}".strip(), self.file) if part)
        return f"{self.name!r} ({origin})" if origin else repr(self.name)


def problem(
    code: str,
    plugin: PluginInfo,
    english: tuple[str, str],
    chinese: tuple[str, str],
    *,
    where: str = "",
    file: str = "",
    line: int = 0,
    severity: Severity = Severity.ERROR,
) -> Finding:
    """Return a finding about *plugin*: (problem, remedy) in both languages, *where* inside it, the *file* and line."""
    return Finding(
        code=code,
        severity=severity,
        where=f"plugins.{plugin.name}" + (f".{where}" if where else ""),
        problem=f"Plugin {plugin.label}: {english[0]}",
        remedy=english[1],
        problem_zh=f"插件 {plugin.label}:{chinese[0]}",
        remedy_zh=chinese[1],
        file=file or plugin.file,
        line=line,
    )


MEND = ("Ask its maintainer to mend it, or block it.", "请联系其维护者修复,或屏蔽该插件。")
"""What to do about a plugin that is broken, in English and Chinese."""


class PluginError(LtcflowError):
    """Strict collection found plugins with errors.

    Attributes:
        findings: every problem, never empty.
    """

    code = NOT_STRICT
    findings: tuple[Finding, ...]

    def __init__(self, *, findings: Iterable[Finding]) -> None:
        kept = in_order(findings)
        count = "1 problem" if len(kept) == 1 else f"{len(kept)} problems"
        lines = "\n".join(str(f) for f in kept[:20])
        super().__init__(f"the plugins cannot all be used: {count}\n{lines}", findings=kept)


class PluginFailed(LtcflowError):
    """A function of a plugin raised, or its process or calendar could not be made.

    Attributes:
        plugin: who the plugin is, with distribution, version and file.
        what: which function of it, such as "criterion acme.credit_limit".
        problem, problem_zh: what happened, in English and Chinese.
    """

    code = FAILED
    plugin: str
    what: str
    problem: str
    problem_zh: str

    def __init__(self, *, plugin: str, what: str, problem: str, problem_zh: str) -> None:
        super().__init__(
            f"plugin {plugin}: {what} {problem} {MEND[0]}",
            plugin=plugin,
            what=what,
            problem=problem,
            problem_zh=problem_zh,
        )

    def finding(self, info: PluginInfo) -> Finding:
        """Return it as a finding about the plugin *info*."""
        english, chinese = f"{self.what} {self.problem}", f"{self.what} {self.problem_zh}"
        return problem(self.code, info, (english, MEND[0]), (chinese, MEND[1]))


class WrongAnswer(PluginFailed):
    """A function of a plugin answered with something else than what was asked for."""

    code = WRONG_ANSWER


class PluginTooSlow(PluginFailed):
    """A function of a plugin took longer than its time budget, or still does."""

    code = TOO_SLOW
