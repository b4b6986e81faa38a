"""The first step: what is to be imported, from which file, and how the file is to be read."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.formats.templates import template
from commandcenter.services.filing import WHAT, template_columns
from commandcenter.ui.core import theme
from commandcenter.ui.core.handout import documents, name_parts
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Label
from commandcenter.ui.imports.drop_zone import DropZone
from commandcenter.ui.imports.facts_panel import ASKED, WIDTH, FactsPanel
from commandcenter.ui.imports.map_preview import MapPreview
from commandcenter.ui.imports.sheet_view import SheetView
from commandcenter.ui.imports.work import ImportWork

AUTOMATIC = ""
SIDE = 216
MOST_OUTLINES = 2_000


class FilePage(QWidget):
    """Left what it is, in the middle where it comes from or what is known of it, right how it looks.

    Signals: ``told(sentence)`` when something is to be said.
    """

    told = Signal(str)

    def __init__(self, tools: Tools, work: ImportWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools, self._work = tools, work
        self._is_filling = False
        self._drawn: object = None
        self.what = QListWidget()
        self.what.setObjectName("imports.what")
        self.drop = DropZone()
        self.recent = QListWidget()
        self.recent.setObjectName("imports.recent")
        self.facts = FactsPanel(work)
        self.map = MapPreview()
        self.sheet = SheetView()
        self.sheet.sheet.is_editable = False
        self._side, self._body = QWidget(self), QStackedWidget(self)
        self._lay_out()
        self._connect()
        self.refresh()

    # --- building ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        # From the outside inwards, as whatever gets a parent is polished with all in it; in the order of the Tab key.
        look, side = theme.current(), self._side
        side.setProperty("panel", "surface")
        side.setFixedWidth(look.px(SIDE))
        column = QVBoxLayout(side)
        column.setContentsMargins(look.space(3), look.space(4), look.space(3), look.space(3))
        column.setSpacing(look.space(2))
        column.addWidget(Label("imports.what", "heading"))
        column.addWidget(self.what, 1)
        self._body.addWidget(self._start())
        self._body.addWidget(self._known())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self._body, 1)

    def _start(self) -> QWidget:
        look = theme.current()
        start = QWidget(self._body)
        column = QVBoxLayout(start)
        column.setContentsMargins(look.space(6), look.space(6), look.space(6), look.space(4))
        column.setSpacing(look.space(3))
        column.addWidget(self.drop, 3)
        self._recent_title = Label("imports.recent", "heading")
        column.addWidget(self._recent_title)
        column.addWidget(self.recent, 2)
        return start

    def _known(self) -> QWidget:
        look = theme.current()
        known = QWidget(self._body)
        scrolling = QScrollArea(known)
        scrolling.setWidget(self.facts)
        scrolling.setWidgetResizable(True)
        scrolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolling.setFixedWidth(look.px(WIDTH))
        self._right = QStackedWidget(known)
        self._right.addWidget(self.map)
        self._right.addWidget(self.sheet)
        row = QHBoxLayout(known)
        row.setContentsMargins(look.space(5), look.space(5), look.space(5), look.space(4))
        row.setSpacing(look.space(5))
        row.addWidget(scrolling)
        row.addWidget(self._right, 1)
        return known

    def _connect(self) -> None:
        self._work.changed.connect(self.refresh)
        self.what.currentRowChanged.connect(self._what_chosen)
        self.drop.choose_asked.connect(self.choose_file)
        self.drop.template_asked.connect(self.save_template)
        self.drop.file_given.connect(self._take_file)
        self.drop.text_given.connect(self._work.take_text)
        self.drop.nothing_pasted.connect(self._nothing_pasted)
        self.recent.itemActivated.connect(self._recent_chosen)
        self.recent.itemClicked.connect(self._recent_chosen)
        self.facts.other_asked.connect(self._another)

    # --- showing -------------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Show how things stand."""
        self._is_filling = True
        try:
            self._fill_what()
            self._fill_recent()
        finally:
            self._is_filling = False
        has_file = self._work.file is not None or self._work.look is not None or self._work.is_read_again
        if self._work.busy is None or not has_file:  # what is not known yet is not asked about
            self._body.setCurrentIndex(1 if has_file else 0)
        if has_file and self._work.busy is None:
            self.facts.refresh()
            self._show_look()

    def _fill_what(self) -> None:
        kinds = [AUTOMATIC, *WHAT]
        if self.what.count() != len(kinds):
            self.what.clear()
            for _ in kinds:
                self.what.addItem(QListWidgetItem())
        found = self._work.what
        for place, each in enumerate(kinds):
            item = self.what.item(place)
            item.setText(say(f"imports.what.{each or 'automatic'}"))
            item.setData(ASKED, each)
        self.what.setCurrentRow(kinds.index(found) if found in kinds else 0)

    def _fill_recent(self) -> None:
        known = self._work.memory.recent()
        self._recent_title.setVisible(bool(known))
        self.recent.setVisible(bool(known))
        self.recent.clear()
        for each in known:
            what = say(f"imports.what.{each.what}") if each.what in WHAT else ""
            parts = (each.path.name, what, str(each.path.parent))
            item = QListWidgetItem("   ·   ".join(part for part in parts if part))
            item.setData(ASKED, str(each.path))
            self.recent.addItem(item)

    def _show_look(self) -> None:
        """The outlines of a map in the chosen system, or the first sheet of a table."""
        look, file = self._work.look, self._work.file
        if look is not None:
            shown = next((each for each in look.preview.candidates if each.crs == self.facts.shown_crs()), None)
            self._right.setCurrentWidget(self.map)
            wanted = (look, shown, file)
            if self._drawn != wanted:
                self._drawn = wanted
                self.map.show_outlines(look.town, shown.outlines if shown else self._outlines(), self._work.known_point)
        elif file is not None and file.pages and self._drawn is not file.pages:
            self._drawn = file.pages
            self._right.setCurrentWidget(self.sheet)
            self.sheet.sheet.show_page(file.pages[0])
            self.sheet.arrange()

    def _outlines(self) -> list[bytes]:
        """What was read, where nothing could be proposed: far from China there is no other system to choose."""
        read = self._work.read
        found = read.map.features[:MOST_OUTLINES] if read is not None and read.map is not None else ()
        return [each.wkb for each in found if each.wkb is not None]

    # --- choosing ------------------------------------------------------------------------------------------------

    @Slot(int)
    def _what_chosen(self, row: int) -> None:
        if not self._is_filling and row >= 0:
            self._work.set_what(str(self.what.item(row).data(ASKED)) or None)

    @Slot()
    def choose_file(self) -> None:
        """Ask for a file; nothing else is stopped meanwhile."""
        dialog = QFileDialog(self, say("imports.choose.title"), self._folder(), say("imports.choose.filter"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        name_parts(dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def _folder(self) -> str:
        known = self._work.memory.recent()
        last = known[0].path.parent if known else None
        return str(last if last is not None and last.is_dir() else documents())

    @Slot(str)
    def _file_chosen(self, path: str) -> None:
        self._work.take_file(Path(path))

    @Slot(object)
    def _take_file(self, path: Path) -> None:
        self._work.take_file(path)

    @Slot(object)
    def _recent_chosen(self, item: QListWidgetItem) -> None:
        self._work.take_file(Path(str(item.data(ASKED))))

    @Slot()
    def _another(self) -> None:
        self._work.start_over()
        self.drop.choose.setFocus()

    @Slot()
    def _nothing_pasted(self) -> None:
        self.told.emit(say("imports.paste.nothing"))

    # --- templates -----------------------------------------------------------------------------------------------

    @Slot()
    def save_template(self) -> None:
        """Ask where an empty workbook for what is chosen is to be put."""
        what = self._work.what or "workers"
        title = say("imports.template.file", what=say(f"imports.what.{what}"))
        dialog = QFileDialog(self, say("imports.template.title"), self._folder(), say("imports.template.filter"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        name_parts(dialog)
        dialog.selectFile(title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self._write_template, what))
        dialog.open()

    def _write_template(self, what: str, path: str) -> None:
        entity, language, title = WHAT[what], texts.current().language, say(f"imports.what.{what}")
        session = self._tools.desk.session

        def work() -> Path:
            target = Path(path)
            specs = template_columns(session, what)
            target.write_bytes(template(entity, specs, language, title))
            return target

        self._tools.desk.tasks.submit(
            "io", work, done=self._template_written, failed=self._template_failed, owner=self
        )

    def _template_written(self, path: Path) -> None:
        self.told.emit(say("imports.template.done", path=str(path)))

    def _template_failed(self, error: BaseException) -> None:
        if not isinstance(error, OSError):
            raise error
        self.told.emit(say("imports.template.failed", reason=error.strerror or ""))
