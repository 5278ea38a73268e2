"""The flagship `lead_to_cash`: made of its parts and of nothing else, sound, true to the text, run to its end."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from itertools import combinations, pairwise
from pathlib import Path
from types import ModuleType

import attrs
import pytest

import ltcflow as ltc
from ltcflow.catalog import entries, load_entry
from ltcflow.findings import DefinitionError, Finding, Severity, errors_of
from ltcflow.graph.network import network
from ltcflow.process import Process, RuleLevel, duties_of
from ltcflow.projects.events import ActivityFinished, Event, GateDecided
from ltcflow.schedule import Plan
from ltcflow.stages import GateKind
from ltcflow.testing import good_facts, play

TOOL = Path(__file__).parents[2] / "tools" / "flagship.py"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("flagship", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _tool()
WHOLE = load_entry("lead_to_cash")
PARTS: list[Process] = [load_entry(name) for name in tool.PARTS]
NET = network(WHOLE)

STRATEGIES = ("relationship_strategy", "solution_strategy", "delivery_strategy", "commercial_strategy")
EXECUTION = ("relationship_execution", "solution_execution", "delivery_execution", "commercial_execution")
PLANS = ("implementation_plan", "purchasing_plan", "logistics_plan", "collection_plan")
TRACKS = (
    "purchasing_execution",
    "logistics_transport",
    "product_development",
    "production_stocking",
    "engineering_preparation",
)
AR = "account_responsible.0"
MONEY = (
    "initial_acceptance_gate",
    "project_payment_confirmation",
    "final_acceptance_gate",
    "final_payment_confirmation",
)
CASES = [{"by_tender": t, "early_start_requested": e} for t in (True, False) for e in (True, False)]


def before(name: str) -> set[str]:
    """Everything that *name* waits for, near or far."""
    return {NET.nodes[i].id for i in NET.ancestors(NET.index[name])}


def steps(stage: str) -> list[str]:
    return [a.id for a in WHOLE.stage(stage).activities if not a.spans]


# -- made of its parts -------------------------------------------------------------------------------------------------


def test_the_file_is_what_its_parts_compose() -> None:
    """When this fails: python tools/flagship.py."""
    made = tool.flagship()
    assert made == WHOLE
    assert entries()["lead_to_cash"].read_text(encoding="utf-8") == tool.text()


def test_it_does_not_matter_how_the_parts_are_put_in_brackets() -> None:
    presales = PARTS[0] >> PARTS[1]
    delivery = PARTS[2] >> PARTS[3] >> PARTS[4]
    collection = ltc.compose(*PARTS[5:])
    whole = presales >> delivery >> collection
    assert attrs.evolve(whole, id=WHOLE.id, title=WHOLE.title, purpose=WHOLE.purpose) == WHOLE


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_a_part_is_sound_by_itself_and_promotes_what_the_whole_promotes(part: Process) -> None:
    assert {f.severity for f in ltc.check(part)} == {Severity.INFO}
    assert part.rules == WHOLE.rules


def test_a_role_has_one_name_kind_and_source_in_all_parts() -> None:
    for part in PARTS:
        for role in part.roles:
            assert attrs.evolve(role, duties=()) == attrs.evolve(WHOLE.role(role.id), duties=())
            assert set(role.duties) <= set(WHOLE.role(role.id).duties)


def test_what_a_part_takes_over_it_reads_first_and_leaves_behind_up_to_date() -> None:
    handed: dict[str, list[str]] = {}
    for part in PARTS:
        for deliverable in part.deliverables:
            handed.setdefault(deliverable.id, []).append(part.id)
            assert deliverable == WHOLE.deliverable(deliverable.id)
            if len(handed[deliverable.id]) > 1:
                touching = [a for a in part.activities() if deliverable.id in (*a.inputs, *a.outputs)]
                assert any({deliverable.id} <= set(a.inputs) & set(a.outputs) for a in touching)
    assert {name: parts for name, parts in handed.items() if len(parts) > 1} == {
        "project_information_form": ["ltc_manage_leads", "ltc_manage_opportunities"],
        "project_file": ["ltc_manage_opportunities", "ltc_close_out"],
        "contract": ["ltc_manage_opportunities", "ltc_hand_over_contract"],
        "task_order": ["ltc_hand_over_contract", "ltc_prepare_delivery"],
        "commitment_list": ["ltc_hand_over_contract", "ltc_deliver_and_accept"],
        "implementation_plan_doc": ["ltc_prepare_delivery", "ltc_deliver_and_accept"],
        "collection_plan_doc": ["ltc_prepare_delivery", "ltc_collect_payment"],
        "preliminary_acceptance_report": ["ltc_deliver_and_accept", "ltc_collect_payment"],
        "open_points_list": ["ltc_deliver_and_accept", "ltc_trial_and_final_acceptance"],
        "final_acceptance_report": ["ltc_trial_and_final_acceptance", "ltc_collect_final_payment"],
        "final_payment_record": ["ltc_collect_final_payment", "ltc_close_out"],
    }


def clashes(*parts: Process) -> tuple[Finding, ...]:
    with pytest.raises(DefinitionError) as caught:
        ltc.compose(*parts)
    return caught.value.findings


def test_unrelated_processes_say_where_they_clash_and_what_to_do() -> None:
    one, other = load_entry("huawei_manage_sales_project"), load_entry("ltc_phase_framework")
    told = {finding.where: finding for finding in clashes(load_entry("ltc_manage_opportunities"), one)}
    assert {"validate_opportunity", "ati_gate", "initiation_prepared"} <= set(told)
    assert {finding.code for finding in told.values()} == {"LTC131"}
    assert told["ati_gate"].witness == ("ltc_manage_opportunities", "huawei_manage_sales_project")
    assert "rename(huawei_manage_sales_project, {'ati_gate': " in told["ati_gate"].remedy
    assert all(f.problem_zh and f.remedy_zh for f in told.values())
    assert "project_summary" in {f.where for f in clashes(load_entry("ltc_level1_activity_map"), one)}
    both = ltc.prefixed(one, "sales_") >> other  # nothing shared but roles: they go together
    assert len(both.stages) == len(one.stages) + len(other.stages)


# -- sound -------------------------------------------------------------------------------------------------------------


def test_it_is_sound_with_every_demanded_rule_promoted() -> None:
    promoted = {rule.code for rule in WHOLE.rules if rule.level is RuleLevel.ERROR}
    demanded = ["310", "311", "312", "313", "314", "315", "316", "317", "322", "324", "333"]
    assert promoted == {f"LTC{code}" for code in demanded}
    assert errors_of(ltc.check(WHOLE)) == ()
    assert {f.code for f in ltc.check(WHOLE)} == {"LTC326", "LTC334"}


# -- true to the text --------------------------------------------------------------------------------------------------


def test_the_four_authorisations_are_mandatory_decisions_of_the_decision_team() -> None:
    for name in ("ati_gate", "atb_gate", "atc_gate", "atcc_gate"):
        gate = WHOLE.gate(name)
        assert (gate.kind, gate.decided_by.roles, gate.mandatory) == (GateKind.DECISION, ("decision_team",), True)
    assert WHOLE.stage("bidding").when == "by_tender"
    assert WHOLE.stage("early_start").when == "early_start_requested"


def test_every_gate_has_criteria_and_a_way_back() -> None:
    assert [gate.id for gate in WHOLE.gates() if not gate.criteria or not gate.recycle_to] == []


@pytest.mark.parametrize(
    "chain",
    [
        (
            "lead_screening",
            "opportunity_validation",
            "project_grading",
            "pre_initiation_decision_gate",
            "project_filing",
        ),
        ("project_filing", "ati_gate", "project_kickoff", "solution_review_gate", "atb_gate", "bid_submission"),
        ("bid_submission", "contract_negotiation", "legal_review", "atc_gate", "contract_signing"),
        ("ati_gate", "early_start_approval", "early_preparation", "handover_acceptance"),
        ("contract_signing", "handover_acceptance", "delivery_kickoff", "delivery_plan_review_gate", "solution_design"),
        ("solution_design", "commencement_readiness_gate", "commencement_meeting", "equipment_installation"),
        ("system_test", "internal_acceptance", "initial_acceptance", "initial_acceptance_gate"),
        # T4: payment is tied to acceptance
        ("initial_acceptance_gate", "preliminarily_accepted", "project_collection", "project_payment_confirmation"),
        ("project_payment_confirmation", "trial_operation", "final_acceptance_gate", "finally_accepted"),
        ("finally_accepted", "final_payment_collection", "final_payment_confirmation", "financial_settlement"),
        ("financial_settlement", "atcc_gate", "win_loss_review", "project_archive", "release_people", "project_closed"),
    ],
    ids=lambda chain: f"{chain[0]}-{chain[-1]}",
)
def test_each_waits_for_the_one_before(chain: tuple[str, ...]) -> None:
    for earlier, later in pairwise(chain):
        assert earlier in before(later), f"{later} does not wait for {earlier}"


def side_by_side(groups: Iterable[Iterable[str]]) -> None:
    for one, other in combinations([list(group) for group in groups], 2):
        for name in one:
            assert not before(name) & set(other)
        for name in other:
            assert not before(name) & set(one)


def test_the_four_strategies_are_parallel_from_analysis_to_strategy_and_meet_before_ati() -> None:
    assert all(len(steps(stage)) == 2 for stage in STRATEGIES)
    side_by_side(map(steps, STRATEGIES))
    for stage in STRATEGIES:
        assert "project_analysis" in before(steps(stage)[0])
        assert set(steps(stage)) <= before("goals_and_strategy") < before("ati_gate")


def test_the_four_strategies_are_carried_out_in_parallel_and_meet_in_bid_and_negotiation() -> None:
    side_by_side([name] for name in EXECUTION)
    assert steps("strategy_execution") == list(EXECUTION)
    assert set(EXECUTION) <= before("pre_bid_preparation") & before("contract_negotiation")


def test_plans_and_preparations_are_parallel_and_each_joined_by_its_gate() -> None:
    for tracks, gate in ((PLANS, "delivery_plan_review_gate"), (TRACKS, "commencement_readiness_gate")):
        side_by_side([name] for name in tracks)
        assert set(tracks) <= before(gate)
    assert WHOLE.gate("commencement_readiness_gate").kind is GateKind.READINESS
    assert "commencement_readiness_gate" in before("commencement_meeting")


def test_payment_names_no_share_and_no_amount() -> None:
    assert [m.id for m in WHOLE.milestones if m.payments] == []


def test_the_sales_project_is_watched_from_its_team_to_its_contract() -> None:
    made = ltc.plan(WHOLE, start="2026-03-02", calendar="CN", default_duration="2d")
    for stage, name in (("sales_monitoring", "risk_monitoring"), ("sales_monitoring", "weekly_report_loop")):
        assert WHOLE.stage(stage).title.zh == "销售项目监控"
        row = made[name]
        assert row.early_start == made["project_filing"].early_start
        assert row.early_finish == made["contract_signing"].early_finish
    assert {a.id for a in WHOLE.activities() if a.spans} >= {"quality_assurance_control", "delivery_risk_monitoring"}


def test_everybody_has_a_duty() -> None:
    abbreviations = {role.abbreviation: role.id for role in WHOLE.roles if role.abbreviation}
    assert abbreviations == {
        "AR": "account_responsible",
        "SR": "solution_responsible",
        "FR": "fulfilment_responsible",
        "PD": "project_director",
        "QA": "sales_project_admin_qa",
    }
    active = {gate.id: set(gate.decided_by.roles) for gate in WHOLE.gates()}
    for element in (*WHOLE.activities(), *WHOLE.gates()):
        found = active.setdefault(element.id, set())
        found |= {role for letter, role in duties_of(element).pairs() if letter in "RA"}
    working = set[str]().union(*active.values())
    assert working >= {*abbreviations.values(), "project_owner", "decision_team", "legal_department", "customer"}
    assert working >= {"finance_department", "delivery_project_manager", "engineering_manager", "supply_chain"}
    assert WHOLE.role("project_owner").sponsor
    assert WHOLE.role("project_director").first_responsible
    assert WHOLE.role("legal_department").legal
    assert WHOLE.role("customer").external
    assert WHOLE.gate("legal_review").decided_by.roles == ("legal_department",)
    assert all(role.duties for role in WHOLE.roles)


# -- planned and run ---------------------------------------------------------------------------------------------------


def named(facts: dict[str, bool]) -> str:
    return "-".join(name for name, on in facts.items() if on) or "plain"


def planned(**facts: bool) -> Plan:
    return ltc.plan(WHOLE, start="2026-03-02", calendar="CN", default_duration="2d", facts=facts)


@pytest.mark.parametrize("facts", CASES, ids=named)
def test_a_plan_has_a_critical_path_from_the_first_step_to_the_last(facts: dict[str, bool]) -> None:
    made = planned(**facts)
    path = made.critical_path
    assert (path[0], path[-1]) == ("lead_collection", "project_closed")
    assert {"lead_screening", "ati_gate", "atc_gate", "contract_signing", "initial_acceptance_gate"} <= set(path)
    assert {"project_collection", "trial_operation", "final_payment_collection", "atcc_gate"} <= set(path)
    assert ("atb_gate" in path) is facts["by_tender"]
    assert all(row.assumed for row in made.rows if row.kind == "activity" and not row.spans and not row.skipped)


def test_a_plan_without_tender_is_shorter_by_the_bid() -> None:
    tender, plain = planned(by_tender=True), planned(by_tender=False)
    saved = tender.duration.minutes - plain.duration.minutes
    assert saved == len(steps("bidding")) * 2 * 8 * 60


@pytest.mark.parametrize("facts", CASES, ids=named)
def test_a_project_runs_from_the_first_lead_to_the_final_payment(facts: dict[str, bool]) -> None:
    project = play(WHOLE, facts={**good_facts(WHOLE), **facts})
    done = [name for name in map(_name, project.log) if name]
    stages = [s for s in WHOLE.stages if facts.get(s.when, True)]
    wanted = {a.id for s in stages for a in s.activities if not a.spans} | {g.id for s in stages for g in s.gates}
    assert set(done) == wanted
    assert [name for name in done if name in MONEY] == list(MONEY)


def _name(event: Event) -> str:
    match event:
        case ActivityFinished():
            return event.activity
        case GateDecided():
            return event.gate
    return ""


def started() -> tuple[ltc.Workspace, str]:
    ws = ltc.Workspace.open("memory:")
    team = {role.id: [f"{role.id}.{i}" for i in range(2 if role.body else 1)] for role in WHOLE.roles}
    assert ws.start(WHOLE, project="acme", title="Acme", team=team).accepted
    return ws, "project_director.0"


def test_a_lost_bid_is_closed_as_lost_with_its_reason() -> None:
    ws, leader = started()
    assert not ws.end("acme", "lost", by=leader).accepted
    assert ws.end("acme", "lost", by=leader, reason="price").accepted


def test_a_lead_that_is_not_worth_it_is_stopped_where_it_is_screened() -> None:
    ws, _ = started()
    for name in ("lead_collection", "lead_registration", "lead_verification"):
        assert ws.finish("acme", name, by="marketing_team.0" if name != "lead_verification" else AR).accepted
    assert ws.submit("acme", "project_information_form", by="marketing_team.0").accepted
    assert ws.record("acme", by=AR, facts={"lead_genuine": True, "lead_feasible": False}).accepted
    assert ws.vote("acme", "lead_screening", by="project_owner.0", verdict="stop", reason="not feasible").accepted
    assert not ws.finish("acme", "obtain_opportunity", by=AR).accepted
    assert not ws.readiness("acme", "opportunity_obtained").ready
