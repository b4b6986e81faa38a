"""For whom kits leave a depot: so many by size, to lie at the village, or for workers by name."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules.kits import odd_size, sizes_known
from commandcenter.rules.stores import Article
from commandcenter.services.kit_board import FreeWorker
from commandcenter.services.kits import MOST_KITS, NewKit, check_sizes, size_needed
from commandcenter.services.wording import listed
from commandcenter.ui.core import theme
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Asking
from commandcenter.ui.core.rowtable import RowTable
from commandcenter.ui.core.tableview import TableView
from commandcenter.ui.core.viewstate import Empty
from commandcenter.ui.core.widgets import Label

_PARTS = re.compile(r"[,，;；、\n]+")
_BLANKS = re.compile(r"\s*[×*]\s*|\s+[xX]\s*(?=\d)|(?<=[^\sxX])[xX]\s+(?=\d)")
"""Blanks about a sign that means times; an x is one only before a number."""
_TIMES = re.compile(r"(?P<size>.+?)[×*xX](?P<count>\d+)")
_COUNTED = tuple(re.compile(rf"(?P<count>\d+){sign}(?P<size>\D.*|\d+)") for sign in (
    r"(?:[×*]|x(?=[A-Z])|X(?=[a-z])|[xX](?=\d))", "(?=\\D)", "[xX]"))  # fmt: skip
"""The count first. ``3xXL`` is three of XL, ``3XXL`` three of XXL: an x like the letters after it belongs to them."""
BY_SIZE, BY_NAME = "village", "names"


def sizes_meant(text: str, articles: Sequence[Article]) -> list[str]:
    """``L×12，XL×2`` as one size a kit; ``articles`` are those of a kit. Blanks part like commas, but sizes of
    different articles stay together (``XL 42×2``: vest and shoes). ``12L`` is twelve, unless it is a size itself.

    A bare number means so many kits where no article comes in sizes. BadInput when any of it is none of that."""
    found: list[str] = []
    for part in _PARTS.split(unicodedata.normalize("NFKC", text)):
        worn: list[str] = []
        words = _BLANKS.sub("×", part.strip()).split()
        for word in words:
            size, count = _meant(word, articles) if len(words) > 1 else _alone(word, articles)
            if worn and (not sizes_known(articles) or odd_size(articles, " ".join((*worn, size)))):
                found.append(" ".join(worn))
                worn = []
            worn.append(size)
            if count is not None:
                found += _so_many(" ".join(worn), count)
                worn = []
        if worn:
            found.append(" ".join(worn))
    for each in dict.fromkeys(found):
        _check(each, articles)
    return found


def _alone(word: str, articles: Sequence[Article]) -> tuple[str, int | None]:
    """A number that stands by itself, and is no size, says how many; beside a size it could be either."""
    if word.isdecimal() and not (sizes_known(articles) and odd_size(articles, word) is None):
        return "", int(word)
    return _meant(word, articles)


def _meant(word: str, articles: Sequence[Article]) -> tuple[str, int | None]:
    """The size that a word names, and how many kits of it it says."""

    def is_size(text: str) -> bool:
        return not set(text) & set("×*") and odd_size(articles, text) is None

    known = sizes_known(articles)
    if known and is_size(word):
        return word, None
    for form in (_TIMES, *_COUNTED) if known else (_TIMES,):
        group = form.fullmatch(word)
        if group and is_size(group["size"]):
            return group["size"], int(group["count"])
    if known:
        raise BadInput("kit.size_unknown", field="kits", text=word, known=listed(known))
    return word, None


def _so_many(size: str, count: int) -> list[str]:
    if count > MOST_KITS:
        raise BadInput("kit.how_many", field="kits", most=MOST_KITS)
    return [size] * count


def _check(size: str, articles: Sequence[Article]) -> None:
    """Whether a kit can be made up of what is worn."""
    check_sizes(articles, size)
    for article in articles:
        size_needed(article, size)


def sizes_words(sizes: Sequence[str]) -> str:
    """The other way round."""
    counts = Counter(sizes)
    return say("kits.list").join(f"{size}×{count}" if size else str(count) for size, count in counts.items())


class Ticks(TableView):
    """Workers, each ticked or not. Space turns the one under the cursor, a click on the box too.

    Signals: ``ticked()``.
    """

    ticked = Signal()

    def __init__(self) -> None:
        self.off: set[str] = set()
        columns: tuple[Column[FreeWorker], ...] = (
            Column("tick", "kits.whom.tick", self._box, None, 30, align="center", fixed=True),
            Column("name", "kits.column.title", lambda row, _: row.worker.name, None, 84, fixed=True),
            Column("place", "kits.column.place", lambda row, _: row.grid.name if row.grid else "–", None,
                               100, stretch=True),
            Column("size", "kits.whom.size", lambda row, _: row.worker.vest_size or "–", None, 52),
        )  # fmt: skip
        self.rows: RowTable[FreeWorker] = RowTable(columns, key=lambda row: row.worker.id)
        super().__init__(self.rows, empty=Empty("kits.whom.empty", "kits.whom.empty.hint", "team"))
        self.rows.setParent(self)
        self.setObjectName("kits.whom")
        self.clicked.connect(self._clicked)

    def _box(self, row: FreeWorker, _ctx: Any) -> str:
        return "☐" if row.worker.id in self.off else "☑"

    def fill(self, people: Sequence[FreeWorker]) -> None:
        """These, all of them ticked."""
        self.off = set()
        self.rows.reset(people)
        if people:
            self.choose(people[0].worker.id)

    def wanted(self) -> list[FreeWorker]:
        """Those that are ticked."""
        return [row for row in self.rows.shown_rows() if row.worker.id not in self.off]

    def turn(self, id: str) -> None:
        """Tick, or take the tick away."""
        self.off ^= {id}
        self.rows.touch()
        self.ticked.emit()

    @Slot(object)
    def _clicked(self, index: Any) -> None:
        if index.column() == 0:
            self.turn(self.rows.id_at(index.row()))

    def event(self, event: QEvent) -> bool:
        """Qt: Space is not a shortcut of the room here."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.text() == " ":
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Space turns; Enter belongs to the form."""
        chosen = self.chosen()
        if event.key() == Qt.Key.Key_Space and chosen is not None:
            self.turn(chosen)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)


class Whom(Asking):
    """By size: a line that begins with the sizes of those who have no kit. By name: these workers themselves."""

    def __init__(self) -> None:
        super().__init__()
        self._people: tuple[FreeWorker, ...] = ()
        self._articles: tuple[Article, ...] = ()
        self._proposed = ""
        self.mode = ChoiceStrip((Choice(BY_SIZE, title_code="kits.whom.village"),
                                 Choice(BY_NAME, title_code="kits.whom.names")))  # fmt: skip
        self.mode.setObjectName("kits.whom.mode")
        self.mode.choose(BY_SIZE)
        self.sizes = LineEdit(say("kits.whom.sizes"))
        self.sizes.setObjectName("kits.whom.sizes")
        self.ticks = Ticks()
        self.ticks.setFixedHeight(theme.current().px(220))
        self.told = Label("", "caption")
        self.told.setWordWrap(True)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        for each in (self.mode, self.sizes, self.ticks, self.told):
            lines.addWidget(each)
        for heard in (self.mode.chosen, self.sizes.edited, self.ticks.ticked):
            heard.connect(self.changed)
        self.mode.chosen.connect(self._turned)
        self.sizes.edited.connect(self._tell)
        self.sizes.submitted.connect(self.submitted)
        self.ticks.ticked.connect(self._tell)
        self.setFocusProxy(self.sizes)
        self._turned()

    def offer(self, people: Sequence[FreeWorker], articles: Sequence[Article]) -> None:
        """Those of the chosen village who have no kit, and what a kit is made of; what was typed by hand stays."""
        self._articles = tuple(articles)
        if tuple(people) == self._people:
            return
        self._people = tuple(people)
        self.ticks.fill(people)
        proposed = sizes_words([each.worker.vest_size for each in people])
        if self.sizes.text() == self._proposed:
            self.sizes.setText(proposed)
        self._proposed = proposed
        self._tell()

    def asked(self) -> tuple[NewKit, ...] | None:
        """The kits; None where there are none."""
        if self.mode.value == BY_NAME:
            return tuple(NewKit(each.worker.id) for each in self.ticks.wanted()) or None
        return tuple(NewKit(None, size) for size in self._meant()) or None

    def _meant(self) -> list[str]:
        return sizes_meant(self.sizes.text_with_preedit(), self._articles)

    def put(self, value: Any) -> None:
        """Only ever nothing."""
        self.sizes.setText("")

    @Slot()
    def _turned(self, *_: Any) -> None:
        by_name = self.mode.value == BY_NAME
        self.sizes.setVisible(not by_name)
        self.ticks.setVisible(by_name)
        self._tell()

    @Slot()
    def _tell(self, *_: Any) -> None:
        if self.mode.value == BY_NAME:
            unsized = sum(1 for each in self.ticks.wanted() if not each.worker.vest_size)
            told = say("kits.whom.ticked", count=len(self.ticks.wanted()), free=f"{len(self._people):,}")
            self.told.show_text(told + (say("kits.whom.unsized", count=unsized) if unsized else ""))
            return
        try:
            count = len(self._meant())
        except BadInput:
            count = 0
        self.told.show_text(say("kits.whom.count", count=count, free=f"{len(self._people):,}"))
