"""From the command that printed books to the files: which books, for whom which pages, and the PDFs on disk.

Send :class:`commandcenter.services.editions.PrintBooks` first (or ``PrintPaper`` for a copy to look at). Takes a tenth
of a second a book: not on the GUI thread.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.formats.paper import fonts
from commandcenter.formats.paper.imposing import IMPOSED, Imposed
from commandcenter.rules.editions import BookKind, Edition, changes
from commandcenter.rules.entity import REAL
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import books
from commandcenter.services.book_parts import PAGES
from commandcenter.services.books import Order, Pages, Progress, Ready
from commandcenter.services.papers import Printed, PrintPaper, let_out
from commandcenter.services.sessions import Session
from commandcenter.storage import editions as kept
from commandcenter.storage.reads import Reader

USUAL: Mapping[BookKind, Imposed] = {"handbook": "a5", "contact_book": "a6"}
"""How a book is laid on sheets unless somebody says otherwise: the sizes in which the kit has them."""


def may_print(session: Session) -> bool:
    """Whether whoever sits here makes editions; others print copies to look at, with their masks."""
    return session.officer.role in KEEPERS_OF_LISTS


def layout_of(kind: BookKind, given: str | None) -> Imposed:
    """A layout by its name, the usual one by default. BadInput ``print.imposed``."""
    if not given:
        return USUAL[kind]
    for each in IMPOSED:
        if each == given:
            return each
    raise BadInput("print.imposed", field="imposed", given=given, known=", ".join(IMPOSED))


def copy_note(kind: BookKind, subjects: Sequence[str]) -> PrintPaper:
    """The command that writes down that somebody printed copies of books to look at."""
    return PrintPaper(sheet=kind, subjects=tuple(subjects))


def copy_of(kind: BookKind, subject: str) -> Order:
    """A copy to look at: no edition, and nobody's kit is changed by it."""
    return Order(kind, subject)


def orders(reader: Reader, value: Mapping[str, Any], *, changed_only: bool) -> list[Order]:
    """What is to be set after ``print_books`` was carried out (``value``: its answer): the books; with ``changed_only``
    for everybody whose book was stale the pages that he lacks."""
    kind: BookKind = value["kind"]
    ids = {each["edition"] for each in value["editions"]}
    editions: dict[str, Edition] = {each.id: each for each in reader.many("edition", ids)}
    by_subject = {each["subject"]: editions[each["edition"]] for each in value["editions"]}
    if not changed_only:
        return [Order(kind, subject, edition) for subject, edition in by_subject.items()]
    codes = sorted({each["was"] for each in value["holders"]})
    former = {each.code: each for each in reader.find("edition", code=codes)} if codes else {}
    known = {*editions, *(each.id for each in former.values())}
    lines = kept.lines(reader.connection, known)
    workers = {each.id: each.name for each in reader.many("worker", {each["worker"] for each in value["holders"]})}
    found = []
    for each in value["holders"]:
        now, then = by_subject[each["subject"]], former.get(each["was"])
        differ = changes(lines.get(then.id, {}) if then else {}, lines.get(now.id, {}), PAGES[kind])
        pages = Pages(workers.get(each["worker"], ""), then, differ)
        found.append(Order(kind, each["subject"], now, pages))
    return sorted(found, key=lambda order: (order.pages.name if order.pages else "",))


@dataclass(frozen=True, slots=True)
class Job:
    """Books in words, ready to be set, in the order in which they are printed."""

    ready: tuple[Ready, ...]
    imposed: Imposed

    @property
    def names(self) -> list[str]:
        """The files that come of it."""
        return books.file_names(self.ready)


def job(session: Session, wanted: Sequence[Order], imposed: Imposed) -> Job:
    """Everything in words, read at once. EnvironmentTrouble ``paper.no_font`` where no font can write it."""
    let_out("report", REAL)
    fonts.chosen()
    with session.read(REAL) as reader:
        told = books.told(reader, wanted, now=session.clock.now(), officer=session.officer)
    order = {id: at for at, id in enumerate(dict.fromkeys(each.village for each in told))}
    return Job(tuple(sorted(told, key=lambda each: order[each.village])), imposed)


def after(session: Session, value: Mapping[str, Any], imposed: Imposed, *, changed_only: bool) -> Job:
    """The job of a ``print_books`` that was carried out (``value``: its answer)."""
    with session.read(REAL) as reader:
        wanted = orders(reader, value, changed_only=changed_only)
    return job(session, wanted, imposed)


def made(session: Session, what: Job, progress: Progress | None = None) -> Iterator[Printed]:
    """The PDFs, one a village, as they are finished."""
    return books.files(what.ready, what.imposed, session.clock.now(), progress)


def single(session: Session, what: Job, progress: Progress | None = None) -> Printed:
    """The PDF of books that go into one file (the first, where there are several)."""
    return next(iter(made(session, what, progress)))


def write(session: Session, what: Job, target: Path, progress: Progress | None = None) -> list[Path]:
    """Write the PDFs: several into the folder ``target``, a single one as that file, or into it where it is a folder.
    BadInput ``export.exists`` before anything is set for a file that is there; those that were finished stay when
    ``progress`` raises to stop."""
    names = what.names
    is_folder = target.is_dir() or len(names) > 1
    if is_folder and target.exists() and not target.is_dir():
        raise BadInput("print.folder", path=str(target))
    paths = [target / name for name in names] if is_folder else [target]
    for path in paths:
        if path.exists():
            raise BadInput("export.exists", path=str(path))
    if is_folder:
        target.mkdir(parents=True, exist_ok=True)
    written = []
    for path, each in zip(paths, made(session, what, progress), strict=True):
        written.append(write_whole(path, each.content))
    return written
