"""Making a database for a town, its officers, and the clock of a sample."""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import Personal
from commandcenter.rules.grids import DatabaseMark, Township
from commandcenter.rules.numbers import checked_prefix
from commandcenter.rules.people import Officer, Role
from commandcenter.rules.permissions import ADMINISTRATORS
from commandcenter.services import edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.undo import GUARDS, Coming

_CODE = re.compile(r"[0-9]{6,12}")


@command("name_town", roles=ADMINISTRATORS, writes=("township",))
@dataclass(frozen=True, kw_only=True, slots=True)
class NameTown:
    """Say which town this database serves. The mark (real, sample, test) cannot be changed later."""

    name: str
    code: str = ""
    name_en: str = ""
    zone: str = "Asia/Shanghai"
    number_prefix: str = "SJ"
    mark: DatabaseMark = "real"


@handles(NameTown)
def name_town(cmd: NameTown, ctx: Context) -> Any:
    """There is one town; naming it again changes its words, never its mark."""
    if not cmd.name.strip():
        raise BadInput("town.name_empty")
    check_code(cmd.code)
    _check_zone(cmd.zone)
    number_prefix = checked_prefix(cmd.number_prefix)
    existing = ctx.uow.find("township")
    if existing and existing[0].mark != cmd.mark:
        raise RuleError("town.mark_fixed", mark=existing[0].mark)
    words = {
        "code": cmd.code, "name": cmd.name.strip(), "name_en": cmd.name_en, "zone": cmd.zone,
        "number_prefix": number_prefix,
    }  # fmt: skip
    if existing:
        town = ctx.uow.put(replace(existing[0], **words))
    else:
        town = ctx.uow.add(Township(id=ctx.new_id(), mark=cmd.mark, **words))
    return {"township": town.id}


def check_code(code: str) -> None:
    """BadInput ``town.code`` unless it is empty or reads like a code of the national list: 6 to 12 digits."""
    if code and not _CODE.fullmatch(code):
        raise BadInput("town.code", given=code)


def _check_zone(zone: str) -> None:
    """BadInput ``town.zone`` unless this machine knows the time zone."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise BadInput("town.zone", zone=zone) from None


@command("add_officer", roles=ADMINISTRATORS, writes=("officer",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddOfficer:
    """Let somebody work at the desks, in a role."""

    name: str
    role: Role
    account: str = ""
    phone: Annotated[str | None, Personal("phone")] = None


@handles(AddOfficer)
def add_officer(cmd: AddOfficer, ctx: Context) -> Any:
    """Two officers may bear one name; an account belongs to one."""
    if not cmd.name.strip():
        raise BadInput("officer.name_empty")
    _claim_account(ctx, cmd.account)
    officer = Officer(id=ctx.new_id(), name=cmd.name.strip(), role=cmd.role, account=cmd.account, phone=cmd.phone)
    ctx.uow.add(officer)
    return {"officer": officer.id}


def _claim_account(ctx: Context, account: str, of: str = "") -> None:
    """RuleError ``officer.account_taken`` when somebody else works under it. Two who ask at once wait for one another:
    no row of an officer is there yet to be locked."""
    if not account:
        return
    ctx.uow.lock("township", [each.id for each in ctx.uow.find("township")])
    if any(each.id != of for each in ctx.uow.find("officer", account=account, active=True)):
        raise RuleError("officer.account_taken", account=account)


EDITABLE = ("name", "account", "phone", "role")
"""Fields of an officer that are corrected by form."""


@command("edit_officer", roles=ADMINISTRATORS, writes=("officer",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditOfficer:
    """Correct the name, the account, the number or the role of an officer. ``was`` tells the values the editor saw."""

    officer: str
    changed: Annotated[dict[str, Any], FieldsOf("officer")]
    was: Annotated[dict[str, Any], FieldsOf("officer")]


@handles(EditOfficer)
def edit_officer(cmd: EditOfficer, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    wanted = edits.asked("officer", cmd, EDITABLE)
    edits.check_readable(ctx, "officer", cmd.changed)
    administrators = _administrators(ctx)
    row = edits.locked(ctx, "officer", cmd.officer)
    edits.require_words(wanted, ("name",), "officer.name_empty")
    if "phone" in wanted:
        wanted["phone"] = edits.phone("phone", wanted["phone"])
    facts = {"entity": "officer", "id": row.id, "name": row.name}
    edited, names = edits.merged("officer", row, wanted, cmd.was, "person.conflict", **facts)
    if "account" in names and edited.active:
        _claim_account(ctx, edited.account, row.id)
    _keep_one(administrators, edited)
    if names:
        ctx.uow.put(edited)
    return {"officer": row.id, "changed": names}


def _keep_one(administrators: list[Officer], changed: Officer) -> None:
    """RuleError ``officer.last_administrator`` when this change leaves nobody to look after the desks."""
    still = changed.active and changed.role == "administrator"
    if [each.id for each in administrators] == [changed.id] and not still:
        raise RuleError("officer.last_administrator", name=changed.name)


@command("change_officer", roles=ADMINISTRATORS, writes=("officer",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeOfficer:
    """Give an officer another role, or take the person off the desks."""

    officer: str
    role: Role | None = None
    active: bool | None = None


@handles(ChangeOfficer)
def change_officer(cmd: ChangeOfficer, ctx: Context) -> Any:
    """The last administrator stays one; who comes back finds the account still free."""
    administrators = _administrators(ctx)
    officer = edits.locked(ctx, "officer", cmd.officer)
    changed = replace(
        officer,
        role=cmd.role if cmd.role is not None else officer.role,
        active=cmd.active if cmd.active is not None else officer.active,
    )
    if changed.active and not officer.active:
        _claim_account(ctx, changed.account, officer.id)
    _keep_one(administrators, changed)
    ctx.uow.put(changed)
    return {"officer": officer.id, "role": changed.role, "active": changed.active}


def _administrators(ctx: Context) -> list[Officer]:
    """Who may look after the desks now, locked so that two who leave at once do not both leave."""
    return ctx.uow.lock("officer", [each.id for each in ctx.uow.find("officer", role="administrator", active=True)])


def _keep_an_administrator(ctx: Context, coming: Coming) -> None:
    """An undo takes the last administrator away no more than a change of roles does."""
    administrators = _administrators(ctx)
    staying: list[Any] = [each for each in administrators if each.id not in coming]
    staying += [row for row in coming.values() if row and row["active"] and row["role"] == "administrator"]
    if administrators and not staying:
        raise RuleError("officer.last_administrator", name=administrators[0].name)


GUARDS["officer"] = _keep_an_administrator
