"""How a row of the call-out is painted: dot, role and name, the number in 16 px, the result and the time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.rowpaint import CardDelegate
from commandcenter.ui.core.rowtable import Index, Role
from commandcenter.ui.core.theme import Theme
from commandcenter.ui.incidents import painting
from commandcenter.ui.incidents.call_rows import CallRow

_TIME = 62
_WIDE = 520
"""px at 100 % from which a row has room for everything on one line."""
_DENSE = 400
"""px at 100 % from which a row has room for it with the role cut, where two lines each would hide people."""
_HEIGHT, _LOW = 44, 28
_TONES = {"answered": "ok", "ringing": "accent", "waiting": "muted", "failed": "near", "out": "disabled"}


class CallDelegate(CardDelegate):
    """Paints call rows; one line when there is room or when two would hide people, else two lines of 13 and 16 px."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self.is_wide = False
        self.is_dense = False

    def is_dense_at(self, width: int, height: int, count: int) -> bool:
        """Whether a list of this size shows more of so many people with one line each."""
        look = theme.current()
        return width >= look.px(_DENSE) and count * look.px(_HEIGHT) > height

    def is_wide_at(self, width: int) -> bool:
        """Whether a list of this width shows one line per person."""
        return width >= theme.current().px(_WIDE)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """28 px in the wide list, so that fourteen people stand on a small screen, and in a low one; 44 in a narrow one
        with room for all."""
        return QSize(0, theme.current().px(_LOW if self.is_wide or self.is_dense else _HEIGHT))

    def live_rect(self, row_rect: QRect) -> QRect:
        """The part of a row that changes with time alone."""
        width = theme.current().px(_TIME + 16)
        return QRect(row_rect.right() - width, row_rect.top(), width + 1, row_rect.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One person."""
        row = index.data(Role.ROW)
        if not isinstance(row, CallRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = theme.current()
        place: Any = option.rect
        rect = QRectF(place)
        self._ground(painter, rect, option, row, shown)
        inner = rect.adjusted(shown.px(12), 0, -shown.px(12), 0)
        painting.dot(painter, QPointF(inner.left() + shown.px(5), rect.center().y()), row.dot, shown)
        body = inner.adjusted(shown.px(20), 0, 0, 0)
        if self.is_wide or self.is_dense:
            self._paint_wide(painter, body, row, shown)
        else:
            self._paint_narrow(painter, body, row, shown)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRectF, option: Any, row: CallRow, shown: Theme) -> None:
        state: Any = option.state
        if row.is_next:
            painter.fillRect(rect, shown.colour("accent_soft"))
            painter.fillRect(QRectF(rect.left(), rect.top(), shown.px(3), rect.height()), shown.colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, shown.colour("hover"))
        painting.hairline(painter, rect, shown)
        if state & QStyle.StateFlag.State_Selected:
            focused = bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(shown.colour("accent" if focused else "control"), 2 if focused else 1))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -2), shown.px(4), shown.px(4))

    def _paint_wide(self, painter: QPainter, body: QRectF, row: CallRow, shown: Theme) -> None:
        phone_width = shown.px(120 if self.is_wide else 114)
        result_width = shown.px(104) if self.is_wide else _result_width(shown)
        time_width = shown.px(_TIME if self.is_wide else 46)
        time = QRectF(body.right() - time_width, body.top(), time_width, body.height())
        result = QRectF(time.left() - result_width - shown.px(8), body.top(), result_width, body.height())
        phone = QRectF(result.left() - phone_width - shown.px(8), body.top(), phone_width, body.height())
        people = QRectF(body.left(), body.top(), phone.left() - body.left() - shown.px(8), body.height())
        self._who(painter, people, row, shown)
        self._phone(painter, phone, row, shown)
        self._result(painter, result, row, shown)
        self._time(painter, time, row, shown)

    def _paint_narrow(self, painter: QPainter, body: QRectF, row: CallRow, shown: Theme) -> None:
        middle = body.center().y()
        upper = QRectF(body.left(), middle - shown.px(20), body.width(), shown.px(20))
        lower = QRectF(body.left(), middle, body.width(), shown.px(20))
        time = QRectF(lower.right() - shown.px(_TIME), lower.top(), shown.px(_TIME), lower.height())
        result = QRectF(upper.right() - shown.px(130), upper.top(), shown.px(130), upper.height())
        self._who(painter, QRectF(upper.left(), upper.top(), result.left() - upper.left(), upper.height()), row, shown)
        self._phone(painter, QRectF(lower.left(), lower.top(), time.left() - lower.left(), lower.height()), row, shown)
        self._result(painter, result, row, shown)
        self._time(painter, time, row, shown)

    def _who(self, painter: QPainter, rect: QRectF, row: CallRow, shown: Theme) -> None:
        role = painting.ink(shown, "muted", 13)
        bold = painting.ink(shown, "text", 14, fonts.SEMIBOLD)
        # The name is what is spoken: the role gives way first, but does not vanish.
        left = rect.width() - bold.width(row.name) - shown.px(8)
        width = min(role.width(row.role), max(left, rect.width() * 0.4))
        painting.write(painter, QRectF(rect.left(), rect.top(), width, rect.height()), row.role, role)
        name = rect.adjusted(width + shown.px(8), 0, 0, 0)
        painting.write(painter, name, row.name, bold)

    def _phone(self, painter: QPainter, rect: QRectF, row: CallRow, shown: Theme) -> None:
        strong = fonts.SEMIBOLD if row.is_next else fonts.NORMAL
        painting.write(painter, rect, row.phone, painting.ink(shown, "text", shown.sizes.figure, strong))

    def _result(self, painter: QPainter, rect: QRectF, row: CallRow, shown: Theme) -> None:
        words = say("incidents.call.next") if row.is_next and row.dot == "waiting" else row.words
        tone = "accent" if row.is_next and row.dot == "waiting" else _TONES[row.dot]
        weight = fonts.SEMIBOLD if row.is_next or row.dot == "answered" else fonts.NORMAL
        painting.write(painter, rect, words, painting.ink(shown, tone, 13, weight), painting.RIGHT)

    def _time(self, painter: QPainter, rect: QRectF, row: CallRow, shown: Theme) -> None:
        tone = "text" if row.ended is None else "muted"
        painting.write(painter, rect, row.elapsed(self._now()), painting.ink(shown, tone, 13), painting.RIGHT)


def _result_width(shown: Theme) -> int:
    """Room for the usual results where room is short, in the language of the moment."""
    ink = painting.ink(shown, "text", 13, fonts.SEMIBOLD)
    usual = max(ink.width(say(f"incidents.result.{each}")) for each in ("waiting", "no_answer", "answered"))
    return min(shown.px(96), int(usual) + shown.px(4))
