"""The installation: Python, libraries, SQLite, extras, plugins, calendars, time zones, the clock."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata

from ltcflow.doctor.checks import Check, Found, Status, check, guarded, of_finding
from ltcflow.doctor.places import snapshot_checks
from ltcflow.errors import did_you_mean
from ltcflow.findings import Severity

NEEDED = {
    "attrs": "",
    "click": "",
    "holidays": "",
    "networkx": "",
    "numpy": "",
    "pendulum": "",
    "pluggy": "",
    "PyYAML": "",
    "rich": "",
    "rpds-py": "",
    "SQLAlchemy": "",
    "tzdata": "",
}
"""What ltcflow needs, where its own metadata is not installed and cannot say."""
EXTRAS = {
    "postgres": ("psycopg", "projects on PostgreSQL", "在 PostgreSQL 上运行项目"),
    "optimize": ("ortools", "levelling that proves its answer", "可证明最优的资源平衡"),
    "fast": ("numba", "simulations compiled", "编译后的模拟"),
    "testing": ("hypothesis", "proofs for your own processes", "为自有流程做性质测试"),
}
VARIABLES = (
    "LTCFLOW_DB",
    "LTCFLOW_LANG",
    "LTCFLOW_PLUGINS",
    "LTCFLOW_POSTGRES",
    "LTCFLOW_REFERENCE",
    "LTCFLOW_SNAPSHOTS",
)
TESTS = ("LTCFLOW_KILLS", "LTCFLOW_HYPOTHESIS", "LTCFLOW_PG_USER")
COUNTRY = "CN"
OLDEST = (3, 11)
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*([^;]*)(?:;(.*))?$")


def installation(now: datetime | None = None) -> tuple[Check, ...]:
    """Return what there is to say about Python, ltcflow and this computer.

    Args:
        now: the present moment; the clock of this computer unless given.
    Cost: a second at most: it imports the plugins, and psycopg.
    """
    moment = now or datetime.now(UTC)
    looks: tuple[tuple[str, tuple[str, str], Callable[[], Iterable[Check]]], ...] = (
        ("python", ("Python", "Python"), _python),
        ("libraries", ("Libraries", "组件"), _libraries),
        ("sqlite", ("SQLite", "SQLite"), _sqlite),
        ("extras", ("Extras", "可选组件"), _extras),
        ("plugins", ("Plugins", "插件"), _plugins),
        ("calendar", ("Calendar", "日历"), lambda: _calendar(moment)),
        ("time zones", ("Time zones", "时区"), lambda: _zones(moment)),
        ("clock", ("Clock", "时钟"), lambda: _clock(moment)),
        ("environment", ("Environment", "环境变量"), _environment),
        ("snapshots", ("Snapshots", "快照"), lambda: snapshot_checks(os.environ.get("LTCFLOW_SNAPSHOTS", ""))),
    )
    return tuple(found for name, title, look in looks for found in guarded(name, title, look))


def _python() -> Found:
    version = platform.python_version()
    said = f"{version} ({platform.python_implementation()}, {sys.executable or '-'})"
    old = sys.version_info < OLDEST
    remedy = ("Use Python 3.11 or newer.", "请使用 Python 3.11 或更新版本。") if old else ("", "")
    yield check("python", ("Python", "Python"), (said, said), Status.PROBLEM if old else Status.OK, remedy)


def _libraries() -> Found:
    from ltcflow import __version__

    try:
        installed, wanted = metadata.version("ltcflow"), metadata.requires("ltcflow") or []
        needs = dict(_needs(wanted))
    except metadata.PackageNotFoundError:
        installed, needs = "", NEEDED
    said = __version__ if installed else f"{__version__} (from its source)"
    said_zh = __version__ if installed else f"{__version__}（源码运行）"
    if installed and installed != __version__:
        yield check(
            "ltcflow",
            ("ltcflow", "ltcflow"),
            (f"{said}, but {installed} is what is installed.", f"{said}，但安装的是 {installed}。"),
            Status.WARNING,
            ("Install it again; see which folder comes first: PYTHONPATH.", "请重新安装，并检查 PYTHONPATH 的先后。"),
        )
    else:
        yield check("ltcflow", ("ltcflow", "ltcflow"), (said, said_zh))
    yield from (_library(name, wanted) for name, wanted in sorted(needs.items(), key=lambda need: need[0].lower()))


def _needs(requirements: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield name and versions of what is needed without any extra.

    Example:
        >>> list(_needs(["attrs>=23.2", "ortools!=9.15,>=9.12; extra == 'optimize'"]))
        [('attrs', '>=23.2')]
    """
    for text in requirements:
        match = _REQUIREMENT.match(text)
        if match and "extra" not in (match[3] or ""):
            yield match[1], match[2].strip(" ()")


