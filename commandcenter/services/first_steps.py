"""Setting up a town from the three answers of the first start."""

from dataclasses import dataclass
from pathlib import Path

from commandcenter.base.errors import BadInput
from commandcenter.services import filing
from commandcenter.services.sessions import Session, create_database, name_town, open_session
from commandcenter.services.towns import AddOfficer
from commandcenter.storage.database import Database


@dataclass(frozen=True, slots=True)
class Answers:
    """What the three questions brought."""

    town: str
    code: str
    officer: str
    grids: Path | None
    workers: Path | None


def set_up(database: Database, answers: Answers) -> str:
    """Make the database of a town; the id of the duty officer. Runs off the GUI thread.

    A file that is refused leaves the town named and says which rows are wrong; it can be imported later.
    """
    create_database(database)
    name_town(database, answers.town, code=answers.code)
    session = open_session(Database(database.url.render_as_string(hide_password=False)))
    try:
        outcome = session.runner.execute(AddOfficer(name=answers.officer, role="duty_officer"))
        for what, path in (("grids", answers.grids), ("workers", answers.workers)):
            if path is not None:
                _import(session, what, path)
    finally:
        session.close()
    return str(outcome.value["officer"])


def _import(session: Session, what: str, path: Path) -> None:
    result = filing.write(session, filing.read(what, path, overrides={}), dry_run=False)
    if result.refused:
        raise BadInput("import.refused_rows", file=path.name, count=result.refused)
