"""Small teeth under grids: as many as there are things, a gap for each that is not there.

All of them are one picture that is made for a scale and blitted while the map is panned: a repaint costs the same for
three hundred grids as for ten thousand.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from commandcenter.rules.maps import Plan
from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.layers import LayerView
from commandcenter.ui.core.map.model import MapColours

Row = tuple[bool, ...]
"""The teeth of one grid, True where one stands."""
WIDTHS = (4, 3, 2)
"""How wide a tooth is, in logical pixels, where there is room for it; the town as a whole takes the same."""
HIGH, APART, RIM = 5, 1, 2
"""How high it is, the room between two, and the plate around them."""
BELOW = 13
"""How far under a grid's middle they hang: its name stays readable."""
MARGIN = 160
"""Logical pixels around the view that the picture covers, so that a pan does not make it anew at every step."""
ROOM = 1.05
"""So many times as wide as a row grids must be on average for teeth of a width."""
TIGHT = 0.9
"""A single grid that is narrower than this share of its row has only a mark, and that only for a gap."""
_FORMAT = QImage.Format.Format_ARGB32_Premultiplied


def row_width(count: int, tooth: int) -> int:
    """How wide a row of so many teeth is, in logical pixels."""
    return count * tooth + max(count - 1, 0) * APART + 2 * RIM


def tooth_row(row: Row, colours: MapColours, ratio: float, tooth: int = 3) -> QImage:
    """The picture of one row: a plate, the teeth, and under each gap a piece of bare jaw in the colour of what is
    overdue, so that a gap is told by its shape and by its colour."""
    wide = row_width(len(row), tooth)
    high = HIGH + 2 * RIM
    image = QImage(round(wide * ratio), round(high * ratio), _FORMAT)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(colours.muted if all(row) else colours.text)  # all is well: quieter
    plate = QColor(colours.surface)
    plate.setAlphaF(0.85)
    painter.setBrush(plate)
    painter.setPen(QColor(colours.overdue if not all(row) else colours.line))
    painter.drawRoundedRect(QRectF(0.5, 0.5, wide - 1, high - 1), 2, 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for place, stands in enumerate(row):
        left = RIM + place * (tooth + APART)
        if stands:
            painter.fillRect(QRectF(left, RIM, tooth, HIGH), ink)
        else:
            painter.fillRect(QRectF(left, RIM + HIGH - 1, tooth, 1), QColor(colours.overdue))
    painter.end()
    return image


def mark(colours: MapColours, ratio: float) -> QImage:
    """Instead of a row where there is no room: here something is missing."""
    image = QImage(round(5 * ratio), round(5 * ratio), _FORMAT)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(colours.surface))
    with QPainter(image) as painter:
        painter.fillRect(QRectF(1, 1, 3, 3), QColor(colours.overdue))
    return image


