"""The doctor: examines an installation and a record, names every problem at once with its remedy, and writes nothing.

Example:
    >>> from ltcflow.doctor import Status, installation, record
    >>> {check.status for check in installation()} <= set(Status)
    True
    >>> [(check.name, check.status.value) for check in record("nowhere/sales.db")]
    [('file', 'problem')]
"""

from __future__ import annotations

from ltcflow.doctor.checks import Check, Status
from ltcflow.doctor.here import installation
from ltcflow.doctor.record import describe, record

__all__ = ["Check", "Status", "describe", "installation", "record"]
