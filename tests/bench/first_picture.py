"""The child of the cold start: ``desk`` runs the program itself, ``baseline`` the least a Qt program can do.

Each prints ``painted SECONDS`` (processor time so far) when its picture is on screen, then ``resident BYTES``, and
ends; with ``--stay`` it rests three seconds between.
"""

import sys
import time


def desk() -> int:
    """``commandcenter --demo`` with a witness at its window."""
    from commandcenter import cli
    from commandcenter.cli import desk as verb

    show = verb._show

    def show_with_witness(*arguments: object) -> int:
        _watch_the_window()
        return show(*arguments)  # type: ignore[arg-type]

    verb._show = show_with_witness  # type: ignore[assignment]
    return cli.main(["--demo"])


def _watch_the_window() -> None:
    """What comes before Qt is imported by now; the program is about to be imported and built."""
    from commandcenter import app

    build = app.build

    def build_and_watch(*arguments: object, **named: object) -> object:
        program = build(*arguments, **named)  # type: ignore[arg-type]
        from tests.bench.witness import FirstPicture

        FirstPicture(program.window, _painted)
        return program

    app.build = build_and_watch  # type: ignore[assignment]


def baseline() -> int:
    """Import what the desk imports, and show an empty pyqtgraph view of the same size."""
    import pyqtgraph
    import qtawesome  # noqa: F401
    import shapely  # noqa: F401
    import sqlalchemy  # noqa: F401
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    class Witness(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, _painted)
            return False

    application = QApplication(sys.argv[:1])
    view = pyqtgraph.GraphicsView()
    witness = Witness()
    view.viewport().installEventFilter(witness)
    view.resize(1440, 900)
    view.showMaximized()
    return application.exec()


def _painted() -> None:
    print("painted", time.process_time(), flush=True)
    from PySide6.QtCore import QCoreApplication, QTimer

    def leave() -> None:
        import psutil

        print("resident", psutil.Process().memory_info().rss, flush=True)
        QCoreApplication.exit(0)

    QTimer.singleShot(3_000 if "--stay" in sys.argv else 0, leave)


if __name__ == "__main__":
    sys.exit({"desk": desk, "baseline": baseline}[sys.argv[1]]())
