"""The smallest emergency units: who is named where, what is lacking, and that two desks do not lose one another."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.rules.masks import ERASED
from commandcenter.services import exporting, units
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.undo import Undo
from commandcenter.services.units import NamePost, RetirePost

GRID, VILLAGE = "999101100201Y01", "999101100201"


@pytest.fixture
def planner(town: str, open_desk: Callable[..., Any]) -> Any:
    """A trainer's session on the tiny township, on each engine in turn."""
    return open_desk(town, "trainer")


def do(session: Any, command: Any) -> Any:
    return session.runner.execute(command).value


def place(session: Any, code: str = GRID, site: str = "") -> Any:
    with session.read("real") as reader:
        found = [each for each in units.places(reader) if each.site == site]
    return next(each for each in found if (each.grid.code if each.grid else each.village.code) == code)


def clear(session: Any, code: str = GRID) -> None:
    for post in place(session, code).posts:
        do(session, RetirePost(post=post.id))


def lacking(session: Any, **where: Any) -> set[tuple[str, str]]:
    return {(gap.role, gap.lacks) for gap in place(session, **where).lacks}


def test_every_village_and_emergency_grid_ought_to_have_one(planner: Any) -> None:
    with planner.read("real") as reader:
        found = units.places(reader)
        villages, grids = reader.count("village"), reader.count("grid", kind="emergency")
    assert len({each.id for each in found}) == len(found) >= villages + grids
    clear(planner)
    assert len(lacking(planner)) == 8


def test_naming_fills_the_gaps_one_by_one(planner: Any) -> None:
    clear(planner)
    first = do(planner, NamePost(role="leader", grid=GRID, name="岳新", phone="154 0099 8881"))
    second = do(planner, NamePost(role="leader", grid=GRID, name="岳旧"))
    assert (first["rank"], second["rank"]) == (0, 1)
    assert {role for role, _ in lacking(planner)} == {"lookout", "disposal", "evacuation"}
    outcome = planner.runner.execute(RetirePost(post=first["unit_post"]))
    assert ("leader", "nobody") in lacking(planner)
    planner.runner.execute(Undo(target=outcome.command))
    held = place(planner).held("leader")
    assert [(each.name, each.phone) for each in held] == [("岳新", "15400998881"), ("岳旧", None)]
    assert do(planner, NamePost(role="leader", grid=GRID, name="岳三"))["rank"] == 2


def test_two_desks_naming_the_same_role_both_stay_visible(
    town: str, open_desk: Callable[..., Any], planner: Any
) -> None:
    clear(planner)
    other = open_desk(town, "administrator")
    do(planner, NamePost(role="lookout", grid=GRID, rank=0, name="岳新"))
    do(other, NamePost(role="lookout", grid=GRID, rank=0, name="岳旧"))
    assert sorted(each.name for each in place(planner).held("lookout")) == ["岳新", "岳旧"]
    assert ("lookout", "nobody") not in lacking(planner)
    with pytest.raises(RuleError):
        do(other, NamePost(role="lookout", grid=GRID, rank=1, name="岳新"))


def test_a_site_has_a_unit_of_its_own(planner: Any) -> None:
    do(planner, NamePost(role="leader", village=VILLAGE, site=" 水库  大坝 ", name="岳新"))
    assert [each.name for each in place(planner, VILLAGE, "水库 大坝").posts] == ["岳新"]
    assert all(each.name != "岳新" for each in place(planner, VILLAGE).posts)


def test_one_of_the_register_is_named_by_the_register(planner: Any) -> None:
    with planner.read("real") as reader:
        worker = reader.find("worker", active=True)[0]
    made = do(planner, NamePost(role="disposal", grid=GRID, person=worker.id, name="别的名字", phone="15400000001"))
    with planner.read("real") as reader:
        post = reader.get("unit_post", made["unit_post"])
    assert (post.name, post.person, post.phone) == (worker.name, worker.id, None)
    with planner.read("real") as reader:
        assert made["unit_post"] in {each.id for place in units.of_grid(reader, post.grid) for each in place.posts}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "cook"}, "role"), ({"name": " "}, "name"), ({"grid": None}, "grid"), ({"site": "长" * 61}, "site"),
        ({"rank": 10}, "rank"), ({"phone": "none"}, "phone"), ({"person": "nobody"}, "person"),
        ({"name": "吸毒人员"}, "name"), ({"village": "999101100202"}, "village"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_under_its_field(planner: Any, given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        do(planner, NamePost(**{"role": "leader", "grid": GRID, "name": "岳新", **given}))
    assert caught.value.facts["field"] == field


def test_who_is_erased_leaves_no_number_behind(town: str, open_desk: Callable[..., Any], planner: Any) -> None:
    made = do(planner, NamePost(role="leader", grid=GRID, name="岳新", phone="15400998881"))["unit_post"]
    admin = open_desk(town, "administrator")
    do(admin, ErasePerson(entity="unit_post", subject=made, reason="本人要求"))
    with planner.read("real") as reader:
        assert reader.get("unit_post", made).phone == ERASED


def test_who_may_not_read_numbers_sees_them_masked(town: str, open_desk: Callable[..., Any], planner: Any) -> None:
    made = do(planner, NamePost(role="leader", grid=GRID, name="岳新", phone="15400998881"))["unit_post"]
    viewer = open_desk(town, "viewer")
    with viewer.read("real") as reader:
        assert reader.get("unit_post", made).phone not in (None, "15400998881")
    with pytest.raises(NotAllowed):
        do(viewer, NamePost(role="leader", grid=GRID, name="岳四"))


def test_the_register_goes_out_in_the_order_of_its_roles(planner: Any, tmp_path: Path) -> None:
    clear(planner)
    with planner.read("real") as reader:
        worker = next(each for each in reader.find("worker", active=True) if each.phone)
    for role, given in (
        ("evacuation", {"name": "岳三", "phone": "15400998883"}), ("leader", {"person": worker.id}),
        ("leader", {"name": "岳新", "rank": 1}),
    ):  # fmt: skip
        do(planner, NamePost(role=role, grid=GRID, **given))
    exporting.export(planner, "unit_ledger", tmp_path / "units.xlsx")
    rows = list(load_workbook(tmp_path / "units.xlsx").worksheets[0].iter_rows(values_only=True))
    mine = [row[5:9] for row in rows[1:] if row[2] == GRID]
    assert mine == [
        ("组长", "担任", worker.name, worker.phone), ("组长", "替补1", "岳新", None),
        ("转移", "担任", "岳三", "15400998883"),
    ]  # fmt: skip
