"""The wall: drills leave by their own doors alone (that every module asks is the matter of ``tests/house``).

A drill's rows are an incident whose world is a drill's id, with its call, its timeline and its file, and a held drill
with its grids, people, moments and improvements. All of them bear one word that nothing real bears.
"""

import argparse
import html
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pypdf
import pytest

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock, iso
from commandcenter.base.errors import BadInput, CommandCenterError, RuleError
from commandcenter.cli import arguments
from commandcenter.rules import drills as rules
from commandcenter.rules.calling import Limits
from commandcenter.rules.drills import DOORS, may_leave, paper_door
from commandcenter.rules.entity import DRILLS, ENTITIES, REAL
from commandcenter.services import books, exporting, exports, figures, papers
from commandcenter.services.attachments import Attach
from commandcenter.services.calls import CallOut
from commandcenter.services.drill_people import AddDrillPerson
from commandcenter.services.exports import DRILL_TABLES, TABLES, door_of
from commandcenter.services.improvements import Mend
from commandcenter.services.incidents import NoteIncident, OpenIncident
from commandcenter.services.live import LiveSet
from commandcenter.services.papers import PrintPaper
from commandcenter.services.records import Came, RecordLate
from tests.cli.program import Program, run_here
from tests.conftest import BEGINNING

WORD = "长颈鹿"
"""Stands in every text of the drill, and in nothing else."""
VILLAGE, GRID = "999101100201", "999101100201Y01"
HELD_AT = datetime(2025, 6, 12, 7, 5, tzinfo=UTC)


