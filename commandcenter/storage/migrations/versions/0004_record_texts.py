"""Names and words on the papers of drills and training become personal values, so that erasing a person reaches them.

Revision ID: 0004

The columns of :data:`FIELDS` held plain text; they hold versions now, and the texts lie in ``personal_value``, with
their search keys, as the unit of work writes them.

The past: the change log and the command records of 0003 hold the same texts plain. Left as they are, an erased name
would stay in them for ever, or erasing it later would break the chain of seals and with it the proof about everything
else. So their texts too are replaced here, once, by references to versions (a version for every value that the log
tells of; what only a command said is kept as that command's own value), and the seals are made anew over what stands
there now. Nothing else of a log row changes: sequence, time, command and kind stay.

The proof is handed on, not forged: every seal is verified over the old rows before. A span whose seal does not fit
stays broken, for ``db check`` to find. Where the old chain ended (sequence and hash) is written into a command record
``upgrade_schema``; the copy that was made before the upgrade has the old chain, and the old rows. That copy and older
backups keep the plain texts until they are deleted, like every backup of before an erasure.

On PostgreSQL the tables are rewritten as a whole, so that no dead rows keep the old bytes; on SQLite
``secure_delete`` zeroes them.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from commandcenter.base.clock import iso
from commandcenter.rules.pinyin import grams
from commandcenter.storage import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FIELDS: Mapping[str, tuple[str, ...]] = {
    "absence": ("reason",),
    "attendance": ("reason",),
    "day_mark": ("note",),
    "drill": ("commander", "owner", "reason", "subjects", "process", "problems", "measures", "recorder"),
    "drill_grid": ("reason",),
    "drill_notice": ("whom",),
    "drill_person": ("name", "reason"),
    "expectation": ("reason", "evaluator"),
    "improvement": ("text", "owner"),
    "session": ("teacher", "reason", "note"),
    "unit_post": ("name",),
}
"""The columns that change, by table."""


def _edited(*names: str) -> dict[str, Any]:
    """What an edit says of fields: as they are to be, and as they were seen."""
    return {side: dict.fromkeys(names, True) for side in ("changed", "was")}


_RECORDED = {
    "grids": {"reason": True}, "persons": {"reason": True}, "marks": {"reason": True, "evaluator": True},
    "improvements": {"text": True, "owner": True},
}  # fmt: skip
PAYLOADS: Mapping[str, Mapping[str, Any]] = {
    "add_absence": {"reason": True},
    "add_day_mark": {"note": True},
    "add_drill_person": {"name": True},
    "add_improvement": {"text": True, "owner": True},
    "cancel_drill": {"reason": True},
    "cancel_session": {"reason": True},
    "edit_day_mark": _edited("note"),
    "edit_drill": _edited(*FIELDS["drill"]),
    "edit_drill_person": _edited("name", "reason"),
    "edit_improvement": _edited("text", "owner"),
    "edit_session": _edited("teacher", "note"),
    "hold_session": {"absent_reason": True},
    "judge_expectation": _edited("reason", "evaluator"),
    "move_drill": {"reason": True},
    "name_post": {"name": True},
    "plan_drill": {"commander": True, "owner": True},
    "plan_session": {"teacher": True, "note": True},
    "record_drill": {**_edited(*FIELDS["drill"]), **_RECORDED},
    "record_late": {"fields": dict.fromkeys(FIELDS["drill"], True), "people": True, **_RECORDED},
    "record_results": {"results": {"reason": True}},
    "settle_attendance": {"absent": {"reason": True}, "guests": True},
    "tell_of_drill": {"whom": True},
}
"""Where texts stand in the payloads of commands: True is a text or a list of texts, a mapping what a part (or each
part of a list) holds."""

_LOG = sa.table(
    "change_log", sa.column("seq"), sa.column("recorded_at", types.UtcDateTime()), sa.column("command_id"),
    sa.column("entity"), sa.column("entity_id"), sa.column("op"), sa.column("before", types.JsonText()),
    sa.column("after", types.JsonText()), sa.column("world"), sa.column("incident"), sa.column("grid"),
    sa.column("worker"),
)  # fmt: skip
_COMMAND = sa.table(
    "command", sa.column("id"), sa.column("name"), sa.column("payload", types.JsonText()), sa.column("actor"),
    sa.column("desk"), sa.column("occurred_at", types.UtcDateTime()), sa.column("occurred_source"),
    sa.column("recorded_at", types.UtcDateTime()), sa.column("world"), sa.column("group_id"), sa.column("cause"),
    sa.column("undoes", types.JsonText()), sa.column("undoable", sa.Boolean()),
    sa.column("outcome", types.JsonText()), sa.column("last_seq"),
)  # fmt: skip
_VALUE = sa.table(
    "personal_value", sa.column("subject"), sa.column("field"), sa.column("version"), sa.column("entity"),
    sa.column("kind"), sa.column("value"), sa.column("grams"), sa.column("current", sa.Boolean()), sa.column("world"),
    sa.column("command_id"),
)  # fmt: skip
_SEAL = sa.table("seal", *map(sa.column, ("from_seq", "to_seq", "previous", "hash")))
_IN_LOG = ("seq", "command_id", "entity", "entity_id", "op", "before", "after", "world", "incident", "grid", "worker")
_IN_COMMAND = ("id", "name", "payload", "actor", "desk", "occurred_source", "world", "group_id", "cause", "undoes")
_CHUNK = 500
_NAMESPACE = uuid.UUID("6f0b1a52-8d4f-5c1e-9b0e-0004d7a1e5c4")

Key = tuple[str, str]
"""Subject and field."""


class Values:
    """The versions that come out of the texts, in the order in which the log tells of them."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._known: dict[Key, dict[str, int]] = {}
        self._by_command: dict[str, dict[str, list[Any]]] = {}
        self._rows: dict[tuple[str, str, int], dict[str, Any]] = {}
        self._held: dict[str, int] = {}

    def version(self, entity: str, key: Key, text: str, world: str, command: str) -> int:
        """The version of a field that says this; a new one where none does."""
        versions = self._known.setdefault(key, {})
        if text not in versions:
            versions[text] = len(versions) + 1
            self._add(entity, (*key, versions[text]), text, world, command)
        self._by_command.setdefault(command, {}).setdefault(text, [*key, versions[text]])
        return versions[text]

    def of_command(self, command: str, field: str, text: str, world: str) -> list[Any]:
        """Where a text of a command's payload lies: where the command put it, else with the command itself."""
        places = self._by_command.setdefault(command, {})
        if text not in places:
            number = self._held[command] = self._held.get(command, 0) + 1
            places[text] = [command, f"{field}.record{number}", 1]
            self._add("command", (command, f"{field}.record{number}", 1), text, world, command)
        return places[text]

    def make_current(self, key: Key, version: int) -> None:
        """Search finds this one."""
        self._rows[(*key, version)]["current"] = True

    def _add(self, entity: str, reference: tuple[str, str, int], text: str, world: str, command: str) -> None:
        subject, field, version = reference
        row = {
            "subject": subject, "field": field, "version": version, "entity": entity, "kind": "record", "value": text,
            "grams": grams(text), "current": False, "world": world, "command_id": command,
        }  # fmt: skip
        self._rows[reference] = row
        self.rows.append(row)


