"""`discover`: installed plugins by entry point, one by one; the allow-list; what is broken is named and skipped."""

from __future__ import annotations

import logging
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ltcflow.findings import Severity
from ltcflow.plugins import Extensions, PluginError, default_extensions, discover

Install = Callable[..., Path]
CRITERION = """
    from ltcflow.plugins import hookimpl

    @hookimpl
    def ltcflow_criteria():
        return {"NAME.x": len}
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution with one module and its entry points on the path, as an installer would."""
    monkeypatch.delenv("LTCFLOW_PLUGINS", raising=False)
    known = set(sys.modules)

    def put(
        name: str, *, source: str | None = None, entries: str = "", version: str = "1.2", folder: str = "a"
    ) -> Path:
        place = tmp_path / folder
        if not place.exists():
            place.mkdir()
            monkeypatch.syspath_prepend(str(place))
        module = place / f"{name}.py"
        module.write_text(textwrap.dedent(CRITERION.replace("NAME", name) if source is None else source), "utf-8")
        info = place / f"{name}_ltc-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-ltc\nVersion: {version}\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[ltcflow]\n{entries or f'{name} = {name}'}\n", "utf-8")
        return module

    yield put
    for added in set(sys.modules) - known:
        if str(getattr(sys.modules[added], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[added]


def names(found: Extensions) -> list[str]:
    """The plugins that were installed by this test: the environment may have others."""
    return [info.name for info in found.plugins if info.distribution.endswith("-ltc")]


def problems(found: Extensions) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in found.problems]


def test_an_installed_plugin_is_found_with_its_distribution_version_and_file(install: Install) -> None:
    file = install("acme")
    found = discover(strict=True)
    info = {info.name: info for info in found.plugins}["acme"]
    assert (info.distribution, info.version, info.file) == ("acme-ltc", "1.2", str(file))
    assert info.label == f"'acme' (acme-ltc 1.2, {file})"
    assert "acme.x" in found.judges
    assert found.plugins[0].builtin


def test_an_entry_point_may_name_an_object_and_a_distribution_have_several(install: Install) -> None:
    source = """
        from ltcflow.plugins import hookimpl

        class Plugin:
            def __init__(self, name): self.name = name
            @hookimpl
            def ltcflow_criteria(self): return {self.name: len}

        ONE, TWO = Plugin("acme.one"), Plugin("acme.two")
    """
    install("acme", source=source, entries="two = acme:TWO\none = acme:ONE")
    found = discover(strict=True)
    assert names(found) == ["one", "two"]
    assert {"acme.one", "acme.two"} <= set(found.judges)


@pytest.mark.parametrize(
    ("source", "entry", "said"),
    [
        ("import nothing_of_that_name", "", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
        ("raise ValueError('boom')", "", "ValueError: boom"),
        ("import sys; sys.exit(3)", "", "SystemExit: 3"),
        ("def (", "", "SyntaxError"),
        ("x = 1", "broken = broken:nothing", "AttributeError"),
        ("x = 1", "broken = brokenn", "ModuleNotFoundError: No module named 'brokenn'"),
    ],
)
def test_a_broken_entry_point_is_named_and_skipped(install: Install, source: str, entry: str, said: str) -> None:
    install("broken", source=source, entries=entry)
    install("sound")
    found = discover()
    assert names(found) == ["sound"]
    (finding,) = found.problems
    assert (finding.code, finding.where) == ("LTC700", "plugins.broken")
    assert finding.problem.startswith("Plugin 'broken' (broken-ltc 1.2): cannot be loaded from ")
    assert said in finding.problem
    assert finding.remedy == "Mend or upgrade its distribution, or block it."
    with pytest.raises(PluginError, match="cannot all be used: 1 problem"):
        discover(strict=True)
    assert discover(block=["broken"], strict=True).problems == ()


def test_ctrl_c_while_loading_ends_discovery(install: Install) -> None:
    install("broken", source="raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        discover()


def test_a_hook_that_fails_in_an_installed_plugin_names_the_distribution_and_its_version(install: Install) -> None:
    file = install("acme", source=CRITERION.replace("return", "raise").replace('{"NAME.x": len}', "OSError('no')"))
    (finding,) = discover().problems
    assert finding.problem == f"Plugin 'acme' (acme-ltc 1.2, {file}): ltcflow_criteria raised OSError: no (acme.py:6)."
    assert (finding.file, finding.line) == (str(file), 4)
    assert str(finding).startswith(f"{file}:4:0: LTC705: plugins.acme.ltcflow_criteria: ")


def test_damaged_metadata_hides_no_other_plugin(install: Install) -> None:
    module = install("damaged")
    entry_points = module.parent / "damaged_ltc-1.2.dist-info" / "entry_points.txt"
    entry_points.write_bytes(b"[ltcflow]\n\xff\xfe = damaged\n")
    install("sound")
    found = discover()
    assert names(found) == ["sound"]
    assert [(f.code, f.severity) for f in found.problems] == [("LTC712", Severity.WARNING)]
    assert "damaged_ltc" in found.problems[0].where


def test_of_two_versions_on_the_path_the_first_counts(install: Install) -> None:
    install("acme", version="1.0", folder="later")
    install("acme", version="2.0", folder="first")
    found = discover(strict=True)
    assert [info.version for info in found.plugins if info.name == "acme"] == ["2.0"]


def test_two_distributions_that_give_one_name_to_a_plugin_are_both_named(install: Install) -> None:
    install("one", entries="acme = one")
    install("two", entries="acme = two")
    found = discover()
    assert names(found) == []
    assert problems(found) == [("LTC709", "plugins.acme")]
    assert "one-ltc 1.2" in found.problems[0].problem
    assert "two-ltc 1.2" in found.problems[0].problem


def test_the_name_of_the_built_in_plugin_is_taken(install: Install) -> None:
    install("acme", entries="ltcflow = acme", source="raise SystemExit('imported')")
    found = discover()
    assert problems(found) == [("LTC709", "plugins.ltcflow")]
    assert found.problems[0].remedy == "Give its entry point another name."
    assert [info.builtin for info in found.plugins] == [True]


def test_the_order_is_that_of_priority_and_name_not_of_the_path(install: Install) -> None:
    for number, name in enumerate(("zeta", "alpha", "beta")):
        install(name, folder=str(number))
    install("last", source=f"ltcflow_priority = 7\n{textwrap.dedent(CRITERION.replace('NAME', 'last'))}")
    install("early", source=f"ltcflow_priority = -7\n{textwrap.dedent(CRITERION.replace('NAME', 'early'))}")
    assert names(discover(strict=True)) == ["early", "alpha", "beta", "zeta", "last"]


# -- LTCFLOW_PLUGINS ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "loaded"),
    [
        (None, ["acme_one", "two"]),
        ("", []),
        ("none", []),
        ("None", []),
        ("acme_one", ["acme_one"]),
        ("ACME-one", ["acme_one"]),
        ("two-ltc", ["two"]),
        (" two , acme_one,", ["acme_one", "two"]),
        ("ltcflow", []),
    ],
)
def test_the_environment_can_allow_plugins_by_name_or_distribution(
    install: Install, monkeypatch: pytest.MonkeyPatch, value: str | None, loaded: list[str]
) -> None:
    install("acme_one")
    install("two")
    if value is not None:
        monkeypatch.setenv("LTCFLOW_PLUGINS", value)
    found = discover(strict=True)
    assert names(found) == loaded
    assert found.plugins[0].builtin


def test_what_is_not_allowed_is_not_even_imported(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme", source="raise SystemExit('imported')")
    monkeypatch.setenv("LTCFLOW_PLUGINS", "none")
    assert discover(strict=True).problems == ()
    assert discover(allow=(), strict=True).problems == ()
    assert discover(allow=["acme"], block=["acme"], strict=True).problems == ()
    assert "acme" not in sys.modules


def test_an_argument_counts_more_than_the_environment(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("acme")
    monkeypatch.setenv("LTCFLOW_PLUGINS", "none")
    assert names(discover(allow=["acme"])) == ["acme"]


def test_an_allowed_plugin_that_is_not_installed_is_named_with_the_nearest(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("acme")
    monkeypatch.setenv("LTCFLOW_PLUGINS", "acmee,nothing_like_it")
    near, none = discover().problems
    assert (near.code, near.where, near.remedy) == ("LTC710", "plugins.acmee", "Did you mean 'acme' or 'acme-ltc'?")
    assert none.remedy == "Install its distribution, or remove the name."
    with pytest.raises(PluginError):
        discover(strict=True)


def test_the_built_in_plugin_can_be_blocked(install: Install) -> None:
    install("acme")
    found = discover(block=["ltcflow"], allow=["acme"], strict=True)
    assert [info.name for info in found.plugins] == ["acme"]
    assert len(found.catalog) == 0


def test_another_group_can_be_asked_for(install: Install) -> None:
    install("acme")
    assert names(discover(group="ltcflow.other")) == []


# -- the default -------------------------------------------------------------------------------------------------------


def test_the_default_looks_once_and_logs_what_it_leaves_out(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    install("broken", source="raise ValueError('boom')")
    default_extensions.cache_clear()
    try:
        with caplog.at_level(logging.WARNING, logger="ltcflow.plugins"):
            found = default_extensions()
            assert default_extensions() is found
        assert [record.getMessage() for record in caplog.records] == [str(f) for f in found.problems]
        assert "ValueError: boom" in caplog.text
    finally:
        default_extensions.cache_clear()
