"""How rows are painted: ground, selection, focus, values by tone, and the sentence in a view without rows."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)
from shiboken6 import isValid

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, icons, theme
from commandcenter.ui.core.rowtable import Index, Role
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.viewstate import Empty, ViewState

_SELECTED = QStyle.StateFlag.State_Selected
_HOVERED = QStyle.StateFlag.State_MouseOver
_FOCUS = QStyle.StateFlag.State_HasFocus
_BAR = 3
LINE = 18
"""Height of a further line of text in a row, in px at 100 %."""


def paint_ground(painter: QPainter, rect: QRect, *, is_selected: bool, is_hovered: bool, has_focus: bool,
                 is_first: bool = True) -> None:  # fmt: skip
    """The ground of a row or cell: hairline below, selection with a bar on its left, accent while it has the keys."""
    look = theme.current()
    if is_selected:
        painter.fillRect(rect, look.colour("accent_soft" if has_focus else "surface_2"))
    elif is_hovered:
        painter.fillRect(rect, look.colour("hover"))
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
    if is_selected and is_first:
        bar = QRect(rect.left(), rect.top(), look.px(_BAR), rect.height())
        painter.fillRect(bar, look.colour("accent" if has_focus else "control"))


def paint_text(painter: QPainter, rect: QRect, text: str, *, token: str = "text", pixels: int | None = None,
               is_strong: bool = False, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> int:  # fmt: skip
    """One line in a token's colour, cut with an ellipsis; returns its width in px. ``pixels`` at 100 %."""
    look = theme.current()
    high, weight = look.px(pixels or look.sizes.body), fonts.SEMIBOLD if is_strong else fonts.NORMAL
    shown = fonts.fitted(text, rect.width(), high, weight)
    painter.setFont(fonts.font(high, weight))
    painter.setPen(look.colour(token))
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), shown)
    return fonts.width_of(shown, high, weight)


def paint_lines(painter: QPainter, rect: QRect, text: str, lines: int, *, token: str = "text",
                is_strong: bool = False) -> None:  # fmt: skip
    """A text broken over at most so many lines, the last cut with an ellipsis, in the middle of ``rect``."""
    look = theme.current()
    font = fonts.font(look.px(look.sizes.body), fonts.SEMIBOLD if is_strong else fonts.NORMAL)
    metrics = QFontMetrics(font)
    shown = broken(text, font, rect.width())
    if len(shown) > lines:
        last = "".join(shown[lines - 1 :])
        shown = [*shown[: lines - 1], metrics.elidedText(last, Qt.TextElideMode.ElideRight, rect.width())]
    painter.setFont(font)
    painter.setPen(look.colour(token))
    height = look.px(LINE)
    top = rect.center().y() - height * len(shown) // 2
    for place, line in enumerate(shown):
        at = QRect(rect.left(), top + place * height, rect.width(), height)
        painter.drawText(at, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), line.rstrip())


