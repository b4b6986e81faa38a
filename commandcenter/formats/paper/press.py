"""The parent's side of :mod:`commandcenter.formats.paper.press_process`.

The engine keeps the fonts it read and the last ten sheets, some 280 MiB after the handbooks of one village, and
has no way to let go of them. In a process of its own they go with it, and not with the desk.
"""

import pickle
import threading
from typing import Any

from commandcenter.base import children

_lock = threading.Lock()
_idle: list["_Press"] = []


def compiled(sheet: dict[str, Any]) -> bytes:
    """The PDF of a sheet (``files``, ``root``, ``places`` of the fonts, ``inputs``, ``timestamp``), by an idle process
    or a new one; as many run at once as threads ask. RuntimeError with the engine's words for a sheet that it refuses,
    or when its process dies."""
    answer = None
    press = _taken()
    if press is not None:
        answer = press.answer(sheet)
        if answer is None:
            # It went to rest just now.
            press.end()
            press = None
    if press is None:
        press = _Press()
        answer = press.answer(sheet)
    if answer is None:
        press.end()
        raise RuntimeError(f"the process that sets paper ended with status {press.process.returncode}")
    with _lock:
        _idle.append(press)
    if isinstance(answer, str):
        raise RuntimeError(answer)
    return answer


def _taken() -> "_Press | None":
    """The process that was used last; those that have ended meanwhile are let go."""
    with _lock:
        gone = [each for each in _idle if each.process.poll() is not None]
        _idle[:] = [each for each in _idle if each not in gone]
        press = _idle.pop() if _idle else None
    for each in gone:
        each.end()
    return press


class _Press:
    """One running process. It is our own program with our own data, so the values travel as they are."""

    def __init__(self) -> None:
        self.process = children.start("commandcenter.formats.paper.press_process")

    def answer(self, sheet: dict[str, Any]) -> bytes | str | None:
        """PDF or complaint; None when the process is not there any more."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            pickle.dump(sheet, self.process.stdin)
            self.process.stdin.flush()
            found: bytes | str = pickle.load(self.process.stdout)
            return found
        except (OSError, EOFError, pickle.UnpicklingError):
            return None

    def end(self) -> None:
        """End the process if it still runs and let go of everything."""
        children.end(self.process)
