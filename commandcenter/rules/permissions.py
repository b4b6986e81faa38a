"""Who may do and read what. Roles come from ``DOMAIN.md`` §1; a handler names the roles that may send its command."""

from typing import Literal

from commandcenter.rules.entity import PersonalKind
from commandcenter.rules.people import Role

EVERYBODY: frozenset[Role] = frozenset(
    ("viewer", "duty_officer", "trainer", "quartermaster", "supervisor", "administrator")
)
DUTY: frozenset[Role] = frozenset(("duty_officer", "supervisor", "administrator"))
"""Those who act on incidents."""
STAFF: frozenset[Role] = EVERYBODY - {"viewer"}
KEEPERS_OF_LISTS: frozenset[Role] = frozenset(("duty_officer", "quartermaster", "supervisor", "administrator"))
"""Those who keep grids, workers and names up to date."""
ADMINISTRATORS: frozenset[Role] = frozenset(("administrator",))
PLANNERS: frozenset[Role] = frozenset(("trainer", "supervisor", "administrator"))
"""Those who plan drills and courses; they alone know of a no-notice drill before it begins."""
RECORDERS: frozenset[Role] = PLANNERS | {"duty_officer"}
"""Those who write up a drill that was held."""
IMPORTERS: frozenset[Role] = KEEPERS_OF_LISTS | PLANNERS
"""Those who bring lists, and those who bring the history of training."""
SUPERVISORS: frozenset[Role] = frozenset(("supervisor", "administrator"))

Readable = PersonalKind | Literal["result"]
"""Kinds of personal values, and what somebody by name made of a training (fields marked ``Result``)."""
_TELLING: frozenset[Readable] = frozenset(("name", "phone", "address", "needs", "text", "record", "ledger"))
_READS: dict[Role, frozenset[Readable]] = {
    "viewer": frozenset(),
    "trainer": frozenset(("phone", "record", "result")),
    "quartermaster": frozenset(("phone", "ledger")),
    "duty_officer": _TELLING,
    "supervisor": _TELLING | {"result"},
    "administrator": _TELLING | {"result"},
}


def may_import(role: Role, entity: str) -> bool:
    """Whether a role may bring a file of these rows: lists, or old training records."""
    return role in KEEPERS_OF_LISTS or (entity == "attendance" and role in PLANNERS)


def may_read(role: Role, kind: Readable) -> bool:
    """Whether a role sees such values without asking; the others are masked and revealed one by one, logged."""
    return kind in _READS[role]


def reads_less(role: Role, than: Role) -> bool:
    """Whether some values that another role sees are masked to this one: what the other left on a screen is not for
    it."""
    return not _READS[than] <= _READS[role]


def may_reveal(role: Role) -> bool:
    """Whether a role may lift a mask, which is written to the audit log."""
    return role in DUTY
