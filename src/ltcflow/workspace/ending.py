"""The end of a project in a workspace: hand-overs and their signatures, money that comes, lessons, the close-out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from ltcflow import projects as p
from ltcflow.names import ElementId
from ltcflow.process import Process
from ltcflow.projects.register import commands as r
from ltcflow.projects.register.handovers import Lesson
from ltcflow.roles import Person
from ltcflow.workspace.reporting import terms_of
from ltcflow.worktime import CalendarLike, DurationLike

if TYPE_CHECKING:
    from ltcflow.plugins import Extensions
    from ltcflow.steering.closing import CloseOut, Handing


class _Records(Protocol):
    """What of a workspace is needed here."""

    @property
    def extensions(self) -> Extensions: ...
    def projects(self) -> tuple[str, ...]: ...
    def state(self, project: str) -> p.ProjectState: ...
    def process(self, project: str) -> Process: ...
    def log(self, project: str) -> tuple[p.AnyEvent, ...]: ...
    def _now(self) -> datetime: ...
    def _do(self, project: str, kind: Any, by: Person, at: datetime | None, **fields: Any) -> p.Answer: ...


class Ending:
    """The calls of a `Workspace` about the end of stages and projects."""

    def handover(
        self: _Records,
        project: str,
        stage: ElementId = "",
        *,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        default_duration: DurationLike | None = None,
    ) -> Handing:
        """Return what the next team receives at the end of *stage* (of the project, left out), and what is missing.

        `ltcflow.report.handing.handover_page` writes it as a page.

        Args:
            calendar, default_duration: as for `weekly`.
        Raises:
            UnknownName: there is no such project or stage.
        """
        from ltcflow.steering.closing import handing

        terms, moment = terms_of(self, calendar, default_duration), at or self._now()
        return handing(self.process(project), self.state(project), moment, stage, terms)

    def closeout(
        self: _Records,
        project: str,
        *,
        at: datetime | None = None,
        calendar: CalendarLike | None = None,
        default_duration: DurationLike | None = None,
    ) -> CloseOut:
        """Say what is missing before *project* can be closed with nothing left behind, and who is released when.

        `ltcflow.report.handing.closeout_page` writes it as a page. Arguments and errors as for `handover`.
        """
        from ltcflow.steering.closing import closeout

        terms, moment = terms_of(self, calendar, default_duration), at or self._now()
        return closeout(self.process(project), self.state(project), moment, terms)

    def lessons(
        self: _Records, text: str = "", *, stage: ElementId | None = None, tag: str | None = None
    ) -> tuple[tuple[str, Lesson], ...]:
        """Return what was learned in all projects, by project, then in the order in which it was recorded.

        Args:
            text: only lessons in which it occurs, in any case. stage: only those about it. tag: only those with it.
        Returns:
            Pairs of a project and a lesson.
        """
        return tuple(
            (name, lesson)
            for name in self.projects()
            for lesson in self.state(name).lessons
            if text.casefold() in lesson.text.casefold()
            and (stage is None or lesson.stage == stage)
            and (tag is None or tag in lesson.tags)
        )

    def offer_handover(
        self: _Records,
        project: str,
        handover: str,
        *,
        to: Person,
        by: Person,
        stage: ElementId = "",
        note: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Offer *to* what the next team receives, under the id *handover*; who leads the project may."""
        return self._do(project, r.OfferHandover, by, at, handover=handover, to=to, stage=stage, note=note)

    def accept_handover(
        self: _Records, project: str, handover: str, *, by: Person, note: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Take over what was offered to one, with what is missing in it."""
        return self._do(project, r.AcceptHandover, by, at, handover=handover, note=note)

    def reject_handover(
        self: _Records, project: str, handover: str, *, by: Person, reason: str, at: datetime | None = None
    ) -> p.Answer:
        """Refuse to take over what was offered to one, with a reason."""
        return self._do(project, r.RejectHandover, by, at, handover=handover, reason=reason)

    def record_lesson(
        self: _Records,
        project: str,
        text: str,
        *,
        by: Person,
        stage: ElementId = "",
        tags: Iterable[str] = (),
        at: datetime | None = None,
    ) -> p.Answer:
        """Record what was learned."""
        return self._do(project, r.RecordLesson, by, at, text=text, stage=stage, tags=tags)

    def record_payment(
        self: _Records,
        project: str,
        milestone: ElementId,
        *,
        by: Person,
        number: int = 1,
        note: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Say that the money of an instalment has come: the *number*-th of *milestone*, from 1."""
        return self._do(project, r.RecordPayment, by, at, milestone=milestone, number=number, note=note)
