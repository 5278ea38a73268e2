"""What is wrong with a plugin is named, with its version, file and line, and hides nothing that is right."""

from __future__ import annotations

import functools
import itertools
import types
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from ltcflow.conditions import Truth
from ltcflow.findings import Finding, Severity, errors_of
from ltcflow.plugins import CODES, PluginError, collect, hookimpl
from ltcflow.plugins.collecting import candidate, collect_candidates
from ltcflow.plugins.shapes import HOOKS, MOST_VALUES
from ltcflow.projects import CriterionContext, Judgement

Make = Callable[..., types.ModuleType]
NAMED = sorted(name for name, shape in HOOKS.items() if shape.named)
LISTED = sorted(name for name, shape in HOOKS.items() if not shape.named)
HERE = str(Path(__file__))


def yes(context: CriterionContext) -> Judgement:
    return Judgement(truth=Truth.TRUE)


async def later(*_: object) -> dict[str, Any]:
    return {}


async def one_by_one() -> AsyncIterator[str]:
    yield "acme.x"


def unmarked() -> list[Any]:
    return []


def only(found: tuple[Finding, ...]) -> Finding:
    assert len(found) == 1, [str(f) for f in found]
    assert found[0].code in CODES
    assert found[0].problem_zh
    assert found[0].remedy_zh
    return found[0]


# -- hooks that cannot be called ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", HOOKS)
def test_a_misspelt_hook_is_refused_by_name_and_the_right_one_is_suggested(plugin: Make, hook: str) -> None:
    wrong = hook[:-1]
    finding = only(collect([plugin("acme", **{wrong: []})]).problems)
    assert (finding.code, finding.where) == ("LTC701", f"plugins.acme.{wrong}")
    assert finding.problem == f"Plugin 'acme': there is no hook '{wrong}'."
    assert finding.remedy == f"Did you mean '{hook}'?"


def test_a_hook_that_looks_like_none_gets_the_list(plugin: Make) -> None:
    finding = only(collect([plugin("acme", ltcflow_zzz=[])]).problems)
    assert finding.remedy == f"The hooks are {', '.join(HOOKS)}."


def test_a_misspelt_hook_that_says_it_is_optional_is_passed_over(plugin: Make) -> None:
    def hook() -> list[Any]:
        return []

    module = plugin("acme", ltcflow_roles=[])
    module.ltcflow_of_a_later_version = hookimpl(optionalhook=True)(hook)  # type: ignore[attr-defined]
    assert collect([module]).problems == ()


@pytest.mark.parametrize("hook", HOOKS)
def test_wrong_arguments_are_refused(plugin: Make, hook: str) -> None:
    finding = only(collect([plugin("acme", **{hook: lambda host, config: []})]).problems)
    assert (finding.code, finding.where) == ("LTC702", f"plugins.acme.{hook}")
    assert "{'config'}" in finding.problem
    assert "PluginValidationError" not in finding.problem
    assert finding.remedy == "Take 'host' or nothing."


def test_a_class_instead_of_an_object_is_refused() -> None:
    class Acme:
        @hookimpl
        def ltcflow_roles(self) -> list[Any]:
            return []

    finding = only(collect([Acme]).problems)
    assert (finding.code, finding.remedy) == ("LTC702", "Hand over an object, such as Acme(), or a module.")
    assert collect([Acme()]).problems == ()


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("function", [later, one_by_one], ids=["async", "yield"])
def test_a_coroutine_function_is_rejected_and_never_called(plugin: Make, hook: str, function: Any) -> None:
    finding = only(collect([plugin("acme", **{hook: function})]).problems)
    assert (finding.code, finding.where) == ("LTC703", f"plugins.acme.{hook}")
    assert finding.problem.endswith("is a coroutine function.")
    assert finding.remedy == "Write 'def' instead of 'async def': hooks are synchronous."


