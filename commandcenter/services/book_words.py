"""Words of printed books that screens share: roles, limits, and what has changed since an edition."""

from collections.abc import Callable
from datetime import timedelta

from commandcenter.base.texts import say
from commandcenter.rules.editions import Difference, PageChange
from commandcenter.services import catalogues
from commandcenter.services.catalogues import term
from commandcenter.services.wording import listed

MOST_TOLD = 3
"""So many differences of a page are named; the others are counted."""


def role_words(role: str) -> str:
    """A role of the catalogue; of the smallest emergency unit, with its rank (``leader:0``)."""
    key, colon, rank = role.partition(":")
    if not colon:
        return catalogues.role_name(role) if role else ""
    told = term("unit_roles", key)
    return told if rank == "0" else say("books.substitute", role=told, number=rank)


def how_long(span: timedelta) -> str:
    """A limit in whole hours, else in minutes."""
    minutes = int(span.total_seconds() // 60)
    if minutes % 60 or minutes < 120:
        return say("books.minutes", count=minutes)
    return say("books.hours", count=minutes // 60)


def page_name(page: str) -> str:
    """What a page is called."""
    return say(f"books.page.{page}")


def what_changed(change: PageChange, name_of: Callable[[str, str], str]) -> str:
    """The differences of a page in a line: ``谯大友 电话；周永贵 不再列入``. ``name_of`` (kind, id): what somebody or
    something is called now."""
    told: dict[str, None] = {}
    single = [each for each in change.differences if each.kind != "list"]
    by_id: dict[tuple[str, str], list[Difference]] = {}
    for each in single:
        by_id.setdefault((each.kind, each.id), []).append(each)
    for (kind, id), differences in by_id.items():
        told[_one(kind, name_of(kind, id), differences)] = None
    if not told:
        return say("books.change.order")
    parts = list(told)
    more = len(parts) - MOST_TOLD
    listed = say("books.change.and").join(parts[:MOST_TOLD])
    return say("books.change.more", told=listed, count=more) if more > 0 else listed


def _one(kind: str, name: str, differences: list[Difference]) -> str:
    """Of one entity; one that is new or gone is told once, not field by field."""
    who = name or say(f"books.kind.{kind}")
    hows = {each.how for each in differences}
    for how in ("new", "gone"):
        if hows == {how} and any(each.what == "name" for each in differences):
            return say(f"books.change.{how}", who=who)
    whats = dict.fromkeys(each.what for each in differences)
    told = listed(say(f"books.what.{each}") for each in whats)
    return say("books.change.of", who=who, what=told)
