"""Pictures of the room for ``snapshot``."""

from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.ui.core.tools import Tools


def _first(page: Any, *stages: str) -> str | None:
    """The first drill in the list of these stages, else the first of all."""
    rows = list(page.list.table.shown_rows())
    return next((row.id for row in rows if row.stage in stages), rows[0].id if rows else None)


def _pick(page: Any, *stages: str) -> bool:
    found = _first(page, *stages)
    if found is not None:
        page.list.pick(found)
        page.list.view.choose(found)
    return found is not None


def table(tools: Tools, page: Any) -> None:
    """All drills, nobody chosen."""
    page.stack.setCurrentWidget(page.list)
    tools.selection.choose("drill_record", None)


def card(tools: Tools, page: Any) -> None:
    """A drill that was held."""
    page.stack.setCurrentWidget(page.list)
    _pick(page, "held", "reviewed")


def form(tools: Tools, page: Any) -> None:
    """Its record."""
    page.stack.setCurrentWidget(page.list)
    if _pick(page, "held", "reviewed"):
        page.write()


def late(tools: Tools, page: QWidget) -> None:
    """A village's own drill being typed in."""
    page.stack.setCurrentWidget(page.list)  # type: ignore[attr-defined]
    page.late()  # type: ignore[attr-defined]


def papers(tools: Tools, page: Any) -> None:
    """The papers of a drill that was held."""
    page.stack.setCurrentWidget(page.list)
    if _pick(page, "held", "reviewed"):
        page.papers()
