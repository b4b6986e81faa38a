"""A worker leaves: one command hands over kit, posts, calls, things to mend and the grid; one undo brings all of it
back."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import DRILLS
from commandcenter.services import leaving
from commandcenter.services.absences import AddWorkerAbsence
from commandcenter.services.attention import AddAttention
from commandcenter.services.calls import CallOut, RecordCall
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.kits import Found, HandOutKit, IssueKits, NewKit
from commandcenter.services.leaving import LeaveWorker
from commandcenter.services.people import AddWorker, RetirePerson
from commandcenter.services.records import Mend, RecordLate
from commandcenter.services.undo import Undo
from commandcenter.services.units import NamePost
from tests.services.stores_made import YUNLING, check_books, depot, do, one, pieces_of, some, stock
from tests.services.test_two_writers import HELD_AT, ROUNDS, both
from tests.services.test_undo_property import visible
from tests.storage import stream

GRID, SIDE = "999101100201001", "999101100201002"
TODAY = "2025-06-30"


@pytest.fixture
def desk(town: str, open_desk: Callable[..., Any]) -> Any:
    """A supervisor's session on the tiny township, on each engine in turn."""
    return open_desk(town, "supervisor", ManualClock(stream.EVENING))


def keeper(session: Any, code: str = GRID) -> Any:
    return some(session, "worker", grid=some(session, "grid", code=code)[0].id, active=True)[0]


def reserve(session: Any, name: str = "后备一") -> str:
    given = {"village": YUNLING, "standing": "reserve", "phone": "15400998101", "vest_size": "L"}
    return str(do(session, AddWorker(name=name, **given))["worker"])


def with_kit(session: Any, worker: str, name: str = "测试库") -> tuple[str, Any]:
    """The depot from which a worker got a kit, and the kit."""
    at = depot(session, name, kits=1)
    made = do(session, IssueKits(village=YUNLING, depot=at, kits=(NewKit(worker, "L"),)))
    return at, some(session, "kit", code=made["kits"][0])[0]


def six_of_seven(session: Any, kit: str) -> tuple[Found, ...]:
    """All is there but the torch."""
    return tuple(Found(piece.id, "missing" if code == "K04" else "issued")
                 for code, piece in pieces_of(session, kit).items())  # fmt: skip


def laden(session: Any, worker: Any) -> dict[str, Any]:
    """Everything that can hang on somebody."""
    at, kit = with_kit(session, worker.id)
    for role in ("leader", "lookout"):
        do(session, NamePost(role=role, grid=GRID, rank=0, person=worker.id))
    do(session, NamePost(role="leader", grid=GRID, rank=1, name="替补员"))
    incident = do(session, OpenIncident(category="emergency", urgency="critical", text="滑坡", grid=GRID))["incident"]
    do(session, CallOut(incident=incident, direction="down"))
    mine = next(each for each in some(session, "call", incident=incident) if each.person == worker.id)
    do(session, RecordCall(call=mine.id, result="no_answer"))
    mend = (Mend("喇叭坏了", worker.name), Mend("路灯", "别人"))
    drill = do(session, RecordLate(scenario="landslide", village=YUNLING, held_at=HELD_AT, fields={}, moments={},
                                   improvements=mend))["drill"]  # fmt: skip
    other = keeper(session, SIDE)
    own = do(session, AddWorkerAbsence(worker=worker.id, until_on="2025-07-05"))["worker_absence"]
    for_him = do(session, AddWorkerAbsence(worker=other.id, stand_in=worker.id))["worker_absence"]
    return {"depot": at, "kit": kit, "incident": incident, "call": mine.id, "drill": drill, "own": own, "for": for_him}


def mending(session: Any, drill: str) -> dict[str, Any]:
    with session.read(DRILLS) as reader:
        return {each.text: each for each in reader.find("improvement", drill=drill)}


def leave(session: Any, worker: Any, hung: dict[str, Any], **more: Any) -> Any:
    mend = mending(session, hung["drill"])["喇叭坏了"].id
    given: dict[str, Any] = {"found": six_of_seven(session, hung["kit"].id), "kit_reason": "巡河时掉进水里",
                             "improvements": (mend,), "reason": "外出务工"} | more  # fmt: skip
    return session.runner.execute(LeaveWorker(worker=worker.id, **given))


# --- issue 5, must show 6 -------------------------------------------------------------------------------------------


