"""Files: what cannot be read or written, and replacing a file as a whole."""

from __future__ import annotations

import json
import os
import pickle
import stat
import threading
from pathlib import Path

import attrs
import pytest

from ltcflow import builder as b
from ltcflow.definition import NotWritten, dump, dumps, fingerprint, load, loads, read, read_file
from ltcflow.errors import InvalidValue
from ltcflow.findings import DefinitionError
from ltcflow.labels import has_cjk
from ltcflow.process import Process
from ltcflow.stages import Parameters

PROCESS = loads("ltcflow: 1\nprocess: bid\ntitle: 投标\nmilestones: {m: {payments: [{share: 0.30, due: 30ed}]}}\n")


@pytest.mark.parametrize("suffix", [".yaml", ".yml", ".json", ""])
def test_a_written_file_reads_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bid{suffix}"
    dump(PROCESS, path)
    assert load(path) == load(str(path)) == load(os.fsencode(path)) == PROCESS  # type: ignore[arg-type] # bytes work too
    if suffix == ".json":
        assert json.loads(path.read_text(encoding="utf-8"))["title"] == "投标"


def test_a_file_that_is_there_is_replaced_with_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "bid.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    dump(PROCESS, link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert load(path) == PROCESS
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bid.yaml", "link.yaml"]


def test_a_reader_never_meets_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "bid.yaml"
    many = attrs.evolve(PROCESS, gaps=[f"gap {i}" for i in range(2000)])
    dump(many, path)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            dump(many, path)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert {len(path.read_bytes()) for _ in range(300)} == {len(dumps(many).encode())}
    finally:
        stop.set()
        writer.join()


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "bid.yaml"
    dump(PROCESS, path)
    broken = attrs.evolve(PROCESS, family="half \ud800")
    with pytest.raises(InvalidValue):
        dump(broken, path)
    assert load(path) == PROCESS
    for target in (tmp_path / "no" / "such.yaml", tmp_path, "a\0b"):
        with pytest.raises(NotWritten) as caught:
            dump(PROCESS, target)
        assert isinstance(caught.value, OSError)
        assert pickle.loads(pickle.dumps(caught.value)).path == os.fspath(target)
    assert [p.name for p in tmp_path.iterdir()] == ["bid.yaml"]


def test_what_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path, words in (
        (tmp_path / "no.yaml", "exist"),
        (tmp_path, "directory"),
        (pipe, "pipe"),
        ("/dev/zero", "device"),
    ):
        with pytest.raises(DefinitionError) as caught:
            load(path)
        (finding,) = caught.value.findings
        assert (finding.code, finding.file, words in finding.problem) == ("LTC101", str(path), True)
        assert has_cjk(finding.problem_zh + finding.remedy_zh)
    for name in ("a\0b", "x" * 5000):
        assert [f.code for f in read_file(name).findings] == ["LTC101"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "bid.yaml"
    dump(PROCESS, path)
    path.chmod(0)
    assert "permission" in str(read_file(path).findings[0])


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(10**12)
    assert [f.code for f in read_file(path).findings] == ["LTC102"]


@pytest.mark.parametrize("wrong", [None, 5, ["a"]])
def test_a_mistake_of_the_caller_is_an_error(wrong: object) -> None:
    for call in (read, loads, load, lambda value: dump(PROCESS, value)):
        with pytest.raises(InvalidValue):
            call(wrong)  # type: ignore[arg-type] # on purpose


def test_an_error_carries_every_finding_and_survives_pickling() -> None:
    with pytest.raises(DefinitionError) as caught:
        loads("ltcflow: 1\nproces: bid\nversion: 1.2\n", name="bid.yaml")
    assert [str(f).split(": ")[:2] for f in caught.value.findings] == [
        ["bid.yaml:1:1", "LTC112"],
        ["bid.yaml:2:1", "LTC111"],
        ["bid.yaml:3:10", "LTC118"],
    ]
    assert str(caught.value.findings[1]).startswith(
        "bid.yaml:2:1: LTC111: proces: has the key 'proces', which is not known. Did you mean 'process' or "
    )
    assert pickle.loads(pickle.dumps(caught.value)).findings == caught.value.findings


def with_parameters(parameters: Parameters | dict[str, object]) -> Process:
    return b.process("bid", milestones=[b.milestone("m", criteria=[b.plugin("p", parameters)])])  # type: ignore[arg-type]


def test_parameters_that_no_file_can_hold_are_refused() -> None:
    deep: dict[str, object] = {}
    for _ in range(100):
        deep = {"a": deep}
    for wrong in (deep, {"a": 10**2000}, Parameters((("a", 1), ("a", 2)))):
        with pytest.raises(InvalidValue):
            dumps(with_parameters(wrong))
        assert len(fingerprint(with_parameters(wrong))) == 64


def test_true_is_not_one_in_parameters() -> None:
    one, true = with_parameters({"a": 1, "b": [0]}), with_parameters({"a": True, "b": [False]})
    assert one != true
    assert fingerprint(one) != fingerprint(true)
    assert loads(dumps(true)) == true


def test_the_fingerprint_is_stable() -> None:
    """A changed value here means that every stored process gets another hash: never do that within a version."""
    assert fingerprint(b.process("bid")) == "2faecab541de7249e0c1657d41ac2412ccb2bc72360e31f223b2e2553c687000"


def test_equal_numbers_have_one_fingerprint_however_they_are_written() -> None:
    head = "ltcflow: 1\nprocess: a\nmilestones: {m: {payments: [{share: %s}], criteria: [{plugin: p, with: {n: %s}}]}}"
    texts = [head % pair for pair in (("0.3", "1000"), ("0.300", "1e3"), ("3e-1", "1000.00"))]
    assert len({loads(text) for text in texts}) == len({fingerprint(loads(text)) for text in texts}) == 1
    assert fingerprint(loads(head % ("0.3", "-0.0"))) == fingerprint(loads(head % ("0.3", "0")))
    assert fingerprint(loads(head % ("0.3", "-1"))) != fingerprint(loads(head % ("0.3", "1")))
