"""Incidents below the widgets: rows, cells, calls, sentences, briefing, figures, what changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from commandcenter.base import texts
from commandcenter.base.errors import RuleError
from commandcenter.rules.grids import Grid, Township, Village
from commandcenter.rules.incidents import Call, CallResult, Incident, Limits, State, TimelineEntry
from commandcenter.rules.masks import HIDDEN
from commandcenter.rules.people import Contact, Officer, Worker
from commandcenter.services.directory import Directory
from commandcenter.services.incidents import EDITABLE
from commandcenter.services.live import LiveSet
from commandcenter.ui.core.editing import merged
from commandcenter.ui.incidents import moves, words
from commandcenter.ui.incidents.briefing import briefing
from commandcenter.ui.incidents.call_rows import RESULT_KEYS, arrived_next, call_rows, next_climb
from commandcenter.ui.incidents.cells import cells, total
from commandcenter.ui.incidents.changes import MOST, Picture, what_changed
from commandcenter.ui.incidents.entries import History, Striking, entry_rows, sentence
from commandcenter.ui.incidents.rows import QueueFilter, counts, figures, queue_row, remembered
from commandcenter.ui.incidents.side import merge_order

NOW = datetime(2025, 6, 30, 6, 10, tzinfo=UTC)
LIMITS = Limits()
OFFICER = Officer(id="o1", name="王值", role="duty_officer")
VIEWER = Officer(id="o2", name="看", role="viewer")


def incident(id: str = "i1", **more: Any) -> Incident:
    facts: dict[str, Any] = {
        "number": "JH-20250630-014", "village": "v", "grid": "g", "category": "emergency", "subkind": "fire",
        "urgency": "critical", "text": "居民房屋冒烟起火\n三楼", "opened_at": NOW - timedelta(minutes=8),
    } | more  # fmt: skip
    return Incident(id=id, **facts)


def call(id: str, rank: int, **more: Any) -> Call:
    facts: dict[str, Any] = {"person_kind": "worker", "person": id, "reason": "keeper", "listed_at": NOW} | more
    return Call(id=id, incident="i1", rank=rank, **facts)


def picture(*incidents: Incident, calls: dict[str, tuple[Call, ...]] | None = None) -> LiveSet:
    live = LiveSet(town=Township(id="t", code="510981103", name="金华镇"))
    live.villages = {"v": Village(id="v", township="t", code="1", name="凯旋社区", kind="community")}
    live.grids = {"g": Grid(id="g", village="v", code="1027", name="凯旋社区第27微网格")}
    live.officers = {OFFICER.id: OFFICER}
    live.incidents = {each.id: each for each in incidents}
    live.calls = calls or {}
    return live


def people(*names: str) -> Directory:
    found = {("worker", id): Worker(id=id, name=f"人{id}", phone="15400000001") for id in names}
    return Directory(people=dict(found), loaded=True)


# --- the queue ----------------------------------------------------------------------------------------------------


def test_a_row_says_what_where_village_first_and_who_has_it() -> None:
    given = incident(state="calling")
    calls = (call("a", 1, attempts=1, result="no_answer"), call("b", 2))
    row = queue_row(given, picture(given, calls={"i1": calls}), people("a", "b"), None)
    assert (row.what, row.where, row.now, row.mark) == ("居民房屋冒烟起火", "凯旋社区 第27微网格", "呼叫中 1/2", "特")
    assert row.age(NOW) == "0:08:00" and not row.is_overdue(NOW, LIMITS)
    assert row.is_overdue(NOW + timedelta(hours=3), LIMITS)


def test_who_has_it_is_whoever_arrived_else_whoever_answered() -> None:
    given = incident(state="responding")
    answered = call("a", 1, result="answered", answered_at=NOW)
    arrived = call("b", 2, result="arrived", answered_at=NOW, arrived_at=NOW)
    now = queue_row(given, picture(given, calls={"i1": (answered,)}), people("a", "b"), None).now
    assert now == "人a · 应答"
    now = queue_row(given, picture(given, calls={"i1": (answered, arrived)}), people("a", "b"), None).now
    assert now == "人b · 到场"
    assert queue_row(replace(given, parked=True), picture(given), people(), None).now == "暂存 · 响应中"


def test_a_masked_text_is_replaced_by_the_kind_of_matter() -> None:
    given = incident(text=HIDDEN)
    assert queue_row(given, picture(given), people(), None).what == "火灾"


def test_only_critical_rows_carry_the_strip() -> None:
    assert queue_row(incident(), picture(), people(), None).strip(NOW, LIMITS) is not None
    assert queue_row(incident(urgency="urgent"), picture(), people(), None).strip(NOW, LIMITS) is None


@pytest.mark.parametrize("typed", ["冒烟", "凯旋 27", "014", "JMFW", "jumin", "三楼"])
def test_the_text_filter_finds_words_numbers_and_pinyin(typed: str) -> None:
    row = queue_row(incident(), picture(), people(), None)
    row = replace(row, where="凯旋社区 第27微网格")
    assert QueueFilter(text=typed).lets(row)
    assert not QueueFilter(text=f"{typed} 没有").lets(row)


def test_filters_by_tab_village_and_category() -> None:
    row = queue_row(incident(handler="o1"), picture(), people(), "o1")
    assert QueueFilter("emergency").lets(row) and QueueFilter("mine").lets(row)
    assert not QueueFilter("daily").lets(row) and not QueueFilter(village="w").lets(row)
    assert not QueueFilter(category="order").lets(row) and QueueFilter(village="v", category="emergency").narrows
    assert counts([row]) == {"emergency": 1, "daily": 0, "to_check": 0, "mine": 1}


def test_a_remembered_filter_that_makes_no_sense_is_forgotten() -> None:
    assert remembered({"queue": "nonsense"}) == QueueFilter() == remembered(None)
    assert remembered({"queue": "daily", "village": 3, "category": "care"}) == QueueFilter("daily", None, "care")


def test_figures_count_what_is_open() -> None:
    open_ones = [incident("a"), incident("b", urgency="routine", category="care", opened_at=NOW - timedelta(days=4))]
    live = picture(*open_ones, calls={"a": (call("x", 1), call("y", 2, result="answered", answered_at=NOW))})
    found = figures(live, None, NOW, LIMITS)
    assert (found.open["emergency"], found.open["daily"], found.calls_waiting) == (1, 1, 1)
    assert (found.critical, found.overdue) == (1, 1)


# --- steps --------------------------------------------------------------------------------------------------------


def kinds(given: Incident) -> list[str]:
    return [cell.kind for cell in cells(given, picture())]


def test_cells_are_done_now_and_to_come_with_times() -> None:
    at = NOW - timedelta(minutes=7)
    given = incident(state="on_scene", calling_at=at, on_scene_at=NOW - timedelta(minutes=5, seconds=41))
    assert kinds(given) == ["done", "done", "skipped", "now", "todo", "todo"]
    lines = [cell.second_line(NOW) for cell in cells(given, picture())]
    assert lines == ["14:02", "14:03", "—", "已 5:41", "", ""]
    assert cells(given, picture())[3].title == "处置中"


def test_ends_stand_in_the_last_cell() -> None:
    closed = incident(state="closed", ended_at=NOW)
    assert kinds(closed)[-1] == "done"
    assert total(replace(closed, ended_at=closed.opened_at + timedelta(minutes=15))) == "15 分钟办结"
    returned = cells(incident(state="returned", ended_at=NOW), picture())
    assert returned[-1].kind == "ended" and returned[-1].title == "已退回"
    assert kinds(incident(state="reopened", calling_at=NOW))[0] == "now"


@pytest.mark.parametrize(
    ("state", "step"),
    [("reported", "call"), ("responding", "arrive"), ("on_scene", "resolve"), ("resolved", "close"), ("closed", None)],
)
def test_the_next_step_fits_the_state(state: State, step: str | None) -> None:
    assert moves.primary(incident(state=state), ()) == step


def test_calling_without_a_list_begins_one() -> None:
    assert moves.primary(incident(state="calling"), ()) == "call"
    assert moves.primary(incident(state="calling"), (call("a", 1),)) == "record"


def test_side_exits_fit_the_state_and_the_role() -> None:
    assert [move.id for move in moves.exits(incident(), OFFICER, 1)] == ["take", "park", "merge", "return", "cancel"]
    assert [move.id for move in moves.exits(incident(state="closed"), OFFICER, 1)] == ["reopen"]
    alone = {move.id: move for move in moves.exits(incident(), OFFICER, 0)}
    assert not alone["merge"].enabled and alone["merge"].why
    assert all(not move.enabled and "查看人员" in move.why for move in moves.exits(incident(), VIEWER, 1))


# --- calls --------------------------------------------------------------------------------------------------------


def test_who_owes_an_answer_comes_first_and_the_next_is_marked() -> None:
    calls = [
        call("a", 1, result="answered", answered_at=NOW + timedelta(seconds=38)),
        call("b", 2, result="no_answer", attempts=2, called_at=NOW, result_at=NOW),
        call("c", 3),
    ]
    rows = call_rows(incident(state="calling"), calls, people("a", "b", "c"), NOW, LIMITS)
    assert [row.id for row in rows] == ["b", "c", "a"]
    assert [row.is_next for row in rows] == [False, True, False]
    assert [row.dot for row in rows] == ["failed", "waiting", "answered"]
    assert rows[0].words == "无人接听 ×2" and rows[2].elapsed(NOW + timedelta(hours=1)) == "0:38"
    assert rows[1].phone == "154 0000 0001" and rows[1].role == "微网格员"


def test_the_result_of_whoever_was_just_dialled_is_awaited_first() -> None:
    calls = [call("a", 1), call("b", 2, result="called", attempts=1, called_at=NOW, result_at=NOW)]
    rows = call_rows(incident(state="calling"), calls, people("a", "b"), NOW, LIMITS)
    assert [row.id for row in rows if row.is_next] == ["b"]
    later = call_rows(incident(state="calling"), calls, people("a", "b"), NOW + timedelta(minutes=6), LIMITS)
    assert [row.id for row in later if row.is_next] == ["a"]


def test_nobody_is_next_once_somebody_is_there() -> None:
    rows = call_rows(incident(state="on_scene"), [call("a", 1)], people("a"), NOW, LIMITS)
    assert not any(row.is_next for row in rows)


def test_people_without_a_number_are_passed_over_but_shown() -> None:
    directory = Directory(people={("contact", "a"): Contact(id="a", name="护林队", kind="forest_guard")}, loaded=True)
    listed = [call("a", 1, person_kind="contact", reason="chosen")]
    (row,) = call_rows(incident(state="calling"), listed, directory, NOW, LIMITS)
    assert not row.is_next and row.phone == "无电话号码" and row.role == "护林队"


def test_whose_arrival_is_confirmed() -> None:
    first = call("a", 2, answered_at=NOW, result="answered")
    second = call("b", 1, answered_at=NOW + timedelta(seconds=9), result="answered")
    assert arrived_next([second, first]) == first
    assert arrived_next([replace(first, arrived_at=NOW)]) is None


def test_the_escalation_is_written_out_and_says_left() -> None:
    given = incident(state="calling", calling_at=NOW)
    climb = next_climb(given, [call("a", 1)], LIMITS)
    assert climb is not None and climb.sentence(NOW + timedelta(seconds=112)).startswith("再过 3:08 逐级叫应")
    assert climb.sentence(NOW + timedelta(minutes=6)).startswith("现在逐级叫应")
    assert next_climb(given, [call("a", 1, answered_at=NOW, result="answered")], LIMITS) is None
    assert next_climb(replace(given, urgency="urgent"), [call("a", 1)], LIMITS) is None


def test_nine_digits_record_nine_different_results() -> None:
    assert sorted(RESULT_KEYS) == list("123456789") and len(set(RESULT_KEYS.values())) == 9


# --- words --------------------------------------------------------------------------------------------------------


def test_every_closed_set_has_its_words_in_both_languages() -> None:
    wanted = [f"incidents.state.{state}" for state in get_args(State)]
    wanted += [f"incidents.result.{result}" for result in get_args(CallResult)]
    wanted += [f"incidents.key.{result}" for result in RESULT_KEYS.values()]
    wanted += [f"incidents.field.{name}" for name in EDITABLE]
    wanted += [f"incidents.exit.{exit}" for exit in get_args(moves.Exit)]
    wanted += [f"incidents.primary.{step}" for step in get_args(moves.Primary)]
    for language in texts.LANGUAGES:
        known = texts.Texts(language)
        assert [code for code in wanted if not known.has(code)] == []


@pytest.mark.parametrize(
    ("code", "facts", "said"),
    [
        ("opened", {"category": "emergency", "urgency": "critical"}, "接报：应急突发 · 特急"),
        ("step.calling", {"from": "reported", "people": 3}, "开始呼叫，名单 3 人"),
        ("step.calling", {"from": "reported"}, "开始呼叫"),
        ("call", {"result": "no_answer", "name": "张三"}, "张三：无人接听"),
        ("escalated", {"step": "to_leader", "people": 1}, "无人应答，叫应带班领导"),
        ("edited", {"fields": ["place", "urgency"]}, "修改：地点、紧急程度"),
        ("step.closed", {"minutes": 15}, "办结，用时 15 分钟"),
        ("note", {}, ""),
        ("something.new", {}, "something.new"),
    ],
)
def test_timeline_sentences_by_code(code: str, facts: dict[str, Any], said: str) -> None:
    assert sentence(code, facts) == said


def entry(id: str, **more: Any) -> TimelineEntry:
    facts: dict[str, Any] = {"code": "note", "facts": {}, "text": "水退了", "actor": "o1", "command": "c"} | more
    return TimelineEntry(id=id, incident="i1", at=NOW, **facts)


def test_a_struck_line_says_who_undid_it_and_cannot_be_undone_again() -> None:
    history = History((entry("b", struck=True), entry("a")), {"b": Striking("o1", NOW + timedelta(minutes=2))})
    struck, standing = entry_rows(history, picture(), NOW)
    assert struck.struck == "王值 14:12 撤回" and not struck.may_undo
    assert standing.may_undo and standing.note == "水退了" and struck.order < standing.order


def test_spans_and_ages_are_read_at_a_glance() -> None:
    assert words.span(timedelta(minutes=7, seconds=2)) == "7:02" and words.span(timedelta(hours=2)) == "2:00:00"
    assert words.age(timedelta(minutes=7)) == "0:07:00" and words.age(timedelta(days=2, hours=3)) == "2 天 3 小时"
    assert words.minutes_of(timedelta(minutes=75)) == "1 小时 15 分钟"


def test_a_refusal_names_states_and_local_times() -> None:
    error = RuleError("incident.step", number="N", state="closed", to="calling")
    assert "已办结 → 呼叫中" in words.refusal(error, picture())
    since = RuleError("undo.changed_since", who="王值", when="2025-06-30T06:10:00.000000Z")
    assert "14:10" in words.refusal(since, picture())


def test_the_briefing_tells_place_state_calls_and_the_last_lines_without_numbers() -> None:
    given = incident(state="responding", caller_name="住户何", caller_phone="15400000009", place="3号楼")
    calls = (call("a", 1, result="answered", answered_at=NOW, attempts=1), call("b", 2))
    live, directory = picture(given, calls={"i1": calls}), people("a", "b")
    rows = call_rows(given, calls, directory, NOW, LIMITS)
    told = briefing(given, calls, rows, entry_rows(History((entry("a"),)), live, NOW), live, NOW)
    assert told.splitlines() == [
        "【特急】居民房屋冒烟起火",
        "JH-20250630-014 · 凯旋社区 第27微网格 · 3号楼",
        "14:02 接报",
        "现状：响应中，已 8 分钟",
        "叫应 1/2：微网格员 人a 已应答 14:10",
        "14:10 水退了",
    ]
    assert briefing(replace(given, world="drill-1"), calls, rows, (), live, NOW).startswith("【演练】")


# --- while you looked away ----------------------------------------------------------------------------------------


def test_what_changed_is_told_most_urgent_first_one_sentence_an_incident() -> None:
    old, stays = incident("old", urgency="urgent", state="calling"), incident("stays")
    before = Picture.of(picture(old, stays, incident("ended", urgency="routine")))
    live = picture(replace(old, state="on_scene"), stays, incident("new"))
    told = what_changed(before, live, people(), {"ended": incident("ended", state="closed", urgency="routine")})
    assert [each.incident for each in told] == ["new", "old", "ended"]
    assert told[0].text.startswith("新接报(特急)")
    assert told[1].text.endswith("处置中") and told[2].text.endswith("已办结")


def test_an_answer_is_told_and_silence_is_not() -> None:
    given = incident("i1", state="calling")
    before = Picture.of(picture(given, calls={"i1": (call("a", 1),)}))
    live = picture(given, calls={"i1": (call("a", 1, result="answered", answered_at=NOW),)})
    assert [each.text for each in what_changed(before, live, people("a"), {})] == [
        "凯旋社区 第27微网格 居民房屋冒烟起火：人a 已应答"
    ]
    assert what_changed(Picture.of(live), live, people("a"), {}) == []


def test_more_than_nine_changes_end_in_a_number() -> None:
    live = picture(*(incident(f"n{place}") for place in range(14)))
    told = what_changed(Picture({}, {}), live, people(), {})
    assert len(told) == MOST and told[-1].text == "另有 6 件有变化" and told[-1].incident == ""


# --- forms --------------------------------------------------------------------------------------------------------


def test_merging_two_texts_says_each_once() -> None:
    assert merged("3号楼", "2单元") == "2单元；3号楼"
    assert merged("3号楼", "3号楼东") == "3号楼东" and merged("", "东") == "东" and merged("西", "") == "西"


def test_merge_candidates_are_the_nearest_first() -> None:
    given = incident("me")
    far, village, grid = incident("far", grid=None, village="w"), incident("v", grid="h"), incident("g")
    assert [each.id for each in merge_order(given, [far, given, village, grid])] == ["g", "v", "far"]
