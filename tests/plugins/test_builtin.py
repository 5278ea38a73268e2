"""ltcflow's own plugin: the catalog, the calendars and the criteria come through the hooks that everybody has."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.catalog import entries
from ltcflow.conditions import Money, Truth
from ltcflow.plugins import builtin, collect, discover
from ltcflow.plugins.criteria import SHIPPED
from ltcflow.process import Process
from ltcflow.projects import CriterionContext
from ltcflow.projects.state import Submission
from ltcflow.roles import Team
from ltcflow.worktime import calendar


def test_what_is_shipped_comes_through_the_hooks() -> None:
    found = collect([builtin], strict=True)
    (info,) = found.plugins
    assert (info.name, info.distribution, info.version, info.builtin) == ("ltcflow", "ltcflow", ltc.__version__, True)
    assert info.hooks == ("ltcflow_calendars", "ltcflow_criteria", "ltcflow_processes")
    assert set(found.catalog) == set(entries())
    assert dict(found.judges) == dict(SHIPPED)
    assert dict(info.offers)["ltcflow_processes"] == tuple(sorted(entries()))


def test_without_the_built_in_plugin_nothing_is_there() -> None:
    found = discover(allow=(), block=["ltcflow"], strict=True)
    assert (found.plugins, dict(found.catalog), dict(found.judges)) == ((), {}, {})


def test_the_catalog_of_the_package_is_that_of_the_plugins() -> None:
    """In a fresh Python: other tests make extensions of their own."""
    code = "import ltcflow, sys; from ltcflow.plugins import default_extensions as found"
    code += "; sys.exit(ltcflow.catalog is not found().catalog)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
    assert set(entries()) <= set(ltc.catalog)


@pytest.mark.parametrize("name", builtin.CALENDARS)
def test_every_shipped_calendar_is_the_one_of_worktime(name: str) -> None:
    assert collect([builtin]).calendar(name) == calendar(name)


def test_a_country_that_is_not_listed_is_known_all_the_same() -> None:
    assert collect([builtin]).calendar("SE") == calendar("SE")


def test_a_shipped_process_is_read_when_it_is_asked_for() -> None:
    name = "huawei_manage_sales_project"
    assert collect([builtin]).catalog[name].id == name


# -- the shipped criteria ----------------------------------------------------------------------------------------------


def judged(name: str, context: CriterionContext, parameters: dict[str, Any], **known: Any) -> tuple[Truth, str, str]:
    answer = SHIPPED[f"ltcflow.{name}"](attrs.evolve(context, parameters=parameters, **known))
    assert all(label.zh and label.en for label in (answer.needed, answer.seen))
    assert answer.truth is Truth.TRUE or (answer.remedy.zh and answer.remedy.en)
    return answer.truth, answer.seen.en, answer.remedy.en


def test_fact_known(context: CriterionContext) -> None:
    amount = {"amount": Money(1, "CNY")}
    assert judged("fact_known", context, {"facts": "amount"}, facts=amount)[0] is Truth.TRUE
    both = {"facts": ["amount", "grade"]}
    assert judged("fact_known", context, both, facts=amount) == (Truth.FALSE, "grade not known", "Record grade.")


def test_field_filled(context: CriterionContext) -> None:
    asked = {"deliverable": "offer", "fields": ["price", "date"]}
    assert judged("field_filled", context, asked)[:2] == (Truth.FALSE, "not submitted")
    handed_in = {"offer": Submission(None, "li.wei", (("price", "10"), ("date", " ")), ())}  # type: ignore[arg-type]
    assert judged("field_filled", context, asked, delivered=handed_in)[:2] == (Truth.FALSE, "date empty")
    assert judged("field_filled", context, {**asked, "fields": "price"}, delivered=handed_in)[0] is Truth.TRUE


def test_role_staffed(context: CriterionContext) -> None:
    team = Team().with_role("board", ["chen.jie"])
    assert judged("role_staffed", context, {"roles": "board"}, team=team)[0] is Truth.TRUE
    assert judged("role_staffed", context, {"roles": ["board", "lead"]}, team=team)[:2] == (Truth.FALSE, "0 in lead")
    two = {"roles": "board", "at_least": 2}
    assert judged("role_staffed", context, two, team=team)[:2] == (Truth.FALSE, "1 in board")


@pytest.mark.parametrize(
    ("name", "parameters", "seen"),
    [
        ("fact_known", {}, "the parameter 'facts' must be one id or several"),
        ("fact_known", {"facts": 3}, "the parameter 'facts' must be one id or several"),
        ("fact_known", {"facts": []}, "the parameter 'facts' must be one id or several"),
        ("fact_known", {"fact": "amount"}, "there is no parameter 'fact'; use facts"),
        ("field_filled", {"fields": "price"}, "the parameter 'deliverable' must be an id"),
        ("field_filled", {"deliverable": "offer", "fields": [1]}, "the parameter 'fields' must be one id or several"),
        ("role_staffed", {"roles": "lead", "at_least": 0}, "the parameter 'at_least' must be 1 or more"),
        ("role_staffed", {"roles": "lead", "at_least": True}, "the parameter 'at_least' must be 1 or more"),
    ],
)
def test_a_slip_in_the_declaration_is_unknown_and_never_met(
    context: CriterionContext, name: str, parameters: dict[str, Any], seen: str
) -> None:
    assert judged(name, context, parameters)[:2] == (Truth.UNKNOWN, f"declared wrongly: {seen}")


ROLES: dict[str, Any] = {"lead": {"en": "Lead", "sponsor": True}, "board": "决策团队"}


def bid() -> Process:
    """One gate that asks all three."""
    criteria = [
        b.plugin("ltcflow.fact_known", {"facts": "amount"}),
        b.plugin("ltcflow.field_filled", {"deliverable": "offer_document", "fields": ["price"]}),
        b.plugin("ltcflow.role_staffed", {"roles": "board", "at_least": 2}),
    ]
    return b.process(
        "bid",
        facts={"amount": b.money("CNY")},
        roles=ROLES,
        deliverables={"offer_document": {"zh": "标书"}},
        stages=[
            b.stage(
                "prepare",
                activities=[b.activity("offer", raci={"A": "lead"}, outputs=["offer_document"])],
                gates=[b.gate("atb", decided_by={"roles": ["board"], "rule": "any"}, criteria=criteria)],
            )
        ],
    )


def test_the_shipped_criteria_judge_a_running_gate() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    ws = ltc.Workspace.open("memory:", extensions=collect([builtin], strict=True))
    assert ws.start(bid(), project="acme", team={"lead": "li.wei", "board": "chen.jie"}, by="li.wei", at=at).accepted
    ws.finish("acme", "offer", by="li.wei", at=at)
    answer = ws.vote("acme", "atb", by="chen.jie", verdict="go", at=at)
    assert isinstance(answer, ltc.Refused)
    assert [reason.code for reason in answer.reasons] == ["LTC526"] * 3
    ws.record("acme", by="li.wei", facts={"amount": 10}, at=at)
    ws.submit("acme", "offer_document", by="li.wei", fields={"price": "10"}, at=at)
    ws.assign("acme", "board", ["chen.jie", "wang.fang"], by="li.wei", at=at)
    assert ws.vote("acme", "atb", by="chen.jie", verdict="go", at=at).accepted
