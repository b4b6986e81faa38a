"""Lifting a mask, and erasing a person for good."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from commandcenter.base.errors import BadInput, EnvironmentTrouble, NotAllowed, RuleError
from commandcenter.rules.courses import guests_of
from commandcenter.rules.entity import ENTITIES, Personal, PersonalKind
from commandcenter.rules.masks import redact
from commandcenter.rules.permissions import DUTY, SUPERVISORS
from commandcenter.rules.phones import normalise
from commandcenter.services.commands import Context, command, follows, handles
from commandcenter.storage import ddl, editions, forgetting, history, personal
from commandcenter.storage.database import Collision, Database

Subject = Literal[
    "worker", "officer", "contact", "duty_holder", "household", "resident", "incident", "unit_post", "drill_person",
    "drill", "improvement", "drill_notice", "expectation", "session", "depot",
    "stock_move", "kit_issue", "attention_item",
]  # fmt: skip
BY: Mapping[str, tuple[str, ...]] = {
    "drill": ("commander", "owner", "recorder"), "improvement": ("owner",), "drill_notice": ("whom",),
    "expectation": ("evaluator",), "session": ("teacher", "guest"), "stock_move": ("other", "taken_by"),
    "kit_issue": ("received_by",),
}  # fmt: skip
"""Subjects that are no persons, with the fields in which one may be named."""
_TELLS = {("drill_person", "name"), ("unit_post", "name")}
"""Names on papers; no other words on them tell who somebody is."""
_FREE = ("text", "needs", "record", "ledger")
"""Kinds that hold more than what tells who somebody is: each is decided on by itself."""
_HOMES = ("household", "resident", "attention_item")
"""Where a name alone does not tell who it is."""
_BESIDE = {("drill", "owner"): ("phone",)}
"""What else belongs to somebody who is named in a field."""


@command("reveal_personal", roles=DUTY, writes=(), undoable=False)
@dataclass(frozen=True, kw_only=True, slots=True)
class RevealPersonal:
    """Show one masked value; that it was shown stays in the log."""

    entity: Subject
    subject: str
    field: str


@handles(RevealPersonal)
def reveal_personal(cmd: RevealPersonal, ctx: Context) -> Any:
    """The value is read afterwards with :func:`revealed`, never stored in the answer."""
    _personal_field(cmd.entity, cmd.field)
    ctx.uow.require(cmd.entity, cmd.subject)
    ctx.uow.note(cmd.entity, cmd.subject, "reveal")
    return {"entity": cmd.entity, "subject": cmd.subject, "field": cmd.field}


def _personal_field(entity: str, name: str) -> Any:
    for each in personal.personal_fields(entity):
        if each.name == name:
            return each
    raise BadInput("personal.unknown_field", entity=entity, field=name)


@dataclass(frozen=True, slots=True)
class Mention:
    """A free text in which the person occurs."""

    entity: str
    subject: str
    field: str
    version: int
    text: str

    @property
    def key(self) -> str:
        """How a decision names this text."""
        return f"{self.subject}:{self.field}:{self.version}"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file put beside the person or the incident, now or once: what it shows nobody but a person can say."""

    attachment: str
    blob: str

    @property
    def key(self) -> str:
        """How a decision names this file."""
        return f"{self.attachment}:content"


@dataclass(frozen=True, slots=True)
class Traces:
    """Where a person occurs: the words that tell who, the values to erase, the free texts to decide on."""

    words: tuple[str, ...]
    same: tuple[Mention, ...]
    mentions: tuple[Mention, ...]
    files: tuple["AttachedFile", ...] = ()
    own: tuple[Mention, ...] = ()
    listed: tuple[str, ...] = ()
    """Entries of the attention list that are about the person: emptied, and closed."""

    @property
    def keys(self) -> list[str]:
        """Everything to decide on."""
        return [*(each.key for each in self.mentions), *(each.key for each in self.files)]


@command("erase_person", roles=SUPERVISORS, undoable=False,
         writes=("personal_value", "blob", "attention_item", "edition_lines"))  # fmt: skip
@dataclass(frozen=True, kw_only=True, slots=True)
class ErasePerson:
    """Empty every personal value of a person, in every version, entries of the attention list included. ``subject`` is
    the person, the household whose head, or the incident whose caller it is; or what names the person in its field
    ``by`` (:data:`BY`: a drill's ``commander``, a session's ``guest.1``, the first of its guests).

    ``redact`` lists texts (subject:field:version) in which the words are blacked out and files (attachment:content)
    whose bytes are taken away, ``keep`` maps texts and files that stay to the reason. Reasons are words about the
    person, kept and masked like any free text.
    """

    entity: Subject
    subject: str
    reason: Annotated[str, Personal("text")]
    by: str = ""
    redact: tuple[str, ...] = ()
    keep: Annotated[dict[str, Any], Personal("text")] = field(default_factory=dict)


