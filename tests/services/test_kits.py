"""Kits: issued to a village, handed out by name, mended piece by piece, taken back; and that eight pieces need no
code."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, Refused, RuleError
from commandcenter.services import kit_reading
from commandcenter.services.articles import AddArticle
from commandcenter.services.kits import Found, HandOutKit, IssueKits, NewKit, ReceiveKits, TakeBackKit
from commandcenter.services.people import AddWorker
from commandcenter.services.pieces import IssuePieces, MarkPiece, PutInKit, ReturnPieces, ShelvePiece, WriteOffPiece
from commandcenter.services.stock import Line
from commandcenter.services.stores import ReceiveStock
from commandcenter.services.undo import Undo
from tests.services.stores_made import (
    OHARA,
    TODAY,
    YUNLING,
    article,
    check_books,
    depot,
    do,
    one,
    pieces_of,
    some,
    stock,
    village,
)
from tests.storage import stream


@pytest.fixture
def keeper(town: str, open_desk: Callable[..., Any]) -> Any:
    """The storekeeper's session, on each engine in turn."""
    return open_desk(town, "quartermaster", ManualClock(stream.EVENING))


def workers(session: Any, count: int, at: str = YUNLING, size: str = "L") -> list[str]:
    """New workers of a village, who have no kit."""
    return [str(do(session, AddWorker(name=f"新员{number}", village=at, vest_size=size))["worker"])
            for number in range(count)]  # fmt: skip


def issued(session: Any, count: int = 1, *, handed: bool = True) -> tuple[str, list[Any]]:
    """A depot, and so many kits from it."""
    at = depot(session, kits=count)
    people = workers(session, count) if handed else [None] * count
    made = do(session, IssueKits(village=YUNLING, depot=at, kits=tuple(NewKit(each, "L") for each in people)))
    return at, [some(session, "kit", code=code)[0] for code in made["kits"]]


def states(session: Any, kit: str) -> list[str]:
    with session.read("real") as reader:
        row = kit_reading.kit_of(reader, kit, TODAY)
    assert row is not None
    return [each.state for each in row.slots]


# --- issue 5, must show 1 -------------------------------------------------------------------------------------------


def test_fifteen_kits_thirteen_handed_out_one_torch_swapped_one_vest_short(keeper: Any) -> None:
    at = depot(keeper, kits=15)
    do(keeper, ReceiveStock(depot=at, lines=(Line("K02", 1, "XL"),)))
    people = workers(keeper, 13) + workers(keeper, 2, size="XL")
    code = do(keeper, AddWorker(name="七格员", grid="999101100201001", vest_size="L"))["worker"]
    people[6] = code
    do(keeper, IssuePieces(depot=depot(keeper, "备件库", K04=2), village=YUNLING, lines=(Line("K04", 2),)))
    kits = (*tuple(NewKit(each) for each in people[:12]), NewKit(None, "L"), NewKit(people[13]), NewKit(None, "XL"))
    with pytest.raises(RuleError) as caught:
        do(keeper, IssueKits(village=YUNLING, depot=at, kits=kits))
    assert caught.value.code == "kit.short" and "XL 1/2" in caught.value.facts["what"]
    assert stock(keeper, at, "K01") == 15
    made = do(keeper, IssueKits(village=YUNLING, depot=at, kits=kits, received_by="何远明", short_ok=True))
    assert len(made["kits"]) == 15 and made["pieces"] == 104
    assert [(each["article"], each["lacking"]) for each in made["waiting"]] == [("马甲 XL", 1)]
    do(keeper, ReceiveKits(issue=made["kit_issue"], by="何远明"))

    kit = some(keeper, "kit", worker=people[6], active=True)[0]
    before = pieces_of(keeper, kit.id)["K04"]
    with keeper.read("real") as reader:
        shelf = next(each for each in kit_reading.shelf(reader, kit.village, TODAY) if each.article.code == "K04")
    spare = shelf.good[0]
    do(keeper, PutInKit(kit=kit.code, piece=spare.code, old="damaged", reason="进水不亮"))
    assert pieces_of(keeper, kit.id)["K04"].id == spare.id
    assert (one(keeper, "piece", before.id).state, one(keeper, "piece", before.id).kit) == ("damaged", None)

    with keeper.read("real") as reader:
        mine = [each for each in kit_reading.kits_of(reader, kit.village, TODAY) if each.kit.code in made["kits"]]
        sheet = kit_reading.issue_sheet(reader, made["kit_issue"])
        row = next(each for each in kit_reading.matrix(reader, TODAY).rows if each.village.code == YUNLING)
    assert sum(1 for each in mine if each.worker) == 13 and sum(1 for each in mine if not each.worker) == 2
    gaps = [(each.worker is None, gap.article.code, gap.state) for each in mine for gap in each.gaps]
    assert gaps == [(True, "K02", "waiting")]
    assert row.missing >= 1 and row.lying >= 2
    assert sheet is not None and sheet.issue.received_by == "何远明" and sheet.issue.received_on == "2025-06-30"
    assert len(sheet.kits) == 15 and sum(len(pieces) for _, _, pieces in sheet.kits) == 104 and sheet.shelf == ()
    assert next(pieces for of, _, pieces in sheet.kits if of.id == kit.id)[3].id == before.id
    check_books(keeper)


