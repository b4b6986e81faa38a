"""Commands as JSON and back, and the JSON Schema that says how."""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from commandcenter.base.clock import from_iso
from commandcenter.base.errors import BadInput
from commandcenter.rules import attachments, legible, lengths
from commandcenter.rules.entity import ENTITIES, Field, field_of, fields_of, plain
from commandcenter.services.commands import COMMANDS, Bulk, FieldsOf, Spec, spec_of

T = TypeVar("T")
ENVELOPE = ("command", "id", "occurred_at", "group", "world")
"""Keys of a line besides the command's own fields."""
LONGEST_TEXT = 20_000
"""Characters of one value that are looked at at all; what may be kept of a text is less (:func:`check_lengths`). What
an editor saw before (``was``) has no bound: older versions kept texts of any length, and they may be edited."""
LARGEST_FILE = attachments.LARGEST
LONGEST_FILE = (LARGEST_FILE + 2) // 3 * 4
"""Characters of a file as base64 text."""
DEEPEST = 16
LARGEST = 2**63 - 1
"""Both engines keep whole numbers of 64 bits."""


def decode(line: Mapping[str, Any]) -> Any:
    """The command in a decoded JSON object; BadInput names the field that is wrong."""
    from commandcenter.services import registry  # noqa: F401

    name = line.get("command")
    spec = COMMANDS.get(name) if isinstance(name, str) else None
    files = {field.name for field in spec.fields if field.type is bytes} if spec else set()
    _check_keepable({key: value for key, value in line.items() if key not in files})
    if spec is None:
        raise BadInput("command.unknown", command=str(name))
    return _made(spec.cls, spec.name, {key: value for key, value in line.items() if key not in ENVELOPE})


def decode_as(cls: type[T], name: str, given: Mapping[str, Any]) -> T:
    """One of the steps that a bulk command carries, as the dataclass that says its fields; BadInput as of a command
    called ``name``."""
    _check_keepable(given)
    made: T = _made(cls, name, given)
    return made


def _made(cls: Any, name: str, given: Mapping[str, Any]) -> Any:
    fields = fields_of(cls)
    if extra := sorted(set(given) - {field.name for field in fields}):
        raise BadInput("command.field_unknown", command=name, field=extra[0])
    values = {}
    for field in fields:
        if field.name in given:
            values[field.name] = _value(name, field, given[field.name])
        elif field.required:
            raise BadInput("command.field_missing", command=name, field=field.name)
    return cls(**values)


def _check_keepable(value: Any, depth: int = 0, field: str | None = None) -> None:
    """Refuse what JSON can say and no database keeps: half characters, NUL, endless nesting, numbers out of range."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT and field != "was":
            raise _long(len(value) - lengths.LONGEST_TEXT, **({"field": field} if field else {}))
        fits = legible.UNKEEPABLE.search(value) is None
    elif isinstance(value, (int, float)):
        fits = abs(value) <= LARGEST
    else:
        fits = depth < DEEPEST
    if not fits:
        raise BadInput("command.unreadable")
    if isinstance(value, Mapping):
        for key, part in value.items():
            _check_keepable(key, depth + 1)
            _check_keepable(part, depth + 1, field if field == "was" else str(key))
    for part in value if isinstance(value, (list, tuple)) else ():
        _check_keepable(part, depth + 1, field)


def _long(over: int, **more: Any) -> BadInput:
    most = lengths.LONGEST_TEXT
    return BadInput("command.text_long", length=most + over, most=most, over=over, **more)


def check_lengths(command: Any) -> None:
    """BadInput ``command.text_long`` or ``command.text_unkeepable`` with the field, for a text of a command, or of a
    step that one carries, that is longer than may be kept or holds what no database keeps. What an editor saw before
    (``was``) may be longer; files have their own check row by row, and whoever carries out the steps of a bulk command
    asks for each of them."""
    kind: Any = type(command)
    for field in fields_of(kind):
        if field.name != "was" and not field.has(Bulk) and field.type is not bytes:
            check_length(field.name, getattr(command, field.name))


def check_length(field: str, value: Any) -> None:
    """The same of one value, and of all that lies in it."""
    if isinstance(value, str):
        if over := lengths.excess(value):
            raise _long(over, field=field)
        if legible.UNKEEPABLE.search(value):
            raise BadInput("command.text_unkeepable", field=field)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            check_length(key if field == "changed" else field, part)
    elif isinstance(value, tuple):
        for part in value:
            check_length(field, part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for part in fields_of(type(value)):
            check_length(field, getattr(value, part.name))


def _value(command: str, field: Field, value: Any) -> Any:
    """One field's value checked and converted."""
    if value is None and field.optional:
        return None
    plain_type = get_origin(field.type) or field.type
    if field.choices is not None:
        if value not in field.choices:
            raise BadInput("command.field_choice", command=command, field=field.name, choices=", ".join(field.choices))
        return value
    if field.type is bytes:
        return _file(command, field, value)
    if field.type is datetime:
        try:
            return from_iso(value)
        except (TypeError, ValueError):
            raise BadInput("command.field_time", command=command, field=field.name) from None
    if plain_type is tuple and isinstance(value, list):
        return tuple(_item(command, field, item) for item in value)
    is_right = isinstance(value, plain_type) and not (plain_type is int and isinstance(value, bool))
    if plain_type is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not is_right:
        raise BadInput("command.field_type", command=command, field=field.name, wanted=_JSON.get(plain_type, "?"))
    return value


