"""One alias table for the moments of lead to cash that every company calls otherwise.

"立项" alone means four things in the texts behind the catalog: the decision to look at a chance at all
(pre-initiation), to spend money on winning it (ATI), to set the project up (initiation), and to say how important it is
(grading). Here they are four concepts; each lists the words by which it is known. "项目启动" is two: the start of the
sales project, and the start of delivery after the contract. Which of the two an element is follows from where it
stands, so the bare word belongs to neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import attrs

from ltcflow.errors import UnknownName
from ltcflow.labels import Label


def _terms(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class Concept:
    """A moment of lead to cash, under one name.

    Attributes:
        id, title: its name. what: what is meant, in words.
        terms: the names it goes by in Chinese and English; an element with one of them in its title or id is one.
    """

    id: str
    title: Label
    what: Label
    terms: tuple[str, ...] = attrs.field(converter=_terms)


def _concept(id: str, zh: str, en: str, what_zh: str, what_en: str, *terms: str) -> Concept:
    return Concept(id=id, title=Label(zh, en), what=Label(what_zh, what_en), terms=(zh, en.lower(), *terms))


CONCEPTS: tuple[Concept, ...] = (
    _concept(
        "pre_initiation",
        "预立项",
        "Pre-initiation",
        "是否值得跟进一个机会点。",
        "Whether a chance is worth following at all.",
        "pre initiation",
        "预立项决策",
    ),
    _concept(
        "grading",
        "项目定级",
        "Grading",
        "项目有多重要,由此决定发起人和投入。",
        "How important the project is, and so who sponsors it and what it may cost.",
        "定级",
        "项目分级",
        "重要性等级",
        "grade",
    ),
    _concept(
        "ati",
        "ATI决策",
        "ATI decision",
        "是否为赢得项目投入资源。",
        "Whether money and people are spent on winning the project.",
        "ati",
        "立项决策",
        "立项评审",
        "authorise to invest",
        "authorise to initiate",
    ),
    _concept(
        "initiation",
        "项目立项",
        "Initiation",
        "把项目立起来:名称、目标、团队、档案。",
        "Setting the project up: its name, goals, team and file.",
        "立项",
        "项目建档",
        "project establishment",
        "project initiation",
    ),
    _concept(
        "sales_project_start",
        "销售项目启动",
        "Start of the sales project",
        "销售项目组开始工作。",
        "The team that sells begins its work.",
        "销售项目开工会",
        "sales project kickoff",
    ),
    _concept(
        "delivery_start",
        "交付项目启动",
        "Start of delivery",
        "合同之后,交付项目组开始工作。",
        "After the contract, the team that delivers begins its work.",
        "开工会议",
        "交付开工",
        "delivery kickoff",
        "commencement meeting",
    ),
    _concept(
        "atb",
        "投标决策",
        "Authorise to bid",
        "是否按此方案和价格投标。",
        "Whether the offer goes out as it is.",
        "atb",
        "投标评审",
        "标前评审",
        "bid review",
        "bid decision",
    ),
    _concept(
        "atc",
        "签约决策",
        "Authorise to contract",
        "是否按谈成的条款签约。",
        "Whether the contract is signed on the terms that were negotiated.",
        "atc",
        "合同评审",
        "合同决策",
        "contract review",
        "contract decision",
    ),
    _concept(
        "legal_review",
        "法律审核",
        "Legal review",
        "合同条款是否合法合规。",
        "Whether the clauses are lawful and within policy.",
        "法务审核",
        "法律审查",
        "legal check",
    ),
    _concept(
        "contract_signing",
        "合同签订",
        "Contract signing",
        "双方签字。",
        "Both sides sign.",
        "签订合同",
        "合同签署",
        "签署合同",
        "签约",
        "sign the contract",
        "contract signature",
    ),
    _concept(
        "handover",
        "项目移交",
        "Handover to delivery",
        "把项目交给交付方。",
        "The project passes to those who deliver it.",
        "合同移交",
        "销售项目移交",
        "contract handover",
        "project handover",
        "hand over",
    ),
    _concept(
        "preliminary_acceptance",
        "项目初验",
        "Preliminary acceptance",
        "客户第一次验收。",
        "The customer accepts for the first time.",
        "初验",
        "初步验收",
        "initial acceptance",
    ),
    _concept(
        "final_acceptance",
        "项目终验",
        "Final acceptance",
        "客户最终验收。",
        "The customer accepts for good.",
        "终验",
        "最终验收",
    ),
    _concept(
        "collection",
        "项目回款",
        "Payment collection",
        "款项到账。",
        "The money comes in.",
        "回款",
        "收款",
        "collect the payment",
    ),
    _concept(
        "final_payment",
        "尾款回收",
        "Final payment",
        "最后一笔款项到账。",
        "The last instalment comes in.",
        "尾款",
        "final payment received",
    ),
    _concept(
        "atcc",
        "合同关闭决策",
        "Authorise to close the contract",
        "是否关闭合同。",
        "Whether the contract is closed.",
        "atcc",
        "合同关闭",
        "contract closure",
    ),
    _concept(
        "win_loss_review",
        "输赢复盘",
        "Win/loss review",
        "为什么赢,为什么输。",
        "Why it was won or lost.",
        "输赢分析",
        "赢单复盘",
        "win loss review",
        "win loss analysis",
    ),
)
"""Every concept; terms that belong to two of them are kept out."""


def fold(text: str) -> str:
    """Return *text* as it is compared: one width and case, words apart by one blank.

    Example:
        >>> fold("Pre-Initiation"), fold("ＡＴＩ 决策")
        ('pre initiation', 'ati 决策')
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


