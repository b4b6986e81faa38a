"""Notices at the edge, bugs that stop nothing, sounds that repeat until acknowledged."""

import sys
import threading
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from commandcenter.base.errors import RuleError, ServerAway
from commandcenter.ui.core import sound as sound_module
from commandcenter.ui.core import tones
from commandcenter.ui.core.bugs import BugReport, BugWindow
from commandcenter.ui.core.notices import Notice, Notices, NoticeStrip, install_excepthook
from commandcenter.ui.core.sound import MiniaudioSound, RecordingSound
from commandcenter.ui.core.widgets import Button


@pytest.fixture
def notices(qapp: Any) -> Notices:
    """The door."""
    return Notices()


def press(strip: NoticeStrip) -> None:
    """The button of the newest one; beside it each can be closed."""
    *_, button, _close = strip.findChildren(Button)
    button.click()


@pytest.fixture
def strip(notices: Notices, window: QWidget) -> NoticeStrip:
    """What shows them."""
    return NoticeStrip(notices, window)


def test_what_was_told_before_the_window_is_shown_later(notices: Notices, window: QWidget) -> None:
    notices.info("早")
    assert NoticeStrip(notices, window).texts == ["早"]


def test_notices_take_no_focus_and_stay_inside(
    notices: Notices, strip: NoticeStrip, window: QWidget, qtbot: Any
) -> None:
    line = QLineEdit(window)
    line.show()
    line.setFocus()
    notices.done("已保存")
    QApplication.processEvents()
    assert line.hasFocus() and strip.isVisible()
    assert window.rect().contains(strip.geometry()) and strip.height() >= 40
    window.resize(600, 400)
    QApplication.processEvents()
    assert window.rect().contains(strip.geometry())
    window.resize(1366, 768)
    QApplication.processEvents()
    assert strip.geometry().right() <= 900, "what was done covers the button of what comes next"


@pytest.mark.parametrize(("width", "left"), [(1366, 459), (1366, 499), (1100, 240), (1920, 900)])
def test_what_somebody_works_in_is_not_covered(
    notices: Notices, strip: NoticeStrip, window: QWidget, width: int, left: int
) -> None:
    window.resize(width, 768)
    form = QWidget(window)
    form.setGeometry(left, 70, 440, 670)
    foot = QWidget(form)
    foot.setGeometry(0, 610, 440, 60)
    form.hide()
    notices.keep_clear(form)
    notices.done("已撤回")
    QApplication.processEvents()
    assert strip.geometry().right() <= 0.6 * width + 1
    usual = strip.geometry()
    form.show()  # opened while the notice is there
    foot.show()
    QApplication.processEvents()
    taken = QRect(foot.mapTo(window, QPoint(0, 0)), foot.size())
    assert strip.isVisible() and window.rect().contains(strip.geometry())
    assert not strip.geometry().intersects(taken) and strip.width() >= 280
    if left > 400:
        assert strip.geometry().right() < left
    form.hide()
    QApplication.processEvents()
    assert strip.geometry() == usual


def test_passing_ones_give_way_to_lasting_ones(notices: Notices, strip: NoticeStrip) -> None:
    notices.trouble("断开")
    for number in range(4):
        notices.info(str(number))
    assert strip.texts == ["断开", "2", "3"]


def test_a_key_keeps_one_trouble_and_withdraws_it(notices: Notices, strip: NoticeStrip) -> None:
    notices.trouble("断开", key="db")
    notices.trouble("仍断开", key="db")
    assert strip.texts == ["仍断开"]
    notices.withdraw("db")
    assert strip.texts == [] and not strip.isVisible()


def test_its_button_acts_once(notices: Notices, strip: NoticeStrip) -> None:
    acted: list[int] = []
    notices.done("已保存", undo=lambda: acted.append(1))
    press(strip)
    assert acted == [1] and strip.texts == []


def test_errors_are_told_as_what_they_are(notices: Notices) -> None:
    told: list[Notice] = []
    notices.posted.connect(told.append)
    notices.show_error(RuleError("call.nobody"))
    notices.show_error(ServerAway("db.away"))
    notices.show_error(ZeroDivisionError("x"))
    assert [notice.kind for notice in told] == ["refused", "trouble", "bug"]
    assert "call.nobody" not in told[0].text


def test_the_same_bug_is_told_once_and_counted(notices: Notices) -> None:
    told: list[Notice] = []
    notices.posted.connect(told.append)
    reports = []
    for _ in range(3):
        try:
            raise KeyError("x")
        except KeyError as error:
            reports.append(BugReport.of(error))
    for report in reports:
        notices.bug(report)
    assert len(told) == 1 and notices.times(reports[0]) == 3


