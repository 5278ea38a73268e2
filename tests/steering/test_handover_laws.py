"""Hand-overs as laws: two sides sign, nobody for the other; a signature binds to a package no worse than was signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.graph import NodeKind
from ltcflow.process import Process
from ltcflow.projects import Progress
from ltcflow.projects.register import commands as c
from ltcflow.projects.register import events as r
from ltcflow.projects.register.package import package
from ltcflow.testing import Watched, play, runs
from ltcflow.testing.wishes import Wishes

DAY = timedelta(days=1)


def law(count: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    examples = max(1, count * settings.default.max_examples // 100)
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


def handing(project: Watched, data: st.DataObject) -> None:
    """Send a few commands, half of them about hand-overs."""
    for _ in range(8):
        wishes = Wishes(project.process, project.state)
        kind = data.draw(st.sampled_from(["handover", "sign", "finish", "submit", "vote", "facts", "risk", "promise"]))
        project.send(data.draw(wishes.of(kind)))


@law(12)
@given(runs(most=12), st.data())
def test_each_side_signs_for_itself_and_only_what_is_on_offer(project: Watched, data: st.DataObject) -> None:
    handing(project, data)
    offers: dict[str, r.HandoverOffered] = {}
    for event in project.log:
        match event:
            case r.HandoverOffered():
                assert event.handover not in offers or offers[event.handover].note == "over"
                assert event.by != event.to
                offers[event.handover] = event
            case r.HandoverAccepted() | r.HandoverRejected():
                assert event.by == offers[event.handover].to != offers[event.handover].by
            case r.HandoverLapsed():
                assert event.because
                assert not set(event.because) & set(offers[event.handover].missing)
        if isinstance(event, r.HandoverRejected | r.HandoverLapsed):
            offers[event.handover] = r.HandoverOffered(by="", to="", handover="", package="", note="over", at=event.at)


@law(12)
@given(runs(most=12), st.data())
def test_what_binds_is_bound_to_a_package_no_worse_than_it_was(project: Watched, data: st.DataObject) -> None:
    handing(project, data)
    progress = Progress(project.process, project.state, project.state.at)
    for found in project.state.handovers.values():
        if found.binding:
            assert {piece.key for piece in package(progress, found.stage).missing} <= set(found.missing)


@law(20)
@given(runs(most=15))
def test_a_package_lacks_what_a_naive_reading_of_the_record_lacks(project: Watched) -> None:
    picture, told, net = project.now(), project.told, project.told.net
    steps = [i for i, node in enumerate(net.nodes) if node.kind in (NodeKind.ACTIVITY, NodeKind.GATE)]
    places = [i for i in steps if told.applies(i).name != "FALSE" and not told.left_out(i)]
    ended = {f"{net.nodes[i].kind.value}:{net.nodes[i].id}" for i in places if not picture.ended[i]}
    outputs = {name for i in places for name in getattr(net.nodes[i].element, "outputs", ())}
    papers = {f"deliverable:{n}" for n in outputs if n not in told.papers or told.papers[n].missing}
    facts = {f"fact:{fact.id}" for fact in project.process.facts if fact.id not in told.facts}
    progress = Progress(project.process, project.state, project.state.at)
    missing = {piece.key for piece in package(progress).missing}
    kinds = ("activity", "gate", "deliverable", "fact")
    assert {key for key in missing if key.partition(":")[0] in kinds} == ended | papers | facts
    for stage in project.process.stages:
        assert {piece.key for piece in package(progress, stage.id).missing} <= missing


@law(10)
@given(runs(most=12))
def test_the_fingerprint_is_that_of_the_content(project: Watched) -> None:
    states = [p.replay(project.log[: n + 1]) for n in range(len(project.log))]
    found = [package(Progress(project.process, state, state.at)) for state in states]
    for one in found:
        for other in found[:3]:
            held, also = ([(x.key, x.there, x.content) for x in each.pieces] for each in (one, other))
            same = held == also
            assert same == (one.fingerprint == other.fingerprint)


def deal() -> Process:
    steps = [b.activity("draft", raci={"R": "seller"}, outputs=["plan"])]
    gate = b.gate("release", decided_by="boss", recycle_to="draft")
    return b.process(
        "deal",
        roles={"boss": b.role("boss", sponsor=True), "seller": b.role("seller", first_responsible=True)},
        deliverables=[b.deliverable("plan", fields=["scope"])],
        stages=[b.stage("sell", activities=steps, gates=[gate]), b.stage("build", activities=[b.activity("make")])],
    )


class Signing:
    """A project whose selling is over and is to be handed to delivery."""

    def __init__(self) -> None:
        self.project = Watched(deal())
        self.now = play(deal()).log[0].at
        team = {"boss": "bea", "seller": "sam"}
        self.send(p.StartProject, "bea", project="acme", team=team)
        self.send(p.StartActivity, "sam", activity="draft")
        self.send(p.SubmitDeliverable, "sam", deliverable="plan", fields={"scope": "two sites"})
        self.send(p.FinishActivity, "sam", activity="draft")

    def send(self, kind: Any, by: str, **fields: Any) -> list[str]:
        self.now += timedelta(hours=1)
        answer = self.project.send(kind(by=by, at=self.now, **fields))
        if isinstance(answer, p.Refused):
            return [reason.code for reason in answer.reasons]
        return [type(event).__name__ for event in answer.events]

    @property
    def standing(self) -> str:
        return self.project.state.handovers["h"].standing


@pytest.fixture
def signing() -> Signing:
    return Signing()


def test_a_gap_may_be_accepted_and_is_on_record(signing: Signing) -> None:
    assert signing.send(c.OfferHandover, "sam", handover="h", to="dana", stage="sell") == ["HandoverOffered"]
    assert signing.project.state.handovers["h"].missing == ("gate:release",)
    assert signing.send(c.AcceptHandover, "dana", handover="h") == ["HandoverAccepted"]
    assert signing.send(p.CastVote, "bea", gate="release", verdict="go") == ["VoteCast", "GateDecided"]
    assert signing.standing == "accepted"


def test_a_recycle_takes_the_signature_back_and_a_better_package_does_not_bring_it_again(signing: Signing) -> None:
    signing.send(c.OfferHandover, "sam", handover="h", to="dana", stage="sell")
    signing.send(c.AcceptHandover, "dana", handover="h")
    recycle = signing.send(p.CastVote, "bea", gate="release", verdict="recycle", reason="too thin")
    assert recycle == ["VoteCast", "GateDecided", "HandoverLapsed"]
    assert signing.project.state.handovers["h"].worse == ("activity:draft", "deliverable:plan")
    signing.send(p.StartActivity, "sam", activity="draft")
    signing.send(p.SubmitDeliverable, "sam", deliverable="plan", fields={"scope": "three sites"})
    signing.send(p.FinishActivity, "sam", activity="draft")
    assert signing.standing == "lapsed"
    assert signing.send(c.AcceptHandover, "dana", handover="h") == ["LTC593"]
    assert signing.send(c.OfferHandover, "sam", handover="h", to="dana", stage="sell") == ["HandoverOffered"]


def test_a_new_risk_lets_an_offer_lapse_and_one_handed_over_does_not_count(signing: Signing) -> None:
    signing.send(c.OfferHandover, "bea", handover="h", to="dana")
    assert signing.send(c.RaiseRisk, "sam", risk="fx", level="high")[-1] == "HandoverLapsed"
    signing.send(c.HandOverRisk, "sam", risk="fx", to="dana")
    signing.send(c.OfferHandover, "bea", handover="h", to="dana")
    assert "risk:fx" not in signing.project.state.handovers["h"].missing


def test_a_rejection_needs_a_reason_and_is_final(signing: Signing) -> None:
    signing.send(c.OfferHandover, "bea", handover="h", to="dana")
    assert signing.send(c.RejectHandover, "dana", handover="h") == ["LTC529"]
    assert signing.send(c.RejectHandover, "sam", handover="h", reason="no") == ["LTC594"]
    assert signing.send(c.RejectHandover, "dana", handover="h", reason="no plan") == ["HandoverRejected"]
    assert signing.send(c.AcceptHandover, "dana", handover="h") == ["LTC593"]


@pytest.mark.parametrize("to", ["bea", "sam"])
def test_nobody_of_the_giving_side_receives(signing: Signing, to: str) -> None:
    assert signing.send(c.OfferHandover, "bea", handover="h", to=to) == ["LTC592"]


def test_only_who_leads_gives_and_a_lesson_needs_its_text(signing: Signing) -> None:
    assert signing.send(c.OfferHandover, "zoe", handover="h", to="dana") == ["LTC515"]
    assert signing.send(c.OfferHandover, "bea", handover="h", to="dana", stage="nowhere") == ["LTC510"]
    assert signing.send(c.RecordLesson, "zoe", text=" ") == ["LTC529"]
    assert signing.send(c.RecordLesson, "zoe", text="ask early", stage="sell", tags="price") == ["LessonRecorded"]
    (lesson,) = signing.project.state.lessons
    assert (lesson.stage, lesson.tags, lesson.by) == ("sell", ("price",), "zoe")
