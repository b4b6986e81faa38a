"""What a room reads again after changes: one read at a time, and nothing of a burst is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QObject

from commandcenter.base.errors import BadInput
from commandcenter.ui.core.rereading import Rereading
from tests.ui.rooms import Room, room_at


class Asking:
    """Counts the questions that reached the read lane, and can hold an answer up."""

    def __init__(self, room: Room) -> None:
        self.asked = self.begun = 0
        self.answers: list[int] = []
        self.go = Event()
        self.go.set()
        self.fails = False
        self.owner = QObject()
        self.reading = Rereading(room.tools.desk, self._question, self.owner)
        self.reading.answered.connect(self.answers.append)

    def _question(self) -> Any:
        self.asked += 1
        number = self.asked

        def ask(_reader: Any) -> int:
            self.begun += 1
            assert self.go.wait(10)
            if self.fails:
                raise BadInput("unknown", entity="drill", id="1")
            return number

        return ask


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A desk without any feature."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        yield made


@pytest.fixture
def asking(room: Room) -> Iterator[Asking]:
    made = Asking(room)
    yield made
    made.go.set()
    room.settle()


def test_the_changes_of_a_burst_share_one_more_read(room: Room, asking: Asking) -> None:
    asking.go.clear()
    asking.reading.read()
    for _ in range(20):
        asking.reading.read_again()
    asking.go.set()
    room.settle()
    assert asking.answers == [1, 2] and asking.begun == 2


def test_what_waits_for_a_change_is_done_after_an_answer_that_knows_of_it(room: Room, asking: Asking) -> None:
    seen: list[tuple[str, list[int]]] = []
    asking.go.clear()
    asking.reading.read()
    asking.reading.when_read(lambda: seen.append(("first", list(asking.answers))))
    asking.reading.read_again(lambda: seen.append(("anew", list(asking.answers))))
    asking.go.set()
    room.settle()
    assert seen == [("first", [1]), ("anew", [1, 2])]


def test_another_question_drops_the_answer_under_way(room: Room, asking: Asking) -> None:
    seen: list[int] = []
    asking.go.clear()
    asking.reading.read(lambda: seen.append(len(asking.answers)))
    asking.reading.read()
    asking.go.set()
    room.settle()
    assert asking.answers == [2] and seen == [1]


def test_trouble_is_told_and_gone_with_the_next_answer(room: Room, asking: Asking) -> None:
    seen: list[int] = []
    asking.fails = True
    asking.reading.read(lambda: seen.append(len(asking.answers)))
    room.settle()
    trouble = asking.reading.trouble
    assert trouble is not None and trouble.kind == "failed" and not asking.reading.is_read and not seen
    asking.fails = False
    asking.reading.read_again()
    room.settle()
    assert asking.reading.trouble is None and asking.reading.is_read and seen == [1], "what waited was not forgotten"
