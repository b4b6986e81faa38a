"""Moving about on the map: drag, wheel, keys, flight; and what the hand does otherwise, as signals."""

from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from commandcenter.ui.core.appearance import Appearance
from commandcenter.ui.core.map.camera import Camera

DRAG_FROM = 4
"""Logical pixels that a press must move before it is a drag and no click."""
ZOOM_STEP, WHEEL = 1.4, 1.0016
PAN_SHARE = 0.15
"""What share of the view an arrow key moves."""
FLIGHT = 150
"""Milliseconds; none where the platform asks for no motion."""
USUAL, LEAST = (256, 192), (76, 76)
"""Logical pixels."""

Key = Qt.Key
ARROWS = {Key.Key_Left: (1, 0), Key.Key_Right: (-1, 0), Key.Key_Up: (0, 1), Key.Key_Down: (0, -1)}
ZOOM_KEYS = {Key.Key_Plus: ZOOM_STEP, Key.Key_Equal: ZOOM_STEP, Key.Key_Minus: 1 / ZOOM_STEP}
FIT_KEYS = {Key.Key_0, Key.Key_Home}


class MapHand(Protocol):
    """A tool that has the hand for a while: what it takes the map does not get. Points are pixels of the widget."""

    def press(self, point: QPointF) -> bool:
        """The button went down; True: a drag of the tool's own begins."""
        ...

    def drag(self, point: QPointF) -> None:
        """That drag goes on."""
        ...

    def release(self) -> None:
        """That drag ends."""
        ...

    def click(self, point: QPointF) -> None:
        """A press and a release in one place."""
        ...

    def point_at(self, point: QPointF | None) -> None:
        """Where the pointer is; None: elsewhere."""
        ...

    def key(self, event: QKeyEvent) -> bool:
        """A key; True: it was meant for the tool."""
        ...


