"""Lists kept by form: what is checked, what is only doubted, what two people may change at once."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.services.grids import (
    AddGrid,
    Corner,
    EditGrid,
    EditName,
    EditVillage,
    RemoveGrid,
    RemoveName,
    SetBoundary,
)
from commandcenter.services.people import (
    AddContact,
    AddDutyHolder,
    AddWorker,
    EditContact,
    EditWorker,
    RetirePerson,
)
from commandcenter.services.places import LearnName
from commandcenter.services.undo import Undo

GRID, OTHER = "999101100201001", "999101100202001"
PHONE = "15400999003"


def row(session: Any, kind: str, /, **where: Any) -> Any:
    with session.read("real") as reader:
        return reader.find(kind, **where)[0]


def keeper(session: Any) -> Any:
    return row(session, "worker", grid=row(session, "grid", code=GRID).id)


def edit(session: Any, person: Any, **changed: Any) -> Any:
    was = {name: getattr(person, name) for name in changed}
    return session.runner.execute(EditWorker(worker=person.id, changed=changed, was=was)).value


# --- people -----------------------------------------------------------------------------------------------------


def test_a_worker_is_added_in_one_form_of_writing(desk: Any) -> None:
    made = desk.runner.execute(
        AddWorker(
            name=" 岳新 ", grid=OTHER, phone="154-0099 8881", birth_month="1975年3月", appointed="2026.4", note="  "
        )
    )
    worker, grid = row(desk, "worker", id=made.value["worker"]), row(desk, "grid", code=OTHER)
    assert (worker.name, worker.phone, worker.birth_month, worker.appointed) == (
        "岳新", "15400998881", "1975-03", "2026-04",
    )  # fmt: skip
    assert (worker.grid, worker.village, worker.note) == (grid.id, grid.village, None)


def test_what_is_doubtful_is_said_and_saved_all_the_same(desk: Any) -> None:
    known = keeper(desk)
    made = desk.runner.execute(AddWorker(name=known.name, grid=GRID, phone=PHONE)).value
    codes = [each["code"] for each in made["warnings"]]
    assert codes == ["phone_known", "second_keeper", "same_name"]
    assert {each.get("name") for each in made["warnings"]} == {known.name}
    odd = desk.runner.execute(AddContact(name="磨坊", kind="power", phone="123")).value
    assert [each["code"] for each in odd["warnings"]] == ["phone_unsure"]


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (AddWorker(name=" ", grid=GRID), "person.name_empty", "name"),
        (AddWorker(name="甲"), "person.place_needed", "grid"),
        (AddWorker(name="甲", grid="nowhere"), "grid.unknown", "grid"),
        (AddWorker(name="甲", village="没有村"), "edit.village_unknown", "village"),
        (AddWorker(name="甲", grid=GRID, phone="十三"), "edit.phone", "phone"),
        (AddWorker(name="甲", grid=GRID, phone="15400000001、15400000002"), "edit.phone_several", "phone"),
        (AddWorker(name="甲", grid=GRID, birth_month="去年"), "edit.month", "birth_month"),
        (AddWorker(name="甲", grid=GRID, gender="x"), "person.gender", "gender"),
        (AddWorker(name="甲", grid=GRID, village="999101100202"), "edit.village_of_grid", "village"),
        (AddContact(name="甲", kind="keeper"), "person.role_unknown", "kind"),
        (AddDutyHolder(name="甲", role="village_secretary"), "person.role_needs_place", "village"),
    ],
)
def test_what_cannot_be_is_refused_under_its_field(desk: Any, command: Any, code: str, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        desk.runner.execute(command)
    assert (caught.value.code, caught.value.facts["field"]) == (code, field)


def test_fields_apart_merge_and_the_same_field_shows_both_versions(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town, "duty1"), open_desk(town, "duty2")
    seen = keeper(one)
    edit(one, seen, phone="15400998882")
    assert edit(other, seen, address="云岭一社") == {"worker": seen.id, "changed": ["address"], "warnings": []}
    with pytest.raises(Conflict) as caught:
        edit(other, seen, phone="15400998883", paid=not seen.paid)
    assert caught.value.facts["fields"] == {
        "phone": {"mine": "15400998883", "theirs": "15400998882", "was": seen.phone}
    }
    now = keeper(one)
    assert (now.phone, now.address, now.paid) == ("15400998882", "云岭一社", seen.paid)


def test_another_grid_brings_its_village_along(desk: Any) -> None:
    worker, grid = keeper(desk), row(desk, "grid", code=OTHER)
    done = edit(desk, worker, grid=grid.id)
    assert done["changed"] == ["grid", "village"] and [each["code"] for each in done["warnings"]] == ["second_keeper"]
    assert row(desk, "worker", id=worker.id).village == grid.village
    with pytest.raises(BadInput, match="village_of_grid"):
        edit(desk, row(desk, "worker", id=worker.id), village=worker.village)


def test_who_sees_a_value_masked_does_not_write_it(town: str, open_desk: Callable[..., Any]) -> None:
    desk, clerk = open_desk(town, "duty1"), open_desk(town, "quartermaster")
    edit(desk, keeper(desk), address="云岭一社 3 号")
    seen = keeper(clerk)
    assert "***" in seen.address
    with pytest.raises(NotAllowed) as caught:
        edit(clerk, seen, address="别处")
    assert caught.value.code == "edit.masked"
    edit(clerk, seen, phone="15400998884")
    with pytest.raises(BadInput, match="mask_typed"):
        edit(desk, keeper(desk), phone="154****8884")
    assert keeper(desk).address == "云岭一社 3 号"
    with pytest.raises(NotAllowed):
        edit(open_desk(town, "viewer"), seen, name="乙")


def test_off_the_lists_and_back(desk: Any) -> None:
    worker = keeper(desk)
    done = desk.runner.execute(RetirePerson(kind="worker", person=worker.id))
    assert not row(desk, "worker", id=worker.id).active
    with pytest.raises(RuleError, match="already_retired"):
        desk.runner.execute(RetirePerson(kind="worker", person=worker.id))
    desk.runner.execute(Undo(target=done.command))
    with pytest.raises(RuleError, match="already_active"):
        desk.runner.execute(RetirePerson(kind="worker", person=worker.id, retired=False))


def test_an_id_number_is_not_edited_by_hand(desk: Any) -> None:
    with pytest.raises(BadInput, match="not_editable"):
        edit(desk, keeper(desk), id_number="1")


def test_a_contact_is_edited(desk: Any) -> None:
    contact = row(desk, "contact", kind="clinic")
    changed = EditContact(contact=contact.id, changed={"phone": "", "village": ""}, was={"phone": contact.phone,
                          "village": contact.village})  # fmt: skip
    with pytest.raises(BadInput, match="field_type"):
        desk.runner.execute(EditContact(contact=contact.id, changed={"name": 3}, was={"name": contact.name}))
    desk.runner.execute(changed)
    assert row(desk, "contact", id=contact.id).phone is None and row(desk, "contact", id=contact.id).village is None


# --- the place --------------------------------------------------------------------------------------------------


def test_a_grid_gets_the_next_number_and_its_code(desk: Any) -> None:
    village = row(desk, "village", code="999101100201")
    made = desk.runner.execute(AddGrid(village=village.code, name="云岭村新坝", kind="emergency", people=9)).value
    grid = row(desk, "grid", id=made["grid"])
    assert (grid.code, grid.serial, grid.village) == ("999101100201Y02", 2, village.id)
    for refused, field in (
        (AddGrid(village=village.id, name="云岭村新坝"), "name"),
        (AddGrid(village=village.id, name="甲", serial=1), "code"),
        (AddGrid(village=village.id, name="甲", serial=1, code="X-1"), "serial"),
        (AddGrid(village=village.id, name="甲", people=3, people_at_home=4), "people_at_home"),
        (AddGrid(village=village.id, name="甲", mark="school"), "mark"),
    ):
        with pytest.raises(BadInput) as caught:
            desk.runner.execute(refused)
        assert caught.value.facts["field"] == field


def test_a_grid_is_edited_by_two(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town, "duty1"), open_desk(town, "duty2")
    grid = row(one, "grid", code=GRID)
    was = {"people": grid.people, "households": grid.households}
    one.runner.execute(EditGrid(grid=grid.id, changed={"people": 77}, was=was))
    other.runner.execute(EditGrid(grid=grid.id, changed={"households": 21}, was=was))
    with pytest.raises(Conflict):
        other.runner.execute(EditGrid(grid=grid.id, changed={"people": 78}, was=was))
    now = row(one, "grid", code=GRID)
    assert (now.people, now.households) == (77, 21)


def test_a_grid_goes_only_when_nothing_hangs_on_it(desk: Any) -> None:
    with pytest.raises(RuleError) as caught:
        desk.runner.execute(RemoveGrid(grid=GRID))
    assert caught.value.code == "grid.in_use" and caught.value.facts["people"] == 1
    made = desk.runner.execute(AddGrid(village="999101100201", name="空格")).value
    gone = desk.runner.execute(RemoveGrid(grid=made["grid"]))
    with pytest.raises(BadInput, match=r"grid\.unknown"):
        desk.runner.execute(RemoveGrid(grid=made["code"]))
    desk.runner.execute(Undo(target=gone.command))
    assert row(desk, "grid", code=made["code"]).name == "空格"


def test_a_village_keeps_its_code_and_gets_another_name(desk: Any) -> None:
    village = row(desk, "village", code="999101100201")
    other = row(desk, "village", code="999101100202")
    desk.runner.execute(EditVillage(village=village.id, changed={"name": "新岭村"}, was={"name": village.name}))
    assert row(desk, "village", code=village.code).name == "新岭村"
    with pytest.raises(BadInput, match="name_taken"):
        desk.runner.execute(EditVillage(village=village.id, changed={"name": other.name}, was={"name": "新岭村"}))
    with pytest.raises(BadInput, match="not_editable"):
        desk.runner.execute(EditVillage(village=village.id, changed={"code": "1"}, was={"code": village.code}))


def test_names_of_places_are_corrected_and_forgotten(desk: Any) -> None:
    id = desk.runner.execute(LearnName(name="老桥", grid=GRID)).value["gazetteer_name"]
    grid = row(desk, "grid", code=OTHER)
    changed = {"name": "老石桥", "grid": OTHER}
    was = {"name": "老桥", "grid": row(desk, "grid", code=GRID).id}
    desk.runner.execute(EditName(gazetteer_name=id, changed=changed, was=was))
    assert row(desk, "gazetteer_name", id=id).grid == grid.id
    twin = desk.runner.execute(LearnName(name="石桥", grid=OTHER)).value["gazetteer_name"]
    with pytest.raises(BadInput, match="name_known"):
        desk.runner.execute(EditName(gazetteer_name=twin, changed={"name": "老石桥"}, was={"name": "石桥"}))
    gone = desk.runner.execute(RemoveName(gazetteer_name=id))
    desk.runner.execute(Undo(target=gone.command))
    assert row(desk, "gazetteer_name", id=id).name == "老石桥"


# --- boundaries -------------------------------------------------------------------------------------------------


def boundary(*places: tuple[float, float], grid: str = GRID) -> SetBoundary:
    return SetBoundary(grid=grid, corners=tuple(Corner(lon, lat) for lon, lat in places))


def present(session: Any, code: str = GRID) -> Any:
    """The shape that the grid has now."""
    grid = row(session, "grid", code=code)
    with session.read("real") as reader:
        found = reader.find("shape", grid=grid.id, edition=grid.shape)
    assert grid.shape is None or [each.hash for each in found] == [grid.shape_hash]
    return found[0] if found else None


def test_a_drawn_boundary_is_a_new_edition_and_undo_goes_back(desk: Any) -> None:
    before = present(desk)
    done = desk.runner.execute(boundary((11.2, 46.5), (11.21, 46.5), (11.21, 46.51)))
    now = present(desk)
    assert now.edition == before.edition + 1 == done.value["edition"] and 400_000 < now.area < 450_000
    same = desk.runner.execute(boundary((11.21, 46.51), (11.2, 46.5), (11.21, 46.5)))
    assert same.value["edition"] == now.edition and not same.undoable, "the same land, begun at another corner"
    undone = desk.runner.execute(Undo(target=done.command))
    assert present(desk) == before
    desk.runner.execute(Undo(target=undone.command))
    assert present(desk) == now


def test_a_point_is_a_place_without_area(desk: Any) -> None:
    desk.runner.execute(boundary((11.2, 46.5)))
    assert present(desk).area == 0 and (present(desk).west, present(desk).south) == (11.2, 46.5)


@pytest.mark.parametrize(
    ("places", "code"),
    [
        (((11.2, 46.5), (11.3, 46.5)), "boundary.too_few"),
        (((11.2, 46.5), (11.3, 46.5), (11.2, 46.5)), "boundary.too_few"),
        (((11.2, 46.5), (11.3, 46.6), (11.3, 46.5), (11.2, 46.6)), "boundary.crossing"),
        (((11.2, 46.5), (11.2000001, 46.5), (11.2, 46.5000001)), "boundary.too_small"),
        (((211.2, 46.5), (11.3, 46.6), (11.3, 46.5)), "boundary.outside"),
        ((), "boundary.too_few"),
    ],
)
def test_what_is_no_boundary_is_refused(desk: Any, places: Any, code: str) -> None:
    before = present(desk)
    with pytest.raises(BadInput) as caught:
        desk.runner.execute(boundary(*places))
    assert caught.value.code == code and present(desk) == before


def test_a_boundary_comes_through_the_command_line_too(desk: Any) -> None:
    from commandcenter.services import wire

    line = {"command": "set_boundary", "grid": GRID, "corners": [{"lon": 11.2, "lat": 46.5}]}
    command = wire.decode(line)
    assert command == boundary((11.2, 46.5)) and wire.encode(command) == line
