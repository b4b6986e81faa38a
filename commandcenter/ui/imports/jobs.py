"""What is done off the GUI thread: looking at files, reading, checking, comparing, writing. No widget is touched."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commandcenter.base.clock import monotonic
from commandcenter.base.errors import BadInput, EnvironmentTrouble, Refused
from commandcenter.formats.cleaning import written
from commandcenter.formats.columns import is_sensitive
from commandcenter.formats.problems import Problem, Severity
from commandcenter.services import filing, recognising
from commandcenter.services.filing import Cell, Difference, ReadFile, Side, Survey, Verdict
from commandcenter.services.recognising import Reading
from commandcenter.services.runner import CommandRunner
from commandcenter.services.sessions import Session
from commandcenter.ui.core.runner import Cancelled, Report
from commandcenter.ui.imports.sheet_model import LEFT_OUT, WORST, SheetPage, page_of_map, page_of_table

if TYPE_CHECKING:
    from commandcenter.formats.placing import Judgement
    from commandcenter.formats.previews import Preview

LACKING = "column.required_missing"
"""The code of a file whose required columns are not known yet."""
MOST = 20_000
"""Findings of one severity that are kept for the screen."""
WHOLE_ROW = -1
"""The column of what was found in a row as a whole."""
_TELL_EVERY = 0.05
"""Seconds between two reports; what comes more often only fills the queue of the screen."""


@dataclass(frozen=True)
class SheetFindings:
    """What was found on one sheet: problems by (row number, column), cells the database holds otherwise, verdicts."""

    found: Mapping[tuple[int, int], Sequence[Problem]] = field(default_factory=dict)
    changed: frozenset[tuple[int, int]] = frozenset()
    verdicts: Mapping[int, Verdict] = field(default_factory=dict)


NOTHING = SheetFindings()


@dataclass(frozen=True)
class Findings:
    """Everything found, prepared for the screen. ``shown`` are the first of each severity, the worst first; ``counts``
    how many there are. ``refused``: rows (or the file as a whole) that cannot be taken."""

    by_sheet: Mapping[str | None, SheetFindings] = field(default_factory=dict)
    shown: tuple[Problem, ...] = ()
    counts: Mapping[Severity, int] = field(default_factory=dict)
    refused: int = 0
    lacks_columns: bool = False


@dataclass(frozen=True)
class Choice:
    """What an officer decided of columns, cells and rows."""

    overrides: Mapping[str, str] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()
    fixes: Mapping[Cell, str] = field(default_factory=dict)
    left_out: frozenset[tuple[str | None, int]] = frozenset()


@dataclass(frozen=True)
class Loaded:
    """A file as read, its sheets as they look, and what was found on them. ``whole`` has also the rows left out."""

    whole: ReadFile
    read: ReadFile
    pages: tuple[SheetPage, ...]
    findings: Findings
    filled: Mapping[int, int] = field(default_factory=dict)
    """Per sensitive column of the first sheet how many values it holds."""


@dataclass(frozen=True)
class MapLook:
    """A quick look at a map file: the systems it may be in, and the town's own outlines to hold it against."""

    preview: "Preview"
    town: tuple[bytes, ...]
    judgement: "Judgement"
    """How well it lies over the town's outlines in each system."""

    @property
    def spread(self) -> float:
        """Metres between the places where the systems would put it, at most from the first."""
        from commandcenter.formats.guesses import distance

        first, *rest = [each.centre for each in self.preview.candidates]
        return max((distance(first, each) for each in rest), default=0.0)


def open_source(session: Session, world: str, source: Path | str, what: str | None, reading: Reading,
                point: tuple[float, float] | None, report: Report) -> MapLook | Loaded:  # fmt: skip
    """A map is looked at first, a table is read."""
    if isinstance(source, Path) and source.is_file() and recognising.is_map(source):
        return look(session, world, source, reading, point, report)
    return load(session, source, what, reading, Choice(), report)


