"""A drill's papers in one press: the town's own Word and Excel templates, or the shipped ones, filled into a folder.

What is known is never typed. Everything lets a drill out, so everything asks ``may_leave`` and says 演练.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from commandcenter.base.errors import BadInput, EnvironmentTrouble
from commandcenter.base.files import write_whole
from commandcenter.base.texts import say
from commandcenter.rules.people import Officer
from commandcenter.services import drill_reading
from commandcenter.services.drill_reading import Record
from commandcenter.services.drill_words import Words
from commandcenter.services.papers import let_out
from commandcenter.storage.reads import Reader

Progress = Callable[[int, int], None]
FOLDER_SETTING = "drills.templates"
"""The desk's setting: the folder with the town's own templates; empty: the shipped ones."""
_NO_FILE_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Made:
    """One file of the folder."""

    name: str
    content: bytes


def found(reader: Reader, drill: str) -> Record:
    """The drill to be printed; BadInput ``unknown`` where there is none for this viewer."""
    record = drill_reading.load(reader, drill)
    if record is None:
        raise BadInput("unknown", entity="drill", id=drill)
    return record


def drafts(reader: Reader, drill: str, now: datetime) -> dict[str, str]:
    """The free texts as facts alone would say them, to be edited: ``summary`` and ``briefing``."""
    words = Words(reader, found(reader, drill), now)
    return {"summary": words.summary(), "briefing": words.briefing()}


def paper_names() -> dict[str, str]:
    """What each paper is called, by its key, in the order in which they are made."""
    from commandcenter.formats.drill_templates import PAPERS

    return {paper.key: say(f"drillpaper.paper.{paper.key}") for paper in PAPERS}


def make(
    reader: Reader, drill: str, now: datetime, *, templates: Path | None = None, papers: Iterable[str] = (),
    summary: str | None = None, briefing: str | None = None, progress: Progress | None = None,
) -> list[Made]:  # fmt: skip
    """The papers (all, or those named by key) as files; ``templates``: the town's folder.

    Takes a second: not on the GUI thread. BadInput ``template.…`` names the file and the placeholder that is wrong.
    """
    from commandcenter.formats import drill_templates, office

    record = found(reader, drill)
    let_out("drill_paper", record.drill.world)
    values = drill_templates.both_names(Words(reader, record, now).values(summary, briefing))
    wanted = tuple(papers)
    chosen = [each for each in drill_templates.PAPERS if not wanted or each.key in wanted]
    if unknown := set(wanted) - {each.key for each in chosen}:
        known = ", ".join(each.key for each in drill_templates.PAPERS)
        raise BadInput("drill.paper_unknown", paper=min(unknown), known=known)
    made = []
    for number, paper in enumerate(chosen, 1):
        name, template = _template(paper, templates)
        content = office.fill(name, template, values, say("drillpaper.mark"))
        made.append(Made(f"{number:02d} {say(f'drillpaper.paper.{paper.key}')}{Path(name).suffix.lower()}", content))
        if progress is not None:
            progress(number, len(chosen))
    return made


def _template(paper: Any, folder: Path | None) -> tuple[str, bytes]:
    """The town's template for a paper, whether Word or Excel; the shipped one where the town has none."""
    from commandcenter.formats import drill_templates

    for stem in (paper.stem, paper.key) if folder is not None else ():
        for ending in (paper.ending, ".docx", ".xlsx"):
            path = Path(str(folder)) / f"{stem}{ending}"
            try:
                if path.is_file():
                    return path.name, path.read_bytes()
            except OSError as error:
                raise EnvironmentTrouble("template.cannot_read", file=str(path), reason=error.strerror or "") from error
    return f"{paper.stem}{paper.ending}", drill_templates.shipped(paper)


def folder_name(record: Record, zone: Any) -> str:
    """One dated folder for a drill: its day and title, without what no file system takes."""
    begun = record.drill.held_at or record.drill.starts_at
    day = f"{begun.astimezone(zone):%Y-%m-%d} " if begun else ""
    return _NO_FILE_NAME.sub("_", f"{day}{record.drill.title}").strip(" .")[:100] or record.id


def write_folder(within: Path, name: str, made: Iterable[Made]) -> Path:
    """Write the files into a folder of their own; one that is there gets a number, so that nothing is overwritten."""
    target, number = within / name, 1
    while target.exists():
        number += 1
        target = within / f"{name} ({number})"
    try:
        target.mkdir(parents=True)
    except OSError as error:
        raise EnvironmentTrouble("export.cannot_write", path=str(target), reason=error.strerror or "") from error
    for each in made:
        write_whole(target / each.name, each.content)
    return target


def export_templates(folder: Path) -> list[Path]:
    """Put the shipped templates, and the sheet of their placeholders, where the town edits them; a file that is there
    stays as it is."""
    from commandcenter.formats import drill_templates

    written = []
    sheet = f"{say('drillpaper.sheet.name')}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentTrouble("export.cannot_write", path=str(folder), reason=error.strerror or "") from error
    for paper in drill_templates.PAPERS:
        path = folder / f"{paper.stem}{paper.ending}"
        if not path.exists():
            written.append(write_whole(path, drill_templates.shipped(paper)))
    written.append(write_whole(folder / sheet, drill_templates.placeholder_sheet().encode("utf-8-sig")))
    return written


def sheets(reader: Reader, drill: str, *, now: datetime, officer: Officer) -> Made:
    """The paper drill: sheets for controller, evaluators and roles in one PDF."""
    from commandcenter.services import drill_sheets

    record = found(reader, drill)
    let_out("drill_paper", record.drill.world)
    name, content = drill_sheets.make(Words(reader, record, now), now, officer)
    return Made(f"{_NO_FILE_NAME.sub('_', name)}.pdf", content)
