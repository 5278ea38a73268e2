"""Laws of the responsibility matrix, with brute force as the oracle of what may run at once; gaps and overloads."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from hypothesis import HealthCheck, given, settings

from ltcflow import builder as b
from ltcflow.analysis import responsibilities
from ltcflow.analysis.matrix import most_at_once
from ltcflow.checks import check
from ltcflow.graph import voters
from ltcflow.process import Process, duties_of
from ltcflow.roles import LETTERS
from ltcflow.stages import DecisionRule, Gate
from ltcflow.testing.declarations import processes

Before = Callable[[Process, tuple[str, str]], set[tuple[str, str]]]
laws = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
small = processes(stages=3, activities=3, sound=False)


def _rules_of(gate: Gate) -> list[DecisionRule]:
    """Every rule by which the gate may be decided, under some facts."""
    return [gate.decided_by, *(row.decided_by for row in gate.approval_matrix)]


@laws
@given(small)
def test_the_matrix_says_what_the_declaration_says(process: Process) -> None:
    matrix = responsibilities(process)
    assert matrix.roles == tuple(role.id for role in process.roles)
    for row in matrix.rows:
        element = process.element(row.id)
        for role, letters in zip(matrix.roles, row.letters, strict=True):
            said = {letter for letter in LETTERS if role in duties_of(element).by_letter(letter)}
            rules = _rules_of(element) if isinstance(element, Gate) else []
            votes = {"V"} if any(role in voters(rule) for rule in rules) else set[str]()
            assert set(letters) == said | votes
    assert {row.id for row in matrix.rows} == {e.id for e in (*process.activities(), *process.gates())}
    for at, load in enumerate(matrix.loads):
        assert load.responsible == sum("R" in row.letters[at] for row in matrix.rows)
        assert load.idle == (not any(row.letters[at] for row in matrix.rows))


@laws
@given(process=processes(stages=3, activities=3))
def test_what_may_run_at_once_is_the_largest_set_without_waiting(before: Before, process: Process) -> None:
    """Oracle: every subset of the role's steps."""
    for load in responsibilities(process).loads:
        steps = [a.id for a in process.activities() if not a.spans and load.role in a.raci.responsible]
        steps += [g.id for g in process.gates() if load.role in g.raci.responsible]
        past = {name: {n for n, side in before(process, (name, "begin")) if side == "end"} for name in steps}
        best = max(
            size
            for size in range(len(steps) + 1)
            for several in combinations(steps, size)
            if all(x not in past[y] and y not in past[x] for x, y in combinations(several, 2))
        )
        assert load.at_once == best == len(load.together)
        assert all(x not in past[y] and y not in past[x] for x, y in combinations(load.together, 2))


@laws
@given(small)
def test_gaps_are_those_that_check_finds(process: Process) -> None:
    found = {f.where.split(".")[3] for f in check(process) if f.code == "LTC312"}
    gaps = {row.id for row in responsibilities(process).rows if {"no A", "several A"} & set(row.gaps)}
    assert gaps & {a.id for a in process.activities()} == found


def test_one_person_with_four_things_at_once_is_overloaded_and_a_team_is_not() -> None:
    work = [b.activity(f"track_{i}", raci={"R": ["one", "team"], "A": "one"}) for i in range(4)]
    process = b.process(
        "p",
        roles={"one": "One", "team": b.role("team", "Team", body=True)},
        stages=[b.stage("s", order="parallel", activities=work)],
    )
    matrix = responsibilities(process)
    assert [(load.role, load.at_once, load.overloaded) for load in matrix.loads] == [
        ("one", 4, True),
        ("team", 4, False),
    ]
    assert [load.role for load in matrix.overloads] == ["one"]
    assert responsibilities(process, most_at_once=4).overloads == ()
    in_order = b.process("p", roles={"one": "One"}, stages=[b.stage("s", activities=work)])
    assert responsibilities(in_order).loads[0].at_once == 1


def test_every_kind_of_gap_is_named() -> None:
    stage = b.stage(
        "s",
        activities=[b.activity("nobody"), b.activity("two", raci={"R": "x", "A": ["x", "y"]})],
        gates=[b.gate("silent", raci={"A": "x"})],
    )
    matrix = responsibilities(b.process("p", roles={"x": "X", "y": "Y"}, stages=[stage]))
    assert {row.id: row.gaps for row in matrix.gaps} == {
        "nobody": ("no A", "no R"),
        "two": ("several A",),
        "silent": ("no vote",),
    }


def test_names_that_are_no_steps_are_never_at_once() -> None:
    process = b.process("p", stages=[b.stage("s", activities=[b.activity("a", continuous=True), b.activity("b")])])
    assert most_at_once(process, ["a", "b", "s", "nothing"]) == ("b",)
    assert most_at_once(process, []) == ()


def test_steps_that_only_begin_together_may_all_run_at_once() -> None:
    work = [b.activity("a0", raci={"R": "one", "A": "one"})]
    work += [
        b.activity(f"a{i}", after=[b.after(f"a{i - 1}", "SS")], raci={"R": "one", "A": "one"}) for i in range(1, 6)
    ]
    matrix = responsibilities(b.process("p", roles={"one": "One"}, stages=[b.stage("s", activities=work)]))
    assert matrix.loads[0].at_once == 6
    assert matrix.overloads
