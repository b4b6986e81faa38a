"""The words of files for the keys that the program keeps: kinds, sources, roles, care needs."""

import csv
from functools import cache

from commandcenter.base.paths import resources


@cache
def _roles(person: str) -> dict[str, str]:
    """The names of the catalogue of roles for contacts or duty holders."""
    with (resources() / "catalogues" / "roles.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["zh"]: row["key"] for row in csv.DictReader(file) if row["person"] == person}


@cache
def _grounds() -> dict[str, str]:
    """The names of the catalogue of grounds."""
    with (resources() / "catalogues" / "attention_grounds.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["zh"]: row["key"] for row in csv.DictReader(file)}


@cache
def _care_kinds() -> dict[str, str]:
    """The names of the catalogue of care kinds."""
    with (resources() / "catalogues" / "care_kinds.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["zh"]: row["key"] for row in csv.DictReader(file)}


VILLAGE_KINDS = {
    "村": "village", "行政村": "village", "建制村": "village", "村委会": "village", "社区": "community",
    "居委会": "community", "城镇社区": "community", "社区(居委会)": "community", "行政村(村委会)": "village",
}  # fmt: skip
GRID_KINDS = {
    **dict.fromkeys(
        (
            "一般", "综合", "普通", "基础", "一般网格", "综合网格", "普通网格", "基础网格", "微网格", "一般微网格",
            "综合微网格", "普通微网格",
        ),
        "general",
    ),
    **dict.fromkeys(("专属", "专属网格", "专属微网格"), "dedicated"),
    **dict.fromkeys(("应急", "应急网格", "应急微网格"), "emergency"),
}  # fmt: skip
GRID_MARKS = {
    "学校": "school", "医院": "hospital", "养老院": "nursing_home", "敬老院": "nursing_home",
    "建设工地": "construction", "建设项目": "construction",
    "河心洲坝": "islet", "地质灾害点": "landslide", "地质灾害隐患点": "landslide",
    "森林防火重点区": "forest", "森林防火重点区域": "forest",
}  # fmt: skip
"""What makes a dedicated or emergency grid one; another word is kept as written."""
GENDERS = {"男": "male", "男性": "male", "m": "male", "女": "female", "女性": "female", "f": "female"}
SOURCES = {
    **dict.fromkeys(("在职骨干", "在职干部", "骨干"), "backbone"),
    **dict.fromkeys(("乡贤", "新乡贤"), "worthy"),
    **dict.fromkeys(("村两委干部", "村干部", "社区干部", "两委干部"), "cadre"),
    **dict.fromkeys(("小组长", "组长", "村民小组长", "居民小组长"), "group_leader"),
    **dict.fromkeys(("退休干部", "离退休干部"), "retired_cadre"),
    "退役军人": "veteran",
    **dict.fromkeys(("热心群众", "热心居民", "热心村民"), "resident"),
    "无职党员": "party_member",
    "新农人": "farmer",
    "村医": "medic",
}
"""Ways to become a worker; another word is kept as written."""
CHANNELS = {
    **dict.fromkeys(("组织推荐", "组织推选", "党组织推荐"), "organisation"),
    **dict.fromkeys(("群众推荐", "群众推选", "居民推荐", "村民推荐"), "public"),
    **dict.fromkeys(("自荐", "个人自荐", "自我推荐"), "self"),
}
"""Who put a worker forward 三荐."""
STANDINGS = {
    **dict.fromkeys(("在岗", "在职", "现任"), "serving"),
    **dict.fromkeys(("后备", "后备人员", "后备力量", "储备"), "reserve"),
}
CONTACT_KINDS = {
    **_roles("contact"),
    **dict.fromkeys(("消防", "消防站", "消防救援站", "119"), "fire"),
    **dict.fromkeys(("公安", "警务室", "110"), "police"),
    **dict.fromkeys(("急救", "120", "救护车"), "ambulance"),
    **dict.fromkeys(("卫生院", "卫生室", "村卫生室", "村医", "医院"), "clinic"),
    **dict.fromkeys(("供电所", "电力"), "power"),
    **dict.fromkeys(("水务站", "水务所", "供水站", "水厂", "自来水厂", "自来水"), "water"),
    **dict.fromkeys(("天然气", "燃气公司"), "gas"),
    **dict.fromkeys(("电信", "移动", "联通"), "telecom"),
    **dict.fromkeys(("民兵", "民兵应急队", "民兵连", "应急队伍", "应急分队", "应急队"), "militia"),
    **dict.fromkeys(("挖掘机", "挖机", "挖机机主", "工程机械"), "excavator_owner"),
    **dict.fromkeys(("船只", "船舶"), "boat_owner"),
    **dict.fromkeys(("护林员", "林业"), "forest_guard"),
    **dict.fromkeys(("养护站", "公路"), "road_crew"),
    **dict.fromkeys(("县值班室", "市值班室", "县级值班室"), "county_duty"),
}
"""Services and helpers outside the grids; another word is kept as written."""
DUTY_ROLES = {
    **_roles("duty_holder"),
    **dict.fromkeys(
        (
            "村支书", "支书", "村书记", "社区书记", "党支部书记", "党总支书记", "党委书记", "党组织书记", "书记",
        ),
        "village_secretary",
    ),
    **dict.fromkeys(("村值班员", "社区值班员", "值班员"), "village_duty"),
    **dict.fromkeys(("驻村干部", "包片干部", "联村干部"), "liaison_cadre"),
    **dict.fromkeys(("驻村领导", "包片领导", "联村领导"), "liaison_leader"),
    **dict.fromkeys(("村民小组长", "居民小组长", "小组长", "社长"), "group_leader"),
    **dict.fromkeys(("监测员", "地灾监测员", "地质灾害监测员", "群测群防员"), "hazard_monitor"),
    **dict.fromkeys(("预警员", "山洪监测预警员"), "flood_warner"),
    **dict.fromkeys(("专属网格长", "网格长", "网格负责人"), "grid_head"),
    **dict.fromkeys(("副网格长", "网格副职", "副网格员"), "grid_deputy"),
    **dict.fromkeys(("值班领导", "镇带班领导"), "leader_on_duty"),
}  # fmt: skip
"""Roles on a village, a grid or the town; another word is kept as written."""
PLACE_KINDS = {
    **dict.fromkeys(("院落", "院子", "大院", "小区"), "yard"),
    **dict.fromkeys(("社", "组", "村民小组", "居民小组"), "group"),
    **dict.fromkeys(("原村", "合并村", "撤并村"), "merged_village"),
    **dict.fromkeys(("地标", "单位", "建筑"), "landmark"),
    **dict.fromkeys(("道路", "街道", "路", "街"), "road"),
    **dict.fromkeys(("桥", "桥梁"), "bridge"),
    **dict.fromkeys(("塘", "水塘", "堰塘", "水库", "山坪塘"), "pond"),
}
"""What a name of the gazetteer is a name of; another word is kept as written."""
RELATIONS = {
    **dict.fromkeys(("户主", "本人"), "head"),
    **dict.fromkeys(("配偶", "妻子", "丈夫", "妻", "夫"), "spouse"),
    **dict.fromkeys(("子女", "儿子", "女儿", "子", "女", "长子", "次子", "三子", "长女", "次女", "三女"), "child"),
    **dict.fromkeys(("父母", "父亲", "母亲", "父", "母", "公公", "婆婆", "岳父", "岳母"), "parent"),
    **dict.fromkeys(("儿媳或女婿", "儿媳", "女婿", "媳妇"), "in_law"),
    **dict.fromkeys(("孙子女", "孙辈", "孙子", "孙女", "外孙", "外孙女", "孙", "曾孙", "曾孙女"), "grandchild"),
    **dict.fromkeys(("祖父母", "祖辈", "祖父", "祖母", "爷爷", "奶奶", "外公", "外婆"), "grandparent"),
    **dict.fromkeys(("兄弟姐妹", "兄弟", "姐妹", "兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹"), "sibling"),
    **dict.fromkeys(("其他", "其他亲属", "非亲属"), "other"),
}
"""How somebody stands to the head of the household; another word is kept as written. The first word of each is one
for both sexes, for it is written out."""
CARE_KINDS = {
    **_care_kinds(),
    **dict.fromkeys(("独居", "空巢老人", "独居空巢老人"), "elder_alone"),
    **dict.fromkeys(("高龄失能老人", "失能老人", "半失能老人", "高龄老人", "失能半失能老人"), "frail_elder"),
    **dict.fromkeys(("肢体残疾", "行动不便人员", "肢体残疾人"), "mobility"),
    **dict.fromkeys(("视力不便", "视力残疾人", "盲人"), "sight"),
    **dict.fromkeys(("听力不便", "听力残疾人", "聋人"), "hearing"),
    **dict.fromkeys(("残疾", "残疾人", "重度残疾人"), "disabled"),
    **dict.fromkeys(("需要陪伴", "需人陪伴", "需人照看"), "company"),
    **dict.fromkeys(("农村留守儿童",), "left_behind"),
    **dict.fromkeys(("孤儿", "事实无人抚养儿童"), "hardship_child"),
    **dict.fromkeys(("孕妇", "产妇"), "pregnant"),
    **dict.fromkeys(("婴儿", "幼儿"), "infant"),
    **dict.fromkeys(("依赖药物", "依赖药品"), "medicine"),
    **dict.fromkeys(("依赖用电", "依赖吸氧", "透析"), "power"),
    **dict.fromkeys(("特困人员", "特困供养人员", "五保户", "五保老人"), "destitute"),
}  # fmt: skip
"""Who needs care: the kinds of the catalogue, and nothing else (``DOMAIN.md`` §2)."""

ATTENTION_KINDS = {
    **dict.fromkeys(("人员", "重点人员", "关爱对象", "人"), "person"),
    **dict.fromkeys(("场所", "区域", "重点区域", "重点场所", "地点", "部位"), "place"),
    **dict.fromkeys(("事项", "重点事项", "隐患", "事"), "matter"),
}
GROUNDS = {
    **_grounds(),
    **dict.fromkeys(("同意", "已同意", "本人已同意"), "consent"),
    **dict.fromkeys(("本人申请", "本人提出", "自愿登记"), "own_wish"),
    **dict.fromkeys(("家属同意", "监护人已同意"), "guardian"),
    **dict.fromkeys(("法定职责", "法定职责所必需", "履职需要"), "public_duty"),
    **dict.fromkeys(("应急保护", "紧急情况下保护生命安全"), "life_safety"),
}
"""Why somebody may be kept on the attention list: the catalogue, and nothing else."""

DRILL_FORMS = {
    **dict.fromkeys(("实战演练", "实战", "实兵演练", "现场演练"), "field"),
    **dict.fromkeys(("桌面推演", "桌面演练", "桌面", "推演"), "tabletop"),
    **dict.fromkeys(("双盲", "双盲演练", "拉练", "双盲拉练"), "no_notice"),
}
DRILL_STATES = {
    **dict.fromkeys(("计划中", "未完成", "未开展", "待开展", "已排期"), "planned"),
    **dict.fromkeys(("进行中", "正在进行"), "running"),
    **dict.fromkeys(("已演练", "已完成", "完成", "已开展"), "held"),
    **dict.fromkeys(("已总结", "已评估"), "reviewed"),
    **dict.fromkeys(("已取消", "取消", "不再开展"), "cancelled"),
}
