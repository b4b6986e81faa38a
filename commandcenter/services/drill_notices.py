"""The notice of a drill in words: who, where, when, what to bring – and that it is only a drill."""

from datetime import datetime, timedelta
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.base.texts import say
from commandcenter.formats.paper.drill_notice import DrillNotice, Line, render
from commandcenter.rules.drills import Drill, may_leave
from commandcenter.rules.masks import HIDDEN
from commandcenter.rules.people import Officer
from commandcenter.rules.scenarios import words
from commandcenter.services import seasons
from commandcenter.services.wording import listed, readable
from commandcenter.storage.reads import Reader

_LABELS = ("title", "is_drill", "points")
_POINTS = ("signal", "route", "bring", "weak", "home", "real", "rumour")
_MOVES = frozenset(("landslide", "islet", "flash_flood", "reservoir", "waterlogging", "forest_fire", "leak"))
"""Scenarios in which people leave their homes: there is something to bring, and a house to lock."""
MOST_GRIDS = 12
"""More grids than these are counted, not named."""


def make(reader: Reader, drill: str, now: datetime, officer: Officer) -> tuple[str, bytes]:
    """The file's name and the PDF. BadInput ``unknown``, RuleError ``drill.no_date``: nobody can be told to come to a
    drill without a date."""
    found: Drill | None = reader.get("drill", drill)
    if found is None or not may_leave("drill_paper", found.world):
        raise BadInput("unknown", entity="drill", id=drill)
    if found.starts_at is None:
        raise RuleError("drill.no_date", drill=found.id, title=found.title)
    notice = _Teller(reader, found, now, officer).notice()
    return f"{say('paper.drill_notice.file', title=found.title)}.pdf", render(notice, now)


class _Teller:
    """Reads what the notice tells and says it."""

    def __init__(self, reader: Reader, drill: Drill, now: datetime, officer: Officer) -> None:
        self.reader, self.drill, self.now, self.officer = reader, readable(drill), now, officer
        self.zone = seasons.zone_of(reader)
        self.town: Any = next(iter(reader.find("township")), None)
        self.village: Any = reader.get("village", drill.village) if drill.village else None
        self.scenario: Any = reader.get("scenario", drill.scenario) if drill.scenario else None

    def notice(self) -> DrillNotice:
        """The sheet."""
        language = texts.current().language
        town = self.town.name if self.town else ""
        labels = {name: say(f"paper.drill_notice.{name}") for name in _LABELS}
        return DrillNotice(
            language=language, number=self.drill.title, title=say("paper.drill_notice.about", title=self.drill.title),
            to=say("paper.drill_notice.to_village", village=self.village.name) if self.village
            else say("paper.drill_notice.to_town", town=town),
            opening=self._opening(),
            labels={**labels, "page": say("paper.page", page="{page}", pages="{pages}")}, facts=tuple(self._facts()),
            points=tuple(self._points()), signed=self.drill.owner_unit or town, dated=self._day(self.now),
            printed=say("paper.printed", who=self.officer.name, when=self._full(self.now)),
            watermark=say("paper.watermark.drill"),
        )  # fmt: skip

    def _opening(self) -> str:
        title = words(self.scenario.title, texts.current().language) if self.scenario else self.drill.title
        return say(
            "paper.drill_notice.opening", when=self._span(), place=self.drill.place,
            scenario=title, form=say(f"season.form.{self.drill.form}"),
        )  # fmt: skip

    def _facts(self) -> list[Line]:
        drill = self.drill
        phone = drill.phone or ""
        found = [
            ("when", self._span()), ("place", drill.place), ("who", self._who()), ("units", drill.units),
            ("commander", drill.commander), ("owner_unit", drill.owner_unit), ("owner", drill.owner), ("phone", phone),
        ]  # fmt: skip
        return [Line(say(f"paper.drill_notice.{name}"), value) for name, value in found if value and value != HIDDEN]

    def _who(self) -> str:
        """The grids that take part, by name where they are few."""
        ids = [each.grid for each in self.reader.find("drill_grid", drill=self.drill.id)]
        grids = sorted(self.reader.many("grid", ids), key=lambda each: each.code)
        if 0 < len(grids) <= MOST_GRIDS:
            return listed(each.name for each in grids)
        place = self.village.name if self.village else self.town.name if self.town else ""
        return say("paper.drill_notice.grids", place=place, count=len(grids)) if grids else ""

    def _points(self) -> list[str]:
        is_moved = bool(self.scenario) and self.scenario.key in _MOVES
        left_out = frozenset() if is_moved else frozenset(("bring", "home"))
        return [say(f"paper.drill_notice.point.{name}") for name in _POINTS if name not in left_out]

    def _span(self) -> str:
        assert self.drill.starts_at is not None
        begin = self.drill.starts_at.astimezone(self.zone)
        end = (self.drill.starts_at + timedelta(minutes=self.drill.minutes)).astimezone(self.zone)
        until = f"{end:%H:%M}" if end.date() == begin.date() else self._full(end)
        return say(
            "paper.drill_notice.span", day=self._day(begin), weekday=say(f"season.weekday.{begin.weekday()}"),
            begin=f"{begin:%H:%M}", end=until, count=self.drill.minutes,
        )  # fmt: skip

    def _day(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        month = say(f"season.month.{local.month}")
        return say("paper.drill_notice.day", year=local.year, month=month, day=local.day)

    def _full(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"
