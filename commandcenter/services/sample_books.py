"""A sample town's printed books and sheets: contact books in every kit, handbooks in two villages, an overview sheet in
every village; and what has changed since."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.ids import derived_id
from commandcenter.rules.editions import WALL
from commandcenter.rules.entity import REAL
from commandcenter.rules.visibility import Viewer
from commandcenter.services.attention import AddAttention
from commandcenter.services.editions import PrintBooks
from commandcenter.services.people import AddContact
from commandcenter.services.runner import CommandRunner
from commandcenter.services.sample_stores import PILOTS, SMALL
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader

CONTACTS, HANDBOOKS, WALLS, SINCE = 60, 40, 35, 12
"""Days before today on which contact books, handbooks and overview sheets went out, and on which they became stale."""
NEW = (("敬大全（挖掘机）", "15400690012"), ("冯学平（挖掘机）", "15400690013"))
"""Owners of excavators, of one village each, who came into the contact book when it had been printed."""
FORD: dict[str, Any] = {"title": "漫水桥", "address": "涨水没过桥面，雨天要拦", "source": "网格员巡查"}
"""A place of one village that came onto its attention list when its overview sheet hung there."""


def enter(database: Database, runner: CommandRunner, now: datetime, root: str) -> None:
    """Print and hand out; a town with a handful of workers has no printed books."""
    with database.read() as connection:
        reader = Reader(connection, Viewer("", "viewer"), REAL)
        if reader.count("worker", active=True) < SMALL:
            return
        zone = ZoneInfo(reader.find("township")[0].zone)
        villages = reader.find("village", order=("code",))
        grids = reader.find("grid", village=[each.id for each in villages[:PILOTS]], order=("code",))
        (riverside, *_) = reader.find("grid", village=[each.id for each in villages[PILOTS:-len(NEW)]],
                                      kind="emergency", order=("code",))  # fmt: skip
        officer = reader.find("officer", role="duty_officer", active=True)[0].id
    at_desk = CommandRunner(database, runner.clock, actor=officer, desk=runner.desk)

    def do(name: str, command: Any, days: int) -> None:
        day = now.astimezone(zone).date() - timedelta(days=days)
        at = datetime.combine(day, time(15), zone).astimezone(UTC)
        at_desk.execute(command, id=derived_id(root, f"books-{name}"), occurred_at=at)

    every = tuple(each.id for each in villages)
    do("contacts", PrintBooks(kind="contact_book", subjects=every, handed=True), CONTACTS)
    do("handbooks", PrintBooks(kind="handbook", subjects=tuple(each.id for each in grids), handed=True), HANDBOOKS)
    do("walls", PrintBooks(kind=WALL, subjects=every, variant="full_a3"), WALLS)
    for village, (name, phone) in zip(villages[-len(NEW):], NEW, strict=True):
        do(name, AddContact(name=name, kind="excavator_owner", village=village.id, phone=phone), SINCE)
    do("ford", AddAttention(kind="place", grid=riverside.id, **FORD), SINCE)
