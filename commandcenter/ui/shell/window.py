"""The one window: rail, top bar, workspaces, footer strip. What goes where; no feature is named here."""

from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.people import Officer
from commandcenter.rules.permissions import reads_less
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.garbage import Sweeping
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import divider
from commandcenter.ui.shell.rail import Rail
from commandcenter.ui.shell.topbar import TopBar, town_title
from commandcenter.ui.shell.who import WhoAreYou

HOME = "situation"
DROPPED = "forms"
"""The key of the notice that forms were not kept."""
_ENTITY_HOME = {"incident": "situation", "grid": "grids", "village": "grids", "worker": "people", "officer": "people",
                "contact": "people", "duty_holder": "people", "household": "households",
                "drill_record": "drill_records", "scenario": "scenarios", "unit": "scenarios", "drill": "drills",
                "drill_plan": "drills", "debt": "drills", "course": "courses", "session": "courses",
                "article": "stores", "depot": "stores", "stock_move": "stores", "order": "stores",
                "stores": "stores", "kit": "kits", "piece": "kits", "edition": "kits", "kit_issue": "kits",
                "stock_round": "rounds",
                "round_count": "rounds", "attention_item": "attention", "attention": "attention",
                "households": "households"}  # fmt: skip


class MainWindow(QMainWindow):
    """Workspaces are made when first opened; the first picture needs only the situation."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self.setMinimumSize(QSize(1100, 640))
        self._pages: dict[str, QWidget] = {}
        self._sweeping = Sweeping(self)
        self._is_complete = False
        self._role = tools.desk.officer.role
        self._divided: dict[str, list[int]] = {}
        """How a hand divided the situation, now or when it was left last."""
        self._stack = QStackedWidget()
        self.rail = Rail(tools)
        self.top = TopBar(tools)
        self.footer = QFrame()
        self.footer.setProperty("panel", "surface")
        self.footer.setFixedHeight(theme.current().px(28))
        self._footer_row = QHBoxLayout(self.footer)
        self._footer_row.setContentsMargins(0, 0, 0, 0)
        self._status: QWidget | None = None
        self._build()
        self.who = WhoAreYou(tools, self)
        self.who.picked.connect(self._picked)
        self.rail.chosen.connect(self.open_workspace)
        tools.selection.navigated.connect(self._navigated)
        tools.desk.officer_changed.connect(self._officer_changed)
        tools.desk.live_changed.connect(self._live_changed)
        tools.actions.attach(self)
        tools.actions.done.connect(self._action_done)
        self.open_workspace(HOME)
        self._retitle()

    def _build(self) -> None:
        body = QVBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.top)
        body.addWidget(divider())
        body.addWidget(self._stack, 1)
        whole = QHBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.rail)
        whole.addWidget(divider(vertical=True))
        whole.addLayout(body, 1)
        outer = QVBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(whole, 1)
        outer.addWidget(divider())
        outer.addWidget(self.footer)
        self._fill_footer()
        central = QWidget()
        central.setLayout(outer)
        self.setCentralWidget(central)

    def _fill_footer(self) -> None:
        """Made anew in the language of the moment."""
        if self._status is not None:
            self._status.hide()
            self._status.deleteLater()
        self._status = QWidget()
        row = QHBoxLayout(self._status)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(16)
        items = sorted(self._tools.plugs.status_items, key=lambda each: each.order)
        for number, item in enumerate(items):
            row.addWidget(item.make(self._tools), 1 if number == 0 else 0)
        self._footer_row.addWidget(self._status)

    # --- workspaces ---------------------------------------------------------------------------------------------

    @Slot(str)
    def open_workspace(self, id: str) -> QWidget:
        """Show a workspace, making it the first time."""
        if id not in self._pages:
            self._pages[id] = self._tools.plugs.workspaces.get(id).make(self._tools)
            self._stack.addWidget(self._pages[id])
            if id == HOME:
                # Splitters divide rightly only once the new page has its size.
                QTimer.singleShot(0, self, self._divide)
            if self._is_complete:
                self._complete(self._pages[id])
        self._stack.setCurrentWidget(self._pages[id])
        self.rail.show_current(id)
        return self._pages[id]

    def complete(self) -> None:
        """Make what the first picture had no need of, here and in every page from now on."""
        self._is_complete = True
        for page in self._pages.values():
            self._complete(page)

    def _complete(self, page: QWidget) -> None:
        if hasattr(page, "complete"):
            page.complete()

    @property
    def workspace(self) -> str:
        """The workspace that is shown."""
        return next(id for id, page in self._pages.items() if page is self._stack.currentWidget())

    @Slot(str, str)
    def _navigated(self, entity: str, _id: str) -> None:
        home = _ENTITY_HOME.get(entity)
        if home and home in self._tools.plugs.workspaces and home != self.workspace:
            self.open_workspace(home)

    @Slot(str)
    def _action_done(self, id: str) -> None:
        """A report is taken in the situation, from wherever the key was pressed."""
        if id == "intake.open" and self.workspace != HOME:
            self.open_workspace(HOME)

    # --- who sits here ------------------------------------------------------------------------------------------

    @Slot()
    def change_officer(self) -> None:
        """Ask who is there."""
        self.who.open()

    @Slot(object)
    def _picked(self, officer: Officer) -> None:
        self._tools.settings.set("desk.officer", officer.id)
        self._tools.desk.become(officer)

    @Slot()
    def _officer_changed(self) -> None:
        """Cards and forms of somebody who may read more are not for who sits here now: all is made anew."""
        role, before = self._tools.desk.officer.role, self._role
        self._role = role
        at = self.workspace if role in self._tools.plugs.workspaces.get(self.workspace).roles else HOME
        if reads_less(role, before):
            self.wear(at)
            return
        self.rail.rebuild()
        self._tools.actions.wear()
        if at != self.workspace:
            self.open_workspace(at)

    @Slot(object)
    def _live_changed(self, change: Any) -> None:
        if change.everything or change.places:
            self._retitle()

    def _retitle(self) -> None:
        town = self._tools.desk.live.town
        name = town_title(town)
        mark = f" · {say(f'shell.mark.{town.mark}')}" if town and town.mark != "real" else ""
        self.setWindowTitle(name + mark)

    def wear(self, at: str = "") -> None:
        """Language, theme or type size changed: everything is made anew as it was divided, where it was or in another
        workspace."""
        from commandcenter.ui.core.sheet import begun_in

        current = at or self.workspace
        self._note_division()
        dropped = sum(map(begun_in, self._pages.values()))
        if dropped:
            self._tools.notices.info(say("core.sheet.dropped", count=dropped), key=DROPPED)
        self._drop_pages()
        self.rail.rebuild()
        self.top.refresh()
        self._fill_footer()
        self._retitle()
        self._tools.actions.wear()
        fonts.forget_texts()
        self.open_workspace(current)
        self._sweeping.start()

    def open_afresh(self, id: str) -> QWidget:
        """Show a workspace as when it is opened for the first time; what was begun in any is dropped."""
        self._drop_pages()
        self._sweeping.start()
        return self.open_workspace(id)

    def _drop_pages(self) -> None:
        for page in self._pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()

    # --- as it was left -----------------------------------------------------------------------------------------

    @Slot()
    def arrange(self) -> None:
        """The first arrangement for the present size."""
        page = self._pages.get(HOME)
        if page is not None and hasattr(page, "arrange"):
            page.arrange(self.width() - self.rail.width(), self.height())

    @Slot()
    def _divide(self) -> None:
        """The situation was made: for the present size, or as a hand left it."""
        self.arrange()
        page = self._pages.get(HOME)
        if page is not None and hasattr(page, "restore"):
            page.restore(self._divided)

    def _note_division(self) -> None:
        page: Any = self._pages.get(HOME)
        if getattr(page, "is_divided", False):
            self._divided = page.sizes()

    def restore(self) -> None:
        """Window, place and splitters as they were left; a sensible size the first time."""
        geometry = self._tools.settings.get("window.geometry")
        if not (geometry and self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))):
            self.resize(1440, 900)
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self.arrange()
        sizes = self._tools.settings.get("window.splitters")
        page = self._pages[HOME]
        if isinstance(sizes, dict) and hasattr(page, "restore"):
            self._divided = sizes
            page.restore(sizes)
        # The size of a maximised window is known only after it is shown.
        QTimer.singleShot(0, self, self._divide)

    def remember(self) -> None:
        """Write down how things stand."""
        geometry = self.saveGeometry().toBase64().data()
        self._tools.settings.set("window.geometry", bytes(geometry).decode("ascii"))
        self._note_division()
        if self._divided:
            self._tools.settings.set("window.splitters", self._divided)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the arrangement."""
        self.remember()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Clocks rest while the window is minimised."""
        if event.type() == QEvent.Type.WindowStateChange:
            self._tools.ticker.set_seen(not self.windowState() & Qt.WindowState.WindowMinimized)
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sheets over the window keep their middle."""
        super().resizeEvent(event)
        if self.who.isVisible():
            self.who.place()
