"""Keeping the directory by hand: workers, contacts and duty holders are added, edited, taken off and brought back.

A handler's answer lists ``warnings``: what is worth a second look and hinders nothing (a code and its facts).
"""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules import phones
from commandcenter.rules.entity import Personal
from commandcenter.rules.masks import is_erased
from commandcenter.rules.people import (
    LISTED,
    PERSON_KINDS,
    PRIORITIES,
    Contact,
    DutyHolder,
    Standing,
    Worker,
    listed,
)
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.services import catalogues, edits, wording
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.stock import day_not_ahead
from commandcenter.storage import personal

KeptPerson = Literal["worker", "contact", "duty_holder"]
"""Kinds of people that are kept here; officers are looked after in the settings."""
EDITABLE: dict[KeptPerson, tuple[str, ...]] = {
    "worker": ("name", "standing", "village", "grid", "gender", "birth_month", "phone", "address", "source", "channel",
               "paid", "appointed", "duties", "skills", "vehicles", "priorities", "vest_size", "note"),
    "contact": ("name", "kind", "village", "phone", "address"),
    "duty_holder": ("name", "role", "village", "grid", "phone"),
}  # fmt: skip
"""Fields that are edited by form. Id numbers come from imports alone, where they are ticked."""
GENDERS = ("", "male", "female")
LONGEST = 200
"""Characters of a field that lists keys or words."""
PARTING = re.compile(r"[,，、;；\n]+")
"""What stands between the words of a list."""
Doubt = dict[str, Any]


# --- workers ----------------------------------------------------------------------------------------------------


