"""A town's year as a planning problem; the commands that make a proposal true are :mod:`plan_steps`.

Everything is read once (:func:`read`) and then computed without the database, so that the window can ask again and
again with other answers.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from commandcenter.base.texts import choose, current, say
from commandcenter.rules.copying import Copy, Past, copies
from commandcenter.rules.debts import DRILL_LEVELS, Debt, add_months
from commandcenter.rules.drills import HELD, Drill
from commandcenter.rules.entity import REAL
from commandcenter.rules.permissions import may_read
from commandcenter.rules.plan_board import Board
from commandcenter.rules.planning import Busy, Fixed, Problem, Slot, Task, Trainer
from commandcenter.rules.presence import Who
from commandcenter.rules.scenarios import Scenario, in_season, split, words
from commandcenter.services import season_training, seasons, training
from commandcenter.services.season_training import Lessons
from commandcenter.services.seasons import Season
from commandcenter.storage.reads import Reader

NEIGHBOURS = 4
"""So many nearest villages count as neighbouring [I]."""
APART = 28
"""Days between two drills that one rule asks of one place, at the least [I]."""
_KIND_OF_LEVEL = {"emergency_grid": "emergency", "dedicated_grid": "dedicated"}


@dataclass(frozen=True, slots=True)
class Basis:
    """The season with what its places are called and where they lie."""

    season: Season
    year: int
    villages: Mapping[str, str]
    grids: Mapping[str, str]
    near: frozenset[tuple[str, str]]
    seq: int
    lessons: Lessons | None = None
    """Training, where it was asked for."""

    @property
    def newest(self) -> dict[str, Scenario]:
        """The newest edition in use of each scenario, by key."""
        found: dict[str, Scenario] = {}
        for each in self.season.scenarios.values():
            if each.active and (each.key not in found or found[each.key].edition < each.edition):
                found[each.key] = each
        return dict(sorted(found.items()))

    @property
    def first(self) -> date:
        """The first day that can be planned: tomorrow, or the year's first."""
        return max(date(self.year, 1, 1), self.season.today + timedelta(days=1))

    @property
    def last(self) -> date:
        """The last day of the year."""
        return date(self.year, 12, 31)


@dataclass(frozen=True, slots=True)
class Away:
    """A trainer who cannot come, from day to day."""

    trainer: str
    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """A drill (or a training session, ``session:`` and its id) whose date somebody has set: the day, and minutes after
    midnight (None: as now, else the first hour)."""

    drill: str
    day: date
    minute: int | None = None


def read(reader: Reader, today: date, year: int, *, with_training: bool = False) -> Basis:
    """Everything about a year; ``reader`` reads ``DRILLS``. ``with_training``: and who has which course, for a viewer
    who may know it."""
    season = seasons.load(reader, today, date(year, 12, 31))
    villages = {each.id: choose(each.name, each.name_en) for each in reader.find("village")}
    grids = {each.id: each for each in reader.find("grid")}
    shapes = {(each.grid, each.edition): each for each in reader.find("shape")}
    basis = Basis(
        season, year, villages, {each.id: each.name for each in grids.values()},
        neighbours(_centres(grids.values(), shapes)), reader.last_seq(),
    )  # fmt: skip
    if not with_training or not may_read(reader.viewer.role, "result"):
        return basis
    noon = datetime.combine(today, time(12), season.zone)
    state = training.load(Reader(reader.connection, reader.viewer, REAL), noon)
    return replace(
        basis, lessons=Lessons(state, basis.first, basis.last, season.seats, basis.near, villages, season.zone)
    )


def _centres(grids: Iterable[Any], shapes: Mapping[tuple[str, int], Any]) -> dict[str, tuple[float, float]]:
    """The middle of each village's grids (longitude, latitude); nothing for villages without any shape."""
    points: dict[str, list[tuple[float, float]]] = {}
    for grid in grids:
        shape = shapes.get((grid.id, grid.shape)) if grid.shape else None
        if shape is not None:
            points.setdefault(grid.village, []).append(((shape.west + shape.east) / 2, (shape.south + shape.north) / 2))
    return {
        village: (sum(x for x, _ in those) / len(those), sum(y for _, y in those) / len(those))
        for village, those in points.items()
    }


