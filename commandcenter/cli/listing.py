"""``list`` and ``show``: entities as rows, with what their references are called."""

import argparse
import dataclasses
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from unicodedata import east_asian_width

from commandcenter.base.clock import from_iso, iso
from commandcenter.base.errors import BadInput
from commandcenter.base.files import write_whole
from commandcenter.base.texts import say
from commandcenter.cli.opening import session, tell
from commandcenter.rules.entity import DRILLS, ENTITIES, REAL, EntityKind, Field
from commandcenter.services import logbook, wire
from commandcenter.services.attachments import ExportAttachment, content_of
from commandcenter.storage.reads import Reader

_LABELLED = {
    "grid": ("code", "name"), "village": ("code", "name"), "officer": ("name",), "incident": ("number",),
    "article": ("code", "name"), "depot": ("name",), "kit_issue": ("number",), "kit": ("code",), "piece": ("code",),
    "stock_round": ("number",), "worker": ("name",),
}  # fmt: skip


def list_rows(options: argparse.Namespace) -> int:
    """Print the entities of a kind; workers who were merged into another row only where they are asked for."""
    with session(options) as opened:
        if options.entity in logbook.KINDS:
            with opened.read(logbook.world_of(options.entity, options.world)) as reader:
                now, pairs = opened.clock.now(), _pairs(options.where)
                rows = logbook.rows(reader, options.entity, pairs, options.limit, now)
        else:
            kind = _kind(options.entity)
            with opened.read(_world(options, kind)) as reader:
                where = dict(_condition(reader, kind, given) for given in options.where)
                if kind.name == "worker" and not {"id", "active", "merged_into"} & set(where):
                    where["merged_into"] = None
                order = ("code",) if any(f.name == "code" for f in kind.fields) else ("id",)
                found = reader.find(kind.name, order=order, limit=options.limit, **where)
                rows = _rows(reader, kind, found)
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        _print_table(rows)
    return 0


def show_row(options: argparse.Namespace) -> int:
    """Print one entity, found by id, code or number, with its history; or one row that is no entity, by its key."""
    if options.entity in logbook.KINDS and options.save is None:
        with session(options) as opened, opened.read(logbook.world_of(options.entity, options.world)) as reader:
            _print_one(logbook.row(reader, options.entity, options.id, opened.clock.now()), as_json=options.json)
        return 0
    kind = _kind(options.entity)
    if options.save is not None:
        return _save(options, kind)
    with session(options) as opened, opened.read(_world(options, kind)) as reader:
        found = find_row(reader, kind, options.id)
        row = _rows(reader, kind, [found])[0]
        row |= _more(reader, kind, found)
    _print_one(row, as_json=options.json)
    return 0


def _print_one(row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(row, ensure_ascii=False))
    else:
        _print_table([{"field": name, "value": value} for name, value in row.items()])


def _world(options: argparse.Namespace, kind: EntityKind) -> str:
    """What is of drills alone is looked for in all of them, unless one is named."""
    return DRILLS if kind.of_drills and options.world == REAL else str(options.world)


def _save(options: argparse.Namespace, kind: EntityKind) -> int:
    """Write an attachment's bytes to a file; that they left the program is logged first."""
    if kind.name != "attachment":
        raise BadInput("cli.save_what", entity=kind.name)
    if options.save.exists():
        raise BadInput("export.exists", path=str(options.save))
    with session(options) as opened:
        with opened.read(options.world) as reader:
            wanted = find_row(reader, kind, options.id).id
        opened.runner.execute(ExportAttachment(attachment=wanted), world=options.world)
        with opened.read(options.world) as reader:
            _, content = content_of(reader, wanted)
    write_whole(options.save, content)
    tell({"file": str(options.save), "bytes": len(content)}, as_json=options.json,
         sentence=say("cli.done.saved", file=options.save))  # fmt: skip
    return 0


def _kind(name: str) -> EntityKind:
    if name in logbook.KINDS:
        raise BadInput("cli.save_what", entity=name)
    if name not in ENTITIES:
        raise BadInput("entity.unknown", entity=name, known=", ".join([*ENTITIES, *logbook.KINDS]))
    return ENTITIES[name]


def find_row(reader: Reader, kind: EntityKind, given: str) -> Any:
    """One entity by id, code or number; BadInput ``unknown``."""
    for name in ("id", "code", "number"):
        if any(field.name == name for field in kind.fields):
            where: dict[str, Any] = {name: given}
            found = reader.find(kind.name, limit=1, **where)
            if found:
                return found[0]
    raise BadInput("unknown", entity=kind.name, id=given)