def upgrade() -> None:
    """Texts become versions: in the rows, in the log, in the command records; then the seals are made anew."""
    connection = op.get_bind()
    sound = _verified(connection)
    values = Values()
    touched = _rewrite_log(connection, values)
    rows = {table: _versions_of_rows(connection, table, values) for table in FIELDS}
    touched += _rewrite_payloads(connection, values)
    for chunk in _chunks(values.rows):
        connection.execute(sa.insert(_VALUE), chunk)
    for table, names in FIELDS.items():
        _turn_columns(connection, table, names)
        _put_versions(connection, table, names, rows[table])
    if not touched:
        return
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE change_log ALTER COLUMN before TYPE TEXT USING (before || ''), "
                   "ALTER COLUMN after TYPE TEXT USING (after || '')")  # fmt: skip
        op.execute("ALTER TABLE command ALTER COLUMN payload TYPE TEXT USING (payload || '')")
    _seal_anew(connection, sound)


# --- the texts ------------------------------------------------------------------------------------------------------


def _rewrite_log(connection: Any, values: Values) -> int:
    """How many rows say something else now."""
    rows = connection.execute(sa.select(_LOG).where(_LOG.c.entity.in_(list(FIELDS))).order_by(_LOG.c.seq)).mappings()
    changed = []
    for row in rows.all():
        sides = {side: _referring(row, row[side], values) for side in ("before", "after")}
        if any(sides[side] != row[side] for side in sides):
            changed.append({"this": row["seq"], "new_before": sides["before"], "new_after": sides["after"]})
    statement = sa.update(_LOG).where(_LOG.c.seq == sa.bindparam("this")).values(
        before=sa.bindparam("new_before", type_=types.JsonText()),
        after=sa.bindparam("new_after", type_=types.JsonText()),
    )  # fmt: skip
    for chunk in _chunks(changed):
        connection.execute(statement, chunk)
    return len(changed)