@pytest.fixture
def url(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> str:
    """A town where one thing is real and everything of a drill bears the word."""
    texts.use("zh_CN")
    url = town_url("sqlite")
    desk = open_desk(url, "supervisor", ManualClock(BEGINNING))
    drill = desk.runner.execute(RecordLate(
        scenario="landslide", village=VILLAGE, held_at=HELD_AT,
        fields={"title": f"{WORD}演练", "place": f"{WORD}沟", "commander": WORD, "process": WORD, "problems": WORD,
                "took_part": 86},
        moments={name: iso(HELD_AT + timedelta(minutes=after))
                 for name, after in (("warned", 1), ("called", 2), ("ended", 50))},
        people=(WORD,), improvements=(Mend(WORD, WORD),), grids=(Came("999101100201001"),),
    )).value["drill"]  # fmt: skip
    desk.runner.execute(AddDrillPerson(drill=drill, name=f"{WORD}二", part="evaluator"))
    desk.runner.execute(Attach(subject_kind="drill", subject=drill, name=f"{WORD}.txt", content=WORD.encode()))
    inside: dict[str, Any] = {"world": drill}
    incident = desk.runner.execute(
        OpenIncident(category="emergency", urgency="critical", text=f"{WORD}滑坡", place=WORD, caller_name=WORD,
                     grid=GRID), **inside
    ).value["incident"]  # fmt: skip
    desk.runner.execute(NoteIncident(incident=incident, text=WORD), **inside)
    desk.runner.execute(CallOut(incident=incident, direction="down"), **inside)
    desk.runner.execute(Attach(subject_kind="incident", subject=incident, name=f"{WORD}.txt", content=b"x"), **inside)
    desk.runner.execute(OpenIncident(category="facility", urgency="routine", text="路灯不亮", grid=GRID))
    return url


@pytest.fixture
def desk(url: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(url, "supervisor", ManualClock(BEGINNING))


def drill_of(desk: Any) -> str:
    with desk.read(DRILLS) as reader:
        return str(reader.find("drill")[0].id)


def everything(path: Path) -> str:
    """All that stands in a file, whatever it is, hidden parts too."""
    content = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
            return html.unescape("\n".join(parts))
    return content.decode("utf-8", "replace")


# --- the doors ----------------------------------------------------------------------------------------------------


def test_a_door_is_for_real_things_or_for_drills_never_for_both() -> None:
    for door, for_drills in DOORS.items():
        assert may_leave(door, "some-drill") == for_drills and may_leave(door, REAL) != for_drills
    with pytest.raises(KeyError):
        may_leave("nosuch", REAL)  # type: ignore[arg-type]
    assert set(DOORS) == set(get_args(rules.Door))
    assert (paper_door(REAL), paper_door("d")) == ("report", "drill_paper")


# --- what comes out -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_no_table_but_the_drill_tables_tells_of_a_drill(desk: Any, tmp_path: Path, ending: str) -> None:
    for what in TABLES:
        path = tmp_path / f"{what}.{ending}"
        exporting.export(desk, what, path)
        told = everything(path)
        assert (WORD in told) == (what in DRILL_TABLES), what
        assert may_leave(door_of(what), "some-drill") == (what in DRILL_TABLES), what
        if what == "incident_ledger":
            assert "路灯不亮" in told
        if what in DRILL_TABLES:
            assert "路灯不亮" not in told and "演练" in told, what


def test_every_table_and_role_of_the_command_line_keeps_the_wall(url: str, tmp_path: Path) -> None:
    for what in ("incident_ledger", "courses", "trainings", "workers"):
        path = tmp_path / f"{what}.csv"
        code, _, errors = run_here("export", what, path, "--database", url, "--as", "viewer")
        assert code == 0, errors
        assert WORD not in everything(path), what


def test_so_does_the_program_itself(url: str, tmp_path: Path) -> None:
    words = ("export", "incident_ledger", tmp_path / "ledger.csv", "--database", url, "--as", "viewer", "--json")
    with Program(*words) as program:
        program.rest()
        assert program.process.returncode == 0, program.errors
    assert WORD not in everything(tmp_path / "ledger.csv")


def test_figures_count_real_things_alone(desk: Any) -> None:
    from commandcenter.ui.incidents.rows import figures as moment

    drill = drill_of(desk)
    with desk.read(REAL) as reader:
        grid = reader.find("grid", code=GRID)[0].id
        counted = figures.incidents_per_grid(reader, BEGINNING - timedelta(days=1))
        live = LiveSet.load(reader)
    with desk.read(drill) as reader:
        inside = figures.incidents_per_grid(reader, BEGINNING - timedelta(days=1))
        drilled = LiveSet.load(reader)
    assert counted.get(grid) == 1 and inside.get(grid, 0) <= 1
    assert sum(moment(live, None, BEGINNING, Limits()).open.values()) >= 1
    within = moment(drilled, None, BEGINNING, Limits())
    assert within.critical == 0 and within.calls_waiting == 0


def test_a_drills_incident_is_printed_as_one_and_never_as_real(desk: Any) -> None:
    drill = drill_of(desk)
    with desk.read(drill) as reader:
        incident = next(each for each in reader.find("incident") if each.world == drill)
    with pytest.raises(BadInput):
        desk.runner.execute(PrintPaper(sheet="incident_record", subject=incident.id))
    with desk.read(REAL) as reader, pytest.raises(BadInput):
        papers.incident_record(reader, incident.id, now=BEGINNING, officer=desk.officer)
    desk.runner.execute(PrintPaper(sheet="incident_record", subject=incident.id), world=drill)
    with desk.read(drill) as reader:
        made = papers.incident_record(reader, incident.id, now=BEGINNING, officer=desk.officer)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.content)).pages]
    assert all("演练" in page for page in pages)


@pytest.mark.parametrize("kind", ["handbook", "contact_book"])
def test_a_printed_book_tells_of_no_drill(desk: Any, kind: Any) -> None:
    from commandcenter.services import book_printing

    with desk.read(REAL) as reader:
        code = GRID if kind == "handbook" else VILLAGE
        subject = reader.find("grid" if kind == "handbook" else "village", code=code)[0].id
    job = book_printing.job(desk, [book_printing.copy_of(kind, subject)], "none")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(book_printing.single(desk, job).content)).pages]
    assert pages and not any(WORD in page for page in pages)
    with desk.read(drill_of(desk)) as reader, pytest.raises(RuleError):
        books.told(reader, [book_printing.copy_of(kind, subject)], now=BEGINNING, officer=desk.officer)


def test_a_copied_briefing_of_a_drill_begins_with_the_word(desk: Any) -> None:
    from commandcenter.ui.incidents.briefing import briefing

    drill = drill_of(desk)
    with desk.read(drill) as reader:
        incident = next(each for each in reader.find("incident") if each.world == drill)
        live = LiveSet.load(reader)
    assert "演练" in briefing(incident, [], [], [], live, BEGINNING).splitlines()[0]


