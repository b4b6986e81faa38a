"""Tables going out: in the columns in which they come in again, or as the township's usual ones.

Only what really happened leaves (``world=real``), but for the tables of drills, which say what they are; masked as the
officer at the desk sees it, and that it left is written down before the file appears.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, NotAllowed
from commandcenter.base.texts import say
from commandcenter.formats.column_specs import SPECS
from commandcenter.formats.forms import FORMS, Form
from commandcenter.formats.workbooks import About, Column, Progress, SheetOut, check_ending, write_table
from commandcenter.rules.drills import may_leave
from commandcenter.rules.entity import DRILLS, REAL
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import words
from commandcenter.services import debts, export_stores, training
from commandcenter.services.export_facts import Facts, number_fields
from commandcenter.services.export_stores import STORE_TABLES
from commandcenter.services.exports import DRILL_TABLES, NAMED_TRAINING, TABLES, NoteExport, door_of
from commandcenter.services.readfiles import WHAT
from commandcenter.services.sessions import Session
from commandcenter.storage.reads import Reader

BOOKS = frozenset(("kit_register", "stock_ledger"))
"""Tables that come back with the marks of their rows."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written."""

    what: str
    path: Path
    rows: int


def file_name(session: Session, what: str) -> str:
    """The name to propose: table, town and local day."""
    with session.read(REAL) as reader:
        town = _town(reader)
    day = session.clock.now().astimezone(_zone(town))
    return f"{title(what)}_{town.name if town else ''}_{day:%Y%m%d}.xlsx"


