"""Commands on the registers of a project: risks, changes, promises, clauses, early starts; and looking at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import click

from ltcflow.cli.answers import finish_with
from ltcflow.cli.options import LENGTH, ElementOf, looking, project_argument, voice, writing
from ltcflow.cli.output import HERE, columns, page, print_data
from ltcflow.cli.sources import workspace

LEVELS = ("low", "medium", "high", "critical")
RESPONSES = ("avoid", "transfer", "mitigate", "accept", "exploit", "share", "enhance")
_STEP = click.IntRange(1, 10)
Mode = tuple[str, str]


def _one_of(given: Mapping[str, object], modes: Mapping[str, str]) -> str:
    """Return which of *modes* (parameter: option) was asked for, "" for none; two at once are a mistake."""
    found = [name for name in modes if given[name]]
    if len(found) > 1:
        first, second = (modes[name] for name in found[:2])
        en, zh = f"{first} and {second} do not go together.", f"{first} 与 {second} 不能同时使用。"
        raise click.UsageError(voice()(en, zh))
    return found[0] if found else ""


def _only(given: Mapping[str, Any], **allowed: str) -> dict[str, Any]:
    """Return what was given of *allowed* (parameter: argument), and refuse every other option that was given."""
    common = ("by", "at", "db", "as_json")
    other = [name for name, value in given.items() if value and name not in allowed and name not in common]
    if other:
        option = "--" + other[0].replace("_", "-")
        en, zh = f"{option} does not go with what is asked for here.", f"{option} 不适用于此操作。"
        raise click.UsageError(voice()(en, zh))
    return {argument: given[name] for name, argument in allowed.items() if given[name]}


@click.command()
@project_argument
@click.argument("risk_id", metavar="RISK")
@click.option("--level", type=click.Choice(LEVELS), help="How heavy it is, where no steps say so.")
@click.option("--probability", type=_STEP, help="The step of its probability on the scale, from 1.")
@click.option("--impact", type=_STEP, help="The step of its impact on the scale, from 1.")
@click.option("--money", metavar="AMOUNT", help="What it would cost, or bring: '100_000 CNY'.")
@click.option("--opportunity", is_flag=True, help="It would do good.")
@click.option("--title", default="", help="What it is, when it is raised.")
@click.option("--owner", default="", metavar="PERSON", help="Who follows it, or does the action.")
@click.option("--trigger", metavar="DAY", help="When it may show itself first.")
@click.option("--update", is_flag=True, help="Judge an open risk anew; --reason is a note.")
@click.option("--response", type=click.Choice(RESPONSES), help="How it is responded to; steps say what is left.")
@click.option("--action", default="", metavar="TEXT", help="Plan something to do about it, with --owner and --due.")
@click.option("--due", metavar="DAY", help="The last day of the action.")
@click.option("--done", type=int, metavar="NUMBER", help="The action with this number is done.")
@click.option("--hand-over", default="", metavar="PERSON", help="Who goes on with it after the project.")
@click.option("--close", is_flag=True, help="Close it.")
@click.option("--reason", default="", help="Why; a note.")
@writing
@click.pass_context
def risk(ctx: click.Context, /, project: str, risk_id: str, **given: Any) -> None:
    """Raise a risk, judge it anew (--update), respond to it, act on it, hand it over, or close it."""
    modes = {"update": "--update", "response": "--response", "action": "--action", "done": "--done"}
    mode = _one_of(given, {**modes, "hand_over": "--hand-over", "close": "--close"})
    steps = {"probability": "probability", "impact": "impact"}
    rated = {"level": "level", "owner": "owner", "money": "money", "trigger": "trigger", **steps}
    needed = {"": ("level", "probability"), "update": tuple(rated)}.get(mode, ())
    if needed and not any(given[name] for name in needed):
        en = "Give --level, or --probability and --impact, to raise or update a risk."
        raise click.UsageError(voice()(en, "请用 --level，或 --probability 与 --impact，登记或更新风险。"))
    options = {
        "": {**rated, "opportunity": "opportunity", "title": "title"},
        "update": {"update": "", **rated, "reason": "note"},
        "response": {"response": "response", **steps, "reason": "note"},
        "action": {"action": "text", "owner": "owner", "due": "due"},
        "done": {"done": "action", "reason": "note"},
        "hand_over": {"hand_over": "to", "reason": "note"},
        "close": {"close": "", "reason": "reason"},
    }[mode]
    said = _only(given, **options)
    if mode == "action" and not (given["due"] and given["owner"]):
        raise click.UsageError(voice()("Give --owner and --due with --action.", "--action 需要 --owner 与 --due。"))
    calls = {"": "raise_risk", "update": "update_risk", "response": "answer_risk", "action": "plan_risk_action"}
    calls |= {"done": "finish_risk_action", "hand_over": "hand_over_risk", "close": "close_risk"}
    _send(ctx, given, calls[mode], project, risk_id, said)


def _send(
    ctx: click.Context, given: Mapping[str, Any], call: str, project: str, name: str, said: dict[str, Any]
) -> None:
    """Call a method of the workspace and say how it was answered."""
    said.pop("", None)
    with workspace(given["db"]) as ws:
        method: Callable[..., Any] = getattr(ws, call)
        answer = method(project, name, by=given["by"], at=given["at"], **said)
    finish_with(ctx, answer, given["as_json"])


@click.command()
@project_argument
@click.argument("change_id", metavar="CHANGE")
@click.option("--title", default="", help="What is to be changed.")
@click.option("--side", type=click.Choice(["customer", "us"]), help="Who wants it (customer).")
@click.option("--asked-by", default="", metavar="NAME", help="Who asked, by name.")
@click.option("--time", "times", type=LENGTH, multiple=True, metavar="ACTIVITY=2d", help="Time it adds; repeatable.")
@click.option("--cost", metavar="AMOUNT", help="What it adds to our cost: '60_000 CNY'.")
@click.option("--price", metavar="AMOUNT", help="What it adds to the price.")
@click.option("--assess", is_flag=True, help="Say what it would do, in the place of what was said before.")
@click.option("--approve", is_flag=True, help="Approve it, once it is assessed.")
@click.option("--reject", is_flag=True, help="Reject it, with --reason.")
@click.option("--made", is_flag=True, help="Say that an approved change is made.")
@click.option("--reason", default="", help="Why; a note.")
@writing
@click.pass_context
def change(ctx: click.Context, /, project: str, change_id: str, **given: Any) -> None:
    """Take in a change request, or --assess, --approve, --reject it, or say that it is --made."""
    mode = _one_of(given, {name: f"--{name}" for name in ("assess", "approve", "reject", "made")})
    effect = {"times": "times", "cost": "cost", "price": "price"}
    options = {
        "": {"title": "title", "side": "side", "asked_by": "asked_by", **effect},
        "assess": {"assess": "", "reason": "note", **effect},
        "approve": {"approve": "approve", "reason": "reason"},
        "reject": {"reject": "", "reason": "reason"},
        "made": {"made": "", "reason": "note"},
    }[mode]
    said = _only(given, **options)
    if mode == "reject":
        said["approve"] = False
    calls = {"": "request_change", "assess": "assess_change", "made": "implement_change"}
    _send(ctx, given, calls.get(mode, "decide_change"), project, change_id, said)


@click.command()
@project_argument
@click.argument("promise_id", metavar="PROMISE")
@click.option("--text", default="", help="What was promised.")
@click.option("--to", default="", metavar="NAME", help="To whom.")
@click.option("--made-by", default="", metavar="NAME", help="Who promised it.")
@click.option("--value", metavar="AMOUNT", help="What it is worth.")
@click.option("--source", default="", metavar="ELEMENT", help="In which activity, gate or deliverable.")
@click.option("--clause", default="", help="Trace it: the clause of the contract in which it stands.")
@click.option("--activity", default="", help="Trace it: the activity that delivers it.")
@click.option("--acceptance", default="", metavar="ELEMENT", help="Trace it: by what it is accepted; GATE/KEY too.")
@click.option("--kept", is_flag=True, help="It is kept.")
@click.option("--let-go", is_flag=True, help="Let it go, with --reason.")
@click.option("--reason", default="", help="Why; a note.")
@writing
@click.pass_context
def promise(ctx: click.Context, /, project: str, promise_id: str, **given: Any) -> None:
    """Put a promise on the ledger (--text), trace it to clause, activity and acceptance, or say that it is --kept."""
    traced = given["clause"] or given["activity"] or given["acceptance"]
    mode = _one_of({**given, "trace": traced}, {"trace": "--clause", "kept": "--kept", "let_go": "--let-go"})
    if not mode and not given["text"]:
        raise click.UsageError(voice()("Give --text: what was promised.", "请用 --text 说明承诺的内容。"))
    options = {
        "": {"text": "text", "to": "to", "made_by": "made_by", "value": "value", "source": "source"},
        "trace": {"clause": "clause", "activity": "activity", "acceptance": "acceptance"},
        "kept": {"kept": "", "reason": "note"},
        "let_go": {"let_go": "", "reason": "reason"},
    }[mode]
    said = _only(given, **options)
    if mode == "let_go":
        said.setdefault("reason", "")
    calls = {"": "record_commitment", "trace": "trace_commitment", "kept": "fulfil_commitment"}
    _send(ctx, given, calls.get(mode, "withdraw_commitment"), project, promise_id, said)


@click.command()
@project_argument
@click.argument("clause_id", metavar="CLAUSE")
@click.option("--text", default="", help="What it says.")
@writing
@click.pass_context
def clause(ctx: click.Context, /, project: str, clause_id: str, **given: Any) -> None:
    """Put a clause of the contract on the ledger, so that promises can be traced to it."""
    _send(ctx, given, "record_clause", project, clause_id, {"text": given["text"]})


@click.command("early-start")
@project_argument
@click.argument("activity", type=ElementOf("activity"))
@click.option("--condition", default="", metavar="TEXT", help="What is to be true until the day.")
@click.option("--due", metavar="DAY", help="The last day: 2026-04-30.")
@click.option("--daily-cost", metavar="AMOUNT", help="What a working day of it costs: '2_000 CNY'.")
@click.option("--daily-limit", metavar="AMOUNT", help="The most that a working day may cost.")
@click.option("--limit", metavar="AMOUNT", help="The most that may be spent before the condition is met.")
@click.option("--revoke", is_flag=True, help="Take the approval back, with --reason.")
@click.option("--reason", default="", help="Why; a note.")
@writing
@click.pass_context
def early_start(ctx: click.Context, /, project: str, activity: str, **given: Any) -> None:
    """Let an activity start before what it waits for, on a condition that is open until it is met; or --revoke it."""
    if given["revoke"]:
        said = _only(given, revoke="", reason="reason")
        said.setdefault("reason", "")
        _send(ctx, given, "revoke_early_start", project, activity, said)
        return
    if not (given["condition"] and given["due"]):
        raise click.UsageError(voice()("Give --condition and --due.", "请给出 --condition 与 --due。"))
    money = {name: name for name in ("daily_cost", "daily_limit", "limit")}
    _send(ctx, given, "approve_early_start", project, activity, _only(given, condition="condition", due="due", **money))


@click.command()
@project_argument
@click.option("--matrix", is_flag=True, help="As a matrix of probability and impact.")
@looking
def risks(project: str, matrix: bool, db: str | None, at: datetime | None, as_json: bool) -> None:
    """Show the risk register: ranked, with exposure, response, owner and next action, to the day each is closed."""
    from ltcflow.report.registers import matrix_text, risks_text

    with workspace(db) as ws:
        found = ws.risks(project, at=at)
    if as_json:
        print_data(found)
    elif matrix:
        page(matrix_text(found.matrix, voice().lang, total=columns()))
    else:
        page(risks_text(found, voice().lang, total=columns(), zone=HERE))


@click.command()
@project_argument
@click.option("--calendar", metavar="NAME", help="weekdays, always, or a country such as CN.")
@click.option("--default-duration", metavar="3d", help="For activities that nobody estimated.")
@looking
def changes(
    project: str,
    calendar: str | None,
    default_duration: str | None,
    db: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Show the change requests: what each does to the finish, the milestones and the margin."""
    from ltcflow.report.registers import changes_text

    with workspace(db) as ws:
        process = ws.process(project)
        found = ws.changes(project, at=at, calendar=calendar, default_duration=default_duration)
    if as_json:
        names = ("impacts", "approved", "pending", "approved_shift", "pending_shift")
        print_data({**{name: getattr(found, name) for name in names}, "finish": found.plan.finish})
    else:
        page(changes_text(found, process, voice().lang, total=columns()))


