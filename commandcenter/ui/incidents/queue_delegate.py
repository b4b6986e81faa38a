"""How a row of the queue is painted: urgency square, what, where, age, who has it now; the strip on critical rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from commandcenter.rules.incidents import Limits
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.rowtable import Index, Role
from commandcenter.ui.core.theme import Theme
from commandcenter.ui.incidents import painting
from commandcenter.ui.incidents.rows import QueueRow

_PAD = 12
_MARK = 24
_RIGHT = 132
"""px at 100 % of the column with age and who; the age column alone is repainted every second."""


@dataclass(frozen=True, slots=True)
class Display:
    """What the officer chose to see in a row."""

    is_compact: bool = False
    shows_number: bool = False
    shows_place: bool = True
    shows_who: bool = True


class QueueDelegate(QStyledItemDelegate):
    """Paints rows; ``moment`` gives the present instant and the town's limits."""

    def __init__(self, moment: Callable[[], tuple[datetime, Limits]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._moment = moment
        self.display = Display()
        self.unacknowledged: frozenset[str] = frozenset()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """54 px, or 32 px when rows stand close."""
        shown = theme.current()
        return QSize(0, shown.px(shown.sizes.row if self.display.is_compact else shown.sizes.card))

    def live_rect(self, row_rect: QRect) -> QRect:
        """The part of a row that changes with time alone."""
        width = theme.current().px(_RIGHT + _PAD)
        return QRect(row_rect.right() - width, row_rect.top(), width + 1, row_rect.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row = index.data(Role.ROW)
        if not isinstance(row, QueueRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = theme.current()
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        self._ground(painter, rect, option, row, shown)
        inner = rect.adjusted(shown.px(_PAD), 0, -shown.px(_PAD), 0)
        side = shown.px(20 if self.display.is_compact else _MARK)
        mark = QRectF(inner.left(), inner.center().y() - side / 2, side, side)
        painting.urgency_mark(painter, mark, row.mark, row.incident.urgency, shown)
        words = QRectF(mark.right() + shown.px(10), inner.top(), 0, inner.height())
        words.setRight(inner.right() - shown.px(_RIGHT) - shown.px(8))
        right = QRectF(inner.right() - shown.px(_RIGHT), inner.top(), shown.px(_RIGHT), inner.height())
        (self._paint_line if self.display.is_compact else self._paint_card)(painter, words, right, row, shown)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, row: QueueRow, shown: Theme) -> None:
        state = option.state  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if row.id in self.unacknowledged:
            painter.fillRect(rect, shown.colour("overdue_soft"))
        elif selected:
            painter.fillRect(rect, shown.colour("surface_2"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, shown.colour("hover"))
        if selected:
            painter.fillRect(QRectF(rect.left(), rect.top(), shown.px(3), rect.height()), shown.colour("selection"))
        painting.hairline(painter, rect, shown)
        if selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(shown.accent), 2))
            painter.setBrush(QColor(0, 0, 0, 0))
            painter.drawRect(rect.adjusted(1, 1, -1, -2))

    def _paint_card(self, painter: QPainter, words: QRectF, right: QRectF, row: QueueRow, shown: Theme) -> None:
        middle = words.center().y()
        upper = QRectF(words.left(), middle - shown.px(20), words.width(), shown.px(20))
        lower = QRectF(words.left(), middle, words.width(), shown.px(19))
        painting.write(painter, upper, row.what, painting.ink(shown, "text", 14, fonts.SEMIBOLD))
        painting.write(painter, lower, self._second(row), painting.ink(shown, "muted", 13))
        age_box = QRectF(right.left(), upper.top(), right.width(), upper.height())
        who_box = QRectF(right.left(), lower.top(), right.width(), lower.height())
        self._age(painter, age_box, row, shown)
        if self.display.shows_who:
            painting.write(painter, who_box, row.now, painting.ink(shown, "text", 13), painting.RIGHT)
        self._strip(painter, right, row, shown)

    def _second(self, row: QueueRow) -> str:
        parts = [row.where]
        if self.display.shows_place and row.incident.place:
            parts.append(row.incident.place)
        if self.display.shows_number:
            parts.append(row.incident.number)
        return " · ".join(parts)

    def _paint_line(self, painter: QPainter, words: QRectF, right: QRectF, row: QueueRow, shown: Theme) -> None:
        strong, quiet = painting.ink(shown, "text", 13, fonts.SEMIBOLD), painting.ink(shown, "muted", 13)
        where = QRectF(words)
        where.setWidth(min(quiet.width(row.where), words.width() * 0.5))
        painting.write(painter, where, row.where, quiet)
        what = QRectF(words)
        what.setLeft(where.right() + shown.px(8))
        painting.write(painter, what, row.what, strong)
        self._age(painter, right, row, shown)
        self._strip(painter, right, row, shown)

    def _age(self, painter: QPainter, rect: QRectF, row: QueueRow, shown: Theme) -> None:
        now, limits = self._moment()
        late = row.is_overdue(now, limits)
        weight = fonts.BOLD if late else fonts.SEMIBOLD
        painting.write(painter, rect, row.age(now), painting.ink(shown, "overdue" if late else "text", 14, weight), painting.RIGHT)

    def _strip(self, painter: QPainter, right: QRectF, row: QueueRow, shown: Theme) -> None:
        now, limits = self._moment()
        segments = row.strip(now, limits)
        if segments is not None:
            width = shown.px(84)
            box = QRectF(right.right() - width, right.bottom() - shown.px(7), width, shown.px(4))
            painting.strip(painter, box, segments, shown)
