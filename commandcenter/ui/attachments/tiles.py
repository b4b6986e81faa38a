"""How a file is painted: its small picture or the sign of its kind, then two lines of words."""

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from commandcenter.ui.attachments.rows import FileRow, State
from commandcenter.ui.core import icons, theme
from commandcenter.ui.core.cardlist import CardList
from commandcenter.ui.core.columns import Column
from commandcenter.ui.core.rowpaint import CardDelegate, paint_text
from commandcenter.ui.core.rowtable import Index, RowTable
from commandcenter.ui.core.viewstate import Empty

HEIGHT, PICTURE = 60, 64
"""px at 100 %: of a row, and the width of its picture."""
_ICONS: dict[State, str] = {
    "kept": "document", "erased": "ph.eraser", "hidden": "lock", "under_way": "loading", "waiting": "stale",
}  # fmt: skip
EMPTY = Empty("attachments.empty", "attachments.empty.hint", "ph.paperclip")
EMPTY_LOOKING = Empty("attachments.empty", "attachments.empty.looking", "ph.paperclip")


class FileDelegate(CardDelegate):
    """Paints rows of a file list."""

    height = HEIGHT

    def __init__(self) -> None:
        super().__init__()
        self.pictures: Mapping[str, QImage] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: narrow enough for the narrowest card."""
        return QSize(160, theme.current().px(HEIGHT))

    def paint_card(self, painter: QPainter, rect: QRect, row: FileRow, is_selected: bool) -> None:
        """The picture, the name over its facts; a note or a fault in place of the facts' end."""
        look = theme.current()
        box = QRect(rect.left(), rect.top() + look.px(6), look.px(PICTURE), rect.height() - look.px(12))
        self._paint_picture(painter, box, row)
        left = box.right() + look.space(3)
        words = QRect(left, rect.top() + look.px(7), rect.right() - left, (rect.height() - look.px(14)) // 2)
        quiet = row.state in ("hidden", "erased")
        paint_text(painter, words, row.name, token="muted" if quiet else "text", is_strong=not quiet)
        told = " · ".join(part for part in (row.facts, row.note) if part)
        token = "near" if row.state == "waiting" else "muted"
        paint_text(painter, words.translated(0, words.height()), told, token=token, pixels=look.sizes.caption)

    def _paint_picture(self, painter: QPainter, box: QRect, row: FileRow) -> None:
        look = theme.current()
        frame = QPainterPath()
        frame.addRoundedRect(box.toRectF(), look.px(4), look.px(4))
        painter.fillPath(frame, look.colour("surface_2"))
        image = self.pictures.get(row.picture)
        if image is not None and not image.isNull():
            painter.save()
            painter.setClipPath(frame)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, image, _middle(image, box))
            painter.restore()
        else:
            self._paint_sign(painter, box, row)
        painter.setPen(look.colour("line"))
        painter.drawPath(frame)

    def _paint_sign(self, painter: QPainter, box: QRect, row: FileRow) -> None:
        look, view = theme.current(), self.parent()
        size = look.px(20)
        ratio = view.devicePixelRatioF() if isinstance(view, QWidget) else 1.0
        with_ending = row.state == "kept" and bool(row.ending)
        top = box.top() + look.px(6) if with_ending else box.center().y() - size // 2
        picture = icons.pixmap(_ICONS[row.state], size, "near" if row.state == "waiting" else "muted", ratio)
        painter.drawPixmap(box.center().x() - size // 2, top, picture)
        if with_ending:
            foot = QRect(box.left(), top + size, box.width(), box.bottom() - top - size)
            paint_text(painter, foot, row.ending, token="muted", pixels=10, align=Qt.AlignmentFlag.AlignHCenter)


def _middle(image: QImage, box: QRect) -> QRect:
    """The largest part of the picture's middle that has the shape of the box."""
    width = min(image.width(), round(image.height() * box.width() / box.height()))
    height = min(image.height(), round(image.width() * box.height() / box.width()))
    return QRect((image.width() - width) // 2, (image.height() - height) // 2, max(width, 1), max(height, 1))


class FileList(CardList):
    """The files of one subject."""

    def __init__(self, parent: QWidget | None = None) -> None:
        column: Column[FileRow] = Column(
            "file", "attachments.title", lambda row, _: row.spoken, stretch=True, fixed=True
        )
        table: RowTable[FileRow] = RowTable([column], key=lambda row: row.id, order=lambda row: row.order)
        self.look = FileDelegate()
        super().__init__(table, self.look, empty=EMPTY, parent=parent)
        table.setParent(self)

    def show_rows(self, rows: list[FileRow], pictures: Mapping[str, QImage]) -> None:
        """Show these; selection and scroll stay."""
        self.look.pictures = pictures
        wanted = {row.id for row in rows}
        self.table.remove(id for id in list(self.table.ids()) if id not in wanted)
        self.table.upsert(row for row in rows if self.table.row(row.id) != row)
        self.viewport().update()
