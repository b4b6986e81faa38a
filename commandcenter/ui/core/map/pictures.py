"""The plan and its picture: what is drawn at once, what aside, and which picture serves meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from commandcenter.rules.maps import MapGrid, Plan, lay_out
from commandcenter.ui.core.map.aside import Aside, Wanted
from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.levels import Levels
from commandcenter.ui.core.map.model import Fill, MapColours
from commandcenter.ui.core.map.palette import Palette
from commandcenter.ui.core.map.picture import Picture
from commandcenter.ui.core.map.raster import Buffer, Window, draw

MARGIN, SPARE = 128, 40
"""Logical pixels drawn around the view, and how near its edge may come before the next picture is made."""
AT_ONCE = 2_000
"""Up to this many grids the first picture is made on the spot: some 50 ms, sooner than a thread's detour is felt."""


class Pictures(QObject):
    """``plan_changed``: other grids are laid out; ``picture_changed``: another picture or other colours."""

    plan_changed = Signal()
    picture_changed = Signal()

    def __init__(self, parent: QObject, colours: MapColours) -> None:
        super().__init__(parent)
        self._colours = colours
        self._fills: Mapping[str, Fill] = {}
        self._aside = Aside(self._deliver)
        self.destroyed.connect(self._aside.stop)
        self.picture: Picture | None = None
        self._wish: tuple[Camera, float] | None = None
        self._held = False
        self._adopt(lay_out(()))

    @property
    def busy(self) -> bool:
        """Whether something is being made aside."""
        return self._aside.busy

    def set_grids(self, grids: Sequence[MapGrid]) -> None:
        """Lay out these grids: few at once, many aside while the old ones stay on screen."""
        grids = tuple(grids)
        self._aside.drop()
        if len(grids) <= AT_ONCE:
            self._adopt(lay_out(grids))
        else:
            self._aside.ask("plan", lambda wanted: lay_out(grids))

    def set_fills(self, fills: Mapping[str, Fill]) -> bool:
        """Recolour: a new table for the same picture. Returns whether anything changed."""
        self._fills = dict(fills)
        changed = self.palette.set_fills(self._fills)
        if changed:
            self._recolour()
        return changed

    def set_colours(self, colours: MapColours) -> None:
        """Switch the theme."""
        self._colours = colours
        self.palette.set_colours(colours)
        self._recolour()

    def look(self, camera: Camera, ratio: float) -> None:
        """See to it that a picture for ``camera`` is there or coming."""
        self._wish = (camera, ratio)
        if self._held or camera.width <= 1 or not self.plan.grids or self._serves(camera, ratio):
            return
        if self.picture is None and len(self.plan.grids) <= AT_ONCE:
            self.draw_now()
        elif not self._aside.busy:
            self._ask()

    def hold(self) -> None:
        """Only remember what is looked at until :meth:`release`."""
        self._held = True

    def release(self) -> None:
        """See to the picture for the latest view."""
        self._held = False
        if self._wish is not None:
            self.look(*self._wish)

    def draw_now(self) -> None:
        """Make the picture for the latest view on this thread; for the first one, tests and snapshots."""
        if self._wish is not None and not self._serves(*self._wish):
            self._show(self._draw(self._window(*self._wish), None))

    def _serves(self, camera: Camera, ratio: float) -> bool:
        picture = self.picture
        return picture is not None and picture.suits(camera, ratio) and picture.covers(camera, SPARE)

    def _window(self, camera: Camera, ratio: float) -> Window:
        return camera.window(MARGIN, ratio)

    def _ask(self) -> None:
        if self._wish is not None:
            window = self._window(*self._wish)
            self._aside.ask("picture", lambda wanted: self._draw(window, wanted))

    def _draw(self, window: Window, wanted: Wanted | None) -> Buffer:
        plan, levels = self.plan, self._levels
        return draw(plan, levels.rings(window.scale), window, wanted)

    def _deliver(self, key: str, result: Any) -> None:
        if key == "plan":
            self._adopt(result)
        else:
            self._show(result)

    def _adopt(self, plan: Plan) -> None:
        self.plan, self._levels = plan, Levels(plan)
        self.palette = Palette(plan, self._colours)
        self.palette.set_fills(self._fills)
        self.picture = None
        self.plan_changed.emit()
        if self._wish is not None:
            self.look(*self._wish)

    def _show(self, buffer: Buffer) -> None:
        self.picture = Picture(buffer, self.palette)
        self.picture_changed.emit()
        if self._wish is not None and not self._serves(*self._wish):
            self._ask()

    def _recolour(self) -> None:
        if self.picture is not None:
            self.picture.recolour(self.palette)
        self.picture_changed.emit()
