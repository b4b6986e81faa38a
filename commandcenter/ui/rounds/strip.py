"""How far each village is: a bar for each, side by side above everything else of the room."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from commandcenter.base.texts import choose, say
from commandcenter.rules.grids import Village
from commandcenter.rules.rounds import Progress
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.tips import tip

NOTHING = Progress(0, 0, 0)
_CUTS = ("社区", "村", "居委会")


class VillageStrip(QWidget):
    """Signals: ``picked(id)`` when somebody presses a village; the one that is chosen already: ``picked("")``."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._villages: tuple[Village, ...] = ()
        self._far: Mapping[str, Progress] = {}
        self._chosen = ""
        self._hovered = -1
        self.setMouseTracking(True)
        self.setObjectName("rounds.strip")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_progress(self, villages: Sequence[Village], far: Mapping[str, Progress]) -> None:
        """Show these villages; those without any piece are left out."""
        self._villages, self._far = tuple(each for each in villages if each.id in far), far
        self.setVisible(bool(self._villages))
        self.setAccessibleName("; ".join(self.words(each) for each in self._villages))
        self.update()

    def choose(self, village: str) -> None:
        """Mark a village; empty: none."""
        self._chosen = village
        self.update()

    def words(self, village: Village) -> str:
        """How far a village is, in a sentence."""
        far = self._far.get(village.id, NOTHING)
        return say("rounds.strip.village", village=choose(village.name, village.name_en), counted=far.counted,
                   expected=far.expected, count=far.open)  # fmt: skip

    def sizeHint(self) -> QSize:
        """Qt: name, bar, figures."""
        return QSize(400, theme.current().px(58))

    def minimumSizeHint(self) -> QSize:
        """Qt: as high, however narrow."""
        return QSize(100, theme.current().px(58))

    def _rect(self, at: int) -> QRect:
        count = max(len(self._villages), 1)
        left, right = self.width() * at // count, self.width() * (at + 1) // count
        return QRect(left, 0, right - left, self.height())

    def _at(self, x: float) -> int:
        at = int(x * len(self._villages) / max(self.width(), 1))
        return at if 0 <= at < len(self._villages) else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: a bar for each."""
        painter = QPainter(self)
        for at, village in enumerate(self._villages):
            self._paint(painter, self._rect(at), village, at)
        painter.end()

    def _paint(self, painter: QPainter, rect: QRect, village: Village, at: int) -> None:
        look, far = theme.current(), self._far.get(village.id, NOTHING)
        if village.id == self._chosen:
            painter.fillRect(rect, look.colour("accent_soft"))
        elif at == self._hovered:
            painter.fillRect(rect, look.colour("hover"))
        inner = rect.adjusted(look.space(1), look.px(5), -look.space(1), -look.px(4))
        line = QRect(inner.left(), inner.top(), inner.width(), look.px(18))
        paint_text(painter, line, _short(village, inner.width()), token="text", pixels=look.px(look.sizes.caption),
                   is_strong=village.id == self._chosen)  # fmt: skip
        bar = QRect(inner.left(), line.bottom() + look.px(3), inner.width(), look.px(6))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("line"))
        painter.drawRect(bar)
        share = far.counted / far.expected if far.expected else 0.0
        painter.setBrush(look.colour("ok" if far.is_done else "accent"))
        painter.drawRect(QRect(bar.left(), bar.top(), round(bar.width() * share), bar.height()))
        below = QRect(inner.left(), bar.bottom() + look.px(3), inner.width(), look.px(18))
        is_wide = inner.width() > look.px(64)
        told = f"{far.counted:,}/{far.expected:,}" if is_wide else f"{share:.0%}"
        width = paint_text(painter, below, told, token="muted", pixels=look.px(look.sizes.caption))
        if far.open:
            rest = below.adjusted(width + look.space(1), 0, 0, 0)
            paint_text(painter, rest, f"≠{far.open:,}", token="near", pixels=look.px(look.sizes.caption),
                       is_strong=True)  # fmt: skip

    # --- Qt -----------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: what the mouse is over."""
        self._hover(self._at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Qt: nothing any more."""
        self._hover(-1)

    def _hover(self, at: int) -> None:
        if at != self._hovered:
            self._hovered = at
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a village."""
        at = self._at(event.position().x())
        if at >= 0:
            id = self._villages[at].id
            self.picked.emit("" if id == self._chosen else id)

    def event(self, event: QEvent) -> bool:
        """Qt: the sentence of a village."""
        if isinstance(event, QHelpEvent) and (at := self._at(event.pos().x())) >= 0:
            QToolTip.showText(event.globalPos(), tip(self.words(self._villages[at])), self)
            return True
        return super().event(event)


def _short(village: Village, width: int) -> str:
    """A name without what all of them end in, where it would not fit."""
    look, name = theme.current(), choose(village.name, village.name_en)
    metrics = QFontMetrics(fonts.font(look.px(look.sizes.caption)))
    if metrics.horizontalAdvance(name) > width:
        name = next((name.removesuffix(cut) for cut in _CUTS if name.endswith(cut) and len(name) > len(cut) + 1), name)
    return metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
