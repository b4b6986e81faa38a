"""What the map panel knows without any widget: the facts, what is switched on, and what changed since it last asked."""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from commandcenter.base.options import DeskSettings
from commandcenter.rules.incidents import is_overdue
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.core.map import MapGrid, Marker
from commandcenter.ui.grids import measures, picture
from commandcenter.ui.grids.facts import NOBODY, Gap, Keepers, MapFacts, gaps_of, gather, keepers_by_grid
from commandcenter.ui.grids.picture import Shapes, Shown

HIDDEN, PLUGGED, MEASURE = "map.hidden", "map.shown", "map.measure"
"""Keys of the desk's settings: what is off of our own, what is on of the layers of others, the measure."""


def read_shown(settings: DeskSettings) -> Shown:
    """What this desk had switched on; everything at first."""
    hidden = settings.get(HIDDEN, [])
    known = {each.name for each in fields(Shown)}
    return replace(Shown(), **{name: False for name in hidden if name in known})


def keep_shown(settings: DeskSettings, shown: Shown) -> None:
    """Remember what is switched off."""
    settings.set(HIDDEN, [each.name for each in fields(Shown) if not getattr(shown, each.name)])


@dataclass(slots=True)
class MapState:
    """The panel's memory."""

    desk: Desk
    shown: Shown = field(default_factory=Shown)
    measure: str = measures.DEFAULT
    shapes: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    recent: dict[str, int] | None = None
    _keepers: dict[str, Keepers] | None = None
    _gaps: dict[str, Gap] | None = None
    _overdue: frozenset[str] = frozenset()

    def facts(self) -> MapFacts:
        """What the fills are made of now."""
        desk = self.desk
        return gather(desk.live, self._known_gaps(), desk.now(), desk.limits, self.recent)

    def _known_gaps(self) -> dict[str, Gap]:
        """Kept as the keepers are: every change of an incident asks."""
        if self._gaps is None:
            loaded = self.desk.directory.loaded
            self._gaps = gaps_of(self.desk.live.grids, self.keepers()) if loaded else {}
        return self._gaps

    def keepers(self) -> dict[str, Keepers]:
        """Who answers for each grid; kept until :meth:`people_changed`, because the pointer asks at every step."""
        if self._keepers is None:
            self._keepers = keepers_by_grid(self.desk.directory)
        return self._keepers

    def keepers_of(self, grid: str) -> Keepers:
        """Who answers for one grid."""
        return self.keepers().get(grid, NOBODY)

    def people_changed(self) -> None:
        """The directory is another one, or the grids are."""
        self._keepers = self._gaps = None

    def grids(self) -> list[MapGrid]:
        """The grids to draw now."""
        return picture.map_grids(self.desk.live, self.shapes, self.shown)

    def missing(self) -> dict[str, int]:
        """Shapes that have not been read: grid to edition."""
        return picture.missing_shapes(self.desk.live, self.shapes)

    def take_shapes(self, found: Shapes) -> None:
        """Keep what was read."""
        self.shapes.update(found)

    def markers(self, selected: str | None) -> list[Marker]:
        """The markers to draw; with incidents switched off only the selected one."""
        found = picture.incident_markers(self.desk.live, self.desk.now(), self.desk.limits)
        return found if self.shown.incidents else [each for each in found if each.id == selected]

    def overdue_moved(self, now: datetime) -> bool:
        """Whether time alone has made another set of incidents overdue since this was last asked."""
        limits = self.desk.limits
        overdue = frozenset(each.id for each in self.desk.live.incidents.values() if is_overdue(each, now, limits))
        moved, self._overdue = overdue != self._overdue, overdue
        return moved

    def grid_of(self, incident: str | None) -> str | None:
        """The grid of an open incident."""
        found: Any = self.desk.live.incidents.get(incident or "")
        return found.grid if found is not None else None
