"""The shipped catalogues: event categories, who is called for what, stock phrases. Rows of ``resources/catalogues``."""

import csv
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from commandcenter.base.paths import resources
from commandcenter.base.texts import choose
from commandcenter.rules.people import keys_in


@dataclass(frozen=True, slots=True)
class Term:
    """A key with its two names."""

    key: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """The name in the language of this process."""
        return choose(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class CategoryTerm(Term):
    """A category with its subkinds and the urgency it usually has."""

    subkinds: tuple[Term, ...]
    default_urgency: str


@dataclass(frozen=True, slots=True)
class RoleTerm(Term):
    """A role that is called: ``upward`` ranks it per category or ``category.subkind``; ``downward`` is the wave of a
    call-out in which it is called and its place there, None where it is not."""

    person: str
    scope: str
    upward: dict[str, int]
    downward: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class CareTerm(Term):
    """Why somebody is on the attention list; ``needs`` are the actions that usually go with it."""

    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase(Term):
    """A report that needs no input method: typed by its pinyin initials."""

    category: str
    subkind: str
    urgency: str
    initials: str


def _rows(name: str) -> list[dict[str, str]]:
    with (resources() / "catalogues" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _subkind(text: str) -> Term:
    key, zh, en = text.split(":")
    return Term(key, zh, en)


@cache
def categories() -> dict[str, CategoryTerm]:
    """Categories by key, in the order in which they are shown."""
    return {
        row["key"]: CategoryTerm(
            row["key"], row["zh"], row["en"], tuple(_subkind(each) for each in row["subkinds"].split(";") if each),
            row["default_urgency"],
        )
        for row in _rows("event_categories.csv")
    }  # fmt: skip


def subkind_name(category: str, subkind: str) -> str:
    """A subkind's name, or the category's when there is none."""
    found = categories().get(category)
    if found is None:
        return category
    return next((each.name for each in found.subkinds if each.key == subkind), found.name)


def _upward(text: str) -> dict[str, int]:
    pairs = (each.rpartition(":") for each in text.split(";") if each)
    return {key: int(rank) for key, _, rank in pairs}


def _downward(text: str) -> tuple[int, int] | None:
    """``3.2`` is the second place of the third wave, ``4`` the only one of the fourth."""
    wave, _, place = text.partition(".")
    return (int(wave), int(place or 1)) if wave else None


@cache
def roles() -> dict[str, RoleTerm]:
    """Roles of workers, duty holders and contacts by key."""
    return {
        row["key"]: RoleTerm(
            row["key"], row["zh"], row["en"], row["person"], row["scope"], _upward(row["upward"]),
            _downward(row["downward"]),
        )
        for row in _rows("roles.csv")
    }  # fmt: skip


def role_name(key: str) -> str:
    """What a role is called; an unknown key shows itself."""
    found = roles().get(key)
    return found.name if found else key


@cache
def care_kinds() -> dict[str, CareTerm]:
    """Kinds of care by key, in the order in which they are shown."""
    return {
        row["key"]: CareTerm(row["key"], row["zh"], row["en"], tuple(each for each in row["needs"].split(";") if each))
        for row in _rows("care_kinds.csv")
    }


def care_name(key: str) -> str:
    """What a kind of care is called; an unknown key shows itself."""
    found = care_kinds().get(key)
    return found.name if found else key


@cache
def terms(name: str) -> dict[str, Term]:
    """The words of a small catalogue by key: ``drill_moments``, ``drill_channels``, ``drill_players``, ``unit_roles``,
    ``course_categories``, ``article_categories``, ``worker_sources``, ``worker_channels``, ``worker_duties``,
    ``worker_skills``, ``worker_vehicles``, ``attention_grounds``."""
    return {row["key"]: Term(row["key"], row["zh"], row["en"]) for row in _rows(f"{name}.csv")}


def term(name: str, key: str) -> str:
    """What a key of such a catalogue is called; an unknown key shows itself."""
    found = terms(name).get(key)
    return found.name if found else key


OF_WORKERS = {
    "source": "worker_sources", "channel": "worker_channels", "duties": "worker_duties", "skills": "worker_skills",
    "vehicles": "worker_vehicles",
}  # fmt: skip
"""Where the keys of a worker's fields come from."""


def worker_words(field: str, text: str) -> list[str]:
    """The names of the keys that a field of a worker lists; a word of the town's own is its own name."""
    return [term(OF_WORKERS[field], each) for each in keys_in(text)]


def key_of(name: str, word: str) -> str | None:
    """The key that a word means: the key itself or a name in either language; None where none does."""
    wanted = word.casefold()
    return next((each.key for each in terms(name).values()
                 if wanted in (each.key, each.zh.casefold(), each.en.casefold())), None)  # fmt: skip


def upward_order(category: str, subkind: str) -> tuple[str, ...]:
    """Role keys in the order in which they are called for a report of this kind, most useful first."""
    exact, general = f"{category}.{subkind}", category
    ranked: list[tuple[int, str]] = []
    has_exact = bool(subkind) and any(exact in role.upward for role in roles().values())
    for role in roles().values():
        rank = role.upward.get(exact if has_exact else general, role.upward.get("*"))
        if rank is not None:
            ranked.append((rank, role.key))
    return tuple(key for _, key in sorted(ranked))


def downward_waves() -> tuple[tuple[str, ...], ...]:
    """Role keys in the order of a call-out, those of one wave together. The head of a dedicated grid stands before all
    of them by rule."""
    ranked = sorted((role.downward, role.key) for role in roles().values() if role.downward is not None)
    return tuple(tuple(key for _, key in wave) for _, wave in groupby(ranked, key=lambda each: each[0][0]))


@cache
def phrases() -> tuple[Phrase, ...]:
    """Stock phrases for a report."""
    return tuple(
        Phrase(row["key"], row["zh"], row["en"], row["category"], row["subkind"], row["urgency"], row["initials"])
        for row in _rows("stock_phrases.csv")
    )