def _pairs(given: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise BadInput("cli.where", given=each)
        pairs[name] = value
    return pairs


def _condition(reader: Reader, kind: EntityKind, given: str) -> tuple[str, Any]:
    """``FIELD=VALUE`` as a column and its value; references may be given by code."""
    ((name, value),) = _pairs([given]).items()
    field = next((each for each in kind.fields if each.name == name), None)
    if field is None or field.personal is not None or field.type is bytes:
        raise BadInput("cli.where_field", field=name, known=", ".join(f.name for f in kind.fields if not f.personal))
    if value == "" and field.optional:
        return name, None
    if field.ref is not None and field.ref.kind in ("grid", "village"):
        found = reader.find(field.ref.kind, code=value) or reader.find(field.ref.kind, name=value)
        return name, found[0].id if found else value
    return name, _converted(field, value)


def _converted(field: Field, value: str) -> Any:
    try:
        if field.type is bool:
            return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
        if field.type in (int, float):
            number = field.type(value)
            if not abs(number) <= wire.LARGEST:
                raise ValueError("out of range")
            return number
        if field.type is datetime:
            return from_iso(value)
    except (KeyError, ValueError):
        raise BadInput("cli.where_value", field=field.name, value=value) from None
    return value


def _rows(reader: Reader, kind: EntityKind, found: list[Any]) -> list[dict[str, Any]]:
    labels = _labels(reader, kind, found)
    shapes = _extents(reader, found) if kind.name == "grid" else {}
    return [_row(kind, each, labels) | shapes.get(each.id, {}) for each in found]


def _row(kind: EntityKind, entity: Any, labels: dict[tuple[str, str], dict[str, str]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for field in kind.fields:
        if field.type is bytes:
            continue
        value = getattr(entity, field.name)
        row[field.name] = iso(value) if isinstance(value, datetime) else value
        if field.ref is not None and value:
            row |= {f"{field.name}_{name}": text for name, text in labels.get((field.ref.kind, value), {}).items()}
    return row


def _labels(reader: Reader, kind: EntityKind, found: list[Any]) -> dict[tuple[str, str], dict[str, str]]:
    """What references are called: a grid's code and name, an officer's name."""
    labels: dict[tuple[str, str], dict[str, str]] = {}
    for field in kind.fields:
        if field.ref is None or field.ref.kind not in _LABELLED:
            continue
        ids = {getattr(each, field.name) for each in found} - {None}
        for row in reader.many(field.ref.kind, ids):
            labels[field.ref.kind, row.id] = {name: getattr(row, name) for name in _LABELLED[field.ref.kind]}
    return labels


def _extents(reader: Reader, grids: list[Any]) -> dict[str, dict[str, Any]]:
    """Area (m²) and extent (° WGS84) of the grids' present shapes."""
    editions = {each.id: each.shape for each in grids if each.shape}
    if not editions:
        return {}
    shapes = reader.find("shape") if len(editions) > 400 else reader.find("shape", grid=list(editions))
    return {
        shape.grid: {
            "area": shape.area, "west": shape.west, "south": shape.south, "east": shape.east, "north": shape.north
        }
        for shape in shapes
        if editions.get(shape.grid) == shape.edition
    }  # fmt: skip


def _more(reader: Reader, kind: EntityKind, found: Any) -> dict[str, Any]:
    """What ``show`` adds: a grid's geometry and keepers, an incident's calls and timeline, anyone's history."""
    more: dict[str, Any] = {}
    if kind.name == "grid":
        shapes = [each for each in reader.find("shape", grid=found.id) if each.edition == found.shape]
        more["geometry"] = _geometry(shapes[0].wkb) if shapes else None
        more["workers"] = [dataclasses.asdict(each) for each in reader.find("worker", grid=found.id)]
    if kind.name == "incident":
        for name, order in (("call", "rank"), ("timeline_entry", "at")):
            rows = reader.find(name, incident=found.id, order=(order, "id"))
            more[f"{name}s" if name == "call" else "timeline"] = _rows(reader, ENTITIES[name], rows)
    more["history"] = [
        {"seq": each.change.seq, "command": each.name, "actor": each.actor, "op": each.change.op,
         "recorded_at": iso(each.recorded_at)}
        for each in reader.history(entity=kind.name, id=found.id)
    ]  # fmt: skip
    return more


def _geometry(wkb: bytes) -> Any:
    import shapely

    return json.loads(shapely.to_geojson(shapely.from_wkb(wkb)))


def _print_table(rows: list[dict[str, Any]]) -> None:
    if not rows:
        print(say("cli.nothing"))
        return
    columns = [name for name in rows[0] if any(row.get(name) not in (None, "") for row in rows)]
    cells = [["" if row.get(name) is None else str(row.get(name)) for name in columns] for row in rows]
    if not _is_terminal():
        _print_plain([columns, *cells])
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for line in cells:
        table.add_row(*line)
    # What people typed is printed as it is: it may look like markup.
    Console(markup=False, emoji=False, highlight=False).print(table)


def _print_plain(lines: list[list[str]]) -> None:
    """For files and other programs: a line a row, however wide; a line end within a cell becomes a space."""
    cells = [[" ".join(cell.splitlines()) for cell in line] for line in lines]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def _width(text: str) -> int:
    """Columns of a terminal: Chinese takes two each."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(each) in "WF") for each in text)


def _is_terminal() -> bool:
    import sys

    return sys.stdout.isatty()
