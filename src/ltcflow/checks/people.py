"""Rules about people: who sponsors, who answers first, who is accountable, who decides."""

from __future__ import annotations

from collections.abc import Iterator

from ltcflow.checks.references import references
from ltcflow.findings import Finding
from ltcflow.graph import network, place_of
from ltcflow.graph.rule import listed, say
from ltcflow.names import RoleId
from ltcflow.process import Process, duties_of
from ltcflow.stages import Activity, GateKind


def named_sponsor(process: Process) -> Iterator[Finding]:
    """LTC310: the sponsor is one named human being, never an organisation or a seal, nor several."""
    sponsors = [role for role in process.roles if role.sponsor]
    if not sponsors:
        yield say(
            "LTC310",
            "roles",
            ("no role is the project's sponsor.", "Mark the sponsor's role with sponsor: true."),
            ("没有指定项目发起人。", "在发起人角色上写 sponsor: true。"),
        )
    for role in sponsors:
        if role.body or role.external:
            kind, kind_zh = ("a body", "组织或团队") if role.body else ("outside the company", "外部人员")
            yield say(
                "LTC310",
                f"roles.{role.id}",
                (
                    f"is the sponsor, but is {kind}: nobody answers for the project by name.",
                    "Make a role that one person of the company wears the sponsor.",
                ),
                (f"是项目发起人,却是{kind_zh},没有落实到人。", "请由公司内的一名具体人员担任发起人。"),
                (role.id,),
            )
    for role in sponsors[1:]:
        yield say(
            "LTC310",
            f"roles.{role.id}",
            (f"is a sponsor beside '{sponsors[0].id}': one person answers for the project.", "Keep one of them."),
            (f"与 {sponsors[0].id} 同为项目发起人,应由一人负责。", "只保留一个。"),
            tuple(r.id for r in sponsors),
        )


def one_accountable(process: Process) -> Iterator[Finding]:
    """LTC312: exactly one role is accountable (A) for every activity."""
    for activity in process.activities():
        accountable = activity.raci.accountable
        if len(accountable) == 1:
            continue
        place = place_of(process, activity.id, "raci")
        if not accountable:
            responsible = activity.raci.responsible
            hint = f", such as '{responsible[0]}'" if responsible else ""
            hint_zh = f",如 {responsible[0]}" if responsible else ""
            yield say(
                "LTC312",
                place,
                ("nobody is accountable for it.", f"Give exactly one role the duty A{hint}."),
                ("没有人对它负最终责任。", f"请指定恰好一个 A 角色{hint_zh}。"),
            )
        else:
            yield say(
                "LTC312",
                place,
                (
                    f"{len(accountable)} roles are accountable for it ({listed(accountable)}), so none is.",
                    "Keep one A and make the others R.",
                ),
                (
                    f"有 {len(accountable)} 个角色同时负最终责任({listed(accountable)}),等于无人负责。",
                    "只保留一个 A,其余改为 R。",
                ),
                accountable,
            )


def accountable_person(process: Process) -> Iterator[Finding]:
    """LTC313: who is accountable for an activity is one person, not a team or committee."""
    for activity in process.activities():
        for role in activity.raci.accountable:
            declared = process.roles_by_id.get(role)
            if declared is not None and declared.body:
                yield say(
                    "LTC313",
                    place_of(process, activity.id, "raci.A[0]"),
                    (
                        f"a body ('{role}') is accountable for it, not a person.",
                        "Name the role of its leader.",
                    ),
                    (f"由团队({role})负最终责任,没有落实到个人。", "请写其负责人的角色。"),
                    (role,),
                )


def first_responsible(process: Process) -> Iterator[Finding]:
    """LTC316: exactly one role is the first responsible person of the project."""
    marked = [role for role in process.roles if role.first_responsible]
    if not marked:
        yield say(
            "LTC316",
            "roles",
            ("no role is the first responsible person of the project.", "Mark one role with first_responsible: true."),
            ("没有指定项目的第一责任人。", "在一个角色上写 first_responsible: true。"),
        )
    for role in marked:
        if role.body or role.external:
            kind, kind_zh = ("a body", "组织或团队") if role.body else ("outside the company", "外部人员")
            yield say(
                "LTC316",
                f"roles.{role.id}",
                (
                    f"is the first responsible person, but is {kind}.",
                    "Make a role that one person of the company wears the first responsible one.",
                ),
                (f"是第一责任人,却是{kind_zh}。", "请由公司内的一名具体人员担任第一责任人。"),
                (role.id,),
            )
    for role in marked[1:]:
        yield say(
            "LTC316",
            f"roles.{role.id}",
            (f"is a first responsible person beside '{marked[0].id}': there can be one.", "Keep one of them."),
            (f"与 {marked[0].id} 同为第一责任人,只能有一个。", "只保留一个。"),
            tuple(r.id for r in marked),
        )


