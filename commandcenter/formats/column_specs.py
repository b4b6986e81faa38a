"""The columns of each entity that can be imported: known headings, what is required, how cells are cleaned.

Headings are those of the usual township tables, of exported map files and the fields' own names; the earlier
one wins. The words of catalogues are in :mod:`commandcenter.formats.column_words`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from commandcenter.formats import cleaning, kit_books, training_columns
from commandcenter.formats.cleaning import Cleaner
from commandcenter.formats.column_words import (
    ATTENTION_KINDS,
    CARE_KINDS,
    CHANNELS,
    CONTACT_KINDS,
    DRILL_FORMS,
    DRILL_STATES,
    DUTY_ROLES,
    GENDERS,
    GRID_KINDS,
    GRID_MARKS,
    GROUNDS,
    PLACE_KINDS,
    RELATIONS,
    SOURCES,
    STANDINGS,
    VILLAGE_KINDS,
)
from commandcenter.rules.lengths import LONGEST_TEXT

__all__ = ["GENDERS", "GRID_KINDS", "GRID_MARKS", "SENSITIVE", "SOURCES", "SPECS", "ColumnSpec"]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One field.

    ``unique``: no two rows may bear the same value. ``as_written``: a value that differs from what the file shows is
    listed as repaired (not for values that only change notation: months, kinds, yes and no; ``unusual`` names cells
    that are listed all the same). ``one_of``: of the fields that share this word the file must have one.
    ``restricted``: mapped only where it was ticked to be kept, and its values are not repeated in any list.
    ``lenient``: a cell that cannot be read is left out and listed, and its row is taken. ``carries``: an empty cell
    may stand for the one above, as where merged cells were pasted. ``unless``: not where this other field is.
    ``own``: a hidden column of the program's own, which nobody fills in. ``rest``: takes every column that means
    nothing else, as a dict of its filled cells by heading: what these mean only the database can say.
    """

    field: str
    headings: tuple[str, ...]
    clean: Cleaner
    required: bool = False
    unique: bool = False
    as_written: bool = True
    unusual: Callable[[object], bool] | None = None
    one_of: str = ""
    restricted: bool = False
    lenient: bool = False
    carries: bool = False
    unless: str = ""
    own: bool = False
    rest: bool = False


SENSITIVE: dict[str, tuple[str, ...]] = {
    "id_number": (
        "身份证号", "身份证号码", "身份证", "公民身份号码", "公民身份证号码", "证件号码", "证件号", "id_number",
        "id number", "ID card",
    ),
    "ethnicity": ("民族", "ethnicity", "ethnic group"),
    "political_status": ("政治面貌", "political_status", "political status"),
    "wechat": ("微信号", "微信", "微信名", "微信昵称", "wechat", "wechat id"),
}  # fmt: skip
"""Columns that are recognised in order not to be kept, unless ticked where the entity has such a field."""


def _choice(words: dict[str, str], *, open_ended: bool = False) -> Cleaner:
    return cleaning.choice(words, others=cleaning.name() if open_ended else None)


_VILLAGE_NAMES = (
    "村(社区)", "村社区", "所属村社", "所属村(社区)", "所属村", "所在村(社区)", "村社", "村社名称", "村名", "village",
)  # fmt: skip
_VILLAGE_CODES = ("村社代码", "村(社区)代码", "村代码", "统计用区划代码", "village_code", "village code")
_GRID_CODES = ("网格编码", "微网格编码", "网格编号", "微网格编号", "网格代码", "grid_code", "grid code")
_GRID_NAMES = (
    "网格名称", "微网格名称", "微网格", "所属网格", "所属微网格", "所在网格", "网格", "grid_name", "grid name", "grid",
)  # fmt: skip
_PHONES = ("联系电话", "联系方式", "电话", "手机", "手机号", "手机号码", "电话号码", "值班电话", "办公电话", "phone")

_VILLAGE = ColumnSpec("village", _VILLAGE_NAMES, cleaning.name(), carries=True)
_VILLAGE_CODE = ColumnSpec("village_code", _VILLAGE_CODES, cleaning.code)
_GRID_CODE = ColumnSpec("grid_code", _GRID_CODES, cleaning.code)
_GRID_NAME = ColumnSpec("grid_name", _GRID_NAMES, cleaning.name())
_PHONE = ColumnSpec("phone", _PHONES, cleaning.phone)
_GENDER = ColumnSpec("gender", ("性别", "gender"), _choice(GENDERS), as_written=False)
_BIRTH_MONTH = ColumnSpec(
    "birth_month", ("出生年月", "出生日期", "出生年月日", "birth_month"), cleaning.month, as_written=False,
    unusual=cleaning.is_serial,
)  # fmt: skip
_NOTE = ColumnSpec("note", ("备注", "note", "notes"), cleaning.words(LONGEST_TEXT))

