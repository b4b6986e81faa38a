"""Icons from qtawesome by what they mean, in the colours of the theme, each made once per colour.

Only qtawesome's font is used. Its code loads twelve fonts and, through qtpy, every class of Qt: a fifth of a second.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from commandcenter.ui.core import theme

FILLED = 0.875
"""The height of the glyph in that of the icon: a 16 px icon is drawn at 14 px, on which the glyphs are hinted."""

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
def _glyphs() -> tuple[str, dict[str, str]]:
    """The family of the one font that is drawn from, and its characters' code points by the drawing's name."""
    spec = find_spec("qtawesome")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "fonts"
    (characters,), (font,) = folder.glob("phosphor-charmap-*.json"), folder.glob("phosphor-*.ttf")
    number = QFontDatabase.addApplicationFontFromData(font.read_bytes())
    if number < 0:  # a Windows that takes no fonts from programs; qtawesome knows how to install them
        from qtawesome.iconic_font import IconicFont

        family = IconicFont(("ph", font.name, characters.name)).fontname["ph"]
    else:
        family = QFontDatabase.applicationFontFamilies(number)[0]
    return family, json.loads(characters.read_bytes())


class _Engine(QIconEngine):
    """Draws one character in the colour that the mode and state of a button ask for."""

    def __init__(self, drawing: str, colour: str, on: str, disabled: str) -> None:
        super().__init__()
        self._family, characters = _glyphs()
        self._character = chr(int(characters[drawing.removeprefix("ph.")], 16))
        self._colour, self._on, self._disabled = colour, on, disabled
        self._drawn: dict[tuple[int, int, str], QPixmap] = {}

    def _ink(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return self._disabled
        switched_on = state == QIcon.State.On and mode == QIcon.Mode.Normal
        return self._on if switched_on or mode == QIcon.Mode.Selected else self._colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Qt: the character in the middle."""
        font = QFont(self._family)
        font.setPixelSize(round(FILLED * rect.height()))
        painter.save()
        painter.setPen(QColor(self._ink(mode, state)))
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Qt: the icon in device pixels, drawn once for each size: every repaint asks for it."""
        key = (size.width(), size.height(), self._ink(mode, state))
        if key not in self._drawn:
            made = QPixmap(size)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
            painter.end()
            self._drawn[key] = made
        return self._drawn[key]


@cache
def _made(drawing: str, colour: str, on: str, disabled: str) -> QIcon:
    return QIcon(_Engine(drawing, colour, on, disabled))
