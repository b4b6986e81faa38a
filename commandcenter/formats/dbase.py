"""The table beside a Shapefile (.dbf): fields, records, deletion marks, and text in whatever encoding it is. Runs in
the child process.

Names have ten bytes and values a fixed width, so both may end within a character; the torn rest is left out and
listed. The encoding is the one asked for, else the one named beside the file when the text fits it, else the one the
text looks like.
"""

import codecs
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from commandcenter.base.errors import BadInput
from commandcenter.formats import encodings
from commandcenter.formats.problems import Problem

_NAME_FILLED = 9
"""Bytes from which on a name may have been cut: some writers keep whole characters of three bytes."""
_SHOWN = 60
_PAGES = {0x4D: "gb18030", 0x4F: "big5", 0x78: "big5", 0x7A: "gb18030"}
"""Language marks in the header that are written on purpose; the western ones are most programs' default."""
_ACCEPT_ALL = {"iso8859-1", "cp1252", "cp850", "cp437", "latin-1"}
_LABEL = re.compile(r"(?:ANSI|CP|OEM|MS|WINDOWS)?[ _-]*(\d{3,5})", re.IGNORECASE)
_NUMBERED = {"936": "gbk", "54936": "gb18030", "20936": "gb2312", "65001": "utf-8", "950": "big5", "88591": "latin-1"}


class _Field(NamedTuple):
    name: bytes
    kind: str
    at: int
    length: int


@dataclass(slots=True)
class DbfTable:
    """The records in the order of the file; None for a record marked as deleted. ``problems`` of a record stand under
    its number from 0."""

    columns: tuple[str, ...] = ()
    cut: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    records: list[dict[str, Any] | None] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    said: int = 0
    """How many records the header promises."""


def read_dbf(data: bytes, encoding: str | None, label: bytes | None) -> DbfTable:
    """The table; ``encoding`` is obeyed, ``label`` is what a .cpg file says. BadInput ``file.broken_dbf``."""
    try:
        said, begin, width = struct.unpack_from("<IHH", data, 4)
        fields = list(_fields(data, begin, width))
    except (struct.error, IndexError):
        raise BadInput("file.broken_dbf") from None
    table = DbfTable(said=said)
    raw = _records(data, begin, width)
    decoder = _Decoder(table, encoding, _labelled(label) or _PAGES.get(data[29]))
    decoder.choose(_texts(raw, fields))
    table.encoding = decoder.encoding
    table.columns = _columns(fields, decoder, table)
    for number, record in enumerate(raw):
        deleted = record[:1] == b"*"
        table.records.append(None if deleted else decoder.record(record, fields, table.columns, number))
    return table


def _fields(data: bytes, begin: int, width: int) -> Iterator[_Field]:
    at = 1
    for place in range(32, begin - 1, 32):
        if data[place] in (0x0D, 0x00):
            break
        name, kind, length, decimals = (
            data[place : place + 11],
            chr(data[place + 11]),
            data[place + 16],
            data[place + 17],
        )
        if kind == "C":
            # Text longer than 255 bytes keeps the rest of its length in the byte for decimals.
            length += decimals * 256
        yield _Field(name.split(b"\x00")[0], kind, at, length)
        at += length
    if at == 1 or at > width or begin < 33:
        raise IndexError("no fields")


def _records(data: bytes, begin: int, width: int) -> list[bytes]:
    """Whole records up to the end mark or the end of the file; what the header counts is not relied on."""
    found = []
    for place in range(begin, len(data) - width + 1, width):
        record = data[place : place + width]
        if record[0] not in b" *":
            break
        found.append(record)
    return found


def _texts(records: Iterable[bytes], fields: list[_Field]) -> Iterator[bytes]:
    for each in fields:
        yield each.name
    kept = [each for each in fields if each.kind == "C"]
    for record in records:
        for each in kept:
            yield record[each.at : each.at + each.length]


def _labelled(label: bytes | None) -> str | None:
    """The encoding that a .cpg file names, if it is one."""
    text = (label or b"")[:60].decode("ascii", errors="replace").strip().strip("\x00\ufeff")
    match = _LABEL.fullmatch(text)
    name = _NUMBERED.get(match[1], f"cp{match[1]}") if match else text
    try:
        return codecs.lookup(name).name if name else None
    except (LookupError, ValueError):
        return None


