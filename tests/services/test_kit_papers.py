"""Papers of kits and stores: everything can be searched, masks hold, every label is read by a scanner."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image, ImageFilter

from commandcenter.base import texts
from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.formats.paper.kits import Layout, layout_of
from commandcenter.services import kit_papers
from commandcenter.services.kits import IssueKits, NewKit
from commandcenter.services.papers import Printed, PrintPaper
from commandcenter.services.people import AddWorker
from commandcenter.services.pieces import IssuePieces, MarkPiece
from commandcenter.services.stock import Line
from tests.services.stores_made import YUNLING, depot, do, kits_at, one, pieces_of, some, village
from tests.storage import stream


def worker(session: Any, name: str) -> str:
    """A new worker of the village, who has no kit."""
    return str(do(session, AddWorker(name=name, village=YUNLING, vest_size="L"))["worker"])


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
def keeper(town: str, open_desk: Callable[..., Any]) -> Any:
    return open_desk(town, "quartermaster", ManualClock(stream.EVENING))


@pytest.fixture
def issued(keeper: Any) -> dict[str, Any]:
    """Three kits to one village, two handed out, a vest short and a torch for the shelf; a whistle is lost."""
    at = depot(keeper, kits=2, K01=1, K03=1, K04=2, K05=1, K06=1, K07=1)
    workers = [worker(keeper, name) for name in ("新员甲", "新员乙")]
    new = (*(NewKit(each, "L") for each in workers), NewKit(None, "XL"))
    made = do(keeper, IssueKits(village=village(keeper).id, depot=at, kits=new, received_by="联络员甲", short_ok=True))
    do(keeper, IssuePieces(depot=at, village=village(keeper).id, lines=(Line("K04", 1),)))
    lost = pieces_of(keeper, next(each for each in kits_at(keeper) if each.worker == workers[0]).id)["K06"]
    do(keeper, MarkPiece(piece=lost.id, state="missing", reason="下乡时丢失"))
    return {"depot": at, "issue": made["kit_issue"], "workers": workers, "number": made["number"]}


def made(session: Any, make: Any, *what: Any, **how: Any) -> Printed:
    with session.read("real") as reader:
        return make(reader, *what, now=session.clock.now(), officer=session.officer, **how)  # type: ignore[no-any-return]


def said(printed: Printed) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed.content)).pages).split())


def test_a_receipt_sheet_tells_what_left_the_depot_and_what_is_short(keeper: Any, issued: dict[str, Any]) -> None:
    sheet = made(keeper, kit_papers.receipt_sheet, issued["issue"])
    text = said(sheet)
    names = [one(keeper, "worker", each).name for each in issued["workers"]]
    assert all("".join(each.split()) in text for each in names) and issued["number"] in text and "联络员甲" in text
    assert "测试库" in text and "待补：马甲XL×1" in text and text.count("√") == 3 * 6 and "发放人" in text
    assert "".join(village(keeper).name.split()) in sheet.name and sheet.name.endswith(".pdf")
    with pytest.raises(BadInput):
        made(keeper, kit_papers.receipt_sheet, "nothing")


def test_the_sheet_of_the_shelf_lists_its_pieces(keeper: Any, issued: dict[str, Any]) -> None:
    other = next(each for each in some(keeper, "kit_issue") if each.id != issued["issue"] and each.depot
                 == issued["depot"])  # fmt: skip
    text = said(made(keeper, kit_papers.receipt_sheet, other.id))
    assert "备用架" in text and "应急手电" in text and "1支" in text


def test_the_pick_list_goes_village_by_village_with_boxes(keeper: Any, issued: dict[str, Any]) -> None:
    text = said(made(keeper, kit_papers.pick_list, depot=issued["depot"]))
    assert "补发清单" in text and "口哨" in text and "缺失" in text and "装车" in text
    with pytest.raises(BadInput):
        made(keeper, kit_papers.pick_list, depot="nowhere")


def test_the_stock_list_holds_every_article(keeper: Any, issued: dict[str, Any]) -> None:
    text = said(made(keeper, kit_papers.stock_list))
    assert all("".join(each.name.split()) in text for each in some(keeper, "article", active=True))
    alone = said(made(keeper, kit_papers.stock_list, depot=issued["depot"]))
    assert "测试库" in alone and "最低库存" not in alone


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_both_languages_stand_on_every_sheet(keeper: Any, issued: dict[str, Any], language: str) -> None:
    texts.use(language)
    sheets = (
        made(keeper, kit_papers.receipt_sheet, issued["issue"]), made(keeper, kit_papers.pick_list),
        made(keeper, kit_papers.stock_list), made(keeper, kit_papers.labels, issue=issued["issue"]),
    )  # fmt: skip
    assert not any("paper." in said(each) for each in sheets)
    assert "".join(texts.say("paper.receipt.title").split()) in said(sheets[0])


def test_the_sheets_of_a_village_are_found_by_its_name(
    keeper: Any, tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    name = village(keeper).name
    at = depot(keeper, kits=1)
    issue = do(keeper, IssueKits(village=name, depot=at, kits=(NewKit(worker(keeper, "新员丙"), "L"),)))["kit_issue"]
    for sheet in (made(keeper, kit_papers.receipt_sheet, issue), made(keeper, kit_papers.labels, issue=issue)):
        (tmp_path / "sheet.pdf").write_bytes(sheet.content)
        done = subprocess.run(["pdftotext", "sheet.pdf", "-"], cwd=tmp_path, capture_output=True, check=True,
                              timeout=60)  # fmt: skip
        assert name in done.stdout.decode()


def cut(pages: list[Path], lay: Layout, dpi: float, worse: Any = None) -> list[Path]:
    """Each label by itself, as somebody holds the scanner over one after the other; blank ones are left out."""
    found, mm = [], dpi / 25.4
    for page in pages:
        with Image.open(page) as whole:
            grey = whole.convert("L")
        for row in range(lay.rows):
            for column in range(lay.columns):
                left, top = lay.left + column * (lay.width + lay.gap_x), lay.top + row * (lay.height + lay.gap_y)
                label = grey.crop((int(left * mm), int(top * mm), int((left + lay.width) * mm),
                                   int((top + lay.height) * mm)))  # fmt: skip
                if label.getextrema()[0] < 128:
                    path = page.with_name(f"label-{page.stem}-{row:02d}-{column:02d}.png")
                    (worse(label) if worse else label).save(path)
                    found.append(path)
    return found


def scanned(labels: list[Path]) -> list[str]:
    only = ("-Sdisable", "-Sqrcode.enable")
    read = subprocess.run(["zbarimg", "-q", "--raw", *only, *labels], capture_output=True, text=True, timeout=300,
                          check=False)  # fmt: skip
    return sorted(read.stdout.split())


def spoiled(label: Image.Image) -> Image.Image:
    """As a cheap copier leaves it and a cheap scanner sees it: a tenth smaller, in noise, blurred."""
    small = label.resize((int(label.width * 0.9), int(label.height * 0.9)), Image.Resampling.BILINEAR)
    noise = Image.effect_noise(small.size, 60)
    return Image.blend(small, noise, 0.4).filter(ImageFilter.GaussianBlur(1.2))


@pytest.mark.parametrize("layout", ["3x8", "5x13", "4x10:50x28"])
def test_every_label_is_read_by_a_scanner_clean_and_spoiled(
    keeper: Any, issued: dict[str, Any], tmp_path: Path, layout: str
) -> None:
    for program in ("zbarimg", "pdftoppm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    sheet = made(keeper, kit_papers.labels, issue=issued["issue"], layout=layout, start=2)
    (tmp_path / "labels.pdf").write_bytes(sheet.content)
    subprocess.run(["pdftoppm", "-r", "300", "-png", "labels.pdf", "page"], cwd=tmp_path, check=True, timeout=120)
    pages = sorted(tmp_path.glob("page*.png"))
    out = sorted(each.code for each in some(keeper, "piece", issue=issued["issue"]))
    assert scanned(cut(pages, layout_of(layout), 300)) == out
    assert scanned(cut(pages, layout_of(layout), 300, spoiled)) == out


def test_labels_begin_where_the_sheet_does_and_refuse_what_does_not_fit(keeper: Any, issued: dict[str, Any]) -> None:
    count = sum(1 for each in some(keeper, "piece", issue=issued["issue"]))
    pages = len(pypdf.PdfReader(io.BytesIO(made(keeper, kit_papers.labels, issue=issued["issue"]).content)).pages)
    assert pages == -(-count // 24)
    for how in ({"layout": "9x9"}, {"layout": "9x9:70x36"}, {"layout": "3x8:20x10"}, {"start": 25}, {"start": 0}):
        with pytest.raises(BadInput):
            made(keeper, kit_papers.labels, issue=issued["issue"], **how)
    with pytest.raises(RuleError):
        made(keeper, kit_papers.labels, pieces=[])


def test_printing_leaves_a_trace_beside_what_was_printed(
    keeper: Any, issued: dict[str, Any], town: str, open_desk: Callable[..., Any]
) -> None:
    do(keeper, PrintPaper(sheet="receipt_sheet", subject=issued["issue"]))
    do(keeper, PrintPaper(sheet="labels", subject=village(keeper).id))
    do(keeper, PrintPaper(sheet="pick_list", subject=issued["depot"]))
    viewer = open_desk(town, "viewer", ManualClock(stream.EVENING))
    do(viewer, PrintPaper(sheet="stock_list", subject=some(viewer, "township")[0].id))
    with keeper.read("real") as reader:
        noted = [(kind, line.change.id) for kind in ("kit_issue", "village", "depot", "township")
                 for line in reader.history(entity=kind) if line.change.op == "print"]  # fmt: skip
    assert [kind for kind, _ in noted] == ["kit_issue", "village", "depot", "township"], noted
    with pytest.raises(BadInput):
        do(keeper, PrintPaper(sheet="labels", subject="nothing"))


def test_a_viewer_prints_with_masks(
    keeper: Any, issued: dict[str, Any], town: str, open_desk: Callable[..., Any]
) -> None:
    viewer = open_desk(town, "viewer", ManualClock(stream.EVENING))
    assert "联络员甲" in said(made(keeper, kit_papers.receipt_sheet, issued["issue"]))
    assert "联络员甲" not in said(made(viewer, kit_papers.receipt_sheet, issued["issue"]))
