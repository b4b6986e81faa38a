"""Pictures of the room for ``snapshot``."""

from typing import Any

from commandcenter.rules.stores import sizes_of
from commandcenter.ui.core.tools import Tools


def _pick(page: Any, wanted: Any) -> None:
    rows = list(page.table.shown_rows())
    found = next((row for row in rows if wanted(row)), rows[0] if rows else None)
    if found is not None:
        page.pick(page._key(found))
        page.view.choose(page._key(found))


def _all_articles(page: Any) -> Any:
    """Whatever tab the picture before has left."""
    room = page.open_page("articles")
    room.tabs.setCurrentIndex(0)
    return room


def articles(tools: Tools, page: Any) -> None:
    """All articles, one with sizes on the card."""
    _pick(_all_articles(page), lambda row: bool(sizes_of(row.article)))


def low(tools: Tools, page: Any) -> None:
    """What needs care, with something below its minimum on the card."""
    room = page.open_page("articles")
    room.tabs.setCurrentIndex(1)
    _pick(room, lambda row: row.row.is_low)


def issue(tools: Tools, page: Any) -> None:
    """Something goes out."""
    room = _all_articles(page)
    _pick(room, lambda row: row.article.category == "flood")
    room.issue()


def give_back(tools: Tools, page: Any) -> None:
    """Something comes back in part."""
    room = _all_articles(page)
    _pick(room, lambda row: bool(row.loans))
    room.give_back()


def article_form(tools: Tools, page: Any) -> None:
    """Something new."""
    page.open_page("articles").add()


def depots(tools: Tools, page: Any) -> None:
    """The depots."""
    _pick(page.open_page("depots"), lambda row: True)


def ledger(tools: Tools, page: Any) -> None:
    """The ledger, with something that is still out on the card."""
    _pick(page.open_page("ledger"), lambda row: row.out > 0)


def orders(tools: Tools, page: Any) -> None:
    """What to order."""
    _pick(page.open_page("orders"), lambda row: True)
