"""Text in columns: cleaned, wrapped, laid out; in every script, at every width."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ltcflow.labels import width
from ltcflow.report.cells import clean, lay_out, natural, wrap
from ltcflow.report.tables import legend, paragraph, table

WORDS = st.sampled_from(
    ["a", "bid", "relationship_commercial_analysis", "x" * 50, "投标", "销售项目管理流程", "(报价)", "2026-03-02",
     "a/b/c", "，", "é", "🙂", "\u0301", "ｆｕｌｌ", "1,000,000", "->", "…"]
)  # fmt: skip
texts = st.text(max_size=60) | st.lists(WORDS, max_size=12).map(" ".join) | st.lists(WORDS, max_size=12).map("".join)
rows = st.lists(st.lists(texts, min_size=1, max_size=6), min_size=1, max_size=6)


def bare(text: str) -> str:
    return text.replace(" ", "")


@given(texts)
def test_cleaned_text_is_one_line_that_no_terminal_obeys_and_stays_as_it_is(text: str) -> None:
    shown = clean(text)
    assert clean(shown) == shown
    assert shown == shown.strip()
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("evil", "shown"),
    [
        ("a\x1b[2Jb", "a [2Jb"),
        ("a\u202eb", "ab"),
        ("\ud800", "\ufffd"),
        ("a\u2028b\x85c", "a b c"),
        ("a\u00a0\u3000b", "a b"),
        ("\x9b31m", "31m"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(evil: str, shown: str) -> None:
    assert clean(evil) == shown


@given(texts, st.integers(-3, 90))
@example("\u0301" * 5, 2)
@example("销" * 40, 3)
def test_wrapped_lines_fit_and_lose_nothing(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert lines
    assert all(width(line) <= max(columns, 2) for line in lines)
    assert bare("".join(lines)) == bare(clean(text))


@given(texts, st.integers(2, 90))
def test_a_word_that_fits_is_not_cut(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    for word in clean(text).split():
        if word.isascii() and width(word) <= columns and f" {word} " in f" {clean(text)} ":
            assert any(word in line for line in lines)


def test_a_word_that_is_cut_is_cut_at_its_seams() -> None:
    assert wrap("relationship_commercial_analysis", 20) == ["relationship_", "commercial_analysis"]
    assert wrap("after goals_and_strategy", 12) == ["after", "goals_and_", "strategy"]
    assert wrap("/srv/sales/records/acme.db", 12) == ["/srv/sales/", "records/", "acme.db"]
    assert wrap("_" * 5, 2) == ["__", "__", "_"]


@given(rows, st.integers(0, 120), st.integers(0, 4))
def test_rows_are_laid_out_equally_wide_within_the_total(grid: list[list[str]], total: int, gap: int) -> None:
    laid = lay_out(grid, total=total, gap=gap, keep=(0,), right=(1,), indent=" ", rule=True)
    lines = [line for block in laid for line in block]
    count = max(len(row) for row in grid)
    assert len(laid) == len(grid)
    assert len({width(line) for line in lines}) == 1
    assert width(lines[0]) <= max(total, 1 + 2 * count + gap * (count - 1))


@given(rows, st.integers(0, 120))
def test_no_word_of_a_table_is_cut_while_all_words_fit(grid: list[list[str]], total: int) -> None:
    cleaned = [[clean(cell) for cell in row] for row in grid]
    count = max(len(row) for row in cleaned)
    longest = [
        max((width(w) for row in cleaned if i < len(row) for w in row[i].split()), default=0) for i in range(count)
    ]
    if sum(max(size, 2) for size in longest) + 2 * (count - 1) > total:
        return
    for row, lines in zip(cleaned, lay_out(grid, total=total), strict=True):
        for word in (word for cell in row for word in cell.split() if word.isascii()):
            assert any(word in line for line in lines)


@given(rows)
def test_a_table_with_room_has_one_line_for_each_row(grid: list[list[str]]) -> None:
    room = natural(grid)
    assert all(len(lines) == 1 for lines in lay_out(grid, total=room))


@given(rows, st.integers(20, 120))
def test_every_cell_is_in_the_table(grid: list[list[str]], total: int) -> None:
    for row, lines in zip(grid, lay_out(grid, total=total), strict=True):
        shown = sorted(bare("".join(lines)))
        assert shown == sorted(bare("".join(clean(cell) for cell in row)))


def test_a_table_of_nothing_is_its_head() -> None:
    assert table(["Id", "名称"], []) == "Id  名称\n--  ----\n"
    assert lay_out([]) == []


def test_the_widest_columns_give_way_first_and_those_to_keep_last() -> None:
    row = ["a_long_identifier", "one two three four five six", "seven eight nine ten"]
    first, *_ = lay_out([row], total=45, keep=(0,))
    assert first[0].startswith("a_long_identifier  ")
    assert all(width(line) <= 45 for line in first)


@given(st.text(max_size=300), st.integers(10, 100), st.integers(0, 6))
def test_a_paragraph_keeps_to_its_width_and_hangs(text: str, total: int, hang: int) -> None:
    lines = paragraph(text, total=total, indent="  ", hang=" " * hang).splitlines()
    assert all(width(line) <= total for line in lines)
    assert all(line.startswith("  " + " " * hang) for line in lines[1:])
    assert bare("".join(lines)) == bare(clean(text))


@given(
    st.lists(st.sampled_from(["* critical", "~ 假定", "x done", "= runs along its stage"]), max_size=8),
    st.integers(22, 90),
)
def test_a_legend_keeps_its_parts_whole(parts: list[str], total: int) -> None:
    text = legend(parts, total=total)
    assert all(width(line) <= total for line in text.splitlines())
    assert [part for line in text.splitlines() for part in line.split("   ")] == parts
    assert text == "" or text.endswith("\n")


def test_long_texts_take_time_in_proportion() -> None:
    """Not measured: a text of a million characters would not end within any patience if it took time squared."""
    long = "销售 sales_project_" * 10_000
    assert sum(map(len, wrap(long, 10_000))) > 150_000
    assert len(lay_out([[long, "a"]], total=100)[0]) > 1_500
