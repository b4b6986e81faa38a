"""Small parts that every screen is made of: labels, key caps, buttons, chips, banners.

Their words are codes, so a change of language reaches them; their colours are asked for when they paint.
"""

from typing import Any, Literal

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, icons, theme
from commandcenter.ui.core.actions import ActionRegistry
from commandcenter.ui.core.captions import write

Kind = Literal["primary", "secondary", "quiet", "danger"]
Tone = Literal["neutral", "accent", "ok", "near", "overdue"]
TextRole = Literal["", "title", "heading", "strong", "muted", "caption", "figure", "clock", "error", "doubt"]
_INK: dict[str, str] = {"primary": "on_accent", "secondary": "text", "quiet": "text", "danger": "overdue"}


class Label(QLabel):
    """A text by code in one of the type roles of the style sheet."""

    def __init__(self, code: str = "", role: TextRole = "", parent: QWidget | None = None, **facts: Any) -> None:
        super().__init__(parent)
        self._code, self._facts = code, facts
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._write()

    def say(self, code: str, **facts: Any) -> None:
        """Say something else."""
        self._code, self._facts = code, facts
        self._write()

    def show_text(self, text: str) -> None:
        """Show words that are data (a name, a number), not a text by code."""
        self._code = ""
        self.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the language changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._write()

    def _write(self) -> None:
        if self._code:
            self.setText(say(self._code, **self._facts))


def cap_width(key: str) -> int:
    """How wide the cap of a key is, in px."""
    look = theme.current()
    return max(fonts.width_of(key, look.px(look.sizes.caption - 1)) + look.px(9), look.px(18))


def paint_cap(painter: QPainter, at: QRect, key: str, ink: QColor, edge: QColor) -> None:
    """The cap of a key, centred in ``at``."""
    look = theme.current()
    box = QRect(0, 0, cap_width(key), look.px(18))
    box.moveCenter(at.center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), look.px(4), look.px(4))
    painter.setFont(fonts.font(look.px(look.sizes.caption - 1)))
    painter.setPen(ink)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), key)


