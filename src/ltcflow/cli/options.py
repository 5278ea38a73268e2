"""Options that many commands share, and how what people write is read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

import attrs
import click

from ltcflow.labels import Label, Lang

if TYPE_CHECKING:
    ParamType: TypeAlias = click.ParamType[Any]
else:
    ParamType = click.ParamType  # takes no type argument before click 8.5

F = TypeVar("F", bound=Callable[..., Any])
SPOKEN: ContextVar[Lang | None] = ContextVar("ltcflow.spoken", default=None)
"""The language that the arguments ask for; known before they are parsed, so that mistakes in them are told in it."""


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
    return Voice(SPOKEN.get() or _lang_of_environment())


def spoken(arguments: Sequence[str]) -> Lang | None:
    """Return the language that *arguments* ask for last, or None.

    Example:
        >>> spoken(["plan", "--lang", "zh"]), spoken(["--lang=en"]), spoken(["plan"])
        ('zh', 'en', None)
    """
    found: Lang | None = None
    for i, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            found = language(value if equals else arguments[i + 1] if i + 1 < len(arguments) else "") or found
    return found


def language(text: str) -> Lang | None:
    """Return the language that *text* names ("zh", "zh_CN.UTF-8", "EN"), or None."""
    lowered = text.lower()
    known = lowered[:2] in ("zh", "en") and not lowered[2:3].isalnum()
    return cast(Lang, lowered[:2]) if known else None


def _lang_of_environment() -> Lang:
    return language(os.environ.get("LTCFLOW_LANG", "")) or lang_of_locale(os.environ)


class _Language(ParamType):
    name = "zh|en"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return language(str(value)) or self.fail(f"{_shown(value)} is neither zh nor en. 请用 zh 或 en。", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        return _items(("zh", "en"), incomplete)


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 80 else f"{text[:77]}...")


class _Moment(ParamType):
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
            self.fail(f"{_shown(value)} {problem}", param, ctx)


class OutputFile(click.Path):
    """The name of a file to write."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if "\0" in str(value):
            self.fail(f"{_shown(value)} {voice()('is no name of a file.', '不是文件名。')}", param, ctx)
        return super().convert(value, param, ctx)


class Pair(ParamType):
    """A ``key=value``, such as *example*."""

    def __init__(self, name: str, example: str) -> None:
        self.name = name
        self.example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        key, equals, text = str(value).partition("=")
        if not equals or not key.strip():
            say, form, example = voice(), self.name.upper(), self.example
            problem = say(f"is not {form}. Write for example {example}.", f"不是 {form} 的形式。例如 {example}。")
            self.fail(f"{_shown(value)} {problem}", param, ctx)
        return key.strip(), text.strip()


class Promised(ParamType):
    """A condition: ``text;owner;due``."""

    name = "text;owner;due"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, dict):
            return value
        match = re.fullmatch(r"(.*)[;；]([^;；]*)[;；]([^;；]*)", str(value), re.DOTALL)
        parts = [part.strip() for part in match.groups()] if match else []
        if not parts or not all(parts):
            say = voice()
            problem = say(
                "is not a condition. Write 'text;owner;2026-04-01'.", "不是条件。请写成“内容;责任人;2026-04-01”。"
            )
            self.fail(f"{_shown(value)} {problem}", param, ctx)
        return dict(zip(("text", "owner", "due"), parts, strict=True))


FACT: Final = Pair("fact=value", "amount=5000000")
FIELD: Final = Pair("field=text", "scope='two sites'")
MEMBER: Final = Pair("role=person", "legal=wu.min")
LENGTH: Final = Pair("id=duration", "solution=3d")
DEADLINE: Final = Pair("id=date", "signed=2026-06-30")
CONSTRAINT: Final = Pair("id=constraint", "visit='start_no_earlier 2026-03-10'")
CHOICE: Final = Pair("stage=activity", "find=fair,advert")


def _items(names: Iterable[str], incomplete: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class Definition(ParamType):
    """A definition file, or the id of a process of the catalog; completes the shipped ids and the files here."""

    name = "file|id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        from ltcflow.catalog import entries

        # the file first: bash drops what came before it, and offers files where no id begins like this
        return [CompletionItem(incomplete, type="file"), *_items(entries(), incomplete)]


class Project(ParamType):
    """The id of a project; completes those of the record that was named."""

    name = "project"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from ltcflow.cli.sources import project_ids

        return _items(project_ids(ctx.params.get("db") or os.environ.get("LTCFLOW_DB")), incomplete)


class ElementOf(ParamType):
    """The id of an element of the project named before; completes those of the wanted kinds."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds
        self.name = "|".join(kinds) if len(kinds) < 3 else "element"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from ltcflow.cli.sources import element_ids

        db = ctx.params.get("db") or os.environ.get("LTCFLOW_DB")
        return _items(element_ids(db, ctx.params.get("project"), self.kinds), incomplete)


class _Past(_Moment):
    """A moment that has come: a record that is ahead of the clock would refuse everything until then."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        moment = super().convert(value, param, ctx)
        now = datetime.now().astimezone()
        if moment > now + AHEAD:
            say, shown = voice(), f"{now:%Y-%m-%dT%H:%M%z}"
            problem = say(
                f"lies in the future: it is {shown}. Give a moment that has come.",
                f"是将来的时间:现在是 {shown}。请给出已经过去的时间。",
            )
            self.fail(f"{_shown(value)} {problem}", param, ctx)
        return moment


AHEAD = timedelta(minutes=5)
"""How far another computer's clock may be ahead of this one."""
MOMENT = _Moment()
PAST = _Past()


def lang_option() -> Callable[[F], F]:
    """Add ``--lang zh|en``; what it says is known before the arguments are parsed (`SPOKEN`)."""
    return click.option(
        "--lang",
        type=_Language(),
        metavar="zh|en",
        expose_value=False,
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
    at = click.option("--at", type=PAST, help="When it happened; now, unless given. Never a time to come.")
    return db_option(at(json_option(lang_option()(command))))


def project_argument(command: F) -> F:
    """Add the argument PROJECT."""
    return click.argument("project", type=Project())(command)
