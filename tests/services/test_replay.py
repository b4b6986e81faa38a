"""Commands are plain data: sent again they change nothing, replayed elsewhere they give the same rows."""

import json
import random
import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from commandcenter.base.clock import ManualClock, from_iso, iso
from commandcenter.base.errors import Refused
from commandcenter.base.ids import derived_id, new_id
from commandcenter.services import databases, wire
from commandcenter.services.sessions import Session, open_session
from commandcenter.storage.database import Database
from commandcenter.storage.tables import entity_tables
from tests.cli.program import do, do_here
from tests.storage import stream

DESK = "0198a000-0000-7000-8000-00000000de5c"
Line = dict[str, Any]


def rows_of(url: str) -> dict[str, list[Any]]:
    """Every entity row of a database."""
    database = Database(url)
    with database.read() as connection:
        found = {
            name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for name, table in entity_tables.items()
        }
    database.close()
    return found


def state_of(url: str) -> databases.seals.Report:
    database = Database(url)
    report = databases.check(database)
    database.close()
    return report


def reports(count: int) -> list[Line]:
    return [
        {"command": "open_incident", "id": new_id(), "category": "other", "urgency": "routine", "text": f"第{number}报",
         "caller_phone": f"154{number:08d}"}
        for number in range(count)
    ]  # fmt: skip


def send_three_times(url: str, lines: list[Line]) -> None:
    answers: list[tuple[list[Any], int]] = []
    senders = [threading.Thread(target=lambda: answers.append(do(url, "duty1", lines))) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [code for _, code in answers] == [0, 0, 0]
    assert answers[0] == answers[1] == answers[2]
    assert [answer["id"] for answer in answers[0][0]] == [line["id"] for line in lines]
    assert len(rows_of(url)["incident"]) == len(lines)
    assert len(rows_of(url)["timeline_entry"]) == len(lines)
    assert state_of(url).sound


def test_ids_sent_three_times_at_once_change_the_database_once(town: str) -> None:
    send_three_times(town, reports(60))


@pytest.mark.soak
def test_a_thousand_ids_sent_three_times_at_once(town: str) -> None:
    send_three_times(town, reports(1000))


def test_the_same_ids_with_other_content_are_refused_and_change_nothing(town: str) -> None:
    lines = reports(5)
    do_here(town, "duty1", lines)
    before = rows_of(town)
    answers, code = do_here(town, "duty1", [{**line, "text": "别的事"} for line in lines])
    assert code == 2
    assert {answer["error"]["code"] for answer in answers} == {"command.id_reused"}
    answers, code = do_here(town, "duty2", lines)
    assert code == 2 and {answer["error"]["code"] for answer in answers} == {"command.id_reused"}
    assert rows_of(town) == before


# --- replay -------------------------------------------------------------------------------------------------


def desk_at(url: str) -> Session:
    return open_session(url, actor="administrator", clock=ManualClock(stream.EVENING), desk=DESK)


def play(session: Session, lines: Iterable[Line]) -> list[Any]:
    """Carry lines out on a clock that follows them; the answers."""
    answers = []
    clock = session.clock
    assert isinstance(clock, ManualClock)
    for line in lines:
        occurred = from_iso(line["occurred_at"])
        clock.set(occurred + timedelta(seconds=2))
        outcome = session.runner.execute(wire.decode(line), id=line["id"], occurred_at=occurred)
        answers.append((outcome.value, outcome.changes))
    return answers


def record(session: Session, length: int, seed: int) -> list[Line]:
    """Carry out a stream made on the way; the lines that were not refused."""
    dice = random.Random(seed)
    lines: list[Line] = []
    for number in range(length):
        name = dice.choice([each for each in stream.FITTING if each != "import_rows"])
        with session.read("real") as reader:
            command = stream.make(name, reader, dice)
        if command is None:
            continue
        id = derived_id(str(uuid.UUID(int=seed)), number)
        line = {**wire.encode(command), "id": id, "occurred_at": iso(stream.moment(number))}
        line = json.loads(json.dumps(line))
        try:
            play(session, [line])
        except Refused:
            continue
        lines.append(line)
    return lines


def recorded(url: str, length: int = 60, seed: int = 7) -> list[Line]:
    session = desk_at(url)
    lines = record(session, length, seed)
    session.close()
    assert len({line["command"] for line in lines}) > 10
    return lines


def test_a_recorded_stream_replayed_gives_equal_rows_and_an_equal_log(
    town_url: Callable[[str], str], engine: str
) -> None:
    first, second = town_url(engine), town_url(engine)
    lines = recorded(first)
    session = desk_at(second)
    play(session, lines)
    session.close()
    assert rows_of(first) == rows_of(second)
    assert state_of(first).state_hash == state_of(second).state_hash


@pytest.mark.one_engine
def test_a_stream_replayed_twice_into_one_database_gives_the_first_answers(town: str) -> None:
    lines = recorded(town)
    before = state_of(town).state_hash
    session = desk_at(town)
    again, and_again = play(session, lines), play(session, lines)
    session.close()
    assert again == and_again and state_of(town).state_hash == before


def test_a_stream_recorded_on_one_engine_replays_on_the_other(
    town_url: Callable[[str], str], empty_database_url: Callable[[str], str], tmp_path: Path
) -> None:
    """Both begin from the same backup, so that even the log comes out equal."""
    origin, other = town_url("sqlite"), empty_database_url("postgresql")
    source, target = Database(origin), Database(other)
    databases.restore(databases.backup(source, tmp_path / "beginning.sqlite"), target)
    source.close()
    target.close()
    lines = recorded(origin)
    session = desk_at(other)
    play(session, lines)
    session.close()
    assert rows_of(origin) == rows_of(other)
    assert state_of(origin).state_hash == state_of(other).state_hash


@pytest.mark.one_engine
def test_a_recorded_stream_goes_through_the_command_line_too(town_url: Callable[[str], str], engine: str) -> None:
    first, second = town_url(engine), town_url(engine)
    lines = recorded(first)
    _, code = do(second, "administrator", lines)
    assert code == 0
    assert rows_of(first) == rows_of(second)
