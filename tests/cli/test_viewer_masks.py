"""What a viewer gets through every door of the command line, on a township in which every personal value is planted."""

import csv
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from commandcenter.rules.entity import DRILLS, ENTITIES
from commandcenter.services import exports, households, logbook
from commandcenter.services.sessions import open_session
from commandcenter.storage import personal
from commandcenter.storage.database import Database
from tests import planted
from tests.cli.program import do_here, run_here


@pytest.fixture(scope="module")
def township(copies: Callable[[str], tuple[str, Callable[[], None]]]) -> Iterator[tuple[str, dict[str, str]]]:
    """The planted township, and whose each value is."""
    with planted.township(copies) as made:
        yield made


@pytest.fixture
def town(township: tuple[str, dict[str, str]], tmp_path: Path) -> str:
    """A copy of it."""
    return shutil.copyfile(township[0], tmp_path / "planted.sqlite").as_posix()


def asked(town: str, *words: str | Path, role: str = "viewer") -> str:
    """All that a verb says."""
    _, out, errors = run_here(*words, "--database", town, "--as", role)
    return out + errors


def rows_of(town: str, entity: str, role: str = "viewer") -> list[dict[str, Any]]:
    code, out, errors = run_here("list", entity, "--json", "--database", town, "--as", role)
    assert code == 0, (entity, errors)
    return list(json.loads(out))


def test_what_a_viewer_may_not_read_is_planted(township: tuple[str, dict[str, str]]) -> None:
    _, whose = township
    wanted = {"worker.phone", "worker.id_number", "officer.phone", "contact.phone", "duty_holder.phone", "depot.phone",
              "household.head", "household.phone", "household.address", "resident.name", "resident.needs",
              "incident.text", "attention_item.name", "attention_item.phone", "attention_item.needs",
              "attention_item.source", "stock_move.taken_by", "kit_issue.received_by"}  # fmt: skip
    assert len(whose) > 300 and not wanted & planted.bare(whose)


def test_lists_and_shown_rows(town: str) -> None:
    for entity in (*ENTITIES, *logbook.KINDS):
        rows = rows_of(town, entity)
        assert planted.told(str(rows)) == [], entity
        for row in rows[-1:]:
            shown = asked(town, "show", entity, str(row[logbook.KEYS.get(entity, "id")]), "--json")
            assert "{" in shown and planted.told(shown) == [], entity
    assert planted.told(asked(town, "watch", "--since", "0", "--until", "400", "--json")) == []


def test_the_same_lists_tell_a_duty_officer(town: str) -> None:
    """So that the silence above means something."""
    told = {entity: planted.told(str(rows_of(town, entity, "duty1"))) for entity in ENTITIES}
    assert {"worker", "household", "resident", "incident", "attention_item", "kit_issue", "depot"} <= {
        entity for entity, values in told.items() if values
    }


def content_of(path: Path) -> str:
    """Every part of a workbook, the lines of a table, the pages of a PDF."""
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    if path.suffix == ".csv":
        return path.read_text("utf-8-sig")
    with zipfile.ZipFile(path) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_every_table_that_is_exported(town: str, tmp_path: Path) -> None:
    written = []
    for number, table in enumerate(exports.TABLES):
        path = tmp_path / f"{table}.{'csv' if number % 2 else 'xlsx'}"
        said = asked(town, "export", table, path)
        assert planted.told(said) == []
        if path.exists():
            written.append(table)
            assert planted.told(content_of(path)) == [], table
    assert set(exports.TABLES) - set(written) == exports.NAMED_TRAINING
    plain = tmp_path / "plain.csv"
    asked(town, "export", "households", plain, role="duty1")
    assert planted.told(content_of(plain))


@pytest.mark.soak
def test_every_paper(town: str, tmp_path: Path) -> None:
    grid, village = rows_of(town, "worker")[0]["grid_code"], rows_of(town, "village")[0]["code"]
    issue = next(each for each in rows_of(town, "kit_issue") if each["received_by"])
    wanted = [("incident", rows_of(town, "incident")[0]["number"]), ("kit_issue", issue["number"]),
              ("pick_list", "all"), ("stock_list", "all"), ("labels", village), ("handbook", grid),
              ("contact_book", village), ("overview", village)]  # fmt: skip
    for what, id in wanted:
        path = tmp_path / f"{what}.pdf"
        assert planted.told(asked(town, "print", what, id, "--to", path)) == []
        assert path.is_file() and planted.told(content_of(path)) == [], what
    for what in ("sign_in_sheet", "certificates"):
        path = tmp_path / f"{what}.pdf"
        assert planted.told(asked(town, "print", what, rows_of(town, "session")[0]["id"], "--to", path)) == []
        assert not path.exists()


def test_nobody_finds_out_by_asking_whether(town: str, township: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    """Filters, searches, files to be compared and commands that warn of doubles are refused, or find nothing."""
    for name, kind in ENTITIES.items():
        for field in kind.fields:
            if field.personal is not None:
                where = ("--where", f"{field.name}=1")
                code, out, _ = run_here("list", name, *where, "--database", town, "--as", "viewer")
                assert code == 2 and not out, (name, field.name)
    viewer = open_session(Database(town), actor="viewer")
    try:
        with viewer.read("real") as reader:
            for value, of in township[1].items():
                assert reader.search_texts(value) == [], of
                assert not of.startswith("household") or households.find_heads(reader, value) == []
            found = reader.search_texts("靐齉") + viewer_drills(viewer)
            assert found == []
    finally:
        viewer.close()
    phone = next(value for value, of in township[1].items() if of == "worker.phone")
    for what, heading in (("workers", "联系电话"), ("households", "联系电话")):
        path = tmp_path / f"{what}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["姓名", heading], ["某人", phone]])
        for flags in ((), ("--dry-run",)):
            assert "note_export" not in asked(town, "import", what, path, *flags, "--json")
            assert run_here("import", what, path, *flags, "--database", town, "--as", "viewer")[0] == 2
    worker = rows_of(town, "worker")[0]
    tried = [
        {"command": "add_contact", "name": "某", "kind": "clinic", "phone": phone},
        {"command": "edit_worker", "worker": worker["id"], "changed": {"phone": phone}, "was": {"phone": "1"}},
        {"command": "reveal_personal", "entity": "worker", "subject": worker["id"], "field": "phone"},
        {"command": "erase_person", "entity": "worker", "subject": worker["id"], "reason": "x"},
        {"command": "undo", "target": rows_of(town, "command")[-1]["id"]},
    ]
    answers, _ = do_here(town, "viewer", tried)
    assert {each["error"]["code"] for each in answers} <= {"actor.role", "undo.role", "undo.not_undoable"}
    assert planted.told(str(answers)) == []


def viewer_drills(viewer: Any) -> list[Any]:
    with viewer.read(DRILLS) as reader:
        return list(reader.search_texts("靐齉"))


def test_a_mask_that_is_missing_is_seen(
    town: str, township: tuple[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is left unmasked is found: here the number of workers, and heads of households in a search."""
    real = personal.mask_for

    def without(field: Any, viewer: Any) -> Any:
        return None if field.name in ("phone", "head") else real(field, viewer)

    monkeypatch.setattr(personal, "mask_for", without)
    assert planted.told(str(rows_of(town, "worker")))
    heads = [value for value, of in township[1].items() if of == "household.head"]
    viewer = open_session(Database(town), actor="viewer")
    with viewer.read("real") as reader:
        assert any(reader.search_texts(each) for each in heads)
    viewer.close()
