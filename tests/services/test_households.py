"""The household register: what is kept of whom, in which order it is worked through, and that it can be forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect, text

from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.rules.households import counts, needs_of
from commandcenter.services import databases, households, privacy
from commandcenter.services.households import (
    AddHousehold,
    AddResident,
    EditHousehold,
    EditResident,
    RetireHousehold,
    RetireResident,
)
from commandcenter.services.incidents import NoteIncident, OpenIncident
from commandcenter.services.privacy import ErasePerson, RevealPersonal

GRID, OTHER = "999101100201001", "999101100202001"
HEAD, PHONE = "慕容翠翠", "15487654321"


def household(desk: Any, head: str = HEAD, **more: Any) -> str:
    return str(desk.runner.execute(AddHousehold(head=head, **{"grid": GRID, **more})).value["household"])


def resident(desk: Any, home: str, name: str, **more: Any) -> str:
    return str(desk.runner.execute(AddResident(household=home, name=name, **more)).value["resident"])


def homes(desk: Any, code: str = GRID) -> list[households.Home]:
    with desk.read("real") as reader:
        (grid,) = reader.find("grid", code=code)
        return households.homes(reader, "grid", grid.id)


def row(desk: Any, kind: str, id: str) -> Any:
    with desk.read("real") as reader:
        return reader.get(kind, id)


def test_those_who_need_help_come_first(desk: Any) -> None:
    household(desk, "解一", grid=OTHER, people_at_home=2)
    full = household(desk, "解二", grid=OTHER, people=6, people_at_home=5)
    weak = household(desk, "解三", grid=OTHER)
    member = resident(desk, weak, "解老太", care="mobility", needs="要人抬，要轮椅", relation="parent")
    resident(desk, weak, "解三", relation="head")
    away = household(desk, "解四", grid=OTHER)
    resident(desk, away, "解小四", care="infant", away=True)
    found = [each.household.id for each in homes(desk, OTHER)]
    assert found[:2] == [weak, full] and found[-1] == away
    first = homes(desk, OTHER)[0]
    assert [each.relation for each in first.members] == ["head", "parent"]
    assert counts(first.household, first.members) == (2, 2)
    assert needs_of(row(desk, "resident", member).needs) == ("要人抬", "要轮椅")


@pytest.mark.parametrize(
    ("made", "field"),
    [
        ({"head": " "}, "head"), ({"grid": None}, "grid"), ({"phone": "none"}, "phone"),
        ({"people": 2, "people_at_home": 3}, "people_at_home"), ({"people": -1}, "people"),
        ({"note": "刑满释放人员"}, "note"), ({"village": "999101100202"}, "village"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_under_its_field(desk: Any, made: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        household(desk, **made)
    assert caught.value.facts["field"] == field
    with desk.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM personal_value WHERE value LIKE '%刑满%'")).scalar() == 0


def test_needs_are_actions_and_kinds_of_care_are_of_the_catalogue(desk: Any) -> None:
    home = household(desk)
    for more, field in (({"care": "nosuch"}, "care"), ({"needs": "吸毒人员"}, "needs")):
        with pytest.raises(BadInput) as caught:
            resident(desk, home, "甲", **more)
        assert caught.value.facts["field"] == field and "吸毒" not in str(caught.value)


def test_two_edit_one_household(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town, "duty1"), open_desk(town, "duty2")
    id = household(one, phone=PHONE)
    was = {"phone": PHONE, "people": None, "grid": row(one, "household", id).grid}
    one.runner.execute(EditHousehold(household=id, changed={"phone": "15400990001", "people": 4}, was=was))
    other.runner.execute(EditHousehold(household=id, changed={"grid": OTHER}, was=was))
    with pytest.raises(Conflict) as caught:
        other.runner.execute(EditHousehold(household=id, changed={"phone": "15400990002"}, was=was))
    assert caught.value.facts["fields"]["phone"]["theirs"] == "15400990001"
    now = row(one, "household", id)
    with one.read("real") as reader:
        grid = reader.find("grid", code=OTHER)[0]
    assert (now.phone, now.people, now.grid, now.village) == ("15400990001", 4, grid.id, grid.village)
    member = resident(one, id, "甲")
    one.runner.execute(EditResident(resident=member, changed={"needs": "要人抬"}, was={"needs": None}))
    with pytest.raises(Conflict):
        other.runner.execute(EditResident(resident=member, changed={"needs": "要轮椅"}, was={"needs": None}))


def test_off_the_register_and_back(desk: Any) -> None:
    before = len(homes(desk))
    id = household(desk)
    member = resident(desk, id, "甲")
    desk.runner.execute(RetireResident(resident=member))
    assert next(each for each in homes(desk) if each.household.id == id).members == ()
    desk.runner.execute(RetireHousehold(household=id))
    assert len(homes(desk)) == before
    desk.runner.execute(RetireHousehold(household=id, retired=False))
    assert len(homes(desk)) == before + 1


def test_names_and_needs_are_masked_by_role_and_shown_for_a_trace(town: str, open_desk: Callable[..., Any]) -> None:
    duty, viewer, clerk = open_desk(town), open_desk(town, "viewer"), open_desk(town, "quartermaster")
    id = household(duty, phone=PHONE)
    member = resident(duty, id, "慕容小翠", needs="靠电吸氧")
    seen = str(homes(viewer))
    for secret in (HEAD, PHONE, "慕容小翠", "靠电吸氧"):
        assert secret not in seen
    assert PHONE in str(homes(clerk)) and HEAD not in str(homes(clerk))
    duty.runner.execute(RevealPersonal(entity="resident", subject=member, field="needs"))
    with duty.read("real") as reader:
        assert reader.history(entity="resident", id=member)[0].change.op == "reveal"
    for desk in (viewer, clerk):
        with pytest.raises(NotAllowed):
            household(desk)


@pytest.mark.parametrize("query", [HEAD, "慕容", "murongcuicui", "mrcc", "MRC"])
def test_a_household_is_found_by_its_head_by_who_may_read_names(
    town: str, open_desk: Callable[..., Any], query: str
) -> None:
    duty, viewer = open_desk(town), open_desk(town, "viewer")
    id = household(duty)
    household(duty, "王容")
    for desk, wanted in ((duty, [id]), (viewer, [])):
        with desk.read("real") as reader:
            assert [each.household for each in households.find_heads(reader, query)] == wanted
    duty.runner.execute(RetireHousehold(household=id))
    with duty.read("real") as reader:
        assert households.find_heads(reader, query) == []


def test_a_residents_number_does_not_make_a_known_caller(desk: Any) -> None:
    household(desk, phone=PHONE)
    opened = desk.runner.execute(OpenIncident(category="care", urgency="urgent", text="摔倒", caller_phone=PHONE)).value
    assert row(desk, "incident", opened["incident"]).finder is None


# --- forgetting -------------------------------------------------------------------------------------------------


def everything_stored(desk: Any) -> str:
    with desk.database.read() as connection:
        tables = inspect(connection).get_table_names()
        return "\n".join(str(each) for name in tables for each in connection.execute(text(f'SELECT * FROM "{name}"')))


def traces(desk: Any, entity: str, id: str) -> privacy.Traces:
    with desk.database.read() as connection:
        return privacy.find_traces(connection, entity, id)


@pytest.mark.parametrize("entity", ["household", "resident"])
def test_an_erased_person_of_the_register_is_in_no_table(
    town: str, open_desk: Callable[..., Any], entity: str
) -> None:
    duty, supervisor = open_desk(town), open_desk(town, "supervisor")
    home = household(duty, phone=PHONE, address="石榴巷九十九号")
    member = resident(duty, home, HEAD, relation="head", phone=PHONE, needs="靠电吸氧七号机")
    duty.runner.execute(EditResident(resident=member, changed={"phone": "15487650000"}, was={"phone": PHONE}))
    incident = duty.runner.execute(OpenIncident(category="care", urgency="urgent", text="摔倒", grid=GRID)).value
    duty.runner.execute(NoteIncident(incident=incident["incident"], text=f"已通知{HEAD}"))
    subject = home if entity == "household" else member
    found = traces(duty, entity, subject)
    assert {each.subject for each in found.same} & {home, member} == {home, member} - {subject}
    assert [each.text for each in found.mentions] == [f"已通知{HEAD}"]
    supervisor.runner.execute(
        ErasePerson(entity=entity, subject=subject, reason="本人要求", redact=tuple(m.key for m in found.mentions))  # type: ignore[arg-type]
    )
    left = everything_stored(duty)
    assert HEAD not in left and PHONE not in left
    assert ("靠电吸氧七号机" in left) == (entity == "household") and ("石榴巷" in left) == (entity == "resident")
    assert databases.check(duty.database).sound


def test_somebody_of_the_same_name_elsewhere_is_not_erased_along(town: str, open_desk: Callable[..., Any]) -> None:
    duty, supervisor = open_desk(town), open_desk(town, "supervisor")
    home, far = household(duty, HEAD), household(duty, "别人", grid=OTHER)
    member = resident(duty, home, "慕容小翠", needs="要轮椅")
    namesake = resident(duty, far, "慕容小翠", needs="要轮椅")
    erase = ErasePerson(entity="resident", subject=member, reason="本人要求")
    with pytest.raises(RuleError) as caught:
        supervisor.runner.execute(erase)
    assert caught.value.code == "erase.undecided"
    keys = [each.key for each in traces(duty, "resident", member).mentions]
    keep = dict.fromkeys(keys, "同名的另一人")
    supervisor.runner.execute(ErasePerson(entity="resident", subject=member, reason="本人要求", keep=keep))
    other = row(duty, "resident", namesake)
    assert (other.name, other.needs) == ("慕容小翠", "要轮椅")
