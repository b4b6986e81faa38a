"""Where it is: one line for a number, initials, a name, a place people know, or the number that calls."""

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.finding import Hit
from commandcenter.rules.grids import Grid
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.incidents.intake.draft import Draft
from commandcenter.ui.incidents.intake.intakes import Intakes
from commandcenter.ui.incidents.intake.places import Caller, target, where_of
from commandcenter.ui.incidents.intake.suggestions import Suggestion, SuggestionList


class GridField(QWidget):
    """Signals: ``grid_named(grid id, place)`` – ``place`` is what people call it, or empty; ``village_named(id)``;
    ``caller_named(kind, id)``; ``place_named(text)`` – words that name no grid; ``typed(text)`` – what was named before
    holds no longer; ``passed()`` – Enter with nothing to choose."""

    grid_named = Signal(str, str)
    village_named = Signal(str)
    caller_named = Signal(str, str)
    place_named = Signal(str)
    typed = Signal(str)
    passed = Signal()

    def __init__(self, intakes: Intakes, host: QWidget, parent: QWidget | None = None) -> None:
        """``host`` is the widget over which the list floats."""
        super().__init__(parent)
        self._intakes = intakes
        self._found: list[Hit | Caller | Grid | None] = []
        self.line = LineEdit(say("intake.grid.placeholder"), self)
        self.list = SuggestionList(self.line, host)
        self._about = Label("", "caption", self)
        self.setFocusProxy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space())
        column.addWidget(self.line)
        column.addWidget(self._about)
        self.line.edited.connect(self._edited)
        self.line.textEdited.connect(self._text_edited)
        self.line.submitted.connect(self.passed)
        self.list.taken.connect(self._taken)
        intakes.lookup.changed.connect(self._search_again)

    def show_draft(self, draft: Draft) -> None:
        """Show where a report is."""
        live = self._intakes.desk.live
        grid, village = live.grids.get(draft.grid), live.villages.get(draft.village)
        named = grid.name if grid else village.name if village else draft.typed
        if self.line.text() != named:
            self.line.setText(named)
        self.list.offer(())
        self._about.show_text(self._keepers(draft.grid) if grid else say("intake.grid.village") if village else "")
        self._about.setVisible(bool(self._about.text()))

    def _keepers(self, grid: str) -> str:
        desk = self._intakes.desk
        names = [self._keeper(each, desk) for each in desk.directory.keepers(grid)]
        return say("intake.grid.keeper", name=say("intake.list_separator").join(names)) if names else ""

    def _keeper(self, worker: Any, desk: Any) -> str:
        """A keeper; of one who is away today, who is called in his place."""
        absence = desk.directory.absence(worker.id, desk.now())
        if absence is None:
            return str(worker.name)
        stand_in = desk.directory.name("worker", absence.stand_in)
        if stand_in:
            return say("intake.grid.keeper_stand_in", name=worker.name, other=stand_in)
        return say("intake.grid.keeper_away", name=worker.name)

    # --- typing -------------------------------------------------------------------------------------------------

    def offer_chosen(self, id: str | None) -> None:
        """Before anything is typed: offer the grid that is selected on the map; a key more takes it."""
        grid = self._intakes.desk.live.grids.get(id or "")
        if grid is not None and not self.line.text():
            self._found = [grid]
            self.list.offer([Suggestion(grid.name, say("intake.grid.on_map"))], marked=-1)

    @Slot(str)
    def _text_edited(self, text: str) -> None:
        """By hand, not by showing a draft."""
        self._about.hide()
        self.typed.emit(text)

    @Slot(str)
    def _edited(self, text: str) -> None:
        """Also while an input method composes."""
        if self.line.hasFocus() and (self.line.isModified() or self.line.is_composing):
            self._search(text)

    @Slot()
    def _search_again(self) -> None:
        if self.line.hasFocus() and self.line.isModified():
            self._search(self.line.text_with_preedit())

    def _search(self, text: str) -> None:
        wanted = text.strip()
        lookup = self._intakes.lookup
        self._found = [*lookup.callers(wanted), *lookup.index.places(wanted)] if wanted else []
        rows = [self._row(each) for each in self._found if isinstance(each, Hit | Caller)]
        if wanted and not rows and len(lookup.index):
            self._found = [None]
            rows = [Suggestion(say("intake.grid.as_place", text=wanted), say("intake.grid.none"))]
        self.list.offer(rows)

    def _row(self, found: Hit | Caller) -> Suggestion:
        if isinstance(found, Hit):
            return Suggestion(found.entry.title, found.entry.subtitle, spans=found.spans)
        person = self._intakes.desk.directory.people[found.kind, found.id]
        where = where_of(self._intakes.desk.live, person)
        return Suggestion(found.name, where, mark=say("intake.caller.mark"))

    @Slot(int)
    def _taken(self, place: int) -> None:
        found = self._found[place]
        if isinstance(found, Grid):
            self.grid_named.emit(found.id, "")
        elif found is None:
            self.place_named.emit(self.line.text_with_preedit().strip())
        elif isinstance(found, Caller):
            self.caller_named.emit(found.kind, found.id)
        else:
            self._take_place(found)

    def _take_place(self, hit: Hit) -> None:
        kind, id = target(hit)
        if kind == "village":
            self.village_named.emit(id)
        elif kind == "grid":
            self.grid_named.emit(id, "")
        elif name := self._intakes.desk.directory.names.get(id):
            self.grid_named.emit(name.grid, name.name)
