"""The head of a grid's card: its name, what it is, how many live there, and where it is."""

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.grids import Grid
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import clear, figures, words
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.grids import words as naming

ON_MAP, DRAW = "map", "draw"
"""The entities of a wish to see a grid on the map, and to draw its boundary there."""


class GridHeader(QWidget):
    """Keeps itself up to date with the live set."""

    def __init__(self, tools: Tools, grid: Grid) -> None:
        super().__init__()
        self._tools, self._grid = tools, grid
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        tools.desk.live_changed.connect(self._live_changed)
        self._fill()

    @Slot(object)
    def _live_changed(self, change: Any) -> None:
        found = self._tools.desk.live.grids.get(self._grid.id)
        if found is not None and found != self._grid:
            self._grid = found
            clear(self._lines)
            self._fill()

    def _fill(self) -> None:
        grid = self._grid
        self._lines.addWidget(words(grid.name, "title"))
        self._lines.addWidget(words(self._about(), "muted"))
        self._lines.addWidget(
            figures(
                (
                    (naming.figure(grid.households), "grids.card.households"),
                    (naming.figure(grid.people), "grids.card.people"),
                    (naming.figure(grid.people_at_home), "grids.card.at_home"),
                )
            )
        )
        self._lines.addLayout(self._buttons())
        from commandcenter.ui.core.listing import CardHands  # the map asks this module too, and shows no card

        self._lines.addWidget(CardHands(self._tools, ("grid.edit", "grid.draw", "village.edit", "grid.remove")))

    def _about(self) -> str:
        grid, live = self._grid, self._tools.desk.live
        edition = say("grids.card.boundary", edition=grid.shape) if grid.shape else say("grids.card.no_boundary")
        mark = naming.mark_name(grid.mark) if grid.mark else ""
        village = naming.village_name(live.villages.get(grid.village))
        return " · ".join(part for part in (naming.kind_name(grid.kind), mark, village, grid.code, edition) if part)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.current().space(1), 0, 0)
        on_map = Button("grids.card.on_map", icon="place")
        on_map.setObjectName("grids.card.on_map")
        on_map.clicked.connect(self._show_on_map)
        copy = Button("grids.card.copy_code", kind="quiet", icon="copy")
        copy.setObjectName("grids.card.copy_code")
        copy.clicked.connect(self._copy)
        row.addWidget(on_map)
        row.addWidget(copy)
        row.addStretch(1)
        return row

    @Slot()
    def _show_on_map(self) -> None:
        self._tools.actions.trigger("workspace.situation")
        self._tools.selection.navigate(ON_MAP, self._grid.id)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self._grid.code)
        self._tools.notices.info(say("grids.card.copied", number=self._grid.code))


