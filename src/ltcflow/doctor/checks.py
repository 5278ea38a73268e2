"""What the doctor finds: one value for each thing that was looked at."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator

import attrs

from ltcflow.errors import LtcflowError
from ltcflow.findings import Finding
from ltcflow.labels import NO_LABEL, Label


class Status(enum.Enum):
    """How a check came out: a WARNING can wait, a PROBLEM keeps something from working or being trusted."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@attrs.frozen(kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what, for programs, such as "sqlite" or "space"; several checks may share one.
        title: what, for people.
        status: how it came out.
        found: what was seen.
        remedy: what to do; empty where nothing is to be done.
        error: the error of ltcflow that says it all, where there is one; its problem and remedy then stand in `found`
            and `remedy` in English.
    """

    name: str
    title: Label
    status: Status
    found: Label = NO_LABEL
    remedy: Label = NO_LABEL
    error: LtcflowError | None = attrs.field(default=None, eq=False)


Found = Iterator[Check]


def check(
    name: str,
    title: tuple[str, str],
    found: tuple[str, str],
    status: Status = Status.OK,
    remedy: tuple[str, str] = ("", ""),
) -> Check:
    """Return a check whose texts are pairs of English and Chinese."""
    told, seen, advice = (Label(en=en, zh=zh) for en, zh in (title, found, remedy))
    return Check(name=name, title=told, status=status, found=seen, remedy=advice)


def failed(
    name: str,
    title: tuple[str, str],
    error: LtcflowError,
    status: Status = Status.PROBLEM,
    otherwise: tuple[str, str] = ("Do what it says.", "请按提示处理。"),
) -> Check:
    """Return the check that *error* says all about; *otherwise* is what to do where the error itself does not say."""
    remedy = getattr(error, "remedy", "")
    remedy_zh = getattr(error, "remedy_zh", "")
    found = str(error).removesuffix(remedy).strip()
    return Check(
        name=name,
        title=Label(en=title[0], zh=title[1]),
        status=status,
        found=Label(en=found or str(error)),
        remedy=Label(en=remedy or otherwise[0], zh=remedy_zh or otherwise[1]),
        error=error,
    )


def of_finding(name: str, title: tuple[str, str], finding: Finding, status: Status = Status.PROBLEM) -> Check:
    """Return the check that *finding* says all about."""
    said, said_zh = (f"{finding.code}: {finding.where} {text}" for text in (finding.problem, finding.problem_zh))
    return check(name, title, (said, said_zh), status, (finding.remedy, finding.remedy_zh))


def guarded(name: str, title: tuple[str, str], look: Callable[[], Iterable[Check]]) -> Found:
    """Yield what *look* finds; whatever goes wrong on the way is a problem too, and never a traceback."""
    try:
        yield from look()
    except LtcflowError as error:
        yield failed(name, title, error)
    except Exception as error:
        said = f"{type(error).__name__}: {error}".strip()
        yield check(
            name,
            title,
            (f"cannot be examined ({said}).", f"无法检查（{said}）。"),
            Status.PROBLEM,
            (
                "Mend what the message names; else tell the maintainers of ltcflow.",
                "请按提示处理；否则请告知 ltcflow 维护者。",
            ),
        )
