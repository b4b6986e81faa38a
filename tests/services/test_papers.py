"""Sheets on paper: the text can be searched, both languages stand, masks hold, nothing typed becomes markup."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, EnvironmentTrouble, NotAllowed, RuleError
from commandcenter.formats.paper import fonts
from commandcenter.services import papers
from commandcenter.services.attachments import Attach
from commandcenter.services.attendance import HoldSession, RecordResults, Result
from commandcenter.services.calls import CallOut, RecordCall
from commandcenter.services.course_sessions import PlanSession
from commandcenter.services.incidents import CloseIncident, NoteIncident, OpenIncident
from commandcenter.services.papers import PrintPaper
from commandcenter.services.sessions import create_database, name_town
from commandcenter.services.undo import Undo
from commandcenter.storage.database import Database
from tests.conftest import BEGINNING
from tests.services.test_attachments import photo

VILLAGE = "黑水浩村"
HOSTILE = '#read("/etc/passwd") *bold* $x$ ]) <b> \\ "quoted" {brace} 手黑水网立'


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    """Each test says which language it prints in."""
    before = texts.current().language
    texts.use("zh_CN")
    yield
    texts.use(before)


@pytest.fixture
def duty(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> Any:
    return open_desk(town_url("sqlite"), "duty1", ManualClock(BEGINNING))


def report(desk: Any, **more: Any) -> str:
    facts: dict[str, Any] = {
        "category": "hazard", "urgency": "critical", "text": f"{VILLAGE}山坡裂缝加宽", "place": "岩湾",
        "caller_name": "慕容翠翠", "caller_phone": "15487654321",
    } | more  # fmt: skip
    return str(desk.runner.execute(OpenIncident(**facts)).value["incident"])


def printed(desk: Any, incident: str) -> tuple[str, pypdf.PdfReader]:
    with desk.read("real") as reader:
        made = papers.incident_record(reader, incident, now=desk.clock.now(), officer=desk.officer)
    return made.name, pypdf.PdfReader(io.BytesIO(made.content))


def text_of(file: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in file.pages)


def test_searching_the_village_finds_it(duty: Any) -> None:
    """Written with the characters themselves, not with their look-alikes among the Kangxi radicals."""
    name, file = printed(duty, report(duty))
    told = text_of(file)
    for words in (VILLAGE, "黑水浩", "突发事件处置记录", "15487654321"[:3], "慕容翠翠", "岩湾"):
        assert words in told
    assert not any(0x2F00 <= ord(sign) <= 0x2FDF for sign in told)
    assert name.endswith("突发事件处置记录.pdf") and len(file.pages) == 1


def test_the_whole_loop_stands_on_it(duty: Any) -> None:
    id = report(duty)
    duty.runner.execute(CallOut(incident=id, direction="up"))
    with duty.read("real") as reader:
        calls = reader.find("call", incident=id, order=("rank",))
        called = reader.get(calls[0].person_kind, calls[0].person)
    duty.runner.execute(RecordCall(call=calls[0].id, result="answered", note="马上到"))
    note = duty.runner.execute(NoteIncident(incident=id, text="写错的一行"))
    duty.runner.execute(Undo(target=note.command))
    duty.runner.execute(Attach(subject_kind="incident", subject=id, name="裂缝.jpg", content=photo()))
    duty.runner.execute(Attach(subject_kind="incident", subject=id, name="名单.txt", content="两户".encode()))
    duty.runner.execute(CloseIncident(incident=id, closing_note="已转移,挂牌看守", confirmed_by="何大山"))
    told = text_of(printed(duty, id)[1])
    for words in (called.name, "马上到", "写错的一行", "裂缝.jpg", "名单.txt", "已转移,挂牌看守", "何大山", "第 1 页",
                  "测试数据", duty.officer.name, "位置信息已去除"):  # fmt: skip
        assert words in told, words


def test_a_photo_is_on_the_page_without_its_place(duty: Any) -> None:
    id = report(duty)
    duty.runner.execute(Attach(subject_kind="incident", subject=id, name="裂缝.jpg", content=photo()))
    _, file = printed(duty, id)
    assert sum(len(page.images) for page in file.pages) == 1


def test_english_paper_says_english_words(duty: Any) -> None:
    texts.use("en")
    name, file = printed(duty, report(duty))
    told = text_of(file)
    assert name.endswith("incident record.pdf") and VILLAGE in told
    for words in ("Incident record", "Timeline", "Page 1 of 1", "TEST DATA", f"Printed by {duty.officer.name}"):
        assert words in told


@pytest.mark.soak
def test_many_lines_take_several_numbered_pages(duty: Any) -> None:
    id = report(duty)
    for number in range(90):
        duty.runner.execute(NoteIncident(incident=id, text=f"第{number}次巡查,水位平稳"))
    _, file = printed(duty, id)
    pages = [page.extract_text() for page in file.pages]
    assert len(pages) >= 3
    assert all(f"第 {number} 页 共 {len(pages)} 页" in page for number, page in enumerate(pages, 1))
    assert "第89次巡查" in pages[-1] + pages[-2]


def test_what_is_typed_stays_text(duty: Any) -> None:
    told = text_of(printed(duty, report(duty, text=HOSTILE, place=HOSTILE))[1])
    flat = "".join(told.split())
    assert "".join(HOSTILE.split()) in flat and "root:" not in told


def test_it_is_masked_for_whoever_may_not_read(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> None:
    url = town_url("sqlite")
    duty, viewer = open_desk(url), open_desk(url, "viewer")
    id = report(duty)
    duty.runner.execute(Attach(subject_kind="incident", subject=id, name="慕容家.jpg", content=photo()))
    _, file = printed(viewer, id)
    told = text_of(file)
    for secret in ("慕容翠翠", "慕容家", "岩湾", "裂缝", "15487654321", "154 8765 4321", "8765"):
        assert secret not in told
    assert "不可查看" in told and sum(len(page.images) for page in file.pages) == 0


def test_printing_leaves_a_trace(duty: Any) -> None:
    id = report(duty)
    duty.runner.execute(PrintPaper(sheet="incident_record", subject=id))
    with duty.read("real") as reader:
        assert reader.history(entity="incident", id=id)[0].change.op == "print"


def test_a_real_town_has_no_watermark(
    empty_database_url: Callable[[str], str], open_desk: Callable[..., Any]
) -> None:
    url = empty_database_url("sqlite")
    database = Database(url)
    create_database(database)
    name_town(database, "金华镇")
    told = text_of(printed(open_desk(url, None), report(open_desk(url, None)))[1])
    assert "金华镇" in told and "测试数据" not in told and "样例数据" not in told


def test_without_a_chinese_font_it_says_what_to_do(
    duty: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "chosen", lambda: fonts.choose((tmp_path,)))
    with pytest.raises(EnvironmentTrouble) as caught:
        printed(duty, report(duty))
    assert caught.value.code == "paper.no_font"
    for language in texts.LANGUAGES:
        assert "fonts-noto-cjk" in texts.Texts(language).error(caught.value)


def test_the_engine_and_the_picture_library_wait_until_they_are_needed() -> None:
    import subprocess
    import sys

    code = "import sys, commandcenter.app; print(sorted({'typst', 'PIL'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


# --- training -----------------------------------------------------------------------------------------------------


@pytest.fixture
def trained(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> Any:
    """A trainer's desk, the id of a session that was held, and the workers who came: one passed, one did not."""
    desk = open_desk(town_url("sqlite"), "trainer", ManualClock(BEGINNING))
    with desk.read("real") as reader:
        workers = reader.find("worker", order=("name", "id"))[:3]
        course = reader.find("course", method="written")[0]
    run = desk.runner.execute
    session = run(PlanSession(course=course.id, starts_at=BEGINNING, place="二楼", teacher=HOSTILE,
                              expected=tuple(each.id for each in workers))).value["session"]  # fmt: skip
    marks = (Result(workers[0].id, mark=95), Result(workers[1].id, mark=20))
    run(RecordResults(session=session, results=marks))
    return desk, str(session), workers


