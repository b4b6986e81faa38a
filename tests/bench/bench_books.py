"""Handbooks of the whole sample town, from the command to the files. Run: python -m tests.bench.bench_books

All of it: contents, editions, pages, sheets for folding, files. The baseline sets the same number of
pages of plain text with the same engine and the same fonts, one after the other. A second line: how long it takes to
know whose books are stale after one number changed, when everybody holds one.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from commandcenter.base import texts
from commandcenter.base.clock import Clock
from commandcenter.formats.paper import fonts
from commandcenter.services import book_printing, edition_holding, sample_making
from commandcenter.services.book_content import Books
from commandcenter.services.editions import PrintBooks
from commandcenter.services.people import EditWorker
from commandcenter.services.sessions import open_session
from commandcenter.storage.database import Database
from tests.bench.measuring import Ratio, table

QUICK = 24


def plain(pages: int) -> float:
    """Seconds for so many pages of plain Chinese text."""
    import typst

    chosen = fonts.chosen()
    engine = fonts.engine(chosen.places)
    words = '#set page(width: 148mm, height: 210mm)\n#set text(font: "' + chosen.serif[0] + '", size: 10pt)\n'
    page = "相邻网格员 黑水浩村第七微网格 154 0000 0000 " * 40
    begun = time.perf_counter()
    typst.compile(
        {"main.typ": (words + "\n#pagebreak()\n".join([page] * pages)).encode()}, font_paths=engine,
        ignore_system_fonts=True, format="pdf",
    )  # fmt: skip
    return time.perf_counter() - begun


def measure(folder: Path, quick: bool) -> list[Ratio]:
    """Printing, and knowing who is stale."""
    texts.use("zh_CN")
    path = folder / "town.sqlite"
    database = Database(path)
    sample_making.build(database, lambda done, total: None, "jinhua")
    database.close()
    session: Any = open_session(str(path), actor="supervisor", clock=Clock())
    try:
        return [_printing(session, folder, quick), _standing(session)]
    finally:
        session.close()


def _printing(session: Any, folder: Path, quick: bool) -> Ratio:
    with session.read("real") as reader:
        subjects = Books(reader).subjects("handbook")[: QUICK if quick else None]
    begun = time.perf_counter()
    value = session.runner.execute(PrintBooks(kind="handbook", subjects=tuple(subjects), handed=True)).value
    job = book_printing.after(session, value, "a5", changed_only=False)
    paths = book_printing.write(session, job, folder / "books")
    ours = time.perf_counter() - begun
    size = sum(path.stat().st_size for path in paths) / 1e6
    return Ratio(f"{len(subjects)} handbooks", ours, plain(len(subjects) * 14), "s", "306 in ≤ 60 s",
                 f"{len(paths)} files, {size:.0f} MB")  # fmt: skip


def _standing(session: Any) -> Ratio:
    def ask() -> float:
        begun = time.perf_counter()
        with session.read("real") as reader:
            edition_holding.standings(reader)
        return time.perf_counter() - begun

    with session.read("real") as reader:
        worker = next(each for each in reader.find("worker", active=True) if each.grid)
    ask()
    session.runner.execute(EditWorker(worker=worker.id, changed={"phone": "15412345678"}, was={"phone": worker.phone}))
    return Ratio("who is stale after one number", ask(), ask(), "s", "off the GUI thread", "again, unchanged: baseline")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(table(measure(Path(scratch), quick=False)))
