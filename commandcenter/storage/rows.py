"""Between table rows and entities: the one place where references become values and back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult

from commandcenter.base.clock import from_iso
from commandcenter.rules.entity import ENTITIES, EntityKind, Field, Named, kind_of, plain
from commandcenter.rules.pinyin import keys
from commandcenter.rules.visibility import Viewer
from commandcenter.storage import personal
from commandcenter.storage.types import RowLike

Raw = dict[str, Any]
T = TypeVar("T")
_PERSONS = {"worker", "officer", "contact", "duty_holder"}


def raws_of(result: CursorResult[Any]) -> list[Raw]:
    """All rows of a result by the names of their columns."""
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]


def to_entities(
    connection: Connection, kind: str, raws: Iterable[Mapping[str, Any]], viewer: Viewer | None
) -> list[Any]:
    """Raw rows as entities. ``viewer`` None is the unit of work itself, which sees plain values."""
    rows = list(raws)
    if not rows:
        return []
    cls, (names, pick) = ENTITIES[kind].cls, _columns(kind, tuple(rows[0]))
    facts = [dict(zip(names, pick(row), strict=True)) for row in rows]
    if fields := personal.personal_fields(kind):
        _resolve(facts, personal.values_of(connection, facts, fields), fields, viewer)
    if viewer is not None and (kept := personal.kept_results(kind, viewer)):
        for each in facts:
            each.update((name, None) for name in kept if name in each)
    return [cls(**each) for each in facts]


def as_seen(entity: T, viewer: Viewer) -> T:
    """An entity that somebody else has read as this viewer sees it: masked wherever a read would mask it."""
    kind = kind_of(entity)
    changed: Raw = dict.fromkeys(personal.kept_results(kind.name, viewer))
    for field in personal.personal_fields(kind.name):
        value, masking = getattr(entity, field.name), personal.mask_for(field, viewer)
        if value and masking is not None:
            changed[field.name] = masking(value)
    return replace(entity, **changed) if changed else entity  # type: ignore[type-var]


@cache
def _columns(kind: str, present: tuple[str, ...]) -> tuple[tuple[str, ...], Any]:
    """The columns of a row that are fields of an entity, and what picks them; lists leave bytes out."""
    names = tuple(field.name for field in ENTITIES[kind].fields if field.name in present)
    if len(names) == 1:  # of one name alone itemgetter gives no tuple
        return names, lambda row: (row[names[0]],)
    return names, itemgetter(*names)


def _resolve(
    rows: Iterable[Raw], values: Mapping[personal.Reference, str], fields: Iterable[Field], viewer: Viewer | None
) -> None:
    """Put the values, masked where they must be, in place of the references."""
    masks = [(field.name, None if field.optional else "", personal.mask_for(field, viewer)) for field in fields]
    for row in rows:
        subject = row["id"]
        for name, empty, masking in masks:
            if (version := row[name]) is None:
                row[name] = empty
            else:
                value = values.get((subject, name, version), empty)
                row[name] = value if value is None or masking is None else masking(value)


def plain_columns(kind: EntityKind, entity: Any) -> Raw:
    """An entity's columns without the personal ones."""
    return {field.name: getattr(entity, field.name) for field in kind.fields if field.personal is None}


def search_columns(kind: EntityKind, row: Mapping[str, Any]) -> Raw:
    """The pinyin columns that belong to the row's names."""
    found: Raw = {}
    for field in kind.fields:
        if field.has(Named) and field.name in row:
            made = keys(row[field.name], person=kind.name in _PERSONS)
            found[f"{field.name}_pinyin"] = made.pinyin
            found[f"{field.name}_initials"] = made.initials
    return found


def logged(kind: EntityKind, row: RowLike) -> Raw:
    """What the change log keeps of a row: everything but bytes; personal values as their version."""
    return {
        field.name: plain(row[field.name]) for field in kind.fields if field.name in row and "Bytes" not in field.marks
    }


def unlogged(kind: EntityKind, facts: Mapping[str, Any]) -> Raw:
    """Columns from a log entry: times become instants again."""
    columns: Raw = {}
    for field in kind.fields:
        if field.name in facts:
            value = facts[field.name]
            is_time = field.type.__name__ == "datetime" if isinstance(field.type, type) else False
            columns[field.name] = from_iso(value) if is_time and isinstance(value, str) else value
    return columns
