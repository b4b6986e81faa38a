"""What stands in printed books and overview sheets, apart from words and layout: who and what each page is about, read
from the town once.

Both come from here: the pages that are printed (:mod:`commandcenter.services.books`) and the facts of which an edition
is made (:mod:`commandcenter.rules.editions`), so that no page can say anything that its lines do not know of. A page
that tells how something stands on the day of printing (drills due, what lies in the kit) has no lines: it would be
stale every day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from commandcenter.rules import attention, calling
from commandcenter.rules.editions import OF, REVIEW, BookKind, EditionKind, Fact, lines_of
from commandcenter.rules.grids import Grid, Township, Village
from commandcenter.rules.incidents import URGENCIES, Incident, Limits, limit_of
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.people import Contact, DutyHolder, Worker
from commandcenter.rules.pinyin import keys
from commandcenter.rules.scenarios import ROLES, Scenario
from commandcenter.rules.units import UnitPost
from commandcenter.services import attention_reading, catalogues
from commandcenter.services.attention_reading import Listed
from commandcenter.services.book_parts import CONTACT_BOOK, DATED, HANDBOOK, Content, Entry, Group, Part
from commandcenter.services.calls import MOST_LEADERS
from commandcenter.services.settings import limits_from
from commandcenter.storage import places
from commandcenter.storage.reads import Reader

ANSWERING = ("village_secretary", "village_duty", "liaison_leader", "liaison_cadre")
"""The roles in a village that the head of its sheet names, in this order."""
MOST_ANSWERING = 6
MOST_CALLED = 4
"""So many are named for a category; whoever needs more asks the duty room."""
COUNTY = ("county_duty",)
"""Kinds of contacts that are numbers of the county."""
_ALWAYS = (calling.HEAD, calling.KEEPER, calling.DEPUTY, *calling.UPWARD_FALLBACK, calling.LEADER)
"""Roles that are asked for whatever the matter is."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Books:
    """Makes the contents of books from one reading of the town, as its reader may see it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.town: Township | None = next(iter(reader.find("township")), None)
        self.villages: dict[str, Village] = {each.id: each for each in reader.find("village", order=("code",))}
        self.grids: dict[str, Grid] = {each.id: each for each in reader.find("grid", order=("code",))}
        self._of_village = _by(self.grids.values(), lambda each: each.village)
        workers: list[Worker] = reader.find("worker", active=True)
        self._keepers = _by(sorted(workers, key=_by_name), lambda each: each.grid)
        holders: list[DutyHolder] = reader.find("duty_holder", active=True)
        self._holders = _by(holders, lambda each: each.village)
        self._contacts: list[Contact] = reader.find("contact", active=True)
        self._by_kind = _by(self._contacts, lambda each: each.kind)
        self._posts: dict[tuple[str, str | None], list[UnitPost]] = {}
        for post in reader.find("unit_post", active=True):
            # A grid that moved to another village brings its unit along.
            village = self.grids[post.grid].village if post.grid in self.grids else post.village
            self._posts.setdefault((village, post.grid), []).append(post)
        self._people: dict[str, dict[str, Any]] = {
            "worker": {each.id: each for each in workers}, "duty_holder": {each.id: each for each in holders},
            "contact": {each.id: each for each in self._contacts},
        }  # fmt: skip
        self._general = [each for each in self.grids.values() if each.kind == "general"]
        self._middles: Mapping[str, calling.Middle | None] = dict(places.middles(reader.connection))

    # --- what is read only when a book asks for it -------------------------------------------------------------------

    @cached_property
    def limits(self) -> Limits:
        """The town's limits."""
        found = self.reader.find("setting", scope="town")
        return limits_from({each.key: each.value["value"] for each in found if each.value})

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The newest edition in use of each scenario, the shipped ones in their order first."""
        newest: dict[str, Scenario] = {}
        for each in self.reader.find("scenario", active=True):
            if each.key not in newest or newest[each.key].edition < each.edition:
                newest[each.key] = each
        return tuple(sorted(newest.values(), key=lambda each: (each.origin != "shipped", each.id)))

    @cached_property
    def _attention(self) -> dict[str | None, list[Listed]]:
        """What the attention list says by grid: what is kept on a ground and still stands on the register."""
        found = [each for each in attention_reading.listed(self.reader)
                 if attention.has_ground(each.item) and not each.has_left]  # fmt: skip
        return _by(sorted(found, key=lambda each: (attention.KINDS.index(each.item.kind), each.id)),
                   lambda each: each.grid)  # fmt: skip

    # --- books ------------------------------------------------------------------------------------------------------

    def subjects(self, kind: BookKind, village: str | None = None) -> list[str]:
        """All grids (of a village), or all villages, in their order: what there are books of."""
        if kind == "contact_book":
            return [id for id in self.villages if village in (None, id)]
        found = [each for each in self.grids.values() if village in (None, each.village)]
        order = {id: at for at, id in enumerate(self.villages)}
        found.sort(key=lambda each: (order.get(each.village, len(order)), natural_key(each.code)))
        return [each.id for each in found]

    def knows(self, kind: EditionKind, subject: str) -> bool:
        """Whether there is such a grid or village."""
        return subject in (self.grids if OF[kind] == "grid" else self.villages)

    def name_of(self, kind: str, id: str) -> str:
        """What somebody or something of a line is called now; "" where there is nothing of that name any more."""
        stores: Mapping[str, Mapping[str, Any]] = {"grid": self.grids, "village": self.villages, **self._people}
        found = stores.get(kind, {}).get(id)
        return str(found.name) if found is not None else self._former.get(kind, {}).get(id, "")

    @cached_property
    def _former(self) -> dict[str, dict[str, str]]:
        """Names of those who have left the lists."""
        kinds = ("worker", "duty_holder", "contact")
        return {kind: self.reader.pairs(kind, "id", "name", active=False) for kind in kinds}

    def content(self, kind: EditionKind, subject: str, printed_on: date | None = None) -> Content:
        """What a book of a grid or a village (id) says; KeyError for one that is not there. ``printed_on``: of an
        overview sheet the day, which decides what of the attention list is left out."""
        if kind == "handbook":
            grid: Grid | None = self.grids[subject]
            village = self.villages[self.grids[subject].village]
            parts = self._handbook(self.grids[subject], village)
        else:
            grid, village = None, self.villages[subject]
            parts = (self._contact_book(village) if kind == "contact_book" else self._overview(village, printed_on))
        facts = (fact for part in parts if part.page not in DATED for fact in part.facts())
        return Content(kind, village, grid, parts, lines_of(subject, facts))

    def _handbook(self, grid: Grid, village: Village) -> tuple[Part, ...]:
        near = calling.nearest_first(grid, self._general, self._middles)[: calling.NEAREST]
        makers: Mapping[str, Callable[[], Part]] = {
            "cover": lambda: self._cover(village, grid), "first": self._first, "scenes": lambda: self._scenes(grid),
            "calls": lambda: self._calls(grid, near), "unit": lambda: self._unit(grid),
            "attention": lambda: self._listed(grid),
            "neighbours": lambda: self._neighbours(near), "map": lambda: self._map(grid, near),
        }  # fmt: skip
        return tuple(makers[page]() if page in makers else Part(page) for page in HANDBOOK)

    def _contact_book(self, village: Village) -> tuple[Part, ...]:
        people = [self._duty(village), self._all_keepers(village), *self._all_contacts(village)]
        by_page = {each.page: each for each in (self._cover(village, None), *people, _index(people))}
        return tuple(by_page.get(page, Part(page)) for page in CONTACT_BOOK)

    def _overview(self, village: Village, printed_on: date | None) -> tuple[Part, ...]:
        """Of its neighbours the map shows no more than that they are there: no lines tell of them."""
        grids = self.grids_of(village.id)
        listed = tuple(each for grid in (*(grid.id for grid in grids), None) for each in self._attention.get(grid, ())
                       if each.village == village.id)  # fmt: skip
        return (
            self._head(village), self._all_grids(village, grids),
            Part("map", more=tuple(Fact("map", "grid", each.id, "boundary", each.shape_hash) for each in grids)),
            Part("attention", more=tuple(fact for each in listed for fact in _on_wall(each, printed_on))),
        )

    def grids_of(self, village: str) -> list[Grid]:
        """The grids of a village: general, dedicated, emergency ones, each by their number."""
        order = {"general": 0, "dedicated": 1, "emergency": 2}
        return sorted(self._of_village.get(village, ()), key=lambda each: (order[each.kind], natural_key(each.code)))

    # --- the overview sheet -----------------------------------------------------------------------------------------

    def _head(self, village: Village) -> Part:
        town = self.town
        facts = [Fact("head", "township", town.id, "name", town.name)] if town is not None else []
        facts.append(Fact("head", "village", village.id, "name", village.name))
        return Part("head", (Group("answering", self.answering(village)),), tuple(facts))

    def answering(self, village: Village) -> tuple[Entry, ...]:
        """Who answers for a village, as the head of its sheet names them."""
        here = self._duty(village).group("village")
        return tuple(each for role in ANSWERING for each in here if each.role == role)[:MOST_ANSWERING]

    def _all_grids(self, village: Village, grids: Sequence[Grid]) -> Part:
        keepers = self._all_keepers(village)
        facts = [
            Fact("grids", "grid", each.id, what, "" if value is None else str(value)) for each in grids
            for what, value in (("name", each.name), ("kind", each.kind), ("mark", each.serial or each.code),
                                ("households", each.households), ("people", each.people))
        ]  # fmt: skip
        groups = tuple(Group(f"grid|{each.id}", responsible(keepers.group(f"grid|{each.id}"))) for each in grids)
        return Part("grids", groups, tuple(facts))

    # --- pages of a handbook ------------------------------------------------------------------------------------------

    def _cover(self, village: Village, grid: Grid | None) -> Part:
        town = self.town
        facts = [Fact("cover", "township", town.id, "name", town.name)] if town is not None else []
        facts.append(Fact("cover", "village", village.id, "name", village.name))
        if grid is None:
            return Part("cover", more=tuple(facts))
        facts += [Fact("cover", "grid", grid.id, what, value) for what, value in
                  (("name", grid.name), ("code", grid.code), ("kind", grid.kind))]  # fmt: skip
        return Part("cover", (Group("keeper", self._keepers_of(grid.id) or self._heads_of(grid)),), tuple(facts))

    def _keepers_of(self, grid: str) -> tuple[Entry, ...]:
        return tuple(_entry("worker", each, calling.KEEPER, grid) for each in self._keepers.get(grid, ()))

    def _heads_of(self, grid: Grid) -> tuple[Entry, ...]:
        """Who answers for a grid that has no keeper of its own, first its head."""
        here = [each for each in self._holders.get(grid.village, ()) if each.grid == grid.id]
        heads = _by_role("duty_holder", [each for each in here if each.role == calling.HEAD] or here,
                         lambda each: each.role)  # fmt: skip
        return tuple(_placed(each, grid.id) for each in heads)

    def _first(self) -> Part:
        """How soon, for which matters: the limits of the town, the categories of the catalogue."""
        limits = self.limits
        told = [(name, getattr(limits, name)) for name in ("accept", "control", "reinforce", "no_answer")]
        told += [(urgency, limit_of(urgency, limits)) for urgency in URGENCIES]
        return Part("first", more=tuple(
            Fact("first", "setting", f"limit.{name}", "limit", str(int(limit.total_seconds()))) for name, limit in told
        ))  # fmt: skip

    def scenes_of(self, grid: Grid) -> tuple[Scenario, ...]:
        """The scenarios that may happen in a grid of its kind."""
        return tuple(each for each in self.scenarios if not each.grid_kinds or grid.kind in each.grid_kinds.split(","))

    def _scenes(self, grid: Grid) -> Part:
        return Part("scenes", more=tuple(
            Fact("scenes", "scenario", each.id, what, str(sorted((text or {}).items())))
            for each in self.scenes_of(grid) for what, text in (("title", each.title), ("objectives", each.objectives))
        ))  # fmt: skip

    def _calls(self, grid: Grid, near: Sequence[str]) -> Part:
        """Whom to call in the order of :mod:`commandcenter.rules.calling`: the call-out, then by category."""
        holders = self._holders_around(grid)
        workers = [each for id in (grid.id, *near) for each in self._keepers.get(id, ())]
        waves = catalogues.downward_waves()
        down = tuple(role for wave in waves for role in wave)
        order = {"": down, **{key: catalogues.upward_order(key, "") for key in catalogues.categories()}}
        groups = []
        for key, roles in order.items():
            # Only who can be on the list at all: most of the town stands in no role that it asks for.
            wanted = {*roles, *_ALWAYS}
            facts = calling.Surroundings(
                grid=grid, village=grid.village, workers=workers, neighbours=near, order=roles if key else (),
                downward=waves,
                duty_holders=[each for each in holders if each.role in wanted],
                contacts=[each for role in roles for each in self._by_kind.get(role, ())],
            )  # fmt: skip
            if key:
                category = catalogues.categories()[key]
                up = calling.callees(_matter(grid, key, category.default_urgency), "up", facts)
                # The keeper reads this himself.
                called = [each for each in up if each.reason != calling.KEEPER][:MOST_CALLED]
            else:
                called = list(calling.callees(_matter(grid, "emergency", "critical"), "down", facts))
            name = f"up.{key}" if key else "down"
            groups.append(Group(name, tuple(self._callee(each, grid) for each in called)))
        return Part("calls", tuple(groups))

    def _holders_around(self, grid: Grid) -> list[DutyHolder]:
        """Those of the grid, of its village and of the town; of the leaders on duty as many as are proposed."""
        found = [*self._holders.get(grid.village, ()), *self._holders.get(None, ())]
        leaders = [each.id for each in found if each.role == calling.LEADER]
        return [each for each in found if each.id not in leaders[MOST_LEADERS:] and each.grid in (None, grid.id)]

    def _callee(self, callee: calling.Callee, grid: Grid) -> Entry:
        person = self._people[callee.person_kind][callee.person]
        place = getattr(person, "grid", None) or ""
        return _entry(callee.person_kind, person, callee.reason, place if place != grid.id else "")

    def _unit(self, grid: Grid) -> Part:
        """The smallest emergency unit of the grid, else that of its village."""
        own = self._posts.get((grid.village, grid.id), [])
        posts = [*own, *self._posts.get((grid.village, None), [])]
        groups = []
        for site in sorted({(each.grid is None, each.site) for each in posts}):
            here = [each for each in posts if (each.grid is None, each.site) == site]
            here.sort(key=lambda each: (ROLES.index(each.role) if each.role in ROLES else 99, each.rank, each.id))
            groups.append(Group(f"{'village' if site[0] else 'grid'}|{site[1]}", tuple(map(self._post, here))))
        return Part("unit", tuple(groups))

    def _post(self, post: UnitPost) -> Entry:
        person = self._people.get(post.person_kind, {}).get(post.person or "")
        role = f"{post.role}:{post.rank}"
        if person is not None:
            return Entry(post.person_kind, person.id, person.name, person.phone or "", role)
        return Entry("unit_post", post.id, post.name, post.phone or "", role)

    def _listed(self, grid: Grid) -> Part:
        """The attention list of the grid and who looks after it. Of which entry a page may speak is for the day of
        printing to say; its lines speak of all with the days until which they hold, so that whoever lacks an entry
        that was confirmed has an old page, and nobody merely because a day has passed."""
        listed = tuple(self._attention.get(grid.id, ()))
        if not listed:
            return Part("attention")
        facts = tuple(fact for each in listed for fact in _facts_of(each))
        return Part("attention", (Group("keeper", self._keepers_of(grid.id) or self._heads_of(grid)),), facts, listed)

    def _neighbours(self, near: Sequence[str]) -> Part:
        """The keepers of the nearest grids; a grid without one is named all the same."""
        groups = tuple(Group(f"grid|{id}", self._keepers_of(id)) for id in near)
        names = tuple(Fact("neighbours", "grid", id, "name", self.grids[id].name) for id in near)
        return Part("neighbours", groups, names)

    def _map(self, grid: Grid, near: Sequence[str]) -> Part:
        drawn = [grid, *(self.grids[id] for id in near)]
        return Part("map", more=tuple(
            Fact("map", "grid", each.id, what, value) for each in drawn
            for what, value in (("name", each.name), ("boundary", each.shape_hash))
        ))  # fmt: skip

    # --- pages of a contact book --------------------------------------------------------------------------------------

    def _duty(self, village: Village) -> Part:
        """Those on duty for the village and its town, by role in the order of a call-out."""
        here = [each for each in self._holders.get(village.id, ()) if each.grid is None]
        town = self._holders.get(None, [])
        return Part("duty", (Group("village", _by_role("duty_holder", here, lambda each: each.role)),
                             Group("town", _by_role("duty_holder", town, lambda each: each.role))))  # fmt: skip

    def _all_keepers(self, village: Village) -> Part:
        """Grid by grid its keeper and whoever holds a role there."""
        groups, names = [], []
        here = _by(self._holders.get(village.id, ()), lambda each: each.grid)
        for grid in sorted(self._of_village.get(village.id, ()), key=lambda each: natural_key(each.code)):
            holders = [_placed(each, grid.id) for each in _by_role("duty_holder", here.get(grid.id, ()),
                                                                   lambda each: each.role)]  # fmt: skip
            groups.append(Group(f"grid|{grid.id}", (*self._keepers_of(grid.id), *holders)))
            names.append(Fact("keepers", "grid", grid.id, "name", grid.name))
        return Part("keepers", tuple(groups), tuple(names))

    def _all_contacts(self, village: Village) -> tuple[Part, Part]:
        near = [each for each in self._contacts if each.village == village.id]
        town = [each for each in self._contacts if each.village is None and each.kind not in COUNTY]
        county = [each for each in self._contacts if each.village is None and each.kind in COUNTY]
        groups = [Group(key, _by_role("contact", found, lambda each: each.kind))
                  for key, found in (("village", near), ("town", town))]  # fmt: skip
        return Part("contacts", tuple(groups)), Part(
            "county", (Group("county", _by_role("contact", county, lambda each: each.kind)),)
        )


def responsible(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Keepers of a grid; where it has none its head, else whoever holds a role there."""
    for wanted in (calling.KEEPER, calling.HEAD):
        found = tuple(each for each in entries if each.role == wanted)
        if found:
            return found
    return tuple(entries[:1])


