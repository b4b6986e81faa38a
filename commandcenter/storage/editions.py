"""Lines of printed editions: read for whoever compares them, and blanked when somebody is erased."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, func, select, update

from commandcenter.rules.editions import Key, blanked, unpack
from commandcenter.storage.tables import change_log, entity_tables

_BATCH = 400
_CHANGES = ("insert", "update", "delete", "erase")


def lines(connection: Connection, editions: Iterable[str]) -> dict[str, dict[Key, str]]:
    """The lines of these editions (ids). Digests alone, so whoever reads them learns that something changed, not
    what it is."""
    table, wanted = entity_tables["edition_lines"], sorted(set(editions))
    found: dict[str, dict[Key, str]] = {}
    for start in range(0, len(wanted), _BATCH):
        query = select(table.c.id, table.c.content).where(table.c.id.in_(wanted[start : start + _BATCH]))
        found.update({row[0]: unpack(row[1]) for row in connection.execute(query)})
    return found


def blank(connection: Connection, ids: Collection[str]) -> list[str]:
    """Take away, in every edition ever printed, the digests of what was said of these entities; the editions that
    said something."""
    table, touched = entity_tables["edition_lines"], list[str]()
    for (id,) in connection.execute(select(table.c.id).order_by(table.c.id)).all():
        content = connection.execute(select(table.c.content).where(table.c.id == id)).scalar()
        emptied = blanked(content, ids) if content is not None else None
        if emptied is not None:
            connection.execute(update(table).where(table.c.id == id).values(content=emptied))
            touched.append(id)
    return touched


def last_touch(connection: Connection, kinds: Collection[str], after: int = 0) -> int:
    """The newest sequence above ``after`` at which an entity of these kinds was changed; ``after`` when none was. What
    changes nothing (printed, exported, a mask lifted) does not count."""
    query = select(func.max(change_log.c.seq)).where(
        change_log.c.seq > after, change_log.c.entity.in_(sorted(kinds)), change_log.c.op.in_(_CHANGES)
    )
    return int(connection.execute(query).scalar() or after)
