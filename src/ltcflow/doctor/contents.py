"""What a record holds: its tables, every log and definition, the feed, and its time beside the clock's."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from ltcflow.doctor.checks import Check, Found, Status, check, failed, guarded, of_finding
from ltcflow.doctor.places import reading
from ltcflow.errors import LtcflowError, UnknownName
from ltcflow.stores import Description, SqlStore, StoreError

if TYPE_CHECKING:
    from ltcflow.process import Process
    from ltcflow.workspace import Workspace

AHEAD = timedelta(minutes=5)
"""How far another computer's clock may be ahead of this one."""
PAGE = 2000
_FAULTS = 10
"""How many lines of SQLite's own examination are shown."""


def content_checks(store: SqlStore, place: str, now: datetime) -> Found:
    """Yield what there is to say about an open store that is only read."""
    from ltcflow.workspace import Workspace

    about = store.describe()
    yield from _written(about)
    if about.kind == "sqlite":
        yield from guarded("integrity", ("Integrity", "完整性"), lambda: _integrity(place))
    ws = Workspace(store, clock=lambda: now)
    lengths: dict[str, int] = {}
    yield from guarded("projects", ("Projects", "项目"), lambda: _projects(ws, lengths, now))
    yield from guarded("feed", ("Feed", "事件流"), lambda: _feed(store, lengths, about.kind))


def _written(about: Description) -> Found:
    from ltcflow.stores import schema

    title = ("Tables", "数据表")
    if about.tables == schema.VERSION:
        yield check("tables", title, (f"version {about.tables}", f"版本 {about.tables}"))
    else:
        yield check(
            "tables",
            title,
            (f"version {about.tables}, of an older ltcflow.", f"版本 {about.tables}，由旧版 ltcflow 写成。"),
            Status.WARNING,
            (
                f"Opening it to write brings them to version {schema.VERSION}; close every older ltcflow first.",
                f"下次以写方式打开时会升级到版本 {schema.VERSION}；请先关闭所有旧版 ltcflow。",
            ),
        )
    if about.journal_mode:
        risky = about.journal_mode == "wal" and "can corrupt" in about.why
        yield check(
            "journal",
            ("Journal mode", "日志模式"),
            (f"{about.journal_mode}: {about.why}", f"{about.journal_mode}：{about.why_zh}"),
            Status.WARNING if risky else Status.OK,
            ("Let 'ltcflow' open it to write once, or upgrade SQLite.", "请用 ltcflow 写入一次，或升级 SQLite。")
            if risky
            else ("", ""),
        )
    lasting, level = about.durable, about.synchronous or "-"
    said = ("yes", "是") if lasting else ("no", "否")
    why, why_zh = (
        (about.why, about.why_zh) if about.kind != "sqlite" else (f"synchronous={level}", f"synchronous={level}")
    )
    yield check(
        "durable",
        ("Survives a power cut", "断电不丢"),
        (f"{said[0]}: {why}", f"{said[1]}：{why_zh}"),
        Status.OK if lasting else Status.WARNING,
        ("", "") if lasting else ("Change that setting.", "请更改该设置。"),
    )


def _integrity(place: str) -> Found:
    title = ("Integrity", "完整性")
    raw = sqlite3.connect(f"file:{quote(place)}?{urlencode(reading(place))}", uri=True)
    try:
        said = [str(row[0]) for row in raw.execute(f"PRAGMA integrity_check({_FAULTS})")]
    except sqlite3.DatabaseError as error:
        said = [str(error)]
    finally:
        raw.close()
    if said == ["ok"]:
        yield check("integrity", title, ("every page and index is sound", "所有页面与索引完好"))
    remedy = (
        "Restore it from a backup; `sqlite3 FILE .recover` saves what can still be read.",
        "请从备份恢复；sqlite3 文件 .recover 可救回仍可读取的内容。",
    )
    for fault in said if said != ["ok"] else ():
        text = " ".join(fault.split()).replace("*** in database main *** ", "")
        yield check("integrity", title, (f"SQLite: {text}.", f"SQLite：{text}。"), Status.PROBLEM, remedy)


def _projects(ws: Workspace, lengths: dict[str, int], now: datetime) -> Found:
    names, sound, ahead = sorted({*ws.store.projects(), *ws.store.heads()}), 0, {}
    for name in names:
        found = list(guarded("project", _title(name), partial(_project, ws, name, lengths)))
        yield from found
        if not any(fault.status is Status.PROBLEM for fault in found):
            sound += 1
            at = ws.state(name).at
            if at - now > AHEAD:
                ahead[name] = at
    events = sum(lengths.values())
    if sound == len(names):
        said = (
            f"{len(names)} with {events} events: every link of the logs holds, every head and definition is there",
            f"{len(names)} 个，{events} 条事件：日志链环环相扣，末条与定义俱在",
        )
        yield check("projects", ("Projects", "项目"), said)
    else:
        broken = len(names) - sound
        yield check(
            "projects",
            ("Projects", "项目"),
            (f"{broken} of {len(names)} cannot be trusted.", f"{len(names)} 个中有 {broken} 个不可信。"),
            Status.PROBLEM,
            ("See above; the others can be worked on.", "见上；其余项目可照常使用。"),
        )
    yield _clock(ahead, now)