def look(session: Session, world: str, source: Path, reading: Reading, point: tuple[float, float] | None,
         report: Report) -> MapLook:  # fmt: skip
    """Which coordinate systems a map file may be in, and where it would lie in each."""
    from commandcenter.formats.placing import judge
    from commandcenter.formats.previews import preview

    town = _town(session, world)
    near = point or _middle(town)
    found = preview(
        source, crs=reading.crs, encoding=reading.encoding, layer=reading.layer, near=near,
        progress=_now_and_then(report), cancelled=report.is_cancelled,
    )  # fmt: skip
    outlines = tuple(each.wkb for each in town)
    return MapLook(found, outlines, judge(found.candidates, outlines))


def _town(session: Session, world: str) -> list[Any]:
    """The outlines of the town's grids; none while the database is away."""
    try:
        with session.read(world) as reader:
            editions = {each.id: each.shape for each in reader.find("grid") if each.shape is not None}
            return [each for each in reader.find("shape") if editions.get(each.grid) == each.edition]
    except EnvironmentTrouble:
        return []


def _middle(town: Sequence[Any]) -> tuple[float, float] | None:
    if not town:
        return None
    west, south = min(each.west for each in town), min(each.south for each in town)
    east, north = max(each.east for each in town), max(each.north for each in town)
    return (west + east) / 2, (south + north) / 2


def load(session: Session, source: Path | str, what: str | None, reading: Reading, choice: Choice,
         report: Report) -> Loaded:  # fmt: skip
    """Read a file; without choices of the moment those remembered for its like are taken."""
    read = recognising.open_file(source, what, reading, progress=_now_and_then(report), cancelled=report.is_cancelled)
    report(0, 0)
    pages = tuple(page_of_table(each) for each in read.tables)
    if read.map is not None:
        pages = (page_of_map(read.map),)
    filled = _filled(pages[0])
    if choice != Choice():
        return check(Loaded(read, read, pages, Findings(), filled), choice, report)
    read = _remembered(session, read)
    return Loaded(read, read, pages, find(read, read.problems), filled)


def _filled(page: SheetPage) -> dict[int, int]:
    columns = [index for index, name in enumerate(page.columns) if is_sensitive(name)]
    return {
        at: sum(1 for _, cells, left in page.lines if not left and at < len(cells) and written(cells[at]))
        for at in columns
    }


def _remembered(session: Session, read: ReadFile) -> ReadFile:
    """The columns that this officer chose for such a file before; without the database those recognised now."""
    try:
        return filing.remembered(session, read)
    except (EnvironmentTrouble, BadInput):
        return read


def check(loaded: Loaded, choice: Choice, report: Report) -> Loaded:
    """The same file with other columns, corrected cells, or without some rows."""
    report(0, 0)
    read = recognising.as_far_as_known(
        _without(loaded.whole, choice.left_out), overrides=choice.overrides, keep=choice.keep, fixes=choice.fixes,
        progress=_now_and_then(report), cancelled=report.is_cancelled,
    )  # fmt: skip
    notes = [Problem(row, None, None, LEFT_OUT, "note", sheet=sheet) for sheet, row in sorted(
        choice.left_out, key=lambda place: (place[0] or "", place[1]))]  # fmt: skip
    read = replace(read, problems=(*read.problems, *notes))
    report(0, 0)
    return replace(loaded, read=read, findings=find(read, read.problems))


def _without(read: ReadFile, rows: frozenset[tuple[str | None, int]]) -> ReadFile:
    """The file as if these rows were not in it, so that nothing is compared with them."""
    if not rows:
        return read
    tables = tuple(
        replace(each, rows=tuple(row for row in each.rows if (each.sheet, row.number) not in rows))
        for each in read.tables
    )
    map_file = read.map
    if map_file is not None:
        left = tuple(each for each in map_file.features if (None, each.row) not in rows)
        map_file = replace(map_file, features=left)
    return replace(read, tables=tables, map=map_file)


