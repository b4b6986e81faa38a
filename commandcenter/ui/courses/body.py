"""The card of a session: what it is, who signs in, the list with results, and the next step."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.courses import guests_of
from commandcenter.services.wording import shown
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Flow, figures, words
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import ActionButton, Chip, Label
from commandcenter.ui.courses.results import ResultBar
from commandcenter.ui.courses.rows import ATTENDANCE_COLUMNS, AttendanceRow, SessionRow, valid_words
from commandcenter.ui.courses.signing import SignBox
from commandcenter.ui.courses.store import TrainingStore, category_name, title_of

_EMPTY = Empty("courses.attendance.empty", "courses.attendance.empty.hint", "team")


def _is_figure(event: QKeyEvent) -> bool:
    plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return plain and len(event.text()) == 1 and event.text().isdecimal()


class AttendanceView(TableView):
    """The list of a session. Signals: ``type_asked(text)`` when a figure is typed on a row."""

    type_asked = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Qt: figures typed here are results, not the room's keys."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_figure(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: a figure begins the result of the chosen row."""
        if _is_figure(event) and self.chosen() is not None:
            self.type_asked.emit(event.text())
        else:
            super().keyPressEvent(event)


def _lacks_result(row: AttendanceRow | None) -> bool:
    return row is not None and row.row.passed is None and row.row.present is not False


