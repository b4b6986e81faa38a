"""The sheet on screen, as it looks in Excel: letters, row numbers, recognised columns tinted, problems marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPolygon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from commandcenter.base.texts import say
from commandcenter.formats import clipboard
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.rowtable import Index
from commandcenter.ui.imports import words
from commandcenter.ui.imports.sheet_model import SheetModel, SheetRole

ROW, HEAD = 26, 48
"""px at 100 %: sheets are denser than lists; the header holds the field's chip over the letter."""
WIDEST, NARROWEST, DEFAULT = 260, 56, 92
_MEASURED = 60
"""Rows whose texts decide how wide a column begins."""
_MOST_SPANS = 200
"""Title and section rows that are shown as one wide cell; spans cost the view time."""
_SELECTED = QStyle.StateFlag.State_Selected
_VERDICTS = {"new": ("+", "ok"), "changed": ("≠", "accent")}
"""Signs before the row numbers: what an import would add, and what it would change."""
_MARKS = {"refused": "overdue", "repaired": "near", "note": "muted"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column is: the field's name, or why it is nothing. ``kind``: field, required, sensitive, denied, none."""

    kind: str
    name: str = ""


NOTHING = Meaning("none")


class SheetView(QTableView):
    """Signals: ``meaning_asked(column, global place)`` when a person wants to change what a column means;
    ``cell_chosen(row number, column)`` when the current cell moves."""

    meaning_asked = Signal(int, QPoint)
    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = SheetModel(self)
        self.meanings: Mapping[int, Meaning] = {}
        self.setModel(self.sheet)
        self.setItemDelegate(_Cells(self))
        self._prepare()
        self.head.sectionClicked.connect(self._head_clicked)
        self.head.customContextMenuRequested.connect(self._head_menu)
        self.selectionModel().currentChanged.connect(self._moved)

    def _prepare(self) -> None:
        self.head = _Head(self)
        self.setHorizontalHeader(self.head)
        self.setVerticalHeader(_Numbers(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setProperty("sheet", True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.AnyKeyPressed)
        self.setAccessibleName(say("imports.sheet"))
        self._size()

    # --- what it shows -------------------------------------------------------------------------------------------

    def arrange(self) -> None:
        """A new sheet: begin at its top, columns as wide as what stands in their first rows."""
        self.clearSpans()
        metrics = QFontMetrics(self.cell_font())
        pad = theme.current().space(5)
        for column in range(self.sheet.columnCount()):
            texts = [self.sheet.text_at(row, column) for row in self._usual_rows()]
            widest = max((metrics.horizontalAdvance(text[:60]) for text in texts), default=0) + pad
            head = self.head.wanted_width(column)
            look = theme.current()
            self.setColumnWidth(column, min(max(widest, head, look.px(NARROWEST)), look.px(WIDEST)))
        self._span_titles()
        self.scrollToTop()

    def show_meanings(self, meanings: Mapping[int, Meaning]) -> None:
        """What each column means."""
        self.meanings = meanings
        for column in range(self.sheet.columnCount()):
            wanted = self.head.wanted_width(column)
            if self.columnWidth(column) < wanted:
                self.setColumnWidth(column, wanted)
        self.head.viewport().update()
        self.viewport().update()

    def go_to(self, number: int, column: int) -> bool:
        """Bring a cell of the file into sight and choose it; False when the sheet has no such row."""
        row = self.sheet.row_of(number)
        if row is None or self.sheet.columnCount() == 0:
            return False
        index = self.sheet.index(row, max(0, min(column, self.sheet.columnCount() - 1)))
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        return True

    def cell_font(self) -> Any:
        """The font of the cells."""
        look = theme.current()
        return fonts.font(look.px(look.sizes.caption))

    def has_keys(self) -> bool:
        """Whether the current cell is the one that keys move."""
        return self.hasFocus()

    def _usual_rows(self) -> list[int]:
        rows = range(min(self.sheet.rowCount(), _MEASURED))
        return [row for row in rows if row not in self.sheet.page.titles]

    def _span_titles(self) -> None:
        width = self.sheet.columnCount()
        for row in self.sheet.page.titles[:_MOST_SPANS] if width > 1 else ():
            self.setSpan(row, 0, 1, width)

    # --- Qt ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter edits, Delete empties, Ctrl+C copies the selected cells; Esc goes to whoever wants it."""
        index = self.currentIndex()
        if self.state() == QAbstractItemView.State.EditingState:
            return  # the editor lets Enter through to here, and commits behind it
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid() and not event.modifiers():
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.edit(index)
        elif event.key() == Qt.Key.Key_Delete and index.isValid():
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                self.sheet.setData(index, "")
        elif event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected cells on the clipboard, as text and as a table."""
        parts = self.selectionModel().selection().toList()
        if not parts:
            return
        part = parts[0]
        columns = range(part.left(), part.right() + 1)
        lines = [[self.sheet.text_at(row, each) for each in columns] for row in range(part.top(), part.bottom() + 1)]
        titles = [self.sheet.page.columns[each] for each in columns]
        data = QMimeData()
        data.setText(clipboard.as_tsv(lines))
        data.setHtml(clipboard.as_html(titles, lines, [False] * len(titles)))
        QGuiApplication.clipboard().setMimeData(data)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the look changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._size()

    def _size(self) -> None:
        look = theme.current()
        side = self.verticalHeader()
        side.setMinimumSectionSize(look.px(ROW))
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(look.px(ROW))
        self.head.setFixedHeight(look.px(HEAD))
        self.head.setDefaultSectionSize(look.px(DEFAULT))
        self.head.setMinimumSectionSize(look.px(NARROWEST // 2))

    @Slot(int)
    def _head_clicked(self, column: int) -> None:
        left = self.head.sectionViewportPosition(column)
        self.meaning_asked.emit(column, self.head.mapToGlobal(QPoint(left, self.head.height())))

    @Slot(QPoint)
    def _head_menu(self, at: QPoint) -> None:
        column = self.head.logicalIndexAt(at)
        if column >= 0:
            self.meaning_asked.emit(column, self.head.mapToGlobal(at))

    @Slot()
    def _moved(self) -> None:
        current = self.currentIndex()
        if current.isValid():
            self.cell_chosen.emit(self.sheet.number_at(current.row()), current.column())


class _Head(QHeaderView):
    """The chip of the field over the column's letter (or a map attribute's name)."""

    def __init__(self, view: SheetView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(say("imports.sheet.head_hint"))

    def wanted_width(self, column: int) -> int:
        """So wide that the chip is whole."""
        look = theme.current()
        metrics = QFontMetrics(fonts.font(look.px(look.sizes.caption), fonts.SEMIBOLD))
        name = self._view.meanings.get(column, NOTHING).name
        letter = str(self._view.sheet.headerData(column, Qt.Orientation.Horizontal) or "")
        widest = max(metrics.horizontalAdvance(name) + look.space(3), metrics.horizontalAdvance(letter))
        return min(widest + look.space(4), look.px(WIDEST))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Qt: one column's head."""
        look = theme.current()
        meaning = self._view.meanings.get(logicalIndex, NOTHING)
        painter.save()
        ground = "accent_soft" if meaning.kind in ("field", "required") else "surface_2"
        painter.fillRect(rect, look.colour(ground))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), look.colour("line"))
        inner = rect.adjusted(look.space(1), look.space(1), -look.space(1), -look.space(1))
        upper = QRect(inner.left(), inner.top(), inner.width(), look.px(20))
        lower = QRect(inner.left(), upper.bottom(), inner.width(), inner.bottom() - upper.bottom())
        self._paint_meaning(painter, upper, meaning)
        letter = str(self._view.sheet.headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, lower, letter, token="muted", pixels=look.sizes.caption, align=centre)
        painter.restore()

    def _paint_meaning(self, painter: QPainter, rect: QRect, meaning: Meaning) -> None:
        look = theme.current()
        centre = Qt.AlignmentFlag.AlignHCenter
        if meaning.kind in ("field", "required"):
            metrics = QFontMetrics(fonts.font(look.px(look.sizes.caption), fonts.SEMIBOLD))
            width = min(metrics.horizontalAdvance(meaning.name) + look.space(4), rect.width())
            chip = QRect(0, 0, width, look.px(19))
            chip.moveCenter(rect.center())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent"))
            painter.drawRoundedRect(chip, look.px(4), look.px(4))
            inner = chip.adjusted(look.space(1), 0, -look.space(1), 0)
            paint_text(painter, inner, meaning.name, token="on_accent", pixels=look.sizes.caption, is_strong=True,
                       align=centre)  # fmt: skip
        else:
            token = {"sensitive": "near", "denied": "overdue"}.get(meaning.kind, "muted")
            paint_text(painter, rect, meaning.name, token=token, pixels=look.sizes.caption, align=centre)


