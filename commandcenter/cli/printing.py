"""``print``: a sheet as PDF, or a drill's papers as a folder of Word and Excel files."""

import argparse
import contextlib
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.base.texts import say
from commandcenter.cli.listing import find_row
from commandcenter.cli.opening import Progress, progress_bar, session, tell
from commandcenter.rules.editions import BOOK_KINDS
from commandcenter.rules.entity import DRILLS, ENTITIES, REAL
from commandcenter.services import papers
from commandcenter.services.papers import ABOUT, Printed, PrintPaper

SHEETS = {
    "incident": "incident_record", "sign_in_sheet": "sign_in_sheet", "certificates": "certificates",
    "training_register": "training_register",
}  # fmt: skip
"""What can be printed, and as which sheet."""


def run(options: argparse.Namespace) -> int:
    """Write a sheet, a drill's papers, its sheets or its notice; that it was printed is logged first."""
    with progress_bar(say("cli.progress.print")) as progress:
        return _print(options, progress)


def _print(options: argparse.Namespace, progress: Progress) -> int:
    wanted, other = ("--out", options.out) if options.what == "drill" else ("--to", options.to)
    if other is None:
        raise BadInput("cli.print_where", what=options.what, option=wanted)
    if options.what == "drill":
        return _drill(options, progress)
    if options.what in BOOK_KINDS:
        return _books(options, progress)
    if options.what == "overview":
        return _overviews(options, progress)
    progress(0, _STEPS)
    if options.to.exists():
        raise BadInput("export.exists", path=str(options.to))
    if options.what == "drill_notice":
        return _drill_notice(options, progress)
    if options.what in _KIT_SHEETS:
        return _of_kits(options, progress)
    return (_sheets if options.what == "drill_sheets" else _sheet)(options, progress)


_STEPS = 3
"""Found and logged, made, written."""


def _sheet(options: argparse.Namespace, progress: Progress) -> int:
    sheet: Any = SHEETS[options.what]
    with session(options) as opened:
        with opened.read(options.world) as reader:
            subject = _subject(reader, sheet, options.id)
        opened.runner.execute(PrintPaper(sheet=sheet, subject=subject), world=options.world)
        progress(1, _STEPS)
        with opened.read(options.world) as reader:
            made = _made(opened, reader, sheet, subject, options.id)
    return _written(options, made.content, progress)


_KIT_SHEETS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "kit_issue": ("receipt_sheet", ("kit_issue",)), "pick_list": ("pick_list", ("depot",)),
    "stock_list": ("stock_list", ("depot",)), "labels": ("labels", ("village", "kit_issue", "kit", "piece")),
}  # fmt: skip
"""The papers of kits and stores: as which sheet, and what its ID may be."""
_WHOLE = "all"


def _of_kits(options: argparse.Namespace, progress: Progress) -> int:
    """A receipt sheet; or the pick list, the stock list or labels, of the whole town with ``all``."""
    from commandcenter.services import kit_papers

    sheet, kinds = _KIT_SHEETS[options.what]
    with session(options) as opened:
        with opened.read(REAL) as reader:
            kind, id = _one_of(reader, kinds, options.id, whole=options.what != "kit_issue")
        opened.runner.execute(PrintPaper(sheet=sheet, subject=id))
        progress(1, _STEPS)
        with opened.read(REAL) as reader:
            told: dict[str, Any] = {"now": opened.clock.now(), "officer": opened.officer}
            if sheet == "receipt_sheet":
                made = kit_papers.receipt_sheet(reader, id, **told)
            elif sheet == "labels":
                name = {"kit_issue": "issue", "piece": "pieces"}.get(kind, kind)
                which: dict[str, Any] = {} if kind == "township" else {name: [id] if kind == "piece" else id}
                made = kit_papers.labels(reader, layout=options.layout, start=options.start, **which, **told)
            else:
                make = kit_papers.pick_list if sheet == "pick_list" else kit_papers.stock_list
                made = make(reader, depot=id if kind == "depot" else None, **told)
    return _written(options, made.content, progress)


def _books(options: argparse.Namespace, progress: Progress) -> int:
    """The handbook of a grid or of all grids of a village, the contact book of a village, all of them; or, with
    ``--changed``, the pages that their holders lack."""
    from commandcenter.services import book_printing

    with session(options) as opened:
        imposed = book_printing.layout_of(options.what, options.imposed)
        with opened.read(REAL) as reader:
            subjects = _subjects(reader, options.what, options.id)
        if options.copy or not book_printing.may_print(opened):
            if options.changed or options.handed:
                raise BadInput("print.copy_only")
            opened.runner.execute(book_printing.copy_note(options.what, subjects))
            job = book_printing.job(opened, [book_printing.copy_of(options.what, each) for each in subjects], imposed)
            value: dict[str, Any] = {}
        else:
            from commandcenter.services.editions import PrintBooks

            command = PrintBooks(kind=options.what, subjects=tuple(subjects), changed_only=options.changed,
                                 handed=options.handed)  # fmt: skip
            value = opened.runner.execute(command).value
            job = book_printing.after(opened, value, imposed, changed_only=options.changed)
        paths = book_printing.write(opened, job, options.to, progress)
    answer = {"files": [str(each) for each in paths], "books": len(job.ready), "editions": value.get("editions", []),
              "holders": value.get("holders", [])}  # fmt: skip
    tell(answer, as_json=options.json,
         sentence=say("cli.done.books", count=len(job.ready), files=", ".join(map(str, paths))))  # fmt: skip
    return 0


