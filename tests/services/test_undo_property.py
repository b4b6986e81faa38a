"""Undo of each undoable command restores the visible state, whatever was done before it."""

import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from commandcenter.base.clock import ManualClock, from_iso
from commandcenter.base.errors import Refused, RuleError
from commandcenter.base.ids import new_id
from commandcenter.rules.entity import ENTITIES, Derived, Field
from commandcenter.services import (
    databases,
    registry,  # noqa: F401  (all commands)
)
from commandcenter.services.commands import COMMANDS
from commandcenter.services.sessions import Session, open_session
from commandcenter.services.undo import Undo
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader
from commandcenter.storage.tables import entity_tables
from tests.storage import stream, stream_attention, stream_stores

Visible = dict[str, Any]
GUARDED = ("stock.undo_below_zero", "stock.undo_settled", "kit.worker_has", "piece.place_full",
           "absence.overlaps")  # fmt: skip
"""What an undo would break that is no matter of one row."""
LASTING = {name for name, kind in ENTITIES.items() if kind.timeline or kind.append_only}
"""Timeline entries are struck through, editions of shapes stay; both have tests of their own."""


def open_at(url: str, actor: str = "administrator") -> Session:
    """A session that does not wait for the disk: these databases are thrown away."""
    return open_session(Database(url, careless=True), actor=actor, clock=ManualClock(stream.EVENING))


@cache
def _statement(dialect: Any, name: str) -> str:
    """Every lasting field of an entity after its id, as the database keeps it: converting took most of the time."""
    columns = entity_tables[name].c
    return str(select(columns.id, *(columns[each.name] for each in _lasting_fields(name))).compile(dialect=dialect))


@cache
def _lasting_fields(name: str) -> tuple[Field, ...]:
    return tuple(field for field in ENTITIES[name].fields if not field.has(Derived) and field.name != "id")


def visible(session: Session) -> Visible:
    """All fields of all entities but the derived ones, with the values behind the references; what search finds."""
    with session.database.read() as connection:
        cursor, dialect = connection.connection.cursor(), session.database.engine.dialect

        def read(statement: str) -> list[Any]:
            cursor.execute(statement)
            return cursor.fetchall()

        rows = {name: read(_statement(dialect, name)) for name in set(ENTITIES) - LASTING}
        known = read("SELECT subject, field, version, entity, value, current FROM personal_value")
        cursor.close()
    values = {held[:3]: held[4] for held in known}
    found: Visible = {name: {row[0]: row for row in _told(name, rows[name], values)} for name in rows}
    return {**found, "search": sorted((held[0], held[1], held[4]) for held in known
                                      if held[5] and held[3] not in LASTING)}  # fmt: skip


def _told(name: str, rows: list[Any], values: dict[Any, Any]) -> list[Any]:
    """Rows with their fields; of personal ones what they refer to."""
    personal = [(place, field.name) for place, field in enumerate(_lasting_fields(name), 1) if field.personal]
    if not personal:
        return rows
    told = []
    for row in rows:
        held = list(row)
        for place, field in personal:
            if held[place] is not None:
                held[place] = values[held[0], field, held[place]]
        told.append(held)
    return told


def timeline(session: Session) -> dict[str, bool]:
    """Whether each entry is struck through."""
    columns = entity_tables["timeline_entry"].c
    with session.database.read() as connection:
        return dict(connection.execute(select(columns.id, columns.struck)).all())


def send(session: Session, name: str, dice: random.Random, **how: Any) -> Any | None:
    """Carry out a fitting command; None when none fits, or the rules refused it."""
    with session.database.read() as connection:
        command = stream.make(name, Reader(connection, session.viewer, "real"), dice)
    if command is None:
        return None
    session.clock.advance(seconds=37)  # type: ignore[attr-defined]
    try:
        return session.runner.execute(command, **how)
    except Refused:
        return None


def undo(session: Session, target: str, **how: Any) -> Any:
    return session.runner.execute(Undo(target=target, **how))


