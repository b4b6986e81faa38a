"""The import that is under way, without a widget: what was chosen, what was read, how it stands, what was written.

Files and the database are touched only on the io lane. Whatever is done anew overtakes what it was done on; what an
officer corrected or chose survives everything but a new file.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.errors import CommandCenterError, Refused
from commandcenter.base.texts import say
from commandcenter.rules.permissions import IMPORTERS, may_import
from commandcenter.services.filing import WHAT, Cell, Difference, ReadFile, Side, Survey, default_side
from commandcenter.services.recognising import Reading
from commandcenter.ui.core.runner import Report, Task
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.imports import jobs
from commandcenter.ui.imports.chosen import Chosen
from commandcenter.ui.imports.corrections import Corrections
from commandcenter.ui.imports.jobs import Findings, Loaded, MapLook
from commandcenter.ui.imports.memory import Memory
from commandcenter.ui.imports.taking_back import TakingBack

if TYPE_CHECKING:
    from commandcenter.formats.previews import Candidate

Doing = Literal["looking", "reading", "checking", "comparing", "writing", "undoing"]
_KEY = "import"
NOTHING_FOUND = Findings()


@dataclass(frozen=True, slots=True)
class Busy:
    """What is being done and how far it is; ``total`` 0: nobody can tell."""

    doing: Doing
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Likeness:
    """The kind that knows most of a table's columns, ``fits`` of ``total``; what it is taken for knows ``known``."""

    what: str
    fits: int
    known: int
    total: int