def compare(session: Session, loaded: Loaded, sides: Mapping[str, Side], report: Report) -> tuple[Survey, Findings]:
    """How the file stands against the database."""
    report(0, 0)
    found = filing.survey(session, loaded.read, choices=sides, progress=_now_and_then(report),
                          cancelled=report.is_cancelled)  # fmt: skip
    return found, find(loaded.read, found.problems, found.differences, found.verdicts)


def write(session: Session, read: ReadFile, sides: Mapping[str, Side], survey: Survey | None,
          stopped: Callable[[], bool], report: Report) -> Survey:  # fmt: skip
    """Write the file whole or not at all; what was chosen for its columns is remembered for the next of its like.

    Refused ``file.cancelled`` when ``stopped`` answered True in time; once everything is written it is written.
    """

    tell = _now_and_then(report)

    def told(done: int, total: int) -> None:
        if stopped():
            raise Refused("file.cancelled")
        tell(done, total)

    # A runner of its own: the one of the session belongs to the write lane, where reports go on being taken.
    hand = CommandRunner(session.database, session.clock, actor=session.officer.id, desk=session.desk)
    own = replace(session, runner=hand)
    told(0, 0)
    result = filing.write(own, read, choices=sides, survey=survey, progress=told, cancelled=stopped)
    if result.written:
        _remember(own, read)
    return result


def _now_and_then(report: Report) -> Callable[[int, int], None]:
    """Reports at most every :data:`_TELL_EVERY` seconds, and asks every time whether to go on."""
    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told
        if report.is_cancelled():
            raise Cancelled
        if monotonic() - told >= _TELL_EVERY:
            told = monotonic()
            report(done, total)

    return tell


def _remember(session: Session, read: ReadFile) -> None:
    """The rows are written; that the columns could not be kept in mind is no reason to say otherwise."""
    try:
        filing.remember(session, read)
    except (EnvironmentTrouble, Refused):
        return


_NAMED_BY = {"grid": ("grid_code", "grid_name", "grid"), "village": ("village", "village_code"), "household": ("head",)}
"""By field of an entity the columns in which files name such a thing."""


def difference_column(read: ReadFile, difference: Difference) -> int | None:
    """The column (from 0) in which the file says what the database holds otherwise."""
    columns = {spec.field: index for spec, index in read.mapping_of(difference.sheet).fields}
    names = _NAMED_BY.get(difference.field, (difference.field,))
    return next((columns[name] for name in names if name in columns), None)


def find(read: ReadFile, problems: Sequence[Problem], differences: Iterable[Difference] = (),
         verdicts: Mapping[tuple[str | None, int], Verdict] | None = None) -> Findings:  # fmt: skip
    """Problems, differences and verdicts by sheet and cell."""
    found: dict[str | None, dict[tuple[int, int], list[Problem]]] = {}
    for problem in problems:
        if problem.row is not None:
            cell = read.cell_of(problem)
            at = (problem.row, WHOLE_ROW if cell is None else cell[2])
            found.setdefault(problem.sheet, {}).setdefault(at, []).append(problem)
    changed: dict[str | None, set[tuple[int, int]]] = {}
    for each in differences:
        column = difference_column(read, each)
        if column is not None:
            changed.setdefault(each.sheet, set()).add((each.row, column))
    judged: dict[str | None, dict[int, Verdict]] = {}
    for (sheet, row), verdict in (verdicts or {}).items():
        judged.setdefault(sheet, {})[row] = verdict
    by_sheet = {
        sheet: SheetFindings(found.get(sheet, {}), frozenset(changed.get(sheet, ())), judged.get(sheet, {}))
        for sheet in {*found, *changed, *judged}
    }
    by_severity: dict[Severity, list[Problem]] = {severity: [] for severity in WORST}
    for problem in problems:
        by_severity[problem.severity].append(problem)
    refused = {(each.sheet, each.row) for each in by_severity["refused"]}
    return Findings(
        by_sheet,
        tuple(each for severity in WORST for each in by_severity[severity][:MOST]),
        {severity: len(each) for severity, each in by_severity.items()},
        len(refused),
        any(each.code == LACKING for each in by_severity["refused"]),
    )
