"""A pasted list of names, sorted out with the clerk: every line stands here until it is settled; nothing is lost."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.attendance_matching import Choice as Settling
from commandcenter.rules.attendance_matching import Line, Register, Settled, counts, outcome, proposed
from commandcenter.services.attendance import Away, SettleAttendance
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import clear
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sheet import Sheet
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import Button, Label
from commandcenter.ui.courses.store import TrainingStore

LEAST, AROUND = 300, 210
"""The list of lines is at least so high, px at 100 %; around it the form needs so much, where there is more room."""
_EMPTY = Empty("courses.list.empty", "courses.list.empty.hint", "list")


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as it stands; ``who`` names the worker it means, or those who may be meant."""

    settled: Settled
    who: str

    @property
    def id(self) -> str:
        """Its number."""
        return str(self.settled.line.number)

    @property
    def decision(self) -> str:
        """What becomes of it."""
        choice = self.settled.choice
        if choice == "absent":
            return say("courses.list.absent", reason=self.settled.reason or say("courses.list.no_reason"))
        if choice == "present" and self.settled.line.found in ("signed", "again"):
            return say(f"courses.list.{self.settled.line.found}")
        return say(f"courses.list.{choice}")


def _tone(row: LineRow, _ctx: Any) -> Tone:
    if row.settled.choice == "open" or (row.settled.choice == "absent" and not row.settled.reason):
        return "near"
    if row.settled.choice == "present" and row.settled.line.found == "again":
        return "muted"  # a second line of one person decides nothing
    return {"present": "ok", "absent": "text", "guest": "accent", "drop": "disabled"}[row.settled.choice]  # type: ignore[return-value]


_COLUMNS: tuple[Column[LineRow], ...] = (
    Column("text", "courses.list.column.text", lambda row, _: row.settled.line.text, None, 150, fixed=True,
           tooltip=lambda row, _: row.settled.line.text),
    Column("who", "courses.list.column.who", lambda row, _: row.who, None, 160, stretch=True,
           tooltip=lambda row, _: row.who,
           tone=lambda row, _: "text" if row.settled.worker else "muted"),
    Column("decision", "courses.list.column.decision", lambda row, _: row.decision, None, 110, tone=_tone, fixed=True),
)  # fmt: skip


def _is_plain(event: QKeyEvent) -> bool:
    return not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)


class LineView(TableView):
    """The lines; single keys settle the one that is chosen."""

    def __init__(self, table: RowTable[LineRow], keys: dict[int, Any], digit: Any) -> None:
        super().__init__(table, empty=_EMPTY)
        self._single, self._digit = keys, digit
        self.setSelectionMode(TableView.SelectionMode.SingleSelection)

    def event(self, event: QEvent) -> bool:
        """Qt: what is typed here is about the line, not the room's keys."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_plain(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: digits choose a candidate, letters what becomes of the line."""
        if not _is_plain(event):
            super().keyPressEvent(event)
        elif event.text().isdecimal() and len(event.text()) == 1 and int(event.text()) > 0:
            self._digit(int(event.text()) - 1)
        elif event.key() in self._single:
            self._single[event.key()]()
        else:
            super().keyPressEvent(event)


