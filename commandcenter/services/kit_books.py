"""Tables of kits and stores, out to a workbook and back: what both have in common.

As in the plan table (:mod:`commandcenter.services.plan_table`), every row carries two hidden columns: whose it is, and
a short digest of every cell as it went out. So an edited cell is told from one that merely is older than the database.
A list without these columns, as a town brings it first, changes what it states and is silent about its empty cells.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from commandcenter.base.errors import BadInput, NotAllowed, Refused
from commandcenter.base.ids import new_id
from commandcenter.formats.column_specs import SPECS
from commandcenter.formats.problems import Problem
from commandcenter.formats.workbooks import Column
from commandcenter.rules.entity import REAL
from commandcenter.rules.numbers import local_day
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.rules.stores import Depot
from commandcenter.services import seasons
from commandcenter.services.import_plan import Plan
from commandcenter.services.kit_book_apply import ApplyKitBook
from commandcenter.services.plan_table import canonical, digest, is_own
from commandcenter.services.readfiles import FileRow, ReadFile
from commandcenter.services.sessions import Session
from commandcenter.services.surveys import Difference, Survey, no_header, told_source
from commandcenter.storage.reads import Reader
from commandcenter.storage.unit import UnitOfWork

FIRST_DEPOT = "镇应急物资库"
"""The store of a town that has none yet when its first list comes in; data like the rest of the file."""
_MARK = re.compile(r"(\d+)\|(.*)", re.DOTALL)


def mark(seq: int, cells: Mapping[str, str]) -> str:
    """The edition of a row: the end of the log when it went out, and a digest of each cell by its field."""
    return f"{seq}|" + ";".join(f"{name}={digest(text)}" for name, text in cells.items())


def base_of(row: FileRow) -> dict[str, str] | None:
    """The digests that a row carries; None for one that never went out."""
    found = _MARK.fullmatch(str(row.fields.get("row_mark") or ""))
    if found is None:
        return None
    return dict(part.split("=", 1) for part in found[2].split(";") if "=" in part)


def own_columns(entity: str) -> tuple[Column, ...]:
    """The hidden columns of a table."""
    return tuple(Column(spec.headings[0], hidden=True) for spec in SPECS[entity] if spec.own)


class Unfit(Refused):
    """A row that cannot be taken, and the cell that is to blame: a field, or a heading of the file."""

    def __init__(self, code: str, field: str, value: str | None = None, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.field, self.value = field, value


@dataclass(slots=True)
class BookSurvey(Survey):
    """How such a table stands against the database, and the steps that it asks for."""

    steps: list[dict[str, Any]] = field(default_factory=list)


class Comparison:
    """Takes the rows of a file one by one; a table of its own kind says what they mean."""

    def __init__(self, reader: Reader, plan: Plan, read: ReadFile, choices: Mapping[str, Any]) -> None:
        self.reader, self.plan, self.read, self.choices = reader, plan, read, choices
        self.today = local_day(plan.now, seasons.zone_of(reader))
        self.result = BookSurvey(problems=[each for each in read.problems if not is_own(each)], seq=reader.last_seq())
        for problem in self.result.problems:
            if problem.severity == "refused" and problem.row is not None:
                self.result.verdicts[problem.sheet, problem.row] = "refused"
        self.depots: list[Depot] = sorted(reader.find("depot", active=True),
                                          key=lambda each: (each.village is not None, each.id))  # fmt: skip
        self.seen: dict[str, int] = {}
        self.opened: set[str] = set()

    def run(self) -> BookSurvey:
        """All rows."""
        for at, row in enumerate(self.read.rows):
            with self._blamed(row):
                steps = self.take(at, row)
                for each in steps:
                    each.setdefault("row", row.number)
                self.result.steps += steps
                is_new = any(each["do"] in ("new_kit", "new_article") or each.get("opening") for each in steps)
                self.result.verdicts[row.place] = "new" if is_new else "changed" if steps else "same"
        for verdict in ("new", "changed", "same"):
            count = sum(1 for each in self.result.verdicts.values() if each == verdict)
            setattr(self.result, verdict, count)
        return self.result

    def take(self, at: int, row: FileRow) -> list[dict[str, Any]]:
        """The steps of one row; raises Unfit."""
        raise NotImplementedError

    @contextmanager
    def _blamed(self, row: FileRow) -> Iterator[None]:
        try:
            yield
        except Unfit as unfit:
            column = self.read.column_of(row.sheet, unfit.field) or unfit.field
            value = unfit.value if unfit.value is not None else canonical(row.fields.get(unfit.field)) or None
            self._refuse(row, column, value, unfit.code, unfit.facts)
        except BadInput as error:  # of the places and people that a row names
            facts = {key: value for key, value in error.facts.items() if key not in ("row", "column", "value")}
            named = str(error.facts.get("column") or "")
            column = self.read.column_of(row.sheet, named) or named
            self._refuse(row, column, error.facts.get("value"), error.code, facts)

    def _refuse(self, row: FileRow, column: str, value: Any, code: str, facts: Mapping[str, Any]) -> None:
        self.result.problems.append(Problem(row.number, column, value, code, "refused", dict(facts), row.sheet))
        self.result.verdicts[row.place] = "refused"

    def note(self, row: FileRow, field: str, code: str, **facts: Any) -> None:
        """Something that stops nothing."""
        column = self.read.column_of(row.sheet, field) or field
        value = canonical(row.fields.get(field)) or None
        self.result.problems.append(Problem(row.number, column, value, code, "note", facts, row.sheet))

    def heading(self, row: FileRow, name: str) -> str:
        """The heading of a field in the file."""
        return self.read.column_of(row.sheet, name) or name

    def edited(
        self, row: FileRow, whose: tuple[str, str, str], known: Mapping[str, str], given: Mapping[str, str]
    ) -> dict[str, str]:
        """The cells that somebody edited since they went out; ``whose``: kind, id and name of what the row is.
        Unfit ``kit_book.conflict`` for one that was changed in the database as well, until a side is chosen."""
        base, wanted = base_of(row), dict[str, str]()
        for name, now in known.items():
            text = given.get(name)
            if text is None or text == now or (base is None and not text):
                continue
            if base is not None and name in base and digest(text) == base[name]:
                continue
            heading = self.heading(row, name)
            self.result.differences += (
                Difference(sheet=row.sheet, row=row.number, column=heading, field=name, entity=whose[0], id=whose[1],
                           name=whose[2], database=now or None, since=None, file=text or None, dated=self.read.dated),
            )  # fmt: skip
            if self.choices.get(name) == "database":
                continue
            moved = base is not None and name in base and digest(now) != base[name]
            if moved and name not in self.choices:
                raise Unfit("kit_book.conflict", heading, text, name=whose[2], database=now or "–")
            wanted[name] = text
        return wanted

    def depot_id(self, name: str | None = None) -> str:
        """The depot of that name, or the town's own; one that nobody knew is opened on the way, and told by name."""
        found = [each for each in self.depots if name in (None, each.name)]
        if found:
            return str(found[0].id)
        wanted = name or FIRST_DEPOT
        if wanted not in self.opened:
            self.opened.add(wanted)
            self.result.steps.append({"do": "new_depot", "name": wanted})
        return wanted


