"""Rows of a file held against the database, without writing: which are new, changed or the same, and what to write.

A row is a dict of an entity's fields in which places and people are named as files name them (a grid by its code or
name, a village by code or name).
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from commandcenter.base.errors import BadInput
from commandcenter.rules.entity import ENTITIES, kind_of
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.lengths import LONGEST_TEXT, excess
from commandcenter.rules.people import Worker
from commandcenter.storage.unit import UnitOfWork

Row = Mapping[str, Any]
Verdict = Literal["new", "changed", "same", "refused"]
_STRENGTH: tuple[Verdict, ...] = ("same", "changed", "new", "refused")
ACROSS: Mapping[str, frozenset[str]] = {
    "worker": frozenset(("households", "people")), "grid": frozenset(("keeper",)),
}  # fmt: skip
"""By what is imported, the fields in which it speaks of what another source knows: a roster of its grids, a map of its
keepers. Both sides are shown; only where the file's is chosen in so many words something changes."""
_HANGS = {"household": "resident", "session": "attendance"}
"""Kinds that a file brings together with what hangs on them."""
_VILLAGE_END = re.compile(r"(?:村民委员会|居民委员会|村委会|居委会|行政村|社区|村)$")
_FILE_FIELDS = {"village_code": str, "grid_code": str, "wkb": bytes, "bbox": tuple, "area": float}
"""What rows hold besides an entity's own fields."""


@dataclass(slots=True)
class Part:
    """What a row says of one entity: ``made`` as the file has it, ``named`` the fields it speaks of, ``old`` the one
    of the database that is the same, ``merged`` what is to be written."""

    kind: str
    number: int
    made: Any
    named: frozenset[str]
    old: Any = None
    merged: Any = None
    verdict: Verdict = "same"


