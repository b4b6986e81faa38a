"""Printing the overview sheet: which village, on what paper, for whom; then how far it is, with a way to stop it."""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import isValid

from commandcenter.base.texts import choose, say
from commandcenter.rules.overviews import SIZES
from commandcenter.rules.permissions import may_read
from commandcenter.services.editions import prints_walls
from commandcenter.ui.core.editing import EditField
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.longprint import LongPrintSheet, PrintWords, PrintWork
from commandcenter.ui.core.overlay import Overlay
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.sidelist import SideList
from commandcenter.ui.core.tools import Tools

FOLDER_SETTING = "overviews.folder"
"""The desk's setting: where the sheets of all villages went last."""
FULL, BOARD = "full", "board"
STALE = "stale"
"""In place of a village: all whose sheet is of an old edition."""


class Door(QObject):
    """Where the sheets leave the window of one desk."""

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools.desk)
        self._tools = tools
        self._panel: OverviewPanel | None = None

    def open(self, village: str | None = None) -> None:
        """The form over the window, for this village or the one that is looked at."""
        window = _window()
        if window is None or not self._tools.desk.live.villages:
            self._tools.notices.refused(say("overview.no_villages"))
            return
        panel = self._panel
        if panel is None or not isValid(panel) or panel.parentWidget() is not window:
            panel = self._panel = OverviewPanel(self._tools, window)
        panel.look_at(village or village_in_sight(self._tools, window))
        panel.open()

    def dismiss(self) -> None:
        """Close it."""
        if self._panel is not None and isValid(self._panel):
            self._panel.dismiss()


def _window() -> QWidget | None:
    focus = QApplication.focusWidget()
    if QApplication.activeWindow() is not None:
        return QApplication.activeWindow()
    if focus is not None:
        return focus.window()
    return next((each for each in QApplication.topLevelWidgets() if each.isVisible()), None)


def village_in_sight(tools: Tools, window: QWidget) -> str | None:
    """The village that the room in sight is narrowed down to, else that of the chosen grid, else the first one."""
    live = tools.desk.live
    for side in window.findChildren(SideList):
        if side.isVisible() and side.chosen_line in live.villages:
            return side.chosen_line
    grid = live.grids.get(tools.selection.chosen("grid") or "")
    if grid is not None:
        return grid.village
    ordered = sorted(live.villages.values(), key=lambda each: each.code)
    return ordered[0].id if ordered else None


class OverviewPanel(Overlay):
    """The form over the window; Esc stops what is being printed, then closes."""

    def __init__(self, tools: Tools, window: QWidget) -> None:
        super().__init__(window, width=560, height=452)
        self.form = OverviewSheet(tools, Sender(tools, self))
        self.form.saved.connect(self.dismiss)
        self.form.left.connect(self.dismiss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)

    def look_at(self, village: str | None) -> None:
        """Stand on this village, unless one is being printed."""
        self.form.look_at(village)

    def first_focus(self) -> QWidget:
        """The village."""
        return self.form.village

    def dismiss(self) -> None:
        """Work that goes on is stopped first: nobody would see it end."""
        if self.isVisible():
            self.form.stop()
        super().dismiss()


class OverviewSheet(LongPrintSheet):
    """Which village (or all), A3 or A2, whole or for the notice board."""

    TEXTS = PrintWords(
        title="overview.form.title", save="overview.form.save", progress="overview.progress",
        stopped="overview.stopped", where="overview.where", folder="overview.folder", setting=FOLDER_SETTING,
    )  # fmt: skip

    def __init__(self, tools: Tools, sender: Sender) -> None:
        self._printing: dict[str, str] = {}
        self.village = PickBox(none_code="overview.all")
        self.size_strip = ChoiceStrip(tuple(Choice(each, title_code=f"overview.size.{each}") for each in SIZES))
        self.variant = ChoiceStrip(tuple(Choice(each, title_code=f"overview.for.{each}") for each in (FULL, BOARD)))
        self.size_strip.choose("a3")
        self.variant.choose(FULL)
        fields = [
            EditField("village", "overview.field.village", self.village),
            EditField("paper", "overview.field.paper", self.size_strip, hint_code="overview.paper.hint"),
            EditField("for", "overview.field.for", self.variant, hint_code=self._hint(tools)),
        ]  # fmt: skip
        for each in fields:
            each.widget.setObjectName(f"overview.form.{each.name}")
        super().__init__(tools, sender, fields)
        self.save_button.setObjectName("overview.form.save")

    @staticmethod
    def _hint(tools: Tools) -> str:
        is_masked = not may_read(tools.desk.officer.role, "phone") or not may_read(tools.desk.officer.role, "name")
        return "overview.for.hint_masked" if is_masked else "overview.for.hint"

    def look_at(self, village: str | None) -> None:
        """Offer the villages as they are now, and stand on this one, unless something is being printed."""
        if self.is_printing:
            return
        known = sorted(self._tools.desk.live.villages.values(), key=lambda each: each.code)
        options = [Option(each.id, choose(each.name, each.name_en), (each.name, each.name_en, each.code))
                   for each in known]  # fmt: skip
        if prints_walls(self._tools.desk.officer.role):
            options.insert(0, Option(STALE, say("overview.stale_only")))
        self.village.offer(options)
        self.village.put(village)
        self.trouble.hide()
        self.form.field("for").set_hint(self._hint(self._tools))

    # --- sending ----------------------------------------------------------------------------------------------------

    def makes_several(self) -> bool:
        """All villages, or those whose sheet is stale."""
        return self.village.picked() in (None, STALE)

    def _wanted(self) -> list[str]:
        one = self.village.picked()
        known = sorted(self._tools.desk.live.villages.values(), key=lambda each: each.code)
        return [each.id for each in known if one in (None, STALE, each.id)]

    def _kind(self) -> Any:
        from commandcenter.services import overviews

        return overviews.Kind(self.size_strip.value or "a3", self.variant.value == BOARD)  # type: ignore[arg-type]

    def command(self) -> Any | None:
        """The editions; for who may make none, that copies were printed."""
        from commandcenter.services import overviews

        if self.values() is None:
            return None
        self._printing = {}
        return overviews.note(self._tools.desk.officer.role, self._wanted(), self._kind(),
                              changed_only=self.village.picked() == STALE)  # fmt: skip

    def words(self) -> str:
        """What it does."""
        return say("overview.done", count=len(self._printing or self._wanted()))

    def work(self, outcome: Any) -> PrintWork:
        """The sheets of the editions that were made."""
        from commandcenter.services import overviews

        session = self._tools.desk.session
        self._printing = overviews.printed(outcome.value, self._wanted())
        return PrintWork(
            ready=partial(overviews.job, session, self._printing, self._kind()),
            single=partial(overviews.single, session), write=partial(overviews.write, session),
        )  # fmt: skip
