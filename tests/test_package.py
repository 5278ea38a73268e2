"""The package as a whole: what it exports, what it loads, who may see whom, and the rules its source keeps."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import ltcflow

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src" / "ltcflow"
SOURCES = sorted(SRC.rglob("*.py"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = ("networkx", "numpy", "pendulum", "holidays", "sqlalchemy", "yaml", "click", "rich", "pluggy", "scipy")


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_every_public_name_is_there() -> None:
    for name in ltcflow.__all__:
        assert getattr(ltcflow, name) is not None
        assert name in dir(ltcflow)


def test_the_version_is_one() -> None:
    assert ltcflow.__version__ == PROJECT["project"]["version"]
    assert ltcflow.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_importing_ltcflow_loads_nothing_slow() -> None:
    done = run(f"import sys, ltcflow; print([m for m in {HEAVY!r} if m in sys.modules])")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_picture_of_the_layers_is_the_contract() -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- layers: .*? -->\n```text\n(.*?)```", page, re.DOTALL)
    assert found is not None
    drawn = [re.split(r"\s{2,}", line)[0] for line in found[1].splitlines()]
    contract = next(c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    assert drawn == [layer.replace("ltcflow.", "") for layer in contract["layers"]]


def test_every_module_stands_in_a_layer() -> None:
    contract = next(c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    layers = {name.strip("() ").removeprefix("ltcflow.") for line in contract["layers"] for name in line.split("|")}
    modules = {path.stem for path in SRC.glob("*.py")} - {"__init__", "__main__"}
    packages = {path.parent.name for path in SRC.glob("*/__init__.py")}
    assert modules | packages == layers


def test_the_layers_are_kept() -> None:
    """What import-linter says about the contracts of pyproject.toml."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_module_keeps_the_rules_of_the_house(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400, "a module is at most 400 lines"
    tree = ast.parse(text)
    assert ast.get_docstring(tree) or not text.strip(), "a module says what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = node.end_lineno - body[0].lineno + 1 if body and node.end_lineno else 0
            table = all(isinstance(statement, ast.Match) for statement in body)  # one line per command, no less
            assert table or length <= 40, f"{node.name} is {length} lines long, without its docstring"
    for number, line in enumerate(text.splitlines(), 1):
        assert not re.search(r"\b(TODO|FIXME|XXX)\b|NotImplementedError|pragma: no cover", line), f"line {number}"
        ignore = re.search(r"#\s*(?:type:\s*ignore|noqa)[^#]*?(?:\]|[A-Z]\d+|$)(?P<reason>.*)", line)
        assert ignore is None or len(ignore["reason"].split()) > 1, f"line {number}: an ignore says why"


def links() -> list[Any]:
    pages = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
    return [
        pytest.param(page, target, id=f"{page.relative_to(ROOT)}->{target}")
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]


@pytest.mark.parametrize(("page", "target"), links())
def test_a_link_leads_somewhere(page: Path, target: str) -> None:
    assert (page.parent / target).exists()


def test_ci_runs_the_commands_of_the_readme() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make test" in ci
    assert "make test" in readme
    assert "make demo" in readme
    assert readme.index("make demo") < 2000


def venv_script(tmp_path: Path, version: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run tools/venv.sh with a python3 on the PATH that answers like Python *version* without venv and ensurepip."""
    old = tuple(int(part) for part in version.split(".")) < (3, 11)
    fake = tmp_path / "bin" / "python3"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\ncase "$1" in\n--version) echo "Python {version}";;\n-c) exit {int(old)};;\n*) exit 1;;\nesac\n',
        encoding="utf-8",
    )
    fake.chmod(0o755)
    for name in ("sh", "dirname", "rm", "mktemp", "tail", "cat"):
        found = next(p for p in (Path("/bin") / name, Path("/usr/bin") / name) if p.exists())
        (fake.parent / name).symlink_to(found)
    environment = {
        "PATH": str(fake.parent),
        "VENV": str(tmp_path / "venv"),
        "HOME": os.environ.get("HOME", "/"),
        **extra,
    }
    script = ["/bin/sh", str(ROOT / "tools" / "venv.sh"), "runtime"]
    return subprocess.run(script, env=environment, capture_output=True, text=True, check=False)


def test_an_old_python_gets_a_clear_answer(tmp_path: Path) -> None:
    done = venv_script(tmp_path, "3.9.2")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_a_python_named_wrongly_gets_a_clear_answer(tmp_path: Path) -> None:
    done = venv_script(tmp_path, "3.12.1", PYTHON="python-of-nowhere")
    assert done.returncode == 1
    assert "PYTHON=python-of-nowhere: there is no such program." in done.stderr


def test_a_python_without_venv_gets_a_clear_answer(tmp_path: Path) -> None:
    done = venv_script(tmp_path, "3.12.1")
    assert done.returncode == 1
    assert "cannot make a virtual environment" in done.stderr
    assert "python3-venv" in done.stderr
