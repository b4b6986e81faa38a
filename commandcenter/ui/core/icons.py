"""Icons from qtawesome by what they mean, in the colours of the theme, each made once per colour."""

from functools import cache
from pathlib import Path

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap
from qtawesome.iconic_font import IconicFont

from commandcenter.ui.core import theme

NAMES: dict[str, str] = {
    "situation": "ph.map-trifold", "alert": "ph.warning", "evacuation": "ph.person-simple-run",
    "drill": "ph.timer", "course": "ph.student", "kit": "ph.package", "people": "ph.users-three",
    "shift": "ph.notebook", "history": "ph.clock-counter-clockwise", "settings": "ph.gear-six",
    "incident": "ph.bell-ringing", "grid": "ph.squares-four", "village": "ph.house-line",
    "household": "ph.house", "down": "ph.caret-down", "closed": "ph.caret-right", "draw": "ph.polygon",
    "person": "ph.user",
    "phone": "ph.phone-call", "note": "ph.note-pencil", "intake": "ph.phone-incoming",
    "search": "ph.magnifying-glass", "undo": "ph.arrow-counter-clockwise", "redo": "ph.arrow-clockwise",
    "copy": "ph.copy", "print": "ph.printer", "import": "ph.download-simple", "export": "ph.upload-simple",
    "close": "ph.x", "check": "ph.check", "add": "ph.plus", "remove": "ph.minus", "edit": "ph.pencil-simple",
    "delete": "ph.trash", "filter": "ph.funnel-simple", "columns": "ph.columns", "more": "ph.dots-three",
    "next": "ph.arrow-right", "back": "ph.arrow-left", "place": "ph.map-pin", "target": "ph.crosshair",
    "layers": "ph.stack", "database": "ph.database", "sound": "ph.speaker-high", "muted": "ph.speaker-slash",
    "no_sound": "ph.speaker-x", "info": "ph.info", "done": "ph.check-circle", "refused": "ph.prohibit",
    "trouble": "ph.wifi-slash", "bug": "ph.bug", "loading": "ph.hourglass", "empty": "ph.tray",
    "stale": "ph.cloud-slash", "retry": "ph.arrows-clockwise", "keys": "ph.keyboard", "help": "ph.question",
    "light": "ph.sun", "dark": "ph.moon", "language": "ph.translate", "lock": "ph.lock-simple",
    "document": "ph.file-text", "list": "ph.list-bullets", "time": "ph.clock", "action": "ph.lightning",
    "eye": "ph.eye", "team": "ph.users", "briefing": "ph.clipboard-text", "figures": "ph.chart-bar",
    "officer": "ph.identification-badge", "large_type": "ph.text-aa",
}  # fmt: skip
"""What an icon means, and which drawing it is. Features may also name a drawing of the font (``ph.…``) themselves."""


def icon(name: str, token: str = "muted", *, active: str | None = None) -> QIcon:
    """The icon of a meaning (a key of NAMES) in the colour of a token; ``active`` colours it when switched on.

    KeyError for an unknown meaning. After a change of theme ask again: the colour is part of what was made.
    """
    shown = theme.current()
    on = getattr(shown, active or token)
    return _made(_drawing(name), getattr(shown, token), on, shown.disabled)


def pixmap(name: str, size: int, token: str = "muted", ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of ``size`` px at 100 %, sharp at the device's ``ratio``."""
    return icon(name, token).pixmap(QSize(size, size), ratio)


def _drawing(name: str) -> str:
    return name if "." in name else NAMES[name]


@cache
def _font() -> IconicFont:
    """The one font that is drawn from; qtawesome itself would load all twelve, a tenth of a second at every start."""
    folder = Path(qtawesome.__file__).parent / "fonts"
    (characters,), (font,) = folder.glob("phosphor-charmap-*.json"), folder.glob("phosphor-*.ttf")
    return IconicFont(("ph", font.name, characters.name))


@cache
def _made(drawing: str, colour: str, on: str, disabled: str) -> QIcon:
    made: QIcon = _font().icon(
        drawing, color=colour, color_active=colour, color_on=on, color_selected=on, color_disabled=disabled
    )
    return made
