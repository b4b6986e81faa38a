"""The composition root of the desk: what is built, started and shut down, in order."""

import logging
import os
import sys
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from commandcenter.base import texts
from commandcenter.base.clock import monotonic
from commandcenter.base.options import DeskSettings
from commandcenter.services.sessions import Session
from commandcenter.storage import database as storage_database
from commandcenter.ui.core.actions import ActionRegistry
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.notices import Notices, install_excepthook
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.core.selection import Selection
from commandcenter.ui.core.sound import MiniaudioSound, SoundPort
from commandcenter.ui.core.theme import Themes
from commandcenter.ui.core.threads import assert_not_gui_thread
from commandcenter.ui.core.ticker import Ticker
from commandcenter.ui.core.tools import Plugs, Tools
from commandcenter.ui.shell.window import MainWindow

log = logging.getLogger(__name__)


@dataclass
class Program:
    """Everything that lives as long as the window."""

    session: Session
    tasks: Runner
    desk: Desk
    tools: Tools
    themes: Themes
    window: MainWindow

    def shut_down(self) -> None:
        """In the reverse order of the building."""
        storage_database.guard[:] = []
        self.desk.close()
        self.tasks.shutdown()
        self.session.close()


def make_application() -> QApplication:
    """Qt, before any widget: platform, input method, the words of Qt's own dialogs."""
    _bridge_input_method()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("commandcenter")
    app.setDesktopFileName("commandcenter")
    if texts.current().language == "zh_CN":
        translator = QTranslator(app)
        if translator.load(QLocale("zh_CN"), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(translator)
    return app


def _bridge_input_method() -> None:
    """The wheels bring no fcitx plugin; fcitx answers on the ibus interface (needs its ibus frontend)."""
    if sys.platform.startswith("linux") and os.environ.get("QT_IM_MODULE", "").startswith("fcitx"):
        os.environ["QT_IM_MODULE"] = "ibus"


def build(app: QApplication, session: Session, settings: DeskSettings, *, theme: str | None = None,
          sound: SoundPort | None = None) -> Program:  # fmt: skip
    """Make the whole desk; the window is ready to be shown, with the first picture loaded."""
    from commandcenter.ui import features

    started = monotonic()
    chosen: Any = theme or settings.get("desk.theme") or "system"
    themes = Themes(app, chosen, large=bool(settings.get("desk.large_type", False)))
    tasks = Runner()
    desk = Desk(session, tasks)
    desk.load()
    storage_database.guard[:] = [assert_not_gui_thread]
    tools = Tools(
        desk=desk,
        actions=ActionRegistry(lambda: desk.officer.role, desk),
        selection=Selection(desk),
        notices=Notices(desk),
        ticker=Ticker(session.clock, desk),
        sound=sound or MiniaudioSound(),
        settings=settings,
        appearance_changed=lambda: None,
        plugs=Plugs(),
    )
    install_excepthook(tools.notices)
    tasks.unhandled.connect(tools.notices.unhandled)
    features.install(tools)
    window = MainWindow(tools)
    program = Program(session, tasks, desk, tools, themes, window)
    features.connect(program)
    log.info("built in %.3f s", monotonic() - started)
    return program
