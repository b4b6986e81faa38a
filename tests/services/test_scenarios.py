"""The library of scenarios: editions, what two people may change at once, and the workbook out and back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from openpyxl import load_workbook

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.rules.scenarios import FULL_MARK, flat, total, words
from commandcenter.services import scenario_files
from commandcenter.services.drills import PlanDrill
from commandcenter.services.scenarios import AddScenario, EditScenario, RetireScenario
from commandcenter.services.scripts import AddExpectation, AddInject, EditExpectation, EditInject, MoveLine, RemoveLine
from commandcenter.services.undo import Undo

TITLE = "涵洞积水救援"


@pytest.fixture
def planner(town: str, open_desk: Callable[..., Any]) -> Any:
    """A trainer's session on the tiny township, on each engine in turn."""
    return open_desk(town, "trainer")


def do(session: Any, command: Any) -> Any:
    return session.runner.execute(command).value


def row(session: Any, id: str, kind: str = "scenario") -> Any:
    with session.read("real") as reader:
        return reader.get(kind, id)


def lines(session: Any, scenario: str, kind: str = "inject") -> list[Any]:
    with session.read("real") as reader:
        return reader.find(kind, scenario=scenario, order=("position", "id"))


def shipped(session: Any) -> Any:
    with session.read("real") as reader:
        return reader.find("scenario", origin="shipped", active=True, order=("key",))[0]


def own(session: Any, **more: Any) -> str:
    return str(do(session, AddScenario(title=TITLE, **more))["scenario"])


def edit(session: Any, id: str, language: str = "zh_CN", was: dict[str, Any] | None = None, **changed: Any) -> Any:
    now = flat(row(session, id), language)
    seen = was if was is not None else {name: now[name] for name in changed}
    return do(session, EditScenario(scenario=id, changed=changed, was=seen, language=language))


# --- editions ---------------------------------------------------------------------------------------------------


def test_a_shipped_scenario_is_never_written_over(planner: Any) -> None:
    before = shipped(planner)
    made = edit(planner, before.id, purpose="换一种说法")
    after = row(planner, made["scenario"])
    assert made["edition"] == before.edition + 1 and after.key == before.key and after.origin == "own"
    assert not row(planner, before.id).active and after.active
    assert after.purpose == {"zh_CN": "换一种说法"} and after.title == before.title
    for kind in ("inject", "expectation"):
        assert [flat(each, "en") for each in lines(planner, after.id, kind)] == [
            flat(each, "en") for each in lines(planner, before.id, kind)
        ]
    again = edit(planner, after.id, purpose="再换一种")
    assert again["scenario"] == after.id and again["edition"] == after.edition


def test_what_was_planned_from_is_kept_for_its_drill(planner: Any) -> None:
    id = own(planner)
    inject = do(planner, AddInject(scenario=id, text="水没过膝盖"))
    assert inject["scenario"] == id
    do(planner, PlanDrill(scenario=id, village="999101100201"))
    made = do(planner, EditInject(inject=inject["inject"], changed={"text": "水没过腰"}, was={"text": "水没过膝盖"}))
    assert made["edition"] == 2 and made["inject"] != inject["inject"]
    assert words(row(planner, inject["inject"], "inject").text, "zh_CN") == "水没过膝盖"
    assert words(lines(planner, made["scenario"])[0].text, "zh_CN") == "水没过腰"


def test_no_edition_is_made_of_no_change(planner: Any) -> None:
    before = shipped(planner)
    now = flat(before, "zh_CN")
    assert edit(planner, before.id, title=f" {now['title']} ")["scenario"] == before.id
    assert row(planner, before.id).active


def test_undo_brings_the_old_edition_back(planner: Any) -> None:
    before = shipped(planner)
    outcome = planner.runner.execute(
        EditScenario(scenario=before.id, changed={"minutes": 90}, was={"minutes": before.minutes})
    )
    planner.runner.execute(Undo(target=outcome.command))
    assert row(planner, outcome.value["scenario"]) is None and row(planner, before.id) == before


