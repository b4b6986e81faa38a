"""The desk itself, and drawing its screens without a display. Qt is imported only here."""

import argparse
import gc
import os
import sys
import threading
from typing import Any

from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.options import DeskSettings
from commandcenter.base.texts import say
from commandcenter.cli.opening import open_for, progress_bar, tell
from commandcenter.rules.entity import REAL
from commandcenter.services.live import LiveSet
from commandcenter.services.sessions import Session
from commandcenter.storage import schema
from commandcenter.storage.database import Database


class _Ahead:
    """Opens the database and reads the first picture while Qt is being imported."""

    def __init__(self, options: argparse.Namespace, settings: DeskSettings) -> None:
        self._options = options
        self._settings = settings
        self._thread = threading.Thread(target=self._work, name="ahead")
        self._found: tuple[Session, LiveSet] | None = None
        self._error: BaseException | None = None
        self._thread.start()

    def _work(self) -> None:
        try:
            session = open_for(self._options)
            with session.read(REAL) as reader:
                self._found = session, LiveSet.load(reader)
        except BaseException as error:
            self._error = error

    def result(self) -> tuple[Session, LiveSet]:
        """The session and its live set; raises what opening raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._found is not None
        return self._found


def run(options: argparse.Namespace) -> int:
    """Open the desk and stay until it is closed."""
    _require_display()
    settings = DeskSettings()
    if not options.demo and _is_empty(options.database):
        return _first_start(options, settings)
    options.actor = options.actor or (None if options.demo else settings.get("desk.officer"))
    gc.disable()  # until the first picture: so much is made and so little dropped that collecting only costs time
    ahead = _Ahead(options, settings)
    _import_before_qt()
    from commandcenter import app

    application = app.make_application()
    session, live = ahead.result()
    return app.run(application, session, live, settings, theme=options.theme)


def _import_before_qt() -> None:
    """Qt's binding reads the source of every module imported after it, so the large ones come first."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no matrices here; its idle threads spin while Qt is loaded
    import numpy  # noqa: F401
    import shapely  # noqa: F401


def _require_display() -> None:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        raise EnvironmentTrouble("no_display")


def _is_empty(url: str) -> bool:
    """Whether there is nothing to open yet: the first start."""
    database = Database(url)
    try:
        if not database.exists():
            return True
        with database.read() as connection:
            return schema.version_of(connection) is None
    finally:
        database.close()


def _first_start(options: argparse.Namespace, settings: DeskSettings) -> int:
    from commandcenter import app

    application = app.make_application()
    officer = app.first_start(application, Database(options.database), settings, theme=options.theme)
    if officer is None:
        return 0
    options.actor = officer
    settings.set("desk.officer", officer)
    session = open_for(options)
    with session.read(REAL) as reader:
        live = LiveSet.load(reader)
    return app.run(application, session, live, settings, theme=options.theme)


def snapshot(options: argparse.Namespace) -> int:
    """Draw the screens to PNG files."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    size = _size(options.size)
    from commandcenter import app

    application = app.make_application()
    session = open_for(options)
    with session.read(REAL) as reader:
        live = LiveSet.load(reader)
    options.folder.mkdir(parents=True, exist_ok=True)
    drawn: list[Any] = []
    with progress_bar(say("cli.progress.snapshot")) as progress:
        drawn = app.snapshot(application, session, live, options, size, progress)
    tell({"files": [str(path) for path in drawn]}, as_json=options.json,
         sentence=say("cli.snapshot.done", count=len(drawn), folder=options.folder))  # fmt: skip
    return 0


def _size(given: str) -> tuple[int, int]:
    width, by, height = given.lower().partition("x")
    if not (by and width.isdigit() and height.isdigit() and int(width) >= 320 and int(height) >= 240):
        raise BadInput("screen.size", size=given)
    return int(width), int(height)
