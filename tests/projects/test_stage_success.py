"""T5: a stage that was entered and left is one thing, one that succeeded another; going on is never silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.projects import Progress, readiness, successes
from ltcflow.report import readiness_text
from ltcflow.testing import Watched, runs

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def courting() -> Process:
    return b.process(
        "courting",
        facts={"promised": b.yes_no()},
        roles={"seller": "Seller"},
        stages=[
            b.stage(
                "need",
                title={"zh": "唤起需求", "en": "Need"},
                activities=[b.activity("talk")],
                entered_when="met",
                succeeded_when=[
                    b.done("talk"),
                    b.fact("promised", title={"zh": "客户承诺下一步", "en": "The customer promises the next step"}),
                ],
            ),
            b.stage("offer", activities=[b.activity("write"), b.activity("send")]),
        ],
        milestones=[b.milestone("met", after=[b.after("talk", "SS")]), b.milestone("sent", after=["send"])],
    )


def workspace() -> ltc.Workspace:
    ticks = iter(range(1000))
    ws = ltc.Workspace.open("memory:", clock=lambda: AT + timedelta(minutes=next(ticks)))
    assert ws.start(courting(), project="x", title="X", by="li.wei", team={"seller": "li.wei"}).accepted
    return ws


def test_a_stage_begun_without_the_success_of_the_one_before_shows_in_readiness() -> None:
    ws = workspace()
    assert ws.readiness("x", "sent").without_success == ()
    assert ws.finish("x", "talk", by="li.wei").accepted
    assert ws.begin("x", "write", by="li.wei").accepted
    (left,) = ws.readiness("x", "sent").without_success
    assert (left.stage, left.entered, left.ended, left.succeeded, left.left_behind) == ("need", True, True, False, True)
    assert [answer.subject for answer in left.unmet] == ["promised"]
    assert left.begun_after == ("write",)
    assert ws.record("x", by="li.wei", facts={"promised": True}).accepted
    assert ws.readiness("x", "sent").without_success == ()


def test_it_holds_nothing_up_and_stays_visible_at_the_end() -> None:
    ws = workspace()
    for name in ("talk", "write", "send"):
        assert ws.finish("x", name, by="li.wei").accepted
    found = ws.readiness("x", "sent")
    assert found.ready
    assert [stage.stage for stage in found.without_success] == ["need"]
    text = readiness_text(found, courting(), "en", total=200)
    assert "Left without success: Need (need) lacks The customer promises the next step." in text
    assert "未成功即已离开" in readiness_text(found, courting(), "zh")


def test_only_stages_before_what_is_asked_for_are_named() -> None:
    ws = workspace()
    assert ws.finish("x", "talk", by="li.wei").accepted
    assert ws.readiness("x", "met").without_success == ()


def test_the_shipped_eight_stages_can_be_entered_without_success() -> None:
    process = ltc.catalog["project_sales_eight_stage"]
    assert all(stage.entered_when and stage.succeeded_when for stage in process.stages)
    assert [stage.mirrors.en != "" for stage in process.stages] == [True] * 8


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(runs(), st.data())
def test_success_is_the_end_of_the_work_and_every_criterion(watched: Watched, data: st.DataObject) -> None:
    state = watched.state
    progress = Progress(watched.process, state, state.at)
    for stage in successes(progress):
        assert stage.succeeded == (progress.ended(progress.position(stage.stage)) and not stage.unmet)
        assert not (stage.left_behind and stage.succeeded)
    names = [e.id for e in watched.process.elements() if type(e).__name__ in ("Milestone", "Gate")]
    if names and state.at.tzinfo is not None:
        name = data.draw(st.sampled_from(names))
        found = readiness(watched.process, state, name, at=state.at)
        assert set(found.without_success) <= {stage for stage in successes(progress) if stage.left_behind}
