"""Forms about kits: issue, receive, hand out, take back."""

from typing import Any

from PySide6.QtCore import Signal, Slot

from commandcenter.base.errors import RuleError
from commandcenter.base.texts import say
from commandcenter.rules.kits import needed, words_of
from commandcenter.rules.masks import is_masked
from commandcenter.services.kit_board import Board, FreeWorker
from commandcenter.services.kits import HandOutKit, IssueKits, NewKit, ReceiveKits, TakeBackKit
from commandcenter.ui.core.editing import FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.foundlist import FoundList
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.widgets import Button
from commandcenter.ui.kits.formfields import depot_options, form_field, village_options
from commandcenter.ui.kits.rows import Line, village_name
from commandcenter.ui.kits.whom import Whom


def _worker_option(free: FreeWorker) -> Option:
    grid = free.grid.name if free.grid is not None else ""
    return Option(free.worker.id, " · ".join(part for part in (free.worker.name, grid) if part),
                  (free.worker.name, free.grid.code if free.grid is not None else ""))  # fmt: skip


class IssueSheet(FieldsSheet):
    """Kits leave a depot for a village. What the depot lacks is said by article and size; then they may go short."""

    issued = Signal(str, str)
    """The receipt sheet, and its village."""

    def __init__(self, board: Board, sender: Sender, village: str | None) -> None:
        self.village, self.depot, self.whom = PickBox(village_options(board)), PickBox(depot_options(board)), Whom()
        self._board, self._short = board, False
        fields = (
            form_field("village", self.village), form_field("depot", self.depot),
            form_field("kits", self.whom, None, "kits.whom.hint"), form_field("received_by", LineEdit()),
            form_field("note", LineEdit()),
        )  # fmt: skip
        super().__init__("kits.issue.title", "kits.issue.save", sender, fields)
        self.short_button = Button("kits.issue.short", kind="secondary", icon="alert")
        self.short_button.setObjectName("kits.issue.short")
        self.short_button.clicked.connect(self._go_short)
        self.short_button.hide()
        layout = self.form.field("kits").layout()
        assert layout is not None
        layout.addWidget(self.short_button)
        if village:
            self.village.put(village)
        self.village.chosen.connect(self._village_chosen)
        self._village_chosen()

    def follow_board(self, board: Board) -> None:
        """Others issued, or handed out, meanwhile."""
        self._board = board
        self._village_chosen()

    @Slot()
    def _village_chosen(self) -> None:
        free = self._board.free.get(self.village.currentData() or "", ())
        self.whom.offer(free, needed(self._board.articles))
        self.short_button.hide()

    def command(self) -> IssueKits | None:
        """The issue as it stands."""
        found = self.values()
        if found is None:
            return None
        kits: tuple[NewKit, ...] = found.pop("kits") or ()
        return IssueKits(**{**found, "village": found["village"] or "", "depot": found["depot"] or ""}, kits=kits,
                         short_ok=self._short)  # fmt: skip

    @Slot()
    def _go_short(self) -> None:
        self._short = True
        self.submit()
        self._short = False

    def say_trouble(self, error: BaseException) -> None:
        """What is lacking leaves a choice."""
        super().say_trouble(error)
        self.short_button.setVisible(isinstance(error, RuleError) and error.code == "kit.short")

    def words(self) -> str:
        """What it does."""
        village = self._board.villages.get(self.village.currentData() or "")
        return say("kits.done.issue", village=village_name(village))

    def carried_out(self, outcome: Any) -> None:
        """How many went, and what waits; then the sheet of it."""
        value = outcome.value
        waiting = sum(each["lacking"] for each in value["waiting"])
        told = say("kits.done.issued", number=value["number"], count=len(value["kits"]), pieces=f"{value['pieces']:,}")
        self._sender.tell_done(told + (say("kits.done.waiting", count=waiting) if waiting else ""), outcome)
        self.issued.emit(value["kit_issue"], self.village.currentData() or "")


class ReceiveSheet(FieldsSheet):
    """The village signed for a receipt sheet."""

    def __init__(self, line: Line, sender: Sender) -> None:
        assert line.sheet is not None
        self._issue = line.sheet.issue
        day = form_field("on", LineEdit(say("kits.day.placeholder")), "", "kits.day.hint")
        fields = (form_field("by", LineEdit()), day)
        super().__init__("kits.receive.title", "kits.receive.save", sender, fields)
        if not is_masked(self._issue.received_by):
            self.put("by", self._issue.received_by)

    def command(self) -> ReceiveKits | None:
        """The receipt."""
        found = self.values()
        return None if found is None else ReceiveKits(issue=self._issue.id, **found)

    def words(self) -> str:
        """What it does."""
        return say("kits.done.receive", number=self._issue.number)


