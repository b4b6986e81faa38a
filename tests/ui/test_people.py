"""The workspace of people: who is found by what, what each card says, and what it keeps to itself."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel

from commandcenter.base import texts
from commandcenter.rules.finding import Index
from commandcenter.rules.people import Worker
from commandcenter.services import catalogues
from commandcenter.services.calls import CallOut, Person, RecordCall
from commandcenter.services.people import AddContact
from commandcenter.services.towns import AddOfficer, ChangeOfficer
from commandcenter.ui import people as feature
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.cards import Link
from commandcenter.ui.core.reveal import Personal
from commandcenter.ui.people.index import PeopleIndex
from commandcenter.ui.people.rows import Roster, entry, row_id, rows
from commandcenter.ui.people.workspace import PeopleWorkspace
from tests.ui.rooms import Room, room_at

GRID = "999101100201001"


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path) -> Iterator[Room]:
    """A duty officer's desk with the feature plugged in."""
    with room_at(town_url("sqlite"), open_desk, tmp_path) as made:
        feature.install(made.tools)
        yield made


def index_of(room: Room) -> PeopleIndex:
    return next(each for each in room.tools.desk.children() if isinstance(each, PeopleIndex))


def workspace_of(room: Room) -> PeopleWorkspace:
    index_of(room).build_now()
    return room.show(room.tools.plugs.workspaces.get("people").make(room.tools))  # type: ignore[no-any-return]


def keeper(room: Room) -> Worker:
    grid = room.grid(GRID).id
    return next(each for (kind, _), each in room.tools.desk.directory.people.items()
                if kind == "worker" and each.grid == grid)  # type: ignore[no-any-return]  # fmt: skip


def said(widget: Any) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisibleTo(widget)]


def test_everybody_is_listed_and_tabs_and_villages_narrow_it_down(room: Room) -> None:
    page = workspace_of(room)
    people = room.tools.desk.directory.people
    assert page.table.rowCount() == len(people)
    for place, kind in enumerate(("worker", "duty_holder", "contact", "officer"), start=1):
        page.tabs.setCurrentIndex(place)
        assert page.table.rowCount() == sum(1 for each, _ in people if each == kind)
    page.tabs.setCurrentIndex(1)
    village = room.grid(GRID).village
    page.villages.choose(village)
    page.villages.picked.emit(village)
    assert {row.village.id for row in page.table.shown_rows() if row.village} == {village}


def columns_of(page: PeopleWorkspace) -> dict[str, int]:
    """The columns that take room, with how much."""
    header = page.view.horizontalHeader()
    shown = {each.id: header.sectionSize(place) for place, each in enumerate(page.table.columns)}
    return {id: width for id, width in shown.items() if width}


def test_names_are_whole_and_what_only_keepers_have_takes_no_room_elsewhere(room: Room) -> None:
    room.elsewhere(AddContact(name="金华山景区护林防火专业队值班室", kind="ambulance", phone="15400990077"))
    page = workspace_of(room)
    metrics = QFontMetrics(fonts.font(theme.current().px(theme.current().sizes.body)))
    page.tabs.setCurrentIndex(1)
    keepers = columns_of(page)
    assert {"verified", "source", "paid"} <= keepers.keys() and keepers["name"] < 120
    page.tabs.setCurrentIndex(3)
    contacts = columns_of(page)
    longest = max(metrics.horizontalAdvance(row.person.name) for row in page.table.shown_rows())
    assert contacts["name"] >= longest + 2 * theme.current().space(2) > keepers["name"]
    assert not {"verified", "source", "paid"} & contacts.keys() and contacts["grid"] > 100
    page.tabs.setCurrentIndex(0)
    assert columns_of(page)["name"] == contacts["name"]
    page.tabs.setCurrentIndex(1)
    assert columns_of(page) == keepers


