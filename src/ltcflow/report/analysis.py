"""Texts of the analysis: two processes compared, the responsibility matrix, where a project stands, roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.report.cells import clean, natural
from ltcflow.report.tables import TOTAL, paragraph, table
from ltcflow.report.words import label, listed, said, word
from ltcflow.roles import Role

if TYPE_CHECKING:
    from ltcflow.analysis import Comparison, Location, Matrix
    from ltcflow.analysis.matrix import MatrixRow

GAPS = {
    "no A": ("no A", "缺 A"),
    "several A": ("several A", "多个 A"),
    "no R": ("no R", "缺 R"),
    "no vote": ("nobody votes", "无人表决"),
}
"""What a gap of the matrix is called."""


def comparison_text(
    found: Comparison, mine: Process, reference: Process, lang: Lang = "en", *, total: int = TOTAL
) -> str:
    """Return what stands for what and why, then what is missing, extra and moved, by kind; counts first."""
    titles = {"mine": _titles(mine, lang), "reference": _titles(reference, lang)}
    counts = said(
        lang,
        f"{mine.id} beside {reference.id}: {len(found.matches)} matched, {len(found.missing)} missing, "
        f"{len(found.extra)} extra, {len(found.moved)} moved.",
        f"{mine.id} 对照 {reference.id}:匹配 {len(found.matches)} 项,缺少 {len(found.missing)} 项,"
        f"多出 {len(found.extra)} 项,次序不同 {len(found.moved)} 项。",
    )
    rows: list[tuple[str, ...]] = [
        (word(m.kind, lang), m.reference, m.mine, label(m.why, lang)) for m in found.matches if m.reason != "id"
    ]
    same = sum(m.reason == "id" for m in found.matches)
    rows += [
        (word(kind, lang), name, said(lang, "- missing", "- 缺少"), titles["reference"].get((kind, name), ""))
        for kind, name in found.missing
    ]
    rows += [
        (word(kind, lang), said(lang, "- extra", "- 多出"), name, titles["mine"].get((kind, name), ""))
        for kind, name in found.extra
    ]
    rows += [(word(m.kind, lang), m.reference, m.mine, _moved(m.now_before, m.now_after, lang)) for m in found.moved]
    headers = (
        ("种类", clean(reference.id), clean(mine.id), "说明")
        if lang == "zh"
        else ("Kind", clean(reference.id), clean(mine.id), "Why")
    )
    parts = [paragraph(counts, total=total)]
    if rows:
        parts.append(table(headers, rows, total=total, keep=(0,)))
    if same:
        ids = "1 more has the same id." if same == 1 else f"{same} more have the same id."
        parts.append(paragraph(said(lang, ids, f"另有 {same} 项标识相同。"), total=total))
    return "\n".join(parts)


def _titles(process: Process, lang: Lang) -> dict[tuple[str, str], str]:
    from ltcflow.process import kind_of

    found = {(kind_of(e), e.id): label(e.title, lang) for e in process.elements()}
    return found | {("role", role.id): label(role.title, lang) for role in process.roles}


def _moved(before: tuple[str, ...], after: tuple[str, ...], lang: Lang) -> str:
    parts = []
    if before:
        parts.append(said(lang, f"now before {listed(before, lang)}", f"现在 {listed(before, lang)} 之前"))
    if after:
        parts.append(said(lang, f"now after {listed(after, lang)}", f"现在 {listed(after, lang)} 之后"))
    return said(lang, "moved: ", "次序不同:") + said(lang, "; ", ";").join(parts)


def matrix_text(matrix: Matrix, process: Process, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return the responsibility matrix: R, A, C, I and V (votes) per role; gaps in the last column, overloads below."""
    short = _short_names(process, matrix.roles)
    gaps = any(row.gaps for row in matrix.rows)
    last = (said(lang, "Gap", "缺口"),) if gaps else ()
    headers = (said(lang, "Element", "要素"), *(short[role] for role in matrix.roles), *last)
    rows = [_matrix_row(row, gaps, lang) for row in matrix.rows]
    rows += [
        (
            said(lang, "= R / A", "= R / A"),
            *(f"{x.responsible}/{x.accountable}" for x in matrix.loads),
            *("" for _ in last),
        ),
        (
            said(lang, "= at once", "= 同时进行"),
            *(_at_once(x.at_once, x.overloaded) for x in matrix.loads),
            *("" for _ in last),
        ),
    ]
    body = _side_by_side([headers, *rows], len(matrix.roles), total)
    names = [f"{short[role]} = {label(process.roles_by_id[role].title, lang, role)} ({role})" for role in matrix.roles]
    legend = said(
        lang,
        "R does it, A answers for it, C advises, I hears of it, V votes; ! too much for one person at once.",
        "R 执行,A 负最终责任,C 咨询,I 知会,V 表决;! 一人同时承担过多。",
    )
    notes = [_overload(x.role, x.together, lang) for x in matrix.overloads]
    notes += [
        said(lang, f"{x.role} has no part in anything.", f"{x.role} 没有任何职责。") for x in matrix.loads if x.idle
    ]
    lines = [paragraph(text, total=total) for text in (*notes, said(lang, "; ", ";").join(names), legend)]
    return body + "\n" + "".join(lines)


def _side_by_side(grid: Sequence[Sequence[str]], roles: int, total: int) -> str:
    """Return *grid* as one table, or as several with fewer roles in each where it is wider than *total*."""
    for size in range(max(roles, 1), 0, -1):
        blocks = [
            [
                (row[0], *row[at : min(at + size, 1 + roles)], *(row[1 + roles :] if at + size > roles else ()))
                for row in grid
            ]
            for at in range(1, max(roles, 1) + 1, size)
        ]
        if all(natural(block) <= total for block in blocks):
            break
    return "\n".join(table(head, rows, total=total, keep=range(1, len(head))) for head, *rows in blocks)


