"""Sheets of a round: written for all villages at once, and read together as they come back."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import choose, current, say
from commandcenter.services import round_returns, round_sheets
from commandcenter.services.round_reading import RoundState
from commandcenter.services.round_returns import Reading, SheetRead
from commandcenter.services.wording import listed
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Column, clear, words
from commandcenter.ui.core.handout import launch
from commandcenter.ui.core.sending import FixedId, Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label, Tone
from commandcenter.ui.core.workpage import WorkPage

OUT_SETTING = "rounds.sheets.folder"
"""The desk's setting: where the last sheets went."""
_TOLD = 8
"""So many faults of a file are shown; the rest are counted."""
_STATES: dict[str, Tone] = {"ready": "ok", "done": "ok", "refused": "overdue", "unmarked": "near", "twice": "near"}


class FileCard(QFrame):
    """One sheet that came back. Signals: ``believed(name)`` when somebody says that it is of this round."""

    believed = Signal(str)

    def __init__(self, read: SheetRead, status: str) -> None:
        super().__init__()
        look = theme.current()
        self._name = read.name
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, look.space(2), 0, look.space(2))
        lines.setSpacing(look.space(1))
        head = QHBoxLayout()
        head.setSpacing(look.space(2))
        head.addWidget(Chip(say(f"rounds.file.{status}"), _STATES[status]))
        village = choose(read.village.name, read.village.name_en) if read.village else ""
        head.addWidget(words(village or read.name, "strong"))
        head.addWidget(words(read.name if village else "", "muted"), 1)
        lines.addLayout(head)
        if read.counts and status != "refused":
            lines.addWidget(words(self._figures(read), "" if read.differing else "muted"))
        if read.error is not None and status != "done":
            lines.addWidget(words(current().error(read.error), "error" if status == "refused" else "doubt"))
        if status == "unmarked":
            yes = Button("rounds.file.believe", kind="secondary", icon="check")
            yes.setObjectName(f"believe:{read.name}")
            yes.clicked.connect(self._believe)
            lines.addWidget(yes, 0, Qt.AlignmentFlag.AlignLeft)
        for problem in read.problems[:_TOLD]:
            where = say("rounds.file.where", row=problem.row or "–", column=problem.column or "–")
            lines.addWidget(words(f"{where}  {round_returns.problem_words(problem)}", "muted"))
        if len(read.problems) > _TOLD:
            lines.addWidget(words(say("rounds.file.more", count=len(read.problems) - _TOLD), "muted"))

    @staticmethod
    def _figures(read: SheetRead) -> str:
        parts = [say("rounds.file.counted", count=len(read.counts)), say("rounds.file.differing", count=read.differing)]
        if read.blanks:
            parts.append(say("rounds.file.blanks", count=read.blanks))
        if read.before:
            parts.append(say("rounds.file.before", count=read.before))
        return say("rounds.file.comma").join(parts)

    @Slot()
    def _believe(self) -> None:
        self.believed.emit(self._name)


