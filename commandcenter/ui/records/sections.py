"""The card of a drill: what it came to, what its record says, what has to be mended, who was told, who was there."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from commandcenter.base.texts import say
from commandcenter.rules.judging import own_times
from commandcenter.rules.permissions import PLANNERS, RECORDERS
from commandcenter.rules.scenarios import MOMENTS
from commandcenter.services.drill_people import EditDrillPerson
from commandcenter.services.drill_words import (
    duration,
    form_name,
    in_own_words,
    moment_name,
    points,
    readable_record,
    role_name,
)
from commandcenter.services.drills import TellOfDrill
from commandcenter.services.improvements import FinishImprovement, RetestImprovement
from commandcenter.services.wording import shown
from commandcenter.ui.core import theme
from commandcenter.ui.core.cards import Facts, Flow, Link, figures, words
from commandcenter.ui.core.listing import CardHands
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.core.widgets import Button, Chip, Label
from commandcenter.ui.records.inputs import CHIP
from commandcenter.ui.records.rows import RecordRow, grids_words, score_words, stage_words

MOST_BEFORE = 5
_FACTS = ("owner_unit", "commander", "units", "subjects", "process", "problems", "measures", "recorder")


class _Section(QWidget):
    """Lines one below the other."""

    def __init__(self, tools: Tools, row: RecordRow) -> None:
        super().__init__()
        self._tools, self._row, self._record = tools, row, readable_record(row.record)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space(1))
        self.tell()

    def tell(self) -> None:
        """Put the lines there."""
        raise NotImplementedError

    def say(self, code: str, **facts: Any) -> None:
        """A quiet sentence."""
        label = Label(code, "muted", **facts)
        label.setWordWrap(True)
        self._lines.addWidget(label)

    def may(self, roles: Any) -> bool:
        """Whether the role at the desk is one of these."""
        return self._tools.desk.officer.role in roles

    def clock(self, at: Any) -> str:
        """A local time of day; with the day where it is another one."""
        local, begun = at.astimezone(self._row.zone), self._row.at
        same = begun is not None and begun.astimezone(self._row.zone).date() == local.date()
        return f"{local:%H:%M}" if same else f"{local:%m-%d %H:%M}"

    def on_page(self, method: str, id: str) -> None:
        """Let the page that holds this card open a form."""
        parent = self.parentWidget()
        while parent is not None and not hasattr(parent, method):
            parent = parent.parentWidget()
        if parent is not None:
            getattr(parent, method)(id)

    def send(self, command: Any, told: str) -> None:
        """Carry out, with the way back."""
        post = Sender(self._tools, self._tools.desk)
        post.send(command, told, done=partial(post.tell_done, told))


class RecordHeader(QWidget):
    """What, when, where, how far, and what can be done."""

    def __init__(self, tools: Tools, row: RecordRow) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        drill = row.record.drill
        lines.addWidget(words(drill.title, "title"))
        lines.addWidget(words(" · ".join(each for each in (row.when, row.place) if each), "muted"))
        chips = [Chip(say("drillpaper.mark")), Chip(stage_words(row), "near" if row.stage == "due" else "neutral"),
                 Chip(form_name(drill.form))]  # fmt: skip
        lines.addWidget(Flow(chips))
        took = "–" if drill.took_part is None else str(drill.took_part)
        lines.addWidget(figures((
            (score_words(row), "records.figure.score"), (took, "records.figure.took_part"),
            (grids_words(row), "records.figure.grids"),
        )))  # fmt: skip
        hands = ["drill_record.write", "drill_record.papers", "drill_record.sheets"]
        lines.addWidget(CardHands(tools, hands))
        if row.stage in ("held", "reviewed"):
            lines.addWidget(CardHands(tools, ["drill_record.improve", "drill_record.review"]))


class ResultSection(_Section):
    """The score and what was missed; never of a person."""

    def tell(self) -> None:
        """Judged points, then each that was missed or is open."""
        score = self._record.score
        if self._row.stage not in ("held", "reviewed"):
            self.say("records.result.not_yet")
            return
        if score.percent is None:
            self.say("records.result.nothing")
        else:
            verdict = say("drillpaper.passed" if score.passed else "drillpaper.not_passed")
            told = say("records.result.score", won=points(score.won), judged=score.judged, verdict=verdict,
                       mark=self._record.drill.pass_mark)  # fmt: skip
            self._lines.addWidget(words(told, "strong"))
        if self._row.before:
            self._tell_before()
        judged = {each.expectation: each for each in self._record.judgements}
        for row in self._record.expectations:
            found = judged[row.id]
            if found.verdict == "met":
                continue
            measured = duration(found.seconds) if found.seconds is not None else ""
            limit = duration(row.within_s) if found.seconds is not None and row.within_s is not None else ""
            why = say("drillpaper.took", took=measured, limit=limit) if limit else row.reason
            line = QHBoxLayout()
            chip = Chip(say(f"records.verdict.{found.verdict}"), "overdue" if found.verdict == "missed" else "neutral")
            chip.setFixedWidth(theme.current().px(CHIP))
            line.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(words(" · ".join(each for each in (in_own_words(row.text), why) if each)), 1)
            self._lines.addLayout(line)
        if score.percent is not None and not score.missed and not score.unjudged:
            self.say("records.result.all_met")

    def _tell_before(self) -> None:
        """What the same place came to in this scenario before, the latest first."""
        said = [
            say("records.result.once", day=f"{each.at.astimezone(self._row.zone):%Y-%m-%d}", percent=each.percent)
            for each in reversed(self._row.before)
        ]
        self.say("records.result.before", scores=say("drills.join").join(said[:MOST_BEFORE]))


class FactsSection(_Section):
    """The times and the words of the record."""

    def tell(self) -> None:
        """Only what was written."""
        facts, drill, times = Facts(), self._record.drill, self._record.times
        some = False
        for moment in MOMENTS:
            if moment in times and self._row.stage not in ("ahead", "due"):
                facts.add_words(moment_name(moment), words(self.clock(times[moment]), "strong", wraps=False))
                some = True
        for name in _FACTS:
            value = getattr(drill, name)
            if value:
                facts.add(f"drillpaper.{name}", value)
                some = True
        self._lines.addWidget(facts)
        absent = [each for each in self._record.grids if each.took_part is False]
        live = self._tools.desk.live
        for each in absent:
            grid = live.grids.get(each.grid)
            reason = each.reason or say("records.no_reason")
            self.say("records.absent_grid", grid=grid.name if grid else "", reason=reason)
        if not some:
            self.say("records.facts.none")


class ImprovementsSection(_Section):
    """What has to be mended: by whom, until when, and the re-test that shows it."""

    def tell(self) -> None:
        """Open ones first."""
        mends = sorted(self._record.improvements, key=lambda each: (each.done_at is not None, each.due or "9", each.id))
        if not mends:
            self.say("records.mends.none")
        for each in mends:
            self._lines.addWidget(self._line(each))

    def _line(self, mend: Any) -> QWidget:
        box = QWidget()
        lines = QVBoxLayout(box)
        lines.setContentsMargins(0, 0, 0, theme.current().space(2))
        lines.setSpacing(theme.current().px(2))
        page = partial(self._edit, mend.id)
        lines.addWidget(Link(mend.text, page) if self.may(RECORDERS) else words(mend.text))
        today = f"{self._tools.desk.now().astimezone(self._row.zone):%Y-%m-%d}"
        late = bool(mend.due) and mend.due < today and mend.done_at is None
        told = say("records.mend.line", owner=mend.owner or say("records.mend.nobody"), due=mend.due or "–")
        lines.addWidget(words(told, "strong" if late else "muted"))
        row = QHBoxLayout()
        if late:
            row.addWidget(Chip(say("records.mend.late"), "overdue"))
        if mend.done_at is not None:
            row.addWidget(Chip(say("drillpaper.mended"), "ok", icon="check"))
        elif self.may(RECORDERS):
            done = Button("records.mend.finish", kind="quiet", icon="check")
            done.setObjectName("records.finish")
            done.clicked.connect(partial(self._finish, mend))
            row.addWidget(done)
        if mend.retest:
            go = partial(self._tools.selection.navigate, "drill", mend.retest)
            row.addWidget(Link(say("records.mend.retest_planned"), go))
        elif self.may(PLANNERS) and self._record.drill.scenario:
            plan = Button("records.mend.retest", kind="quiet", icon="drill")
            plan.setObjectName("records.retest")
            plan.clicked.connect(partial(self._retest, mend))
            row.addWidget(plan)
        row.addStretch(1)
        lines.addLayout(row)
        return box

    def _edit(self, id: str) -> None:
        self.on_page("edit_improvement", id)

    def _finish(self, mend: Any, _checked: bool = False) -> None:
        self.send(FinishImprovement(improvement=mend.id), say("records.done.finish"))

    def _retest(self, mend: Any, _checked: bool = False) -> None:
        told = say("records.done.retest", day=mend.due) if mend.due else say("records.done.retest.no_day")
        self.send(RetestImprovement(improvement=mend.id), told)


class ToldSection(_Section):
    """告知清单: who has to know that it is only a drill."""

    def tell(self) -> None:
        """Each with who was told, when and by whom."""
        if not self._record.notices:
            self.say("records.told.none")
        for notice in self._record.notices:
            box = QWidget()
            row = QHBoxLayout(box)
            row.setContentsMargins(0, 0, 0, 0)
            audience = say(f"drillpaper.audience.{notice.audience}")
            row.addWidget(words(audience, "strong", wraps=False))
            told = say("records.told.not_yet")
            if notice.whom and notice.told_at is None:
                told = say("records.told.not_yet_named", whom=shown(notice.whom))
            if notice.told_at is not None:
                at = f"{notice.told_at.astimezone(self._row.zone):%m-%d %H:%M}"
                told = say("records.told.line", whom=notice.whom, at=at, by=notice.told_by)
            row.addWidget(words(told, "muted" if notice.told_at else ""), 1)
            if self.may(PLANNERS):
                code = "records.told.back" if notice.told_at else "records.told.tell"
                button = Button(code, kind="quiet", icon="" if notice.told_at else "phone")
                button.setObjectName("records.tell")
                button.clicked.connect(partial(self._tell, notice))
                row.addWidget(button)
            self._lines.addWidget(box)
        if self.may(PLANNERS):
            self._lines.addWidget(CardHands(self._tools, ["drill_record.notice"]))

    def _tell(self, notice: Any, _checked: bool = False) -> None:
        if notice.told_at is not None:
            self.send(TellOfDrill(notice=notice.id, told=False), say("records.done.untell"))
        else:
            self.on_page("tell", notice.id)


class PeopleSection(_Section):
    """Who plays which part, and who was there; times stand beside nobody but whoever they belong to."""

    def tell(self) -> None:
        """By part and role."""
        directory = self._tools.desk.directory.people
        if not self._record.persons:
            self.say("records.people.none")
        order = {"controller": 0, "evaluator": 1, "player": 2}
        for each in sorted(self._record.persons, key=lambda row: (order[row.part], row.role, row.name, row.id)):
            known = directory.get((each.person_kind, each.person)) if each.person else None
            name = each.name or (known.name if known is not None else "")
            part = role_name(each.role) if each.role else say(f"drillpaper.part.{each.part}")
            box = QWidget()
            row = QHBoxLayout(box)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(words(name, "strong", wraps=False))
            absent = say("records.people.absent", reason=each.reason) if each.present is False else ""
            times = [
                f"{moment_name(moment.moment)} {self.clock(moment.at)}"
                for moment in own_times(self._record.moments, [each], each.person_kind, each.person)
            ]
            row.addWidget(words(" · ".join(part for part in (part, absent, *times) if part), "muted"), 1)
            if self.may(RECORDERS) and each.present is None:
                came = Button("records.people.came", kind="quiet", icon="check")
                came.setObjectName("records.came")
                came.clicked.connect(partial(self._came, each))
                row.addWidget(came)
                away = Button("records.people.away", kind="quiet")
                away.setObjectName("records.away")
                away.clicked.connect(partial(self._away, each.id))
                row.addWidget(away)
            elif each.present:
                row.addWidget(Chip(say("records.people.present"), "ok"))
            self._lines.addWidget(box)
        if self.may(RECORDERS):
            hands = ["drill_record.person"]
            if self._record.persons:
                hands += ["drill_record.leave"]
                hands += ["drill_record.own_time"] if self.may(PLANNERS) else []
            self._lines.addWidget(CardHands(self._tools, hands))

    def _away(self, id: str, _checked: bool = False) -> None:
        self.on_page("absent", id)

    def _came(self, person: Any, _checked: bool = False) -> None:
        command = EditDrillPerson(drill_person=person.id, changed={"present": True}, was={"present": person.present})
        self.send(command, say("records.done.came"))