_ABOUT = frozenset(["plan", "plans", "prepare", "preparation", "apply", "application", "draft", "material", "before"])
_ABOUT_ZH = ("计划", "准备", "申请", "材料", "初稿", "预案")
_SPLIT = re.compile("[成建设创树]立项|独立项")
"""Where 立项 is no word: 成立|项目."""


def _names(text: str, term: str) -> int:
    """Return how well *term* names *text*: its length when it stands in it as words, 0 when it does not.

    A text about planning or preparing something does not name the thing, unless the term itself is about that.
    """
    wanted, given = fold(term), fold(text)
    if wanted.isascii():
        about = (set(given.split()) - set(wanted.split())) & _ABOUT
        return len(wanted) if f" {wanted} " in f" {given} " and not about else 0
    wanted, given = wanted.replace(" ", ""), _SPLIT.sub("", given.replace(" ", ""))
    about_zh = any(word in given.replace(wanted, "") for word in _ABOUT_ZH)
    return 2 * len(wanted) if wanted in given and not about_zh else 0


def concept_of(*texts: str) -> Concept | None:
    """Return the concept that *texts* (an id, a Chinese and an English title) name: the longest term decides.

    Cost: O(terms * length of the texts).

    Example:
        >>> concept_of("pre_initiation_decision_gate", "预立项决策评审").id
        'pre_initiation'
        >>> concept_of("make_tea") is None
        True
    """
    best, weight = None, 0
    for concept in CONCEPTS:
        for term in concept.terms:
            found = max((_names(text, term) for text in texts), default=0)
            if found > weight:
                best, weight = concept, found
    return best


def find_concept(name: str) -> Concept:
    """Return the concept that goes by *name*: its id or one of its terms, in any case and width.

    Raises:
        UnknownName: there is none; the nearest names are suggested.

    Example:
        >>> find_concept("立项评审").id, find_concept("ATB").title.zh
        ('ati', '投标决策')
    """
    wanted = fold(name)
    for concept in CONCEPTS:
        if wanted in {fold(concept.id), *map(fold, concept.terms)}:
            return concept
    raise UnknownName(kind="concept", value=name, known=[t for c in CONCEPTS for t in (c.id, *c.terms)])
