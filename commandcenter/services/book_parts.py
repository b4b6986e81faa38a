"""What printed books and overview sheets consist of: their pages, and on each the entries and facts that it states.
:mod:`commandcenter.services.book_content` fills them from the town."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from commandcenter.rules.editions import EditionKind, Fact, Key
from commandcenter.rules.grids import Grid, Village
from commandcenter.services.attention_reading import Listed

HANDBOOK = ("cover", "first", "scenes", "calls", "unit", "attention", "neighbours", "map", "due", "kit", "notes")
CONTACT_BOOK = ("cover", "duty", "keepers", "contacts", "county", "index", "notes")
OVERVIEW = ("head", "grids", "map", "attention")
PAGES: Mapping[EditionKind, tuple[str, ...]] = {
    "handbook": HANDBOOK, "contact_book": CONTACT_BOOK, "overview": OVERVIEW,
}  # fmt: skip
"""The pages of a book in their order, the parts of an overview sheet; one may run over several sheets, which are
numbered within it."""
DATED = frozenset(("due", "kit", "notes"))
"""Pages that tell how something stands on the day of printing, or nothing."""
SOURCES = (
    "township", "village", "grid", "worker", "duty_holder", "contact", "unit_post", "scenario", "setting",
    "attention_item", "resident", "household",
)  # fmt: skip
"""The entities of which lines are made: nothing else can make a book stale."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody on a page: an entity, in which ``role`` (a key of the catalogue), for which ``place`` (a grid's id)."""

    kind: str
    id: str
    name: str
    phone: str = ""
    role: str = ""
    place: str = ""

    def facts(self, page: str) -> Iterable[Fact]:
        """What the page says of it."""
        yield Fact(page, self.kind, self.id, "name", self.name)
        for what, value in (("phone", self.phone), ("role", self.role), ("place", self.place)):
            if value or what == "phone":
                yield Fact(page, self.kind, self.id, what, value)


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that stand together, in their order; ``key`` says which group it is."""

    key: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One page: groups of entries, and other facts that it states."""

    page: str
    groups: tuple[Group, ...] = ()
    more: tuple[Fact, ...] = ()
    listed: tuple[Listed, ...] = ()
    """Entries of the attention list, those that await their confirmation included."""

    def facts(self) -> Iterable[Fact]:
        """All that it says."""
        for group in self.groups:
            for entry in group.entries:
                yield from entry.facts(self.page)
            yield Fact(self.page, "list", group.key, "order", ",".join(each.id for each in group.entries))
        yield from self.more

    def group(self, key: str) -> tuple[Entry, ...]:
        """The entries of a group; none when there is no such group."""
        return next((each.entries for each in self.groups if each.key == key), ())


@dataclass(frozen=True, slots=True)
class Content:
    """What a book says."""

    kind: EditionKind
    village: Village
    grid: Grid | None
    parts: tuple[Part, ...]
    lines: Mapping[Key, str] = field(compare=False, default_factory=dict)

    @property
    def subject(self) -> str:
        """The grid, or the village."""
        return self.grid.id if self.grid is not None else self.village.id

    def part(self, page: str) -> Part:
        """One page; KeyError when the book has none of that name."""
        for each in self.parts:
            if each.page == page:
                return each
        raise KeyError(page)
