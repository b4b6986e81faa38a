"""A photo dropped on one desk's detail: stripped, its thumbnail on both, taken back by a key; opened, printed."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from commandcenter.app import Program
from commandcenter.base import files
from commandcenter.base.errors import ServerAway
from commandcenter.services.attachments import content_of
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.sessions import open_session
from commandcenter.ui.attachments.gathering import from_paths
from commandcenter.ui.attachments.section import AttachmentSection
from commandcenter.ui.core import handout
from commandcenter.ui.incidents.detail import DetailPanel
from tests.journeys.test_two_desks import PATIENCE, send
from tests.services.test_attachments import MAKER, photo


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """What the desktop was asked to open; it knows every kind but .docx."""
    asked: list[Path] = []

    def launch(path: Path) -> bool:
        asked.append(path)
        return path.suffix != ".docx"

    monkeypatch.setattr(handout, "launch", launch)
    yield asked
    files.forget_opened()
    assert not any(path.exists() for path in asked)


def section_of(program: Program) -> AttachmentSection:
    found = [each for each in program.window.findChildren(AttachmentSection) if each.is_at_hand]
    assert found
    return found[-1]


HEARD: dict[int, list[str]] = {}


def look_at(program: Program, incident: str, qtbot: Any) -> None:
    heard = HEARD[id(program)] = []
    program.tools.notices.posted.connect(lambda notice: heard.append(notice.text))
    qtbot.waitUntil(lambda: incident in program.tools.desk.live.incidents, timeout=PATIENCE)
    program.tools.selection.navigate("incident", incident)
    qtbot.waitUntil(lambda: section_of(program).subject == ("incident", incident), timeout=PATIENCE)


def detail_of(program: Program) -> DetailPanel:
    found = program.window.findChild(DetailPanel)
    assert isinstance(found, DetailPanel)
    return found


def drop(program: Program, *paths: Path) -> None:
    """As a file manager does it: over the detail, then let go."""
    data, panel = QMimeData(), detail_of(program)
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    QApplication.sendEvent(panel, enter)
    assert enter.isAccepted()
    let_go = QDropEvent(QPointF(50, 50), copy, data, left, none, QEvent.Type.Drop)
    QApplication.sendEvent(panel, let_go)
    assert let_go.isAccepted()


def kept(program: Program) -> list[str]:
    table = section_of(program).list.table
    return [row.name for row in table.shown_rows() if row.state == "kept"]


def told(program: Program) -> str:
    """What the notices said since the incident was looked at."""
    return "\n".join(HEARD[id(program)])


def opened(program: Program, qtbot: Any) -> str:
    command = OpenIncident(category="hazard", urgency="urgent", text="黑水浩村塌方")
    return str(send(program, qtbot, command).value["incident"])


def test_a_dropped_photo_is_stripped_and_its_thumbnail_is_on_both_desks(
    town: str, open_program: Callable[..., Program], qtbot: Any, tmp_path: Path
) -> None:
    one, other = open_program(town, "duty1"), open_program(town, "duty2")
    id = opened(one, qtbot)
    for desk in (one, other):
        look_at(desk, id, qtbot)
    file = tmp_path / "塌方.jpg"
    file.write_bytes(photo())
    assert MAKER.encode() in file.read_bytes()
    drop(one, file)
    for desk in (one, other):
        qtbot.waitUntil(lambda desk=desk: kept(desk) == ["塌方.jpg"], timeout=PATIENCE)
        list_ = section_of(desk).list
        # The row of the upload gives way to that of the file.
        qtbot.waitUntil(lambda list_=list_: len([*list_.table.shown_rows()]) == 1, timeout=PATIENCE)
        (row,) = list_.table.shown_rows()
        assert not list_.look.pictures[row.picture].isNull()
        assert detail_of(desk).body.tabs.tabText(2) == "附件 1"
    assert "位置信息已去除" in told(one)
    content = read_content(town, section_of(one).list.table.ids()[0])
    assert MAKER.encode() not in content and Image.open(io.BytesIO(content)).size == (300, 400)
    one.window.activateWindow()
    qtbot.waitUntil(one.window.isActiveWindow, timeout=PATIENCE)
    qtbot.keyClick(one.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    for desk in (one, other):
        qtbot.waitUntil(lambda desk=desk: kept(desk) == [], timeout=PATIENCE)


@pytest.fixture
def desk(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any
) -> tuple[Program, AttachmentSection]:
    """A desk that looks at an incident without files."""
    program = open_program(town_url("sqlite"), "duty1")
    look_at(program, opened(program, qtbot), qtbot)
    return program, section_of(program)


def test_a_screen_shot_is_pasted_by_key_named_and_taken_away(
    desk: tuple[Program, AttachmentSection], qtbot: Any
) -> None:
    program, section = desk
    shot = QImage(40, 30, QImage.Format.Format_RGB32)
    shot.fill(QColor("teal"))
    QGuiApplication.clipboard().setImage(shot)
    detail_of(program).body.calls.setFocus()
    qtbot.keyClick(detail_of(program).body.calls, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(kept(program)) == 1, timeout=PATIENCE)
    # The row of the upload gives way to that of the file.
    qtbot.waitUntil(lambda: len(section.list.table.ids()) == 1, timeout=PATIENCE)
    assert kept(program)[0].startswith("截图-") and kept(program)[0].endswith(".png")
    assert section.isVisible(), "what was pasted is shown"
    section.list.setFocus()
    section.list.choose(section.list.table.ids()[0])
    qtbot.keyClick(section.list, Qt.Key.Key_E)
    assert section.naming.isVisible()
    section.naming.name.setText("水位.png")
    section.naming.note.setText("门槛以下")
    qtbot.keyClick(section.naming.note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: kept(program) == ["水位.png"], timeout=PATIENCE)
    assert "门槛以下" in next(section.list.table.shown_rows()).spoken
    qtbot.keyClick(section.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: kept(program) == [], timeout=PATIENCE)
    qtbot.keyClick(program.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: kept(program) == ["水位.png"], timeout=PATIENCE)


def test_an_empty_clipboard_says_what_to_do(desk: tuple[Program, AttachmentSection], qtbot: Any) -> None:
    program, _ = desk
    QGuiApplication.clipboard().setText("just words")
    assert program.tools.actions.trigger("attachment.paste")
    assert "剪贴板里没有图片或文件" in told(program)


@pytest.mark.soak
def test_what_is_not_taken_is_said_by_name_and_the_rest_goes_on(
    desk: tuple[Program, AttachmentSection], qtbot: Any, tmp_path: Path
) -> None:
    program, _ = desk
    large = b"a" * (20 * 1024 * 1024 + 1)
    names = {"空.txt": b"", "程序.jpg": b"MZ\x90" + b"\0" * 99, "大.txt": large, "好.txt": b"ok"}
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
    drop(program, *(tmp_path / name for name in names), tmp_path)
    qtbot.waitUntil(lambda: kept(program) == ["好.txt"], timeout=PATIENCE)
    qtbot.waitUntil(lambda: told(program).count("没有添加") >= 4, timeout=PATIENCE)
    for words in ("空.txt", "文件是空的", "程序.jpg", "EXE", "大.txt", "20 MB", "是文件夹"):
        assert words in told(program)
    assert [row.state for row in section_of(program).list.table.shown_rows()] == ["kept"]


def test_a_file_is_opened_as_a_copy_of_its_own_and_gone_afterwards(
    desk: tuple[Program, AttachmentSection], qtbot: Any, tmp_path: Path, launched: list[Path]
) -> None:
    program, section = desk
    (tmp_path / "情况.txt").write_text("两户进水", encoding="utf-8")
    drop(program, tmp_path / "情况.txt")
    qtbot.waitUntil(lambda: kept(program) == ["情况.txt"], timeout=PATIENCE)
    qtbot.waitUntil(lambda: len(section.list.table.ids()) == 1, timeout=PATIENCE)
    section.list.setFocus()
    section.list.choose(section.list.table.ids()[0])
    qtbot.keyClick(section.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(launched) == 1, timeout=PATIENCE)
    assert launched[0].name == "情况.txt" and launched[0].read_text(encoding="utf-8") == "两户进水"
    assert launched[0].stat().st_mode & 0o777 in (0o400, 0o444) and "这是副本" in told(program)


@pytest.mark.soak
def test_a_kind_without_a_program_says_what_to_do(
    desk: tuple[Program, AttachmentSection], qtbot: Any, launched: list[Path]
) -> None:
    program, section = desk
    section._hands.open(lambda: ("表.docx", b"x"))
    qtbot.waitUntil(lambda: "没有能打开 表.docx 的程序" in told(program), timeout=PATIENCE)


@pytest.mark.soak
def test_a_file_is_saved_where_one_says(
    desk: tuple[Program, AttachmentSection], qtbot: Any, tmp_path: Path
) -> None:
    program, section = desk
    section._hands.write(tmp_path / "copy.txt", lambda: ("x", b"content"))
    qtbot.waitUntil(lambda: (tmp_path / "copy.txt").exists(), timeout=PATIENCE)
    section._hands.write(tmp_path / "nowhere" / "copy.txt", lambda: ("x", b"content"))
    qtbot.waitUntil(lambda: "写不了" in told(program), timeout=PATIENCE)


def test_what_could_not_be_saved_waits_and_goes_when_the_database_is_back(
    desk: tuple[Program, AttachmentSection], qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, section = desk
    (tmp_path / "情况.txt").write_bytes(b"two homes flooded")
    runner = program.tools.desk.session.runner
    execute, away = runner.execute, [True]

    def sometimes(command: Any, **how: Any) -> Any:
        if away[0]:
            raise ServerAway("database.away")
        return execute(command, **how)

    monkeypatch.setattr(runner, "execute", sometimes)
    drop(program, tmp_path / "情况.txt")
    qtbot.waitUntil(
        lambda: [row.state for row in section.list.table.shown_rows()] == ["waiting"], timeout=PATIENCE
    )
    away[0] = False
    program.tools.desk.connection_changed.emit()
    qtbot.waitUntil(lambda: kept(program) == ["情况.txt"], timeout=PATIENCE)


@pytest.mark.soak
def test_a_viewer_sees_that_there_is_a_file(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any, tmp_path: Path
) -> None:
    url = town_url("sqlite")
    duty, viewer = open_program(url, "duty1"), open_program(url, "viewer")
    id = opened(duty, qtbot)
    look_at(duty, id, qtbot)
    look_at(viewer, id, qtbot)
    (tmp_path / "张三.jpg").write_bytes(photo())
    drop(duty, tmp_path / "张三.jpg")
    qtbot.waitUntil(lambda: kept(duty) == ["张三.jpg"], timeout=PATIENCE)
    section = section_of(viewer)
    qtbot.waitUntil(lambda: len(section.list.table) == 1, timeout=PATIENCE)
    (row,) = section.list.table.shown_rows()
    assert row.state == "hidden" and "张三" not in row.spoken and section.list.look.pictures == {}
    assert not section.hidden_note.isHidden() and section.foot.isHidden()
    for action in ("attachment.add", "attachment.paste", "attachment.open", "attachment.remove"):
        assert not viewer.tools.actions.can_run(action)


def test_the_record_is_printed_by_key(
    desk: tuple[Program, AttachmentSection], qtbot: Any, launched: list[Path]
) -> None:
    program, _ = desk
    qtbot.keyClick(program.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(launched) == 1, timeout=20_000)
    said = "".join(page.extract_text() for page in pypdf.PdfReader(launched[0]).pages)
    assert "黑水浩" in said and launched[0].name.endswith("突发事件处置记录.pdf")


@pytest.mark.soak
def test_a_grids_card_takes_files_too(
    town_url: Callable[[str], str], open_program: Callable[..., Program], qtbot: Any, tmp_path: Path
) -> None:
    program = open_program(town_url("sqlite"), "duty1")
    grid = next(iter(program.tools.desk.live.grids))
    program.tools.selection.navigate("grid", grid)
    qtbot.waitUntil(lambda: section_of(program).subject == ("grid", grid), timeout=PATIENCE)
    section = section_of(program)
    (tmp_path / "平面图.jpg").write_bytes(photo())
    section.take(from_paths([tmp_path / "平面图.jpg"]))
    qtbot.waitUntil(lambda: kept(program) == ["平面图.jpg"], timeout=PATIENCE)


def read_content(url: str, attachment: str) -> bytes:
    """What the database holds; aside, because no SQL runs on the GUI thread."""

    def ask() -> bytes:
        session = open_session(url, actor="duty1")
        try:
            with session.read("real") as reader:
                return content_of(reader, attachment)[1]
        finally:
            session.close()

    with ThreadPoolExecutor(1) as aside:
        return aside.submit(ask).result()
