"""Every module through which data leaves is listed, and asks ``may_leave``."""

import ast

import pytest

from tests.house.sources import nodes

LEAVING = {
    "services/exporting.py", "services/export_facts.py", "services/figures.py", "services/papers.py",
    "services/incident_paper.py", "services/drill_papers.py", "ui/incidents/briefing.py", "ui/incidents/rows.py",
    "services/round_sheets.py", "services/round_reading.py", "services/books.py", "services/book_printing.py",
    "services/overviews.py",
}  # fmt: skip
"""Modules that put rows into files, papers, figures or the clipboard: each asks before it does."""
ALLOWED = LEAVING | {
    "base/files.py", "formats/workbooks.py", "formats/paper/__init__.py", "formats/paper/incident_record.py",
    "formats/paper/drill_sheets.py", "formats/drill_templates.py", "services/drill_sheets.py",  # what they are told
    "formats/round_sheets.py",
    "ui/core/handout.py", "ui/exports/door.py", "ui/records/papers_page.py",  # hand out what services made
    "ui/seasons/doors.py", "ui/seasons/stages.py", "cli/exporting.py",  # the same, of plans and calendars
    "services/scenario_files.py",  # a scenario of the library is no drill
    "ui/core/longprint.py",  # the same
    "cli/printing.py", "cli/listing.py",  # the same; and one attachment, logged
}
"""Where files are written at all. Whoever writes another one declares its door here and in ``DOORS``."""


def called(module: str) -> set[str]:
    names = set()
    for node in nodes()[module]:
        if isinstance(node, ast.Call):
            names.add(node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", ""))
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("module", sorted(LEAVING))
def test_each_leaving_module_asks(module: str) -> None:
    assert called(module) & {"may_leave", "let_out"}, module


def test_whoever_writes_a_file_for_people_is_known_here() -> None:
    writing = {name for name in nodes() if called(name) & {"write_table", "write_whole", "for_opening"}}
    known = ALLOWED | {"ui/imports/file_page.py", "services/readfiles.py", "storage/backup.py", "cli/databases.py",
                       "formats/templates.py", "ui/imports/door.py", "ui/imports/jobs.py"}  # fmt: skip
    assert writing - known == set()
