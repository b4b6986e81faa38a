"""The plan table 演练计划表: out to a workbook, edited there by anybody, and back.

Every row carries, in two hidden columns, its drill's id and a mark: the edition of the table (the last sequence of the
log when it went out, and its year) and a short digest of every cell. So a cell that was edited is told from one that
merely is older than the database, whatever spreadsheet program wrote the file; only edited cells change anything.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.clock import iso
from commandcenter.base.errors import NotAllowed, Refused
from commandcenter.base.ids import new_id
from commandcenter.base.texts import current, say
from commandcenter.formats import column_words
from commandcenter.formats.column_specs import SPECS
from commandcenter.formats.problems import Problem
from commandcenter.formats.workbooks import About, Column, SheetOut
from commandcenter.rules.drills import Drill, is_hidden, may_leave
from commandcenter.rules.entity import DRILLS
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import words
from commandcenter.services import seasons
from commandcenter.services.plan_apply import ApplyPlan
from commandcenter.services.readfiles import FileRow, ReadFile
from commandcenter.services.sessions import Session
from commandcenter.services.surveys import Difference, Survey
from commandcenter.services.wording import readable
from commandcenter.storage.reads import Reader

CELLS = tuple(spec.field for spec in SPECS["drill"] if not spec.own)
"""The columns whose digests stand in the mark, in their order."""
LISTED = "、"
_PLAIN = ("title", "form", "plan", "place", "units", "people", "commander", "owner_unit", "owner", "phone")
"""Cells that are fields of the drill."""
_MARK = re.compile(r"(?P<seq>\d+)(?P<hidden>h?)\.(?P<year>\d{4}):(?P<digests>[0-9a-f.]+)")
_BETWEEN = re.compile(r"\s*[、,，;；\n]\s*")


# --- out --------------------------------------------------------------------------------------------------------------


class _Teller:
    """Drills as the cells of the table, as one reader may see them."""

    def __init__(self, reader: Reader) -> None:
        self.zone = seasons.zone_of(reader)
        self.scenarios = {each.id: each for each in reader.find("scenario")}
        self.villages = {each.id: each for each in reader.find("village")}
        self.grids = {each.id: each for each in reader.find("grid")}
        self.drills: dict[str, Drill] = {each.id: each for each in reader.find("drill")}
        self.invited: dict[str, list[str]] = {}
        for each in reader.find("drill_grid"):
            self.invited.setdefault(each.drill, []).append(each.grid)
        self.seq = reader.last_seq()

    def of_year(self, year: int, *, with_hidden: bool) -> list[Drill]:
        """The drills of a year and those without a date, which the door for drills lets out; a no-notice one that has
        not begun only where it was asked for."""
        found = [
            each for each in self.drills.values()
            if may_leave("drill_export", each.world) and (with_hidden or not is_hidden(each.form, each.state))
            and ((day := self.local(each)) is None or day.year == year)
        ]  # fmt: skip
        return sorted(found, key=lambda each: (self.local(each) is None, self.local(each), each.title, each.id))

    def local(self, drill: Drill) -> datetime | None:
        """When it is or was, as the town's clocks show it."""
        moment = drill.held_at or drill.starts_at
        return moment.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0) if moment else None

    def cells(self, drill: Drill) -> dict[str, Any]:
        """What stands in each column, as it is written."""
        scenario = self.scenarios.get(drill.scenario or "")
        grids = sorted((self.grids[each] for each in self.invited.get(drill.id, ()) if each in self.grids),
                       key=lambda each: each.code)  # fmt: skip
        return {
            **{name: getattr(readable(drill), name) or None for name in _PLAIN},
            "scenario": words(scenario.title, current().language) if scenario else None,
            "form": _word(column_words.DRILL_FORMS, drill.form), "starts_at": self.local(drill),
            "grids": LISTED.join(each.name for each in grids) or None,
            "state": _word(column_words.DRILL_STATES, drill.state),
        }  # fmt: skip

    def known(self, drill: Drill) -> dict[str, str]:
        """The same as they come back from a file: keys instead of words, times as texts."""
        cells = self.cells(drill)
        return {name: canonical(value) for name, value in {**cells, "form": drill.form, "state": drill.state}.items()}