def _referring(row: Mapping[str, Any], side: dict[str, Any] | None, values: Values) -> dict[str, Any] | None:
    if side is None:
        return None
    found = dict(side)
    for name in FIELDS[row["entity"]]:
        text = found.get(name)
        if isinstance(text, str):
            key = (row["entity_id"], name)
            found[name] = (
                values.version(row["entity"], key, text, row["world"], row["command_id"]) if text else None
            )
    return found


def _versions_of_rows(connection: Any, table: str, values: Values) -> list[dict[str, Any]]:
    """What each row refers to from now on. A text of which the log does not know gets a version too, for ``db check``
    to find."""
    has_world = table.startswith("drill") or table in ("expectation", "improvement")
    names = FIELDS[table]
    read = ("id", *names, *(("world",) if has_world else ()))
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in read]
    found = []
    for row in connection.execute(sa.select(*columns).select_from(sa.table(table))).mappings().all():
        versions: dict[str, int | None] = dict.fromkeys(names)
        for name in names:
            if row[name]:
                world = row["world"] if has_world else "real"
                versions[name] = values.version(table, (row["id"], name), row[name], world, "")
                values.make_current((row["id"], name), versions[name] or 0)
        if any(versions.values()):
            found.append({"this": row["id"], **{f"new_{name}": version for name, version in versions.items()}})
    return found


def _rewrite_payloads(connection: Any, values: Values) -> int:
    """How many commands say something else now."""
    columns = [_COMMAND.c[name] for name in ("id", "name", "payload", "world")]
    heads = connection.execute(sa.select(*columns).where(_COMMAND.c.name.in_(list(PAYLOADS)))).mappings().all()
    changed = []
    for head in sorted(heads, key=lambda each: str(each["id"])):
        payload = _payload(head["payload"], PAYLOADS[head["name"]], head, values)
        if payload != head["payload"]:
            changed.append({"this": head["id"], "new": payload})
    statement = sa.update(_COMMAND).where(_COMMAND.c.id == sa.bindparam("this")).values(
        payload=sa.bindparam("new", type_=types.JsonText())
    )  # fmt: skip
    for chunk in _chunks(changed):
        connection.execute(statement, chunk)
    return len(changed)


