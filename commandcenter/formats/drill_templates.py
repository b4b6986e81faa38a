"""The papers of a drill: their placeholders, and the templates that a town starts from, made by this module.

A placeholder has two names that mean the same, one to read in Chinese and one in English: ``{{ 演练名称 }}`` or
``{{ title }}``. What is repeated is a list whose items have fields: ``{{ 脚本.内容 }}`` in a row of a workbook,
``{%tr for 行 in 脚本 %}`` around a row of a Word table.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from commandcenter.base import texts
from commandcenter.base.texts import say

PLACEHOLDERS: dict[str, str] = {
    "title": "演练名称", "when": "演练时间", "day": "演练日期", "place": "演练地点", "owner_unit": "组织单位",
    "commander": "总指挥", "units": "参演单位", "took_part": "参演人数", "evacuated": "转移群众人数",
    "subjects": "演练科目", "warned": "预警接收时间", "called": "叫应完成时间", "assembled": "到岗时间",
    "evacuated_at": "转移完成时间", "minutes": "总用时", "process": "演练过程", "problems": "存在问题",
    "measures": "整改措施", "mend_owner": "整改责任人", "mend_due": "整改时限", "recorder": "记录人",
    "scenario": "场景类型", "form": "演练形式", "purpose": "演练目的", "objectives": "演练目标", "safety": "安全要求",
    "kit": "所需物资", "plan": "依托预案", "grids": "涉及微网格", "people": "计划人数", "owner": "责任人",
    "phone": "联系电话", "score": "得分", "pass_mark": "合格线", "verdict": "评估结论", "summary": "总结正文",
    "briefing": "简报正文", "town": "乡镇", "today": "编制日期", "late": "补录标记",
}  # fmt: skip
"""Single values by their English name, with the Chinese one."""
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "script": ("脚本", {"number": "序号", "time": "时间", "channel": "方式", "player": "扮演", "spot": "地点",
                        "text": "内容"}),
    "roles": ("分工", {"role": "岗位", "names": "人员", "task": "任务"}),
    "five": ("五预", {"name": "名称", "text": "内容"}),
    "evaluation": ("评估", {"item": "评估项目", "content": "评估内容", "points": "分值", "criterion": "评分标准",
                            "won": "得分", "reason": "扣分原因", "evaluator": "评估人"}),
    "sign_in": ("签到", {"number": "序号", "name": "姓名", "unit": "单位", "role": "岗位", "signature": "签名"}),
    "notices": ("告知", {"audience": "对象", "whom": "联系人", "time": "告知时间"}),
    "improvements": ("整改", {"number": "序号", "text": "事项", "owner": "责任人", "due": "时限", "state": "状态"}),
}  # fmt: skip
"""Lists by their English name: the Chinese one, and the fields of an item in both."""
RECORD_ROWS = ("title", "when", *tuple(PLACEHOLDERS)[3:21])
"""演练记录表: its 20 columns in the usual order (headings.csv, row 8)."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: its key, the names under which a town's template for it is looked for, its kind of file."""

    key: str
    stem: str
    ending: str


PAPERS: tuple[Paper, ...] = (
    Paper("plan", "方案", ".docx"), Paper("script", "脚本", ".docx"), Paper("notice", "通知", ".docx"),
    Paper("sign_in", "签到表", ".xlsx"), Paper("record", "记录", ".docx"), Paper("evaluation", "评估", ".xlsx"),
    Paper("summary", "总结", ".docx"), Paper("briefing", "简报", ".docx"),
)  # fmt: skip


def both_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by their English names and by their Chinese ones, lists and their fields alike."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name in LISTS:
            zh, fields = LISTS[name]
            items = [{**item, **{fields[key]: each for key, each in item.items() if key in fields}} for item in value]
            made[name] = made[zh] = items
        else:
            made[name] = made[PLACEHOLDERS[name]] = value
    return made


