"""Commands through the one door: idempotent, exact, undoable; the same on both engines."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from commandcenter.base.clock import ClockMapping
from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.base.ids import new_id
from commandcenter.services import databases
from commandcenter.services.calls import CallOut, RecordCall
from commandcenter.services.incidents import (
    CloseIncident,
    EditIncident,
    MergeIncident,
    NoteIncident,
    OpenIncident,
    StepIncident,
)
from commandcenter.services.towns import NameTown
from commandcenter.services.undo import Undo
from commandcenter.storage import history, machinery
from commandcenter.storage.tables import personal_value


def report(**more: Any) -> OpenIncident:
    facts: dict[str, Any] = {"category": "other", "urgency": "urgent", "text": "路灯不亮"}
    return OpenIncident(**(facts | more))


def some_grid(desk: Any) -> Any:
    with desk.read("real") as reader:
        return next(each for each in reader.find("grid", order=("code",)) if each.kind == "general")


def opened(desk: Any, **more: Any) -> str:
    return str(desk.runner.execute(report(grid=some_grid(desk).code, **more)).value["incident"])


def incident(desk: Any, id: str) -> Any:
    with desk.read("real") as reader:
        return reader.get("incident", id)


def test_the_same_id_twice_changes_nothing_and_gives_the_first_answer(desk: Any) -> None:
    id = new_id()
    first = desk.runner.execute(report(), id=id)
    second = desk.runner.execute(report(), id=id)
    assert second.repeated and second.value == first.value and second.changes == first.changes
    with desk.read("real") as reader:
        assert reader.count("incident") == 1


@pytest.mark.parametrize("other", [{"text": "水管破裂"}, {"urgency": "critical"}, {"caller_phone": "15400000001"}])
def test_the_same_id_with_other_content_is_refused(desk: Any, other: dict[str, Any]) -> None:
    id = new_id()
    desk.runner.execute(report(), id=id)
    with pytest.raises(BadInput) as caught:
        desk.runner.execute(report(**other), id=id)
    assert caught.value.code == "command.id_reused"


def test_the_same_id_by_another_officer_is_refused(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town), open_desk(town, "duty2")
    id = new_id()
    one.runner.execute(report(), id=id)
    with pytest.raises(BadInput) as caught:
        other.runner.execute(report(), id=id)
    assert caught.value.code == "command.id_reused"


def test_a_refused_command_leaves_nothing_and_its_id_free(desk: Any) -> None:
    id = new_id()
    with pytest.raises(BadInput):
        desk.runner.execute(report(grid="no such grid"), id=id)
    assert desk.runner.execute(report(), id=id).repeated is False


def test_numbers_run_per_day_without_gaps_after_refusals(desk: Any) -> None:
    numbers = []
    for _ in range(3):
        with pytest.raises(BadInput):
            desk.runner.execute(report(text=" "))
        numbers.append(desk.runner.execute(report()).value["number"])
    assert [number[-3:] for number in numbers] == ["001", "002", "003"]


def test_a_number_bears_the_prefix_that_the_town_has_now(town: str, open_desk: Callable[..., Any]) -> None:
    duty, administrator = open_desk(town), open_desk(town, "administrator")
    duty.runner.execute(report())
    with duty.read("real") as reader:
        (before,) = reader.find("township")
    renamed = NameTown(name=before.name, code=before.code, zone=before.zone, number_prefix="XZ", mark=before.mark)
    administrator.runner.execute(renamed)
    assert duty.runner.execute(report()).value["number"].startswith("XZ-")


@pytest.fixture
def asked(desk: Any) -> Iterator[list[str]]:
    """The statements that a desk sends."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(desk.database.engine, "before_cursor_execute", note)


def test_a_command_asks_the_database_once_for_each_thing(desk: Any, asked: list[str]) -> None:
    """Each statement is a round trip during which others wait; ``BEGIN`` is one of them on SQLite."""
    begin = 0 if desk.database.is_postgres else 1
    id = opened(desk, place="石榴巷")
    asked.clear()
    desk.runner.execute(report(caller_name="李大爷", caller_phone="15400000001"))
    assert len(asked) <= 10 + begin, asked
    asked.clear()
    desk.runner.execute(EditIncident(incident=id, changed={"place": "学校"}, was={"place": "石榴巷"}))
    assert len(asked) <= 12 + begin, asked


