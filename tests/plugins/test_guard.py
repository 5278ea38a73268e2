"""Guards: what a plugin's function does wrong is named, bounded in time, and never ends the program."""

from __future__ import annotations

import json
import pickle
import threading
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from ltcflow.conditions import Truth
from ltcflow.labels import Label
from ltcflow.plugins import Extensions, PluginFailed, PluginInfo, PluginTooSlow, WrongAnswer, collect
from ltcflow.plugins.guard import BUDGET, GuardedFunction, GuardedJudge, judgement
from ltcflow.projects import CriterionContext, Judgement, Reason

Make = Callable[..., types.ModuleType]
SHORT, LONG = 0.05, 30.0
"""Budgets in seconds: of what hangs, which waits for an event that the test sets; and of all else."""
INFO = PluginInfo(name="acme", distribution="acme-ltc", version="1.2", file="/site/acme.py")


def judge(function: Callable[..., Any], budget: float | None = LONG) -> GuardedJudge:
    return GuardedJudge(plugin=INFO, what="criterion acme.x", function=function, shape=judgement, budget=budget)


def yes(context: CriterionContext) -> Judgement:
    well = Label(en="all well", zh="一切正常")
    return Judgement(truth=Truth.TRUE, seen=well, needed=well, remedy=well)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What a hanging function waits for; set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_a_criterion_that_answers_is_left_alone(context: CriterionContext) -> None:
    assert judge(yes)(context) == judge(yes, None)(context) == yes(context)


@pytest.mark.parametrize(("truth", "seen"), [(Truth.TRUE, "met"), (Truth.FALSE, "not met"), (Truth.UNKNOWN, "unknown")])
def test_texts_that_a_criterion_leaves_out_are_filled_in(context: CriterionContext, truth: Truth, seen: str) -> None:
    answer = judge(lambda _: Judgement(truth=truth))(context)
    assert (answer.truth, answer.seen.en) == (truth, seen)
    assert (answer.needed.en, answer.remedy.en) == ("criterion acme.x met", "See to criterion acme.x.")
    assert all(label.zh for label in (answer.seen, answer.needed, answer.remedy))


@pytest.mark.parametrize("budget", [LONG, None])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no  such\ncustomer"), "raised ValueError: no such customer"),
        (AssertionError(), "raised AssertionError"),
        (SystemExit(0), "raised SystemExit: 0"),
        (GeneratorExit(), "raised GeneratorExit"),
        (BaseException("odd"), "raised BaseException: odd"),
    ],
)
def test_a_criterion_that_raises_is_unknown_and_named(
    context: CriterionContext, error: BaseException, said: str, budget: float | None
) -> None:
    def fail(_: CriterionContext) -> Judgement:
        raise error

    answer = judge(fail, budget)(context)
    said = f"{said} (test_guard.py:{fail.__code__.co_firstlineno + 1})"
    assert (answer.truth, answer.seen.en) == (Truth.UNKNOWN, said)
    assert answer.needed.en == "an answer of criterion acme.x"
    assert answer.remedy.en == (
        f"Ask the maintainer of plugin 'acme' (acme-ltc 1.2, /site/acme.py) to mend criterion acme.x: it {said}."
    )
    assert all(label.zh for label in (answer.seen, answer.needed, answer.remedy))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (True, "answered a value of type bool instead of a Judgement"),
        (None, "answered a value of type NoneType instead of a Judgement"),
        (Truth.TRUE, "answered a value of type Truth instead of a Judgement"),
        (Judgement(truth=True), "answered a Judgement whose truth is of type bool instead of a Truth"),  # type: ignore[arg-type]
        (Judgement(truth=Truth.TRUE, seen="10"), "answered a Judgement with texts that are no Label instead of Labels"),  # type: ignore[arg-type]
    ],
)
def test_a_criterion_that_answers_something_else_is_unknown(
    context: CriterionContext, answer: object, said: str
) -> None:
    found = judge(lambda _: answer)(context)
    assert (found.truth, found.seen.en) == (Truth.UNKNOWN, said)