def _file(command: str, field: Field, value: Any) -> bytes:
    """Bytes travel as base64 text, with a bound of their own."""
    if not isinstance(value, str):
        raise BadInput("command.field_type", command=command, field=field.name, wanted=_JSON[bytes])
    if len(value) > LONGEST_FILE:
        raise BadInput("command.file_long", field=field.name, megabytes=LARGEST_FILE // 1024**2)
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise BadInput("command.field_base64", command=command, field=field.name) from None


def _item(command: str, field: Field, item: Any) -> Any:
    """One element of a tuple field: a plain value or a small dataclass."""
    wanted: Any = get_args(field.type)[0]
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type) and isinstance(item, Mapping):
        try:
            made = wanted(**item)
        except TypeError:
            raise BadInput("command.field_type", command=command, field=field.name, wanted=wanted.__name__) from None
        for part in fields_of(wanted):
            _value(command, part, getattr(made, part.name))
        return made
    if not isinstance(item, wanted if isinstance(wanted, type) else get_origin(wanted) or object):
        raise BadInput("command.field_type", command=command, field=field.name, wanted=str(wanted))
    return item


def encode(command: Any) -> dict[str, Any]:
    """A command as the JSON object that :func:`decode` reads."""
    spec = spec_of(command)
    values = {field.name: _jsonable(getattr(command, field.name)) for field in spec.fields}
    return {"command": spec.name, **values}


def _jsonable(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, tuple):
        return [dataclasses.asdict(each) if dataclasses.is_dataclass(each) else each for each in value]  # type: ignore[arg-type]
    return plain(value)


def digests(command: Any) -> dict[str, Any]:
    """Bulk fields and bytes of a command as the log keeps them: worth computing before a write transaction begins."""
    kept: dict[str, Any] = {}
    for field in spec_of(command).fields:
        given = getattr(command, field.name)
        if isinstance(given, bytes):
            kept[field.name] = {"$digest": hashlib.sha256(given).hexdigest(), "count": len(given)}
        elif field.has(Bulk):
            kept[field.name] = {"$digest": _digest(_jsonable(given)), "count": len(given)}
    return kept


Refer = Callable[[str, str, str, str | None], list[Any]]
"""Says where a personal value of a command lies, by field, kind, value and entity."""


