"""What one command costs from text to text, and a replay, beside SpiffWorkflow in one run.

    .venv/bin/python benchmarks/bench_record.py [repeats] [events]

* *load + one command + save*: the log as JSON text -> events -> state -> decide -> apply -> the new events as text;
  SpiffWorkflow: the workflow as JSON text -> workflow -> complete one task -> JSON text. Of a chain and of parallel
  work with 20 and 400 activities, fresh and half done. ltcflow keeps a declaration once, under its fingerprint, and
  loads it once; SpiffWorkflow keeps it in every instance. Targets: 5x at 20, 50x at 400 (fresh).
* *replay*: a million events, made beforehand, into a state. Target: 200,000 events a second.

SpiffWorkflow (LGPL) is a peer for this page only: ``pip install 'ltcflow[bench]'``; without it, its columns are empty.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice, pairwise
from statistics import median

from ltcflow import builder as b
from ltcflow.process import Process
from ltcflow.projects import (
    NOTHING,
    Accepted,
    AnyCommand,
    AnyEvent,
    FinishActivity,
    ProjectState,
    RecordFacts,
    StartActivity,
    StartProject,
    apply,
    decide,
    event_from_data,
    event_to_data,
    replay,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEAM = {"seller": "li.wei"}


def process(size: int, *, parallel: bool) -> Process:
    """One stage with so many activities, one after the other or side by side."""
    work = [b.activity(f"a{i}", raci={"R": "seller", "A": "seller"}) for i in range(size)]
    stage = b.stage("bid", order="parallel" if parallel else "sequence", activities=work)
    return b.process("bench", facts={"margin": b.percent()}, roles={"seller": "Seller"}, stages=[stage])


def done(declared: Process, state: ProjectState, command: AnyCommand) -> tuple[tuple[AnyEvent, ...], ProjectState]:
    answer = decide(declared, state, command)
    assert isinstance(answer, Accepted), answer
    for event in answer.events:
        state = apply(state, event)
    return answer.events, state


def log_of(declared: Process, finished: int) -> list[AnyEvent]:
    """The events of a project in which so many activities are finished."""
    events, state = done(declared, NOTHING, StartProject(project="p", team=TEAM, by="li.wei", at=AT))
    log = list(events)
    for i in range(finished):
        events, state = done(declared, state, FinishActivity(activity=f"a{i}", by="li.wei", at=AT))
        log += events
    return log


def line(event: AnyEvent) -> str:
    data = [type(event).__name__, event.by, event.at.isoformat(), event_to_data(event)]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def event_of(text: str) -> AnyEvent:
    kind, by, at, data = json.loads(text)
    return event_from_data(kind, by, datetime.fromisoformat(at), data)


def ours(size: int, *, parallel: bool, finished: int) -> Callable[[], object]:
    declared = process(size, parallel=parallel)
    text = "\n".join(line(event) for event in log_of(declared, finished))
    command = FinishActivity(activity=f"a{finished}", by="li.wei", at=AT)

    def one() -> str:
        state = replay(event_of(each) for each in text.split("\n"))
        return "\n".join(line(event) for event in done(declared, state, command)[0])

    return one


def bpmn(size: int, *, parallel: bool) -> str:
    """The same work as BPMN: manual tasks in a chain, or between two parallel gateways."""
    ids = [f"a{i}" for i in range(size)]
    nodes = ['<startEvent id="start"/>', '<endEvent id="end"/>', *(f'<manualTask id="{i}" name="{i}"/>' for i in ids)]
    chain = ["start", *ids, "end"]
    flows = list(pairwise(chain))
    if parallel:
        nodes += ['<parallelGateway id="fork"/>', '<parallelGateway id="join"/>']
        flows = [("start", "fork"), *(("fork", i) for i in ids), *((i, "join") for i in ids), ("join", "end")]
    lines = (f'<sequenceFlow id="f{n}" sourceRef="{s}" targetRef="{t}"/>' for n, (s, t) in enumerate(flows))
    name = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    body = "".join((*nodes, *lines))
    return f'<definitions xmlns="{name}" id="d"><process id="p" isExecutable="true">{body}</process></definitions>'


def spiff(size: int, *, parallel: bool, finished: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """What loads, completes and saves, and what only completes and is then put back where it was."""
    from lxml import etree
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(bpmn(size, parallel=parallel)))
    spec = parser.get_spec("p")
    keeper = BpmnWorkflowSerializer()

    def new() -> BpmnWorkflow:
        workflow = BpmnWorkflow(spec)
        workflow.do_engine_steps()
        return workflow

    def complete(workflow: BpmnWorkflow) -> None:
        next(iter(workflow.get_tasks(state=TaskState.READY, manual=True))).run()
        workflow.do_engine_steps()

    begun = new()
    for _ in range(finished):
        complete(begun)
    text = keeper.serialize_json(begun)

    def one() -> str:
        workflow = keeper.deserialize_json(text)
        complete(workflow)
        return str(keeper.serialize_json(workflow))

    return one, new


def micro(run: Callable[[], object], repeats: int) -> float:
    """Median microseconds of one call."""
    run()
    spent = []
    for _ in range(repeats):
        began = time.perf_counter_ns()
        run()
        spent.append(time.perf_counter_ns() - began)
    return median(spent) / 1000


def from_text_to_text(repeats: int) -> None:
    try:
        import SpiffWorkflow  # noqa: F401  # is it there?
    except ImportError:
        print("SpiffWorkflow is not installed (pip install 'ltcflow[bench]'): its column is left out.")
        peer = False
    else:
        peer = True
    for size in (20, 400):
        for shape in ("chain", "parallel"):
            for finished in (0, size // 2):
                mine = micro(ours(size, parallel=shape == "parallel", finished=finished), repeats * 5)
                said = f"{size:>4} {shape:9}{'half done' if finished else 'fresh':10} ltcflow {mine:9.1f} us"
                if peer:
                    other = micro(spiff(size, parallel=shape == "parallel", finished=finished)[0], repeats)
                    said += f"  SpiffWorkflow {other:9.1f} us  {other / mine:6.1f}x"
                print(said, flush=True)


def long_log(declared: Process) -> list[AnyEvent]:
    """Some thousand events of every ordinary kind, to be told again and again."""
    state, log = NOTHING, []
    commands: list[AnyCommand] = [StartProject(project="p", team=TEAM, by="li.wei", at=AT)]
    for i in range(400):
        commands.append(StartActivity(activity=f"a{i}", by="li.wei", at=AT))
        commands.append(RecordFacts(facts={"margin": f"{i % 100}%"}, by="li.wei", at=AT))
        commands.append(FinishActivity(activity=f"a{i}", by="li.wei", at=AT))
    for command in commands:
        events, state = done(declared, state, command)
        log += events
    return log


def a_replay(count: int) -> None:
    log = long_log(process(400, parallel=True))
    events = [*log, *islice((e for _ in range(count // len(log) + 1) for e in log[1:]), count - len(log))]
    began = time.perf_counter()
    state = replay(events)
    spent = time.perf_counter() - began
    assert state.version == len(events) == count
    rate = count / spent
    print(f"replay of {count:,} events: {spent:.2f} s, {rate:,.0f} events/s, {rate / 200_000:.2f}x of 200,000")
    text = [line(event) for event in log]
    began = time.perf_counter()
    replay(event_of(each) for each in text)
    rate = len(text) / (time.perf_counter() - began)
    print(f"the same from JSON text: {rate:,.0f} events/s")


if __name__ == "__main__":
    from_text_to_text(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
    a_replay(int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
