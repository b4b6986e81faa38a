"""Keeping the attention list: entries are added, edited, confirmed after a visit, closed and reopened.

Entries about people need a ground or consent, every entry a source and a day on which it is looked at again; what the
household register knows of somebody stays there. :mod:`commandcenter.services.attention_reading` reads the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.attention import LONGEST, AttentionItem, AttentionKind, next_review
from commandcenter.rules.days import day_from
from commandcenter.rules.entity import Personal
from commandcenter.rules.households import NEEDS_SEPARATOR, Resident, needs_of
from commandcenter.rules.judging import day_written
from commandcenter.rules.permissions import DUTY
from commandcenter.services import catalogues, edits
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.day_marks import today_of
from commandcenter.services.stock import officer_of
from commandcenter.services.undo import GUARDS, Coming

FIELDS = (
    "village", "grid", "household", "resident", "name", "title", "matter", "phone", "address", "care", "needs",
    "ground", "source", "review_on", "latitude", "longitude",
)  # fmt: skip
"""The fields that are edited; what an entry is about never changes its kind."""
OWN = ("name", "phone", "address", "care", "needs")
"""What an entry says itself only of somebody whom the register does not know."""
_ONLY: Mapping[str, AttentionKind] = {
    "resident": "person", "name": "person", "phone": "person", "care": "person", "needs": "person",
    "title": "place", "latitude": "place", "longitude": "place", "matter": "matter",
}  # fmt: skip
_NAMED = {"person": "name", "place": "title", "matter": "matter"}
"""The field that says what an entry of a kind is about."""
LEFT = "left_register"
"""The reason of an entry that was closed because its person left the register: a code, put in words where shown."""
MOST = 500
"""Entries that are confirmed, or residents that are taken, at once."""
_OLDEST = 366
"""Days: a visit longer ago confirms nothing (inference)."""


@command("add_attention", roles=DUTY, writes=("attention_item",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddAttention:
    """Put a person, a place or a matter on the attention list. ``grid`` and ``village`` are ids or codes; ``resident``
    or ``household`` of the register bring theirs along. ``ground``: a key of the catalogue of grounds; ``review_on``:
    a day (empty: as the town has set for the kind)."""

    kind: AttentionKind
    village: str | None = None
    grid: str | None = None
    household: str | None = None
    resident: str | None = None
    name: Annotated[str | None, Personal("name")] = None
    title: str = ""
    matter: Annotated[str | None, Personal("text")] = None
    phone: Annotated[str | None, Personal("phone")] = None
    address: Annotated[str | None, Personal("address")] = None
    care: str = ""
    needs: Annotated[str | None, Personal("needs")] = None
    ground: str = ""
    source: Annotated[str | None, Personal("text")] = None
    review_on: str = ""
    latitude: float | None = None
    longitude: float | None = None


@command("edit_attention", roles=DUTY, writes=("attention_item",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditAttention:
    """Change fields of an entry. ``was`` tells the values the editor saw."""

    item: str
    changed: Annotated[dict[str, Any], FieldsOf("attention_item")]
    was: Annotated[dict[str, Any], FieldsOf("attention_item")]


@handles(AddAttention)
def add_attention(cmd: AddAttention, ctx: Context) -> Any:
    """Nobody stands on the list twice, and nobody without a ground."""
    given = edits.tidy("attention_item", {name: getattr(cmd, name) for name in FIELDS})
    edits.check_readable(ctx, "attention_item", {name: value for name, value in given.items() if value})
    given["review_on"] = given["review_on"] or next_review(cmd.kind, today_of(ctx), town_settings(ctx))
    wanted = _checked(ctx, cmd.kind, given, None)
    row = AttentionItem(
        id=ctx.new_id(), kind=cmd.kind, entered_by=officer_of(ctx), entered_on=today_of(ctx).isoformat(), **wanted
    )
    ctx.uow.add(row)
    return {"attention_item": row.id, "review_on": row.review_on}


@handles(EditAttention)
def edit_attention(cmd: EditAttention, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions. Who is found in
    the register keeps nothing here that stands there."""
    cmd = replace(cmd, changed=_floats(cmd.changed), was=_floats(cmd.was))
    asked = edits.asked("attention_item", cmd, FIELDS)
    edits.check_readable(ctx, "attention_item", cmd.changed)
    row = _open(ctx, cmd.item)
    wanted = _checked(ctx, row.kind, asked, row)
    seen = {**cmd.was, **{name: getattr(row, name) for name in wanted if name not in cmd.changed}}
    edited, names = edits.merged("attention_item", row, wanted, seen, "attention.conflict", item=row.id)
    if names:
        ctx.uow.put(edited)
    return {"attention_item": row.id, "changed": names}


