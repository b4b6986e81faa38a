"""A sample town's attention list, entered as somebody on duty would have: over three months, some of it looked at since
and some of it not. A few of the register whose needs are known are left for somebody to take.
"""

import csv
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.ids import derived_id
from commandcenter.rules.entity import REAL
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services.attention import AddAttention, ConfirmAttention
from commandcenter.services.runner import CommandRunner
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader

_WORDS = ("name", "title", "matter", "care", "needs", "phone", "address", "ground", "source")


def enter(database: Database, runner: CommandRunner, now: datetime, root: str, folder: Path) -> None:
    """Put the list into a sample whose grids and households are there."""
    if not (folder / "attention.csv").exists():
        return
    with database.read() as connection:
        reader = Reader(connection, SYSTEM, REAL)
        officers = reader.find("officer", role="duty_officer", active=True, order=("account",))
        zone = ZoneInfo(reader.find("township")[0].zone)
        codes = {each.id: each.code for each in reader.find("grid")}
        homes = {each.id: (codes.get(each.grid or "", ""), each.code) for each in reader.find("household")}
        known = {(*homes[each.household], each.name): each.id for each in reader.find("resident")}
    runner = CommandRunner(database, runner.clock, actor=officers[0].id, desk=runner.desk)

    def do(command: Any, number: int, step: str, days: int) -> Any:
        day = now.astimezone(zone).date() - timedelta(days=days)
        at = datetime.combine(day, time(9 + number % 9, number * 7 % 60), zone).astimezone(UTC)
        id = derived_id(root, f"attention-{step}-{number}")
        return runner.execute(command, id=id, occurred_at=min(at, now)).value

    with (folder / "attention.csv").open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            kind: Any = row["kind"]
            given: dict[str, Any] = {name: row[name] for name in _WORDS if row[name]}
            resident = known[row["grid_code"], row["household"], row["resident"]] if row["resident"] else None
            command = AddAttention(
                kind=kind, grid=row["grid_code"], resident=resident, review_on=row["review"], **given
            )  # fmt: skip
            item = do(command, number, "add", int(row["days"]))["attention_item"]
            if row["visited"]:
                do(ConfirmAttention(items=(item,)), number, "visit", int(row["visited"]))
