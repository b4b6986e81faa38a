"""How well a typed query fits names: the scoring behind ``finding``, on all names at once.

All keys lie in one row of code points, parted by line feeds. Scores run from 0 (no match) to 1 (a key
exactly).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from commandcenter.rules.pinyin import HAN, fold, normalise

Scores = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]

EXACT, NUMBER, PREFIX, TAIL, SUFFIX, STARTED, INFIX = 1.0, 0.95, 0.8, 0.7, 0.62, 0.6, 0.5
"""A whole key, a whole number within one, its start, the end of a long number, its end, a number's start,
anywhere."""
_SHARE = 0.1
"""What a match gains at most by covering much of its key."""
_FOLDED = 0.6
_SKIPPING = 0.3
_TAIL_DIGITS = 3
"""So many digits may match in the middle or at the end of a longer number."""
_MOST_PIECES = 3

_PARTS = rf"[{HAN}]+|\d+|[^\W\d_{HAN}]+"
_UNITS = rf"[{HAN}]|[^\W_]"


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of the query between spaces, and its runs of Chinese, digits or letters; all of them must
    match."""

    text: str
    parts: tuple[str, ...]


def words_of(query: str) -> tuple[Word, ...]:
    """The words of a query; punctuation alone makes none."""
    words = (Word(text, tuple(re.findall(_PARTS, text))) for text in normalise(query).split())
    return tuple(word for word in words if word.parts)


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


class _Line:
    """Keys side by side, and for each position of the row: whose key it is, and where in the key."""

    def __init__(self, keys: Sequence[str], owners: Sequence[int]) -> None:
        lengths = np.array([len(key) for key in keys], dtype=np.int64)
        self.keys = keys
        self.owners = np.array(owners, dtype=np.int64)
        self.codes = _codes("\n" + "".join(f"{key}\n" for key in keys))
        self.starts = 1 + np.cumsum(lengths + 1) - (lengths + 1)
        self.lengths = lengths
        self.key_at = np.concatenate(([0], np.repeat(np.arange(len(keys)), lengths + 1))).astype(np.int32)
        self.opens = np.zeros(len(self.codes) + 1, dtype=bool)
        self.opens[self.starts] = True
        self.closes = np.zeros(len(self.codes) + 1, dtype=bool)
        self.closes[self.starts + lengths] = True
        digit = (self.codes >= 0x30) & (self.codes <= 0x39)
        self.digit = np.append(digit, False)
        self.opens_number = self._opens_number(digit)

    def _opens_number(self, digit: Mask) -> Mask:
        """Positions before which no digit stands but leading zeros (two at most, as in Y03 and 003)."""
        clean = np.concatenate(([True], ~digit[:-1]))
        zero_before = np.concatenate(([False], self.codes[:-1] == 0x30))
        for _ in range(2):
            clean = clean | (zero_before & np.concatenate(([False], clean[:-1])))
        return clean

    def positions(self, part: str) -> Places:
        """Where ``part`` stands in the row."""
        wanted = _codes(part)
        room = len(self.codes) - len(wanted) + 1
        if room <= 0:
            return np.empty(0, dtype=np.int64)
        found = np.flatnonzero(self.codes[:room] == wanted[0])
        for offset in range(1, len(wanted)):
            found = found[self.codes[found + offset] == wanted[offset]]
        return found

    def score(self, part: str, into: Scores, weight: float, allowed: Mask | None = None) -> None:
        """Raise each entry's score ``into`` to what its best match of ``part`` is worth."""
        found = self.positions(part)
        if allowed is not None:
            found = found[allowed[found]]
        worth = self._number_worth(part, found) if part.isdigit() else self._worth(part, found)
        np.maximum.at(into, self.owners[self.key_at[found]], worth * weight)

    def _worth(self, part: str, found: Places) -> Scores:
        opens, closes = self.opens[found], self.closes[found + len(part)]
        worth = np.select([opens & closes, opens, closes], [EXACT, PREFIX, SUFFIX], INFIX)
        share = len(part) / np.maximum(1, self.lengths[self.key_at[found]])
        return np.asarray(np.where(worth < EXACT, worth + _SHARE * share, worth))

    def _number_worth(self, part: str, found: Places) -> Scores:
        opens, closes = self.opens[found], self.closes[found + len(part)]
        first, last = self.opens_number[found], ~self.digit[found + len(part)]
        long = np.full(len(found), len(part) >= _TAIL_DIGITS)
        cases = [opens & closes, first & last, closes & long, first, long]
        return np.asarray(np.select(cases, [EXACT, NUMBER, TAIL, STARTED, INFIX], 0.0))


