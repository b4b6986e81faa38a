"""The sheets of training in words: what stands on them, read with the eyes of whoever prints them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.base.texts import say
from commandcenter.formats.paper import listing
from commandcenter.formats.paper.incident_record import Fact
from commandcenter.formats.paper.listing import Listing
from commandcenter.formats.paper.training import (
    Certificate,
    Certificates,
    SheetLine,
    SignInSheet,
    render,
)
from commandcenter.rules.courses import (
    Attendance,
    Course,
    CourseSession,
    certificate_number,
    guests_of,
    is_credit,
    tally,
    valid_until,
)
from commandcenter.rules.people import Officer
from commandcenter.rules.scenarios import words
from commandcenter.services import training
from commandcenter.services.catalogues import term
from commandcenter.services.paper_words import Imprint
from commandcenter.services.wording import readable, shown, where_words
from commandcenter.storage.reads import Reader

SPARE_LINES = 5
"""Lines for those who come and were not expected."""
CODE = "worker:"
"""What a worker's QR code begins with; the id follows."""
_SIGN_LABELS = (
    "title", "number", "where", "name", "code", "signature", "time", "sign_teacher", "sign_check", "sign_date",
)  # fmt: skip
_COLUMNS = (
    "number", "category", "course", "when", "place", "teacher", "hours", "expected", "present", "sheet", "method",
    "passed", "note",
)  # fmt: skip


def sign_in_sheet(reader: Reader, session: str, now: datetime, officer: Officer) -> tuple[str, bytes]:
    """The list of a session, to be signed or scanned: its file's name and the PDF."""
    teller = _Teller(reader, now, officer)
    return teller.sign_in_sheet(teller.session(session))


def certificates(reader: Reader, session: str, workers: Iterable[str] | None, now: datetime,
                 officer: Officer) -> tuple[str, bytes]:  # fmt: skip
    """The certificates of those who passed (of these ``workers``, or all): the file's name and the PDF.

    RuleError ``certificate.nobody`` when nobody did, ``certificate.not_held`` before the session was held.
    """
    teller = _Teller(reader, now, officer)
    return teller.certificates(teller.session(session), None if workers is None else set(workers))


def register(reader: Reader, year: int | None, now: datetime, officer: Officer) -> tuple[str, bytes]:
    """The sessions held in a local year (None: in this one) in the columns of the usual table."""
    return _Teller(reader, now, officer).register(year)


