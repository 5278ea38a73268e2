"""Runs every example of the README and of docs/ as a test; those of the docstrings run by pytest's --doctest-modules.

In a Markdown page

* a ``python`` block runs: as doctest when it has ``>>>`` prompts, else as a program; a page's blocks share their names;
* a ``yaml`` block that declares a whole process (``ltcflow:`` and ``process:`` at the margin) must load;
* a ``console`` block runs each ``$ ltcflow ...`` line and compares what it prints (``...`` stands for anything; a line
  with nothing below it only has to exit with 0; ``$ echo $?`` shows the exit code of the line before);
* a block after ``<!-- file: NAME -->`` is first written to the page's own empty folder, where all of this happens;
* ``<!-- skip: next -->`` leaves a block alone.

``LTCFLOW_HYPOTHESIS=thorough`` tries twenty times as many examples in the laws that ask the profile how many;
``LTCFLOW_HYPOTHESIS=steady``, which ``.ci/run`` sets, tries the same examples every time: what it says of a change does
not depend on luck. Without either, every run tries others, and finds what the last one did not.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

hypothesis.settings.register_profile("quick", deadline=None, max_examples=100)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2_000)
hypothesis.settings.register_profile("steady", deadline=None, max_examples=100, derandomize=True, database=None)
hypothesis.settings.load_profile(os.environ.get("LTCFLOW_HYPOTHESIS", "quick"))

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FILE = re.compile(r"^<!-- file: (?P<name>[\w.-]+) -->\n+```\w*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = "import sys; from ltcflow.cli import main; sys.argv[0] = 'ltcflow'; sys.exit(main())"
LONGEST = 60


def files_of(document: Document) -> Iterator[Region]:
    """Yield a region just before each block that is to be written to a file."""
    for match in FILE.finditer(document.text):
        yield Region(match.start(), match.start() + 1, (match["name"], match["text"]), _write)


def _write(example: Example) -> None:
    name, text = example.parsed
    Path(name).write_text(text, encoding="utf-8")


def _load(example: Example) -> None:
    text = str(example.parsed)
    if re.search(r"^ltcflow:", text, re.MULTILINE) and re.search(r"^process:", text, re.MULTILINE):
        from ltcflow.definition import loads

        loads(text, name=f"{Path(example.path).name}:{example.line}")


def _run(example: Example) -> None:
    status = 0
    for line, wanted in _commands(str(example.parsed)):
        if line == "echo $?":
            got = f"{status}\n"
        else:
            words = shlex.split(line)
            if words[:1] != ["ltcflow"]:
                continue  # another program: installing, or what a shell does
            status, got = _ltcflow(words[1:])
            if not wanted:
                assert status == 0, f"$ {line}\nexit code {status}\n{got}"
        if wanted and not doctest.OutputChecker().check_output(wanted, got, FLAGS):
            raise AssertionError(f"$ {line}\nexpected:\n{wanted}\nbut it printed (exit code {status}):\n{got}")


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with what it is to print."""
    for part in re.split(r"^\$ ", textwrap.dedent(text), flags=re.MULTILINE)[1:]:
        line, _, wanted = part.partition("\n")
        while line.endswith("\\"):
            more, _, wanted = wanted.partition("\n")
            line = f"{line[:-1]} {more.strip()}"
        yield line.split(" # ")[0].strip(), wanted


def _ltcflow(arguments: list[str]) -> tuple[int, str]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )
    return done.returncode, done.stdout


def _enter(namespace: dict[str, Any]) -> None:
    folder = tempfile.TemporaryDirectory(prefix="ltcflow-docs-")
    namespace["_folder"], namespace["_back"] = folder, os.getcwd()
    os.chdir(folder.name)


def _leave(namespace: dict[str, Any]) -> None:
    os.chdir(namespace["_back"])
    namespace["_folder"].cleanup()


pages = Sybil(
    parsers=[
        SkipParser(),
        files_of,
        PythonCodeBlockParser(doctest_optionflags=FLAGS),
        CodeBlockParser(language="yaml", evaluator=_load),
        CodeBlockParser(language="console", evaluator=_run),
    ],
    patterns=["README*.md", "docs/*.md", "docs/**/*.md"],
    setup=_enter,
    teardown=_leave,
)
pytest_collect_file = pages.pytest()


@pytest.hookimpl(optionalhook=True)  # there is no such hook without pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the examples of one page on one worker, in their order: they build on each other."""
    from xdist.scheduler import LoadScopeScheduling

    class PageByPage(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            page = nodeid.partition("::")[0]
            return page if page.endswith(".md") else nodeid

    return PageByPage(config, log)
