"""People who answer: workers, officers, contacts and duty holders. Their names are public, their numbers are not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from commandcenter.rules.entity import Indexed, Later, Named, Personal, Ref, entity
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.rules.phones import normalise

Role = Literal["viewer", "duty_officer", "trainer", "quartermaster", "supervisor", "administrator"]
ROLES: tuple[Role, ...] = ("viewer", "duty_officer", "trainer", "quartermaster", "supervisor", "administrator")
PersonKind = Literal["worker", "duty_holder", "contact", "officer"]
PERSON_KINDS: tuple[PersonKind, ...] = ("worker", "duty_holder", "contact", "officer")
Standing = Literal["serving", "reserve"]
PRIORITIES = ("stars", "training", "third", "fourth", "fifth")
"""The keys of 五优先. Which five they are is published nowhere (inference): the first two have a name until the town
gives them others, the other three are blank."""


@entity("worker")
@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """A grid worker (微网格员), the keeper of ``grid``; or of the ``reserve`` 后备, who keeps none yet.

    ``source`` is a key of the catalogue of sources or a word of the town's own; ``channel`` (三荐) a key of that of
    channels. ``duties``, ``skills``, ``vehicles`` and ``priorities`` list keys (or words of the town's own), parted by
    commas. ``verified_on``: the day (``YYYY-MM-DD``) on which somebody last made sure of the number; None: never.
    ``merged_into``: the row that stands for this human, where he was entered twice. ``left_on``, ``left_reason``: when
    and why he left, where the leaving form said so.
    """

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
    channel: Annotated[str, Later] = ""
    duties: Annotated[str, Later] = ""
    skills: Annotated[str, Later] = ""
    vehicles: Annotated[str, Later] = ""
    priorities: Annotated[str, Later] = ""
    verified_on: Annotated[str | None, Later] = None
    standing: Annotated[Standing, Later] = "serving"
    merged_into: Annotated[str | None, Ref("worker", weak=True), Later] = None
    left_on: Annotated[str | None, Later] = None
    left_reason: Annotated[str | None, Personal("record"), Later] = None


@entity("worker_absence")
@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerAbsence:
    """A worker cannot be called from ``from_on`` to ``until_on`` (days, both included; None: until it is ended).
    ``stand_in``: who is called in his place. ``ended``: it was ended before its time, or never came to be."""

    id: str
    worker: Annotated[str, Ref("worker"), Indexed]
    from_on: str
    until_on: str | None = None
    reason: Annotated[str, Personal("record")] = ""
    stand_in: Annotated[str | None, Ref("worker"), Indexed] = None
    ended: bool = False


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


# --- what is derived ----------------------------------------------------------------------------------------------

LISTED = ("duties", "skills", "vehicles", "priorities")
"""Fields of a worker that list keys."""


def keys_in(text: str) -> tuple[str, ...]:
    """The keys that a field lists, each once."""
    return tuple(dict.fromkeys(part for each in text.split(",") if (part := each.strip())))


def listed(keys: Iterable[str]) -> str:
    """The field that lists these keys."""
    return ",".join(dict.fromkeys(keys))


def is_verified(worker: Worker, today: date, months: int) -> bool:
    """Whether somebody made sure of the number within so many months; nobody can of a number that is not known."""
    return bool(worker.phone) and worker.verified_on is not None and months_between(worker.verified_on, today) < months


def months_between(day: str, today: date) -> int:
    """Whole months from a day (``YYYY-MM-DD``) to ``today``; a day that is still to come counts as none."""
    then = date.fromisoformat(day)
    return max((today.year - then.year) * 12 + today.month - then.month - (today.day < then.day), 0)


def is_away(absence: WorkerAbsence, today: date) -> bool:
    """Whether an absence holds on a day."""
    until = absence.until_on
    day = today.isoformat()
    return not absence.ended and absence.from_on <= day and (until is None or day <= until)


def overlap(one: WorkerAbsence, other: WorkerAbsence) -> bool:
    """Whether two absences share a day."""
    ends = [each.until_on or "9999-12-31" for each in (one, other)]
    return one.from_on <= ends[1] and other.from_on <= ends[0]


def possible_doubles(workers: Iterable[Worker]) -> dict[str, tuple[str, ...]]:
    """Workers on the lists who may be one human entered twice: of one village, with one name or one number, each with
    the others (ids). A number that this viewer may not see tells nothing."""
    alike: dict[tuple[str | None, str], list[Worker]] = {}
    for each in workers:
        if not each.active:
            continue
        told = {"".join(each.name.split())}
        if each.phone and not is_erased(each.phone) and not is_masked(each.phone):
            told.add(normalise(each.phone))
        for one in told:
            alike.setdefault((each.village, one), []).append(each)
    found: dict[str, dict[str, None]] = {}
    for together in alike.values():
        for each in together if len(together) > 1 else ():
            found.setdefault(each.id, {}).update((other.id, None) for other in together if other is not each)
    return {id: tuple(sorted(others)) for id, others in found.items()}
