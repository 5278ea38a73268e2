"""Labels: the Chinese and the English text of one thing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import attrs

from ltcflow.errors import InvalidValue

Lang: TypeAlias = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")


def _text(value: str) -> str:
    if not isinstance(value, str):
        raise InvalidValue(field="label", value=repr(value), problem="is not text.", remedy="Put it in quotes.")
    return unicodedata.normalize("NFC", value).strip()


@attrs.frozen
class Label:
    """A text in Chinese and English; either may be missing.

    Example:
        >>> label = Label(zh="投标", en="Bid")
        >>> label.text("zh"), label.text("en"), Label(en="Bid").text("zh")
        ('投标', 'Bid', 'Bid')
    """

    zh: str = attrs.field(default="", converter=_text)
    en: str = attrs.field(default="", converter=_text)

    def text(self, lang: Lang = "en") -> str:
        """Return the text in *lang*, or in the other language where it is missing."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


NO_LABEL = Label()


def has_cjk(text: str) -> bool:
    """Say whether *text* has a Chinese character."""
    return any("㐀" <= c <= "鿿" or "豈" <= c <= "﫿" or "\U00020000" <= c <= "\U000323af" for c in text)


def as_label(value: Label | str | Mapping[str, str]) -> Label:
    """Return *value* as a label; a plain string counts as Chinese when it has a Chinese character.

    Raises:
        InvalidValue: a mapping with other keys than zh and en, or a value that is not text.

    Example:
        >>> as_label("投标"), as_label({"zh": "投标", "en": "Bid"})
        (Label(zh='投标', en=''), Label(zh='投标', en='Bid'))
    """
    if isinstance(value, Label):
        return value
    if isinstance(value, str):
        return Label(zh=value) if has_cjk(value) else Label(en=value)
    if isinstance(value, Mapping) and set(value) <= set(LANGUAGES):
        return Label(zh=value.get("zh", ""), en=value.get("en", ""))
    raise InvalidValue(
        field="label",
        value=repr(value),
        problem="is not a label.",
        remedy="Write a text or {zh: ..., en: ...}.",
    )


def as_labels(
    values: tuple[Label | str | Mapping[str, str], ...] | list[Label | str | Mapping[str, str]],
) -> tuple[Label, ...]:
    """Return each of *values* as a label (converter for attrs fields)."""
    return tuple(as_label(v) for v in values)


def width(text: str) -> int:
    """Return how many terminal columns *text* takes: East Asian wide characters take two, marks and formats none.

    Example:
        >>> width("Bid"), width("投标")
        (3, 4)
    """
    if text.isascii():
        return len(text)
    wide, category = unicodedata.east_asian_width, unicodedata.category
    return sum(0 if category(c) in ("Mn", "Me", "Cf") else 2 if wide(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """Return *text* filled with spaces to *columns* terminal columns (never cut)."""
    return text + " " * max(0, columns - width(text))


def _lines(values: Iterable[str | int]) -> tuple[str, ...]:
    return tuple(str(v) for v in values)


@attrs.frozen(kw_only=True)
class Source:
    """Where the text a process was made from says it: an adopter sees what was read and what was added.

    Attributes:
        lines: line numbers or ranges ("226", "150-190") of that text.
        inferred: True: read into the text, not stated there.
        note: why, in words.
    """

    lines: tuple[str, ...] = attrs.field(default=(), converter=_lines)
    inferred: bool = False
    note: str = ""
