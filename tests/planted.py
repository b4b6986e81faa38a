"""A township in which every personal value is a planted one that can be told from everything else, whoever meets it.

Every kind of row with a personal field is there, made by the commands that make it; afterwards each value is written
over with one that says by itself that it is plain. What a mask leaves of it (the first character of a name, the ends of
a number, the village of an address) does not.
"""

import contextlib
import random
import re
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import text

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import Refused
from commandcenter.rules.entity import ENTITIES
from commandcenter.services.sessions import Session, open_session
from commandcenter.storage.database import Database
from commandcenter.storage.personal import row_of
from commandcenter.storage.reads import Reader
from tests.storage import stream, stream_attention, stream_stores

PLAIN = re.compile(r"靐[^\W\d_]|(?<!\d)1547391\d{4}(?!\d)|92273917391")
"""Whatever holds this holds a planted value, or what a mask takes away of it."""
_GROUPED = re.compile(r"(?<=\d)[ \-\u2009\u00a0](?=\d)")
_SHEETS = ("plan_drill",) * 6 + ("record_late",) * 6 + ("add_day_mark", "add_absence", "name_post", "name_post")
_EVENING = (
    *("open_incident",) * 6, "call_out", "record_call", "edit_incident", "attach", "attach", "attach", "add_household",
    "add_resident", "add_worker_absence", "add_worker_absence", *stream_stores.LIVELY, *stream_attention.LIVELY,
)  # fmt: skip
_OTHERS = tuple(name for name in stream.MAKERS if name not in ("edit_officer", "change_officer"))
"""Whoever sits at the desks stays who he is."""


def told(words: str) -> list[str]:
    """The planted values in what somebody is told, numbers also where they are written in groups."""
    return PLAIN.findall(words) + PLAIN.findall(_GROUPED.sub("", words))


def _send(session: Session, names: Iterable[str], dice: random.Random) -> None:
    for name in names:
        for _ in range(8):
            with session.database.read() as connection:
                command = stream.make(name, Reader(connection, session.viewer, "real"), dice)
            session.clock.advance(seconds=37)  # type: ignore[attr-defined]
            try:
                if command is not None and session.runner.execute(command):
                    break
            except Refused:
                continue


def fill(url: str, seed: int = 20) -> None:
    """Rows of every kind that people write, by one of each of the commands that can be taken back."""
    dice = random.Random(seed)
    for actor, names in (("trainer", _SHEETS), ("administrator", (*_EVENING, *_OTHERS))):
        session = open_session(Database(url, careless=True), actor=actor, clock=ManualClock(stream.EVENING))
        try:
            _send(session, names, dice)
        finally:
            session.close()


def _value(kind: str, number: int) -> str:
    tag = chr(0x3400 + number)  # a rare character for each, so that a leak says whose value it was
    match kind:
        case "phone":
            return f"1547391{number:04d}"
        case "id_number":
            return f"51092273917391{number:03d}X"
        case "address":
            return f"东山村靐齉巷{tag}号"
        case "name":
            return f"龘靐齉{tag}"
    return f"靐齉{tag}"


def plant(database: Database) -> dict[str, str]:
    """Write over every personal value; by value whose it is (``worker.phone``)."""
    whose: dict[str, str] = {}
    with database.write() as connection:
        rows = connection.execute(
            text("SELECT entity, subject, field, version, kind, world, command_id, number FROM personal_value "
                 "WHERE value IS NOT NULL ORDER BY number")
        ).all()  # fmt: skip
        for count, (entity, subject, field, version, kind, world, command, number) in enumerate(rows):
            value = _value(kind, count)
            made = row_of(
                reference=(subject, field, version), entity=entity, kind=kind, value=value, world=world, command=command
            )
            kept = {name: made[name] for name in ("value", "search_key", "initials", "grams")}
            connection.execute(
                text("UPDATE personal_value SET value = :value, search_key = :search_key, initials = :initials, "
                     "grams = :grams WHERE number = :number"), {**kept, "number": number}
            )  # fmt: skip
            whose[value] = f"{entity}.{field}"
    return whose


def bare(whose: dict[str, str]) -> set[str]:
    """Personal fields of which nothing was planted."""
    fields = {f"{name}.{each.name}" for name, kind in ENTITIES.items() for each in kind.fields if each.personal}
    return fields - set(whose.values())


@contextlib.contextmanager
def township(copies: Callable[[str], tuple[str, Callable[[], None]]]) -> Iterator[tuple[str, dict[str, str]]]:
    """The tiny township filled and planted, for a whole module: its database, and whose each value is."""
    url, remove = copies("sqlite")
    fill(url)
    database = Database(url)
    whose = plant(database)
    database.close()
    yield url, whose
    remove()