class _Teller:
    def __init__(self, reader: Reader, now: datetime, officer: Officer) -> None:
        self.reader, self.now = reader, now
        self.imprint = Imprint.read(reader, now, officer)
        self.state = training.load(reader, now)
        self.language = texts.current().language

    # --- what is on them ----------------------------------------------------------------------------------------

    def session(self, id: str) -> CourseSession:
        """BadInput ``unknown``."""
        found = self.state.sessions.get(id)
        if found is None:
            raise BadInput("unknown", entity="session", id=id)
        return readable(found)

    def sign_in_sheet(self, session: CourseSession) -> tuple[str, bytes]:
        course = self.state.courses[session.course]
        rows = self.state.attendance.get(session.id, ())
        lines = [self._line(number, row) for number, row in enumerate(rows, start=1)]
        spare = [SheetLine(str(len(lines) + 1 + at), "", "", "") for at in range(SPARE_LINES)]
        sheet = SignInSheet(
            language=self.language, town=self.imprint.office, number=self._day(session), course=self._title(course),
            labels=self._labels("sign", _SIGN_LABELS),
            facts=self._facts(session, course), hint=say("paper.sign.hint"), lines=(*lines, *spare),
            printed=self.imprint.printed, watermark=self.imprint.watermark,
        )  # fmt: skip
        codes = {row.id: f"{CODE}{row.worker}" for row in rows}
        name = say("paper.sign.file", course=self._title(course), day=self._day(session))
        return f"{name}.pdf", render("sign_in_sheet", sheet, codes, self.now)

    def _line(self, number: int, row: Attendance) -> SheetLine:
        worker = self.state.people[row.worker]
        note = say("paper.sign.absent", reason=shown(row.reason)) if row.present is False else ""
        if row.present and row.signed_at is not None:
            note = say("paper.sign.signed", time=f"{row.signed_at.astimezone(self.state.zone):%H:%M}")
        return SheetLine(str(number), self._where(worker), worker.name, row.id, note)

    def _facts(self, session: CourseSession, course: Course) -> tuple[Fact, ...]:
        rows = self.state.attendance.get(session.id, ())
        found = (
            ("when", self._when(session)), ("hours", say("courses.hours", hours=f"{session.hours:g}")),
            ("place", session.place), ("teacher", session.teacher), ("category", self._category(course)),
            ("expected", say("courses.people", count=len(rows))),
        )  # fmt: skip
        return tuple(Fact(say(f"paper.sign.fact.{name}"), value or "–") for name, value in found)

    def certificates(self, session: CourseSession, wanted: set[str] | None) -> tuple[str, bytes]:
        course = self.state.courses[session.course]
        if session.state != "held" or session.starts_at is None:
            raise RuleError("certificate.not_held", session=session.id)
        passed = [
            row for row in self.state.attendance.get(session.id, ())
            if row.present and is_credit(course, row) and (wanted is None or row.worker in wanted)
        ]  # fmt: skip
        if not passed:
            raise RuleError("certificate.nobody", session=session.id)
        day = session.starts_at.astimezone(self.state.zone).date()
        made = tuple(self._certificate(row, session, course, day) for row in passed)
        sheet = Certificates(
            language=self.language, town=self.imprint.office, issuer=self._issuer(), number=self._day(session),
            labels=self._labels("certificate", ("title", "number", "seal")), certificates=made,
            printed=self.imprint.printed, watermark=self.imprint.watermark,
        )  # fmt: skip
        codes = {each.code: each.number for each in made}
        who = self.state.people[passed[0].worker].name if len(passed) == 1 else say("courses.people", count=len(passed))
        name = say("paper.certificate.file", course=self._title(course), day=self._day(session), who=who)
        return f"{name}.pdf", render("training_certificate", sheet, codes, self.now)

    def _certificate(self, row: Attendance, session: CourseSession, course: Course, day: date) -> Certificate:
        worker = self.state.people[row.worker]
        prefix = self.imprint.town.number_prefix if self.imprint.town else ""
        number = certificate_number(prefix, day, row.id)
        until = valid_until(day, course.valid_months)
        facts = [("valid", self._written(until) if until else say("paper.certificate.for_ever")),
                 ("teacher", session.teacher or "–")]  # fmt: skip
        if row.mark is not None:
            facts.append(("mark", f"{row.mark:g}"))
        said = say(
            "paper.certificate.words", name=worker.name, where=self._where(worker), day=self._written(day),
            course=self._title(course), hours=f"{session.hours:g}",
        )  # fmt: skip
        told = tuple(Fact(say(f"paper.certificate.fact.{name}"), value) for name, value in facts)
        return Certificate(number, said, told, self._written(day), row.id)

    def register(self, year: int | None) -> tuple[str, bytes]:
        zone = self.state.zone
        wanted = year or self.state.today.year
        held = sorted(
            (each for each in self.state.sessions.values()
             if each.state == "held" and each.starts_at and each.starts_at.astimezone(zone).year == wanted),
            key=lambda each: (each.starts_at, each.id),
        )  # fmt: skip
        rows = tuple(self._row(number, readable(each)) for number, each in enumerate(held, start=1))
        tallies = [self.state.tally(each) for each in held]
        sums = say("paper.register.sum", sessions=len(held), present=sum(each.present for each in tallies),
                   passed=sum(each.passed for each in tallies))  # fmt: skip
        sheet = Listing(
            language=self.language, town=self.imprint.office, number=say("paper.register.year", year=wanted),
            labels=self._labels("register", ("title", "nothing")), rows=rows, sum=sums,
            headings=tuple(say(f"paper.register.column.{name}") for name in _COLUMNS), printed=self.imprint.printed,
            watermark=self.imprint.watermark,
        )  # fmt: skip
        return f"{say('paper.register.file', year=wanted)}.pdf", listing.render("training_register", sheet, self.now)

    def _row(self, number: int, session: CourseSession) -> tuple[str, ...]:
        course = self.state.courses[session.course]
        found = tally(course, self.state.attendance.get(session.id, ()))
        guests = guests_of(session.note)
        told = say("paper.register.guests", count=len(guests)) if guests else session.note.split("\n")[0]
        return (
            str(number), self._category(course), self._title(course), self._when(session), session.place,
            session.teacher, f"{session.hours:g}", str(found.expected), str(found.present),
            say("paper.register.there" if found.present else "paper.register.lacking"),
            say(f"courses.method.{course.method}"), str(found.passed), told,
        )  # fmt: skip

    # --- words --------------------------------------------------------------------------------------------------

    def _labels(self, sheet: str, names: tuple[str, ...]) -> dict[str, str]:
        labels = {name: say(f"paper.{sheet}.{name}") for name in names}
        return {**labels, "page": say("paper.page", page="{page}", pages="{pages}")}

    def _title(self, course: Course) -> str:
        return words(course.title, self.language)

    def _category(self, course: Course) -> str:
        return term("course_categories", course.category)

    def _where(self, worker: Any) -> str:
        village, grid = self.state.villages.get(worker.village or ""), self.state.grids.get(worker.grid or "")
        return where_words(village, grid) if village or grid else ""

    def _when(self, session: CourseSession) -> str:
        return f"{session.starts_at.astimezone(self.state.zone):%Y-%m-%d %H:%M}" if session.starts_at else ""

    def _day(self, session: CourseSession) -> str:
        return f"{session.starts_at.astimezone(self.state.zone):%Y-%m-%d}" if session.starts_at else ""

    def _written(self, day: date) -> str:
        return say("paper.day", year=day.year, month=f"{day:%m}", day=f"{day:%d}")

    def _issuer(self) -> str:
        return say("paper.certificate.issuer", town=self.imprint.place) if self.imprint.town else ""
