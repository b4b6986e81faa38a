"""The card of a drill: what, when, who; what speaks against it; its script and what it is judged by; who is to be told.

Script and expectations are the drill's own copies and are only read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import current, say
from commandcenter.rules.clashes import Clash, day_of
from commandcenter.rules.drills import AUDIENCES, Drill, DrillGrid, DrillNotice, DrillPerson
from commandcenter.rules.scenarios import Expectation, Inject, words
from commandcenter.services.catalogues import term
from commandcenter.services.drills import TellOfDrill
from commandcenter.services.seasons import Season
from commandcenter.services.wording import readable, shown
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Flow, Link
from commandcenter.ui.core.cards import words as label
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.inputs import fill
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.reveal import Personal
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.times import time_of_day
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label
from commandcenter.ui.drills.words import (
    clash_words,
    day_words,
    look_only,
    named,
    officer_words,
    scenario_words,
    span_words,
    where_words,
)

HANDS = (
    "drill.edit", "drill.move", "drill.lock", "drill.copy", "drill.begin", "drill.write", "drill.cancel",
)  # fmt: skip
MOST_GRIDS = 40


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill with all that its card shows."""

    drill: Drill
    season: Season
    clashes: tuple[Clash, ...]
    injects: tuple[Inject, ...]
    expectations: tuple[Expectation, ...]
    persons: tuple[DrillPerson, ...]
    grids: tuple[DrillGrid, ...]
    notices: tuple[DrillNotice, ...]
    sender: Sender

    def same_as(self, other: "DrillView | None") -> bool:
        """Whether the card would show the same."""
        return other is not None and self._shown() == other._shown()

    def _shown(self) -> tuple[Any, ...]:
        debt = self.season.rules
        return (self.drill, self.clashes, self.injects, self.expectations, self.persons, self.grids, self.notices, debt)


def ask(id: str, reader: Any) -> dict[str, tuple[Any, ...]]:
    """On the read lane, with a reader of all drills: what belongs to one."""
    kinds = {
        "injects": ("inject", ("position", "id")), "expectations": ("expectation", ("position", "id")),
        "persons": ("drill_person", ("part", "role", "id")), "grids": ("drill_grid", ("grid",)),
        "notices": ("drill_notice", ("id",)),
    }  # fmt: skip
    found = {name: tuple(reader.find(kind, drill=id, order=order)) for name, (kind, order) in kinds.items()}
    found["notices"] = tuple(sorted(found["notices"], key=lambda each: AUDIENCES.index(each.audience)))
    return found


def _column(widget: QWidget, steps: int = 1) -> QVBoxLayout:
    lines = QVBoxLayout(widget)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(theme.current().space(steps))
    return lines


class DrillHeader(QWidget):
    """Title, state, when and where, and what can be done with it."""

    def __init__(self, tools: Tools, view: DrillView) -> None:
        super().__init__()
        drill, season = view.drill, view.season
        lines = _column(self)
        chips = [Chip(say(f"drills.state.{drill.state}"), _tone(drill)), Chip(say(f"drills.form.{drill.form}"))]
        if drill.locked:
            chips.append(Chip(say("drills.locked"), icon="lock"))
        if drill.hidden:
            chips.append(Chip(say("drills.hidden"), "near", icon="ph.eye-slash"))
        if drill.late:
            chips.append(Chip(say("drills.recorded_late")))
        lines.addWidget(label(drill.title, "title"))
        moment = drill.held_at or drill.starts_at
        if moment is None:
            when = say("drills.no_date")
        else:
            day = day_words(moment.astimezone(season.zone).date(), season.today)
            when = say("drills.when.line", day=day, span=span_words(moment, drill.minutes, season.zone))
        lines.addWidget(label(when, "strong"))
        lines.addWidget(Flow(chips))
        if (why := look_only(tools)):
            lines.addWidget(label(why, "caption"))
        allowed = [each for each in HANDS if tools.actions.is_allowed(each)]
        if allowed:
            lines.addWidget(CardHands(tools, allowed))


def _tone(drill: Drill) -> Any:
    return {"planned": "neutral", "running": "accent", "held": "ok", "reviewed": "ok"}.get(drill.state, "near")


