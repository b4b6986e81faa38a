"""The card at the right of a workspace: a header, then the sections that features have plugged in for its entity."""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Slot
from PySide6.QtGui import QEnterEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.captions import write
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label, TextRole, divider

FACT = 84
"""Width of the quiet words before facts, in px at 100 %."""


class Link(QAbstractButton):
    """A name that leads somewhere: text with a hairline under it."""

    def __init__(self, text: str, go: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        write(self, text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._go = go
        self.clicked.connect(self._follow)

    def sizeHint(self) -> QSize:
        """Qt: the text."""
        metrics = QFontMetrics(self._font())
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height() + theme.current().px(4))

    def minimumSizeHint(self) -> QSize:
        """Qt: a few characters; the rest is cut with an ellipsis."""
        return QSize(min(self.sizeHint().width(), theme.current().px(60)), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: a name that is cut is whole in its tooltip."""
        super().resizeEvent(event)
        self.setToolTip(tip(self.text() if self.width() < self.sizeHint().width() - 2 else ""))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the text over a hairline, which takes the accent's colour while it is pointed at or has the keys."""
        look, font = theme.current(), self._font()
        metrics = QFontMetrics(font)
        is_hot = self.underMouse() or self.hasFocus()
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        with QPainter(self) as painter:
            painter.setFont(font)
            painter.setPen(look.colour("accent" if is_hot else "text"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), shown)
            ground = look.colour("accent" if is_hot else "control")
            thick = 2 if self.hasFocus() else 1
            painter.fillRect(0, self.height() - 2, metrics.horizontalAdvance(shown), thick, ground)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter follows, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _font(self) -> QFont:
        look = theme.current()
        return fonts.font(look.px(look.sizes.body))

    @Slot()
    def _follow(self) -> None:
        self._go()


class Column(QWidget):
    """What scrolls inside a card or a page: as high as its wrapped lines need at the width it is given.

    A scroll area alone asks for the least height at any width, and would squeeze fields under wrapped sentences.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "surface")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: another width, another height."""
        super().resizeEvent(event)
        self._claim_height()

    def event(self, event: QEvent) -> bool:
        """Qt: something inside has another size."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._claim_height()
        return done

    def _claim_height(self) -> None:
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            wanted = layout.heightForWidth(self.width())
            if wanted != self.minimumHeight():
                self.setMinimumHeight(wanted)


class Card(QScrollArea):
    """Shows one thing at a time. Sections keep themselves up to date; the card makes them anew for another thing."""

    def __init__(self, tools: Tools, entity: str, parent: QWidget | None = None) -> None:
        """``entity`` says whose sections are shown (grid, person, incident)."""
        super().__init__(parent)
        self._tools, self._entity = tools, entity
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("panel", "surface")
        self.viewport().setProperty("panel", "surface")
        self._headings: dict[str, QWidget] = {}

    def show_nothing(self, code: str, **facts: Any) -> None:
        """Say why there is no card."""
        look = theme.current()
        body, layout = self._fresh()
        words = Label(code, "muted", **facts)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addStretch(2)
        layout.setContentsMargins(look.space(6), 0, look.space(6), 0)
        self.setWidget(body)

    def show_subject(self, subject: Any, header: QWidget) -> None:
        """Show ``header`` and the sections for ``subject``."""
        look = theme.current()
        body, layout = self._fresh()
        layout.setContentsMargins(look.space(4), look.space(4), look.space(4), look.space(6))
        layout.setSpacing(look.space(2))
        layout.addWidget(header)
        sections = [each for each in self._tools.plugs.card_sections if each.entity == self._entity]
        sections = [each for each in sections if each.applies is None or each.applies(subject)]
        for section in sorted(sections, key=lambda each: each.order):
            part, heading = section.make(self._tools, subject), Label(section.title_code, "heading")
            self._headings[section.id] = heading
            layout.addSpacing(look.space(2))
            layout.addWidget(divider())
            layout.addWidget(heading)
            layout.addWidget(part)
            if hasattr(part, "serve"):
                part.serve(self)
        layout.addStretch(1)
        self.setWidget(body)

    def bring(self, section: str) -> None:
        """Scroll a section (its id) to the top, if it is there."""
        heading = self._headings.get(section)
        if heading is not None:
            self.verticalScrollBar().setValue(heading.y() - theme.current().space(4))

    def _fresh(self) -> tuple[QWidget, QVBoxLayout]:
        self._headings = {}
        body = Column()
        return body, QVBoxLayout(body)


class Flow(QWidget):
    """Small parts side by side, in as many lines as the width needs."""

    def __init__(self, parts: Iterable[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = tuple(parts)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for part in self._parts:
            part.setParent(self)

    def hasHeightForWidth(self) -> bool:
        """Qt: the narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Qt: the lines that the parts need."""
        return self._placed(width)[1]

    def sizeHint(self) -> QSize:
        """Qt: as high as its width now needs."""
        return QSize(theme.current().px(200), self.heightForWidth(max(self.width(), theme.current().px(200))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: other lines."""
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Place the parts anew; one of them wants another width."""
        for part, place in zip(self._parts, self._placed(self.width())[0], strict=True):
            part.setGeometry(place)

    def _placed(self, width: int) -> tuple[list[QRect], int]:
        gap, left, top, high = theme.current().space(2), 0, 0, 0
        places = []
        for part in self._parts:
            wanted = part.sizeHint()
            wide = min(wanted.width(), max(width, 1))
            if left and left + wide > width:
                left, top, high = 0, top + high + theme.current().space(1), 0
            places.append(QRect(left, top, wide, wanted.height()))
            left, high = left + wide + gap, max(high, wanted.height())
        return places, top + high


class Facts(QWidget):
    """Pairs of a quiet word and a value, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = theme.current()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.space(3))
        self._grid.setVerticalSpacing(look.space(1))
        self._grid.setColumnStretch(1, 1)

    def add(self, code: str, value: str | QWidget) -> None:
        """One more pair; the value is data, or a widget that shows it."""
        self._add(Label(code, "muted"), value)

    def add_words(self, label: str, value: str | QWidget) -> None:
        """The same where the quiet word is data too: a moment's name, a role's."""
        self._add(words(label, "muted", wraps=False), value)

    def _add(self, quiet: QLabel, value: str | QWidget) -> None:
        row = self._grid.rowCount()
        quiet.setMinimumWidth(theme.current().px(FACT))
        shown = value if isinstance(value, QWidget) else words(value)
        self._grid.addWidget(quiet, row, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(value, Link):
            self._grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignLeft)
        else:
            self._grid.addWidget(shown, row, 1)


class Words(QLabel):
    """Data as text that can be marked and copied, from when the pointer comes over it.

    A text that can be marked keeps a document of its own and costs twice the time, and a card shows a hundred of them.
    """

    def __init__(self, text: str, role: TextRole = "", *, wraps: bool = True) -> None:
        super().__init__(text)
        self._hints = (QSize(), QSize())
        self._measured: str | None = None
        """The text whose hints these are, once it can be marked."""
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        if wraps:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Qt: it can be marked from now on."""
        if self._measured is None:
            self._be_markable()
        super().enterEvent(event)

    def sizeHint(self) -> QSize:
        """Qt: that of the plain text; a document's differs, and lines would jump under the pointer."""
        return self._hints[0] if self._measured == self.text() else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Qt: as :meth:`sizeHint`."""
        return self._hints[1] if self._measured == self.text() else super().minimumSizeHint()

    def _be_markable(self) -> None:
        self._hints, self._measured = (super().sizeHint(), super().minimumSizeHint()), self.text()
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        needed = self.heightForWidth(self.width()) if self.wordWrap() else self._hints[0].height()
        spare = self.height() - needed
        if spare > 0 and spare % 2:  # a document in the middle stands half a pixel higher than plain text
            self.setContentsMargins(0, 1, 0, 0)


def words(text: str, role: TextRole = "", *, wraps: bool = True) -> QLabel:
    """Data as text that can be marked and copied."""
    return Words(text, role, wraps=wraps)


def figures(pairs: Iterable[tuple[str, str]]) -> QWidget:
    """Large numbers side by side, each over the code of what it counts."""
    look = theme.current()
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, look.space(1), 0, 0)
    row.setSpacing(look.space(6))
    for number, code in pairs:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(words(number, "figure", wraps=False))
        column.addWidget(Label(code, "caption"))
        row.addLayout(column)
    row.addStretch(1)
    return box


def clear(layout: Any) -> None:
    """Take everything out of a layout and let it go."""
    while layout.count():
        item = layout.takeAt(0)
        if item.widget() is not None:
            item.widget().hide()
            item.widget().deleteLater()
        elif item.layout() is not None:
            clear(item.layout())
