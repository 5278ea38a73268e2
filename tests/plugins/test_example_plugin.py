"""examples/plugins/credit_limit, as somebody else's package: built, installed apart, found, run; offline."""

from __future__ import annotations

import ast
import importlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import attrs
import pytest

import ltcflow
from ltcflow.plugins import collect

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugins" / "credit_limit"
PIP = ("-m", "pip", "--disable-pip-version-check", "-q")
OFFLINE = ("--no-deps", "--no-index", "--no-build-isolation")
LONGEST = 120
TEAM = {
    "sponsor": "wang.fang",
    "bid_manager": "li.wei",
    "credit_controller": "zhang.min",
    "delivery_manager": "zhao.lei",
    "decision_team": "chen.jie",
}


@attrs.frozen
class Apart:
    """A virtual environment of its own, in which the example is installed."""

    folder: Path

    @property
    def python(self) -> Path:
        return next(p for p in (self.folder / "bin" / "python", self.folder / "Scripts" / "python.exe") if p.exists())

    def run(self, *arguments: str, ok: int = 0, **environment: str) -> str:
        """Run its Python in a folder of its own and return what it prints."""
        done = _run(self.python, *arguments, cwd=self.folder, **environment)
        assert done.returncode == ok, done.stdout + done.stderr
        return done.stdout

    def ltcflow(self, *arguments: str, ok: int = 0, **environment: str) -> str:
        """Run its command line and return what it prints."""
        program = "import sys; from ltcflow.cli import main; sys.argv[0] = 'ltcflow'; sys.exit(main())"
        return self.run("-c", program, *arguments, ok=ok, **environment)

    def ask(self, expression: str, **environment: str) -> Any:
        """Return the value of *expression* over `ltcflow` and `discover()`."""
        program = "import json, ltcflow as ltc; from ltcflow.plugins import discover, export, run_checks\n"
        return json.loads(self.run("-c", f"{program}print(json.dumps({expression}))", ok=0, **environment))


def _run(python: Path | str, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("LTCFLOW_", "PYTEST_", "COV_", "PIP_", "PYTHONPATH"))
    }
    clean |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "COLUMNS": "160"}
    return subprocess.run(
        [str(python), *arguments],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )


def _tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, built from its folder with what is installed here; the folder stays as it was."""
    made, before = tmp_path_factory.mktemp("wheel"), _tree(EXAMPLE)
    done = _run(sys.executable, *PIP, "wheel", *OFFLINE, "--wheel-dir", str(made), str(EXAMPLE), cwd=made)
    assert done.returncode == 0, done.stderr
    assert _tree(EXAMPLE) == before
    (built,) = made.iterdir()
    return built


@pytest.fixture(scope="module")
def apart(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Apart:
    """A fresh environment with the example in it; ltcflow and what it needs are borrowed from here."""
    env = Apart(tmp_path_factory.mktemp("apart"))
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(env.folder)
    own = Path(env.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    borrowed = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (own / "borrowed.pth").write_text(borrowed, encoding="utf-8")
    arguments = (*PIP, "--python", str(env.python), "install", "--no-deps", "--no-index", str(wheel))
    done = _run(sys.executable, *arguments, cwd=env.folder)
    assert done.returncode == 0, done.stderr
    return env


def test_it_is_found_by_its_entry_point_and_by_nothing_else(apart: Apart) -> None:
    plugins = apart.ask(
        "[[p.name, p.distribution, p.version, p.file, dict(p.offers)] for p in discover(strict=True).plugins]"
    )
    (found,) = [plugin for plugin in plugins if plugin[0] == "acme_credit"]
    assert found[1:3] == ["acme-ltcflow-credit", "1.2.0"]
    assert Path(found[3]).is_relative_to(apart.folder)
    assert found[4] == {
        "ltcflow_criteria": ["acme.credit_limit"],
        "ltcflow_policies": ["acme_credit.credit_is_set_by_the_controller"],
        "ltcflow_processes": ["acme_bid"],
    }
    names = "[p.name for p in discover(strict=True).plugins]"
    assert "acme_credit" not in apart.ask(names, LTCFLOW_PLUGINS="none")
    assert apart.ask(names, LTCFLOW_PLUGINS="acme-ltcflow-credit") == ["ltcflow", "acme_credit"]


def test_its_own_tests_pass(apart: Apart, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(EXAMPLE / "pyproject.toml", tmp_path)
    done = _run(apart.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_its_process_loads_from_the_file_and_from_the_catalog_and_has_no_finding(apart: Apart) -> None:
    same = "(lambda p, f: [p == ltc.load(f), ltc.check(p), run_checks(discover(), p)])"
    file = "__import__('importlib.resources').resources.files('acme_credit') / 'acme_bid.yaml'"
    assert apart.ask(f"{same}(ltc.catalog['acme_bid'], {file})") == [True, [], []]
    assert apart.ltcflow("check", "acme_bid", "--strict") == ""


def test_a_project_is_refused_by_the_credit_limit_and_passes_after_it_is_raised(apart: Apart) -> None:
    team = [f"--team={role}={who}" for role, who in TEAM.items()]
    db = "--db=sales.db"
    apart.ltcflow("start", "acme_bid", "--project=acme-5g", *team, "--fact", "amount=10000000", "--by", "li.wei", db)
    apart.ltcflow("finish", "acme-5g", "offer", "--by", "li.wei", db)
    figures = ["credit_limit=8000000", "credit_used=0"]
    refused = apart.ltcflow("fact", "acme-5g", *figures, "--by", "li.wei", db, ok=1)
    assert "ACME1" in refused
    apart.ltcflow("fact", "acme-5g", *figures, "--by", "zhang.min", db)
    refused = apart.ltcflow("vote", "acme-5g", "atb", "--verdict=go", "--by", "chen.jie", db, ok=1)
    assert "10_000_000 CNY of credit needed" in refused
    assert "acme.credit_limit" in apart.ltcflow("ready", "acme-5g", "bid_authorised", db, ok=1)
    apart.ltcflow("fact", "acme-5g", "credit_limit=12000000", "--by", "zhang.min", db)
    apart.ltcflow("vote", "acme-5g", "atb", "--verdict=go", "--by", "chen.jie", db)
    apart.ltcflow("ready", "acme-5g", "bid_authorised", db)
    assert apart.ltcflow("verify", db)


def test_without_the_plugin_the_gate_stays_unknown_and_shut() -> None:
    process = ltcflow.load(EXAMPLE / "src" / "acme_credit" / "acme_bid.yaml")
    with ltcflow.Workspace.open("memory:", extensions=collect([])) as ws:
        assert ws.start(process, project="acme-5g", team=TEAM, by="li.wei").accepted
        assert ws.finish("acme-5g", "offer", by="li.wei").accepted
        answer = ws.vote("acme-5g", "atb", by="chen.jie", verdict="go")
        assert isinstance(answer, ltcflow.Refused)
        assert "Install the plugin that offers 'acme.credit_limit'" in str(answer.reasons[0])


@pytest.mark.parametrize("path", sorted(EXAMPLE.rglob("*.py")), ids=lambda path: path.name)
def test_it_is_written_against_the_public_api_only(path: Path) -> None:
    """Every name it takes from ltcflow stands in ``__all__`` of the package it takes it from."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "ltcflow":
            assert node.module is not None
            module = importlib.import_module(node.module)
            assert hasattr(module, "__path__"), f"{node.module} is a module inside a package"
            assert {alias.name for alias in node.names} <= set(module.__all__)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ltcflow":
            assert node.attr in ltcflow.__all__