def _floats(given: dict[str, Any]) -> dict[str, Any]:
    """JSON knows one kind of number."""
    places = ("latitude", "longitude")
    return {name: float(value) if name in places and type(value) is int else value for name, value in given.items()}


def _open(ctx: Context, id: str) -> AttentionItem:
    row: AttentionItem = edits.locked(ctx, "attention_item", id)
    if not row.active:
        raise RuleError("attention.closed", item=row.id)
    return row


def town_settings(ctx: Context) -> dict[str, Any]:
    """The town's settings by key."""
    return {each.key: each.value["value"] for each in ctx.uow.find("setting", scope="town")}


# --- what may stand in an entry -----------------------------------------------------------------------------------


def _checked(ctx: Context, kind: AttentionKind, wanted: dict[str, Any], row: AttentionItem | None) -> dict[str, Any]:
    """Every field that is wanted, checked and in its one form."""
    for name, only in _ONLY.items():
        if wanted.get(name) not in (None, "") and kind != only:
            raise BadInput("attention.not_of_kind", field=name, kind=kind)
    for name in ("name", "title", "matter", "address", "needs", "source", "care"):
        edits.not_denied(name, wanted.get(name))
    if "phone" in wanted:
        wanted["phone"] = edits.phone("phone", wanted["phone"])
    if wanted.get("needs"):
        wanted["needs"] = NEEDS_SEPARATOR.join(needs_of(wanted["needs"]))
    _settle_home(ctx, wanted, row)
    after = {**({name: getattr(row, name) for name in FIELDS} if row else {}), **wanted}
    if not after["resident"] and not after[_NAMED[kind]]:
        raise BadInput(f"attention.{_NAMED[kind]}_empty", field=_NAMED[kind])
    if not after["village"]:
        raise BadInput("attention.place_needed", field="grid")
    _check_words(kind, wanted, after, row)
    _check_position(after)
    if "review_on" in wanted:
        wanted["review_on"] = _review_day(ctx, wanted["review_on"])
    return wanted


def _check_words(kind: str, wanted: dict[str, Any], after: dict[str, Any], row: AttentionItem | None) -> None:
    """Keys of the catalogues; of a person the ground is never left out."""
    if wanted.get("care") and wanted["care"] not in {*catalogues.care_kinds(), row.care if row else ""}:
        raise BadInput("household.care_unknown", field="care")
    if "ground" in wanted or kind == "person":
        _check_ground(kind, after["ground"])


def _check_ground(kind: str, ground: str) -> None:
    if ground and ground not in catalogues.terms("attention_grounds"):
        known = ", ".join(catalogues.terms("attention_grounds"))
        raise BadInput("attention.ground_unknown", field="ground", text=ground, known=known)
    if kind == "person" and not ground:
        raise BadInput("attention.ground_needed", field="ground")


def _check_position(after: dict[str, Any]) -> None:
    here = after["latitude"], after["longitude"]
    if here == (None, None):
        return
    if None in here or not (-90 <= here[0] <= 90 and -180 <= here[1] <= 180):
        raise BadInput("attention.position", field="latitude" if here[0] is None else "longitude")


