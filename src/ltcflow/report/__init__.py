"""Reports: what the command line prints, as pure functions from values to text and to plain data.

Every text function takes ``lang`` ("zh" or "en") and returns text that ends with a line end; ``total`` is how many
display columns a line may take. Nothing that comes from a declaration or a record can move the cursor or change
colours: what a terminal would obey instead of show is taken out. Texts are plain, so they can be piped to a file.
"""

from __future__ import annotations

from ltcflow.report.data import summary, to_data
from ltcflow.report.events import event_text, log_lines
from ltcflow.report.mermaid import mermaid
from ltcflow.report.project import answer_text, readiness_text, status_text, why_text
from ltcflow.report.status import Status, status
from ltcflow.report.tables import catalog_table, findings_lines, paragraph, plan_table, table, worklist_table
from ltcflow.report.tree import tree

__all__ = [
    "Status",
    "answer_text",
    "catalog_table",
    "event_text",
    "findings_lines",
    "log_lines",
    "mermaid",
    "paragraph",
    "plan_table",
    "readiness_text",
    "status",
    "status_text",
    "summary",
    "table",
    "to_data",
    "tree",
    "why_text",
    "worklist_table",
]
