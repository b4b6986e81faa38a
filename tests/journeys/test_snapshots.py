"""Every screen that is registered can be brought into its state and drawn: each once, by turns in either language and
theme, in parts so that a run of several processes shares them. Every run draws an eighth of them, the slow runs
the others; the walk of ``test_viewer_masks`` comes by those that a viewer may see, by a sixth of them in every run."""

import argparse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from commandcenter import app as program_root
from tests.journeys.conftest import first_picture

PARTS = 8


@pytest.mark.parametrize("part", [1, *(pytest.param(each, marks=pytest.mark.soak) for each in (0, *range(2, PARTS)))])
def test_every_screen_is_drawn(
    part: int, town_url: Callable[[str], str], qapp: QApplication, qtbot: Any, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with ThreadPoolExecutor(1) as aside:
        session, live = aside.submit(first_picture, town_url("sqlite"), "administrator").result()
    language, theme = ("zh_CN", "dark") if part % 2 else ("en", "light")
    options = argparse.Namespace(folder=tmp_path, screen=[], lang=language, theme=theme)
    bugs: list[str] = []
    real = program_root.build

    def build(*given: Any, **more: Any) -> program_root.Program:
        program = real(*given, **more)
        programs.append(program)
        every = [each.id for each in program.tools.plugs.screens]
        assert len(every) > 60
        options.screen = every[part::PARTS]
        program.tools.notices.posted.connect(lambda each: bugs.append(each.text) if each.kind == "bug" else None)
        return program

    monkeypatch.setattr(program_root, "build", build)
    seen: list[tuple[int, ...]] = []
    widgets: list[int] = []
    programs: list[program_root.Program] = []

    def note(*progress: int) -> None:
        seen.append(progress)
        widgets.append(len(QApplication.allWidgets()))
        programs[0].tools.notices.info("told beside")  # one that is still in sight when the window goes

    drawn = program_root.snapshot(qapp, session, live, options, (1366, 768), note)
    names = [f"{screen}-{language}-{theme}-1366x768.png" for screen in options.screen]
    assert [path.name for path in drawn] == names and seen[-1] == (len(names), len(names)) and bugs == []
    assert [path.name for path in drawn if _is_empty(path)] == []
    assert max(widgets) < widgets[0] + 1500  # what a picture was drawn of is gone after it


def test_where_every_village_has_one_worker_no_double_is_shown(
    town_url: Callable[[str], str], open_program: Callable[..., program_root.Program]
) -> None:
    program = open_program(town_url("sqlite"), "administrator")
    people, villages = program.tools.desk.directory.people, set[str]()
    for (kind, id), each in sorted(people.items(), key=lambda item: item[0]):
        if kind == "worker" and each.village in villages:
            del people[kind, id]
        elif kind == "worker":
            villages.add(each.village)
    (screen,) = (each for each in program.tools.plugs.screens if each.id == "person-merge")
    page = program.window.open_workspace(screen.workspace)
    screen.stage(program.tools, page)
    program_root.settle(program)
    assert [each for each in page.findChildren(QWidget) if type(each).__name__ == "MergeSheet"] == []


def _is_empty(path: Path) -> bool:
    """Whether a picture shows fewer colours than any text on any ground has."""
    image = QImage(str(path)).scaled(200, 112)
    return len({image.pixel(x, y) for x in range(0, 200, 2) for y in range(0, 112, 2)}) < 12