def _settle_home(ctx: Context, wanted: dict[str, Any], row: AttentionItem | None) -> None:
    """A resident brings the household along, a household grid and village; where neither is, grid and village agree."""
    resident = wanted.get("resident", row.resident if row else None)
    if wanted.get("resident") and (row is None or row.resident != wanted["resident"]):
        _link(ctx, wanted, row)
    elif resident and (own := next((name for name in OWN if wanted.get(name)), None)):
        raise BadInput("attention.from_register", field=own)
    household = wanted.get("household", row.household if row else None)
    if not household:
        edits.settle_place(ctx, wanted, row)
        return
    if not set(wanted) & {"household", "grid", "village"}:
        return
    home = edits.locked(ctx, "household", household)
    if not home.active:
        raise RuleError("attention.household_gone", field="household")
    wanted.update(household=home.id, village=home.village, grid=home.grid)


def _link(ctx: Context, wanted: dict[str, Any], row: AttentionItem | None) -> None:
    """Somebody of the register: what stands there is not kept twice."""
    found: Resident = edits.locked(ctx, "resident", wanted["resident"])
    if not found.active:
        raise RuleError("attention.resident_gone", field="resident")
    if any(row is None or each.id != row.id for each in _standing(ctx, found.id)):
        raise RuleError("attention.listed", field="resident", resident=found.id)
    if row is None and (own := next((name for name in OWN if wanted.get(name)), None)):
        raise BadInput("attention.from_register", field=own)
    wanted.update(household=found.household, **edits.tidy("attention_item", dict.fromkeys(OWN)))


def _standing(ctx: Context, resident: str) -> list[AttentionItem]:
    return ctx.uow.find("attention_item", resident=resident, active=True)


def _review_day(ctx: Context, text: str) -> str:
    """A day to come, not too far off."""
    today = today_of(ctx)
    found = day_from(text, today)
    if found is None or found < today:
        raise BadInput("attention.review_day", field="review_on", text=text)
    if found > today + timedelta(days=LONGEST):
        raise BadInput("attention.review_far", field="review_on", days=LONGEST)
    return found.isoformat()


# --- looked at again ----------------------------------------------------------------------------------------------


