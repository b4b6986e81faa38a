"""Training: the room with sessions, courses and who has what; its part of a worker's card; courses in quick find."""

from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.people import Role
from commandcenter.rules.permissions import PLANNERS
from commandcenter.ui.core.tools import CardSection, Screen, SheetPlug, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.core.pageholder import PageHolder, PartActions


def install(tools: Tools) -> None:
    """Plug in the workspace, the section of cards, the finder's source, the sheets, the actions and the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder

    holder, plugs = PageHolder(), tools.plugs
    plugs.workspaces.add(
        "courses", Workspace("courses", "workspace.courses", "course", partial(_make, holder), PLANNERS, order=50)
    )
    tools.actions.add(*_room(holder), *_sessions(holder), *_courses(holder), *_matrix(holder))
    section = CardSection(
        "person.training", "person", "courses.section.title", late("courses.section", "TrainingSection"), 40,
        applies=_is_worker,
    )  # fmt: skip
    plugs.card_sections.add(section.id, section)
    plugs.finder_sources.add("course", FinderSource("course", partial(_hits, tools), in_background=True))
    for sheet, made_by in (("sign_in_sheet", "sign_in_sheet"), ("certificates", "certificates"),
                           ("training_register", "register")):  # fmt: skip
        plugs.sheets.add(sheet, SheetPlug(sheet, late("courses.printing", made_by)))
    for id, workspace, stage in (
        ("courses-sessions", "courses", "sessions"), ("courses-results", "courses", "results"),
        ("courses-plan", "courses", "plan"), ("courses-pasted", "courses", "pasted"),
        ("courses-courses", "courses", "courses"), ("courses-course-form", "courses", "course_form"),
        ("courses-matrix", "courses", "matrix"), ("person-training", "people", "person"),
    ):  # fmt: skip
        plugs.screens.add(id, Screen(id, workspace, late("courses.screens", stage)))


def _make(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.courses.workspace import CoursesWorkspace

    return holder.hold(CoursesWorkspace(tools))  # type: ignore[no-any-return]


def _is_worker(row: Any) -> bool:
    return bool(row.kind == "worker")


# --- actions --------------------------------------------------------------------------------------------------------


def _of(holder: "PageHolder", scope: str, part: str, roles: frozenset[Role] = PLANNERS) -> "PartActions":
    """Makes the actions of a part of the room (``part`` empty: of the room itself)."""
    from commandcenter.ui.core.pageholder import PartActions

    return PartActions(holder, part, "courses", scope, roles)


def _room(holder: "PageHolder") -> "list[Action]":
    declare = _of(holder, "courses", "")
    return [
        declare("courses.sessions", "to_sessions", "list", ("1",), in_finder=False),
        declare("courses.courses", "to_courses", "course", ("2",), in_finder=False),
        declare("courses.matrix", "to_matrix", "figures", ("3",), in_finder=False),
        declare("courses.register", "print_register", "print"),
    ]


def _sessions(holder: "PageHolder") -> "list[Action]":
    declare = _of(holder, "sessions", "sessions")
    paper = _of(holder, "sessions", "")
    return [
        declare("session.plan", "plan", "add", ("N",), "can_add"),
        declare("session.edit", "edit", "edit", ("E",), "can_edit"),
        declare("session.move", "change_date", "time", ("D",), "can_plan_on"),
        declare("session.cancel", "cancel", "remove", ("Del",), "can_plan_on"),
        declare("session.hold", "hold", "done", ("H",), "can_plan_on"),
        declare("session.sign", "focus_sign", "person", ("S",), "can_edit", in_finder=False),
        declare("session.list", "paste_list", "list", ("L",), "can_edit"),
        declare("session.expect", "expect", "add", ("A",), "can_plan_on"),
        declare("session.results", "results", "edit", ("R",), "can_results"),
        declare("session.unlist", "unlist", "close", ("Backspace",), "can_unlist", in_finder=False),
        paper("session.sheet", "print_sheet", "print", ("T",), "can_print"),
        paper("session.certificates", "print_certificates", "document", (), "can_certify"),
    ]


def _courses(holder: "PageHolder") -> "list[Action]":
    declare = _of(holder, "courselist", "courses")
    return [
        declare("course.add", "add", "add", ("N",), "can_add"),
        declare("course.edit", "edit", "edit", ("E",), "can_edit"),
        declare("course.plan", "plan", "time", ("P",), "can_retire"),
        declare("course.retire", "retire", "remove", ("Del",), "can_retire"),
        declare("course.bring_back", "bring_back", "undo", (), "can_bring_back"),
    ]


def _matrix(holder: "PageHolder") -> "list[Action]":
    declare = _of(holder, "matrix", "matrix")
    return [
        declare("matrix.gaps", "turn_filter", "filter", ("G",), "can_filter", in_finder=False),
        declare("matrix.choose", "choose_gaps", "check", ("A",), "can_choose", in_finder=False),
        declare("matrix.plan", "plan", "add", ("P",), "can_plan", in_finder=False),
    ]


# --- quick find -------------------------------------------------------------------------------------------------------


def _hits(tools: Tools, query: str, limit: int) -> "list[FinderHit]":
    """Courses by title, pinyin and initials, for those who have this room; asked on the read lane."""
    from commandcenter.services import training
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.courses.finding import found

    if tools.desk.officer.role not in PLANNERS or len(query.strip()) < 2:
        return []
    with tools.desk.session.read(tools.desk.world) as reader:
        courses = training.courses(reader)
    return [
        FinderHit("course", each.id, each.title, each.subtitle,
                  partial(tools.selection.navigate, "course", each.id), "course", rank=3)
        for each in found(courses.values(), query, limit)
    ]  # fmt: skip
