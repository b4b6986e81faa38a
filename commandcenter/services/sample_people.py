"""Who is away in a sample town, and who stands in: a few workers for some days. Invented, always the same."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from commandcenter.base.ids import derived_id
from commandcenter.rules.entity import REAL
from commandcenter.rules.people import Worker
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services.absences import AddWorkerAbsence, EndWorkerAbsence
from commandcenter.services.runner import CommandRunner
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader

SMALL = 40
"""A town with fewer workers has one absence, which is over."""
_AWAY = ((-3, 6, "住院手术"), (-1, 2, "外出办事"), (0, 4, "参加培训"), (-12, None, "外出务工"), (-2, 1, "家中有事"),
         (3, 9, "陪护家人"), (8, 14, "外出探亲"))  # fmt: skip
"""First and last day, counted from today, and why; None: nobody knows until when."""
_BACK = (-30, -24, "外出办事")


def enter(database: Database, runner: CommandRunner, now: datetime, root: str) -> None:
    """Note the absences of a sample whose workers are there."""
    with database.read() as connection:
        reader = Reader(connection, SYSTEM, REAL)
        zone = ZoneInfo(reader.find("township")[0].zone)
        workers: list[Worker] = reader.find("worker", active=True, standing="serving", order=("name", "id"))
        reserve: list[Worker] = reader.find("worker", active=True, standing="reserve", order=("name", "id"))
    is_small = len(workers) < SMALL
    today, dice = now.astimezone(zone).date(), random.Random(f"away {len(workers)}")
    chosen = dice.sample(workers, 1 if is_small else len(_AWAY))
    for number, (worker, (first, last, why)) in enumerate(zip(chosen, (_BACK,) if is_small else _AWAY, strict=False)):
        instead = [each for each in reserve if each.village == worker.village]
        instead = instead or [each for each in workers if each.village == worker.village and each not in chosen]
        days = [None if each is None else (today + timedelta(days=each)).isoformat() for each in (first, last)]
        made = runner.execute(
            AddWorkerAbsence(worker=worker.id, from_on=days[0] or "", until_on=days[1], reason=why,
                             stand_in=dice.choice(instead).id if instead and why != "家中有事" else None),
            id=derived_id(root, f"away-{number}"), occurred_at=now,
        )  # fmt: skip
        if is_small:
            runner.execute(EndWorkerAbsence(worker_absence=made.value["worker_absence"]),
                           id=derived_id(root, f"back-{number}"), occurred_at=now)  # fmt: skip
