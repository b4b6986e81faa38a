"""Small plates under grids: teeth, as many as there are things, with a gap for each that is not there; or tallies, how
many there are of three kinds.

All of them are one picture that is made for a scale and blitted while the map is panned: a repaint costs the same for
three hundred grids as for ten thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from commandcenter.rules.maps import Plan
from commandcenter.ui.core.map.camera import Camera
from commandcenter.ui.core.map.layers import LayerView
from commandcenter.ui.core.map.model import MapColours

Row = tuple[bool, ...]
"""The teeth of one grid, True where one stands."""
Tally = tuple[int, int, int, bool]
"""How many there are of each of three kinds in a grid, and whether something of it is overdue."""
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


TALLY_HIGH, SIGN, DIGIT, TALLY_RIM, BETWEEN = 13, 6, 6, 3, 4
"""Of a tally in logical pixels: its height, a sign and a digit, the room at both ends and between two counts."""
WHOLE, SUM = 2, 1
"""A tally with its three counts, or, where there is less room, with their sum."""


def tally_width(tally: Tally, step: int = WHOLE) -> int:
    """How wide a tally is, in logical pixels."""
    counts = [each for each in tally[:3] if each] if step == WHOLE else [sum(tally[:3])]
    signs = SIGN + 2 if step == WHOLE else 0
    return sum(signs + DIGIT * len(str(each)) for each in counts) + BETWEEN * (len(counts) - 1) + 2 * TALLY_RIM


def tally_plate(tally: Tally, colours: MapColours, ratio: float, step: int = WHOLE) -> QImage:
    """The picture of a tally: disc, square and triangle before their counts; a bar below where something is overdue."""
    wide, is_overdue = tally_width(tally, step), tally[3]
    image = QImage(round(wide * ratio), round(TALLY_HIGH * ratio), _FORMAT)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate, ink = QColor(colours.surface), QColor(colours.text)
        plate.setAlphaF(0.9)
        painter.setBrush(plate)
        painter.setPen(QColor(colours.overdue if is_overdue else colours.line))
        painter.drawRoundedRect(QRectF(0.5, 0.5, wide - 1, TALLY_HIGH - 1), 2, 2)
        font = QFont()
        font.setPixelSize(10)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        left = float(TALLY_RIM)
        for kind, count in enumerate(tally[:3]) if step == WHOLE else ((-1, sum(tally[:3])),):
            if not count:
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            _sign(painter, kind, left)
            left += SIGN + 2 if kind >= 0 else 0
            room = QRectF(left, 0, DIGIT * len(str(count)), TALLY_HIGH - 1)
            painter.setPen(ink)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, str(count))
            left += room.width() + BETWEEN
        if is_overdue:
            painter.fillRect(QRectF(1, TALLY_HIGH - 2, wide - 2, 2), QColor(colours.overdue))
    return image


def _sign(painter: QPainter, kind: int, left: float) -> None:
    top = (TALLY_HIGH - SIGN) / 2
    if kind == 0:
        painter.drawEllipse(QRectF(left, top, SIGN, SIGN))
    elif kind == 1:
        painter.drawRect(QRectF(left + 0.5, top + 0.5, SIGN - 1, SIGN - 1))
    elif kind == 2:
        low = top + SIGN
        painter.drawPolygon([QPointF(left, low), QPointF(left + SIGN / 2, top), QPointF(left + SIGN, low)])


class Plates:
    """What hangs under which grid, and the picture of it. Grids with an equal row share one sprite."""

    steps: tuple[int, ...] = WIDTHS
    """Sizes, the largest first."""
    below = BELOW

    def wide(self, row: Any, step: int) -> int:
        """How wide the plate of a row is at a size, in logical pixels."""
        raise NotImplementedError

    def sprite(self, row: Any, colours: MapColours, ratio: float, step: int) -> QImage:
        """The picture of it."""
        raise NotImplementedError

    def is_marked(self, row: Any) -> bool:
        """Whether a grid without room for it has a mark all the same."""
        raise NotImplementedError

    def __init__(self) -> None:
        self.rows: Mapping[str, Any] = {}
        self._image: QImage | None = None
        self._pixels: npt.NDArray[np.uint32] | None = None
        self._key: tuple[Any, ...] = ()
        self._made_for: Camera | None = None
        self._plan: Plan | None = None
        self._groups: Mapping[Any, npt.NDArray[np.int64]] | None = None
        self._look: tuple[MapColours, float] | None = None
        self._sprites: dict[tuple[Any, int], QImage] = {}
        self._used = QRect()
        """The part of the picture in which there is anything, in device pixels."""

    def show(self, rows: Mapping[str, Any]) -> None:
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
        step = self._step(view, groups)
        across = (plan.boxes[:, 2] - plan.boxes[:, 0]) * camera.scale
        near = self._near(plan.anchors, camera)
        marked = []
        for row, every in groups.items():
            places = every[near[every]]
            if not len(places):
                continue
            has_room = across[places] >= self.wide(row, step) * TIGHT if step else places < 0
            if has_room.any():
                self._stamp(self._pixels, self._sprite(row, view, step), plan.anchors[places[has_room]], view)
            if self.is_marked(row):
                marked.append(places[~has_room])
        if marked:
            self._stamp(self._pixels, mark(view.colours, ratio), plan.anchors[np.concatenate(marked)], view)
        self._image = None
        if groups:
            self._image = QImage(self._pixels.data, wide, high, wide * 4, _FORMAT)
            self._image.setDevicePixelRatio(ratio)

    @staticmethod
    def _near(anchors: Any, camera: Camera) -> npt.NDArray[np.bool_]:
        """Which grids may have something in the picture: of many rows most are out of view, and cost nothing."""
        wide, high = camera.width / 2 + MARGIN, camera.height / 2 + MARGIN + 2 * BELOW
        away = np.abs(anchors - (camera.x, camera.y)) * camera.scale
        found: npt.NDArray[np.bool_] = np.all(away <= (wide, high), axis=1)
        return found

    def _sprite(self, row: Any, view: LayerView, step: int) -> QImage:
        """The picture of a row, kept while theme and screen stay: a zoom needs the same ones at every step."""
        look = view.colours, view.devicePixelRatioF()
        if look != self._look:
            self._look, self._sprites = look, {}
        if (row, step) not in self._sprites:
            self._sprites[row, step] = self.sprite(row, *look, step)
        return self._sprites[row, step]

    def _grouped(self, plan: Plan) -> Mapping[Any, npt.NDArray[np.int64]]:
        """Which grids have the same row; sought once, not for every step of a zoom."""
        if self._groups is None or self._plan is not plan:
            groups: dict[Any, list[int]] = {}
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
        y = (camera.y - anchors[:, 1]) * camera.scale + camera.height / 2 + MARGIN + self.below
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

    def _step(self, view: LayerView, rows: Iterable[Any]) -> int:
        """The largest size for which grids have room on average; 0 when not even the smallest have."""
        kinds = tuple(rows)
        west, south, east, north = view.plan.bounds
        side = ((east - west) * (north - south) / max(len(view.plan.grids), 1)) ** 0.5 * view.camera.scale
        return next((each for each in self.steps
                     if side >= max((self.wide(row, each) for row in kinds), default=0) * ROOM), 0)  # fmt: skip


class Teeth(Plates):
    """Rows of teeth (:data:`Row`)."""

    def wide(self, row: Row, step: int) -> int:
        """By their number."""
        return row_width(len(row), step)

    def sprite(self, row: Row, colours: MapColours, ratio: float, step: int) -> QImage:
        """The row."""
        return tooth_row(row, colours, ratio, step)

    def is_marked(self, row: Row) -> bool:
        """Where there is a gap."""
        return not all(row)


class Tallies(Plates):
    """Counts of three kinds (:data:`Tally`); they hang under the teeth, where both are shown."""

    steps = (WHOLE, SUM)
    below = BELOW + HIGH + 2 * RIM + 2

    def wide(self, row: Tally, step: int) -> int:
        """By their digits."""
        return tally_width(row, step)

    def sprite(self, row: Tally, colours: MapColours, ratio: float, step: int) -> QImage:
        """The counts, or their sum."""
        return tally_plate(row, colours, ratio, step)

    def is_marked(self, row: Tally) -> bool:
        """Where something is overdue."""
        return row[3]


def row_of(stands: Sequence[bool]) -> Row:
    """A row as a key."""
    return tuple(bool(each) for each in stands)