def separate_decision(process: Process) -> Iterator[Finding]:
    """LTC317: a decision or approval is not made only by those whose work it judges."""
    net = network(process)
    for gate in process.gates():
        deciders = set(gate.voting) & process.roles_by_id.keys()
        if gate.kind not in (GateKind.DECISION, GateKind.APPROVAL) or not deciders:
            continue
        stage = process.stage_of(gate.id)
        before = sorted(net.ancestors(net.index[gate.id]))
        judged = [net.nodes[i].element for i in before if stage is not None and net.nodes[i].stage == stage.id]
        work = [a for a in judged if isinstance(a, Activity)]
        team: set[RoleId] = {r for a in work for r in (*a.raci.responsible, *a.raci.accountable)}
        if deciders <= team:
            names = listed(sorted(deciders))
            yield say(
                "LTC317",
                place_of(process, gate.id, "decided_by"),
                (
                    f"is decided only by those whose work it judges ({names}).",
                    "Let a role decide that does not do this work.",
                ),
                (f"只由完成被评审工作的角色决策({names})。", "请由不承担这些工作的角色参与决策。"),
                tuple(sorted(deciders)),
            )


def internal_accountable(process: Process) -> Iterator[Finding]:
    """LTC321: nobody from outside is accountable for work that the company does."""
    for activity in process.activities():
        roles = process.roles_by_id
        outside = [r for r in activity.raci.accountable if r in roles and roles[r].external]
        inside = [r for r in activity.raci.responsible if r in roles and not roles[r].external]
        if outside and inside:
            yield say(
                "LTC321",
                place_of(process, activity.id, "raci.A[0]"),
                (
                    f"'{outside[0]}', from outside the company, is accountable for the work of {listed(inside)}.",
                    "Make a role of the company accountable.",
                ),
                (
                    f"外部角色 {outside[0]} 对公司内部 {listed(inside)} 的工作负最终责任。",
                    "请改由内部角色负责。",
                ),
                (outside[0], *inside),
            )


def sets_of_one(process: Process) -> Iterator[Finding]:
    """LTC337: a set of roles that are kept apart, or made one person, has two roles at least."""
    for field, sets, verb, verb_zh in (
        ("separation_of_duties", process.separation_of_duties, "keeps nobody apart", "没有分离任何人"),
        ("binding_of_duties", process.binding_of_duties, "binds nobody together", "没有绑定任何人"),
    ):
        alone = [role for roles in sets if len(roles) == 1 for role in roles]
        for i, roles in enumerate(sets):
            if len(roles) < 2:
                together = f", as in [{', '.join(alone[:5])}]" if len(alone) > 1 else ""
                together_zh = f",如 [{', '.join(alone[:5])}]" if len(alone) > 1 else ""
                yield say(
                    "LTC337",
                    f"{field}[{i}]",
                    (
                        f"{verb}: it names {f'{listed(roles)} alone' if roles else 'no role'}.",
                        f"Write the roles in one list{together}, or remove it.",
                    ),
                    (
                        f"{verb_zh}:{f'只列出 {listed(roles)}' if roles else '没有列出角色'}。",
                        f"请把相关角色写在同一个列表中{together_zh},或删除。",
                    ),
                    roles,
                )


def idle_roles(process: Process) -> Iterator[Finding]:
    """LTC323: every declared role has a duty, a vote, a criterion or a fact to see to."""
    apart = ("_of_duties[", "separation_rules[", ".rule.weights.")
    used = {r.value for r in references(process) if r.kinds == ("role",) and not any(a in r.where for a in apart)}
    for role in process.roles:
        if role.id not in used:
            yield say(
                "LTC323",
                f"roles.{role.id}",
                ("has neither a duty nor a vote nor anything to see to.", "Give it a duty, or remove it."),
                ("没有任何职责、投票权或负责事项。", "为其分配职责,或删除该角色。"),
                (role.id,),
            )


def sponsor_takes_part(process: Process) -> Iterator[Finding]:
    """LTC333: the sponsor stays bound to the project: does, answers for, advises on or decides something."""
    active = {role for gate in process.gates() for role in gate.voting}
    for element in process.elements():
        active.update(role for letter, role in duties_of(element).pairs() if letter != "I")
    for role in process.roles:
        if role.sponsor and role.id not in active:
            yield say(
                "LTC333",
                f"roles.{role.id}",
                (
                    "is the sponsor, but takes no part: no duty beyond being informed, and no vote.",
                    "Give the sponsor a duty (R, A or C) or a vote.",
                ),
                ("是项目发起人,但未参与项目:除被告知外没有职责,也没有投票权。", "为发起人分配 R、A、C 职责或投票权。"),
                (role.id,),
            )