class SettleSheet(Sheet):
    """Two steps in one form: paste, then settle line by line; saving is one command."""

    def __init__(self, tools: Tools, store: TrainingStore, sender: Sender, session: str,
                 signed: frozenset[str]) -> None:  # fmt: skip
        self._tools, self._store, self._session, self._signed = tools, store, session, signed
        self._rows: dict[str, LineRow] = {}
        super().__init__("courses.list.title", "courses.list.save", sender)
        look = theme.current()
        self.text = TextBox(say("courses.list.placeholder"), least=4, most=7)
        self.text.setObjectName("courses.list.text")
        self.match_button = Button("courses.list.match", kind="secondary", icon="next", key="Ctrl+Enter")
        self.match_button.clicked.connect(self.match)
        self.again_button = Button("courses.list.anew", kind="quiet", icon="edit")
        self.again_button.clicked.connect(self._change_text)
        self.progress = Label("courses.list.hint", "muted")
        self.progress.setWordWrap(True)
        keys = {
            Qt.Key.Key_Return: self._confirm, Qt.Key.Key_Enter: self._confirm,
            Qt.Key.Key_G: partial(self.settle, "guest"), Qt.Key.Key_X: partial(self.settle, "drop"),
            Qt.Key.Key_Q: self._absent, Qt.Key.Key_F: self._find,
        }  # fmt: skip
        self.table: RowTable[LineRow] = RowTable(
            _COLUMNS, key=lambda row: row.id, order=lambda row: int(row.id), parent=self
        )
        self.view = LineView(self.table, {int(key): run for key, run in keys.items()}, self._pick)
        self.view.setObjectName("courses.list.lines")
        self.view.setMinimumHeight(look.px(LEAST))
        self.view.picked.connect(self._show_line)
        self.bar = self._make_bar()
        holder = self.form.layout()
        assert isinstance(holder, QVBoxLayout)
        for each in (self.text, self.match_button, self.again_button, self.progress, self.view, self.bar):
            holder.addWidget(each)
        holder.setAlignment(self.again_button, Qt.AlignmentFlag.AlignLeft)
        self.setFocusProxy(self.text)
        self._show_text(True)
        self._tell()

    def follow(self, subject: Any) -> None:
        """Who signs in meanwhile is in the list already when it is saved; what was settled stays settled."""

    def _make_bar(self) -> QWidget:
        """What can be done with the line that is chosen."""
        look = theme.current()
        box = QWidget()
        lines = QVBoxLayout(box)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(1))
        self.about = Label("", "strong")
        self.about.setWordWrap(True)
        self.offers = QVBoxLayout()
        self.offers.setSpacing(look.space(1))
        people = self._store.state.workers if self._store.state else ()
        self.finder = PickBox(
            (Option(each.id, f"{each.name} · {self._store.where(each)}", (each.name,)) for each in people),
            none_code="courses.list.find",
        )
        self.finder.setObjectName("courses.list.find")
        self.finder.submitted.connect(self._found)
        self.reason = LineEdit(say("courses.list.reason"))
        self.reason.setObjectName("courses.list.reason")
        self.reason.submitted.connect(self._reason_typed)
        row = QHBoxLayout()
        row.setSpacing(look.space(2))
        self.hands: dict[str, Button] = {}
        for choice, key in (("guest", "G"), ("drop", "X"), ("absent", "Q")):
            button = self.hands[choice] = Button(f"courses.list.do.{choice}", kind="secondary", key=key)
            settle: Any = self._absent if choice == "absent" else partial(self.settle, choice)  # type: ignore[arg-type]
            button.clicked.connect(settle)
            row.addWidget(button)
        row.addStretch(1)
        lines.addWidget(self.about)
        lines.addLayout(self.offers)
        lines.addWidget(self.finder)
        lines.addLayout(row)
        lines.addWidget(self.reason)
        self.reason.hide()
        return box

    # --- step one -----------------------------------------------------------------------------------------------

    def paste(self) -> None:
        """What lies on the clipboard, at once."""
        text = QGuiApplication.clipboard().text()
        if text.strip() and not self.text.toPlainText().strip():
            self.text.setPlainText(text)
            self.match()

    @Slot()
    def match(self) -> None:
        """Hold the list against the register, off the GUI thread. What was settled before is kept where the line is
        the same."""
        text, state, signed = self.text.text_with_preedit(), self._store.state, self._signed
        if state is None or not text.strip():
            self.text.setFocus()
            return

        def work() -> list[Line]:
            register: Register = state.register()
            return register.match(text, signed)

        self._tools.desk.tasks.submit("read", work, done=self._matched, owner=self, key="match")

    def _matched(self, lines: list[Line]) -> None:
        before = {row.settled.line: row.settled for row in self._rows.values()}
        rows = [self._row(before.get(each.line, each)) for each in proposed(lines)]
        self._rows = {row.id: row for row in rows}
        self.table.reset(rows)
        self._show_text(not rows)
        look = theme.current()
        whole = look.px(look.sizes.row) * (len(rows) + 1) + 4
        room = self.scrolling.viewport().height() - look.px(AROUND)
        self.view.setMinimumHeight(max(look.px(LEAST), min(whole, room)))
        self._go_on(from_start=True)

    @Slot()
    def _change_text(self) -> None:
        """The list itself once more; what was settled stays where its lines do."""
        self._show_text(True)
        self.text.setFocus()

    def _show_text(self, shown: bool) -> None:
        """The pasted text makes room for its lines."""
        self.text.setVisible(shown)
        self.match_button.setVisible(shown)
        self.again_button.setVisible(not shown)

    def _row(self, settled: Settled) -> LineRow:
        ids = (settled.worker,) if settled.worker else settled.line.candidates
        told = []
        for id in ids[:3]:
            worker = self._store.worker(id)
            told.append(f"{worker.name} · {self._store.where(worker)}" if worker else "")
        who = say("courses.list.or").join(told)
        return LineRow(settled, who or (say("courses.list.nobody") if settled.line.found == "nobody" else ""))

    # --- step two -----------------------------------------------------------------------------------------------

    @property
    def current(self) -> LineRow | None:
        """The line that is chosen."""
        return self._rows.get(self.view.chosen() or "")

    def settle(self, choice: Settling, worker: str | None = None, reason: str = "", *_more: Any) -> None:
        """Decide the chosen line, and go on to the next open one."""
        row = self.current
        if row is None:
            return
        keeps = choice in ("present", "absent")
        made = Settled(row.settled.line, choice, (worker or row.settled.worker) if keeps else None, reason)
        self._rows[row.id] = self._row(made)
        self.table.upsert([self._rows[row.id]])
        self._go_on()

    def _pick(self, at: int, _checked: bool = False) -> None:
        """Digit: the candidate of that number was there."""
        row = self.current
        if row is not None and at < len(row.settled.line.candidates):
            self.settle("present", row.settled.line.candidates[at])

    @Slot()
    def _confirm(self) -> None:
        """Enter: the only candidate; else what is settled stays, and the next open line comes."""
        row = self.current
        if row is not None and row.settled.choice == "open" and len(row.settled.line.candidates) == 1:
            self._pick(0)
        else:
            self._go_on()

    @Slot()
    def _absent(self) -> None:
        """The line's worker was not there: the reason is asked for."""
        row = self.current
        if row is None:
            return
        line = row.settled.line
        worker = row.settled.worker or (line.candidates[0] if len(line.candidates) == 1 else None)
        if worker is None:
            self.trouble.say("courses.list.who_first", tone="near", icon="info")
            return
        self._rows[row.id] = self._row(Settled(row.settled.line, "absent", worker, row.settled.reason))
        self.table.upsert([self._rows[row.id]])
        self._show_line(row.id)
        self.reason.setText(row.settled.reason)
        self.reason.setFocus()

    @Slot()
    def _reason_typed(self) -> None:
        row = self.current
        if row is not None and row.settled.choice == "absent":
            self.settle("absent", row.settled.worker, self.reason.text_with_preedit().strip())

    @Slot()
    def _find(self) -> None:
        self.finder.setFocus()
        line = self.finder.lineEdit()
        if line is not None:
            line.selectAll()

    @Slot()
    def _found(self) -> None:
        worker = self.finder.picked() if self.finder.currentData() else None
        if worker:
            self.finder.put(None)
            self.settle("present", worker)

    def _go_on(self, *, from_start: bool = False) -> None:
        """The next line that is open, after the chosen one; from the top when there is none below."""
        ids = self.table.ids()
        here = -1 if from_start else self.table.place_of(self.view.chosen() or "") or 0
        order = [*ids[here + 1 :], *ids[: here + 1]]
        wanted = next((id for id in order if self._is_open(self._rows[id])), None)
        self.view.choose(wanted or (ids[0] if from_start and ids else self.view.chosen()))
        self._show_line(self.view.chosen())
        self._tell()
        if wanted is None and ids:
            self.save_button.setFocus()
        elif ids:
            self.view.setFocus()

    @staticmethod
    def _is_open(row: LineRow) -> bool:
        return row.settled.choice == "open" or (row.settled.choice == "absent" and not row.settled.reason)

    @Slot(object)
    def _show_line(self, _id: str | None) -> None:
        """The bar under the list is about the chosen line."""
        row = self.current
        self.bar.setVisible(row is not None)
        clear(self.offers)
        if row is None:
            return
        self.about.show_text(row.settled.line.text)
        for at, id in enumerate(row.settled.line.candidates):
            worker = self._store.worker(id)
            button = Button("", kind="secondary", icon="person", key=str(at + 1))
            button.show_text(f"{worker.name} · {self._store.where(worker)}" if worker else "")
            button.clicked.connect(partial(self._pick, at))
            self.offers.addWidget(button)
        self.reason.setVisible(row.settled.choice == "absent")
        self.trouble.hide()

    def _tell(self) -> None:
        """How far it is."""
        settled = [row.settled for row in self._rows.values()]
        self.view.setVisible(bool(settled))
        self.bar.setVisible(bool(settled) and self.current is not None)
        missing = sum(1 for row in self._rows.values() if self._is_open(row))
        self.save_button.setEnabled(bool(settled) and not missing)
        if not settled:
            self.progress.say("courses.list.hint")
            return
        done = counts(settled)
        self.progress.say("courses.list.progress", lines=len(settled), present=done["present"], absent=done["absent"],
                          guests=done["guest"], dropped=done["drop"], open=missing)  # fmt: skip

    # --- saving -------------------------------------------------------------------------------------------------

    def command(self) -> SettleAttendance | None:
        """The settled list; a worker who is both there and away is a question."""
        made = outcome(row.settled for row in self._rows.values())
        if made.open:
            self._go_on(from_start=True)
            return None
        for worker in made.twice:
            known = self._store.worker(worker)
            self.trouble.say("courses.list.twice", tone="overdue", icon="refused", name=known.name if known else "")
            return None
        absent = tuple(Away(worker, reason) for worker, reason in made.absent.items())
        return SettleAttendance(session=self._session, present=tuple(made.present), absent=absent,
                                guests=tuple(made.guests))  # fmt: skip

    def words(self) -> str:
        """What it does, for the undo list."""
        return say("courses.done.list")

    def carried_out(self, outcome: Any) -> None:
        """Say what came of it."""
        value = outcome.value
        told = say("courses.list.done", signed=value["signed"], again=value["again"], absent=value["absent"],
                   guests=value["guests"])  # fmt: skip
        self._sender.tell_done(told, outcome)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Ctrl+Enter holds the list against the register, or saves what is settled."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.text.hasFocus() or not self._rows:
                self.match()
            elif self.save_button.isEnabled():
                self.submit()
        else:
            super().keyPressEvent(event)

    @property
    def is_touched(self) -> bool:
        """Whether something would be lost by leaving."""
        return bool(self._rows) or bool(self.text.toPlainText().strip())


