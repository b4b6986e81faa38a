"""One human entered twice becomes one worker: everything refers to the kept row, and one undo parts them again."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, Conflict, RuleError
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.kits import AWAY
from commandcenter.rules.masks import is_erased
from commandcenter.rules.people import possible_doubles
from commandcenter.services import merging
from commandcenter.services.absences import AddWorkerAbsence
from commandcenter.services.attendance import ExpectWorkers
from commandcenter.services.calls import CallOut, RecordCall
from commandcenter.services.course_sessions import PlanSession
from commandcenter.services.drill_people import AddDrillPerson
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.kits import Found, HandOutKit, IssueKits, NewKit
from commandcenter.services.leaving import LeaveWorker
from commandcenter.services.merging import FIELDS, MergeWorkers
from commandcenter.services.people import AddWorker, EditWorker, RetirePerson, VerifyPhone
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.records import RecordLate
from commandcenter.services.undo import Undo
from commandcenter.services.units import NamePost
from tests.services.stores_made import YUNLING, check_books, depot, do, one, pieces_of, some
from tests.services.test_leaving import GRID, SIDE, keeper, six_of_seven, with_kit
from tests.services.test_two_writers import HELD_AT, ROUNDS, both
from tests.services.test_undo_property import visible
from tests.storage import stream


@pytest.fixture
def desk(town: str, open_desk: Callable[..., Any]) -> Any:
    """A supervisor's session on the tiny township, on each engine in turn."""
    return open_desk(town, "supervisor", ManualClock(stream.EVENING))


def twin(session: Any, worker: Any, **more: Any) -> Any:
    """The same human, entered again with another number and more words."""
    given = {"village": YUNLING, "phone": "15400998201", "skills": "boat", "note": "第二次登记"} | more
    id = do(session, AddWorker(name=more.pop("name", worker.name), **{k: v for k, v in given.items() if k != "name"}))
    return one(session, "worker", id["worker"])


def merge(session: Any, keep: Any, double: Any, **more: Any) -> Any:
    """As the form sends it."""
    found = merging.pair(session, keep.id, double.id, session.clock.now())
    given: dict[str, Any] = {"was_keep": found.seen("keep"), "was_double": found.seen("double")} | more
    return session.runner.execute(MergeWorkers(keep=keep.id, double=double.id, **given))


def laden(session: Any, double: Any) -> dict[str, Any]:
    """Everything that can refer to somebody."""
    do(session, NamePost(role="lookout", grid=GRID, rank=0, person=double.id))
    course = some(session, "course")[0].key
    training = do(session, PlanSession(course=course, starts_at=stream.EVENING.replace(month=7)))["session"]
    do(session, ExpectWorkers(session=training, workers=(double.id,)))
    own = do(session, AddWorkerAbsence(worker=double.id, from_on="2025-07-02", until_on="2025-07-05"))["worker_absence"]
    side = keeper(session, SIDE)
    stands = do(session, AddWorkerAbsence(worker=side.id, stand_in=double.id))["worker_absence"]
    incident = do(session, OpenIncident(category="emergency", urgency="critical", text="滑坡", grid=GRID))["incident"]
    do(session, CallOut(incident=incident, direction="down"))
    return {"session": training, "own": own, "stands": stands, "incident": incident}


# --- issue 5, build 5: doubles merged -------------------------------------------------------------------------------


def test_everything_refers_to_the_kept_worker_and_one_undo_parts_them_again(desk: Any) -> None:
    keep = keeper(desk)
    double = twin(desk, keep, grid=GRID)
    hung = laden(desk, double)
    _, kit = with_kit(desk, double.id)
    assert {each.person for each in some(desk, "call", incident=hung["incident"])} >= {keep.id, double.id}
    before = visible(desk)
    done = merge(desk, keep, double, take=("phone", "skills", "note"))
    merged, gone = one(desk, "worker", keep.id), one(desk, "worker", double.id)
    assert (merged.phone, merged.skills, merged.note, merged.grid) == (double.phone, "boat", "第二次登记", keep.grid)
    assert (gone.active, gone.merged_into) == (False, keep.id)
    assert one(desk, "kit", kit.id).worker == keep.id and done.value["kit"] == kit.code
    for kind, where in (
        ("kit", "worker"), ("attendance", "worker"), ("worker_absence", "worker"), ("worker_absence", "stand_in"),
        ("unit_post", "person"), ("call", "person"),
    ):  # fmt: skip
        assert some(desk, kind, **{where: double.id}) == [], kind
    called = [(each.person_kind, each.person) for each in some(desk, "call", incident=hung["incident"])]
    assert len(called) == len(set(called)) and ("worker", keep.id) in called
    assert [each.worker for each in some(desk, "attendance", session=hung["session"])] == [keep.id]
    assert one(desk, "worker_absence", hung["stands"]).stand_in == keep.id
    desk.runner.execute(Undo(target=done.command))
    assert visible(desk) == before


