"""The lines of a scenario: what is said when in its script, and what a drill is judged by.

A line of a scenario that may not be written over changes in the new edition that this makes
(:mod:`services.scenarios`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import (
    JUDGED,
    LINE_FIELDS,
    MOMENTS,
    Expectation,
    Inject,
    Scenario,
    clock_words,
    flat,
    total,
    written,
)
from commandcenter.services import edits
from commandcenter.services.catalogues import terms
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.scenarios import check_language, given_fields, lines_of, seen, standing, writable

Line = Literal["inject", "expectation"]
WRITES = ("scenario", "inject", "expectation")
LONGEST = 24 * 3600
"""Seconds; a drill of more than a day is several."""
_CLASSES: dict[str, Any] = {"inject": Inject, "expectation": Expectation}
_NUMBERS: dict[str, dict[str, bool]] = {
    "inject": {"offset_s": False}, "expectation": {"points": False, "within_s": True, "need": True},
}  # fmt: skip
_EMPTY: dict[str, dict[str, Any]] = {
    "inject": {"text": {}, "place": {}},
    "expectation": {"item": {}, "text": {}, "criterion": {}, "unit_of": {}},
}


# --- what may stand in a line -----------------------------------------------------------------------------------


def line_fields(kind: str, given: Mapping[str, Any], command: str) -> dict[str, Any]:
    """Fields of a line as they may be kept, one by one; BadInput names the one that may not."""
    wanted = given_fields(_CLASSES[kind], given, LINE_FIELDS[kind], _NUMBERS[kind], command)
    if "text" in wanted and not wanted["text"]:
        raise BadInput(f"{kind}.text_empty", field="text")
    if not 0 <= wanted.get("offset_s", 0) <= LONGEST:
        raise BadInput("inject.offset", field="offset_s", text=clock_words(abs(wanted["offset_s"])))
    for name, catalogue in (("channel", "drill_channels"), ("player", "drill_players")):
        if wanted.get(name) and wanted[name] not in terms(catalogue):
            raise BadInput("inject.choice", field=name, text=wanted[name], known=", ".join(terms(catalogue)))
    if wanted.get("judged", "seen") not in JUDGED:
        raise BadInput("inject.choice", field="judged", text=wanted["judged"], known=", ".join(JUDGED))
    for name in ("after", "step"):
        if wanted.get(name) and wanted[name] not in MOMENTS:
            raise BadInput("inject.choice", field=name, text=wanted[name], known=", ".join(MOMENTS))
    if not 0 <= wanted.get("points", 0) <= 100:
        raise BadInput("expectation.points", field="points", text=str(wanted["points"]))
    return wanted


def whole_line(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A line as it stands after a change, checked as a whole: how it is judged says what else it needs, and what it
    has no use for is taken off."""
    whole = dict(fields)
    if kind == "inject":
        return whole
    judged = whole["judged"]
    if judged == "time":
        _check_times(whole)
    else:
        whole |= {"after": "", "step": "", "within_s": None}
    if judged == "count":
        if not whole["unit_of"]:
            raise BadInput("expectation.unit_needed", field="unit_of")
        if whole["need"] is None or not 1 <= whole["need"] <= 100:
            raise BadInput("expectation.need", field="need", text=str(whole["need"] or ""))
    else:
        whole |= {"unit_of": "", "need": None}
    return whole


def _check_times(whole: Mapping[str, Any]) -> None:
    for name in ("after", "step"):
        if not whole[name]:
            raise BadInput("expectation.moment_needed", field=name)
    if MOMENTS.index(whole["step"]) <= MOMENTS.index(whole["after"]):
        raise BadInput("expectation.moment_order", field="step")
    if whole["within_s"] is None or not 1 <= whole["within_s"] <= LONGEST:
        raise BadInput("expectation.within", field="within_s")


def line(kind: str, id: str, scenario: str, fields: Mapping[str, Any], language: str) -> Any:
    """A new line with these fields."""
    return written(_CLASSES[kind](id=id, scenario=scenario, **_EMPTY[kind]), fields, language)


