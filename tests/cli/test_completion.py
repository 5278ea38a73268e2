"""Shell completion: what is offered for commands, processes, options, projects and elements, in each shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


def offered(run: Run, line: str, shell: str = "bash") -> list[str]:
    """Return the values that are offered at the end of *line*."""
    words = line.split(" ")
    environment = {"_LTCFLOW_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    if shell == "fish":
        environment = {**environment, "COMP_WORDS": " ".join(words[:-1]), "COMP_CWORD": words[-1]}
    result = run(**environment)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    if shell == "zsh":
        return lines[1::3]
    return [text.partition(",")[2].partition("\t")[0] for text in lines if text.startswith("plain,")]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_are_completed(shell: str, run: Run) -> None:
    assert offered(run, "ltcflow pl", shell) == ["plan", "plugins"]
    assert "demo" in offered(run, "ltcflow ", shell)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("command", ["plan", "show", "check", "start"])
def test_ids_of_processes_are_completed(shell: str, command: str, run: Run) -> None:
    assert "ltc_level1_activity_map" in offered(run, f"ltcflow {command} ltc_", shell)


def test_files_are_offered_before_ids_because_bash_drops_what_comes_before_them(run: Run) -> None:
    environment = {"_LTCFLOW_COMPLETE": "bash_complete", "COMP_WORDS": "ltcflow plan hua", "COMP_CWORD": "2"}
    kinds = [line.partition(",")[0] for line in run(**environment).stdout.splitlines()]
    assert kinds[0] == "file"
    assert set(kinds[1:]) == {"plain"}


def test_options_and_their_values_are_completed(record: str, run: Run) -> None:
    assert "--start" in offered(run, "ltcflow plan --st")
    assert offered(run, "ltcflow plan --lang ") == ["zh", "en"]
    assert offered(run, "ltcflow vote acme release --verdict re") == ["recycle"]
    assert offered(run, "ltcflow completion ") == ["bash", "zsh", "fish"]


def test_projects_and_elements_of_the_record_are_completed(record: str, run: Run) -> None:
    assert offered(run, f"ltcflow status --db {record} ac") == ["acme"]
    assert offered(run, f"ltcflow finish --db {record} acme ") == [
        "visit",
        "write_offer",
        "finance",
        "deliver",
        "collect",
    ]
    assert offered(run, f"ltcflow vote --db {record} acme re") == ["release"]
    assert offered(run, f"ltcflow submit --db {record} acme ") == ["offer"]
    assert offered(run, f"ltcflow ready --db {record} acme p") == ["paid"]


def test_nothing_is_offered_and_nothing_said_when_the_record_cannot_be_read(folder: Path, run: Run) -> None:
    for db in ("none.db", "deal.yaml", ".", "postgresql://x/y"):
        assert offered(run, f"ltcflow status --db {db} a") == []  # and no complaint
        assert offered(run, f"ltcflow finish --db {db} acme a") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str, run: Run) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_LTCFLOW_COMPLETE" in result.stdout
    assert "ltcflow" in result.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_with_the_script(folder: Path) -> None:
    """What somebody sees who presses the tab key, with the program on the PATH."""
    program = folder / "bin" / "ltcflow"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom ltcflow.cli import main\nmain()\n", encoding="utf-8")
    program.chmod(0o755)
    script = (
        'eval "$(ltcflow completion bash)"\n'
        "complete -p ltcflow >/dev/null || exit 3\n"
        "compopt() { :; }\n"
        'COMP_WORDS=(ltcflow plan ltc_lev); COMP_CWORD=2; _ltcflow_completion ltcflow; echo "${COMPREPLY[@]}"\n'
    )
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "ltc_level1_activity_map"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_is_valid_in_its_shell(shell: str, run: Run) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    subprocess.run([shell, "-n"], input=run("completion", shell).stdout, text=True, check=True)
