"""Zip archives that hold a map (KMZ, a zipped Shapefile): looked into, never unpacked to disk. Runs in the child
process.

An archive is refused whole when it holds names that lead out of it, links, passwords or more than it should unpack
to; archives within an archive are not opened.
"""

import io
import re
import stat
import zipfile
import zlib

from commandcenter.base.errors import BadInput

MAX_MEMBERS = 10_000
MAX_UNPACKED = 1024**3
MAX_MEMBER_BYTES = 200 * 1024 * 1024
_LEADS_OUT = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")
_LITTER = ("__MACOSX/", "._")


class Archive:
    """The members of a zip archive by name, folders and the litter of some systems aside."""

    def __init__(self, data: bytes) -> None:
        """BadInput: ``file.broken_archive``, ``file.bomb``, ``file.archive_path``, ``file.archive_password``."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
            raise BadInput("file.broken_archive") from None
        unpacked = sum(member.file_size for member in members)
        if unpacked > MAX_UNPACKED or len(members) > MAX_MEMBERS:
            raise BadInput("file.bomb", megabytes=unpacked // 1024**2)
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            name = _name(member)
            if _LEADS_OUT.search(name) or stat.S_ISLNK(member.external_attr >> 16):
                raise BadInput("file.archive_path", name=_printable(name))
            if not member.is_dir() and not name.startswith(_LITTER) and "/._" not in name:
                self._members.setdefault(name, member)

    @property
    def names(self) -> tuple[str, ...]:
        """The members in the order of the archive."""
        return tuple(self._members)

    def read(self, name: str) -> bytes:
        """The content of one member. BadInput when it is damaged, locked or larger than it may be."""
        member = self._members[name]
        if member.flag_bits & 1:
            raise BadInput("file.archive_password")
        if member.file_size > MAX_MEMBER_BYTES:
            raise BadInput("file.bomb", megabytes=member.file_size // 1024**2)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadInput("file.broken_archive")
        try:
            with self._zip.open(member) as file:
                data = file.read(MAX_MEMBER_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError, RuntimeError):
            raise BadInput("file.broken_archive") from None
        if len(data) > MAX_MEMBER_BYTES:
            raise BadInput("file.bomb", megabytes=len(data) // 1024**2)
        return data


def _name(member: zipfile.ZipInfo) -> str:
    """A name that is not marked as UTF-8 was read as cp437; Chinese programs mean UTF-8 or GBK."""
    name = member.orig_filename
    if member.flag_bits & 0x800:
        return name
    raw = name.encode("cp437", errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[:80]
