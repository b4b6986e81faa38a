"""Processes of our own program for work that the desk's process must not carry: started alike, and let go of whole."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent


def start(module: str, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
    """Run one of our modules with pipes to its standard input and output. ``environment``: all that it sees (None: all
    that we see); where our modules lie is added."""
    given = os.environ if environment is None else environment
    path = os.pathsep.join(filter(None, (str(_ROOT), given.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-X", "utf8", "-m", module],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**given, "PYTHONPATH": path},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0), close_fds=True,
    )  # fmt: skip


def end(process: "subprocess.Popen[bytes]", listener: threading.Thread | None = None) -> None:
    """End the process if it still runs, wait for whoever listens to it, and let go of everything."""
    if process.poll() is None:
        process.kill()
    process.wait()
    if listener is not None:
        listener.join()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            # What was still to be written to a process that is gone cannot be.
            with contextlib.suppress(OSError):
                stream.close()