def test_the_call_order_and_pickers_no_longer_offer_the_double(desk: Any) -> None:
    keep = keeper(desk)
    double = twin(desk, keep, grid=GRID)
    merge(desk, keep, double)
    incident = do(desk, OpenIncident(category="emergency", urgency="critical", text="滑坡", grid=GRID))["incident"]
    do(desk, CallOut(incident=incident, direction="down"))
    assert double.id not in {each.person for each in some(desk, "call", incident=incident)}


def test_of_two_kits_one_stays_and_every_piece_of_the_other_is_named(desk: Any) -> None:
    keep = keeper(desk)
    double = twin(desk, keep)
    _, mine = with_kit(desk, keep.id, "甲库")
    at, other = with_kit(desk, double.id, "乙库")
    before = visible(desk)
    with pytest.raises(RuleError, match=r"merge\.two_kits"):
        merge(desk, keep, double)
    with pytest.raises(BadInput, match=r"leave\.piece"):
        merge(desk, keep, double, kit=mine.code)
    with pytest.raises(BadInput, match=r"stock\.reason_needed") as caught:
        merge(desk, keep, double, kit=mine.code, found=six_of_seven(desk, other.id))
    assert caught.value.facts["field"] == "kit_reason" and visible(desk) == before
    done = merge(desk, keep, double, kit=other.code, found=six_of_seven(desk, mine.id), kit_reason="丢失")
    assert one(desk, "kit", other.id).worker == keep.id
    back = one(desk, "kit", mine.id)
    assert (back.worker, back.active) == (None, True)
    assert pieces_of(desk, mine.id)["K04"].state == "missing"
    check_books(desk)
    desk.runner.execute(Undo(target=done.command))
    assert visible(desk) == before
    merge(desk, keep, double, kit=mine.id, found=tuple(Found(each.id) for each in some(desk, "piece", kit=other.id)
                                                       if each.state in AWAY), kit_to="depot", depot=at)  # fmt: skip
    assert not one(desk, "kit", other.id).active and one(desk, "kit", mine.id).worker == keep.id
    check_books(desk)


def test_a_number_brings_the_day_on_which_it_was_verified_and_a_grid_its_village(desk: Any) -> None:
    keep = one(desk, "worker", do(desk, AddWorker(name="岳新", village=YUNLING, standing="reserve"))["worker"])
    double = twin(desk, keep, name="岳 新", grid=GRID)
    do(desk, VerifyPhone(worker=double.id, on="2025-06-12"))
    merge(desk, keep, one(desk, "worker", double.id), take=("grid", "phone"))
    merged = one(desk, "worker", keep.id)
    assert (merged.grid, merged.standing, merged.verified_on, merged.name) == (
        double.grid, "serving", "2025-06-12", "岳新",
    )  # fmt: skip


def test_posts_absences_and_answers_that_both_have_become_one(desk: Any) -> None:
    keep = keeper(desk)
    double = twin(desk, keep, grid=GRID)
    do(desk, NamePost(role="leader", grid=GRID, rank=1, person=keep.id))
    do(desk, NamePost(role="leader", grid=GRID, rank=0, person=double.id))
    do(desk, AddWorkerAbsence(worker=keep.id, from_on="2025-07-01", until_on="2025-07-03"))
    do(desk, AddWorkerAbsence(worker=double.id, from_on="2025-07-02", until_on="2025-07-08", reason="住院"))
    incident = do(desk, OpenIncident(category="emergency", urgency="critical", text="滑坡", grid=GRID))["incident"]
    do(desk, CallOut(incident=incident, direction="down"))
    theirs = next(each for each in some(desk, "call", incident=incident) if each.person == double.id)
    do(desk, RecordCall(call=theirs.id, result="answered"))
    before = visible(desk)
    done = merge(desk, keep, double)
    posts = some(desk, "unit_post", person=keep.id, role="leader", active=True)
    assert [each.rank for each in posts] == [0]
    away = some(desk, "worker_absence", worker=keep.id, ended=False)
    assert [(each.from_on, each.until_on, each.reason) for each in away] == [("2025-07-01", "2025-07-08", "住院")]
    calls = [each for each in some(desk, "call", incident=incident) if each.person == keep.id]
    assert [each.result for each in calls] == ["answered"]
    desk.runner.execute(Undo(target=done.command))
    assert visible(desk) == before


