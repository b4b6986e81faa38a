"""The year's plan on screen, by keys: last year again, gaps filled, a trainer ill, the table out and back."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from commandcenter.rules.entity import DRILLS
from commandcenter.services import planner
from commandcenter.services.course_sessions import PlanSession
from commandcenter.services.drills import MoveDrill, PlanDrill
from commandcenter.services.planner_first import first_plan
from commandcenter.services.season_plan import Away
from commandcenter.services.undo import Undo
from commandcenter.ui import seasons
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.seasons.rows import COLUMNS
from tests.ui.rooms import Room, room_at

Key = Qt.Key


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A trainer's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "trainer") as made:
        seasons.install(made.tools)
        yield made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The planner without its own process; the problems it was given."""
    given: list[Any] = []

    def solve(problem: Any, **_more: Any) -> Any:
        given.append(problem)
        return first_plan(problem)

    monkeypatch.setattr(planner, "solve", solve)
    return given


def page_of(room: Room) -> Any:
    return room.show(room.tools.plugs.workspaces.get("season").make(room.tools), 1366, 700)


def press(room: Room, page: Any, *keys: Any) -> None:
    for key in keys:
        QTest.keyClick(page.window().focusWidget() or page, key)
        room.settle()


def drills(room: Room) -> list[Any]:
    with room.tools.desk.session.read(DRILLS) as reader:
        return reader.find("drill", order=("starts_at",))


def trainer(room: Room) -> str:
    return next(each.id for each in room.tools.desk.live.officers.values() if each.account == "trainer")


def planned(room: Room, moment: datetime, village: int = 0, **more: Any) -> str:
    villages = sorted(room.tools.desk.live.villages.values(), key=lambda each: each.code)
    given = {"scenario": "landslide", "village": villages[village].id, "starts_at": moment, "trainer": trainer(room)}
    return str(room.elsewhere(PlanDrill(**{**given, "title": f"d{village}", **more}))["drill"])


def test_gaps_are_filled_by_keys_and_taken_back(room: Room, quick: list[Any]) -> None:
    page = page_of(room)
    assert page.step == "copy" and not page.table.rows() and page.can_accept is False
    press(room, page, Key.Key_2)
    assert page.table.kind == "owed" and page.table.rows() and page.can_start
    owed = len(page.table.rows())
    press(room, page, Key.Key_S)
    assert page.table.kind == "fill" and len(quick) == 1
    rows = page.table.rows()
    assert len(rows) == owed and all(row.why for row in rows)
    # One is not wanted: its tick is taken away with Space.
    page.table.choose(rows[0].id)
    press(room, page, Key.Key_Space)
    assert len(page.table.ticked()) == sum(1 for row in rows if row.ticked) - 1
    expected = len(page.table.ticked())
    press(room, page, Key.Key_Y)
    assert len(drills(room)) == expected
    assert [row.id for row in page.table.rows() if row.ticked is not None] == [rows[0].id]
    Sender(room.tools, page).undo()
    room.settle()
    assert drills(room) == []


@pytest.mark.soak
def test_one_alone_can_be_taken(room: Room, quick: list[Any]) -> None:
    page = page_of(room)
    press(room, page, Key.Key_2, Key.Key_S)
    page.table.choose(page.table.rows()[1].id)
    press(room, page, Key.Key_O)
    assert len(drills(room)) == 1


