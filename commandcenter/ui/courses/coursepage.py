"""Courses: the town's 18 in five categories, how long a pass counts, and what is lacking of each."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.courses import Course, CourseSession, gaps_in, needs
from commandcenter.services.courses import RetireCourse
from commandcenter.services.training import Training
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Link, figures, words
from commandcenter.ui.core.catalogue import Catalogue
from commandcenter.ui.core.listing import CardHands, Found, ListWords, Tab
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.courses.forms import AddCourseSheet, EditCourseSheet
from commandcenter.ui.courses.rows import COURSE_COLUMNS, CourseRow, valid_words
from commandcenter.ui.courses.store import TrainingStore, category_name, title_of
from commandcenter.ui.courses.traininglist import TrainingList

_TABS = (Tab("", "courses.tab.in_use"), Tab("retired", "courses.tab.retired"))
_LISTED = 6


class CoursesPage(Catalogue[CourseRow], TrainingList[CourseRow]):
    """Left the categories, in the middle the courses, right the one that is chosen.

    Signals: ``plan_asked(course, workers)`` when a session is to be planned.
    """

    words = ListWords(
        "courselist", "courses.search_course", Empty("courses.list_empty", "courses.list_empty.hint", "course"),
        "courses.categories.all", "courses.course_count", "courses.course_count_of", "courses.course_card.empty",
        "courses.course_card.gone",
    )  # fmt: skip
    scope = "courselist"
    entities = ("course",)
    plan_asked = Signal(str, object)

    def __init__(self, tools: Tools, store: TrainingStore, parent: QWidget | None = None) -> None:
        super().__init__(
            tools, store, COURSE_COLUMNS, order=lambda row: row.place, tabs=_TABS, add="course.add", parent=parent
        )  # fmt: skip

    # --- what the list is ---------------------------------------------------------------------------------------

    def is_on_tab(self, row: CourseRow, tab: str) -> bool:
        """In use, or not any more."""
        return row.course.active != (tab == "retired")

    def matching(self, query: str) -> Found:
        """By title in every language."""
        wanted = query.casefold()
        return frozenset(row.id for row in self._rows.values()
                         if any(wanted in str(title).casefold() for title in row.course.title.values()))  # fmt: skip

    def village_counts(self) -> tuple[Mapping[str, int], int]:
        """Courses in use of each category."""
        rows = [row for row in self._rows.values() if row.course.active]
        return Counter(row.course.category for row in rows), len(rows)

    def rows_of(self, state: Training) -> Iterable[CourseRow]:
        """Courses with what is lacking of each."""
        lacking = {each.course: each for each in needs(state.matrix)}
        sessions = Counter(each.course for each in state.sessions.values() if each.state != "cancelled")
        return [CourseRow(each, lacking.get(id), sessions[id], place)
                for place, (id, each) in enumerate(state.courses.items())]  # fmt: skip

    def header(self, row: CourseRow) -> QWidget:
        """The course, and what is lacking of it."""
        return CourseHeader(self._tools, self.store, row)

    # --- what can be done ---------------------------------------------------------------------------------------

    def subject(self, row: CourseRow) -> Course:
        """The course."""
        return row.course

    def new_sheet(self) -> AddCourseSheet:
        """A course of the town's own."""
        return AddCourseSheet(self.post, self.villages.chosen_line)

    def edit_sheet(self, row: CourseRow) -> EditCourseSheet:
        """A course."""
        return EditCourseSheet(row.course, self.post)

    def retiring(self, row: CourseRow, retired: bool) -> tuple[RetireCourse, str]:
        """Out of use, or in use again."""
        told = say("courses.done.retire" if retired else "courses.done.bring_back", course=title_of(row.course))
        return RetireCourse(course=row.id, retired=retired), told

    def plan(self) -> None:
        """A session of this course for everybody who lacks it."""
        if self._shown is not None and self.store.state is not None:
            self.plan_asked.emit(self._shown.id, gaps_in(self.store.state.matrix, self._shown.id))


class CourseHeader(QWidget):
    """A course: its facts, what is lacking, its last sessions, and what can be done."""

    def __init__(self, tools: Tools, store: TrainingStore, row: CourseRow) -> None:
        super().__init__()
        course, look = row.course, theme.current()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(1))
        lines.addWidget(words(title_of(course), "title"))
        lines.addWidget(words(category_name(course.category), "muted"))
        if row.need is not None:
            lacking = [(str(getattr(row.need, name)), f"courses.validity.{name}")
                       for name in ("missing", "expired", "expiring")]  # fmt: skip
            lines.addWidget(figures((*lacking, (str(row.need.booked), "courses.figure.booked"))))
        retire = "course.retire" if course.active else "course.bring_back"
        lines.addWidget(CardHands(tools, ("course.plan", "course.edit", retire) if course.active
                                  else ("course.edit", retire)))  # fmt: skip
        lines.addSpacing(look.space(2))
        facts = Facts()
        facts.add("courses.field.hours", say("courses.hours", hours=f"{course.hours:g}"))
        facts.add("courses.field.valid_months", valid_words(course.valid_months))
        facts.add("courses.field.method", say(f"courses.method.{course.method}"))
        if course.method != "none":
            facts.add("courses.field.pass_mark", str(course.pass_mark))
        whom = "courses.form.required" if course.required else "courses.form.voluntary"
        facts.add("courses.field.required", say(whom))
        facts.add("courses.field.origin", say(f"courses.origin.{course.origin}"))
        lines.addWidget(facts)
        lines.addSpacing(look.space(2))
        lines.addWidget(Label("courses.sessions.of", "heading"))
        self._add_sessions(lines, tools, store, row)

    def _add_sessions(self, lines: QVBoxLayout, tools: Tools, store: TrainingStore, row: CourseRow) -> None:
        state = store.state
        found = [each for each in state.sessions.values() if each.course == row.id] if state else []
        found.sort(key=_newest, reverse=True)
        if not found:
            lines.addWidget(Label("courses.sessions.none", "muted"))
        for each in found[:_LISTED]:
            when = store.local(each, "%Y-%m-%d %H:%M") or say("courses.undated")
            tally: Any = state.tally(each) if state else None
            told = say("courses.session.line", when=when, state=say(f"courses.state.{each.state}"),
                       present=tally.present, expected=tally.expected)  # fmt: skip
            link = Link(told, partial(tools.selection.navigate, "session", each.id))
            lines.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)


def _newest(session: CourseSession) -> tuple[float, str]:
    return (session.starts_at.timestamp() if session.starts_at else float("inf")), session.id