def source_of(read: ReadFile) -> str:
    """What the log and the ledger say where something came from."""
    return told_source(read.source) or "导入"


Book = Literal["kit", "stock_move"]


def survey(session: Session, read: ReadFile, *, choices: Mapping[str, Any]) -> BookSurvey:
    """What reading such a table back would do. NotAllowed for who keeps no lists."""
    from commandcenter.services.kit_register import RegisterComparison
    from commandcenter.services.stock_ledger import LedgerComparison

    if session.officer.role not in KEEPERS_OF_LISTS:
        raise NotAllowed("actor.role", command="apply_kit_book", role=session.officer.role)
    kind = {"kit": RegisterComparison, "stock_move": LedgerComparison}[read.entity]
    with session.read(REAL) as reader, session.database.read() as connection:
        uow = UnitOfWork(connection, no_header(session), session.clock)
        plan = Plan(uow, read.entity, new_id, session.clock.now())
        return kind(reader, plan, read, choices).run()


def write(session: Session, read: ReadFile, result: Survey, *, dry_run: bool) -> Survey:
    """Carry out what the survey found, whole, as one step to undo."""
    assert isinstance(result, BookSurvey)
    if result.refused or dry_run or not result.steps:
        return result
    group = new_id()
    session.runner.execute(ApplyKitBook(steps=tuple(result.steps), source=source_of(read)), group=group)
    result.written, result.group = True, group
    return result