def title(what: str) -> str:
    """What a table is called."""
    return FORMS[what].title if what in FORMS else say(f"export.{what}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table as read, not yet written down nor out."""

    what: str
    sheet: SheetOut
    about: About

    @property
    def note(self) -> NoteExport:
        """The command that must have been carried out before the file is written."""
        return NoteExport(what=self.what, rows=len(self.sheet.rows))


def prepare(session: Session, what: str, *, year: int | None = None, with_hidden: bool = False) -> Prepared:
    """Read the table ``what`` as the session's officer may see it. BadInput for an unknown one. Of the plan of drills
    ``year`` (None: this one) and whether a planner takes no-notice drills along."""
    if what not in TABLES:
        raise BadInput("table.unknown", what=what, known=", ".join(TABLES))
    if what in NAMED_TRAINING and session.officer.role not in PLANNERS:
        raise NotAllowed("actor.role", command="note_export", role=session.officer.role)
    if what == "drills":
        from commandcenter.services import plan_table

        with session.read(DRILLS) as reader:
            sheet = plan_table.sheet(session, reader, year=year, with_hidden=with_hidden)
            return Prepared(what, sheet, plan_table.marked(_about(session, reader, what, len(sheet.rows))))
    with session.read(DRILLS if what in DRILL_TABLES else REAL) as reader:
        facts = Facts(reader, session.clock.now(), _zone(_town(reader)), door_of(what))
        if what == "debts":
            sheet = _debt_sheet(reader, session.clock.now(), FORMS[what])
        elif what == "drill_evaluations":
            sheet = _evaluation_sheet(reader, session.clock.now(), FORMS[what])
        elif what == "drill_scores":
            sheet = _score_sheet(reader, FORMS[what])
        elif what in DRILL_TABLES:
            sheet = _drill_sheet(reader, session.clock.now(), FORMS[what])
        else:
            sheet = _made(facts, reader, what, session.clock.now())
        return Prepared(what, sheet, _about(session, reader, what, len(sheet.rows)))


def export(
    session: Session, what: str, path: Path, progress: Progress | None = None, *, year: int | None = None,
    with_hidden: bool = False,
) -> Exported:  # fmt: skip
    """Write the table ``what`` to ``path`` (.xlsx, .csv), whole or not at all.

    BadInput for an unknown table or ending, EnvironmentTrouble where the file cannot be written.
    """
    prepared = prepare(session, what, year=year, with_hidden=with_hidden)
    check_ending(path)
    session.runner.execute(prepared.note)
    write_table(path, [prepared.sheet], prepared.about, progress)
    return Exported(what, path, len(prepared.sheet.rows))


def _about(session: Session, reader: Reader, what: str, rows: int) -> About:
    town = _town(reader)
    lines = [
        (say("export.about.table"), title(what)),
        (say("export.about.town"), town.name if town else ""),
        (say("export.about.rows"), str(rows)),
        (say("export.about.by"), session.officer.name),
        (say("export.about.at"), f"{session.clock.now().astimezone(_zone(town)):%Y-%m-%d %H:%M}"),
    ]
    if what in DRILL_TABLES:
        lines.insert(0, (say("export.about.drill"), say("export.about.drill.only")))
    if town is not None and town.mark != "real":
        lines.insert(0, (say("export.about.mark"), say(f"export.mark.{town.mark}")))
    return About(say("export.about"), tuple(lines))


def _town(reader: Reader) -> Any | None:
    return next(iter(reader.find("township")), None)


def _zone(town: Any | None) -> ZoneInfo:
    return ZoneInfo(town.zone if town else "Asia/Shanghai")


def _made(facts: Facts, reader: Reader, what: str, now: datetime) -> SheetOut:
    if what == "training_matrix":
        return _matrix_sheet(reader, now)
    if what in BOOKS:
        from commandcenter.services import kit_register, stock_ledger

        make = kit_register.sheet if what == "kit_register" else stock_ledger.sheet
        return make(reader, now.astimezone(_zone(_town(reader))).date(), title(what))
    if what in STORE_TABLES:
        zone = _zone(_town(reader))
        return export_stores.sheet(reader, FORMS[what], now.astimezone(zone).date(), zone)
    return _form_sheet(facts, FORMS[what]) if what in FORMS else _sheet(facts, what)


def _matrix_sheet(reader: Reader, now: datetime) -> SheetOut:
    """Worker × course: until when each counts, or what is lacking."""
    state = training.load(reader, now)
    in_use = state.in_use
    columns = [_column(say(f"export.matrix.{name}"), "worker", name) for name in ("village", "grid", "name")]
    columns += [Column(words(each.title, texts.current().language), "text") for each in in_use]
    columns += [Column(say("export.matrix.gaps"), "number")]
    rows = []
    for worker in state.workers:
        cells = [state.matrix.of(worker.id, each.id) for each in in_use]
        village, grid = state.villages.get(worker.village or ""), state.grids.get(worker.grid or "")
        shown = [say(f"export.matrix.{each.validity}", until=each.until or say("export.matrix.ever")) for each in cells]
        gaps = sum(1 for each in cells if each.is_gap)
        place = [village.name if village else None, grid.name if grid else None]
        rows.append([*place, worker.name, *shown, gaps])
    return SheetOut(title("training_matrix"), tuple(columns), rows)


def _sheet(facts: Facts, what: str) -> SheetOut:
    """The columns in which the same table is imported; restricted ones stay here."""
    entity = WHAT[what]
    specs = [spec for spec in SPECS[entity] if not spec.restricted]
    rows: list[Any] = facts.rows(entity) if entity not in _LISTS else _LISTS[entity](facts)
    columns = tuple(_column(spec.headings[0], entity, spec.field) for spec in specs)
    return SheetOut(title(what), columns, [[facts.value(entity, spec.field, row) for spec in specs] for row in rows])


_LISTS: Mapping[str, Callable[[Facts], list[Any]]] = {
    "household": Facts.household_rows, "attendance": Facts.training_rows, "attention_item": Facts.attention_rows,
}  # fmt: skip
"""Tables of which one row is no row of their entity alone."""


def _form_sheet(facts: Facts, form: Form) -> SheetOut:
    """A usual table: columns that nothing fills are there, and empty."""
    columns = tuple(_column(heading, form.source, fact) for heading, fact in form.columns)
    rows = [
        [number if fact == "number" else facts.value(form.source, fact, row) if fact else None
         for _, fact in form.columns]
        for number, row in enumerate(facts.form_rows(form.source), start=1)
    ]  # fmt: skip
    return SheetOut(form.title, columns, rows)


def _drill_sheet(reader: Reader, now: datetime, form: Form) -> SheetOut:
    """Drills that were held, in the words of their papers; times and numbers as such."""
    from commandcenter.services import drill_reading
    from commandcenter.services.drill_words import Words

    zone, rows = _zone(_town(reader)), []
    for record in drill_reading.held(reader):
        if may_leave(door_of(form.name), record.drill.world):
            it, told = record.drill, Words(reader, record, now).values("", "")
            held = it.held_at.astimezone(zone).replace(tzinfo=None, microsecond=0) if it.held_at else None
            told |= {"held_at": held, "took_part": it.took_part, "evacuated": it.evacuated, "minutes": record.minutes}
            rows.append([None if told[fact] == "" else told[fact] for _, fact in form.columns])
    numbers = {"took_part", "evacuated", "minutes"}
    columns = tuple(Column(heading, "number" if fact in numbers else "text") for heading, fact in form.columns)
    return SheetOut(form.title, columns, rows)


def _evaluation_sheet(reader: Reader, now: datetime, form: Form) -> SheetOut:
    """What every drill that was held was judged by, drill by drill in the order of its sheet; empty where nobody has
    judged yet."""
    from commandcenter.services import drill_reading
    from commandcenter.services.drill_words import Words

    zone, rows = _zone(_town(reader)), []
    for record in drill_reading.held(reader):
        if may_leave(door_of(form.name), record.drill.world):
            at = record.drill.held_at
            held = at.astimezone(zone).replace(tzinfo=None, microsecond=0) if at else None
            for line in Words(reader, record, now).evaluation():
                told = {"title": record.drill.title, "held_at": held, **line}
                rows.append([None if told[fact] == "" else told[fact] for _, fact in form.columns])
    columns = tuple(Column(heading, "number" if fact in ("points", "won") else "text")
                    for heading, fact in form.columns)  # fmt: skip
    return SheetOut(form.title, columns, rows)


def _score_sheet(reader: Reader, form: Form) -> SheetOut:
    """What drills came to: those of one kind and one unit below one another, in the order in which they were held. A
    unit is a grid, a village or a place, never a person."""
    from commandcenter.services import drill_reading

    kinds = {each.key: words(each.title, texts.current().language) for each in reader.find("scenario")}
    leaving = [each for each in drill_reading.score_rows(reader) if may_leave(door_of(form.name), each["drill"])]
    rows = []
    for number, row in enumerate(leaving, start=1):
        told = {
            **row, "number": number, "scenario": kinds.get(row["scenario"], row["scenario"]),
            "unit_code": row["unit_code"] or None, "day": date.fromisoformat(row["day"]),
            "passed": say("export.score.passed" if row["passed"] else "export.score.failed"),
        }  # fmt: skip
        rows.append([told[fact] for _, fact in form.columns])
    numbers = {"number", "percent", "change"}
    columns = tuple(Column(heading, "number" if fact in numbers else "text") for heading, fact in form.columns)
    return SheetOut(form.title, columns, rows)


def _debt_sheet(reader: Reader, now: datetime, form: Form) -> SheetOut:
    """What is owed and what was, by its day, with the drill that pays it or is planned to."""
    zone, language = _zone(_town(reader)), texts.current().language
    titles = {each.id: each.title for each in reader.find("drill")}
    kinds = {each.key: words(each.title, language) for each in reader.find("scenario")}
    rules = {each.key: words(each.title, language) for each in reader.find("debt_rule")}
    rows = []
    for number, row in enumerate(debts.rows(reader, now.astimezone(zone).date(), {}, None), start=1):
        told = {
            **row, "number": number, "level": say(f"drills.level.{row['level']}"),
            "scenario": kinds.get(row["scenario"], row["scenario"]), "rule": rules.get(row["rule"], row["rule"]),
            "due": date.fromisoformat(row["due"]), "days_late": max(row["days_late"], 0),
            "state": say(f"export.debt.{row['state']}"), "drill": titles.get(row["drill"] or ""),
        }  # fmt: skip
        rows.append([told[fact] for _, fact in form.columns])
    numbers = {"number", "days_late"}
    columns = tuple(Column(heading, "number" if fact in numbers else "text") for heading, fact in form.columns)
    return SheetOut(form.title, columns, rows)


def _column(heading: str, entity: str, fact: str) -> Column:
    return Column(heading, "number" if fact in number_fields(entity) else "text")
