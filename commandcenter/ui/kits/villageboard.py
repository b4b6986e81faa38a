"""The list at the left: villages with what is missing of each article of the kit, the worst first."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyleOptionViewItem, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.stores import Article
from commandcenter.services.kit_reading import Matrix, VillageRow
from commandcenter.ui.core import theme
from commandcenter.ui.core.rowpaint import RowDelegate, paint_ground, paint_text
from commandcenter.ui.core.rowtable import Index, Role
from commandcenter.ui.core.sidelist import ALL, SideList
from commandcenter.ui.core.tips import tip
from commandcenter.ui.kits.marks import article_name, characters

CELL, SUM, NAME = 21, 36, 92
_SELECTED = QStyle.StateFlag.State_Selected
_MIDDLE = Qt.AlignmentFlag.AlignHCenter


class VillageBoard(SideList):
    """As many columns as there are articles in the kit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.articles: tuple[Article, ...] = ()
        self.counts: dict[str, VillageRow] = {}
        super().__init__(parent)
        self.setItemDelegate(_Cells(self))
        header = _Heads(self)
        self.setHorizontalHeader(header)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionsClickable(False)
        self.setColumnHidden(1, True)
        header.show()

    def show_matrix(self, matrix: Matrix) -> None:
        """Other figures; the lines themselves come by :meth:`show_lines`."""
        is_wider = len(matrix.articles) != len(self.articles)
        self.articles, self.counts = matrix.articles, {row.village.id: row for row in matrix.rows}
        if is_wider:
            self.setMinimumWidth(theme.current().px(NAME + CELL * len(self.articles) + SUM + 8))
        self.viewport().update()
        self.horizontalHeader().viewport().update()

    def figures(self, village: str) -> tuple[int, ...]:
        """What is missing in a village (all of them: :data:`ALL`), article by article."""
        rows = [self.counts[village]] if village in self.counts else [] if village != ALL else self.counts.values()
        return tuple(sum(row.gaps.get(each.id, 0) for row in rows) for each in self.articles)

    def cells(self, area: QRect) -> tuple[QRect, list[QRect], QRect]:
        """Where the name, the count of each article, and their sum stand."""
        look = theme.current()
        wide, total = look.px(CELL), look.px(SUM)
        right = area.right() - look.space(1)
        left = right - total - wide * len(self.articles)
        name = QRect(area.left() + look.space(2), area.top(), max(left - area.left() - look.space(2), 0), area.height())
        each = [QRect(left + wide * place, area.top(), wide, area.height()) for place in range(len(self.articles))]
        return name, each, QRect(right - total, area.top(), total - look.space(1), area.height())


class _Cells(RowDelegate):
    """A village: its name, what is missing of each article, the sum."""

    def __init__(self, board: VillageBoard) -> None:
        super().__init__(board)
        self._board = board

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one line."""
        state, area, board = option.state, option.rect, self._board
        row = index.data(Role.ROW)
        painter.save()
        is_chosen = bool(state & _SELECTED)
        paint_ground(painter, area, is_selected=is_chosen, is_hovered=board.hovered_row == index.row(),
                     has_focus=board.has_keys())  # fmt: skip
        name, cells, total = board.cells(area)
        paint_text(painter, name, row.title, is_strong=row.id == ALL)
        for cell, count in zip(cells, board.figures(row.id), strict=True):
            paint_text(painter, cell, str(count) if count else "·", token="text" if count else "disabled",
                       pixels=12, align=_MIDDLE)  # fmt: skip
        paint_text(painter, total, f"{row.count:,}" if row.count else "–", token="overdue" if row.count else "disabled",
                   is_strong=bool(row.count), align=Qt.AlignmentFlag.AlignRight)  # fmt: skip
        painter.restore()


class _Heads(QHeaderView):
    """The characters of the articles over their columns."""

    def __init__(self, board: VillageBoard) -> None:
        super().__init__(Qt.Orientation.Horizontal, board)
        self._board = board

    def sizeHint(self) -> QSize:
        """Qt: as high as the head of the table beside it."""
        return QSize(100, theme.current().px(30))

    def paintSection(self, painter: QPainter, rect: QRect, _section: int) -> None:
        """Qt: all of them at once."""
        look, board = theme.current(), self._board
        painter.fillRect(rect, look.colour("surface"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
        name, cells, total = board.cells(rect)
        signs = characters(board.articles)
        paint_text(painter, name, say("kits.board.village"), token="muted", pixels=12)
        for cell, article in zip(cells, board.articles, strict=True):
            paint_text(painter, cell, signs[article.id], token="muted", pixels=12, align=_MIDDLE)
        paint_text(painter, total, say("kits.board.sum"), token="muted", pixels=12, align=Qt.AlignmentFlag.AlignRight)

    def event(self, event: object) -> bool:
        """Qt: what a character stands for."""
        if event.type() == event.Type.ToolTip:  # type: ignore[attr-defined]
            _, cells, _ = self._board.cells(self.viewport().rect())
            at = event.pos()  # type: ignore[attr-defined]
            found: Sequence[Article] = [each for cell, each in zip(cells, self._board.articles, strict=True)
                                        if cell.contains(at)]  # fmt: skip
            self.setToolTip(tip(article_name(found[0]) if found else ""))
        return super().event(event)  # type: ignore[arg-type]
