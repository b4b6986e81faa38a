"""A room that says only what its rows are: what the base does for it when things are asked for, change or go."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QSplitter, QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.grids import Grid
from commandcenter.services.grids import AddGrid, RemoveGrid
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.listing import ListWords
from commandcenter.ui.core.listroom import ReadListRoom
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from tests.ui.rooms import Room, room_at

COLUMNS = (Column("name", "grids.column.name", lambda row, _: row.name, stretch=True, fixed=True),)


class Grids(ReadListRoom[Grid]):
    """All that a room of its own costs."""

    words = ListWords("toy", "grids.search", Empty("grids.empty", "grids.empty.hint"), "grids.villages.all",
                      "grids.count", "grids.count_of", "grids.card.empty", "grids.card.gone")  # fmt: skip
    scope = "toy"
    entities = ("grid",)
    fails = False

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools, COLUMNS, order=lambda row: row.code)

    def village_of(self, row: Grid) -> str:
        """Where it lies."""
        return row.village

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """None are counted."""
        return {}, len(self._rows)

    def question(self) -> Question:
        """All grids, by name."""
        return self._ask

    def concerns(self, change: LiveChange) -> bool:
        """Grids."""
        return change.places

    def header(self, row: Grid) -> QWidget:
        """Its name."""
        return QLabel(row.name)

    def _ask(self, reader: Any) -> tuple[list[Grid], Index]:
        if self.fails:
            raise BadInput("unknown", entity="grid", id="1")
        rows = reader.find("grid")
        return rows, Index(Entry("grid", row.id, row.name, "", (row.name, row.code)) for row in rows)


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """An administrator's desk."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, "administrator") as made:
        yield made


def on_card(page: Grids) -> list[str]:
    return [label.text() for label in page.card.findChildren(QLabel) if label.isVisible()]


def test_a_row_is_chosen_by_search_and_by_hand(room: Room, qtbot: Any) -> None:
    page: Grids = room.show(Grids(room.tools))
    first = next(iter(room.tools.desk.live.grids.values()))
    qtbot.keyClicks(page.search, first.code)
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert page.chosen_row == first and first.name in on_card(page)
    assert room.tools.selection.chosen("grid") == first.id and page.can_edit


def test_down_from_the_search_goes_onto_the_first_row_and_stays_on_the_chosen_one(room: Room, qtbot: Any) -> None:
    page: Grids = room.show(Grids(room.tools))
    first, second = page.table.ids()[:2]
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.view.hasFocus() and page.chosen_row is not None and page.chosen_row.id == first
    qtbot.keyClick(page.view, Qt.Key.Key_Down)
    assert page.chosen_row.id == second
    page.search.setFocus()
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.view.hasFocus() and page.chosen_row.id == second
    page.search.setFocus()
    qtbot.keyClicks(page.search, page.chosen_row.code)
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.table.ids() == [second] == [page.chosen_row.id]
    page.search.setText("无此编号")
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.view.hasFocus() and page.table.ids() == []


def test_the_parts_of_a_room_come_back_as_a_hand_left_them(room: Room, qtbot: Any) -> None:
    page: Grids = room.show(Grids(room.tools))
    split = page.findChild(QSplitter)
    assert split is not None
    before, handle = split.sizes(), split.handle(1)
    start = handle.rect().center()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(handle, start + QPoint(60, 0))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 0))
    moved = split.sizes()
    assert moved != before
    qtbot.waitUntil(lambda: room.tools.settings.get(f"{page.words.name}.splitter") == moved)
    again: Grids = room.show(Grids(room.tools))
    other = again.findChild(QSplitter)
    assert other is not None and other.sizes() == moved
    room.tools.settings.set(f"{page.words.name}.splitter", ["x", 3])
    assert room.show(Grids(room.tools)).findChild(QSplitter).sizes() == before, "nonsense is passed over"


def test_a_list_is_narrowed_down_as_it_was_left(room: Room) -> None:
    page: Grids = room.show(Grids(room.tools))
    village = list(room.tools.desk.live.villages)[-1]
    page.villages.choose(village)
    page.villages.picked.emit(village)
    shown = page.table.ids()
    again: Grids = room.show(Grids(room.tools))
    assert again.villages.chosen_line == village and again.table.ids() == shown != list(room.tools.desk.live.grids)
    again.widen()
    last: Grids = room.show(Grids(room.tools))
    assert len(last.table.ids()) == len(room.tools.desk.live.grids)


def test_what_was_asked_for_before_it_is_read_comes_into_sight(room: Room) -> None:
    wanted = list(room.tools.desk.live.grids)[-1]
    page = Grids(room.tools)
    room.tools.selection.navigate("grid", wanted)
    assert page.chosen_row is None
    room.show(page)
    assert page.chosen_row is not None and page.chosen_row.id == wanted and page.view.chosen() == wanted


def test_a_narrowed_list_widens_for_what_was_asked_for(room: Room, qtbot: Any) -> None:
    page: Grids = room.show(Grids(room.tools))
    qtbot.keyClicks(page.search, "nobody")
    wanted = next(iter(room.tools.desk.live.grids))
    room.tools.selection.navigate("grid", wanted)
    assert page.search.text() == "" and page.view.chosen() == wanted


def test_another_desk_adds_and_removes_while_the_choice_stays(room: Room) -> None:
    page: Grids = room.show(Grids(room.tools))
    village = next(iter(room.tools.desk.live.villages))
    count = len(page.table)
    made = room.elsewhere(AddGrid(village=village, name="新网格"))["grid"]
    page.pick(made)
    room.elsewhere(AddGrid(village=village, name="又一格"))
    assert len(page.table) == count + 2 and page.view.chosen() == made
    room.elsewhere(RemoveGrid(grid=made))
    assert page.chosen_row is None and len(page.table) == count + 1
    assert say("grids.card.gone") in on_card(page)


def test_what_could_not_be_read_is_said_and_never_shown_as_empty(room: Room) -> None:
    page = Grids(room.tools)
    page.fails = True
    room.show(page)
    assert page._state().kind == "failed" and not page.is_ready
    page.fails = False
    room.elsewhere(AddGrid(village=next(iter(room.tools.desk.live.villages)), name="新网格"))
    assert page._state().kind == "ready" and len(page.table) > 0


def test_what_is_not_there_is_asked_for_once_more_before_it_is_said_to_be_gone(room: Room) -> None:
    """Whoever just saved something new chooses it before the list knows of it."""
    page: Grids = room.show(Grids(room.tools))
    room.tools.selection.navigate("grid", "0193-not-there")
    assert page.reading.is_under_way and say("grids.card.gone") not in on_card(page)
    room.settle()
    assert not page.reading.is_under_way and say("grids.card.gone") in on_card(page)