def label(name: str) -> str:
    """What a value is called on paper."""
    return say(f"drillpaper.{name}")


def spelt(name: str) -> str:
    """The name of a placeholder in the language of the moment."""
    return PLACEHOLDERS[name] if texts.current().language == "zh_CN" else name


def list_spelt(name: str) -> tuple[str, dict[str, str]]:
    """The name of a list and of its fields in the language of the moment."""
    zh, fields = LISTS[name]
    return (zh, fields) if texts.current().language == "zh_CN" else (name, {each: each for each in fields})


def shipped(paper: Paper) -> bytes:
    """The template that a town starts from, in the language of the moment."""
    return _made(paper.key, texts.current().language)


@cache
def _made(key: str, _language: str) -> bytes:
    """A whole folder of papers, and then the next, is made from the same eight."""
    return _SHIPPED[key]()


def placeholder_sheet() -> str:
    """All placeholders with what they mean, as lines of text to stand beside the templates."""
    lines = [say("drillpaper.sheet.intro"), ""]
    lines += [f"{{{{ {spelt(each)} }}}}\t{label(each)}" for each in PLACEHOLDERS]
    for each in LISTS:
        name, fields = list_spelt(each)
        lines += ["", f"{label(f'list.{each}')}"]
        lines += [f"{{{{ {name}.{field} }}}}\t{label(f'{each}.{key}')}" for key, field in fields.items()]
    name, fields = list_spelt("script")
    row = say("drillpaper.sheet.row")
    lines += ["", say("drillpaper.sheet.word"), f"{{%tr for {row} in {name} %}} … {{%tr endfor %}}"]
    return "\r\n".join(lines) + "\r\n"


# --- Word -----------------------------------------------------------------------------------------------------------

_EAST_ASIA = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia"


