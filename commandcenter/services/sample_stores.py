"""A sample town's stores and kits: a year of comings and goings, kits in nearly every hand, some of whose pieces are
lost, broken or past their life, and last quarter's stock round. Believable, invented, and the same every time.
"""

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.ids import derived_id
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Village
from commandcenter.rules.kits import Kit, Piece, needed, size_for
from commandcenter.rules.people import Officer, Worker
from commandcenter.rules.stores import Article, Depot, sizes_of
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services.articles import AddArticle, AddDepot
from commandcenter.services.kits import Found, HandOutKit, IssueKits, NewKit, ReceiveKits, TakeBackKit
from commandcenter.services.pieces import IssuePieces, MarkPiece, PutInKit, WriteOffPiece
from commandcenter.services.rounds import CloseRound, Count, OpenRound, RecordCounts, SettleCounts
from commandcenter.services.runner import CommandRunner
from commandcenter.services.stock import Line
from commandcenter.services.stores import IssueStock, MoveStock, ReceiveStock, ReturnStock, WriteOffStock
from commandcenter.storage.database import Database
from commandcenter.storage.reads import Reader

SMALL = 40
"""A town with fewer workers has a handful of kits, and no round."""
PILOTS = 2
"""Villages that had their kits long before the others, so that batteries there are past their life."""
EARLY, USUAL = 25 * 30, 270
"""Days before today on which these and the others got theirs."""
ROUND = 97
SPARE = ("K04", "K06")
"""What lies on the spare shelf of every village."""
LOST = ("巡河时掉进水里", "借给村民未还", "搬家时遗失", "放在村委会被人拿走", "防汛值守时丢失")
BROKEN = ("进水不亮", "开关坏了", "拉链坏了", "带子断了", "淋雨后发霉", "被狗咬破")
SOURCES = ("县应急管理局配发", "镇采购", "县民政局调拨", "爱心企业捐赠", "县水利局配发")


