"""``do``: commands as JSON lines on standard input, each answered in order before the next is read."""

import argparse
import json
import sys
from contextlib import suppress
from typing import Any

from commandcenter.base import texts
from commandcenter.base.clock import from_iso
from commandcenter.base.errors import BadInput, CommandCenterError, EnvironmentTrouble
from commandcenter.base.ids import parse_id
from commandcenter.cli.opening import session
from commandcenter.rules.entity import REAL
from commandcenter.services import databases, wire
from commandcenter.services.sessions import Session


def run(options: argparse.Namespace) -> int:
    """0 none refused, 2 some refused, 1 a bug in one of them (the stream went on)."""
    if options.schema:
        print(json.dumps(wire.schema(), ensure_ascii=False, indent=1))
        return 0
    worst = 0
    with session(options) as opened:
        for line in sys.stdin:
            if line.strip():
                answer, code = _answer(opened, line)
                print(json.dumps(answer, ensure_ascii=False, default=str), flush=True)
                worst = 1 if 1 in (worst, code) else max(worst, code)
        with suppress(EnvironmentTrouble):
            databases.seal(opened.database, opened.desk)
    return worst


def _answer(opened: Session, line: str) -> tuple[dict[str, Any], int]:
    head: dict[str, Any] = {"id": None, "command": None}
    try:
        given = _object(line)
        head = {"id": given.get("id"), "command": given.get("command")}
        return _carry_out(opened, given, head), 0
    except CommandCenterError as error:
        return {**head, "ok": False, "error": explained(error)}, 2
    except Exception as error:
        import logging

        logging.getLogger("commandcenter").exception("bug in do")
        sentence = texts.say("cli.bug")
        return {
            **head,
            "ok": False,
            "error": {"code": "bug", "message": sentence, "facts": {"type": type(error).__name__}},
        }, 1


def _object(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput("command.not_json") from None
    if not isinstance(given, dict):
        raise BadInput("command.not_json")
    return given


def _carry_out(opened: Session, given: dict[str, Any], head: dict[str, Any]) -> dict[str, Any]:
    command = wire.decode(given)
    outcome = opened.runner.execute(
        command,
        id=_text(given, "id"),
        occurred_at=_instant(given),
        group=_id(given, "group"),
        world=REAL if given.get("world") == REAL else _id(given, "world") or REAL,
    )
    changes = [{"seq": each.seq, "entity": each.entity, "id": each.id, "op": each.op} for each in outcome.changes]
    after = {} if outcome.after is None else {
        "after": outcome.after, "message": texts.say(f"after.{head['command']}.{outcome.after}")
    }  # fmt: skip
    return {
        "id": outcome.command, "command": head["command"], "ok": True, "value": outcome.value, **after,
        "first_seq": outcome.changes.first_seq, "last_seq": outcome.changes.last_seq, "changes": changes,
    }  # fmt: skip


def _text(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        raise BadInput("command.field_type", command=str(given.get("command")), field=key, wanted="string")
    return value


def _id(given: dict[str, Any], key: str) -> str | None:
    value = _text(given, key)
    if value is not None and parse_id(value) is None:
        raise BadInput("command.bad_id", id=value)
    return parse_id(value or "")


def _instant(given: dict[str, Any]) -> Any:
    value = given.get("occurred_at")
    if value is None:
        return None
    try:
        return from_iso(value)
    except (TypeError, ValueError):
        raise BadInput("command.field_time", command=str(given.get("command")), field="occurred_at") from None


def explained(error: CommandCenterError) -> dict[str, Any]:
    """An error as JSON: code, sentence, facts."""
    return {"code": error.code, "message": texts.current().error(error), "facts": error.facts}
