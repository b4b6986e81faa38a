"""The attention list 重点关注清单 of a grid: people who need care, places and matters, each of them until a day.

Only what helps in an emergency or in care is kept (``DOMAIN.md`` §2): needs as actions, never diagnoses; every entry
has a source and a day on which it is looked at again, that of a person a ground or consent as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from commandcenter.rules.entity import Indexed, Personal, Ref, Unit, entity
from commandcenter.rules.settings import OPTIONS

AttentionKind = Literal["person", "place", "matter"]
KINDS: tuple[AttentionKind, ...] = ("person", "place", "matter")
ReviewState = Literal["overdue", "due", "good"]
SOON = 7
"""Days before its review day from which an entry counts as due (inference)."""
LONGEST = 730
"""Days after which every entry is looked at again, whatever somebody types (inference)."""


@entity("attention_item")
@dataclass(frozen=True, kw_only=True, slots=True)
class AttentionItem:
    """One entry. A person who lives in a household of the register is its ``resident``: name, telephone, needs, kind of
    care and address are then those of the register, never copied here. ``title`` names a place, which is public;
    ``matter`` says what is the matter. Days are ``YYYY-MM-DD`` of the town's own day."""

    id: str
    kind: AttentionKind
    village: Annotated[str, Ref("village"), Indexed]
    grid: Annotated[str | None, Ref("grid"), Indexed] = None
    household: Annotated[str | None, Ref("household"), Indexed] = None
    resident: Annotated[str | None, Ref("resident"), Indexed] = None
    name: Annotated[str | None, Personal("name")] = None
    title: str = ""
    matter: Annotated[str | None, Personal("text")] = None
    phone: Annotated[str | None, Personal("phone")] = None
    address: Annotated[str | None, Personal("address")] = None
    care: str = ""
    needs: Annotated[str | None, Personal("needs")] = None
    ground: str = ""
    source: Annotated[str | None, Personal("text")] = None
    entered_by: Annotated[str | None, Ref("officer")] = None
    entered_on: str
    review_on: Annotated[str, Indexed]
    reviewed_on: str | None = None
    latitude: Annotated[float | None, Unit("deg")] = None
    longitude: Annotated[float | None, Unit("deg")] = None
    active: bool = True
    closed_reason: Annotated[str | None, Personal("text")] = None


def review_state(item: AttentionItem, today: date) -> ReviewState:
    """Whether somebody must look at it again: its day has passed, is near, or is still far."""
    if item.review_on < today.isoformat():
        return "overdue"
    return "due" if item.review_on <= (today + timedelta(days=SOON)).isoformat() else "good"


def is_overdue(item: AttentionItem, today: date) -> bool:
    """Whether its review day has passed. Such an entry stands first on screen and on no paper."""
    return item.active and review_state(item, today) == "overdue"


def has_ground(item: AttentionItem) -> bool:
    """Whether it may be kept: of people only with a ground or consent."""
    return item.kind != "person" or bool(item.ground)


def may_print(item: AttentionItem, today: date) -> bool:
    """Whether an entry may stand on paper: the one function that every print asks."""
    return item.active and has_ground(item) and not is_overdue(item, today)


def review_days(kind: AttentionKind, settings: Mapping[str, Any]) -> int:
    """After how many days entries of a kind are looked at again; ``settings``: the town's, by key."""
    key = f"attention.{kind}_days"
    return int(settings.get(key, OPTIONS[key].default))


def next_review(kind: AttentionKind, on: date, settings: Mapping[str, Any]) -> str:
    """The review day of an entry that was looked at on a day."""
    return (on + timedelta(days=review_days(kind, settings))).isoformat()


def order(item: AttentionItem) -> tuple[Any, ...]:
    """Those whose day comes first, whatever they are."""
    return item.review_on, KINDS.index(item.kind), item.id
