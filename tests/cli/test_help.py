"""``--help``: in English and in Chinese, of every command, and nothing left untranslated."""

from __future__ import annotations

import re
from collections.abc import Callable

import click
import pytest
from click.testing import Result

from ltcflow.cli import help_zh
from ltcflow.cli.app import COMMANDS, SECTIONS, cli
from ltcflow.labels import width

Run = Callable[..., Result]
HAN = re.compile(r"[\u4e00-\u9fff]")


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli, info_name="ltcflow"), name)
    assert found is not None
    return found


def helps() -> set[str]:
    """The English text of every option."""
    of = (parameter for c in (cli, *map(command, COMMANDS)) for parameter in c.get_params(click.Context(c)))
    return {parameter.help for parameter in of if isinstance(parameter, click.Option) and parameter.help}


def test_every_command_every_option_and_every_title_has_a_chinese_text() -> None:
    assert list(help_zh.COMMANDS) == list(COMMANDS)
    assert set(help_zh.OPTIONS) == helps()
    assert set(help_zh.TITLES) == {*SECTIONS, "Options"}
    texts = [*help_zh.OPTIONS.values(), *help_zh.TITLES.values(), *(short for short, _ in help_zh.COMMANDS.values())]
    assert all(HAN.search(text) for text in texts)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_speaks_both_languages(name: str, run: Run) -> None:
    english, chinese = run(name, "--help"), run(name, "--help", "--lang", "zh")
    assert english.exit_code == chinese.exit_code == 0
    assert english.stdout.startswith(f"Usage: ltcflow {name} ")
    assert chinese.stdout.startswith(f"用法:ltcflow {name} ")
    assert not HAN.search(english.stdout)
    squeezed = re.sub(r"\s", "", chinese.stdout)
    for text in help_zh.COMMANDS[name]:
        assert re.sub(r"\s", "", text) in squeezed
    for parameter in command(name).params:
        assert all(text in chinese.stdout for text in parameter.opts if text.startswith("-"))
    assert max(map(width, chinese.stdout.splitlines())) <= 80


def test_the_help_of_the_whole_lists_every_command(run: Run) -> None:
    english, chinese = run("--help").stdout, run("--lang", "zh", "--help").stdout
    assert english == run().stdout
    for name, entry in COMMANDS.items():
        assert re.search(rf"^  {name} ", english, re.MULTILINE)
        assert re.search(rf"^  {name} ", chinese, re.MULTILINE)
        assert re.sub(r"\s", "", entry.short) in re.sub(r"\s", "", english)
        assert help_zh.COMMANDS[name][0] in chinese
    assert "先看演示:" in chinese
    assert "Exit codes: 0 done;" in english


def test_the_version_is_shown(run: Run) -> None:
    import ltcflow

    assert run("--version").stdout == f"ltcflow {ltcflow.__version__}\n"


def test_completion_says_what_a_command_is_for_in_the_language_of_the_user(run: Run) -> None:
    environment = {"_LTCFLOW_COMPLETE": "zsh_complete", "COMP_WORDS": "ltcflow ver", "COMP_CWORD": "1"}
    assert run(**environment).stdout.splitlines() == ["plain", "verify", COMMANDS["verify"].short]
    chinese = run(**environment, LTCFLOW_LANG="zh").stdout.splitlines()
    assert chinese == ["plain", "verify", help_zh.COMMANDS["verify"][0]]
