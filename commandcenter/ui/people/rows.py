"""Everybody who can be called or works at a desk, as rows of one table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from commandcenter.base.texts import choose, say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.masks import is_erased
from commandcenter.rules.people import (
    PERSON_KINDS,
    PersonKind,
    WorkerAbsence,
    is_away,
    is_verified,
    keys_in,
    months_between,
    possible_doubles,
)
from commandcenter.rules.phones import normalise
from commandcenter.services.catalogues import OF_WORKERS, role_name, term, worker_words
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.core.reveal import phone_words

INSTITUTIONS: frozenset[str] = frozenset(("contact",))
"""Kinds whose names are mostly no personal names, so that their first character is no surname."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in one function. ``person`` is a worker, duty holder, contact or officer, masked by role."""

    kind: PersonKind
    person: Any
    role: str
    grid: Grid | None
    village: Village | None
    spelling: tuple[str, str]
    """Pinyin and initials."""
    absences: tuple[WorkerAbsence, ...] = ()
    """Of a worker, those that are not over, the first first."""
    stand_in: str = ""
    """Who is called in the worker's place today, if he is away."""
    today: date = date.min
    months: int = 0
    """After so many months a number is to be verified again."""
    doubles: tuple[str, ...] = ()
    """Workers who may be the same human, entered twice."""
    merged_into: str = ""
    """Whose row stands for this human now, by name."""

    @property
    def id(self) -> str:
        """Unique over all kinds."""
        return row_id(self.kind, self.person.id)

    @property
    def place(self) -> str:
        """Where the person belongs: the grid, the village, or the town."""
        if self.grid is not None:
            return self.grid.name
        return village_name(self.village) or say("people.place.town")

    @property
    def phone(self) -> str:
        """The number as this officer may see it, in groups to be read out."""
        return phone_words(self.person.phone)

    @property
    def away(self) -> WorkerAbsence | None:
        """The absence that holds today."""
        return next((each for each in self.absences if is_away(each, self.today)), None)

    @property
    def is_verified(self) -> bool:
        """Whether somebody made sure of the number, and not too long ago; nobody asks for a number that is unknown."""
        return self.kind != "worker" or is_verified(self.person, self.today, self.months)

    @property
    def is_reserve(self) -> bool:
        """Whether a worker keeps no grid yet."""
        return self.kind == "worker" and self.person.standing == "reserve"

    @property
    def sort_name(self) -> tuple[str, str]:
        """By pinyin, whatever the engine of the database thinks of Chinese."""
        return self.spelling[0].partition(" ")[0], self.person.name


def row_id(kind: str, id: str) -> str:
    """How the table and the finder name a person."""
    return f"{kind}:{id}"


def parted(row: str) -> tuple[str, str]:
    """Kind and id from what :func:`row_id` made."""
    kind, _, id = row.partition(":")
    return kind, id


def village_name(village: Village | None) -> str:
    """In the language of the desk; empty when unknown."""
    return choose(village.name, village.name_en) if village is not None else ""


def role_of(kind: PersonKind, person: Any) -> str:
    """What somebody is: keeper, village secretary, fire team, duty officer."""
    if kind == "officer":
        return say(f"role.{person.role}")
    if kind == "worker" and person.standing == "reserve":
        return say("people.standing.reserve")
    return role_name({"worker": "keeper"}.get(kind) or (person.kind if kind == "contact" else person.role))


@lru_cache(maxsize=65_536)
def spelling(name: str, *, person: bool) -> tuple[str, str]:
    """Pinyin and initials of a name; kept, because making them is the dear part."""
    keys = pinyin.keys(name, person=person)
    return keys.pinyin, keys.initials


@dataclass(frozen=True, slots=True)
class Roster:
    """What rows are made of, copied on the GUI thread so that another one may read it."""

    people: tuple[tuple[PersonKind, Any], ...]
    grids: Mapping[str, Grid]
    villages: Mapping[str, Village]
    absences: tuple[WorkerAbsence, ...] = ()
    today: date = date.min
    months: int = 0

    def absences_of(self) -> dict[str, list[WorkerAbsence]]:
        """Those that are not over by worker, the first first."""
        found: dict[str, list[WorkerAbsence]] = {}
        day = self.today.isoformat()
        for each in sorted(self.absences, key=lambda one: one.from_on):
            if not each.ended and (each.until_on is None or each.until_on >= day):
                found.setdefault(each.worker, []).append(each)
        return found


