"""From a file to the database: read it outside any transaction, compare, then write in one short transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.base.ids import new_id
from commandcenter.formats.problems import Problem
from commandcenter.rules.entity import REAL
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services.imports import ImportRows, Plan, villages_in
from commandcenter.services.sessions import Session
from commandcenter.storage.unit import Header, UnitOfWork

What = Literal["grids", "workers"]
ENTITY: dict[str, Any] = {"grids": "grid", "workers": "worker"}
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as rows of an entity, with what was found on the way."""

    what: str
    source: str
    rows: tuple[tuple[int, dict[str, Any]], ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Result:
    """The answer of an import; ``problems`` tell row, column, value and what to do."""

    new: int = 0
    changed: int = 0
    same: int = 0
    written: bool = False
    group: str | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Rows that cannot be taken; one is enough to write nothing."""
        return len({each.row for each in self.problems if each.severity == "refused"})

    def as_json(self) -> dict[str, Any]:
        """The counts and problems as the command line answers them."""
        return {
            "new": self.new, "changed": self.changed, "same": self.same, "refused": self.refused,
            "problems": [_explained(each) for each in self.problems], "written": self.written, "group": self.group,
        }  # fmt: skip


def _explained(problem: Problem) -> dict[str, Any]:
    facts = {"row": problem.row, "column": problem.column, "value": problem.value, **problem.facts}
    known = texts.current()
    code = f"formats.problem.{problem.code}"
    message = known.say(code, **facts) if known.has(code) else known.say(f"error.{problem.code}", **facts)
    return {
        "row": problem.row, "column": problem.column, "value": problem.value, "code": problem.code,
        "message": message, "severity": problem.severity,
    }  # fmt: skip


def read(what: str, path: Path, *, overrides: Mapping[str, str], crs: str | None = None, encoding: str | None = None,
         layer: str | None = None, near: tuple[float, float] | None = None,
         progress: Progress | None = None) -> ReadFile:  # fmt: skip
    """Read a map or table file as rows of ``what``; ``near`` is a known point of the town (longitude, latitude).

    BadInput when nothing in it can be used.
    """
    from commandcenter.formats import columns, mapfiles, tables

    if what == "grids":
        file: Any = mapfiles.read_map(path, crs=crs, encoding=encoding, layer=layer, near=near, progress=progress)
    else:
        file = tables.read_table(path, encoding=encoding, progress=progress)
    specs = columns.SPECS[ENTITY[what]]
    mapping = columns.map_columns(file.columns, specs, overrides)
    rows, problems = [], [*file.problems, *columns.left_out(file, mapping)]
    for number, row, found in columns.rows_of(file, mapping):
        problems += found
        if not any(each.severity == "refused" for each in found):
            rows.append((number, row))
    return ReadFile(what, path.name, tuple(rows), tuple(problems))


def write(session: Session, read: ReadFile, *, dry_run: bool) -> Result:
    """Compare; then, unless a row is refused or it is a dry run, write the whole file as one undo group."""
    result = compare(session, read)
    if result.refused or dry_run:
        return result
    group = new_id()
    villages = _missing_villages(session, read)
    if villages:
        session.runner.execute(ImportRows(entity="village", rows=tuple(villages), source=read.source), group=group)
    rows = tuple(row for _, row in read.rows)
    outcome = session.runner.execute(ImportRows(entity=ENTITY[read.what], rows=rows, source=read.source), group=group)
    result.written, result.group = True, group
    for name in ("new", "changed", "same"):
        setattr(result, name, outcome.value[name])
    return result


def _missing_villages(session: Session, read: ReadFile) -> list[dict[str, Any]]:
    """Villages that the grid rows name and the town does not know yet."""
    if read.what != "grids":
        return []
    with session.read(REAL) as reader:
        known = {each.code for each in reader.find("village")} | {each.name for each in reader.find("village")}
    return [
        dict(each) for each in villages_in([row for _, row in read.rows])
        if each["code"] not in known and each["name"] not in known
    ]  # fmt: skip


def compare(session: Session, read: ReadFile) -> Result:
    """What an import would do, without writing."""
    result = Result(problems=list(read.problems))
    if session.officer.role not in KEEPERS_OF_LISTS:
        from commandcenter.base.errors import NotAllowed

        raise NotAllowed("actor.role", command="import_rows", role=session.officer.role)
    with session.database.read() as connection:
        uow = UnitOfWork(connection, _no_header(session), session.clock)
        for each in _missing_villages(session, read):
            _take_village(uow, each)
        plan = Plan(uow, ENTITY[read.what], new_id, session.clock.now())
        for number, row in read.rows:
            try:
                plan.take(number, row)
            except BadInput as error:
                result.problems.append(_problem(error, number))
    result.new, result.changed, result.same = (plan.counts[name] for name in ("new", "changed", "same"))
    return result


def _take_village(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Let the comparison know a village that the same import would add."""
    from commandcenter.rules.grids import Village

    towns = uow.find("township")
    if not towns:
        raise BadInput("town.not_named")
    uow.add(Village(id=new_id(), township=towns[0].id, code=row["code"], name=row["name"], kind=row["kind"]))


def _problem(error: BadInput, number: int) -> Problem:
    facts = {key: value for key, value in error.facts.items() if key not in ("row", "column", "value")}
    return Problem(
        row=error.facts.get("row", number), column=error.facts.get("column"), value=error.facts.get("value"),
        code=error.code, severity="refused", facts=facts,
    )  # fmt: skip


def _no_header(session: Session) -> Header:
    """A unit of work that only compares never writes its record."""
    return Header(id=new_id(), name="compare", actor=session.officer.id, desk=session.desk,
                  occurred_at=session.clock.now(), occurred_source="desk", world="real")  # fmt: skip
