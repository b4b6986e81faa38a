"""Forms of a round: differences settled with a reason, and its end."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from commandcenter.base.texts import say
from commandcenter.rules.rounds import Progress
from commandcenter.services.round_reading import PieceRow, holder_words
from commandcenter.services.rounds import CloseRound, SettleCounts
from commandcenter.ui.core.cards import words
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import YesNo
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.rounds.rows import article_words

KINDS = ("missing", "damaged", "issued", "wrong")
"""Lost, damaged, there after all, counted wrongly: the last changes nothing."""
_TOLD = 6


class SettleSheet(FieldsSheet):
    """What marked pieces truly are, and why."""

    def __init__(self, post: Sender, round: str, rows: Sequence[PieceRow]) -> None:
        kinds = ChoiceStrip(tuple(Choice(each, title_code=f"rounds.kind.{each}") for each in KINDS))
        reason = LineEdit(say("rounds.settle.placeholder"))
        super().__init__("rounds.form.settle", "rounds.save.settle", post, [
            EditField("kind", "rounds.field.kind", kinds, empty="missing"),
            EditField("reason", "rounds.field.reason", reason, empty=""),
        ])  # fmt: skip
        self._round, self._rows = round, tuple(rows)
        kinds.choose(kind_of(rows[0]))
        self.setFocusProxy(reason)
        lines = self.form.layout()
        if isinstance(lines, QVBoxLayout):
            lines.insertWidget(0, words(self._about(), "muted"))

    def _about(self) -> str:
        told = [f"{each.piece.code} {article_words(each)} · {holder_words(each)}" for each in self._rows[:_TOLD]]
        if len(self._rows) > _TOLD:
            told.append(say("rounds.settle.more", count=len(self._rows)))
        return "\n".join(told)

    def command(self) -> Any | None:
        """One command for all of them."""
        found = self.values()
        if found is None:
            return None
        pieces, is_wrong = tuple(each.id for each in self._rows), found["kind"] == "wrong"
        return SettleCounts(round=self._round, pieces=pieces, reason=found["reason"], apply=not is_wrong,
                            found=None if is_wrong else found["kind"])  # fmt: skip

    def words(self) -> str:
        """For the undo list."""
        return say("rounds.done.settle", count=len(self._rows))


def kind_of(row: PieceRow) -> str:
    """What is most likely meant: what was seen; what nobody saw is lost."""
    return row.count.found if row.count is not None else "missing"


class CloseSheet(FieldsSheet):
    """The end of a round: with pieces that nobody looked at only where that is said, and why."""

    def __init__(self, post: Sender, round: str, name: str, far: Progress) -> None:
        leave = YesNo("rounds.close.leave", "rounds.close.not_yet")
        leave.choose("no")
        super().__init__("rounds.form.close", "rounds.save.close", post, [
            EditField("leave_uncounted", "rounds.field.leave_uncounted", leave, empty=False),
            EditField("reason", "rounds.field.left_reason", LineEdit(say("rounds.close.placeholder")), empty=""),
        ])  # fmt: skip
        self._round, self._name = round, name
        lines = self.form.layout()
        if isinstance(lines, QVBoxLayout):
            told = say("rounds.close.about", name=name, counted=f"{far.counted:,}", expected=f"{far.expected:,}",
                       unseen=f"{far.expected - far.counted:,}", count=far.open)  # fmt: skip
            lines.insertWidget(0, words(told))

    def command(self) -> Any | None:
        """Refused while a difference waits."""
        found = self.values()
        if found is None:
            return None
        return CloseRound(round=self._round, leave_uncounted=bool(found["leave_uncounted"]), reason=found["reason"])

    def words(self) -> str:
        """For the undo list."""
        return say("rounds.done.close", name=self._name)
