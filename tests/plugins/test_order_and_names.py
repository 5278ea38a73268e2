"""Who comes first, and what happens when two want the same name: never decided by the order of installation."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.conditions import Truth
from ltcflow.plugins import builtin, collect, hookimpl
from ltcflow.plugins.shapes import HOOKS
from ltcflow.projects import CriterionContext, Judgement

Make = Callable[..., types.ModuleType]


def yes(context: CriterionContext) -> Judgement:
    return Judgement(truth=Truth.TRUE)


def policy(process: object, state: object, command: object) -> tuple[()]:
    return ()


def listener(context: object) -> None:
    return None


WORDS = st.sampled_from(["one", "two", "three", "four", "five"])
CRITERIA = st.dictionaries(WORDS.map("shared.{}".format), st.just(yes), max_size=2)


@st.composite
def plugins(draw: st.DrawFn) -> list[types.ModuleType]:
    """Plugins of any priority, some with one name, some with criteria of one name, some broken."""
    made = []
    for name in draw(st.lists(WORDS, max_size=6)):
        module = types.ModuleType(name)
        module.ltcflow_priority = draw(st.integers(-2, 2) | st.none())  # type: ignore[attr-defined]
        criteria = draw(CRITERIA)
        module.ltcflow_criteria = hookimpl(_returning(criteria))  # type: ignore[attr-defined]
        module.ltcflow_policies = hookimpl(_returning([policy] * draw(st.integers(0, 2))))  # type: ignore[attr-defined]
        module.ltcflow_listeners = hookimpl(_returning(draw(st.sampled_from([[listener], None]))))  # type: ignore[attr-defined]
        if draw(st.booleans()):
            module.ltcflow_rolls = hookimpl(_returning([]))  # type: ignore[attr-defined]
        made.append(module)
    return made


def _returning(value: Any) -> Callable[[], Any]:
    return lambda: value


@given(plugins(), st.data())
@settings(deadline=None)
def test_any_order_of_plugins_gives_equal_extensions(found: list[types.ModuleType], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations([*found, builtin]))
    assert collect(shuffled) == collect([*found, builtin])


@given(plugins())
@settings(deadline=None)
def test_plugins_stand_by_priority_and_name_and_so_do_their_values(found: list[types.ModuleType]) -> None:
    extensions = collect(found)
    order = [(info.priority, info.name) for info in extensions.plugins]
    assert order == sorted(order)
    for hook, shape in HOOKS.items():
        names = [name for name, _ in getattr(extensions, shape.field)]
        offered = [name for info in extensions.plugins for name in dict(info.offers).get(hook, ())]
        assert names == offered
        assert len(set(names)) == len(names)


def test_priority_comes_before_the_name_and_the_name_before_the_order_of_arrival(plugin: Make) -> None:
    criteria: dict[str, Any] = {"ltcflow_criteria": {}}
    made = [
        plugin("zeta", **criteria),
        plugin("alpha", priority=10, **criteria),
        plugin("first", priority=-1, **criteria),
        plugin("beta", **criteria),
        builtin,
    ]
    names = [info.name for info in collect(made).plugins]
    assert names == ["ltcflow", "first", "beta", "zeta", "alpha"]


def test_values_of_one_plugin_stand_by_their_own_name(plugin: Make) -> None:
    found = collect([plugin("acme", ltcflow_criteria={"acme.z": yes, "acme.a": yes})])
    assert list(found.judges) == ["acme.a", "acme.z"]


@pytest.mark.parametrize("priority", ["high", 1.5, None, True])
def test_a_priority_that_is_no_whole_number_is_named_and_counts_as_none(plugin: Make, priority: object) -> None:
    found = collect([plugin("acme", priority=priority, ltcflow_criteria={"acme.x": yes})])
    assert [(f.code, f.where) for f in found.problems] == [("LTC706", "plugins.acme.ltcflow_priority")]
    assert found.problems[0].remedy == "Write a whole number, such as 10."
    assert (found.plugins[0].priority, list(found.judges)) == (0, ["acme.x"])


# -- the same name twice -----------------------------------------------------------------------------------------------


def test_two_plugins_that_offer_one_name_are_both_named_and_neither_is_used(plugin: Make) -> None:
    one = plugin("one", ltcflow_criteria={"acme.limit": yes, "acme.one": yes})
    two = plugin("two", ltcflow_criteria={"acme.limit": yes}, priority=-5)
    found = collect([one, two])
    (finding,) = found.problems
    assert finding.code == "LTC708"
    assert "criterion 'acme.limit' is offered by 'two', 'one'; neither is used." in finding.problem
    assert finding.remedy == "Rename one, or block one of the plugins."
    assert list(found.judges) == ["acme.one"]


def test_one_plugin_that_offers_a_name_twice_is_named(acme: types.ModuleType, plugin: Make) -> None:
    found = collect([plugin("one", ltcflow_roles=[acme.BID_MANAGER, acme.BID_MANAGER])])
    assert [(f.code, "role 'bid_manager' is offered by 'one'" in f.problem) for f in found.problems] == [
        ("LTC708", True)
    ]
    assert found.roles == ()


@pytest.mark.parametrize(
    ("hook", "field", "name"),
    [
        ("ltcflow_processes", "processes", "ltc_level1_activity_map"),
        ("ltcflow_calendars", "calendars", "CN"),
    ],
)
def test_what_ltcflow_ships_cannot_be_replaced(
    plugin: Make, acme: types.ModuleType, hook: str, field: str, name: str
) -> None:
    own = dict(getattr(collect([builtin]), field))[name]
    found = collect([plugin("thief", priority=-1000, **{hook: {name: lambda: acme.renewal()}}), builtin])
    assert dict(getattr(found, field))[name] == own
    assert [f.code for f in found.problems] == ["LTC708"]
    assert "ltcflow's own is used" in found.problems[0].problem


@pytest.mark.parametrize("hook", ["ltcflow_policies", "ltcflow_listeners", "ltcflow_checks"])
def test_no_plugin_can_push_out_what_another_has_nobody_asks_for_by_name(plugin: Make, hook: str) -> None:
    class Named:
        """A function whose name is the same in every plugin."""

        name = "same"

        def __call__(self, *_: object) -> tuple[()]:
            return ()

    arguments = {"ltcflow_policies": policy}.get(hook, listener)
    found = collect([plugin(name, **{hook: [Named(), arguments, arguments]}) for name in ("one", "two")], strict=True)
    word = arguments.__name__
    names = [name for name, _ in getattr(found, HOOKS[hook].field)]
    assert names == [f"{who}.{what}" for who in ("one", "two") for what in ("Named", word, f"{word}#2")]


def test_two_plugins_of_one_name_are_both_left_out(plugin: Make) -> None:
    one, two = (plugin("acme", ltcflow_criteria={f"acme.{x}": yes}) for x in "ab")
    found = collect([one, two, plugin("other", ltcflow_criteria={"other.x": yes})])
    assert [(f.code, f.where) for f in found.problems] == [("LTC709", "plugins.acme")]
    assert "has the same name as another: 'acme' and 'acme'." in found.problems[0].problem
    assert list(found.judges) == ["other.x"]


def test_a_plugin_that_is_handed_in_twice_counts_once(plugin: Make) -> None:
    one = plugin("acme", ltcflow_criteria={"acme.x": yes})
    found = collect([one, one])
    assert [(f.code, "handed in more than once" in f.problem) for f in found.problems] == [("LTC709", True)]
    assert list(found.judges) == ["acme.x"]


def test_nobody_takes_the_name_of_the_plugin_that_comes_with_ltcflow(plugin: Make) -> None:
    found = collect([plugin("ltcflow", ltcflow_criteria={"acme.x": yes}), builtin])
    assert [f.code for f in found.problems] == ["LTC709"]
    assert [info.builtin for info in found.plugins] == [True]
    assert "acme.x" not in found.judges
