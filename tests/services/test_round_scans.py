"""A whole round by scanner: wrong labels, doubles, two people at once and a crash in the middle end right."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.services import round_reading, sample
from commandcenter.services.rounds import CloseRound, OpenRound
from commandcenter.storage.database import Database
from tests.services.round_scanner import lines_of, scan
from tests.services.stores_made import check_books, do, some
from tests.storage import stream

SCANNER = Path(__file__).with_name("round_scanner.py")


def state_of(session: Any, round: str) -> round_reading.RoundState:
    with session.read("real") as reader:
        return round_reading.state(reader, round)


def check_counted(session: Any, round: str) -> None:
    """Every piece that is out was seen, in one row, and the books are as before."""
    state = state_of(session, round)
    assert state.far.counted == state.far.expected
    rows = some(session, "round_count", round=round)
    assert len(rows) == len({each.piece for each in rows}) == state.far.expected
    assert {each.found for each in rows} == {"issued"}
    check_books(session)


@pytest.mark.both_engines
def test_two_people_scan_at_once_and_one_desk_is_opened_again(town: str, open_desk: Callable[..., Any]) -> None:
    clock = ManualClock(stream.EVENING)
    one, two = open_desk(town, "quartermaster", clock), open_desk(town, "duty1", clock)
    round = do(one, OpenRound(name="扫码盘点"))["stock_round"]
    codes = sorted(state_of(one, round).by_code)
    half = len(codes) // 2
    mine, theirs = list(lines_of(codes[: half + 10], 1)), list(lines_of(codes[half - 10 :], 2))
    with ThreadPoolExecutor(2) as hands:
        first = hands.submit(lambda: list(scan(one, round, mine[: len(mine) // 2])))
        other = hands.submit(lambda: list(scan(two, round, theirs)))
        kinds = [kind for told in (first, other) for _, kind in told.result()]
    assert kinds.count("right") > len(codes) // 3 and len(set(kinds)) > 1
    # The desk that was shut is opened again and simply scans its heap from the beginning.
    again = open_desk(town, "quartermaster", clock)
    told = [kind for _, kind in scan(again, round, mine)]
    assert told.count("again") > 0 and told.count("right") > 0
    check_counted(again, round)
    assert state_of(again, round).far.open == sum(
        row.piece.state in ("missing", "damaged") for row in state_of(again, round).rows
    )


@pytest.mark.soak
def test_a_whole_town_is_scanned_and_a_desk_is_killed(
    empty_database_url: Callable[[str], str], engine: str, tmp_path: Path, open_desk: Callable[..., Any]
) -> None:
    url = empty_database_url(engine)
    database = Database(url)
    sample.ensure(database, lambda _done, _total: None)
    database.close()
    keeper = open_desk(url, "quartermaster")
    round = do(keeper, OpenRound(name="全镇扫码"))["stock_round"]
    codes = sorted(state_of(keeper, round).by_code)
    assert len(codes) >= 2_142
    half = len(codes) // 2
    files = []
    for number, part in enumerate((codes[: half + 40], codes[half - 40 :])):
        path = tmp_path / f"{number}.txt"
        path.write_text("\n".join(lines_of(part, number)), encoding="utf-8")
        files.append(path)
    accounts = [each.account for each in some(keeper, "officer", active=True) if each.role == "duty_officer"][:2]

    def start(number: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-X", "utf8", str(SCANNER), url, accounts[number], round, str(files[number])]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8",
                                cwd=SCANNER.parents[2], env={**os.environ, "PYTHONPATH": "."})  # fmt: skip

    children = [start(0), start(1)]
    saved = []
    assert children[0].stdout is not None
    for line in children[0].stdout:
        code, kind = line.rsplit(" ", 1)
        saved += [code] if kind.strip() == "right" else []
        if len(saved) >= half // 2:
            break
    children[0].send_signal(signal.SIGKILL)
    children[0].wait()
    children[0].stdout.close()
    there = {row.piece.code for row in state_of(keeper, round).rows if row.count is not None}
    assert set(saved) <= there, "what was told as saved is saved"
    rest = start(0)
    for child in (rest, children[1]):
        told, _ = child.communicate(timeout=600)
        assert child.returncode == 0 and told
    check_counted(keeper, round)
    open_ones = state_of(keeper, round).far.open
    assert open_ones > 0
    with pytest.raises(Exception, match="differences"):
        do(keeper, CloseRound(round=round))
