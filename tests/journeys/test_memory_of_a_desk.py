"""A desk that is used for long keeps nothing of what it no longer shows."""

from collections.abc import Callable
from typing import Any
from weakref import ref

from commandcenter.app import Program, settle


class Ring:
    """Stands for the parts of a page that know each other: only a collection finds them."""

    def __init__(self) -> None:
        self.itself = self


def test_what_lies_in_cycles_goes_soon_after_the_desk_was_made_anew(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any
) -> None:
    program = open_program(town_url("sqlite"))
    program.collector._timer.stop()  # what comes within minutes is not waited for
    settle(program)
    gone = []
    for _ in range(3):
        page: Any = program.window.open_workspace("situation")
        page.ring = Ring()
        gone += [ref(page), ref(page.ring)]
        del page
        program.window.wear()
        settle(program)
    qtbot.waitUntil(lambda: all(each() is None for each in gone), timeout=10_000)
