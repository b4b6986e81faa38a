"""All commands, by importing the modules that declare them.

Whoever sends a command has imported its module; only who looks one up by name, or asks for all of them, needs this. A
desk starts without.
"""

from commandcenter.services import (
    attachments,
    calls,
    courses,
    drills,
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
    shipped,
    towns,
    undo,
)

MODULES = (
    attachments, calls, courses, drills, exports, grids, households, imports, incidents, papers, people, places,
    privacy, settings, shipped, towns, undo,
)  # fmt: skip