def test_one_version_of_a_value_is_the_present_one_whatever_was_edited_and_undone(desk: Any) -> None:
    def present() -> list[tuple[int, str]]:
        query = select(personal_value.c.version, personal_value.c.value).where(
            personal_value.c.subject == id, personal_value.c.field == "place", personal_value.c.current
        )
        with desk.database.read() as connection:
            return [(row.version, row.value) for row in connection.execute(query)]

    def edit(place: str, was: str) -> str:
        changed, before = {"place": place}, {"place": was}
        return str(desk.runner.execute(EditIncident(incident=id, changed=changed, was=before)).command)

    id = opened(desk, place="甲处")
    edit("乙处", "甲处")
    last = edit("丙处", "乙处")
    assert present() == [(3, "丙处")] and incident(desk, id).place == "丙处"
    desk.runner.execute(Undo(target=last))
    assert present() == [(2, "乙处")] and incident(desk, id).place == "乙处"
    edit("丁处", "乙处")
    assert present() == [(4, "丁处")] and incident(desk, id).place == "丁处"
    edit("", "丁处")
    assert present() == [] and incident(desk, id).place is None


def test_every_role_is_checked_in_the_handler(town: str, open_desk: Callable[..., Any]) -> None:
    viewer = open_desk(town, "viewer")
    with pytest.raises(NotAllowed) as caught:
        viewer.runner.execute(report())
    assert caught.value.code == "actor.role"


def test_fields_edited_apart_merge_and_one_edited_by_both_shows_both(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town), open_desk(town, "duty2")
    id = opened(one, place="老桥头", caller_name="李大爷")
    one.runner.execute(EditIncident(incident=id, changed={"place": "新桥头"}, was={"place": "老桥头"}))
    other.runner.execute(EditIncident(incident=id, changed={"text": "路灯全灭"}, was={"text": "路灯不亮"}))
    merged = incident(one, id)
    assert (merged.place, merged.text) == ("新桥头", "路灯全灭")
    with pytest.raises(Conflict) as caught:
        other.runner.execute(EditIncident(incident=id, changed={"place": "桥西"}, was={"place": "老桥头"}))
    assert caught.value.facts["fields"]["place"] == {"mine": "桥西", "theirs": "新桥头", "was": "老桥头"}
    assert incident(one, id).place == "新桥头"


def test_the_loop_from_report_to_closing(desk: Any) -> None:
    id = opened(desk, category="emergency", subkind="fire", urgency="critical")
    assert desk.runner.execute(CallOut(incident=id, direction="down")).value["listed"] > 0
    with desk.read("real") as reader:
        calls = reader.find("call", incident=id, order=("rank",))
    desk.runner.execute(RecordCall(call=calls[0].id, result="no_answer"))
    assert incident(desk, id).state == "calling"
    desk.runner.execute(RecordCall(call=calls[1].id, result="answered"))
    assert incident(desk, id).state == "responding"
    desk.runner.execute(RecordCall(call=calls[1].id, result="arrived"))
    assert incident(desk, id).state == "on_scene"
    desk.runner.execute(StepIncident(incident=id, to="resolved", note="明火已灭"))
    desk.runner.execute(CloseIncident(incident=id, closing_note="无人受伤", confirmed_by="李大爷"))
    done = incident(desk, id)
    assert done.state == "closed" and done.confirmed_by == "李大爷" and done.ended_at is not None
    with desk.read("real") as reader:
        codes = [entry.code for entry in reader.find("timeline_entry", incident=id)]
    assert {
        "opened",
        "step.calling",
        "call",
        "step.responding",
        "step.on_scene",
        "step.resolved",
        "step.closed",
    } <= set(codes)


def test_the_state_machine_refuses_a_step_it_does_not_know(desk: Any) -> None:
    id = opened(desk)
    desk.runner.execute(CloseIncident(incident=id, closing_note="已修", confirmed_by="值班员"))
    with pytest.raises(RuleError) as caught:
        desk.runner.execute(StepIncident(incident=id, to="responding"))
    assert caught.value.code == "incident.step"


def test_merging_ends_one_and_tells_the_other(desk: Any) -> None:
    one, other = opened(desk), opened(desk)
    desk.runner.execute(MergeIncident(incident=one, into=other))
    assert incident(desk, one).merged_into == other
    with desk.read("real") as reader:
        assert "merged_here" in [each.code for each in reader.find("timeline_entry", incident=other)]


def test_undo_takes_back_and_undoing_the_undo_puts_again(desk: Any) -> None:
    id = opened(desk)
    edit = desk.runner.execute(EditIncident(incident=id, changed={"text": "水管破裂"}, was={"text": "路灯不亮"}))
    undone = desk.runner.execute(Undo(target=edit.command))
    assert incident(desk, id).text == "路灯不亮"
    with desk.read("real") as reader:
        struck = [each.code for each in reader.find("timeline_entry", incident=id) if each.struck]
    assert struck == ["edited"]
    redone = desk.runner.execute(Undo(target=undone.command))
    assert incident(desk, id).text == "水管破裂"
    with desk.database.read() as connection:
        undoes = [record["undoes"] for each in (edit, undone, redone)
                  for record in history.records_of(connection, [each.command])]  # fmt: skip
    assert undoes == [None, [edit.command], [undone.command]], "the record of each says what it takes back"


