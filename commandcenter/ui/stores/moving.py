"""The forms that write the ledger: receive, issue, move, lose or write off, count, and take back what was issued.

What would take a depot below zero is refused first; the form then asks for the reason why it may, and keeps the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from commandcenter.base.errors import BadInput, CommandCenterError
from commandcenter.base.texts import choose, say
from commandcenter.rules.entity import REAL
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.stores import Article, sizes_of
from commandcenter.services.stock import Line
from commandcenter.services.store_reading import Loan, StockRow, Stores
from commandcenter.services.stores import (
    CountStock,
    IssueStock,
    LoseStock,
    MoveStock,
    ReceiveStock,
    ReturnStock,
    WriteOffStock,
)
from commandcenter.services.wording import shown, what_of
from commandcenter.ui.core import theme
from commandcenter.ui.core.editing import EditField, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.forms import Choice, ChoiceStrip
from commandcenter.ui.core.inputs import Asking, CountEdit, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.stores.rows import article_name, sized

Moving = Literal["receive", "issue", "move", "gone", "count"]
_FIELDS: dict[Moving, tuple[str, ...]] = {
    "receive": ("article", "size", "amount", "depot", "due_on", "source", "reason"),
    "issue": ("article", "size", "amount", "depot", "party", "taken_by", "reason", "override_reason"),
    "move": ("article", "size", "amount", "depot", "to", "taken_by", "reason", "override_reason"),
    "gone": ("how", "article", "size", "amount", "depot", "reason", "override_reason"),
    "count": ("article", "size", "amount", "depot", "reason"),
}
_MEANT = {
    "lines": "amount", "incident": "party", "village": "party", "drill": "party", "other": "party", "move": "loan",
}  # fmt: skip
"""Fields of commands, and where they stand in these forms."""


class PartyEdit(Asking):
    """Who gets it: an incident by its number, a village, or somebody in words. ``asked``: field and value."""

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        live = tools.desk.live
        incidents = sorted(live.incidents.values(), key=lambda each: each.opened_at, reverse=True)
        villages = sorted(live.villages.values(), key=lambda each: natural_key(each.code))
        self.incident = PickBox(
            (Option(each.id, f"{each.number} {what_of(each)}", (each.number,)) for each in incidents),
            none_code="stores.party.no_incident",
        )
        self.village = PickBox(
            (Option(each.id, choose(each.name, each.name_en), (each.code, each.name)) for each in villages),
            none_code="stores.party.no_village",
        )
        self.other = LineEdit(say("stores.party.other.hint"))
        for box in (self.incident, self.village):
            _narrow(box)
        self._world = tools.desk.world
        self.parts: dict[str, QWidget] = {"incident": self.incident, "village": self.village, "other": self.other}
        if self._world != REAL:
            self.parts["drill"] = QWidget()
        self.strip = ChoiceStrip([Choice(each, title_code=f"stores.party.{each}") for each in self.parts])
        self.pages = QStackedWidget()
        for part in self.parts.values():
            self.pages.addWidget(part)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(theme.current().space(1))
        lines.addWidget(self.strip)
        lines.addWidget(self.pages)
        self.strip.choose("incident" if incidents else "village")
        self._turn(str(self.strip.value))
        self.strip.chosen.connect(self._chosen)
        for each in (self.incident, self.village, self.other):
            each.submitted.connect(self.submitted)
        self.setFocusProxy(self.strip)

    def asked(self) -> tuple[str, str] | None:
        """Which field of the command, and its value; a number that no open incident bears goes as it was typed."""
        kind = str(self.strip.value)
        if kind == "drill":
            return kind, self._world
        if kind == "other":
            text = self.other.text_with_preedit().strip()
            return (kind, text) if text else None
        box = self.incident if kind == "incident" else self.village
        try:
            value = box.picked()
        except BadInput:
            value = box.currentText().strip()
        return (kind, str(value)) if value else None

    def put(self, value: Any) -> None:
        """Show a field and its value."""
        if value is not None:
            kind, given = value
            self.strip.choose(kind)
            self._turn(kind)
            if kind == "other":
                self.other.setText(given)
            elif kind != "drill":
                (self.incident if kind == "incident" else self.village).put(given)

    @Slot(str)
    def _chosen(self, kind: str) -> None:
        self._turn(kind)
        self.parts[kind].setFocus()

    def _turn(self, kind: str) -> None:
        self.pages.setCurrentWidget(self.parts[kind])


def _narrow(box: PickBox) -> None:
    """As wide as the form, whatever its longest line."""
    box.setSizeAdjustPolicy(PickBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)


class StockSheet(FieldsSheet):
    """Writes one line of the ledger. Signals: ``moved(article)``."""

    moved = Signal(str)

    def __init__(self, kind: Moving, tools: Tools, sender: Sender, stock: Stores, *, article: str | None = None,
                 depot: str = "", party: tuple[str, str] | None = None) -> None:  # fmt: skip
        self._kind, self._stock = kind, stock
        self._rows = {row.article.id: row for row in stock.rows if row.article.active}
        self._widgets: dict[str, Any] = {name: self._widget(name, tools) for name in _FIELDS[kind]}
        fields = [EditField(name, _title(kind, name), widget, _EMPTY.get(name)) for name, widget in
                  self._widgets.items()]  # fmt: skip
        super().__init__(f"stores.{kind}.title", f"stores.{kind}.save", sender, fields)
        if "override_reason" in self.form:
            self.form.field("override_reason").hide()
        if article is not None:
            self.put("article", article)
        if party is not None:
            self.put("party", party)
        if kind == "gone":
            self.put("how", "written_off")
        self.put("depot", depot or self._fullest())
        self._widgets["article"].chosen.connect(self._article_chosen)
        for name in ("depot", "size"):
            self._widgets[name].chosen.connect(self._tell_there)
        self._article_chosen()
        self.setFocusProxy(self._widgets["amount" if article else "article"])

    # --- fields -------------------------------------------------------------------------------------------------

    def _widget(self, name: str, tools: Tools) -> QWidget:
        if name == "article":
            return PickBox(
                Option(id, article_name(row.article), (row.article.code, row.article.name, row.article.name_en))
                for id, row in self._rows.items()
            )
        if name in ("depot", "to"):
            return PickBox(Option(each.id, each.name) for each in self._stock.depots)
        if name == "size":
            return PickBox()
        if name == "how":
            kinds = ("written_off", "damaged", "lost")
            return ChoiceStrip([Choice(each, title_code=f"stores.kind.{each}") for each in kinds])
        if name == "party":
            return PartyEdit(tools)
        if name == "amount":
            return CountEdit()
        return LineEdit(say("stores.form.due_on.hint") if name == "due_on" else "")

    @property
    def _row(self) -> StockRow | None:
        return self._rows.get(self._widgets["article"].currentData() or "")

    def _fullest(self) -> str | None:
        """The depot that holds most of the article."""
        row = self._row
        depots = [each.id for each in self._stock.depots]
        return max(depots, key=row.at if row else len, default=None)

    @Slot()
    def _article_chosen(self) -> None:
        row = self._row
        sizes = sizes_of(row.article) if row else ()
        self._widgets["size"].offer(Option(each, each) for each in sizes)
        self._widgets["size"].put(next(iter(sizes), None))
        self.form.field("size").setVisible(bool(sizes))
        self._tell_there()

    @Slot()
    def _tell_there(self) -> None:
        """How many there are, before anybody types a number."""
        row = self._row
        depot = next((each for each in self._stock.depots if each.id == self._widgets["depot"].currentData()), None)
        if row is None or depot is None:
            return
        size = self._widgets["size"].currentData() or ""
        there = row.held.get((depot.id, size), 0)
        self.trouble.say("stores.form.there", icon="info", depot=depot.name, article=sized(row.article, size),
                         amount=f"{there:,}", unit=row.article.unit)  # fmt: skip

    # --- saving -------------------------------------------------------------------------------------------------

    def command(self) -> Any | None:
        """The command, or None after saying what is missing."""
        row = self._row
        has_sizes = row is None or bool(row.article.sizes)
        found = self.values([name for name in self.fields if name != "size" or has_sizes])
        if found is None:
            return None
        if self._kind == "count" and found["amount"] is None:
            self.form.show_errors({"amount": BadInput("stock.count_needed", field="amount")})
            return None
        found |= {name: found[name] or "" for name in ("depot", "to") if name in found}
        line = Line(found["article"] or "", found["amount"] or 0, found.get("size") or "", found.get("due_on") or None)
        return _MAKE[self._kind](found, (line,))

    def words(self) -> str:
        """What it does."""
        row, amount = self._row, f"{self._widgets['amount'].number() or 0:,}"
        size = self._widgets["size"].currentData() or ""
        what = f"{sized(row.article, size)} {amount} {row.article.unit}" if row else amount
        return say(f"stores.done.{self._kind}", what=what)

    def carried_out(self, outcome: Any) -> None:
        """Say it, and show the article."""
        super().carried_out(outcome)
        if self._row is not None:
            self.moved.emit(self._row.article.id)

    def say_trouble(self, error: BaseException) -> None:
        """Under the field it is about; what the depot lacks also asks why it may be taken all the same."""
        super().say_trouble(_placed(error))
        if isinstance(error, CommandCenterError) and error.code == "stock.short" and "override_reason" in self.form:
            self.form.field("override_reason").show()
            self.scrolling.ensureWidgetVisible(self.form.field("override_reason"))
            self._widgets["override_reason"].setFocus()


def _placed(error: BaseException) -> BaseException:
    """A refusal with the field under which it stands in these forms."""
    if isinstance(error, CommandCenterError) and error.facts.get("field") in _MEANT:
        return type(error)(error.code, **{**error.facts, "field": _MEANT[error.facts["field"]]})
    return error


_EMPTY: dict[str, Any] = {
    "source": "", "reason": "", "taken_by": "", "override_reason": "", "due_on": "", "size": "",
}  # fmt: skip


def _title(kind: Moving, name: str) -> str:
    return f"stores.field.{name}_{kind}" if (kind, name) in _OWN_TITLES else f"stores.field.{name}"


_OWN_TITLES = {("count", "amount"), ("move", "depot"), ("receive", "depot")}

Found = Mapping[str, Any]
Lines = tuple[Line, ...]


def _party_of(found: Found) -> dict[str, str]:
    return dict((found["party"],)) if found["party"] is not None else {}


def _issue(found: Found, lines: Lines) -> Any:
    return IssueStock(depot=found["depot"], lines=lines, taken_by=found["taken_by"], reason=found["reason"],
                      override_reason=found["override_reason"], **_party_of(found))  # fmt: skip


def _gone(found: Found, lines: Lines) -> Any:
    more = {"depot": found["depot"], "lines": lines, "reason": found["reason"],
            "override_reason": found["override_reason"]}  # fmt: skip
    return LoseStock(**more) if found["how"] == "lost" else WriteOffStock(damaged=found["how"] == "damaged", **more)


_MAKE: dict[Moving, Callable[[Found, Lines], Any]] = {
    "receive": lambda found, lines: ReceiveStock(
        depot=found["depot"], lines=lines, source=found["source"], reason=found["reason"]
    ),
    "issue": _issue,
    "move": lambda found, lines: MoveStock(
        depot=found["depot"], to=found["to"], lines=lines, taken_by=found["taken_by"], reason=found["reason"],
        override_reason=found["override_reason"],
    ),
    "gone": _gone,
    "count": lambda found, lines: CountStock(depot=found["depot"], lines=lines, reason=found["reason"]),
}  # fmt: skip


class ReturnSheet(FieldsSheet):
    """What became of something that was issued: in good order, damaged, lost, used up; in part or whole."""

    moved = Signal(str)

    def __init__(self, loans: Sequence[Loan], depots: Sequence[Any], sender: Sender) -> None:
        self._loans = {each.move.id: each for each in loans}
        self.loan = PickBox(Option(each.move.id, _loan_words(each)) for each in loans)
        _narrow(self.loan)
        fields = [
            EditField("loan", "stores.field.loan", self.loan),
            *(EditField(name, f"stores.field.{name}", CountEdit()) for name in ("good", "damaged", "lost", "used")),
            EditField("depot", "stores.field.back_to", PickBox(Option(each.id, each.name) for each in depots)),
            EditField("reason", "stores.field.reason", LineEdit(), ""),
        ]
        super().__init__("stores.return.title", "stores.return.save", sender, fields)
        self.loan.chosen.connect(self._loan_chosen)
        self._loan_chosen()
        self.setFocusProxy(self.fields["good"].widget)

    @property
    def chosen(self) -> Loan | None:
        """The issue that is accounted for."""
        return self._loans.get(self.loan.currentData() or "")

    @Slot()
    def _loan_chosen(self) -> None:
        loan = self.chosen
        if loan is not None:
            self.put("depot", loan.move.depot)
            self.trouble.say("stores.return.out", icon="info", article=_sized(loan), amount=f"{loan.out:,}",
                             unit=loan.article.unit)  # fmt: skip

    def command(self) -> ReturnStock | None:
        """The return, or None after saying what is missing."""
        found = self.values()
        if found is None:
            return None
        counts = {name: found[name] or 0 for name in ("good", "damaged", "lost", "used")}
        return ReturnStock(move=found["loan"] or "", depot=found["depot"], reason=found["reason"], **counts)

    def words(self) -> str:
        """What it does."""
        return say("stores.done.return", what=_sized(self.chosen) if self.chosen else "")

    def carried_out(self, outcome: Any) -> None:
        """Say it, and show the article."""
        super().carried_out(outcome)
        if self.chosen is not None:
            self.moved.emit(self.chosen.article.id)

    def say_trouble(self, error: BaseException) -> None:
        """Under the field it is about."""
        super().say_trouble(_placed(error))


def _sized(loan: Loan) -> str:
    article: Article = loan.article
    return sized(article, loan.move.size)


def _loan_words(loan: Loan) -> str:
    return say("stores.loan", party=shown(loan.party), article=_sized(loan), amount=f"{loan.out:,}",
               unit=loan.article.unit)  # fmt: skip
