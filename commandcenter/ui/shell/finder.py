"""Quick find and the keys sheet: the sources that belong to no single feature, and the two panels."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from commandcenter.base.texts import say
from commandcenter.rules.incidents import Incident
from commandcenter.services import catalogues
from commandcenter.ui.core.finderbox import FinderBox, FinderHit, FinderSource, action_source
from commandcenter.ui.core.keysheet import KeySheet
from commandcenter.ui.core.notices import NoticeStrip
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.shell.actions import ShellActions
from commandcenter.ui.shell.window import MainWindow

_SHORTEST_TEXT = 2
"""One character finds half the town's history; the texts of past incidents are asked from two on."""


class IncidentFinder:
    """Finds open incidents in the live set at once, past ones in the database behind it."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def open_ones(self, query: str, limit: int) -> list[FinderHit]:
        """Open incidents by number, words or place."""
        wanted = query.strip().casefold()
        if not wanted:
            return []
        found = [each for each in self._tools.desk.live.incidents.values() if self._fits(each, wanted)]
        found.sort(key=lambda each: each.opened_at, reverse=True)
        return [self._hit(each, 2) for each in found[:limit]]

    def past_ones(self, query: str, limit: int) -> list[FinderHit]:
        """Ended incidents by number or the words of their texts. Runs on the read lane."""
        wanted = query.strip()
        if len(wanted) < _SHORTEST_TEXT:
            return []
        session, live = self._tools.desk.session, self._tools.desk.live.incidents
        with session.read(self._tools.desk.world) as reader:
            by_number = reader.find("incident", number=wanted.upper())
            ids = [id for id in self._subjects(reader, wanted, limit * 3) if id not in live]
            rows = by_number + reader.many("incident", ids[:limit])
        unique = {each.id: each for each in rows if each.id not in live}
        return [self._hit(each, 4) for each in list(unique.values())[:limit]]

    def _subjects(self, reader: Any, wanted: str, limit: int) -> Iterator[str]:
        for entity, id, _field in reader.search_texts(wanted, limit):
            if entity == "incident":
                yield id

    def _fits(self, incident: Incident, wanted: str) -> bool:
        grid = self._tools.desk.live.grids.get(incident.grid or "")
        words = (incident.number, incident.text, incident.place, incident.caller_name, grid.name if grid else "")
        return any(wanted in (each or "").casefold() for each in words)

    def _hit(self, incident: Incident, rank: int) -> FinderHit:
        live = self._tools.desk.live
        village = live.villages.get(incident.village or "")
        where = village.name if village else ""
        kind = catalogues.subkind_name(incident.category, incident.subkind)
        parts = (incident.number, where, kind, say(f"incidents.state.{incident.state}"))
        return FinderHit(
            "incident", incident.id, incident.text or kind, " · ".join(part for part in parts if part),
            partial(self._tools.selection.navigate, "incident", incident.id), rank=rank,
        )  # fmt: skip


def install(tools: Tools) -> None:
    """Register the sources."""
    incidents = IncidentFinder(tools)
    sources = tools.plugs.finder_sources
    sources.add("incident", FinderSource("incident", incidents.open_ones))
    sources.add("past", FinderSource("past", incidents.past_ones, in_background=True))
    sources.add("action", action_source(tools.actions))


def connect(tools: Tools, window: MainWindow, shell: ShellActions) -> None:
    """Make the panels over the window."""
    box = FinderBox(window, tools.plugs.finder_sources, tools.desk.tasks)
    sheet = KeySheet(window, tools.actions)
    NoticeStrip(tools.notices, window)
    shell.open_finder = box.open
    shell.show_keys = sheet.open
