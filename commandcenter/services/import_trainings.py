"""A town's old training records, from one file: each row says that somebody took a course on a day. Rows of the same
course, day and place are one session.
"""

import re
from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput
from commandcenter.rules import courses as rules
from commandcenter.rules.attendance_matching import plain
from commandcenter.rules.courses import Attendance, CourseSession
from commandcenter.rules.phones import normalise
from commandcenter.services.import_plan import Judged, Part, Plan, Row
from commandcenter.services.runner import DEFAULT_ZONE

HOUR = 9
"""When a session began of which only the day is known."""
_ZONE = ZoneInfo(DEFAULT_ZONE)
_DRESS = re.compile(r"[\W_]+")
_SHORTEST_PART = 4


def read(plan: Plan, number: int, row: Row) -> list[Part]:
    """The session of a row, and that somebody was there."""
    worker, course = worker_of(plan, number, row), _course(plan, number, row)
    given = {name: row[name] for name in ("place", "teacher", "hours") if row.get(name) is not None}
    session = CourseSession(
        id=plan.new_id(), course=course.id, starts_at=_moment(plan, number, row), state="held",
        **{"hours": course.hours, **given},
    )  # fmt: skip
    said = _said(number, row, course)
    made = Attendance(id=plan.new_id(), session=session.id, worker=worker.id, **said)
    return [
        Part("session", number, session, frozenset((*given, "state"))),
        Part("attendance", number, made, frozenset((*said, "session"))),
    ]


def _moment(plan: Plan, number: int, row: Row) -> datetime:
    day = row.get("held_on")
    if not day:
        raise BadInput("import.value_missing", row=number, column="held_on")
    try:
        local = datetime.fromisoformat(str(day)).replace(hour=HOUR, tzinfo=plan.once("zone", lambda: _zone(plan)))
    except ValueError:
        raise BadInput("import.value_unfit", row=number, column="held_on", value=str(day)) from None
    return local.astimezone(UTC)


def _zone(plan: Plan) -> ZoneInfo:
    towns = plan.uow.find("township")
    return ZoneInfo(towns[0].zone) if towns else _ZONE


def _said(number: int, row: Row, course: Any) -> dict[str, Any]:
    """Presence and result in agreement: who has a mark was there, who was away has a reason."""
    result, mark, reason = row.get("result"), row.get("mark"), row.get("reason") or ""
    is_away = row.get("presence") == "absent" or result == "waived"
    if is_away and result != "waived" and (mark is not None or result == "passed"):
        raise BadInput("import.absent_with_result", row=number, column="presence", value=str(row.get("name") or ""))
    if is_away:
        passed = True if result == "waived" else None
        return {"present": False, "passed": passed, "reason": reason or _UNSAID_REASON, "mark": None}
    passed = {"passed": True, "failed": False}.get(str(result), rules.passes(course, mark))
    return {"present": True, "passed": passed, "reason": "", "mark": None if mark is None else float(mark)}


_UNSAID_REASON = "未注明"
"""Old lists say that somebody was away and rarely why; data like the rest of the file, in the language of files."""


def _course(plan: Plan, number: int, row: Row) -> Any:
    given = _bare(str(row.get("course") or ""))
    if not given:
        raise BadInput("import.value_missing", row=number, column="course")
    known = plan.once("titles", lambda: _titles(plan.uow.find("course")))
    exact = {each.id: each for title, each in known if title == given}
    near = exact or {
        each.id: each for title, each in known
        if min(len(title), len(given)) >= _SHORTEST_PART and (given in title or title in given)
    }  # fmt: skip
    near = near or {each.id: each for title, each in known if len(given) >= _SHORTEST_PART and _stands_in(given, title)}
    usable = {id: each for id, each in near.items() if each.active} or near
    if len(usable) != 1:
        raise BadInput("import.course_unknown", row=number, column="course", value=str(row["course"]))
    return next(iter(usable.values()))


def _stands_in(given: str, title: str) -> bool:
    """Whether a title has these characters in this order: how people shorten titles (防电信诈骗)."""
    rest = iter(title)
    return all(each in rest for each in given)


def _titles(courses: list[Any]) -> list[tuple[str, Any]]:
    return [(_bare(title), each) for each in courses for title in (*each.title.values(), each.key)]


def _by_name(workers: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in workers:
        found.setdefault(plain(each.name), []).append(each)
    return found


def _bare(text: str) -> str:
    """A title without signs and spaces, in which two writings of it agree."""
    return _DRESS.sub("", plain(text))


def worker_of(plan: Plan, number: int, row: Row) -> Any:
    """The worker whom name, grid, number and village mean: exactly one, or the row is refused."""
    name = row.get("name")
    if not name:
        raise BadInput("import.value_missing", row=number, column="name")
    named: dict[str, list[Any]] = plan.once("workers", lambda: _by_name(plan.uow.find("worker")))
    found = named.get(plain(str(name)), [])
    for narrowed in _narrowed(plan, number, row, found):
        found = narrowed or found
    found = [each for each in found if each.active] or found
    if not found:
        raise BadInput("import.worker_unknown", row=number, column="name", value=str(name))
    if len(found) > 1:
        raise BadInput("import.worker_several", row=number, column="name", value=str(name), count=len(found))
    return found[0]


def _narrowed(plan: Plan, number: int, row: Row, found: list[Any]) -> list[list[Any]]:
    """What each piece of evidence leaves over; places are asked about only where the name alone is not enough."""
    if len(found) < 2:
        return []
    phone = normalise(row["phone"]) if row.get("phone") else ""
    grid = plan.grid(number, row)
    village = grid.village if grid else plan.village(number, row, required=False)
    return [
        [each for each in found if phone and each.phone and normalise(each.phone) == phone],
        [each for each in found if grid is not None and each.grid == grid.id],
        [each for each in found if village is not None and each.village == village],
    ]


# --- sessions -------------------------------------------------------------------------------------------------------


def key(session: Any) -> Hashable:
    """By what a session is known: its course, day and place."""
    return (*_day_of(session), session.place)


def day_key(session: Any) -> Hashable | None:
    """Its course and day alone, where only one session of the course was held on it."""
    course, day = _day_of(session)
    return (course, day) if day else None


def _day_of(session: Any) -> tuple[str, str]:
    day = f"{session.starts_at.astimezone(_ZONE):%Y-%m-%d}" if session.starts_at else ""
    return session.course, day


def finish(plan: Plan, judged: list[Judged]) -> None:
    """Rows of one session become one: the first carries it, the others come to it. Whoever is named twice is refused
    by the comparison that follows."""
    sessions: dict[Hashable, Part] = {}
    for each in judged:
        if each.error is not None or not each.parts:
            continue
        part = each.parts[0]
        first = sessions.setdefault(key(part.made), part)
        if first is part:
            continue
        for name in ("teacher", "hours"):
            if name in part.named and name not in first.named:
                first.made = replace(first.made, **{name: getattr(part.made, name)})
                first.named |= {name}
        each.parts = [replace(other, made=replace(other.made, session=first.made.id)) for other in each.parts[1:]]
