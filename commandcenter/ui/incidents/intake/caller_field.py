"""Who calls: a number and a name. A known one brings the person's place, and makes the person the finder."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.phones import numbers_in
from commandcenter.services import catalogues
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.widgets import Chip
from commandcenter.ui.incidents.intake.draft import Draft
from commandcenter.ui.incidents.intake.intakes import Intakes
from commandcenter.ui.incidents.intake.places import Caller, caller_of, target, where_of
from commandcenter.ui.incidents.intake.suggestions import Suggestion, SuggestionList


class CallerField(QWidget):
    """Signals: ``phone_edited(text)``; ``name_edited(text)``; ``caller_named(kind, id)``; ``caller_lost()`` – the
    number belongs to nobody known; ``passed()`` – Enter with nothing to choose."""

    phone_edited = Signal(str)
    name_edited = Signal(str)
    caller_named = Signal(str, str)
    caller_lost = Signal()
    passed = Signal()

    def __init__(self, intakes: Intakes, host: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._intakes = intakes
        self._by_phone: list[Caller] = []
        self._by_name: list[tuple[str, str]] = []
        self.phone = LineEdit(say("intake.phone.placeholder"), self)
        self.name = LineEdit(say("intake.name.placeholder"), self)
        self.phone_list = SuggestionList(self.phone, host)
        self.name_list = SuggestionList(self.name, host)
        self.finder = Chip(icon="person", parent=self)
        self.finder.hide()
        self.doubt = Chip(icon="refused", parent=self)
        self.doubt.hide()
        self.setFocusProxy(self.phone)
        self._lay_out()
        self.phone.textEdited.connect(self._phone_edited)
        self.name.textEdited.connect(self.name_edited)
        self.name.edited.connect(self._name_typed)
        self.phone.submitted.connect(self.passed)
        self.name.submitted.connect(self.passed)
        self.phone_list.taken.connect(self._phone_taken)
        self.name_list.taken.connect(self._name_taken)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.current().space(2))
        line.addWidget(self.phone, 3)
        line.addWidget(self.name, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space())
        column.addLayout(line)
        column.addWidget(self.finder)
        column.addWidget(self.doubt)

    def show_draft(self, draft: Draft) -> None:
        """Show who calls."""
        for line, text in ((self.phone, draft.caller_phone), (self.name, draft.caller_name)):
            if line.text() != text:
                line.setText(text)
        self._tell_doubt(draft.caller_phone)
        words = finder_words(self._intakes, draft)
        self.finder.setVisible(bool(words))
        self.finder.show_state(words, "ok", "person")

    def _tell_doubt(self, phone: str) -> None:
        """A number that is none is said at once: nobody can be called back by it. It keeps nobody from saving."""
        odd = phone.strip() if not numbers_in(phone) else ""
        self.doubt.setVisible(bool(odd))
        self.doubt.show_state(say("intake.phone.odd", text=odd) if odd else "", "near", "refused")

    # --- typing -------------------------------------------------------------------------------------------------

    @Slot(str)
    def _phone_edited(self, text: str) -> None:
        """One known owner is the caller; of several the officer picks; nobody known is nobody."""
        self.phone_edited.emit(text)
        self._tell_doubt(text)
        self._by_phone = self._intakes.lookup.callers(text)
        if len(self._by_phone) == 1:
            self.caller_named.emit(self._by_phone[0].kind, self._by_phone[0].id)
        elif not self._by_phone:
            self.caller_lost.emit()
        several = self._by_phone if len(self._by_phone) > 1 else []
        self.phone_list.offer([Suggestion(each.name, self._where(each.kind, each.id)) for each in several])

    @Slot(str)
    def _name_typed(self, text: str) -> None:
        """People by name or initials; nobody is marked, for a stranger's name is as good."""
        if not self.name.hasFocus() or not (self.name.isModified() or self.name.is_composing):
            return
        hits = self._intakes.lookup.index.people(text) if text.strip() else []
        self._by_name = [target(hit) for hit in hits]
        rows = [Suggestion(hit.entry.title, hit.entry.subtitle, spans=hit.spans) for hit in hits]
        is_latin = text.strip().isascii() and not any(hit.entry.title.isascii() for hit in hits)
        self.name_list.offer(rows, marked=0 if is_latin else -1)

    def _where(self, kind: str, id: str) -> str:
        return where_of(self._intakes.desk.live, self._intakes.desk.directory.people[kind, id])

    @Slot(int)
    def _phone_taken(self, place: int) -> None:
        caller = self._by_phone[place]
        self.caller_named.emit(caller.kind, caller.id)

    @Slot(int)
    def _name_taken(self, place: int) -> None:
        self.caller_named.emit(*self._by_name[place])


def finder_words(intakes: Intakes, draft: Draft) -> str:
    """``报告人 谭朝阳 · 微网格员 · 凯旋社区第27微网格``; empty when the caller is nobody known."""
    directory = intakes.desk.directory
    caller = caller_of(directory, draft.finder_kind, draft.finder)
    if caller is None:
        return ""
    person = directory.people[caller.kind, caller.id]
    role = {"worker": "keeper", "contact": getattr(person, "kind", "")}.get(caller.kind, getattr(person, "role", ""))
    known = role if role in catalogues.roles() else ""
    parts = (caller.name, catalogues.role_name(known) if known else "", where_of(intakes.desk.live, person))
    return say("intake.caller.finder", who=" · ".join(part for part in parts if part))
