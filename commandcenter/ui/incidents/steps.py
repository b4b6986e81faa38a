"""The step bar: six cells with times, those done with a green edge, the present one with the accent's."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.theme import Theme
from commandcenter.ui.incidents import painting
from commandcenter.ui.incidents.cells import Cell, CellKind

_EDGES: dict[CellKind, str] = {"done": "ok", "now": "accent", "todo": "line", "skipped": "line", "ended": "muted"}


class StepBar(QWidget):
    """Shows the cells of one incident; :meth:`tick` moves the running time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: Sequence[Cell] = ()
        self._now: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_cells(self, cells: Sequence[Cell], now: datetime) -> None:
        """Show these cells at ``now``."""
        self._cells, self._now = cells, now
        self.setAccessibleName(self._spoken())
        self.update()

    def tick(self, now: datetime) -> None:
        """Time has passed."""
        self._now = now
        for place, cell in enumerate(self._cells):
            if cell.kind == "now":
                self.update(self._rect(place).toAlignedRect())

    def lines(self) -> list[tuple[str, str]]:
        """What the cells say: title and second line."""
        return [(cell.title, cell.second_line(self._now)) for cell in self._cells if self._now is not None]

    def _spoken(self) -> str:
        return say("incidents.list.semicolon").join(" ".join(line) for line in self.lines())

    def sizeHint(self) -> QSize:
        """Six cells in a row."""
        return QSize(theme.current().px(360), theme.current().px(46))

    def minimumSizeHint(self) -> QSize:
        """They may stand close."""
        return QSize(theme.current().px(300), theme.current().px(46))

    def _rect(self, place: int) -> QRectF:
        gap = theme.current().px(3)
        width = (self.width() - gap * (len(self._cells) - 1)) / max(len(self._cells), 1)
        return QRectF(place * (width + gap), 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw the cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = theme.current()
        for place, cell in enumerate(self._cells):
            self._paint_cell(painter, self._rect(place), cell, shown)
        painter.end()

    def _paint_cell(self, painter: QPainter, rect: QRectF, cell: Cell, shown: Theme) -> None:
        present = cell.kind in ("now", "ended")
        painter.fillRect(rect, shown.colour("hover" if present else "surface"))
        edge = shown.px(3 if present or cell.kind == "done" else 2)
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), edge), shown.colour(_EDGES[cell.kind]))
        weight = fonts.SEMIBOLD if present else fonts.NORMAL
        quiet = cell.kind in ("todo", "skipped")
        title = painting.ink(shown, "muted" if quiet else "text", 13, weight)
        second = painting.ink(shown, "text" if present else "muted", shown.sizes.caption, weight)
        upper = QRectF(rect.left() + 2, rect.top() + shown.px(5), rect.width() - 4, shown.px(20))
        lower = QRectF(rect.left() + 2, upper.bottom() - 1, rect.width() - 4, shown.px(18))
        line = cell.second_line(self._now) if self._now is not None else ""
        painting.write(painter, upper, cell.title, title, painting.CENTRE)
        painting.write(painter, lower, line, second, painting.CENTRE)
