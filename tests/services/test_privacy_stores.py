"""Names and words on the papers of stores and kits: who reads them, and that erasing somebody reaches them all."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from commandcenter.base.clock import ManualClock
from commandcenter.rules.entity import REAL
from commandcenter.rules.masks import ERASED, HIDDEN, REDACTED
from commandcenter.services import databases, exporting, kit_reading, privacy, store_reading
from commandcenter.services.kits import IssueKits, NewKit, ReceiveKits
from commandcenter.services.pieces import MarkPiece
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.rounds import Count, OpenRound, RecordCounts, SettleCounts
from commandcenter.services.stock import Line
from commandcenter.services.stores import IssueStock, ReceiveStock
from tests.conftest import BEGINNING
from tests.services.stores_made import TODAY, YUNLING, depot, do, kits_at, one, pieces_of, some
from tests.services.test_privacy_drills import everything_stored

NAME = "慕容翠翠"


def told_everywhere(desk: Any) -> dict[str, str]:
    """Somebody is named wherever a storekeeper can write; what the rows are, by kind."""
    at = depot(desk, kits=3, K04=4)
    do(desk, ReceiveStock(depot=at, lines=(Line("K04", 2),), source=NAME, reason=f"{NAME}送来"))
    issue = do(desk, IssueStock(depot=at, lines=(Line("K04", 11),), other=NAME, taken_by=NAME, reason=f"{NAME}借用",
                                override_reason=f"{NAME}说库里有"))["moves"][0]  # fmt: skip
    sheet = do(desk, IssueKits(village=YUNLING, depot=at, kits=(NewKit(sizes="L"),), received_by=NAME,
                               note=f"交{NAME}", short_ok=True))["kit_issue"]  # fmt: skip
    do(desk, ReceiveKits(issue=sheet, by=NAME))
    kit = next(each for each in kits_at(desk) if each.issue == sheet)
    piece = pieces_of(desk, kit.id)["K06"]
    do(desk, MarkPiece(piece=piece.id, state="missing", reason=f"{NAME}弄丢"))
    round = do(desk, OpenRound(name="抽查"))["stock_round"]
    do(desk, RecordCounts(round=round, counts=(Count(piece.id, "issued", f"{NAME}又找到"),)))
    do(desk, SettleCounts(round=round, pieces=(piece.id,), reason=f"{NAME}还回"))
    return {"issue": issue, "sheet": sheet, "piece": piece.id, "round": round}


def erase(desk: Any, entity: Any, id: str, by: str) -> None:
    with desk.database.read() as connection:
        keys = privacy.find_traces(connection, entity, id, by).keys
    do(desk, ErasePerson(entity=entity, subject=id, by=by, reason="本人要求", redact=tuple(keys)))


@pytest.mark.both_engines
def test_who_is_named_on_them_is_erased_from_all(town: str, open_desk: Callable[..., Any]) -> None:
    keeper, head = (open_desk(town, role, ManualClock(BEGINNING)) for role in ("quartermaster", "supervisor"))
    made = told_everywhere(keeper)
    with keeper.database.read() as connection:
        log = "".join(str(row) for name in ("change_log", "command")
                      for row in connection.execute(text(f"SELECT * FROM {name}")))  # fmt: skip
    assert NAME not in log and NAME in everything_stored(keeper)
    databases.seal(keeper.database, keeper.desk)
    erase(head, "stock_move", made["issue"], "taken_by")
    move, sheet, piece = (one(keeper, kind, made[key]) for kind, key in
                          (("stock_move", "issue"), ("kit_issue", "sheet"), ("piece", "piece")))  # fmt: skip
    assert (move.taken_by, move.other, move.reason) == (ERASED, ERASED, f"{REDACTED}借用")
    assert (sheet.received_by, sheet.note, piece.reason) == (ERASED, f"交{REDACTED}", f"{REDACTED}还回")
    assert NAME not in everything_stored(keeper) and databases.check(keeper.database).sound
    with keeper.read(REAL) as reader:
        assert kit_reading.history_of(reader, made["piece"])[0].reason == f"{REDACTED}还回"


def test_who_is_named_on_a_receipt_is_erased_by_it(town: str, open_desk: Callable[..., Any]) -> None:
    keeper, head = (open_desk(town, role, ManualClock(BEGINNING)) for role in ("quartermaster", "supervisor"))
    made = told_everywhere(keeper)
    erase(head, "kit_issue", made["sheet"], "received_by")
    assert NAME not in everything_stored(keeper) and databases.check(keeper.database).sound


@pytest.mark.parametrize(("role", "reads"), [
    ("viewer", False), ("quartermaster", True), ("duty1", True), ("trainer", False), ("supervisor", True),
])  # fmt: skip
def test_who_reads_them(role: str, reads: bool, town: str, open_desk: Callable[..., Any]) -> None:
    keeper, desk = (open_desk(town, each, ManualClock(BEGINNING)) for each in ("administrator", role))
    made = told_everywhere(keeper)
    move, piece = one(desk, "stock_move", made["issue"]), one(desk, "piece", made["piece"])
    (count,) = some(desk, "round_count", round=made["round"])
    seen = [move.taken_by, move.other, move.override, piece.reason, count.note, count.settled]
    with desk.read(REAL) as reader:
        seen += [row.move.reason for row in store_reading.ledger(reader) if row.move.id == made["issue"]]
        seen += [row.party for row in store_reading.ledger(reader) if row.move.id == made["issue"]]
        seen.append(kit_reading.history_of(reader, made["piece"])[0].reason)
    assert all((NAME in each) is reads and (HIDDEN in each) is not reads for each in seen), seen
    tables = "".join(str(exporting.prepare(desk, what).sheet.rows) for what in ("stock_moves", "pieces"))
    assert (NAME in tables) is reads


def test_reading_all_pieces_of_a_town_resolves_no_words(town: str, open_desk: Callable[..., Any]) -> None:
    """Lists of two thousand pieces stay as quick as they were: no reader of them asks for personal values."""
    desk = open_desk(town, "quartermaster", ManualClock(BEGINNING))
    told_everywhere(desk)
    with desk.read(REAL) as reader:
        (row,) = [row for row in kit_reading.kits_of(reader, None, TODAY) if row.kit.issue][-1:]
    assert all(not hasattr(slot.piece, "reason") for slot in row.slots if slot.piece)
