"""``list`` and ``show``: rows as JSON or as a table, filtered, masked by role."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import east_asian_width

import pytest

from commandcenter.cli import listing
from commandcenter.rules.entity import ENTITIES
from commandcenter.services import logbook
from commandcenter.services.incidents import NoteIncident, OpenIncident
from tests.cli.conftest import Commander

GRID = "999101100001001"
NAME, PHONE, PLACE, TEXT, NOTE = "慕容翠翠", "15487654321", "石榴巷九十九号", "老人摔倒在院里", "已请医生上门"


@pytest.fixture
def told(desk: Any) -> Any:
    """An incident with a caller and a note."""
    command = OpenIncident(
        category="care", urgency="urgent", text=TEXT, grid=GRID, caller_name=NAME, caller_phone=PHONE, place=PLACE
    )
    value = desk.runner.execute(command).value
    desk.runner.execute(NoteIncident(incident=value["incident"], text=NOTE))
    return value


def test_every_entity_is_listed_in_both_forms_and_shown(at_town: Commander, told: Any) -> None:
    for entity in (*ENTITIES, *logbook.KINDS):
        as_json = at_town("list", entity, "--json")
        assert as_json.code == 0 and isinstance(as_json.json, list), entity
        assert at_town("list", entity).code == 0, entity
        if not as_json.json:
            continue
        key = logbook.KEYS.get(entity, "id")
        shown = at_town("show", entity, as_json.json[0][key], "--json")
        assert shown.code == 0 and shown.json[key] == as_json.json[0][key], entity
        assert at_town("show", entity, as_json.json[0][key]).code == 0
        assert entity not in ENTITIES or shown.json["history"], entity


def test_a_debt_is_shown_with_what_pays_it(at_town: Commander) -> None:
    owed = ("list", "debt", "--where", "rule=village_yearly", "--where", "village=999101100201", "--json")
    debt = at_town(*owed, "--where", "drill=").json[0]
    shown = at_town("show", "debt", debt["id"], "--json").json
    assert shown == debt | {"rule_title": shown["rule_title"], "scenario_title": "", "drill_title": None,
                            "drill_state": None, "drill_at": None}  # fmt: skip
    plan = {"command": "plan_drill", "scenario": "landslide", "village": "999101100201", "rule": "village_yearly",
            "title": "雨前转移", "starts_at": (datetime.now(UTC) + timedelta(days=9)).isoformat()}  # fmt: skip
    made = at_town("do", "--json", actor="trainer", given=json.dumps(plan)).lines[0]["value"]["drill"]
    (debt,) = at_town(*owed, "--where", f"drill={made}").json
    shown = at_town("show", "debt", debt["id"], "--json", actor="trainer").json
    assert (shown["state"], shown["drill_title"], shown["drill_state"]) == ("planned", "雨前转移", "planned")
    assert shown["rule_title"] and shown["rule_title"] in at_town("show", "debt", debt["id"]).out
    for wrong in (("show", "debt", "nothing"), ("show", "seal", "0"), ("show", "debt", debt["id"], "--save", "x.bin")):
        answer = at_town(*wrong)
        assert answer.code == 2 and answer.out == "" and "Known:" not in answer.err


def test_an_unknown_entity_is_refused_with_the_known_ones(at_file: Commander) -> None:
    for verb in (("list", "dragon"), ("show", "dragon", "1")):
        answer = at_file(*verb)
        assert answer.code == 2 and answer.out == "" and "dragon" in answer.err and "incident" in answer.err


def test_where_compares_fields_and_reads_references_by_code(at_town: Commander, told: Any) -> None:
    (row,) = at_town("list", "incident", "--where", f"grid={GRID}", "--where", "state=reported", "--json").json
    assert (row["id"], row["grid_code"], row["text"]) == (told["incident"], GRID, TEXT)
    assert at_town("list", "incident", "--where", "state=closed", "--json").json == []
    assert at_town("list", "incident", "--where", "parked=false", "--json").json == [row]
    assert at_town("list", "incident", "--where", "merged_into=", "--json").json == [row]
    assert at_town("list", "incident", "--where", f"opened_at={row['opened_at']}", "--json").json == [row]
    (said,) = at_town("list", "change_log", "--where", "entity=incident", "--json").json
    assert said["entity_id"] == told["incident"]


@pytest.mark.parametrize(
    ("entity", "where", "word"),
    [
        ("incident", "colour=red", "colour"),
        ("incident", "caller_phone=154", "caller_phone"),
        ("incident", "state", "state"),
        ("incident", "parked=perhaps", "perhaps"),
        ("incident", "opened_at=yesterday", "yesterday"),
        ("grid", "people=many", "many"),
        ("grid", f"people={10**30}", str(10**30)),
        ("change_log", "colour=red", "colour"),
    ],
)
def test_a_wrong_condition_is_refused(at_file: Commander, entity: str, where: str, word: str) -> None:
    answer = at_file("list", entity, "--where", where)
    assert answer.code == 2 and word in answer.err


def test_limit_counts_rows_and_wants_a_number(at_town: Commander) -> None:
    assert len(at_town("list", "grid", "--limit", 3, "--json").json) == 3
    assert at_town("list", "grid", "--limit", 0, "--json").json == []
    assert at_town("list", "grid", "--limit", -1).code == 2
    assert at_town("list", "grid", "--limit", "many").code == 2


def test_show_finds_by_id_code_and_number(at_town: Commander, told: Any) -> None:
    by_number = at_town("show", "incident", told["number"], "--json").json
    by_id = at_town("show", "incident", told["incident"], "--json").json
    assert by_number == by_id and [each["code"] for each in by_id["timeline"]] == ["opened", "note"]
    grid = at_town("show", "grid", GRID, "--json").json
    assert grid["code"] == GRID and grid["geometry"]["type"] in ("Polygon", "MultiPolygon") and grid["workers"]
    assert at_town("show", "grid", "nowhere").code == 2


def test_a_viewer_gets_masks_in_list_show_and_log(at_town: Commander, told: Any) -> None:
    asked: list[tuple[str, ...]] = [("show", "incident", told["incident"])]
    asked += [("list", kind) for kind in ("incident", "timeline_entry", "worker", "contact", "officer", *logbook.KINDS)]
    workers = at_town("list", "worker", "--json").json
    secrets = [NAME, PHONE, PLACE, TEXT, NOTE, *(each["phone"] for each in workers if each["phone"])]
    assert len(secrets) > 5
    for words in asked:
        for form in ((), ("--json",)):
            answer = at_town(*words, *form, actor="viewer")
            assert answer.code == 0
            assert [secret for secret in secrets if secret in answer.out] == [], words
    assert at_town("list", "worker", "--json", actor="viewer").json[0]["name"] == workers[0]["name"]


@pytest.mark.parametrize("is_terminal", [False, True])
def test_words_that_look_like_markup_are_printed_as_they_are(
    at_town: Commander, desk: Any, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setattr(listing, "_is_terminal", lambda: is_terminal)
    odd = "[bold]着火[/bold] [/] :fire: [link=x]"
    desk.runner.execute(OpenIncident(category="other", urgency="urgent", text=odd))
    answer = at_town("list", "incident")
    assert answer.code == 0 and odd in answer.out


def test_each_row_is_a_line_and_each_column_begins_at_one_place(at_town: Commander, desk: Any) -> None:
    desk.runner.execute(OpenIncident(category="other", urgency="urgent", text="第一行\n第二行", place="桥头"))
    desk.runner.execute(OpenIncident(category="other", urgency="urgent", text="x" * 300))
    head, *lines = at_town("list", "incident").out.splitlines()
    assert len(lines) == len(at_town("list", "incident", "--json").json) == 2
    assert any("第一行 第二行" in line for line in lines) and any("x" * 300 in line for line in lines)
    at = head.index("urgency")
    for line in lines:
        places = [sum(1 + (east_asian_width(each) in "WF") for each in line[: found.start()])
                  for found in re.finditer("urgent", line)]  # fmt: skip
        assert places[0] == at


def test_an_empty_list_says_so(at_town: Commander) -> None:
    assert at_town("list", "call").out.strip() != "" and at_town("list", "call", "--json").json == []


def test_another_world_is_empty(at_town: Commander, told: Any) -> None:
    drill = "0198a000-0000-7000-8000-000000000001"
    assert at_town("list", "incident", "--world", drill, "--json").json == []
    assert json.loads(at_town("list", "change_log", "--world", drill, "--json").out) == []
