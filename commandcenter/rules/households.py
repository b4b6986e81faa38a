"""Households of a grid and who lives in them: what somebody must know who comes to help (``DOMAIN.md`` §2).

Only what helps in an emergency or care is kept, and needs are written as actions (要人抬, 听不见广播), not diagnoses.
"""

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
