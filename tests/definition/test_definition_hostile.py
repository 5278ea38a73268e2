"""Hostile and broken texts: a clear finding each, in bounded time and memory, never a traceback."""

from __future__ import annotations

import json
import resource
import string
import time
from collections.abc import Iterable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ltcflow.definition import CODES, Reading, loads, read
from ltcflow.definition.compose import events
from ltcflow.definition.halves import Halves
from ltcflow.labels import has_cjk

HEAD = "ltcflow: 1\nprocess: bid\n"
BOMB = (
    HEAD + "gaps: [&a0 [x, x, x, x, x, x, x, x, x, x]"
    + "".join(f", &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]" for i in range(9)) + "]\n"
)  # fmt: skip

HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "object tag": (HEAD + "title: !!python/object/apply:os.system ['touch /tmp/owned']\n", "LTC108"),
    "any tag": (HEAD + "title: !vault abc\n", "LTC108"),
    "harmless tag": (HEAD + "title: !!str abc\n", "LTC108"),
    "merge key": (HEAD + "roles: {a: &a {en: A}, b: {<<: *a}}\n", "LTC108"),
    "list as key": (HEAD[:-1] + "\n? [a]\n: b\n", "LTC108"),
    "mapping as key": ("{ltcflow: 1, process: bid, {a: b}: c}", "LTC108"),
    "loop of aliases": (HEAD + "gaps: &a [*a]\n", "LTC108"),
    "alias of nothing": (HEAD + "title: *nobody\n", "LTC106"),
    "alias bomb": (BOMB, "LTC103"),
    "depth 10,000 in brackets": (HEAD + "gaps: " + "[" * 10_000 + "]" * 10_000, "LTC103"),
    "depth 10,000 in braces": ("{a: " * 10_000 + "}" * 10_000, "LTC103"),
    "depth 10,000 in dashes": (HEAD + "gaps:\n" + "- " * 10_000 + "x\n", "LTC103"),
    "depth 2,000 by indentation": ("\n".join(" " * i + "a:" for i in range(2_000)), "LTC103"),
    "many values": (HEAD + "gaps: [" + "a," * 2_000_000 + "]", "LTC103"),
    "many keys": (HEAD + "".join(f"k{i}: v\n" for i in range(300_000)), "LTC103"),
    "too large": (b"#" * 100_000_000, "LTC102"),
    "UTF-16 with mark": ((HEAD + "title: 投标\n").encode("utf-16"), "LTC104"),
    "UTF-16 without mark": ((HEAD + "title: x\n").encode("utf-16-be"), "LTC104"),
    "UTF-32": ((HEAD + "title: x\n").encode("utf-32"), "LTC104"),
    "GBK": ((HEAD + "title: 投标项目流程说明\n").encode("gbk"), "LTC104"),
    "Latin-1": ((HEAD + "title: déjà vu à Nîmes\n").encode("latin-1"), "LTC104"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "LTC104"),
    "NUL": (HEAD + "title: a\0b\n", "LTC105"),
    "NUL bytes": ((HEAD + "title: a\0b\n").encode(), "LTC105"),
    "escape character": (HEAD + "title: \x1b[31mred\n", "LTC105"),
    "lone surrogate": (HEAD + "title: a\ud800\n", "LTC105"),
    "half an escape": (HEAD + 'title: "\\ud83d x"\n', "LTC105"),
    "half an escape beside private characters": (HEAD + 'title: "\\ud83d x \ue900"\n', "LTC105"),
    "whole number of 5,000 digits": ("ltcflow: 1" + "0" * 5000 + "\nprocess: a\n", "LTC117"),
    "exponent": (HEAD + "milestones: {a: {payments: [{share: 1e-999999999999}]}}\n", "LTC117"),
    "not a number": (HEAD + "milestones: {a: {payments: [{share: .nan}]}}\n", "LTC117"),
    "infinite": (HEAD + "milestones: {a: {payments: [{share: -.inf}]}}\n", "LTC117"),
    "huge parameter": (HEAD + "milestones: {a: {criteria: [{plugin: x, with: {n: 1e5000}}]}}\n", "LTC117"),
    "two documents": (HEAD + "---\n" + HEAD, "LTC107"),
    "empty": ("", "LTC107"),
    "only a comment": ("# nothing\n", "LTC107"),
    "only nothing": ("~\n", "LTC107"),
    "tab": (HEAD + "stages:\n\t- stage: bid\n", "LTC106"),
    "open quote": (HEAD + 'title: "abc\n', "LTC106"),
    "open bracket": (HEAD + "gaps: [a, b\n", "LTC106"),
    "colon in text": (HEAD + "title: a: b\n", "LTC106"),
    "at sign": (HEAD + "title: @home\n", "LTC106"),
    "bad escape": (HEAD + 'title: "C:\\path"\n', "LTC106"),
    "unknown directive": ("%BAD\n---\n" + HEAD, "LTC106"),
    "long key": ("a" * 3000 + ": x\n", "LTC106"),
    "duplicate key": (HEAD + "process: again\n", "LTC109"),
    "duplicate key in JSON": ('{"ltcflow": 1, "process": "a", "process": "b"}', "LTC109"),
    "a list": ("[1, 2]", "LTC113"),
    "a text": ("hello", "LTC113"),
    "another file": ("name: build\non: push\n", "LTC112"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_gets_a_clear_finding_in_bounded_time(name: str) -> None:
    text, code = HOSTILE[name]
    began = time.process_time()
    reading = read(text, "hostile.yaml")
    assert time.process_time() - began < 10
    assert reading.process is None
    assert code in {finding.code for finding in reading.findings}, reading.findings
    for finding in reading.findings:
        assert finding.code in CODES
        assert str(finding).isprintable()
        assert len(str(finding)) < 2000
        assert finding.line >= 1
        assert finding.column >= 1
        assert has_cjk(finding.problem_zh), finding
        assert has_cjk(finding.remedy_zh), finding


def test_memory_stays_bounded() -> None:
    for text, _ in HOSTILE.values():
        read(text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2_000_000  # KiB, with everything pytest holds


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("GBK", (3, 9), "GBK"),
        ("Latin-1", (3, 9), "Latin-1"),
        ("UTF-16 with mark", (1, 1), "UTF-16"),
        ("NUL", (3, 9), "NUL"),
        ("tab", (4, 1), "tab"),
        ("open quote", (3, 8), "Close"),
        ("two documents", (3, 1), "second document"),
        ("duplicate key", (3, 1), "first in line 2"),
        ("loop of aliases", (3, 11), "loop"),
        ("object tag", (3, 8), "plain data"),
    ],
)
def test_the_finding_says_where_and_what(name: str, place: tuple[int, int], words: str) -> None:
    text, code = HOSTILE[name]
    finding = next(f for f in read(text, "f.yaml").findings if f.code == code)
    assert (finding.line, finding.column) == place
    assert words in str(finding)