@handles(ErasePerson)
def erase_person(cmd: ErasePerson, ctx: Context) -> Any:
    """Refused (``erase.undecided``) while a free text that mentions the person is neither redacted nor kept."""
    ctx.uow.require(cmd.entity, cmd.subject)
    if not cmd.reason.strip():
        raise BadInput("erase.reason_empty")
    entity, subject = _person_of(ctx.uow.connection, cmd.entity, cmd.subject)
    cmd = replace(cmd, entity=entity, subject=subject)  # type: ignore[arg-type]
    traces = find_traces(ctx.uow.connection, cmd.entity, cmd.subject, cmd.by)
    undecided = [key for key in traces.keys if key not in cmd.redact and key not in cmd.keep]
    if undecided:
        shown = _shown(ctx.uow.connection, traces, undecided)
        raise RuleError("erase.undecided", count=len(undecided), texts=undecided, mentions=shown)
    if any(not str(reason).strip() for reason in cmd.keep.values()):
        raise BadInput("erase.keep_reason_empty")
    own = _own_values(ctx, cmd, traces)
    for entry in traces.listed:
        own += _of_entry(ctx, entry)
    same = [(m.subject, m.field, m.version) for m in traces.same]
    erased = personal.erase(ctx.uow.connection, [*own, *same], ctx.now)
    for mention in traces.mentions:
        if mention.key in cmd.redact:
            _redact(ctx, mention, traces.words)
    emptied = _empty_files(ctx, traces.files, cmd)
    for entry in traces.listed:
        ctx.uow.set_columns("attention_item", entry, {"active": False})
    _blank_books(ctx, cmd, traces)
    ddl.forget_deleted(ctx.uow.connection)
    forgetting.remember(ctx.uow.connection, ctx.command_id)
    _tell(ctx, cmd, [*traces.same, *traces.own, *(m for m in traces.mentions if m.key in cmd.redact)])
    return {"erased": erased, "redacted": len(cmd.redact), "kept": len(cmd.keep), "emptied": emptied}


def _tell(ctx: Context, cmd: ErasePerson, touched: Sequence[Mention]) -> None:
    """The log says of every row that a value of it is gone: so the other desks read it anew."""
    rows = {(each.entity, each.subject) for each in touched if each.entity in ENTITIES}
    for entity, subject in sorted(rows | {(cmd.entity, cmd.subject)}):
        ctx.uow.note(entity, subject, "erase")


def _shown(connection: Any, traces: "Traces", undecided: Sequence[str]) -> list[dict[str, Any]]:
    """What is to be decided on with its words, for whoever decides without a window."""
    texts: list[dict[str, Any]] = [
        {"key": m.key, "entity": m.entity, "subject": m.subject, "field": m.field, "version": m.version, "text": m.text}
        for m in traces.mentions
    ]
    files: list[dict[str, Any]] = [
        {"key": each.key, "entity": "attachment", "subject": each.attachment, "field": "content",
         "text": personal.current_value(connection, each.attachment, "name") or ""}
        for each in traces.files
    ]  # fmt: skip
    return [each for each in (*texts, *files) if each["key"] in undecided]


def _empty_files(ctx: Context, files: Sequence[AttachedFile], cmd: ErasePerson) -> int:
    """Take the bytes away, wherever else the same bytes were attached; a copy that is kept here keeps them."""
    kept = {each.blob for each in files if each.key in cmd.keep}
    blobs = sorted({each.blob for each in files if each.key in cmd.redact} - kept)
    forgetting.empty(ctx.uow.connection, blobs)
    for blob in blobs:
        ctx.uow.note("blob", blob, "erase")
    return len(blobs)


def _blank_books(ctx: Context, cmd: ErasePerson, traces: Traces) -> None:
    """What printed books said of the person leaves no digest behind, from which a number could be guessed: those lines
    count as changed for ever."""
    ids = {cmd.subject, *traces.listed, *(each.subject for each in traces.same)}
    ids |= {each.subject for each in traces.mentions if each.key in cmd.redact}
    for edition in editions.blank(ctx.uow.connection, ids):
        ctx.uow.note("edition", edition, "erase")


