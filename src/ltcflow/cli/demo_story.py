"""What the demo says between its steps, in English and Chinese. Only the telling: every answer comes from ltcflow."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TITLE = ("Acme 5G core: one sales project, from lead to cash", "Acme 5G 核心网：一个销售项目，从线索到回款")
PROJECT_TITLE = ("Acme 5G core", "Acme 5G 核心网")

CHAPTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "process": ("The declaration", "流程声明"),
        "plan": ("The plan", "计划"),
        "start": ("The project begins", "项目启动"),
        "refusal": ("A gate says no, and why", "关口说“不”，并说明理由"),
        "recycle": ("The decision team sends it back", "决策团队退回项目"),
        "conditional": ("A conditional go", "有条件通过"),
        "readiness": ("What is missing, who owes it, and by when", "还缺什么、谁来做、何时能好"),
        "shut": ("An open condition keeps the next gate shut", "条件未满足，下一关口不开"),
        "delivery": ("Delivery", "交付"),
        "cash": ("Cash", "回款"),
        "record": ("The record", "记录"),
    }
)
TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "process": (
            "One of the processes that come with ltcflow. Before anything runs on it, it is judged:",
            "ltcflow 自带的一个流程。投入使用之前先做检查：",
        ),
        "plan": (
            "The text it was read from gives no durations. Each activity is assumed to take 3 working days, and each "
            "assumption is marked.",
            "流程原文没有给出工期，故假定每项活动 3 个工作日；凡属假定都有标记。",
        ),
        "no_sponsor": ("Li Wei begins, and names no sponsor:", "李伟启动项目，却没有指定项目发起人："),
        "sponsor": ("With a sponsor who has a name:", "指定一位有名有姓的发起人之后："),
        "worklist": ("The first thing to do is Wang Fang's:", "第一件事轮到王芳："),
        "lead": (
            "The lead becomes an opportunity, and the opportunity an application:",
            "线索变成机会点，再形成申请：",
        ),
        "unknown": (
            "Chen Jie would let it pass. Two criteria are not known, and what is not known does not pass:",
            "陈洁想通过，但有两项判据未知；未知即不通过：",
        ),
        "recycle": (
            "Li Wei records both. Now a go is possible, but both members of the decision team send it back:",
            "李伟补上两项记录。现在可以通过了，但决策团队两名成员都决定退回：",
        ),
        "reforecast": ("What that does to the dates:", "对日期的影响："),
        "rework": ("What was sent back is done again, with a better margin:", "退回的工作重做一遍，毛利率有所改善："),
        "conditional": (
            "Chen Jie asks for one thing in return; the heavier of the two votes counts:",
            "陈洁附加一个条件；两票之中以较严的为准：",
        ),
        "readiness": (
            "How far is the commencement of work? Nobody has to be asked: it follows from the record.",
            "离开工还有多远？无需询问任何人，由记录推出。",
        ),
        "why": ("The shortest way from there to something that can be done today:", "从那里到今天可做之事的最短路径："),
        "plans": ("The plans are made and reviewed:", "制定各项计划并评审："),
        "shut": ("The sponsor judges them:", "发起人表决："),
        "met": (
            "Li Wei brings the letter of the bank; the sponsor tries again:",
            "李伟取得银行确认函，发起人再次表决：",
        ),
        "prepare": ("Everything is made ready, and work commences:", "各项准备就绪，开工："),
        "ready": ("The same question as before:", "再问同样的问题："),
        "build": ("The equipment arrives, and the customer accepts it, step by step:", "设备到货，客户逐步验收："),
        "too_early": ("Final acceptance has passed. Is the project won?", "终验已通过。项目算赢单了吗？"),
        "last": ("Not before the last payment is in:", "尾款收回之前不算："),
        "won": ("Now it is:", "现在可以了："),
        "record": (
            "Each event carries the hash of the one before it, so that nobody can change what was decided:",
            "每个事件都带有前一事件的哈希，已作的决定无法改动：",
        ),
    }
)
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "thin_margin": ("6% leaves nothing for the risks", "6% 不足以覆盖风险"),
        "letter": ("the bank confirms the financing in writing", "银行书面确认融资"),
        "paid": ("the last payment is in", "尾款已收回"),
    }
)
"""What people of the story write themselves."""
