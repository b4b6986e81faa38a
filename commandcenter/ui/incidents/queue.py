"""The queue panel: four tabs with counts, filters, and the live list of open incidents."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QTabBar, QToolButton, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.incidents import QUEUES, Limits
from commandcenter.services import catalogues
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import icons, viewstate
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.incidents import words
from commandcenter.ui.incidents.alarms import Alarms
from commandcenter.ui.incidents.queue_delegate import Display
from commandcenter.ui.incidents.queue_list import QueueList
from commandcenter.ui.incidents.reminders import Reminders
from commandcenter.ui.incidents.rows import QueueFilter, QueueRow, counts, queue_row, remembered

SCOPE = "incidents"
"""The lists in which digits, Enter and letters act on the selected incident."""
_FILTER, _DISPLAY = "queue.filter", "queue.display"
_CHOICES = (
    ("shows_who", "incidents.column.who"),
    ("shows_number", "incidents.column.number"),
    ("shows_place", "incidents.column.place"),
    ("is_compact", "incidents.column.compact"),
)


class QueuePanel(QWidget):
    """Everything open, by urgency and age. Selecting a row selects the incident for the whole desk."""

    def __init__(
        self, tools: Tools, alarms: Alarms, parent: QWidget | None = None, *, reminders: Reminders | None = None
    ) -> None:
        super().__init__(parent)
        self._tools = tools
        self._alarms = alarms
        self._reminders = reminders
        self._desk = tools.desk
        self._limits = tools.desk.limits
        self._rows: dict[str, QueueRow] = {}
        self._awaited: str | None = None
        self._filter = remembered(tools.settings.get(_FILTER))
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        self._connect()
        self.reload()
        self._alarms_changed()

    def _build(self) -> None:
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for queue in QUEUES:
            self.tabs.addTab(queue)
        self.tabs.setCurrentIndex(QUEUES.index(self._filter.queue))
        self.filter_button = _tool("filter", "incidents.filter.show")
        self.filter_button.setCheckable(True)
        self.view_button = _tool("columns", "incidents.column.title")
        self.list = QueueList(self._moment, self)
        self.list.set_display(self._remembered_display())
        self.filters = _FilterRow(self)
        self.filters.setVisible(self._filter.narrows)
        self.filter_button.setChecked(self._filter.narrows)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 4)
        head.setSpacing(4)
        head.addWidget(self.tabs, 1)
        head.addWidget(self.filter_button)
        head.addWidget(self.view_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.filters)
        layout.addWidget(self.list, 1)
        self.setFocusProxy(self.list)

    def _connect(self) -> None:
        desk, tools = self._desk, self._tools
        self.tabs.currentChanged.connect(self._tab_changed)
        self.filters.text.edited.connect(self._filter_changed)
        self.filters.village.activated.connect(self._filter_changed)
        self.filters.category.activated.connect(self._filter_changed)
        self.filter_button.toggled.connect(self._filters_shown)
        self.view_button.clicked.connect(self._show_columns)
        self.list.picked.connect(self._picked)
        tools.selection.changed.connect(self._selection_changed)
        desk.live_changed.connect(self._live_changed)
        desk.directory_changed.connect(self._people_changed)
        desk.officer_changed.connect(self._people_changed)
        desk.hub.connection_changed.connect(self._connection_changed)
        self._alarms.changed.connect(self._alarms_changed)
        if self._reminders is not None:
            self._reminders.changed.connect(self._alarms_changed)
        tools.ticker.listen(self.tick)
        tools.actions.attach(self.list, SCOPE)

    # --- rows ----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Make every row anew: the first picture, another officer, names that arrived."""
        if not self._desk.is_loaded:
            self.list.set_state(viewstate.LOADING)
            return
        self.list.set_state(viewstate.READY)
        self._limits = self._desk.limits
        before = set(self._rows)
        self._rows = {id: self._row(id) for id in self._desk.live.incidents}
        if before:
            self.list.table.remove(before - set(self._rows))
            self.list.table.upsert(self._rows.values())
        else:
            self.list.table.reset(self._rows.values())
        self.filters.offer(self._desk.live.villages.values(), self._filter)
        self._apply_filter()
        self._count()
        self.list.choose(self._tools.selection.chosen("incident"), show=False)
        self._show_awaited()

    def _row(self, id: str) -> QueueRow:
        desk = self._desk
        return queue_row(desk.live.incidents[id], desk.live, desk.directory, desk.officer.id)

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.places or change.settings:
            self.reload()
            return
        live = self._desk.live
        fresh = {id: self._row(id) for id in change.incidents if id in live.incidents}
        for id in change.gone:
            self._rows.pop(id, None)
        self._rows.update(fresh)
        self.list.table.remove(change.gone)
        self.list.table.upsert(fresh.values())
        self._count()
        self._show_awaited()

    @Slot()
    def _people_changed(self) -> None:
        self.reload()

    def _count(self) -> None:
        found = counts(self._rows.values())
        for place, queue in enumerate(QUEUES):
            name = say(f"incidents.queue.{queue}")
            self.tabs.setTabText(place, say("incidents.queue.tab", name=name, open=found[queue]))

    def tick(self, now: datetime) -> None:
        """A second has passed."""
        self.list.tick(now)
        state = self._desk.hub.connection_state
        if state.is_stale and int(state.age()) % 10 == 0:
            self._connection_changed(state)

    def _moment(self) -> tuple[datetime, Limits]:
        return self._desk.now(), self._limits

    @Slot(object)
    def _connection_changed(self, state: Any) -> None:
        if state.is_stale:
            length = words.minutes_of(timedelta(seconds=state.age()))
            self.list.set_state(viewstate.ViewState("stale", "incidents.queue.stale", {"length": length}))
        elif self._desk.is_loaded:
            self.list.set_state(viewstate.READY)

    # --- selection -----------------------------------------------------------------------------------------------

    @Slot(object)
    def _picked(self, id: str | None) -> None:
        if id is not None:
            self._tools.selection.choose("incident", id)

    @Slot(str, object)
    def _selection_changed(self, entity: str, id: str | None) -> None:
        if entity != "incident":
            return
        row = self.list.table.row(id) if id else None
        self._awaited = id if row is None else None
        if row is not None and not self._filter.lets(row):
            self._show_row(row)
        self.list.choose(id)
        if id is not None:
            self._alarms.acknowledge(id)

    def _show_awaited(self) -> None:
        """A report that was saved here is selected as soon as that is answered; its row comes with the news of it."""
        if self._awaited is not None and self.list.table.row(self._awaited) is not None:
            self._selection_changed("incident", self._awaited)

    def _show_row(self, row: QueueRow) -> None:
        """Somebody went to an incident that stands behind another tab or a filter."""
        queue = next((each for each in QUEUES if each in row.queues), self._filter.queue)
        self._filter = QueueFilter(queue)
        self.filters.clear()
        self.tabs.setCurrentIndex(QUEUES.index(queue))
        self._apply_filter()

    @Slot()
    def _alarms_changed(self) -> None:
        """A report that still sounds, and a call-out that waits for a finger: that one also when it is silenced."""
        waiting = self._reminders.waiting if self._reminders is not None else ()
        self.list.set_unacknowledged(frozenset((*self._alarms.unacknowledged, *waiting)))

    # --- filters and columns -------------------------------------------------------------------------------------

    @Slot(int)
    def _tab_changed(self, place: int) -> None:
        self._filter = replace(self._filter, queue=QUEUES[place])
        self._apply_filter()
        self._remember()

    @Slot()
    def _filter_changed(self) -> None:
        self._filter = self.filters.read(self._filter)
        self._apply_filter()
        self._remember()

    @Slot(bool)
    def _filters_shown(self, shown: bool) -> None:
        self.filters.setVisible(shown)
        if shown:
            self.filters.text.setFocus()
        else:
            self.filters.clear()
            self._filter_changed()

    def _apply_filter(self) -> None:
        self.list.show_tab(self._filter)

    def _remember(self) -> None:
        kept = {"queue": self._filter.queue, "village": self._filter.village, "category": self._filter.category}
        self._tools.settings.set(_FILTER, kept)

    def _remembered_display(self) -> Display:
        found = self._tools.settings.get(_DISPLAY)
        values = found if isinstance(found, dict) else {}
        kept = {name: values[name] for name, _ in _CHOICES if isinstance(values.get(name), bool)}
        return Display(**kept)

    @Slot()
    def _show_columns(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, code in _CHOICES:
            made = menu.addAction(say(code))
            made.setCheckable(True)
            made.setChecked(getattr(self.list.look.display, name))
            made.setData(name)
        menu.triggered.connect(self._column_chosen)
        menu.popup(self.view_button.mapToGlobal(QPoint(0, self.view_button.height())))

    @Slot(QAction)
    def _column_chosen(self, action: QAction) -> None:
        self.choose_display(str(action.data()), action.isChecked())

    def choose_display(self, name: str, on: bool) -> None:
        """Show or hide a part of the rows, and remember it on this desk."""
        display = replace(self.list.look.display, **{name: on})
        self.list.set_display(display)
        self._tools.settings.set(_DISPLAY, {name: getattr(display, name) for name, _ in _CHOICES})


def _tool(icon: str, code: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(icon))
    button.setToolTip(tip(say(code)))
    button.setAccessibleName(say(code))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class _FilterRow(QWidget):
    """Text, village and category; what is chosen here hides rows and says so."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = LineEdit(parent=self)
        self.text.setPlaceholderText(say("incidents.filter.text"))
        self.text.setClearButtonEnabled(True)
        self.village = QComboBox(self)
        self.category = QComboBox(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.text, 2)
        for box in (self.village, self.category):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(4)
            layout.addWidget(box, 1)
        self.category.addItem(say("incidents.filter.category"), None)
        for key, term in catalogues.categories().items():
            self.category.addItem(term.name, key)

    def offer(self, villages: Any, chosen: QueueFilter) -> None:
        """Offer the villages of the town and show what is chosen."""
        self.village.clear()
        self.village.addItem(say("incidents.filter.village"), None)
        for each in villages:
            self.village.addItem(each.name, each.id)
        self.village.setCurrentIndex(max(self.village.findData(chosen.village), 0))
        self.category.setCurrentIndex(max(self.category.findData(chosen.category), 0))

    def read(self, before: QueueFilter) -> QueueFilter:
        """The filter as it is chosen now."""
        return replace(
            before, text=self.text.text_with_preedit(), village=self.village.currentData(),
            category=self.category.currentData(),
        )  # fmt: skip

    def clear(self) -> None:
        """Let everything through again."""
        self.text.clear()
        self.village.setCurrentIndex(0)
        self.category.setCurrentIndex(0)
