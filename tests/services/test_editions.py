"""Editions of printed books: who holds which, and what has changed since – on both engines, from any desk."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.rules.editions import Standing
from commandcenter.services import (
    book_holders,
    book_printing,
    commands,
    databases,
    edition_holding,
    editions,
    kit_board,
    kit_reading,
)
from commandcenter.services.attention import ConfirmAttention, TakeAttention
from commandcenter.services.books import Order
from commandcenter.services.editions import PrintBooks, SetEdition
from commandcenter.services.households import AddHousehold, AddResident, EditHousehold, EditResident
from commandcenter.services.kits import Found, HandOutKit, IssueKits, NewKit, TakeBackKit
from commandcenter.services.people import AddWorker, EditContact, EditDutyHolder, EditWorker
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.undo import Undo
from commandcenter.storage import editions as kept
from tests.services.stores_made import MILLBROOK, TODAY, YUNLING, depot, do, kits_at, one, pieces_of, some, village
from tests.storage import stream

HANDBOOK, CONTACTS = "K01", "K03"


@pytest.fixture
def keeper(town: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "quartermaster", ManualClock(stream.EVENING))


@pytest.fixture
def duty(town: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "duty1", ManualClock(stream.EVENING))


def grids(desk: Any, code: str = YUNLING) -> list[Any]:
    return sorted(some(desk, "grid", village=village(desk, code).id), key=lambda each: each.code)


def printed(desk: Any, kind: str = "handbook", *, handed: bool = True, **how: Any) -> dict[str, Any]:
    """Print the books of both villages."""
    ids = ([each.id for code in (YUNLING, MILLBROOK) for each in grids(desk, code)] if kind == "handbook"
           else [village(desk, code).id for code in (YUNLING, MILLBROOK)])  # fmt: skip
    return do(desk, PrintBooks(kind=kind, subjects=tuple(ids), handed=handed, **how))  # type: ignore[no-any-return, arg-type]


def standings(desk: Any) -> dict[str, Standing]:
    """How books stand, by piece."""
    with desk.read("real") as reader:
        return {each.holder.piece: each for each in edition_holding.standings(reader)}


def stale(desk: Any, kind: str | None = None) -> set[str]:
    """The workers whose books are stale."""
    return {each.holder.worker for each in standings(desk).values()
            if each.state == "stale" and kind in (None, each.holder.kind)}  # fmt: skip


def everybody(desk: Any) -> set[str]:
    return {each.holder.worker for each in standings(desk).values()}


def edit(desk: Any, command: Any, kind: str, id: str, phone: str) -> Any:
    was = one(desk, kind, id).phone
    return desk.runner.execute(command(**{kind: id, "changed": {"phone": phone}, "was": {"phone": was}}))


def keepers_of(desk: Any, village_code: str) -> list[Any]:
    """Those with a handbook in their kit."""
    mine = {each.holder.worker for each in standings(desk).values() if each.holder.kind == "handbook"}
    return [each for each in some(desk, "worker", village=village(desk, village_code).id, active=True)
            if each.id in mine]  # fmt: skip


# --- printing -----------------------------------------------------------------------------------------------------


def test_a_book_is_an_edition_only_when_it_differs_from_the_newest(duty: Any) -> None:
    first = printed(duty)
    again = printed(duty)
    assert all(each["number"] == 1 and each["new"] for each in first["editions"])
    assert [each["code"] for each in again["editions"]] == [each["code"] for each in first["editions"]]
    assert not any(each["new"] for each in again["editions"])
    worker = keepers_of(duty, YUNLING)[0]
    edit(duty, EditWorker, "worker", worker.id, "15412345678")
    third = printed(duty)
    mine = next(each for each in third["editions"] if each["subject"] == worker.grid)
    assert mine["new"] and mine["number"] == 2 and not all(each["new"] for each in third["editions"])
    assert len({each.code for each in some(duty, "edition")}) == len(some(duty, "edition"))


def test_nothing_that_is_stored_holds_a_value(duty: Any) -> None:
    worker = keepers_of(duty, YUNLING)[0]
    made = printed(duty)
    with duty.database.read() as connection:
        content = kept.lines(connection, [each["edition"] for each in made["editions"]])
        log = str([dict(row) for row in connection.exec_driver_sql("SELECT * FROM change_log").mappings()])
    assert any(key.id == worker.id and key.what == "phone" for lines in content.values() for key in lines)
    assert worker.phone and worker.phone not in str(content)
    digests = {value for lines in content.values() for key, value in lines.items() if key.id == worker.id}
    assert digests and not any(each in log for each in digests if each)


@pytest.mark.parametrize("bad", [
    {"subjects": ()}, {"subjects": ("nowhere",)}, {"kind": "contact_book"},
    {"kind": "contact_book", "subjects": ("x",)},
])  # fmt: skip
def test_what_cannot_be_printed_is_refused(duty: Any, bad: dict[str, Any]) -> None:
    given = {"kind": "handbook", "subjects": (grids(duty)[0].id,), **bad}
    with pytest.raises(BadInput):
        do(duty, PrintBooks(**given))


def test_a_viewer_prints_no_editions(town: str, open_desk: Callable[..., Any]) -> None:
    viewer = open_desk(town, "viewer", ManualClock(stream.EVENING))
    with pytest.raises(NotAllowed):
        do(viewer, PrintBooks(kind="handbook", subjects=(grids(viewer)[0].id,)))


def test_each_printing_stands_in_the_log_beside_its_edition(duty: Any) -> None:
    printed(duty, handed=False)
    printed(duty, handed=False)
    with duty.read("real") as reader:
        lines = [line.change.id for line in reader.history(entity="edition") if line.change.op == "print"]
    assert sorted(lines) == sorted(2 * [each.id for each in some(duty, "edition")]) and lines


# --- whose book is stale ------------------------------------------------------------------------------------------


def test_one_phone_makes_exactly_the_right_holders_stale_on_both_desks(
    duty: Any, town: str, open_desk: Callable[..., Any]
) -> None:
    """A keeper's, a contact's and a duty holder's number: his own book, his neighbours', those of his village."""
    printed(duty)
    printed(duty, "contact_book")
    other = open_desk(town, "quartermaster", ManualClock(stream.EVENING))
    assert stale(duty) == stale(other) == set() and len(everybody(duty)) > 1
    worker = keepers_of(duty, YUNLING)[0]
    done = edit(duty, EditWorker, "worker", worker.id, "15412345678")
    wanted = holders_that_name(duty, worker.id)
    assert worker.id in wanted["handbook"] and wanted["contact_book"]
    for desk in (duty, other):
        assert stale(desk, "handbook") == wanted["handbook"]
        assert stale(desk, "contact_book") == wanted["contact_book"]
        assert all(desk_village(desk, each) == village(desk).id for each in stale(desk, "contact_book"))
    do(duty, Undo(target=done.command))
    assert stale(duty) == stale(other) == set(), "taken back, everybody's book is right again"
    contact = next(each for each in some(duty, "contact", active=True) if each.phone)
    edit(duty, EditContact, "contact", contact.id, "15487654321")
    wanted = holders_that_name(duty, contact.id)
    assert wanted["contact_book"] and stale(other, "contact_book") == wanted["contact_book"]
    assert stale(other, "handbook") == wanted["handbook"]
    done = edit(duty, EditContact, "contact", contact.id, contact.phone)
    assert stale(other) == set(), "the digest is of the value, not of a version of it"
    holder = next(each for each in some(duty, "duty_holder", active=True) if each.village == village(duty).id)
    edit(duty, EditDutyHolder, "duty_holder", holder.id, "15411112222")
    wanted = holders_that_name(duty, holder.id)
    assert stale(other, "contact_book") == wanted["contact_book"] != set()
    assert stale(other, "handbook") == wanted["handbook"]


def desk_village(desk: Any, worker: str) -> Any:
    return one(desk, "worker", worker).village


def holders_that_name(desk: Any, person: str) -> dict[str, set[str]]:
    """Whose printed book says something of somebody, straight from the lines: by kind."""
    found: dict[str, set[str]] = {"handbook": set(), "contact_book": set()}
    with desk.database.read() as connection:
        lines = kept.lines(connection, [each.id for each in some(desk, "edition")])
    codes = {each.code: each.id for each in some(desk, "edition")}
    for each in standings(desk).values():
        mine = lines.get(codes.get(each.holder.code, ""), {})
        if any(key.id == person for key in mine):
            found[each.holder.kind].add(each.holder.worker)
    return found


def test_what_changed_is_told_page_by_page(duty: Any) -> None:
    printed(duty)
    worker = keepers_of(duty, YUNLING)[0]
    edit(duty, EditWorker, "worker", worker.id, "15412345678")
    (mine,) = [each for each in standings(duty).values() if each.holder.worker == worker.id and each.state == "stale"]
    pages = {each.page: {(d.id, d.what, d.how) for d in each.differences} for each in mine.pages}
    assert pages["cover"] == {(worker.id, "phone", "changed")} and "calls" in pages and "map" not in pages


def test_a_stale_book_is_a_gap_for_board_card_and_pick_list_alike(duty: Any) -> None:
    printed(duty, "contact_book")
    with duty.read("real") as reader:
        before = kit_board.board(reader, TODAY)
    worker = keepers_of(duty, YUNLING)[0]
    edit(duty, EditWorker, "worker", worker.id, "15412345678")
    with duty.read("real") as reader:
        board = kit_board.board(reader, TODAY)
        old = {id for id, each in board.books.items() if each.state == "stale"}
        listed = kit_reading.pick_list(reader, TODAY, None, old)
    slots = [slot for row in board.kits for slot in row.slots if slot.state == "stale"]
    assert {slot.piece.id for slot in slots if slot.piece} == old and old
    article = slots[0].article.id
    rows = [{row.village.id: row.gaps.get(article, 0) for row in each.matrix.rows} for each in (before, board)]
    assert rows[1][village(duty).id] == rows[0][village(duty).id] + len(old)
    lines = [line for stop in listed.stops for line in stop.lines if line.is_printed]
    assert {line.slot.piece.id for line in lines if line.slot.piece} == old
    assert not any(load.article.id == article and load.wanted >= len(old) for load in listed.loads
                   if not rows[0][village(duty).id])  # fmt: skip


def test_pages_that_changed_are_printed_for_those_who_lack_them(duty: Any) -> None:
    printed(duty, "contact_book")
    with pytest.raises(RuleError) as nothing:
        printed(duty, "contact_book", handed=False, changed_only=True)
    assert nothing.value.code == "edition.nothing_changed"
    worker = keepers_of(duty, YUNLING)[0]
    edit(duty, EditWorker, "worker", worker.id, "15412345678")
    waiting = stale(duty)
    done = duty.runner.execute(PrintBooks(
        kind="contact_book", subjects=(village(duty).code, village(duty, MILLBROOK).code), changed_only=True
    ))  # fmt: skip
    assert {each["worker"] for each in done.value["holders"]} == waiting
    assert [each["subject"] for each in done.value["editions"]] == [village(duty).id], "no edition that nobody needs"
    assert done.value["editions"][0]["number"] == 2 and stale(duty) == set()
    do(duty, Undo(target=done.command))
    assert stale(duty) == waiting and all(each.number == 1 for each in some(duty, "edition"))


# --- who holds what -----------------------------------------------------------------------------------------------


def fresh_kit(desk: Any, *, name: str = "新员甲", worker: bool = True) -> tuple[Any, Any]:
    """A worker of a grid, and a kit that is his or lies at his village."""
    grid = grids(desk)[0]
    id = do(desk, AddWorker(name=name, village=YUNLING, grid=grid.code, vest_size="L"))["worker"]
    at = depot(desk, name=f"库{name}", kits=1)
    do(desk, IssueKits(village=village(desk).id, depot=at, kits=(NewKit(id if worker else None, "L"),)))
    kit = max(kits_at(desk), key=lambda each: each.code)
    return one(desk, "worker", id), kit


def test_handing_out_makes_a_book_the_newest_of_his_grid_and_village(duty: Any) -> None:
    _, before = fresh_kit(duty, name="新员零")
    assert pieces_of(duty, before.id)[HANDBOOK].edition == "", "nothing was printed yet"
    grid = grids(duty)[0]
    hand = do(duty, PrintBooks(kind="handbook", subjects=(grid.id,)))["editions"][0]["code"]
    contacts = do(duty, PrintBooks(kind="contact_book", subjects=(village(duty).id,)))["editions"][0]["code"]
    newcomer, issued = fresh_kit(duty)
    assert pieces_of(duty, issued.id)[HANDBOOK].edition == hand
    assert newcomer.id in stale(duty, "handbook"), "he stands in none of those that were printed before he came"
    worker, lying = fresh_kit(duty, name="新员乙", worker=False)
    assert pieces_of(duty, lying.id)[HANDBOOK].edition == ""
    done = duty.runner.execute(HandOutKit(kit=lying.id, worker=worker.id))
    mine = pieces_of(duty, lying.id)
    assert (mine[HANDBOOK].edition, mine[CONTACTS].edition) == (hand, contacts)
    do(duty, Undo(target=done.command))
    assert pieces_of(duty, lying.id)[HANDBOOK].edition == ""


def test_a_known_edition_stays_when_the_kit_goes_to_another(duty: Any) -> None:
    printed(duty)
    kit = next(each for each in kits_at(duty) if each.worker and HANDBOOK in pieces_of(duty, each.id))
    worker = one(duty, "worker", kit.worker)
    book = pieces_of(duty, kit.id)[HANDBOOK]
    assert book.edition
    found = tuple(Found(each.id) for each in pieces_of(duty, kit.id).values() if each.state == "issued")
    do(duty, TakeBackKit(kit=kit.id, found=found))
    elsewhere = next(each for each in grids(duty) if each.id != worker.grid)
    other = do(duty, AddWorker(name="新员丙", village=YUNLING, grid=elsewhere.code))["worker"]
    do(duty, HandOutKit(kit=kit.id, worker=other))
    (mine,) = [each for each in standings(duty).values() if each.holder.piece == book.id]
    assert mine.state == "stale" and mine.other and mine.edition is not None


def test_an_edition_is_set_by_its_code_and_must_fit(duty: Any) -> None:
    printed(duty, handed=False)
    printed(duty, "contact_book", handed=False)
    kit = next(each for each in kits_at(duty) if each.worker and HANDBOOK in pieces_of(duty, each.id))
    worker, mine = one(duty, "worker", kit.worker), pieces_of(duty, kit.id)
    codes = {(each.kind, each.subject): each.code for each in some(duty, "edition")}
    right = codes["handbook", worker.grid]
    done = duty.runner.execute(SetEdition(piece=mine[HANDBOOK].code, edition=right.lower()))
    assert one(duty, "piece", mine[HANDBOOK].id).edition == right
    do(duty, Undo(target=done.command))
    assert one(duty, "piece", mine[HANDBOOK].id).edition == ""
    wrong = next(code for (kind, subject), code in codes.items() if kind == "handbook" and subject != worker.grid)
    for given, error in ((wrong, "edition.other_subject"), ("E-999999", "edition.unknown"),
                         (codes["contact_book", worker.village], "edition.other_kind")):  # fmt: skip
        with pytest.raises((BadInput, RuleError)) as refused:
            do(duty, SetEdition(piece=mine[HANDBOOK].id, edition=given))
        assert refused.value.code == error
    other = next(each for code, each in mine.items() if code not in (HANDBOOK, CONTACTS))
    with pytest.raises(BadInput):
        do(duty, SetEdition(piece=other.id, edition=right))
    do(duty, SetEdition(piece=mine[HANDBOOK].id, edition=""))


def test_a_printing_that_somebody_holds_is_not_taken_back(duty: Any) -> None:
    kit = next(each for each in kits_at(duty) if each.worker and HANDBOOK in pieces_of(duty, each.id))
    worker = one(duty, "worker", kit.worker)
    done = duty.runner.execute(PrintBooks(kind="handbook", subjects=(worker.grid,)))
    code = done.value["editions"][0]["code"]
    do(duty, SetEdition(piece=pieces_of(duty, kit.id)[HANDBOOK].id, edition=code))
    with pytest.raises(RuleError) as refused:
        do(duty, Undo(target=done.command))
    assert refused.value.code == "edition.held"
    do(duty, SetEdition(piece=pieces_of(duty, kit.id)[HANDBOOK].id, edition=""))
    undone = duty.runner.execute(Undo(target=done.command))
    assert some(duty, "edition") == []
    do(duty, Undo(target=undone.command))
    assert [each.code for each in some(duty, "edition")] == [code]
    do(duty, SetEdition(piece=pieces_of(duty, kit.id)[HANDBOOK].id, edition=code))
    assert stale(duty) == set(), "put again, it has its lines again"


# --- erasing ------------------------------------------------------------------------------------------------------


def test_erasing_a_person_leaves_no_digest_and_the_line_counts_as_changed(
    duty: Any, town: str, open_desk: Callable[..., Any]
) -> None:
    printed(duty)
    printed(duty, "contact_book")
    contact = next(each for each in some(duty, "contact", active=True) if each.phone and each.village is None)
    named = holders_that_name(duty, contact.id)
    chief = open_desk(town, "supervisor", ManualClock(stream.EVENING))
    erase(chief, contact.id)
    with duty.database.read() as connection:
        lines = kept.lines(connection, [each.id for each in some(duty, "edition")])
    digests = [value for each in lines.values() for key, value in each.items() if key.id == contact.id]
    assert digests and not any(digests)
    assert stale(duty, "contact_book") == named["contact_book"] and stale(duty, "handbook") == named["handbook"]
    again = printed(duty, "contact_book")
    assert any(each["new"] for each in again["editions"]) and stale(duty, "contact_book") == set()
    assert databases.check(duty.database).sound


def erase(desk: Any, contact: str) -> None:
    """With whatever mentions the contact redacted."""
    command = ErasePerson(entity="contact", subject=contact, reason="本人去世")
    try:
        do(desk, command)
    except RuleError as undecided:
        do(desk, ErasePerson(entity="contact", subject=contact, reason="本人去世",
                             redact=tuple(undecided.facts["texts"])))  # fmt: skip


# --- the attention list (issue 5, must show 5) ------------------------------------------------------------------------

ELDER, PHONE, NEED = "慕容翠翠", "15487654321", "卧床靠电吸氧"


def elder(desk: Any, grid: Any, **more: Any) -> dict[str, str]:
    """Somebody of the register who stands on the attention list of a grid."""
    house = AddHousehold(head="慕容大川", grid=grid.code, address="后湾 9 号", phone="15487650000")
    home = do(desk, house)["household"]
    given = {"name": ELDER, "phone": PHONE, "care": "power", "needs": NEED} | more
    resident = do(desk, AddResident(household=home, **given))["resident"]
    item = do(desk, TakeAttention(residents=(resident,), ground="consent", source="走访"))["attention_items"][0]
    return {"household": home, "resident": resident, "item": item}


def of_grid(desk: Any, grid: Any) -> set[str]:
    return {each.id for each in keepers_of(desk, YUNLING) if each.grid == grid.id}


@pytest.mark.soak
def test_an_elders_phone_makes_exactly_the_holders_of_that_grid_stale_on_both_desks(
    duty: Any, town: str, open_desk: Callable[..., Any]
) -> None:
    grid = one(duty, "grid", keepers_of(duty, YUNLING)[0].grid)
    who = elder(duty, grid)
    printed(duty)
    printed(duty, "contact_book")
    other = open_desk(town, "quartermaster", ManualClock(stream.EVENING))
    wanted = of_grid(duty, grid)
    assert wanted and wanted < {each.holder.worker for each in standings(duty).values()} and stale(other) == set()
    change = EditResident(resident=who["resident"], changed={"phone": "15411112222"}, was={"phone": PHONE})
    done = duty.runner.execute(change)
    for desk in (duty, other):
        assert stale(desk, "handbook") == wanted and stale(desk, "contact_book") == set()
    (mine,) = [each for each in standings(other).values() if each.state == "stale"][:1]
    assert [each.page for each in mine.pages] == ["attention"]
    assert {(d.kind, d.what) for d in mine.pages[0].differences} == {("resident", "phone")}
    do(duty, Undo(target=done.command))
    assert stale(duty) == stale(other) == set()
    do(duty, EditHousehold(household=who["household"], changed={"phone": "15433334444"}, was={"phone": "15487650000"}))
    assert stale(other) == set(), "the number of the house is on no page while the elder has one"


@pytest.mark.soak
def test_an_elder_who_dies_is_gone_from_pages_search_and_digests_and_holders_are_listed(
    duty: Any, town: str, open_desk: Callable[..., Any]
) -> None:
    grid = one(duty, "grid", keepers_of(duty, YUNLING)[0].grid)
    who = elder(duty, grid)
    printed(duty)
    wanted = of_grid(duty, grid)
    chief = open_desk(town, "supervisor", ManualClock(stream.EVENING))
    counted = [len(some(duty, kind)) for kind in ("household", "resident", "attention_item", "incident", "edition")]
    command = ErasePerson(entity="resident", subject=who["resident"], reason="去世")
    try:
        do(chief, command)
    except RuleError as undecided:
        do(chief, replace(command, redact=tuple(undecided.facts["texts"])))
    ids = {who["resident"], who["item"]}
    with duty.database.read() as connection:
        lines = kept.lines(connection, [each.id for each in some(duty, "edition")])
        log = str([dict(row) for row in connection.exec_driver_sql("SELECT * FROM change_log").mappings()])
    digests = [value for each in lines.values() for key, value in each.items() if key.id in ids]
    assert digests and not any(digests)
    assert stale(duty, "handbook") == wanted == stale(chief, "handbook")
    with duty.read("real") as reader:
        assert reader.search_texts(ELDER) == reader.search_texts(PHONE) == []
        rows = book_holders.told(reader)
    assert {row["worker"] for row in rows if row["state"] == "stale"} == wanted
    content = book_printing.single(duty, book_printing.job(duty, [Order("handbook", grid.id)], "none")).content
    text = "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert not any(each in text for each in (ELDER, PHONE, NEED)) and not any(each in log for each in (ELDER, PHONE))
    now = [len(some(duty, kind)) for kind in ("household", "resident", "attention_item", "incident", "edition")]
    assert now == counted and databases.check(duty.database).sound


def test_who_lacks_an_entry_that_was_confirmed_has_an_old_page(duty: Any) -> None:
    """That a day has passed makes no book old: the page says until when each entry holds."""
    grid = one(duty, "grid", keepers_of(duty, YUNLING)[0].grid)
    who = elder(duty, grid)
    printed(duty)
    duty.clock.advance(days=100)
    assert stale(duty, "handbook") == set()
    do(duty, ConfirmAttention(items=(who["item"],)))
    assert stale(duty, "handbook") == of_grid(duty, grid)
    printed(duty)
    assert stale(duty, "handbook") == set()


# --- two at once --------------------------------------------------------------------------------------------------


def test_a_number_that_changes_while_a_book_is_made_is_in_the_edition(
    duty: Any, town: str, open_desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = keepers_of(duty, YUNLING)[0]
    other = open_desk(town, "duty2", ManualClock(stream.EVENING))
    spec, times = commands.COMMANDS["print_books"], list[int]()

    def meddled(cmd: Any, ctx: Any) -> Any:
        found = editions.compare_books(cmd, ctx)
        times.append(1)
        if len(times) == 1:
            edit(other, EditWorker, "worker", worker.id, "15412345678")
        return found

    monkeypatch.setitem(commands.COMMANDS, "print_books", replace(spec, compare=meddled))
    printed(duty)
    assert len(times) == 2 and stale(duty) == set()
