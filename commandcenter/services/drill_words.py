"""What a drill's papers say: every value in the words of their reader, and sentences made of facts to begin with."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.rules.judging import Judgement
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.scenarios import FIVE, MOMENTS, ROLES, Expectation, words
from commandcenter.services import catalogues
from commandcenter.services.drill_reading import Record
from commandcenter.services.wording import dialled, listed, readable, shown, zone_named
from commandcenter.storage.reads import Reader


def moment_name(moment: str) -> str:
    """What a moment is called."""
    return catalogues.term("drill_moments", moment)


def form_name(form: str) -> str:
    """桌面推演, 实战演练 or 双盲."""
    return say(f"drillpaper.form.{form}")


def in_own_words(text: Mapping[str, str] | None) -> str:
    """A text of a scenario in the language of the moment."""
    return words(text, texts.current().language)


def duration(seconds: int | None) -> str:
    """A measured time, as 4:30 or 1:02:05."""
    if seconds is None:
        return ""
    sign, rest = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, minutes, left = rest // 3600, rest // 60 % 60, rest % 60
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes}:{left:02d}"


def points(value: float) -> str:
    """Points without a needless decimal."""
    return f"{value:g}"


class Words:
    """Reads what a drill's papers tell, and says it. ``reader`` reads ``DRILLS``."""

    def __init__(self, reader: Reader, record: Record, now: datetime) -> None:
        record = readable_record(record)
        self.record, self.drill, self.now = record, record.drill, now
        town = next(iter(reader.find("township")), None)
        self.town = texts.choose(town.name, town.name_en) if town else ""
        self.mark = town.mark if town else "real"
        self.zone = zone_named(town.zone if town else None)
        grids = {each.id: each for each in reader.many("grid", {each.grid for each in record.grids})}
        ordered = sorted(grids.values(), key=lambda each: natural_key(each.code))
        self.grid_names = {each.id: each.name for each in ordered}
        """Names by id, in the order of the grids' codes."""
        village = reader.get("village", self.drill.village) if self.drill.village else None
        self._village_zh = village.name if village else ""
        self.village = texts.choose(village.name, village.name_en) if village else ""
        self.five_names = self._five_names(reader)
        self.people = self._people(reader)

    @staticmethod
    def _five_names(reader: Reader) -> dict[str, str]:
        """What the town calls the five of 五预, where it says so."""
        rows = reader.find("setting", scope="town", key="drills.five", limit=1)
        told = rows[0].value.get("value") if rows else None
        if not isinstance(told, dict):
            return {}
        return {key: in_own_words(each) if isinstance(each, dict) else str(each) for key, each in told.items()}

    def _people(self, reader: Reader) -> dict[str, str]:
        """Names by ``drill_person``: as they stand there, else from the register."""
        found = {}
        for each in self.record.persons:
            row = reader.get(each.person_kind, each.person) if each.person and not each.name else None
            found[each.id] = each.name or (row.name if row is not None else "")
        return found

    # --- times ------------------------------------------------------------------------------------------------------

    def full(self, at: datetime | None) -> str:
        """Day and time, as papers of the language write them."""
        return f"{self.day(at)} {at.astimezone(self.zone):%H:%M}" if at else ""

    def day(self, at: datetime | None) -> str:
        """The local day, as papers of the language write it."""
        if at is None:
            return ""
        local = at.astimezone(self.zone)
        return say("drillpaper.date", year=local.year, month=local.month, day=local.day)

    def clock(self, at: datetime | None) -> str:
        """The time of day, with the day where it is another than that on which the drill began."""
        if at is None:
            return ""
        local, begun = at.astimezone(self.zone), self.begun
        same = begun is not None and begun.astimezone(self.zone).date() == local.date()
        seconds = f":{local:%S}" if local.second else ""
        return f"{local:%H:%M}{seconds}" if same else f"{local:%m-%d %H:%M}{seconds}"

    @property
    def begun(self) -> datetime | None:
        """When it was held, else when it is planned."""
        return self.drill.held_at or self.drill.starts_at

    def offset(self, seconds: int) -> str:
        """When an inject comes: the clock time where the drill has a date, with minutes and seconds from its start."""
        return f"+{seconds // 60:02d}:{seconds % 60:02d}"

    # --- values -----------------------------------------------------------------------------------------------------

    def values(self, summary: str | None = None, briefing: str | None = None) -> dict[str, Any]:
        """All values of the templates by their English names; ``summary`` and ``briefing`` as edited, else as drafted.
        A number that nobody counted is an empty text."""
        it, record, scenario = self.drill, self.record, self.record.scenario
        times, score, mends = record.times, record.score, record.improvements
        came = [each for each in record.grids if each.took_part is not False]
        return {
            "title": it.title, "when": self.full(self.begun),
            "day": self.day(self.begun), "place": it.place,
            "owner_unit": it.owner_unit or self.village or self.town, "commander": it.commander, "units": it.units,
            "took_part": _number(it.took_part), "evacuated": _number(it.evacuated),
            "subjects": it.subjects or (in_own_words(scenario.title) if scenario else ""),
            "warned": self.clock(times.get("warned")), "called": self.clock(times.get("called")),
            "assembled": self.clock(times.get("assembled")), "evacuated_at": self.clock(times.get("evacuated")),
            "minutes": _number(record.minutes), "process": it.process, "problems": it.problems,
            "measures": it.measures or _listed(each.text for each in mends),
            "mend_owner": _listed(each.owner for each in mends), "mend_due": _listed(each.due for each in mends),
            "recorder": it.recorder, "scenario": in_own_words(scenario.title) if scenario else "",
            "form": form_name(it.form), "purpose": in_own_words(scenario.purpose) if scenario else "",
            "objectives": in_own_words(scenario.objectives) if scenario else "",
            "safety": in_own_words(scenario.safety) if scenario else "",
            "kit": in_own_words(scenario.kit) if scenario else "", "plan": it.plan,
            "grids": self._grids({each.grid for each in came}),
            "people": _number(it.people), "owner": it.owner, "phone": dialled(shown(it.phone)),
            "score": _number(score.percent), "pass_mark": str(it.pass_mark), "verdict": self.verdict(),
            "summary": self.summary() if summary is None else summary,
            "briefing": self.briefing() if briefing is None else briefing, "town": self.town,
            "today": self.day(self.now), "late": say("drillpaper.is_late") if it.late else "",
            "script": self.script(), "roles": self.roles(), "five": self.five(), "evaluation": self.evaluation(),
            "sign_in": self.sign_in(), "notices": self.told(), "improvements": self.mends(),
        }  # fmt: skip

    def _grids(self, ids: set[str]) -> str:
        """The grids, the village named once."""
        names = [name for id, name in self.grid_names.items() if id in ids]
        return listed([*names[:1], *(name.removeprefix(self._village_zh).strip() or name for name in names[1:])])

    def verdict(self) -> str:
        """Passed or not; empty while nothing was judged."""
        passed = self.record.score.passed
        return "" if passed is None else say("drillpaper.passed" if passed else "drillpaper.not_passed")

    def script(self) -> list[dict[str, str]]:
        """The injects by their time."""
        return [
            {
                "number": str(number), "time": self.offset(each.offset_s),
                "channel": catalogues.term("drill_channels", each.channel),
                "player": catalogues.term("drill_players", each.player), "spot": in_own_words(each.place),
                "text": in_own_words(each.text),
            }
            for number, each in enumerate(sorted(self.record.injects, key=lambda row: (row.offset_s, row.position)), 1)
        ]  # fmt: skip

    def roles(self) -> list[dict[str, str]]:
        """The roles of the smallest emergency unit: who, and what to do."""
        tasks = self.record.scenario.roles if self.record.scenario else {}
        found = []
        for role in dict.fromkeys((*ROLES, *tasks, *(each.role for each in self.record.persons if each.role))):
            names = [self.people[each.id] for each in self.record.persons if each.role == role]
            task = in_own_words(tasks.get(role))
            if names or task:
                found.append({"role": role_name(role), "names": listed(names), "task": task})
        return found

    def five(self) -> list[dict[str, str]]:
        """五预, as the town calls them."""
        five = self.record.scenario.five if self.record.scenario else {}
        return [
            {"name": self.five_names.get(each) or say(f"drillpaper.five.{each}"), "text": in_own_words(five.get(each))}
            for each in FIVE
        ]

    def evaluation(self) -> list[dict[str, Any]]:
        """演练评估表: points as numbers, so that a sheet can sum them; empty where nothing was judged."""
        judged = {each.expectation: each for each in self.record.judgements}
        return [self._evaluated(each, judged[each.id]) for each in self.record.expectations]

    def _evaluated(self, row: Expectation, found: Judgement) -> dict[str, Any]:
        reason = row.reason
        if not reason and found.verdict == "missed":
            reason = self.because(row, found)
        return {
            "item": in_own_words(row.item), "content": in_own_words(row.text), "points": row.points,
            "criterion": in_own_words(row.criterion), "won": "" if found.verdict == "open" else round(found.won, 2),
            "reason": reason, "evaluator": row.evaluator,
        }  # fmt: skip

    def because(self, row: Expectation, found: Judgement) -> str:
        """Why an expectation was missed, as it was measured or counted; empty for one that an evaluator saw."""
        if found.seconds is not None and row.within_s is not None:
            return say("drillpaper.took", took=duration(found.seconds), limit=duration(row.within_s))
        if row.judged == "count" and row.value is not None:
            return say("drillpaper.counted", value=points(row.value), need=row.need or 0)
        return ""

    def sign_in(self) -> list[dict[str, str]]:
        """Everybody named, then empty lines for the rest."""
        named = [
            {"number": str(at), "name": self.people[each.id], "unit": "", "signature": "",
             "role": role_name(each.role) if each.role else say(f"drillpaper.part.{each.part}")}
            for at, each in enumerate(self.record.persons, 1)
        ]  # fmt: skip
        planned = min(max(self.drill.people or 0, len(named) + 8), 120)
        empty = {"name": "", "unit": "", "signature": "", "role": ""}
        return named + [{"number": str(at), **empty} for at in range(len(named) + 1, planned + 1)]

    def told(self) -> list[dict[str, str]]:
        """告知清单."""
        return [
            {"audience": say(f"drillpaper.audience.{each.audience}"), "whom": each.whom,
             "time": self.full(each.told_at)}
            for each in self.record.notices
        ]  # fmt: skip

    def mends(self) -> list[dict[str, str]]:
        """What has to be mended."""
        return [
            {"number": str(at), "text": each.text, "owner": each.owner, "due": each.due,
             "state": say("drillpaper.mended" if each.done_at else "drillpaper.open")}
            for at, each in enumerate(self.record.improvements, 1)
        ]  # fmt: skip

    # --- sentences to begin with ------------------------------------------------------------------------------------

    def summary(self) -> str:
        """总结, as facts alone would say it: what happened, times, score, what was missed, what has to be done."""
        return "\n".join(each for each in (self._held(), self._timed(), self._scored(), self._missed(), self._mending())
                         if each)  # fmt: skip

    def briefing(self) -> str:
        """简报: what happened and how it went, in one paragraph."""
        return "".join(each for each in (self._held(), self._timed(), self._scored()) if each)

    def _held(self) -> str:
        it = self.drill
        facts = {"when": self.full(self.begun), "unit": it.owner_unit or self.village or self.town, "title": it.title,
                 "place": it.place, "form": form_name(it.form)}  # fmt: skip
        said = say("drillpaper.draft.held", **facts)
        if it.took_part is not None:
            said += say("drillpaper.draft.people", count=it.took_part)
        if it.evacuated:
            said += say("drillpaper.draft.evacuated", count=it.evacuated)
        came = sum(1 for each in self.record.grids if each.took_part)
        return said + (say("drillpaper.draft.grids", count=came) if came else "")

    def _timed(self) -> str:
        times = self.record.times
        named = [say("drillpaper.draft.moment", moment=moment_name(key), time=self.clock(times[key]))
                 for key in MOMENTS[1:] if key in times]  # fmt: skip
        said = say("drillpaper.draft.moments", moments=say("drillpaper.draft.join").join(named)) if named else ""
        minutes = self.record.minutes
        return said + (say("drillpaper.draft.minutes", count=minutes) if minutes is not None else "")

    def _scored(self) -> str:
        score = self.record.score
        if score.percent is None:
            return ""
        judged = len(self.record.judgements) - len(score.unjudged)
        said = say("drillpaper.draft.score", number=judged, percent=score.percent, mark=self.drill.pass_mark,
                   verdict=self.verdict())  # fmt: skip
        return said + (say("drillpaper.draft.unjudged", count=len(score.unjudged)) if score.unjudged else "")

    def _missed(self) -> str:
        rows = {each.id: each for each in self.record.expectations}
        judged = {each.expectation: each for each in self.record.judgements}
        told = []
        for id in self.record.score.missed:
            why = rows[id].reason or self.because(rows[id], judged[id])
            text = in_own_words(rows[id].text).rstrip("。.")
            told.append(say("drillpaper.draft.missed.why", text=text, why=why) if why else text)
        return say("drillpaper.draft.missed", items=say("drillpaper.draft.semicolon").join(told)) if told else ""

    def _mending(self) -> str:
        it = self.drill
        said = say("drillpaper.draft.problems", text=it.problems.rstrip("。.")) if it.problems else ""
        mends = [
            say("drillpaper.draft.mend", text=each.text.rstrip("。."), owner=each.owner or "–", due=each.due or "–")
            for each in self.record.improvements
        ]
        if mends:
            said += say("drillpaper.draft.mends", items=say("drillpaper.draft.semicolon").join(mends))
        elif it.measures:
            said += say("drillpaper.draft.measures", text=it.measures.rstrip("。."))
        return said


def readable_record(record: Record) -> Record:
    """A drill with all that belongs to it for the eye: words stand where somebody was erased."""
    return replace(
        record, drill=readable(record.drill), grids=tuple(map(readable, record.grids)),
        persons=tuple(map(readable, record.persons)), expectations=tuple(map(readable, record.expectations)),
        improvements=tuple(map(readable, record.improvements)), notices=tuple(map(readable, record.notices)),
    )  # fmt: skip


def role_name(role: str) -> str:
    """What a role of the unit is called."""
    return catalogues.term("unit_roles", role)


def _number(value: int | None) -> Any:
    return "" if value is None else str(value)


def _listed(values: Any) -> str:
    return listed(dict.fromkeys(each for each in values if each))
