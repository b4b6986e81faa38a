"""Makers for the attention list, as :mod:`tests.storage.stream` has them for the rest."""

from collections.abc import Callable
from typing import Any

from commandcenter.services.attention import (
    AddAttention,
    CloseAttention,
    ConfirmAttention,
    EditAttention,
    ReopenAttention,
    TakeAttention,
)
from commandcenter.services.attention_reading import offers

GROUNDS = ("consent", "own_wish", "guardian")


def _grid(now: Any) -> str:
    """One that somebody keeps: of the others some are to be removed."""
    kept = [each.grid for each in now.reader.find("worker", active=True) if each.grid]
    return str(now.dice.choice(kept))


def _add(now: Any) -> Any:
    kind: Any = now.dice.choice(("person", "place", "matter"))
    grid = _grid(now)
    if kind == "person":
        return AddAttention(kind=kind, grid=grid, name="蒲国富", phone=now.phone(), needs="要人抬，要轮椅",
                            care="mobility", ground=now.dice.choice(GROUNDS), source=now.words())  # fmt: skip
    if kind == "place":
        return AddAttention(kind=kind, grid=grid, title=f"塘{now.words()}", latitude=30.5, longitude=105.5)
    return AddAttention(kind=kind, grid=grid, matter=now.words(), review_on="+20", source=now.words())


def _edit(now: Any) -> Any:
    row = now.any("attention_item", active=True)
    if row is None:
        return None
    changed = {"source": now.words(), "address": now.words(), "grid": _grid(now)}
    if row.kind == "matter":
        changed["matter"] = now.words()
    elif row.kind == "person" and not row.resident:
        changed["needs"] = f"{now.words()}、要上门叫"
    return EditAttention(item=row.id, changed=changed, was={name: getattr(row, name) for name in changed})


def _confirm(now: Any) -> Any:
    fresh = [each for each in now.reader.find("attention_item", active=True) if each.reviewed_on is None]
    return fresh and ConfirmAttention(items=tuple(each.id for each in now.dice.sample(fresh, min(2, len(fresh)))))


def _close(now: Any) -> Any:
    row = now.any("attention_item", active=True)
    return row and CloseAttention(item=row.id, reason=now.words())


def _reopen(now: Any) -> Any:
    row = now.any("attention_item", active=False)
    return row and ReopenAttention(item=row.id)


def _take(now: Any) -> Any:
    found = offers(now.reader)
    ids = tuple(each.resident.id for each in found[: now.dice.randint(1, 3)])
    return ids and TakeAttention(residents=ids, ground="public_duty", source=now.words())


MAKERS: dict[str, Callable[[Any], Any]] = {
    "add_attention": _add, "edit_attention": _edit, "confirm_attention": _confirm, "close_attention": _close,
    "reopen_attention": _reopen, "take_attention": _take,
}  # fmt: skip
LIVELY = ("add_attention",) * 3 + ("close_attention",)
"""What goes before, so that each of them finds something to be about."""
