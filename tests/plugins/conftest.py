"""A plugin with every hook, and small ones made on the spot."""

from __future__ import annotations

import importlib.util
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ltcflow.plugins import hookimpl
from ltcflow.projects import CriterionContext
from ltcflow.roles import Team

Make = Callable[..., types.ModuleType]


@pytest.fixture
def acme() -> types.ModuleType:
    """The module acme.py, fresh for each test."""
    spec = importlib.util.spec_from_file_location("acme", Path(__file__).parent / "acme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def plugin() -> Make:
    """Make a plugin of a name and hooks; a hook that is no function is what the hook returns."""

    def make(name: str, /, *, priority: object = 0, **hooks: Any) -> types.ModuleType:
        module = types.ModuleType(name)
        if priority != 0:
            module.ltcflow_priority = priority  # type: ignore[attr-defined]
        for hook, value in hooks.items():
            function = value if isinstance(value, types.FunctionType) else _returning(value)
            setattr(module, hook, hookimpl(function))
        return module

    return make


def _returning(value: object) -> Callable[[], object]:
    return lambda: value


@pytest.fixture
def context() -> CriterionContext:
    """What a criterion is given at the gate ``atb`` of a project that knows nothing yet."""
    return CriterionContext(
        project="p",
        process="bid",
        element="atb",
        parameters={},
        facts={},
        delivered={},
        risks=(),
        team=Team(),
    )