class SessionBody(QWidget):
    """One session. Signals: ``signed(worker)``, ``typed(command)``."""

    signed = Signal(str)
    typed = Signal(object)

    def __init__(self, tools: Tools, store: TrainingStore) -> None:
        super().__init__()
        self.setProperty("panel", "surface")
        self._tools, self._store = tools, store
        self.row: SessionRow | None = None
        look = theme.current()
        self._head = QVBoxLayout()
        self._head.setSpacing(look.space(1))
        self._top: QWidget | None = None
        self.sign = SignBox(store)
        self.sign.signed.connect(self.signed)
        self.table: RowTable[AttendanceRow] = RowTable(
            ATTENDANCE_COLUMNS, key=lambda row: row.id, order=lambda row: row.place, parent=self
        )
        self.view = AttendanceView(self.table, empty=_EMPTY)
        self.view.setObjectName("courses.attendance")
        self.view.setMinimumHeight(look.px(160))
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        self.view.type_asked.connect(self._type)
        self.results = ResultBar()
        self.results.typed.connect(self.typed)
        self.results.moved.connect(self.move_by)
        self.results.left.connect(self.leave_results)
        self.results.hide()
        self.note = Label("", "muted")
        self.note.setWordWrap(True)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(look.space(4), look.space(3), look.space(4), look.space(3))
        lines.setSpacing(look.space(2))
        lines.addLayout(self._head)
        lines.addWidget(self.sign)
        lines.addWidget(self.view, 1)
        lines.addWidget(self.results)
        lines.addWidget(self.note)

    # --- showing ------------------------------------------------------------------------------------------------

    def show_session(self, row: SessionRow) -> None:
        """Show a session; what is being typed for the same one stays."""
        is_other = self.row is None or self.row.id != row.id
        self.row = row
        self._show_head(row)
        state = self._store.state
        assert state is not None
        zone = state.zone
        made = [
            AttendanceRow(each, self._store.worker(each.worker), self._store.where(self._store.worker(each.worker)),
                          row.course, f"{each.signed_at.astimezone(zone):%H:%M}" if each.signed_at else "", place)
            for place, each in enumerate(state.attendance.get(row.id, ()))
        ]  # fmt: skip
        if is_other:
            self.results.hide()
            self.table.reset(made)
        else:
            fresh = {each.id for each in made}
            self.table.remove([id for id in self.table.ids() if id not in fresh])
            self.table.upsert(each for each in made if self.table.row(each.id) != each)
        listed = frozenset(each.id for each in made)
        self.sign.show_list(listed, frozenset(each.id for each in made if each.row.present))
        self.sign.setVisible(row.session.state != "cancelled" and self._tools.actions.is_allowed("session.edit"))
        guests = guests_of(shown(row.session.note))
        told = say("courses.guests", count=len(guests), names=say("courses.join").join(guests)) if guests else ""
        self.note.show_text(told)
        self.note.setVisible(bool(told))
        if not self.results.isHidden():
            self.results.show_row(self.table.row(self.view.chosen() or ""))

    def _show_head(self, row: SessionRow) -> None:
        """Made anew: title, when and where, figures, what can be done."""
        if self._top is not None:
            self._top.hide()
            self._top.deleteLater()
        self._top = QWidget()
        lines = QVBoxLayout(self._top)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        title = QHBoxLayout()
        title.addWidget(words(title_of(row.course), "title"), 1)
        if row.session.state != "planned":
            chip = Chip(say(f"courses.state.{row.session.state}"), "ok" if row.session.state == "held" else "neutral")
            title.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
        lines.addLayout(title)
        lines.addWidget(words(self._about(row), "muted"))
        tally = row.tally
        lines.addWidget(figures((
            (str(tally.expected), "courses.figure.expected"), (str(tally.present), "courses.figure.present"),
            (str(tally.absent), "courses.figure.absent"), (str(tally.passed), "courses.figure.passed"),
        )))  # fmt: skip
        if row.session.state == "cancelled":
            lines.addWidget(words(say("courses.cancelled", reason=shown(row.session.reason)), "muted"))
        lines.addWidget(self._hands(row))
        self._head.addWidget(self._top)

    def _about(self, row: SessionRow) -> str:
        when = f"{row.when:%Y-%m-%d %H:%M}" if row.when else say("courses.undated")
        parts = (
            when, say("courses.hours", hours=f"{row.session.hours:g}"), row.session.place or row.village,
            shown(row.session.teacher), category_name(row.course.category), valid_words(row.course.valid_months),
        )  # fmt: skip
        return " · ".join(part for part in parts if part)

    def _hands(self, row: SessionRow) -> QWidget:
        """The next step first; what the state has no use for is not there."""
        names: tuple[str, ...] = {
            "planned": ("session.list", "session.expect", "session.sheet", "session.edit", "session.move",
                        "session.cancel"),
            "held": ("session.results", "session.list", "session.certificates", "session.sheet", "session.edit"),
            "cancelled": (),
        }[row.session.state]  # fmt: skip
        if row.session.state == "planned" and row.tally.present:
            names = ("session.hold", "session.results", *names)
        actions = self._tools.actions
        return Flow([ActionButton(actions, id) for id in names if actions.is_allowed(id)])

    # --- results ------------------------------------------------------------------------------------------------

    def begin_results(self) -> None:
        """Type results down the list, from the chosen row or the first without one."""
        ids = self.table.ids()
        if not ids:
            return
        unset = (id for id in ids if _lacks_result(self.table.row(id)))
        wanted = self.view.chosen() or next(unset, ids[0])
        self.view.choose(wanted)
        self.results.show()
        self.results.show_row(self.table.row(wanted))
        self.results.setFocus()

    def result_taken(self) -> None:
        """The result stands: the next one."""
        self.move_by(1)

    @Slot(int)
    def move_by(self, step: int) -> None:
        """The row above or below; at the end the list stays where it is."""
        ids = self.table.ids()
        here = self.table.place_of(self.view.chosen() or "")
        if not ids or here is None:
            return
        wanted = ids[min(max(here + step, 0), len(ids) - 1)]
        self.view.choose(wanted)
        self.results.show_row(self.table.row(wanted))
        self.results.setFocus()

    @Slot()
    def leave_results(self) -> None:
        """The list has the keys again."""
        self.results.hide()
        self.view.setFocus()

    @Slot(str)
    def _opened(self, _id: str) -> None:
        if self._tools.actions.can_run("session.results"):
            self.begin_results()

    @Slot(str)
    def _type(self, text: str) -> None:
        if self._tools.actions.can_run("session.results"):
            self.begin_results()
            self.results.line.setText(text)
            self.results.line.deselect()

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        if not self.results.isHidden():
            self.results.show_row(self.table.row(id or ""))
        self._tools.actions.refresh()

    @property
    def chosen(self) -> AttendanceRow | None:
        """The row that is chosen."""
        return self.table.row(self.view.chosen() or "")

    def focus_sign(self) -> None:
        """The next name can be typed."""
        if not self.sign.isHidden():
            self.sign.setFocus()
