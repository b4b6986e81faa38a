"""A desk that writes as fast as it may, with a random pause between the rows of the log and the commit.

As a script: ``writer.py URL ACCOUNT COUNT SEED`` prints its longest wait in seconds.
"""

import random
import sys
import time
from typing import Any

from sqlalchemy import event

from commandcenter.services.incidents import OpenIncident
from commandcenter.services.sessions import open_session

LONGEST_PAUSE = 0.010
ROWS = 2
"""Log rows of each command: the incident and its first timeline entry."""


def write(url: str, account: str, count: int, seed: int) -> float:
    """Open ``count`` incidents; the longest wait for a turn in seconds."""
    session = open_session(url, actor=account)
    pauses = random.Random(seed)

    def linger(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO change_log"):
            time.sleep(pauses.uniform(0, LONGEST_PAUSE))

    event.listen(session.database.engine, "after_cursor_execute", linger)
    try:
        for number in range(count):
            session.runner.execute(OpenIncident(category="other", urgency="routine", text=f"第{seed}席第{number}报"))
    finally:
        session.close()
    return session.database.longest_wait


if __name__ == "__main__":
    url, account, count, seed = sys.argv[1:]
    print(write(url, account, int(count), int(seed)))