def pdf(made: papers.Printed) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made.content))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_sheet_to_be_signed_names_everybody_with_a_code(trained: Any, language: str) -> None:
    texts.use(language)
    desk, session, workers = trained
    with desk.read("real") as reader:
        made = papers.sign_in_sheet(reader, session, now=desk.clock.now(), officer=desk.officer)
    said = "".join(text_of(pdf(made)).split())
    assert all("".join(each.name.split()) in said for each in workers) and texts.say("paper.sign.signature") in said
    assert "".join(HOSTILE.split()) in said


def test_the_codes_of_a_sheet_are_read_by_a_scanner(trained: Any, tmp_path: Path) -> None:
    for program in ("zbarimg", "pdftoppm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    desk, session, workers = trained
    with desk.read("real") as reader:
        made = papers.sign_in_sheet(reader, session, now=desk.clock.now(), officer=desk.officer)
    (tmp_path / "sheet.pdf").write_bytes(made.content)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "sheet.pdf", "page"], cwd=tmp_path, check=True, timeout=60)
    pages = sorted(tmp_path.glob("page*.png"))
    read = subprocess.run(["zbarimg", "-q", "--raw", *pages], capture_output=True, text=True, timeout=60, check=True)
    assert sorted(read.stdout.split()) == sorted(f"worker:{each.id}" for each in workers)


