"""Intake (接报): a call becomes a report becomes an incident, by keys alone, and nothing typed is ever lost."""

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from commandcenter.rules.permissions import DUTY
from commandcenter.services import catalogues
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.tools import Panel, Screen, Tools
from commandcenter.ui.incidents.intake.draft import Draft, take_guess, with_caller
from commandcenter.ui.incidents.intake.intakes import SCOPE, Intakes
from commandcenter.ui.incidents.intake.places import caller_of
from commandcenter.ui.incidents.intake.waiting import WaitingReports

_HOME = "workspace.situation"
"""The action that shows the workspace in which the intake stands."""


def install(tools: Tools) -> None:
    """Declare the actions, the panel and the tabs of waiting reports, and look for drafts of an earlier run."""
    intakes = Intakes(tools.desk, tools.desk)
    _declare(tools, intakes)
    tools.plugs.panels.add("intake", Panel("intake", "intake", partial(_panel, intakes)))
    tools.plugs.panels.add("waiting", Panel("waiting", "waiting", partial(_waiting, intakes)))
    tools.plugs.screens.add("intake", Screen("intake", "situation", partial(_stage, intakes), intakes.end_example))


def _panel(intakes: Intakes, tools: Tools) -> QWidget:
    from commandcenter.ui.incidents.intake.panel import IntakePanel  # made after the first picture

    return IntakePanel(tools, intakes)


def _waiting(intakes: Intakes, tools: Tools) -> QWidget:
    return WaitingReports(tools, intakes)


def _declare(tools: Tools, intakes: Intakes) -> None:
    def is_open() -> bool:
        return intakes.current is not None

    def several() -> bool:
        return len(intakes.drafts) > (1 if is_open() else 0)

    def declare(id: str, title: str, run: object, icon: str, *keys: str, enabled: object = is_open) -> Action:
        return Action(
            id, title, run, icon=icon, keys=keys, roles=DUTY, enabled=enabled, scope=SCOPE, group="intake",  # type: ignore[arg-type]
            in_finder=False,
        )  # fmt: skip

    tools.actions.add(
        Action("intake.open", "intake.open", partial(_open, tools, intakes), icon="intake", keys=("F2",), roles=DUTY,
               group="intake"),
        declare("intake.save", "intake.save", intakes.save_wanted.emit, "check", "Ctrl+Enter", "Ctrl+Return"),
        declare("intake.park", "intake.park", intakes.park, "time", "Esc"),
        declare("intake.next", "intake.tabs.next", partial(intakes.step, 1), "next", "Ctrl+Tab", enabled=several),
        declare("intake.previous", "intake.tabs.previous", partial(intakes.step, -1), "back", "Ctrl+Shift+Tab",
                enabled=several),
    )  # fmt: skip


def _open(tools: Tools, intakes: Intakes) -> None:
    if any(action.id == _HOME for action in tools.actions):
        tools.actions.trigger(_HOME)
    intakes.open()


def _stage(intakes: Intakes, tools: Tools, _page: QWidget) -> None:
    """A report half taken, for a picture: a keeper calls and the officer has typed a stock phrase."""
    desk = tools.desk
    phrase = next(each for each in catalogues.phrases() if each.category == "emergency")
    draft = Draft.fresh(database=desk.session.database.name, world=desk.world, now=desk.now())
    draft = take_guess(replace(draft, text=phrase.name), phrase.category, phrase.subkind, phrase.urgency)
    keepers = sorted(id for (kind, id), each in desk.directory.people.items() if kind == "worker" and each.grid)
    caller = caller_of(desk.directory, "worker", keepers[0]) if keepers else None
    intakes.show_example(with_caller(draft, caller) if caller else draft)