def check_undo_and_redo(session: Session, before: Visible, target: str, *, is_group: bool = False) -> None:
    """Undo restores what was there before, redo what was there after, undo of the redo again what was there before."""
    after, entries = visible(session), timeline(session)
    undone = undo(session, target, is_group=is_group)
    assert visible(session) == before
    struck = {id for id, is_struck in timeline(session).items() if is_struck}
    assert struck >= {id for id, is_struck in entries.items() if is_struck}
    redone = undo(session, undone.command)
    assert visible(session) == after and timeline(session) == entries
    undo(session, redone.command)
    assert visible(session) == before
    assert {id for id, is_struck in timeline(session).items() if is_struck} == struck


@pytest.fixture(scope="module")
def fresh(engine_of_module: str, copies: Callable[[str], Any]) -> Iterator[Callable[[], Session]]:
    """Makes sessions on databases of their own, as often as an example needs one."""
    opened: list[tuple[Session, Callable[[], None]]] = []

    def leave() -> None:
        for session, remove in opened:
            session.close()
            remove()
        opened.clear()

    def make() -> Session:
        leave()
        url, remove = copies(engine_of_module)
        opened.append((open_at(url), remove))
        return opened[0][0]

    yield make
    leave()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine_of_module(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def examples(sqlite: int, postgresql: int, **drawn: Any) -> Callable[[Any], Any]:
    """Runs a property test as often as the engine allows; the examples are the same in every run."""

    def decorate(test: Any) -> Any:
        def run(fresh: Callable[[], Session], engine_of_module: str) -> None:
            often = settings(
                max_examples=sqlite if engine_of_module == "sqlite" else postgresql, deadline=None, database=None,
                derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate],
            )  # fmt: skip
            often(given(**drawn)(lambda **values: test(fresh(), **values)))()

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return run

    return decorate


def sequences(least: int, most: int) -> Any:
    return st.lists(st.sampled_from(stream.FITTING), min_size=least, max_size=most)


SEEDS = st.integers(0, 10**6)


def test_every_undoable_command_has_a_maker() -> None:
    undoable = {name for name, spec in COMMANDS.items() if spec.undoable}
    assert set(stream.MAKERS) == undoable - {"undo"}


@pytest.mark.one_engine
def test_each_undoable_command_is_undone_and_redone(town: str) -> None:
    """After a lively beginning by somebody else, each command in turn; nothing may be refused now."""
    dice = random.Random(20)
    planner = open_at(town, "trainer")
    drills = ("plan_drill",) * 6 + ("record_late",) * 6
    for earlier in (*drills, "add_day_mark", "add_absence", "name_post", "name_post"):
        send(planner, earlier, dice)
    planner.close()
    other = open_at(town, "duty1")
    lively = ("open_incident",) * 4 + (
        "call_out", "record_call", "cancel_incident", "edit_incident", "import_rows", "attach", "attach",
        "add_household", "add_resident", "add_grid", "add_worker_absence", "add_worker_absence",
        *stream_stores.LIVELY, *stream_attention.LIVELY,
    )  # fmt: skip
    for earlier in lively:
        send(other, earlier, dice)
    other.close()
    session = open_at(town)
    try:
        before = visible(session)
        # What a command does is one code for both engines: PostgreSQL takes each in the slow runs, and sequences below.
        for name in stream.MAKERS:
            before, target = first_fitting(session, name, dice, before)
            check_undo_and_redo(session, before, target)  # and so it is again
        assert databases.check(session.database).sound
    finally:
        session.close()


def first_fitting(session: Session, name: str, dice: random.Random, before: Visible) -> tuple[Visible, str]:
    """What was visible before a command of this name that changed something, and its id; ``before``: what is now."""
    for _ in range(400):
        outcome = send(session, name, dice)
        if outcome is not None and outcome.undoable:
            return before, outcome.command
        if outcome is not None:
            before = visible(session)  # what was refused has changed nothing
    raise AssertionError(f"no fitting {name} was found")


@examples(6, 2, names=sequences(3, 10), seed=SEEDS)
def test_undo_after_any_sequence_restores_what_was_visible(session: Session, names: list[str], seed: int) -> None:
    dice = random.Random(seed)
    done: list[tuple[Visible, str]] = []
    for name in ("open_incident", "open_incident", *names):
        before = visible(session)
        outcome = send(session, name, dice)
        if outcome is not None and outcome.undoable:
            done.append((before, outcome.command))
    for before, command in reversed(done):
        check_undo_and_redo(session, before, command)
    assert databases.check(session.database).sound


