"""How the table of who has which course paints and scrolls. Run: python -m tests.bench.bench_training

306 workers and 18 courses. Scrolling: one repaint after a step, against a bare widget that draws one picture of the
same size; first picture: everything taken anew, against that picture alone.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from commandcenter.rules.courses import Attendance, Course, CourseSession, Matrix, matrix, needs
from commandcenter.ui.core import theme
from commandcenter.ui.core.viewstate import READY
from commandcenter.ui.courses.matrixview import MatrixRow, MatrixView
from tests.bench.bench_map import Bare, Measured

WORKERS, COURSES, ROUNDS = 306, 18, 200
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2025, 6, 30)


def records() -> tuple[list[Course], list[str], list[CourseSession], list[Attendance]]:
    """A town's history: 72 sessions, some 5,000 entries."""
    courses = [
        Course(id=f"c{n}", key=f"c{n}", category="emergency_skills", method="written", valid_months=12 * (1 + n % 3),
               title={"zh_CN": f"第{n}门课程名称很长", "en": f"Course {n}"})
        for n in range(COURSES)
    ]  # fmt: skip
    workers = [f"w{n:03}" for n in range(WORKERS)]
    sessions, attendance = [], []
    for n in range(4 * COURSES):
        starts = datetime(2025, 6, 1, 1, tzinfo=UTC) - timedelta(days=17 * n % 700)
        session = CourseSession(id=f"s{n}", course=f"c{n % COURSES}", starts_at=starts, state="held")
        sessions.append(session)
        for at in range(n // COURSES, WORKERS, 4):
            attendance.append(Attendance(id=f"a{n}-{at}", session=session.id, worker=workers[at], present=True,
                                         passed=(at + n) % 7 != 0))  # fmt: skip
    sessions.append(replace(sessions[0], id="next", starts_at=datetime(2025, 7, 9, 1, tzinfo=UTC), state="planned"))
    attendance += [Attendance(id=f"n{at}", session="next", worker=workers[at]) for at in range(0, WORKERS, 5)]
    return courses, workers, sessions, attendance


def shown(view: MatrixView, found: Matrix, courses: list[Course]) -> None:
    """Give the view everything."""
    rows = [MatrixRow(id, f"张{id}", f"凉水井村第{n % 20}微网格", f"v{n // 17}") for n, id in enumerate(found.workers)]
    view.show_matrix(rows, courses, found, {each.course: each for each in needs(found)}, is_filtered=False)
    view.set_state(READY)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def measure(rounds: int = ROUNDS) -> list[Measured]:
    """Scrolling and the first picture, each in turns with its baseline."""
    app = QApplication.instance() or QApplication([])
    themes = theme.Themes(app, "light")  # type: ignore[arg-type]
    courses, workers, sessions, attendance = records()
    view, bare = MatrixView(), Bare()
    for widget in (view, bare):
        widget.resize(1920, 1080)
        widget.show()
    found = matrix(courses, workers, sessions, attendance, TODAY, ZONE)
    shown(view, found, courses)
    app.processEvents()
    scroll, baseline, first, base_first = [], [], [], []
    for step in range(rounds):
        view.verticalScrollBar().setValue((step * 47) % view.verticalScrollBar().maximum())
        scroll.append(_timed(view.viewport().repaint))
        baseline.append(_timed(bare.repaint))

    def anew() -> None:
        shown(view, found, courses)
        view.viewport().repaint()

    for _ in range(max(rounds // 10, 5)):
        first.append(_timed(anew))
        base_first.append(_timed(bare.repaint))
    themes.deleteLater()
    for widget in (view, bare):
        widget.close()
    return [Measured("matrix, scroll", scroll, baseline), Measured("matrix, first picture", first, base_first)]


if __name__ == "__main__":
    for line in measure():
        print(line)
