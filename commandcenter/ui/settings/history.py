"""Who changed a setting of the town last, and when; read from the change log."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from commandcenter.base.texts import say
from commandcenter.ui.core.tools import Tools


@dataclass(frozen=True, slots=True)
class LastHand:
    """Who, and when."""

    actor: str
    at: datetime


def read_last_hands(reader: Any) -> dict[str, LastHand]:
    """By option key; options that were never changed are not there."""
    found: dict[str, LastHand] = {}
    for setting in reader.find("setting", scope="town"):
        logged = reader.history(entity="setting", id=setting.id, limit=1)
        if logged:
            found[setting.key] = LastHand(logged[0].actor, logged[0].recorded_at)
    return found


def hand_words(hand: LastHand | None, tools: Tools) -> str:
    """As it stands under an option."""
    if hand is None:
        return say("settings.never_changed")
    officer = tools.desk.live.officers.get(hand.actor)
    name = officer.name if officer is not None else say("settings.system")
    return say("settings.changed_by", name=name, time=f"{local(hand.at, tools):%Y-%m-%d %H:%M}")


def local(instant: datetime, tools: Tools) -> datetime:
    """In the town's zone; UTC while that is unknown."""
    town = tools.desk.live.town
    try:
        return instant.astimezone(ZoneInfo(town.zone) if town is not None else UTC)
    except (ZoneInfoNotFoundError, ValueError):
        return instant.astimezone(UTC)
