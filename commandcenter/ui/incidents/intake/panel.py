"""The intake beside the queue: the reports being taken as tabs, the form of one, what may be the same, and the key
that saves."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.services.live import LiveChange
from commandcenter.services.places import grids_around
from commandcenter.ui.core import theme
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label, StateBanner, divider, keep_place
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.intake import SCOPE
from commandcenter.ui.incidents.intake.draft import Draft
from commandcenter.ui.incidents.intake.duplicate_list import DuplicateList
from commandcenter.ui.incidents.intake.duplicates import duplicates
from commandcenter.ui.incidents.intake.form import IntakeForm
from commandcenter.ui.incidents.intake.intakes import Intakes
from commandcenter.ui.incidents.intake.saving import Saved
from commandcenter.ui.incidents.intake.sure_button import SureButton
from commandcenter.ui.incidents.intake.tabs import DraftTabs

_WIDTH = 420
_COMPARE_AFTER = 150
"""ms without a keystroke before open incidents are compared."""


class IntakePanel(QWidget):
    """Signals: ``opened()``, ``closed()`` – there is a report in the form, or none any more; ``finished(incident id)``
    – a report was saved, and its incident is selected."""

    opened = Signal()
    closed = Signal()
    finished = Signal(str)

    def __init__(self, tools: Tools, intakes: Intakes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._desk = tools.desk
        self.intakes = intakes
        self._is_open = False
        self._left: QWidget | None = None
        self._outlined = ""  # the grid that is selected because a report names it
        self._around: dict[str, frozenset[str]] = {}
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(theme.current().px(_WIDTH))
        self._compare = QTimer(self)
        self._compare.setSingleShot(True)
        self._compare.setInterval(_COMPARE_AFTER)
        self._give_back = QTimer(self)
        self._give_back.setSingleShot(True)
        self._build()
        self._connect()
        tools.actions.attach(self, SCOPE)
        tools.notices.keep_clear(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        # What was in the form when the language or the look changed is there again; the workspace listens only
        # after this panel is made.
        QTimer.singleShot(0, self, self._current_changed)

    def _build(self) -> None:
        look = theme.current()
        self.tabs = DraftTabs(self.intakes, self)
        self.banner = StateBanner(self)
        self.form = IntakeForm(self.intakes, self)
        self.duplicates = DuplicateList(self)
        self._elapsed = Label("", "muted", self)
        self._scroll = QScrollArea(self)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click beside the fields leaves the keys with them
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.form)
        self._scroll.viewport().setAutoFillBackground(False)
        keep_place(self._scroll)
        self.save = Button("intake.save", kind="primary", icon="check", key="Enter", parent=self)
        self.park = Button("intake.park", key="Esc", parent=self)
        self.discard = SureButton("intake.discard", "intake.discard.sure", self)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(look.space(3), 0, look.space(3), 0)
        tabs.addWidget(self.tabs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addLayout(tabs)
        column.addWidget(divider(self))
        column.addWidget(self.banner)
        column.addWidget(self._scroll, 1)
        self.duplicates.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(2))
        column.addWidget(self.duplicates)
        column.addWidget(divider(self))
        column.addLayout(self._footer())

    def _header(self) -> QHBoxLayout:
        look = theme.current()
        row = QHBoxLayout()
        row.setContentsMargins(look.space(3), look.space(3), look.space(3), look.space(2))
        row.addWidget(Label("intake.title", "title", self))
        row.addStretch(1)
        row.addWidget(self._elapsed)
        return row

    def _footer(self) -> QHBoxLayout:
        look = theme.current()
        row = QHBoxLayout()
        row.setContentsMargins(look.space(3), look.space(2), look.space(3), look.space(3))
        row.setSpacing(look.space(2))
        row.addWidget(self.save, 1)
        row.addWidget(self.park)
        row.addWidget(self.discard)
        return row

    def _connect(self) -> None:
        intakes = self.intakes
        intakes.is_in_hand = self.has_keys
        intakes.current_changed.connect(self._current_changed)
        intakes.standing_changed.connect(self._standing_changed)
        intakes.saved.connect(self._saved)
        intakes.not_followed.connect(self._not_followed)
        intakes.save_wanted.connect(self.save_now)
        intakes.focus_wanted.connect(self._focus)
        self.form.changed.connect(self._changed)
        self.form.save_wanted.connect(self.save_now)
        self.tabs.wanted.connect(intakes.show)
        self.duplicates.use.connect(self._use)
        self.duplicates.merge.connect(self._merge)
        self.save.clicked.connect(self.save_now)
        self.park.clicked.connect(intakes.park)
        self.discard.sure.connect(self._discard)
        self._compare.timeout.connect(self._compare_now)
        self._give_back.timeout.connect(self._not_taken)
        self._tools.selection.changed.connect(self._selected)
        self._tools.selection.navigated.connect(self._give_back.stop)
        self._desk.live_changed.connect(self._live_changed)
        self._desk.directory_changed.connect(self._refresh)
        self._desk.connection_changed.connect(self._connection_moved)
        self._desk.officer_changed.connect(self._refresh)
        self._tools.ticker.listen(self._tick)

    # --- showing ------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether a report is in the form."""
        return self._is_open

    def has_keys(self) -> bool:
        """Whether the focus is in this panel."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    @Slot()
    def _current_changed(self) -> None:
        draft = self.intakes.current
        was_open, self._is_open = self._is_open, draft is not None
        if draft is not None:
            self._show(draft)
            if not was_open:
                self.opened.emit()
            self.form.start()
            if draft.is_blank:
                self.form.grid.offer_chosen(self._tools.selection.chosen("grid"))
        elif was_open:
            self._left = None
            self._give_back.stop()
            self._show_on_map(None)
            self.closed.emit()

    def _show(self, draft: Draft) -> None:
        self.discard.calm()
        self.form.show_draft(draft)
        self._show_on_map(draft)
        self._compare_now()
        self._show_standing()
        self._tick(self._desk.now())

    @Slot()
    def _refresh(self) -> None:
        if (draft := self.intakes.current) is not None:
            self.form.show_draft(draft)
            self._show_standing()

    @Slot()
    def _focus(self) -> None:
        if self._is_open:
            self.form.start()

    @Slot(QWidget, QWidget)
    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        """Wherever the keys went in the form can be seen; the field they left last, for whatever was pressed next, is
        remembered: a click on the map has taken them before the grid is heard of."""
        if now is not None and self.form.isAncestorOf(now):
            self._left = None
            self._scroll.ensureWidgetVisible(now)
        elif old is not None:
            self._left = old if self.form.isAncestorOf(old) else None

    def _tick(self, now: datetime) -> None:
        if (draft := self.intakes.current) is not None:
            self._elapsed.say("intake.since", elapsed=words.span(now - draft.opened_at))
            self.tabs.tick(now)

    # --- how it stands ------------------------------------------------------------------------------------------

    @Slot(str)
    def _standing_changed(self, id: str) -> None:
        draft = self.intakes.current
        if draft is None or draft.id != id:
            return
        self._show_standing()
        standing = self.intakes.standing(id)
        if standing.kind == "refused" and standing.error is not None:
            self.form.show_refusal(standing.error)

    @Slot()
    def _show_standing(self) -> None:
        draft = self.intakes.current
        if draft is None:
            return
        standing = self.intakes.standing(draft.id)
        may_type = self.intakes.is_allowed and standing.kind != "saving"
        if self.form.isEnabled() != may_type:
            self._enable(may_type)
        self.save.say("intake.retry" if standing.kind == "away" else "intake.save")
        self.save.setEnabled(may_type)
        # A caller's words are not for everybody who takes the desk; the report waits for who may take it.
        self._scroll.setVisible(self.intakes.is_allowed)
        self.tabs.refresh()
        if not self.intakes.is_allowed:
            self.banner.say("intake.no_permission", icon="lock", tone="near")
        elif standing.kind == "saving":
            self.banner.say("intake.saving", icon="loading")
        elif standing.kind == "away":
            self._say_away(standing.error)
        elif standing.kind == "refused" and standing.error is not None:
            reason = words.refusal(standing.error, self._desk.live)
            self.banner.say("intake.refused", tone="overdue", icon="refused", reason=reason)
        else:
            self.banner.hide()

    def _say_away(self, error: CommandCenterError | None) -> None:
        if error is not None and error.code != "database.away":
            reason = words.refusal(error, self._desk.live)
            self.banner.say("intake.trouble", tone="overdue", icon="trouble", reason=reason)
        else:
            self.banner.say("intake.away", tone="overdue", icon="trouble")

    @Slot()
    def _connection_moved(self) -> None:
        """The server is back: whoever waits for it is told so."""
        draft = self.intakes.current
        if draft is not None and self.intakes.standing(draft.id).kind == "away" and not self._desk.is_stale:
            self.banner.say("intake.away.back", tone="ok", icon="done")

    def _enable(self, may_type: bool) -> None:
        """While it is being sent nothing can be typed that would be lost; afterwards the cursor is where it was."""
        if not may_type:
            self._had_focus = QApplication.focusWidget() if self.has_keys() else None
            self.form.setEnabled(False)
            return
        self.form.setEnabled(True)
        if self._had_focus is not None and self.isAncestorOf(self._had_focus):
            self._had_focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self._had_focus = None

    _had_focus: QWidget | None = None

    # --- what the officer does ----------------------------------------------------------------------------------

    @Slot(object)
    def _changed(self, draft: Draft) -> None:
        self.discard.calm()
        self.intakes.put(draft)
        self._show_on_map(draft)
        self._compare.start()

    def _show_on_map(self, draft: Draft | None) -> None:
        """The grid of the report is selected, so that the map shows where it is; that of the one before no longer."""
        selection, before = self._tools.selection, self._outlined
        self._outlined = draft.grid if draft is not None else ""
        if self._outlined:
            selection.choose("grid", self._outlined)
        elif before and selection.chosen("grid") == before:
            selection.choose("grid", None)

    @Slot()
    def save_now(self) -> None:
        """Save what is in the form, or say what is missing."""
        draft = self.intakes.current
        if draft is None or not self.intakes.is_allowed or not self.form.isEnabled():
            return
        self.form.settle()
        if not self.form.show_missing():
            self.intakes.save(draft.id)

    @Slot()
    def _discard(self) -> None:
        if (draft := self.intakes.current) is not None:
            self.intakes.discard(draft.id)

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        """A click on the map names the grid of a report that has none, or whose grid field has the cursor; the keys
        come back. Of a report in hand that has a grid it is not taken: that is said, and the map shows its own again.
        """
        draft, field = self.intakes.current, self._field_in_hand()
        if entity != "grid" or id is None or draft is None or not self.form.isEnabled():
            return
        self._give_back.stop()
        if id == draft.grid:
            self._keys_back(field)
        elif field is self.form.grid.line or not (draft.grid or draft.village):
            self.form.name_grid(id)
            self._keys_back(field or self.form.text.box)
        elif field is not None and self.isVisible():
            self._give_back.start(0)  # whoever else hears of this click hears it to the end; a second one goes there

    def _field_in_hand(self) -> QWidget | None:
        """The field that has the keys, or had them until the map was clicked."""
        return QApplication.focusWidget() if self.has_keys() else self._left

    def _keys_back(self, field: QWidget | None) -> None:
        """After a click on the map: on to the words when where it is was asked, else to the field that had them."""
        if field is not None and not self.has_keys() and self.isVisible():
            to = self.form.text.box if field is self.form.grid.line else field
            to.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _not_taken(self) -> None:
        draft, clicked = self.intakes.current, self._tools.selection.chosen("grid")
        if draft is None or clicked is None:
            return
        self._tools.selection.choose("grid", draft.grid or None)
        self.form.say_not_taken(clicked)
        field = self._field_in_hand()
        if field is not None and not self.has_keys():
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the same matter? ---------------------------------------------------------------------------------------

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.grids or change.everything:
            self._around.clear()
        if self._is_open and (change.incidents or change.gone or change.everything):
            self._compare.start()

    @Slot()
    def _compare_now(self) -> None:
        if (draft := self.intakes.current) is not None:
            now = self._desk.now()
            near = self._around.get(draft.grid, frozenset())
            self.duplicates.show_rows(duplicates(draft, self._desk.live, now, near), now, draft.merge_into)
            if draft.grid and draft.grid not in self._around:
                self._ask_around(draft.grid)

    def _ask_around(self, grid: str) -> None:
        """One fire is often seen from the next village: the grids around this one count too."""

        def take(around: frozenset[str]) -> None:
            self._around[grid] = around
            self._compare.start()

        self._desk.read(partial(grids_around, grid=grid), done=take, failed=self._not_read, owner=self, key="around")

    def _not_read(self, error: BaseException) -> None:
        """Without the database the grid alone is compared; the status line already says that it is away."""
        if not isinstance(error, CommandCenterError):
            raise error

    @Slot(str)
    def _use(self, incident: str) -> None:
        if (draft := self.intakes.current) is not None and self.intakes.is_allowed:
            self.intakes.add_to(draft.id, incident)

    @Slot(str)
    def _merge(self, incident: str) -> None:
        """Have it merged after saving, or not after all."""
        if (draft := self.intakes.current) is not None:
            self.form.merge_into("" if draft.merge_into == incident else incident)
            self._compare_now()

    # --- answers ------------------------------------------------------------------------------------------------

    @Slot(object)
    def _saved(self, saved: Saved) -> None:
        self._tools.notices.done(say(saved.words, number=saved.number))
        self._tools.selection.navigate("incident", saved.incident)
        self.finished.emit(saved.incident)

    @Slot(object)
    def _not_followed(self, error: CommandCenterError) -> None:
        reason = words.refusal(error, self._desk.live)
        self._tools.notices.trouble(say("intake.not_followed", reason=reason))
