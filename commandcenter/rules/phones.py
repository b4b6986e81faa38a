"""Telephone numbers as people write them, brought to one form so that a caller is recognised."""

import re
import unicodedata
from typing import Literal

PhoneNote = Literal["mobile", "landline", "local", "short", "service", "unsure"]
"""What a number is: 11-digit mobile, landline with area code, landline without, 110/119/120 …, 400/800/95xxx,
or none of these (worth a second look)."""

SHORT = frozenset(("110", "112", "119", "120", "122", "12110", "12119", "12345", "12379", "12350", "12395"))
"""Public numbers of three to five digits; they belong to nobody and are never masked."""

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－﹣~", "-"))
_SPOKEN_EXTENSION = r"(?:转分机|分机|转|ext\.?|#|x|,)"
_EXTENSION = re.compile(
    rf"^(?P<number>[^转分ex#,]+?)[\s\-:]*{_SPOKEN_EXTENSION}[\s\-:.]*(?P<extension>\d{{1,6}})$"
)
_TAIL_EXTENSION = re.compile(r"^(?P<number>0\d{2,3}-?\d{7,8})-(?P<extension>\d{1,5})$")
_GROUPED = re.compile(r"[\s\-().·]")
_COUNTRY = re.compile(r"^(?:\+|00)86")
_BARE_COUNTRY = re.compile(r"^86(?=1[3-9]\d{9}$)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_SERVICE = re.compile(r"[48]00\d{7}|9[56]\d{3,6}")
_PARTS = re.compile(r"[,，、;；\n]|/(?=\s*[\d+])|\s或\s|或")


def normalise(text: str) -> str:
    """One form of a number: digits only, without +86, an extension after ``-`` (``08256881234-801``).

    What is no number comes back trimmed in usual width, so that nothing typed is lost.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    number, extension = _parted(plain.lower())
    number = _COUNTRY.sub("", _GROUPED.sub("", number))
    number = _BARE_COUNTRY.sub("", number)
    if not number.isascii() or not number.isdigit():
        return plain
    if _LANDLINE.fullmatch("0" + number) and not _is_whole(number):
        number = "0" + number
    return f"{number}-{extension}" if extension else number


def _parted(plain: str) -> tuple[str, str]:
    """(number, extension or empty)."""
    found = _EXTENSION.match(plain) or _TAIL_EXTENSION.match(plain.replace(" ", ""))
    return (found["number"], found["extension"]) if found else (plain, "")


def _is_whole(number: str) -> bool:
    shapes = (_MOBILE, _LANDLINE, _LOCAL, _SERVICE)
    return len(number) < 10 or any(shape.fullmatch(number) for shape in shapes)


def numbers_in(cell: str) -> tuple[str, ...]:
    """The normalised numbers of a cell that may hold several (``138…、139…``), each once, in order."""
    parts = (normalise(part) for part in _PARTS.split(cell))
    return tuple(dict.fromkeys(part for part in parts if part.partition("-")[0].isdigit()))


def note(number: str, area: str = "") -> PhoneNote:
    """What kind of number it is. With the town's ``area`` code a landline of another length is ``unsure``."""
    bare = normalise(number).partition("-")[0]
    if bare in SHORT:
        return "short"
    if _MOBILE.fullmatch(bare):
        return "mobile"
    if _SERVICE.fullmatch(bare):
        return "service"
    if _LANDLINE.fullmatch(bare):
        wrong_length = bool(area) and bare.startswith(area) and len(bare) - len(area) not in (7, 8)
        return "unsure" if wrong_length else "landline"
    return "local" if _LOCAL.fullmatch(bare) else "unsure"


def same_number(a: str, b: str, area: str = "") -> bool:
    """Whether two writings are one line. ``area`` (the town's code, ``0825``) completes a local number.

    A line with an extension is the same line without it: the display of a telephone shows none. Two different
    extensions differ. What holds no digits equals nothing.
    """
    (one, own), (other, their) = (_line(each, area) for each in (a, b))
    return bool(one) and one == other and (not own or not their or own == their)


def _line(text: str, area: str) -> tuple[str, str]:
    number, _, extension = normalise(text).partition("-")
    if not number.isdigit():
        return "", ""
    return (area + number if area and _LOCAL.fullmatch(number) else number), extension
