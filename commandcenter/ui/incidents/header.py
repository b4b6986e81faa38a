"""The head of the detail: what, number, where, since when, who reported it, and how long it took once closed."""

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from commandcenter.base.texts import say
from commandcenter.rules import legible
from commandcenter.rules.incidents import Incident, Urgency, is_open
from commandcenter.rules.masks import is_masked
from commandcenter.services import catalogues
from commandcenter.services.directory import Directory
from commandcenter.services.live import LiveSet
from commandcenter.ui.core import theme
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.widgets import Button, Chip, Label
from commandcenter.ui.incidents import painting, words
from commandcenter.ui.incidents.cells import total

_PLACE = 60
"""Characters of a place; the rest is in the tool tip and in the form."""


class UrgencyMark(QWidget):
    """The rounded square with its character."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._urgency: Urgency = "routine"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_urgency(self, urgency: Urgency) -> None:
        """Show another one."""
        self._urgency = urgency
        self.setAccessibleName(words.urgency_name(urgency))
        self.setToolTip(tip(words.urgency_name(urgency)))
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: a square."""
        side = theme.current().px(28)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark = words.urgency_mark(self._urgency)
        painting.urgency_mark(painter, QRectF(self.rect()), mark, self._urgency, theme.current())
        painter.end()


class Header(QWidget):
    """Says which incident this is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = UrgencyMark()
        self.what = Label("", "title")
        self.what.setWordWrap(True)
        self.where = Label("")
        self.where.setWordWrap(True)
        self.set_grid = Button("incidents.header.set_grid", kind="quiet", icon="place", key="E")
        self.set_grid.setObjectName("incidents.set_grid")
        self.set_grid.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.without = Label("incidents.header.without_grid", "doubt")
        self.without.setWordWrap(True)
        self.reported = Label("", "muted")
        self.reported.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.finder = Label("", "muted")
        self.finder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.total = Chip("", "ok", icon="check")
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setHorizontalSpacing(10)
        layout.setVerticalSpacing(1)
        layout.addWidget(self.mark, 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.what, 0, 1)
        layout.addWidget(self.total, 0, 2, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.where, 1, 1, 1, 2)
        nowhere = QHBoxLayout()
        nowhere.setContentsMargins(0, 0, 0, 0)
        nowhere.addWidget(self.without, 1)
        nowhere.addWidget(self.set_grid)
        layout.addLayout(nowhere, 2, 1, 1, 2)
        layout.addWidget(self.reported, 3, 1, 1, 2)
        layout.addWidget(self.finder, 4, 1, 1, 2)
        layout.setColumnStretch(1, 1)

    def set_brief(self, is_brief: bool) -> None:
        """Show only which incident it is, when a form needs the room."""
        self.reported.setVisible(not is_brief)
        self.finder.setVisible(not is_brief and bool(self.finder.text()))
        if is_brief:
            self.without.hide()
            self.set_grid.hide()

    def show_incident(self, incident: Incident, live: LiveSet, directory: Directory, now: datetime, *,
                      may_act: bool = False) -> None:  # fmt: skip
        """Show this incident; ``may_act``: whoever is here may say where it is."""
        is_nowhere = incident.grid is None and is_open(incident.state)
        self.without.setVisible(is_nowhere)
        self.set_grid.setVisible(is_nowhere and may_act)
        self.mark.show_urgency(incident.urgency)
        self.what.show_text(words.what_of(incident))
        self.what.setToolTip(tip(words.shown(incident.text)))
        self.where.show_text(where_line(incident, live))
        self.where.setToolTip(tip(words.shown(incident.place)))
        self.reported.show_text(reported_line(incident, live, now))
        told = finder_line(incident, directory)
        self.finder.show_text(told)
        self.finder.setVisible(bool(told))
        length = total(incident)
        self.total.show_state(length, "ok", "check")
        self.total.setVisible(bool(length))


def where_line(incident: Incident, live: LiveSet) -> str:
    """``凯旋社区 第27微网格 · 3号楼``; of a long way there its beginning, as the people to call need the room."""
    place = legible.line(words.shown(incident.place))
    short = place if len(place) <= _PLACE else f"{place[: _PLACE - 1]}…"
    parts = (words.where_of(incident, live), "" if is_masked(place) else short)
    return " · ".join(part for part in parts if part)


def reported_line(incident: Incident, live: LiveSet, now: datetime) -> str:
    """``房屋火灾 · 14:02 接报 · JH-20250630-014``."""
    parts = (
        catalogues.subkind_name(incident.category, incident.subkind),
        say("incidents.header.opened", time=words.time_of_day(incident.opened_at, words.zone_of(live), now)),
        incident.number or say("incidents.header.no_number"),
    )
    return " · ".join(part for part in parts if part)


def finder_line(incident: Incident, directory: Directory) -> str:
    """``报告人 何贵 154 0099 9001 · 已通``: whoever reported is reached already and gets the answer back."""
    name = directory.name(incident.finder_kind, incident.finder) or words.shown(incident.caller_name)
    phone = words.dialled(words.shown(incident.caller_phone)) or words.phone_of(
        directory, incident.finder_kind, incident.finder
    )
    if not name and not phone:
        return ""
    return say("incidents.header.finder", who=" ".join(part for part in (name, phone) if part))
