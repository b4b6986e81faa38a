"""The four steps across the top of the window: where one is, what is done, what can be gone back to."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, icons, theme

STEPS = ("file", "columns", "problems", "result")


class StepBar(QWidget):
    """Signals: ``chosen(step)`` when a person wants to go to a step that can be reached."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current = STEPS[0]
        self._reachable = frozenset({STEPS[0]})
        self._hovered = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._write()

    def show_step(self, current: str, reachable: frozenset[str]) -> None:
        """Where one is, and where one can go."""
        self._current, self._reachable = current, reachable
        self._write()
        self.update()

    @property
    def current(self) -> str:
        """Where one is."""
        return self._current

    def place_of(self, step: str) -> QRect:
        """Where a step is painted."""
        left = 0
        for each in STEPS:
            width = self._width(each)
            if each == step:
                return QRect(left, 0, width, self.height())
            left += width + theme.current().space(6)
        raise KeyError(step)

    def sizeHint(self) -> QSize:
        """Qt: all four and the lines between them."""
        look = theme.current()
        widths = sum(self._width(each) for each in STEPS)
        return QSize(widths + look.space(6) * (len(STEPS) - 1), look.px(36))

    def minimumSizeHint(self) -> QSize:
        """Qt: nothing is cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the steps."""
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number, step in enumerate(STEPS, start=1):
                rect = self.place_of(step)
                self._paint_step(painter, rect, number, step)
                if number < len(STEPS):
                    middle = rect.center().y()
                    painter.fillRect(rect.right() + look.space(1), middle, look.space(4), 1, look.colour("line"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: go to the step under the mouse."""
        step = self._at(event)
        if step in self._reachable and step != self._current:
            self.chosen.emit(step)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: the step under the mouse lights up."""
        self._hover(self._at(event))

    def leaveEvent(self, event: QEvent) -> None:
        """Qt: none any more."""
        super().leaveEvent(event)
        self._hover("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows and digits."""
        at = STEPS.index(self._current)
        wanted = {Qt.Key.Key_Left: at - 1, Qt.Key.Key_Right: at + 1}.get(Qt.Key(event.key()), -1)
        if event.text() in ("1", "2", "3", "4"):
            wanted = int(event.text()) - 1
        if 0 <= wanted < len(STEPS) and STEPS[wanted] in self._reachable:
            self.chosen.emit(STEPS[wanted])
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the language or the look changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange):
            self._write()
            self.updateGeometry()
            self.update()

    # -------------------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        at = STEPS.index(self._current) + 1
        self.setAccessibleName(say("imports.step.of", number=at, title=say(f"imports.step.{self._current}")))

    def _at(self, event: QMouseEvent) -> str:
        place = event.position().toPoint()
        return next((each for each in STEPS if self.place_of(each).contains(place)), "")

    def _hover(self, step: str) -> None:
        if step != self._hovered:
            self._hovered = step
            can_go = step in self._reachable and step != self._current
            self.setCursor(Qt.CursorShape.PointingHandCursor if can_go else Qt.CursorShape.ArrowCursor)
            self.update()

    def _width(self, step: str) -> int:
        look = theme.current()
        metrics = QFontMetrics(fonts.font(look.px(14), fonts.SEMIBOLD))
        return look.px(22) + look.space(2) + metrics.horizontalAdvance(say(f"imports.step.{step}")) + look.space(2)

    def _paint_step(self, painter: QPainter, rect: QRect, number: int, step: str) -> None:
        look = theme.current()
        is_current = step == self._current
        is_done = STEPS.index(step) < STEPS.index(self._current)
        can_go = step in self._reachable
        size = look.px(22)
        disc = QRect(rect.left(), rect.center().y() - size // 2, size, size)
        painter.setPen(QPen(look.colour("accent" if is_current or is_done else "control"), 1.5))
        painter.setBrush(look.colour("accent") if is_current else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(disc.toRectF().adjusted(1, 1, -1, -1))
        if is_done:
            mark = look.px(12)
            picture = icons.pixmap("check", mark, "accent", self.devicePixelRatioF())
            painter.drawPixmap(disc.center().x() - mark // 2 + 1, disc.center().y() - mark // 2 + 1, picture)
        else:
            painter.setFont(fonts.font(look.px(look.sizes.caption), fonts.SEMIBOLD))
            painter.setPen(look.colour("on_accent" if is_current else "muted"))
            painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), f"{number}")
        painter.setFont(fonts.font(look.px(14), fonts.SEMIBOLD if is_current else fonts.NORMAL))
        painter.setPen(look.colour("text" if is_current or can_go else "disabled"))
        words = rect.adjusted(size + look.space(2), 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), say(f"imports.step.{step}"))
        if (step == self._hovered and can_go and not is_current) or (is_current and self.hasFocus()):
            metrics = QFontMetrics(painter.font())
            wide = metrics.horizontalAdvance(say(f"imports.step.{step}"))
            painter.fillRect(words.left(), rect.bottom() - look.px(4), wide, 2, look.colour("accent"))
