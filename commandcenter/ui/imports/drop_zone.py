"""Where a file enters: dropped, chosen, pasted, or begun from a template."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from commandcenter.formats import pasting
from commandcenter.ui.core import icons, theme
from commandcenter.ui.core.widgets import Button, Label


def file_in(data: QMimeData | None) -> Path | None:
    """The file that is dragged or pasted, None when it is none or several."""
    urls = data.urls() if data is not None and data.hasUrls() else []
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def table_in(data: QMimeData | None) -> str:
    """The table on the clipboard as tab-separated text, "" when there is none."""
    if data is None:  # an empty clipboard
        return ""
    found = pasting.pasted(data.text(), data.html() if data.hasHtml() else "")
    return found if found.strip() else ""


class DropZone(QWidget):
    """Signals: ``file_given(path)``; ``text_given(table)``; ``choose_asked()``; ``template_asked()``;
    ``nothing_pasted()`` when the clipboard holds no table."""

    file_given = Signal(object)
    text_given = Signal(str)
    choose_asked = Signal()
    template_asked = Signal()
    nothing_pasted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_over = False
        self.setAcceptDrops(True)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = Label("imports.drop", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        kinds = Label("imports.drop.kinds", "muted")
        kinds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        kinds.setWordWrap(True)
        self.choose = Button("imports.choose", kind="primary", icon="document", key="Ctrl+O")
        self.choose.setObjectName("imports.choose")
        self.choose.clicked.connect(self.choose_asked)
        self.paste_button = Button("imports.paste", icon="briefing", key="Ctrl+V")
        self.paste_button.setObjectName("imports.paste")
        self.paste_button.clicked.connect(self.paste)
        self.template = Button("imports.template", kind="quiet", icon="import")
        self.template.setObjectName("imports.template")
        self.template.clicked.connect(self.template_asked)
        look = theme.current()
        buttons = QHBoxLayout()
        buttons.setSpacing(look.space(2))
        buttons.addStretch(1)
        for button in (self.choose, self.paste_button, self.template):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.space(6), look.space(8), look.space(6), look.space(8))
        column.setSpacing(look.space(3))
        column.addStretch(1)
        for part in (self._picture, title, kinds):
            column.addWidget(part)
        column.addSpacing(look.space(2))
        column.addLayout(buttons)
        column.addStretch(1)
        self._draw()

    @Slot()
    def paste(self) -> None:
        """Take the file or the table on the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        path, table = file_in(data), table_in(data)
        if path is not None:
            self.file_given.emit(path)
        elif table:
            self.text_given.emit(table)
        else:
            self.nothing_pasted.emit()

    # --- Qt ------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: something is dragged here."""
        if file_in(event.mimeData()) is not None or event.mimeData().hasText():
            event.acceptProposedAction()
            self._lit(True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Qt: it may be dropped anywhere here."""
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Qt: it went away."""
        self._lit(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: it was dropped."""
        self._lit(False)
        path, table = file_in(event.mimeData()), table_in(event.mimeData())
        event.acceptProposedAction()
        if path is not None:
            self.file_given.emit(path)
        elif table and not event.mimeData().hasUrls():
            self.text_given.emit(table)
        else:
            self.nothing_pasted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: a dashed frame, in the accent while something hangs over it."""
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(look.colour("accent" if self._is_over else "control"), 2 if self._is_over else 1)
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(look.colour("accent_soft" if self._is_over else "surface"))
            radius = look.px(look.sizes.radius + 2)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)

    def changeEvent(self, event: object) -> None:
        """Qt: the look changed."""
        super().changeEvent(event)  # type: ignore[arg-type]
        self._draw()

    def _lit(self, is_over: bool) -> None:
        self._is_over = is_over
        self.update()

    def _draw(self) -> None:
        if hasattr(self, "_picture"):
            size = theme.current().px(36)
            self._picture.setPixmap(icons.pixmap("import", size, "muted", self.devicePixelRatioF()))
