"""Pictures of plans: whole SVG files for any process, safe with any title, with everything in them that takes place."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ltcflow as ltc
from ltcflow import builder as b
from ltcflow.errors import InvalidValue
from ltcflow.labels import Label
from ltcflow.schedule import plan
from ltcflow.schedule.pictures import (
    finish_curve,
    gantt,
    influence_tornado,
    network_diagram,
    s_curve,
    tornado,
)
from ltcflow.schedule.pictures.layers import lay_out
from ltcflow.schedule.pictures.svg import fit, length, two_lines
from ltcflow.testing.declarations import processes
from ltcflow.worktime import calendar

laws = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
LANGS = st.sampled_from(["en", "zh"])
SVG = "{http://www.w3.org/2000/svg}"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def parsed(picture: str) -> ET.Element:
    root = ET.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert picture.endswith("</svg>\n")
    return root


def inside(root: ET.Element) -> bool:
    """Every coordinate of a straight shape lies in the picture."""
    _, _, wide, high = (float(part) for part in root.attrib["viewBox"].split())
    for shape in root.iter():
        if shape.tag not in (f"{SVG}rect", f"{SVG}line", f"{SVG}circle"):
            continue
        for name, most in (
            ("x", wide),
            ("x1", wide),
            ("x2", wide),
            ("cx", wide),
            ("y", high),
            ("y1", high),
            ("y2", high),
        ):
            if name in shape.attrib and not -1 <= float(shape.attrib[name]) <= most + 1:
                return False
    return True


def tips(root: ET.Element) -> list[str]:
    return [title.text or "" for group in root.iter(f"{SVG}g") for title in group.findall(f"{SVG}title")]


@laws
@given(processes(), LANGS, st.booleans())
def test_a_gantt_chart_shows_every_row_that_takes_place(process: ltc.Process, lang: str, marked: bool) -> None:
    made = plan(process, start="2026-03-02", default_duration="1d")
    root = parsed(gantt(made, lang=lang, today=AT if marked else None))  # type: ignore[arg-type]  # en or zh
    shown = [row for row in made.rows if not row.skipped]
    told = tips(root)
    assert len(told) == len(shown)
    for row, tip in zip(shown, told, strict=True):
        assert f"({row.id})" in tip
        assert ("critical" in tip or "关键" in tip) == (row.critical and row.kind != "stage")
    assert inside(root)
    assert gantt(made) == gantt(made)


@laws
@given(processes(), LANGS)
def test_a_network_diagram_has_a_box_for_every_step(process: ltc.Process, lang: str) -> None:
    made = plan(process, start="2026-03-02", default_duration="1d")
    root = parsed(network_diagram(made, process, lang=lang))  # type: ignore[arg-type]  # en or zh
    steps = [r for r in made.rows if r.kind != "stage" and not r.skipped and not r.spans]
    assert sorted(tip.rpartition("(")[2].rstrip(")") for tip in tips(root)) == sorted(r.id for r in steps)
    assert inside(root)


@laws
@given(st.text(max_size=40), LANGS)
def test_no_title_can_break_a_picture(title: str, lang: str) -> None:
    stage = b.stage("s", title=Label(zh=title, en=title), activities=[b.activity("a", title=Label(zh=title, en=title))])
    process = b.process("p", stages=[stage])
    made = plan(process, start="2026-03-02", default_duration="1d")
    given_lang = lang
    for picture in (
        gantt(made, lang=given_lang, title=title),  # type: ignore[arg-type]  # en or zh
        network_diagram(made, process, title=title),
        tornado({"a": 0.5}, titles={"a": Label(en=title)}, title=title),
        s_curve([AT], calendar=calendar("weekdays"), title=title),
    ):
        root = parsed(picture)
        assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
            "svg", "title", "desc", "style", "rect", "g", "line", "text", "polygon", "polyline", "path", "circle",
        }  # fmt: skip


@given(st.text(max_size=60), st.floats(10, 400), st.sampled_from([10.0, 12.0]))
def test_a_text_is_cut_to_its_room(text: str, room: float, size: float) -> None:
    assert length(fit(text, room, size), size) <= max(room, length("…", size))
    lines = two_lines(text, room, size)
    assert 1 <= len(lines) <= 2
    assert all(length(line, size) <= max(room, 2.2 * size) for line in lines)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20), st.sets(st.integers(0, 8)))
def test_layers_lead_from_left_to_right_and_lose_no_connection(pairs: list[tuple[int, int]], kept: set[int]) -> None:
    edges = [(f"n{min(a, c)}", f"n{max(a, c)}") for a, c in pairs if a != c]
    order = [f"n{i}" for i in range(9)]
    wanted = {f"n{i}" for i in kept}
    found = lay_out(order, edges, wanted)
    assert wanted <= set(found.places)
    assert all(found.places[a][0] < found.places[c][0] for a, c in found.edges)
    assert len(set(found.places.values())) == len(found.places)
    assert reach(found.edges, wanted) == reach(edges, wanted)


def reach(edges: object, names: set[str]) -> set[tuple[str, str]]:
    pairs = {tuple(edge) for edge in edges}  # type: ignore[attr-defined]  # any pairs
    while True:
        more = pairs | {(a, d) for a, c in pairs for e, d in pairs if c == e}
        if more == pairs:
            return {(a, c) for a, c in pairs if a in names and c in names}
        pairs = more


def small() -> ltc.Plan:
    steps = [
        b.activity("draft", title="Draft", duration="3d"),
        b.activity("price", title="Price", duration="1d", after=[]),
        b.activity("watch", continuous=True),
        b.activity("skip", when="big"),
    ]
    stage = b.stage("bid", activities=steps, gates=[b.gate("atb", decided_by="r")])
    process = b.process("offer", facts={"big": b.yes_no()}, roles={"r": "R"}, stages=[stage])
    return plan(process, start="2026-03-02", facts={"big": False})


def test_what_does_not_take_place_is_not_drawn_and_float_is() -> None:
    picture = gantt(small())
    assert "(skip)" not in picture
    assert "total float 2d" in picture
    assert "along the stage" in picture
    assert "浮动" in gantt(small(), lang="zh")


def test_today_is_marked_where_it_is_in_the_chart() -> None:
    assert ">today<" in gantt(small(), today=AT + timedelta(days=1))
    assert ">today<" not in gantt(small(), today=AT + timedelta(days=400))
    assert ">today<" not in gantt(small())
    with pytest.raises(InvalidValue):
        gantt(small(), today=datetime(2026, 3, 3))  # noqa: DTZ001 -- without a zone on purpose


@pytest.mark.parametrize("width", [0, 599, True, "wide", float("nan"), 1e9])
def test_a_width_that_is_none_is_refused(width: object) -> None:
    with pytest.raises(InvalidValue):
        gantt(small(), width=width)  # type: ignore[arg-type]  # wrong on purpose


def test_a_plan_of_years_and_one_of_no_length_can_be_drawn() -> None:
    long = plan(
        b.process("p", stages=[b.stage("s", activities=[b.activity("a", duration="2000d")])]), start="2026-03-02"
    )
    nothing = plan(b.process("p", milestones=[b.milestone("m")]), start="2026-03-02")
    assert inside(parsed(gantt(long)))
    assert inside(parsed(gantt(nothing)))
    assert inside(parsed(network_diagram(nothing, b.process("p", milestones=[b.milestone("m")]))))


def test_the_s_curve_marks_quantiles_plan_and_deadline() -> None:
    finishes = [AT + timedelta(days=n) for n in range(100)]
    picture = s_curve(
        finishes, calendar=calendar("CN"), planned=AT + timedelta(days=49), deadline=AT + timedelta(days=89), lang="zh"
    )
    root = parsed(picture)
    texts = [e.text or "" for e in root.iter(f"{SVG}text")]
    assert {"计划 50%", "期限 90%"} <= set(texts)
    assert "P50 2026-04-20" in texts
    assert "P80 2026-05-20" in texts
    assert inside(root)
    with pytest.raises(InvalidValue):
        s_curve([], calendar=calendar("CN"))


def test_a_plan_draws_itself_and_a_notebook_shows_it() -> None:
    made = small()
    assert made.gantt() == gantt(made)
    assert made.gantt(lang="zh") == gantt(made, lang="zh")
    parsed(made.network())
    shown = made._repr_mimebundle_(include=None, exclude=None)
    assert shown["image/svg+xml"] == made.gantt()
    assert shown["text/plain"].startswith("Plan of offer 1.0: 2026-03-02 to 2026-03-04")
    with pytest.raises(InvalidValue):
        attrs.evolve(made, inputs=None).network()


def test_a_simulation_draws_its_finish_and_what_moves_it() -> None:
    steps = [
        b.activity("draft", title="Draft", duration={"optimistic": "2d", "likely": "5d", "pessimistic": "20d"}),
        b.activity("price", duration={"optimistic": "1d", "likely": "2d", "pessimistic": "3d"}),
    ]
    process = b.process(
        "offer", stages=[b.stage("bid", activities=steps)], milestones=[b.milestone("m", after=["price"])]
    )
    found = ltc.simulate(process, start="2026-03-02", samples=500, seed=1)
    curve = parsed(finish_curve(found, deadline=AT + timedelta(days=20), lang="zh"))
    assert any((e.text or "").startswith("P80") for e in curve.iter(f"{SVG}text"))
    parsed(finish_curve(found, "m"))
    picture = influence_tornado(found)
    assert picture.index("Draft") < picture.index("price")


def test_a_tornado_ranks_by_strength_and_counts_the_rest() -> None:
    effects = {f"a{i}": (-1) ** i * i / 20 for i in range(20)}
    picture = tornado(effects, most=5)
    texts = [e.text for e in parsed(picture).iter(f"{SVG}text")]
    assert texts[1::2][:5] == ["a19", "a18", "a17", "a16", "a15"]
    assert "and 15 more" in texts
    for wrong in (2, float("nan"), True, "much"):
        with pytest.raises(InvalidValue):
            tornado({"a": wrong})  # type: ignore[dict-item]  # wrong on purpose


def test_the_same_plan_in_another_order_of_rows_has_the_same_bars() -> None:
    made = small()
    turned = attrs.evolve(made, rows=tuple(reversed(made.rows)))
    assert sorted(tips(parsed(gantt(made)))) == sorted(tips(parsed(gantt(turned))))
