"""All commands, by importing the modules that declare them."""

from commandcenter.services import (
    attachments,
    calls,
    exports,
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
    attachments, calls, exports, grids, households, imports, incidents, papers, people, places,
    privacy, settings, towns, undo,
)  # fmt: skip
