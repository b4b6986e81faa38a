"""The library of scenarios: written, copied, edited, taken out of use.

What drills were planned from, and what is shipped, is never written over: a change makes a new edition beside it,
with its script and its evaluation sheet, and the old one goes out of use. Drills keep theirs. The lines of scripts and
sheets are changed in :mod:`services.scripts`, a whole workbook in :mod:`services.scenario_files`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules import legible
from commandcenter.rules.entity import field_of
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import (
    FIELDS,
    FORMS,
    PLAIN,
    WORDS,
    Expectation,
    Inject,
    Scenario,
    flat,
    split,
    words,
    written,
)
from commandcenter.services import edits
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.drills import check_size
from commandcenter.storage.reads import Reader

GRID_KINDS = ("general", "dedicated", "emergency")
LANGUAGES = ("zh_CN", "en")
LINES = ("inject", "expectation")
"""What belongs to a scenario, and to each of its editions of its own."""
_KEY = re.compile(r"[a-z][a-z0-9_-]{1,39}")


# --- what may stand in it ---------------------------------------------------------------------------------------


def tidy_text(text: str) -> str:
    """A text without spaces around it, with plain line ends and without signs that no workbook holds."""
    return legible.text(text).strip()


def check_language(language: str) -> None:
    """BadInput for a language that this program does not speak."""
    if language not in LANGUAGES:
        raise BadInput("scenario.language", field="language", text=language, known=", ".join(LANGUAGES))


def given_fields(
    kind: type, given: Mapping[str, Any], known: tuple[str, ...], numbers: Mapping[str, bool], command: str
) -> dict[str, Any]:
    """What somebody wrote into such fields, texts tidied; BadInput names the field that there is not, or that never
    holds such a value. ``numbers`` are the fields that hold whole numbers, and whether they may be empty."""
    wanted: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise BadInput("edit.not_editable", entity=kind.__name__.lower(), field=name)
        if name in numbers:
            fits = value is None if numbers[name] and value is None else _is_whole(value)
        else:
            fits = isinstance(value, str)
        if not fits:
            wanted_type = "int" if name in numbers else "str"
            raise BadInput("command.field_type", command=command, field=name, wanted=wanted_type)
        wanted[name] = tidy_text(value) if isinstance(value, str) else value
        edits.not_denied(name, wanted[name] if isinstance(value, str) else None)
    return wanted


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_NUMBERS = {name: False for name in PLAIN if field_of(Scenario, name).type is int}


def scenario_fields(given: Mapping[str, Any], command: str) -> dict[str, Any]:
    """Fields of a scenario as they may be kept; BadInput names the one that may not."""
    wanted = given_fields(Scenario, given, FIELDS, _NUMBERS, command)
    if "title" in wanted and not wanted["title"]:
        raise BadInput("scenario.title_empty", field="title")
    for name in ("season_from", "season_to"):
        if not 1 <= wanted.get(name, 1) <= 12:
            raise BadInput("scenario.month", field=name, text=str(wanted[name]))
    for name, known in (("forms", FORMS), ("grid_kinds", GRID_KINDS)):
        if name in wanted:
            wanted[name] = _chosen(name, wanted[name], known)
    check_size(wanted.get("minutes", 60), wanted.get("people"))
    if not 0 <= wanted.get("pass_mark", 0) <= 100:
        raise BadInput("scenario.pass_mark", field="pass_mark", text=str(wanted["pass_mark"]))
    return wanted


def _chosen(name: str, given: str, known: tuple[str, ...]) -> str:
    """Keys, each once, in the order given: the first form is the one that is planned unless another is asked for."""
    chosen = dict.fromkeys(each.strip() for each in split(given))
    if unknown := sorted(set(chosen) - set(known)):
        raise BadInput("scenario.choice", field=name, text=unknown[0], known=", ".join(known))
    return ",".join(chosen)


# --- editions ---------------------------------------------------------------------------------------------------


def newest_of(ctx: Context, key: str) -> Scenario | None:
    """The last edition of a type, in use or not."""
    return max(ctx.uow.find("scenario", key=key), key=lambda each: each.edition, default=None)


def standing(ctx: Context, id: str) -> Scenario:
    """The newest edition of a scenario, locked, whichever edition ``id`` names: who began with an older one goes on
    with what stands now. RuleError ``scenario.retired`` when the type is out of use."""
    row: Scenario = edits.locked(ctx, "scenario", id)
    while (last := newest_of(ctx, row.key)) is not None and last.id != row.id:
        row = edits.locked(ctx, "scenario", last.id)
    if not row.active:
        raise RuleError("scenario.retired", scenario=row.id, title=words(row.title, LANGUAGES[0]))
    return row


def lines_of(ctx: Context, kind: str, scenario: str) -> list[Any]:
    """The lines of a scenario in their order."""
    return sorted(ctx.uow.find(kind, scenario=scenario), key=lambda each: (each.position, each.id))


def is_fixed(ctx: Context, row: Scenario) -> bool:
    """Whether a change makes a new edition: it is shipped, or drills were planned from it."""
    return row.origin == "shipped" or bool(ctx.uow.find("drill", scenario=row.id))


def new_edition(ctx: Context, row: Scenario) -> Scenario:
    """The next edition beside it, without lines; this one goes out of use."""
    made = replace(row, id=ctx.new_id(), edition=row.edition + 1, origin="own", active=True)
    ctx.uow.put(replace(row, active=False))
    return ctx.uow.add(made)


def copy_line(ctx: Context, line: Inject | Expectation, scenario: str) -> Any:
    """The same line for another scenario."""
    return ctx.uow.add(replace(line, id=ctx.new_id(), scenario=scenario))


def writable(ctx: Context, row: Scenario, *, without: str = "") -> tuple[Scenario, dict[str, str]]:
    """The edition to write to, and which line of it stands for which line of ``row`` (itself: the same ones);
    ``without`` is a line that a new edition does not take over."""
    if not is_fixed(ctx, row):
        return row, {}
    made = new_edition(ctx, row)
    lines = [each for kind in LINES for each in lines_of(ctx, kind, row.id) if each.id != without]
    return made, {each.id: copy_line(ctx, each, made.id).id for each in lines}


# --- commands ---------------------------------------------------------------------------------------------------


@command("add_scenario", roles=PLANNERS, writes=("scenario", "inject", "expectation"))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddScenario:
    """Write a scenario of one's own, from nothing or as a copy of another (id or key).

    ``fields`` as in :func:`commandcenter.rules.scenarios.flat`, written in ``language``; ``key`` names the new type,
    empty: one is made up.
    """

    title: str
    language: str = "zh_CN"
    key: str = ""
    copy_of: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)


@handles(AddScenario)
def add_scenario(cmd: AddScenario, ctx: Context) -> Any:
    """A copy brings script and evaluation sheet along, in all languages."""
    check_language(cmd.language)
    wanted = scenario_fields({**cmd.fields, "title": cmd.title}, "add_scenario")
    id = ctx.new_id()
    key = new_key(ctx, cmd.key, id)
    if cmd.copy_of is None:
        blank: dict[str, Any] = {name: {} for name in WORDS}
        row = Scenario(id=id, key=key, five={}, roles={}, forms="field", **blank)
    else:
        source = source_of(ctx, cmd.copy_of)
        row = replace(source, id=id, key=key, edition=1, origin="own", active=True)
        for kind in LINES:
            for each in lines_of(ctx, kind, source.id):
                copy_line(ctx, each, id)
    ctx.uow.add(written(row, wanted, cmd.language))
    return {"scenario": id, "key": key}


def new_key(ctx: Context, given: str, id: str) -> str:
    """A key that no type bears yet; one made from the id when none is given. Two who ask for one at once wait for one
    another: no row of the type is there yet to be locked."""
    key = given.strip() or f"own-{id.replace('-', '')[-8:]}"
    if _KEY.fullmatch(key) is None:
        raise BadInput("scenario.key", field="key", text=given)
    ctx.uow.lock("township", [each.id for each in ctx.uow.find("township")])
    if ctx.uow.find("scenario", key=key):
        raise RuleError("scenario.key_taken", field="key", text=key)
    return key


def source_of(ctx: Context, given: str) -> Scenario:
    """The scenario named by id, or the newest edition of a key, in use or not."""
    found: Scenario | None = ctx.uow.get("scenario", given) or newest_of(ctx, given)
    if found is None:
        raise BadInput("scenario.unknown", scenario=given, field="copy_of")
    return found


@command("edit_scenario", roles=PLANNERS, writes=("scenario", "inject", "expectation"))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditScenario:
    """Change fields of a scenario, named as in :func:`commandcenter.rules.scenarios.flat` and written in ``language``.
    ``was`` tells what the editor saw."""

    scenario: str
    changed: dict[str, Any]
    was: dict[str, Any]
    language: str = "zh_CN"


@handles(EditScenario)
def edit_scenario(cmd: EditScenario, ctx: Context) -> Any:
    """Fields changed apart merge silently, also into an edition made meanwhile; a field changed by both raises
    Conflict with both versions. What is shipped or was planned from gets a new edition."""
    check_language(cmd.language)
    wanted = scenario_fields(cmd.changed, "edit_scenario")
    row = standing(ctx, cmd.scenario)
    changed = edits.changes(flat(row, cmd.language), wanted, seen(cmd.was), "scenario.conflict", scenario=row.id)
    if not changed:
        return {"scenario": row.id, "edition": row.edition, "changed": []}
    target, _ = writable(ctx, row)
    ctx.uow.put(written(target, changed, cmd.language))
    return {"scenario": target.id, "edition": target.edition, "changed": sorted(changed)}


def seen(was: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """What an editor saw, as it was shown and as it is kept."""
    return {name: (value, tidy_text(value) if isinstance(value, str) else value) for name, value in was.items()}


@command("retire_scenario", roles=PLANNERS, writes=("scenario",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireScenario:
    """Take a scenario out of the library, or bring it back; drills that were planned from it keep it."""

    scenario: str
    retired: bool = True


@handles(RetireScenario)
def retire_scenario(cmd: RetireScenario, ctx: Context) -> Any:
    """Always the newest edition: an older one is out of use because it was replaced."""
    row = edits.locked(ctx, "scenario", cmd.scenario)
    last = newest_of(ctx, row.key)
    if last is not None and last.id != row.id:
        raise RuleError("scenario.replaced", scenario=row.id, edition=row.edition, newest=last.edition)
    row = edits.set_active(ctx, "scenario", cmd.scenario, not cmd.retired)
    return {"scenario": row.id, "active": row.active}


# --- reading ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """One edition of a scenario with its script and its evaluation sheet."""

    scenario: Scenario
    injects: tuple[Inject, ...]
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A type of the library: its newest edition and the older ones, newest first. ``place`` orders the library: the
    shipped types as they are shipped, then the town's own."""

    kept: Kept
    older: tuple[Kept, ...]
    place: int

    @property
    def key(self) -> str:
        """The type."""
        return self.kept.scenario.key

    @property
    def editions(self) -> tuple[Kept, ...]:
        """All of them, newest first."""
        return (self.kept, *self.older)


