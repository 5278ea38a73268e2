"""Shares and probabilities on the command line: ``15%``, ``0.15``, and what they are of."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from decimal import Decimal
from typing import Any, Final, NoReturn

import click

from ltcflow.cli.options import Pair, ParamType, voice


def share_of(text: str) -> Decimal | None:
    """Return the number that *text* gives as a share or in percent; None for none.

    Example:
        >>> share_of("0.6"), share_of("60 %"), share_of("much")
        (Decimal('0.6'), Decimal('0.60'), None)
    """
    match = re.fullmatch(r"\s*([0-9]{0,18}\.?[0-9]{1,18})\s*([%％]?)\s*", text)
    return None if match is None else Decimal(match[1]).scaleb(-2 if match[2] else 0)


class _Type(ParamType, ABC):
    """Something with shares in it; *example* shows how it is written."""

    example = ""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = self.read(value) if isinstance(value, str) else value
        return self.refuse(value, param, ctx) if found is None else found

    @abstractmethod
    def read(self, text: str) -> Any:
        """Return what *text* says; None for nothing that can be meant."""

    def refuse(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> NoReturn:
        shown = repr(value if len(value) <= 80 else f"{value[:77]}...")
        say = voice()
        en, zh = f"cannot be read. Write for example {self.example}.", f"无法读取。请写成例如 {self.example}。"
        self.fail(f"{shown} {say(en, zh)}", param, ctx)


class Withholding(_Type):
    """Money kept back until a milestone: ``accepted=5%``, ``accepted=5%;30ed``, ``accepted=50000 CNY``."""

    name = "milestone=share"
    example = "accepted=5%;30ed"

    def read(self, text: str) -> dict[str, str] | None:
        until, _, rest = text.partition("=")
        much, _, due = rest.replace("；", ";").partition(";")
        if not until.strip() or not much.strip():
            return None
        share = share_of(much)
        money = share is None or (share > 1 and not much.strip().endswith(("%", "％")))
        what = {"amount": much.strip()} if money else {"share": f"{share:f}"}
        return {"until": until.strip(), **what, **({"due": due.strip()} if due.strip() else {})}


class Chances(_Type):
    """What may come of a gate, each with its probability: ``atb=go:0.8,stop:20%``."""

    name = "gate=outcome:probability"
    example = "atb=go:0.8,stop:0.2"

    def read(self, text: str) -> tuple[str, dict[str, float]] | None:
        gate, equals, rest = text.partition("=")
        found: dict[str, float] = {}
        for part in re.split("[,，、]", rest):
            word, _, chance = part.replace("：", ":").partition(":")
            share = share_of(chance)
            if share is None or not word.strip():
                return None
            found[word.strip()] = float(share)
        return (gate.strip(), found) if equals and gate.strip() else None


class Chance(_Type):
    """A probability, ``0.6`` or ``60%``, or that of one element: ``close=0.4``; as (element or "", number)."""

    name = "probability"
    example = "0.6, 60%, close=0.6"

    def read(self, text: str) -> tuple[str, float] | None:
        element, equals, chance = text.rpartition("=")
        share = share_of(chance)
        return None if share is None or bool(equals) != bool(element.strip()) else (element.strip(), float(share))


OUTCOME: Final = Chances()
WIN: Final = Chance()
WITHHELD: Final = Withholding()
CAPACITY: Final = Pair("role=number", "legal=2")
EXPERTS: Final = Pair("role=people", "legal=li.wei,wu.min")
