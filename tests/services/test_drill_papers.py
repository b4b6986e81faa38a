"""A drill's papers: filled, marked as a drill, in the usual headings, with the town's own templates; its sheets."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pytest

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock, iso
from commandcenter.base.errors import BadInput, NotAllowed
from commandcenter.formats import drill_templates, office
from commandcenter.rules.entity import DRILLS
from commandcenter.services import drill_papers
from commandcenter.services.drill_people import AddDrillPerson
from commandcenter.services.drills import PlanDrill
from commandcenter.services.improvements import Mend
from commandcenter.services.papers import PrintPaper
from commandcenter.services.records import Came, RecordDrill, RecordLate
from tests.conftest import BEGINNING

VILLAGE = "999101100201"
HELD_AT = datetime(2025, 6, 12, 7, 5, tzinfo=UTC)
HOSTILE = '{{ 7*7 }} {% for x in y %} <w:p/> & "quoted" =1+1 #read("/etc/passwd")'


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    before = texts.current().language
    texts.use("zh_CN")
    yield
    texts.use(before)


@pytest.fixture
def desk(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> Any:
    return open_desk(town_url("sqlite"), "trainer", ManualClock(BEGINNING))


def late(desk: Any, **fields: Any) -> str:
    facts = {
        "title": "黑水浩村滑坡避险演练", "took_part": 86, "evacuated": 45, "commander": "何大山", "recorder": "李会计",
        "place": "黑水浩村小学操场", "process": "敲门转移。", "problems": "喇叭不够。", "owner_unit": "黑水浩村",
    } | fields  # fmt: skip
    moments = {key: iso(HELD_AT + timedelta(minutes=at)) for key, at in
               {"warned": 1, "called": 8, "assembled": 12, "evacuated": 29, "ended": 50}.items()}  # fmt: skip
    made = RecordLate(
        scenario="landslide", village=VILLAGE, held_at=HELD_AT, fields=facts, moments=moments,
        improvements=(Mend("补两只喇叭", "何大山", "2025-07-20"),),
    )  # fmt: skip
    return str(desk.runner.execute(made).value["drill"])


def papers(desk: Any, drill: str, **more: Any) -> dict[str, bytes]:
    with desk.read(DRILLS) as reader:
        made = drill_papers.make(reader, drill, BEGINNING, **more)
    return {paper.key: each.content for paper, each in zip(drill_templates.PAPERS, made, strict=False)}


def words_of(content: bytes) -> str:
    """Everything that stands in a Word file, its headers too."""
    document = docx.Document(io.BytesIO(content))
    lines = [each.text for each in document.paragraphs]
    lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    lines += [each.text for section in document.sections for each in section.header.paragraphs]
    return "\n".join(lines)


def cells_of(content: bytes) -> list[list[Any]]:
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_the_record_has_the_twenty_usual_columns_in_their_order(desk: Any, shared_data: Path) -> None:
    import csv

    with (shared_data / "rosters" / "headings.csv").open(encoding="utf-8-sig") as file:
        usual = {row[0]: row[2].split("|") for row in csv.reader(file)}
    document = docx.Document(io.BytesIO(papers(desk, late(desk))["record"]))
    cells: list[str] = []
    for row in document.tables[0].rows:
        for cell in row._tr.tc_lst:
            cells.append("".join(each.text or "" for each in cell.iter() if each.tag.endswith("}t")))
    labels = [each for each in cells if each in usual["演练记录表"]]
    assert labels == usual["演练记录表"]
    assert cells_of(papers(desk, late_once(desk))["evaluation"])[2] == usual["演练评估表"]
    told = dict(pairwise(cells))
    assert told["演练名称"] == "黑水浩村滑坡避险演练" and told["参演人数"] == "86" and told["总用时(分钟)"] == "50"
    assert told["预警接收时间"] == "09:06" and told["整改责任人"] == "何大山" and told["整改时限"] == "2025-07-20"
    assert told["演练时间"] == "2025年6月12日 09:05"


def late_once(desk: Any) -> str:
    with desk.read(DRILLS) as reader:
        return str(reader.find("drill")[0].id)


@pytest.mark.soak
def test_every_paper_says_it_is_a_drill_and_leaves_no_placeholder(desk: Any) -> None:
    for language in texts.LANGUAGES:
        texts.use(language)
        id = late(desk, title=f"演{language}") if language == "zh_CN" else late_once(desk)
        mark = texts.say("drillpaper.mark")
        for key, content in papers(desk, id).items():
            if key in ("sign_in", "evaluation"):
                book = openpyxl.load_workbook(io.BytesIO(content))
                assert all(mark in sheet.oddHeader.center.text for sheet in book.worksheets), key
                told = "\n".join(str(cell) for row in cells_of(content) for cell in row if cell is not None)
            else:
                told = words_of(content)
                assert mark in "".join(
                    each.text for section in docx.Document(io.BytesIO(content)).sections
                    for each in section.header.paragraphs
                ), key  # fmt: skip
            assert "{{" not in told and "{%" not in told and "drillpaper." not in told, (language, key)


def test_a_template_without_the_word_gets_it_on_every_page() -> None:
    document = docx.Document()
    document.add_paragraph("{{ title }}")
    section = document.sections[0]
    section.different_first_page_header_footer = True
    out = io.BytesIO()
    document.save(out)
    made = docx.Document(io.BytesIO(office.fill("x.docx", out.getvalue(), {"title": "t"}, "演练")))
    for header in (made.sections[0].header, made.sections[0].first_page_header):
        assert "演练" in "".join(each.text for each in header.paragraphs)
    book = openpyxl.Workbook()
    book.active.append(["{{ title }}"])
    book.create_sheet("second")
    out = io.BytesIO()
    book.save(out)
    made_book = openpyxl.load_workbook(io.BytesIO(office.fill("x.xlsx", out.getvalue(), {"title": "t"}, "演练")))
    assert all("演练" in sheet.oddHeader.center.text for sheet in made_book.worksheets)


@pytest.mark.soak
def test_the_towns_own_templates_are_used_with_names_of_both_languages(desk: Any, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("云岭乡专用 {{ 演练名称 }} / {{ took_part }} / "
                           "{% for 行 in 整改 %}{{ 行.责任人 }}{% endfor %}")
    document.save(str(tmp_path / "记录.docx"))
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["{{ 演练名称 }}", "{{ 评估.评估内容 }}"])
    sheet.append(["{{ 评估.评估项目 }}", "{{ 评估.分值 }}"])
    sheet.append(["合计", "{{ 得分 }}"])
    sheet.merge_cells("A3:A3")
    book.save(tmp_path / "evaluation.xlsx")
    id = late(desk)
    made = papers(desk, id, templates=tmp_path)
    assert "云岭乡专用 黑水浩村滑坡避险演练 / 86 / 何大山" in words_of(made["record"])
    rows = cells_of(made["evaluation"])
    with desk.read(DRILLS) as reader:
        number = reader.count("expectation", drill=id)
    assert rows[-1][0] == "合计" and len(rows) == 2 * number + 1


def test_rows_are_repeated_with_their_look_and_what_is_below_moves_down() -> None:
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["head"])
    sheet.append(["{{ script.number }}", "{{ script.text }}"])
    sheet["A2"].font = Font(bold=True)
    sheet.append(["foot", None])
    sheet.merge_cells("A3:B3")
    out = io.BytesIO()
    book.save(out)
    for number in (0, 1, 3):
        items = [{"number": str(at), "text": HOSTILE} for at in range(number)]
        filled = office.fill("x.xlsx", out.getvalue(), {"script": items}, "演练")
        made = openpyxl.load_workbook(io.BytesIO(filled)).worksheets[0]
        last = max(number, 1) + 2
        assert made.cell(last, 1).value == "foot"
        assert [str(each) for each in made.merged_cells.ranges] == [f"A{last}:B{last}"]
        assert [made.cell(2 + at, 2).value for at in range(number)] == [HOSTILE] * number
        assert all(made.cell(2 + at, 1).font.bold for at in range(number))


@pytest.mark.soak
def test_what_is_typed_stays_text_in_every_paper(desk: Any) -> None:
    id = late(desk, process=HOSTILE, problems="=cmd|' /C calc'!A0", measures="第一行\n第二行\x0b", commander="@x")
    made = papers(desk, id)
    assert HOSTILE in words_of(made["record"]) and "第一行" in words_of(made["record"])
    book = openpyxl.load_workbook(io.BytesIO(made["evaluation"]))
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


@pytest.mark.parametrize(
    ("text", "code", "fact"),
    [
        ("{{ 演练明称 }}", "template.placeholder", "演练明称"), ("{{ 演练名称.长度 }}", "template.placeholder", "长度"),
        ("{% for 行 in 脚本 %}", "template.syntax", ""), ("{{ 演练名称 ", "template.syntax", ""),
        ("{{ 演练名称.__class__.__mro__ }}", "template.", ""),
    ],
)  # fmt: skip
def test_a_broken_word_template_says_which_file_and_which_placeholder(
    desk: Any, tmp_path: Path, text: str, code: str, fact: str
) -> None:
    document = docx.Document()
    document.add_paragraph(text)
    document.save(str(tmp_path / "通知.docx"))
    with pytest.raises(BadInput) as caught:
        papers(desk, late(desk), templates=tmp_path)
    assert caught.value.code.startswith(code) and caught.value.facts["file"] == "通知.docx"
    assert fact in str(caught.value.facts.get("placeholder", ""))


@pytest.mark.parametrize("placeholder", ["{{ 得份 }}", "{{ 得分.x }}", "{{ 脚本.内融 }}"])
def test_a_broken_workbook_says_which_placeholder(desk: Any, tmp_path: Path, placeholder: str) -> None:
    book = openpyxl.Workbook()
    book.active.append([placeholder])
    book.save(tmp_path / "评估.xlsx")
    with pytest.raises(BadInput) as caught:
        papers(desk, late(desk), templates=tmp_path)
    assert caught.value.facts["placeholder"] in placeholder and caught.value.facts["file"] == "评估.xlsx"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_a_file_that_is_no_template_is_said_so(desk: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "方案.docx").write_bytes(content)
    with pytest.raises(BadInput) as caught:
        papers(desk, late(desk), templates=tmp_path)
    assert (caught.value.code, caught.value.facts["file"]) == ("template.unreadable", "方案.docx")


def test_one_dated_folder_that_overwrites_nothing(desk: Any, tmp_path: Path) -> None:
    id = late(desk)
    with desk.read(DRILLS) as reader:
        record = drill_papers.found(reader, id)
        made = drill_papers.make(reader, id, BEGINNING)
    from zoneinfo import ZoneInfo

    name = drill_papers.folder_name(record, ZoneInfo("Europe/Rome"))
    assert name == "2025-06-12 黑水浩村滑坡避险演练"
    first, second = (drill_papers.write_folder(tmp_path, name, made) for _ in range(2))
    assert first != second and len(list(first.iterdir())) == len(list(second.iterdir())) == 8


@pytest.mark.soak
def test_exported_templates_come_back_in_with_every_placeholder_documented(desk: Any, tmp_path: Path) -> None:
    written = drill_papers.export_templates(tmp_path)
    assert len(written) == 9
    sheet = next(each for each in written if each.suffix == ".txt").read_text(encoding="utf-8-sig")
    assert all(name in sheet for name in drill_templates.PLACEHOLDERS.values())
    id = late(desk)
    assert [words_of(each) for key, each in papers(desk, id, templates=tmp_path).items() if key == "record"] == [
        words_of(each) for key, each in papers(desk, id).items() if key == "record"
    ]
    (tmp_path / "方案.docx").write_bytes(b"edited")
    drill_papers.export_templates(tmp_path)
    assert (tmp_path / "方案.docx").read_bytes() == b"edited"


@pytest.mark.soak
def test_free_texts_start_as_facts_and_are_filled_as_edited(desk: Any) -> None:
    id = late(desk)
    with desk.read(DRILLS) as reader:
        drafts = drill_papers.drafts(reader, id, BEGINNING)
    assert "86" in drafts["summary"] and "50" in drafts["briefing"] and "补两只喇叭" in drafts["summary"]
    made = papers(desk, id, summary="我们自己写的总结", briefing="")
    assert "我们自己写的总结" in words_of(made["summary"]) and "86" not in words_of(made["briefing"])


# --- the sheets of a paper drill --------------------------------------------------------------------------------------


def sheets(desk: Any, drill: str) -> pypdf.PdfReader:
    with desk.read(DRILLS) as reader:
        made = drill_papers.sheets(reader, drill, now=BEGINNING, officer=desk.officer)
    return pypdf.PdfReader(io.BytesIO(made.content))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_sheets_for_controller_evaluators_and_roles(desk: Any, language: str) -> None:
    texts.use(language)
    id = desk.runner.execute(PlanDrill(scenario="landslide", village=VILLAGE, starts_at=HELD_AT)).value["drill"]
    for name, part, role in (("周评估", "evaluator", ""), ("王评估", "evaluator", ""), ("李组长", "player", "leader")):
        desk.runner.execute(AddDrillPerson(drill=id, name=name, part=part, role=role))  # type: ignore[arg-type]
    file = sheets(desk, id)
    pages = [page.extract_text() for page in file.pages]
    told = "\n".join(pages)
    for name in ("周评估", "王评估", "李组长"):
        assert name in told
    assert told.count(texts.say("drillsheet.evaluator")) == 2
    assert texts.say("drillsheet.controller") in pages[0]
    assert all(texts.say("drillsheet.only_a_drill") in page for page in pages)
    assert all(f"{number}" in page for number, page in enumerate(pages, 1))
    assert not any(0x2F00 <= ord(sign) <= 0x2FDF for sign in told)
    width, height = file.pages[0].mediabox.width, file.pages[0].mediabox.height
    assert (round(float(width)), round(float(height))) == (595, 842)
    with desk.read(DRILLS) as reader:
        inject = drill_papers.found(reader, id).injects[0]
    text = (inject.text.get(language) or "").split("，")[0].split(",")[0][:12]
    flat = ["".join(page.split()) for page in pages]
    assert "".join(text.split()) in flat[0] and not any("".join(text.split()) in each for each in flat[-4:])


def test_sheets_are_printed_by_who_may_and_noted(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> None:
    url = town_url("sqlite")
    trainer, duty, viewer = (open_desk(url, name, ManualClock(BEGINNING)) for name in ("trainer", "duty1", "viewer"))
    id = trainer.runner.execute(PlanDrill(scenario="landslide", form="no_notice", village=VILLAGE)).value["drill"]
    for sheet in ("drill_sheets", "drill_papers"):
        with pytest.raises(BadInput) as caught:
            duty.runner.execute(PrintPaper(sheet=sheet, subject=id))  # type: ignore[arg-type]
        assert caught.value.code == "unknown"
        with pytest.raises(NotAllowed):
            viewer.runner.execute(PrintPaper(sheet=sheet, subject=id))  # type: ignore[arg-type]
    with duty.read(DRILLS) as reader, pytest.raises(BadInput):
        drill_papers.sheets(reader, id, now=BEGINNING, officer=duty.officer)
    trainer.runner.execute(PrintPaper(sheet="drill_sheets", subject=id))
    with trainer.read(DRILLS) as reader:
        assert reader.history(entity="drill", id=id)[0].change.op == "print"
    with duty.read("real") as reader:
        assert not reader.history(entity="drill", id=id)
    trainer.runner.execute(RecordDrill(drill=id, held_at=HELD_AT, changed={}, was={}, moments={}, moments_was={},
                                       grids=(Came("999101100201001"),)))  # fmt: skip
    duty.runner.execute(PrintPaper(sheet="drill_sheets", subject=id))
