"""Grid and village in a form: found by typing, and in step with one another."""

from PySide6.QtCore import QObject, Slot

from commandcenter.base.texts import choose, say
from commandcenter.rules.ordering import natural_key
from commandcenter.services.live import LiveSet
from commandcenter.ui.core import inputs
from commandcenter.ui.core.inputs import Option, PickBox


class PlacePair(QObject):
    """A grid brings its village along, another village takes the grid away. Hold it as long as the form."""

    def __init__(self, live: LiveSet, *, none_code: str = "core.place.no_grid") -> None:
        """``none_code``: what a place without a grid is called, \"not known yet\" unless something else is meant."""
        super().__init__()
        self._live, self._none_code = live, none_code
        villages = sorted(live.villages.values(), key=lambda each: natural_key(each.code))
        grids = sorted(live.grids.values(), key=lambda each: natural_key(each.code))
        self.village = PickBox(
            (Option(each.id, choose(each.name, each.name_en), (each.code, each.name)) for each in villages),
            none_code="core.place.whole_town",
        )
        self.grid = PickBox(
            (Option(each.id, each.name, (each.code,)) for each in grids), none_code=none_code
        )
        self.grid.chosen.connect(self._grid_chosen)
        self.village.chosen.connect(self._village_chosen)

    def shown(self, name: str, value: str | None) -> str:
        """A grid or village in words."""
        if name == "grid":
            grid = self._live.grids.get(value or "")
            return grid.name if grid else say(self._none_code)
        village = self._live.villages.get(value or "")
        return choose(village.name, village.name_en) if village else say("core.place.whole_town")

    @Slot()
    def _grid_chosen(self) -> None:
        grid = self._live.grids.get(self.grid.currentData() or "")
        if grid is not None:
            inputs.fill(self.village, grid.village)

    @Slot()
    def _village_chosen(self) -> None:
        grid = self._live.grids.get(self.grid.currentData() or "")
        if grid is not None and grid.village != self.village.currentData():
            inputs.fill(self.grid, None)
