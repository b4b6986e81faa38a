"""The overview sheet of a village: true to scale, whole, masked, and for the notice board without anybody in it."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
import shapely
from pyproj import Geod

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, NotAllowed, RuleError
from commandcenter.rules.entity import REAL
from commandcenter.rules.overviews import SIZES
from commandcenter.services import attention_reading, book_holders, edition_holding, overviews
from commandcenter.services.attention import AddAttention, ConfirmAttention, EditAttention
from commandcenter.services.editions import PrintBooks
from commandcenter.services.grids import AddGrid, EditGrid
from commandcenter.services.overviews import Kind
from commandcenter.services.papers import PrintPaper
from commandcenter.services.people import EditWorker
from commandcenter.services.privacy import ErasePerson
from commandcenter.services.undo import Undo
from commandcenter.services.wire import decode_as
from commandcenter.storage import editions as kept
from commandcenter.storage.log import stored_command
from tests.cli.program import run_here
from tests.conftest import BEGINNING

VILLAGE, OTHER, COMMUNITY = "999101100201", "999101100202", "999101100001"
NAME, PHONE, NEED, ADDRESS = "慕容翠翠", "15487654321", "靠电吸氧七号机", "后湾九号院"
MM = 25.4 / 72


@pytest.fixture(autouse=True)
def chinese() -> None:
    texts.use("zh_CN")


@pytest.fixture
def url(town_url: Callable[[str], str]) -> str:
    return town_url("sqlite")


@pytest.fixture
def both_duty(town: str, open_desk: Callable[..., Any]) -> Any:
    """On either engine."""
    return open_desk(town, "duty1", ManualClock(BEGINNING))


@pytest.fixture
def duty(url: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(url, "duty1", ManualClock(BEGINNING))


def id_of(desk: Any, code: str, kind: str = "village") -> str:
    with desk.read(REAL) as reader:
        return str(reader.find(kind, code=code)[0].id)


def made(desk: Any, code: str = VILLAGE, size: Any = "a3", *, board: bool = False) -> bytes:
    job = overviews.job(desk, {id_of(desk, code): ""}, Kind(size, board))
    return next(iter(overviews.files(job, desk.clock.now()))).content


def pages_of(content: bytes) -> list[Any]:
    return list(pypdf.PdfReader(io.BytesIO(content)).pages)


def text_of(content: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in pages_of(content))


def add(desk: Any, **more: Any) -> str:
    given = {"kind": "person", "grid": f"{VILLAGE}001", "name": NAME, "ground": "consent"} | more
    if given["kind"] != "person":
        del given["name"], given["ground"]
    return str(desk.runner.execute(AddAttention(**given)).value["attention_item"])


def boxes(page: Any) -> list[tuple[float, float, float, float]]:
    """Left, low, width and height in millimetres of everything that is drawn on a page."""
    content = pypdf.generic.ContentStream(page.get_contents(), page.pdf)
    here, kept, points, found = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), [], [], []
    for operands, operator in content.operations:
        if operator == b"q":
            kept.append(here)
        elif operator == b"Q":
            here = kept.pop()
        elif operator == b"cm":
            a, b, c, d, e, f = (float(each) for each in operands)
            p, q, r, s, t, u = here
            here = (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)
        elif operator in (b"m", b"l"):
            x, y = (float(each) for each in operands)
            points.append((here[0] * x + here[2] * y + here[4], here[1] * x + here[3] * y + here[5]))
        elif operator in (b"f", b"f*", b"S", b"B", b"B*", b"n") and points:
            xs, ys = [x * MM for x, _ in points], [y * MM for _, y in points]
            found.append((min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)))
            points = []
    return found


def on_the_ground(desk: Any, code: str) -> tuple[float, float]:
    """Width and height of a village in metres, by another reckoning than the sheet's."""
    with desk.read(REAL) as reader:
        village = reader.find("village", code=code)[0].id
        grids = {each.id: each for each in reader.find("grid", village=village) if each.kind == "general"}
        shapes = [each for each in reader.find("shape", grid=sorted(grids)) if grids[each.grid].shape == each.edition]
    west, south, east, north = shapely.total_bounds([shapely.from_wkb(each.wkb) for each in shapes])
    geod, middle = Geod(ellps="WGS84"), (south + north) / 2
    return geod.inv(west, middle, east, middle)[2], geod.inv(west, south, west, north)[2]


