"""A desk that counts with a scanner, as its page does: judged by the same rules, saved every few pieces.

As a script: ``round_scanner.py URL ACCOUNT ROUND FILE`` scans the lines of a file and prints each line that was saved.
"""

import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from commandcenter.rules.scans import COUNTED, codes_of, judge
from commandcenter.services import round_reading
from commandcenter.services.rounds import Count, RecordCounts
from commandcenter.services.sessions import open_session

WRONG = ("worker:0197a2c4", "K-0001", "6901028075831", "P-999999", "P-12", "口哨")
BATCH = 3


def lines_of(codes: Iterable[str], seed: int) -> Iterator[str]:
    """Codes as they come from a scanner: some twice, some stuck together, wrong labels between them."""
    dice, left = random.Random(seed), list(codes)
    dice.shuffle(left)
    while left:
        chance = dice.random()
        if chance < 0.05:
            yield dice.choice(WRONG)
        elif chance < 0.1 and len(left) > 1:
            yield left.pop() + left.pop()
        else:
            code = left.pop()
            yield from (code, code) if chance > 0.94 else (code,)


def scan(session: Any, round: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Scan lines one by one: each code (or line, where it is none) with what it was, as soon as it is saved."""
    with session.read("real") as reader:
        state = round_reading.state(reader, round)
    here: set[str] = set()
    waiting: list[tuple[str, str, Count]] = []
    for line in lines:
        codes = codes_of(line)
        if isinstance(codes, str):
            yield line, codes
            continue
        for code in codes:
            row = state.by_code.get(code)
            kind = judge(is_known=row is not None, is_gone=False, is_foreign=False, is_missing=False,
                         is_counted=row is not None and (row.count is not None or row.id in here))  # fmt: skip
            if row is None or kind not in COUNTED:
                yield code, kind
                continue
            here.add(row.id)
            waiting.append((code, kind, Count(row.id)))
            if len(waiting) >= BATCH:
                yield from _save(session, round, waiting)
    yield from _save(session, round, waiting)


def _save(session: Any, round: str, waiting: list[tuple[str, str, Count]]) -> Iterator[tuple[str, str]]:
    if waiting:
        counts = tuple(count for _, _, count in waiting)
        session.runner.execute(RecordCounts(round=round, counts=counts, source="scan"))
        told, waiting[:] = list(waiting), []
        yield from ((code, kind) for code, kind, _ in told)


if __name__ == "__main__":
    url, account, round_, file = sys.argv[1:]
    opened = open_session(url, actor=account)
    try:
        for scanned, kind_ in scan(opened, round_, Path(file).read_text(encoding="utf-8").splitlines()):
            print(scanned, kind_, flush=True)
    finally:
        opened.close()
