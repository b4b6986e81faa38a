"""Drafts on disk: what was typed outlives a crash, a power cut and a full day without the server.

One JSON file per draft in ``drafts/<desk>/`` of this user's data folder, readable by this user only, written whole and
forced to the disk. A lock file tells that its desk still runs; the drafts of a desk that does not are taken over by the
next one that starts on the same database. Thread-safe: writing may run behind the form.
"""

import json
import logging
import os
import threading
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from commandcenter.ui.incidents.intake.draft import Draft, from_json, to_json

_log = logging.getLogger(__name__)
_OWN = 0o600
_LOCK = "desk.lock"


class DraftStore:
    """The drafts of one running desk. OSError (disk full, folder not writable) reaches the caller of :meth:`write`."""

    def __init__(self, folder: Path, desk: str) -> None:
        self.folder = folder / desk
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._guard = threading.Lock()
        self._removed: set[str] = set()
        self._lock = FileLock(self.folder / _LOCK, blocking=False, mode=_OWN)
        self._lock.acquire()

    def write(self, draft: Draft) -> None:
        """Keep ``draft`` so that it is there after a power cut; a draft that was removed stays so."""
        with self._guard:
            if draft.id not in self._removed:
                _write_whole(self._path(draft.id), json.dumps(to_json(draft), ensure_ascii=False))

    def remove(self, id: str) -> None:
        """Forget a draft for good, also one whose writing is still under way."""
        with self._guard:
            self._removed.add(id)
            self._path(id).unlink(missing_ok=True)
            _sync_folder(self.folder)

    def left_behind(self, database: str, world: str) -> list[Draft]:
        """Take over the drafts for this database that desks no longer running have left, oldest first."""
        found: list[Draft] = []
        for folder in sorted(self.folder.parent.iterdir()):
            if folder.is_dir() and folder != self.folder:
                found += self._take_over(folder, database, world)
        return sorted(found, key=lambda draft: (draft.opened_at, draft.id))

    def close(self) -> None:
        """Let others know that this desk has stopped; drafts that are left wait for the next one."""
        self._lock.release()
        _tidy(self.folder)

    def _take_over(self, folder: Path, database: str, world: str) -> list[Draft]:
        try:
            with FileLock(folder / _LOCK, blocking=False, mode=_OWN):
                drafts = [draft for path in sorted(folder.glob("*.json")) if (draft := _read(path)) is not None]
                wanted = [draft for draft in drafts if (draft.database, draft.world) == (database, world)]
                for draft in wanted:
                    os.replace(folder / f"{draft.id}.json", self._path(draft.id))
        except (Timeout, OSError):
            return []
        _tidy(folder)
        return wanted

    def _path(self, id: str) -> Path:
        return self.folder / f"{id}.json"


def _read(path: Path) -> Draft | None:
    """The draft in a file; one that cannot be read is put aside, never thrown away."""
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        _log.warning("draft.unreadable %s", path.name)
        with suppress(OSError):
            os.replace(path, path.with_suffix(".broken"))
        return None


def _write_whole(path: Path, text: str) -> None:
    """Replace the file in one step, forced to the disk; nobody else may read it, not even while it is written."""
    part = path.with_suffix(".part")
    with suppress(FileNotFoundError):
        part.unlink()
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """A rename outlives a power cut once its folder is on the disk; Windows cannot and need not be asked."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tidy(folder: Path) -> None:
    """Take away a desk's folder once no draft is left in it."""
    if any(path.name != _LOCK for path in folder.iterdir()):
        return
    with suppress(OSError):
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()
