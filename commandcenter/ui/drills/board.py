"""What month, week and season strip have in common: a day that the keys move, chips that are chosen and dragged, and
what is dropped on a day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.clashes import Clash, marks_day
from commandcenter.rules.drills import DayMark, Drill
from commandcenter.services.training import Lesson
from commandcenter.services.wording import shown
from commandcenter.ui.core import fonts, icons, theme
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.rowpaint import paint_state, paint_strip, paint_text
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.viewstate import LOADING, Empty, ViewState
from commandcenter.ui.drills.picture import Picture
from commandcenter.ui.drills.words import (
    clash_words,
    day_words,
    lesson_facts,
    lesson_words,
    scenario_words,
    time_words,
    village_words,
    where_words,
)

DEBT, DRILL = "application/x-commandcenter-debt", "application/x-commandcenter-drill"
"""What is dragged: the id of a debt or of a drill."""
_STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -7, Qt.Key.Key_Down: 7,
}  # fmt: skip
ICONS = {
    "planned": "time", "running": "action", "held": "check", "reviewed": "done", "cancelled": "close",
}  # fmt: skip
"""The shape of a drill's state; the word stands beside it wherever there is room."""
LESSON_ICON = "course"
"""The shape of a training session."""
TONES = {"planned": "text", "running": "accent", "held": "ok", "reviewed": "ok", "cancelled": "disabled"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A drill where it is painted, in px of the board."""

    rect: QRect
    drill: Drill
    day: date


@dataclass(frozen=True, slots=True)
class LessonChip:
    """A training session where it is painted, in px of the board."""

    rect: QRect
    lesson: Lesson
    day: date


class Board(QWidget):
    """One way to look at the season.

    Signals: ``day_picked(date)``; ``picked(drill)``, ``opened(drill)`` by id; ``moved(drill, date)`` and
    ``planned(debt, date)`` after a drop; ``turned(months)`` by the page keys; ``lesson_opened(session)`` by id.
    """

    day_picked = Signal(object)
    picked = Signal(str)
    opened = Signal(str)
    moved = Signal(str, object)
    planned = Signal(str, object)
    turned = Signal(int)
    lesson_opened = Signal(str)

    def __init__(self, desk: Desk, may_plan: Callable[[], bool], parent: QWidget | None = None) -> None:
        """``may_plan``: whether the person at the desk may move drills."""
        super().__init__(parent)
        self._desk, self._may_plan = desk, may_plan
        self.picture: Picture | None = None
        self.day = date(2000, 1, 1)
        self.chosen: str | None = None
        self._state = LOADING
        self._target: date | None = None
        self._pressed: tuple[QPoint, Chip] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setProperty("panel", "surface")

    # --- what a board says -----------------------------------------------------------------------------------------

    def days(self) -> list[date]:
        """The days in sight."""
        raise NotImplementedError

    def day_at(self, at: QPoint) -> date | None:
        """The day under a point."""
        raise NotImplementedError

    def chips(self) -> Iterator[Chip]:
        """The drills in sight, where they are painted."""
        raise NotImplementedError

    def lesson_chips(self) -> Iterator[LessonChip]:
        """The training sessions in sight, where they are painted."""
        raise NotImplementedError

    def paint_board(self, painter: QPainter, picture: Picture) -> None:
        """Paint everything; the painter is restored afterwards."""
        raise NotImplementedError

    # --- what it shows ---------------------------------------------------------------------------------------------

    def show_picture(self, picture: Picture, day: date, chosen: str | None) -> None:
        """Show these drills around a day; one of them may be chosen."""
        self.picture, self.day, self.chosen = picture, day, chosen
        self.update()

    def set_state(self, state: ViewState) -> None:
        """Say that it is being read, old or unreadable."""
        if state != self._state:
            self._state = state
            self.update()

    def drills_of(self, day: date) -> tuple[Drill, ...]:
        """The drills of a day; those called off come last."""
        found = self.picture.on(day) if self.picture else ()
        return tuple(sorted(found, key=lambda each: each.state == "cancelled"))

    def lessons_of(self, day: date) -> tuple[Lesson, ...]:
        """The training sessions of a day."""
        return self.picture.lessons.get(day, ()) if self.picture else ()

    def marks_of(self, day: date) -> list[DayMark]:
        """What a day is marked with."""
        marks = self.picture.season.marks if self.picture else ()
        return [each for each in marks if marks_day(each, day)]

    def clashes_of(self, drill: Drill) -> tuple[Clash, ...]:
        """What speaks against a planned drill."""
        return self.picture.clashes.get(drill.id, ()) if self.picture else ()

    def chip_at(self, at: QPoint) -> Chip | None:
        """The drill under a point."""
        return next((each for each in self.chips() if each.rect.contains(at)), None)

    def lesson_at(self, at: QPoint) -> LessonChip | None:
        """The training session under a point."""
        return next((each for each in self.lesson_chips() if each.rect.contains(at)), None)

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the board, then what must be said of it."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.current().colour("surface"))
            if self.picture is None:
                paint_state(self, painter, self.rect(), self._state, Empty())
                return
            painter.save()
            self.paint_board(painter, self.picture)
            painter.restore()
            if self._state.has_strip:
                paint_strip(painter, self.rect(), self._state, self)

    def paint_chip(self, painter: QPainter, chip: Chip, *, lines: int = 1) -> None:
        """A drill: shape of its state, time, title; struck through when it was called off."""
        look, drill, rect = theme.current(), chip.drill, chip.rect
        assert self.picture is not None
        is_chosen, is_off = drill.id == self.chosen, drill.state == "cancelled"
        tone = TONES[drill.state]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if is_chosen else "near" if self.clashes_of(drill) else "control"
        ground = {"running": "accent_soft", "held": "ok_soft", "reviewed": "ok_soft"}.get(drill.state, "surface_2")
        painter.setPen(QPen(look.colour(edge), 2 if is_chosen else 1))
        painter.setBrush(look.colour("accent_soft" if is_chosen else ground))
        painter.drawRoundedRect(rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), look.px(4), look.px(4))
        size = look.px(12)
        top = rect.top() + (rect.height() // lines - size) // 2
        self._paint_icon(painter, QPoint(rect.left() + look.px(4), top), ICONS[drill.state], size, tone)
        left = rect.left() + look.px(20)
        for name, is_so in (("lock", drill.locked), ("ph.eye-slash", drill.hidden)):
            if is_so:
                self._paint_icon(painter, QPoint(left, top), name, size, "muted")
                left += look.px(14)
        inner = QRect(left, rect.top(), rect.right() - left - look.px(3), rect.height() // lines)
        clock = time_words(drill, self.picture.season.zone)
        if lines == 1:
            inner.setLeft(inner.left() + self._say(painter, inner, clock, "muted", False) + look.px(5))
            self._say(painter, inner, drill.title, tone, is_off)
            return
        season = self.picture.season
        key = season.key_of(drill)
        inner.setLeft(inner.left() + self._say(painter, inner, clock, tone, False) + look.px(5))
        self._say(painter, inner, scenario_words(season, key) if key else drill.title, "muted", is_off)
        second = QRect(rect.left() + look.px(6), inner.bottom(), rect.width() - look.px(9), inner.height())
        where = where_words(self._desk, drill)
        self._say(painter, second, where if where and key else drill.title, tone, is_off)

    def paint_lesson(self, painter: QPainter, chip: LessonChip, *, lines: int = 1) -> None:
        """A training session: its own shape, time, title; on two lines also where. It is moved in its own room."""
        look, lesson, rect = theme.current(), chip.lesson, chip.rect
        assert self.picture is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("line"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), look.px(4), look.px(4))
        size, high = look.px(12), rect.height() // lines
        at = QPoint(rect.left() + look.px(4), rect.top() + (high - size) // 2)
        self._paint_icon(painter, at, LESSON_ICON, size, "accent")
        left = rect.left() + look.px(20)
        inner = QRect(left, rect.top(), rect.right() - left - look.px(3), high)
        clock = f"{lesson.begins.astimezone(self.picture.season.zone):%H:%M}"
        inner.setLeft(inner.left() + self._say(painter, inner, clock, "muted", False) + look.px(5))
        token = "muted" if lesson.state == "held" else "text"
        where = village_words(self._desk, lesson.village) or lesson.place if lines > 1 else ""
        self._say(painter, inner, where or lesson.title, "muted" if where else token, False)
        if where:
            second = QRect(rect.left() + look.px(6), inner.bottom(), rect.width() - look.px(9), inner.height())
            self._say(painter, second, lesson.title, token, False)

    def _say(self, painter: QPainter, rect: QRect, text: str, token: str, is_off: bool) -> int:
        look = theme.current()
        width = min(paint_text(painter, rect, text, token=token, pixels=look.sizes.caption), rect.width())
        if is_off:
            middle = rect.center().y() + 1
            painter.drawLine(rect.left(), middle, rect.left() + width, middle)
        return width

    def _paint_icon(self, painter: QPainter, at: QPoint, name: str, size: int, token: str) -> None:
        painter.drawPixmap(at, icons.pixmap(name, size, token, self.devicePixelRatioF()))

    def mark_words(self, day: date) -> str:
        """The marks of a day in a few words; a long one is said on its first day and on Mondays."""
        found = []
        for mark in self.marks_of(day):
            if is_long(mark) and day.weekday() and day.isoformat() != mark.first_day:
                continue
            found.append(say(f"drills.mark.{mark.kind}"))
        return say("drills.join").join(dict.fromkeys(found))

    # --- keys ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows move the day, the page keys the month, Enter goes from drill to drill of the day and at last to
        its training."""
        key = Qt.Key(event.key())
        if key in _STEPS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.day_picked.emit(self.day + timedelta(days=_STEPS[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turned.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._next_of_day()
        else:
            super().keyPressEvent(event)

    def _next_of_day(self) -> None:
        found, lessons = [each.id for each in self.drills_of(self.day)], self.lessons_of(self.day)
        if lessons and (not found or self.chosen == found[-1]):
            self.lesson_opened.emit(lessons[0].id)
        elif found:
            place = found.index(self.chosen) + 1 if self.chosen in found else 0
            self.opened.emit(found[place % len(found)])

    # --- mouse -----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a chip is chosen, a day is gone to."""
        at = event.position().toPoint()
        chip = self.chip_at(at)
        self._pressed = (at, chip) if chip is not None else None
        lesson = self.lesson_at(at) if chip is None else None
        day = chip.day if chip is not None else lesson.day if lesson is not None else self.day_at(at)
        if day is not None and day != self.day:
            self.day_picked.emit(day)
        if chip is not None:
            self.picked.emit(chip.drill.id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: nothing is dragged any more."""
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: a chip opens, a training session in its own room."""
        at = event.position().toPoint()
        chip, lesson = self.chip_at(at), self.lesson_at(at)
        if chip is not None:
            self.opened.emit(chip.drill.id)
        elif lesson is not None:
            self.lesson_opened.emit(lesson.lesson.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: a chip that is pulled far enough is dragged to another day."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        start, chip = self._pressed
        far = (event.position().toPoint() - start).manhattanLength() >= QApplication.startDragDistance()
        if far and self.may_drag(chip.drill):
            self._pressed = None
            begin_drag(self, DRILL, chip.drill.id, chip.drill.title)

    def may_drag(self, drill: Drill) -> bool:
        """Whether a drill can be moved by hand."""
        return self._may_plan() and drill.state == "planned" and not drill.locked

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: debts and drills may be dropped."""
        if self._may_plan() and carried(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Qt: the day under it lights up."""
        self._aim(self.day_at(event.position().toPoint()))
        event.acceptProposedAction() if self._target is not None else event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Qt: not here."""
        self._aim(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: a debt is to be planned, or a drill moved, to the day under it."""
        found, day = carried(event.mimeData()), self.day_at(event.position().toPoint())
        self._aim(None)
        if found is None or day is None:
            return
        event.acceptProposedAction()
        kind, id = found
        (self.planned if kind == DEBT else self.moved).emit(id, day)

    def _aim(self, day: date | None) -> None:
        if day != self._target:
            self._target = day
            self.update()

    def event(self, event: QEvent) -> bool:
        """Qt: what is under the pointer, in words."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.tip(event.pos())
            if words:
                QToolTip.showText(event.globalPos(), tip(words), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def tip(self, at: QPoint) -> str:
        """The words of a tool tip: a drill with its clashes, else the marks of the day."""
        chip = self.chip_at(at)
        if chip is not None and self.picture is not None:
            clashes = [clash_words(self._desk, each) for each in self.clashes_of(chip.drill)]
            clock = time_words(chip.drill, self.picture.season.zone)
            head = say("drills.tip", day=day_words(chip.day, self.picture.season.today), at=clock,
                       title=chip.drill.title, state=say(f"drills.state.{chip.drill.state}"))  # fmt: skip
            return "\n".join([head, *clashes])
        lesson = self.lesson_at(at)
        if lesson is not None and self.picture is not None:
            return "\n".join((lesson_words(lesson.lesson, lesson.day, self.picture.season),
                              *lesson_facts(self._desk, lesson.lesson)))  # fmt: skip
        day = self.day_at(at)
        marks = self.marks_of(day) if day is not None else []
        return "\n".join(" ".join((say(f"drills.mark.{each.kind}"), shown(each.note))).strip() for each in marks)


def is_long(mark: DayMark) -> bool:
    """Whether a mark lies on more than a week in a row: a school term, a harvest."""
    if mark.days or not mark.first_day or not mark.last_day:
        return False
    return (date.fromisoformat(mark.last_day) - date.fromisoformat(mark.first_day)).days > 7


def carried(data: QMimeData) -> tuple[str, str] | None:
    """What is dragged: its kind and id."""
    kind = next((each for each in (DEBT, DRILL) if data.hasFormat(each)), None)
    return (kind, bytes(data.data(kind).data()).decode()) if kind else None


def begin_drag(source: QWidget, kind: str, id: str, title: str) -> None:
    """Drag something under its title until it is let go."""
    data = QMimeData()
    data.setData(kind, id.encode())
    drag = QDrag(source)
    drag.setMimeData(data)
    look = theme.current()
    font = fonts.font(look.px(look.sizes.caption))
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, look.px(220))
    size = QRect(0, 0, metrics.horizontalAdvance(shown) + look.space(4), look.px(24))
    picture = QWidget().grab(size)
    with QPainter(picture) as painter:
        painter.fillRect(size, look.colour("accent_soft"))
        painter.setFont(font)
        painter.setPen(look.colour("text"))
        painter.drawText(size, int(Qt.AlignmentFlag.AlignCenter), shown)
    drag.setPixmap(picture)
    drag.exec(Qt.DropAction.MoveAction)
