"""From a file to the database, as the window and the command line do it.

``read`` (or ``remap``: the same file with other columns, kept columns or corrected cells) → ``survey`` (what would
happen, row by row) → ``write`` (whole or not at all, one undo group). What was corrected by hand is remembered per
source and officer: ``remembered`` before, ``remember`` after.
"""

from typing import TYPE_CHECKING, Any

from commandcenter.rules.entity import REAL
from commandcenter.services.import_plan import Verdict
from commandcenter.services.readfiles import WHAT, Cell, FileRow, ReadFile, Sheet, read, remap
from commandcenter.services.sessions import Session
from commandcenter.services.settings import SetSetting
from commandcenter.services.surveys import Difference, Side, Survey, default_side, explained, survey, write

if TYPE_CHECKING:
    from commandcenter.formats.column_specs import ColumnSpec

__all__ = [
    "MEMORY", "WHAT", "Cell", "Difference", "FileRow", "ReadFile", "Sheet", "Side", "Survey", "Verdict", "default_side",
    "explained", "read", "remap", "remember", "remembered", "survey", "template_columns", "write",
]  # fmt: skip

MEMORY = "import.columns"
"""The officer's setting: fingerprint of the headings -> {"overrides": {field: heading}, "keep": [names]}."""
MOST_SOURCES = 100


def template_columns(session: Session, what: str) -> list["ColumnSpec"]:
    """The columns of an empty table of ``what``, as this town's clerk fills it in. Never call it on the GUI thread."""
    from commandcenter.formats.column_specs import SPECS

    if what == "kit_register":
        from commandcenter.services import kit_register

        with session.read(REAL) as reader:
            return list(kit_register.columns_of(reader))
    return [each for each in SPECS[WHAT[what]] if not each.restricted]


def remembered(session: Session, read: ReadFile) -> ReadFile:
    """The file with the columns that this officer chose for such headings before; unchanged when there are none."""
    known = _memory(session).get(read.fingerprint)
    if known is None:
        return read
    overrides = {field: name for field, name in known["overrides"].items() if name in read.columns}
    return remap(read, overrides=overrides, keep=frozenset(known["keep"]))


def remember(session: Session, read: ReadFile) -> None:
    """Keep the columns of this file for the next one of its source. Headings only, no value of the file."""
    memory = _memory(session)
    known = memory.pop(read.fingerprint, None)
    chosen = {"overrides": dict(read.overrides), "keep": sorted(read.keep)}
    if known == chosen or (known is None and not read.overrides and not read.keep):
        return
    newest = dict([*memory.items()][-(MOST_SOURCES - 1) :])
    session.runner.execute(SetSetting(key=MEMORY, value={"value": {**newest, read.fingerprint: chosen}}))


def _memory(session: Session) -> dict[str, dict[str, Any]]:
    with session.read(REAL) as reader:
        found = reader.find("setting", key=MEMORY, officer=session.officer.id)
    return dict(found[0].value["value"]) if found else {}