@pytest.fixture
def hooked(notices: Notices, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Notice]]:
    """What is told once the hooks are in."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    told: list[Notice] = []
    notices.posted.connect(told.append)
    install_excepthook(notices)
    yield told


def test_exceptions_of_every_thread_are_told_on_the_gui_thread(hooked: list[Notice], caplog: Any) -> None:
    number = "".join(("139", "0000", "0000"))

    def boom() -> None:
        raise ValueError(number)

    thread = threading.Thread(target=boom)
    thread.start()
    thread.join()
    assert hooked == []
    try:
        raise TypeError("y")
    except TypeError:
        sys.excepthook(*sys.exc_info())
    QApplication.processEvents()
    assert [notice.kind for notice in hooked] == ["bug", "bug"]
    assert number not in caplog.text and "boom" in caplog.text


def test_a_report_can_be_copied(qtbot: Any, notices: Notices, strip: NoticeStrip, window: QWidget) -> None:
    try:
        raise ValueError("why")
    except ValueError as error:
        notices.bug(BugReport.of(error))
    press(strip)
    shown = window.findChild(BugWindow)
    assert isinstance(shown, BugWindow) and shown.isVisible() and not shown.isModal()
    shown.copy()
    assert "ValueError: why" in QGuiApplication.clipboard().text()
    shown.close()


@pytest.fixture
def sound(qapp: Any) -> Iterator[RecordingSound]:
    """What would be heard."""
    made = RecordingSound()
    yield made
    made.close()


def test_the_worst_alarm_is_heard_until_all_are_acknowledged(
    sound: RecordingSound, monkeypatch: Any, qtbot: Any
) -> None:
    monkeypatch.setattr(tones, "EVERY", dict.fromkeys(tones.PATTERNS, 0.02))
    sound.alarm("i1", "urgent")
    sound.alarm("i2", "critical")
    sound.alarm("i2", "critical")
    qtbot.waitUntil(lambda: sound.heard.count("critical") >= 3)
    assert sound.heard[:2] == ["urgent", "critical"]
    sound.acknowledge("i2")
    qtbot.waitUntil(lambda: sound.heard[-1] == "urgent")
    sound.acknowledge("unknown")
    assert sound.alarms == ("i1",)
    sound.acknowledge()
    heard = len(sound.heard)
    qtbot.wait(60)
    assert not sound.alarms and len(sound.heard) == heard


def test_muting_is_silent_but_forgets_no_alarm(sound: RecordingSound) -> None:
    told: list[int] = []
    sound.changed.connect(lambda: told.append(1))
    sound.set_muted(True)
    sound.alarm("i1", "critical")
    sound.play("soft")
    assert sound.heard == [] and sound.is_muted and sound.alarms == ("i1",)
    sound.set_muted(False)
    assert sound.heard == ["critical"] and len(told) == 3


def test_unknown_patterns_are_refused(sound: RecordingSound) -> None:
    with pytest.raises(KeyError):
        sound.play("song")  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", tones.PATTERNS)
def test_patterns_are_short_clean_and_different(pattern: tones.Pattern, tmp_path: Path) -> None:
    samples = tones.samples(pattern)
    seconds = len(samples) / 2 / tones.RATE
    assert seconds == pytest.approx(tones.seconds_of(pattern), abs=0.01) and seconds < tones.EVERY[pattern]
    values = memoryview(samples).cast("h")
    assert abs(values[0]) < 200 and abs(values[-1]) < 2000 and 3000 < max(values) <= 32_767
    assert sum(other == samples for other in map(tones.samples, tones.PATTERNS)) == 1
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:  # what a person can listen to
        file.setparams((1, 2, tones.RATE, 0, "NONE", ""))
        file.writeframes(samples)


def test_no_device_is_marked_and_stops_nothing(monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise OSError("no device")

    monkeypatch.setitem(sys.modules, "miniaudio", Broken())
    sound = MiniaudioSound()
    assert sound.available
    with qtbot.waitSignal(sound.changed):
        sound.probe()
    assert not sound.available
    sound.play("critical")
    sound.close()


def test_a_device_gets_the_samples_and_is_given_back(monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> None:
    fed: list[bytes] = []
    closed = threading.Event()

    class Device:
        def __init__(self, **given: Any) -> None:
            assert given["sample_rate"] == tones.RATE and given["nchannels"] == 1

        def start(self, stream: Any) -> None:
            fed.extend(stream.send(4096) for _ in range(40))

        def stop(self) -> None:
            pass

        def close(self) -> None:
            closed.set()

    class Library(QObject):
        PlaybackDevice = Device

        class SampleFormat:
            SIGNED16 = 1

    monkeypatch.setitem(sys.modules, "miniaudio", Library())
    monkeypatch.setattr(sound_module, "_has_no_card", lambda: False)
    sound = MiniaudioSound()
    sound.play("soft")
    qtbot.waitUntil(lambda: len(fed) == 40)
    sound.close()
    assert closed.wait(1) and b"".join(fed).startswith(tones.samples("soft"))
