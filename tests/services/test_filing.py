"""From files to the database through the door that the window and the command line share."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, Conflict, Refused
from commandcenter.formats import column_words
from commandcenter.rules.denied import denied_words
from commandcenter.rules.people import PERSON_KINDS
from commandcenter.services import filing
from commandcenter.services.households import RELATIONS
from commandcenter.services.imports import ImportRows
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.leaving import LeaveWorker
from commandcenter.services.undo import Undo
from commandcenter.storage import personal, staging
from tests.formats.workbooks import SheetPlan, write_xls, write_xlsx

Desk = Any
HEADINGS = ["序号", "村(社区)", "网格编码", "姓名", "性别", "联系电话", "备注"]
VILLAGES = [(f"999{number:09}", f"第{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申'[number]}村") for number in range(19)]


@pytest.fixture
def nineteen(desk: Desk) -> Desk:
    """A town with 19 more villages of three grids each."""
    run = desk.runner.execute
    run(ImportRows(entity="village", rows=tuple({"code": code, "name": name} for code, name in VILLAGES)))
    grids = tuple(
        {"code": f"{code}{serial:03}", "name": f"{name}第{serial}微网格", "village": name, "households": 30}
        for code, name in VILLAGES for serial in (1, 2, 3)
    )  # fmt: skip
    run(ImportRows(entity="grid", rows=grids))
    return desk


def roster(edits: dict[tuple[int, int, int], Any] | None = None) -> list[SheetPlan]:
    """19 sheets, one a village: title, merged village cells, a total and a signature. ``edits``: sheet, row, column."""
    plans = []
    for at, (code, name) in enumerate(VILLAGES):
        rows: list[list[Any]] = [[f"{name}微网格员花名册(2025年6月)"], HEADINGS]
        for serial in (1, 2, 3):
            person = f"{'王李张'[serial - 1]}{name[1]}{'一二三'[serial - 1]}"
            village = name if serial == 1 else None
            rows.append([serial, village, f"{code}{serial:03}", person, "男", 19900000000 + at * 10 + serial, None])
        rows += [["合计", None, None, None, None, None, "3人"], ["审核人:", None, None, "填表人:"]]
        for (sheet, row, column), value in (edits or {}).items():
            if sheet == at:
                rows[row][column] = value
        plans.append(SheetPlan(name, rows, merged=[(0, 0, 0, 6), (2, 1, 4, 1)]))
    return plans


def workers(desk: Desk) -> dict[str, Any]:
    """Workers of the 19 villages by id."""
    with desk.read("real") as reader:
        return {each.id: each for each in reader.find("worker") if "第" not in each.name and each.phone}


def last_seq(desk: Desk) -> int:
    with desk.read("real") as reader:
        return int(reader.last_seq())


def codes(result: Any, severity: str = "refused") -> list[str]:
    return [each.code for each in result.problems if each.severity == severity]


@pytest.mark.both_engines
def test_nineteen_sheets_edited_in_three_cells(nineteen: Desk, open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    first = filing.read("workers", write_xls(tmp_path / "花名册.xls", *roster()))
    assert [each.taken for each in first.sheets] == [True] * 19
    result = filing.write(nineteen, first)
    assert (result.new, result.changed, result.same, result.refused, result.written) == (57, 0, 0, 0, True)
    before = workers(nineteen)
    edits = {(0, 2, 5): 15400001111, (7, 3, 3): "李庚贰", (18, 4, 4): "女"}
    second = filing.read("workers", write_xls(tmp_path / "花名册.xls", *roster(edits)))
    seen = filing.survey(nineteen, second)
    assert (seen.new, seen.changed, seen.same, seen.refused) == (0, 3, 54, 0)
    listed = {(each.sheet, each.row, each.column): (each.database, each.file) for each in seen.differences}
    assert listed == {
        ("第甲村", 3, "联系电话"): ("19900000001", "15400001111"),
        ("第辛村", 4, "姓名"): ("李辛二", "李庚贰"),
        ("第申村", 5, "性别"): ("male", "female"),
    }
    assert all(each.since is not None and each.dated is not None for each in seen.differences)
    assert {each.dated.strftime("%Y-%m") for each in seen.differences if each.dated} == {"2025-06"}
    done = filing.write(nineteen, second, survey=seen)
    assert (done.changed, done.written) == (3, True) and done.group is not None
    other = open_desk(nineteen.database.url, "duty2")
    assert sum(after != before[id] for id, after in workers(other).items()) == 3
    nineteen.runner.execute(Undo(target=done.group, is_group=True))
    assert workers(nineteen) == workers(other) == before


def test_one_side_is_chosen_per_column(nineteen: Desk, tmp_path: Path) -> None:
    filing.write(nineteen, filing.read("workers", write_xls(tmp_path / "a.xls", *roster())))
    edits = {(0, 2, 5): 15400001111, (0, 3, 5): 15400002222, (0, 3, 4): "女"}
    again = filing.read("workers", write_xls(tmp_path / "a.xls", *roster(edits)))
    seen = filing.survey(nineteen, again, choices={"phone": "database"})
    assert (seen.changed, seen.same) == (1, 56)
    assert sorted(each.field for each in seen.differences) == ["gender", "phone", "phone"]
    filing.write(nineteen, again, choices={"phone": "database"}, survey=seen)
    kept = {each.phone for each in workers(nineteen).values()}
    assert "15400001111" not in kept and "19900000001" in kept
    with pytest.raises(BadInput, match=r"column\.field_unknown"):
        filing.survey(nineteen, again, choices={"nome": "file"})
    with pytest.raises(BadInput, match=r"import\.side"):
        filing.survey(nineteen, again, choices={"phone": "mine"})  # type: ignore[dict-item]


@pytest.mark.both_engines
def test_what_was_compared_must_still_hold(nineteen: Desk, open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    file = filing.read("workers", write_xls(tmp_path / "a.xls", *roster()))
    seen = filing.survey(nineteen, file)
    other = open_desk(nineteen.database.url, "duty2")
    other.runner.execute(OpenIncident(grid=f"{VILLAGES[0][0]}001", category="other", urgency="routine", text="路灯"))
    assert filing.write(nineteen, file, survey=seen).written
    seen = filing.survey(nineteen, file)
    other.runner.execute(ImportRows(entity="grid", rows=({"code": f"{VILLAGES[0][0]}001", "name": "改名"},)))
    before = last_seq(nineteen)
    with pytest.raises(Conflict, match=r"import\.moved") as caught:
        filing.write(nineteen, file, survey=seen)
    assert caught.value.facts["who"] == other.officer.name and last_seq(nineteen) == before


@pytest.mark.both_engines
def test_one_refused_row_writes_nothing(nineteen: Desk, tmp_path: Path) -> None:
    edits = {(3, 3, 2): "999999999999999"}
    before = last_seq(nineteen)
    result = filing.write(nineteen, filing.read("workers", write_xlsx(tmp_path / "a.xlsx", *roster(edits))))
    (problem,) = [each for each in result.problems if each.severity == "refused"]
    place = (problem.sheet, problem.row, problem.column, problem.code)
    assert place == ("第丁村", 4, "网格编码", "import.grid_unknown")
    assert not result.written and last_seq(nineteen) == before
    assert result.verdicts["第丁村", 4] == "refused" and result.verdicts["第丁村", 3] == "new"


def test_a_cell_is_put_right_in_place(nineteen: Desk, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", *roster({(1, 2, 5): "19900000011、19900000099", (2, 2, 3): "张三、李四"}))
    file = filing.read("workers", path)
    asked = {each.code: each for each in file.problems if each.severity == "refused"}
    assert asked["phone.several"].facts["parts"] == ["19900000011", "19900000099"]
    assert asked["name.several"].facts["parts"] == ["张三", "李四"]
    cells = [file.cell_of(each) for each in asked.values()]
    assert cells == [("第乙村", 3, 5), ("第丙村", 3, 3)]
    path.unlink()
    mended = filing.remap(file, fixes={cells[0]: "19900000099", cells[1]: "张三"})  # type: ignore[dict-item]
    assert codes(mended) == [] and len(mended.rows) == 57
    assert filing.write(nineteen, mended).new == 57


def test_columns_chosen_by_hand_are_remembered(nineteen: Desk, open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    rows = [["编号", "大名", "短号"], [f"{VILLAGES[0][0]}001", "王小二", "15400001234"]]
    path = write_xlsx(tmp_path / "a.xlsx", SheetPlan("人员", rows))
    with pytest.raises(BadInput, match=r"column\.required_missing"):
        filing.read("workers", path)
    file = filing.read("workers", path, overrides={"name": "大名", "grid_code": "编号", "phone": "短号"})
    filing.remember(nineteen, file)
    later = filing.read("workers", path, overrides={"name": "大名"})
    assert "phone" not in later.rows[0].fields
    assert filing.remembered(nineteen, later).rows == file.rows
    other = open_desk(nineteen.database.url, "duty2")
    assert filing.remembered(other, later) is later


def test_a_sensitive_column_is_kept_only_where_ticked(nineteen: Desk, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["网格编码", "姓名", "身份证号(18位)", "民族"]]
    rows += [[f"{VILLAGES[0][0]}001", "王小二", "999101198003050011", "汉族"]]
    rows += [[f"{VILLAGES[0][0]}002", "李小三", 9.99101198003051e17, "汉族"]]
    path = write_xlsx(tmp_path / "a.xlsx", SheetPlan("人员", rows))
    file = filing.read("workers", path)
    assert [dict(row.fields).get("id_number") for row in file.rows] == [None, None]
    assert file.mapping.kind_of(2) == "id_number" and file.mapping.keepable == ("id_number",)
    kept = filing.remap(file, keep=["id_number"])
    assert [dict(row.fields).get("id_number") for row in kept.rows] == ["999101198003050011", None]
    assert [(each.row, each.code, each.value) for each in kept.problems if each.column == "身份证号(18位)"] == [
        (3, "number.left_out", None)
    ]
    (never,) = [each for each in file.problems if each.code == "column.never_kept"]
    assert never.severity == "note" and never.facts == {"columns": "民族"}
    assert [each.facts["count"] for each in file.problems if each.code == "column.sensitive"] == [2, 2]
    for language, words in (("en", "never are"), ("zh_CN", "一律不保存")):
        error = BadInput("column.keep_impossible", kind="ethnicity", kinds="id_number")
        assert words in texts.Texts(language).error(error)
    for impossible in ("ethnicity", "political_status", "wechat"):
        with pytest.raises(BadInput, match=r"column\.keep_impossible"):
            filing.remap(file, keep=[impossible])
    result = filing.write(nineteen, kept)
    assert result.new == 2 and "999101198003050011" not in str(result.as_json())


def differences(seen: Any) -> list[tuple[str, Any, Any]]:
    return [(each.field, each.database, each.file) for each in seen.differences]


def test_a_roster_and_the_map_disagree_on_a_grids_figures(nineteen: Desk, tmp_path: Path) -> None:
    filing.write(nineteen, filing.read("workers", write_xlsx(tmp_path / "a.xlsx", *roster())))
    code, name = VILLAGES[0]
    grids = [["网格编码", "网格名称", "村(社区)", "户数", "人口"], [f"{code}001", f"{name}第1微网格", name, 30, 90]]
    filing.write(nineteen, filing.read("grids", write_xlsx(tmp_path / "g.xlsx", SheetPlan("网格", grids))))
    rows = [["网格编码", "网格名称", "姓名", "所辖户数", "所辖人口", "村(社区)"]]
    rows += [[f"{code}001", "旧名", f"王{name[1]}一", "31", "90", VILLAGES[1][1]]]
    file = filing.read("workers", write_xlsx(tmp_path / "w.xlsx", SheetPlan("人员", rows)))
    seen = filing.survey(nineteen, file)
    (each,) = seen.differences
    assert (each.field, each.entity, each.database, each.file) == ("households", "grid", 30, 31)
    assert each.column == "所辖户数" and each.since is not None and each.name == f"{name}第1微网格"
    assert (seen.new, seen.changed, seen.same) == (0, 0, 1)
    told = {each.code for each in seen.problems if each.severity == "note"}
    assert {"import.grid_name_differs", "import.village_differs"} <= told
    kept = filing.write(nineteen, file, choices={"households": "database"})
    assert (kept.changed, kept.same) == (0, 1) and differences(kept) == [("households", 30, 31)]
    assert figures(nineteen, f"{code}001") == (30, 90)
    dry = filing.write(nineteen, file, choices={"households": "file"}, dry_run=True)
    assert dry.changed == 1 and figures(nineteen, f"{code}001") == (30, 90)
    done = filing.write(nineteen, file, choices={"households": "file"})
    assert done.changed == 1 and figures(nineteen, f"{code}001") == (31, 90)
    assert done.group is not None
    nineteen.runner.execute(Undo(target=done.group, is_group=True))
    assert figures(nineteen, f"{code}001") == (30, 90)
    with pytest.raises(BadInput, match=r"column\.field_unknown"):
        filing.survey(nineteen, file, choices={"keeper": "file"})


def figures(desk: Desk, code: str) -> tuple[int | None, int | None]:
    with desk.read("real") as reader:
        (grid,) = reader.find("grid", code=code)
    return grid.households, grid.people


def test_a_map_and_the_roster_disagree_on_a_keeper(nineteen: Desk, tmp_path: Path) -> None:
    filing.write(nineteen, filing.read("workers", write_xlsx(tmp_path / "a.xlsx", *roster())))
    code, name = VILLAGES[0]
    roster_says = f"王{name[1]}一"
    rows = [["网格编码", "网格名称", "村(社区)", "网格员"], [f"{code}001", f"{name}第1微网格", name, "别人"]]
    file = filing.read("grids", write_xlsx(tmp_path / "g.xlsx", SheetPlan("网格", rows)))

    def keepers() -> list[str]:
        with nineteen.read("real") as reader:
            (grid,) = reader.find("grid", code=f"{code}001")
            return [each.name for each in reader.find("worker", grid=grid.id) if each.active]

    seen = filing.survey(nineteen, file)
    (each,) = seen.differences
    assert (each.field, each.database, each.file, each.row, each.column) == ("keeper", roster_says, "别人", 2, "网格员")
    assert each.since is not None
    # A keeper is called at night: the roster stands unless the map was chosen in so many words.
    assert filing.default_side("grid", "keeper") == "database" and seen.changed == 0
    filing.write(nineteen, file)
    assert keepers() == [roster_says]
    assert filing.write(nineteen, file, choices={"keeper": "file"}, dry_run=True).changed == 1
    done = filing.write(nineteen, file, choices={"keeper": "file"})
    assert done.changed == 1 and keepers() == ["别人"]
    assert not filing.survey(nineteen, file).differences
    assert done.group is not None
    nineteen.runner.execute(Undo(target=done.group, is_group=True))
    assert keepers() == [roster_says]


def test_sections_and_sheet_names_give_the_village(nineteen: Desk, tmp_path: Path) -> None:
    headings = ["序号", "微网格", "姓名", "联系电话"]
    rows = [headings, ["一、第甲村(1人)"], [1, "第1微网格", "王一", "15400000001"]]
    rows += [["二、第乙村"], [2, "第2微网格", "王二", "15400000002"]]
    file = filing.read("workers", write_xlsx(tmp_path / "a.xlsx", SheetPlan("全镇", rows)))
    assert [row.fields["village"] for row in file.rows] == ["第甲村", "第乙村"]
    assert codes(file, "repaired") == ["village.from_section"] * 2
    assert filing.write(nineteen, file).new == 2
    plans = [SheetPlan(name, [headings, [1, "第3微网格", "李三", "15400000003"]]) for _, name in VILLAGES[:2]]
    file = filing.read("workers", write_xls(tmp_path / "b.et", *plans))
    assert codes(file, "repaired") == ["village.from_sheet"] * 2
    result = filing.write(nineteen, file)
    with nineteen.read("real") as reader:
        villages = {each.id: each.name for each in reader.find("village")}
        keepers = {villages[each.village] for each in reader.find("worker") if each.name == "李三"}
    assert result.new == 2 and keepers == {"第甲村", "第乙村"}


def test_pasted_cells(nineteen: Desk) -> None:
    text = "村(社区)\t微网格\t姓名\t电话\n第甲村\t第1微网格\t王一\t15400000001\n"
    text += "\t第2微网格\t王二\t同上\n\t第3微网格\t王三\t15400000003\n"
    file = filing.read("workers", text)
    assert [dict(row.fields)["village"] for row in file.rows] == ["第甲村"] * 3
    assert sorted(codes(file, "repaired")) == ["cell.carried", "cell.ditto"]
    assert file.source == "" and file.dated is None and filing.write(nineteen, file).new == 3


@pytest.mark.parametrize(
    ("what", "rows", "entity"),
    [
        ("villages", [["村社代码", "村(社区)"], ["999000000777", "新村"], ["999000000778", "新社区"]], "village"),
        (
            "contacts",
            [["类别", "单位名称", "电话"], ["派出所", "镇派出所", "0825-6880110"], [None, "南门警务室", "110"]],
            "contact",
        ),
        (
            "duty_holders",
            [["职务", "姓名", "村(社区)", "电话"], ["村支书", "王支书", "第甲村", "15400000009"]],
            "duty_holder",
        ),
        (
            "gazetteer",
            [["地名", "网格"], ["老街口", "第甲村第1微网格"], ["大堰塘", "999000000000002"]],
            "gazetteer_name",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_list(nineteen: Desk, tmp_path: Path, what: str, rows: list[list[Any]], entity: str) -> None:
    file = filing.read(what, write_xlsx(tmp_path / "a.xlsx", SheetPlan("表", rows)))
    with nineteen.read("real") as reader:
        before = reader.count(entity)
    result = filing.write(nineteen, file)
    assert (result.new, result.refused, result.written) == (len(rows) - 1, 0, True), result.as_json()
    assert filing.survey(nineteen, file).same == len(rows) - 1
    assert result.group is not None
    nineteen.runner.execute(Undo(target=result.group, is_group=True))
    with nineteen.read("real") as reader:
        assert reader.count(entity) == before


def test_households_and_their_members(nineteen: Desk, tmp_path: Path) -> None:
    headings = ["村(社区)", "微网格", "户主姓名", "户主电话", "姓名", "与户主关系", "性别"]
    headings += ["人员类别", "行动能力", "常年外出"]
    rows = [
        headings,
        ["第甲村", "第1微网格", "王大", "15400000001", "王大", "户主", "男", None, None, "否"],
        [None, None, None, None, "王老", "父亲", "男", "独居老人", "要人抬", "否"],
        [None, None, None, None, "王小", "儿子", "男", "低保户", None, "是"],
        [None, None, "李大", None, "李大", "户主", "女", "残疾人", "听不见广播", "否"],
        [None, None, None, None, "李二", "配偶", "男", "残疾人", None, "否"],
    ]
    file = filing.read("households", write_xlsx(tmp_path / "a.xlsx", SheetPlan("住户", rows)))
    assert [each.value for each in file.problems if each.code == "choice.left_out"] == ["低保户"]
    result = filing.write(nineteen, file)
    assert (result.new, result.refused) == (5, 0), result.as_json()
    with nineteen.read("real") as reader:
        homes = {each.head: each for each in reader.find("household")}
        people = {each.name: each for each in reader.find("resident")}
    assert set(homes) >= {"王大", "李大"} and homes["王大"].phone == "15400000001"
    assert people["王老"].household == homes["王大"].id and people["王老"].care == "elder_alone"
    assert people["王老"].needs == "要人抬" and people["王小"].away and people["李二"].relation == "spouse"
    rows[2][8] = "要轮椅"
    again = filing.read("households", write_xlsx(tmp_path / "a.xlsx", SheetPlan("住户", rows)))
    seen = filing.survey(nineteen, again)
    assert (seen.new, seen.changed, seen.same) == (0, 1, 4)
    assert [(each.field, each.database, each.file) for each in seen.differences] == [("needs", "要人抬", "要轮椅")]
    rows[2][3] = "15400000077"
    assert "import.household_differs" in codes(
        filing.survey(nineteen, filing.read("households", write_xlsx(tmp_path / "a.xlsx", SheetPlan("住户", rows))))
    )


def test_the_register_knows_every_relation_that_a_file_can_name() -> None:
    assert set(column_words.RELATIONS.values()) == set(RELATIONS)
    written = {key: word for word, key in reversed(column_words.RELATIONS.items())}
    assert {written[key] for key in ("child", "parent", "grandchild", "sibling")} == {
        "子女", "父母", "孙子女", "兄弟姐妹"
    }, "what is written out is true of a daughter too"


def test_households_alone(nineteen: Desk, tmp_path: Path) -> None:
    rows = [["村(社区)", "户主", "联系电话", "人数", "备注"], ["第甲村", "王大", "15400000001", "4人", "门前有坎"]]
    result = filing.write(nineteen, filing.read("households", write_xlsx(tmp_path / "a.xlsx", SheetPlan("住户", rows))))
    with nineteen.read("real") as reader:
        (home,) = [each for each in reader.find("household") if each.head == "王大"]
    assert result.new == 1 and (home.phone, home.people, home.note) == ("15400000001", 4, "门前有坎")


def test_a_planted_word_is_nowhere_in_the_file(
    town_url: Callable[[str], str], open_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    url = town_url("sqlite")
    desk = open_desk(url)
    word = next(each for each in sorted(denied_words()) if len(each) >= 4 and not each.isascii())
    with desk.read("real") as reader:
        code = reader.find("grid")[0].code
    rows = [["网格编码", "姓名", "备注", word], [code, "王小二", word, "是"], [code, "李小三", "同上", word], [word]]
    path = write_xlsx(tmp_path / f"{word}名单.xlsx", SheetPlan(word[:31], rows))
    file = filing.read("workers", path, overrides={"source": "备注"})
    result = filing.write(desk, file)
    assert result.new == 2 and result.written
    told = [each for each in result.problems if each.code in ("value.denied", "column.denied")]
    assert len(told) >= 3 and word not in str([(each.column, each.value, each.facts) for each in told])
    desk.close()
    for part in (Path(url), Path(f"{url}-wal")):
        assert not part.exists() or word.encode() not in part.read_bytes()


@pytest.mark.both_engines
def test_every_roster_of_the_trial_data(desk: Desk, shared_data: Path) -> None:
    maps = shared_data / "geo" / "sample_township" / "jinhua_SYNTHETIC.geojson"
    assert filing.write(desk, filing.read("grids", maps)).new == 334
    clean = filing.write(desk, filing.read("workers", shared_data / "rosters" / "roster_306_clean.xlsx"))
    assert (clean.new, clean.refused) == (306, 0)
    for name, same in (("roster_gb18030.csv", 306), ("roster_messy.xlsx", 120)):
        seen = filing.survey(desk, filing.read("workers", shared_data / "rosters" / name))
        assert (seen.new, seen.changed, seen.same, seen.refused) == (0, 0, same, 0)
    villages = filing.survey(desk, filing.read("villages", shared_data / "admin" / "jinhua_villages.csv"))
    assert (villages.new, villages.changed + villages.same, villages.refused) == (0, 19, 0)
    with pytest.raises(BadInput, match=r"file\.no_rows"):
        filing.read("workers", shared_data / "rosters" / "templates_headings_only.xlsx")
    for name in ("supplies.xlsx", "headings.csv"):
        with pytest.raises(BadInput, match=r"column\.required_missing"):
            filing.read("workers", shared_data / "rosters" / name)


# --- large ---------------------------------------------------------------------------------------------------------


def many(tmp_path: Path, code: str, count: int) -> Path:
    path = tmp_path / "many.csv"
    lines = [f"{code},人{number:06},15{number:09},住址{number}" for number in range(count)]
    path.write_text("\n".join(["网格编码,姓名,联系电话,家庭住址", *lines]), encoding="utf-8")
    return path


def test_an_intake_passes_a_large_import(
    town_url: Callable[[str], str], open_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    url = town_url("sqlite")
    desk, other = open_desk(url), open_desk(url, "duty2")
    with desk.read("real") as reader:
        code = reader.find("grid")[0].code
    file = filing.read("workers", many(tmp_path, code, 1_500))
    waits, done = [], threading.Event()

    def take_calls() -> None:
        while not done.is_set():
            begun = time.monotonic()
            other.runner.execute(OpenIncident(grid=code, category="other", urgency="routine", text="路灯不亮"))
            waits.append(time.monotonic() - begun)
            time.sleep(0.02)

    caller = threading.Thread(target=take_calls)
    caller.start()
    try:
        result = filing.write(desk, file)
    finally:
        done.set()
        caller.join()
    print(f"1,500 rows beside {len(waits)} intakes; the unluckiest took {max(waits):.2f} s")
    assert result.new == 1_500 and len(waits) > 2
    with desk.read("real") as reader:
        assert found(reader, "15000001499") and reader.search_texts("住址1499")
        head = reader.records("command", {"group_id": str(result.group)})
    assert len(head) == 1


def found(reader: Any, phone: str) -> list[tuple[str, str]]:
    return personal.by_phone(reader.connection, phone, PERSON_KINDS)


def test_an_import_cut_off_leaves_nothing(
    town_url: Callable[[str], str], open_desk: Callable[..., Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = town_url("sqlite")
    desk = open_desk(url)
    with desk.read("real") as reader:
        code = reader.find("grid")[0].code
    file = filing.read("workers", many(tmp_path, code, 1_500))
    asked = iter(range(1_000))
    with pytest.raises(Refused, match=r"file\.cancelled"):
        filing.write(desk, file, cancelled=lambda: next(asked) > 4)
    with desk.read("real") as reader:
        assert not found(reader, "15000000001") and reader.count("worker", name="人000001") == 0
    with desk.database.read() as connection:
        from sqlalchemy import text

        assert connection.execute(text("SELECT count(*) FROM personal_value"
                                       " WHERE command_id NOT IN (SELECT id FROM command)")).scalar() == 0  # fmt: skip

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(staging, "clear", lambda database: 0)
        patch.setattr("commandcenter.storage.unit.UnitOfWork.adopt", die)
        with pytest.raises(SystemExit):
            filing.write(desk, file)
    with desk.read("real") as reader:
        assert not found(reader, "15000000001") and not reader.search_texts("住址1499")
    assert filing.write(desk, file).new == 1_500
    with desk.read("real") as reader:
        assert len(found(reader, "15000000001")) == 1


@pytest.mark.soak
def test_a_huge_file_is_cancelled_at_once(tmp_path: Path) -> None:
    path = many(tmp_path, "999", 200_000)
    steps: list[tuple[int, int]] = []
    begun = time.monotonic()
    limit = begun + 1.0
    def is_late() -> bool:
        return time.monotonic() > limit

    with pytest.raises(Refused, match=r"file\.cancelled"):
        filing.read("workers", path, progress=lambda *step: steps.append(step), cancelled=is_late)
    print(f"cancelled {time.monotonic() - limit:.2f} s after it was asked for; {len(steps)} steps told")


def doubts(seen: Any) -> list[tuple[int | None, str | None, str | None, str]]:
    """Row, column, value and code of what stops nothing but is worth a second look."""
    found = ("import.phone_unsure", "import.second_keeper")
    return [(each.row, each.column, each.value, each.code) for each in seen.problems if each.code in found]


def test_what_the_form_doubts_is_told_of_a_file_and_refuses_nothing(nineteen: Desk, tmp_path: Path) -> None:
    filing.write(nineteen, filing.read("workers", write_xlsx(tmp_path / "a.xlsx", *roster())))
    code, _name = VILLAGES[0]
    head = ["网格编码", "姓名", "联系电话"]
    rows = [head, [f"{code}001", "新来的", "15400990001"], [f"{code}002", "又一人", "12345678901"],
            [f"{code}003", "再一人", "0825-6881234"], [f"{code}003", "末一人", "15400990009"]]  # fmt: skip
    file = filing.read("workers", write_xlsx(tmp_path / "more.xlsx", SheetPlan("人员", rows)))
    seen = filing.survey(nineteen, file)
    assert seen.new == 4 and not seen.refused
    assert doubts(seen) == [
        (3, "联系电话", "12345678901", "import.phone_unsure"), (2, "网格编码", "新来的", "import.second_keeper"),
        (3, "网格编码", "又一人", "import.second_keeper"), (4, "网格编码", "再一人", "import.second_keeper"),
        (5, "网格编码", "末一人", "import.second_keeper"),
    ]  # fmt: skip
    assert all(each.severity == "note" for each in seen.problems if each.code.startswith("import.second"))
    for language, word in (("zh_CN", "已有网格员"), ("en", "has a keeper already")):
        told = [each for each in seen.problems if each.code == "import.second_keeper"]
        assert word in texts.Texts(language).say("error.import.second_keeper", **told[0].facts)
    assert told[0].facts["others"] == "王甲一"
    assert "再一人" in told[3].facts["others"], "a keeper of a row before counts"
    answered = [each for each in seen.as_json()["problems"] if each["code"] == "import.second_keeper"]
    assert len(answered) == 4 and "王甲一" in answered[0]["message"] and answered[0]["severity"] == "note"
    again = filing.write(nineteen, file)
    assert again.written and again.new == 4
    assert doubts(filing.survey(nineteen, file)) == [], "what is so already was doubted when it came"


def test_who_hands_over_his_grid_in_the_same_file_is_no_second_keeper(nineteen: Desk, tmp_path: Path) -> None:
    code, _name = VILLAGES[0]
    head = ["网格编码", "姓名", "联系电话"]
    first = [head, [f"{code}001", "甲某", "15400990001"], [f"{code}002", "乙某", "15400990002"]]
    filing.write(nineteen, filing.read("workers", write_xlsx(tmp_path / "1.xlsx", SheetPlan("人员", first))))
    swapped = [head, [f"{code}002", "甲某", "15400990001"], [f"{code}001", "乙某", "15400990002"]]
    seen = filing.survey(nineteen, filing.read("workers", write_xlsx(tmp_path / "2.xlsx", SheetPlan("人员", swapped))))
    assert seen.changed == 2 and doubts(seen) == []


@pytest.mark.parametrize(("language", "joiner"), [("zh_CN", "、"), ("en", ", ")])
def test_other_keepers_are_listed_as_the_language_lists_and_who_left_is_none(
    nineteen: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, joiner: str
) -> None:
    code, _name = VILLAGES[0]
    head = ["网格编码", "姓名", "联系电话"]
    before = [[f"{code}001", name, f"1540099000{at}"] for at, name in enumerate(("甲某", "乙某", "丙某"))]
    first = filing.read("workers", write_xlsx(tmp_path / "1.xlsx", SheetPlan("人员", [head, *before])))
    filing.write(nineteen, first)
    with nineteen.read("real") as reader:
        (gone,) = reader.find("worker", name="丙某")
    nineteen.runner.execute(LeaveWorker(worker=gone.id, reason="moved"))
    more = [head, *before, [f"{code}001", "丁某", "15400990009"]]
    file = filing.read("workers", write_xlsx(tmp_path / "2.xlsx", SheetPlan("人员", more)))
    monkeypatch.setattr(texts, "_current", texts.spoken(language))
    seen = filing.survey(nineteen, file, choices={"active": "database"})
    (told,) = [each for each in seen.problems if each.code == "import.second_keeper"]
    assert told.facts["others"] == f"甲某{joiner}乙某"


def test_a_contacts_odd_number_is_told_too(nineteen: Desk, tmp_path: Path) -> None:
    rows = [["类别", "名称", "联系电话"], ["派出所", "镇派出所", "0000123"], ["派出所", "县派出所", "110"]]
    file = filing.read("contacts", write_xlsx(tmp_path / "c.xlsx", SheetPlan("联系人", rows)))
    seen = filing.survey(nineteen, file)
    assert [each[2:] for each in doubts(seen)] == [("0000123", "import.phone_unsure")] and not seen.refused
