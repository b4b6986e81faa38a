"""The open incidents that may be meant, each with what can be done about it: use that one, or merge after saving."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.intake.duplicates import SHOWN, DuplicateRow
from commandcenter.ui.incidents.painting import RIGHT, ink, urgency_mark, write

_HEIGHT = 60


class DuplicateCard(QWidget):
    """One incident. Enter uses it instead of a new one, ``+`` has the report merged into it after saving.

    Signals: ``use(id)``; ``merge(id)``; ``keys_moved()`` – it got or lost the focus.
    """

    use = Signal(str)
    merge = Signal(str)
    keys_moved = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._row: DuplicateRow | None = None
        self._now: datetime | None = None
        self._use = Button("intake.duplicates.open", kind="quiet", parent=self)
        self._merge = Button("intake.duplicates.merge", kind="quiet", parent=self)
        self._merge.setCheckable(True)
        self._use.clicked.connect(self._use_it)
        self._merge.clicked.connect(self._merge_it)
        for button in (self._use, self._merge):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, theme.current().px(28), theme.current().px(4), theme.current().px(2))
        line.addStretch(1)
        line.addWidget(self._use)
        line.addWidget(self._merge)

    def show_row(self, row: DuplicateRow, now: datetime, *, is_merged: bool) -> None:
        """Show another incident in this place."""
        self._row, self._now = row, now
        self._merge.setChecked(is_merged)
        self.setAccessibleName(f"{row.number} {row.what} {row.where} {row.why}")
        self.setToolTip(tip(f"{row.number} {row.what}\n{row.where}\n{row.why}"))
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: two lines."""
        return QSize(200, theme.current().px(_HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter uses it, + merges, arrows go to the neighbours."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use_it()
        elif event.text() in ("+", "＋"):
            self._merge_it()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: what can be done is written below the list."""
        super().focusInEvent(event)
        self.keys_moved.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: no more."""
        super().focusOutEvent(event)
        self.keys_moved.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: the card."""
        if self._row is None or self._now is None:
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("accent" if self.hasFocus() else "line"), 2 if self.hasFocus() else 1))
        painter.setBrush(look.colour("surface_2"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), look.px(6), look.px(6))
        self._paint_words(painter, self._row, self._row.age(self._now))
        painter.end()

    def _paint_words(self, painter: QPainter, row: DuplicateRow, age: str) -> None:
        look = theme.current()
        box = QRectF(look.px(8), look.px(9), look.px(20), look.px(20))
        urgency_mark(painter, box, words.urgency_mark(row.urgency), row.urgency, look)
        strong, quiet = ink(look, weight=fonts.SEMIBOLD), ink(look, "muted", look.sizes.caption)
        left, right = look.px(36), self.width() - look.px(10)
        top = QRectF(left, look.px(4), right - left - strong.width(age) - look.px(8), look.px(26))
        write(painter, top, row.what, strong)
        write(painter, QRectF(left, look.px(4), right - left, look.px(26)), age, strong, RIGHT)
        below = QRectF(left, look.px(32), self._use.x() - left - look.px(8), look.px(22))
        write(painter, below, f"{row.where} · {row.why}", quiet)

    @Slot()
    def _use_it(self) -> None:
        if self._row is not None:
            self.use.emit(self._row.id)

    @Slot()
    def _merge_it(self) -> None:
        if self._row is not None:
            self.merge.emit(self._row.id)


class DuplicateList(QWidget):
    """The likeliest incidents under a heading; hidden while there are none. It takes no place from the fields above.

    Signals: ``use(id)``; ``merge(id)``.
    """

    use = Signal(str)
    merge = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = Label("intake.duplicates.title", "strong", self)
        self._hint = Label("intake.duplicates.hint", "caption", self)
        self._hint.setWordWrap(True)
        self._cards = [DuplicateCard(self) for _ in range(SHOWN)]
        self._rows: tuple[DuplicateRow, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space())
        for widget in (self._title, *self._cards, self._hint):
            column.addWidget(widget)
        for card in self._cards:
            card.use.connect(self.use)
            card.merge.connect(self.merge)
            card.keys_moved.connect(self._keys_moved)
        self._hint.hide()
        self.hide()

    @property
    def rows(self) -> tuple[DuplicateRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[DuplicateRow], now: datetime, merge_into: str) -> None:
        """Show these incidents; ``merge_into`` is the id of the one that was chosen to be merged into, or empty."""
        self._rows = tuple(rows)
        for place, card in enumerate(self._cards):
            card.setVisible(place < len(self._rows))
            if place < len(self._rows):
                row = self._rows[place]
                card.show_row(row, now, is_merged=row.id == merge_into)
        self.setVisible(bool(self._rows))

    @Slot()
    def _keys_moved(self) -> None:
        self._hint.setVisible(any(card.hasFocus() for card in self._cards))