def test_last_year_is_offered_and_taken(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from commandcenter.services import season_plan

    planned(room, datetime(2025, 7, 9, 1, tzinfo=UTC))
    real = season_plan.read

    def held(reader: Any, today: Any, year: int, **more: Any) -> Any:
        basis = real(reader, today, year, **more)
        done = {
            id: replace(each, state="held", held_at=each.starts_at) if each.origin == "planned" else each
            for id, each in basis.season.drills.items()
        }
        return replace(basis, season=replace(basis.season, drills=done))

    monkeypatch.setattr(season_plan, "read", held)
    page = page_of(room)
    press(room, page, Key.Key_BracketRight)
    assert page.model.wanted == 2026
    (row,) = page.table.rows()
    assert row.ticked and row.day is not None and row.day.isocalendar()[1:] == (28, 3)
    press(room, page, Key.Key_Y)
    assert [each.origin for each in drills(room)] == ["planned", "copied"]


@pytest.mark.soak
def test_a_trainer_falls_ill_and_every_move_says_why(room: Room, quick: list[Any]) -> None:
    first = planned(room, datetime(2025, 7, 9, 1, tzinfo=UTC))
    planned(room, datetime(2025, 8, 20, 1, tzinfo=UTC), 1)
    page = page_of(room)
    press(room, page, Key.Key_4)
    assert not page.can_start
    press(room, page, Key.Key_W)
    changes = page.changes
    changes.trainer.put(trainer(room))
    changes.first.setText("07-05")
    changes.last.setText("07-01")
    changes.take_away()
    assert changes.forms["last"].field("last").has_error and not changes.aways
    changes.last.setText("07-18")
    changes.take_away()
    room.settle()
    page.table.setFocus()
    press(room, page, Key.Key_S)
    (row,) = page.table.rows()
    assert row.drill == first and len(row.why) >= 2 and "07-0" not in row.why[0]
    page.table.choose(row.id)
    page._picked(row.id)
    press(room, page, Key.Key_Y)
    (moved, stayed) = drills(room)
    assert moved.id == first
    assert (moved.starts_at, moved.trainer) != (datetime(2025, 7, 9, 1, tzinfo=UTC), trainer(room))
    assert stayed.starts_at == datetime(2025, 8, 20, 1, tzinfo=UTC)
    with room.tools.desk.session.read("real") as reader:
        assert [each.last_day for each in reader.find("absence")] == ["2025-07-18"]


def test_clashes_are_told_and_lead_to_the_calendar(room: Room) -> None:
    one = planned(room, datetime(2025, 7, 9, 1, tzinfo=UTC))
    planned(room, datetime(2025, 7, 11, 1, tzinfo=UTC), title="zweite")
    page = page_of(room)
    press(room, page, Key.Key_3)
    rows = page.table.rows()
    assert len(rows) == 2 and "zweite" in " ".join(rows[0].why)
    page.table.choose(one)
    press(room, page, Key.Key_G)
    assert room.walked[-1] == ("drill", one)


def test_what_another_desk_plans_arrives(room: Room) -> None:
    page = page_of(room)
    press(room, page, Key.Key_2)
    before = len(page.table.rows())
    task = page.model.year.problem.tasks[0]
    room.elsewhere(
        PlanDrill(scenario=task.scenario, village=task.village, grid=task.grid, rule=task.rule, level=task.level,
                  starts_at=datetime(2025, 9, 10, 1, tzinfo=UTC))
    )  # fmt: skip
    assert len(page.table.rows()) == before - 1


def test_two_desks_plan_the_same_and_neither_is_lost(room: Room, quick: list[Any]) -> None:
    """Both see the conflict: the second is told who was first, and its own proposal is still there."""
    page = page_of(room)
    press(room, page, Key.Key_2, Key.Key_S)
    result = page.result
    first = next(each for each in result.proposal.placed if each.slot)
    task = next(each for each in result.problem.tasks if each.id == first.task)
    page.model._desk.live_changed.disconnect(page.model._live_changed)
    room.elsewhere(
        PlanDrill(scenario=task.scenario, village=task.village, grid=task.grid, rule=task.rule, level=task.level,
                  title="von nebenan", starts_at=datetime(2025, 9, 10, 1, tzinfo=UTC))
    )  # fmt: skip
    page.model.accept(result, {task.id})
    room.settle()
    assert any("von nebenan" in told for told in room.told())
    assert [each.title for each in drills(room)] == ["von nebenan"] and page.result is not None


def test_stopping_leaves_everything_as_it_was(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    from commandcenter.base.errors import Refused

    def slow(problem: Any, *, progress: Any, cancelled: Any) -> Any:
        while not cancelled():
            QTest.qSleep(5)
        raise Refused("season.cancelled")

    monkeypatch.setattr(planner, "solve", slow)
    page = page_of(room)
    press(room, page, Key.Key_2)
    QTest.keyClick(page.table, Key.Key_S)
    assert page.is_busy and page.progress.isVisible() and not page.can_accept
    press(room, page, Key.Key_Escape)
    assert not page.is_busy and not page.progress.isVisible() and drills(room) == []


@pytest.mark.soak
def test_the_table_goes_out_and_comes_back(room: Room, tmp_path: Path) -> None:
    id = planned(room, datetime(2025, 7, 9, 1, tzinfo=UTC))
    gone = planned(room, datetime(2025, 8, 20, 1, tzinfo=UTC), 1)
    page, path = page_of(room), tmp_path / "plan.xlsx"
    page.doors.write_table(2025, False, path)
    room.settle()
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.cell(2, 11).value = "李书记"
    sheet.delete_rows(3)
    book.save(path)
    page.doors.read_table(path)
    room.settle()
    assert page.table.kind == "back" and {row.id for row in page.table.rows()} == {"difference:0", gone}
    assert "改动 1 场" in page.intro.text() and "少了 1 行" in page.intro.text()
    assert " 0 " not in page.intro.text() and "season." not in page.intro.text()
    page.table.choose(gone)
    press(room, page, Key.Key_Space, Key.Key_Y)
    rows = {each.id: each for each in drills(room)}
    assert rows[id].commander == "李书记" and rows[gone].state == "cancelled"


def test_a_calendar_is_written(room: Room, tmp_path: Path) -> None:
    planned(room, datetime(2025, 7, 9, 1, tzinfo=UTC))
    page, path = page_of(room), tmp_path / "d.ics"
    page.doors.write_calendar("trainer", trainer(room), path)
    room.settle()
    assert path.read_bytes().count(b"BEGIN:VEVENT") == 1


def test_whose_calendar_is_asked_by_a_menu(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(room, datetime(2025, 7, 9, 1, tzinfo=UTC))
    page = page_of(room)
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(page.doors, "_ask_calendar", lambda *whose: asked.append(whose))
    press(room, page, Key.Key_C)
    (menu,) = [each for each in QApplication.topLevelWidgets() if each.objectName() == "season.menu"]
    inner = [each.menu() for each in menu.actions() if each.menu()]
    assert len(menu.actions()) == 4 and len(inner) == 3
    village = inner[1].actions()[0]
    village.trigger()
    assert asked == [("village", asked[0][1], village.text())]
    assert all(each.menu() for each in inner[2].actions())  # workers stand under their villages
    menu.close()
    room.settle()


def test_no_notice_drills_leave_only_when_asked_for(room: Room, tmp_path: Path) -> None:
    planned(room, datetime(2025, 7, 9, 1, tzinfo=UTC), form="no_notice", title="geheim")
    page = page_of(room)
    for name, with_hidden in (("a.csv", False), ("b.csv", True)):
        page.doors.write_table(2025, with_hidden, tmp_path / name)
        room.settle()
        assert ("geheim" in (tmp_path / name).read_text(encoding="utf-8-sig")) is with_hidden


def test_a_database_that_is_away_is_said(room: Room) -> None:
    page = page_of(room)
    room.tools.desk.hub.set_connection("away")
    room.settle()
    assert page.tables["owed"]._state.kind == "stale"


@pytest.mark.soak
def test_moved_meanwhile_is_told(room: Room, quick: list[Any]) -> None:
    id = planned(room, datetime(2025, 7, 9, 1, tzinfo=UTC))
    page = page_of(room)
    page.changes.offer(page.model.basis)
    page.show_replan()
    page.changes.aways = [Away(trainer(room), date(2025, 7, 5), date(2025, 7, 18))]
    page.start()
    room.settle()
    result = page.moved
    room.elsewhere(MoveDrill(drill=id, starts_at=datetime(2025, 7, 10, 1, tzinfo=UTC),
                             was=datetime(2025, 7, 9, 1, tzinfo=UTC)))  # fmt: skip
    page.model.accept_moves(result)
    room.settle()
    assert any("d0" in told for told in room.told())


@pytest.mark.soak
def test_undo_of_an_applied_plan_is_one_step(room: Room, quick: list[Any]) -> None:
    page = page_of(room)
    press(room, page, Key.Key_2, Key.Key_S, Key.Key_Y)
    assert drills(room)
    with room.tools.desk.session.read("real") as reader:
        last = reader.records("command", {"name": "apply_plan"})[-1]["id"]
    room.elsewhere(Undo(target=last))
    assert drills(room) == []


def sessions(room: Room) -> list[Any]:
    with room.tools.desk.session.read("real") as reader:
        return reader.find("session", state="planned", order=("starts_at",))


@pytest.mark.soak
def test_gaps_of_training_are_planned_too_by_keys_and_taken_back_in_one_step(room: Room, quick: list[Any]) -> None:
    page = page_of(room)
    assert not page.with_training.isVisible()  # last year's drills have no training beside them
    press(room, page, Key.Key_2)
    without = [row.id for row in page.table.rows()]
    assert page.with_training.isVisible() and not page.with_training.isChecked() and "L" in page.with_training.text()
    press(room, page, Key.Key_L)
    assert page.with_training.isChecked()
    training = [row for row in page.table.rows() if row.is_training]
    assert training and len(page.table.rows()) == len(without) + len(training)
    assert all(row.ticked is None and "应到" in " ".join(row.why) for row in training)
    press(room, page, Key.Key_S)
    rows = [row for row in page.table.rows() if row.is_training]
    assert len(rows) == len(training) and all(row.ticked and row.day and row.who for row in rows)
    assert COLUMNS["fill"][3].text(rows[0], None).startswith("【培训】")
    before = {each.id for each in sessions(room)}
    expected = sum(1 for row in page.table.rows() if row.ticked)
    press(room, page, Key.Key_Y)
    made = [each for each in sessions(room) if each.id not in before]
    assert len(made) == len(rows) and len(drills(room)) == expected - len(rows)
    assert any(f"{len(made)} 场培训" in told for told in room.told())
    Sender(room.tools, page).undo()
    room.settle()
    assert drills(room) == [] and {each.id for each in sessions(room)} == before


@pytest.mark.soak
def test_without_the_tick_nothing_but_drills_is_planned(room: Room, quick: list[Any]) -> None:
    page = page_of(room)
    press(room, page, Key.Key_2)
    without = [row.id for row in page.table.rows()]
    QTest.mouseClick(page.with_training, Qt.MouseButton.LeftButton, pos=QPoint(8, page.with_training.height() // 2))
    room.settle()
    assert len(page.table.rows()) > len(without)
    press(room, page, Key.Key_S)
    assert page.table.kind == "fill"
    press(room, page, Key.Key_L)  # another question: the answer to the former is gone
    assert page.table.kind == "owed" and [row.id for row in page.table.rows()] == without
    press(room, page, Key.Key_S)
    assert {each.kind for each in quick[-1].tasks} == {"drill"} and len(quick) == 2
    assert not [row for row in page.table.rows() if row.is_training]


@pytest.mark.soak
def test_a_session_moves_only_with_the_tick_and_opens_among_the_training(room: Room, quick: list[Any]) -> None:
    day = datetime(2025, 7, 9, 7, tzinfo=UTC)
    with room.tools.desk.session.read("real") as reader:
        course, worker = reader.find("course")[3].id, reader.find("worker")[0].id
    id = room.elsewhere(PlanSession(course=course, starts_at=day, trainer=trainer(room), expected=(worker,)))["session"]
    page = page_of(room)
    press(room, page, Key.Key_4)
    page.changes.aways = [Away(trainer(room), date(2025, 7, 8), date(2025, 7, 18))]
    page.changes.changed.emit()
    page.table.setFocus()
    press(room, page, Key.Key_S)
    assert page.table.rows() == [] and sessions(room)[-1].starts_at == day
    press(room, page, Key.Key_L, Key.Key_S)
    (row,) = page.table.rows()
    assert row.is_training and row.session == id and len(row.why) >= 2
    page.table.choose(row.id)
    press(room, page, Key.Key_G)
    assert room.walked[-1] == ("session", id)
    press(room, page, Key.Key_Y)
    (moved,) = [each for each in sessions(room) if each.id == id]
    assert (moved.starts_at, moved.trainer) != (day, trainer(room))


@pytest.mark.soak
def test_what_another_desk_plans_of_training_arrives(room: Room) -> None:
    page = page_of(room)
    press(room, page, Key.Key_2, Key.Key_L)
    task = next(each for each in page.model.year.problem.tasks if each.kind == "session")
    workers = tuple(id for kind, id in task.people if kind == "worker")
    room.elsewhere(PlanSession(course=task.course, starts_at=datetime(2025, 8, 6, 7, tzinfo=UTC), expected=workers))
    assert task.id not in {row.id for row in page.table.rows()}
