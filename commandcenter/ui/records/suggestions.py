"""A drill that a village held by itself: what is known of the place is put where nobody has typed."""

from PySide6.QtCore import QObject, Slot

from commandcenter.base.texts import choose, say
from commandcenter.rules.scenarios import Scenario
from commandcenter.services.drill_words import in_own_words
from commandcenter.ui.core import inputs
from commandcenter.ui.core.desk import Desk
from commandcenter.ui.records.record_form import FormFacts, RecordForm


class Suggestions(QObject):
    """Follows scenario and place; ``facts`` hold the library and what villages wrote last."""

    def __init__(self, form: RecordForm, desk: Desk, facts: FormFacts) -> None:
        super().__init__(form)
        self._form, self._desk, self._facts = form, desk, facts

    def begin(self, village: str | None) -> None:
        """An empty form: today, whoever sits at the desk, and a village if one is looked at."""
        form = self._form
        form.day.put(f"{self._desk.now().astimezone(form.zone):%Y-%m-%d}")
        inputs.fill(form.widgets["recorder"], self._desk.officer.name)
        if village:
            inputs.fill(form.places.village, village)
        self._scenario_chosen()
        self._place_chosen()
        form.scenario.chosen.connect(self._scenario_chosen)
        form.places.village.chosen.connect(self._place_chosen)
        form.places.grid.chosen.connect(self._place_chosen)

    @Slot()
    def _scenario_chosen(self) -> None:
        scenario = self._chosen_scenario()
        rows = self._facts.expectations.get(scenario.id, ()) if scenario is not None else ()
        mark = scenario.pass_mark if scenario is not None else 80
        self._form.judged.show_expectations(rows, mark, is_chosen=scenario is not None)
        if scenario is not None:
            self._suggest("subjects", in_own_words(scenario.title))
        self._suggest_title()
        self._form.judge()

    def _chosen_scenario(self) -> Scenario | None:
        id = self._form.scenario.currentData()
        return next((each for each in self._facts.scenarios if each.id == id), None)

    @Slot()
    def _place_chosen(self) -> None:
        """Which grids there are to tick, and what the village wrote last time."""
        live = self._desk.live
        village, grid = self._form.places.village.currentData(), self._form.places.grid.currentData()
        ids = [grid] if grid else [
            each.id for each in live.grids.values() if each.village == village and each.kind == "general"
        ]
        self._form.grids.show_grids(self._form.named(ids if village or grid else ()), {})
        found = live.villages.get(village or "")
        last = self._facts.last.get(village or "")
        self._suggest("place", self._form.grid_name(grid) or (choose(found.name, found.name_en) if found else ""))
        own = choose(found.name, found.name_en) if found else ""
        self._suggest("owner_unit", last.owner_unit if last and last.owner_unit else own)
        self._suggest("commander", last.commander if last else self._secretary(village))
        self._suggest("units", last.units if last else "")
        self._suggest_title()

    def _secretary(self, village: str | None) -> str:
        people = self._desk.directory.people.values()
        return next((each.name for each in people if getattr(each, "role", "") == "village_secretary"
                     and getattr(each, "village", None) == village and village), "")  # fmt: skip

    def _suggest_title(self) -> None:
        scenario, places = self._chosen_scenario(), self._form.places
        found = self._desk.live.villages.get(places.village.currentData() or "")
        where = self._form.grid_name(places.grid.currentData()) or (choose(found.name, found.name_en) if found else "")
        what = in_own_words(scenario.title) if scenario is not None else ""
        self._suggest("title", say("records.title", where=where, what=what) if where and what else "")

    def _suggest(self, name: str, value: str) -> None:
        """Put a value where nobody has typed."""
        if name not in self._form.touched:
            inputs.fill(self._form.widgets[name], value)
