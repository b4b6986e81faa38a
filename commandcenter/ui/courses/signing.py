"""Signing in by a few keys: initials, a name, a grid's code, or a code that a scanner types. Enter, next."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import theme
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.courses.store import TrainingStore

CODE = "worker:"
"""What the code on a sign-in sheet begins with; the worker's id follows."""
OFFERED = 6


class Offered(QWidget):
    """The workers who may be meant, one a line; the first is taken by Enter, another by the arrows or the mouse.

    Signals: ``taken(id)``.
    """

    taken = Signal(str)

    def __init__(self, store: TrainingStore) -> None:
        super().__init__()
        self._store = store
        self.ids: list[str] = []
        self.at = 0
        self._signed: frozenset[str] = frozenset()
        self.setVisible(False)

    def offer(self, ids: list[str], signed: frozenset[str]) -> None:
        """Offer these; ``signed`` have signed already."""
        self.ids, self.at, self._signed = ids[:OFFERED], 0, signed
        self.setVisible(bool(self.ids))
        self.updateGeometry()
        self.update()

    def move_by(self, step: int) -> None:
        """Another one."""
        if self.ids:
            self.at = (self.at + step) % len(self.ids)
            self.update()

    @property
    def chosen(self) -> str | None:
        """The one that Enter takes."""
        return self.ids[self.at] if self.ids else None

    def _height(self) -> int:
        return theme.current().px(26)

    def sizeHint(self) -> QSize:
        """Qt: a line for each."""
        return QSize(200, self._height() * len(self.ids))

    def minimumSizeHint(self) -> QSize:
        """Qt: the same."""
        return self.sizeHint()

    def mousePressEvent(self, event: Any) -> None:
        """Qt: the one under the mouse."""
        at = int(event.position().y()) // self._height()
        if 0 <= at < len(self.ids):
            self.taken.emit(self.ids[at])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: name, place, and whether he signed already."""
        look = theme.current()
        painter = QPainter(self)
        for at, id in enumerate(self.ids):
            rect = self.rect()
            rect.setTop(at * self._height())
            rect.setHeight(self._height())
            if at == self.at:
                painter.fillRect(rect, look.colour("accent_soft"))
            worker = self._store.worker(id)
            is_there = id in self._signed
            inner = rect.adjusted(look.space(2), 0, -look.space(2), 0)
            name = worker.name if worker else ""
            width = paint_text(painter, inner, name, token="muted" if is_there else "text", is_strong=at == self.at)
            place = inner.adjusted(max(width + look.space(3), look.px(84)), 0, 0, 0)
            told = say("courses.sign.already") if is_there else ""
            text = "  ".join(part for part in (self._store.where(worker), told) if part)
            paint_text(painter, place, text, token="muted")
        painter.end()


class SignBox(QWidget):
    """The box that signs in. It keeps the keys, so that the next name can be typed at once.

    Signals: ``signed(id)`` when somebody is to be signed in.
    """

    signed = Signal(str)

    def __init__(self, store: TrainingStore) -> None:
        super().__init__()
        self._store = store
        self._there: frozenset[str] = frozenset()
        self._listed: frozenset[str] = frozenset()
        look = theme.current()
        self.line = LineEdit(say("courses.sign.placeholder"))
        self.line.setObjectName("courses.sign")
        self.line.setAccessibleName(say("courses.sign.placeholder"))
        self.line.edited.connect(self._edited)
        self.line.submitted.connect(self._submit)
        self.line.installEventFilter(self)
        self.offered = Offered(store)
        self.offered.taken.connect(self._take)
        self.told = Label("courses.sign.hint", "caption")
        self.told.setWordWrap(True)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(1))
        for each in (self.line, self.offered, self.told):
            lines.addWidget(each)
        self.setFocusProxy(self.line)

    def show_list(self, listed: frozenset[str], there: frozenset[str]) -> None:
        """Who is on the list, and who has signed."""
        self._listed, self._there = listed, there

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: arrows go to the offered, Escape clears."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.offered.ids:
                self.offered.move_by(step)
                return True
            if event.key() == Qt.Key.Key_Escape and self.line.text():
                self.line.clear()
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _edited(self, text: str) -> None:
        self.offered.offer(self._found(text.strip()), self._there)
        self._mark(False)

    def _found(self, text: str) -> list[str]:
        """Who may be meant: those of the list who have not signed first, then the others as they fit."""
        if not text or CODE in text.lower():
            return []
        hits = [hit.entry.id for hit in self._store.search(text)]
        return sorted(hits, key=lambda id: (id in self._there, id not in self._listed))

    @Slot()
    def _submit(self) -> None:
        text = self.line.text_with_preedit().strip()
        if not text:
            return
        if CODE in text.lower():
            self._scanned(text.lower().rpartition(CODE)[2].strip())
        elif self.offered.chosen is not None:
            self._take(self.offered.chosen)
        else:
            self._say("courses.sign.nobody", text=text)

    def _scanned(self, id: str) -> None:
        worker = self._store.worker(id)
        if worker is not None and worker.active:
            self._take(worker.id)
        else:
            self._say("courses.sign.unknown_code")
            self.line.selectAll()

    @Slot(str)
    def _take(self, id: str) -> None:
        worker = self._store.worker(id)
        name = worker.name if worker else ""
        is_there = id in self._there
        self.line.clear()
        self.offered.offer([], self._there)
        if is_there:
            self._mark(False)
            self.told.say("courses.sign.again", name=name)
        else:
            self.told.say("courses.sign.sending", name=name)
            self.signed.emit(id)

    def tell_signed(self, id: str, there: int, total: int) -> None:
        """It was carried out."""
        worker = self._store.worker(id)
        self._mark(False)
        self.told.say("courses.sign.done", name=worker.name if worker else "", where=self._store.where(worker),
                      there=there, total=total)  # fmt: skip

    def tell_trouble(self, sentence: str) -> None:
        """It was not."""
        self._mark(True)
        self.told.show_text(sentence)

    def _say(self, code: str, **facts: Any) -> None:
        self._mark(True)
        self.told.say(code, **facts)

    def _mark(self, wrong: bool) -> None:
        self.told.setProperty("role", "error" if wrong else "caption")
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
