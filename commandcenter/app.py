"""The composition root of the desk: what is built, started and shut down, in order."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QLibraryInfo, QLocale, QTimer, QTranslator, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from commandcenter.base import texts
from commandcenter.base.clock import monotonic
from commandcenter.base.options import DeskSettings
from commandcenter.base.paths import resources
from commandcenter.base.texts import say
from commandcenter.services.live import LiveSet
from commandcenter.services.sessions import Session
from commandcenter.storage import database as storage_database
from commandcenter.storage.database import Database
from commandcenter.ui import (
    attachments,
    attention,
    courses,
    drills,
    exports,
    grids,
    households,
    imports,
    incidents,
    kits,
    overviews,
    people,
    records,
    rounds,
    scenarios,
    seasons,
    stores,
)
from commandcenter.ui import settings as settings_ui
from commandcenter.ui.core import fonts, inputmethod, threads
from commandcenter.ui.core.actions import ActionRegistry
from commandcenter.ui.core.appearance import Appearance
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.garbage import Collector
from commandcenter.ui.core.language import follow_language
from commandcenter.ui.core.notices import Notices, install_excepthook
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.core.selection import Selection
from commandcenter.ui.core.sound import MiniaudioSound, RecordingSound, SoundPort
from commandcenter.ui.core.theme import Themes, undressed
from commandcenter.ui.core.ticker import Ticker
from commandcenter.ui.core.tools import Plugs, Tools, Workspace
from commandcenter.ui.shell import finder, status
from commandcenter.ui.shell.actions import ShellActions
from commandcenter.ui.shell.connection import ConnectionWatch
from commandcenter.ui.shell.situation import Situation
from commandcenter.ui.shell.window import MainWindow

log = logging.getLogger(__name__)
REPAINT = 20
"""Milliseconds after which what has arrived is on screen too."""
PATIENCE = 3_000
"""Milliseconds after which a desk whose window starts out of sight begins to live all the same."""


@dataclass
class Program:
    """Everything that lives as long as the window."""

    session: Session
    tasks: Runner
    tools: Tools
    themes: Themes
    window: MainWindow
    collector: Collector
    keeper: "KeeperLoop | None" = None

    def start(self) -> None:
        """What follows the first picture: the rest of the window, the other desks, the directory, what is due."""
        self.window.complete()
        wear_icon()
        self.tools.desk.listen()
        self.keeper = KeeperLoop(self.tools.desk)
        self.tools.sound.probe()
        if not fonts.has_chinese():
            self.tools.notices.trouble(say("shell.no_chinese_font"), key="font")
        self._tell_of_the_input_method()

    def _tell_of_the_input_method(self) -> None:
        """fcitx was asked for and does not answer: say how to get it, and that the desk can do without."""
        if os.environ.get("IBUS_USE_PORTAL") and QGuiApplication.platformName() == "xcb":
            self.tasks.submit("io", inputmethod.is_reachable, done=self._input_method_found, owner=self.window)

    def _input_method_found(self, is_reachable: bool) -> None:
        if not is_reachable:
            self.tools.notices.info(say("shell.no_input_method"))

    def shut_down(self) -> None:
        """In the reverse order of the building."""
        if self.keeper is not None:
            self.keeper.stop()
        self.tools.ticker.set_seen(False)
        self.tools.desk.close()
        self.window.hide()  # parts that hear of their hiding (notices) must hear it while there is still a window
        self.window.deleteLater()
        self.tools.desk.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.tasks.shutdown()
        self.tools.sound.close()
        self.collector.stop()
        storage_database.guard[:] = []
        self.session.close()


class KeeperLoop:
    """Does what is due from this desk too, on the io lane, every few seconds."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        from commandcenter.services import due

        self._keeper = due.Keeper(desk.session)
        self._timer = QTimer(desk)
        self._timer.setInterval(int(due.EVERY * 1000))
        self._timer.timeout.connect(self._once)
        self._timer.start()

    def _once(self) -> None:
        if not self._desk.is_stale:
            self._desk.tasks.submit("io", self._keeper.once, failed=self._failed, owner=self._desk, key="keeper")

    def _failed(self, error: BaseException) -> None:
        """The connection light tells it; it is tried again."""
        log.warning("due work failed: %s", error)

    def stop(self) -> None:
        """No more."""
        self._timer.stop()


def make_application() -> QApplication:
    """Qt, before any widget: platform, input method, the words of Qt's own dialogs."""
    inputmethod.bridge()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("commandcenter")
    app.setDesktopFileName("commandcenter")
    if texts.current().language == "zh_CN":
        translator = QTranslator(app)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(QLocale("zh_CN"), "qtbase", "_", folder):
            app.installTranslator(translator)
    return app


def wear_icon() -> None:
    """The picture in title bars and task bars; a window is quicker on the screen without it."""
    QApplication.setWindowIcon(QIcon(str(resources() / "pictures" / "commandcenter.svg")))


def build(app: QApplication, session: Session, live: LiveSet, settings: DeskSettings, *, theme: str | None = None,
          sound: SoundPort | None = None, tasks: Runner | None = None) -> Program:  # fmt: skip
    """Make the whole desk; the window is ready to be shown with the first picture in it."""
    started = monotonic()
    with undressed(app):
        program = _made(app, session, live, settings, theme=theme, sound=sound, tasks=tasks)
    log.info("built in %.3f s", monotonic() - started)
    return program


