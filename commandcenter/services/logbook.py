"""Rows to list that are no entities: the machinery's records (commands, change log, seals), what is owed, what drills
came to, and who holds which book."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.rules.entity import DRILLS, REAL
from commandcenter.services import debts, drill_reading, seasons
from commandcenter.storage.reads import Reader

KINDS = ("command", "change_log", "seal", "debt", "score", "book_holder")
_OF_DRILLS = ("debt", "score")
KEYS = {
    "command": "id", "change_log": "seq", "seal": "to_seq", "debt": "id", "score": "drill", "book_holder": "id",
}  # fmt: skip
"""The column that tells one of such rows from the others."""


def world_of(kind: str, given: str) -> str:
    """What such rows are read in, whatever was given: debts and scores from all drills that the viewer may know of,
    books from what is real."""
    return DRILLS if kind in _OF_DRILLS else REAL if kind == "book_holder" else given


def rows(
    reader: Reader, kind: str, where: Mapping[str, str], limit: int | None, now: datetime
) -> list[dict[str, Any]]:
    """Rows of a record, oldest first; ``where`` compares columns as text. BadInput for an unknown column."""
    if kind == "debt":
        return debts.rows(reader, now.astimezone(seasons.zone_of(reader)).date(), where, limit)
    if kind == "book_holder":
        from commandcenter.services import book_holders

        return book_holders.rows(reader, where, limit)
    if kind == "score":
        found = drill_reading.score_rows(reader)
        columns = list(found[0]) if found else list(where)
        if unknown := [name for name in where if name not in columns]:
            raise BadInput("cli.where_field", field=unknown[0], known=", ".join(columns))
        found = [each for each in found if all(_text(each[name]) == value for name, value in where.items())]
        return found if limit is None else found[:limit]
    try:
        return reader.records(kind, where, limit)
    except KeyError as missing:
        raise BadInput("cli.where_field", field=str(missing.args[0]), known="") from None


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def row(reader: Reader, kind: str, given: str, now: datetime) -> dict[str, Any]:
    """One of them by its key, a debt with its rule and what pays it in words; BadInput ``unknown``."""
    found = rows(reader, kind, {KEYS[kind]: given}, 1, now)
    if not found:
        raise BadInput("unknown", entity=kind, id=given)
    if kind == "command":  # one command tells what it was sent with; many refer to it
        return found[0] | {"payload": reader.told_in(found[0]["payload"])}
    return debts.in_full(reader, found[0]) if kind == "debt" else found[0]
