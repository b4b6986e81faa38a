"""Scenarios in words: in the language of the desk, with the town's own names for the five."""

from collections.abc import Mapping
from typing import Any

from commandcenter.base.texts import current, say
from commandcenter.rules import scenarios as rules
from commandcenter.rules.scenarios import Expectation, Scenario, clock_words, split
from commandcenter.services.catalogues import term

FIVE = "drills.five"
"""The town's setting: what the five are called, by key."""


def text_of(text: Mapping[str, str] | None) -> str:
    """A text in the language of the desk, else in the one in which it exists."""
    return rules.words(text, current().language)


def five_label(key: str, settings: Mapping[str, Any]) -> str:
    """What one of the five is called."""
    return str((settings.get(FIVE) or {}).get(key) or say(f"scenarios.five.{key}"))


def forms_words(scenario: Scenario) -> str:
    """The forms, the usual one first."""
    return say("scenarios.join").join(say(f"scenarios.form_short.{each}") for each in split(scenario.forms))


def grids_words(scenario: Scenario) -> str:
    """The kinds of grids that it fits."""
    return say("scenarios.join").join(say(f"scenarios.grid_kind.{each}") for each in split(scenario.grid_kinds))


def season_words(scenario: Scenario) -> str:
    """The months, from the first to the last."""
    first, last = scenario.season_from, scenario.season_to
    if (last - first) % 12 == 11:
        return say("scenarios.season.all")
    if first == last:
        return say("scenarios.season.one", month=month_name(first))
    return say("scenarios.season", first=month_name(first), last=month_name(last))


def month_name(month: int) -> str:
    """A month by its usual name."""
    return say(f"scenarios.month.{month}")


def judged_words(row: Expectation) -> str:
    """How a point is judged, in one line."""
    if row.judged == "time":
        return say("scenarios.judged_by.time", after=term("drill_moments", row.after),
                   step=term("drill_moments", row.step), within=clock_words(row.within_s or 0))  # fmt: skip
    if row.judged == "count":
        return say("scenarios.judged_by.count", unit=text_of(row.unit_of), need=row.need or 0)
    return say("scenarios.judged_by.seen")
