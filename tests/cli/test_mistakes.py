"""What people get wrong: never a traceback, the right exit code, a message in their language that says what to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
HAN = re.compile(r"[\u4e00-\u9fff]")
START = ["start", "deal.yaml", "--project", "acme", "--team", "boss=zhang.min", "--team", "seller=li.wei"]
PLAN = ["plan", "deal.yaml", "--start", "2026-03-02"]
VOTE = ["vote", "acme", "release", "--by", "zhang.min", "--db", "sales.db"]
LOOK = ["--db", "sales.db"]

# arguments, exit code, what the message says in English, and in Chinese
MISTAKES: dict[str, tuple[list[str], int, str, str]] = {
    # names
    "a misspelt command": (["plna"], 2, "no command 'plna' here. Did you mean 'plan'?", "是不是 plan?"),
    "a misspelt option": (["plan", "--strat"], 2, "--start", "没有选项"),
    "a misspelt process": (
        ["plan", "huawei_manage_sales_projct", "--start", "2026-03-02"],
        2,
        "no process or file 'huawei_manage_sales_projct' here. Did you mean 'huawei_manage_sales_project'?",
        "是不是 huawei_manage_sales_project?",
    ),
    "half a process": (["check", "huawei"], 2, "Known: huawei_manage", "已有:huawei_manage"),
    "an unknown project": (["status", "acne", *LOOK], 2, "Did you mean 'acme'?", "是不是 acme?"),
    "an unknown milestone": (["ready", "acme", "payed", *LOOK], 2, "Did you mean 'paid'?", "是不是 paid?"),
    "an unknown element": (["why", "acme", "vist", *LOOK], 2, "Did you mean 'visit'?", "是不是 visit?"),
    "an unknown activity": (
        ["finish", "acme", "delivr", "--by", "li.wei", *LOOK],
        1,
        "There is no activity 'delivr' in this process.\n     -> Did you mean 'deliver'?",
        "本流程没有活动 'delivr'。\n     -> 是不是 deliver?",
    ),
    "an unknown role": ([*START, "--team", "sellr=x", "--db", "new.db"], 1, "Did you mean 'seller'?", "是不是 seller?"),
    "an unknown fact": ([*PLAN, "--fact", "amont=5"], 2, "Did you mean 'amount'?", "是不是 amount?"),
    "an unknown format": (["show", "deal.yaml", "--format", "svgg"], 2, "no format 'svgg'", "没有名为“svgg”的格式"),
    "an unknown activity to estimate": ([*PLAN, "--duration", "vist=3d"], 2, "'visit'?", "是不是 visit?"),
    "an unknown calendar": ([*PLAN, "--calendar", "weekday"], 2, "Did you mean 'weekdays'?", "是不是 weekdays?"),
    "an unknown project to verify": (["verify", "acne", *LOOK], 2, "Did you mean 'acme'?", "是不是 acme?"),
    # what is missing or too much
    "no arguments": (["plan"], 2, "Missing argument 'FILE|ID'", "缺少参数 'FILE|ID'"),
    "no start": (["plan", "deal.yaml"], 2, "Missing option '--start'", "缺少选项 '--start'"),
    "nobody": (["finish", "acme", "deliver", *LOOK], 2, "Missing option '--by'", "缺少选项 '--by'"),
    "an option without its value": (["log", "acme", "--db"], 2, "requires an argument", "需要一个值"),
    "too much": (["log", "acme", "acme", *LOOK], 2, "unexpected extra argument", "多余的参数:acme。"),
    "no record": (["status", "acme"], 2, "Give --db sales.db, or set LTCFLOW_DB.", "请给出 --db sales.db"),
    "neither risk nor close": (
        ["risk", "acme", "fx", "--by", "li.wei", *LOOK], 2, "Give --level", "请用 --level"
    ),
    # values
    "a bad date": (["plan", "deal.yaml", "--start", "soon"], 2, "'soon': is not a date. Write a day", "不是日期"),
    "a date that is not": (["plan", "deal.yaml", "--start", "2026-02-30"], 2, "is not a date", "不是日期"),
    "a time to come": (
        ["note", "acme", "x", "--by", "li.wei", "--at", "9999-12-31", *LOOK],
        2,
        "'9999-12-31' lies in the future",
        "是将来的时间",
    ),
    "a bad time": (["status", "acme", "--at", "noon", *LOOK], 2, "'noon' is not a time. Write 2026", "不是时间"),
    "a bad duration": ([*PLAN, "--duration", "visit=long"], 2, "is not a duration. Write for example 3d", "不是时长"),
    "a bad default": ([*PLAN, "--default-duration", "x"], 2, "is not a duration", "不是时长"),
    "durations out of order": ([*PLAN, "--duration", "visit=9d/5d/1d"], 2, "is out of order. Keep", "大小次序不对"),
    "a bad choice": ([*PLAN, "--choose", "sell=visit"], 2, "is no choice here", "不是此处可作的选择"),
    "a fact without a value": (
        [*PLAN, "--fact", "amount"],
        2,
        "'amount' is not FACT=VALUE. Write for example amount=5000000.",
        "'amount' 不是 FACT=VALUE 的形式。例如 amount=5000000。",
    ),
    "a fact without a name": ([*PLAN, "--fact", "=5"], 2, "is not FACT=VALUE", "不是 FACT=VALUE"),
    "a fact of another kind": ([*PLAN, "--fact", "amount=much"], 2, "'much' is not a number. Write", "不是数字"),
    "a fact nobody can read": (
        ["fact", "acme", "margin=good", "--by", "li.wei", *LOOK], 1, "LTC560", "LTC560"
    ),
    "a bad pair": ([*START, "--team", "seller", *LOOK], 2, "is not ROLE=PERSON. Write for example", "不是"),
    "a bad verdict": ([*VOTE, "--verdict", "maybe"], 2, "is not one of 'go', 'conditional'", "不在可选之列:'go'"),
    "a bad condition": (
        [*VOTE, "--verdict", "conditional", "--condition", "a letter"],
        2,
        "is not a condition. Write 'text;owner;2026-04-01'.",
        "请写成“内容;责任人;2026-04-01”。",
    ),
    "a condition with a bad date": (
        [*VOTE, "--verdict", "conditional", "--condition", "a;b;soon"], 2, "is not a date", "不是日期"
    ),
    "a bad level": (
        ["risk", "acme", "fx", "--level", "huge", "--by", "li.wei", *LOOK], 2, "is not one of 'low'", "可选"
    ),
    "a bad number": (["log", "acme", "--last", "none", *LOOK], 2, "is not a valid integer", "不是整数"),
    "a number out of range": (["log", "acme", "--last", "0", *LOOK], 2, "is not in the range", "不在范围"),
    "an empty person": (["note", "acme", "x", "--by", " ", *LOOK], 2, "does not name a person. Give", "不是人名"),
    "another language": (["--lang", "fr", "catalog"], 2, "is neither zh nor en", "请用 zh 或 en"),
    "another shell": (["completion", "tcsh"], 2, "is not one of 'bash', 'zsh', 'fish'", "不在可选之列"),
    # files
    "no file": (["check", "none.yaml"], 2, "none.yaml:1:1: LTC101: process: does not exist. Check", "文件不存在"),
    "no file to plan": (["plan", "none.yaml", "--start", "2026-03-02"], 2, "LTC101", "文件不存在"),
    "a folder": (["check", "."], 2, "is a directory, not a file. Give", "LTC101"),
    "a folder with a slash": (["show", "./"], 2, "is a directory, not a file. Give", "LTC101"),
    "bad YAML": (["check", "bad.yaml"], 1, "bad.yaml:3:1: LTC106", "bad.yaml:3:1: LTC106"),
    "bad YAML to plan": (["plan", "bad.yaml", "--start", "2026-03-02"], 1, "bad.yaml:3:1:", "bad.yaml:3:1:"),
    "bytes that are no text": (["check", "latin.yaml"], 1, "latin.yaml:1:", "latin.yaml:1:"),
    "an empty file": (["check", "empty.yaml"], 1, "empty.yaml:1:1: LTC", "empty.yaml:1:1: LTC"),
    "a name with a NUL": (["check", "a\0.yaml"], 2, "LTC", "LTC"),
    # records
    "no such record": (["status", "acme", "--db", "none.db"], 2, "'ltcflow start' makes one", "ltcflow start 会建立"),
    "a folder as a record": (["log", "acme", "--db", "."], 2, ".: is a folder. Name a file in it", "是文件夹"),
    "a text as a record": (["log", "acme", "--db", "deal.yaml"], 2, "is no SQLite database", "不是 SQLite 数据库"),
    "a record in no folder": ([*START, "--db", "no/sales.db"], 2, "Make no first.", "请先建立 no。"),
    "a record in memory": (["log", "acme", "--db", "memory:"], 2, "Name a file, such as --db sales.db", "请给出文件"),
    "a record on a server that does not answer": (
        ["log", "acme", "--db", "postgresql://sales:secret@127.0.0.1:1/ltc"], 2, "sales:***@127.0.0.1:1/ltc: cannot be",
        "无法连接",
    ),
    "a record nowhere": (["log", "acme", "--db", "ftp://x/y"], 2, "LTC607", "LTC607"),
    "a NUL as a record": (["log", "acme", "--db", "a\0b"], 2, "is no address of a store. Name a file", "请给出文件名"),
    "another application's database": (
        ["log", "acme", "--db", "other.db"], 2, "is the database of another application", "是其他应用的数据库"
    ),
}  # fmt: skip


@pytest.fixture
def mess(record: str, folder: Path) -> None:
    """Files that are not what they should be."""
    import sqlite3

    (folder / "bad.yaml").write_text("ltcflow: 1\nprocess: [bid\n", encoding="utf-8")
    (folder / "latin.yaml").write_bytes("title: Gebühr".encode("latin-1"))
    (folder / "empty.yaml").write_text("", encoding="utf-8")
    connection = sqlite3.connect(folder / "other.db")
    connection.execute("create table customers (id integer)")
    connection.commit()
    connection.close()


@pytest.mark.usefixtures("mess")
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_remedy(name: str, run: Run) -> None:
    arguments, code, english, chinese = MISTAKES[name]
    for lang, wanted in (("en", english), ("zh", chinese)):
        result = run(*arguments, LTCFLOW_LANG=lang)
        told = result.output
        assert result.exit_code == code, told
        assert wanted in told
        if lang == "en":
            assert "\n\n\n" not in told
        else:
            assert HAN.search(told), told


@pytest.mark.usefixtures("mess")
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_leaves_everything_as_it_was(name: str, folder: Path, run: Run) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    run(*MISTAKES[name][0])
    assert {path: path.read_bytes() for path in folder.iterdir() if path in before} == before


@pytest.mark.usefixtures("mess")
def test_the_language_of_a_mistake_is_that_of_the_option(run: Run) -> None:
    assert "没有选项" in run("plan", "--strat", "--lang", "zh").stderr
    assert "没有选项" in run("--lang=zh", "plan", "--strat").stderr
    assert "No such option" in run("plan", "--strat", "--lang", "en", LTCFLOW_LANG="zh").stderr


ROOT_ONLY = os.geteuid() == 0 and shutil.which("setpriv") is None


@pytest.mark.skipif(ROOT_ONLY, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(folder: Path, record: str) -> None:
    """Run by somebody who is not root: root may write everywhere."""
    folder.chmod(0o555)
    Path(record).chmod(0o444)
    script = "import sys; from ltcflow.cli import main; sys.argv[0] = 'ltcflow'; main()"
    import sys

    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    for parent in folder.parents[:3]:
        if parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o011)
    try:
        for arguments, wanted in (
            (["note", "acme", "x", "--by", "li.wei", "--db", record], "LTC604"),
            ([*START, "--db", "new.db"], "LTC60"),
        ):
            done = subprocess.run(
                [*as_nobody, sys.executable, "-c", script, *arguments],
                cwd=folder,
                env={**os.environ, "LTCFLOW_LANG": "en", "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            if "No module named" in done.stderr or "Permission denied: '/root" in done.stderr:
                pytest.skip("this user cannot see the interpreter's folders")
            assert done.returncode == 2, done.stderr
            assert "Traceback" not in done.stderr
            assert wanted in done.stderr
            assert "right" in done.stderr
    finally:
        folder.chmod(0o755)


def test_a_plain_file_is_taken_for_a_definition_whatever_its_name(folder: Path, run: Run) -> None:
    shutil.copy("deal.yaml", "deal")
    assert run("check", "deal").exit_code == 0
    assert run("check", "./deal").exit_code == 0
