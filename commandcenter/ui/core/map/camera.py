"""Which part of the plan the widget shows: middle, scale and size; immutable, so that a view is a value."""

from dataclasses import dataclass, replace

from commandcenter.rules.placing import Box
from commandcenter.ui.core.map.raster import Window

CLOSEST = 20.0
"""Largest scale in pixels a metre: five centimetres to a pixel."""
WIDEST = 0.3
"""The smallest scale, as a share of the one that shows everything."""


@dataclass(frozen=True, slots=True)
class Camera:
    """``x``, ``y``: the plan point (metres) in the middle; ``scale``: logical pixels a metre; size likewise."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 0.05
    width: int = 1
    height: int = 1

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Plan metres to logical pixels from the top left."""
        return (x - self.x) * self.scale + self.width / 2, (self.y - y) * self.scale + self.height / 2

    def to_plan(self, left: float, top: float) -> tuple[float, float]:
        """Logical pixels to plan metres."""
        return self.x + (left - self.width / 2) / self.scale, self.y - (top - self.height / 2) / self.scale

    def panned(self, right: float, down: float) -> "Camera":
        """The picture moved by so many logical pixels."""
        return replace(self, x=self.x - right / self.scale, y=self.y + down / self.scale)

    def zoomed(self, factor: float, left: float, top: float, smallest: float) -> "Camera":
        """Scaled by ``factor``, but not below ``smallest``, with the point under (left, top) staying where it is."""
        scale = min(max(self.scale * factor, smallest), CLOSEST)
        x, y = self.to_plan(left, top)
        shift = 1 - self.scale / scale
        return replace(self, x=self.x + (x - self.x) * shift, y=self.y + (y - self.y) * shift, scale=scale)

    def between(self, other: "Camera", share: float) -> "Camera":
        """``share`` of the way to ``other``: evenly in place, by equal factors in scale."""
        return replace(
            self,
            x=self.x + (other.x - self.x) * share,
            y=self.y + (other.y - self.y) * share,
            scale=self.scale * (other.scale / self.scale) ** share,
        )

    def view(self) -> Box:
        """West, south, east, north of what is shown, in metres."""
        half_x, half_y = self.width / 2 / self.scale, self.height / 2 / self.scale
        return self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y

    def window(self, margin: int, ratio: float) -> Window:
        """The device pixels of the view and ``margin`` logical pixels around it."""
        scale = self.scale * ratio
        left = round(self.x * scale - (self.width / 2 + margin) * ratio)
        top = round(-self.y * scale - (self.height / 2 + margin) * ratio)
        wide, high = round((self.width + 2 * margin) * ratio), round((self.height + 2 * margin) * ratio)
        return Window(scale, left, top, _well_strided(wide), high, ratio)

    def offset(self, window: Window) -> tuple[int, int]:
        """Where the top left of a window of the same scale lies, in whole device pixels of the widget."""
        scale = window.scale
        left = window.left - (self.x * scale - self.width / 2 * window.ratio)
        top = window.top - (-self.y * scale - self.height / 2 * window.ratio)
        return round(left), round(top)


def _well_strided(width: int) -> int:
    """``width`` rounded up to an odd multiple of 16 pixels (64 bytes).

    Rows whose distance is a multiple of 1 KiB fall on the same cache sets; blitting 1920 columns out of 2304 took
    0.72 ms, out of 2320 it takes 0.34 ms.
    """
    blocks = -(-width // 16)
    return 16 * (blocks if blocks % 2 else blocks + 1)