def _overviews(options: argparse.Namespace, progress: Progress) -> int:
    """The overview sheet of a village, or of each of them with ``all``."""
    from commandcenter.services import overviews

    kind = overviews.Kind(overviews.size_of(options.size), options.notice_board)
    with session(options) as opened:
        with opened.read(REAL) as reader:
            entity, id = _one_of(reader, ("village",), options.id, whole=True)
            villages = [id] if entity == "village" else overviews.villages(reader)
        if options.to.is_file():
            raise BadInput("export.exists", path=str(options.to))
        command = overviews.note(opened.officer.role, villages, kind, changed_only=options.changed,
                                 copy=options.copy)  # fmt: skip
        value = opened.runner.execute(command).value
        wanted = overviews.printed(value, villages)
        paths = overviews.write(opened, overviews.job(opened, wanted, kind), options.to, progress)
    answer = {"files": [str(each) for each in paths], "sheets": len(paths), "size": kind.size,
              "notice_board": kind.notice_board, "editions": value.get("editions", [])}  # fmt: skip
    tell(answer, as_json=options.json,
         sentence=say("cli.done.overviews", count=len(paths), files=", ".join(map(str, paths))))  # fmt: skip
    return 0


def _subjects(reader: Any, kind: Any, given: str) -> list[str]:
    """The grids (of a village too) or villages that an ID means."""
    from commandcenter.services.book_content import Books

    books = Books(reader)
    kinds = ("grid", "village") if kind == "handbook" else ("village",)
    entity, id = _one_of(reader, kinds, given, whole=True)
    if entity == "grid":
        return [id]
    return books.subjects(kind, id if entity == "village" else None)


def _one_of(reader: Any, kinds: tuple[str, ...], given: str, *, whole: bool) -> tuple[str, str]:
    """What an ID means, by kind: the first kind that has it; the town for ``all``."""
    if whole and given.casefold() == _WHOLE:
        return "township", str(next(iter(reader.find("township"))).id)
    for kind in kinds:
        named = reader.find(kind, name=given, limit=1) if kind in ("depot", "village", "grid") else []
        if named:
            return kind, str(named[0].id)
        with contextlib.suppress(BadInput):
            return kind, str(find_row(reader, ENTITIES[kind], given).id)
    raise BadInput("unknown", entity=kinds[-1], id=given)


def _written(options: argparse.Namespace, content: bytes, progress: Progress) -> int:
    progress(2, _STEPS)
    write_whole(options.to, content)
    progress(_STEPS, _STEPS)
    tell({"file": str(options.to), "bytes": len(content)}, as_json=options.json,
         sentence=say("cli.done.printed", file=options.to))  # fmt: skip
    return 0


def _sheets(options: argparse.Namespace, progress: Progress) -> int:
    """The sheets of a paper drill in one PDF."""
    from commandcenter.services import drill_papers

    with session(options) as opened:
        with opened.read(DRILLS) as reader:
            drill = find_row(reader, ENTITIES["drill"], options.id).id
        opened.runner.execute(PrintPaper(sheet="drill_sheets", subject=drill))
        progress(1, _STEPS)
        with opened.read(DRILLS) as reader:
            made = drill_papers.sheets(reader, drill, now=opened.clock.now(), officer=opened.officer)
    return _written(options, made.content, progress)


def _drill(options: argparse.Namespace, progress: Progress) -> int:
    """All papers of a drill in a folder of its own under ``--out``."""
    from commandcenter.services import drill_papers
    from commandcenter.services.seasons import zone_of

    with session(options) as opened:
        with opened.read(DRILLS) as reader:
            record = drill_papers.found(reader, find_row(reader, ENTITIES["drill"], options.id).id)
            made = drill_papers.make(
                reader, record.id, opened.clock.now(), templates=options.templates, papers=options.paper,
                progress=progress,
            )
            name = drill_papers.folder_name(record, zone_of(reader))
        opened.runner.execute(PrintPaper(sheet="drill_papers", subject=record.id))
    folder: Path = drill_papers.write_folder(options.out, name, made)
    tell({"folder": str(folder), "files": [each.name for each in made]}, as_json=options.json,
         sentence=say("cli.done.papers", folder=folder, count=len(made)))  # fmt: skip
    return 0


def _drill_notice(options: argparse.Namespace, progress: Progress) -> int:
    with session(options) as opened:
        with opened.read(DRILLS) as reader:
            drill = find_row(reader, ENTITIES["drill"], options.id).id
            made = papers.drill_notice(reader, drill, now=opened.clock.now(), officer=opened.officer)
        opened.runner.execute(PrintPaper(sheet="drill_notice", subject=drill))
        progress(1, _STEPS)
    return _written(options, made.content, progress)


def _subject(reader: Any, sheet: str, given: str) -> str:
    """The id of what the sheet is about; of the register, which is called by its year, the town's."""
    if ABOUT[sheet] == "township":
        if not given.isdecimal() or len(given) != 4:
            raise BadInput("cli.year", given=given)
        return str(next(iter(reader.find("township"))).id)
    return str(find_row(reader, ENTITIES[ABOUT[sheet]], given).id)


def _made(opened: Any, reader: Any, sheet: str, subject: str, given: str) -> Printed:
    now, officer = opened.clock.now(), opened.officer
    if sheet == "training_register":
        return papers.training_register(reader, now=now, officer=officer, year=int(given))
    make = {"incident_record": papers.incident_record, "sign_in_sheet": papers.sign_in_sheet,
            "certificates": papers.certificates}[sheet]  # fmt: skip
    return make(reader, subject, now=now, officer=officer)
