"""Commands and formats of an installed plugin, on the command line of another process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "import sys; from ltcflow.cli import main; sys.argv[0] = 'ltcflow'; main()"
MODULE = """\
import click
from ltcflow.plugins import hookimpl

@click.command("acme-hello")
@click.argument("name")
def hello(name):
    "Say hello."
    click.echo(f"hello {name}")

def broken(context):
    raise ValueError("no printer")

@hookimpl
def ltcflow_commands():
    return [hello]

@hookimpl
def ltcflow_exporters():
    return {"acme.ids": lambda context: " ".join(a.id for a in context.process.activities()), "acme.broken": broken}
"""


@pytest.fixture
def installed(folder: Path) -> Path:
    """A distribution with an entry point, as pip would leave it."""
    site = folder / "site"
    (site / "acme_hello-1.0.dist-info").mkdir(parents=True)
    (site / "acme_hello.py").write_text(MODULE, encoding="utf-8")
    info = site / "acme_hello-1.0.dist-info"
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-hello\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[ltcflow]\nacme = acme_hello\n", encoding="utf-8")
    return site


def run(site: Path, *arguments: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "LTCFLOW_LANG": lang}
    environment.pop("LTCFLOW_PLUGINS", None)
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60)


def test_a_plugin_adds_commands_and_formats(installed: Path) -> None:
    assert run(installed, "acme-hello", "Li Wei").stdout == "hello Li Wei\n"
    assert run(installed, "show", "deal.yaml", "--format", "acme.ids").stdout.startswith("visit write_offer")
    listed = run(installed, "plugins")
    assert listed.returncode == 0
    assert "acme-hello" in listed.stdout


def test_what_is_wrong_with_it_is_told_by_name(installed: Path) -> None:
    misspelt = run(installed, "acme-helo", "x")
    assert (misspelt.returncode, "Did you mean 'acme-hello'?" in misspelt.stderr) == (2, True)
    used_badly = run(installed, "acme-hello")
    assert (used_badly.returncode, "Missing argument 'NAME'" in used_badly.stderr) == (2, True)
    for lang in ("en", "zh"):
        broken = run(installed, "show", "deal.yaml", "--format", "acme.broken", lang=lang)
        assert broken.returncode == 2
        assert "LTC730" in broken.stderr
        assert "'acme'" in broken.stderr
        assert "no printer" in broken.stderr
        assert "Traceback" not in broken.stderr
