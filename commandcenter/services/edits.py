"""Changing fields of a row that others may change at the same time, and the checks that fields of rows share."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, get_origin

from commandcenter.base.errors import BadInput, Conflict, NotAllowed, RuleError
from commandcenter.rules import phones
from commandcenter.rules.denied import denied
from commandcenter.rules.entity import ENTITIES, Field, field_of
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.rules.permissions import may_read
from commandcenter.services.commands import Context, spec_of

R = TypeVar("R")
_MOST_PEOPLE = 1_000_000


def asked(kind: str, cmd: Any, editable: Collection[str]) -> dict[str, Any]:
    """What a command that changes fields (``changed``, ``was``) of a row wants of them, in one form of writing."""
    for given in (cmd.was, cmd.changed):
        check_given(kind, given, editable, spec_of(cmd).name)
    return tidy(kind, cmd.changed)


def check_given(kind: str, given: dict[str, Any], editable: Collection[str], command: str) -> None:
    """BadInput for a field that cannot be edited or never holds such a value; the error's fact ``field`` names it."""
    for name, value in given.items():
        if name not in editable:
            raise BadInput("edit.not_editable", entity=kind, field=name)
        field = field_of(ENTITIES[kind].cls, name)
        if field.choices is not None and value not in field.choices:
            raise BadInput("command.field_choice", command=command, field=name, choices=", ".join(field.choices))
        if field.choices is None and value is not None and not _is_of(field, value):
            raise BadInput("command.field_type", command=command, field=name, wanted=field.type.__name__)


def _is_of(field: Field, value: Any) -> bool:
    plain = get_origin(field.type) or field.type
    return isinstance(value, plain) and not (field.type is int and isinstance(value, bool))


def check_readable(ctx: Context, kind: str, given: dict[str, Any]) -> None:
    """Nobody writes a value that he sees masked: NotAllowed ``edit.masked``."""
    for name, value in given.items():
        personal = field_of(ENTITIES[kind].cls, name).personal
        if personal is not None and not may_read(ctx.actor.role, personal.kind) and ctx.actor.id != "system":
            raise NotAllowed("edit.masked", field=name, role=ctx.actor.role)
        if personal is not None and personal.kind != "text" and isinstance(value, str) and is_masked(value):
            raise BadInput("edit.mask_typed", field=name)


def tidy(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """Texts without spaces around them; an empty one is None where the field may be, else empty."""
    return {name: _tidy(field_of(ENTITIES[kind].cls, name), value) for name, value in given.items()}


def _tidy(field: Field, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
    if field.optional:
        return None if value == "" else value
    return "" if value is None and field.type is str and field.choices is None else value


def locked(ctx: Context, kind: str, id: str) -> Any:
    """The row, locked until commit; BadInput ``unknown``."""
    found = ctx.uow.lock(kind, [id])
    if not found:
        raise BadInput("unknown", entity=kind, id=id)
    return found[0]


def merged(
    kind: str, row: R, wanted: dict[str, Any], was: dict[str, Any], code: str, **facts: Any
) -> tuple[R, list[str]]:
    """The row with what is wanted, and the names of the fields that this changes.

    Fields changed apart merge silently; a field changed by both raises Conflict with both versions.
    """
    known = tidy(kind, was)
    now = {name: getattr(row, name) for name in wanted}
    changed = changes(now, wanted, {name: (was.get(name), known.get(name)) for name in wanted}, code, **facts)
    return replace(row, **changed), sorted(changed)  # type: ignore[type-var]


def changes(
    now: Mapping[str, Any], wanted: Mapping[str, Any], was: Mapping[str, tuple[Any, ...]], code: str, **facts: Any
) -> dict[str, Any]:
    """Of what is wanted the fields that differ from what is there now; ``was`` holds what the editor saw of each, in
    the forms in which it may be written (the last one is told). A field changed by both raises Conflict ``code``."""
    conflicts = {
        name: {"mine": value, "theirs": now[name], "was": was.get(name, (None,))[-1]}
        for name, value in wanted.items()
        if now[name] != value and now[name] not in was.get(name, ())
    }
    if conflicts:
        raise Conflict(code, fields=conflicts, **facts)
    return {name: value for name, value in wanted.items() if now[name] != value}


def require_words(given: dict[str, Any], names: Iterable[str], code: str) -> None:
    """BadInput ``code`` for the first of ``names`` that is given and empty."""
    for name in names:
        if name in given and not given[name]:
            raise BadInput(code, field=name)


def set_active(ctx: Context, kind: str, id: str, active: bool) -> Any:
    """Take a row out of use, or back in; RuleError ``edit.already`` when it is so already."""
    row = locked(ctx, kind, id)
    if row.active == active:
        raise RuleError("edit.already_active" if active else "edit.already_retired", entity=kind, id=id)
    return ctx.uow.put(replace(row, active=active))


# --- fields that many rows have -------------------------------------------------------------------------------


def phone(name: str, value: str | None) -> str | None:
    """A telephone number in its one form; BadInput when it is none, or several."""
    if value is None or is_erased(value):
        return None
    if len(phones.numbers_in(value)) > 1:
        raise BadInput("edit.phone_several", field=name)
    number = phones.normalise(value)
    digits = number.partition("-")[0]
    if not digits.isascii() or not digits.isdigit() or not 3 <= len(digits) <= 12:
        raise BadInput("edit.phone", field=name, text=value)
    return number


def month(name: str, value: str) -> str:
    """``YYYY-MM`` from the usual ways of writing a month; empty stays empty."""
    if not value:
        return ""
    from commandcenter.formats import cleaning  # its patterns take 20 ms, and a desk starts without editing

    try:
        return cleaning.month(value)
    except cleaning.BadValue:
        raise BadInput("edit.month", field=name, text=value) from None


def count(name: str, value: int | None) -> int | None:
    """A number of people or households; BadInput below zero or absurd."""
    if value is not None and not 0 <= value <= _MOST_PEOPLE:
        raise BadInput("edit.count", field=name, text=str(value))
    return value


def not_denied(name: str, value: str | None) -> str | None:
    """A text in which nothing stands that the program never keeps; BadInput ``edit.denied`` without the word."""
    if value and denied(value):
        raise BadInput("edit.denied", field=name)
    return value


def find_village(ctx: Context, name: str, given: str) -> Any:
    """A village by id, code or name; BadInput names the field."""
    found = ctx.uow.get("village", given) or next(iter(ctx.uow.find("village", code=given)), None)
    found = found or next(iter(ctx.uow.find("village", name=given)), None)
    if found is None:
        raise BadInput("edit.village_unknown", field=name, village=given)
    return found


def settle_place(ctx: Context, wanted: dict[str, Any], row: Any | None = None) -> None:
    """Turn the grid and village that are wanted into ids that agree: a grid brings its village along."""
    grid_given = wanted.get("grid", getattr(row, "grid", None))
    if wanted.get("grid"):
        wanted["grid"] = _grid(ctx, wanted["grid"]).id
    if wanted.get("village"):
        wanted["village"] = find_village(ctx, "village", wanted["village"]).id
    if not grid_given or not ({"grid", "village"} & set(wanted)):
        return
    grid = _grid(ctx, grid_given)
    if (wanted.get("village") or grid.village) != grid.village:
        raise BadInput("edit.village_of_grid", field="village", grid=grid.name)
    if row is None or row.village != grid.village or "village" in wanted:
        wanted["village"] = grid.village


def _grid(ctx: Context, given: str) -> Any:
    try:
        return ctx.find_grid(given)
    except BadInput:
        raise BadInput("grid.unknown", grid=given, field="grid") from None
