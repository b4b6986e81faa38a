"""The incident record in words: what stands on it, read with the eyes of whoever prints it."""

from datetime import datetime
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.formats.paper.incident_record import CallLine, Entry, Fact, File, IncidentRecord, Step, render
from commandcenter.rules.drills import paper_door
from commandcenter.rules.incidents import STEPS, Call, Incident, State
from commandcenter.rules.masks import HIDDEN
from commandcenter.rules.people import Officer
from commandcenter.services import catalogues
from commandcenter.services.attachments import attached_to
from commandcenter.services.histories import read_history
from commandcenter.services.paper_words import Imprint
from commandcenter.services.papers import let_out
from commandcenter.services.wording import (
    category_name,
    dialled,
    local_time,
    result_name,
    role_words,
    sentence,
    shown,
    state_name,
    urgency_name,
    where_words,
    zone_named,
)
from commandcenter.storage.reads import Reader

_LABELS = (
    "title", "number", "steps", "calls", "no_calls", "who", "role", "phone", "result", "time", "note", "timeline",
    "what", "by", "closing", "files", "sign_duty", "sign_check", "sign_date",
)  # fmt: skip
_REACHED: dict[State, str] = {
    "reported": "opened_at", "calling": "calling_at", "responding": "responding_at", "on_scene": "on_scene_at",
    "resolved": "resolved_at", "closed": "ended_at",
}  # fmt: skip


def make(reader: Reader, incident: str, now: datetime, officer: Officer) -> tuple[str, bytes]:
    """The file's name and the PDF; BadInput ``incident.unknown``."""
    found = reader.get("incident", incident)
    if found is None:
        raise BadInput("incident.unknown", incident=incident)
    let_out(paper_door(found.world), found.world)
    record, pictures = _Teller(reader, found, now, officer).record()
    name = say("paper.incident.file", number=found.number or say("incidents.header.no_number"))
    return f"{name}.pdf", render(record, pictures, now)


def _shown(value: str | None) -> str:
    """A personal value as it is read; words where all of it is masked, because dots look like a fault of the print."""
    return say("paper.hidden") if value == HIDDEN else shown(value)


