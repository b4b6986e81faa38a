"""The layer 七件套 of the map: a tooth for each piece of the keeper's kit, a gap where it is not in order."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.kits import SlotState
from commandcenter.services import kit_reading
from commandcenter.services.live import LiveChange
from commandcenter.ui.core.map.daylayer import DayLayer
from commandcenter.ui.core.map.layers import LayerView
from commandcenter.ui.core.map.model import LegendEntry
from commandcenter.ui.core.map.teeth import Teeth, row_of
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.tools import Tools


class KitTeeth(DayLayer):
    """The states of the places of each keeper's kit."""

    name, title_code = "kits", "kits.layer"

    def __init__(self, tools: Tools, parent: QWidget) -> None:
        self._states: dict[str, tuple[SlotState, ...]] = {}
        self.teeth = Teeth()
        super().__init__(tools, parent)

    def ask(self, today: date) -> Question:
        """The states by grid."""
        return partial(_ask, today)

    def take(self, found: dict[str, tuple[SlotState, ...]]) -> None:
        """Other teeth."""
        self._states = found
        self.teeth.show({grid: row_of([each == "good" for each in states]) for grid, states in found.items()})

    def concerns(self, change: LiveChange) -> bool:
        """Kits, who has them, and whatever stands in printed books."""
        return change.kits or change.people or change.places or change.listed

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


def _ask(today: Any, reader: Any) -> dict[str, tuple[SlotState, ...]]:
    """On the read lane."""
    return kit_reading.teeth(reader, today)
