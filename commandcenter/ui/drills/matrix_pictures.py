"""The pictures of which the matrix is laid together: a row of cells, a place's name, the scenarios' names. Each is
painted when it first comes into sight and kept while nothing changes that it shows."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap

from commandcenter.ui.core import fonts, theme
from commandcenter.ui.drills.picture import Cell, CellState, Row

HEAD, ROW, LABEL, LEAST, FACE = 96, 28, 158, 80, 96
"""In px at 100 %: the scenarios' names, a row, the places' names, the least width of a column, the most of it that a
state fills."""
KEPT = 96
"""Pictures of rows that are kept: some screens full. A window of more rows paints them cell by cell."""
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is painted: words are looked up once, not with every repaint."""

    row: Row
    title: str
    cells: tuple[Cell | None, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Widths:
    """For what the pictures are made: a column and a whole row without its title, in px, and the screen's ratio."""

    column: int = 0
    row: int = 0
    ratio: float = 1.0


class Pictures:
    """The pictures of one matrix. Ask :meth:`fit` before anything is painted."""

    def __init__(self) -> None:
        self._widths = Widths()
        self._made_for: tuple[Any, ...] = ()
        self._faces: dict[tuple[CellState, str], QPixmap] = {}
        self.strips: OrderedDict[int, QPixmap] = OrderedDict()
        self.titles: OrderedDict[tuple[int, str], QPixmap] = OrderedDict()
        self._heads: dict[int, QPixmap] = {}
        """The scenarios' names, by the column that the keys are on."""

    def fit(self, widths: Widths) -> None:
        """What was painted in another look or for other widths is of no use."""
        look = theme.current()
        made_for = (look.name, look.scale, widths)
        if made_for != self._made_for:
            self._made_for, self._widths, self._faces = made_for, widths, {}
            self.forget_rows()

    def forget_rows(self) -> None:
        """There are other rows, or other words in them."""
        self.strips.clear()
        self.titles.clear()
        self._heads.clear()

    # --- a row -----------------------------------------------------------------------------------------------------

    def strip(self, row: int, line: Line) -> QPixmap:
        """A row's cells."""
        return _kept(self.strips, row, lambda _: self._strip(line))

    def _strip(self, line: Line) -> QPixmap:
        made = self._blank(self._widths.row, theme.current().px(ROW), "surface")
        with QPainter(made) as painter:
            self.paint_line(painter, line, 0, 0)
        return made

    def paint_line(self, painter: QPainter, line: Line, left: int, top: int) -> None:
        """A row's cells straight onto the window."""
        look = theme.current()
        for column, (cell, words) in enumerate(zip(line.cells, line.words, strict=True)):
            if cell is not None:
                painter.drawPixmap(left + self._widths.column * column, top, self._face(cell.state, words))
        painter.fillRect(left, top + look.px(ROW) - 1, self._widths.row, 1, look.colour("line"))

    def _face(self, state: CellState, words: str) -> QPixmap:
        """What a cell looks like, painted once for all that say the same: text is dear, and few say something else."""
        found = self._faces.get((state, words))
        if found is None:
            look = theme.current()
            size = QSize(min(self._widths.column, look.px(FACE)), look.px(ROW))
            found = self._faces[state, words] = self._paint_cell(QRect(QPoint(0, 0), size), state, words)
        return found

    def _paint_cell(self, at: QRect, state: CellState, words: str) -> QPixmap:
        """Shape and word of a state."""
        look = theme.current()
        made = self._blank(at.width(), at.height(), "surface")
        token = {"overdue": "text", "planned": "accent", "soon": "text", "paid": "ok", "owed": "muted"}[state]
        colour, is_late = look.colour(token), state == "overdue"
        size, middle = look.px(10), at.center().y()
        box = QRect(look.px(6), middle - size // 2, size, size)
        with QPainter(made) as painter:
            painter.setPen(QPen(colour, 2))
            if is_late:
                painter.fillRect(at.adjusted(1, 1, -1, -1), look.colour("hover"))
                painter.fillRect(box, colour)
            elif state == "planned":
                painter.drawRect(box.adjusted(1, 1, -1, -1))
            elif state == "paid":
                low = QPoint(box.left() + size // 3, box.bottom())
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawPolyline([QPoint(box.left(), middle), low, QPoint(box.right(), box.top())])
            else:
                painter.fillRect(box.left(), middle - look.px(1), size, look.px(3), colour)
            painter.setFont(fonts.font(look.px(look.sizes.caption), fonts.SEMIBOLD if is_late else fonts.NORMAL))
            painter.setPen(look.colour("text") if state in ("planned", "paid") else colour)
            painter.drawText(at.adjusted(look.px(20), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), words)
        return made

    # --- names -----------------------------------------------------------------------------------------------------

    def title(self, row: int, title: str, ground: str) -> QPixmap:
        """A place's name, cut to its room, on a ground (a token of the theme)."""
        return _kept(self.titles, (row, ground), lambda _: self._title(title, ground))

    def _title(self, title: str, ground: str) -> QPixmap:
        look = theme.current()
        label, high = look.px(LABEL), look.px(ROW)
        room = QRect(0, 0, label, high).adjusted(look.px(10), 0, -look.px(6), 0)
        font = fonts.font(look.px(look.sizes.body))
        made = self._blank(label, high, ground)
        with QPainter(made) as painter:
            painter.fillRect(0, high - 1, label, 1, look.colour("line"))
            painter.setFont(font)
            painter.setPen(look.colour("text"))
            cut = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)
        return made

    def head(self, titles: Callable[[], Sequence[str]], current: int) -> QPixmap:
        """The scenarios' names, that of the column ``current`` emphasised (0: none)."""
        if current not in self._heads:
            self._heads = {current: self._head(titles(), current)}
        return self._heads[current]

    def _head(self, titles: Sequence[str], current: int) -> QPixmap:
        look, wide = theme.current(), self._widths.column
        made = self._blank(wide * len(titles), look.px(HEAD), "surface_2")
        wrapped = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        with QPainter(made) as painter:
            painter.setFont(fonts.font(look.px(look.sizes.caption)))
            for column, title in enumerate(titles):
                box = QRect(wide * column + look.px(5), look.px(4), wide - look.px(7), look.px(HEAD - 6))
                painter.setPen(look.colour("accent" if current == column + 1 else "muted"))
                painter.drawText(box, wrapped, _fitting(painter, box, wrapped, title))
        return made

    def _blank(self, wide: int, high: int, token: str) -> QPixmap:
        """A picture of so many logical pixels in one colour."""
        made = QPixmap(QSize(wide, high) * self._widths.ratio)
        made.setDevicePixelRatio(self._widths.ratio)
        made.fill(theme.current().colour(token))
        return made


def _kept(pictures: OrderedDict[K, QPixmap], key: K, make: Callable[[K], QPixmap]) -> QPixmap:
    """The picture of ``key``, made when it is not among the kept; the longest unseen makes room."""
    found = pictures.get(key)
    if found is None:
        found = pictures[key] = make(key)
        if len(pictures) > KEPT:
            pictures.popitem(last=False)
    else:
        pictures.move_to_end(key)
    return found


def _fitting(painter: QPainter, box: QRect, flags: int, title: str) -> str:
    """As many whole words of a title as its box has lines for; the tool tip says the rest."""
    shown = title
    while painter.boundingRect(box, flags, shown).height() > box.height() and " " in shown:
        shown = shown.rstrip("…").rpartition(" ")[0] + "…"
    return shown