VILLAGE_COLUMNS = (
    ColumnSpec(
        "code", (*_VILLAGE_CODES, "代码", "编码", "区划代码", "code"), cleaning.code, required=True, unique=True
    ),
    ColumnSpec(
        "name", (*_VILLAGE_NAMES, "名称", "简称", "村(社区)名称", "name"), cleaning.name(), required=True
    ),
    ColumnSpec("name_en", ("英文名", "英文名称", "name_en"), cleaning.words(60)),
    ColumnSpec("kind", ("类型", "类别", "村社类型", "城乡分类", "kind"), _choice(VILLAGE_KINDS), as_written=False),
)

GRID_COLUMNS = (
    ColumnSpec("code", (*_GRID_CODES, "code"), cleaning.code, required=True, unique=True),
    ColumnSpec(
        "name", ("网格名称", "微网格名称", "网格", "名称", "name", "grid name"), cleaning.name(), required=True
    ),
    ColumnSpec("kind", ("类型", "网格类型", "网格类别", "kind"), _choice(GRID_KINDS), as_written=False),
    _VILLAGE,
    _VILLAGE_CODE,
    ColumnSpec("households", ("户数", "所辖户数", "households"), cleaning.count),
    ColumnSpec("people", ("人数", "人口", "人口数", "所辖人口", "常住人口", "people"), cleaning.count),
    ColumnSpec("people_at_home", ("在家人数", "在家人口", "people_at_home"), cleaning.count),
    ColumnSpec("mark", ("网格标记", "场所类型", "mark"), _choice(GRID_MARKS, open_ended=True), as_written=False),
    ColumnSpec("keeper", ("网格员", "微网格员", "网格员姓名", "keeper"), cleaning.name()),
)

WORKER_COLUMNS = (
    ColumnSpec("name", ("姓名", "网格员", "微网格员", "网格员姓名", "name"), cleaning.person, required=True),
    _GENDER,
    _VILLAGE,
    _VILLAGE_CODE,
    _GRID_CODE,
    _GRID_NAME,
    _BIRTH_MONTH,
    _PHONE,
    ColumnSpec("address", ("家庭住址", "住址", "现住址", "家庭地址", "address"), cleaning.words(200)),
    ColumnSpec(
        "id_number", SENSITIVE["id_number"], cleaning.id_number, restricted=True, lenient=True, as_written=False
    ),
    ColumnSpec(
        "source", ("身份类别", "人员身份", "来源", "source"), _choice(SOURCES, open_ended=True), as_written=False
    ),
    ColumnSpec("paid", ('是否"拿薪治村"', "拿薪治村", "是否拿薪", "paid"), cleaning.yes_no, as_written=False),
    ColumnSpec(
        "appointed", ("任职时间", "聘任时间", "上岗时间", "appointed"), cleaning.month, as_written=False,
        unusual=cleaning.is_serial,
    ),
    ColumnSpec(
        "channel", ("推荐方式", "推荐渠道", "三荐", "产生方式", "channel"), _choice(CHANNELS), as_written=False,
        lenient=True,
    ),
    ColumnSpec(
        "standing", ("在岗情况", "人员状态", "是否后备", "standing"),
        _choice({**STANDINGS, "是": "reserve", "否": "serving"}), as_written=False, lenient=True,
    ),
    ColumnSpec("duties", ("工作职责", "主要职责", "duties"), cleaning.words(200), as_written=False),
    ColumnSpec("skills", ("技能", "技能特长", "特长", "专长", "skills"), cleaning.words(200), as_written=False),
    ColumnSpec("vehicles", ("车辆", "车辆情况", "交通工具", "vehicles"), cleaning.words(200), as_written=False),
    ColumnSpec("vest_size", ("马甲尺码", "马甲型号", "服装尺码", "vest_size"), cleaning.words(40), as_written=False),
    ColumnSpec(
        "verified_on", ("电话核实日期", "电话核实时间", "核实日期", "verified_on"), training_columns.day,
        as_written=False, lenient=True,
    ),
    ColumnSpec("households", ("所辖户数", "户数", "服务户数", "服务情况户", "households"), cleaning.count),
    ColumnSpec("people", ("所辖人口", "人口", "服务人口", "服务情况人", "people"), cleaning.count),
    _NOTE,
)  # fmt: skip

