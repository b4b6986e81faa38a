"""Files that leave the program: written whole or not at all, or for another program to open and gone afterwards."""

import atexit
import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

import filelock

from commandcenter.base.errors import EnvironmentTrouble

_PREFIX = "commandcenter-open-"
_folder: Path | None = None
_lock: filelock.BaseFileLock | None = None


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file that appears only when it is whole; EnvironmentTrouble ``export.cannot_write``."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise EnvironmentTrouble("export.cannot_write", path=str(path), reason=error.strerror or "") from error
    return path


def for_opening(name: str, content: bytes) -> Path:
    """Put a file where only this user can read it, for another program to show; it is gone when this one ends.

    It cannot be written to, so that nobody takes changes in it for changes in the database.
    """
    try:
        # Each in a folder of its own: two files of one name do not meet.
        path = Path(tempfile.mkdtemp(dir=_private_folder())) / name
        path.write_bytes(content)
        path.chmod(stat.S_IRUSR)
    except OSError as error:
        raise EnvironmentTrouble("export.cannot_write", path=name, reason=error.strerror or "") from error
    return path


def _private_folder() -> Path:
    global _folder, _lock
    if _folder is None:
        _sweep()
        _folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        _lock = filelock.FileLock(_folder / ".lock")
        _lock.acquire(timeout=0)
        atexit.register(forget_opened)
    return _folder


def _sweep() -> None:
    """What a run that was killed left behind: folders whose lock nobody holds any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            with filelock.FileLock(folder / ".lock", timeout=0):
                pass
        except (filelock.Timeout, OSError):
            # Somebody's at work, or another user's.
            continue
        _remove(folder)


def forget_opened() -> None:
    """Remove what was put out for opening. A file that another program still holds on Windows goes the next time."""
    global _folder, _lock
    if _lock is not None:
        _lock.release()
    if _folder is not None:
        _remove(_folder)
    _folder = _lock = None


def _remove(folder: Path) -> None:
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            # Windows does not remove what cannot be written.
            path.chmod(stat.S_IRWXU if path.is_dir() else stat.S_IRUSR | stat.S_IWUSR)
    shutil.rmtree(folder, ignore_errors=True)