def test_a_worker_leaves_with_six_of_seven_pieces_and_one_form_moves_everything(desk: Any) -> None:
    worker, successor = keeper(desk), reserve(desk)
    hung = laden(desk, worker)
    before = visible(desk)
    done = leave(desk, worker, hung, successor=successor, kit_to="successor", posts="successor", matters="successor")
    assert (done.value["calls"], done.value["improvements"], done.value["posts"]) == (1, 1, 2)
    gone, taken = one(desk, "worker", worker.id), one(desk, "worker", successor)
    assert (gone.active, gone.left_on, gone.left_reason) == (False, TODAY, "外出务工")
    assert (taken.grid, taken.standing, taken.appointed) == (worker.grid, "serving", "2025-06")
    kit = one(desk, "kit", hung["kit"].id)
    assert (kit.worker, kit.handed_on) == (successor, TODAY)
    states = {code: piece.state for code, piece in pieces_of(desk, kit.id).items()}
    assert states.pop("K04") == "missing" and set(states.values()) == {"issued"}
    held = {each.role: (each.rank, each.person) for each in some(desk, "unit_post", person=successor, active=True)}
    assert held == {"leader": (0, successor), "lookout": (0, successor)}
    call = one(desk, "call", hung["call"])
    assert (call.person, call.result, call.attempts) == (successor, "waiting", 0)
    assert {text: each.owner for text, each in mending(desk, hung["drill"]).items()} == {
        "喇叭坏了": "后备一", "路灯": "别人",
    }  # fmt: skip
    assert one(desk, "worker_absence", hung["own"]).ended
    assert one(desk, "worker_absence", hung["for"]).stand_in == successor
    check_books(desk)
    desk.runner.execute(Undo(target=done.command))
    assert visible(desk) == before


def test_nobody_takes_over_the_substitute_moves_up_and_the_secretary_is_called(desk: Any) -> None:
    worker = keeper(desk)
    hung = laden(desk, worker)
    secretary = some(desk, "duty_holder", role="village_secretary", village=worker.village)[0]
    leave(desk, worker, hung, posts="substitute")
    assert one(desk, "kit", hung["kit"].id).worker is None
    leaders = [each for each in some(desk, "unit_post", role="leader", active=True)
               if each.grid == worker.grid and each.name == "替补员"]  # fmt: skip
    assert [each.rank for each in leaders] == [0]
    assert some(desk, "unit_post", person=worker.id, active=True) == []
    assert mending(desk, hung["drill"])["喇叭坏了"].owner == secretary.name
    listed = [(each.person_kind, each.person) for each in some(desk, "call", incident=hung["incident"])]
    assert len(set(listed)) == len(listed) and ("worker", worker.id) not in listed  # the secretary was on it already
    assert ("duty_holder", secretary.id) in listed


def test_the_kit_goes_back_to_a_depot(desk: Any) -> None:
    worker = keeper(desk)
    at, kit = with_kit(desk, worker.id)
    found = six_of_seven(desk, kit.id)
    do(desk, LeaveWorker(worker=worker.id, found=found, kit_to="depot", depot=at, kit_reason="丢失"))
    assert stock(desk, at, "K01") == 1 and stock(desk, at, "K04") == 0
    assert not one(desk, "kit", kit.id).active
    check_books(desk)


def test_a_successor_with_a_grid_of_his_own_keeps_it_and_nothing_else_is_lost(desk: Any) -> None:
    worker, other = keeper(desk), keeper(desk, SIDE)
    do(desk, LeaveWorker(worker=worker.id, successor=other.id))
    assert keeper(desk, SIDE).id == other.id
    assert some(desk, "worker", grid=worker.grid, active=True) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"found": ()}, "leave.piece"),
        ({"posts": "successor"}, "leave.nobody"),
        ({"successor": "nobody"}, "leave.successor"),
        ({"successor": "himself"}, "leave.himself"),
        ({"kit_reason": ""}, "stock.reason_needed"),
        ({"kit_to": "depot"}, "kit.depot_needed"),
        ({"on": "2025-07-09"}, "kit.day_ahead"),
    ],
)
def test_what_is_not_whole_is_refused_and_changes_nothing(desk: Any, given: dict[str, Any], code: str) -> None:
    worker = keeper(desk)
    _, kit = with_kit(desk, worker.id)
    before = visible(desk)
    whole: dict[str, Any] = {"found": six_of_seven(desk, kit.id), "kit_reason": "丢失"}
    given = {name: worker.id if value == "himself" else value for name, value in given.items()}
    with pytest.raises((BadInput, RuleError)) as caught:
        do(desk, LeaveWorker(worker=worker.id, **{**whole, **given}))
    assert caught.value.code == code and visible(desk) == before


def test_whoever_comes_back_has_left_no_more(desk: Any) -> None:
    worker = keeper(desk)
    do(desk, LeaveWorker(worker=worker.id, reason="外出"))
    with pytest.raises(RuleError, match=r"leave\.left_already"):
        do(desk, LeaveWorker(worker=worker.id))
    do(desk, RetirePerson(kind="worker", person=worker.id, retired=False))
    found = one(desk, "worker", worker.id)
    assert (found.active, found.left_on, found.left_reason) == (True, None, None)


