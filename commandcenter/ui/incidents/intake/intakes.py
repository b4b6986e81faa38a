"""The reports being taken at this desk: which one is in the form, which ones wait, and how each stands."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

from commandcenter.base.errors import CommandCenterError, EnvironmentTrouble
from commandcenter.base.paths import data_folder
from commandcenter.rules.permissions import DUTY
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.incidents.intake.draft import Draft
from commandcenter.ui.incidents.intake.keeper import DraftKeeper
from commandcenter.ui.incidents.intake.lookup import Lookup
from commandcenter.ui.incidents.intake.saving import Saved, Saver

_WRITE_AFTER = 500
"""ms from a keystroke to its writing; a draft on the disk is never older than this and one write."""

StandingKind = Literal["typing", "saving", "away", "refused"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a draft stands: ``away`` may be saved again as it is, ``refused`` must be changed first."""

    kind: StandingKind = "typing"
    error: CommandCenterError | None = None


_TYPING = Standing()


class Intakes(QObject):
    """Signals: ``list_changed()`` – drafts came, went or read differently; ``current_changed()`` – another draft, or
    none, is in the form; ``standing_changed(id)``;
    ``saved(Saved)``; ``not_followed(error)``; ``found_again(count)`` – drafts of an earlier run are back;
    ``kept(is_kept)`` – whether the drafts can be written to the disk; ``save_wanted()``, ``focus_wanted()`` – keys
    pressed, for the form."""

    list_changed = Signal()
    current_changed = Signal()
    standing_changed = Signal(str)
    saved = Signal(object)
    not_followed = Signal(object)
    found_again = Signal(int)
    kept = Signal(bool)
    save_wanted = Signal()
    focus_wanted = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.lookup = Lookup(desk, self)
        self._drafts: dict[str, Draft] = {}
        self._standing: dict[str, Standing] = {}
        self._current: str | None = None
        self._shown_only: set[str] = set()
        self.is_in_hand: Callable[[], bool] = _no
        """Whether the keys are in the form now."""
        self._keeper = DraftKeeper(data_folder() / "drafts", desk.session.desk)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WRITE_AFTER)
        self._timer.timeout.connect(self._flush)
        self._saver = Saver(desk, self)
        self._saver.saved.connect(self._saved)
        self._saver.failed.connect(self._failed)
        self._saver.not_followed.connect(self.not_followed)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)
        desk.tasks.submit("io", self._recover, done=self._take_recovered, failed=self._not_kept, owner=self)

    # --- what there is ------------------------------------------------------------------------------------------

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All drafts, the oldest first."""
        return tuple(self._drafts.values())

    @property
    def current(self) -> Draft | None:
        """The draft in the form, None while the form is closed."""
        return self._drafts.get(self._current or "")

    def standing(self, id: str) -> Standing:
        """How a draft stands."""
        return self._standing.get(id, _TYPING)

    @property
    def is_allowed(self) -> bool:
        """Whether the person at the desk may take reports."""
        return self.desk.officer.role in DUTY

    # --- what the officer does ----------------------------------------------------------------------------------

    def open(self) -> None:
        """The key: take a report. A form that is open gets the keys back first; pressed in it, the next call comes
        in and this one waits. One in which nothing was entered yet is used, so that two presses make one."""
        if self.current is not None and not self.is_in_hand():
            self.focus_wanted.emit()
            return
        blank = next((draft for draft in self._drafts.values() if draft.is_blank), None)
        if blank is None:
            session = self.desk.session
            blank = Draft.fresh(database=session.database.name, world=self.desk.world, now=self.desk.now())
            self._drafts[blank.id] = blank
        self.show(blank.id)
        self.focus_wanted.emit()

    def park(self) -> None:
        """The form closes; what is in it waits."""
        self.show(None)

    def show_example(self, draft: Draft) -> None:
        """Show a report that is never written to the disk, for a picture of the screen."""
        self.end_example()
        self._shown_only = {draft.id}
        self._drafts[draft.id] = draft
        self.show(draft.id)

    def end_example(self) -> None:
        """Take the example away again."""
        for id in self._shown_only:
            self.discard(id)
        self._shown_only = set()

    def show(self, id: str | None) -> None:
        """Put another draft into the form, or none: what was there waits as a tab."""
        leaving = self.current
        if leaving is not None and leaving.id != id and leaving.is_blank:
            self._forget(leaving.id)
        self._current = id
        self.list_changed.emit()
        self.current_changed.emit()

    def step(self, by: int) -> None:
        """Show the next draft, round and round."""
        ids = [*self._drafts]
        if ids:
            here = ids.index(self._current) if self._current in ids else -1
            self.show(ids[(here + by) % len(ids)])

    def put(self, draft: Draft) -> None:
        """The form typed on: keep what it holds. What was sent is known here alone."""
        known = self._drafts.get(draft.id)
        if known is None:
            return
        draft = replace(draft, attempts=known.attempts)
        if draft == known:
            return
        self._drafts[draft.id] = draft
        if self.standing(draft.id).kind == "refused":
            self._stand(draft.id, _TYPING)
        self._keep(draft)
        self.list_changed.emit()

    def discard(self, id: str) -> None:
        """Throw a draft away for good."""
        self._forget(id)
        if self._current == id:
            self._current = None
            self.current_changed.emit()
        self.list_changed.emit()

    def save(self, id: str) -> None:
        """Send a draft in which nothing is missing. It is on the disk with its words before it leaves the desk, so
        that after a crash in between the same words are sent under the same id."""
        draft = self._drafts[id]
        if draft.missing() or self.standing(id).kind == "saving":
            return
        self._stand(id, Standing("saving"))
        draft = self._drafts[id] = draft.attempted()
        self._keeper.keep(draft)

        def send(_answer: object) -> None:
            self._saver.send(draft)

        self.desk.tasks.submit("io", self._keeper.flush, done=send, failed=send, owner=self)

    def add_to(self, id: str, incident: str) -> None:
        """The report is known: write its words on that open incident and let the draft go."""
        found = self.desk.live.incidents.get(incident)
        if found is not None and self.standing(id).kind != "saving":
            self._stand(id, Standing("saving"))
            self._saver.add_to(self._drafts[id], incident, found.number)

    @Slot()
    def close(self) -> None:
        """The desk closes: what waits is written at once, here, for there may be no lane to write it any more."""
        self._timer.stop()
        self._keeper.close()

    # --- keeping ------------------------------------------------------------------------------------------------

    def _keep(self, draft: Draft) -> None:
        if draft.id in self._shown_only:
            return
        self._keeper.keep(draft)
        if not self._timer.isActive():  # not started anew: a steady typist would never be written
            self._timer.start()

    @Slot()
    def _flush(self) -> None:
        try:
            self.desk.tasks.submit("io", self._keeper.flush, done=self._kept, failed=self._not_kept, owner=self)
        except RuntimeError:  # the lanes have ended before the drafts: the desk is closing
            self.close()

    def _kept(self, _answer: object) -> None:
        self.kept.emit(True)

    def _not_kept(self, error: BaseException) -> None:
        self.kept.emit(False)
        if not isinstance(error, OSError):
            raise error

    def _recover(self) -> list[Draft]:
        return self._keeper.recover(self.desk.session.database.name, self.desk.world)

    def _take_recovered(self, found: list[Draft]) -> None:
        if found:
            self._drafts = {draft.id: draft for draft in found} | self._drafts
            self.list_changed.emit()
            self.found_again.emit(len(found))

    def _forget(self, id: str) -> None:
        self._drafts.pop(id, None)
        self._standing.pop(id, None)
        self._keeper.drop(id)
        if not self._timer.isActive():
            self._timer.start()

    # --- answers ------------------------------------------------------------------------------------------------

    def _stand(self, id: str, standing: Standing) -> None:
        self._standing[id] = standing
        self.standing_changed.emit(id)

    @Slot(object)
    def _saved(self, saved: Saved) -> None:
        self.discard(saved.draft)
        self._flush()
        self.saved.emit(saved)

    @Slot(str, object)
    def _failed(self, id: str, error: BaseException) -> None:
        if id not in self._drafts:
            return
        kind: StandingKind = "away" if isinstance(error, EnvironmentTrouble) else "refused"
        self._stand(id, Standing(kind, error if isinstance(error, CommandCenterError) else None))


def _no() -> bool:
    """As long as there is no form."""
    return False
