"""Due work without a leader: whoever looks, each step is done once."""

import csv
import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import EnvironmentTrouble
from commandcenter.base.paths import resources
from commandcenter.services import catalogues, due
from commandcenter.services.calls import CallOut, RecordCall
from commandcenter.services.due import Keeper
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.settings import SetSetting
from commandcenter.storage import machinery
from tests.storage import stream

GRID = "999101100001001"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(stream.EVENING)


@pytest.fixture
def keeping(town: str, open_desk: Callable[..., Any], clock: ManualClock) -> Any:
    """A desk with a keeper on the tests' clock."""
    return open_desk(town, clock=clock)


def call_out(desk: Any, urgency: Any = "critical") -> str:
    told = OpenIncident(category="emergency", subkind="fire", urgency=urgency, text="后山冒烟", grid=GRID)
    incident = str(desk.runner.execute(told).value["incident"])
    desk.runner.execute(CallOut(incident=incident, direction="down"))
    return incident


def escalations(desk: Any) -> list[str]:
    with desk.read("real") as reader:
        return [entry.facts["step"] for entry in reader.find("timeline_entry", code="escalated", order=("at", "id"))]


def test_nobody_answers_and_each_step_comes_once(keeping: Any, clock: ManualClock) -> None:
    keeper = Keeper(keeping)
    call_out(keeping)
    assert keeper.once().get("due", 0) == 0
    for minutes in (5, 0, 1, 5, 0, 60):
        clock.advance(minutes=minutes, seconds=1)
        keeper.once()
    assert escalations(keeping) == ["no_answer", "to_leader"]


def test_an_answer_stops_the_climb(keeping: Any, clock: ManualClock) -> None:
    keeper, incident = Keeper(keeping), call_out(keeping)
    with keeping.read("real") as reader:
        first = reader.find("call", incident=incident, order=("rank",))[0]
    keeping.runner.execute(RecordCall(call=first.id, result="answered"))
    clock.advance(hours=1)
    keeper.once()
    assert escalations(keeping) == []


def test_only_critical_matters_climb_and_the_town_sets_the_limit(
    town: str, keeping: Any, clock: ManualClock, open_desk: Callable[..., Any]
) -> None:
    keeper = Keeper(keeping)
    call_out(keeping, "urgent")
    clock.advance(hours=1)
    keeper.once()
    assert escalations(keeping) == []
    open_desk(town, "supervisor", clock).runner.execute(SetSetting(key="limit.no_answer", value={"value": 1}))
    call_out(keeping)
    clock.advance(minutes=1, seconds=1)
    keeper.once()
    assert escalations(keeping) == ["no_answer"]


def test_many_keepers_at_once_do_each_step_once(town: str, open_desk: Callable[..., Any], clock: ManualClock) -> None:
    desks = [open_desk(town, f"duty{1 + number % 2}", clock) for number in range(4)]
    call_out(desks[0])
    keepers = [Keeper(desk) for desk in desks]
    clock.advance(minutes=20)
    errors: list[Exception] = []

    def keep(keeper: Keeper) -> None:
        try:
            keeper.once()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=keep, args=(keeper,)) for keeper in keepers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(escalations(desks[0])) == ["no_answer", "to_leader"]
    with desks[0].read("real") as reader:
        assert len(reader.records("command", {"name": "escalate_calls"})) == 2


def test_desks_wait_by_their_rank(town: str, open_desk: Callable[..., Any], clock: ManualClock) -> None:
    """The second desk in the order of those present leaves the first second to the first one."""
    desks = sorted((open_desk(town, name, clock) for name in ("duty1", "duty2")), key=lambda desk: desk.desk)
    keepers = [Keeper(desk) for desk in desks]
    for keeper in keepers:
        keeper.once()
    call_out(desks[0])
    clock.advance(minutes=5)
    keepers[1].once()
    assert escalations(desks[0]) == []
    clock.advance(seconds=due.STAGGER.total_seconds())
    keepers[1].once()
    assert escalations(desks[0]) == ["no_answer"]


def test_a_step_that_could_not_be_sent_is_sent_later(
    keeping: Any, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise EnvironmentTrouble("database.away")

    keeper = Keeper(keeping)
    call_out(keeping)
    clock.advance(minutes=5, seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr(keeper.runner, "execute", away)
        with pytest.raises(EnvironmentTrouble):
            keeper.once()
    keeper.once()
    assert escalations(keeping) == ["no_answer"]


def test_one_desk_holds_a_lease_until_it_runs_out(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town), open_desk(town, "duty2")

    def takes(desk: Any, lasting: float) -> bool:
        with desk.database.write() as connection:
            return machinery.take_lease(connection, "test", desk.desk, timedelta(seconds=lasting))

    assert takes(one, 60) and not takes(other, 60) and takes(one, -1)
    assert takes(other, 60) and not takes(one, 60)


def test_a_desk_is_present_until_it_leaves(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town), open_desk(town, "duty2")
    for desk in (one, other):
        Keeper(desk).once()

    def present() -> set[str]:
        with one.database.read() as connection:
            return {each.desk for each in machinery.present_desks(connection)}

    assert present() == {one.desk, other.desk}
    other.close()
    assert present() == {one.desk}


def test_the_catalogue_of_roles_says_whom_a_call_out_reaches_and_in_which_order(
    keeping: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def reasons(incident: str) -> list[str]:
        with keeping.read("real") as reader:
            found = [each.reason for each in reader.find("call", incident=incident, order=("rank",))]
        return list(dict.fromkeys(found))

    shipped = [key for wave in catalogues.downward_waves() for key in wave]
    assert shipped[0] == "keeper" and shipped[-1] == "leader_on_duty"
    before = reasons(call_out(keeping))
    assert before == [each for each in shipped if each in before] and len(before) >= 3
    shutil.copytree(resources() / "catalogues", tmp_path / "catalogues")
    table = tmp_path / "catalogues" / "roles.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["downward"] = {"keeper": "", "leader_on_duty": "1"}.get(row["key"], row["downward"])
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setattr(catalogues, "resources", lambda: tmp_path)
    catalogues.roles.cache_clear()
    try:
        after = reasons(call_out(keeping))
    finally:
        catalogues.roles.cache_clear()
    assert after[0] == "leader_on_duty" and "keeper" not in after
