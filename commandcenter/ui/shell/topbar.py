"""The top bar: which town, the way to everything, the state of the database, who is on duty, what time it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from commandcenter.base.texts import choose, say
from commandcenter.rules.grids import Township
from commandcenter.ui.core import fonts, icons, theme
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.tips import tip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton
from commandcenter.ui.shell.labels import labelled


def town_title(town: Township | None) -> str:
    """Whose desk this is, in the language of the moment."""
    return say("shell.town", name=choose(town.name, town.name_en)) if town else say("shell.program")


class Light(QWidget):
    """A small round light: the database answers, or what is shown grows old."""

    def __init__(self) -> None:
        super().__init__()
        self._token = "ok"
        side = theme.current().px(10)
        self.setFixedSize(side, side)

    def show_token(self, token: str) -> None:
        """Take the colour of a theme token."""
        self._token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A filled disc; hollow while the database is away, so that colour is not the only sign."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme.current().colour(self._token)
        painter.setPen(colour)
        if self._token == "ok":
            painter.setBrush(colour)
        painter.drawEllipse(self.rect().adjusted(1, 1, -2, -2))


class TopBar(QFrame):
    """Everything here is quieter than the alerts will be; the clock alone is large."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self.setProperty("panel", "surface")
        self._tools = tools
        self._town = labelled("title")
        self._note = labelled("caption")
        self._intake = ActionButton(tools.actions, "intake.open")
        self._find = QPushButton()
        self._find.clicked.connect(self._open_finder)
        self._find.setCursor(Qt.CursorShape.IBeamCursor)
        self._light = Light()
        self._database = labelled("muted")
        self._officer = QToolButton()
        self._officer.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._officer.clicked.connect(self._change_officer)
        self._clock = labelled("clock")
        self._lay_out()
        self.refresh()
        tools.ticker.listen(self._tick)
        tools.desk.connection_changed.connect(self.refresh)
        tools.desk.officer_changed.connect(self.refresh)
        tools.desk.live_changed.connect(self._live_changed)

    def _lay_out(self) -> None:
        shown = theme.current()
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._town)
        names.addWidget(self._note)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(12)
        row.addLayout(names)
        row.addSpacing(8)
        row.addWidget(self._intake)
        row.addWidget(self._find, 3)
        row.addStretch(1)
        row.addWidget(self._light)
        row.addWidget(self._database)
        row.addWidget(self._officer)
        row.addWidget(self._clock)
        self._find.setMinimumWidth(shown.px(200))
        self._find.setMaximumWidth(shown.px(520))
        self.setFixedHeight(shown.px(50))

    @Slot()
    def refresh(self) -> None:
        """Words, officer and database state of the moment."""
        desk = self._tools.desk
        town = desk.live.town
        self._town.setText(town_title(town))
        self._note.setText(say(f"shell.mark.{town.mark}") if town and town.mark != "real" else "")
        self._note.setVisible(bool(self._note.text()))
        self._find.setText(say("shell.find_hint", key="F3"))
        officer = desk.officer
        self._officer.setText(caption(say("shell.officer", role=say(f"role.{officer.role}"), name=officer.name)))
        self._officer.setToolTip(tip(say("shell.change_officer")))
        size = theme.current().px(18)
        self._officer.setIconSize(QSize(size, size))
        self._officer.setIcon(icons.icon("officer"))
        self._find.setIcon(icons.icon("search"))
        self._clock.setFont(fonts.font(theme.current().px(theme.current().sizes.clock), fonts.SEMIBOLD))
        self._show_connection()
        self._tick(desk.now())

    def _show_connection(self) -> None:
        state = self._tools.desk.hub.connection_state
        self._light.show_token("overdue" if state.is_stale else "ok")
        if state.is_stale:
            self._database.setText(say("shell.database.stale", seconds=int(state.age())))
        else:
            self._database.setText(say("shell.database.connected"))
        self._database.setToolTip(tip(self._tools.desk.session.database.name))

    @Slot(object)
    def _live_changed(self, change: object) -> None:
        if getattr(change, "everything", False) or getattr(change, "places", False):
            self.refresh()

    def _tick(self, now: datetime) -> None:
        town = self._tools.desk.live.town
        zone = ZoneInfo(town.zone) if town else ZoneInfo("Asia/Shanghai")
        self._clock.setText(f"{now.astimezone(zone):%H:%M:%S}")
        self._clock.setToolTip(tip(f"{now.astimezone(zone):%Y-%m-%d}"))
        if self._tools.desk.is_stale:
            self._show_connection()

    @Slot()
    def _open_finder(self) -> None:
        self._tools.actions.trigger("find.open")

    @Slot()
    def _change_officer(self) -> None:
        self._tools.actions.trigger("officer.change")
