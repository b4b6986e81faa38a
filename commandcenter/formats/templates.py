"""An empty workbook to be filled in: the headings that are recognised, one row that shows what goes where, and lists of
usual words.
"""

import io
from collections.abc import Sequence
from typing import Any

from commandcenter.base.texts import spoken
from commandcenter.formats.cleaning import offer_of
from commandcenter.formats.column_specs import ColumnSpec
from commandcenter.formats.row_kinds import EXAMPLES

ROWS = 500
"""Rows that are prepared as text, so that codes and phone numbers stay as they are typed."""
MOST_LISTED = 255
"""Characters that a list in a cell may hold (Excel); the separator is a comma in every language of the program."""
_COUNTS = frozenset({"households", "people", "people_at_home"})
_EXAMPLES: dict[str, tuple[str, str]] = {
    "code": ("510981103001001", "510981103001001"), "grid_code": ("510981103001001", "510981103001001"),
    "village_code": ("510981103001", "510981103001"), "village": ("示例村", "Example village"),
    "name": EXAMPLES, "kind": ("", ""),
    "grid_name": ("示例村第1微网格", "Example village grid 1"), "gender": ("女", "female"),
    "birth_month": ("1980-05", "1980-05"), "phone": ("13800000000", "13800000000"),
    "source": ("热心群众", "resident"),
    "paid": ("否", "no"), "appointed": ("2025-03", "2025-03"), "note": ("", ""), "households": ("45", "45"),
    "people": ("132", "132"), "people_at_home": ("96", "96"), "keeper": ("张三", "Zhang San"),
    "role": ("村(社区)书记", "village_secretary"),
    "address": ("示例村3组12号", "House 12, group 3"), "name_en": ("Example village", "Example village"),
    "head": EXAMPLES, "relation": ("户主", "head"),
    "title": EXAMPLES, "scenario": ("山体滑坡预警转移", "Landslide warning and evacuation"),
    "form": ("实战演练", "field"), "starts_at": ("2026-06-05 09:00", "2026-06-05 09:00"),
    "place": ("示例村村委会", "Example village office"), "units": ("应急办、消防队", "fire team"),
    "needs": ("要人抬", "must be carried"), "away": ("否", "no"),
    "course": ("防范电信网络诈骗", "Guarding against phone and online fraud"), "held_on": ("2025-06-12", "2025-06-12"),
    "teacher": ("李老师", "Ms Li"), "hours": ("2", "2"), "presence": ("到场", "yes"), "mark": ("85", "85"),
    "result": ("合格", "pass"), "care": ("独居老人", "elder_alone"), "ground": ("本人同意", "consent"),
    "reviewed_on": ("2025-06-12", "2025-06-12"), "review_on": ("2025-09-10", "2025-09-10"),
}  # fmt: skip
_KINDS: dict[str, tuple[str, str]] = {
    "grid": ("一般", "general"), "village": ("村", "village"), "contact": ("卫生院(室)", "clinic"),
    "gazetteer_name": ("院落", "yard"), "attention_item": ("人员", "person"),
}  # fmt: skip


_PLACED = frozenset({"worker", "household", "attention_item"})
"""Entities of which every row must say where it is, by any of these columns."""
_PLACES = ("village", "village_code", "grid_code", "grid_name")


def template(entity: str, specs: Sequence[ColumnSpec], language: str, title: str) -> bytes:
    """The bytes of an xlsx with one sheet called ``title``: headings in ``language``, one example row in grey, all but
    counts as text. What must be filled in is bold, says so behind its heading (a remark that readers pass over) and has
    a note. A column with usual words offers them in a list; another word is refused by the spreadsheet
    program only where none is taken here."""
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = title[:31]
    needed = _needed(entity, specs, language)
    for at, spec in enumerate((each for each in specs if not each.own), start=1):
        mark, told = needed.get(spec.field, ("", ""))
        words, example = heading(spec, language) + mark, _example(entity, spec.field, language)
        head = sheet.cell(row=1, column=at, value=words)
        head.font = Font(bold=bool(mark))
        head.fill = PatternFill("solid", fgColor="DFF1EE" if mark else "F4F6F8")
        if told:
            head.comment = Comment(told, title[:31], height=80, width=240)
        head.alignment = Alignment(vertical="center", wrap_text=True)
        is_count = spec.field in _COUNTS
        shown = sheet.cell(row=2, column=at, value=int(example) if is_count and example else example or None)
        shown.font = Font(italic=True, color="7C8A97")
        for row in range(2, ROWS + 2):
            sheet.cell(row=row, column=at).number_format = "0" if is_count else "@"
        offered = _offered(spec, language)
        if offered is not None:
            column = get_column_letter(at)
            sheet.add_data_validation(offered)
            offered.add(f"{column}2:{column}{ROWS + 1}")
        widest = max(_columns(words), _columns(example), 8)
        sheet.column_dimensions[get_column_letter(at)].width = min(widest + 3, 40)
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    book.close()
    return out.getvalue()


def _needed(entity: str, specs: Sequence[ColumnSpec], language: str) -> dict[str, tuple[str, str]]:
    """By field what stands behind its heading and in its note, where the column must be filled in, alone or one of
    several."""
    known = spoken(language)
    must = known.say("formats.template.required"), known.say("formats.template.required.note")
    found = {spec.field: must for spec in specs if spec.required}
    groups = [[spec for spec in specs if spec.one_of == group] for group in {spec.one_of for spec in specs} - {""}]
    if entity in _PLACED:
        groups.append([spec for spec in specs if spec.field in _PLACES])
    for group in groups:
        names = known.say("formats.template.join").join(heading(each, language) for each in group)
        either = known.say("formats.template.one_of"), known.say("formats.template.one_of.note", columns=names)
        found |= {spec.field: either if len(group) > 1 else must for spec in group}
    return found


def _offered(spec: ColumnSpec, language: str) -> Any:
    """The list of a column's usual words; None without any, or when a cell's list could not hold them all."""
    from openpyxl.worksheet.datavalidation import DataValidation

    offer = offer_of(spec.clean)
    words = () if offer is None else offer.zh if language == "zh_CN" else offer.en
    listed = ",".join(words)
    if offer is None or not words or len(listed) > MOST_LISTED or any("," in word for word in words):
        return None
    known = spoken(language)
    return DataValidation(
        type="list", formula1=f'"{listed}"', allow_blank=True, showDropDown=False, showErrorMessage=offer.is_closed,
        errorTitle=heading(spec, language)[:32], error=known.say("formats.template.choose"), showInputMessage=True,
        promptTitle=heading(spec, language)[:32],
        prompt=known.say("formats.template.choose" if offer.is_closed else "formats.template.choose_or_write"),
    )  # fmt: skip


def heading(spec: ColumnSpec, language: str) -> str:
    """The heading of a field that people of a language write; every one of them is recognised when read."""
    if language == "zh_CN":
        return spec.headings[0]
    english = next((each for each in spec.headings if each.isascii()), spec.headings[0])
    return english.replace("_", " ")


def _example(entity: str, field: str, language: str) -> str:
    pair = _KINDS.get(entity, ("", "")) if field == "kind" else _EXAMPLES.get(field, ("", ""))
    return pair[0 if language == "zh_CN" else 1]


def _columns(text: str) -> int:
    """How many columns of a fixed-width font a text takes."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
