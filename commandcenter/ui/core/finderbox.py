"""Quick find: one line that finds whatever the features' sources know, and actions, by keyboard alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules import pinyin
from commandcenter.ui.core import icons, theme
from commandcenter.ui.core.actions import Action, ActionRegistry
from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.overlay import Overlay
from commandcenter.ui.core.registry import Registry
from commandcenter.ui.core.rowpaint import CardDelegate, paint_text
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.runner import Runner
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import KeyCap, Label, cap_width, divider, paint_cap

LIMIT = 12
"""Hits of one source; more words find better than more rows."""
_LONGEST = 200
"""Characters that are searched for."""
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class FinderHit:
    """Something found. ``kind`` is its entity or "action" (also its icon unless ``icon`` is given)."""

    kind: str
    id: str
    title: str
    subtitle: str
    run: Callable[[], None]
    icon: str = ""
    key: str = ""
    rank: int = 0
    """0 for an exact hit, more for worse ones; all sources are merged by it."""


@dataclass(frozen=True, slots=True)
class FinderSource:
    """Where hits come from. ``search(query, limit)`` must take less than 20 ms, or be ``in_background``: then it
    runs on the read lane and must not touch widgets."""

    name: str
    search: Callable[[str, int], list[FinderHit]]
    in_background: bool = False


class _Hits(CardDelegate):
    """Paints a hit: icon, title, what it is, key."""

    height = 44

    def paint_card(self, painter: QPainter, rect: QRect, row: Any, is_selected: bool) -> None:
        """One hit."""
        look = theme.current()
        size = look.px(18)
        token = "accent" if is_selected else "muted"
        name = row.icon or row.kind
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect.left(), rect.center().y() - size // 2, icons.pixmap(name, size, token, ratio))
        words = rect.adjusted(size + look.space(3), 0, 0, 0)
        if row.key:
            wide = cap_width(row.key)
            cap = QRect(rect.right() - wide, rect.top(), wide, rect.height())
            paint_cap(painter, cap, row.key, look.colour("muted"), look.colour("control"))
            words.setRight(cap.left() - look.space(2))
        width = paint_text(painter, words, row.title, pixels=14, is_strong=is_selected)
        words.setLeft(words.left() + width + look.space(3))
        paint_text(painter, words, row.subtitle, token="muted")


def _spoken(hit: FinderHit, _ctx: Any) -> str:
    return f"{hit.title} {hit.subtitle}"


_COLUMNS = (Column("hit", "core.finder.placeholder", _spoken),)
"""One column, which a screen reader reads."""


class FinderBox(Overlay):
    """The panel of quick find.

    Signals: ``ran(kind, id)`` after a hit was taken.
    """

    ran = Signal(str, str)

    def __init__(self, window: QWidget, sources: Registry[FinderSource], tasks: Runner) -> None:
        super().__init__(window, width=680, height=480)
        self._sources = sources
        self._tasks = tasks
        self._found: dict[str, list[FinderHit]] = {}
        self._order: dict[tuple[str, str], int] = {}
        self.line = LineEdit()
        self.line.setProperty("bare", True)
        self.line.installEventFilter(self)
        self.line.edited.connect(self.search)
        self.line.submitted.connect(self.take)
        self._hits: RowTable[FinderHit] = RowTable(_COLUMNS, key=_identity, order=self._place_of, parent=self)
        self.list = CardList(self._hits, _Hits(), empty=Empty("core.finder.start", "core.finder.start.hint", "search"))
        self.list.keys_come_from = self.line
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self.take)
        self._lay_out()

    def open(self) -> None:
        """Appear with an empty line."""
        self.line.clear()
        self.line.setPlaceholderText(say("core.finder.placeholder"))
        self.search("")
        super().open()

    def first_focus(self) -> QWidget:
        """The line."""
        return self.line

    def hits(self) -> list[FinderHit]:
        """What is listed, best first."""
        return list(self._hits.shown_rows())

    @Slot(str)
    def search(self, query: str) -> None:
        """Ask every source; what a slow one still knows for an older query is dropped."""
        wanted = query.strip()[:_LONGEST]  # pasted by mistake: no name is as long
        self._found = {}
        self.list.set_empty(_nothing(wanted))
        for name, source in self._sources.items():
            if source.in_background and wanted:
                work = partial(source.search, wanted, LIMIT)
                self._tasks.submit("read", work, done=partial(self._arrived, name), owner=self, key=f"find {name}")
            elif not source.in_background:
                self._found[name] = source.search(wanted, LIMIT)
        self._show(is_new=True)

    @Slot()
    def take(self) -> None:
        """Run the marked hit and close."""
        chosen = self.list.chosen()
        hit = self._hits.row(chosen) if chosen is not None else None
        if hit is not None:
            self.dismiss()
            hit.run()
            self.ran.emit(hit.kind, hit.id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: the line keeps the focus, the arrows move in the list."""
        is_key = watched is self.line and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and event.key() in _MOVES and not self.line.is_composing:
            self._move(Qt.Key(event.key()))
            return True
        return super().eventFilter(watched, event)

    # -------------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = theme.current()
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 12)
        head.setSpacing(12)
        head.addWidget(self.line, 1)
        head.addWidget(KeyCap("Esc"))
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.setSpacing(6)
        for key, code in (("↑", ""), ("↓", "core.finder.move"), ("Enter", "core.finder.take")):
            foot.addWidget(KeyCap(key))
            if code:
                foot.addWidget(Label(code, "caption"))
                foot.addSpacing(10)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(divider())
        layout.addWidget(self.list, 1)
        layout.addWidget(divider())
        layout.addLayout(foot)
        self.line.setMinimumHeight(look.px(28))

    def _arrived(self, name: str, hits: list[FinderHit]) -> None:
        self._found[name] = hits
        self._show(is_new=False)

    def _show(self, *, is_new: bool) -> None:
        ordered = [hit for name in self._sources.names() for hit in self._found.get(name, ())]
        self._order = {(hit.kind, hit.id): place for place, hit in enumerate(ordered)}
        marked = None if is_new else self.list.chosen()
        self._hits.reset(ordered)
        ids = self._hits.ids()
        self.list.choose(marked if marked in ids else next(iter(ids), None))

    def _place_of(self, hit: FinderHit) -> tuple[int, int]:
        return hit.rank, self._order.get((hit.kind, hit.id), 0)

    def _move(self, key: Qt.Key) -> None:
        ids = self._hits.ids()
        if not ids:
            return
        chosen = self.list.chosen()
        place = ids.index(chosen) if chosen in ids else -1
        page = max(1, self.list.viewport().height() // theme.current().px(_Hits.height) - 1)
        step = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page,
        }[key]  # fmt: skip
        self.list.choose(ids[max(0, min(len(ids) - 1, place + step))])


