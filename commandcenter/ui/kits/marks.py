"""The small signs of a kit's places: one character an article, and a shape as well as a colour for each state."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from commandcenter.base.texts import choose, current, say
from commandcenter.rules.kits import SlotState
from commandcenter.rules.stores import Article
from commandcenter.ui.core import fonts, theme
from commandcenter.ui.core.columns import Tone

SIGN = 22
"""Side of a sign in px at 100 %."""
GAP = 3
TONES: Mapping[SlotState, Tone] = {
    "good": "muted", "stale": "near", "overdue": "near", "expired": "near", "damaged": "overdue", "missing": "overdue",
    "waiting": "accent",
}  # fmt: skip


def article_name(article: Article) -> str:
    """In the language of the moment."""
    return choose(article.name, article.name_en)


def sized(article: Article, size: str) -> str:
    """An article with its size."""
    return f"{article_name(article)} {size}" if size else article_name(article)


def characters(articles: Iterable[Article]) -> dict[str, str]:
    """One character for each article that no other of them has: the last of a Chinese name (册 甲 录 电 …), which says
    what it is, the first of an English one."""
    taken: dict[str, str] = {}
    for article in articles:
        name = article_name(article).replace(" ", "")
        wanted = name[::-1] if current().language == "zh_CN" else name.upper()
        free = next((each for each in wanted if each not in taken.values()), wanted[:1] or "?")
        taken[article.id] = free
    return taken


def state_words(state: SlotState) -> str:
    """A state as people say it."""
    return say(f"kits.state.{state}")


def paint_sign(painter: QPainter, rect: QRect, state: SlotState, character: str) -> None:
    """One sign: quiet where all is well; a stale book has a turned corner, overdue has a bar below, expired cut
    corners, damaged a stroke across, missing is an empty dashed frame, waiting a ring."""
    look = theme.current()
    token = TONES[state]
    ink = look.colour(token)
    box = QRectF(rect).adjusted(1, 1, -1, -1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(look.colour("line") if state == "good" else ink, 1 if state == "good" else 1.5)
    if state == "missing":
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(_ground(state))
    radius = look.px(4)
    if state == "waiting":
        painter.drawEllipse(box)
    elif state == "expired":
        painter.drawPolygon(_octagon(box, look.px(6)))
    else:
        painter.drawRoundedRect(box, radius, radius)
    if state == "overdue":
        bar = QRectF(box.left() + 1, box.bottom() - look.px(4), box.width() - 2, look.px(3))
        painter.fillRect(bar, ink)
    painter.setFont(fonts.font(look.px(look.sizes.caption), fonts.NORMAL if state == "good" else fonts.SEMIBOLD))
    painter.setPen(look.colour("text") if state == "good" else ink)
    lift = look.px(2) if state == "overdue" else 0
    painter.drawText(box.adjusted(0, -lift, 0, -lift), int(Qt.AlignmentFlag.AlignCenter), character)
    if state == "stale":
        corner, side = box.topRight(), look.px(7)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(QPolygonF([corner, corner - QPointF(side, 0), corner + QPointF(0, side)]))
    if state == "damaged":
        painter.setPen(QPen(ink, 1.5))
        painter.drawLine(box.bottomLeft() + QPointF(2, -2), box.topRight() + QPointF(-2, 2))


def _ground(state: SlotState) -> object:
    look = theme.current()
    if state in ("missing", "waiting"):
        return Qt.BrushStyle.NoBrush
    return look.colour("surface_2" if state == "good" else f"{TONES[state]}_soft")


def _octagon(box: QRectF, cut: float) -> QPolygonF:
    left, top, right, low = box.left(), box.top(), box.right(), box.bottom()
    return QPolygonF([
        QPointF(left + cut, top), QPointF(right - cut, top), QPointF(right, top + cut), QPointF(right, low - cut),
        QPointF(right - cut, low), QPointF(left + cut, low), QPointF(left, low - cut), QPointF(left, top + cut),
    ])  # fmt: skip


def sign_rect(left: int, area: QRect, place: int) -> QRect:
    """Where the sign of a place stands in a row."""
    look = theme.current()
    side = look.px(SIGN)
    return QRect(left + place * (side + look.px(GAP)), area.center().y() - side // 2, side, side)
