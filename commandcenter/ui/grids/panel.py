"""The map of the situation workspace: the canvas joined to the live set, the selection and the layer switches."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.services import figures
from commandcenter.services.live import LiveChange
from commandcenter.ui.core import theme
from commandcenter.ui.core.map import Fill, FillMeasure, Marker
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.grids import backdrop, measures
from commandcenter.ui.grids.bar import MapBar
from commandcenter.ui.grids.colours import map_colours
from commandcenter.ui.grids.header import DRAW, ON_MAP
from commandcenter.ui.grids.hint import MapHint
from commandcenter.ui.grids.hover import hover_lines
from commandcenter.ui.grids.mapstate import MEASURE, PLUGGED, MapState, keep_shown, read_shown
from commandcenter.ui.grids.picture import Shown, read_shapes

RECENT = timedelta(days=30)
RECENT_AGAIN = timedelta(minutes=10)
"""How old the count of recent incidents may become before it is read again, beside every change of the incidents."""
EDGE = 12
"""Pixels at 100 % between the map's edge and what lies over it."""


class MapPanel(QWidget):
    """The map. It is never yanked: nothing but a hand, a wish to fit and an untouched view moves it.

    ``fills`` (by grid) and ``markers`` are what it shows now.
    """

    def __init__(self, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("grids.map")
        self._tools, self._desk = tools, tools.desk
        self._state = MapState(tools.desk, read_shown(tools.settings))
        self.board = measures.Board(theme=theme.current())
        """What measures read: the facts of the grids and the theme."""
        self._offered = {each.id: each for each in sorted(tools.plugs.fill_measures, key=lambda each: each.order)}
        self._measures: dict[str, FillMeasure] = {}
        self._incidents: frozenset[str] = frozenset()
        self.fills: dict[str, Fill] = {}
        self.markers: list[Marker] = []
        self._recent_at: datetime | None = None
        self._trouble = ""
        self._reading = False
        self._is_behind = False
        self._backdrop_file = backdrop.file_for(None)
        self.canvas = backdrop.TownCanvas(self)
        self._plugs = {each.id: each for each in sorted(tools.plugs.map_layers, key=lambda each: each.order)}
        self.layers: dict[str, Any] = {}
        """Layers of other features that were switched on once, by id."""
        self._is_on: dict[str, bool] = {}
        measured, layered = (
            [(id, each.title_code) for id, each in plugs.items()] for plugs in (self._offered, self._plugs)
        )
        self.bar = MapBar(measured, self, layered)
        self.hint = MapHint(self)
        self.drawing: Any = None
        self.draw_bar: QWidget | None = None
        self._recolour_soon = QTimer(self)
        self._recolour_soon.setSingleShot(True)
        self._recolour_soon.setInterval(0)
        self._begin()

    def _begin(self) -> None:
        wanted = self._tools.settings.get(MEASURE, measures.DEFAULT)
        if wanted in self._offered:
            self._state.measure = wanted
        self.bar.show_state(self._state.shown, self._state.measure)
        self._connect()
        for layer in self._tools.settings.get(PLUGGED, []):
            if layer in self._plugs:
                self.show_layer(layer, is_on=True)
        self._wear_colours()
        self._take_town()
        self._everything()

    def _connect(self) -> None:
        desk, canvas, selection = self._desk, self.canvas, self._tools.selection
        desk.live_changed.connect(self._live_changed)
        desk.directory_changed.connect(self._people_changed)
        desk.connection_changed.connect(self._tell)
        desk.officer_changed.connect(self._refill)
        selection.changed.connect(self._selected)
        selection.navigated.connect(self._navigated)
        canvas.grid_clicked.connect(self._choose_grid)
        canvas.grid_double_clicked.connect(self._open_grid)
        canvas.marker_clicked.connect(self._choose_incident)
        canvas.view_touched.connect(self._tell)
        canvas.set_hover_text(self._hover)
        self.bar.shown_changed.connect(self._show)
        self.bar.layer_switched.connect(self._layer_switched)
        self.bar.measure_chosen.connect(self.choose_measure)
        self.bar.fit_wanted.connect(self._fit)
        self.hint.acted.connect(self._act_on_hint)
        self._recolour_soon.timeout.connect(self._look_changed)
        self._tools.ticker.listen(self._tick)

    # --- what is shown ------------------------------------------------------------------------------------------

    def choose_measure(self, name: str) -> None:
        """Fill the grids by another measure; the desk remembers it."""
        self._state.measure = name
        self._tools.settings.set(MEASURE, name)
        self.bar.show_state(self._state.shown, name)
        self._read_recent()
        self._refill()

    @property
    def measure(self) -> str:
        """The measure in use."""
        return self._state.measure

    def _chosen_measure(self) -> FillMeasure:
        """The measure in use, made when it is first wanted."""
        name = self._state.measure
        if name not in self._measures:
            made = self._measures[name] = self._offered[name].make(self._tools, self)
            if hasattr(made, "changed"):
                made.changed.connect(self._refill)
        return self._measures[name]

    def show_layer(self, id: str, is_on: bool) -> None:
        """Switch a layer of another feature on or off; it is made when it is first wanted."""
        self._is_on[id] = is_on
        if is_on and id not in self.layers:
            layer = self.layers[id] = self._plugs[id].make(self._tools, self)
            layer.changed.connect(self._layer_changed)
        if id in self.layers:
            self.layers[id].set_shown(is_on)
        self.bar.show_layer(id, is_on)
        self._lay_layers()

    @Slot(str, bool)
    def _layer_switched(self, id: str, is_on: bool) -> None:
        self.show_layer(id, is_on)
        self._tools.settings.set(PLUGGED, [each for each, on in self._is_on.items() if on])

    @Slot()
    def _layer_changed(self) -> None:
        self._lay_layers()

    def _layers_on(self) -> list[Any]:
        return [self.layers[id] for id in self._plugs if self._is_on.get(id)]

    def _lay_layers(self) -> None:
        """What is switched on, and above it what is being drawn."""
        drawn = (self.drawing,) if self.drawing is not None else ()
        self.canvas.set_layers(drawn, under=self._layers_on())
        self._list_legend()

    def _list_legend(self) -> None:
        measure = self._chosen_measure()
        self.canvas.set_legend([*measure.legend(), *(line for layer in self._layers_on() for line in layer.legend())])

    @Slot(object)
    def _show(self, shown: Shown) -> None:
        before, self._state.shown = self._state.shown, shown
        keep_shown(self._tools.settings, shown)
        if (before.dedicated, before.emergency, before.names) != (shown.dedicated, shown.emergency, shown.names):
            self._draw_grids()
        self._draw_backdrop()
        self._draw_markers()

    @Slot(object)
    def _live_changed(self, change: LiveChange) -> None:
        if not self.isVisible():
            self._is_behind = True
            return
        if change.everything or change.places:
            self._take_town()
            self._everything()
            return
        if change.incidents or change.gone or change.settings:
            self._draw_markers()
            self._note_incidents()
            self._refill()
        elif change.grids or change.people:
            self._refill()

    def _everything(self) -> None:
        self._read_shapes()
        self._draw_markers()
        self._note_incidents()
        self._refill()
        self._show_selection()

    def _take_town(self) -> None:
        self._state.people_changed()
        self._backdrop_file = backdrop.file_for(self._desk.live.town)
        self.bar.offer_backdrop(self._backdrop_file is not None)
        self._draw_backdrop()

    def _draw_grids(self) -> None:
        self.canvas.set_grids(self._state.grids())
        plan = self.canvas.plan
        self.bar.offer_backdrop(self._backdrop_file is not None and not (plan.grids and plan.is_schematic))
        self._say_caption()
        self._tell()

    def _draw_markers(self) -> None:
        selected = self._tools.selection.chosen("incident")
        self.markers = self._state.markers(selected)
        self.canvas.set_markers(self.markers)
        self._state.overdue_moved(self._desk.now())

    def _note_incidents(self) -> None:
        """Other incidents than before: the view may fit itself, if nobody has touched it."""
        incidents = frozenset(self._desk.live.incidents)
        if incidents == self._incidents:
            return
        was_known, self._incidents = bool(self._incidents), incidents
        self._read_recent(again=True)
        if was_known:
            self.canvas.incident_set_changed()

    @Slot()
    def _refill(self) -> None:
        self.board.facts = self._state.facts()
        measure = self._chosen_measure()
        self.fills = {grid: fill for grid in self._desk.live.grids if (fill := measure.fill(grid)) is not None}
        self.canvas.set_fills(self.fills)
        self._list_legend()

    @Slot()
    def _people_changed(self) -> None:
        self._state.people_changed()
        self._refill()

    def _draw_backdrop(self) -> None:
        wanted = self._backdrop_file if self._state.shown.backdrop else None
        try:
            self.canvas.show_backdrop(backdrop.read(wanted) if wanted is not None else None, theme.current())
        except (OSError, ValueError, KeyError):  # an ornament that cannot be read is no reason to have no map
            self.canvas.show_backdrop(None, theme.current())

    def _say_caption(self) -> None:
        town, plan = self._desk.live.town, self.canvas.plan
        is_scheme = bool(plan.grids) and plan.is_schematic
        is_sample = town is not None and town.mark == "sample"
        parts = [say("grids.map.caption_sample")] if is_sample and not is_scheme else []
        if is_scheme:
            parts = [say("map.caption.schematic")]
        elif plan.drawn < len(plan.grids):
            parts = [*parts, say("grids.map.caption_partly", count=len(plan.grids) - plan.drawn)]
        self.canvas.set_caption("  ".join(parts))

    # --- what is read -------------------------------------------------------------------------------------------

    def _read_shapes(self) -> None:
        """Shapes that are new; the grids are drawn when they are there, so that no scheme flashes up first."""
        missing = self._state.missing()
        if not missing:
            self._draw_grids()
            return
        self._reading = True
        self._tell()
        self._desk.read(
            partial(_ask_shapes, missing), done=self._take_shapes, failed=self._no_shapes, owner=self, key="shapes"
        )

    def _take_shapes(self, found: Any) -> None:
        self._reading, self._trouble = False, ""
        self._state.take_shapes(found)
        self._draw_grids()
        self._refill()
        self._show_selection()

    def _no_shapes(self, error: BaseException) -> None:
        self._reading = False
        if not isinstance(error, CommandCenterError):
            raise error
        self._trouble = current().error(error)
        self._draw_grids()

    def _read_recent(self, *, again: bool = False) -> None:
        if self._state.measure != "recent" or (self._state.recent is not None and not again):
            return
        self._recent_at = self._desk.now()
        ask = partial(_ask_recent, self._recent_at - RECENT)
        self._desk.read(ask, done=self._take_recent, failed=self._no_recent, owner=self, key="recent")

    def _take_recent(self, found: Any) -> None:
        self._state.recent = found
        self._refill()

    def _no_recent(self, error: BaseException) -> None:
        if not isinstance(error, CommandCenterError):
            raise error
        self._recent_at = None
        self._tools.notices.trouble(say("grids.figures.failed"))

    # --- selection ----------------------------------------------------------------------------------------------

    @Slot(str)
    def _choose_grid(self, grid: str) -> None:
        """A click. An open report may want just the grid that is selected already."""
        self._tools.selection.choose("grid", grid, again=True)

    @Slot(str)
    def _open_grid(self, grid: str) -> None:
        self._tools.selection.navigate("grid", grid)

    @Slot(str)
    def _choose_incident(self, incident: str) -> None:
        self._tools.selection.choose("incident", incident)

    @Slot(str, object)
    def _selected(self, entity: str, id: str | None) -> None:
        if entity == "grid":
            self.canvas.select_grid(id)
            self._come_into_view(id)
        elif entity == "incident":
            self._show_selection()
            self._come_into_view(self._state.grid_of(id))

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        """Somebody asked to see a grid on the map: then it comes to the middle, touched or not."""
        if entity in (ON_MAP, DRAW) and id in self._desk.live.grids:
            self.canvas.select_grid(id)
            self.canvas.fly_to(id)
            self._tell()
        if entity == DRAW and id in self._desk.live.grids:
            self.draw(id)

    def draw(self, grid: str) -> None:
        """Draw the boundary of a grid; what is drawn goes when it is left or another one is begun."""
        from commandcenter.ui.grids.drawing import DrawBar, Drawing

        self.stop_drawing()
        shapes = {id: wkb for id, (_, wkb) in self._state.shapes.items()}
        self.drawing = Drawing(self._tools, self.canvas, self._desk.live.grids[grid], shapes, self)
        self.draw_bar = DrawBar(self.drawing, self._tools, self)
        self.drawing.left.connect(self.stop_drawing)
        self.drawing.changed.connect(self._place)
        self._lay_layers()
        self.canvas.take_hand(self.drawing)
        self.draw_bar.show()
        self._place()
        self.canvas.setFocus()

    @Slot()
    def stop_drawing(self) -> None:
        """The map is for looking again."""
        if self.drawing is None:
            return
        self.canvas.take_hand(None)
        for part in (self.drawing, self.draw_bar):
            if part is not None:
                part.deleteLater()
        if self.draw_bar is not None:
            self.draw_bar.hide()
        self.drawing = self.draw_bar = None
        self._lay_layers()
        self._tell()

    def _show_selection(self) -> None:
        incident = self._tools.selection.chosen("incident")
        if not self._state.shown.incidents:
            self._draw_markers()
        self.canvas.select_marker(incident)
        grid = self._state.grid_of(incident) or self._tools.selection.chosen("grid")
        self.canvas.select_grid(grid)
        self._tell()

    def _come_into_view(self, grid: str | None) -> None:
        """Fly only where nobody has put the view; otherwise offer to."""
        if grid is not None and self.canvas.screen_position(grid) is None and not self.canvas.touched:
            self.canvas.fly_to(grid)
        self._tell()

    # --- what is said over the map ------------------------------------------------------------------------------

    def _hover(self, grid: str) -> list[str]:
        found = self._desk.live.grids.get(grid)
        if found is None:
            return []
        known = self._desk.directory.loaded
        lines = hover_lines(found, self._desk.live, self._state.keepers_of(grid), people_known=known)
        return [*lines, *(line for layer in self._layers_on() for line in layer.hover(grid))]

    @Slot()
    def _tell(self) -> None:
        """The one sentence over the map: what is wrong, what is coming, what is out of view."""
        connection = self._desk.hub.connection_state
        if not self._desk.live.grids:
            self.hint.tell(say("grids.map.empty"), note=say("grids.map.empty_hint"))
        elif self._reading:
            self.hint.tell(say("grids.map.loading") if not self.canvas.plan.grids else "")
        elif self._trouble:
            self.hint.tell(say("grids.map.failed", reason=self._trouble), say("grids.map.retry"), "retry")
        elif connection.is_stale and connection.age() >= 60:
            minutes = int(connection.age() // 60)
            self.hint.tell(say("grids.map.stale", count=minutes, minutes=minutes))
        else:
            self._tell_selection()
        self._place()

    def _tell_selection(self) -> None:
        incident = self._desk.live.incidents.get(self._tools.selection.chosen("incident") or "")
        if incident is None:
            self.hint.tell("")
        elif incident.grid is None:
            self.hint.tell(say("grids.map.no_place"))
        elif self.canvas.screen_position(incident.grid) is None:
            self.hint.tell(say("grids.map.out_of_view"), say("grids.map.go_there"), "fly")
        else:
            self.hint.tell("")

    @Slot(str)
    def _act_on_hint(self, what: str) -> None:
        if what == "retry":
            self._trouble = ""
            self._read_shapes()
            self._tell()
            return
        grid = self._state.grid_of(self._tools.selection.chosen("incident"))
        if grid is not None:
            self.hint.tell("")  # it is on its way; the next tick looks whether it has arrived
            self.canvas.fly_to(grid)

    @Slot()
    def _fit(self) -> None:
        self.canvas.fit()
        self._tell()

    def _tick(self, now: datetime) -> None:
        if not self.isVisible():
            return
        if self._state.overdue_moved(now):
            self._draw_markers()
            self._refill()
        if self._recent_at is not None and now - self._recent_at > RECENT_AGAIN:
            self._read_recent(again=True)
        self._tell()

    # --- Qt -----------------------------------------------------------------------------------------------------

    def _wear_colours(self) -> None:
        self._worn = theme.current(), current().language
        self.board.theme = theme.current()
        self.canvas.set_colours(map_colours(theme.current()))

    @Slot()
    def _look_changed(self) -> None:
        """Theme or language changed; Qt tells of more changes than there are, at every start for one."""
        if self._worn == (theme.current(), current().language):
            return
        self._wear_colours()
        self._draw_backdrop()
        self._draw_markers()
        self._refill()
        if self.canvas.plan.grids:
            self._draw_grids()

    def changeEvent(self, event: QEvent) -> None:
        """Theme, type size and language; several of them come at once, so the map is dressed once afterwards."""
        super().changeEvent(event)
        changes = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.LanguageChange)
        if event.type() in changes and hasattr(self, "_recolour_soon"):
            self._recolour_soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What changed while nobody saw the map is caught up with."""
        super().showEvent(event)
        if self._is_behind:
            self._is_behind = False
            self._take_town()
            self._everything()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The bar has the upper edge to itself, so that nothing of the town lies under it."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        edge = theme.current().px(EDGE)
        self.bar.fit_into(self.width() - 2 * edge)
        self.bar.move(self.width() - edge - self.bar.width(), edge)
        top = self.bar.geometry().bottom() + 1
        if self.draw_bar is not None:
            # Beside nothing of the map, so that no corner lies under it.
            wide = max(self.width() - 2 * edge, 0)
            self.draw_bar.setFixedWidth(wide)
            self.draw_bar.setFixedHeight(self.draw_bar.heightForWidth(wide))
            self.draw_bar.move(edge, top + edge)
            top = self.draw_bar.geometry().bottom() + 1
        self.canvas.setGeometry(0, top, self.width(), max(self.height() - top, 0))
        self.hint.setMaximumWidth(max(self.width() - 2 * edge, 0))
        self.hint.adjustSize()
        self.hint.move((self.width() - self.hint.width()) // 2, top + edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The map's ground behind the bar."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.current().colour("background"))

    def middle_of(self, grid: str) -> QPointF | None:
        """Where a grid is in this widget; None when it is out of view."""
        point = self.canvas.screen_position(grid)
        return None if point is None else point + QPointF(self.canvas.pos())


def _ask_shapes(missing: dict[str, int], reader: Any) -> Any:
    return read_shapes(reader, missing)


def _ask_recent(since: datetime, reader: Any) -> Any:
    return figures.incidents_per_grid(reader, since)
