"""The edges of a sheet: the chip of the field over each column's letter, and the row numbers."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.rowpaint import paint_text
from commandcenter.ui.core.tips import tip

WIDEST_HEAD = 260
"""px at 100 %."""
_VERDICTS = {"new": ("+", "ok"), "changed": ("≠", "accent")}
"""Signs before the row numbers: what an import would add, and what it would change."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column is: the field's name, or why it is nothing. ``kind``: field, required, sensitive, denied, none."""

    kind: str
    name: str = ""


NOTHING = Meaning("none")


class SheetHead(QHeaderView):
    """The chip of the field over the column's letter (or a map attribute's name)."""

    def __init__(self, view: Any) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tip(say("imports.sheet.head_hint")))

    def wanted_width(self, column: int) -> int:
        """So wide that the chip is whole."""
        look = theme.current()
        metrics = QFontMetrics(fonts.font(look.px(look.sizes.caption), fonts.SEMIBOLD))
        name = self._view.meanings.get(column, NOTHING).name
        letter = str(self._view.sheet.headerData(column, Qt.Orientation.Horizontal) or "")
        widest = max(metrics.horizontalAdvance(name) + look.space(3), metrics.horizontalAdvance(letter))
        return min(widest + look.space(4), look.px(WIDEST_HEAD))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Qt: one column's head."""
        look = theme.current()
        meaning = self._view.meanings.get(logicalIndex, NOTHING)
        painter.save()
        ground = "accent_soft" if meaning.kind in ("field", "required") else "surface_2"
        painter.fillRect(rect, look.colour(ground))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), look.colour("line"))
        inner = rect.adjusted(look.space(1), look.space(1), -look.space(1), -look.space(1))
        upper = QRect(inner.left(), inner.top(), inner.width(), look.px(20))
        lower = QRect(inner.left(), upper.bottom(), inner.width(), inner.bottom() - upper.bottom())
        self._paint_meaning(painter, upper, meaning)
        letter = str(self._view.sheet.headerData(logicalIndex, Qt.Orientation.Horizontal) or "")
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, lower, letter, token="muted", pixels=look.sizes.caption, align=centre)
        painter.restore()

    def _paint_meaning(self, painter: QPainter, rect: QRect, meaning: Meaning) -> None:
        look = theme.current()
        centre = Qt.AlignmentFlag.AlignHCenter
        if meaning.kind in ("field", "required"):
            metrics = QFontMetrics(fonts.font(look.px(look.sizes.caption), fonts.SEMIBOLD))
            width = min(metrics.horizontalAdvance(meaning.name) + look.space(4), rect.width())
            chip = QRect(0, 0, width, look.px(19))
            chip.moveCenter(rect.center())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent"))
            painter.drawRoundedRect(chip, look.px(4), look.px(4))
            inner = chip.adjusted(look.space(1), 0, -look.space(1), 0)
            paint_text(painter, inner, meaning.name, token="on_accent", pixels=look.sizes.caption, is_strong=True,
                       align=centre)  # fmt: skip
        else:
            token = {"sensitive": "near", "denied": "overdue"}.get(meaning.kind, "muted")
            paint_text(painter, rect, meaning.name, token=token, pixels=look.sizes.caption, align=centre)


class RowNumbers(QHeaderView):
    """Row numbers; those of rows left out are faint, those with a problem of the whole row marked."""

    def __init__(self, view: Any) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._view = view
        self.setHighlightSections(False)

    def sizeHint(self) -> QSize:
        """Qt: as wide as the largest number."""
        look = theme.current()
        metrics = QFontMetrics(fonts.font(look.px(look.sizes.caption)))
        rows = self._view.sheet.rowCount()
        digits = len(str(self._view.sheet.number_at(rows - 1))) if rows else 1
        return QSize(metrics.horizontalAdvance("0") * max(digits, 3) + look.space(7), super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Qt: one number."""
        look, sheet = theme.current(), self._view.sheet
        painter.save()
        painter.fillRect(rect, look.colour("surface_2"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.colour("line"))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), look.colour("line"))
        found = sheet.problems_at(logicalIndex, -1)
        refused = any(each.severity == "refused" for each in found)
        token = "overdue" if refused else "disabled" if sheet.left_code(logicalIndex) else "muted"
        inner = rect.adjusted(look.space(1), 0, -look.space(2), 0)
        sign, sign_token = _VERDICTS.get(sheet.verdict_at(logicalIndex) or "", ("", "muted"))
        paint_text(painter, inner, sign, token=sign_token, pixels=look.sizes.caption, is_strong=True)
        paint_text(painter, inner, str(sheet.number_at(logicalIndex)), token=token, pixels=look.sizes.caption,
                   is_strong=refused, align=Qt.AlignmentFlag.AlignRight)  # fmt: skip
        painter.restore()
