"""The map canvas: grids of a town from an id buffer, with markers, fills and legend. It knows no feature.

Build a :class:`MapCanvas`, give it grids (:class:`~commandcenter.rules.maps.MapGrid`), fills by grid id, markers and
legend entries, and connect its signals. Features plug in by :class:`MapLayer` and :class:`FillMeasure`.
"""

from commandcenter.rules.maps import MapGrid
from commandcenter.ui.core.map.canvas import MapCanvas
from commandcenter.ui.core.map.layers import FillMeasure, LayerView, MapLayer
from commandcenter.ui.core.map.model import Fill, LegendEntry, MapColours, Marker, Pattern

__all__ = [
    "Fill",
    "FillMeasure",
    "LayerView",
    "LegendEntry",
    "MapCanvas",
    "MapColours",
    "MapGrid",
    "MapLayer",
    "Marker",
    "Pattern",
]