# --- to scale -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["a3", "a2"])
@pytest.mark.parametrize("code", [VILLAGE, OTHER])
def test_the_scale_is_true_when_measured_on_paper(duty: Any, size: Any, code: str) -> None:
    """The sheet has the size of its paper; village and scale bar are as long on it as its figures say."""
    content = made(duty, code, size)
    page = pages_of(content)[0]
    assert [float(each) * MM for each in page.mediabox[2:]] == pytest.approx(SIZES[size], abs=0.05)
    denominator = int(re.search(r"比例尺\s*1:(\d+)$", page.extract_text(), re.MULTILINE)[1])  # type: ignore[index]
    assert len(str(denominator).rstrip("0")) <= 2
    drawn = boxes(page)
    wide, high = (each * 1000 / denominator for each in on_the_ground(duty, code))
    assert any(abs(w - wide) < 0.3 and abs(h - high) < 0.3 for _, _, w, h in drawn), (wide, high)
    job = overviews.job(duty, {id_of(duty, code): ""}, Kind(size))
    sheet = job[0].sheet
    assert max(wide / sheet.frame[0], high / sheet.frame[1]) > 0.7, "the village fills the map"
    metres = float(sheet.map.ticks[-1].split()[0]) * (1000 if sheet.map.ticks[-1].endswith("km") else 1)  # type: ignore[union-attr]
    half = metres * 1000 / denominator / 2
    halves = [(x, y) for x, y, w, h in drawn if abs(w - half) < 0.02 and 1.0 < h < 3.0]
    assert {(round(x, 1), round(y, 1)) for x, y in halves} >= {
        (round(halves[0][0], 1), round(halves[0][1], 1)), (round(halves[0][0] + half, 1), round(halves[0][1], 1)),
    }, "two halves of the bar side by side"  # fmt: skip


def test_places_stand_where_they_are(duty: Any) -> None:
    """The distance of two places on paper is that on the ground."""
    with duty.read(REAL) as reader:
        village = reader.find("village", code=VILLAGE)[0].id
        grids = [each.id for each in reader.find("grid", village=village)]
        found = reader.find("shape", grid=grids)
    west, south = min(each.west for each in found), min(each.south for each in found)
    east, north = max(each.east for each in found), max(each.north for each in found)
    one, two = (west + (east - west) * 0.1, south + (north - south) * 0.1), (east - (east - west) * 0.1, north)
    for title, (lon, lat) in (("一号塘", one), ("二号塘", two)):
        add(duty, kind="place", grid=f"{VILLAGE}001", title=title, longitude=lon, latitude=lat)
    (ready,) = overviews.job(duty, {village: ""}, Kind())
    sheet = ready.sheet
    marks = {each.text: each for each in sheet.map.marks if each.kind == "place"}  # type: ignore[union-attr]
    assert set(marks) == {"1", "2"}
    apart = ((marks["1"].x - marks["2"].x) ** 2 + (marks["1"].y - marks["2"].y) ** 2) ** 0.5
    metres = Geod(ellps="WGS84").inv(*one, *two)[2]
    denominator = int(sheet.map.scale.partition(":")[2])  # type: ignore[union-attr]
    assert apart == pytest.approx(metres * 1000 / denominator, abs=0.2)
    assert marks["1"].x < marks["2"].x and marks["1"].y > marks["2"].y, "north is up"
    content = next(iter(overviews.files([ready], BEGINNING))).content
    assert "重点场所（序号见清单）" in text_of(content)
    assert not [each for each in overviews.job(duty, {village: ""}, Kind("a3", True))[0].sheet.map.marks  # type: ignore[union-attr]
                if each.kind == "place"]  # fmt: skip


