"""The catalogue of articles and the list of depots. How many pieces a kit has is said here: by giving places in it."""

from dataclasses import dataclass
from typing import Annotated, Any

from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import Personal
from commandcenter.rules.permissions import KEEPERS_OF_LISTS
from commandcenter.rules.stores import Article, Depot, Printed
from commandcenter.services import edits
from commandcenter.services.catalogues import terms
from commandcenter.services.commands import Context, FieldsOf, command, handles
from commandcenter.services.stock import MOST, Stock, worlds_of
from commandcenter.storage.stores import balances

ARTICLE_FIELDS = ("code", "name", "name_en", "category", "spec", "unit", "minimum", "life_months", "kit_place", "sizes",
                  "printed")  # fmt: skip
DEPOT_FIELDS = ("name", "village", "address", "keeper", "phone")
LONGEST_LIFE = 600
"""Months."""
MOST_PLACES = 30
LONGEST_CODE = 20


@command("add_article", roles=KEEPERS_OF_LISTS, writes=("article",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddArticle:
    """Something that depots hold from now on. With a ``kit_place`` every kit has one more piece, and lacks it."""

    code: str
    name: str
    category: str
    unit: str
    name_en: str = ""
    spec: str = ""
    minimum: int | None = None
    life_months: int | None = None
    kit_place: int | None = None
    sizes: str = ""
    printed: Printed = ""


@handles(AddArticle)
def add_article(cmd: AddArticle, ctx: Context) -> Any:
    """No two bear the same code, no two in use the same place in the kit."""
    wanted = _checked(ctx, edits.tidy("article", {name: getattr(cmd, name) for name in ARTICLE_FIELDS}), None)
    row = Article(id=ctx.new_id(), **wanted)
    ctx.uow.add(row)
    return {"article": row.id, "code": row.code}


@command("edit_article", roles=KEEPERS_OF_LISTS, writes=("article",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditArticle:
    """Change fields of an article. ``was`` tells the values the editor saw."""

    article: str
    changed: Annotated[dict[str, Any], FieldsOf("article")]
    was: Annotated[dict[str, Any], FieldsOf("article")]


@handles(EditArticle)
def edit_article(cmd: EditArticle, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    asked = edits.asked("article", cmd, ARTICLE_FIELDS)
    row = edits.locked(ctx, "article", cmd.article)
    wanted = _checked(ctx, asked, row)
    edited, names = edits.merged("article", row, wanted, cmd.was, "article.conflict", article=row.id, name=row.name)
    if names:
        ctx.uow.put(edited)
    return {"article": row.id, "changed": names}


@command("retire_article", roles=KEEPERS_OF_LISTS, writes=("article",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireArticle:
    """Take an article out of use, or back in. Pieces of it that are out stay where they are."""

    article: str
    retired: bool = True


@handles(RetireArticle)
def retire_article(cmd: RetireArticle, ctx: Context) -> Any:
    """Refused while a depot holds some: that would be forgotten."""
    row = edits.locked(ctx, "article", cmd.article)
    if cmd.retired and (held := sum(balances(ctx.uow.connection, worlds_of(ctx.world), [row.id]).values())):
        raise RuleError("article.has_stock", article=row.name, there=held, unit=row.unit)
    if not cmd.retired and row.kit_place is not None:
        _check_place(ctx, row.kit_place, row)
    row = edits.set_active(ctx, "article", row.id, not cmd.retired)
    return {"article": row.id, "active": row.active}


def _checked(ctx: Context, wanted: dict[str, Any], row: Article | None) -> dict[str, Any]:
    edits.require_words(wanted, ("name",), "article.name_empty")
    edits.require_words(wanted, ("unit",), "article.unit_empty")
    for name in ("name", "name_en", "spec"):
        edits.not_denied(name, wanted.get(name))
    if "code" in wanted:
        _check_code(ctx, wanted["code"], row)
    if "category" in wanted and wanted["category"] not in terms("article_categories"):
        raise BadInput("article.category", field="category", text=str(wanted["category"]))
    if "sizes" in wanted:
        wanted["sizes"] = _sizes(wanted["sizes"])
    _check_number(wanted, "minimum", 0, MOST)
    _check_number(wanted, "life_months", 1, LONGEST_LIFE)
    _check_number(wanted, "kit_place", 1, MOST_PLACES)
    if wanted.get("kit_place") is not None and (row is None or row.kit_place != wanted["kit_place"]):
        _check_place(ctx, wanted["kit_place"], row)
    return wanted


def _check_code(ctx: Context, code: str, row: Article | None) -> None:
    if not code or len(code) > LONGEST_CODE or any(each.isspace() for each in code):
        raise BadInput("article.code", field="code", text=code, most=LONGEST_CODE)
    ctx.uow.lock("township", [each.id for each in ctx.uow.find("township")])
    taken = [each for each in ctx.uow.find("article", code=code) if row is None or each.id != row.id]
    if taken:
        raise BadInput("article.code_taken", field="code", text=code, name=taken[0].name)


def _sizes(given: str) -> str:
    """``s / M、L`` as ``S,M,L``; none twice."""
    parts = "".join("," if each in ",，、;；/ \t" else each for each in given.upper()).split(",")
    return ",".join(dict.fromkeys(each for each in parts if each))


def _check_number(wanted: dict[str, Any], name: str, least: int, most: int) -> None:
    value = wanted.get(name)
    if value is not None and not least <= value <= most:
        raise BadInput("article.number", field=name, text=str(value), least=least, most=most)


def _check_place(ctx: Context, place: int, row: Article | None) -> None:
    ctx.uow.lock("township", [each.id for each in ctx.uow.find("township")])
    for each in ctx.uow.find("article", kit_place=place, active=True):
        if row is None or each.id != row.id:
            raise BadInput("article.place_taken", field="kit_place", place=place, name=each.name)


# --- depots -------------------------------------------------------------------------------------------------------


@command("add_depot", roles=KEEPERS_OF_LISTS, writes=("depot",))
@dataclass(frozen=True, kw_only=True, slots=True)
class AddDepot:
    """A public store, of the town or of a ``village`` (id, code or name)."""

    name: str
    village: str | None = None
    address: str = ""
    keeper: str = ""
    phone: Annotated[str | None, Personal("phone")] = None


@handles(AddDepot)
def add_depot(cmd: AddDepot, ctx: Context) -> Any:
    """No two in use bear the same name."""
    given = {name: getattr(cmd, name) for name in DEPOT_FIELDS}
    edits.check_readable(ctx, "depot", {name: value for name, value in given.items() if value})
    row = Depot(id=ctx.new_id(), **_checked_depot(ctx, edits.tidy("depot", given), None))
    ctx.uow.add(row)
    return {"depot": row.id}


@command("edit_depot", roles=KEEPERS_OF_LISTS, writes=("depot",))
@dataclass(frozen=True, kw_only=True, slots=True)
class EditDepot:
    """Change fields of a depot. ``was`` tells the values the editor saw."""

    depot: str
    changed: Annotated[dict[str, Any], FieldsOf("depot")]
    was: Annotated[dict[str, Any], FieldsOf("depot")]


@handles(EditDepot)
def edit_depot(cmd: EditDepot, ctx: Context) -> Any:
    """Fields changed apart merge silently; a field changed by both raises Conflict with both versions."""
    asked = edits.asked("depot", cmd, DEPOT_FIELDS)
    edits.check_readable(ctx, "depot", cmd.changed)
    row = edits.locked(ctx, "depot", cmd.depot)
    wanted = _checked_depot(ctx, asked, row)
    edited, names = edits.merged("depot", row, wanted, cmd.was, "depot.conflict", depot=row.id, name=row.name)
    if names:
        ctx.uow.put(edited)
    return {"depot": row.id, "changed": names}


@command("retire_depot", roles=KEEPERS_OF_LISTS, writes=("depot",))
@dataclass(frozen=True, kw_only=True, slots=True)
class RetireDepot:
    """Close a depot, or open it again."""

    depot: str
    retired: bool = True


@handles(RetireDepot)
def retire_depot(cmd: RetireDepot, ctx: Context) -> Any:
    """Refused while it holds anything."""
    row = edits.locked(ctx, "depot", cmd.depot)
    if cmd.retired:
        stock = Stock(ctx, [each.id for each in ctx.uow.find("article")])
        held = [each for each in stock.articles.values() if stock.holds(row.id, each.id)]
        if held:
            raise RuleError("depot.has_stock", depot=row.name, article=held[0].name, count=len(held))
    elif ctx.uow.find("depot", name=row.name, active=True):
        raise BadInput("depot.name_taken", field="name", name=row.name)
    row = edits.set_active(ctx, "depot", row.id, not cmd.retired)
    return {"depot": row.id, "active": row.active}


def _checked_depot(ctx: Context, wanted: dict[str, Any], row: Depot | None) -> dict[str, Any]:
    edits.require_words(wanted, ("name",), "depot.name_empty")
    for name in ("name", "address", "keeper"):
        edits.not_denied(name, wanted.get(name))
    if "phone" in wanted:
        wanted["phone"] = edits.phone("phone", wanted["phone"])
    if wanted.get("village"):
        wanted["village"] = edits.find_village(ctx, "village", wanted["village"]).id
    if "name" in wanted:
        ctx.uow.lock("township", [each.id for each in ctx.uow.find("township")])
        others = ctx.uow.find("depot", name=wanted["name"], active=True)
        if any(row is None or each.id != row.id for each in others):
            raise BadInput("depot.name_taken", field="name", name=wanted["name"])
    return wanted