def _library(name: str, wanted: str) -> Check:
    found = _version(name)
    if found and _fits(found, wanted):
        return check(name.lower(), (name, name), (found, found))
    said = (f"{found}; {wanted} is needed.", f"{found}；需要 {wanted}。") if found else ("is missing.", "缺失。")
    install = f"pip install -U '{name}{wanted}'"
    return check(name.lower(), (name, name), said, Status.PROBLEM, (f"Run: {install}", f"请运行：{install}"))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _fits(found: str, wanted: str) -> bool:
    """Say whether version *found* is at least the one *wanted* names, and none that it excludes.

    Example:
        >>> _fits("9.12.1", ">=9.12,!=9.15.6755"), _fits("9.15.6755", "!=9.15.6755,>=9.12"), _fits("2.0.9", ">=2.0.30")
        (True, False, False)
    """
    parts = [part.strip() for part in wanted.split(",")]
    least = [_numbers(part[2:]) for part in parts if part.startswith(">=")]
    return all(_numbers(found) >= number for number in least) and f"!={found}" not in parts


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0])[:4])


def _sqlite() -> Found:
    from ltcflow.stores.sqlite import journal_mode_for, why_journal_mode

    mode = journal_mode_for(sqlite3.sqlite_version_info)
    why, why_zh = why_journal_mode(mode, ours=True)
    name, name_zh = ("write-ahead log", "WAL") if mode == "wal" else ("rollback journal", "回滚日志")
    version = sqlite3.sqlite_version
    yield check("sqlite", ("SQLite", "SQLite"), (f"{version}, {name}: {why}", f"{version}，{name_zh}：{why_zh}"))


def _extras() -> Found:
    wanted = {}
    for text in _requires():
        match = _REQUIREMENT.match(text)
        if match and (extra := re.search(r"extra == ['\"](\w+)['\"]", match[3] or "")):
            wanted[extra[1], match[1].lower()] = match[2].strip(" ()")
    for extra_name, (library, what, what_zh) in EXTRAS.items():
        yield _extra(extra_name, library, wanted.get((extra_name, library), ""), (what, what_zh))


def _requires() -> list[str]:
    try:
        return metadata.requires("ltcflow") or []
    except metadata.PackageNotFoundError:
        return []


def _extra(extra: str, library: str, wanted: str, what: tuple[str, str]) -> Check:
    title, version = (f"Extra {extra}", f"可选组件 {extra}"), _version(library)
    install = f'pip install "ltcflow[{extra}]"'
    if not version:
        said = (f"not installed ({what[0]}): {install}", f"未安装（{what[1]}）：{install}")
        return check(extra, title, said)
    problem = "" if _fits(version, wanted) else f"{wanted} is needed"
    if library == "psycopg" and not problem:
        try:
            import psycopg  # noqa: F401  # it needs a library of the system, libpq
        except ImportError as error:
            problem = str(error).splitlines()[0]
    if problem:
        said = (f"{library} {version} cannot be used: {problem}.", f"{library} {version} 无法使用：{problem}。")
        return check(extra, title, said, Status.WARNING, (f"Run: {install} -U", f"请运行：{install} -U"))
    return check(extra, title, (f"{library} {version} ({what[0]})", f"{library} {version}（{what[1]}）"))


