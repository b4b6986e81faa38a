"""Two desks and one depot: sandbags go to an incident and come back in part; both want the last piece."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from commandcenter.app import Program
from commandcenter.services.articles import AddArticle, AddDepot
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.stock import Line
from commandcenter.services.stores import ReceiveStock
from commandcenter.ui.stores.moving import ReturnSheet, StockSheet
from commandcenter.ui.stores.sections import LoanSection
from commandcenter.ui.stores.workspace import StoresWorkspace

PATIENCE = 15_000
Key = Qt.Key


@pytest.fixture
def two(town: str, open_program: Callable[..., Program]) -> tuple[Program, Program]:
    """The storekeeper, and the duty room."""
    return open_program(town, "quartermaster"), open_program(town, "duty1")


def sent(program: Program, qtbot: Any, command: Any) -> Any:
    answers: list[Any] = []
    program.tools.desk.send(command, owner=program.tools.desk, done=answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    return answers[0].value


def to_front(program: Program, qtbot: Any) -> None:
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow, timeout=PATIENCE)


def room_of(program: Program, qtbot: Any) -> StoresWorkspace:
    page = program.window.open_workspace("stores")
    assert isinstance(page, StoresWorkspace)
    qtbot.waitUntil(lambda: page.articles.stock is not None, timeout=PATIENCE)
    return page


def stocked(program: Program, qtbot: Any, amount: int) -> tuple[str, str]:
    """A depot with so many of an article of its own; both ids."""
    depot = sent(program, qtbot, AddDepot(name="测试库"))["depot"]
    made = sent(program, qtbot, AddArticle(code="T77", name="试验沙袋", category="flood", unit="袋"))["article"]
    sent(program, qtbot, ReceiveStock(depot=depot, lines=(Line("T77", amount),)))
    return depot, made


def opened(program: Program, page: StoresWorkspace, qtbot: Any, article: str, key: Any) -> Any:
    """The form that a key opens for an article."""
    to_front(program, qtbot)
    qtbot.waitUntil(lambda: page.articles.row(article) is not None, timeout=PATIENCE)
    program.tools.selection.navigate("article", article)
    qtbot.waitUntil(lambda: page.articles.chosen_row is not None and page.articles.chosen_row.id == article,
                    timeout=PATIENCE)  # fmt: skip
    page.articles.view.setFocus()
    qtbot.keyClick(page.articles.view, key)
    return page.articles.right.currentWidget()


def type_in(sheet: Any, qtbot: Any, **values: str) -> None:
    for name, text in values.items():
        widget = sheet.fields[name].widget
        widget.setFocus()
        qtbot.keyClicks(widget, text)


def held(page: StoresWorkspace, article: str) -> int:
    row = page.articles.row(article)
    return row.row.total if row is not None else -1


@pytest.mark.soak
def test_sandbags_go_to_an_incident_and_come_back_in_part(two: tuple[Program, Program], qtbot: Any) -> None:
    keeper, duty = two
    incident = sent(duty, qtbot, OpenIncident(category="hazard", urgency="urgent", text="水漫过路"))["incident"]
    _, bags = stocked(keeper, qtbot, 200)
    mine, theirs = room_of(keeper, qtbot), room_of(duty, qtbot)
    qtbot.waitUntil(lambda: incident in keeper.tools.desk.live.incidents, timeout=PATIENCE)
    sheet = opened(keeper, mine, qtbot, bags, Key.Key_I)
    assert isinstance(sheet, StockSheet)
    number = keeper.tools.desk.live.incidents[incident].number
    type_in(sheet, qtbot, amount="150")
    line = sheet.fields["party"].widget.incident.lineEdit()
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, number)
    qtbot.keyClick(line, Key.Key_Return)
    sheet.submit()
    qtbot.waitUntil(lambda: held(mine, bags) == held(theirs, bags) == 50, timeout=PATIENCE)

    # The duty room sees it on the incident's card, and takes back what is no longer needed there.
    to_front(duty, qtbot)
    duty.window.open_workspace("situation")
    duty.tools.selection.navigate("incident", incident)
    matter = duty.tools.desk.live.incidents[incident]
    section = LoanSection(theirs_back(theirs, duty), lambda _: None, duty.tools, matter)
    qtbot.addWidget(section)
    section.show()
    qtbot.waitUntil(lambda: section.findChild(QPushButton, "stores.return") is not None, timeout=PATIENCE)
    qtbot.mouseClick(section.findChild(QPushButton, "stores.return"), Qt.MouseButton.LeftButton)
    back = theirs.articles.right.currentWidget()
    assert isinstance(back, ReturnSheet)
    type_in(back, qtbot, good="100", used="20")
    back.submit()
    qtbot.waitUntil(lambda: held(mine, bags) == held(theirs, bags) == 150, timeout=PATIENCE)
    row = mine.articles.row(bags)
    assert row is not None and row.out == 30
    theirs.articles.post.undo()
    qtbot.waitUntil(lambda: held(mine, bags) == held(theirs, bags) == 50, timeout=PATIENCE)


def theirs_back(page: StoresWorkspace, program: Program) -> Callable[[Any], None]:
    def give_back(loan: Any) -> None:
        program.tools.selection.navigate("article", loan.article.id)
        page.give_back(loan)

    return give_back


@pytest.mark.soak
def test_both_want_the_last_piece(two: tuple[Program, Program], qtbot: Any) -> None:
    keeper, duty = two
    _, pump = stocked(keeper, qtbot, 1)
    mine, theirs = room_of(keeper, qtbot), room_of(duty, qtbot)
    sheets = []
    for program, page in ((keeper, mine), (duty, theirs)):
        sheet = opened(program, page, qtbot, pump, Key.Key_I)
        type_in(sheet, qtbot, amount="1")
        sheet.put("party", ("other", "巡逻队"))
        sheets.append(sheet)
    for sheet in sheets:
        sheet.submit()
    qtbot.waitUntil(lambda: held(mine, pump) == held(theirs, pump) == 0, timeout=PATIENCE)
    qtbot.waitUntil(lambda: mine.articles.right.is_card != theirs.articles.right.is_card, timeout=PATIENCE)
    loser, page = (sheets[0], mine) if theirs.articles.right.is_card else (sheets[1], theirs)
    qtbot.waitUntil(lambda: loser.form.field("amount").has_error, timeout=PATIENCE)
    assert not loser.form.field("override_reason").isHidden() and loser.fields["amount"].widget.text() == "1"
    type_in(loser, qtbot, override_reason="found")
    loser.submit()
    qtbot.waitUntil(lambda: held(mine, pump) == held(theirs, pump) == -1, timeout=PATIENCE)
    assert page.articles.right.is_card
