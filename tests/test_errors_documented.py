"""Every exception of ltcflow has an entry in docs/reference/errors.md, and survives pickling with its facts."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pkgutil
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import ltcflow
from ltcflow.conditions.problems import Problem
from ltcflow.errors import LtcflowError
from ltcflow.findings import Finding

PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
SECTIONS = {
    (m[1], m[2]): m[0] for m in re.finditer(r"^### (LTC\d{3}): (\w+)\n.*?(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
SAMPLES: dict[Any, Any] = {
    str: "something.",
    int: 3,
    Finding: Finding(code="LTC110", where="stages.bid", problem="is wrong.", remedy="Mend it."),
    Problem: Problem(code="LTC150", column=0, problem="a", remedy="b", problem_zh="甲", remedy_zh="乙"),
}


def subclasses(cls: type[LtcflowError]) -> Iterator[type[LtcflowError]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from subclasses(sub)


def every_error() -> list[type[LtcflowError]]:
    """Import every module of the package and return the errors that they define."""
    for module in pkgutil.walk_packages(ltcflow.__path__, "ltcflow."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = {cls for cls in subclasses(LtcflowError) if cls.__module__.partition(".")[0] == "ltcflow"}
    return sorted(found, key=lambda cls: (cls.code, cls.__name__))


ERRORS = every_error()


def names_of_facts(cls: type[LtcflowError]) -> list[str]:
    return list(inspect.signature(cls).parameters)


def sample(hint: Any) -> Any:
    """Return a value for a parameter of an error."""
    if get_origin(hint) in (Iterable, tuple):
        return (sample(get_args(hint)[0]),) * 2
    return SAMPLES[hint]


def made(cls: type[LtcflowError]) -> LtcflowError:
    hints = get_type_hints(cls.__init__)
    return cls(**{name: sample(hints[name]) for name in names_of_facts(cls)})


def test_every_error_has_an_entry_and_every_entry_an_error() -> None:
    assert sorted(SECTIONS) == [(cls.code, cls.__name__) for cls in ERRORS]
    assert len(SECTIONS) == len(re.findall(r"^### ", PAGE, re.MULTILINE))
    assert list(SECTIONS) == sorted(SECTIONS)


def test_two_errors_share_a_code_only_where_one_is_the_other() -> None:
    for cls in ERRORS:
        for other in ERRORS:
            assert cls.code != other.code or issubclass(cls, other) or issubclass(other, cls)


@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.__name__)
def test_an_entry_says_where_the_error_is_what_it_holds_when_it_comes_and_what_to_do(cls: type[LtcflowError]) -> None:
    section = SECTIONS[cls.code, cls.__name__]
    named = re.search(r"^`([\w.]+)`, an? (`\w+`(?: and an? `\w+`)?)\. Attributes: (.*)\.$", section, re.MULTILINE)
    assert named is not None, section
    module, _, name = named[1].rpartition(".")
    assert getattr(importlib.import_module(module), name) is cls
    assert re.findall(r"`(\w+)`", named[2]) == [base.__name__ for base in cls.__bases__]
    assert re.findall(r"`(\w+)`", named[3]) == names_of_facts(cls)
    assert re.search(r"^\*When:\* \S", section, re.MULTILINE)
    assert re.search(r"^\*To mend:\* \S", section, re.MULTILINE)


@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.__name__)
def test_the_facts_are_attributes_and_the_text_begins_with_the_code(cls: type[LtcflowError]) -> None:
    error = made(cls)
    assert list(error.facts) == names_of_facts(cls)
    for name, value in error.facts.items():
        assert getattr(error, name) == value
    assert re.fullmatch(r"LTC\d{3}", cls.code)
    assert str(error).startswith(f"{cls.code}: ")
    assert str(error).endswith((".", "?", "'")) or "\n" in str(error)
    assert cls.__doc__


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.__name__)
def test_an_error_survives_pickling(cls: type[LtcflowError], protocol: int) -> None:
    error = made(cls)
    again = pickle.loads(pickle.dumps(error, protocol))
    assert (type(again), str(again), again.args) == (cls, str(error), error.args)
    assert again.facts == error.facts
    assert vars(again) == vars(error)


@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.__name__)
def test_an_error_can_be_copied(cls: type[LtcflowError]) -> None:
    error = made(cls)
    for again in (copy.copy(error), copy.deepcopy(error)):
        assert (type(again), str(again), again.facts) == (cls, str(error), error.facts)
