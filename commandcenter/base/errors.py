"""Errors carry a code and facts; the sentence is found by ``texts`` in the reader's language.

Two families: what the world does to us (:class:`EnvironmentTrouble`, :class:`Refused`) gets a plain sentence;
everything else is a bug and keeps its traceback.
"""

from typing import Any


class CommandCenterError(Exception):
    """The root of all errors that have a sentence: ``code`` names it, ``facts`` fill it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        listed = ", ".join(f"{key}={value!r}" for key, value in self.facts.items())
        return f"{self.code}({listed})"


class Refused(CommandCenterError):
    """The request was understood and is not carried out; nothing was changed (exit code 2)."""


class BadInput(Refused):
    """A field, file or line cannot be read as what it should be."""


class RuleError(Refused):
    """A rule of the field forbids it."""


class NotAllowed(Refused):
    """The actor's role does not permit it."""


class Conflict(Refused):
    """Somebody else changed the same thing; ``facts['fields']`` tells mine and theirs."""


class EnvironmentTrouble(CommandCenterError):
    """Server away, disk full, database of another version: no fault of the request, it may be tried again."""


class ServerAway(EnvironmentTrouble):
    """The database cannot be reached now."""
