"""Many writers at once: nobody is locked out, and whoever watches gets every sequence exactly once."""

import itertools
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import PATIENCE, PROJECT, Program
from tests.storage import writer

WRITERS = 8
WRITER = Path(writer.__file__)


class Storm:
    """Writers at work; ``waits`` are their longest waits once they are done."""

    def __init__(self, url: str, each: int) -> None:
        self.url = url
        self.each = each
        self.waits: list[float] = []
        self.errors: list[str] = []
        self._threads = [threading.Thread(target=self._one, args=(seed,)) for seed in range(WRITERS)]

    def _one(self, seed: int) -> None:
        try:
            self.waits.append(self._write(f"duty{1 + seed % 2}", seed))
        except Exception as error:
            self.errors.append(repr(error))

    def _write(self, account: str, seed: int) -> float:
        return writer.write(self.url, account, self.each, seed)

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        for thread in self._threads:
            thread.join()


class StormOfProcesses(Storm):
    """The same with a process per writer."""

    def _write(self, account: str, seed: int) -> float:
        command = [sys.executable, "-m", "tests.storage.writer", self.url, account, str(self.each), str(seed)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            raise RuntimeError(done.stderr)
        return float(done.stdout)


def sequences(lines: list[Any]) -> list[int]:
    return [change["seq"] for line in lines if line["event"] == "command" for change in line["changes"]]


def last_printed(lines: list[Any], since: int) -> int:
    return max((line["last_seq"] for line in lines if line["event"] == "command"), default=since)


def watching(url: str, since: int, until: int) -> Program:
    return Program("watch", "--json", "--database", url, "--as", "duty1", "--since", str(since), "--until", str(until))


def storm_and_watch(storm: Storm, base: int, newest: Callable[[], int]) -> None:
    last = base + WRITERS * storm.each * writer.ROWS
    with watching(storm.url, base, last) as cut_off:
        assert cut_off.next_answer()["event"] == "caught_up"
        storm.begin()
        seen = [cut_off.next_answer() for _ in range(storm.each)]
        cut_off.kill()
        seen += cut_off.rest()
        midway = newest()
        with (
            watching(storm.url, midway, last) as started_midway,
            watching(storm.url, last_printed(seen, base), last) as resumed,
        ):
            from_midway = started_midway.rest(PATIENCE * 5)
            after_resuming = resumed.rest(PATIENCE * 5)
    storm.end()
    assert storm.errors == []
    assert sequences(from_midway) == list(range(midway + 1, last + 1))
    assert sequences([*seen, *after_resuming]) == list(range(base + 1, last + 1))
    assert newest() == last


def run_storm(storm: Storm, desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def newest() -> int:
        with desk.read("real") as reader:
            return int(reader.last_seq())

    storm_and_watch(storm, newest(), newest)
    with capsys.disabled():
        name = "postgresql" if desk.database.is_postgres else "sqlite"
        print(f"\n{name}: {WRITERS} writers × {storm.each}: longest wait {max(storm.waits) * 1000:.0f} ms")


def test_eight_writers_and_two_watchers(town: str, desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run_storm(Storm(town, each=25), desk, capsys)


@pytest.mark.soak
def test_eight_processes_with_500_commands_each(town: str, desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run_storm(StormOfProcesses(town, each=500), desk, capsys)


def test_numbers_given_out_in_a_storm_have_no_gap_and_no_double(town: str, open_desk: Callable[..., Any]) -> None:
    storm = Storm(town, each=5)
    storm.begin()
    storm.end()
    assert storm.errors == []
    with open_desk(town).read("real") as reader:
        numbers = sorted(int(each.number.rpartition("-")[2]) for each in reader.find("incident"))
    days = [1 + sum(1 for earlier in numbers[:place] if earlier == number) for place, number in enumerate(numbers)]
    # Two local days when midnight falls into the test: each day counts from one.
    for day in set(days):
        of_day = list(itertools.compress(numbers, (each == day for each in days)))
        assert of_day == list(range(1, len(of_day) + 1))
