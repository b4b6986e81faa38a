"""Files beside an incident, a grid, a drill or a receipt sheet: putting them there, naming them, taking them away,
handing them out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from commandcenter.base.errors import BadInput, Conflict, NotAllowed
from commandcenter.rules.attachments import (
    LONGEST_NOTE,
    SUBJECT_ROLES,
    Attachment,
    Blob,
    Subject,
    clean_name,
    fitting_name,
    may_attach,
    may_see,
)
from commandcenter.rules.entity import ENTITIES, REAL, Personal
from commandcenter.rules.people import Role
from commandcenter.rules.permissions import DUTY, KEEPERS_OF_LISTS, PLANNERS, may_read
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services.commands import Bulk, Context, FieldsOf, command, handles, prepares
from commandcenter.services.incidents import tell
from commandcenter.storage.reads import Reader

if TYPE_CHECKING:
    from commandcenter.formats.attached import Prepared

EDITABLE = ("name", "note")
_ROLES: frozenset[Role] = frozenset().union(*SUBJECT_ROLES.values())


@command("attach", roles=_ROLES, writes=("blob", "attachment", "timeline_entry"))
@dataclass(frozen=True, kw_only=True, slots=True)
class Attach:
    """Put a file beside an incident, a grid, a drill, or the receipt sheet of kits that was signed. What it is, is seen
    from its content; a picture is kept without the place where it was taken."""

    subject_kind: Subject
    subject: str
    name: Annotated[str, Personal("text")]
    content: Annotated[bytes, Bulk]
    note: Annotated[str | None, Personal("text")] = None


def prepare(cmd: Attach, cancelled: Callable[[], bool] | None = None) -> "Prepared":
    """Judge and clean the file; takes a quarter of a second and more. Refused ``file.cancelled``."""
    from commandcenter.formats import attached

    return attached.prepare(cmd.content, cancelled=cancelled)


prepares(Attach)(prepare)


@handles(Attach)
def attach(cmd: Attach, ctx: Context) -> Any:
    """Equal bytes are kept once, whoever attached them first."""
    made: Prepared = ctx.prepared
    name = clean_name(cmd.name)
    if not name:
        raise BadInput("attachment.name_empty")
    world = _find_subject(ctx, cmd.subject_kind, cmd.subject, "attach")
    blob = _blob(ctx, made)
    kept = Attachment(
        id=ctx.new_id(), world=world, subject_kind=cmd.subject_kind, subject=cmd.subject, blob=blob.id,
        name=fitting_name(name, made.media_type), media_type=made.media_type, width=made.width, height=made.height,
        note=_note(cmd.note), added_at=ctx.now, added_by=ctx.actor.id,
    )  # fmt: skip
    ctx.uow.add(kept)
    _tell(ctx, kept, "attached.position" if made.position else "attached")
    return {
        "attachment": kept.id, "blob": blob.id, "media_type": made.media_type, "size": blob.size,
        "position_removed": made.position,
    }  # fmt: skip


def _blob(ctx: Context, made: "Prepared") -> Blob:
    """The row that keeps these bytes; one that was emptied is filled again, because somebody has the file anew."""
    known = ctx.uow.find("blob", digest=made.digest)
    if known and known[0].content is not None:
        return known[0]  # type: ignore[no-any-return]
    if known:
        return ctx.uow.put(replace(known[0], content=made.content, thumbnail=made.thumbnail))  # type: ignore[no-any-return]
    return ctx.uow.add(
        Blob(id=ctx.new_id(), digest=made.digest, size=len(made.content), content=made.content,
             thumbnail=made.thumbnail)
    )  # fmt: skip


def _find_subject(ctx: Context, kind: str, id: str, command: str) -> str:
    """The world of the subject's files. BadInput when there is no such subject in this world, NotAllowed for a role
    that only looks at it. A drill is met from the real world; its files lie in its own."""
    if not may_attach(ctx.actor.role, kind) and ctx.actor.id != "system":
        raise NotAllowed("actor.role", command=command, role=ctx.actor.role)
    found = ctx.uow.require(kind, id)
    world = str(getattr(found, "world", ctx.world))
    if not _is_met(ctx, kind, world) or (getattr(found, "hidden", False) and ctx.actor.role not in PLANNERS):
        raise BadInput("unknown", entity=kind, id=id)
    return world


def _is_met(ctx: Context, kind: str, world: str) -> bool:
    return world == ctx.world or (ENTITIES[kind].of_drills and ctx.world == REAL)


def _note(given: str | None) -> str | None:
    note = (given or "").strip()
    if len(note) > LONGEST_NOTE:
        raise BadInput("attachment.note_long", length=len(note), most=LONGEST_NOTE)
    return note or None


def _tell(ctx: Context, attachment: Attachment, code: str) -> None:
    """An incident's timeline says what happened; the file's name is a text of the entry, masked and erased as such."""
    if attachment.subject_kind == "incident":
        tell(ctx, attachment.subject, code, {}, attachment.name)


def _locked(ctx: Context, id: str, command: str) -> Attachment:
    """The attachment, locked until commit, if this actor may change it; BadInput ``attachment.unknown``."""
    found = ctx.uow.lock("attachment", [id])
    if not found or not _is_met(ctx, found[0].subject_kind, found[0].world):
        raise BadInput("attachment.unknown", attachment=id)
    attachment: Attachment = found[0]
    _find_subject(ctx, attachment.subject_kind, attachment.subject, command)
    return attachment


@command("remove_attachment", roles=_ROLES, writes=("attachment", "timeline_entry"))
@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveAttachment:
    """Take a file away. Its bytes stay, so that this can be undone, until they are erased for good."""

    attachment: str


@handles(RemoveAttachment)
def remove_attachment(cmd: RemoveAttachment, ctx: Context) -> Any:
    """The timeline keeps that it was there."""
    attachment = _locked(ctx, cmd.attachment, "remove_attachment")
    ctx.uow.remove("attachment", attachment.id)
    _tell(ctx, attachment, "detached")
    return {"attachment": attachment.id, "subject": attachment.subject}


@command("change_attachment", roles=_ROLES, writes=("attachment", "timeline_entry"))
@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeAttachment:
    """Name a file, or write a note to it. ``was`` tells the values the editor saw."""

    attachment: str
    changed: Annotated[dict[str, Any], FieldsOf("attachment")]
    was: Annotated[dict[str, Any], FieldsOf("attachment")]


@handles(ChangeAttachment)
def change_attachment(cmd: ChangeAttachment, ctx: Context) -> Any:
    """Only a field changed by both is a conflict."""
    for field in (*cmd.changed, *cmd.was):
        if field not in EDITABLE:
            raise BadInput("attachment.not_editable", field=field)
    attachment = _locked(ctx, cmd.attachment, "change_attachment")
    wanted = {field: _checked(field, value, attachment.media_type) for field, value in cmd.changed.items()}
    fields = {
        field: {"mine": value, "theirs": getattr(attachment, field), "was": cmd.was.get(field)}
        for field, value in wanted.items()
        if getattr(attachment, field) not in (value, cmd.was.get(field))
    }
    if fields:
        raise Conflict("attachment.conflict", attachment=attachment.id, fields=fields)
    changed: dict[str, Any] = {field: value for field, value in wanted.items() if getattr(attachment, field) != value}
    if changed:
        _tell(ctx, ctx.uow.put(replace(attachment, **changed)), "attachment_changed")
    return {"attachment": attachment.id, "changed": sorted(changed)}


def _checked(field: str, value: Any, media_type: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise BadInput("command.field_type", command="change_attachment", field=field, wanted="string")
    if field == "note":
        return _note(value)
    name = clean_name(value or "")
    if not name:
        raise BadInput("attachment.name_empty")
    return fitting_name(name, media_type)


@command("export_attachment", roles=DUTY | KEEPERS_OF_LISTS, writes=(), undoable=False)
@dataclass(frozen=True, kw_only=True, slots=True)
class ExportAttachment:
    """Let a file leave the program (saved, or opened by another one); that it did stays in the log."""

    attachment: str


@handles(ExportAttachment)
def export_attachment(cmd: ExportAttachment, ctx: Context) -> Any:
    """The bytes are read afterwards with :func:`content_of`, never stored in the answer."""
    attachment = ctx.uow.get("attachment", cmd.attachment)
    if attachment is None or not _is_met(ctx, attachment.subject_kind, attachment.world):
        raise BadInput("attachment.unknown", attachment=cmd.attachment)
    subject = ctx.uow.get(attachment.subject_kind, attachment.subject)
    if getattr(subject, "hidden", False) and ctx.actor.role not in PLANNERS and ctx.actor.id != "system":
        raise BadInput("attachment.unknown", attachment=cmd.attachment)
    if not may_see(ctx.actor.role, attachment.subject_kind) and ctx.actor.id != "system":
        raise NotAllowed("actor.role", command="export_attachment", role=ctx.actor.role)
    ctx.uow.note("attachment", attachment.id, "export")
    return {"attachment": attachment.id}


# --- reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment as a list shows it to one viewer."""

    attachment: Attachment
    size: int
    erased: bool
    """The bytes were erased for good."""
    hidden: bool
    """This viewer sees that it is there, not what it shows."""
    thumbnail: bytes | None = None


