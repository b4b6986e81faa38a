"""Many rows at once, on both engines: what goes in by the driver's quick ways says the same as what goes in singly."""

from collections.abc import Callable
from typing import Any

from commandcenter.services.imports import ImportRows
from commandcenter.services.undo import Undo

AWKWARD = ("王\t小", "a\\b\\N", "两\n行", "it's \"so\"", "\\.", "{1,2}", "NULL", "😀𠮷")


def test_awkward_texts_come_back_as_they_were(town: str, open_desk: Callable[..., Any]) -> None:
    desk = open_desk(town, "administrator")
    with desk.read("real") as reader:
        code, before = reader.find("grid")[0].code, reader.count("worker")
    rows = tuple(
        {"name": f"工{number}{words}", "grid_code": code, "note": words, "phone": f"139{number:08}", "paid": number > 5}
        for number, words in enumerate(AWKWARD * 2)
    )
    done = desk.runner.execute(ImportRows(entity="worker", rows=rows))
    assert done.changes.first_seq is not None
    assert [each.seq for each in done.changes] == list(
        range(done.changes.first_seq, done.changes.first_seq + len(rows))
    )
    with desk.read("real") as reader:
        found = {each.name: each for each in reader.find("worker")}
    for row in rows:
        kept = found[str(row["name"])]
        assert (kept.note, kept.phone, kept.paid) == (row["note"], row["phone"], row["paid"])
    changed = tuple({**row, "note": f"{row['note']}~"} for row in rows)
    again = desk.runner.execute(ImportRows(entity="worker", rows=changed))
    assert {each.op for each in again.changes} == {"update"}
    for outcome in (again, done):
        desk.runner.execute(Undo(target=outcome.command))
    with desk.read("real") as reader:
        assert reader.count("worker") == before
