"""The desk started from an icon: without a terminal, what would have been said there is said in a window."""

import contextlib
import io
import sys

from commandcenter import cli
from commandcenter.base.texts import say


def main() -> int:
    """Open the desk; a refusal or a bug that ends it is shown, not lost."""
    if sys.stderr is not None and sys.stderr.isatty():
        return cli.main()
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = cli.main()
    sentence = said.getvalue().strip()
    if code == cli.BUG:
        # The traceback is in the log; a person reads the last line.
        sentence = sentence.rpartition("\n")[2]
    if code in (cli.BUG, cli.REFUSED) and sentence:
        show(sentence)
    return code


def show(sentence: str) -> None:
    """One sentence in a window of its own; nothing where no window can be opened."""
    from commandcenter.cli.desk import has_display

    if not has_display():
        return
    from PySide6.QtWidgets import QMessageBox

    from commandcenter import app

    application = app.make_application()
    application.setQuitOnLastWindowClosed(True)
    QMessageBox(QMessageBox.Icon.Warning, say("shell.program"), sentence).exec()
