"""The workspace 盘点: which round, how far each village is, and below it pieces, sheets, the scanner or a new round."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.numbers import local_day
from commandcenter.rules.rounds import StockRound
from commandcenter.services import round_reading
from commandcenter.services.live import LiveChange
from commandcenter.services.rounds import OpenRound
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Field
from commandcenter.ui.core.handout import documents, name_parts
from commandcenter.ui.core.rereading import Question, Rereading
from commandcenter.ui.core.sending import FixedId
from commandcenter.ui.core.sidelist import ALL
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton, Button, Chip, Label, StateBanner
from commandcenter.ui.rounds.forms import CloseSheet
from commandcenter.ui.rounds.pieces import WAITING, PiecesList
from commandcenter.ui.rounds.rows import index_of
from commandcenter.ui.rounds.scanning import ScanPage
from commandcenter.ui.rounds.sheetspage import SheetsPage
from commandcenter.ui.rounds.strip import VillageStrip


def proposed(today: date) -> str:
    """The name of this quarter's round."""
    return say("rounds.begin.name", year=today.year, quarter=(today.month + 2) // 3)


class BeginPage(QWidget):
    """How a round begins. Not a form at the side: without a round there is nothing beside it."""

    def __init__(self, room: "RoundsRoom") -> None:
        super().__init__()
        self._room = room
        look = theme.current()
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = LineEdit()
        self.name.setObjectName("rounds.name")
        self.name.submitted.connect(self.begin)
        self.field = Field("rounds.field.name", self.name)
        self.trouble = StateBanner()
        self.button = Button("rounds.begin.do", kind="primary", key="Enter", icon="add")
        self.button.clicked.connect(self.begin)
        self.leave = Button("core.sheet.leave", kind="quiet", key="Esc")
        self.leave.clicked.connect(room.show_list)
        self._fixed = FixedId()
        inner = QVBoxLayout()
        inner.setSpacing(look.space(3))
        inner.addWidget(Label("rounds.begin.title", "title"))
        about = Label("rounds.begin.about")
        about.setWordWrap(True)
        inner.addWidget(about)
        inner.addWidget(self.trouble)
        inner.addWidget(self.field)
        hands = QHBoxLayout()
        hands.addWidget(self.button)
        hands.addWidget(self.leave)
        hands.addStretch(1)
        inner.addLayout(hands)
        holder = QWidget()
        holder.setProperty("panel", "clear")
        holder.setMaximumWidth(look.px(560))
        holder.setLayout(inner)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(look.space(6), look.space(6), look.space(6), look.space(6))
        lines.addWidget(holder)
        lines.addStretch(1)
        self.setFocusProxy(self.name)

    def prepare(self, today: date, has_others: bool) -> None:
        """With a name that can be taken as it is."""
        if not self.name.text():
            self.name.setText(proposed(today))
        self.leave.setVisible(has_others)
        self.trouble.hide()

    @Slot()
    def begin(self) -> None:
        """Open the round."""
        command = OpenRound(name=self.name.text_with_preedit().strip())
        told = say("rounds.done.begin", name=command.name)
        self._room.post.send(command, told, done=partial(self._begun, told), failed=self._failed,
                             id=self._fixed.of(command))  # fmt: skip

    def _begun(self, told: str, outcome: Any) -> None:
        self.name.clear()
        self._fixed = FixedId()
        self._room.begun(told, outcome)

    def _failed(self, error: BaseException) -> None:
        sentence = self._room.post.sentence(error)
        self.trouble.say("core.sheet.trouble", tone="overdue", icon="refused", what=sentence)

    def keyPressEvent(self, event: Any) -> None:
        """Qt: Escape leaves."""
        if event.key() == Qt.Key.Key_Escape and self.leave.isVisible():
            self._room.show_list()
        else:
            super().keyPressEvent(event)


class RoundsRoom(QWidget):
    """One round at a time is shown; those that are over can be looked at."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._desk = tools, tools.desk
        self.rounds: list[StockRound] = []
        self.state: round_reading.RoundState | None = None
        self._wanted = ""
        self._is_new = False
        self.reading = Rereading(tools.desk, self.question, self)
        self.list = PiecesList(tools, self.reading)
        self.post = self.list.post
        self.begin_page = BeginPage(self)
        self.scan_page: ScanPage | None = None
        self.sheets_page: SheetsPage | None = None
        self.chooser = QComboBox()
        self.chooser.setObjectName("rounds.chooser")
        self.chooser.setAccessibleName(say("rounds.chooser"))
        self.chooser.activated.connect(self._chosen)
        self.mark = Chip()
        self.far = Label("", "muted")
        self.strip = VillageStrip()
        self.strip.picked.connect(self._village_pressed)
        self.stack = QStackedWidget()
        for page in (self.list, self.begin_page):
            self.stack.addWidget(page)
        self._lay_out()
        self.list.tabs.setCurrentIndex(WAITING)
        self.list.villages.picked.connect(self._village_chosen)
        self.reading.answered.connect(self._take)
        tools.desk.live_changed.connect(self._live_changed)
        tools.desk.officer_changed.connect(self.reading.read)
        tools.selection.navigated.connect(self._navigated)
        self.reading.read()

    def _lay_out(self) -> None:
        look = theme.current()
        head = QWidget()
        head.setProperty("panel", "surface")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout()
        row.setContentsMargins(look.space(3), look.space(2), look.space(3), 0)
        row.setSpacing(look.space(3))
        self.chooser.setMinimumWidth(look.px(190))
        row.addWidget(self.chooser)
        row.addWidget(self.mark)
        row.addWidget(self.far, 1)
        for id, kind in (("begin", "quiet"), ("end", "quiet"), ("sheets", "secondary"), ("scan", "primary")):
            row.addWidget(ActionButton(self._tools.actions, f"rounds.{id}", kind=kind))  # type: ignore[arg-type]
        lines = QVBoxLayout(head)
        lines.setContentsMargins(0, 0, 0, look.space(1))
        lines.setSpacing(look.space(1))
        lines.addLayout(row)
        lines.addWidget(self.strip)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(1)
        whole.addWidget(head)
        whole.addWidget(self.stack, 1)
        self.head = head

    # --- reading ----------------------------------------------------------------------------------------------------

    def question(self) -> Question:
        """All rounds, and the one that is looked at piece by piece."""
        return partial(_ask, self._wanted)

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.kits or change.people or change.places:
            self.reading.read_again()

    @Slot(object)
    def _take(self, answer: Any) -> None:
        self.rounds, state, index = answer
        self.state = state
        self._show_chooser()
        if state is None:
            self.list.tell_state()
            self._show(self.begin_page)
            self.strip.show_progress((), {})
        else:
            self._wanted = state.round.id
            self.list.take(state, index)
            for page in (self.scan_page, self.sheets_page):
                if page is not None and page.state.round.id == state.round.id:
                    page.follow(state)
            if self.stack.currentWidget() is self.begin_page and not self._is_new:
                self._show(self.list)
        self._show_progress()
        self._tools.actions.refresh()

    def _show_chooser(self) -> None:
        self.chooser.blockSignals(True)
        self.chooser.clear()
        for each in self.rounds:
            title = each.name if each.closed_on is None else say("rounds.over", name=each.name, day=each.closed_on)
            self.chooser.addItem(title, each.id)
        self.chooser.setCurrentIndex(self.chooser.findData(self.state.round.id) if self.state else -1)
        self.chooser.blockSignals(False)
        self.chooser.setVisible(bool(self.rounds))

    @Slot()
    def _show_progress(self) -> None:
        """The figures, with what was scanned here a moment ago."""
        state = self.state
        is_new = self.stack.currentWidget() is self.begin_page
        self.mark.setVisible(state is not None and not is_new)
        if state is None or is_new:
            self.far.show_text("")
            self.strip.show_progress((), {})
            return
        self.mark.show_state(say("rounds.mark", mark=state.round.mark), "neutral")
        is_scanning = self.scan_page is not None and self.stack.currentWidget() is self.scan_page
        far = self.scan_page.progress() if is_scanning and self.scan_page else state.by_village
        counted = sum(each.counted for each in far.values())
        self.far.say("rounds.far", counted=f"{counted:,}", expected=f"{state.far.expected:,}", count=state.far.open)
        if state.left:
            self.far.show_text(f"{self.far.text()} · {say('rounds.left', reason=state.left)}")
            self.far.setToolTip(tip(state.left))
        self.strip.show_progress(state.villages, far)

    # --- moving about -----------------------------------------------------------------------------------------------

    def _show(self, page: QWidget) -> None:
        if page is self.begin_page:
            today = local_day(self._desk.now(), zone_of(self._desk.live.town))
            self.begin_page.prepare(today, bool(self.rounds))
        if self.stack.currentWidget() is not page:
            self.stack.setCurrentWidget(page)
            page.setFocus()
        self._show_progress()
        self._tools.actions.refresh()

    @Slot()
    def show_list(self) -> None:
        """The pieces."""
        self._is_new = False
        if self.state is not None:
            self._show(self.list)
            self.list.view.setFocus()

    @Slot(int)
    def _chosen(self, place: int) -> None:
        id = str(self.chooser.itemData(place))
        if self.state is None or id != self.state.round.id:
            self._wanted = id
            self._drop_pages()
            self.reading.read()
        self.show_list()

    def _drop_pages(self) -> None:
        """Pages of another round; a scanner's page that still saves stays until it has."""
        for page in (self.scan_page, self.sheets_page):
            if page is not None:
                self.stack.removeWidget(page)
                page.deleteLater()
        self.scan_page = self.sheets_page = None

    @Slot(str)
    def _village_pressed(self, village: str) -> None:
        if self.scan_page is not None and self.stack.currentWidget() is self.scan_page:
            self.scan_page.choose_village(village or None)
            self.strip.choose(village)
            self._show_progress()
            self.scan_page.field.setFocus()
            return
        self.list.villages.choose(village or ALL)
        self.list.narrow_down()
        self.strip.choose(village)

    @Slot(object)
    def _village_chosen(self, village: str | None) -> None:
        self.strip.choose(village if village and village != ALL else "")

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity == "stock_round" and (self.state is None or id != self.state.round.id):
            self._wanted = id
            self._drop_pages()
            self.reading.read()
        if entity in ("stock_round", "round_count"):
            self.show_list()

    # --- what can be done -------------------------------------------------------------------------------------------

    @property
    def _is_open(self) -> bool:
        return self.state is not None and self.state.round.closed_on is None

    @property
    def can_begin(self) -> bool:
        """Whether the room has been read."""
        return self.reading.is_read and self.stack.currentWidget() is not self.begin_page

    @property
    def can_count(self) -> bool:
        """Whether the round that is shown is under way."""
        return self._is_open

    @property
    def can_end(self) -> bool:
        """Whether it can be ended."""
        return self._is_open

    @property
    def can_settle(self) -> bool:
        """Whether something is marked that can be settled."""
        return self.stack.currentWidget() is self.list and bool(self.list.selected)

    @property
    def can_export(self) -> bool:
        """Whether there is a round."""
        return self.state is not None

    def begin(self) -> None:
        """How a round begins."""
        self._is_new = True
        self._show(self.begin_page)

    def begun(self, told: str, outcome: Any) -> None:
        """A round was opened: it is shown, with its sheets, which are what comes next."""
        self._is_new = False
        self._wanted = str(outcome.value["stock_round"])
        self._drop_pages()
        self.post.tell_done(told, outcome)
        self.reading.read(self.sheets)

    def sheets(self) -> None:
        """The page of sheets."""
        if self.state is None or not self._is_open:
            return
        if self.sheets_page is None:
            self.sheets_page = SheetsPage(self._tools, self.post, self.state)
            self.sheets_page.left.connect(self.show_list)
            self.stack.addWidget(self.sheets_page)
        self._show(self.sheets_page)

    def scan(self) -> None:
        """The page of the scanner."""
        if self.state is None or not self._is_open:
            return
        if self.scan_page is None:
            self.scan_page = ScanPage(self._tools, self.post, self.state)
            self.scan_page.left.connect(self.show_list)
            self.scan_page.counted.connect(self._show_progress)
            self.stack.addWidget(self.scan_page)
        self._show(self.scan_page)

    def settle(self) -> None:
        """See the list."""
        self.list.settle()

    def end(self) -> None:
        """The form that ends the round, when an action asks for it."""
        if self.state is not None and self._is_open:
            self.show_list()
            round, far = self.state.round, self.state.far
            self.list.open_sheet(f"close:{round.id}", partial(CloseSheet, self.post, round.id, round.name, far))

    def export(self) -> None:
        """Ask where the result goes, then write it."""
        if self.state is None:
            return
        name = say("rounds.result.file", round=self.state.round.name)
        dialog = QFileDialog(self, say("rounds.action.export"), str(documents() / f"{name}.xlsx"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Excel (*.xlsx)")
        name_parts(dialog)
        dialog.fileSelected.connect(self.export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_to(self, chosen: str) -> None:
        """Write the result to a file."""
        if self.state is None:
            return
        path = Path(chosen if chosen.lower().endswith((".xlsx", ".csv")) else f"{chosen}.xlsx")
        work = partial(round_reading.export_result, self._desk.session, self.state.round.id, path)
        self._desk.tasks.submit("io", work, done=self._exported, failed=self._tools.notices.show_error, owner=self)

    def _exported(self, made: dict[str, Any]) -> None:
        self._tools.notices.done(say("core.handout.saved", path=made["file"]))

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "head"):
            self._show_chooser()
            self._show_progress()

    def complete(self) -> None:
        """Nothing waits here for the first picture."""


def _ask(wanted: str, reader: Any) -> Any:
    """On the read lane: all rounds, the one that is wanted (else one under way, else the last), and its index."""
    known = round_reading.rounds(reader)
    chosen = next((each for each in known if each.id == wanted), None)
    if chosen is None:
        chosen = next((each for each in known if each.closed_on is None), None)
    if chosen is None:
        return known, None, None
    state = round_reading.state(reader, chosen.id)
    return known, state, index_of(state.rows)

