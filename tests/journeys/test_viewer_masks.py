"""What a viewer's desk shows and holds: every screen, card, list, hint and copy, on a township in which every personal
value is planted."""

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QModelIndex, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTabBar, QWidget

from commandcenter.app import Program, settle
from commandcenter.base.clock import monotonic
from commandcenter.rules.entity import ENTITIES
from commandcenter.storage import personal
from commandcenter.ui.core.finderbox import FinderBox, FinderHit
from commandcenter.ui.imports.window import ImportWindow
from commandcenter.ui.incidents.intake.panel import IntakePanel
from commandcenter.ui.people.index import CALM
from tests import planted

PARTS = 6
"""Every run goes through each sixth screen, and through the rows of every list; the slow runs through the others."""
SAID = (
    "text", "title", "toolTip", "statusTip", "whatsThis", "accessibleName", "accessibleDescription", "windowTitle",
    "placeholderText", "toPlainText", "currentText",
)  # fmt: skip
_ROLE = Qt.ItemDataRole
ROLES = (
    _ROLE.DisplayRole, _ROLE.EditRole, _ROLE.ToolTipRole, _ROLE.StatusTipRole, _ROLE.WhatsThisRole,
    _ROLE.AccessibleTextRole, _ROLE.AccessibleDescriptionRole, _ROLE.UserRole,
)  # fmt: skip
CHOSEN = ("incident", "grid", "worker", "household", "drill", "session", "course")
FORMS = (
    "situation.incident", "situation.closing", "intake", "person-form", "person-merge", "grid-form", "stores-issue",
    "import.map",
)  # fmt: skip
"""What a colleague may leave open: cards and forms with values in them, a report, a file."""


@pytest.fixture(scope="module")
def township(copies: Callable[[str], tuple[str, Callable[[], None]]]) -> Iterator[tuple[str, dict[str, str]]]:
    """The planted township, and whose each value is."""
    with planted.township(copies) as made:
        yield made


