"""The statements of a command's road, built once: building one anew takes longer than most of them run."""

from functools import cache
from typing import Any

from sqlalchemy import Delete, Select, Update, bindparam, delete, func, insert, select, update

from commandcenter.storage.among import among
from commandcenter.storage.tables import change_log, command, counter, entity_tables
from commandcenter.storage.upsert import insert_into

THIS = "this_id"
"""The parameter that names the row of an update or a deletion."""
LAST_SEQ = select(func.coalesce(func.max(change_log.c.seq), 0))
ADD_TO_LOG = insert(change_log).inline()


@cache
def insert_record(dialect: str) -> Any:
    """A command record; the row comes back only when it is new."""
    return insert_into(dialect, command).on_conflict_do_nothing(index_elements=["id"]).returning(command.c.id)


@cache
def end_record(*, notify: bool) -> Update:
    """What is known of a command at its end; ``notify`` tells the listeners of ``channel`` what is ``told``."""
    statement = update(command).where(command.c.id == bindparam(THIS))
    return statement.returning(func.pg_notify(bindparam("channel"), bindparam("told"))) if notify else statement


@cache
def rows_by_id(dialect: str, kind: str, *, locking: bool = False) -> Select[*tuple[Any, ...]]:
    """Rows of a kind among the parameter ``ids``, in the order of their ids."""
    table = entity_tables[kind]
    query = select(table).where(among(dialect, table.c.id, "ids")).order_by(table.c.id)
    return query.with_for_update() if locking else query


@cache
def add_rows(kind: str) -> Any:
    """New rows of a kind."""
    return insert(entity_tables[kind]).inline()


@cache
def change_row(kind: str) -> Update:
    """The given columns of one row."""
    table = entity_tables[kind]
    return update(table).where(table.c.id == bindparam(THIS))


@cache
def remove_row(kind: str) -> Delete:
    """One row less."""
    table = entity_tables[kind]
    return delete(table).where(table.c.id == bindparam(THIS))


@cache
def next_number(dialect: str) -> Any:
    """The last of the next ``value`` numbers of the parameters ``series`` and ``day``, with the prefix that the town
    has now."""
    township = entity_tables["township"]
    adding = insert_into(dialect, counter)
    return adding.on_conflict_do_update(
        index_elements=["series", "day"], set_={"value": counter.c.value + adding.excluded.value}
    ).returning(counter.c.value, select(township.c.number_prefix).limit(1).scalar_subquery())
