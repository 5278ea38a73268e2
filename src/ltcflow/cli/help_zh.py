"""What ``--help`` says, in Chinese. A test fails when a command or an option is missing here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROOT = (
    "把“线索到回款”写成代码:声明销售流程、证明其健全、排出计划、让真实项目在其上运行。",
    "FILE|ID 是流程定义文件(YAML 或 JSON),或目录中某个流程的标识。运行和查看项目的命令用 --db sales.db "
    "(或 LTCFLOW_DB)指明记录。",
    "退出码:0 完成;1 被拒绝、有错误或记录已损坏;2 调用有误。",
)
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "Options": "选项",
        "See it work": "先看演示",
        "Declare and plan": "声明与计划",
        "Run a project": "运行项目",
        "Look at projects": "查看项目",
        "About ltcflow": "关于 ltcflow",
    }
)
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo": ("逐步讲述一个从线索到回款的项目。", "每个答复都是真实的。在内存中运行,自带时钟,不留下任何东西。"),
        "catalog": ("列出目录中的全部流程。", "含自带的和插件的,中英文标题并列。"),
        "check": (
            "指出流程定义中的全部问题。",
            "每个问题一行:文件:行:列: 代码: 对象: 哪里错了: 怎么办。有错误时(加 --strict 时有警告也算)"
            "退出码为 1,文件无法读取时为 2。",
        ),
        "show": ("画出流程:终端中的树,或 Mermaid 文本。", "插件还可提供其他格式。"),
        "schema": ("打印流程定义文件的 JSON Schema,供编辑器使用。", "加不加 --json 都是 JSON。"),
        "plan": (
            "为流程排计划:日期、浮动、关键路径。",
            "没有给出的工期按 --default-duration 计(不给则按零计);凡属假定的行都有标记。",
        ),
        "simulate": (
            "模拟流程或项目:何时可能完成、什么影响最大、赢单概率多大。",
            "三点估算的工期随机抽取;关口与赢单的概率没有给出就不作假定。种子相同则结果相同。",
        ),
        "level": (
            "按现有人手为流程或项目排计划:同一时刻所需的人不超过现有人数。",
            "活动等待其负责人(R);由 --capacity、--expert 或角色的 at_most 决定哪些角色稀缺,项目则按其团队。",
        ),
        "cash": (
            "说明合同的钱何时到账:按分期、按月,含预期值以及 50% 和 80% 的把握。",
            "分期就是各里程碑声明的回款。",
        ),
        "roles": (
            "显示流程中谁做什么;不给流程则列出角色库。",
            "显示 R、A、C、I、表决以及缺口和过载。有缺口、过载或找不到角色时退出码为 1。",
        ),
        "compare": (
            "说明一个流程与参照流程的差别。",
            "缺少什么、多出什么、次序有何不同、彼此如何对应。相同时退出码为 0,否则为 1。",
        ),
        "compose": (
            "把几个流程前后相接,打印合成的定义。",
            "同一标识的角色、事实和交付件合而为一;要素的标识须各不相同。请用 ltcflow check 检查结果。",
        ),
        "locate": ("判断一个在别处进行的项目处于哪个阶段。", "说明依据以及还有哪些工作。"),
        "start": ("按流程启动一个项目。", "没有记录时会建立记录。"),
        "begin": ("开始一项活动。", ""),
        "finish": ("完成一项活动。", "尚未开始的活动同时记为开始。"),
        "submit": ("提交交付件及其各字段的内容。", ""),
        "fact": (
            "记录事实。",
            "金额写 1_000_000 或 “1000000 CNY”,百分比写 15% 或 0.15,是否写 yes 或 no,日期写 2026-03-02。",
        ),
        "vote": ("对关口表决。", "使规则得到满足的那一票决定该关口。"),
        "delegate": ("把自己对关口的表决委托给没有表决权的人。", ""),
        "waive": ("豁免关口的一项判据。", "CRITERION 是判据的键,例如 “fact:margin >= 0.2”。"),
        "meet": ("说明一个条件已满足。", "有条件通过或提前启动的条件;ltcflow status 会列出。"),
        "redate": ("给未满足的条件改期。", "由其关口的决策人操作。"),
        "early-start": ("允许活动提前启动。", "附一个条件,满足之前一直可见。"),
        "wait": ("说明活动或关口在等待外部一方。", "其时限停止计时,直到 ltcflow unwait。"),
        "unwait": ("说明所等待的已经到来。", "时限继续计时。"),
        "tick": (
            "记录一个或全部项目的到期事项,每级升级只通知一次。",
            "可随时随处重复运行,不会重复通知。有项目无法处理时退出码为 1。",
        ),
        "assign": ("指定由谁担任角色。", "恰由所列的人担任;不列则空缺。"),
        "risk": ("登记、更新(--update)或关闭(--close)风险。", ""),
        "note": ("在记录中留一条备注。", ""),
        "hold": ("暂停项目。", ""),
        "resume": ("恢复暂停的项目。", ""),
        "close": ("结束项目。", "won 或 completed 须全部结束;lost 或 cancelled 随时可以。"),
        "reopen": ("重新打开已关闭的项目。", ""),
        "delegate-authority": (
            "在若干天内把自己对关口的表决权限委托给他人。",
            "起止两天都包括在内,按项目的时区计算。",
        ),
        "revoke-delegation": ("撤销委托。", "委托有效期间已投的票仍然有效;委托编号见 ltcflow log。"),
        "substitutes": ("指定角色缺勤时的代理人。", "按所列次序代理;不列则取消代理人。"),
        "absent": ("说明某人在若干天内缺勤。", "由本人或项目负责人说明。"),
        "back": ("说明某人已回岗。", "此前声明的后续缺勤作废。"),
        "export": (
            "把项目写成一个任何人都能验证的文件。",
            "含全部事件及其定义,格式为 JSON Lines。不覆盖已有的文件。加 --json 则说明文件的情况及其末条哈希。",
        ),
        "import": (
            "从这样的文件导入项目。",
            "先验证文件,再写入记录中尚缺的部分;没有记录时会建立记录。从不覆盖:同名的另一份日志会被拒绝。"
            "文件有问题时退出码为 1,指出所在的行,且不写入任何内容。",
        ),
        "projects": ("列出记录中的项目。", "各自的状态以及所依据的流程。"),
        "status": ("显示项目的状态。", "按阶段显示已完成、进行中、可做和等待的要素,以及关口、条件、风险、事实。"),
        "ready": (
            "说明里程碑还缺什么、谁来做、何时能好。",
            "也可用于关口、阶段、活动。就绪时退出码为 0,有缺项时为 1。",
        ),
        "why": ("显示从未完成的要素到今天可做之事的最短链条。", ""),
        "work": ("列出某人现在可做的事。", "涵盖记录中的全部项目。"),
        "log": ("逐条讲述项目中发生的事。", "附各自的时间。"),
        "verify": (
            "证明记录没有被改动。",
            "每个事件都带有前一事件的哈希。链条断裂时退出码为 1,并指出断裂之处。",
        ),
        "weekly": (
            "撰写项目周报:进展、延误及原因、待决事项、风险、下一步里程碑。",
            "多个项目(或不指定,即全部)时,每个项目一行。",
        ),
        "due": ("显示一个或全部项目的时限和日期。", "已用多少、何时到期、由谁负责。"),
        "lag": (
            "显示项目的时间花在哪里、谁在等谁。",
            "各活动、关口、角色、人员的等待与进行时间,每一票缺了多久,等外部一方多久。",
        ),
        "forecast": ("从现状出发为项目的剩余部分排计划。", "已完成的保持其日期,其余从现在起推算。"),
        "unpaid": ("说明今天与每笔分期回款之间还隔着什么。", "一直追到今天可做的事。"),
        "plugins": (
            "列出插件:提供什么、有何问题。",
            "插件有错误时退出码为 1。LTCFLOW_PLUGINS=a,b 只加载所列插件;none 只用自带的。",
        ),
        "doctor": ("显示各组件版本,以及记录写得有多安全。", ""),
        "completion": (
            "打印 shell 的补全脚本。",
            'bash:在 ~/.bashrc 中加入 eval "$(ltcflow completion bash)";zsh:在 ~/.zshrc 中同样处理;'
            "fish:存为 ~/.config/fish/completions/ltcflow.fish。",
        ),
    }
)
"""Of each command its line in the list of commands, and what follows it in its own help."""
OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "Show this message and exit.": "显示本帮助。",
        "Show the version.": "显示版本。",
        "Language of what is printed (LTCFLOW_LANG; else the locale's).": "输出语言(LTCFLOW_LANG;否则按系统区域)。",
        "Print data as JSON.": "以 JSON 输出数据。",
        "Let warnings fail as well.": "有警告也算失败。",
        "tree (default), mermaid, or a plugin's.": "tree(默认)、mermaid 或插件的格式。",
        "The first day, or a moment.": "开始的日期或时刻。",
        "When it should be finished; without --start, plan back.": "期望的完成日期;不给 --start 则倒排。",
        "Say what should have begun before.": "指出此前本应已开始的要素。",
        "When one should be finished; repeatable.": "某个要素的期限;可重复。",
        "Hold one to a date, or to as late as possible; repeatable.": "以日期或“尽量晚”约束某个要素;可重复。",
        "weekdays, always, or a country such as CN.": "weekdays、always 或国家代码,例如 CN。",
        "For activities that nobody estimated.": "没有估算的活动的工期。",
        "How long one takes; ID=3d/5d/12d gives three points.": "某个要素的工期;ID=3d/5d/12d 为三点估算。",
        "Show so many critical paths.": "最多显示几条关键路径。",
        "What is known; repeatable.": "已知的事实;可重复。",
        "What is chosen in a stage.": "多选阶段中选了什么。",
        "Write to this new file; else to the output.": "写入这个新文件;不给则写到标准输出。",
        "Write the Gantt chart to this file.": "把甘特图写入该文件。",
        "Write the network diagram to this file.": "把网络图写入该文件。",
        "Only roles that go by this name, short form or post.": "只列名称、缩写或岗位相符的角色。",
        "Steps at once that are too many (default 3).": "同时几项工作算过多(默认 3)。",
        "The id of the result.": "合成流程的标识。",
        "Its Chinese title.": "中文名称。",
        "Its English title.": "英文名称。",
        "Its version (1.0).": "版本(1.0)。",
        "At the same time instead of one after the other.": "并列进行,而非前后相接。",
        "Done: an activity, gate, milestone or stage.": "已完成的活动、关口、里程碑或阶段。",
        "A deliverable that exists.": "已有的交付件。",
        "A known fact; it may rule out steps.": "已知的事实;可能排除某些工作。",
        "The id of the new project.": "新项目的标识。",
        "What people call it.": "项目名称。",
        "Who wears a role; repeatable.": "由谁担任角色;可重复。",
        "Who begins it; else the first responsible, or the sponsor.": "由谁启动;否则为第一责任人或发起人。",
        "The record: a SQLite file or its address (LTCFLOW_DB).": "记录:SQLite 文件或其地址(LTCFLOW_DB)。",
        "When it happened; now, unless given. Never a time to come.": "发生的时间;不给则为现在,不能是将来。",
        "Who does it.": "由谁操作。",
        "A field; repeatable.": "一个字段;可重复。",
        "How you judge.": "你的结论。",
        "Why; needed for hold, recycle and stop.": "理由;hold、recycle、stop 必须给出。",
        "What a conditional go asks for, of whom, until when; repeatable.": "有条件通过的条件、责任人和截止日;可重复。",
        "Who votes instead.": "由谁代为表决。",
        "Why; a waiver needs a reason.": "理由;豁免必须给出。",
        "How it was met.": "如何满足的。",
        "The new last day: 2026-04-30.": "新的截止日:2026-04-30。",
        "Why; another date needs a reason.": "理由;改期必须给出。",
        "What is to be true until the day.": "截止日之前须满足的条件。",
        "The last day: 2026-04-30.": "截止日:2026-04-30。",
        "How heavy it is; raises the risk.": "风险等级;登记风险时给出。",
        "What it is, when it is raised.": "登记时说明是什么风险。",
        "Who follows it.": "由谁跟踪。",
        "Judge an open risk anew: with --level, and --reason as a note.": "重新评级:配合 --level,理由用 --reason。",
        "Close it.": "关闭风险。",
        "Why it is closed or judged anew.": "关闭或重新评级的理由。",
        "Why; a hold needs a reason.": "理由;暂停必须给出。",
        "Why.": "理由。",
        "Who judges instead.": "由谁代为决策。",
        "The first day; today, unless given.": "第一天;不给则为今天。",
        "Only at this gate; repeatable.": "仅限该关口;可重复。",
        "Only in this role; repeatable.": "仅限该角色;可重复。",
        "They may hand it on.": "允许转委托。",
        "Why, if it is to be said.": "原因,可不写。",
        "Why; lost and cancelled need a reason.": "理由;lost 与 cancelled 必须给出。",
        "Why; reopening needs a reason.": "理由;重新打开必须给出。",
        "The moment to look from; now, unless given.": "从哪个时刻看;不给则为现在。",
        "To forecast with: weekdays, always, or a country such as CN.": "预测所用日历:weekdays、always 或国家代码。",
        "Who outside is waited for: a role such as customer.": "在等待外部的哪一方:角色,例如 customer。",
        "Why; waiting needs a reason.": "理由;等待必须给出。",
        "What came.": "等到了什么。",
        "The beginning of the week; seven days before its end, unless given.": "周期的开始;不给则为结束前七天。",
        "What to print.": "打印的格式。",
        "Write the page to this file.": "把页面写入该文件。",
        "Only what is late.": "只看逾期的。",
        "Count only the time from then on.": "只计从那时起的时间。",
        "Who is named in the record (scheduler).": "记录中写谁(默认 scheduler)。",
        "Only so many of the last events.": "只看最近几个事件。",
        "When it should be finished: floats are measured against it.": "期望的完成日期:浮动以此为准。",
        "A running project instead, as it stands.": "改为从现状出发的运行中项目。",
        "Another seed draws other samples (1).": "随机种子,不同种子样本不同(1)。",
        "How many samples are drawn (10000).": "样本数(10000)。",
        "How likely each outcome of a gate is; repeatable.": "关口各结论的概率;可重复。",
        "How long a hold of a gate takes; repeatable.": "关口暂缓多久;可重复。",
        "How likely it is won, in all or when an element ends; repeatable.": "赢单概率:整体,或某个要素结束时;可重复。",
        "Show this one, not milestones; repeatable.": "只显示该要素,而非里程碑;可重复。",
        "How likely one is finished by a day; repeatable.": "某个要素按期完成的概率;可重复。",
        "When it should be finished.": "期望的完成日期。",
        "How likely all is finished by a day.": "全部按期完成的概率。",
        "Write the S-curve of the finish to this file.": "把完成日期的 S 曲线写入该文件。",
        "Write what moves the finish to this file.": "把影响完成日期的龙卷风图写入该文件。",
        "How many may wear a role at once; repeatable.": "同一角色可同时有几人;可重复。",
        "Who can wear a role; repeatable.": "谁能担任某个角色;可重复。",
        "Another seed searches elsewhere (0).": "搜索所用的随机种子(0)。",
        "Look so long for a proof, with OR-Tools.": "用 OR-Tools 求证的最长秒数。",
        "What the contract is worth; else the only fact of money.": "合同额:金额或事实;不给则取唯一的金额事实。",
        "Kept from each instalment until a milestone; MILESTONE=5%;30ed: paid so long after.": (
            "每笔分期扣留到某个里程碑;MILESTONE=5%;30ed 表示其后多久支付。"
        ),
        "Kept from the last instalments until a milestone: a share, or an amount.": (
            "从最后几笔分期扣留到某个里程碑:比例或金额。"
        ),
        "By the dates of the plan alone, without samples.": "只按计划日期,不抽样。",
        "On which due dates are counted; else the process's own.": "计算到期日所用的日历;不给则用流程自己的。",
    }
)
"""The help of each option, by its English text."""