@examples(6, 2, earlier=sequences(0, 4), names=sequences(2, 6), seed=SEEDS)
def test_a_group_is_undone_as_one(session: Session, earlier: list[str], names: list[str], seed: int) -> None:
    dice, group = random.Random(seed), new_id()
    for name in ("open_incident", *earlier):
        send(session, name, dice)
    before = visible(session)
    done = [
        outcome for name in ("open_incident", *names) if (outcome := send(session, name, dice, group=group)) is not None
    ]
    if all(outcome.undoable for outcome in done):
        check_undo_and_redo(session, before, group, is_group=True)
    assert databases.check(session.database).sound


@examples(6, 2, names=sequences(4, 12), seed=SEEDS)
def test_an_undo_out_of_turn_restores_its_fields_or_is_refused_by_name(
    session: Session, names: list[str], seed: int
) -> None:
    dice = random.Random(seed)
    commands = [outcome.command for name in ("open_incident", "open_incident", *names)
                if (outcome := send(session, name, dice)) is not None]  # fmt: skip
    dice.shuffle(commands)
    for command in commands:
        before, entries = visible(session), timeline(session)
        try:
            undone = undo(session, command)
        except RuleError as refused:
            assert refused.code in ("undo.changed_since", "undo.has_followers", "undo.not_undoable", *GUARDED)
            if refused.code.startswith(("undo.c", "undo.h", "stock.")):
                assert refused.facts["who"] and from_iso(refused.facts["when"])
            assert visible(session) == before and timeline(session) == entries
            continue
        if undone.undoable:
            redone = undo(session, undone.command)
            assert visible(session) == before
            undo(session, redone.command)
    assert databases.check(session.database).sound


# --- what sequences do not find ------------------------------------------------------------------------------


def grid_row(session: Session, code: str, west: float) -> Any:
    import shapely

    from commandcenter.services.imports import ImportRows

    with session.read("real") as reader:
        (grid,) = reader.find("grid", code=code)
    outline = shapely.box(west, 29, west + 0.01, 29.01)
    row = {"code": code, "name": grid.name, "wkb": shapely.to_wkb(outline), "bbox": outline.bounds, "area": 1.0}
    return ImportRows(entity="grid", rows=(row,), source="test")


def present_west(session: Session, code: str) -> float | None:
    """Where the outline begins that the grid has now."""
    with session.read("real") as reader:
        (grid,) = reader.find("grid", code=code)
        shapes = reader.find("shape", grid=grid.id, edition=grid.shape)
    assert grid.shape is None or [each.hash for each in shapes] == [grid.shape_hash]
    return shapes[0].west if shapes else None


def code_of(session: Session, *, outlined: bool) -> str:
    with session.read("real") as reader:
        return str(
            next(each.code for each in reader.find("grid", order=("code",)) if (each.shape is not None) == outlined)
        )


@pytest.mark.parametrize("outlined", [True, False], ids=["with an outline", "without an outline"])
def test_an_outline_imported_after_an_undone_one_is_the_grids_own(town: str, outlined: bool) -> None:
    """The undone edition stays in the table, is never overwritten, and is never taken for the new one."""
    session = open_at(town)
    try:
        code = code_of(session, outlined=outlined)
        at_first = present_west(session, code)
        first = session.runner.execute(grid_row(session, code, 121.0))
        assert present_west(session, code) == 121.0
        undo(session, first.command)
        assert present_west(session, code) == at_first
        again = session.runner.execute(grid_row(session, code, 122.0))
        assert present_west(session, code) == 122.0
        undone = undo(session, again.command)
        assert present_west(session, code) == at_first
        undo(session, undone.command)
        assert present_west(session, code) == 122.0
        with session.read("real") as reader:
            (grid,) = reader.find("grid", code=code)
            wests = {each.west for each in reader.find("shape", grid=grid.id)}
        assert wests >= {121.0, 122.0}
        assert databases.check(session.database).sound
    finally:
        session.close()
