"""What is due now. Every desk computes it from stored times; the derived id lets the first sender win."""

from datetime import timedelta
from typing import Any

from commandcenter.base.clock import monotonic
from commandcenter.base.ids import rule_id
from commandcenter.rules.calling import escalation
from commandcenter.rules.incidents import Call, Incident, Limits
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import databases, shipped
from commandcenter.services.calls import EscalateCalls
from commandcenter.services.live import LiveSet
from commandcenter.services.privacy import clean_up
from commandcenter.services.runner import SYSTEM_ACTOR, CommandRunner
from commandcenter.services.sessions import Session
from commandcenter.services.settings import limits_from
from commandcenter.storage import forgetting, machinery
from commandcenter.storage.log import stored_command

EVERY = 2.0
"""Seconds between two looks."""
PRESENCE_EVERY = 10.0
"""Seconds between two signs of life; a desk counts as present for three of them."""
CLEAN_EVERY = {"clean": 0.0, "waiting": 30.0, "not_allowed": 600.0}
"""Seconds until an erasure's clean-up is tried again, by what became of it last."""
STAGGER = timedelta(seconds=1)
"""A desk waits this long per rank, so that usually one desk sends."""


class Keeper:
    """Looks what is due and does it; safe beside any number of others."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._sent: set[str] = set()
        self._has_adopted = False
        self._reported = -PRESENCE_EVERY
        self._cleans_from = 0.0
        self.runner = CommandRunner(session.database, session.clock, actor=SYSTEM_ACTOR.id, desk=session.desk)

    def once(self) -> dict[str, int]:
        """Do what is due; counts of steps done and rows sealed, and whether an erasure was cleaned up (``cleaned``);
        empty when there was nothing."""
        rank = self._presence()
        done = self._adopt() + self._escalate(rank)
        sealed = databases.seal(self.session.database, self.session.desk)
        cleaned = self._clean_up()
        told = {"due": done, "sealed": sealed, **({"cleaned": 1} if cleaned else {})}
        return told if any(told.values()) else {}

    def _clean_up(self) -> bool:
        """What an erasure could not clean up when it was carried out, by whatever process."""
        database = self.session.database
        if monotonic() < self._cleans_from:
            return False
        with database.read() as connection:
            if forgetting.open_since(connection) is None:
                return False
        state = clean_up(database, self.session.desk)
        self._cleans_from = monotonic() + CLEAN_EVERY[state]
        return bool(state == "clean")

    def _presence(self) -> int:
        """This desk's place among the present ones, 0 first; it says now and then that it is here."""
        session = self.session
        if monotonic() - self._reported >= PRESENCE_EVERY:
            self._reported = monotonic()
            with session.database.write() as connection:
                machinery.report_presence(connection, session.desk, session.officer.id, session.officer.name)
        with session.database.read() as connection:
            desks = [each.desk for each in machinery.present_desks(connection)]
        return desks.index(session.desk) if session.desk in desks else 0

    def _adopt(self) -> int:
        """A database of an older program adopts what this one ships."""
        if self._has_adopted:
            return 0
        with self.session.database.read() as connection:
            self._has_adopted = stored_command(connection, shipped.ADOPTION) is not None
        done = 0 if self._has_adopted else int(not shipped.adopt(self.runner).repeated)
        self._has_adopted = True
        return done

    def _escalate(self, rank: int) -> int:
        with self.session.reads.open(SYSTEM, "real") as reader:
            live = LiveSet.load_open(reader)
        now = self.session.clock.now() - rank * STAGGER
        limits = limits_from(live.settings)
        done = 0
        for incident in live.incidents.values():
            done += self._escalate_one(incident, live.calls.get(incident.id, ()), now, limits)
        return done

    def _escalate_one(self, incident: Incident, calls: tuple[Call, ...], now: Any, limits: Limits) -> int:
        done = 0
        for step in escalation(incident, calls, now, limits):
            id = rule_id("escalate", incident.id, step.name, step.due.isoformat())
            if id in self._sent:
                continue
            command = EscalateCalls(incident=incident.id, step=step.name, due=step.due)
            outcome = self.runner.execute(command, id=id, cause="rule:escalation", world=incident.world)
            self._sent.add(id)
            done += not outcome.repeated
        return done
