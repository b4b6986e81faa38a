"""The usual tables of a township, as the county collects them: their headings in order, and what fills them.

Headings: ``shared/data/rosters/headings.csv`` (compiled from published township ledgers). A heading whose content this
program does not keep (ethnicity, political status, WeChat) stays as an empty column, because the form is filed as a
whole.
"""

from dataclasses import dataclass

FormColumn = tuple[str, str]
"""A heading and the name of the fact that fills it; an empty name leaves the column for the pen."""


@dataclass(frozen=True, slots=True)
class Form:
    """One usual table. ``source`` is the entity whose rows fill it."""

    name: str
    title: str
    source: str
    columns: tuple[FormColumn, ...]


ROSTER = Form("roster", "微网格员花名册", "worker", (
    ("序号", "number"), ("村(社区)", "village"), ("网格编码", "grid_code"), ("网格名称", "grid_name"), ("姓名", "name"),
    ("性别", "gender"), ("民族", ""), ("出生年月", "birth_month"), ("政治面貌", ""), ("文化程度", ""), ("身份证号", ""),
    ("联系电话", "phone"), ("微信号", ""), ("身份类别", "source"), ('是否"拿薪治村"', "paid"), ("兼职情况", ""),
    ("任职时间", "appointed"), ("所辖户数", "households"), ("所辖人口", "people"), ("重点人员数", "care_count"),
    ("配发七件套", "kit_held"), ("备注", "note"),
))  # fmt: skip
GRID_LEDGER = Form("grid_ledger", "网格底数台账", "grid", (
    ("序号", "number"), ("村(社区)", "village"), ("微网格编码", "code"), ("微网格名称", "name"), ("网格类型", "kind"),
    ("四至范围", ""), ("户数", "households"), ("户籍人口", ""), ("常住人口", "people"), ("外出务工", "away_count"),
    ("面积(亩)", "area_mu"), ("党员数", ""), ("重点人员", "care_count"), ("重点区域", "key_places"),
    ("重点事项", "matter_count"), ("风险点位", ""), ("网格长", "head"), ("微网格员", "keeper"),
    ("联系电话", "keeper_phone"), ("包联干部", "liaison"),
))  # fmt: skip
CARE_LEDGER = Form("care_ledger", "关爱对象台账", "resident", (
    ("序号", "number"), ("村(社区)", "village"), ("微网格", "grid_name"), ("姓名", "name"), ("性别", "gender"),
    ("年龄", "age"), ("身份证号", ""), ("人员类别", "care"), ("家庭住址", "address"), ("联系电话", "phone"),
    ("监护人/联系人", "head"), ("联系人电话", "household_phone"), ("行动能力", "needs"), ("转移帮扶责任人", "keeper"),
    ("帮扶人电话", "keeper_phone"), ("走访频次", ""), ("最近走访时间", "last_visit"), ("备注", ""),
))  # fmt: skip
INCIDENT_LEDGER = Form("incident_ledger", "事件台账(格呼村应)", "incident", (
    ("事件编号", "incident_number"), ("发现时间", "opened_at"), ("上报人", "finder"), ("微网格", "grid_name"),
    ("事件类别", "category"), ("事件描述", "text"), ("发生地点", "place"), ("紧急程度", "urgency"),
    ("呼叫对象", "called"), ("呼叫时间", "calling_at"), ("响应时间", "responding_at"),
    ("处置措施", "closing_note"), ("办结时间", "ended_at"),
    ("用时(分钟)", "minutes"), ("满意度", "satisfaction"), ("是否闭环", "is_closed"),
))  # fmt: skip
DRILL_RECORDS = Form("drill_records", "演练记录表", "drill", (
    ("演练名称", "title"), ("演练时间", "held_at"), ("演练地点", "place"), ("组织单位", "owner_unit"),
    ("总指挥", "commander"), ("参演单位", "units"), ("参演人数", "took_part"), ("转移群众人数", "evacuated"),
    ("演练科目", "subjects"), ("预警接收时间", "warned"), ("叫应完成时间", "called"), ("到岗时间", "assembled"),
    ("转移完成时间", "evacuated_at"), ("总用时(分钟)", "minutes"), ("演练过程", "process"), ("存在问题", "problems"),
    ("整改措施", "measures"), ("整改责任人", "mend_owner"), ("整改时限", "mend_due"), ("记录人", "recorder"),
))  # fmt: skip
EVALUATIONS = Form("drill_evaluations", "演练评估表", "expectation", (
    ("演练名称", "title"), ("演练时间", "held_at"), ("评估项目", "item"), ("评估内容", "content"), ("分值", "points"),
    ("评分标准", "criterion"), ("得分", "won"), ("扣分原因", "reason"), ("评估人", "evaluator"),
))  # fmt: skip
"""The usual seven headings, and of which drill a line is: the sheet of one drill alone is among its papers."""
SCORES = Form("drill_scores", "演练成绩表", "drill", (
    ("序号", "number"), ("场景类型", "scenario"), ("单位", "unit_name"), ("单位编码", "unit_code"),
    ("演练名称", "title"), ("演练日期", "day"), ("得分率(%)", "percent"), ("结果", "passed"),
    ("比上次(百分点)", "change"),
))  # fmt: skip
"""What each unit came to in each kind of drill, time after time."""

