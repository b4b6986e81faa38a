"""What the record's form asks with: a clock time, grids ticked all at once with exceptions, judged expectations."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.rules import judging
from commandcenter.rules.judging import Judgement, clock_time
from commandcenter.rules.masks import is_erased
from commandcenter.rules.scenarios import MOMENTS, Expectation
from commandcenter.services.drill_words import duration, in_own_words, moment_name, points
from commandcenter.services.records import Came, Mark
from commandcenter.ui.core import theme
from commandcenter.ui.core.captions import caption
from commandcenter.ui.core.cards import Flow, clear, words
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.widgets import Chip, Label

CHIP = 64
"""px of a verdict at 100 %: the sentences beside them stand in line."""
_NUMBERS = re.compile(r"\d+")


class TimeEdit(LineEdit):
    """A time of day, typed as 0905 or 9:05; it stands as 9:05 once one goes on."""

    def __init__(self) -> None:
        super().__init__("0905")
        self.setMaxLength(9)
        self.editingFinished.connect(self._settle)

    @property
    def is_wrong(self) -> bool:
        """Whether something stands there that is no time."""
        text = self.text_with_preedit().strip()
        return bool(text) and clock_time(text) is None

    @Slot()
    def _settle(self) -> None:
        found = clock_time(self.text())
        if found is not None:
            seconds = f":{found.second:02d}" if found.second else ""
            self.setText(f"{found.hour}:{found.minute:02d}{seconds}")


class GridTicks(QWidget):
    """Grids that took part: all are ticked; the numbers of those that did not come are typed, or ticks taken away.

    Signals: ``submitted()`` on Enter; ``changed()``.
    """

    submitted = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        look = theme.current()
        self._serials: dict[str, int] = {}
        self._reasons: dict[str, str] = {}
        self._shown_reason = ""
        self._theirs: dict[str, str] = {}
        """Reasons that others wrote meanwhile for grids that did not come."""
        self.boxes: dict[str, QCheckBox] = {}
        self._flow: Flow | None = None
        self.absent = LineEdit(say("records.grids.absent"))
        self.absent.setAccessibleName(say("records.grids.absent"))
        self.reason = LineEdit(say("records.grids.reason"))
        self.reason.setAccessibleName(say("records.grids.reason"))
        self.count = Label("", "strong")
        head = QHBoxLayout()
        head.addWidget(self.absent, 3)
        head.addWidget(self.reason, 2)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(look.space(1))
        self._lines.addWidget(self.count)
        self._lines.addLayout(head)
        self.setFocusProxy(self.absent)
        self.absent.edited.connect(self._typed)
        for line in (self.absent, self.reason):
            line.submitted.connect(self.submitted)

    def show_grids(self, grids: Iterable[tuple[str, str, int]], absent: Mapping[str, str]) -> None:
        """Show (id, name, number); all are ticked but those of ``absent``, by id with the reason."""
        if self._flow is not None:
            self._lines.removeWidget(self._flow)
            self._flow.hide()
            self._flow.deleteLater()
            self._flow = None
        self._serials, self.boxes = {}, {}
        for id, name, serial in grids:
            box = self.boxes[id] = QCheckBox(caption(name))
            box.setChecked(id not in absent)
            # Keys type numbers; thirty stops of the Tab key would be in the way.
            box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            box.toggled.connect(self._ticked)
            self._serials[id] = serial
        if self.boxes:
            self._flow = Flow(self.boxes.values())
            self._lines.addWidget(self._flow)
        self._put_numbers()
        self._reasons, self._theirs = dict(absent), {}
        self._show_reason()
        self._tell()

    def _show_reason(self) -> None:
        self._shown_reason = next((each for each in self._reasons.values() if each and not is_erased(each)), "")
        self.reason.setText(self._shown_reason)

    def came(self) -> tuple[Came, ...]:
        """Every grid, ticked or with the reason; where none was typed each keeps its own."""
        typed = self.reason.text_with_preedit().strip()
        own = {**(self._reasons if typed == self._shown_reason else {}), **self._theirs}
        return tuple(
            Came(id, box.isChecked(), "" if box.isChecked() else own.get(id, typed)) for id, box in self.boxes.items()
        )

    def put(self, id: str, took_part: bool | None, reason: str) -> None:
        """What somebody else wrote of one grid."""
        self.boxes[id].setChecked(took_part is not False)
        if took_part is False:
            self._theirs[id] = reason

    def _put_numbers(self) -> None:
        self.absent.blockSignals(True)
        self.absent.setText(" ".join(str(self._serials[id]) for id, box in self.boxes.items() if not box.isChecked()))
        self.absent.blockSignals(False)

    @Slot(str)
    def _typed(self, text: str) -> None:
        """The numbers are those of grids that did not come."""
        numbers = {int(each) for each in _NUMBERS.findall(text)}
        for id, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(self._serials[id] not in numbers)
            box.blockSignals(False)
        self._tell()

    @Slot()
    def _ticked(self) -> None:
        self._put_numbers()
        self._tell()

    def _tell(self) -> None:
        self._theirs = {id: each for id, each in self._theirs.items() if not self.boxes[id].isChecked()}
        came = sum(box.isChecked() for box in self.boxes.values())
        if self.boxes:
            self.count.say("records.grids.count", came=came, total=len(self.boxes))
        else:
            self.count.say("records.grids.none")
        self.changed.emit()


class ExpectationRow(QWidget):
    """One expectation: what it asks, what was measured, and what can only be typed."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, row: Expectation) -> None:
        super().__init__()
        self.row = row
        look = theme.current()
        self.chip = Chip()
        self.chip.setFixedWidth(look.px(CHIP))
        self.value = LineEdit(say(f"records.expectation.{'value' if row.judged == 'count' else 'points'}"))
        self.value.setFixedWidth(look.px(78))
        self.put(row)
        self.value.setAccessibleName(in_own_words(row.text))
        self.value.edited.connect(self.changed)
        self.value.submitted.connect(self.submitted)
        self.told = words(self._asked(), "caption")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, look.px(2), 0, look.px(4))
        lines.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(look.space(2))
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(words(in_own_words(row.text)))
        texts.addWidget(self.told)
        head.addLayout(texts, 1)
        head.addWidget(self.value, 0, Qt.AlignmentFlag.AlignTop)
        lines.addLayout(head)

    def _asked(self) -> str:
        row = self.row
        if row.judged == "time":
            return say("drillsheet.measure.time", after=moment_name(row.after or MOMENTS[0]),
                       step=moment_name(row.step), limit=duration(row.within_s))  # fmt: skip
        if row.judged == "count":
            return say("drillsheet.measure.count", what=in_own_words(row.unit_of), need=row.need or 0)
        return in_own_words(row.criterion)

    def put(self, row: Expectation) -> None:
        """What somebody else wrote of it."""
        self.row = row
        shown = row.value if row.judged == "count" and row.mark is None else row.mark
        self.value.setText("" if shown is None else points(shown))

    def typed(self) -> Expectation:
        """The expectation with what stands in the box; BadInput for what is no number of points or percent."""
        text = self.value.text_with_preedit().strip().rstrip("%％")
        if not text:
            return replace(self.row, value=None, mark=None)
        try:
            number = float(text)
        except ValueError:
            raise BadInput("form.not_a_number", text=text) from None
        most = 1000.0 if self.row.judged == "count" else float(self.row.points)
        if not 0 <= number <= most:
            code = "drill.share" if self.row.judged == "count" else "drill.mark"
            raise BadInput(code, text=text, points=self.row.points)
        if self.row.judged == "count":
            return replace(self.row, value=number, mark=None)
        return replace(self.row, mark=number)

    @property
    def is_touched(self) -> bool:
        """Whether something else stands in the box than was shown; what is no number is something else."""
        try:
            typed = self.typed()
        except BadInput:
            return True
        return (typed.value, typed.mark) != (self.row.value, self.row.mark)

    def show_judged(self, found: Judgement | None) -> None:
        """The verdict with what was measured; None: what was typed is no number."""
        if found is None:
            self.chip.show_state(say("records.verdict.wrong"), "overdue")
            return
        tones: dict[str, Any] = {"met": "ok", "missed": "overdue", "open": "neutral"}
        self.chip.show_state(say(f"records.verdict.{found.verdict}"), tones[found.verdict])
        asked = self._asked()
        if found.lacks == "order":
            asked = say("records.expectation.order", asked=asked)
        elif found.lacks in MOMENTS:
            asked = say("records.expectation.lacks", asked=asked, moment=moment_name(found.lacks))
        elif found.seconds is not None:
            asked = say("records.expectation.took", asked=asked, took=duration(found.seconds))
        self.told.setText(say("records.expectation.worth", asked=asked, points=self.row.points))