def _facts_of(listed: Listed) -> Iterable[Fact]:
    """What the page says of an entry, told of whom it is: of the resident, of the household, or of the entry."""
    item, resident, home = listed.item, listed.resident, listed.household
    entry, house = ("attention_item", item.id), ("household", home.id if home is not None else "")
    person = ("resident", resident.id) if resident is not None else entry
    own_phone = item.phone if resident is None else resident.phone
    yield Fact("attention", *person, "name", listed.what or "")
    for what, of, value in (
        ("phone", person if own_phone else house, listed.phone),
        ("address", entry if item.address else house, listed.address),
    ):
        if value:
            yield Fact("attention", *of, what, value)
    for what, value in (("needs", listed.needs), ("care", listed.care)):
        if value:
            yield Fact("attention", *person, what, value)
    yield Fact("attention", *entry, REVIEW, item.review_on)


def _on_wall(listed: Listed, printed_on: date | None) -> Iterable[Fact]:
    """What an overview sheet says of an entry: besides, in which grid, and where on the map. It does not say until when
    an entry holds: of one that is left out on that day it remembers the review that was due (of all without a day),
    so that it is an old sheet as soon as that was confirmed (:func:`commandcenter.rules.editions.as_on_wall`)."""
    item = listed.item
    entry = ("attention_item", item.id)
    yield from (each for each in _facts_of(listed) if each.what != REVIEW)
    yield Fact("attention", *entry, "place", listed.grid or "")
    if item.kind == "place" and item.longitude is not None:
        yield Fact("attention", *entry, "position", f"{item.longitude} {item.latitude}")
    if printed_on is None or not listed.may_print(printed_on):
        yield Fact("attention", *entry, REVIEW, item.review_on)