class FactsSection(QWidget):
    """Place, scenario, people."""

    def __init__(self, tools: Tools, view: DrillView) -> None:
        super().__init__()
        desk, drill, season = tools.desk, readable(view.drill), view.season
        facts = Facts()
        if drill.reason:
            moved = drill.state != "cancelled"
            facts.add("drills.fact.move_reason" if moved else "drills.fact.reason", drill.reason)
        if drill.grid:
            go = partial(tools.selection.navigate, "grid", drill.grid)
            facts.add("drills.fact.place", Link(where_words(desk, drill), go))
        else:
            facts.add("drills.fact.place", where_words(desk, drill) or say("core.place.whole_town"))
        if drill.place and drill.place not in named(desk, drill):
            facts.add("drills.fact.spot", drill.place)
        if drill.scenario:
            go = partial(tools.selection.navigate, "scenario", drill.scenario)
            facts.add("drills.fact.scenario", Link(scenario_words(season, season.key_of(drill)), go))
        people = say("drills.people", count=drill.people) if drill.people is not None else ""
        level = say(f"drills.level.{drill.level}") if drill.level else ""
        for name, value in (
            ("people", people), ("units", drill.units), ("commander", drill.commander),
            ("trainer", officer_words(desk, drill.trainer)), ("plan", drill.plan), ("owner_unit", drill.owner_unit),
            ("owner", drill.owner), ("level", level), ("origin", self._origin(drill)),
        ):  # fmt: skip
            if value:
                facts.add(f"drills.fact.{name}", value)
        if drill.phone:
            facts.add("drills.fact.phone", Personal(tools, "drill", view.drill, "phone"))
        if drill.retest_of and drill.retest_of in season.drills:
            first = season.drills[drill.retest_of]
            facts.add("drills.fact.retest_of", Link(first.title, partial(tools.selection.navigate, "drill", first.id)))
        _column(self).addWidget(facts)

    def _origin(self, drill: Drill) -> str:
        if drill.origin == "drawn":
            return say("drills.origin.drawn", seed=drill.seed)
        return "" if drill.origin == "planned" else say(f"drills.origin.{drill.origin}")


class ClashSection(QWidget):
    """What speaks against its day."""

    def __init__(self, tools: Tools, view: DrillView) -> None:
        super().__init__()
        lines = _column(self)
        for clash in view.clashes:
            text = clash_words(tools.desk, clash)
            if clash.drill and clash.drill in view.season.drills:
                lines.addWidget(Link(text, partial(tools.selection.navigate, "drill", clash.drill)))
            else:
                lines.addWidget(label(text, "doubt"))
        drill, season = view.drill, view.season
        day = day_of(drill, season.zone)
        is_past = drill.state == "planned" and day is not None and day < season.today
        if is_past:
            lines.addWidget(label(say("drills.card.past"), "doubt"))
        elif not view.clashes:
            lines.addWidget(Label("drills.clash.none", "muted"))


class TellSection(QWidget):
    """Who has to be told that it is only a drill: a press notes that it was done, with the time."""

    def __init__(self, tools: Tools, view: DrillView) -> None:
        super().__init__()
        lines = _column(self)
        may = tools.actions.is_allowed("drill.plan") and view.drill.state in ("planned", "running")
        for notice in view.notices:
            lines.addWidget(TellLine(view, notice, may=may))
        if not view.notices:
            lines.addWidget(Label("drills.tell.none", "muted"))


