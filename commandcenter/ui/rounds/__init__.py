"""Stock rounds 盘点: sheets out and back, counting with a scanner, differences settled, what came of earlier rounds."""

from functools import partial
from typing import TYPE_CHECKING

from commandcenter.rules.permissions import EVERYBODY, KEEPERS_OF_LISTS
from commandcenter.ui.core.tools import HeadAction, Screen, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.finderbox import FinderHit
    from commandcenter.ui.core.pageholder import PageHolder

SCOPE = "rounds"


def install(tools: Tools) -> None:
    """Plug in the workspace, its actions, the finder's source and its pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder

    holder, plugs = PageHolder(), tools.plugs
    plugs.workspaces.add(
        SCOPE,
        Workspace(SCOPE, "workspace.rounds", "ph.barcode", partial(_make_workspace, holder), KEEPERS_OF_LISTS,
                  order=64),
    )
    tools.actions.add(*_actions(holder))
    plugs.finder_sources.add(SCOPE, FinderSource(SCOPE, partial(_hits, tools), in_background=True))
    plugs.head_actions.add("rounds.export", HeadAction("rounds.export", SCOPE, "rounds.export", order=10))
    for id, stage in (
        ("rounds", "begin"), ("rounds-sheets", "sheets"), ("rounds-scan", "scan"),
        ("rounds-differences", "differences"),
    ):  # fmt: skip
        plugs.screens.add(id, Screen(id, SCOPE, late("rounds.screens", stage)))


def _make_workspace(holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.rounds.room import RoundsRoom

    return holder.hold(RoundsRoom(tools))  # type: ignore[no-any-return]


def _actions(holder: "PageHolder") -> "list[Action]":
    """What is done with a round; each works on the page that is open."""
    from commandcenter.ui.core.pageholder import PageActions

    action = PageActions(holder, "rounds", "rounds", SCOPE, "lists", KEEPERS_OF_LISTS)

    return [
        action("begin", "begin", "add", ("N",), "can_begin"),
        action("sheets", "sheets", "document", ("T",), "can_count"),
        action("scan", "scan", "ph.barcode", ("S",), "can_count"),
        action("settle", "settle", "check", ("D",), "can_settle"),
        action("end", "end", "done", ("H",), "can_end"),
        action("export", "export", "export", ("X",), "can_export", EVERYBODY),
    ]


# --- quick find -----------------------------------------------------------------------------------------------------


def _hits(tools: Tools, query: str, limit: int) -> "list[FinderHit]":
    """Rounds by name, pinyin, initials, number and mark, for whoever keeps lists; asked on the read lane."""
    from commandcenter.base.texts import say
    from commandcenter.rules import pinyin
    from commandcenter.rules.finding import Entry, Index
    from commandcenter.services import round_reading
    from commandcenter.ui.core.finderbox import FinderHit

    if len(query.strip()) < 2 or tools.desk.officer.role not in KEEPERS_OF_LISTS:
        return []
    with tools.desk.session.read(tools.desk.world) as reader:
        entries = []
        for each in round_reading.rounds(reader):
            day = say("rounds.found.over", day=each.closed_on) if each.closed_on else say("rounds.found.under_way")
            keys = pinyin.keys(each.name)
            entries.append(Entry("stock_round", each.id, each.name, say("rounds.found", number=each.number, state=day),
                                 (keys.pinyin, keys.initials, each.number, each.mark)))  # fmt: skip
    return [
        FinderHit("stock_round", hit.entry.id, hit.entry.title, hit.entry.subtitle,
                  partial(tools.selection.navigate, "stock_round", hit.entry.id), "ph.barcode", rank=3)
        for hit in Index(entries).search(query, limit)
    ]  # fmt: skip
