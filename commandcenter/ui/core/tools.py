"""What a feature of the desk is handed: the tools it uses and the declared points where it plugs in."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from commandcenter.rules.people import Role
from commandcenter.rules.permissions import EVERYBODY
from commandcenter.ui.core.registry import Registry

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.base.options import DeskSettings
    from commandcenter.ui.core.actions import ActionRegistry
    from commandcenter.ui.core.desk import Desk
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.notices import Notices
    from commandcenter.ui.core.selection import Selection
    from commandcenter.ui.core.sound import SoundPort
    from commandcenter.ui.core.ticker import Ticker


def late(module: str, name: str) -> Callable[..., Any]:
    """``name`` of ``commandcenter.ui.<module>``, imported when it is first called: no start waits for what it lacks."""

    def make(*arguments: Any, **named: Any) -> Any:
        return getattr(importlib.import_module(f"commandcenter.ui.{module}"), name)(*arguments, **named)

    return make


@dataclass(frozen=True)
class Workspace:
    """A place in the rail. It appears for the roles that use it, and is made when first opened.

    ``under`` names another workspace: this one then has no place of its own, but stands on a strip over the list of
    that one, and that one over it.
    """

    id: str
    title_code: str
    icon: str
    make: "Callable[[Tools], QWidget]"
    roles: frozenset[Role] = EVERYBODY
    order: int = 100
    under: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of the situation workspace; ``place`` is map, waiting, queue, detail or intake."""

    id: str
    place: str
    make: "Callable[[Tools], QWidget]"


@dataclass(frozen=True)
class CardSection:
    """One part of the card of a grid, a person or an incident; ``entity`` says whose.

    A widget may have a method ``serve(host)``, which is told the whole card (to take what is dropped on it), and
    signals ``headline(text)`` and ``wanted()`` for a card that shows one part at a time.
    """

    id: str
    entity: str
    title_code: str
    make: "Callable[[Tools, Any], QWidget]"
    order: int = 100
    applies: "Callable[[Any], bool] | None" = None
    """Whether it stands on the card of this one; None: of all."""


@dataclass(frozen=True)
class StatusItem:
    """A small widget of the status line."""

    id: str
    make: "Callable[[Tools], QWidget]"
    order: int = 100


@dataclass(frozen=True)
class SettingsPage:
    """A page of the settings workspace."""

    id: str
    title_code: str
    make: "Callable[[Tools], QWidget]"
    order: int = 100


@dataclass(frozen=True)
class HeadAction:
    """A button at the head of a workspace's list, by the id of its action."""

    id: str
    workspace: str
    action: str
    order: int = 100


@dataclass(frozen=True)
class LayerPlug:
    """Something that can be switched on over the map; off at first, and made when it is first switched on.

    ``make(tools, parent)`` gives a ``SwitchedLayer`` of :mod:`commandcenter.ui.core.map.layers`.
    """

    id: str
    title_code: str
    make: "Callable[[Tools, QWidget], Any]"
    order: int = 100


@dataclass(frozen=True)
class MeasurePlug:
    """A measure by which the map's grids can be filled; made when it is first chosen.

    ``make(tools, map)`` gives a ``FillMeasure`` of :mod:`commandcenter.ui.core.map.layers`. ``map`` is the map's widget
    and becomes the parent of what follows changes; its ``board`` holds the facts of the grids and the theme.
    """

    id: str
    title_code: str
    make: "Callable[[Tools, QWidget], Any]"
    order: int = 100


@dataclass(frozen=True)
class SheetPlug:
    """A sheet that is printed: ``id`` is one of :data:`commandcenter.services.papers.Sheet`.

    ``make(reader, subject, now=, officer=, …)`` gives ``Printed``; it runs on the io lane. ``world`` is the one that is
    read, empty: the one the desk is in. :class:`commandcenter.ui.core.sheets.Sheets` logs it, makes it and opens it.
    """

    id: str
    make: Callable[..., Any]
    world: str = ""


@dataclass(frozen=True)
class Screen:
    """A picture that ``snapshot`` draws: ``stage`` brings the window into the wanted state before it is drawn."""

    id: str
    workspace: str
    stage: "Callable[[Tools, QWidget], None] | None" = None
    clear: "Callable[[], None] | None" = None
    """Takes away what the stage put there."""
    picture: "Callable[[], QWidget | None] | None" = None
    """Another window to be drawn instead of the desk's."""

    @property
    def section(self) -> str:
        """The section of a card that the picture is about: ``grid-kits`` shows ``grid.kits``."""
        return self.id.replace("-", ".", 1)


@dataclass
class Plugs:
    """The declared points. A duplicate id raises; a test walks them all."""

    workspaces: Registry[Workspace] = field(default_factory=lambda: Registry("workspace"))
    panels: Registry[Panel] = field(default_factory=lambda: Registry("panel"))
    card_sections: Registry[CardSection] = field(default_factory=lambda: Registry("card_section"))
    finder_sources: "Registry[FinderSource]" = field(default_factory=lambda: Registry("finder_source"))
    status_items: Registry[StatusItem] = field(default_factory=lambda: Registry("status_item"))
    settings_pages: Registry[SettingsPage] = field(default_factory=lambda: Registry("settings_page"))
    head_actions: Registry[HeadAction] = field(default_factory=lambda: Registry("head_action"))
    map_layers: Registry[LayerPlug] = field(default_factory=lambda: Registry("map_layer"))
    fill_measures: Registry[MeasurePlug] = field(default_factory=lambda: Registry("fill_measure"))
    sheets: Registry[SheetPlug] = field(default_factory=lambda: Registry("sheet"))
    screens: Registry[Screen] = field(default_factory=lambda: Registry("screen"))


@dataclass
class Tools:
    """The tools of one window."""

    desk: "Desk"
    actions: "ActionRegistry"
    selection: "Selection"
    notices: "Notices"
    ticker: "Ticker"
    sound: "SoundPort"
    settings: "DeskSettings"
    appearance_changed: Callable[[], None]
    """Language, theme, type size or sound of this desk were changed in its settings."""
    plugs: Plugs = field(default_factory=Plugs)
