"""Projects: one sales project running through a process, purely: commands in, events out, state derived."""

from __future__ import annotations

from ltcflow.projects.answers import Accepted, Answer, CriterionAnswer, Reason, Refused
from ltcflow.projects.chains import Link, why
from ltcflow.projects.codec import UnreadableEvent, event_from_data, event_to_data
from ltcflow.projects.commands import (
    AddNote,
    AnyCommand,
    ApproveEarlyStart,
    AssignRole,
    CastVote,
    CloseProject,
    CloseRisk,
    Closing,
    Command,
    DelegateVote,
    FinishActivity,
    HoldProject,
    MeetCondition,
    Promise,
    RaiseRisk,
    RecordFacts,
    RedateCondition,
    ReopenProject,
    ResumeProject,
    StartActivity,
    StartProject,
    SubmitDeliverable,
    UpdateRisk,
    WaiveCriterion,
)
from ltcflow.projects.criteria import CriterionContext, Judge, Judgement, Judges, judge, judge_all
from ltcflow.projects.decide import ALLOWED, Policy, decide
from ltcflow.projects.events import AnyEvent, Event
from ltcflow.projects.progress import Progress, choices_made
from ltcflow.projects.readiness import Missing, Outlook, Readiness, readiness
from ltcflow.projects.reasons import REASONS
from ltcflow.projects.state import NOTHING, ProjectState, Standing, actual_finishes, apply, replay
from ltcflow.projects.success import StageSuccess, successes
from ltcflow.projects.votes import Tally, tally, voters
from ltcflow.projects.worklist import WorkItem, worklist

__all__ = [
    "ALLOWED",
    "NOTHING",
    "REASONS",
    "Accepted",
    "AddNote",
    "Answer",
    "AnyCommand",
    "AnyEvent",
    "ApproveEarlyStart",
    "AssignRole",
    "CastVote",
    "CloseProject",
    "CloseRisk",
    "Closing",
    "Command",
    "CriterionAnswer",
    "CriterionContext",
    "DelegateVote",
    "Event",
    "FinishActivity",
    "HoldProject",
    "Judge",
    "Judgement",
    "Judges",
    "Link",
    "MeetCondition",
    "Missing",
    "Outlook",
    "Policy",
    "Progress",
    "ProjectState",
    "Promise",
    "RaiseRisk",
    "Readiness",
    "Reason",
    "RecordFacts",
    "RedateCondition",
    "Refused",
    "ReopenProject",
    "ResumeProject",
    "StageSuccess",
    "Standing",
    "StartActivity",
    "StartProject",
    "SubmitDeliverable",
    "Tally",
    "UnreadableEvent",
    "UpdateRisk",
    "WaiveCriterion",
    "WorkItem",
    "actual_finishes",
    "apply",
    "choices_made",
    "decide",
    "event_from_data",
    "event_to_data",
    "judge",
    "judge_all",
    "readiness",
    "replay",
    "successes",
    "tally",
    "voters",
    "why",
    "worklist",
]
