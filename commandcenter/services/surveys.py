"""A read file held against the database, and written into it in one short transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from commandcenter.base import texts
from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, Conflict, Refused
from commandcenter.base.ids import new_id
from commandcenter.formats.problems import Problem
from commandcenter.rules.denied import denied_words
from commandcenter.rules.entity import ENTITIES, kind_of
from commandcenter.services.import_plan import ACROSS, Judged, Plan, Verdict
from commandcenter.services.imports import ImportRows, check_choices, check_role, kinds_of
from commandcenter.services.readfiles import Cancelled, FileRow, Progress, ReadFile
from commandcenter.services.sessions import Session
from commandcenter.storage import history
from commandcenter.storage.log import Header
from commandcenter.storage.personal import mask_for
from commandcenter.storage.unit import UnitOfWork

Side = Literal["file", "database"]
BOOKS = frozenset(("kit", "stock_move"))
"""Tables whose rows become commands, not rows of one entity."""
Place = tuple[str | None, int]
"""Sheet and row number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the file and the database know differently: both values (places by their names), with their dates.

    ``since`` is when the database's value was last set; ``dated`` the file's own date. ``name`` says whose it is.
    """

    sheet: str | None
    row: int
    column: str | None
    field: str
    entity: str
    id: str
    name: str
    database: Any
    since: datetime | None
    file: Any
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
           progress: Progress | None = None, cancelled: Cancelled | None = None) -> Survey:  # fmt: skip
    """What an import would do, without writing. ``choices``: per field whose value is to stand, the file's if unsaid.

    NotAllowed for a role that keeps no lists. Reads for as long as it takes; never call it on the GUI thread.
    """
    if read.entity == "drill":
        from commandcenter.services import plan_table

        return plan_table.survey(session, read, choices=choices or {})
    if read.entity in BOOKS:
        from commandcenter.services import kit_books

        return kit_books.survey(session, read, choices=choices or {})
    check_role(session.officer.role, read.entity)
    check_choices(read.entity, choices or {})
    with session.database.read() as connection:
        uow = UnitOfWork(connection, no_header(session), session.clock)
        uow.look_from()
        plan = Plan(uow, read.entity, new_id, session.clock.now(), choices=choices)
        _ask(progress, cancelled, 1, 4)
        judged = plan.judge(_counted(read), strict=False)
        _ask(progress, cancelled, 2, 4)
        result = Survey(problems=list(read.problems), seq=uow.seen_until)
        result.new, result.changed, result.same = (plan.counts[name] for name in ("new", "changed", "same"))
        _tell(result, read, plan, judged)
        everything = judged if not choices and read.entity not in ACROSS else _undecided(uow, read, session)
        result.differences = (*_differences(session, read, plan, everything), *_claims(read, plan))
        _ask(progress, cancelled, 4, 4)
    return result


def _ask(progress: Progress | None, cancelled: Cancelled | None, done: int, total: int) -> None:
    if cancelled is not None and cancelled():
        raise Refused("file.cancelled")
    if progress is not None:
        progress(done, total)


def _undecided(uow: UnitOfWork, read: ReadFile, session: Session) -> list[Judged]:
    """The comparison as it is before anything is chosen: what differs is listed whichever side stands."""
    across: dict[str, str] = dict.fromkeys(ACROSS.get(read.entity, ()), "file")
    plan = Plan(uow, read.entity, new_id, session.clock.now(), choices=across)
    return plan.judge(_counted(read), strict=False)


def _counted(read: ReadFile) -> list[tuple[int, Mapping[str, Any]]]:
    """The rows by their place in the list: row numbers repeat from sheet to sheet."""
    return [(at, row.fields) for at, row in enumerate(read.rows)]


def _tell(result: Survey, read: ReadFile, plan: Plan, judged: Sequence[Judged]) -> None:
    """Verdicts and problems of the comparison, each with the place of its row."""
    for problem in result.problems:
        if problem.severity == "refused" and problem.row is not None:
            result.verdicts[problem.sheet, problem.row] = "refused"
    for row, each in zip(read.rows, judged, strict=True):
        result.verdicts[row.place] = each.verdict
        if each.error is not None:
            result.problems.append(_problem(each.error, row, read))
    for at, code, named, value, facts in plan.notes:
        row = read.rows[at]
        column = (read.column_of(row.sheet, named) or named) if named else None
        result.problems.append(Problem(row.number, column, value, code, "note", facts, row.sheet))


def write(session: Session, read: ReadFile, *, choices: Mapping[str, Side] | None = None, dry_run: bool = False,
          survey: Survey | None = None, progress: Progress | None = None,
          cancelled: Cancelled | None = None) -> Survey:  # fmt: skip
    """Compare; then, unless a row is refused or it is a dry run, write the whole file as one undo group.

    With the ``survey`` that a person has looked at: Conflict ``import.moved`` when somebody has changed since then
    what it speaks of. Everything is prepared outside the write transaction.
    """
    result = _survey(session, read, choices=choices, progress=progress, cancelled=cancelled)
    if read.entity == "drill":
        from commandcenter.services import plan_table

        return plan_table.write(session, result, dry_run=dry_run)
    if read.entity in BOOKS:
        from commandcenter.services import kit_books

        return kit_books.write(session, read, result, dry_run=dry_run)
    if survey is not None:
        _check_unmoved(session, read, survey)
    if result.refused or dry_run:
        return result
    group = new_id()
    rows = tuple(dict(row.fields) for row in read.rows)
    cmd = ImportRows(entity=read.entity, rows=rows, source=told_source(read.source), choices=dict(choices or {}))  # type: ignore[arg-type]
    outcome = session.runner.execute(cmd, group=group, progress=progress, cancelled=cancelled)
    result.written, result.group = True, group
    for name in ("new", "changed", "same"):
        setattr(result, name, outcome.value[name])
    return result


_survey = survey


def _check_unmoved(session: Session, read: ReadFile, seen: Survey) -> None:
    """Conflict ``import.moved`` names who has changed since the survey what was compared."""
    with session.database.read() as connection:
        hand = history.last_hand_on(connection, kinds_of(read.entity), since=seen.seq)
        who = UnitOfWork(connection, no_header(session), session.clock).get("officer", hand.actor) if hand else None
    if hand is not None:
        raise Conflict("import.moved", who=who.name if who else hand.actor, when=iso(hand.at))


def told_source(name: str) -> str:
    """The file's name for the log; none that holds a word which is not kept."""
    bare = "".join(name.split()).casefold()
    return "" if any(word in bare for word in denied_words()) else name


