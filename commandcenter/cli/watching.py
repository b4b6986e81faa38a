"""``watch``: one line per command as it is committed, by whichever desk, each sequence exactly once."""

import argparse
import json
import random
import time
from typing import Any

from commandcenter.base.clock import iso
from commandcenter.base.errors import EnvironmentTrouble
from commandcenter.base.texts import say
from commandcenter.cli.opening import session
from commandcenter.feeds.database import FIRST_PAUSE, LONGEST_PAUSE, RECONCILE, Waker
from commandcenter.rules.entity import REAL
from commandcenter.services.sessions import Session
from commandcenter.storage.reads import CommandLine


class _Watch:
    """Reads on from a sequence and prints."""

    def __init__(self, opened: Session, options: argparse.Namespace) -> None:
        self.opened = opened
        self.as_json = options.json
        self.until = options.until
        self.seq = options.since if options.since is not None else self._newest()

    def _newest(self) -> int:
        with self.opened.read(REAL) as reader:
            return reader.last_seq()

    @property
    def finished(self) -> bool:
        return self.until is not None and self.seq >= self.until

    def catch_up(self) -> None:
        """Print everything after the last printed sequence."""
        while not self.finished:
            with self.opened.reads.open(self.opened.viewer, REAL) as reader:
                lines, read_to = reader.commands_since(self.seq)
            if read_to == self.seq:
                return
            for line in lines:
                self._print(line)
            self.seq = read_to

    def _print(self, line: CommandLine) -> None:
        changes = [change for change in line.changes if self.until is None or change.seq <= self.until]
        if not changes:
            return
        self._say(
            {
                "event": "command", "command": line.name, "id": line.id, "actor": line.actor, "desk": line.desk,
                "recorded_at": iso(line.recorded_at), "occurred_at": iso(line.occurred_at),
                "first_seq": changes[0].seq, "last_seq": changes[-1].seq,
                "changes": [
                    {"seq": each.seq, "entity": each.entity, "id": each.id, "op": each.op, "incident": each.incident,
                     "grid": each.grid, "worker": each.worker}
                    for each in changes
                ],
            }
        )  # fmt: skip

    def _say(self, facts: dict[str, Any]) -> None:
        if self.as_json:
            print(json.dumps(facts, ensure_ascii=False), flush=True)
        elif facts["event"] == "command":
            touched = ", ".join(f"{each['op']} {each['entity']}" for each in facts["changes"])
            print(
                f"{facts['recorded_at']}  {facts['first_seq']}–{facts['last_seq']}  {facts['command']}  {touched}",
                flush=True,
            )
        else:
            print(say(f"cli.watch.{facts['event']}", **facts), flush=True)

    def run(self) -> None:
        """Listen first, then catch up, then wait; reconnect with back-off."""
        pause, said = FIRST_PAUSE, False
        while not self.finished:
            try:
                with Waker(self.opened.database).listening() as wait:
                    self.catch_up()
                    if not said:
                        self._say({"event": "caught_up", "seq": self.seq})
                        said = True
                    pause = FIRST_PAUSE
                    while not self.finished:
                        wait(RECONCILE)
                        self.catch_up()
            except EnvironmentTrouble:
                self._say({"event": "away", "seq": self.seq})
                said = False
                time.sleep(pause * random.uniform(0.5, 1.5))
                pause = min(pause * 2, LONGEST_PAUSE)


def run(options: argparse.Namespace) -> int:
    """Runs until closed, or until ``--until`` is reached."""
    with session(options) as opened:
        _Watch(opened, options).run()
    return 0
