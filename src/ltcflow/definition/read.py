"""Reading a definition: bytes to text to nodes to a process, every problem on the way collected."""

from __future__ import annotations

import os
from typing import Any

from ltcflow.definition import codes
from ltcflow.definition.compose import compose
from ltcflow.definition.grammar import PROCESS
from ltcflow.definition.nodes import MapNode, Node
from ltcflow.definition.opening import decode, only_characters_of_text, read_bytes, too_large
from ltcflow.definition.places import Reading
from ltcflow.definition.report import Report
from ltcflow.errors import InvalidValue
from ltcflow.findings import DefinitionError
from ltcflow.process import Process


def read(text: str | bytes, name: str = "<text>") -> Reading:
    """Read the definition *text* and say everything that is wrong with it.

    Args:
        text: YAML or JSON, as text or as bytes in UTF-8.
        name: what findings call it, such as its path.
    Returns:
        A process with the places of its parts, or the findings that stand in its way. Whether the process is sound
        is judged by `ltcflow.check`; lead its findings back to the text with `locate`.
    Raises:
        InvalidValue: *text* is neither text nor bytes.
    Cost: linear; about 1 s per MB. At most 5 MB, 50 levels and 300,000 values (aliases counted where used) are read.

    Example:
        >>> reading = read("ltcflow: 1\\nprocess: bid\\nstagess: []\\n", "bid.yaml")
        >>> for finding in reading.findings:
        ...     print(finding)
        bid.yaml:3:1: LTC111: stagess: has the key 'stagess', which is not known. Did you mean 'stages'?
    """
    if not isinstance(text, str | bytes):
        raise InvalidValue(
            field="text", value=type(text).__name__, problem="is neither text nor bytes.", remedy="Give text."
        )
    report = Report(str(name))
    return _reading(_process(text, report), report)


def read_file(path: str | os.PathLike[str]) -> Reading:
    """Read the definition file at *path*, as `read` does; a file that cannot be read is a finding as well.

    Raises:
        InvalidValue: *path* is no path.
    """
    try:
        name = os.fsdecode(path)
    except TypeError:
        raise InvalidValue(
            field="path", value=type(path).__name__, problem="is not a path.", remedy="Give the path of a file."
        ) from None
    report = Report(name)
    data = read_bytes(name, report)
    return _reading(None if data is None else _process(data, report), report)


def load(path: str | os.PathLike[str]) -> Process:
    """Return the process that the file at *path* (YAML or JSON) declares.

    Raises:
        DefinitionError: no process can be built from it; ``findings`` has every problem, with line and column.
        InvalidValue: *path* is no path.
    """
    return _or_raise(read_file(path))


def loads(text: str | bytes, *, name: str = "<text>") -> Process:
    """Return the process that *text* (YAML or JSON) declares; *name* is what findings call it.

    Raises:
        DefinitionError: no process can be built from it; ``findings`` has every problem, with line and column.

    Example:
        >>> loads("{ltcflow: 1, process: bid_project, stages: [{stage: bid}]}").stages[0].id
        'bid'
    """
    return _or_raise(read(text, name))


def _or_raise(reading: Reading) -> Process:
    if reading.process is None:
        raise DefinitionError(findings=reading.findings)
    return reading.process


def _reading(process: Process | None, report: Report) -> Reading:
    findings = report.done()
    return Reading(process=None if findings else process, findings=findings, places=report.places())


def _process(text: str | bytes, report: Report) -> Process | None:
    if too_large(len(text), report):
        return None
    decoded = decode(text, report) if isinstance(text, bytes) else text.removeprefix("\ufeff")
    if decoded is None or not only_characters_of_text(decoded, report):
        return None
    root = compose(decoded, report)
    return None if root is None else _structured(root, report)


def _structured(root: Node, report: Report) -> Process | None:
    if not isinstance(root, MapNode):
        report.wrong_type(root, "", PROCESS.what, PROCESS.example)
        return None
    if not report.findings and root.get("ltcflow") is None and root.get("process") is None:
        known = {key.name for key in PROCESS.keys}
        if not any(key.text in known for key, _ in root.entries):
            problem = ("is not a definition of a process.", "不是流程定义。")
            remedy = ("Begin with 'ltcflow: 1' and 'process: <id>'.", "请以“ltcflow: 1”和“process: <标识>”开头。")
            report.add(codes.MISSING_KEY, "", root, problem, remedy)
            return None
    report.mark("process", PROCESS.subject(root)[0])
    value: Any = PROCESS.read(root, "", report)
    return value if isinstance(value, Process) else None
