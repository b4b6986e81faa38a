"""All commands, by importing the modules that declare them.

Whoever sends a command has imported its module; only who looks one up by name, or asks for all of them, needs this. A
desk starts without.
"""

from commandcenter.services import (
    absences,
    articles,
    attachments,
    attendance,
    attention,
    calls,
    course_sessions,
    courses,
    day_marks,
    debt_rules,
    drill_people,
    drills,
    editions,
    exports,
    grids,
    households,
    imports,
    improvements,
    incidents,
    kit_book_apply,
    kits,
    leaving,
    merging,
    moments,
    papers,
    people,
    pieces,
    places,
    plan_apply,
    privacy,
    records,
    rounds,
    scenario_files,
    scenarios,
    scripts,
    settings,
    shipped,
    stores,
    towns,
    undo,
    units,
)

MODULES = (
    absences, articles, attachments, attendance, attention, calls, course_sessions, courses, day_marks, debt_rules,
    drill_people, drills, editions, exports, grids, households, imports, improvements, incidents, kit_book_apply,
    kits, leaving, merging, moments, papers, people, pieces, places, plan_apply, privacy, records, rounds,
    scenario_files, scenarios, scripts, settings, shipped, stores, towns, undo, units,
)  # fmt: skip
