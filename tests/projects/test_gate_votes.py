"""Stories of votes: who may judge a gate, and how verdicts become an outcome."""

from __future__ import annotations

import pytest

from ltcflow import builder as b
from ltcflow.process import Process

BOARD = ("ann", "bo", "cy", "di", "ed")


def judged(rule: object = "all", *, roles: object = ("board",), back: str = "work", **fields: object) -> Process:
    """One activity, the gate `ok` with *rule*, and a gate after it, so that conditions are offered."""
    gates = [
        b.gate("ok", decided_by={"roles": roles, "rule": rule}, recycle_to=back),
        b.gate("last", decided_by="board"),
    ]
    return b.process(
        "judged",
        roles={"board": "Board", "legal": "Legal", "chair": "Chair", "seller": "Seller"},
        stages=[b.stage("bid", activities=[b.activity("work", raci={"R": "seller"})], gates=gates)],
        **fields,
    )


def team(size: int = 3, **roles: object) -> dict[str, object]:
    return {"board": BOARD[:size], "seller": "sam", **roles}


@pytest.fixture
def at_the_gate(story):
    """A story that has come to the gate."""

    def begin(rule: object = "all", size: int = 3, process: Process | None = None, **roles: object):
        told = story(process if process is not None else judged(rule), team=team(size, **roles))
        assert told.finish("work") == ()
        return told

    return begin


def test_any_the_first_vote_decides(at_the_gate) -> None:
    s = at_the_gate("any")
    assert s.vote("ok", "bo") == ()
    assert s.events == ["VoteCast", "GateDecided"]
    assert s.vote("ok", "ann", verdict="stop") == ("LTC521",)


def test_all_waits_for_everybody_and_takes_the_heaviest(at_the_gate) -> None:
    s = at_the_gate("all")
    s.vote("ok", "ann", "bo")
    assert not s.passed("ok")
    s.vote("ok", "cy")
    assert s.passed("ok")


def test_all_a_role_nobody_wears_leaves_the_gate_undecided(at_the_gate) -> None:
    s = at_the_gate(process=judged("all", roles=["board", "legal"]))
    s.vote("ok", "ann", "bo", "cy")
    assert not s.passed("ok")
    assert ("role", "legal", True) in s.missing("ok")
    s.assign("legal", "lou")
    s.vote("ok", "lou")
    assert s.passed("ok")


def test_quorum_decides_with_so_many_votes_and_not_with_fewer(at_the_gate) -> None:
    s = at_the_gate({"quorum": 2})
    s.vote("ok", "ann")
    assert s.state.gate("ok").verdict is None
    s.vote("ok", "cy")
    assert s.passed("ok")


def test_quorum_takes_the_heaviest_of_its_votes(at_the_gate) -> None:
    s = at_the_gate({"quorum": 2})
    s.vote("ok", "ann")
    s.vote("ok", "bo", verdict="stop")
    assert s.state.standing.value == "closed"


def test_quorum_while_a_veto_role_is_unheard_later_votes_weigh_too(at_the_gate) -> None:
    """Found by law 3: the third vote, a stop, was passed over when the veto role came last."""
    s = at_the_gate({"quorum": 2, "veto": ["legal"]}, legal="lou")
    s.vote("ok", "ann", "bo")
    assert not s.passed("ok")
    s.vote("ok", "cy", verdict="stop")
    assert s.state.standing.value == "closed"


@pytest.mark.parametrize(
    ("yes", "no", "passes"), [(2, 1, True), (1, 2, False), (3, 2, True), (2, 2, False), (2, 3, False)]
)
def test_majority_is_more_than_half_of_everybody(at_the_gate, yes: int, no: int, passes: bool) -> None:
    s = at_the_gate("majority", size=yes + no)
    for person in BOARD[yes : yes + no]:
        s.vote("ok", person, verdict="hold")
        if s.state.standing.value == "held":
            break
    else:
        s.vote("ok", *BOARD[:yes])
    assert s.passed("ok") == passes


def test_majority_is_decided_as_soon_as_the_rest_cannot_change_it(at_the_gate) -> None:
    s = at_the_gate("majority", size=5)
    s.vote("ok", "ann", "bo")
    assert not s.passed("ok")
    s.vote("ok", "cy")
    assert s.passed("ok")


