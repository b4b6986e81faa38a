"""A pasted list of who was there, held against the register: for every name the one worker, several who may be meant,
or nobody. Nothing of the list is lost and its order is kept; what is not certain is left to a person.

Lists come as they come: one name a line or many, with numbers, villages, groups, telephone numbers, spaces within
names, full-width figures, "请假" behind a name, titles before it, initials, and names that nobody bears.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from commandcenter.rules import pinyin
from commandcenter.rules.phones import normalise as phone_form

Found = Literal["one", "several", "nobody", "signed", "again", "place"]
"""``signed``: is on the session's list already; ``again``: stood further up in this list; ``place``: a heading, or a
line that only says where those who follow are from."""
MOST_LINES = 2_000
MOST_CANDIDATES = 8
_SEPARATORS = r"[\s、，,;；/|。:：()（）\[\]【】<>《》\"“”'‘’.．…—–\-_*•·]+"
_ABSENT = "请假|病假|事假|公假|产假|外出|出差|缺席|缺勤|未到|没到|没来|未参加|absent|on leave"
_TITLES = (
    "微网格员|网格员|网格长|村支书|支书|书记|主任|副主任|组长|社长|队长|同志|老师|医生|村医|女士|先生|已签到|已到|签到|到|"
    "姓名|名单|签到表|村组|电话|联系电话|手机|备注|序号|单位|职务|人员|参会人员|参训人员|培训|男|女|合计|共计"
)
"""Words beside a name that say nothing of whose it is."""
_GROUP = r"第?(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:村民小组|小组|组|社|微网格|网格)"
_PHONE = r"(?<!\d)(?:\+?86[ \-]?)?(?:1\d{2}[ \-]?\d{4}[ \-]?\d{4}|0\d{2,3}-?\d{7,8}|\d{7,8})(?!\d)"
_FIGURES = {each: at for at, each in enumerate("一二三四五六七八九", start=1)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A worker as the register knows him. ``village`` and ``grid`` are ids; ``serial`` is the number of the grid."""

    id: str
    name: str
    village: str | None = None
    grid: str | None = None
    grid_code: str = ""
    serial: int = 0
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One name of the list. ``text`` is what stands there; ``name`` what was taken for the name; ``candidates`` the
    workers who may be meant, likeliest first; ``reason`` a word that says that he was not there."""

    number: int
    text: str
    found: Found
    name: str = ""
    candidates: tuple[str, ...] = ()
    reason: str = ""

    @property
    def worker(self) -> str | None:
        """The one who is meant; None while that is not certain."""
        return self.candidates[0] if self.found in ("one", "signed", "again") else None


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a line: ``kind`` is name, unknown, latin, phone, place, group, code, number, absent, title, other."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Entry:
    """Tokens that speak of one person."""

    text: str
    tokens: list[_Token]
    village: str | None = None
    """From a heading above, or the beginning of its line."""

    def of(self, *kinds: str) -> list[str]:
        return [each.text for each in self.tokens if each.kind in kinds]


class Register:
    """What a list is held against: made once, used for as many lists as one likes."""

    def __init__(self, workers: Iterable[Candidate], villages: Mapping[str, str]) -> None:
        """``villages``: names by id."""
        self.workers = tuple(workers)
        self._by_id = {each.id: each for each in self.workers}
        self._by_name = _grouped((plain(each.name), each.id) for each in self.workers)
        self._by_phone = _grouped((phone_form(each.phone), each.id) for each in self.workers if each.phone)
        self._by_code = _grouped((each.grid_code.lower(), each.id) for each in self.workers if each.grid_code)
        self._by_sound = _grouped(
            (key, each.id) for each in self.workers for key in _sounds(each.name)
        )
        self._by_initials = _grouped(
            (key, each.id) for each in self.workers for key in pinyin.keys(each.name, person=True).initials.split()
        )
        self._villages: dict[str, str] = {}
        for id, name in villages.items():
            for each in dict.fromkeys((plain(name), _short(plain(name)))):
                if len(each) > 1:
                    self._villages.setdefault(each, id)
        self._pattern = self._tokens()

    def match(self, text: str, signed: Collection[str] = ()) -> list[Line]:
        """Every name of ``text`` in its order; ``signed`` are the workers who have signed already."""
        made: list[Line] = []
        heading: str | None = None
        taken: set[str] = set()
        for raw in text.splitlines()[:MOST_LINES]:
            for entry in self._entries(raw):
                line = self._line(len(made) + 1, entry, heading)
                if line.found == "place" and entry.of("place"):
                    heading = self._villages.get(plain(_bare_place("".join(entry.of("place")[:1]))))
                elif line.found == "one":
                    (worker,) = line.candidates
                    state: Found = "again" if worker in taken else "signed" if worker in signed else "one"
                    taken.add(worker)
                    line = replace(line, found=state)
                made.append(line)
        return made

    def worker(self, id: str) -> Candidate:
        """A worker by id; KeyError."""
        return self._by_id[id]

    def by_code(self, code: str) -> tuple[str, ...]:
        """The keepers of a grid by its code."""
        return tuple(self._by_code.get(plain(code), ()))

    # --- cutting ------------------------------------------------------------------------------------------------

    def _tokens(self) -> "re.Pattern[str]":
        names = sorted(self._by_name, key=len, reverse=True)
        places = sorted(self._villages, key=len, reverse=True)
        codes = sorted(self._by_code, key=len, reverse=True)
        parts = [("phone", _PHONE)]
        if codes:
            parts.append(("code", r"(?<![a-z\d])(?:" + "|".join(map(re.escape, codes)) + r")(?![a-z\d])"))
        if places:
            parts.append(("place", r"(?:" + "|".join(map(re.escape, places)) + r")(?:村民?委员?会|居委会)?"))
        if names:
            parts.append(("name", rf"(?:{'|'.join(map(_spaced, names))})"))
        han, letter = f"[{pinyin.HAN}]", rf"[^\W\d_{pinyin.HAN}]"
        stop = f"(?!{'|'.join(map(re.escape, names))})" if names else ""
        parts += [
            ("group", _GROUP), ("absent", _ABSENT),
            ("title", f"(?:{_TITLES})(?!{han})|(?:{_TITLES})(?={han}{{2,3}}(?!{han}))"),
            ("number", r"\d+"), ("latin", rf"{letter}+(?:[ '.·]{{1,2}}{letter}+)*"),
            ("unknown", rf"{han}[ ]+{han}(?!{han})|(?:{stop}{han})+(?:·(?:{stop}{han})+)*"), ("other", r"[^\s]"),
        ]  # fmt: skip
        return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in parts))

    def _entries(self, raw: str) -> list[_Entry]:
        """The pieces of a line, each about one person; a line without any name is one piece."""
        shape, places = _shape(raw)
        tokens = []
        at = 0
        while at < len(shape):
            gap = re.match(_SEPARATORS, shape[at:])
            if gap:
                at += gap.end()
                continue
            found = self._pattern.match(shape, at)
            if found is None:
                at += 1
                continue
            tokens.append(_Token(_kind(str(found.lastgroup), found[0]), found[0], at, found.end()))
            at = found.end()
        if not tokens:
            return [_Entry(raw.strip(), [])] if raw.strip() else []
        return self._cut(raw, places, _split_latin(_joined(tokens), self))

    def _cut(self, raw: str, places: Sequence[int], tokens: list[_Token]) -> list[_Entry]:
        named = [at for at, each in enumerate(tokens) if each.kind in ("name", "unknown", "latin")]
        if not named:
            phones = [at for at, each in enumerate(tokens) if each.kind in ("phone", "code")]
            named = phones if len(phones) > 1 else named
        if len(named) < 2:
            return [_Entry(raw.strip(), tokens)]
        starts = _starts(tokens, named)
        lead = [each for each in tokens[: named[0]] if each.kind == "place"]
        lone = lead and sum(1 for each in tokens if each.kind == "place") == 1
        village = self._villages.get(plain(lead[0].text)) if lone else None
        made = []
        for number, start in enumerate(starts):
            end = starts[number + 1] if number + 1 < len(starts) else len(tokens)
            first = 0 if number == 0 else places[tokens[start].start]
            last = places[tokens[end].start] if end < len(tokens) else len(raw)
            made.append(_Entry(_trimmed(raw[first:last]), tokens[start:end], village))
        return made

    # --- finding ------------------------------------------------------------------------------------------------

    def _line(self, number: int, entry: _Entry, heading: str | None) -> Line:
        reason = "".join(entry.of("absent")[:1])
        names = entry.of("name", "unknown", "latin")
        name = names[0] if names else ""
        is_heading = entry.of("place", "title") and not entry.of("phone", "code", "other", "absent")
        if not names and is_heading:
            return Line(number, entry.text, "place")
        found, certain = self._candidates(entry, name, heading)
        kind: Found = "nobody" if not found else "one" if certain and len(found) == 1 else "several"
        return Line(number, entry.text, kind, " ".join(name.split()), tuple(found[:MOST_CANDIDATES]), reason)

    def _candidates(self, entry: _Entry, name: str, heading: str | None) -> tuple[list[str], bool]:
        """Who may be meant, and whether nothing in the line speaks against it."""
        by_phone = [id for each in entry.of("phone") for id in self._by_phone.get(phone_form(each), ())]
        by_code = [id for each in entry.of("code") for id in self._by_code.get(each, ())]
        hard = by_phone or by_code
        named, certain = self._named(name)
        if not named:
            # Whoever has the number may be written differently: shown, never taken by itself.
            return (list(dict.fromkeys(hard)), not name and len(set(hard)) == 1) if hard else ([], False)
        if hard:
            both = [id for id in named if id in hard]
            return (both, certain) if both else (list(dict.fromkeys([*named, *hard])), False)
        narrowed = self._by_place(named, entry)
        if narrowed is None:
            return named, False
        from_here = [id for id in named if self._by_id[id].village == (entry.village or heading)]
        if len(narrowed) > 1:
            narrowed = [id for id in narrowed if id in from_here] or narrowed
        elif from_here and narrowed[0] not in from_here and not entry.of("place"):
            return [*narrowed, *from_here], False
        return narrowed, certain

    def _by_place(self, named: list[str], entry: _Entry) -> list[str] | None:
        """Those who are from where the line says; None when it says somewhere else of all of them."""
        places = (plain(_bare_place(each)) for each in entry.of("place"))
        villages = {self._villages[each] for each in places if each in self._villages}
        groups = {serial for each in entry.of("group") if (serial := _figure(each))}
        there = [id for id in named if not villages or self._by_id[id].village in villages]
        if not there:
            return None
        # Groups of a village and numbers of grids are often, not always, the same: a hint among several.
        nearer = [id for id in there if self._by_id[id].serial in groups]
        return nearer if nearer and len(there) > 1 else there

    def _named(self, name: str) -> tuple[list[str], bool]:
        """Workers of a name, else of its initials or its sound; whether that is what was written."""
        wanted = plain(name)
        if wanted in self._by_name:
            return list(self._by_name[wanted]), True
        if wanted.isascii() and wanted:
            exact = self._by_initials.get(wanted) or self._by_sound.get(wanted)
            return list(exact or ()), bool(exact)
        sounds = [id for key in _sounds(wanted) for id in self._by_sound.get(key, ())]
        near = [
            each.id for each in self.workers
            if len(wanted) > 2 and len(each.name) == len(wanted) and each.name[0] == wanted[0]
            and sum(a != b for a, b in zip(each.name, wanted, strict=True)) == 1
        ]  # fmt: skip
        return list(dict.fromkeys([*sounds, *near])), False

    def says_somebody(self, word: str) -> bool:
        """Whether Latin letters are somebody's initials or name."""
        return word in self._by_initials or word in self._by_sound or word in self._by_name


