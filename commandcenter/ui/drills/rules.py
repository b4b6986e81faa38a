"""The rules of what is owed: the list at the right of the calendar, and its forms."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import current, say
from commandcenter.rules.debts import LEVELS, DebtRule
from commandcenter.rules.permissions import SUPERVISORS
from commandcenter.rules.scenarios import rewritten, words
from commandcenter.services.debt_rules import RULE_FIELDS, AddDebtRule, EditDebtRule, RetireDebtRule
from commandcenter.services.seasons import Season
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.drills.forms import narrow
from commandcenter.ui.drills.picture import Picture
from commandcenter.ui.drills.smalllist import Entry, Open, SmallList, as_text
from commandcenter.ui.drills.words import month, newest, rule_words, scenario_words

INFERRED = "I"
"""The source of a shipped rule that nothing published asks for."""


class RulesList(SmallList):
    """Who owes which drill how often; the town's supervisors change it."""

    def __init__(self, tools: Tools, sender: Sender, open_form: Open) -> None:
        super().__init__("drills.rules.title")
        self._tools, self._sender, self._open = tools, sender, open_form

    def show_picture(self, picture: Picture) -> None:
        """As they stand now, by level."""
        may = self._tools.desk.officer.role in SUPERVISORS
        season = picture.season
        self.begin()
        if not may:
            self.tell(say("drills.rules.supervisors"))
        add = partial(self._open, "new:debt_rule", partial(AddRuleSheet, season, self._sender)) if may else None
        for level in LEVELS:
            found = [each for each in season.rules if each.level == level]
            if found or level == LEVELS[0]:
                self.part(f"drills.level.{level}", "drills.rules.add", add if level == LEVELS[0] else None,
                          "drills.rules.none", [self._rule(each, season, may) for each in found])  # fmt: skip
        self.end()

    def _rule(self, rule: DebtRule, season: Season, may: bool) -> Entry:
        when = say("drills.rules.before", month=month(rule.before_month)) if rule.before_month else ""
        often = say("drills.rules.every", count=rule.every_months)
        source = say("drills.rules.inferred") if rule.source == INFERRED else rule.source
        parts = (scenario_words(season, rule.scenario), often, when, source)
        edit = partial(self._open, rule.id, partial(EditRuleSheet, rule, season, self._sender)) if may else None
        retire = partial(self._retire, rule) if may else None
        return Entry(rule_words(rule), say("drills.dot").join(part for part in parts if part), edit, retire)

    def _retire(self, rule: DebtRule) -> None:
        told = say("drills.done.rule_retired", title=rule_words(rule))
        self._sender.carry_out(RetireDebtRule(debt_rule=rule.id), told)


def _rule_fields(season: Season) -> list[EditField]:
    levels = PickBox(Option(each, say(f"drills.level.{each}")) for each in LEVELS)
    scenarios = narrow(PickBox(
        (Option(key, scenario_words(season, key), (key,)) for key in newest(season)), none_code="drills.any_scenario"
    ))  # fmt: skip
    months = PickBox((Option(number, month(number)) for number in range(1, 13)), none_code="drills.rules.any_time")
    widgets: dict[str, tuple[QWidget, Any]] = {
        "title": (LineEdit(), ""), "level": (levels, None), "scenario": (scenarios, ""),
        "every_months": (CountEdit(), 0), "before_month": (months, 0), "since": (LineEdit(), ""),
        "source": (LineEdit(), ""),
    }  # fmt: skip
    shown: dict[str, Callable[[Any], str]] = {
        "level": lambda each: say(f"drills.level.{each}"), "scenario": lambda key: scenario_words(season, key),
        "before_month": lambda number: month(number) if number else say("drills.rules.any_time"),
        "title": lambda text: words(text, current().language) if isinstance(text, dict) else str(text),
    }  # fmt: skip
    return [
        EditField(name, f"drills.rules.field.{name}", *widgets[name], shown.get(name, as_text)) for name in RULE_FIELDS
    ]


class AddRuleSheet(FieldsSheet):
    """A new rule."""

    def __init__(self, season: Season, sender: Sender) -> None:
        super().__init__("drills.rules.add", "drills.rules.save", sender, _rule_fields(season))
        self.put("level", "village")
        self.put("every_months", 12)

    def command(self) -> AddDebtRule | None:
        """The command."""
        found = self.values()
        return None if found is None else AddDebtRule(**found, language=current().language)

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.rule_added")


class EditRuleSheet(EditSheet):
    """Changes a rule. Its title is written in the language that is spoken."""

    def __init__(self, rule: DebtRule, season: Season, sender: Sender) -> None:
        self._rule = rule
        super().__init__("drills.rules.edit", "drills.rules.save", sender, _rule_fields(season), rule)

    def put(self, name: str, value: Any) -> None:
        """Show a value; a title in the language that is spoken."""
        super().put(name, words(value, current().language) if name == "title" and isinstance(value, dict) else value)

    def value(self, name: str) -> Any:
        """As the row holds it."""
        found = super().value(name)
        return rewritten(self._was["title"], found or "", current().language) if name == "title" else found

    def values(self, names: Sequence[str] = ()) -> dict[str, Any] | None:
        """As the row holds them."""
        found = super().values(names)
        if found is not None and "title" in found:
            found["title"] = rewritten(self._was["title"], found["title"], current().language)
        return found

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditDebtRule:
        """The command."""
        return EditDebtRule(debt_rule=self._rule.id, changed=changed, was=was)

    def words(self) -> str:
        """For the undo list."""
        return say("drills.done.rule_edited", title=rule_words(self._rule))
