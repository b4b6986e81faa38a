"""Households: the register with cards and forms, its part of a grid's card, and heads of households in quick find."""

from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.permissions import DUTY, SUPERVISORS
from commandcenter.ui.core.tools import CardSection, Screen, Tools, Workspace

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.core.pageholder import PageHolder


def install(tools: Tools) -> None:
    """Plug in the workspace, the sections of cards, the finder's source, the actions and the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder

    holder, plugs = PageHolder(), tools.plugs
    plugs.workspaces.add(
        "households",
        Workspace("households", "workspace.households", "household", partial(_make_workspace, holder), DUTY, order=25),
    )
    tools.actions.add(*_actions(holder))
    for section in (
        CardSection("grid.households", "grid", "households.section.grid", _grid_section, 25),
        CardSection("household.reach", "household", "households.section.reach", _reach_section, 10),
        CardSection("household.members", "household", "households.section.members", _members_section, 20),
    ):
        plugs.card_sections.add(section.id, section)
    plugs.finder_sources.add("household", FinderSource("household", partial(_heads, tools), in_background=True))
    for id, workspace, stage in (
        ("households", "households", _stage_table), ("household-card", "households", _stage_card),
        ("household-form", "households", _stage_form), ("resident-form", "households", _stage_resident),
        ("household-erase", "households", _stage_erase), ("grid-households", "grids", _stage_section),
    ):  # fmt: skip
        plugs.screens.add(id, Screen(id, workspace, stage))


def _make_workspace(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.households.workspace import HouseholdsWorkspace

    return holder.hold(HouseholdsWorkspace(tools))  # type: ignore[no-any-return]


def _grid_section(tools: Tools, grid: Any) -> "QWidget":
    from commandcenter.ui.households.sections import GridSection

    return GridSection(tools, grid)


def _reach_section(tools: Tools, home: Any) -> "QWidget":
    from commandcenter.ui.households.sections import ReachSection

    return ReachSection(tools, home)


def _members_section(tools: Tools, home: Any) -> "QWidget":
    from commandcenter.ui.households.sections import MembersSection

    return MembersSection(tools, home)


def _actions(holder: "PageHolder") -> "list[Action]":
    """What officers on duty do with the register; each works on the page that is open."""
    from commandcenter.ui.core.actions import Action

    def action(id: str, run: str, icon: str, keys: tuple[str, ...], can: str, *, in_finder: bool = True) -> Action:
        return Action(
            id, f"households.action.{run}", holder.run(run), icon=icon, keys=keys, roles=DUTY, enabled=holder.can(can),
            scope="households", group="lists", in_finder=in_finder,
        )  # fmt: skip

    return [
        action("household.add", "add", "add", ("N",), "can_add"),
        action("household.edit", "edit", "edit", ("E",), "can_edit"),
        action("household.retire", "retire", "remove", ("Del",), "can_edit"),
        action("resident.add", "add_resident", "person", ("M",), "can_edit"),
        Action("household.erase", "privacy.action", holder.run("erase"), icon="ph.eraser", keys=("Shift+Del",),
               roles=SUPERVISORS, enabled=holder.can("can_edit"), scope="households", group="lists"),
        action("resident.edit", "edit_resident", "edit", (), "resident", in_finder=False),
    ]  # fmt: skip


def _heads(tools: Tools, query: str, limit: int) -> "list[FinderHit]":
    """Heads of households by name, pinyin and initials; asked on the read lane, and nothing for who may not read names.

    Asked of the database every time: a register of 12,000 heads is not kept at every desk.
    """
    from commandcenter.services import households
    from commandcenter.ui.core.finderbox import FinderHit

    desk = tools.desk
    if len(query.strip()) < 2:
        return []
    with desk.session.read(desk.world) as reader:
        found = households.find_heads(reader, query, limit)
    return [
        FinderHit("household", each.household, each.name, _where(tools, each), partial(_go, tools, each.household),
                  "household", rank=2)
        for each in found
    ]  # fmt: skip


def _where(tools: Tools, head: Any) -> str:
    from commandcenter.base.texts import choose, say

    live = tools.desk.live
    grid, village = live.grids.get(head.grid or ""), live.villages.get(head.village)
    place = grid.name if grid else choose(village.name, village.name_en) if village else ""
    return say("households.found", place=place)


def _go(tools: Tools, household: str) -> None:
    tools.selection.navigate("household", household)


# --- pictures -----------------------------------------------------------------------------------------------------


def _stage_table(tools: Tools, page: "QWidget") -> None:
    """The register, nobody chosen."""
    tools.selection.choose("household", None)


def _stage_card(tools: Tools, page: Any) -> None:
    """The household that comes first: where most have to be helped."""
    first = next(iter(page.table.ids()), None)
    if first is not None:
        page.pick(first)
        page.view.choose(first)


def _stage_form(tools: Tools, page: Any) -> None:
    """The form of that household."""
    _stage_card(tools, page)
    tools.actions.trigger("household.edit")


def _stage_resident(tools: Tools, page: Any) -> None:
    """The form of one of its members, whose needs are chosen from what usually goes with the kind of care."""
    _stage_card(tools, page)
    row = page.chosen_row
    weak = next((each for each in row.home.members if each.needs), None) if row is not None else None
    if weak is not None:
        tools.selection.choose("resident", weak.id)
        tools.actions.trigger("resident.edit")


def _stage_erase(tools: Tools, page: Any) -> None:
    """What erasing the head of that household would take; whoever may not erase is told so."""
    _stage_card(tools, page)
    page.erase()


def _stage_section(tools: Tools, page: Any) -> None:
    """The households of the emergency grid with most people at home, the first one opened."""
    from commandcenter.ui.households.sections import GridSection

    grids = [each for each in tools.desk.live.grids.values() if each.kind == "emergency"]
    if grids:
        tools.selection.navigate("grid", max(grids, key=lambda each: each.people_at_home or 0).id)
    section = page.findChild(GridSection)
    if section is not None:
        section.open_first = True
