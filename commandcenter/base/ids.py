"""Identifiers: UUIDv7 made at the desk, UUIDv5 derived from a command so that a replay gives the same rows."""

import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A UUIDv7 (RFC 9562 §5.7) as text, strictly increasing within this process.

    The 12 bits after the milliseconds count up inside one millisecond (RFC 9562 §6.2, method 1).
    """
    global _last
    with _lock:
        stamp = max(time.time_ns() // 1_000_000 << 12 | secrets.randbits(10), _last + 1)
        _last = stamp
    milliseconds, counter = stamp >> 12, stamp & 0xFFF
    value = milliseconds << 80 | 7 << 76 | counter << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def derived_id(root: str, name: str | int) -> str:
    """The UUIDv5 of ``name`` under the UUID ``root``: the same arguments give the same id on every desk."""
    return str(uuid.uuid5(uuid.UUID(root), str(name)))


def rule_id(*parts: str) -> str:
    """The id of a command that a rule makes due (rule, entity, step, due time): every desk makes the same one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "|".join(parts)))


def parse_id(text: str) -> str | None:
    """``text`` as a canonical lower-case UUID, or None when it is not one."""
    try:
        return str(uuid.UUID(text))
    except (ValueError, AttributeError, TypeError):
        return None
