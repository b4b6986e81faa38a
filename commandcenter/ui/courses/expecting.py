"""More people asked to a session: one by name, or everybody of a village, or of the town, who lacks the course."""

from collections.abc import Iterator
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import choose, say
from commandcenter.rules.courses import CourseSession, gaps_in
from commandcenter.services.attendance import ExpectWorkers
from commandcenter.services.training import Training
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.inputs import Option, PickBox
from commandcenter.ui.core.sending import Sender


class ExpectSheet(FieldsSheet):
    """Makes the list of a planned session longer."""

    def __init__(self, session: CourseSession, state: Training, sender: Sender) -> None:
        who = PickBox(_options(session, state), none_code="courses.expect.choose")
        super().__init__(
            "courses.form.expect", "courses.save.expect", sender, [EditField("who", "courses.field.expect", who)]
        )
        self._session, self._count = session, 0

    def command(self) -> ExpectWorkers | None:
        """Whom."""
        found = self.values()
        if found is None:
            return None
        if not found["who"]:
            self.form.show_errors({"who": BadInput("session.nobody_chosen", field="who")})
            return None
        self._count = len(found["who"])
        return ExpectWorkers(session=self._session.id, workers=found["who"])

    def words(self) -> str:
        """What it does."""
        return say("courses.done.expect", count=self._count)


def _options(session: CourseSession, state: Training) -> Iterator[Option]:
    """Everybody in office who is not on the list; those who lack the course together first."""
    listed = {row.worker for row in state.attendance.get(session.id, ())}
    villages = {each.id: each.village for each in state.workers}
    lacking = [each for each in gaps_in(state.matrix, session.course) if each not in listed]
    if lacking:
        yield Option(tuple(lacking), say("courses.expect.gaps", count=len(lacking)))
    for id, village in state.villages.items():
        those = tuple(each for each in lacking if villages[each] == id)
        if those:
            name = choose(village.name, village.name_en)
            yield Option(those, say("courses.expect.gaps_of", village=name, count=len(those)), (village.code,))
    for worker in state.workers:
        if worker.id not in listed:
            place: Any = state.grids.get(worker.grid or "") or state.villages.get(worker.village or "")
            keys = (place.code,) if place is not None else ()
            title = " · ".join(part for part in (worker.name, place.name if place is not None else "") if part)
            yield Option((worker.id,), title, (worker.name, *keys))
