"""Forms: fields under their labels, errors under the field they mean, choices by one digit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from commandcenter.base import texts
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.widgets import Label, cap_width, paint_cap


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: ``title`` is data (a category's name), ``title_code`` a text by code; give one of them."""

    value: str
    title: str = ""
    title_code: str = ""

    @property
    def words(self) -> str:
        """What to show in the language of the moment."""
        return say(self.title_code) if self.title_code else self.title


class ChoiceStrip(QWidget):
    """Segments of which one is chosen: by its digit, the arrows or the mouse. Wraps when it is too narrow.

    Signals: ``chosen(value)`` when a person chose; also when the chosen one was chosen again (it confirms).
    """

    chosen = Signal(str)

    def __init__(self, choices: Sequence[Choice] = (), *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()
        self._value: str | None = None
        self._places: list[QRect] = []
        self._hovered = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)

    @property
    def value(self) -> str | None:
        """The chosen value, or None."""
        return self._value

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer others; what was chosen stays if it is among them."""
        self._choices = tuple(choices)
        if self._value not in {choice.value for choice in self._choices}:
            self._value = None
        self._arrange()
        self.updateGeometry()
        self.update()

    def choose(self, value: str | None) -> None:
        """Choose without ``chosen``; ValueError when it is not offered."""
        if value is not None and value not in {choice.value for choice in self._choices}:
            raise ValueError(f"{value} is not offered")
        self._value = value
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: all in one row."""
        widths = sum(self._width(place) for place in range(len(self._choices)))
        return QSize(widths + self._gap() * max(0, len(self._choices) - 1), self._row_height())

    def minimumSizeHint(self) -> QSize:
        """Qt: the widest segment."""
        widths = [self._width(place) for place in range(len(self._choices))]
        return QSize(max(widths, default=0), self._row_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: wrap anew."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Qt: its digits are its own while it has the keys, whatever they mean around it."""
        is_key = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and self._is_mine(event.text()):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def _is_mine(self, digit: str) -> bool:
        return digit.isdecimal() and len(digit) == 1 and 1 <= int(digit) <= len(self._choices)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: digits and arrows; full-width digits count."""
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1,
        }.get(Qt.Key(event.key()))  # fmt: skip
        digit = event.text()
        if self._is_mine(digit):
            self._pick(int(digit) - 1)
        elif step is not None and self._choices:
            self._pick((self._current() + step) % len(self._choices) if self._value else 0)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: the segment under the mouse."""
        place = self._place_at(event.position().toPoint())
        if place >= 0:
            self._pick(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: light up what would be chosen."""
        self._hover(self._place_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Qt: nothing any more."""
        super().leaveEvent(event)
        self._hover(-1)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the language or the look changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange):
            self._arrange()
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the segments."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, rect in enumerate(self._places):
            self._paint_segment(painter, rect, place)
        painter.end()

    # -------------------------------------------------------------------------------------------------------------

    def _current(self) -> int:
        values = [choice.value for choice in self._choices]
        return values.index(self._value) if self._value in values else -1

    def _pick(self, place: int) -> None:
        self._value = self._choices[place].value
        self.update()
        self.chosen.emit(self._value)

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.update()

    def _place_at(self, at: QPoint) -> int:
        return next((place for place, rect in enumerate(self._places) if rect.contains(at)), -1)

    def _gap(self) -> int:
        return theme.current().space(1)

    def _row_height(self) -> int:
        look = theme.current()
        return look.px(look.sizes.control)

    def _key(self, place: int) -> str:
        return str(place + 1) if place < 9 else ""

    def _width(self, place: int) -> int:
        look = theme.current()
        words = fonts.width_of(self._choices[place].words, look.px(look.sizes.body), fonts.SEMIBOLD)
        cap = cap_width(self._key(place)) + look.px(6) if self._key(place) else 0
        return words + cap + look.space(5)

    def _arranged(self, width: int) -> list[QRect]:
        places: list[QRect] = []
        left = top = 0
        for place in range(len(self._choices)):
            wide = min(self._width(place), max(width, 1))
            if left and left + wide > width:
                left, top = 0, top + self._row_height() + self._gap()
            places.append(QRect(left, top, wide, self._row_height()))
            left += wide + self._gap()
        return places

    def _arrange(self) -> None:
        self._places = self._arranged(self.width())
        height = self._places[-1].bottom() + 1 if self._places else self._row_height()
        if self.height() != height:
            self.setFixedHeight(height)

    def _paint_segment(self, painter: QPainter, rect: QRect, place: int) -> None:
        look = theme.current()
        is_chosen = self._choices[place].value == self._value
        ground = "accent_soft" if is_chosen else "hover" if place == self._hovered else "surface_2"
        has_ring = self.hasFocus() and is_chosen
        is_asked = self.hasFocus() and self._value is None  # any of them: none looks chosen before it is
        edge = look.colour("accent" if is_chosen or is_asked else "line")
        inset = 1.0 if has_ring else 0.5
        painter.setPen(QPen(edge, 2 if has_ring else 1))
        painter.setBrush(look.colour(ground))
        radius = look.px(look.sizes.radius)
        painter.drawRoundedRect(rect.toRectF().adjusted(inset, inset, -inset, -inset), radius, radius)
        self._paint_words(painter, rect, place, is_chosen)

    def _paint_words(self, painter: QPainter, rect: QRect, place: int, is_chosen: bool) -> None:
        look = theme.current()
        left = rect.left() + look.px(10)
        key = self._key(place)
        if key:
            cap = QRect(left, rect.top(), cap_width(key), rect.height())
            token = "accent" if is_chosen else "muted"
            paint_cap(painter, cap, key, look.colour(token), look.colour("accent" if is_chosen else "control"))
            left = cap.right() + look.px(6)
        painter.setFont(fonts.font(look.px(look.sizes.body), fonts.SEMIBOLD if is_chosen else fonts.NORMAL))
        painter.setPen(look.colour("text"))
        words = QRect(left, rect.top(), rect.right() - left, rect.height())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self._choices[place].words)


