"""Reports: what the command line prints, as pure functions from values to text and to plain data.

Every text function takes ``lang`` ("zh" or "en") and returns text that ends with a line end; ``total`` is how many
display columns a line may take. Nothing that comes from a declaration or a record can move the cursor or change
colours: what a terminal would obey instead of show is taken out. Texts are plain, so they can be piped to a file.

Each function is loaded where it is first used: a table of findings needs nothing of what a project's status needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ltcflow.report.answers import answer_text as answer_text
    from ltcflow.report.answers import criteria_table as criteria_table
    from ltcflow.report.answers import still_to_vote as still_to_vote
    from ltcflow.report.data import summary as summary
    from ltcflow.report.data import to_data as to_data
    from ltcflow.report.events import event_text as event_text
    from ltcflow.report.events import log_lines as log_lines
    from ltcflow.report.flowchart import mermaid as mermaid
    from ltcflow.report.lagging import lag_text as lag_text
    from ltcflow.report.levelled import levelled_data as levelled_data
    from ltcflow.report.levelled import levelled_text as levelled_text
    from ltcflow.report.missing import readiness_text as readiness_text
    from ltcflow.report.missing import why_text as why_text
    from ltcflow.report.outline import tree as tree
    from ltcflow.report.project import status_text as status_text
    from ltcflow.report.receipts import cash_text as cash_text
    from ltcflow.report.receipts import unpaid_text as unpaid_text
    from ltcflow.report.simulated import Prospect as Prospect
    from ltcflow.report.simulated import prospect as prospect
    from ltcflow.report.simulated import prospect_text as prospect_text
    from ltcflow.report.standing import Status as Status
    from ltcflow.report.standing import status as status
    from ltcflow.report.tables import catalog_table as catalog_table
    from ltcflow.report.tables import finding_line as finding_line
    from ltcflow.report.tables import findings_summary as findings_summary
    from ltcflow.report.tables import paragraph as paragraph
    from ltcflow.report.tables import plan_table as plan_table
    from ltcflow.report.tables import table as table
    from ltcflow.report.tables import worklist_table as worklist_table
    from ltcflow.report.ways import path_text as path_text

_HOME = {
    "lag_text": "lagging",
    "path_text": "ways",
    "unpaid_text": "receipts",
    "Prospect": "simulated",
    "prospect_text": "simulated",
    "prospect": "simulated",
    "levelled_text": "levelled",
    "levelled_data": "levelled",
    "cash_text": "receipts",
    "Status": "standing",
    "answer_text": "answers",
    "criteria_table": "answers",
    "catalog_table": "tables",
    "event_text": "events",
    "finding_line": "tables",
    "findings_summary": "tables",
    "log_lines": "events",
    "mermaid": "flowchart",
    "paragraph": "tables",
    "plan_table": "tables",
    "readiness_text": "missing",
    "status": "standing",
    "still_to_vote": "answers",
    "status_text": "project",
    "summary": "data",
    "table": "tables",
    "to_data": "data",
    "tree": "outline",
    "why_text": "missing",
    "worklist_table": "tables",
}
__all__ = [
    "Prospect",
    "Status",
    "answer_text",
    "cash_text",
    "catalog_table",
    "criteria_table",
    "event_text",
    "finding_line",
    "findings_summary",
    "lag_text",
    "levelled_data",
    "levelled_text",
    "log_lines",
    "mermaid",
    "paragraph",
    "path_text",
    "plan_table",
    "prospect",
    "prospect_text",
    "readiness_text",
    "status",
    "status_text",
    "still_to_vote",
    "summary",
    "table",
    "to_data",
    "tree",
    "unpaid_text",
    "why_text",
    "worklist_table",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for, once (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'ltcflow.report' has no attribute {name!r}")
    value = getattr(import_module(f"ltcflow.report.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
