"""Options that many commands share, and how what people write is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

import attrs
import click

from ltcflow.labels import Label, Lang

F = TypeVar("F", bound=Callable[..., Any])
_LANG: Final = "ltcflow.lang"


@attrs.frozen
class Voice:
    """Says things in one language: ``say("done", "已完成")``."""

    lang: Lang

    def __call__(self, en: str, zh: str) -> str:
        return zh if self.lang == "zh" else en

    def label(self, label: Label, otherwise: str = "") -> str:
        """Return *label* in this language, or *otherwise* when it is empty."""
        return label.text(self.lang) or otherwise


def lang_of_locale(environment: Mapping[str, str]) -> Lang:
    """Return "zh" where the locale is Chinese, else "en" (LC_ALL, LC_MESSAGES, LANG, the first that is set).

    Example:
        >>> lang_of_locale({"LANG": "zh_CN.UTF-8"}), lang_of_locale({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"})
        ('zh', 'en')
    """
    found = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if found.lower().startswith("zh") else "en"


def voice() -> Voice:
    """Return the voice of the command that runs: of ``--lang``, else LTCFLOW_LANG, else the locale."""
    ctx = click.get_current_context(silent=True)
    lang = ctx.meta.get(_LANG) if ctx is not None else None
    return Voice(lang or _lang_of_environment())


def _lang_of_environment() -> Lang:
    wanted = os.environ.get("LTCFLOW_LANG", "").lower()
    return "zh" if wanted.startswith("zh") else "en" if wanted.startswith("en") else lang_of_locale(os.environ)


class _Language(click.ParamType):
    name = "zh|en"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value).lower()
        if text[:2] in ("zh", "en") and not text[2:3].isalnum():
            return text[:2]
        self.fail(f"{value!r} is neither zh nor en. / {value!r} 既不是 zh 也不是 en。", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        return _items(("zh", "en"), incomplete)


class _Moment(click.ParamType):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
            return moment if moment.utcoffset() is not None else moment.astimezone()
        except (ValueError, OverflowError, OSError):
            say = voice()
            problem = say("is not a time. Write 2026-03-02T09:00+08:00.", "不是时间。请写成 2026-03-02T09:00+08:00。")
            self.fail(f"{str(value)[:80]!r} {problem}", param, ctx)


class Pair(click.ParamType):
    """A ``key=value``."""

    def __init__(self, name: str = "key=value") -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        key, equals, text = str(value).partition("=")
        if not equals or not key.strip():
            say = voice()
            problem = say(f"is not {self.name}.", f"不是 {self.name} 的形式。")
            self.fail(f"{str(value)[:80]!r} {problem}", param, ctx)
        return key.strip(), text.strip()


class Promised(click.ParamType):
    """A condition: ``text;owner;due``."""

    name = "text;owner;due"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, dict):
            return value
        parts = [part.strip() for part in str(value).rsplit(";", 2)]
        if len(parts) != 3 or not all(parts):
            say = voice()
            problem = say(
                "is not a condition. Write 'text;owner;2026-04-01'.", "不是条件。请写成“内容;责任人;2026-04-01”。"
            )
            self.fail(f"{str(value)[:80]!r} {problem}", param, ctx)
        return {"text": parts[0], "owner": parts[1], "due": parts[2]}


def _items(names: Iterable[str], incomplete: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class Definition(click.ParamType):
    """A definition file, or the id of a process of the catalog; completes the shipped ids and the files here."""

    name = "file|id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        from ltcflow.catalog import entries

        return [*_items(entries(), incomplete), CompletionItem(incomplete, type="file")]


class Project(click.ParamType):
    """The id of a project; completes those of the record that was named."""

    name = "project"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from ltcflow.cli.sources import project_ids

        return _items(project_ids(ctx.params.get("db") or os.environ.get("LTCFLOW_DB")), incomplete)


class ElementOf(click.ParamType):
    """The id of an element of the project named before; completes those of the wanted kinds."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds
        self.name = "|".join(kinds) if len(kinds) < 3 else "element"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from ltcflow.cli.sources import element_ids

        db = ctx.params.get("db") or os.environ.get("LTCFLOW_DB")
        return _items(element_ids(db, ctx.params.get("project"), self.kinds), incomplete)


MOMENT = _Moment()


def _keep_lang(ctx: click.Context, _parameter: click.Parameter, value: Lang | None) -> None:
    if value is not None:
        ctx.meta[_LANG] = value


def lang_option(envvar: str | None = None) -> Callable[[F], F]:
    """Add ``--lang zh|en``."""
    return click.option(
        "--lang",
        type=_Language(),
        metavar="zh|en",
        envvar=envvar,
        expose_value=False,
        is_eager=True,
        callback=_keep_lang,
        help="Language of what is printed (LTCFLOW_LANG; else the locale's).",
    )


def json_option(command: F) -> F:
    """Add ``--json``: the flag *as_json*."""
    return click.option("--json", "as_json", is_flag=True, help="Print data as JSON.")(command)


def db_option(command: F) -> F:
    """Add ``--db``: the record to work on."""
    return click.option(
        "--db",
        envvar="LTCFLOW_DB",
        metavar="FILE|URL",
        help="The record: a SQLite file or its address (LTCFLOW_DB).",
    )(command)


def looking(command: F) -> F:
    """Add the options of a command that reads a record."""
    at = click.option("--at", type=MOMENT, help="The moment to look from; now, unless given.")
    return db_option(at(json_option(lang_option()(command))))


def writing(command: F) -> F:
    """Add the options of a command that writes to a record: who, when, where, how to print."""
    by = click.option("--by", required=True, metavar="PERSON", help="Who does it.")
    return by(doing(command))


def doing(command: F) -> F:
    """Add the options of `writing` but ``--by``."""
    at = click.option("--at", type=MOMENT, help="When it happened; now, unless given.")
    return db_option(at(json_option(lang_option()(command))))


def project_argument(command: F) -> F:
    """Add the argument PROJECT."""
    return click.argument("project", type=Project())(command)
