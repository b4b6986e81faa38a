"""What kind of report it is: category and detail on one line, each opening its choices while it has the keys."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.services import catalogues
from commandcenter.ui.core import icons, theme
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.incidents.intake.draft import Draft

_TENTH = ("0", "０")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Unfolding(QObject):
    """A button that shows what is chosen; while it or its strip has the keys, the strip stands below the line.

    Signals: ``chosen(value)`` by digit, arrow or click; ``begun(words)`` after Enter with nothing chosen took the
    first, where one must be chosen.
    """

    chosen = Signal(str)
    begun = Signal(str)

    def __init__(self, code: str, parent: QWidget, *, is_needed: bool = False) -> None:
        """``code``: what the button says while nothing is chosen; ``is_needed``: one must be chosen."""
        super().__init__(parent)
        self._code = code
        self._is_needed = is_needed
        self._choices: tuple[Choice, ...] = ()
        self.button = QPushButton(parent)
        self.button.setIcon(icons.icon("edit"))
        self.button.setCheckable(True)
        self.strip = ChoiceStrip(parent=parent)
        self.strip.hide()
        self.button.installEventFilter(self)
        self.strip.installEventFilter(self)
        self.strip.chosen.connect(self.chosen)

    def offer(self, choices: Sequence[Choice], value: str | None) -> None:
        """Offer these choices with one of them chosen, or none."""
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            self.strip.set_choices(choices)
        self.strip.choose(value if value in {choice.value for choice in choices} else None)
        words = next((choice.words for choice in choices if choice.value == value), say(self._code))
        self.button.setText(caption(words))
        self.button.setAccessibleName(words)
        self.button.setVisible(bool(choices))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: the focus unfolds and folds; 0 is the key of the tenth."""
        if watched is self.button and event.type() == QEvent.Type.FocusIn:
            self._unfold()
        elif watched is self.strip and event.type() == QEvent.Type.FocusOut:
            self.strip.hide()
            self.button.setChecked(False)
            self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        elif watched is self.strip and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._is_tenth(event) or self._begins(event)
        return False

    def _unfold(self) -> None:
        """The strip takes the keys; the way back by Shift+Tab must not fall into the button again."""
        self.strip.show()
        self.button.setChecked(True)
        self.strip.setFocus(Qt.FocusReason.TabFocusReason)
        self.button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def _is_tenth(self, event: QKeyEvent) -> bool:
        if event.text() not in _TENTH or len(self._choices) < 10:
            return False
        self.strip.choose(self._choices[9].value)
        self.chosen.emit(self._choices[9].value)
        return True


    def _begins(self, event: QKeyEvent) -> bool:
        """Enter with nothing chosen does what an arrow does; Enter on what is chosen goes on, as in every field."""
        if event.key() not in _ENTER or not self._is_needed or self.strip.value is not None or not self._choices:
            return False
        first = self._choices[0]
        self.strip.choose(first.value)
        self.chosen.emit(first.value)
        self.begun.emit(first.words)
        return True


class KindField(QWidget):
    """Signals: ``category_chosen(key)``; ``subkind_chosen(key)``; ``category_begun(words)`` after Enter took the first
    category because none was chosen."""

    category_chosen = Signal(str)
    category_begun = Signal(str)
    subkind_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.category = _Unfolding("intake.category.open", self, is_needed=True)
        self.subkind = _Unfolding("intake.subkind.open", self)
        self._categories = [Choice(each.key, each.name) for each in catalogues.categories().values()]
        self.setFocusProxy(self.category.button)
        look = theme.current()
        line = QHBoxLayout()
        line.setSpacing(look.space(2))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.space())
        column.addLayout(line)
        for each in (self.category, self.subkind):
            line.addWidget(each.button)
            column.addWidget(each.strip)
        line.addStretch(1)
        self.category.chosen.connect(self.category_chosen)
        self.category.begun.connect(self.category_begun)
        self.subkind.chosen.connect(self.subkind_chosen)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The widgets in the order of the Tab key."""
        return self.category.button, self.category.strip, self.subkind.button, self.subkind.strip

    def show_draft(self, draft: Draft) -> None:
        """Show the kind of a report."""
        kinds = catalogues.categories()[draft.category].subkinds if draft.category else ()
        self.category.offer(self._categories, draft.category or None)
        self.subkind.offer([Choice(each.key, each.name) for each in kinds], draft.subkind or None)
