"""Pictures of the room for ``snapshot``: the sample's last round, and one under way that only the picture holds."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.ids import rule_id
from commandcenter.formats.problems import Problem
from commandcenter.rules.numbers import local_day
from commandcenter.rules.rounds import RoundCount, StockRound
from commandcenter.services import round_reading
from commandcenter.services.round_reading import PieceRow, RoundState, standing_of
from commandcenter.services.round_returns import Reading, SheetRead
from commandcenter.services.rounds import Count
from commandcenter.ui.core.times import zone_of
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.rounds.room import proposed
from commandcenter.ui.rounds.rows import index_of

SEEN_OF_TEN = 8
"""So many villages of ten were counted in the picture."""


def begin(tools: Tools, page: Any) -> None:
    """No round is under way."""
    page.begin()


def _under_way(tools: Tools, page: Any, then: Callable[[RoundState], None]) -> None:
    """The last round, shown as one that began today: most villages counted, some things not as believed."""
    desk = tools.desk
    today = local_day(desk.now(), zone_of(desk.live.town))

    def ask(reader: Any) -> tuple[list[StockRound], RoundState]:
        known = round_reading.rounds(reader)
        if not known:
            raise BadInput("round.none_open")
        row = replace(known[0], name=proposed(today), mark="FM48MP", closed_on=None, opened_on=today.isoformat())
        return known, round_reading.fresh(reader, row)

    def show(found: tuple[list[StockRound], RoundState]) -> None:
        known, state = found
        rows = tuple(_seen(tools, state.round, each, place, state) for place, each in enumerate(state.rows))
        made = RoundState(state.round, rows, state.gone, state.villages)
        page._take(([state.round, *known], made, index_of(rows)))
        then(made)

    # The room's own answer comes first, so that it does not take the picture's away.
    page.reading.read(partial(desk.read, ask, done=show, failed=_nothing, owner=page))


def _nothing(_error: BaseException) -> None:
    """A town without any round has no such picture; the room says how one begins."""


def _seen(tools: Tools, round: StockRound, row: PieceRow, place: int, state: RoundState) -> PieceRow:
    village = state.villages.index(row.village) if row.village in state.villages else 0
    if village % 10 >= SEEN_OF_TEN or place % 61 == 0:
        return replace(row, count=None, by="", standing="unseen")
    found: Any = "missing" if place % 97 == 0 else "damaged" if place % 131 == 0 else "issued"
    if row.piece.state in ("missing", "damaged") and place % 3:
        found = row.piece.state
    note = {"missing": "未见，村里在找", "damaged": "进水不亮"}.get(found, "")
    count = RoundCount(
        id=rule_id("picture", row.id), round=round.id, piece=row.id, village=row.piece.village, found=found,
        source="sheet", by=tools.desk.officer.id, counted_at=tools.desk.now(), note=note,
    )  # fmt: skip
    return replace(row, count=count, by=tools.desk.officer.name, standing=standing_of(row.piece, count))


def differences(tools: Tools, page: Any) -> None:
    """What waits, and the card of the first."""
    _under_way(tools, page, partial(_pick_first, page))


def _pick_first(page: Any, _state: RoundState) -> None:
    page.show_list()
    ids = list(page.list.table.ids())
    if ids:
        page.list.pick(ids[0])
        page.list.view.choose(ids[0])


def sheets(tools: Tools, page: Any) -> None:
    """Sheets that came back."""
    _under_way(tools, page, partial(_sheets, page))


def _sheets(page: Any, state: RoundState) -> None:
    page.sheets()
    found = page.sheets_page
    files = []
    for place, village in enumerate(state.villages[:6]):
        counts = tuple(Count(each.id) for each in state.rows if each.village == village)
        path = Path(f"{state.round.name}_{village.name}_盘点表.xlsx")
        files.append(SheetRead(path, None, "ready", village, counts, place % 3, 12 if place == 2 else 0))
    last, counts = state.villages[-1], files[0].counts
    old = BadInput("round.sheet_old", file="上季度_高桥村.xlsx", name="2025年第1季度盘点", day="2025-04-02",
                   wanted=state.round.name)  # fmt: skip
    files.append(SheetRead(Path("上季度_高桥村.xlsx"), None, "refused", error=old))
    faults = (Problem(7, "口哨", "可能", "round.cell", "refused"),
              Problem(9, "编号", "K-9876", "round.code_unknown", "refused", {"label": "K-9876"}))  # fmt: skip
    wrong = BadInput("round.sheet_faults", file="西山坪.xls", count=2)
    files.append(SheetRead(Path("西山坪.xls"), None, "refused", last, counts, problems=faults, error=wrong))
    ask = BadInput("round.sheet_unmarked", file="黑水浩(微信).csv")
    files.append(SheetRead(Path("黑水浩(微信).csv"), None, "unmarked", state.villages[-2], counts, 3, error=ask))
    found.done.add(files[5].name)
    found._take(Reading(state.round, tuple(files), state.villages[10:13]))


def scan(tools: Tools, page: Any) -> None:
    """Some scans: right ones, a double one, wrong labels, one of another village."""
    _under_way(tools, page, partial(_scan, page))


def _scan(page: Any, state: RoundState) -> None:
    page.scan()
    found = page.scan_page
    unseen = [row for row in state.rows if row.standing == "unseen"]
    village = unseen[-1].village
    found.choose_village(village.id if village else None)
    found._send = lambda: None  # a picture changes nothing
    near = [row for row in unseen if row.village == village]
    far = [row.piece.code for row in unseen if row.village != village]
    for text in (*(row.piece.code for row in near[:6]), near[0].piece.code, "worker:0197a2c4", "6901028075831",
                 *far[:1], *(row.piece.code for row in near[6:7])):  # fmt: skip
        found.scan(text)
