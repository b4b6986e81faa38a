"""Reading: every read names its viewer and world; masks and visibility are applied here and nowhere else."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, bindparam, cast, func, or_, select, true

from commandcenter.base.changes import Change
from commandcenter.base.errors import NotAllowed
from commandcenter.rules.entity import DRILLS, ENTITIES, REAL, PersonalKind, plain
from commandcenter.rules.masks import ERASED, mask
from commandcenter.rules.permissions import may_read
from commandcenter.rules.visibility import Viewer, sees_hidden, sees_times, worlds_for
from commandcenter.storage import personal
from commandcenter.storage.log import CHANGE_COLUMNS, change_of
from commandcenter.storage.rows import Raw, raws_of, to_entities
from commandcenter.storage.tables import change_log, command, entity_tables, listed_columns, seal
from commandcenter.storage.types import RowLike

_BATCH = 400
_TELLING = ("before", "after", "payload", "outcome")
"""Columns of the records in which results and times of named people may stand."""
_REASONS = ("reason", "keep")
"""Why somebody was erased and what of him was kept: the log of 0.6 and before holds it in plain words."""
_SINCE = (
    select(*(change_log.c[name] for name in CHANGE_COLUMNS))
    .where(change_log.c.seq > bindparam("seq"))
    .order_by(change_log.c.seq)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the change log with who did it."""

    change: Change
    recorded_at: datetime
    name: str
    actor: str
    desk: str
    before: Raw | None
    after: Raw | None


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command of the log with its changes, as ``watch`` tells it."""

    id: str
    name: str
    actor: str
    desk: str
    world: str
    recorded_at: datetime
    occurred_at: datetime
    changes: tuple[Change, ...]


class Reader:
    """Reads through one open connection, as one viewer, in one world."""

    def __init__(self, connection: Connection, viewer: Viewer, world: str) -> None:
        self.connection = connection
        self.viewer = viewer
        self.world = world
        self.worlds = worlds_for(viewer, world)

    def get(self, kind: str, id: str) -> Any | None:
        """One entity, or None when there is none (or it is not for this viewer)."""
        found = self.find(kind, id=id)
        return found[0] if found else None

    def many(self, kind: str, ids: Iterable[str]) -> list[Any]:
        """Those of ``ids`` that exist, in the order of their ids."""
        wanted = sorted(set(ids))
        found: list[Any] = []
        for start in range(0, len(wanted), _BATCH):
            found += self.find(kind, id=wanted[start : start + _BATCH])
        return found

    def find(
        self,
        kind: str,
        /,
        *conditions: ColumnElement[bool],
        order: Iterable[str] = ("id",),
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
        **where: Any,
    ) -> list[Any]:
        """Entities of a kind whose columns equal ``where`` (a list: any of; None: empty)."""
        table = entity_tables[kind]
        query = select(*listed_columns(kind)).where(*conditions, *self._where(kind, where))
        order = tuple(order)
        self._refuse_kept(kind, order)
        columns = [table.c[name] for name in order]
        query = query.order_by(*(column.desc() if descending else column for column in columns))
        query = query.limit(limit).offset(offset) if limit is not None else query
        return to_entities(self.connection, kind, raws_of(self.connection.execute(query)), self.viewer)

    def apart(self, kind: str, field: str, ids: Iterable[str]) -> dict[str, bytes]:
        """Bytes that lists leave out, by id: nothing for a viewer who may not read free text, or once erased."""
        if not may_read(self.viewer.role, "text"):
            return {}
        table = entity_tables[kind]
        query = select(table.c.id, table.c[field]).where(table.c.id.in_(sorted(set(ids))), table.c[field].is_not(None))
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def holding(self, kind: str, field: str, ids: Iterable[str]) -> set[str]:
        """Those of ``ids`` whose bytes are still there."""
        table = entity_tables[kind]
        query = select(table.c.id).where(table.c.id.in_(sorted(set(ids))), table.c[field].is_not(None))
        return set(self.connection.execute(query).scalars())

    def count(self, kind: str, /, *conditions: ColumnElement[bool], **where: Any) -> int:
        """How many such entities this viewer may see."""
        table = entity_tables[kind]
        query = select(func.count()).select_from(table).where(*conditions, *self._where(kind, where))
        return int(self.connection.execute(query).scalar_one())

    def counted(self, kind: str, by: str, /, **where: Any) -> dict[str, int]:
        """How many such entities this viewer may see, by a column that holds ids."""
        self._refuse_kept(kind, (by,))
        column = entity_tables[kind].c[by]
        query = select(column, func.count()).where(column.is_not(None), *self._where(kind, where)).group_by(column)
        return {key: int(count) for key, count in self.connection.execute(query)}

    def pairs(self, kind: str, key: str, value: str, /, **where: Any) -> dict[str, str]:
        """One column by another, both plain and filled: for the many of which no more is wanted."""
        self._refuse_kept(kind, (key, value))
        table = entity_tables[kind]
        query = select(table.c[key], table.c[value]).where(table.c[value].is_not(None), *self._where(kind, where))
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def middles(self) -> list[tuple[str, float, float]]:
        """(village, longitude, latitude) of the middle of each grid's present extent."""
        grid, shape = entity_tables["grid"], entity_tables["shape"]
        query = select(grid.c.village, (shape.c.west + shape.c.east) / 2, (shape.c.south + shape.c.north) / 2).join(
            shape, (shape.c.grid == grid.c.id) & (shape.c.edition == grid.c.shape)
        )
        return [(row[0], row[1], row[2]) for row in self.connection.execute(query)]

    def _where(self, kind: str, where: Mapping[str, Any]) -> Iterable[ColumnElement[bool]]:
        table = entity_tables[kind]
        if ENTITIES[kind].has_world:
            yield from self._of_worlds(table.c.world)
        if kind == "drill_moment" and not sees_times(self.viewer):
            yield or_(table.c.person.is_(None), table.c.person.in_(self._own_parts()))
        self._refuse_kept(kind, where)
        for name, value in where.items():
            column = table.c[name]
            if isinstance(value, (list, tuple, set, frozenset)):
                yield column.in_(list(value))
            else:
                yield column.is_(None) if value is None else column == value

    def _own_parts(self) -> "Select[Any]":
        """The parts that the viewer himself plays in drills."""
        part = entity_tables["drill_person"].c
        return select(part.id).where(part.person_kind == "officer", part.person == self.viewer.officer)

    def _refuse_kept(self, kind: str, names: Collection[str]) -> None:
        """Whoever may not read a result neither asks by it nor sorts by it: that would tell it all the same."""
        for name in personal.kept_results(kind, self.viewer):
            if name in names:
                raise NotAllowed("read.result", field=name, role=self.viewer.role)

    def _of_worlds(self, column: "ColumnElement[Any]") -> Iterable[ColumnElement[bool]]:
        """That a row is of this reader's worlds; never of a no-notice drill that the viewer must not know of."""
        if self.world == DRILLS:
            yield column != REAL
            yield self._knows(column)
            return
        yield column.in_(self.worlds)
        if self.world != REAL and not sees_hidden(self.viewer):
            drill = entity_tables["drill"].c
            yield column.not_in(select(drill.id).where(drill.hidden))

    def _knows(self, column: "ColumnElement[Any]") -> ColumnElement[bool]:
        """That a log row is of the real world, or of a drill that the viewer may know of."""
        if self.viewer.role == "viewer":
            return column == REAL
        if sees_hidden(self.viewer):
            return true()
        drill = entity_tables["drill"].c
        return or_(column == REAL, column.in_(select(drill.id).where(drill.hidden.is_(False))))

    # --- the log ------------------------------------------------------------------------------------------------

    def last_seq(self) -> int:
        """The highest sequence given out."""
        return int(self.connection.execute(select(func.coalesce(func.max(change_log.c.seq), 0))).scalar_one())

    def changes_since(self, seq: int, limit: int = 5000) -> list[Change]:
        """At most ``limit`` changes above ``seq``, in order."""
        return [change_of(row) for row in raws_of(self.connection.execute(_SINCE, {"seq": seq, "most": limit}))]

    def commands_since(self, seq: int, limit: int = 500) -> tuple[list[CommandLine], int]:
        """Commands whose last sequence is above ``seq``, in order, and the sequence read up to."""
        query = select(command).where(command.c.last_seq > seq).order_by(command.c.last_seq).limit(limit)
        heads = list(self.connection.execute(query).mappings())
        if not heads:
            return [], seq
        log = select(change_log).where(change_log.c.seq > seq, change_log.c.seq <= heads[-1]["last_seq"])
        unknown = select(change_log.c.command_id).where(~self._knows(change_log.c.world))
        log = log.where(change_log.c.command_id.not_in(unknown))
        by_command: dict[str, list[Change]] = {}
        for row in self.connection.execute(log.order_by(change_log.c.seq)).mappings():
            by_command.setdefault(row["command_id"], []).append(change_of(row))
        lines = [
            CommandLine(
                head["id"], head["name"], head["actor"], head["desk"], head["world"], head["recorded_at"],
                head["occurred_at"], tuple(by_command.get(head["id"], ())),
            )
            for head in heads
            if head["world"] in self.worlds and head["id"] in by_command
        ]  # fmt: skip
        return lines, int(heads[-1]["last_seq"])

    def history(self, *, entity: str | None = None, id: str | None = None, incident: str | None = None,
                command_id: str | None = None, limit: int = 500) -> list[Logged]:  # fmt: skip
        """Log rows of an entity, an incident or a command, newest first."""
        query = (
            select(change_log, command.c.name, command.c.actor, command.c.desk)
            .join(command, command.c.id == change_log.c.command_id)
            .where(*self._of_worlds(change_log.c.world), self._knows(change_log.c.world))
            .order_by(change_log.c.seq.desc())
            .limit(limit)
        )
        for column, value in ((change_log.c.entity, entity), (change_log.c.entity_id, id),
                              (change_log.c.incident, incident), (change_log.c.command_id, command_id)):  # fmt: skip
            if value is not None:
                query = query.where(column == value)
        rows = [self._without_results(row) for row in self.connection.execute(query).mappings()]
        self._hide_times(rows)
        return [_logged(row) for row in rows]

    def drill_log(self, kinds: Iterable[str], worker: str | None = None) -> list[Logged]:
        """What the log says of all drills that this viewer may know of – also of those taken back, unless they were
        secret to the end –, of ``kinds`` of their rows and of one worker, in order."""
        gone = change_log.c.world.not_in(select(entity_tables["drill"].c.id))
        of_drills = (change_log.c.entity.in_(list(kinds))) & (change_log.c.world != REAL)
        query = (
            select(change_log, command.c.name, command.c.actor, command.c.desk)
            .join(command, command.c.id == change_log.c.command_id)
            .where(of_drills & or_(self._knows(change_log.c.world), gone)
                   | (change_log.c.entity == "worker") & (change_log.c.entity_id == (worker or "")))
            .order_by(change_log.c.seq)
        )  # fmt: skip
        rows = [_logged(row) for row in self.connection.execute(query).mappings()]
        if self.viewer.role == "viewer":
            return [each for each in rows if each.change.world == REAL]
        if sees_hidden(self.viewer):
            return rows
        secret: dict[str, bool] = {}
        for each in rows:
            if each.change.entity == "drill":
                for side in (each.before, each.after):
                    secret[each.change.world] = bool((side or {}).get("hidden", secret.get(each.change.world)))
        return [each for each in rows if not secret.get(each.change.world)]

    def _without_results(self, row: RowLike) -> Raw:
        """A log row without the results of named people that this viewer may not read."""
        kept = personal.kept_results(row["entity"], self.viewer)
        found = dict(row)
        for side in ("before", "after") if kept else ():
            if found[side] is not None:
                found[side] = {name: None if name in kept else value for name, value in found[side].items()}
        return found

    def _times_of_others(self) -> set[str]:
        """The moments, taken away ones too, of single people of drills which this viewer must not know."""
        if sees_times(self.viewer):
            return set()
        own = set(self.connection.execute(self._own_parts()).scalars())
        query = select(change_log.c.entity_id, change_log.c.after).where(
            change_log.c.entity == "drill_moment", change_log.c.op == "insert"
        )
        return {id for id, after in self.connection.execute(query) if after.get("person") not in (None, *own)}

    def _hide_times(self, rows: list[Raw]) -> None:
        """That a time was noted stays in the log; whose it is and when it was only who may know it is told."""
        if not any(row["entity"] == "drill_moment" for row in rows):
            return
        hidden = self._times_of_others()
        for row in rows:
            if row["entity"] == "drill_moment" and row["entity_id"] in hidden:
                row["before"], row["after"] = (
                    None if row[side] is None else dict.fromkeys(row[side]) for side in ("before", "after")
                )

    def told(self, entity: str, references: Iterable[personal.Reference]) -> dict[personal.Reference, str]:
        """What versions of personal values said that the log refers to, masked as this viewer sees such fields; erased
        ones as such."""
        fields = {field.name: field for field in personal.personal_fields(entity)}
        found = {}
        for reference, value in personal.resolve(self.connection, references).items():
            masking = personal.mask_for(fields[reference[1]], self.viewer)
            found[reference] = ERASED if value is None else masking(value) if masking else value
        return found

    def given_reason(self, entity: str, id: str, name: str, kind: PersonalKind, field: str = "reason") -> str:
        """What the last command ``name`` that touched a row gave as its reason, a personal value of ``kind``, as this
        viewer sees such values; "" where it gave none."""
        query = (
            select(command.c.payload)
            .join(change_log, change_log.c.command_id == command.c.id)
            .where(*self._of_worlds(change_log.c.world), self._knows(change_log.c.world))
            .where(change_log.c.entity == entity, change_log.c.entity_id == id, command.c.name == name)
            .order_by(change_log.c.seq.desc())
            .limit(1)
        )
        given = (self.connection.execute(query).scalar() or {}).get(field)
        if not isinstance(given, dict):
            return ""
        (value,) = personal.resolve(self.connection, [tuple(given["$personal"])]).values()
        if value is None:
            return ERASED
        return value if may_read(self.viewer.role, kind) else mask(kind, value)

    def first_words(self, entity: str, ids: Iterable[str]) -> dict[str, Raw]:
        """What the log said of rows when they first appeared, by id."""
        wanted, found = sorted(set(ids)), dict[str, Raw]()
        for start in range(0, len(wanted), _BATCH):
            query = (
                select(change_log.c.entity_id, change_log.c.after)
                .where(*self._of_worlds(change_log.c.world), change_log.c.entity == entity)
                .where(change_log.c.entity_id.in_(wanted[start : start + _BATCH]), change_log.c.op == "insert")
                .order_by(change_log.c.seq.desc())
            )
            found.update({row[0]: row[1] for row in self.connection.execute(query)})
        return found

    def first_seqs(self, entity: str, ids: Iterable[str]) -> dict[str, int]:
        """The sequence with which rows first appeared, by id: the order of what was claimed for the same moment."""
        wanted, found = sorted(set(ids)), dict[str, int]()
        for start in range(0, len(wanted), _BATCH):
            query = (
                select(change_log.c.entity_id, func.min(change_log.c.seq))
                .where(*self._of_worlds(change_log.c.world), change_log.c.entity == entity)
                .where(change_log.c.entity_id.in_(wanted[start : start + _BATCH]))
                .group_by(change_log.c.entity_id)
            )
            found.update({row[0]: int(row[1]) for row in self.connection.execute(query)})
        return found

    def records(self, name: str, where: Mapping[str, str], limit: int | None = None) -> list[dict[str, Any]]:
        """Rows of ``command``, ``change_log`` or ``seal`` as JSON can hold them; KeyError for an unknown column."""
        table = {"command": command, "change_log": change_log, "seal": seal}[name]
        order = {"command": "last_seq", "change_log": "seq", "seal": "to_seq"}[name]
        query = select(table).order_by(table.c[order]).limit(limit)
        if "world" in table.c:
            query = query.where(*self._of_worlds(table.c.world))
        if name == "change_log":
            query = query.where(self._knows(table.c.world))
        if name == "command":
            known = self._knows(change_log.c.world)
            query = query.where(table.c.id.not_in(select(change_log.c.command_id).where(~known)))
            if not sees_hidden(self.viewer):
                # What changed nothing has no rows that would tell which drill it is about.
                query = query.where(table.c.id.in_(select(change_log.c.command_id).where(known)))
        for column, value in where.items():
            if column in _TELLING and not may_read(self.viewer.role, "result"):
                raise NotAllowed("read.result", field=column, role=self.viewer.role)
            query = query.where(cast(table.c[column], Text) == value)
        rows = [dict(row) for row in self.connection.execute(query).mappings()]
        if name == "change_log":
            rows = [self._without_results(row) for row in rows]
            self._hide_times(rows)
        elif name == "command":
            self._hide_payloads(rows)
        return [{key: plain(value) for key, value in row.items()} for row in rows]

    def _hide_payloads(self, rows: list[Raw]) -> None:
        """Commands that wrote results or times of named people do not say what they were sent with, nor answered, to
        who may not read those."""
        hidden = set[str]()
        if kinds := [kind for kind in ENTITIES if personal.kept_results(kind, self.viewer)]:
            telling = select(change_log.c.command_id).where(change_log.c.entity.in_(kinds)).distinct()
            hidden |= set(self.connection.execute(telling).scalars())
        if timed := self._times_of_others():
            touched = select(change_log.c.command_id, change_log.c.entity_id).where(
                change_log.c.entity == "drill_moment"
            )
            hidden |= {command for command, id in self.connection.execute(touched) if id in timed}
        for row in rows:
            if row["id"] in hidden:
                row["payload"] = row["outcome"] = {"hidden": True}
            elif row["name"] == "erase_person" and not may_read(self.viewer.role, "text"):
                row["payload"] = {name: _without_words(value) if name in _REASONS else value
                                  for name, value in row["payload"].items()}  # fmt: skip

    def told_in(self, payload: Any) -> Any:
        """What a command was sent with, in words instead of references: masked as this viewer sees such values, erased
        ones as such."""
        found = personal.resolve_kinds(self.connection, list(personal.references_in(payload)))

        def said(part: Any) -> Any:
            if isinstance(part, list):
                return [said(each) for each in part]
            if not isinstance(part, dict):
                return part
            if "$personal" not in part:
                return {name: said(each) for name, each in part.items()}
            kind, value = found.get(tuple(part["$personal"]), ("text", None))
            if value is None:
                return ERASED
            return value if may_read(self.viewer.role, kind) else mask(kind, value)

        return said(payload)

    # --- search -------------------------------------------------------------------------------------------------

    def search_texts(self, query: str, limit: int = 50) -> list[tuple[str, str, str]]:
        """(entity, id, field) whose personal values contain the query; nothing for who sees them masked."""
        worlds = self.worlds
        if self.world != REAL and not sees_hidden(self.viewer):
            drill = entity_tables["drill"].c
            hidden = select(drill.id).where(drill.hidden, drill.id.in_(worlds))
            worlds = () if self.connection.execute(hidden).first() else worlds
        hits = personal.search(self.connection, query, worlds, limit=limit)
        return [hit for hit in hits if self._may_search(hit[0], hit[2])]

    def _may_search(self, entity: str, field_name: str) -> bool:
        declared = ENTITIES.get(entity)
        field = next((f for f in declared.fields if f.name == field_name), None) if declared else None
        return field is not None and personal.mask_for(field, self.viewer) is None


def _without_words(value: Any) -> Any:
    """Reasons masked, references to them as they are."""
    if isinstance(value, dict) and "$personal" not in value:
        return {key: _without_words(each) for key, each in value.items()}
    return mask("text", value) if isinstance(value, str) else value


def _logged(row: RowLike) -> Logged:
    return Logged(
        change_of(row), row["recorded_at"], row["name"], row["actor"], row["desk"], row["before"], row["after"]
    )