class KeyCap(QWidget):
    """A key drawn as a key."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Qt: the cap and nothing more."""
        return QSize(cap_width(self._key), theme.current().px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the cap."""
        look = theme.current()
        painter = QPainter(self)
        paint_cap(painter, self.rect(), self._key, look.colour("muted"), look.colour("control"))
        painter.end()


class Button(QPushButton):
    """A button with its icon on the left and the key that does the same on the right."""

    def __init__(self, code: str, *, kind: Kind = "secondary", icon: str = "", key: str = "",
                 parent: QWidget | None = None, **facts: Any) -> None:  # fmt: skip
        super().__init__(parent)
        self._code, self._facts = code, facts
        self._icon_name, self._key = icon, key
        self.setProperty("kind", kind)
        self.setAutoDefault(False)
        self._write()

    def say(self, code: str, **facts: Any) -> None:
        """Say something else."""
        self._code, self._facts = code, facts
        self._write()
        self.updateGeometry()

    def show_text(self, text: str) -> None:
        """Show words that are data (a name), not a text by code; or none."""
        self._code = ""
        write(self, text)
        self.updateGeometry()

    def show_key(self, key: str) -> None:
        """Show another key, or none."""
        self._key = key
        self.updateGeometry()
        self.update()

    def show_icon(self, icon: str) -> None:
        """Show another icon, or none."""
        self._icon_name = icon
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: Kind) -> None:
        """Change what it is; one primary button a screen."""
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter presses the button that has the focus, as Space does, and not what lies around it."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Qt: icon, words, key."""
        look = theme.current()
        pads = look.space(6 if self.text() else 4)
        return QSize(self._content_width() + pads, look.px(look.sizes.control))

    def minimumSizeHint(self) -> QSize:
        """Qt: words are never cut."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the language changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._write()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the style sheet's ground, then the content in the middle."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.icon = QIcon()
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        self._paint_content(painter)
        painter.end()

    # -------------------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        if self._code:
            write(self, say(self._code, **self._facts))

    def _is_strong(self) -> bool:
        return str(self.property("kind")) == "primary"

    def _width_of(self, words: str) -> int:
        look = theme.current()
        return fonts.width_of(words, look.px(look.sizes.body), self._weight())

    def _weight(self) -> Any:
        return fonts.SEMIBOLD if self._is_strong() else fonts.NORMAL

    def _parts(self) -> tuple[int, int, int]:
        """Widths of icon, words and key cap with the gaps before them, in px."""
        look = theme.current()
        icon = look.px(16) if self._icon_name else 0
        words = self._width_of(self._shown())
        gap = look.px(6) if icon and words else 0
        cap = cap_width(self._key) + look.space(2) if self._key else 0
        return icon, words + gap, cap

    def _shown(self) -> str:
        """What is painted of its words: all of them."""
        return self.text()

    def _content_width(self) -> int:
        return sum(self._parts())

    def _paint_content(self, painter: QPainter) -> None:
        look = theme.current()
        icon, words, cap = self._parts()
        token = _INK[str(self.property("kind"))] if self.isEnabled() else "disabled"
        left = (self.width() - icon - words - cap) // 2
        if icon:
            picture = icons.pixmap(self._icon_name, icon, token, self.devicePixelRatioF())
            painter.drawPixmap(left, (self.height() - icon) // 2, picture)
        painter.setFont(fonts.font(look.px(look.sizes.body), self._weight()))
        painter.setPen(look.colour(token))
        shown = self._shown()
        gap = words - self._width_of(shown)
        at = QRect(left + icon + gap, 0, words - gap + 2, self.height())
        painter.drawText(at, int(Qt.AlignmentFlag.AlignVCenter), shown)
        if cap:
            edge = look.colour(token if self._is_strong() else "control")
            ink = look.colour(token if self._is_strong() or not self.isEnabled() else "muted")
            place = QRect(left + icon + words + look.space(2), 0, cap - look.space(2), self.height())
            paint_cap(painter, place, self._key, ink, edge)


class ActionButton(Button):
    """The button of a declared action: its words, icon, key and permission come from the registry."""

    def __init__(self, actions: ActionRegistry, id: str, *, kind: Kind = "secondary",
                 parent: QWidget | None = None) -> None:  # fmt: skip
        action = actions.get(id)
        super().__init__(action.title_code, kind=kind, icon=action.icon, key=action.key, parent=parent)
        self._actions, self._id = actions, id
        self._is_allowed = True
        self.clicked.connect(self._run)
        actions.refreshed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Ask again whether it is permitted and possible."""
        is_allowed = self._actions.is_allowed(self._id)
        if is_allowed != self._is_allowed:
            self._is_allowed = is_allowed
            self.setVisible(is_allowed)
        self.setEnabled(self._actions.can_run(self._id))

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: what it acts on may have come since it was made."""
        self.refresh()
        super().showEvent(event)

    @Slot()
    def _run(self) -> None:
        self._actions.trigger(self._id)


class Chip(QAbstractButton):
    """A word in a rounded frame. It can be pressed when ``clickable``, and stay pressed when checkable."""

    def __init__(self, text: str = "", tone: Tone = "neutral", *, icon: str = "", clickable: bool = False,
                 parent: QWidget | None = None) -> None:  # fmt: skip
        super().__init__(parent)
        self._tone: Tone = tone
        self._icon_name = icon
        self._is_clickable = clickable
        write(self, text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if clickable else Qt.FocusPolicy.NoFocus)
        if not clickable:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_state(self, text: str, tone: Tone = "neutral", icon: str = "") -> None:
        """Show another word in another tone."""
        self._tone, self._icon_name = tone, icon
        write(self, text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: icon and word."""
        look = theme.current()
        words = fonts.width_of(self.text(), look.px(look.sizes.caption))
        return QSize(words + look.space(4) + (look.px(18) if self._icon_name else 0), look.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: frame, icon, word."""
        look = theme.current()
        ground, ink, edge = self._colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_ring = self.hasFocus()
        painter.setPen(QPen(look.colour("accent") if has_ring else edge, 2 if has_ring else 1))
        painter.setBrush(ground)
        inset = 1 if has_ring else 0.5
        box = self.rect().toRectF().adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, look.px(look.sizes.radius), look.px(look.sizes.radius))
        # One that is held wider than its word keeps it in the middle.
        left = look.space(2) + max((self.width() - self.sizeHint().width()) // 2, 0)
        if self._icon_name:
            size, token = look.px(14), self._token()
            picture = icons.pixmap(self._icon_name, size, token, self.devicePixelRatioF())
            painter.drawPixmap(left, (self.height() - size) // 2, picture)
            left += look.px(18)
        painter.setFont(fonts.font(look.px(look.sizes.caption)))
        painter.setPen(ink)
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        painter.end()

    def _token(self) -> str:
        if self._tone == "neutral":
            return "accent" if self.isChecked() else "text"
        return self._tone

    def _colours(self) -> tuple[QColor, QColor, QColor]:
        look = theme.current()
        if self._tone == "neutral" and not self.isChecked():
            return look.colour("hover" if self.underMouse() else "surface_2"), look.colour("text"), look.colour("line")
        token = self._token()
        return look.colour(f"{token}_soft"), look.colour(token), look.colour(token)


class StateBanner(QFrame):
    """A line across a panel that says something is the matter, with at most one button.

    Signals: ``pressed()`` when its button is.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = ""
        """The code of the sentence that was said last."""
        self._tone: Tone = "neutral"
        self._icon_name = "info"
        self._picture = QLabel()
        self._words = Label()
        self._words.setWordWrap(True)
        self._button = Button("core.close", kind="quiet")
        self._button.clicked.connect(self.pressed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self._picture)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._button)
        self.hide()

    def say(self, code: str, *, tone: Tone = "neutral", icon: str = "info", button: str = "",
            **facts: Any) -> None:  # fmt: skip
        """Appear with a sentence; ``button`` is the code of what can be done about it, with the same facts."""
        self.shown = code
        self._tone, self._icon_name = tone, icon
        self._words.say(code, **facts)
        self._button.setVisible(bool(button))
        if button:
            self._button.say(button, **facts)
        self.setProperty("banner", tone)
        self.style().unpolish(self)
        self.style().polish(self)
        self._draw_icon()
        self.show()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: the look changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def _draw_icon(self) -> None:
        token = "text" if self._tone == "neutral" else self._tone
        size = theme.current().px(16)
        self._picture.setPixmap(icons.pixmap(self._icon_name, size, token, self.devicePixelRatioF()))


def keep_place(widget: QWidget) -> None:
    """Its place stays empty while it is hidden, so that nothing around it moves."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def divider(parent: QWidget | None = None, *, vertical: bool = False) -> QFrame:
    """A hairline."""
    line = QFrame(parent)
    line.setProperty("panel", "line")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
