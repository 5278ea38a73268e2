"""The table of all rules, and `check`, which goes through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from ltcflow.checks import calendars, contract, control, limits, papers, people, references, statements, texts
from ltcflow.checks.expressions import TITLES, of_code
from ltcflow.checks.settings import apply_settings, fixed_codes, unknown_codes
from ltcflow.findings import Finding, Severity
from ltcflow.graph import SOUNDNESS, Find, Rule
from ltcflow.graph.limits import matrix_rows
from ltcflow.graph.rule import by_place
from ltcflow.labels import Label
from ltcflow.process import Process

Check: TypeAlias = Callable[[Process], Iterable[Finding]]
"""A further check, such as a plugin's: a pure function of a process."""


def _setting_names_a_rule(process: Process) -> Iterator[Finding]:
    """LTC300: a setting for a rule that does not exist."""
    return unknown_codes(process, RULES)


def _setting_may_be_made(process: Process) -> Iterator[Finding]:
    """LTC301: a setting that would demote or switch off what must always hold."""
    return fixed_codes(process, RULES)


def _keeper_is_in_force(process: Process) -> Iterator[Finding]:
    """LTC336: a principle that relies on a rule that does not exist or is switched off."""
    return statements.unused_keepers(process, RULES)


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

# code, severity, function, title zh, title en, why zh, why en
_DOMAIN: tuple[tuple[str, Severity, Find, str, str, str, str], ...] = (
    (
        "LTC300",
        _W,
        _setting_names_a_rule,
        "设置了不存在的规则",
        "A setting for a rule that does not exist",
        "写错编号的设置不起作用,却无人察觉。",
        "A misspelt setting does nothing, and nobody notices.",
    ),
    (
        "LTC301",
        _W,
        _setting_may_be_made,
        "试图关闭必须成立的规则",
        "A setting that cannot be made",
        "完备性错误不能关闭。",
        "What makes a process unsound cannot be agreed away.",
    ),
    (
        "LTC310",
        _W,
        people.named_sponsor,
        "项目发起人未落实到人",
        "Not exactly one named human sponsor",
        "没有具体的人发起并负责的项目容易失败。",
        "A project that a seal or an organisation sponsors has nobody who answers for it.",
    ),
    (
        "LTC311",
        _W,
        control.control_points,
        "没有控制点",
        "No control point",
        "没有控制点,项目是否在轨道上无从判断。",
        "Without a point where something must be true nobody can tell whether the project is on its way.",
    ),
    (
        "LTC312",
        _W,
        people.one_accountable,
        "负最终责任者不是恰好一个",
        "Not exactly one accountable role",
        "无人负责或多人负责都等于无人负责。",
        "Where nobody or several are accountable, nobody is.",
    ),
    (
        "LTC313",
        _I,
        people.accountable_person,
        "由团队负最终责任",
        "A body is accountable",
        "责任要落实到个人。",
        "A person can be asked; a committee cannot.",
    ),
    (
        "LTC314",
        _W,
        control.gate_criteria,
        "评审门没有判据",
        "A gate without criteria",
        "没有判据的评审只是走过场。",
        "A gate passes on evidence; without criteria it passes on mood.",
    ),
    (
        "LTC315",
        _W,
        contract.legal_before_signature,
        "签署前没有法律审核",
        "Signature without legal review",
        "合同签署后才发现法律问题就晚了。",
        "After the signature it is too late to find out that a clause is unlawful.",
    ),
    (
        "LTC316",
        _W,
        people.first_responsible,
        "第一责任人不是恰好一个",
        "Not exactly one first responsible person",
        "项目成败需要唯一的第一责任人。",
        "One person answers first for whether the project succeeds.",
    ),
    (
        "LTC317",
        _W,
        people.separate_decision,
        "自己评审自己的工作",
        "A decision by those whose work it judges",
        "决策机构应独立于项目组。",
        "The body that decides is apart from the team that prepares.",
    ),
    (
        "LTC318",
        _W,
        papers.read_before_made,
        "交付件先读后产出",
        "A deliverable is read before it is made",
        "输入尚不存在,活动无法开展。",
        "The work begins without its input.",
    ),
    (
        "LTC319",
        _I,
        papers.made_by_nobody,
        "没有活动产出该交付件",
        "A needed deliverable that no activity leaves behind",
        "无人负责产出的文件常常缺失。",
        "What nobody is to write is missing when it is needed.",
    ),
    (
        "LTC320",
        _I,
        control.way_back,
        "评审门没有退回路径",
        "A gate without a way back",
        "评审的常见结论是返工,应写明退回到哪里。",
        "Rework is the commonest outcome of a review; say where it begins.",
    ),
    (
        "LTC321",
        _W,
        people.internal_accountable,
        "外部角色对内部工作负责",
        "Somebody outside is accountable for inside work",
        "公司内部工作须由内部角色负责。",
        "The company cannot hold an outsider to account for its own work.",
    ),
    (
        "LTC322",
        _W,
        contract.delivery_before_bid,
        "投标前没有交付人员参与",
        "A bid without those who deliver",
        "投标时的承诺要由交付兑现。",
        "Delivery has to keep what the bid promises.",
    ),
    (
        "LTC323",
        _I,
        people.idle_roles,
        "角色没有职责",
        "A role without a duty",
        "没有职责的角色让人误以为有人在管。",
        "A role that does nothing looks as if somebody did.",
    ),
    (
        "LTC324",
        _I,
        texts.both_languages,
        "缺少中文或英文名称",
        "A title is missing in Chinese or English",
        "使用另一种语言的同事看不懂。",
        "Colleagues who read the other language see an id.",
    ),
    (
        "LTC325",
        _I,
        texts.unused_facts,
        "事实未被使用",
        "An unused fact",
        "没有用处的事实增加填写负担。",
        "People are asked for a value that changes nothing.",
    ),
    (
        "LTC326",
        _I,
        texts.gaps,
        "待补充的内容",
        "An open gap",
        "不完整的流程可以使用,但缺口应可见。",
        "An incomplete process can be used as long as its gaps are on show.",
    ),
    (
        "LTC327",
        _I,
        papers.unused,
        "交付件未被使用",
        "An unused deliverable",
        "没有人产出或使用的文件没有意义。",
        "A document that nobody writes or reads is a leftover.",
    ),
    (
        "LTC328",
        _I,
        texts.empty_stages,
        "空阶段",
        "An empty stage",
        "空阶段不产生任何工作。",
        "Nothing is done in it, so it is passed at once.",
    ),
    (
        "LTC329",
        _E,
        papers.left_out_by_choice,
        "所需交付件可能无人产出",
        "A choice that may leave out a needed deliverable",
        "选了其他活动之后,评审门会一直等待该交付件。",
        "When other options are chosen, the gate waits for it for ever.",
    ),
    (
        "LTC330",
        _W,
        control.choice_in_every_case,
        "某些情形下可选活动不足",
        "A choice that some facts leave short",
        "阶段会在活动不足时结束。",
        "The stage then ends with less done than it asks for.",
    ),
    (
        "LTC331",
        _W,
        control.instalments,
        "付款比例之和超过合同",
        "Instalments above the contract",
        "收款计划不可能超过合同金额。",
        "Nobody pays more than the contract.",
    ),
    (
        "LTC332",
        _I,
        statements.unkept_principles,
        "原则无人保证",
        "A principle that nothing keeps",
        "只写在纸上的原则没有人执行。",
        "A rule that stands on paper alone is kept by luck.",
    ),
    (
        "LTC333",
        _W,
        people.sponsor_takes_part,
        "发起人未参与项目",
        "A sponsor who takes no part",
        "发起人在整个项目中都负有责任。",
        "The sponsor stays bound to the project to its end.",
    ),
    (
        "LTC334",
        _I,
        statements.unread_measures,
        "指标没有数据来源",
        "A measure that no fact holds",
        "没有数据的指标无法考核。",
        "What no project records cannot be measured.",
    ),
    (
        "LTC335",
        _W,
        contract.departments_before_bid,
        "投标前有部门未参与",
        "A department that is not heard before the bid",
        "投标之后才参与的部门要为没有商量过的承诺负责。",
        "A department that comes in after the bid has to keep what it was not asked about.",
    ),
    (
        "LTC336",
        _I,
        _keeper_is_in_force,
        "原则所依规则未启用",
        "A principle kept by a rule that is switched off",
        "原则依靠的规则不存在或已关闭,等于无人保证。",
        "The rule it relies on does not exist or says nothing.",
    ),
    (
        "LTC337",
        _W,
        people.sets_of_one,
        "职责集合少于两个角色",
        "A set of duties with fewer than two roles",
        "分离或合一至少涉及两个角色,否则什么也没有规定。",
        "It looks like a safeguard and guards nothing.",
    ),
    (
        "LTC338",
        _W,
        control.entry_before_end,
        "进入标志在阶段结束之后",
        "An entry milestone after the end of its stage",
        "阶段结束之后才达成的里程碑不能标志进入该阶段。",
        "It marks that the stage has truly been entered; by then it is over.",
    ),
    (
        "LTC340",
        _W,
        calendars.unknown_calendars,
        "找不到的日历",
        "A calendar that cannot be found",
        "没有日历就无法编制计划。",
        "No plan can be made without it.",
    ),
    *limits.RULES,
    (
        "LTC345",
        _W,
        matrix_rows,
        "审批矩阵的行重叠或从不适用",
        "Rows of an approval matrix overlap, or one never applies",
        "两行同时适用时须两者都同意;从不适用的行没有意义。",
        "Where two rows apply both must agree; one that never applies gives authority to nobody.",
    ),
)


