"""Stories of defects that reviews found; each failed before its fix."""

from __future__ import annotations

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow.process import Process

# -- separation of duties ------------------------------------------------------------------------------------------


def judged(*, quorum: int = 2) -> Process:
    """Work of AR, judged by DT; the two are separated."""
    return b.process(
        "bid_project",
        roles={"ar": "AR", "dt": "DT"},
        stages=[
            b.stage(
                "bid",
                activities=[b.activity("w", raci={"R": "ar", "A": "ar"})],
                gates=[b.gate("g", decided_by={"roles": ["dt"], "rule": {"quorum": quorum}})],
            )
        ],
        separation_of_duties=[["ar", "dt"]],
    )


def test_who_judges_for_another_is_not_assigned_to_a_separated_role(story) -> None:
    s = story(judged(), team={"ar": "a1", "dt": ["d1", "d2"]})
    s.finish("w")
    assert s.delegate("g", "d1", "x") == ()
    assert s.assign("ar", "x") == ("LTC525",)
    assert s.vote("g", "x") == ()
    assert s.assign("ar", "x") == ("LTC525",)
    assert s.assign("ar", "y") == ()
    assert s.vote("g", "d2") == ()
    assert s.passed("g")
    assert s.assign("ar", "x") == (), "the gate is decided: nothing is open any more"


def test_an_open_delegation_bars_from_new_roles_of_the_one_who_gave_it(story) -> None:
    """The stand-in would speak for a role that is separated from one they acted in."""
    process = b.process(
        "bid_project",
        roles={"ar": "AR", "dt": "DT", "fin": "Finance"},
        stages=[
            b.stage(
                "bid",
                activities=[b.activity("w", raci={"A": "ar"})],
                gates=[b.gate("g", decided_by={"roles": ["dt", "fin"], "rule": "all"})],
            )
        ],
        separation_of_duties=[["ar", "fin"]],
    )
    s = story(process, team={"ar": "a1", "dt": "d1", "fin": "f1"})
    s.finish("w")
    assert s.delegate("g", "d1", "a1") == ()
    assert s.assign("fin", "d1") == ("LTC525",)
    assert s.assign("fin", "f2") == ()


def test_a_vote_lapses_once_separation_bars_its_caster(story) -> None:
    """In a record where the assignment happened all the same."""
    s = story(judged(), team={"ar": "a1", "dt": ["d1", "d2"]})
    s.finish("w")
    s.delegate("g", "d1", "x")
    s.vote("g", "x")
    assigned = p.events.RoleAssigned(by="a1", at=s.now, role="ar", people=("x",))
    state = p.apply(s.state, assigned)
    answer = p.decide(s.process, state, p.CastVote(gate="g", verdict="go", by="d2", at=s.now))
    assert [type(event).__name__ for event in answer.events] == ["VoteCast", "VoteLapsed"]
    assert (answer.events[1].voter, answer.events[1].because) == ("x", "separation:ar")


def test_work_whose_duty_nobody_wears_counts_as_that_duty(story) -> None:
    s = story(judged(quorum=1), team={"dt": ["d1", "d2"]})
    assert s.finish("w", by="d1") == ("LTC525",), "who will judge it does not do it"
    assert s.finish("w", by="zoe") == ()
    assert ("zoe", "ar") in s.state.acted
    s.assign("dt", "zoe", "d2")
    assert s.vote("g", "zoe") == ("LTC525",), "nobody judges their own work"
    assert s.vote("g", "d2") == ()


def test_who_judged_does_no_separated_work_even_where_nobody_wears_its_duty(story) -> None:
    process = b.process(
        "bid_project",
        roles={"ar": "AR", "dt": "DT"},
        deliverables=[b.deliverable("paper")],
        stages=[
            b.stage("bid", gates=[b.gate("g", decided_by="dt")]),
            b.stage("after", activities=[b.activity("w", raci={"A": "ar"}, outputs=["paper"])]),
        ],
        separation_of_duties=[["ar", "dt"]],
    )
    s = story(process, team={"dt": "d1"})
    assert s.vote("g", "d1") == ()
    assert s.begin("w", by="d1") == ("LTC525",)
    assert s.finish("w", by="zoe") == ()
    assert s.submit("paper", by="d1") == ("LTC525",)


# -- recycle -------------------------------------------------------------------------------------------------------


def offered(*criteria: object) -> Process:
    """An offer is written and judged, then signed and judged; from there it may go back to the writing."""
    return b.process(
        "bid_project",
        roles={"s": "Seller", "dt": "DT"},
        deliverables=[b.deliverable("offer")],
        facts={"signed": b.yes_no()},
        stages=[
            b.stage(
                "bid",
                activities=[b.activity("write", raci={"A": "s"}, outputs=["offer"])],
                gates=[b.gate("atb", decided_by="dt", criteria=criteria, recycle_to="write")],
                succeeded_when=criteria,
            ),
            b.stage(
                "sign", activities=[b.activity("visit"), b.activity("close")], gates=[b.gate("atc", decided_by="dt")]
            ),
        ],
        milestones=[b.milestone("ready", after=["atb"], criteria=criteria)],
    )