def _own_values(ctx: Context, cmd: ErasePerson, traces: "Traces") -> list[personal.Reference]:
    """The person's values: all of a person's, of an incident only what tells who called, of what names a person those
    versions that do."""
    if cmd.by:
        return [(each.subject, each.field, each.version) for each in traces.own]
    own = [(cmd.subject, _own_fields(cmd.entity))]
    if cmd.entity == "worker":  # why somebody was away is told without a name
        own += [(each, own[0][1]) for each in personal.doubles_of(ctx.uow.connection, "worker", cmd.subject)]
        own += [(each.id, ["reason"]) for each in ctx.uow.find("worker_absence", worker=cmd.subject)]
    found: list[personal.Reference] = []
    for subject, fields in own:
        commands = history.commands_touching(ctx.uow.connection, subject)
        found += personal.references_of(ctx.uow.connection, subject, fields, commands)
    return found


def _of_entry(ctx: Context, id: str) -> list[personal.Reference]:
    """Everything that an entry of the attention list says."""
    commands = history.commands_touching(ctx.uow.connection, id)
    return personal.references_of(ctx.uow.connection, id, _own_fields("attention_item"), commands)


def _own_fields(entity: str) -> list[str]:
    fields = [field.name for field in personal.personal_fields(entity)]
    return ["caller_name", "caller_phone", "place"] if entity == "incident" else fields


def _telling_fields(entity: str) -> list[str]:
    """Those of a subject's own fields that tell who it is."""
    kinds = {field.name: field.personal.kind for field in personal.personal_fields(entity) if field.personal}
    return [name for name in _own_fields(entity) if kinds[name] not in _FREE or (entity, name) in _TELLS]


def find_traces(connection: Any, entity: str, subject: str, by: str = "") -> Traces:
    """Search every version of every value for a person's name, numbers and addresses; ``by`` as in
    :class:`ErasePerson`."""
    entity, subject = _person_of(connection, entity, subject)
    if by or entity in BY:
        words = _named_words(connection, entity, subject, by)
        own_fields: tuple[str, ...] = (by, *_BESIDE.get((entity, by), ()))
    else:
        words, own_fields = _words(connection, entity, subject), tuple(_own_fields(entity))
    found = [Mention(*row) for row in personal.mentions(connection, words)]
    rows = (subject, *personal.doubles_of(connection, entity, subject))
    own = tuple(m for m in found if m.subject in rows and m.field in own_fields)
    if by:
        own = tuple(m for m in own if m.text in words)
    others = [m for m in found if m not in own]
    family = personal.family_of(connection, entity, subject)
    listed = personal.listed_as(connection, subject, words, family)
    others = [m for m in others if m.subject not in listed]
    same = [m for m in others if _is_whole(m, words, family)]
    mentioned = tuple(m for m in others if m not in same)
    signed = {each.subject for each in (*own, *others) if each.entity == "kit_issue"}
    signed |= {sheet for row in rows for sheet in forgetting.receipts_of(connection, row)}
    files = _files_of(connection, subject, signed)
    return Traces(tuple(words), tuple(same), mentioned, files, own, tuple(listed))


def _person_of(connection: Any, entity: str, subject: str) -> tuple[str, str]:
    """Whom an entry of the attention list is about: somebody of the register, where it says so."""
    resident = personal.resident_of(connection, subject) if entity == "attention_item" else None
    return ("resident", resident) if resident else (entity, subject)


def _named_words(connection: Any, entity: str, subject: str, by: str) -> list[str]:
    """Who is named in a field of what is no person; BadInput ``erase.by`` where nobody is."""
    name, _, number = by.partition(".")
    known = BY.get(entity, ())
    if name not in known or (name == "guest") != number.isdecimal():
        raise BadInput("erase.by", entity=entity, by=by, known=", ".join(known))
    value = personal.current_value(connection, subject, "note" if number else name) or ""
    guests = guests_of(value) if number else ()
    if number:
        value = guests[int(number) - 1] if 1 <= int(number) <= len(guests) else ""
    if len(value) < 2:
        raise BadInput("erase.nobody", entity=entity, by=by)
    beside = [personal.current_value(connection, subject, each) for each in _BESIDE.get((entity, by), ())]
    return _all_forms([value, *(each for each in beside if each)])


def _files_of(connection: Any, subject: str, signed: Collection[str] = ()) -> tuple[AttachedFile, ...]:
    """Files whose bytes are still there, those taken away since included; of somebody or something of a drill, those
    of the drill; the scans of receipt sheets (ids) that the person ``signed``, or on which his kit went."""
    files = forgetting.files_of(connection, subject)
    for sheet in sorted(signed):
        files |= forgetting.files_of(connection, sheet)
    if (drill := forgetting.drill_of(connection, subject)) is not None:
        files |= forgetting.files_of(connection, drill)
    held = forgetting.held(connection, files.values())
    return tuple(AttachedFile(id, blob) for id, blob in files.items() if blob in held)


