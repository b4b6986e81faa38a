"""Files on their way into the database: read and cleaned on the io lane, then sent; the desk goes on meanwhile."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from commandcenter.base import texts
from commandcenter.base.changes import Outcome
from commandcenter.base.errors import CommandCenterError, Refused
from commandcenter.base.ids import new_id
from commandcenter.base.texts import say
from commandcenter.services.attachments import Attach, prepare
from commandcenter.ui.core.runner import Cancelled, Report, Task
from commandcenter.ui.core.sent import sent_of
from commandcenter.ui.core.tools import Tools

Stage = Literal["queued", "reading", "checking", "saving", "failed"]
Read = Callable[[], bytes]
AT_ONCE = 2
"""Files under way at a time; each holds its bytes and a child process."""
MOST = 50
_STAGES: tuple[Stage, ...] = ("reading", "checking")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file under way. ``id`` is the id of its command: sent again after a fault it is not added twice."""

    id: str
    number: int
    subject: tuple[str, str]
    name: str
    read: Read = field(repr=False)
    stage: Stage = "queued"
    told: str = ""
    """Why it could not be saved yet."""
    command: Attach | None = field(default=None, repr=False)
    prepared: Any = field(default=None, repr=False)


class Uploads(QObject):
    """All files under way at this desk, whichever subject is looked at.

    Signals: ``changed()``.
    """

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools.desk)
        self._tools = tools
        self._under_way: dict[str, Upload] = {}
        self._tasks: dict[str, Task] = {}
        self._numbers = itertools.count(1)
        tools.desk.connection_changed.connect(self._connection_changed)

    def beside(self, subject: tuple[str, str]) -> list[Upload]:
        """Those that go to a subject."""
        return [each for each in self._under_way.values() if each.subject == subject]

    def add(self, subject: tuple[str, str], given: Sequence[tuple[str, Read]]) -> None:
        """Take files: a name, and how its bytes are read (on the io lane)."""
        if len(given) > MOST:
            self._tools.notices.refused(say("error.attachment.too_many", most=MOST))
            return
        for name, read in given:
            made = Upload(new_id(), next(self._numbers), subject, name, read)
            self._under_way[made.id] = made
        self._go_on()

    def cancel(self, id: str) -> None:
        """Give a file up that is not being saved yet."""
        upload = self._under_way.get(id)
        if upload is None or upload.stage == "saving":
            return
        if id in self._tasks:
            self._tasks.pop(id).cancel()
        self._drop(id)

    def retry(self, id: str) -> None:
        """Send a file again that could not be saved."""
        upload = self._under_way.get(id)
        if upload is not None and upload.stage == "failed":
            self._set(id, stage="queued", told="")
            self._go_on()

    def _set(self, id: str, **changes: Any) -> None:
        if id in self._under_way:
            self._under_way[id] = replace(self._under_way[id], **changes)
            self.changed.emit()

    def _drop(self, id: str) -> None:
        self._under_way.pop(id, None)
        self._go_on()

    def _go_on(self) -> None:
        """Begin with the next ones."""
        waiting = [each for each in self._under_way.values() if each.stage == "queued"]
        active = sum(1 for each in self._under_way.values() if each.stage in ("reading", "checking", "saving"))
        for upload in waiting[: max(0, AT_ONCE - active)]:
            if upload.command is not None:
                self._send(upload.id)
            else:
                self._begin(upload)
        self.changed.emit()

    def _begin(self, upload: Upload) -> None:
        id = upload.id
        self._under_way[id] = replace(upload, stage="reading")
        self._tasks[id] = self._tools.desk.tasks.submit_long(
            "io", partial(_read_and_prepare, upload), progress=partial(self._at_stage, id),
            done=partial(self._prepared, id), failed=partial(self._failed, id), owner=self,
        )  # fmt: skip

    def _at_stage(self, id: str, done: int, _total: int) -> None:
        self._set(id, stage=_STAGES[done])

    def _prepared(self, id: str, made: tuple[Attach, Any]) -> None:
        self._tasks.pop(id, None)
        if id in self._under_way:
            self._set(id, command=made[0], prepared=made[1])
            self._send(id)

    def _send(self, id: str) -> None:
        upload = self._under_way[id]
        self._set(id, stage="saving")
        self._tools.desk.send(
            upload.command, owner=self, id=id, prepared=upload.prepared, done=partial(self._saved, id),
            failed=partial(self._failed, id),
        )  # fmt: skip

    def _saved(self, id: str, outcome: Outcome) -> None:
        upload = self._under_way[id]
        sent = sent_of(self._tools.desk)
        sent.remember(outcome, say("attachments.done.added", name=upload.name))
        code = "attachments.done.position" if outcome.value["position_removed"] else "attachments.done.added"
        undo = partial(sent.undo, self._undone, self._tools.notices.show_error, outcome.command)
        self._tools.notices.done(say(code, name=upload.name), undo=undo)
        self._drop(id)

    def _undone(self, what: str) -> None:
        self._tools.notices.done(say("attachments.undone", what=what))

    def _failed(self, id: str, error: BaseException) -> None:
        """What is refused is told and given up; what met a fault stays, with its bytes, and is tried again."""
        self._tasks.pop(id, None)
        upload = self._under_way.get(id)
        if upload is None:
            return
        if isinstance(error, CommandCenterError) and not isinstance(error, Refused):
            self._set(id, stage="failed", told=texts.current().error(error))
            self._go_on()
            return
        self._drop(id)
        if not isinstance(error, CommandCenterError):
            raise error
        self._tools.notices.refused(say("attachments.refused", name=upload.name, why=texts.current().error(error)))

    @Slot()
    def _connection_changed(self) -> None:
        """The database is back: what waited is saved."""
        if not self._tools.desk.is_stale:
            for upload in [each for each in self._under_way.values() if each.stage == "failed"]:
                self.retry(upload.id)


def _read_and_prepare(upload: Upload, report: Report) -> tuple[Attach, Any]:
    """On the io lane."""
    report(0, 2)
    content = upload.read()
    report(1, 2)
    kind, id = upload.subject
    command = Attach(subject_kind=kind, subject=id, name=upload.name, content=content)  # type: ignore[arg-type]
    try:
        return command, prepare(command, cancelled=report.is_cancelled)
    except Refused as error:
        if error.code == "file.cancelled":
            raise Cancelled from None
        raise


def uploads_of(tools: Tools) -> Uploads:
    """The one of a desk, made when first asked for."""
    found: Any = tools.desk.findChild(Uploads)
    return found if isinstance(found, Uploads) else Uploads(tools)