class JudgedPanel(QWidget):
    """The expectations judged as they are typed, with the score they come to. Signals: ``submitted()``."""

    submitted = Signal()

    def __init__(self) -> None:
        super().__init__()
        look = theme.current()
        self.rows: list[ExpectationRow] = []
        self._shown_evaluator = ""
        self._pass_mark = 0
        self._is_chosen = True
        self._times: Mapping[str, datetime] = {}
        self.figure = words("–", "figure", wraps=False)
        self.verdict = Label("records.judged.nothing", "muted")
        self.verdict.setWordWrap(True)
        self.evaluator = LineEdit(say("records.field.evaluator"))
        self.evaluator.setAccessibleName(say("records.field.evaluator"))
        self.evaluator.submitted.connect(self.submitted)
        head = QHBoxLayout()
        head.setSpacing(look.space(3))
        head.addWidget(self.figure)
        head.addWidget(self.verdict, 1)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(look.space(1))
        lines.addWidget(self.evaluator)
        lines.addLayout(self._lines)
        lines.insertLayout(0, head)

    def show_expectations(self, rows: Sequence[Expectation], pass_mark: int, *, is_chosen: bool = True) -> None:
        """Show these; what had been typed for others is gone with them. ``is_chosen``: whether a scenario is."""
        self._is_chosen = is_chosen
        clear(self._lines)
        self._pass_mark = pass_mark
        self.rows = []
        for row in sorted(rows, key=lambda each: (each.position, each.id)):
            made = ExpectationRow(row)
            made.changed.connect(self._judge)
            made.submitted.connect(self.submitted)
            self._lines.addWidget(made)
            self.rows.append(made)
        known = (each.evaluator for each in rows if each.evaluator and not is_erased(each.evaluator))
        self._shown_evaluator = next(known, "")
        self.evaluator.setText(self._shown_evaluator)
        self._judge()

    def follow(self, rows: Sequence[Expectation]) -> None:
        """Somebody judged meanwhile: what was not touched here takes it over."""
        fresh = {each.id: each for each in rows}
        for each in self.rows:
            row = fresh.get(each.row.id)
            if row is not None and row != each.row and not each.is_touched:
                each.put(row)
        self._judge()

    def _no_score(self) -> str:
        if self.rows:
            return "records.judged.nothing"
        return "records.judged.no_points" if self._is_chosen else "records.judged.no_scenario"

    def judge(self, times: Mapping[str, datetime]) -> None:
        """Judge anew with these times."""
        self._times = times
        self._judge()

    @Slot()
    def _judge(self) -> None:
        judged = []
        for each in self.rows:
            try:
                found = judging.judge(each.typed(), self._times)
            except BadInput:
                each.show_judged(None)
                continue
            each.show_judged(found)
            judged.append(found)
        score = judging.score(judged, self._pass_mark)
        self.figure.setText("–" if score.percent is None else str(score.percent))
        if score.percent is None:
            self.verdict.say(self._no_score())
        else:
            told = say("drillpaper.passed" if score.passed else "drillpaper.not_passed")
            self.verdict.say("records.judged.score", verdict=told, mark=self._pass_mark, missed=len(score.missed),
                             open=len(score.unjudged))  # fmt: skip

    def marks(self) -> tuple[Mark, ...] | None:
        """What was typed otherwise than it stood; None after pointing at what is no number."""
        made = []
        evaluator = self.evaluator.text_with_preedit().strip()
        for each in self.rows:
            try:
                typed = each.typed()
            except BadInput:
                each.value.setFocus()
                each.value.selectAll()
                return None
            row = each.row
            by = row.evaluator if row.evaluator and evaluator == self._shown_evaluator else evaluator
            if each.is_touched or (by != row.evaluator and (typed.value, typed.mark) != (None, None)):
                made.append(Mark(row.id, typed.value, typed.mark, row.reason, by, row.value, row.mark, row.reason,
                                 row.evaluator))  # fmt: skip
        return tuple(made)