def _word(meanings: Mapping[str, str], key: str) -> str:
    return next((word for word, known in meanings.items() if known == key), key)


def canonical(value: Any) -> str:
    """A cell as it is compared: without the differences that a spreadsheet program makes on its own."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return " ".join(str(value).split())


def digest(text: str) -> str:
    """Six letters by which an edited cell is told from one that is as it went out."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def sheet(session: Session, reader: Reader, *, year: int | None = None, with_hidden: bool = False) -> SheetOut:
    """The table of a year (None: this one). ``reader`` reads ``DRILLS``; ``with_hidden`` lets a planner take no-notice
    drills along, and does nothing for anybody else."""
    teller = _Teller(reader)
    year = year or session.clock.now().astimezone(teller.zone).year
    mark = f"{teller.seq}{'h' if with_hidden else ''}.{year}:"
    rows = []
    for number, drill in enumerate(teller.of_year(year, with_hidden=with_hidden), start=1):
        cells, known = teller.cells(drill), teller.known(drill)
        digests = ".".join(digest(known[name]) for name in CELLS)
        rows.append([number, *(cells[name] for name in CELLS), drill.id, mark + digests])
    columns = [Column("序号", "number")]
    for spec in SPECS["drill"]:
        kind: Any = {"people": "number", "starts_at": "time"}.get(spec.field, "text")
        columns.append(Column(spec.headings[0], kind, hidden=spec.own))
    return SheetOut(say("export.drills"), tuple(columns), rows)


def marked(about: About) -> About:
    """The sheet about the file says that these are drills."""
    return About(about.name, ((say("export.about.kind"), say("export.about.drill")), *about.lines))


# --- back -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """A drill that stood in the table when it went out, and whose row is gone."""

    drill: str
    title: str
    when: datetime | None