def neighbours(centres: Mapping[str, tuple[float, float]]) -> frozenset[tuple[str, str]]:
    """Each village with its nearest ones, both ways round; without a map, nobody has neighbours."""
    found: set[tuple[str, str]] = set()
    for one, (x, y) in centres.items():
        others = sorted(
            (each for each in centres if each != one),
            key=lambda each: ((centres[each][0] - x) ** 2 + (centres[each][1] - y) ** 2, each),
        )
        for other in others[:NEIGHBOURS]:
            found |= {(one, other), (other, one)}
    return frozenset(found)


# --- problems ---------------------------------------------------------------------------------------------------------


def standing(basis: Basis, *, but: Collection[str] = ()) -> tuple[Fixed, ...]:
    """Every drill with a date that is not cancelled, but those named."""
    found = []
    for drill in basis.season.drills.values():
        slot = slot_of(basis, drill)
        if slot is not None and drill.state != "cancelled" and drill.id not in but:
            people = basis.season.presence.called(drill)
            found.append(Fixed(drill.id, drill.title, slot, drill.village, drill.minutes, drill.locked, people))
    return tuple(sorted(found, key=lambda each: (each.slot.day, each.slot.minute, each.id)))


def slot_of(basis: Basis, drill: Drill) -> Slot | None:
    """When a drill lies, in local time; None while it has no date."""
    moment = drill.held_at or drill.starts_at
    if moment is None:
        return None
    local = moment.astimezone(basis.season.zone)
    return Slot(local.date(), local.hour * 60 + local.minute, drill.trainer or "")