@pytest.mark.parametrize("budget", [LONG, None])
def test_a_coroutine_for_an_answer_is_closed_and_unknown(context: CriterionContext, budget: float | None) -> None:
    async def later() -> Judgement:
        return Judgement(truth=Truth.TRUE)

    found = judge(lambda _: later(), budget)(context)
    assert found.truth is Truth.UNKNOWN
    assert found.seen.en == "answered a coroutine instead of a plain value: write 'def', not 'async def'"


def test_the_line_that_is_named_is_that_of_the_plugin_and_not_of_a_library_it_calls(context: CriterionContext) -> None:
    def fail(_: CriterionContext) -> Judgement:
        return json.loads("not json")  # type: ignore[no-any-return]

    mine = GuardedJudge(
        plugin=attrs.evolve(INFO, file=__file__), what="criterion acme.x", function=fail, shape=judgement, budget=LONG
    )
    line = fail.__code__.co_firstlineno + 1
    assert mine(context).seen.en.endswith(f" (test_guard.py:{line})")
    assert " (decoder.py:" in judge(fail)(context).seen.en
    assert judge(abs)(context).seen.en == "raised TypeError: bad operand type for abs(): 'CriterionContext'"


def test_ctrl_c_inside_a_criterion_is_the_users(context: CriterionContext) -> None:
    def interrupt(_: CriterionContext) -> Judgement:
        raise KeyboardInterrupt

    for budget in (LONG, None):
        with pytest.raises(KeyboardInterrupt):
            judge(interrupt, budget)(context)


# -- time --------------------------------------------------------------------------------------------------------------


def test_a_criterion_that_hangs_is_unknown_after_its_budget(
    context: CriterionContext, release: threading.Event
) -> None:
    def hang(_: CriterionContext) -> Judgement:
        release.wait()
        return Judgement(truth=Truth.TRUE)

    start = time.monotonic()
    answer = judge(hang, SHORT)(context)
    assert SHORT <= time.monotonic() - start < SHORT + 5
    assert (answer.truth, answer.seen.en) == (Truth.UNKNOWN, "took longer than 0.05 s")


def test_a_criterion_that_still_hangs_costs_one_thread_and_is_not_waited_for_again(
    context: CriterionContext, release: threading.Event
) -> None:
    calls: list[int] = []

    def hang(_: CriterionContext) -> Judgement:
        calls.append(1)
        release.wait()
        return Judgement(truth=Truth.TRUE)

    guarded = judge(hang, SHORT)
    guarded(context)
    threads, start = threading.active_count(), time.monotonic()
    answers = {guarded(context).seen.en for _ in range(100)}
    assert answers == {"has not come back from an earlier call"}
    assert time.monotonic() - start < 100 * SHORT
    assert len(calls) == 1
    assert threading.active_count() <= threads


def test_a_late_answer_is_dropped_and_the_next_call_counts(context: CriterionContext, release: threading.Event) -> None:
    answers = iter([Truth.TRUE, Truth.FALSE])

    def slow_once(_: CriterionContext) -> Judgement:
        truth = next(answers)
        if truth is Truth.TRUE:
            release.wait()
        return Judgement(truth=truth)

    guarded = judge(slow_once, 0.5)
    assert guarded(context).truth is Truth.UNKNOWN
    release.set()
    thread = guarded._latest.thread
    assert thread is not None
    thread.join()
    assert guarded(context).truth is Truth.FALSE


def test_one_that_hangs_does_not_hold_up_another(context: CriterionContext, release: threading.Event) -> None:
    def hang(_: CriterionContext) -> Judgement:
        release.wait()
        return Judgement(truth=Truth.TRUE)

    hanging, sound = judge(hang, SHORT), judge(yes)
    assert [hanging(context).truth, sound(context).truth] == [Truth.UNKNOWN, Truth.TRUE]


def test_a_lazy_answer_counts_against_the_budget_too(plugin: Make, release: threading.Event) -> None:
    def lazy(process: Any, state: Any, command: Any) -> Iterator[Reason]:
        release.wait()
        yield from ()

    found = collect([plugin("acme", ltcflow_policies=[lazy])], budget=SHORT)
    with pytest.raises(PluginTooSlow, match=r"LTC732: plugin 'acme': policy acme.lazy took longer than 0\.05 s\."):
        found.policies[0][1](*[None] * 3)  # type: ignore[arg-type]


