"""All commands, by importing the modules that declare them."""

from commandcenter.services import (
    calls,
    grids,
    households,
    imports,
    incidents,
    people,
    places,
    privacy,
    settings,
    towns,
    undo,
)

MODULES = (calls, grids, households, imports, incidents, people, places, privacy, settings, towns, undo)
