"""A drill's papers in one press: which ones, the free texts to edit before, and the town's templates."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout

from commandcenter.base.texts import say
from commandcenter.rules.entity import DRILLS
from commandcenter.services import drill_papers
from commandcenter.services.drill_papers import FOLDER_SETTING, Made
from commandcenter.services.drill_reading import Record
from commandcenter.services.papers import PrintPaper
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Column, words
from commandcenter.ui.core.fields import TextBox
from commandcenter.ui.core.forms import Field
from commandcenter.ui.core.handout import launch
from commandcenter.ui.core.longwork import LongWork
from commandcenter.ui.core.runner import Report
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label
from commandcenter.ui.core.workpage import WorkPage

OUT_SETTING = "drills.papers.folder"
"""The desk's setting: where the last folder of papers went."""


class PapersPage(WorkPage):
    """It leaves when the folder stands."""

    def __init__(self, tools: Tools, record: Record) -> None:
        self.make_button = Button("records.papers.make", kind="primary", key="Ctrl+Enter", icon="document")
        self.make_button.setObjectName("records.make")
        super().__init__(tools, self.make_button)
        self.record = record
        self._drafted: dict[str, str] = {}
        self._is_made = False
        self.boxes: dict[str, QCheckBox] = {}
        self.texts = {name: TextBox(least=8, most=14) for name in ("summary", "briefing")}
        self.folder = words("", "muted")
        self.work = LongWork()
        self.work.given_up.connect(self.give_up)
        self._cancel: Callable[[], None] | None = None
        self._lay_out()
        self._show_templates()
        self.read_drafts()
        self.setFocusProxy(self.texts["summary"])

    def read_drafts(self) -> None:
        """The sentences made of facts, as these are now."""
        self._desk.read(partial(_drafts, self.record.id, self._desk.now()), done=self._take_drafts, owner=self,
                        failed=self._failed, key="drafts", world=DRILLS)  # fmt: skip

    def _lay_out(self) -> None:
        look = theme.current()
        body = Column()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(look.space(4), look.space(2), look.space(4), look.space(4))
        columns.setSpacing(look.space(6))
        columns.addLayout(self._choices(), 2)
        columns.addLayout(self._free_texts(), 5)
        about = words(self.record.drill.title, "strong")
        self.lay_out("records.papers.title", (Chip(say("drillpaper.mark")), self.work, about), self.scrolled(body))

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

    @property
    def is_begun(self) -> bool:
        """Whether sentences were written that stand in no paper yet."""
        found = {name: box.toPlainText() for name, box in self.texts.items()}
        return not self._is_made and any(text and text != self._drafted.get(name) for name, text in found.items())

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
        self.ask_folder("records.papers.own", self.templates, self.use_templates)

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
        self.ask_folder("records.papers.export", self.templates, self.export_to)

    def export_to(self, chosen: str) -> None:
        """Put the shipped templates there, and use that folder."""
        self._desk.tasks.submit("io", partial(drill_papers.export_templates, Path(chosen)),
                                done=partial(self._exported, chosen), failed=self._failed, owner=self)  # fmt: skip

    def _exported(self, chosen: str, written: list[Path]) -> None:
        self.use_templates(chosen)
        self._tools.notices.done(say("records.papers.exported", count=len(written), folder=chosen))

    # --- the press --------------------------------------------------------------------------------------------------

    @Slot()
    def choose_folder(self) -> None:
        """Ask in which folder the drill's own folder is to stand."""
        if not any(box.isChecked() for box in self.boxes.values()):
            self.trouble.say("records.papers.none", tone="near")
            return
        self.ask_folder("records.papers.where", self._tools.settings.get(OUT_SETTING), self.make_into)

    do_main = choose_folder

    def make_into(self, chosen: str) -> None:
        """Make the papers, write down that they leave, then write them."""
        self._tools.settings.set(OUT_SETTING, chosen)
        self.trouble.hide()
        self.kept.hide()
        self.make_button.setEnabled(False)
        task = self._desk.tasks.submit_long(
            "io", self._fill, progress=self.work.show_progress, done=partial(self._write_down, Path(chosen)),
            failed=self._failed, owner=self, key="papers",
        )  # fmt: skip
        self._cancel = task.cancel
        self.work.begin("records.papers.working")

    @Slot()
    def give_up(self) -> None:
        """Nothing is written, and nothing stands in the log: the papers were still being made."""
        if self._cancel is not None:
            self._cancel()
            self._over()
            self.make_button.setEnabled(True)
            self.trouble.say("records.papers.given_up")

    def _over(self) -> None:
        self._cancel = None
        self.work.end()

    @property
    def _fill(self) -> Any:
        """What the io lane does, bound to what stands here now."""
        wanted = [key for key, box in self.boxes.items() if box.isChecked()]
        texts = {name: box.toPlainText().strip() for name, box in self.texts.items()}
        return partial(_made, self._desk.session, self.record.id, self._desk.now(), self.templates, wanted, texts)

    def _write_down(self, within: Path, made: list[Made]) -> None:
        self._over()
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
        self._is_made = True
        self.left.emit()

    def _failed(self, error: BaseException) -> None:
        """Which file, which placeholder."""
        self._over()
        self.make_button.setEnabled(True)
        self.tell_trouble(error)


def _drafts(drill: str, now: Any, reader: Any) -> dict[str, str]:
    return drill_papers.drafts(reader, drill, now)


def _made(session: Any, drill: str, now: Any, templates: Path | None, wanted: list[str], texts: dict[str, Any],
          report: Report) -> Any:  # fmt: skip
    """On the io lane."""
    with session.read(DRILLS) as reader:
        return drill_papers.make(reader, drill, now, templates=templates, papers=wanted, progress=report, **texts)


def sheets(reader: Any, drill: str, **more: Any) -> Any:
    """The sheets of a paper drill, as they are plugged in."""
    return drill_papers.sheets(reader, drill, **more)
