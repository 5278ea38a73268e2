"""What reports say of processes, plans and projects: in both languages, at every width, of any project."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import projects as p
from ltcflow import report
from ltcflow.cli.demo_teller import PROJECT, run
from ltcflow.cli.options import Voice
from ltcflow.conditions import Fact, PercentType
from ltcflow.labels import Lang, width
from ltcflow.report.tables import finding_line

HAN = re.compile(r"[\u4e00-\u9fff]")
LANGS: tuple[Lang, ...] = ("en", "zh")
IDS = ("huawei_manage_sales_project", "ltc_level1_activity_map")
CHINA = timezone(timedelta(hours=8))
b = ltc.builder


@cache
def told() -> tuple[ltc.Process, tuple[p.AnyEvent, ...], tuple[p.Answer, ...]]:
    """A project from lead to cash: its process, every event, every answer."""
    demo = run(Voice("en"))
    return demo.process, demo.ws.log(PROJECT), tuple(demo.answers)


@pytest.fixture(autouse=True)
def _quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """What the demo prints is not looked at here."""


langs = st.sampled_from(LANGS)
totals = st.integers(60, 140)


def fits(text: str, total: int) -> None:
    assert text == "" or text.endswith("\n")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    for line in text.splitlines():
        assert width(line) <= total, line


@settings(max_examples=60, deadline=None)
@given(st.data(), langs, totals)
def test_every_text_of_a_project_fits_at_every_moment_of_it(data: st.DataObject, lang: Lang, total: int) -> None:
    process, events, _ = told()
    count = data.draw(st.integers(1, len(events)))
    state, last = p.replay(events[:count]), events[count - 1]
    at = last.at + timedelta(days=data.draw(st.integers(0, 400)))
    progress = p.Progress(process, state, at)
    element = data.draw(st.sampled_from([e.id for e in (*process.milestones, *process.gates(), *process.stages)]))
    most = data.draw(st.none() | st.integers(0, 5))
    missing = p.readiness(process, state, element, at=at)
    person = data.draw(st.sampled_from(["li.wei", "wang.fang", "chen.jie", "zhang.min", "nobody"]))
    fits(report.status_text(process, state, progress, lang, last=last, total=total, zone=CHINA), total)
    fits(report.readiness_text(missing, process, lang, total=total, most=most), total)
    fits(report.why_text(p.why(process, state, element, at=at), lang, total=total), total)
    fits(report.worklist_table(p.worklist(process, state, person, at=at), lang, total=total), total)
    fits(report.log_lines(events[:count], process, lang, total=total, zone=CHINA), total)
    json.dumps(report.to_data([report.status(process, state, progress), missing, state, last]))


@pytest.mark.parametrize("lang", LANGS)
def test_every_event_and_every_answer_is_told(lang: Lang) -> None:
    process, events, answers = told()
    for event in events:
        for text in (report.event_text(event, process, lang), report.event_text(event, None, lang)):
            assert text
            assert "\n" not in text
            assert bool(HAN.search(text)) == (lang == "zh")
    for answer in answers:
        for total in (60, 80, 140):
            fits(report.answer_text(answer, lang, process=process, total=total), total)
        assert bool(HAN.search(report.answer_text(answer, lang, process=process))) == (lang == "zh")
        json.dumps(report.to_data(answer))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("total", [60, 80, 100, 140])
@pytest.mark.parametrize("name", IDS)
def test_every_text_of_a_process_fits(name: str, total: int, lang: Lang) -> None:
    process = ltc.catalog[name]
    plan = ltc.plan(process, start="2026-03-02", calendar="CN", default_duration="3d")
    fits(report.tree(process, lang, total=total), total)
    fits(report.plan_table(plan, process, lang, total=total), total)
    fits(report.catalog_table([process], lang, total=total), total)
    assert all("\n" not in finding_line(finding, lang) for finding in ltc.check(process))


@pytest.mark.parametrize("name", IDS)
def test_no_id_is_cut_where_there_is_room_for_it(name: str) -> None:
    process = ltc.catalog[name]
    plan = ltc.plan(process, start="2026-03-02", calendar="CN", default_duration="3d")
    texts = [report.plan_table(plan, process, "en", total=100), report.tree(process, "en", total=100)]
    for text in texts:
        for element in process.elements():
            if process.find(element.id) is not None and type(element).__name__ in ("Activity", "Gate", "Milestone"):
                assert element.id in text


def test_readiness_says_less_of_each_thing_where_there_is_less_room() -> None:
    process, events, _ = told()
    state = p.replay(events[:40])
    missing = p.readiness(process, state, "final_payment_ms", at=events[39].at)
    wide, narrow = (report.readiness_text(missing, process, total=total) for total in (300, 90))
    assert "after final_acceptance_gate" in wide
    assert "(Account manager)" in wide
    assert "after final_acceptance_gate" not in narrow
    assert "(Account manager)" not in narrow
    assert "li.wei" in narrow
    assert "final_payment_collection" in narrow


def test_readiness_counts_what_it_does_not_show() -> None:
    process, events, _ = told()
    missing = p.readiness(process, p.replay(events[:1]), "final_payment_ms", at=events[0].at)
    text = report.readiness_text(missing, process, most=3)
    assert f"... and {len(missing.missing) - 3} more\n" in text
    assert text.count("\n! ") + text.count("\n   activity") <= 4
    assert "more" not in report.readiness_text(missing, process).replace("more or", "")


def test_a_recycle_names_the_first_that_are_open_again_and_counts_the_rest() -> None:
    process, events, _ = told()
    recycle = next(event for event in events if getattr(event, "reopened", ()))
    assert "'opportunity_assessment'" in report.event_text(recycle)
    assert "and 1 more; to be handed in again: 'pre_initiation_application_form'" in report.event_text(recycle)
    assert "等 5 项" in report.event_text(recycle, process, "zh")


def test_events_can_be_told_with_units_and_without_titles() -> None:
    process = b.process(
        "bid",
        title="Bid",
        facts={"margin": Fact(id="margin", type=PercentType(), title=ltc.Label(zh="毛利率", en="Margin"))},
        stages=[b.stage("do", activities=[b.activity("offer")])],
    )
    with ltc.Workspace.open("memory:") as ws:
        ws.start(process, project="acme", by="li.wei")
        answer = ws.record("acme", by="li.wei", facts={"margin": "12.5%"})
    (event,) = answer.events
    assert report.event_text(event, process) == "li.wei recorded Margin = 12.5%."
    assert report.event_text(event, process, titles=False) == "li.wei recorded margin = 12.5%."
    assert report.event_text(event) == "li.wei recorded margin = 0.125."


def test_an_answer_can_say_its_remedies_in_other_words() -> None:
    _, _, answers = told()
    refused = next(answer for answer in answers if not answer.accepted)
    code = refused.reasons[0].code
    text = report.answer_text(refused, remedies={code: ("Ask your boss.", "请问老板。")})
    assert "-> Ask your boss." in text
    assert refused.reasons[0].remedy not in text
    assert "-> 请问老板。" in report.answer_text(refused, "zh", remedies={code: ("Ask your boss.", "请问老板。")})


EVIL = "\x1b[2J\x07\u202e\u2028\r\n\t\x9b1m \"]}; -->|x| <script>` 'q' 投标"


def evil_process() -> ltc.Process:
    step = b.activity("offer", title=EVIL, raci={"R": "seller", "A": "seller"}, outputs=["paper"])
    gate = b.gate("atb", title=EVIL, decided_by="seller", criteria=[b.done("offer")], recycle_to="offer")
    return b.process(
        "bid",
        title=EVIL,
        purpose=EVIL,
        roles={"seller": EVIL},
        deliverables={"paper": EVIL},
        stages=[b.stage("do", title=EVIL, activities=[step], gates=[gate])],
    )


@pytest.mark.parametrize("lang", LANGS)
def test_no_text_of_a_declaration_can_steer_a_terminal_or_break_a_picture(lang: Lang) -> None:
    process = evil_process()
    texts: list[Callable[[], str]] = [
        lambda: report.tree(process, lang, total=80),
        lambda: report.catalog_table([process], lang, total=80),
        lambda: report.plan_table(ltc.plan(process, start="2026-03-02"), process, lang, total=80),
    ]
    for make in texts:
        fits(make(), 80)
        assert "\u202e" not in make()
    picture = report.mermaid(process, lang)
    labels = re.findall(r'"([^"]*)"', picture)
    assert labels
    for label in labels:
        assert not re.search(r"[<>`\x1b]", label.replace("<br/>", ""))
    assert picture.count('"') % 2 == 0
    plain = report.mermaid(b.process("bid", stages=process.stages and [
        b.stage("do", activities=[b.activity("offer")], gates=[b.gate("atb", recycle_to="offer")])
    ]), lang)  # fmt: skip
    assert [line.split("[")[0].split("{")[0] for line in picture.splitlines()] == [
        line.split("[")[0].split("{")[0] for line in plain.splitlines()
    ]


def test_findings_are_one_line_each_and_counted() -> None:
    process = b.process("bid", stages=[b.stage("do", activities=[b.activity("x", after=["y"]), b.activity("y")])])
    found = ltc.check(process)
    assert found
    assert re.fullmatch(r"\d+ errors? \(.*\), .*\.", report.findings_summary(found))
    assert re.fullmatch(r"\d+ 个错误\(.*\)，.*。", report.findings_summary(found, "zh"))
    circle = next(f for f in found if f.witness)
    assert finding_line(circle).endswith(f"(witness: {', '.join(circle.witness[:8])})")


def test_what_has_no_plain_form_is_refused_by_name() -> None:
    with pytest.raises(ltc.LtcflowError, match="LTC202: value: a object: has no plain form"):
        report.to_data(object())
    assert report.to_data([0.5, True, datetime(2026, 3, 2, tzinfo=UTC)]) == ["0.5", True, "2026-03-02T00:00:00+00:00"]


def test_every_name_of_the_package_is_there() -> None:
    for name in report.__all__:
        assert callable(getattr(report, name))
    assert set(report.__all__) <= set(dir(report))
    with pytest.raises(AttributeError, match="no attribute 'tables_of'"):
        _ = report.tables_of
