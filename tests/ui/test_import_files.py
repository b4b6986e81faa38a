"""Every file of the shared data through the window: the same answer as the command line gets, and never a dead end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from commandcenter.base.errors import CommandCenterError
from commandcenter.services import filing
from commandcenter.ui import imports as feature
from tests.ui.rooms import Room, room_at
from tests.ui.test_imports import close, opened, said

PATIENCE = 120_000
ASKED = "the officer is asked for the coordinate system"
TABLES = (".xlsx", ".csv", ".xls")
MAPS = (".geojson", ".gpkg", ".kml", ".topojson", ".shp")


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk with the feature plugged in."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        feature.install(made.tools)
        yield made
        close(made)


def by_command_line(room: Room, what: str, path: Path) -> Any:
    """The counts that ``import WHAT FILE --dry-run`` answers, or the code of its refusal."""
    session = room.tools.desk.session
    try:
        survey = filing.write(session, filing.read(what, path), dry_run=True)
    except CommandCenterError as error:
        return error.code
    return survey.new, survey.changed, survey.same, survey.refused


def by_window(room: Room, path: Path, qtbot: Any) -> tuple[str, Any]:
    """What the window takes a file for, and its counts or the code of its refusal."""
    window = opened(room)
    window.work.start_over()
    window.work.take_file(path)
    qtbot.waitUntil(lambda: window.work.busy is None, timeout=PATIENCE)
    work = window.work
    if work.error is not None:
        assert said(window) and "error." not in said(window), path.name
        return work.what or "", work.error.code
    if work.file is None:  # a map without a system to believe: the officer is asked
        assert work.look is not None and "坐标系" in said(window), path.name
        return "grids", ASKED
    if work.lacks_columns:
        return work.what or "", "column.required_missing"
    assert work.survey is not None, path.name
    return work.what or "", (work.survey.new, work.survey.changed, work.survey.same, work.refused)


SLOW = [pytest.param(each, marks=pytest.mark.soak) for each in ("geo/sample_township", "geo/awkward", "geo/small")]
"""Maps; that they are read right is seen below the window in every run."""


@pytest.mark.parametrize("folder", ["rosters", *SLOW])
def test_every_file_has_the_same_answer_in_the_window_as_on_the_command_line(
    room: Room, shared_data: Path, folder: str, qtbot: Any
) -> None:
    files = sorted(each for each in (shared_data / folder).rglob("*") if each.suffix in (*TABLES, *MAPS))
    assert len(files) > 3
    for path in files:
        what, answer = by_window(room, path, qtbot)
        if answer == "import.what_unclear":
            continue  # the command line is always told what
        wanted = by_command_line(room, what or ("grids" if path.suffix in MAPS else "workers"), path)
        assert answer == (ASKED if wanted in ("file.crs_missing", "file.crs_likely") else wanted), path.name


def test_a_system_that_is_not_proposed_can_be_named(room: Room, shared_data: Path, qtbot: Any) -> None:
    path = shared_data / "geo" / "small" / "libpysal_georgia" / "G_utm.shp"
    if not path.is_file():
        pytest.skip("the file of Georgia is not here")
    assert by_window(room, path, qtbot) == ("grids", ASKED)
    window = opened(room)
    field = window.file_page.facts.other_system
    for typed, fits in (("EPSG:99", False), ("EPSG:26916", True)):
        field.setFocus()
        field.clear()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.work.busy is None, timeout=PATIENCE)
        assert (window.work.file is not None) is fits and ("坐标系" in said(window)) is not fits