@dataclass(slots=True)
class Judged:
    """A row's verdict, with what it says of each entity, or why it cannot be taken."""

    number: int
    verdict: Verdict
    parts: list[Part]
    error: BadInput | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a row says that is no field of its own kind: the keeper whom a map names. ``set_by`` are the fields of
    the database (row id, field) that say it otherwise."""

    number: int
    field: str
    entity: str
    id: str
    name: str
    database: str | None
    file: str
    set_by: tuple[tuple[str, str], ...] = ()


class Plan:
    """Holds all rows of one file against the database. ``choices``: fields whose value in the database is to stand."""

    def __init__(
        self, uow: UnitOfWork, entity: str, new_id: Callable[[], str], now: datetime, *,
        choices: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.uow = uow
        self.entity = entity
        self.new_id = new_id
        self.now = now
        self.taken = frozenset(field for field, side in (choices or {}).items() if side == "file")
        """Fields whose value in the file was chosen in so many words."""
        self.standing = frozenset(field for field, side in (choices or {}).items() if side == "database")
        self.standing |= ACROSS.get(entity, frozenset()) - self.taken
        self.claims: list[Claim] = []
        self.appointed: dict[int, list[Any]] = {}
        """What a row changes besides its own parts, where the file's side was chosen."""
        self.figures: dict[str, tuple[Any, ...]] = {}
        """What a roster said first of the figures of a grid."""
        self.writes: list[Any] = []
        self.actor: str | None = None
        """Who brings the file, where that is known and rows say who entered them."""
        self.notes: list[tuple[int, str, str | None, str | None, dict[str, Any]]] = []
        """Disagreements that stop nothing: row, code, field, value, facts."""
        self.keepers: dict[int, str] = {}
        """The keeper that each row of a map names."""
        self.counts: Counter[str] = Counter(new=0, changed=0, same=0)
        self.villages: list[Village] = []
        self.grids: dict[str, Grid] = {}
        self._once: dict[str, Any] = {}
        self._village_by: dict[str, Village | None] = {}
        self._grid_by: dict[tuple[str, str], Grid | None] = {}
        for village in uow.find("village"):
            self.know_village(village)
        for grid in () if entity in ("village", "officer") else uow.find("grid"):
            self._know_grid(grid)

    # --- places as files name them ------------------------------------------------------------------------------

    def know_village(self, village: Village) -> None:
        """From now on rows may name this village."""
        self.villages.append(village)
        for key in (village.code, village.name, village.id):
            self._village_by[key] = village
        short = _VILLAGE_END.sub("", village.name)
        if short != village.name:
            # A short name that two villages share names neither.
            self._village_by[short] = None if short in self._village_by else village

    def _know_grid(self, grid: Grid) -> None:
        self.grids[grid.code] = grid
        for village in (grid.village, ""):
            key = (village, grid.name)
            self._grid_by[key] = None if self._grid_by.get(key, grid).id != grid.id else grid  # type: ignore[union-attr]

    def village(self, number: int, row: Row, *, required: bool) -> str | None:
        """The id of the village a row names, by code or name."""
        given = row.get("village_code") or row.get("village")
        found = self._find_village(str(given)) if given else None
        if found is None and given:
            raise BadInput("import.village_unknown", row=number, column="village", value=str(given))
        if found is None and required:
            raise BadInput("import.value_missing", row=number, column="village")
        return found.id if found else None

    def _find_village(self, given: str) -> Village | None:
        for key in (given, _VILLAGE_END.sub("", given)):
            if self._village_by.get(key) is not None:
                return self._village_by[key]
        # 金华镇凯旋社区 is 凯旋社区.
        longer = [each for each in self.villages if given.endswith(each.name)]
        return longer[0] if len(longer) == 1 else None

    def grid(self, number: int, row: Row) -> Grid | None:
        """The grid a row names by its code, or by its name (within its village where it names one)."""
        code = row.get("grid_code") or row.get("grid")
        name = row.get("grid_name")
        if not code and not name:
            return None
        found = self.grids.get(code) if code else self._grid_named(str(name), row)
        if found is None:
            column, value = ("grid_code", code) if code else ("grid_name", name)
            raise BadInput("import.grid_unknown", row=number, column=column, value=str(value))
        self._compare_names(number, row, found)
        return found

    def _grid_named(self, name: str, row: Row) -> Grid | None:
        given = row.get("village_code") or row.get("village")
        village = self._find_village(str(given)) if given else None
        if name in self.grids:
            return self.grids[name]
        if village is None:
            return self._grid_by.get(("", name))
        return self._grid_by.get((village.id, name)) or self._grid_by.get((village.id, village.name + name))

    def _compare_names(self, number: int, row: Row, grid: Grid) -> None:
        """What the file says of the place beside its code may disagree with the map."""
        name, given = row.get("grid_name"), row.get("village_code") or row.get("village")
        if name and row.get("grid_code") and name not in (grid.name, grid.code):
            self.note(number, "import.grid_name_differs", "grid_name", name, database=grid.name)
        village = self._find_village(str(given)) if given else None
        if given and (village is None or village.id != grid.village):
            known = next((each.name for each in self.villages if each.id == grid.village), "")
            self.note(number, "import.village_differs", "village", str(given), database=known)

    def note(self, number: int, code: str, field: str | None, value: str | None, **facts: Any) -> None:
        """Remember a disagreement that is to be listed."""
        self.notes.append((number, code, field, value, facts))

    def township(self) -> str:
        """The id of the town."""
        towns = self.uow.find("township")
        if not towns:
            raise BadInput("town.not_named")
        return str(towns[0].id)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` makes of the database, made once for all rows of the file."""
        if name not in self._once:
            self._once[name] = make()
        return self._once[name]

    def whose(self, row: Any) -> Any:
        """The thing that people call a row by: an attendance is that of a worker."""
        worker = getattr(row, "worker", None)
        return (self.uow.get("worker", worker) if worker else None) or row

    # --- rows ---------------------------------------------------------------------------------------------------

    def judge(self, rows: Sequence[tuple[int, Row]], *, strict: bool) -> list[Judged]:
        """Compare all rows. BadInput names row and field: raised at once when ``strict``, else kept with its row."""
        from commandcenter.services.import_kinds import KINDS

        kind = KINDS[self.entity]
        judged = [self._read(number, row, kind.read, strict) for number, row in rows]
        if kind.finish is not None:
            kind.finish(self, judged)
        self._match(judged, strict)
        for each in judged:
            if each.error is None:
                for part in each.parts:
                    self._merge(part)
                each.verdict = max((part.verdict for part in each.parts), key=_STRENGTH.index, default="same")
                if each.verdict == "same" and each.number in self.appointed:
                    each.verdict = "changed"
                self.writes += self.appointed.get(each.number, [])
                self.counts[each.verdict] += 1
        if kind.doubt is not None:
            kind.doubt(self, [each for each in judged if each.error is None])
        return judged

    def _read(self, number: int, row: Row, read: Any, strict: bool) -> Judged:
        try:
            check_fit(self.entity, number, row)
            return Judged(number, "same", read(self, number, row))
        except BadInput as error:
            if strict:
                raise
            return Judged(number, "refused", [], error)

    def _match(self, judged: list[Judged], strict: bool) -> None:
        """Find for every part the entity of the database that is the same; refuse two rows that say the same."""
        from commandcenter.services.import_kinds import IDENTITIES

        for kind, identity in IDENTITIES.items():
            mine = [(row, part) for row in judged for part in row.parts if part.kind == kind]
            if not mine:
                continue
            known: dict[Hashable, Any] = {}
            for each in sorted(self.uow.find(kind), key=lambda one: getattr(one, "active", True)):
                known[identity.key(each)] = each
            seen: dict[Hashable, int] = {}
            for row, part in mine:
                key = identity.key(part.made)
                first = seen.setdefault(key, part.number)
                if first != part.number:
                    error = BadInput("import.twice", row=part.number, other=first, value=readable(key))
                    self._refuse(row, error, strict)
                else:
                    part.old = known.get(key)
            self._match_otherwise(mine, identity.otherwise, known, set(seen))
            if kind in _HANGS:
                self._follow(judged, kind, _HANGS[kind])

    def _refuse(self, row: Judged, error: BadInput, strict: bool) -> None:
        if strict:
            raise error
        row.verdict, row.error = "refused", error

    def _match_otherwise(
        self, mine: list[tuple[Judged, Part]], keys: Iterable[Callable[[Any], Hashable | None]],
        known: Mapping[Hashable, Any], seen: set[Hashable],
    ) -> None:  # fmt: skip
        """The rest by other evidence, where it points to exactly one on both sides; who is matched is left alone."""
        left = [each for key, each in known.items() if key not in seen]
        for key_of in keys:
            here = Counter(key for _, part in mine if part.old is None and (key := key_of(part.made)) is not None)
            there: dict[Hashable, list[Any]] = {}
            for each in left:
                if (key := key_of(each)) is not None:
                    there.setdefault(key, []).append(each)
            for _, part in mine:
                key = key_of(part.made) if part.old is None else None
                if key is not None and here[key] == 1 and len(there.get(key, ())) == 1:
                    (part.old,) = there[key]
                    left = [each for each in left if each is not part.old]

    def _follow(self, judged: list[Judged], kind: str, hanging: str) -> None:
        """Who lives in a matched household lives in the one of the database; so does whoever came to a session."""
        found = [part for row in judged for part in row.parts if part.kind == kind]
        real = {part.made.id: part.old.id for part in found if part.old is not None}
        for row in judged:
            for part in row.parts:
                if part.kind == hanging:
                    here = getattr(part.made, kind)
                    part.made = replace(part.made, **{kind: real.get(here, here)})

    def _merge(self, part: Part) -> None:
        if part.old is None:
            part.verdict, part.merged = "new", part.made
        else:
            part.merged = self._merged(part)
            part.verdict = "same" if part.merged == part.old else "changed"
        if part.verdict != "same":
            self.writes.append(part.merged)

    def _merged(self, part: Part) -> Any:
        """The known row with the fields the file names; what the file is silent about stays."""
        changes = {name: getattr(part.made, name) for name in part.named - self.standing}
        if isinstance(part.made, Grid) and part.made.shape_hash and part.made.shape_hash != part.old.shape_hash:
            changes |= {"shape": part.made.shape, "shape_hash": part.made.shape_hash}
        if getattr(part.old, "active", True) is False and "active" not in self.standing:
            changes["active"] = True
        if isinstance(part.old, Worker) and "verified_on" not in changes:
            is_same = changes.get("phone", part.old.phone) == part.old.phone
            changes |= {} if is_same else {"verified_on": None}
        return replace(part.old, **changes)


def part_of(number: int, row: Row, made: Any) -> Part:
    """What a row says of ``made``: its own fields, and the places that were found for it."""
    kind = kind_of(made)
    fields = {field.name for field in kind.fields} - {"id"}
    named = frozenset(
        name for name in fields if name in row or (name in ("village", "grid") and getattr(made, name) is not None)
    )
    return Part(kind.name, number, made, named)


def check_fit(entity: str, number: int, row: Row) -> None:
    """BadInput ``import.value_unfit`` for a value that the field can never hold, ``import.text_long`` for a text
    that is longer than may be kept."""
    for field in ENTITIES[entity].fields:
        value = row.get(field.name)
        right = value in field.choices if field.choices else isinstance(value, field.type)
        if value is not None and not right:
            raise BadInput("import.value_unfit", row=number, column=field.name, value=str(value))
        if isinstance(value, str) and (over := excess(value)):
            raise BadInput("import.text_long", row=number, column=field.name, length=len(value.strip()),
                           most=LONGEST_TEXT, over=over)  # fmt: skip
    for name, wanted in _FILE_FIELDS.items():
        if row.get(name) is not None and not isinstance(row[name], wanted):
            raise BadInput("import.value_unfit", row=number, column=name, value=str(row[name]))


def readable(key: Any) -> str:
    """A key as people know the row by it, without ids."""
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join(str(part) for part in parts if part and not _ID.fullmatch(str(part)))


_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
