"""Drafts on disk: what was typed outlives a crash, a power cut and a full day without the server.

One JSON file per draft in ``drafts/<desk>/`` of this user's data folder, readable by this user only, written whole and
forced to the disk. A lock file tells that its desk still runs; the drafts of a desk that does not are taken over by the
next one that starts on the same database.
"""

import json
import logging
import os
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from commandcenter.ui.incidents.intake.draft import Draft, from_json, to_json

if TYPE_CHECKING:
    from filelock import BaseFileLock

_log = logging.getLogger(__name__)
_OWN = 0o600
_LOCK = "desk.lock"


class DraftKeeper:
    """The drafts of one running desk. ``keep`` and ``drop`` only remember; the others touch the disk and belong on
    the io lane. Thread-safe: what was said last about a draft is what ends up on the disk."""

    def __init__(self, folder: Path, desk: str) -> None:
        self.folder = folder / desk
        self._pending: dict[str, Draft | None] = {}
        self._guard = threading.Lock()
        self._disk = threading.Lock()

    @cached_property
    def _lock(self) -> "BaseFileLock":
        """Made, and its library imported, when there is a draft: at most starts there is none."""
        from filelock import FileLock

        return FileLock(self.folder / _LOCK, blocking=False, mode=_OWN, thread_local=False)

    def keep(self, draft: Draft) -> None:
        """Have ``draft`` written by the next :meth:`flush`."""
        with self._guard:
            self._pending[draft.id] = draft

    def drop(self, id: str) -> None:
        """Have a draft removed for good by the next :meth:`flush`."""
        with self._guard:
            self._pending[id] = None

    def flush(self) -> None:
        """Bring everything to the disk so that it is there after a power cut.

        OSError when the disk is full or the folder cannot be written; what was not written is tried again next time.
        """
        with self._disk:
            with self._guard:
                work, self._pending = self._pending, {}
            try:
                self._open()
                while work:
                    id, draft = next(iter(work.items()))
                    self._settle(id, draft)
                    del work[id]
            finally:
                with self._guard:
                    self._pending = work | self._pending
            _sync_folder(self.folder)

    def recover(self, database: str, world: str) -> list[Draft]:
        """Take over the drafts for this database that desks no longer running have left, oldest first."""
        with self._disk:
            others = [each for each in self.folder.parent.glob("*") if each.is_dir() and each != self.folder]
            if not others:
                return []
            self._open()
            found = [draft for folder in sorted(others) for draft in self._take_over(folder, database, world)]
            return sorted(found, key=lambda draft: (draft.opened_at, draft.id))

    def close(self) -> None:
        """Write what waits and let others know that this desk has stopped; what is left waits for the next one."""
        with suppress(OSError):
            self.flush()
        with self._disk:
            if "_lock" in self.__dict__:
                self._lock.release()
            _tidy(self.folder)

    def _open(self) -> None:
        if not self._lock.is_locked:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock.acquire()

    def _settle(self, id: str, draft: Draft | None) -> None:
        path = self.folder / f"{id}.json"
        if draft is None:
            path.unlink(missing_ok=True)
        else:
            _write_whole(path, json.dumps(to_json(draft), ensure_ascii=False))

    def _take_over(self, folder: Path, database: str, world: str) -> list[Draft]:
        from filelock import FileLock, Timeout

        try:
            with FileLock(folder / _LOCK, blocking=False, mode=_OWN):
                drafts = [draft for path in sorted(folder.glob("*.json")) if (draft := _read(path)) is not None]
                wanted = [draft for draft in drafts if (draft.database, draft.world) == (database, world)]
                for draft in wanted:
                    os.replace(folder / f"{draft.id}.json", self.folder / f"{draft.id}.json")
        except (Timeout, OSError):
            return []
        _tidy(folder)
        return wanted


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
    with suppress(OSError):
        if any(path.name != _LOCK for path in folder.iterdir()):
            return
        (folder / _LOCK).unlink(missing_ok=True)
        folder.rmdir()
