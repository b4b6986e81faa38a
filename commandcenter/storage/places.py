"""Reads over places that no single entity answers."""

from sqlalchemy import Connection, select

from commandcenter.storage.tables import entity_tables

Middle = tuple[float, float]


def middles(connection: Connection) -> dict[str, Middle]:
    """The middle (longitude, latitude in degrees) of the extent of every grid that has a boundary."""
    grid, shape = entity_tables["grid"], entity_tables["shape"]
    query = select(shape.c.grid, shape.c.west, shape.c.east, shape.c.south, shape.c.north).join(
        grid, (grid.c.id == shape.c.grid) & (grid.c.shape == shape.c.edition)
    )
    return {id: ((west + east) / 2, (south + north) / 2) for id, west, east, south, north in connection.execute(query)}
