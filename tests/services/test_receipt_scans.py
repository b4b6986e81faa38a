"""Scans of signed receipt sheets 签收单: beside the issue of the kits, on both engines; who sees them; erasure."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.services.attachments import (
    Attach,
    ExportAttachment,
    RemoveAttachment,
    attached_to,
    content_of,
)
from commandcenter.services.kits import HandOutKit, IssueKits, NewKit, ReceiveKits
from commandcenter.services.people import AddWorker
from commandcenter.services.privacy import ErasePerson, find_traces
from commandcenter.services.undo import Undo
from tests.services.stores_made import YUNLING, depot, do, some, village
from tests.services.test_attachments import photo
from tests.storage import stream

LIAISON, KEEPER = "慕容签收", "欧阳领用"


@pytest.fixture
def storekeeper(town: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "quartermaster", ManualClock(stream.EVENING))


def issued(desk: Any) -> str:
    """Two kits for a village, on one sheet that its liaison signed."""
    kits = (NewKit(sizes="L"), NewKit(sizes="L"))
    command = IssueKits(village=village(desk).id, depot=depot(desk, kits=2), kits=kits)
    id = str(do(desk, command)["kit_issue"])
    do(desk, ReceiveKits(issue=id, by=LIAISON))
    return id


def put(desk: Any, issue: str, name: str = "签收单.jpg") -> Any:
    return desk.runner.execute(Attach(subject_kind="kit_issue", subject=issue, name=name, content=photo()))


def files_of(desk: Any, issue: str) -> list[Any]:
    with desk.read("real") as reader:
        return attached_to(reader, "kit_issue", issue)


def test_a_scan_lies_beside_the_sheet_and_is_taken_back(storekeeper: Any) -> None:
    issue = issued(storekeeper)
    outcome = put(storekeeper, issue)
    (file,) = files_of(storekeeper, issue)
    assert file.thumbnail and not file.hidden and file.attachment.name == "签收单.jpg"
    do(storekeeper, ExportAttachment(attachment=file.attachment.id))
    with storekeeper.read("real") as reader:
        assert content_of(reader, file.attachment.id)[1]
    do(storekeeper, Undo(target=outcome.command))
    assert files_of(storekeeper, issue) == []
    removed = storekeeper.runner.execute(RemoveAttachment(attachment=put(storekeeper, issue).value["attachment"]))
    assert files_of(storekeeper, issue) == []
    do(storekeeper, Undo(target=removed.command))
    assert len(files_of(storekeeper, issue)) == 1


def test_who_reads_the_ledger_sees_it_and_nobody_else(
    storekeeper: Any, town: str, open_desk: Callable[..., Any]
) -> None:
    """A storekeeper opens what was signed, not the photos of an accident."""
    issue = issued(storekeeper)
    id = put(storekeeper, issue).value["attachment"]
    viewer = open_desk(town, "viewer", ManualClock(stream.EVENING))
    assert [each.hidden for each in files_of(viewer, issue)] == [True]
    for command in (ExportAttachment(attachment=id), RemoveAttachment(attachment=id),
                    Attach(subject_kind="kit_issue", subject=issue, name="x.jpg", content=photo())):  # fmt: skip
        with pytest.raises(NotAllowed):
            viewer.runner.execute(command)
    with viewer.read("real") as reader, pytest.raises(NotAllowed):
        content_of(reader, id)
    duty = open_desk(town, "duty1", ManualClock(stream.EVENING))
    assert [each.hidden for each in files_of(duty, issue)] == [False]
    grid = some(duty, "grid")[0].id
    other = do(duty, Attach(subject_kind="grid", subject=grid, name="x.jpg", content=photo()))["attachment"]
    with pytest.raises(NotAllowed):
        do(storekeeper, ExportAttachment(attachment=other))
    with storekeeper.read("real") as reader:
        (seen,) = attached_to(reader, "grid", grid)
        assert seen.hidden and seen.thumbnail is None and seen.attachment.name != "x.jpg"
        with pytest.raises(NotAllowed):
            content_of(reader, other)
    with pytest.raises(BadInput):
        put(duty, "nowhere")


def test_erasing_who_signed_or_who_stands_on_the_sheet_asks_about_the_scan(
    storekeeper: Any, town: str, open_desk: Callable[..., Any]
) -> None:
    issue = issued(storekeeper)
    worker = do(storekeeper, AddWorker(village=YUNLING, name=KEEPER, phone="15412340001"))["worker"]
    kit = some(storekeeper, "kit", issue=issue)[0].id
    do(storekeeper, HandOutKit(kit=kit, worker=worker))
    id = put(storekeeper, issue).value["attachment"]
    supervisor = open_desk(town, "supervisor", ManualClock(stream.EVENING))
    with supervisor.database.read() as connection:
        for entity, subject, by in (("worker", worker, ""), ("kit_issue", issue, "received_by")):
            assert [each.attachment for each in find_traces(connection, entity, subject, by).files] == [id], entity
        stranger = next(each.id for each in some(supervisor, "worker", active=True) if each.id != worker)
        assert find_traces(connection, "worker", stranger).files == ()
    key = f"{id}:content"
    with pytest.raises(RuleError) as caught:
        do(supervisor, ErasePerson(entity="worker", subject=worker, reason="本人要求"))
    assert caught.value.code == "erase.undecided" and key in caught.value.facts["texts"]
    do(supervisor, ErasePerson(entity="worker", subject=worker, reason="本人要求", redact=(key,)))
    (file,) = files_of(storekeeper, issue)
    assert file.erased and file.thumbnail is None
