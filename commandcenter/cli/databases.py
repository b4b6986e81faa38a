"""``db …``, ``keep`` and ``clock``: looking after a database without a window."""

import argparse
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from commandcenter.base.clock import ClockMapping, from_iso, iso
from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.texts import say
from commandcenter.cli.opening import database, progress_bar, session, tell
from commandcenter.services import databases, due
from commandcenter.services.sessions import create_database, name_town
from commandcenter.storage import machinery
from commandcenter.storage.database import Database


def help_needed(options: argparse.Namespace) -> int:
    """``db`` without an action is refused by the grammar before it comes here."""
    raise BadInput("cli.action_missing")


def init(options: argparse.Namespace) -> int:
    """Make the tables, the local administrator and, if named, the town."""
    with database(options) as opened:
        create_database(opened)
        if options.town:
            name_town(opened, options.town, mark=options.mark, code=options.code)
        tell(databases.info(opened), as_json=options.json, sentence=say("cli.db.made", database=opened.name))
    return 0


def upgrade(options: argparse.Namespace) -> int:
    """Bring an older database to this version."""
    with database(options) as opened:
        with progress_bar(say("cli.progress.upgrade")) as progress:
            before, after, copy = databases.upgrade(opened, progress)
        facts = {"from": before, "to": after, "backup": str(copy) if copy else None}
        tell(facts, as_json=options.json, sentence=say("cli.db.upgraded", before=before or "–", after=after))
    return 0


def info(options: argparse.Namespace) -> int:
    """Say what the database holds."""
    with database(options) as opened:
        facts = databases.info(opened)
        lines = [f"{key}: {value}" for key, value in facts.items()]
        tell(facts, as_json=options.json, sentence="\n".join(lines))
    return 0


def version(options: argparse.Namespace) -> int:
    """Say which version the database has and which the program wants."""
    with database(options) as opened:
        facts = databases.version(opened)
        sentence = say("cli.db.version", database=facts["database"], schema=facts["schema"] or "–",
                       program=facts["program"])  # fmt: skip
        tell(facts, as_json=options.json, sentence=sentence)
    return 0


def check(options: argparse.Namespace) -> int:
    """Verify the whole database; refused (2) when something is wrong."""
    with database(options) as opened:
        with progress_bar(say("cli.progress.check")) as progress:
            report = databases.check(opened, progress)
        sentence = say("cli.db.sound" if report.sound else "cli.db.faulty", changes=report.changes,
                       sealed=report.sealed, faults=len(report.faults))  # fmt: skip
        faults = "".join(f"\n{fault}" for fault in report.faults[:50])
        tell({**asdict(report), "sound": report.sound}, as_json=options.json,
             sentence=f"{sentence}\n{report.state_hash}{faults}")  # fmt: skip
    return 0 if report.sound else 2


def backup(options: argparse.Namespace) -> int:
    """Write one consistent snapshot."""
    with database(options) as opened, progress_bar(say("cli.progress.backup")) as progress:
        path = databases.backup(opened, options.file, progress)
    tell({"file": str(path), "bytes": path.stat().st_size}, as_json=options.json,
         sentence=say("cli.db.backed_up", file=path))  # fmt: skip
    return 0


def set_aside(options: argparse.Namespace) -> int:
    """Write a snapshot and empty the database."""
    with database(options) as opened, progress_bar(say("cli.progress.backup")) as progress:
        path = databases.set_aside(opened, options.file, progress)
        name = opened.name
    tell({"file": str(path), "database": name}, as_json=options.json,
         sentence=say("cli.db.set_aside", file=path, database=name))  # fmt: skip
    return 0


def restore(options: argparse.Namespace) -> int:
    """Load a snapshot into an empty database. The sample is made by the program alone: with something else in its place
    every later ``--demo`` would be refused."""
    if options.demo:
        raise BadInput("cli.restore_demo", file=str(options.file))
    opened = Database(options.database)
    try:
        with progress_bar(say("cli.progress.restore")) as progress:
            databases.restore(options.file, opened, progress)
        tell({"database": opened.name}, as_json=options.json, sentence=say("cli.db.restored", database=opened.name))
    finally:
        opened.close()
    return 0


def keep(options: argparse.Namespace) -> int:
    """Do what is due until closed: escalations, seals."""
    with session(options) as opened:
        keeper = due.Keeper(opened)
        while True:
            try:
                done = keeper.once()
                if done or options.once:
                    tell(done, as_json=options.json, sentence=say("cli.kept", **done))
            except EnvironmentTrouble as error:
                from commandcenter.base import texts

                tell({"error": error.code}, as_json=options.json, sentence=texts.current().error(error))
            if options.once:
                return 0
            time.sleep(due.EVERY)


def clock(options: argparse.Namespace) -> int:
    """Set, clear or show the simulated clock of a sample or test database."""
    with database(options) as opened:
        if options.action != "show":
            mapping = _mapping(options) if options.action == "set" else None
            with opened.write() as connection:
                machinery.write_clock(connection, mapping)
        facts: dict[str, Any] = {"clock": databases.info(opened)["clock"]}
        sentence = say("cli.clock.real") if not facts["clock"] else say("cli.clock.simulated", **facts["clock"])
        tell(facts, as_json=options.json, sentence=sentence)
    return 0


def _mapping(options: argparse.Namespace) -> ClockMapping:
    try:
        simulated = from_iso(options.instant)
    except (TypeError, ValueError):
        raise BadInput("cli.instant", given=str(options.instant), example=iso(datetime.now(UTC))) from None
    if not 0 <= options.rate <= 1000:
        raise BadInput("cli.rate", rate=options.rate)
    return ClockMapping(datetime.now(UTC), simulated, options.rate)
