"""A change of language reaches every widget as Qt's own LanguageChange event."""

from PySide6.QtCore import QCoreApplication, QEvent

from commandcenter.base import texts

_is_following = False


def follow_language() -> None:
    """From now on widgets hear of :func:`commandcenter.base.texts.use`; calling it again changes nothing."""
    global _is_following
    if not _is_following:
        _is_following = True
        texts.on_change(_tell_widgets)


def _tell_widgets() -> None:
    app = QCoreApplication.instance()
    if app is not None:
        QCoreApplication.sendEvent(app, QEvent(QEvent.Type.LanguageChange))
