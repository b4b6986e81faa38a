"""Incidents on the desk: queue, detail, intake, alarms, and what changed while nobody looked."""

from functools import partial

from commandcenter.ui.core.tools import Panel, SheetPlug, StatusItem, Tools, late


def install(tools: Tools) -> None:
    """Register the panels, actions, status item, sheet and pictures of this feature."""
    from commandcenter.ui.incidents import intake
    from commandcenter.ui.incidents.away import AwayStrip
    from commandcenter.ui.incidents.room import Room
    from commandcenter.ui.incidents.screens import screens

    room = Room(tools)
    tools.actions.add(*room.actions())
    for panel in (Panel("queue", "queue", room.make_queue), Panel("detail", "detail", room.make_detail)):
        tools.plugs.panels.add(panel.id, panel)
    tools.plugs.status_items.add("away", StatusItem("away", partial(AwayStrip, room=room), order=10))
    tools.plugs.sheets.add("incident_record", SheetPlug("incident_record", late("incidents.printing", "record")))
    for screen in screens():
        tools.plugs.screens.add(screen.id, screen)
    intake.install(tools, room.alarms.taken_here)