def test_a_large_legal_file_is_read_in_seconds() -> None:
    stages = "".join(
        f"  - stage: s{i}\n    activities:\n"
        + "".join(f"      - activity: a{i}_{j}\n        duration: 3d\n        raci: {{R: r}}\n" for j in range(20))
        for i in range(500)
    )
    text = HEAD + "stages:\n" + stages
    began = time.process_time()
    process = loads(text)
    assert time.process_time() - began < 20
    assert sum(1 for _ in process.activities()) == 10_000


def test_many_problems_are_listed_up_to_a_bound() -> None:
    findings = read(HEAD + "".join(f"stagess{i}: x\n" for i in range(5000)), "f.yaml").findings
    assert len(findings) == 1001
    assert (findings[-1].code, "4000 more" in findings[-1].problem) == ("LTC122", True)


def test_an_alias_repeats_a_value_within_bounds() -> None:
    process = loads(HEAD + "title: &t {zh: 投标, en: Bid}\npurpose: *t\nscope: *t\n")
    assert process.title == process.purpose == process.scope


def test_windows_files_are_read() -> None:
    assert loads(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode()).id == "bid"
    assert read(HEAD.replace("\n", "\r\n") + "stagess: []\r\n").findings[0].line == 3


LETTERS = [*"ab1:-?[]{},&*!|>'\"%@#\n\n  \t\\u~.é投\U0001f600", "\x85", "\u2028", "\ufeff"]
WORDS = ["ltcflow: 1\n", "process: bid\n", "stages:\n", "  - stage: s\n", "<<: *a\n", "&a ", "*a", "---\n"]
YAMLISH = st.text(st.sampled_from(LETTERS), max_size=60)
SPICE = st.sampled_from(WORDS)


@settings(max_examples=300, deadline=None)
@given(st.lists(YAMLISH | SPICE, max_size=6).map("".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = read(text)
    assert isinstance(reading, Reading)
    assert (reading.process is None) == bool(reading.findings)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80) | st.text(string.printable).map(str.encode))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    reading = read(data)
    assert (reading.process is None) == bool(reading.findings)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x1FFFF, exclude_categories=["Cs", "Cn"]), max_size=20))
def test_any_json_text_comes_through(text: str) -> None:
    """An independent oracle: the standard library's JSON, which writes other planes as surrogate pairs."""
    raw = json.dumps({"ltcflow": 1, "process": "bid", "family": text})
    assert loads(raw).family == text


def test_private_characters_and_surrogates_side_by_side() -> None:
    text = '{"ltcflow": 1, "process": "bid", "family": "\\ud83d\\ude00 \ue900 \\\\ud83d"}'
    assert Halves.of(text).slow
    assert loads(text).family == "\U0001f600 \ue900 \\ud83d"


def seen(stream: Iterable[yaml.Event]) -> list[tuple[object, ...]]:
    """Return what matters of events: kind, text, anchor and place."""
    return [
        (
            type(e).__name__,
            getattr(e, "value", None),
            getattr(e, "anchor", None),
            e.start_mark.line,
            e.start_mark.column,
        )
        for e in stream
        if e.start_mark is not None and not isinstance(e, yaml.StreamEndEvent | yaml.DocumentEndEvent)
    ]


TEXTS = [
    BOMB,
    HEAD + "a: {b: [c, 'd e', \"投标\\n\"], ? x : y}\nz: |\n  é\n  f\n",
    "- &a 中文\n- *a\n- ? \U0001f600 : b\n",
    '{"a": "\\u6295", "b":[1,2.50,true,null]}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_both_parsers_see_the_same_events_at_the_same_places(text: str) -> None:
    assert seen(events(text)) == seen(events(text, slow=True))