class _Stores:
    """The sample's storekeeper at work."""

    def __init__(self, database: Database, runner: CommandRunner, now: datetime, root: str, folder: Path) -> None:
        self.database, self.folder, self.now, self.root = database, folder, now, root
        with database.read() as connection:
            reader = Reader(connection, SYSTEM, REAL)
            keepers: list[Officer] = reader.find("officer", role="quartermaster", active=True)
            self.zone = ZoneInfo(reader.find("township")[0].zone)
            self.workers: list[Worker] = reader.find("worker", active=True, standing="serving", order=("grid", "id"))
            self.villages: list[Village] = reader.find("village", order=("code",))
            chiefs = reader.find("duty_holder", active=True)
        self.runner = CommandRunner(database, runner.clock, actor=keepers[0].id, desk=runner.desk)
        self.signs = {each.village: each.name for each in chiefs if each.village}
        self.is_small = len(self.workers) < SMALL
        self.dice = random.Random(f"stores {len(self.workers)}")
        self._done = 0

    def do(self, command: Any, days: int, hour: int = 10) -> Any:
        """Carry out a command that was meant on a day so many days before today."""
        self._done += 1
        day = self.now.astimezone(self.zone).date() - timedelta(days=days)
        at = datetime.combine(day, time(hour, self._done % 60), self.zone).astimezone(UTC)
        id = derived_id(self.root, f"stores-{self._done}")
        return self.runner.execute(command, id=id, occurred_at=min(at, self.now)).value

    def day(self, days: int) -> str:
        return (self.now.astimezone(self.zone).date() - timedelta(days=days)).isoformat()

    def find(self, kind: str, **where: Any) -> list[Any]:
        with self.database.read() as connection:
            return Reader(connection, SYSTEM, REAL).find(kind, order=("code",), **where)

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)

    # --- depots and what they hold --------------------------------------------------------------------------------

    def equip(self) -> None:
        """Depots, articles, and what was bought of everything."""
        for row in self.rows("depots.csv"):
            self.do(AddDepot(name=row["name"], village=row["village_code"] or None, address=row["address"],
                             keeper=row["keeper"], phone=row["phone"]), EARLY + 20)  # fmt: skip
        for row in self.rows("articles.csv"):
            words = ("code", "name", "name_en", "category", "spec", "unit")
            facts: dict[str, Any] = {name: row[name] for name in words}
            facts |= {name: int(row[name]) if row[name] else None for name in ("minimum", "life_months")}
            self.do(AddArticle(**facts), EARLY + 20)
        self.depots: list[Depot] = self._depots()
        self.articles: list[Article] = self.find("article")
        self.needed = needed(self.articles)
        self._buy_kits()
        for row in self.rows("articles.csv"):
            self._buy(row["code"], int(row["received"]))

    def _depots(self) -> list[Depot]:
        with self.database.read() as connection:
            return sorted(Reader(connection, SYSTEM, REAL).find("depot"), key=lambda each: each.village is not None)

    def _buy_kits(self) -> None:
        """Enough for every worker and some to spare, of some sizes a few too few."""
        lines, more = [], 4 if self.is_small else 42
        for article in self.needed:
            known = sizes_of(article)
            counts = Counter(size_for(article, each.vest_size) or known[0] for each in self.workers) if known else {}
            if not known:
                lines.append(Line(article.code, len(self.workers) + more))
            lines += [Line(article.code, counts.get(size, 0) + (more // 6 if size != "XL" else 2), size)
                      for size in known]  # fmt: skip
        bought = tuple(each for each in lines if each.amount)
        self.do(ReceiveStock(depot=self.depots[0].id, lines=bought, source=SOURCES[0]), EARLY + 15)

    def _buy(self, code: str, amount: int) -> None:
        first = amount * 2 // 3
        for part, days in ((first, self.dice.randrange(250, 360)), (amount - first, self.dice.randrange(90, 200))):
            if part:
                self.do(ReceiveStock(depot=self.depots[0].id, lines=(Line(code, part),),
                                     source=self.dice.choice(SOURCES)), days)  # fmt: skip

    def use(self) -> None:
        """What went to villages, to the other depots, to incidents and back."""
        incidents = self._incidents()
        for row in self.rows("articles.csv"):
            used, others = int(row["used"]), self.depots[1:]
            spread = (int(row["received"]) - used) // 8
            for other in others if spread else ():
                self.do(MoveStock(depot=self.depots[0].id, to=other.id, lines=(Line(row["code"], spread),),
                                  taken_by=other.keeper), self.dice.randrange(60, 88))  # fmt: skip
            if used and incidents and row["category"] in ("flood", "rescue", "lighting", "fire"):
                self._lend(row["code"], used, self.dice.choice(incidents))
            elif used:
                village = self.dice.choice(self.villages)
                self.do(IssueStock(depot=self.depots[0].id, lines=(Line(row["code"], used),), village=village.id,
                                   taken_by=self.signs.get(village.id, "")), self.dice.randrange(5, 80))  # fmt: skip
        worn = next(iter(self.rows("articles.csv")))["code"]
        self.do(WriteOffStock(depot=self.depots[0].id, lines=(Line(worn, 12),), reason="受潮发脆"), 41)

    def _incidents(self) -> list[Any]:
        with self.database.read() as connection:
            found = Reader(connection, SYSTEM, REAL).find("incident", order=("opened_at",))
        return [each for each in found if each.category in ("hazard", "emergency")]

    def _lend(self, code: str, amount: int, incident: Any) -> None:
        """To an incident, and back: most in good order, some used up or broken, now and then some still out."""
        zone, now = self.zone, self.now.astimezone(self.zone).date()
        days = (now - incident.opened_at.astimezone(zone).date()).days
        lent = self.do(IssueStock(depot=self.depots[0].id, lines=(Line(code, amount),), incident=incident.id,
                                  taken_by=self.dice.choice(self.workers).name), days, 23)  # fmt: skip
        if self.dice.random() < 0.8:
            broken, used = amount // 20, amount // 3 if amount > 100 else 0
            self.do(ReturnStock(move=lent["moves"][0], good=amount - broken - used - amount // 10, damaged=broken,
                                used=used, reason="现场破损" if broken else ""), max(days - 1, 0), 23)  # fmt: skip

    # --- kits -----------------------------------------------------------------------------------------------------

    def issue(self) -> None:
        """Village by village; by name, and a few to lie there until somebody is found."""
        for place, village in enumerate(self.villages):
            mine = [each for each in self.workers if each.village == village.id]
            days = EARLY if place < PILOTS and not self.is_small else USUAL - 3 * place
            later = {each.id for each in mine if self.dice.random() < (0.3 if self.is_small else 0.05)}
            kits = tuple(NewKit(None if each.id in later else each.id, each.vest_size) for each in mine)
            made = self.do(IssueKits(village=village.id, depot=self.depots[0].id, kits=kits, short_ok=True,
                                     received_by=self.signs.get(village.id, "")), days)  # fmt: skip
            self.do(ReceiveKits(issue=made["kit_issue"], by=self.signs.get(village.id, "") or mine[0].name,
                                on=self.day(days - 2)), days - 2)  # fmt: skip
            spare = [Line(each.code, 1) for each in self.needed if each.code in SPARE and not each.sizes]
            self.do(IssuePieces(depot=self.depots[0].id, village=village.id, lines=tuple(spare)), days - 2)

    def wear(self) -> None:
        """What became of the pieces in the months since, and what was done about it."""
        pieces: list[Piece] = self.find("piece", state="issued")
        in_kits = [each for each in pieces if each.kit is not None]
        self._replace_old_batteries(in_kits)
        lost = self.dice.sample(in_kits, max(len(in_kits) // 90, 2))
        broken = self.dice.sample([each for each in in_kits if each not in lost], max(len(in_kits) // 70, 2))
        for state, chosen, reasons in (("missing", lost, LOST), ("damaged", broken, BROKEN)):
            for piece in chosen:
                state_: Any = state
                mark = MarkPiece(piece=piece.id, state=state_, reason=self.dice.choice(reasons))
                self.do(mark, self.dice.randrange(100 if self.dice.random() < 0.5 else 4, 160))
        self._swap(broken)
        for piece in lost[: len(lost) // 4]:
            self.do(WriteOffPiece(piece=piece.id, reason="确认无法找回"), 12)

    def _replace_old_batteries(self, pieces: list[Piece]) -> None:
        """One pilot village has got half of its new ones; the rest is overdue."""
        today = self.day(0)
        old = [each for each in pieces if each.due_on is not None and each.due_on <= today]
        codes = {each.id: each.code for each in self.articles}
        for piece in old[: len(old) // 2 if len(old) > 20 else 0][:9]:
            line = Line(codes[piece.article], 1, piece.size)
            self.do(IssuePieces(depot=self.depots[0].id, kit=piece.kit, lines=(line,), old="expired",
                                reason="电池到期更换"), 20)  # fmt: skip

    def _swap(self, broken: list[Piece]) -> None:
        """Some of what broke was replaced from the village's own shelf."""
        for piece in broken[::2]:
            shelf = [each for each in self.find("piece", village=piece.village, article=piece.article, state="issued")
                     if each.kit is None and each.size == piece.size]  # fmt: skip
            if shelf:
                self.do(PutInKit(kit=piece.kit or "", piece=shelf[0].id, reason="更换损坏件"), 3)

    def take_back(self) -> None:
        """Somebody gave his kit back to the village, and somebody else got one that lay there."""
        kits: list[Kit] = self.find("kit", active=True)
        given = [each for each in kits if each.worker]
        for kit in self.dice.sample(given, 1 if self.is_small else 3):
            pieces = self.find("piece", kit=kit.id, state="issued")
            self.do(TakeBackKit(kit=kit.id, found=tuple(Found(each.id) for each in pieces), reason=""), 30)
        if self.is_small:
            return
        held = {each.worker for each in kits}
        for kit in [each for each in kits if each.worker is None][:2]:
            free = [each for each in self.workers if each.village == kit.village and each.id not in held]
            if free:
                self.do(HandOutKit(kit=kit.id, worker=free[0].id, on=self.day(15)), 15)
                held.add(free[0].id)

    # --- last quarter's round -------------------------------------------------------------------------------------

    def round(self) -> None:
        """Every village counted; what was not found was made so, with its reason."""
        day = self.now.astimezone(self.zone).date() - timedelta(days=ROUND)
        made = self.do(OpenRound(name=f"{day.year}年第{(day.month + 2) // 3}季度盘点"), ROUND)
        by_village: dict[str, list[Piece]] = {}
        for piece in self.find("piece"):
            if piece.village is not None and piece.issued_on <= day.isoformat():
                by_village.setdefault(piece.village, []).append(piece)
        for number, pieces in enumerate(by_village.values()):
            counts, gone = [], []
            for piece in pieces:
                lost = piece.state == "issued" and piece.kit is not None and self.dice.random() < 0.004
                gone += [piece.id] if lost else []
                seen: Any = "missing" if lost else piece.state if piece.state in ("missing", "damaged") else "issued"
                counts.append(Count(piece.id, seen))
            days = ROUND - 1 - number // 4
            self.do(RecordCounts(round=made["stock_round"], counts=tuple(counts), source="sheet"), days)
            if gone:
                reason = "盘点未见，已登记遗失"
                self.do(SettleCounts(round=made["stock_round"], pieces=tuple(gone), reason=reason), days)
        reason = "盘点后才发放的未计入"
        self.do(CloseRound(round=made["stock_round"], leave_uncounted=True, reason=reason), ROUND - 8)


def enter(database: Database, runner: CommandRunner, now: datetime, root: str, folder: Path) -> None:
    """Put stores and kits into a sample whose villages, workers and articles are there."""
    if not (folder / "depots.csv").exists():
        return
    stores = _Stores(database, runner, now, root, folder)
    stores.equip()
    stores.issue()
    stores.wear()
    stores.take_back()
    if not stores.is_small:
        stores.round()
    stores.use()