def _payload(value: Any, spec: Any, head: Mapping[str, Any], values: Values, name: str = "") -> Any:
    if isinstance(value, list):
        return [_payload(each, spec, head, values, name) for each in value]
    if spec is True:
        is_plain = isinstance(value, str) and value
        return {"$personal": values.of_command(head["id"], name, value, head["world"])} if is_plain else value
    if not isinstance(value, dict):
        return value
    return {key: _payload(each, spec[key], head, values, key) if key in spec else each for key, each in value.items()}


# --- the columns ----------------------------------------------------------------------------------------------------


def _turn_columns(connection: Any, table: str, names: tuple[str, ...]) -> None:
    if connection.dialect.name == "postgresql":
        turns = (f"ALTER COLUMN {name} DROP NOT NULL, ALTER COLUMN {name} TYPE INTEGER USING NULL" for name in names)
        op.execute(f"ALTER TABLE {table} {', '.join(turns)}")
        return
    for name in names:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} INTEGER")


def _put_versions(connection: Any, table: str, names: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    target = sa.table(table, sa.column("id"), *map(sa.column, names))
    statement = sa.update(target).where(target.c.id == sa.bindparam("this")).values(
        {name: sa.bindparam(f"new_{name}", type_=sa.Integer()) for name in names}
    )  # fmt: skip
    for chunk in _chunks(rows):
        connection.execute(statement, chunk)


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


# --- the seals ------------------------------------------------------------------------------------------------------


def _seals(connection: Any) -> list[Any]:
    return list(connection.execute(sa.select(_SEAL).order_by(_SEAL.c.to_seq)).mappings().all())


def _verified(connection: Any) -> set[int]:
    """The ends of the spans whose seals fit the rows of before."""
    previous, next_seq, sound = "", 1, set()
    for row in _seals(connection):
        fits = row["from_seq"] == next_seq and row["previous"] == previous
        if fits and _span_hash(connection, previous, row["from_seq"], row["to_seq"]) == row["hash"]:
            sound.add(row["to_seq"])
        previous, next_seq = row["hash"], row["to_seq"] + 1
    return sound


def _seal_anew(connection: Any, sound: set[int]) -> None:
    seals = _seals(connection)
    if not seals:
        return
    previous = ""
    for row in seals:
        made = _span_hash(connection, previous, row["from_seq"], row["to_seq"])
        made = made if row["to_seq"] in sound else f"broken {row['hash']}"
        connection.execute(
            sa.update(_SEAL).where(_SEAL.c.to_seq == row["to_seq"]).values(previous=previous, hash=made)
        )
        previous = made
    last = seals[-1]
    at = connection.execute(sa.select(_LOG.c.recorded_at).where(_LOG.c.seq == last["to_seq"])).scalar()
    if at is None:
        return
    told = {"from": down_revision, "to": revision, "sealed_to": last["to_seq"], "hash": last["hash"]}
    connection.execute(
        sa.insert(_COMMAND).values(
            id=str(uuid.uuid5(_NAMESPACE, last["hash"])), name="upgrade_schema", payload=told, actor="system", desk="",
            occurred_at=at, occurred_source="desk", recorded_at=at, world="real", undoable=False, outcome={},
        )
    )  # fmt: skip


def _span_hash(connection: Any, previous: str, first: int, last: int) -> str:
    """As the seals of this schema are computed."""
    total = hashlib.sha256(previous.encode())
    rows = connection.execute(sa.select(_LOG).where(_LOG.c.seq.between(first, last)).order_by(_LOG.c.seq))
    for row in rows.mappings():
        facts = {name: row[name] for name in _IN_LOG} | {"recorded_at": iso(row["recorded_at"])}
        total.update(types.canonical(facts).encode())
    heads = connection.execute(
        sa.select(_COMMAND).where(_COMMAND.c.last_seq.between(first, last)).order_by(_COMMAND.c.last_seq)
    )
    for head in heads.mappings():
        facts = {name: head[name] for name in _IN_COMMAND}
        facts |= {name: iso(head[name]) for name in ("occurred_at", "recorded_at")}
        total.update(types.canonical(facts).encode())
    return total.hexdigest()
