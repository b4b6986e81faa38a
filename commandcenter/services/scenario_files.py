"""A scenario as a workbook: written, read back, compared, and taken in as one new edition when something differs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput, CommandCenterError, RuleError
from commandcenter.base.texts import current, say
from commandcenter.rules.entity import REAL
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import FIELDS, FIVE, LINE_FIELDS, Scenario, flat, words, written
from commandcenter.services import edits, scripts
from commandcenter.services.catalogues import terms
from commandcenter.services.commands import Context, command, handles
from commandcenter.services.exports import NoteExport
from commandcenter.services.scenarios import (
    LINES,
    AddScenario,
    add_scenario,
    check_language,
    is_fixed,
    lines_of,
    new_edition,
    newest_of,
    scenario_fields,
    tidy_text,
)
from commandcenter.services.sessions import Session
from commandcenter.storage.reads import Reader

# --- out --------------------------------------------------------------------------------------------------------


def content_of(reader: Reader, given: str, language: str) -> dict[str, Any]:
    """A scenario (id, or key: its newest edition) as its workbook holds it; BadInput ``scenario.unknown``."""
    row: Scenario | None = reader.get("scenario", given)
    if row is None:
        row = max(reader.find("scenario", key=given), key=lambda each: each.edition, default=None)
    if row is None:
        raise BadInput("scenario.unknown", scenario=given)
    lines = {
        f"{kind}s": [flat(each, language) for each in reader.find(kind, scenario=row.id, order=("position", "id"))]
        for kind in LINES
    }
    return {
        "key": row.key, "edition": row.edition, "language": language, "fields": flat(row, language), **lines,
    }  # fmt: skip


def vocabulary(settings: Mapping[str, Any]) -> Any:
    """The words that stand for keys in a workbook. ``settings``: the town's, by key."""
    from commandcenter.formats.scenario_books import Vocabulary

    def both(name: str) -> dict[str, tuple[str, str]]:
        return {key: (each.zh, each.en) for key, each in terms(name).items()}

    five = settings.get("drills.five") or {}
    return Vocabulary(both("drill_channels"), both("drill_players"), both("drill_moments"), both("unit_roles"),
                      {key: str(five[key]) for key in FIVE if five.get(key)})  # fmt: skip


def _settings(session: Session) -> dict[str, Any]:
    with session.read(REAL) as reader:
        return {each.key: each.value["value"] for each in reader.find("setting", scope="town")}


def file_name(content: Mapping[str, Any]) -> str:
    """The name to propose: title and edition."""
    title = "".join("_" if sign in '\\/:*?"<>|\n' else sign for sign in content["fields"]["title"])
    return say("scenarios.file.name", title=title[:60], edition=content["edition"])


@dataclass(frozen=True, slots=True)
class Prepared:
    """A workbook as it will be written, not yet written down nor out."""

    content: dict[str, Any]
    sheets: list[Any]
    about: Any

    @property
    def note(self) -> NoteExport:
        """The command that must have been carried out before the file is written."""
        return NoteExport(what="scenario", rows=sum(len(self.content[f"{kind}s"]) for kind in LINES))

    def write(self, path: Path) -> Path:
        """Write it whole or not at all; BadInput for another ending than ``.xlsx``."""
        from commandcenter.formats.workbooks import write_table

        if path.suffix.lower() != ".xlsx":
            raise BadInput("scenario.file_kind", path=str(path))
        write_table(path, self.sheets, self.about)
        return path


def prepare(session: Session, given: str, language: str = "") -> Prepared:
    """Read a scenario (id or key) for its workbook; by default in the language of this process."""
    from commandcenter.formats.scenario_books import sheets
    from commandcenter.formats.workbooks import About

    with session.read(REAL) as reader:
        content = content_of(reader, given, language or current().language)
    about = About(say("export.about"), ((say("export.about.table"), say("scenarios.file.about")),
                                        (say("export.about.by"), session.officer.name)))  # fmt: skip
    return Prepared(content, sheets(content, vocabulary(_settings(session))), about)


def export(session: Session, given: str, path: Path, language: str = "") -> dict[str, Any]:
    """Write a scenario to ``path`` (.xlsx); its content. That it left is written down before."""
    prepared = prepare(session, given, language)
    if path.suffix.lower() != ".xlsx":
        raise BadInput("scenario.file_kind", path=str(path))
    session.runner.execute(prepared.note)
    prepared.write(path)
    return prepared.content


# --- back -------------------------------------------------------------------------------------------------------


def read(session: Session, path: Path) -> "ImportScenario":
    """The command that takes a workbook in. BadInput tells what in it cannot be, and where."""
    from commandcenter.formats import scenario_books

    found = scenario_books.read(path, vocabulary(_settings(session)))
    return ImportScenario(
        key=found["key"], edition=found["edition"], language=found["language"], fields=found["fields"],
        injects=tuple(found["injects"]), expectations=tuple(found["expectations"]),
    )  # fmt: skip


@command("import_scenario", roles=PLANNERS, writes=("scenario", "inject", "expectation"))
@dataclass(frozen=True, kw_only=True, slots=True)
class ImportScenario:
    """Take a scenario in as it stands in a workbook, written in ``language``.

    ``key`` names the type, empty or unknown: a new one is made. ``edition`` is the one the workbook was made from,
    None: whatever stands. Lines hold their fields and the ``number`` that they bore.
    """

    fields: dict[str, Any]
    injects: tuple[dict[str, Any], ...]
    expectations: tuple[dict[str, Any], ...]
    key: str = ""
    edition: int | None = None
    language: str = "zh_CN"


