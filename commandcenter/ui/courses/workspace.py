"""The workspace 培训: sessions, courses, and who has which course, one key apart."""

from typing import Any

from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.sheets import Sheets
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.courses.coursepage import CoursesPage
from commandcenter.ui.courses.matrix import MatrixPage
from commandcenter.ui.courses.sessions import SessionsPage
from commandcenter.ui.courses.store import TrainingStore

PAGES = ("sessions", "courses", "matrix")


class CoursesWorkspace(QWidget):
    """Three pages over one store."""

    scope = "courses"

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self.store = TrainingStore(tools, self)
        # From the outside inwards: whatever gets a parent is polished with all in it. In the order of the Tab key.
        bar = QWidget(self)
        self.strip = ChoiceStrip(_choices(), parent=bar)
        self.pages = QStackedWidget(self)
        self.sessions = SessionsPage(tools, self.store, self.pages)
        self.courses = CoursesPage(tools, self.store, self.pages)
        self.matrix = MatrixPage(tools, self.store, self.pages)
        self.sheets = Sheets(tools, self)
        self.strip.setObjectName("courses.pages")
        look = theme.current()
        bar.setProperty("panel", "surface")
        row = QHBoxLayout(bar)
        row.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(1))
        row.addWidget(self.strip)
        for page in (self.sessions, self.courses, self.matrix):
            self.pages.addWidget(page)
        self.strip.choose(PAGES[0])
        row.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(bar)
        whole.addWidget(self.pages, 1)
        self.strip.chosen.connect(self._turned)
        for source in (self.courses, self.matrix):
            source.plan_asked.connect(self._plan)
        tools.selection.navigated.connect(self._navigated)
        tools.actions.attach(self, self.scope)

    # --- pages --------------------------------------------------------------------------------------------------

    def open_page(self, name: str) -> Any:
        """Show a page by its name."""
        if name != self.page:
            self.strip.choose(name)
            self.pages.setCurrentIndex(PAGES.index(name))
            self._shown.setFocus()
            self._tools.actions.refresh()
        return self._shown

    @property
    def _shown(self) -> QWidget:
        return (self.sessions, self.courses, self.matrix)[self.pages.currentIndex()]

    @Slot(str)
    def _turned(self, name: str) -> None:
        self.open_page(name).setFocus()

    @property
    def page(self) -> str:
        """The page that is shown."""
        return PAGES[self.pages.currentIndex()]

    def to_sessions(self) -> None:
        """The first page."""
        self.open_page("sessions")

    def to_courses(self) -> None:
        """The second."""
        self.open_page("courses")

    def to_matrix(self) -> None:
        """The third."""
        self.open_page("matrix")

    @Slot(str, str)
    def _navigated(self, entity: str, _id: str) -> None:
        if entity in ("session", "course"):
            self.open_page(f"{entity}s")

    @Slot(str, object)
    def _plan(self, course: str, workers: Any) -> None:
        """The form for a session, with those who lack the course."""
        self.open_page("sessions")
        self.sessions.plan_for(course, workers)

    # --- paper --------------------------------------------------------------------------------------------------

    @property
    def can_print(self) -> bool:
        """Whether a session that takes entries is on the card."""
        return self.page == "sessions" and self.sessions.can_edit

    @property
    def can_certify(self) -> bool:
        """Whether somebody passed in it."""
        return self.page == "sessions" and self.sessions.can_certify

    def print_sheet(self) -> None:
        """The list to be signed."""
        row = self.sessions.chosen_row
        if row is not None:
            self.sheets.open("sign_in_sheet", row.id)

    def print_certificates(self) -> None:
        """Of everybody who passed; of the chosen ones where rows of the list are chosen and have passed."""
        row, body = self.sessions.chosen_row, self.sessions.body
        if row is None or body is None:
            return
        passed = [id for id in body.view.keeper.chosen if (each := body.table.row(id)) and each.row.passed]
        self.sheets.open("certificates", row.id, workers=tuple(passed) if len(passed) > 1 else None)

    def print_register(self) -> None:
        """Of this year."""
        town = self._tools.desk.live.town
        if town is not None:
            self.sheets.open("training_register", town.id)

    # --- Qt -----------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """What was asked for before this room was made."""
        super().showEvent(event)
        self._tools.actions.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "pages"):
            self.strip.set_choices(_choices())


def _choices() -> list[Choice]:
    """The pages by name; the strip draws the digit that opens each."""
    return [Choice(page, say(f"courses.page.{page}")) for page in PAGES]
