"""What the pictures of this room show."""

from typing import Any

from commandcenter.ui.core.tools import Tools
from commandcenter.ui.kits.forms import HandOutSheet, IssueSheet
from commandcenter.ui.kits.sections import PLACE
from commandcenter.ui.kits.whom import BY_NAME

TOO_MANY = "XL×90"


def table(tools: Tools, page: Any) -> None:
    """The town, nothing chosen."""
    tools.selection.choose("kit", None)


def _lines(page: Any) -> list[Any]:
    return list(page.table.shown_rows())


def _worst(page: Any) -> Any:
    """The kit with most gaps."""
    kits = [each for each in page._rows.values() if each.kit is not None and each.kit.worker is not None]
    return max(kits, key=lambda each: (each.gaps, each.id), default=None)


def _choose(page: Any, line: Any) -> None:
    if line is not None:
        page.villages.choose(line.village.id)
        page.narrow_down()
        page.pick(line.id)
        page.view.choose(line.id)


def village(tools: Tools, page: Any) -> None:
    """The kits of the worst village."""
    lines = page.side_lines()
    if lines:
        page.villages.choose(lines[0][0])
        page.narrow_down()


def card(tools: Tools, page: Any) -> None:
    """The kit with most gaps, one of them chosen."""
    line = _worst(page)
    _choose(page, line)
    if line is not None:
        bad = next((each for each in line.items if each.state != "good"), line.items[0])
        tools.selection.choose(PLACE, bad.key)
        page._renew_card()


def _lying(page: Any) -> Any:
    return next((each for each in page._rows.values() if each.is_lying), None)


def _free_village(page: Any) -> str:
    free = page.board.free
    return str(max(free, key=lambda each: len(free[each]), default="")) if free else ""


def issue(tools: Tools, page: Any) -> None:
    """The form of an issue."""
    page.villages.choose(_free_village(page))
    page.narrow_down()
    tools.actions.trigger("kit.issue")
    sheet = page.findChild(IssueSheet)
    if sheet is not None:
        sheet.put("received_by", "何远明")


def issue_names(tools: Tools, page: Any) -> None:
    """The same by name."""
    issue(tools, page)
    sheet = page.findChild(IssueSheet)
    if sheet is not None:
        sheet.whom.mode.choose(BY_NAME)
        sheet.whom._turned()


def short(tools: Tools, page: Any) -> None:
    """More than the depot holds."""
    issue(tools, page)
    sheet = page.findChild(IssueSheet)
    if sheet is not None:
        sheet.whom.sizes.setText(TOO_MANY)
        sheet.submit()


def handout(tools: Tools, page: Any) -> None:
    """A kit that lies at a village, to be handed out."""
    _choose(page, _lying(page))
    tools.actions.trigger("kit.hand_out")
    sheet = page.findChild(HandOutSheet)
    if sheet is not None and sheet.worker.count() > 1:
        sheet.worker.setCurrentIndex(1)


def back(tools: Tools, page: Any) -> None:
    """A kit comes back in part."""
    card(tools, page)
    tools.actions.trigger("kit.take_back")


def replace(tools: Tools, page: Any) -> None:
    """A gap is filled."""
    card(tools, page)
    tools.actions.trigger("kit.replace")


def mark(tools: Tools, page: Any) -> None:
    """A piece was lost."""
    card(tools, page)
    tools.actions.trigger("kit.mark")


def sheets(tools: Tools, page: Any) -> None:
    """Receipt sheets, the first on its card."""
    page.tabs.setCurrentIndex(4)
    first = next(iter(_lines(page)), None)
    if first is not None:
        page.pick(first.id)
        page.view.choose(first.id)


def shelf(tools: Tools, page: Any) -> None:
    """A shelf of a village."""
    first = next((each for each in page._rows.values() if each.shelf is not None), None)
    _choose(page, first)
    tools.actions.trigger("kit.stock_shelf")


def picklist(tools: Tools, page: Any) -> None:
    """What to bring."""
    page.pick_list()


def labels(tools: Tools, page: Any) -> None:
    """Labels of a kit."""
    card(tools, page)
    tools.actions.trigger("kit.labels")


def grid(tools: Tools, page: Any) -> None:
    """The card of a grid."""
    grids = sorted(tools.desk.live.grids.values(), key=lambda each: each.code)
    if grids:
        tools.selection.navigate("grid", grids[0].id)


def teeth(tools: Tools, page: Any) -> None:
    """The map with the teeth of every grid."""
    panel = page.findChild(type(page), "grids.map") or page.findChild(object, "grids.map")
    if panel is not None:
        panel.show_layer("kits", True)


def clear_teeth(tools: Tools) -> None:
    """Off again."""
    tools.settings.set("map.shown", [])


def stale(tools: Tools, page: Any) -> None:
    """What is of an old edition, sheets before books, the first on its card."""
    page.tabs.setCurrentIndex(5)
    first = next(iter(_lines(page)), None)
    if first is not None:
        page.pick(first.id)
        page.view.choose(first.id)


def books(tools: Tools, page: Any) -> None:
    """The form that prints books, for the village with most gaps."""
    village(tools, page)
    page.print_books()
