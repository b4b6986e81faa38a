"""From the live set to what the map canvas is given: grids with their shapes, and a marker per open incident."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commandcenter.base.texts import say
from commandcenter.rules.grids import Grid, GridKind
from commandcenter.rules.incidents import Incident, Limits, is_overdue, queue_order
from commandcenter.services.catalogues import subkind_name
from commandcenter.services.live import LiveSet
from commandcenter.ui.core.map import MapGrid, Marker
from commandcenter.ui.core.map.model import Emphasis
from commandcenter.ui.grids import words

Shapes = Mapping[str, tuple[int, bytes]]
"""Per grid the edition of its shape and the shape (WGS84, WKB)."""
_EMPHASIS: Mapping[str, Emphasis] = {"critical": "strong", "urgent": "normal", "routine": "quiet"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is switched on over the map."""

    incidents: bool = True
    dedicated: bool = True
    emergency: bool = True
    names: bool = True
    backdrop: bool = True

    def shows(self, kind: GridKind) -> bool:
        """Whether grids of this kind are drawn."""
        return {"general": True, "dedicated": self.dedicated, "emergency": self.emergency}[kind]


def read_shapes(reader: Any, grids: Mapping[str, int]) -> dict[str, tuple[int, bytes]]:
    """The shapes of ``grids`` (id to edition), read in one go."""
    if not grids:
        return {}
    found = reader.find("shape") if len(grids) > 400 else reader.find("shape", grid=list(grids))
    return {each.grid: (each.edition, each.wkb) for each in found if grids.get(each.grid) == each.edition}


def missing_shapes(live: LiveSet, shapes: Shapes) -> dict[str, int]:
    """Grids whose present shape has not been read: id to edition."""
    return {
        grid.id: grid.shape
        for grid in live.grids.values()
        if grid.shape is not None and shapes.get(grid.id, (None,))[0] != grid.shape
    }


def map_grids(live: LiveSet, shapes: Shapes, shown: Shown) -> list[MapGrid]:
    """The grids to draw. One with an open incident is drawn even where its kind is switched off."""
    busy = {each.grid for each in live.incidents.values()}
    return [
        _map_grid(grid, live, shapes, shown.names)
        for grid in live.grids.values()
        if shown.shows(grid.kind) or grid.id in busy
    ]


def _map_grid(grid: Grid, live: LiveSet, shapes: Shapes, names: bool) -> MapGrid:
    edition, wkb = shapes.get(grid.id, (None, None))
    return MapGrid(
        id=grid.id,
        code=grid.code,
        label=words.short_name(grid) if names else "",
        village=grid.village,
        village_label=words.village_name(live.villages.get(grid.village)) if names else "",
        kind=grid.kind,
        mark=words.mark_sign(grid.mark),
        wkb=wkb if edition == grid.shape else None,
    )


def incident_markers(live: LiveSet, now: datetime, limits: Limits) -> list[Marker]:
    """A neutral square with 特, 急 or 般 per open incident that has a grid, the most pressing first."""
    return [
        Marker(
            id=each.id,
            grid=each.grid,
            lon_lat=None,
            character=words.urgency_sign(each.urgency),
            emphasis="quiet" if each.parked else _EMPHASIS[each.urgency],
            tooltip=incident_line(each, now),
            overdue=is_overdue(each, now, limits),
        )
        for each in sorted(live.incidents.values(), key=queue_order)
        if each.grid is not None
    ]


def incident_line(incident: Incident, now: datetime) -> str:
    """An incident in one line: what it is, its state, how old it is."""
    return say(
        "grids.incident.line",
        kind=subkind_name(incident.category, incident.subkind),
        state=say(f"grids.state.{incident.state}"),
        age=age_words((now - incident.opened_at).total_seconds()),
    )


def age_words(seconds: float) -> str:
    """An age in its largest useful units: 8 分, 3 时 20 分, 2 天 4 时."""
    minutes = max(0, int(seconds // 60))
    hours, days = minutes // 60, minutes // 1440
    if days:
        return say("grids.age.days", days=days, hours=hours % 24)
    if hours:
        return say("grids.age.hours", hours=hours, minutes=minutes % 60)
    return say("grids.age.minutes", minutes=minutes)
