"""A writer without a window, as a gateway through ``commandcenter do`` is one: the other hand of the live benchmark.

Argument: the database's URL. Prints ``ready``; reads ``write RATE COUNT SEED PLACES`` (the incidents to change and the
places they have, as JSON), changes them in turn and prints ``written`` with the instants of the commits as JSON.
"""

import json
import random
import sys
import threading
import time
from typing import Any

from commandcenter.services import sample
from commandcenter.services.incidents import EditIncident
from commandcenter.services.sessions import Session, open_session
from commandcenter.storage.database import Database
from tests.bench.measuring import now

MARK = "基准点"


class Commits:
    """Notes the instant at which a commit is handed to the database, on threads whose name begins so."""

    def __init__(self, session: Session, thread: str) -> None:
        self.last = 0.0
        self._thread = thread
        dialect: Any = session.database.engine.dialect
        self._commit = dialect.do_commit
        dialect.do_commit = self._noted

    def _noted(self, connection: Any) -> None:
        if threading.current_thread().name.startswith(self._thread):
            self.last = now()
        self._commit(connection)


def edits(places: dict[str, str | None], count: int, seed: int) -> Any:
    """Commands that change the places in turn, each with the place that it writes."""
    known = dict(places)
    for left in range(count, 0, -1):
        incident, place = list(known)[left % len(known)], f"{MARK} {seed} {left}"
        was, known[incident] = known[incident], place
        yield EditIncident(incident=incident, changed={"place": place}, was={"place": was}), place


def write(session: Session, rate: float, count: int, seed: int, places: dict[str, str | None]) -> dict[str, float]:
    """At a rate with a random phase; what is late is not waited for. The instants of the commits by place."""
    commits, committed, dice = Commits(session, "MainThread"), dict[str, float](), random.Random(seed)
    due = now()
    for command, place in edits(places, count, seed):
        due += dice.uniform(0.5, 1.5) / rate
        time.sleep(max(0.0, due - now()))
        session.runner.execute(command)
        committed[place] = commits.last
    return committed


def main(url: str) -> None:
    """Follow the one order."""
    database = Database(url)
    session = open_session(database, actor=sample.ensure(database, lambda done, total: None))
    print("ready", flush=True)
    _, rate, count, seed, places = sys.stdin.readline().split(maxsplit=4)
    print("written", json.dumps(write(session, float(rate), int(count), int(seed), json.loads(places))), flush=True)
    session.close()


if __name__ == "__main__":
    main(sys.argv[1])
