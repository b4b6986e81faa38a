"""What real workbooks hold besides rows: sections, ditto marks, hidden parts, notes, formulas without a value."""

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commandcenter.base.errors import BadInput
from commandcenter.formats import cleaning, ole, workbook_marks
from commandcenter.formats.cleaning import BadValue
from commandcenter.formats.column_specs import SPECS
from commandcenter.formats.columns import map_columns, rows_of
from commandcenter.formats.tables import Table, read_book, read_table
from commandcenter.services import filing
from commandcenter.services.catalogues import care_kinds, roles
from tests.formats.workbooks import SheetPlan, write_xls, write_xlsx

Writer = Callable[..., Path]
HEADINGS = ["序号", "村(社区)", "姓名", "联系电话", "任职时间"]
BOTH = pytest.mark.parametrize("write", [write_xls, write_xlsx])


def codes(table: Table) -> list[tuple[int | None, str]]:
    return [(problem.row, problem.code) for problem in table.problems]


@BOTH
def test_hidden_rows_and_columns_are_read_and_told(tmp_path: Path, write: Writer) -> None:
    rows = [HEADINGS, [1, "甲村", "张三", "1", None], [2, "甲村", "李四", "2", None], [3, "甲村", "王五", "3", None]]
    plan = SheetPlan("表", rows, hidden_rows=frozenset({2}), hidden_columns=frozenset({3}))
    table = read_table(write(tmp_path / "a", plan))
    assert len(table.rows) == 3 and table.hidden_rows == {3} and table.hidden_columns == {3}
    assert codes(table) == [(3, "row.hidden")]


@BOTH
def test_merged_cells_and_ditto_marks_are_filled_down(tmp_path: Path, write: Writer) -> None:
    rows = [
        HEADINGS,
        [1, "甲村", "张三", "15400000001", "2025.3"],
        [2, None, "李四", "同上", "〃"],
        [3, None, "王五", " ditto", "2025年4月"],
    ]
    table = read_table(write(tmp_path / "a", SheetPlan("表", rows, merged=[(1, 1, 3, 1)])))
    assert [row.cells[1] for row in table.rows] == ["甲村"] * 3
    assert [row.cells[3] for row in table.rows] == ["15400000001"] * 3
    assert {place: (fill.code, fill.origin) for place, fill in table.filled.items()} == {
        (3, 1): ("merged", 2), (4, 1): ("merged", 2), (3, 3): ("ditto", 2), (4, 3): ("ditto", 2), (3, 4): ("ditto", 2),
    }  # fmt: skip
    found = list(rows_of(table, map_columns(table.columns, SPECS["worker"], {})))
    told = [(each.row, each.column, each.code) for _, _, problems in found for each in problems]
    assert told == [
        (3, "村(社区)", "cell.merged"), (3, "联系电话", "cell.ditto"), (3, "任职时间", "cell.ditto"),
        (4, "联系电话", "cell.ditto"),
    ]  # fmt: skip


def test_a_ditto_mark_with_nothing_above_is_asked(tmp_path: Path) -> None:
    table = read_table(write_xlsx(tmp_path / "a.xlsx", SheetPlan("表", [HEADINGS, [1, "甲村", "张三", "同上", None]])))
    (found,) = rows_of(table, map_columns(table.columns, SPECS["worker"], {}))
    assert [(each.code, each.severity) for each in found[2]] == [("cell.ditto_first", "refused")]


def test_rows_that_are_none_of_the_table(tmp_path: Path) -> None:
    rows = [
        ["金华镇花名册"],
        HEADINGS,
        [1, 2, 3, 4, 5],
        ["一、甲村(2人)"],
        [1, "甲村", "张三", "15400000001", None],
        [2, "甲村", "李四", "15400000002", None],
        ["甲村小计", None, None, None, 2],
        HEADINGS,
        [3, "乙村", "王五", "15400000003", None],
        ["合计(3人)", None, None, None, 3],
        ["填表人:张三", None, "审核:李四"],
        ["备注:以上为六月数据"],
    ]
    table = read_table(write_xlsx(tmp_path / "a.xlsx", SheetPlan("表", rows)))
    assert [row.number for row in table.rows] == [5, 6, 9]
    assert codes(table) == [
        (1, "row.above"), (3, "row.numbering"), (4, "row.across"), (7, "row.total"), (8, "row.heading_again"),
        (10, "row.total"), (11, "row.notes"), (12, "row.notes"),
    ]  # fmt: skip
    assert table.sections == {4: "甲村"} and [row.number for row in table.shown()] == list(range(1, 13))


