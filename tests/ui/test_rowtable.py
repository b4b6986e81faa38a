"""RowTable and the views over it: spans are right, sorting is total, selection and scroll stay."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.rowpaint import CardDelegate
from commandcenter.ui.core.rowtable import Role, RowTable
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.viewstate import LOADING, failed, stale


@dataclass(frozen=True)
class Row:
    id: str
    name: str = ""
    rank: int | None = 0


def _name(row: Row, ctx: Any) -> str:
    return row.name


def _rank(row: Row, ctx: Any) -> str:
    return "" if row.rank is None else str(row.rank)


COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "test.name", _name, fixed=True),
    Column("rank", "test.rank", _rank, sort_key=lambda row: row.rank, numeric=True),
    Column("age", "test.age", lambda row, ctx: str(ctx or ""), live=True, visible=False),
)


def _table(*rows: Row, order: Any = None) -> RowTable[Row]:
    table = RowTable(COLUMNS, key=lambda row: row.id, order=order)
    table.reset(rows)
    return table


def _even(row: Row) -> bool:
    return (row.rank or 0) % 2 == 0


ids = st.integers(0, 25).map(str)
rows = st.builds(Row, id=ids, name=st.sampled_from("abcd"), rank=st.none() | st.integers(0, 9))
steps = st.one_of(
    st.tuples(st.just("upsert"), st.lists(rows, max_size=8)),
    st.tuples(st.just("remove"), st.lists(ids, max_size=8)),
    st.tuples(st.just("reset"), st.lists(rows, max_size=20)),
    st.tuples(st.just("sort"), st.tuples(st.sampled_from([None, "name", "rank"]), st.booleans())),
    st.tuples(st.just("filter"), st.sampled_from([None, _even])),
)


@settings(max_examples=120, deadline=None)
@given(plan=st.lists(steps, max_size=14))
def test_random_changes_keep_model_order_and_filter(qapp: QApplication, plan: list[tuple[str, Any]]) -> None:
    table = _table()
    tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal)
    wanted: dict[str, Row] = {}
    passes: Any = None
    for step, given_value in plan:
        if step == "upsert":
            table.upsert(given_value)
            wanted |= {row.id: row for row in given_value}
        elif step == "remove":
            table.remove(given_value)
            wanted = {id: row for id, row in wanted.items() if id not in given_value}
        elif step == "reset":
            table.reset(given_value)
            wanted = {row.id: row for row in given_value}
        elif step == "sort":
            table.set_sorting(*given_value)
        else:
            passes = given_value
            table.set_filter(given_value)
    shown = list(table.shown_rows())
    assert {row.id: row for row in shown} == {id: row for id, row in wanted.items() if passes is None or passes(row)}
    assert [table.place_of(row.id) for row in shown] == list(range(len(shown)))
    _assert_sorted(table, shown)
    tester.deleteLater()


def _assert_sorted(table: RowTable[Row], shown: list[Row]) -> None:
    if table.sorting is None:
        return
    column, descending = table.sorting
    keys = [(row.name, row.id) if column == "name" else ((row.rank is None, row.rank or 0), row.id) for row in shown]
    assert keys == sorted(keys, reverse=descending)


def test_model_speaks_through_roles() -> None:
    table = _table(Row("a", "谯某", 3))
    index = table.index(0, 1)
    assert index.data() == "3"
    assert index.data(Role.ID) == "a" and index.data(Role.ROW) == Row("a", "谯某", 3)
    assert Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole)) & Qt.AlignmentFlag.AlignRight


def test_natural_order_puts_new_rows_in_their_place() -> None:
    table = _table(Row("a", rank=5), Row("b", rank=1), order=lambda row: row.rank)
    table.upsert([Row("c", rank=3)])
    assert table.ids() == ["b", "c", "a"]


def test_equal_upsert_paints_only_that_row(qtbot: Any) -> None:
    table = _table(*(Row(str(n), rank=n) for n in range(10)))
    with qtbot.waitSignal(table.dataChanged) as caught:
        table.upsert([Row("4", "new", 4)])
    assert [index.row() for index in caught.args[:2]] == [4, 4]


def test_touch_repaints_only_live_columns(qtbot: Any) -> None:
    table = _table(Row("a"), Row("b"))
    with qtbot.waitSignal(table.dataChanged) as caught:
        table.touch(0, 5)
    first, last = caught.args[:2]
    assert (first.row(), last.row(), first.column(), last.column()) == (0, 1, 2, 2)


class _Plain(CardDelegate):
    def paint_card(self, painter: Any, rect: Any, row: Any, is_selected: bool) -> None:
        painter.drawText(rect, row.name)


def _make(kind: str, table: RowTable[Row], window: QWidget) -> Any:
    view: Any = TableView(table, parent=window) if kind == "table" else CardList(table, _Plain(), parent=window)
    view.setGeometry(0, 0, 400, 300)
    view.show()
    QApplication.processEvents()
    return view


def _top(view: Any) -> str:
    return str(view.table.id_at(view.indexAt(QPoint(2, 2)).row()))


@pytest.fixture(params=["table", "cards"])
def view(request: pytest.FixtureRequest, window: QWidget) -> Any:
    """A view over 100 rows ranked 10, 20, …"""
    table = _table(*(Row(f"{n:03d}", rank=n * 10) for n in range(100)), order=lambda row: row.rank)
    return _make(request.param, table, window)


def test_rows_above_leave_scroll_and_selection(view: Any) -> None:
    picked: list[Any] = []
    view.picked.connect(picked.append)
    view.choose("040")
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 3)
    before, offset = _top(view), view.visualRect(view.indexAt(QPoint(2, 2))).top()
    view.table.upsert([Row(f"x{n}", rank=n) for n in range(5)])
    view.table.remove(["001", "002"])
    view.table.upsert([Row("090", rank=-1)])
    assert _top(view) == before
    assert view.visualRect(view.indexAt(QPoint(2, 2))).top() == offset
    assert view.chosen() == "040" and picked == []


def test_at_the_top_new_rows_are_seen(view: Any) -> None:
    view.table.upsert([Row("new", rank=-5)])
    assert _top(view) == "new"


def test_reset_keeps_selection_by_id(view: Any) -> None:
    view.choose("040")
    view.table.reset([Row(f"{n:03d}", rank=-n) for n in range(100)])
    assert view.chosen() == "040"
    assert [index.data(Role.ID) for index in view.selectionModel().selectedRows()] == ["040"]


def test_a_vanished_row_selects_no_neighbour(view: Any) -> None:
    picked: list[Any] = []
    view.choose("040")
    view.picked.connect(picked.append)
    view.table.remove(["040"])
    assert view.selectionModel().selectedRows() == [] and picked == []
    view.table.upsert([Row("040", rank=400)])
    assert [index.data(Role.ID) for index in view.selectionModel().selectedRows()] == ["040"]


def test_keys_pick_and_open(view: Any, qtbot: Any) -> None:
    picked: list[Any] = []
    opened: list[str] = []
    view.picked.connect(picked.append)
    view.opened.connect(opened.append)
    view.choose("003")
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert picked == ["004"] and opened == ["004"]


@pytest.mark.parametrize("state", [LOADING, stale("14:02"), failed(RuntimeError("x"))])
def test_states_are_painted_with_and_without_rows(view: Any, state: Any) -> None:
    quiet = view.grab().toImage()
    view.set_state(state)
    assert (view.grab().toImage() != quiet) == state.has_strip
    view.table.reset([])
    empty = view.grab().toImage()
    view.set_state(dataclasses.replace(state, kind="ready", code=""))
    assert view.grab().toImage() != empty
    assert state.sentence and state.hint and not state.sentence.startswith("core.")


def test_strip_hides_no_row(view: Any) -> None:
    view.set_state(stale("14:02"))
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum())
    last = view.visualRect(view.table.index(99, 0))
    assert last.bottom() < view.viewport().height() - 20


@pytest.fixture
def table_view(window: QWidget) -> Any:
    """A table of three rows."""
    return _make("table", _table(Row("a", "甲", 2), Row("b", "乙", 1), Row("c", "丙\t丁", 3)), window)


def test_header_click_sorts_up_down_and_back(table_view: TableView) -> None:
    click = table_view.horizontalHeader().sectionClicked
    seen = []
    for _ in range(3):
        click.emit(1)
        seen.append(table_view.table.ids())
    assert seen == [["b", "a", "c"], ["c", "a", "b"], ["a", "b", "c"]]


def test_what_is_cut_is_whole_in_its_tooltip(window: QWidget, qtbot: Any) -> None:
    long = "石桥村水库（山坪塘）漫坝渗漏抢险与下游转移演练"
    view = _make("table", _table(Row("a", long), Row("b", "短")), window)
    view.resize(600, 300)
    view.horizontalHeader().resizeSection(0, 100)
    told = [_tip(qtbot, view.viewport(), view.visualRect(view.table.index(row, 0)).center()) for row in range(2)]
    assert told == [long, ""]
    header = view.horizontalHeader()
    heads = []
    for width in (100, 24):
        header.resizeSection(1, width)
        heads.append(_tip(qtbot, header.viewport(), QPoint(header.sectionViewportPosition(1) + 10, 8)))
    assert heads == ["", view.table.columns[1].title]


def _tip(qtbot: Any, viewport: QWidget, at: QPoint) -> str:
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())  # Qt lets the last one linger
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    return QToolTip.text() if QToolTip.isVisible() else ""


def test_copies_chosen_rows_as_text(table_view: TableView, qtbot: Any) -> None:
    table_view.selectAll()
    qtbot.keyClick(table_view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "test.name\ttest.rank\n甲\t2\n乙\t1\n丙 丁\t3"


def test_columns_come_back_as_they_were_left(window: QWidget, table_view: TableView) -> None:
    table_view.show_column("age", True)
    table_view.show_column("name", False)
    table_view.horizontalHeader().moveSection(2, 0)
    table_view.horizontalHeader().resizeSection(1, 222)
    table_view.horizontalHeader().sectionClicked.emit(1)
    left = table_view.column_state()
    other = _make("table", _table(Row("a", rank=2), Row("b", rank=1)), window)
    other.restore_column_state(left)
    assert other.column_state() == left
    assert [each["id"] for each in left["columns"]] == ["age", "name", "rank"]
    assert all(each["visible"] for each in left["columns"])  # the name is fixed
    assert other.table.ids() == ["b", "a"]


def test_a_persons_choice_of_columns_is_saved(window: QWidget, qtbot: Any) -> None:
    saved: list[dict[str, Any]] = []
    view = TableView(_table(Row("a")), parent=window, on_state=saved.append)
    view.show()
    menu = view.column_menu()
    next(entry for entry in menu.actions() if entry.data() == "age").trigger()
    qtbot.waitUntil(lambda: bool(saved))
    assert {each["id"]: each["visible"] for each in saved[-1]["columns"]}["age"]


def test_filtered_out_is_not_called_empty(table_view: TableView) -> None:
    table_view.table.set_filter(lambda row: False)
    filtered = table_view.grab().toImage()
    table_view.table.set_filter(None)
    table_view.table.reset([])
    assert table_view.grab().toImage() != filtered
    assert say("core.view.filtered") != "core.view.filtered"


def test_copies_everything_shown_where_nothing_is_selected(table_view: TableView, qtbot: Any) -> None:
    table_view.table.set_filter(lambda row: row.id != "b")
    table_view.clearSelection()
    qtbot.keyClick(table_view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "test.name\ttest.rank\n甲\t2\n丙 丁\t3"


def test_what_is_copied_pastes_as_a_table_whose_words_stay_words(window: QWidget, qtbot: Any) -> None:
    view: Any = _make("table", _table(Row("a", "=1+1", 2), Row("b", "0838", 1), Row("c", "@<b>", 3)), window)
    view.copy(selected_only=False)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "test.name\ttest.rank\n'=1+1\t2\n0838\t1\n'@<b>\t3"
    assert "mso-number-format:'\\@'\">0838</td><td>1</td>" in data.html()
    assert "<th>test.name</th>" in data.html() and "&#x27;@&lt;b&gt;" in data.html()


def test_the_mouse_copies_too(table_view: TableView) -> None:
    table_view.choose("b")
    chosen, every = table_view.row_menu().actions()
    chosen.trigger()
    assert QGuiApplication.clipboard().text() == "test.name\ttest.rank\n乙\t1"
    every.trigger()
    assert QGuiApplication.clipboard().text().count("\n") == 3
