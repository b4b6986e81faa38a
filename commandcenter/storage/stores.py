"""Stock and pieces as they are read in bulk: balances that the database sums up itself, and the pieces that are out."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from commandcenter.rules.kits import AWAY, Held
from commandcenter.storage.tables import entity_tables

_BATCH = 400


def balances(
    connection: Connection, worlds: Sequence[str], articles: Iterable[str] | None = None
) -> dict[tuple[str, str, str], int]:
    """The balance by depot, article and size of the moves of ``worlds`` that are not struck; all articles by
    default. What came to nothing is left out."""
    move = entity_tables["stock_move"]
    total = func.sum(move.c.change)
    query = (
        select(move.c.depot, move.c.article, move.c.size, total)
        .where(move.c.struck.is_(False), move.c.world.in_(worlds))
        .group_by(move.c.depot, move.c.article, move.c.size)
        .having(total != 0)
    )
    found: dict[tuple[str, str, str], int] = {}
    wanted = [None] if articles is None else _batches(sorted(set(articles)))
    for batch in wanted:
        limited = query if batch is None else query.where(move.c.article.in_(batch))
        found.update({(depot, article, size): int(sum_) for depot, article, size, sum_ in connection.execute(limited)})
    return found


def batches(connection: Connection, worlds: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """By article what came in with a date (day, amount), without what was struck."""
    move = entity_tables["stock_move"]
    query = (
        select(move.c.article, move.c.due_on, func.sum(move.c.amount))
        .where(move.c.struck.is_(False), move.c.world.in_(worlds))
        .where(move.c.kind == "received", move.c.due_on.is_not(None))
        .group_by(move.c.article, move.c.due_on)
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for article, day, amount in connection.execute(query):
        found.setdefault(article, []).append((day, int(amount)))
    return found


def held(connection: Connection, village: str | None = None) -> list[Held]:
    """The pieces that are out, of a village or of the whole town, by their codes."""
    piece = entity_tables["piece"]
    query = select(*(piece.c[name] for name in Held._fields)).where(piece.c.state.in_(sorted(AWAY)))
    if village is not None:
        query = query.where(piece.c.village == village)
    return [Held._make(row) for row in connection.execute(query.order_by(piece.c.code)).all()]


def _batches(ids: list[str]) -> list[list[str] | None]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