def _plugins() -> Found:
    from ltcflow.plugins import default_extensions

    title, found = ("Plugins", "插件"), default_extensions()
    names = [f"{p.name} {p.version}".strip() for p in found.plugins if not p.builtin]
    said = ", ".join(names) or "none but ltcflow's own"
    yield check("plugins", title, (said, "、".join(names) or "只有 ltcflow 自带的"))
    for finding in found.problems:
        status = Status.PROBLEM if finding.severity is Severity.ERROR else Status.WARNING
        yield of_finding("plugins", title, finding, status)


def _calendar(now: datetime) -> Found:
    from ltcflow.worktime import calendar

    years = calendar(COUNTRY).known_years
    title, last = (f"Calendar {COUNTRY}", f"日历 {COUNTRY}"), max(years)
    said = (f"holidays and make-up days are published up to {last}", f"节假日与调休已公布至 {last} 年")
    remedy = ("Run: pip install -U holidays", "请运行：pip install -U holidays")
    if now.year in years:
        yield check("calendar", title, said)
    else:
        more = (f"{said[0]}; {now.year} is not in them.", f"{said[1]}；不含 {now.year} 年。")
        yield check("calendar", title, more, Status.WARNING, remedy)


def _zones(now: datetime) -> Found:
    import zoneinfo

    title = ("Time zones", "时区")
    names = ("Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo")
    try:
        for name in names:
            now.astimezone(zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError) as error:
        remedy = ("Run: pip install -U tzdata", "请运行：pip install -U tzdata")
        said = (f"cannot be read ({error}).", f"无法读取（{error}）。")
        yield check("time zones", title, said, Status.PROBLEM, remedy)
        return
    system = next((path for path in zoneinfo.TZPATH if os.path.isdir(path)), "")
    source = f"{system or 'tzdata'}, tzdata {_version('tzdata') or '-'}"
    here = now.astimezone()
    told = f"{source}; {here:%z} {here.tzname() or ''}".rstrip()
    yield check("time zones", title, (f"{told} here", f"{told}（本机）"))


def _clock(now: datetime) -> Found:
    title, said = ("Clock", "时钟"), f"{now.astimezone():%Y-%m-%d %H:%M %z}"
    with_file = datetime.fromtimestamp(os.path.getmtime(__file__), UTC)
    if now < with_file - timedelta(days=1):
        yield check(
            "clock",
            title,
            (
                f"{said}, but ltcflow was installed on {with_file:%Y-%m-%d}.",
                f"{said}，早于 ltcflow 的安装日 {with_file:%Y-%m-%d}。",
            ),
            Status.WARNING,
            ("Set the clock of this computer.", "请校正本机时钟。"),
        )
    else:
        yield check("clock", title, (said, said))


def _environment() -> Found:
    title = ("Environment", "环境变量")
    found = {name: value for name, value in sorted(os.environ.items()) if name.startswith("LTCFLOW_")}
    known = [name for name in found if name in VARIABLES]
    told = ", ".join(f"{name}={_without_password(found[name])}" for name in known)
    yield check("environment", title, (told or "no LTCFLOW_ variable is set", told or "未设置 LTCFLOW_ 变量"))
    for name in found:
        if name not in VARIABLES and name not in TESTS and not name.startswith("LTCFLOW_COMPLETE"):
            near = did_you_mean(name, VARIABLES)
            hint = (f"Did you mean {near[0]}?", f"是不是 {near[0]}?") if near else ("Remove it.", "请去掉它。")
            yield check(
                "environment",
                title,
                (f"{name} is none that ltcflow reads.", f"ltcflow 不读取 {name}。"),
                Status.WARNING,
                hint,
            )


def _without_password(value: str) -> str:
    """Return an address without its password.

    Example:
        >>> _without_password("postgresql://sales:secret@db/ltc"), _without_password("sales.db")
        ('postgresql://sales:***@db/ltc', 'sales.db')
    """
    return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1***@", value)
