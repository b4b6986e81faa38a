"""The list 补发清单: what to bring to which village, in the order of a short way, and what to load."""

from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.editions import stale
from commandcenter.rules.stores import Depot
from commandcenter.services import edition_holding, kit_reading
from commandcenter.services.kit_reading import Load, PickLine, PickList, Stop
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Column, Link, clear, words
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.rereading import Question, Rereading
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton, Label
from commandcenter.ui.kits.marks import sized, state_words
from commandcenter.ui.kits.rows import village_name
from commandcenter.ui.kits.sections import today_of


class PickSheet(Sheet):
    """Stands in the card's place and keeps itself up to date; it is left as a form is."""

    keeps_draft = False

    def __init__(self, tools: Tools, sender: Sender, depots: tuple[Depot, ...]) -> None:
        self._tools = tools
        options = [Option(each.id, each.name) for each in depots]
        self.depot = PickBox(options, none_code="kits.pick.all_depots")
        self.depot.setObjectName("kits.pick.depot")
        super().__init__("kits.pick.title", "kits.pick.title", sender)
        if depots:
            self.depot.put(depots[0].id)
        self.list: PickList | None = None
        # The list has the keys, not the depot: letters are keys of the room (print), arrows scroll.
        self.setFocusProxy(self.scrolling)
        self.reading = Rereading(tools.desk, self.question, self)
        self.reading.answered.connect(self._take)
        self.reading.troubled.connect(self._troubled)
        self.depot.chosen.connect(self._depot_chosen)
        tools.desk.live_changed.connect(self._live_changed)
        self.reading.read()

    def _arrange(self, title_code: str) -> None:
        look = theme.current()
        holder = Column()
        self.lines = QVBoxLayout(holder)
        self.lines.setContentsMargins(16, 8, 16, 16)
        self.lines.setSpacing(look.space(1))
        self.lines.addWidget(Label("kits.section.loading", "muted"))
        self.scrolling = QScrollArea()
        self.scrolling.setWidget(holder)
        self.scrolling.setWidgetResizable(True)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 4)
        head.addWidget(Label(title_code, "heading"), 1)
        head.addWidget(ActionButton(self._tools.actions, "kit.print"))
        head.addWidget(self.leave_button)
        place = QVBoxLayout()
        place.setContentsMargins(16, 0, 16, 4)
        place.addWidget(Label("kits.pick.from", "caption"))
        place.addWidget(self.depot)
        self.save_button.setParent(self)
        self.save_button.hide()
        self.told = Label()
        self.told.setContentsMargins(16, 4, 16, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(place)
        layout.addWidget(self.trouble)
        layout.addWidget(self.told)
        layout.addWidget(self.scrolling, 1)

    def command(self) -> None:
        """Nothing is saved here."""
        return

    def question(self) -> Question:
        """The list from the chosen depot."""
        return partial(_ask, today_of(self._tools), self.depot.currentData())

    @Slot()
    def _depot_chosen(self) -> None:
        self.reading.read()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.kits or change.people or change.places or change.drills or change.listed:
            self.reading.read_again()

    @Slot()
    def _troubled(self) -> None:
        error = self.reading.trouble.error if self.reading.trouble is not None else None
        if isinstance(error, CommandCenterError):
            self.trouble.say("core.sheet.trouble", tone="overdue", icon="trouble", what=current().error(error))

    @Slot(object)
    def _take(self, found: PickList) -> None:
        """The whole list anew; it stays where it was scrolled to."""
        self.trouble.hide()
        if found == self.list:
            return
        self.list = found
        at = self.scrolling.verticalScrollBar().value()
        clear(self.lines)
        self.told.setText(say("kits.pick.told", count=found.lines, villages=len(found.stops)))
        if not found.stops:
            self.lines.addWidget(words(say("kits.pick.nothing"), "muted"))
        else:
            self._show_loads(found.loads)
        for stop in found.stops:
            self._show_stop(stop)
        self.lines.addStretch(1)
        self.scrolling.verticalScrollBar().setValue(at)

    def _show_loads(self, loads: tuple[Load, ...]) -> None:
        """What to take along, and what nobody has."""
        if not loads:
            return
        self.lines.addWidget(Label("kits.pick.load", "strong"))
        for load in loads:
            told = say("kits.pick.load_line", article=sized(load.article, load.size), count=load.wanted)
            lacking = say("kits.pick.lacking", count=load.lacking) if load.lacking else ""
            row = QHBoxLayout()
            row.addWidget(words(told), 1)
            if lacking:
                row.addWidget(words(lacking, "error", wraps=False))
            self.lines.addLayout(row)

    def _show_stop(self, stop: Stop) -> None:
        self.lines.addSpacing(theme.current().space(3))
        title = say("kits.pick.stop", order=stop.order, village=village_name(stop.village), count=len(stop.lines))
        self.lines.addWidget(words(title, "strong"))
        grid = QGridLayout()
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 4)
        grid.setHorizontalSpacing(theme.current().space(2))
        grid.setVerticalSpacing(theme.current().px(2))
        for at, line in enumerate(stop.lines):
            grid.addWidget(self._person(line), at, 0)
            is_there = line.shelf is not None or line.stock or line.is_printed
            grid.addWidget(words(_line_words(line), "muted" if is_there else "error"), at, 1)
        self.lines.addLayout(grid)

    def _person(self, line: PickLine) -> QWidget:
        go = partial(self._tools.selection.choose, "kit", line.kit.id)
        return Link(line.worker.name, go)


def _line_words(line: PickLine) -> str:
    """What is wanted there, why, and where it comes from."""
    if line.is_printed:
        source = say("kits.pick.printed")
    elif line.shelf is not None:
        source = say("kits.pick.from_shelf", mark=line.shelf.code)
    elif line.stock:
        source = say("kits.pick.from_depot", count=line.stock)
    else:
        source = say("kits.pick.nowhere")
    return say("kits.pick.line", article=sized(line.slot.article, line.size), state=state_words(line.slot.state),
               source=source)  # fmt: skip


def _ask(today: Any, depot: str | None, reader: Any) -> PickList:
    """On the read lane."""
    return kit_reading.pick_list(reader, today, depot, stale(edition_holding.standings(reader)))