UNIT_LEDGER = Form("unit_ledger", "最小应急单元名册", "unit_post", (
    ("序号", "number"), ("村(社区)", "village"), ("网格编码", "grid_code"), ("网格名称", "grid_name"), ("点位", "site"),
    ("角色", "unit_role"), ("担任或替补", "unit_rank"), ("姓名", "name"), ("联系电话", "phone"), ("备注", ""),
))  # fmt: skip
TRAININGS = Form("trainings", "培训登记表", "session", (
    ("序号", "number"), ("课程类别", "course_category"), ("课程名称", "course_title"), ("授课时间", "starts_at"),
    ("授课地点", "place"), ("授课人", "teacher"), ("学时", "hours"), ("应到人数", "expected_count"),
    ("实到人数", "present_count"), ("签到表", "sign_sheet"), ("考核方式", "method"), ("合格人数", "passed_count"),
    ("备注", "note"),
))  # fmt: skip

DEBTS = Form("debts", "应演情况表", "debt", (
    ("序号", "number"), ("层级", "level"), ("地点", "place_name"), ("村(社区)", "village_name"),
    ("场景类型", "scenario"), ("规则", "rule"), ("到期日", "due"), ("超期天数", "days_late"),
    ("状态", "state"), ("对应演练", "drill"),
))  # fmt: skip
COURSES = Form("courses", "培训课程表", "course", (
    ("序号", "number"), ("课程类别", "course_category"), ("课程名称", "course_title"), ("学时", "hours"),
    ("有效期(月)", "valid_months"), ("考核方式", "method"), ("合格分", "pass_mark"), ("是否必修", "course_required"),
))  # fmt: skip

ARTICLES = Form("articles", "物资目录", "article", (
    ("序号", "number"), ("物资编号", "code"), ("物资名称", "name"), ("物资类别", "category"), ("规格型号", "spec"),
    ("单位", "unit"), ("尺码", "sizes"), ("最低库存", "minimum"), ("使用期限(月)", "life_months"),
    ("七件套位置", "kit_place"), ("结存", "total"),
))  # fmt: skip
STOCK_MOVES = Form("stock_moves", "出入库流水", "stock_move", (
    ("序号", "number"), ("时间", "occurred_at"), ("类型", "kind"), ("物资库", "depot"), ("物资名称", "article"),
    ("尺码", "size"), ("数量", "amount"), ("增减", "change"), ("来源或去向", "party"), ("领用人", "taken_by"),
    ("原因", "reason"), ("负结存原因", "override"), ("经办人", "by"),
))  # fmt: skip
PIECES = Form("pieces", "七件套物件清单", "piece", (
    ("序号", "number"), ("村(社区)", "village"), ("微网格", "grid"), ("网格员", "worker"), ("套号", "kit"),
    ("物件编号", "code"), ("物件", "article"), ("尺码", "size"), ("状态", "state"), ("发放日期", "issued_on"),
    ("到期日", "due_on"), ("原因", "reason"), ("版次", "edition"),
))  # fmt: skip

EDITIONS = Form("editions", "手册和通讯录版次表", "edition", (
    ("序号", "number"), ("册子", "kind"), ("村(社区)", "village"), ("微网格", "grid"), ("版次", "edition"),
    ("编号", "code"), ("印制日期", "printed_on"), ("印制人", "by"), ("在用本数", "holders"), ("其中旧版", "stale"),
))  # fmt: skip
BOOK_HOLDERS = Form("book_holders", "手册和通讯录领用表", "edition", (
    ("序号", "number"), ("村(社区)", "village"), ("微网格", "grid"), ("网格员", "worker"), ("套号", "kit"),
    ("册子", "kind"), ("物件编号", "piece"), ("版次", "edition"), ("编号", "code"), ("印制日期", "printed_on"),
    ("状态", "state"), ("有变的页", "pages"),
))  # fmt: skip

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        ROSTER, GRID_LEDGER, CARE_LEDGER, INCIDENT_LEDGER, DRILL_RECORDS, EVALUATIONS, SCORES, UNIT_LEDGER, TRAININGS,
        DEBTS, COURSES, ARTICLES, STOCK_MOVES, PIECES, EDITIONS, BOOK_HOLDERS,
    )
}
