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
        self._catalogue = gettext.NullTranslations()
        self._found: dict[str, str] = {}
        for path in sorted((resources() / "texts" / language).glob("*.mo")):
            with path.open("rb") as file:
                loaded = gettext.GNUTranslations(file)
            loaded.add_fallback(self._catalogue)
            self._catalogue = loaded

    def has(self, code: str) -> bool:
        """Whether the catalogue knows ``code``."""
        return self._sentence(code) != code

    def _sentence(self, code: str) -> str:
        """Looked up once: a search through all catalogues is slow where every cell of a table asks."""
        found = self._found.get(code)
        if found is None:
            found = self._catalogue.gettext(code)
            if found == code:
                # Before Python 3.11.5 gettext() does not see entries that have plural forms.
                found = self._catalogue.ngettext(code, code, 1)
            self._found[code] = found
        return found

    def say(self, code: str, **facts: Any) -> str:
        """The sentence of ``code``; a fact ``count`` chooses the plural form."""
        count = facts.get("count")
        sentence = self._catalogue.ngettext(code, code, count) if isinstance(count, int) else code
        if sentence == code:  # no count, or one that makes no difference to this sentence
            sentence = self._sentence(code)
        try:
            return sentence.format(**facts) if facts else sentence
        except (KeyError, IndexError, ValueError):
            return sentence

    def error(self, error: CommandCenterError) -> str:
        """The sentence of an error: what happened and what to do; of a step of many, with where it stands."""
        sentence, facts = self.say(f"error.{error.code}", **error.facts), error.facts
        if "step" not in facts:
            return sentence
        if "row" in facts:
            return self.say("error.in_row", row=facts["row"], sentence=sentence)
        return self.say("error.in_step", number=facts["step"], sentence=sentence)


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
