"""One stream out of a compound file (the container of .xls, .et): [MS-CFB], read-only, as little as needed."""

import struct
from collections.abc import Iterator, Sequence

_SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""


def stream(data: bytes, names: Sequence[str]) -> bytes:
    """The content of the first stream that bears one of ``names``. ValueError when there is none, or it is damaged."""
    if not data.startswith(_SIGN):
        raise ValueError("no compound file")
    size, small_size = 1 << struct.unpack_from("<H", data, 30)[0], 1 << struct.unpack_from("<H", data, 32)[0]
    first_directory, _, limit, first_small_table = struct.unpack_from("<IIII", data, 48)
    table = _table(data, size)

    def chain(first: int) -> bytes:
        return b"".join(data[(at + 1) * size : (at + 2) * size] for at in _chain(table, first))

    small_table = struct.unpack(f"<{len(kept) // 4}I", kept) if (kept := chain(first_small_table)) else ()
    root = None
    for name, kind, first, length in _entries(chain(first_directory)):
        if kind == 5:
            root = chain(first)
        elif kind == 2 and name in names:
            if length >= limit:
                return chain(first)[:length]
            assert root is not None
            parts = (root[at * small_size : (at + 1) * small_size] for at in _chain(small_table, first))
            return b"".join(parts)[:length]
    raise ValueError("no such stream")


def _table(data: bytes, size: int) -> Sequence[int]:
    """The sector table: each sector's follower."""
    sectors = [each for each in struct.unpack_from("<109I", data, 76) if each < _LAST]
    at, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if at >= _LAST:
            break
        *more, at = struct.unpack_from(f"<{size // 4}I", data, (at + 1) * size)
        sectors += [each for each in more if each < _LAST]
    joined = b"".join(data[(each + 1) * size : (each + 2) * size] for each in sectors)
    return struct.unpack(f"<{len(joined) // 4}I", joined[: len(joined) // 4 * 4])


def _chain(table: Sequence[int], first: int) -> Iterator[int]:
    """The sectors of a stream; ValueError for one that bites its tail."""
    steps = 0
    while first < _LAST:
        yield first
        first = table[first]
        steps += 1
        if steps > len(table):
            raise ValueError("endless chain")


def _entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Name, kind (2 stream, 5 root), first sector and length of each entry."""
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        first, size = struct.unpack_from("<II", directory, at + 116)
        yield name, directory[at + 66], first, size
