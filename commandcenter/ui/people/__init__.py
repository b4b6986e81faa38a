"""People: the workspace with table and cards, and what quick find knows of everybody who answers."""

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from commandcenter.rules.people import Role
from commandcenter.rules.permissions import KEEPERS_OF_LISTS, SUPERVISORS
from commandcenter.ui.core.tools import CardSection, Screen, Tools, Workspace, late

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from commandcenter.ui.core.actions import Action
    from commandcenter.ui.core.pageholder import PageHolder
    from commandcenter.ui.people.index import PeopleIndex


def install(tools: Tools) -> None:
    """Plug in the workspace, the sections of a person's card, the finder's source and the pictures."""
    from commandcenter.ui.core.finderbox import FinderSource
    from commandcenter.ui.core.pageholder import PageHolder
    from commandcenter.ui.people.index import PeopleIndex

    index, holder = PeopleIndex(tools, tools.desk), PageHolder()
    plugs = tools.plugs
    plugs.workspaces.add(
        "people", Workspace("people", "workspace.people", "people", partial(_make_workspace, index, holder), order=30)
    )
    tools.actions.add(*_actions(holder))
    for name, made_by, order, applies in (
        ("reach", "ReachSection", 10, None), ("away", "AwaySection", 15, _is_serving),
        ("place", "PlaceSection", 20, None), ("able", "AbleSection", 25, _is_worker),
        ("unit", "UnitSection", 45, _is_worker), ("calls", "CallsSection", 50, None),
    ):  # fmt: skip
        make = late("people.sections", made_by)
        section = CardSection(f"person.{name}", "person", f"people.section.{name}", make, order, applies)
        plugs.card_sections.add(section.id, section)
    plugs.finder_sources.add("person", FinderSource("person", index.hits))
    plugs.screens.add("people", Screen("people", "people", _stage_table))
    plugs.screens.add("people-contacts", Screen("people-contacts", "people", _stage_contacts))
    plugs.screens.add("person-card", Screen("person-card", "people", _stage_card))
    plugs.screens.add("person-form", Screen("person-form", "people", _stage_form))
    plugs.screens.add("person-conflict", Screen("person-conflict", "people", _stage_conflict))
    plugs.screens.add("people-reserve", Screen("people-reserve", "people", _stage_reserve))
    plugs.screens.add("person-absent", Screen("person-absent", "people", _stage_absent))
    plugs.screens.add("person-away", Screen("person-away", "people", _stage_away))
    plugs.screens.add("person-leave", Screen("person-leave", "people", _stage_leave))
    plugs.screens.add("person-merge", Screen("person-merge", "people", _stage_merge))
    plugs.screens.add("person-doubles", Screen("person-doubles", "people", _stage_doubles))
    plugs.screens.add("person-new", Screen("person-new", "people", _stage_new))
    plugs.screens.add("person-draft", Screen("person-draft", "people", _stage_draft))


def _is_worker(row: Any) -> bool:
    return bool(row.kind == "worker")


def _is_serving(row: Any) -> bool:
    return bool(row.kind == "worker" and row.person.active)


def _actions(holder: "PageHolder") -> "list[Action]":
    """What keepers of the lists do here; each works on the page that is open."""
    from commandcenter.ui.core.actions import Action

    def action(
        id: str, run: str, icon: str, keys: tuple[str, ...], can: str, roles: frozenset[Role] = KEEPERS_OF_LISTS
    ) -> Action:
        return Action(
            f"person.{id}", f"people.action.{id}", holder.run(run), icon=icon, keys=keys, roles=roles,
            enabled=holder.can(can), scope="people", group="lists",
        )  # fmt: skip

    return [
        action("add", "add", "add", ("N",), "can_add"),
        action("edit", "edit", "edit", ("E",), "can_edit"),
        action("retire", "retire", "remove", ("Del",), "can_retire"),
        action("bring_back", "bring_back", "undo", (), "can_bring_back"),
        action("verify", "verify", "check", ("V",), "can_verify"),
        action("away", "send_away", "time", ("A",), "can_send_away"),
        action("change_away", "change_absence", "edit", ("C",), "can_end_absence"),
        action("back", "end_absence", "back", ("B",), "can_end_absence"),
        action("deputy", "add_deputy", "team", ("D",), "can_add_deputy"),
        action("merge", "merge", "ph.git-merge", ("M",), "can_merge"),
        action("priorities", "name_priorities", "edit", (), "can_name", roles=SUPERVISORS),
        Action("person.erase", "privacy.action", holder.run("erase"), icon="ph.eraser", keys=("Shift+Del",),
               roles=SUPERVISORS, enabled=holder.can("can_erase"), scope="people", group="lists"),
    ]  # fmt: skip


def _make_workspace(index: "PeopleIndex", holder: "PageHolder", tools: Tools) -> "QWidget":
    from commandcenter.ui.people.workspace import PeopleWorkspace

    return holder.hold(PeopleWorkspace(tools, index))  # type: ignore[no-any-return]


