"""Pictures and papers put beside an entity: what is said of them, and their bytes, each kept once by SHA-256."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from commandcenter.rules.entity import REAL, Bytes, Derived, Indexed, Personal, Ref, Unique, Unit, entity


@entity("blob", append_only=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """Bytes as they are kept, position data already stripped; ``digest`` is the SHA-256 of what was first kept.

    ``content`` is None once it was erased for good.
    """

    id: str
    digest: Annotated[str, Unique]
    size: Annotated[int, Unit("B")]
    content: Annotated[bytes | None, Bytes] = None
    thumbnail: Annotated[bytes | None, Bytes] = None


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