@pytest.fixture
def town(
    township: tuple[str, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A copy of it; nothing that is printed is opened."""
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    monkeypatch.setenv("HOME", str(tmp_path))
    return shutil.copyfile(township[0], tmp_path / "planted.sqlite").as_posix()


def words_of(widget: QWidget, *, with_lists: bool = True) -> Iterator[str]:
    """All that a widget says to the eye, to the pointer and to a screen reader; of a list every cell, hidden or not."""
    for name in SAID:
        if callable(ask := getattr(widget, name, None)) and isinstance(said := _asked(ask), str):
            yield said
    if isinstance(widget, QTabBar):
        for place in range(widget.count()):
            yield from (widget.tabText(place), widget.tabToolTip(place), widget.accessibleTabName(place))
    is_list = isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView)
    if with_lists and is_list and widget.model() is not None:  # type: ignore[attr-defined]
        yield from words_in(widget.model())  # type: ignore[attr-defined]


def _asked(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except TypeError:  # a list's text() asks for a place
        return None


def words_in(model: QAbstractItemModel) -> Iterator[str]:
    """Every cell in every role that holds words."""
    top = QModelIndex()
    columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount(top))
    for role in ROLES:
        for row in range(model.rowCount(top)):
            for column in columns:
                if type(value := model.data(model.index(row, column), role)) is str:
                    yield value
        yield from (str(model.headerData(column, Qt.Orientation.Horizontal, role)) for column in columns)


class Walk:
    """Goes through a desk and notes where a planted value was told."""

    def __init__(self, program: Program) -> None:
        self.program, self.window, self.tools = program, program.window, program.tools
        self.told: dict[str, list[str]] = {}
        self.heard: set[str] = set()
        self.tools.notices.posted.connect(lambda notice: self.note("notice", notice.text))
        self.tools.ticker.set_seen(False)
        until = monotonic() + 20
        while not self.tools.desk.directory.loaded and monotonic() < until:  # people come a moment after the window
            QTest.qWait(10)
        self.calm()

    def calm(self) -> None:
        """Until what is made anew only when nothing changes for a moment is made."""
        settle(self.program)
        QTest.qWait(CALM + 50)
        settle(self.program)

    def note(self, where: str, words: str) -> None:
        if words not in self.heard:
            self.heard.add(words)
            if told := planted.told(words):
                self.told.setdefault(where, []).extend(told)

    def look(self, where: str, *, with_lists: bool = True) -> None:
        """The page that stands there and whatever else is open, shown or not."""
        settle(self.program)
        tops = [each for each in QApplication.topLevelWidgets() if each is not self.window and each.isVisible()]
        page = next(each for id, each in self.window._pages.items() if id == self.window.workspace)
        for top in (page, self.window.top, *tops):
            for widget in (top, *top.findChildren(QWidget)):
                if not widget.isVisible() and _waits_unseen(widget):
                    continue
                for words in words_of(widget, with_lists=with_lists):
                    self.note(f"{where}: {type(widget).__name__}", words)

    def go(self, screens: tuple[str, ...], *, stays: bool = False) -> None:
        """Bring the desk into the state of each screen that the role has, and look; ``stays``: leave it so."""
        for id in screens:
            screen = next(each for each in self.tools.plugs.screens if each.id == id)
            if self.tools.desk.officer.role not in self.tools.plugs.workspaces.get(screen.workspace).roles:
                continue
            for entity in CHOSEN:
                self.tools.selection.choose(entity, None)
            page = self.window.open_workspace(screen.workspace)
            settle(self.program)
            if screen.stage is not None:
                screen.stage(self.tools, page)
            self.look(id)
            if screen.clear is not None and not stays:
                screen.clear()

    def rows(self) -> None:
        """In each place choose some rows of every list, look at what stands beside it, and copy the list."""
        for place in self.tools.plugs.workspaces:
            if self.tools.desk.officer.role not in place.roles:
                continue
            page = self.window.open_workspace(place.id)
            settle(self.program)
            for view in page.findChildren(QAbstractItemView):
                if isinstance(view, QHeaderView) or view.model() is None or not view.isVisible():
                    continue
                for row in range(min(view.model().rowCount(), 3)):
                    view.setCurrentIndex(view.model().index(row, 0))
                    self.look(f"{place.id} {row}", with_lists=row == 0)
                QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
                copied = QGuiApplication.clipboard().mimeData()
                self.note(f"{place.id}: copied", copied.text() + copied.html())


def held() -> list[str]:
    """Entities in memory that hold a planted value: what no widget shows now, one may show next."""
    kinds = {kind.cls: name for name, kind in ENTITIES.items()}
    return [f"{kinds[type(each)]}: {each}" for each in gc.get_objects()
            if type(each) in kinds and planted.told(str(each))]  # fmt: skip


def _found(walk: Walk, query: str) -> list[FinderHit]:
    """What quick find lists."""
    walk.tools.actions.ask("find.open")
    (box,) = walk.window.findChildren(FinderBox)
    box.search(query)
    settle(walk.program)
    hits = box.hits()
    box.dismiss()
    return hits


@pytest.mark.parametrize("part", [0, *(pytest.param(each, marks=pytest.mark.soak) for each in range(1, PARTS))])
def test_no_screen_tells_a_viewer_what_is_masked(
    part: int, town: str, open_program: Callable[..., Program]
) -> None:
    program = open_program(town, "viewer")
    walk = Walk(program)
    screens = tuple(each.id for each in program.tools.plugs.screens)
    assert len(screens) > 60
    walk.go(screens[part::PARTS])
    assert walk.told == {} and len(walk.heard) > 300
    own = str(program.tools.desk.officer)  # one's own number is no secret
    assert [each for each in held() if own not in each] == []


def test_no_card_copy_or_search_tells_a_viewer_what_is_masked(
    town: str, township: tuple[str, dict[str, str]], open_program: Callable[..., Program]
) -> None:
    program = open_program(town, "viewer")
    walk = Walk(program)
    walk.rows()
    assert walk.told == {} and len(walk.heard) > 500
    wanted = {"worker.phone", "worker.id_number", "household.head", "resident.name", "incident.text"}
    firsts = {of: value for value, of in township[1].items() if of in wanted}
    for of, value in firsts.items():
        assert _found(walk, value) == [], of
    assert walk.told == {}


@pytest.mark.soak
def test_whoever_takes_the_desk_over_sees_nothing_that_is_masked_to_him(
    town: str, open_program: Callable[..., Program], tmp_path: Path
) -> None:
    program = open_program(town, "duty1")
    desk, walk = program.tools.desk, Walk(program)
    walk.go(FORMS, stays=True)
    workers = [each for (kind, _), each in desk.directory.people.items() if kind == "worker" and each.active]
    phone = next(each.phone for each in workers if each.phone)
    assert _found(walk, phone) != []
    assert len(walk.told) >= len(FORMS)  # a duty officer was told
    viewer = next(each for each in desk.live.officers.values() if each.role == "viewer")
    duty = desk.officer
    assert planted.told(str(desk.live)) and planted.told(str(desk.directory))
    desk.become(viewer)
    assert planted.told(str(desk.live)) + planted.told(str(desk.directory)) == []  # also while the database is away
    walk.heard.clear()
    walk.told.clear()
    for is_read_anew in (False, True):  # at once, not only when everything was read anew
        for widget in QApplication.allWidgets():
            if widget.isVisible() or (is_read_anew and not _waits_unseen(widget)):
                for words in words_of(widget):
                    walk.note(type(widget).__name__, words)
        assert walk.told == {}, is_read_anew
        assert _found(walk, phone) == []
        walk.calm()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    walk.go(FORMS[1:2])
    walk.rows()
    assert walk.told == {}
    desk.become(duty)
    walk.go(("situation.incident",))
    intake = program.window.findChild(IntakePanel)
    assert intake is not None and intake.form.isVisible() and walk.told
    for screen in program.tools.plugs.screens:
        if screen.id in FORMS and screen.clear is not None:
            screen.clear()


def _waits_unseen(widget: QWidget | None) -> bool:
    """A report or a file that is under way stays, hidden, for who may go on with it."""
    while widget is not None and not isinstance(widget, (IntakePanel, ImportWindow)):
        widget = widget.parentWidget()
    return widget is not None


def test_a_mask_that_is_missing_is_seen(
    town: str, open_program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a list, on a card, in what is copied, and in memory."""
    real = personal.mask_for

    def without(field: Any, viewer: Any) -> Any:
        return None if field.name == "phone" else real(field, viewer)

    monkeypatch.setattr(personal, "mask_for", without)
    program = open_program(town, "viewer")
    walk = Walk(program)
    walk.go(("people", "person-card"))
    assert walk.told and held()
