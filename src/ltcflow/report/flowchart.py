"""A process as a Mermaid flowchart, for Markdown pages, GitHub and mermaid.live."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from ltcflow.graph import Network, NetworkEdge, NetworkNode, NodeKind, Origin, network
from ltcflow.labels import Lang
from ltcflow.process import Process
from ltcflow.report.cells import clean
from ltcflow.report.words import label, rhythm, said, when_text, word
from ltcflow.stages import Activity, DependencyType, Gate, GateKind, Milestone, Stage

_PLAIN = re.compile(r"[^\W_]|[ ,()/]|(?<=[^\W_])[-_](?=[^\W_])")
_PREFIX = {NodeKind.ACTIVITY: "a", NodeKind.SPAN: "a", NodeKind.GATE: "g", NodeKind.MILESTONE: "m"}
_STYLES = (
    "classDef span stroke-dasharray:5 5",
    "classDef gate fill:khaki,stroke:darkgoldenrod,color:black",
    "classDef milestone fill:honeydew,stroke:seagreen,color:black",
    "classDef missing fill:mistyrose,stroke:crimson,color:black",
)


def mermaid(process: Process, lang: Lang = "en") -> str:
    """Return *process* as a Mermaid flowchart, left to right.

    Stages are subgraphs; activities boxes (dashed where they run along their stage); decision gates diamonds, other
    gates hexagons; milestones rounded. An arrow is a plain finish-to-start wait unless its label says otherwise; a
    dotted arrow is the way back from a gate. What is waited for and not declared is a red box. What follows from
    lying in a stage (its first element waits for the stage to begin) is not drawn.

    Args:
        lang: language of titles and words.
    Returns:
        Text that ends with a line end; the same for equal processes. Ids are plain ASCII and never words of Mermaid;
        texts are escaped, so that no title can break the syntax or smuggle in directives.
    Cost: O(elements + dependencies).

    Example:
        >>> from ltcflow import builder as b
        >>> steps = [b.activity("offer", title="Offer"), b.activity("end", after=[b.after("offer", "SS", "1d")])]
        >>> print(mermaid(b.process("bid", stages=[b.stage("do", activities=steps)])))
        flowchart LR
            subgraph s_do["do"]
                a_offer["Offer"]
                a_end["end"]
            end
            a_offer -->|"SS #43;1d"| a_end
        <BLANKLINE>
    """
    picture = _Picture(network(process), lang)
    lines = ["flowchart LR", *picture.stages(), *picture.milestones(), *picture.missing(), *picture.edges()]
    used = [style for style in _STYLES if any(line.endswith(f":::{style.split()[1]}") for line in lines)]
    return "\n".join([*lines, *(f"    {style}" for style in used)]) + "\n"


def escape(text: object) -> str:
    """Return *text* for use inside a quoted Mermaid label: all that Mermaid, Markdown or HTML could read is a code.

    Line ends become ``<br/>``; blanks are single. The codes are Mermaid's own (``#34;`` for a quotation mark).

    Example:
        >>> escape('1. "a" < `b`; #c')
        '1#46; #34;a#34; #60; #96;b#96;#59; #35;c'
    """
    lines = (clean(line) for line in str(text).splitlines())
    return "<br/>".join(_escape_line(line) for line in lines if line) or "#32;"


def _escape_line(line: str) -> str:
    plain = {match.start() for match in _PLAIN.finditer(line)}
    return "".join(c if i in plain or (ord(c) > 127 and c not in "°¶") else f"#{ord(c)};" for i, c in enumerate(line))


@attrs.frozen
class _Picture:
    """The lines of one flowchart."""

    net: Network
    lang: Lang

    def stages(self) -> Iterator[str]:
        for node in self.net.nodes:
            if node.kind is not NodeKind.STAGE_START:
                continue
            inside = [n for n in self.net.nodes if n.stage == node.stage and n.kind in _PREFIX]
            assert isinstance(node.element, Stage)
            title = self._words(node.element, when_text(node.element, self.lang))
            if not inside:
                yield f'    {self._id(node)}["{title}"]'
                continue
            yield f'    subgraph {self._id(node)}["{title}"]'
            yield from (f"        {self._node(n)}" for n in inside)
            yield "    end"

    def milestones(self) -> Iterator[str]:
        yield from (f"    {self._node(n)}" for n in self.net.nodes if n.kind is NodeKind.MILESTONE)

    def missing(self) -> Iterator[str]:
        names = dict.fromkeys(dependency.on for _, dependency in self.net.unresolved)
        for number, name in enumerate(names):
            what = said(self.lang, "not declared", "未声明")
            yield f'    u{number}["{escape(name)}<br/>{escape(what)}"]:::missing'

    def edges(self) -> Iterator[str]:
        for edge in self.net.edges:
            if edge.origin in (Origin.AFTER, Origin.LISTED):
                yield from self._arrow(edge)
        names = list(dict.fromkeys(dependency.on for _, dependency in self.net.unresolved))
        for waiting, dependency in self.net.unresolved:
            at = self.net.position(waiting)
            assert at is not None
            yield f"    u{names.index(dependency.on)} --> {self._id(self.net.nodes[at])}"
        for gate, target in self.net.recycles:
            yield self._way_back(gate, target)

    def _arrow(self, edge: NetworkEdge) -> Iterator[str]:
        source, target = self.net.nodes[edge.source], self.net.nodes[edge.target]
        if self._contains(source, target) or self._contains(target, source):
            return  # Mermaid cannot draw an arrow between a subgraph and what is inside it
        parts = [edge.type.value] if edge.type is not DependencyType.FS or edge.lag else []
        if edge.lag:
            parts.append(f"{'+' if edge.lag.minutes > 0 else ''}{edge.lag}")
        text = f'|"{escape(" ".join(parts))}"|' if parts else ""
        yield f"    {self._id(source)} -->{text} {self._id(target)}"

    def _way_back(self, gate: int, target: int) -> str:
        source, goal = self.net.nodes[gate], self.net.nodes[target]
        if self._contains(goal, source):
            goal = next(n for n in self.net.nodes if n.stage == goal.stage and n.kind in _PREFIX)
        return f'    {self._id(source)} -.->|"{word("recycle", self.lang)}"| {self._id(goal)}'

    @staticmethod
    def _contains(outer: NetworkNode, inner: NetworkNode) -> bool:
        return outer.kind not in _PREFIX and outer.stage != "" and outer.stage == inner.stage

    def _id(self, node: NetworkNode) -> str:
        prefix, name = _PREFIX.get(node.kind, "s"), node.stage if node.kind not in _PREFIX else node.id
        if name.isascii():
            return f"{prefix}_{name}"
        position = self.net.position(name)
        return f"{prefix}{position}"

    def _node(self, node: NetworkNode) -> str:
        element, name = node.element, self._id(node)
        match element:
            case Gate(kind=GateKind.DECISION):
                return f'{name}{{"{self._words(element, when_text(element, self.lang))}"}}:::gate'
            case Gate():
                kind = word(element.kind.value, self.lang)
                return f'{name}{{{{"{self._words(element, kind, when_text(element, self.lang))}"}}}}:::gate'
            case Milestone():
                return f'{name}(["{self._words(element, when_text(element, self.lang))}"]):::milestone'
            case Activity():
                text = self._words(element, rhythm(element, self.lang), when_text(element, self.lang))
                return f'{name}["{text}"]{":::span" if element.spans else ""}'
        raise AssertionError(node)

    def _words(self, element: Stage | Activity | Gate | Milestone, *more: str) -> str:
        return "<br/>".join(escape(part) for part in (label(element.title, self.lang, element.id), *more) if part)
