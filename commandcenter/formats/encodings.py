"""Which encoding a text file is in, without being told: UTF-8 (with and without mark), UTF-16, GB18030.

GB18030 decodes nearly every byte sequence, so it is the answer only when UTF-8 is not: by strict decoding
first, then by what a wrong guess looks like. (GBK text made of certain two-byte characters is valid UTF-8
that reads as Greek, Cyrillic or Arabic; UTF-8 text with a damaged byte is valid GB18030 that reads as rare
characters.)
"""

import codecs
import re

from commandcenter.base.errors import BadInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_TWO_BYTE_ONLY = re.compile("[\x00-\u07ff]*")
_ACCENTED_WORD = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_DAMAGED = "\ufffd"


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """``data`` as (text, encoding). A given ``encoding`` is obeyed, damaged places become U+FFFD.

    BadInput: ``file.encoding_unknown`` for a name that is no text encoding.
    """
    chosen = _known(encoding) if encoding else sniff(data)
    text = data.decode(chosen, errors="replace")
    return text.removeprefix("\ufeff"), "utf-8" if chosen == "utf-8-sig" else chosen


def sniff(data: bytes) -> str:
    """The encoding that ``data`` is most probably in."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if (wide := _utf16_without_mark(data)) is not None:
        return wide
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "utf-8" if _is_damaged_utf8(data) else "gb18030"
    return "gb18030" if _is_disguised_gb(text, data) else "utf-8"


def is_damaged(text: str) -> bool:
    """Whether some bytes of the text could not be read."""
    return _DAMAGED in text


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError):
        raise BadInput("file.encoding_unknown", encoding=encoding[:40]) from None
    name = found.name
    # A superset of both that reads what office programs really write under these names.
    return {"gb2312": "gb18030", "gbk": "gb18030", "utf-8": "utf-8-sig"}.get(name, name)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows by zero bytes (those of commas, digits, line ends) that stand on one side only."""
    head = data[:4096]
    low, high = head[0::2].count(0), head[1::2].count(0)
    if len(data) % 2 or low + high < 2 or (low and high):
        return None
    encoding = "utf-16-le" if high else "utf-16-be"
    try:
        return encoding if _CONTROL.search(data.decode(encoding)[:2048]) is None else None
    except UnicodeDecodeError:
        return None


def _is_damaged_utf8(data: bytes) -> bool:
    """Mostly well-formed multi-byte UTF-8 with a few bad bytes, or cut off in mid-character."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count(_DAMAGED)
    good = sum(1 for character in text if character > "\u07ff") - bad
    return good > 0 and bad * 20 <= good


def _is_disguised_gb(text: str, data: bytes) -> bool:
    """Whether valid UTF-8 without a single character of three bytes reads as everyday Chinese.

    GB2312, the common part of GB18030, tells it from Cyrillic and Greek; accents stand within Latin words.
    """
    if text.isascii() or not _TWO_BYTE_ONLY.fullmatch(text) or _ACCENTED_WORD.search(data):
        return False
    try:
        data.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True
