"""The situation workspace: map, intake, queue and detail side by side, arranged as they were left."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from commandcenter.ui.core.tools import Tools

_INTAKE = 440
_QUEUE = 0.37
"""Share of the height that the queue has above the incident: four people to call are seen on a screen of 768."""


class Situation(QWidget):
    """Tab widens the detail over the map; the intake stands between map and queue while it is open."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._widened = False
        self._is_moved = False
        self._panels = {panel.place: panel for panel in tools.plugs.panels}
        self.map = self._made("map")
        self.queue = self._made("queue")
        self.detail = self._made("detail")
        self.waiting, self.intake = QWidget(), QWidget()
        """Empty places until :meth:`complete`."""
        self._side = QSplitter(Qt.Orientation.Vertical)
        self._whole = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.waiting.hide()
        self.intake.hide()
        self.detail.widen_requested.connect(self._widen_requested)  # type: ignore[attr-defined]

    def complete(self) -> None:
        """Make what the first picture does not show: the form of the intake, and reports that wait to be finished."""
        place, self.waiting = self.waiting, self._made("waiting")
        self._column.replaceWidget(place, self.waiting)
        place.deleteLater()
        place, self.intake = self.intake, self._made("intake")
        self.intake.opened.connect(self._intake_opened)  # type: ignore[attr-defined]
        self.intake.closed.connect(self._intake_closed)  # type: ignore[attr-defined]
        self._whole.replaceWidget(self._whole.indexOf(place), self.intake)
        self.intake.hide()
        place.deleteLater()

    def _made(self, place: str) -> QWidget:
        return self._panels[place].make(self._tools)

    def _lay_out(self) -> None:
        self._side.addWidget(self._queue_with_waiting())
        self._side.addWidget(self.detail)
        self._side.setChildrenCollapsible(False)
        for widget in (self.map, self.intake, self._side):
            self._whole.addWidget(widget)
        self._whole.setChildrenCollapsible(False)
        self._whole.setStretchFactor(0, 1)
        for splitter in (self._whole, self._side):
            splitter.setHandleWidth(1)
            splitter.splitterMoved.connect(self._moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._whole)

    def _queue_with_waiting(self) -> QWidget:
        """Reports that wait to be finished stand as tabs above the queue."""
        holder = QWidget()
        self._column = column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.waiting)
        column.addWidget(self.queue, 1)
        return holder

    def arrange(self, width: int, height: int) -> None:
        """The first arrangement, for a window of this size; later ones are as the person left them."""
        side = max(420, min(560, int(width * 0.31)))
        self._whole.setSizes([max(300, width - side), 0, side])
        self._side.setSizes([int(height * _QUEUE), int(height * (1 - _QUEUE))])

    @Slot()
    def _moved(self) -> None:
        self._is_moved = True

    @property
    def is_divided(self) -> bool:
        """Whether a hand divided it otherwise; a widened detail is for the moment."""
        return self._is_moved and not self._widened

    def sizes(self) -> dict[str, list[int]]:
        """The arrangement, to be remembered."""
        return {"whole": self._whole.sizes(), "side": self._side.sizes()}

    def restore(self, sizes: dict[str, list[int]]) -> None:
        """Put the splitters where they were left."""
        if len(sizes.get("whole", ())) == 3 and len(sizes.get("side", ())) == 2:
            self._whole.setSizes(sizes["whole"])
            self._side.setSizes(sizes["side"])

    @Slot()
    def _intake_opened(self) -> None:
        """The intake takes its room from the map, or from the widened detail."""
        if not self.intake.isVisible():
            self.intake.show()
            self._give_intake(_INTAKE)

    @Slot()
    def _intake_closed(self) -> None:
        self.intake.hide()
        self._give_intake(0)

    def _give_intake(self, width: int) -> None:
        sizes = self._whole.sizes()
        place = self._whole.indexOf(self.intake)
        sizes[0] = max(200, sizes[0] + sizes[place] - width)
        sizes[place] = width
        self._whole.setSizes(sizes)

    @Slot()
    def _widen_requested(self) -> None:
        """The detail takes the map's place, where fourteen people to call fit, and goes back on the second press."""
        self._widened = not self._widened
        if self._widened:
            self._whole.insertWidget(0, self.detail)
        else:
            self._side.addWidget(self.detail)
        self.map.setVisible(not self._widened)
        QTimer.singleShot(0, self, self._settle_sizes)

    @Slot()
    def _settle_sizes(self) -> None:
        if not self._widened:
            self.arrange(self.width(), self.height())
            return
        side = max(420, min(560, int(self.width() * 0.31)))
        sizes = [0] * self._whole.count()
        sizes[0], sizes[-1] = max(400, self.width() - side), side
        self._whole.setSizes(sizes)
        self.detail.setFocus()
