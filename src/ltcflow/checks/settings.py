"""What a process makes of the rules: promoted, demoted, switched off with a reason; and whether it may."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import attrs

from ltcflow.errors import did_you_mean
from ltcflow.findings import Finding, Severity
from ltcflow.graph import Rule
from ltcflow.graph.rule import say
from ltcflow.process import Process, RuleLevel, RuleSetting

_OURS = re.compile(r"LTC\d{3}", re.IGNORECASE)


def settings_of(process: Process) -> dict[str, RuleSetting]:
    """Return the setting of each code; of two for one code the first counts."""
    return {setting.code: setting for setting in reversed(process.rules)}


def apply_settings(process: Process, findings: Iterable[Finding], rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """Yield *findings* with the severity that *process* gives their codes; those switched off are left out."""
    settings = settings_of(process)
    for finding in findings:
        setting = settings.get(finding.code)
        rule = rules.get(finding.code)
        if setting is None or (rule is not None and rule.fixed):
            yield finding
        elif setting.level is not RuleLevel.OFF:
            severity = Severity.ERROR if setting.level is RuleLevel.ERROR else Severity.WARNING
            yield attrs.evolve(finding, severity=severity)


def unknown_codes(process: Process, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """LTC300: a setting for a rule that does not exist; codes of other makers (not "LTC...") are left to plugins."""
    for setting in process.rules:
        if setting.code in rules or not _looks_ours(setting.code):
            continue
        near = did_you_mean(setting.code, [code for code, rule in rules.items() if not rule.fixed])
        hint = f"Did you mean {' or '.join(near)}?" if near else "See docs/reference/findings.md for the codes."
        hint_zh = f"是否想写 {' 或 '.join(near)}?" if near else "编号见 docs/reference/findings.md。"
        yield say(
            "LTC300",
            f"rules.{setting.code}",
            (f"there is no rule {setting.code}.", hint),
            (f"没有规则 {setting.code}。", hint_zh),
            (setting.code,),
        )


def _looks_ours(code: str) -> bool:
    return _OURS.fullmatch(code) is not None or code.upper().startswith("LTC") or code.isdecimal()


def fixed_codes(process: Process, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """LTC301: a setting that would demote or switch off what must always hold."""
    for setting in process.rules:
        rule = rules.get(setting.code)
        if rule is not None and rule.fixed and setting.level is not RuleLevel.ERROR:
            yield say(
                "LTC301",
                f"rules.{setting.code}",
                (
                    f"{setting.code} ({rule.title.en}) cannot be demoted or switched off: no project could run.",
                    "Remove this setting and mend what the finding names.",
                ),
                (f"{setting.code}({rule.title.zh})不能降级或关闭,否则项目无法运行。", "删除该设置,并按提示修改。"),
                (setting.code,),
            )
