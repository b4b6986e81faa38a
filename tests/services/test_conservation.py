"""Whatever two desks do to stores and kits, and undo of it, nothing comes from nowhere and nothing vanishes."""

import random
from typing import Any

from hypothesis import strategies as st

from commandcenter.base.errors import Refused
from commandcenter.services import databases, kit_reading
from commandcenter.services.undo import Undo
from tests.services.stores_made import check_books, some
from tests.services.test_undo_property import engine_of_module, examples, fresh, open_at, send  # noqa: F401
from tests.storage import stream_stores

STEPS = st.lists(st.tuples(st.sampled_from(sorted(stream_stores.MAKERS)), st.booleans(), st.integers(0, 3)),
                 min_size=15, max_size=45)  # fmt: skip
"""A command, which of two desks sends it, and 0: undo something instead."""


@examples(6, 3, steps=STEPS, seed=st.integers(0, 10**6))
def test_pieces_and_stock_are_conserved(session: Any, steps: list[Any], seed: int) -> None:
    dice, done = random.Random(seed), list[str]()
    database = session.database
    other = open_at(database.conninfo if database.is_postgres else str(database.path), "quartermaster")
    try:
        for name in ("open_incident", *stream_stores.LIVELY):
            send(session, name, dice)
        for number, (name, mine, undoes) in enumerate(steps):
            desk = session if mine else other
            outcome = _undo(desk, dice.choice(done)) if not undoes and done else send(desk, name, dice)
            if outcome is not None and outcome.undoable:
                done.append(outcome.command)
            if number % 8 == 7:
                check_books(session)
        check_books(other)
        explain_every_piece(session)
        assert databases.check(session.database).sound
    finally:
        other.close()


def _undo(session: Any, target: str) -> Any:
    session.clock.advance(seconds=5)
    try:
        return session.runner.execute(Undo(target=target))
    except Refused:
        return None


def explain_every_piece(session: Any) -> None:
    """The newest step of a piece's history says how it is now."""
    kits = {each.id: each.code for each in some(session, "kit")}
    with session.read("real") as reader:
        for piece in some(session, "piece"):
            newest = kit_reading.history_of(reader, piece.id)[0]
            assert (newest.state, newest.kit, newest.reason) == (piece.state, kits.get(piece.kit, ""), piece.reason)


RARE = {"retire_depot", "retire_article", "close_round"}


def test_every_maker_finds_something_in_the_tiny_township(town: str) -> None:
    """Otherwise the property would be shown of little. What a throw of the dice meets differs from run to run, for ids
    are drawn; a maker that found nothing in so many rounds finds nothing."""
    session, dice, missing = open_at(town), random.Random(5), set(stream_stores.MAKERS)
    try:
        for name in ("open_incident", *stream_stores.LIVELY):
            send(session, name, dice)
        for _ in range(40):
            for name in sorted(stream_stores.MAKERS):
                if send(session, name, dice) is not None:
                    missing.discard(name)
            if missing <= RARE:
                break
        check_books(session)
    finally:
        session.close()
    assert missing <= RARE
