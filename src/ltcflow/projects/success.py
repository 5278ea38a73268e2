"""Success of stages: a stage that was entered and left is one thing, a stage that succeeded another."""

from __future__ import annotations

from collections.abc import Collection

import attrs

from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId
from ltcflow.projects.answers import CriterionAnswer
from ltcflow.projects.criteria import judge_all
from ltcflow.projects.progress import Progress
from ltcflow.stages import Stage


@attrs.frozen(kw_only=True)
class StageSuccess:
    """How a stage that declares when it is entered or when it has succeeded stands.

    Attributes:
        entered: its milestone is reached; None where it names none.
        ended: its work is over, whether it succeeded or not.
        unmet: what its success asks for and does not have.
        begun_after: steps behind it that have begun all the same.
    """

    stage: ElementId
    title: Label = NO_LABEL
    entered: bool | None = None
    ended: bool
    unmet: tuple[CriterionAnswer, ...] = ()
    begun_after: tuple[ElementId, ...] = ()

    @property
    def succeeded(self) -> bool:
        """True when its work is over and everything that its success asks for is there."""
        return self.ended and not self.unmet

    @property
    def left_behind(self) -> bool:
        """True when the project has gone on without its success: its work is over, or something behind it began."""
        return bool(self.unmet) and (self.ended or bool(self.begun_after))


def successes(progress: Progress, stages: Collection[ElementId] | None = None) -> tuple[StageSuccess, ...]:
    """Return how each stage of *stages* (None: every stage) stands that declares entry or success, in declared order.

    Stages that the known facts skip are left out.

    Cost: O(stages * elements).
    """
    declared = [s for s in progress.process.stages if s.entered_when or s.succeeded_when]
    wanted = [s for s in declared if stages is None or s.id in stages]
    return tuple(_success(progress, stage) for stage in wanted if not _skipped(progress, stage))


def _skipped(progress: Progress, stage: Stage) -> bool:
    return progress.skipped(progress.compiled.network.index[f"{stage.id}.start"])


def _success(progress: Progress, stage: Stage) -> StageSuccess:
    finish = progress.position(stage.id)
    net = progress.compiled.network
    behind = (net.nodes[i].id for i in sorted(net.descendants(finish)))
    milestone = stage.entered_when
    return StageSuccess(
        stage=stage.id,
        title=stage.title,
        entered=progress.ended(progress.position(milestone)) if milestone else None,
        ended=progress.ended(finish),
        unmet=tuple(answer for answer in judge_all(progress, stage.id) if not answer.satisfied),
        begun_after=tuple(name for name in behind if _begun(progress, name)),
    )


def _begun(progress: Progress, name: ElementId) -> bool:
    gate = progress.state.gates.get(name)
    return name in progress.state.work or (gate is not None and bool(gate.votes or gate.verdict))
