"""The smallest emergency unit 最小应急单元: who takes which role in a grid, a village or at a site, and who stands in.

Drills use it, and so do real call-outs. It has no public definition; the four roles are an inference (DOMAIN §6).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from commandcenter.rules.entity import Indexed, Personal, Ref, entity
from commandcenter.rules.people import PersonKind
from commandcenter.rules.scenarios import ROLES


@entity("unit_post")
@dataclass(frozen=True, kw_only=True, slots=True)
class UnitPost:
    """Somebody in a role of the unit of a grid, of a village, or of a named ``site`` there. ``rank`` 0 holds the role,
    1 and up stand in, in that order. ``person`` is of the register; without one, ``name`` and ``phone`` tell."""

    id: str
    village: Annotated[str, Ref("village"), Indexed]
    grid: Annotated[str | None, Ref("grid"), Indexed] = None
    site: str = ""
    role: Annotated[str, Indexed]
    rank: int = 0
    person_kind: PersonKind = "worker"
    person: Annotated[str | None, Indexed] = None
    name: Annotated[str, Personal("record")] = ""
    phone: Annotated[str | None, Personal("phone")] = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """What a unit lacks: ``nobody`` holds the role, or nobody stands in (``substitute``)."""

    role: str
    lacks: str


def gaps(posts: Iterable[UnitPost], roles: Iterable[str] = ROLES) -> tuple[Gap, ...]:
    """What a unit of one place lacks, role by role; an empty tuple when all are named with a substitute."""
    held: dict[str, set[int]] = {}
    for post in posts:
        if post.active:
            held.setdefault(post.role, set()).add(min(post.rank, 1))
    found = []
    for role in roles:
        ranks = held.get(role, set())
        if 0 not in ranks:
            found.append(Gap(role, "nobody"))
        if 1 not in ranks:
            found.append(Gap(role, "substitute"))
    return tuple(found)
