"""From YAML (or JSON) text to plain nodes, event by event: bounded, without recursion, nothing built but data."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ltcflow.definition import codes, slips
from ltcflow.definition.halves import Halves
from ltcflow.definition.nodes import ListNode, MapNode, Node, TextNode, Value
from ltcflow.definition.report import Both, Report, clip, step
from ltcflow.names import is_id

if TYPE_CHECKING:
    import yaml

DEEPEST = 50
"""Most lists and mappings inside each other."""
MOST_NODES = 300_000
"""Most values of a file, those that aliases repeat included."""


_NAMING = ("stage", "activity", "gate")


class _Stop(Exception):
    """No more of the file can be read; the reason has been reported."""


class _Frame:
    """A list or mapping that is being read."""

    def __init__(self, event: Any, is_map: bool, anchor: str | None) -> None:
        self.line, self.column = event.start_mark.line + 1, event.start_mark.column + 1
        self.is_map, self.anchor = is_map, anchor
        self.items: list[Node] = []
        self.entries: list[tuple[TextNode, Node]] = []
        self.seen: dict[tuple[str, Value], TextNode] = {}
        self.key: Node | None = None
        self.count = 1

    def name(self) -> str:
        """Return ".id" when the keys read so far name the mapping, else ""."""
        named = (value for key, value in self.entries if key.text in _NAMING)
        first = next(named, None)
        return f".{first.text}" if isinstance(first, TextNode) and is_id(first.text) else ""

    def node(self) -> Node:
        """Return what has been read."""
        if self.is_map:
            return MapNode(tuple(self.entries), self.line, self.column)
        return ListNode(tuple(self.items), self.line, self.column)


def events(text: str, *, slow: bool = False) -> Iterator[yaml.Event]:
    """Yield the YAML events of *text*, by libyaml where PyYAML has it, else (or when *slow*) by PyYAML's own parser."""
    import yaml

    parser: Any = None
    if not slow:
        with contextlib.suppress(ImportError):
            import yaml.cyaml

            parser = vars(yaml.cyaml)["CParser"](text)
    parser = parser or python_parser(text)
    event: yaml.Event | None
    while (event := parser.get_event()) is not None:
        yield event
        if isinstance(event, yaml.StreamEndEvent):
            return


def python_parser(text: str) -> Any:
    """Return PyYAML's parser in Python, for machines without libyaml; slower, the same events."""
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PythonParser(Reader, Scanner, Parser):
        def __init__(self) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)

    return PythonParser()


def compose(text: str, report: Report) -> Node | None:
    """Return the one document of *text* as nodes, or None when that cannot be; problems go to *report*.

    Cost: linear in the text; at most 300,000 nodes, 50 levels, aliases counted as often as they are used.
    """
    import yaml

    halves = Halves.of(text)
    composer = _Composer(report, halves)
    try:
        for event in events(halves.text, slow=halves.slow):
            composer.take(event)
        composer.end()
    except _Stop:
        return None
    except yaml.MarkedYAMLError as error:
        _syntax(error, text, report)
        return None
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        problem = (f"cannot be read as YAML: {clip(str(error), 80)[1:-1]}.", "无法按 YAML 读取。")
        report.add(codes.SYNTAX, "", (1, 1), problem, ("Check the file.", "请检查文件。"))
        return None
    return composer.root


