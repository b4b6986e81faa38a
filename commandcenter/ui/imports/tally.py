"""The bottom line of the window: new 12 · changed 3 · same 291 · refused 0, how far things are, and the one button."""

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from commandcenter.base.texts import say
from commandcenter.services.filing import Survey
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.imports.work import Busy, ImportWork

_COUNTS = (("new", "ok"), ("changed", "accent"), ("same", "muted"), ("refused", "overdue"))


class Tally(QWidget):
    """The four counts, each figure in its colour while it is not zero."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[tuple[str, str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_counts(self, survey: Survey | None, refused: int) -> None:
        """Show how the file stands; nothing while that is not known."""
        parts = []
        counts = {} if survey is None else {
            "new": survey.new, "changed": survey.changed, "same": survey.same, "refused": refused,
        }  # fmt: skip
        for name, token in _COUNTS if counts else ():
            count = counts[name]
            parts.append((say(f"imports.count.{name}"), f"{count:,}", token if count else "muted"))
        self._parts = tuple(parts)
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        """The line in words."""
        return " · ".join(f"{name} {count}" for name, count, _ in self._parts)

    def sizeHint(self) -> QSize:
        """Qt: the line."""
        look = theme.current()
        width = sum(QFontMetrics(font).horizontalAdvance(text) for text, font, _ in self._pieces())
        return QSize(width + look.space(2), look.px(32))

    def minimumSizeHint(self) -> QSize:
        """Qt: nothing is cut."""
        return self.sizeHint()

    def _pieces(self) -> Iterator[tuple[str, QFont, str]]:
        """What is written, in which font and colour."""
        look = theme.current()
        quiet = fonts.font(look.px(look.sizes.emphasis))
        loud = fonts.font(look.px(look.sizes.emphasis), fonts.SEMIBOLD)
        for place, (name, count, token) in enumerate(self._parts):
            dot = "  ·  " if place else ""
            yield f"{dot}{name} ", quiet, "muted"
            yield count, loud, token

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: words quiet, figures loud."""
        look = theme.current()
        with QPainter(self) as painter:
            left = 0
            for text, font, token in self._pieces():
                painter.setFont(font)
                painter.setPen(look.colour(token))
                painter.drawText(self.rect().adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
                left += QFontMetrics(font).horizontalAdvance(text)


class BottomBar(QFrame):
    """Signals: ``primary_asked()``; ``back_asked()``; ``cancel_asked()``."""

    primary_asked = Signal()
    back_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, work: ImportWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work = work
        look = theme.current()
        self.setProperty("panel", "surface")
        self.setFixedHeight(look.px(56))
        self.tally = Tally()
        self.tally.setObjectName("imports.tally")
        self.words = Label("", "muted")
        self.words.setObjectName("imports.words")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(look.px(160))
        self.cancel = Button("imports.cancel", kind="quiet", key="Esc")
        self.cancel.setObjectName("imports.cancel")
        self.back = Button("imports.back", kind="quiet", icon="back")
        self.back.setObjectName("imports.back")
        self.primary = Button("imports.next", kind="primary", key="Ctrl+Enter")
        self.primary.setObjectName("imports.primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(look.space(4), 0, look.space(4), 0)
        row.setSpacing(look.space(3))
        for part, stretch in ((self.tally, 0), (self.words, 1), (self.bar, 0), (self.cancel, 0), (self.back, 0),
                              (self.primary, 0)):  # fmt: skip
            row.addWidget(part, stretch)
        self.cancel.clicked.connect(self.cancel_asked)
        self.back.clicked.connect(self.back_asked)
        self.primary.clicked.connect(self.primary_asked)

    def show_state(self) -> None:
        """How far things are, and the counts."""
        busy = self._work.busy
        result = self._work.result
        self.tally.show_counts(result or self._work.survey, 0 if result is not None else self._work.refused)
        self.bar.setVisible(busy is not None)
        self.cancel.setVisible(busy is not None and busy.doing != "undoing")
        if busy is not None:
            self.bar.setRange(0, busy.total)
            self.bar.setValue(busy.done)
            self.words.say(*_busy_words(busy)[:1], **_busy_words(busy)[1])
        else:
            self.words.show_text("")


def _busy_words(busy: Busy) -> tuple[str, dict[str, str]]:
    if busy.total > 1:
        return f"imports.busy.{busy.doing}.of", {"percent": f"{min(100, busy.done * 100 // busy.total)}"}
    return f"imports.busy.{busy.doing}", {}