class SheetsPage(WorkPage):
    """Out on the left, back on the right."""

    def __init__(self, tools: Tools, post: Sender, state: RoundState) -> None:
        self.record_button = Button("rounds.sheets.record", kind="primary", key="Ctrl+Enter", icon="check", count=0)
        self.record_button.setObjectName("rounds.record")
        super().__init__(tools, self.record_button)
        self._post = post
        self.state = state
        self.reading: Reading | None = None
        self.done: set[str] = set()
        self._paths: list[Path] = []
        self._believed: set[str] = set()
        self._queue: list[SheetRead] = []
        self._fixed = FixedId()
        self.on_paper = QCheckBox(say("rounds.sheets.on_paper"))
        self.on_paper.setChecked(True)
        self.write_button = self._button("rounds.sheets.write", "export", self.choose_folder)
        self.files_button = self._button("rounds.sheets.files", "import", self.choose_files)
        self.folder_button = self._button("rounds.sheets.folder", "ph.folder-open", self.choose_read_folder)
        self.progress = Label("", "muted")
        self.missing = words("", "doubt")
        self._cards = QVBoxLayout()
        self._lay_out()
        self.setAcceptDrops(True)
        self.setFocusProxy(self.write_button)
        self.show_files()

    @staticmethod
    def _button(code: str, icon: str, slot: Any) -> Button:
        made = Button(code, kind="secondary", icon=icon)
        made.setObjectName(code)
        made.clicked.connect(slot)
        return made

    def _lay_out(self) -> None:
        look = theme.current()
        whole = QWidget()
        columns = QHBoxLayout(whole)
        columns.setContentsMargins(look.space(4), look.space(2), look.space(4), look.space(4))
        columns.setSpacing(look.space(6))
        left = QWidget()
        left.setFixedWidth(look.px(300))
        left.setLayout(self._hands())
        columns.addWidget(left)
        body = Column()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, look.space(2), 0)
        inner.addLayout(self._cards)
        inner.addStretch(1)
        columns.addWidget(self.scrolled(body), 1)
        about = words(say("rounds.mark", mark=self.state.round.mark), "muted")
        self.lay_out("rounds.sheets.title", (about,), whole)

    def _hands(self) -> QVBoxLayout:
        look = theme.current()
        lines = QVBoxLayout()
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(2))
        lines.addWidget(Label("rounds.sheets.out", "heading"))
        hint = Label("rounds.sheets.out.hint", "muted")
        hint.setWordWrap(True)
        for each in (hint, self.on_paper):
            lines.addWidget(each)
        lines.addWidget(self.write_button, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addSpacing(look.space(4))
        lines.addWidget(Label("rounds.sheets.back", "heading"))
        hint = Label("rounds.sheets.back.hint", "muted")
        hint.setWordWrap(True)
        lines.addWidget(hint)
        for button in (self.files_button, self.folder_button):
            lines.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addWidget(self.progress)
        lines.addWidget(self.missing)
        lines.addStretch(1)
        return lines

    def follow(self, state: RoundState) -> None:
        """The round as it is now."""
        self.state = state

    # --- out --------------------------------------------------------------------------------------------------------

    @Slot()
    def choose_folder(self) -> None:
        """Ask where the sheets go."""
        self.ask_folder("rounds.sheets.where", self._tools.settings.get(OUT_SETTING), self._write_there)

    @Slot(str)
    def _write_there(self, chosen: str) -> None:
        self.write_into([chosen])

    def write_into(self, chosen: Sequence[str]) -> None:
        """Write the sheets of all villages into a folder."""
        self._tools.settings.set(OUT_SETTING, chosen[0])
        self.trouble.hide()
        self.write_button.setEnabled(False)
        self.progress.say("rounds.sheets.writing")
        folder = Path(chosen[0])
        work = partial(round_sheets.write_folder, self._desk.session, self.state.round.id, folder,
                       on_paper=self.on_paper.isChecked())  # fmt: skip
        self._desk.tasks.submit("io", work, done=partial(self._written, folder), failed=self._failed, owner=self)

    def _written(self, folder: Path, files: list[Path]) -> None:
        self.write_button.setEnabled(True)
        self.progress.show_text("")
        self._tools.notices.done(say("rounds.sheets.written", count=len(files), folder=str(folder)))
        launch(folder)

    # --- back -------------------------------------------------------------------------------------------------------

    @Slot()
    def choose_files(self) -> None:
        """Ask which files came back."""
        endings = " ".join(f"*{each}" for each in round_returns.ENDINGS)
        kinds = f"{say('rounds.sheets.filter')} ({endings})"
        self.ask_files("rounds.sheets.files", self._tools.settings.get(OUT_SETTING), kinds, self.read_paths)

    @Slot()
    def choose_read_folder(self) -> None:
        """Ask in which folder they are."""
        self.ask_folder("rounds.sheets.folder", self._tools.settings.get(OUT_SETTING), self._read_there)

    @Slot(str)
    def _read_there(self, chosen: str) -> None:
        self.read_paths([chosen])

    def read_paths(self, chosen: Sequence[str]) -> None:
        """Read these beside what was read before; nothing is recorded yet."""
        self._paths = list(dict.fromkeys([*self._paths, *(Path(each) for each in chosen)]))
        self._read()

    def _read(self) -> None:
        self.trouble.hide()
        self.progress.say("rounds.sheets.reading")
        self.record_button.setEnabled(False)
        work = partial(round_returns.read_files, self._desk.session, self.state.round.id, tuple(self._paths),
                       believe=frozenset(self._believed))  # fmt: skip
        self._desk.tasks.submit("io", work, done=self._take, failed=self._failed, owner=self, key="sheets")

    def _take(self, reading: Reading) -> None:
        self.reading = reading
        self.progress.show_text("")
        self.show_files()

    @Slot(str)
    def believe(self, name: str) -> None:
        """A file without a mark is of this round."""
        self._believed.add(name)
        self._read()

    @property
    def to_record(self) -> list[SheetRead]:
        """What can be recorded and was not."""
        return [each for each in (self.reading.ready if self.reading else ()) if each.name not in self.done]

    def show_files(self) -> None:
        """The files as they were read, those with something to mend first."""
        clear(self._cards)
        rank = {"refused": 0, "twice": 1, "unmarked": 2, "ready": 3, "done": 4}
        files = self.reading.files if self.reading else ()
        for each in sorted(files, key=lambda one: (rank[self._status(one)], one.name)):
            card = FileCard(each, self._status(each))
            card.believed.connect(self.believe)
            self._cards.addWidget(card)
        if not files:
            self._cards.addWidget(Label("rounds.sheets.nothing", "muted"))
        names = [choose(each.name, each.name_en) for each in (self.reading.missing if self.reading else ())]
        told = say("rounds.read.missing", count=len(names), villages=listed(names)) if names else ""
        self.missing.setText(told)
        self.record_button.say("rounds.sheets.record", count=len(self.to_record))
        self.record_button.setEnabled(bool(self.to_record) and not self._queue)

    def _status(self, read: SheetRead) -> str:
        return "done" if read.name in self.done and read.status == "ready" else read.status

    @Slot()
    def record(self) -> None:
        """Record what is ready, one command a file, so that each can be taken back."""
        self._queue = self.to_record
        self.record_button.setEnabled(False)
        self._next()

    do_main = record

    def _next(self) -> None:
        if not self._queue or self.reading is None:
            self._queue = []
            self.show_files()
            return
        read = self._queue[0]
        command = self.reading.command(read)
        village = choose(read.village.name, read.village.name_en) if read.village else read.name
        self._post.send(command, say("rounds.done.sheet", village=village), done=partial(self._recorded, read),
                        failed=self._failed, id=self._fixed.of(command))  # fmt: skip

    def _recorded(self, read: SheetRead, _outcome: Any) -> None:
        self.done.add(read.name)
        self._fixed = FixedId()  # taken back and recorded again it is another time
        self._queue.pop(0)
        if not self._queue:
            self._tools.notices.done(say("rounds.done.sheets", count=len(self.done)))
        self._next()

    def _failed(self, error: BaseException) -> None:
        self._queue = []
        self.write_button.setEnabled(True)
        self.progress.show_text("")
        self.record_button.setEnabled(bool(self.to_record))
        self.tell_trouble(error)

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: files may be dropped anywhere on the page."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: files or folders."""
        chosen = [each.toLocalFile() for each in event.mimeData().urls() if each.isLocalFile()]
        if chosen:
            self.read_paths(chosen)
