"""Erasing a person through the keys: what is to be decided, and that the engine's own files forget."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from commandcenter.services import databases, due
from commandcenter.services.incidents import NoteIncident, OpenIncident
from tests.cli.program import do, do_here

NAME, PHONE, PLACE = "慕容翠翠", "15487654321", "石榴巷九十九号"
SECRETS = (NAME, PHONE, PLACE, NAME[:3], PLACE[:3])


def told(desk: Any) -> str:
    opened = OpenIncident(
        category="care", urgency="urgent", text="老人摔倒", caller_name=NAME, caller_phone=PHONE, place=PLACE
    )
    id = str(desk.runner.execute(opened).value["incident"])
    desk.runner.execute(NoteIncident(incident=id, text=f"已回访{NAME},电话{PHONE}"))
    return id


def order(id: str, redact: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "command": "erase_person", "entity": "incident", "subject": id, "reason": "本人要求", "redact": list(redact)
    }  # fmt: skip


def asked(url: str, id: str) -> list[dict[str, Any]]:
    (answer,), code = do_here(url, "supervisor", [order(id)])
    assert code == 2 and answer["error"]["code"] == "erase.undecided"
    mentions: list[dict[str, Any]] = answer["error"]["facts"]["mentions"]
    return mentions


def files_of(desk: Any) -> list[Path]:
    """Every file in which the engine keeps the database."""
    if desk.database.path is not None:
        return [Path(f"{desk.database.path}{end}") for end in ("", "-wal", "-shm")]
    with desk.database.read() as connection:
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        found = connection.execute(text(
            "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r','t','i')"
            " AND pg_relation_filepath(oid) IS NOT NULL"
        ))  # fmt: skip
        return [folder / path for path in found.scalars()]


def held(desk: Any) -> list[str]:
    """Those of the secrets that stand in the files."""
    if desk.database.is_postgres:
        with desk.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
    content = b"".join(path.read_bytes() for path in files_of(desk) if path.exists())
    return [secret for secret in SECRETS if secret.encode() in content]


def open_since(desk: Any) -> Any:
    return databases.info(desk.database)["clean_up_since"]


def test_a_clerk_reads_what_is_to_be_decided(town: str, open_desk: Callable[..., Any]) -> None:
    id = told(open_desk(town))
    (mention,) = asked(town, id)
    assert mention["text"] == f"已回访{NAME},电话{PHONE}"
    assert mention["entity"] == "timeline_entry" and mention["key"] == f"{mention['subject']}:text:1"


def test_the_files_forget_by_themselves_while_another_desk_is_open(
    town: str, open_desk: Callable[..., Any]
) -> None:
    """Another process erases; this session, which told the incident, stays open all the time."""
    duty = open_desk(town)
    id = told(duty)
    assert set(held(duty)) == set(SECRETS)
    (answer,), code = do(town, "supervisor", [order(id, [each["key"] for each in asked(town, id)])])
    assert code == 0 and answer["ok"] and answer["after"] == "clean" and answer["message"]
    assert open_since(duty) is None
    assert held(duty) == []


def test_whoever_reads_an_old_state_delays_the_clean_up_and_nothing_else(
    town: str, open_desk: Callable[..., Any]
) -> None:
    duty = open_desk(town)
    id = told(duty)
    keys = [each["key"] for each in asked(town, id)]
    with duty.database.snapshot() as reading:
        reading.execute(text("SELECT count(*) FROM grid"))
        (answer,), code = do_here(town, "supervisor", [order(id, keys)])
        assert code == 0 and answer["after"] == "waiting" and open_since(duty) is not None
        assert "cleaned" not in due.Keeper(duty).once()
    # Another process than the one that erased looks after it, as after a crash.
    assert due.Keeper(duty).once().get("cleaned") == 1
    assert open_since(duty) is None and held(duty) == []


def test_a_crash_between_commit_and_clean_up_loses_nothing(
    town: str, open_desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends at the worst moment: after the commit, before anything else."""
    duty = open_desk(town)
    id = told(duty)
    keys = [each["key"] for each in asked(town, id)]

    class Died(BaseException): ...

    def die(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr("commandcenter.storage.forgetting.clean_up", die)
        with pytest.raises(Died):
            do_here(town, "supervisor", [order(id, keys)])
    assert open_since(duty) is not None
    assert due.Keeper(duty).once()["cleaned"] == 1
    assert open_since(duty) is None and held(duty) == []


def test_a_role_that_may_not_clean_up_says_so_and_the_owner_does_it(
    town_url: Callable[[str], str], open_desk: Callable[..., Any], postgres: Any
) -> None:
    url = town_url("postgresql")
    owner = open_desk(url)
    id = told(owner)
    keys = [each["key"] for each in asked(url, id)]
    role = f"clerk_{os.getpid()}"
    with owner.database.write() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"))
        connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"))
    try:
        as_clerk = str(owner.database.url.set(username=role, drivername="postgresql"))
        (answer,), code = do_here(as_clerk, "supervisor", [order(id, keys)])
        assert code == 0 and answer["after"] == "not_allowed", answer
        assert open_since(owner) is not None
        assert due.Keeper(owner).once()["cleaned"] == 1
        assert open_since(owner) is None and held(owner) == []
    finally:
        with owner.database.write() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
