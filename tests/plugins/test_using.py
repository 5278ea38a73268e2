"""Using what plugins add: checks, estimators, assigners, exporters; one that fails is a finding, the others go on."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import pytest

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.conditions import Truth
from ltcflow.errors import UnknownName
from ltcflow.findings import Finding
from ltcflow.plugins import (
    AssignContext,
    EstimateContext,
    ExportContext,
    Extensions,
    PluginFailed,
    WrongAnswer,
    assign,
    collect,
    estimates,
    export,
    run_checks,
)
from ltcflow.plugins.using import known_to_plugins
from ltcflow.process import Process
from ltcflow.projects import CriterionContext, Judgement
from ltcflow.roles import Team
from ltcflow.stages import as_estimate
from ltcflow.worktime import as_duration

Make = Callable[..., types.ModuleType]
ROLES: dict[str, Any] = {
    "lead": {"en": "Lead", "sponsor": True},
    "board": "决策团队",
    "legal": {"en": "Legal", "legal": True},
}


def bid(**fields: Any) -> Process:
    """Some durations are open, some roles are: a stage, two activities, a gate and a milestone."""
    return b.process(
        "bid",
        roles=ROLES,
        separation_of_duties=[["lead", "board"]],
        stages=[
            b.stage(
                "prepare",
                activities=[
                    b.activity("call", raci={"A": "lead"}),
                    b.activity("offer", duration="3d", raci={"A": "lead"}),
                    b.activity("report", every="1w", raci={"A": "lead"}),
                ],
                gates=[b.gate("atb", decided_by={"roles": ["board"], "rule": "any"}, criteria=[b.done("offer")])],
                **fields,
            )
        ],
        milestones=[b.milestone("sent", after=["atb"])],
    )


def boom(*_: object) -> Any:
    raise ValueError("boom")


# -- checks ------------------------------------------------------------------------------------------------------------


def test_findings_of_plugins_stand_beside_those_of_ltcflow(acme: types.ModuleType, plugin: Make) -> None:
    found = collect([acme, plugin("broken", ltcflow_checks=[boom, lambda process: 3])], strict=True)
    process = bid()
    findings = run_checks(found, process)
    assert [finding.code for finding in findings] == ["LTC730", "LTC731", "ACME12"]
    assert "Plugin 'broken': check broken.boom raised ValueError: boom (test_using.py:" in findings[0].problem
    judged = ltc.check(process, extra=[lambda process: run_checks(found, process)])
    assert {"ACME12", "LTC730"} <= {finding.code for finding in judged}
    assert run_checks(Extensions(), process) == ()


def test_a_check_may_be_a_generator_and_fail_half_way(plugin: Make) -> None:
    def half(process: Process) -> Any:
        yield Finding(code="ACME1", where="", problem="is odd.", remedy="Mend it.")
        boom()

    findings = run_checks(collect([plugin("acme", ltcflow_checks=[half])]), bid())
    assert [finding.code for finding in findings] == ["LTC730"]


@pytest.mark.parametrize("place", ["gate", "milestone", "stage"])
def test_a_criterion_that_nobody_offers_is_a_warning_with_the_nearest_name(plugin: Make, place: str) -> None:
    def yes(context: CriterionContext) -> Judgement:
        return Judgement(truth=Truth.TRUE)

    asked = [b.plugin("acme.credit_limt")]
    process = b.process(
        "bid",
        roles={"board": "决策团队"},
        stages=[
            b.stage(
                "prepare",
                activities=[b.activity("offer")],
                gates=[b.gate("atb", decided_by="board", criteria=asked if place == "gate" else [])],
                succeeded_when=asked if place == "stage" else [],
            )
        ],
        milestones=[b.milestone("sent", after=["atb"], criteria=asked if place == "milestone" else [])],
    )
    found = collect([plugin("acme", ltcflow_criteria={"acme.credit_limit": yes})])
    (finding,) = run_checks(found, process)
    where = {
        "gate": "stages.prepare.gates.atb.criteria[0].plugin",
        "milestone": "milestones.sent.criteria[0].plugin",
        "stage": "stages.prepare.succeeded_when[0].plugin",
    }
    assert (finding.code, finding.severity.value, finding.where) == ("LTC740", "warning", where[place])
    assert "'acme.credit_limt', which no installed plugin offers" in finding.problem
    assert finding.remedy == "Install the plugin that offers it. Or did you mean 'acme.credit_limit'?"
    assert run_checks(collect([plugin("acme", ltcflow_criteria={"acme.credit_limt": yes})]), process) == ()


# -- estimators --------------------------------------------------------------------------------------------------------


def test_the_first_estimator_that_knows_an_open_element_answers_for_it(plugin: Make) -> None:
    asked: list[EstimateContext] = []

    def first(context: EstimateContext) -> str | None:
        asked.append(context)
        return "1h" if context.element.id == "call" else None

    found = collect(
        [
            plugin("later", priority=1, ltcflow_estimators=[lambda context: "9d"]),
            plugin("first", ltcflow_estimators=[first]),
            plugin("broken", priority=-1, ltcflow_estimators=[boom, lambda context: "soon"]),
        ],
        strict=True,
    )
    durations, problems = estimates(found, bid(), facts={"grade": "A"})
    assert durations == {"call": as_estimate("1h"), "atb": as_estimate("9d")}
    assert [context.element.id for context in asked] == ["call", "atb"]
    with pytest.raises(TypeError):
        asked[0].facts["grade"] = "B"  # type: ignore[index]
    assert dict(asked[0].facts) == {"grade": "A"}
    assert [finding.code for finding in problems] == ["LTC730", "LTC730"]
    assert ["is not a duration" in finding.problem for finding in problems] == [True, False]
    plan = ltc.plan(bid(), start="2026-03-02", durations=durations)
    assert (plan["call"].duration, plan["call"].assumed) == (as_duration("1h"), False)


def test_an_estimate_may_have_three_points(plugin: Make) -> None:
    three = {"optimistic": "1d", "likely": "2d", "pessimistic": "9d"}
    durations, problems = estimates(collect([plugin("acme", ltcflow_estimators=[lambda context: three])]), bid())
    assert (problems, set(durations)) == ((), {"call", "atb"})


# -- assigners ---------------------------------------------------------------------------------------------------------


def test_roles_that_nobody_wears_are_offered_and_separation_of_duties_is_kept(plugin: Make) -> None:
    asked: list[AssignContext] = []

    def everybody_is_li_wei(context: AssignContext) -> str:
        asked.append(context)
        return "li.wei"

    found = collect(
        [
            plugin("broken", priority=-2, ltcflow_assigners=[boom, lambda context: 3]),
            plugin("nameless", priority=-1, ltcflow_assigners=[lambda context: [""], lambda context: None]),
            plugin("one", ltcflow_assigners=[everybody_is_li_wei]),
            plugin("two", ltcflow_assigners=[lambda context: ["chen.jie", "wang.fang"]]),
        ],
        strict=True,
    )
    team, problems = assign(found, bid(), project="acme", team={"lead": "li.wei"}, facts={"grade": "A"})
    assert team.people("lead") == ("li.wei",)
    assert team.people("board") == ("chen.jie", "wang.fang")
    assert team.people("legal") == ("li.wei",)
    assert [context.role.id for context in asked] == ["board", "legal"]
    assert (asked[0].project, dict(asked[0].facts)) == ("acme", {"grade": "A"})
    assert asked[1].team.people("board") == ("chen.jie", "wang.fang")
    assert sorted(finding.code for finding in problems) == ["LTC730", "LTC731"]


def test_a_role_that_nobody_knows_somebody_for_stays_open(plugin: Make) -> None:
    found = collect([plugin("acme", ltcflow_assigners=[lambda context: None])], strict=True)
    assert assign(found, bid(), project="acme") == (Team(), ())


# -- exporters ---------------------------------------------------------------------------------------------------------


def test_an_exporter_gives_a_text_or_bytes(acme: types.ModuleType, plugin: Make) -> None:
    found = collect([acme, plugin("other", ltcflow_exporters={"raw": lambda context: b"\x00"})], strict=True)
    assert export(found, "acme.csv", ExportContext(process=bid())) == "call\noffer\nreport\n"
    assert export(found, "raw", ExportContext(process=bid(), lang="zh")) == b"\x00"


def test_an_unknown_format_and_a_failing_exporter_are_named(plugin: Make) -> None:
    found = collect([plugin("acme", ltcflow_exporters={"acme.bad": boom, "acme.odd": lambda context: 3})])
    with pytest.raises(UnknownName, match=r"no exporter 'acme\.bda' here\. Did you mean 'acme\.bad'"):
        export(found, "acme.bda", ExportContext(process=bid()))
    with pytest.raises(PluginFailed, match=r"plugin 'acme': exporter acme\.bad raised ValueError: boom"):
        export(found, "acme.bad", ExportContext(process=bid()))
    with pytest.raises(WrongAnswer, match=r"answered a value of type int instead of a text or bytes"):
        export(found, "acme.odd", ExportContext(process=bid()))


def test_the_calendar_of_a_plugin_is_no_unknown_calendar() -> None:
    extensions = Extensions(calendars=(("acme_days", lambda: ltc.Process),))  # type: ignore[arg-type,return-value]  # -- never made here
    found = [f for f in ltc.check(b.process("p", calendar="acme_days")) if f.code == "LTC340"]
    other = [f for f in ltc.check(b.process("p", calendar="acme_day")) if f.code == "LTC340"]
    assert [known_to_plugins(extensions, f) for f in (*found, *other)] == [True, False]
