"""What a kit consists of, place by place, on its card; also the pieces of a shelf. Arrows and digits choose one."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import paint_ground, paint_text
from commandcenter.ui.kits.marks import SIGN, TONES, article_name, paint_sign, state_words
from commandcenter.ui.kits.rows import Item

HEIGHT = 46
_RIGHT = Qt.AlignmentFlag.AlignRight
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class PieceList(QWidget):
    """Signals: ``moved(key)`` when another one was chosen by hand; ``opened(key)`` on Enter or a double click;
    ``left()`` on Escape."""

    moved = Signal(str)
    opened = Signal(str)
    left = Signal()

    def __init__(self, items: Sequence[Item], signs: dict[str, str], chosen: str | None) -> None:
        super().__init__()
        self.items, self._signs = tuple(items), signs
        keys = [each.key for each in self.items]
        self.at = keys.index(chosen) if chosen in keys else -1
        self.reasons: dict[str, str] = {}
        """The last reason given, by piece; words that not everybody may read."""
        self.setObjectName("kits.pieces")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(say("kits.section.slots"))

    @property
    def chosen(self) -> Item | None:
        """The one that is chosen."""
        return self.items[self.at] if 0 <= self.at < len(self.items) else None

    def choose(self, place: int) -> None:
        """By its place, from 0; places that do not exist are ignored."""
        if 0 <= place < len(self.items):
            self.at = place
            self.update()
            self.setAccessibleDescription(self._told(self.items[place]))
            self.moved.emit(self.items[place].key)

    def tell_reasons(self, reasons: dict[str, str]) -> None:
        """They are read apart."""
        self.reasons = reasons
        self.update()

    def _told(self, item: Item) -> str:
        return f"{article_name(item.article)} {state_words(item.state)}"

    def _high(self) -> int:
        return theme.current().px(HEIGHT)

    def sizeHint(self) -> QSize:
        """Qt: a row for each."""
        return QSize(200, self._high() * len(self.items))

    def minimumSizeHint(self) -> QSize:
        """Qt: the same height."""
        return QSize(60, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Qt: digits mean places here, not the room's keys."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.text().isdecimal():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows, digits (full-width ones too), Enter, Escape."""
        step, text = _STEPS.get(Qt.Key(event.key())), event.text()
        if step is not None:
            self.choose(min(max(self.at + step, 0), len(self.items) - 1))
        elif len(text) == 1 and text.isdecimal():
            self.choose(int(text) - 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.opened.emit(self.chosen.key)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: the one under the mouse."""
        self.choose(int(event.position().y()) // self._high())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: what is to be done with it."""
        if self.chosen is not None:
            self.opened.emit(self.chosen.key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: who comes here by key stands on the first that waits, else on the first."""
        super().focusInEvent(event)
        if self.at < 0 and event.reason() != Qt.FocusReason.MouseFocusReason:
            bad = next((place for place, each in enumerate(self.items) if each.state != "good"), 0)
            self.choose(bad)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: painted as chosen without the keys."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: sign, name, state; below code, days and reason."""
        painter = QPainter(self)
        for place, item in enumerate(self.items):
            area = QRect(0, place * self._high(), self.width(), self._high())
            paint_ground(painter, area, is_selected=place == self.at, is_hovered=False, has_focus=self.hasFocus())
            self._paint_item(painter, area, item, place)
        painter.end()

    def _paint_item(self, painter: QPainter, area: QRect, item: Item, place: int) -> None:
        look = theme.current()
        side = look.px(SIGN)
        sign = QRect(area.left() + look.space(2), area.center().y() - side // 2, side, side)
        paint_sign(painter, sign, item.state, self._signs.get(item.article.id, "?"))
        inner = area.adjusted(side + look.space(5), look.px(4), -look.space(2), -look.px(4))
        upper, lower = QRect(inner), QRect(inner)
        upper.setHeight(inner.height() // 2)
        lower.setTop(upper.bottom() + 1)
        tone = TONES[item.state]
        words = state_words(item.state)
        wide = paint_text(painter, upper, words, token=tone, is_strong=item.state != "good", align=_RIGHT)
        upper.setRight(upper.right() - wide - look.space(2))
        name = f"{place + 1}  {article_name(item.article)}" if place < 9 else article_name(item.article)
        paint_text(painter, upper, f"{name} {item.size}".rstrip(), is_strong=place == self.at)
        paint_text(painter, lower, _facts(item, self.reasons), token="muted", pixels=look.sizes.caption)


def _facts(item: Item, reasons: dict[str, str]) -> str:
    piece = item.piece
    if piece is None:
        return say("kits.piece.none")
    due = say("kits.piece.due", day=piece.due_on) if piece.due_on else ""
    parts = (piece.code, say("kits.piece.issued", day=piece.issued_on), due, reasons.get(piece.id, ""))
    return " · ".join(part for part in parts if part)