@pytest.mark.parametrize("option", ["wrapper", "tryfirst", "trylast"])
def test_options_that_ltcflow_does_not_use_are_refused(plugin: Make, option: str) -> None:
    def hook() -> Any:
        yield

    module = plugin("acme")
    module.ltcflow_roles = hookimpl(**{option: True})(hook)  # type: ignore[attr-defined, call-overload]
    finding = only(collect([module]).problems)
    assert (finding.code, finding.remedy) == ("LTC704", "Remove it; order plugins by ltcflow_priority.")
    assert option in finding.problem


def test_a_hook_without_the_mark_is_not_passed_over_in_silence(plugin: Make) -> None:
    module = plugin("acme", ltcflow_roles=[])
    module.ltcflow_criteria = unmarked  # type: ignore[attr-defined]
    module.ltcflow_policy = unmarked  # type: ignore[attr-defined]
    module.ltcflow_helper = unmarked  # type: ignore[attr-defined]
    exact, near = collect([module]).problems
    assert (exact.code, exact.severity, exact.where) == ("LTC711", Severity.ERROR, "plugins.acme.ltcflow_criteria")
    assert (near.code, near.severity, near.where) == ("LTC711", Severity.WARNING, "plugins.acme.ltcflow_policy")
    assert "Did you mean 'ltcflow_policies'?" in near.problem
    assert exact.file == HERE
    assert exact.line == unmarked.__code__.co_firstlineno
    assert near.remedy == "Mark it with @ltcflow.hookimpl."


@pytest.mark.parametrize("thing", [types.ModuleType("empty"), 3, "acme", object()], ids=lambda x: type(x).__name__)
def test_what_has_no_hook_at_all_is_a_warning(thing: object) -> None:
    finding = only(collect([thing]).problems)
    assert (finding.code, finding.severity) == ("LTC711", Severity.WARNING)
    collect([thing], strict=True)


def test_a_property_that_raises_does_not_hide_the_hooks_beside_it() -> None:
    class Acme:
        @property
        def address(self) -> str:
            raise OSError("no network")

        @property
        def ltcflow_roles(self) -> Any:
            raise OSError("no network")

        @hookimpl
        def ltcflow_criteria(self) -> dict[str, Any]:
            return {"acme.x": yes}

    found = collect([Acme()])
    assert list(found.judges) == ["acme.x"]
    assert only(found.problems).problem.endswith("ltcflow_roles cannot be read: OSError: no network.")


# -- hooks that fail ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [ValueError("boom"), SystemExit(3), GeneratorExit(), RecursionError(), ExceptionGroup("g", [OSError()])]
)
def test_one_that_raises_is_named_with_version_file_and_line_and_hides_no_other(
    plugin: Make, error: BaseException
) -> None:
    def fail() -> Any:
        raise error

    broken = plugin("broken", ltcflow_policies=fail, ltcflow_criteria={"broken.x": yes})
    sound = plugin("sound", ltcflow_criteria={"sound.x": yes})
    candidates = [candidate(broken, distribution="broken-ltc", version="1.2"), candidate(sound)]
    found = collect_candidates(candidates, (), strict=False, budget=None)
    finding = only(found.problems)
    assert finding.code == "LTC705"
    assert finding.problem.startswith(
        f"Plugin 'broken' (broken-ltc 1.2): ltcflow_policies raised {type(error).__name__}"
    )
    assert (finding.file, finding.line) == (HERE, fail.__code__.co_firstlineno)
    assert list(found.judges) == ["broken.x", "sound.x"]
    assert found.policies == ()


def test_a_generator_that_raises_half_way_hands_overunmarked(plugin: Make) -> None:
    def half() -> Any:
        yield lambda process, state, command: ()
        raise ValueError("boom")

    found = collect([plugin("acme", ltcflow_policies=half)])
    assert found.policies == ()
    assert only(found.problems).code == "LTC705"


def test_ctrl_c_ends_collecting(plugin: Make) -> None:
    def interrupt() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect([plugin("acme", ltcflow_roles=interrupt)])


def test_a_message_that_cannot_be_shown_is_no_second_failure(plugin: Make) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise SystemExit

    def fail() -> Any:
        raise Mute

    finding = only(collect([plugin("acme", ltcflow_roles=fail)]).problems)
    assert "raised Mute: (its message cannot be shown) (test_refused_plugins.py:" in finding.problem


