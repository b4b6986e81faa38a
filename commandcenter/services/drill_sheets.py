"""The sheets of a paper drill: what stands on the controller's, on each evaluator's and on each role's.

The controller's sheet is in the order of the record's form on screen, so that it is typed from top to bottom.
"""

from collections.abc import Iterable
from datetime import datetime

from commandcenter.base import texts
from commandcenter.base.texts import say
from commandcenter.formats.paper.drill_sheets import TICK, DrillSheets, OneSheet, Part, Table, render
from commandcenter.formats.paper.incident_record import Fact
from commandcenter.rules.people import Officer
from commandcenter.rules.scenarios import MOMENTS, ROLES, Expectation
from commandcenter.services.drill_words import Words, duration, form_name, in_own_words, moment_name, role_name
from commandcenter.services.wording import listed

WRITTEN = ("when", "place", "owner_unit", "commander", "units", "took_part", "evacuated", "subjects")
"""What the controller writes by hand in the order of the form, before the times."""
PROSE = (("process", 3), ("problems", 2), ("measures", 2))
"""What is written in sentences, with the lines it gets."""


def make(words: Words, now: datetime, officer: Officer) -> tuple[str, bytes]:
    """The file's name and the PDF; EnvironmentTrouble ``paper.no_font``."""
    drill = words.drill
    labels = {
        "title": say("drillsheet.title"), "drill": say("drillsheet.drill"),
        "only_a_drill": say("drillsheet.only_a_drill"), "page": say("paper.page", page="{page}", pages="{pages}"),
    }  # fmt: skip
    made = DrillSheets(
        language=texts.current().language, number=drill.title, labels=labels,
        sheets=(_controller(words), *_evaluators(words), *_roles(words)),
        printed=say("paper.printed", who=officer.name, when=words.full(now)), watermark=say("paper.watermark.drill"),
    )  # fmt: skip
    return say("drillsheet.file", title=drill.title), render(made, now)


def _facts(words: Words, *, with_time: bool = True) -> tuple[Fact, ...]:
    it, scenario = words.drill, words.record.scenario
    found = [
        ("title", it.title, True), ("scenario", in_own_words(scenario.title) if scenario else "", False),
        ("form", form_name(it.form), False), ("when", words.full(words.begun) if with_time else "", False),
        ("place", it.place, False),
    ]  # fmt: skip
    return tuple(Fact(say(f"drillpaper.{name}"), value, wide) for name, value, wide in found)


def _controller(words: Words) -> OneSheet:
    """Script, times and record."""
    script = Table(
        say("drillpaper.list.script"),
        ("", *(say(f"drillsheet.{name}") for name in ("planned", "done_at", "how", "where", "what"))),
        (0.5, 1.1, 1.5, 2.0, 1.8, 6.0),
        tuple((TICK, row["time"], "", f"{row['channel']} · {row['player']}", row["spot"], row["text"])
              for row in words.script()), 9.0,
    )  # fmt: skip
    times = Table(
        say("drillsheet.times"), (say("drillsheet.moment"), say("drillsheet.time"), "", ""), (2.0, 3.0, 2.0, 3.0),
        tuple(_pairs([moment_name(each) for each in MOMENTS[1:]])), 8.0, say("drillsheet.times.note"),
    )  # fmt: skip
    grids = Table(
        say("drillsheet.grids"), ("", say("drillsheet.grid"), say("drillsheet.absent")) * 2, (0.5, 3.0, 2.5) * 2,
        tuple((TICK, one, "", TICK if other else "", other, "")
              for one, _, other, _ in _pairs(list(words.grid_names.values()))), 6.0,
    )  # fmt: skip
    it = words.drill
    known = {"place": it.place, "owner_unit": it.owner_unit, "commander": it.commander, "units": it.units}
    written = Table(
        say("drillsheet.record"), (say("drillsheet.field"), say("drillsheet.value"), "", ""), (2.0, 3.0, 2.0, 3.0),
        tuple((*_two(say(f"drillpaper.{one}"), known.get(one, "")), *_two(say(f"drillpaper.{two}"), known.get(two, "")))
              for one, two in zip(WRITTEN[::2], WRITTEN[1::2], strict=True)),
    )  # fmt: skip
    prose = tuple(Part(say(f"drillpaper.{name}"), "", lines) for name, lines in PROSE)
    signs = tuple(say(f"drillpaper.{name}") for name in ("mend_owner", "mend_due", "recorder"))
    return OneSheet(say("drillsheet.controller"), _named(words, "controller"), _facts(words), (),
                    (script, written, times), prose, signs, (grids,) if grids.rows else ())  # fmt: skip


