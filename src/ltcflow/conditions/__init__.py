"""The condition language of ``when`` and ``fact:`` criteria, and the facts it reads."""

from ltcflow.conditions.explain import Explanation, Seen
from ltcflow.conditions.facts import (
    ChoiceType,
    DateType,
    Fact,
    FactType,
    FactValue,
    FactValueError,
    MoneyType,
    NumberType,
    PercentType,
    TextType,
    YesNoType,
    coerce,
    fact_from_data,
    fact_to_data,
    show_value,
)
from ltcflow.conditions.language import Condition, check_condition, compile_condition
from ltcflow.conditions.money import Money
from ltcflow.conditions.problems import ConditionError, Problem
from ltcflow.conditions.samples import (
    SampleSpace,
    is_exhaustive,
    representatives,
    sample_space,
    witness_text,
)
from ltcflow.conditions.truth import Truth

__all__ = [
    "ChoiceType",
    "Condition",
    "ConditionError",
    "DateType",
    "Explanation",
    "Fact",
    "FactType",
    "FactValue",
    "FactValueError",
    "Money",
    "MoneyType",
    "NumberType",
    "PercentType",
    "Problem",
    "SampleSpace",
    "Seen",
    "TextType",
    "Truth",
    "YesNoType",
    "check_condition",
    "coerce",
    "compile_condition",
    "fact_from_data",
    "fact_to_data",
    "is_exhaustive",
    "representatives",
    "sample_space",
    "show_value",
    "witness_text",
]
