"""All commands, by importing the modules that declare them."""

from commandcenter.services import calls, imports, incidents, places, privacy, settings, towns, undo

MODULES = (calls, imports, incidents, places, privacy, settings, towns, undo)
