"""The codes of the findings that reading a definition file can give, one per kind of problem."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UNREADABLE = "LTC101"
TOO_LARGE = "LTC102"
TOO_DEEP = "LTC103"
ENCODING = "LTC104"
CHARACTER = "LTC105"
SYNTAX = "LTC106"
DOCUMENTS = "LTC107"
REFUSED = "LTC108"
DUPLICATE_KEY = "LTC109"
UNKNOWN_KEY = "LTC111"
MISSING_KEY = "LTC112"
WRONG_TYPE = "LTC113"
UNKNOWN_WORD = "LTC114"
BAD_ID = "LTC115"
BAD_DURATION = "LTC116"
BAD_NUMBER = "LTC117"
NEEDS_QUOTES = "LTC118"
NOT_TOGETHER = "LTC119"
BAD_VALUE = "LTC120"
FORMAT_VERSION = "LTC121"
TOO_MANY = "LTC122"

CODES: Mapping[str, str] = MappingProxyType(
    {
        UNREADABLE: "The file cannot be read: missing, a directory, a device, or not permitted.",
        TOO_LARGE: "The file is larger than a definition may be.",
        TOO_DEEP: "The file nests too deep, or holds or expands to too many values.",
        ENCODING: "The file is not UTF-8 text.",
        CHARACTER: "The file has a character that no text file should have.",
        SYNTAX: "The file is not YAML (or JSON) at this place.",
        DOCUMENTS: "The file does not hold exactly one document.",
        REFUSED: "YAML that definition files do not use: a tag, a merge key, a list or mapping as a key, a loop.",
        DUPLICATE_KEY: "A key is given twice in one mapping.",
        UNKNOWN_KEY: "A key that this place does not have.",
        MISSING_KEY: "A key that this place must have is missing.",
        WRONG_TYPE: "A value of another type than the place wants.",
        UNKNOWN_WORD: "A word that is none of those to choose from.",
        BAD_ID: "A name that cannot be an id.",
        BAD_DURATION: "A text that is no duration, or a duration that does not fit.",
        BAD_NUMBER: "A number that does not fit: not finite, too large, or out of its range.",
        NEEDS_QUOTES: "A value that YAML reads as a number or as true or false where a text is wanted.",
        NOT_TOGETHER: "Keys that exclude each other, or that need each other.",
        BAD_VALUE: "A value that its place cannot hold for another reason.",
        FORMAT_VERSION: "The file is written for another version of the file format.",
        TOO_MANY: "The file has more problems than are listed.",
    }
)
"""Every code of this package with its meaning, in the order of the codes."""
