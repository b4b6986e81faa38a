"""Masks by role, and erasing a person for good."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import inspect, text

from commandcenter.base.errors import NotAllowed, RuleError
from commandcenter.rules.masks import HIDDEN
from commandcenter.services import databases, logbook, privacy
from commandcenter.services.attachments import Attach, RemoveAttachment, attached_to
from commandcenter.services.incidents import NoteIncident, OpenIncident
from commandcenter.services.privacy import ErasePerson, RevealPersonal
from tests.services.stored import bytes_of, cleaned

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


def erase(desk: Any, id: str, keep: dict[str, str] | None = None) -> Any:
    """Every mention blacked out and every file emptied but those kept."""
    with desk.database.read() as connection:
        keys = privacy.find_traces(connection, "incident", id).keys
    taken = tuple(key for key in keys if key not in (keep or {}))
    command = ErasePerson(entity="incident", subject=id, reason="本人要求", redact=taken, keep=keep or {})
    return desk.runner.execute(command)


def files_beside(desk: Any, id: str) -> tuple[list[str], bytes]:
    """A photo of somebody's door and a text about him, the text taken away again; some of the photo's bytes."""
    picture = io.BytesIO()
    Image.effect_noise((200, 150), 60).save(picture, "PNG")
    made = []
    for name, content in ((f"{NAME}家门口.png", picture.getvalue()), ("情况.txt", f"{NAME}说,他家在{PLACE}".encode())):
        outcome = desk.runner.execute(Attach(subject_kind="incident", subject=id, name=name, content=content))
        made.append(outcome.value["attachment"])
    desk.runner.execute(RemoveAttachment(attachment=made[1]))
    with desk.database.read() as connection:
        kept = connection.execute(text("SELECT content FROM blob WHERE thumbnail IS NOT NULL")).scalar_one()
    return made, bytes(kept)[2000:2200]


def test_files_beside_the_incident_must_be_decided_too(town: str, open_desk: Callable[..., Any]) -> None:
    duty, supervisor = open_desk(town), open_desk(town, "supervisor")
    id = told(duty)
    (photo, removed), _ = files_beside(duty, id)
    with duty.database.read() as connection:
        traces = privacy.find_traces(connection, "incident", id)
    assert {each.key for each in traces.files} == {f"{photo}:content", f"{removed}:content"}
    named = tuple(each.key for each in traces.mentions)
    with pytest.raises(RuleError) as caught:
        supervisor.runner.execute(ErasePerson(entity="incident", subject=id, reason="本人要求", redact=named))
    assert set(caught.value.facts["texts"]) == {each.key for each in traces.files}
    outcome = erase(supervisor, id, keep={f"{photo}:content": "事故认定需要"})
    assert outcome.value["emptied"] == 1
    with duty.read("real") as reader:
        (left,) = attached_to(reader, "incident", id)
    assert not left.erased and left.thumbnail and NAME not in (left.attachment.name or "")
    assert databases.check(duty.database).sound


def test_an_emptied_file_stays_listed_and_can_be_attached_anew(town: str, open_desk: Callable[..., Any]) -> None:
    duty, supervisor = open_desk(town), open_desk(town, "supervisor")
    id = told(duty)
    content = b"a list of names"
    command = Attach(subject_kind="incident", subject=id, name="a.txt", content=content)
    duty.runner.execute(command)
    erase(supervisor, id)
    with duty.read("real") as reader:
        assert [each.erased for each in attached_to(reader, "incident", id)] == [True]
    duty.runner.execute(command)
    with duty.read("real") as reader:
        assert reader.count("blob") == 1
        assert [each.erased for each in attached_to(reader, "incident", id)] == [False, False]
    assert databases.check(duty.database).sound


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
    _, pixels = files_beside(duty, id)
    before = bytes_of(duty.database)
    assert NAME.encode() in before and pixels in before
    erase(supervisor, id)
    cleaned(supervisor)
    left = bytes_of(duty.database)
    assert pixels not in left
    for secret in (NAME, PHONE, PLACE, NAME[:3], PLACE[:3]):
        assert secret.encode() not in left


def test_an_erased_person_is_not_in_the_files_of_postgresql(
    town_url: Callable[[str], str], open_desk: Callable[..., Any]
) -> None:
    url = town_url("postgresql")
    duty, supervisor = open_desk(url), open_desk(url, "supervisor")
    id = told(duty)
    _, pixels = files_beside(duty, id)
    with duty.database.write() as connection:
        connection.execute(text("ANALYZE"))  # as the server does by itself: its statistics hold values
    erase(supervisor, id)
    cleaned(supervisor)
    left = bytes_of(duty.database)
    assert pixels not in left
    for secret in (NAME, PHONE, PLACE):
        assert secret.encode() not in left


def test_why_somebody_was_erased_is_told_to_those_who_may_read_it(town: str, open_desk: Callable[..., Any]) -> None:
    """The reasons are words about a person: the log holds references, and a viewer reads masks."""
    duty, supervisor, viewer = open_desk(town), open_desk(town, "supervisor"), open_desk(town, "viewer")
    id = told(duty)
    duty.runner.execute(NoteIncident(incident=id, text=f"已回访{NAME}"))
    with duty.database.read() as connection:
        keys = privacy.find_traces(connection, "incident", id).keys
    reason, kept = f"{NAME}的女儿来电要求", f"{NAME}的案子未结"
    command = ErasePerson(entity="incident", subject=id, reason=reason, keep=dict.fromkeys(keys, kept))
    made = supervisor.runner.execute(command)
    assert supervisor.runner.execute(command, id=made.command).repeated
    told_of = {}
    for desk in (supervisor, viewer):
        with desk.read("real") as reader:
            assert NAME not in str(reader.records("command", {})) + str(reader.records("change_log", {}))
            told_of[desk.officer.role] = logbook.row(reader, "command", made.command, desk.clock.now())["payload"]
    assert (told_of["supervisor"]["reason"], [*told_of["supervisor"]["keep"].values()]) == (reason, [kept])
    assert (told_of["viewer"]["reason"], [*told_of["viewer"]["keep"].values()]) == (HIDDEN, [HIDDEN])


def test_reasons_that_older_versions_wrote_down_are_masked_too(town: str, open_desk: Callable[..., Any]) -> None:
    duty, supervisor, viewer = open_desk(town), open_desk(town, "supervisor"), open_desk(town, "viewer")
    made = supervisor.runner.execute(ErasePerson(entity="incident", subject=told(duty), reason="x"))
    old = json.dumps({"reason": f"{NAME}要求", "keep": {"a:b:1": f"{NAME}的案子"}, "redact": []}, ensure_ascii=False)
    with duty.database.write() as connection:
        connection.execute(text("UPDATE command SET payload = :old WHERE id = :id"), {"old": old, "id": made.command})
    seen = {}
    for desk in (supervisor, viewer):
        with desk.read("real") as reader:
            seen[desk.officer.role] = str(reader.records("command", {"id": made.command}))
    assert seen["supervisor"].count(NAME) == 2 and NAME not in seen["viewer"] and HIDDEN in seen["viewer"]


def test_the_log_says_who_looked_behind_which_mask_and_when(town: str, open_desk: Callable[..., Any]) -> None:
    duty, viewer = open_desk(town), open_desk(town, "viewer")
    id = told(duty)
    before = duty.clock.now()
    made = duty.runner.execute(RevealPersonal(entity="incident", subject=id, field="caller_phone"))
    for desk in (duty, viewer):  # whoever may read the log reads who looked, never what was seen
        with desk.read("real") as reader:
            line = reader.history(entity="incident", id=id)[0]
            head = logbook.row(reader, "command", made.command, desk.clock.now())
            (row,) = logbook.rows(reader, "change_log", {"command_id": made.command}, None, desk.clock.now())
        assert (line.change.op, line.name, line.actor) == ("reveal", "reveal_personal", duty.viewer.officer)
        assert line.recorded_at >= before
        assert head["payload"] == {"entity": "incident", "subject": id, "field": "caller_phone"}
        assert (row["entity"], row["entity_id"], row["op"]) == ("incident", id, "reveal")
        assert PHONE not in str(line) + str(head) + str(row)
    with viewer.read("real") as reader, pytest.raises(NotAllowed):
        privacy.revealed(reader.connection, "incident", id, "caller_phone", viewer.officer.role)
    with pytest.raises(NotAllowed):
        viewer.runner.execute(RevealPersonal(entity="incident", subject=id, field="caller_phone"))
    with duty.read("real") as reader:
        assert [each.change.op for each in reader.history(entity="incident", id=id)].count("reveal") == 1
