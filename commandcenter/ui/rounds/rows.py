"""The table of a round: a row for each piece, with what is believed and what was seen."""

from collections.abc import Iterable
from typing import Any

from commandcenter.base.texts import choose, say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.ordering import natural_key
from commandcenter.services.kit_reading import article_order
from commandcenter.services.round_reading import ORDER, PieceRow, holder_words
from commandcenter.ui.core.columns import Column, Tone

_TONES: dict[str, Tone] = {"unseen": "muted", "differs": "near", "settled": "text", "same": "ok"}


def article_words(row: PieceRow) -> str:
    """What it is, with its size."""
    name = choose(row.article.name, row.article.name_en)
    return f"{name} {row.piece.size}" if row.piece.size else name


def grid_words(row: PieceRow) -> str:
    """The grid of who has it, without the village's name before it."""
    if row.grid is None:
        return "–"
    own = row.grid.name.removeprefix(row.village.name).strip() if row.village else row.grid.name
    return own or row.grid.name


def village_words(row: PieceRow) -> str:
    """Its village."""
    return choose(row.village.name, row.village.name_en) if row.village else "–"


def seen_words(row: PieceRow) -> str:
    """What was seen."""
    return say(f"rounds.state.{row.count.found}") if row.count else "–"


def why_words(row: PieceRow) -> str:
    """Why it was settled, else the remark."""
    return (row.count.settled or row.count.note) if row.count else ""


def index_of(rows: Iterable[PieceRow]) -> Index:
    """What a search knows: codes, articles, workers and villages with their pinyin."""
    return Index(_entry(row) for row in rows)


def _entry(row: PieceRow) -> Entry:
    keys = [row.piece.code, row.piece.code.removeprefix("P-").lstrip("0"), row.kit.code if row.kit else ""]
    for name in (row.article.name, row.worker.name if row.worker else "", row.village.name if row.village else ""):
        if name:
            spelt = pinyin.keys(name)
            keys += [name, spelt.pinyin, spelt.initials]
    return Entry("piece", row.id, row.piece.code, "", tuple(each for each in keys if each))


def order(row: PieceRow) -> tuple[Any, ...]:
    """What waits first; then by village, kit and piece."""
    village = natural_key(row.village.code) if row.village else ()
    kit = row.kit.code if row.kit else "~"
    return ORDER.index(row.standing), village, kit, article_order(row.article), row.piece.code


COLUMNS: tuple[Column[PieceRow], ...] = (
    Column("piece", "rounds.column.piece", lambda row, _: row.piece.code, None, 84, fixed=True),
    Column("article", "rounds.column.article", lambda row, _: article_words(row), None, 112),
    Column("village", "rounds.column.village", lambda row, _: village_words(row), None, 84, visible=False),
    Column("grid", "rounds.column.grid", lambda row, _: grid_words(row), None, 88),
    Column("worker", "rounds.column.worker", lambda row, _: holder_words(row), None, 84),
    Column("kit", "rounds.column.kit", lambda row, _: row.kit.code if row.kit else "–", None, 68,
           visible=False),
    Column("believed", "rounds.column.believed", lambda row, _: say(f"rounds.state.{row.piece.state}"), None, 64),
    Column("seen", "rounds.column.seen", lambda row, _: seen_words(row), None, 68,
           tone=lambda row, _: "near" if row.standing == "differs" else "text"),
    Column("standing", "rounds.column.standing", lambda row, _: say(f"rounds.standing.{row.standing}"),
           lambda row: ORDER.index(row.standing), 66, tone=lambda row, _: _TONES[row.standing]),
    Column("why", "rounds.column.why", lambda row, _: why_words(row), None, 150, stretch=True),
    Column("by", "rounds.column.by", lambda row, _: row.by or "–", None, 78, visible=False),
)  # fmt: skip
