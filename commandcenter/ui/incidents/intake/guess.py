"""What a text is probably about, and which stock phrase is being typed. Words and phrases are shipped catalogues.

A guess only fills what the officer has not chosen. A tie goes to the more urgent kind: a fire taken for a fire hazard
is the worse mistake.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from commandcenter.base.paths import resources
from commandcenter.rules.incidents import URGENCIES
from commandcenter.rules.pinyin import HAN, normalise
from commandcenter.services import catalogues
from commandcenter.services.catalogues import Phrase

_NO_WORD = 4
"""So many initials in a row are no English word."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind of report with the urgency it usually has."""

    category: str
    subkind: str
    urgency: str


@cache
def _words() -> dict[str, Guess]:
    """Which words speak for which kind: the report words, the names of the subkinds, the stock phrases."""
    found: dict[str, Guess] = {}
    for category in catalogues.categories().values():
        for term in category.subkinds:
            kind = Guess(category.key, term.key, category.default_urgency)
            found |= {normalise(name): kind for name in (term.zh, term.en)}
    for word, kind in _report_words():
        found[normalise(word)] = kind
    for phrase in catalogues.phrases():
        kind = Guess(phrase.category, phrase.subkind, phrase.urgency)
        found |= {normalise(name): kind for name in (phrase.zh, phrase.en)}
    return found


def _report_words() -> Iterator[tuple[str, Guess]]:
    with (resources() / "catalogues" / "report_words.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            kind = Guess(row["category"], row["subkind"], row["urgency"])
            for word in (*row["zh"].split("|"), *row["en"].split("|")):
                yield word, kind


@cache
def _pattern() -> re.Pattern[str]:
    """Any known word, the longest at each place; Latin ones only where a word begins."""
    longest_first = sorted(_words(), key=len, reverse=True)
    parts = (re.escape(word) if re.match(f"[{HAN}]", word) else rf"\b{re.escape(word)}" for word in longest_first)
    return re.compile("|".join(parts))


def guess(text: str) -> Guess | None:
    """The likeliest kind of a report, or None when its words say nothing."""
    scores: dict[Guess, int] = defaultdict(int)
    for word in set(_pattern().findall(normalise(text))):
        scores[_words()[word]] += len(word)
    if not scores:
        return None
    return max(scores, key=lambda kind: (scores[kind], -_rank(kind.urgency), kind.category, kind.subkind))


def _rank(urgency: str) -> int:
    return next(place for place, each in enumerate(URGENCIES) if each == urgency)


@dataclass(frozen=True, slots=True)
class Offer:
    """A stock phrase that fits what is typed. ``is_certain``: letters that can only be initials, so that Enter may
    take it."""

    phrase: Phrase
    is_certain: bool


def offers(typed: str, language: str, limit: int = 6) -> tuple[Offer, ...]:
    """Stock phrases for a few Latin letters: by pinyin initials, in English also by how a word begins.

    Nothing for a text that holds anything but letters, so that writing an ordinary report is never disturbed.
    """
    letters = normalise(typed).strip()
    if not letters.isascii() or not letters.isalpha():
        return ()
    by_initials = sorted((each for each in catalogues.phrases() if each.initials.startswith(letters)), key=_order)
    if language == "zh_CN":
        return tuple(Offer(each, True) for each in by_initials[:limit])
    exact = {each for each in by_initials if each.initials == letters and len(letters) >= _NO_WORD}
    by_word = (each for each in catalogues.phrases() if len(letters) > 2 and _begins(each.en, letters))
    found = dict.fromkeys([*sorted(by_word, key=_order), *by_initials])
    return tuple(Offer(each, each in exact) for each in [*found][:limit])


def _order(phrase: Phrase) -> tuple[int, int, str]:
    return len(phrase.initials), _rank(phrase.urgency), phrase.key


def _begins(name: str, letters: str) -> bool:
    return any(word.startswith(letters) for word in normalise(name).split())