@command("confirm_attention", roles=DUTY, writes=("attention_item",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ConfirmAttention:
    """What these entries say was found to be so on a day (empty: today), for instance all of a grid after a visit. The
    next review is as long after it as the town has set for each kind."""

    items: tuple[str, ...]
    on: str = ""


@handles(ConfirmAttention)
def confirm_attention(cmd: ConfirmAttention, ctx: Context) -> Any:
    """One that was confirmed on that day or later stays as it is: two who come back from one visit do it once."""
    ids = list(dict.fromkeys(cmd.items))
    if not 1 <= len(ids) <= MOST:
        raise BadInput("attention.how_many", field="items", chosen=len(ids), most=MOST)
    day, settings = _visit_day(ctx, cmd.on), town_settings(ctx)
    rows: list[AttentionItem] = ctx.uow.lock("attention_item", ids)
    if missing := set(ids) - {each.id for each in rows}:
        raise BadInput("unknown", entity="attention_item", id=min(missing))
    if closed := next((each for each in rows if not each.active), None):
        raise RuleError("attention.closed", item=closed.id)
    fresh = [each for each in rows if (each.reviewed_on or "") < day.isoformat()]
    if not fresh:
        raise RuleError("attention.confirmed_already", day=day.isoformat())
    for each in fresh:
        review = next_review(each.kind, day, settings)
        ctx.uow.put(replace(each, reviewed_on=day.isoformat(), review_on=review))
    return {"confirmed": len(fresh), "unchanged": len(rows) - len(fresh), "on": day.isoformat()}


def _visit_day(ctx: Context, text: str) -> date:
    today = today_of(ctx)
    found = day_written(text, today) if text.strip() else today
    if found is None or not today - timedelta(days=_OLDEST) <= found <= today:
        raise BadInput("attention.visit_day", field="on", text=text)
    return found


# --- off and back -------------------------------------------------------------------------------------------------


@command("close_attention", roles=DUTY, writes=("attention_item",))
@dataclass(frozen=True, kw_only=True, slots=True)
class CloseAttention:
    """Take an entry off the list, and why (no longer needed, moved away, mended)."""

    item: str
    reason: Annotated[str, Personal("text")]


@handles(CloseAttention)
def close_attention(cmd: CloseAttention, ctx: Context) -> Any:
    """The row stays, with its reason."""
    row, reason = _open(ctx, cmd.item), cmd.reason.strip()
    if not reason:
        raise BadInput("attention.reason_empty", field="reason")
    edits.not_denied("reason", reason)
    ctx.uow.put(replace(row, active=False, closed_reason=reason))
    return {"attention_item": row.id, "active": False}


@command("reopen_attention", roles=DUTY, writes=("attention_item",))
@dataclass(frozen=True, kw_only=True, slots=True)
class ReopenAttention:
    """Put a closed entry on the list again. It is due as it was: one whose day has passed must be confirmed first."""

    item: str


@handles(ReopenAttention)
def reopen_attention(cmd: ReopenAttention, ctx: Context) -> Any:
    """Refused for somebody who is on the list again already, or has left the register."""
    row: AttentionItem = edits.locked(ctx, "attention_item", cmd.item)
    if row.active:
        raise RuleError("attention.open_already", item=row.id)
    if row.resident is not None:
        found = edits.locked(ctx, "resident", row.resident)
        if not found.active:
            raise RuleError("attention.resident_gone", field="resident")
        if _standing(ctx, row.resident):
            raise RuleError("attention.listed", field="resident", resident=row.resident)
    ctx.uow.put(replace(row, active=True, closed_reason=None))
    return {"attention_item": row.id, "active": True}


def close_those_of(ctx: Context, resident: str) -> None:
    """Somebody left the register: nothing about the person stays on the list."""
    for each in _standing(ctx, resident):
        ctx.uow.put(replace(each, active=False, closed_reason=LEFT))


# --- from the register --------------------------------------------------------------------------------------------


@command("take_attention", roles=DUTY, writes=("attention_item",))
@dataclass(frozen=True, kw_only=True, slots=True)
class TakeAttention:
    """Put residents of the register whose needs are known on the list at once, on one ground."""

    residents: tuple[str, ...]
    ground: str = ""
    source: Annotated[str | None, Personal("text")] = None
    review_on: str = ""


@handles(TakeAttention)
def take_attention(cmd: TakeAttention, ctx: Context) -> Any:
    """Who has come onto the list meanwhile, or left the register, is passed over and counted."""
    ids = list(dict.fromkeys(cmd.residents))
    if not 1 <= len(ids) <= MOST:
        raise BadInput("attention.how_many", field="residents", chosen=len(ids), most=MOST)
    ground, source = cmd.ground.strip(), (cmd.source or "").strip() or None
    _check_ground("person", ground)
    edits.not_denied("source", source)
    review = cmd.review_on.strip() or next_review("person", today_of(ctx), town_settings(ctx))
    review, made = _review_day(ctx, review), []
    for each in ctx.uow.lock("resident", ids):
        if not each.active or _standing(ctx, each.id):
            continue
        home = ctx.uow.require("household", each.household)
        row = AttentionItem(
            id=ctx.new_id(), kind="person", entered_by=officer_of(ctx), entered_on=today_of(ctx).isoformat(),
            village=home.village, grid=home.grid, household=home.id, resident=each.id, ground=ground, source=source,
            review_on=review,
        )  # fmt: skip
        made.append(ctx.uow.add(row).id)
    if not made:
        raise RuleError("attention.nobody_left", chosen=len(ids))
    return {"attention_items": made, "passed_over": len(ids) - len(made)}


# --- undo ---------------------------------------------------------------------------------------------------------


def _nobody_twice(ctx: Context, coming: Coming) -> None:
    """Nobody stands on the list twice, whichever way the entry comes back."""
    back = [row for row in coming.values() if row is not None and row["active"] and row["resident"]]
    ctx.uow.lock("resident", [row["resident"] for row in back])
    for row in back:
        if any(each.id not in coming for each in _standing(ctx, row["resident"])):
            raise RuleError("attention.listed", field="resident", resident=row["resident"])


GUARDS["attention_item"] = _nobody_twice
