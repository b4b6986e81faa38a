"""Counting with a scanner that types: one field that keeps the keys, a tone for every piece, saved as it goes."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from commandcenter.base.errors import EnvironmentTrouble, RuleError
from commandcenter.base.texts import choose, say
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.rounds import Progress
from commandcenter.rules.scans import COUNTED, GOOD, Judged, codes_of, judge
from commandcenter.services.round_reading import PieceRow, RoundState, holder_words, reason_words
from commandcenter.services.rounds import Count, RecordCounts
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import words
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.sending import FixedId, Sender
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Label, StateBanner
from commandcenter.ui.core.widgets import Tone as BannerTone
from commandcenter.ui.rounds.rows import article_words, grid_words, village_words

PAUSE = 150
"""Milliseconds after which a whole code without Enter is taken all the same: some scanners send none, and an input
method may have eaten it. A scanner's own letters come every 1 to 30 ms."""
AGAIN_IN = 2_000
"""Milliseconds until what could not be saved is tried again."""
MOST = 400
"""Pieces in one saving."""
KEPT = 200
_TOKENS: dict[str, str] = {"right": "ok", "found_again": "ok", "foreign": "near", "again": "near"}


class ScanField(LineEdit):
    """The field that a scanner types into. No input method stands between: what the scanner sends is what comes.

    Signals: ``scanned(text)``.
    """

    scanned = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("rounds.scan.placeholder"))
        self.setObjectName("rounds.scan")
        self.setAccessibleName(say("rounds.scan.placeholder"))
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._take_whole)
        self.edited.connect(self._edited)
        self.submitted.connect(self.take)

    @Slot(str)
    def _edited(self, text: str) -> None:
        if isinstance(codes_of(text), tuple):
            self._pause.start()
        else:
            self._pause.stop()

    @Slot()
    def _take_whole(self) -> None:
        if isinstance(codes_of(self.text_with_preedit()), tuple):
            self.take()

    @Slot()
    def take(self) -> None:
        """Hand over what stands here, and make room for the next."""
        self._pause.stop()
        text = self.text_with_preedit().strip()
        self.clear()
        if text:
            self.scanned.emit(text)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan and what it was."""

    at: datetime
    code: str
    kind: str
    row: PieceRow | None
    sentence: str


class LastScans(QWidget):
    """The last scans, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.scans: deque[Scan] = deque(maxlen=KEPT)
        self.zone: Any = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def add(self, scan: Scan) -> None:
        """One more."""
        self.scans.appendleft(scan)
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: some lines."""
        return QSize(400, theme.current().px(120))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: time, code, what it is, whose, what was said."""
        look = theme.current()
        painter, height = QPainter(self), look.px(26)
        for at, scan in enumerate(self.scans):
            top = at * height
            if top + height > self.height():
                break
            line = self.rect().adjusted(look.space(2), top, -look.space(2), 0)
            line.setHeight(height)
            parts = [f"{scan.at.astimezone(self.zone):%H:%M:%S}", scan.code]
            if scan.row is not None:
                parts += [article_words(scan.row), holder_words(scan.row)]
            left = 0
            for text, wide in zip(parts, (70, 96, 120, 110), strict=False):
                cell = line.adjusted(left, 0, 0, 0)
                cell.setWidth(min(look.px(wide), max(line.width() - left, 0)))
                paint_text(painter, cell, text, token="muted" if left == 0 else "text")
                left += look.px(wide) + look.space(2)
            token = _TOKENS.get(scan.kind, "overdue")
            paint_text(painter, line.adjusted(left, 0, 0, 0), scan.sentence, token=token)
        painter.end()


