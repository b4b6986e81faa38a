"""How files, columns and findings are called on screen."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from commandcenter.base import texts
from commandcenter.base.clock import from_iso
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.formats.column_specs import ColumnSpec
from commandcenter.formats.problems import Problem
from commandcenter.formats.templates import heading

HEADING_ROW = "row.heading"
"""The code of a row of headings: left out, but nothing is the matter with it."""
TITLE_ROWS = frozenset({"row.above", "row.across", "row.section"})
"""Codes of rows that are one sentence across the sheet."""


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


def filled_reason(code: str) -> str:
    """Why a cell shows what the file's cell does not hold."""
    return _first_known(code, {}) if texts.current().has(f"formats.problem.{code}") else say("imports.sheet.filled")


def moment(instant: datetime | None, zone: tzinfo) -> str:
    """The day that stands beside a value."""
    if instant is None:
        return say("imports.unknown_date")
    return f"{instant.astimezone(zone):%Y-%m-%d}"