@pytest.mark.parametrize("case", ["same", "already", "left_keep", "left_double", "field", "one_kit", "unknown"])
def test_what_cannot_be_merged_is_refused_and_changes_nothing(desk: Any, case: str) -> None:
    keep = keeper(desk)
    double = twin(desk, keep)
    third = twin(desk, keep)
    if case == "already":
        merge(desk, third, double)
    if case.startswith("left"):
        do(desk, RetirePerson(kind="worker", person=(keep if case == "left_keep" else double).id))
    before, seen = visible(desk), {"was_keep": {}, "was_double": {}}
    given: dict[str, Any] = {"keep": keep.id, "double": double.id} | seen
    given |= {"same": {"double": keep.id}, "field": {"take": ("active",)}, "one_kit": {"kit": "K-9999"},
              "unknown": {"double": "nobody"}}.get(case, {})  # fmt: skip
    code = {"same": "merge.same", "already": "merge.already", "left_keep": "merge.left", "left_double": "merge.left",
            "field": "edit.not_editable", "one_kit": "merge.one_kit", "unknown": "unknown"}[case]  # fmt: skip
    with pytest.raises((BadInput, RuleError)) as caught:
        do(desk, MergeWorkers(**given))
    assert caught.value.code == code and visible(desk) == before


def test_the_way_back_of_a_merged_worker_is_undo_alone(desk: Any) -> None:
    keep = keeper(desk)
    double = twin(desk, keep)
    merge(desk, keep, double)
    before = visible(desk)
    with pytest.raises(RuleError) as caught:
        do(desk, RetirePerson(kind="worker", person=double.id, retired=False))
    assert caught.value.code == "merge.already" and visible(desk) == before


def test_what_was_changed_meanwhile_says_by_whom_and_when(town: str, open_desk: Callable[..., Any]) -> None:
    mine, theirs = (open_desk(town, each, ManualClock(stream.EVENING)) for each in ("supervisor", "duty1"))
    keep = keeper(mine)
    double = twin(mine, keep)
    found = merging.pair(mine, keep.id, double.id, mine.clock.now())
    assert found is not None
    do(theirs, EditWorker(worker=double.id, changed={"phone": "15400998299"}, was={"phone": double.phone}))
    seen = {"was_keep": found.seen("keep"), "was_double": found.seen("double")}
    with pytest.raises(Conflict) as caught:
        do(mine, MergeWorkers(keep=keep.id, double=double.id, take=("phone",), **seen))
    facts = caught.value.facts
    assert caught.value.code == "merge.moved" and facts["name"] == double.name
    assert facts["who"] in {each.name for each in some(mine, "officer", role="duty_officer")} and facts["when"]
    assert set(facts["fields"]) == {"phone"}


def test_the_form_lists_what_differs_with_the_side_that_is_proposed(desk: Any) -> None:
    keep = keeper(desk)
    double = twin(desk, keep, address="新村 3 号")
    found = merging.pair(desk, keep.id, double.id, desk.clock.now())
    assert found is not None and set(found.differing) <= set(FIELDS)
    assert {"phone", "grid", "skills", "note", "address"} <= set(found.differing) and "name" not in found.differing
    assert found.proposed("phone") == "keep" and found.proposed("grid") == "keep"
    assert merging.pair(desk, keep.id, "nobody", desk.clock.now()) is None


@pytest.mark.both_engines
def test_who_is_erased_is_erased_as_he_was_entered_twice(desk: Any) -> None:
    keep = keeper(desk)
    double = twin(desk, keep, address="云岭 9 号")
    merge(desk, keep, double)
    do(desk, ErasePerson(entity="worker", subject=keep.id, reason="本人要求"))
    for id in (keep.id, double.id):
        row = one(desk, "worker", id)
        assert is_erased(row.phone) and (row.address is None or is_erased(row.address)), id


def test_drills_in_which_both_were_named_keep_one_part(desk: Any) -> None:
    """Rows of drills are counted once, with the times of either."""
    keep = keeper(desk)
    double = twin(desk, keep)
    drill = do(desk, RecordLate(scenario="landslide", village=YUNLING, held_at=HELD_AT, fields={}, moments={}))["drill"]
    for worker in (keep, double):
        do(desk, AddDrillPerson(drill=drill, person=worker.id))
    before = visible(desk)
    done = merge(desk, keep, double)
    with desk.read(DRILLS) as reader:
        assert [each.person for each in reader.find("drill_person", drill=drill) if each.person] == [keep.id]
    desk.runner.execute(Undo(target=done.command))
    assert visible(desk) == before


