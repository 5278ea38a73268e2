"""`collect`: every hook reaches `Extensions`, which is frozen, and nothing is kept between two calls."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from ltcflow.conditions import Truth
from ltcflow.errors import UnknownName
from ltcflow.findings import errors_of
from ltcflow.plugins import Extensions, Host, builtin, collect, hookimpl
from ltcflow.plugins.hookspecs import Hooks
from ltcflow.plugins.shapes import HOOKS
from ltcflow.projects import CriterionContext, Judgement

Make = Callable[..., types.ModuleType]
NAMES = {
    "ltcflow_processes": "renewal",
    "ltcflow_roles": "bid_manager",
    "ltcflow_calendars": "two_shifts",
    "ltcflow_criteria": "acme.few_risks",
    "ltcflow_policies": "acme.nobody_holds",
    "ltcflow_checks": "acme.purpose_is_stated",
    "ltcflow_estimators": "acme.calls_take_an_hour",
    "ltcflow_assigners": "acme.legal_is_wang_fang",
    "ltcflow_listeners": "acme.append",
    "ltcflow_exporters": "acme.csv",
    "ltcflow_commands": "acme-report",
}


def test_the_hooks_are_those_of_the_specification_and_of_extensions() -> None:
    declared = {name for name in vars(Hooks) if name.startswith("ltcflow_")}
    fields = {field.name for field in attrs.fields(Extensions)} - {"plugins", "problems"}
    assert declared == set(HOOKS) == set(NAMES)
    assert {shape.field for shape in HOOKS.values()} == fields
    assert all(getattr(Hooks, name).__doc__ for name in declared)


@pytest.mark.parametrize("hook", NAMES)
def test_what_a_hook_hands_over_is_in_extensions_under_its_name(acme: types.ModuleType, hook: str) -> None:
    found = collect([acme], strict=True)
    assert [name for name, _ in getattr(found, HOOKS[hook].field)] == [NAMES[hook]]
    assert dict(found.plugins[0].offers)[hook] == (NAMES[hook],)
    assert found.plugin_of(hook, NAMES[hook]) == found.plugins[0]
    assert found.plugin_of(hook, "nothing") is None


def test_a_plugin_that_implements_every_hook_has_no_problem(acme: types.ModuleType) -> None:
    found = collect([acme], strict=True)
    info = found.plugins[0]
    assert found.problems == ()
    assert (info.name, info.file, info.priority, info.hooks) == ("acme", acme.__file__, 5, tuple(sorted(NAMES)))
    assert found.catalog["renewal"] is found.catalog["renewal"]
    assert found.role("bid_manager").title.zh == "投标经理"
    assert found.calendar("two_shifts") == acme.TWO_SHIFTS
    with pytest.raises(UnknownName, match=r"no role 'bid_manger' here\. Did you mean 'bid_manager'\?"):
        found.role("bid_manger")
    with pytest.raises(UnknownName, match=r"no calendar 'two_shift' here\. Did you mean 'two_shifts'\?"):
        found.calendar("two_shift")


def test_extensions_are_frozen(acme: types.ModuleType) -> None:
    found = collect([acme, builtin])
    for field in attrs.fields(Extensions):
        assert isinstance(getattr(found, field.name), tuple)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(found, field.name, ())
    with pytest.raises(TypeError):
        found.judges["acme.few_risks"] = found.judges["acme.few_risks"]  # type: ignore[index]
    with pytest.raises(TypeError):
        found.catalog["other"] = found.catalog["renewal"]  # type: ignore[index]


def test_a_hook_is_asked_once_and_when_plugins_are_collected_only(plugin: Make, context: CriterionContext) -> None:
    asked: list[Host] = []

    def criteria(host: Host) -> dict[str, Any]:
        asked.append(host)
        return {"acme.yes": lambda _: Judgement(truth=Truth.TRUE)}

    found = collect([plugin("acme", ltcflow_criteria=criteria)])
    for _ in range(3):
        assert found.judges["acme.yes"](context).truth is Truth.TRUE
    assert [host.version for host in asked] == [__import__("ltcflow").__version__]


def test_processes_and_calendars_are_made_when_they_are_asked_for_and_not_before(plugin: Make) -> None:
    made: list[str] = []

    def fail() -> Any:
        made.append("asked")
        raise OSError("no such file")

    found = collect([plugin("acme", ltcflow_processes={"bid": fail}, ltcflow_calendars={"shift": fail})])
    assert ("bid" in found.catalog, made, found.problems) == (True, [], ())
    with pytest.raises(Exception, match=r"LTC730: plugin 'acme': process bid raised OSError: no such file"):
        found.catalog["bid"]
    with pytest.raises(Exception, match=r"LTC730: plugin 'acme': calendar shift raised OSError"):
        found.calendar("shift")


def test_a_plugin_may_be_a_module_an_object_or_a_class_with_static_hooks(plugin: Make) -> None:
    class Here:
        def __init__(self, name: str) -> None:
            self.name = name

        @hookimpl
        def ltcflow_criteria(self, host: Host) -> dict[str, Any]:
            return {self.name: lambda _: Judgement(truth=Truth.TRUE)}

    class There:
        @hookimpl
        @staticmethod
        def ltcflow_criteria() -> dict[str, Any]:
            return {"acme.there": lambda _: Judgement(truth=Truth.TRUE)}

    found = collect([Here("acme.here"), There, plugin("other", ltcflow_roles=[])], strict=True)
    assert [name for name, _ in found.criteria] == ["acme.here", "acme.there"]
    assert [info.name for info in found.plugins] == ["Here", "There", "other"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: {"acme.x": len},
        lambda host: {"acme.x": len},
        lambda host=None: {"acme.x": len},
        lambda *, host: {"acme.x": len},
        lambda host, /: {"acme.x": len},
        lambda unused=1: {"acme.x": len},
    ],
)
def test_a_hook_takes_the_host_however_it_likes_or_not_at_all(plugin: Make, ask: Any) -> None:
    assert list(collect([plugin("acme", ltcflow_criteria=ask)], strict=True).judges) == ["acme.x"]


def test_another_name_can_stand_for_a_hook(plugin: Make) -> None:
    module = plugin("acme", ltcflow_criteria={"acme.a": len})
    module.more = hookimpl(specname="ltcflow_criteria")(lambda: {"acme.b": len})  # type: ignore[attr-defined]
    found = collect([module], strict=True)
    assert list(found.judges) == ["acme.a", "acme.b"]
    assert found.plugins[0].hooks == ("ltcflow_criteria",)


def test_two_collections_know_nothing_of_each_other(acme: types.ModuleType, plugin: Make) -> None:
    other = plugin("other", ltcflow_criteria={"other.x": len})
    first, second, again = collect([acme]), collect([other]), collect([acme])
    assert (list(first.judges), list(second.judges)) == (["acme.few_risks"], ["other.x"])
    assert first == again
    assert collect([]) == Extensions()
    assert errors_of(collect([acme, other]).problems) == ()


def test_no_module_of_the_package_keeps_a_plugin_manager() -> None:
    program = """
import sys, pluggy, ltcflow.plugins as p
p.discover(), p.default_extensions(), p.collect([])
kept = [
    f"{name}.{attribute}"
    for name, module in list(sys.modules.items())
    if name.startswith("ltcflow")
    for attribute, value in vars(module).items()
    if isinstance(value, pluggy.PluginManager)
]
assert not kept, kept
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
