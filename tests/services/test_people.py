"""Workers beyond name and number: what they are and can, when a number was verified, who is away and who stands in."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.rules.masks import HIDDEN
from commandcenter.services.absences import AddWorkerAbsence, EditWorkerAbsence, EndWorkerAbsence
from commandcenter.services.calls import CallOut
from commandcenter.services.imports import ImportRows
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.people import AddWorker, EditWorker, RetirePerson, VerifyPhone
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.undo import Undo
from tests.conftest import BEGINNING

GRID, OTHER, VILLAGE = "999101100201001", "999101100201002", "999101100201"
TODAY = "2025-06-30"


@pytest.fixture
def desk(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> Any:
    return open_desk(town_url("sqlite"), "duty1", ManualClock(BEGINNING))


def row(session: Any, kind: str, /, **where: Any) -> Any:
    with session.read("real") as reader:
        return reader.find(kind, **where)[0]


def keeper(session: Any, code: str = GRID) -> Any:
    return row(session, "worker", grid=row(session, "grid", code=code).id)


def do(session: Any, command: Any) -> Any:
    return session.runner.execute(command).value


def edit(session: Any, worker: Any, **changed: Any) -> Any:
    return do(session, EditWorker(worker=worker.id, changed=changed,
                                  was={name: getattr(worker, name) for name in changed}))  # fmt: skip


def call_list(session: Any, grid: str = GRID) -> list[str]:
    """The names on a fresh list, in order."""
    incident = do(session, OpenIncident(category="emergency", urgency="critical", text="滑坡", grid=grid))["incident"]
    do(session, CallOut(incident=incident, direction="down"))
    with session.read("real") as reader:
        calls = reader.find("call", incident=incident, order=("rank",))
        return [reader.get(each.person_kind, each.person).name for each in calls]


# --- what they are and can --------------------------------------------------------------------------------------------


def test_names_of_catalogues_become_keys_and_own_words_stay(desk: Any) -> None:
    made = do(desk, AddWorker(name="岳新", village=VILLAGE, standing="reserve", source="新农人", channel="自荐",
                              duties="信息采集、巡河", skills=" 急救救护 ,boat;养蜂 ", vehicles="小轿车，car",
                              priorities="stars,third", vest_size=" xl  42"))  # fmt: skip
    worker = row(desk, "worker", id=made["worker"])
    assert (worker.source, worker.channel, worker.standing) == ("farmer", "self", "reserve")
    assert (worker.duties, worker.skills, worker.vehicles) == ("collect,巡河", "first_aid,boat,养蜂", "car")
    assert (worker.priorities, worker.vest_size, worker.verified_on) == ("stars,third", "XL 42", None)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"channel": "摇号"}, "person.channel", "channel"),
        ({"priorities": "sixth"}, "person.priority", "priorities"),
        ({"skills": "x" * 201}, "person.list_long", "skills"),
        ({"duties": "信访人员"}, "edit.denied", "duties"),
        ({"standing": "reserve"}, "person.reserve_grid", "grid"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(desk: Any, given: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        do(desk, AddWorker(name="岳新", grid=GRID, **given))
    assert (caught.value.code, caught.value.facts["field"]) == (code, field)


# --- verified numbers -------------------------------------------------------------------------------------------------


def test_a_number_is_verified_and_loses_the_day_with_the_number(desk: Any) -> None:
    worker = keeper(desk)
    assert do(desk, VerifyPhone(worker=worker.id))["verified_on"] == TODAY
    edit(desk, keeper(desk), address="新村 1 号")
    assert keeper(desk).verified_on == TODAY
    edit(desk, keeper(desk), phone="15400990001")
    assert keeper(desk).verified_on is None


def test_an_imported_number_loses_the_day_too_and_a_date_of_the_file_stands(desk: Any) -> None:
    worker = keeper(desk)
    do(desk, VerifyPhone(worker=worker.id))
    same = {"name": worker.name, "grid_code": GRID, "phone": worker.phone}
    do(desk, ImportRows(entity="worker", rows=(same,), source="test"))
    assert keeper(desk).verified_on == TODAY
    other = {**same, "phone": "15400990002", "skills": "驾船、电焊"}
    do(desk, ImportRows(entity="worker", rows=(other,), source="test"))
    assert (keeper(desk).verified_on, keeper(desk).skills) == (None, "boat,welding")
    fresh = {**same, "phone": "15400990003", "verified_on": "2025-06-01"}
    do(desk, ImportRows(entity="worker", rows=(fresh,), source="test"))
    assert keeper(desk).verified_on == "2025-06-01"


def test_days_ahead_unknown_numbers_and_who_left_are_refused(desk: Any) -> None:
    worker = keeper(desk)
    with pytest.raises(BadInput, match=r"kit\.day_ahead"):
        do(desk, VerifyPhone(worker=worker.id, on="2025-07-01"))
    silent = do(desk, AddWorker(name="无号", grid=GRID))["worker"]
    with pytest.raises(RuleError, match=r"person\.no_phone"):
        do(desk, VerifyPhone(worker=silent))
    do(desk, RetirePerson(kind="worker", person=worker.id))
    with pytest.raises(RuleError, match=r"person\.left_already"):
        do(desk, VerifyPhone(worker=worker.id))


# --- who is away ------------------------------------------------------------------------------------------------------


def away(session: Any, **given: Any) -> str:
    return str(do(session, AddWorkerAbsence(**given))["worker_absence"])


def test_the_stand_in_is_called_first_and_the_absent_one_behind_him(desk: Any) -> None:
    worker, other = keeper(desk), keeper(desk, OTHER)
    assert call_list(desk)[0] == worker.name
    absence = away(desk, worker=worker.id, until_on="2025-07-03", reason="住院", stand_in=other.id)
    assert call_list(desk)[:2] == [other.name, worker.name]
    do(desk, EndWorkerAbsence(worker_absence=absence))
    assert call_list(desk)[0] == worker.name
    assert row(desk, "worker_absence", id=absence).until_on == TODAY


def test_an_absence_holds_on_its_days_alone(desk: Any, open_desk: Callable[..., Any]) -> None:
    worker, other = keeper(desk), keeper(desk, OTHER)
    away(desk, worker=worker.id, from_on="2025-07-01", until_on="2025-07-01", stand_in=other.id)
    assert call_list(desk)[0] == worker.name
    desk.clock.advance(days=1)
    assert call_list(desk)[0] == other.name
    desk.clock.advance(days=1)
    assert call_list(desk)[0] == worker.name


def test_two_absences_never_share_a_day_not_even_by_an_undo(desk: Any) -> None:
    worker = keeper(desk)
    first = desk.runner.execute(AddWorkerAbsence(worker=worker.id, from_on="2025-07-01", until_on="2025-07-05"))
    spans = ({"from_on": "2025-07-05"}, {"from_on": "2025-06-01", "until_on": "2025-07-01"}, {"from_on": TODAY})
    for days in spans:
        with pytest.raises(RuleError, match=r"absence\.overlaps"):
            away(desk, worker=worker.id, **days)
    undone = desk.runner.execute(Undo(target=first.command))
    away(desk, worker=worker.id, from_on="2025-07-03", until_on=None)
    with pytest.raises(RuleError, match=r"absence\.overlaps"):
        desk.runner.execute(Undo(target=undone.command))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"from_on": "2025-07-05", "until_on": "2025-07-01"}, "absence.order"),
        ({"from_on": "soon"}, "stock.day"),
        ({"stand_in": "nobody"}, "unknown"),
        ({"stand_in": "himself"}, "absence.himself"),
        ({"reason": "x" * 300}, "stock.reason_long"),
    ],
)
def test_what_an_absence_cannot_be_is_refused(desk: Any, given: dict[str, Any], code: str) -> None:
    worker = keeper(desk)
    given = {name: worker.id if value == "himself" else value for name, value in given.items()}
    with pytest.raises((BadInput, RuleError)) as caught:
        away(desk, worker=worker.id, **given)
    assert caught.value.code == code


def test_two_desks_change_an_absence_and_nothing_is_lost(desk: Any) -> None:
    worker, other = keeper(desk), keeper(desk, OTHER)
    absence = away(desk, worker=worker.id, until_on="2025-07-03", reason="住院")
    do(desk, EditWorkerAbsence(worker_absence=absence, changed={"stand_in": other.id}, was={"stand_in": None}))
    was = {"until_on": "2025-07-03"}
    do(desk, EditWorkerAbsence(worker_absence=absence, changed={"until_on": "2025-07-09"}, was=was))
    found = row(desk, "worker_absence", id=absence)
    assert (found.stand_in, found.until_on) == (other.id, "2025-07-09")
    with pytest.raises(Conflict):
        do(desk, EditWorkerAbsence(worker_absence=absence, changed={"until_on": None}, was=was))


def test_why_somebody_is_away_is_masked_and_erased_with_the_person(
    desk: Any, open_desk: Callable[..., Any]
) -> None:
    worker = keeper(desk)
    absence = away(desk, worker=worker.id, reason="住院手术")
    viewer = open_desk(desk.database.url, "viewer", ManualClock(BEGINNING))
    assert row(viewer, "worker_absence", id=absence).reason == HIDDEN
    with pytest.raises(NotAllowed):
        do(viewer, EndWorkerAbsence(worker_absence=absence))
    supervisor = open_desk(desk.database.url, "supervisor", ManualClock(BEGINNING))
    do(supervisor, ErasePerson(entity="worker", subject=worker.id, reason="本人要求"))
    assert "住院" not in row(supervisor, "worker_absence", id=absence).reason
    with supervisor.database.read() as connection:
        held = connection.exec_driver_sql("SELECT count(*) FROM personal_value WHERE value LIKE '%住院%'")
        assert held.scalar_one() == 0
