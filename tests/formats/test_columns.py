"""Columns and rows: nothing kept that must not be, nothing changed without a line, nothing half."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.base.errors import BadInput
from commandcenter.formats import cleaning
from commandcenter.formats.columns import SENSITIVE, SPECS, left_out, map_columns, rows_of
from commandcenter.formats.mapfiles import Feature, MapFile, read_map
from commandcenter.formats.problems import Problem
from commandcenter.formats.tables import Row, Table, read_table
from commandcenter.rules.denied import denied, denied_words

WORKER, GRID = SPECS["worker"], SPECS["grid"]
Make = Callable[..., Path]


def table(columns: tuple[str, ...], *rows: tuple[object, ...]) -> Table:
    numbered = tuple(Row(number, cells) for number, cells in enumerate(rows, start=2))
    return Table(None, "utf-8", 1, columns, numbered, ())


def taken(
    source: Table | MapFile, specs: Any = WORKER, **overrides: str
) -> tuple[list[dict[str, Any]], list[Problem]]:
    found = list(rows_of(source, map_columns(source.columns, specs, overrides)))
    return [row for _, row, _ in found], [problem for _, _, problems in found for problem in problems]


@pytest.mark.parametrize("name", ["roster_306_clean.xlsx", "roster_gb18030.csv"])
def test_306_of_306_workers(trial_data: Path, name: str) -> None:
    source = read_table(trial_data / "rosters" / name)
    rows, problems = taken(source)
    assert len(rows) == 306 and problems == []
    assert rows[0] == {
        "name": "张志强", "gender": "male", "village": "凯旋社区", "grid_code": "510981103001001",
        "grid_name": "凯旋社区第1微网格", "birth_month": "1987-10", "phone": "19900000001",
        "source": "veteran", "paid": True, "appointed": "2025-03", "households": 39, "people": 55,
    }  # fmt: skip
    notes = left_out(source, map_columns(source.columns, WORKER, {}))
    counts = {note.column: note.facts["count"] for note in notes if note.code == "column.sensitive"}
    assert counts == {"民族": 306, "政治面貌": 306, "身份证号": 306, "微信号": 0}


@pytest.mark.parametrize("name", ["jinhua_SYNTHETIC.geojson", "jinhua_SYNTHETIC.gpkg"])
def test_334_grids(trial_data: Path, name: str) -> None:
    rows, problems = taken(read_map(trial_data / "geo" / "sample_township" / name), GRID)
    assert len(rows) == 334 and problems == []
    kinds = [row["kind"] for row in rows]
    assert [kinds.count(kind) for kind in ("general", "dedicated", "emergency")] == [306, 14, 14]
    assert {"code", "name", "village", "village_code", "households", "people", "wkb", "area", "bbox"} <= set(
        rows[0]
    )


def test_duplicate_codes_are_refused_with_both_rows(trial_data: Path) -> None:
    source = read_map(trial_data / "geo" / "awkward" / "duplicate_codes.geojson")
    _, problems = taken(source, GRID, code="网格编码", name="网格编码")
    assert [(each.row, each.code, each.facts["other"]) for each in problems] == [(2, "row.duplicate", 1)]


def test_headings_in_any_dress() -> None:
    columns = ("姓 名", "网格\n编码", "村（社区）", "是否“拿薪治村”", "手机号码", "PHONE")
    mapping = map_columns(columns, WORKER, {})
    assert {spec.field: columns[index] for spec, index in mapping.fields} == {
        "name": "姓 名", "grid_code": "网格\n编码", "village": "村（社区）", "paid": columns[3],
        "phone": "手机号码",
    }  # fmt: skip
    assert mapping.unused == ("PHONE",) and mapping.column_of("paid") == columns[3]


def test_a_given_column_comes_first() -> None:
    source = table(("姓名", "曾用名", "联系电话", "短号"), ("张三", "张四", "19900000001", "6601"))
    rows, _ = taken(source, name="曾用名", phone="短号")
    assert rows == [{"name": "张四", "phone": "6601"}]


@pytest.mark.parametrize(
    ("overrides", "code", "fact"),
    [
        ({"nome": "姓名"}, "column.field_unknown", "name"),
        ({"id_number": "身份证号"}, "column.field_unknown", "phone"),
        ({"name": "名字"}, "column.unknown", "姓名"),
        ({"note": "身份证号"}, "column.not_kept", "B"),
    ],
)
def test_a_wrong_mapping_lists_what_there_is(overrides: Mapping[str, str], code: str, fact: str) -> None:
    with pytest.raises(BadInput) as caught:
        map_columns(("姓名", "身份证号"), WORKER, overrides)
    assert caught.value.code == code and fact in " ".join(map(str, caught.value.facts.values()))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadInput) as caught:
        map_columns(("村", "电话"), WORKER, {})
    assert caught.value.code == "column.required_missing"
    assert caught.value.facts == {"fields": "name", "headings": "姓名", "columns": "村, 电话"}


def test_repairs_are_listed_with_old_and_new() -> None:
    rows, problems = taken(
        table(("姓名", "联系电话"), ("张\u3000三", "199-0000-0001"), ("李四", 19900000002))
    )
    assert [row["phone"] for row in rows] == ["19900000001", "19900000002"]
    listed = [(each.row, each.column, each.value, each.facts["new"], each.severity) for each in problems]
    assert listed == [
        (2, "姓名", "张\u3000三", "张三", "repaired"),
        (2, "联系电话", "199-0000-0001", "19900000001", "repaired"),
    ]


def test_bad_values_refuse_their_row_with_the_cell() -> None:
    source = table(("姓名", "联系电话", "出生年月"), ("", "1", 2025.1), ("李四", 5.1e17, "四月"))
    _, problems = taken(source)
    assert [(each.row, each.column, each.code) for each in problems] == [
        (2, "姓名", "value.missing"),
        (2, "出生年月", "month.ambiguous"),
        (2, "联系电话", "phone.unreadable"),
        (3, "出生年月", "month.unreadable"),
        (3, "联系电话", "number.digits_lost"),
    ]
    assert {each.severity for each in problems} == {"refused"}


def test_empty_cells_are_not_among_the_fields() -> None:
    assert taken(table(("姓名", "电话", "备注"), ("张三", None, "  ")))[0] == [{"name": "张三"}]


def test_a_point_is_a_place() -> None:
    where = (105.0, 31.0, 105.0, 31.0)
    point = Feature(1, {"网格编码": "001", "网格名称": "甲"}, b"point", 0.0, where)
    nowhere = Feature(2, {"网格编码": "002", "网格名称": "乙"}, None, 0.0, None)
    source = MapFile("GeoJSON", "EPSG:4326", "utf-8", ("网格编码", "网格名称"), (point, nowhere), ())
    assert taken(source, GRID)[0] == [
        {"code": "001", "name": "甲", "wkb": b"point", "area": 0.0, "bbox": where},
        {"code": "002", "name": "乙"},
    ]


PLANTED = sorted(denied_words())[::7]


@pytest.mark.parametrize("word", PLANTED)
def test_a_denied_value_is_left_out_counted_and_not_repeated(word: str) -> None:
    source = table(("姓名", "备注", "人员类别"), ("张三", word, "热心"), ("李四", "好", f"独居老人、{word}"))
    rows, problems = taken(source)
    assert rows == [{"name": "张三"}, {"name": "李四", "note": "好"}]
    assert [(each.row, each.column, each.code) for each in problems] == [
        (2, "备注", "value.denied"),
        (3, "人员类别", "value.denied"),
    ]
    assert word not in repr(rows) + repr(problems)


def test_a_denied_heading_is_never_a_column() -> None:
    source = table(("姓名", "宗教信仰", "是否刑满释放人员"), ("张三", "有", "是"), ("李四", "", "否"))
    mapping = map_columns(source.columns, WORKER, {})
    notes = [(note.column, note.code, note.facts["count"]) for note in left_out(source, mapping)]
    assert notes == [("B", "column.denied", 1), ("C", "column.denied", 2)]
    with pytest.raises(BadInput) as caught:
        map_columns(source.columns, WORKER, {"note": "宗教信仰"})
    assert "宗教" not in str(caught.value)
    with pytest.raises(BadInput) as caught:
        map_columns(source.columns[1:], WORKER, {})
    assert "宗教" not in str(caught.value)


def test_what_imports_know_is_not_denied() -> None:
    from commandcenter.formats import column_specs

    known = [
        heading for specs in SPECS.values() for spec in specs for heading in (spec.field, *spec.headings)
    ]
    for words in (
        column_specs.GRID_KINDS,
        column_specs.GRID_MARKS,
        column_specs.SOURCES,
        column_specs.GENDERS,
    ):
        known += [*words, *words.values()]
    known += [heading for headings in SENSITIVE.values() for heading in headings]
    assert [word for word in known if denied(word)] == []


def test_ordinary_words_are_not_denied() -> None:
    words = (
        "独居老人",
        "残疾人",
        "重点人员数",
        "退役军人",
        "禁毒宣传",
        "张信访",
        "涪江西岸",
        "",
        "HI",
        "司法所联系人",
    )
    assert [word for word in words if denied(word)] == []
    assert denied("独居老人；Ｈ Ｉ Ｖ") and denied("曾为刑满释放人员,已就业") and denied(" 吸 毒 ")


MESS = st.none() | st.text(max_size=12) | st.integers(0, 10**13) | st.floats(allow_nan=False) | st.booleans()
HEADINGS = (
    [spec.headings[0] for spec in WORKER] + [names[0] for names in SENSITIVE.values()] + ["序号", "兼职情况"]
)


@given(st.data())
def test_random_mess_never_half_imports_and_never_changes_in_silence(data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from(HEADINGS), unique=True, max_size=8))
    columns = tuple(dict.fromkeys(["姓名", *others]))
    rows = data.draw(st.lists(st.tuples(*[MESS] * len(columns)), max_size=5))
    mapping = map_columns(columns, WORKER, {})
    hidden = {columns[index] for index in mapping.sensitive}
    by_field = {spec.field: (spec, index) for spec, index in mapping.fields}
    found = list(rows_of(table(columns, *rows), mapping))
    assert [number for number, _, _ in found] == list(range(2, len(rows) + 2))
    carried: dict[str | None, object] = {}
    for (_, row, problems), cells in zip(found, rows, strict=True):
        refused = {each.column for each in problems if each.severity == "refused"}
        listed = {each.column for each in problems}
        carried.update({each.column: each.facts["new"] for each in problems if each.code == "cell.carried"})
        assert not hidden & listed
        assert "name" in row or "姓名" in refused
        for field, (spec, index) in by_field.items():
            as_shown = cleaning.written(cells[index])
            if field not in row:
                assert (
                    columns[index] in listed
                    or not cleaning.written(cells[index]).strip("\u200b\ufeff \t")
                    or (_tidied_away(cells[index]))
                )
            elif spec.as_written and str(row[field]) != as_shown:
                # What a group of empty cells takes from above is listed once, at the first of them.
                goes_on = not as_shown and carried.get(columns[index]) == str(row[field])
                assert columns[index] in listed or goes_on


def _tidied_away(cell: object) -> bool:
    """Whether nothing visible is left of a cell."""
    try:
        return cleaning.text_of(cell) == ""
    except cleaning.BadValue:
        return False
