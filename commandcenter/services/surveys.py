"""A read file held against the database, and written into it in one short transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from commandcenter.base import texts
from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, NotAllowed
from commandcenter.base.ids import new_id
from commandcenter.formats.problems import Problem
from commandcenter.rules.entity import REAL
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services.imports import ImportRows, Plan, villages_in
from commandcenter.services.readfiles import Progress, ReadFile, Verdict
from commandcenter.services.sessions import Session
from commandcenter.storage.unit import Header, UnitOfWork

Side = Literal["file", "database"]
Place = tuple[str | None, int]
"""Sheet and row number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the file and the database know differently: both values as people read them, with their dates.

    ``since`` is when the database's value was last set; ``dated`` the file's own date. ``name`` says whose it is.
    """

    sheet: str | None
    row: int
    column: str | None
    field: str
    entity: str
    id: str
    name: str
    database: str
    since: datetime | None
    file: str
    dated: datetime | None


@dataclass(slots=True)
class Survey:
    """How a file stands against the database, and, once written, the answer of the import.

    ``verdicts`` has one for every row, ``problems`` tell row, column, value and what to do (disagreements between map
    and roster among them, as notes). ``seq`` is the last sequence of the log when it was compared.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    written: bool = False
    group: str | None = None
    problems: list[Problem] = field(default_factory=list)
    verdicts: dict[Place, Verdict] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    seq: int = 0

    @property
    def refused(self) -> int:
        """Rows that cannot be taken; one is enough to write nothing."""
        return len({(each.sheet, each.row) for each in self.problems if each.severity == "refused"})

    def as_json(self) -> dict[str, Any]:
        """The counts and problems as the command line answers them."""
        return {
            "new": self.new, "changed": self.changed, "same": self.same, "refused": self.refused,
            "problems": [explained(each) for each in self.problems], "written": self.written, "group": self.group,
            "differences": [_plain(each) for each in self.differences],
        }  # fmt: skip


def explained(problem: Problem) -> dict[str, Any]:
    """A problem with its sentence in the language of this process."""
    facts = {"row": problem.row, "column": problem.column, "value": problem.value, **problem.facts}
    known = texts.current()
    code = f"formats.problem.{problem.code}"
    message = known.say(code, **facts) if known.has(code) else known.say(f"error.{problem.code}", **facts)
    return {
        "sheet": problem.sheet, "row": problem.row, "column": problem.column, "value": problem.value,
        "code": problem.code, "message": message, "severity": problem.severity,
    }  # fmt: skip


def _plain(each: Difference) -> dict[str, Any]:
    return {
        "sheet": each.sheet, "row": each.row, "column": each.column, "field": each.field, "entity": each.entity,
        "id": each.id, "name": each.name, "database": each.database, "since": each.since and iso(each.since),
        "file": each.file, "dated": each.dated and iso(each.dated),
    }  # fmt: skip


def survey(session: Session, read: ReadFile, *, choices: Mapping[str, Side] | None = None,
           progress: Progress | None = None) -> Survey:  # fmt: skip
    """What an import would do, without writing. ``choices``: per field whose value is to stand, the file's if unsaid.

    NotAllowed for a role that keeps no lists.
    """
    if session.officer.role not in KEEPERS_OF_LISTS:
        raise NotAllowed("actor.role", command="import_rows", role=session.officer.role)
    result = Survey(problems=list(read.problems))
    with session.database.read() as connection:
        uow = UnitOfWork(connection, _no_header(session), session.clock)
        for each in _missing_villages(session, read):
            _take_village(uow, each)
        plan = Plan(uow, read.entity, new_id, session.clock.now())
        for row in read.rows:
            try:
                result.verdicts[row.place] = plan.take(row.number, dict(row.fields))  # type: ignore[assignment]
            except BadInput as error:
                result.problems.append(_problem(error, row.sheet, row.number))
    result.new, result.changed, result.same = (plan.counts[name] for name in ("new", "changed", "same"))
    return result


def write(session: Session, read: ReadFile, *, choices: Mapping[str, Side] | None = None, dry_run: bool = False,
          survey: Survey | None = None, progress: Progress | None = None) -> Survey:  # fmt: skip
    """Compare; then, unless a row is refused or it is a dry run, write the whole file as one undo group.

    With the ``survey`` that a person has looked at: Conflict ``import.moved`` when somebody has changed since then what
    it speaks of. Everything is prepared outside the write transaction.
    """
    result = _survey(session, read, choices=choices, progress=progress)
    if result.refused or dry_run:
        return result
    group = new_id()
    villages = _missing_villages(session, read)
    if villages:
        session.runner.execute(ImportRows(entity="village", rows=tuple(villages), source=read.source), group=group)
    rows = tuple(dict(row.fields) for row in read.rows)
    outcome = session.runner.execute(
        ImportRows(entity=read.entity, rows=rows, source=read.source),  # type: ignore[arg-type]
        group=group,
    )
    result.written, result.group = True, group
    for name in ("new", "changed", "same"):
        setattr(result, name, outcome.value[name])
    return result


_survey = survey


def _missing_villages(session: Session, read: ReadFile) -> list[dict[str, Any]]:
    """Villages that the grid rows name and the town does not know yet."""
    if read.what != "grids":
        return []
    with session.read(REAL) as reader:
        known = {each.code for each in reader.find("village")} | {each.name for each in reader.find("village")}
    return [
        dict(each) for each in villages_in([dict(row.fields) for row in read.rows])
        if each["code"] not in known and each["name"] not in known
    ]  # fmt: skip


def _take_village(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Let the comparison know a village that the same import would add."""
    from commandcenter.rules.grids import Village

    towns = uow.find("township")
    if not towns:
        raise BadInput("town.not_named")
    uow.add(Village(id=new_id(), township=towns[0].id, code=row["code"], name=row["name"], kind=row["kind"]))


def _problem(error: BadInput, sheet: str | None, number: int) -> Problem:
    facts = {key: value for key, value in error.facts.items() if key not in ("row", "column", "value")}
    return Problem(
        row=error.facts.get("row", number), column=error.facts.get("column"), value=error.facts.get("value"),
        code=error.code, severity="refused", facts=facts, sheet=sheet,
    )  # fmt: skip


def _no_header(session: Session) -> Header:
    """A unit of work that only compares never writes its record."""
    return Header(id=new_id(), name="compare", actor=session.officer.id, desk=session.desk,
                  occurred_at=session.clock.now(), occurred_source="desk", world="real")  # fmt: skip
