"""``do``: each line answered in order before the next is read, whatever it is."""

import itertools
import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import jsonschema
import pytest

from commandcenter.base.ids import new_id
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import (
    registry,  # noqa: F401  (all commands)
    wire,
)
from commandcenter.services.attachments import ExportAttachment
from commandcenter.services.calls import EscalateCalls
from commandcenter.services.commands import COMMANDS
from commandcenter.services.exports import NoteExport
from commandcenter.services.imports import Importable
from commandcenter.services.incidents import AcknowledgeIncident
from commandcenter.services.papers import PrintPaper
from commandcenter.services.privacy import ErasePerson, RevealPersonal
from commandcenter.services.runner import SYSTEM_ACTOR, CommandRunner
from commandcenter.services.shipped import AdoptShipped
from commandcenter.services.undo import Undo
from commandcenter.storage.reads import Reader
from tests.cli.conftest import Commander
from tests.cli.program import Program
from tests.storage import stream, stream_attention
from tests.storage.stream_stores import LIVELY

REPORT = {"command": "open_incident", "category": "other", "urgency": "urgent", "text": "路灯不亮"}


def as_lines(*lines: Any) -> str:
    return "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)


def test_a_line_is_answered_before_the_next_is_written(town: str) -> None:
    with Program("do", "--database", town, "--as", "duty1") as program:
        for number in range(3):
            id = new_id()
            program.send({**REPORT, "id": id, "text": f"第{number}报"})
            answer = program.next_answer()
            assert answer["ok"] and answer["id"] == id and answer["value"]["number"].endswith(f"00{number + 1}")
            assert answer["last_seq"] == answer["first_seq"] + 1
        assert program.rest() == [] and program.process.returncode == 0
        assert program.errors == ""


def test_exit_codes_tell_whether_any_line_was_refused(at_file: Commander) -> None:
    assert at_file("do", given=as_lines(REPORT, REPORT)).code == 0
    assert at_file("do", given=as_lines(REPORT, {**REPORT, "text": " "}, REPORT)).code == 2
    assert at_file("do", given="").code == 0


