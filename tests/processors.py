"""Processors: each test process keeps its desks to one of its own.

The threads of a desk hand the interpreter to each other at every call of Qt. From one processor to another each such
step wakes a sleeping one, which takes up to a seventh of the time of a test with windows. Programs and servers that a
run starts have all processors, so that writers do meet; and in the slow runs so has a desk.
"""

import contextlib
import os
from collections.abc import Iterator

_IS_POSSIBLE = hasattr(os, "sched_setaffinity")
ALL = os.sched_getaffinity(0) if _IS_POSSIBLE else frozenset[int]()
"""Those that this process may use, as it began."""


def keep_to_one(process: str) -> None:
    """This thread, and those that it starts, stay on one processor: another for each of ``gw0``, ``gw1``, …, and any
    for a run without such processes, which may not be the only one on its machine."""
    number = process.removeprefix("gw")
    if _IS_POSSIBLE and number.isdecimal():
        os.sched_setaffinity(0, {sorted(ALL)[int(number) % len(ALL)]})


def use_all() -> None:
    """As the process began."""
    if _IS_POSSIBLE:
        os.sched_setaffinity(0, ALL)


@contextlib.contextmanager
def all_used() -> Iterator[None]:
    """What is started in this block is no part of a desk."""
    if not _IS_POSSIBLE:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, ALL)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