class _Document:
    """A4, a title, headings, paragraphs and tables in faces that every office has."""

    def __init__(self, title_code: str) -> None:
        from docx import Document
        from docx.shared import Mm, Pt

        self.document: Any = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(26)
        section.top_margin, section.bottom_margin = Mm(30), Mm(26)
        self._face(self.document.styles["Normal"], "宋体", Pt(12))
        header: Any = section.header.paragraphs[0]
        header.text = say("drillpaper.mark")
        header.alignment = 2
        self._page_numbers(section)
        title: Any = self.document.add_paragraph()
        title.alignment = 1
        run = title.add_run(say(title_code))
        run.bold = True
        self._face(run, "黑体", Pt(20))
        title.paragraph_format.space_after = Pt(10)

    def _face(self, target: Any, east: str, size: Any) -> None:
        target.font.name, target.font.size = "Times New Roman", size
        target.element.get_or_add_rPr().get_or_add_rFonts().set(_EAST_ASIA, east)

    def _page_numbers(self, section: Any) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        foot = section.footer.paragraphs[0]
        foot.alignment = 1
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            run = foot.add_run()
            if kind is not None:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._r.append(mark)

    def heading(self, words: str) -> None:
        """A heading of a part."""
        from docx.shared import Pt

        line = self.document.add_paragraph()
        line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(8), True
        run = line.add_run(words)
        run.bold = True
        self._face(run, "黑体", Pt(13))

    def text(self, words: str, *, at: int = 0, indent: bool = False) -> None:
        """A paragraph at the left, the middle (1) or the right (2); it may hold placeholders."""
        from docx.shared import Pt

        line: Any = self.document.add_paragraph(words)
        line.paragraph_format.line_spacing = 1.4
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(6), Pt(2)
        if at:
            line.alignment = at
        if indent:
            line.paragraph_format.first_line_indent = Pt(24)

    def part(self, name: str) -> None:
        """A heading and the value under it."""
        self.heading(label(name))
        self.text(f"{{{{ {spelt(name)} }}}}", indent=True)

    def facts(self, names: Sequence[str], *, columns: int = 2) -> None:
        """Labels and values in a ruled table, ``columns`` pairs in a row; long ones take the whole row."""
        from docx.shared import Mm

        table = self.document.add_table(rows=0, cols=2 * columns)
        table.style, table.autofit = "Table Grid", False
        widths = (Mm(34), Mm(45)) * columns if columns > 1 else (Mm(40), Mm(118))
        waiting: list[str] = []

        def close() -> None:
            if not waiting:
                return
            cells = table.add_row().cells
            for place, name in enumerate(waiting):
                cells[2 * place].text, cells[2 * place + 1].text = label(name), f"{{{{ {spelt(name)} }}}}"
            if len(waiting) == 1 and columns > 1:
                cells[1].merge(cells[2 * columns - 1])
            waiting.clear()

        for name in names:
            if name in _LONG:
                close()
                waiting.append(name)
                close()
            else:
                waiting.append(name)
                if len(waiting) == columns:
                    close()
        close()
        self._measure(table, widths, 11.0)

    def table(self, name: str, widths: Sequence[int]) -> None:
        """A row for every item of a list, under a heading row that is repeated on each page."""
        from docx.oxml import OxmlElement
        from docx.shared import Mm

        key, fields = list_spelt(name)
        row = say("drillpaper.sheet.row")
        table = self.document.add_table(rows=4, cols=len(fields))
        table.style, table.autofit = "Table Grid", False
        table.rows[1].cells[0].text = f"{{%tr for {row} in {key} %}}"
        table.rows[3].cells[0].text = "{%tr endfor %}"
        for place, (english, field) in enumerate(fields.items()):
            head, body = table.rows[0].cells[place], table.rows[2].cells[place]
            head.text, body.text = label(f"{name}.{english}"), f"{{{{ {row}.{field} }}}}"
            head.paragraphs[0].runs[0].bold = True
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for each in table.rows:
            each._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        self._measure(table, [Mm(each) for each in widths], 10.5)

    def _measure(self, table: Any, widths: Sequence[Any], size: float) -> None:
        """Widths, heights and type of a table; the grid's columns too, which some offices look at alone."""
        from docx.shared import Mm, Pt

        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in table.rows:
            row.height = Mm(9)
            for place, cell in enumerate(row.cells):
                cell.width, cell.vertical_alignment = widths[place], 1
                for line in cell.paragraphs:
                    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(2)
                    for run in line.runs:
                        run.font.size = Pt(size)

    def signed(self) -> None:
        """Who and when, at the right."""
        for name in ("owner_unit", "today"):
            self.text(f"{{{{ {spelt(name)} }}}}", at=2)

    def bytes(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()


_LONG = frozenset(
    ("title", "process", "problems", "measures", "units", "grids", "place", "subjects", "purpose", "safety", "kit")
)


def _plan() -> bytes:
    made = _Document("drillpaper.paper.plan")
    made.facts(("title", "scenario", "form", "when", "people", "place", "grids", "owner_unit", "commander", "units",
                "plan", "owner", "phone"))  # fmt: skip
    for name in ("purpose", "objectives"):
        made.part(name)
    made.heading(label("list.five"))
    made.table("five", (30, 128))
    made.heading(label("list.roles"))
    made.table("roles", (30, 38, 90))
    for name in ("kit", "safety"):
        made.part(name)
    made.heading(label("list.notices"))
    made.table("notices", (52, 58, 48))
    made.signed()
    return made.bytes()


def _script() -> bytes:
    made = _Document("drillpaper.paper.script")
    made.facts(("title", "when", "commander", "place"))
    made.heading(label("list.script"))
    made.table("script", (12, 20, 22, 24, 26, 54))
    made.part("safety")
    return made.bytes()


def _notice() -> bytes:
    made = _Document("drillpaper.paper.notice")
    made.text(say("drillpaper.notice.opening", **_spelt("town", "title", "when", "place")), indent=True)
    made.text(say("drillpaper.notice.only_a_drill"), indent=True)
    made.facts(("title", "scenario", "form", "when", "people", "place", "grids", "units", "commander", "owner",
                "phone"))  # fmt: skip
    made.part("safety")
    made.signed()
    return made.bytes()


def _spelt(*names: str) -> dict[str, str]:
    return {name: f"{{{{ {spelt(name)} }}}}" for name in names}


def _record() -> bytes:
    made = _Document("drillpaper.paper.record")
    made.text(f"{{{{ {spelt('late')} }}}}", at=1)
    made.facts(RECORD_ROWS)
    return made.bytes()


def _summary() -> bytes:
    made = _Document("drillpaper.paper.summary")
    made.facts(("title", "when", "took_part", "place", "minutes", "score"))
    made.text(f"{{{{ {spelt('summary')} }}}}", indent=True)
    made.heading(label("list.improvements"))
    made.table("improvements", (12, 74, 28, 26, 18))
    made.signed()
    return made.bytes()


def _briefing() -> bytes:
    made = _Document("drillpaper.paper.briefing")
    made.text(f"{{{{ {spelt('town')} }}}}    {{{{ {spelt('today')} }}}}", at=1)
    made.heading(f"{{{{ {spelt('title')} }}}}")
    made.text(f"{{{{ {spelt('briefing')} }}}}", indent=True)
    return made.bytes()


# --- Excel ----------------------------------------------------------------------------------------------------------


NARROW = 8
"""Characters of a column that holds numbers."""


def _book(
    title_code: str, name: str, widths: Sequence[int], facts: Sequence[str], *, high: int, upright: bool
) -> bytes:
    """A title, a line of facts, a list with its headings; fits on A4."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    key, fields = list_spelt(name)
    last, thin = get_column_letter(len(fields)), Side(style="thin", color="8B98A5")
    book = Workbook()
    sheet = book.active
    sheet.title = say(title_code)[:31]
    sheet.append([say(title_code)])
    sheet.append(["    ".join(f"{label(each)}: {{{{ {spelt(each)} }}}}" for each in facts)])
    sheet.append([label(f"{name}.{each}") for each in fields])
    sheet.append([f"{{{{ {key}.{field} }}}}" for field in fields.values()])
    for row in (1, 2):
        sheet.merge_cells(f"A{row}:{last}{row}")
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    sheet["A2"].alignment = Alignment(wrap_text=True, vertical="center")
    for row, tall in ((1, 30), (2, 34), (3, 22), (4, high)):
        sheet.row_dimensions[row].height = tall
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        for row in (3, 4):
            cell = sheet.cell(row, place)
            cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
            middle = "center" if width <= NARROW else "left"
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal=middle)
            cell.font = Font(size=10)
        sheet.cell(3, place).font = Font(bold=True, size=10)
        sheet.cell(3, place).fill = PatternFill("solid", fgColor="E8EEF2")
    sheet.page_setup.paperSize, sheet.page_setup.orientation = 9, "portrait" if upright else "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "3:3"
    sheet.oddHeader.center.text = say("drillpaper.mark")
    sheet.oddFooter.center.text = "&P / &N"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sign_in() -> bytes:
    return _book("drillpaper.paper.sign_in", "sign_in", (7, 18, 26, 16, 24), ("title", "when", "place"), high=21,
                 upright=True)


def _evaluation() -> bytes:
    facts = ("title", "when", "score", "pass_mark", "verdict")
    return _book("drillpaper.paper.evaluation", "evaluation", (14, 36, 8, 30, 8, 24, 12), facts, high=50, upright=False)


_SHIPPED: dict[str, Callable[[], bytes]] = {
    "plan": _plan, "script": _script, "notice": _notice, "sign_in": _sign_in, "record": _record,
    "evaluation": _evaluation, "summary": _summary, "briefing": _briefing,
}  # fmt: skip
