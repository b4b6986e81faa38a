"""Drill records: what was held and what it came to, the form that a paper record is typed into, papers in one press."""

from functools import partial
from typing import TYPE_CHECKING

from commandcenter.rules.entity import DRILLS
from commandcenter.rules.permissions import PLANNERS, RECORDERS
from commandcenter.ui.core.tools import CardSection, Screen, SheetPlug, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.pageholder import PageHolder

SCOPE = "drill_records"


def install(tools: Tools) -> None:
    """Plug in the workspace, the sections of its card, the sheets, the actions and the pictures."""
    from commandcenter.ui.core.pageholder import PageHolder

    holder, plugs = PageHolder(), tools.plugs
    plugs.workspaces.add(
        SCOPE,
        Workspace(SCOPE, "workspace.drill_records", "briefing", partial(_make_workspace, holder), RECORDERS, order=47),
    )
    tools.actions.add(*_actions(holder))
    for name, kind, order in (
        ("result", "ResultSection", 10), ("facts", "FactsSection", 20), ("improvements", "ImprovementsSection", 30),
        ("told", "ToldSection", 40), ("people", "PeopleSection", 45),
    ):  # fmt: skip
        id = f"drill_record.{name}"
        plugs.card_sections.add(
            id, CardSection(id, "drill_record", f"records.section.{name}", late("records.sections", kind), order)
        )
    plugs.sheets.add("drill_sheets", SheetPlug("drill_sheets", late("records.papers_page", "sheets"), DRILLS))
    for id, stage in (
        ("drill-records", "table"), ("drill-record-card", "card"), ("drill-record-form", "form"),
        ("drill-record-late", "late"), ("drill-papers", "papers"),
    ):  # fmt: skip
        plugs.screens.add(id, Screen(id, SCOPE, late("records.screens", stage)))


def _make_workspace(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.records.room import RecordsRoom

    return holder.hold(RecordsRoom(tools))  # type: ignore[no-any-return]


def _actions(holder: "PageHolder") -> "list[Action]":
    """What is done with records; each works on the page that is open."""
    from commandcenter.ui.core.pageholder import PageActions

    action = PageActions(holder, "drill_record", "records", SCOPE, "drills", RECORDERS)

    return [
        action("late", "late", "add", ("N",), "can_add"),
        action("write", "write", "edit", ("E",), "can_write"),
        action("papers", "papers", "document", ("P",), "can_print"),
        action("sheets", "sheets", "print", ("T",), "can_print"),
        action("review", "review", "check", ("R",), "can_review", PLANNERS),
        action("improve", "improve", "note", ("M",), "can_improve"),
        action("person", "person", "person", ("A",), "can_print"),
        action("presence", "presence", "check", ("C",), "has_people"),
        action("leave", "leave", "remove", ("Del",), "has_people"),
        action("own_time", "own_time", "time", ("O",), "has_people", PLANNERS),
        action("finish", "finish", "done", ("D",), "can_finish"),
        action("retest", "retest", "drill", ("F",), "can_retest", PLANNERS),
        action("told", "told", "phone", ("G",), "can_tell", PLANNERS),
        action("notice", "notice", "add", ("H",), "can_print", PLANNERS),
    ]
