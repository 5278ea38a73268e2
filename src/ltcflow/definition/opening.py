"""From a path or from bytes to text: bounded in size, never hanging, the encoding named when it is not UTF-8."""

from __future__ import annotations

import os
import re
import stat

from ltcflow.definition import codes
from ltcflow.definition.report import Both, Report

LARGEST = 5_000_000
"""Most bytes of a definition file."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINES = re.compile("\r\n|[\r\n]")
_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UTF8: Both = ("Save the file as UTF-8.", "请将文件另存为 UTF-8 编码。")


def read_bytes(path: str, report: Report) -> bytes | None:
    """Return the content of the file at *path*, or None after reporting why not.

    Directories, pipes and devices are refused without waiting for them; at most 5 MB are read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        report.add(codes.UNREADABLE, "", (1, 1), _why(path, error), _path_remedy(error))
        return None
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISREG(mode):
            return _content(handle)
        noun = ("a directory", "目录") if stat.S_ISDIR(mode) else ("a pipe or device", "管道或设备")
        problem = (f"is {noun[0]}, not a file.", f"是{noun[1]},不是文件。")
        report.add(codes.UNREADABLE, "", (1, 1), problem, ("Give a YAML or JSON file.", "请给出 YAML 或 JSON 文件。"))
    except OSError as error:
        report.add(codes.UNREADABLE, "", (1, 1), _why(path, error), _path_remedy(error))
    finally:
        os.close(handle)
    return None


def _content(handle: int) -> bytes:
    """Return what the open file holds, one byte more than the bound at most."""
    parts: list[bytes] = []
    left = LARGEST + 1
    while left and (part := os.read(handle, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _why(path: str, error: OSError | ValueError) -> Both:
    if isinstance(error, FileNotFoundError):
        return "does not exist.", "文件不存在。"
    if isinstance(error, IsADirectoryError) or os.path.isdir(path):
        return "is a directory, not a file.", "是目录,不是文件。"
    if isinstance(error, PermissionError):
        return "may not be read: permission denied.", "没有读取权限。"
    reason = (error.strerror if isinstance(error, OSError) else None) or "no file can be called that"
    return f"cannot be read: {reason}.", f"无法读取:{reason}。"


def _path_remedy(error: OSError | ValueError) -> Both:
    if isinstance(error, PermissionError):
        return "Ask for permission to read it.", "请申请读取权限。"
    return "Check the path.", "请检查路径。"


def too_large(size: int, report: Report) -> bool:
    """Say whether *size* is beyond the bound, after reporting it."""
    if size <= LARGEST:
        return False
    bound = f"{LARGEST // 1_000_000} MB"
    report.add(
        codes.TOO_LARGE,
        "",
        (1, 1),
        (f"is larger than {bound}.", f"超过 {bound}。"),
        ("Split it into several processes, one per file.", "请拆分为几个流程,每个文件一个。"),
    )
    return True


def decode(data: bytes, report: Report) -> str | None:
    """Return the text of *data*, which must be UTF-8 (a byte order mark is fine), or None after reporting."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            _not_utf8(name, (1, 1), report)
            return None
    if data[:400].count(0) * 3 > len(data[:400]):
        _not_utf8("UTF-16 or UTF-32", (1, 1), report)
        return None
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        _not_utf8(_guess(data), place_of(before, len(before)), report)
        return None


def _guess(data: bytes) -> str:
    """Return the name of the encoding that *data* looks like, "" when nothing is likely."""
    sample = data[:100_000]
    try:
        text = sample.decode("gb18030", errors="strict" if len(sample) == len(data) else "ignore")
        foreign = [c for c in text if not c.isascii()]
        common = sum(
            "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef" for c in foreign
        )
        if common * 10 >= len(foreign) * 9:
            return "GBK or GB18030"
    except UnicodeDecodeError:
        pass
    return "Latin-1 or Windows-1252" if all(b >= 0xA0 for b in sample if b > 0x7F) else ""


def _not_utf8(name: str, place: tuple[int, int], report: Report) -> None:
    english = f"is not UTF-8; it looks like {name}." if name else "is not UTF-8."
    chinese = f"不是 UTF-8 编码,看起来是 {name}。" if name else "不是 UTF-8 编码。"
    report.add(codes.ENCODING, "", place, (english, chinese), _UTF8)


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Return line and column (from 1) of the character of *text* at *offset*."""
    line, start = 1, 0
    for match in _LINES.finditer(text, 0, offset):
        line, start = line + 1, match.end()
    return line, offset - start + 1


def only_characters_of_text(text: str, report: Report) -> bool:
    """Say whether *text* has no character that a text file never has; report those it has (the first 20)."""
    found = 0
    for match in _FORBIDDEN.finditer(text):
        found += 1
        name = f"U+{ord(match[0]):04X}"
        what = (
            ("half a character (a lone surrogate)", "半个字符(单独的代理项)")
            if "\ud800" <= match[0] <= "\udfff"
            else None
        )
        what = what or (("a NUL byte", "NUL 字节") if match[0] == "\0" else ("a control character", "控制字符"))
        report.add(
            codes.CHARACTER,
            "",
            place_of(text, match.start()),
            (f"has {what[0]}, {name}.", f"含有{what[1]} {name}。"),
            ("Remove it; is this a text file?", "请删除;这是文本文件吗?"),
        )
        if found == 20:
            break
    return not found