def test_a_column_that_steps_aside_is_still_the_one_a_person_chose(room: Room) -> None:
    page = workspace_of(room)
    page.tabs.setCurrentIndex(3)
    state = {each["id"]: each for each in page.view.column_state()["columns"]}
    assert state["source"]["visible"] and not state["skills"]["visible"]
    assert state["name"]["width"] == 80, "what the names need is nobody's choice"
    menu = {entry.data(): entry for entry in page.view.column_menu().actions()}
    assert menu["source"].isChecked() and not menu["source"].isEnabled() and menu["village"].isEnabled()
    page.tabs.setCurrentIndex(1)
    page.view.show_column("source", False)
    for tab in (3, 1):
        page.tabs.setCurrentIndex(tab)
        assert "source" not in columns_of(page)


def test_widths_that_were_drawn_outlast_tabs_news_and_the_next_start(room: Room) -> None:
    page = workspace_of(room)
    header, places = page.view.horizontalHeader(), {each.id: at for at, each in enumerate(page.table.columns)}
    page.tabs.setCurrentIndex(1)
    header.resizeSection(places["source"], 177)
    header.resizeSection(places["name"], 44)
    page.tabs.setCurrentIndex(3)
    assert "source" not in columns_of(page)
    kept = {each["id"]: each["width"] for each in page.view.column_state()["columns"]}
    assert (kept["source"], kept["name"]) == (177, 44)
    room.elsewhere(AddContact(name="金华山景区护林防火专业队值班室", kind="ambulance", phone="15400990077"))
    index_of(room).build_now()
    room.settle()
    assert columns_of(page)["name"] == 44
    room.tools.settings.set("people.columns", page.view.column_state())
    again = workspace_of(room)
    again.tabs.setCurrentIndex(1)
    assert (columns_of(again)["source"], columns_of(again)["name"]) == (177, 44)


@pytest.mark.parametrize("query", ["解放", "xiefang", "xf", "9003", "15400999003", "154 0099 9003"])
def test_a_keeper_is_found_by_name_pinyin_initials_and_number(room: Room, query: str, qtbot: Any) -> None:
    page = workspace_of(room)
    qtbot.keyClicks(page.search, query) if query.isascii() else page.search.setText(query)
    assert row_id("worker", keeper(room).id) in page.table.ids()


def test_the_search_has_the_focus_and_enter_opens_the_first(room: Room, qtbot: Any) -> None:
    page = workspace_of(room)
    assert page.search.hasFocus()
    qtbot.keyClicks(page.search, "xiefang")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert room.tools.selection.chosen("worker") == keeper(room).id
    assert "解放" in said(page.card)


def test_rows_are_sorted_by_pinyin(room: Room) -> None:
    page = workspace_of(room)
    page.tabs.setCurrentIndex(1)
    page.table.set_sorting("name")
    spelt = [row.spelling[0] for row in page.table.shown_rows()]
    assert spelt == sorted(spelt)


def test_the_card_says_who_where_and_how_to_reach(room: Room) -> None:
    page = workspace_of(room)
    room.tools.selection.navigate("worker", keeper(room).id)
    room.settle()
    words, links = said(page.card), [each.text() for each in page.card.findChildren(Link)]
    assert "154 0099 9003" in words and catalogues.term("worker_sources", "group_leader") in words
    assert "云岭村第1微网格" in links and "云岭村" in links
    next(each for each in page.card.findChildren(Link) if each.text() == "云岭村第1微网格").click()
    assert room.walked[-1] == ("grid", room.grid(GRID).id)


def test_calls_and_their_results_appear_by_themselves(room: Room) -> None:
    page = workspace_of(room)
    person = keeper(room).id
    room.tools.selection.navigate("worker", person)
    room.settle()
    assert texts.say("people.calls.none") in said(page.card)
    incident = room.open(grid=GRID)
    room.elsewhere(CallOut(incident=incident, people=(Person(kind="worker", id=person),)))
    (call,) = room.tools.desk.live.calls[incident]
    room.elsewhere(RecordCall(call=call.id, result="no_answer"))
    room.elsewhere(RecordCall(call=call.id, result="no_answer"))
    assert texts.say("people.result.attempts", result="无人接听", count=2) in said(page.card)


