"""The card of a scenario: what it is for, what each of the five and each role asks, kit, safety, and its editions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.scenarios import FIVE, ROLES, Scenario, split
from commandcenter.services.catalogues import term
from commandcenter.services.scenarios import Changed, Kept, changed_since
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Flow, Link, figures, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import ActionButton, Chip, Label
from commandcenter.ui.scenarios.rows import ScenarioRow
from commandcenter.ui.scenarios.season import SeasonStrip
from commandcenter.ui.scenarios.words import five_label, grids_words, season_words, text_of


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the card: a type, which of its editions, and what this officer may do with it."""

    row: ScenarioRow
    kept: Kept
    month: int
    may_plan: bool
    planned: int | None
    """How many drills were planned from this edition; None while unknown."""
    may_write: bool
    named: Mapping[str, str]
    """What the town calls the five."""

    @property
    def scenario(self) -> Scenario:
        """The edition."""
        return self.kept.scenario

    @property
    def is_newest(self) -> bool:
        """Whether it can be worked with."""
        return self.kept is self.row.entry.kept or self.scenario.id == self.row.scenario.id


def _lines(parent: QWidget) -> QVBoxLayout:
    lines = QVBoxLayout(parent)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(theme.current().space(1))
    return lines


class ScenarioHeader(QWidget):
    """Title, edition, season, forms, size, and what can be done."""

    def __init__(self, tools: Tools, shown: Shown) -> None:
        super().__init__()
        lines, scenario = _lines(self), shown.scenario
        lines.addWidget(words(text_of(scenario.title), "title"))
        lines.addWidget(words(self._about(shown), "muted"))
        row = QHBoxLayout()
        row.setSpacing(theme.current().space(3))
        row.addWidget(SeasonStrip(scenario, shown.month))
        row.addWidget(words(season_words(scenario), "muted", wraps=False))
        row.addStretch(1)
        lines.addLayout(row)
        if scenario.forms:
            lines.addWidget(Flow([Chip(say(f"scenarios.form.{each}")) for each in split(scenario.forms)]))
        lines.addWidget(figures((
            (str(scenario.minutes), "scenarios.figure.minutes"), (str(scenario.people), "scenarios.figure.people"),
            (str(scenario.pass_mark), "scenarios.figure.pass_mark"),
        )))  # fmt: skip
        if not tools.actions.is_allowed("scenario.edit"):
            lines.addWidget(CardHands(tools, ("scenario.export",)))
            lines.addWidget(Label("scenarios.read_only", "caption"))
        elif shown.is_newest and scenario.active:
            ids = ["scenario.edit", "scenario.copy", "scenario.export", "scenario.retire"]
            lines.addWidget(CardHands(tools, ["scenario.plan", *ids] if shown.may_plan else ids))
        elif shown.is_newest:
            lines.addWidget(Label("scenarios.retired", "doubt"))
            lines.addWidget(CardHands(tools, ("scenario.bring_back", "scenario.copy")))
        else:
            lines.addWidget(Label("scenarios.older", "doubt", newest=shown.row.scenario.edition))
            back = partial(tools.selection.navigate, "scenario", shown.row.scenario.id)
            lines.addWidget(Link(say("scenarios.to_newest"), back), 0, Qt.AlignmentFlag.AlignLeft)

    def _about(self, shown: Shown) -> str:
        scenario = shown.scenario
        origin = say("scenarios.origin.shipped" if scenario.origin == "shipped" else "scenarios.origin.own")
        parts = [say("scenarios.edition", edition=scenario.edition), origin]
        if shown.planned is not None:
            parts.append(say("scenarios.planned", count=shown.planned))
        return " · ".join(parts)


class PurposeSection(QWidget):
    """Purpose, objectives, where it fits."""

    def __init__(self, tools: Tools, shown: Shown) -> None:
        super().__init__()
        facts, scenario = Facts(), shown.scenario
        for name in ("purpose", "objectives", "places"):
            facts.add(f"scenarios.field.{name}", text_of(getattr(scenario, name)) or say("scenarios.not_written"))
        if scenario.grid_kinds:
            facts.add("scenarios.field.grid_kinds", grids_words(scenario))
        _lines(self).addWidget(facts)


class FiveSection(QWidget):
    """What each of the five asks; what they are called is the town's own."""

    def __init__(self, tools: Tools, shown: Shown) -> None:
        super().__init__()
        lines = _lines(self)
        settings = tools.desk.live.settings
        pairs = [(five_label(key, settings), text_of(shown.scenario.five.get(key))) for key in FIVE]
        lines.addWidget(_pairs(pairs))
        if tools.actions.is_allowed("scenario.five"):
            lines.addWidget(ActionButton(tools.actions, "scenario.five", kind="quiet"), 0, Qt.AlignmentFlag.AlignLeft)


class RolesSection(QWidget):
    """What each role of the smallest emergency unit does."""

    def __init__(self, tools: Tools, shown: Shown) -> None:
        super().__init__()
        pairs = [(term("unit_roles", key), text_of(shown.scenario.roles.get(key))) for key in ROLES]
        _lines(self).addWidget(_pairs(pairs))


class KitSection(QWidget):
    """What has to be there, and what has to be watched."""

    def __init__(self, tools: Tools, shown: Shown) -> None:
        super().__init__()
        facts = Facts()
        for name in ("kit", "safety"):
            facts.add(f"scenarios.field.{name}", text_of(getattr(shown.scenario, name)) or say("scenarios.not_written"))
        _lines(self).addWidget(facts)


def _pairs(pairs: Sequence[tuple[str, str]]) -> QWidget:
    """Words that are data, each before what it says."""
    facts = Facts()
    for title, text in pairs:
        facts.add("scenarios.pair", text or say("scenarios.not_written"))
        label = facts.findChildren(Label)[-1]
        label.show_text(title)
    return facts


class EditionsSection(QWidget):
    """Every edition with what it changed, the newest first."""

    def __init__(self, tools: Tools, shown: Shown) -> None:
        super().__init__()
        lines = _lines(self)
        editions = shown.row.entry.editions
        for newer, older in zip(editions, (*editions[1:], None), strict=True):
            row = QHBoxLayout()
            row.setSpacing(theme.current().space(3))
            name = say("scenarios.edition", edition=newer.scenario.edition)
            if newer.scenario.id == shown.scenario.id:
                row.addWidget(words(name, "strong", wraps=False), 0, Qt.AlignmentFlag.AlignTop)
            else:
                go = partial(tools.selection.navigate, "scenario", newer.scenario.id)
                row.addWidget(Link(name, go), 0, Qt.AlignmentFlag.AlignTop)
            said = _change_words(changed_since(older, newer), tools) if older is not None else _first(newer)
            row.addWidget(words(said, "muted"), 1)
            lines.addLayout(row)


def _first(kept: Kept) -> str:
    return say("scenarios.first.shipped" if kept.scenario.origin == "shipped" else "scenarios.first.own")


def _change_words(changed: Changed, tools: Tools) -> str:
    """What one edition changed of the one before, in one line."""
    parts = [field_name(name, tools.desk.live.settings) for name in changed.fields]
    for kind, (came, went) in changed.lines.items():
        if came or went:
            parts.append(say(f"scenarios.changed.{kind}", came=came, went=went))
    return say("scenarios.join").join(parts) or say("scenarios.changed.nothing")


def field_name(name: str, settings: Any) -> str:
    """What a field of a scenario is called."""
    if name.startswith("five_"):
        return five_label(name.removeprefix("five_"), settings)
    if name.startswith("role_"):
        return term("unit_roles", name.removeprefix("role_"))
    return say(f"scenarios.field.{name}")
