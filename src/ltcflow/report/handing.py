"""The package of a hand-over and the checklist of a close-out as pages; lessons as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.projects.days import day
from ltcflow.projects.register.handovers import Handover, Lesson
from ltcflow.projects.register.package import Piece
from ltcflow.report.cells import clean
from ltcflow.report.pages import Block, Facts, Heading, Inline, Page, Para, Span, Table
from ltcflow.report.tables import TOTAL, table
from ltcflow.report.words import label, listed, payment_text, role_text, said, title_of, word
from ltcflow.steering.closing import CloseOut, Handing, Instalment, Open, Release, Step

_SIGNED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "offered": ("on offer", "待接收"),
        "accepted": ("accepted", "已接收"),
        "rejected": ("rejected", "已拒绝"),
        "lapsed": ("lapsed", "已失效"),
    }
)
_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "change": ("change", "变更"),
        "commitment": ("commitment", "承诺"),
        "payment": ("payment", "回款"),
        "handover": ("accepted hand-over of the project", "已接收的项目移交"),
        "lesson": ("lesson", "经验教训"),
    }
)


class _Writing:
    """A page being written."""

    def __init__(self, process: Process, lang: Lang, zone: str) -> None:
        self.process, self.lang, self.zone = process, lang, zone

    def say(self, en: str, zh: str) -> str:
        return said(self.lang, en, zh)

    def heads(self, en: Sequence[str], zh: Sequence[str]) -> tuple[str, ...]:
        return tuple(zh if self.lang == "zh" else en)

    def day(self, moment: datetime | None) -> str:
        return "" if moment is None else day(moment, self.zone).isoformat()

    def name(self, element: str) -> str:
        return title_of(self.process, element, self.lang)

    def kind(self, kind: str) -> str:
        return self.say(*_KINDS[kind]) if kind in _KINDS else word(kind, self.lang)

    def names(self, names: Iterable[str]) -> str:
        return listed((self.name(name) for name in names), self.lang)

    def piece(self, one: Piece | Open) -> str:
        return label(one.title, self.lang) or one.id

    def missing(self, pieces: Sequence[Piece | Open]) -> Block:
        rows = tuple((self.kind(one.kind), self.piece(one), self.names(one.owes)) for one in pieces)
        return Table(self.heads(("Missing", "What", "Who owes it"), ("缺少", "内容", "责任人")), rows, narrow=(0,))


def handover_page(handing: Handing, process: Process, lang: Lang = "en") -> Page:
    """Return what is handed over as a page: what is missing first, then what is there."""
    writing = _Writing(process, lang, handing.time_zone)
    name = clean(handing.title) or clean(handing.project)
    title = said(lang, f"Hand-over: {name}", f"移交包：{name}")
    if handing.package.stage:
        title += said(lang, ", ", "，") + writing.name(handing.package.stage)
    return Page(title=title, lang=lang, blocks=tuple(_handover(writing, handing)), about=handing)


def _handover(writing: _Writing, handing: Handing) -> Iterator[Block]:
    say, found = writing.say, handing.package
    missing = found.missing
    count = say(f"{len(missing)} of {len(found.pieces)} pieces", f"{len(found.pieces)} 项中的 {len(missing)} 项")
    signed = handing.signed
    state: Inline = Span(say("not signed", "尚未签收"), "late")
    if signed is not None:
        text = say(f"{signed.giver} to {signed.receiver}", f"{signed.giver} 移交 {signed.receiver}")
        state = Span(f"{text} {writing.day(signed.accepted)}", "good")
    yield Facts(
        (
            (say("Project", "项目"), handing.project),
            (say("As of", "日期"), writing.day(handing.at)),
            (say("Missing", "缺少"), count if missing else say("nothing", "无")),
            (say("Signed", "签收"), state),
            (say("Fingerprint", "指纹"), found.fingerprint[:16]),
        )
    )
    if handing.changed:
        yield Para(
            say("It holds something else than what was signed for, nothing worse.", "内容与签收时不同，但并未变差。")
        )
    yield Heading(say("What is missing", "缺少的内容"))
    yield writing.missing(missing) if missing else Para(say("Nothing is missing.", "无缺项。"))
    yield Heading(say("What is handed over", "移交内容"))
    yield from _contents(writing, found.pieces)
    if handing.handovers:
        yield Heading(say("Signatures", "签收记录"))
        heads = writing.heads(("Id", "From", "To", "Offered", "Standing"), ("编号", "移交人", "接收人", "提出", "状态"))
        yield Table(heads, tuple(_signature(writing, one) for one in handing.handovers), narrow=(3,))
    yield Heading(say("What is left to do", "后续计划"))
    yield _steps(writing, handing.ahead)
    yield Heading(say("Money that has not come", "未到账款项"))
    yield _money(writing, handing.outstanding)
    yield Heading(say("People", "人员"))
    people = tuple(
        (role_text(writing.process, role, writing.lang), listed(who, writing.lang)) for role, who in handing.team
    )
    yield Facts(people)


def _contents(writing: _Writing, pieces: Iterable[Piece]) -> Iterator[Block]:
    rows = [
        (writing.kind(one.kind), writing.piece(one), _content(writing, one))
        for one in pieces
        if one.there and one.kind not in ("activity", "gate")
    ]
    if not rows:
        yield Para(writing.say("Nothing yet.", "暂无。"))
        return
    yield Table(writing.heads(("Kind", "What", "Content"), ("类别", "内容", "详情")), tuple(rows), narrow=(0,))


def _content(writing: _Writing, one: Piece) -> str:
    if one.kind == "fact":
        return listed((value for _, value in one.content), writing.lang)
    return writing.say("; ", "；").join(f"{key}: {clean(value)}" for key, value in one.content)


def _signature(writing: _Writing, one: Handover) -> tuple[Inline, ...]:
    stands = writing.say(*_SIGNED[one.standing])
    because = clean(one.reason) or listed(one.worse, writing.lang)
    text = f"{stands}{writing.say(': ', '：')}{because}" if because else stands
    tone: Inline = Span(text, "good") if one.standing == "accepted" else text
    return (one.id, one.giver, one.receiver, writing.day(one.offered), tone)


def _steps(writing: _Writing, steps: Sequence[Step]) -> Block:
    if not steps:
        return Para(writing.say("Nothing is left.", "无剩余工作。"))
    heads = writing.heads(("What", "Who", "Start", "Finish"), ("事项", "责任人", "开始", "结束"))
    rows = tuple(
        (writing.name(s.element), writing.names(s.people), writing.day(s.start), writing.day(s.finish)) for s in steps
    )
    return Table(heads, rows, narrow=(2, 3))


def _money(writing: _Writing, money: Sequence[Instalment]) -> Block:
    if not money:
        return Para(writing.say("All money has come, or none was agreed.", "款项已全部到账，或未约定分期。"))
    heads = writing.heads(("Milestone", "No.", "What", "Reached"), ("里程碑", "序号", "款项", "已达成"))
    rows = tuple(
        (
            writing.name(one.milestone),
            str(one.number),
            payment_text(one.payment, writing.lang),
            writing.say("yes", "是") if one.reached else writing.say("no", "否"),
        )
        for one in money
    )
    return Table(heads, rows, narrow=(1, 3))


def closeout_page(closeout: CloseOut, process: Process, lang: Lang = "en") -> Page:
    """Return the checklist of a close-out as a page: what is missing, who is released when."""
    writing = _Writing(process, lang, closeout.time_zone)
    name = clean(closeout.title) or clean(closeout.project)
    title = said(lang, f"Close-out: {name}", f"项目关闭检查：{name}")
    return Page(title=title, lang=lang, blocks=tuple(_closeout(writing, closeout)), about=closeout)


def _closeout(writing: _Writing, closeout: CloseOut) -> Iterator[Block]:
    say, missing = writing.say, closeout.missing
    ready = (
        Span(say("yes", "是"), "good")
        if closeout.ready
        else Span(say(f"no, {len(missing)} missing", f"否，缺 {len(missing)} 项"), "late")
    )
    yield Facts(
        (
            (say("Project", "项目"), closeout.project),
            (say("As of", "日期"), writing.day(closeout.at)),
            (say("Standing", "状态"), word(closeout.standing.value, writing.lang)),
            (say("Ready to close", "可以关闭"), ready),
            (say("Lessons", "经验教训"), str(closeout.lessons)),
        )
    )
    yield Heading(say("What is missing", "缺少的内容"))
    yield writing.missing(missing) if missing else Para(say("Nothing is missing.", "无缺项。"))
    yield Heading(say("Release of people", "人员释放"))
    heads = writing.heads(("Person", "Roles", "Needed for", "Free"), ("人员", "角色", "尚需参与", "释放"))
    yield Table(heads, tuple(_release(writing, one) for one in closeout.releases), narrow=(3,))


def _release(writing: _Writing, one: Release) -> tuple[Inline, ...]:
    roles = listed((role_text(writing.process, role, writing.lang) for role in one.roles), writing.lang)
    free: Inline = writing.day(one.until) or writing.say("not known", "未知")
    if not one.elements:
        free = Span(writing.say("now", "现在"), "good")
    return (one.person, roles, writing.names(one.elements), free)


def lessons_table(lessons: Iterable[tuple[str, Process, Lesson]], lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return lessons as a table, a line for each; a sentence when there is none."""
    rows = [
        (project, title_of(process, one.stage, lang) if one.stage else "", listed(one.tags, lang), one.text, one.by)
        for project, process, one in lessons
    ]
    if not rows:
        return said(lang, "No lesson is recorded.\n", "没有经验教训记录。\n")
    heads = ("Project", "Stage", "Tags", "Lesson", "By")
    headers = ("项目", "阶段", "标签", "经验教训", "记录人") if lang == "zh" else heads
    return table(headers, rows, total=total, keep=(0,))