def plain(text: str) -> str:
    """A name as it is compared: usual width, lower case, no spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def _short(name: str) -> str:
    return re.sub(r"(?:村民委员会|居民委员会|村委会|居委会|社区|村)$", "", name)


def _spaced(name: str) -> str:
    """A name as a pattern: spaces may stand within it, and Latin letters begin and end a word."""
    pattern = r"\s*".join(map(re.escape, name))
    return rf"(?<![^\W_]){pattern}(?![^\W_])" if name[0].isascii() else pattern


def _bare_place(text: str) -> str:
    return re.sub(r"(?:村民?委员?会|居委会)$", "", text)


def _sounds(name: str) -> list[str]:
    return list(dict.fromkeys(pinyin.keys(name, person=True).pinyin.split()))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, id in pairs:
        if key and id not in found.setdefault(key, []):
            found[key].append(id)
    return found


def _shape(raw: str) -> tuple[str, list[int]]:
    """The line in usual width and lower case, and where each of its characters stands in the line itself."""
    shape, places = [], []
    for at, character in enumerate(raw):
        for each in unicodedata.normalize("NFKC", character).lower() or character:
            shape.append(each)
            places.append(at)
    return "".join(shape), [*places, len(raw)]


def _kind(kind: str, text: str) -> str:
    """What is taken for an unknown name: two to four characters, or with a dot between; longer is a remark."""
    if kind == "unknown" and not 2 <= len(plain(text)) <= 4 and "·" not in text:
        return "other"
    return kind


def _joined(tokens: list[_Token]) -> list[_Token]:
    """A known name with one character more, before it or behind it, is somebody else's name."""
    made: list[_Token] = []
    for token in tokens:
        last = made[-1] if made else None
        if last is not None and last.end == token.start and {last.kind, token.kind} == {"name", "other"}:
            lone = last if last.kind == "other" else token
            if re.fullmatch(f"[{pinyin.HAN}]", lone.text):
                made[-1] = _Token("unknown", last.text + token.text, last.start, token.end)
                continue
        made.append(token)
    return made


