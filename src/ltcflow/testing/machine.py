"""`ProjectMachine`: a Hypothesis state machine for a process: every command, in any order, held to the invariants."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, cast

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ltcflow.process import Process
from ltcflow.projects import AnyCommand, CastVote, FinishActivity, Refused, Standing, StartActivity
from ltcflow.projects.criteria import NO_JUDGES, Judges
from ltcflow.stages import Verdict
from ltcflow.testing.declarations import processes
from ltcflow.testing.playing import BEGINNING, good_facts, play_on, step
from ltcflow.testing.watched import Policies, Watched
from ltcflow.testing.wishes import ABSURD, KINDS, Wishes, starts

STRANGER = "never.seen"
UNKNOWN = {
    "start": "LTC510", "finish": "LTC510", "submit": "LTC510", "vote": "LTC510", "delegate": "LTC510",
    "waive": "LTC510", "early": "LTC510", "assign": "LTC510", "meet": "LTC540", "redate": "LTC540",
    "change_risk": "LTC570", "facts": "LTC560", "wait": "LTC510", "unwait": "LTC510",
    "decide_change": "LTC573", "trace": "LTC575", "sign": "LTC593", "revoke": "LTC585",
    "authority": "LTC510", "substitutes": "LTC510", "recall": "LTC534",
}  # fmt: skip
"""How each kind of command on something that is not there is refused."""


def _running(machine: Any) -> bool:
    return cast("ProjectMachine", machine).project.state.standing is Standing.RUNNING


def _closed(machine: Any) -> bool:
    return cast("ProjectMachine", machine).project.state.standing is Standing.CLOSED


class ProjectMachine(RuleBasedStateMachine):
    """One project on one process, sent whatever can be sent; each answer is held against the ten invariants.

    `for_process` makes the machine of a process. As it stands, it makes up a process of its own for each run.

    Attributes:
        process, judges, policies: what the project runs on; process None: a random one.
        ends: play the project to its end after each run (the tenth invariant).
        project: the project under watch. broken: an invariant does not hold; nothing more is asked then.
    """

    process: ClassVar[Process | None] = None
    judges: ClassVar[Judges] = NO_JUDGES
    policies: ClassVar[Policies] = ()
    ends: ClassVar[bool] = True
    project: Watched
    broken = True

    @classmethod
    def for_process(
        cls, process: Process, *, judges: Judges = NO_JUDGES, policies: Policies = (), ends: bool = True
    ) -> type[ProjectMachine]:
        """Return the machine for projects on *process*; its ``TestCase`` is what a test runner runs.

        Args:
            judges, policies: what plugins add: ``extensions.judges``, ``extensions.policies``.
            ends: False where policies or criteria may keep a project from its end for good.

        Example:
            >>> from hypothesis import settings
            >>> from hypothesis.stateful import run_state_machine_as_test
            >>> from ltcflow import builder as b
            >>> bid = b.process("bid", stages=[b.stage("prepare", activities=[b.activity("solution")])])
            >>> machine = ProjectMachine.for_process(bid)  # TestBid = machine.TestCase
            >>> run_state_machine_as_test(machine, settings=settings(max_examples=2, stateful_step_count=5))
        """
        fields = {"process": process, "judges": judges, "policies": policies, "ends": ends}
        made = type(f"{cls.__name__}_{process.id}", (cls,), {**fields, "__module__": cls.__module__})
        return cast("type[ProjectMachine]", made)

    # -- what every rule does --------------------------------------------------------------------------------------

    def _send(self, command: AnyCommand) -> None:
        self.broken = True
        self.project.send(command)
        self.broken = False

    def _refuse(self, command: AnyCommand, code: str) -> None:
        """Send *command*: it must be refused with *code* among the reasons."""
        self.broken = True
        answer = self.project.send(command)
        assert isinstance(answer, Refused), f"accepted: {command}"
        assert code in {reason.code for reason in answer.reasons}, f"not {code}: {answer.reasons}"
        self.broken = False

    def _wishes(self, absurd: int = 8) -> Wishes:
        return Wishes(self.project.process, self.project.state, absurd)

    # -- rules -----------------------------------------------------------------------------------------------------

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """A process, a refusal because nothing has begun, and a start."""
        process = self.process if self.process is not None else data.draw(processes(), "process")
        self.project = Watched(process, self.judges, self.policies)
        self._refuse(FinishActivity(activity="solution", by=STRANGER, at=BEGINNING), "LTC500")
        self._send(data.draw(starts(process), "start"))

    @precondition(_running)
    @rule(data=st.data(), steps=st.integers(1, 3))
    def go_on(self, data: st.DataObject, steps: int) -> None:
        """Do some of what the project offers."""
        self.broken = True
        facts = good_facts(self.project.process)
        for _ in range(steps):
            step(self.project, facts, lambda found: found[data.draw(st.integers(0, len(found) - 1))])
        self.broken = False

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def wish(self, data: st.DataObject, kind: str) -> None:
        """A command of any kind: mostly sensible, sometimes too early, by the wrong person, on the wrong thing."""
        self._send(data.draw(self._wishes().of(kind), kind))

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def wish_in_the_past(self, data: st.DataObject, kind: str) -> None:
        """Any command, one second before the last event."""
        command = data.draw(self._wishes().of(kind), kind)
        self._refuse(attrs.evolve(command, at=self.project.state.at - timedelta(seconds=1)), "LTC503")

    @precondition(_running)
    @rule(data=st.data(), kind=st.sampled_from(sorted(UNKNOWN)))
    def name_what_is_not_there(self, data: st.DataObject, kind: str) -> None:
        """A command on an activity, gate, deliverable, role, condition, risk or fact that does not exist."""
        name, code = data.draw(st.sampled_from(ABSURD), "name"), UNKNOWN[kind]
        self._refuse(self._wishes().about(kind, name, by=STRANGER, at=self.project.state.at), code)

    @precondition(_running)
    @precondition(lambda machine: machine.project.state.work.values())
    @rule(data=st.data())
    def begin_again(self, data: st.DataObject) -> None:
        """A second start, or a second finish, of an activity."""
        work = dict(self.project.state.work.items())
        name = data.draw(st.sampled_from(sorted(work)), "activity")
        again = FinishActivity if work[name].finished is not None else StartActivity
        self._refuse(again(activity=name, by=STRANGER, at=self.project.state.at), "LTC511")

    @precondition(_running)
    @precondition(lambda machine: any(True for _ in machine.project.process.gates()))
    @rule(data=st.data(), verdict=st.sampled_from(Verdict))
    def vote_without_a_role(self, data: st.DataObject, verdict: Verdict) -> None:
        """A vote by somebody who wears no role."""
        gate = data.draw(st.sampled_from([g.id for g in self.project.process.gates()]), "gate")
        self._refuse(CastVote(gate=gate, verdict=verdict, by=STRANGER, at=self.project.state.at), "LTC523")

    @precondition(_closed)
    @rule(data=st.data(), kind=st.sampled_from([kind for kind in KINDS if kind != "reopen"]))
    def wish_after_the_end(self, data: st.DataObject, kind: str) -> None:
        """Anything but a reopening, of a closed project."""
        self._refuse(data.draw(self._wishes().of(kind), kind), "LTC502")

    @invariant()
    def holds(self) -> None:
        """What needs no command: replay, conditions past their dates, readiness."""
        if not self.broken:
            self.broken = True
            self.project.look()
            self.broken = False

    def teardown(self) -> None:
        """The tenth invariant: from wherever the project is, it reaches its end."""
        if self.ends and not self.broken:
            play_on(self.project, renew=True)
