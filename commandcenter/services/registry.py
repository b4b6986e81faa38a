"""All commands, by importing the modules that declare them."""

from commandcenter.services import calls, exports, imports, incidents, places, privacy, settings, towns, undo

MODULES = (calls, exports, imports, incidents, places, privacy, settings, towns, undo)
