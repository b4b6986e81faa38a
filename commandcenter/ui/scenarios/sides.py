"""Which side of the workspace somebody asked for last, before there is a page to show it."""

from PySide6.QtCore import QObject, Slot

from commandcenter.ui.core.selection import Selection

SIDES = ("scenario", "unit")
"""What stands on the two sides of the workspace."""


class Side(QObject):
    """Listens as long as the window lives; ``at`` is the place of the side in :data:`SIDES`."""

    def __init__(self, selection: Selection) -> None:
        super().__init__(selection)
        self.at = 0
        selection.navigated.connect(self._navigated)

    @Slot(str, str)
    def _navigated(self, entity: str, id: str) -> None:
        if entity in SIDES:
            self.at = SIDES.index(entity)
