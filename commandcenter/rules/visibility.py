"""One function decides what a viewer may see; lists, ``show``, ``watch``, search, counts and pictures all ask it."""

from dataclasses import dataclass

from commandcenter.rules.entity import REAL
from commandcenter.rules.people import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads: an officer in a role."""

    officer: str
    role: Role


SYSTEM = Viewer("system", "administrator")
"""The machinery itself: due work, seals, backups."""


def worlds_for(viewer: Viewer, world: str) -> tuple[str, ...]:
    """The worlds whose rows this viewer may read when asking for ``world``."""
    return (world,) if world == REAL or viewer.role != "viewer" else ()