class Teeth:
    """What hangs under which grid, and the picture of it."""

    def __init__(self) -> None:
        self.rows: Mapping[str, Row] = {}
        self._image: QImage | None = None
        self._pixels: npt.NDArray[np.uint32] | None = None
        self._key: tuple[Any, ...] = ()
        self._made_for: Camera | None = None
        self._plan: Plan | None = None
        self._groups: Mapping[Row, npt.NDArray[np.int64]] | None = None
        self._used = QRect()
        """The part of the picture in which there is anything, in device pixels."""

    def show(self, rows: Mapping[str, Row]) -> None:
        """Other rows."""
        self.rows = rows
        self._key, self._groups = (), None

    def paint(self, painter: QPainter, view: LayerView) -> None:
        """Blit the picture; make it anew for another scale, theme or plan, or when the view left it."""
        camera, ratio = view.camera, view.devicePixelRatioF()
        key = id(view.plan), camera.scale, camera.width, camera.height, ratio, view.colours
        shift = self._shift(camera)
        if key != self._key or shift is None:
            self._make(view)
            self._key, self._made_for, shift = key, camera, (0.0, 0.0)
        if self._image is not None:
            right, down = (round(each * ratio) for each in shift)
            margin = round(MARGIN * ratio)
            seen = QRect(margin - right, margin - down, round(camera.width * ratio), round(camera.height * ratio))
            part = seen.intersected(self._used)
            if not part.isEmpty():
                at = QPointF((part.left() - seen.left()) / ratio, (part.top() - seen.top()) / ratio)
                painter.drawImage(at, self._image, part)

    def _shift(self, camera: Camera) -> tuple[float, float] | None:
        """How far the view has moved since the picture was made; None when it shows what the picture lacks."""
        made = self._made_for
        if made is None:
            return None
        right, down = (made.x - camera.x) * camera.scale, (camera.y - made.y) * camera.scale
        return (right, down) if abs(right) <= MARGIN and abs(down) <= MARGIN else None

    def _make(self, view: LayerView) -> None:
        camera, plan, ratio = view.camera, view.plan, view.devicePixelRatioF()
        window = camera.window(MARGIN, ratio)  # of a width that the processor's cache likes
        wide, high = window.width, window.height
        if self._pixels is None or self._pixels.shape != (high, wide):
            self._pixels = np.zeros((high, wide), dtype=np.uint32)
        else:
            used = self._used
            self._pixels[used.top() : used.bottom() + 1, used.left() : used.right() + 1] = 0
        self._used = QRect()
        groups = self._grouped(plan)
        tooth = self._tooth(view, max((len(row) for row in groups), default=0))
        across = (plan.boxes[:, 2] - plan.boxes[:, 0]) * camera.scale
        for row, places in groups.items():
            has_room = across[places] >= row_width(len(row), tooth or WIDTHS[-1]) * TIGHT if tooth else places < 0
            self._stamp(self._pixels, tooth_row(row, view.colours, ratio, tooth or 2), plan.anchors[places[has_room]],
                        view)  # fmt: skip
            if not all(row):
                self._stamp(self._pixels, mark(view.colours, ratio), plan.anchors[places[~has_room]], view)
        self._image = None
        if groups:
            self._image = QImage(self._pixels.data, wide, high, wide * 4, _FORMAT)
            self._image.setDevicePixelRatio(ratio)

    def _grouped(self, plan: Plan) -> Mapping[Row, npt.NDArray[np.int64]]:
        """Which grids have the same row; sought once, not for every step of a zoom."""
        if self._groups is None or self._plan is not plan:
            groups: dict[Row, list[int]] = {}
            for grid, row in self.rows.items():
                at = plan.index.get(grid)
                if at is not None and row:
                    groups.setdefault(row, []).append(at)
            self._plan, self._groups = plan, {row: np.array(found) for row, found in groups.items()}
        return self._groups

    def _stamp(self, pixels: npt.NDArray[np.uint32], sprite: QImage, anchors: Any, view: LayerView) -> None:
        """The same sprite under many grids at once; those that would not lie wholly in the picture are left out."""
        camera, ratio = view.camera, view.devicePixelRatioF()
        stamp = np.frombuffer(sprite.constBits(), dtype=np.uint32).reshape(sprite.height(), -1)[:, : sprite.width()]
        x = (anchors[:, 0] - camera.x) * camera.scale + camera.width / 2 + MARGIN
        y = (camera.y - anchors[:, 1]) * camera.scale + camera.height / 2 + MARGIN + BELOW
        left = np.rint(x * ratio).astype(np.int64) - stamp.shape[1] // 2
        top = np.rint(y * ratio).astype(np.int64)
        inside = (left >= 0) & (top >= 0) & (left + stamp.shape[1] <= pixels.shape[1])
        inside &= top + stamp.shape[0] <= pixels.shape[0]
        rows = top[inside, None, None] + np.arange(stamp.shape[0])[None, :, None]
        columns = left[inside, None, None] + np.arange(stamp.shape[1])[None, None, :]
        pixels[rows, columns] = stamp[None]
        if inside.any():
            left, top = left[inside], top[inside]
            right, low = int(left.max()) + stamp.shape[1], int(top.max()) + stamp.shape[0]
            first, upper = int(left.min()), int(top.min())
            self._used = self._used.united(QRect(first, upper, right - first, low - upper))

    def _tooth(self, view: LayerView, count: int) -> int:
        """The widest teeth for which grids have room on average; 0 when not even the narrowest have."""
        west, south, east, north = view.plan.bounds
        side = ((east - west) * (north - south) / max(len(view.plan.grids), 1)) ** 0.5 * view.camera.scale
        return next((each for each in WIDTHS if side >= row_width(count, each) * ROOM), 0)


def row_of(stands: Sequence[bool]) -> Row:
    """A row as a key."""
    return tuple(bool(each) for each in stands)
