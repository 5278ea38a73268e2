"""The condition language of ``when`` and ``fact:`` criteria, and the facts it reads."""

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
from ltcflow.conditions.money import Money

__all__ = [
    "ChoiceType",
    "DateType",
    "Fact",
    "FactType",
    "FactValue",
    "FactValueError",
    "Money",
    "MoneyType",
    "NumberType",
    "PercentType",
    "TextType",
    "YesNoType",
    "coerce",
    "fact_from_data",
    "fact_to_data",
    "show_value",
]