@pytest.mark.parametrize(
    ("sizes", "code"), [("M*6 L*6 XL*3", "kit.size_unknown"), ("M L", "kit.size_unknown"), ("Q", "kit.size_unknown"),
                        ("XL 42", "kit.size_unknown"), ("*", "kit.size_unknown"), ("", "kit.size_unsaid")],
)  # fmt: skip
def test_a_kit_of_sizes_that_there_are_not_is_refused_with_those_there_are(keeper: Any, sizes: str, code: str) -> None:
    at = depot(keeper, kits=3)
    with pytest.raises(BadInput) as caught:
        do(keeper, IssueKits(village=YUNLING, depot=at, kits=(NewKit(None, "L"), NewKit(None, sizes))))
    assert caught.value.code == code and caught.value.facts["known"] == "S、M、L、XL、XXL"
    assert stock(keeper, at, "K01") == 3


def test_of_a_worker_without_a_size_his_name_is_said(keeper: Any) -> None:
    at, (who,) = depot(keeper, kits=1), workers(keeper, 1, size="")
    with pytest.raises(BadInput) as caught:
        do(keeper, IssueKits(village=YUNLING, depot=at, kits=(NewKit(who),)))
    assert caught.value.code == "kit.size_of_worker" and caught.value.facts["name"] == "新员0"


def test_eight_pieces_tomorrow_are_a_setting(keeper: Any) -> None:
    at, (kit,) = issued(keeper)
    assert states(keeper, kit.id) == ["good"] * 7
    do(keeper, AddArticle(code="K08", name="雨衣", category="kit", unit="件", kit_place=8))
    assert states(keeper, kit.id) == ["good"] * 7 + ["waiting"]
    do(keeper, ReceiveStock(depot=at, lines=(Line("K08", 5),)))
    do(keeper, IssuePieces(depot=at, kit=kit.id, lines=(Line("K08", 1),)))
    assert states(keeper, kit.id) == ["good"] * 8
    with keeper.read("real") as reader:
        assert len(kit_reading.matrix(reader, TODAY).articles) == 8
    more = depot(keeper, "再一库", kits=1)
    do(keeper, ReceiveStock(depot=more, lines=(Line("K08", 1),)))
    made = do(keeper, IssueKits(village=YUNLING, depot=more, kits=(NewKit(None, "L"),)))
    assert made["pieces"] == 8


# --- the road of a kit ------------------------------------------------------------------------------------------------


