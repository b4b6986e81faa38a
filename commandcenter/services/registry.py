"""All commands, by importing the modules that declare them."""

from commandcenter.services import (
    attachments,
    calls,
    imports,
    incidents,
    papers,
    places,
    privacy,
    settings,
    towns,
    undo,
)

MODULES = (attachments, calls, imports, incidents, papers, places, privacy, settings, towns, undo)
