"""Text that every store can keep, and the one JSON text that stands for a value."""

from __future__ import annotations

import json
import unicodedata

from ltcflow.errors import InvalidValue

LONGEST_NAME = 200
DEEPEST = 100


def check_text(value: object, field: str, *, empty: bool = True, longest: int = 0) -> str:
    """Return *value* when every store can keep it as text.

    Args:
        empty: whether "" will do.
        longest: the most characters allowed; 0 for any number.
    Raises:
        InvalidValue: not a str, too long, empty where it may not be, or it holds NUL or half a surrogate pair.
    """
    if not isinstance(value, str):
        raise InvalidValue(field=field, value=repr(value), problem="is not text.", remedy="Give a str.")
    if not value and not empty:
        raise InvalidValue(field=field, value="''", problem="is empty.", remedy="Give at least one character.")
    if longest and len(value) > longest:
        problem = f"has {len(value)} characters."
        raise InvalidValue(field=field, value=repr(value), problem=problem, remedy=f"Give at most {longest}.")
    if "\0" in value:
        raise InvalidValue(field=field, value=ascii(value), problem="holds a NUL character.", remedy="Remove it.")
    if not value.isascii():
        _check_surrogates(value, field)
    return value


def _check_surrogates(value: str, field: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        problem = f"holds half of a surrogate pair (U+{ord(value[error.start]):04X}), which is not a character."
        raise InvalidValue(field=field, value=ascii(value), problem=problem, remedy="Remove or mend it.") from None


def check_project(value: object) -> str:
    """Return *value* when it can name a project in a store: 1 to 200 characters, no NUL."""
    return check_text(value, "project", empty=False, longest=LONGEST_NAME)


def check_new_project(value: object) -> str:
    r"""Return *value* in NFC when it can name a new project: `check_project`, and all of it can be seen.

    Raises:
        InvalidValue: also for control and format characters, breaks of lines, and blanks at either end.

    Example:
        >>> check_new_project("cafe\u0301") == "caf\u00e9"
        True
        >>> check_new_project("acme\u200b")
        Traceback (most recent call last):
            ...
        ltcflow.errors.InvalidValue: LTC202: project: 'acme\u200b': holds U+200B, which cannot be seen. Remove it.
    """
    name = check_project(unicodedata.normalize("NFC", check_project(value)))
    unseen = next((c for c in name if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")), "")
    if unseen:
        problem = f"holds U+{ord(unseen):04X}, which cannot be seen."
        raise InvalidValue(field="project", value=ascii(name), problem=problem, remedy="Remove it.")
    if name != name.strip():
        problem = "begins or ends with a blank."
        raise InvalidValue(field="project", value=ascii(name), problem=problem, remedy="Remove the blanks around it.")
    return name


def check_count(value: object, field: str, least: int = 0) -> int:
    """Return *value* when it is an int from *least* to 2**63 - 1."""
    if type(value) is int and least <= value < 2**63:
        return value
    shown = "a number that is too long" if isinstance(value, int) and value.bit_length() > 200 else repr(value)
    raise InvalidValue(field=field, value=shown, problem="is no such number.", remedy=f"Give an int from {least} on.")


def canonical_json(value: object) -> str:
    """Return *value* as the one JSON text that stands for it: keys sorted, no spaces, characters as they are.

    Money and ratios must come as text: binary floats do not keep them.

    Args:
        value: None, bool, int, str, lists or tuples, and dicts with str keys, at most 100 deep.
    Raises:
        InvalidValue: anything else, such as a float, a Decimal, half a surrogate pair; ``field`` says where.
    Cost: O(size).

    Example:
        >>> canonical_json({"b": ["1.50", 2], "a": "投标"})
        '{"a":"投标","b":["1.50",2]}'
    """
    _check_json(value, "data", 0)
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        problem = "holds an integer that is too long."
        raise InvalidValue(field="data", value="...", problem=problem, remedy="Give it as text.") from error


def _check_json(value: object, path: str, depth: int) -> None:
    kind = type(value)
    if value is None or kind is bool or kind is int:
        return
    if isinstance(value, str) and kind is str:
        if not value.isascii():
            _check_surrogates(value, path)
    elif depth >= DEEPEST:
        problem = f"is nested deeper than {DEEPEST}."
        raise InvalidValue(field=path[:80], value=kind.__name__, problem=problem, remedy="Make it flatter.")
    elif isinstance(value, (list, tuple)) and kind in (list, tuple):
        for i, item in enumerate(value):
            _check_json(item, f"{path}[{i}]", depth + 1)
    elif isinstance(value, dict) and kind is dict:
        for key, item in value.items():
            _check_key(key, path)
            _check_json(item, f"{path}.{key}", depth + 1)
    else:
        remedy = "Give a number that is not whole as text ('0.15'), other values as text, lists or dicts."
        problem = f"is a {kind.__name__}, which a record does not keep."
        raise InvalidValue(field=path, value=ascii(value), problem=problem, remedy=remedy)


def _check_key(key: object, path: str) -> None:
    if not isinstance(key, str) or type(key) is not str:
        raise InvalidValue(field=path, value=repr(key), problem="is a key that is not text.", remedy="Give a str.")
    if not key.isascii():
        _check_surrogates(key, path)
