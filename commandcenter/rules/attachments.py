"""Pictures and papers put beside an entity: what is said of them, and their bytes, each kept once by SHA-256."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from commandcenter.rules.entity import (
    DRILLS,
    ENTITIES,
    REAL,
    Apart,
    Bytes,
    Derived,
    Indexed,
    Personal,
    Ref,
    Unique,
    Unit,
    entity,
)
from commandcenter.rules.people import Role
from commandcenter.rules.permissions import DUTY, KEEPERS_OF_LISTS, RECORDERS, Readable, may_read

LARGEST = 20 * 1024 * 1024
"""Bytes of one file: a telephone's largest photo, and a database that can still be backed up in minutes."""
MOST_PIXELS = 120_000_000
"""Of one picture: what telephones take at most (108 megapixels); more is a trap for the memory."""
THUMBNAIL = 320
"""px of a thumbnail's longer side."""
LONGEST_NAME = 120
LONGEST_NOTE = 500

Subject = Literal["incident", "grid", "drill", "kit_issue"]
SUBJECT_ROLES: dict[str, frozenset[Role]] = {
    "incident": DUTY, "grid": KEEPERS_OF_LISTS, "drill": RECORDERS, "kit_issue": KEEPERS_OF_LISTS,
}  # fmt: skip
"""By kind of subject: who puts files beside it and takes them away. A further subject is one line here."""

_TELLS: dict[str, Readable] = {"kit_issue": "ledger"}

ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "application/ofd": (".ofd",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx", ".wps"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx", ".et"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx", ".dps"),
    "application/msword": (".doc", ".wps"),
    "application/vnd.ms-excel": (".xls", ".et"),
    "application/vnd.ms-powerpoint": (".ppt", ".dps"),
    "text/plain": (".txt", ".csv", ".md", ".log"),
}
"""The kinds that are taken, each with the endings that fit it; the first is given where none fits.

Sound and film are not: the place where they were taken is inside them, and nothing here can take it out.
"""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_NO_FILE_NAME = re.compile(r'[<>:"/\\|?*]')


@entity("blob", append_only=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """Bytes as they are kept, position data already stripped; ``digest`` is the SHA-256 of what was first kept.

    ``content`` is None once it was erased for good.
    """

    id: str
    digest: Annotated[str, Unique]
    size: Annotated[int, Unit("B")]
    content: Annotated[bytes | None, Bytes, Apart] = None
    thumbnail: Annotated[bytes | None, Bytes, Apart] = None


@entity("attachment")
@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """One file beside ``subject``, an entity of the kind ``subject_kind``. File names hold people's names at times."""

    id: str
    world: Annotated[str, Indexed] = REAL
    subject_kind: str
    subject: Annotated[str, Indexed]
    blob: Annotated[str, Ref("blob"), Indexed]
    name: Annotated[str | None, Personal("text")] = None
    media_type: str
    width: Annotated[int | None, Unit("px")] = None
    height: Annotated[int | None, Unit("px")] = None
    note: Annotated[str | None, Personal("text")] = None
    added_at: Annotated[datetime, Derived, Indexed]
    added_by: str = ""


def may_attach(role: Role, subject_kind: str) -> bool:
    """Whether a role puts files beside such a subject and takes them away."""
    return role in SUBJECT_ROLES.get(subject_kind, frozenset())


def world_of_files(subject_kind: str, world: str) -> str:
    """The world in which the files beside a subject are read: those of a drill lie in its own, as it does."""
    return DRILLS if ENTITIES[subject_kind].of_drills else world


def may_see(role: Role, subject_kind: str) -> bool:
    """Whether a role sees pictures and opens files beside such a subject; the others see that they are there.

    A photo of an accident tells more of people than the sentence about it, so it is masked like free text; a scan of a
    receipt sheet tells who signed, as the ledger does.
    """
    return may_read(role, _TELLS.get(subject_kind, "text"))


def is_picture(media_type: str) -> bool:
    """Whether it has a thumbnail."""
    return media_type.startswith("image/")


def clean_name(given: str) -> str:
    """A file's name without folders, unseen characters and signs that no file system takes; empty when none is left.

    Signs that turn the direction of writing go too: they make ``gpj.exe`` out of a picture's name.
    """
    name = unicodedata.normalize("NFC", _UNSEEN.sub("", given)).replace("\\", "/").rpartition("/")[2]
    name = _NO_FILE_NAME.sub("_", name).strip().strip(".").strip()
    stem, dot, ending = name.rpartition(".")
    if len(name) > LONGEST_NAME and stem and len(ending) <= 8:
        return stem[: LONGEST_NAME - len(ending) - 1].rstrip() + dot + ending
    return name[:LONGEST_NAME].rstrip()


def fitting_name(name: str, media_type: str) -> str:
    """The name with an ending that fits what the file is, whatever it was called."""
    fitting = ENDINGS[media_type]
    if name.lower().endswith(fitting):
        return name
    known = {ending for endings in ENDINGS.values() for ending in endings} | {".gif", ".bmp", ".heic"}
    stem, dot, ending = name.rpartition(".")
    return (stem if stem and dot + ending.lower() in known else name) + fitting[0]