class MapView(QWidget):
    """A widget that a camera moves about in; the camera says what its pixels show.

    ``touched`` tells whether a hand has moved the view since it was last fitted; then nothing else moves it.
    """

    view_touched = Signal()
    pressed_at = Signal(QPointF)
    double_pressed_at = Signal(QPointF)
    pointed_at = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._camera = Camera()
        self._smallest = 1e-4
        self._touched = False
        self._hand: MapHand | None = None
        self._hand_drags = False
        self._press: QPointF | None = None
        self._last: QPointF | None = None
        self._flight = QVariantAnimation(self)
        self._flight.setDuration(FLIGHT)
        self._flight.setStartValue(0.0)
        self._flight.setEndValue(1.0)
        self._flight.valueChanged.connect(self._fly_on)
        self._flight_ends = (self._camera, self._camera)
        self._appearance: Appearance | None = None

    @property
    def touched(self) -> bool:
        """Whether the officer has moved the view since the last fit."""
        return self._touched

    def take_hand(self, hand: MapHand | None) -> None:
        """Give clicks, drags and keys to a tool, or take them back."""
        self._hand, self._hand_drags = hand, False
        if hand is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)
        self.update()

    @property
    def camera(self) -> Camera:
        """What the view shows."""
        return self._camera

    def look(self, camera: Camera) -> None:
        """Show exactly this."""
        self._camera = camera
        self.camera_changed()
        self.update()

    def fit(self) -> None:
        """Show everything; whatever was touched before no longer counts."""
        self._flight.stop()
        self._touched = False
        self.look(self.fitted())

    def pan(self, right: float, down: float) -> None:
        """Move the picture by so many pixels, by hand."""
        self._flight.stop()
        self.touch()
        self.look(self._camera.panned(right, down))

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Scale by hand, about a point of the widget or its middle."""
        self._flight.stop()
        self.touch()
        point = about if about is not None else QPointF(self._camera.width / 2, self._camera.height / 2)
        self.look(self._camera.zoomed(factor, point.x(), point.y(), self._smallest))

    def fly(self, target: Camera) -> None:
        """Move to ``target`` in a short flight, or at once where motion is unwelcome."""
        self._flight.stop()
        self.touch()
        self._flight_ends = (self._camera, target)
        animated = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        if animated and self.isVisible():
            self._flight.start()
        else:
            self.look(target)

    def arrive(self) -> None:
        """End a flight at its end, now."""
        if self._flight.state() == QVariantAnimation.State.Running:
            self._flight.stop()
            self.look(self._flight_ends[1])

    def touch(self) -> None:
        """Note that the view is now where a person wants it."""
        if not self._touched:
            self._touched = True
            self.view_touched.emit()

    def fitted(self) -> Camera:
        """The camera that shows everything; subclasses say what that is."""
        return self._camera

    def camera_changed(self) -> None:
        """Called after each change of the camera; subclasses bring their picture up to it."""

    def window_awaited(self) -> None:
        """Called when the view is shown in a window that has yet to learn its size; :meth:`window_appears` follows."""

    def window_appears(self) -> None:
        """Called when the window is about to be painted for the first time."""

    def showEvent(self, event: QShowEvent) -> None:
        """Look out for the window, if it comes on screen only now."""
        super().showEvent(event)
        window = self.window().windowHandle()
        if window is not None and not window.isExposed() and self._appearance is None:
            self._appearance = Appearance(window, self)
            self._appearance.due.connect(self._window_appears)
            self.window_awaited()

    @Slot()
    def _window_appears(self) -> None:
        self._appearance = None
        self.window_appears()

    @Slot(object)
    def _fly_on(self, share: Any) -> None:
        start, target = self._flight_ends
        # the ends are exact, so that the last picture is drawn pixel for pixel
        self.look(target if share >= 1.0 else start.between(target, float(share)))

    def sizeHint(self) -> QSize:
        """As much as there is; this where nobody else decides."""
        return QSize(*USUAL)

    def minimumSizeHint(self) -> QSize:
        """Below this nothing on it can be told apart."""
        return QSize(*LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle, or fit anew as long as nobody has touched the view."""
        super().resizeEvent(event)
        self._camera = replace(self._camera, width=max(self.width(), 1), height=max(self.height(), 1))
        self.look(self._camera if self._touched else self.fitted())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The start of a click or a drag."""
        is_left = event.button() == Qt.MouseButton.LeftButton
        if self._hand is not None and is_left and self._hand.press(event.position()):
            self._hand_drags = True
            event.accept()
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._press = self._last = event.position()
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or point at something."""
        point = event.position()
        if self._hand is not None:
            if self._hand_drags:
                self._hand.drag(point)
                return
            self._hand.point_at(point)
        if self._press is None or self._last is None:
            self.pointed_at.emit(point)
            return
        if self.cursor().shape() != Qt.CursorShape.ClosedHandCursor:
            if (point - self._press).manhattanLength() < DRAG_FROM:
                return
            self.pointed_at.emit(None)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        moved, self._last = point - self._last, point
        self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag, or a click."""
        if self._hand_drags and self._hand is not None:
            self._hand_drags = False
            self._hand.release()
            return
        pressed, self._press = self._press, None
        if self.cursor().shape() == Qt.CursorShape.ClosedHandCursor:
            self.setCursor(Qt.CursorShape.CrossCursor) if self._hand is not None else self.unsetCursor()
        elif pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            if self._hand is not None:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self._hand.click(event.position())
            else:
                self.pressed_at.emit(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second click at the same place."""
        if self._hand is not None:
            self._press = self._last = event.position()
        elif event.button() == Qt.MouseButton.LeftButton:
            self.double_pressed_at.emit(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned:
            self.zoom(WHEEL**turned, event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is elsewhere."""
        if self._hand is not None:
            self._hand.point_at(None)
        self.pointed_at.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, + and - zoom, 0 and Home fit; other keys are the window's, if no tool wants them first."""
        if self._hand is not None and self._hand.key(event):
            event.accept()
            return
        key = Qt.Key(event.key())
        held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if held:
            event.ignore()
        elif key in ARROWS:
            right, down = ARROWS[key]
            self.pan(right * self._camera.width * PAN_SHARE, down * self._camera.height * PAN_SHARE)
        elif key in ZOOM_KEYS:
            self.zoom(ZOOM_KEYS[key])
        elif key in FIT_KEYS:
            self.fit()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Nothing waits for a release."""
        event.ignore()