def test_a_closed_door_closes_every_paper(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the drill's doors shut, nothing of a drill would leave at all: each really asks."""
    from commandcenter.services import drill_papers

    monkeypatch.setitem(DOORS, "drill_paper", False)
    monkeypatch.setitem(DOORS, "drill_export", False)
    drill = drill_of(desk)
    for sheet in ("drill_sheets", "drill_papers"):
        with pytest.raises(RuleError):
            desk.runner.execute(PrintPaper(sheet=sheet, subject=drill))  # type: ignore[arg-type]
    with desk.read(DRILLS) as reader:
        for make in (lambda: drill_papers.make(reader, drill, BEGINNING),
                     lambda: drill_papers.sheets(reader, drill, now=BEGINNING, officer=desk.officer)):  # fmt: skip
            with pytest.raises(RuleError):
                make()
    assert exporting.prepare(desk, "drill_records").sheet.rows == []


def test_the_real_world_reads_nothing_of_a_drill(desk: Any) -> None:
    """Lists, search, history and the log of a reader of real events."""
    drill = drill_of(desk)
    with desk.read(REAL) as reader:
        for kind in ENTITIES.values():
            if kind.has_world:
                assert not [each for each in reader.find(kind.name) if each.world not in (REAL,)], kind.name
        assert WORD not in json.dumps(reader.records("change_log", {}), ensure_ascii=False, default=str)
        assert reader.search_texts(WORD) == []
        assert not reader.history(entity="drill", id=drill)


PRINTED: dict[str, tuple[str, str]] = {
    "incident": ("incident_record", "report"), "drill": ("drill_papers", "drill_paper"),
    "drill_sheets": ("drill_sheets", "drill_paper"), "drill_notice": ("drill_notice", "drill_paper"),
    "sign_in_sheet": ("sign_in_sheet", ""), "certificates": ("certificates", ""),
    "training_register": ("training_register", ""), "kit_issue": ("receipt_sheet", ""), "pick_list": ("pick_list", ""),
    "stock_list": ("stock_list", ""), "labels": ("labels", ""), "handbook": ("handbook", ""),
    "contact_book": ("contact_book", ""), "overview": ("overview", ""),
}  # fmt: skip
"""What the command line prints: as which sheet, and through which door; no door where nothing in it has a world."""


def test_every_printing_word_of_the_command_line_is_known() -> None:
    """A new thing to print has to be thought about here: what it is about may have a world."""
    (choices,) = [
        action.choices for parser in _parsers(arguments._parser()) if parser.prog.endswith(" print")
        for action in parser._actions if action.dest == "what"
    ]  # fmt: skip
    assert set(choices) == set(PRINTED)
    assert {sheet for sheet, _ in PRINTED.values()} == set(get_args(papers.Sheet))
    for what, (sheet, door) in PRINTED.items():
        about = (papers.ABOUT[sheet], *papers.OR_ABOUT.get(sheet, ()))
        of_a_world = any(ENTITIES[kind].has_world or ENTITIES[kind].of_drills for kind in about)
        assert of_a_world == bool(door), what
        assert not door or door in DOORS, what


def _parsers(parser: Any) -> Iterator[Any]:
    yield parser
    for action in parser._actions:
        for each in (action.choices or {}).values() if isinstance(action, argparse._SubParsersAction) else ():
            yield from _parsers(each)


def test_every_exporting_word_is_a_table_or_has_a_door_of_its_own() -> None:
    assert set(TABLES) >= DRILL_TABLES and set(exports.OTHERS).isdisjoint(TABLES)
    for what in TABLES:
        assert may_leave(door_of(what), REAL) != (what in DRILL_TABLES), what


def test_a_workbook_of_drills_says_so_on_its_own_sheet(desk: Any, tmp_path: Path) -> None:
    exporting.export(desk, "drill_records", tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert "演练" in book.worksheets[0].title
    about = [[cell.value for cell in row] for row in book.worksheets[-1].iter_rows()]
    assert any("不计入" in str(cell) for row in about for cell in row)


def test_the_error_has_a_sentence() -> None:
    error = RuleError("drill.stays_in", door="export")
    assert isinstance(error, CommandCenterError)
    for language in texts.LANGUAGES:
        assert "export" in texts.Texts(language).error(error)
