"""Masks by role, and erasing a person for good."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from commandcenter.base.errors import NotAllowed, RuleError
from commandcenter.services import databases, privacy
from commandcenter.services.incidents import NoteIncident, OpenIncident
from commandcenter.services.privacy import ErasePerson, RevealPersonal

NAME, PHONE, PLACE = "慕容翠翠", "15487654321", "石榴巷九十九号"


def told(desk: Any) -> str:
    outcome = desk.runner.execute(
        OpenIncident(
            category="care", urgency="urgent", text="老人摔倒", caller_name=NAME, caller_phone=PHONE, place=PLACE
        )
    )
    return str(outcome.value["incident"])


def everything_stored(desk: Any) -> str:
    """Every value of every table as one text."""
    with desk.database.read() as connection:
        tables = inspect(connection).get_table_names()
        return "\n".join(str(row) for name in tables for row in connection.execute(text(f'SELECT * FROM "{name}"')))


def test_a_viewer_sees_masks_in_every_read(town: str, open_desk: Callable[..., Any]) -> None:
    duty, viewer = open_desk(town), open_desk(town, "viewer")
    id = told(duty)
    with viewer.read("real") as reader:
        seen = str(reader.get("incident", id)) + str(reader.find("incident")) + str(reader.find("timeline_entry"))
        assert reader.search_texts(NAME) == [] and reader.search_texts("4321") == []
    for secret in (NAME, PHONE, PLACE, "老人摔倒"):
        assert secret not in seen


def test_the_log_and_command_records_hold_references_only(desk: Any) -> None:
    told(desk)
    with desk.read("real") as reader:
        kept = str(reader.records("command", {})) + str(reader.records("change_log", {}))
    for secret in (NAME, PHONE, PLACE, "老人摔倒"):
        assert secret not in kept


def test_revealing_is_logged_and_needs_the_role(town: str, open_desk: Callable[..., Any]) -> None:
    duty, viewer = open_desk(town), open_desk(town, "viewer")
    id = told(duty)
    duty.runner.execute(RevealPersonal(entity="incident", subject=id, field="caller_phone"))
    with duty.read("real") as reader:
        assert reader.history(entity="incident", id=id)[0].change.op == "reveal"
    with pytest.raises(NotAllowed):
        viewer.runner.execute(RevealPersonal(entity="incident", subject=id, field="caller_phone"))


def test_a_mention_in_free_text_must_be_decided(town: str, open_desk: Callable[..., Any]) -> None:
    duty, supervisor = open_desk(town), open_desk(town, "supervisor")
    id = told(duty)
    duty.runner.execute(NoteIncident(incident=id, text=f"已回访{NAME},电话{PHONE}"))
    with pytest.raises(RuleError) as caught:
        supervisor.runner.execute(ErasePerson(entity="incident", subject=id, reason="本人要求"))
    assert caught.value.code == "erase.undecided" and len(caught.value.facts["texts"]) == 1


def erase(desk: Any, id: str) -> None:
    with desk.database.read() as connection:
        mentions = privacy.find_traces(connection, "incident", id).mentions
    command = ErasePerson(entity="incident", subject=id, reason="本人要求", redact=tuple(each.key for each in mentions))
    desk.runner.execute(command)


def bytes_of(files: Iterable[Path]) -> bytes:
    return b"".join(path.read_bytes() for path in files if path.exists())


def test_an_erased_person_is_in_no_table_and_the_chain_verifies(town: str, open_desk: Callable[..., Any]) -> None:
    duty, supervisor = open_desk(town), open_desk(town, "supervisor")
    id = told(duty)
    duty.runner.execute(NoteIncident(incident=id, text=f"已回访{NAME}"))
    databases.seal(duty.database, duty.desk)
    assert NAME in everything_stored(duty)
    erase(supervisor, id)
    left = everything_stored(duty)
    for secret in (NAME, PHONE, PLACE):
        assert secret not in left
    databases.seal(duty.database, duty.desk)
    assert databases.check(duty.database).sound
    with duty.read("real") as reader:
        notes = [each.text for each in reader.find("timeline_entry", incident=id) if each.text]
    assert any(note.startswith("已回访") for note in notes)


def test_an_erased_person_is_not_in_the_bytes_of_the_file(
    town_url: Callable[[str], str], open_desk: Callable[..., Any]
) -> None:
    url = town_url("sqlite")
    duty, supervisor = open_desk(url), open_desk(url, "supervisor")
    id = told(duty)
    files = [Path(url + end) for end in ("", "-wal", "-shm")]
    assert NAME.encode() in bytes_of(files)
    erase(supervisor, id)
    privacy.clean_up(supervisor.database)
    left = bytes_of(files)
    for secret in (NAME, PHONE, PLACE, NAME[:3], PLACE[:3]):
        assert secret.encode() not in left


def test_an_erased_person_is_not_in_the_files_of_postgresql(
    town_url: Callable[[str], str], open_desk: Callable[..., Any]
) -> None:
    url = town_url("postgresql")
    duty, supervisor = open_desk(url), open_desk(url, "supervisor")
    erase(supervisor, told(duty))
    privacy.clean_up(supervisor.database)
    with duty.database.read() as connection:
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        connection.execute(text("SELECT 1"))
        paths = [folder / path for path in connection.execute(text(
            "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r','t','i')"
            " AND pg_relation_filepath(oid) IS NOT NULL")).scalars()]  # fmt: skip
    left = bytes_of(paths)
    for secret in (NAME, PHONE, PLACE):
        assert secret.encode() not in left
