"""Settings: found by search, saved by command, read-only for who may not change them, and each with an effect."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.rules.settings import OPTIONS
from commandcenter.services.settings import SetSetting
from commandcenter.services.towns import EditOfficer
from commandcenter.ui import settings as feature
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.settings.deskpage import CHOICES, SWITCHES
from commandcenter.ui.settings.durations import in_words, minutes_in, read, told
from commandcenter.ui.settings.workspace import SettingsWorkspace
from tests.ui.rooms import Room, room_at


@pytest.fixture
def account() -> str:
    """Who sits at the desk."""
    return "administrator"


@pytest.fixture
def room(town_url: Callable[[str], str], open_desk: Any, tmp_path: Path, account: str) -> Iterator[Room]:
    """A desk with the feature plugged in."""
    with room_at(town_url("sqlite"), open_desk, tmp_path, account) as made:
        feature.install(made.tools)
        yield made


def workspace_of(room: Room) -> SettingsWorkspace:
    return room.show(room.tools.plugs.workspaces.get("settings").make(room.tools))  # type: ignore[no-any-return]


def page_of(room: Room, id: str) -> Any:
    page = workspace_of(room).open_page(id)
    room.settle()
    return page


# --- spans of time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("90 分", 90), ("5分钟", 5), ("1.5 小时", 90), ("２小时", 120), ("1 h 30 min", 90), ("3天", 4320)],
)
def test_spans_are_read_as_people_write_them(text: str, minutes: int) -> None:
    assert minutes_in(text) == minutes


@pytest.mark.parametrize("text", ["", "0", "很久", "2 周", "0.5 分", "32 天", "-5", "5 分 x"])
def test_other_spans_are_refused_with_what_was_typed(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        minutes_in(text)
    assert refused.value.facts["given"] == text
    assert refused.value.code != texts.current().error(refused.value)


@pytest.mark.both_languages
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("minutes", [1, 5, 60, 90, 120, 1440, 4320, 1500])
def test_what_is_shown_can_be_typed_back(minutes: int, language: str) -> None:
    texts.use(language)
    assert minutes_in(in_words(minutes)) == minutes


@pytest.mark.both_languages
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("unit", ["min", "d", "drills"])
@pytest.mark.parametrize("value", [1, 7, 30])
def test_days_and_drills_are_typed_as_they_are_shown(value: int, unit: str, language: str) -> None:
    texts.use(language)
    assert read(unit, told(unit, value)) == read(unit, str(value)) == value


@pytest.mark.parametrize("text", ["", "零", "0", "-3", "2.5", "7 小时", "400"])
@pytest.mark.parametrize("unit", ["d", "drills"])
def test_what_is_no_number_of_days_is_refused(text: str, unit: str) -> None:
    with pytest.raises(BadInput):
        read(unit, text)


def test_the_gap_between_drills_is_set_in_days(room: Room, qtbot: Any) -> None:
    row = page_of(room, "limits").rows["drills.gap_days"]
    row.field.setText("")
    qtbot.keyClicks(row.field, "14")
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    room.settle()
    assert room.tools.desk.live.settings["drills.gap_days"] == 14 and row.field.text() == "14 天"


# --- the limits -------------------------------------------------------------------------------------------------


def test_every_limit_has_its_row_and_says_what_it_changes(room: Room) -> None:
    page = page_of(room, "limits")
    assert set(page.rows) == {key for key, option in OPTIONS.items() if option.scope == "town" and option.unit}
    for key, row in page.rows.items():
        assert told(OPTIONS[key].unit, OPTIONS[key].default) in row.sentence.text()
        assert texts.say("settings.never_changed") in row.note.text()


def test_a_limit_is_saved_with_enter_and_every_desk_follows(room: Room, qtbot: Any) -> None:
    row = page_of(room, "limits").rows["limit.critical"]
    assert not row.save.isVisible()
    row.field.setText("")
    qtbot.keyClicks(row.field, "90")
    assert row.save.isVisible()
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    room.settle()
    assert room.tools.desk.limits.critical == timedelta(minutes=90)
    assert row.field.text() == "1 小时 30 分钟" and not row.save.isVisible() and row.shipped.isVisible()
    assert room.tools.desk.officer.name in row.note.text()
    row.shipped.click()
    room.settle()
    assert room.tools.desk.limits.critical == timedelta(hours=2) and not row.shipped.isVisible()


def test_nonsense_is_refused_under_the_field_and_what_was_typed_stays(room: Room, qtbot: Any) -> None:
    row = page_of(room, "limits").rows["limit.accept"]
    row.field.setText("很久")
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    room.settle()
    assert row.error.isVisible() and "很久" in row.error.text() and row.field.text() == "很久"


def test_what_is_being_typed_survives_another_desks_change(room: Room) -> None:
    page = page_of(room, "limits")
    row, other = page.rows["limit.urgent"], page.rows["limit.routine"]
    row.field.setText("36 小")
    room.elsewhere(SetSetting(key="limit.urgent", value={"value": 600}))
    room.elsewhere(SetSetting(key="limit.routine", value={"value": 600}))
    assert row.field.text() == "36 小" and "10 小时" in row.sentence.text()
    assert other.field.text() == "10 小时"


@pytest.mark.parametrize("account", ["duty1"])
def test_who_may_not_change_limits_reads_them(room: Room) -> None:
    page = page_of(room, "limits")
    assert all(row.field.isReadOnly() for row in page.rows.values())
    row = page.rows["limit.accept"]
    row.field.setText("9 分钟")
    row.field.submitted.emit()
    room.settle()
    assert room.tools.desk.limits.accept == timedelta(minutes=1)


# --- this desk --------------------------------------------------------------------------------------------------


def test_every_option_of_the_desk_is_there_and_takes_effect_at_once(room: Room) -> None:
    page = page_of(room, "desk")
    assert {*CHOICES, *SWITCHES} == {key for key, option in OPTIONS.items() if option.scope == "desk"}
    page.strips["desk.language"].chosen.emit("en")
    page.strips["desk.theme"].chosen.emit("dark")
    page.switches["desk.large_type"].click()
    page.switches["desk.muted"].click()
    kept = room.tools.settings
    assert (kept.get("desk.language"), kept.get("desk.theme")) == ("en", "dark")
    assert kept.get("desk.large_type") is True and kept.get("desk.muted") is True
    assert room.appearances == 4
    page.strips["desk.theme"].chosen.emit("dark")
    assert room.appearances == 4


# --- officers ---------------------------------------------------------------------------------------------------


def test_an_administrator_adds_somebody_and_changes_the_role(room: Room) -> None:
    page = page_of(room, "officers")
    before = page.table.rowCount()
    page.add.name.setText("钟新")
    page.add.roles.choose("trainer")
    page.add.account.setText("zhong")
    page.add.button.click()
    room.settle()
    added = next(each for each in room.tools.desk.live.officers.values() if each.account == "zhong")
    assert page.table.rowCount() == before + 1 and added.role == "trainer" and page.add.name.text() == ""
    page.view.choose(added.id)
    page.view.picked.emit(added.id)
    page.change.roles.chosen.emit("supervisor")
    room.settle()
    assert room.tools.desk.live.officers[added.id].role == "supervisor"
    page.change.leave.click()
    room.settle()
    assert not room.tools.desk.live.officers[added.id].active


def test_a_misspelt_officer_is_corrected_and_what_both_change_is_said(room: Room, qtbot: Any) -> None:
    page = page_of(room, "officers")
    officer = next(each for each in room.tools.desk.live.officers.values() if each.account == "duty2")
    page.view.choose(officer.id)
    page.view.picked.emit(officer.id)
    fields = page.change.fields
    assert fields["name"].text() == officer.name
    fields["name"].setText("钟正")
    fields["account"].setText("zhongzheng")
    qtbot.keyClick(fields["name"], Qt.Key.Key_Return)
    room.settle()
    kept = room.tools.desk.live.officers[officer.id]
    assert (kept.name, kept.account) == ("钟正", "zhongzheng") and "钟正" in page.change.title.text()
    Sender(room.tools, page).undo()
    room.settle()
    assert room.tools.desk.live.officers[officer.id].name == officer.name == fields["name"].text()
    fields["name"].setText("钟真")
    room.elsewhere(EditOfficer(officer=officer.id, changed={"name": "钟镇"}, was={"name": officer.name}))
    assert fields["name"].text() == "钟真", "what is being typed stays"
    page.change.save.click()
    room.settle()
    assert page.change.form.field("name").has_error and fields["name"].text() == "钟真"
    assert room.tools.desk.live.officers[officer.id].name == "钟镇"
    fields["account"].setText("duty1")
    fields["name"].setText("钟镇")
    page.change.save.click()
    room.settle()
    assert page.change.form.field("account").has_error


@pytest.mark.parametrize("page", ["limits", "town", "officers"])
def test_what_the_settings_changed_is_taken_back_with_the_last_things_sent(room: Room, page: str) -> None:
    made = page_of(room, page)
    live = room.tools.desk.live
    if page == "limits":
        made.rows["limit.accept"].field.setText("9 分钟")
        made.rows["limit.accept"].field.submitted.emit()
    elif page == "town":
        made.fields["name"].setText("新云岭镇")
        made.save.click()
    else:
        made.add.name.setText("钟新")
        made.add.button.click()

    def seen() -> tuple[Any, ...]:
        names = {each.name for each in live.officers.values()}
        return room.tools.desk.limits.accept, live.town.name if live.town else "", "钟新" in names

    room.settle()
    after = seen()
    Sender(room.tools, made).undo()
    room.settle()
    assert seen() != after and "撤回" in room.told()[-1]
    Sender(room.tools, made).redo()
    room.settle()
    assert seen() == after


def test_an_account_that_is_taken_is_refused_at_its_field(room: Room) -> None:
    page = page_of(room, "officers")
    page.add.name.setText("钟新")
    page.add.account.setText("duty1")
    page.add.button.click()
    room.settle()
    assert page.add.form.field("account").has_error and page.add.name.text() == "钟新"


def test_the_last_administrator_stays_and_it_is_said(room: Room) -> None:
    page = page_of(room, "officers")
    administrators = [each for each in room.tools.desk.live.officers.values() if each.role == "administrator"]
    me = room.tools.desk.officer
    # Who sits here comes last: having become a viewer, this officer could change nobody any more.
    for each in sorted(administrators, key=lambda officer: officer.id == me.id):
        page.change.show_officer(each)
        page.change.roles.chosen.emit("viewer")
        room.settle()
    left = [each for each in room.tools.desk.live.officers.values() if each.role == "administrator" and each.active]
    assert [each.id for each in left] == [me.id] and any(me.name in each for each in room.told())


@pytest.mark.parametrize("account", ["supervisor"])
def test_others_see_the_list_only(room: Room) -> None:
    page = page_of(room, "officers")
    assert page.table.rowCount() > 5 and not hasattr(page, "add")


# --- the town ---------------------------------------------------------------------------------------------------


def test_the_town_is_renamed_and_keeps_its_mark(room: Room) -> None:
    page = page_of(room, "town")
    assert not page.save.isEnabled()
    page.fields["name"].setText("新云岭镇")
    page.save.click()
    room.settle()
    town = room.tools.desk.live.town
    assert town is not None and (town.name, town.mark) == ("新云岭镇", "test") and not page.save.isEnabled()


def test_an_unknown_zone_is_refused_before_it_is_sent(room: Room) -> None:
    page = page_of(room, "town")
    page.fields["zone"].setText("Asia/Nowhere")
    page.save.click()
    room.settle()
    assert page.form.field("zone").has_error
    assert room.tools.desk.live.town.zone != "Asia/Nowhere"  # type: ignore[union-attr]


# --- the database -----------------------------------------------------------------------------------------------


def test_the_database_tells_what_it_is_and_is_backed_up(room: Room, tmp_path: Path, qtbot: Any) -> None:
    page = page_of(room, "database")
    box, target = page.backup, tmp_path / "copy.sqlite"
    box.path.setText(str(target))
    box.button.click()
    room.settle()
    assert target.stat().st_size > 10_000 and str(target) in box.words.text() and box.button.isEnabled()
    box.button.click()
    room.settle()
    assert box.words.text() == texts.say("error.backup.exists", path=str(target))


@pytest.mark.parametrize("account", ["duty1"])
def test_only_administrators_back_up(room: Room) -> None:
    assert not hasattr(page_of(room, "database"), "backup")


# --- the search -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "page", "option"),
    [("dz", "desk", "desk.large_type"), ("带班领导", "limits", "limit.to_leader"), ("sjk", "database", "")],
)
def test_search_leads_to_page_and_option(room: Room, query: str, page: str, option: str) -> None:
    workspace = workspace_of(room)
    workspace.search.setText(query)
    wanted = f"{page}#{option}" if option else page
    assert workspace.lines.ids()[0] == wanted
    workspace.search.submitted.emit()
    room.settle()
    assert workspace.page is workspace.open_page(page)


def test_the_page_that_was_open_comes_back(room: Room) -> None:
    workspace_of(room).open_page("town")
    again = workspace_of(room)
    assert again.page is again.open_page("town")


def test_every_option_and_page_has_its_words_in_both_languages(room: Room) -> None:
    for language in texts.LANGUAGES:
        known = texts.Texts(language)
        for key in OPTIONS:
            assert known.has(f"setting.{key}") and known.has(f"setting.{key}.title")
            assert known.has(f"settings.source.{key}")
        assert all(known.has(page.title_code) for page in room.tools.plugs.settings_pages)