def test_an_undo_that_is_no_longer_true_names_who_and_when(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town), open_desk(town, "duty2")
    id = opened(one)
    edit = one.runner.execute(EditIncident(incident=id, changed={"text": "水管破裂"}, was={"text": "路灯不亮"}))
    other.runner.execute(EditIncident(incident=id, changed={"text": "水管爆裂"}, was={"text": "水管破裂"}))
    with pytest.raises(RuleError) as caught:
        one.runner.execute(Undo(target=edit.command))
    assert caught.value.code == "undo.changed_since"
    assert caught.value.facts["who"] == other.officer.name and caught.value.facts["when"]


def test_an_incident_others_built_on_cannot_vanish(town: str, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk(town), open_desk(town, "duty2")
    first = one.runner.execute(report())
    other.runner.execute(NoteIncident(incident=first.value["incident"], text="已派人"))
    with pytest.raises(RuleError) as caught:
        one.runner.execute(Undo(target=first.command))
    assert caught.value.code == "undo.has_followers" and caught.value.facts["who"] == other.officer.name


def test_undoing_a_report_takes_it_from_every_list_and_redo_brings_it_back(desk: Any) -> None:
    first = desk.runner.execute(report(caller_name="李大爷"))
    undone = desk.runner.execute(Undo(target=first.command))
    with desk.read("real") as reader:
        assert reader.count("incident") == 0 and reader.search_texts("路灯") == []
    desk.runner.execute(Undo(target=undone.command))
    again = incident(desk, first.value["incident"])
    assert (again.text, again.caller_name) == ("路灯不亮", "李大爷")
    with desk.read("real") as reader:
        assert [hit[1] for hit in reader.search_texts("路灯")] == [again.id]


def test_two_writers_who_count_never_lose_a_step(town: str, open_desk: Callable[..., Any]) -> None:
    """Two desks record results on the same list at once: every attempt is counted."""
    desks = [open_desk(town, "duty1"), open_desk(town, "duty2")]
    id = opened(desks[0], category="emergency", urgency="critical")
    desks[0].runner.execute(CallOut(incident=id, direction="down"))
    with desks[0].read("real") as reader:
        call = reader.find("call", incident=id, order=("rank",))[0]
    errors: list[BaseException] = []

    def ring(desk: Any) -> None:
        try:
            for _ in range(10):
                desk.runner.execute(RecordCall(call=call.id, result="no_answer"))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ring, args=(each,)) for each in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with desks[0].read("real") as reader:
        assert reader.get("call", call.id).attempts == 20


def test_two_desks_that_open_a_sample_together_may_both_set_its_clock(town: str, open_desk: Callable[..., Any]) -> None:
    desks = [open_desk(town), open_desk(town)]
    now, errors = datetime.now(UTC), list[BaseException]()
    together = threading.Barrier(len(desks))

    def wake(desk: Any, hours: int) -> None:
        try:
            together.wait(5)
            with desk.database.write() as connection:
                machinery.write_clock(connection, ClockMapping(now, now + timedelta(hours=hours)))
        except BaseException as error:
            errors.append(error)

    for _ in range(10):
        threads = [threading.Thread(target=wake, args=(desk, hours)) for hours, desk in enumerate(desks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with desks[0].database.write() as connection:
            machinery.write_clock(connection, None)
    assert errors == []


def test_the_log_is_gapless_sealed_and_a_changed_row_is_found(desk: Any) -> None:
    for _ in range(3):
        opened(desk)
    assert databases.seal(desk.database, desk.desk) > 0
    report_before = databases.check(desk.database)
    assert report_before.sound and report_before.sealed == report_before.changes
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE change_log SET world = 'elsewhere' WHERE seq = 3")
    assert "seal_broken" in {fault["code"] for fault in databases.check(desk.database).faults}


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("DELETE FROM change_log WHERE seq = 4", "sequence_gap"),
        ("UPDATE incident SET urgency = 'routine'", "row_changed"),
        ("DELETE FROM timeline_entry", "row_missing"),
        ("UPDATE command SET actor = 'somebody' WHERE first_seq = 1", "seal_broken"),
        ("DELETE FROM command WHERE first_seq = 1", "command_missing"),
    ],
)
def test_the_check_finds_what_was_done_behind_the_commands(desk: Any, sql: str, code: str) -> None:
    opened(desk)
    databases.seal(desk.database, desk.desk)
    with desk.database.write() as connection:
        connection.exec_driver_sql(sql)
    assert code in {fault["code"] for fault in databases.check(desk.database).faults}
