"""Intake (接报): a call becomes a report becomes an incident, by keys alone, and nothing typed is ever lost."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from commandcenter.rules.permissions import DUTY
from commandcenter.ui.core.actions import Action
from commandcenter.ui.core.tools import Panel, Screen, Tools

if TYPE_CHECKING:
    from commandcenter.ui.incidents.intake.intakes import Intakes
    from commandcenter.ui.incidents.intake.saving import Saved

SCOPE = "intake"
"""The part of the window in which the keys of the intake work."""
_HOME = "workspace.situation"
"""The action that shows the workspace in which the intake stands."""


class Reports:
    """The reports taken in one window; they and their drafts of an earlier run are looked for when the first panel is
    made, or somebody presses the key: the first picture shows none. ``taken`` hears the id of each incident that was
    taken here, before anybody goes to it."""

    def __init__(self, tools: Tools, taken: Callable[[str], None]) -> None:
        self._tools, self._taken = tools, taken
        self.made: Intakes | None = None
        """None while there is nothing yet."""

    def __call__(self) -> "Intakes":
        """The reports, made when first asked for."""
        if self.made is None:
            from commandcenter.ui.incidents.intake.intakes import Intakes

            self.made = Intakes(self._tools.desk, self._tools.desk)
            self.made.saved.connect(self._saved)
        return self.made

    def _saved(self, saved: "Saved") -> None:
        self._taken(saved.incident)

    def then(self, what: "Callable[[Intakes], None]") -> Callable[[], None]:
        """What a key does with them."""
        return lambda: what(self())


def install(tools: Tools, taken: Callable[[str], None]) -> None:
    """Declare the actions, the panel and the tabs of waiting reports; ``taken``: see :class:`Reports`."""
    reports = Reports(tools, taken)
    _declare(tools, reports)
    tools.plugs.panels.add("intake", Panel("intake", "intake", partial(_panel, reports)))
    tools.plugs.panels.add("waiting", Panel("waiting", "waiting", partial(_waiting, reports)))
    end = reports.then(lambda intakes: intakes.end_example())
    tools.plugs.screens.add("intake", Screen("intake", "situation", partial(_stage, reports), end))


def _panel(reports: Reports, tools: Tools) -> QWidget:
    from commandcenter.ui.incidents.intake.panel import IntakePanel

    return IntakePanel(tools, reports())


def _waiting(reports: Reports, tools: Tools) -> QWidget:
    from commandcenter.ui.incidents.intake.waiting import WaitingReports

    return WaitingReports(tools, reports())


def _declare(tools: Tools, reports: Reports) -> None:
    def is_open() -> bool:
        return reports.made is not None and reports.made.current is not None

    def several() -> bool:
        return reports.made is not None and len(reports.made.drafts) > (1 if is_open() else 0)

    def declare(id: str, title: str, run: object, icon: str, *keys: str, enabled: object = is_open) -> Action:
        return Action(
            id, title, run, icon=icon, keys=keys, roles=DUTY, enabled=enabled, scope=SCOPE, group="intake",  # type: ignore[arg-type]
            in_finder=False,
        )  # fmt: skip

    def step(by: int) -> Callable[[], None]:
        return reports.then(lambda intakes: intakes.step(by))

    save = reports.then(lambda intakes: intakes.save_wanted.emit())
    park = reports.then(lambda intakes: intakes.park())
    tools.actions.add(
        Action("intake.open", "intake.open", partial(_open, tools, reports), icon="intake", keys=("F2",), roles=DUTY,
               group="intake"),
        declare("intake.save", "intake.save", save, "check", "Ctrl+Enter", "Ctrl+Return"),
        declare("intake.park", "intake.park", park, "time", "Esc"),
        declare("intake.next", "intake.tabs.next", step(1), "next", "Ctrl+Tab", enabled=several),
        declare("intake.previous", "intake.tabs.previous", step(-1), "back", "Ctrl+Shift+Tab", enabled=several),
    )  # fmt: skip


def _open(tools: Tools, reports: Reports) -> None:
    if any(action.id == _HOME for action in tools.actions):
        tools.actions.trigger(_HOME)
    reports().open()


def _stage(reports: Reports, tools: Tools, _page: QWidget) -> None:
    """A report half taken, for a picture: a keeper calls and the officer has typed a stock phrase."""
    from dataclasses import replace

    from commandcenter.services import catalogues
    from commandcenter.ui.incidents.intake.draft import Draft, take_guess, with_caller
    from commandcenter.ui.incidents.intake.places import caller_of

    desk = tools.desk
    phrase = next(each for each in catalogues.phrases() if each.category == "emergency")
    draft = Draft.fresh(database=desk.session.database.name, world=desk.world, now=desk.now())
    draft = take_guess(replace(draft, text=phrase.name), phrase.category, phrase.subkind, phrase.urgency)
    keepers = sorted(id for (kind, id), each in desk.directory.people.items() if kind == "worker" and each.grid)
    caller = caller_of(desk.directory, "worker", keepers[0]) if keepers else None
    reports().show_example(with_caller(draft, caller) if caller else draft)