def test_no_two_numbers_lie_on_one_another(duty: Any) -> None:
    (ready,) = overviews.job(duty, {id_of(duty, VILLAGE): ""}, Kind())
    marks = ready.sheet.map.marks  # type: ignore[union-attr]
    own = [each for each in marks if each.kind in ("general", "dedicated", "emergency")]
    assert {each.text for each in own} == {"1", "2", "3", "4", "应1"}
    for at, one in enumerate(own):
        assert all(abs(one.x - two.x) > 5 or abs(one.y - two.y) > 4 for two in own[at + 1 :])
    assert all(0 < each.x < ready.sheet.frame[0] and 0 < each.y < ready.sheet.frame[1] for each in marks)


# --- what stands on it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_everything_of_the_village_is_there(duty: Any, language: str) -> None:
    texts.use(language)
    id = id_of(duty, VILLAGE)
    with duty.read(REAL) as reader:
        grids = reader.find("grid", village=id)
        keepers = reader.find("worker", grid=[each.id for each in grids], active=True)
    text = text_of(made(duty))
    assert "云岭村" in text if language == "zh_CN" else "overviewmap" in text
    for grid in grids:
        short = "".join(grid.name.removeprefix("云岭村").split())
        assert short in text and str(grid.people) in text
    assert keepers
    for each in keepers:
        assert "".join(each.name.split()) in text and each.phone in text
    assert str(sum(each.households for each in grids if each.kind == "general")) in text


def test_only_what_may_be_printed_is_and_the_rest_is_counted(duty: Any) -> None:
    add(duty, name=NAME, phone=PHONE, needs=NEED, address=ADDRESS, care="power", review_on="2026-06-01")
    for number in range(3):
        add(duty, name=f"逾期的{number}", review_on="2025-07-05")
    with duty.read(REAL) as reader:
        mine = attention_reading.listed(reader, village=id_of(duty, VILLAGE))
    assert "待确认后再印" not in text_of(made(duty)) and "逾期的0" in text_of(made(duty))
    duty.clock.advance(days=10)
    text = text_of(made(duty))
    assert all(word in text for word in (NAME, PHONE, NEED, ADDRESS))
    late = sum(1 for each in mine if each.item.review_on < "2025-07-10")
    assert late >= 3 and "逾期的" not in text and f"另有{late}条复核已过期，待确认后再印。" in text


def test_a_viewer_gets_his_masks(duty: Any, url: str, open_desk: Callable[..., Any]) -> None:
    add(duty, name=NAME, phone=PHONE, needs=NEED, address=ADDRESS, care="power")
    add(duty, kind="matter", matter="石桥护栏松动")
    viewer = open_desk(url, "viewer", ManualClock(BEGINNING))
    text = text_of(made(viewer))
    assert "****" in text and "•••" in text and "慕容*" in text
    for word in (NAME, PHONE, NEED, ADDRESS, "石桥护栏松动"):
        assert word not in text, word


@pytest.mark.parametrize("size", ["a3", pytest.param("a2", marks=pytest.mark.soak)])
def test_more_rows_than_fit_go_on_over_sheets_of_the_same_size(duty: Any, size: Any) -> None:
    for number in range(260):
        add(duty, name=f"张三{number:03d}", phone=f"154{number:08d}", address="后湾第九院落大核桃树下往里走第二家",
            needs="要人抬")  # fmt: skip
    content = made(duty, size=size)
    pages = pages_of(content)
    assert len(pages) > 1 and len({tuple(page.mediabox) for page in pages}) == 1
    right, high = (each / MM for each in SIZES[size])

    def inside(text: str, cm: Any, *_: Any) -> None:
        assert not text.strip() or (0 < cm[4] < right and 0 < cm[5] < high)

    texts = [page.extract_text(visitor_text=inside) for page in pages]
    assert all(f"张三{number:03d}" in "".join(texts) for number in range(260))
    assert all("云岭村" in text for text in texts) and "续表" in texts[1]


