"""Training: the courses of the town."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, Conflict, RuleError
from commandcenter.rules.courses import FULL_MARK, Course, Method
from commandcenter.rules.permissions import PLANNERS
from commandcenter.rules.scenarios import rewritten, words
from commandcenter.services import edits
from commandcenter.services.catalogues import terms
from commandcenter.services.commands import Context, FieldsOf, command, handles

COURSE_FIELDS = ("category", "hours", "valid_months", "method", "pass_mark", "required")
MOST_HOURS = 200.0


@command("add_course", roles=PLANNERS, writes=("course",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddCourse:
    """A course of the town's own. ``title`` is written in ``language``; ``valid_months`` None: it counts for ever."""

    title: str
    category: str
    language: str = "zh_CN"
    hours: float = 2.0
    valid_months: int | None = None
    method: Method = "none"
    pass_mark: int = 60
    required: bool = True


@handles(AddCourse)
def add_course(cmd: AddCourse, ctx: Context) -> Any:
    """No two courses in use bear the same title."""
    wanted = {name: getattr(cmd, name) for name in COURSE_FIELDS}
    _check_course(wanted)
    id = ctx.new_id()
    title = _title(ctx, cmd.title, cmd.language, None)
    ctx.uow.add(Course(id=id, key=f"own-{id[:8]}", title={cmd.language: title}, origin="own", **wanted))
    return {"course": id, "title": title}


@command("edit_course", roles=PLANNERS, writes=("course",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditCourse:
    """Change fields of a course, shipped ones too. ``was`` tells the values the editor saw; ``title`` among them is
    the text in ``language``."""

    course: str
    changed: Annotated[dict[str, Any], FieldsOf("course")]
    was: Annotated[dict[str, Any], FieldsOf("course")]
    language: str = "zh_CN"


@handles(EditCourse)
def edit_course(cmd: EditCourse, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    changed, was = dict(cmd.changed), dict(cmd.was)
    title, title_was = changed.pop("title", None), was.pop("title", None)
    for given in (was, changed):
        if isinstance(given.get("hours"), int) and not isinstance(given["hours"], bool):
            given["hours"] = float(given["hours"])
        edits.check_given("course", given, COURSE_FIELDS, "edit_course")
    row = edits.locked(ctx, "course", cmd.course)
    wanted = edits.tidy("course", changed)
    _check_course(wanted)
    before = words(row.title, cmd.language)
    if title is not None and before not in (str(title).strip(), title_was):
        fields = {"title": {"mine": title, "theirs": before, "was": title_was}}
        raise Conflict("course.conflict", fields=fields, course=row.id)
    edited, names = edits.merged("course", row, wanted, was, "course.conflict", course=row.id)
    if title is not None and str(title).strip() != before:
        written = rewritten(row.title, _title(ctx, title, cmd.language, row.id), cmd.language)
        edited, names = replace(edited, title=written), sorted([*names, "title"])
    if names:
        ctx.uow.put(edited)
    return {"course": row.id, "changed": names}


@command("retire_course", roles=PLANNERS, writes=("course",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireCourse:
    """Take a course out of use, or back in. What was passed in it stays in the records."""

    course: str
    retired: bool = True


@handles(RetireCourse)
def retire_course(cmd: RetireCourse, ctx: Context) -> Any:
    """Refused while sessions of it are planned."""
    edits.locked(ctx, "course", cmd.course)
    if cmd.retired and ctx.uow.find("session", course=cmd.course, state="planned"):
        raise RuleError("course.has_sessions", course=cmd.course)
    row = edits.set_active(ctx, "course", cmd.course, not cmd.retired)
    return {"course": row.id, "active": row.active}


def _title(ctx: Context, given: Any, language: str, own: str | None) -> str:
    if not isinstance(given, str) or not given.strip():
        raise BadInput("course.title_empty", field="title")
    title = " ".join(given.split())
    edits.not_denied("title", title)
    ctx.uow.lock("township", [each.id for each in ctx.uow.find("township")])
    if any(title in each.title.values() for each in ctx.uow.find("course", active=True) if each.id != own):
        raise BadInput("course.title_taken", field="title", title=title)
    return title


def _check_course(wanted: dict[str, Any]) -> None:
    if "category" in wanted and wanted["category"] not in terms("course_categories"):
        raise BadInput("course.category", field="category", text=str(wanted["category"]))
    if "hours" in wanted:
        check_hours(wanted["hours"])
    months = wanted.get("valid_months")
    if months is not None and not 1 <= months <= 240:
        raise BadInput("course.months", field="valid_months", text=str(months))
    if "pass_mark" in wanted and not 0 <= wanted["pass_mark"] <= FULL_MARK:
        raise BadInput("course.pass_mark", field="pass_mark", text=str(wanted["pass_mark"]))


def check_hours(hours: float) -> None:
    """BadInput ``course.hours`` for none at all, or more than any course has."""
    if not 0 < hours <= MOST_HOURS:
        raise BadInput("course.hours", field="hours", text=f"{hours:g}")