# --- differences -------------------------------------------------------------------------------------------------


def _differences(
    session: Session, read: ReadFile, plan: Plan, judged: Sequence[Judged]
) -> Iterator[Difference]:
    """Every field in which a known row differs, with both values and their dates."""
    changed = [
        (row, part) for row, each in zip(read.rows, judged, strict=True) if each.error is None
        for part in each.parts if part.verdict == "changed"
    ]  # fmt: skip
    since = history.last_set(plan.uow.connection, [part.old.id for _, part in changed])
    names = {each.id: each.name for each in plan.villages} | {each.id: each.name for each in plan.grids.values()}
    for row, part in changed:
        for each in ENTITIES[part.kind].fields:
            before, after = getattr(part.old, each.name), getattr(part.merged, each.name)
            if before == after or each.name in _UNSAID:
                continue
            masking = mask_for(each, session.viewer) if each.personal is not None else None
            if each.ref is not None:
                before, after = names.get(before, before), names.get(after, after)
            yield Difference(
                sheet=row.sheet, row=row.number, column=read.column_of(row.sheet, each.name), field=each.name,
                entity=part.kind, id=part.old.id, name=_name_of(plan.whose(part.old), session),
                database=masking(before) if masking is not None and before else before,
                since=since.get((part.old.id, each.name)), file=after, dated=read.dated,
            )  # fmt: skip


def default_side(entity: str, field: str) -> Side:
    """Whose value stands in an import of ``entity`` while nothing was chosen."""
    return "database" if field in ACROSS.get(entity, ()) else "file"


def _claims(read: ReadFile, plan: Plan) -> Iterator[Difference]:
    """What the file says of somebody or something else (:class:`Claim`), the newest date of what it contradicts."""
    since = history.last_set(plan.uow.connection, [id for claim in plan.claims for id, _ in claim.set_by])
    for claim in plan.claims:
        row = read.rows[claim.number]
        dates = [found for each in claim.set_by if (found := since.get(each)) is not None]
        yield Difference(
            sheet=row.sheet, row=row.number, column=read.column_of(row.sheet, claim.field), field=claim.field,
            entity=claim.entity, id=claim.id, name=claim.name, database=claim.database, since=max(dates, default=None),
            file=claim.file, dated=read.dated,
        )  # fmt: skip


_UNSAID = frozenset(("shape_hash",))
"""Fields that stand for another one that is told."""


def _name_of(row: Any, session: Session) -> str:
    """What people call it; the name of a resident as this officer may see it."""
    kind = kind_of(row)
    for name in ("name", "head", "code"):
        value = getattr(row, name, None)
        if value:
            field = next(each for each in kind.fields if each.name == name)
            masking = mask_for(field, session.viewer) if field.personal is not None else None
            return str(masking(value) if masking is not None else value)
    return ""


def _problem(error: BadInput, row: FileRow, read: ReadFile) -> Problem:
    facts = {key: value for key, value in error.facts.items() if key not in ("row", "column", "value")}
    if "other" in facts:
        other = read.rows[facts["other"]]
        facts["other"] = other.number if other.sheet == row.sheet else f"{other.sheet}!{other.number}"
    field = error.facts.get("column")
    column = (read.column_of(row.sheet, field) or field) if field else None
    return Problem(row.number, column, error.facts.get("value"), error.code, "refused", facts, row.sheet)


def no_header(session: Session) -> Header:
    """A unit of work that only compares never writes its record."""
    return Header(id=new_id(), name="compare", actor=session.officer.id, desk=session.desk,
                  occurred_at=session.clock.now(), occurred_source="desk", world="real")  # fmt: skip