class _Composer:
    """Builds nodes from events with a stack of its own."""

    def __init__(self, report: Report, halves: Halves) -> None:
        self.report, self.halves = report, halves
        self.root: Node | None = None
        self.documents = 0
        self.nodes = 0
        self.frames: list[_Frame] = []
        self.anchors: dict[str, tuple[Node, int]] = {}

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        import yaml

        if isinstance(event, yaml.ScalarEvent):
            self._tag(event)
            self._add(self._text(event), event.anchor, 1)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._tag(event)
            self._open(event, isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            frame = self.frames.pop()
            self._add(frame.node(), frame.anchor, frame.count)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def _where(self, key: TextNode | None = None) -> str:
        """Return the dotted path of what is being read, and of *key* in it."""
        path = ""
        for i, frame in enumerate(self.frames):
            if frame.is_map:
                path += f".{step(frame.key.text)}" if isinstance(frame.key, TextNode) else ""
            elif i + 1 < len(self.frames):
                path += self.frames[i + 1].name() or f"[{len(frame.items)}]"
            else:
                path += f"[{len(frame.items)}]"
        return f"{path}.{step(key.text)}".lstrip(".") if key is not None else path.lstrip(".")

    def _document(self, event: yaml.Event) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop(
                codes.DOCUMENTS,
                _place(event),
                ("A second document begins here.", "这里开始了第二个文档。"),
                ("Keep one process per file and remove the '---'.", "每个文件只写一个流程,请删除“---”。"),
            )

    def end(self) -> None:
        """Take the end of the text."""
        empty = isinstance(self.root, TextNode) and self.root.value is None
        if self.root is None or empty:
            self._stop(
                codes.DOCUMENTS,
                (1, 1),
                ("is empty.", "文件是空的。"),
                ("Begin with 'ltcflow: 1' and 'process: <id>'.", "请以“ltcflow: 1”和“process: <标识>”开头。"),
            )

    def _stop(self, code: str, place: tuple[int, int], problem: Both, remedy: Both) -> None:
        self.report.add(code, "", place, problem, remedy)
        raise _Stop

    def _open(self, event: Any, is_map: bool) -> None:
        if len(self.frames) >= DEEPEST:
            self._stop(
                codes.TOO_DEEP,
                _place(event),
                (f"nests deeper than {DEEPEST} levels.", f"嵌套超过 {DEEPEST} 层。"),
                ("Flatten it.", "请减少嵌套。"),
            )
        self._count(1, event)
        self.frames.append(_Frame(event, is_map, event.anchor))
        if event.anchor is not None:
            self.anchors.pop(event.anchor, None)

    def _count(self, more: int, event: Any) -> None:
        self.nodes += more
        if self.nodes > MOST_NODES:
            self._stop(
                codes.TOO_DEEP,
                _place(event),
                (f"holds or expands to more than {MOST_NODES:,} values.", f"内容或展开后的值超过 {MOST_NODES:,} 个。"),
                ("Split the file, or use fewer aliases.", "请拆分文件,或减少别名。"),
            )

    def _text(self, event: Any) -> TextNode:
        self._count(1, event)
        start, end = event.start_mark, event.end_mark
        text: str = self.halves.back(event.value, lambda: self._half(event))
        plain = event.style in (None, "")
        quotes = 0 if plain else 1
        faithful = start.line == end.line and end.column - start.column == len(text) + 2 * quotes
        inner = start.column + 1 + quotes if faithful and (plain or event.style in "'\"") else 0
        return TextNode(text, plain, start.line + 1, start.column + 1, inner)

    def _half(self, event: Any) -> None:
        self.report.add(
            codes.CHARACTER,
            self._where(),
            _place(event),
            ("has half a character: a surrogate without its pair.", "含有半个字符:不成对的代理项转义。"),
            ("Write both halves, or the character itself.", "请写出完整的一对,或直接写该字符。"),
        )

    def _tag(self, event: Any) -> None:
        if event.tag is not None:
            self.report.add(
                codes.REFUSED,
                self._where(),
                _place(event),
                (
                    f"The tag {clip(event.tag)} is not allowed: definitions are plain data.",
                    f"不允许使用标签 {clip(event.tag)}:定义文件只是数据。",
                ),
                ("Remove it; put a text in quotes.", "请删除;文本请加引号。"),
            )

    def _alias(self, event: Any) -> None:
        known = self.anchors.get(event.anchor)
        if known is not None:
            self._count(known[1], event)
            self._add(known[0], None, known[1])
            return
        inside = any(frame.anchor == event.anchor for frame in self.frames)
        name = clip(event.anchor)
        if inside:
            problem = (
                f"The alias {name} stands inside what it names: a loop.",
                f"别名 {name} 位于它所指的内容之内,形成循环。",
            )
        else:
            problem = (f"The alias {name} names nothing above it.", f"别名 {name} 在前文没有定义。")
        remedy = ("Write the value itself.", "请直接写出内容。")
        self.report.add(codes.REFUSED if inside else codes.SYNTAX, self._where(), _place(event), problem, remedy)
        self._add(TextNode("", True, *_place(event)), None, 1)

    def _add(self, node: Node, anchor: str | None, count: int) -> None:
        if anchor is not None:
            self.anchors[anchor] = (node, count)
        if not self.frames:
            self.root = node
            return
        frame = self.frames[-1]
        frame.count += count
        if not frame.is_map:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            key, frame.key = frame.key, None
            self._entry(frame, key, node)

    def _entry(self, frame: _Frame, key: Node, value: Node) -> None:
        place = (key.line, key.column)
        if not isinstance(key, TextNode):
            problem = ("A list or mapping cannot be a key.", "列表或映射不能作为键。")
            remedy = ("Write a text; put a text with braces or brackets in quotes.", "请写文本;含括号的文本请加引号。")
            self.report.add(codes.REFUSED, self._where(), place, problem, remedy)
            return
        if key.plain and key.text == "<<":
            problem = ("Merge keys ('<<') are not allowed.", "不允许使用合并键“<<”。")
            self.report.add(codes.REFUSED, self._where(), place, problem, ("Write the keys out.", "请逐一写出各键。"))
            return
        same = (type(key.value).__name__, key.value)
        first = frame.seen.setdefault(same, key)
        if first is not key:
            self.report.add(
                codes.DUPLICATE_KEY,
                self._where(key),
                place,
                (
                    f"The key {clip(key.text)} stands here twice, first in line {first.line}.",
                    f"键 {clip(key.text)} 重复,首次出现在第 {first.line} 行。",
                ),
                ("Remove one of them.", "请删除其中一个。"),
            )
            return
        frame.entries.append((key, value))


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


_HINTS: tuple[tuple[str, Both], ...] = (
    (
        "mapping values are not allowed",
        ("Put a text with ': ' in quotes, and check the indentation.", "含有“: ”的文本请加引号,并检查缩进。"),
    ),
    ("could not find expected ':'", ("Write 'key: value', and check the indentation.", "请写“键: 值”,并检查缩进。")),
    (
        "expected <block end>",
        ("Check the indentation of this line, and quotes and brackets above.", "请检查本行缩进,以及前文的引号和括号。"),
    ),
    ("unexpected end of stream", ("Close the quote or bracket.", "请补上缺少的引号或括号。")),
    ("exceeded maximum nesting depth", ("Flatten it.", "请减少嵌套。")),
    ("cannot start any token", ("Put the text in quotes.", "请给文本加引号。")),
    ("escape", ("Double the backslash, or use single quotes.", "请写两个反斜杠,或使用单引号。")),
)
_ANY_HINT: Both = ("Check indentation, quotes, brackets and colons here.", "请检查此处的缩进、引号、括号和冒号。")


def _syntax(error: yaml.MarkedYAMLError, text: str, report: Report) -> None:
    unclosed = "end of stream" in (error.problem or "") and error.context_mark is not None
    mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    said = " ".join(part for part in (error.context, error.problem) if part)
    if "nesting depth" in said:
        problem: Both = (f"nests deeper than {DEEPEST} levels.", f"嵌套超过 {DEEPEST} 层。")
        report.add(codes.TOO_DEEP, "", (line + 1, column + 1), problem, ("Flatten it.", "请减少嵌套。"))
        return
    hint = next((hint for words, hint in _HINTS if words in said), _ANY_HINT)
    lines = re.split("\r\n|[\r\n]", text)
    first = error.context_mark.line if error.context_mark is not None else line
    wide = ((i, slips.wide_colon(lines[i])) for i in range(first, min(line + 1, len(lines))))
    slip = next(((i, at) for i, at in wide if at is not None), None)
    if line < len(lines) and lines[line][column : column + 1] == "\t":
        said, hint = "a tab stands where spaces must be", ("Indent with spaces.", "请用空格缩进。")
    elif slip is not None:
        (line, column), hint = slip, slips.COLON
    problem = (f"is not YAML here: {said}.", f"此处不是合法的 YAML:{said}。")
    report.add(codes.SYNTAX, "", (line + 1, column + 1), problem, hint)
