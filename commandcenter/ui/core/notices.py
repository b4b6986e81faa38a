"""What the desk tells without taking the focus: done, refused, trouble with a way to try again, and bugs.

:class:`Notices` is the door every feature uses and exists before the window; :class:`NoticeStrip` shows them at its
lower edge.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from commandcenter.base import texts
from commandcenter.base.errors import CommandCenterError, Refused
from commandcenter.base.texts import say
from commandcenter.ui.core import icons, theme
from commandcenter.ui.core.bugs import BugReport, BugWindow
from commandcenter.ui.core.inbox import Inbox
from commandcenter.ui.core.widgets import Button, Label

_log = logging.getLogger(__name__)

Kind = Literal["info", "done", "refused", "trouble", "phone", "bug"]
SECONDS: dict[Kind, int] = {"info": 6, "done": 4, "refused": 10, "trouble": 0, "phone": 0, "bug": 0}
"""How long each stays; 0 until somebody closes it or it is over."""
_AT_MOST = 3
_TOKENS: dict[Kind, str] = {
    "info": "muted", "done": "ok", "refused": "near", "trouble": "overdue", "phone": "overdue", "bug": "overdue",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """One thing told. ``act`` is what its button does."""

    kind: Kind
    text: str
    button_code: str = ""
    act: Callable[[], None] | None = None
    key: str = ""
    """A later notice with the same key takes its place."""
    closed: Callable[[], object] | None = None
    """What else it means that somebody closes it."""
    bug: BugReport | None = field(default=None, repr=False)


class Notices(QObject):
    """Where features say things. Words are sentences already (``say(...)``), or an error that has one.

    Signals: ``posted(Notice)``; ``withdrawn(key)`` when a trouble is over; ``clear_asked(widget)`` when one more is not
    to be covered.
    """

    posted = Signal(object)
    withdrawn = Signal(str)
    clear_asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waiting: list[Notice] = []
        """Told before anybody could show it."""
        self.clear_of: list[QWidget] = []
        """Widgets that no notice may cover while they are seen."""
        self._bugs: dict[str, int] = {}

    def info(self, words: str, *, key: str = "") -> None:
        """Something worth knowing; a later one with the same ``key`` takes its place."""
        self._post(Notice("info", words, key=key))

    def done(self, words: str, *, undo: Callable[[], None] | None = None) -> None:
        """It worked; ``undo`` takes it back."""
        self._post(Notice("done", words, "core.undo" if undo else "", undo))

    def refused(self, why: str | CommandCenterError) -> None:
        """A rule or a role forbids it; nothing was changed."""
        self._post(Notice("refused", _words(why)))

    def trouble(self, why: str | CommandCenterError, *, retry: Callable[[], None] | None = None,
                key: str = "") -> None:  # fmt: skip
        """The world does not play along; ``retry`` tries again. With a ``key`` it can be withdrawn."""
        self._post(Notice("trouble", _words(why), "core.retry" if retry else "", retry, key))

    def keep_clear(self, widget: QWidget) -> None:
        """No notice may cover this while it is seen: somebody is working in it."""
        self.clear_of = [each for each in self.clear_of if isValid(each)] + [widget]
        self.clear_asked.emit(widget)

    def waits(self, words: str, button_code: str, act: Callable[[], None], *, key: str,
              closed: Callable[[], object], kind: Kind = "phone") -> None:  # fmt: skip
        """Something waits for a hand: it stays until it is done (``withdraw``) or closed; its button leads there.
        Whoever closes it has heard it: ``closed`` silences it."""
        self._post(Notice(kind, words, button_code, act, key, closed))

    def withdraw(self, key: str) -> None:
        """That trouble is over."""
        self.waiting = [each for each in self.waiting if each.key != key]
        self.withdrawn.emit(key)

    @Slot(object)
    def show_error(self, error: BaseException, *, retry: Callable[[], None] | None = None) -> None:
        """Whatever it is, tell it as what it is; fits :attr:`Runner.unhandled`."""
        if isinstance(error, Refused):
            self.refused(error)
        elif isinstance(error, CommandCenterError):
            self.trouble(error, retry=retry, key=error.code)
        else:
            self.bug(BugReport.of(error))

    def bug(self, report: BugReport) -> None:
        """A fault of the program; the same one again only counts."""
        self._bugs[report.place] = self._bugs.get(report.place, 0) + 1
        if self._bugs[report.place] == 1:
            self._post(Notice("bug", say("core.bug.short"), "core.bug.details", key=report.place, bug=report))

    def times(self, report: BugReport) -> int:
        """How often that fault has happened since the start."""
        return self._bugs.get(report.place, 0)

    def _post(self, notice: Notice) -> None:
        self.waiting.append(notice)
        self.posted.emit(notice)


class NoticeStrip(QWidget):
    """Stacks the latest notices at the lower edge of ``window``, above ``lift`` px."""

    def __init__(self, notices: Notices, window: QWidget, *, lift: int = 40) -> None:
        super().__init__(window)
        self._notices = notices
        self._over = window
        self._lift = lift
        self._cards: list[_Card] = []
        self._bug_window: BugWindow | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        window.installEventFilter(self)
        for each in notices.clear_of:
            each.installEventFilter(self)
        notices.clear_asked.connect(self._watch)
        notices.posted.connect(self._take_waiting)
        notices.withdrawn.connect(self._withdrawn)
        self.hide()
        self._take_waiting()

    @property
    def texts(self) -> list[str]:
        """What is shown, newest last."""
        return [card.notice.text for card in self._cards]

    def clear(self) -> None:
        """Close them all."""
        for card in list(self._cards):
            self._drop(card)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: stay at the window's edge."""
        if event.type() == QEvent.Type.Resize or (watched is not self._over and event.type() in _MOVES):
            self._place()
        return False

    @Slot(object)
    def _watch(self, widget: QWidget) -> None:
        widget.installEventFilter(self)
        self._place()

    @Slot()
    def _take_waiting(self) -> None:
        waiting, self._notices.waiting = self._notices.waiting, []
        for notice in waiting:
            self._add(notice)

    def _add(self, notice: Notice) -> None:
        for old in [card for card in self._cards if notice.key and card.notice.key == notice.key]:
            self._drop(old)
        while len(self._cards) >= _AT_MOST:
            self._drop(next((card for card in self._cards if SECONDS[card.notice.kind]), self._cards[0]))
        card = _Card(notice, self)
        card.closed.connect(self._closed)
        card.acted.connect(self._acted)
        self._cards.append(card)
        self._layout.addWidget(card)
        self.show()
        card.show()
        self._place()

    def _drop(self, card: "_Card") -> None:
        if card in self._cards:
            self._cards.remove(card)
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._place()

    @Slot()
    def _closed(self) -> None:
        card = self.sender()
        if isinstance(card, _Card):
            self._drop(card)
            if card.notice.closed is not None:
                card.notice.closed()

    @Slot()
    def _acted(self) -> None:
        card = self.sender()
        if isinstance(card, _Card):
            self._act(card)

    def _act(self, card: "_Card") -> None:
        notice = card.notice
        self._drop(card)
        if notice.bug is not None:
            self._show_bug(notice.bug)
        elif notice.act is not None:
            notice.act()

    def _show_bug(self, report: BugReport) -> None:
        if self._bug_window is not None:
            self._bug_window.close()
        self._bug_window = BugWindow(report, self._notices.times(report), self.window())
        self._bug_window.show()

    @Slot(str)
    def _withdrawn(self, key: str) -> None:
        for card in [each for each in self._cards if each.notice.key == key]:
            self._drop(card)

    def _place(self) -> None:
        self.setVisible(bool(self._cards))
        if not self._cards:
            return
        look, window = theme.current(), self._over
        width = min(look.px(_WIDTH), window.width() - look.space(8))
        # Left of where the next step stands: what was just done must not cover what comes now.
        left = max(look.space(4), round(window.width() * _RIGHT_END) - width)
        place = self._at(left, width)
        for taken in self._taken():
            if place.intersects(taken):
                right = taken.left() - look.space(2)
                width = min(width, right - look.px(_LEFT_END))
                has_room = width >= look.px(_LEAST)
                place = self._at(right - width, width) if has_room else place.translated(0, -look.px(_FOOT))
        self.setGeometry(place)
        self.raise_()

    def _at(self, left: int, width: int) -> QRect:
        look = theme.current()
        self._layout.activate()
        height = max(self._layout.heightForWidth(width), self._layout.minimumSize().height())
        return QRect(left, self._over.height() - height - look.px(self._lift) - look.space(2), width, height)

    def _taken(self) -> list[QRect]:
        """Where somebody is working, in the window."""
        seen = [each for each in self._notices.clear_of
                if isValid(each) and each.isVisible() and self._over.isAncestorOf(each)]  # fmt: skip
        return [QRect(each.mapTo(self._over, QPoint(0, 0)), each.size()) for each in seen]


