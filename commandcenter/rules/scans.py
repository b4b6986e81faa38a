"""What a scanner typed, taken apart: codes of pieces, several of them stuck together, or no such code at all."""

import re
import unicodedata
from typing import Literal

Wrong = Literal["kit", "worker", "other"]
Judged = Literal["right", "found_again", "foreign", "again", "gone", "unknown"]
_DIGITS = 6
_DASHES = re.compile(r"[‐-―−_~—]")
_CODES = re.compile(r"(?:[\s,;.、。]*(?:P-?)?(?:\d{6})+)+[\s,;.、。]*")
_ONE = re.compile(r"\d{6}")
_KIT = re.compile(r"K-?\d{4,6}")


def codes_of(text: str) -> tuple[str, ...] | Wrong:
    """The codes of pieces in a line that a scanner ended with Enter, in their order; otherwise what it is instead.

    Borne are full-width letters and digits, a letter that an input method swallowed or made a Chinese character of, a
    missing dash, and codes without anything between them.
    """
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper().strip()
    if _KIT.fullmatch(plain):
        return "kit"
    if "WORKER:" in plain.replace(" ", ""):
        return "worker"
    bare = "".join(sign for sign in plain if sign.isascii()).strip().lstrip("-'")
    if not bare or not _CODES.fullmatch(bare):
        return "other"
    return tuple(f"P-{digits}" for digits in _ONE.findall(bare))


def judge(*, is_known: bool, is_gone: bool, is_counted: bool, is_missing: bool, is_foreign: bool) -> Judged:
    """What a scanned piece is to whoever scans; the first that holds, gravest first."""
    if not is_known:
        return "unknown"
    if is_gone:
        return "gone"
    if is_counted:
        return "again"
    if is_foreign:
        return "foreign"
    return "found_again" if is_missing else "right"


COUNTED: frozenset[Judged] = frozenset(("right", "found_again", "foreign"))
"""What is counted as seen; one of another village too, for it is there, with a remark where it was scanned."""
GOOD: frozenset[Judged] = frozenset(("right", "found_again"))
"""What sounds right."""
