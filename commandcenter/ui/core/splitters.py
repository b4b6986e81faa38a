"""Splitters come back as a hand left them, on this desk, under a name of their own."""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QSplitter

from commandcenter.base.options import DeskSettings

_PAUSE = 400
"""Milliseconds a hand rests before the place is written down."""


def keep_sizes(splitter: QSplitter, settings: DeskSettings, name: str) -> None:
    """Put the parts where they were left, and remember whatever a hand moves from now on."""
    restore_sizes(splitter, settings, name)
    rest = QTimer(splitter)
    rest.setSingleShot(True)
    rest.setInterval(_PAUSE)
    rest.timeout.connect(partial(_remember, splitter, settings, name))
    splitter.splitterMoved.connect(lambda *_: rest.start())


def restore_sizes(splitter: QSplitter, settings: DeskSettings, name: str) -> None:
    """Put the parts where they were left; what does not fit this splitter is passed over."""
    kept = settings.get(f"{name}.splitter")
    if isinstance(kept, list) and len(kept) == splitter.count() and all(isinstance(each, int) for each in kept):
        splitter.setSizes(kept)


def _remember(splitter: QSplitter, settings: DeskSettings, name: str) -> None:
    settings.set(f"{name}.splitter", splitter.sizes())
