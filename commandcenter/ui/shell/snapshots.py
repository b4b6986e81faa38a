"""Drawing every screen to PNG: each registered screen in the wanted languages and themes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.texts import LANGUAGES
from commandcenter.ui.core.cards import Card
from commandcenter.ui.core.notices import NoticeStrip
from commandcenter.ui.core.theme import Themes
from commandcenter.ui.core.tools import Screen, Tools
from commandcenter.ui.shell.window import MainWindow

THEMES = ("dark", "light")
_QUALITY = 80
"""Of Qt's hundred: packed in two thirds of the time of the usual, for three hundredths more bytes."""


@dataclass(frozen=True)
class Drawing:
    """A window that is brought into each wanted state and drawn. ``settle`` lets everything asked for come home."""

    tools: Tools
    themes: Themes
    window: MainWindow
    folder: Path
    size: tuple[int, int]
    settle: Callable[[], None]

    def all(self, names: Sequence[str], language: str | None, theme: str | None,
            progress: Callable[[int, int], None]) -> list[Path]:  # fmt: skip
        """Draw the named screens (none: all); the files. BadInput ``screen.unknown``."""
        screens = self._wanted(names)
        looks = [(each, shade) for each in _either(language, LANGUAGES) for shade in _either(theme, THEMES)]
        drawn: list[Path] = []
        for each, shade in looks:
            texts.use(each)
            self.tools.desk.directory_changed.emit()
            self.themes.choose(shade)  # type: ignore[arg-type]
            self.window.wear()
            for screen in screens:
                drawn.append(self._draw(screen, f"{screen.id}-{each}-{shade}"))
                progress(len(drawn), len(looks) * len(screens))
        return drawn

    def _wanted(self, names: Sequence[str]) -> list[Screen]:
        known = {screen.id: screen for screen in self.tools.plugs.screens}
        for name in names:
            if name not in known:
                raise BadInput("screen.unknown", screen=name, known=", ".join(known))
        return [known[name] for name in names] if names else list(known.values())

    def _draw(self, screen: Screen, name: str) -> Path:
        page: Any = self._afresh(screen.workspace)
        self.settle()
        if screen.stage is not None:
            screen.stage(self.tools, page)
            self.settle()
            for card in page.findChildren(Card):
                card.bring(screen.section)
        shown = screen.picture() if screen.picture is not None else None
        if shown is not None:
            shown.resize(*self.size)
        QApplication.processEvents()
        path = self.folder / f"{name}-{self.size[0]}x{self.size[1]}.png"
        if not (shown or self.window).grab().save(str(path), "PNG", _QUALITY):
            raise EnvironmentTrouble("backup.cannot_write", path=str(path), reason="PNG")
        if screen.clear is not None:
            screen.clear()
        return path

    def _afresh(self, workspace: str) -> QWidget:
        """The workspace made anew, nothing selected."""
        self.tools.selection.clear()
        self.window.resize(*self.size)
        self.window.show()
        for told in self.window.findChildren(NoticeStrip):
            told.clear()  # of the picture before
        return self.window.open_afresh(workspace)


def _either(chosen: str | None, every: Sequence[str]) -> Sequence[str]:
    return (chosen,) if chosen else every
