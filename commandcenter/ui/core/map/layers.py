"""What features plug into the map: layers that draw or place markers, and measures that fill the grids.

They register in the desk's one registry (``LayerPlug`` and ``MeasurePlug`` of :mod:`commandcenter.ui.core.tools`); the
map offers what is registered there. Nothing here knows a feature.
"""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from commandcenter.rules.maps import Plan
from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.model import Fill, LegendEntry, MapColours, Marker


class LayerView(Protocol):
    """What a layer may ask of the map while it paints; positions are pixels of the map widget."""

    @property
    def colours(self) -> MapColours:
        """The theme's colours."""
        ...

    @property
    def plan(self) -> Plan:
        """The grids as laid out, in metres."""
        ...

    @property
    def camera(self) -> Camera:
        """Which part of the plan is in view."""
        ...

    def devicePixelRatioF(self) -> float:
        """Device pixels a logical pixel."""
        ...

    def screen_position(self, grid_id: str) -> QPointF | None:
        """A grid's middle; None if it is unknown or out of view."""
        ...

    def place_position(self, lon: float, lat: float) -> QPointF:
        """A place in WGS84 degrees."""
        ...


@runtime_checkable
class MapLayer(Protocol):
    """Something an officer can switch on over the map. Painted above names and markers, or under them."""

    @property
    def name(self) -> str:
        """Unique key, stored in settings."""
        ...

    @property
    def title_code(self) -> str:
        """Code of the text that names the layer."""
        ...

    def markers(self) -> Sequence[Marker]:
        """Markers of this layer; may be none."""
        ...

    def paint(self, painter: QPainter, view: LayerView) -> None:
        """Draw on the map in widget pixels; called on every repaint, so it must be short (≤ 1 ms)."""
        ...


class SwitchedLayer(MapLayer, Protocol):
    """A layer that a feature plugs in (``LayerPlug``): a QObject with a signal ``changed()``, after which the map asks
    it anew."""

    changed: Any

    def legend(self) -> Sequence[LegendEntry]:
        """What it adds to the legend."""
        ...

    def set_shown(self, is_shown: bool) -> None:
        """It was switched on, or off: what nobody sees need not be kept up to date."""
        ...

    def hover(self, grid: str) -> Sequence[str]:
        """Lines that it adds to what is told of a grid under the pointer; may be none."""
        ...


class FillMeasure(Protocol):
    """A measure by which grids can be filled (``MeasurePlug``). One that is a QObject with a signal ``changed()`` is
    asked anew after it; the facts of the map itself are handed to it by the map."""

    def fill(self, grid: str) -> Fill | None:
        """The fill of one grid; None where it keeps its village's tone."""
        ...

    def legend(self) -> Sequence[LegendEntry]:
        """What the legend says of it."""
        ...