def test_what_has_no_boundary_yet_is_named_beside_the_map(duty: Any) -> None:
    for each in range(3):
        duty.runner.execute(AddGrid(village=COMMUNITY, name=f"新划第{each + 1}网格", households=10 + each, people=30))
    sheet = overviews.job(duty, {id_of(duty, COMMUNITY): ""}, Kind())[0].sheet
    assert sheet.map is not None and sheet.map.scale and any("3、4、5" in each for each in sheet.notes)
    assert "新划第2网格" in text_of(made(duty, COMMUNITY))


def new_village(desk: Any, tmp_path: Path, grids: int) -> str:
    """A village as its list brings it, with grids that nobody has drawn; its code."""
    path = tmp_path / "village.csv"
    path.write_text("村名,村代码\n新桥村,999101100299\n", encoding="utf-8")
    code, _, errors = run_here("import", "villages", path, "--database", desk.database.url, "--as", "supervisor")
    assert code == 0, errors
    for each in range(grids):
        desk.runner.execute(AddGrid(village="999101100299", name=f"新桥村第{each + 1}微网格", households=12, people=30))
    return "999101100299"


def test_a_village_without_boundaries_is_a_scheme_and_says_so(duty: Any, tmp_path: Path) -> None:
    code = new_village(duty, tmp_path, 7)
    sheet = overviews.job(duty, {id_of(duty, code): ""}, Kind())[0].sheet
    assert sheet.map is not None and not sheet.map.scale
    assert [each.text for each in sheet.map.marks] == [str(each) for each in range(1, 8)]
    text = text_of(made(duty, code))
    assert "按编号示意" in text and "比例尺" not in text and "第7微网格" in text


@pytest.mark.parametrize("board", [False, True])
def test_an_empty_village_has_a_sentence(duty: Any, tmp_path: Path, board: bool) -> None:
    text = text_of(made(duty, new_village(duty, tmp_path, 0), board=board))
    assert "新桥村还没有网格，暂无图可绘。" in text and "图例" not in text


def test_what_is_not_there_is_refused(duty: Any) -> None:
    with pytest.raises(BadInput):
        overviews.job(duty, {"nowhere": ""}, Kind())
    with pytest.raises(BadInput):
        overviews.size_of("a4")
    with pytest.raises(BadInput):
        duty.runner.execute(PrintPaper(sheet="overview", subject="nowhere"))
    assert overviews.size_of(None) == "a3" and overviews.size_of("A2") == "a2"


# --- the notice board ---------------------------------------------------------------------------------------------


def test_the_notice_board_tells_of_nobody(duty: Any) -> None:
    add(duty, name=NAME, phone=PHONE, needs=NEED, address=ADDRESS, care="power")
    for number in range(6):
        add(duty, grid=f"{VILLAGE}002", name=f"某人{number}", care="elder_alone")
    add(duty, kind="place", grid=f"{VILLAGE}001", title="油坊巷老木房", longitude=105.4, latitude=30.7)
    add(duty, kind="matter", matter="石桥护栏松动")
    with duty.read(REAL) as reader:
        people = [*reader.find("worker"), *reader.find("duty_holder"), *reader.find("contact"), *reader.find("officer")]
        residents = [*reader.find("resident"), *reader.find("household")]
    content = made(duty, board=True)
    text = text_of(content)
    assert "公示版" in text and "云岭村" in text and "不足5" in text and "第2微网格" in text
    for each in people:
        assert "".join(each.name.split()) not in text and (not each.phone or each.phone not in text), each.name
    for each in residents:
        for name in ("name", "head", "phone", "address"):
            value = getattr(each, name, None)
            assert not value or "".join(value.split()) not in text, value
    for word in (NAME, PHONE, NEED, ADDRESS, "某人", "靠电", "独居", "油坊巷", "石桥", duty.officer.name, "待确认"):
        assert word not in text, word
    told = "\n".join(page.extract_text() for page in pages_of(content))
    assert not re.search(r"\b1[3-9]\d[ \d*]{8,10}", told)