def _matter(grid: Grid, category: str, urgency: str) -> Incident:
    """An imagined report from a grid, by which the rules say whom to call."""
    kind: Any = {"category": category, "urgency": urgency}
    return Incident(id="book", opened_at=_EPOCH, grid=grid.id, village=grid.village, **kind)


def _index(people: Iterable[Part]) -> Part:
    """Everybody once, by pinyin."""
    found: dict[tuple[str, str], Entry] = {}
    for part in people:
        for group in part.groups:
            for each in group.entries:
                found.setdefault((each.kind, each.id), each)
    order = sorted(found.values(), key=lambda each: (spelling(each.name), each.id))
    return Part("index", (Group("all", tuple(order)),))


def spelling(name: str) -> str:
    """By what a name is sorted."""
    return keys(name, person=True).pinyin or name.casefold()


def _by_name(worker: Worker) -> tuple[str, str]:
    return spelling(worker.name), worker.id


def _entry(kind: str, person: Any, role: str, place: str = "") -> Entry:
    return Entry(kind, person.id, person.name, person.phone or "", role, place)


def _placed(entry: Entry, place: str) -> Entry:
    return Entry(entry.kind, entry.id, entry.name, entry.phone, entry.role, place)


def _by_role(kind: str, people: Iterable[Any], role: Callable[[Any], str]) -> tuple[Entry, ...]:
    """In the order of the catalogue of roles, which is that of a call-out, then by name."""
    order = {key: at for at, key in enumerate(catalogues.roles())}
    found = sorted(
        people, key=lambda each: (order.get(role(each), len(order)), role(each), spelling(each.name), each.id)
    )
    return tuple(_entry(kind, each, role(each)) for each in found)


def _by(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for each in rows:
        found.setdefault(key(each), []).append(each)
    return found
