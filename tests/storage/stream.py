"""A believable stream of commands: each is made from what the database holds, so that most of them fit.

Every undoable command has a maker here; a test holds the list against the registry.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import shapely

from commandcenter.base.clock import iso
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.incidents import STEPS, is_open
from commandcenter.rules.kits import AWAY
from commandcenter.rules.people import ROLES
from commandcenter.rules.scenarios import flat
from commandcenter.services.absences import AddWorkerAbsence, EditWorkerAbsence, EndWorkerAbsence
from commandcenter.services.attachments import Attach, ChangeAttachment, RemoveAttachment
from commandcenter.services.attendance import (
    Away,
    ExpectWorkers,
    HoldSession,
    RecordResults,
    Result,
    SettleAttendance,
    SignIn,
    UnlistWorkers,
)
from commandcenter.services.calls import CallOut, Person, RecordCall
from commandcenter.services.course_sessions import CancelSession, EditSession, MoveSession, PlanSession
from commandcenter.services.courses import AddCourse, EditCourse, RetireCourse
from commandcenter.services.day_marks import (
    AddAbsence,
    AddDayMark,
    EditDayMark,
    RetireAbsence,
    RetireDayMark,
)
from commandcenter.services.debt_rules import AddDebtRule, EditDebtRule, RetireDebtRule
from commandcenter.services.drill_people import AddDrillPerson, EditDrillPerson, RemoveDrillPerson
from commandcenter.services.drills import (
    AddDrillNotice,
    BeginDrill,
    CancelDrill,
    EditDrill,
    LockDrill,
    MoveDrill,
    PlanDrill,
    TellOfDrill,
)
from commandcenter.services.grids import (
    AddGrid,
    Corner,
    EditGrid,
    EditName,
    EditVillage,
    RemoveGrid,
    RemoveName,
    SetBoundary,
)
from commandcenter.services.households import (
    AddHousehold,
    AddResident,
    EditHousehold,
    EditResident,
    RetireHousehold,
    RetireResident,
)
from commandcenter.services.imports import ImportRows
from commandcenter.services.improvements import (
    AddImprovement,
    EditImprovement,
    FinishImprovement,
    Mend,
    RetestImprovement,
)
from commandcenter.services.incidents import (
    CancelIncident,
    CloseIncident,
    EditIncident,
    MergeIncident,
    NoteIncident,
    OpenIncident,
    ParkIncident,
    ReopenIncident,
    ReturnIncident,
    StepIncident,
    TakeIncident,
)
from commandcenter.services.kits import Found
from commandcenter.services.leaving import LeaveWorker
from commandcenter.services.merging import MergeWorkers
from commandcenter.services.moments import NoteMoment
from commandcenter.services.people import (
    EDITABLE,
    AddContact,
    AddDutyHolder,
    AddWorker,
    EditContact,
    EditDutyHolder,
    EditWorker,
    RetirePerson,
    VerifyPhone,
)
from commandcenter.services.places import LearnName
from commandcenter.services.plan_apply import ApplyPlan
from commandcenter.services.records import Came, JudgeExpectation, Mark, RecordDrill, RecordLate, ReviewDrill
from commandcenter.services.scenario_files import ImportScenario, content_of
from commandcenter.services.scenarios import AddScenario, EditScenario, RetireScenario
from commandcenter.services.scripts import (
    AddExpectation,
    AddInject,
    EditExpectation,
    EditInject,
    MoveLine,
    RemoveLine,
)
from commandcenter.services.settings import SetSetting
from commandcenter.services.towns import AddOfficer, ChangeOfficer, EditOfficer, NameTown
from commandcenter.services.units import NamePost, RetirePost
from commandcenter.storage.reads import Reader
from tests.storage import stream_attention, stream_stores

WORDS = (
    "路灯不亮",
    "水管破裂",
    "老人摔倒",
    "山坡掉石头",
    "两家吵架",
    "smoke behind the school",
    "积水过膝",
    "漏电跳闸",
)
NAMES = ("李大爷", "王婶", "Anna Li", "欧阳山", "周老师", "韦老板")


@dataclass(frozen=True, slots=True)
class Situation:
    """What a maker chooses from: the database as it stands, and its dice."""

    reader: Reader
    dice: random.Random

    def any(self, kind: str, **where: Any) -> Any | None:
        """One row of a kind, or None when there is none."""
        rows = self.reader.find(kind, **where)
        return self.dice.choice(rows) if rows else None

    def in_drills(self) -> "Situation":
        """The same dice over what belongs to drills."""
        return Situation(Reader(self.reader.connection, self.reader.viewer, DRILLS), self.dice)

    def day(self) -> datetime:
        """A moment in the months to come."""
        return EVENING + timedelta(days=self.dice.randint(1, 90), minutes=30 * self.dice.randrange(10))

    def incident(self, *, ended: bool = False) -> Any | None:
        """An open incident, or an ended one."""
        rows = [each for each in self.reader.find("incident") if is_open(each.state) != ended]
        return self.dice.choice(rows) if rows else None

    def words(self) -> str:
        """A text nobody wrote before."""
        return f"{self.dice.choice(WORDS)}{self.dice.randrange(1000)}"

    def phone(self) -> str:
        """A number that cannot be dialled."""
        return f"154{self.dice.randrange(10**8):08d}"


def _open(now: Situation) -> Any:
    grid = now.any("grid")
    return OpenIncident(
        category=now.dice.choice(("emergency", "care", "facility", "other")),
        urgency=now.dice.choice(("critical", "urgent", "routine")),
        text=now.words(), grid=now.dice.choice((None, grid.code)), place=now.dice.choice((None, now.words())),
        caller_name=now.dice.choice((None, *NAMES)), caller_phone=now.dice.choice((None, now.phone())),
    )  # fmt: skip


def _step(now: Situation) -> Any:
    found = now.incident()
    return found and StepIncident(
        incident=found.id, to=now.dice.choice(STEPS[1:-1]), note=now.dice.choice((None, now.words()))
    )


def _close(now: Situation) -> Any:
    found = now.incident()
    return found and CloseIncident(
        incident=found.id, closing_note=now.words(), confirmed_by=now.dice.choice(NAMES),
        satisfaction=now.dice.choice((None, 1, 3)),
    )  # fmt: skip


def _with_reason(cls: Any, *, ended: bool = False) -> Callable[[Situation], Any]:
    def make(now: Situation) -> Any:
        found = now.incident(ended=ended)
        return found and cls(incident=found.id, reason=now.words())

    return make


def _merge(now: Situation) -> Any:
    one, into = now.incident(), now.incident()
    return one and into and one.id != into.id and MergeIncident(incident=one.id, into=into.id)


def _edit(now: Situation) -> Any:
    found = now.incident()
    if found is None:
        return None
    grid = now.any("grid")
    choices = {
        "text": now.words(), "place": now.dice.choice(("", now.words())), "caller_name": now.dice.choice(NAMES),
        "caller_phone": now.phone(), "urgency": now.dice.choice(("critical", "routine")), "grid": grid.id,
    }  # fmt: skip
    names = now.dice.sample(sorted(choices), now.dice.randint(1, 3))
    return EditIncident(
        incident=found.id, changed={name: choices[name] for name in names},
        was={name: getattr(found, name) for name in names},
    )  # fmt: skip


def _call_out(now: Situation) -> Any:
    found, worker = now.incident(), now.any("worker")
    people = now.dice.choice(((), (Person("worker", worker.id),)))
    return found and CallOut(incident=found.id, direction=now.dice.choice(("up", "down")), people=people)


def _record_call(now: Situation) -> Any:
    call = now.any("call")
    result = now.dice.choice(("called", "no_answer", "answered", "arrived", "refused", "relayed"))
    return call and RecordCall(call=call.id, result=result, note=now.dice.choice((None, now.words())))


def _import(now: Situation) -> Any:
    return now.dice.choice((_import_workers, _import_grids, _import_contacts))(now)


def _import_workers(now: Situation) -> Any:
    known, grid = now.any("worker"), now.any("grid")
    rows = [
        {"name": f"新人{now.dice.randrange(50)}", "grid_code": grid.code, "phone": now.phone(), "note": now.words()}
    ]
    if known.grid is not None:
        of = now.reader.get("grid", known.grid)
        rows.append({"name": known.name, "grid_code": of.code, "phone": now.phone(), "appointed": "2026-05"})
    return ImportRows(entity="worker", rows=tuple(rows), source="test")


def _import_grids(now: Situation) -> Any:
    """A known grid gets another outline (or its first one), or a new grid appears."""
    grid = now.any("grid")
    west, south = 119 + now.dice.randrange(50) / 100, 29 + now.dice.randrange(50) / 100
    shape = shapely.box(west, south, west + 0.01, south + 0.01)
    row = {"wkb": shapely.to_wkb(shape), "bbox": shape.bounds, "area": 1000.0}
    if now.dice.random() < 0.7:
        return ImportRows(entity="grid", rows=({"code": grid.code, "name": grid.name, **row},), source="test")
    village = now.reader.get("village", grid.village)
    code = f"{village.code}9{now.dice.randrange(100):02d}"
    return ImportRows(entity="grid", rows=({"code": code, "name": f"新格{code[-3:]}"},), source="test")


def _import_contacts(now: Situation) -> Any:
    row = {"kind": "clinic", "name": now.dice.choice(NAMES), "phone": now.phone(), "address": now.words()}
    return ImportRows(entity="contact", rows=(row,), source="test")


def _learn(now: Situation) -> Any:
    return LearnName(name=f"老{now.words()}", grid=now.any("grid").code)


def _set(now: Situation) -> Any:
    return SetSetting(
        key=now.dice.choice(("limit.critical", "limit.no_answer")), value={"value": now.dice.randint(1, 500)}
    )


def _name_town(now: Situation) -> Any:
    town = now.any("township")
    return NameTown(name=now.words(), code=town.code, zone=town.zone, number_prefix=town.number_prefix, mark=town.mark)


def _add_officer(now: Situation) -> Any:
    return AddOfficer(name=now.dice.choice(NAMES), role=now.dice.choice(ROLES), account=f"a{now.dice.randrange(10**6)}",
                      phone=now.phone())  # fmt: skip


def _change_officer(now: Situation) -> Any:
    others = [each for each in now.reader.find("officer") if each.id != now.reader.viewer.officer]
    return ChangeOfficer(officer=now.dice.choice(others).id, role=now.dice.choice((None, *ROLES)),
                         active=now.dice.choice((None, True, False)))  # fmt: skip


def _attach(now: Situation) -> Any:
    found = now.incident()
    return found and Attach(
        subject_kind="incident", subject=found.id, name=f"{now.words()}.txt", content=now.dice.choice(WORDS).encode(),
        note=now.dice.choice((None, now.words())),
    )  # fmt: skip


def _change_attachment(now: Situation) -> Any:
    found = now.any("attachment")
    changed = {"name": now.words(), "note": now.words()}
    return found and ChangeAttachment(
        attachment=found.id, changed=changed, was={"name": found.name, "note": found.note}
    )
# --- lists kept by form -----------------------------------------------------------------------------------------


def _add_worker(now: Situation) -> Any:
    return AddWorker(
        name=f"新{now.words()}", grid=now.any("grid").code, phone=now.phone(), birth_month="1975.3",
        address=now.dice.choice((None, now.words())), paid=now.dice.choice((True, False)), note=now.words(),
    )  # fmt: skip


def _add_contact(now: Situation) -> Any:
    village = now.dice.choice((None, now.any("village").code))
    return AddContact(name=now.words(), kind=now.dice.choice(("clinic", "power")), village=village, phone=now.phone())


def _add_duty_holder(now: Situation) -> Any:
    return AddDutyHolder(name=now.dice.choice(NAMES), role=now.dice.choice(("group_leader", "flood_warner")),
                         grid=now.any("grid").id, phone=now.phone())  # fmt: skip


def _edited(kind: str, cls: Any, choices: Callable[[Situation], dict[str, Any]]) -> Callable[[Situation], Any]:
    """An edit of some fields of any row of a kind, by somebody who saw it as it is."""

    def make(now: Situation) -> Any:
        row = now.any(kind)
        if row is None:
            return None
        offered = choices(now)
        names = now.dice.sample(sorted(offered), now.dice.randint(1, len(offered)))
        return cls(
            **{kind: row.id},
            changed={name: offered[name] for name in names}, was={name: getattr(row, name) for name in names},
        )  # fmt: skip

    return make


def _verify(now: Situation) -> Any:
    row = now.any("worker", active=True)
    return row and VerifyPhone(worker=row.id, on=now.dice.choice(("", "2025-06-01", "2025-05-02")))


def _add_away(now: Situation) -> Any:
    one, other = now.any("worker", active=True), now.any("worker", active=True)
    first = now.dice.randrange(1, 28)
    return one and other and AddWorkerAbsence(
        worker=one.id, from_on=f"2025-07-{first:02d}", until_on=now.dice.choice((None, f"2025-07-{first + 2:02d}")),
        reason=now.words(), stand_in=now.dice.choice((None, other.id)) if other.id != one.id else None,
    )  # fmt: skip


def _end_away(now: Situation) -> Any:
    row = now.any("worker_absence", ended=False)
    return row and EndWorkerAbsence(worker_absence=row.id)


def _leave(now: Situation) -> Any:
    """Not too often, so that somebody stays."""
    row, other = now.any("worker", active=True), now.any("worker", active=True)
    if row is None or now.reader.count("worker", active=True) < 6 or now.dice.random() < 0.5:
        return None
    kit = next(iter(now.reader.find("kit", worker=row.id, active=True)), None)
    pieces = now.reader.find("piece", kit=kit.id) if kit is not None else []
    there = tuple(Found(each.id, now.dice.choice(("issued", "missing"))) for each in pieces if each.state in AWAY)
    successor = now.dice.choice((None, other.id)) if other.id != row.id else None
    return LeaveWorker(worker=row.id, reason=now.words(), successor=successor, found=there, kit_reason=now.words(),
                       posts="successor" if successor else now.dice.choice(("gap", "substitute")),
                       matters="successor" if successor else "secretary")  # fmt: skip


def _merge_workers(now: Situation) -> Any:
    """Two of one village, of whom not both have a kit; not too often, so that somebody stays."""
    row = now.any("worker", active=True)
    if row is None or now.reader.count("worker", active=True) < 6:
        return None
    having = {each.worker for each in now.reader.find("kit", active=True) if each.worker}
    beside = [each for each in now.reader.find("worker", active=True, village=row.village, order=("id",))
              if each.id != row.id and not {row.id, each.id} <= having]  # fmt: skip
    if not beside:
        return None
    other = now.dice.choice(beside)
    return MergeWorkers(keep=row.id, double=other.id, take=now.dice.choice(((), ("phone",), ("phone", "skills"))),
                        was_keep={"phone": row.phone}, was_double={"skills": other.skills})  # fmt: skip


def _edit_away(now: Situation) -> Any:
    row = now.any("worker_absence", ended=False)
    return row and EditWorkerAbsence(
        worker_absence=row.id, changed={"until_on": row.from_on, "reason": now.words()},
        was={"until_on": row.until_on, "reason": row.reason},
    )  # fmt: skip


_edit_worker = _edited("worker", EditWorker, lambda now: {
    "name": now.words(), "phone": now.dice.choice(("", now.phone())), "grid": now.any("grid").id,
    "address": now.dice.choice((None, now.words())), "appointed": "2026年3月", "note": now.words(), "vest_size": "l",
    "channel": "自荐", "skills": f"急救救护、{now.words()}", "vehicles": "car", "duties": "patrol,care",
    "priorities": now.dice.choice(("", "stars,third")), "source": now.dice.choice(("新农人", now.words())),
})  # fmt: skip
_edit_officer = _edited("officer", EditOfficer, lambda now: {
    "name": now.words(), "phone": now.phone(), "account": f"konto{now.dice.randrange(10_000)}",
})  # fmt: skip
_edit_contact = _edited("contact", EditContact, lambda now: {
    "name": now.words(), "phone": now.phone(), "kind": "water", "address": now.words(),
})  # fmt: skip
_edit_duty_holder = _edited("duty_holder", EditDutyHolder, lambda now: {
    "name": now.words(), "phone": now.phone(), "grid": now.any("grid").id,
})  # fmt: skip


def _retire(now: Situation) -> Any:
    kind = now.dice.choice(sorted(EDITABLE))
    row = now.any(kind)
    return row and RetirePerson(kind=kind, person=row.id, retired=row.active)  # type: ignore[arg-type]


_edit_village = _edited("village", EditVillage, lambda now: {
    "name": f"村{now.words()}", "name_en": now.words(), "kind": now.dice.choice(("village", "community")),
})  # fmt: skip
_edit_grid = _edited("grid", EditGrid, lambda now: {
    "name": f"格{now.words()}", "households": now.dice.choice((None, now.dice.randrange(90))),
    "people": now.dice.randint(900, 999), "people_at_home": now.dice.randrange(900),
    "serial": now.dice.randint(100, 999),
})  # fmt: skip
_edit_name = _edited("gazetteer_name", EditName, lambda now: {
    "name": f"湾{now.words()}", "grid": now.any("grid").id, "kind": "yard",
})  # fmt: skip


def _add_grid(now: Situation) -> Any:
    kind = now.dice.choice(("general", "emergency"))
    return AddGrid(village=now.any("village").code, name=f"格{now.words()}", kind=kind,
                   people=now.dice.choice((None, 40)))  # fmt: skip


def _set_boundary(now: Situation) -> Any:
    """A triangle somewhere, or a point."""
    west, south = 119 + now.dice.randrange(5000) / 10000, 29 + now.dice.randrange(5000) / 10000
    corners = (Corner(west, south), Corner(west + 0.01, south), Corner(west, south + 0.01))
    return SetBoundary(grid=now.any("grid").code, corners=corners[: now.dice.choice((1, 3))])


def _remove_grid(now: Situation) -> Any:
    """One that somebody added: on the others something hangs."""
    hangs = ("worker", "duty_holder", "gazetteer_name", "incident", "household", "unit_post",
             "attention_item", "edition")
    drills = now.in_drills().reader
    fresh = [
        each for each in now.reader.find("grid")
        if not any(now.reader.count(kind, grid=each.id) for kind in hangs)
        and not any(drills.count(kind, grid=each.id) for kind in ("drill", "drill_grid"))
    ]  # fmt: skip
    return fresh and RemoveGrid(grid=now.dice.choice(fresh).id)


def _add_household(now: Situation) -> Any:
    return AddHousehold(
        head=now.dice.choice(NAMES), grid=now.any("grid").code, phone=now.phone(), address=now.words(),
        people=now.dice.choice((None, 9)), people_at_home=now.dice.choice((None, 3)), note=now.words(),
    )  # fmt: skip


def _add_resident(now: Situation) -> Any:
    home = now.any("household")
    return home and AddResident(
        household=home.id, name=now.dice.choice(NAMES), relation="child", care=now.dice.choice(("", "mobility")),
        needs=now.dice.choice((None, "要人抬，要轮椅")), away=now.dice.choice((True, False)),
    )  # fmt: skip


_edit_household = _edited("household", EditHousehold, lambda now: {
    "head": now.words(), "phone": now.dice.choice(("", now.phone())), "grid": now.any("grid").id, "note": now.words(),
    "people": now.dice.randint(10, 20), "code": str(now.dice.randrange(10**6)),
})  # fmt: skip
_edit_resident = _edited("resident", EditResident, lambda now: {
    "name": now.words(), "phone": now.phone(), "care": "hearing", "needs": f"{now.words()}、要上门叫", "away": True,
})  # fmt: skip


def _retire_household(now: Situation) -> Any:
    row = now.any("household")
    return row and RetireHousehold(household=row.id, retired=row.active)


# --- drills written up -------------------------------------------------------------------------------------------
#
# Every drill is planned by somebody else or written up afterwards; its rows are read in the worlds of all drills.


def _of_drills(now: Situation, kind: str, **where: Any) -> Any | None:
    return now.in_drills().any(kind, **where)


def _held_at(now: Situation) -> datetime:
    return EVENING - timedelta(hours=now.dice.randint(4, 2000))


def _record_late(now: Situation) -> Any:
    at, scenario = _held_at(now), now.any("scenario", active=True)
    return scenario and RecordLate(
        scenario=scenario.id, held_at=at, village=now.any("village").code,
        fields={"took_part": now.dice.randrange(200), "process": now.words(), "commander": now.dice.choice(NAMES)},
        moments={"called": iso(at + timedelta(minutes=now.dice.randrange(60)))}, people=(now.words(),),
        improvements=now.dice.choice(((), (Mend(now.words(), "何大山", "2025-07-20"),))),
    )  # fmt: skip


def _record_drill(now: Situation) -> Any:
    drill = _of_drills(now, "drill", state=["planned", "running", "held", "reviewed"])
    if drill is None:
        return None
    grid, mark = _of_drills(now, "drill_grid", drill=drill.id), _of_drills(now, "expectation", drill=drill.id)
    choices = {"took_part": now.dice.randrange(300), "process": now.words(), "problems": now.words()}
    names = now.dice.sample(sorted(choices), now.dice.randint(1, 3))
    return RecordDrill(
        drill=drill.id, held_at=None if drill.held_at or drill.starts_at else _held_at(now),
        changed={name: choices[name] for name in names}, was={name: getattr(drill, name) for name in names},
        moments={}, moments_was={},
        grids=(Came(grid.grid, now.dice.choice((True, False)), now.words()),) if grid else (),
        marks=(Mark(mark.id, mark=float(now.dice.randint(0, mark.points)), reason=now.words()),) if mark else (),
    )  # fmt: skip


def _judge(now: Situation) -> Any:
    row = _of_drills(now, "expectation")
    changed = {"mark": now.dice.randint(0, row.points), "reason": now.words(), "evaluator": now.words()} if row else {}
    was = {each: getattr(row, each) for each in changed}
    return row and JudgeExpectation(expectation=row.id, changed=changed, was=was)


def _note_moment(now: Situation) -> Any:
    drill = _of_drills(now, "drill", state=["held", "reviewed", "running"])
    at = drill.held_at + timedelta(minutes=now.dice.randrange(90)) if drill and drill.held_at else None
    moment = now.dice.choice(("warned", "called", "assembled", "ended"))
    return at and NoteMoment(drill=drill.id, moment=moment, at=at)


def _add_improvement(now: Situation) -> Any:
    drill = _of_drills(now, "drill", state=["held", "reviewed"])
    due = now.dice.choice(("", "2025-08-01"))
    return drill and AddImprovement(drill=drill.id, text=now.words(), owner=now.dice.choice(NAMES), due=due)


def _edit_improvement(now: Situation) -> Any:
    row = _of_drills(now, "improvement")
    return row and EditImprovement(improvement=row.id, changed={"text": now.words(), "owner": now.words()},
                                   was={"text": row.text, "owner": row.owner})  # fmt: skip


def _finish_improvement(now: Situation) -> Any:
    row = _of_drills(now, "improvement")
    return row and FinishImprovement(improvement=row.id, done=row.done_at is None)


def _retest(now: Situation) -> Any:
    row = _of_drills(now, "improvement", retest=None)
    return row and RetestImprovement(improvement=row.id, day=now.dice.choice(("", "2025-09-01")))


def _review(now: Situation) -> Any:
    drill = _of_drills(now, "drill", state=["held", "reviewed"])
    return drill and ReviewDrill(drill=drill.id, reviewed=drill.state == "held")


def _add_drill_person(now: Situation) -> Any:
    drill, worker = _of_drills(now, "drill"), now.any("worker")
    named = {"name": now.words()} if now.dice.random() < 0.5 else {"person": worker.id}
    return drill and AddDrillPerson(drill=drill.id, part=now.dice.choice(("player", "evaluator")), **named)


def _edit_drill_person(now: Situation) -> Any:
    row = _of_drills(now, "drill_person")
    changed = {"present": False, "reason": now.words()}
    was = {each: getattr(row, each, None) for each in changed}
    return row and EditDrillPerson(drill_person=row.id, changed=changed, was=was)


def _remove_drill_person(now: Situation) -> Any:
    row = _of_drills(now, "drill_person")
    return row and RemoveDrillPerson(drill_person=row.id)


def _retire_resident(now: Situation) -> Any:
    row = now.any("resident")
    return row and RetireResident(resident=row.id, retired=row.active)


def _newest(now: Situation, *, active: bool = True) -> Any | None:
    """The newest edition of some scenario."""
    newest: dict[str, Any] = {}
    for each in now.reader.find("scenario", order=("edition",)):
        newest[each.key] = each
    rows = [each for each in newest.values() if each.active or not active]
    return now.dice.choice(rows) if rows else None


def _line(now: Situation, kind: str) -> Any | None:
    """A line of an edition in use."""
    row = _newest(now)
    return row and now.any(kind, scenario=row.id)


def _add_scenario(now: Situation) -> Any:
    source = _newest(now, active=False)
    copy_of = source.key if source and now.dice.random() < 0.5 else None
    return AddScenario(title=now.words(), copy_of=copy_of, fields={"purpose": now.words(), "minutes": 45})


def _edit_scenario(now: Situation) -> Any:
    row = _newest(now)
    if row is None:
        return None
    fields = flat(row, "en")
    changed = {"safety": now.words(), "people": now.dice.randint(100, 999), "five_plan": now.words()}
    return EditScenario(
        scenario=row.id, changed=changed, was={name: fields[name] for name in changed}, language="en"
    )  # fmt: skip


def _retire_scenario(now: Situation) -> Any:
    row = _newest(now, active=False)
    return row and RetireScenario(scenario=row.id, retired=row.active)


def _add_inject(now: Situation) -> Any:
    row = _newest(now)
    return row and AddInject(scenario=row.id, text=now.words(), offset_s=now.dice.randrange(3600), channel="phone")


def _edit_inject(now: Situation) -> Any:
    row = _line(now, "inject")
    changed = {"text": now.words(), "offset_s": now.dice.randrange(3600)}
    return row and EditInject(inject=row.id, changed=changed, was={name: flat(row, "en")[name] for name in changed},
                              language="en")  # fmt: skip


def _add_expectation(now: Situation) -> Any:
    row = _newest(now)
    fields = {"points": 5, "judged": "time", "after": "warned", "step": "called", "within_s": 300}
    return row and AddExpectation(scenario=row.id, text=now.words(), fields=now.dice.choice(({}, fields)))


def _edit_expectation(now: Situation) -> Any:
    row = _line(now, "expectation")
    changed = {"text": now.words(), "judged": "count", "unit_of": now.words(), "need": 90}
    return row and EditExpectation(
        expectation=row.id, changed=changed, was={name: flat(row, "zh_CN")[name] for name in changed}
    )


def _remove_line(now: Situation) -> Any:
    kind = now.dice.choice(("inject", "expectation"))
    row = _line(now, kind)
    return row and RemoveLine(kind=kind, line=row.id)


def _move_line(now: Situation) -> Any:
    kind = now.dice.choice(("inject", "expectation"))
    row = _line(now, kind)
    return row and MoveLine(kind=kind, line=row.id, up=now.dice.choice((True, False)))


def _import_scenario(now: Situation) -> Any:
    row = _newest(now)
    if row is None:
        return None
    content = content_of(now.reader, row.id, "zh_CN")
    content["fields"]["purpose"] = now.words()
    key = now.dice.choice((row.key, ""))
    return ImportScenario(
        key=key, fields=content["fields"], injects=tuple(content["injects"][1:]),
        expectations=tuple(content["expectations"]),
    )  # fmt: skip


def _name_post(now: Situation) -> Any:
    """At a grid on which something hangs, so that the others can still be removed."""
    worker = now.any("worker", active=True)
    by_name = {"name": now.dice.choice(NAMES), "phone": now.phone()}
    return NamePost(
        role=now.dice.choice(("leader", "lookout", "disposal", "evacuation")), grid=worker.grid or now.any("grid").id,
        site=now.dice.choice(("", now.words())), rank=now.dice.choice((None, 0, 1)),
        **now.dice.choice((by_name, {"person": worker.id} if worker else by_name)),
    )  # fmt: skip


def _retire_post(now: Situation) -> Any:
    row = now.any("unit_post")
    return row and RetirePost(post=row.id, retired=row.active)
# --- drills -----------------------------------------------------------------------------------------------------


def _plan_drill(now: Situation) -> Any:
    scenario, grid = now.any("scenario", active=True), now.any("grid")
    place = now.dice.choice(({"grid": grid.code}, {"village": grid.village}, {}))
    trainer = now.any("officer", role="trainer")
    return scenario and PlanDrill(
        scenario=scenario.key, starts_at=now.dice.choice((None, now.day(), now.day())),
        phone=now.dice.choice((None, now.phone())),
        commander=now.dice.choice(NAMES), trainer=trainer.id if trainer else None,
        form=now.dice.choice((None, "no_notice", "tabletop")), **place,
    )  # fmt: skip


_fields_of_drill = _edited("drill", EditDrill, lambda now: {
    "title": now.words(), "minutes": now.dice.randint(30, 200), "people": now.dice.randint(10, 90),
    "place": now.words(), "commander": now.words(), "units": now.words(), "phone": now.phone(),
})  # fmt: skip


def _edit_drill(now: Situation) -> Any:
    return _fields_of_drill(now.in_drills())


def _with_drill(make: Callable[[Situation, Any], Any], *, dated: bool = False) -> Callable[[Situation], Any]:
    """About a drill that is still ahead."""

    def about(now: Situation) -> Any:
        planned = now.in_drills().reader.find("drill", state="planned")
        rows = [each for each in planned if each.starts_at or not dated]
        return make(now, now.dice.choice(rows)) if rows else None

    return about


def _move_drill(now: Situation, drill: Any) -> Any:
    return MoveDrill(drill=drill.id, starts_at=now.day(), was=drill.starts_at)


def _cancel_drill(now: Situation, drill: Any) -> Any:
    """Not always, so that some are left to begin."""
    return CancelDrill(drill=drill.id, reason=now.words()) if now.dice.random() < 0.5 else None


def _tell(now: Situation) -> Any:
    found = now.in_drills().any("drill_notice")
    return found and TellOfDrill(notice=found.id, whom=now.words(), told=found.told_at is None)


def _add_drill_notice(now: Situation) -> Any:
    found = now.in_drills().any("drill", state=["planned", "running"])
    return found and AddDrillNotice(drill=found.id, audience=now.dice.choice(("school", "other")), whom=now.words())


def _add_day_mark(now: Situation) -> Any:
    village = now.dice.choice((None, now.any("village").code))
    days = now.dice.choice(({"days": "1、4、7"}, {"first_day": "2025-07-01", "last_day": "2025-07-09"}))
    return AddDayMark(kind=now.dice.choice(("market", "harvest")), village=village, note=now.words(), **days)


_edit_day_mark = _edited("day_mark", EditDayMark, lambda now: {
    "note": now.words(), "kind": now.dice.choice(("holiday", "closed")), "village": now.any("village").id,
})  # fmt: skip


def _retire_day_mark(now: Situation) -> Any:
    found = now.any("day_mark")
    return found and RetireDayMark(day_mark=found.id, retired=found.active)


def _add_absence(now: Situation) -> Any:
    return AddAbsence(officer=now.any("officer").id, first_day="2025-07-01", last_day="2025-07-14", reason=now.words())


def _retire_absence(now: Situation) -> Any:
    found = now.any("absence")
    return found and RetireAbsence(absence=found.id, retired=found.active)


def _add_debt_rule(now: Situation) -> Any:
    return AddDebtRule(title=now.words(), level=now.dice.choice(("village", "town")), source=now.words(),
                       every_months=now.dice.randint(1, 36), before_month=now.dice.randint(0, 12))  # fmt: skip


_edit_debt_rule = _edited("debt_rule", EditDebtRule, lambda now: {
    "title": {"zh_CN": now.words()}, "every_months": now.dice.randint(40, 99), "source": now.words(),
    "since": f"2025-0{now.dice.randint(2, 9)}-01",
})  # fmt: skip


def _retire_debt_rule(now: Situation) -> Any:
    found = now.any("debt_rule")
    return found and RetireDebtRule(debt_rule=found.id, retired=found.active)
def _add_course(now: Situation) -> Any:
    method = now.dice.choice(("none", "written"))
    return AddCourse(title=now.words(), category="emergency_skills", hours=3, method=method,
                     valid_months=now.dice.choice((None, 12)))  # fmt: skip


def _edit_course(now: Situation) -> Any:
    row = now.any("course")
    title = now.words()
    return row and EditCourse(
        course=row.id, changed={"title": title, "hours": now.dice.choice((2.0, 4.0))},
        was={"title": row.title.get("zh_CN", ""), "hours": row.hours},
    )  # fmt: skip


def _retire_course(now: Situation) -> Any:
    row = now.any("course")
    return row and RetireCourse(course=row.id, retired=row.active)


def _plan_session(now: Situation) -> Any:
    course = now.any("course", active=True)
    expected = tuple(now.any("worker").id for _ in range(3))
    return course and PlanSession(
        course=course.id, starts_at=now.dice.choice((None, EVENING + timedelta(days=now.dice.randint(-3, 3)))),
        place=now.words(), teacher=now.dice.choice(NAMES), expected=tuple(dict.fromkeys(expected)),
    )  # fmt: skip


def _with_session(make: Callable[[Situation, Any], Any], **where: Any) -> Callable[[Situation], Any]:
    def made(now: Situation) -> Any:
        row = now.any("session", **where)
        return row and make(now, row)

    return made


def _unlist(now: Situation) -> Any:
    open_ones = [each.id for each in now.reader.find("session", state="planned")]
    row = now.any("attendance", present=None, session=open_ones) if open_ones else None
    return row and UnlistWorkers(session=row.session, workers=(row.worker,))


def _results(now: Situation, session: Any) -> Any:
    row = now.any("attendance", session=session.id)
    return row and RecordResults(session=session.id, results=(
        Result(row.worker, mark=float(now.dice.randint(40, 100)), was_mark=row.mark, was_passed=row.passed),
    ))  # fmt: skip


def _apply_plan(now: Situation) -> Any:
    """A drill planned and another one moved, as one plan."""
    village = now.any("village")
    if village is None or not now.reader.find("scenario", key="landslide", active=True, limit=1):
        return None
    start = (EVENING + timedelta(days=now.dice.randrange(5, 300))).isoformat()
    step = {"command": "plan_drill", "scenario": "landslide", "village": village.id, "starts_at": start,
            "title": now.words()}  # fmt: skip
    return ApplyPlan(steps=(step,))


MAKERS: dict[str, Callable[[Situation], Any]] = {
    "open_incident": _open,
    "step_incident": _step,
    "close_incident": _close,
    "return_incident": _with_reason(ReturnIncident),
    "cancel_incident": _with_reason(CancelIncident),
    "reopen_incident": _with_reason(ReopenIncident, ended=True),
    "merge_incident": _merge,
    "note_incident": lambda now: (found := now.incident()) and NoteIncident(incident=found.id, text=now.words()),
    "park_incident": lambda now: (
        (found := now.incident()) and ParkIncident(incident=found.id, parked=now.dice.choice((True, False)))
    ),
    "take_incident": lambda now: (found := now.incident()) and TakeIncident(incident=found.id),
    "edit_incident": _edit,
    "call_out": _call_out,
    "record_call": _record_call,
    "import_rows": _import,
    "apply_plan": _apply_plan,
    "learn_name": _learn,
    "set_setting": _set,
    "name_town": _name_town,
    "add_officer": _add_officer,
    "change_officer": _change_officer,
    "attach": _attach,
    "change_attachment": _change_attachment,
    "remove_attachment": lambda now: (found := now.any("attachment")) and RemoveAttachment(attachment=found.id),
    "add_worker": _add_worker,
    "edit_worker": _edit_worker,
    "verify_phone": _verify,
    "add_worker_absence": _add_away,
    "edit_worker_absence": _edit_away,
    "end_worker_absence": _end_away,
    "add_contact": _add_contact,
    "edit_contact": _edit_contact,
    "add_duty_holder": _add_duty_holder,
    "edit_duty_holder": _edit_duty_holder,
    "retire_person": _retire,
    "leave_worker": _leave,
    "merge_workers": _merge_workers,
    "edit_village": _edit_village,
    "add_grid": _add_grid,
    "edit_grid": _edit_grid,
    "remove_grid": _remove_grid,
    "set_boundary": _set_boundary,
    "edit_name": _edit_name,
    "add_household": _add_household,
    "edit_household": _edit_household,
    "retire_household": _retire_household,
    "add_resident": _add_resident,
    "edit_resident": _edit_resident,
    "retire_resident": _retire_resident,
    "record_late": _record_late,
    "record_drill": _record_drill,
    "judge_expectation": _judge,
    "note_moment": _note_moment,
    "add_improvement": _add_improvement,
    "edit_improvement": _edit_improvement,
    "finish_improvement": _finish_improvement,
    "retest_improvement": _retest,
    "review_drill": _review,
    "add_drill_person": _add_drill_person,
    "edit_drill_person": _edit_drill_person,
    "remove_drill_person": _remove_drill_person,
    "add_scenario": _add_scenario,
    "edit_scenario": _edit_scenario,
    "retire_scenario": _retire_scenario,
    "add_inject": _add_inject,
    "edit_inject": _edit_inject,
    "add_expectation": _add_expectation,
    "edit_expectation": _edit_expectation,
    "remove_line": _remove_line,
    "move_line": _move_line,
    "import_scenario": _import_scenario,
    "name_post": _name_post,
    "retire_post": _retire_post,
    "plan_drill": _plan_drill,
    "edit_drill": _edit_drill,
    "move_drill": _with_drill(_move_drill),
    "lock_drill": _with_drill(lambda now, drill: LockDrill(drill=drill.id, locked=not drill.locked), dated=True),
    "cancel_drill": _with_drill(_cancel_drill),
    "begin_drill": _with_drill(lambda now, drill: BeginDrill(drill=drill.id)),
    "tell_of_drill": _tell,
    "add_drill_notice": _add_drill_notice,
    "add_day_mark": _add_day_mark,
    "edit_day_mark": _edit_day_mark,
    "retire_day_mark": _retire_day_mark,
    "add_absence": _add_absence,
    "retire_absence": _retire_absence,
    "add_debt_rule": _add_debt_rule,
    "edit_debt_rule": _edit_debt_rule,
    "retire_debt_rule": _retire_debt_rule,
    "add_course": _add_course,
    "edit_course": _edit_course,
    "retire_course": _retire_course,
    "plan_session": _plan_session,
    "edit_session": _edited("session", EditSession, lambda now: {
        "place": now.words(), "teacher": now.words(), "hours": 3.0, "village": now.any("village").id,
    }),
    "move_session": _with_session(lambda now, row: MoveSession(
        session=row.id, starts_at=EVENING - timedelta(days=now.dice.randint(1, 9)), was=row.starts_at,
    ), state="planned"),
    "unlist_workers": _unlist,
    "sign_in": _with_session(lambda now, row: SignIn(session=row.id, workers=(now.any("worker").id,)), state="planned"),
    "hold_session": _with_session(
        lambda now, row: now.dice.random() < 0.5 and HoldSession(session=row.id, absent_reason=now.words()),
        state="planned",
    ),
    "cancel_session": _with_session(lambda now, row: CancelSession(session=row.id, reason=now.words()),
                                    state="planned"),
    "expect_workers": _with_session(lambda now, row: ExpectWorkers(session=row.id, workers=(now.any("worker").id,))),
    "settle_attendance": _with_session(lambda now, row: SettleAttendance(
        session=row.id, absent=(Away(now.any("worker").id, now.words()),), guests=(now.words(),),
    )),
    "record_results": _with_session(_results),
    "remove_name": lambda now: (found := now.any("gazetteer_name")) and RemoveName(gazetteer_name=found.id),
    **stream_stores.MAKERS,
    **stream_attention.MAKERS,
    "edit_officer": _edit_officer,
}
"""By command name. Answers None when the database holds nothing that the command could be about."""

FITTING = tuple(MAKERS) + ("open_incident", "call_out", "record_call", "edit_incident", "note_incident") * 2
"""What happens more often in a duty room stands here more often."""
EVENING = datetime(2025, 6, 30, 12, 30, tzinfo=UTC)


def make(name: str, reader: Reader, dice: random.Random) -> Any | None:
    """A command of this name that fits the database, or None when none can."""
    return MAKERS[name](Situation(reader, dice)) or None


def moment(number: int) -> datetime:
    """When the n-th command of a stream was claimed to happen."""
    return EVENING + timedelta(seconds=37 * number)
