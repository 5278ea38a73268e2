"""``ltcflow demo``: one project from lead to cash; every answer is real."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import Result

from ltcflow.cli.demo_story import CHAPTERS, TEXTS
from ltcflow.cli.demo_teller import Demo, run
from ltcflow.cli.options import Voice
from ltcflow.labels import Lang, width
from ltcflow.projects import Closing, Standing
from ltcflow.projects import events as e
from ltcflow.stages import Verdict

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def told() -> Demo:
    return run(Voice("en"))


def test_it_refuses_recycles_and_goes_with_a_condition_in_this_order(told: Demo) -> None:
    log = told.ws.log("acme-5g")
    verdicts = [event.verdict for event in log if isinstance(event, e.GateDecided)]
    assert verdicts[:3] == [Verdict.RECYCLE, Verdict.CONDITIONAL, Verdict.GO]
    refused = [[reason.code for reason in answer.reasons] for answer in told.answers if not answer.accepted]
    assert refused == [["LTC553"], ["LTC526", "LTC526"], ["LTC522"], ["LTC580"]]
    assert any(isinstance(event, e.ConditionWasMet) for event in log)


def test_it_ends_with_the_last_payment(told: Demo) -> None:
    state = told.ws.state("acme-5g")
    assert (state.standing, state.closing) == (Standing.CLOSED, Closing.WON)
    finished = [event.activity for event in told.ws.log("acme-5g") if isinstance(event, e.ActivityFinished)]
    assert finished[0] == "lead_collection"
    assert "final_payment_collection" in finished[-2:]
    assert told.ws.readiness("acme-5g", "final_payment_ms").ready
    assert told.ws.verify() == ()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("columns", [60, 80, 100, 160])
def test_it_keeps_to_the_width_of_the_terminal(lang: Lang, columns: int, run: Run) -> None:
    result = run("demo", "--lang", lang, COLUMNS=str(columns))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert max(map(width, lines)) <= min(columns, 100)
    assert len(lines) < {60: 280, 80: 200}.get(columns, 160)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_tells_every_chapter_and_every_text_in_one_language(lang: Lang, run: Run) -> None:
    output = " ".join(run("demo", "--lang", lang).stdout.split())
    for en, zh in (*CHAPTERS.values(), *TEXTS.values()):
        assert re.sub(r"\s", "", en if lang == "en" else zh) in re.sub(r"\s", "", output)
    if lang == "en":
        assert not re.search(r"[\u4e00-\u9fff]", output)


def test_it_shows_readiness_before_and_after_and_the_plan_made_anew(run: Run) -> None:
    output = run("demo").stdout
    assert "Work commenced (commencement_ms) is not ready: 25 things are missing" in output
    assert "Work commenced (commencement_ms) is ready: nothing is missing." in output
    moved = re.search(r"Finish of the project +(\S+) +(\S+)", output)
    assert moved is not None
    assert moved[1] < moved[2]


def test_it_leaves_nothing_behind_and_is_the_same_every_time(folder: object, run: Run) -> None:
    from pathlib import Path

    assert run("demo").stdout == run("demo").stdout
    assert [path.name for path in Path().iterdir()] == ["deal.yaml"]