def test_changes_of_two_people_meet_in_the_new_edition(planner: Any) -> None:
    before = shipped(planner)
    was = flat(before, "zh_CN")
    first = edit(planner, before.id, minutes=75)
    second = edit(planner, before.id, was={"people": was["people"]}, people=33)
    assert second["scenario"] == first["scenario"]
    found = row(planner, first["scenario"])
    assert (found.minutes, found.people, found.edition) == (75, 33, before.edition + 1)
    with pytest.raises(Conflict) as caught:
        edit(planner, before.id, was={"minutes": was["minutes"]}, minutes=80)
    assert caught.value.facts["fields"]["minutes"] == {"mine": 80, "theirs": 75, "was": was["minutes"]}


def test_a_line_of_an_older_edition_is_found_in_the_new_one(planner: Any) -> None:
    before = shipped(planner)
    first, second = lines(planner, before.id)[:2]
    text = words(first.text, "zh_CN")
    made = do(planner, EditInject(inject=first.id, changed={"text": "甲"}, was={"text": text}))
    other = do(planner, RemoveLine(kind="inject", line=second.id))
    assert other["scenario"] == made["scenario"]
    assert len(lines(planner, made["scenario"])) == len(lines(planner, before.id)) - 1
    with pytest.raises(RuleError) as caught:
        do(planner, EditInject(inject=first.id, changed={"text": "乙"}, was={"text": text}))
    assert caught.value.code == "scenario.line_gone"


def test_only_the_newest_edition_is_retired_and_brought_back(planner: Any) -> None:
    before = shipped(planner)
    made = edit(planner, before.id, minutes=75)["scenario"]
    with pytest.raises(RuleError):
        do(planner, RetireScenario(scenario=before.id, retired=False))
    do(planner, RetireScenario(scenario=made))
    with pytest.raises(RuleError) as caught:
        edit(planner, made, minutes=80)
    assert caught.value.code == "scenario.retired"
    do(planner, RetireScenario(scenario=made, retired=False))
    assert row(planner, made).active