CONTACT_COLUMNS = (
    ColumnSpec(
        "name", ("姓名", "联系人", "名称", "单位名称", "单位", "机构名称", "name"), cleaning.party, required=True
    ),
    ColumnSpec(
        "kind", ("类别", "类型", "单位类别", "职责", "用途", "kind"), _choice(CONTACT_KINDS, open_ended=True),
        required=True, as_written=False, carries=True,
    ),
    _VILLAGE,
    _VILLAGE_CODE,
    _PHONE,
    ColumnSpec("address", ("地址", "单位地址", "住址", "address"), cleaning.words(200)),
)  # fmt: skip

DUTY_HOLDER_COLUMNS = (
    ColumnSpec("name", ("姓名", "责任人", "责任人姓名", "name"), cleaning.person, required=True),
    ColumnSpec(
        "role", ("职务", "职责", "角色", "岗位", "责任类别", "身份", "role"), _choice(DUTY_ROLES, open_ended=True),
        required=True, as_written=False, carries=True,
    ),
    _VILLAGE,
    _VILLAGE_CODE,
    _GRID_CODE,
    _GRID_NAME,
    _PHONE,
)  # fmt: skip

GAZETTEER_COLUMNS = (
    ColumnSpec("name", ("地名", "小地名", "俗称", "名称", "地点", "name", "place"), cleaning.name(), required=True),
    ColumnSpec("grid_code", _GRID_CODES, cleaning.code, one_of="grid"),
    ColumnSpec("grid_name", _GRID_NAMES, cleaning.name(), one_of="grid", carries=True),
    _VILLAGE,
    _VILLAGE_CODE,
    ColumnSpec("kind", ("类型", "类别", "地名类型", "kind"), _choice(PLACE_KINDS, open_ended=True), as_written=False),
)

HOUSEHOLD_COLUMNS = (
    _VILLAGE,
    _VILLAGE_CODE,
    _GRID_CODE,
    ColumnSpec("grid_name", _GRID_NAMES, cleaning.name(), carries=True),
    ColumnSpec("code", ("户编号", "户号", "住户编号", "门牌号", "household_code", "code"), cleaning.code, carries=True),
    ColumnSpec("head", ("户主姓名", "户主", "head"), cleaning.person, one_of="person", carries=True),
    ColumnSpec("household_phone", ("户主电话", "户主联系电话", "家庭电话", "household_phone"), cleaning.phone),
    ColumnSpec("address", ("家庭住址", "住址", "现住址", "居住地址", "地址", "address"), cleaning.words(200)),
    ColumnSpec("people", ("家庭人口", "家庭人数", "户内人数", "人口", "人数", "people"), cleaning.count),
    ColumnSpec("people_at_home", ("在家人数", "在家人口", "people_at_home"), cleaning.count),
    ColumnSpec("name", ("姓名", "成员姓名", "家庭成员", "家庭成员姓名", "name"), cleaning.person, one_of="person"),
    ColumnSpec(
        "relation", ("与户主关系", "家庭关系", "关系", "relation"), _choice(RELATIONS, open_ended=True),
        as_written=False,
    ),
    _GENDER,
    _BIRTH_MONTH,
    _PHONE,
    ColumnSpec(
        "care", ("关爱类别", "关爱类型", "人员类别", "类别", "care"), _choice(CARE_KINDS), as_written=False,
        lenient=True,
    ),
    ColumnSpec("needs", ("行动能力", "帮助需求", "需要的帮助", "需求", "needs"), cleaning.words(LONGEST_TEXT)),
    ColumnSpec("away", ("是否外出", "常年外出", "外出务工", "外出", "away"), cleaning.yes_no, as_written=False),
    ColumnSpec("note", ("备注", "note", "notes"), cleaning.words(LONGEST_TEXT), unless="name"),
)  # fmt: skip

