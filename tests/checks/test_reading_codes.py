"""LTC101 to LTC122: each code of reading on a wrong text, at its place, and not on the nearest right text."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from ltcflow.definition import CODES, read, read_file
from ltcflow.findings import Finding, Severity
from ltcflow.labels import has_cjk

HEAD = "ltcflow: 1\nprocess: example\n"
DEEP = "[" * 49 + "x" + "]" * 49
PAIR = "\\ud83d\\ude00"


class Text(NamedTuple):
    """A wrong text, the change that mends it, and what the one finding says: the text at its place, where, words."""

    wrong: str
    mend: tuple[str, str]
    at: str
    where: str
    says: str


TEXTS = {
    "LTC103": Text(f"gaps: [{DEEP}]\n", (DEEP, "x"), "[x]", "process", "deeper than 50 levels"),
    "LTC105": Text(f'title: "{PAIR[:6]}"\n', (PAIR[:6], PAIR), '"\\ud', "title", "half a character"),
    "LTC106": Text("title: a: b\n", ("a: b", "'a: b'"), ": b", "process", "mapping values are not allowed"),
    "LTC107": Text("---\ntitle: b\n", ("---\n", ""), "---", "process", "A second document begins here."),
    "LTC108": Text("title: !!str b\n", ("!!str ", ""), "!!str", "title", "The tag"),
    "LTC109": Text('scope: a\nscope: "b"\n', ('scope: "b"\n', ""), 'scope: "b"', "scope", "first in line 3"),
    "LTC111": Text("stagess: []\n", ("stagess", "stages"), "stagess", "stagess", "'stagess', which is not known"),
    "LTC112": Text("stages: [{title: B}]\n", ("title: B", "stage: b"), "{title", "stages[0]", "the key 'stage'"),
    "LTC113": Text("stages: bid\n", ("bid", "[]"), "bid", "stages", "a list of stages, but is the text 'bid'"),
    "LTC114": Text(
        "stages: [{stage: b, order: any}]\n", ("any", "choice"), "any", "stages.b.order", "the order 'any'"
    ),
    "LTC115": Text("stages: [{stage: B b}]\n", ("B b", "b_b"), "B b", "stages[0].stage", "'B b' is not a snake_case"),
    "LTC116": Text(
        "stages: [{stage: s, activities: [{activity: a, every: 5}]}]\n",
        (": 5}", ": 5d}"),
        "5}",
        "stages.s.activities.a.every",
        "'5' has no unit",
    ),
    "LTC117": Text("roles: {a: {at_most: 0}}\n", (": 0", ": 1"), "0}", "roles.a.at_most", "must be 1 or more"),
    "LTC118": Text("version: 1.10\n", ("1.10", '"1.10"'), "1.10", "version", "the number 1.10"),
    "LTC119": Text("roles: {a: {title: A, zh: B}}\n", ("title", "en"), "zh", "roles.a.zh", "exclude each other"),
    "LTC120": Text(
        "facts: {a: {type: choice, of: [A, A]}}\n", ("A, A", "A, B"), "[A", "facts.a.of", "listed twice"
    ),
}  # fmt: skip


def only(findings: tuple[Finding, ...], code: str) -> Finding:
    """Return the one finding, after asserting what is true of every finding of reading."""
    assert [f.code for f in findings] == [code]
    (found,) = findings
    assert found.severity is Severity.ERROR
    assert found.remedy.endswith((".", "?"))
    assert has_cjk(found.problem_zh)
    assert has_cjk(found.remedy_zh)
    return found


def test_every_code_of_reading_is_tried_here() -> None:
    by_hand = {"LTC101", "LTC102", "LTC104", "LTC121", "LTC122"}
    assert sorted({*TEXTS, *by_hand}) == list(CODES)


@pytest.mark.parametrize("code", TEXTS)
def test_it_fires_on_a_wrong_text_at_its_place(code: str) -> None:
    text = HEAD + TEXTS[code].wrong
    found = only(read(text, "example.yaml").findings, code)
    assert text.split("\n")[found.line - 1][found.column - 1 :].startswith(TEXTS[code].at)
    assert (found.file, found.where) == ("example.yaml", TEXTS[code].where)
    assert TEXTS[code].says in found.problem


@pytest.mark.parametrize("code", TEXTS)
def test_the_nearest_right_text_is_read(code: str) -> None:
    wrong, mend = TEXTS[code].wrong, TEXTS[code].mend
    assert mend[0] in wrong
    reading = read(HEAD + wrong.replace(*mend), "example.yaml")
    assert reading.findings == ()
    assert reading.process is not None


def test_a_file_that_cannot_be_read_is_ltc101(tmp_path: Path) -> None:
    folder, pipe, file = tmp_path / "folder", tmp_path / "pipe", tmp_path / "file.yaml"
    folder.mkdir()
    os.mkfifo(pipe)
    says = {tmp_path / "none.yaml": "does not exist", folder: "a directory", pipe: "a pipe or device"}
    for path, words in says.items():
        found = only(read_file(path).findings, "LTC101")
        assert (found.file, found.line, found.column) == (str(path), 1, 1)
        assert words in found.problem
    file.write_text(HEAD, encoding="utf-8")
    assert read_file(file).process is not None


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read_is_ltc101(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(HEAD, encoding="utf-8")
    file.chmod(stat.S_IWUSR)
    assert "permission denied" in only(read_file(file).findings, "LTC101").problem


def test_one_byte_more_than_the_bound_is_ltc102() -> None:
    full = (HEAD + "#" * 5_000_000)[:5_000_000]
    assert read(full).process is not None
    assert "5 MB" in only(read(full + "#").findings, "LTC102").problem
    assert only(read((full + "#").encode()).findings, "LTC102").where == "process"


def test_another_encoding_is_ltc104_and_named() -> None:
    text = HEAD + "title: 销售项目\n"
    for encoding, name in (("gbk", "GBK or GB18030"), ("utf-16", "UTF-16")):
        assert name in only(read(text.encode(encoding)).findings, "LTC104").problem
    for encoding in ("utf-8", "utf-8-sig"):
        assert read(text.encode(encoding)).process is not None


def test_another_format_version_is_ltc121() -> None:
    found = only(read("ltcflow: 2\nprocess: example\n").findings, "LTC121")
    assert (found.where, found.line, found.column) == ("ltcflow", 1, 10)
    assert "is 2; this version of ltcflow reads 1" in found.problem


@pytest.mark.parametrize(("many", "says"), [(1001, "has 1 more problem."), (1003, "has 3 more problems.")])
def test_what_is_beyond_the_thousandth_problem_is_counted_as_ltc122(many: int, says: str) -> None:
    def findings(count: int) -> tuple[Finding, ...]:
        return read(HEAD + "".join(f"key{i}: x\n" for i in range(count))).findings

    assert {f.code for f in findings(1000)} == {"LTC111"}
    assert len(findings(many)) == 1001
    last = findings(many)[-1]
    assert (last.code, last.problem) == ("LTC122", says)