class _Decoder:
    """Text from bytes in one encoding, with what was torn on the way."""

    def __init__(self, table: DbfTable, asked: str | None, named: str | None) -> None:
        self._table = table
        self._asked = asked
        self._named = named
        self.encoding = "utf-8"

    def choose(self, texts: Iterable[bytes]) -> None:
        """Decide the encoding by what was asked for or named, and by the texts themselves."""
        if self._asked is not None:
            self.encoding = encodings.decode(b"", self._asked)[1]
            return
        foreign = list(dict.fromkeys(text for text in map(_bare, texts) if not text.isascii()))
        if not foreign:
            self.encoding = self._named or "utf-8"
            return
        looks = _looks_like(foreign)
        named = self._named
        if named is not None and not _misfits(foreign, named) and not _is_disguise(named, looks, foreign):
            self.encoding = "gb18030" if named in ("gbk", "gb2312") else named
            return
        self.encoding = looks
        code, facts = ("text.encoding_guessed", {"used": looks})
        if named is not None:
            code, facts = ("text.encoding_wrong", {"used": looks, "named": named})
        severity: Any = "note" if named is None else "repaired"
        self._table.problems.append(Problem(None, None, None, code, severity, facts))

    def text(self, raw: bytes) -> tuple[str, bool]:
        """The text, and whether a torn character at its end was left out."""
        try:
            return raw.decode(self.encoding), False
        except UnicodeDecodeError as error:
            if _is_torn(error, raw):
                return raw[: error.start].decode(self.encoding, errors="replace"), True
            return raw.decode(self.encoding, errors="replace"), False

    def record(self, record: bytes, fields: list[_Field], columns: tuple[str, ...], number: int) -> dict[str, Any]:
        """One record as values under their columns."""
        made: dict[str, Any] = {}
        for column, each in zip(columns, fields, strict=True):
            raw = record[each.at : each.at + each.length]
            if each.kind == "C":
                made[column] = self._words(raw, column, number)
            else:
                made[column] = self._value(raw, each.kind, column, number)
        return made

    def _words(self, raw: bytes, column: str, number: int) -> str | None:
        text, torn = self.text(_bare(raw))
        if torn:
            self._table.problems.append(Problem(number, column, _short(text), "text.cut", "repaired", {}))
        return text or None

    def _value(self, raw: bytes, kind: str, column: str, number: int) -> Any:
        if kind in "NF":
            text = raw.decode("ascii", errors="replace").strip(" \x00")
            if text and not text.strip("*"):
                self._table.problems.append(Problem(number, column, None, "number.overflow", "note", {}))
                return None
            return _number(text)
        if kind == "L":
            return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(raw[:1].upper())
        if kind == "D":
            text = raw.decode("ascii", errors="replace").strip(" \x00")
            return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) == 8 and text.isdigit() else text or None
        if kind in "I+" and len(raw) == 4:
            return int.from_bytes(raw, "little", signed=True)
        if kind in "OB" and len(raw) == 8:
            return float(struct.unpack("<d", raw)[0])
        return None


def _bare(raw: bytes) -> bytes:
    return raw.split(b"\x00")[0].strip(b" ")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _number(text: str) -> Any:
    """A number as the file writes it: whole ones stay whole however long, so that codes keep every digit."""
    if not text:
        return None
    whole, _, decimals = text.partition(".")
    try:
        return int(whole) if not decimals.strip("0") else float(text)
    except ValueError:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return text


def _is_torn(error: UnicodeDecodeError, raw: bytes) -> bool:
    return error.end >= len(raw) and len(raw) - error.start <= 3


def _misfits(texts: list[bytes], encoding: str) -> int:
    """How many texts are damaged in this encoding; one torn at its end is not."""
    count = 0
    for text in texts:
        try:
            text.decode(encoding)
        except UnicodeDecodeError as error:
            count += not _is_torn(error, text)
    return count


def _looks_like(texts: list[bytes]) -> str:
    """UTF-8 or GB18030, whichever damages less; see :mod:`commandcenter.formats.encodings`."""
    wrong = _misfits(texts, "utf-8")
    if wrong:
        return "utf-8" if wrong < _misfits(texts, "gb18030") else "gb18030"
    whole = b"\n".join(text.decode("utf-8", errors="ignore").encode() for text in texts)
    return "gb18030" if encodings.sniff(whole) == "gb18030" else "utf-8"


def _is_disguise(named: str, looks: str, texts: list[bytes]) -> bool:
    """Whether a western encoding was only named by default: every byte fits it, but the text is Chinese."""
    if named not in _ACCEPT_ALL:
        return False
    if looks == "utf-8" and not _misfits(texts, "utf-8"):
        return True
    return not _misfits(texts, "gb2312")


def _columns(fields: list[_Field], decoder: _Decoder, table: DbfTable) -> tuple[str, ...]:
    """Unique names; those that fill their room are marked as possibly cut."""
    names: list[str] = []
    for number, each in enumerate(fields, start=1):
        name = decoder.text(_bare(each.name))[0].strip() or f"({number})"
        unique, again = name, 1
        while unique in names:
            again += 1
            unique = f"{name} ({again})"
        if len(each.name) >= _NAME_FILLED:
            table.cut[unique] = each.name.hex()
        names.append(unique)
    return tuple(names)
