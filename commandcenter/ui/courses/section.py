"""Part of a worker's card: his courses, and the drills he took part in with his own times and nobody else's."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.entity import DRILLS
from commandcenter.services import training
from commandcenter.services.catalogues import term
from commandcenter.services.live import LiveChange
from commandcenter.services.training import DrillPart, Taken
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Link, clear, words
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.courses.standings import Key, brief_words
from commandcenter.ui.courses.store import title_of

MOST_DRILLS = 6


class TrainingSection(QWidget):
    """Read from the database: gaps first, the rest behind a press."""

    def __init__(self, tools: Tools, row: Any) -> None:
        super().__init__()
        self._tools, self._worker = tools, row.person.id
        self._is_open = False
        self._taken: list[Taken] | None = []
        self._drills: list[DrillPart] = []
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self._lines.addWidget(Label("courses.section.loading", "muted"))
        tools.desk.live_changed.connect(self._live_changed)
        self.refresh()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.courses or change.drills:
            self.refresh()

    def refresh(self) -> None:
        """Ask the database: the courses of the real world, the drills of theirs."""
        desk = self._tools.desk
        desk.read(partial(_ask, self._worker, desk.now()), done=self._take_courses, failed=self._failed, owner=self,
                  key="courses")  # fmt: skip
        desk.read(partial(_ask_drills, self._worker), done=self._take_drills, failed=self._failed, owner=self,
                  key="drills", world=DRILLS)  # fmt: skip

    def _take_courses(self, found: list[Taken] | None) -> None:
        self._taken = found
        self._show()

    def _take_drills(self, found: list[DrillPart]) -> None:
        self._drills = found
        self._show()

    def _show(self) -> None:
        clear(self._lines)
        if self._taken is None:
            self._lines.addWidget(words(say("courses.section.kept"), "muted"))
        else:
            self._show_courses(self._taken)
        if self._drills:
            self._lines.addWidget(Label("courses.section.drills", "strong"))
        for part in self._drills[:MOST_DRILLS]:
            self._lines.addWidget(self._drill_line(part))

    def _show_courses(self, taken: list[Taken]) -> None:
        have, lacking = training.gap_figures(each.standing for each in taken)
        self._lines.addWidget(words(say("courses.section.sum", have=have, lacking=lacking), "muted"))
        gaps = [each for each in taken if each.standing.is_gap]
        shown = taken if self._is_open else gaps
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.current().space(2))
        grid.setVerticalSpacing(theme.current().space(1))
        grid.setColumnStretch(1, 1)
        for at, each in enumerate(shown):
            self._add_line(grid, at, each)
        self._lines.addLayout(grid)
        if len(taken) > len(gaps):
            button = Button("courses.section.less" if self._is_open else "courses.section.more", kind="quiet",
                            icon="down" if self._is_open else "closed", count=len(taken) - len(gaps))  # fmt: skip
            button.setObjectName("courses.section.all")
            button.clicked.connect(self._turn)
            self._lines.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_line(self, grid: QGridLayout, at: int, taken: Taken) -> None:
        found = taken.standing
        grid.addWidget(Key(found.validity, is_booked=found.booked is not None and found.is_gap), at, 0)
        title = title_of(taken.course)
        can_open = taken.session is not None and self._tools.actions.is_allowed("session.plan")
        if can_open and taken.session is not None:
            go = partial(self._tools.selection.navigate, "session", taken.session.id)
            grid.addWidget(Link(title, go), at, 1)
        else:
            grid.addWidget(words(title), at, 1)
        grid.addWidget(words(brief_words(found), "muted", wraps=False), at, 2)

    def _drill_line(self, part: DrillPart) -> QWidget:
        zone = zone_of(self._tools.desk.live.town)
        moment = part.drill.held_at or part.drill.starts_at
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space(2))
        day = f"{moment.astimezone(zone):%Y-%m-%d}" if moment else ""
        row.addWidget(words(day, "muted", wraps=False))
        row.addWidget(words(part.drill.title), 1)
        times = [f"{term('drill_moments', each.moment)} {each.at.astimezone(zone):%H:%M:%S}" for each in part.moments]
        role = term("unit_roles", part.role) if part.role else ""
        told = say("courses.join").join([each for each in (role, *times) if each])
        row.addWidget(words(told, "muted", wraps=False))
        return line

    @Slot()
    def _turn(self) -> None:
        self._is_open = not self._is_open
        self._show()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self._lines)
        self._lines.addWidget(Label("courses.section.failed", "muted", reason=current().error(error)))


def _ask(worker: str, now: Any, reader: Any) -> list[Taken] | None:
    return training.taken_by(reader, worker, now)


def _ask_drills(worker: str, reader: Any) -> list[DrillPart]:
    return training.drills_of(reader, worker)