class ScanPage(QWidget):
    """Signals: ``left()`` on Escape or its button; ``counted()`` whenever a figure moved."""

    left = Signal()
    counted = Signal()

    def __init__(self, tools: Tools, post: Sender, state: RoundState) -> None:
        super().__init__()
        self._tools, self._desk, self._post = tools, tools.desk, post
        self.state = state
        self.field = ScanField()
        self.field.scanned.connect(self.scan)
        self.trouble = StateBanner()
        self.told = StateBanner()
        self.piece = words("", "title")
        self.whose = words("", "heading")
        self.sum = Label("", "muted")
        self.last = LastScans()
        self.last.zone = zone_of(tools.desk.live.town)
        self.villages = PickBox(none_code="rounds.scan.anywhere")
        self._waiting: dict[str, Count] = {}
        self._under_way: dict[str, Count] = {}
        self._here: dict[str, str] = {}
        """What was scanned at this desk and is not in the round as it was read, by piece: its village."""
        self._fixed = FixedId()
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(AGAIN_IN)
        self._retry.timeout.connect(self._send)
        self._lay_out()
        self._offer_villages()
        self.setFocusProxy(self.field)
        self._tell_sum()

    def _lay_out(self) -> None:
        look = theme.current()
        self.setProperty("panel", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QHBoxLayout()
        head.setSpacing(look.space(3))
        head.addWidget(Label("rounds.scan.title", "title"))
        head.addWidget(self.sum, 1)
        head.addWidget(Label("rounds.scan.at", "muted"))
        self.villages.setMinimumWidth(look.px(150))
        self.villages.chosen.connect(self._village_chosen)
        head.addWidget(self.villages)
        leave = Button("rounds.scan.leave", kind="quiet", key="Esc")
        leave.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        leave.clicked.connect(self.left)
        head.addWidget(leave)
        self.field.setMinimumHeight(look.px(44))
        hint = Label("rounds.scan.hint", "muted")
        hint.setWordWrap(True)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(look.space(4), look.space(3), look.space(4), look.space(3))
        lines.setSpacing(look.space(2))
        lines.addLayout(head)
        lines.addWidget(self.trouble)
        for each in (self.field, hint, self.told, self.piece, self.whose):
            lines.addWidget(each)
        lines.addWidget(Label("rounds.scan.last", "heading"))
        lines.addWidget(self.last, 1)

    def _offer_villages(self) -> None:
        there = [each for each in self.state.villages if each.id in self.state.by_village]
        there.sort(key=lambda each: natural_key(each.code))
        self.villages.offer(Option(each.id, choose(each.name, each.name_en), (each.code,)) for each in there)

    @property
    def village(self) -> str | None:
        """The village whose pieces are counted here; None: of any."""
        found = self.villages.currentData()
        return str(found) if found else None

    def choose_village(self, village: str | None) -> None:
        """Count this village's pieces here."""
        self.villages.put(village)

    @Slot()
    def _village_chosen(self) -> None:
        self.field.setFocus()

    # --- one scan ---------------------------------------------------------------------------------------------------

    @Slot(str)
    def scan(self, text: str) -> None:
        """What the scanner typed: one code, or several of them."""
        codes = codes_of(text)
        if isinstance(codes, str):
            self._tell(Scan(self._desk.now(), text[:24], codes, None, say(f"rounds.scan.wrong.{codes}")))
            return
        for code in codes:
            self._one(code)

    def _one(self, code: str) -> None:
        row, gone = self.state.by_code.get(code), self.state.gone.get(code)
        kind = judge(
            is_known=row is not None or gone is not None, is_gone=gone is not None,
            is_counted=row is not None and (row.count is not None or row.id in self._here),
            is_missing=row is not None and row.piece.state == "missing",
            is_foreign=bool(row and self.village and row.village and row.village.id != self.village),
        )  # fmt: skip
        if row is not None and kind in COUNTED:
            note = say("rounds.scan.note", village=self._village_name()) if kind == "foreign" else ""
            self._waiting[row.id] = Count(row.id, "issued", note)
            self._here[row.id] = row.village.id if row.village else ""
            self._send()
        self._tell(Scan(self._desk.now(), code, kind, row, self._sentence(code, kind, row)))

    def _sentence(self, code: str, kind: Judged, row: PieceRow | None) -> str:
        gone = self.state.gone.get(code)
        facts = {
            "label": code, "village": village_words(row) if row else "", "here": self._village_name(),
            "state": say(f"rounds.state.{gone.state}") if gone else "", "reason": reason_words(gone),
        }  # fmt: skip
        if kind == "again" and row is not None and row.count is not None:
            at = row.count.counted_at.astimezone(zone_of(self._desk.live.town))
            return say("rounds.scan.said.again_by", by=row.by or "–", time=f"{at:%m-%d %H:%M}", **facts)
        return say(f"rounds.scan.said.{kind}", **facts)

    def _village_name(self) -> str:
        return self.villages.currentText() if self.village else ""

    def _tell(self, scan: Scan) -> None:
        """The tone, the sentence, the piece, the line in the list."""
        self._tools.sound.play("scanned" if scan.kind in GOOD else "mistaken")
        tone: BannerTone = "ok" if scan.kind in GOOD else "near" if scan.kind in ("foreign", "again") else "overdue"
        icon = "done" if scan.kind in GOOD else "alert"
        self.told.say("rounds.scan.said", tone=tone, icon=icon, what=scan.sentence)
        row = scan.row
        self.piece.setText(f"{scan.code}  {article_words(row)}" if row else scan.code)
        where = [village_words(row), grid_words(row), holder_words(row), row.kit.code if row.kit else ""] if row else []
        self.whose.setText(" · ".join(each for each in where if each not in ("", "–")))
        self.last.add(scan)
        self._tell_sum()
        self.counted.emit()

    # --- saving -----------------------------------------------------------------------------------------------------

    @property
    def is_saving(self) -> bool:
        """Whether something is not saved yet."""
        return bool(self._waiting or self._under_way)

    @Slot()
    def _send(self) -> None:
        """One saving at a time: what is scanned meanwhile goes with the next, so that no scan waits for a clock."""
        if self._under_way or not self._waiting:
            return
        some = list(self._waiting.items())[:MOST]
        self._under_way = dict(some)
        self._waiting = dict(list(self._waiting.items())[MOST:])
        self._try()

    def _try(self) -> None:
        command = RecordCounts(round=self.state.round.id, counts=tuple(self._under_way.values()), source="scan")
        told = say("rounds.done.scan", count=len(self._under_way))
        self._post.send(command, told, done=self._saved, failed=self._not_saved, id=self._fixed.of(command))

    def _saved(self, _outcome: Any) -> None:
        self._under_way = {}
        self._fixed = FixedId()  # taken back and scanned again it is another time
        self.trouble.hide()
        self._send()

    def _not_saved(self, error: BaseException) -> None:
        """The database is away: it is tried again. Refused, such as when the round was closed: told, and dropped."""
        sentence = self._post.sentence(error)
        if isinstance(error, EnvironmentTrouble):
            self._waiting = {**self._under_way, **self._waiting}
            self._under_way = {}
            self.trouble.say("rounds.scan.waiting", tone="near", icon="trouble", what=sentence,
                             count=len(self._waiting))  # fmt: skip
            self._retry.start()
        else:
            for id in self._under_way:
                self._here.pop(id, None)
            self._under_way = {}
            self.trouble.say("core.sheet.trouble", tone="overdue", icon="refused", what=sentence)
            self._send()
        self._tools.sound.play("mistaken")

    # --- figures ----------------------------------------------------------------------------------------------------

    def follow(self, state: RoundState) -> None:
        """The round as it is now, with what others counted."""
        if state.round.closed_on is not None:
            error = RuleError("round.closed", name=state.round.name, day=state.round.closed_on)
            self.trouble.say("core.sheet.trouble", tone="overdue", icon="refused", what=self._post.sentence(error))
            self.field.setEnabled(False)
            return
        self.field.setEnabled(True)
        self.state = state
        rows = {row.id: row for row in state.rows}
        unsaved = self._waiting.keys() | self._under_way.keys()
        self._here = {id: village for id, village in self._here.items()
                      if id in unsaved or (id in rows and rows[id].count is None)}  # fmt: skip
        self._tell_sum()

    def progress(self) -> Mapping[str, Progress]:
        """How far each village is, with what was scanned here and is not read back yet."""
        found = dict(self.state.by_village)
        for village in self._here.values():
            far = found.get(village)
            if far is not None:
                found[village] = Progress(far.expected, min(far.counted + 1, far.expected), far.open)
        return found

    def _tell_sum(self) -> None:
        far = self.progress()
        if self.village:
            one = far.get(self.village, Progress(0, 0, 0))
            self.sum.say("rounds.scan.sum_village", village=self._village_name(), counted=one.counted,
                         expected=one.expected)  # fmt: skip
        else:
            self.sum.say("rounds.scan.sum", counted=sum(each.counted for each in far.values()),
                         expected=sum(each.expected for each in far.values()))  # fmt: skip

    # --- Qt ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: wherever one presses, the field keeps the keys."""
        self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape leaves; what is typed elsewhere goes to the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text() and not self.field.hasFocus():
            self.field.setFocus()
            self.field.keyPressEvent(event)
        else:
            super().keyPressEvent(event)