def test_fewer_than_five_are_not_told_nor_left_to_be_reckoned(duty: Any) -> None:
    """Six in one grid, two in another: two cells are hidden, and the sum says no more than the six."""
    for number in range(6):
        add(duty, grid=f"{VILLAGE}002", name=f"某人{number}")
    add(duty, grid=f"{VILLAGE}004", name="又一人")
    table = overviews.job(duty, {id_of(duty, VILLAGE): ""}, Kind("a3", True))[0].sheet.tables[0]
    persons = [row[4] for row in table.rows]
    assert persons.count("6") == 1 and set(persons) == {"6", "不足5"}
    assert table.last[4] == "6以上"
    figures = [cell for row in (*table.rows, table.last) for cell in row[2:]]
    assert all(int(re.match(r"\d+", each)[0]) >= 5 for each in figures if each[0].isdigit())  # type: ignore[index]


# --- who printed, and the wall ------------------------------------------------------------------------------------


def test_who_printed_stands_in_the_log_and_which_variant(duty: Any, url: str, open_desk: Callable[..., Any]) -> None:
    """An edition by whoever keeps lists, a copy by others: one command for all villages, with its variant."""
    ids = [id_of(duty, VILLAGE), id_of(duty, OTHER)]
    viewer = open_desk(url, "viewer", ManualClock(BEGINNING))
    viewer.runner.execute(overviews.note("viewer", ids, Kind("a2", True)))
    duty.runner.execute(overviews.note("duty_officer", ids, Kind()))
    for entity, wanted, name, variant in (
        ("village", set(ids), "print_paper", "board_a2"),
        ("edition", {each.id for each in some(duty, "edition")}, "print_books", "full_a3"),
    ):
        with duty.read(REAL) as reader:
            lines = [line for line in reader.history(entity=entity) if line.change.op == "print"]
        with duty.database.read() as connection:
            heads = [stored_command(connection, line.change.command) for line in lines]
        assert {line.change.id for line in lines} == wanted and len(wanted) == 2
        assert len({line.change.command for line in lines}) == 1
        assert {(head.name, head.payload["variant"]) for head in heads} == {(name, variant)}


# --- editions -----------------------------------------------------------------------------------------------------


def some(desk: Any, kind: str, **where: Any) -> list[Any]:
    with desk.read(REAL) as reader:
        return list(reader.find(kind, **where))


def printed(desk: Any, *codes: str, **more: Any) -> dict[str, Any]:
    """Print the sheets as editions; the answer."""
    ids = [id_of(desk, code) for code in codes or (VILLAGE,)]
    command = overviews.note("duty_officer", ids, more.pop("kind", Kind()), **more)
    return desk.runner.execute(command).value  # type: ignore[no-any-return]


def walls(desk: Any) -> dict[str, Any]:
    """How the sheets stand, by the code of their village."""
    codes = {each.id: each.code for each in some(desk, "village")}
    with desk.read(REAL) as reader:
        return {codes[each.holder.subject]: each for each in edition_holding.walls(reader)}


def numbers(desk: Any, answer: dict[str, Any]) -> list[tuple[int, bool]]:
    return [(each["number"], each["new"]) for each in answer["editions"]]


def test_number_code_and_date_stand_on_both_variants(both_duty: Any) -> None:
    """The notice board's is an extract of the same edition."""
    answer = printed(both_duty)
    (edition,) = some(both_duty, "edition")
    assert (edition.kind, edition.number, edition.grid) == ("overview", 1, None)
    for board in (False, True):
        again = printed(both_duty, kind=Kind("a2", board))
        assert numbers(both_duty, again) == [(1, False)]
        wanted = overviews.printed(again, [])
        content = next(iter(overviews.files(overviews.job(both_duty, wanted, Kind("a3", board)), BEGINNING))).content
        assert f"第1版（{edition.code}，{edition.printed_on}印）" in text_of(content)
    assert "查阅件，不编版次" in text_of(made(both_duty)) and numbers(both_duty, answer) == [(1, True)]


