"""What the tests of the rules share: a case per code, and findings of a text cut to what matters."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ltcflow.checks import check
from ltcflow.definition import loads
from ltcflow.findings import Finding
from ltcflow.process import Process

HERE = Path(__file__).parent
HEAD = "ltcflow: 1\nprocess: example\n"


class Case(NamedTuple):
    """A wrong process, the smallest change that mends it, and what the one finding says."""

    wrong: str
    mend: tuple[str, str]
    where: str
    says: str
    witness: tuple[str, ...] = ()

    @property
    def right(self) -> str:
        assert self.wrong.count(self.mend[0]) == 1, self.mend
        return self.wrong.replace(*self.mend)


def process_of(text: str) -> Process:
    """Return the process of *text*, which leaves out the first two lines of a file."""
    return loads(HEAD + text)


@pytest.fixture(name="findings")
def _findings() -> Callable[[str, str], tuple[Finding, ...]]:
    """(code, text) -> the findings with this code."""
    return lambda code, text: tuple(f for f in check(process_of(text)) if f.code == code)


@pytest.fixture(name="cases", scope="session")
def _cases() -> Mapping[str, Case]:
    """Every case of the modules of this folder, by code."""
    cases: dict[str, Case] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for code, case in vars(loaded(path)).get("CASES", {}).items():
            assert code not in cases, f"two cases for {code}"
            cases[code] = Case(*case)
    return cases


def loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"cases_of_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
