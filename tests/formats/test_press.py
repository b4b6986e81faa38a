"""Paper is set by a process of its own: one that is used again, that is replaced when it is gone, and that rests."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from commandcenter.formats.paper import fonts, press

DAY = datetime(2025, 6, 30, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_presses() -> Iterator[None]:
    """Those of other tests go on resting."""
    before, press._idle[:] = press._idle[:], []
    yield
    for each in press._idle:
        each.end()
    press._idle[:] = before


def sheet(markup: str) -> dict[str, Any]:
    return {"files": {"main.typ": markup.encode()}, "root": None, "places": fonts.chosen().places, "inputs": {},
            "timestamp": DAY}  # fmt: skip


def test_the_engine_of_the_desk_itself_sets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    monkeypatch.delattr(typst, "compile")
    assert press.compiled(sheet("手册")).startswith(b"%PDF")


def test_one_process_serves_one_sheet_after_the_other() -> None:
    press.compiled(sheet("一"))
    (first,) = press._idle
    press.compiled(sheet("二"))
    assert press._idle == [first] and first.process.poll() is None


def test_one_that_has_gone_to_rest_is_replaced() -> None:
    press.compiled(sheet("一"))
    (first,) = press._idle
    first.process.kill()
    first.process.wait()
    assert press.compiled(sheet("二")).startswith(b"%PDF")
    assert len(press._idle) == 1 and press._idle != [first]


def test_one_that_rests_just_when_it_is_asked_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    press.compiled(sheet("一"))
    first = press._idle.pop()
    first.process.kill()
    first.process.wait()
    monkeypatch.setattr(press, "_taken", lambda: first)
    assert press.compiled(sheet("二")).startswith(b"%PDF")
    assert first not in press._idle


def test_a_sheet_that_the_engine_refuses_leaves_the_process_for_the_next() -> None:
    with pytest.raises(RuntimeError, match=r"TypstError.*unknown variable"):
        press.compiled(sheet("#nothing"))
    (first,) = press._idle
    assert press.compiled(sheet("好")).startswith(b"%PDF") and press._idle == [first]


def test_a_process_that_nobody_asks_ends_by_itself() -> None:
    code = "from commandcenter.formats.paper import press_process as process; process.REST = 0.1; process.main()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    try:
        assert child.wait(30) == 0
    finally:
        child.kill()
        child.communicate()


def test_a_process_ends_with_the_desk() -> None:
    press.compiled(sheet("一"))
    (only,) = press._idle
    assert only.process.stdin is not None
    only.process.stdin.close()
    assert only.process.wait(15) == 0
