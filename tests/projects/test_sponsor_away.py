"""The sponsor stays bound: that they are away shows wherever it matters, and who acts in their place is named."""

from __future__ import annotations

from typing import Any

import pytest

from ltcflow import builder as b
from ltcflow import projects as p
from ltcflow import report
from ltcflow.process import Process

TEAM = {"boss": "bea", "lead": ["lee"], "seller": ["sam"]}


def bid() -> Process:
    steps = [b.activity("solution", raci={"R": "seller"})]
    return b.process(
        "bid",
        roles=[b.role("boss", sponsor=True), b.role("lead", first_responsible=True), b.role("seller")],
        stages=[b.stage("bid", activities=steps, gates=[b.gate("go", decided_by="boss")])],
        milestones=[b.milestone("won", after=["go"])],
    )


@pytest.fixture
def s(story) -> Any:
    return story(bid(), team=TEAM)


def away(s: Any, person: str, days: int = 4, **fields: Any) -> None:
    assert s.send(p.DeclareAbsence, person, person=person, until=s.day(days), **fields) == ()


def ready(s: Any, element: str = "won") -> p.Readiness:
    return p.readiness(s.process, s.state, element, at=s.now)


def page(s: Any, lang: Any = "en") -> str:
    progress = p.Progress(s.process, s.state, s.now)
    return " ".join(report.status_text(s.process, s.state, progress, lang=lang, total=400).split())


def test_it_shows_in_the_status_in_both_languages(s: Any) -> None:
    assert "away" not in page(s)
    away(s, "bea", note="surgery")
    assert (
        "Sponsor bea (boss) is away from 2026-03-02 to 2026-03-06, surgery; nobody stands in. The sponsor stays bound."
        in page(s)
    )
    chinese = page(s, "zh")
    assert "项目发起人 bea（boss） 于 2026-03-02 至 2026-03-06 缺勤，surgery；无人代行。" in chinese
    assert "发起人的责任不变。" in chinese
    s.wait(5)
    assert "away" not in page(s)


def test_it_shows_in_what_a_milestone_lacks_whoever_owes_it(s: Any) -> None:
    away(s, "bea")
    away(s, "lee")
    assert [(a.person, a.sponsor) for a in ready(s, "solution").absent] == [("bea", True)]
    away(s, "sam")
    assert [a.person for a in ready(s, "solution").absent] == ["bea", "sam"]
    text = report.readiness_text(ready(s), s.process, total=400)
    assert "Sponsor bea (boss) is away" in text
    assert "sam (seller) is away" in text


def test_it_shows_on_the_work_list_of_who_leads_and_of_who_stands_in(s: Any) -> None:
    away(s, "bea")
    (item,) = p.worklist(s.process, s.state, "lee", at=s.now)
    assert (item.action, item.id, item.stand_ins) == ("absent", "bea", ())
    assert item.due is not None
    assert item.due.date() == s.day(4)
    assert s.todo("sam") == [("begin", "solution")]
    s.send(p.NameSubstitutes, "bea", role="boss", people=["sub"])
    s.finish("solution")
    assert s.todo("sub") == [("vote", "go"), ("absent", "bea")]
    (vote, _) = p.worklist(s.process, s.state, "sub", at=s.now)
    assert vote.instead_of == ("bea",)
    assert "in place of bea" in report.worklist_table([vote])
    assert "代 bea" in report.worklist_table([vote], "zh")


def test_the_role_stays_with_the_sponsor_and_the_record_names_both(s: Any) -> None:
    s.finish("solution")
    s.send(p.NameSubstitutes, "bea", role="boss", people=["sub"])
    away(s, "bea")
    assert s.vote("go", "sub") == ()
    assert s.state.team.people("boss") == ("bea",)
    (vote,) = s.state.gate("go").votes
    assert (vote.by, vote.instead_of, vote.role) == ("sub", "bea", "boss")
    (found,) = p.absent(s.process, s.state, s.now)
    assert found.stand_ins == (("boss", ("sub",)),)


def test_a_substitute_finds_the_work_of_the_absent_on_the_list(s: Any) -> None:
    s.send(p.NameSubstitutes, "bea", role="seller", people=["tom"])
    assert s.todo("tom") == []
    away(s, "sam")
    (item,) = p.worklist(s.process, s.state, "tom", at=s.now)
    assert (item.action, item.id, item.instead_of) == ("begin", "solution", ("sam",))
    assert s.finish("solution", by="tom") == ()


def test_delegates_come_before_substitutes_and_nobody_who_is_away_too(s: Any) -> None:
    s.send(p.NameSubstitutes, "bea", role="boss", people=["sub", "sub2"])
    away(s, "bea")
    away(s, "sub")
    assert p.absent(s.process, s.state, s.now)[0].people == ("sub2",)
    s.send(p.DelegateAuthority, "bea", to="del", until=s.day(2))
    assert p.absent(s.process, s.state, s.now)[0].people == ("del",)
    s.wait(3)
    assert p.absent(s.process, s.state, s.now)[0].people == ("sub2",)
