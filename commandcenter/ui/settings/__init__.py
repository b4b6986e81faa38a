"""Settings: the workspace and its pages. Other features plug in pages of their own."""

from typing import TYPE_CHECKING

from commandcenter.ui.core.tools import Screen, SettingsPage, Tools, Workspace

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def install(tools: Tools) -> None:
    """Plug in the workspace, the pages and the picture."""
    plugs = tools.plugs
    plugs.workspaces.add(
        "settings", Workspace("settings", "workspace.settings", "settings", _make_workspace, order=900)
    )
    for page in (
        SettingsPage("limits", "settings.page.limits", _make_limits, 10),
        SettingsPage("desk", "settings.page.desk", _make_desk, 20),
        SettingsPage("officers", "settings.page.officers", _make_officers, 30),
        SettingsPage("town", "settings.page.town", _make_town, 40),
        SettingsPage("database", "settings.page.database", _make_database, 50),
    ):
        plugs.settings_pages.add(page.id, page)
    plugs.screens.add("settings", Screen("settings", "settings", _stage))


def _make_workspace(tools: Tools) -> "QWidget":
    from commandcenter.ui.settings.workspace import SettingsWorkspace

    return SettingsWorkspace(tools)


def _make_limits(tools: Tools) -> "QWidget":
    from commandcenter.ui.settings.limits import LimitsPage

    return LimitsPage(tools)


def _make_desk(tools: Tools) -> "QWidget":
    from commandcenter.ui.settings.deskpage import DeskPage

    return DeskPage(tools)


def _make_officers(tools: Tools) -> "QWidget":
    from commandcenter.ui.settings.officers import OfficersPage

    return OfficersPage(tools)


def _make_town(tools: Tools) -> "QWidget":
    from commandcenter.ui.settings.town import TownPage

    return TownPage(tools)


def _make_database(tools: Tools) -> "QWidget":
    from commandcenter.ui.settings.database import DatabasePage

    return DatabasePage(tools)


def _stage(tools: Tools, page: "QWidget") -> None:
    """The limits, whatever was open last."""
    from commandcenter.ui.settings.workspace import SettingsWorkspace

    if isinstance(page, SettingsWorkspace):
        page.open_page("limits")