@handles(ImportScenario)
def import_scenario(cmd: ImportScenario, ctx: Context) -> Any:
    """Nothing is written when nothing differs. Texts that did not change keep their other language."""
    check_language(cmd.language)
    fields = scenario_fields(_known(cmd.fields, FIELDS), "import_scenario")
    lines = {"inject": _lines("inject", cmd.injects), "expectation": _lines("expectation", cmd.expectations)}
    row = newest_of(ctx, cmd.key) if cmd.key else None
    if row is None:
        return _take_new(ctx, cmd, fields, lines)
    row = edits.locked(ctx, "scenario", row.id)
    last = newest_of(ctx, row.key)
    if last is not None and (last.id != row.id or cmd.edition not in (None, last.edition)):
        raise RuleError("scenario.file_old", edition=cmd.edition or row.edition, newest=last.edition)
    if not row.active:
        raise RuleError("scenario.retired", scenario=row.id, title=words(row.title, cmd.language))
    now = flat(row, cmd.language)
    changed = {name: value for name, value in fields.items() if value != now[name]}
    plans = {kind: _matched(lines_of(ctx, kind, row.id), lines[kind], kind, cmd.language) for kind in LINES}
    told = {f"{kind}s": _told(plan) for kind, plan in plans.items()}
    if not changed and not any(any(each.values()) for each in told.values()):
        return {"scenario": row.id, "edition": row.edition, "new": False, "changed": [], **told}
    is_new = is_fixed(ctx, row)
    target = new_edition(ctx, row) if is_new else row
    ctx.uow.put(written(target, changed, cmd.language))
    for kind, plan in plans.items():
        _write_lines(ctx, kind, plan, target.id, is_new=is_new)
    return {"scenario": target.id, "edition": target.edition, "new": is_new, "changed": sorted(changed), **told}


def _known(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Fields that the workbook leaves out are not empty but unsaid."""
    return {name: given[name] for name in names if name in given}


def _lines(kind: str, given: Sequence[Mapping[str, Any]]) -> list[tuple[int | None, dict[str, Any]]]:
    """Lines with the number they bore, checked; a refusal says which line it is about."""
    made = []
    for place, each in enumerate(given, 1):
        blank = flat(scripts.line(kind, "", "", {}, "zh_CN"), "zh_CN")
        try:
            checked = scripts.line_fields(kind, _known(each, LINE_FIELDS[kind]), "import_scenario")
            whole = scripts.whole_line(kind, blank | checked)
        except CommandCenterError as error:
            reason = current().error(error)
            raise BadInput("scenario.file_line", kind=say(f"scenarios.file.{_SHEET[kind]}"), row=place + 1,
                           reason=reason) from error  # fmt: skip
        number = each.get("number")
        made.append((number if isinstance(number, int) else None, whole))
    return sorted(made, key=lambda pair: pair[1]["offset_s"]) if kind == "inject" else made


_SHEET = {"inject": "script", "expectation": "evaluation"}


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of the lines: each with the row it was (None: new) and the row as it shall stand; and those that
    are gone."""

    kept: list[tuple[Any | None, Any]]
    gone: list[Any]


def _matched(
    old: Sequence[Any], given: Sequence[tuple[int | None, dict[str, Any]]], kind: str, language: str
) -> _Plan:
    """A line is the one that says the same, else the one that bore its number."""
    free = list(old)
    twins: dict[int, Any] = {}
    for at, (_, fields) in enumerate(given):
        same = next((each for each in free if flat(each, language) == fields), None)
        if same is not None:
            twins[at] = same
            free.remove(same)
    for at, (number, _) in enumerate(given):
        bore = next((each for each in free if old.index(each) + 1 == number), None)
        if at not in twins and bore is not None:
            twins[at] = bore
            free.remove(bore)
    kept = []
    for at, (_, fields) in enumerate(given):
        before = twins.get(at)
        base = before if before is not None else scripts.line(kind, "", "", {}, language)
        now = flat(base, language)
        row = written(base, {name: value for name, value in fields.items() if value != now[name]}, language)
        kept.append((before, replace(row, position=at + 1)))
    return _Plan(kept, free)


def _told(plan: _Plan) -> dict[str, int]:
    """How many lines are new, changed (their place included) and gone."""
    counts = Counter("new" if before is None else "changed" for before, row in plan.kept if before != row)
    return {"new": counts["new"], "changed": counts["changed"], "gone": len(plan.gone)}


def _write_lines(ctx: Context, kind: str, plan: _Plan, scenario: str, *, is_new: bool) -> None:
    for before, row in plan.kept:
        if is_new or before is None:
            ctx.uow.add(replace(row, id=ctx.new_id(), scenario=scenario))
        elif before != row:
            ctx.uow.put(row)
    for each in () if is_new else plan.gone:
        ctx.uow.remove(kind, each.id)


def _take_new(ctx: Context, cmd: ImportScenario, fields: dict[str, Any], lines: dict[str, Any]) -> dict[str, Any]:
    """A type that the town has not got yet."""
    rest = {name: value for name, value in fields.items() if name != "title"}
    title = tidy_text(str(fields.get("title", "")))
    made = add_scenario(AddScenario(title=title, language=cmd.language, key=cmd.key, fields=rest), ctx)
    told = {}
    for kind, given in lines.items():
        plan = _matched((), given, kind, cmd.language)
        _write_lines(ctx, kind, plan, made["scenario"], is_new=True)
        told[f"{kind}s"] = _told(plan)
    return {"scenario": made["scenario"], "edition": 1, "new": True, "changed": sorted(fields), **told}
