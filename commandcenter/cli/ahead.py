"""What the desk reads while Qt is being imported."""

import argparse
import threading

from commandcenter.cli.opening import open_for
from commandcenter.rules.entity import REAL
from commandcenter.services.live import LiveSet
from commandcenter.services.sessions import Session


def open_live(options: argparse.Namespace) -> tuple[Session, LiveSet]:
    """Open the database and read what the first picture shows."""
    session = open_for(options)
    with session.read(REAL) as reader:
        return session, LiveSet.load(reader)


class Ahead:
    """Does that on a thread of its own."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._thread = threading.Thread(target=self._work, name="ahead")
        self._found: tuple[Session, LiveSet] | None = None
        self._error: BaseException | None = None
        self._thread.start()

    def _work(self) -> None:
        try:
            self._found = open_live(self._options)
        except BaseException as error:
            self._error = error

    def result(self) -> tuple[Session, LiveSet]:
        """The session and its live set; raises what opening raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._found is not None
        return self._found
