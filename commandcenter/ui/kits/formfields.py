"""What the forms of the room have in common: how a field is named, and what villages and depots there are."""

from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.rules.ordering import natural_key
from commandcenter.services.kit_board import Board
from commandcenter.ui.core.editing import EditField
from commandcenter.ui.core.inputs import Option
from commandcenter.ui.kits.rows import village_name


def form_field(name: str, widget: QWidget, empty: Any = "", hint: str = "") -> EditField:
    """A field of a form, by its name."""
    widget.setObjectName(f"kits.form.{name}")
    return EditField(name, f"kits.field.{name}", widget, empty, hint_code=hint)


def village_options(board: Board) -> list[Option]:
    """All villages by code."""
    found = sorted(board.villages.values(), key=lambda each: natural_key(each.code))
    return [Option(each.id, village_name(each), (each.code, each.name, each.name_en)) for each in found]


def depot_options(board: Board) -> list[Option]:
    """The depots, that of the town first."""
    return [Option(each.id, each.name) for each in board.depots]