def broken(text: str, font: QFont, width: int) -> list[str]:
    """A text in lines of at most ``width`` px, broken between words, else anywhere."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    found = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1))
        found.append(text[line.textStart() : line.textStart() + line.textLength()])
    layout.endLayout()
    return found


class RowDelegate(QStyledItemDelegate):
    """Paints the cells of a table from the roles of a RowTable."""

    lines = 1
    """So many lines of text have room in a row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: rows are equally high."""
        look = theme.current()
        return QSize(super().sizeHint(option, index).width(), look.px(look.sizes.row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one cell."""
        state: Any = option.state
        rect: QRect = option.rect
        view: Any = option.widget
        painter.save()
        paint_ground(
            painter, rect, is_selected=bool(state & _SELECTED), is_hovered=view.hovered_row == index.row(),
            has_focus=view.has_keys(), is_first=view.first_column == index.column(),
        )  # fmt: skip
        self._paint_value(painter, rect, index)
        painter.restore()

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Qt: a value that is cut is whole in its tooltip, unless its column has something else to say there."""
        if event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        own = index.data(Qt.ItemDataRole.ToolTipRole)
        text = str(index.data() or "")
        look = theme.current()
        room = view.visualRect(index).width() - 2 * look.space(2)
        needed = len(broken(text, fonts.font(look.px(look.sizes.body)), room))
        QToolTip.showText(event.globalPos(), tip(own or (text if needed > self.lines else "")), view)
        return True

    def _paint_value(self, painter: QPainter, rect: QRect, index: Index) -> None:
        tone = index.data(Role.TONE) or "text"
        gap = theme.current().space(2)
        align = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole))
        text = str(index.data() or "").replace("\n", " ")
        inner = rect.adjusted(gap, 0, -gap, 0)
        if self.lines > 1:
            paint_lines(painter, inner, text, self.lines, token=tone, is_strong=tone == "overdue")
        else:
            paint_text(painter, inner, text, token=tone, is_strong=tone == "overdue", align=align)


class CardDelegate(QStyledItemDelegate):
    """Paints a row of a CardList; a feature overrides :meth:`paint_card`."""

    height = 54
    """px at 100 %."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: all cards are equally high."""
        return QSize(200, theme.current().px(self.height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: ground, then the card."""
        state: Any = option.state
        rect: QRect = option.rect
        view: Any = option.widget
        is_selected = bool(state & _SELECTED)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(
            painter, rect, is_selected=is_selected, is_hovered=bool(state & _HOVERED), has_focus=view.has_keys()
        )
        margin = theme.current().space(3)
        self.paint_card(painter, rect.adjusted(margin, 0, -margin, -1), index.data(Role.ROW), is_selected)
        painter.restore()

    def paint_card(self, painter: QPainter, rect: QRect, row: Any, is_selected: bool) -> None:
        """Paint ``row`` inside ``rect``; the painter is restored afterwards."""
        raise TypeError(f"{type(self).__name__} does not say how its cards are painted")


def paint_message(widget: QWidget, painter: QPainter, rect: QRect, icon: str, title: str, hint: str) -> None:
    """A view without rows: an icon, what is the matter, and what to do next."""
    look = theme.current()
    size, line = look.px(28), look.px(24)
    wrapped = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
    inner = rect.adjusted(look.space(6), 0, -look.space(6), 0)
    top = max(rect.top() + look.space(4), rect.center().y() - size - line)
    picture = icons.pixmap(icon, size, "muted", widget.devicePixelRatioF())
    painter.drawPixmap(rect.center().x() - size // 2, top, picture)
    title_rect = QRect(inner.left(), top + size + look.space(2), inner.width(), line)
    paint_text(painter, title_rect, title, pixels=14, is_strong=True, align=Qt.AlignmentFlag.AlignHCenter)
    painter.setFont(fonts.font(look.px(look.sizes.body)))
    painter.setPen(look.colour("muted"))
    painter.drawText(QRect(inner.left(), title_rect.bottom() + look.space(1), inner.width(), line * 3), wrapped, hint)


def _strip_height() -> int:
    return theme.current().px(28)


class StripRoom(QObject):
    """Lets a view scroll on by the height of the strip, so that the strip hides no row."""

    def __init__(self, view: QAbstractItemView, content_height: Callable[[], int]) -> None:
        """``content_height`` tells the height of all rows in px."""
        super().__init__(view)
        self._view = view
        self._content_height = content_height
        self._is_open = False
        view.verticalScrollBar().rangeChanged.connect(self._widen)

    def set_open(self, is_open: bool) -> None:
        """Whether there is a strip."""
        self._is_open = is_open
        self._widen()

    @Slot()
    def _widen(self) -> None:
        # A view on its way out shrinks its scroll bar after its other parts are gone.
        if self._is_open and isValid(self._view) and isValid(self._view.viewport()):
            bar = self._view.verticalScrollBar()
            wanted = self._content_height() + _strip_height() - self._view.viewport().height()
            if bar.maximum() < wanted:
                bar.setMaximum(wanted)


def paint_strip(painter: QPainter, rect: QRect, state: ViewState, widget: QWidget) -> None:
    """Rows that may be out of date: a strip at the lower edge says since when."""
    look = theme.current()
    height = _strip_height()
    strip = QRect(rect.left(), rect.bottom() - height + 1, rect.width(), height)
    token = "near" if state.kind == "stale" else "overdue"
    painter.fillRect(strip, look.colour(f"{token}_soft"))
    painter.fillRect(strip.left(), strip.top(), strip.width(), 1, QColor(look.line))
    picture = icons.pixmap(state.icon, look.px(16), token, widget.devicePixelRatioF())
    painter.drawPixmap(strip.left() + look.space(3), strip.center().y() - look.px(8), picture)
    inner = strip.adjusted(look.space(8), 0, -look.space(3), 0)
    paint_text(painter, inner, state.sentence, token=token, pixels=look.sizes.caption)


def paint_state(widget: QWidget, painter: QPainter, rect: QRect, state: ViewState, empty: Empty | None) -> None:
    """Whatever a view must say besides its rows; ``empty`` is given when there are none."""
    if empty is None:
        if state.has_strip:
            paint_strip(painter, rect, state, widget)
    elif state.kind == "ready":
        paint_message(widget, painter, rect, empty.icon, say(empty.title_code), say(empty.hint_code))
    else:
        paint_message(widget, painter, rect, state.icon, state.sentence, state.hint)