def test_certificates_are_for_those_who_passed_and_lie_across_the_page(trained: Any) -> None:
    desk, session, workers = trained

    def certificates() -> papers.Printed:
        with desk.read("real") as reader:
            return papers.certificates(reader, session, now=desk.clock.now(), officer=desk.officer)

    with pytest.raises(RuleError) as early:
        certificates()
    assert early.value.code == "certificate.not_held"
    desk.runner.execute(HoldSession(session=session, absent_reason="病假"))
    file = pdf(certificates())
    assert len(file.pages) == 1
    page = file.pages[0]
    assert page.mediabox.width > page.mediabox.height
    said = "".join(text_of(file).split())
    assert "".join(workers[0].name.split()) in said and "".join(workers[1].name.split()) not in said
    assert "PX20250630-" in said and "盖章" in said


def test_the_register_of_a_year_has_the_usual_columns(trained: Any) -> None:
    desk, session, _ = trained
    desk.runner.execute(HoldSession(session=session, absent_reason="病假"))
    with desk.read("real") as reader:
        made = papers.training_register(reader, now=desk.clock.now(), officer=desk.officer)
        empty = papers.training_register(reader, now=desk.clock.now(), officer=desk.officer, year=1999)
    said = "".join(text_of(pdf(made)).split())
    assert all(each in said for each in ("课程类别", "应到人数", "合格人数", "二楼")) and "2025" in made.name
    assert "没有办过" in text_of(pdf(empty))


def test_printing_a_sheet_of_training_leaves_a_trace(trained: Any) -> None:
    desk, session, _ = trained
    desk.runner.execute(PrintPaper(sheet="sign_in_sheet", subject=session))
    with desk.read("real") as reader:
        noted = [line for line in reader.history(entity="session") if line.change.op == "print"]
    assert [line.change.id for line in noted] == [session]
    with pytest.raises(BadInput):
        desk.runner.execute(PrintPaper(sheet="certificates", subject="nothing"))


def test_who_plans_no_courses_prints_none_of_their_papers(duty: Any) -> None:
    with duty.read("real") as reader:
        session = reader.find("session")[0]
    with pytest.raises(NotAllowed):
        duty.runner.execute(PrintPaper(sheet="sign_in_sheet", subject=session.id))
