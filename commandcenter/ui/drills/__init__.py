"""Drills: the calendar of the season with what is owed, the forms that plan, and drills in quick find."""

from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.permissions import PLANNERS, RECORDERS, STAFF
from commandcenter.ui.core.tools import CardSection, Screen, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.core.pageholder import PageHolder


def install(tools: Tools) -> None:
    """Plug in the workspace, the sections of a drill's card, the finder's source, the actions and the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder

    holder, plugs = PageHolder(), tools.plugs
    plugs.workspaces.add(
        "drills", Workspace("drills", "workspace.drills", "drill", partial(_make_workspace, holder), STAFF, order=40)
    )
    tools.actions.add(*_actions(holder))
    for order, (name, part) in enumerate(_SECTIONS, 1):
        section = CardSection(f"drill.{name}", "drill", f"drills.section.{name}", late("drills.sections", part), order)
        plugs.card_sections.add(section.id, section)
    plugs.finder_sources.add("drill", FinderSource("drill", partial(_find, tools), in_background=True))
    for name in _SCREENS:
        screen = Screen(f"drills-{name}", "drills", partial(late("drills.stages", "stage"), name))
        plugs.screens.add(screen.id, screen)


_SECTIONS = (
    ("facts", "FactsSection"), ("clashes", "ClashSection"), ("tell", "TellSection"), ("people", "PeopleSection"),
    ("script", "ScriptSection"), ("expectations", "ExpectationSection"),
)  # fmt: skip


_SCREENS = ("month", "card", "week", "season", "matrix", "grids", "plan", "lots", "marks", "rules")


def _make_workspace(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.drills.workspace import DrillsWorkspace

    return holder.hold(DrillsWorkspace(tools))  # type: ignore[no-any-return]


def _actions(holder: "PageHolder") -> "list[Action]":
    """What planners do with drills, and how anybody goes about the calendar; each works on the page that is open."""
    from commandcenter.ui.core.pageholder import PageActions

    action = PageActions(holder, "drill", "drills", "drills", "drills", PLANNERS)

    return [
        action("plan", "planning.plan", "add", ("N",), "is_read"),
        action("plan_debt", "planning.plan_chosen", "time", ("P",), "planning.owed"),
        action("edit", "planning.edit", "edit", ("E",), "planning.is_chosen"),
        action("move", "planning.move_chosen", "next", ("M",), "planning.movable"),
        action("copy", "planning.copy", "copy", ("C",), "planning.is_chosen"),
        action("lock", "planning.lock", "lock", ("L",), "planning.lockable"),
        action("cancel", "planning.cancel", "close", ("Del",), "planning.planned"),
        action("begin", "planning.begin", "action", (), "planning.planned"),
        action("tell", "planning.tell", "phone", ("G",), "planning.tellable"),
        action("write", "planning.write_up", "note", ("W",), "planning.writable", RECORDERS),
        action("draw", "planning.draw", "target", ("D",), "is_read"),
        action("marks", "show_marks", "ph.calendar-check", ("K",), "is_read", STAFF),
        action("rules", "show_rules", "list", ("R",), "is_read", STAFF),
        action("today", "calendar.today", "ph.calendar-blank", ("T",), "is_read", STAFF),
        action("month", "calendar.month_view", "ph.calendar-blank", ("1",), "is_read", STAFF),
        action("week", "calendar.week_view", "columns", ("2",), "is_read", STAFF),
        action("season", "calendar.season_view", "ph.chart-bar-horizontal", ("3",), "is_read", STAFF),
        action("matrix", "calendar.matrix_view", "grid", ("4",), "is_read", STAFF),
        action("rows", "calendar.other_rows", "list", ("V",), "calendar.has_other_rows", STAFF),
        action("filter", "filter", "filter", ("F",), "is_read", STAFF),
    ]


def _find(tools: Tools, query: str, limit: int) -> "list[FinderHit]":
    """Drills that this officer may know of, by title, pinyin and initials; asked on the read lane every time."""
    from commandcenter.rules import pinyin
    from commandcenter.rules.entity import DRILLS
    from commandcenter.rules.finding import Entry, Index
    from commandcenter.ui.core.finderbox import FinderHit

    if len(query.strip()) < 2:
        return []
    with tools.desk.session.read(DRILLS) as reader:
        drills = {each.id: each for each in reader.find("drill")}
    keys = {id: pinyin.keys(each.title) for id, each in drills.items()}
    index = Index(Entry("drill", id, each.title, "", (keys[id].pinyin, keys[id].initials))
                  for id, each in drills.items())  # fmt: skip
    found = [drills[hit.entry.id] for hit in index.search(query, limit)]
    return [
        FinderHit("drill", each.id, each.title, _subtitle(tools, each),
                  partial(tools.selection.navigate, "drill", each.id), "drill", rank=2)
        for each in found
    ]  # fmt: skip


def _subtitle(tools: Tools, drill: Any) -> str:
    from commandcenter.base.texts import say
    from commandcenter.ui.core.times import zone_of

    moment = drill.held_at or drill.starts_at
    day = f"{moment.astimezone(zone_of(tools.desk.live.town)):%Y-%m-%d}" if moment else ""
    return " · ".join(part for part in (say("drills.found"), day, say(f"drills.state.{drill.state}")) if part)
