"""The library as a list: one row a type, the shipped ones in their order, then the town's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from commandcenter.base.texts import say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry as Known
from commandcenter.rules.finding import Index
from commandcenter.rules.scenarios import FULL_MARK, Scenario, total
from commandcenter.services.scenarios import Entry, Kept
from commandcenter.ui.core.columns import Column, Tone
from commandcenter.ui.scenarios.words import forms_words, season_words, text_of


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A type of the library."""

    entry: Entry

    @property
    def id(self) -> str:
        """The type's key: a new edition stands in the same row."""
        return self.entry.key

    @property
    def scenario(self) -> Scenario:
        """The newest edition."""
        return self.entry.kept.scenario

    @property
    def title(self) -> str:
        """What it is called."""
        return text_of(self.scenario.title)

    @property
    def points(self) -> int:
        """The sum of its evaluation sheet."""
        return total(self.entry.kept.expectations)

    def edition(self, id: str) -> Kept | None:
        """One of its editions by id."""
        return next((each for each in self.entry.editions if each.scenario.id == id), None)


def rows(entries: Iterable[Entry]) -> list[ScenarioRow]:
    """Rows for these types."""
    return [ScenarioRow(each) for each in entries]


@lru_cache(maxsize=4096)
def spelt(title: str) -> tuple[str, str]:
    """Pinyin and initials of a title."""
    keys = pinyin.keys(title)
    return keys.pinyin, keys.initials


def known(scenario: Scenario) -> Known:
    """What a search knows of a scenario: its titles in all languages, pinyin, initials and key."""
    titles = [str(each) for each in scenario.title.values() if each]
    keys = [key for title in titles for key in (title, *spelt(title))]
    return Known("scenario", scenario.key, text_of(scenario.title), "", (*keys, scenario.key))


def index_of(made: Iterable[ScenarioRow]) -> Index:
    """The search in the list. Not on the GUI thread: pinyin takes its time."""
    return Index(known(row.scenario) for row in made)


def order(row: ScenarioRow) -> tuple[Any, ...]:
    """As the library is shipped, then the town's own as they were written."""
    return row.entry.place, row.scenario.id if row.scenario.edition == 1 else row.entry.editions[-1].scenario.id


def _tone(row: ScenarioRow, _ctx: Any) -> Tone:
    return "text" if row.scenario.active else "muted"


def _points_tone(row: ScenarioRow, _ctx: Any) -> Tone:
    return "muted" if row.points == FULL_MARK else "near"


def _points_hint(row: ScenarioRow, _ctx: Any) -> str:
    return "" if row.points == FULL_MARK else say("scenarios.points.wrong", points=row.points)


COLUMNS: tuple[Column[ScenarioRow], ...] = (
    Column("title", "scenarios.column.title", lambda row, _: row.title, None, 190, stretch=True, fixed=True,
           tone=_tone, tooltip=lambda row, _: row.title),
    Column("season", "scenarios.column.season", lambda row, _: season_words(row.scenario),
           lambda row: (row.scenario.season_from, row.scenario.season_to), 118,
           tooltip=lambda row, _: season_words(row.scenario)),
    Column("forms", "scenarios.column.forms", lambda row, _: forms_words(row.scenario), None, 160,
           tone=lambda row, _: "muted", tooltip=lambda row, _: forms_words(row.scenario)),
    Column("edition", "scenarios.column.edition", lambda row, _: str(row.scenario.edition),
           lambda row: row.scenario.edition, 52, numeric=True, tone=lambda row, _: "muted", visible=False),
    Column("points", "scenarios.column.points", lambda row, _: str(row.points), lambda row: row.points, 60,
           numeric=True, tone=_points_tone, tooltip=_points_hint),
    Column("minutes", "scenarios.column.minutes", lambda row, _: str(row.scenario.minutes),
           lambda row: row.scenario.minutes, 64, numeric=True, visible=False),
)  # fmt: skip
