"""Setting up a town from the answers of the first start."""

from dataclasses import dataclass

from commandcenter.services.sessions import create_database, name_town, open_session
from commandcenter.services.towns import AddOfficer, check_code
from commandcenter.storage.database import Database


@dataclass(frozen=True, slots=True)
class Answers:
    """Which town, and who is on duty."""

    town: str
    code: str
    officer: str


def set_up(database: Database, answers: Answers) -> str:
    """Make the database of a town; the id of the duty officer. Runs off the GUI thread.

    BadInput ``town.code`` before anything is made.
    """
    check_code(answers.code)
    create_database(database)
    name_town(database, answers.town, code=answers.code)
    session = open_session(Database(database.url.render_as_string(hide_password=False)))
    try:
        outcome = session.runner.execute(AddOfficer(name=answers.officer, role="duty_officer"))
    finally:
        session.close()
    return str(outcome.value["officer"])