def _as_seen(reader: Reader, kind: str) -> Reader:
    """A reader that tells names, notes and bytes of files to whoever may see those beside such a subject, also where
    he reads no free text elsewhere."""
    role = reader.viewer.role
    if may_read(role, "text") or not may_see(role, kind):
        return reader
    return Reader(reader.connection, SYSTEM, reader.world)


def attached_to(reader: Reader, kind: str, subject: str, *, thumbnails: bool = True) -> list[Attached]:
    """The files beside a subject, the latest first."""
    is_hidden = not may_see(reader.viewer.role, kind)
    reader = _as_seen(reader, kind)
    rows = reader.find("attachment", subject_kind=kind, subject=subject, order=("added_at", "id"), descending=True)
    ids = [row.blob for row in rows]
    sizes = {blob.id: blob.size for blob in reader.many("blob", ids)}
    held = reader.holding("blob", "content", ids)
    pictures = reader.apart("blob", "thumbnail", ids) if thumbnails else {}
    return [
        Attached(row, sizes.get(row.blob, 0), row.blob not in held, is_hidden,
                 pictures.get(row.blob))
        for row in rows
    ]  # fmt: skip


def content_of(reader: Reader, attachment: str) -> tuple[Attachment, bytes]:
    """A file's bytes (send ``ExportAttachment`` first).

    BadInput ``attachment.unknown`` or ``attachment.erased``, NotAllowed ``attachment.hidden``.
    """
    found = reader.get("attachment", attachment)
    if found is None:
        raise BadInput("attachment.unknown", attachment=attachment)
    if not may_see(reader.viewer.role, found.subject_kind):
        raise NotAllowed("attachment.hidden", role=reader.viewer.role)
    reader = _as_seen(reader, found.subject_kind)
    found = reader.get("attachment", attachment) or found
    content = reader.apart("blob", "content", [found.blob]).get(found.blob)
    if content is None:
        raise BadInput("attachment.erased")
    return found, content
