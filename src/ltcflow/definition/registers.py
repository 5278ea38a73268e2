"""What a process lays down for the registers of its projects, in the definition file: read and written."""

from __future__ import annotations

from typing import Any

from ltcflow.definition.emit import Flow
from ltcflow.definition.parts import ids, key
from ltcflow.definition.records import ListOf, Record
from ltcflow.definition.shapes import Flag, Number
from ltcflow.process import Registers, RiskScale

_STEPS = Number(whole=True, least=2, most=100, example="10")

RISK_SCALE = Record(
    name="risk_scale",
    what=("a scale of risks", "风险量表"),
    example="{impacts: 5, medium: 5, high: 10, critical: 17}",
    doc="How heavy a risk is: the step of its probability times that of its impact, against three thresholds.",
    build=RiskScale,
    keys=(
        key(
            "probabilities",
            ListOf(
                item=Number(above=0, most=1, example="0.3"),
                example="[0.1, 0.3, 0.5, 0.7, 0.9]",
                what=("a list of probabilities", "概率列表"),
            ),
            "What each step of probability stands for, rising, 2 to 10 steps. Left out: 0.1, 0.3, 0.5, 0.7, 0.9.",
        ),
        key(
            "impacts",
            Number(whole=True, least=2, most=10, example="5"),
            "How many steps of impact there are.",
            default=5,
        ),
        key("medium", _STEPS, "The least product that counts as medium.", default=5),
        key("high", _STEPS, "The least product that counts as high.", default=10),
        key("critical", _STEPS, "The least product that counts as critical.", default=17),
    ),
)

REGISTERS = Record(
    name="registers",
    what=("rules of the registers", "登记册规则"),
    example="{changes_decided_by: sponsor}",
    doc="What projects keep to in their registers of risks, change requests and promises.",
    build=Registers,
    keys=(
        key("risk_scale", RISK_SCALE, "How heavy a risk is. Left out: five by five steps."),
        key(
            "changes_decided_by",
            ids("sponsor", ("a role or a list of roles", "角色或角色列表")),
            "The roles that decide change requests and let promises go. Left out: who leads the project.",
        ),
        key(
            "end_with_open_risks",
            Flag(),
            "A project may be closed as won or completed while risks are open that were not handed over.",
            default=False,
        ),
    ),
)


def registers_data(value: Registers) -> Any:
    """Return *value* as plain data, without what is the default."""
    scale, default = value.risk_scale, RiskScale()
    names = [
        name for name in ("impacts", "medium", "high", "critical") if getattr(scale, name) != getattr(default, name)
    ]
    found: dict[str, Any] = {}
    if scale != default:
        given = {} if scale.probabilities == default.probabilities else {"probabilities": list(scale.probabilities)}
        found["risk_scale"] = Flow({**given, **{name: getattr(scale, name) for name in names}})
    if value.changes_decided_by:
        found["changes_decided_by"] = Flow(list(value.changes_decided_by))
    if value.end_with_open_risks:
        found["end_with_open_risks"] = True
    return found