class Row:
    """The keys of many entries, ready to be scored; entry ``i`` is the ``i``-th of ``known``."""

    def __init__(self, known: Iterable[tuple[str, ...]]) -> None:
        keys: list[str] = []
        owners: list[int] = []
        initials: list[bool] = []
        self.count = 0
        for owner, names in enumerate(known):
            parts = dict.fromkeys(key for name in names for key in normalise(name).split())
            sizes = {len(re.findall(_UNITS, key)) for key in parts if not key.isascii()}
            keys += parts
            owners += [owner] * len(parts)
            initials += [key.isascii() and len(key) in sizes for key in parts]
            self.count = owner + 1
        self.line = _Line(keys, owners)
        self.initials = initials
        latin = [place for place, key in enumerate(keys) if key.isascii() and not key.isdigit()]
        folded = [fold(keys[place]) for place in latin]
        self.folded = _Line(folded, [owners[place] for place in latin])
        # A single letter is told from the many inside pinyin: it opens a key, is an initial or is by a digit.
        by_digit = np.append(False, self.line.digit[:-2]) | self.line.digit[1:]
        initial = np.array([*initials, False], dtype=bool)[self.line.key_at]
        self.letter = self.line.opens[:-1] | initial | by_digit

    def scores(self, query: str, allowed: Mask) -> Scores:
        """The score of each entry; 0 where a part of the query does not match or the entry is not
        ``allowed``.

        Matches that skip characters are looked for only when there is no other.
        """
        words = words_of(query)
        found = self._all(words, allowed, skipping=False)
        if words and not found.any() and self.count:
            found = self._all(words, allowed, skipping=True)
        return found

    def _all(self, words: tuple[Word, ...], allowed: Mask, *, skipping: bool) -> Scores:
        total = np.zeros(self.count)
        for word in words:
            score = self._word(word, allowed, skipping=skipping)
            allowed = allowed & (score > 0)
            total += score
        return np.where(allowed, total / max(1, len(words)), 0.0)

    def _word(self, word: Word, allowed: Mask, *, skipping: bool) -> Scores:
        parts = [self._part(part, allowed, skipping=skipping) for part in word.parts]
        score: Scores = np.where(np.all([part > 0 for part in parts], axis=0), np.mean(parts, axis=0), 0.0)
        if len(parts) == 1:
            return score
        whole = np.zeros(self.count)
        self.line.score(word.text, whole, 1.0)
        return np.maximum(whole, score + (1 - score) * whole / 2)

    def _part(self, part: str, allowed: Mask, *, skipping: bool) -> Scores:
        score = np.zeros(self.count)
        letters = part.isascii() and not part.isdigit()
        self.line.score(part, score, 1.0, self.letter if letters and len(part) == 1 else None)
        if letters and len(part) > 1:
            self.folded.score(fold(part), score, _FOLDED)
        if skipping and len(part) > 2 and not part.isdigit():
            self._skip(part, score, allowed)
        return score

    def _skip(self, part: str, score: Scores, allowed: Mask) -> None:
        """Score allowed entries one of whose keys holds ``part`` in a few pieces, in order."""
        latin = part.isascii()
        for place in self._candidates(part, latin):
            owner = self.line.owners[place]
            if allowed[owner] and not score[owner]:
                shortest = 1 if self.initials[place] or not latin else 2
                if pieces(part, self.line.keys[place], shortest=shortest, anchored=latin) is not None:
                    score[owner] = _SKIPPING

    def _candidates(self, part: str, latin: bool) -> Places:
        if latin:
            starts = self.line.starts
            return np.flatnonzero(self.line.codes[starts] == ord(part[0])) if len(starts) else starts
        first, last = (self.line.key_at[self.line.positions(each)] for each in (part[0], part[-1]))
        return np.intersect1d(first, last).astype(np.int64)


