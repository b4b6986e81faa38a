"""Where features plug into the map: layers that draw or place markers, and measures that fill the grids.

A :class:`MapRegistry` is built once by the composition root; features register in it, the situation workspace offers
what is registered. Nothing here knows a feature.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from commandcenter.ui.core.map.model import Fill, LegendEntry, MapColours, Marker


class LayerView(Protocol):
    """What a layer may ask of the map while it paints; positions are pixels of the map widget."""

    @property
    def colours(self) -> MapColours:
        """The theme's colours."""
        ...

    def screen_position(self, grid_id: str) -> QPointF | None:
        """A grid's middle; None if it is unknown or out of view."""
        ...

    def place_position(self, lon: float, lat: float) -> QPointF:
        """A place in WGS84 degrees."""
        ...


@runtime_checkable
class MapLayer(Protocol):
    """Something an officer can switch on over the map. Painted below markers, above names."""

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


@dataclass(frozen=True, slots=True)
class FillMeasure:
    """A measure by which grids can be filled; ``fill`` gives None where a grid keeps its village's tone."""

    name: str
    title_code: str
    fill: Callable[[str], Fill | None]
    legend: Callable[[], Sequence[LegendEntry]]


class MapRegistry:
    """The layers and measures that features offer, in the order of their registration."""

    def __init__(self) -> None:
        self._layers: dict[str, MapLayer] = {}
        self._measures: dict[str, FillMeasure] = {}

    def register_layer(self, layer: MapLayer) -> None:
        """Offer a layer. Raises ValueError if its name is taken."""
        if layer.name in self._layers:
            raise ValueError(f"map layer {layer.name!r} is registered twice")
        self._layers[layer.name] = layer

    def register_measure(self, measure: FillMeasure) -> None:
        """Offer a measure. Raises ValueError if its name is taken."""
        if measure.name in self._measures:
            raise ValueError(f"fill measure {measure.name!r} is registered twice")
        self._measures[measure.name] = measure

    def layers(self) -> tuple[MapLayer, ...]:
        """All layers."""
        return tuple(self._layers.values())

    def measures(self) -> tuple[FillMeasure, ...]:
        """All measures."""
        return tuple(self._measures.values())
