"""The year's plan: last year's weeks offered again, gaps filled by the planner, changes worked in with few moves; the
plan table, calendars and notices that go out of it."""

from functools import partial
from typing import TYPE_CHECKING

from commandcenter.rules.entity import DRILLS
from commandcenter.rules.permissions import PLANNERS
from commandcenter.ui.core.tools import Screen, SheetPlug, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.pageholder import PageHolder

STAGES = ("copy", "fill", "plan", "training", "clashes", "replan", "back")


def install(tools: Tools) -> None:
    """Plug in the workspace, its actions, its sheet and its pictures."""
    from commandcenter.ui.core.pageholder import PageHolder

    holder = PageHolder()
    tools.plugs.workspaces.add(
        "season",
        Workspace("season", "workspace.season", "ph.calendar-plus", partial(_make_workspace, holder), PLANNERS, 42),
    )
    tools.actions.add(*_actions(holder))
    tools.plugs.sheets.add("drill_notice", SheetPlug("drill_notice", late("seasons.doors", "notice"), DRILLS))
    for name in STAGES:
        tools.plugs.screens.add(
            f"season-{name}", Screen(f"season-{name}", "season", partial(late("seasons.stages", "stage"), name))
        )


def _make_workspace(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.seasons.workspace import SeasonWorkspace

    return holder.hold(SeasonWorkspace(tools))  # type: ignore[no-any-return]


_ACTIONS: tuple[tuple[str, str, str, tuple[str, ...], str], ...] = (
    ("copy", "show_copy", "copy", ("1",), "is_read"),
    ("fill", "show_fill", "add", ("2",), "is_read"),
    ("clashes", "show_clashes", "info", ("3",), "is_read"),
    ("replan", "show_replan", "retry", ("4",), "is_read"),
    ("start", "start", "action", ("S",), "can_start"),
    ("stop", "stop", "close", ("Esc",), "is_busy"),
    ("accept", "accept", "check", ("Y",), "can_accept"),
    ("accept_one", "accept_one", "done", ("O",), "can_accept_one"),
    ("tick", "tick", "check", ("Space",), "can_tick"),
    ("tick_all", "tick_all", "list", ("A",), "can_tick_all"),
    ("training", "toggle_training", "course", ("L",), "can_train"),
    ("open", "open_drill", "next", ("G",), "chosen_line"),
    ("away", "add_away", "person", ("W",), "can_replan"),
    ("fix", "add_fix", "lock", ("F",), "can_replan"),
    ("previous_year", "previous_year", "back", ("[",), "is_read"),
    ("next_year", "next_year", "next", ("]",), "is_read"),
    ("table_out", "table_out", "export", ("T",), "is_read"),
    ("table_back", "table_back", "import", ("I",), "is_read"),
    ("calendar", "calendar_out", "ph.calendar-blank", ("C",), "is_read"),
    ("notice", "print_notice", "print", ("P",), "dated_drill"),
)


def _actions(holder: "PageHolder") -> "list[Action]":
    """What planners do with the year; each works on the page that is open."""
    from commandcenter.ui.core.pageholder import PageActions

    action = PageActions(holder, "season", "season", "season", "season", PLANNERS)

    return [action(*each) for each in _ACTIONS]

