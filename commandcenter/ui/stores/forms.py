"""The forms of lists: an article, a depot."""

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from commandcenter.base.texts import choose, say
from commandcenter.rules.ordering import natural_key
from commandcenter.rules.stores import Article, Depot
from commandcenter.services.articles import (
    ARTICLE_FIELDS,
    DEPOT_FIELDS,
    AddArticle,
    AddDepot,
    EditArticle,
    EditDepot,
)
from commandcenter.services.catalogues import terms
from commandcenter.ui.core import inputs
from commandcenter.ui.core.editing import EditField, EditSheet, FieldsSheet
from commandcenter.ui.core.fields import LineEdit
from commandcenter.ui.core.inputs import CountEdit, Option, PickBox
from commandcenter.ui.core.sending import Sender
from commandcenter.ui.core.tools import Tools
from commandcenter.ui.stores.rows import category_name

_NUMBERS = ("minimum", "life_months", "kit_place")
_MERGED = ("name", "name_en", "spec", "address", "keeper")
_HINTS = {
    "kit_place": "stores.form.kit_place.hint", "sizes": "stores.form.sizes.hint", "minimum": "stores.form.minimum.hint",
    "life_months": "stores.form.life_months.hint",
}  # fmt: skip


def _article_widget(name: str) -> QWidget:
    if name == "category":
        return PickBox(Option(each.key, each.name, (each.zh, each.en)) for each in terms("article_categories").values())
    if name == "printed":
        kinds = ("handbook", "contact_book")
        return PickBox((Option(each, say(f"stores.printed.{each}")) for each in kinds), none_code="stores.printed.none")
    return CountEdit() if name in _NUMBERS else LineEdit()


def _article_fields() -> list[EditField]:
    return [
        EditField(name, f"stores.field.{name}", _article_widget(name), None if name in _NUMBERS else "",
                  partial(_article_shown, name), name in _MERGED, _HINTS.get(name, ""))
        for name in ARTICLE_FIELDS
    ]  # fmt: skip


def _article_shown(name: str, value: Any) -> str:
    """A value in the words of the conflict view."""
    if name == "category":
        return category_name(value)
    if name == "printed":
        return say(f"stores.printed.{value or 'none'}")
    return "" if value is None else str(value)


class AddArticleSheet(FieldsSheet):
    """Something that depots hold from now on. Signals: ``added(id)``."""

    added = Signal(str)

    def __init__(self, sender: Sender, kit_place: int | None = None) -> None:
        super().__init__("stores.article.add", "stores.form.save", sender, _article_fields())
        self.put("unit", say("stores.form.unit.usual"))
        self.put("kit_place", kit_place)

    def command(self) -> AddArticle | None:
        """The addition."""
        found = self.values()
        return None if found is None else AddArticle(**found)

    def words(self) -> str:
        """What it does."""
        return say("stores.done.add", name=inputs.raw_text(self.fields["name"].widget))

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go there."""
        super().carried_out(outcome)
        self.added.emit(outcome.value["article"])


class EditArticleSheet(EditSheet):
    """Changes an article."""

    def __init__(self, article: Article, sender: Sender) -> None:
        self._article = article
        super().__init__("stores.article.edit", "stores.form.save", sender, _article_fields(), article)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditArticle:
        """The command."""
        return EditArticle(article=self._article.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("stores.done.edit", name=self._article.name)


# --- depots -------------------------------------------------------------------------------------------------------


def _depot_fields(tools: Tools) -> list[EditField]:
    villages = sorted(tools.desk.live.villages.values(), key=lambda each: natural_key(each.code))
    names = {each.id: choose(each.name, each.name_en) for each in villages}
    picks = PickBox((Option(each.id, names[each.id], (each.code, each.name)) for each in villages),
                    none_code="core.place.whole_town")  # fmt: skip

    def shown(name: str, value: Any) -> str:
        return names.get(value, say("core.place.whole_town")) if name == "village" else str(value or "")

    return [
        EditField(name, f"stores.field.depot_{name}", picks if name == "village" else LineEdit(),
                  None if name in ("village", "phone") else "", partial(shown, name), name in _MERGED)
        for name in DEPOT_FIELDS
    ]  # fmt: skip


class AddDepotSheet(FieldsSheet):
    """A depot that is new. Signals: ``added(id)``."""

    added = Signal(str)

    def __init__(self, tools: Tools, sender: Sender, village: str | None) -> None:
        super().__init__("stores.depot.add", "stores.form.save", sender, _depot_fields(tools))
        self.put("village", village)

    def command(self) -> AddDepot | None:
        """The addition."""
        found = self.values()
        return None if found is None else AddDepot(**found)

    def words(self) -> str:
        """What it does."""
        return say("stores.done.add", name=inputs.raw_text(self.fields["name"].widget))

    def carried_out(self, outcome: Any) -> None:
        """Say it, and go there."""
        super().carried_out(outcome)
        self.added.emit(outcome.value["depot"])


class EditDepotSheet(EditSheet):
    """Changes a depot."""

    def __init__(self, depot: Depot, tools: Tools, sender: Sender) -> None:
        self._depot = depot
        super().__init__("stores.depot.edit", "stores.form.save", sender, _depot_fields(tools), depot)

    def edit(self, changed: dict[str, Any], was: dict[str, Any]) -> EditDepot:
        """The command."""
        return EditDepot(depot=self._depot.id, changed=changed, was=was)

    def words(self) -> str:
        """What it does."""
        return say("stores.done.edit", name=self._depot.name)