def test_a_sheet_is_stale_when_what_it_carries_changed_and_current_when_taken_back(both_duty: Any) -> None:
    printed(both_duty, VILLAGE, OTHER)
    assert {code: each.state for code, each in walls(both_duty).items()} == {VILLAGE: "current", OTHER: "current"}
    keeper = some(both_duty, "worker", grid=id_of(both_duty, f"{VILLAGE}001", "grid"), active=True)[0]
    done = both_duty.runner.execute(
        EditWorker(worker=keeper.id, changed={"phone": "15412345678"}, was={"phone": keeper.phone})
    )
    stale = walls(both_duty)
    assert stale[VILLAGE].state == "stale" and stale[OTHER].state == "current"
    assert [page.page for page in stale[VILLAGE].pages] == ["grids"]
    with both_duty.read(REAL) as reader:
        rows = {each["village_code"]: each for each in book_holders.told(reader) if each["kind"] == "overview"}
        counts = {each.village: (held, old) for each, held, old in book_holders.editions(reader)}
        told = book_holders.of_wall(reader, id_of(both_duty, VILLAGE))
    assert (rows[VILLAGE]["state"], rows[VILLAGE]["pages"], rows[OTHER]["state"]) == ("stale", "grids", "current")
    assert counts == {id_of(both_duty, VILLAGE): (1, 1), id_of(both_duty, OTHER): (1, 0)}
    assert told is not None and told.is_stale and any(keeper.name in line for line in told.pages)
    both_duty.runner.execute(Undo(target=done.command))
    assert walls(both_duty)[VILLAGE].state == "current"


@pytest.mark.parametrize("change", ["grid", "entry", "needs", "boundary_of_none"])
def test_other_things_it_carries(duty: Any, change: str) -> None:
    item = add(duty, name=NAME, phone=PHONE, needs=NEED, care="power", review_on="2026-06-01")
    printed(duty)
    grid = some(duty, "grid", code=f"{VILLAGE}001")[0]
    if change == "grid":
        duty.runner.execute(EditGrid(grid=grid.id, changed={"people": 4321}, was={"people": grid.people}))
    elif change == "entry":
        add(duty, kind="matter", matter="石桥护栏松动")
    elif change == "needs":
        duty.runner.execute(EditAttention(item=item, changed={"needs": "两人抬"}, was={"needs": NEED}))
    wanted = {"grid": ["grids"], "entry": ["attention"], "needs": ["attention"], "boundary_of_none": []}[change]
    assert [page.page for page in walls(duty)[VILLAGE].pages] == wanted


def test_a_day_that_passes_makes_no_sheet_stale_but_a_confirmed_entry_does(duty: Any) -> None:
    """What is shown may fall due; what was left out belongs on the sheet once it was confirmed."""
    late = add(duty, name="逾期的人", review_on="2025-07-05")
    shown = add(duty, name=NAME, review_on="2025-07-20")
    duty.clock.advance(days=10)
    printed(duty)
    assert walls(duty)[VILLAGE].state == "current"
    duty.clock.advance(days=30)
    assert walls(duty)[VILLAGE].state == "current", "a day has passed, nothing else"
    duty.runner.execute(ConfirmAttention(items=(shown,)))
    assert walls(duty)[VILLAGE].state == "current", "the sheet shows it already"
    duty.runner.execute(ConfirmAttention(items=(late,)))
    assert walls(duty)[VILLAGE].state == "stale"
    assert numbers(duty, printed(duty)) == [(2, True)] and walls(duty)[VILLAGE].state == "current"