# --- finding the line -------------------------------------------------------------------------------------------


def _line_of(ctx: Context, kind: str, id: str) -> tuple[Scenario, Any]:
    """The edition in use and its line that ``id`` names, or that is the same as the one it named in an older edition;
    RuleError ``scenario.line_gone`` when that line is another one by now."""
    old = ctx.uow.get(kind, id)
    if old is None or old.scenario is None:
        raise BadInput("unknown", entity=kind, id=id)
    row = standing(ctx, old.scenario)
    if row.id == old.scenario:
        return row, edits.locked(ctx, kind, id)
    alike = [each for each in lines_of(ctx, kind, row.id) if _is_same(each, old)]
    if len(alike) != 1:
        raise RuleError("scenario.line_gone", edition=row.edition)
    return row, alike[0]


def _is_same(one: Any, other: Any) -> bool:
    return bool(replace(one, id="", scenario=None, position=0) == replace(other, id="", scenario=None, position=0))


def _arrange(ctx: Context, kind: str, lines: Sequence[Any]) -> None:
    """Number the lines anew, those of a script by their time."""
    ordered = sorted(lines, key=lambda each: each.offset_s) if kind == "inject" else lines
    for position, each in enumerate(ordered, 1):
        if each.position != position:
            ctx.uow.put(replace(each, position=position))


def _answer(ctx: Context, kind: str, scenario: Scenario, id: str | None, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"scenario": scenario.id, "edition": scenario.edition, **more}
    if id is not None:
        answer[kind] = id
    if kind == "expectation":
        answer["points"] = total(lines_of(ctx, kind, scenario.id))
    return answer


def _add(ctx: Context, kind: str, id: str, fields: Mapping[str, Any], language: str) -> Any:
    check_language(language)
    blank = flat(line(kind, "", "", {}, language), language)
    wanted = whole_line(kind, blank | line_fields(kind, {"text": "", **fields}, f"add_{kind}"))
    scenario, _ = writable(ctx, standing(ctx, id))
    before = lines_of(ctx, kind, scenario.id)
    made = replace(line(kind, ctx.new_id(), scenario.id, wanted, language), position=len(before) + 1)
    ctx.uow.add(made)
    _arrange(ctx, kind, [*before, made])
    return _answer(ctx, kind, scenario, made.id)


def _edit(
    ctx: Context, kind: str, id: str, given: Mapping[str, Any], was: Mapping[str, Any], language: str
) -> Any:  # fmt: skip
    check_language(language)
    wanted = line_fields(kind, given, f"edit_{kind}")
    row, old = _line_of(ctx, kind, id)
    now = flat(old, language)
    changed = edits.changes(now, wanted, seen(was), "scenario.line_conflict", scenario=row.id)
    if not changed:
        return _answer(ctx, kind, row, old.id, changed=[])
    whole = whole_line(kind, now | changed)
    scenario, moved = writable(ctx, row)
    target = ctx.uow.get(kind, moved.get(old.id, old.id))
    fields = {name: value for name, value in whole.items() if value != now[name]}
    edited = ctx.uow.put(written(target, fields, language))
    if "offset_s" in fields:
        _arrange(ctx, kind, lines_of(ctx, kind, scenario.id))
    return _answer(ctx, kind, scenario, edited.id, changed=sorted(changed))


def _remove(ctx: Context, kind: str, id: str) -> Any:
    row, old = _line_of(ctx, kind, id)
    lines = lines_of(ctx, kind, row.id)
    scenario, moved = writable(ctx, row, without=old.id)
    if scenario.id == row.id:
        ctx.uow.remove(kind, old.id)
    left = [ctx.uow.get(kind, moved.get(each.id, each.id)) for each in lines if each.id != old.id]
    _arrange(ctx, kind, left)
    return _answer(ctx, kind, scenario, None)


