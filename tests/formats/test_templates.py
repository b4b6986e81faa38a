"""Empty workbooks: every column with usual words offers them, in both languages, and takes each of them back."""

import io
from typing import Any

import openpyxl
import pytest

from commandcenter.base import texts
from commandcenter.formats.cleaning import offer_of
from commandcenter.formats.column_specs import SPECS, ColumnSpec
from commandcenter.formats.column_words import CONTACT_KINDS, DUTY_ROLES
from commandcenter.formats.columns import map_columns
from commandcenter.formats.templates import ROWS, heading, template
from commandcenter.services.readfiles import WHAT

MARKS = ("（必填）", "（任填一项）", " (required)", " (one of these)")


def columns(entity: str) -> list[ColumnSpec]:
    return [each for each in SPECS[entity] if not each.restricted and not each.rest]


def lists(entity: str, language: str) -> dict[str, Any]:
    """By heading the list that the column of a fresh template offers."""
    book = openpyxl.load_workbook(io.BytesIO(template(entity, columns(entity), language, "表")))
    sheet: Any = book.active
    by_column = {str(each.sqref).split(":")[0].rstrip("0123456789"): each for each in
                 sheet.data_validations.dataValidation}  # fmt: skip
    return {plain(cell.value): by_column[cell.column_letter] for cell in sheet[1] if cell.column_letter in by_column}


def plain(shown: Any) -> str:
    """A heading without the mark that it must be filled in."""
    return next((str(shown).removesuffix(each) for each in MARKS if str(shown).endswith(each)), str(shown))


@pytest.mark.both_languages
@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("entity", WHAT.values())
def test_every_column_with_usual_words_offers_them_and_takes_them_back(entity: str, language: str) -> None:
    found = lists(entity, language)
    wanted = {heading(each, language): each for each in columns(entity) if offer_of(each.clean) and not each.own}
    assert set(found) == set(wanted)
    for name, spec in wanted.items():
        offer, validation = offer_of(spec.clean), found[name]
        assert offer is not None and validation.type == "list" and str(validation.sqref).endswith(f"{ROWS + 1}")
        words = validation.formula1.strip('"').split(",")
        assert words == list(offer.zh if language == "zh_CN" else offer.en) and len(validation.formula1) <= 257
        assert bool(validation.showErrorMessage) is offer.is_closed and validation.prompt
        known = getattr(spec.clean, "known", None)
        for word in words:
            assert spec.clean(word) in known if known else spec.clean(word) in (True, False), word


def test_the_words_are_those_of_the_catalogue() -> None:
    assert "村(社区)书记" in lists("duty_holder", "zh_CN")["职务"].formula1
    assert "卫生院(室)" in lists("contact", "zh_CN")["类别"].formula1


@pytest.mark.parametrize(
    ("known", "word", "key"),
    [(DUTY_ROLES, "网格长", "grid_head"), (DUTY_ROLES, "副网格员", "grid_deputy"), (DUTY_ROLES, "社区书记",
      "village_secretary"), (CONTACT_KINDS, "民兵应急队", "militia"), (CONTACT_KINDS, "自来水厂", "water")],
)  # fmt: skip
def test_usual_words_mean_a_role(known: dict[str, str], word: str, key: str) -> None:
    assert known[word] == key


def marked(entity: str, language: str) -> dict[str, tuple[str, bool, str]]:
    """By field: what stands behind its heading, whether it is bold, and its note."""
    book = openpyxl.load_workbook(io.BytesIO(template(entity, columns(entity), language, "表")))
    sheet: Any = book.active
    specs = [each for each in columns(entity) if not each.own]
    return {
        spec.field: (str(cell.value).removeprefix(heading(spec, language)), bool(cell.font.bold),
                     cell.comment.text if cell.comment else "")
        for spec, cell in zip(specs, sheet[1], strict=True)
    }  # fmt: skip


@pytest.mark.parametrize(("language", "must", "either"), [
    ("zh_CN", "（必填）", "（任填一项）"), ("en", " (required)", " (one of these)"),
])  # fmt: skip
def test_what_must_be_filled_in_says_so(language: str, must: str, either: str) -> None:
    for entity in WHAT.values():
        found = marked(entity, language)
        assert {mark for mark, _, _ in found.values()} <= {"", must, either}
        assert all(bool(mark) == bold == bool(note) for mark, bold, note in found.values()), entity
        required = {each.field for each in columns(entity) if each.required and not each.own}
        assert required <= {field for field, (mark, _, _) in found.items() if mark == must}, entity
    worker, heads = marked("worker", language), {each.field: heading(each, language) for each in columns("worker")}
    assert worker["name"][0] == must and worker["phone"] == ("", False, "")
    assert [field for field, (mark, _, _) in worker.items() if mark == either] == [
        "village", "village_code", "grid_code", "grid_name"
    ]
    assert heads["grid_code"] in worker["village"][2]
    assert marked("attention_item", language)["ground"][0] == must


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("entity", sorted(set(WHAT.values()) & {*SPECS}))
def test_a_file_filled_in_from_the_template_is_recognised_whole(entity: str, language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(entity, columns(entity), language, "表")))
    sheet: Any = book.active
    found = map_columns([str(cell.value) for cell in sheet[1]], columns(entity), {})
    specs = [each for each in columns(entity) if not each.own]
    wanted = {spec.field: at for at, spec in enumerate(specs) if not spec.unless}
    assert wanted.items() <= {spec.field: at for spec, at in found.fields}.items()
