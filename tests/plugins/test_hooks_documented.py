"""The page of hooks says everything: a hook, a field of a context or a code that is missing there fails here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from ltcflow.plugins import CODES, AssignContext, Committed, EstimateContext, ExportContext, Host
from ltcflow.plugins.guard import BUDGET
from ltcflow.plugins.hookspecs import Hooks
from ltcflow.plugins.shapes import HOOKS
from ltcflow.projects import CriterionContext, Judgement

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "hooks.md").read_text(encoding="utf-8")
SECTIONS: dict[str, str] = dict(re.findall(r"^## (\w[\w ]*)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
CONTEXTS: dict[str, tuple[Any, ...]] = {
    "ltcflow_criteria": (CriterionContext, Judgement),
    "ltcflow_estimators": (EstimateContext,),
    "ltcflow_assigners": (AssignContext,),
    "ltcflow_listeners": (Committed,),
    "ltcflow_exporters": (ExportContext,),
}
DECLARED = [name for name in vars(Hooks) if name.startswith("ltcflow_")]


def test_the_sections_are_the_hooks_in_the_order_of_their_specification() -> None:
    assert [name for name in SECTIONS if name.startswith("ltcflow_")] == DECLARED


@pytest.mark.parametrize("hook", DECLARED)
def test_a_hook_has_a_section_with_all_that_belongs_there(hook: str) -> None:
    text = SECTIONS.get(hook, "")
    for heading in ("**Called:**", "**Returns:**", "**Errors:**"):
        assert heading in text, f"{hook}: docs/reference/hooks.md has no {heading}"
    assert "```python\n>>> " in text, f"{hook}: docs/reference/hooks.md has no example"
    kind = "mapping" if HOOKS[hook].named else "iterable"
    assert f"**Returns:** {'a' if HOOKS[hook].named else 'an'} {kind} " in text
    assert re.search(rf"^\| \[`{hook}`\]\(#{hook}\) \| .* \| {kind} \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("hook", CONTEXTS)
def test_every_field_of_what_a_function_is_given_is_in_its_section(hook: str) -> None:
    for context in CONTEXTS[hook]:
        assert f"| `{context.__name__}` | is |" in SECTIONS[hook]
        rows = "".join(re.findall(r"^\| (`.*?) \|", SECTIONS[hook], re.MULTILINE))
        for field in attrs.fields(context):
            assert f"`{field.name}`" in rows, f"{hook}: {context.__name__}.{field.name} is not documented"


def test_every_field_of_the_host_and_the_budget_are_there() -> None:
    for field in attrs.fields(Host):
        assert f"`host.{field.name}`" in SECTIONS["What holds for all of them"]
    assert f"a budget of {BUDGET:g} seconds" in " ".join(PAGE.split())


def test_every_code_is_there_and_no_other() -> None:
    assert re.findall(r"^\| (LTC\d+) \|", SECTIONS["Codes"], re.MULTILINE) == sorted(CODES)


@pytest.mark.parametrize("page", ["reference/hooks.md", "how-to/write-a-plugin.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = DOCS / page
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+\.md)", text):
        assert (path.parent / target).is_file(), f"{page}: {target}"
    for example in re.findall(r"`(examples/[\w/]+)`", text):
        assert (DOCS.parent / example).is_dir(), f"{page}: {example}"


def test_the_codes_of_the_how_to_exist() -> None:
    text = (DOCS / "how-to" / "write-a-plugin.md").read_text(encoding="utf-8")
    mentioned = set(re.findall(r"LTC7\d\d", text))
    assert mentioned
    assert mentioned <= set(CODES)