def _split_latin(tokens: list[_Token], register: Register) -> list[_Token]:
    """Latin words: one name in several syllables where that is somebody, else one name a word."""
    made = []
    for token in tokens:
        if token.kind != "latin" or register.says_somebody(plain(token.text)) or " " not in token.text:
            made.append(token)
            continue
        words = [(found[0], found.start(), found.end()) for found in re.finditer(r"\S+", token.text)]
        if not any(register.says_somebody(word) for word, _, _ in words):
            made.append(token)
            continue
        made += [_Token("latin", word, token.start + start, token.start + end) for word, start, end in words]
    return made


def _starts(tokens: Sequence[_Token], named: Sequence[int]) -> list[int]:
    """Where each person's piece of a line begins. What stands between two names belongs to the first, but for numbers,
    and for places where the line begins with one and ends with a name."""
    before = {"number"}
    places = sum(1 for each in tokens if each.kind == "place")
    if tokens[0].kind in ("place", "group", "number") and places > 1 and named[-1] == len(tokens) - 1:
        before |= {"place", "group"}
    starts = [0]
    for previous, here in pairwise(named):
        at = here
        while at - 1 > previous and tokens[at - 1].kind in before | {"title"}:
            at -= 1
        starts.append(at)
    return starts


def _trimmed(text: str) -> str:
    return re.sub(r"^[\s、，,;；/|]+|[\s、，,;；/|]+$", "", text)


