"""Sound: patterns by name, repeated until somebody acknowledges them; no device and muting leave a visible mark."""

import logging
import os
import queue
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from commandcenter.ui.core import tones
from commandcenter.ui.core.inbox import Inbox
from commandcenter.ui.core.tones import Pattern

_log = logging.getLogger(__name__)
_KEEP_OPEN = 4.0  # s a device stays open after the last sound: opening it takes up to half a second


class SoundPort(QObject):
    """What features ask for sound. The kinds below say how it is made; this part knows what is due.

    Signals: ``changed()`` when muting, the device or what is repeated changed.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._alarms: dict[str, Pattern] = {}
        self._is_muted = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._repeat)

    @property
    def available(self) -> bool:
        """Whether a sound can be heard as far as is known."""
        raise NotImplementedError

    @property
    def is_muted(self) -> bool:
        """Whether a person silenced this desk."""
        return self._is_muted

    @property
    def alarms(self) -> tuple[str, ...]:
        """The reasons that sound until they are acknowledged, oldest first."""
        return tuple(self._alarms)

    def play(self, pattern: Pattern) -> None:
        """Sound once, unless muted; KeyError for an unknown pattern."""
        tones.PATTERNS[pattern]
        if not self._is_muted:
            self.emit_sound(pattern)

    def alarm(self, reason: str, pattern: Pattern) -> None:
        """Sound now and again until ``reason`` is acknowledged; the worst of several is heard."""
        tones.PATTERNS[pattern]
        if self._alarms.get(reason) == pattern:
            return
        self._alarms[reason] = pattern
        self._repeat()
        self.changed.emit()

    def acknowledge(self, reason: str | None = None) -> None:
        """Somebody heard it; None means all of them. Unknown reasons are ignored."""
        before = len(self._alarms)
        if reason is None:
            self._alarms.clear()
        else:
            self._alarms.pop(reason, None)
        if not self._alarms:
            self._timer.stop()
        if len(self._alarms) != before:
            self.changed.emit()

    def set_muted(self, is_muted: bool) -> None:
        """Silence this desk, or lift that; alarms go on in silence and are heard again afterwards."""
        if is_muted == self._is_muted:
            return
        self._is_muted = is_muted
        if not is_muted and self._alarms:
            self._repeat()
        self.changed.emit()

    def probe(self) -> None:
        """Find out whether there is a device, before the first alarm has to tell."""

    def close(self) -> None:
        """No more sounds."""
        self._alarms.clear()
        self._timer.stop()

    def emit_sound(self, pattern: Pattern) -> None:
        """Make the sound; returns at once."""
        raise NotImplementedError

    @Slot()
    def _repeat(self) -> None:
        if not self._alarms:
            return
        pattern = min(self._alarms.values(), key=tones.ORDER.index)
        self.play(pattern)
        self._timer.start(round(tones.EVERY[pattern] * 1000))


class RecordingSound(SoundPort):
    """Keeps what would have been heard; for tests and pictures."""

    def __init__(self, parent: QObject | None = None, *, available: bool = True) -> None:
        super().__init__(parent)
        self._available = available
        self.heard: list[Pattern] = []

    @property
    def available(self) -> bool:
        """As told."""
        return self._available

    def emit_sound(self, pattern: Pattern) -> None:
        """Write it down."""
        self.heard.append(pattern)


class MiniaudioSound(SoundPort):
    """Plays through the machine's default device from a thread of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._available = True
        self._wanted: queue.Queue[Pattern | None] = queue.Queue()
        self._found: Inbox[bool] = Inbox(self)
        self._found.bell.rung.connect(self._learn)
        self._thread: threading.Thread | None = None

    @property
    def available(self) -> bool:
        """Whether the device could be opened when it was last tried."""
        return self._available

    def probe(self) -> None:
        """Open the device once, off this thread."""
        self._start()

    def emit_sound(self, pattern: Pattern) -> None:
        """Hand it to the thread; one that is still waiting there is not doubled."""
        self._start()
        if self._wanted.empty():
            self._wanted.put(pattern)

    def close(self) -> None:
        """End the thread within a second."""
        super().close()
        if self._thread is not None:
            self._wanted.put(None)
            self._thread.join(1.0)
            self._thread = None

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="sound", daemon=True)
            self._thread.start()

    @Slot()
    def _learn(self) -> None:
        for available in self._found.taken():
            if available != self._available:
                self._available = available
                self.changed.emit()

    def _serve(self) -> None:
        """On the sound thread."""
        speaker = _Speaker()
        self._found.put(speaker.open())
        while True:
            try:
                pattern = self._wanted.get(timeout=_KEEP_OPEN if speaker.is_open else None)
            except queue.Empty:
                speaker.close()
                continue
            if pattern is None:
                break
            can_play = speaker.open()
            self._found.put(can_play)
            if can_play:
                speaker.play(tones.samples(pattern))
        speaker.close()


def _has_no_card() -> bool:
    """Linux without a card or a sound server: asking ALSA would only fill the terminal with its complaints."""
    if not sys.platform.startswith("linux"):
        return False
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent"))
    if os.environ.get("PULSE_SERVER") or (runtime / "pulse" / "native").exists():
        return False
    try:
        cards = Path("/proc/asound/cards").read_text(encoding="ascii", errors="replace")
    except OSError:
        return True
    return "no soundcards" in cards


class _Speaker:
    """The default output device. Used on the sound thread only."""

    def __init__(self) -> None:
        self._device: Any = None
        self._is_over = threading.Event()

    @property
    def is_open(self) -> bool:
        return self._device is not None

    def open(self) -> bool:
        """Whether there is a device. The library is loaded here, because its import takes 40 ms."""
        if self._device is not None:
            return True
        if _has_no_card():
            return False
        try:
            import miniaudio

            self._device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=tones.RATE
            )
        except Exception as error:  # an environment without sound fails in many ways, and none may stop the desk
            _log.info("no sound device: %s", type(error).__name__)
        return self._device is not None

    def play(self, wave: bytes) -> None:
        """Until it is over."""
        self._is_over.clear()
        stream = self._stream(wave)
        next(stream)
        try:
            self._device.start(stream)
            self._is_over.wait(5.0)
            self._device.stop()
        except Exception as error:  # unplugged meanwhile
            _log.info("sound device lost: %s", type(error).__name__)
            self.close()

    def close(self) -> None:
        if self._device is not None:
            self._device.close()
            self._device = None

    def _stream(self, wave: bytes) -> Generator[bytes, int, None]:
        frames = yield b""
        at = 0
        while True:
            piece = wave[at : at + frames * 2]
            at += frames * 2
            if not piece:
                self._is_over.set()
            frames = yield piece.ljust(frames * 2, b"\0")