# --- who might be entered twice -------------------------------------------------------------------------------------


def test_possible_doubles_share_a_number_or_a_name_in_one_village(desk: Any) -> None:
    keep = keeper(desk)
    named = twin(desk, keep, phone="15400998301")
    phoned = twin(desk, keep, name="另一个", phone=keep.phone)
    elsewhere = one(desk, "worker", do(desk, AddWorker(name=keep.name, village="999101100202"))["worker"])
    left = twin(desk, keep, phone="15400998302")
    do(desk, RetirePerson(kind="worker", person=left.id))
    found = possible_doubles(some(desk, "worker"))
    assert set(found[keep.id]) == {named.id, phoned.id} and found[named.id] == (keep.id,)
    assert elsewhere.id not in found and left.id not in found


# --- two desks at once ----------------------------------------------------------------------------------------------


@pytest.mark.both_engines
def test_two_desks_merge_one_pair_once(town: str, open_desk: Callable[..., Any]) -> None:
    desks = [open_desk(town, each, ManualClock(stream.EVENING)) for each in ("supervisor", "duty1")]
    for number in range(ROUNDS):
        one_row, other = (do(desks[0], AddWorker(name=f"重复{number}", village=YUNLING))["worker"] for _ in range(2))
        pairs = ((one_row, other), (other, one_row))
        ways = [MergeWorkers(keep=a, double=b, was_keep={}, was_double={}) for a, b in pairs]
        assert both(desks, ways) == ["done", "merge.already"]
        assert sum(each.active for each in some(desks[0], "worker", id=[one_row, other])) == 1


@pytest.mark.both_engines
def test_a_kit_that_comes_while_two_are_merged_makes_nobody_own_two(town: str, open_desk: Callable[..., Any]) -> None:
    """Either the kit is handed to the double first and two kits are refused, or the double is gone."""
    desks = [open_desk(town, each, ManualClock(stream.EVENING)) for each in ("supervisor", "duty1")]
    for number in range(ROUNDS):
        keep, double = (do(desks[0], AddWorker(name=f"重复{number}", village=YUNLING, vest_size="L"))["worker"]
                        for _ in range(2))  # fmt: skip
        with_kit(desks[0], keep, f"甲{number}")
        at = depot(desks[0], f"乙{number}", kits=1)
        made = do(desks[0], IssueKits(village=YUNLING, depot=at, kits=(NewKit(None, "L"),)))
        ways = [MergeWorkers(keep=keep, double=double, was_keep={}, was_double={}),
                HandOutKit(kit=made["kits"][0], worker=double)]  # fmt: skip
        assert both(desks, ways) in (["done", "kit.worker_left"], ["done", "merge.two_kits"])
        assert len(some(desks[0], "kit", worker=[keep, double], active=True)) in (1, 2)
        assert all(len(some(desks[0], "kit", worker=each, active=True)) <= 1 for each in (keep, double))
    check_books(desks[0])


@pytest.mark.both_engines
def test_one_leaves_while_he_is_merged(town: str, open_desk: Callable[..., Any]) -> None:
    desks = [open_desk(town, each, ManualClock(stream.EVENING)) for each in ("supervisor", "duty1")]
    for number in range(ROUNDS):
        keep, double = (do(desks[0], AddWorker(name=f"重复{number}", village=YUNLING))["worker"] for _ in range(2))
        ways = [MergeWorkers(keep=keep, double=double, was_keep={}, was_double={}), LeaveWorker(worker=double)]
        assert both(desks, ways) in (["done", "leave.left_already"], ["done", "merge.left"])


def test_what_both_sides_list_is_kept_of_both(desk: Any) -> None:
    """Skills of both, those of the kept row first; one side of a field that lists nothing stands alone."""
    keep = twin(desk, keeper(desk), name="甘一心", grid=None, phone="15400998210", skills="first_aid,boat", vehicles="")
    double = twin(desk, keep, phone="15400998211", skills="boat,electrician", vehicles="tricycle")
    for bad in ({"both": ("note",)}, {"both": ("skills",), "take": ("skills",)}):
        with pytest.raises(BadInput) as caught:
            merge(desk, keep, double, **bad)
        assert caught.value.code == "merge.not_both"
    before = visible(desk)
    done = merge(desk, keep, double, both=("skills", "vehicles"))
    now = one(desk, "worker", keep.id)
    mine, theirs = keep.skills.split(","), double.skills.split(",")
    assert now.skills.split(",") == [*mine, *(each for each in theirs if each not in mine)]
    assert now.vehicles == double.vehicles and now.phone == keep.phone
    do(desk, Undo(target=done.command))
    assert visible(desk) == before