ATTENTION_COLUMNS = (
    ColumnSpec("kind", ("清单类型", "关注类型", "对象类型", "kind"), _choice(ATTENTION_KINDS), as_written=False),
    _VILLAGE,
    _VILLAGE_CODE,
    _GRID_CODE,
    ColumnSpec("grid_name", _GRID_NAMES, cleaning.name(), carries=True),
    ColumnSpec("name", ("姓名", "对象姓名", "重点人员", "name"), cleaning.person, one_of="about"),
    ColumnSpec(
        "title", ("场所名称", "地名", "重点区域", "重点场所", "区域名称", "place", "title"), cleaning.words(60),
        one_of="about",
    ),
    ColumnSpec("matter", ("事项", "重点事项", "事项内容", "matter"), cleaning.words(LONGEST_TEXT), one_of="about"),
    ColumnSpec(
        "care", ("人员类别", "关爱类别", "关爱类型", "care"), _choice(CARE_KINDS), as_written=False, lenient=True
    ),
    ColumnSpec("needs", ("行动能力", "到时要做的事", "帮助需求", "需求", "needs"), cleaning.words(LONGEST_TEXT)),
    _PHONE,
    ColumnSpec("address", ("家庭住址", "住址", "具体位置", "居住地址", "地址", "address"), cleaning.words(200)),
    ColumnSpec("ground", ("依据", "列入依据", "登记依据", "同意情况", "ground"), _choice(GROUNDS),
               one_of="ground", as_written=False),
    ColumnSpec("source", ("来源", "信息来源", "source"), cleaning.words(120)),
    ColumnSpec(
        "reviewed_on", ("最近走访时间", "上次核对", "最近核对时间", "走访时间", "reviewed_on"), training_columns.day,
        as_written=False, lenient=True,
    ),
    ColumnSpec(
        "review_on", ("复核日期", "下次复核", "复核时间", "review_on"), training_columns.day, as_written=False,
        lenient=True,
    ),
)  # fmt: skip
"""重点人员台账 with a ground, and the places and matters of a grid; sex, age, guardians and helpers stay where the
household register and the roster have them."""

DRILL_COLUMNS = (
    ColumnSpec("title", ("演练名称", "演练项目", "演练题目", "drill", "title"), cleaning.words(100), required=True),
    ColumnSpec("scenario", ("场景类型", "演练类型", "演练场景", "scenario"), cleaning.words(100), required=True),
    ColumnSpec("form", ("演练形式", "演练方式", "form"), _choice(DRILL_FORMS), as_written=False),
    ColumnSpec("plan", ("依托预案", "预案", "预案名称", "plan"), cleaning.words(200)),
    ColumnSpec("place", ("演练地点", "地点", "place"), cleaning.words(100)),
    ColumnSpec("grids", ("涉及微网格", "涉及网格", "参与网格", "grids"), cleaning.words(4000)),
    ColumnSpec("units", ("参演单位", "参加单位", "units"), cleaning.words(400)),
    ColumnSpec(
        "starts_at", ("计划时间", "演练时间", "拟演练时间", "时间", "starts_at"), cleaning.moment, as_written=False
    ),
    ColumnSpec("people", ("参演人数", "参加人数", "人数", "people"), cleaning.count),
    ColumnSpec("commander", ("总指挥", "现场指挥", "commander"), cleaning.words(60)),
    ColumnSpec("owner_unit", ("责任单位", "牵头单位", "owner_unit"), cleaning.words(100)),
    ColumnSpec("owner", ("责任人", "owner"), cleaning.words(60)),
    ColumnSpec("phone", _PHONES, cleaning.phone),
    ColumnSpec("state", ("完成情况", "状态", "state"), _choice(DRILL_STATES), as_written=False),
    ColumnSpec("row_id", ("行标识", "row_id"), cleaning.code, own=True),
    ColumnSpec("row_mark", ("版次标记", "row_mark"), cleaning.words(400), own=True),
)
"""The plan table 演练计划表; the last two are hidden columns of the program's own, by which an edited row is known."""
ATTENDANCE_COLUMNS = (
    ColumnSpec(
        "name", ("姓名", "参训人员", "学员姓名", "网格员", "微网格员", "name", "worker"), cleaning.person, required=True
    ),
    _VILLAGE,
    _VILLAGE_CODE,
    _GRID_CODE,
    _GRID_NAME,
    _PHONE,
    ColumnSpec(
        "course", ("课程名称", "培训课程", "课程", "培训内容", "培训项目", "培训名称", "course"), cleaning.words(120),
        required=True, carries=True,
    ),
    ColumnSpec(
        "held_on", ("授课时间", "培训时间", "培训日期", "参训日期", "授课日期", "日期", "date", "held_on"),
        training_columns.day, required=True, as_written=False, unusual=cleaning.is_serial, carries=True,
    ),
    ColumnSpec("place", ("授课地点", "培训地点", "地点", "place"), cleaning.words(120), carries=True),
    ColumnSpec("teacher", ("授课人", "授课老师", "讲师", "培训师", "teacher"), cleaning.words(60), carries=True),
    ColumnSpec("hours", ("学时", "课时", "培训学时", "hours"), training_columns.number(200), as_written=False),
    ColumnSpec(
        "presence", ("是否到场", "到场情况", "出勤", "签到", "签到情况", "presence"),
        _choice(training_columns.PRESENCE), as_written=False,
    ),
    ColumnSpec(
        "mark", ("成绩", "分数", "考核成绩", "考试成绩", "得分", "mark"), training_columns.number(100), as_written=False
    ),
    ColumnSpec(
        "result", ("考核结果", "是否合格", "结果", "合格情况", "考核情况", "result"),
        cleaning.choice({**training_columns.RESULTS, "是": "passed", "否": "failed"}), as_written=False,
    ),
    ColumnSpec("reason", ("缺席原因", "缺席事由", "免修原因", "原因", "备注", "reason"), cleaning.words(200)),
)  # fmt: skip

