"""The columns of each entity that can be imported: known headings, what is required, how cells are cleaned.

Headings are those of the usual township tables, of exported map files and the fields' own names; the earlier
one wins.
"""

from dataclasses import dataclass

from commandcenter.formats import cleaning
from commandcenter.formats.cleaning import Cleaner


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One field. ``unique``: no two rows may bear the same value. ``as_written``: a value that differs from
    what the file shows is listed as repaired (not for values that only change notation: months, kinds, yes
    and no)."""

    field: str
    headings: tuple[str, ...]
    clean: Cleaner
    required: bool = False
    unique: bool = False
    as_written: bool = True


GRID_KINDS = {
    "一般": "general",
    "综合": "general",
    "普通": "general",
    "基础": "general",
    "一般网格": "general",
    "综合网格": "general",
    "普通网格": "general",
    "基础网格": "general",
    "微网格": "general",
    "一般微网格": "general",
    "综合微网格": "general",
    "普通微网格": "general",
    "专属": "dedicated",
    "专属网格": "dedicated",
    "专属微网格": "dedicated",
    "应急": "emergency",
    "应急网格": "emergency",
    "应急微网格": "emergency",
}
GRID_MARKS = {
    "学校": "school",
    "医院": "hospital",
    "养老院": "nursing_home",
    "敬老院": "nursing_home",
    "建设工地": "construction",
    "建设项目": "construction",
    "河心洲坝": "islet",
    "地质灾害点": "landslide",
    "地质灾害隐患点": "landslide",
    "森林防火重点区": "forest",
    "森林防火重点区域": "forest",
}
"""What makes a dedicated or emergency grid one; another word is kept as written."""
GENDERS = {"男": "male", "男性": "male", "m": "male", "女": "female", "女性": "female", "f": "female"}
SOURCES = {
    "村两委干部": "cadre",
    "村干部": "cadre",
    "社区干部": "cadre",
    "两委干部": "cadre",
    "小组长": "group_leader",
    "组长": "group_leader",
    "村民小组长": "group_leader",
    "居民小组长": "group_leader",
    "退休干部": "retired_cadre",
    "离退休干部": "retired_cadre",
    "退役军人": "veteran",
    "热心群众": "resident",
    "热心居民": "resident",
    "热心村民": "resident",
    "无职党员": "party_member",
    "新农人": "farmer",
    "村医": "medic",
}
"""Ways to become a worker; another word is kept as written."""

SENSITIVE: dict[str, tuple[str, ...]] = {
    "id_number": (
        "身份证号",
        "身份证号码",
        "身份证",
        "公民身份号码",
        "证件号码",
        "id_number",
        "id number",
        "ID card",
    ),
    "ethnicity": ("民族", "ethnicity", "ethnic group"),
    "political_status": ("政治面貌", "political_status", "political status"),
    "wechat": ("微信号", "微信", "微信名", "wechat", "wechat id"),
}
"""Columns that are recognised in order not to be kept."""

_VILLAGE = ("村(社区)", "村社区", "所属村社", "所属村(社区)", "所属村", "村社", "村名", "village")
_VILLAGE_CODE = ("村社代码", "村(社区)代码", "村代码", "统计用区划代码", "village_code", "village code")
_GRID_CODE = ("网格编码", "微网格编码", "网格编号", "微网格编号", "网格代码", "grid_code", "grid code")

GRID_COLUMNS = (
    ColumnSpec("code", (*_GRID_CODE, "code"), cleaning.code, required=True, unique=True),
    ColumnSpec(
        "name",
        ("网格名称", "微网格名称", "网格", "名称", "name", "grid name"),
        cleaning.name(),
        required=True,
    ),
    ColumnSpec(
        "kind", ("类型", "网格类型", "网格类别", "kind"), cleaning.choice(GRID_KINDS), as_written=False
    ),
    ColumnSpec("village", _VILLAGE, cleaning.name()),
    ColumnSpec("village_code", _VILLAGE_CODE, cleaning.code),
    ColumnSpec("households", ("户数", "所辖户数", "households"), cleaning.count),
    ColumnSpec("people", ("人数", "人口", "人口数", "所辖人口", "常住人口", "people"), cleaning.count),
    ColumnSpec("people_at_home", ("在家人数", "在家人口", "people_at_home"), cleaning.count),
    ColumnSpec(
        "mark",
        ("网格标记", "场所类型", "mark"),
        cleaning.choice(GRID_MARKS, others=cleaning.name()),
        as_written=False,
    ),
    ColumnSpec("keeper", ("网格员", "微网格员", "网格员姓名", "keeper"), cleaning.name()),
)

WORKER_COLUMNS = (
    ColumnSpec("name", ("姓名", "网格员", "微网格员", "网格员姓名", "name"), cleaning.name(), required=True),
    ColumnSpec("gender", ("性别", "gender"), cleaning.choice(GENDERS), as_written=False),
    ColumnSpec("village", _VILLAGE, cleaning.name()),
    ColumnSpec("village_code", _VILLAGE_CODE, cleaning.code),
    ColumnSpec("grid_code", _GRID_CODE, cleaning.code),
    ColumnSpec(
        "grid_name", ("网格名称", "微网格名称", "微网格", "网格", "grid_name", "grid name"), cleaning.name()
    ),
    ColumnSpec("birth_month", ("出生年月", "出生日期", "birth_month"), cleaning.month, as_written=False),
    ColumnSpec(
        "phone", ("联系电话", "电话", "手机", "手机号", "手机号码", "电话号码", "phone"), cleaning.phone
    ),
    ColumnSpec(
        "source",
        ("身份类别", "人员身份", "来源", "source"),
        cleaning.choice(SOURCES, others=cleaning.name()),
        as_written=False,
    ),
    ColumnSpec("paid", ('是否"拿薪治村"', "拿薪治村", "是否拿薪", "paid"), cleaning.yes_no, as_written=False),
    ColumnSpec(
        "appointed", ("任职时间", "聘任时间", "上岗时间", "appointed"), cleaning.month, as_written=False
    ),
    ColumnSpec("note", ("备注", "note", "notes"), cleaning.words(2000)),
)

SPECS: dict[str, tuple[ColumnSpec, ...]] = {"grid": GRID_COLUMNS, "worker": WORKER_COLUMNS}
