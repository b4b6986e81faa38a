"""Sentences by code, in two languages, from the gettext catalogues in ``resources/texts/<lang>``.

One catalogue per feature (``incidents.po``), the code is the msgid, placeholders are ``{name}``. A missing code
shows itself instead of failing: a wrong label must never stop a duty officer, and a test finds it.
"""

import gettext
import locale
import os
from collections.abc import Callable
from functools import cache
from typing import Any

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.paths import resources

LANGUAGES = ("zh_CN", "en")


class Texts:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        """Read every catalogue of ``language`` (one of :data:`LANGUAGES`)."""
        self.language = language
        self._catalogues: list[gettext.GNUTranslations] = []
        self._known: dict[str, tuple[gettext.NullTranslations, str]] = {}
        for path in sorted((resources() / "texts" / language).glob("*.mo"), reverse=True):
            with path.open("rb") as file:
                self._catalogues.append(gettext.GNUTranslations(file))

    def has(self, code: str) -> bool:
        """Whether the catalogue knows ``code``."""
        return self._look_up(code)[1] != code

    def _look_up(self, code: str) -> tuple[gettext.NullTranslations, str]:
        """The catalogue that has a sentence, and the sentence. Looked for once: a search through all catalogues is slow
        where every cell of a table asks."""
        known = self._known.get(code)
        if known is None:
            found = ((each, _singular(each, code)) for each in self._catalogues)
            known = next((pair for pair in found if pair[1] != code), (gettext.NullTranslations(), code))
            self._known[code] = known
        return known

    def say(self, code: str, **facts: Any) -> str:
        """The sentence of ``code``; a fact ``count`` chooses the plural form, and has its thousands apart."""
        catalogue, sentence = self._look_up(code)
        count = facts.get("count")
        if isinstance(count, int):
            facts["count"] = f"{count:,}"
            counted = catalogue.ngettext(code, code, count)
            if counted != code:  # else the number makes no difference to this sentence
                sentence = counted
        try:
            return sentence.format(**facts) if facts else sentence
        except (KeyError, IndexError, ValueError):
            return sentence

    def error(self, error: CommandCenterError) -> str:
        """The sentence of an error: what happened and what to do; of a step of many, with where it stands."""
        facts, role = error.facts, f"role.{error.facts.get('role')}"
        named = {**facts, "role": self.say(role)} if self.has(role) else facts
        sentence = self.say(f"error.{error.code}", **named)
        if "step" not in facts:
            return sentence
        if "row" in facts:
            return self.say("error.in_row", row=facts["row"], sentence=sentence)
        return self.say("error.in_step", number=facts["step"], sentence=sentence)


def _singular(catalogue: gettext.NullTranslations, code: str) -> str:
    found = catalogue.gettext(code)
    # Before Python 3.11.5 gettext() does not see entries that have plural forms.
    return found if found != code else catalogue.ngettext(code, code, 1)


def system_language() -> str:
    """The language that the system asks for: Chinese unless its locale names another one."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "en" if value.lower().startswith("en") else "zh_CN"
    name = locale.getlocale()[0] or ""
    return "en" if name.lower().startswith("en") else "zh_CN"


@cache
def spoken(language: str) -> Texts:
    """The sentences of one language, read once: for what is written in another language than the process speaks."""
    return Texts(language)


_current: Texts | None = None
_listeners: list[Callable[[], None]] = []


def current() -> Texts:
    """The texts this process speaks."""
    global _current
    if _current is None:
        _current = spoken(system_language())
    return _current


def use(language: str) -> None:
    """Speak ``language`` from now on and tell whoever asked with :func:`on_change`."""
    global _current
    if _current is None or _current.language != language:
        _current = spoken(language)
        for listener in list(_listeners):
            listener()


def on_change(listener: Callable[[], None]) -> None:
    """Call ``listener`` after each change of language."""
    _listeners.append(listener)


def say(code: str, **facts: Any) -> str:
    """The sentence of ``code`` in the language of this process."""
    return current().say(code, **facts)


def choose(zh: str, en: str) -> str:
    """Of a catalogue row's two names, the one for the language of this process."""
    return zh if current().language == "zh_CN" else (en or zh)
