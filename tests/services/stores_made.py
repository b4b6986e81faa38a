"""What tests of stores and kits have in common: a storekeeper on the tiny township, with a depot of his own."""

from collections import Counter
from datetime import date
from typing import Any

from commandcenter.rules.kits import AWAY
from commandcenter.services.articles import AddDepot
from commandcenter.services.stock import Line
from commandcenter.services.stores import ReceiveStock
from commandcenter.storage.stores import balances

YUNLING, OHARA, MILLBROOK = "999101100201", "999101100001", "999101100202"
TODAY = date(2025, 6, 30)
KIT = {"K01": "", "K02": "L", "K03": "", "K04": "", "K05": "", "K06": "", "K07": ""}
"""The shipped pieces of a kit, with a size where they have one."""


def do(session: Any, command: Any, **how: Any) -> Any:
    return session.runner.execute(command, **how).value


def some(session: Any, kind: str, /, **where: Any) -> list[Any]:
    with session.read("real") as reader:
        return list(reader.find(kind, **where))


def one(session: Any, kind: str, id: str) -> Any:
    with session.read("real") as reader:
        return reader.get(kind, id)


def village(session: Any, code: str = YUNLING) -> Any:
    return some(session, "village", code=code)[0]


def article(session: Any, code: str) -> Any:
    return some(session, "article", code=code)[0]


def depot(session: Any, name: str = "测试库", *, kits: int = 0, **more: int) -> str:
    """A new depot that holds enough for so many kits (vests of size L), and more of single articles."""
    id = str(do(session, AddDepot(name=name))["depot"])
    lines = [Line(code, kits + more.get(code, 0), size) for code, size in KIT.items() if kits + more.get(code, 0)]
    if lines:
        do(session, ReceiveStock(depot=id, lines=tuple(lines), source="测试"))
    return id


def stock(session: Any, depot: str, code: str, size: str = "") -> int:
    with session.database.read() as connection:
        return balances(connection, ("real",)).get((depot, article(session, code).id, size), 0)


def kits_at(session: Any, code: str = YUNLING) -> list[Any]:
    return some(session, "kit", village=village(session, code).id, active=True, order=("code",))


def pieces_of(session: Any, kit: str) -> dict[str, Any]:
    """The pieces of a kit that are out, by the code of their article."""
    codes = {each.id: each.code for each in some(session, "article")}
    return {codes[each.article]: each for each in some(session, "piece", kit=kit) if each.state in AWAY}


def check_books(session: Any) -> None:
    """What must be true of stock and pieces at any time, article by article."""
    moves = [each for each in some(session, "stock_move") if not each.struck]
    states: dict[str, Counter[str]] = {}
    for piece in some(session, "piece"):
        states.setdefault(piece.article, Counter())[piece.state] += 1
    for each in some(session, "article"):
        mine = [move for move in moves if move.article == each.id]
        kinds: Counter[str] = Counter()
        for move in mine:
            kinds[move.kind] += move.change if move.kind in ("counted", "moved") else move.amount
        settled_out = [move for move in mine if move.of and move.kind in ("damaged", "lost", "written_off")]
        out = sum(move.amount for move in mine if move.kind == "issued" and not move.pieces)
        out -= sum(move.amount for move in mine if move.of and move.kind in ("returned", "damaged", "lost",
                                                                             "written_off"))  # fmt: skip
        count = states.get(each.id, Counter())
        away = sum(count[state] for state in AWAY)
        balance = sum(move.change for move in mine)
        gone = kinds["lost"] + kinds["damaged"] + kinds["written_off"] + count["written_off"]
        assert balance + away + out == kinds["received"] + kinds["counted"] - gone, (each.code, kinds, count)
        assert kinds["moved"] == 0 and all(move.change == 0 for move in settled_out), each.code
        crossed = -sum(move.change for move in mine if move.pieces)
        assert crossed == away + count["written_off"], each.code
    with session.database.read() as connection:
        for key, amount in balances(connection, ("real",)).items():
            assert amount >= 0 or any(move.override for move in moves if (move.depot, move.article) == key[:2]), key
