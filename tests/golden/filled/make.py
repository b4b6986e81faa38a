"""Made ``0003.sqlite`` here: a database of the released schema 0003 whose records are full of names and words.

Usage: python tests/golden/filled/make.py FILE, with the program of that schema (0.3.0, commit 5036c7a) as the current
folder. The database is never made anew.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from commandcenter.base.clock import ManualClock
from commandcenter.base.ids import derived_id
from commandcenter.rules.entity import DRILLS, REAL
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import databases, sample_making
from commandcenter.services.attendance import Away, HoldSession, RecordResults, Result, SettleAttendance
from commandcenter.services.course_sessions import CancelSession, EditSession, PlanSession
from commandcenter.services.day_marks import AddAbsence, AddDayMark
from commandcenter.services.drill_people import AddDrillPerson, EditDrillPerson, RemoveDrillPerson
from commandcenter.services.drills import CancelDrill, EditDrill, PlanDrill, TellOfDrill
from commandcenter.services.improvements import EditImprovement, Mend
from commandcenter.services.records import Came, JudgeExpectation, RecordDrill, RecordLate
from commandcenter.services.runner import CommandRunner
from commandcenter.services.undo import Undo
from commandcenter.services.units import NamePost
from commandcenter.storage import backup
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader

NOW = datetime(2025, 6, 30, 12, 0, tzinfo=UTC)
HELD = datetime(2025, 6, 12, 1, 5, tzinfo=UTC)
NAME = "慕容翠翠"
VILLAGE = "999101100201"


class Maker:
    """Sends commands whose ids are counted, so that every making gives the same rows."""

    def __init__(self, database: Database) -> None:
        self.database, self.count = database, 0
        desk = derived_id(sample_making.ROOT, "filled-0")
        self.runner = CommandRunner(database, ManualClock(NOW), actor="system", desk=desk)

    def __call__(self, command: Any) -> Any:
        self.count += 1
        return self.runner.execute(command, id=derived_id(sample_making.ROOT, f"filled-{self.count}"))

    def first(self, kind: str, world: str = DRILLS, **where: Any) -> Any:
        with self.database.read() as connection:
            return Reader(connection, SYSTEM, world).find(kind, **where)[0]


def make(path: Path) -> None:
    database = Database(path, careless=True)
    sample_making.populate(database, ManualClock(NOW), "tiny", mark="test")
    do = Maker(database)
    write_drills(do)
    write_trainings(do)
    while databases.seal(database, derived_id(sample_making.ROOT, "filled-desk")):
        pass
    do(AddDayMark(kind="closed", first_day="2025-07-01", last_day="2025-07-01", note=f"{NAME}家办事"))
    report = databases.check(database)
    assert report.sound, report.faults
    database.close()
    backup.settle(path)
    path.with_name(path.name + ".lock").unlink(missing_ok=True)


def write_drills(do: Maker) -> None:
    planned = do(PlanDrill(scenario="landslide", village=VILLAGE, starts_at=HELD, commander="诸葛平", owner="司马安",
                           phone="15487650000")).value["drill"]  # fmt: skip
    grid = do.first("drill_grid", drill=planned).grid
    facts: dict[str, Any] = {"moments": {}, "moments_was": {}}
    do(RecordDrill(drill=planned, changed={"process": f"{NAME}走在前面", "recorder": "上官文"},
                   was={"process": "", "recorder": ""},
                   grids=(Came(grid, False, f"{NAME}生病"),), improvements=(Mend("路口缺灯", NAME, "2025-07-15"),),
                   **facts))  # fmt: skip
    again = do(RecordDrill(drill=planned, changed={"process": "全程顺利", "problems": ""},
                           was={"process": f"{NAME}走在前面", "problems": ""}, **facts))  # fmt: skip
    do(Undo(target=again.command))
    do(RecordDrill(drill=planned, changed={"measures": "加装路灯"}, was={"measures": ""}, **facts))
    person = do(AddDrillPerson(drill=planned, name=NAME)).value["drill_person"]
    do(EditDrillPerson(drill_person=person, changed={"present": False, "reason": "外出"},
                       was={"present": None, "reason": ""}))  # fmt: skip
    gone = do(AddDrillPerson(drill=planned, name="欧阳远")).value["drill_person"]
    do(RemoveDrillPerson(drill_person=gone))
    mend = do.first("improvement", drill=planned)
    do(EditImprovement(improvement=mend.id, changed={"text": "路口缺两盏灯"}, was={"text": "路口缺灯"}))
    point = do.first("expectation", drill=planned)
    do(JudgeExpectation(expectation=point.id, changed={"reason": f"{NAME}没有听到", "evaluator": "皇甫仁"},
                        was={"reason": "", "evaluator": ""}))  # fmt: skip
    do(TellOfDrill(notice=do.first("drill_notice", drill=planned).id, whom=NAME))
    do(RecordLate(scenario="landslide", held_at=HELD - timedelta(days=3), village=VILLAGE,
                  fields={"problems": f"问{NAME}", "place": "晒谷场"}, moments={}, people=(NAME, "令狐清")))
    off = do(PlanDrill(scenario="landslide", village=VILLAGE, starts_at=NOW + timedelta(days=9))).value["drill"]
    do(EditDrill(drill=off, changed={"owner": NAME}, was={"owner": ""}))
    do(CancelDrill(drill=off, reason=f"{NAME}家办丧事"))
    do(NamePost(role="lookout", village=VILLAGE, name=NAME, phone="15487654321"))
    officer = do.first("officer", REAL)
    do(AddAbsence(officer=officer.id, first_day="2025-07-03", reason="住院"))


def write_trainings(do: Maker) -> None:
    course, workers = do.first("course", REAL), []
    with do.database.read() as connection:
        workers = [each.id for each in Reader(connection, SYSTEM, REAL).find("worker")][:3]
    session = do(PlanSession(course=course.id, starts_at=HELD, teacher="夏侯明", expected=tuple(workers)))
    id = session.value["session"]
    do(SettleAttendance(session=id, present=(workers[0],), absent=(Away(workers[1], f"照顾{NAME}"),), guests=(NAME,)))
    do(RecordResults(session=id, results=(Result(workers[0], 88.0), Result(workers[2], waived=True, reason="已有证"))))
    do(EditSession(session=id, changed={"teacher": "夏侯光"}, was={"teacher": "夏侯明"}))
    do(HoldSession(session=id, absent_reason="未到"))
    other = do(PlanSession(course=course.id, starts_at=NOW + timedelta(days=5), note=f"找{NAME}要钥匙"))
    do(CancelSession(session=other.value["session"], reason="停电"))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