class ImportWork(QObject):
    """One import at a time.

    Signals: ``changed()`` after anything is different; ``progressed()`` when only :attr:`busy` is; ``loaded(is_new)``
    after a file was read, for the first time or once more in another way; ``written()`` and ``undone()``.
    """

    changed = Signal()
    progressed = Signal()
    loaded = Signal(bool)
    written = Signal()
    undone = Signal()

    def __init__(self, tools: Tools, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tools, self._desk = tools, tools.desk
        self.memory = Memory(tools.settings)
        self.source: Path | str | None = None
        self.busy: Busy | None = None
        self.error: CommandCenterError | None = None
        """Why the file could not be read, or written."""
        self.look: MapLook | None = None
        self.file: Loaded | None = None
        self.survey: Survey | None = None
        self.survey_error: CommandCenterError | None = None
        """Why the file could not be held against the database."""
        self.result: Survey | None = None
        self.written_at: datetime | None = None
        self.written_by = ""
        self._chosen = Chosen()
        self._is_new = True
        self._task: Task | None = None
        self._stop = threading.Event()
        self._known_point = self.memory.known_point()
        self._taking_back = TakingBack(tools.desk, self)
        self._taking_back.changed.connect(self._is_taken_back)
        tools.desk.connection_changed.connect(self._connection_changed)
        tools.desk.officer_changed.connect(self._officer_changed)

    # --- what is there -------------------------------------------------------------------------------------------

    @property
    def is_allowed(self) -> bool:
        """Whether the person at the desk may import: anything, or what has been recognised."""
        entity = WHAT.get(self.what or "", "")
        role = self._desk.officer.role
        return may_import(role, entity) if entity else role in IMPORTERS

    @property
    def name(self) -> str:
        """The file's name, or that it was pasted."""
        if isinstance(self.source, Path):
            return self.source.name
        return say("imports.pasted") if self.source is not None else ""

    @property
    def what(self) -> str | None:
        """What is imported: as chosen, else as recognised; None while it is not known."""
        return self._chosen.what or (self.file.read.what if self.file else None)

    @property
    def reading(self) -> Reading:
        """How the file is read."""
        return self._chosen.reading

    @property
    def known_point(self) -> tuple[float, float] | None:
        """Longitude and latitude of a place that the officer knows; None while nobody gave one."""
        return self._known_point

    @property
    def read(self) -> ReadFile | None:
        """The file as rows."""
        return self.file.read if self.file else None

    @property
    def findings(self) -> Findings:
        """Everything found, by the reader and by the comparison."""
        return self.file.findings if self.file else NOTHING_FOUND

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Where the database holds something else."""
        return self.survey.differences if self.survey else ()

    @property
    def sides(self) -> Mapping[str, Side]:
        """Per field whose values stand; the file's where nothing was chosen."""
        return self._chosen.sides

    def side(self, field: str) -> Side:
        """Whose value of a field stands where file and database differ: as chosen, else as is usual for such a file."""
        return self._chosen.sides.get(field) or (default_side(self.read.entity, field) if self.read else "file")

    @property
    def kept(self) -> int:
        """How many of the differences stay as the database has them."""
        return sum(1 for each in self.differences if self.side(each.field) == "database")

    @property
    def lacks_columns(self) -> bool:
        """Whether required columns are not known yet."""
        return self.findings.lacks_columns

    @property
    def refused(self) -> int:
        """How many rows (or the file as a whole) cannot be taken."""
        return self.findings.refused

    @property
    def can_write(self) -> bool:
        """Whether nothing stands against writing."""
        return (
            self.survey is not None and not self.refused and self.busy is None and self.result is None
            and bool(self.survey.new or self.survey.changed)
        )  # fmt: skip

    @property
    def corrections(self) -> Corrections:
        """What was corrected by hand."""
        return self._chosen.corrections

    # --- choosing ------------------------------------------------------------------------------------------------

    def start_over(self, what: str | None = None) -> None:
        """Forget this import and begin another."""
        self.cancel()
        self.source = self.look = self.file = self.survey = self.result = None
        self.error = self.survey_error = None
        self._chosen = Chosen(what=what)
        self.changed.emit()

    def take_file(self, path: Path, what: str | None = None) -> None:
        """Read this file; ``what`` None: as chosen for it beforehand, else as its headings say."""
        self._take(path, what)
        self._open()

    def take_text(self, text: str) -> None:
        """Read a table that was copied from a spreadsheet."""
        self._take(text, None)
        self._open()

    def _take(self, source: Path | str, what: str | None) -> None:
        # What a hand chose was said of the file that was there; it is no word on another one.
        is_meant = self.source in (None, source)
        wanted = what or (self._chosen.what if is_meant else None)
        self.start_over(wanted)
        self.source = source
        self._is_new = True

    @property
    def is_read_again(self) -> bool:
        """Whether the file at hand is being read once more, in another way."""
        return self.busy is not None and self.busy.doing in ("looking", "reading") and not self._is_new

    @property
    def likeness(self) -> Likeness | None:
        """What the table looks more like than what it is taken for, by its headings; None when it does not. What was
        pointed out by hand counts as known."""
        read = self.read
        if read is None or self.result is not None or not read.fits:
            return None
        best = max(read.fits, key=lambda what: read.fits[what])
        known = max(read.fits.get(read.what, 0), *(len(each.fields) for each in read.mappings))
        if best == read.what or read.fits[best] <= known:
            return None
        return Likeness(best, read.fits[best], known, max(len(each.columns) for each in read.tables))

    @property
    def better_system(self) -> tuple["Candidate", float, float] | None:
        """The coordinate system in which the map clearly covers the grids that are there better than in the one it is
        taken to be in, with both shares; None when there is none, or nothing tells them apart."""
        if self.look is None or self.result is not None:
            return None
        judged, taken = self.look.judgement, self._chosen.reading.crs or self.look.preview.crs
        if judged.best is None or taken in (None, judged.best):
            return None
        best = next(each for each in self.look.preview.candidates if each.crs == judged.best)
        return best, judged.shares[judged.best], judged.shares.get(taken or "", 0.0)

    def set_what(self, what: str | None) -> None:
        """It is something else than was thought; None: as the headings say."""
        if what == self._chosen.what:
            return
        self._is_new = False
        self._chosen = self._chosen.as_other(what)
        if self.source is not None:
            self._load()
        self.changed.emit()

    def set_reading(self, **changes: Any) -> None:
        """Another encoding, coordinate system, layer or choice of sheets: the file is read again."""
        wanted = replace(self._chosen.reading, **changes)
        if wanted != self._chosen.reading and self.source is not None:
            self._chosen.reading = wanted
            self._is_new = False
            if self.look is not None and ("layer" in changes or "encoding" in changes):
                self._look()
            else:
                self._load()

    def set_known_point(self, point: tuple[float, float] | None) -> None:
        """A place that the officer knows, to judge coordinate systems by."""
        self._known_point = point
        self.memory.keep_known_point(point)
        if self.look is not None:
            self._look()

    def set_meaning(self, column: str, wanted: str | None) -> None:
        """A column means this field (None: nothing); the field's former column means nothing then."""
        read = self.read
        if read is None:
            return
        self._chosen.mean(read, column, wanted)
        self._check()

    def set_keep(self, name: str, is_kept: bool) -> None:
        """Keep a sensitive column, or leave it out."""
        self._chosen.keep = self._chosen.keep | {name} if is_kept else self._chosen.keep - {name}
        self._check()

    def choose_side(self, name: str, side: Side) -> None:
        """Whose values of a field stand where file and database differ."""
        if self.side(name) != side:
            self._chosen.sides[name] = side
            self._compare()

    # --- correcting ----------------------------------------------------------------------------------------------

    def fix(self, cell: Cell, text: str | None) -> None:
        """The cell should say this; None: what the file says."""
        if self.result is None and self._chosen.corrections.fix(cell, text):
            self._check()

    def leave_out(self, sheet: str | None, row: int, is_out: bool) -> None:
        """The row is not to be imported, or is after all."""
        if self.result is None and self._chosen.corrections.leave_out((sheet, row), is_out):
            self._check()

    def undo_fix(self) -> Cell | None:
        """Take the last correction back; its cell."""
        cell = self._chosen.corrections.undo() if self.result is None else None
        if cell is not None:
            self._check()
        return cell

    def redo_fix(self) -> Cell | None:
        """Correct again what was taken back last; its cell."""
        cell = self._chosen.corrections.redo() if self.result is None else None
        if cell is not None:
            self._check()
        return cell

    # --- the work ------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """A map is looked at before it is read, a table is read."""
        assert self.source is not None
        work = partial(jobs.open_source, self._desk.session, self._desk.world, self.source, self._chosen.what,
                       self._chosen.reading, self._known_point)  # fmt: skip
        self._begin("reading", work, self._opened, self._failed)

    def _opened(self, found: MapLook | Loaded) -> None:
        if isinstance(found, Loaded):
            self._read_anew(found)
        else:
            self._looked(found)

    def _look(self) -> None:
        """A quick look at a map file: which coordinate systems it may be in, and where it would lie in each."""
        assert isinstance(self.source, Path)
        work = partial(jobs.look, self._desk.session, self._desk.world, self.source, self._chosen.reading,
                       self._known_point)  # fmt: skip
        self._begin("looking", work, self._looked, self._failed)

    def _looked(self, found: MapLook) -> None:
        self.look = found
        reading = self._chosen.reading
        if reading.crs is None and found.preview.crs is None:
            self.file = self.survey = None
            self._idle()
            return
        self._load()

    def _load(self) -> None:
        """Read the file, recognise it, remember what was chosen for its like."""
        assert self.source is not None
        self.file = self.survey = self.result = None
        self.error = self.survey_error = None
        work = partial(jobs.load, self._desk.session, self.source, self._chosen.what, self._chosen.reading,
                       self._chosen.as_choice())  # fmt: skip
        self._begin("reading", work, self._read_anew, self._failed)

    def _read_anew(self, found: Loaded) -> None:
        self.file = found
        self._chosen.overrides = dict(found.read.overrides)
        if isinstance(self.source, Path):
            self.memory.add_recent(self.source, found.read.what)
        is_new, self._is_new = self._is_new, False
        self.loaded.emit(is_new)
        self._compare()

    def _check(self) -> None:
        """The same file with other columns or corrected cells."""
        if self.file is None:
            return
        self.survey = None
        work = partial(jobs.check, self.file, self._chosen.as_choice())
        self._begin("checking", work, self._checked, self._failed)

    def _checked(self, found: Loaded) -> None:
        self.file = found
        self.error = None
        self._compare()

    def _compare(self) -> None:
        """Hold the file against the database."""
        read = self.read
        self.survey_error = None
        if read is None or self.lacks_columns or not self.is_allowed:
            self.survey = None
            self._idle()
            return
        assert self.file is not None
        work = partial(jobs.compare, self._desk.session, self.file, dict(self._chosen.sides))
        self._begin("comparing", work, self._compared, self._not_compared)

    def _compared(self, found: tuple[Survey, Findings]) -> None:
        self.survey, findings = found
        if self.file is not None:
            self.file = replace(self.file, findings=findings)
        self._idle()

    def _not_compared(self, error: BaseException) -> None:
        self.survey = None
        self.survey_error = self._sayable(error)
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self.error = self._sayable(error)
        self.changed.emit()

    def _sayable(self, error: BaseException) -> CommandCenterError:
        """Nothing goes on any more. An error with a sentence; a bug is raised where it is reported."""
        self._task = self.busy = None
        if not isinstance(error, CommandCenterError):
            self.changed.emit()
            raise error
        return error

    def compare_again(self) -> None:
        """Try again to hold the file against the database."""
        if self.file is not None and self.result is None:
            self._compare()

    def write(self) -> None:
        """Write the whole file, or nothing."""
        if not self.can_write or self.read is None:
            return
        self.error = None
        self._stop = threading.Event()
        work = partial(jobs.write, self._desk.session, self.read, dict(self._chosen.sides), self.survey,
                       self._stop.is_set)  # fmt: skip
        self._begin("writing", work, self._is_written, self._not_written)

    def _is_written(self, found: Survey) -> None:
        self._task = None
        self.busy = None
        if not found.written:  # somebody changed what it speaks of in the meantime: the rows say what
            self.survey = found
            self._compare()
            return
        if found.group is not None:
            self._taking_back.remember(found.group, say("imports.undo.words", file=self.name))
        self.show_result(found)

    def show_result(self, found: Survey) -> None:
        """The file is in the database."""
        self.result = found
        self.written_at, self.written_by = self._desk.now(), self._desk.officer.name
        self.changed.emit()
        self.written.emit()

    def _not_written(self, error: BaseException) -> None:
        """What was refused because others were faster is shown as it stands now."""
        failed = self._sayable(error)
        if isinstance(failed, Refused) and failed.code != "file.cancelled":
            self._compare()
        self.error = failed
        self.changed.emit()

    @property
    def is_undone(self) -> bool:
        """Whether the import was taken back, here or by Ctrl+Z on the desk."""
        return self.result is not None and self._taking_back.is_done

    def undo(self) -> None:
        """Take the whole import back."""
        if self.result is None or self.is_undone or self.busy is not None:
            return
        self.error = None
        self.busy = Busy("undoing")
        self.changed.emit()
        self._taking_back.begin(self._failed)

    @Slot()
    def _is_taken_back(self) -> None:
        if self.result is not None:
            self.busy = None
            self.changed.emit()
            self.undone.emit()

    def cancel(self) -> None:
        """Stop whatever is going on; nothing was written."""
        if self.busy is None or self._task is None or self.busy.doing == "undoing":
            return
        if self.busy.doing == "writing":  # the answer must come home: it may be too late
            self._stop.set()
        else:
            self._task.cancel()
            self._task = self.busy = None
            self.changed.emit()

    # --- inside --------------------------------------------------------------------------------------------------

    def _begin(self, doing: Doing, work: Callable[[Report], Any], done: Callable[[Any], None],
               failed: Callable[[BaseException], None]) -> None:  # fmt: skip
        if self._task is not None:
            self._task.cancel()
        self.busy = Busy(doing)
        self._task = self._desk.tasks.submit_long(
            "io", work, progress=self._progress, done=done, failed=failed, owner=self, key=_KEY
        )
        self.changed.emit()

    def _progress(self, done: int, total: int) -> None:
        if self.busy is not None:
            self.busy = replace(self.busy, done=done, total=total)
            self.progressed.emit()

    def _idle(self) -> None:
        self._task = None
        self.busy = None
        self.changed.emit()

    @Slot()
    def _connection_changed(self) -> None:
        """The database is back: what could not be compared is."""
        if not self._desk.is_stale and self.survey_error is not None and self.busy is None:
            self.compare_again()
        self.changed.emit()

    @Slot()
    def _officer_changed(self) -> None:
        self.changed.emit()
        if self.survey is None and self.busy is None:
            self.compare_again()

