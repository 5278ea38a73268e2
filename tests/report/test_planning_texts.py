"""Laws of how durations, shares and tables with spare columns are written; declared calendars in the tree."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ltcflow import builder as b
from ltcflow import dumps, loads
from ltcflow.labels import width
from ltcflow.report import tree
from ltcflow.report.tables import fitting, table
from ltcflow.report.words import length, percent
from ltcflow.worktime import WorkDuration


@given(st.integers(-20_000, 20_000), st.booleans())
def test_a_duration_reads_back_and_never_counts_more_than_an_hour_in_minutes(minutes: int, elapsed: bool) -> None:
    text = length(WorkDuration(minutes, elapsed=elapsed))
    assert WorkDuration.parse(text) == WorkDuration(minutes, elapsed=(elapsed and minutes != 0) or "e" in text)
    last = text.split()[-1].removesuffix("emin" if elapsed else "min")
    assert not last.removeprefix("-").isdecimal() or int(last) < 60


@given(st.decimals(0, 1, places=4), st.integers(0, 4))
def test_a_share_in_percent_is_right_to_the_places_it_has(share: Decimal, places: int) -> None:
    text = percent(share, places=places)
    assert text.endswith("%")
    assert abs(Decimal(text[:-1]) - share * 100) <= Decimal(5) / 10 ** (places + 1)


Drawn = tuple[list[str], list[list[str]], list[int]]
cells = st.text(alphabet="ab 投标", max_size=6).map(str.strip)
tables = st.integers(1, 5).flatmap(
    lambda n: st.tuples(
        st.lists(st.sampled_from(["Id", "名称", "Float"]), min_size=n, max_size=n),
        st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=4),
        st.permutations(range(1, n)),
    )
)


@given(tables, st.integers(4, 60))
def test_a_table_drops_columns_only_while_it_is_too_wide(
    drawn: tuple[list[str], list[list[str]], list[int]], total: int
) -> None:
    heads, rows, spare = drawn
    filled = [i for i in range(len(heads)) if any(row[i] for row in rows)]

    def natural(columns: list[int]) -> str:
        return table([heads[i] for i in columns], [[row[i] for i in columns] for row in rows], total=10_000)

    wanted = filled
    for column in spare:
        if max(map(width, natural(wanted).splitlines()), default=0) <= total:
            break
        wanted = [i for i in wanted if i != column]
    shown = fitting(heads, rows, total=total, spare=spare)
    assert shown == table([heads[i] for i in wanted], [[row[i] for i in wanted] for row in rows], total=total)


def test_calendars_have_a_short_form_and_stand_in_the_tree() -> None:
    plant = {"en": "Plant", "zh": "工厂", "base": "CN", "closed": ["2026-08-03..2026-08-14"]}
    night = b.calendar("night", hours={"mon-fri": "22:00-06:00"}, base="plant", time_zone="Asia/Shanghai")
    process = b.process(
        "bid",
        calendar="plant",
        calendars={"plant": plant, "night": night, "home": "CN"},
        roles={"guard": {"en": "Guard", "zh": "门卫", "calendar": "night"}},
        stages=[b.stage("do", activities=[b.activity("offer", duration="2d", calendar="home")])],
    )
    assert loads(dumps(process)) == process
    assert [calendar.base for calendar in process.calendars] == ["CN", "plant", "CN"]
    english, chinese = tree(process), tree(process, "zh")
    assert "Plant (plant)  from CN; closed 2026-08-03..2026-08-14; of the project" in english
    assert "night  from plant; hours mon-fri 22:00-06:00; time zone Asia/Shanghai; of Guard" in english
    assert "[ ] offer  2d; on calendar home" in english
    assert "工厂 (plant)  基于 CN；停工 2026-08-03..2026-08-14；适用于 整个项目" in chinese