def test_the_form_lists_all_that_hangs_and_the_order_before_and_after(desk: Any) -> None:
    worker, successor = keeper(desk), reserve(desk)
    hung = laden(desk, worker)
    found = leaving.hanging(desk, worker.id, desk.clock.now())
    assert found is not None and found.kit is not None and found.kit.kit.id == hung["kit"].id
    assert sorted(each.role for each in found.posts) == ["leader", "lookout"]
    assert [call.id for _, call in found.calls] == [hung["call"]]
    assert [each.text for each in found.improvements] == ["喇叭坏了"]
    assert [each.id for each in found.own_absences] == [hung["own"]]
    assert [each.id for each in found.stands_in] == [hung["for"]]
    assert found.secretary is not None and hung["depot"] in {each.id for each in found.depots}
    assert worker.id in {each.person for each in found.order()}
    then = [each.person for each in found.order(one(desk, "worker", successor), left=True)]
    assert then[0] == successor and worker.id not in then
    assert leaving.hanging(desk, "nobody", desk.clock.now()) is None


# --- the attention list ---------------------------------------------------------------------------------------------


def watched(session: Any, grid: str = GRID) -> list[str]:
    """A person, a place and a matter of a grid, due at different times."""
    items = []
    for more in ({"kind": "person", "name": "黎素芳", "phone": "15400997001", "ground": "consent"},
                 {"kind": "place", "title": "老桥"}, {"kind": "matter", "matter": "水渠纠纷"}):  # fmt: skip
        items.append(do(session, AddAttention(grid=grid, source="走访", **more))["attention_item"])
    return items


def test_the_attention_list_goes_with_the_grid_and_is_visited_within_a_week(desk: Any) -> None:
    worker, successor = keeper(desk), reserve(desk)
    items = watched(desk)
    watched(desk, SIDE)
    found = leaving.hanging(desk, worker.id, desk.clock.now())
    assert found is not None and {each.id for each in found.attention} == set(items)
    before = visible(desk)
    done = desk.runner.execute(LeaveWorker(worker=worker.id, successor=successor, attention="visit"))
    assert done.value["attention"] == len(items)
    assert {one(desk, "attention_item", each).review_on for each in items} == {"2025-07-07"}
    later = leaving.hanging(desk, successor, desk.clock.now())
    assert later is not None and {each.id for each in later.attention} == set(items)
    assert {each.review_on for each in some(desk, "attention_item") if each.id not in items} != {"2025-07-07"}
    desk.runner.execute(Undo(target=done.command))
    assert visible(desk) == before


def test_entries_stay_due_as_they_are_unless_somebody_asks_for_a_visit(desk: Any) -> None:
    worker, items = keeper(desk), watched(desk)
    before = {each: one(desk, "attention_item", each) for each in items}
    assert do(desk, LeaveWorker(worker=worker.id, successor=reserve(desk)))["attention"] == len(items)
    assert {each: one(desk, "attention_item", each) for each in items} == before


# --- two desks at once ----------------------------------------------------------------------------------------------


def test_two_desks_let_one_worker_leave_once(town: str, open_desk: Callable[..., Any]) -> None:
    desks = [open_desk(town, each, ManualClock(stream.EVENING)) for each in ("supervisor", "duty1")]
    for number in range(ROUNDS):
        worker = do(desks[0], AddWorker(name=f"离任{number}", village=YUNLING))["worker"]
        with_kit(desks[0], worker, f"库{number}")
        kit = some(desks[0], "kit", worker=worker)[0]
        found = tuple(Found(each.id) for each in pieces_of(desks[0], kit.id).values())
        one_way, other_way = reserve(desks[0], f"甲{number}"), reserve(desks[0], f"乙{number}")
        commands = [LeaveWorker(worker=worker, successor=each, found=found, kit_to="successor")
                    for each in (one_way, other_way)]  # fmt: skip
        assert both(desks, commands) == ["done", "leave.left_already"]
        held = [one(desks[0], "kit", kit.id).worker]
        assert held in ([one_way], [other_way])
    check_books(desks[0])


def test_a_kit_handed_out_while_its_wearer_leaves_is_nobodys_twice(town: str, open_desk: Callable[..., Any]) -> None:
    """Either he leaves with nothing and the kit is refused to him, or the form is refused because a kit came."""
    desks = [open_desk(town, each, ManualClock(stream.EVENING)) for each in ("supervisor", "duty1")]
    for number in range(ROUNDS):
        worker = do(desks[0], AddWorker(name=f"离任{number}", village=YUNLING, vest_size="L"))["worker"]
        at = depot(desks[0], f"库{number}", kits=1)
        made = do(desks[0], IssueKits(village=YUNLING, depot=at, kits=(NewKit(None, "L"),)))
        commands = [LeaveWorker(worker=worker), HandOutKit(kit=made["kits"][0], worker=worker)]
        assert both(desks, commands) in (["done", "kit.worker_left"], ["done", "leave.piece"])
        active = one(desks[0], "worker", worker).active
        assert bool(some(desks[0], "kit", worker=worker, active=True)) == active
