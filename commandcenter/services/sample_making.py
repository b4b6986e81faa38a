"""Making the sample township: its files become commands, its three months are played on a clock of its own.

Nothing of it is hard-wired: any folder under ``resources/sample`` with the same files makes a township.
"""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from commandcenter.base.clock import Clock, ClockMapping, ManualClock
from commandcenter.base.ids import derived_id
from commandcenter.rules.grids import DatabaseMark
from commandcenter.services import (
    databases,
    sample_attention,
    sample_books,
    sample_people,
    sample_season,
    sample_stores,
    sample_training,
    story,
)
from commandcenter.services.households import AddHousehold, AddResident
from commandcenter.services.imports import ImportRows
from commandcenter.services.runner import SYSTEM_ACTOR, CommandRunner
from commandcenter.services.sample import Progress, folder, town_of
from commandcenter.services.sessions import create_database
from commandcenter.services.towns import NameTown
from commandcenter.storage import machinery
from commandcenter.storage.database import Database

ROOT = "0198a000-0000-7000-8000-000000000000"
"""The root of every command id of a sample, so that each making of it gives the same rows."""
_TABLES = (("officer", "officers.csv"), ("worker", "workers.csv"), ("contact", "contacts.csv"),
           ("duty_holder", "duty_holders.csv"), ("gazetteer_name", "gazetteer.csv"))  # fmt: skip


RESERVE = "reserve.csv"
"""Workers who keep no grid yet, in a sample that has some."""


def build(database: Database, progress: Progress, name: str = "jinhua", account: str | None = None) -> None:
    """Name the town, import its files, play its history. The same files give the same rows.

    ``account``: the administrator's, in a database whose rows will go to another.
    """
    script = story.Script.read(folder(name) / "story.json")
    clock = ManualClock(script.begins - timedelta(days=1))
    total = script.length + _STEPS
    populate(database, clock, name, lambda done: progress(done, total), with_training=False,
             account=account)  # fmt: skip
    season = _season(database, clock, name)
    if season is not None:
        season.name_units(clock.now())
        season.mark_days(clock.now())
        season.play(clock.now())
    begun = clock.now()
    story.play(database, clock, script, ROOT, lambda done: progress(_STEPS + done, total))
    if season is not None:
        season.play(clock.now(), after=begun)
    sample_training.enter(database, _runner(database, clock), clock.now(), ROOT)
    sample_stores.enter(database, _runner(database, clock), clock.now(), ROOT, folder(name))
    sample_people.enter(database, _runner(database, clock), clock.now(), ROOT)
    sample_attention.enter(database, _runner(database, clock), clock.now(), ROOT, folder(name))
    sample_books.enter(database, _runner(database, clock), clock.now(), ROOT)
    while databases.seal(database, derived_id(ROOT, "desk")):
        pass
    _start_clock(database, clock.now())


def _season(database: Database, clock: Clock, name: str) -> sample_season.Season | None:
    """The drills of a sample that has some."""
    if not (folder(name) / "season.json").exists():
        return None
    return sample_season.Season(_runner(database, clock), folder(name), ROOT)


_STEPS = 10
FOUNDED = timedelta(days=300)
"""How long before its story the sample township took up the program: its drills reach into the year before."""


def populate(database: Database, clock: Clock, name: str, progress: Callable[[int], None] = lambda done: None,
             mark: DatabaseMark = "sample", *, with_training: bool = True,
             account: str | None = None) -> None:  # fmt: skip
    """Make the database and import a sample's place and people, and the training they had; without its incidents.

    ``account`` as in :func:`build`.
    """
    town = town_of(name)
    create_database(database, clock=ManualClock(clock.now() - FOUNDED), account=account)
    runner = _runner(database, clock)
    words = {key: town[key] for key in ("name", "name_en", "code", "zone", "number_prefix")}
    runner.execute(NameTown(mark=mark, **words), id=derived_id(ROOT, "town"))
    _import(runner, "village", town["villages"])
    progress(2)
    _import(runner, "grid", grid_rows(folder(name) / "grids.geojson"))
    progress(6)
    for entity, file in _TABLES:
        rows = list(table_rows(folder(name) / file, entity))
        if entity == "worker" and (reserve := folder(name) / RESERVE).exists():
            rows += table_rows(reserve, entity)
        _import(runner, entity, rows)
    _enter_households(runner, name)
    if with_training:
        sample_training.enter(database, runner, clock.now(), ROOT)
        sample_stores.enter(database, runner, clock.now(), ROOT, folder(name))
        sample_attention.enter(database, runner, clock.now(), ROOT, folder(name))
    progress(_STEPS)


def _runner(database: Database, clock: Clock) -> CommandRunner:
    return CommandRunner(database, clock, actor=SYSTEM_ACTOR.id, desk=derived_id(ROOT, "desk"))


def _enter_households(runner: CommandRunner, name: str) -> None:
    """Households and their members, as somebody at a desk would enter them."""
    known: dict[tuple[str, str], str] = {}
    for row in _csv(folder(name) / "households.csv"):
        given: dict[str, Any] = {key: value for key, value in row.items() if value and key != "grid_code"}
        for count in ("people", "people_at_home"):
            given |= {count: int(given[count])} if count in given else {}
        key = (row["grid_code"], row["code"])
        made = runner.execute(AddHousehold(grid=key[0], **given), id=derived_id(ROOT, f"household-{key}"))
        known[key] = made.value["household"]
    for number, row in enumerate(_csv(folder(name) / "residents.csv")):
        home = known[row["grid_code"], row["household"]]
        left_out = ("grid_code", "household", "away")
        given = {key: value for key, value in row.items() if value and key not in left_out}
        runner.execute(
            AddResident(household=home, away=row["away"] == "true", **given), id=derived_id(ROOT, f"resident-{number}")
        )


def _import(runner: CommandRunner, entity: Any, rows: list[dict[str, Any]]) -> None:
    runner.execute(ImportRows(entity=entity, rows=tuple(rows), source="sample"), id=derived_id(ROOT, entity))


def grid_rows(path: Path) -> list[dict[str, Any]]:
    """The grids of a GeoJSON file in WGS84 that needs no repair."""
    import shapely

    from commandcenter.formats.coordinates import area_of

    found = json.loads(path.read_text(encoding="utf-8"))
    rows = []
    for feature in found["features"]:
        facts = {key: value for key, value in feature["properties"].items() if value not in ("", None)}
        if feature.get("geometry"):
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            facts |= {"wkb": shapely.to_wkb(shape), "bbox": shape.bounds, "area": area_of(shape)}
        rows.append(facts)
    return rows


def table_rows(path: Path, entity: str) -> Iterator[dict[str, Any]]:
    """The rows of one of the sample's CSV files."""
    for row in _csv(path):
        facts: dict[str, Any] = {key: value for key, value in row.items() if value}
        if entity == "worker":
            facts["paid"] = row.get("paid") == "true"
        yield facts


def _csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _start_clock(database: Database, simulated: datetime) -> None:
    with database.write() as connection:
        machinery.write_clock(connection, ClockMapping(datetime.now(UTC), simulated))