def moment_of(basis: Basis, slot: Slot) -> datetime:
    """A slot as an aware instant of the town's zone."""
    begin = time(slot.minute // 60, slot.minute % 60)
    return datetime.combine(slot.day, begin, basis.season.zone)


def _invited(basis: Basis, village: str | None, grid: str | None) -> frozenset[Who]:
    """Who will be invited to a drill that is not planned yet."""
    return basis.season.presence.units.get((village, grid), frozenset())


def _busy(basis: Basis) -> tuple[Busy, ...]:
    """The training sessions of the year, in local time."""
    found = []
    for each in basis.season.presence.sessions:
        local = each.begins.astimezone(basis.season.zone)
        if local.year == basis.year:
            minute = local.hour * 60 + local.minute
            found.append(Busy(each.id, each.title, local.date(), minute, each.minutes, each.people))
    return tuple(sorted(found, key=lambda each: (each.day, each.minute, each.id)))


def _problem(
    basis: Basis, tasks: Iterable[Task], fixed: tuple[Fixed, ...], aways: Iterable[Away] = (), *,
    with_sessions: bool = False,
) -> Problem:  # fmt: skip
    """``with_sessions``: those planned already stand among the tasks or the fixed, and keep nobody busy besides."""
    away: dict[str, list[tuple[date, date]]] = {}
    for absence in basis.season.absences:
        span = (date.fromisoformat(absence.first_day), date.fromisoformat(absence.last_day))
        away.setdefault(absence.officer, []).append(span)
    for each in aways:
        away.setdefault(each.trainer, []).append((each.first, each.last))
    trainers = tuple(
        Trainer(id, name, tuple(sorted(away.get(id, ())))) for id, name in sorted(basis.season.trainers.items())
    )
    asked, busy, names = tuple(tasks), () if with_sessions else _busy(basis), basis.season.presence.names
    wanted: list[Task | Fixed | Busy] = [*asked, *fixed, *busy]
    people = {who for each in wanted for who in each.people}
    return Problem(
        basis.first, basis.last, asked, trainers, fixed, basis.season.marks, basis.season.habits, basis.near,
        dict(basis.villages), busy, {who: names[who] for who in sorted(people) if who in names},
    )  # fmt: skip


def last_year(basis: Basis) -> list[Past]:
    """The drills held in the year before, as tasks of this one; a place that has the same scenario planned or held
    this year already gets none."""
    has = {
        (drill.village, drill.grid, basis.season.key_of(drill), drill.rule)
        for drill in basis.season.drills.values()
        if (slot := slot_of(basis, drill)) and slot.day.year == basis.year and drill.state != "cancelled"
    }
    found = []
    for drill in basis.season.drills.values():
        slot = slot_of(basis, drill)
        key = basis.season.key_of(drill)
        if slot is None or slot.day.year != basis.year - 1 or drill.state not in HELD or key not in basis.newest:
            continue
        if (drill.village, drill.grid, key, drill.rule) in has or drill.form == "no_notice":
            continue
        scenario = basis.newest[key]
        debt = debt_of(basis, drill.level, drill.village, drill.grid, key)
        task = Task(
            id=f"copy:{drill.id}", title=drill.title, scenario=key, earliest=basis.first,
            latest=max(debt.due, basis.first) if debt else basis.last, village=drill.village, grid=drill.grid,
            level=drill.level, rule=drill.rule, minutes=drill.minutes, months=_months(scenario),
            people=_invited(basis, drill.village, drill.grid),
        )  # fmt: skip
        found.append(Past(task, slot))
    return found


def debt_of(basis: Basis, level: str, village: str | None, grid: str | None, scenario: str) -> Debt | None:
    """What a drill of this scenario at this place would pay this year; None: it is not owed."""
    place = {"town": "", "village": village or ""}.get(level, grid or "")
    fitting = [
        each for each in basis.season.debts
        if each.state in ("owed", "overdue") and (each.level, each.place) == (level, place)
        and each.scenario in ("", scenario) and each.due.year <= basis.year
    ]  # fmt: skip
    return min(fitting, key=lambda each: each.due, default=None)


def offer_copies(basis: Basis) -> list[Copy]:
    """Last year's drills in this year's weeks."""
    return copies(_problem(basis, (), standing(basis)), last_year(basis), basis.year)


def fill(basis: Basis, *, with_training: bool = False) -> Problem:
    """What is owed in the year (and, in the present one, from before) and not planned, and drills that were planned
    without a date. ``with_training``: sessions for the gaps too (a basis read with training)."""
    tasks, fixed = [*_undated(basis), *_owed(basis)], standing(basis)
    lessons = basis.lessons if with_training else None
    if lessons is not None:
        tasks += season_training.tasks(lessons)
        fixed += _sessions(basis, lessons)
    problem = _problem(basis, spread(tasks, basis.last), fixed, with_sessions=lessons is not None)
    return replace(problem, seed=basis.year)


def _sessions(basis: Basis, lessons: Lessons, *, but: Collection[str] = ()) -> tuple[Fixed, ...]:
    people = {each.id: each.people for each in basis.season.presence.sessions}
    return tuple(season_training.standing(lessons, people, but=but))


def spread(tasks: Sequence[Task], last: date) -> list[Task]:
    """The tasks, those of each rule told to lie evenly over the days on which they are in time and in season."""
    by_rule: dict[tuple[str, date], list[Task]] = {}
    for task in tasks:
        by_rule.setdefault((task.rule, task.latest), []).append(task)
    targets: dict[str, date] = {}
    for those in by_rule.values():
        for at, task in enumerate(those):
            end = min(task.latest, task.until or last, last)
            days = [task.earliest + timedelta(days=away) for away in range((end - task.earliest).days + 1)]
            days = [day for day in days if not task.months or day.month in task.months] or days
            if days:
                targets[task.id] = days[int((at + 0.5) / len(those) * len(days))]
    return [replace(task, target=targets.get(task.id)) for task in tasks]


def _undated(basis: Basis) -> list[Task]:
    found = []
    for drill in sorted(basis.season.drills.values(), key=lambda each: each.id):
        if drill.state == "planned" and drill.starts_at is None:
            found.append(_task_of(basis, drill, basis.last))
    return found


def _task_of(basis: Basis, drill: Drill, latest: date, current: Slot | None = None) -> Task:
    scenario = basis.season.scenarios.get(drill.scenario or "")
    return Task(
        id=f"drill:{drill.id}", title=drill.title, scenario=basis.season.key_of(drill), earliest=basis.first,
        latest=latest, village=drill.village, grid=drill.grid, level=drill.level, rule=drill.rule,
        minutes=drill.minutes, months=_months(scenario) if scenario else frozenset(),
        is_no_notice=drill.form == "no_notice", current=current, people=basis.season.presence.called(drill),
    )  # fmt: skip


def _months(scenario: Scenario) -> frozenset[int]:
    months = frozenset(month for month in range(1, 13) if in_season(scenario, month))
    return frozenset() if len(months) == 12 else months


def _owed(basis: Basis) -> list[Task]:
    rules = {each.key: each for each in basis.season.rules}
    debts = [
        each for each in basis.season.debts
        if each.state in ("owed", "overdue") and each.level in DRILL_LEVELS and each.rule in rules
        and (each.due.year == basis.year or each.due.year < basis.year == basis.season.today.year)
    ]  # fmt: skip
    particular: dict[tuple[str, str], list[Debt]] = {}
    for debt in debts:
        if debt.scenario:
            particular.setdefault((debt.level, debt.place), []).append(debt)
    turn = Counter[str]()
    series: dict[tuple[str, str], list[Task]] = {}
    for debt in debts:
        opens = add_months(debt.due + timedelta(days=1), -rules[debt.rule].every_months)
        if not debt.scenario and any(
            opens <= other.due <= debt.due for other in particular.get((debt.level, debt.place), ())
        ):
            continue  # the drill of a scenario pays this one as well
        key = debt.scenario or _any_scenario(basis, debt, turn)
        scenario = basis.newest.get(key)
        if scenario is not None:
            task = _task_for(basis, debt, scenario, max(basis.first, opens))
            series.setdefault((debt.rule, debt.place), []).append(task)
    for (key, _), those in series.items():
        those += _following(basis, those[-1], 0 if rules[key].before_month else rules[key].every_months)
    return [task for those in series.values() for task in _in_turn(those)]


def _following(basis: Basis, task: Task, every: int) -> list[Task]:
    """What falls due later in the year once this is done, where a rule counts from drill to drill (0: it does not)."""
    found = []
    while every:
        due = add_months(max(task.latest, basis.first) + timedelta(days=1), every) - timedelta(days=1)
        if due > basis.last:
            break
        earliest = max(task.latest, basis.first) + timedelta(days=1)
        task = replace(task, id=f"{task.id}+", earliest=earliest, latest=due)
        found.append(task)
    return found


def _in_turn(tasks: list[Task]) -> list[Task]:
    """Drills that one rule asks of one place twice in the year, because it is behind or owes every half-year: the
    second not before half the time is over, the first until then, so that each pays its own debt."""
    found = [tasks[0]]
    for task in tasks[1:]:
        before = found[-1]
        half = before.earliest + (task.latest - before.earliest) / 2
        turn = max(task.earliest, half, before.earliest + timedelta(days=APART))
        found[-1] = replace(before, until=turn - timedelta(days=1))
        found.append(replace(task, earliest=turn))
    return found


def _any_scenario(basis: Basis, debt: Debt, turn: Counter[str]) -> str:
    """Where any scenario will do: those that suit the place, one after the other, so that all are drilled."""
    kind = _KIND_OF_LEVEL.get(debt.level, "general")
    fitting = [key for key, each in basis.newest.items() if not each.grid_kinds or kind in split(each.grid_kinds)]
    fitting = fitting or list(basis.newest)
    if not fitting:
        return ""
    turn[debt.level] += 1
    return fitting[(turn[debt.level] - 1) % len(fitting)]


def _task_for(basis: Basis, debt: Debt, scenario: Scenario, earliest: date) -> Task:
    grid = debt.place if debt.level in _KIND_OF_LEVEL else None
    where = basis.grids.get(grid or "") or basis.villages.get(debt.village or "", "")
    return Task(
        id=f"debt:{debt.id}", title=_title(where, words(scenario.title, current().language)), scenario=scenario.key,
        earliest=earliest, latest=debt.due, village=debt.village, grid=grid, level=debt.level, rule=debt.rule,
        minutes=scenario.minutes, months=_months(scenario),
        is_no_notice=split(scenario.forms)[:1] == ("no_notice",), people=_invited(basis, debt.village, grid),
    )  # fmt: skip


def _title(where: str, what: str) -> str:
    return say("season.drill", where=where, what=what) if where else what


def replan(
    basis: Basis, aways: Sequence[Away] = (), fixes: Sequence[Fix] = (), *, with_sessions: bool = False
) -> Problem:
    """The planned drills of the year with their dates, after something has changed. What is locked stays; so does what
    clashed before already: that was decided by somebody. ``with_sessions``: training sessions may move as well (a basis
    read with training); without, drills move around them."""
    fixed_days = {each.drill: each for each in fixes}
    lessons = basis.lessons if with_sessions else None
    ahead = [
        drill for drill in basis.season.drills.values()
        if drill.state == "planned" and (slot := slot_of(basis, drill)) is not None
        and basis.first <= slot.day <= basis.last
    ]  # fmt: skip
    free = {drill.id for drill in ahead if not drill.locked and drill.id not in fixed_days}
    free -= _clashing(basis, free, fixed_days, lessons)
    due = {each.drill: each.due for each in basis.season.debts if each.drill}
    tasks = [
        _task_of(basis, drill, due.get(drill.id, basis.last), slot_of(basis, drill))
        for drill in sorted(ahead, key=lambda each: each.id) if drill.id in free
    ]  # fmt: skip
    stays = [each for each in standing(basis, but=free) if each.id not in fixed_days]
    for fix in fixes:
        if fix.drill not in basis.season.drills:
            continue  # a session
        drill = basis.season.drills[fix.drill]
        people = basis.season.presence.called(drill)
        stays.append(Fixed(drill.id, drill.title, fixed_slot(basis, fix), drill.village, drill.minutes, True, people))
    if lessons is not None:
        loose = [each for each in _loose_sessions(basis, lessons) if each.id not in fixed_days]
        tasks += loose
        for session in _sessions(basis, lessons, but={each.id for each in loose}):
            its = fixed_days.get(session.id)
            stays.append(replace(session, slot=fixed_slot(basis, its), is_locked=True) if its else session)
    problem = _problem(basis, tasks, tuple(stays), aways, with_sessions=lessons is not None)
    return replace(problem, mode="replan", seed=basis.year)


def _board_before(basis: Basis, lessons: Lessons | None) -> Board:
    """Everything as it stands; sessions keep people busy, or take their whole day where they are planned too."""
    sessions = _sessions(basis, lessons) if lessons is not None else ()
    return Board(_problem(basis, (), standing(basis) + sessions, with_sessions=lessons is not None))


def _loose_sessions(basis: Basis, lessons: Lessons) -> list[Task]:
    """Sessions that may move: whose date broke no limit before anything changed."""
    board = _board_before(basis, lessons)
    found = season_training.movable(lessons, basis.season.trainers)
    return [each for each in found if each.current is not None and not board.against(each, each.current)]


def fixed_slot(basis: Basis, fix: Fix) -> Slot:
    """Where a fixed drill or session lies; its trainer and hour stay unless another hour was named."""
    if fix.drill in basis.season.drills:
        drill = basis.season.drills[fix.drill]
        before, trainer = slot_of(basis, drill), drill.trainer
    else:
        assert basis.lessons is not None
        session = basis.lessons.training.sessions[fix.drill.partition(":")[2]]
        before, trainer = basis.lessons.slot(session), session.trainer
    minute = fix.minute if fix.minute is not None else before.minute if before else 9 * 60
    return Slot(fix.day, minute, trainer or "")


def _clashing(basis: Basis, free: set[str], fixed_days: Mapping[str, Fix], lessons: Lessons | None) -> set[str]:
    """Drills whose dates broke a firm limit before anything changed."""
    board = _board_before(basis, lessons)
    found = set()
    for id in free:
        drill = basis.season.drills[id]
        slot = slot_of(basis, drill)
        task = replace(_task_of(basis, drill, basis.last), id=id)
        other = board.beside(task, slot.day) if slot else None
        if other is not None and other.id in fixed_days:
            continue
        if slot is not None and (slot.trainer not in basis.season.trainers or board.against(task, slot)):
            found.add(id)
    return found


def week_of(day: date) -> date:
    """The Monday of a day's week, by which results are grouped."""
    return day - timedelta(days=day.weekday())
