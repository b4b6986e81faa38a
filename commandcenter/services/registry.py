"""All commands, by importing the modules that declare them.

Whoever sends a command has imported its module; only who looks one up by name, or asks for all of them, needs this. A
desk starts without.
"""

from commandcenter.services import (
    attachments,
    calls,
    courses,
    day_marks,
    debt_rules,
    drills,
    exports,
    grids,
    households,
    imports,
    incidents,
    papers,
    people,
    places,
    plan_apply,
    privacy,
    records,
    scenario_files,
    scenarios,
    scripts,
    settings,
    shipped,
    towns,
    undo,
    units,
)

MODULES = (
    attachments, calls, courses, day_marks, debt_rules, drills, exports, grids, households, imports, incidents,
    papers, people, places, plan_apply, privacy, records, scenario_files, scenarios, scripts, settings, shipped,
    towns, undo, units,
)  # fmt: skip
