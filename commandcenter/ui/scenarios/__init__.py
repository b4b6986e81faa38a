"""The library of drill scenarios, and the register of the smallest emergency units 最小应急单元."""

from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.permissions import PLANNERS, STAFF, SUPERVISORS
from commandcenter.ui.core.tools import CardSection, HeadAction, Screen, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.core.pageholder import PageHolder
    from commandcenter.ui.scenarios.sides import Side

SECTIONS: tuple[tuple[str, str, str, int], ...] = (
    ("purpose", "sections", "PurposeSection", 10), ("script", "lines", "ScriptSection", 20),
    ("evaluation", "lines", "EvaluationSection", 30), ("roles", "sections", "RolesSection", 40),
    ("five", "sections", "FiveSection", 50), ("kit", "sections", "KitSection", 60),
    ("editions", "sections", "EditionsSection", 70),
)  # fmt: skip


def install(tools: Tools) -> None:
    """Plug in the workspace, the sections of cards, the finder's source, the actions and the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder
    from commandcenter.ui.scenarios.sides import Side

    whole, scenarios, units = PageHolder(), PageHolder(), PageHolder()
    plugs = tools.plugs
    make = partial(_make_workspace, Side(tools.selection), whole, scenarios, units)
    plugs.workspaces.add(
        "scenarios", Workspace("scenarios", "workspace.scenarios", "ph.books", make, STAFF, order=45)
    )
    tools.actions.add(*_scenario_actions(whole, scenarios), *_unit_actions(whole, units))
    for name, module, made_by, order in SECTIONS:
        section = CardSection(f"scenario.{name}", "scenario", f"scenarios.section.{name}",
                              late(f"scenarios.{module}", made_by), order)  # fmt: skip
        plugs.card_sections.add(section.id, section)
    for section in (
        CardSection("unit.roles", "unit", "units.section.roles", late("scenarios.unitcards", "UnitSection"), 10),
        CardSection("grid.unit", "grid", "units.section.grid", late("scenarios.unitcards", "GridUnitSection"), 22),
    ):
        plugs.card_sections.add(section.id, section)
    plugs.head_actions.add("scenario.import", HeadAction("scenario.import", "scenarios", "scenario.import"))
    plugs.finder_sources.add("scenario", FinderSource("scenario", partial(_hits, tools), in_background=True))
    for id, stage in (
        ("scenarios", _stage_list), ("scenario-card", _stage_card), ("scenario-script", _stage_script),
        ("scenario-form", _stage_form), ("scenario-line", _stage_line), ("scenario-point", _stage_point),
        ("units", _stage_units), ("unit-form", _stage_naming),
    ):  # fmt: skip
        plugs.screens.add(id, Screen(id, "scenarios", stage))


def _make_workspace(
    side: "Side", whole: "PageHolder", scenarios: "PageHolder", units: "PageHolder", tools: Tools
) -> "QWidget":
    from commandcenter.ui.scenarios.page import ScenariosPage

    return whole.hold(ScenariosPage(tools, scenarios.hold, units.hold, side.at))  # type: ignore[no-any-return]


def _scenario_actions(whole: "PageHolder", holder: "PageHolder") -> "list[Action]":
    """What is done with the library; each works on the page that is open."""
    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.pageholder import PageActions

    action = PageActions(holder, "scenario", "scenarios", "scenarios", "drills", PLANNERS)

    return [
        action("add", "add", "add", ("N",), "can_add"),
        action("edit", "edit", "edit", ("E",), "can_edit"),
        action("copy", "copy", "copy", ("D",), "has_card"),
        action("plan", "plan", "drill", ("P",), "can_plan"),
        action("inject.add", "lines.add_inject", "add", ("S",), "can_edit"),
        action("expectation.add", "lines.add_expectation", "add", ("K",), "can_edit"),
        action("export", "export", "export", ("X",), "has_card", STAFF),
        action("import", "take_in", "import", ("I",), "can_add"),
        action("retire", "retire", "remove", ("Del",), "can_edit"),
        action("bring_back", "bring_back", "undo", ("B",), "can_bring_back"),
        action("five", "name_five", "edit", ("F",), "can_add", SUPERVISORS),
        action("line.edit", "lines.edit", "edit", (), "lines.is_chosen", in_finder=False),
        action("line.remove", "lines.remove", "remove", (), "lines.is_chosen", in_finder=False),
        action("line.up", "lines.up", "edit", (), "lines.is_chosen", in_finder=False),
        action("line.down", "lines.down", "edit", (), "lines.is_chosen", in_finder=False),
        Action("scenario.units", "scenarios.action.units", whole.run("turn"), icon="team", keys=("U",), roles=STAFF,
               enabled=holder.can("can_add"), scope="scenarios", group="drills"),
    ]  # fmt: skip


def _unit_actions(whole: "PageHolder", holder: "PageHolder") -> "list[Action]":
    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.pageholder import PageActions

    action = PageActions(holder, "unit", "units", "units", "drills", PLANNERS)

    return [
        action("name", "name_post", "add", ("N",), "can_add"),
        action("next_gap", "next_gap", "next", ("G",), "has_gaps", STAFF),
        action("retire", "retire_post", "remove", (), "post_chosen", in_finder=False),
        Action("unit.library", "units.action.library", whole.run("turn"), icon="ph.books", keys=("U",), roles=STAFF,
               enabled=holder.can("can_add"), scope="units", group="drills"),
    ]  # fmt: skip


def _hits(tools: Tools, query: str, limit: int) -> "list[FinderHit]":
    """Scenarios in use, by title in either language, pinyin, initials and key; asked on the read lane."""
    from commandcenter.rules.finding import Index
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.scenarios.rows import known

    desk = tools.desk
    if not query.strip() or desk.officer.role not in STAFF:
        return []
    with desk.session.read(desk.world) as reader:
        found = {each.key: each for each in reader.find("scenario", active=True)}
    return [
        FinderHit("scenario", hit.entry.id, hit.entry.title, _about(found[hit.entry.id]),
                  partial(tools.selection.navigate, "scenario", found[hit.entry.id].id), "ph.books",
                  rank=0 if hit.score > 0.9 else 1 if hit.score > 0.7 else 2)
        for hit in Index(known(each) for each in found.values()).search(query, limit)
    ]  # fmt: skip


def _about(scenario: Any) -> str:
    from commandcenter.base.texts import say
    from commandcenter.ui.scenarios.words import season_words

    return say("scenarios.found", season=season_words(scenario))


# --- pictures -----------------------------------------------------------------------------------------------------


def _stage_list(tools: Tools, page: Any) -> None:
    """The library, nothing chosen."""
    page.show_side(0)
    tools.selection.choose("scenario", None)


def _stage_card(tools: Tools, page: Any) -> None:
    """The card of the first scenario."""
    page.show_side(0)
    first = next(iter(page.library.table.ids()), None)
    if first is not None:
        page.library.pick(first)


def _stage_script(tools: Tools, page: Any) -> None:
    """Its evaluation sheet, the last point of it chosen."""
    _stage_card(tools, page)
    row = page.library.chosen_row
    if row is not None:
        page.library.show_line("expectation", len(row.entry.kept.expectations))


def _stage_form(tools: Tools, page: Any) -> None:
    """The form of that scenario."""
    _stage_card(tools, page)
    tools.actions.trigger("scenario.edit")


def _stage_line(tools: Tools, page: Any) -> None:
    """The form of the first line of its script."""
    _stage_chosen(tools, page, "inject")


def _stage_point(tools: Tools, page: Any) -> None:
    """The form of the first point of its evaluation sheet."""
    _stage_chosen(tools, page, "expectation")


def _stage_chosen(tools: Tools, page: Any, kind: str) -> None:
    _stage_card(tools, page)
    row = page.library.chosen_row
    lines = getattr(row.entry.kept, f"{kind}s") if row is not None else ()
    if lines:
        tools.selection.choose("scenario_line", f"{kind}:{lines[0].id}")
        tools.actions.trigger("scenario.line.edit")


def _stage_units(tools: Tools, page: Any) -> None:
    """The register, the first place with a gap chosen."""
    page.show_side(1)
    page.units.next_gap()


def _stage_naming(tools: Tools, page: Any) -> None:
    """The form that names somebody there."""
    _stage_units(tools, page)
    tools.actions.trigger("unit.name")
