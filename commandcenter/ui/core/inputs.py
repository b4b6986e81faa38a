"""What forms ask with besides lines of text: one of many found by typing, a number, yes or no; one way to read all."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QRect, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QStyledItemDelegate,
    QWidget,
)

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.masks import is_erased
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip

_OFFERED = 12
_Reason = Qt.FocusReason
_GOING_ON = (_Reason.TabFocusReason, _Reason.BacktabFocusReason, _Reason.MouseFocusReason, _Reason.ShortcutFocusReason)
_STAYING = (_Reason.MouseFocusReason, _Reason.PopupFocusReason, _Reason.ActiveWindowFocusReason)
MOST = 1_000_000
"""More than this nobody counts in a township."""
_WHOLE = re.compile(r"[-+－＋]?(\d{1,3}([,，]\d{3})+|\d+)")
"""Also with its thousands apart, as it is shown."""
_SIGNS = str.maketrans("－＋", "-+", ",，")
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Option:
    """One of many; ``keys`` is what it is known by besides its title (a code, an English name)."""

    value: Any
    title: str
    keys: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def _spelling(title: str) -> tuple[str, str]:
    keys = pinyin.keys(title)
    return keys.pinyin, keys.initials


class PickBox(QComboBox):
    """One of many: opened as a list, or found by typing a part of its name, its pinyin, initials or number.

    What is typed and names nothing stays standing, and :meth:`picked` refuses it. Signals: ``submitted()`` on Enter
    when no search is open; ``chosen()`` whenever another option stands in it.
    """

    submitted = Signal()
    chosen = Signal()

    def __init__(self, options: Iterable[Option] = (), *, none_code: str = "", parent: QWidget | None = None) -> None:
        """``none_code``: the words of a first option that means nothing at all."""
        super().__init__(parent)
        self._none_code = none_code
        self._options: tuple[Option, ...] = ()
        self._index: Index | None = None
        self._line = LineEdit()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setLineEdit(self._line)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(_OFFERED)
        self._titles = QStringListModel(self)
        self._finder = QCompleter(self._titles, self)
        self._finder.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._finder.activated.connect(self._take)
        self._finder.setWidget(self._line)
        self._line.setCompleter(None)  # type: ignore[arg-type]
        self._line.edited.connect(self._search)
        self._line.submitted.connect(self._enter)
        self.currentIndexChanged.connect(self.chosen)
        self.offer(options)

    def offer(self, options: Iterable[Option]) -> None:
        """Offer others; what was chosen stays if it is among them, else the first is."""
        before = self.currentData()
        nothing = (Option(None, say(self._none_code)),) if self._none_code else ()
        self._options, self._index = (*nothing, *options), None
        self.blockSignals(True)
        self.clear()
        for option in self._options:
            self.addItem(option.title, option.value)
        self.setCurrentIndex(max(self.findData(before), 0))
        self.blockSignals(False)
        self._show_beginning()

    def put(self, value: Any) -> None:
        """Show the option of this value, without ``chosen``; one that no list knows is shown as it is."""
        self.blockSignals(True)
        if value not in (None, "") and self.findData(value) < 0:
            self._options, self._index = (*self._options, Option(value, str(value))), None
            self.addItem(str(value), value)
        self.setCurrentIndex(max(self.findData(value), 0))
        self.setEditText(self.itemText(self.currentIndex()))
        self.blockSignals(False)
        self._show_beginning()

    def picked(self) -> Any:
        """The value; BadInput ``form.unknown_choice`` while what stands there is none of the options."""
        self.settle()
        if self._is_settled():
            return self.currentData()
        raise BadInput("form.unknown_choice", text=self._text())

    def held(self) -> Any:
        """The value that is chosen; while words stand there that are none of the options, these."""
        return self.currentData() if self._is_settled() else self._text()

    def carry_over(self, old: "PickBox") -> None:
        """What stands in another one that offered others; ValueError when it is not offered here."""
        value = old.held()
        if not old._is_settled():
            self.setEditText(value)
        elif self.findData(value) >= 0:
            self.put(value)
            self.chosen.emit()
        else:
            raise ValueError(f"{value} is not offered")

    @Slot()
    def settle(self) -> None:
        """Take what the typed words find best; they stay as they are when they find nothing."""
        if self._is_settled():
            return
        text = self._text()
        exact = next((place for place, option in enumerate(self._options) if option.title == text), None)
        found = [exact] if exact is not None else self._found(text) if text else [0] if self._none_code else []
        if found:
            self.setCurrentIndex(found[0])
            self.setEditText(self.itemText(found[0]))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: whoever comes by key, or is put here by a form that opens, types over what stands in it."""
        super().focusInEvent(event)
        if event.reason() not in _STAYING:
            self._line.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: going on settles it; a list that opens over it does not."""
        super().focusOutEvent(event)
        if event.reason() in _GOING_ON:
            self._hide_found()
            self.settle()
            self._show_beginning()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: a form that scrolls under the pointer changes nothing."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Down opens the whole list when nothing was typed."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif event.key() == Qt.Key.Key_Down and self._is_settled():
            self.showPopup()
        else:
            super().keyPressEvent(event)

    # -------------------------------------------------------------------------------------------------------------

    def _text(self) -> str:
        return self._line.text_with_preedit().strip()

    def _show_beginning(self) -> None:
        """Of what is too long for the box its end says less; nobody's cursor is moved."""
        if not self._line.hasFocus():
            self._line.setCursorPosition(0)

    def _is_settled(self) -> bool:
        return self.currentIndex() >= 0 and self.itemText(self.currentIndex()) == self._line.text()

    def _found(self, text: str) -> list[int]:
        if self._index is None:
            self._index = Index(
                Entry("option", str(place), option.title, "", (*_spelling(option.title), *option.keys))
                for place, option in enumerate(self._options)
            )
        return [int(hit.entry.id) for hit in self._index.search(text, _OFFERED)]

    @Slot(str)
    def _search(self, _text: str) -> None:
        if not self._line.hasFocus() or self._is_settled():
            return
        found = self._found(self._text()) if self._text() else []
        self._titles.setStringList([self._options[place].title for place in found])
        if found:
            self._dress(self._finder.popup())
            inside = self._line.geometry()
            self._finder.complete(QRect(-inside.left(), -inside.top(), self.width(), self.height()))
        else:
            self._hide_found()

    @staticmethod
    def _dress(popup: QAbstractItemView | None) -> None:
        """What is found looks like the whole list; Qt's own delegate there knows no style."""
        if popup is not None and not popup.property("found"):
            popup.setProperty("found", True)
            popup.setItemDelegate(QStyledItemDelegate(popup))

    @Slot(str)
    def _take(self, title: str) -> None:
        place = next((place for place, option in enumerate(self._options) if option.title == title), None)
        if place is not None:
            self.setCurrentIndex(place)
            self.setEditText(title)

    @Slot()
    def _enter(self) -> None:
        """The Enter that takes what was found does nothing else: whoever searches has not finished the form."""
        searching = not self._is_settled()
        self._hide_found()
        self.settle()
        if not (searching and self._is_settled()):
            self.submitted.emit()

    def _hide_found(self) -> None:
        popup = self._finder.popup()
        if popup is not None and popup.isVisible():
            popup.hide()


