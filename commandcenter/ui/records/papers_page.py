"""A drill's papers in one press: which ones, the free texts to edit before, and the town's templates."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import current, say
from commandcenter.rules.entity import DRILLS
from commandcenter.services import drill_papers
from commandcenter.services.drill_papers import FOLDER_SETTING, Made
from commandcenter.services.drill_reading import Record
from commandcenter.services.papers import PrintPaper
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Column, words
from commandcenter.ui.core.fields import TextBox
from commandcenter.ui.core.forms import Field
from commandcenter.ui.core.handout import documents, launch
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label, StateBanner

OUT_SETTING = "drills.papers.folder"
"""The desk's setting: where the last folder of papers went."""


class PapersPage(QWidget):
    """Signals: ``left()`` on Escape, its button, or when the folder stands."""

    left = Signal()

    def __init__(self, tools: Tools, record: Record) -> None:
        super().__init__()
        self._tools, self._desk, self.record = tools, tools.desk, record
        self._drafted: dict[str, str] = {}
        self.boxes: dict[str, QCheckBox] = {}
        self.texts = {name: TextBox(least=8, most=14) for name in ("summary", "briefing")}
        self.trouble = StateBanner()
        self.folder = words("", "muted")
        self.make_button = Button("records.papers.make", kind="primary", key="Ctrl+Enter", icon="document")
        self.make_button.setObjectName("records.make")
        self.make_button.clicked.connect(self.choose_folder)
        self._lay_out()
        self._show_templates()
        self._desk.read(partial(_drafts, record.id, self._desk.now()), done=self._take_drafts, owner=self,
                        failed=self._failed, key="drafts", world=DRILLS)  # fmt: skip
        self.setFocusProxy(self.texts["summary"])

    def _lay_out(self) -> None:
        look = theme.current()
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setContentsMargins(look.space(4), look.space(3), look.space(4), look.space(2))
        head.setSpacing(look.space(3))
        head.addWidget(Label("records.papers.title", "title"))
        head.addWidget(Chip(say("drillpaper.mark")))
        head.addWidget(words(self.record.drill.title, "strong"), 1)
        leave = Button("core.sheet.leave", kind="quiet", key="Esc")
        leave.clicked.connect(self.left)
        head.addWidget(leave)
        head.addWidget(self.make_button)
        body = Column()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(look.space(4), look.space(2), look.space(4), look.space(4))
        columns.setSpacing(look.space(6))
        columns.addLayout(self._choices(), 2)
        columns.addLayout(self._free_texts(), 5)
        scrolling = QScrollArea()
        scrolling.setWidget(body)
        scrolling.setWidgetResizable(True)
        scrolling.setProperty("panel", "surface")
        scrolling.viewport().setProperty("panel", "surface")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(head)
        lines.addWidget(self.trouble)
        lines.addWidget(scrolling, 1)

    def _choices(self) -> QVBoxLayout:
        look = theme.current()
        lines = QVBoxLayout()
        lines.setSpacing(look.space(2))
        lines.addWidget(Label("records.papers.which", "heading"))
        for key, name in drill_papers.paper_names().items():
            box = self.boxes[key] = QCheckBox(name)
            box.setChecked(True)
            lines.addWidget(box)
        lines.addSpacing(look.space(3))
        lines.addWidget(Label("records.papers.templates", "heading"))
        lines.addWidget(self.folder)
        for code, slot in (("records.papers.own", self.choose_templates), ("records.papers.export", self.choose_export),
                           ("records.papers.shipped", self.use_shipped)):  # fmt: skip
            button = Button(code, kind="secondary")
            button.setObjectName(code)
            button.clicked.connect(slot)
            lines.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addStretch(1)
        return lines

    def _free_texts(self) -> QVBoxLayout:
        lines = QVBoxLayout()
        lines.setSpacing(theme.current().space(3))
        hint = Label("records.papers.hint", "muted")
        hint.setWordWrap(True)
        lines.addWidget(hint)
        for name, box in self.texts.items():
            lines.addWidget(Field(f"drillpaper.{name}", box))
        lines.addStretch(1)
        return lines

    def _take_drafts(self, drafts: dict[str, str]) -> None:
        """The sentences made of facts, unless somebody has begun to write."""
        for name, text in drafts.items():
            if self.texts[name].toPlainText() in ("", self._drafted.get(name)):
                self.texts[name].setPlainText(text)
        self._drafted = drafts

    # --- templates --------------------------------------------------------------------------------------------------

    @property
    def templates(self) -> Path | None:
        """The town's own folder, if this desk names one."""
        found = self._tools.settings.get(FOLDER_SETTING)
        return Path(str(found)) if found else None

    def _show_templates(self) -> None:
        own = self.templates
        self.folder.setText(str(own) if own else say("records.papers.shipped_used"))

    @Slot()
    def choose_templates(self) -> None:
        """Ask for the folder with the town's own templates."""
        self._ask_folder("records.papers.own", str(self.templates or documents()), self.use_templates)

    def use_templates(self, chosen: str) -> None:
        """Take templates from there from now on."""
        self._tools.settings.set(FOLDER_SETTING, chosen)
        self._show_templates()

    @Slot()
    def use_shipped(self) -> None:
        """Take the shipped templates again."""
        self._tools.settings.set(FOLDER_SETTING, "")
        self._show_templates()

    @Slot()
    def choose_export(self) -> None:
        """Ask where the shipped templates go, to be edited there."""
        self._ask_folder("records.papers.export", str(self.templates or documents()), self.export_to)

    def export_to(self, chosen: str) -> None:
        """Put the shipped templates there, and use that folder."""
        self._desk.tasks.submit("io", partial(drill_papers.export_templates, Path(chosen)),
                                done=partial(self._exported, chosen), failed=self._failed, owner=self)  # fmt: skip

    def _exported(self, chosen: str, written: list[Path]) -> None:
        self.use_templates(chosen)
        self._tools.notices.done(say("records.papers.exported", count=len(written), folder=chosen))

    def _ask_folder(self, title: str, start: str, then: Any) -> None:
        dialog = QFileDialog(self.window(), say(title), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # --- the press --------------------------------------------------------------------------------------------------

    @Slot()
    def choose_folder(self) -> None:
        """Ask in which folder the drill's own folder is to stand."""
        if not any(box.isChecked() for box in self.boxes.values()):
            self.trouble.say("records.papers.none", tone="near")
            return
        start = str(self._tools.settings.get(OUT_SETTING) or documents())
        self._ask_folder("records.papers.where", start, self.make_into)

    def make_into(self, chosen: str) -> None:
        """Make the papers, write down that they leave, then write them."""
        self._tools.settings.set(OUT_SETTING, chosen)
        self.trouble.hide()
        self.make_button.setEnabled(False)
        self._desk.tasks.submit("io", self._fill, done=partial(self._write_down, Path(chosen)), failed=self._failed,
                                owner=self, key="papers")  # fmt: skip

    @property
    def _fill(self) -> Any:
        """What the io lane does, bound to what stands here now."""
        wanted = [key for key, box in self.boxes.items() if box.isChecked()]
        texts = {name: box.toPlainText().strip() for name, box in self.texts.items()}
        return partial(_made, self._desk.session, self.record.id, self._desk.now(), self.templates, wanted, texts)

    def _write_down(self, within: Path, made: list[Made]) -> None:
        self._desk.send(
            PrintPaper(sheet="drill_papers", subject=self.record.id), owner=self, failed=self._failed,
            done=lambda _: self._write_out(within, made),
        )  # fmt: skip

    def _write_out(self, within: Path, made: list[Made]) -> None:
        name = drill_papers.folder_name(self.record, zone_of(self._desk.live.town))
        self._desk.tasks.submit("io", partial(drill_papers.write_folder, within, name, made),
                                done=partial(self._written, len(made)), failed=self._failed, owner=self)  # fmt: skip

    def _written(self, count: int, folder: Path) -> None:
        self.make_button.setEnabled(True)
        self._tools.notices.done(say("records.papers.made", count=count, folder=str(folder)))
        launch(folder)
        self.left.emit()

    def _failed(self, error: BaseException) -> None:
        """One clear sentence: which file, which placeholder."""
        self.make_button.setEnabled(True)
        if not isinstance(error, CommandCenterError):
            raise error
        self.trouble.say("core.sheet.trouble", tone="overdue", icon="refused", what=current().error(error))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves, Ctrl+Enter makes."""
        with_ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and with_ctrl:
            self.choose_folder()
        else:
            super().keyPressEvent(event)


def _drafts(drill: str, now: Any, reader: Any) -> dict[str, str]:
    return drill_papers.drafts(reader, drill, now)


def _made(session: Any, drill: str, now: Any, templates: Path | None, wanted: list[str], texts: dict[str, Any]) -> Any:
    """On the io lane."""
    with session.read(DRILLS) as reader:
        return drill_papers.make(reader, drill, now, templates=templates, papers=wanted, **texts)
