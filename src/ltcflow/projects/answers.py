"""Answers: Accepted or Refused, and the explanation that both carry."""

from __future__ import annotations

from typing import Literal

import attrs

from ltcflow.conditions import Truth
from ltcflow.labels import NO_LABEL, Label
from ltcflow.names import ElementId, RoleId
from ltcflow.projects.events import AnyEvent
from ltcflow.roles import Person


@attrs.frozen(kw_only=True)
class CriterionAnswer:
    """How one criterion stands.

    Attributes:
        key: its key inside the gate (see `ltcflow.stages.criterion_keys`).
        kind, subject: done, delivered, fact, risk or plugin; and what it is about.
        truth: yes, no or unknown; unknown does not pass.
        seen, needed: the value seen and what is asked for, as text (en and zh).
        waived: somebody with the say let it go, with a reason on the record.
        roles, people: who can see to it, by duty and by name.
        remedy: what to do, when it is not met.
    """

    key: str
    kind: str
    subject: str
    title: Label = NO_LABEL
    truth: Truth
    seen: Label = NO_LABEL
    needed: Label = NO_LABEL
    waived: bool = False
    roles: tuple[RoleId, ...] = ()
    people: tuple[Person, ...] = ()
    remedy: Label = NO_LABEL

    @property
    def satisfied(self) -> bool:
        """True when it is met or waived."""
        return self.waived or self.truth is Truth.TRUE


@attrs.frozen(kw_only=True)
class Reason:
    """Why a command was refused, and what to do about it, in English and Chinese."""

    code: str
    element: ElementId = ""
    problem: str
    remedy: str
    problem_zh: str
    remedy_zh: str
    criterion: CriterionAnswer | None = None

    def text(self, lang: str = "en") -> str:
        """Return the reason as one line."""
        said = (self.problem_zh, self.remedy_zh) if lang == "zh" else (self.problem, self.remedy)
        return f"{self.code}: {' '.join(part for part in said if part)}"

    def __str__(self) -> str:
        return self.text()


@attrs.frozen(kw_only=True)
class Accepted:
    """The command happened: *events* are its record; *explanation* says what was judged and seen."""

    events: tuple[AnyEvent, ...]
    explanation: tuple[CriterionAnswer, ...] = ()

    @property
    def accepted(self) -> Literal[True]:
        """True."""
        return True


@attrs.frozen(kw_only=True)
class Refused:
    """The command changed nothing: *reasons* has every reason and is never empty."""

    reasons: tuple[Reason, ...] = attrs.field(validator=attrs.validators.min_len(1))
    explanation: tuple[CriterionAnswer, ...] = ()

    @property
    def accepted(self) -> Literal[False]:
        """False."""
        return False

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        """Nothing happened."""
        return ()


Answer = Accepted | Refused
