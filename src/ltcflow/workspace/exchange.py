"""How a workspace hands a whole project out as one file, and takes one in: nothing lost, nothing overwritten."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import attrs

from ltcflow.errors import UnknownName
from ltcflow.findings import Finding
from ltcflow.projects.events import ProjectStarted
from ltcflow.stores import Draft, EventStore, Record, StaleProject, StoreCorrupt
from ltcflow.workspace.exported import Content, is_definition, read, written
from ltcflow.workspace.kept import event_of

if TYPE_CHECKING:
    from ltcflow.workspace.kept import Kept

ATTEMPTS = 20


@attrs.frozen(kw_only=True)
class Imported:
    """What became of a file that was to be imported; with findings, nothing was written.

    Attributes:
        project: whose log, "" where the file does not say.
        added: how many records were written; 0 when the store had them all.
        findings: what is wrong with the file, or stands against it in the store, by line.
    """

    project: str = ""
    added: int = 0
    findings: tuple[Finding, ...] = ()


class _Records(Protocol):
    """What of a workspace is needed here."""

    _kept: Kept

    @property
    def store(self) -> EventStore: ...
    def verify(self, project: str | None = None) -> tuple[Finding, ...]: ...


class Exchange:
    """The calls of a `Workspace` that move whole projects."""

    def export_project(self: _Records, project: str) -> bytes:
        """Return the log of *project* and the definition it runs on, as JSON Lines in UTF-8.

        Raises:
            UnknownName: there is no such project.
            StoreCorrupt: the log or a definition is broken; `verify` names where.
        Cost: O(size of the log).

        Example:
            >>> import ltcflow as ltc
            >>> b = ltc.builder
            >>> bid = b.process("bid", stages=[b.stage("do", activities=[b.activity("offer")])])
            >>> with ltc.Workspace.open("memory:") as ws:
            ...     _ = ws.start(bid, project="acme", by="li.wei")
            ...     file = ws.export_project("acme")
            >>> [line[:9] for line in file.splitlines()]
            [b'{"definit', b'{"at":"20', b'{"head":[']
        """
        name = self._kept.named(project)
        records = self.store.read(name)
        if not records:
            raise UnknownName(kind="project", value=project, known=self.store.projects())
        broken = self.verify(name)
        if broken:
            raise StoreCorrupt(store=self.store.describe().location, problem=broken[0].problem, remedy=broken[0].remedy)
        hashes = {e.definition for r in records if isinstance(e := event_of(r), ProjectStarted)}
        return written(Content(name, {hash: self.store.definition(hash) for hash in hashes}, records))

    def import_project(self: _Records, content: bytes, *, file: str = "") -> Imported:
        """Verify all of *content*, what `export_project` returned, and write what the store does not have of it.

        Nothing is ever overwritten. A log in the store may be the beginning of the one in the file: it is continued.
        It may go on where the file ends: nothing is written. Any other log of that name is a finding. The same file
        again changes nothing.

        Args:
            file: the name of the file, for the findings.
        Raises:
            StaleProject: others wrote to the project meanwhile, again and again; nothing was written.
            CommitInDoubt: all was written, or nothing; import again.
            StoreError: the store failed; the log is as it was.
        Cost: O(size of the content).

        Example:
            >>> import ltcflow as ltc
            >>> with ltc.Workspace.open("memory:") as ws:
            ...     print(ws.import_project(b"{}\\n", file="acme.jsonl").findings[0].text())
            acme.jsonl:1:0: LTC622: header: is no header of format ltcflow-project, version 1. Name a file that ...
        """
        found, findings = read(content)
        for attempt in range(ATTEMPTS):
            kept = self.store.read(found.project) if not findings else ()
            findings = findings or tuple(_against(self.store, found, kept))
            if findings:
                return refused(found, findings, file)
            _keep_definitions(self.store, found)
            new = [Draft(kind=r.kind, at=r.at, by=r.by, data=r.data) for r in found.records[len(kept) :]]
            try:
                if new:
                    self.store.append(found.project, new, expected=len(kept))
            except StaleProject:
                if attempt == ATTEMPTS - 1:
                    raise
                continue
            return Imported(project=found.project, added=len(new))
        raise AssertionError("the last attempt returns or raises")


def refused(content: Content, findings: tuple[Finding, ...], file: str) -> Imported:
    """Return what became of a *file* with *findings*: nothing."""
    return Imported(project=content.project, findings=tuple(attrs.evolve(found, file=file) for found in findings))


def _keep_definitions(store: EventStore, content: Content) -> None:
    for hash, text in sorted(content.definitions.items()):
        try:
            store.definition(hash)
        except UnknownName:
            store.save_definition(hash, text)


def _against(store: EventStore, content: Content, kept: tuple[Record, ...]) -> Iterator[Finding]:
    """What the store holds otherwise: another log or definition, or a project whose name looks the same."""
    project = content.project
    for hash in content.definitions:
        try:
            text = store.definition(hash)
        except UnknownName:
            continue
        if not is_definition(hash, text):
            yield _other(1, f"definition {hash[:12]}", f"定义 {hash[:12]} ")
    for here, there in zip(content.records, kept, strict=False):
        if here != there:
            name = f"{project}[{here.number}]"
            yield _other(here.number + 1, name, f"{name} ")
            return
    if not project.isascii() and not kept and (twin := _twin(store, project)):
        yield _same_name(project, twin)


def _twin(store: EventStore, project: str) -> str:
    """Return the project whose name is made of other characters and looks the same; "" for none."""
    name = unicodedata.normalize("NFC", project)
    names = (known for known in store.projects() if known != project)
    return next((known for known in names if unicodedata.normalize("NFC", known) == name), "")


def _other(line: int, where: str, where_zh: str) -> Finding:
    return Finding(
        code="LTC625",
        where=where,
        line=line,
        problem="is another one in this store, and nothing is overwritten.",
        remedy="Import into another store and compare the two.",
        problem_zh=f"{where_zh}与此存储中已有的不同；导入从不覆盖。",
        remedy_zh="请导入另一个存储后再比对两者。",
    )


def _same_name(project: str, twin: str) -> Finding:
    return Finding(
        code="LTC628",
        where="header",
        line=1,
        problem=f"names project {project!a}, and the store has {twin!a}, which looks the same.",
        remedy="Import into another store.",
        problem_zh=f"项目名 {project!a} 与存储中的 {twin!a} 看上去相同，但字符不同。",
        remedy_zh="请导入另一个存储。",
    )
