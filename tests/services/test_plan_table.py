"""The plan table goes out, is edited in a spreadsheet program, and comes back: only what was edited changes."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from commandcenter.base.errors import NotAllowed
from commandcenter.rules.entity import DRILLS
from commandcenter.services import exporting, filing, plan_table
from commandcenter.services.drills import CancelDrill, EditDrill, LockDrill, MoveDrill, PlanDrill
from commandcenter.services.undo import Undo

HEADINGS = (
    "序号", "演练名称", "场景类型", "演练形式", "依托预案", "演练地点", "涉及微网格", "参演单位", "计划时间",
    "参演人数", "总指挥", "责任单位", "责任人", "联系电话", "完成情况",
)  # fmt: skip


@pytest.fixture
def desk(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> Any:
    return open_desk(town_url("sqlite"), "trainer")


@pytest.fixture
def made(desk: Any) -> dict[str, str]:
    """Three drills of this year, one of them no-notice."""
    year = desk.clock.now().year
    with desk.read("real") as reader:
        villages = [each.id for each in reader.find("village", order=("code",))]
    found = {}
    for name, village, month, form in (("a", 0, 5, "field"), ("b", 1, 6, "tabletop"), ("c", 1, 7, "no_notice")):
        command = PlanDrill(
            scenario="landslide", village=villages[village], title=f"=滑坡 {name}", form=form, phone="15400999014",  # type: ignore[arg-type]
            starts_at=datetime(year, month, 5, 1, 0, tzinfo=UTC), commander="王镇长", units="应急办、消防队",
        )  # fmt: skip
        found[name] = desk.runner.execute(command).value["drill"]
    return found


def out(desk: Any, path: Path) -> Path:
    exporting.export(desk, "drills", path)
    return path


def edit(path: Path, row: int, **cells: Any) -> None:
    book = load_workbook(path)
    page = book.worksheets[0]
    headings = [each.value for each in page[1]]
    for name, value in cells.items():
        page.cell(row, headings.index(name) + 1).value = value
    book.save(path)


def look(desk: Any, path: Path, **choices: Any) -> Any:
    return filing.survey(desk, filing.read("drills", path), choices=choices)


def drill(desk: Any, id: str) -> Any:
    with desk.read(DRILLS) as reader:
        return reader.get("drill", id)


def codes(result: Any, severity: str = "refused") -> list[str]:
    return [each.code for each in result.problems if each.severity == severity]


def test_the_usual_columns_and_hidden_marks(desk: Any, made: dict[str, str], tmp_path: Path) -> None:
    page = load_workbook(out(desk, tmp_path / "plan.xlsx")).worksheets[0]
    assert page.title == "演练计划表" or "Plan" in page.title
    assert tuple(each.value for each in page[1])[:15] == HEADINGS
    assert page.max_row == 3  # the no-notice drill has not begun and stays here
    assert page["B2"].value == "=滑坡 a" and page["B2"].data_type == "s"
    assert page.column_dimensions["P"].hidden and page.column_dimensions["Q"].hidden
    assert page["P2"].value == made["a"]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_was_not_edited_makes_no_difference(
    desk: Any, made: dict[str, str], tmp_path: Path, ending: str
) -> None:
    result = look(desk, out(desk, tmp_path / f"plan.{ending}"))
    assert (result.new, result.changed, result.same, result.refused) == (0, 0, 2, 0)
    assert result.steps == [] and result.missing == () and result.differences == ()


def test_only_edited_cells_change(desk: Any, made: dict[str, str], tmp_path: Path) -> None:
    path = out(desk, tmp_path / "plan.xlsx")
    before = drill(desk, made["b"])
    edit(path, 2, 总指挥="李书记", 计划时间="2025年5月9日 14:30".replace("2025", str(desk.clock.now().year)))
    # Meanwhile somebody else changes another field of the same drill, and the other drill.
    desk.runner.execute(EditDrill(drill=made["a"], changed={"owner": "周村长"}, was={"owner": ""}))
    desk.runner.execute(EditDrill(drill=made["b"], changed={"owner": "何主任"}, was={"owner": ""}))
    result = filing.write(desk, filing.read("drills", path))
    assert result.written and (result.changed, result.same) == (1, 1)
    after = drill(desk, made["a"])
    assert (after.commander, after.owner) == ("李书记", "周村长")
    with desk.read(DRILLS) as reader:
        local = plan_table._Teller(reader).local(after)
    assert local is not None and f"{local:%m-%d %H:%M}" == "05-09 14:30"
    assert drill(desk, made["b"]).commander == before.commander and drill(desk, made["b"]).owner == "何主任"
    desk.runner.execute(Undo(target=str(result.group), is_group=True))
    assert drill(desk, made["a"]).commander == "王镇长"


def test_a_field_that_both_changed_waits_for_a_choice(desk: Any, made: dict[str, str], tmp_path: Path) -> None:
    path = out(desk, tmp_path / "plan.xlsx")
    edit(path, 2, 总指挥="李书记")
    desk.runner.execute(EditDrill(drill=made["a"], changed={"commander": "周村长"}, was={"commander": "王镇长"}))
    result = look(desk, path)
    assert codes(result) == ["plan.row_conflict"] and result.problems[-1].facts["database"] == "周村长"
    assert look(desk, path, commander="database").changed == 0
    filing.write(desk, filing.read("drills", path), choices={"commander": "file"})
    assert drill(desk, made["a"]).commander == "李书记"


def test_new_rows_copied_rows_and_rows_that_are_gone(desk: Any, made: dict[str, str], tmp_path: Path) -> None:
    path = out(desk, tmp_path / "plan.xlsx")
    book = load_workbook(path)
    page = book.worksheets[0]
    copied = [each.value for each in page[2]]
    copied[1] = "抄下来的一行"
    page.delete_rows(3)
    page.append(copied)
    with desk.read("real") as reader:
        village = reader.find("village", order=("code",))[0]
        grids = reader.find("grid", village=village.id, kind="general", order=("code",))
    page.append([3, "新的演练", "山体滑坡预警转移", "桌面推演", "", village.name, grids[0].name, "", "2099-06-01", 12])
    book.save(path)
    read = filing.read("drills", path)
    result = look(desk, path)
    assert (result.new, result.same) == (2, 1), result.problems
    assert [each.drill for each in result.missing] == [made["b"]] and "plan.row_missing" in codes(result, "note")
    filing.write(desk, read)
    assert drill(desk, made["b"]).state == "planned"
    with desk.read(DRILLS) as reader:
        (new,) = reader.find("drill", title="新的演练")
        assert new.village == village.id and new.form == "tabletop" and new.people == 12
        assert [each.grid for each in reader.find("drill_grid", drill=new.id)] == [grids[0].id]
        assert len(reader.find("drill", title="抄下来的一行")) == 1
    # Asked, and answered: it is called off.
    plan_table.write(desk, look(desk, path), dry_run=False, cancel=[made["b"]])
    assert drill(desk, made["b"]).state == "cancelled" and drill(desk, made["b"]).reason


def test_cancelled_in_the_table_and_cancelled_meanwhile(desk: Any, made: dict[str, str], tmp_path: Path) -> None:
    path = out(desk, tmp_path / "plan.xlsx")
    edit(path, 2, 完成情况="已取消")
    edit(path, 3, 总指挥="李书记")
    desk.runner.execute(CancelDrill(drill=made["b"], reason="停"))
    result = look(desk, path)
    assert codes(result) == ["plan.row_over"]
    edit(path, 3, 总指挥="王镇长")
    filing.write(desk, filing.read("drills", path))
    assert drill(desk, made["a"]).state == "cancelled"
    assert drill(desk, made["b"]).reason == "停"


def test_what_cannot_be_taken_says_why(desk: Any, made: dict[str, str], tmp_path: Path) -> None:
    path = out(desk, tmp_path / "plan.xlsx")
    desk.runner.execute(LockDrill(drill=made["a"]))
    edit(path, 2, 计划时间="2099-01-01")
    edit(path, 3, 场景类型="房屋火灾")
    assert codes(look(desk, path)) == ["plan.row_locked", "plan.scenario_fixed"]
    edit(path, 2, 计划时间="改天")
    assert "moment.unknown" in codes(look(desk, path))


def test_the_write_is_whole_when_somebody_moves_a_drill_meanwhile(
    desk: Any, made: dict[str, str], tmp_path: Path
) -> None:
    path = out(desk, tmp_path / "plan.xlsx")
    edit(path, 2, 总指挥="李书记")
    result = look(desk, path)
    desk.runner.execute(EditDrill(drill=made["a"], changed={"commander": "周村长"}, was={"commander": "王镇长"}))
    from commandcenter.base.errors import Conflict

    with pytest.raises(Conflict):
        plan_table.write(desk, result, dry_run=False)
    assert drill(desk, made["a"]).commander == "周村长"


def test_the_duty_officer_gets_no_word_of_a_no_notice_drill(
    town_url: Callable[[str], str], open_desk: Callable[..., Any], desk: Any, made: dict[str, str], tmp_path: Path
) -> None:
    duty = open_desk(str(desk.database.url), "duty1")
    path = out(duty, tmp_path / "plan.csv")
    assert "滑坡 c" not in path.read_text(encoding="utf-8-sig") and "滑坡 b" in path.read_text(encoding="utf-8-sig")
    with duty.read(DRILLS) as reader:
        asked = plan_table.sheet(duty, reader, with_hidden=True)
    assert not any("滑坡 c" in str(row[1]) for row in asked.rows)
    with desk.read(DRILLS) as reader:
        asked = plan_table.sheet(desk, reader, with_hidden=True)
    assert any("滑坡 c" in str(row[1]) for row in asked.rows)
    with pytest.raises(NotAllowed):
        look(duty, path)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_file_that_libreoffice_has_written_is_still_known(desk: Any, made: dict[str, str], tmp_path: Path) -> None:
    path = out(desk, tmp_path / "plan.xlsx")
    edit(path, 2, 总指挥="李书记")
    for ending in ("ods", "xlsx"):
        target = tmp_path / ending
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", ending,
             "--outdir", str(target), str(path)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        result = look(desk, target / f"plan.{ending}")
        assert (result.new, result.changed, result.same, result.refused) == (0, 1, 1, 0), result.problems
        assert [each.field for each in result.differences] == ["commander"]


def test_moves_since_the_export_do_not_come_back(desk: Any, made: dict[str, str], tmp_path: Path) -> None:
    """The table is older than the database: what it does not say anew stays as it is now."""
    path = out(desk, tmp_path / "plan.xlsx")
    row = drill(desk, made["a"])
    later = datetime(desk.clock.now().year, 5, 20, 1, tzinfo=UTC)
    desk.runner.execute(MoveDrill(drill=row.id, starts_at=later, was=row.starts_at))
    assert look(desk, path).steps == []
