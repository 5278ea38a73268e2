"""The weekly report as laws: every event is told once, weeks adjoin without a seam, nothing from later is told."""

from __future__ import annotations

import pickle
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow.errors import InvalidValue
from ltcflow.graph import NodeKind
from ltcflow.projects import AnyEvent, Progress, ProjectState, replay
from ltcflow.projects import events as e
from ltcflow.report.weekly import weekly_page
from ltcflow.steering.expecting import Terms
from ltcflow.steering.moved import TOPICS, topic_of
from ltcflow.steering.weekly import Weekly, weekly
from ltcflow.testing import Watched, play, runs

DAY, NONE = timedelta(days=1), timedelta(0)


def law(count: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(
        max_examples=max(1, count * settings.default.max_examples // 100), deadline=None, suppress_health_check=slow
    )


def moments(project: Watched) -> st.SearchStrategy[datetime]:
    """Moments of a project: those of its events, just before and after, long after."""
    times = sorted({event.at for event in project.log})
    steps = st.sampled_from([NONE, NONE, timedelta(microseconds=1), DAY, 30 * DAY, -timedelta(minutes=1)])
    return st.builds(lambda at, step: max(at + step, times[0]), st.sampled_from(times), steps)


def told(report: Weekly) -> Counter[AnyEvent]:
    return Counter(event for one in report.moved for event in one.events)


def of(project: Watched, since: datetime, at: datetime, terms: Terms | None = None) -> Weekly:
    return weekly(project.process, tuple(project.log), at=at, since=since, terms=terms or Terms())


@law(10)
@given(runs(), st.data())
def test_each_event_of_the_week_is_told_once_and_none_other(project: Watched, data: st.DataObject) -> None:
    at = data.draw(moments(project))
    since = data.draw(st.sampled_from([at - 7 * DAY, at - timedelta(minutes=30), at - 365 * DAY]))
    wanted = Counter(x for x in project.log if since < x.at <= at and TOPICS.get(type(x)) != "")
    report = of(project, since, at)
    assert told(report) == wanted
    assert all(one.topic == topic_of(event) and one.at == event.at for one in report.moved for event in one.events)
    assert report.quiet == (not wanted)


def test_no_kind_of_event_is_left_out_but_the_one_that_says_nothing() -> None:
    assert [kind for kind, topic in TOPICS.items() if not topic] == [e.TimePassed]


@law(10)
@given(runs(), st.data())
def test_two_weeks_together_tell_what_the_fortnight_tells(project: Watched, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(moments(project), min_size=2, max_size=4, unique=True), "cuts")
    cuts = [min(drawn) - DAY, *sorted(drawn)]
    parts = [of(project, since, at) for since, at in pairwise(cuts)]
    whole = of(project, cuts[0], cuts[-1])
    assert sum((told(part) for part in parts), Counter()) == told(whole)
    assert tuple(one for part in parts for one in part.reached) == whole.reached


@law(10)
@given(runs(), st.data())
def test_nothing_from_after_the_week_is_told(project: Watched, data: st.DataObject) -> None:
    at = data.draw(moments(project))
    log = tuple(event for event in project.log if event.at <= at)
    report, early = of(project, at - 7 * DAY, at), weekly(project.process, log, at=at)
    assert report == early
    assert hash(report) == hash(early)
    again = pickle.loads(pickle.dumps(report))
    for lang in ("zh", "en"):
        pages = [weekly_page(one, project.process, lang) for one in (report, early, again)]
        assert len({page.markdown for page in pages}) == len({page.html for page in pages}) == 1


@law(10)
@given(runs(), st.data())
def test_milestones_are_reached_when_they_are_there_and_were_not(project: Watched, data: st.DataObject) -> None:
    at = data.draw(moments(project))
    report = of(project, project.log[0].at - DAY, at)
    there: set[str] = set()
    for one in report.reached:
        assert (one.milestone in there) == one.lost
        (there.discard if one.lost else there.add)(one.milestone)
    assert there == reached(project, tuple(event for event in project.log if event.at <= at))


def reached(project: Watched, log: tuple[AnyEvent, ...]) -> set[str]:
    state: ProjectState = replay(log)
    progress = Progress(project.process, state, state.at)
    nodes = enumerate(progress.nodes)
    return {n.id for i, n in nodes if n.kind is NodeKind.MILESTONE and progress.ended(i) and not progress.skipped(i)}


@law(20)
@given(runs(), st.data())
def test_what_slips_has_a_reason_that_the_record_bears_out(project: Watched, data: st.DataObject) -> None:
    at = data.draw(moments(project))
    since = at - data.draw(st.sampled_from([DAY, 7 * DAY]))
    report = of(project, since, at, Terms(default_duration=data.draw(st.sampled_from([None, "1d", "3d"]))))
    week = [event for event in project.log if since < event.at <= at]
    late = {slip.element for slip in report.slipped}
    for slip in report.slipped:
        assert slip.causes
        assert slip.limit == (slip.delay is None)
        assert slip.now is None or slip.limit or (slip.now > slip.was and slip.delay and slip.delay.minutes > 0)
        for cause in slip.causes:
            match cause.kind:
                case "pushed":
                    assert cause.element in late - {slip.element}
                case "recycled" | "gate_held":
                    assert any(isinstance(x, e.GateDecided) and x.gate == cause.element for x in week)
                case "escalated":
                    assert any(isinstance(x, e.FellDue | e.Escalated) and x.subject == slip.element for x in week)
                case "started_late":
                    assert any(
                        isinstance(x, e.ActivityStarted | e.ActivityFinished) and x.activity == slip.element
                        for x in week
                    )
    if report.was and report.finish and report.finish - report.was > 8 * DAY and not changed(week):
        assert report.slipped


def changed(week: list[AnyEvent]) -> bool:
    """Whether it may be that other things take place than before: then the end moves without anything being late."""
    return any(isinstance(x, e.FactsRecorded | e.ProjectStarted | e.ActivityStarted | e.ActivityFinished) for x in week)


def test_a_week_must_end_after_it_begins_and_the_project_must_have_begun() -> None:
    project = play(b.process("bid", stages=[b.stage("offer", activities=[b.activity("draft")])]))
    log = tuple(project.log)
    with pytest.raises(InvalidValue, match="since"):
        weekly(project.process, log, at=log[0].at, since=log[0].at)
    with pytest.raises(InvalidValue, match="before the project began"):
        weekly(project.process, log, at=log[0].at - DAY)
