"""What the pictures of this room show."""

from typing import Any

from commandcenter.ui.core.tools import Tools
from commandcenter.ui.courses.settling import SettleSheet

LIST = "签到名单\n凉水井村：\n1、{one}\n2、{two} 138-0000-0000\n{three}（请假）\n李不识\n{four}、{one}\n王大山 5组\n"


def sessions(tools: Tools, page: Any) -> None:
    """The next session, some of whose workers are there."""
    page.open_page("sessions")
    rows = list(page.sessions.table.shown_rows())
    if rows:
        tools.selection.navigate("session", rows[0].id)


def results(tools: Tools, page: Any) -> None:
    """A session that was held, results being typed."""
    page.open_page("sessions")
    held = [row for row in page.sessions.table.shown_rows()
            if row.session.state == "held" and row.course.method == "written"]  # fmt: skip
    if held:
        tools.selection.navigate("session", held[0].id)
        page.sessions.results()


def plan(tools: Tools, page: Any) -> None:
    """The form for a session for those who lack a course."""
    matrix(tools, page)
    page.matrix.plan()


def pasted(tools: Tools, page: Any) -> None:
    """A pasted list, half settled."""
    sessions(tools, page)
    state = page.store.state
    if state is None or page.sessions.chosen_row is None:
        return
    names = [each.name for each in state.workers[:40:11]]
    page.sessions.paste_list()
    sheet = page.findChild(SettleSheet)
    if sheet is not None and len(names) == 4:
        one, two, three, four = names
        sheet.text.setPlainText(LIST.format(one=one, two=two, three=three, four=four))
        sheet.match()


def courses(tools: Tools, page: Any) -> None:
    """The courses, the first one on its card."""
    page.open_page("courses")
    first = next(iter(page.courses.table.ids()), None)
    if first is not None:
        page.courses.pick(first)
        page.courses.view.choose(first)


def course_form(tools: Tools, page: Any) -> None:
    """The form of that course."""
    courses(tools, page)
    page.courses.edit()


def matrix(tools: Tools, page: Any) -> None:
    """Who has which course; the gaps of one are chosen."""
    page.open_page("matrix")
    page.matrix.view.move_to(3, 4)
    page.matrix.choose_gaps()


def person(tools: Tools, page: Any) -> None:
    """The card of the first worker."""
    workers = [id for kind, id in tools.desk.directory.people if kind == "worker"]
    if workers:
        tools.selection.navigate("worker", min(workers))