def library(reader: Reader) -> list[Entry]:
    """Every type with all its editions, in order; for a reader of ``real``, to whom no drill's script belongs."""
    from commandcenter.services import shipped  # its files are read once, on the lane that asks

    order = {each["key"]: place for place, each in enumerate(shipped.read().scenarios)}
    injects = _by_scenario(reader.find("inject", order=("position", "id")))
    expectations = _by_scenario(reader.find("expectation", order=("position", "id")))
    types: dict[str, list[Kept]] = {}
    for each in reader.find("scenario", order=("edition",), descending=True):
        kept = Kept(each, tuple(injects.get(each.id, ())), tuple(expectations.get(each.id, ())))
        types.setdefault(each.key, []).append(kept)
    made = [Entry(kept[0], tuple(kept[1:]), order.get(key, len(order))) for key, kept in types.items()]
    return sorted(made, key=lambda entry: (entry.place, entry.kept.scenario.id))


def _by_scenario(lines: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in lines:
        if each.scenario:
            found.setdefault(each.scenario, []).append(each)
    return found


def planned_from(reader: Reader) -> Counter[str]:
    """How many drills were planned from each edition; for a reader of the drills' worlds, who sees none that he must
    not know of."""
    return Counter(each.scenario for each in reader.find("drill"))


@dataclass(frozen=True, slots=True)
class Changed:
    """What one edition changed of the one before: fields by name, and how many lines came and went."""

    fields: tuple[str, ...]
    lines: dict[str, tuple[int, int]]


def changed_since(old: Kept, new: Kept) -> Changed:
    """What differs, in whatever language it was written."""
    fields = tuple(
        name
        for name in FIELDS
        if any(flat(old.scenario, each)[name] != flat(new.scenario, each)[name] for each in LANGUAGES)
    )
    lines = {}
    for kind, before, after in (("inject", old.injects, new.injects),
                                ("expectation", old.expectations, new.expectations)):  # fmt: skip
        was, now = (Counter(_said(each) for each in rows) for rows in (before, after))
        lines[kind] = ((now - was).total(), (was - now).total())
    return Changed(fields, lines)


def _said(line: Inject | Expectation) -> str:
    return repr([flat(line, each) for each in LANGUAGES])
