"""Which characters belong into what people write: what no reader can see, and what no database keeps, does not."""

import re

UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL refuses in a text, and halves of characters, which no encoding has."""
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, overrides of the reading direction, by which a text reads otherwise than it is, and halves."""
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BREAKS = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]+")


def text(written: str) -> str:
    """Without them; lines end with a line feed."""
    return _UNSEEN.sub("", _BREAK.sub("\n", written))


def line(written: str) -> str:
    """The same on one line: breaks become a space."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", written))