def test_a_lonely_name_is_no_section(tmp_path: Path) -> None:
    headings = ["姓名", "村(社区)", "网格编码", "联系电话"]
    rows = [headings, ["张三", "甲村", "001", "15400000001"], ["李四", None, None, None]]
    table = read_table(write_xlsx(tmp_path / "a.xlsx", SheetPlan("表", rows)))
    assert [row.cells[0] for row in table.rows] == ["张三", "李四"]


def test_two_heading_rows_without_merged_cells() -> None:
    text = "村(社区),网格,,姓名\n,编号,名称,\n甲村,001,第1微网格,张三\n"
    (table,) = read_book(text).tables
    assert table.columns == ("村(社区)", "网格编号", "网格名称", "姓名") and len(table.rows) == 1


def test_pasted_merged_cells_carry_within_their_group() -> None:
    lines = ["村(社区),微网格,姓名", "甲村,第1网格,张一", ",,张二", ",,张三", "乙村,,李一", ",第2网格,李二", ",,李三"]
    (table,) = read_book("\n".join(lines)).tables
    found = list(rows_of(table, map_columns(table.columns, SPECS["household"], {})))
    assert [(row.get("village"), row.get("grid_name")) for _, row, _ in found] == [
        ("甲村", "第1网格"), ("甲村", "第1网格"), ("甲村", "第1网格"), ("乙村", None), ("乙村", "第2网格"),
        ("乙村", "第2网格"),
    ]  # fmt: skip


def test_a_single_gap_is_not_filled() -> None:
    lines = ["村(社区),姓名", "甲村,张一", "乙村,张二", ",张三", "丁村,李一"]
    (table,) = read_book("\n".join(lines)).tables
    found = list(rows_of(table, map_columns(table.columns, SPECS["worker"], {})))
    assert [row.get("village") for _, row, _ in found] == ["甲村", "乙村", None, "丁村"]


def test_a_formula_without_a_value_is_told(tmp_path: Path) -> None:
    rows = [["姓名", "村(社区)", "备注"], ["张三", "甲村", None], ["李四", "甲村", None]]
    plan = SheetPlan("表", rows, formulas={(1, 2): '=A2&"x"', (2, 0): "=A2"})
    table = read_table(write_xlsx(tmp_path / "a.xlsx", plan))
    assert table.unset == {(2, 2), (3, 0)}
    found = list(rows_of(table, map_columns(table.columns, SPECS["worker"], {})))
    told = [(each.row, each.column, each.code, each.severity) for _, _, problems in found for each in problems]
    assert told == [(2, "备注", "value.formula_empty", "note"), (3, "姓名", "value.formula_empty", "refused")]


def test_headings_with_remarks_and_sensitive_ones() -> None:
    mapping = map_columns(("*姓名(必填)", "联系电话[手机]", "身份证号(18位)", "政治面貌情况"), SPECS["worker"], {})
    assert {spec.field: index for spec, index in mapping.fields} == {"name": 0, "phone": 1}
    assert mapping.sensitive == (2, 3) and mapping.kind_of(2) == "id_number"


def test_excels_own_hint_of_the_delimiter() -> None:
    (table,) = read_book("sep=;\n姓名;村\n张三;甲村\n").tables
    assert table.columns == ("姓名", "村") and table.rows[0].number == 2


@pytest.mark.parametrize(
    ("clean", "cell", "value"),
    [
        (cleaning.month, 45717, "2025-03"), (cleaning.month, "45717", "2025-03"), (cleaning.month, 202503, "2025-03"),
        (cleaning.month, 2025.3, "2025-03"), (cleaning.month, date(2025, 3, 9), "2025-03"),
        (cleaning.person, "张\u3000三", "张三"), (cleaning.person, "李和平", "李和平"),
        (cleaning.person, "张  三", "张三"),
        (cleaning.party, "镇供电所 值班室", "镇供电所值班室"),
        (cleaning.id_number, "51092219871012514x", "51092219871012514X"),
    ],
)  # fmt: skip
def test_what_cells_say(clean: Any, cell: object, value: object) -> None:
    assert clean(cell) == value


@pytest.mark.parametrize(
    ("clean", "cell", "code", "parts"),
    [
        (cleaning.person, "张三、李四", "name.several", ["张三", "李四"]),
        (cleaning.person, "张三和李四", "name.several", ["张三", "李四"]),
        (cleaning.person, "张三 李四", "name.several", ["张三", "李四", "张三李四"]),
        (cleaning.phone, "15400000001/15400000002", "phone.several", ["15400000001", "15400000002"]),
        (cleaning.phone, "15400000001 15400000002", "phone.several", ["15400000001", "15400000002"]),
        (cleaning.id_number, 510922198710125000, "number.digits_lost", None),
        (cleaning.id_number, 5.10922198710125e17, "number.digits_lost", None),
        (cleaning.month, 3, "month.unreadable", None),
    ],
)
def test_what_is_asked_and_never_guessed(clean: Any, cell: object, code: str, parts: Any) -> None:
    with pytest.raises(BadValue) as caught:
        clean(cell)
    assert caught.value.code == code and caught.value.facts.get("parts") == parts


