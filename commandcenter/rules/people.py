"""People who answer: workers, officers, contacts and duty holders. Their names are public, their numbers are not."""

from dataclasses import dataclass
from typing import Annotated, Literal

from commandcenter.rules.entity import Indexed, Later, Named, Personal, Ref, entity

Role = Literal["viewer", "duty_officer", "trainer", "quartermaster", "supervisor", "administrator"]
ROLES: tuple[Role, ...] = ("viewer", "duty_officer", "trainer", "quartermaster", "supervisor", "administrator")
PersonKind = Literal["worker", "duty_holder", "contact", "officer"]
PERSON_KINDS: tuple[PersonKind, ...] = ("worker", "duty_holder", "contact", "officer")


@entity("worker")
@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """A grid worker (微网格员), the keeper of ``grid``."""

    id: str
    name: Annotated[str, Named]
    village: Annotated[str | None, Ref("village"), Indexed] = None
    grid: Annotated[str | None, Ref("grid"), Indexed] = None
    gender: str = ""
    birth_month: str = ""
    phone: Annotated[str | None, Personal("phone")] = None
    address: Annotated[str | None, Personal("address")] = None
    id_number: Annotated[str | None, Personal("id_number")] = None
    source: str = ""
    paid: bool = False
    appointed: str = ""
    note: Annotated[str | None, Personal("text")] = None
    active: bool = True
    vest_size: Annotated[str, Later] = ""


@entity("officer")
@dataclass(frozen=True, kw_only=True, slots=True)
class Officer:
    """Somebody who works at a desk; ``account`` is the login or system account that belongs to the person."""

    id: str
    name: Annotated[str, Named]
    role: Role
    account: Annotated[str, Indexed] = ""
    phone: Annotated[str | None, Personal("phone")] = None
    active: bool = True


@entity("contact")
@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A service or helper outside the grids: fire, clinic, power, excavator owner, county duty room."""

    id: str
    name: Annotated[str, Named]
    kind: Annotated[str, Indexed]
    village: Annotated[str | None, Ref("village"), Indexed] = None
    phone: Annotated[str | None, Personal("phone")] = None
    address: Annotated[str | None, Personal("address")] = None
    active: bool = True


@entity("duty_holder")
@dataclass(frozen=True, kw_only=True, slots=True)
class DutyHolder:
    """A person in a role on a village or a grid; neither means the whole town."""

    id: str
    name: Annotated[str, Named]
    role: Annotated[str, Indexed]
    village: Annotated[str | None, Ref("village"), Indexed] = None
    grid: Annotated[str | None, Ref("grid"), Indexed] = None
    phone: Annotated[str | None, Personal("phone")] = None
    active: bool = True
