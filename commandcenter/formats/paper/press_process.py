"""The engine's own process: ``python -m commandcenter.formats.paper.press_process`` reads sheets from standard input
and answers each with its PDF, until nobody wants one for a while."""

import os
import pickle
import queue
import sys
import threading
from typing import IO, Any

REST = 20.0
"""Seconds without a sheet after which the process ends, and gives back fonts and engine: some 250 MiB."""


def main() -> int:
    """Set what comes, one after the other."""
    wanted: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, wanted), daemon=True).start()
    while True:
        try:
            sheet = wanted.get(timeout=REST)
        except queue.Empty:
            break
        if sheet is None:
            break
        pickle.dump(_answer(sheet), sys.stdout.buffer)
        sys.stdout.buffer.flush()
    # The listener waits for standard input still, and an orderly end would wait for it.
    os._exit(0)


def _listen(stream: IO[bytes], wanted: "queue.Queue[Any]") -> None:
    try:
        while True:
            wanted.put(pickle.load(stream))
    except (EOFError, OSError, pickle.UnpicklingError):
        wanted.put(None)


def _answer(sheet: Any) -> bytes | str:
    """The PDF, or why there is none."""
    try:
        import typst

        from commandcenter.formats.paper import fonts

        made: Any = typst.compile(
            sheet["files"], root=sheet["root"], font_paths=fonts.engine(sheet["places"]), ignore_system_fonts=True,
            format="pdf", sys_inputs=sheet["inputs"], timestamp=sheet["timestamp"],
        )  # fmt: skip
        return bytes(made)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