def rows(roster: Roster) -> list[PersonRow]:
    """Everybody, also those who have left, but for officers, who are looked after in the settings.

    Takes a second for 20,000 new names, so never on the GUI thread.
    """
    away, names = roster.absences_of(), {person.id: person.name for kind, person in roster.people if kind == "worker"}
    doubles = possible_doubles(person for kind, person in roster.people if kind == "worker")
    return [
        _row(kind, person, roster, tuple(away.get(person.id, ())) if kind == "worker" else (), names, doubles)
        for kind, person in roster.people if person.active or kind != "officer"
    ]  # fmt: skip


def _row(
    kind: PersonKind, person: Any, roster: Roster, absences: tuple[WorkerAbsence, ...], names: Mapping[str, str],
    doubles: Mapping[str, tuple[str, ...]],
) -> PersonRow:  # fmt: skip
    grid = roster.grids.get(getattr(person, "grid", None) or "")
    village = roster.villages.get(getattr(person, "village", None) or (grid.village if grid else ""))
    spelt = spelling(person.name, person=kind not in INSTITUTIONS)
    now = next((each for each in absences if is_away(each, roster.today)), None)
    stand_in = names.get(now.stand_in or "", "") if now is not None else ""
    return PersonRow(kind, person, role_of(kind, person), grid, village, spelt, absences, stand_in, roster.today,
                     roster.months, doubles.get(person.id, ()) if kind == "worker" else (),
                     names.get(getattr(person, "merged_into", None) or "", ""))  # fmt: skip


def entry(row: PersonRow) -> Entry:
    """What the finder knows of a person: name, pinyin, initials, role, number."""
    subtitle = say("people.found", role=row.role, place=row.place)
    phone = normalise(row.person.phone) if row.person.phone and not is_erased(row.person.phone) else ""
    able = worker_words("skills", row.person.skills) if row.kind == "worker" else ()
    return Entry("person" if row.person.active else "left", row.id, row.person.name, subtitle,
                 (*row.spelling, phone, *able))  # fmt: skip


def order(row: PersonRow) -> tuple[Any, ...]:
    """Kind by kind, then by pinyin; who has left comes last."""
    return not row.person.active, PERSON_KINDS.index(row.kind), row.sort_name


def _name_tone(row: PersonRow, _ctx: Any) -> Tone:
    return "text" if row.person.active else "muted"


def _phone_tone(row: PersonRow, _ctx: Any) -> Tone:
    return "text" if row.phone else "muted"


def _paid(row: PersonRow, _ctx: Any) -> str:
    if row.kind != "worker":
        return ""
    return say("people.paid" if row.person.paid else "people.unpaid")


def source_name(source: str) -> str:
    """Where a worker comes from; a word of the town's own shows itself."""
    return term(OF_WORKERS["source"], source)


def _source(row: PersonRow, _ctx: Any) -> str:
    return source_name(row.person.source) if row.kind == "worker" else ""


def _channel(row: PersonRow, _ctx: Any) -> str:
    return term(OF_WORKERS["channel"], row.person.channel) if row.kind == "worker" else ""


def _skills(row: PersonRow, _ctx: Any) -> str:
    return say("people.list").join(worker_words("skills", row.person.skills)) if row.kind == "worker" else ""


def verified_words(day: str | None, today: date) -> str:
    """How long ago somebody made sure of a number, in words."""
    if day is None:
        return say("people.verified.never")
    days = (today - date.fromisoformat(day)).days
    if days <= 0:
        return say("people.verified.today")
    if (months := months_between(day, today)) >= 1:
        return say("people.verified.months", count=months)
    return say("people.verified.days", count=days)


def _verified(row: PersonRow, _ctx: Any) -> str:
    return verified_words(row.person.verified_on, row.today) if row.kind == "worker" and row.person.phone else ""


def _verified_tone(row: PersonRow, _ctx: Any) -> Tone:
    return "text" if row.is_verified else "near"