# -- what they hand over -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", NAMED)
@pytest.mark.parametrize("answer", [None, [], "text", 3, iter(())], ids=lambda a: type(a).__name__)
def test_a_hook_of_names_must_return_a_mapping(plugin: Make, hook: str, answer: Any) -> None:
    finding = only(collect([plugin("acme", **{hook: answer})]).problems)
    assert (finding.code, finding.where) == ("LTC706", f"plugins.acme.{hook}")
    kind = type(answer).__name__
    assert finding.problem.endswith(f"returned a value of type {kind} instead of a mapping from names to values.")
    assert finding.remedy == "Return {name: value}, or {} when there is nothing to add."


@pytest.mark.parametrize("hook", LISTED)
@pytest.mark.parametrize("answer", [None, {}, "text", b"bytes", 3], ids=lambda a: type(a).__name__)
def test_a_hook_of_values_must_return_an_iterable(plugin: Make, hook: str, answer: Any) -> None:
    finding = only(collect([plugin("acme", **{hook: answer})]).problems)
    assert (finding.code, finding.remedy) == ("LTC706", "Return [value], or [] when there is nothing to add.")
    assert "instead of an iterable of values" in finding.problem


@pytest.mark.parametrize("hook", HOOKS)
def test_a_coroutine_that_slips_through_is_closed_and_refused(plugin: Make, hook: str) -> None:
    finding = only(collect([plugin("acme", **{hook: lambda: later()})]).problems)
    assert (finding.code, "of type coroutine" in finding.problem) == ("LTC706", True)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_value_of_the_wrong_type_is_left_out_and_named(plugin: Make, hook: str, acme: types.ModuleType) -> None:
    right = getattr(acme, hook)
    values = dict(right(None) if hook == "ltcflow_processes" else right()) if hook in NAMED else list(right())
    mixed = {**values, "acme.wrong": 3} if isinstance(values, dict) else [*values, 3]
    found = collect([plugin("other", **{hook: mixed})])
    finding = only(found.problems)
    assert (finding.code, finding.where) == ("LTC706", f"plugins.other.{hook}")
    assert "is of type int" in finding.problem
    assert len(getattr(found, HOOKS[hook].field)) == 1


@pytest.mark.parametrize(
    ("hook", "value", "count"),
    [
        ("ltcflow_criteria", {"acme.x": lambda: None}, "1 positional argument"),
        ("ltcflow_policies", [lambda process, state: ()], "3 positional arguments"),
        ("ltcflow_checks", [lambda process, state: ()], "1 positional argument"),
        ("ltcflow_processes", {"bid": lambda name: None}, "no positional arguments"),
    ],
)
def test_a_function_that_takes_other_arguments_is_left_out(plugin: Make, hook: str, value: Any, count: str) -> None:
    finding = only(collect([plugin("acme", **{hook: value})]).problems)
    assert (finding.code, finding.remedy) == ("LTC702", f"Let it take {count}.")


@pytest.mark.parametrize("hook", sorted(set(HOOKS) - {"ltcflow_roles", "ltcflow_commands"}))
def test_an_asynchronous_function_is_left_out(plugin: Make, hook: str) -> None:
    class Callable:
        async def __call__(self, *_: object) -> None: ...

    for function in (later, functools.partial(later, 1), Callable()):
        finding = only(
            collect([plugin("acme", **{hook: {"acme": function} if hook in NAMED else [function]})]).problems
        )
        assert (finding.code, finding.remedy) == ("LTC703", "Write a plain function: plugins are synchronous.")


