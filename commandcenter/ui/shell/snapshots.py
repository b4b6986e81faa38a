"""Drawing every screen to PNG: each registered screen in the wanted languages and themes."""

import argparse

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QWidget

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.base.texts import LANGUAGES
from commandcenter.ui.core.tools import Screen

if TYPE_CHECKING:
    from commandcenter.app import Program

THEMES = ("dark", "light")


def draw_all(program: "Program", options: argparse.Namespace, size: tuple[int, int],
             progress: Callable[[int, int], None], settle: Callable[[], None]) -> list[Path]:  # fmt: skip
    """The files that were written. BadInput ``screen.unknown``."""
    screens = _wanted(program, options.screen)
    languages = (options.lang,) if options.lang else LANGUAGES
    themes = (options.theme,) if options.theme else THEMES
    combinations = [(language, theme) for language in languages for theme in themes]
    drawn: list[Path] = []
    total = len(combinations) * len(screens)
    for language, theme in combinations:
        _wear(program, language, theme, size)
        for screen in screens:
            drawn.append(_draw(program, screen, options.folder, f"{screen.id}-{language}-{theme}-{size[0]}x{size[1]}", settle))
            progress(len(drawn), total)
    return drawn


def _wanted(program: "Program", names: list[str]) -> list[Screen]:
    known = {screen.id: screen for screen in program.tools.plugs.screens}
    for name in names:
        if name not in known:
            raise BadInput("screen.unknown", screen=name, known=", ".join(known))
    return [known[name] for name in names] if names else list(known.values())


def _wear(program: "Program", language: str, theme: Any, size: tuple[int, int]) -> None:
    texts.use(language)
    program.themes.choose(theme)
    program.window.wear()
    program.window.resize(*size)
    program.window.show()
    program.window.arrange()


def _draw(program: "Program", screen: Screen, folder: Path, name: str, settle: Callable[[], None]) -> Path:
    page: QWidget = program.window.open_workspace(screen.workspace)
    settle()
    if screen.stage is not None:
        screen.stage(program.tools, page)
        settle()
    QApplication.processEvents()
    path = folder / f"{name}.png"
    if not program.window.grab().save(str(path)):
        raise BadInput("backup.cannot_write", path=str(path), reason="")
    program.tools.selection.choose("incident", None)
    program.tools.selection.choose("grid", None)
    program.window.wear()
    return path