def test_the_words_of_files_lead_to_the_catalogues() -> None:
    from commandcenter.formats import column_words

    assert set(column_words.CARE_KINDS.values()) == set(care_kinds())
    for words, person in ((column_words.CONTACT_KINDS, "contact"), (column_words.DUTY_ROLES, "duty_holder")):
        assert set(words.values()) == {role.key for role in roles().values() if role.person == person}


@pytest.mark.parametrize("cut", [0, 40, 600, 3_000, 5_000])
def test_damaged_compound_files_have_no_marks(tmp_path: Path, cut: int) -> None:
    data = write_xls(tmp_path / "a.xls", SheetPlan("表", [HEADINGS, [1, "甲村", "张三", "1", None]])).read_bytes()
    assert workbook_marks.marks_of(data)["表"]["rows"] == []
    assert workbook_marks.marks_of(data[:cut] + b"\xff" * 64 + data[cut + 64 :]) is not None
    with pytest.raises((ValueError, IndexError, OSError)):
        ole.stream(data, ("Nothing",))


# --- random mess ---------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["张三", "李四", "王五", "谯 六", "张三、李四", "同上", "", "欧阳\u3000七", "赵８"])
VILLAGES = st.sampled_from(["甲村", "乙村", "", "", "同上", "〃", None])
PHONES = st.sampled_from(["15400000001", 15400000002, "154-0000-0003", "", None, "同上", "1540000004/1540000005", "无"])
MONTHS = st.sampled_from(["2025.3", 202504, 45717, "２０２５年６月", None, "同上", "五月", 2025.1])
PLAIN = st.tuples(st.just("row"), st.tuples(st.integers(1, 9), VILLAGES, NAMES, PHONES, MONTHS))
NONE_OF_IT = st.sampled_from([
    ("section", ("一、甲村",)), ("section", ("【乙村】",)), ("total", ("合计", None, None, None, 9)),
    ("heading", tuple(HEADINGS)), ("notes", ("审核人:", None, "填表人:")), ("empty", (None,) * 5),
])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(body=st.lists(PLAIN | PLAIN | PLAIN | NONE_OF_IT, min_size=1, max_size=14))
def test_random_tables_never_change_in_silence(body: list[tuple[str, tuple[Any, ...]]]) -> None:
    lines = ["\t".join(HEADINGS)]
    lines += ["\t".join("" if cell is None else str(cell) for cell in row) for _, row in body]
    plain = {at: row for at, (kind, row) in enumerate(body, start=2) if kind == "row"}
    try:
        file = filing.read("workers", "\n".join(lines))
    except BadInput as error:
        assert error.code == "file.no_rows" and not plain
        return
    refused = {each.row for each in file.problems if each.severity == "refused"}
    read = {row.number: row.fields for row in file.rows}
    # Every row is taken, refused with a reason, or listed as none of the table's: none is lost, none comes twice.
    left = {each.row for each in file.problems if each.code.startswith("row.")}
    assert set(plain) == (set(read) | refused) - left and not set(read) & refused
    told = [(each.row, each.column) for each in file.problems if each.severity == "repaired"]
    for number, fields in read.items():
        for at, field, heading in ((1, "village", "村(社区)"), (2, "name", "姓名"), (3, "phone", "联系电话")):
            shown = "" if plain[number][at] is None else str(plain[number][at])
            if field in fields and fields[field] != shown.strip():
                listed = [row for row, column in told if column in (heading, None) and row and row <= number]
                assert listed, (number, field, shown, fields[field])
                if shown.strip():
                    assert number in listed
            if field not in fields:
                assert not shown.strip() or any(each.row == number for each in file.problems)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8) | st.none(), max_size=6), max_size=8))
def test_any_pasted_text_is_read_or_refused_with_a_sentence(rows: list[list[str | None]]) -> None:
    text = "\n".join("\t".join(cell or "" for cell in row) for row in rows)
    for what in itertools.islice(filing.WHAT, 7):
        try:
            file = filing.read(what, text)
        except BadInput as error:
            assert error.code.partition(".")[0] in ("file", "column")
        else:
            assert len(file.rows) <= len(rows)
