"""Commands that set processes beside each other: compare, locate, roles, compose; both languages, JSON, wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow.labels import width
from ltcflow.report.analysis import comparison_text, location_text, matrix_text, roles_table
from ltcflow.testing import processes

Run = Callable[..., Result]


@pytest.fixture
def other(folder: Path) -> Path:
    """Another deal: a call instead of the visit, another id for the offer, and no milestone."""
    text = (folder / "deal.yaml").read_text(encoding="utf-8")
    text = text.replace("activity: visit", "activity: call").replace("拜访客户, en: Visit", "电话, en: Phone them")
    text = text.replace("write_offer", "offer_writing").replace("small_deal", "other_deal")
    (folder / "other.yaml").write_text(text.partition("milestones:")[0], encoding="utf-8")
    return folder


def test_comparing_tells_what_stands_for_what_and_what_does_not(other: Path, run: Run) -> None:
    found = run("compare", "deal.yaml", "other.yaml")
    assert found.exit_code == 1
    assert "small_deal beside other_deal:" in found.output
    assert "1 missing, 2 extra" in found.output
    assert "offer_writing" in found.output
    assert "the same name" in found.output
    assert run("compare", "deal.yaml", "deal.yaml").exit_code == 0
    zh = run("compare", "deal.yaml", "other.yaml", "--lang", "zh")
    assert "small_deal 对照 other_deal" in zh.output
    data = json.loads(run("compare", "deal.yaml", "other.yaml", "--json").output)
    assert {"matches", "missing", "extra", "moved"} <= set(data)
    assert {m["reason"] for m in data["matches"]} == {"id", "label"}


def test_locating_tells_the_stage_the_evidence_and_what_is_left(folder: Path, run: Run) -> None:
    found = run("locate", "deal.yaml", "--delivered", "offer", "--fact", "amount=5000000")
    assert found.exit_code == 0
    assert "Most likely stage: Sell (sell)." in found.output
    assert "! release" in found.output
    assert "finance" not in found.output
    zh = run("locate", "deal.yaml", "--finished", "accepted", "--lang", "zh")
    assert "最可能的阶段:回款 (cash)" in zh.output
    data = json.loads(run("locate", "deal.yaml", "--finished", "visit", "--json").output)
    assert (data["stage"], data["done"]) == ("sell", ["visit"])
    end = run("locate", "deal.yaml", "--finished", "paid", "--finished", "accepted")
    assert "No stage has anything left to do." in end.output


def test_the_matrix_of_a_process_names_gaps_and_the_library_its_roles(folder: Path, run: Run) -> None:
    whole = run("roles", "deal.yaml")
    assert whole.exit_code == 0
    assert "<release>" in whole.output
    text = (folder / "deal.yaml").read_text(encoding="utf-8").replace("raci: {R: seller, A: boss}", "raci: {R: seller}")
    (folder / "gap.yaml").write_text(text, encoding="utf-8")
    gap = run("roles", "gap.yaml")
    assert gap.exit_code == 1
    assert "no A" in gap.output
    assert "缺 A" in run("roles", "gap.yaml", "--lang", "zh").output
    assert run("roles", "huawei_manage_sales_project").exit_code == 0
    busy = run("roles", "huawei_manage_sales_project", "--most-at-once", "1")
    assert busy.exit_code == 1
    assert "things to do at once" in busy.output
    assert {"rows", "loads", "roles"} <= set(json.loads(run("roles", "deal.yaml", "--json").output))
    library = run("roles")
    assert library.exit_code == 0
    assert "account_responsible" in library.output
    found = run("roles", "--find", "客户责任人", "--json")
    assert [role["id"] for role in json.loads(found.output)] == ["account_responsible"]
    assert [role["id"] for role in json.loads(run("roles", "deal.yaml", "--find", "法务", "--json").output)] == [
        "lawyer"
    ]
    nobody = run("roles", "--find", "astronaut")
    assert nobody.exit_code == 1
    assert "No role goes by the name 'astronaut'." in nobody.output


def test_composing_prints_a_definition_that_can_be_checked(folder: Path, run: Run) -> None:
    second = "ltcflow: 1\nprocess: aftercare\nstages: [{stage: care, activities: [{activity: call}]}]\n"
    (folder / "care.yaml").write_text(second, encoding="utf-8")
    whole = run("compose", "deal.yaml", "care.yaml", "--id", "whole", "--zh", "全程", "--en", "Whole", "--version", "2")
    assert whole.exit_code == 0
    process = ltc.loads(whole.output)
    assert (process.id, process.version, process.title.zh) == ("whole", "2", "全程")
    assert [d.on for d in process.stage("care").after or ()] == ["cash", "paid"]
    beside = ltc.loads(run("compose", "deal.yaml", "care.yaml", "--side-by-side").output)
    assert (beside.id, beside.stage("care").after) == ("small_deal_with_aftercare", ())
    assert json.loads(run("compose", "deal.yaml", "care.yaml", "--json").output)["id"] == "small_deal_then_aftercare"


def test_parts_that_clash_are_told_at_once(folder: Path, run: Run) -> None:
    clash = run("compose", "deal.yaml", "deal.yaml")
    assert clash.exit_code in (1, 2)
    assert clash.output.count("LTC131") > 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("compare", "deal.yaml", "huawei_manage_sale_project"), "Did you mean 'huawei_manage_sales_project'"),
        (("locate", "deal.yaml", "--finished", "visitt"), "Did you mean 'visit'"),
        (("locate", "deal.yaml", "--delivered", "ofer"), "Did you mean 'offer'"),
        (("locate", "deal.yaml", "--fact", "amount=lots"), "amount"),
        (("locate", "deal.yaml", "--fact", "amount"), "amount=5000000"),
        (("roles", "missing.yaml"), "missing.yaml"),
        (("roles", "deal.yaml", "--most-at-once", "0"), "most-at-once"),
        (("compose",), "FILE|ID"),
        (("compose", "deal.yaml", "--id", "Site Survey"), "site_survey"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(arguments: tuple[str, ...], told: str, folder: Path, run: Run) -> None:
    found = run(*arguments)
    assert found.exit_code == 2
    assert told in found.output


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(processes(stages=2, activities=3, sound=False), processes(stages=2, sound=False), st.sampled_from(["en", "zh"]))
def test_every_text_of_an_analysis_is_whole_lines_of_clean_text(one: ltc.Process, two: ltc.Process, lang: str) -> None:
    texts = [
        comparison_text(ltc.compare(one, two), one, two, lang, total=100),  # type: ignore[arg-type]  # en or zh
        location_text(ltc.locate(one), one, lang, total=100),  # type: ignore[arg-type]  # en or zh
        roles_table(one.roles, lang, total=100),  # type: ignore[arg-type]  # en or zh
        matrix_text(ltc.responsibilities(one), one, lang, total=100),  # type: ignore[arg-type]  # en or zh
    ]
    for text in texts:
        assert text.endswith("\n")
        assert all(character.isprintable() for line in text.split("\n") for character in line)
    assert all(width(line) <= 100 for text in texts[:3] for line in text.split("\n"))