def _move(ctx: Context, kind: str, id: str, up: bool) -> Any:
    """Two neighbours change places; in a script each takes the other's time, so that times stay in order."""
    row, old = _line_of(ctx, kind, id)
    lines = lines_of(ctx, kind, row.id)
    at = next(place for place, each in enumerate(lines) if each.id == old.id)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(lines):
        raise RuleError("scenario.line_at_end")
    scenario, moved = writable(ctx, row)
    one, two = (ctx.uow.require(kind, moved.get(each.id, each.id)) for each in (lines[at], lines[other]))
    for target, place in ((one, two), (two, one)):
        times = {"offset_s": place.offset_s} if kind == "inject" else {}
        ctx.uow.put(replace(target, position=place.position, **times))
    return _answer(ctx, kind, scenario, one.id)


# --- commands ---------------------------------------------------------------------------------------------------


@command("add_inject", roles=PLANNERS, writes=WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class AddInject:
    """Add a line to a scenario's script: ``offset_s`` after the beginning, by ``channel``, played by ``player``."""

    scenario: str
    text: str
    offset_s: int = 0
    channel: str = ""
    player: str = ""
    place: str = ""
    language: str = "zh_CN"


@handles(AddInject)
def add_inject(cmd: AddInject, ctx: Context) -> Any:
    """It takes its place by its time."""
    fields = {name: getattr(cmd, name) for name in LINE_FIELDS["inject"]}
    return _add(ctx, "inject", cmd.scenario, fields, cmd.language)


@command("edit_inject", roles=PLANNERS, writes=WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class EditInject:
    """Change fields of a line of a script, texts in ``language``. ``was`` tells what the editor saw."""

    inject: str
    changed: dict[str, Any]
    was: dict[str, Any]
    language: str = "zh_CN"


@handles(EditInject)
def edit_inject(cmd: EditInject, ctx: Context) -> Any:
    """Another time is another place in the script."""
    return _edit(ctx, "inject", cmd.inject, cmd.changed, cmd.was, cmd.language)


@command("add_expectation", roles=PLANNERS, writes=WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class AddExpectation:
    """Add a point to a scenario's evaluation sheet. ``fields`` are those of
    :data:`commandcenter.rules.scenarios.LINE_FIELDS` besides the text, written in ``language``."""

    scenario: str
    text: str
    fields: dict[str, Any] = field(default_factory=dict)
    language: str = "zh_CN"


@handles(AddExpectation)
def add_expectation(cmd: AddExpectation, ctx: Context) -> Any:
    """It stands last. The answer's ``points`` is the sum, which ought to be 100 and may differ while one writes."""
    return _add(ctx, "expectation", cmd.scenario, {**cmd.fields, "text": cmd.text}, cmd.language)


@command("edit_expectation", roles=PLANNERS, writes=WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class EditExpectation:
    """Change fields of a point of an evaluation sheet, texts in ``language``. ``was`` tells what the editor saw."""

    expectation: str
    changed: dict[str, Any]
    was: dict[str, Any]
    language: str = "zh_CN"


@handles(EditExpectation)
def edit_expectation(cmd: EditExpectation, ctx: Context) -> Any:
    """What the new way of judging has no use for is taken off."""
    return _edit(ctx, "expectation", cmd.expectation, cmd.changed, cmd.was, cmd.language)


@command("remove_line", roles=PLANNERS, writes=WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class RemoveLine:
    """Take a line out of a script, or a point off an evaluation sheet."""

    kind: Line
    line: str


@handles(RemoveLine)
def remove_line(cmd: RemoveLine, ctx: Context) -> Any:
    """The others close up."""
    return _remove(ctx, cmd.kind, cmd.line)


@command("move_line", roles=PLANNERS, writes=WRITES)
@dataclass(frozen=True, kw_only=True, slots=True)
class MoveLine:
    """Let a line change places with the one above it, or below."""

    kind: Line
    line: str
    up: bool = True


@handles(MoveLine)
def move_line(cmd: MoveLine, ctx: Context) -> Any:
    """In a script the two change their times as well."""
    return _move(ctx, cmd.kind, cmd.line, cmd.up)
