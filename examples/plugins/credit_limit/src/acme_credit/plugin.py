"""What this package adds to ltcflow; the entry point ``acme_credit`` of pyproject.toml names this module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files

import ltcflow
from acme_credit.criterion import credit_limit
from acme_credit.policy import credit_is_set_by_the_controller
from ltcflow.plugins import hookimpl
from ltcflow.projects import Judge, Policy


@hookimpl
def ltcflow_criteria() -> Mapping[str, Judge]:
    """The credit limit, for gates."""
    return {"acme.credit_limit": credit_limit}


@hookimpl
def ltcflow_policies() -> Iterable[Policy]:
    """Who may say what the limit is."""
    return [credit_is_set_by_the_controller]


@hookimpl
def ltcflow_processes() -> Mapping[str, Callable[[], ltcflow.Process]]:
    """A process that uses both; it is read when somebody asks for it."""
    return {"acme_bid": read_acme_bid}


def read_acme_bid() -> ltcflow.Process:
    """Read the definition beside this module."""
    text = files("acme_credit").joinpath("acme_bid.yaml").read_text(encoding="utf-8")
    return ltcflow.loads(text, name="acme_bid.yaml")