def _stage_table(tools: Tools, page: "QWidget") -> None:
    """Everybody, nobody chosen."""
    for kind in ("worker", "duty_holder", "contact", "officer"):
        tools.selection.choose(kind, None)


def _stage_contacts(tools: Tools, page: "QWidget") -> None:
    """The tab of contacts, whose names are long."""
    _stage_table(tools, page)
    page.tabs.setCurrentIndex(3)  # type: ignore[attr-defined]


def _stage_card(tools: Tools, page: "QWidget") -> None:
    """The card of the worker who was called last on an open incident, or of the first worker."""
    called = [each for calls in tools.desk.live.calls.values() for each in calls if each.person_kind == "worker"]
    workers = [id for kind, id in tools.desk.directory.people if kind == "worker"]
    if called:
        tools.selection.navigate("worker", max(called, key=lambda each: each.listed_at).person)
    elif workers:
        tools.selection.navigate("worker", min(workers))


def _stage_form(tools: Tools, page: "QWidget") -> None:
    """The form of that worker, with a number that somebody else has."""
    from commandcenter.ui.people.forms import EditPerson

    _stage_card(tools, page)
    tools.actions.trigger("person.edit")
    sheet = page.findChild(EditPerson)
    others = [each for (kind, _), each in tools.desk.directory.people.items() if kind == "contact" and each.phone]
    if sheet is not None and others:
        sheet.put("phone", min(others, key=lambda each: each.id).phone)


def _stage_conflict(tools: Tools, page: "QWidget") -> None:
    """Both versions of a number, side by side."""
    from commandcenter.base.errors import Conflict
    from commandcenter.ui.people.forms import EditPerson

    _stage_card(tools, page)
    tools.actions.trigger("person.edit")
    sheet = page.findChild(EditPerson)
    if sheet is not None:
        versions = {"mine": "15400000027", "theirs": "15400000072", "was": sheet.value("phone")}
        sheet.put("phone", versions["mine"])
        sheet.conflict(Conflict("person.conflict", name="", fields={"phone": versions}))


def _stage_new(tools: Tools, page: "QWidget") -> None:
    """The empty form for somebody new."""
    tools.actions.trigger("person.add")


def _stage_draft(tools: Tools, page: "QWidget") -> None:
    """That form, half filled in, left and opened again."""
    from commandcenter.ui.people.forms import AddPerson

    _stage_new(tools, page)
    sheet = page.findChild(AddPerson)
    if sheet is not None:
        sheet.put("name", "欧阳春华")
        sheet.left.emit()
        _stage_new(tools, page)


def _stage_reserve(tools: Tools, page: "QWidget") -> None:
    """The roster narrowed down to those who keep no grid yet."""
    _stage_table(tools, page)
    narrowing: Any = page.narrowing  # type: ignore[attr-defined]
    narrowing.put("reserve")
    page.narrow_down()  # type: ignore[attr-defined]


def _stage_absent(tools: Tools, page: "QWidget") -> None:
    """The card of somebody who is away today."""
    away = [each for each in tools.desk.directory.absences.values()
            if tools.desk.directory.absence(each.worker, tools.desk.now()) is each and each.stand_in]  # fmt: skip
    if away:
        tools.selection.navigate("worker", min(away, key=lambda each: each.id).worker)


def _stage_away(tools: Tools, page: "QWidget") -> None:
    """The form of an absence."""
    _stage_card(tools, page)
    tools.actions.trigger("person.away")


def _stage_leave(tools: Tools, page: "QWidget") -> None:
    """The form by which that worker leaves, a successor of the reserve chosen."""
    from commandcenter.ui.people.leaveform import LeaveSheet

    _stage_card(tools, page)
    tools.actions.trigger("person.retire")
    tools.desk.tasks.drain(10)
    sheet = page.findChild(LeaveSheet)
    if sheet is not None:
        sheet.successor.setCurrentIndex(1)


def _twins(tools: Tools) -> tuple[str, str] | None:
    """Two keepers of one village, the one called last among them; such as the sample has no doubles of."""
    workers = {id: each for (kind, id), each in tools.desk.directory.people.items() if kind == "worker" and each.active}
    in_village = Counter(each.village for each in workers.values())
    several = {id: each for id, each in workers.items() if in_village[each.village] > 1}
    if not several:
        return None
    called = [each for calls in tools.desk.live.calls.values() for each in calls if each.person in several]
    keep = max(called, key=lambda each: each.listed_at).person if called else min(several)
    return keep, min(id for id, each in several.items() if id != keep and each.village == several[keep].village)


def _stage_merge(tools: Tools, page: "QWidget") -> None:
    """The form that makes two rows one."""
    from commandcenter.ui.people.workspace import PeopleWorkspace

    twins = _twins(tools)
    if twins is not None and isinstance(page, PeopleWorkspace):
        tools.selection.navigate("worker", twins[0])
        page.read_pair(*twins)
        tools.desk.tasks.drain(10)


def _stage_doubles(tools: Tools, page: "QWidget") -> None:
    """The question who the other is."""
    _stage_card(tools, page)
    tools.actions.trigger("person.merge")
