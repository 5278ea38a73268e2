"""The calls of a workspace on the registers: risks, change requests, promises, early starts; each is one command."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ltcflow import projects as p
from ltcflow.conditions import Money
from ltcflow.names import ElementId
from ltcflow.projects.register import commands as r
from ltcflow.projects.register.responses import Response
from ltcflow.roles import Person
from ltcflow.stages import RiskLevel
from ltcflow.workspace.calls import Calls

MoneyLike = Money | str | None


class RegisterCalls(Calls):
    """One method per command, as in `Calls`."""

    def raise_risk(
        self,
        project: str,
        risk: str,
        *,
        by: Person,
        level: RiskLevel | str | None = None,
        title: str = "",
        owner: str = "",
        probability: int = 0,
        impact: int = 0,
        at: datetime | None = None,
        **more: Any,
    ) -> p.Answer:
        """Put a risk on the register, with a *level*, or rated by steps of the scale of its process.

        Args:
            more: opportunity, cause, what, effect, money ("100_000 CNY"), trigger (a day): see `RaiseRisk`.
        """
        rated = {"level": level, "probability": probability, "impact": impact}
        return self._do(project, r.RaiseRisk, by, at, risk=risk, title=title, owner=owner, **rated, **more)

    def update_risk(
        self,
        project: str,
        risk: str,
        *,
        by: Person,
        level: RiskLevel | str | None = None,
        owner: str = "",
        note: str = "",
        probability: int = 0,
        impact: int = 0,
        money: MoneyLike = None,
        trigger: date | str | None = None,
        at: datetime | None = None,
    ) -> p.Answer:
        """Judge an open risk anew; what is left out stays as it is."""
        rated = {"level": level, "probability": probability, "impact": impact, "money": money, "trigger": trigger}
        return self._do(project, r.UpdateRisk, by, at, risk=risk, owner=owner, note=note, **rated)

    def answer_risk(
        self,
        project: str,
        risk: str,
        *,
        by: Person,
        response: Response | str,
        probability: int = 0,
        impact: int = 0,
        note: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Say how an open risk is responded to, and the *probability* and *impact* that would be left (0: not said)."""
        left = {"probability": probability, "impact": impact}
        return self._do(project, r.AnswerRisk, by, at, risk=risk, response=response, note=note, **left)

    def plan_risk_action(
        self,
        project: str,
        risk: str,
        text: str,
        *,
        by: Person,
        owner: Person,
        due: date | str,
        at: datetime | None = None,
    ) -> p.Answer:
        """Let *owner* do something about an open risk by *due*."""
        return self._do(project, r.PlanRiskAction, by, at, risk=risk, text=text, owner=owner, due=due)

    def finish_risk_action(
        self, project: str, risk: str, action: int, *, by: Person, note: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Say that an action about a risk is done; *action* is its number, from 1."""
        return self._do(project, r.FinishRiskAction, by, at, risk=risk, action=action, note=note)

    def hand_over_risk(
        self, project: str, risk: str, *, by: Person, to: Person, note: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Hand an open risk over to somebody who owns it beyond the end of the project."""
        return self._do(project, r.HandOverRisk, by, at, risk=risk, to=to, note=note)

    def close_risk(
        self, project: str, risk: str, *, by: Person, reason: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Close an open risk."""
        return self._do(project, r.CloseRisk, by, at, risk=risk, reason=reason)

    def request_change(
        self,
        project: str,
        change: str,
        *,
        by: Person,
        title: str = "",
        side: str = "customer",
        asked_by: str = "",
        times: r.TimesLike = (),
        cost: MoneyLike = None,
        price: MoneyLike = None,
        at: datetime | None = None,
    ) -> p.Answer:
        """Ask for a change: *times* is added by activity ({"solution": "2d"}), *cost* to ours, *price* to theirs."""
        said = {"title": title, "side": side, "asked_by": asked_by, "times": times, "cost": cost, "price": price}
        return self._do(project, r.RequestChange, by, at, change=change, **said)

    def assess_change(
        self,
        project: str,
        change: str,
        *,
        by: Person,
        times: r.TimesLike = (),
        cost: MoneyLike = None,
        price: MoneyLike = None,
        note: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Say what a change would do, in the place of what was said before."""
        said = {"times": times, "cost": cost, "price": price, "note": note}
        return self._do(project, r.AssessChange, by, at, change=change, **said)

    def decide_change(
        self, project: str, change: str, *, by: Person, approve: bool, reason: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Approve a change that was assessed, or reject one, with a reason."""
        return self._do(project, r.DecideChange, by, at, change=change, approve=approve, reason=reason)

    def implement_change(
        self, project: str, change: str, *, by: Person, note: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Say that an approved change is made."""
        return self._do(project, r.ImplementChange, by, at, change=change, note=note)

    def record_commitment(
        self,
        project: str,
        commitment: str,
        text: str,
        *,
        by: Person,
        to: str = "",
        made_by: str = "",
        value: MoneyLike = None,
        source: ElementId = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Put on the ledger what was promised, and in which element of the process (*source*)."""
        said = {"to": to, "made_by": made_by, "value": value, "source": source}
        return self._do(project, r.RecordCommitment, by, at, commitment=commitment, text=text, **said)

    def record_clause(
        self, project: str, clause: str, *, by: Person, text: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Put a clause of the contract on the ledger."""
        return self._do(project, r.RecordClause, by, at, clause=clause, text=text)

    def trace_commitment(
        self,
        project: str,
        commitment: str,
        *,
        by: Person,
        clause: str = "",
        activity: ElementId = "",
        acceptance: str = "",
        at: datetime | None = None,
    ) -> p.Answer:
        """Say where a promise stands in the contract, what delivers and what accepts it; "" leaves it as it is."""
        trace = {"clause": clause, "activity": activity, "acceptance": acceptance}
        return self._do(project, r.TraceCommitment, by, at, commitment=commitment, **trace)

    def fulfil_commitment(
        self, project: str, commitment: str, *, by: Person, note: str = "", at: datetime | None = None
    ) -> p.Answer:
        """Say that a promise is kept."""
        return self._do(project, r.FulfilCommitment, by, at, commitment=commitment, note=note)

    def withdraw_commitment(
        self, project: str, commitment: str, *, by: Person, reason: str, at: datetime | None = None
    ) -> p.Answer:
        """Let a promise go, with a reason."""
        return self._do(project, r.WithdrawCommitment, by, at, commitment=commitment, reason=reason)

    def approve_early_start(
        self,
        project: str,
        activity: ElementId,
        *,
        by: Person,
        condition: str,
        due: date | str,
        daily_cost: MoneyLike = None,
        daily_limit: MoneyLike = None,
        limit: MoneyLike = None,
        at: datetime | None = None,
    ) -> p.Answer:
        """Let an activity start before what it waits for, on a condition; at most *limit* may be spent before."""
        stake = {"daily_cost": daily_cost, "daily_limit": daily_limit, "limit": limit}
        said = {"activity": activity, "condition": condition, "due": due, **stake}
        return self._do(project, p.ApproveEarlyStart, by, at, **said)

    def revoke_early_start(
        self, project: str, activity: ElementId, *, by: Person, reason: str, at: datetime | None = None
    ) -> p.Answer:
        """Take back the approval of an early start, with a reason."""
        return self._do(project, r.RevokeEarlyStart, by, at, activity=activity, reason=reason)
