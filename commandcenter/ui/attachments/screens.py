"""The picture of this feature for ``snapshot``: an incident with its files."""

from collections import Counter
from typing import Any

from PySide6.QtWidgets import QWidget

from commandcenter.ui.attachments.section import AttachmentSection
from commandcenter.ui.core.tools import Tools


def stage(tools: Tools, page: QWidget) -> None:
    """Found by its files: whichever open incident has some is looked at."""

    def ask(reader: Any) -> list[str]:
        rows = reader.find("attachment", subject_kind="incident", order=("added_at", "id"))
        return [row.subject for row in rows]

    def show(subjects: list[str]) -> None:
        wanted = Counter(id for id in subjects if id in tools.desk.live.incidents)
        if wanted:
            tools.selection.choose("incident", wanted.most_common(1)[0][0])
        for section in page.findChildren(AttachmentSection):
            section.wanted.emit()

    tools.desk.read(ask, done=show, owner=page)
