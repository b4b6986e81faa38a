"""The one list of actions, its keys under an input method, quick find and the keys sheet."""

import gc
from typing import Any
from weakref import ReferenceType, ref

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import delete

from commandcenter.ui.core.actions import Action, ActionRegistry
from commandcenter.ui.core.finderbox import FinderBox, FinderHit, FinderSource, action_source
from commandcenter.ui.core.keysheet import KeySheet
from commandcenter.ui.core.registry import Registry
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.core.widgets import ActionButton


class World:
    """What the actions act on."""

    def __init__(self) -> None:
        self.role: Any = "duty_officer"
        self.can = True
        self.did: list[str] = []

    def doing(self, what: str) -> Any:
        return lambda: self.did.append(what)


@pytest.fixture
def world() -> World:
    """Nothing done yet."""
    return World()


@pytest.fixture
def actions(world: World, qapp: Any) -> ActionRegistry:
    """Four actions."""
    made = ActionRegistry(lambda: world.role)
    made.add(
        Action("find", "core.copy", world.doing("find"), keys=("F3", "/"), in_finder=False),
        Action("keys", "core.keys.title", world.doing("keys"), keys=("?",)),
        Action("secret", "core.undo", world.doing("secret"), keys=("F9",), roles=frozenset({"administrator"})),
        Action(
            "next", "core.retry", world.doing("next"), keys=("Enter", "1"), scope="detail", enabled=lambda: world.can
        ),
    )
    return made


@pytest.mark.parametrize(
    ("again", "word"),
    [
        (Action("find", "x", print), "declared twice"),
        (Action("other", "x", print, keys=("F3",)), "belongs to find"),
        (Action("other", "x", print, keys=("/",), scope="detail"), "belongs to find"),
        (Action("other", "x", print, keys=("1",)), "belongs to next"),
    ],
)
def test_ids_and_keys_are_taken_once(actions: ActionRegistry, again: Action, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        actions.add(again)


def test_the_same_key_serves_two_separate_parts(actions: ActionRegistry) -> None:
    actions.add(Action("other", "x", print, keys=("1",), scope="queue"))
    assert len(actions) == 5


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        (Qt.Key.Key_F3, "", "find"),
        (Qt.Key.Key_Slash, "/", "find"),
        (ord("、"), "、", "find"),
        (Qt.Key.Key_Question, "?", "keys"),  # real platforms offer Shift+/ as this too, the offscreen one does not
        (ord("？"), "？", "keys"),
        (Qt.Key.Key_F9, "", None),
    ],
)
def test_keys_work_with_an_input_method_on(
    actions: ActionRegistry, world: World, window: QWidget, qtbot: Any, key: int, text: str, expected: str | None
) -> None:
    actions.attach(window)
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.setFocus()
    assert QTest.qWaitForWindowActive(window)
    QTest.sendKeyEvent(QTest.KeyAction.Click, window, Qt.Key(int(key)), text, Qt.KeyboardModifier.NoModifier)
    assert world.did == ([expected] if expected else [])


def test_plain_keys_do_not_steal_from_a_line_edit(
    actions: ActionRegistry, world: World, window: QWidget, qtbot: Any
) -> None:
    actions.attach(window)
    line = QLineEdit(window)
    line.show()
    line.setFocus()
    qtbot.keyClicks(line, "1/?")
    assert line.text() == "1/?" and world.did == []


