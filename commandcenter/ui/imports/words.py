"""How files, columns and findings are called on screen."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from commandcenter.base import texts
from commandcenter.base.clock import from_iso
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.formats import column_words
from commandcenter.formats.column_specs import ColumnSpec
from commandcenter.formats.problems import Problem
from commandcenter.formats.tables import Fill
from commandcenter.formats.templates import heading

HEADING_ROW = "row.heading"
"""The code of a row of headings: left out, but nothing is the matter with it."""


def field_name(spec: ColumnSpec) -> str:
    """A field as the usual tables head it; in English by its English heading."""
    plain = heading(spec, texts.current().language)
    return plain[:1].upper() + plain[1:]


def sentence(problem: Problem) -> str:
    """What was found and what to do, in words that fit the window (no options of the command line)."""
    facts: dict[str, Any] = {"row": problem.row, "column": problem.column, "value": problem.value, **problem.facts}
    return _first_known(problem.code, facts)


def error_sentence(error: CommandCenterError, zone: tzinfo) -> str:
    """The sentence of an error, in words that fit the window; times in the town's zone."""
    facts = dict(error.facts)
    if facts.get("when"):
        facts["when"] = f"{from_iso(str(facts['when'])).astimezone(zone):%m-%d %H:%M}"
    return _first_known(error.code, facts)


def _first_known(code: str, facts: Mapping[str, Any]) -> str:
    known = texts.current()
    for beginning in ("imports.window.", "formats.problem.", "error."):
        if known.has(beginning + code):
            return known.say(beginning + code, **facts)
    return known.say(f"error.{code}", **facts)


def left_reason(code: str) -> str:
    """Why a row is left out; nothing for headings."""
    return "" if code == HEADING_ROW else _first_known(code, {})


def filled_reason(fill: Fill) -> str:
    """Why a cell shows what the file's cell does not hold."""
    code = "imports.sheet.ditto" if fill.code == "ditto" else "imports.sheet.merged"
    return say(code, row=fill.origin)


def entity_field_name(field: str, specs: Iterable[ColumnSpec]) -> str:
    """A field of an entity: as its column is called, else (a grid that files name by its code) by a word of its own."""
    spec = next((each for each in specs if each.field == field), None)
    code = f"imports.own_field.{field}"
    return field_name(spec) if spec is not None else say(code) if texts.current().has(code) else field


def value_words(field: str, value: Any) -> str:
    """A value of the database or the file as people write it."""
    if value is None:
        return ""
    if field == "shape":
        return say("imports.value.edition", number=value)
    if isinstance(value, bool):
        return say("imports.value.yes" if value else "imports.value.no")
    known = texts.current().language == "zh_CN" and _WORDS.get(field, {}).get(value)
    return known or str(value)


def _spoken(*tables: Mapping[str, str]) -> dict[str, str]:
    """The first word of each key."""
    words: dict[str, str] = {}
    for table in tables:
        for word, key in table.items():
            words.setdefault(key, word)
    return words


_WORDS: dict[str, dict[str, str]] = {
    "gender": _spoken(column_words.GENDERS), "source": _spoken(column_words.SOURCES),
    "mark": _spoken(column_words.GRID_MARKS), "role": _spoken(column_words.DUTY_ROLES),
    "care": _spoken(column_words.CARE_KINDS), "relation": _spoken(column_words.RELATIONS),
    "kind": _spoken(column_words.GRID_KINDS, column_words.VILLAGE_KINDS, column_words.CONTACT_KINDS,
                    column_words.PLACE_KINDS),
}  # fmt: skip
"""By field the words of its keys."""


def moment(instant: datetime | None, zone: tzinfo) -> str:
    """The day that stands beside a value."""
    if instant is None:
        return say("imports.unknown_date")
    return f"{instant.astimezone(zone):%Y-%m-%d}"
