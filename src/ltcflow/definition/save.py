"""A process to text and to a file; a file is replaced as a whole or left as it was."""

from __future__ import annotations

import contextlib
import os
import tempfile

from ltcflow.definition.emit import json_text, yaml_text
from ltcflow.definition.write import to_data
from ltcflow.errors import InvalidValue, LtcflowError
from ltcflow.process import Process


class NotWritten(LtcflowError, OSError):
    """A definition file could not be written; what stood there before still does. Attributes: path, problem."""

    code = "LTC204"
    path: str
    problem: str

    def __init__(self, *, path: str, problem: str) -> None:
        super().__init__(
            f"{path}: cannot be written: {problem}. Check the folder and its permissions.", path=path, problem=problem
        )


def dumps(process: Process) -> str:
    """Return *process* as YAML that `loads` reads back as an equal process.

    Keys come in a fixed order, what has its default is left out, and texts are quoted where YAML (of any version) would
    take them for something else.

    Raises:
        InvalidValue: the process holds what no file can: half a character, or parameters of a plugin that have a name
            twice, nest deeper than 30 levels or have numbers of more than 1,000 digits.
    Cost: linear.

    Example:
        >>> from ltcflow.definition import loads
        >>> process = loads('{"ltcflow": 1, "process": "bid", "stages": [{"stage": "offer", "title": "报价"}]}')
        >>> print(dumps(process), end="")
        ltcflow: 1
        process: bid
        version: "1.0"
        stages:
          - stage: offer
            title: 报价
    """
    return yaml_text(to_data(process))


def dump(process: Process, path: str | os.PathLike[str]) -> None:
    """Write *process* to the file at *path*: as YAML, or as JSON when its name ends in ``.json``.

    The text goes to a new file beside it, which then takes its place: a reader, or a crash, never meets half a file.

    Raises:
        NotWritten: the file cannot be written.
        InvalidValue: as for `dumps`, or *path* is no path.
    """
    try:
        name = os.fsdecode(path)
    except TypeError:
        raise InvalidValue(
            field="path", value=type(path).__name__, problem="is not a path.", remedy="Give the path of a file."
        ) from None
    data = to_data(process)
    text = json_text(data) if name.lower().endswith(".json") else yaml_text(data)
    try:
        _replace(os.path.realpath(name), text.encode("utf-8"))
    except (OSError, ValueError) as error:
        problem = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise NotWritten(path=name, problem=problem) from error


def _replace(path: str, data: bytes) -> None:
    if os.path.isdir(path):
        raise IsADirectoryError(21, "it is a directory", path)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".ltcflow-", suffix=".tmp")
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    """Return the permissions of the file at *path*, or those a new file gets."""
    try:
        return os.stat(path).st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
