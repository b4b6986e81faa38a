"""A file beside a subject as one row: its small picture, its name, how large it is, who added it and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from PySide6.QtGui import QImage

from commandcenter.base.texts import say
from commandcenter.rules.attachments import ENDINGS, is_picture
from commandcenter.rules.masks import HIDDEN
from commandcenter.services.attachments import Attached
from commandcenter.services.live import LiveSet
from commandcenter.services.wording import local_time
from commandcenter.ui.attachments.uploads import Upload

State = Literal["kept", "erased", "hidden", "under_way", "waiting"]
_KILO, _MEGA = 1024, 1024**2


@dataclass(frozen=True, slots=True)
class FileRow:
    """What a row shows. ``order`` puts what is still under way first, then the latest."""

    id: str
    order: tuple[int, float]
    state: State
    name: str
    facts: str
    note: str = ""
    ending: str = ""
    picture: str = ""
    """The key of its small picture; empty where there is none."""
    media_type: str = ""
    own_name: str = ""

    @property
    def spoken(self) -> str:
        """The row read aloud."""
        return " · ".join(part for part in (self.name, self.facts, self.note) if part)


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a subject's files, off the GUI thread."""

    files: tuple[Attached, ...]
    pictures: Mapping[str, QImage]


def kept_row(found: Attached, live: LiveSet, now: datetime) -> FileRow:
    """A file that is in the database."""
    row = found.attachment
    officer = live.officers.get(row.added_by)
    who = officer.name if officer else ""
    when = local_time(row.added_at, live.town.zone if live.town else None, now)
    state: State = "erased" if found.erased else "hidden" if found.hidden else "kept"
    told = {"erased": say("attachments.erased"), "hidden": kind_words(row.media_type)}.get(state, "")
    facts = " · ".join(part for part in (told, size_words(found.size), who, when) if part)
    hidden = state == "hidden"
    return FileRow(
        id=row.id, order=(1, -row.added_at.timestamp()), state=state,
        name=say("attachments.hidden.name") if hidden or row.name == HIDDEN else row.name or say("attachments.no_name"),
        facts=facts, note="" if hidden else row.note or "", ending=ending_of(row.media_type),
        picture=row.blob if is_picture(row.media_type) and state == "kept" else "", media_type=row.media_type,
        own_name=row.name or "",
    )  # fmt: skip


def upload_row(upload: Upload) -> FileRow:
    """A file that is still on its way."""
    waiting = upload.stage == "failed"
    return FileRow(
        id=upload.id, order=(0, float(upload.number)), state="waiting" if waiting else "under_way", name=upload.name,
        facts=say(f"attachments.stage.{upload.stage}"), note=upload.told,
    )  # fmt: skip


def size_words(size: int) -> str:
    """Bytes as people say them: ``820 KB``, ``3.4 MB``."""
    if size >= _MEGA:
        return f"{size / _MEGA:.1f} MB"
    return f"{max(1, round(size / _KILO))} KB"


def kind_words(media_type: str) -> str:
    """What a file is, where its name may not be read."""
    return say("attachments.kind.picture") if is_picture(media_type) else say("attachments.kind.document")


def ending_of(media_type: str) -> str:
    """``PDF``: written on the sign of a file without a picture."""
    return ENDINGS[media_type][0][1:].upper() if media_type in ENDINGS else ""
