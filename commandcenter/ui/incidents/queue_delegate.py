"""How a row of the queue is painted: urgency square, what, where, age, who has it now; the strip on critical rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from commandcenter.rules.incidents import Limits
from commandcenter.rules.masks import is_masked
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.rowpaint import CardDelegate
from commandcenter.ui.core.rowtable import Index, Role
from commandcenter.ui.core.theme import Theme
from commandcenter.ui.incidents import painting, words
from commandcenter.ui.incidents.rows import QueueRow

_MARK, _MARK_CLOSE = 24, 20
_RIGHT = 92
"""px at 100 % of the age and the strip; this part alone is repainted every second."""


@dataclass(frozen=True, slots=True)
class Display:
    """What the officer chose to see in a row."""

    is_compact: bool = False
    shows_number: bool = False
    shows_place: bool = False
    shows_who: bool = True


class QueueDelegate(CardDelegate):
    """Paints rows; ``moment`` gives the present instant and the town's limits."""

    def __init__(self, moment: Callable[[], tuple[datetime, Limits]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._moment = moment
        self.display = Display()
        self.unacknowledged: frozenset[str] = frozenset()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: 54 px, or 32 px when rows stand close."""
        shown = theme.current()
        return QSize(200, shown.px(shown.sizes.row if self.display.is_compact else shown.sizes.card))

    def live_rect(self, row_rect: QRect) -> QRect:
        """The part of a row that changes with time alone."""
        width = theme.current().px(_RIGHT + 12)
        return QRect(row_rect.right() - width, row_rect.top(), width + 1, row_rect.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: a row; one that still sounds stands on a ground of its own."""
        if index.data(Role.ID) in self.unacknowledged:
            rect: Any = option.rect
            painter.fillRect(rect, theme.current().colour("overdue_soft"))
        super().paint(painter, option, index)

    def paint_card(self, painter: QPainter, rect: QRect, row: Any, is_selected: bool) -> None:
        """One row."""
        shown = theme.current()
        inner = QRectF(rect)
        side = shown.px(_MARK_CLOSE if self.display.is_compact else _MARK)
        mark = QRectF(inner.left(), inner.center().y() - side / 2, side, side)
        painting.urgency_mark(painter, mark, row.mark, row.incident.urgency, shown)
        right = QRectF(inner.right() - shown.px(_RIGHT), inner.top(), shown.px(_RIGHT), inner.height())
        text = QRectF(mark.right() + shown.px(10), inner.top(), 0, inner.height())
        text.setRight(right.left() - shown.px(8))
        (self._paint_line if self.display.is_compact else self._paint_lines)(painter, text, right, row, shown)
        self._strip(painter, right, row, shown)

    def _who_width(self, row: QueueRow, room: float, shown: Theme) -> float:
        """As wide as who has it needs, up to half of the line."""
        return min(painting.ink(shown, "text", 13).width(row.now) + 2, room * 0.5) if self.display.shows_who else 0.0

    def _paint_lines(self, painter: QPainter, text: QRectF, right: QRectF, row: QueueRow, shown: Theme) -> None:
        middle = text.center().y() - (shown.px(4) if row.incident.urgency == "critical" else 0)
        height = shown.px(20)
        painting.write(painter, QRectF(text.left(), middle - height, text.width(), height), row.what,
                       painting.ink(shown, "text", 14, fonts.SEMIBOLD))  # fmt: skip
        self._age(painter, QRectF(right.left(), middle - height, right.width(), height), row, shown)
        whole = QRectF(text.left(), middle, right.right() - text.left(), height)
        who = QRectF(whole)
        who.setLeft(whole.right() - self._who_width(row, whole.width(), shown))
        second = whole.adjusted(0, 0, -who.width() - shown.px(8), 0)
        painting.write(painter, second, self._second(row), painting.ink(shown, "muted", 13))
        if self.display.shows_who:
            painting.write(painter, who, row.now, painting.ink(shown, "text", 13), painting.RIGHT)

    def _second(self, row: QueueRow) -> str:
        parts = [row.where]
        place = words.shown(row.incident.place)
        if self.display.shows_place and place and not is_masked(place):
            parts.append(place)
        if self.display.shows_number:
            parts.append(row.incident.number)
        return " · ".join(parts)

    def _paint_line(self, painter: QPainter, text: QRectF, right: QRectF, row: QueueRow, shown: Theme) -> None:
        strong, quiet = painting.ink(shown, "text", 13, fonts.SEMIBOLD), painting.ink(shown, "muted", 13)
        where = QRectF(text)
        where.setWidth(min(quiet.width(row.where) + 1, text.width() * 0.5))
        painting.write(painter, where, row.where, quiet)
        what = QRectF(text)
        what.setLeft(where.right() + shown.px(8))
        painting.write(painter, what, row.what, strong)
        self._age(painter, right, row, shown)

    def _age(self, painter: QPainter, rect: QRectF, row: QueueRow, shown: Theme) -> None:
        now, limits = self._moment()
        late = row.is_overdue(now, limits)
        how = painting.ink(shown, "overdue" if late else "text", 14, fonts.BOLD if late else fonts.SEMIBOLD)
        painting.write(painter, rect, row.age(now), how, painting.RIGHT)

    def _strip(self, painter: QPainter, right: QRectF, row: QueueRow, shown: Theme) -> None:
        now, limits = self._moment()
        segments = row.strip(now, limits)
        if segments is not None:
            width = shown.px(84)
            box = QRectF(right.right() - width, right.bottom() - shown.px(6), width, shown.px(4))
            painting.strip(painter, box, segments, shown)
