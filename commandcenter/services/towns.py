"""Making a database for a town, its officers, and the clock of a sample."""

import getpass
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
from commandcenter.services.commands import Context, command, handles
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
    if cmd.account and ctx.uow.find("officer", account=cmd.account, active=True):
        raise RuleError("officer.account_taken", account=cmd.account)
    officer = Officer(id=ctx.new_id(), name=cmd.name.strip(), role=cmd.role, account=cmd.account, phone=cmd.phone)
    ctx.uow.add(officer)
    return {"officer": officer.id}


@command("change_officer", roles=ADMINISTRATORS, writes=("officer",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeOfficer:
    """Give an officer another role, or take the person off the desks."""

    officer: str
    role: Role | None = None
    active: bool | None = None


@handles(ChangeOfficer)
def change_officer(cmd: ChangeOfficer, ctx: Context) -> Any:
    """The last administrator stays one."""
    administrators = _administrators(ctx)
    officer = ctx.uow.require("officer", cmd.officer)
    changed = replace(
        officer,
        role=cmd.role if cmd.role is not None else officer.role,
        active=cmd.active if cmd.active is not None else officer.active,
    )
    still = changed.active and changed.role == "administrator"
    if [each.id for each in administrators] == [officer.id] and not still:
        raise RuleError("officer.last_administrator", name=officer.name)
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


def account_name() -> str:
    """The name of the operating system's account, which the first administrator bears."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "administrator"
