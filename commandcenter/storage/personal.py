"""Personal values: every version of a name, number, address or free text, apart from the rows that refer to it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.engine import Dialect

from commandcenter.rules.entity import ENTITIES, Field, PersonalKind, Result
from commandcenter.rules.masks import ERASED, mask
from commandcenter.rules.permissions import may_read
from commandcenter.rules.phones import normalise
from commandcenter.rules.pinyin import grams, keys, wanted_grams
from commandcenter.rules.visibility import Viewer
from commandcenter.storage.among import among
from commandcenter.storage.batch import Statement
from commandcenter.storage.tables import command, entity_tables
from commandcenter.storage.tables import personal_value as table

Reference = tuple[str, str, int]
"""Subject, field, version."""
Masking = Callable[[str], str] | None
ADD = insert(table).inline()
"""New versions; the rows are those of :func:`row_of`."""


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it was put down: where it is, and what it says."""

    reference: Reference
    value: str


def row_of(*, reference: Reference, entity: str, kind: str, value: str, world: str, command: str) -> dict[str, Any]:
    """The row of a new version with its search keys."""
    search_key, initials = _search_keys(kind, value)
    subject, field, version = reference
    return {
        "subject": subject,
        "field": field,
        "version": version,
        "entity": entity,
        "kind": kind,
        "value": value,
        "search_key": search_key,
        "initials": initials,
        "grams": grams(normalise(value) if kind == "phone" else value),
        "current": True,
        "world": world,
        "command_id": command,
    }


def _search_keys(kind: str, value: str) -> tuple[str | None, str | None]:
    """A name's pinyin and initials; a phone number's one spelling."""
    if kind == "name":
        made = keys(value, person=True)
        return made.pinyin, made.initials
    return (normalise(value), None) if kind == "phone" else (None, None)


