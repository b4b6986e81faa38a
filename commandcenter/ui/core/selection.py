"""What the officer is looking at, shared by all features: they meet here instead of importing one another."""

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """The selected rows by entity, and wishes to go somewhere.

    Signals: ``changed(entity, id or None)`` when a selection moved; ``navigated(entity, id)`` when somebody wants
    that thing shown, whatever workspace it takes.
    """

    changed = Signal(str, object)
    navigated = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen: dict[str, str] = {}

    def chosen(self, entity: str) -> str | None:
        """The id of the selected row of that kind, or None."""
        return self._chosen.get(entity)

    def choose(self, entity: str, id: str | None, *, again: bool = False) -> None:
        """Select a row, or none; heard only when that changes something – with ``again`` also when it does not, for a
        hand that points at what is selected already."""
        if self._chosen.get(entity) == id and not again:
            return
        if id is None:
            self._chosen.pop(entity, None)
        else:
            self._chosen[entity] = id
        self.changed.emit(entity, id)

    def clear(self) -> None:
        """Select nothing of any kind."""
        for entity in tuple(self._chosen):
            self.choose(entity, None)

    def navigate(self, entity: str, id: str) -> None:
        """Select a row and bring it to the eye."""
        self.choose(entity, id)
        self.navigated.emit(entity, id)
