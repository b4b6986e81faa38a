"""A drill scenario as a workbook, out and back: one sheet each for the facts, 五预, the roles, the script and the
evaluation sheet.

What is written is what :func:`commandcenter.rules.scenarios.flat` shows in one language, under the headings of that
language; a workbook of either language is read. Only the values of cells count, never their looks or their order of
columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import LANGUAGES, spoken
from commandcenter.formats.isolation import read_in_child
from commandcenter.formats.workbooks import Column, SheetOut
from commandcenter.rules.scenarios import (
    FIVE,
    FIVE_PREFIX,
    FORMS,
    JUDGED,
    LINE_FIELDS,
    PLAIN,
    ROLE_PREFIX,
    WORDS,
    clock_words,
    seconds_of,
    split,
)

SHEETS = ("basics", "five", "roles", "script", "evaluation")
GRID_KINDS = ("general", "dedicated", "emergency")
KINDS = {"script": "inject", "evaluation": "expectation"}
_BASICS = ("key", "edition", *WORDS, *PLAIN)
_TOLD = 5
"""So many faults are told at once; the rest are counted."""
_NUMBERS = ("points", "need", "season_from", "season_to", "minutes", "people", "pass_mark", "edition")
_TIMES = ("offset_s", "within_s")
Terms = Mapping[str, tuple[str, str]]
"""The words of a catalogue by key: Chinese and English."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that stand for keys: those of the catalogues, and what the town calls the five (by key, in the
    language of the workbook)."""

    channels: Terms
    players: Terms
    moments: Terms
    roles: Terms
    five: Mapping[str, str] = field(default_factory=dict)


def _say(language: str, code: str, **facts: Any) -> str:
    return spoken(language).say(f"scenarios.{code}", **facts)


# --- out --------------------------------------------------------------------------------------------------------


def sheets(content: Mapping[str, Any], names: Vocabulary) -> list[SheetOut]:
    """The sheets of a scenario: ``content`` holds key, edition, language, ``fields`` and the lines ``injects`` and
    ``expectations``, each with its fields."""
    language, fields = content["language"], content["fields"]
    words = _Words(language, names)
    pairs = (Column(_say(language, "file.item")), Column(_say(language, "file.says")))
    basics = {"key": content["key"], "edition": content["edition"], **fields}
    made = [
        SheetOut(_say(language, "file.basics"), pairs,
                 [(_say(language, f"field.{name}"), words.cell(name, basics[name])) for name in _BASICS]),
        SheetOut(_say(language, "file.five"), pairs,
                 [(words.five(key), fields[FIVE_PREFIX + key]) for key in FIVE]),
        SheetOut(_say(language, "file.roles"), pairs,
                 [(words.term(names.roles, key), fields[ROLE_PREFIX + key]) for key in _role_keys(names)]),
    ]  # fmt: skip
    for sheet, kind in KINDS.items():
        columns = [Column(_say(language, "file.number"), "number")]
        columns += [_column(language, kind, name) for name in LINE_FIELDS[kind]]
        rows = [
            [number, *(words.cell(name, each[name]) for name in LINE_FIELDS[kind])]
            for number, each in enumerate(content[f"{kind}s"], 1)
        ]
        made.append(SheetOut(_say(language, f"file.{sheet}"), tuple(columns), rows))
    return made


def _column(language: str, kind: str, name: str) -> Column:
    return Column(_say(language, f"{kind}.{name}"), "number" if name in _NUMBERS else "text")


def _role_keys(names: Vocabulary) -> list[str]:
    from commandcenter.rules.scenarios import ROLES

    return [key for key in ROLES if key in names.roles] or list(ROLES)


class _Words:
    """Keys as the words of one language."""

    def __init__(self, language: str, names: Vocabulary) -> None:
        self._language, self._names = language, names

    def term(self, terms: Terms, key: str) -> str:
        """A key of a catalogue; an unknown one shows itself."""
        found = terms.get(key)
        return found[LANGUAGES.index(self._language)] if found else key

    def five(self, key: str) -> str:
        """What one of the five is called."""
        return self._names.five.get(key) or _say(self._language, f"five.{key}")

    def cell(self, name: str, value: Any) -> Any:
        """A field as its cell holds it."""
        if name in _TIMES:
            return None if value is None else clock_words(value)
        if value is None or name in _NUMBERS:
            return value
        terms = self._catalogue(name)
        if terms is not None:
            return self.term(terms, value) if value else ""
        if name in ("forms", "grid_kinds", "judged"):
            code = {"forms": "form", "grid_kinds": "grid_kind", "judged": "judged"}[name]
            return "、".join(_say(self._language, f"{code}.{each}") for each in split(value))
        return value

    def _catalogue(self, name: str) -> Terms | None:
        return catalogue_of(self._names, name)


def catalogue_of(names: Vocabulary, field_name: str) -> Terms | None:
    """The catalogue whose keys a field of a line holds."""
    return {
        "channel": names.channels, "player": names.players, "after": names.moments, "step": names.moments,
    }.get(field_name)  # fmt: skip


# --- back -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Faults:
    """What is wrong, and where."""

    found: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def add(self, code: str, **facts: Any) -> None:
        self.found.append((code, facts))

    def check(self) -> None:
        """BadInput ``scenario.file`` that tells the first faults and how many there are."""
        if not self.found:
            return
        from commandcenter.base.texts import say

        told = [say(f"scenarios.fault.{code}", **facts) for code, facts in self.found[:_TOLD]]
        raise BadInput("scenario.file", count=len(self.found), faults=" ".join(told))


@dataclass(frozen=True, slots=True)
class _Cells:
    """One sheet as it was read: its name, and its rows with their numbers."""

    name: str
    rows: Sequence[tuple[int, Sequence[Any]]]


def read(path: Path, names: Vocabulary) -> dict[str, Any]:
    """A workbook as :func:`sheets` wrote it and somebody went over it; lines bear their ``number`` as well.

    BadInput ``scenario.file`` tells sheet, row and column of what cannot be; others as of any workbook. In a child
    process, so never on the GUI thread.
    """
    if not path.is_file():
        raise BadInput("import.no_file", path=str(path))
    found = _read_cells(path)
    language = max(LANGUAGES, key=lambda each: len(_named(found, each)))
    named = _named(found, language)
    faults = _Faults()
    if not named:
        raise BadInput("scenario.file_none", path=path.name)
    for sheet in SHEETS:
        if sheet not in named:
            faults.add("sheet", sheet=_say(language, f"file.{sheet}"))
    faults.check()
    reading = _Reading(language, names, faults)
    basics = reading.pairs(named["basics"], {_say(language, f"field.{name}"): name for name in _BASICS})
    words = _Words(language, names)
    five = {words.five(key): FIVE_PREFIX + key for key in FIVE}
    five |= {_say(each, f"five.{key}"): FIVE_PREFIX + key for key in FIVE for each in LANGUAGES} | five
    roles = {text: ROLE_PREFIX + key for key in _role_keys(names) for text in (*names.roles.get(key, ()), key)}
    fields = {name: basics[name] for name in (*WORDS, *PLAIN) if name in basics}
    fields |= reading.pairs(named["five"], five) | reading.pairs(named["roles"], roles)
    lines = {kind: reading.lines(named[sheet], kind, basics.get("minutes")) for sheet, kind in KINDS.items()}
    for name in PLAIN:
        if name in _NUMBERS and fields.get(name) == "":
            faults.add("missing", sheet=named["basics"].name, column=_say(language, f"field.{name}"))
    faults.check()
    return {
        "key": str(basics.get("key") or ""), "edition": basics.get("edition") or None, "language": language,
        "fields": fields, "injects": lines["inject"], "expectations": lines["expectation"],
    }  # fmt: skip


def _read_cells(path: Path) -> list[_Cells]:
    """The visible sheets by the one reader of workbooks. None of its guesses about headings and sums is wanted here:
    the form is our own, and a text that says 合计 is a text."""
    rows: dict[int, list[tuple[int, Sequence[Any]]]] = {}

    def take(batch: Iterable[list[Any]]) -> None:
        for at, number, cells in batch:
            rows.setdefault(at, []).append((number, cells))

    head = read_in_child("table", path, {"sheets": None, "encoding": None}, take)
    return [_Cells(sheet["name"] or "", rows.get(at, [])) for at, sheet in enumerate(head["sheets"])]


def _named(found: Sequence[_Cells], language: str) -> dict[str, _Cells]:
    titles = {_bare(_say(language, f"file.{sheet}")): sheet for sheet in SHEETS}
    return {titles[_bare(each.name)]: each for each in found if _bare(each.name) in titles}


def _bare(text: Any) -> str:
    return "".join(str(text).split()).casefold()


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()


class _Reading:
    """The cells of a workbook as fields; what cannot be goes to the faults."""

    def __init__(self, language: str, names: Vocabulary, faults: _Faults) -> None:
        self._language, self._names, self._faults = language, names, faults

    def pairs(self, sheet: _Cells, known: Mapping[str, str]) -> dict[str, Any]:
        """A sheet of two columns: what, and what it says."""
        found: dict[str, Any] = {}
        fields = {_bare(title): name for title, name in known.items()}
        says = _say(self._language, "file.says")
        for number, cells in sheet.rows[1:]:
            title = _text(cells[0]) if cells else ""
            value = cells[1] if len(cells) > 1 else None
            name = fields.get(_bare(title))
            if name is None:
                if title or _text(value):
                    self._faults.add("item", sheet=sheet.name, row=number, text=title)
                continue
            found[name] = self._value(sheet, number, says, name, value)
        return found

    def lines(self, sheet: _Cells, kind: str, minutes: Any) -> list[dict[str, Any]]:
        """A sheet of lines under headings. ``minutes``: how long the drill takes."""
        headings = {_bare(cell): at for at, cell in enumerate(sheet.rows[0][1])} if sheet.rows else {}
        places: dict[str, int] = {}
        for name in LINE_FIELDS[kind]:
            title = _say(self._language, f"{kind}.{name}")
            if _bare(title) not in headings:
                self._faults.add("column", sheet=sheet.name, column=title)
            else:
                places[name] = headings[_bare(title)]
        numbered = headings.get(_bare(_say(self._language, "file.number")))
        if len(places) < len(LINE_FIELDS[kind]):
            return []
        made = []
        for number, cells in sheet.rows[1:]:
            at = {name: cells[place] if place < len(cells) else None for name, place in places.items()}
            if all(_text(cell) == "" for cell in at.values()):
                continue
            values = {
                name: self._value(sheet, number, _say(self._language, f"{kind}.{name}"), name, cell, minutes)
                for name, cell in at.items()
            }
            made.append({**values, "number": self._number_of(cells, numbered)})
        return made

    def _number_of(self, cells: Sequence[Any], place: int | None) -> int | None:
        text = _text(cells[place]) if place is not None and place < len(cells) else ""
        return int(text) if text.isdecimal() and len(text) < 6 else None

    def _value(self, sheet: _Cells, row: int, column: str, name: str, cell: Any, minutes: Any = None) -> Any:
        """One field; a fault is told and leaves it empty."""
        text = _text(cell["date"] if isinstance(cell, dict) else cell)

        def wrong(code: str, **facts: Any) -> None:
            self._faults.add(code, sheet=sheet.name, row=row, column=column, text=text[:40], **facts)

        if name in _TIMES:
            return self._time(name, text, minutes, wrong)
        if name in _NUMBERS:
            if text == "":
                return None if name in ("need", "edition") else "" if name in PLAIN else 0
            if text.isdecimal() and len(text) <= 6:
                return int(text)
            wrong("number")
            return 0
        return self._words(name, text, wrong)

    def _time(self, name: str, text: str, minutes: Any, wrong: Any) -> int | None:
        if text == "":
            return None if name == "within_s" else 0
        try:
            seconds = seconds_of(text)
        except ValueError:
            wrong("time")
            return 0
        longest = (minutes if isinstance(minutes, int) else 60) * 60
        if text.count(":") == 2 and text.endswith(":00") and seconds > longest:
            # A spreadsheet that was not told otherwise makes five hours of 5:00.
            return seconds // 60
        return seconds

    def _words(self, name: str, text: str, wrong: Any) -> str:
        terms = catalogue_of(self._names, name)
        if terms is not None:
            return self._key(text, {key: (key, *both) for key, both in terms.items()}, wrong)
        known = {"forms": ("form", FORMS), "grid_kinds": ("grid_kind", GRID_KINDS), "judged": ("judged", JUDGED)}
        if name not in known:
            return text
        code, keys = known[name]
        spelt = {key: (key, *(_say(each, f"{code}.{key}") for each in LANGUAGES)) for key in keys}
        if name == "judged":
            return self._key(text, spelt, wrong) or "seen"
        parts = [part.strip() for part in text.replace(",", "、").replace("，", "、").replace(";", "、").split("、")]
        chosen = dict.fromkeys(self._key(part, spelt, wrong) for part in parts if part)
        return ",".join(key for key in chosen if key)

    def _key(self, text: str, spelt: Mapping[str, Sequence[str]], wrong: Any) -> str:
        if not text:
            return ""
        for key, names in spelt.items():
            if _bare(text) in {_bare(each) for each in names}:
                return key
        at = 1 + LANGUAGES.index(self._language)
        wrong("choice", known="、".join(names[at] for names in spelt.values()))
        return ""
