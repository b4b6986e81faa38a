"""The desk from its icon: nobody sees the terminal, so a refusal must be seen elsewhere."""

import sys
from pathlib import Path

import pytest

from commandcenter import cli
from commandcenter.cli import windowed
from tests.cli.conftest import Commander


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, commander: Commander) -> list[str]:
    """The sentences that came before people's eyes in a window (``commander`` puts language and log back)."""
    said: list[str] = []
    monkeypatch.setattr(windowed, "show", said.append)
    return said


def started(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["commandcenter-desk", *map(str, words)])
    return windowed.main()


def test_a_refusal_is_shown_in_a_window(monkeypatch: pytest.MonkeyPatch, shown: list[str], tmp_path: Path) -> None:
    assert started(monkeypatch, "db", "info", "--database", tmp_path / "absent.sqlite", "--lang", "en") == 2
    (sentence,) = shown
    assert "absent.sqlite" in sentence and "is not set up" in sentence


def test_of_a_bug_only_the_sentence_is_shown(monkeypatch: pytest.MonkeyPatch, shown: list[str]) -> None:
    def broken(_: object = None) -> int:
        print("Traceback …\nZeroDivisionError\nThis is a bug.", file=sys.stderr)
        return cli.BUG

    monkeypatch.setattr(cli, "main", broken)
    assert started(monkeypatch) == 1
    assert shown == ["This is a bug."]


def test_what_went_well_is_not_talked_about(monkeypatch: pytest.MonkeyPatch, shown: list[str]) -> None:
    assert started(monkeypatch, "db", "version", "--lang", "en") == 0
    assert shown == []


def test_the_sentence_is_in_a_real_window(monkeypatch: pytest.MonkeyPatch, qtbot: object) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMessageBox

    seen = []

    def look() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QMessageBox) and window.isVisible():
                seen.append(window.text())
                window.accept()

    QTimer.singleShot(200, look)
    windowed.show("数据库连不上。")
    assert seen == ["数据库连不上。"]
