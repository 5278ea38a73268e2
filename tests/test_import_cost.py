"""What ``import ltcflow`` and ``ltcflow --help`` pull in: nothing that is slow to import."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = frozenset(
    {
        "asyncio",
        "holidays",
        "networkx",
        "numpy",
        "pendulum",
        "pluggy",
        "rich",
        "rpds",
        "scipy",
        "sqlalchemy",
        "sqlite3",
        "yaml",
    }
)
LIST = "import sys; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
HELP = (
    "import sys; from ltcflow.cli import main; sys.argv = ['ltcflow', *{arguments}]\n"
    "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
)


def modules(program: str) -> set[str]:
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=60)
    return set(done.stdout.splitlines()[-1].split())


def test_import_ltcflow_pulls_in_nothing_slow() -> None:
    found = modules(f"import ltcflow\n{LIST}")
    assert "ltcflow" in found
    assert not found & (SLOW | {"click"})


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["plan", "--help"], ["vote", "--help"]])
def test_help_pulls_in_nothing_slow(arguments: list[str]) -> None:
    found = modules(HELP.format(arguments=arguments) + LIST)
    assert "click" in found
    assert not found & SLOW


def test_the_help_of_no_command_pulls_in_anything_slow() -> None:
    every = (
        "import sys\nfrom ltcflow.cli.app import COMMANDS, cli\n"
        "for name in COMMANDS:\n    try:\n        cli.main([name, '--help'])\n"
        "    except SystemExit as end:\n        assert end.code == 0, name\n"
    )
    assert not modules(every + LIST) & SLOW


def test_the_list_would_notice_a_slow_import() -> None:
    assert modules(f"import ltcflow; ltcflow.graph\n{LIST}") & {"ltcflow"}
    assert "yaml" in modules(f"import ltcflow; ltcflow.loads('{{ltcflow: 1, process: bid}}')\n{LIST}")