class TellLine(QWidget):
    """One audience: a tick, who exactly, when and by whom."""

    def __init__(self, view: DrillView, notice: DrillNotice, *, may: bool) -> None:
        super().__init__()
        self._notice, self._sender = notice, view.sender
        self._audience = say(f"drills.audience.{notice.audience}")
        look = theme.current()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.space(2))
        self.is_told = is_told = notice.told_at is not None
        code, icon = ("drills.tell.done", "done") if is_told else ("drills.tell.do", "ph.circle")
        self.tick = Button(code, kind="quiet" if is_told else "secondary", icon=icon)
        spoken = say("drills.tell.spoken", what=self._audience, state=self.tick.text())
        self.tick.setAccessibleName(spoken)
        self.tick.setEnabled(may)
        self.tick.clicked.connect(self._turn)
        name = label(self._audience, "strong" if not is_told else "", wraps=False)
        name.setFixedWidth(look.px(88))
        row.addWidget(name)
        self.whom = LineEdit(say("drills.tell.whom"))
        fill(self.whom, notice.whom)
        self.whom.setEnabled(may)
        self.whom.setAccessibleName(say("drills.tell.whom_of", what=self._audience))
        self.whom.submitted.connect(self._tell)
        row.addWidget(self.whom, 1)
        if notice.told_at is not None:
            at = time_of_day(notice.told_at, view.season.zone, notice.told_at)
            row.addWidget(label(say("drills.tell.at", at=at, who=notice.told_by), "caption", wraps=False))
        row.addWidget(self.tick)

    @Slot()
    def _turn(self) -> None:
        self._send(self._notice.told_at is None)

    @Slot()
    def _tell(self) -> None:
        self._send(True)

    def _send(self, told: bool) -> None:
        code = "drills.done.told" if told else "drills.done.untold"
        command = TellOfDrill(notice=self._notice.id, whom=self.whom.text_with_preedit(), told=told)
        self._sender.send(command, say(code, what=self._audience))


class ScriptSection(QWidget):
    """The script: when, over which channel, by whom, what."""

    def __init__(self, _tools: Tools, view: DrillView) -> None:
        super().__init__()
        lines, look, language = _column(self, 2), theme.current(), current().language
        for inject in view.injects:
            row = QHBoxLayout()
            row.setSpacing(look.space(2))
            clock = label(_offset(inject.offset_s), "strong", wraps=False)
            clock.setFixedWidth(look.px(52))
            row.addWidget(clock, 0)
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(label(words(inject.text, language)))
            parts = (
                term("drill_channels", inject.channel) if inject.channel else "",
                term("drill_players", inject.player) if inject.player else "", words(inject.place, language),
            )  # fmt: skip
            column.addWidget(label(say("drills.dot").join(part for part in parts if part), "muted"))
            row.addLayout(column, 1)
            lines.addLayout(row)
        if not view.injects:
            lines.addWidget(Label("drills.script.none", "muted"))


def _offset(seconds: int) -> str:
    """Time from the start: +05:00; hours only where there are some."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"+{hours}:{minutes:02}:{rest:02}" if hours else f"+{minutes:02}:{rest:02}"


class ExpectationSection(QWidget):
    """What it is judged by, with the points."""

    def __init__(self, _tools: Tools, view: DrillView) -> None:
        super().__init__()
        lines, language = _column(self, 2), current().language
        for each in view.expectations:
            points = say("drills.points", count=each.points)
            head = say("drills.expectation.head", item=words(each.item, language), points=points)
            lines.addWidget(label(head, "strong"))
            lines.addWidget(label(words(each.text, language)))
            if words(each.criterion, language):
                lines.addWidget(label(words(each.criterion, language), "muted"))
        if not view.expectations:
            lines.addWidget(Label("drills.expectation.none", "muted"))


class PeopleSection(QWidget):
    """Who takes part: the unit's roles by name, and the grids."""

    def __init__(self, tools: Tools, view: DrillView) -> None:
        super().__init__()
        lines = _column(self)
        facts = Facts()
        for part, people in _by_part(view.persons):
            names = say("drills.join").join(_name(tools, each) for each in people)
            facts.add(f"drills.part.{part}", names)
        if view.persons:
            lines.addWidget(facts)
        grids = [tools.desk.live.grids[each.grid].name for each in view.grids if each.grid in tools.desk.live.grids]
        if grids:
            lines.addWidget(Label("drills.grids", "muted", count=len(grids)))
            shown = say("drills.join").join(grids[:MOST_GRIDS])
            lines.addWidget(label(shown))
        if not grids and not view.persons:
            lines.addWidget(Label("drills.nobody", "muted"))


def _by_part(persons: Sequence[DrillPerson]) -> list[tuple[str, list[DrillPerson]]]:
    found: dict[str, list[DrillPerson]] = {}
    for each in persons:
        found.setdefault(each.part, []).append(each)
    return list(found.items())


def _name(tools: Tools, person: DrillPerson) -> str:
    known = tools.desk.directory.people.get((person.person_kind, person.person or ""))
    name = known.name if known is not None else shown(person.name)
    return say("drills.role_of", name=name, role=term("unit_roles", person.role)) if person.role else name
