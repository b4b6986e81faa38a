"""The attention list from a file: each row is a person, a place or a matter. Somebody whom the household register knows
by that name in that grid is the register's; what the file says otherwise of the person is listed, and not kept.
"""

from collections.abc import Hashable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.errors import BadInput
from commandcenter.rules.attention import AttentionItem, next_review
from commandcenter.rules.households import NEEDS_SEPARATOR, Household, Resident, needs_of
from commandcenter.services.import_plan import Part, Plan, Row
from commandcenter.services.runner import DEFAULT_ZONE

_WORDS = ("title", "matter", "phone", "address", "care", "needs", "ground", "source", "reviewed_on")
_REGISTER = ("phone", "care", "needs")
_NAMED = {"person": "name", "place": "title", "matter": "matter"}


def read(plan: Plan, number: int, row: Row) -> list[Part]:
    """The entry of a row."""
    kind = row.get("kind") or _kind(row)
    grid = plan.grid(number, row)
    village = grid.village if grid else plan.village(number, row, required=True)
    what = row.get(_NAMED[kind]) or (row.get("name") if kind != "matter" else row.get("title") or row.get("name"))
    if not what:
        raise BadInput("import.value_missing", row=number, column=_NAMED[kind])
    if kind == "person" and not row.get("ground"):
        raise BadInput("import.attention_ground", row=number, column="ground")
    resident = _resident(plan, number, row, str(what), grid, village) if kind == "person" else None
    said = _said(kind, row, str(what), resident)
    named = {"kind", "village", *said, *(("grid",) if grid else ())}
    if resident is not None:
        home: Household = plan.once("homes", lambda: _homes(plan))[resident.household]
        said |= {"resident": resident.id, "household": home.id}
        named |= {"resident", "household"}
    today = _today(plan)
    review = row.get("review_on")
    named |= {"review_on"} if review else set()
    made = AttentionItem(
        id=plan.new_id(), kind=kind, village=str(village), grid=grid.id if grid else None,
        entered_by=plan.actor, entered_on=today.isoformat(),
        review_on=review or next_review(kind, _looked_at(row, today), plan.once("settings", lambda: _settings(plan))),
        **said,
    )  # fmt: skip
    return [Part("attention_item", number, made, frozenset(named))]


def _kind(row: Row) -> Any:
    """What a row without a kind is about."""
    if row.get("matter"):
        return "matter"
    return "place" if row.get("title") and not row.get("name") else "person"


def _said(kind: str, row: Row, what: str, resident: Resident | None) -> dict[str, Any]:
    """What the entry itself says: of somebody of the register neither telephone nor needs."""
    own = {name: row[name] for name in _WORDS if row.get(name) is not None}
    others = {"title", "matter"} | ({"phone", "care", "needs"} if kind != "person" else set())
    own = {name: value for name, value in own.items() if name not in others}
    if resident is not None:
        return {name: value for name, value in own.items() if name not in (*_REGISTER, "address")}
    if own.get("needs"):
        own["needs"] = NEEDS_SEPARATOR.join(needs_of(own["needs"]))
    return {**own, _NAMED[kind]: what}


def _resident(plan: Plan, number: int, row: Row, name: str, grid: Any, village: str | None) -> Resident | None:
    """The one of that name in the grid, or in the village where the file names no grid."""
    known = plan.once("residents", lambda: _residents(plan))
    found = known.get((name, grid.id if grid else village), ())
    if len(found) != 1:
        return None
    resident: Resident = found[0]
    for field in _REGISTER:
        mine, there = row.get(field), getattr(resident, field)
        if field == "needs" and mine:
            mine = NEEDS_SEPARATOR.join(needs_of(mine))
        if mine and mine != there:
            plan.note(number, "import.attention_register", field, str(mine), database=there or "–")
    return resident


def _homes(plan: Plan) -> dict[str, Household]:
    return {each.id: each for each in plan.uow.find("household") if each.active}


def _residents(plan: Plan) -> dict[tuple[str, str], list[Resident]]:
    """Everybody of the register by name and grid, and by name and village."""
    homes = plan.once("homes", lambda: _homes(plan))
    found: dict[tuple[str, str], list[Resident]] = {}
    for each in plan.uow.find("resident"):
        home = homes.get(each.household)
        if home is None or not each.active or not each.name:
            continue
        for place in (home.grid, home.village):
            if place:
                found.setdefault((each.name, place), []).append(each)
    return found


def _settings(plan: Plan) -> dict[str, Any]:
    return {each.key: each.value["value"] for each in plan.uow.find("setting", scope="town")}


def _today(plan: Plan) -> date:
    zone: ZoneInfo = plan.once("zone", lambda: _zone(plan))
    return plan.now.astimezone(zone).date()


def _zone(plan: Plan) -> ZoneInfo:
    towns = plan.uow.find("township")
    return ZoneInfo(towns[0].zone if towns else DEFAULT_ZONE)


def _looked_at(row: Row, today: date) -> date:
    """When somebody was there last, as the file says; else now."""
    said = row.get("reviewed_on")
    return min(date.fromisoformat(said), today) if said else today


def key(item: Any) -> Hashable:
    """By what two entries are the same: the resident, else kind, place and what they are about."""
    if item.resident:
        return str(item.resident)
    return item.kind, item.grid or item.village, item.name or item.title or item.matter
