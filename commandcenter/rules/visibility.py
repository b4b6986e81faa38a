"""One function decides what a viewer may see; lists, ``show``, ``watch``, search, counts and pictures all ask it."""

from dataclasses import dataclass

from commandcenter.rules.entity import DRILLS, REAL
from commandcenter.rules.people import Role
from commandcenter.rules.permissions import PLANNERS, may_read


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads: an officer in a role."""

    officer: str
    role: Role


SYSTEM = Viewer("system", "administrator")
"""The machinery itself: due work, seals, backups."""


def sees_hidden(viewer: Viewer) -> bool:
    """Whether a viewer may know of a no-notice drill before it begins."""
    return viewer.role in PLANNERS


def sees_times(viewer: Viewer) -> bool:
    """Whether a viewer may know the times of single people of a drill: those who read results. Everybody else knows
    those of the drill as a whole and his own."""
    return may_read(viewer.role, "result")


def worlds_for(viewer: Viewer, world: str) -> tuple[str, ...]:
    """The worlds whose rows this viewer may read when asking for ``world``; which drills ``DRILLS`` means only the
    database knows, see :class:`commandcenter.storage.reads.Reader`."""
    return (world,) if world == REAL or (viewer.role != "viewer" and world != DRILLS) else ()
