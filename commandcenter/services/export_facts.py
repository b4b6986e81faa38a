"""What the columns of an exported table may ask of a row: its own fields in a person's words, and whose they are.

Each fact is a method named after it; a fact that has none is a field of the row itself. None leaves the cell empty.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.formats import column_words as words
from commandcenter.formats import training_columns
from commandcenter.rules import courses
from commandcenter.rules.attention import AttentionItem, may_print
from commandcenter.rules.drills import Door, may_leave
from commandcenter.rules.entity import ENTITIES
from commandcenter.rules.households import Household, Resident
from commandcenter.rules.masks import is_erased
from commandcenter.rules.people import keys_in
from commandcenter.rules.scenarios import ROLES
from commandcenter.rules.units import UnitPost
from commandcenter.services import catalogues
from commandcenter.services.catalogues import terms
from commandcenter.services.wording import shown
from commandcenter.storage import figures
from commandcenter.storage.reads import Reader

MU = 2000 / 3
"""m² of one 亩."""
LISTED = "、"
METHODS = {"written": "笔试", "practice": "实操", "oral": "口试", "none": "不考核"}
"""How a course is tested, in the words of the usual table."""
_WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("village", "kind"): words.VILLAGE_KINDS,
    ("grid", "kind"): words.GRID_KINDS,
    ("grid", "mark"): words.GRID_MARKS,
    ("worker", "gender"): words.GENDERS,
    ("worker", "source"): words.SOURCES,
    ("worker", "channel"): words.CHANNELS,
    ("worker", "standing"): words.STANDINGS,
    ("contact", "kind"): words.CONTACT_KINDS,
    ("duty_holder", "role"): words.DUTY_ROLES,
    ("gazetteer_name", "kind"): words.PLACE_KINDS,
    ("resident", "gender"): words.GENDERS,
    ("resident", "relation"): words.RELATIONS,
    ("resident", "care"): words.CARE_KINDS,
    ("attention_item", "kind"): words.ATTENTION_KINDS,
    ("attention_item", "care"): words.CARE_KINDS,
    ("attention_item", "ground"): words.GROUNDS,
}
"""Fields whose keys have words in files; the first word of a key is the one that is written."""
OF_PERSON = ("name", "phone", "address", "care", "needs")
"""What an entry of the attention list leaves to the register, where that knows the person."""
_NUMBERS = ("number", "matter_count", "area_mu", "care_count", "away_count", "age", "minutes", "satisfaction",
            "expected_count", "present_count", "passed_count")  # fmt: skip
_URGENCIES = {"critical": "特急", "urgent": "紧急", "routine": "一般"}


def number_fields(entity: str) -> frozenset[str]:
    """The facts that are written as numbers."""
    own = {field.name for field in ENTITIES[entity].fields if field.type in (int, float)}
    counted = {"households", "people", "people_at_home"} if entity in ("worker", "household") else set()
    trained = {"hours"} if entity == "attendance" else set()
    return frozenset(own | counted | trained | set(_NUMBERS))


def _word(entity: str, field: str, key: str) -> str:
    """The word for a key; what stood in a file in words of its own comes back as it was."""
    return next((word for word, known in _WORDS[entity, field].items() if known == key), key)


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """One line of the history of training: somebody, a course, a day, and what came of it."""

    id: str
    name: str
    village: str | None
    grid: str | None
    phone: str | None
    course: str
    held_on: str
    place: str
    teacher: str
    hours: float
    presence: str
    mark: float | None
    result: str
    reason: str


def _first_word(table: Mapping[str, str], key: str) -> str:
    return next(word for word, known in table.items() if known == key)


class Facts:
    """Reads what it is asked for once, as one viewer."""

    def __init__(self, reader: Reader, now: datetime, zone: ZoneInfo, door: Door = "export") -> None:
        """``door``: what its rows are for; those that may not leave through it are not read."""
        self._reader, self._now, self._zone, self._door = reader, now, zone, door
        self._read: dict[str, dict[str, Any]] = {}

    # --- rows ---------------------------------------------------------------------------------------------------------

    def all(self, entity: str) -> dict[str, Any]:
        """Every row of an entity by its id."""
        if entity not in self._read:
            rows = self._reader.find(entity)
            if ENTITIES[entity].has_world:
                rows = [each for each in rows if may_leave(self._door, each.world)]
            self._read[entity] = {each.id: each for each in rows}
        return self._read[entity]

    def rows(self, entity: str) -> list[Any]:
        """The rows in the order in which people look for them; those who left stay behind."""
        return sorted((each for each in self.all(entity).values() if getattr(each, "active", True)), key=self._place)

    def household_rows(self) -> list[Any]:
        """Residents, and households of which nobody is known by name."""
        known = {each.household for each in self.rows("resident")}
        nameless = (each for each in self.rows("household") if each.id not in known)
        return sorted([*self.rows("resident"), *nameless], key=self._place)

    def form_rows(self, entity: str) -> list[Any]:
        """The rows of a usual table: of the residents only those who need care, of the incidents the oldest first."""
        rows = self.rows(entity)
        if entity == "incident":
            return sorted(rows, key=lambda each: (each.opened_at, each.number))
        if entity == "unit_post":
            return sorted(rows, key=self._place_in_unit)
        if entity == "session":
            held = [each for each in rows if each.state == "held" and each.starts_at is not None]
            return sorted(held, key=lambda each: (each.starts_at, each.id))
        return [each for each in rows if each.care] if entity == "resident" else rows

    def _place(self, row: Any) -> tuple[str, ...]:
        village, grid, household = self._village(row), self._grid(row), self._household(row)
        return (
            village.code if village else "~", grid.code if grid else "",
            household.id if household else "", str(getattr(row, "code", "")), row.id,
        )  # fmt: skip

    def _place_in_unit(self, row: UnitPost) -> tuple[Any, ...]:
        """Place by place, and in each role by role: who holds it, then who stands in."""
        role = ROLES.index(row.role) if row.role in ROLES else len(ROLES)
        return (*self._place(row)[:2], row.site, role, row.rank, row.id)

    # --- one cell -----------------------------------------------------------------------------------------------------

    def value(self, entity: str, fact: str, row: Any) -> Any:
        """What stands in the column ``fact`` of a row."""
        if isinstance(row, (Household, Resident)) and entity == "household":
            return self._of_household(fact, row)
        if isinstance(row, AttentionItem) and fact in OF_PERSON:
            return self._of_listed(fact, row)
        return self._own(entity, fact, row)

    def _own(self, entity: str, fact: str, row: Any) -> Any:
        method: Callable[[Any], Any] | None = getattr(self, f"_fact_{fact}", None)
        if method is not None and not (fact in ("people", "households") and entity == "grid"):
            return method(row)
        value = getattr(row, fact, None)
        value = shown(value) if is_erased(value) else value
        if (entity, fact) in _WORDS and value:
            return _word(entity, fact, value)
        if isinstance(value, bool):
            return "是" if value else "否"
        return self._local(value) if isinstance(value, datetime) else value or (value if value == 0 else None)

    def _of_household(self, fact: str, row: Any) -> Any:
        """A table of households has the columns of the household beside those of the resident."""
        household = row if isinstance(row, Household) else self.all("household").get(row.household)
        resident = row if isinstance(row, Resident) else None
        if fact == "household_phone":
            return household and household.phone
        if fact in ("head", "code", "address", "people", "people_at_home"):
            return getattr(household, fact, None) or None
        if fact in ("village", "village_code", "grid_code", "grid_name"):
            return self._own("household", fact, household)
        if fact == "note":
            return household.note if household is not None and resident is None else None
        return None if resident is None else self._own("resident", fact, resident)

    def _of_listed(self, fact: str, row: AttentionItem) -> Any:
        """What the register knows of somebody on the attention list is the register's."""
        resident = self.all("resident").get(row.resident or "")
        holder, entity = (resident, "resident") if resident is not None else (row, "attention_item")
        if fact == "address" and row.address is None:
            holder, entity = self._household(row) or row, "household"
        value = getattr(holder, fact, None)
        value = shown(value) if is_erased(value) else value
        return _word(entity, fact, value) if fact == "care" and value else value or None

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self._zone).replace(tzinfo=None, microsecond=0)

    # --- where --------------------------------------------------------------------------------------------------------

    def _household(self, row: Any) -> Any | None:
        return self.all("household").get(getattr(row, "household", None) or "")

    def _village(self, row: Any) -> Any | None:
        return self.all("village").get(getattr(self._household(row) or row, "village", None) or "")

    def _grid(self, row: Any) -> Any | None:
        if getattr(row, "serial", None) is not None:
            return row
        return self.all("grid").get(getattr(self._household(row) or row, "grid", None) or "")

    def _fact_village(self, row: Any) -> str | None:
        village = self._village(row)
        return village.name if village else None

    def _fact_unit_role(self, row: UnitPost) -> str:
        found = terms("unit_roles").get(row.role)
        return found.zh if found else row.role

    def _fact_unit_rank(self, row: UnitPost) -> str:
        return f"替补{row.rank}" if row.rank else "担任"

    def _fact_phone(self, row: Any) -> str | None:
        """Of who is named to a unit from the register, the register's number."""
        person = self.all(row.person_kind).get(row.person) if isinstance(row, UnitPost) and row.person else row
        return getattr(person, "phone", None) or None

    def _keys(self, row: Any, field: str) -> str | None:
        """What a field of a worker lists, in the words of the usual tables, which are Chinese."""
        known = terms(f"worker_{field}")
        return LISTED.join(known[key].zh if key in known else key for key in keys_in(getattr(row, field))) or None

    def _fact_duties(self, row: Any) -> str | None:
        return self._keys(row, "duties")

    def _fact_skills(self, row: Any) -> str | None:
        return self._keys(row, "skills")

    def _fact_vehicles(self, row: Any) -> str | None:
        return self._keys(row, "vehicles")

    @cached_property
    def _kits(self) -> frozenset[str]:
        return frozenset(each.worker for each in self.rows("kit") if each.worker)

    def _fact_kit_held(self, row: Any) -> str:
        return "是" if row.id in self._kits else "否"

    def _fact_village_code(self, row: Any) -> str | None:
        village = self._village(row)
        return village.code if village else None

    def _fact_grid_code(self, row: Any) -> str | None:
        grid = self._grid(row)
        return grid.code if grid else None

    def _fact_grid_name(self, row: Any) -> str | None:
        grid = self._grid(row)
        return grid.name if grid else None

    def _fact_households(self, row: Any) -> int | None:
        grid = self._grid(row)
        return grid.households if grid else None

    def _fact_people(self, row: Any) -> int | None:
        grid = self._grid(row)
        return grid.people if grid else None

    def _fact_area_mu(self, row: Any) -> float | None:
        shape = self._shapes.get((row.id, row.shape))
        return round(shape.area / MU, 1) if shape else None

    @cached_property
    def _shapes(self) -> dict[tuple[str, int], Any]:
        return {(each.grid, each.edition): each for each in self._reader.find("shape")}

    # --- who ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _keepers(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for each in self.rows("worker"):
            if each.grid:
                found.setdefault(each.grid, []).append(each)
        return found

    def _keepers_of(self, row: Any) -> list[Any]:
        grid = self._grid(row)
        return self._keepers.get(grid.id, []) if grid else []

    def _fact_keeper(self, row: Any) -> str | None:
        return LISTED.join(each.name for each in self._keepers_of(row)) or None

    def _fact_keeper_phone(self, row: Any) -> str | None:
        return LISTED.join(each.phone for each in self._keepers_of(row) if each.phone) or None

    def _holders(self, row: Any, role: str) -> str | None:
        grid, village = self._grid(row), self._village(row)
        found = [
            each.name for each in self.rows("duty_holder")
            if each.role == role and ((grid and each.grid == grid.id) or (village and each.village == village.id
                                                                          and each.grid is None))
        ]  # fmt: skip
        return LISTED.join(found) or None

    def _fact_head(self, row: Any) -> str | None:
        household = self._household(row)
        return household.head if household else self._holders(row, "grid_head")

    def _fact_liaison(self, row: Any) -> str | None:
        return self._holders(row, "liaison_cadre")

    # --- residents ----------------------------------------------------------------------------------------------------

    @cached_property
    def _cared_for(self) -> Counter[str]:
        return Counter(self._grid_id(each) for each in self.rows("resident") if each.care)

    @cached_property
    def _away(self) -> Counter[str]:
        return Counter(self._grid_id(each) for each in self.rows("resident") if each.away)

    def _grid_id(self, row: Any) -> str:
        grid = self._grid(row)
        return grid.id if grid else ""

    def _fact_care_count(self, row: Any) -> int | None:
        return self._cared_for[self._grid_id(row)] or None

    def _fact_away_count(self, row: Any) -> int | None:
        return self._away[self._grid_id(row)] or None

    def _fact_address(self, row: Any) -> str | None:
        address: str | None = getattr(self._household(row) or row, "address", None)
        return address

    def _fact_household_phone(self, row: Any) -> Any:
        household = self._household(row)
        return household.phone if household else None

    def _fact_age(self, row: Any) -> int | None:
        """Whole years by the month of birth; none where only a mask or nothing is known."""
        year, _, month = (row.birth_month or "").partition("-")
        if not (year.isdigit() and month.isdigit()):
            return None
        today = self._now.astimezone(self._zone)
        return today.year - int(year) - (today.month < int(month))

    # --- the attention list -------------------------------------------------------------------------------------------

    def attention_rows(self) -> list[AttentionItem]:
        """Open entries about those who are still there, place by place."""
        known = (self._household, lambda row: self.all("resident").get(row.resident or ""))
        return [
            each for each in self.rows("attention_item")
            if all(holder is None or holder.active for holder in (find(each) for find in known))
        ]  # fmt: skip

    @cached_property
    def _printable(self) -> dict[str, list[AttentionItem]]:
        """What may stand on paper now, by grid."""
        today = self._now.astimezone(self._zone).date()
        found: dict[str, list[AttentionItem]] = {}
        for each in self.attention_rows():
            if may_print(each, today):
                found.setdefault(self._grid_id(each), []).append(each)
        return found

    def _fact_key_places(self, row: Any) -> str | None:
        """What makes a grid a special one, and the places of its attention list that may be printed."""
        mark = [_word("grid", "mark", row.mark)] if row.mark else []
        listed = [each.title for each in self._printable.get(row.id, ()) if each.kind == "place"]
        return LISTED.join([*mark, *listed]) or None

    def _fact_matter_count(self, row: Any) -> int | None:
        """How many matters of a grid's attention list may be printed: their words are not for everybody."""
        return sum(1 for each in self._printable.get(row.id, ()) if each.kind == "matter") or None

    def _fact_last_visit(self, row: Any) -> str | None:
        """When somebody of the register was last looked after, by the attention list."""
        return self._last_visits.get(row.id)

    @cached_property
    def _last_visits(self) -> dict[str, str]:
        return {each.resident: each.reviewed_on for each in self.rows("attention_item")
                if each.resident and each.reviewed_on}  # fmt: skip

    # --- training -----------------------------------------------------------------------------------------------------

    def training_rows(self) -> list[TrainingRecord]:
        """Everybody who was expected at a session that was held, oldest session first, then by place."""
        sessions, workers = self.all("session"), self.all("worker")
        made = []
        for row in self.all("attendance").values():
            session, worker = sessions[row.session], workers[row.worker]
            if session.state == "held" and session.starts_at is not None:
                made.append(((session.starts_at, session.id, *self._place(worker)), self._record(row, session, worker)))
        return [record for _, record in sorted(made, key=lambda pair: pair[0])]

    def _record(self, row: Any, session: Any, worker: Any) -> TrainingRecord:
        course = self.all("course")[session.course]
        waived = courses.is_waived(row)
        result = "waived" if waived else {True: "passed", False: "failed"}.get(row.passed, "")
        if row.present and row.passed is None and course.method != "none":
            result = "untested"
        presence = "present" if row.present else "absent"
        return TrainingRecord(
            id=row.id, name=worker.name, village=worker.village, grid=worker.grid, phone=worker.phone,
            course=self._fact_course_title(session), held_on=f"{session.starts_at.astimezone(self._zone):%Y-%m-%d}",
            place=session.place, teacher=shown(session.teacher), hours=session.hours,
            presence=_first_word(training_columns.PRESENCE, presence), mark=row.mark,
            result=_first_word(training_columns.RESULTS, result) if result else "", reason=shown(row.reason),
        )  # fmt: skip

    def _fact_course_title(self, row: Any) -> str:
        title = self._course(row).title
        return str(title.get("zh_CN") or next(iter(title.values()), ""))

    def _fact_course_category(self, row: Any) -> str:
        category = self._course(row).category
        found = catalogues.terms("course_categories").get(category)
        return found.zh if found else str(category)

    def _fact_course_required(self, row: Any) -> str:
        return "是" if self._course(row).required else "否"

    def _course(self, row: Any) -> Any:
        """The course of a session, or the course itself."""
        return self.all("course")[row.course] if hasattr(row, "course") else row

    @cached_property
    def _attendance(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for each in self.all("attendance").values():
            found.setdefault(each.session, []).append(each)
        return found

    def tally(self, row: Any) -> courses.Tally:
        """A session in figures."""
        return courses.tally(self.all("course")[row.course], self._attendance.get(row.id, ()))

    def _fact_expected_count(self, row: Any) -> int:
        return self.tally(row).expected

    def _fact_present_count(self, row: Any) -> int:
        return self.tally(row).present

    def _fact_passed_count(self, row: Any) -> int:
        return self._passed.get(row.id, 0)

    @cached_property
    def _passed(self) -> dict[str, int]:
        """Counted where the rows are: a figure names nobody, while marks are not for everybody who exports it."""
        return figures.passed_per_session(self._reader.connection)

    def _fact_sign_sheet(self, row: Any) -> str:
        """Whether a list says who was there."""
        return "有" if self.tally(row).present else "无"

    def _fact_method(self, row: Any) -> str:
        return METHODS[self._course(row).method]

    # --- incidents ----------------------------------------------------------------------------------------------------

    def _fact_incident_number(self, row: Any) -> str | None:
        return row.number or None

    def _fact_finder(self, row: Any) -> Any:
        person = self.all(row.finder_kind).get(row.finder) if row.finder_kind and row.finder else None
        return person.name if person else row.caller_name

    def _fact_category(self, row: Any) -> str:
        category = catalogues.categories()[row.category]
        return next((sub.zh for sub in category.subkinds if sub.key == row.subkind), category.zh)

    def _fact_urgency(self, row: Any) -> str:
        return _URGENCIES[row.urgency]

    @cached_property
    def _calls(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for each in sorted(self.all("call").values(), key=lambda call: call.rank):
            if each.result != "waiting":
                found.setdefault(each.incident, []).append(each)
        return found

    def _fact_called(self, row: Any) -> str | None:
        people = (self.all(each.person_kind).get(each.person) for each in self._calls.get(row.id, ()))
        return LISTED.join(person.name for person in people if person) or None

    def _fact_minutes(self, row: Any) -> int | None:
        return None if row.ended_at is None else round((row.ended_at - row.opened_at).total_seconds() / 60)

    def _fact_is_closed(self, row: Any) -> str:
        return "是" if row.state == "closed" else "否"