def test_texts_keep_their_other_language_until_they_change(planner: Any) -> None:
    source = shipped(planner)
    id = do(planner, AddScenario(title="一份抄本", copy_of=source.key))["scenario"]
    copied = row(planner, id)
    assert copied.purpose == source.purpose and copied.title == {"zh_CN": "一份抄本"} and copied.key != source.key
    edit(planner, id, "en", purpose="Another purpose", five_warning=flat(copied, "en")["five_warning"])
    found = row(planner, id)
    assert found.purpose == {"en": "Another purpose"} and found.five == source.five


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"), ({"season_from": 13}, "season_from"), ({"forms": "field,dance"}, "forms"),
        ({"minutes": 0}, "minutes"), ({"pass_mark": 101}, "pass_mark"), ({"people": -1}, "people"),
        ({"edition": 3}, "edition"), ({"minutes": "60"}, "minutes"), ({"people": None}, "people"),
        ({"safety": "吸毒人员"}, "safety"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_under_its_field(planner: Any, changed: dict[str, Any], field: str) -> None:
    id = own(planner)
    with pytest.raises(BadInput) as caught:
        do(planner, EditScenario(scenario=id, changed=changed, was={}))
    assert caught.value.facts["field"] == field


def test_only_planners_write(town: str, open_desk: Callable[..., Any]) -> None:
    with pytest.raises(NotAllowed):
        own(open_desk(town, "duty1"))


# --- lines ------------------------------------------------------------------------------------------------------


def test_a_script_stays_in_the_order_of_its_times(planner: Any) -> None:
    id = own(planner)
    made = [
        do(planner, AddInject(scenario=id, text=text, offset_s=offset))["inject"]
        for text, offset in (("二", 120), ("一", 60), ("三", 120))
    ]
    assert [words(each.text, "zh_CN") for each in lines(planner, id)] == ["一", "二", "三"]
    do(planner, EditInject(inject=made[1], changed={"offset_s": 600}, was={"offset_s": 60}))
    assert [(words(each.text, "zh_CN"), each.position) for each in lines(planner, id)] == [
        ("二", 1), ("三", 2), ("一", 3),
    ]  # fmt: skip
    do(planner, MoveLine(kind="inject", line=made[1], up=True))
    assert [(words(each.text, "zh_CN"), each.offset_s) for each in lines(planner, id)] == [
        ("二", 120), ("一", 120), ("三", 600),
    ]  # fmt: skip
    with pytest.raises(RuleError):
        do(planner, MoveLine(kind="inject", line=made[0], up=True))


def test_how_a_point_is_judged_says_what_it_needs(planner: Any) -> None:
    id = own(planner)
    made = do(planner, AddExpectation(scenario=id, text="五分钟叫应", fields={
        "points": 40, "judged": "time", "after": "warned", "step": "called", "within_s": 300,
    }))  # fmt: skip
    assert made["points"] == 40 != FULL_MARK
    found = do(planner, EditExpectation(
        expectation=made["expectation"], changed={"judged": "count", "unit_of": "应转人员", "need": 100},
        was={"judged": "time", "unit_of": "", "need": None},
    ))  # fmt: skip
    line = row(planner, found["expectation"], "expectation")
    assert (line.judged, line.after, line.step, line.within_s, line.need) == ("count", "", "", None, 100)
    for fields, field in (
        ({"judged": "time", "after": "warned", "within_s": 300}, "step"),
        ({"judged": "time", "after": "called", "step": "warned", "within_s": 300}, "step"),
        ({"judged": "time", "after": "warned", "step": "called"}, "within_s"),
        ({"judged": "count", "need": 100}, "unit_of"), ({"judged": "count", "unit_of": "户", "need": 101}, "need"),
        ({"judged": "guess"}, "judged"), ({"points": 101}, "points"), ({"step": "flown"}, "step"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            do(planner, AddExpectation(scenario=id, text="某点", fields=fields))
        assert caught.value.facts["field"] == field, fields


def test_an_unknown_channel_or_player_is_refused(planner: Any) -> None:
    id = own(planner)
    for more in ({"channel": "pigeon"}, {"player": "king"}, {"text": ""}, {"offset_s": -1}):
        with pytest.raises(BadInput):
            do(planner, AddInject(**{"scenario": id, "text": "某事", **more}))


def test_shipped_points_sum_to_a_hundred(planner: Any) -> None:
    with planner.read("real") as reader:
        for each in reader.find("scenario", origin="shipped"):
            assert total(reader.find("expectation", scenario=each.id)) == FULL_MARK, each.key


# --- the workbook -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_out_and_back_without_a_change_changes_nothing(planner: Any, tmp_path: Path, language: str) -> None:
    before = shipped(planner)
    path = tmp_path / "s.xlsx"
    scenario_files.export(planner, before.key, path, language)
    answer = do(planner, scenario_files.read(planner, path))
    assert answer["scenario"] == before.id and answer["changed"] == [] and not answer["new"]
    assert row(planner, before.id) == before


def change(path: Path, sheet: str, cell: str, value: Any) -> None:
    book = load_workbook(path)
    book[sheet][cell] = value
    book.save(path)


def test_only_what_was_changed_in_the_workbook_changes(planner: Any, tmp_path: Path) -> None:
    before = shipped(planner)
    old = lines(planner, before.id)
    path = tmp_path / "s.xlsx"
    scenario_files.export(planner, before.key, path, "zh_CN")
    change(path, "导调脚本", "F3", "@桥断了")
    change(path, "五预", "B2", "看天")
    answer = do(planner, scenario_files.read(planner, path))
    assert answer["changed"] == ["five_forecast"] and answer["edition"] == before.edition + 1
    assert answer["injects"] == {"new": 0, "changed": 1, "gone": 0}
    assert not any(answer["expectations"].values())
    after = row(planner, answer["scenario"])
    assert after.five["forecast"] == {"zh_CN": "看天"} and after.five["plan"] == before.five["plan"]
    now = lines(planner, after.id)
    assert now[1].text == {"zh_CN": "@桥断了"} and now[0].text == old[0].text and now[1].place == old[1].place
    with pytest.raises(RuleError) as caught:
        do(planner, scenario_files.read(planner, path))
    assert caught.value.code == "scenario.file_old"


def test_lines_come_and_go_with_the_rows(planner: Any, tmp_path: Path) -> None:
    before = shipped(planner)
    path = tmp_path / "s.xlsx"
    scenario_files.export(planner, before.key, path, "zh_CN")
    book = load_workbook(path)
    script = book["导调脚本"]
    script.delete_rows(2)
    script.append([None, "1:30", "电话", None, None, "新来的一行"])
    book.save(path)
    answer = do(planner, scenario_files.read(planner, path))
    assert answer["injects"]["new"] == 1 and answer["injects"]["gone"] == 1
    found = next(each for each in lines(planner, answer["scenario"]) if each.text == {"zh_CN": "新来的一行"})
    assert (found.offset_s, found.channel) == (90, "phone")


def test_a_workbook_without_a_known_key_is_a_new_scenario(planner: Any, tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    scenario_files.export(planner, shipped(planner).key, path, "en")
    change(path, "Basics", "B2", None)
    change(path, "Basics", "B4", "Our own")
    answer = do(planner, scenario_files.read(planner, path))
    made = row(planner, answer["scenario"])
    assert made.title == {"en": "Our own"} and made.origin == "own" and made.edition == 1
    assert lines(planner, made.id) and lines(planner, made.id, "expectation")


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "said"),
    [
        ("导调脚本", "B3", "十点", "第 3 行“时间(分：秒)”"), ("导调脚本", "C2", "信鸽", "可写"),
        ("考核点", "D2", "很多", "要写整数"), ("基本情况", "A4", "怪名", "怪名"),
        ("考核点", "C1", "别的", "缺“评估内容”"),
        ("基本情况", "B12", "飞行", "可写"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_workbook_is_said_with_its_place(
    planner: Any, tmp_path: Path, sheet: str, cell: str, value: str, said: str
) -> None:
    path = tmp_path / "s.xlsx"
    scenario_files.export(planner, shipped(planner).key, path, "zh_CN")
    change(path, sheet, cell, value)
    with pytest.raises(BadInput) as caught:
        scenario_files.read(planner, path)
    sentence = texts.current().error(caught.value)
    assert f"“{sheet}”" in sentence and said in sentence


def test_a_spreadsheets_own_time_is_minutes_and_seconds(planner: Any, tmp_path: Path) -> None:
    import datetime

    path = tmp_path / "s.xlsx"
    scenario_files.export(planner, shipped(planner).key, path, "zh_CN")
    change(path, "导调脚本", "B2", datetime.time(0, 20))
    change(path, "导调脚本", "B3", datetime.time(5, 0))
    assert [each["offset_s"] for each in scenario_files.read(planner, path).injects][:2] == [1200, 300]


def test_another_workbook_is_refused(planner: Any, tmp_path: Path) -> None:
    from openpyxl import Workbook

    path = tmp_path / "other.xlsx"
    book = Workbook()
    book.active.append(["姓名", "电话"])
    book.save(path)
    with pytest.raises(BadInput) as caught:
        scenario_files.read(planner, path)
    assert caught.value.code == "scenario.file_none"


def test_two_desks_editing_what_is_shipped_at_once_make_one_edition(
    town: str, open_desk: Callable[..., Any], planner: Any
) -> None:
    """Each waits for the other's lock and then writes into the edition that it made."""
    desks = [open_desk(town, "trainer"), open_desk(town, "administrator")]
    before = shipped(planner)
    commands = [
        EditScenario(scenario=before.id, changed={"minutes": 75}, was={"minutes": before.minutes}),
        EditScenario(scenario=before.id, changed={"people": 33}, was={"people": before.people}),
    ]
    ready = Barrier(2)

    def send(desk: Any, command: Any) -> Any:
        ready.wait(20)
        return desk.runner.execute(command).value

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(send, desks, commands))
    assert made[0]["scenario"] == made[1]["scenario"] and {each["edition"] for each in made} == {before.edition + 1}
    found = row(planner, made[0]["scenario"])
    assert (found.minutes, found.people) == (75, 33)
    with planner.read("real") as reader:
        assert len(reader.find("scenario", key=before.key)) == 2
