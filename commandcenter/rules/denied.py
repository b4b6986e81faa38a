"""What the program never keeps, whoever brings it: the list in ``resources/catalogues/denied.txt``."""

import re
import unicodedata
from functools import cache, lru_cache

from commandcenter.base.paths import resources

_SEPARATORS = re.compile(r"[、，,;；/／|\n\t]+")
_NOT_A_WORD = re.compile(r"[\W_]+")
_HAN = re.compile("[\u4e00-\u9fff]{4,}")


@lru_cache(maxsize=16_384)
def denied(value: str) -> bool:
    """Whether ``value`` (a catalogue value, a heading or a cell) is, lists or contains something denied."""
    if any(_bare(part) in denied_words() for part in (value, *_SEPARATORS.split(value))):
        return True
    return _contained().search(_bare(value)) is not None


@cache
def denied_words() -> frozenset[str]:
    """The entries of the list, without spaces, punctuation, case and width."""
    lines = (resources() / "catalogues" / "denied.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(_bare(line) for line in lines if line.strip() and not line.startswith("#"))


@cache
def _contained() -> re.Pattern[str]:
    """Entries long enough that a text which contains one means it."""
    long = sorted(word for word in denied_words() if _HAN.fullmatch(word))
    return re.compile("|".join(map(re.escape, long)) or r"(?!)")


def _bare(text: str) -> str:
    return _NOT_A_WORD.sub("", unicodedata.normalize("NFKC", text)).casefold()
