"""Words that every printed paper shares: what it says of itself (:class:`Imprint`), and how villages, grids and numbers
are called on it. What one paper alone says stands in its own room (:mod:`commandcenter.services.book_words`)."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from commandcenter.base.texts import choose, say
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Grid, Township, Village
from commandcenter.rules.people import Officer
from commandcenter.services.wording import dialled, shown, zone_named
from commandcenter.storage.reads import Reader


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a paper says of itself: whose it is, by whom and when it was printed, and whether its data are real.
    ``world``: whose rows stand on it."""

    town: Township | None
    now: datetime
    officer: Officer
    world: str = REAL

    @classmethod
    def read(cls, reader: Reader, now: datetime, officer: Officer) -> "Imprint":
        """Of the town that is read."""
        return cls(next(iter(reader.find("township")), None), now, officer)

    @property
    def zone(self) -> tzinfo:
        """The town's zone."""
        return zone_named(self.town.zone if self.town else None)

    @property
    def today(self) -> date:
        """The town's day."""
        return self.now.astimezone(self.zone).date()

    @property
    def when(self) -> str:
        """The minute of printing, in the town's zone."""
        return f"{self.now.astimezone(self.zone):%Y-%m-%d %H:%M}"

    @property
    def place(self) -> str:
        """The town's name; empty while it has none."""
        return choose(self.town.name, self.town.name_en) if self.town else ""

    @property
    def office(self) -> str:
        """The town's command center, as the head of a paper names it."""
        return say("paper.office", town=self.place) if self.town else ""

    @property
    def printed(self) -> str:
        """The line that says who printed it, and when."""
        return say("paper.printed", who=self.officer.name, when=self.when)

    @property
    def watermark(self) -> str:
        """Of a drill, of a sample or a test; empty where the data are real."""
        if self.world != REAL:
            return say("paper.watermark.drill")
        mark = self.town.mark if self.town else "real"
        return "" if mark == "real" else say(f"paper.watermark.{mark}")


def village_name(village: Village) -> str:
    """A village in the language of the paper."""
    return choose(village.name, village.name_en)


def grid_name(grid: Grid) -> str:
    """A grid by its whole name; one without a name by its code."""
    return grid.name or grid.code


def short_name(grid: Grid, village: Village) -> str:
    """A grid where its village need not be said: 第3微网格."""
    return grid.name.removeprefix(village.name).strip() or grid_name(grid)


def phone(value: str | None) -> str:
    """A number as it is dialled, with the reader's mask; a dash where there is none."""
    return dialled(shown(value)) or "–"
