"""Every exception of ltcflow: one base class, a stable code, facts as attributes, one sentence made from them.

A business "no" is never an exception (see `ltcflow.projects`); these are mistakes of a caller, a file, a plugin or
the machine. Each code has an entry in ``docs/reference/errors.md``; a test fails when one is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, ClassVar


def did_you_mean(value: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three names of *known* that look like *value*, the nearest first.

    Cost: O(len(known) * len(value)); names longer than 200 characters are cut before they are compared.

    Example:
        >>> did_you_mean("bidd", ["bid", "build", "close"])
        ('bid', 'build')
    """
    lowered = {name.lower(): name for name in known}
    return tuple(lowered[match] for match in get_close_matches(value[:200].lower(), lowered, n=3, cutoff=0.6))


def _rebuild(cls: type[LtcflowError], facts: dict[str, Any]) -> LtcflowError:
    return cls(**facts)


class LtcflowError(Exception):
    """Base of all errors of ltcflow.

    Attributes:
        code: stable code, "LTC" and three digits, documented in ``docs/reference/errors.md``.
        facts: the keyword arguments the error was made from; each is an attribute as well.

    Example:
        >>> error = UnknownName(kind="stage", value="bidd", known=("bid", "close"))
        >>> str(error)
        "LTC201: no stage 'bidd' here. Did you mean 'bid'?"
        >>> import pickle
        >>> pickle.loads(pickle.dumps(error)).value
        'bidd'
    """

    code: ClassVar[str] = "LTC000"

    def __init__(self, sentence: str, **facts: Any) -> None:
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)
        super().__init__(f"{self.code}: {sentence}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.facts)


class UnknownName(LtcflowError):
    """A name was asked for that is not declared. Attributes: kind, value, known."""

    code = "LTC201"
    kind: str
    value: str
    known: tuple[str, ...]

    def __init__(self, *, kind: str, value: str, known: Iterable[str]) -> None:
        names = tuple(known)
        near = did_you_mean(value, names)
        hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
        if not near and names:
            shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
            hint = f" Known: {shown}."
        super().__init__(f"no {kind} {value[:200]!r} here.{hint}", kind=kind, value=value, known=names)


class InvalidValue(LtcflowError, ValueError):
    """A value was given that its field cannot hold. Attributes: field, value (its text), problem, remedy."""

    code = "LTC202"
    field: str
    value: str
    problem: str
    remedy: str

    def __init__(self, *, field: str, value: str, problem: str, remedy: str) -> None:
        shown = value if len(value) <= 80 else value[:77] + "..."
        super().__init__(
            f"{field}: {shown}: {problem} {remedy}", field=field, value=value, problem=problem, remedy=remedy
        )