def _table() -> Iterator[Rule]:
    yield Rule(
        code="LTC110",
        title=Label("引用了未声明的编号", "A name that is not declared"),
        severity=Severity.ERROR,
        function=references.unknown_references,
        why=Label("引用落空,依赖、判据或职责不起作用。", "A dependency, criterion or duty would be missing unnoticed."),
        fixed=True,
    )
    for code, (zh, en) in TITLES.items():
        why = Label("读不懂的条件无法判断。", "A condition that cannot be read cannot be judged.")
        yield Rule(code=code, title=Label(zh, en), severity=Severity.ERROR, function=of_code(code), why=why, fixed=True)
    yield from SOUNDNESS.values()
    for code, severity, function, zh, en, why_zh, why_en in _DOMAIN:
        title, why = Label(zh, en), Label(why_zh, why_en)
        yield Rule(code=code, title=title, severity=severity, function=function, why=why, fixed=severity is _E)


RULES: Mapping[str, Rule] = MappingProxyType({rule.code: rule for rule in _table()})
"""Every rule that `check` goes through, by code: references, conditions, soundness, the domain."""


def check(process: Process, extra: Iterable[Check] = ()) -> tuple[Finding, ...]:
    """Judge *process*: every finding at once, each with what to do about it, in English and Chinese.

    Errors (names that are not declared, conditions that cannot be read, unsoundness) mean that no project can be
    started. The rules of the domain (but LTC329, a dead end) are warnings and hints; ``process.rules`` promotes them to
    errors or switches them off with a reason.

    Args:
        extra: further checks, such as those of plugins; their findings follow ``process.rules`` as well. What they
            raise is not caught.
    Returns:
        Findings by ``where``, then by code; () when there is nothing to say.
    Cost: O(elements * gates) at worst; some 10 ms for 100 elements, once per process (cached, without *extra*).

    Example:
        >>> from ltcflow import builder as b
        >>> bid = b.process("bid", stages=[b.stage("offer", activities=[b.activity("draft", after=["ask"])])])
        >>> print(next(f for f in check(bid) if f.code == "LTC110").problem)
        names 'ask', but no activity or gate or stage or milestone is declared with this id.
    """
    further = [finding for function in extra for finding in function(process)]
    if not further:
        return _checked(process)
    return by_place((*_checked(process), *apply_settings(process, further, RULES)))


@lru_cache(maxsize=256)
def _checked(process: Process) -> tuple[Finding, ...]:
    found = [finding for rule in RULES.values() for finding in rule.findings(process)]
    return by_place(apply_settings(process, found, RULES))
