"""Undo: one command that puts back what a command or a group wrote, if nobody has changed it since."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from commandcenter.base.clock import iso
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import ENTITIES, Derived
from commandcenter.rules.permissions import EVERYBODY
from commandcenter.services.commands import COMMANDS, Context, command, handles
from commandcenter.storage import history
from commandcenter.storage.history import Effect, Key
from commandcenter.storage.rows import logged

Coming = Mapping[str, dict[str, Any] | None]
"""Rows by id as an undo would leave them; None: gone."""
Guard = Callable[[Context, Coming], None]
GUARDS: dict[str, Guard] = {}
"""By entity: what must stay true of its rows whichever way they change; a feature adds its own and raises RuleError."""


@command("undo", roles=EVERYBODY, writes=tuple(ENTITIES), undoable=True)
@dataclass(frozen=True, kw_only=True, slots=True)
class Undo:
    """Take back a command, or a whole group of them. Undoing an undo is redo."""

    target: str
    is_group: bool = False


@handles(Undo)
def undo(cmd: Undo, ctx: Context) -> Any:
    """Checks every field first; changes nothing unless all of it can be put back."""
    from commandcenter.services import registry  # noqa: F401  (what was done here may be unknown to this desk so far)

    heads = history.records(ctx.uow.connection, cmd.target, group=cmd.is_group, but=ctx.command_id)
    if not heads:
        raise BadInput("undo.unknown", target=cmd.target)
    for head in heads:
        _may_undo(head, ctx)
    ctx.uow.undoes = ids = [head["id"] for head in heads]
    net = history.net_effect(ctx.uow.connection, ids)
    _lock_rows(ctx, net)
    for key, effect in net.items():
        _check_unchanged(ctx, key, effect, ids)
    leaving = {key for key, effect in net.items() if _vanishes(effect)}
    for key in leaving:
        if net[key].before is None:
            _check_no_followers(ctx, key, leaving, net)
    for kind, guard in GUARDS.items():
        if coming := {key[1]: _coming(ctx, key, effect) for key, effect in net.items() if key[0] == kind}:
            guard(ctx, coming)
    for key, effect in net.items():
        _put_back(ctx, key, effect)
    return {"undone": ids, "commands": [head["name"] for head in heads]}


def _may_undo(head: dict[str, Any], ctx: Context) -> None:
    spec = COMMANDS.get(head["name"])
    if spec is None or not spec.undoable or not head["undoable"]:
        raise RuleError("undo.not_undoable", command=head["name"])
    if ctx.actor.role not in spec.roles:
        raise RuleError("undo.role", command=head["name"], role=ctx.actor.role)
    if head["world"] != ctx.world:
        raise BadInput("undo.unknown", target=head["id"])
    if head["name"] == "undo":
        # To take an undo back is to do again what it undid: that needs the same right.
        undone = head["undoes"] or head["outcome"]["undone"]  # older records say it only in their outcome
        for before in history.records_of(ctx.uow.connection, undone):
            _may_undo(before, ctx)


def _lock_rows(ctx: Context, net: dict[Key, Effect]) -> None:
    for kind in ENTITIES:
        ids = [key[1] for key in net if key[0] == kind]
        if ids:
            ctx.uow.lock(kind, ids)


def _stays(kind: str) -> bool:
    """Whether rows of this kind are never taken away."""
    return ENTITIES[kind].append_only or ENTITIES[kind].timeline


def _check_unchanged(ctx: Context, key: Key, effect: Effect, commands: list[str]) -> None:
    """Every field written must still hold what was written; RuleError ``undo.changed_since`` names who and when."""
    if _stays(key[0]):
        return
    raw = ctx.uow.raw(*key)
    is_gone = effect.after is None and raw is None
    says_so = effect.after is not None and raw is not None and _still_says(key[0], raw, effect.after)
    if not (is_gone or says_so):
        raise _refusal("undo.changed_since", ctx, key, key, commands)


def _still_says(kind: str, raw: dict[str, Any], wrote: dict[str, Any]) -> bool:
    """Compared as the log writes it; short numbers and times are not part of the visible state."""
    declared = ENTITIES[kind]
    now, then = logged(declared, raw), logged(declared, wrote)
    names = [field.name for field in declared.fields if field.name in then and not field.has(Derived)]
    return all(now[name] == then[name] for name in names)


def _vanishes(effect: Effect) -> bool:
    """Whether the row is taken away, or struck through again (the undo of a redo)."""
    return effect.before is None or effect.before.get("struck") is True


def _check_no_followers(ctx: Context, key: Key, leaving: set[Key], net: dict[Key, Effect]) -> None:
    """A row may not vanish while living rows of other commands refer to it. One that the same undo turns to what it
    referred to before does not."""
    if _stays(key[0]):
        return
    for follower in history.followers(ctx.uow.connection, key):
        if follower in leaving or (follower in net and not _refers(ctx, follower, net[follower], key)):
            continue
        row = ctx.uow.get(*follower)
        if row is not None and not getattr(row, "struck", False):
            raise _refusal("undo.has_followers", ctx, key, follower, [])


def _refers(ctx: Context, row: Key, effect: Effect, key: Key) -> bool:
    """Whether a row will still refer to another one once it is put back."""
    coming = _coming(ctx, row, effect) or {}
    fields = ENTITIES[row[0]].fields
    return any(each.ref is not None and each.ref.kind == key[0] and coming.get(each.name) == key[1] for each in fields)


def _coming(ctx: Context, key: Key, effect: Effect) -> dict[str, Any] | None:
    return None if effect.before is None else {**(ctx.uow.raw(*key) or {}), **effect.before}


def _refusal(code: str, ctx: Context, key: Key, touched: Key, but: list[str]) -> RuleError:
    hand = history.last_hand(ctx.uow.connection, touched, but)
    officer = ctx.uow.get("officer", hand.actor) if hand else None
    who = officer.name if officer else (hand.actor if hand else "")
    return RuleError(code, entity=key[0], id=key[1], who=who, when=iso(hand.at) if hand else "")


def _put_back(ctx: Context, key: Key, effect: Effect) -> None:
    kind = ENTITIES[key[0]]
    if kind.append_only:
        return
    if effect.before is not None:
        whole = {**effect.before, "id": key[1]} if effect.after is None else effect.before
        ctx.uow.set_columns(*key, whole)
    elif kind.timeline:
        ctx.uow.set_columns(*key, {"struck": True})
    elif effect.after is not None:
        ctx.uow.remove(*key)
