"""Plausible incidents: the three months of a sample, and an evening that goes on by itself.

A story is drawn from ``story.json`` with a seed and told by sending the real commands, so that what it leaves behind
is what people would have left.
"""

import heapq
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from commandcenter.base.clock import ManualClock
from commandcenter.base.errors import Refused
from commandcenter.base.ids import derived_id, new_id
from commandcenter.rules.calling import is_answered
from commandcenter.rules.entity import REAL
from commandcenter.rules.incidents import SETTLED, Call
from commandcenter.rules.visibility import SYSTEM
from commandcenter.services import sample_pictures
from commandcenter.services.attachments import Attach
from commandcenter.services.calls import CallOut, Person, RecordCall
from commandcenter.services.incidents import (
    CancelIncident,
    CloseIncident,
    MergeIncident,
    NoteIncident,
    OpenIncident,
    ReturnIncident,
    StepIncident,
)
from commandcenter.services.runner import CommandRunner
from commandcenter.services.sessions import ReadDoor
from commandcenter.storage.database import Database

SHIFT_HOURS = 12
MOST_RINGS = 4


@dataclass(frozen=True, slots=True)
class Script:
    """The materials of a story."""

    facts: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Script":
        """From a ``story.json``."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    @property
    def begins(self) -> datetime:
        """The first day, at midnight in the township."""
        zone = ZoneInfo(self.facts.get("zone", "Asia/Shanghai"))
        return datetime.fromisoformat(self.facts["from"]).replace(tzinfo=zone)

    @property
    def now(self) -> datetime:
        """Where the story stands when the sample is opened for the first time."""
        return datetime.fromisoformat(self.facts["now"])

    @property
    def length(self) -> int:
        """Roughly how many commands it takes to tell it, for progress."""
        return int(self.facts["incidents"]) * 8


@dataclass(frozen=True, slots=True)
class Step:
    """Something done ``minute`` minutes after the report."""

    minute: float
    do: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Tale:
    """One incident being told."""

    root: str
    opening: OpenIncident
    start: datetime
    steps: list[Step]
    key: str = ""
    incident: str | None = None
    told: int = 0


class Cast:
    """The people and places of the database by the words a story uses."""

    def __init__(self, reads: ReadDoor) -> None:
        with reads.open(SYSTEM, REAL) as reader:
            self.grids = {each.code: each for each in reader.find("grid", order=("code",))}
            self.villages = {each.code: each for each in reader.find("village", order=("code",))}
            self.workers = reader.find("worker", order=("name", "id"), active=True, standing="serving")
            self.holders = reader.find("duty_holder", order=("name", "id"), active=True)
            self.contacts = reader.find("contact", order=("name", "id"), active=True)
            self.names = reader.find("gazetteer_name", order=("name", "id"))
            self.officers = reader.find("officer", role="duty_officer", active=True, order=("account",))
        self.keepers = {each.grid: each for each in self.workers}
        self._village_ids = {each.id: each for each in self.villages.values()}

    def is_community(self, grid: Any) -> bool:
        """Whether a grid lies in a community (urban)."""
        return bool(self._village_ids[grid.village].kind == "community")

    def person(self, words: dict[str, Any]) -> Person | None:
        """Somebody by kind and role, contact kind, name, village or grid; None when nobody fits."""
        grid = self.grids.get(words.get("grid", ""))
        village = self.villages.get(words.get("village", ""))
        kind = words["kind"]
        if kind == "worker":
            keeper = self.keepers.get(grid.id) if grid else None
            return Person("worker", keeper.id) if keeper else None
        pool = self.holders if kind == "duty_holder" else self.contacts
        key = words.get("role") or words.get("contact")
        for each in pool:
            role = each.role if kind == "duty_holder" else each.kind
            right_grid = grid is None or getattr(each, "grid", None) == grid.id
            right_village = village is None or each.village == village.id
            if role == key and right_grid and right_village and words.get("name") in (None, each.name):
                return Person(kind, each.id)
        return None


class Drawer:
    """Draws tales from the materials."""

    def __init__(self, script: Script, cast: Cast, seed: int) -> None:
        self.script = script.facts
        self.cast = cast
        self.random = random.Random(seed)

    def tale(self, root: str, category: str, start: datetime) -> Tale:
        """One believable incident of a category that begins at ``start``."""
        template = self.random.choice(self.script["categories"][category]["reports"])
        grid, place = self._scene(template)
        urgency = self._weighted(template["urgency"])
        caller = self._caller(category, grid)
        text = template["text"]["zh"].format(place=place or grid.name)
        opening = OpenIncident(
            category=category,  # type: ignore[arg-type]
            subkind=template["subkind"], urgency=urgency, text=text, grid=grid.code, place=place, **caller,
        )  # fmt: skip
        return Tale(root, opening, start, list(self._steps(template, urgency, caller)))

    def category(self) -> str:
        """A category, the common ones more often."""
        return str(self._weighted({key: each["share"] for key, each in self.script["categories"].items()}))

    def beginnings(self) -> Iterator[tuple[str, datetime]]:
        """What begins when in the story's time: each category at its own hours and in its own months."""
        begins = Script(self.script).begins
        days = (datetime.fromisoformat(self.script["to"]) - datetime.fromisoformat(self.script["from"])).days + 1
        dates = [begins + timedelta(days=day) for day in range(days)]
        for _ in range(int(self.script["incidents"])):
            category = self.category()
            facts = self.script["categories"][category]
            weights = [facts["months"].get(f"{date:%m}", 1) for date in dates]
            date = self.random.choices(dates, weights)[0]
            hour = self._weighted(dict(enumerate(facts["hours"])))
            seconds = self.random.randrange(3600)
            yield category, date + timedelta(hours=hour, seconds=seconds)

    def _weighted(self, weights: dict[Any, float]) -> Any:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def _scene(self, template: dict[str, Any]) -> tuple[Any, str | None]:
        """A named place that fits the report, with its grid; any fitting grid where no name does."""
        by_id = {each.id: each for each in self.cast.grids.values()}
        names = [
            each for each in self.cast.names
            if each.kind in template.get("places", ()) and self._fits(by_id[each.grid], template["where"])
        ]  # fmt: skip
        if names:
            name = self.random.choice(names)
            return by_id[name.grid], name.name
        grids = [each for each in self.cast.grids.values() if self._fits(each, template["where"])]
        return self.random.choice(grids or list(self.cast.grids.values())), None

    def _fits(self, grid: Any, where: str) -> bool:
        if where in ("community", "village"):
            return grid.kind == "general" and self.cast.is_community(grid) == (where == "community")
        if where == "river":
            return grid.code in self.script["river_grids"]
        return grid.kind == "general" if where == "any" else where in (grid.mark, grid.kind)

    def _caller(self, category: str, grid: Any) -> dict[str, Any]:
        kind = self._weighted(self.script["categories"][category]["callers"])
        keeper = self.cast.keepers.get(grid.id)
        holders = [each for each in self.cast.holders if each.grid == grid.id]
        if kind == "duty_holder" and holders:
            holder = self.random.choice(holders)
            return {
                "finder_kind": "duty_holder",
                "finder": holder.id,
                "caller_name": holder.name,
                "caller_phone": holder.phone,
            }
        if kind == "keeper" and keeper:
            return {
                "finder_kind": "worker",
                "finder": keeper.id,
                "caller_name": keeper.name,
                "caller_phone": keeper.phone,
            }
        resident = self.random.choice(self.script["residents"])
        return {"caller_name": resident["name"], "caller_phone": resident["phone"]}

    def _steps(self, template: dict[str, Any], urgency: str, caller: dict[str, Any]) -> Iterator[Step]:
        minutes = template.get("minutes") or self.script["minutes"][urgency]
        outcome = self._weighted(self.script["outcomes"])
        at = self._between(minutes["answer"])
        if outcome in ("returned", "cancelled"):
            yield Step(at + 2, outcome, {"reason": self.random.choice(self._reasons(outcome))["zh"]})
            return
        yield Step(at, "call_out", {"direction": "up"})
        for result in self._rings():
            at += 0.5 + self.random.random()
            note = (
                self.random.choice(self.script["call_notes"])["zh"]
                if result == "answered" and self.random.random() < 0.4
                else None
            )
            yield Step(at, "ring", {"result": result, "note": note})
        at += self._between(minutes["arrive"])
        yield Step(at, "arrive")
        for note in template["notes"]:
            at += self._between(minutes["resolve"]) / (len(template["notes"]) + 1)
            yield Step(at, "note", {"text": note["zh"]})
        at += self._between(minutes["resolve"]) / 2
        yield Step(at, "resolve")
        at += self._between(minutes["close"])
        closing = self.random.choice(template["closing"])["zh"]
        back = {}
        if urgency == "routine":
            satisfaction = self._weighted(self.script["satisfaction"])
            back = {"call_back": self._weighted(self.script["call_back"]), "satisfaction": int(satisfaction)}
        yield Step(at, "close", {"closing_note": closing, "confirmed_by": caller["caller_name"], **back})

    def _reasons(self, outcome: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.script["return_reasons" if outcome == "returned" else "cancel_reasons"]
        return found

    def _rings(self) -> Iterator[str]:
        for _ in range(MOST_RINGS - 1):
            result = self._weighted(self.script["call_results"])
            yield result
            if result == "answered":
                return
        yield "answered"

    def _between(self, span: list[int]) -> float:
        return self.random.uniform(*span)


def episode(script: Script, cast: Cast, key: str, root: str) -> list[Tale]:
    """A scripted evening as tales."""
    facts = script.facts["episodes"][key]
    start = datetime.fromisoformat(facts["start"])
    tales = []
    for number, each in enumerate(facts["incidents"]):
        finder = cast.person(each["finder"]) if each.get("finder") else None
        opening = OpenIncident(
            category=each["category"], subkind=each["subkind"], urgency=each["urgency"], text=each["text"]["zh"],
            grid=each["grid"], place=each.get("place"), finder_kind=finder.kind if finder else None,
            finder=finder.id if finder else None, caller_name=each.get("caller_name"),
            caller_phone=each.get("caller_phone"),
        )  # fmt: skip
        steps = [Step(step["minute"] - each["minute"], step["do"], step) for step in each["steps"]]
        tales.append(
            Tale(
                derived_id(root, f"{key}-{number}"),
                opening,
                start + timedelta(minutes=each["minute"]),
                steps,
                each["key"],
            )
        )
    return tales


class Teller:
    """Tells tales by sending commands as the duty officer whose shift it is."""

    def __init__(self, database: Database, clock: Any, cast: Cast, desk: str) -> None:
        self.reads = ReadDoor(database)
        self.cast = cast
        self.clock = clock
        self.opened: dict[str, str] = {}
        self._runners = [CommandRunner(database, clock, actor=each.id, desk=desk) for each in cast.officers]

    def _runner(self) -> CommandRunner:
        shift = int(self.clock.now().timestamp() // 3600 // SHIFT_HOURS)
        return self._runners[shift % len(self._runners)]

    def tell(self, tale: Tale) -> Any:
        """Open the incident, or take its next step; the outcome, None when the step had nobody to do it."""
        id = derived_id(tale.root, tale.told)
        if tale.incident is None:
            outcome = self._runner().execute(tale.opening, id=id)
            tale.incident = outcome.value["incident"]
            self.opened[tale.key] = tale.incident
        else:
            command = self._command(tale, tale.steps[tale.told - 1])
            outcome = self._runner().execute(command, id=id) if command is not None else None  # type: ignore[assignment]
        tale.told += 1
        return outcome

    def _command(self, tale: Tale, step: Step) -> Any | None:
        facts, incident = step.facts, str(tale.incident)
        return getattr(self, f"_{step.do}")(incident, facts)

    def _returned(self, incident: str, facts: dict[str, Any]) -> Any:
        return ReturnIncident(incident=incident, reason=facts["reason"])

    def _cancelled(self, incident: str, facts: dict[str, Any]) -> Any:
        return CancelIncident(incident=incident, reason=facts["reason"])

    def _cancel_incident(self, incident: str, facts: dict[str, Any]) -> Any:
        return CancelIncident(incident=incident, reason=facts["reason"]["zh"])

    def _merge_incident(self, incident: str, facts: dict[str, Any]) -> Any | None:
        into = self.opened.get(facts["into"])
        return MergeIncident(incident=incident, into=into) if into else None

    def _call_out(self, incident: str, facts: dict[str, Any]) -> Any:
        people = [self.cast.person(words) for words in facts.get("people", ())]
        return CallOut(incident=incident, direction=facts["direction"], people=tuple(each for each in people if each))

    def _calls(self, incident: str) -> list[Call]:
        with self.reads.open(SYSTEM, REAL) as reader:
            return reader.find("call", incident=incident, order=("rank", "id"))

    def _ring(self, incident: str, facts: dict[str, Any]) -> Any | None:
        waiting = [each for each in self._calls(incident) if each.result not in SETTLED and not is_answered(each)]
        waiting.sort(key=lambda call: (call.attempts, call.rank))
        return RecordCall(call=waiting[0].id, result=facts["result"], note=facts["note"]) if waiting else None

    def _arrive(self, incident: str, facts: dict[str, Any]) -> Any | None:
        answered = [each for each in self._calls(incident) if is_answered(each) and each.arrived_at is None]
        return RecordCall(call=answered[0].id, result="arrived") if answered else None

    def _record_call(self, incident: str, facts: dict[str, Any]) -> Any | None:
        person = self.cast.person(facts["person"])
        found = [
            each
            for each in self._calls(incident)
            if person and (each.person_kind, each.person) == (person.kind, person.id)
        ]
        note = facts["note"]["zh"] if facts.get("note") else None
        return RecordCall(call=found[0].id, result=facts["result"], note=note) if found else None

    def _note(self, incident: str, facts: dict[str, Any]) -> Any:
        return NoteIncident(incident=incident, text=facts["text"])

    def _note_incident(self, incident: str, facts: dict[str, Any]) -> Any:
        return NoteIncident(incident=incident, text=facts["text"]["zh"])

    def _attach(self, incident: str, facts: dict[str, Any]) -> Any:
        content = sample_pictures.draw(facts["draw"])
        return Attach(subject_kind="incident", subject=incident, name=facts["name"]["zh"], content=content)

    def _resolve(self, incident: str, facts: dict[str, Any]) -> Any:
        return StepIncident(incident=incident, to="resolved")

    def _step_incident(self, incident: str, facts: dict[str, Any]) -> Any:
        return StepIncident(incident=incident, to=facts["to"])

    def _close(self, incident: str, facts: dict[str, Any]) -> Any:
        return CloseIncident(incident=incident, **facts)

    def _close_incident(self, incident: str, facts: dict[str, Any]) -> Any:
        note = facts["closing_note"]
        closing_note = note["zh"] if isinstance(note, dict) else note
        return CloseIncident(incident=incident, closing_note=closing_note, confirmed_by=facts["confirmed_by"])


def play(database: Database, clock: ManualClock, script: Script, root: str, progress: Callable[[int], None]) -> None:
    """Tell the whole story up to its now, in the order of time, on a clock that jumps from step to step."""
    cast = Cast(ReadDoor(database))
    drawer = Drawer(script, cast, script.facts["seed"])
    tales = [drawer.tale(derived_id(root, f"tale-{n}"), *each) for n, each in enumerate(drawer.beginnings())]
    for key in script.facts["episodes"]:
        tales += episode(script, cast, key, root)
    teller = Teller(database, clock, cast, derived_id(root, "desk"))
    waiting = [(tale.start, number) for number, tale in enumerate(tales)]
    heapq.heapify(waiting)
    told = 0
    while waiting:
        moment, number = heapq.heappop(waiting)
        if moment > script.now:
            break
        clock.set(max(moment, clock.now()))
        tale = tales[number]
        teller.tell(tale)
        told += 1
        progress(told)
        if tale.told <= len(tale.steps):
            heapq.heappush(waiting, (tale.start + timedelta(minutes=tale.steps[tale.told - 1].minute), number))
    clock.set(script.now)


class Evening:
    """A believable evening without end: each call of :meth:`go_on` does the next thing that somebody would do."""

    MOST_OPEN = 12

    def __init__(self, database: Database, clock: Any, script: Script, seed: int, desk: str) -> None:
        self.cast = Cast(ReadDoor(database))
        self.drawer = Drawer(script, self.cast, seed)
        self.teller = Teller(database, clock, self.cast, desk)
        self.clock = clock
        self._tales: list[Tale] = []

    def go_on(self) -> tuple[str, Any]:
        """Send one command; its name and outcome. A tale whose incident somebody else took elsewhere is dropped."""
        while True:
            tale = self._next_tale()
            opening = tale.incident is None
            name = "open" if opening else tale.steps[tale.told - 1].do
            try:
                outcome = self.teller.tell(tale)
            except Refused:
                self._tales.remove(tale)
                continue
            if tale.told > len(tale.steps):
                self._tales.remove(tale)
            if outcome is not None:
                return name, outcome

    def _next_tale(self) -> Tale:
        random = self.drawer.random
        if len(self._tales) < self.MOST_OPEN and (not self._tales or random.random() < 0.3):
            self._tales.append(self.drawer.tale(new_id(), self.drawer.category(), self.clock.now()))
            return self._tales[-1]
        return random.choice(self._tales)
