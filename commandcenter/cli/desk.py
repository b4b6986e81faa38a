"""The desk itself, and drawing its screens without a display. Qt is imported only here."""

import argparse
import gc
import os
import sys
from typing import TYPE_CHECKING, Any

from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.options import DeskSettings
from commandcenter.base.texts import say

if TYPE_CHECKING:
    from commandcenter.cli.ahead import Ahead


def run(options: argparse.Namespace) -> int:
    """Open the desk and stay until it is closed."""
    _require_display()
    gc.disable()  # until the first picture: so much is made and so little dropped that collecting only costs time
    settings = DeskSettings()
    if not options.demo and _is_empty(options.database):
        return _first_start(options, settings)
    options.actor = options.actor or (None if options.demo else settings.get("desk.officer"))
    from commandcenter.cli.ahead import Ahead

    ahead = Ahead(options)
    _import_before_qt()
    return _show(ahead, settings, options.theme)


def _show(ahead: "Ahead", settings: DeskSettings, theme: str | None, first: str = "") -> int:
    from commandcenter import app

    application = app.make_application()
    session, live = ahead.result()
    return app.run(application, session, live, settings, theme=theme, first=first)


def _import_before_qt() -> None:
    """Qt's binding reads the source of every module imported after it, so the large ones come first."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no matrices here; its idle threads spin while Qt is loaded
    import numpy  # noqa: F401
    import shapely  # noqa: F401


def _require_display() -> None:
    if not has_display():
        raise EnvironmentTrouble("no_display")


def has_display() -> bool:
    """Whether a window can be opened here at all."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"))


def _is_empty(url: str) -> bool:
    """Whether there is nothing to open yet: the first start."""
    from commandcenter.storage import schema
    from commandcenter.storage.database import Database

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
    from commandcenter.cli.ahead import Ahead
    from commandcenter.storage.database import Database

    application = app.make_application()
    answered = app.first_start(application, Database(options.database), settings, theme=options.theme)
    if answered is None:
        return 0
    options.actor, imports_now = answered
    officer = options.actor
    settings.set("desk.officer", officer)
    return _show(Ahead(options), settings, options.theme, first="import.open" if imports_now else "")


def snapshot(options: argparse.Namespace) -> int:
    """Draw the screens to PNG files."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    size = _size(options.size)
    from commandcenter import app
    from commandcenter.cli.ahead import open_live
    from commandcenter.cli.opening import progress_bar, tell

    application = app.make_application()
    session, live = open_live(options)
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
