"""All commands, by importing the modules that declare them."""

from commandcenter.services import (
    attachments,
    calls,
    grids,
    households,
    imports,
    incidents,
    papers,
    people,
    places,
    privacy,
    settings,
    towns,
    undo,
)

MODULES = (
    attachments, calls, grids, households, imports, incidents, papers, people, places, privacy, settings, towns, undo,
)  # fmt: skip