@click.command()
@project_argument
@click.option("--strict", is_flag=True, help="Let orphans fail: exit with 1.")
@looking
@click.pass_context
def promises(
    ctx: click.Context, project: str, strict: bool, db: str | None, at: datetime | None, as_json: bool
) -> None:
    """Show the ledger of promises: each from the bid over clause and delivery to acceptance; orphans are findings."""
    from ltcflow.report.registers import promises_text

    with workspace(db) as ws:
        process, found = ws.process(project), ws.promises(project, at=at)
    if as_json:
        print_data(found)
    else:
        page(promises_text(found, process, voice().lang, total=columns()))
    ctx.exit(int(strict and any(promise.orphan for promise in found.promises)))


@click.command("early-starts")
@project_argument
@click.option("--days", is_flag=True, help="What each cost by working day as well.")
@looking
def early_starts(project: str, days: bool, db: str | None, at: datetime | None, as_json: bool) -> None:
    """Show the early starts: approval, condition, what was spent by working day, and how each ended."""
    from ltcflow.report.registers import early_starts_text

    with workspace(db) as ws:
        process, found = ws.process(project), ws.early_starts(project, at=at)
    if as_json:
        print_data(found)
    else:
        page(early_starts_text(found, process, voice().lang, days=days, total=columns(), zone=HERE))
