"""A project on the command line, as somebody would run it; and what each command answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
DB = ("--db", "sales.db")
TEAM = ("--team", "boss=zhang.min", "--team", "seller=li.wei,he.ping", "--team", "lawyer=wu.min")


def test_a_project_from_lead_to_cash(folder: Path, run: Run) -> None:
    def do(*arguments: str, code: int = 0) -> str:
        result = run(*arguments, *DB)
        assert result.exit_code == code, result.output
        return result.output

    assert "exactly one named human being" in do("start", "deal.yaml", "--project", "acme", "--by", "li.wei", code=1)
    said = do("start", "deal.yaml", "--project", "acme", "--title", "Acme", *TEAM, "--by", "li.wei")
    assert "li.wei started project acme 'Acme' on 'small_deal' 1.0." in said
    assert "begin  visit" in do("work", "li.wei")
    do("finish", "acme", "visit", "--by", "li.wei")
    assert "Ask li.wei, he.ping" in do("begin", "acme", "write_offer", "--by", "wu.min", code=1)
    do("begin", "acme", "write_offer", "--by", "li.wei")
    assert "still without scope" in do("submit", "acme", "offer", "--by", "li.wei", "--field", "price=5m")
    do("finish", "acme", "write_offer", "--by", "li.wei")
    assert "finance" in do("vote", "acme", "release", "--by", "zhang.min", "--verdict", "go", code=1)
    assert "Record amount." in do("ready", "acme", "release", code=1)
    do("fact", "acme", "amount=5_000_000", "--by", "li.wei")
    said = do("vote", "acme", "release", "--by", "zhang.min", "--verdict", "go", code=1)
    assert "-> Submit 'offer' again with scope (li.wei, he.ping)." in said
    assert "-> Record margin (li.wei, he.ping)." in said
    assert "margin not known" in said
    do("submit", "acme", "offer", "--by", "li.wei", "--field", "price=5m", "--field", "scope=two sites")
    do("fact", "acme", "margin=12%", "--by", "li.wei")
    assert "seen: margin = 12%" in do("vote", "acme", "release", "--by", "zhang.min", "--verdict", "go", code=1)
    assert "--reason" in do("vote", "acme", "release", "--by", "zhang.min", "--verdict", "recycle", code=1)
    said = do("vote", "acme", "release", "--by", "zhang.min", "--verdict", "recycle", "--reason", "too thin")
    assert "'release' is not decided yet: wu.min can still vote." in said
    said = do("vote", "acme", "release", "--by", "wu.min", "--verdict", "recycle", "--reason", "too thin")
    assert "open again: 'write_offer'" in said
    assert "not decided yet" not in said
    do("begin", "acme", "write_offer", "--by", "he.ping")
    do("submit", "acme", "offer", "--by", "he.ping", "--field", "price=6m", "--field", "scope=two sites")
    do("finish", "acme", "write_offer", "--by", "he.ping")
    do("fact", "acme", "margin=25%", "--by", "li.wei")
    assert "--condition" in do("vote", "acme", "release", "--by", "zhang.min", "--verdict", "conditional", code=1)
    condition = ("--condition", "a letter; of the bank;li.wei;2999-01-01")
    do("vote", "acme", "release", "--by", "zhang.min", "--verdict", "conditional", *condition)
    do("vote", "acme", "release", "--by", "wu.min", "--verdict", "go")
    assert "a letter; of the bank" in do("status", "acme"), do("log", "acme") + do("status", "acme")
    do("finish", "acme", "deliver", "--by", "li.wei")
    said = do("vote", "acme", "accepted", "--by", "wu.min", "--verdict", "go", code=1)
    assert "condition 'release.2.1' of 'release' is not met" in said
    do("redate", "acme", "release.2.1", "--due", "2999-02-01", "--by", "zhang.min", "--reason", "the bank is slow")
    do("meet", "acme", "release.2.1", "--by", "li.wei", "--note", "letter of 4 April")
    do("vote", "acme", "accepted", "--by", "wu.min", "--verdict", "go")
    assert "not ready" in do("ready", "acme", "paid", code=1)
    assert "left: collect" in do("close", "acme", "won", "--by", "li.wei", code=1)
    do("finish", "acme", "collect", "--by", "li.wei")
    assert "is ready" in do("ready", "acme", "paid")
    do("close", "acme", "won", "--by", "li.wei")
    assert "closed (won)" in do("status", "acme")
    assert "Unbroken" in do("verify")


WRITING: dict[str, tuple[list[str], int]] = {
    "begin": (["begin", "acme", "deliver"], 1),
    "finish": (["finish", "acme", "visit"], 1),
    "submit": (["submit", "acme", "offer", "--field", "price=6m", "--field", "scope=a"], 0),
    "fact": (["fact", "acme", "margin=15%", "amount=1000000"], 0),
    "vote": (["vote", "acme", "release", "--verdict", "go"], 1),
    "delegate": (["delegate", "acme", "release", "--to", "he.ping"], 1),
    "waive": (["waive", "acme", "release", "fact:margin >= 0.2", "--reason", "a gift"], 1),
    "meet": (["meet", "acme", "release.1.1"], 1),
    "redate": (["redate", "acme", "release.1.1", "--due", "2999-01-01", "--reason", "x"], 1),
    "early-start": (["early-start", "acme", "deliver", "--condition", "paid", "--due", "2999-01-01"], 1),
    "assign": (["assign", "acme", "seller", "li.wei", "he.ping"], 0),
    "risk raised": (["risk", "acme", "fx", "--level", "high", "--title", "the rate", "--owner", "he.ping"], 0),
    "risk updated": (["risk", "acme", "late", "--update", "--level", "critical", "--reason", "worse"], 0),
    "risk closed": (["risk", "acme", "late", "--close", "--reason", "in time"], 0),
    "note": (["note", "acme", "called the customer"], 0),
    "hold": (["hold", "acme", "--reason", "summer"], 0),
    "resume": (["resume", "acme"], 1),
    "close": (["close", "acme", "lost", "--reason", "price"], 0),
    "reopen": (["reopen", "acme", "--reason", "again"], 1),
    "delegate-authority": (["delegate-authority", "acme", "--to", "he.ping", "--until", "2999-01-01"], 1),
    "delegate-authority in scope": (
        [
            "delegate-authority",
            "acme",
            "--to",
            "x",
            "--until",
            "2999-01-01",
            "--gate",
            "no",
            "--role",
            "no",
            "--onward",
        ],
        1,
    ),
    "revoke-delegation": (["revoke-delegation", "acme", "delegation.1", "--reason", "back"], 1),
    "substitutes": (["substitutes", "acme", "boss", "qian.yu", "sun.li"], 0),
    "absent": (["absent", "acme", "li.wei", "--until", "2999-01-01", "--since", "2998-12-01", "--note", "leave"], 0),
    "back": (["back", "acme", "li.wei"], 1),
}


@pytest.mark.parametrize("name", WRITING)
def test_a_writing_command_answers_in_english_chinese_and_json(name: str, record: str, run: Run) -> None:
    arguments, code = WRITING[name]
    by = ["--by", "li.wei", "--db", record]
    kept = Path(record).read_bytes()
    for more, heads in (([], ("Accepted.", "Refused;")), (["--lang", "zh"], ("已接受。", "已拒绝；"))):
        Path(record).write_bytes(kept)
        result = run(*arguments, *by, *more)
        assert result.exit_code == code, result.output
        assert result.stdout.startswith(heads[code])
        assert (Path(record).read_bytes() == kept) == bool(code)
    Path(record).write_bytes(kept)
    told: dict[str, Any] = json.loads(run(*arguments, *by, "--json").stdout)
    assert told["accepted"] is not bool(code)
    assert told["reasons" if code else "events"]


def test_the_time_of_a_command_can_be_given(record: str, run: Run) -> None:
    run("note", "acme", "late entry", "--by", "li.wei", "--at", "2026-03-05T08:00+08:00", "--db", record)
    last = json.loads(run("log", "acme", "--last", "1", "--json", "--db", record).stdout)[0]
    assert last["at"] == "2026-03-05T00:00:00+00:00"
    result = run("note", "acme", "earlier", "--by", "li.wei", "--at", "2026-03-04", "--db", record)
    assert (result.exit_code, "LTC503" in result.stdout) == (1, True)


def test_the_record_can_be_named_in_the_environment_or_by_its_address(record: str, run: Run) -> None:
    assert run("verify", LTCFLOW_DB=record).exit_code == 0
    assert run("verify", "--db", f"sqlite:///{record}").exit_code == 0


def test_a_project_is_begun_by_who_is_first_responsible_unless_somebody_is_named(folder: Path, run: Run) -> None:
    team = ["--team", "boss=zhang.min", "--team", "seller=li.wei"]
    assert "li.wei started" in run("start", "deal.yaml", "--project", "one", *team, *DB).output
    assert "wu.min started" in run("start", "deal.yaml", "--project", "two", *team, "--by", "wu.min", *DB).output
    result = run("start", "deal.yaml", "--project", "three", *DB)
    assert result.exit_code == 2
    assert "Say who begins it: --by PERSON, or --team seller=PERSON." in result.stderr


def test_a_project_runs_on_a_process_of_the_catalog(folder: Path, run: Run) -> None:
    team = ["--team", "project_owner=zhang.min", "--team", "account_manager=li.wei"]
    assert run("start", "ltc_level1_activity_map", "--project", "a", *team, *DB).exit_code == 0
    assert "lead_collection" in run("status", "a", *DB).output
    assert "has been started" in run("start", "ltc_level1_activity_map", "--project", "a", *team, *DB).output


def test_no_project_begins_on_a_process_with_errors(folder: Path, run: Run) -> None:
    text = (folder / "deal.yaml").read_text(encoding="utf-8")
    (folder / "bad.yaml").write_text(text.replace("decided_by: lawyer", "decided_by: nobody"), encoding="utf-8")
    result = run("start", "bad.yaml", "--project", "acme", *TEAM, *DB)
    assert result.exit_code == 1
    assert "LTC504" in result.output


def test_an_empty_record_says_so(folder: Path, run: Run) -> None:
    run("start", "deal.yaml", "--project", "acme", "--by", "li.wei", *DB)
    assert run("projects", *DB).stdout == "No projects yet: 'ltcflow start' begins one.\n"
    assert json.loads(run("projects", *DB, "--json").stdout) == []
