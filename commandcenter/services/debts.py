"""What is owed as rows to list: derived from rules, places and drills each time, never stored."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput
from commandcenter.base.texts import current
from commandcenter.rules.debts import Debt
from commandcenter.rules.scenarios import words
from commandcenter.services import seasons
from commandcenter.services.seasons import Season
from commandcenter.storage.reads import Reader

COLUMNS = (
    "id", "rule", "level", "place", "place_code", "place_name", "village", "village_code", "village_name", "scenario",
    "due", "state", "days_late", "drill",
)  # fmt: skip
_BY_VILLAGE = ("village", "village_code", "village_name")


def rows(reader: Reader, today: date, where: Mapping[str, str], limit: int | None) -> list[dict[str, Any]]:
    """Debts, the longest overdue first, as this viewer may know them (``reader`` reads ``DRILLS``). ``where`` compares
    columns as text; a village may be given by id, code or name. BadInput ``cli.where_field`` for an unknown column.
    """
    unknown = [name for name in where if name not in COLUMNS]
    if unknown:
        raise BadInput("cli.where_field", field=unknown[0], known=", ".join(COLUMNS))
    season = seasons.load(reader, today)
    names = _Names(reader)
    found = []
    for debt in season.debts:
        row = names.row(debt, season)
        if all(_says(row, name, value) for name, value in where.items()):
            found.append(row)
    return found if limit is None else found[:limit]


def in_full(reader: Reader, row: Mapping[str, Any]) -> dict[str, Any]:
    """A debt's row with what its rule and scenario are called, and the drill that pays it."""
    rule = next(iter(reader.find("debt_rule", key=row["rule"], active=True)), None)
    editions = reader.find("scenario", key=row["scenario"], order=("edition",)) if row["scenario"] else []
    drill = reader.get("drill", row["drill"]) if row["drill"] else None
    moment = (drill.held_at or drill.starts_at) if drill else None
    return {
        **row,
        "rule_title": words(rule.title, current().language) if rule else "",
        "scenario_title": words(editions[-1].title, current().language) if editions else "",
        "drill_title": drill.title if drill else None, "drill_state": drill.state if drill else None,
        "drill_at": iso(moment) if moment else None,
    }  # fmt: skip


def _says(row: Mapping[str, Any], name: str, value: str) -> bool:
    if name == "village":
        return value in [row[each] or "" for each in _BY_VILLAGE]
    return str("" if row[name] is None else row[name]) == value


class _Names:
    """Places by id with their codes and names."""

    def __init__(self, reader: Reader) -> None:
        self._villages = {each.id: each for each in reader.find("village")}
        self._places = {
            "village": self._villages,
            "worker": {each.id: each for each in reader.find("worker")},
            "grid": {each.id: each for each in reader.find("grid")},
        }
        self._town = next(iter(reader.find("township")), None)

    def row(self, debt: Debt, season: Season) -> dict[str, Any]:
        """One debt."""
        kind = "grid" if debt.level.endswith("_grid") else debt.level
        place = self._town if kind == "town" else self._places[kind].get(debt.place)
        village = self._villages.get(debt.village or "")
        return {
            "id": debt.id, "rule": debt.rule, "level": debt.level, "place": debt.place,
            "place_code": getattr(place, "code", ""), "place_name": place.name if place else "",
            "village": debt.village, "village_code": village.code if village else None,
            "village_name": village.name if village else None, "scenario": debt.scenario,
            "due": debt.due.isoformat(), "state": debt.state, "days_late": debt.late(season.today),
            "drill": debt.drill,
        }  # fmt: skip
