"""INSERT with ON CONFLICT, which each engine has in a dialect of its own."""

from typing import Any

from sqlalchemy import Table


def insert_into(dialect: str, table: Table) -> Any:
    """An insert that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # 30 ms that a desk on SQLite does not need

        return insert(table)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table)
