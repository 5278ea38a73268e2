"""Time limits and escalation ladders that make no sense."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ltcflow.findings import Finding

Found = Callable[[str, str], tuple[Finding, ...]]

HEAD = "calendar: CN\nroles: {seller: 销售, boss: 总监}\n"
ACTIVITY = "stages.bid.activities.draft"
CASES = {
    "LTC341": (
        f"{HEAD}escalation: [{{share: 0.8, tell: seller}}, {{used: 3d, tell: boss}}]\n"
        "stages: [{stage: bid, activities: [{activity: draft, time_limit: 5d}]}]\n",
        ("used: 3d", "used: 4d 1min"),
        "escalation[1]",
        "reaches 'used 3d' no later than '80%' before it, under the limit 5d of 'draft'",
        ("80%", "used 3d"),
    ),
    "LTC342": (
        f"{HEAD}stages: [{{stage: bid, activities: [{{activity: draft, time_limit: 5d, continuous: true}}]}}]\n",
        ("continuous: true", "continuous: false"),
        f"{ACTIVITY}.time_limit",
        "limits 'draft', which runs along its stage",
        ("draft",),
    ),
    "LTC343": (
        "stages: [{stage: bid, activities: [{activity: draft, time_limit: 5d}]}]\n",
        ("time_limit: 5d", "time_limit: 5d, calendar: CN"),
        f"{ACTIVITY}.time_limit",
        "counts 5d of working time for 'draft', and no calendar",
        ("draft",),
    ),
}


def _one(keys: str, head: str = HEAD) -> str:
    return f"{head}stages: [{{stage: bid, activities: [{{activity: draft, {keys}}}]}}]\n"


@pytest.mark.parametrize(
    ("code", "text", "where", "words"),
    [
        (
            "LTC341",
            _one("time_limit: 5d, escalation: [{overdue: 1ed, tell: boss}]"),
            f"{ACTIVITY}.escalation[0]",
            "another kind of time",
        ),
        (
            "LTC341",
            _one("time_limit: 1min, escalation: [{share: 0.1, tell: boss}, {share: 0.2, tell: seller}]"),
            f"{ACTIVITY}.escalation[1]",
            "'20%' no later than '10%'",
        ),
        ("LTC342", _one("escalation: [{overdue: 1d, tell: boss}]"), f"{ACTIVITY}.escalation", "but it has none"),
        ("LTC110", _one("time_limit: 5d, escalation: [{overdue: 1d, tell: bos}]"),
         f"{ACTIVITY}.escalation[0].tell[0]", "'bos'"),
        ("LTC110", f"{HEAD}escalation: [{{overdue: 1d, tell: [seller, bos]}}]\n", "escalation[0].tell[1]", "'bos'"),
    ],
)  # fmt: skip
def test_nonsense_is_found_where_it_stands(code: str, text: str, where: str, words: str, findings: Found) -> None:
    (found,) = findings(code, text)
    assert (found.where, words in found.problem) == (where, True)


@pytest.mark.parametrize(
    "text",
    [
        _one("time_limit: 5ed, escalation: [{overdue: 1ed, tell: boss}]"),
        _one("time_limit: 5ed", head="roles: {boss: 总监}\n"),
        _one("time_limit: 5d, escalation: []"),
        _one("time_limit: 5d") + "escalation: [{share: 1, tell: boss}, {overdue: 1min, tell: boss}]\n",
        "stages: [{stage: bid, gates: [{gate: atb, lead_time: 2d}]}]\n",
    ],
)
def test_sense_is_left_alone(text: str, findings: Found) -> None:
    assert [findings(code, text) for code in CASES] == [(), (), ()]
