"""Results typed down a column: a mark, or one letter, then Enter and the next."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import current, say
from commandcenter.rules.courses import FULL_MARK
from commandcenter.services.attendance import Away, RecordResults, Result, SettleAttendance
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.courses.rows import AttendanceRow

_LETTERS = {"p": True, "f": False}
_WAIVED, _AWAY, _CLEAR = "m", "q", "-"


def read(text: str, row: AttendanceRow) -> Any:
    """The command that a typed result means. BadInput ``attendance.mark_unreadable``; whether a reason is given for an
    absence or a waiver is judged where it is carried out."""
    given = text.strip()
    letter, rest = given[:1].lower(), given[1:].strip()
    was: dict[str, Any] = {"was_mark": row.row.mark, "was_passed": row.row.passed}
    session, worker = row.row.session, row.row.worker
    if letter == _AWAY:
        return SettleAttendance(session=session, absent=(Away(worker, rest),))
    if letter == _WAIVED:
        return RecordResults(session=session, results=(Result(worker, waived=True, reason=rest, **was),))
    if letter in _LETTERS and not rest:
        return RecordResults(session=session, results=(Result(worker, passed=_LETTERS[letter], **was),))
    if given == _CLEAR:
        return RecordResults(session=session, results=(Result(worker, **was),))
    try:
        mark = float(given.translate(_WIDE))
    except ValueError:
        raise BadInput("attendance.mark_unreadable", text=given) from None
    if not 0 <= mark <= FULL_MARK:
        raise BadInput("attendance.mark", text=given, name=row.name)
    return RecordResults(session=session, results=(Result(worker, mark=mark, **was),))


_WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")


class ResultBar(QWidget):
    """Under the list: whose result it is, and the box for it.

    Signals: ``typed(command)``; ``moved(step)`` for the row above or below; ``left()`` on Escape.
    """

    typed = Signal(object)
    moved = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._row: AttendanceRow | None = None
        look = theme.current()
        self.who = Label("", "strong")
        self.line = LineEdit(say("courses.result.placeholder"))
        self.line.setObjectName("courses.result")
        self.line.setAccessibleName(say("courses.result.placeholder"))
        self.line.submitted.connect(self._submit)
        self.line.installEventFilter(self)
        self.told = Label("courses.result.hint", "caption")
        self.told.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(look.space(2))
        row.addWidget(self.who)
        row.addWidget(self.line, 1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(1))
        lines.addLayout(row)
        lines.addWidget(self.told)
        self.setFocusProxy(self.line)

    def show_row(self, row: AttendanceRow | None) -> None:
        """Whose result is typed next; what stood there is shown to be overwritten."""
        is_other = row is None or self._row is None or row.id != self._row.id
        self._row = row
        self.setEnabled(row is not None)
        self.who.show_text(row.name if row else "")
        if is_other:
            self.line.setText("" if row is None or row.row.mark is None else f"{row.row.mark:g}")
            self.line.selectAll()
            self._mark(False)
            self.told.say("courses.result.hint")

    def tell_trouble(self, error: BaseException, sentence: str = "") -> None:
        """Why it was not taken; what was typed stays."""
        self._mark(True)
        self.told.show_text(sentence or current().error(error))  # type: ignore[arg-type]
        self.line.setFocus()
        self.line.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: the arrows go up and down the list, Escape leaves."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.moved.emit(step)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _submit(self) -> None:
        if self._row is None:
            return
        text = self.line.text_with_preedit().strip()
        if not text or (self._row.row.mark is not None and text == f"{self._row.row.mark:g}"):
            self.moved.emit(1)
            return
        try:
            command = read(text, self._row)
        except BadInput as error:
            self.tell_trouble(error)
            return
        self.typed.emit(command)

    def _mark(self, wrong: bool) -> None:
        self.told.setProperty("role", "error" if wrong else "caption")
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
