"""Pictures of the window for ``snapshot``: every step, on a roster of the town's own with a few slips in it."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import say
from commandcenter.ui.core.tools import Screen, Tools
from commandcenter.ui.imports.door import Door

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from commandcenter.ui.imports.window import ImportWindow

_HEADINGS = ("序号", "村(社区)", "网格编码", "网格名称", "姓名", "性别", "出生年月", "身份证号", "联系电话", "备注")
"""As the usual rosters are headed, in whatever language the desk speaks."""
STEPS = ("start", "map", "columns", "problems", "differences", "result")


def screens(door: Door) -> list[Screen]:
    """One picture per step."""
    stage = Stage(door)
    return [
        Screen(f"import.{step}", "situation", partial(stage.show, step), stage.clear, picture=stage.window)
        for step in STEPS
    ]


class Stage:
    """Brings the window into a step with a roster made of the town's own workers. Nothing is written."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._folder: TemporaryDirectory[str] | None = None

    def window(self) -> QWidget | None:
        """The window that is drawn."""
        return self._door.window

    def show(self, step: str, tools: Tools, _page: QWidget) -> None:
        """Bring the window to a step."""
        from tempfile import TemporaryDirectory

        window = self._door.made()
        window.work.start_over()
        window.begin()
        if step == "start":
            return
        self._folder = TemporaryDirectory()
        if step == "map":
            from commandcenter.services.sample import folder

            window.begin("grids", folder() / "grids.geojson")
            return
        window.begin("workers", _roster(tools, Path(self._folder.name)))
        tools.desk.tasks.drain()
        _BRINGERS[step](window)

    def clear(self) -> None:
        """Close the window and take the file away."""
        window = self._door.window
        if window is not None:
            window.work.start_over()
            window.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _columns(window: "ImportWindow") -> None:
    window.go("columns")


def _problems(window: "ImportWindow") -> None:
    window.go("problems")
    window.next_problem()


def _differences(window: "ImportWindow") -> None:
    window.go("problems")
    window.work_page.halves.setCurrentIndex(1)


def _result(window: "ImportWindow") -> None:
    from commandcenter.services.filing import Survey

    found = window.work.survey or Survey()
    window.work.show_result(replace(found, new=12, changed=3, same=291, problems=[], written=True))


_BRINGERS = {"columns": _columns, "problems": _problems, "differences": _differences, "result": _result}


def _roster(tools: Tools, folder: Path) -> Path:
    """A roster as towns keep it: a merged title, and rows of which some are right and some are not."""
    import openpyxl

    desk = tools.desk
    workers = sorted((each for (kind, _), each in desk.directory.people.items() if kind == "worker"),
                     key=lambda each: (each.village or "", each.name, each.id))[:60]  # fmt: skip
    town = desk.live.town
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append([say("imports.screen.title", town=town.name if town else "")])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_HEADINGS))
    sheet.append(list(_HEADINGS))
    for place, each in enumerate(workers, start=1):
        grid, village = desk.live.grids.get(each.grid or ""), desk.live.villages.get(each.village or "")
        phone = each.phone or "" if place % 9 else "138O0138000"
        sheet.append([
            place, village.name if village else "", (grid.code if grid else "") if place % 21 else "510981103099",
            grid.name if grid else "", f"{each.name[:1]} {each.name[1:]}" if place % 13 == 0 else each.name,
            {"male": "男", "female": "女"}.get(each.gender, ""), each.birth_month if place % 17 else "2025.1",
            "51092219800101000X", phone, "13980000000" if place % 19 == 0 else "",
        ])  # fmt: skip
    path = folder / f"{say('imports.screen.file')}.xlsx"
    book.save(path)
    book.close()
    return path
