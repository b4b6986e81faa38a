"""A form that prints something long: a single file is opened, several go into a new folder where the officer says; how
far it is stands below the fields, with a way to stop it, and the form stays until the paper is there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from commandcenter.base import files
from commandcenter.base.errors import CommandCenterError
from commandcenter.base.texts import say
from commandcenter.services.papers import Printed
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.handout import documents, launch
from commandcenter.ui.core.longwork import LongWork
from commandcenter.ui.core.runner import Cancelled, Report, Task
from commandcenter.ui.core.sending import FixedId, Sender
from commandcenter.ui.core.tools import Tools


@dataclass(frozen=True, slots=True)
class PrintWords:
    """What one form of this kind says: codes of its texts, and the desk's setting where its last files went."""

    title: str
    save: str
    progress: str
    """With ``done`` and ``total``."""
    stopped: str
    where: str
    folder: str
    """The name of the new folder, with ``stamp``."""
    setting: str


@dataclass(frozen=True, slots=True)
class PrintWork:
    """What is done on the io lane. ``ready``: put into words what is to be printed; ``single``: set it as the one file
    that it is; ``write``: set it and write it into a folder. Each may raise to stop by the report."""

    ready: Callable[[], Any]
    single: Callable[[Any, Report], Printed]
    write: Callable[[Any, Path, Report], list[Path]]


class LongPrintSheet(FieldsSheet):
    """What to print, for whom and on what; the command that notes it is sent, then it is set and written.

    Whoever inherits says which command (``command``, ``words``), whether there will be several files
    (``makes_several``) and what the io lane does (``work``).
    """

    TEXTS: ClassVar[PrintWords]

    def __init__(self, tools: Tools, sender: Sender, fields: Sequence[EditField]) -> None:
        self._tools = tools
        self._task: Task | None = None
        self._folder: Path | None = None
        self._outcome: Any = None
        self._finished = 0
        super().__init__(self.TEXTS.title, self.TEXTS.save, sender, fields)
        self.printing = LongWork(stop_code="core.print.stop", stop_key="Esc", is_wide=True)
        self.printing.given_up.connect(self.stop)
        self.add_below_fields(self.printing)

    def add_below_fields(self, widget: QWidget) -> None:
        """Put something between the fields and what was put there before."""
        holder = self.scrolling.widget()
        inner = holder.layout() if holder is not None else None
        if isinstance(inner, QVBoxLayout):
            inner.insertWidget(1, widget)

    # --- what each form says ----------------------------------------------------------------------------------------

    def makes_several(self) -> bool:
        """Whether what is chosen are several files: then it is asked first where they go."""
        raise NotImplementedError

    def work(self, outcome: Any) -> PrintWork:
        """The command was carried out: what has to be done now, as the fields stand; asked on the GUI thread."""
        raise NotImplementedError

    def may_begin(self) -> bool:
        """Whether what is chosen can be printed at all."""
        return True

    def after_stop(self) -> None:
        """The officer stopped it: the form stands as before, unless something else fits better."""

    # --- the way to the paper ---------------------------------------------------------------------------------------

    @property
    def is_printing(self) -> bool:
        """Whether something is being set: until then nothing else is begun."""
        return self._task is not None

    @Slot()
    def submit(self) -> None:
        """Several files: ask first where they go."""
        if self.is_printing or not self.save_button.isEnabled() or self.values() is None:
            return
        self._folder = None
        if self.makes_several():
            self._ask_where()
        else:
            super().submit()

    def _ask_where(self) -> None:
        before = str(self._tools.settings.get(self.TEXTS.setting) or documents())
        dialog = QFileDialog(self.window(), say(self.TEXTS.where), before)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.filesSelected.connect(self.print_into)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(list)
    def print_into(self, chosen: Sequence[str]) -> None:
        """Print into a new folder under the chosen one."""
        from commandcenter.services.wording import stamp

        town = self._tools.desk.live.town
        self._tools.settings.set(self.TEXTS.setting, chosen[0])
        name = say(self.TEXTS.folder, stamp=stamp(self._tools.desk.now(), town.zone if town else None))
        self._folder = Path(chosen[0]) / name
        super().submit()

    def _carried_out(self, outcome: Any) -> None:
        """Noted: now the paper. The form stays until it is there."""
        work = partial(_print, self.work(outcome), self._folder)
        self._outcome, self._finished = outcome, 0
        self.printing.begin("core.print.begun")
        self.leave_button.hide()
        self._task = self._tools.desk.tasks.submit_long(
            "io", work, progress=self._say_progress, done=partial(self._printed, outcome), failed=self._not_printed,
            owner=self,
        )  # fmt: skip

    def _say_progress(self, done: int, total: int) -> None:
        self._finished = done
        self.printing.show_progress(done, total)
        self.printing.words.say(self.TEXTS.progress, done=done, total=total)

    @Slot()
    def stop(self) -> None:
        """No more files; those that are finished stay, and one press takes back what was noted. Before the first one
        that is done at once, or papers would count as printed of which there is none."""
        if self._task is None:
            return
        self._task.cancel()
        self._over()
        if self._folder is not None and self._finished:
            told = say("core.print.kept", told=say(self.TEXTS.stopped), folder=str(self._folder))
            self._sender.tell_done(told, self._outcome)
        else:
            self._take_back()
        self.after_stop()

    def _take_back(self) -> None:
        """There is no paper: what was noted of it did not happen."""
        if self._outcome.undoable:
            self._sender.sent.undo(self._tell_nothing, self._sender.explain, self._outcome.command)
        else:
            self._tell_nothing()

    def _tell_nothing(self, _undone: str = "") -> None:
        self._tools.notices.info(say("core.print.nothing"))

    def _over(self) -> None:
        self._task, self._fixed = None, FixedId()  # whoever prints once more means another time
        self.printing.end()
        self.leave_button.show()
        self.save_button.setEnabled(self.may_begin())

    def _printed(self, outcome: Any, paths: list[Path]) -> None:
        self._over()
        self._sender.tell_done(self.words(), outcome)
        made = self._folder if self._folder is not None else paths[0]
        if not launch(made):
            self._tools.notices.trouble(say("core.print.lies", path=str(made)))
        self.saved.emit()

    def _not_printed(self, error: BaseException) -> None:
        self._over()
        if not self._finished:
            self._take_back()
        if not isinstance(error, CommandCenterError):
            raise error
        self.say_trouble(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape stops what is being printed before it leaves."""
        if event.key() == Qt.Key.Key_Escape and self.is_printing:
            self.stop()
        else:
            super().keyPressEvent(event)


def _print(work: PrintWork, folder: Path | None, report: Report) -> list[Path]:
    """On the io lane; a single file goes where it can be opened."""
    ready = work.ready()
    if report.is_cancelled():
        raise Cancelled
    if folder is not None:
        return work.write(ready, folder, report)
    made = work.single(ready, report)
    return [files.for_opening(made.name, made.content)]
