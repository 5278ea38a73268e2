"""Where an SQLite file lies: whether it is there, who may use it, what lies beside it, how much room there is."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from ltcflow.doctor.checks import Check, Found, Status, check

LITTLE, TOO_LITTLE = 100 << 20, 5 << 20
"""Free bytes on the disk below which there is a warning, and a problem."""
OVER_A_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs")
FILE = ("File", "文件")


def path_of(db: str) -> str:
    """Return the file that an address names; "" for another database.

    Example:
        >>> path_of("sales.db"), path_of("sqlite:////srv/sales.db?timeout=30"), path_of("postgresql://db/ltc")
        ('sales.db', '/srv/sales.db', '')
    """
    if db.startswith("sqlite:///"):
        return db.removeprefix("sqlite:///").partition("?")[0]
    return "" if "://" in db else db


def in_wal(path: str) -> bool:
    """Say whether the header of an SQLite file says that it is written with a write-ahead log."""
    with open(path, "rb") as file:
        return file.read(20)[18:20] == b"\2\2"


def reading(path: str) -> dict[str, str]:
    """Return the parameters that open an SQLite file to be read only.

    Without a log beside it nobody writes with one just now: SQLite is told so, as it would lay files beside it else.
    """
    parameters = {"mode": "ro"}
    if in_wal(path) and not os.path.exists(f"{path}-wal"):
        parameters["immutable"] = "1"
    return parameters


def file_checks(path: str) -> Found:
    """Yield what can be said of a file without opening it as a record."""
    try:
        there = os.stat(path)
    except (OSError, ValueError) as error:
        said = str(getattr(error, "strerror", None) or error)
        said_zh = "不存在" if isinstance(error, FileNotFoundError) else said
        folder = os.path.dirname(path) or "."
        remedy = (
            ("Check the name; 'ltcflow start' makes a record.", "请核对名称；ltcflow start 会建立记录。")
            if os.path.isdir(folder)
            else (f"Check the name: there is no folder {folder}.", f"请核对名称：没有文件夹 {folder}。")
        )
        yield check("file", FILE, (f"{path}: {said}.", f"{path}：{said_zh}。"), Status.PROBLEM, remedy)
        return
    kind = _kind(path, there)
    yield kind
    if kind.status is not Status.PROBLEM:
        yield from (_rights(path), _beside(path), _space(path, there.st_size), *_network(path))


def _kind(path: str, there: os.stat_result) -> Check:
    if not stat.S_ISREG(there.st_mode):
        said = ("is a folder.", "是文件夹。") if stat.S_ISDIR(there.st_mode) else ("is no file.", "不是普通文件。")
        remedy = ("Name a file, such as sales.db.", "请给出文件名，例如 sales.db。")
        return check("file", FILE, (f"{path}: {said[0]}", f"{path}：{said[1]}"), Status.PROBLEM, remedy)
    if there.st_size < 2 and not os.path.exists(f"{path}-wal"):
        said = ("is empty: nothing was written to it yet, or it was emptied.", "是空文件：尚未写入，或已被清空。")
        remedy = (
            "Restore it from a backup, or begin anew with 'ltcflow start'.",
            "请从备份恢复，或用 ltcflow start 重新开始。",
        )
        return check("file", FILE, (f"{path}: {said[0]}", f"{path}：{said[1]}"), Status.PROBLEM, remedy)
    if not os.access(path, os.R_OK):
        said = ("may not be read by this user.", "该用户无权读取。")
        remedy = ("Give this user the right to read and write it.", "请给予该用户读写权限。")
        return check("file", FILE, (f"{path}: {said[0]}", f"{path}：{said[1]}"), Status.PROBLEM, remedy)
    size = f"{path}, {_shown(there.st_size)}"
    return check("file", FILE, (size, size))


def _rights(path: str) -> Check:
    title, folder = ("Rights", "权限"), os.path.dirname(path) or "."
    missing = [
        name
        for name, can in ((path, os.access(path, os.W_OK)), (folder, os.access(folder, os.W_OK | os.X_OK)))
        if not can
    ]
    if not missing:
        return check("rights", title, ("file and folder can be written", "文件与文件夹均可写"))
    what = ", ".join(missing)
    return check(
        "rights",
        title,
        (f"can be read but not written: {what}.", f"只能读，不能写：{what}。"),
        Status.WARNING,
        (
            "To work on it, give this user the right to write to the file and its folder.",
            "如需写入，请给予该用户对文件及其文件夹的写权限。",
        ),
    )


def _beside(path: str) -> Check:
    title = ("Beside the file", "旁边的文件")
    left = [f"{path}{more}" for more in ("-journal", "-wal") if os.path.exists(f"{path}{more}")]
    sizes = ", ".join(f"{os.path.basename(name)} ({_shown(os.path.getsize(name))})" for name in left)
    if not any(os.path.getsize(name) for name in left):
        return check("beside", title, (sizes or "nothing is left over", sizes or "没有遗留"))
    return check(
        "beside",
        title,
        (f"{sizes}: somebody writes just now, or was cut short.", f"{sizes}：有人正在写入，或写入曾被中断。"),
        Status.WARNING,
        (
            "Leave it there: it belongs to the record, also in a copy of it.",
            "请勿删除：它是记录的一部分，复制时也要一并复制。",
        ),
    )


def _space(path: str, size: int) -> Check:
    title, free = ("Room on the disk", "磁盘空间"), shutil.disk_usage(os.path.dirname(path) or ".").free
    said = (f"{_shown(free)} free", f"剩余 {_shown(free)}")
    status = Status.PROBLEM if free < TOO_LITTLE else Status.WARNING if free < max(LITTLE, size) else Status.OK
    remedy = (
        ("Make room on the disk before it is full.", "请在磁盘写满之前腾出空间。")
        if status is not Status.OK
        else ("", "")
    )
    return check("space", title, said, status, remedy)


def _network(path: str) -> Found:
    kind = _file_system(os.path.realpath(path))
    if kind in OVER_A_NETWORK:
        yield check(
            "network",
            ("Kind of disk", "磁盘类型"),
            (
                f"lies on a network folder ({kind}), whose locks cannot be relied upon.",
                f"位于网络文件夹（{kind}），其锁不可靠。",
            ),
            Status.WARNING,
            ("Put it on a local disk, or use PostgreSQL for a team.", "请放到本地磁盘；多人协作请用 PostgreSQL。"),
        )


def snapshot_checks(folder: str) -> Found:
    """Yield what can be said of the folder of snapshots; nothing where none is named."""
    title, place = ("Snapshots", "快照"), Path(folder)
    if not folder:
        return
    if not place.exists():
        yield check("snapshots", title, (f"{folder} is made when it is needed", f"{folder} 将在需要时建立"))
        return
    from ltcflow.workspace.snapshots import code, ours

    if not place.is_dir() or not ours(place):
        said = (
            "is no folder, or somebody else may write to it: it is not used.",
            "不是文件夹，或他人可写入：不会使用。",
        )
        remedy = (f"Name another folder, or run: chmod 700 {folder}", f"请另选文件夹，或运行：chmod 700 {folder}")
        yield check("snapshots", title, (f"{folder} {said[0]}", f"{folder} {said[1]}"), Status.WARNING, remedy)
        return
    taken, halves = list(place.glob("*.json")), len(list(place.glob("*.new")))
    old = sum(not _holds(path, code()) for path in taken)
    yield check(
        "snapshots",
        title,
        (
            f"{len(taken)} in {folder}; {old} of another ltcflow, {halves} half written: these may be deleted",
            f"{folder} 中有 {len(taken)} 个；其中 {old} 个来自其他版本，另有 {halves} 个未写完：均可删除",
        ),
    )


def _holds(path: Path, code: str) -> bool:
    """Say whether a snapshot was made by the source text whose hash is *code*."""
    with open(path, "rb") as file:
        return code.encode() in file.readline(10_000)


def _file_system(path: str) -> str:
    """Return the kind of file system that *path* lies on; "" where the system does not tell."""
    try:
        with open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:
            fields = [line.split() for line in mounts]
    except OSError:
        return ""
    above = [(point.replace("\\040", " "), kind) for _, point, kind, *_ in fields]
    return max(
        ((p, k) for p, k in above if os.path.commonpath((path, p)) == p), key=lambda m: len(m[0]), default=("", "")
    )[1]


def _shown(size: int) -> str:
    """Return a number of bytes for people.

    Example:
        >>> _shown(512), _shown(3 << 20), _shown(5 << 40)
        ('512 B', '3.0 MiB', '5.0 TiB')
    """
    amount, unit = float(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if amount < 1024 or unit == "TiB":
            break
        amount /= 1024
    return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
