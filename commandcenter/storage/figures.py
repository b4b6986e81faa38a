"""Counts that the database makes itself: how often something happened in each grid."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from commandcenter.storage.tables import entity_tables


def incidents_per_grid(connection: Connection, worlds: Sequence[str], since: datetime) -> dict[str, int]:
    """How many incidents were opened in each grid since ``since`` (aware); grids without any are left out.

    Mergings and false alarms do not count: they tell nothing of the place.
    """
    incident = entity_tables["incident"]
    query = (
        select(incident.c.grid, func.count())
        .where(
            incident.c.grid.is_not(None),
            incident.c.opened_at >= since,
            incident.c.state.not_in(("merged", "cancelled")),
            incident.c.world.in_(worlds),
        )
        .group_by(incident.c.grid)
    )
    return {grid: int(count) for grid, count in connection.execute(query)}


def passed_per_session(connection: Connection) -> dict[str, int]:
    """How many of those who were there passed, by session: figures that name nobody. Where nothing is tested, being
    there is enough, as in :func:`commandcenter.rules.courses.is_credit`."""
    row, session, course = (entity_tables[name] for name in ("attendance", "session", "course"))
    passed = or_(row.c.passed.is_(True), and_(row.c.passed.is_(None), course.c.method == "none"))
    query = (
        select(row.c.session, func.count())
        .join(session, session.c.id == row.c.session)
        .join(course, course.c.id == session.c.course)
        .where(row.c.present.is_(True), passed)
        .group_by(row.c.session)
    )
    return {id: int(count) for id, count in connection.execute(query)}