KIT_COLUMNS = (
    _VILLAGE,
    _VILLAGE_CODE,
    _GRID_CODE,
    _GRID_NAME,
    ColumnSpec("name", ("网格员", "微网格员", "姓名", "网格员姓名", "领用人", "name", "worker"), cleaning.person),
    ColumnSpec("pieces", (), cleaning.words(60), rest=True),
    ColumnSpec(
        "handed_on", ("发放日期", "发放时间", "配发日期", "领用日期", "handed_on"), training_columns.day,
        as_written=False, one_of="kit",
    ),
    ColumnSpec("received_by", ("签收人", "签收", "received_by"), cleaning.words(60), one_of="kit"),
    ColumnSpec("problem", ("损坏/缺失", "损坏缺失", "缺失/损坏", "缺损情况", "problem"), cleaning.words(400)),
    ColumnSpec("replaced_on", ("补发日期", "补发时间", "replaced_on"), training_columns.day, as_written=False),
    ColumnSpec("row_id", ("行标识", "row_id"), cleaning.words(80), own=True),
    ColumnSpec("row_mark", ("版次标记", "row_mark"), cleaning.words(2000), own=True),
)  # fmt: skip
"""七件套发放登记; the columns of the articles are its rest, for how many there are the town decides."""
STOCK_COLUMNS = (
    ColumnSpec(
        "category", ("物资类别", "类别", "物资类型", "category"),
        _choice(kit_books.CATEGORIES, open_ended=True), as_written=False, carries=True,
    ),
    ColumnSpec("name", ("物资名称", "品名", "名称", "article"), cleaning.words(60), required=True),
    ColumnSpec("spec", ("规格型号", "规格", "型号", "spec"), cleaning.words(100)),
    ColumnSpec("unit", ("单位", "计量单位", "unit"), cleaning.words(20)),
    ColumnSpec("amount", ("数量", "库存数量", "结存", "库存", "amount"), kit_books.amount, required=True,
               as_written=False),
    ColumnSpec("depot", ("存放地点", "存放位置", "仓库", "物资库", "depot"), cleaning.words(60), one_of="depot",
               carries=True),
    ColumnSpec("came_on", ("入库时间", "入库日期", "came_on"), training_columns.day, as_written=False, lenient=True),
    ColumnSpec("due_on", ("有效期", "有效期至", "到期日", "due_on"), training_columns.day, as_written=False,
               lenient=True),
    ColumnSpec("taken_by", ("领用人", "taken_by"), cleaning.words(60)),
    ColumnSpec("taken_on", ("领用时间", "领用日期", "taken_on"), training_columns.day, as_written=False, lenient=True),
    ColumnSpec("keeper", ("责任人", "保管人", "管理员", "keeper"), cleaning.words(60)),
    _PHONE,
    ColumnSpec("state", ("状态", "物资状态", "state"), cleaning.words(40)),
    ColumnSpec("note", ("备注", "note", "notes"), cleaning.words(200)),
    ColumnSpec("row_id", ("行标识", "row_id"), cleaning.words(200), own=True),
    ColumnSpec("row_mark", ("版次标记", "row_mark"), cleaning.words(2000), own=True),
)  # fmt: skip
"""物资台账: what lies where; the last two columns as in the plan table."""

SPECS: dict[str, tuple[ColumnSpec, ...]] = {
    "village": VILLAGE_COLUMNS,
    "grid": GRID_COLUMNS,
    "worker": WORKER_COLUMNS,
    "contact": CONTACT_COLUMNS,
    "duty_holder": DUTY_HOLDER_COLUMNS,
    "gazetteer_name": GAZETTEER_COLUMNS,
    "household": HOUSEHOLD_COLUMNS,
    "drill": DRILL_COLUMNS,
    "attendance": ATTENDANCE_COLUMNS,
    "attention_item": ATTENTION_COLUMNS,
    "kit": KIT_COLUMNS,
    "stock_move": STOCK_COLUMNS,
}
