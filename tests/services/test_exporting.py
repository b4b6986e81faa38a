"""What goes out comes in again without a difference, masked by role, and that it went out is in the log."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from commandcenter.base.errors import BadInput, NotAllowed
from commandcenter.formats.forms import FORMS
from commandcenter.services import exporting, filing
from commandcenter.services.exports import NAMED_TRAINING, TABLES
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.readfiles import WHAT


def sheet(path: Path) -> list[list[Any]]:
    """The cells of the first sheet."""
    page = openpyxl.load_workbook(path).worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_every_importable_table_and_every_form_can_be_exported() -> None:
    assert (*WHAT, *FORMS, "training_matrix") == TABLES
    assert all(exporting.title(what) for what in TABLES)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("what", [what for what in WHAT if what not in ("households", "drills")])
def test_what_goes_out_comes_in_without_a_difference(desk: Any, tmp_path: Path, what: str, ending: str) -> None:
    path = tmp_path / f"表.{ending}"
    if what in NAMED_TRAINING:
        with pytest.raises(NotAllowed):
            exporting.export(desk, what, path)
        with desk.read("real") as reader:
            desk.become(reader.find("officer", account="supervisor")[0])
    made = exporting.export(desk, what, path)
    assert made.rows > 0
    found = filing.survey(desk, filing.read(what, path))
    counts = found.as_json()
    assert (counts["new"], counts["changed"], counts["refused"], counts["same"]) == (0, 0, 0, made.rows)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_usual_tables_have_their_headings_and_a_row_for_each(desk: Any, tmp_path: Path, form: str) -> None:
    desk.runner.execute(OpenIncident(category="other", urgency="routine", text="路灯不亮", caller_name="李大爷"))
    path = tmp_path / "台账.xlsx"
    made = exporting.export(desk, form, path)
    cells = sheet(path)
    assert cells[0] == [heading for heading, _ in FORMS[form].columns] and len(cells) == made.rows + 1
    if form == "incident_ledger":
        told = dict(zip(cells[0], cells[1], strict=True))
        shown = [told[heading] for heading in ("事件描述", "上报人", "紧急程度", "是否闭环")]
        assert shown == ["路灯不亮", "李大爷", "一般", "否"]


def test_a_viewer_exports_masks_and_the_log_says_who_exported(
    town_url: Callable[[str], str], open_desk: Callable[..., Any], tmp_path: Path
) -> None:
    url = town_url("sqlite")
    plain, masked = open_desk(url, "duty1"), open_desk(url, "viewer")
    for desk, name in ((plain, "plain"), (masked, "masked")):
        exporting.export(desk, "workers", tmp_path / f"{name}.xlsx")
    place = sheet(tmp_path / "plain.xlsx")[0].index("联系电话")
    numbers = [row[place] for row in sheet(tmp_path / "plain.xlsx")[1:] if row[place]]
    hidden = [row[place] for row in sheet(tmp_path / "masked.xlsx")[1:] if row[place]]
    assert numbers and not set(numbers) & set(hidden) and all("*" in each for each in hidden)
    with plain.read("real") as reader:
        noted = [line for line in reader.history(entity="township") if line.change.op == "export"]
    assert [line.actor for line in noted] == [masked.officer.id, plain.officer.id]


def test_the_sheet_about_it_says_who_when_and_that_it_is_test_data(desk: Any, tmp_path: Path) -> None:
    exporting.export(desk, "villages", tmp_path / "x.xlsx")
    page = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[1]
    told = {row[0].value: row[1].value for row in page.iter_rows()}
    words = " ".join(map(str, told.values()))
    assert desk.officer.name in told.values() and ("测试" in words or "Test data" in words)


def test_an_unknown_table_is_refused_with_those_that_are(desk: Any, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        exporting.export(desk, "everything", tmp_path / "x.xlsx")
    assert refused.value.code == "table.unknown" and not (tmp_path / "x.xlsx").exists()
