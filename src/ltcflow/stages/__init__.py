"""Stages: what is done, in which order, and where somebody decides."""

from __future__ import annotations

from ltcflow.stages.activity import Activity, Deliverable, RequiredField, as_fields
from ltcflow.stages.criterion import (
    AnyCriterion,
    Criterion,
    Delivered,
    Done,
    FactHolds,
    Parameters,
    PluginCriterion,
    RiskLevel,
    RiskLimit,
    criterion_keys,
    criterion_kind,
    criterion_subject,
    freeze,
    thaw,
)
from ltcflow.stages.deciding import AuthorityLimit, DecisionRule, RuleKind, decided_by, limit_keys
from ltcflow.stages.dependency import Dependency, DependencyType, as_dependency
from ltcflow.stages.escalation import Rung, as_ladder, as_rung
from ltcflow.stages.estimate import Duration, as_estimate
from ltcflow.stages.gate import Gate, GateKind, Verdict, as_verdict
from ltcflow.stages.stage import Milestone, Payment, Stage, StageOrder
from ltcflow.stages.statement import Measure, Principle

__all__ = [
    "Activity",
    "AnyCriterion",
    "AuthorityLimit",
    "Criterion",
    "DecisionRule",
    "Deliverable",
    "Delivered",
    "Dependency",
    "DependencyType",
    "Done",
    "Duration",
    "FactHolds",
    "Gate",
    "GateKind",
    "Measure",
    "Milestone",
    "Parameters",
    "Payment",
    "PluginCriterion",
    "Principle",
    "RequiredField",
    "RiskLevel",
    "RiskLimit",
    "RuleKind",
    "Rung",
    "Stage",
    "StageOrder",
    "Verdict",
    "as_dependency",
    "as_estimate",
    "as_fields",
    "as_ladder",
    "as_rung",
    "as_verdict",
    "criterion_keys",
    "criterion_kind",
    "criterion_subject",
    "decided_by",
    "freeze",
    "limit_keys",
    "thaw",
]
