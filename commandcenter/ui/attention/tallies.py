"""The layer 关注清单 of the map: under each grid how many people, places and matters its list has, and whether a review
is overdue. Whom it is about the pointer tells to those who may read names."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.services import attention_reading
from commandcenter.services.attention_reading import Tally
from commandcenter.services.live import LiveChange
from commandcenter.services.wording import listed
from commandcenter.ui.core.map.daylayer import DayLayer
from commandcenter.ui.core.map.layers import LayerView
from commandcenter.ui.core.map.model import LegendEntry
from commandcenter.ui.core.map.teeth import Tallies
from commandcenter.ui.core.rereading import Question
from commandcenter.ui.core.tools import Tools


class AttentionTallies(DayLayer):
    """The open entries of every grid, counted."""

    name, title_code = "attention", "attention.layer"

    def __init__(self, tools: Tools, parent: QWidget) -> None:
        self._found: Mapping[str, Tally] = {}
        self.plates = Tallies()
        super().__init__(tools, parent)

    def ask(self, today: date) -> Question:
        """The counts by grid."""
        return partial(_ask, today)

    def take(self, found: Mapping[str, Tally]) -> None:
        """Other counts."""
        self._found = found
        self.plates.show({grid: (each.people, each.places, each.matters, each.overdue > 0)
                          for grid, each in found.items()})  # fmt: skip

    def concerns(self, change: LiveChange) -> bool:
        """The list, the register from which it is read, and the grids."""
        return change.listed or change.places

    def paint(self, painter: QPainter, view: LayerView) -> None:
        """One blit."""
        self.plates.paint(painter, view)

    def legend(self) -> Sequence[LegendEntry]:
        """What the signs mean, and how many grids wait for a review; that they could not be read."""
        if self.reading.trouble is not None:
            return (LegendEntry(say("attention.legend.failed"), symbol="overdue_tally"),)
        late = sum(1 for each in self._found.values() if each.overdue)
        return (LegendEntry(say("attention.legend.counts", count=len(self._found)), symbol="tally"),
                LegendEntry(say("attention.legend.overdue", count=late), symbol="overdue_tally"))  # fmt: skip

    def hover(self, grid: str) -> Sequence[str]:
        """The counts in words; a few names for whoever reads them."""
        found = self._found.get(grid)
        if found is None:
            return ()
        known = (("people", found.people), ("places", found.places), ("matters", found.matters))
        counts = [say(f"attention.hover.{name}", count=count) for name, count in known if count]
        told = say("attention.hover", counts=listed(counts))
        lines = [told]
        if found.names:
            names, more = listed(found.names), found.people - len(found.names)
            lines.append(say("attention.hover.more", names=names, count=found.people) if more > 0 else names)
        if found.overdue:
            lines.append(say("attention.hover.overdue", count=found.overdue))
        return lines


def _ask(today: date, reader: Any) -> Mapping[str, Tally]:
    """On the read lane."""
    return attention_reading.tallies(reader, today)
