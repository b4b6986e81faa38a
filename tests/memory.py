"""Where the databases of a run live: in memory if there is room, in a folder that no run leaves behind.

A commit waits for the disk, and a suite makes tens of thousands of them. Every process of a run holds a lock on the
folder; whoever lets go last removes it, and the next run removes what killed ones left, their servers included.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # Windows: nothing tells whether a run is still alive, so nothing is swept there
    fcntl = None  # type: ignore[assignment]

PREFIX = "commandcenter-tests-"
MARKER = "in-use"
ROOM = 2 * 2**30
"""Bytes that must be free in memory; without them the disk has to do."""
YOUNG = 60.0
"""Seconds in which the maker of a folder has surely locked it."""


def base() -> Path:
    """The file system in memory, or the folder for passing files."""
    memory = Path("/dev/shm")
    if fcntl and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        return memory
    return Path(tempfile.gettempdir())


def make(place: Path | None = None) -> Path:
    """A new folder. A server started by root runs as another user, who has to enter it."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place or base()))
    folder.chmod(0o755)
    (folder / MARKER).touch()
    return folder


def hold(folder: Path) -> IO[Any]:
    """Opens the folder's marker and locks it, together with others; closed, it is let go."""
    marker = (folder / MARKER).open()
    if fcntl:
        fcntl.flock(marker, fcntl.LOCK_SH)
    return marker


def is_abandoned(marker: IO[Any]) -> bool:
    """Whether nobody else holds the folder; it is then ours alone."""
    if not fcntl:
        return False
    with contextlib.suppress(OSError):
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def remove(folder: Path) -> None:
    """Ends a server that still runs on the folder, and removes both. Only for who holds it alone."""
    for data in folder.glob("*/postmaster.pid"):
        _end_server(data)
    shutil.rmtree(folder, ignore_errors=True)


def _end_server(file: Path) -> None:
    """Its number may be another program's by now: a server of ours stands in the folder of its data."""
    with contextlib.suppress(OSError, ValueError):
        number = int(file.read_text().split("\n", 1)[0])
        stands_in = Path(f"/proc/{number}/cwd")
        if stands_in.resolve(strict=True) == file.parent.resolve():
            os.kill(number, signal.SIGQUIT)
            until = time.monotonic() + 10
            while stands_in.exists() and time.monotonic() < until:
                time.sleep(0.05)


def sweep(*places: Path) -> None:
    """Remove the folders of this user's runs that were killed, wherever they may lie."""
    if not fcntl:
        return
    for folder in places or {base(), Path(tempfile.gettempdir())}:
        for marker in folder.glob(f"{PREFIX}*/{MARKER}"):
            with contextlib.suppress(OSError):
                _sweep_one(marker)


def _sweep_one(marker: Path) -> None:
    found = marker.lstat()
    if found.st_uid != os.geteuid() or marker.parent.is_symlink() or time.time() - found.st_mtime < YOUNG:
        return
    with marker.open() as held:
        if is_abandoned(held):
            remove(marker.parent)
