"""The attention list: its room beside the households, and its part of the cards of grids, households and workers."""

from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.permissions import DUTY
from commandcenter.ui.core.tools import CardSection, LayerPlug, Screen, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.pageholder import PageHolder


def install(tools: Tools) -> None:
    """Plug in the room, the sections of cards, the actions and the pictures."""
    from commandcenter.ui.core.pageholder import PageHolder

    holder, plugs = PageHolder(), tools.plugs
    room = Workspace("attention", "workspace.attention", "eye", partial(_make, holder), DUTY, 26, "households")
    plugs.workspaces.add(room.id, room)
    tools.actions.add(*_actions(tools, holder))
    sections = "attention.sections"
    for section in (
        CardSection("attention.about", "attention_item", "attention.section.about", late(sections, "AboutSection"), 10),
        CardSection("attention.kept", "attention_item", "attention.section.kept", late(sections, "KeptSection"), 20),
        CardSection("grid.attention", "grid", "attention.section.grid", late(sections, "GridSection"), 24),
        CardSection("household.attention", "household", "attention.section.household",
                    late(sections, "HouseholdSection"), 30),
        CardSection("person.attention", "person", "attention.section.grid", late(sections, "PersonSection"), 25,
                    _keeps_a_grid),
    ):  # fmt: skip
        plugs.card_sections.add(section.id, section)
    layer = LayerPlug("attention", "attention.layer", late("attention.tallies", "AttentionTallies"), 110)
    plugs.map_layers.add(layer.id, layer)
    for id, stage in (("attention", "table"), ("attention-card", "card"), ("attention-form", "form"),
                      ("attention-take", "take"), ("attention-visit", "visit")):  # fmt: skip
        plugs.screens.add(id, Screen(id, "attention", late("attention.screens", stage)))
    plugs.screens.add("attention-map", Screen("attention-map", "situation", late("attention.screens", "on_map"),
                                              partial(_clear_map, tools)))  # fmt: skip
    plugs.screens.add("grid-attention", Screen("grid-attention", "grids", late("attention.screens", "grid")))


def _clear_map(tools: Tools) -> None:
    from commandcenter.ui.attention import screens

    screens.clear_map(tools)


def _keeps_a_grid(row: Any) -> bool:
    return row.kind == "worker" and row.grid is not None


def _make(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.attention.workspace import AttentionWorkspace

    return holder.hold(AttentionWorkspace(tools))  # type: ignore[no-any-return]


def _actions(tools: Tools, holder: "PageHolder") -> "list[Action]":
    """What officers on duty do with the list; each works on the page that is open. The two lists are one key apart."""
    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.pageholder import PageActions

    action = PageActions(holder, "attention", "attention", "attention", "lists", DUTY)

    def turn(to: str, scope: str, key: str) -> Action:
        return Action(
            f"{scope}.to_{to}", f"workspace.{to}", partial(tools.selection.navigate, to, ""), icon="next", keys=(key,),
            roles=DUTY, scope=scope, group="lists", in_finder=False,
        )  # fmt: skip

    return [
        action("add", "add", "add", ("N",), "can_add"),
        action("edit", "edit", "edit", ("E",), "can_change"),
        action("confirm", "confirm", "check", ("C",), "can_change"),
        action("visit", "visit", "list", ("V",), "can_visit"),
        action("take", "take_residents", "household", ("O",), "can_take"),
        action("close", "close_entry", "remove", ("Del",), "can_change"),
        action("reopen", "reopen", "undo", ("B",), "can_reopen"),
        turn("households", "attention", "1"), turn("attention", "households", "2"),
    ]  # fmt: skip
