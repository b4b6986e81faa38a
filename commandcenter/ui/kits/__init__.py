"""Kits 七件套: the room, the kit on the cards of workers and grids, codes in quick find, teeth on the map."""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.permissions import EVERYBODY, KEEPERS_OF_LISTS
from commandcenter.ui.core.tools import CardSection, LayerPlug, Screen, SheetPlug, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.core.pageholder import PageHolder

SCOPE = "kits"
_CODE = re.compile(r"(?P<letter>[kpe])[-－—]?(?P<number>\d{1,6})", re.IGNORECASE)


def install(tools: Tools) -> None:
    """Plug in the workspace, the sections of cards, the finder's source, the map layer, the actions, the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder

    holder, plugs = PageHolder(), tools.plugs
    plugs.workspaces.add(SCOPE, Workspace(SCOPE, "workspace.kits", "kit", partial(_make, holder), order=55))
    tools.actions.add(*_actions(holder))
    for id, card, made_by, order, applies in (
        ("kit.slots", "kit", "SlotsSection", 10, _has_pieces), ("kit.sheet", "kit", "SheetSection", 10, _is_sheet),
        ("kit.history", "kit", "HistorySection", 20, _has_pieces), ("kit.wall", "kit", "WallSection", 10, _is_wall),
        ("person.kit", "person", "PersonSection", 35, _is_worker), ("grid.kits", "grid", "GridSection", 15, None),
    ):  # fmt: skip
        title = f"kits.section.{id.partition('.')[2]}"
        plugs.card_sections.add(id, CardSection(id, card, title, late("kits.sections", made_by), order, applies))
    plugs.card_sections.add("kit.books", CardSection("kit.books", "kit", "kits.section.books",
                                                     late("kits.books", "BooksSection"), 15, _has_books))  # fmt: skip
    plugs.finder_sources.add("kit", FinderSource("kit", partial(_hits, tools), in_background=True))
    plugs.map_layers.add("kits", LayerPlug("kits", "kits.layer", late("kits.teeth", "KitTeeth")))
    for sheet, made_by in (("receipt_sheet", "receipt"), ("pick_list", "pick_list"), ("labels", "labels")):
        plugs.sheets.add(sheet, SheetPlug(sheet, late("kits.printing", made_by)))
    for id, workspace, stage in (
        ("kits", SCOPE, "table"), ("kits-village", SCOPE, "village"), ("kits-card", SCOPE, "card"),
        ("kits-issue", SCOPE, "issue"), ("kits-issue-names", SCOPE, "issue_names"),
        ("kits-short", SCOPE, "short"), ("kits-handout", SCOPE, "handout"), ("kits-back", SCOPE, "back"),
        ("kits-replace", SCOPE, "replace"), ("kits-mark", SCOPE, "mark"), ("kits-sheets", SCOPE, "sheets"),
        ("kits-shelf", SCOPE, "shelf"), ("kits-picklist", SCOPE, "picklist"), ("kits-labels", SCOPE, "labels"),
        ("kits-books", SCOPE, "books"), ("kits-stale", SCOPE, "stale"),
        ("grid-kits", "grids", "grid"), ("kits-map", "situation", "teeth"),
    ):  # fmt: skip
        clear = partial(_clear_map, tools) if id == "kits-map" else None
        plugs.screens.add(id, Screen(id, workspace, late("kits.screens", stage), clear))


def _make(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.kits.workspace import KitsRoom

    return holder.hold(KitsRoom(tools))  # type: ignore[no-any-return]


def _clear_map(tools: Tools) -> None:
    from commandcenter.ui.kits import screens

    screens.clear_teeth(tools)


def _has_pieces(line: Any) -> bool:
    return not line.is_paper


def _is_wall(line: Any) -> bool:
    return line.wall is not None


def _is_sheet(line: Any) -> bool:
    return line.sheet is not None


def _has_books(line: Any) -> bool:
    has_worker = line.kit is not None and line.kit.worker is not None
    return has_worker and any(each.article.printed and each.piece is not None for each in line.items)


def _is_worker(row: Any) -> bool:
    return bool(row.kind == "worker")


def _actions(holder: "PageHolder") -> "list[Action]":
    """What is done with kits; each works on the page that is open."""
    from commandcenter.ui.core.pageholder import PageActions

    action = PageActions(holder, "kit", "kits", SCOPE, "kits", KEEPERS_OF_LISTS)

    return [
        action("issue", "issue", "add", ("N",), "can_issue"),
        action("hand_out", "hand_out", "person", ("H",), "can_hand_out"),
        action("take_back", "take_back", "back", ("B",), "can_take_back"),
        action("receive", "receive", "check", ("Q",), "can_receive"),
        action("replace", "replace", "retry", ("R",), "can_replace", in_finder=False),
        action("mark", "mark", "edit", ("M",), "can_mark", in_finder=False),
        action("shelve", "shelve", "down", ("J",), "can_shelve", in_finder=False),
        action("return", "give_back", "undo", ("D",), "can_shelve", in_finder=False),
        action("write_off", "write_off", "delete", ("Del",), "can_mark", in_finder=False),
        action("stock_shelf", "stock_shelf", "kit", ("A",), "can_issue"),
        action("pieces", "to_pieces", "list", ("S",), "has_pieces", in_finder=False, roles=EVERYBODY),
        action("picklist", "pick_list", "briefing", ("P",), "can_issue", roles=EVERYBODY),
        action("print", "print_shown", "print", ("T",), "can_print", roles=EVERYBODY),
        action("books", "print_books", "ph.books", ("V",), "can_print_books", roles=EVERYBODY),
        action("edition", "set_edition", "ph.book-open", ("E",), "can_set_edition", in_finder=False),
        action("wall", "print_wall", "print", ("O",), "can_print_wall", in_finder=False, roles=EVERYBODY),
        action("labels", "labels", "ph.tag", ("L",), "can_label", roles=EVERYBODY),
    ]


# --- quick find -----------------------------------------------------------------------------------------------------


def _hits(tools: Tools, query: str, limit: int) -> "list[FinderHit]":
    """Kits, pieces, editions of books and receipt sheets by their codes, however they are typed (``k12``,
    ``P-000123``)."""
    from commandcenter.base.texts import say
    from commandcenter.services import kit_board
    from commandcenter.ui.core.finderbox import FinderHit

    typed = query.strip()
    codes = {}
    if match := _CODE.fullmatch(typed):
        number = int(match["number"])
        kind, digits = {"k": ("kit", 4), "p": ("piece", 6), "e": ("edition", 6)}[match["letter"].lower()]
        codes[kind] = f"{match['letter'].upper()}-{number:0{digits}d}"
    elif len(typed) > 6 and typed[-1].isdecimal() and "-" in typed:
        codes["kit_issue"] = typed.upper()
    if not codes:
        return []
    with tools.desk.session.read(tools.desk.world) as reader:
        found = kit_board.by_code(reader, codes)
    return [
        FinderHit(each.kind, each.id, each.code, say(f"kits.found_as.{each.kind}", where=each.where,
                                                     article=each.article),
                  partial(tools.selection.navigate, each.kind, each.id), "kit", rank=0)
        for each in found[:limit]
    ]  # fmt: skip
