"""The season strip: twelve months side by side, a row per scenario or village, its season shaded, drills as marks."""

from collections.abc import Iterator
from datetime import date, timedelta

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen

from commandcenter.base.texts import say
from commandcenter.rules.drills import Drill
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.scenarios import in_season
from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.drills.board import TONES, Board, Chip, LessonChip
from commandcenter.ui.drills.picture import Picture
from commandcenter.ui.drills.words import month, newest, scenario_words, village_words

HEAD, ROW, LABEL, MARK = 28, 36, 132, 12
"""In px at 100 %: the months, a row, the names at the left at least, a drill."""
LANES = (0, -1, 1)
"""Drills that lie too close stand above and below one another."""
BY = ("scenario", "village")
TRAINING = ":training"
"""The row of training sessions, where the rows are scenarios."""


class SeasonBoard(Board):
    """A calendar year; ``by`` says what its rows are."""

    by = "scenario"

    def show_by(self, by: str) -> None:
        """Rows per scenario or per village."""
        self.by = by
        self.updateGeometry()
        self.update()

    def days(self) -> list[date]:
        """The year of the day."""
        first = date(self.day.year, 1, 1)
        return [first + timedelta(days=step) for step in range(self._length())]

    def sizeHint(self) -> QSize:
        """Qt: as high as its rows."""
        return QSize(640, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Qt: no row is squeezed."""
        look = theme.current()
        return QSize(look.px(480), look.px(HEAD) + look.px(ROW) * max(len(self._rows()), 1) + 1)

    def day_at(self, at: QPoint) -> date | None:
        """The day at this distance from the first of January."""
        left, wide = self._span()
        if not left <= at.x() < left + wide:
            return None
        return date(self.day.year, 1, 1) + timedelta(days=(at.x() - left) * self._length() // wide)

    def chips(self) -> Iterator[Chip]:
        """Each drill on its day in its row; those of one day lie beside one another."""
        if self.picture is None:
            return
        places = {key: place for place, key in enumerate(self._rows())}
        last: dict[tuple[int, int], int] = {}
        for day, drills in sorted(self.picture.by_day.items()):
            for drill in drills if day.year == self.day.year else ():
                place = places.get(self._key(drill))
                if place is None:
                    continue
                yield Chip(self._spot(day, place, last), drill, day)

    def lesson_chips(self) -> Iterator[LessonChip]:
        """Each training session on its day in the row of its village, or in that of the training."""
        if self.picture is None:
            return
        places = {key: place for place, key in enumerate(self._rows())}
        last: dict[tuple[int, int], int] = {}
        for day, lessons in sorted(self.picture.lessons.items()):
            for lesson in lessons if day.year == self.day.year else ():
                place = places.get(TRAINING if self.by == "scenario" else lesson.village or "")
                if place is not None:
                    yield LessonChip(self._spot(day, place, last), lesson, day)

    def _spot(self, day: date, place: int, last: dict[tuple[int, int], int]) -> QRect:
        """Where something lies on its day in a row; ``last``: where the last of each lane lies."""
        look, size = theme.current(), theme.current().px(MARK)
        x = self._x(day) - size // 2
        lane = next((each for each in LANES if x - last.get((place, each), -size) >= size), None)
        lane = min(LANES, key=lambda each: last[place, each]) if lane is None else lane
        last[place, lane] = x
        middle = look.px(HEAD) + look.px(ROW) * place + look.px(ROW) // 2
        return QRect(x, middle + look.px(8 * lane) - size // 2, size, size)

    def paint_board(self, painter: QPainter, picture: Picture) -> None:
        """Months, rows with their seasons, the line of today and of the day, the drills."""
        look = theme.current()
        self._paint_rows(painter, picture)
        self._paint_months(painter)
        for day, token, thick in ((picture.season.today, "accent", 2), (self._target or self.day, "control", 1)):
            if day.year == self.day.year:
                painter.fillRect(self._x(day), 0, thick, self.height(), look.colour(token))
        for lesson in self.lesson_chips():
            self._paint_lesson_mark(painter, lesson)
        for chip in self.chips():
            self._paint_mark(painter, chip)

    # ---------------------------------------------------------------------------------------------------------------

    def _rows(self) -> list[str]:
        """Keys of scenarios, or ids of villages; "" is the town, or no scenario."""
        if self.picture is None:
            return []
        if self.by == "village":
            villages = sorted(self._desk.live.villages.values(), key=lambda each: natural_key(each.code))
            return ["", *(each.id for each in villages)]
        loose = any(not self.picture.season.key_of(each) for each in self.picture.season.drills.values())
        trained = any(day.year == self.day.year for day in self.picture.lessons)
        return [*newest(self.picture.season), *([""] if loose else []), *([TRAINING] if trained else [])]

    def _key(self, drill: Drill) -> str:
        assert self.picture is not None
        return (drill.village or "") if self.by == "village" else self.picture.season.key_of(drill)

    def _title(self, key: str) -> str:
        assert self.picture is not None
        if self.by == "village":
            return village_words(self._desk, key) or say("core.place.whole_town")
        if key == TRAINING:
            return say("drills.training.row")
        return scenario_words(self.picture.season, key)

    def _length(self) -> int:
        return (date(self.day.year + 1, 1, 1) - date(self.day.year, 1, 1)).days

    def _span(self) -> tuple[int, int]:
        left = self._label()
        return left, max(self.width() - left - theme.current().px(8), 1)

    def _label(self) -> int:
        """The width of the names: a wide board has room for whole ones."""
        return max(theme.current().px(LABEL), min(self.width() // 5, theme.current().px(240)))

    def _x(self, day: date) -> int:
        left, wide = self._span()
        return left + wide * (day - date(self.day.year, 1, 1)).days // self._length()

    def _month(self, number: int) -> tuple[int, int]:
        """Left edge and width of a month."""
        left = self._x(date(self.day.year, number, 1))
        left_of_next = sum(self._span()) if number == 12 else self._x(date(self.day.year, number + 1, 1))
        return left, left_of_next - left

    def _paint_months(self, painter: QPainter) -> None:
        look = theme.current()
        for number in range(1, 13):
            left, wide = self._month(number)
            painter.fillRect(left, 0, 1, self.height(), look.colour("line"))
            token = "text" if number == self.day.month else "muted"
            at = QRect(left + look.px(4), 0, wide - look.px(4), look.px(HEAD))
            paint_text(painter, at, month(number), token=token, pixels=look.sizes.caption,
                       is_strong=number == self.day.month)  # fmt: skip

    def _paint_rows(self, painter: QPainter, picture: Picture) -> None:
        look, known = theme.current(), newest(picture.season)
        for place, key in enumerate(self._rows()):
            top, high = look.px(HEAD) + look.px(ROW) * place, look.px(ROW)
            scenario = known.get(key) if self.by == "scenario" else None
            if scenario is not None:
                for number in range(1, 13):
                    if in_season(scenario, number):
                        left, wide = self._month(number)
                        painter.fillRect(left, top + look.px(5), wide, high - look.px(9), look.colour("hover"))
            painter.fillRect(0, top, self.width(), 1, look.colour("line"))
            label = QRect(look.px(10), top, self._label() - look.px(16), high)
            paint_text(painter, label, self._title(key), pixels=look.sizes.caption)

    def _paint_mark(self, painter: QPainter, chip: Chip) -> None:
        """Hollow it is planned, filled it took place, crossed it was called off; a bar under it is a clash."""
        look, drill, rect = theme.current(), chip.drill, chip.rect
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = drill.id == self.chosen
        ink = look.colour("accent" if is_chosen else TONES[drill.state])
        is_full = drill.state in ("running", "held", "reviewed")
        painter.setPen(QPen(ink, 2))
        painter.setBrush(ink if is_full else look.colour("accent_soft" if is_chosen else "surface"))
        box = rect.adjusted(2, 2, -2, -2)
        painter.drawRoundedRect(box, look.px(3), look.px(3))
        if drill.state == "cancelled":
            painter.drawLine(box.topLeft(), box.bottomRight())
        if drill.locked:
            painter.setBrush(ink)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(box.center(), look.px(2), look.px(2))
        if self.clashes_of(drill):
            painter.fillRect(rect.left(), rect.bottom() + 1, rect.width(), look.px(3), look.colour("near"))

    def _paint_lesson_mark(self, painter: QPainter, chip: LessonChip) -> None:
        """A round mark: hollow it is planned, filled it was held."""
        look = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = look.colour("ok" if chip.lesson.state == "held" else "accent")
        painter.setPen(QPen(ink, 2))
        painter.setBrush(ink if chip.lesson.state == "held" else look.colour("surface"))
        painter.drawEllipse(chip.rect.adjusted(3, 3, -3, -3))
