"""The script and the evaluation sheet on a card: lines that the keys walk through, each opened, moved and taken out
where it stands."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.scenarios import FULL_MARK, Expectation, Inject, clock_words, total
from commandcenter.services.catalogues import term
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import words
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton, Label, divider
from commandcenter.ui.scenarios.words import judged_words, text_of

_OWN_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Up, Qt.Key.Key_Down)


class Line(QWidget):
    """One line that can have the keys: Enter opens it, Del takes it out, Alt with an arrow moves it, arrows go on.

    Signals: ``opened()``, ``removed()``, ``moved(up)``, ``left(up)``.
    """

    opened = Signal()
    removed = Signal()
    moved = Signal(bool)
    left = Signal(bool)

    def __init__(self, kind: str, id: str) -> None:
        super().__init__()
        self.kind, self.id = kind, id
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        look = theme.current()
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(look.space(2), look.px(6), look.space(2), look.px(6))
        self.row.setSpacing(look.space(3))

    def put(self, part: QWidget, wide: int = 0, stretch: int = 0) -> None:
        """One more cell, ``wide`` px at 100 %."""
        if wide:
            part.setFixedWidth(theme.current().px(wide))
        # What lies on the line must not take the press that chooses it.
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.row.addWidget(part, stretch, Qt.AlignmentFlag.AlignTop)

    def event(self, event: QEvent) -> bool:
        """Qt: some keys mean the line here, whatever they mean to the list around it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: see the class."""
        key, is_alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key == Qt.Key.Key_Delete:
            self.removed.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            (self.moved if is_alt else self.left).emit(key == Qt.Key.Key_Up)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: opens it."""
        self.opened.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: shown as chosen."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: no longer."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: a ground and a frame while it has the keys."""
        if not self.hasFocus():
            return
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("accent"), 2))
        painter.setBrush(look.colour("accent_soft"))
        radius = look.px(look.sizes.radius)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), radius, radius)
        painter.end()


class Lines(QWidget):
    """Lines one below the other under a heading; the card keeps the chosen one in sight."""

    kind = ""
    add = ""
    """The action that adds a line."""

    def __init__(
        self, tools: Tools, subject: Any, lines: Sequence[Line], heads: Sequence[tuple[str, int, int]]
    ) -> None:  # fmt: skip
        super().__init__()
        self._tools, self._subject = tools, subject
        self._host: Any = None
        self.lines = list(lines)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        if lines:
            self.body.addWidget(_heads(heads))
        for each in lines:
            self.body.addWidget(divider())
            self.body.addWidget(each)
            each.left.connect(partial(self._go_on, each))
            if subject.may_write:
                each.opened.connect(partial(self._act, each, "scenario.line.edit"))
                each.removed.connect(partial(self._act, each, "scenario.line.remove"))
                each.moved.connect(partial(self._move, each))

    def serve(self, host: Any) -> None:
        """The card in which they stand."""
        self._host = host

    def take_up(self, position: int) -> None:
        """Give the keys to the line at a place, counted from 0."""
        if self.lines:
            self._focus(self.lines[max(0, min(position, len(self.lines) - 1))])

    def foot(self) -> None:
        """The way to add a line."""
        if self._subject.may_write:
            button = ActionButton(self._tools.actions, self.add, kind="quiet")
            self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _focus(self, line: Line) -> None:
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._host is not None:
            self._host.ensureWidgetVisible(line, 0, theme.current().space(4))

    def _go_on(self, line: Line, up: bool) -> None:
        at = self.lines.index(line) + (-1 if up else 1)
        if 0 <= at < len(self.lines):
            self._focus(self.lines[at])

    def _act(self, line: Line, action: str) -> None:
        self._tools.selection.choose("scenario_line", f"{line.kind}:{line.id}")
        self._tools.actions.trigger(action)

    def _move(self, line: Line, up: bool) -> None:
        self._act(line, "scenario.line.up" if up else "scenario.line.down")


def _heads(heads: Sequence[tuple[str, int, int]]) -> QWidget:
    """Quiet words over the columns: (code, width at 100 % or 0, stretch)."""
    look = theme.current()
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(look.space(2), 0, look.space(2), look.px(2))
    row.setSpacing(look.space(3))
    for code, wide, stretch in heads:
        label = Label(code, "caption")
        if wide:
            label.setFixedWidth(look.px(wide))
        row.addWidget(label, stretch)
    return box


def _cell(text: str, role: Any = "") -> QLabel:
    label = words(text, role)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return label


class ScriptSection(Lines):
    """The script: when, by what, who plays it, where, and what is said."""

    kind, add = "inject", "scenario.inject.add"

    def __init__(self, tools: Tools, subject: Any) -> None:
        made = [_script_line(each) for each in subject.kept.injects]
        heads = (("scenarios.inject.offset", 52, 0), ("scenarios.inject.channel", 88, 0),
                 ("scenarios.inject.player", 88, 0), ("scenarios.inject.text", 0, 1),
                 ("scenarios.inject.place", 120, 0))  # fmt: skip
        super().__init__(tools, subject, made, heads)
        if not made:
            self.body.addWidget(Label("scenarios.script.none", "muted"))
        self.foot()


def _script_line(row: Inject) -> Line:
    line = Line("inject", row.id)
    line.put(_cell(clock_words(row.offset_s), "strong"), 52)
    line.put(_cell(term("drill_channels", row.channel) if row.channel else "", "muted"), 88)
    line.put(_cell(term("drill_players", row.player) if row.player else "", "muted"), 88)
    line.put(_cell(text_of(row.text)), stretch=1)
    line.put(_cell(text_of(row.place), "muted"), 120)
    line.setAccessibleName(f"{clock_words(row.offset_s)} {text_of(row.text)}")
    return line


class EvaluationSection(Lines):
    """The evaluation sheet: item, what is expected and how points are given, points and their sum."""

    kind, add = "expectation", "scenario.expectation.add"

    def __init__(self, tools: Tools, subject: Any) -> None:
        rows: Sequence[Expectation] = subject.kept.expectations
        heads = (("scenarios.expectation.item", 104, 0), ("scenarios.expectation.text", 0, 3),
                 ("scenarios.expectation.criterion", 0, 2), ("scenarios.expectation.points", 40, 0))
        super().__init__(tools, subject, [_point_line(each) for each in rows], heads)
        if not rows:
            self.body.addWidget(Label("scenarios.points.none", "muted"))
        else:
            self.body.addWidget(divider())
            self.body.addWidget(self._sum(rows))
        self.foot()

    def _sum(self, rows: Sequence[Expectation]) -> QWidget:
        look, points = theme.current(), total(rows)
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(look.space(2), look.px(6), look.space(2), look.px(6))
        is_full = points == FULL_MARK
        code = "scenarios.points.sum" if is_full else "scenarios.points.wrong"
        said = _cell(say(code, points=points, full=FULL_MARK, differs=abs(FULL_MARK - points)),
                     "muted" if is_full else "doubt")
        said.setObjectName("scenarios.sum")
        row.addWidget(said, 1)
        row.addWidget(words(str(points), "strong", wraps=False))
        return box


def _point_line(row: Expectation) -> Line:
    line = Line("expectation", row.id)
    line.put(_cell(text_of(row.item), "strong"), 104)
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.current().px(2))
    column.addWidget(_cell(text_of(row.text)))
    column.addWidget(_cell(judged_words(row), "caption"))
    line.put(inside, stretch=3)
    line.put(_cell(text_of(row.criterion), "muted"), stretch=2)
    points = _cell(str(row.points), "strong")
    points.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    line.put(points, 40)
    line.setAccessibleName(f"{text_of(row.item)} {text_of(row.text)} {row.points}")
    return line
