"""States as plain data: every state comes back as it was; what is not exactly of the form is no state."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltcflow.projects import NOTHING, ProjectState, replay
from ltcflow.projects.snapshots import _coder, state_from_data, state_to_data
from ltcflow.testing import runs

QUICK = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def back(state: ProjectState) -> ProjectState:
    return state_from_data(json.loads(json.dumps(state_to_data(state), ensure_ascii=False)))


@QUICK
@given(runs())
def test_every_state_of_a_project_comes_back_as_it_was(run: Any) -> None:
    state, log = run.state, run.log
    assert back(state) == state
    assert state_to_data(back(state)) == state_to_data(state)
    half = len(log) // 2
    assert replay(log[half:], back(replay(log[:half]))) == state


def test_nothing_is_the_state_before_the_first_event() -> None:
    assert state_to_data(NOTHING) == {}
    assert back(NOTHING) == NOTHING


@pytest.mark.parametrize(
    "data",
    [
        None, [], "", {"no": 1}, {"version": "1"}, {"version": True}, {"at": 5}, {"at": "soon"}, {"at": "2026-03-02"},
        {"at": "2026-03-02T00:00:00+08:00"}, {"standing": "asleep"}, {"facts": {}}, {"facts": [["a"]]},
        {"facts": [["a", ["number", "x"]]]}, {"facts": [["a", ["number", 1]]]}, {"facts": [["a", 1]]},
        {"work": [["a", {}]]}, {"work": [["a", []]]}, {"team": [["a", "bc"]]}, {"team": [[1, []]]}, {"acted": [["a"]]},
        {"gates": [["g", {"votes": [{}]}]]},
        {"remembered": [["a", "b", "c"]]}, {"clocks": [["a", {"spans": [[1, 2]]}]]},
    ],
)  # fmt: skip
def test_what_is_no_state_says_so(data: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        state_from_data(data)


plain = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
anything = st.recursive(plain, lambda inner: st.lists(inner, max_size=3), max_leaves=6)


@QUICK
@given(st.dictionaries(st.sampled_from(list(ProjectState.__annotations__)), anything, max_size=3))
def test_whatever_is_read_is_a_state_or_a_value_error(data: dict[str, Any]) -> None:
    try:
        state = state_from_data(data)
    except ValueError:
        return
    assert back(state) == state


@attrs.frozen
class Odd:
    parts: frozenset[str]
    number: int | str


@pytest.mark.parametrize("kind", [Odd, bytes, int | str])
def test_a_field_of_a_type_that_nobody_told_how_to_write_is_named(kind: Any) -> None:
    with pytest.raises(TypeError, match="how it is written"):
        _coder(kind)
