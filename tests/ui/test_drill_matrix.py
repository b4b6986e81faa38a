"""The matrix of drills keeps pictures of its rows: what it shows is always what it would paint anew."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from commandcenter.ui.drills import matrix_pictures as room
from commandcenter.ui.drills.matrix import Matrix
from commandcenter.ui.drills.picture import Picture
from tests.bench.bench_drills import matrix_of, town

WIDE, NARROW, HIGH = 1500, 700, 500


def made(qtbot: Any, width: int = WIDE, picture: Picture | None = None) -> Matrix:
    matrix = matrix_of(width, HIGH)
    qtbot.addWidget(matrix)
    matrix.show()
    if picture is not None:
        matrix.show_picture(picture)
    return matrix


def looks(matrix: Matrix) -> QImage:
    return matrix.viewport().grab().toImage()


@pytest.mark.parametrize("width", (WIDE, NARROW))
def test_a_scrolled_matrix_looks_like_one_painted_there(qtbot: Any, width: int) -> None:
    old, seen = made(qtbot, width), []
    for down, across in ((0, 0), (28, 0), (41, 60), (3000, 120), (100_000, 100_000), (14, 0)):
        new = made(qtbot, width)
        for matrix in (old, new):
            matrix.verticalScrollBar().setValue(down)
            matrix.horizontalScrollBar().setValue(across)
        seen.append(looks(old))
        assert seen[-1] == looks(new)
    assert seen[0] != seen[-1]


def test_other_facts_and_another_width_are_seen_at_once(qtbot: Any) -> None:
    matrix = made(qtbot)
    before = looks(matrix)
    _, picture = town()
    row = next(iter(picture.cells))
    paid = {key: replace(cell, state="paid") for key, cell in picture.cells[row].items()}
    picture = replace(picture, cells={**picture.cells, row: paid})
    matrix.show_picture(picture)
    assert looks(matrix) != before and looks(matrix) == looks(made(qtbot, picture=picture))
    matrix.resize(NARROW, HIGH)
    QApplication.processEvents()
    assert looks(matrix) == looks(made(qtbot, NARROW, picture))


def test_the_row_and_the_column_of_the_keys_stand_out(qtbot: Any) -> None:
    old, seen = made(qtbot), []
    for place in ((0, 0), (2, 0), (2, 3), (1, 3), (200, 1)):
        new = made(qtbot)
        for matrix in (old, new):
            matrix.go_to(*place)
        seen.append(looks(old))
        assert seen[-1] == looks(new) and seen.count(seen[-1]) == 1


def test_a_window_of_more_rows_than_are_kept_looks_the_same(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = looks(made(qtbot))
    monkeypatch.setattr(room, "KEPT", 3)
    matrix = made(qtbot)
    assert looks(matrix) == kept and not matrix._pictures.strips and len(matrix._pictures.titles) == 3
