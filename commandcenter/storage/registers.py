"""The household register where the rows are: counts, and heads of households found by name."""

import unicodedata

from sqlalchemy import Connection, case, exists, func, or_, select

from commandcenter.storage.tables import entity_tables, personal_value


def households_per_village(connection: Connection) -> dict[str, int]:
    """How many households of each village are on the register."""
    household = entity_tables["household"]
    query = select(household.c.village, func.count()).where(household.c.active).group_by(household.c.village)
    return {village: int(count) for village, count in connection.execute(query)}


def heads_like(connection: Connection, query: str, limit: int) -> list[tuple[str, str, str | None, str]]:
    """(household, name, grid, village) whose head's name, pinyin or initials begin like ``query``, exact ones first.

    Readings stand apart by spaces in the search keys, so that each of them is compared from its beginning.
    """
    wanted = unicodedata.normalize("NFKC", query).strip().casefold().replace(" ", "")
    if not wanted:
        return []
    household, value = entity_tables["household"], personal_value
    likely = [value.c.value.startswith(query.strip(), autoescape=True)]
    if wanted.isascii():
        likely = [
            test
            for column in (value.c.search_key, value.c.initials)
            for test in (column.startswith(wanted, autoescape=True), column.contains(f" {wanted}", autoescape=True))
        ]
    exact = or_(value.c.value == query.strip(), value.c.initials == wanted, value.c.search_key == wanted)
    statement = (
        select(household.c.id, value.c.value, household.c.grid, household.c.village)
        .join(value, value.c.subject == household.c.id)
        .where(
            value.c.entity == "household", value.c.field == "head", value.c.current, household.c.active,
            value.c.value.is_not(None), or_(*likely),
        )
        .order_by(case((exact, 0), else_=1), value.c.value, household.c.id)
        .limit(limit)
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(statement)]


def never_listed(connection: Connection, village: str | None, most: int) -> list[str]:
    """Residents at home with a kind of care or needs of whom no entry of the attention list, open or closed, speaks."""
    household, resident = entity_tables["household"], entity_tables["resident"]
    item = entity_tables["attention_item"]
    query = (
        select(resident.c.id)
        .join(household, household.c.id == resident.c.household)
        .where(
            household.c.active, resident.c.active, resident.c.away.is_(False),
            or_(resident.c.care != "", resident.c.needs.is_not(None)),
            ~exists(select(item.c.id).where(item.c.resident == resident.c.id)),
        )
        .order_by(household.c.village, household.c.grid, resident.c.id)
        .limit(most)
    )  # fmt: skip
    if village is not None:
        query = query.where(household.c.village == village)
    return list(connection.execute(query).scalars())
