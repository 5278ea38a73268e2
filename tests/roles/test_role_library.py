"""The role library has every role that the texts name, and each is found by every name that the texts have for it."""

from __future__ import annotations

import pickle
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ltcflow.catalog import entries, load_entry
from ltcflow.catalog.role_data import role_library
from ltcflow.errors import LtcflowError, UnknownName
from ltcflow.labels import Label, has_cjk
from ltcflow.process import Process
from ltcflow.roles import AmbiguousName, Role, find_role, find_roles

SEED = Path(__file__).parent.parent / "data" / "seed_roles.yaml"
READ: list[dict[str, Any]] = yaml.safe_load(SEED.read_text(encoding="utf-8"))["roles"]
LIBRARY = role_library()
ROLES = tuple(LIBRARY.values())

LOST = {
    "交付": "what is left of a label that lost its end",
    "决方案经理(SSR)": "a label that lost its first character; the library has it whole, and the abbreviation apart",
}
"""Names in the reading that are no names."""

NOT_IN_LIBRARY: dict[tuple[str, str], str] = {}
"""(process, role) of a shipped process that the library does not have, with the reason."""

OTHER_TITLE = {
    ("ltc_level1_activity_map", "project_owner"): "the map names no owner; its title is that of a sister text, sponsor",
}
"""(process, role) whose title in a shipped process is none of its names in the library, with the reason."""

OTHER_KIND = {
    ("presales_four_step", "stakeholder"): "in this text they are outside the company, two others do not say",
}
"""(process, role) that is inside, a body or legal in a shipped process and not in the library, or the other way."""


def names_of(role: Role) -> list[str]:
    labels = (role.title, *role.aliases)
    return [name for name in (role.id, role.abbreviation, *(t for lb in labels for t in (lb.zh, lb.en))) if name]


NAMES = [(role, name) for role in ROLES for name in names_of(role)]
POSTS = [(role, name) for role in ROLES for post in role.posts for name in (post.zh, post.en)]


# -- what the texts name is there --------------------------------------------------------------------------------------


def test_there_are_52_roles_in_the_order_of_the_reading() -> None:
    assert len(LIBRARY) == 52
    assert list(LIBRARY) == [role.id for role in ROLES] == [read["id"] for read in READ]


@pytest.mark.parametrize("read", READ, ids=[read["id"] for read in READ])
def test_a_role_has_every_name_of_the_reading_and_is_external_where_all_texts_say_so(read: dict[str, Any]) -> None:
    role = LIBRARY[read["id"]]
    for name in read["zh"]:
        assert (role in find_roles(ROLES, name)) is (name not in LOST), name
    assert role.external is (read["external"] == "all")


def test_every_text_is_there_in_both_languages() -> None:
    for role in ROLES:
        labels = (role.title, *role.aliases, *role.posts, *role.duties)
        assert [label for label in labels if not (label.zh and label.en) or has_cjk(label.en)] == []
        assert role.source is not None
        assert role.source.lines


def test_only_a_bare_label_has_no_duty() -> None:
    assert [role.id for role in ROLES if not role.duties] == [
        "key_stakeholder",
        "product_solution_manager",
        "sub_solution_manager",
    ]


def test_the_abbreviations_the_sponsors_and_the_departments_are_those_of_the_text() -> None:
    assert {role.abbreviation: role.id for role in ROLES if role.abbreviation} == {
        "PD": "project_director",
        "AR": "account_responsible",
        "SR": "solution_responsible",
        "SSR": "sub_solution_manager",
        "FR": "fulfilment_responsible",
        "QA": "sales_project_admin_qa",
    }
    assert [role.id for role in ROLES if role.sponsor] == ["project_initiator", "project_owner", "project_sponsor"]
    assert [role.id for role in ROLES if role.sponsor and (role.body or role.external)] == []
    assert [role.id for role in ROLES if role.first_responsible] == ["project_director"]
    assert [role.id for role in ROLES if role.legal] == ["legal_department"]
    departments = [role.department for role in ROLES if role.department]
    assert sorted(departments) == sorted(["市场部", "技术部", "生产部", "运营部", "售后服务部", "财务部门", "法律部门"])
    assert [role.id for role in ROLES if role.department and not role.body] == []


def test_no_role_bears_the_name_of_another() -> None:
    """The near ones (sponsor, initiator, owner) stay apart: what finds one by its own name finds no other."""
    assert {name: [r.id for r in find_roles(ROLES, name)] for _, name in NAMES} == {n: [r.id] for r, n in NAMES}
    assert [find_role(ROLES, name).id for name in ("项目发起人", "项目发起者", "Owner")] == [
        "project_sponsor",
        "project_initiator",
        "project_owner",
    ]


def test_no_name_is_given_twice_to_one_role() -> None:
    for role in ROLES:
        names = Counter((label.zh, label.en) for label in (role.title, *role.aliases))
        assert set(names.values()) == {1}


# -- the shipped processes and the library speak of the same roles ---------------------------------------------------


@pytest.fixture(params=sorted(entries()))
def process(request: pytest.FixtureRequest) -> Process:
    return load_entry(request.param)


def test_every_role_of_a_shipped_process_is_in_the_library_under_one_of_its_names(process: Process) -> None:
    for role in process.roles:
        if (process.id, role.id) in NOT_IN_LIBRARY:
            assert role.id not in LIBRARY
            continue
        known = LIBRARY[role.id]
        called = all(known in find_roles(ROLES, text) for text in (role.title.zh, role.title.en))
        assert called is ((process.id, role.id) not in OTHER_TITLE), f"{role.id} is called {role.title}"
        same = (role.external, role.body, role.legal) == (known.external, known.body, known.legal)
        assert same is ((process.id, role.id) not in OTHER_KIND), f"{role.id} is of another kind"


