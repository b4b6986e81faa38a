"""What somebody has of a course, as a shape with a character and in words; and course titles in narrow columns."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import current, say
from commandcenter.rules.courses import Standing, Validity
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.rowpaint import paint_text

_TONES: dict[Validity, str] = {
    "valid": "ok", "expiring": "near", "expired": "overdue", "missing": "text", "waived": "ok", "optional": "disabled",
}  # fmt: skip


def paint_title(painter: QPainter, rect: QRect, title: str) -> None:
    """A title in a narrow column: Chinese from top to bottom, column by column right to left; others turned."""
    look = theme.current()
    pixels = look.px(look.sizes.caption)
    painter.setFont(fonts.font(pixels))
    painter.setPen(look.colour("text"))
    if current().language == "zh_CN":
        step = round(pixels * 1.15)
        lines = max(rect.height() // step, 1)
        wide = round(pixels * 1.35)
        most = max(rect.width() // wide, 1) * lines
        shown = title if len(title) <= most else title[: most - 1] + "…"
        columns = [shown[start : start + lines] for start in range(0, len(shown), lines)]
        right = rect.center().x() + wide * len(columns) // 2
        for at, column in enumerate(columns):
            for place, character in enumerate(column):
                box = QRect(right - (at + 1) * wide, rect.top() + place * step, wide, step)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), _upright(character))
        return
    painter.save()
    painter.translate(rect.left(), rect.bottom())
    painter.rotate(-90)
    box = QRect(0, 0, rect.height(), rect.width())
    metrics = QFontMetrics(fonts.font(pixels))
    words = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextWordWrap)
    # Two or three lines fit; what is longer is cut at their end.
    shown = title
    while metrics.boundingRect(box, words, shown).height() > rect.width() and " " in shown:
        shown = shown.rstrip("…").rpartition(" ")[0] + "…"
    painter.drawText(box, words, shown)
    painter.restore()


_UPRIGHT = {"、": "︑", "，": "︐", "（": "︵", "）": "︶", "“": "﹁", "”": "﹂", "…": "︙"}


def _upright(character: str) -> str:
    """The form that a sign has from top to bottom."""
    return _UPRIGHT.get(character, character)


def paint_standing(painter: QPainter, rect: QRect, state: Validity, *, is_booked: bool) -> None:
    """What somebody has of a course: a filled disc, a half one, a crossed or an empty square, each with its character;
    a dot at the corner: a session is planned. Told by shape and character, the colour only helps."""
    look = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = look.px(20)
    box = QRectF(rect.center().x() - side / 2 + 0.5, rect.center().y() - side / 2 + 0.5, side, side)
    tone = _TONES[state]
    ink = look.colour(tone)
    if state == "optional":
        paint_text(painter, rect, "·", token="disabled", align=Qt.AlignmentFlag.AlignHCenter)
        return
    _paint_shape(painter, box, state, ink, look.colour("surface" if tone == "text" else f"{tone}_soft"))
    mark = say(f"courses.mark.{state}")
    painter.setFont(fonts.font(look.px(11), fonts.SEMIBOLD))
    painter.setPen(ink)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), mark)
    if is_booked:
        painter.setPen(QPen(look.colour("surface"), 1))
        painter.setBrush(look.colour("accent"))
        radius = look.px(4)
        painter.drawEllipse(box.topRight() + QPoint(0, look.px(2)), radius, radius)


def _paint_shape(painter: QPainter, box: QRectF, state: Validity, ink: QColor, soft: QColor) -> None:
    painter.setPen(QPen(ink, 1.2))
    if state in ("valid", "waived"):
        painter.setBrush(soft)
        painter.drawEllipse(box)
    elif state == "expiring":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)
        painter.setBrush(soft)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawChord(box.adjusted(1, 1, -1, -1), 0, -180 * 16)
    elif state == "expired":
        painter.setBrush(soft)
        painter.drawRect(box)
    else:
        pen = QPen(ink, 1.2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)


class Key(QWidget):
    """The legend: every shape with its word."""

    def __init__(self, state: Validity, *, is_booked: bool = False) -> None:
        super().__init__()
        self._state, self._booked = state, is_booked
        look = theme.current()
        self.setFixedSize(look.px(26), look.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the shape."""
        painter = QPainter(self)
        paint_standing(painter, self.rect(), self._state, is_booked=self._booked)
        painter.end()


def brief_words(found: Standing) -> str:
    """A cell in as few words as a card has room for."""
    until = f"{found.until:%Y-%m-%d}" if found.until else say("courses.valid.ever")
    return say(f"courses.brief.{found.validity}", until=until)


def standing_words(found: Standing, booked: str) -> str:
    """A cell in words; ``booked``: when the planned session is."""
    until = f"{found.until:%Y-%m-%d}" if found.until else say("courses.valid.ever")
    held = f"{found.held:%Y-%m-%d}" if found.held else ""
    told = say(f"courses.standing.{found.validity}", until=until, held=held)
    return say("courses.standing.booked", told=told, when=booked) if found.is_gap and booked else told


def validity_words(found: Standing) -> str:
    """What somebody has of a course, as the table that goes out says it."""
    return say(f"export.matrix.{found.validity}", until=found.until or say("export.matrix.ever"))