class CountEdit(LineEdit):
    """A whole number within its limits, or nothing: not counted yet."""

    def __init__(self, placeholder: str = "", *, least: int = 0, most: int = MOST) -> None:
        """``least`` and ``most`` may both stand in it, and are said where something else does."""
        super().__init__(placeholder)
        self._least, self._most = least, most

    def number(self) -> int | None:
        """The number; BadInput ``form.number_range`` for one beyond the limits, ``form.no_count`` for anything else
        than a whole number."""
        text = self.text_with_preedit().strip()
        if not text:
            return None
        limits = {"least": f"{self._least:,}", "most": f"{self._most:,}"}
        if not _WHOLE.fullmatch(text):
            raise BadInput("form.no_count", text=text, **limits)
        # A line of digits without end is not worth counting out.
        if len(text) > _DIGITS or not self._least <= int(text.translate(_SIGNS)) <= self._most:
            raise BadInput("form.number_range", text=text, **limits)
        return int(text.translate(_SIGNS))


class YesNo(ChoiceStrip):
    """Two choices, the first of which means yes."""

    def __init__(self, yes_code: str, no_code: str) -> None:
        super().__init__((Choice("yes", title_code=yes_code), Choice("no", title_code=no_code)))


class Asking(QWidget):
    """A part of a form made of several widgets. Signals: ``submitted()`` on Enter; ``changed()`` whenever something
    else stands in it, from those that can tell."""

    submitted = Signal()
    changed = Signal()

    def asked(self) -> Any:
        """What stands in it; None when nothing does."""
        raise NotImplementedError

    def put(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError


def read(widget: QWidget) -> Any:
    """What stands in a widget of a form; an empty text is None. BadInput where it cannot be what it should."""
    if isinstance(widget, Asking):
        return widget.asked()
    if isinstance(widget, YesNo):
        return widget.value == "yes"
    if isinstance(widget, ChoiceStrip):
        return widget.value
    if isinstance(widget, PickBox):
        return widget.picked()
    if isinstance(widget, CountEdit):
        return widget.number()
    if isinstance(widget, TextBox):
        return widget.text_with_preedit().strip() or None
    assert isinstance(widget, LineEdit), widget
    return widget.text_with_preedit().strip() or None


def fill(widget: QWidget, value: Any) -> None:
    """Show a value in a widget of a form; nothing where it was erased."""
    value = None if is_erased(value) else value
    if isinstance(widget, Asking):
        widget.put(value)
    elif isinstance(widget, YesNo):
        widget.choose("yes" if value else "no")
    elif isinstance(widget, ChoiceStrip):
        widget.choose(value)
    elif isinstance(widget, PickBox):
        widget.put(value)
    elif isinstance(widget, TextBox):
        widget.setPlainText(value or "")
    else:
        assert isinstance(widget, LineEdit), widget
        widget.setText("" if value is None else str(value))


def raw_text(widget: QWidget) -> str:
    """The characters that stand in a widget, whatever they mean: what a person would lose."""
    if isinstance(widget, PickBox):
        return widget.currentText()
    return str(read(widget) or "") if not isinstance(widget, LineEdit) else widget.text()


def standing(within: QWidget) -> tuple[Any, ...]:
    """What stands in everything that can be filled in inside a widget, to be compared with what stood there before.
    Of one of many its value counts: its words may change by themselves."""
    found: list[Any] = []
    for each in within.findChildren(QWidget):
        if isinstance(each, (PickBox, ChoiceStrip)) or (
            isinstance(each, (LineEdit, TextBox)) and not isinstance(each.parent(), PickBox)
        ):
            found.append(content(each))
        elif isinstance(each, QAbstractButton) and each.isCheckable():
            found.append(each.isChecked())
    return tuple(found)


def content(widget: QWidget) -> Any:
    """What stands in one widget of a form, to be compared."""
    if isinstance(widget, PickBox):
        return widget.held()
    if isinstance(widget, ChoiceStrip):
        return widget.value
    if isinstance(widget, (LineEdit, TextBox)):
        return widget.text_with_preedit()
    return standing(widget)


def carry_over(old: QWidget, new: QWidget) -> None:
    """Put what a hand left in one widget into the same one of a form made anew, as if it had been done there.
    BadInput where it is nothing, ValueError where it is not offered any more."""
    if isinstance(new, Asking):
        new.put(read(old))
    elif isinstance(new, PickBox):
        new.carry_over(old)  # type: ignore[arg-type]
    elif isinstance(new, ChoiceStrip):
        new.choose(content(old))
        new.chosen.emit(content(old))
    elif isinstance(new, TextBox):
        new.setPlainText(content(old))
    elif isinstance(new, LineEdit):
        new.setText(content(old))


def watch(widgets: Iterable[QWidget], heard: Any) -> None:
    """Let a slot hear whenever something else stands in any of these widgets; its sender is the widget."""
    for widget in widgets:
        if isinstance(widget, Asking):
            widget.changed.connect(heard)
        elif isinstance(widget, (PickBox, ChoiceStrip)):
            widget.chosen.connect(heard)
        elif isinstance(widget, (LineEdit, TextBox)):
            widget.edited.connect(heard)


def chain(widgets: Sequence[QWidget], submit: Any) -> None:
    """Let Enter in any of these widgets submit."""
    for widget in widgets:
        if isinstance(widget, (LineEdit, TextBox, PickBox, Asking)):
            widget.submitted.connect(submit)
