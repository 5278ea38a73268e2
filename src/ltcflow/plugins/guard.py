"""Guards: a plugin's function called so that whatever it does wrong is named, bounded in time and never passes a gate.

A guarded function runs in a daemon thread of its own and is given a time budget. One that overruns cannot be stopped;
until it comes back it is not called again, so that a hanging plugin costs one thread and is waited for once.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Generic, TypeVar

import attrs

from ltcflow.conditions import Truth
from ltcflow.errors import LtcflowError
from ltcflow.findings import Finding
from ltcflow.labels import Label
from ltcflow.plugins.problems import PluginFailed, PluginInfo, PluginTooSlow, WrongAnswer, raised
from ltcflow.process import Process
from ltcflow.projects import AnyCommand, CriterionContext, Judgement, ProjectState, Reason

T = TypeVar("T")
BUDGET = 2.0
"""Seconds that a criterion, a policy or a listener of a plugin may take."""
_SEEN = {
    Truth.TRUE: Label(en="met", zh="成立"),
    Truth.FALSE: Label(en="not met", zh="不成立"),
    Truth.UNKNOWN: Label(en="unknown", zh="未知"),
}
MOST = 1000
"""How many reasons or findings one call may give; more are cut off."""


class Latest:
    """Remembers the thread of the call that overran its budget last; belongs to no value, copies begin empty."""

    __slots__ = ("thread",)

    def __init__(self) -> None:
        self.thread: threading.Thread | None = None

    def __reduce__(self) -> tuple[type[Latest], tuple[()]]:
        return Latest, ()

    @property
    def running(self) -> bool:
        """True while that call has not come back."""
        return self.thread is not None and self.thread.is_alive()


@attrs.frozen(kw_only=True)
class Guard(Generic[T]):
    """One function of one plugin.

    Attributes:
        plugin: whose it is.
        what: which one, for messages: "criterion acme.credit_limit".
        function: the function itself.
        shape: reads its answer in the same thread, so that lazy answers count too; raises `Unfit` on a wrong one.
        budget: seconds it may take; None: it is called directly, however long it takes.
    """

    plugin: PluginInfo
    what: str
    function: Callable[..., Any]
    shape: Callable[[Any], T]
    budget: float | None = BUDGET
    _latest: Latest = attrs.field(factory=Latest, init=False, eq=False, repr=False)

    def call(self, *arguments: object) -> T:
        """Call the function.

        Raises:
            PluginFailed: it raised an exception (SystemExit included); `WrongAnswer`, `PluginTooSlow`: as they say.
            KeyboardInterrupt: it was interrupted by the user.
        """
        if self.budget is None:
            return self._answer(*self._run(arguments))
        if self._latest.running:
            raise self._too_slow("has not come back from an earlier call.", "上一次调用仍未返回。")
        answers: list[tuple[Any, BaseException | None]] = []
        thread = threading.Thread(target=lambda: answers.append(self._run(arguments)), name=self.what, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the machine has no thread left
            return self._answer(None, error)
        try:
            thread.join(self.budget)
        finally:  # also when Ctrl-C ends the waiting
            if not answers:
                self._latest.thread = thread
        if not answers:
            raise self._too_slow(f"took longer than {self.budget:g} s.", f"超过 {self.budget:g} 秒仍未返回。")
        return self._answer(*answers[0])

    def _run(self, arguments: tuple[object, ...]) -> tuple[Any, BaseException | None]:
        try:
            answer = self.function(*arguments)
            if close_coroutine(answer):
                raise Unfit("a coroutine", "a plain value: write 'def', not 'async def'")
            return self.shape(answer), None
        except BaseException as error:  # it is a stranger's code: SystemExit must not end the program or the thread
            return None, error

    def _answer(self, answer: Any, error: BaseException | None) -> T:
        if error is None:
            kept: T = answer
            return kept
        if isinstance(error, KeyboardInterrupt):
            raise error
        if isinstance(error, Unfit):
            wrong, needed = error.args
            problem, problem_zh = f"answered {wrong} instead of {needed}.", f"返回了 {wrong},而不是 {needed}。"
            raise WrongAnswer(plugin=self.plugin.label, what=self.what, problem=problem, problem_zh=problem_zh)
        problem = raised(error, self.plugin.file)
        problem, problem_zh = f"{problem}.", f"抛出异常 {problem.removeprefix('raised ')}。"
        raise PluginFailed(plugin=self.plugin.label, what=self.what, problem=problem, problem_zh=problem_zh) from error

    def _too_slow(self, problem: str, problem_zh: str) -> PluginTooSlow:
        return PluginTooSlow(plugin=self.plugin.label, what=self.what, problem=problem, problem_zh=problem_zh)


def close_coroutine(answer: object) -> bool:
    """Say whether *answer* is a coroutine, and close it, so that Python does not complain that nobody awaited it."""
    if inspect.iscoroutine(answer):
        answer.close()
        return True
    return False


class Unfit(Exception):
    """An answer has the wrong type. Arguments: what it is, what it should be."""


@attrs.frozen(kw_only=True)
class GuardedJudge(Guard[Judgement]):
    """A criterion of a plugin: always answers; whatever goes wrong is unknown, and names the plugin."""

    def __call__(self, context: CriterionContext, /) -> Judgement:
        """Judge *context*; never raises but KeyboardInterrupt. Texts that were left out are filled in."""
        try:
            answer = self.call(context)
            return attrs.evolve(
                answer,
                seen=answer.seen or _SEEN[answer.truth],
                needed=answer.needed or Label(en=f"{self.what} met", zh=f"{self.what} 成立"),
                remedy=answer.remedy or Label(en=f"See to {self.what}.", zh=f"请落实 {self.what}。"),
            )
        except PluginFailed as failure:
            label, problem, problem_zh = self.plugin.label, failure.problem, failure.problem_zh
            return Judgement(
                truth=Truth.UNKNOWN,
                seen=Label(en=problem.removesuffix("."), zh=problem_zh.removesuffix("。")),
                needed=Label(en=f"an answer of {self.what}", zh=f"{self.what} 给出结论"),
                remedy=Label(  # readiness shows nothing else: it names the plugin and says what happened
                    en=f"Ask the maintainer of plugin {label} to mend {self.what}: it {problem}",
                    zh=f"请联系插件 {label} 的维护者修复 {self.what}:{problem_zh}",
                ),
            )


@attrs.frozen(kw_only=True)
class GuardedPolicy(Guard[tuple[Reason, ...]]):
    """A policy of a plugin: one that fails raises `PluginFailed`, which `decide` takes for a refusal."""

    def __call__(self, process: Process, state: ProjectState, command: AnyCommand, /) -> tuple[Reason, ...]:
        """Return the reasons against *command*."""
        return self.call(process, state, command)


@attrs.frozen(kw_only=True)
class GuardedFunction(Guard[T]):
    """A function of one argument: a check, an estimator, an assigner, a listener, an exporter."""

    def __call__(self, context: Any, /) -> T:
        """Call it with *context*; raises `PluginFailed` where it fails."""
        return self.call(context)


@attrs.frozen(kw_only=True)
class Maker(Guard[T]):
    """Makes a process or calendar when it is first asked for; the same errors of declaration pass as they are."""

    def __call__(self) -> T:
        """Make it.

        Raises:
            LtcflowError: such as `DefinitionError`, as the plugin's own function raised it.
            PluginFailed: anything else that went wrong.
        """
        try:
            return self.call()
        except PluginFailed as failure:
            if isinstance(failure.__cause__, LtcflowError):
                raise failure.__cause__ from None
            raise


@attrs.frozen
class Given(Generic[T]):
    """A function without arguments that returns *value*."""

    value: T

    def __call__(self) -> T:
        """Return the value."""
        return self.value


def judgement(answer: object) -> Judgement:
    """Return *answer* when it is a judgement all of whose fields have the right type."""
    if not isinstance(answer, Judgement):
        raise Unfit(f"a value of type {type(answer).__name__}", "a Judgement")
    if not isinstance(answer.truth, Truth):
        raise Unfit(f"a Judgement whose truth is of type {type(answer.truth).__name__}", "a Truth")
    if not all(isinstance(label, Label) for label in (answer.seen, answer.needed, answer.remedy)):
        raise Unfit("a Judgement with texts that are no Label", "Labels")
    return answer


def reasons(answer: Any) -> tuple[Reason, ...]:
    """Return the reasons of *answer*, which may be lazy."""
    return _items(answer, Reason)


def findings(answer: Any) -> tuple[Finding, ...]:
    """Return the findings of *answer*, which may be lazy."""
    return _items(answer, Finding)


def _items(answer: Any, kind: type[T]) -> tuple[T, ...]:
    if not isinstance(answer, Iterable):
        raise Unfit(f"a value of type {type(answer).__name__}", f"an iterable of {kind.__name__}")
    items = tuple(islice(answer, MOST))
    for item in items:
        if not isinstance(item, kind):
            raise Unfit(f"an iterable with a value of type {type(item).__name__}", kind.__name__)
    return items