def test_only_the_stale_ones_are_printed(duty: Any) -> None:
    printed(duty, VILLAGE, OTHER)
    with pytest.raises(RuleError) as caught:
        printed(duty, VILLAGE, OTHER, changed_only=True)
    assert caught.value.code == "edition.walls_current"
    add(duty, kind="matter", matter="石桥护栏松动")
    answer = printed(duty, VILLAGE, OTHER, changed_only=True)
    assert overviews.printed(answer, []).keys() == {id_of(duty, VILLAGE)} and numbers(duty, answer) == [(2, True)]


def test_printing_is_taken_back_and_an_erased_person_is_gone_from_the_digests(
    duty: Any, url: str, open_desk: Callable[..., Any]
) -> None:
    item = add(duty, name=NAME, phone=PHONE, needs=NEED)
    first = printed(duty)["editions"][0]["edition"]
    add(duty, kind="matter", matter="石桥护栏松动")
    ids = [id_of(duty, VILLAGE)]
    done = duty.runner.execute(overviews.note("duty_officer", ids, Kind()))
    assert walls(duty)[VILLAGE].edition.number == 2
    duty.runner.execute(Undo(target=done.command))
    assert walls(duty)[VILLAGE].edition.number == 1 and walls(duty)[VILLAGE].state == "stale"
    supervisor = open_desk(url, "supervisor", ManualClock(BEGINNING))
    supervisor.runner.execute(ErasePerson(entity="attention_item", subject=item, reason="本人要求"))
    with duty.read(REAL) as reader:
        lines = kept.lines(reader.connection, [first])[first]
    assert not any(digest for key, digest in lines.items() if key.id == item)


def test_whoever_keeps_no_lists_prints_no_editions(duty: Any, url: str, open_desk: Callable[..., Any]) -> None:
    ids = [id_of(duty, VILLAGE)]
    assert isinstance(overviews.note("viewer", ids, Kind()), PrintPaper)
    assert isinstance(overviews.note("duty_officer", ids, Kind(), copy=True), PrintPaper)
    for account in ("viewer", "quartermaster"):
        desk = open_desk(url, account, ManualClock(BEGINNING))
        with pytest.raises(NotAllowed):
            desk.runner.execute(PrintBooks(kind="overview", subjects=tuple(ids)))
    assert isinstance(overviews.note("quartermaster", ids, Kind()), PrintPaper), "he sees masks"
    with pytest.raises(BadInput):
        overviews.note("viewer", ids, Kind(), changed_only=True)


@pytest.mark.parametrize("bad", [{"variant": "a0"}, {"subjects": ()}, {"subjects": ("nowhere",)}])
def test_what_a_command_says_wrongly_is_refused_whole(duty: Any, bad: dict[str, Any]) -> None:
    good = {"sheet": "overview", "subjects": (id_of(duty, OTHER),), "variant": "full_a3"}
    with pytest.raises(BadInput):
        duty.runner.execute(PrintPaper(**{**good, **bad}))
    with pytest.raises(BadInput):
        duty.runner.execute(PrintPaper(sheet="overview", subjects=(id_of(duty, OTHER), "nowhere")))
    with duty.read(REAL) as reader:
        assert not [line for line in reader.history(entity="village") if line.change.op == "print"]


def test_a_command_of_before_is_still_read(duty: Any) -> None:
    """One subject, as it was recorded."""
    id = id_of(duty, VILLAGE)
    old = decode_as(PrintPaper, "print_paper", {"sheet": "overview", "subject": id})
    assert duty.runner.execute(old).value == {"sheet": "overview", "subject": id}
    old = decode_as(PrintBooks, "print_books", {"kind": "contact_book", "subjects": [id], "changed_only": False,
                                                     "handed": False})  # fmt: skip
    assert duty.runner.execute(old).value["editions"][0]["number"] == 1


def test_it_is_of_the_real_world_alone(duty: Any) -> None:
    with duty.read("some-drill") as reader, pytest.raises(RuleError):
        overviews.told(reader, {id_of(duty, VILLAGE): ""}, Kind(), now=BEGINNING, officer=duty.officer)
