"""Many rows made ready before a write transaction begins, and written in it by few statements.

What costs time (comparing, search keys, JSON, the form of each value) is done beforehand; in the transaction only the
driver's own ``executemany`` is left. """

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, update
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Raw = dict[str, Any]
Processor = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in the driver's own words with a set of values for each row."""

    sql: str
    values: Sequence[Any]
    copied: tuple[str, ...] = ()
    """COPY in PostgreSQL's words and the names of its columns, for an insert there: rows go in five times as fast."""

    def run(self, connection: Connection) -> None:
        """Carry it out for every row."""
        if self.copied:
            _copy(connection, self)
        elif self.values:
            connection.exec_driver_sql(self.sql, list(self.values))


def _copy(connection: Connection, statement: Statement) -> None:
    import psycopg  # which a desk on SQLite never needs

    sql, *names = statement.copied
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(sql) as sink:
            for row in statement.values:
                sink.write_row([row[name] for name in names])
    except psycopg.Error as error:
        # As SQLAlchemy would raise it, so that a lost server is told from a bug.
        raise DBAPIError.instance(sql, None, error, psycopg.Error, dialect=connection.dialect) from error


@dataclass(slots=True)
class Batch:
    """What a unit of work would write, made from a read at sequence ``seq`` of rows of ``kinds``."""

    seq: int
    kinds: tuple[str, ...]
    value: Any
    statements: list[Statement] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    """Ids per kind of rows that exist and will be changed."""
    staged: list[Statement] = field(default_factory=list)
    """Personal values, to be put down before: see :mod:`commandcenter.storage.staging`."""
    log: list[Raw] = field(default_factory=list)
    log_values: Statement | None = None
    """The log entries without what only the transaction knows: sequence and time, which come first."""


def inserting(dialect: Dialect, table: Table, rows: Sequence[Raw], *, formed: Collection[str] = ()) -> Statement:
    """An insert of rows that all have the same columns; those in ``formed`` have the driver's form already."""
    names = list(rows[0])
    compiled = insert(table).compile(dialect=dialect, column_keys=names)
    made = _statement(dialect, table, str(compiled), compiled.positiontup, rows, formed)
    if dialect.name != "postgresql":
        return made
    quoted = [dialect.identifier_preparer.quote(name) for name in (table.name, *names)]
    return replace(made, copied=(f"COPY {quoted[0]} ({', '.join(quoted[1:])}) FROM STDIN", *names))


def updating(dialect: Dialect, table: Table, keys: Sequence[str], rows: Sequence[Raw]) -> Statement:
    """An update of rows, each found by its ``keys``; all set the same columns."""
    found = [table.c[key] == bindparam(f"of_{key}") for key in keys]
    names = [name for name in rows[0] if name not in keys]
    compiled = update(table).where(*found).compile(dialect=dialect, column_keys=names)
    named = [{(f"of_{name}" if name in keys else name): value for name, value in row.items()} for row in rows]
    return _statement(dialect, table, str(compiled), compiled.positiontup, named)


def _statement(
    dialect: Dialect, table: Table, sql: str, order: Sequence[str] | None, rows: Sequence[Raw],
    formed: Collection[str] = (),
) -> Statement:  # fmt: skip
    names = list(rows[0])
    shapes = {name: None if name in formed else _processor(dialect, table, name) for name in names}
    if order is None:
        return Statement(sql, [{name: _formed(shapes[name], row[name]) for name in names} for row in rows])
    columns = [(name, shapes[name]) for name in order]
    return Statement(sql, [tuple(_formed(shape, row[name]) for name, shape in columns) for row in rows])


def _processor(dialect: Dialect, table: Table, name: str) -> Processor:
    kind = table.c[name.removeprefix("of_") if name not in table.c else name].type
    return kind.dialect_impl(dialect).bind_processor(dialect)


def form(dialect: Dialect, table: Table, name: str, value: Any) -> Any:
    """A value in the form in which the driver takes it for a column."""
    return _formed(_processor(dialect, table, name), value)


def _formed(processor: Processor, value: Any) -> Any:
    return value if processor is None else processor(value)


def logging(dialect: Dialect, table: Table, rows: Sequence[Raw]) -> Statement | None:
    """An insert of log entries whose first two columns are given at the end."""
    if not rows:
        return None
    blank = [{"seq": None, "recorded_at": None, **row} for row in rows]
    made = inserting(dialect, table, blank, formed=("seq", "recorded_at"))
    return replace(made, values=[each if isinstance(each, dict) else each[2:] for each in made.values])


def with_sequences(statement: Statement, first: int, recorded: Any) -> Statement:
    """The log entries as they are written."""
    values: list[Any] = []
    for number, each in enumerate(statement.values, start=first):
        if isinstance(each, dict):
            values.append({**each, "seq": number, "recorded_at": recorded})
        else:
            values.append((number, recorded, *each))
    return replace(statement, values=values)


def by_columns(rows: Iterable[Raw]) -> dict[tuple[str, ...], list[Raw]]:
    """Rows by the columns they have."""
    found: dict[tuple[str, ...], list[Raw]] = {}
    for row in rows:
        found.setdefault(tuple(row), []).append(row)
    return found
