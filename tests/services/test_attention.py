"""The attention list: who may stand on it and until when, what the register knows of them, and that it forgets."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.rules import attention as rules
from commandcenter.rules.entity import REAL
from commandcenter.rules.masks import ERASED, HIDDEN
from commandcenter.services import attention_reading, databases, exporting, filing, privacy
from commandcenter.services.attention import (
    AddAttention,
    CloseAttention,
    ConfirmAttention,
    EditAttention,
    ReopenAttention,
    TakeAttention,
)
from commandcenter.services.households import AddHousehold, AddResident, EditHousehold, RetireResident
from commandcenter.services.incidents import NoteIncident, OpenIncident
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.settings import SetSetting
from commandcenter.services.undo import Undo
from tests.cli.program import run_here
from tests.conftest import BEGINNING
from tests.services.test_privacy_drills import everything_stored

GRID, OTHER = "999101100201001", "999101100202001"
NAME, PHONE, NEED = "慕容翠翠", "15487654321", "靠电吸氧七号机"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(BEGINNING)


@pytest.fixture
def duty(town: str, open_desk: Callable[..., Any], clock: ManualClock) -> Any:
    return open_desk(town, "duty1", clock)


def do(desk: Any, command: Any, **more: Any) -> Any:
    return desk.runner.execute(command, **more).value


def add(desk: Any, **more: Any) -> str:
    given = {"kind": "person", "grid": GRID, "name": NAME, "ground": "consent"} | more
    return str(do(desk, AddAttention(**given))["attention_item"])


def home_with(desk: Any, **more: Any) -> tuple[str, str]:
    """A household and somebody in it."""
    home = do(desk, AddHousehold(head="慕容大川", grid=GRID, address="云岭村后湾9号"))["household"]
    given = {"name": NAME, "phone": PHONE, "care": "power", "needs": NEED} | more
    return home, do(desk, AddResident(household=home, **given))["resident"]


def item(desk: Any, id: str) -> rules.AttentionItem:
    with desk.read(REAL) as reader:
        return reader.get("attention_item", id)  # type: ignore[no-any-return]


def listed(desk: Any, code: str = GRID) -> list[attention_reading.Listed]:
    with desk.read(REAL) as reader:
        return attention_reading.of_grid(reader, reader.find("grid", code=code)[0].id)


def today(desk: Any) -> date:
    return date.fromisoformat(item(desk, add(desk, name="今日")).entered_on)


# --- what may stand on it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "field"), [
    ({"ground": ""}, "ground"), ({"ground": "gossip"}, "ground"), ({"name": " "}, "name"),
    ({"kind": "place", "name": None, "ground": ""}, "title"),
    ({"kind": "matter", "name": None, "ground": ""}, "matter"),
    ({"kind": "place", "title": "后山", "ground": ""}, "name"), ({"grid": None}, "grid"), ({"phone": "none"}, "phone"),
    ({"care": "nosuch"}, "care"), ({"needs": "刑满释放人员"}, "needs"), ({"source": "吸毒人员"}, "source"),
    ({"review_on": "昨天"}, "review_on"), ({"review_on": "2020-01-01"}, "review_on"),
    ({"review_on": "+800"}, "review_on"),
    ({"kind": "place", "name": None, "title": "后山", "ground": "", "latitude": 30.1}, "longitude"),
    ({"kind": "place", "name": None, "title": "后山", "ground": "", "latitude": 91.0, "longitude": 1.0}, "longitude"),
    ({"kind": "matter", "name": None, "matter": "社区矫正对象", "ground": ""}, "matter"),
    ({"kind": "place", "name": None, "title": "社区矫正对象", "ground": ""}, "title"),
])  # fmt: skip
def test_what_cannot_be_is_refused_under_its_field(duty: Any, given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        add(duty, **given)
    assert caught.value.facts["field"] == field
    assert not [each for each in listed(duty) if each.item.entered_by == duty.officer.id]


def test_every_entry_has_a_review_day_which_the_town_sets_by_kind(duty: Any, town: str, open_desk: Any) -> None:
    day = today(duty)
    place = {"kind": "place", "name": None, "title": "后山滑坡体", "ground": ""}
    made = {kind: item(duty, add(duty, **more)) for kind, more in (
        ("person", {}), ("place", place), ("matter", {"kind": "matter", "name": None, "matter": "等修", "ground": ""}),
    )}  # fmt: skip
    assert {kind: (date.fromisoformat(row.review_on) - day).days for kind, row in made.items()} == {
        "person": 90, "place": 180, "matter": 30
    }  # fmt: skip
    do(open_desk(town, "supervisor"), SetSetting(key="attention.place_days", value={"value": 7}))
    assert item(duty, add(duty, **place)).review_on == (day + timedelta(days=7)).isoformat()
    assert item(duty, add(duty, review_on="+20")).review_on == (day + timedelta(days=20)).isoformat()


def test_the_days_of_a_review(duty: Any) -> None:
    row, day = item(duty, add(duty, review_on="+20")), today(duty)
    at = [day + timedelta(days=days) for days in (0, 12, 13, 20, 21)]
    assert [rules.review_state(row, each) for each in at] == ["good", "good", "due", "due", "overdue"]
    assert [rules.may_print(row, each) for each in at] == [True] * 4 + [False]
    do(duty, CloseAttention(item=row.id, reason="搬走"))
    assert not rules.may_print(item(duty, row.id), day)


def test_viewers_keepers_of_stores_and_trainers_write_nothing(town: str, open_desk: Callable[..., Any]) -> None:
    for role in ("viewer", "trainer", "quartermaster"):
        with pytest.raises(NotAllowed):
            add(open_desk(town, role))


# --- the register -------------------------------------------------------------------------------------------------


def test_somebody_of_the_register_is_read_from_there_and_copied_nowhere(duty: Any) -> None:
    home, resident = home_with(duty)
    id = str(do(duty, AddAttention(kind="person", resident=resident, ground="own_wish"))["attention_item"])
    row = item(duty, id)
    assert (row.household, row.name, row.phone, row.needs, row.care, row.address) == (home, None, None, None, "", None)
    (shown,) = [each for each in listed(duty) if each.id == id]
    assert (shown.what, shown.phone, shown.needs, shown.care) == (NAME, PHONE, NEED, "power")
    assert shown.address == "云岭村后湾9号"
    for field in ("name", "phone", "needs", "care", "address"):
        with pytest.raises(BadInput) as caught:
            do(duty, EditAttention(item=id, changed={field: "power" if field == "care" else PHONE}, was={field: None}))
        assert caught.value.facts["field"] == field
    with pytest.raises(RuleError):
        add(duty, name=None, resident=resident)
    do(duty, EditHousehold(household=home, changed={"grid": OTHER}, was={"grid": row.grid}))
    assert id in [each.id for each in listed(duty, OTHER)] and id not in [each.id for each in listed(duty)]


def test_an_entry_that_is_found_in_the_register_keeps_nothing_of_its_own(duty: Any) -> None:
    _, resident = home_with(duty)
    id = add(duty, phone=PHONE, needs="要人抬，要轮椅", care="mobility")
    assert item(duty, id).needs == "要人抬、要轮椅"
    do(duty, EditAttention(item=id, changed={"resident": resident}, was={"resident": None}))
    row = item(duty, id)
    assert (row.resident, row.name, row.phone, row.needs, row.care) == (resident, None, None, None, "")


def test_whoever_leaves_the_register_leaves_the_list_and_undo_brings_both_back(duty: Any) -> None:
    _, resident = home_with(duty)
    id = add(duty, name=None, resident=resident)
    done = duty.runner.execute(RetireResident(resident=resident))
    assert not item(duty, id).active and item(duty, id).closed_reason == "left_register"
    with pytest.raises(RuleError):
        do(duty, ReopenAttention(item=id))
    do(duty, Undo(target=done.command))
    assert item(duty, id).active


def test_residents_with_needs_are_offered_once_and_taken_with_a_ground(duty: Any) -> None:
    _, resident = home_with(duty)
    with duty.read(REAL) as reader:
        offered = {each.resident.id for each in attention_reading.offers(reader)}
    assert resident in offered
    with pytest.raises(BadInput):
        do(duty, TakeAttention(residents=tuple(offered)))
    done = duty.runner.execute(TakeAttention(residents=tuple(sorted(offered)), ground="public_duty", source="入户登记"))
    assert len(done.value["attention_items"]) == len(offered) and done.value["passed_over"] == 0
    with duty.read(REAL) as reader:
        assert attention_reading.offers(reader) == []
    with pytest.raises(RuleError):
        do(duty, TakeAttention(residents=tuple(offered), ground="consent"))
    do(duty, Undo(target=done.command))
    with duty.read(REAL) as reader:
        assert {each.resident.id for each in attention_reading.offers(reader)} == offered
    taken = add(duty, name=None, resident=resident)
    do(duty, CloseAttention(item=taken, reason="不再需要"))
    with duty.read(REAL) as reader:  # somebody decided so: it is not asked again
        assert resident not in {each.resident.id for each in attention_reading.offers(reader)}


def test_nobody_stands_on_it_twice_by_an_undo(duty: Any) -> None:
    _, resident = home_with(duty)
    first = add(duty, name=None, resident=resident)
    closed = duty.runner.execute(CloseAttention(item=first, reason="误列"))
    add(duty, name=None, resident=resident)
    with pytest.raises(RuleError) as caught:
        do(duty, Undo(target=closed.command))
    assert caught.value.code == "attention.listed"


# --- looked at again ----------------------------------------------------------------------------------------------


def test_a_grid_is_confirmed_after_a_visit_in_one_step(duty: Any, clock: ManualClock) -> None:
    ids = [add(duty, name=f"解{n}", review_on="+5") for n in "甲乙丙"]
    clock.advance(days=10)
    with duty.read(REAL) as reader:
        late = {each.id for each in attention_reading.due(reader, duty.clock.now().date())}
    assert set(ids) <= late
    done = duty.runner.execute(ConfirmAttention(items=tuple(ids)))
    assert done.value["confirmed"] == 3
    assert {(date.fromisoformat(item(duty, id).review_on) - date.fromisoformat(done.value["on"])).days
            for id in ids} == {90}  # fmt: skip
    with pytest.raises(RuleError):
        do(duty, ConfirmAttention(items=tuple(ids)))
    assert do(duty, ConfirmAttention(items=(*ids, add(duty, name="解丁"))))["unchanged"] == 3
    with pytest.raises(RuleError):  # somebody confirmed one of them once more: what was undone would be lost
        clock.advance(days=1)
        do(duty, ConfirmAttention(items=(ids[0],)))
        do(duty, Undo(target=done.command))
    again = duty.runner.execute(ConfirmAttention(items=tuple(ids[1:])))
    do(duty, Undo(target=again.command))
    assert item(duty, ids[1]).reviewed_on == done.value["on"]


@pytest.mark.parametrize("on", ["明天", "2099-01-01", "2001-01-01"])
def test_a_visit_was_on_a_day_of_the_last_year(duty: Any, on: str) -> None:
    with pytest.raises(BadInput) as caught:
        do(duty, ConfirmAttention(items=(add(duty),), on=on))
    assert caught.value.facts["field"] == "on"


def test_closed_entries_are_neither_edited_nor_confirmed_and_come_back_as_they_were(duty: Any) -> None:
    id = add(duty)
    with pytest.raises(BadInput):
        do(duty, CloseAttention(item=id, reason=" "))
    do(duty, CloseAttention(item=id, reason="已搬走"))
    for command in (EditAttention(item=id, changed={"source": "x"}, was={"source": None}),
                    ConfirmAttention(items=(id,)), CloseAttention(item=id, reason="x")):  # fmt: skip
        with pytest.raises(RuleError) as caught:
            do(duty, command)
        assert caught.value.code == "attention.closed"
    do(duty, ReopenAttention(item=id))
    assert item(duty, id).active and item(duty, id).closed_reason is None


def test_a_field_changed_by_both_shows_both_versions(duty: Any) -> None:
    id = add(duty, source="甲")
    do(duty, EditAttention(item=id, changed={"source": "乙"}, was={"source": "甲"}))
    do(duty, EditAttention(item=id, changed={"needs": "要人扶"}, was={"needs": None}))
    with pytest.raises(Conflict) as caught:
        do(duty, EditAttention(item=id, changed={"source": "丙"}, was={"source": "甲"}))
    assert caught.value.facts["fields"]["source"] == {"mine": "丙", "theirs": "乙", "was": "甲"}


# --- who reads it, and forgetting -----------------------------------------------------------------------------------

SECRETS = (NAME, PHONE, NEED, "后湾老井旁", "村医悄悄说", "夜里没人照看", "慕容小川", "15487650000")


def told_everywhere(desk: Any) -> dict[str, str]:
    """Entries in which every personal field says something, of the register and not."""
    _, resident = home_with(desk)
    known = add(desk, name=None, resident=resident, source="村医悄悄说")
    own = add(desk, name="慕容小川", phone="15487650000", needs=NEED, address="后湾老井旁", source="村医悄悄说")
    matter = add(desk, kind="matter", name=None, ground="", matter="夜里没人照看")
    closed = add(desk, name="慕容小川", ground="consent")
    do(desk, CloseAttention(item=closed, reason="夜里没人照看"))
    return {"known": known, "own": own, "matter": matter, "closed": closed, "resident": resident}


def doors(url: str, role: str, made: dict[str, str], folder: Path) -> str:
    """All that the doors of the program tell a reader."""
    told = []
    asked = [("list", "attention_item"), ("list", "resident"), ("list", "change_log"), ("list", "command"),
             *(("show", "attention_item", made[key]) for key in ("known", "own", "matter", "closed")),
             ("watch", "--since", "0", "--until", "0")]  # fmt: skip
    for words in asked:
        code, out, errors = run_here(*words, "--database", url, "--as", role, "--json")
        assert code == 0, (words, errors)
        told.append(out)
    for table in ("attention", "care_ledger", "grid_ledger", "households"):
        path = folder / f"{role}-{table}.xlsx"
        code, _, errors = run_here("export", table, path, "--database", url, "--as", role)
        assert code == 0, errors
        book = openpyxl.load_workbook(path)
        told.append(str([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]))
    return "\n".join(told)


def test_a_viewer_sees_no_personal_value_through_any_door(
    town: str, open_desk: Callable[..., Any], clock: ManualClock, tmp_path: Path
) -> None:
    duty, viewer = open_desk(town, "duty1", clock), open_desk(town, "viewer", clock)
    made = told_everywhere(duty)
    told = doors(town, "viewer", made, tmp_path)
    assert [secret for secret in SECRETS if secret in told] == []
    assert HIDDEN in told and told.count("慕容*") > 2
    told = doors(town, "duty1", made, tmp_path)
    assert [secret for secret in SECRETS if secret not in told] == []
    with viewer.read(REAL) as reader:
        shown = str(attention_reading.listed(reader, active=None)) + str(attention_reading.offers(reader))
        found = [reader.search_texts(secret) for secret in SECRETS]
    assert [secret for secret in SECRETS if secret in shown or secret in str(found)] == []
    assert not any(secret in json.dumps(str(exporting.prepare(viewer, "attention").sheet.rows)) for secret in SECRETS)


def erase(desk: Any, entity: Any, subject: str) -> Any:
    with desk.database.read() as connection:
        keys = privacy.find_traces(connection, entity, subject).keys
    return do(desk, ErasePerson(entity=entity, subject=subject, reason="本人要求", redact=tuple(keys)))


@pytest.mark.parametrize("by", ["resident", "attention_item"])
def test_erasing_somebody_of_the_register_empties_the_entry_too(
    by: str, town: str, open_desk: Callable[..., Any], clock: ManualClock
) -> None:
    duty, head = open_desk(town, "duty1", clock), open_desk(town, "supervisor", clock)
    made = told_everywhere(duty)
    do(duty, EditAttention(item=made["known"], changed={"source": "改过的来源"}, was={"source": "村医悄悄说"}))
    incident = do(duty, OpenIncident(category="care", urgency="routine", text="求助", grid=GRID))["incident"]
    do(duty, NoteIncident(incident=incident, text=f"已通知{NAME}"))
    databases.seal(duty.database, duty.desk)
    erase(head, by, made["resident"] if by == "resident" else made["known"])
    left = everything_stored(duty)
    assert NAME not in left and PHONE not in left and "改过的来源" not in left
    assert "慕容小川" in left  # somebody else
    row = item(duty, made["known"])
    assert (row.active, row.source) == (False, ERASED) and databases.check(duty.database).sound
    assert NAME not in str(doors_of(duty, made))


def doors_of(desk: Any, made: dict[str, str]) -> list[Any]:
    with desk.read(REAL) as reader:
        return [attention_reading.listed(reader, active=None), attention_reading.offers(reader),
                reader.search_texts(NAME), reader.history(entity="attention_item", id=made["known"])]  # fmt: skip


def test_erasing_somebody_who_stands_on_the_list_alone(
    town: str, open_desk: Callable[..., Any], clock: ManualClock
) -> None:
    duty, head = open_desk(town, "duty1", clock), open_desk(town, "supervisor", clock)
    made = told_everywhere(duty)
    databases.seal(duty.database, duty.desk)
    erase(head, "attention_item", made["own"])
    left = everything_stored(duty)
    assert "15487650000" not in left and "后湾老井旁" not in left and NAME in left
    row = item(duty, made["own"])
    assert (row.name, row.phone, row.needs, row.active) == (ERASED, ERASED, ERASED, False)
    assert databases.check(duty.database).sound


# --- out and back ---------------------------------------------------------------------------------------------------


def sheet(path: Path, headings: list[str], *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (headings, *rows):
        page.append(row)
    book.save(path)
    return path


def test_the_list_goes_out_and_comes_back_without_a_difference(duty: Any, tmp_path: Path) -> None:
    told_everywhere(duty)
    add(duty, kind="place", name=None, ground="", title="后山滑坡体", address="裂缝已设标")
    exporting.export(duty, "attention", tmp_path / "a.xlsx")
    seen = filing.survey(duty, filing.read("attention", tmp_path / "a.xlsx"))
    assert (seen.new, seen.changed, seen.refused) == (0, 0, 0) and seen.same >= 5


HEADINGS = [
    "序号", "村(社区)", "微网格", "姓名", "性别", "年龄", "身份证号", "人员类别", "家庭住址", "联系电话",
    "监护人/联系人", "联系人电话", "行动能力", "转移帮扶责任人", "帮扶人电话", "走访频次", "最近走访时间",
    "备注", "依据",
]  # fmt: skip


def test_the_usual_table_comes_in_with_a_ground(duty: Any, tmp_path: Path) -> None:
    _, resident = home_with(duty)
    row = ["1", "云岭村", "云岭村第1微网格", NAME, "女", 81, "510902194401019990", "靠电维持", "后湾", "15487651111",
           "慕容大川", "", "靠电吸氧", "蒲国富", "", "每周", "2025-06-01", "", "本人同意"]  # fmt: skip
    other = [*row[:3], "解老五", "男", 70, "", "信访人员", "前湾", "", "", "", "要人扶", *[""] * 5, "监护人同意"]
    nothing = [*row[:3], "解老六", "男", 70, "", "独居老人", *[""] * 11]
    with duty.read(REAL) as reader:
        names = [each.name for each in reader.find("grid", code=GRID)]
    for each in (row, other, nothing):
        each[2] = names[0]
        each[1] = ""
    path = sheet(tmp_path / "重点人员台账.xlsx", HEADINGS, row, other, nothing)
    read = filing.read("attention", path)
    seen = filing.survey(duty, read)
    assert (seen.new, seen.refused) == (2, 1)
    codes = {each.code for each in (*read.problems, *seen.problems)}
    assert {"import.attention_ground", "import.attention_register"} <= codes
    clean = sheet(tmp_path / "b.xlsx", HEADINGS, row, other)
    done = filing.write(duty, filing.read("attention", clean))
    assert done.new == 2
    found = {each.what: each for each in listed(duty)}
    assert found[NAME].item.resident == resident and found[NAME].item.reviewed_on == "2025-06-01"
    assert found[NAME].phone == PHONE  # the register's word stands
    assert found["解老五"].care == "" and found["解老五"].item.ground == "guardian"
    assert found["解老五"].item.entered_by == duty.officer.id
    stored = everything_stored(duty)
    assert "信访" not in stored and "510902194401019990" not in stored and "蒲国富" not in str(found["解老五"])


def test_the_ledgers_tell_what_may_be_printed(duty: Any, clock: ManualClock) -> None:
    add(duty, kind="place", name=None, ground="", title="后山滑坡体")
    add(duty, kind="matter", name=None, ground="", matter="等修")
    _, resident = home_with(duty)
    taken = add(duty, name=None, resident=resident)
    do(duty, ConfirmAttention(items=(taken,)))

    def cells(what: str) -> dict[str, Any]:
        made = exporting.prepare(duty, what).sheet
        heads = [column.heading for column in made.columns]
        key = "微网格编码" if what == "grid_ledger" else "姓名"
        return {row[heads.index(key)]: dict(zip(heads, row, strict=True)) for row in made.rows}

    grid = cells("grid_ledger")[GRID]
    assert (grid["重点区域"], grid["重点事项"]) == ("后山滑坡体", 1)
    assert cells("care_ledger")[NAME]["最近走访时间"] == item(duty, taken).reviewed_on
    clock.advance(days=31)
    assert cells("grid_ledger")[GRID]["重点事项"] is None
    clock.advance(days=160)
    assert cells("grid_ledger")[GRID]["重点区域"] is None


def test_days_are_the_towns_own(town: str, open_desk: Callable[..., Any]) -> None:
    late = open_desk(town, "duty1", ManualClock(datetime.fromisoformat("2026-05-07T22:30:00+00:00")))
    assert item(late, add(late)).entered_on == "2026-05-08"  # past midnight in Rome