def test_a_hanging_thread_does_not_keep_the_program_alive(context: CriterionContext, release: threading.Event) -> None:
    def hang(_: CriterionContext) -> Judgement:
        release.wait()
        return Judgement(truth=Truth.TRUE)

    guarded = judge(hang, SHORT)
    guarded(context)
    assert guarded._latest.thread is not None
    assert guarded._latest.thread.daemon


def test_ctrl_c_while_waiting_leaves_the_hanging_call_known(
    context: CriterionContext, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(_: CriterionContext) -> Judgement:
        release.wait()
        return Judgement(truth=Truth.TRUE)

    def interrupted(self: threading.Thread, timeout: float | None = None) -> None:
        raise KeyboardInterrupt

    guarded = judge(hang, SHORT)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "join", interrupted)
        with pytest.raises(KeyboardInterrupt):
            guarded(context)
    assert guarded(context).seen.en == "has not come back from an earlier call"


def test_a_machine_without_threads_leaves_it_unknown(
    context: CriterionContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    assert judge(yes)(context).seen.en.startswith("raised RuntimeError: can't start new thread")


def test_many_callers_at_once_each_get_their_own_answer(context: CriterionContext) -> None:
    def echo(asked: CriterionContext) -> Judgement:
        time.sleep(0.001)
        return Judgement(truth=Truth.TRUE, seen=Label(en=asked.project))

    guarded, answers = judge(echo), dict[str, str]()

    def ask(name: str) -> None:
        answers[name] = guarded(attrs.evolve(context, project=name)).seen.en

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {str(number): str(number) for number in range(20)}


@pytest.mark.parametrize("hook", ["criteria", "policies", "listeners"])
def test_what_runs_with_a_project_has_a_budget(plugin: Make, hook: str) -> None:
    value: Any = {"acme.x": lambda *_: None} if hook == "criteria" else [lambda *_: None]
    module = plugin("acme", **{f"ltcflow_{hook}": value})
    for budget in (BUDGET, 0.5, None):
        found = collect([module], strict=True, budget=budget)
        assert [function.budget for _, function in getattr(found, hook)] == [budget]
    assert [function.budget for _, function in getattr(collect([module]), hook)] == [BUDGET]


# -- the other functions -----------------------------------------------------------------------------------------------

WRONG = {
    "policies": (3, 3, "an iterable of Reason"),
    "checks": ([3], 1, "an iterable with a value of type int instead of Finding"),
    "estimators": (object(), 1, ""),
    "assigners": (3, 1, "a person or several"),
    "exporters": (3, 1, "a text or bytes"),
}


@pytest.mark.parametrize("field", WRONG)
def test_every_function_of_a_plugin_names_it_when_it_fails(plugin: Make, field: str) -> None:
    answer, arguments, needed = WRONG[field]

    def fail(*_: object) -> Any:
        raise SystemExit("bye")

    for function, kind in ((fail, PluginFailed), (lambda *_: answer, PluginFailed if not needed else WrongAnswer)):
        value: Any = {"acme": function} if field == "exporters" else [function]
        found: Extensions = collect([plugin("acme", **{f"ltcflow_{field}": value})], strict=True)
        ((_, guarded),) = getattr(found, field)
        with pytest.raises(kind, match=rf"plugin 'acme': {guarded.what}") as caught:
            guarded(*[None] * arguments)
        if function is not fail:
            assert needed in str(caught.value)
        assert caught.value.finding(guarded.plugin).where == "plugins.acme"


def test_an_error_of_a_plugin_survives_pickling(context: CriterionContext) -> None:
    def fail(_: object) -> None:
        raise ValueError("boom")

    guarded = GuardedFunction(plugin=INFO, what="listener acme.x", function=fail, shape=lambda answer: None)
    with pytest.raises(PluginFailed) as caught:
        guarded(context)
    assert isinstance(caught.value.__cause__, ValueError)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), again.facts) == (PluginFailed, str(caught.value), caught.value.facts)


def test_a_guard_can_be_pickled_and_forgets_the_thread(context: CriterionContext) -> None:
    guarded = judge(yes)
    again = pickle.loads(pickle.dumps(guarded))
    assert again == guarded
    assert again(context) == yes(context)
