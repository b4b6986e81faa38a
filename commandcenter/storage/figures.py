"""Counts that the database makes itself: how often something happened in each grid."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

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
