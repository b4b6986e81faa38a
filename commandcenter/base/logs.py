"""The program's log: rotating, on this desk, without personal values (codes and ids only)."""

import logging
import logging.handlers
import sys
from pathlib import Path

from commandcenter.base.paths import log_folder

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def start_logging(folder: Path | None = None, *, verbose: bool = False) -> Path:
    """Write warnings and worse (``verbose``: everything) to ``commandcenter.log``; returns its path."""
    path = (folder or log_folder()) / "commandcenter.log"
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=2_000_000, backupCount=5, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger("commandcenter")
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    if verbose:
        root.addHandler(logging.StreamHandler(sys.stderr))
    return path