def _two(one: str, other: str) -> tuple[str, str]:
    return one, other


def _pairs(names: list[str]) -> Iterable[tuple[str, str, str, str]]:
    for at in range(0, len(names), 2):
        yield names[at], "", names[at + 1] if at + 1 < len(names) else "", ""


def _named(words: Words, part: str) -> str:
    return listed(words.people[each.id] for each in words.record.persons if each.part == part)


def _evaluators(words: Words) -> Iterable[OneSheet]:
    """One for each evaluator, with the points that are his and those that are nobody's; one for the pen without any."""
    names = [words.people[each.id] for each in words.record.persons if each.part == "evaluator"] or [""]
    for name in names:
        rows = [each for each in words.record.expectations if not each.evaluator or each.evaluator == name or not name]
        table = Table(
            say("drillsheet.expectations"),
            (say("drillsheet.number"), *(say(f"drillpaper.evaluation.{each}") for each in ("item", "content")),
             say("drillsheet.measure"), say("drillsheet.noted"), say("drillsheet.met"),
             *(say(f"drillpaper.evaluation.{each}") for each in ("points", "won", "reason"))),
            (0.6, 1.6, 3.6, 2.6, 1.7, 1.5, 0.9, 0.9, 2.2),
            tuple((str(at), in_own_words(each.item), in_own_words(each.text), _measure(each), "",
                   f"{TICK}{say('drillsheet.yes')} {TICK}{say('drillsheet.no')}", str(each.points), "", "")
                  for at, each in enumerate(rows, 1)), 11.0, say("drillsheet.expectations.note"),
        )  # fmt: skip
        signs = (say("drillpaper.evaluation.evaluator"), say("drillsheet.day"))
        after = (Part(say("drillsheet.remarks"), "", 3),)
        yield OneSheet(say("drillsheet.evaluator"), name, _facts(words), (), (table,), after, signs)


def _measure(row: Expectation) -> str:
    """How it is judged, in words."""
    if row.judged == "time":
        after, step = moment_name(row.after or MOMENTS[0]), moment_name(row.step)
        return say("drillsheet.measure.time", after=after, step=step, limit=duration(row.within_s))
    if row.judged == "count":
        return say("drillsheet.measure.count", what=in_own_words(row.unit_of), need=row.need or 0)
    return in_own_words(row.criterion) or say("drillsheet.measure.seen")


def _roles(words: Words) -> Iterable[OneSheet]:
    """One for each role: what it does, what to expect; never the script. What to bring is the leader's affair."""
    record, scenario = words.record, words.record.scenario
    tasks = scenario.roles if scenario else {}
    roles = [each for each in ROLES if each in tasks]
    roles += [*tasks, *(each.role for each in record.persons if each.role and each.part == "player")]
    for role in dict.fromkeys(roles):
        names = [words.people[each.id] for each in record.persons if each.role == role]
        parts = [Part(say("drillsheet.task"), in_own_words(tasks.get(role)) or say("drillsheet.task.none"))]
        expect = [in_own_words(getattr(scenario, name)) for name in ("purpose", "objectives")] if scenario else []
        parts.append(Part(say("drillsheet.expect"), "\n".join((*filter(None, expect), say("drillsheet.expect.all")))))
        if scenario and in_own_words(scenario.safety):
            parts.append(Part(say("drillpaper.safety"), in_own_words(scenario.safety)))
        if scenario and in_own_words(scenario.kit) and role == ROLES[0]:
            parts.append(Part(say("drillpaper.kit"), in_own_words(scenario.kit)))
        times = Table(
            say("drillsheet.own_times"), (say("drillsheet.moment"), say("drillsheet.time"), say("drillsheet.note")),
            (2.0, 2.0, 5.0),
            tuple((moment_name(each), "", "") for each in ("called", "assembled", "evacuated", "ended")),
            6.5,
        )  # fmt: skip
        yield OneSheet(say("drillsheet.role", role=role_name(role)), listed(names), _facts(words), tuple(parts),
                       (times,), (Part(say("drillsheet.remarks"), "", 1),), (say("drillsheet.name"),))  # fmt: skip
