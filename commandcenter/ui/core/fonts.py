"""Fonts: one family list for Chinese and Latin, and figures of equal width so that clocks do not dance."""

from functools import cache, lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QGuiApplication

FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC")
_TABULAR = QFont.Tag("tnum")
NORMAL = QFont.Weight.Normal
SEMIBOLD = QFont.Weight.DemiBold
BOLD = QFont.Weight.Bold


@cache
def families() -> tuple[str, ...]:
    """The wished families that this machine has, then the platform's own."""
    present = set(QFontDatabase.families())
    own = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    return (*(family for family in FAMILIES if family in present), own)


def has_chinese() -> bool:
    """Whether a family for Chinese text is installed; without one the desk shows boxes and must say so."""
    simplified = QFontDatabase.WritingSystem.SimplifiedChinese
    return bool(QFontDatabase.families(simplified)) if QGuiApplication.instance() else False


@cache
def font(pixels: int, weight: QFont.Weight = NORMAL, *, tabular: bool = True) -> QFont:
    """A font of the desk in px. ``tabular``: all figures are equally wide where the font can do that."""
    made = QFont()
    made.setFamilies(list(families()))
    made.setPixelSize(pixels)
    made.setWeight(weight)
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    if tabular:
        made.setFeature(_TABULAR, 1)
    return made


@lru_cache(maxsize=4096)
def width_of(text: str, pixels: int, weight: QFont.Weight = NORMAL) -> int:
    """How wide one line of text is, in px. The same words are measured again and again wherever they stand."""
    return QFontMetrics(font(pixels, weight)).horizontalAdvance(text)


@lru_cache(maxsize=4096)
def fitted(text: str, width: int, pixels: int, weight: QFont.Weight = NORMAL) -> str:
    """As much of one line of text as fits into ``width`` px, cut with an ellipsis."""
    return QFontMetrics(font(pixels, weight)).elidedText(text, Qt.TextElideMode.ElideRight, width)


def forget_texts() -> None:
    """Let go of what was measured: the next at the desk may not read it, and it is measured anew soon enough."""
    width_of.cache_clear()
    fitted.cache_clear()
