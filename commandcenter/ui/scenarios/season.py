"""The months of a scenario's season as a strip of twelve, the present month marked."""

from typing import Any

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from commandcenter.rules.scenarios import Scenario, in_season
from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import RowDelegate
from commandcenter.ui.core.rowtable import Index, Role
from commandcenter.ui.core.tips import tip
from commandcenter.ui.scenarios.words import season_words


def paint_season(painter: QPainter, rect: QRect, scenario: Scenario, month: int) -> None:
    """Twelve cells across ``rect``: months of the season filled, the others hollow, ``month`` underlined."""
    look = theme.current()
    gap, high = look.px(2), look.px(10)
    wide = max((rect.width() - 11 * gap) // 12, 2)
    top = rect.center().y() - high // 2
    for number in range(1, 13):
        cell = QRect(rect.left() + (number - 1) * (wide + gap), top, wide, high)
        if in_season(scenario, number):
            painter.fillRect(cell, look.colour("control"))
        else:
            painter.setPen(look.colour("line"))
            painter.drawRect(cell.adjusted(0, 0, -1, -1))
        if number == month:
            painter.fillRect(cell.left(), cell.bottom() + look.px(2), wide, look.px(2), look.colour("accent"))


class SeasonDelegate(RowDelegate):
    """Paints the season of a row; ``month`` is the present one."""

    def __init__(self, month: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._month = month

    def _paint_value(self, painter: QPainter, rect: QRect, index: Index) -> None:
        row: Any = index.data(Role.ROW)
        gap = theme.current().space(2)
        paint_season(painter, rect.adjusted(gap, 0, -gap, 0), row.scenario, self._month)


class SeasonStrip(QWidget):
    """The strip on a card."""

    def __init__(self, scenario: Scenario, month: int) -> None:
        super().__init__()
        self._scenario, self._month = scenario, month
        self.setToolTip(tip(season_words(scenario)))
        self.setAccessibleName(season_words(scenario))

    def sizeHint(self) -> QSize:
        """Qt: twelve small cells."""
        look = theme.current()
        return QSize(look.px(168), look.px(22))

    def minimumSizeHint(self) -> QSize:
        """Qt: no smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the strip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        paint_season(painter, self.rect(), self._scenario, self._month)
        painter.end()


