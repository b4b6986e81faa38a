"""What a file is, by its content alone: its name may lie. All but the simplest runs in the reader's child process."""

import io
import re
import zipfile

from commandcenter.base.errors import BadInput
from commandcenter.formats.encodings import decode, is_damaged

_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OLD_OFFICE = {
    "WordDocument": "application/msword", "WpsDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel", "ETWorkbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel", "PowerPoint Document": "application/vnd.ms-powerpoint",
}  # fmt: skip
_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (0, b"BM", "image/bmp"),
    (8, b"WEBP", "image/webp"),
)
_REFUSED: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftypheic", "HEIC"), (4, b"ftypheix", "HEIC"), (4, b"ftypmif1", "HEIC"), (4, b"ftypavif", "AVIF"),
    (4, b"ftyp", "MP4"), (0, b"RIFF", "AVI/WAV"), (0, b"ID3", "MP3"), (0, b"\xff\xfb", "MP3"), (0, b"#!AMR", "AMR"),
    (0, b"OggS", "OGG"), (0, b"\x1aE\xdf\xa3", "MKV"), (0, b"MZ", "EXE"), (0, b"\x7fELF", "ELF"),
    (0, b"II*\x00", "TIFF"), (0, b"MM\x00*", "TIFF"), (0, b"Rar!", "RAR"), (0, b"7z\xbc\xaf", "7z"),
    (0, b"\x1f\x8b", "GZIP"), (0, b"SQLite format 3", "SQLite"),
)  # fmt: skip
_TO_PARSE = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_AT_A_GLANCE = 1024**2
_MOST_PARTS = 20_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")


def needs_parsing(content: bytes) -> bool:
    """Whether telling what it is means more than looking at its first bytes, which is left to a child process."""
    return len(content) > _AT_A_GLANCE or content.startswith(_TO_PARSE) or content.startswith(b"WEBP", 8)


def kind_of(content: bytes) -> str:
    """The media type; BadInput ``attachment.kind`` (names what it is) or ``attachment.kind_unknown``."""
    for place, sign, kind in _SIGNS:
        if content.startswith(sign, place) and (kind != "image/bmp" or _is_bitmap(content)):
            return kind
    if b"%PDF-" in content[:1024]:
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _in_zip(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _in_compound(content)
    for place, sign, name in _REFUSED:
        if content.startswith(sign, place):
            raise BadInput("attachment.kind", found=name)
    if _is_text(content):
        return "text/plain"
    raise BadInput("attachment.kind_unknown")


def _is_bitmap(content: bytes) -> bool:
    """Two letters begin many texts: the length in the head must be right too."""
    return int.from_bytes(content[2:6], "little") in (len(content), 0) and content[6:10] == b"\0\0\0\0"


def _in_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise BadInput("attachment.broken") from None
    if len(names) > _MOST_PARTS:
        raise BadInput("attachment.kind", found="ZIP")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BadInput("attachment.macros")
    if "OFD.xml" in names:
        return "application/ofd"
    found = [kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names)]
    if "[Content_Types].xml" in names and found:
        return found[0]
    raise BadInput("attachment.kind", found="ZIP")


def _in_compound(content: bytes) -> str:
    """The old container of Office and WPS; the names of its streams stand in it as UTF-16."""
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise BadInput("attachment.macros")
    for name, kind in _OLD_OFFICE.items():
        if f"{name}\0".encode("utf-16-le") in content:
            return kind
    raise BadInput("attachment.kind", found="OLE")


def _is_text(content: bytes) -> bool:
    """Readable characters only, in an encoding that is met here."""
    text, _ = decode(content)
    return not is_damaged(text) and _CONTROL.search(text) is None
