"""Makes the golden database of the present schema: the tiny township with its story.

Usage: python tests/golden/make.py. A golden database of a released schema is never made anew.
"""

import sqlite3
from pathlib import Path

from commandcenter.services import databases, sample_making
from commandcenter.storage import backup, schema
from commandcenter.storage.database import Database

FOLDER = Path(__file__).parent


def make() -> str:
    """Write ``<version>.sqlite`` and its state hash beside it; the hash."""
    path = FOLDER / f"{schema.HEAD}.sqlite"
    backup.remove_with_companions(path)
    database = Database(path, careless=True)
    sample_making.build(database, lambda done, total: None, "tiny")
    report = databases.check(database)
    assert report.sound, report.faults
    database.close()
    backup.settle(path)
    connection = sqlite3.connect(path)
    connection.execute("VACUUM")
    connection.close()
    path.with_name(path.name + ".lock").unlink(missing_ok=True)
    (FOLDER / f"{schema.HEAD}.hash").write_text(report.state_hash + "\n", encoding="ascii")
    return report.state_hash


if __name__ == "__main__":
    print(make())