class _Numbers(QHeaderView):
    """Row numbers; those of rows left out are faint, those with a problem of the whole row marked."""

    def __init__(self, view: SheetView) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._view = view
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        """Qt: as wide as the largest number."""
        look = theme.current()
        metrics = QFontMetrics(fonts.font(look.px(look.sizes.caption)))
        rows = self._view.sheet.rowCount()
        digits = len(str(self._view.sheet.number_at(rows - 1))) if rows else 1
        return QSize(metrics.horizontalAdvance("0") * max(digits, 3) + look.space(7), super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Qt: one number."""
        look, sheet = theme.current(), self._view.sheet
        painter.save()
        painter.fillRect(rect, look.colour("surface_2"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), look.colour("line"))
        found = sheet.problems_at(logicalIndex, -1)
        refused = any(each.severity == "refused" for each in found)
        token = "overdue" if refused else "disabled" if sheet.left_code(logicalIndex) else "muted"
        inner = rect.adjusted(look.space(1), 0, -look.space(2), 0)
        sign, sign_token = _VERDICTS.get(sheet.verdict_at(logicalIndex) or "", ("", "muted"))
        paint_text(painter, inner, sign, token=sign_token, pixels=look.sizes.caption, is_strong=True)
        paint_text(painter, inner, str(sheet.number_at(logicalIndex)), token=token, pixels=look.sizes.caption,
                   is_strong=refused, align=Qt.AlignmentFlag.AlignRight)  # fmt: skip
        painter.restore()


class _Cells(QStyledItemDelegate):
    """Paints a cell: tint of its column, mark of its problems, faint where the row is left out."""

    def __init__(self, view: SheetView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: one cell."""
        look = theme.current()
        rect: QRect = option.rect
        left = str(index.data(SheetRole.LEFT) or "")
        mark = index.data(SheetRole.MARK)
        painter.save()
        painter.fillRect(rect, self._ground(index, left, mark))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), look.colour("line"))
        self._paint_text(painter, rect, index, left)
        if mark is not None:
            _paint_corner(painter, rect, look.colour(_MARKS[mark]))
        if index.data(SheetRole.IS_CHANGED):
            painter.fillRect(rect.left(), rect.top() + look.px(3), look.px(3), rect.height() - look.px(7),
                             look.colour("accent"))  # fmt: skip
        self._paint_frame(painter, rect, option, index)
        painter.restore()

    def _ground(self, index: Index, left: str, mark: str | None) -> QColor:
        look = theme.current()
        if left:
            return look.colour("surface_2")
        if mark in ("refused", "repaired"):
            return look.colour("overdue_soft" if mark == "refused" else "near_soft")
        kind = self._view.meanings.get(index.column(), NOTHING).kind
        return _tint(look.surface, look.accent_soft) if kind in ("field", "required") else look.colour("surface")

    def _paint_text(self, painter: QPainter, rect: QRect, index: Index, left: str) -> None:
        look = theme.current()
        gap = look.space(2)
        inner = rect.adjusted(gap, 0, -gap, 0)
        kind = self._view.meanings.get(index.column(), NOTHING).kind
        quiet = bool(left) or kind in ("none", "sensitive", "denied") or index.data(SheetRole.IS_FILLED)
        token = "muted" if quiet else "text"
        strong = bool(index.data(SheetRole.IS_FIXED)) or left == words.HEADING_ROW
        text = str(index.data() or "").replace("\n", " ")
        width = paint_text(painter, inner, text, token=token, pixels=look.sizes.caption, is_strong=strong)
        if left and index.column() == 0 and left != words.HEADING_ROW and self._is_spanned(index):
            rest = inner.adjusted(width + gap * 2, 0, 0, 0)
            paint_text(painter, rest, words.left_reason(left), token="muted", pixels=look.sizes.caption,
                       align=Qt.AlignmentFlag.AlignRight)  # fmt: skip

    def _is_spanned(self, index: Index) -> bool:
        return self._view.columnSpan(index.row(), index.column()) > 1

    def _paint_frame(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme.current()
        state: Any = option.state
        is_current = self._view.currentIndex() == index
        if not (state & _SELECTED or is_current):
            return
        token = "accent" if is_current or self._view.has_keys() else "control"
        painter.setPen(look.colour(token))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if is_current:
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Qt: a line in place of the cell."""
        editor = QLineEdit(parent)
        editor.setObjectName("imports.cell")
        editor.setFont(self._view.cell_font())
        editor.setStyleSheet("padding: 0 4px; min-height: 0; border-radius: 0;")
        editor.setAccessibleName(self._view.sheet.page.columns[index.column()])
        return editor

    def helpEvent(self, event: Any, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Qt: what was found in the cell, in words."""
        if event.type() == QEvent.Type.ToolTip and index.isValid():
            lines = cell_words(self._view.sheet, index.row(), index.column())
            view.setToolTip("\n".join(lines))
        return super().helpEvent(event, view, option, index)


@cache
def _tint(ground: str, tint: str) -> QColor:
    """Half of a tint over a ground: a column is recognised at a glance, and problems still stand out."""
    one, other = QColor(ground), QColor(tint)
    return QColor((one.red() + other.red()) // 2, (one.green() + other.green()) // 2, (one.blue() + other.blue()) // 2)


def cell_words(sheet: SheetModel, row: int, column: int) -> list[str]:
    """Everything that is to be said of a cell: why its row is left out, what was found in it and in its row."""
    code = sheet.left_code(row)
    lines = [words.left_reason(code)] if code else []
    lines += [words.sentence(each) for each in (*sheet.problems_at(row, column), *sheet.problems_at(row, -1))]
    reason = sheet.page.filled.get((sheet.number_at(row), column))
    return [*lines, words.filled_reason(reason)] if reason else lines


def _paint_corner(painter: QPainter, rect: QRect, colour: QColor) -> None:
    """A triangle in the upper right corner, as Excel marks a cell with a remark."""
    size = theme.current().px(7)
    corner = rect.topRight()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygon([corner, corner - QPoint(size, 0), corner + QPoint(0, size)]))


