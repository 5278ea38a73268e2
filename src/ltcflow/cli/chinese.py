"""What errors say, in Chinese: their English sentences are made where they arise; here they are translated, once.

What is not listed stays English: an untranslated sentence is better than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "activity": "活动",
        "activity or gate": "活动或关口",
        "element in the simulation": "模拟中的要素",
        "outcome of a gate": "关口结论",
        "stage, activity, gate or milestone": "阶段、活动、关口或里程碑",
        "activity, gate or milestone": "活动、关口或里程碑",
        "calendar": "日历",
        "command": "命令",
        "criterion": "判据",
        "definition": "流程定义",
        "deliverable": "交付件",
        "element": "要素",
        "element in the plan": "计划要素",
        "fact": "事实",
        "format": "格式",
        "gate": "关口",
        "milestone": "里程碑",
        "process": "流程",
        "process or file": "流程或文件",
        "project": "项目",
        "role": "角色",
        "stage": "阶段",
    }
)
"""What can be unknown."""
SENTENCES: Sequence[tuple[str, str]] = (
    # what is wrong with a value
    (r"is not a date\.", "不是日期。"),
    (r"is not a duration\.", "不是时长。"),
    (r"is not a snake_case id\.", "不是 snake_case 标识。"),
    (r"is not a level\.", "不是级别。"),
    (r"is not a risk level\.", "不是风险级别。"),
    (r"is not an ending\.", "不是结束方式。"),
    (r"is no step of a scale\.", "不是量表的级数。"),
    (r"is no response to a risk\.", "不是风险的应对方式。"),
    (r"is no side of a contract\.", "不是合同的一方。"),
    (r"is no amount of money\.", "不是金额。"),
    (r"Use a whole number from 1\.", "请用从 1 起的整数。"),
    (
        r"Use avoid, transfer, mitigate or accept; for an opportunity exploit, share, enhance or accept\.",
        "请用 avoid、transfer、mitigate 或 accept；机会用 exploit、share、enhance 或 accept。",
    ),
    (r"is not a text that can be kept\.", "不是可保存的文本。"),
    (r"is not text\.", "不是文本。"),
    (r"is empty\.", "为空。"),
    (r"is negative\.", "为负。"),
    (r"is too long\.", "过长。"),
    (r"is out of order\.", "大小次序不对。"),
    (r"cannot be set: it follows from what the element spans or marks\.", "不能指定:由其所跨或所标记的要素决定。"),
    (r"is no choice here\.", "不是此处可作的选择。"),
    (r"is no constraint\.", "不是约束。"),
    (r"needs a date\.", "需要日期。"),
    (r"takes no date\.", "不带日期。"),
    (
        r"Write one of (.*); with a date where one is meant, such as '(.*)'\.",
        r"请写 \1 之一;需要日期的加上日期,例如“\2”。",
    ),
    (
        r"cannot be asked of what spans others; its dates follow from theirs\.",
        "不能要求跨越其他要素的要素:其日期由它们决定。",
    ),
    (r"Constrain the steps, gates and milestones themselves\.", "请直接约束工作、关口和里程碑。"),
    (r"does not name a person\.", "不是人名。"),
    (r"holds a NUL character\.", "含有 NUL 字符。"),
    (r"mixes working and elapsed (units|time)\.", "混用了工作时间与日历时间单位。"),
    (r"needs exactly optimistic, likely and pessimistic\.", "须给出乐观、最可能、悲观三个值。"),
    (r"is not a whole number of minutes\.", "不是整分钟。"),
    (r"Nobody is named\.", "没有指明由谁发起。"),
    (r"has (\d+) characters\.", r"有 \1 个字符。"),
    (r"the date lies outside the years 1 to 9999\.", "日期超出公元 1 年至 9999 年。"),
    # money, samples and people
    (r"are the facts that are money, so it is not clear .*\.", "是金额类事实,无法确定合同额。"),
    (r"is not known yet, so it is not clear .*\.", "尚不清楚,无法确定合同额。"),
    (r"has no currency\.", "没有写明币种。"),
    (r"mixes two currencies\.", "混用了两种币种。"),
    (r"is in another currency than the contract\.", "与合同的币种不同。"),
    (r"Convert it to (.*)\.", r"请换算成 \1。"),
    (r"is less than its instalments, which are (.*)\.", r"少于各分期之和 \1。"),
    (r"has more than (.*) decimal places, or is too large\.", r"小数超过 \1 位,或金额过大。"),
    (r"is more than the (.*) that can be kept back\.", r"超过可以扣留的 \1。"),
    (r"is no share\.", "不是比例。"),
    (r"is no share of instalments\.", "不是分期的比例。"),
    (r"does not say what is kept back until when\.", "没有说明扣留什么、到何时为止。"),
    (r"does not take place\.", "不会发生。"),
    (r"is no contract value\.", "不是合同额。"),
    (r"Give Money\(1_000_000, 'CNY'\)\.", "请给出金额,例如 1_000_000 CNY。"),
    (r"is the plan of another process\.", "是另一流程的计划。"),
    (r"is no number of decimal places\.", "不是小数位数。"),
    (r"is no probability\.", "不是概率。"),
    (r"gives no probabilities\.", "没有给出概率。"),
    (r"is what the probabilities add up to\.", "是各概率之和。"),
    (r"Make them add up to 1\.", "请使各概率之和为 1。"),
    (r"is offered by no recycle_to\.", "没有声明 recycle_to,不能退回。"),
    (r"Declare recycle_to at the gate, or leave it out\.", "请在关口声明 recycle_to,或去掉该结论。"),
    (r"has no length\.", "没有给出时长。"),
    (r"Say how long: .*\.", "请用 --hold 给出暂缓多久。"),
    (r"is for a gate without outcomes\.", "所属关口没有给出结论的概率。"),
    (r"Give outcomes for it too\.", "请用 --outcome 给出它的各结论概率。"),
    (r"never ends\.", "永远不会结束。"),
    (r"Give go, conditional or stop some probability\.", "请给 go、conditional 或 stop 一定的概率。"),
    (r"never ends by itself\.", "自身不会结束。"),
    (
        r"Name a stage, an activity that is a step, a gate or a milestone\.",
        "请指定阶段、关口、里程碑或非持续性的活动。",
    ),
    (r"is no number of (samples|repeats)\.", "数目不对。"),
    (r"is no seed\.", "不是随机种子。"),
    (r"Give a whole number .*\.", "请给出整数。"),
    (r"of (.*) elements would take (.*) GiB\.", r"个样本乘 \1 个要素需要 \2 GiB。"),
    (r"Draw fewer, or name what to keep=\[\.\.\.\]\.", "请减少样本数。"),
    (r"was reached in no sample\.", "在所有样本中都没有到达。"),
    (r"Look at `reached` first\.", "请先看到达率。"),
    (r"is no day\.", "不是日期。"),
    (r"is no shape\.", "不是分布形状。"),
    (r"is needed with progress\.", "有进展时必须给出。"),
    (r"is more than the (.*) named as experts\.", r"多于所列的 \1 人。"),
    (r"Name more, or leave the capacity out: .*\.", "请多列几人,或不给 --capacity。"),
    (r"is more than the (.*) that the process allows \(at_most\)\.", r"多于流程允许的 \1 人(at_most)。"),
    (r"Lower it, or change at_most of the role\.", "请减少,或修改角色的 at_most。"),
    (r"is not a number of people\.", "不是人数。"),
    (r"Use 1, 2, \.\.\.; leave the role out .*\.", "请用 1、2……;人手总够的角色不必给出。"),
    (r"names nobody\.", "没有列出任何人。"),
    (r"Name somebody, or leave it out\.", "请列出至少一人,或去掉它。"),
    (r"leaves nobody for (.*), which needs one\.", r"使 \1 无人可做。"),
    (r"Raise it, or let another role be responsible\.", "请增加人数,或改由其他角色负责。"),
    (r"are too few for (.*), which needs (.*) different people: (.*)\.", r"做 \1 不够,需要 \2 个不同的人:\3。"),
    (r"Name more experts, or let fewer roles be responsible\.", "请多列几人,或减少负责的角色。"),
    (r"Give its value, such as '(.*)', or the id of a fact\.", r"请用 --contract 给出,例如“\1”,或事实的标识。"),
    (r"Record this fact, or give a value such as '(.*)'\.", r"请记录该事实,或用 --contract 给出,例如“\1”。"),
    (r"Round it, or say places=\.", "请取整到分。"),
    (r"Correct the payments of the milestones\.", "请更正各里程碑的回款。"),
    (r"Keep back less\.", "请减少扣留。"),
    (r"Name a milestone that is planned\.", "请指定会发生的里程碑。"),
    (r"Give a number from 0 to 1, .*\.", "请给出 0 到 1 之间的数,例如 0.05 或 5%。"),
    (r"Give a number from 0 to 1\.", "请给出 0 到 1 之间的数。"),
    (r"Use holdback for an amount\.", "金额请用 --holdback。"),
    # what is wrong with a record
    (r"is a folder\.", "是文件夹。"),
    (r"lies in a folder that is not there\.", "所在的文件夹不存在。"),
    (r"is no address of a store\.", "不是记录的地址。"),
    (r"is no SQLite database\.", "不是 SQLite 数据库。"),
    (r"has two slashes and a name\.", "只写了两道斜杠。"),
    (r"is no SQLite or PostgreSQL database\.", "不是 SQLite 或 PostgreSQL 数据库。"),
    (r"is a PostgreSQL database, which needs psycopg\.", "是 PostgreSQL 数据库,需要 psycopg。"),
    (r"is a PostgreSQL older than 13, .*\.", "PostgreSQL 版本低于 13,无法得知提交的先后。"),
    (
        r"keeps texts as (.*), sent as (.*), which not every character has\.",
        r"以 \1 保存文本(传输用 \2),并非所有字符都能保存。",
    ),
    (r"takes no more than (.*) records in one transaction; .*\.", r"一个事务最多 \1 条记录;没有写入任何内容。"),
    (r"names the driver (.*)\.", r"指定了驱动 \1。"),
    (r"names another driver than sqlite3\.", "指定了 sqlite3 以外的驱动。"),
    (r"another transaction wrote in between.*\.", "其他事务接连抢先写入;没有写入任何内容。"),
    (r"did not answer within statement_timeout.*\.", "未在 statement_timeout 内完成,或被中止;没有写入任何内容。"),
    (r"the connection was lost \((.*)\); .*\.", r"连接中断(\1);没有写入任何内容。"),
    (
        r"the connection was lost while record (.*) of project (.*) was committed\.",
        r"提交项目 \2 的第 \1 条记录时连接中断。",
    ),
    (r"cannot be reached \((.*)\)\.", r"无法连接(\1)。"),
    (r"refuses the connection \((.*)\)\.", r"拒绝连接(\1)。"),
    (r"does not give this user the right \((.*)\)\.", r"该用户没有权限(\1)。"),
    (r"is in a transaction that failed before; .*\.", "所在的事务此前已失败;没有写入任何内容。"),
    (r"lacks a (table|column) of ltcflow\.", "缺少 ltcflow 的表或列。"),
    (r"has lost a file\.", "缺失数据文件。"),
    (r"has no free connection: .*\.", "连接池已无空闲连接;没有写入任何内容。"),
    (r"is the database of another application \((.*)\); it was left as it is\.", r"是其他应用的数据库(\1),未作改动。"),
    (r"is damaged\.", "已损坏。"),
    (r"is damaged \((.*)\)\.", r"已损坏(\1)。"),
    (r"lacks the tables (.*)\.", r"缺少表 \1。"),
    (r"was written by a later ltcflow (.*)\.", r"由更新版本的 ltcflow 写成 \1。"),
    (r"is no SQLite database, or an encrypted one\.", "不是 SQLite 数据库,或已加密。"),
    (r"cannot be opened\.", "无法打开。"),
    (r"cannot be used: (.*)\.", r"无法使用:\1。"),
    (r"can be read but not written(: .*)?\.", "只能读,不能写。"),
    (r"is locked by another .*\.", "被其他连接锁住;没有写入任何内容。"),
    (r"has no room left; .*\.", "空间已满;没有写入任何内容。"),
    (r"failed: (.*)\.", r"出错:\1。"),
    (r"failed to read or write \((.*)\); a write was undone\.", r"读写失败(\1);未完成的写入已撤销。"),
    (r"failed to read or write; a write was undone\.", "读写失败;未完成的写入已撤销。"),
    (r"holds half of a write that was cut short, .*\.", "留有一次中断的写入,而该用户无权将其撤销。"),
    (r"was moved, deleted or replaced while it was open; .*\.", "在打开期间被移动、删除或替换;没有写入任何内容。"),
    (r"is no file\.", "不是普通文件。"),
    (r"the definition a project runs on is missing.*\.", "项目所依据的流程定义缺失、被改动或不可读。"),
    # what to do
    (r"Write for example (.*), or (.*) for elapsed days\.", r"例如 \1;日历日写作 \2。"),
    (r"Write a day such as '(.*)' or a moment such as '.*'\.", r"请写成日期,例如 \1。"),
    (r"Write lower-case letters, digits and underscores\.", "请用小写字母、数字和下划线。"),
    (r"Write '(.*)'\.", r"请写成“\1”。"),
    (r"Write (.*)\.", r"请写 \1。"),
    (r"Give at most (\d+) characters of Unicode text\.", r"最多 \1 个字符。"),
    (r"Give at most (.*)\.", r"最多 \1。"),
    (r"Give a name or account such as '(.*)'\.", r"请给出姓名或账号,例如 \1。"),
    (r"Give at least one character\.", "请至少给出一个字符。"),
    (r"Give durations for activities that are steps, and for gates\.", "只能为非持续性的活动和关口指定工期。"),
    (r"Give all three, or one duration such as 5d\.", "请给出三个值,或只给一个,例如 5d。"),
    (r"Choose at least (\d+) of (.*) in a stage of choices\.", r"请在多选阶段中从 \2 里至少选 \1 项。"),
    (r"Say who begins the project: by=\.\.\.", "请用 --by 指明。"),
    (r"Keep optimistic <= likely <= pessimistic\.", "应满足 乐观 <= 最可能 <= 悲观。"),
    (r"Name a file, such as sales\.db\.", "请给出文件名,例如 sales.db。"),
    (
        r"Give this user the right to write to the file and its folder, and open it again; .*\.",
        "请给予该用户对文件及其文件夹的写权限后重新打开;不要删除 -journal 或 -wal 文件。",
    ),
    (r"Open it again by its present name, .*\.", "请按现在的名称重新打开;替换文件之前请停止所有使用它的程序。"),
    (
        r"Check the disk, its quota and .*\.",
        "请检查磁盘、配额及该用户的限制,然后重做未完成的操作;可运行 ltcflow doctor。",
    ),
    (r"Check the server's disk, and try again\.", "请检查服务器的磁盘后再试。"),
    (r"Name a file in it, such as sales\.db\.", "请给出其中的文件名,例如 sales.db。"),
    (r"Name a file\.", "请给出文件名。"),
    (r"Name another file; .*\.", "请另选文件;此文件未作改动。"),
    (r"Name another file, or .*\.", "请另选文件。"),
    (r"Make (.*) first\.", r"请先建立 \1。"),
    (r"Use low, medium, high(,| or) critical\.", "请用 low、medium、high 或 critical。"),
    (r"Use (sqlite:\S+) or (postgresql:\S+)\.", r"请用 \1 或 \2。"),
    (r"Use one kind, such as (.*)\.", r"请只用一种,例如 \1。"),
    (r"Use (.*) or more\.", r"请用 \1 或更大的值。"),
    (r"Use (.*)\.", r"请用 \1。"),
    (r"Give this user the right to write to .*\.", "请给予该用户对文件及其文件夹的写权限,或另选文件。"),
    (r"Check that the path is right and .*\.", "请检查路径以及文件、文件夹的读写权限。"),
    (r"Check the engine or address\.", "请检查地址。"),
    (r"Try again once the server answers\.", "请待服务器恢复后再试。"),
    (r"Try again, or raise statement_timeout\.", "请再试,或调大 statement_timeout。"),
    (r"Try again; in a transaction of your own, .*\.", "请再试;若在自己的事务中,请回滚后重做。"),
    (r"Try again.*\.", "请稍后再试,或找出占用它的程序。"),
    (
        r"Once the server answers, look at the log: .*",
        "服务器恢复后请先看日志(ltcflow log):有该条即已写入,没有即未写入。在同一程序中原样重做不会重复写入。",
    ),
    (r"Check host and port, and that the server runs\.", "请检查主机、端口,以及服务器是否在运行。"),
    (r"Check the user, password and name of the database\.", "请检查用户名、密码与数据库名。"),
    (r"GRANT it, or name another user\.", "请授予该权限(GRANT),或换一个用户。"),
    (r"Name the primary server, or SET .*\.", "请连接主服务器,或关闭 default_transaction_read_only。"),
    (r"Upgrade the server to 13 or newer\.", "请将服务器升级到 13 或更新版本。"),
    (r"Make the database with ENCODING .*\.", "请以 ENCODING 'UTF8' 建库,并设置 client_encoding=utf8。"),
    (r"Install it: (pip install .*)\.", r"请安装:\1。"),
    (r"Write them in several transactions\.", "请分多个事务写入。"),
    (r"Roll your transaction back and repeat it .*\.", "请回滚你的事务并从头重做。"),
    (r"Restore the database from a backup, or name another one\.", "请从备份恢复数据库,或另选一个。"),
    (r"Free some room .*\.", "请腾出磁盘空间后再试。"),
    (r"Restore it from a backup; .*\.", "请从备份恢复;sqlite3 文件 .recover 可救回仍可读取的内容。"),
    (r"Look at the database's message\.", "请看数据库的提示。"),
    (r"Round it\.", "请取整。"),
    (r"Remove it\.", "请去掉它。"),
    (r"Remove the blanks around it\.", "请去掉首尾的空格。"),
    (r"begins or ends with a blank\.", "首尾有空格。"),
    (r"holds (.*), which cannot be seen\.", r"含有看不见的字符 \1。"),
    (r"record (.*) of project (.*?) (.*)\.", r"项目 \2 的第 \1 条记录与前后不符。"),
    (r"Nothing is written to a broken log\. .*", "损坏的记录不再写入。请运行 ltcflow verify,并从备份恢复文件。"),
    (r"Remove or mend it\.", "请去掉或更正。"),
    (r"Upgrade ltcflow\.", "请升级 ltcflow。"),
    (r"Restore the (file|store) from a backup(.*)\.", "请从备份恢复。"),
)
"""English sentences of errors (regular expressions), and the Chinese ones."""
WHOLE: Sequence[tuple[str, str]] = (
    (r"no record is named\. .*", "没有指明记录。请给出 --db sales.db,或设置 LTCFLOW_DB。"),
    (r"(.*): there is no such record\. .*", r"\1：没有这份记录。ltcflow start 会建立记录。"),
    (
        r"(.*): is empty: nothing was written to it yet, or it was emptied\. .*",
        r"\1：是空文件:尚未写入,或已被清空。请从备份恢复;ltcflow start 会重新建立。",
    ),
    (r"(.*): ends with this command\. .*", r"\1：命令结束即消失。请给出文件,例如 --db sales.db。"),
    (r"(.*): cannot be read or written: (.*)\. Check .*", r"\1：无法读写：\2。请检查它是否存在、有无权限和空间。"),
    (r"the log of project '(.*)' holds .*", r"项目 \1 正被他人连续写入,本次没有写入任何内容。请重试。"),
)
"""Errors that are one sentence."""
MISUSES: Sequence[tuple[str, str]] = (
    (r"^Give FILE\|ID or --project, one of them\.$", "请给出 FILE|ID 或 --project,二者取一。"),
    (r"^--start, --fact and --choose go with FILE\|ID: .*$", "--start、--fact、--choose 只用于 FILE|ID:项目自有这些。"),
    (r"^Give --win once for the project, or for elements: (.*)\.$", r"--win 对整个项目只给一次,或逐个要素给出:\1。"),
    (r"^Missing option (.*?)\.", r"缺少选项 \1。"),
    (r"^Missing argument (.*?)\.", r"缺少参数 \1。"),
    (r" Choose from:\s*", "可选:"),
    (r"^No such option:? (\S+?)\.?(?: |$)", r"没有选项 \1。"),
    (r"\(?Did you mean (.*?)\?\)?$", r"是不是 \1?"),
    (r"\(?Possible options: (.*?)\)?$", r"是不是 \1?"),
    (r"^Option (\S+) requires an argument\.", r"选项 \1 需要一个值。"),
    (r"^Option (\S+) does not take a value\.", r"选项 \1 不带值。"),
    (r"^Got unexpected extra arguments? \((.*)\)\.?", r"多余的参数:\1。"),
    (r"^Invalid value for (.*?): ", r"\1 的值无效:"),
    (r"(\S+) is not one of (.*?)\.$", r"\1 不在可选之列:\2。"),
    (r"(\S+) is not a valid integer(?: range)?\.", r"\1 不是整数。"),
    (r"(\S+) is not in the range (.*?)\.$", r"\1 不在范围 \2 内。"),
)
"""What click says of a command line, piece by piece (regular expressions), and the Chinese for it."""


def translated(english: str) -> str:
    """Return a sentence of an error in Chinese, or as it is when it is not known.

    Example:
        >>> translated("is not a date."), translated("Make /srv/sales first."), translated("is odd.")
        ('不是日期。', '请先建立 /srv/sales。', 'is odd.')
    """
    return _first(SENTENCES, english)


def whole(english: str) -> str:
    """Return an error that is one sentence in Chinese, or as it is when it is not known."""
    return _first(WHOLE, english)


def _first(table: Sequence[tuple[str, str]], english: str) -> str:
    for pattern, chinese in table:
        match = re.fullmatch(pattern, english, re.DOTALL)
        if match:
            return match.expand(chinese)
    return english


def misuse(english: str) -> str:
    """Return what click says of a command line in Chinese.

    Example:
        >>> misuse("Missing option '--by'."), misuse("No such option '--bye'. Did you mean '--by'?")
        ("缺少选项 '--by'。", "没有选项 '--bye'。是不是 '--by'?")
    """
    for pattern, chinese in MISUSES:
        english = re.sub(pattern, chinese, english)
    return english


def unknown(kind: str, value: str, near: Sequence[str], known: Sequence[str]) -> str:
    """Return that there is no *kind* called *value*, with the nearest names, else those there are.

    Example:
        >>> unknown("gate", "atb", [], ["ati_gate"]), unknown("project", "acm", ["acme"], [])
        ('没有名为“atb”的关口。已有:ati_gate。', '没有名为“acm”的项目。是不是 acme?')
    """
    hint = f"是不是 {' 或 '.join(near)}?" if near else ""
    if not near and known:
        hint = f"已有:{'、'.join(known[:8])}{'……' if len(known) > 8 else ''}。"
    return f"没有名为“{value[:200]}”的{KINDS.get(kind, kind)}。{hint}"
