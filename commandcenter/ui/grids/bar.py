"""The calm row over the map: what is switched on, by which measure the grids are filled, and the whole town."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core import fonts, icons, theme
from commandcenter.ui.core.tips import tip
from commandcenter.ui.grids.picture import Shown

LAYERS = ("incidents", "dedicated", "emergency", "names", "backdrop")
"""The switches in their order; each is a field of :class:`Shown`."""


class LayerChip(QAbstractButton):
    """A word that is either on (text with a bar under it) or off (muted): told apart without colour."""

    def __init__(self, layer: str, parent: QWidget, title_code: str = "") -> None:
        """``title_code``: of a layer that another feature plugs in."""
        super().__init__(parent)
        self.layer, self._title_code = layer, title_code or f"grids.layer.{layer}"
        self.setObjectName(f"grids.layer.{layer}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the present language."""
        self.setText(say(self._title_code))
        self.setToolTip(tip(say("grids.layer.tip", layer=self.text())))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The word with room around it."""
        look = theme.current()
        width = QFontMetrics(self._font()).horizontalAdvance(self.text())
        return QSize(width + look.space(4), look.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the word, its bar, the focus."""
        look = theme.current()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            if self.underMouse() or self.isDown():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.colour("hover"))
                painter.drawRoundedRect(inner, 5, 5)
            painter.setFont(self._font())
            painter.setPen(look.colour("text" if self.isChecked() else "muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
            if self.isChecked():
                self._draw_bar(painter)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(look.colour("accent"), 2))
                painter.drawRoundedRect(inner, 5, 5)

    def _draw_bar(self, painter: QPainter) -> None:
        look = theme.current()
        gap, thick = look.space(2), look.px(2)
        bar = QRectF(gap, self.height() - thick - look.px(1), self.width() - 2 * gap, thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("muted"))
        painter.drawRoundedRect(bar, thick / 2, thick / 2)

    def _font(self) -> QFont:
        look = theme.current()
        return fonts.font(look.px(look.sizes.body), fonts.NORMAL)


class MapBar(QFrame):
    """Where the map is too narrow for the row of switches they move into the chooser's menu.

    Signals: ``shown_changed(Shown)``, ``layer_switched(id, on)`` for what other features plug in,
    ``measure_chosen(name)``, ``fit_wanted()``.
    """

    shown_changed = Signal(object)
    layer_switched = Signal(str, bool)
    measure_chosen = Signal(str)
    fit_wanted = Signal()

    def __init__(self, offered: Sequence[tuple[str, str]], parent: QWidget,
                 plugged: Sequence[tuple[str, str]] = ()) -> None:  # fmt: skip
        """``offered``: id and title of each measure; ``plugged``: those of each layer that another feature brings."""
        super().__init__(parent)
        self.setObjectName("grids.map.bar")
        self.setProperty("panel", "card")
        self._offered = tuple(offered)
        self._shown = Shown()
        self._measure = ""
        self.chips = {layer: LayerChip(layer, self) for layer in LAYERS}
        self.chips |= {layer: LayerChip(layer, self, title) for layer, title in plugged}
        self.chooser = QToolButton(self)
        self.fit_button = QToolButton(self)
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._switches = {layer: QAction(self, checkable=True) for layer in self.chips}
        self._divider = self._line()
        self._has_backdrop = True
        self._is_narrow = False
        self._build()
        self.retranslate()

    def show_state(self, shown: Shown, measure: str) -> None:
        """Show what is switched on and chosen, without a signal."""
        self._shown, self._measure = shown, measure
        for layer in LAYERS:
            self.show_layer(layer, getattr(shown, layer))
        self.retranslate()

    def show_layer(self, layer: str, is_on: bool) -> None:
        """Show whether a layer is switched on, without a signal."""
        self.chips[layer].setChecked(is_on)
        self._switches[layer].setChecked(is_on)

    def offer_backdrop(self, there_is_one: bool) -> None:
        """The switch for river and roads stands only where there are any."""
        self._has_backdrop = there_is_one
        self._arrange()

    def fit_into(self, width: int) -> None:
        """Take the size that ``width`` (px) allows: the row of switches, or only the chooser."""
        self._is_narrow = False
        self._arrange()
        if self.sizeHint().width() > width:
            self._is_narrow = True
            self._arrange()
        self.setMaximumWidth(max(width, 0))
        self.adjustSize()

    def _arrange(self) -> None:
        for layer, chip in self.chips.items():
            is_there = layer != "backdrop" or self._has_backdrop
            chip.setVisible(is_there and not self._is_narrow)
            self._switches[layer].setVisible(is_there and self._is_narrow)
        self._divider.setVisible(not self._is_narrow)
        layout = self.layout()
        assert layout is not None
        layout.invalidate()

    def retranslate(self) -> None:
        """Take the words of the present language and the icons of the theme."""
        for layer, chip in self.chips.items():
            chip.retranslate()
            self._switches[layer].setText(chip.text())
        for action, (name, title) in zip(self._group.actions(), self._offered, strict=True):
            action.setText(say(title))
            action.setChecked(name == self._measure)
        chosen = next((say(title) for name, title in self._offered if name == self._measure), "")
        self.chooser.setText(say("grids.measure.chosen", measure=chosen))
        self.chooser.setIcon(icons.icon("layers"))
        self.chooser.setToolTip(tip(say("grids.measure.title")))
        self.fit_button.setIcon(icons.icon("target"))
        self.fit_button.setText(say("grids.map.fit"))
        self.fit_button.setToolTip(tip(say("grids.map.fit_tip")))
        self.fit_button.setAccessibleName(say("grids.map.fit"))
        self.adjustSize()

    def changeEvent(self, event: QEvent) -> None:
        """Language or theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange) and hasattr(self, "_group"):
            self.retranslate()

    def _build(self) -> None:
        look = theme.current()
        row = QHBoxLayout(self)
        row.setContentsMargins(look.space(1), look.px(3), look.space(1), look.px(3))
        row.setSpacing(look.px(2))
        for chip in self.chips.values():
            row.addWidget(chip)
            chip.clicked.connect(self._switch)
        row.addWidget(self._divider)
        for layer, switch in self._switches.items():
            self._menu.addAction(switch)
            switch.triggered.connect(self.chips[layer].click)
        self._menu.addSeparator()
        for action in self._choices():
            self._menu.addAction(action)
        self.chooser.setObjectName("grids.measure")
        self.chooser.setMenu(self._menu)
        self.chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.chooser.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fit_button.setObjectName("grids.map.fit")
        for button in (self.chooser, self.fit_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            row.addWidget(button)
        self.fit_button.clicked.connect(self.fit_wanted)
        self._group.triggered.connect(self._choose)

    def _choices(self) -> list[QAction]:
        for name, title in self._offered:
            action = QAction(say(title), self._group)
            action.setData(name)
            action.setCheckable(True)
        return self._group.actions()

    def _line(self) -> QFrame:
        line = QFrame(self)
        line.setProperty("panel", "line")
        line.setFixedSize(1, theme.current().px(18))
        return line

    @Slot()
    def _switch(self) -> None:
        chip = self.sender()
        if isinstance(chip, LayerChip) and chip.layer not in LAYERS:
            self._switches[chip.layer].setChecked(chip.isChecked())
            self.layer_switched.emit(chip.layer, chip.isChecked())
            return
        changes = {layer: self.chips[layer].isChecked() for layer in LAYERS}
        self._shown = replace(self._shown, **changes)
        self.shown_changed.emit(self._shown)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self.measure_chosen.emit(str(action.data()))