def test_every_exception_has_a_reason_and_a_process() -> None:
    exceptions = {**NOT_IN_LIBRARY, **OTHER_TITLE, **OTHER_KIND}
    assert {name for name, _ in exceptions} <= set(entries())
    assert all(len(reason.split()) > 3 for reason in (*exceptions.values(), *LOST.values()))


# -- the library as a value --------------------------------------------------------------------------------------------


def test_the_library_is_read_once_and_cannot_be_changed() -> None:
    assert role_library() is role_library()
    with pytest.raises(TypeError):
        LIBRARY["customer"] = LIBRARY["seller"]  # type: ignore[index]
    assert pickle.loads(pickle.dumps(dict(LIBRARY))) == dict(LIBRARY)


def test_the_library_is_not_taken_for_a_process() -> None:
    assert "role_library" not in entries()


# -- finding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "name"), NAMES, ids=[f"{role.id}-{name}" for role, name in NAMES])
def test_a_role_is_found_by_each_of_its_names(role: Role, name: str) -> None:
    assert find_role(ROLES, name) is role


@pytest.mark.parametrize(("role", "post"), POSTS, ids=[f"{role.id}-{post}" for role, post in POSTS])
def test_a_role_is_found_by_a_post_unless_a_role_is_called_so(role: Role, post: str) -> None:
    called = [other for other, name in NAMES if name == post]
    assert find_roles(ROLES, post) == (tuple(called) or tuple(r for r, name in POSTS if name == post))
    assert called or role in find_roles(ROLES, post)


def test_the_post_of_several_roles_is_ambiguous() -> None:
    with pytest.raises(AmbiguousName) as caught:
        find_role(ROLES, "产品经理")
    error = caught.value
    assert (error.code, error.kind, error.value) == ("LTC205", "role", "产品经理")
    assert error.found == ("system_engineer_product_manager", "product_solution_manager")
    assert str(error) == (
        "LTC205: '产品经理' can mean 2 roles: system_engineer_product_manager, product_solution_manager. "
        "Give the id of one of them."
    )
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert isinstance(error, LtcflowError)


def test_many_meanings_are_cut_short() -> None:
    pool = [Role(id=f"seller_{i}", title="Seller") for i in range(9)]
    with pytest.raises(AmbiguousName, match=r"can mean 9 roles: seller_0, .*, seller_7, \.\.\.\. Give the id"):
        find_role(pool, "seller")


@pytest.mark.parametrize(
    ("asked", "near"),
    [("project_sponser", "project_sponsor"), ("Projcet Sponsor", "Project sponsor"), ("客户责任", "客户责任人")],
)
def test_an_unknown_role_suggests_the_nearest_name(asked: str, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        find_role(ROLES, asked)
    assert (caught.value.kind, caught.value.value) == ("role", asked)
    assert near in str(caught.value)
    assert {role.id for role in ROLES} <= set(caught.value.known)


@pytest.mark.parametrize("name", ["", " ", "\u3000", "经理", "manager", "project"])
def test_a_part_of_a_name_or_no_name_finds_nothing(name: str) -> None:
    assert find_roles(ROLES, name) == ()


def test_a_role_without_a_title_is_found_by_its_id_only() -> None:
    pool = iter([Role(id="bid_manager")])
    assert [role.id for role in find_roles(pool, "Bid_Manager")] == ["bid_manager"]


BLANKS = st.text(alphabet=" \t\u3000\u00a0", max_size=3)
ASCII = "".join(map(chr, range(0x21, 0x7F)))
WIDE = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in ASCII})


def cased(text: str, upper: list[bool]) -> str:
    """Return *text* with its ASCII letters in the case that *upper* says."""
    return "".join((c.upper() if up else c.lower()) if c.isascii() else c for c, up in zip(text, upper, strict=True))


@given(st.data())
def test_case_width_and_outer_blanks_make_no_difference(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for _, name in (*NAMES, *POSTS)]))
    typed = cased(name, data.draw(st.lists(st.booleans(), min_size=len(name), max_size=len(name))))
    typed = typed.translate(WIDE) if data.draw(st.booleans()) else typed
    typed = data.draw(BLANKS) + unicodedata.normalize(data.draw(st.sampled_from(("NFC", "NFD", "NFKD"))), typed)
    assert find_roles(ROLES, typed + data.draw(BLANKS)) == find_roles(ROLES, name) != ()


LABELS = st.builds(Label, zh=st.text(max_size=5), en=st.text(max_size=5))
POOLS = st.lists(
    st.builds(Role, id=st.sampled_from(["a", "b", "cc"]), title=LABELS, aliases=st.lists(LABELS, max_size=2)),
    max_size=4,
)


@given(POOLS, st.data())
def test_in_any_pool_every_way_to_write_a_name_finds_the_same(pool: list[Role], data: st.DataObject) -> None:
    names = [name for role in pool for name in names_of(role)]
    name = data.draw(st.sampled_from(names) if names else st.text(max_size=5))
    found = find_roles(pool, name)
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    for other in (*forms, name.casefold(), f" {name}\u3000"):
        assert find_roles(pool, other) == found
    assert [role for role in pool if role in found] == list(found), "in the order of the pool"
    assert all(role in find_roles(pool, role.id) for role in pool)
