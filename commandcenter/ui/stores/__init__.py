"""Stores: the room of articles, depots, the ledger and what to order; what an incident still has; quick find."""

from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.people import Role
from commandcenter.rules.permissions import EVERYBODY, KEEPERS_OF_LISTS
from commandcenter.ui.core.tools import CardSection, Screen, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.services.store_reading import Loan
    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.core.pageholder import PageHolder, PartActions


def install(tools: Tools) -> None:
    """Plug in the workspace, the sections of cards, the finder's source, the actions and the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder

    holder, plugs = PageHolder(), tools.plugs
    plugs.workspaces.add(
        "stores", Workspace("stores", "workspace.stores", "ph.archive", partial(_make, holder), order=60)
    )
    tools.actions.add(*_room(holder), *_articles(holder), *_others(holder))
    for section in (
        CardSection("article.ledger", "article", "stores.section.ledger", late("stores.sections", "LedgerSection"), 10),
        CardSection("incident.stores", "incident", "stores.section.incident", partial(_loans, holder), 60),
    ):
        plugs.card_sections.add(section.id, section)
    plugs.finder_sources.add("stores", FinderSource("stores", partial(_hits, tools), in_background=True))
    for id, stage in (
        ("stores-articles", "articles"), ("stores-low", "low"), ("stores-issue", "issue"),
        ("stores-return", "give_back"), ("stores-article-form", "article_form"), ("stores-depots", "depots"),
        ("stores-ledger", "ledger"), ("stores-orders", "orders"),
    ):  # fmt: skip
        plugs.screens.add(id, Screen(id, "stores", late("stores.screens", stage)))


def _make(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.stores.workspace import StoresWorkspace

    return holder.hold(StoresWorkspace(tools))  # type: ignore[no-any-return]


def _loans(holder: "PageHolder", tools: Tools, incident: Any) -> "QWidget":
    """What an incident still has; giving it back, and issuing more, happens in the room."""
    from commandcenter.ui.stores.sections import LoanSection

    def give_back(loan: "Loan") -> None:
        tools.selection.navigate("article", loan.article.id)
        if holder.page is not None:
            holder.page.give_back(loan)

    def issue(of: str) -> None:
        tools.selection.navigate("stores", of)
        if holder.page is not None:
            holder.page.issue_to(of)

    return LoanSection(give_back, issue, tools, incident)


# --- actions --------------------------------------------------------------------------------------------------------


def _of(holder: "PageHolder", scope: str, part: str, roles: frozenset[Role] = KEEPERS_OF_LISTS) -> "PartActions":
    """Makes the actions of a part of the room (``part`` empty: of the room itself)."""
    from commandcenter.ui.core.pageholder import PartActions

    return PartActions(holder, part, "stores", scope, roles)


def _room(holder: "PageHolder") -> "list[Action]":
    declare = partial(_of(holder, "storesroom", "", EVERYBODY), in_finder=False)
    return [
        declare("stores.articles", "to_articles", "kit", ("1",)),
        declare("stores.depots", "to_depots", "ph.archive", ("2",)),
        declare("stores.ledger", "to_ledger", "list", ("3",)),
        declare("stores.orders", "to_orders", "briefing", ("4",)),
    ]


def _articles(holder: "PageHolder") -> "list[Action]":
    declare = _of(holder, "stores", "articles")
    return [
        declare("stock.receive", "receive", "import", ("R",), "can_move"),
        declare("stock.issue", "issue", "export", ("I",), "can_move"),
        declare("stock.return", "give_back", "undo", ("B",), "can_return"),
        declare("stock.move", "transfer", "next", ("M",), "can_move"),
        declare("stock.gone", "write_off", "delete", ("W",), "can_move"),
        declare("stock.count", "count_it", "check", ("C",), "can_move"),
        declare("article.add", "add", "add", ("N",), "can_add"),
        declare("article.edit", "edit", "edit", ("E",), "can_edit"),
        declare("article.retire", "retire", "remove", ("Del",), "can_retire"),
        declare("article.bring_back", "bring_back", "undo", (), "can_bring_back"),
    ]


def _others(holder: "PageHolder") -> "list[Action]":
    depot, ledger = _of(holder, "depots", "depots"), _of(holder, "ledger", "ledger")
    order = _of(holder, "orders", "orders", EVERYBODY)
    return [
        depot("depot.add", "add", "add", ("N",), "can_add"),
        depot("depot.edit", "edit", "edit", ("E",), "can_edit"),
        depot("depot.retire", "retire", "remove", ("Del",), "can_retire"),
        depot("depot.bring_back", "bring_back", "undo", (), "can_bring_back"),
        ledger("ledger.return", "give_back", "undo", ("B",), "can_return", in_finder=False),
        order("order.article", "show_article", "next", ("O",), "can_show", in_finder=False),
    ]


# --- quick find -------------------------------------------------------------------------------------------------------


def _hits(tools: Tools, query: str, limit: int) -> "list[FinderHit]":
    """Articles in use and depots, by name, pinyin, initials and code; asked on the read lane."""
    from commandcenter.rules.finding import Index
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.stores.rows import article_entry, depot_entry

    if len(query.strip()) < 2:
        return []
    with tools.desk.session.read(tools.desk.world) as reader:
        entries = [article_entry(each) for each in reader.find("article", active=True)]
        entries += [depot_entry(each, "") for each in reader.find("depot", active=True)]
    icons = {"article": "kit", "depot": "ph.archive"}
    return [
        FinderHit(hit.entry.kind, hit.entry.id, hit.entry.title, hit.entry.subtitle,
                  partial(tools.selection.navigate, hit.entry.kind, hit.entry.id), icons[hit.entry.kind], rank=3)
        for hit in Index(entries).search(query, limit)
    ]  # fmt: skip
