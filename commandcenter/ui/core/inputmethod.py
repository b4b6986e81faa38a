"""The road from Qt to fcitx, whose own plugin the PySide6 wheels do not bring.

fcitx 5 answers on the portal that ibus programs use inside containers; Qt's ibus plugin takes that road when
``IBUS_USE_PORTAL`` is set. (Measured with fcitx 5.0.21: by the portal every letter arrives, by ibus' own socket none.)
"""

import os
import sys
from collections.abc import MutableMapping

PORTAL = "org.freedesktop.portal.IBus"
_ASKED = ("QT_IM_MODULE", "XMODIFIERS", "INPUT_METHOD", "GTK_IM_MODULE")


def bridge(environment: MutableMapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Before Qt starts: lead to fcitx where the desktop asks for it. Whether it did; anybody else's choice stays."""
    wanted = environment.get("QT_IM_MODULE", "")
    is_fcitx = any("fcitx" in environment.get(name, "").lower() for name in _ASKED)
    if not platform.startswith("linux") or not is_fcitx or (wanted and "fcitx" not in wanted.lower()):
        return False
    environment["QT_IM_MODULE"] = "ibus"
    environment["IBUS_USE_PORTAL"] = "1"
    return True


def is_reachable() -> bool:
    """Whether an input method answers at the other end. Asks the session's bus; takes some milliseconds."""
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    asked = bus.interface() if bus.isConnected() else None
    return asked is not None and bool(asked.isServiceRegistered(PORTAL).value())
