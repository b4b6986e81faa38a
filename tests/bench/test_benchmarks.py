"""Runs every measurement with short settings and prints the ratios; no wall time is asserted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.measuring import Ratio, machine, table

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def report() -> Iterator[list[Ratio]]:
    """Gathers the lines of all parts and prints them at the end."""
    lines: list[Ratio] = []
    yield lines
    print(f"\n\n{machine()}\n\n{table(lines)}\n")


@pytest.mark.parametrize("part", bench.PARTS, ids=lambda part: f"{part.__module__}.{part.__name__}")
def test_measure(part: bench.Part, report: list[Ratio], tmp_path: Path) -> None:
    """Every part comes to an end and finds a positive ratio."""
    lines = part(tmp_path, True)
    report += lines
    assert lines and all(line.ratio > 0 for line in lines)