def payload(
    command: Any,
    refer: Refer,
    digested: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A command as the log keeps it: personal values through ``refer(field, kind, value, entity)``, bulk as digest
    (``digested``, where :func:`digests` was asked before)."""
    spec = spec_of(command)
    kept: dict[str, Any] = {}
    digested = digests(command) if digested is None else digested
    for field, annotation in zip(spec.fields, _hints(spec.cls), strict=True):
        if field.name in digested:
            kept[field.name] = digested[field.name]
            continue
        value = _jsonable(getattr(command, field.name))
        holder = next((mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, FieldsOf)), None)
        if field.personal is not None and value:
            kept[field.name] = _referred_all(field, value, refer)
        elif value and (personal := _personal_parts(field.type)):
            kept[field.name] = [_part_kept(personal, each, refer) for each in value]
        elif holder is not None and value:
            kept[field.name] = {key: _referred(holder.entity, key, each, refer) for key, each in value.items()}
        else:
            kept[field.name] = value
    return kept


def _referred_all(field: Field, value: Any, refer: Refer) -> Any:
    """A personal value, or several in a list or by a key, as the log keeps them."""
    assert field.personal is not None
    if isinstance(value, dict):
        return {key: _referred_all(field, each, refer) if each else each for key, each in value.items()}
    if isinstance(value, list):
        return [_referred_all(field, each, refer) if each else each for each in value]
    return {"$personal": refer(field.name, field.personal.kind, value, None)}


@cache
def _personal_parts(kind: Any) -> dict[str, Field]:
    """The personal fields, by name, of the small dataclasses that a field of this type lists."""
    listed = get_args(kind)[0] if get_origin(kind) is tuple else None
    found = fields_of(listed) if isinstance(listed, type) and dataclasses.is_dataclass(listed) else ()
    return {each.name: each for each in found if each.personal is not None}


def _part_kept(personal: Mapping[str, Field], value: dict[str, Any], refer: Refer) -> dict[str, Any]:
    return {
        name: _referred_all(personal[name], each, refer) if name in personal and each else each
        for name, each in value.items()
    }


def _digest(value: Any) -> str:
    """What a bulk payload is compared by."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=lambda each: each.hex())
    return hashlib.sha256(text.encode()).hexdigest()


def _referred(entity: str, key: str, value: Any, refer: Refer) -> Any:
    field = field_of(ENTITIES[entity].cls, key)
    if field.personal is None or not value:
        return value
    return {"$personal": refer(key, field.personal.kind, value, entity)}


@cache
def _hints(cls: type) -> list[Any]:
    hints = get_type_hints(cls, include_extras=True)
    return [hints[field.name] for field in fields_of(cls)]


# --- JSON Schema ------------------------------------------------------------------------------------------------

_JSON: dict[Any, str] = {
    str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", tuple: "array", datetime: "string",
    bytes: "string",
}  # fmt: skip


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line of ``do``."""
    from commandcenter.services import registry  # noqa: F401

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "commandcenter do",
        "oneOf": [_schema_of(spec) for _, spec in sorted(COMMANDS.items())],
    }


def _schema_of(spec: Spec) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "command": {"const": spec.name},
        "id": {"type": "string", "format": "uuid"},
        "occurred_at": {"type": "string", "format": "date-time"},
        "group": {"type": "string", "format": "uuid"},
        "world": {"type": "string"},
    }
    properties |= {field.name: _property(field) for field in spec.fields}
    return {
        "title": spec.name,
        "description": (spec.cls.__doc__ or "").strip().splitlines()[0],
        "type": "object",
        "properties": properties,
        "required": ["command", *(field.name for field in spec.fields if field.required)],
        "additionalProperties": False,
        "x-roles": sorted(spec.roles),
        "x-undoable": spec.undoable,
    }


def _property(field: Field) -> dict[str, Any]:
    if field.choices is not None:
        made: dict[str, Any] = {"enum": list(field.choices) + ([None] if field.optional else [])}
    else:
        kind = _JSON[get_origin(field.type) or field.type]
        made = {"type": [kind, "null"] if field.optional else kind}
        if field.type is datetime:
            made["format"] = "date-time"
        elif field.type is bytes:
            made |= {"contentEncoding": "base64", "maxLength": LONGEST_FILE}
    if field.personal is not None:
        made["x-personal"] = field.personal.kind
    return made