def test_a_scope_listens_only_inside(actions: ActionRegistry, world: World, window: QWidget, qtbot: Any) -> None:
    detail = QWidget(window)
    detail.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    detail.show()
    actions.attach(detail, "detail")
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert world.did == []
    detail.setFocus()
    qtbot.keyClick(detail, Qt.Key.Key_1)
    qtbot.keyClick(detail, Qt.Key.Key_Return)
    qtbot.keyClick(detail, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert world.did == ["next", "next", "next"]


def test_permission_and_enablement_are_asked_when_triggered(actions: ActionRegistry, world: World) -> None:
    assert not actions.trigger("secret")
    world.role = "administrator"
    world.can = False
    assert actions.trigger("secret") and not actions.trigger("next")
    assert world.did == ["secret"]


def test_buttons_and_menus_follow(actions: ActionRegistry, world: World, window: QWidget, qtbot: Any) -> None:
    layout = QVBoxLayout(window)
    button, hidden = ActionButton(actions, "next"), ActionButton(actions, "secret")
    layout.addWidget(button)
    layout.addWidget(hidden)
    menu = actions.menu(["next", "secret"], window)
    QApplication.processEvents()
    assert button.isVisible() and not hidden.isVisible()
    world.can, world.role = False, "administrator"
    actions.wear()
    assert not button.isEnabled() and hidden.isVisible()
    assert [entry.isEnabled() for entry in menu.actions()] == [False, True]
    hidden.click()
    menu.actions()[1].trigger()
    assert world.did == ["secret", "secret"]


def _hits(query: str, limit: int) -> list[FinderHit]:
    grids = {"kx27": "凯旋社区 第27网格", "ls5": "凉水井村 第5网格"}
    return [FinderHit("grid", id, name, "", print) for id, name in grids.items() if query and id.startswith(query)]


@pytest.fixture
def box(window: QWidget, actions: ActionRegistry) -> FinderBox:
    """Quick find over actions and two grids, one of the sources in the background."""
    sources: Registry[FinderSource] = Registry("finder source")
    sources.add("action", action_source(actions))
    sources.add("grid", FinderSource("grid", _hits))
    sources.add("slow", FinderSource("slow", lambda query, limit: _slow(query), in_background=True))
    made = FinderBox(window, sources, Runner(inline=True))
    made.open()
    return made


def _slow(query: str) -> list[FinderHit]:
    return [FinderHit("person", "p", "何某甲", "", print, rank=2)] if query.startswith("kx") else []


def test_finds_by_keys_alone(box: FinderBox, world: World, qtbot: Any) -> None:
    assert [hit.id for hit in box.hits()] == ["keys", "next"]  # what can be done now
    qtbot.keyClicks(box.line, "kx")
    assert [hit.id for hit in box.hits()] == ["kx27", "p"]
    ran: list[tuple[str, str]] = []
    box.ran.connect(lambda *given: ran.append(given))
    qtbot.keyClick(box.line, Qt.Key.Key_Down)
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    assert ran == [("person", "p")] and not box.is_open


def test_an_action_runs_after_the_box_is_gone(box: FinderBox, world: World, qtbot: Any) -> None:
    box.line.setText("快捷")
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    assert not box.is_open
    qtbot.waitUntil(lambda: world.did == ["keys"])


def test_composition_is_searched_and_enter_inside_it_never_submits(box: FinderBox, qtbot: Any) -> None:
    QApplication.sendEvent(box.line, QInputMethodEvent("k'x", []))
    assert [hit.id for hit in box.hits()] == ["kx27", "p"]
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    assert box.is_open
    qtbot.keyClick(box.line, Qt.Key.Key_Escape)
    assert not box.is_open


def test_a_page_pasted_by_mistake_is_not_searched_for_to_its_end(window: QWidget) -> None:
    asked: list[str] = []
    sources: Registry[FinderSource] = Registry("finder source")
    sources.add("grid", FinderSource("grid", lambda query, _limit: asked.append(query) or []))  # type: ignore[func-returns-value]
    box = FinderBox(window, sources, Runner(inline=True))
    box.open()
    box.line.setText("积水" * 20_000)
    assert len(asked[-1]) == 200 and box.list.isVisible()


def test_nothing_found_says_so(box: FinderBox, qtbot: Any) -> None:
    start = box.list.grab().toImage()
    qtbot.keyClicks(box.line, "zzz")
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    assert box.hits() == [] and box.is_open
    assert box.list.grab().toImage() != start


def test_a_click_beside_closes_and_focus_returns(window: QWidget, box: FinderBox, qtbot: Any) -> None:
    box.dismiss()
    line = QLineEdit(window)
    line.setGeometry(0, 650, 100, 30)
    line.show()
    line.setFocus()
    box.open()
    assert QApplication.focusWidget() is box.line
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=window.rect().bottomRight())
    assert not box.is_open and QApplication.focusWidget() is line


def test_keys_sheet_lists_what_the_role_may_do(
    window: QWidget, actions: ActionRegistry, world: World, qtbot: Any
) -> None:
    sheet = KeySheet(window, actions)
    sheet.open()
    assert [action.id for group in sheet.groups().values() for action in group] == ["find", "keys", "next"]
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.is_open


def test_registry_is_ordered_and_refuses_doubles() -> None:
    points: Registry[int] = Registry("card section")
    points.add("b", 2)
    points.add("a", 1)
    assert points.names() == ("b", "a") and list(points) == [2, 1] and "a" in points and len(points) == 2
    with pytest.raises(ValueError, match="card section a"):
        points.add("a", 3)
    with pytest.raises(KeyError, match="b, a"):
        points.get("c")


def test_what_went_with_its_card_is_let_go_of(actions: ActionRegistry, qtbot: Any) -> None:
    """Every choice makes a card with keys and menus of its own, and throws the card before away."""
    place = QWidget()
    qtbot.addWidget(place)

    def choose() -> list[ReferenceType[QAction]]:
        card = QWidget(place)
        made = [*actions.attach(card, "detail"), *actions.menu(["find"], card).actions()]
        actions.refresh()
        delete(card)
        return [ref(each) for each in made]

    gone = [each for _ in range(5) for each in choose()]
    actions.refresh()
    gc.collect()
    assert len(gone) == 10 and [each() for each in gone] == [None] * 10
