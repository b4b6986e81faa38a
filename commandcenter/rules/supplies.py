"""What a drill takes along that depots have to supply: read from the words of its scenario, held against the stock.

The library lists its 器材 in words (``雨衣20件，雨靴10双``), which people edit freely. Only what names an article of
the town and an amount counts; what everybody brings along, what is there "if available", and whatever no depot knows
by name is left to the trainer.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from commandcenter.rules.drills import Drill
from commandcenter.rules.stores import Article

_SEGMENTS = re.compile(r"[，,；;。：:\n]+")
_ASIDE = re.compile(r"[（(][^（）()]*[）)]")
_OPTIONAL = re.compile("如有|if available", re.IGNORECASE)
_AMOUNT_LAST = re.compile(r"(?P<name>.*\D)(?P<amount>\d{1,6})\s*(?P<unit>[^\W\d_]{0,4})")
_AMOUNT_FIRST = re.compile(r"(?P<amount>\d{1,6})\s+(?P<name>[a-z].*)", re.IGNORECASE)
_HEADS = ("每", "each")
"""In a name: so many for each of some, whose number nobody knows here."""
_MEASURES = frozenset(
    ("米", "立方米", "平方米", "公斤", "千克", "斤", "吨", "升", "箱", "盒", "包", "卷", "盘", "捆", "桶", "m", "kg",
     "l")
)  # fmt: skip
"""Units of which one is not one thing: 50 米 of rope are not 50 ropes."""
_SHORTEST = 2
"""Characters of a name that may stand for the end of another one: any 灯 is not any 灯."""

Kind = tuple[str, ...]
"""The articles (ids) that answer one need, in the order of their codes."""


@dataclass(frozen=True, slots=True)
class Supplies:
    """Articles in use by id, how many of each the depots hold, and what drills of a scenario (id) take along."""

    articles: Mapping[str, Article]
    there: Mapping[str, int]
    needs: Mapping[str, Mapping[Kind, int]]

    def taken_by(self, drill: Drill) -> Mapping[Kind, int]:
        """What a drill takes out of the depots; at a table top nothing."""
        return self.needs.get(drill.scenario or "", {}) if drill.form != "tabletop" else {}

    def held(self, kind: Kind) -> int:
        """How many there are that answer a need."""
        return sum(max(self.there.get(id, 0), 0) for id in kind)


def needs_in(text: str, articles: Collection[Article]) -> Mapping[Kind, int]:
    """What a list of things asks of the depots."""
    ordered = sorted(articles, key=lambda each: each.code)
    return _needs(text, tuple(_Called(each.id, each.name, each.name_en, each.unit) for each in ordered))


class _Called(NamedTuple):
    """What of an article tells whether it is meant."""

    id: str
    name: str
    name_en: str
    unit: str


@lru_cache(maxsize=256)
def _needs(text: str, articles: tuple[_Called, ...]) -> Mapping[Kind, int]:
    """Remembered: a season is read anew after each change of a drill, its library and the articles seldom change."""
    found: dict[Kind, int] = {}
    for name, amount, unit in _asked(text):
        kind = tuple(each.id for each in _answering(name, articles) if _same_measure(unit, each.unit))
        if kind:
            found[kind] = found.get(kind, 0) + amount
    return found


def _asked(text: str) -> Iterator[tuple[str, int, str]]:
    """Name, amount and unit of each thing with an amount; ``护目镜、手套各20份`` are 20 of both."""
    for segment in _SEGMENTS.split(text):
        if _OPTIONAL.search(segment):
            continue
        before: list[str] = []
        for part in _ASIDE.sub("", segment).split("、"):
            part = part.strip()
            told = _AMOUNT_LAST.fullmatch(part) or _AMOUNT_FIRST.fullmatch(part)
            if told is None:
                before.append(part)
                continue
            name, amount, unit = told["name"].strip(), int(told["amount"]), told.groupdict().get("unit") or ""
            names = [*before, name.removesuffix("各")] if name.endswith("各") else [name]
            before = []
            yield from ((each, amount, unit) for each in names if not any(head in each for head in _HEADS))


def _answering(name: str, articles: tuple[_Called, ...]) -> list[_Called]:
    """The articles called so; else those that are a kind of it, or of which it is a kind: their heads come last."""
    wanted = _bare(name)
    if not wanted:
        return []
    if exact := [each for each in articles if wanted in (_bare(each.name), _bare(each.name_en))]:
        return exact
    return [each for each in articles if _ends(wanted, _bare(each.name), "") or _ends(wanted, _bare(each.name_en), " ")]


def _bare(name: str) -> str:
    """A name without what does not tell things apart: capitals, and the English plural."""
    return name.casefold().strip().removesuffix("s")


def _ends(one: str, other: str, gap: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST and long.endswith(gap + short)


def _same_measure(one: str, other: str) -> bool:
    return one == other or not {one.casefold(), other.casefold()} & _MEASURES