class _Teller:
    """Reads what the record tells and says it."""

    def __init__(self, reader: Reader, incident: Incident, now: datetime, officer: Officer) -> None:
        self.reader, self.incident, self.now = reader, incident, now
        town: Any = next(iter(reader.find("township")), None)
        self.imprint = Imprint(town, now, officer, incident.world)
        self.zone: str | None = town.zone if town else None
        self.calls: list[Call] = reader.find("call", incident=incident.id, order=("rank", "id"))
        self.officers = {each.id: each for each in reader.find("officer")}

    def record(self) -> tuple[IncidentRecord, dict[str, bytes]]:
        """The sheet and its pictures by name."""
        files, pictures = self._files()
        labels = {name: say(f"paper.incident.{name}") for name in _LABELS}
        return IncidentRecord(
            language=texts.current().language, town=self.imprint.office, number=self.incident.number,
            labels={**labels, "page": say("paper.page", page="{page}", pages="{pages}")}, facts=self._facts(),
            steps=self._steps(), calls=self._calls(), uncalled=self._uncalled(), entries=self._entries(),
            closing=self._closing(), files=files, printed=self.imprint.printed, watermark=self.imprint.watermark,
        ), pictures  # fmt: skip

    # --- what it tells -------------------------------------------------------------------------------------------

    def _facts(self) -> tuple[Fact, ...]:
        it = self.incident
        kind = " · ".join((category_name(it.category), catalogues.subkind_name(it.category, it.subkind)))
        found = [
            ("opened", self._full(it.opened_at), False), ("state", state_name(it.state), False),
            ("category", kind, False), ("urgency", urgency_name(it.urgency), False),
            ("where", self._where(), False), ("place", _shown(it.place), False),
            ("caller", self._caller(), False), ("phone", self._phone(), False),
            ("handler", self._officer(it.handler), False), ("finder", self._finder(), False),
            ("text", _shown(it.text), True),
        ]  # fmt: skip
        return tuple(Fact(say(f"paper.incident.fact.{name}"), value or "–", wide) for name, value, wide in found)

    def _where(self) -> str:
        village = self.reader.get("village", self.incident.village) if self.incident.village else None
        grid = self.reader.get("grid", self.incident.grid) if self.incident.grid else None
        return where_words(village, grid)

    def _finder(self) -> str:
        it = self.incident
        person = self.reader.get(it.finder_kind, it.finder) if it.finder_kind and it.finder else None
        return f"{person.name} · {say(f'incidents.person.{it.finder_kind}')}" if person else ""

    def _caller(self) -> str:
        return _shown(self.incident.caller_name)

    def _phone(self) -> str:
        return dialled(_shown(self.incident.caller_phone))

    def _steps(self) -> tuple[Step, ...]:
        return tuple(Step(say(f"paper.incident.step.{state}"), self._brief(self._reached(state))) for state in STEPS)

    def _reached(self, state: State) -> datetime | None:
        found: datetime | None = getattr(self.incident, _REACHED[state])
        return found if state != "closed" or self.incident.state == "closed" else None

    def _calls(self) -> tuple[CallLine, ...]:
        """Those who were called; who only stood on the list is counted."""
        return tuple(self._call(call) for call in self.calls if call.result != "waiting")

    def _uncalled(self) -> str:
        waiting = sum(1 for call in self.calls if call.result == "waiting")
        return say("paper.incident.uncalled", count=waiting) if waiting else ""

    def _call(self, call: Call) -> CallLine:
        person = self.reader.get(call.person_kind, call.person)
        return CallLine(
            who=person.name if person else "", role=role_words(call, person),
            phone=dialled(_shown(getattr(person, "phone", None))),
            result=result_name(call.result), time=self._brief(call.result_at), note=_shown(call.note),
        )  # fmt: skip

    def _entries(self) -> tuple[Entry, ...]:
        history = read_history(self.reader, self.incident.id)
        struck = history.struck or {}
        found = []
        for line in reversed(history.entries):
            striking = struck.get(line.id)
            told = say("incidents.entry.struck") if line.struck else ""
            if line.struck and striking is not None:
                when = self._brief(striking.at)
                told = say("incidents.entry.struck_by", who=self._officer(striking.actor), when=when)
            what, note = sentence(line.code, line.facts), _shown(line.text)
            found.append(Entry(self._brief(line.at), what, note, self._officer(line.actor), told))
        return tuple(found)

    def _closing(self) -> tuple[Fact, ...]:
        it = self.incident
        back = say(f"paper.incident.call_back.{it.call_back}") if it.call_back else ""
        satisfied = say(f"paper.incident.satisfaction.{it.satisfaction}") if it.satisfaction else ""
        found = [
            ("closing_note", _shown(it.closing_note), True), ("reason", _shown(it.reason), True),
            ("confirmed_by", _shown(it.confirmed_by), False), ("ended", self._full(it.ended_at), False),
            ("call_back", back, False), ("satisfaction", satisfied, False),
        ]  # fmt: skip
        if not (it.closing_note or it.reason or it.ended_at):
            return ()
        # The last two stand side by side, so both are there or neither.
        told = [each for each in found if each[1] or (not each[2] and (each[0] in ("confirmed_by", "ended") or back))]
        return tuple(Fact(say(f"paper.incident.fact.{name}"), value or "–", wide) for name, value, wide in told)

    def _files(self) -> tuple[tuple[File, ...], dict[str, bytes]]:
        files: list[File] = []
        pictures: dict[str, bytes] = {}
        rows = attached_to(self.reader, "incident", self.incident.id)
        for number, each in enumerate(reversed(rows)):
            row = each.attachment
            picture = f"{number}.jpg" if each.thumbnail else ""
            if each.thumbnail:
                pictures[picture] = each.thumbnail
            told = say("attachments.erased") if each.erased else ""
            name = say("attachments.hidden.name") if each.hidden else _shown(row.name)
            note = "" if each.hidden else _shown(row.note)
            facts = (note, told, self._officer(row.added_by), self._brief(row.added_at))
            files.append(File(name, " · ".join(part for part in facts if part), picture))
        return tuple(files), pictures

    # --- words ---------------------------------------------------------------------------------------------------

    def _officer(self, id: str | None) -> str:
        if id == "system":
            return say("incidents.actor.system")
        found = self.officers.get(id or "")
        return found.name if found else ""

    def _full(self, instant: datetime | None) -> str:
        return f"{instant.astimezone(zone_named(self.zone)):%Y-%m-%d %H:%M}" if instant else ""

    def _brief(self, instant: datetime | None) -> str:
        """The time of day; with the day where it is another one than that of the report."""
        return local_time(instant, self.zone, self.incident.opened_at) if instant else ""
