"""Fields that work with an input method: what is being composed counts, and Enter inside it never submits."""

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from commandcenter.rules import legible
from commandcenter.ui.core import theme

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_GLUE = str.maketrans("", "", " '’")
"""Input methods set these between the syllables of what is being composed."""


def _composed(text: str, cursor: int, preedit: str) -> str:
    return text[:cursor] + preedit.translate(_GLUE) + text[cursor:]


class LineEdit(QLineEdit):
    """One line.

    Signals: ``edited(text)`` whenever the text or what is being composed changed; ``submitted()`` on Enter, never
    while something is being composed.
    """

    edited = Signal(str)
    submitted = Signal()

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preedit = ""
        self._told = ""
        self.setPlaceholderText(placeholder)
        self.textChanged.connect(self._tell)

    @property
    def is_composing(self) -> bool:
        """Whether an input method holds text that is not settled yet."""
        return bool(self._preedit)

    def text_with_preedit(self) -> str:
        """The text with what is being composed at the cursor, without the input method's separators."""
        return _composed(self.text(), self.cursorPosition(), self._preedit)

    def event(self, event: QEvent) -> bool:
        """Qt: where nothing was typed that could be taken back, Ctrl+Z takes back what this desk did."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            if (event.matches(undo) and not self.isUndoAvailable()) or (
                event.matches(redo) and not self.isRedoAvailable()
            ):
                event.ignore()
                return False
        return super().event(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Qt: something is composed or settled."""
        self._preedit = event.preeditString()
        super().inputMethodEvent(event)
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter submits unless it belongs to the input method."""
        if event.key() in _ENTER:
            event.accept()
            if not self.is_composing:
                self.submitted.emit()
            return
        super().keyPressEvent(event)

    @Slot()
    def _tell(self) -> None:
        if (kept := legible.line(self.text())) != self.text():  # something was pasted that nobody could see
            self.setText(kept)
            return
        text = self.text_with_preedit()
        if text != self._told:
            self._told = text
            self.edited.emit(text)


class TextBox(QPlainTextEdit):
    """Several lines; grows from ``least`` to ``most`` lines. Enter submits when asked to, Shift+Enter breaks.

    Signals: ``edited(text)`` and ``submitted()`` as for LineEdit.
    """

    edited = Signal(str)
    submitted = Signal()

    def __init__(self, placeholder: str = "", *, least: int = 2, most: int = 6, submits: bool = False,
                 parent: QWidget | None = None) -> None:  # fmt: skip
        super().__init__(parent)
        self._least, self._most, self._submits = least, most, submits
        self._preedit = ""
        self._told = ""
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.textChanged.connect(self._tell)
        self.document().documentLayout().documentSizeChanged.connect(self._resize)
        self._resize()

    @property
    def is_composing(self) -> bool:
        """Whether an input method holds text that is not settled yet."""
        return bool(self._preedit)

    def text_with_preedit(self) -> str:
        """The text with what is being composed at the cursor."""
        return _composed(self.toPlainText(), self.textCursor().position(), self._preedit)

    def sizeHint(self) -> QSize:
        """Qt: as high as its lines."""
        return QSize(super().sizeHint().width(), self._height())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Qt: something is composed or settled."""
        self._preedit = event.preeditString()
        super().inputMethodEvent(event)
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter submits if this box does so and nothing is being composed."""
        breaks = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if self._submits and event.key() in _ENTER and not breaks:
            event.accept()
            if not self.is_composing:
                self.submitted.emit()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Qt: something is pasted or dropped; what nobody could see in it stays outside."""
        self.insertPlainText(legible.text(source.text()))
        self.ensureCursorVisible()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the type grew or shrank."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._resize()

    def _height(self) -> int:
        look = theme.current()
        lines = max(self._least, min(self._most, round(self.document().size().height())))
        return lines * self.fontMetrics().lineSpacing() + 2 * look.px(6) + look.px(10)

    @Slot()
    def _resize(self) -> None:
        if self.height() != self._height():
            self.setFixedHeight(self._height())

    @Slot()
    def _tell(self) -> None:
        text = self.text_with_preedit()
        if text != self._told:
            self._told = text
            self.edited.emit(text)