@pytest.mark.parametrize(
    ("hook", "name", "right"),
    [
        (
            "ltcflow_criteria",
            "credit_limit",
            "Use lower-case letters, digits and underscores, with a dot between, such as acme.credit_limit.",
        ),
        (
            "ltcflow_criteria",
            "Acme.Limit",
            "Use lower-case letters, digits and underscores, with a dot between, such as acme.credit_limit.",
        ),
        (
            "ltcflow_criteria",
            "ltcflow.limit",
            "Use lower-case letters, digits and underscores, with a dot between, such as acme.credit_limit.",
        ),
        (
            "ltcflow_criteria",
            "",
            "Use lower-case letters, digits and underscores, with a dot between, such as acme.credit_limit.",
        ),
        ("ltcflow_exporters", "acme csv", "Use lower-case letters, digits and underscores, such as csv or acme.csv."),
        (
            "ltcflow_exporters",
            "ltcflow.csv",
            "Use lower-case letters, digits and underscores, such as csv or acme.csv.",
        ),
        (
            "ltcflow_processes",
            "Bid Project",
            "Use an id: lower-case letters, digits and underscores, such as bid_project.",
        ),
        ("ltcflow_calendars", " ", "Use a short text."),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(plugin: Make, hook: str, name: str, right: str) -> None:
    found = collect([plugin("acme", **{hook: {name: lambda *_: None}})])
    finding = only(found.problems)
    assert (finding.code, finding.remedy) == ("LTC707", right)
    assert getattr(found, HOOKS[hook].field) == ()


@pytest.mark.parametrize("name", ["acme.yes", "acme.if", "acme.a.b", "企业.额度"])
def test_the_parts_of_a_dotted_name_may_be_words_of_the_condition_language(plugin: Make, name: str) -> None:
    assert list(collect([plugin("acme", ltcflow_criteria={name: yes})], strict=True).judges) == [name]


def test_a_name_must_be_a_text(plugin: Make) -> None:
    finding = only(collect([plugin("acme", ltcflow_criteria={3: yes})]).problems)
    assert (finding.code, "a name of type int" in finding.problem) == ("LTC707", True)


def test_a_process_is_handed_over_under_its_own_id(plugin: Make, acme: types.ModuleType) -> None:
    finding = only(collect([plugin("acme", ltcflow_processes={"bid": acme.renewal()})]).problems)
    assert (finding.code, finding.remedy) == ("LTC706", "Hand it over under its own id.")
    lazily = collect([plugin("acme", ltcflow_processes={"bid": acme.renewal})])
    assert lazily.problems == ()
    with pytest.raises(Exception, match=r"process bid answered the process 'renewal' instead of the process 'bid'"):
        lazily.catalog["bid"]


def test_more_values_than_can_be_meant_are_refused_and_not_cut_off(plugin: Make) -> None:
    def policy(process: Any, state: Any, command: Any) -> tuple[()]:
        return ()

    many = collect([plugin("acme", ltcflow_policies=[policy] * MOST_VALUES)], strict=True)
    assert len(many.policies) == MOST_VALUES
    endless = collect([plugin("acme", ltcflow_policies=lambda: itertools.repeat(policy))])
    assert (endless.policies, only(endless.problems).remedy) == ((), "Hand over fewer.")


def test_a_value_that_cannot_be_looked_at_is_left_out(plugin: Make) -> None:
    class Odd:
        def __call__(self, context: Any) -> Any: ...

        @property
        def __signature__(self) -> Any:
            raise OSError("no")

    found = collect([plugin("acme", ltcflow_criteria={"acme.odd": Odd(), "acme.x": yes})])
    assert list(found.judges) == ["acme.x"]
    assert only(found.problems).where == "plugins.acme.ltcflow_criteria"


# -- strict ------------------------------------------------------------------------------------------------------------


def test_strict_refuses_and_holds_every_problem(plugin: Make) -> None:
    one, two = plugin("one", ltcflow_role=[]), plugin("two", ltcflow_roles=None, ltcflow_criteria=None)
    with pytest.raises(PluginError) as caught:
        collect([two, one], strict=True)
    assert caught.value.code == "LTC720"
    assert [finding.code for finding in caught.value.findings] == ["LTC701", "LTC706", "LTC706"]
    assert "3 problems" in str(caught.value)
    assert "Did you mean 'ltcflow_roles'?" in str(caught.value)
    assert errors_of(collect([two, one]).problems) == caught.value.findings


def test_every_code_has_a_meaning() -> None:
    assert all(code.startswith("LTC7") and meaning.endswith(".") for code, meaning in CODES.items())