@command("add_worker", roles=KEEPERS_OF_LISTS, writes=("worker",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddWorker:
    """Put a grid worker on the roster. ``grid`` and ``village`` are ids or codes; a grid brings its village along.
    ``source``, ``channel`` and the fields that list are keys of their catalogues, or their names, parted by commas."""

    name: str
    standing: Standing = "serving"
    grid: str | None = None
    village: str | None = None
    gender: str = ""
    birth_month: str = ""
    phone: Annotated[str | None, Personal("phone")] = None
    address: Annotated[str | None, Personal("address")] = None
    source: str = ""
    channel: str = ""
    paid: bool = False
    appointed: str = ""
    duties: str = ""
    skills: str = ""
    vehicles: str = ""
    priorities: str = ""
    vest_size: str = ""
    note: Annotated[str | None, Personal("text")] = None


@command("edit_worker", roles=KEEPERS_OF_LISTS, writes=("worker",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditWorker:
    """Change fields of a worker. ``was`` tells the values the editor saw."""

    worker: str
    changed: Annotated[dict[str, Any], FieldsOf("worker")]
    was: Annotated[dict[str, Any], FieldsOf("worker")]


@handles(AddWorker)
def add_worker(cmd: AddWorker, ctx: Context) -> Any:
    """A worker belongs to a grid or at least to a village."""
    return _add(ctx, "worker", Worker, _given(cmd, "worker"))


@handles(EditWorker)
def edit_worker(cmd: EditWorker, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    return _edit(ctx, "worker", cmd.worker, cmd.changed, cmd.was)


@command("verify_phone", roles=KEEPERS_OF_LISTS, writes=("worker",))
@dataclass(frozen=True, kw_only=True, slots=True)
class VerifyPhone:
    """Somebody made sure that a worker's number is right, on a day (``YYYY-MM-DD``; empty: today)."""

    worker: str
    on: str = ""


@handles(VerifyPhone)
def verify_phone(cmd: VerifyPhone, ctx: Context) -> Any:
    """Only of a number that is known, of somebody who is on the lists; a number that changes loses the day again."""
    row = edits.locked(ctx, "worker", cmd.worker)
    if not row.active:
        raise RuleError("person.left_already", name=row.name)
    if not row.phone or is_erased(row.phone):
        raise RuleError("person.no_phone", name=row.name)
    day = day_not_ahead(ctx, "on", cmd.on)
    ctx.uow.put(replace(row, verified_on=day))
    return {"worker": row.id, "verified_on": day}


# --- contacts ---------------------------------------------------------------------------------------------------


@command("add_contact", roles=KEEPERS_OF_LISTS, writes=("contact",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddContact:
    """Put a service or helper into the contact book. ``kind`` is a key of the catalogue of roles."""

    name: str
    kind: str
    village: str | None = None
    phone: Annotated[str | None, Personal("phone")] = None
    address: Annotated[str | None, Personal("address")] = None


@command("edit_contact", roles=KEEPERS_OF_LISTS, writes=("contact",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditContact:
    """Change fields of a contact. ``was`` tells the values the editor saw."""

    contact: str
    changed: Annotated[dict[str, Any], FieldsOf("contact")]
    was: Annotated[dict[str, Any], FieldsOf("contact")]


@handles(AddContact)
def add_contact(cmd: AddContact, ctx: Context) -> Any:
    """A contact without a village serves the whole town."""
    return _add(ctx, "contact", Contact, _given(cmd, "contact"))


@handles(EditContact)
def edit_contact(cmd: EditContact, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    return _edit(ctx, "contact", cmd.contact, cmd.changed, cmd.was)


# --- duty holders -----------------------------------------------------------------------------------------------


@command("add_duty_holder", roles=KEEPERS_OF_LISTS, writes=("duty_holder",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddDutyHolder:
    """Give somebody a role on a grid, a village or the town. ``role`` is a key of the catalogue of roles."""

    name: str
    role: str
    village: str | None = None
    grid: str | None = None
    phone: Annotated[str | None, Personal("phone")] = None


@command("edit_duty_holder", roles=KEEPERS_OF_LISTS, writes=("duty_holder",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditDutyHolder:
    """Change fields of a duty holder. ``was`` tells the values the editor saw."""

    duty_holder: str
    changed: Annotated[dict[str, Any], FieldsOf("duty_holder")]
    was: Annotated[dict[str, Any], FieldsOf("duty_holder")]


@handles(AddDutyHolder)
def add_duty_holder(cmd: AddDutyHolder, ctx: Context) -> Any:
    """A role of a village or a grid needs one."""
    return _add(ctx, "duty_holder", DutyHolder, _given(cmd, "duty_holder"))


@handles(EditDutyHolder)
def edit_duty_holder(cmd: EditDutyHolder, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    return _edit(ctx, "duty_holder", cmd.duty_holder, cmd.changed, cmd.was)


# --- off and back -----------------------------------------------------------------------------------------------


@command("retire_person", roles=KEEPERS_OF_LISTS, writes=("worker", "contact", "duty_holder"))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetirePerson:
    """Take somebody off the lists that are called from, or bring the person back. What was done stays on record."""

    kind: KeptPerson
    person: str
    retired: bool = True


@handles(RetirePerson)
def retire_person(cmd: RetirePerson, ctx: Context) -> Any:
    """Refused for who is already where he should go."""
    row = edits.set_active(ctx, cmd.kind, cmd.person, not cmd.retired)
    if cmd.kind == "worker" and not cmd.retired:
        if row.merged_into is not None:  # what hung on this row is the other's now: only undo parts them
            into = ctx.uow.get("worker", row.merged_into)
            raise RuleError("merge.already", field="person", name=row.name, into=into.name if into else "")
        row = ctx.uow.put(replace(row, left_on=None, left_reason=None))
    return {cmd.kind: row.id, "active": row.active, "warnings": [] if cmd.retired else _warnings(ctx, cmd.kind, row)}


# --- what all have in common --------------------------------------------------------------------------------------


def _given(cmd: Any, kind: KeptPerson) -> dict[str, Any]:
    return {name: getattr(cmd, name) for name in EDITABLE[kind]}


def _add(ctx: Context, kind: KeptPerson, cls: Any, given: dict[str, Any]) -> Any:
    edits.check_readable(ctx, kind, {name: value for name, value in given.items() if value})
    wanted = _checked(ctx, kind, edits.tidy(kind, given), None)
    row = cls(id=ctx.new_id(), **wanted)
    warnings = _warnings(ctx, kind, row)
    ctx.uow.add(row)
    return {kind: row.id, "warnings": warnings}


def _edit(ctx: Context, kind: KeptPerson, id: str, changed: dict[str, Any], was: dict[str, Any]) -> Any:
    for given in (was, changed):
        edits.check_given(kind, given, EDITABLE[kind], f"edit_{kind}")
    edits.check_readable(ctx, kind, changed)
    row = edits.locked(ctx, kind, id)
    wanted = _checked(ctx, kind, edits.tidy(kind, changed), row)
    seen = {**was, **({"village": row.village} if "village" in wanted and "village" not in changed else {})}
    edited, names = edits.merged(kind, row, wanted, seen, "person.conflict", entity=kind, id=id, name=row.name)
    if kind == "worker" and "phone" in names:
        edited = replace(edited, verified_on=None)
    warnings = _warnings(ctx, kind, edited, names) if names else []
    if names:
        ctx.uow.put(edited)
    return {kind: id, "changed": names, "warnings": warnings}


def checked_worker(ctx: Context, wanted: dict[str, Any], row: Worker) -> dict[str, Any]:
    """Fields that a worker is to have from now on, checked and in their one form as those of any edit."""
    wanted = edits.tidy("worker", wanted)
    return _checked(ctx, "worker", wanted, row)


def _checked(ctx: Context, kind: KeptPerson, wanted: dict[str, Any], row: Any | None) -> dict[str, Any]:
    """Every field that is wanted, checked and in its one form."""
    edits.require_words(wanted, ("name",), "person.name_empty")
    for name in ("birth_month", "appointed"):
        if name in wanted:
            wanted[name] = edits.month(name, wanted[name])
    if "phone" in wanted:
        wanted["phone"] = edits.phone("phone", wanted["phone"])
    if wanted.get("gender", "") not in GENDERS:
        raise BadInput("person.gender", field="gender")
    edits.not_denied("note", wanted.get("note"))
    if kind == "worker":
        settle_keys(wanted)
    edits.settle_place(ctx, wanted, row)
    after = {**({name: getattr(row, name) for name in EDITABLE[kind]} if row else {}), **wanted}
    if kind == "worker" and not after["grid"] and not after["village"]:
        raise BadInput("person.place_needed", field="grid")
    if kind == "worker" and after["standing"] == "reserve" and after["grid"]:
        raise BadInput("person.reserve_grid", field="grid")
    _check_role(kind, after, wanted)
    return wanted


def settle_keys(wanted: dict[str, Any]) -> None:
    """Names of catalogues as their keys; other words stay as they are written, but for channels and priorities.
    BadInput names the field."""
    if wanted.get("vest_size"):
        wanted["vest_size"] = " ".join(wanted["vest_size"].upper().split())
    for name in ("source", "channel", *LISTED):
        if name not in wanted:
            continue
        parts = PARTING.split(wanted[name] or "") if name in LISTED else [wanted[name] or ""]
        keys = [_key_of(name, " ".join(part.split())) for part in parts if part.strip()]
        wanted[name] = listed(keys)
        if len(wanted[name]) > LONGEST:
            raise BadInput("person.list_long", field=name, most=LONGEST)


def _key_of(name: str, word: str) -> str:
    """The key that a word means; BadInput where only keys are known, and for what is never kept."""
    if name == "priorities":
        if word not in PRIORITIES:
            raise BadInput("person.priority", field=name, text=word, known=", ".join(PRIORITIES))
        return word
    found = catalogues.key_of(catalogues.OF_WORKERS[name], word)
    if found is not None:
        return found
    if name == "channel":
        known = wording.listed(each.name for each in catalogues.terms(catalogues.OF_WORKERS[name]).values())
        raise BadInput("person.channel", field=name, text=word, known=known)
    edits.not_denied(name, word)
    return word


def _check_role(kind: KeptPerson, after: dict[str, Any], wanted: dict[str, Any]) -> None:
    field = {"contact": "kind", "duty_holder": "role"}.get(kind)
    if field is None or not set(wanted) & {field, "village", "grid"}:
        return
    role = catalogues.roles().get(after[field])
    if field in wanted and (role is None or role.person != kind):
        raise BadInput("person.role_unknown", field=field, role=after[field])
    if role is not None and role.scope in ("village", "grid") and not after["village"]:
        raise BadInput("person.role_needs_place", field="village", role=role.name)


def _warnings(ctx: Context, kind: KeptPerson, row: Any, names: list[str] | None = None) -> list[Doubt]:
    """What is worth a second look. ``names``: the fields that an edit changed; None: all are new."""
    found: list[Doubt] = []
    is_new = names is None
    if row.phone and (is_new or "phone" in (names or ())):
        found += [{"code": "phone_known", "name": name} for name in _others_with(ctx, row)]
        if phones.note(row.phone) == "unsure":
            found.append({"code": "phone_unsure"})
    if kind == "worker" and row.grid and (is_new or "grid" in (names or ())):
        others = [each.name for each in ctx.uow.find("worker", grid=row.grid, active=True) if each.id != row.id]
        found += [{"code": "second_keeper", "name": name} for name in others]
    if is_new or "name" in (names or ()):
        same = [each for each in ctx.uow.find(kind, name=row.name, active=True) if each.id != row.id]
        here = (row.village, getattr(row, "grid", None))
        if any((each.village, getattr(each, "grid", None)) == here for each in same):
            found.append({"code": "same_name", "name": row.name})
    return found


def _others_with(ctx: Context, row: Any) -> list[str]:
    """Names of others in the directory whose number this is."""
    hits = personal.by_phone(ctx.uow.connection, row.phone, PERSON_KINDS)
    people = [ctx.uow.get(kind, id) for kind, id in hits if id != row.id]
    return sorted({each.name for each in people if each is not None and each.active})
