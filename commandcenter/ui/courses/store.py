"""What the training room shows, read in one go and kept up to date: courses, sessions, lists, who has what."""

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base.texts import choose, current
from commandcenter.rules import pinyin
from commandcenter.rules.courses import Course, CourseSession
from commandcenter.rules.finding import Entry, Hit, Index
from commandcenter.rules.people import Worker
from commandcenter.rules.scenarios import words
from commandcenter.services import training
from commandcenter.services.catalogues import term, terms
from commandcenter.services.live import LiveChange
from commandcenter.services.training import Training
from commandcenter.ui.core.rereading import Question, Rereading
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import ViewState

MOST_HITS = 40


class TrainingStore(QObject):
    """Signals: ``changed()`` after everything was read anew, or could not be read (:attr:`trouble`)."""

    changed = Signal()

    def __init__(self, tools: Tools, parent: QObject) -> None:
        super().__init__(parent)
        self._tools, self._desk = tools, tools.desk
        self.state: Training | None = None
        self._index = Index()
        self._known: tuple[Any, ...] = ()
        self.reading = Rereading(tools.desk, self._question, self)
        self.reading.answered.connect(self._take)
        self.reading.troubled.connect(self.changed)
        tools.desk.live_changed.connect(self._live_changed)
        self.reading.read()

    @property
    def trouble(self) -> ViewState | None:
        """Why it could not be read."""
        return self.reading.trouble

    def _question(self) -> Question:
        now, known = self._desk.now(), self._known

        def ask(reader: Any) -> tuple[Training, tuple[Any, ...], Index | None]:
            state = training.load(reader, now)
            assert state.matrix is not None  # made here, off the GUI thread
            people = (state.workers, tuple(state.grids.values()), tuple(state.villages.values()))
            return state, people, None if people == known else index_of(state)

        return ask

    @Slot(object)
    def _take(self, answer: tuple[Training, tuple[Any, ...], Index | None]) -> None:
        self.state, self._known, index = answer
        self._index = index or self._index
        self.changed.emit()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if change.everything or change.courses or change.people or change.places:
            self.reading.read_again()

    # --- names --------------------------------------------------------------------------------------------------

    def search(self, query: str, limit: int = MOST_HITS) -> list[Hit]:
        """Workers by name, pinyin, initials, grid code or number."""
        return self._index.search(query, limit)

    def worker(self, id: str) -> Worker | None:
        """A worker, in office or not."""
        return self.state.people.get(id) if self.state else None

    def where(self, worker: Worker | None) -> str:
        """The grid of a worker, else the village."""
        if worker is None or self.state is None:
            return ""
        grid, village = self.state.grids.get(worker.grid or ""), self.state.villages.get(worker.village or "")
        return grid.name if grid else choose(village.name, village.name_en) if village else ""

    def village_name(self, id: str | None) -> str:
        """A village by id; empty for none."""
        village = self.state.villages.get(id or "") if self.state else None
        return choose(village.name, village.name_en) if village else ""

    def course_of(self, session: CourseSession) -> Course:
        """The course of a session."""
        assert self.state is not None
        return self.state.courses[session.course]

    def local(self, session: CourseSession, form: str = "%m-%d %H:%M") -> str:
        """When a session is, in the town's time; empty while it has no date."""
        zone = self.state.zone if self.state else None
        return session.starts_at.astimezone(zone).strftime(form) if session.starts_at else ""


def title_of(course: Course | None) -> str:
    """A course in the language of the moment."""
    return words(course.title, current().language) if course else ""


def category_name(key: str) -> str:
    """A category of courses."""
    return term("course_categories", key)


def category_lines() -> list[tuple[str, str]]:
    """The categories with their names, as the lists at the left show them."""
    return [(key, category_name(key)) for key in terms("course_categories")]


def index_of(state: Training) -> Index:
    """What the sign-in box knows of the workers in office. Pinyin is the dear part: never on the GUI thread."""
    return Index(_entry(each, state) for each in state.workers)


def _entry(worker: Worker, state: Training) -> Entry:
    grid, village = state.grids.get(worker.grid or ""), state.villages.get(worker.village or "")
    spelt = pinyin.keys(worker.name, person=True)
    place = grid.name if grid else village.name if village else ""
    keys = (spelt.pinyin, spelt.initials, grid.code if grid else "", village.name if village else "")
    return Entry("worker", worker.id, worker.name, place, tuple(key for key in keys if key))
