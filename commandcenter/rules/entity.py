"""What an entity is: a frozen dataclass whose ``Annotated`` marks say how each field is kept, shown and compared.

Tables, JSON Schema, ``list``/``show``, differences and masks are derived from these marks; nothing else is written
by hand for a plain entity but its migration and its texts.
"""

import dataclasses
import importlib
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar

from commandcenter.base.clock import iso

T = TypeVar("T")

REAL = "real"
"""The world of real events; a drill's world is the drill's id."""
DRILLS = "drills"
"""For reading alone: the worlds of all drills that the reader may know of."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The field holds the id of another entity. ``weak``: that entity may vanish by undo without this one."""

    kind: str
    weak: bool = False


PersonalKind = Literal["name", "phone", "address", "id_number", "needs", "text", "record", "ledger"]
"""``record``: names and words on the papers of drills and training, which trainers write; ``ledger``: on those of
stores and kits, which storekeepers write (``text``: of incidents and households)."""


@dataclass(frozen=True, slots=True)
class Personal:
    """The value lives in ``personal_value``; the row and the log hold only a reference to it."""

    kind: PersonalKind


class Mark:
    """A mark without content."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


Indexed = Mark("Indexed")
Unique = Mark("Unique")
Named = Mark("Named")
"""A name that people search by pinyin and initials; its key columns stand beside it."""
Derived = Mark("Derived")
"""Not part of the visible state that undo restores: short numbers and the machinery's times."""
Later = Mark("Later")
"""Came to its table by a migration: what the log wrote before lacks it, and means its default."""
Bytes = Mark("Bytes")
"""Kept out of the change log (a hash stands beside it)."""
Apart = Mark("Apart")
"""Bytes too large or too private for a list: read one by one, by those who may read free text."""
Result = Mark("Result")
"""What somebody by name made of something: in the row, but nothing at all to who may not read results."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a number, in the standard notation."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity or command as its marks describe it."""

    name: str
    type: Any
    optional: bool
    default: Any
    ref: Ref | None = None
    personal: Personal | None = None
    unit: Unit | None = None
    marks: frozenset[str] = frozenset()
    choices: tuple[str, ...] | None = None
    """The closed set of a Literal field."""

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is dataclasses.MISSING

    def has(self, mark: Mark) -> bool:
        """Whether the field bears ``mark``."""
        return mark.name in self.marks


def _unwrap(annotation: Any) -> tuple[Any, bool, list[Any]]:
    """An annotation as (plain type, optional, marks)."""
    marks: list[Any] = []
    optional = False
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation, *more = typing.get_args(annotation)
            marks += more
        elif origin in (typing.Union, types.UnionType):
            options = [each for each in typing.get_args(annotation) if each is not type(None)]
            if len(options) != 1:
                raise TypeError(f"only X | None is supported, not {annotation}")
            annotation, optional = options[0], True
        else:
            return annotation, optional, marks


def _field(raw: "dataclasses.Field[Any]", annotation: Any) -> Field:
    plain, optional, marks = _unwrap(annotation)
    default = raw.default
    if default is dataclasses.MISSING and raw.default_factory is not dataclasses.MISSING:
        default = raw.default_factory()
    return Field(
        name=raw.name,
        type=plain,
        optional=optional,
        default=default,
        ref=next((mark for mark in marks if isinstance(mark, Ref)), None),
        personal=next((mark for mark in marks if isinstance(mark, Personal)), None),
        unit=next((mark for mark in marks if isinstance(mark, Unit)), None),
        marks=frozenset(mark.name for mark in marks if isinstance(mark, Mark)),
        choices=typing.get_args(plain) if typing.get_origin(plain) is Literal else None,
    )


@cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """The fields of a dataclass with their marks, in order."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return tuple(_field(raw, hints[raw.name]) for raw in dataclasses.fields(cls))


@cache
def field_of(cls: type, name: str) -> Field:
    """One field by name; KeyError when there is none."""
    for field in fields_of(cls):
        if field.name == name:
            return field
    raise KeyError(name)


@dataclass(frozen=True, slots=True)
class EntityKind:
    """A registered entity: its class and how its rows live."""

    name: str
    cls: Any
    append_only: bool = False
    """Rows stay when the command that wrote them is undone (values that others refer to by version)."""
    timeline: bool = False
    """Undo strikes the row through instead of taking it away."""
    of_drills: bool = False
    """Rows of drills alone: there are none in the real world."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the class."""
        return fields_of(self.cls)

    @property
    def has_world(self) -> bool:
        """Whether a drill can cause such rows."""
        return any(field.name == "world" for field in self.fields)


_HOMES: dict[str, tuple[str, ...]] = {
    "people": ("worker", "worker_absence", "officer", "contact", "duty_holder"),
    "attachments": ("blob", "attachment"),
    "settings": ("setting",),
    "attention": ("attention_item",),
    "courses": ("course", "session", "attendance"),
    "debts": ("debt_rule",),
    "scenarios": ("scenario", "inject", "expectation"),
    "drills": ("drill", "drill_grid", "drill_person", "drill_moment", "improvement", "drill_notice", "absence",
               "day_mark"),
    "editions": ("edition", "edition_lines"),
    "grids": ("township", "village", "grid", "shape", "gazetteer_name"),
    "households": ("household", "resident"),
    "incidents": ("incident", "timeline_entry", "call"),
    "stores": ("article", "depot", "stock_move"),
    "kits": ("kit_issue", "kit", "piece"),
    "rounds": ("stock_round", "round_count"),
    "units": ("unit_post",),
}  # fmt: skip
"""Which module of this package declares which entities."""


class _Entities(Mapping[str, EntityKind]):
    """The entities by name. The module that declares one is imported when the kind is first asked for: a desk that
    opens needs few of them at once, and names alone need none."""

    def __init__(self) -> None:
        self._homes = {name: home for home, names in _HOMES.items() for name in names}
        self._declared: dict[str, EntityKind] = {}

    def declare(self, kind: EntityKind) -> None:
        """A class says which entity it is; ValueError when that is another's name, or not listed for its module."""
        if kind.name in self._declared:
            raise ValueError(f"entity {kind.name} is declared twice")
        home = f"{__package__}.{self._homes.get(kind.name)}"
        if kind.cls.__module__ != home:
            raise ValueError(f"entity {kind.name} is declared in {kind.cls.__module__}, but listed for {home}")
        self._declared[kind.name] = kind

    def __getitem__(self, name: str) -> EntityKind:
        found = self._declared.get(name)
        if found is None:
            importlib.import_module(f"{__package__}.{self._homes[name]}")
            found = self._declared[name]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)

    def __contains__(self, name: object) -> bool:
        return name in self._homes


ENTITIES = _Entities()
_KIND_BY_CLASS: dict[type, EntityKind] = {}


def entity(
    name: str, *, append_only: bool = False, timeline: bool = False, of_drills: bool = False
) -> Callable[[type[T]], type[T]]:
    """Declare a frozen dataclass as the entity ``name`` (a singular term of the glossary)."""

    def register(cls: type[T]) -> type[T]:
        kind = _KIND_BY_CLASS[cls] = EntityKind(name, cls, append_only, timeline, of_drills)
        ENTITIES.declare(kind)
        return cls

    return register


def kind_of(row: Any) -> EntityKind:
    """The registered kind of an entity instance; KeyError for anything else."""
    return _KIND_BY_CLASS[type(row)]


def plain(value: Any) -> Any:
    """A field value as JSON can hold it (times as ISO text in UTC)."""
    return iso(value) if isinstance(value, datetime) else value
