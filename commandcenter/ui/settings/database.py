"""The page 数据库: which database this is, who is present, and a backup of it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from commandcenter.base.clock import from_iso
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.paths import data_folder
from commandcenter.base.texts import current, say
from commandcenter.rules.permissions import ADMINISTRATORS
from commandcenter.services import databases
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, clear
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.times import time_of_day, zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label, divider
from commandcenter.ui.settings.history import local
from commandcenter.ui.settings.page import Page

AGAIN = 15
"""Seconds after which the page asks again who is present."""


class DatabasePage(Page):
    """Facts for everybody; the backup, which holds every personal value, for administrators."""

    def __init__(self, tools: Tools) -> None:
        super().__init__("settings.page.database", "settings.database.about")
        self._tools = tools
        self._asked: datetime | None = None
        self._facts = QVBoxLayout()
        self._facts.addWidget(Label("settings.database.loading", "muted"))
        self.body.addLayout(self._facts)
        self.body.addWidget(divider())
        if tools.desk.officer.role in ADMINISTRATORS:
            self.backup = BackupBox(tools)
            self.body.addWidget(self.backup)
        else:
            self.say("settings.backup.only_administrators", "strong")
        self.body.addStretch(1)
        tools.ticker.listen(self._tick)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask when somebody looks."""
        super().showEvent(event)
        self._ask()

    def _tick(self, now: datetime) -> None:
        if self.isVisible() and (self._asked is None or (now - self._asked).total_seconds() >= AGAIN):
            self._ask()

    def _ask(self) -> None:
        desk = self._tools.desk
        self._asked = desk.now()
        work = partial(databases.info, desk.session.database)
        desk.tasks.submit("read", work, done=self._take, failed=self._failed, owner=self, key="info")

    def _take(self, info: dict[str, Any]) -> None:
        clear(self._facts)
        facts = Facts()
        facts.add("settings.database.engine", say(f"settings.engine.{info['engine']}"))
        facts.add("settings.database.place", str(info["database"]))
        facts.add("settings.database.schema", str(info["schema"]))
        facts.add("settings.database.last_seq", f"{info['last_seq']:,}")
        facts.add("settings.database.mark", say(f"settings.town.mark.{info['mark'] or 'real'}"))
        facts.add("settings.database.desks", self._desks(info["desks"]))
        if info["clean_up_since"]:
            desk, since = self._tools.desk, from_iso(info["clean_up_since"])
            facts.add("settings.database.clean_up", time_of_day(since, zone_of(desk.live.town), desk.now()))
        self._facts.addWidget(facts)

    def _desks(self, desks: list[dict[str, Any]]) -> str:
        """Who is present."""
        names = [str(each["name"]) for each in desks]
        return say("settings.database.join").join(names) if names else say("settings.database.nobody")

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        clear(self._facts)
        self._facts.addWidget(Label("settings.database.failed", "error", reason=current().error(error)))


class BackupBox(QWidget):
    """Where to, the button, how far it is, and how it ended."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._cancel: Callable[[], None] | None = None
        look = theme.current()
        self.path = LineEdit()
        self.path.setObjectName("settings.backup.path")
        self.path.setAccessibleName(say("settings.backup.path"))
        self.path.setText(str(self._proposed()))
        self.button = Button("settings.backup.make", kind="primary", icon="database")
        self.button.setObjectName("settings.backup.make")
        self.stop = Button("settings.backup.cancel", kind="quiet")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.words = Label("", "")
        self.words.setWordWrap(True)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(2))
        lines.addWidget(Label("settings.backup.title", "strong"))
        about = Label("settings.backup.about", "muted")
        about.setWordWrap(True)
        lines.addWidget(about)
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(self.button)
        row.addWidget(self.stop)
        lines.addLayout(row)
        lines.addWidget(self.bar)
        lines.addWidget(self.words)
        self.bar.hide()
        self.stop.hide()
        self.words.hide()
        self.button.clicked.connect(self._make)
        self.path.submitted.connect(self._make)
        self.stop.clicked.connect(self._give_up)

    def _proposed(self) -> Path:
        town = self._tools.desk.live.town
        prefix = town.number_prefix if town is not None else "desk"
        return data_folder() / f"{prefix}-{local(self._tools.desk.now(), self._tools):%Y%m%d-%H%M}.backup.sqlite"

    @Slot()
    def _make(self) -> None:
        if self._cancel is not None:
            return
        target, database = Path(self.path.text().strip()).expanduser(), self._tools.desk.session.database
        task = self._tools.desk.tasks.submit_long(
            "io", partial(databases.backup, database, target),
            progress=self._progress, done=self._done, failed=self._failed, owner=self,
        )  # fmt: skip
        self._cancel = task.cancel
        self._show(running=True)
        self.words.say("settings.backup.running")

    def _show(self, *, running: bool) -> None:
        self.button.setEnabled(not running)
        self.path.setReadOnly(running)
        self.stop.setVisible(running)
        self.bar.setVisible(running)
        self.bar.setRange(0, 0)
        self.words.show()

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)

    def _done(self, path: Path) -> None:
        self._cancel = None
        self._show(running=False)
        self.words.say("settings.backup.done", path=str(path), size=f"{path.stat().st_size / 1_000_000:.1f}")

    def _failed(self, error: BaseException) -> None:
        self._cancel = None
        self._show(running=False)
        if not isinstance(error, CommandCenterError):
            raise error
        self.words.show_text(current().error(error))

    @Slot()
    def _give_up(self) -> None:
        """The task stops at its next step; what it wrote so far is its own to remove."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
            self._show(running=False)
            self.words.say("settings.backup.cancelled")