def test_what_cannot_be_issued(keeper: Any) -> None:
    at, people = depot(keeper, kits=3), workers(keeper, 2)
    held = some(keeper, "kit", active=True)
    has = next(each for each in held if each.worker)
    elsewhere = workers(keeper, 1, OHARA)[0]
    for given, code in (
        ({"kits": ()}, "kit.how_many"), ({"kits": (NewKit(people[0]), NewKit(people[0]))}, "kit.worker_twice"),
        ({"kits": (NewKit(None, ""),)}, "kit.size_unsaid"), ({"kits": (NewKit(None, "XXXL"),)}, "kit.size_unknown"),
        ({"kits": (NewKit(has.worker, "L"),), "village": has.village}, "kit.worker_has"),
        ({"kits": (NewKit(elsewhere),)}, "kit.other_village"), ({"kits": (NewKit(None, "L"),) * 4}, "kit.short"),
        ({"kits": (NewKit("x", "L"),)}, "unknown"),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            do(keeper, IssueKits(**{"village": YUNLING, "depot": at, **given}))
        assert caught.value.code == code
    assert stock(keeper, at, "K01") == 3


def test_a_sheet_is_signed_once_and_not_before_it_was_issued(keeper: Any) -> None:
    _, (kit,) = issued(keeper)
    for given, code in (
        ({"by": " "}, "kit.receiver_needed"), ({"by": "何", "on": "2025-07-30"}, "kit.day_ahead"),
        ({"by": "何", "on": "2025-06-01"}, "kit.before_issue"), ({"by": "何", "on": "x"}, "stock.day"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            do(keeper, ReceiveKits(issue=kit.issue, **given))
        assert caught.value.code == code
    number = one(keeper, "kit_issue", kit.issue).number
    do(keeper, ReceiveKits(issue=number, by="何远明"))
    with pytest.raises(RuleError) as twice:
        do(keeper, ReceiveKits(issue=number, by="别人"))
    assert twice.value.code == "kit.received_already"


def test_a_kit_goes_from_hand_to_hand(keeper: Any) -> None:
    _, kits = issued(keeper, 2, handed=False)
    first, second = workers(keeper, 2)
    do(keeper, HandOutKit(kit=kits[0].code, worker=first))
    for given, code in (
        ({"kit": kits[0].id, "worker": second}, "kit.handed_already"),
        ({"kit": kits[1].id, "worker": first}, "kit.worker_has"),
    ):
        with pytest.raises(RuleError) as caught:
            do(keeper, HandOutKit(**given))
        assert caught.value.code == code
    pieces = pieces_of(keeper, kits[0].id)
    found = tuple(Found(each.code, "missing" if name == "K06" else "issued") for name, each in pieces.items())
    with pytest.raises(BadInput):
        do(keeper, TakeBackKit(kit=kits[0].id, found=found))
    back = keeper.runner.execute(TakeBackKit(kit=kits[0].id, found=found, reason="口哨丢了"))
    kit = one(keeper, "kit", kits[0].id)
    assert (kit.worker, kit.active) == (None, True) and states(keeper, kit.id)[5] == "missing"
    do(keeper, HandOutKit(kit=kits[1].id, worker=first))
    with pytest.raises(RuleError) as undo:
        do(keeper, Undo(target=back.command))
    assert undo.value.code == "kit.worker_has"
    do(keeper, HandOutKit(kit=kits[0].id, worker=second))


def test_six_of_seven_come_back_to_the_depot_and_the_kit_ends_with_the_missing_one_in_it(keeper: Any) -> None:
    at, (kit,) = issued(keeper)
    pieces = pieces_of(keeper, kit.id)
    part = (Found(pieces["K01"].id),)
    assert not do(keeper, TakeBackKit(kit=kit.id, found=part, to="depot", depot=at))["ended"]
    assert one(keeper, "kit", kit.id).worker == kit.worker and stock(keeper, at, "K01") == 1
    states_by = {"K06": "missing", "K04": "damaged"}
    rest = tuple(Found(each.id, states_by.get(name, "issued"))  # type: ignore[arg-type]
                 for name, each in pieces.items() if name != "K01")  # fmt: skip
    told = do(keeper, TakeBackKit(kit=kit.id, found=rest, to="depot", depot=at, reason="离任"))
    assert told["ended"] and told["returned"] == 4
    ended = one(keeper, "kit", kit.id)
    assert (ended.active, ended.worker) == (False, None)
    assert (one(keeper, "piece", pieces["K06"].id).kit, stock(keeper, at, "K04")) == (kit.id, 0)
    assert one(keeper, "piece", pieces["K04"].id).village is None
    with pytest.raises(RuleError) as caught:
        do(keeper, HandOutKit(kit=kit.id, worker=workers(keeper, 1)[0]))
    assert caught.value.code == "kit.ended"
    do(keeper, MarkPiece(piece=pieces["K04"].id, state="issued", reason="修好"))
    do(keeper, ReturnPieces(pieces=(pieces["K04"].code,), depot=at))
    assert stock(keeper, at, "K04") == 1
    check_books(keeper)


def test_what_cannot_be_taken_back(keeper: Any) -> None:
    at, (kit,) = issued(keeper, handed=False)
    mine = next(iter(pieces_of(keeper, kit.id).values()))
    for given, code in (
        ({"found": (Found(mine.id),)}, "kit.not_handed"), ({"found": (), "to": "depot"}, "kit.depot_needed"),
        ({"found": (), "to": "depot", "depot": at}, "kit.nothing_found"),
        ({"found": (Found("P-0"),), "to": "depot", "depot": at}, "kit.not_in_it"),
        ({"found": (Found(mine.id), Found(mine.code)), "to": "depot", "depot": at}, "kit.found_twice"),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            do(keeper, TakeBackKit(kit=kit.id, **given))
        assert caught.value.code == code


def test_undo_of_an_issue_puts_everything_back(keeper: Any) -> None:
    at, people = depot(keeper, kits=1), workers(keeper, 1)
    outcome = keeper.runner.execute(IssueKits(village=YUNLING, depot=at, kits=(NewKit(people[0]),)))
    assert stock(keeper, at, "K01") == 0
    undone = keeper.runner.execute(Undo(target=outcome.command))
    assert stock(keeper, at, "K01") == 1 and some(keeper, "kit", worker=people[0]) == []
    check_books(keeper)
    do(keeper, Undo(target=undone.command))
    kit = some(keeper, "kit", worker=people[0])[0]
    assert kit.code == outcome.value["kits"][0] and stock(keeper, at, "K01") == 0
    do(keeper, MarkPiece(piece=pieces_of(keeper, kit.id)["K06"].id, state="missing", reason="丢了"))
    with pytest.raises(RuleError) as caught:
        do(keeper, Undo(target=outcome.command))
    assert caught.value.code in ("undo.changed_since", "undo.has_followers")
    check_books(keeper)


# --- pieces -----------------------------------------------------------------------------------------------------------


def test_the_history_of_a_piece_explains_where_it_is(keeper: Any) -> None:
    at, (kit,) = issued(keeper)
    torch = pieces_of(keeper, kit.id)["K04"]
    do(keeper, MarkPiece(piece=torch.code, state="missing", reason="落在渡口"))
    do(keeper, MarkPiece(piece=torch.id, state="issued", reason="找回"))
    do(keeper, ShelvePiece(piece=torch.id))
    do(keeper, ReturnPieces(pieces=(torch.id,), depot=at, reason="多余"))
    with keeper.read("real") as reader:
        steps = kit_reading.history_of(reader, torch.id)
    assert [(each.command, each.state, bool(each.kit), each.village, each.reason) for each in reversed(steps)] == [
        ("issue_kits", "issued", True, "云岭村", ""), ("mark_piece", "missing", True, "云岭村", "落在渡口"),
        ("mark_piece", "issued", True, "云岭村", "找回"), ("shelve_piece", "issued", False, "云岭村", ""),
        ("return_pieces", "returned", False, "", "多余"),
    ]  # fmt: skip
    assert {each.by for each in steps} == {"库玉"}


def test_what_cannot_be_done_with_a_piece(keeper: Any) -> None:
    at, (kit,) = issued(keeper)
    at2 = depot(keeper, "备件库", K04=3, K06=1)
    sent = do(keeper, IssuePieces(depot=at2, village=YUNLING, lines=(Line("K04", 2),)))["pieces"]
    far = do(keeper, IssuePieces(depot=at2, village=OHARA, lines=(Line("K04", 1),)))["pieces"][0]
    torch = pieces_of(keeper, kit.id)["K04"]
    tries: list[tuple[Any, str]] = [
        (PutInKit(kit=kit.id, piece=sent[0]), "piece.place_full"),
        (PutInKit(kit=kit.id, piece=sent[0], old="missing"), "stock.reason_needed"),
        (PutInKit(kit=kit.id, piece=far, old="shelf"), "piece.not_on_shelf"),
        (PutInKit(kit=kit.id, piece="P-0"), "piece.unknown"),
        (MarkPiece(piece=torch.id, state="issued"), "piece.so_already"),
        (MarkPiece(piece=torch.id, state="damaged"), "stock.reason_needed"),
        (WriteOffPiece(piece=torch.id, reason=" "), "stock.reason_needed"),
        (ShelvePiece(piece=sent[0]), "piece.shelved_already"),
        (ReturnPieces(pieces=(), depot=at), "piece.how_many"),
        (ReturnPieces(pieces=(torch.id, torch.code), depot=at), "piece.twice"),
        (IssuePieces(depot=at2, lines=(Line("K06", 1),)), "piece.where_to"),
        (IssuePieces(depot=at2, kit=kit.id, lines=(Line("K06", 2),)), "piece.how_many"),
        (IssuePieces(depot=at2, kit=kit.id, lines=(Line("F01", 1),)), "piece.no_place"),
        (IssuePieces(depot=at2, village=YUNLING, lines=(Line("K06", 2),)), "stock.short"),
    ]
    for command, code in tries:
        with pytest.raises(Refused) as caught:
            do(keeper, command)
        assert caught.value.code == code, command
    do(keeper, WriteOffPiece(piece=torch.id, reason="确认遗失"))
    with pytest.raises(RuleError) as gone:
        do(keeper, MarkPiece(piece=torch.id, state="issued"))
    assert gone.value.code == "piece.not_out"
    with pytest.raises(BadInput) as empty:
        do(keeper, PutInKit(kit=kit.id, piece=sent[0], old="shelf"))
    assert empty.value.code == "piece.nothing_old"
    do(keeper, PutInKit(kit=kit.id, piece=sent[0]))
    check_books(keeper)


def test_a_replaced_piece_that_is_found_again_fills_no_place_twice(keeper: Any) -> None:
    _, (kit,) = issued(keeper)
    spare = do(keeper, IssuePieces(depot=depot(keeper, "备件库", K04=1), village=YUNLING, lines=(Line("K04", 1),)))
    torch = pieces_of(keeper, kit.id)["K04"]
    shelved = keeper.runner.execute(ShelvePiece(piece=torch.id))
    do(keeper, PutInKit(kit=kit.id, piece=spare["pieces"][0]))
    with pytest.raises(RuleError) as caught:
        do(keeper, Undo(target=shelved.command))
    assert caught.value.code == "piece.place_full"


def test_kits_are_no_part_of_a_drill(keeper: Any, town: str, open_desk: Callable[..., Any]) -> None:
    from commandcenter.services.drills import PlanDrill

    _, (kit,) = issued(keeper)
    planner = open_desk(town, "administrator")
    drill = do(planner, PlanDrill(scenario="landslide", title="演练"))["drill"]
    with pytest.raises(BadInput) as caught:
        do(planner, MarkPiece(piece=pieces_of(keeper, kit.id)["K06"].id, state="missing", reason="x"), world=drill)
    assert caught.value.code == "stock.real_only"


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_pick_list_takes_from_the_shelf_first_and_says_what_no_depot_has(keeper: Any) -> None:
    at, kits = issued(keeper, 2)
    for kit in kits:
        do(keeper, MarkPiece(piece=pieces_of(keeper, kit.id)["K05"].id, state="missing", reason="用掉"))
    do(keeper, IssuePieces(depot=depot(keeper, "备件库", K05=1), village=YUNLING, lines=(Line("K05", 1),)))
    with keeper.read("real") as reader:
        listed = kit_reading.pick_list(reader, TODAY, at)
        teeth = kit_reading.teeth(reader, TODAY)
    stop = next(each for each in listed.stops if each.village.code == YUNLING)
    mine = [each for each in stop.lines if each.kit.id in {kit.id for kit in kits}]
    assert sorted(each.order for each in listed.stops) == list(range(1, len(listed.stops) + 1))
    assert [each.slot.article.code for each in mine] == ["K05", "K05"]
    tape = article(keeper, "K05")
    load = next((each for each in listed.loads if each.article.id == tape.id), None)
    shelved = sum(1 for each in stop.lines if each.shelf is not None and each.slot.article.id == tape.id)
    wanted = sum(1 for each in stop.lines if each.slot.article.id == tape.id)
    assert shelved >= 1 and (load is None or load.lacking == load.wanted >= wanted - shelved)
    assert all(len(states) == 7 for states in teeth.values())
    assert village(keeper).name == stop.village.name
