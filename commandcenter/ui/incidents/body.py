"""Call list and timeline together: side by side over the map, one above the other, or in tabs where room is short."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.calling import call_status
from commandcenter.rules.incidents import Call, Direction, Incident, is_open
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.sending import FixedId
from commandcenter.ui.core.viewstate import READY, ViewState
from commandcenter.ui.core.widgets import KeyCap, Label
from commandcenter.ui.incidents import moves
from commandcenter.ui.incidents.call_list import CallList
from commandcenter.ui.incidents.call_rows import CallRow, Climb
from commandcenter.ui.incidents.direction import DirectionSwitch
from commandcenter.ui.incidents.entries import EntryRow
from commandcenter.ui.incidents.extras import Extras
from commandcenter.ui.incidents.result_keys import ResultKeys
from commandcenter.ui.incidents.timeline import TimelineList

Part = Literal["calls", "timeline", "extras"]
Mode = Literal["wide", "tall", "tabs"]
_PARTS: tuple[Part, ...] = ("calls", "timeline", "extras")
_WIDE, _TALL = 720, 620
"""px at 100 % of the whole panel from which there is room side by side, or one above the other."""


class Body(QWidget):
    """The parts of the detail that scroll: whom to call; and beside it, one at a time, the timeline or what other
    features show of the incident."""

    def __init__(self, now: Callable[[], datetime], extras: Extras, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note_id = FixedId()
        self._mode: Mode = "tabs"
        self._incident: str | None = None
        self._calls_left = False
        """Whether the tabs stood on the calls when these got a place of their own."""
        self._notes: dict[str, str] = {}
        self._climb: Climb | None = None
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for part in _PARTS:
            self.tabs.addTab(part)
        self.calls, self.timeline = CallList(now), TimelineList()
        self.keys, self.direction = ResultKeys(), DirectionSwitch()
        self.calls_title = Label("", "strong")
        self.extras = extras
        self.climb = Label("", "strong")
        self.note = LineEdit(say("incidents.note.hint"))
        self._parts: dict[Part, QWidget] = {
            "calls": self._calls_part(), "timeline": self._timeline_part(), "extras": extras,
        }  # fmt: skip
        self._arrange()
        self.tabs.currentChanged.connect(self._show_mode)
        extras.headline.connect(self._extras_named)
        extras.wanted.connect(self._extras_wanted)
        self.tabs.setTabVisible(_PARTS.index("extras"), bool(extras.plugged))
        self._show_mode()

    def _calls_part(self) -> QWidget:
        self._calls_head = QWidget()
        head = QHBoxLayout(self._calls_head)
        head.setContentsMargins(12, 2, 8, 2)
        head.addWidget(self.calls_title)
        head.addStretch(1)
        head.addWidget(self.direction)
        part = QWidget()
        layout = QVBoxLayout(part)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._calls_head)
        self.climb.setContentsMargins(12, 2, 12, 4)
        self.climb.setWordWrap(True)
        layout.addWidget(self.climb)
        layout.addWidget(self.calls, 1)
        keys = QHBoxLayout()
        keys.setContentsMargins(12, 4, 8, 0)
        keys.addWidget(self.keys)
        layout.addLayout(keys)
        return part

    def _timeline_part(self) -> QWidget:
        part = QWidget()
        layout = QVBoxLayout(part)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.timeline, 1)
        line = QHBoxLayout()
        line.setContentsMargins(12, 6, 12, 0)
        line.setSpacing(8)
        line.addWidget(self.note, 1)
        line.addWidget(KeyCap("F6"))
        layout.addLayout(line)
        return part

    def _arrange(self) -> None:
        self._beside = QWidget()
        self._beside_lines = QVBoxLayout(self._beside)
        self._beside_lines.setContentsMargins(0, 0, 0, 0)
        self._beside_lines.setSpacing(0)
        self._beside_head = QHBoxLayout()
        self._beside_head.setContentsMargins(12, 0, 8, 2)
        self._beside_lines.addLayout(self._beside_head)
        for part in ("timeline", "extras"):
            self._beside_lines.addWidget(self._parts[part], 1)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._box.setSpacing(1)
        self._box.addWidget(self._parts["calls"], 1)
        self._box.addWidget(self._beside, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._tab_row = QHBoxLayout()
        self._tab_row.setContentsMargins(12, 0, 8, 2)
        self._tab_row.addWidget(self.tabs, 1)
        layout.addLayout(self._tab_row)
        layout.addLayout(self._box, 1)

    # --- room ----------------------------------------------------------------------------------------------------

    def fit(self, width: int, height: int) -> None:
        """Arrange for a panel of this size in px at 100 %."""
        mode: Mode = "wide" if width >= _WIDE else "tall" if height >= _TALL else "tabs"
        if mode != self._mode:
            self._mode = mode
            self._show_mode()

    @Slot()
    def _show_mode(self) -> None:
        tabs = self._mode == "tabs"
        direction = QBoxLayout.Direction.LeftToRight if self._mode == "wide" else QBoxLayout.Direction.TopToBottom
        self._box.setDirection(direction)
        self._box.setStretch(0, 3)
        self._box.setStretch(1, 2)
        self.calls_title.setVisible(not tabs)
        self._show_parts(tabs)
        if tabs:
            self._tab_row.insertWidget(0, self.tabs, 1)
            self._tab_row.addWidget(self.direction)
        else:
            self._beside_head.addWidget(self.tabs, 1)
            head = self._calls_head.layout()
            if head is not None:
                head.addWidget(self.direction)
        self._calls_head.setVisible(not tabs)

    def _show_parts(self, tabs: bool) -> None:
        """With tabs one part at a time; else the calls stand by themselves and the tabs choose what is beside them."""
        calls = _PARTS.index("calls")
        self.tabs.blockSignals(True)
        self.tabs.setTabVisible(calls, tabs)
        if tabs and self._calls_left:
            self.tabs.setCurrentIndex(calls)
        elif not tabs and self.tabs.currentIndex() == calls:
            self.tabs.setCurrentIndex(_PARTS.index("timeline"))
            self._calls_left = True
        self._calls_left = self._calls_left and not tabs
        self.tabs.blockSignals(False)
        chosen = _PARTS[self.tabs.currentIndex()]
        for part in _PARTS:
            self._parts[part].setVisible(part == chosen or (part == "calls" and not tabs))
        self._beside.setVisible(not tabs or chosen != "calls")

    @Slot(str)
    def _extras_named(self, text: str) -> None:
        self.tabs.setTabText(_PARTS.index("extras"), text)

    @Slot()
    def _extras_wanted(self) -> None:
        self.show_part("extras")

    @property
    def is_short(self) -> bool:
        """Whether there is room for one part only."""
        return self._mode == "tabs"

    def show_part(self, part: Part) -> None:
        """Bring a part to the eye; the calls are always there where there is room."""
        if part != "calls" or self.is_short:
            self.tabs.setCurrentIndex(_PARTS.index(part))

    # --- content -------------------------------------------------------------------------------------------------

    def chosen_direction(self) -> Direction:
        """The direction in which the next list is proposed."""
        return self.direction.direction

    def show_calls(self, incident: Incident, calls: Sequence[Call], rows: Sequence[CallRow], climb: Climb | None,
                   acting: bool, now: datetime) -> None:  # fmt: skip
        """Show the call list of an incident; ``acting``: results can be recorded."""
        if incident.id != self._incident:
            self._notes[self._incident or ""] = self.note.text()
            self._incident = incident.id
            self.direction.choose(moves.first_direction(calls))
            self.show_part("timeline" if _is_settled(incident) else "calls")
            self.note.setText(self._notes.pop(incident.id, ""))
        self.calls.show_rows(incident.id, rows)
        status = call_status(calls)
        code = "incidents.calls.answered" if calls else "incidents.calls.title"
        title = say(code, answered=status.answered, total=status.total)
        self.calls_title.show_text(title)
        self.tabs.setTabText(0, title)
        self._climb = climb
        self._show_climb(now)
        self.keys.setVisible(bool(calls) and not _is_settled(incident))
        self.keys.setEnabled(acting)
        self.direction.setEnabled(acting)
        self.note.setEnabled(acting)

    def _show_climb(self, now: datetime) -> None:
        self.climb.setVisible(self._climb is not None)
        if self._climb is not None:
            self.climb.show_text(self._climb.sentence(now))

    def show_entries(self, incident: Incident, rows: Sequence[EntryRow], may_undo: bool, state: ViewState) -> None:
        """Show the timeline of an incident."""
        self.timeline.set_may_undo(may_undo)
        self.timeline.show_rows(incident.id, rows)
        self.timeline.set_state(state if not rows else READY)
        self.tabs.setTabText(1, say("incidents.timeline.title"))

    def tick(self, now: datetime) -> None:
        """A second has passed."""
        self.calls.tick(now)
        self._show_climb(now)


def _is_settled(incident: Incident) -> bool:
    """Whether what happened matters more now than whom to call."""
    return incident.state == "resolved" or not is_open(incident.state)