def test_chair_decides_and_the_others_advise(at_the_gate) -> None:
    s = at_the_gate(process=judged({"chair": "chair"}), chair="kim")
    s.vote("ok", "ann", "bo", verdict="stop")
    assert s.state.gate("ok").verdict is None
    s.vote("ok", "kim")
    assert s.passed("ok")


def test_chair_who_also_has_a_veto_is_heard_as_chair(at_the_gate) -> None:
    """Found by law 10: the vote was booked on the veto role alone, and nobody could decide any more."""
    s = at_the_gate(process=judged({"chair": "chair", "veto": ["legal"]}), chair="kim", legal="kim")
    s.vote("ok", "kim")
    assert s.passed("ok")


def test_veto_blocks_at_once_whatever_the_others_said(at_the_gate) -> None:
    s = at_the_gate({"quorum": 1, "veto": ["legal"]}, legal="lou")
    s.vote("ok", "ann", "bo")
    assert not s.passed("ok"), "the veto role was not heard"
    s.vote("ok", "lou", verdict="hold")
    assert s.state.standing.value == "held"


@pytest.mark.parametrize("rule", [{"majority": True}, {"chair": "chair"}, {"any": True}, {"all": True}, {"quorum": 3}])
def test_a_veto_cannot_be_outvoted_and_decides_at_once(at_the_gate, rule: dict[str, object]) -> None:
    s = at_the_gate(process=judged({**rule, "veto": ["legal"]}), chair="kim", legal="lou")
    s.vote("ok", "ann", "bo")
    s.vote("ok", "lou", verdict="hold")
    assert s.events == ["VoteCast", "GateDecided", "ProjectHeld"]


def test_veto_is_more_than_a_majority(at_the_gate) -> None:
    s = at_the_gate(process=judged({"majority": True, "veto": ["legal"]}), size=5, legal="lou")
    s.vote("ok", *BOARD)
    assert not s.passed("ok")
    s.vote("ok", "lou")
    assert s.passed("ok")


@pytest.mark.parametrize(
    ("heavy", "standing"),
    [("stop", "closed"), ("recycle", "running"), ("hold", "held"), ("conditional", "running"), ("go", "running")],
)
def test_precedence_the_heavier_verdict_wins(at_the_gate, heavy: str, standing: str) -> None:
    """stop > recycle > hold > conditional > go."""
    order = ["go", "conditional", "hold", "recycle", "stop"]
    for lighter in order[: order.index(heavy) + 1]:
        s = at_the_gate("all", size=2)
        for person, verdict in (("ann", heavy), ("bo", lighter)):
            assert s.vote("ok", person, verdict=verdict, days=5 if verdict == "conditional" else None) == ()
        decided = next(event for event in s.answer.events if type(event).__name__ == "GateDecided")
        assert (decided.verdict.value, s.state.standing.value) == (heavy, standing)


def test_nobody_votes_twice(at_the_gate) -> None:
    s = at_the_gate("all")
    assert s.vote("ok", "ann") == ()
    assert s.vote("ok", "ann") == ("LTC524",)


def test_a_stranger_does_not_vote(at_the_gate) -> None:
    s = at_the_gate("all")
    assert s.vote("ok", "sam") == ("LTC523",)
    assert "ann, bo, cy" in s.answer.reasons[0].remedy


def test_a_gate_that_is_not_open_takes_no_votes(story) -> None:
    s = story(judged(), team=team())
    assert s.vote("ok", "ann") == ("LTC520",)
    assert "work" in s.answer.reasons[0].problem


def test_a_vote_counts_while_its_voter_wears_the_role(at_the_gate) -> None:
    """Found by law 3: who had left the board still counted once they wore another role of the rule."""
    s = at_the_gate(process=judged({"quorum": 2}, roles=["board", "legal"]), legal="lou")
    s.vote("ok", "ann")
    s.assign("board", "bo", "cy")
    assert s.events == ["RoleAssigned", "VoteLapsed"]
    s.assign("legal", "lou", "ann")
    s.vote("ok", "bo")
    assert not s.passed("ok")
    s.vote("ok", "ann")
    assert s.passed("ok")


def test_a_change_of_the_team_can_complete_a_vote(at_the_gate) -> None:
    s = at_the_gate("all")
    s.vote("ok", "ann", "bo")
    s.assign("board", "ann", "bo")
    assert s.events == ["RoleAssigned", "GateDecided"]
    assert s.passed("ok")


