"""Courses in quick find."""

from collections.abc import Iterable

from commandcenter.rules import pinyin
from commandcenter.rules.courses import Course
from commandcenter.rules.finding import Entry, Index
from commandcenter.ui.courses.store import category_name, title_of


def found(courses: Iterable[Course], query: str, limit: int) -> list[Entry]:
    """The courses in use that a query finds, best first."""
    index = Index(_entry(each) for each in courses if each.active)
    return [hit.entry for hit in index.search(query, limit)]


def _entry(course: Course) -> Entry:
    title = title_of(course)
    spelt = pinyin.keys(title)
    return Entry("course", course.id, title, category_name(course.category),
                 (*map(str, course.title.values()), spelt.pinyin, spelt.initials))  # fmt: skip