def _made(app: QApplication, session: Session, live: LiveSet, settings: DeskSettings, *, theme: str | None,
          sound: SoundPort | None, tasks: Runner | None) -> Program:  # fmt: skip
    chosen: Any = theme or settings.get("desk.theme") or "system"
    themes = Themes(app, chosen, large=bool(settings.get("desk.large_type", False)))
    tasks = tasks or Runner()
    desk = Desk(session, tasks, live)
    storage_database.guard[:] = [threads.assert_not_gui_thread]
    tools = Tools(
        desk=desk,
        actions=ActionRegistry(_role_at(desk), desk),
        selection=Selection(desk),
        notices=Notices(desk),
        ticker=Ticker(session.clock, desk),
        sound=sound or MiniaudioSound(),
        settings=settings,
        appearance_changed=_nothing,
        plugs=Plugs(),
    )
    install_excepthook(tools.notices)
    tasks.unhandled.connect(tools.notices.show_error)
    follow_language()
    shell = ShellActions(tools, themes)
    tools.appearance_changed = shell.wear
    shell.declare()
    tools.actions.idle.connect(shell.tell_idle)
    tools.actions.add(ConnectionWatch(tools).action())
    for feature in (
        incidents, grids, people, households, attention, drills, scenarios, seasons, records, courses, kits, stores,
        rounds, attachments, imports, exports, overviews, settings_ui,
    ):  # fmt: skip
        feature.install(tools)
    tools.plugs.workspaces.add(
        "situation", Workspace("situation", "shell.workspace.situation", "situation", Situation, order=10)
    )
    status.install(tools)
    finder.install(tools)
    shell.declare_workspaces()
    window = MainWindow(tools)
    shell.window = window
    finder.connect(tools, window, shell)
    tools.sound.set_muted(bool(settings.get("desk.muted", False)))
    return Program(session, tasks, tools, themes, window, Collector(app))


def _role_at(desk: Desk) -> Callable[[], Any]:
    return lambda: desk.officer.role


def _nothing() -> None:
    """Until the shell can dress the window."""


def run(app: QApplication, session: Session, live: LiveSet, settings: DeskSettings, *, theme: str | None,
        first: str = "") -> int:  # fmt: skip
    """Show the desk until it is closed; ``first`` names an action that is done as soon as it stands."""
    program = build(app, session, live, settings, theme=theme)
    program.window.restore()
    program.window.show()
    _start_after_first_picture(program, first)
    try:
        return app.exec()
    finally:
        program.shut_down()


def _start_after_first_picture(program: Program, first: str) -> None:
    """What the first picture does not need waits until everything it asked for is home and painted."""
    tasks, window = program.tasks, program.window

    def appeared() -> None:
        tasks.idle.connect(start_soon)
        if not tasks.open_tasks:
            start_soon()

    def start_soon() -> None:
        tasks.idle.disconnect(start_soon)
        QTimer.singleShot(REPAINT, window, start)

    def start() -> None:
        # What stands by now stays: no later collection need look through it. The automatic collector remains off,
        # because it would run on worker threads too; the program's Collector does its work.
        gc.freeze()
        if first:  # it is seen at once, and made while the rest of the desk is
            program.tools.actions.trigger(first)
        program.start()

    Appearance(window.windowHandle(), window, patience=PATIENCE).due.connect(appeared)


def first_start(app: QApplication, database: Database, settings: DeskSettings, *,
                theme: str | None) -> tuple[str, bool] | None:  # fmt: skip
    """Ask the three questions; the id of the officer on duty and whether to import now, None when the window was
    closed."""
    from commandcenter.services.first_steps import set_up
    from commandcenter.ui.shell.first_start import FirstStart

    themes = Themes(app, theme or settings.get("desk.theme") or "system")  # type: ignore[arg-type]
    tasks = Runner()
    window = FirstStart(partial(set_up, database), tasks)
    answered: list[tuple[str, bool]] = []
    window.finished.connect(lambda officer, imports_now: answered.append((officer, imports_now)))
    window.finished.connect(window.close)
    wear_icon()
    window.show()
    app.exec()
    tasks.shutdown()
    database.close()
    themes.deleteLater()
    return answered[0] if answered else None


def settle(program: Program, seconds: float = 20.0) -> None:
    """Let everything that was asked for come home, so that a picture shows no loading state."""
    loop = QEventLoop()
    until = monotonic() + seconds
    quiet = 0
    while monotonic() < until and quiet < 3:
        loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        is_home = program.tasks.drain(2.0) and not program.tasks.open_tasks and not program.tools.desk.has_news
        quiet = quiet + 1 if is_home else 0
        if not is_home:
            sleep(0.001)  # news waits for its turn, and whoever brings it for the interpreter


def _without_the_platforms_excuses(kind: object, context: object, message: str) -> None:
    """The offscreen platform tells of every window hint it cannot give; the rest is said as ever."""
    if "This plugin does not support" not in message:
        print(message, file=sys.stderr)


def snapshot(app: QApplication, session: Session, live: LiveSet, options: Any, size: tuple[int, int],
             progress: Callable[[int, int], None]) -> list[Path]:  # fmt: skip
    """Draw the wanted screens (all, in both themes and languages, unless told otherwise) to PNG files."""
    from commandcenter.ui.shell.snapshots import Drawing

    qInstallMessageHandler(_without_the_platforms_excuses)
    settings = DeskSettings(options.folder / ".settings.json")
    spoken = texts.current().language
    program = build(app, session, live, settings, theme=options.theme, sound=RecordingSound())
    program.window.resize(*size)
    try:
        program.window.complete()
        program.tools.desk.listen()
        draw = Drawing(program.tools, program.themes, program.window, options.folder, size, partial(settle, program))
        return draw.all(options.screen, options.lang, options.theme, progress)
    finally:
        texts.use(spoken)
        program.shut_down()
        settings.path.unlink(missing_ok=True)
