"""What people read while the program is set up, in the language of the machine."""

import os
import sys
from functools import cache


class Refused(Exception):
    """The environment lacks something that only a person can provide; the text says what and what to do."""


@cache
def language() -> str:
    """``zh`` or ``en``, as setup.sh decides it; on Windows as the desktop speaks."""
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if os.name == "nt" and not spoken:
        import ctypes

        primary = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF  # type: ignore[attr-defined]
        return "zh" if primary == 4 else "en"
    return "zh" if spoken.startswith("zh") else "en"


def words(chinese: str, english: str) -> str:
    """The one of the two that is read here."""
    return chinese if language() == "zh" else english


def say(chinese: str, english: str) -> None:
    """Tell how it goes. Answers that a script reads go to standard output; this does not."""
    print(words(chinese, english), file=sys.stderr, flush=True)


def refusal(chinese: str, english: str) -> Refused:
    """To be raised: ends the set-up with exit code 2 and this sentence."""
    return Refused(words(chinese, english))
