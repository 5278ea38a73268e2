"""Definition files: YAML or JSON <-> Process, every problem of a file named at once, with its place.

The shape of a file is one table (`ltcflow.definition.grammar`), which the reader, the JSON Schema and the tests of the
documents read. Findings of reading, by code:

======  ==============================================================================================================
LTC101  the file cannot be read: missing, a directory, a device, or not permitted
LTC102  the file is larger than 5 MB
LTC103  nests deeper than 50 levels, or holds or expands to more than 300,000 values
LTC104  not UTF-8 text (says what it looks like)
LTC105  a character that no text file should have: NUL, a control character, half a surrogate pair
LTC106  not YAML (or JSON) at this place
LTC107  not exactly one document
LTC108  YAML that definition files do not use: a tag, a merge key, a list or mapping as a key, a loop of aliases
LTC109  a key given twice in one mapping
LTC111  an unknown key
LTC112  a missing key
LTC113  a value of another type than the place wants
LTC114  an unknown word where there are a few to choose from
LTC115  a name that cannot be an id
LTC116  not a duration, or one that does not fit
LTC117  a number that does not fit
LTC118  a number or true/false where a text is wanted: quotes are missing
LTC119  keys that exclude or need each other
LTC120  a value that its place cannot hold for another reason (what the model refuses)
LTC121  another version of the file format
LTC122  more problems than are listed
======  ==============================================================================================================

What is well-formed but unsound (a dangling reference, an id used twice, a bad condition) is read, and judged by
`ltcflow.check`; `locate` gives its findings their places in the file.
"""

from __future__ import annotations

from ltcflow.definition.codes import CODES
from ltcflow.definition.fingerprint import fingerprint
from ltcflow.definition.places import Places, Reading, locate
from ltcflow.definition.read import load, loads, read, read_file
from ltcflow.definition.save import NotWritten, dump, dumps
from ltcflow.definition.schema import schema

__all__ = [
    "CODES",
    "NotWritten",
    "Places",
    "Reading",
    "dump",
    "dumps",
    "fingerprint",
    "load",
    "loads",
    "locate",
    "read",
    "read_file",
    "schema",
]
