"""A file that is to be put beside an incident: judged, and a picture cleaned, in a child process."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.formats.isolation import parse_in_child
from commandcenter.formats.kinds import kind_of, needs_parsing
from commandcenter.rules.attachments import LARGEST

SECONDS = 60
"""A picture of the most pixels takes three."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is kept of a file. ``source`` is the SHA-256 of the bytes it was made from."""

    source: str
    content: bytes
    media_type: str
    thumbnail: bytes | None = None
    width: int | None = None
    height: int | None = None
    position: bool = False
    """Whether the file told where it was taken, which it no longer does."""

    @property
    def digest(self) -> str:
        """By which equal files are found."""
        return hashlib.sha256(self.content).hexdigest()


def prepare(content: bytes, *, cancelled: Callable[[], bool] | None = None) -> Prepared:
    """Judge and clean a file (a quarter of a second and more: not on the GUI thread, not in a transaction).

    BadInput ``attachment.*`` says why it is not taken; Refused ``file.cancelled``.
    """
    if not content:
        raise BadInput("attachment.empty")
    if len(content) > LARGEST:
        raise BadInput("attachment.large", megabytes=f"{len(content) / 1024**2:.1f}", limit=LARGEST // 1024**2)
    at_a_glance = not needs_parsing(content)
    found: dict[str, Any] = {"media_type": kind_of(content)} if at_a_glance else _parsed(content, cancelled)
    return Prepared(
        source=hashlib.sha256(content).hexdigest(),
        content=base64.b64decode(found["content"]) if "content" in found else content,
        media_type=found["media_type"],
        thumbnail=base64.b64decode(found["thumbnail"]) if "thumbnail" in found else None,
        width=found.get("width"), height=found.get("height"), position=bool(found.get("position")),
    )  # fmt: skip


def _parsed(content: bytes, cancelled: Callable[[], bool] | None) -> dict[str, Any]:
    try:
        return parse_in_child("attachment", content, cancelled=cancelled, seconds=SECONDS)
    except BadInput as error:
        raise _explained(error) from error


def _explained(error: BadInput) -> BadInput:
    """The child's own end in the words of attachments."""
    if error.code.startswith("attachment."):
        return error
    return BadInput("attachment.heavy" if error.code in ("file.memory", "file.time") else "attachment.broken")
