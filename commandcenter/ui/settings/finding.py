"""What the search of the settings knows: pages and options, by the words that stand on them."""

from dataclasses import dataclass

from commandcenter.base.texts import say
from commandcenter.rules import pinyin
from commandcenter.rules.finding import Entry, Index
from commandcenter.rules.settings import OPTIONS
from commandcenter.ui.core.tools import Plugs

LIMITS, DESK = "limits", "desk"
_PAGE_OF = {"limit": LIMITS, "desk": DESK}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a hit leads: a page, and the option on it (empty: the page itself)."""

    page: str
    option: str = ""


def target_of(id: str) -> Target:
    """What the id of an entry means."""
    page, _, option = id.partition("#")
    return Target(page, option)


def index_of(plugs: Plugs) -> Index:
    """Pages that are plugged in, and every declared option of theirs."""
    pages = {page.id: page for page in plugs.settings_pages}
    found = [_page(page.id, say(page.title_code)) for page in pages.values()]
    for option in OPTIONS.values():
        page = _PAGE_OF.get(option.key.partition(".")[0])
        if page in pages:
            found.append(_option(page, option.key, say(pages[page].title_code)))
    return Index(found)


def _page(id: str, title: str) -> Entry:
    return Entry("page", id, title, "", _keys(title))


def _option(page: str, key: str, page_title: str) -> Entry:
    title, sentence = say(f"setting.{key}.title"), say(f"setting.{key}", value="…")
    return Entry("option", f"{page}#{key}", title, page_title, (*_keys(title), sentence, key))


def _keys(title: str) -> tuple[str, str]:
    keys = pinyin.keys(title)
    return keys.pinyin, keys.initials
