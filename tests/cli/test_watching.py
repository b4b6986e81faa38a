"""``watch``: every desk's commands as they are committed, on either engine."""

import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.services.incidents import EditIncident, NoteIncident, OpenIncident
from tests.cli.conftest import Commander
from tests.cli.program import Program

REPORT = {"command": "open_incident", "category": "other", "urgency": "urgent", "text": "路灯不亮"}
SECRETS = ("慕容翠翠", "15487654321", "石榴巷", "路灯不亮")


def watch(url: str, *more: object, actor: str = "duty1") -> Program:
    return Program("watch", "--json", "--database", url, "--as", actor, *map(str, more))


def opened(desk: Any, **more: Any) -> Any:
    return desk.runner.execute(OpenIncident(category="other", urgency="urgent", text="路灯不亮", **more))


def test_another_process_is_seen_within_two_seconds(town: str) -> None:
    with watch(town) as watcher, Program("do", "--database", town, "--as", "duty2") as doer:
        told = watcher.next_answer()
        assert told["event"] == "caught_up"
        for number in range(5):
            doer.send({**REPORT, "text": f"第{number}报"})
            answer = doer.next_answer()
            begin = time.monotonic()
            line = watcher.next_answer(2)
            assert time.monotonic() - begin < 2
            assert (line["event"], line["command"], line["id"]) == ("command", "open_incident", answer["id"])
            assert (line["first_seq"], line["last_seq"]) == (answer["first_seq"], answer["last_seq"])
            assert [(each["seq"], each["entity"], each["id"], each["op"]) for each in line["changes"]] == [
                (each["seq"], each["entity"], each["id"], each["op"]) for each in answer["changes"]
            ]
            assert {each["incident"] for each in line["changes"]} == {answer["value"]["incident"]}


def test_it_begins_after_since_and_ends_at_until(at_town: Commander, desk: Any) -> None:
    first, second = opened(desk), opened(desk)
    base = first.changes.first_seq - 1
    whole = at_town("watch", "--json", "--since", base, "--until", second.changes.last_seq)
    assert whole.code == 0
    assert [line["id"] for line in whole.lines if line["event"] == "command"] == [first.command, second.command]
    inside = at_town("watch", "--json", "--since", base + 1, "--until", second.changes.last_seq - 1)
    told = [line for line in inside.lines if line["event"] == "command"]
    assert [(line["first_seq"], line["last_seq"]) for line in told] == [(base + 2, base + 2), (base + 3, base + 3)]
    assert at_town("watch", "--json", "--since", 0, "--until", 1).code == 0


def test_from_the_beginning_every_sequence_is_told_once(at_town: Commander, desk: Any) -> None:
    last = opened(desk).changes.last_seq
    lines = at_town("watch", "--json", "--since", 0, "--until", last).lines
    told = [each["seq"] for line in lines if line["event"] == "command" for each in line["changes"]]
    assert told == list(range(1, last + 1))


def test_it_tells_in_words_without_json(at_town: Commander, desk: Any) -> None:
    last = opened(desk).changes.last_seq
    answer = at_town("watch", "--since", last - 2, "--until", last)
    assert answer.code == 0 and "open_incident" in answer.out and f"{last - 1}–{last}" in answer.out


def test_no_personal_value_is_ever_told(at_town: Commander, desk: Any) -> None:
    told = opened(desk, caller_name=SECRETS[0], caller_phone=SECRETS[1], place=SECRETS[2]).value["incident"]
    desk.runner.execute(NoteIncident(incident=told, text=f"已回访{SECRETS[0]}"))
    last = desk.runner.execute(
        EditIncident(incident=told, changed={"place": "新桥"}, was={"place": SECRETS[2]})
    ).changes.last_seq
    answer = at_town("watch", "--json", "--since", 0, "--until", last, actor="viewer")
    assert answer.code == 0
    for secret in SECRETS:
        assert secret not in answer.out and json.dumps(secret) not in answer.out


def test_it_resumes_after_the_last_printed_sequence(town: str, desk: Any) -> None:
    with watch(town) as watcher:
        assert watcher.next_answer()["event"] == "caught_up"
        first = opened(desk)
        assert watcher.next_answer()["id"] == first.command
        watcher.kill()
    missed = [opened(desk).command for _ in range(3)]
    with watch(town, "--since", first.changes.last_seq, "--until", first.changes.last_seq + 6) as resumed:
        assert [line["id"] for line in resumed.rest() if line["event"] == "command"] == missed


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_closing_it_is_quiet(town: str) -> None:
    with watch(town) as watcher:
        watcher.next_answer()
        watcher.process.send_signal(signal.SIGINT)
        assert watcher.rest() == []
        assert watcher.process.returncode == 130 and watcher.errors == ""


def test_a_viewer_watches_too(town_url: Callable[[str], str], commander: Commander) -> None:
    url = town_url("sqlite")
    answer = commander("watch", "--json", "--since", 0, "--until", 1, "--database", url, "--as", "viewer")
    assert answer.code == 0 and answer.lines[0]["event"] == "command"