def _figure(group: str) -> int:
    """The number of a group (第5组, 三组, 十二社)."""
    found = re.match(r"第?(\d+|[一二三四五六七八九十]+)", group)
    digits = found[1] if found else ""
    if digits.isdecimal():
        return int(digits)
    tens, ten, ones = digits.partition("十")
    if not ten:
        return _FIGURES.get(digits, 0)
    return _FIGURES.get(tens, 1) * 10 + _FIGURES.get(ones, 0)


# --- what the clerk makes of it -------------------------------------------------------------------------------------

Choice = Literal["present", "absent", "guest", "drop", "open"]
"""``open``: not settled; ``guest``: kept by name; ``drop``: no person at all (a heading, a remark)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A line as it stands with the clerk."""

    line: Line
    choice: Choice
    worker: str | None = None
    reason: str = ""


def proposed(lines: Sequence[Line]) -> list[Settled]:
    """How a list is offered to the clerk: what is certain is settled, the rest is open."""
    return [_propose(line) for line in lines]


def _propose(line: Line) -> Settled:
    if line.found in ("one", "signed", "again"):
        away = bool(line.reason)
        return Settled(line, "absent" if away else "present", line.worker, line.reason)
    return Settled(line, "drop" if line.found == "place" else "open", None, line.reason)


@dataclass(slots=True)
class Outcome:
    """What a settled list says: who was there, who was not and why, and the names of nobody."""

    present: list[str] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    guests: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    """Numbers of the lines that nobody has settled."""
    twice: list[str] = field(default_factory=list)
    """Workers who are settled as present and as absent."""


def outcome(settled: Iterable[Settled]) -> Outcome:
    """Every line in exactly one place."""
    made = Outcome()
    for each in settled:
        if each.choice == "open" or (each.choice in ("present", "absent") and each.worker is None):
            made.open.append(each.line.number)
        elif each.choice == "present" and each.worker:
            made.present.append(each.worker)
        elif each.choice == "absent" and each.worker:
            made.absent[each.worker] = each.reason
        elif each.choice == "guest":
            made.guests.append(each.line.text)
        else:
            made.dropped.append(each.line.text)
    made.present = list(dict.fromkeys(made.present))
    made.twice = [each for each in made.present if each in made.absent]
    return made


def counts(settled: Iterable[Settled]) -> Counter[Choice]:
    """How many lines are settled how."""
    return Counter(each.choice for each in settled)