def pieces(part: str, key: str, *, shortest: int, anchored: bool) -> list[tuple[int, int]] | None:
    """Where ``part`` stands in ``key`` cut into at most three pieces, as (start, end); None when it does not.

    ``shortest``: letters a piece must have; ``anchored``: whether the first one must open the key.
    """
    found: list[tuple[int, int]] = []
    done = here = 0
    while done < len(part):
        for end in range(len(part), done + shortest - 1, -1):
            at = key.find(part[done:end], here)
            if at >= 0 and not (anchored and not found and at > 0):
                break
        else:
            return None
        found.append((at, at + end - done))
        done, here = end, at + end - done
        if len(found) > _MOST_PIECES:
            return None
    return found


# --- what to mark in a title ---------------------------------------------------------------------------


def spans_in(query: str, title: str, keys: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """The parts of ``title`` that the query matched, as joined (start, end); pinyin marks whole
    characters."""
    plain = normalise(title)
    if len(plain) != len(title):
        return ()
    marked: set[int] = set()
    latin = [key for each in keys for key in normalise(each).split() if key.isascii()]
    for word in words_of(query):
        for part in word.parts:
            marked.update(_marked(part, plain, latin))
    return tuple(_joined(sorted(marked)))


def _marked(part: str, title: str, latin: list[str]) -> Iterable[int]:
    if part.isdigit():
        number = re.search(rf"(?<!\d)0*({part})(?!\d)", title) or re.search(f"({part})", title)
        return range(*number.span(1)) if number else ()
    found = pieces(part, title, shortest=1, anchored=False)
    if found is not None and (len(found) == 1 or not part.isascii()):
        return [place for start, end in found for place in range(start, end)]
    return _marked_by_sound(part, title, latin) if part.isascii() else ()


def _marked_by_sound(part: str, title: str, latin: list[str]) -> Iterable[int]:
    """Characters whose initials or syllables the part spells."""
    units = [found.start() for found in re.finditer(_UNITS, title)]
    for initials in (key for key in latin if len(key) == len(units)):
        if found := pieces(part, initials, shortest=1, anchored=len(part) > 1):
            return [units[place] for start, end in found for place in range(start, end)]
        for key in latin:
            spelled = _syllables(key, initials)
            for syllables, wanted in ((spelled, part), ([fold(each) for each in spelled], fold(part))):
                at = "".join(syllables).find(wanted)
                if syllables and at >= 0:
                    return [units[unit] for unit in _touched(syllables, at, at + len(wanted))]
    return ()


def _touched(syllables: Sequence[str], start: int, end: int) -> Iterator[int]:
    here = 0
    for unit, syllable in enumerate(syllables):
        if here < end and start < here + len(syllable):
            yield unit
        here += len(syllable)


@cache
def _syllable(initial: str) -> str:
    return f"({initial}h?[aeiouv]*(?:ng?|r)?)" if initial.isalpha() else f"({re.escape(initial)})"


def _syllables(pinyin: str, initials: str) -> list[str]:
    """The syllables of ``pinyin`` that begin with ``initials``; none when these do not belong to it."""
    found = re.fullmatch("".join(map(_syllable, initials)), pinyin) if len(pinyin) > len(initials) else None
    return list(found.groups()) if found else []


def _joined(places: list[int]) -> Iterator[tuple[int, int]]:
    start = end = -1
    for place in places:
        if place != end:
            if end > 0:
                yield start, end
            start = place
        end = place + 1
    if end > 0:
        yield start, end
