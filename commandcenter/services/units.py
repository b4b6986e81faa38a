"""The register of the smallest emergency units 最小应急单元: who is named to which role where, and what is lacking.

There ought to be one at every emergency grid and in every village; a named site, or another grid, has one as soon as
somebody is named for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import Personal
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.people import PersonKind
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import ROLES
from commandcenter.rules.units import Gap, UnitPost, gaps
from commandcenter.services import edits
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.wording import shown
from commandcenter.storage.reads import Reader

LONGEST_SITE = 60
"""Characters; more is a description."""
_MOST_SUBSTITUTES = 9


@command("name_post", roles=PLANNERS, writes=("unit_post",))
@dataclass(frozen=True, kw_only=True, slots=True)
class NamePost:
    """Name somebody to a role of the unit of a grid, a village or a ``site`` there: one of the register, or by
    ``name`` and ``phone``.

    ``rank`` 0 holds the role, 1 and up stand in; None: whatever is free first.
    """

    role: str
    village: str | None = None
    grid: str | None = None
    site: str = ""
    rank: int | None = None
    person_kind: PersonKind = "worker"
    person: str | None = None
    name: Annotated[str, Personal("record")] = ""
    phone: Annotated[str | None, Personal("phone")] = None


@handles(NamePost)
def name_post(cmd: NamePost, ctx: Context) -> Any:
    """It never takes anybody's place: what two desks named at once both stays visible, and one of them is taken off
    by hand."""
    if cmd.role not in ROLES:
        raise BadInput("unit.role", field="role", text=cmd.role, known=", ".join(ROLES))
    place: dict[str, Any] = {"village": cmd.village, "grid": cmd.grid}
    edits.settle_place(ctx, place)
    if not place["village"]:
        raise BadInput("unit.place_needed", field="grid")
    site = " ".join(cmd.site.split())
    if len(site) > LONGEST_SITE:
        raise BadInput("unit.site_long", field="site", most=LONGEST_SITE)
    name = _name(ctx, cmd)
    there = [
        each
        for each in ctx.uow.find("unit_post", village=place["village"], role=cmd.role, active=True)
        if (each.grid, each.site) == (place["grid"], site)
    ]
    if any((each.person, each.name) == (cmd.person, name) for each in there):
        raise RuleError("unit.named_already", field="person" if cmd.person else "name", name=name)
    rank = _free_rank(there) if cmd.rank is None else cmd.rank
    if not 0 <= rank <= _MOST_SUBSTITUTES:
        raise BadInput("unit.rank", field="rank", most=_MOST_SUBSTITUTES)
    row = UnitPost(
        id=ctx.new_id(), village=place["village"], grid=place["grid"], site=site, role=cmd.role, rank=rank,
        person_kind=cmd.person_kind, person=cmd.person, name=name,
        phone=None if cmd.person else edits.phone("phone", cmd.phone),
    )  # fmt: skip
    ctx.uow.add(row)
    return {"unit_post": row.id, "rank": rank}


def _name(ctx: Context, cmd: NamePost) -> str:
    """The name of whoever is named; the register's where there is one."""
    if cmd.person is None:
        name = " ".join(cmd.name.split())
        if not name:
            raise BadInput("unit.name_needed", field="name")
        edits.not_denied("name", name)
        return name
    person = ctx.uow.get(cmd.person_kind, cmd.person)
    if person is None or not person.active:
        raise BadInput("unknown", entity=cmd.person_kind, id=cmd.person, field="person")
    return str(person.name)


def _free_rank(there: Iterable[UnitPost]) -> int:
    taken = {each.rank for each in there}
    return next(rank for rank in range(len(taken) + 1) if rank not in taken)


@command("retire_post", roles=PLANNERS, writes=("unit_post",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetirePost:
    """Take somebody off a role of a unit, or put the person back."""

    post: str
    retired: bool = True


@handles(RetirePost)
def retire_post(cmd: RetirePost, ctx: Context) -> Any:
    """Who stands in does not move up by itself: that is for a person to say."""
    row = edits.set_active(ctx, "unit_post", cmd.post, not cmd.retired)
    return {"unit_post": row.id, "active": row.active}


# --- reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """The unit of one place: who is named, as this viewer may see it, and what is lacking."""

    village: Village
    grid: Grid | None
    site: str
    posts: tuple[UnitPost, ...]

    @property
    def id(self) -> str:
        """What tells this place from all others."""
        return place_id(self.village.id, self.grid.id if self.grid else None, self.site)

    @property
    def lacks(self) -> tuple[Gap, ...]:
        """What is lacking, role by role."""
        return gaps(self.posts)

    def held(self, role: str) -> tuple[UnitPost, ...]:
        """Who is named to a role: who holds it, then who stands in."""
        return tuple(each for each in self.posts if each.role == role)


def place_id(village: str, grid: str | None, site: str) -> str:
    """The id of a place with a unit."""
    return f"{village}|{grid or ''}|{site}"


def places(reader: Reader) -> list[UnitPlace]:
    """Every place that has a unit or ought to: villages with their emergency grids, then other grids and sites."""
    villages: Mapping[str, Village] = {each.id: each for each in reader.find("village")}
    grids: Mapping[str, Grid] = {each.id: each for each in reader.find("grid")}
    posts: dict[tuple[str, str | None, str], list[UnitPost]] = {(id, None, ""): [] for id in villages}
    posts |= {(each.village, each.id, ""): [] for each in grids.values() if each.kind == "emergency"}
    for post in reader.find("unit_post", active=True):
        # A grid that moved to another village brings its unit along.
        village = grids[post.grid].village if post.grid in grids else post.village
        named = replace(post, name=shown(post.name))
        posts.setdefault((village, post.grid, post.site), []).append(named)
    made = [
        UnitPlace(villages[village], grids.get(grid or ""), site, _in_order(named))
        for (village, grid, site), named in posts.items()
        if village in villages
    ]
    return sorted(made, key=order)


def of_grid(reader: Reader, grid: str) -> list[UnitPlace]:
    """The units of a grid: its own, and those of sites in it."""
    found = reader.get("grid", grid)
    return [each for each in places(reader) if each.grid is not None and each.grid.id == grid] if found else []


def order(place: UnitPlace) -> tuple[Any, ...]:
    """Village by village; its own unit first, then its grids and sites."""
    return natural_key(place.village.code), natural_key(place.grid.code) if place.grid else (), place.site


def _in_order(posts: Iterable[UnitPost]) -> tuple[UnitPost, ...]:
    known = {role: place for place, role in enumerate(ROLES)}
    return tuple(sorted(posts, key=lambda each: (known.get(each.role, len(known)), each.rank, each.id)))