_RIGHT_END = 0.6
"""Of the window's width: further right begins the selected incident with its buttons, down to 1,200 pixels."""
_WIDTH, _LEAST, _LEFT_END, _FOOT = 560, 280, 84, 64
"""In px at 100 %: how wide a notice is, and at least beside what is to be kept clear; where the rail ends; the height
of the buttons at the foot of a form, which stay free where there is no room beside it."""
_MOVES = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move)


class _Card(QFrame):
    """One notice. Signals: ``closed()``; ``acted()``."""

    closed = Signal()
    acted = Signal()

    def __init__(self, notice: Notice, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setProperty("notice", notice.kind)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._picture = QLabel()
        words = Label()
        words.show_text(notice.text)
        words.setWordWrap(True)
        close = Button("", kind="quiet", icon="close")
        close.setAccessibleName(say("core.close"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(self._picture)
        row.addWidget(words, 1)
        if notice.button_code:
            button = Button(notice.button_code)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self.acted)
            row.addWidget(button)
        row.addWidget(close)
        self._draw_icon()
        self._start_leaving()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the look changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def _start_leaving(self) -> None:
        seconds = SECONDS[self.notice.kind]
        if seconds:
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.timeout.connect(self.closed)
            timer.start(seconds * 1000)

    def _draw_icon(self) -> None:
        size, token = theme.current().px(18), _TOKENS[self.notice.kind]
        self._picture.setPixmap(icons.pixmap(self.notice.kind, size, token, self.devicePixelRatioF()))


def _words(why: str | CommandCenterError) -> str:
    return why if isinstance(why, str) else texts.current().error(why)


class _Hooks(QObject):
    """Brings exceptions of every thread to the notices, on the GUI thread."""

    def __init__(self, notices: Notices) -> None:
        super().__init__(notices)
        self._notices = notices
        self._caught: Inbox[BugReport] = Inbox(self)
        self._caught.bell.rung.connect(self._tell)

    def caught(self, kind: type[BaseException], error: BaseException | None, tb: TracebackType | None) -> None:
        """From any thread. Interruption by the keyboard ends the program as usual."""
        if error is None or issubclass(kind, KeyboardInterrupt | SystemExit):
            sys.__excepthook__(kind, error or kind(), tb)
            return
        report = BugReport.of(error, tb)
        # The log never holds values, so only the kind of error and the places are written.
        _log.error("bug %s\n%s", report.place, "".join(traceback.format_tb(tb)))
        self._caught.put(report)

    def caught_in_thread(self, args: Any) -> None:
        """From a thread that nobody waits for."""
        self.caught(args.exc_type, args.exc_value, args.exc_traceback)

    @Slot()
    def _tell(self) -> None:
        for report in self._caught.taken():
            self._notices.bug(report)


def install_excepthook(notices: Notices) -> None:
    """From now on no exception is lost: each is logged, and told at the window's edge as soon as there is one."""
    hooks = _Hooks(notices)
    sys.excepthook = hooks.caught
    threading.excepthook = hooks.caught_in_thread
