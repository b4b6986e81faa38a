"""Fields under an input method, choices by digit, errors under their field, labels in both languages."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QEnterEvent, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.ui.core.cards import words
from commandcenter.ui.core.fields import LineEdit, TextBox
from commandcenter.ui.core.forms import Choice, ChoiceStrip, Form
from commandcenter.ui.core.widgets import Button, Chip, Label, StateBanner


def _compose(widget: QWidget, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(widget, event)


@pytest.fixture(params=["line", "box"])
def field(request: pytest.FixtureRequest, window: QWidget) -> Any:
    """Either kind of text field, with the focus."""
    made: Any = LineEdit(parent=window) if request.param == "line" else TextBox(submits=True, parent=window)
    made.show()
    made.setFocus()
    return made


def test_what_is_composed_counts(field: Any, qtbot: Any) -> None:
    heard: list[str] = []
    field.edited.connect(heard.append)
    qtbot.keyClicks(field, "a")
    _compose(field, "hei'shui")
    assert field.text_with_preedit() == "aheishui" and field.is_composing
    _compose(field, "", "黑水")
    assert field.text_with_preedit() == "a黑水" and not field.is_composing
    assert heard == ["a", "aheishui", "a黑水"]


def test_enter_submits_only_what_is_settled(field: Any, qtbot: Any) -> None:
    heard: list[int] = []
    field.submitted.connect(lambda: heard.append(1))
    _compose(field, "hei")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == []
    _compose(field, "", "黑")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == [1] and "\n" not in field.text_with_preedit()


def test_what_nobody_could_see_stays_outside_when_it_is_pasted(field: Any, qtbot: Any) -> None:
    heard: list[str] = []
    field.edited.connect(heard.append)
    qtbot.keyClicks(field, "a")
    QApplication.clipboard().setText("起火 \x00\x1b[31m\u202e三楼\r\n东头")
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    between = " " if isinstance(field, LineEdit) else "\n"
    assert field.text_with_preedit() == heard[-1] == f"a起火 [31m三楼{between}东头"


def test_a_box_grows_with_its_lines(window: QWidget, qtbot: Any) -> None:
    box = TextBox(parent=window, least=2, most=4)
    box.show()
    heights = []
    for lines in (1, 3, 9):
        box.setPlainText("\n".join("行" * lines))
        QApplication.processEvents()
        heights.append(box.height())
    assert heights[0] < heights[1] < heights[2] <= heights[0] * 2


@pytest.fixture
def strip(window: QWidget) -> ChoiceStrip:
    """Three choices."""
    made = ChoiceStrip([Choice("critical", "特急"), Choice("urgent", "急"), Choice("routine", "一般")], parent=window)
    made.resize(400, 32)
    made.show()
    made.setFocus()
    return made


def test_choices_by_digit_arrow_and_mouse(strip: ChoiceStrip, qtbot: Any) -> None:
    chosen: list[str] = []
    strip.chosen.connect(chosen.append)
    qtbot.keyClicks(strip, "2")
    QTest.sendKeyEvent(QTest.KeyAction.Click, strip, Qt.Key(ord("３")), "３", Qt.KeyboardModifier.NoModifier)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClicks(strip, "9")
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip._places[1].center())
    assert chosen == ["urgent", "routine", "critical", "urgent"] and strip.value == "urgent"


def test_choosing_by_program_is_silent_and_checked(strip: ChoiceStrip) -> None:
    chosen: list[str] = []
    strip.chosen.connect(chosen.append)
    strip.choose("routine")
    with pytest.raises(ValueError, match="other"):
        strip.choose("other")
    strip.set_choices([Choice("other", "别的")])
    assert strip.value is None and chosen == []


def test_choices_wrap_when_narrow(strip: ChoiceStrip) -> None:
    one = strip.height()
    strip.resize(strip.minimumSizeHint().width(), one)
    assert strip.height() > one * 2


def test_errors_stand_under_their_field(window: QWidget, qtbot: Any) -> None:
    form = Form(window)
    grid, phone = LineEdit(), LineEdit()
    form.add("grid", "core.copy", grid)
    form.add("phone", "core.close", phone, hint_code="core.undo")
    with pytest.raises(ValueError, match="phone"):
        form.add("phone", "core.close", LineEdit())
    form.show()
    form.show_errors({"phone": BadInput("call.nobody")})
    assert [form.field(name).has_error for name in ("grid", "phone")] == [False, True]
    assert phone.hasFocus() and phone.property("wrong")
    form.clear_errors()
    assert not form.field("phone").has_error


def test_words_follow_the_language(window: QWidget, qtbot: Any) -> None:
    label, button = Label("core.close", parent=window), Button("core.copy", key="F8", parent=window)
    assert (label.text(), button.text()) == ("关闭", "复制")
    texts.use("en")
    QApplication.processEvents()
    assert (label.text(), button.text()) == ("Close", "Copy")
    label.show_text("谯某甲")
    texts.use("zh_CN")
    QApplication.processEvents()
    assert (label.text(), button.text()) == ("谯某甲", "复制")


def test_banner_offers_its_button(window: QWidget, qtbot: Any) -> None:
    banner = StateBanner(window)
    QVBoxLayout(window).addWidget(banner)
    assert not banner.isVisible()
    pressed: list[int] = []
    banner.pressed.connect(lambda: pressed.append(1))
    banner.say("core.view.stale", tone="near", icon="stale", button="core.retry", since="14:02")
    next(each for each in banner.findChildren(Button)).click()
    assert banner.isVisible() and pressed == [1]


def test_a_plain_chip_takes_no_click(window: QWidget, qtbot: Any) -> None:
    plain, live = Chip("未结 7", parent=window), Chip("本席", clickable=True, parent=window)
    for chip in (plain, live):
        chip.resize(chip.sizeHint())
        chip.show()
    assert plain.focusPolicy() == Qt.FocusPolicy.NoFocus and live.focusPolicy() != Qt.FocusPolicy.NoFocus
    before = plain.grab().toImage()
    plain.show_state("超时", "overdue", "time")
    assert plain.grab().toImage() != before


def test_enter_presses_the_button_that_has_the_focus_and_nothing_around_it(window: QWidget, qtbot: Any) -> None:
    """Whoever has tabbed to "back" must not save."""
    around: list[Qt.Key] = []

    class Around(QWidget):
        def keyPressEvent(self, event: Any) -> None:
            if event.key() != Qt.Key.Key_Control:
                around.append(event.key())

    frame = Around(window)
    button = Button("core.sheet.back", parent=frame)
    pressed: list[int] = []
    button.clicked.connect(lambda: pressed.append(1))
    frame.show()
    button.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        qtbot.keyClick(button, key)
    assert len(pressed) == 3 and around == []
    qtbot.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    button.setEnabled(False)
    assert len(pressed) == 3 and around == [Qt.Key.Key_Return]


@pytest.mark.parametrize("spare", [0, 1, 2])
@pytest.mark.parametrize("wraps", [True, False])
@pytest.mark.parametrize("text", ["五里牌二网格长到场核实情况", "Grid leader on site at 20:15, three to move", "1"])
def test_words_can_be_marked_under_the_pointer_and_do_not_move(
    window: QWidget, qtbot: Any, text: str, wraps: bool, spare: int
) -> None:
    shown, below = words(text, wraps=wraps), words(text)
    layout, line = QVBoxLayout(window), QHBoxLayout()
    line.addWidget(shown)
    layout.addLayout(line)
    layout.addWidget(below)
    layout.addStretch(1)
    window.resize(170, 400)
    assert QTest.qWaitForWindowExposed(window)
    QApplication.processEvents()
    beside = QWidget()
    beside.setFixedSize(1, shown.height() + spare)
    line.addWidget(beside)

    def seen() -> tuple[Any, ...]:
        QApplication.processEvents()
        sizes = [(each.geometry(), each.sizeHint(), each.minimumSizeHint()) for each in (shown, below)]
        return (*sizes, window.grab().toImage())

    before = seen()
    place = shown.rect().center()
    QApplication.sendEvent(shown, QEnterEvent(place, place, shown.mapToGlobal(place)))
    assert seen() == before
    qtbot.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(4, place.y()))
    assert shown.selectedText() and shown.selectedText() in text and not below.selectedText()
    shown.setText("other")
    assert seen() != before
