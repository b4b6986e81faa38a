"""Stock rounds 盘点: what was seen of each piece, held against what the program believes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from commandcenter.base.ids import rule_id
from commandcenter.rules.entity import Indexed, Personal, Ref, entity
from commandcenter.rules.kits import AWAY, FoundState, Piece

Source = Literal["sheet", "scan", "hand"]


@entity("stock_round")
@dataclass(frozen=True, kw_only=True, slots=True)
class StockRound:
    """One round through all villages. ``mark`` stands on every sheet of it, so that last quarter's is known."""

    id: str
    number: Annotated[str, Indexed] = ""
    name: str
    mark: str
    opened_on: str
    closed_on: str | None = None
    by: Annotated[str | None, Ref("officer")] = None


@entity("round_count")
@dataclass(frozen=True, kw_only=True, slots=True)
class RoundCount:
    """What was seen of one piece in a round; its id is :func:`count_id`, so two who count it meet in one row.

    ``settled``: the reason with which a difference was settled; ``applied``: whether the piece was made what was seen.
    """

    id: str
    round: Annotated[str, Ref("stock_round"), Indexed]
    piece: Annotated[str, Ref("piece"), Indexed]
    village: Annotated[str | None, Ref("village"), Indexed] = None
    found: FoundState
    source: Source = "hand"
    by: Annotated[str | None, Ref("officer")] = None
    counted_at: datetime
    note: Annotated[str, Personal("ledger")] = ""
    settled: Annotated[str, Personal("ledger")] = ""
    applied: bool = False


def count_id(round: str, piece: str) -> str:
    """The id of the row in which a piece is counted in a round."""
    return rule_id("round_count", round, piece)


def mark_of(round: str) -> str:
    """The short mark of a round: six characters that nobody confuses when reading them aloud."""
    number, found = int(round.replace("-", ""), 16) ^ 0x5EED, ""
    while len(found) < _MARK:
        number, digit = divmod(number, len(_LETTERS))
        found += _LETTERS[digit]
    return found


_MARK = 6
_LETTERS = "23456789ACDEFHJKLMNPQRTUVWXY"


def differs(count: RoundCount, piece: Piece) -> bool:
    """Whether what was seen is not what the program believes; a worn-out piece that is there does not differ."""
    believed = "issued" if piece.state == "expired" else piece.state
    return count.found != believed


def is_open(count: RoundCount, piece: Piece) -> bool:
    """Whether a difference still waits for its reason."""
    return not count.settled and differs(count, piece)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is: pieces expected, counted, and differences that wait."""

    expected: int
    counted: int
    open: int

    @property
    def is_done(self) -> bool:
        """Whether it could be closed without leaving anything."""
        return self.counted >= self.expected and not self.open


def progress(pieces: Iterable[Piece], counts: Mapping[str, RoundCount]) -> Progress:
    """Of some pieces (``counts`` by piece)."""
    expected = counted = waiting = 0
    for piece in pieces:
        count = counts.get(piece.id)
        if piece.state not in AWAY and count is None:
            continue
        expected += 1
        counted += count is not None
        waiting += count is not None and is_open(count, piece)
    return Progress(expected, counted, waiting)