def _short_names(process: Process, roles: Iterable[str]) -> dict[str, str]:
    """A heading of few letters for each role: its abbreviation, else the first letters of its id, made unique."""
    found: dict[str, str] = {}
    for role in roles:
        declared = process.roles_by_id[role].abbreviation
        name = clean(declared) if declared else "".join(part[0] for part in role.split("_") if part).lower()
        base, number = name, 2
        while name in found.values():
            name, number = f"{base}{number}", number + 1
        found[role] = name
    return found


def _matrix_row(row: MatrixRow, gaps: bool, lang: Lang) -> tuple[str, ...]:
    name = f"<{row.id}>" if row.kind == "gate" else row.id
    told = (listed((said(lang, *GAPS[gap]) for gap in row.gaps), lang),) if gaps else ()
    return (name, *(letters or "." for letters in row.letters), *told)


def _at_once(count: int, overloaded: bool) -> str:
    return f"{count}!" if overloaded else str(count)


def _overload(role: str, together: tuple[str, ...], lang: Lang) -> str:
    return said(
        lang,
        f"! {role} may have {len(together)} things to do at once: {listed(together, lang)}.",
        f"! {role} 可能同时有 {len(together)} 项工作:{listed(together, lang)}。",
    )


def location_text(found: Location, process: Process, lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return in which stage a project most likely is, what shows it, what speaks for other stages, what is left."""
    parts = [_verdict(found, process, lang, total)]
    if found.evidence:
        heads = (
            said(lang, "What was told", "已知情况"),
            said(lang, "Shows as done", "说明已完成"),
            said(lang, "And before it", "及其之前"),
        )
        rows = [
            (
                e.id,
                e.element or said(lang, "nothing", "无法说明"),
                _before(e.before, e.alone, lang),
            )
            for e in found.evidence
        ]
        parts.append(table(heads, rows, total=total, keep=(0, 1)))
    if len(found.candidates) > 1:
        parts.append(_candidates(found, lang, total))
    if found.todo:
        heads = (said(lang, "Still to do", "待办"), said(lang, "Title", "名称"), said(lang, "Stage", "阶段"))
        todo = [(f"{'!' if step.now else ' '} {step.id}", label(step.title, lang), step.stage) for step in found.todo]
        parts.append(table(heads, todo, total=total, keep=(0, 2)))
        parts.append(paragraph(said(lang, "! can be done now", "! 现在可做"), total=total))
    return "\n".join(parts)


def _verdict(found: Location, process: Process, lang: Lang, total: int) -> str:
    if not found.stage:
        return paragraph(said(lang, "No stage has anything left to do.", "所有阶段均已完成。"), total=total)
    stage = process.stage(found.stage)
    name = f"{label(stage.title, lang, stage.id)} ({stage.id})"
    text = said(lang, f"Most likely stage: {name}.", f"最可能的阶段:{name}。")
    others = [other for other in found.open_stages if other != found.stage]
    if others:
        text += said(lang, f" Open beside it: {listed(others, lang)}.", f" 同时进行:{listed(others, lang)}。")
    return paragraph(text, total=total)


def _before(before: tuple[str, ...], alone: bool, lang: Lang) -> str:
    text = _few(before, lang, most=6)
    doubt = said(lang, "(nothing else shows this: check it)", "(仅此一项依据,请核实)")
    return f"{text} {doubt}" if alone else text


def _few(names: tuple[str, ...], lang: Lang, most: int = 3) -> str:
    more = len(names) - most
    text = listed(names[:most], lang)
    return text if more <= 0 else text + said(lang, f" and {more} more", f"等 {len(names)} 项")


def _candidates(found: Location, lang: Lang, total: int) -> str:
    heads = (
        said(lang, "Stage", "阶段"),
        said(lang, "Told in it", "阶段内已知"),
        said(lang, "Done, but later", "之后却已完成"),
        said(lang, "Due before, not told", "之前应完成而未知"),
    )
    rows = [(c.stage, *(_few(names, lang) for names in (c.inside, c.ahead, c.behind))) for c in found.candidates[:4]]
    return table(heads, rows, total=total, keep=(0,))


def roles_table(roles: Iterable[Role], lang: Lang = "en", *, total: int = TOTAL) -> str:
    """Return one line per role: id, short form, title, other names, posts, and what kind of role it is."""
    heads = ("Role", "Short", "Title", "Also called", "Posts", "Kind")
    headers = ("角色", "缩写", "名称", "别名", "常见岗位", "性质") if lang == "zh" else heads
    rows = [
        (
            role.id,
            role.abbreviation,
            label(role.title, lang),
            listed(dict.fromkeys(label(alias, lang) for alias in role.aliases), lang),
            listed(dict.fromkeys(label(post, lang) for post in role.posts), lang),
            listed(_marks(role, lang), lang),
        )
        for role in roles
    ]
    return table(headers, rows, total=total, keep=(0, 1))


def _marks(role: Role, lang: Lang) -> list[str]:
    marks = [
        (role.sponsor, "sponsor", "发起人"),
        (role.first_responsible, "first responsible", "第一责任人"),
        (role.external, "external", "外部"),
        (role.body, "body", "团队"),
        (role.legal, "law", "法务"),
    ]
    found = [said(lang, en, zh) for flag, en, zh in marks if flag]
    return [*found, clean(role.department)] if role.department else found
