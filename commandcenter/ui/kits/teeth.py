"""The layer 七件套 of the map: a tooth for each piece of the keeper's kit, a gap where it is not in order."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.kits import SlotState
from commandcenter.services import kit_reading
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.map.layers import LayerView
from commandcenter.ui.core.map.model import LegendEntry, Marker
from commandcenter.ui.core.map.teeth import Teeth, row_of
from commandcenter.ui.core.rereading import Question, Rereading
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.kits.sections import today_of


class KitTeeth(QObject):
    """Read while it is switched on. Signals: ``changed()`` when the map has to ask anew."""

    changed = Signal()
    name, title_code = "kits", "kits.layer"

    def __init__(self, tools: Tools, parent: QWidget) -> None:
        super().__init__(parent)
        self._tools = tools
        self._is_shown = self._is_behind = False
        self._states: dict[str, tuple[SlotState, ...]] = {}
        self.teeth = Teeth()
        self._day = today_of(tools)
        self.reading = Rereading(tools.desk, self.question, self)
        self.reading.answered.connect(self._take)
        self.reading.troubled.connect(self._troubled)
        tools.desk.live_changed.connect(self._live_changed)
        tools.ticker.listen(self._tick)

    def question(self) -> Question:
        """The states by grid, as of the town's day."""
        self._day = today_of(self._tools)
        return partial(_ask, self._day)

    def set_shown(self, is_shown: bool) -> None:
        """Read when it comes into sight, if something changed since."""
        was_shown, self._is_shown = self._is_shown, is_shown
        if is_shown and not was_shown and (self._is_behind or not self.reading.is_read):
            self._is_behind = False
            self.reading.read_again()

    def markers(self) -> Sequence[Marker]:
        """None."""
        return ()

    def paint(self, painter: QPainter, view: LayerView) -> None:
        """One blit."""
        self.teeth.paint(painter, view)

    def legend(self) -> Sequence[LegendEntry]:
        """What stands and what is missing; that they could not be read."""
        if self.reading.trouble is not None:
            return (LegendEntry(say("kits.legend.failed"), symbol="gap"),)
        with_gaps = sum(1 for states in self._states.values() if any(each != "good" for each in states))
        return (LegendEntry(say("kits.legend.whole", count=len(self._states) - with_gaps), symbol="teeth"),
                LegendEntry(say("kits.legend.gap", count=with_gaps), symbol="gap"))  # fmt: skip

    @Slot(object)
    def _take(self, found: dict[str, tuple[SlotState, ...]]) -> None:
        self._states = found
        self.teeth.show({grid: row_of([each == "good" for each in states]) for grid, states in found.items()})
        self.changed.emit()

    @Slot()
    def _troubled(self) -> None:
        self.changed.emit()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.kits or change.people or change.places or change.listed:
            self._again()

    def _again(self) -> None:
        if self._is_shown:
            self.reading.read_again()
        else:
            self._is_behind = True

    def _tick(self, _now: datetime) -> None:
        if today_of(self._tools) != self._day:
            self._day = today_of(self._tools)
            self._again()


def _ask(today: Any, reader: Any) -> dict[str, tuple[SlotState, ...]]:
    """On the read lane."""
    return kit_reading.teeth(reader, today)