class HandOutSheet(FieldsSheet):
    """A kit that lies at the village goes to a worker, who is found by the initials of his name; the kit of his size
    is proposed."""

    handed = Signal(str, str)
    """The village, and the kit."""

    def __init__(self, board: Board, sender: Sender, village: str, kit: str | None) -> None:
        self._board, self._village, self._by_hand = board, village, False
        self.worker, self.kit = PickBox(none_code="kits.hand_out.nobody"), PickBox()
        fields = (
            form_field("worker", self.worker), form_field("kit", self.kit),
            form_field("on", LineEdit(say("kits.day.placeholder")), "", "kits.day.hint"),
        )  # fmt: skip
        super().__init__("kits.hand_out.title", "kits.hand_out.save", sender, fields)
        self.follow_board(board)
        if kit is not None:  # the one that is looked at is meant, whoever gets it
            self.kit.put(kit)
            self._by_hand = True
        self.worker.chosen.connect(self._worker_chosen)
        self.kit.chosen.connect(self._kit_chosen)

    def follow_board(self, board: Board) -> None:
        """Others handed out meanwhile: what is chosen stays while it is there; for a kit that has gone another that
        fits is proposed, never whichever stands first."""
        self._board = board
        had = self.kit.currentData()
        for box, options in ((self.worker, self._workers()), (self.kit, self._kits())):
            kept = box.currentData()
            box.offer(options)
            if any(each.value == kept for each in options):
                box.put(kept)
        if had is not None and self.kit.currentData() != had:
            self._by_hand = False
            self._worker_chosen()

    def _workers(self) -> list[Option]:
        return [_worker_option(each) for each in self._board.free.get(self._village, ())]

    def _lying(self) -> list[Any]:
        return [row for row in self._board.kits if row.worker is None and row.kit.village == self._village]

    def _kits(self) -> list[Option]:
        return [Option(row.kit.id, say("kits.hand_out.kit", mark=row.kit.code, sizes=row.kit.sizes or "–",
                                       good=len(row.slots) - len(row.gaps), all=len(row.slots)), (row.kit.code,))
                for row in self._lying()]  # fmt: skip

    @Slot()
    def _worker_chosen(self) -> None:
        """A kit that fits, unless one was chosen by hand; whole ones first."""
        worker = self._chosen_worker()
        if worker is not None and not self._by_hand:
            fits = [row for row in self._lying() if _fits(row.kit.sizes, worker.vest_size)]
            if fits:
                self.kit.put(min(fits, key=lambda row: (len(row.gaps), row.kit.code)).kit.id)
        self._doubt()

    def _chosen_worker(self) -> Any:
        wanted = self.worker.currentData()
        free = self._board.free.get(self._village, ())
        return next((each.worker for each in free if each.worker.id == wanted), None)

    @Slot()
    def _kit_chosen(self) -> None:
        self._by_hand = True
        self._doubt()

    def _doubt(self) -> None:
        """A vest that does not fit is said; it may go all the same."""
        worker = self._chosen_worker()
        row = next((each for each in self._lying() if each.kit.id == self.kit.currentData()), None)
        told = ""
        if worker is not None and row is not None and not _fits(row.kit.sizes, worker.vest_size):
            told = say("kits.hand_out.size", name=worker.name, size=worker.vest_size, kit=row.kit.sizes)
        self.form.field("kit").show_doubt(told)

    def command(self) -> HandOutKit | None:
        """Who gets which."""
        found = self.values()
        if found is None:
            return None
        if not found["worker"] or not found["kit"]:
            which = "worker" if not found["worker"] else "kit"
            self.form.field(which).show_error(f"kits.hand_out.no_{which}")
            return None
        return HandOutKit(**found)

    def words(self) -> str:
        """What it does."""
        worker = self._chosen_worker()
        return say("kits.done.hand_out", name=worker.name if worker is not None else "")

    def carried_out(self, outcome: Any) -> None:
        """Say it; the next one may be handed out."""
        super().carried_out(outcome)
        self.handed.emit(self._village, outcome.value["kit"])


def _fits(kit: str, worn: str) -> bool:
    return not worn or not kit or bool(words_of(kit) & words_of(worn))


class TakeBackSheet(FieldsSheet):
    """A kit comes back, piece by piece in the state in which it was found; some pieces may stay out."""

    def __init__(self, board: Board, sender: Sender, line: Line) -> None:
        assert line.kit is not None
        self._kit = line.kit.kit
        self.to = ChoiceStrip(tuple(Choice(each, title_code=f"kits.back.to.{each}") for each in ("village", "depot")))
        self.found, self.depot = FoundList(line.items), PickBox(depot_options(board))
        self.to.choose("village" if line.kit.worker is not None else "depot")
        fields = (
            form_field("found", self.found, None, "kits.back.hint"), form_field("to", self.to),
            form_field("depot", self.depot), form_field("reason", LineEdit()),
        )  # fmt: skip
        super().__init__("kits.back.title", "kits.back.save", sender, fields)
        self.to.chosen.connect(self._turned)
        self._turned()

    @Slot()
    def _turned(self, *_: Any) -> None:
        self.form.field("depot").setVisible(self.to.value == "depot")

    def command(self) -> TakeBackKit | None:
        """What came back, and where to."""
        found = self.values()
        if found is None:
            return None
        if found["to"] == "village":
            found["depot"] = None
        return TakeBackKit(**{**found, "found": found["found"] or ()}, kit=self._kit.id)

    def words(self) -> str:
        """What it does."""
        return say("kits.done.take_back", kit=self._kit.code)
