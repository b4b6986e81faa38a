"""What planners do with drills: plan, move, copy, lock, call off, begin, draw lots; each by a form or at once."""

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from commandcenter.base.texts import say
from commandcenter.rules.drills import Drill
from commandcenter.services.drills import BeginDrill, LockDrill, MoveDrill
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.drills.forms import CancelSheet, Dates, EditDrillSheet, MoveSheet, PlanSheet, Start
from commandcenter.ui.drills.lots import LotsSheet
from commandcenter.ui.drills.words import clash_words, day_words

if TYPE_CHECKING:
    from commandcenter.ui.drills.workspace import DrillsWorkspace


class Planning(QObject):
    """The hands on the season; ``room`` shows it, and knows which drill, debt and day are chosen."""

    def __init__(self, room: "DrillsWorkspace", tools: Tools) -> None:
        super().__init__(room)
        self._room, self._calendar, self._tools, self.post = room, room.calendar, tools, room.post
        self._picture = room.picture_now
        self.dates = Dates(self._picture, partial(clash_words, tools.desk))

    @property
    def drill(self) -> Drill | None:
        """The drill that is chosen."""
        return self._room.drill

    # --- what can be done ------------------------------------------------------------------------------------------

    @property
    def planned(self) -> bool:
        """Whether the chosen drill is still ahead."""
        return self.drill is not None and self.drill.state == "planned"

    @property
    def movable(self) -> bool:
        """Whether its date may be changed."""
        return self.drill is not None and self.drill.state == "planned" and not self.drill.locked

    @property
    def lockable(self) -> bool:
        """Whether it has a date that can be held."""
        return self.drill is not None and self.drill.state == "planned" and self.drill.starts_at is not None

    @property
    def writable(self) -> bool:
        """Whether it can be written up."""
        return self.drill is not None and self.drill.state != "cancelled"

    @property
    def owed(self) -> bool:
        """Whether a debt can be planned: the chosen one, or the first of the list."""
        return self._room.is_read and self._room.debts.table.rowCount() > 0

    @property
    def is_chosen(self) -> bool:
        """Whether a drill is chosen."""
        return self.drill is not None

    @property
    def tellable(self) -> bool:
        """Whether somebody may have to be told of it."""
        return self.drill is not None and self.drill.state in ("planned", "running")

    def tell(self) -> None:
        """To the first on its card who has not been told yet: a name and Enter note it."""
        from commandcenter.ui.drills.sections import TellLine

        lines = self._room.card.findChildren(TellLine)
        first = next((each for each in lines if not each.is_told), None)
        if first is not None:
            self._room.card.ensureWidgetVisible(first)
            first.whom.setFocus()

    # --- planning --------------------------------------------------------------------------------------------------

    def plan(self) -> None:
        """A form for a new drill on the day that the keys are on, of the scenario that is looked at in the library."""
        season, calendar = self._picture().season, self._calendar
        scenario = season.scenarios.get(self._tools.selection.chosen("scenario") or "")
        day = calendar.day if calendar.day > season.today and calendar.view != "matrix" else None
        start = Start(scenario=scenario.key if scenario is not None else "", day=day)
        self._room.open_sheet("new:drill", partial(self._plan_sheet, start))

    def plan_scenario(self, id: str) -> None:
        """A form for a scenario of the library."""
        scenario = self._picture().season.scenarios.get(id)
        if scenario is not None and self._room.may_plan():
            self._open_plan(Start(scenario=scenario.key), f"plan:{id}")

    def plan_chosen(self) -> None:
        """A form for the debt that is chosen, or for the one that is late longest."""
        calendar = self._calendar
        cell = calendar.matrix.cell if calendar.view == "matrix" else None
        if cell is not None and cell.debt.id in self._picture().debts:
            self.plan_debt(cell.debt.id)
            return
        id = self._room.debts.chosen or next(iter(self._room.debts.table.ids()), None)
        if id is not None:
            self.plan_debt(id)

    @Slot(str)
    @Slot(str, object)
    def plan_debt(self, id: str, day: date | None = None) -> None:
        """A half-filled form that pays a debt; ``day``: where it was dropped."""
        row = self._picture().debts.get(id)
        if row is None or not self._room.may_plan():
            return
        start = Start.of_debt(row.debt, self._picture().season, day, self._tools.desk.directory)
        self._open_plan(start, f"debt:{id}")

    def _open_plan(self, start: Start, key: str) -> None:
        """A form that was begun for the same debt comes back as it was left, unless it was dropped on a day."""
        sheet = self._room.sheet(key)
        if isinstance(sheet, PlanSheet) and start.day is not None:
            season = self._picture().season
            sheet.when.put(datetime.combine(start.day, start.at, season.zone))
        self._room.open_sheet(key, partial(self._plan_sheet, start))

    def _plan_sheet(self, start: Start) -> PlanSheet:
        sheet = PlanSheet(self._tools, self.post, self._picture, self.dates, start)
        sheet.made.connect(self._made)
        return sheet

    @Slot(str)
    def _made(self, id: str) -> None:
        """The drill is shown as soon as it has been read."""
        self._tools.selection.navigate("drill", id)
        self._room.when_read_anew(partial(self._room.bring, id))

    def copy(self) -> None:
        """The same drill again, on the next day that is free."""
        if self.drill is not None:
            self._open_plan(Start.of_drill(self.drill, self._picture().season), f"copy:{self.drill.id}")

    def draw(self) -> None:
        """The form that draws lots."""
        self._room.open_sheet("lots", self._lots_sheet)

    def _lots_sheet(self) -> LotsSheet:
        sheet = LotsSheet(self._tools, self.post, self._picture)
        sheet.made.connect(self._made)
        return sheet

    # --- the chosen drill ------------------------------------------------------------------------------------------

    def edit(self) -> None:
        """The form of the chosen drill."""
        if self.drill is not None:
            self._room.open_sheet(
                self.drill.id, partial(EditDrillSheet, self.drill, self._tools, self.post, self._picture)
            )

    def move_chosen(self) -> None:
        """A form for another date."""
        self._open_move(None)

    def _open_move(self, day: date | None) -> None:
        """One that was begun comes back, unless the drill was dropped on a day: then on that day."""
        if self.drill is not None:
            key = f"move:{self.drill.id}"
            sheet = self._room.sheet(key)
            if isinstance(sheet, MoveSheet) and day is not None:
                sheet.drop_on(day)
            make = partial(MoveSheet, self.drill, self.post, self._picture, self.dates, day)
            self._room.open_sheet(key, make)

    @Slot(str, object)
    def move_to(self, id: str, day: date) -> None:
        """Dropped on a day: moved there at its time of day. What then speaks against it is said on the day."""
        season = self._picture().season
        drill = season.drills.get(id)
        if drill is None or drill.state != "planned" or not self._room.may_plan():
            return
        old = drill.starts_at.astimezone(season.zone) if drill.starts_at else None
        if old is not None and old.date() == day:
            return
        self._room.pick(id)
        if old is None:
            self._open_move(day)
            return
        starts = datetime.combine(day, old.timetz().replace(tzinfo=None), season.zone)
        told = say("drills.done.moved_to", title=drill.title, day=day_words(day, season.today))
        command = MoveDrill(drill=id, starts_at=starts, was=drill.starts_at)
        self.post.carry_out(command, told)
        self._calendar.go_to(day)

    def lock(self) -> None:
        """Hold its date, or let go of it."""
        if self.drill is not None:
            wanted = not self.drill.locked
            told = say("drills.done.lock" if wanted else "drills.done.unlock", title=self.drill.title)
            self.post.carry_out(LockDrill(drill=self.drill.id, locked=wanted), told)

    def cancel(self) -> None:
        """The form that asks why."""
        if self.drill is not None:
            self._room.open_sheet(f"cancel:{self.drill.id}", partial(CancelSheet, self.drill, self.post))

    def begin(self) -> None:
        """It begins now, and everybody may know."""
        if self.drill is not None:
            told = say("drills.done.begin", title=self.drill.title)
            self.post.carry_out(BeginDrill(drill=self.drill.id), told)

    def write_up(self) -> None:
        """On to its record."""
        if self.drill is not None:
            self._tools.selection.navigate("drill_record", self.drill.id)
