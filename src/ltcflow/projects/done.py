"""What was done: work on activities, and deliverables that were handed in."""

from __future__ import annotations

from datetime import datetime

import attrs

from ltcflow.names import RoleId
from ltcflow.roles import Person


@attrs.frozen
class Work:
    """What was done on one activity in its present round; *finished* is None while it is in progress."""

    started: datetime
    started_by: Person
    role: RoleId = ""
    early: bool = False
    finished: datetime | None = None
    finished_by: Person = ""


@attrs.frozen
class Submission:
    """A deliverable as it was handed in; *missing* names required fields that were left empty."""

    at: datetime
    by: Person
    fields: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
