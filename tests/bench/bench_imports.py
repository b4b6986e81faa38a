"""What a large import costs others. Run: python -m tests.bench.bench_imports

An officer saves intakes at one desk while another process imports 10,000 workers with phone and address; told is how
long the unluckiest intake took. Then how long a corrected cell takes to show in a file of 10,000 rows, and how soon a
file of 200,000 rows lets go when it is cancelled.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from commandcenter.base.errors import Refused
from commandcenter.services import filing
from commandcenter.services.incidents import OpenIncident
from commandcenter.services.sessions import open_session
from tests.bench.bench_live import server
from tests.bench.bench_storage import tiny_town
from tests.bench.measuring import machine, percentile

ROWS, HUGE = 10_000, 200_000


def roster(path: Path, rows: int, code: str) -> Path:
    """A text table of workers, all of one grid."""
    lines = [f"{code},王小{number:06},154{number:08},某村{number}号" for number in range(rows)]
    path.write_text("\n".join(["网格编码,姓名,联系电话,家庭住址", *lines]), encoding="utf-8")
    return path


def beside(url: str, path: Path, grid: str) -> tuple[list[float], float]:
    """Seconds of each intake while another process imports, and of that import."""
    arguments = [sys.executable, "-m", "commandcenter", "import", "workers", str(path), "--json"]
    session = open_session(url, actor="duty1")
    waits = []
    begun = time.monotonic()
    with subprocess.Popen([*arguments, "--database", url, "--as", "duty2"], stdout=subprocess.DEVNULL) as importer:
        while importer.poll() is None:
            asked = time.monotonic()
            session.runner.execute(OpenIncident(grid=grid, category="other", urgency="routine", text="路灯不亮"))
            waits.append(time.monotonic() - asked)
            time.sleep(0.05)
    took = time.monotonic() - begun
    with session.read("real") as reader:
        assert reader.count("worker") > ROWS
    session.close()
    return waits, took


def corrected(path: Path) -> float:
    """Seconds until a corrected cell shows."""
    file = filing.read("workers", path)
    asked = time.monotonic()
    filing.remap(file, fixes={(None, 5, 1): "张三"})
    return time.monotonic() - asked


def let_go(path: Path) -> float:
    """Seconds from the wish to cancel to the answer."""
    limit = time.monotonic() + 4
    try:
        filing.read("workers", path, cancelled=lambda: time.monotonic() > limit)
    except Refused:
        return time.monotonic() - limit
    return 0.0


def main() -> None:
    """All of it, as lines."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder, server() as running:
        base = Path(folder)
        running.psql("CREATE DATABASE imports;")
        for engine, url in (("SQLite", str(base / "town.sqlite")), ("PostgreSQL", running.get_uri("imports"))):
            session = open_session(tiny_town(url), actor="duty1")
            with session.read("real") as reader:
                code = reader.find("grid")[0].code
            session.close()
            waits, took = beside(url, roster(base / "many.csv", ROWS, code), code)
            print(
                f"{engine}: {ROWS} rows in {took:.1f} s; {len(waits)} intakes, median {percentile(waits, 0.5):.3f} s, "
                f"longest {max(waits):.3f} s"
            )
        print(f"a corrected cell of {ROWS} rows: {corrected(base / 'many.csv'):.2f} s")
        print(f"{HUGE} rows let go after {let_go(roster(base / 'huge.csv', HUGE, code)):.2f} s")
        asked = time.monotonic()
        filing.read("workers", base / "huge.csv")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{HUGE} rows read in {time.monotonic() - asked:.1f} s, {peak:.0f} MB at most")


if __name__ == "__main__":
    main()