def _is_whole(mention: Mention, words: Sequence[str], family: frozenset[str]) -> bool:
    """A value that is nothing but the person's own number or address is the same person's.

    Names are borne by many: on the register one is the same person's only in the same household.
    """
    kind = next((f.personal.kind for f in personal.personal_fields(mention.entity) if f.name == mention.field
                 and f.personal), None) if mention.entity in ENTITIES else "name"  # fmt: skip
    if kind == "name" and mention.entity in _HOMES and mention.subject not in family:
        return False
    return kind not in _FREE and mention.text in words


def _words(connection: Any, entity: str, subject: str) -> list[str]:
    rows = (subject, *personal.doubles_of(connection, entity, subject))
    fields = _telling_fields(entity)
    return _all_forms([word for row in rows for word in personal.telling_words(connection, row, fields)])


def _all_forms(rows: Sequence[str]) -> list[str]:
    """Words long enough to look for, numbers in their one form too, the longest first."""
    words = {value for value in rows if len(value) >= 2}
    words |= {normalise(value) for value in words if normalise(value).isdigit() and len(normalise(value)) >= 7}
    return sorted(words, key=len, reverse=True)


def _redact(ctx: Context, mention: Mention, words: Sequence[str]) -> None:
    """A text that is nothing but the words is emptied like any other value of the person."""
    reference = (mention.subject, mention.field, mention.version)
    if mention.text.strip() in words:
        personal.erase(ctx.uow.connection, [reference], ctx.now)
        return
    personal.overwrite(ctx.uow.connection, reference, redact(mention.text, words))


@dataclass(frozen=True, slots=True)
class Prospect:
    """What erasing somebody takes away, and what is to be decided on before, as somebody at a window reads it."""

    goes: tuple[tuple[str, int], ...]
    """Kinds of personal values (``phone``, ``name``) with how many versions of them are still there."""
    elsewhere: tuple[tuple[str, int], ...]
    """Entities in which the same number, address or name stands by itself, with how often: it goes there too."""
    mentions: tuple[Mention, ...]
    files: tuple[tuple[AttachedFile, str], ...]
    """Files with their names."""


def prospect(connection: Any, entity: Subject, subject: str, role: str) -> Prospect:
    """What :class:`ErasePerson` would do, for those who may send it (NotAllowed ``actor.role`` for others)."""
    if role not in SUPERVISORS:
        raise NotAllowed("actor.role", command="erase_person", role=role)
    traces = find_traces(connection, entity, subject)
    commands = history.commands_touching(connection, subject)
    own = personal.references_of(connection, subject, _own_fields(entity), commands)
    there = {reference for reference, value in personal.resolve(connection, own).items() if value is not None}
    kinds = {field.name: field.personal.kind for field in personal.personal_fields(entity) if field.personal}
    goes = Counter(kinds.get(field, "text") for _, field, _ in there)
    elsewhere = Counter(each.entity for each in traces.same if (each.subject, each.field, each.version) not in there)
    files = tuple((each, personal.current_value(connection, each.attachment, "name") or "") for each in traces.files)
    mentions = tuple(m for m in traces.mentions if (m.subject, m.field, m.version) not in there)
    ordered = tuple((kind, goes[kind]) for kind in _KINDS if kind in goes)
    return Prospect(ordered, tuple(sorted(elsewhere.items())), mentions, files)


_KINDS: tuple[PersonalKind, ...] = ("name", "phone", "address", "id_number", "needs", "text", "record", "ledger")
"""In the order in which they are read."""


@follows(ErasePerson)
def clean_up(database: Database, desk: str) -> forgetting.State:
    """Make the engine forget the erased bytes, which were remembered to be cleaned up; what is in the way now (a
    reader of an older state, a server that is away) is tried again by :mod:`commandcenter.services.due`."""
    try:
        return forgetting.clean_up(database, desk)
    except (EnvironmentTrouble, Collision):
        return "waiting"


def revealed(connection: Any, entity: str, subject: str, field: str, role: str) -> str | None:
    """The plain value behind a mask, for a role that may lift it (send ``RevealPersonal`` first)."""
    if role not in DUTY:
        raise NotAllowed("actor.role", command="reveal_personal", role=role)
    _personal_field(entity, field)
    return personal.current_value(connection, subject, field)
