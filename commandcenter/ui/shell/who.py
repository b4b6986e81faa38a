"""Who are you: one pick. It says who acts; it is no password and says so."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.people import Officer
from commandcenter.ui.core.overlay import Overlay
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.shell.labels import labelled


class WhoAreYou(Overlay):
    """A list over the window; a digit or Enter picks, Esc leaves things as they are.

    Signals: ``picked(Officer)``.
    """

    picked = Signal(object)

    def __init__(self, tools: Tools, window: QWidget) -> None:
        super().__init__(window, width=420, height=480)
        self._tools = tools
        self._title = labelled("title")
        self._note = labelled("caption")
        self._note.setWordWrap(True)
        self._list = QListWidget()
        self._list.itemActivated.connect(self._activated)
        self._list.itemClicked.connect(self._activated)
        self._list.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (self._title, self._list, self._note):
            layout.addWidget(widget)

    def open(self) -> None:
        """Show the officers of this database."""
        self._title.setText(say("shell.who.title"))
        self._note.setText(say("shell.who.note"))
        self._list.clear()
        officers = sorted((o for o in self._tools.desk.live.officers.values() if o.active), key=_order)
        for number, officer in enumerate(officers, start=1):
            words = say("shell.who.row", number=number if number < 10 else "", name=officer.name,
                        role=say(f"role.{officer.role}"))  # fmt: skip
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, officer.id)
            self._list.addItem(item)
            if officer.id == self._tools.desk.officer.id:
                self._list.setCurrentItem(item)
        super().open()

    def first_focus(self) -> QWidget:
        """The list."""
        return self._list

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Digits pick at once; Esc closes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            digit = event.text()
            if digit.isdigit() and 0 < int(digit) <= self._list.count():
                self._activated(self._list.item(int(digit) - 1))
                return True
        return super().eventFilter(watched, event)

    @Slot(QListWidgetItem)
    def _activated(self, item: QListWidgetItem) -> None:
        officer = self._tools.desk.live.officers.get(str(item.data(Qt.ItemDataRole.UserRole)))
        self.dismiss()
        if officer is not None:
            self.picked.emit(officer)


def _order(officer: Officer) -> tuple[bool, str, str]:
    return officer.role != "duty_officer", officer.role, officer.account or officer.name
