"""The unit of work: one commit writes the command record, the rows, their difference and the notification.

Order inside the transaction: command record first (a second sender waits for it), then rows, then – as the last act –
the sequence lock, the log rows and the notification. Row locks come before the sequence lock, never after.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select, text

from commandcenter.base.changes import ChangeSet
from commandcenter.base.clock import Clock, monotonic
from commandcenter.base.errors import BadInput
from commandcenter.rules.entity import ENTITIES, REAL, EntityKind, Later, kind_of
from commandcenter.storage import personal, statements
from commandcenter.storage.batch import (
    Batch,
    Statement,
    by_columns,
    form,
    inserting,
    logging,
    updating,
    with_sequences,
)
from commandcenter.storage.log import Header, Stored, change_of, log_row, stored_command
from commandcenter.storage.rows import Raw, logged, plain_columns, raws_of, search_columns, to_entities
from commandcenter.storage.tables import change_log, entity_tables, in_order, personal_value

SEQUENCE_LOCK = 7_331_001
"""The advisory lock under which sequences are given out on PostgreSQL."""
BATCH_LOCK = 7_331_002
"""The advisory lock under which large imports follow one another on PostgreSQL."""
_LOCK_BATCH = 1_000
STAGE_FROM = 1_000
"""Personal values; fewer are written with their rows."""
CHANNEL = "commandcenter"
_TAKE_TURN = f"""
SELECT pg_advisory_xact_lock({SEQUENCE_LOCK});
SELECT coalesce(max(seq), 0), clock_timestamp() FROM change_log"""
"""One message, but two statements: the second must see what was committed while the first waited."""
T = TypeVar("T")
Key = tuple[str, str]


class Stale(Exception):
    """What was prepared no longer fits: somebody changed meanwhile a row of a kind that was compared."""


class UnitOfWork:
    """Reads and buffered writes of one command. Made by :func:`commandcenter.services.runner`, never kept."""

    def __init__(self, connection: Connection, header: Header, clock: Clock) -> None:
        self.connection = connection
        self.header = header
        self.clock = clock
        self._dialect = connection.dialect.name
        self.written: list[personal.Written] = []
        self.undoes: list[str] | None = None
        """The commands that this one takes back, as its record will say."""
        self.waited = 0.0
        """Seconds spent waiting for the sequence lock."""
        self._raw: dict[Key, Raw] = {}
        self._entities: dict[Key, Any] = {}
        self._puts: dict[Key, Any] = {}
        self._columns: dict[Key, Raw] = {}
        self._removals: dict[Key, Raw] = {}
        self._notes: list[Raw] = []
        self._whole: set[str] = set()
        self._adopted: list[Batch] = []
        self._logged: list[tuple[int, Sequence[Raw]]] = []
        """First sequence and log entries, as they were written."""
        self._seen_until: int | None = None

    # --- the command record -------------------------------------------------------------------------------------

    def begin(self) -> Stored | None:
        """Insert the command record; the stored one when this id was already carried out."""
        row = {
            "id": self.header.id,
            "name": self.header.name,
            "payload": {},
            "actor": self.header.actor,
            "desk": self.header.desk,
            "occurred_at": self.header.occurred_at,
            "occurred_source": self.header.occurred_source,
            "world": self.header.world,
            "group_id": self.header.group,
            "cause": self.header.cause,
        }
        is_new = self.connection.execute(statements.insert_record(self._dialect), row).first() is not None
        return None if is_new else stored_command(self.connection, self.header.id)

    # --- reading ------------------------------------------------------------------------------------------------

    def actor(self, id: str) -> Any | None:
        """The officer who acts, as roles are checked: without the personal values."""
        hidden = dict.fromkeys(field.name for field in personal.personal_fields("officer"))
        rows = [{**row, **hidden} for row in self._rows("officer", [id])]
        return next(iter(to_entities(self.connection, "officer", rows, None)), None)

    def get(self, kind: str, id: str) -> Any | None:
        """One entity with plain values, or None."""
        key = (kind, id)
        if key in self._puts:
            return self._puts[key]
        if key not in self._entities:
            self._load(kind, [id], locking=False)
        return None if key in self._removals else self._entities.get(key)

    def require(self, kind: str, id: str) -> Any:
        """One entity; BadInput ``unknown`` when there is none."""
        found = self.get(kind, id)
        if found is None:
            raise BadInput("unknown", entity=kind, id=id)
        return found

    def lock(self, kind: str, ids: Iterable[str]) -> list[Any]:
        """The entities, locked until commit (sorted, so that two writers never wait for each other crosswise)."""
        wanted = sorted(set(ids))
        self._load(kind, wanted, locking=True)
        return [found for id in wanted if (found := self.get(kind, id)) is not None]

    def find(self, kind: str, /, **where: Any) -> list[Any]:
        """Stored entities whose columns equal ``where`` (a list means any of); this command's own puts included."""
        table = entity_tables[kind]
        if not where:
            self._whole.add(kind)
        query = select(table).order_by(table.c.id)
        for name, value in where.items():
            column = table.c[name]
            query = query.where(
                column.in_(list(value)) if isinstance(value, (list, tuple, set, frozenset)) else column == value
            )
        self._remember(kind, raws_of(self.connection.execute(query)))
        found = {key[1]: self.get(*key) for key in list(self._entities) if key[0] == kind}
        found.update({key[1]: value for key, value in self._puts.items() if key[0] == kind})
        return [each for _, each in sorted(found.items()) if each is not None and _matches(each, where)]

    def _load(self, kind: str, ids: list[str], *, locking: bool) -> None:
        self._remember(kind, self._rows(kind, ids, locking=locking), fresh=locking)

    def _rows(self, kind: str, ids: list[str], *, locking: bool = False) -> list[Raw]:
        query = statements.rows_by_id(self._dialect, kind, locking=locking)
        return raws_of(self.connection.execute(query, {"ids": ids}))

    def _remember(self, kind: str, raws: Iterable[Raw], *, fresh: bool = False) -> None:
        new = [raw for raw in raws if fresh or (kind, raw["id"]) not in self._entities]
        for raw, entity in zip(new, to_entities(self.connection, kind, new, None), strict=True):
            self._raw[kind, raw["id"]] = raw
            self._entities[kind, raw["id"]] = entity

    # --- writing ------------------------------------------------------------------------------------------------

    def put(self, entity: T) -> T:
        """Insert or update by id, written when the command ends; returns the entity."""
        kind = kind_of(entity)
        key = (kind.name, entity.id)  # type: ignore[attr-defined]
        if key not in self._entities and key not in self._puts and kind.name not in self._whole:
            self.get(*key)
        self._puts[key] = entity
        self._removals.pop(key, None)
        return entity

    def add(self, entity: T) -> T:
        """Insert an entity whose id this command has made: saves asking whether it exists."""
        self._puts[kind_of(entity).name, entity.id] = entity  # type: ignore[attr-defined]
        return entity

    def remove(self, kind: str, id: str) -> None:
        """Take a row away on which nothing hangs; the log keeps what it said, and undo brings it back."""
        if self.get(kind, id) is not None:
            self._removals[kind, id] = self._raw[kind, id]
        self._puts.pop((kind, id), None)

    def set_columns(self, kind: str, id: str, columns: Raw) -> None:
        """Set raw columns, personal references included: how undo puts earlier values back."""
        self._columns.setdefault((kind, id), {}).update(columns)

    def reference(self, kind: str, field: str, value: str) -> personal.Reference | None:
        """Where a row that this command has read or written holds this personal value, or held it once."""
        for key, raw in self._raw.items():
            if key[0] == kind and raw[field] is not None and getattr(self._entities[key], field) == value:
                return key[1], field, raw[field]
        subjects = [key[1] for key in {**self._entities, **self._puts} if key[0] == kind]
        return personal.find_value(self.connection, subjects, field, value)

    def note(self, kind: str, id: str, op: str) -> None:
        """Log something done to a row that changes nothing in it (a mask lifted)."""
        row = self.raw(kind, id) or {"id": id}
        self._notes.append(log_row(ENTITIES[kind], row, op, None, None))

    def raw(self, kind: str, id: str) -> Raw | None:
        """The stored columns of a row, references not resolved."""
        self.get(kind, id)
        return self._raw.get((kind, id))

    def next_number(self, series: str, day: str) -> tuple[int, str | None]:
        """The next number of a series on a local day, and the town's prefix for it (None before the town is named).

        Call it last: it holds the counter until commit.
        """
        numbers, prefix = self.next_numbers(series, day, 1)
        return numbers[0], prefix

    def next_numbers(self, series: str, day: str, count: int) -> tuple[range, str | None]:
        """The next ``count`` numbers (at least one) of a series at once; call it last, too."""
        statement = statements.next_number(self._dialect)
        last, prefix = self.connection.execute(statement, {"series": series, "day": day, "value": count}).one()
        return range(int(last) - count + 1, int(last) + 1), prefix

    # --- many rows at once --------------------------------------------------------------------------------------

    def batch(self, kinds: tuple[str, ...], value: Any) -> Batch:
        """What has been put, made ready to be written by another unit of work of the same command.

        ``kinds``: those whose rows were looked at; this unit of work must have read the log's end first
        (:meth:`look_from`).
        """
        assert self._seen_until is not None, "look_from comes first"
        inserts, updates = self._sorted_puts()
        made = Batch(self._seen_until, kinds, value)
        dialect = self.connection.dialect
        retired, values = self._plan_personal(inserts, updates)
        if retired:
            made.statements.append(personal.retiring(dialect, retired, but=self.header.id))
        for kind in in_order():
            # In the order of their ids: the indexes grow at one end, which halves the time of the transaction.
            entities = sorted(inserts.get(kind, []), key=lambda entity: str(entity.id))
            rows, log = self._planned_inserts(ENTITIES[kind], entities)
            made.log += log
            if rows:
                made.statements.append(inserting(dialect, entity_tables[kind], rows))
        if values:
            self._stage(made, inserting(dialect, personal_value, values))
        for kind in in_order():
            changes, log = self._planned_updates(ENTITIES[kind], updates.get(kind, []))
            made.log += log
            made.changed[kind] = [id for id, _ in changes]
            for rows in by_columns({"id": id, **new} for id, new in changes).values():
                made.statements.append(updating(dialect, entity_tables[kind], ("id",), rows))
        made.log = [{"command_id": self.header.id, **each} for each in made.log]
        made.log_values = logging(dialect, change_log, made.log)
        return made

    def _stage(self, made: Batch, values: Statement) -> None:
        """Many personal values are put down before on SQLite, whose one writer nobody should wait for."""
        if self.connection.dialect.name == "sqlite" and len(values.values) > STAGE_FROM:
            for start in range(0, len(values.values), STAGE_FROM):
                made.staged.append(Statement(values.sql, values.values[start : start + STAGE_FROM]))
        else:
            made.statements.append(values)

    @property
    def seen_until(self) -> int:
        """Where the log ended when :meth:`look_from` was called."""
        assert self._seen_until is not None
        return self._seen_until

    def look_from(self) -> None:
        """Remember where the log ends now, before anything is read to be compared."""
        self._seen_until = int(self.connection.execute(statements.LAST_SEQ).scalar_one())

    def adopt(self, batch: Batch) -> None:
        """Write what was prepared; Stale when somebody has meanwhile changed a row of the kinds that were compared."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": BATCH_LOCK})
            for kind in in_order():
                self._lock_rows(kind, batch.changed.get(kind, []))
        query = select(func.count()).where(change_log.c.seq > batch.seq, change_log.c.entity.in_(batch.kinds))
        if self.connection.execute(query).scalar_one():
            raise Stale
        for statement in batch.statements:
            statement.run(self.connection)
        self._adopted.append(batch)

    def _lock_rows(self, kind: str, ids: list[str]) -> None:
        table = entity_tables[kind]
        for start in range(0, len(ids), _LOCK_BATCH):
            wanted = sorted(ids)[start : start + _LOCK_BATCH]
            self.connection.execute(
                select(table.c.id).where(table.c.id.in_(wanted)).order_by(table.c.id).with_for_update()
            ).all()

    # --- the end ------------------------------------------------------------------------------------------------

    def finish(self, payload: Callable[[], dict[str, Any]], outcome: Any, *, undoable: bool) -> None:
        """Write everything down and give out the sequences. The caller's transaction then commits; :attr:`changes`
        says afterwards what it was."""
        log = self._flush()
        row = {statements.THIS: self.header.id, "payload": payload(), "outcome": outcome, "undoes": self.undoes}
        last, recorded = self._take_turn()
        count = self._write_log(log, last + 1, recorded)
        count += self._write_ready_logs(last + 1 + count, recorded)
        row |= {
            "recorded_at": recorded,
            "undoable": undoable and bool(count),
            "first_seq": last + 1 if count else None,
            "last_seq": last + count if count else None,
        }
        notify = bool(count) and self._dialect == "postgresql"
        if notify:
            row |= {"channel": CHANNEL, "told": str(last + count)}
        self.connection.execute(statements.end_record(notify=notify), row)

    @property
    def changes(self) -> ChangeSet:
        """What :meth:`finish` wrote down. Asked for after the commit: nobody waits while the many of an import are
        told."""
        return ChangeSet(
            tuple(change_of({**row, "seq": seq}) for first, log in self._logged for seq, row in enumerate(log, first))
        )

    def _take_turn(self) -> tuple[int, datetime]:
        """The last sequence given out, which nobody else takes further until commit, and the time of recording."""
        if self._dialect != "postgresql":
            return int(self.connection.execute(statements.LAST_SEQ).scalar_one()), self.clock.now()
        asked = monotonic()
        cursor: Any = self.connection.exec_driver_sql(_TAKE_TURN).cursor
        cursor.nextset()
        last, recorded = cursor.fetchone()
        self.waited = monotonic() - asked
        return int(last), self.clock.now() if self.clock.is_simulated else recorded.astimezone(UTC)

    def _write_log(self, log: list[Raw], first: int, recorded: datetime) -> int:
        if not log:
            return 0
        rows = [
            {**entry, "seq": first + number, "recorded_at": recorded, "command_id": self.header.id}
            for number, entry in enumerate(log)
        ]
        self.connection.execute(statements.ADD_TO_LOG, one_or_many(rows))
        self._logged.append((first, rows))
        return len(rows)

    def _write_ready_logs(self, first: int, recorded: datetime) -> int:
        """The log of what was prepared: its values have the driver's form already."""
        count = 0
        told = form(self.connection.dialect, change_log, "recorded_at", recorded)
        for batch in self._adopted:
            if batch.log_values is not None:
                with_sequences(batch.log_values, first + count, told).run(self.connection)
                self._logged.append((first + count, batch.log))
                count += len(batch.log)
        return count

    def _flush(self) -> list[Raw]:
        """Write rows and return the log entries without sequence."""
        inserts, updates = self._sorted_puts()
        self._write_personal(inserts, updates)
        written = {kind for kind, _ in (*self._puts, *self._columns, *self._removals)}
        order = [ENTITIES[kind] for kind in in_order() if kind in written]
        log: list[Raw] = []
        for kind in order:
            log += self._insert(kind, inserts.get(kind.name, []))
        for kind in order:
            log += self._update(kind, updates.get(kind.name, []))
        for kind in reversed(order):
            log += self._delete(kind)
        return log + self._notes

    def _sorted_puts(self) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
        inserts: dict[str, list[Any]] = {}
        updates: dict[str, list[Any]] = {}
        for (kind, id), entity in self._puts.items():
            (updates if (kind, id) in self._raw else inserts).setdefault(kind, []).append(entity)
        return inserts, updates

    def _write_personal(self, inserts: dict[str, list[Any]], updates: dict[str, list[Any]]) -> None:
        """New versions for every personal value that differs; their references wait in ``_columns``."""
        retired, rows = self._plan_personal(inserts, updates)
        personal.make_current(self.connection, [(subject, field, None) for subject, field in retired])
        if rows:
            self.connection.execute(personal.ADD, one_or_many(rows))

    def _plan_personal(
        self, inserts: dict[str, list[Any]], updates: dict[str, list[Any]]
    ) -> tuple[list[tuple[str, str]], list[Raw]]:
        """(subject and field whose versions are no longer current, rows of the new versions)."""
        new: list[tuple[str, Any, Any, str]] = []
        retired: list[tuple[str, str]] = []
        for kind, entities in [*inserts.items(), *updates.items()]:
            for field in personal.personal_fields(kind):
                for entity in entities:
                    value = getattr(entity, field.name)
                    value = value if value else None
                    old = self._entities.get((kind, entity.id))
                    if old is not None and value == (getattr(old, field.name) or None):
                        self._columns.setdefault((kind, entity.id), {}).setdefault(
                            field.name, self._raw[kind, entity.id][field.name]
                        )
                    elif value is not None:
                        new.append((kind, field, entity, value))
                    elif (kind, entity.id) in self._raw:
                        retired.append((entity.id, field.name))
        return retired, self._new_versions(new, retired)

    def _new_versions(self, new: list[tuple[str, Any, Any, str]], retired: list[tuple[str, str]]) -> list[Raw]:
        existing = [(entity.id, field.name) for kind, field, entity, _ in new if (kind, entity.id) in self._raw]
        newest = personal.newest_versions(self.connection, existing)
        rows = []
        for kind, field, entity, value in new:
            version = newest.get((entity.id, field.name), 0) + 1
            if version > 1:
                retired.append((entity.id, field.name))
            reference = (entity.id, field.name, version)
            self._columns.setdefault((kind, entity.id), {})[field.name] = version
            self.written.append(personal.Written(reference, value))
            world = getattr(entity, "world", REAL)
            rows.append(
                personal.row_of(
                    reference=reference, entity=kind, kind=field.personal.kind, value=value, world=world,
                    command=self.header.id,
                )
            )  # fmt: skip
        return rows

    def keep_personal(self, subject: str, field: str, kind: str, value: str) -> personal.Reference:
        """Put down a personal value of the command itself that no entity of it holds."""
        reference = (subject, field, 1)
        row = personal.row_of(
            reference=reference,
            entity="command",
            kind=kind,
            value=value,
            world=self.header.world,
            command=self.header.id,
        )
        self.connection.execute(personal.ADD, {**row, "current": False})
        return reference

    def _columns_of(self, kind: EntityKind, entity: Any) -> Raw:
        row = plain_columns(kind, entity)
        overlay = self._columns.get((kind.name, entity.id), {})
        for field in personal.personal_fields(kind.name):
            row[field.name] = overlay.get(field.name)
        return row

    def _planned_inserts(self, kind: EntityKind, entities: list[Any]) -> tuple[list[Raw], list[Raw]]:
        """(rows with their search columns, log entries)."""
        rows = [self._columns_of(kind, entity) for entity in entities]
        log = [log_row(kind, row, "insert", None, logged(kind, row)) for row in rows]
        return [{**row, **search_columns(kind, row)} for row in rows], log

    def _planned_updates(self, kind: EntityKind, entities: list[Any]) -> tuple[list[tuple[str, Raw]], list[Raw]]:
        """(id and new columns of what differs, log entries)."""
        changes, log = [], []
        for entity in entities:
            row, old = self._columns_of(kind, entity), self._raw[kind.name, entity.id]
            names = [field.name for field in kind.fields if row[field.name] != old[field.name]]
            if names:
                new = {name: row[name] for name in names}
                changes.append((entity.id, {**new, **search_columns(kind, new)}))
                before, after = ({name: each[name] for name in names} for each in (old, row))
                log.append(log_row(kind, row, "update", logged(kind, before), logged(kind, after)))
        return changes, log

    def _insert(self, kind: EntityKind, entities: list[Any]) -> list[Raw]:
        rows = [self._columns_of(kind, entity) for entity in entities]
        later = {field.name: field.default for field in kind.fields if field.has(Later)}
        restored = [
            later | columns
            for (name, id), columns in self._columns.items()
            if name == kind.name and (name, id) not in self._puts and self.get(name, id) is None
        ]
        rows += restored
        if not rows:
            return []
        new = [{**row, **search_columns(kind, row)} for row in rows]
        self.connection.execute(statements.add_rows(kind.name), one_or_many(new))
        self._follow_references(kind, [(row["id"], row) for row in restored])
        return [log_row(kind, row, "insert", None, logged(kind, row)) for row in rows]

    def _update(self, kind: EntityKind, entities: list[Any]) -> list[Raw]:
        changed: dict[str, Raw] = {entity.id: self._columns_of(kind, entity) for entity in entities}
        put_back = {
            id: columns for (name, id), columns in self._columns.items()
            if name == kind.name and (name, id) not in self._puts and (name, id) in self._raw
        }  # fmt: skip
        changed.update({id: {**self._raw[kind.name, id], **columns} for id, columns in put_back.items()})
        self._follow_references(kind, list(put_back.items()))
        log, written = [], []
        for id, row in changed.items():
            old = self._raw[kind.name, id]
            names = [field.name for field in kind.fields if row[field.name] != old[field.name]]
            if names:
                new = {name: row[name] for name in names}
                written.append({**new, **search_columns(kind, new), statements.THIS: id})
                before, after = ({name: each[name] for name in names} for each in (old, row))
                log.append(log_row(kind, row, "update", logged(kind, before), logged(kind, after)))
        for rows in by_columns(written).values():
            self.connection.execute(statements.change_row(kind.name), one_or_many(rows))
        return log

    def _follow_references(self, kind: EntityKind, rows: Sequence[tuple[str, Raw]]) -> None:
        """Search finds the versions that these rows (id and columns) refer to from now on."""
        names = [field.name for field in personal.personal_fields(kind.name)]
        wanted = [(id, name, columns[name]) for id, columns in rows for name in names if name in columns]
        personal.make_current(self.connection, wanted)

    def _delete(self, kind: EntityKind) -> list[Raw]:
        gone = [(id, raw) for (name, id), raw in self._removals.items() if name == kind.name]
        if gone:
            rows: list[Raw] = [{statements.THIS: id} for id, _ in gone]
            self.connection.execute(statements.remove_row(kind.name), one_or_many(rows))
            names = [field.name for field in personal.personal_fields(kind.name)]
            self._follow_references(
                kind, [(id, {name: None for name in names if raw[name] is not None}) for id, raw in gone]
            )
        return [log_row(kind, raw, "delete", logged(kind, raw), None) for _, raw in gone]


def one_or_many(rows: list[Raw]) -> Raw | list[Raw]:
    """Rows as drivers take them: for a single one they spare themselves the machinery for many."""
    return rows[0] if len(rows) == 1 else rows


def _matches(entity: Any, where: Mapping[str, Any]) -> bool:
    for name, value in where.items():
        actual = getattr(entity, name)
        if actual not in value if isinstance(value, (list, tuple, set, frozenset)) else actual != value:
            return False
    return True