def test_revealing_is_logged_before_it_is_shown(room: Room, qtbot: Any) -> None:
    page = workspace_of(room)
    person = keeper(room)
    room.tools.selection.navigate("worker", person.id)
    room.settle()
    part = next(each for each in page.card.findChildren(Personal) if each.button.isVisible())
    assert "*" in part.shown.text()
    qtbot.mouseClick(part.button, Qt.MouseButton.LeftButton)
    room.settle()
    assert part.shown.text() == "999101196007070810" and not part.button.isVisible()
    with room.tools.desk.session.read("real") as reader:
        logged = reader.history(entity="worker", id=person.id, limit=1)[0]
    assert (logged.name, logged.change.op, logged.actor) == ("reveal_personal", "reveal", room.tools.desk.officer.id)


def test_who_may_not_reveal_is_offered_no_button(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, "viewer") as room:
        feature.install(room.tools)
        page = workspace_of(room)
        room.tools.selection.navigate("worker", keeper(room).id)
        room.settle()
        parts = page.card.findChildren(Personal)
        assert parts and not any(part.button.isVisible() for part in parts)
        assert "154****9003" in said(page.card)


def test_while_the_directory_is_read_the_table_says_so(
    town_url: Callable[[str], str], open_desk: Any, tmp_path: Path
) -> None:
    with room_at(town_url("sqlite"), open_desk, tmp_path, people=False) as room:
        feature.install(room.tools)
        page = room.show(room.tools.plugs.workspaces.get("people").make(room.tools))
        assert page.table.rowCount() == 0 and page.view._state.kind == "loading"


def test_a_new_officer_comes_and_one_who_left_goes(room: Room, qtbot: Any) -> None:
    page = workspace_of(room)
    index = index_of(room)
    with qtbot.waitSignal(index.ready, timeout=5000):
        made = room.elsewhere(AddOfficer(name="钟新", role="duty_officer"))["officer"]
    assert page.table.row(row_id("officer", made)) is not None
    page.view.choose(row_id("officer", made))
    with qtbot.waitSignal(index.ready, timeout=5000):
        room.elsewhere(ChangeOfficer(officer=made, active=False))
    assert page.table.row(row_id("officer", made)) is None


def test_somebody_who_is_asked_for_is_shown_whatever_the_list_was_narrowed_to(room: Room) -> None:
    page = workspace_of(room)
    page.search.setText("Anna")
    page.tabs.setCurrentIndex(3)
    room.tools.selection.navigate("worker", keeper(room).id)
    assert page.view.chosen() == row_id("worker", keeper(room).id) and page.search.text() == ""


def test_quick_find_leads_to_the_card(room: Room) -> None:
    index_of(room).build_now()
    source = room.tools.plugs.finder_sources.get("person")
    hit = source.search("xiefang", 5)[0]
    hit.run()
    assert (hit.kind, room.walked[-1]) == ("worker", ("worker", keeper(room).id))
    assert source.search("", 5) == []


@pytest.mark.soak
def test_twenty_thousand_people_are_searched_at_once() -> None:
    """The bound is ten times what is measured, so that a busy machine does not fail the suite."""
    people: tuple[Any, ...] = tuple(
        ("worker", Worker(id=f"w{n}", name=f"王小{n % 97}明{n}", phone=f"154{n:08d}")) for n in range(20_000)
    )
    made = rows(Roster(people, {}, {}))
    index = Index(entry(row) for row in made)
    started = time.perf_counter()
    found = index.search("wxm19", 12)
    print(f"{(time.perf_counter() - started) * 1000:.1f} ms")
    assert found


def test_both_languages_reach_table_and_tabs(room: Room) -> None:
    page = workspace_of(room)
    texts.use("en")
    room.settle()
    assert page.tabs.tabText(1) == "Grid workers" and page.table.headerData(0, Qt.Orientation.Horizontal) == "Name"


def test_the_feature_plugs_in_where_it_says(room: Room) -> None:
    plugs = room.tools.plugs
    assert {each.id for each in plugs.card_sections if each.entity == "person"} == {
        "person.reach", "person.place", "person.calls", "person.away", "person.able", "person.unit",
    }  # fmt: skip
    page = workspace_of(room)
    for screen in plugs.screens:
        assert screen.stage is not None
        screen.stage(room.tools, page)
        room.settle()
        assert not page.grab().isNull()
