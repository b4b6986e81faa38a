"""Pictures of this feature for ``snapshot``: what an officer sees most, and what he hopes to see seldom."""

from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.base.errors import Conflict
from commandcenter.base.texts import say
from commandcenter.rules.incidents import Incident
from commandcenter.ui.core.tools import Screen, Tools
from commandcenter.ui.incidents.detail import DetailPanel

WORKSPACE = "situation"


def screens() -> list[Screen]:
    """The selected incident, its call list over the map, both versions of an edit, the closing form."""
    return [
        Screen("situation.incident", WORKSPACE, _stage_incident),
        Screen("situation.calls", WORKSPACE, _stage_calls),
        Screen("situation.conflict", WORKSPACE, _stage_conflict),
        Screen("situation.closing", WORKSPACE, _stage_closing),
    ]


def _detail(page: QWidget) -> DetailPanel | None:
    return page.findChild(DetailPanel)


def _choose(tools: Tools, *states: str) -> Incident | None:
    """The open incident with the most people to call in one of the states, or any."""
    live = tools.desk.live
    wanted = [each for each in live.incidents.values() if each.state in states] or list(live.incidents.values())
    if not wanted:
        return None
    chosen = max(wanted, key=lambda each: (len(live.calls.get(each.id, ())), each.opened_at, each.id))
    tools.selection.choose("incident", chosen.id)
    return chosen


def _stage_incident(tools: Tools, page: QWidget) -> None:
    _choose(tools, "calling", "responding", "on_scene")


def _stage_calls(tools: Tools, page: QWidget) -> None:
    detail = _detail(page)
    if _choose(tools, "calling", "responding") is not None and detail is not None:
        detail.widen_requested.emit()


def _stage_conflict(tools: Tools, page: QWidget) -> None:
    incident, detail = _choose(tools, "calling", "responding", "on_scene"), _detail(page)
    if incident is None or detail is None:
        return
    from commandcenter.ui.incidents.editing import EditSheet

    detail.edit()
    sheet: Any = detail.pages.currentWidget()
    if isinstance(sheet, EditSheet):
        was = incident.place or ""
        mine, theirs = say("incidents.screen.mine"), say("incidents.screen.theirs")
        sheet.place.setText(mine)
        versions = {"place": {"mine": mine, "theirs": theirs, "was": was}}
        sheet.conflict(Conflict("incident.conflict", incident=incident.id, number=incident.number, fields=versions))


def _stage_closing(tools: Tools, page: QWidget) -> None:
    detail = _detail(page)
    if _choose(tools, "resolved") is not None and detail is not None:
        detail.next_step()
