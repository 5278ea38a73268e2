"""What a process lays down for the registers of its projects: the scale of risks, who decides changes, how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import attrs

from ltcflow.conditions.money import Number, read_number
from ltcflow.errors import InvalidValue
from ltcflow.names import RoleId, element_ids
from ltcflow.stages import RiskLevel

_MOST = 10


def _probabilities(values: Iterable[Number]) -> tuple[Decimal, ...]:
    found = tuple(read_number(value) for value in values)
    known = tuple(value for value in found if value is not None and value.is_finite())
    rising = all(a < b for a, b in zip((Decimal(0), *known), known, strict=False))
    if len(known) == len(found) and 2 <= len(known) <= _MOST and rising and known[-1] <= 1:
        return known
    raise InvalidValue(
        field="probabilities",
        value=", ".join(str(value) for value in found)[:80],
        problem=f"are not 2 to {_MOST} rising probabilities.",
        remedy="Write for example [0.1, 0.3, 0.5, 0.7, 0.9].",
    )


def _roles(values: str | Iterable[RoleId]) -> tuple[RoleId, ...]:
    return element_ids((values,) if isinstance(values, str) else values)


@attrs.frozen(kw_only=True)
class RiskScale:
    """How heavy a risk is: the product of two steps, of its probability and of its impact, against three thresholds.

    The default is the matrix of five by five steps that the PMBOK Guide uses as its example, with the probabilities of
    its table (0.1 to 0.9); a process says otherwise under ``registers``.

    Attributes:
        probabilities: what each step of probability stands for, rising, above 0 and at most 1; 2 to 10 steps.
        impacts: how many steps of impact there are, 2 to 10.
        medium, high, critical: the least product that counts as such, rising; below *medium* a risk is low.

    Example:
        >>> scale = RiskScale()
        >>> [scale.level(p, i).value for p, i in ((1, 4), (1, 5), (2, 5), (4, 5))]
        ['low', 'medium', 'high', 'critical']
    """

    probabilities: tuple[Decimal, ...] = attrs.field(
        default=("0.1", "0.3", "0.5", "0.7", "0.9"), converter=_probabilities
    )
    impacts: int = 5
    medium: int = 5
    high: int = 10
    critical: int = 17

    def __attrs_post_init__(self) -> None:
        most = self.impacts * len(self.probabilities) if type(self.impacts) is int else 0
        if most and not 2 <= self.impacts <= _MOST:
            raise InvalidValue(
                field="impacts", value=str(self.impacts), problem="is no number of steps.", remedy="Use 2 to 10."
            )
        steps = (self.medium, self.high, self.critical)
        if not most or any(type(step) is not int for step in steps) or not 1 < steps[0] < steps[1] < steps[2] <= most:
            raise InvalidValue(
                field="risk_scale",
                value=f"{self.medium}, {self.high}, {self.critical}",
                problem="are not rising thresholds within the scale.",
                remedy="Let medium, high and critical rise, from 2 to the greatest product of steps.",
            )

    def level(self, probability: int, impact: int) -> RiskLevel:
        """Return how heavy a risk with these steps (from 1) is."""
        score = probability * impact
        if score >= self.critical:
            return RiskLevel.CRITICAL
        if score >= self.high:
            return RiskLevel.HIGH
        return RiskLevel.MEDIUM if score >= self.medium else RiskLevel.LOW

    def has(self, probability: int, impact: int) -> bool:
        """Say whether these steps are on the scale."""
        return 1 <= probability <= len(self.probabilities) and 1 <= impact <= self.impacts


@attrs.frozen(kw_only=True)
class Registers:
    """What a process lays down for the registers of its projects.

    Attributes:
        risk_scale: how heavy a risk is.
        changes_decided_by: the roles whose wearers decide change requests and let promises go; (): who leads.
        end_with_open_risks: True lets a project be closed as won or completed while risks are open; otherwise they are
            closed or handed over first.
    """

    risk_scale: RiskScale = RiskScale()
    changes_decided_by: tuple[RoleId, ...] = attrs.field(default=(), converter=_roles)
    end_with_open_risks: bool = False


NO_REGISTERS = Registers()
"""What holds where a process says nothing."""