def test_a_bug_in_one_line_is_told_and_the_stream_goes_on(at_file: Commander, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(line: Any) -> Any:
        if line["text"] == "bang":
            raise ZeroDivisionError
        return decode(line)

    decode = wire.decode
    monkeypatch.setattr(wire, "decode", broken)
    answer = at_file("do", given=as_lines({**REPORT, "text": "bang"}, REPORT))
    assert answer.code == 1
    assert [line["ok"] for line in answer.lines] == [False, True]
    assert answer.lines[0]["error"]["code"] == "bug" and answer.lines[0]["error"]["facts"] == {
        "type": "ZeroDivisionError"
    }


DEEP = '{"command": "set_setting", "key": "limit.critical", "value": ' + "[" * 100_000
BAD_LINES: dict[str, tuple[str | bytes, str]] = {
    "not json": ("report a fire", "command.not_json"),
    "not an object": ("[1, 2]", "command.not_json"),
    "cut off": ('{"command": "open_incident", "text": "路', "command.not_json"),
    "gb18030": (json.dumps(REPORT, ensure_ascii=False).encode("gb18030"), "command.unreadable"),
    "half a character": ('{"command": "note_incident", "incident": "x", "text": "\\ud83d"}', "command.unreadable"),
    "deep": (DEEP, "command.not_json"),
    "nul": (json.dumps({**REPORT, "text": "a\0b"}), "command.unreadable"),
    "rather deep": (DEEP.replace("[" * 100_000, "[" * 50 + "]" * 50 + "}"), "command.unreadable"),
    "out of range": (
        '{"command": "set_setting", "key": "limit.critical", "value": {"value": 1e400}}',
        "command.unreadable",
    ),
    "not a number": (
        '{"command": "set_setting", "key": "limit.critical", "value": {"value": NaN}}',
        "command.unreadable",
    ),
    "no command": ("{}", "command.unknown"),
    "command is a list": ('{"command": []}', "command.unknown"),
    "unknown command": ('{"command": "launch"}', "command.unknown"),
    "unknown field": (json.dumps({**REPORT, "colour": "red"}), "command.field_unknown"),
    "missing field": ('{"command": "open_incident", "category": "other"}', "command.field_missing"),
    "wrong type": (json.dumps({**REPORT, "text": 5}), "command.field_type"),
    "not of the set": (json.dumps({**REPORT, "urgency": "very"}), "command.field_choice"),
    "time without zone": (json.dumps({**REPORT, "occurred_at": "2025-06-30T20:00:00"}), "command.field_time"),
    "id is no uuid": (json.dumps({**REPORT, "id": "one"}), "command.bad_id"),
    "id is a number": (json.dumps({**REPORT, "id": 1}), "command.field_type"),
    "group is no uuid": (json.dumps({**REPORT, "group": "g" * 80}), "command.bad_id"),
    "world is no uuid": (json.dumps({**REPORT, "world": "w" * 80}), "command.bad_id"),
    "too long": (json.dumps({**REPORT, "text": "积" * 3_000_000}), "command.text_long"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_gets_an_error_and_the_stream_goes_on(at_file: Commander, name: str) -> None:
    bad, code = BAD_LINES[name]
    raw = bad if isinstance(bad, bytes) else bad.encode()
    good = as_lines(REPORT).encode()
    answer = at_file("do", given=good + raw + b"\n" + good)
    assert answer.code == 2
    assert [line["ok"] for line in answer.lines] == [True, False, True]
    error = answer.lines[1]["error"]
    assert error["code"] == code and error["message"] and "{" not in error["message"]


def test_a_byte_order_mark_and_empty_lines_do_not_matter(at_file: Commander) -> None:
    answer = at_file("do", given=b"\xef\xbb\xbf" + as_lines(REPORT, "", "   ", REPORT).encode())
    assert answer.code == 0 and len(answer.lines) == 2


def test_the_role_decides_and_the_error_speaks_the_language(at_file: Commander) -> None:
    english = at_file("do", given=as_lines(REPORT), actor="viewer").lines[0]["error"]
    chinese = at_file("do", given=as_lines(REPORT), actor="viewer", lang="zh_CN").lines[0]["error"]
    assert english["code"] == chinese["code"] == "actor.role"
    assert english["message"] != chinese["message"]


def test_a_conflict_tells_both_versions(at_file: Commander) -> None:
    incident = at_file("do", given=as_lines(REPORT)).lines[0]["value"]["incident"]
    edit = {"command": "edit_incident", "incident": incident, "was": {"text": "路灯不亮"}}
    answer = at_file(
        "do", given=as_lines({**edit, "changed": {"text": "灯坏了"}}, {**edit, "changed": {"text": "灯灭了"}})
    )
    assert answer.lines[1]["error"]["facts"]["fields"]["text"] == {
        "mine": "灯灭了",
        "theirs": "灯坏了",
        "was": "路灯不亮",
    }


# --- the schema ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return wire.schema()


@pytest.fixture
def validator(schema: dict[str, Any]) -> Any:
    checker = jsonschema.Draft202012Validator
    return checker(schema, format_checker=checker.FORMAT_CHECKER)


def test_the_printed_schema_is_one(commander: Commander) -> None:
    printed = commander("do", "--schema")
    assert printed.code == 0
    jsonschema.Draft202012Validator.check_schema(printed.json)
    assert printed.json == wire.schema()
    assert [each["title"] for each in printed.json["oneOf"]] == sorted(COMMANDS)


def examples(desk: Any) -> dict[str, Any]:
    """A command of each name, made from what the database holds."""
    dice = random.Random(3)
    some: dict[str, Any] = {
        "undo": Undo(target=new_id()),
        "acknowledge_incident": AcknowledgeIncident(incident=new_id()),
        "note_export": NoteExport(what="workers", rows=306),
        "escalate_calls": EscalateCalls(incident=new_id(), step="no_answer", due=datetime.now(UTC)),
        "reveal_personal": RevealPersonal(entity="worker", subject=new_id(), field="phone"),
        "erase_person": ErasePerson(
            entity="worker", subject=new_id(), reason="本人要求", redact=("a:b:1",), keep={"c": "d"}
        ),
    }
    some["adopt_shipped"] = AdoptShipped()
    some["export_attachment"] = ExportAttachment(attachment=new_id())
    some["print_paper"] = PrintPaper(sheet="incident_record", subject=new_id())
    machinery = CommandRunner(desk.database, desk.clock, actor=SYSTEM_ACTOR.id, desk=desk.desk)
    of_drills = ("plan_drill",) * 6 + ("record_late",) * 3 + ("add_improvement", "add_drill_person", "name_post")
    for name in (*of_drills, "add_day_mark", "add_absence"):
        with desk.database.read() as connection:
            made = stream.make(name, Reader(connection, SYSTEM, "real"), dice)
        machinery.execute(made)
    more = ("close_incident", "call_out", "attach", "add_household", "add_resident", *LIVELY,
            *stream_attention.LIVELY, "add_worker_absence", "add_grid")  # fmt: skip
    for name in ("open_incident",) * 4 + more:
        with desk.read("real") as reader:
            desk.runner.execute(stream.make(name, reader, dice))
    with desk.database.read() as connection:
        reader = Reader(connection, SYSTEM, "real")
        for name in stream.MAKERS:
            made = next((found for _ in range(500) if (found := stream.make(name, reader, dice))), None)
            assert made is not None, name
            some[name] = made
    return some


def test_an_example_of_every_command_fits_the_schema_and_reads_back(
    town_url: Callable[[str], str], open_desk: Callable[..., Any], validator: Any
) -> None:
    made = examples(open_desk(town_url("sqlite")))
    assert set(made) == set(COMMANDS)
    for name, command in made.items():
        if name == "import_rows":
            continue  # A map's outline has no form in JSON; files bring it.
        line = json.loads(json.dumps({**wire.encode(command), "id": new_id(), "occurred_at": "2025-06-30T12:00:00Z"}))
        validator.validate(line)
        assert wire.decode(line) == command, name


@pytest.mark.parametrize("name", [name for name, (_, code) in BAD_LINES.items() if code.startswith("command.field")])
def test_the_schema_refuses_what_do_refuses(validator: Any, name: str) -> None:
    text, _ = BAD_LINES[name]
    if name == "time without zone":
        pytest.importorskip("rfc3339_validator", reason="the validator knows no times without this library")
    assert not validator.is_valid(json.loads(text))


# --- anything at all ----------------------------------------------------------------------------------------

_STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 1.5, "", " ", "x", "real", "text", new_id(), "x" * 300, "[/]",
    "'; DROP TABLE incident;--",
    "2025-06-30T12:00:00Z", "9999-12-31T23:59:59-14:00", [], [[]], [1], [{}], ["x"], [{"kind": "worker", "id": 5}],
    [{"kind": "worker", "id": []}], [{"kind": [], "id": "x"}], {}, {"value": 5}, {"value": 10**30}, {"value": True},
    {"text": 5}, {"place": {"deep": [1]}}, {"nonsense": 1}, {"grid": 7}, {"grid": []}, {"urgency": []},
    {"text": "改了"},
    [{"code": 5, "name": "x"}], [{"code": "999101100201777", "name": "x", "wkb": "x", "bbox": [1]}],
    [{"code": "999101100201778", "name": "x", "people": "many"}], [{"name": "x", "grid_code": []}],
    [{"name": "x", "village": {}, "phone": 5}], [{"name": "x", "kind": "clinic", "phone": 5}],
    [{"name": "x", "role": "king"}], [{"name": "x", "role": "viewer", "account": 5}], [{"name": "x", "kind": "clinic"}],
    [{"code": "999101100001001", "name": "x", "kind": "round"}],
    [{"code": "999101100001001", "name": "x", "people": 10**30}],
)  # fmt: skip


def strange_lines(right: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every command with one field after the other holding anything at all, the others what they should."""
    for name, line in right.items():
        for field in [*(field.name for field in COMMANDS[name].fields), "id", "group", "world", "occurred_at"]:
            yield from ({**line, field: value} for value in _STRANGE)


PART = 32
"""Of so many strange lines the suite sends one: coprime with the number of values, so that each field of each command
gets others than the next, and each value reaches every kind of field."""


@pytest.mark.one_engine
@pytest.mark.parametrize("part", [pytest.param(True, id="part"), pytest.param(False, id="all", marks=pytest.mark.soak)])
def test_no_line_whatever_it_holds_is_a_bug_or_breaks_the_log(
    at_town: Commander, open_desk: Callable[..., Any], town: str, part: bool
) -> None:
    desk = open_desk(town, "administrator")
    right = {name: wire.encode(command) for name, command in examples(desk).items() if name != "import_rows"}
    with desk.read("real") as reader:  # who sends all this keeps his role
        right["change_officer"]["officer"] = reader.find("officer", account="duty1")[0].id
    right["import_rows"] = {"command": "import_rows", "entity": "worker", "rows": []}
    lines = list(itertools.islice(strange_lines(right), 0, None, PART if part else 1))
    lines += [{**right["import_rows"], "entity": entity, "rows": rows}
              for entity in get_args(Importable) for rows in _STRANGE if isinstance(rows, list)]  # fmt: skip
    answer = at_town("do", given=as_lines(*lines), actor="administrator")
    answers = answer.lines
    bugs = [(line, told["error"]["facts"]) for line, told in zip(lines, answers, strict=True)
            if not told["ok"] and told["error"]["code"] == "bug"]  # fmt: skip
    assert bugs == []
    assert len({told["error"]["code"] for told in answers if not told["ok"]}) > 20
    unfilled = {told["error"]["code"]: told["error"]["message"] for told in answers
                if not told["ok"] and re.search(r"{[a-z_]+}", told["error"]["message"])}  # fmt: skip
    assert unfilled == {}
    unsaid = {
        told["error"]["code"]
        for told in answers
        if not told["ok"] and told["error"]["message"].startswith("error.")
    }
    assert unsaid == set()
    assert at_town("db", "check", "--json").json["sound"]
