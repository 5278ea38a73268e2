"""What the demo says between its steps, in English and Chinese. Only the telling: every answer comes from ltcflow."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TITLE = ("Acme 5G core: one sales project, from lead to cash", "Acme 5G 核心网:一个销售项目,从线索到回款")
PROJECT_TITLE = ("Acme 5G core", "Acme 5G 核心网")

CHAPTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "process": ("The declaration", "流程声明"),
        "plan": ("The plan", "计划"),
        "start": ("The project begins", "项目启动"),
        "refusal": ("A gate that says no, and why", "关口拒绝,并说明理由"),
        "readiness": ("What is missing, who owes it, and by when", "还缺什么、谁来做、何时能好"),
        "work": ("The work", "开展工作"),
        "recycle": ("The decision team sends it back", "决策团队退回"),
        "conditional": ("A conditional go", "有条件通过"),
        "condition": ("The condition keeps the next gate shut", "条件未满足,下一关口不开"),
        "monitoring": ("Towards the contract", "走向签约"),
        "closing": ("Closing", "项目关闭"),
        "record": ("The record", "记录"),
    }
)
TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "process": (
            "A process of the catalog, read from a company's own process text. First it is judged:",
            "取自目录的一个流程,读自企业的流程文件。先做检查:",
        ),
        "plan": (
            "The text gives no durations, so each activity is assumed to take 2 working days, and the plan says so.",
            "文本没有给出工期,故假定每项活动 2 个工作日,计划中会注明。",
        ),
        "no_sponsor": (
            "Li Wei wants to begin, but has named nobody as the owner of the project:",
            "李伟想启动项目,却没有指定项目 Owner:",
        ),
        "sponsor": ("With a named owner:", "指定 Owner 之后:"),
        "worklist": ("What li.wei can do now:", "li.wei 现在可做:"),
        "validated": ("Li Wei validates the opportunity; the owner judges it:", "李伟核实机会点,由 Owner 评审:"),
        "amount": (
            "The gate named what it lacks and who has it. Wang Fang records the amount; the owner judges again:",
            "关口说明了缺什么、找谁。王芳记录金额,Owner 再次评审:",
        ),
        "readiness": ("How far is the initiation? Nothing is asked of anybody: it follows from the record.",
                      "立项准备到哪一步了?无需询问任何人,由记录推出。"),
        "why": ("Why is it not there yet? The shortest chain to something that can be done today:",
                "为什么还没好?到今天可做之事的最短链条:"),
        "work": ("The team analyses, sets goals, plans and prepares the initiation:",
                 "项目组开展分析、定目标、做计划、准备立项:"),
        "ready": ("And the milestone now:", "再看该里程碑:"),
        "too_early": (
            "The material is presented. Chen Jie would let it pass, but one criterion is not known:",
            "材料已汇报。陈洁想通过,但有一项判据未知:",
        ),
        "recycle": (
            "Wang Fang records the margin. It is above zero, so a go would be possible; Chen Jie sends the project back:",
            "王芳记录毛利率。虽为正、可以通过,陈洁仍决定退回:",
        ),
        "reforecast": ("What that does to the plan:", "对计划的影响:"),
        "rework": ("Goals, strategies, plan and preparation are done again:", "目标、策略、计划与立项准备重新进行:"),
        "conditional": (
            "The margin is better now. Chen Jie lets it pass on one condition:",
            "毛利率改善。陈洁附一个条件通过:",
        ),
        "shut": ("Next gate: the other authorisations. Liu Yang tries:", "下一关口:其他授权决策。刘洋表决:"),
        "met": (
            "Wang Fang brings the bank's letter. (Nobody asks for an early start, so that gate is skipped.)",
            "王芳取得银行确认函。(无人申请提前启动,该关口跳过。)",
        ),
        "kickoff": ("The kickoff is held, and the milestone is reached:", "召开开工会,里程碑达成:"),
        "monitoring": (
            "The strategies are carried out until the contract is signed; reports and controls run alongside.",
            "执行四要素策略,直至合同签署;周报与各项监控同步进行。",
        ),
        "left": ("The contract is signed. Can the project be closed as won?", "合同已签署。可以按赢单关闭了吗?"),
        "closing": ("Not before it is summed up, handed over and judged:", "须先总结、移交、评估:"),
        "closed": ("Now it can:", "现在可以了:"),
        "record": (
            "Every event carries the hash of the one before it, so nobody can change what was decided:",
            "每个事件都带有前一事件的哈希,已作的决定无法改动:",
        ),
    }
)  # fmt: skip
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "thin_margin": ("6% leaves nothing for the risks; rework the strategy", "6% 不足以覆盖风险,请重做策略"),
        "letter": ("the bank confirms the financing in writing", "银行书面确认融资"),
        "letter_in": ("letter of 1 April", "4 月确认函"),
        "won": ("contract signed, handed over to delivery", "合同签署并移交交付"),
    }
)
"""What people of the story write themselves."""
