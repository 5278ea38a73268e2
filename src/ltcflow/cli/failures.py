"""What an error looks like on the command line: one line, in the language that was asked for."""

from __future__ import annotations

import re

from ltcflow.cli.options import voice
from ltcflow.cli.output import clean, line
from ltcflow.errors import InvalidValue, LtcflowError, UnknownName, did_you_mean
from ltcflow.findings import DefinitionError
from ltcflow.labels import Lang

UNREADABLE = "LTC101"
"""The finding of a file that is not there or cannot be read: a mistake of the caller, not of the definition."""
KINDS = {
    "activity": "活动",
    "activity, gate or milestone": "活动、关口或里程碑",
    "calendar": "日历",
    "command": "命令",
    "criterion": "判据",
    "definition": "流程定义",
    "deliverable": "交付件",
    "element": "要素",
    "element in the plan": "计划要素",
    "fact": "事实",
    "format": "格式",
    "gate": "关口",
    "milestone": "里程碑",
    "process": "流程",
    "project": "项目",
    "role": "角色",
    "stage": "阶段",
}
SENTENCES: tuple[tuple[str, str], ...] = (
    ("is not a date.", "不是日期。"),
    ("is not a duration.", "不是时长。"),
    ("is not a snake_case id.", "不是 snake_case 标识。"),
    ("is not a level.", "不是级别。"),
    ("is not a risk level.", "不是风险级别。"),
    ("is not a verdict.", "不是结论。"),
    ("is not an ending.", "不是结束方式。"),
    ("is not a text that can be kept.", "不是可保存的文本。"),
    ("is not text.", "不是文本。"),
    ("is empty.", "为空。"),
    ("is negative.", "为负。"),
    ("is too long.", "过长。"),
    ("is no choice here.", "不是此处可作的选择。"),
    ("does not name a person.", "不是人名。"),
    ("holds a NUL character.", "含有 NUL 字符。"),
    ("mixes working and elapsed units.", "混用了工作时间与日历时间单位。"),
    ("is not a whole number of minutes.", "不是整分钟。"),
    ("Nobody is named.", "没有指明由谁发起。"),
    ("is a folder.", "是文件夹。"),
    ("lies in a folder that is not there.", "所在的文件夹不存在。"),
    ("is no address of a store.", "不是存储地址。"),
    ("is no SQLite database.", "不是 SQLite 数据库。"),
    ("is a PostgreSQL database, which comes with a later version of ltcflow.", "是 PostgreSQL 数据库,后续版本才支持。"),
    ("the definition a project runs on is missing, changed or unreadable.", "项目所依据的流程定义缺失、被改动或不可读。"),
    (r"is the database of another application \((.*)\); it was left as it is.", r"是其他应用的数据库(\1),未作改动。"),
    (r"has (\d+) characters.", r"有 \1 个字符。"),
    (r"Write for example (.*), or (.*) for elapsed days.", r"例如 \1;日历日写作 \2。"),
    (r"Write '(.*)'.", r"请写成“\1”。"),
    (r"Write (.*)\.", r"请写 \1。"),
    (r"Give at most (.*)\.", r"最多 \1。"),
    ("Give a name or account such as 'li.wei'.", "请给出姓名或账号,例如 li.wei。"),
    ("Say who begins the project: by=...", "请用 --by 指明。"),
    ("Give at least one character.", "请至少给出一个字符。"),
    ("Name a file in it, such as sales.db.", "请给出其中的文件名,例如 sales.db。"),
    (r"Make (.*) first.", r"请先建立 \1。"),
    (r"Use (.*)\.", r"请用 \1。"),
    ("Restore the file from a backup.", "请从备份恢复。"),
)
"""English sentences of errors (regular expressions) and the Chinese ones; what is not listed stays English."""
_WHOLE: tuple[tuple[str, str], ...] = (
    (r"no record is named\. Give --db sales\.db, or set LTCFLOW_DB\.", "没有指明记录。请给出 --db sales.db,或设置 LTCFLOW_DB。"),
    (r"(?s)(.*): there is no such record\. 'ltcflow start' makes one\.", r"\1:没有这份记录。ltcflow start 会建立记录。"),
    (r"(?s)(.*): ends with this command\. Name a file, such as --db sales\.db\.", r"\1:命令结束即消失。请给出文件,例如 --db sales.db。"),
)  # fmt: skip


def tell(error: LtcflowError) -> int:
    """Print *error* on stderr and return the exit code: 1 for findings of a definition, else 2."""
    say = voice()
    if isinstance(error, DefinitionError):
        for finding in error.findings:
            line(finding.text(say.lang), err=True)
        return 2 if any(f.code == UNREADABLE for f in error.findings) else 1
    line(f"ltcflow: {sentence(error, say.lang)}", err=True)
    return 2


def sentence(error: LtcflowError, lang: Lang) -> str:
    """Return *error* as one line: its code and what is wrong."""
    if lang == "en":
        return clean(error)
    if isinstance(error, UnknownName):
        return clean(f"{error.code}: {_unknown(error)}")
    problem, remedy = getattr(error, "problem", ""), getattr(error, "remedy", "")
    if problem:
        subject = getattr(error, "store", "")
        if isinstance(error, InvalidValue):
            subject = f"{error.field}: {error.value[:80]}"
        said = getattr(error, "problem_zh", "") or translated(problem)
        advice = getattr(error, "remedy_zh", "") or translated(remedy)
        return clean(f"{error.code}: {subject}: {said} {advice}" if subject else f"{error.code}: {said} {advice}")
    code, _, text = str(error).partition(": ")
    for english, chinese in _WHOLE:
        if re.fullmatch(english, text):
            return clean(f"{code}: {re.sub(english, chinese, text, count=1)}")
    return clean(error)


def _unknown(error: UnknownName) -> str:
    near = did_you_mean(error.value, error.known)
    hint = f"是不是 {' 或 '.join(near)}?" if near else ""
    if not near and error.known:
        hint = f"已有:{'、'.join(error.known[:8])}{'……' if len(error.known) > 8 else ''}。"
    return f"没有名为 {error.value[:200]!r} 的{KINDS.get(error.kind, error.kind)}。{hint}"


def translated(english: str) -> str:
    """Return a sentence of an error in Chinese, or as it is when it is not known."""
    for pattern, chinese in SENTENCES:
        match = re.fullmatch(pattern.replace("(.*)", "(.*?)") if pattern.isascii() else pattern, english)
        if match:
            return match.expand(chinese) if "\\" in chinese else chinese
    return english
