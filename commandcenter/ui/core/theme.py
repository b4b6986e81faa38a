"""The look: every colour and size by name, for both themes, from ``resources/themes/tokens.toml``.

``current()`` is what painted widgets ask when they paint; :class:`Themes` switches the whole desk.
"""

import dataclasses
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from commandcenter.base.paths import resources
from commandcenter.ui.core import fonts
from commandcenter.ui.core.stylesheet import style_sheet

Choice = Literal["system", "dark", "light"]
CHOICES: tuple[Choice, ...] = ("system", "dark", "light")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Distances and type sizes in px at 100 %."""

    body: int
    emphasis: int
    caption: int
    figure: int
    clock: int
    step: int
    radius: int
    row: int
    card: int
    control: int
    large: float


@dataclass(frozen=True, slots=True)
class Theme:
    """All tokens of one theme; colours are ``#rrggbb``. ``scale`` is 1.0, or more with large type."""

    name: str
    sizes: Sizes
    scale: float

    background: str
    surface: str
    surface_2: str
    hover: str
    line: str
    control: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_soft: str
    on_accent: str
    ok: str
    ok_soft: str
    near: str
    near_soft: str
    overdue: str
    overdue_soft: str
    tones: tuple[str, ...]
    grid_line: str
    village_line: str
    emergency_ink: str
    selection: str
    selection_gap: str
    level_red: str
    level_orange: str
    level_yellow: str
    level_blue: str
    on_level: tuple[str, ...]
    fill_orange: str
    fill_yellow: str
    fill_incident: str
    chart: tuple[str, ...]

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on dark ground."""
        return self.name == "dark"

    def px(self, pixels: float) -> int:
        """A distance at 100 % as device-independent pixels of this theme."""
        return round(pixels * self.scale)

    def space(self, steps: int = 1) -> int:
        """So many steps of the spacing scale."""
        return self.px(self.sizes.step * steps)

    def colour(self, token: str) -> QColor:
        """A colour by the name of its token; AttributeError when there is none."""
        return QColor(getattr(self, token))


@cache
def _tokens() -> dict[str, dict[str, Any]]:
    return tomllib.loads((resources() / "themes" / "tokens.toml").read_text("utf-8"))


@cache
def load(name: str, *, large: bool = False) -> Theme:
    """The theme ``dark`` or ``light``; KeyError for another name."""
    tokens = _tokens()
    sizes = Sizes(**tokens["size"])
    colours: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in tokens[name].items()
    }
    return Theme(name=name, sizes=sizes, scale=sizes.large if large else 1.0, **colours)


_applied: Theme | None = None
_laid_by: str | None = None
"""The style sheet that waits while the desk is undressed."""


def current() -> Theme:
    """The theme that is shown now (the light one before any was applied)."""
    return _applied or load("light")


def palette(theme: Theme) -> QPalette:
    """Qt's colour roles filled from the tokens."""
    result = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: theme.background, role.WindowText: theme.text, role.Base: theme.surface,
        role.AlternateBase: theme.surface_2, role.Text: theme.text, role.Button: theme.surface_2,
        role.ButtonText: theme.text, role.BrightText: theme.overdue, role.ToolTipBase: theme.surface_2,
        role.ToolTipText: theme.text, role.PlaceholderText: theme.muted, role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent, role.Link: theme.accent, role.LinkVisited: theme.accent,
        role.Accent: theme.accent, role.Light: theme.hover, role.Midlight: theme.surface_2,
        role.Mid: theme.line, role.Dark: theme.line, role.Shadow: theme.background,
    }  # fmt: skip
    for key, colour in pairs.items():
        result.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, key, QColor(theme.disabled))
    return result


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole program in ``theme``. Widgets hear of it as a change of style and palette."""
    global _applied, _laid_by
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    _applied = theme
    app.setFont(fonts.font(theme.px(theme.sizes.body)))
    app.setPalette(palette(theme))
    sheet = style_sheet(dataclasses.asdict(theme), theme.scale)
    if _laid_by is None:
        app.setStyleSheet(sheet)
    else:
        _laid_by = sheet


@contextmanager
def undressed(app: QApplication) -> Iterator[None]:
    """Around the making of a whole window: its widgets get the style sheet together, at the end.

    Under a style sheet every widget is polished anew, with all in it, each time it is given a parent.
    """
    global _laid_by
    _laid_by = app.styleSheet()
    if _laid_by:
        app.setStyleSheet("")
    try:
        yield
    finally:
        sheet, _laid_by = _laid_by, None
        app.setStyleSheet(sheet)


class Themes(QObject):
    """Chooses the theme and follows the system while told to.

    Signals: ``changed(Theme)`` after the desk was dressed anew, for things that are no widgets.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, choice: Choice = "system", *, large: bool = False) -> None:
        super().__init__(app)
        self._app = app
        self._choice: Choice = choice
        self._large = large
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._system_changed)
        self._dress()

    @property
    def choice(self) -> Choice:
        """What was asked for."""
        return self._choice

    @property
    def is_large(self) -> bool:
        """Whether large type is on."""
        return self._large

    @property
    def theme(self) -> Theme:
        """What is shown."""
        return current()

    def choose(self, choice: Choice | None = None, *, large: bool | None = None) -> None:
        """Change the theme, the type size, or both."""
        self._choice = self._choice if choice is None else choice
        self._large = self._large if large is None else large
        self._dress()

    def _wanted(self) -> Theme:
        if self._choice != "system":
            return load(self._choice, large=self._large)
        dark = self._hints.colorScheme() == Qt.ColorScheme.Dark
        return load("dark" if dark else "light", large=self._large)

    @Slot()
    def _system_changed(self) -> None:
        if self._choice == "system":
            self._dress()

    def _dress(self) -> None:
        wanted = self._wanted()
        if wanted is not _applied:
            apply(self._app, wanted)
            self.changed.emit(wanted)


def contrast(first: str, second: str) -> float:
    """The WCAG contrast of two ``#rrggbb`` colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