def test_a_change_of_the_team_decides_nothing_while_the_project_rests(at_the_gate, story) -> None:
    """Found by law 10: the vote was complete, and nobody was left to bring it about."""
    from ltcflow.projects import HoldProject, ResumeProject

    s = at_the_gate("all")
    s.vote("ok", "ann", "bo")
    s.send(HoldProject, "ann", reason="holidays")
    s.assign("board", "ann", "bo")
    assert not s.passed("ok")
    assert s.send(ResumeProject, "ann") == ()
    assert s.events == ["ProjectResumed", "GateDecided"]


# -- delegation ----------------------------------------------------------------------------------------------------


def test_a_delegate_votes_in_the_place_of_who_delegated(at_the_gate) -> None:
    s = at_the_gate("all", size=2)
    assert s.delegate("ok", "ann", "zoe") == ()
    assert s.vote("ok", "ann") == ("LTC524",)
    s.vote("ok", "bo", "zoe")
    assert s.passed("ok")
    assert s.state.gate("ok").votes[1].instead_of == "ann"


def test_a_vote_is_not_given_to_somebody_who_votes_anyway(at_the_gate) -> None:
    s = at_the_gate("all")
    assert s.delegate("ok", "ann", "bo") == ("LTC531",)
    assert s.delegate("ok", "sam", "zoe") == ("LTC523",)


def test_a_vote_given_away_is_not_passed_on_or_given_back(at_the_gate) -> None:
    s = at_the_gate("all")
    s.delegate("ok", "ann", "zoe")
    assert s.delegate("ok", "zoe", "yan") == ("LTC523",)
    s.assign("board", "zoe", "bo", "ann")
    assert s.delegate("ok", "zoe", "yan") == ("LTC523",), "found by law 10: two votes were lost at once"
    s.delegate("ok", "bo", "xiu")
    assert s.delegate("ok", "zoe", "bo") in (("LTC523",), ("LTC531",))


def test_a_delegated_veto_is_a_veto(at_the_gate) -> None:
    s = at_the_gate({"quorum": 1, "veto": ["legal"]}, legal="lou")
    s.delegate("ok", "lou", "zoe")
    s.vote("ok", "zoe", verdict="stop")
    assert s.state.standing.value == "closed"


# -- separation of duties ------------------------------------------------------------------------------------------


def separated() -> Process:
    return judged(
        separation_of_duties=[["seller", "board"], ["seller", "legal"]], rule={"any": True, "veto": ["legal"]}
    )


def test_a_team_that_breaks_separation_of_duties_does_not_start(story) -> None:
    with pytest.raises(AssertionError, match="LTC525"):
        story(separated(), team=team(seller="ann"))


def test_nobody_gets_a_role_that_is_separated_from_one_they_wear(story) -> None:
    s = story(separated(), team=team(legal="lou"))
    assert s.assign("board", "sam") == ("LTC525",)


def test_who_did_the_work_does_not_judge_it_in_another_hat(story) -> None:
    s = story(separated(), team=team(legal="lou"))
    s.finish("work")
    s.assign("seller", "new")
    assert s.assign("board", "sam") == (), "sam no longer wears the role of the seller"
    assert s.vote("ok", "sam") == ("LTC525",)


def test_who_judged_does_not_do_the_work_in_another_hat(story) -> None:
    """Found by law 4: only votes were held against separation of duties."""
    s = story(separated(), team=team(legal="lou"))
    s.finish("work")
    s.vote("ok", "ann")
    s.vote("ok", "lou", verdict="recycle")
    s.assign("board", "bo")
    assert s.assign("seller", "ann") == ()
    assert s.finish("work", by="ann") == ("LTC525",)


def test_separation_of_duties_holds_for_delegates(story) -> None:
    s = story(separated(), team=team(legal="lou"))
    s.finish("work")
    assert s.delegate("ok", "ann", "sam") == ("LTC525",)
    assert s.delegate("ok", "ann", "zoe") == ()


def test_separation_of_duties_holds_for_every_role_a_delegate_speaks_for(story) -> None:
    """Found by law 4: only the first of the roles was looked at."""
    process = judged(rule={"any": True, "veto": ["legal"]}, separation_of_duties=[["seller", "board"]])
    s = story(process, team=team(legal="ann"))
    s.finish("work")
    assert s.delegate("ok", "ann", "sam") == ("LTC525",), "sam would speak for legal, and for the board"