def test_a_recycle_forgets_what_was_remembered_of_a_discarded_deliverable(story) -> None:
    s = story(offered(b.delivered("offer", remembers=True)), team={"s": "s1", "dt": "d1"})
    s.finish("write")
    s.submit("offer")
    assert {element for element, _ in s.state.remembered} == {"atb", "bid", "ready"}
    assert s.vote("atb", "d1", verdict="recycle") == ()
    assert set(s.state.remembered) == set()
    s.finish("write")
    assert s.vote("atb", "d1") == ("LTC526",), "the offer is to be handed in again"
    s.submit("offer")
    assert s.vote("atb", "d1") == ()


def test_a_recycle_remembers_anew_what_still_holds(story) -> None:
    s = story(offered(b.fact("signed", remembers=True)), team={"s": "s1", "dt": "d1"})
    s.record(signed=True)
    s.finish("write")
    assert s.vote("atb", "d1", verdict="recycle") == ()
    s.record(signed=False)
    s.finish("write")
    assert s.vote("atb", "d1") == ()


def test_a_recycle_names_only_what_had_begun_or_been_decided(story) -> None:
    s = story(offered(), team={"s": "s1", "dt": "d1"})
    s.finish("write")
    s.vote("atb", "d1", verdict="recycle")
    assert s.answer.events[-1].reopened == ("write", "atb")


# -- conditions past their date ------------------------------------------------------------------------------------


def promised(story):
    """A story whose first gate was passed on a condition due in three days."""
    process = b.process(
        "bid_project",
        roles={"dt": "DT"},
        stages=[
            b.stage("bid", gates=[b.gate("atb", decided_by="dt")]),
            b.stage("sign", activities=[b.activity("visit")], gates=[b.gate("atc", decided_by="dt")]),
        ],
    )
    s = story(process, team={"dt": "d1"})
    assert s.vote("atb", "d1", verdict="conditional", days=3) == ()
    return s


def test_a_condition_met_past_its_date_leaves_its_gate_open_for_another_decision(story) -> None:
    s = promised(story)
    s.wait(9)
    assert s.send(p.MeetCondition, "d1", condition="atb.1.1") == ()
    assert s.events == ["GateReopened", "ConditionWasMet"]
    assert (s.owed(), s.passed("atb"), s.state.gate("atb").round) == ([], False, 2)
    assert s.begin("visit") == ("LTC512",)
    assert s.vote("atb", "d1") == ()
    assert s.begin("visit") == ()


def test_a_condition_met_past_its_date_leaves_the_new_round_as_it_is(story) -> None:
    s = promised(story)
    s.wait(9)
    assert s.delegate("atb", "d1", "x") == ()
    assert s.send(p.MeetCondition, "d1", condition="atb.1.1") == ()
    assert s.events == ["ConditionWasMet"]
    assert s.vote("atb", "x") == ()


def test_a_condition_met_in_time_leaves_its_gate_passed(story) -> None:
    s = promised(story)
    s.wait(3)
    assert s.send(p.MeetCondition, "d1", condition="atb.1.1") == ()
    assert s.events == ["ConditionWasMet"]
    assert s.passed("atb")


def test_a_hold_on_a_condition_past_its_date_drops_the_condition(story) -> None:
    """Found by law 6: every other new decision dropped it."""
    s = promised(story)
    s.wait(9)
    assert s.vote("atb", "d1", verdict="hold") == ()
    assert s.owed() == []


# -- readiness -----------------------------------------------------------------------------------------------------


def test_what_spans_a_stage_lacks_what_its_stage_lacks(story) -> None:
    process = b.process(
        "bid_project",
        roles={"s": "Seller", "dt": "DT"},
        stages=[
            b.stage("early", activities=[b.activity("find", raci={"A": "s"})]),
            b.stage(
                "bid",
                activities=[
                    b.activity("write", raci={"A": "s"}),
                    b.activity("watch", raci={"A": "s"}, continuous=True),
                ],
                gates=[b.gate("atb", decided_by="dt")],
            ),
        ],
    )
    s = story(process)
    assert s.missing("watch") == s.missing("bid") != []
    s.finish("find", "write")
    assert s.missing("watch") == [("gate", "atb", True)]
    assert [link.id for link in p.why(process, s.state, "watch", at=s.now)] == ["watch", "atb"]
    s.vote("atb", "dt.1")
    assert s.missing("watch") == []
    assert p.readiness(process, s.state, "watch", at=s.now).ready