def action_source(actions: ActionRegistry) -> FinderSource:
    """Actions that can be run now, by words of their title, its pinyin or initials, their key or their id."""

    def search(query: str, limit: int) -> list[FinderHit]:
        shown = [each for each in actions if each.in_finder and actions.can_run(each.id)]
        hits = [(rank, each) for each in shown if (rank := _action_rank(each, query.casefold())) is not None]
        hits.sort(key=lambda pair: pair[0])
        return [_action_hit(actions, each, rank) for rank, each in hits[:limit]]

    return FinderSource("action", search)


def _action_rank(action: Action, query: str) -> int | None:
    """How well an action fits; without a query all do, behind everything else."""
    title = action.title.casefold()
    if not query:
        return 9
    if title.startswith(query) or query in (key.casefold() for key in action.keys):
        return 1
    if query in title:
        return 3
    typed = pinyin.normalise(query)
    if typed and any(each.startswith(typed) for each in _spelt(title)):
        return 3
    return 5 if query in action.id else None


@cache
def _spelt(title: str) -> tuple[str, ...]:
    """A title as typed in pinyin and in initials."""
    keys = pinyin.keys(title)
    return (*keys.pinyin.split(), *keys.initials.split())


def _action_hit(actions: ActionRegistry, action: Action, rank: int) -> FinderHit:
    # The box must be gone before an action opens something of its own.
    run = partial(QTimer.singleShot, 0, actions, partial(actions.trigger, action.id))
    group = say(f"core.actions.{action.group}")
    return FinderHit("action", action.id, action.title, group, run, action.icon, action.key, rank)


def _identity(hit: FinderHit) -> str:
    return f"{hit.kind}:{hit.id}"


def _nothing(query: str) -> Empty:
    if query:
        return Empty("core.finder.nothing", "core.finder.nothing.hint", "search")
    return Empty("core.finder.start", "core.finder.start.hint", "search")
