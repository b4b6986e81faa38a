"""Erasing reaches what was typed from the papers of drills and training; who reads results of named people."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
from sqlalchemy import inspect, text

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.base.ids import new_id
from commandcenter.rules.entity import DRILLS, REAL
from commandcenter.rules.masks import ERASED, HIDDEN, REDACTED
from commandcenter.services import databases, drill_papers, exporting, privacy, training, units
from commandcenter.services.attendance import Away, HoldSession, RecordResults, Result, SettleAttendance
from commandcenter.services.course_sessions import PlanSession
from commandcenter.services.day_marks import AddAbsence, AddDayMark
from commandcenter.services.drill_people import AddDrillPerson, EditDrillPerson
from commandcenter.services.drills import CancelDrill, PlanDrill, TellOfDrill
from commandcenter.services.improvements import EditImprovement, Mend
from commandcenter.services.moments import NoteMoment
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.records import Came, Present, RecordDrill, RecordLate
from commandcenter.services.units import NamePost
from tests.conftest import BEGINNING
from tests.services.stored import bytes_of, cleaned
from tests.services.test_drill_papers import words_of

NAME, OTHER, PHONE, VILLAGE = "慕容翠翠", "令狐清", "15487654321", "999101100201"
HELD_AT = datetime(2025, 6, 12, 1, 5, tzinfo=UTC)


@pytest.fixture
def desks(town: str, open_desk: Callable[..., Any]) -> tuple[Any, Any]:
    """A trainer's and a supervisor's."""
    return open_desk(town, "trainer", ManualClock(BEGINNING)), open_desk(town, "supervisor", ManualClock(BEGINNING))


def do(desk: Any, command: Any) -> Any:
    return desk.runner.execute(command).value


def first(desk: Any, kind: str, world: str = DRILLS, **where: Any) -> Any:
    with desk.read(world) as reader:
        return reader.find(kind, **where)[0]


def written_up(desk: Any) -> tuple[str, str]:
    """A drill whose record names somebody wherever it can, and the entry that is about nobody else."""
    drill = do(desk, PlanDrill(scenario="landslide", village=VILLAGE, starts_at=HELD_AT, commander=NAME, owner=NAME,
                               phone=PHONE))["drill"]  # fmt: skip
    person = do(desk, AddDrillPerson(drill=drill, name=NAME))["drill_person"]
    grid = first(desk, "drill_grid", drill=drill).grid
    facts: dict[str, Any] = {"moments": {}, "moments_was": {}}
    do(desk, RecordDrill(
        drill=drill, changed={"process": f"{NAME}走在最前", "problems": "缺灯", "recorder": NAME},
        was={"process": "", "problems": "", "recorder": ""}, grids=(Came(grid, False, f"等{NAME}"),),
        persons=(Present(person, True),), improvements=(Mend(f"问{NAME}", NAME, "2025-07-15"),), **facts,
    ))  # fmt: skip
    do(desk, RecordDrill(drill=drill, changed={"process": f"{NAME}先到"}, was={"process": f"{NAME}走在最前"}, **facts))
    mend = first(desk, "improvement", drill=drill)
    do(desk, EditImprovement(improvement=mend.id, changed={"owner": ""}, was={"owner": NAME}))
    do(desk, EditImprovement(improvement=mend.id, changed={"owner": NAME}, was={"owner": ""}))
    do(desk, EditDrillPerson(drill_person=person, changed={"present": False, "reason": "生病"},
                             was={"present": True, "reason": ""}))  # fmt: skip
    do(desk, TellOfDrill(notice=first(desk, "drill_notice", drill=drill).id, whom=NAME))
    return str(drill), str(person)


def named_elsewhere(desk: Any) -> None:
    do(desk, RecordLate(scenario="landslide", held_at=HELD_AT - timedelta(days=3), village=VILLAGE,
                        fields={"problems": f"找{NAME}"}, moments={}, people=(NAME, OTHER)))  # fmt: skip
    off = do(desk, PlanDrill(scenario="landslide", village=VILLAGE, starts_at=BEGINNING + timedelta(days=9)))["drill"]
    do(desk, CancelDrill(drill=off, reason=f"{NAME}家有事"))
    do(desk, NamePost(role="lookout", village=VILLAGE, name=NAME, phone=PHONE))
    do(desk, AddDayMark(kind="closed", first_day="2025-07-01", last_day="2025-07-01", note=f"{NAME}家"))
    do(desk, AddAbsence(officer=first(desk, "officer", REAL).id, first_day="2025-07-03", reason=f"看望{NAME}"))
    one, two, three = (each.id for each in all_of(desk, "worker")[:3])
    session = do(desk, PlanSession(course=first(desk, "course", REAL).id, starts_at=HELD_AT, teacher=NAME,
                                   expected=(one, two, three)))["session"]  # fmt: skip
    do(desk, SettleAttendance(session=session, present=(one,), absent=(Away(two, f"照顾{NAME}"),), guests=(NAME,)))
    do(desk, RecordResults(session=session, results=(Result(three, waived=True, reason=f"{NAME}作证"),)))


def all_of(desk: Any, kind: str, world: str = REAL) -> list[Any]:
    with desk.read(world) as reader:
        return list(reader.find(kind))


def everything_stored(desk: Any) -> str:
    with desk.database.read() as connection:
        tables = inspect(connection).get_table_names()
        return "\n".join(str(row) for name in tables for row in connection.execute(text(f'SELECT * FROM "{name}"')))


def erase(desk: Any, entity: Any, id: str, by: str = "", keep: dict[str, str] | None = None) -> Any:
    with desk.database.read() as connection:
        keys = privacy.find_traces(connection, entity, id, by).keys
    taken = tuple(key for key in keys if key not in (keep or {}))
    return do(desk, ErasePerson(entity=entity, subject=id, by=by, reason="本人要求", redact=taken, keep=keep or {}))


def test_log_and_commands_refer_to_what_papers_say(desks: tuple[Any, Any]) -> None:
    trainer, _ = desks
    written_up(trainer)
    named_elsewhere(trainer)
    with trainer.read(DRILLS) as drills, trainer.read(REAL) as real:
        kept = "".join(str(each.records(name, {})) for each in (drills, real) for name in ("command", "change_log"))
    for secret in (NAME, OTHER, PHONE, "缺灯", "生病"):
        assert secret not in kept, secret


def test_a_command_sent_twice_is_known_by_its_references(desks: tuple[Any, Any]) -> None:
    trainer, _ = desks
    command = RecordLate(scenario="landslide", held_at=HELD_AT, village=VILLAGE, fields={"problems": "缺灯"},
                         moments={}, people=(NAME,), improvements=(Mend("装灯", NAME),))  # fmt: skip
    id = new_id()
    trainer.runner.execute(command, id=id)
    assert trainer.runner.execute(command, id=id).repeated
    with pytest.raises(BadInput) as caught:
        trainer.runner.execute(replace(command, people=(OTHER,)), id=id)
    assert caught.value.code == "command.id_reused"


def test_a_mention_in_a_record_must_be_decided(desks: tuple[Any, Any]) -> None:
    trainer, supervisor = desks
    drill, person = written_up(trainer)
    with pytest.raises(RuleError) as caught:
        do(supervisor, ErasePerson(entity="drill_person", subject=person, reason="本人要求"))
    asked = {key.split(":")[1] for key in caught.value.facts["texts"]}
    assert caught.value.code == "erase.undecided"
    assert {"process", "commander", "owner", "recorder", "reason", "text", "whom"} <= asked
    with supervisor.database.read() as connection:
        traces = privacy.find_traces(connection, "drill_person", person)
    (kept,) = (each.key for each in traces.mentions if each.field == "process" and "先到" in each.text)
    erase(supervisor, "drill_person", person, keep={kept: "事故调查"})
    found = first(trainer, "drill", id=drill)
    assert found.process == f"{NAME}先到" and found.recorder == found.commander == ERASED


@pytest.mark.both_engines
def test_an_erased_person_is_nowhere(town: str, desks: tuple[Any, Any], engine: str) -> None:
    trainer, supervisor = desks
    drill, person = written_up(trainer)
    named_elsewhere(trainer)
    databases.seal(trainer.database, trainer.desk)
    assert NAME in everything_stored(trainer)
    erase(supervisor, "drill_person", person)
    assert databases.check(trainer.database).sound
    assert NAME not in everything_stored(trainer)
    with trainer.read(DRILLS) as reader:
        (row,) = reader.find("drill_person", id=person)
        assert (row.name, row.reason) == (ERASED, ERASED) and reader.search_texts(NAME) == []
        assert reader.find("drill", id=drill)[0].process == f"{REDACTED}先到"
        others = [each.name for each in reader.find("drill_person") if each.id != person and not each.person]
    assert OTHER in others and NAME not in others
    with trainer.read(REAL) as reader:
        assert reader.search_texts(NAME) == []
    cleaned(supervisor)
    assert NAME.encode() not in bytes_of(trainer.database)


def test_papers_lists_and_tables_say_that_somebody_was_erased(desks: tuple[Any, Any]) -> None:
    trainer, supervisor = desks
    drill, person = written_up(trainer)
    post = do(trainer, NamePost(role="lookout", village=VILLAGE, name=NAME, phone=PHONE))["unit_post"]
    erase(supervisor, "drill_person", person)
    gone = texts.say("incidents.erased")
    with trainer.read(DRILLS) as reader:
        made = drill_papers.make(reader, drill, BEGINNING)
        sheets = drill_papers.sheets(reader, drill, now=BEGINNING, officer=trainer.officer)
    told = "\n".join(words_of(each.content) for each in made if each.name.endswith(".docx"))
    pdf = pypdf.PdfReader(io.BytesIO(sheets.content))
    told_sheets = "".join(page.extract_text() for page in pdf.pages)
    tables = {what: str(exporting.prepare(trainer, what).sheet.rows) for what in ("drills", "drill_records")}
    for each in (told, told_sheets, *tables.values()):
        assert gone in each and NAME not in each and ERASED not in each
    with trainer.read(REAL) as reader:
        posts = [each for place in units.places(reader) for each in place.posts if each.id == post]
    assert [each.name for each in posts] == [gone]


def test_who_is_named_in_a_field_or_among_guests_is_erased_too(desks: tuple[Any, Any]) -> None:
    trainer, supervisor = desks
    drill = do(trainer, PlanDrill(scenario="landslide", village=VILLAGE, starts_at=HELD_AT, owner=NAME, phone=PHONE,
                                  commander=OTHER))["drill"]  # fmt: skip
    erase(supervisor, "drill", drill, by="owner")
    found = first(trainer, "drill", id=drill)
    assert (found.owner, found.phone, found.commander) == (ERASED, ERASED, OTHER)
    session = do(trainer, PlanSession(course=first(trainer, "course", REAL).id, starts_at=HELD_AT, teacher=OTHER))
    do(trainer, SettleAttendance(session=session["session"], guests=("甲子乙", NAME)))
    for by in ("", "note", "guest", "guest.7"):
        with pytest.raises(BadInput):
            erase(supervisor, "session", session["session"], by=by)
    erase(supervisor, "session", session["session"], by="guest.2")
    assert first(trainer, "session", REAL, id=session["session"]).note == f"※甲子乙\n※{REDACTED}"
    assert NAME not in everything_stored(trainer) and databases.check(trainer.database).sound


@pytest.mark.parametrize(("role", "reads"), [
    ("viewer", False), ("quartermaster", False), ("duty1", True), ("trainer", True), ("supervisor", True),
])  # fmt: skip
def test_who_reads_what_papers_say(role: str, reads: bool, town: str, open_desk: Callable[..., Any]) -> None:
    trainer, desk = open_desk(town, "trainer", ManualClock(BEGINNING)), open_desk(town, role, ManualClock(BEGINNING))
    drill, _ = written_up(trainer)
    named_elsewhere(trainer)
    with desk.read(REAL) as reader:
        seen = [row.reason for row in reader.find("attendance") if row.reason]
        seen += [row.teacher for row in reader.find("session")] + [row.name for row in reader.find("unit_post")]
        hits = reader.search_texts(NAME)
    if role != "viewer":
        with desk.read(DRILLS) as reader:
            seen += [reader.get("drill", drill).process, *(each.name for each in reader.find("drill_person"))]
    assert (NAME in " ".join(seen)) is reads and (HIDDEN in seen) is not reads and bool(hits) is reads


@pytest.mark.parametrize(("role", "reads"), [
    ("viewer", False), ("quartermaster", False), ("duty1", False), ("trainer", True), ("supervisor", True),
    ("administrator", True),
])  # fmt: skip
def test_results_of_named_people_are_for_planners(
    role: str, reads: bool, town: str, open_desk: Callable[..., Any]
) -> None:
    """In rows, log and command records, in what is computed from them, and in what is exported."""
    trainer, desk = open_desk(town, "trainer", ManualClock(BEGINNING)), open_desk(town, role, ManualClock(BEGINNING))
    one, two = (each.id for each in all_of(trainer, "worker")[:2])
    course = next(each for each in all_of(trainer, "course") if each.method == "written")
    session = do(trainer, PlanSession(course=course.id, starts_at=HELD_AT, expected=(one, two)))["session"]
    do(trainer, RecordResults(session=session, results=(Result(one, 87.25), Result(two, 31.5))))
    do(trainer, HoldSession(session=session))
    with desk.read(REAL) as reader:
        rows = reader.find("attendance", session=session)
        assert {row.mark for row in rows} == ({87.25, 31.5} if reads else {None})
        assert {row.passed for row in rows} == ({True, False} if reads else {None})
        told = str(reader.records("change_log", {})) + str(reader.records("command", {}))
        told += "".join(str((each.before, each.after)) for each in reader.history(entity="attendance"))
        assert ("87.25" in told, "31.5" in told) == (reads, reads)
        for asked in ({"mark": 87.25}, {"passed": True}):
            if reads:
                assert len(reader.find("attendance", session=session, **asked)) == 1
            else:
                with pytest.raises(NotAllowed):
                    reader.find("attendance", **asked)
        if not reads:
            with pytest.raises(NotAllowed):
                reader.find("attendance", order=("mark",))
            with pytest.raises(NotAllowed):
                reader.records("change_log", {"after": "x"})
        assert (training.taken_by(reader, one, BEGINNING) is not None) is reads
    headings = [each.heading for each in exporting.prepare(desk, "trainings").sheet.columns]
    figures = [dict(zip(headings, row, strict=True)) for row in exporting.prepare(desk, "trainings").sheet.rows]
    assert 1 in figures[0].values()  # one of two passed: a figure names nobody
    if not reads:
        with pytest.raises(NotAllowed):
            exporting.prepare(desk, "training_records")


# --- times of single people -----------------------------------------------------------------------------------------


def test_somebody_knows_his_own_times_and_nobody_elses(
    desks: tuple[Any, Any], town: str, open_desk: Callable[..., Any]
) -> None:
    trainer, supervisor = desks
    duty, keeper = open_desk(town), open_desk(town, "quartermaster")
    with trainer.read(REAL) as reader:
        worker = reader.find("worker")[0].id
    drill = do(trainer, RecordLate(scenario="landslide", village=VILLAGE, held_at=HELD_AT, fields={}, moments={}))
    drill = drill["drill"]
    parts = {}
    for kind, person in (("worker", worker), ("officer", duty.viewer.officer)):
        added = AddDrillPerson(drill=drill, person_kind=kind, person=person, present=True)
        parts[kind] = do(trainer, added)["drill_person"]
    whole, others, own = (HELD_AT + timedelta(minutes=each) for each in (4, 17, 29))
    for at, person in ((whole, None), (others, parts["worker"]), (own, parts["officer"])):
        do(trainer, NoteMoment(drill=drill, moment="assembled", at=at, person=person))
    replaced = others + timedelta(minutes=1)
    do(trainer, NoteMoment(drill=drill, moment="assembled", at=replaced, person=parts["worker"]))
    everything = {whole, replaced, own}
    for desk, known in ((trainer, everything), (supervisor, everything), (duty, {whole, own}), (keeper, {whole})):
        with desk.read(DRILLS) as reader:
            arrived = {each.at for each in reader.find("drill_moment", drill=drill, moment="assembled")}
            assert arrived == known
            assert reader.count("drill_moment", drill=drill, moment="assembled") == len(known)
            hidden = {others, replaced, own} - known if desk in (duty, keeper) else set()
            told = str(reader.records("change_log", {"entity": "drill_moment"}))
            told += str(reader.records("command", {"name": "note_moment"}))
            told += str([(each.before, each.after) for each in reader.history(entity="drill_moment")])
            assert all(f"{at:%H:%M:%S}" not in told for at in hidden)
            assert all(f"{at:%H:%M:%S}" in told for at in known)
    for desk, times in ((trainer, [replaced]), (duty, []), (keeper, [])):
        with desk.read(DRILLS) as reader:
            (card,) = training.drills_of(reader, worker)
        assert [each.at for each in card.moments] == times
    do(trainer, NoteMoment(drill=drill, moment="assembled", at=None, person=parts["worker"]))
    with duty.read(DRILLS) as reader:
        left = str(reader.records("change_log", {})) + str(reader.records("command", {}))
    assert f"{others:%H:%M:%S}" not in left and f"{replaced:%H:%M:%S}" not in left
