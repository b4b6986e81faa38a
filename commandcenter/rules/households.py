"""Households of a grid and who lives in them: what somebody must know who comes to help (``DOMAIN.md`` §2).

Only what helps in an emergency or care is kept, and needs are written as actions (要人抬, 听不见广播), not diagnoses.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from commandcenter.rules.entity import Indexed, Personal, Ref, Unit, entity


@entity("household")
@dataclass(frozen=True, kw_only=True, slots=True)
class Household:
    """One household under the name of its head; ``code`` is the town's own house number, where it has one."""

    id: str
    village: Annotated[str, Ref("village"), Indexed]
    grid: Annotated[str | None, Ref("grid"), Indexed] = None
    code: Annotated[str, Indexed] = ""
    head: Annotated[str | None, Personal("name")] = None
    phone: Annotated[str | None, Personal("phone")] = None
    address: Annotated[str | None, Personal("address")] = None
    people: Annotated[int | None, Unit("persons")] = None
    people_at_home: Annotated[int | None, Unit("persons")] = None
    note: Annotated[str | None, Personal("text")] = None
    active: bool = True


@entity("resident")
@dataclass(frozen=True, kw_only=True, slots=True)
class Resident:
    """Somebody of a household. ``care`` is a kind of the catalogue of care needs, ``away`` means 常年外出."""

    id: str
    household: Annotated[str, Ref("household"), Indexed]
    name: Annotated[str | None, Personal("name")] = None
    relation: str = ""
    gender: str = ""
    birth_month: str = ""
    phone: Annotated[str | None, Personal("phone")] = None
    care: Annotated[str, Indexed] = ""
    needs: Annotated[str | None, Personal("needs")] = None
    away: bool = False
    active: bool = True


def is_weak(resident: Resident) -> bool:
    """Whether somebody has to be helped out: a kind of care or a need is known, and the person is there."""
    return resident.active and not resident.away and bool(resident.care or resident.needs)


def counts(household: Household, residents: Iterable[Resident]) -> tuple[int | None, int | None]:
    """(people, of them at home): as counted, else as many as are listed; None while nobody is listed or counted."""
    members = [each for each in residents if each.active]
    listed = len(members) if members else None
    at_home = sum(1 for each in members if not each.away) if members else None
    people = household.people if household.people is not None else listed
    return people, household.people_at_home if household.people_at_home is not None else at_home


def weak_first(household: Household, residents: Iterable[Resident]) -> tuple[int, int, str]:
    """The order of a list that is worked through: those with most to be helped first, then the fullest houses."""
    members = list(residents)
    return -sum(1 for each in members if is_weak(each)), -(counts(household, members)[1] or 0), household.id


NEEDS_SEPARATOR = "、"


def needs_of(text: str | None) -> tuple[str, ...]:
    """The actions in a resident's needs."""
    parts = re.split(r"[、，,;；\n]+", text or "")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