@dataclass(slots=True)
class PlanSurvey(Survey):
    """How a plan table stands against the database: the steps it asks for, and the rows that are gone."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    missing: tuple[Missing, ...] = ()


def survey(session: Session, read: ReadFile, *, choices: Mapping[str, Any]) -> PlanSurvey:
    """What reading the table back would do. Fields that were changed both in the file and, since it went out, in the
    database are refused until ``choices`` names a side. NotAllowed for who does not plan."""
    if session.officer.role not in PLANNERS:
        raise NotAllowed("actor.role", command="apply_plan", role=session.officer.role)
    with session.read(DRILLS) as reader:
        comparison = _Comparison(_Teller(reader), read, choices)
        for row in read.rows:
            comparison.take(row)
        comparison.miss(reader)
    result = comparison.result
    result.new = sum(1 for each in result.verdicts.values() if each == "new")
    result.changed = sum(1 for each in result.verdicts.values() if each == "changed")
    result.same = sum(1 for each in result.verdicts.values() if each == "same")
    return result


def write(session: Session, result: Survey, *, dry_run: bool, cancel: Collection[str] = ()) -> Survey:
    """Carry out what the survey found, whole, as one step to undo; ``cancel``: drills whose rows are gone and which
    shall be called off."""
    assert isinstance(result, PlanSurvey)
    steps = steps_with(result, cancel)
    if result.refused or dry_run or not steps:
        return result
    group = new_id()
    session.runner.execute(ApplyPlan(steps=tuple(steps)), group=group)
    result.written, result.group = True, group
    return result


def steps_with(result: PlanSurvey, cancel: Collection[str]) -> list[dict[str, Any]]:
    """The steps of a survey, with those that call off the drills whose rows are gone and which were named."""
    gone = [
        {"command": "cancel_drill", "drill": each.drill, "reason": say("season.table.row_gone")}
        for each in result.missing if each.drill in cancel
    ]  # fmt: skip
    return [*result.steps, *gone]


class _Comparison:
    """Takes the rows one by one."""

    def __init__(self, teller: _Teller, read: ReadFile, choices: Mapping[str, Any]) -> None:
        self.teller, self.read, self.choices = teller, read, choices
        self.result = PlanSurvey(problems=[each for each in read.problems if not is_own(each)], seq=teller.seq)
        for problem in self.result.problems:
            if problem.severity == "refused" and problem.row is not None:
                self.result.verdicts[problem.sheet, problem.row] = "refused"
        self.columns = frozenset(spec.field for spec, _ in read.mapping.fields)
        self._seen: set[str] = set()
        self._editions: list[tuple[int, int, bool]] = []

    # --- rows -------------------------------------------------------------------------------------------------

    def take(self, row: FileRow) -> None:
        """One row: unchanged, changed, new, or refused with the reason."""
        mark = _MARK.fullmatch(str(row.fields.get("row_mark") or ""))
        if mark is not None:
            self._editions.append((int(mark["seq"]), int(mark["year"]), bool(mark["hidden"])))
        id = str(row.fields.get("row_id") or "")
        is_copy = id in self._seen
        self._seen.add(id)
        try:
            if not id or is_copy:
                self._new(row)
            elif id not in self.teller.drills:
                raise _Unfit("plan.row_unknown", "row_id")
            else:
                self._known(row, self.teller.drills[id], mark)
        except _Unfit as unfit:
            self._refuse(row, unfit)

    def _refuse(self, row: FileRow, unfit: "_Unfit") -> None:
        column = self.read.column_of(row.sheet, unfit.field) or unfit.field
        value = unfit.value if unfit.value is not None else canonical(row.fields.get(unfit.field))
        self.result.problems.append(Problem(row.number, column, value, unfit.code, "refused", unfit.facts, row.sheet))
        self.result.verdicts[row.place] = "refused"

    def _known(self, row: FileRow, drill: Drill, mark: re.Match[str] | None) -> None:
        base = dict(zip(CELLS, mark["digests"].split("."), strict=False)) if mark else {}
        known = self.teller.known(drill)
        wanted: dict[str, str] = {}
        for name in CELLS:
            given = canonical(row.fields.get(name))
            if name not in self.columns or given == known[name] or digest(given) == base.get(name):
                continue
            if name == "starts_at" and known[name].startswith(given) and given:
                continue  # a day without its hour is still that day
            moved_meanwhile = name in base and digest(known[name]) != base[name]
            self._differ(row, drill, name, known[name], given)
            if self.choices.get(name) == "database":
                continue
            if moved_meanwhile and name not in self.choices:
                raise _Unfit("plan.row_conflict", name, title=drill.title, database=known[name] or "–")
            wanted[name] = given
        steps = self._steps(row, drill, wanted) if wanted else []
        self.result.steps += steps
        self.result.verdicts[row.place] = "changed" if steps else "same"

    def _differ(self, row: FileRow, drill: Drill, name: str, database: str, given: str) -> None:
        self.result.differences += (
            Difference(
                sheet=row.sheet, row=row.number, column=self.read.column_of(row.sheet, name), field=name,
                entity="drill", id=drill.id, name=drill.title, database=database or None, since=None, file=given,
                dated=self.read.dated,
            ),
        )  # fmt: skip

    def _steps(self, row: FileRow, drill: Drill, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
        """The commands that an edited row stands for."""
        if "scenario" in wanted:
            raise _Unfit("plan.scenario_fixed", "scenario", title=drill.title)
        if wanted.get("state") == "cancelled" and drill.state == "planned":
            reason = say("season.table.cancelled")
            return [{"command": "cancel_drill", "drill": drill.id, "reason": reason, "row": row.number}]
        if "state" in wanted:
            raise _Unfit("plan.state_fixed", "state", title=drill.title)
        if drill.state != "planned":
            raise _Unfit("plan.row_over", next(iter(wanted)), title=drill.title)
        steps: list[dict[str, Any]] = []
        plain = {name: _value(name, text) for name, text in wanted.items() if name in _PLAIN}
        if plain:
            was = {name: getattr(drill, name) for name in plain}
            steps.append({"command": "edit_drill", "drill": drill.id, "changed": plain, "was": was, "row": row.number})
        if "starts_at" in wanted:
            if drill.locked:
                raise _Unfit("plan.row_locked", "starts_at", title=drill.title)
            begin = self._moment(wanted["starts_at"], self.teller.local(drill))
            was_at = iso(drill.starts_at) if drill.starts_at else None
            steps.append({"command": "move_drill", "drill": drill.id, "starts_at": begin, "was": was_at,
                          "row": row.number})  # fmt: skip
        if "grids" in wanted:
            steps.append({
                "command": "invite_grids", "drill": drill.id, "row": row.number,
                "grids": self._grids(wanted["grids"], drill.village),
                "was": sorted(self.teller.invited.get(drill.id, ())),
            })  # fmt: skip
        return steps

    def _new(self, row: FileRow) -> None:
        """A row without an id (or a second one with the same) is a new drill."""
        fields = {name: canonical(row.fields.get(name)) for name in CELLS}
        if fields["state"] not in ("", "planned"):
            raise _Unfit("plan.new_state", "state")
        key = self._scenario(fields["scenario"])
        village = self._village(fields)
        grids = self._grids(fields["grids"], village)
        if village is None and grids:
            village = self.teller.grids[grids[0]].village
        grid = next((each.id for each in self.teller.grids.values() if each.name == fields["place"]), None)
        begin = self._moment(fields["starts_at"], None) if fields["starts_at"] else None
        plain = {name: _value(name, fields[name]) for name in _PLAIN if fields[name]}
        self.result.steps.append({
            "command": "plan_drill", "scenario": key, "language": current().language, "origin": "planned",
            "village": self.teller.grids[grid].village if grid else village, "grid": grid, "starts_at": begin,
            "grids": grids, "row": row.number, **plain,
        })  # fmt: skip
        self.result.verdicts[row.place] = "new"

    # --- cells ------------------------------------------------------------------------------------------------

    def _scenario(self, text: str) -> str:
        for each in self.teller.scenarios.values():
            if each.active and text in (each.key, *(canonical(title) for title in each.title.values())):
                return str(each.key)
        raise _Unfit("plan.scenario_unknown", "scenario")

    def _village(self, fields: Mapping[str, str]) -> str | None:
        """The village that place or name speak of; the longest name wins."""
        text = f"{fields['place']} {fields['title']}"
        found = [each for each in self.teller.villages.values() if each.name in text]
        return max(found, key=lambda each: len(each.name)).id if found else None

    def _grids(self, text: str, village: str | None) -> list[str]:
        found = []
        for part in filter(None, _BETWEEN.split(text)):
            named = [each for each in self.teller.grids.values() if part in (each.name, each.code)]
            named = [each for each in named if each.village == village] or named
            if len(named) != 1:
                raise _Unfit("plan.grid_unknown", "grids", part)
            found.append(named[0].id)
        return sorted(dict.fromkeys(found))

    def _moment(self, text: str, before: datetime | None) -> str | None:
        """A local time of the file as an instant; a day alone keeps the hour it had, else it begins at nine."""
        if not text:
            return None
        day, _, clock = text.partition(" ")
        begin = time.fromisoformat(clock) if clock else before.time() if before else time(9)
        zone: ZoneInfo = self.teller.zone
        return iso(datetime.combine(datetime.fromisoformat(day).date(), begin, zone))

    # --- rows that are gone -----------------------------------------------------------------------------------

    def miss(self, reader: Reader) -> None:
        """Drills that stood in the table when it went out and have no row any more: asked about, never decided."""
        if not self._editions:
            return
        seq, year, with_hidden = max(self._editions)
        gone = [
            each for each in self.teller.of_year(year, with_hidden=with_hidden)
            if each.id not in self._seen and each.state == "planned" and _born(reader, each) <= seq
        ]  # fmt: skip
        self.result.missing = tuple(Missing(each.id, each.title, self.teller.local(each)) for each in gone)
        for each in self.result.missing:
            facts = {"title": each.title}
            self.result.problems.append(Problem(None, None, None, "plan.row_missing", "note", facts))


def _born(reader: Reader, drill: Drill) -> int:
    """The sequence with which a drill entered the log."""
    return min((each.change.seq for each in reader.history(entity="drill", id=drill.id)), default=0)


def is_own(problem: Problem) -> bool:
    """What the reader says of the program's own hidden columns and of the sheet about the file."""
    return problem.code in ("column.hidden", "sheet.others") and problem.severity == "note"


def _value(name: str, text: str) -> Any:
    if name == "people":
        return int(text) if text else None
    return (text or None) if name == "phone" else text


class _Unfit(Refused):
    """A row that cannot be taken, and the cell that is to blame."""

    def __init__(self, code: str, field: str, value: str | None = None, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.field, self.value = field, value

