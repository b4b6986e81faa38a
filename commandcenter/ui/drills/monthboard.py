"""Days as cells: six weeks of a month, or one week with its drills written out."""

from collections.abc import Iterator
from datetime import date, timedelta

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPen

from commandcenter.base.texts import say
from commandcenter.rules.clashes import days_of_month
from commandcenter.rules.drills import Drill
from commandcenter.services.training import Lesson
from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.drills.board import ICONS, LESSON_ICON, TONES, Board, Chip, LessonChip
from commandcenter.ui.drills.picture import Picture, week_of
from commandcenter.ui.drills.words import (
    clash_short,
    clash_words,
    lesson_facts,
    officer_words,
    span_words,
    weekday,
    where_words,
)

HEAD, CELL_HEAD, ONE, TWO, CLASH, GAP = 26, 22, 20, 36, 18, 3
"""Heights in px at 100 %: weekdays, the number of a day, a chip of one and of two lines, clash words, between chips."""
Placed = tuple[Drill | Lesson, QRect]
"""A drill or a training session, and where it is painted."""


class MonthBoard(Board):
    """A month in whole weeks from Monday."""

    clashes_at_foot = True
    """What speaks against a day's drills stands below them; a week says it of each."""

    def days(self) -> list[date]:
        """Whole weeks."""
        return days_of_month(self.day.year, self.day.month)

    def day_at(self, at: QPoint) -> date | None:
        """The cell under a point."""
        return next((day for day in self.days() if self.cell(day).contains(at)), None)

    def cell(self, day: date) -> QRect:
        """Where a day is; its edges are whole pixels and leave no gap."""
        days = self.days()
        place, weeks = (day - days[0]).days, len(days) // 7
        top, height = self._head(), self.height() - self._head()
        column, row = place % 7, place // 7
        left, right = self.width() * column // 7, self.width() * (column + 1) // 7
        upper, lower = top + height * row // weeks, top + height * (row + 1) // weeks
        return QRect(left, upper, right - left, lower - upper)

    def chips(self) -> Iterator[Chip]:
        """As many of each day as its cell has room for."""
        for day in self.days():
            for item, rect in self._of_day(day)[0]:
                if isinstance(item, Drill):
                    yield Chip(rect, item, day)

    def lesson_chips(self) -> Iterator[LessonChip]:
        """Below the drills of each day, where there is room."""
        for day in self.days():
            for item, rect in self._of_day(day)[0]:
                if isinstance(item, Lesson):
                    yield LessonChip(rect, item, day)

    def paint_board(self, painter: QPainter, picture: Picture) -> None:
        """Weekdays, then the cells."""
        days = self.days()
        self._paint_weekdays(painter, days[:7])
        for day in days:
            self._paint_cell(painter, day, picture)

    def is_outside(self, day: date) -> bool:
        """Whether a day only fills the sheet up."""
        return day.month != self.day.month

    # ---------------------------------------------------------------------------------------------------------------

    def _head(self) -> int:
        return theme.current().px(HEAD)

    def _of_day(self, day: date) -> tuple[list[Placed], int, int]:
        """The drills of a day, then its training, each with its place; their lines, and how many found no room."""
        look, drills = theme.current(), self.drills_of(day)
        items: list[Drill | Lesson] = [*drills, *self.lessons_of(day)]
        cell = self.cell(day)
        clash = look.px(CLASH) if any(self.clashes_of(each) for each in drills) else 0
        room = cell.height() - look.px(CELL_HEAD) - clash - look.px(2)
        gap = look.px(GAP)
        lines = 2 if len(items) * (look.px(TWO) + gap) <= room else 1
        high = look.px(TWO if lines == 2 else ONE)
        fit = max(room // (high + gap), 0)
        shown = items if len(items) <= fit else items[: max(fit - 1, 0)]
        top, found = cell.top() + look.px(CELL_HEAD), list[Placed]()
        for place, item in enumerate(shown):
            rect = QRect(cell.left() + look.px(4), top + place * (high + gap), cell.width() - look.px(8), high)
            found.append((item, rect))
        return found, lines, len(items) - len(shown)

    def _paint_weekdays(self, painter: QPainter, days: list[date]) -> None:
        look = theme.current()
        for day in days:
            cell = self.cell(day)
            at = QRect(cell.left() + look.px(8), 0, cell.width(), self._head())
            paint_text(painter, at, weekday(day), token="muted", pixels=look.sizes.caption)

    def _paint_cell(self, painter: QPainter, day: date, picture: Picture) -> None:
        look, cell = theme.current(), self.cell(day)
        is_outside = self.is_outside(day)
        if day == self._target:
            painter.fillRect(cell, look.colour("accent_soft"))
        elif day.weekday() >= 5 or is_outside:
            painter.fillRect(cell, look.colour("background" if is_outside else "surface_2"))
        painter.fillRect(cell.left(), cell.top(), cell.width(), 1, look.colour("line"))
        painter.fillRect(cell.right(), cell.top(), 1, cell.height(), look.colour("line"))
        self._paint_number(painter, day, cell, picture, is_outside)
        placed, lines, more = self._of_day(day)
        for item, rect in placed:
            if isinstance(item, Drill):
                self.paint_chip(painter, Chip(rect, item, day), lines=lines)
            else:
                self.paint_lesson(painter, LessonChip(rect, item, day), lines=lines)
        self._paint_foot(painter, day, cell, placed, more)
        if day == self.day:
            ink = look.colour("accent" if self.hasFocus() else "control")
            painter.setPen(QPen(ink, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(1, 1, -2, -2))

    def _paint_number(self, painter: QPainter, day: date, cell: QRect, picture: Picture, is_outside: bool) -> None:
        look = theme.current()
        at = QRect(cell.left() + look.px(4), cell.top() + look.px(2), look.px(24), look.px(CELL_HEAD - 2))
        is_today = day == picture.season.today
        if is_today:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent"))
            painter.drawRoundedRect(at.adjusted(0, 1, 0, -1), look.px(8), look.px(8))
        token = "on_accent" if is_today else "disabled" if is_outside else "text"
        paint_text(painter, at, str(day.day), token=token, is_strong=is_today, align=Qt.AlignmentFlag.AlignHCenter)
        words = self.mark_words(day)
        if words:
            beside = QRect(at.right() + look.px(4), at.top(), cell.right() - at.right() - look.px(8), at.height())
            paint_text(
                painter, beside, words, token="muted", pixels=look.sizes.caption, align=Qt.AlignmentFlag.AlignRight
            )

    def _paint_foot(self, painter: QPainter, day: date, cell: QRect, placed: list[Placed], more: int) -> None:
        """How many found no room, and what speaks against the drills of the day."""
        look = theme.current()
        found = [clash for drill in self.drills_of(day) for clash in self.clashes_of(drill)]
        high = look.px(CLASH)
        foot = QRect(cell.left() + look.px(6), cell.bottom() - high, cell.width() - look.px(12), high)
        if found and self.clashes_at_foot:
            size = look.px(12)
            self._paint_icon(painter, QPoint(foot.left(), foot.center().y() - size // 2), "ph.flag", size, "near")
            words = foot.adjusted(look.px(16), 0, 0, 0)
            paint_text(painter, words, clash_short(found), token="near", pixels=look.sizes.caption)
        if more:
            under = placed[-1][1].bottom() if placed else cell.top() + look.px(CELL_HEAD)
            place = QRect(foot.left(), under + look.px(1), foot.width(), high)
            text = say("drills.more", count=more)
            paint_text(painter, place, text, token="muted", pixels=look.sizes.caption)


class WeekBoard(MonthBoard):
    """One week: every drill written out with place, people and what speaks against it."""

    clashes_at_foot = False

    def days(self) -> list[date]:
        """Monday to Sunday."""
        monday = week_of(self.day)
        return [monday + timedelta(days=step) for step in range(7)]

    def is_outside(self, day: date) -> bool:
        """All of a week belong to it."""
        return False

    def _of_day(self, day: date) -> tuple[list[Placed], int, int]:
        look = theme.current()
        items: list[Drill | Lesson] = [*self.drills_of(day), *self.lessons_of(day)]
        cell = self.cell(day)
        top, found = cell.top() + look.px(CELL_HEAD + 4), list[Placed]()
        for item in items:
            high = look.px(22) + look.px(18) * len(self._written(item)) + look.px(8)
            if top + high > cell.bottom() - look.px(CLASH):
                break
            found.append((item, QRect(cell.left() + look.px(4), top, cell.width() - look.px(8), high)))
            top += high + look.px(GAP + 2)
        return found, 1, len(items) - len(found)

    def _written(self, item: Drill | Lesson) -> list[tuple[str, str]]:
        if isinstance(item, Drill):
            return self._lines(item)
        lines = [(item.title, "text"), (say(f"drills.training.{item.state}"), "accent")]
        return lines + [(text, "muted") for text in lesson_facts(self._desk, item)]

    def _lines(self, drill: Drill) -> list[tuple[str, str]]:
        """What is written under a drill's time: text and tone; the second line has the icons before it."""
        assert self.picture is not None
        people = say("drills.people", count=drill.people) if drill.people else ""
        lines = [(drill.title, TONES[drill.state]), (say(f"drills.state.{drill.state}"), TONES[drill.state])]
        more = (where_words(self._desk, drill), say(f"drills.form.{drill.form}"), people,
                officer_words(self._desk, drill.trainer))  # fmt: skip
        lines += [(text, "muted") for text in more if text]
        lines += [(clash_words(self._desk, each), "near") for each in self.clashes_of(drill)]
        return lines

    def paint_chip(self, painter: QPainter, chip: Chip, *, lines: int = 1) -> None:
        """All its lines."""
        look, drill, rect = theme.current(), chip.drill, chip.rect
        assert self.picture is not None
        is_chosen = drill.id == self.chosen
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if is_chosen else "near" if self.clashes_of(drill) else "control"
        painter.setPen(QPen(look.colour(edge), 2 if is_chosen else 1))
        painter.setBrush(look.colour("accent_soft" if is_chosen else "surface_2"))
        painter.drawRoundedRect(rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), look.px(5), look.px(5))
        left, top, high = rect.left() + look.px(6), rect.top() + look.px(4), look.px(18)
        moment = drill.held_at or drill.starts_at
        clock = span_words(moment, drill.minutes, self.picture.season.zone) if moment else ""
        at = QRect(left, top, rect.right() - left, high)
        paint_text(painter, at, clock, pixels=look.sizes.caption, is_strong=True)
        for place, (text, token) in enumerate(self._lines(drill)):
            line = QRect(left, top + high * (place + 1), rect.width() - look.px(10), high)
            if place == 1:
                line.setLeft(self._paint_signs(painter, line, drill))
            self._say(painter, line, text, token, place == 0 and drill.state == "cancelled")

    def paint_lesson(self, painter: QPainter, chip: LessonChip, *, lines: int = 1) -> None:
        """All its lines."""
        look, lesson, rect = theme.current(), chip.lesson, chip.rect
        assert self.picture is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("line"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), look.px(5), look.px(5))
        left, top, high = rect.left() + look.px(6), rect.top() + look.px(4), look.px(18)
        clock = span_words(lesson.begins, lesson.minutes, self.picture.season.zone)
        paint_text(painter, QRect(left, top, rect.right() - left, high), clock, pixels=look.sizes.caption,
                   is_strong=True)  # fmt: skip
        for place, (text, token) in enumerate(self._written(lesson)):
            line = QRect(left, top + high * (place + 1), rect.width() - look.px(10), high)
            if place == 1:
                self._paint_icon(painter, QPoint(left, line.top() + look.px(3)), LESSON_ICON, look.px(12), "accent")
                line.setLeft(left + look.px(16))
            self._say(painter, line, text, token, False)

    def _paint_signs(self, painter: QPainter, line: QRect, drill: Drill) -> int:
        """The icons of its state; where the words after them begin."""
        look, left = theme.current(), line.left()
        for name, is_shown in ((ICONS[drill.state], True), ("lock", drill.locked), ("ph.eye-slash", drill.hidden)):
            if is_shown:
                self._paint_icon(painter, QPoint(left, line.top() + look.px(3)), name, look.px(12), TONES[drill.state])
                left += look.px(16)
        return left
