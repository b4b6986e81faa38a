"""The map canvas: grids, fills, markers, selection, hover card, legend. It knows no feature and no database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.rules.maps import KIND_ORDER, MapGrid, Plan
from commandcenter.rules.placing import fit
from commandcenter.ui.core.map.camera import CLOSEST, WIDEST, Camera
from commandcenter.ui.core.map.card import HoverCard
from commandcenter.ui.core.map.furniture import Furniture
from commandcenter.ui.core.map.layers import MapLayer
from commandcenter.ui.core.map.legend import Legend
from commandcenter.ui.core.map.marks import Arrangement, Arranger, Spot
from commandcenter.ui.core.map.model import Fill, LegendEntry, MapColours, Marker
from commandcenter.ui.core.map.outlines import Outlines
from commandcenter.ui.core.map.pictures import Pictures
from commandcenter.ui.core.map.sprites import Sprites
from commandcenter.ui.core.map.view import MapView

INSET, PADDING = 16, 28
"""Logical pixels between the view's edge and the legend, and around the town when it is fitted."""
HOVER_AFTER = 120
"""Milliseconds the pointer rests before the card shows; a passing pointer makes no flicker."""
FLY_SHARE = 0.3
"""What share of the view a grid takes after flying to it."""


class MapCanvas(MapView):
    """The map of a town.

    Signals: ``grid_clicked``, ``grid_double_clicked``, ``hovered`` (grid id, "" for none), ``marker_clicked``
    (marker id; clicking a cluster in one place again gives its next), ``view_touched``.
    """

    grid_clicked = Signal(str)
    grid_double_clicked = Signal(str)
    marker_clicked = Signal(str)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map.canvas")
        self._colours = MapColours.dark()
        self._markers: tuple[Marker, ...] = ()
        self._layers: tuple[MapLayer, ...] = ()
        self._under: tuple[MapLayer, ...] = ()
        self._own_legend: tuple[LegendEntry, ...] = ()
        self._caption = ""
        self._selected_grid: str | None = None
        self._selected_marker: str | None = None
        self._hovered = ""
        self._pointer = QPointF()
        self._hover_text: Callable[[str], list[str]] = lambda grid: []
        self._arrangement: Arrangement | None = None
        self._arranger: Arranger | None = None
        self._furniture: Furniture | None = None
        self._pictures = Pictures(self, self._colours)
        self._outlines = Outlines(self.plan)
        self._legend = Legend(self, self._colours)
        self._card = HoverCard(self, self._colours)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(HOVER_AFTER)
        self._wire()

    def _wire(self) -> None:
        self._pictures.plan_changed.connect(self._plan_changed)
        self._pictures.picture_changed.connect(self.update)
        self._legend.toggled.connect(self._place_legend)
        self._rest.timeout.connect(self._show_card)
        self.pressed_at.connect(self._press_at)
        self.double_pressed_at.connect(self._double_press_at)
        self.pointed_at.connect(self._point_at)
        self._list_legend()

    # What is shown

    @property
    def plan(self) -> Plan:
        """The grids as laid out."""
        return self._pictures.plan

    @property
    def colours(self) -> MapColours:
        """The theme's colours."""
        return self._colours

    @property
    def legend(self) -> Legend:
        """The legend; checked means open."""
        return self._legend

    @property
    def is_drawing(self) -> bool:
        """Whether a better picture is on its way."""
        return self._pictures.busy

    def set_grids(self, grids: Sequence[MapGrid]) -> None:
        """Show these grids. Beyond 2,000 they are laid out aside and appear a moment later."""
        if tuple(grids) != self.plan.grids:
            self._pictures.set_grids(grids)

    def set_fills(self, fills: Mapping[str, Fill]) -> None:
        """Fill these grids (by id) and no others; grids without a fill have their village's tone."""
        if self._pictures.set_fills(fills) and self._arrangement is not None:
            self._arranging().retint(self._arrangement, self._pictures.palette.fill_of)

    def set_markers(self, markers: Sequence[Marker]) -> None:
        """Show these markers; the most important first where all else is equal."""
        if tuple(markers) != self._markers:
            self._markers = tuple(markers)
            self._rearrange()

    def set_layers(self, layers: Sequence[MapLayer], under: Sequence[MapLayer] = ()) -> None:
        """Show these layers, and those ``under`` names and markers; call again when what they show has changed."""
        self._layers, self._under = tuple(layers), tuple(under)
        self._rearrange()

    def set_colours(self, colours: MapColours) -> None:
        """Switch the theme, live."""
        self._colours = colours
        self._arranger = None
        self._pictures.set_colours(colours)
        self._legend.set_colours(colours)
        self._card.set_colours(colours)
        self._rearrange()

    def set_legend(self, entries: Sequence[LegendEntry]) -> None:
        """The fills in use; the signs of emergency and dedicated grids are added where there are any."""
        if tuple(entries) != self._own_legend:
            self._own_legend = tuple(entries)
            self._list_legend()

    def set_caption(self, caption: str) -> None:
        """A quiet line at the lower right: what this map is and is not. Without one, a scheme says that it is one."""
        self._caption = caption
        self.update()

    def set_hover_text(self, text: Callable[[str], list[str]]) -> None:
        """Where the lines of the hover card come from, by grid id; no lines, no card."""
        self._hover_text = text

    def select_grid(self, grid: str | None) -> None:
        """Outline a grid; the view does not move."""
        self._selected_grid = grid
        self._rearrange()

    def select_marker(self, marker: str | None) -> None:
        """Emphasise a marker; it leaves its cluster."""
        self._selected_marker = marker
        self._rearrange()

    def draw_now(self) -> None:
        """Arrive where the view is flying to and finish the picture on this thread, for snapshots."""
        self.arrive()
        self._pictures.look(self.camera, self.devicePixelRatioF())
        self._pictures.draw_now()

    # Where we look

    def fly_to(self, grid: str) -> None:
        """Bring a grid to the middle, large enough to see and never smaller than now. Unknown grids are ignored."""
        n = self.plan.index.get(grid)
        if n is None:
            return
        west, south, east, north = (float(value) for value in self.plan.boxes[n])
        view = self.camera
        x, y, scale = fit((west, south, east, north), view.width * FLY_SHARE, view.height * FLY_SHARE)
        scale = max(view.scale, min(scale, CLOSEST))
        self.fly(replace(view, x=x, y=y, scale=scale))

    def incident_set_changed(self) -> None:
        """Other incidents than before: fit, unless the officer has moved the view."""
        if not self.touched:
            self.fit()

    def fitted(self) -> Camera:
        """Everything beside or above the legend, whichever leaves the town larger."""
        view, legend = self.camera, self._legend.size()
        beside = legend.width() + INSET
        above = legend.height() + INSET
        west, south, east, north = self.plan.bounds
        width, height = view.width - 2 * PADDING, view.height - 2 * PADDING
        x, y, scale = fit((west, south, east, north), width - beside, height)
        other = fit((west, south, east, north), width, height - above)[2]
        whole = fit((west, south, east, north), width - 2 * beside, height)[2]
        self._smallest = min(scale, other) * WIDEST
        if whole >= max(scale, other):  # room on both sides: keep to the middle
            return replace(view, x=x, y=y, scale=whole)
        if scale >= other:
            return replace(view, x=x - beside / 2 / scale, y=y, scale=scale)
        return replace(view, x=x, y=y - above / 2 / other, scale=other)

    def screen_position(self, grid_id: str) -> QPointF | None:
        """Where a grid's middle is in this widget; None if it is unknown or out of view."""
        n = self.plan.index.get(grid_id)
        if n is None:
            return None
        point = QPointF(*self.camera.to_screen(*(float(value) for value in self.plan.anchors[n])))
        return point if QRectF(self.rect()).contains(point) else None

    def place_position(self, lon: float, lat: float) -> QPointF:
        """Where a place in WGS84 degrees is in this widget, in view or not."""
        marker = Marker("", None, (lon, lat), "")
        x, y = self._arranging().position(marker) or (0.0, 0.0)
        return QPointF(*self.camera.to_screen(x, y))

    def grids_at(self, point: QPointF) -> list[str]:
        """All grids under a point of the widget: squares and danger marks first, then from the top down."""
        marked = self._arranged().grids_at(self.camera, point)
        picture, grids = self._pictures.picture, self.plan.grids
        drawn = [grids[row - 1].id for row in picture.rows_at(self.camera, point)] if picture is not None else []
        return list(dict.fromkeys(marked + drawn))

    # What the hand does

    @Slot(QPointF)
    def _press_at(self, point: QPointF) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        spot = self._arranged().spot_at(self.camera, point)
        if spot is not None:
            self._press_spot(spot)
            return
        found = self.grids_at(point)
        if found:
            self.grid_clicked.emit(found[0])

    def _press_spot(self, spot: Spot) -> None:
        """Zoom into a cluster that then comes apart; else the next of its markers."""
        west, south, east, north = spot.spread
        if max(east - west, north - south) * CLOSEST / 4 > 40:
            view = self.camera
            x, y, scale = fit(spot.spread, view.width * FLY_SHARE, view.height * FLY_SHARE)
            self.fly(replace(view, x=x, y=y, scale=min(max(scale, view.scale * 1.5), CLOSEST)))
            return
        markers = spot.markers
        following = markers.index(self._selected_marker) + 1 if self._selected_marker in markers else 0
        self.marker_clicked.emit(markers[following % len(markers)])

    @Slot(QPointF)
    def _double_press_at(self, point: QPointF) -> None:
        found = self.grids_at(point)
        if found:
            self.grid_double_clicked.emit(found[0])

    @Slot(object)
    def _point_at(self, point: QPointF | None) -> None:
        found = self.grids_at(point) if point is not None else []
        grid = found[0] if found else ""
        self._pointer = point if point is not None else QPointF()
        if grid == self._hovered:
            self._card.follow(self._pointer.toPoint())
            if grid and self._card.isHidden():
                self._rest.start()
            return
        self._hovered = grid
        self._card.hide()
        if grid:
            self._rest.start()
        else:
            self._rest.stop()
        self.update()
        self.hovered.emit(grid)

    @Slot()
    def _show_card(self) -> None:
        """The pointer rests: what lies under it now is told, also when the map moved and not the pointer."""
        found = self.grids_at(self._pointer) if self._hovered else []
        grid = found[0] if found else ""
        if grid != self._hovered:
            self._hovered = grid
            self.update()
            self.hovered.emit(grid)
        if grid:
            self._card.show_lines(self._lines(), self._pointer.toPoint())

    def _lines(self) -> list[str]:
        spot = self._arranged().spot_at(self.camera, self._pointer)
        told = {marker.id: marker.tooltip for marker in self._all_markers()}
        tips = [told[marker] for marker in spot.markers if told.get(marker)] if spot is not None else []
        return tips[:6] + self._hover_text(self._hovered)

    # How it comes on screen

    def camera_changed(self) -> None:
        """Ask for the picture of the new view; the marks follow when painted. The hover card told of what was there
        before."""
        self._pictures.look(self.camera, self.devicePixelRatioF())
        self._card.hide()
        if self._hovered:
            self._rest.start()

    def window_awaited(self) -> None:
        """A picture made now would be of the wrong size."""
        self._pictures.hold()

    def window_appears(self) -> None:
        """Now the first picture fits."""
        self._pictures.release()

    def paintEvent(self, event: QPaintEvent) -> None:
        """All of it; Qt clips to what was uncovered."""
        with QPainter(self) as painter:
            self._paint_all(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend stays in its corner."""
        super().resizeEvent(event)
        self._place_legend()

    def changeEvent(self, event: QEvent) -> None:
        """New language or font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self._arranger = None
            self._legend.retranslate()
            self._list_legend()
            self._rearrange()

    @Slot()
    def _plan_changed(self) -> None:
        self._arranger = None
        self._outlines = Outlines(self.plan)
        self._list_legend()
        self._rearrange()
        if not self.touched:
            self.fit()

    def _list_legend(self) -> None:
        entries = list(self._own_legend)
        kinds: tuple[Literal["emergency", "dedicated"], ...] = ("emergency", "dedicated")
        for kind in kinds:
            rows = np.flatnonzero(self.plan.kind_of == KIND_ORDER[kind])
            if len(rows):
                mark = self.plan.grids[rows[0]].mark
                entries.append(LegendEntry(say(f"map.legend.{kind}"), symbol=kind, character=mark))
        self._legend.set_entries(entries)
        self._legend.setVisible(bool(entries))
        self._place_legend()

    @Slot()
    def _place_legend(self) -> None:
        self._legend.resize(self._legend.sizeHint())
        self._legend.move(INSET, self.height() - INSET - self._legend.height())

    def _rearrange(self) -> None:
        self._arrangement = None
        self.update()

    def _all_markers(self) -> list[Marker]:
        layers = (*self._under, *self._layers)
        return [*self._markers, *(marker for layer in layers for marker in layer.markers())]

    def _arranging(self) -> Arranger:
        ratio = self.devicePixelRatioF()
        if self._arranger is None or self._arranger.ratio != ratio:
            self._arranger = Arranger(self.plan, Sprites(self._colours, self.font(), ratio), ratio)
            self._arrangement = None
        return self._arranger

    def _arranged(self) -> Arrangement:
        arranger, found = self._arranging(), self._arrangement
        if found is None or not found.suits(self.camera):
            markers, fill_of = self._all_markers(), self._pictures.palette.fill_of
            found = arranger.arrange(self.camera, markers, fill_of, self._selected_marker, self._selected_grid)
            self._arrangement = found
        return found

    def _paint_all(self, painter: QPainter) -> None:
        self._paint_picture(painter)
        self._paint_outlines(painter)
        for layer in self._under:
            layer.paint(painter, self)
        self._paint_marks(painter)
        self._paint_furniture(painter)

    def _paint_picture(self, painter: QPainter) -> None:
        picture = self._pictures.picture
        bare = picture.bare(self.camera) if picture is not None else QRegion(self.rect())
        # Filling everything and drawing over it costs as much as the picture itself. (The stubs do not tell that a
        # region can be gone through.)
        for strip in bare:  # type: ignore[attr-defined]
            painter.fillRect(strip, QColor(self._colours.background))
        if picture is not None:
            picture.paint(painter, self.camera)

    def _paint_outlines(self, painter: QPainter) -> None:
        if self._hovered and self._hovered != self._selected_grid:
            self._outlines.point_at(painter, self.camera, self._hovered, self._colours)
        if self._selected_grid is not None:
            self._outlines.select(painter, self.camera, self._selected_grid, self._colours)

    def _paint_marks(self, painter: QPainter) -> None:
        arrangement = self._arranged()
        ratio = self.devicePixelRatioF()
        right, down = (round(value * ratio) / ratio for value in arrangement.shift(self.camera))
        painter.translate(right, down)
        for where, pixmap in arrangement.drawn:
            painter.drawPixmap(where, pixmap)
        painter.translate(-right, -down)
        for layer in self._layers:
            layer.paint(painter, self)

    def _paint_furniture(self, painter: QPainter) -> None:
        scale = None if self.plan.is_schematic else self.camera.scale
        schematic = self.plan.is_schematic and self.plan.grids
        caption = self._caption or (say("map.caption.schematic") if schematic else "")
        key = (caption, scale, self.size().toTuple(), self._arranging())
        if self._furniture is None or self._furniture.key != key:
            self._furniture = Furniture(key, self._arranging().sprites, caption, scale, self._colours)
        self._furniture.paint(painter, self.rect())