class Field(QWidget):
    """A label, a widget, and below it a hint or what is wrong."""

    def __init__(self, title_code: str, widget: QWidget, *, hint_code: str = "",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        super().__init__(parent)
        self.widget = widget
        self._hint_code = hint_code
        self._error = False
        self._doubt = ""
        self.title = Label(title_code, "caption")
        self.title.setBuddy(widget)
        self._note = Label(hint_code, "caption")
        self._note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space(1))
        for each in (self.title, widget, self._note):
            layout.addWidget(each)
        self._note.setVisible(bool(hint_code))
        widget.setAccessibleName(self.title.text())

    @property
    def has_error(self) -> bool:
        """Whether something is said to be wrong."""
        return self._error

    def show_error(self, code: str | None, **facts: Any) -> None:
        """Say what is wrong with it; None takes that back."""
        self._show(say(code, **facts) if code else None)

    def show_refusal(self, error: CommandCenterError) -> None:
        """Say why it was refused."""
        self._show(texts.current().error(error))

    def show_doubt(self, sentence: str) -> None:
        """Say what is worth a second look; it may be saved all the same. Nothing: take that back."""
        if not self._error:
            self._doubt = sentence
            self._show(None)

    def set_hint(self, code: str) -> None:
        """Another hint, or none."""
        self._hint_code = code
        self._show(None)

    def _show(self, sentence: str | None) -> None:
        self._error = sentence is not None
        role = "error" if self._error else "doubt" if self._doubt else "caption"
        self._note.setProperty("role", role)
        self.widget.setProperty("wrong", self._error)
        for each in (self._note, self.widget):
            each.style().unpolish(each)
            each.style().polish(each)
        said = sentence or self._doubt
        if said:
            self._note.show_text(said)
        else:
            self._note.say(self._hint_code)
        self._note.setVisible(bool(said or self._hint_code))


class Form(QWidget):
    """Fields one below the other by name, in the order of the Tab key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.current().space(3))

    def add(self, name: str, title_code: str, widget: QWidget, *, hint_code: str = "") -> Field:
        """Add a field; ValueError when the name is taken."""
        if name in self._fields:
            raise ValueError(f"field {name} is there twice")
        before = list(self._fields.values())[-1:]
        field = self._fields[name] = Field(title_code, widget, hint_code=hint_code)
        self._layout.addWidget(field)
        if before:
            QWidget.setTabOrder(before[0].widget, widget)
        return field

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        return self._fields[name]

    def __contains__(self, name: str) -> bool:
        """Whether there is such a field."""
        return name in self._fields

    def widgets(self) -> dict[str, QWidget]:
        """What is filled in, by the names of the fields."""
        return {name: field.widget for name, field in self._fields.items()}

    def show_errors(self, errors: Mapping[str, CommandCenterError]) -> None:
        """Show each refusal under its field, clear the others, and go to the first that is wrong."""
        for name, field in self._fields.items():
            if name in errors:
                field.show_refusal(errors[name])
            else:
                field.show_error(None)
        first = next((name for name in self._fields if name in errors), None)
        if first is not None:
            self._fields[first].widget.setFocus()

    @Slot()
    def clear_errors(self) -> None:
        """Nothing is wrong any more."""
        self.show_errors({})