def away_words(absence: WorkerAbsence, stand_in: str) -> str:
    """Until when somebody is away, and who is called in his place."""
    if absence.until_on is None:
        return say("people.away.open_by", name=stand_in) if stand_in else say("people.away.open")
    if stand_in:
        return say("people.away.until_by", day=short_day(absence.until_on), name=stand_in)
    return say("people.away.until", day=short_day(absence.until_on))


def short_day(day: str) -> str:
    """A day without its year."""
    found = date.fromisoformat(day)
    return say("people.day.short", month=found.month, day=found.day)


def _role(row: PersonRow, _ctx: Any) -> str:
    if row.merged_into:
        return say("people.merged", name=row.merged_into)
    return say("people.role_away", role=row.role) if row.away is not None else row.role


def _role_tip(row: PersonRow, _ctx: Any) -> str:
    return away_words(row.away, row.stand_in) if row.away is not None else ""


def _role_tone(row: PersonRow, _ctx: Any) -> Tone:
    return "near" if row.away is not None else "text"


ABSENCE = "worker_absence"
"""Under this name the selection keeps which absence of a card was pressed."""
COLUMNS: tuple[Column[PersonRow], ...] = (
    Column("name", "people.column.name", lambda row, _: row.person.name, lambda row: row.sort_name, 80, fixed=True,
           tone=_name_tone),
    Column("role", "people.column.role", _role, None, 118, tooltip=_role_tip, tone=_role_tone),
    Column("grid", "people.column.place", lambda row, _: row.place, None, 170, stretch=True),
    Column("village", "people.column.village", lambda row, _: village_name(row.village),
           lambda row: row.village.code if row.village else None, 108, visible=False),
    Column("phone", "people.column.phone", lambda row, _: row.phone or say("people.no_phone"),
           lambda row: row.phone or None, 118, tone=_phone_tone),
    Column("verified", "people.column.verified", _verified,
           lambda row: row.person.verified_on or "" if row.kind == "worker" and row.person.phone else None, 100,
           tone=_verified_tone),
    Column("source", "people.column.source", _source, None, 92),
    Column("paid", "people.column.paid", _paid, None, 80),
    Column("channel", "people.column.channel", _channel, None, 92, visible=False),
    Column("skills", "people.column.skills", _skills, None, 150, visible=False),
)  # fmt: skip


def silent(rows: Sequence[PersonRow]) -> set[str]:
    """The columns that are empty for all of these rows; of no rows nothing is known."""
    return {each.id for each in COLUMNS if rows and not any(each.text(row, None) for row in rows)}


# --- narrowing down ---------------------------------------------------------------------------------------------

STATES = ("unverified", "away", "reserve", "doubles", "paid", "volunteer", "no_phone")
_LISTS = ("source", "channel", "duties", "skills", "vehicles")


def filters(found: Mapping[str, PersonRow]) -> list[tuple[str, str]]:
    """By what a roster can be narrowed down, with its title: states first, then what workers on it really have."""
    workers = [row.person for row in found.values() if row.kind == "worker" and row.person.active]
    made = [(state, say(f"people.filter.{state}")) for state in STATES]
    for field in _LISTS:
        held = {key for each in workers for key in _keys(each, field)}
        title = say(f"people.field.{field}")
        made += [(f"{field}:{key}", say("people.filter.of", field=title, name=term(OF_WORKERS[field], key)))
                 for key in sorted(held)]  # fmt: skip
    return made


def _keys(worker: Any, field: str) -> Iterator[str]:
    yield from (each for each in keys_in(getattr(worker, field)) if each)


def passes(row: PersonRow, wanted: str) -> bool:
    """Whether somebody stands on a roster that is narrowed down; "" lets everybody pass."""
    if not wanted:
        return True
    if wanted == "no_phone":
        return not row.phone
    if row.kind != "worker":
        return False
    field, _, key = wanted.partition(":")
    if key:
        return key in _keys(row.person, field)
    is_so: dict[str, bool] = {
        "unverified": not row.is_verified, "away": row.away is not None, "reserve": row.is_reserve,
        "doubles": bool(row.doubles),
        "paid": row.person.paid, "volunteer": not row.person.paid,
    }  # fmt: skip
    return is_so[wanted]
