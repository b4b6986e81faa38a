"""The table of records: one row a drill, with what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal

from commandcenter.base.texts import choose, say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.grids import Village
from commandcenter.services.drill_reading import Record, Scored, scores_of_units, unit_of
from commandcenter.ui.core.columns import Column, Tone

Stage = Literal["ahead", "due", "running", "held", "reviewed"]


@dataclass(frozen=True)
class RecordRow:
    """A drill with its village and where its record stands: ``due`` is planned, past, and not written up."""

    record: Record
    village: Village | None
    stage: Stage
    zone: tzinfo
    before: tuple[Scored, ...] = ()
    """What the same unit came to in this scenario before."""

    @property
    def id(self) -> str:
        """The drill's id."""
        return self.record.id

    @property
    def place(self) -> str:
        """Where it was held, in words."""
        own = choose(self.village.name, self.village.name_en) if self.village is not None else ""
        return self.record.drill.place or own

    @property
    def at(self) -> datetime | None:
        """When it was held, else when it is planned."""
        return self.record.drill.held_at or self.record.drill.starts_at

    @property
    def when(self) -> str:
        """Local day and time."""
        return f"{self.at.astimezone(self.zone):%Y-%m-%d %H:%M}" if self.at else "–"

    @property
    def came(self) -> tuple[int, int]:
        """Grids that took part, of those that were to."""
        return sum(1 for each in self.record.grids if each.took_part), len(self.record.grids)

    @property
    def open_mends(self) -> int:
        """How much is still to be mended."""
        return sum(1 for each in self.record.improvements if each.done_at is None)


def rows(found: Iterable[Record], villages: Mapping[str, Village], now: datetime, zone: tzinfo) -> list[RecordRow]:
    """Rows for these records, each with the earlier scores of its scenario and unit."""
    listed = list(found)
    scores = scores_of_units(listed)

    def before(each: Record) -> tuple[Scored, ...]:
        at = each.drill.held_at
        return tuple(mark for mark in scores.get(unit_of(each), ()) if at is not None and mark.at < at)

    return [
        RecordRow(each, villages.get(each.drill.village or ""), _stage(each, now), zone, before(each))
        for each in listed
    ]


def _stage(record: Record, now: datetime) -> Stage:
    drill = record.drill
    if drill.state == "planned":
        return "due" if drill.starts_at is not None and drill.starts_at <= now else "ahead"
    return drill.state  # type: ignore[return-value]


def index_of(made: Iterable[RecordRow]) -> Index:
    """What a search in the list knows: titles and places with their pinyin, commanders, units, dates."""
    return Index(_entry(row) for row in made)


def _entry(row: RecordRow) -> Entry:
    drill, keys = row.record.drill, []
    for name in (drill.title, row.place, drill.commander):
        if name:
            spelt = pinyin.keys(name)
            keys += [name, spelt.pinyin, spelt.initials]
    return Entry("drill", row.id, drill.title, "", (*keys, drill.units, row.when))


def order(row: RecordRow) -> tuple[Any, ...]:
    """What has to be written first, then the latest; of those to come the next one first."""
    first = {"running": 0, "due": 1, "ahead": 3}.get(row.stage, 2)
    at = row.at.timestamp() if row.at else float("inf")
    return first, at if row.stage == "ahead" else -at, row.id


def score_words(row: RecordRow) -> str:
    """The score in percent; a dash while nothing was judged."""
    percent = row.record.score.percent
    return "–" if percent is None or row.stage not in ("held", "reviewed") else str(percent)


def _score_tone(row: RecordRow, _ctx: Any) -> Tone:
    passed = row.record.score.passed
    return "disabled" if score_words(row) == "–" else "ok" if passed else "overdue"


def _stage_tone(row: RecordRow, _ctx: Any) -> Tone:
    tones: dict[str, Tone] = {"due": "near", "running": "accent", "held": "text", "reviewed": "ok", "ahead": "muted"}
    return tones[row.stage]


def stage_words(row: RecordRow) -> str:
    """Where its record stands; 补录 beside one that was written up afterwards."""
    told = say(f"records.stage.{row.stage}")
    return say("records.stage.late", stage=told) if row.record.drill.late else told


def grids_words(row: RecordRow) -> str:
    """How many grids came of how many; a dash where the drill was nobody's grid's."""
    came, asked = row.came
    return "–" if not asked else f"{came}/{asked}" if row.stage in ("held", "reviewed") else str(asked)


def _minutes(row: RecordRow) -> str:
    return "–" if row.record.minutes is None or row.stage in ("ahead", "due") else str(row.record.minutes)


COLUMNS: tuple[Column[RecordRow], ...] = (
    Column("when", "records.column.when", lambda row, _: row.when, lambda row: row.at, 122, fixed=True),
    Column("title", "records.column.title", lambda row, _: row.record.drill.title, None, 210, stretch=True, fixed=True),
    Column("place", "records.column.place", lambda row, _: row.place, None, 140, visible=False),
    Column("stage", "records.column.stage", lambda row, _: stage_words(row), None, 116, tone=_stage_tone),
    Column("took_part", "records.column.took_part",
           lambda row, _: "–" if row.record.drill.took_part is None else str(row.record.drill.took_part),
           lambda row: row.record.drill.took_part, 60, numeric=True),
    Column("grids", "records.column.grids", lambda row, _: grids_words(row), lambda row: row.came[0], 60, numeric=True),
    Column("minutes", "records.column.minutes",
           lambda row, _: _minutes(row),
           lambda row: row.record.minutes, 68, numeric=True),
    Column("score", "records.column.score", lambda row, _: score_words(row), lambda row: row.record.score.percent, 56,
           numeric=True, tone=_score_tone),
    Column("mends", "records.column.mends", lambda row, _: str(row.open_mends or "–"), lambda row: row.open_mends, 58,
           numeric=True, tone=lambda row, _: "near" if row.open_mends else "disabled"),
)  # fmt: skip