def _title(name: str) -> tuple[str, str]:
    return f"Project {name}", f"项目 {name}"


def _project(ws: Workspace, name: str, lengths: dict[str, int]) -> Found:
    """Yield what is wrong with one project; nothing when it is sound."""
    lengths[name] = 0
    broken = ws.verify(name)
    yield from (of_finding("project", _title(name), finding) for finding in broken)
    if broken:
        return
    lengths[name] = ws.store.length(name)
    try:
        ws.state(name)
        process = ws.process(name)
    except LtcflowError as error:
        newer = (
            "Upgrade ltcflow: a later one wrote to it. The log is whole.",
            "请升级 ltcflow：日志由更新的版本写入，本身完好。",
        )
        yield failed("project", _title(name), error, otherwise=newer)
        return
    yield from _lacks(ws, name, process)


def _lacks(ws: Workspace, name: str, process: Process) -> Found:
    """Yield what *process* needs of plugins that are not installed here: a calendar, criteria of gates."""
    from ltcflow.process import time_zone_of
    from ltcflow.stages import PluginCriterion

    wanted = {c.name for gate in process.gates() for c in gate.criteria if isinstance(c, PluginCriterion)}
    remedy = ("Install the plugin that has it.", "请安装提供它的插件。")
    for criterion in sorted(wanted - set(ws.extensions.judges)):
        said = (f"has a gate that no one here can judge: {criterion}.", f"有关口无法在此评判：{criterion}。")
        yield check("project", _title(name), said, Status.WARNING, remedy)
    try:
        time_zone_of(process, named=ws.extensions.calendar)
    except UnknownName as error:
        yield failed("project", _title(name), error, Status.WARNING, remedy)


def _clock(ahead: Mapping[str, datetime], now: datetime) -> Check:
    title = ("Clock and record", "时钟与记录")
    if not ahead:
        return check("clock", title, ("no event is ahead of the clock", "没有事件超前于时钟"))
    name = max(ahead, key=lambda name: ahead[name])
    more = f" (+{len(ahead) - 1})" if len(ahead) > 1 else ""
    last, there = (f"{moment.astimezone():%Y-%m-%d %H:%M}" for moment in (ahead[name], now))
    return check(
        "clock",
        title,
        (
            f"{name}{more} has come to {last}, but the clock says {there}: one of the two clocks is wrong.",
            f"{name}{more} 已记到 {last}，而时钟为 {there}：其中一个时钟有误。",
        ),
        Status.WARNING,
        (
            "Set the clock. Until it has caught up, what is done is recorded at the time of the last event.",
            "请校正时钟。在时钟赶上之前，新事件按最后事件的时间记录。",
        ),
    )


def _feed(store: SqlStore, lengths: Mapping[str, int], kind: str) -> Found:
    title, seen, last = ("Feed", "事件流"), Counter[str](), 0
    try:
        while page := store.feed(last, PAGE):
            for position, record in page:
                if record.number != seen[record.project] + 1 and lengths.get(record.project):
                    yield _gap(f"{record.project}[{seen[record.project] + 1}]", kind)
                    return
                seen[record.project], last = record.number, position
    except StoreError as error:
        yield failed("feed", title, error)
        return
    missing = next((name for name in sorted(lengths) if seen[name] < lengths[name]), "")
    if missing:
        yield _gap(f"{missing}[{seen[missing] + 1}]", kind)
    else:
        yield check("feed", title, (f"{seen.total()} events, none missing", f"{seen.total()} 条事件，无缺失"))


def _gap(where: str, kind: str) -> Check:
    title = ("Feed", "事件流")
    if kind == "postgresql":
        return check(
            "feed",
            title,
            (
                f"{where} does not appear yet: an older transaction of the server is still open.",
                f"{where} 尚未出现：服务器上有更早的事务未结束。",
            ),
            Status.WARNING,
            (
                "Look in pg_stat_activity for the oldest xact_start, and end that transaction.",
                "请在 pg_stat_activity 中查找最早的 xact_start，并结束该事务。",
            ),
        )
    return check(
        "feed",
        title,
        (
            f"{where} is not where it belongs: a reader of the feed misses it.",
            f"{where} 不在应有的位置：事件流的读者会漏掉它。",
        ),
        Status.PROBLEM,
        ("Restore it from a backup.", "请从备份恢复。"),
    )
