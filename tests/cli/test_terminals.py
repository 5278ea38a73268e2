"""Where the output goes: pipes that close, terminals of any width and encoding, a full disk, no output at all."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import Result

from ltcflow.labels import width

Run = Callable[..., Result]
PROGRAM = "import sys; from ltcflow.cli import main; sys.argv[0] = 'ltcflow'; main()"
READING = (
    ["catalog"],
    ["plan", "ltc_level1_activity_map", "--start", "2026-03-02", "--default-duration", "3d"],
    ["show", "ltc_level1_activity_map"],
    ["status", "acme", "--db", "sales.db"],
    ["ready", "acme", "paid", "--db", "sales.db", "--default-duration", "2d"],
    ["why", "acme", "paid", "--db", "sales.db"],
    ["work", "li.wei", "--db", "sales.db"],
    ["log", "acme", "--db", "sales.db"],
    ["doctor", "--db", "sales.db"],
    ["plugins"],
    ["roles", "huawei_manage_sales_project"],
)


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of sh; ``ltcflow`` is the command line."""
    code = f'ltcflow() {{ "{sys.executable}" -c "{PROGRAM}" "$@"; }}\n{line}'
    settings = {**os.environ, "LTCFLOW_LANG": "en", **environment}
    return subprocess.run(["sh", "-c", code], env=settings, capture_output=True, check=False, timeout=60)


def test_a_reader_that_goes_away_is_no_error(record: str) -> None:
    done = shell("ltcflow catalog | head -n 1; ltcflow log acme --db sales.db | true; ltcflow --help | head -n 1")
    assert done.stderr == b""
    assert done.stdout.splitlines()[0].startswith(b"Id ")


def test_the_exit_code_is_right_whether_or_not_anybody_reads(record: str) -> None:
    unread = "{ sleep 0.1; ltcflow %s; echo $? >code; } | true; cat code"
    assert shell(unread % "finish acme visit --by li.wei --db sales.db").stdout == b"1\n"
    assert shell(unread % "note acme hello --by li.wei --db sales.db").stdout == b"0\n"


def test_without_any_output_the_command_works_all_the_same(record: str) -> None:
    done = shell("ltcflow note acme hello --by li.wei --db sales.db >&- 2>&-; echo $?")
    assert (done.stdout, done.stderr) == (b"0\n", b"")
    assert b"hello" in shell("ltcflow log acme --last 1 --db sales.db").stdout
    done = shell("ltcflow status nobody --db sales.db >&- 2>&-; echo $?")
    assert (done.stdout, done.stderr) == (b"2\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told() -> None:
    done = shell("ltcflow catalog >/dev/full; echo $?")
    assert done.stdout == b"2\n"
    assert b"LTC800: output: cannot be read or written: No space left on device." in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "gbk"])
def test_characters_that_the_terminal_lacks_come_out_as_question_marks(encoding: str, record: str, run: Run) -> None:
    for arguments in (*READING, ["demo"], ["--lang", "zh", "demo"], ["--lang", "zh", "status", "acme", "--db", record]):
        assert run(*arguments, charset=encoding).exit_code in (0, 1)
    text = run("log", "acme", "--db", record, charset=encoding).stdout
    assert ("Acme 电信" in text) == (encoding == "gbk")
    assert ("Acme ??" in text) == (encoding != "gbk")
    result = run("--lang", "zh", "status", "nobody", "--db", record, charset=encoding)
    assert result.exit_code == 2
    assert "LTC201" in result.stderr


def test_in_a_plain_locale_nothing_fails(record: str) -> None:
    done = shell("ltcflow --lang zh log acme --db sales.db; ltcflow log nobody --db sales.db", PYTHONIOENCODING="ascii")
    assert b"Acme" in done.stdout  # click takes ascii for a mistake and writes UTF-8
    assert b"LTC201" in done.stderr
    assert b"Traceback" not in done.stderr


def test_arguments_that_are_no_text_are_shown_all_the_same(record: str) -> None:
    for line in ("ltcflow check \"$(printf 'b\\351d.yaml')\"", "ltcflow status \"$(printf '\\377')\" --db sales.db"):
        done = shell(line)
        assert done.returncode == 2, line
        assert b"Traceback" not in done.stderr
        assert b"LTC" in done.stderr + done.stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", [1, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(lang: str, columns: int, record: str, run: Run) -> None:
    for arguments in READING:
        result = run(*arguments, "--lang", lang, COLUMNS=str(columns))
        assert max(map(width, result.stdout.splitlines())) <= max(columns, 60), arguments


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_columns_of_wide_characters_are_aligned(lang: str, record: str, run: Run) -> None:
    for arguments in (["catalog"], ["plan", "deal.yaml", "--start", "2026-03-02"], ["work", "wu.min", "--db", record]):
        lines = run(*arguments, "--lang", lang, COLUMNS="100").stdout.splitlines()
        at = next(i for i, line in enumerate(lines) if set(line) <= {"-", " "} and line)
        rule = [match.start() for match in re.finditer(r"-+", lines[at])]
        for row in lines[at + 1 :]:
            if not row.strip():
                break
            cells = "".join(c + "\0" * (width(c) - 1) for c in row).ljust(rule[-1])
            assert all(start == 0 or cells[start - 1] == " " for start in rule), row


def test_where_nobody_reads_along_lines_are_not_broken(record: str, run: Run) -> None:
    text = run("plan", "ltc_level1_activity_map", "--start", "2026-03-02", "--default-duration", "3d").stdout
    assert re.search(r"^Critical path  lead_collection -> .* -> project_summary$", text, re.MULTILINE)


@pytest.mark.parametrize("columns", ["", "0", "-5", "wide", "999999999"])
def test_columns_that_make_no_sense_are_passed_over(columns: str, run: Run) -> None:
    assert run("catalog", COLUMNS=columns).stdout == run("catalog").stdout


def on_a_terminal(arguments: list[str], **environment: str) -> str:
    """Return what a command prints on a terminal of 90 columns."""
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 90, 0, 0))
    settings: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")},
        "LTCFLOW_LANG": "en",
        "TERM": "xterm-256color",
        **environment,
    }
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], env=settings, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # Linux says so at the end of a terminal
        pass
    finally:
        os.close(ours)
    assert child.wait(timeout=60) == 0
    return shown.decode("utf-8").replace("\r\n", "\n")


def test_on_a_terminal_there_are_colours_unless_nobody_wants_them(record: str) -> None:
    arguments = ["plan", "deal.yaml", "--start", "2026-03-02", "--fact", "amount=5"]
    coloured, plain = on_a_terminal(arguments), on_a_terminal(arguments, NO_COLOR="1")
    assert "\x1b[" in coloured
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert max(map(width, plain.splitlines())) <= 90


def test_nothing_that_somebody_recorded_can_steer_the_terminal(record: str, run: Run) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07 \u202e\u2028 \r\n fine"
    assert run("note", "acme", evil, "--by", "li.wei", "--db", record).exit_code == 0
    for arguments in (["log", "acme", "--db", record], ["status", "acme", "--db", record]):
        shown = run(*arguments).stdout
        assert "fine" in shown
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e\u2028]", shown)
