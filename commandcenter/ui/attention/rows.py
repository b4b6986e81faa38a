"""The rows of the attention list: what stands in its columns, and what a search in it knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from commandcenter.base.texts import choose, say
from commandcenter.rules import pinyin
from commandcenter.rules.attention import ReviewState, review_state
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.grids import Grid, Village
from commandcenter.rules.masks import is_erased, is_masked
from commandcenter.rules.phones import normalise
from commandcenter.services.attention_reading import Listed
from commandcenter.services.catalogues import care_name, term
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.core.reveal import phone_words
from commandcenter.ui.core.widgets import Chip

_TONES: dict[ReviewState, Tone] = {"overdue": "overdue", "due": "near", "good": "muted"}


@dataclass(frozen=True, slots=True)
class AttentionRow:
    """An entry with its grid and village, as it stands on a day."""

    listed: Listed
    grid: Grid | None
    village: Village | None
    today: date

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.listed.id

    @property
    def what(self) -> str:
        """What it is about, as this officer may see it."""
        return phone_words(self.listed.what) or say("attention.nameless")

    @property
    def kind(self) -> str:
        """Person, place or matter, in a word."""
        return say(f"attention.kind.{self.listed.item.kind}")

    @property
    def place(self) -> str:
        """The grid, else the village."""
        if self.grid is not None:
            return self.grid.name
        return choose(self.village.name, self.village.name_en) if self.village is not None else ""

    @property
    def told(self) -> str:
        """What somebody must know who comes: needs, else the kind of care, else where exactly."""
        found = self.listed.needs or care_name(self.listed.care) or self.listed.address
        return say("core.erased") if is_erased(found) else found or ""

    @property
    def state(self) -> ReviewState | None:
        """How its review stands; None for a closed entry."""
        return review_state(self.listed.item, self.today) if self.listed.item.active else None

    @property
    def review(self) -> str:
        """The review in words: by how many days it is late, in how many it is due."""
        return review_words(self.listed, self.today)


def review_words(listed: Listed, today: date) -> str:
    """Whether and when somebody has to look at an entry again."""
    if not listed.item.active:
        return say("attention.review.closed")
    days = (date.fromisoformat(listed.item.review_on) - today).days
    state = review_state(listed.item, today)
    if state == "overdue":
        return say("attention.review.overdue", count=-days)
    if state == "due" and days:
        return say("attention.review.due", count=days)
    return say("attention.review.today") if not days else listed.item.review_on


def review_chip(listed: Listed, today: date) -> Chip:
    """The same as a chip."""
    tones: dict[str, Any] = {"overdue": "overdue", "due": "near"}
    tone: Any = tones.get(review_state(listed.item, today), "neutral") if listed.item.active else "neutral"
    return Chip(review_words(listed, today), tone)


def rows(found: Iterable[Listed], grids: Mapping[str, Grid], villages: Mapping[str, Village],
         today: date) -> list[AttentionRow]:  # fmt: skip
    """Rows for these entries."""
    return [AttentionRow(each, grids.get(each.grid or ""), villages.get(each.village), today) for each in found]


def index_of(made: Iterable[AttentionRow]) -> Index:
    """What a search in the list knows: names and places with their pinyin, words of matters, numbers, addresses."""
    return Index(_entry(row) for row in made)


def _entry(row: AttentionRow) -> Entry:
    listed = row.listed
    keys = [normalise(listed.phone or ""), listed.address or "", listed.needs or "", row.place]
    what = listed.what
    if what and not is_masked(what) and not is_erased(what):
        spelt = pinyin.keys(what, person=listed.item.kind == "person")
        keys += [what, spelt.pinyin, spelt.initials]
    readable = (each for each in keys if each and not is_masked(each) and not is_erased(each))
    return Entry("attention_item", row.id, row.what, "", tuple(readable))


def order(row: AttentionRow) -> tuple[Any, ...]:
    """What is overdue first, by its day."""
    return not row.listed.item.active, row.listed.item.review_on, row.id


def _review_tone(row: AttentionRow, _ctx: Any) -> Tone:
    return _TONES[row.state] if row.state is not None else "disabled"


COLUMNS: tuple[Column[AttentionRow], ...] = (
    Column("review", "attention.column.review", lambda row, _: row.review, lambda row: row.listed.item.review_on, 108,
           tone=_review_tone),
    Column("kind", "attention.column.kind", lambda row, _: row.kind, lambda row: row.listed.item.kind, 68),
    Column("what", "attention.column.what", lambda row, _: row.what, None, 176, fixed=True),
    Column("grid", "attention.column.grid", lambda row, _: row.place,
           lambda row: row.grid.code if row.grid else None, 156),
    Column("needs", "attention.column.needs", lambda row, _: row.told, None, 180, stretch=True),
    Column("care", "attention.column.care", lambda row, _: care_name(row.listed.care), None, 96, visible=False),
    Column("phone", "attention.column.phone", lambda row, _: phone_words(row.listed.phone), None, 124, visible=False),
    Column("ground", "attention.column.ground", lambda row, _: term("attention_grounds", row.listed.item.ground), None,
           100, visible=False),
    Column("reviewed", "attention.column.reviewed", lambda row, _: row.listed.item.reviewed_on or "–", None, 96,
           visible=False),
)  # fmt: skip
