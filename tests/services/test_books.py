"""Printed books: everything can be searched, pages are numbered within their section, masks hold, files come whole."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, NotAllowed
from commandcenter.services import attention_reading, book_printing
from commandcenter.services.attention import AddAttention
from commandcenter.services.book_content import Books
from commandcenter.services.book_parts import PAGES
from commandcenter.services.books import Order
from commandcenter.services.editions import PrintBooks
from commandcenter.services.grids import AddGrid, Corner, SetBoundary
from commandcenter.services.people import AddWorker, EditDutyHolder, EditWorker
from tests.services.stores_made import MILLBROOK, YUNLING, do, one, some, village
from tests.storage import stream


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    before = texts.current().language
    texts.use("zh_CN")
    yield
    texts.use(before)


@pytest.fixture
def town(town_url: Callable[[str], str]) -> str:
    return town_url("sqlite")


@pytest.fixture
def duty(town: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "supervisor", ManualClock(stream.EVENING))


def grids(desk: Any) -> list[Any]:
    return sorted(some(desk, "grid", village=village(desk).id), key=lambda each: each.code)


def printed(desk: Any, order: Order, imposed: Any = "none") -> bytes:
    return book_printing.single(desk, book_printing.job(desk, [order], imposed)).content


def pages(content: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def lines_of_the_cover(content: bytes) -> list[str]:
    """As they stand on the paper: by their height, not by what a reader puts together again."""
    found: dict[int, str] = {}

    def take(text: str, page: Any, place: Any, _font: Any, _size: Any) -> None:
        height = round(page[5] + page[3] * place[5])
        found[height] = found.get(height, "") + text.replace("\n", "")

    pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=take)
    return list(found.values())


def edition(desk: Any, kind: Any, subject: str) -> Any:
    made = do(desk, PrintBooks(kind=kind, subjects=(subject,)))["editions"][0]["edition"]
    return one(desk, "edition", made)


def test_a_handbook_says_who_where_and_which_edition(duty: Any) -> None:
    keeper = next(each for each in some(duty, "worker", village=village(duty).id, active=True) if each.grid)
    grid, now = one(duty, "grid", keeper.grid), edition(duty, "handbook", keeper.grid)
    found = pages(printed(duty, Order("handbook", grid.id, now)))
    assert all(each in found[0] for each in ("工作手册", "".join(grid.name.split()), keeper.name, "第1版", now.code))
    phone = keeper.phone.replace(" ", "")
    assert phone in found[0]
    titles = [texts.say(f"books.page.{page}") for page in PAGES["handbook"][1:]]
    assert all(any("".join(title.split()) in page for page in found[2:]) for title in titles)
    assert any("3–1" in page for page in found) and found[-1].count("10–")


def test_a_contact_book_names_everybody_of_the_village_and_the_town(duty: Any) -> None:
    now = edition(duty, "contact_book", village(duty).id)
    text = "".join(pages(printed(duty, Order("contact_book", village(duty).id, now))))
    mine = [each for each in some(duty, "worker", village=village(duty).id, active=True) if each.grid]
    shared = [each for each in some(duty, "contact", active=True) if each.village in (None, village(duty).id)]
    assert mine and shared
    assert all("".join(each.name.split()) in text and (each.phone or "").replace(" ", "") in text
               for each in (*mine, *shared))  # fmt: skip


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", ["handbook", "contact_book"])
def test_both_languages_stand_on_every_page(duty: Any, language: str, kind: Any) -> None:
    texts.use(language)
    subject = grids(duty)[0].id if kind == "handbook" else village(duty).id
    text = "".join(pages(printed(duty, Order(kind, subject))))
    assert "".join(texts.say(f"books.{kind}.title").split()) in text
    assert not any(each in text for each in ("books.", "paper.", "export."))


def test_a_book_is_found_by_the_name_of_its_village(duty: Any, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    for imposed in ("none", "a5", "a6"):
        (tmp_path / "book.pdf").write_bytes(printed(duty, Order("handbook", grids(duty)[0].id), imposed))
        done = subprocess.run(["pdftotext", "book.pdf", "-"], cwd=tmp_path, capture_output=True, check=True, timeout=60)
        assert village(duty).name in done.stdout.decode(), imposed


def test_pages_alone_come_with_a_slip_and_keep_their_numbers(duty: Any) -> None:
    """One section has changed: its pages, and nothing else."""
    subject = village(duty).id
    do(duty, PrintBooks(kind="contact_book", subjects=(subject,), handed=True))
    holder = next(each for each in some(duty, "duty_holder", active=True) if each.village == subject and not each.grid)
    do(duty, EditDutyHolder(duty_holder=holder.id, changed={"phone": "15412345678"}, was={"phone": holder.phone}))
    value = do(duty, PrintBooks(kind="contact_book", subjects=(subject,), changed_only=True))
    job = book_printing.after(duty, value, "none", changed_only=True)
    assert len(job.ready) == len(value["holders"]) >= 1
    found = pages(book_printing.single(duty, job).content)
    mine = job.ready[0]
    assert {each.number for each in mine.book.sections} == {"1", "5"}, "duty holders, and everybody by pinyin"
    assert "换页说明" in found[0] and "第1版" in found[0] and "第2版" in found[0] and holder.name in found[0]
    assert any("1–1" in page and "15412345678" in page for page in found[1:])
    assert not any("3–1" in page for page in found if "换页说明" not in page)


def test_a_viewer_sees_masks_on_every_page(duty: Any, town: str, open_desk: Callable[..., Any]) -> None:
    viewer = open_desk(town, "viewer", ManualClock(stream.EVENING))
    known = [each.phone for kind in ("worker", "contact", "duty_holder") for each in some(duty, kind)
             if each.phone and len(each.phone) == 11]  # fmt: skip
    assert known
    for order in (Order("handbook", grids(duty)[0].id), Order("contact_book", village(duty).id)):
        text = "".join(pages(printed(viewer, order)))
        assert "****" in text and not any(each in text for each in known)
    do(viewer, book_printing.copy_note("handbook", [grids(duty)[0].id]))
    with pytest.raises(NotAllowed):
        do(viewer, PrintBooks(kind="handbook", subjects=(grids(duty)[0].id,)))


@pytest.mark.soak
def test_without_a_boundary_a_sentence_stands_where_the_map_would(duty: Any) -> None:
    bare = do(duty, AddGrid(village=village(duty).id, name="没有边界的网格"))["grid"]
    assert "还没有边界" in "".join(pages(printed(duty, Order("handbook", bare))))
    square = tuple(Corner(105.3 + x, 30.8 + y) for x, y in ((0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01)))
    do(duty, SetBoundary(grid=bare, corners=square))
    assert "还没有边界" not in "".join(pages(printed(duty, Order("handbook", bare))))


@pytest.mark.soak
def test_files_are_one_a_village_and_stop_when_told(duty: Any, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    with duty.read("real") as reader:
        orders = [Order("handbook", each) for each in Books(reader).subjects("handbook")]
    job = book_printing.job(duty, orders, "a5")
    seen: list[tuple[int, int]] = []
    paths = book_printing.write(duty, job, tmp_path / "all", lambda done, total: seen.append((done, total)))
    assert [path.name for path in paths] == job.names and len(paths) == len({each.village for each in job.ready})
    assert seen == [(number, len(orders)) for number in range(1, len(orders) + 1)]
    assert all(path.read_bytes().startswith(b"%PDF") for path in paths)
    with pytest.raises(BadInput):
        book_printing.write(duty, job, tmp_path / "all")

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        book_printing.write(duty, job, tmp_path / "some", stop)
    assert list((tmp_path / "some").iterdir()) == []


def test_every_line_of_a_book_is_about_something_that_is_there(duty: Any) -> None:
    """What pages say and what lines know of are made of the same: no page without lines but the dated ones."""
    with duty.read("real") as reader:
        books = Books(reader)
        for kind in ("handbook", "contact_book"):
            for subject in books.subjects(kind):  # type: ignore[arg-type]
                content = books.content(kind, subject)  # type: ignore[arg-type]
                for part in content.parts:
                    named = {(each.kind, each.id) for group in part.groups for each in group.entries}
                    lines = {(key.kind, key.id) for key in content.lines if key.page == part.page}
                    assert named <= lines
    assert books.knows("handbook", grids(duty)[0].id) and not books.knows("contact_book", grids(duty)[0].id)
    assert village(duty, MILLBROOK).id in books.villages


def test_a_number_on_the_page_is_the_one_in_the_lines(duty: Any) -> None:
    """The paper is made after the command; what it says is what the edition knows of."""
    worker = next(each for each in some(duty, "worker", village=village(duty, YUNLING).id, active=True) if each.grid)
    before = edition(duty, "handbook", worker.grid)
    do(duty, EditWorker(worker=worker.id, changed={"phone": "15412345678"}, was={"phone": worker.phone}))
    after = edition(duty, "handbook", worker.grid)
    assert (before.number, after.number) == (1, 2)
    assert "15412345678" in pages(printed(duty, Order("handbook", worker.grid, after)))[0]


# --- the attention page ---------------------------------------------------------------------------------------------


def attentive(desk: Any, grid: Any) -> None:
    """A person, a place and a matter, and three whose day has passed."""
    for kind, more in (
        ("person", {"name": "黎素芳", "phone": "15400997001", "needs": "行动不便", "ground": "consent"}),
        ("place", {"title": "老石桥"}), ("matter", {"matter": "水渠等修"}),
    ):  # fmt: skip
        do(desk, AddAttention(kind=kind, grid=grid.code, address="后湾9号", **more))
    for number in range(3):
        do(desk, AddAttention(kind="person", grid=grid.code, name=f"过期甲{number}", ground="consent", review_on="+1"))


@pytest.mark.soak
def test_a_handbook_tells_the_attention_list_and_counts_what_awaits_its_confirmation(duty: Any) -> None:
    with duty.read("real") as reader:
        free = {each.id for each in grids(duty) if not attention_reading.of_grid(reader, each.id)}
    keeper = next(each for each in some(duty, "worker", village=village(duty).id, active=True) if each.grid in free)
    grid = one(duty, "grid", keeper.grid)
    text = "".join(pages(printed(duty, Order("handbook", grid.id))))
    assert "".join(texts.say("books.attention.none").split()) in text
    attentive(duty, grid)
    duty.clock.advance(days=3)
    text = "".join(pages(printed(duty, Order("handbook", grid.id))))
    name = "".join(keeper.name.split())
    told = ("黎素芳", "15400997001", "行动不便", "后湾9号", "老石桥", "水渠等修", "另有3条待复核", name)
    assert [each for each in told if each not in text] == [] and "过期甲" not in text


def test_the_attention_page_of_a_viewer_holds_masks(duty: Any, town: str, open_desk: Callable[..., Any]) -> None:
    grid = grids(duty)[0]
    attentive(duty, grid)
    viewer = open_desk(town, "viewer", ManualClock(stream.EVENING))
    text = "".join(pages(printed(viewer, Order("handbook", grid.id))))
    assert "老石桥" in text
    assert not any(each in text for each in ("黎素芳", "15400997001", "行动不便", "水渠等修", "后湾9号"))


@pytest.mark.parametrize("first", ["110", "95598", "6881234", "0825-6881234", "15412345678"])
def test_a_number_on_the_cover_stands_on_one_line(duty: Any, first: str) -> None:
    """However many keepers there are, and wherever the line ends."""
    keeper = next(each for each in some(duty, "worker", village=village(duty).id, active=True) if each.grid)
    numbers = [first.replace("-", ""), *(f"1541234568{at}" for at in range(3))]
    for at, number in enumerate(numbers):
        do(duty, AddWorker(name="欧阳" + "甲乙丙丁"[at], grid=keeper.grid, phone=number))
    content = printed(duty, Order("handbook", keeper.grid, edition(duty, "handbook", keeper.grid)))
    lines = lines_of_the_cover(content)
    for number in numbers:
        shown = f"{number[:3]} {number[3:7]} {number[7:]}" if number.startswith("154") else number
        assert any(shown in line for line in lines), (shown, lines)