def newest_versions(connection: Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The highest version of each (subject, field) that has one."""
    wanted = set(pairs)
    if not wanted:
        return {}
    subjects = sorted({subject for subject, _ in wanted})
    rows = connection.execute(_newest_among(connection.dialect.name), {"subjects": subjects})
    return {(subject, field): version for subject, field, version in rows if (subject, field) in wanted}


@cache
def _newest_among(dialect: str) -> Select[str, str, int]:
    newest = select(table.c.subject, table.c.field, func.max(table.c.version))
    return newest.where(among(dialect, table.c.subject, "subjects")).group_by(table.c.subject, table.c.field)


def make_current(connection: Connection, wanted: Iterable[tuple[str, str, int | None]]) -> None:
    """Of each (subject, field) only this version is found by search from now on (None: no version)."""
    rows = [{"of": subject, "named": field, "new": version or 0} for subject, field, version in wanted]
    if rows:
        connection.execute(_MAKE_CURRENT, rows[0] if len(rows) == 1 else rows)


_IS_NEW = table.c.version == bindparam("new")
_MAKE_CURRENT = (
    update(table)
    .where(table.c.subject == bindparam("of"), table.c.field == bindparam("named"), table.c.current != _IS_NEW)
    .values(current=_IS_NEW)
)
"""Touches at most the version that was current and the one that will be; versions count from 1."""


def retiring(dialect: Dialect, pairs: Sequence[tuple[str, str]], *, but: str) -> Statement:
    """No version of these (subject, field) is found by search any more, apart from those of the command ``but``."""
    compiled = (
        update(table)
        .where(
            table.c.subject == bindparam("of_subject"), table.c.field == bindparam("of_field"),
            table.c.command_id != bindparam("of_command"),
        )
        .values(current=False)
        .compile(dialect=dialect)
    )  # fmt: skip
    fixed = {**compiled.params, "of_command": but}
    rows = [{**fixed, "of_subject": subject, "of_field": field} for subject, field in pairs]
    order = compiled.positiontup
    return Statement(str(compiled), rows if order is None else [tuple(row[name] for name in order) for row in rows])


def is_told() -> ColumnElement[bool]:
    """Values that were put down ahead of their command (staged) are found once it is carried out."""
    return exists(select(command.c.id).where(command.c.id == table.c.command_id))


def values_of(
    connection: Connection, rows: Iterable[Mapping[str, Any]], fields: Iterable[Field]
) -> dict[Reference, str]:
    """The values behind the references in raw entity rows; an erased one reads as :data:`ERASED`."""
    names = [field.name for field in fields]
    subjects, versions = list[str](), set[int]()
    for row in rows:
        if used := {row[name] for name in names} - {None}:
            subjects.append(row["id"])
            versions |= used
    if not subjects:
        return {}
    query = _values_among(connection.dialect.name)
    found = connection.execute(query, {"subjects": subjects, "versions": sorted(versions)})
    return {
        (subject, field, version): ERASED if value is None else value for subject, field, version, value in found.all()
    }


@cache
def _values_among(dialect: str) -> Select[str, str, int, str | None]:
    """Not every version of a subject: a field that was changed a hundred times has a hundred."""
    return select(table.c.subject, table.c.field, table.c.version, table.c.value).where(
        among(dialect, table.c.subject, "subjects"), among(dialect, table.c.version, "versions")
    )


def mask_for(field: Field, viewer: Viewer | None) -> Masking:
    """The mask through which this viewer sees a field; None where values are plain (to the unit of work always)."""
    assert field.personal is not None
    if viewer is None or may_read(viewer.role, field.personal.kind):
        return None
    return partial(mask, field.personal.kind)


@cache
def kept_results(kind: str, viewer: Viewer) -> tuple[str, ...]:
    """The results of named people among the fields of an entity that this viewer may not read."""
    return () if may_read(viewer.role, "result") else result_fields(kind)


@cache
def result_fields(kind: str) -> tuple[str, ...]:
    """The fields of an entity that say what somebody by name made of something."""
    return tuple(field.name for field in ENTITIES[kind].fields if field.has(Result))


def resolve(connection: Connection, references: Iterable[Reference]) -> dict[Reference, str | None]:
    """The values of single references (None: erased)."""
    wanted = set(references)
    if not wanted:
        return {}
    query = select(table.c.subject, table.c.field, table.c.version, table.c.value).where(
        table.c.subject.in_(sorted({subject for subject, _, _ in wanted}))
    )
    return {
        (subject, field, version): value
        for subject, field, version, value in connection.execute(query)
        if (subject, field, version) in wanted
    }


def references_in(payload: Any) -> Iterator[Reference]:
    """The references in the payload of a command record."""
    if isinstance(payload, dict) and "$personal" in payload:
        subject, field, version = payload["$personal"]
        yield subject, field, version
        return
    parts = payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ()
    for part in parts:
        yield from references_in(part)


def resolve_kinds(
    connection: Connection, references: Collection[Reference]
) -> dict[Reference, tuple[PersonalKind, str | None]]:
    """Kind and value (None: erased) of single references."""
    query = select(table.c.subject, table.c.field, table.c.version, table.c.kind, table.c.value).where(
        table.c.subject.in_(sorted({subject for subject, _, _ in references}))
    )
    wanted = set(references)
    return {
        (subject, field, version): (kind, value)
        for subject, field, version, kind, value in connection.execute(query)
        if (subject, field, version) in wanted
    }


def find_value(connection: Connection, subjects: Iterable[str], field: str, value: str) -> Reference | None:
    """Where one of ``subjects`` holds ``value`` in ``field``, newest version first."""
    row = connection.execute(
        select(table.c.subject, table.c.field, table.c.version)
        .where(table.c.subject.in_(list(subjects)), table.c.field == field, table.c.value == value)
        .order_by(table.c.version.desc())
    ).first()
    return (row[0], row[1], row[2]) if row else None


def current_value(connection: Connection, subject: str, field: str) -> str | None:
    """The present value of a field, unmasked."""
    query = select(table.c.value).where(table.c.subject == subject, table.c.field == field, table.c.current, is_told())
    return connection.execute(query).scalar()


def references_of(
    connection: Connection, subject: str, fields: Iterable[str], commands: Iterable[str]
) -> list[Reference]:
    """Every version of these fields of a subject, and every value that only ``commands`` hold."""
    rows = connection.execute(
        select(table.c.subject, table.c.field, table.c.version).where(
            ((table.c.subject == subject) & table.c.field.in_(list(fields)))
            | ((table.c.entity == "command") & table.c.subject.in_(list(commands)))
        )
    )
    return [(row[0], row[1], row[2]) for row in rows]


def telling_words(connection: Connection, subject: str, fields: Iterable[str]) -> list[str]:
    """The values, of any version, of the fields that tell who a subject is."""
    query = select(table.c.value).where(
        table.c.subject == subject, table.c.field.in_(list(fields)), table.c.value.is_not(None)
    )
    return [value for value in connection.execute(query).scalars() if value]


def overwrite(connection: Connection, reference: Reference, value: str) -> None:
    """Replace a value in place, leaving no trace of the old one: redaction only."""
    subject, field, version = reference
    connection.execute(
        update(table)
        .where(table.c.subject == subject, table.c.field == field, table.c.version == version)
        .values(value=value, grams=grams(value), search_key=None, initials=None)
    )


def erase(connection: Connection, references: Iterable[Reference], now: datetime) -> int:
    """Empty these values and their search keys for good; returns how many."""
    where = [
        and_(table.c.subject == subject, table.c.field == field, table.c.version == version)
        for subject, field, version in references
    ]
    if not where:
        return 0
    result = connection.execute(
        update(table)
        .where(or_(*where), table.c.erased_at.is_(None))
        .values(value=None, search_key=None, initials=None, grams=None, erased_at=now)
    )
    return result.rowcount


def search(connection: Connection, query: str, worlds: Iterable[str], *, limit: int = 50) -> list[tuple[str, str, str]]:
    """(entity, subject, field) of current values that contain every bigram of ``query``, newest first."""
    wanted = wanted_grams(query)
    if not wanted:
        return []
    statement = select(table.c.entity, table.c.subject, table.c.field).where(
        table.c.current, table.c.world.in_(list(worlds)), is_told()
    )
    if connection.dialect.name == "postgresql":
        # MATERIALIZED: the planner otherwise walks the whole table backwards for an absent word.
        found = (
            select(table.c.number)
            .where(text("grams_tsv @@ plainto_tsquery('simple', :wanted)"))
            .cte("found")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        statement = statement.where(table.c.number.in_(select(found.c.number)))
        parameters = {"wanted": wanted}
    else:
        statement = statement.where(
            text("personal_value.number IN (SELECT rowid FROM personal_fts WHERE personal_fts MATCH :wanted)")
        )
        parameters = {"wanted": " ".join(f'"{gram}"' for gram in wanted.replace('"', "").split())}
    statement = statement.order_by(table.c.number.desc()).limit(limit)
    return [tuple(row) for row in connection.execute(statement, parameters)]


def by_phone(connection: Connection, phone: str, entities: Iterable[str]) -> list[tuple[str, str]]:
    """(entity, subject) of those among ``entities`` whose present number is ``phone``."""
    wanted = set(entities)
    found = connection.execute(_BY_PHONE, {"number": normalise(phone)})
    return [(entity, subject) for entity, subject in found if entity in wanted]


_BY_PHONE = select(table.c.entity, table.c.subject).where(
    table.c.kind == "phone", table.c.current, table.c.search_key == bindparam("number"), is_told()
)


def mentions(connection: Connection, words: Iterable[str]) -> list[tuple[str, str, str, int, str]]:
    """(entity, subject, field, version, value) of free texts and addresses that contain one of ``words``."""
    tests = [table.c.value.contains(word, autoescape=True) for word in words if word]
    if not tests:
        return []
    rows = connection.execute(
        select(table.c.entity, table.c.subject, table.c.field, table.c.version, table.c.value)
        .where(table.c.kind.in_(("text", "record", "ledger", "address", "name", "phone", "needs")), or_(*tests))
        .order_by(table.c.number)
    )
    return [tuple(row) for row in rows]


def family_of(connection: Connection, entity: str, subject: str) -> frozenset[str]:
    """The household of a resident, of its head or of an entry of the attention list, with everybody in it and on the
    list; nobody for other people."""
    if entity not in ("household", "resident", "attention_item"):
        return frozenset()
    residents, listed = entity_tables["resident"], entity_tables["attention_item"]
    home: str | None = subject
    if entity != "household":
        table_ = entity_tables[entity]
        home = connection.execute(select(table_.c.household).where(table_.c.id == subject)).scalar()
    if home is None:
        return frozenset((subject,))
    members = connection.execute(select(residents.c.id).where(residents.c.household == home)).scalars()
    entries = connection.execute(select(listed.c.id).where(listed.c.household == home)).scalars()
    return frozenset((subject, home, *members, *entries))


def doubles_of(connection: Connection, entity: str, subject: str) -> list[str]:
    """The rows that were merged into a worker: the same human, entered twice."""
    if entity != "worker":
        return []
    workers = entity_tables["worker"]
    return list(connection.execute(select(workers.c.id).where(workers.c.merged_into == subject)).scalars())


def resident_of(connection: Connection, item: str) -> str | None:
    """The resident whom an entry of the attention list is about."""
    listed = entity_tables["attention_item"]
    found: str | None = connection.execute(select(listed.c.resident).where(listed.c.id == item)).scalar()
    return found


def listed_as(connection: Connection, subject: str, words: Iterable[str], family: Iterable[str]) -> list[str]:
    """The entries of the attention list that are about a resident, or bear the name of somebody of the family."""
    listed = entity_tables["attention_item"]
    named = select(table.c.subject).where(
        table.c.entity == "attention_item", table.c.field == "name", table.c.value.in_(list(words)),
        table.c.subject.in_(list(family)),
    )  # fmt: skip
    query = select(listed.c.id).where(or_(listed.c.resident == subject, listed.c.id.in_(named)))
    return list(connection.execute(query.order_by(listed.c.id)).scalars())


@cache
def personal_fields(kind: str) -> tuple[Field, ...]:
    """The personal fields of an entity."""
    return tuple(field for field in ENTITIES[kind].fields if field.personal is not None)
