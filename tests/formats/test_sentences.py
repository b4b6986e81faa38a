"""Every finding has its sentence in both languages, and every sentence its use."""

import re
from pathlib import Path

import pytest

from commandcenter.base.texts import LANGUAGES, Texts
from commandcenter.formats import isolation

FOLDER = Path(isolation.__file__).parent
CODE = re.compile(
    r'"((?:file|row|column|value|sheet|geometry|coordinates|text|number|code|count|month|phone|choice|feature|cell|village|name|id|crs|day|moment|points)\.[a-z0-9_]+)"'
)
PLAN_TABLE = FOLDER.parent / "services" / "plan_table.py"
TEMPLATE_CODE = re.compile(r'"(formats\.template\.[a-z_.]+)"')
PLAN_CODE = re.compile(r'"(plan\.[a-z_]+)"')
RESOURCES = FOLDER.parents[1] / "resources" / "texts"
ERRORS = (
    "column.field_unknown",
    "column.keep_impossible",
    "column.not_kept",
    "column.required_missing",
    "column.unknown",
)


def codes() -> set[str]:
    """Those of the readers, those that only the plan table has, and what a template says in its cells; the words of a
    scenario's workbook are none."""
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py") if path.name != "scenario_books.py"]
    found = {code for text in texts for code in CODE.findall(text)}
    found |= set(PLAN_CODE.findall(PLAN_TABLE.read_text(encoding="utf-8")))
    return {sentence(code) for code in found} | {code for text in texts for code in TEMPLATE_CODE.findall(text)}


def sentence(code: str) -> str:
    if code.startswith("crs."):
        return f"formats.{code}"
    return f"error.{code}" if code.startswith("file.") or code in ERRORS else f"formats.problem.{code}"


def written(language: str) -> dict[str, str]:
    text = (RESOURCES / language / "formats.po").read_text(encoding="utf-8")
    entries = re.findall(r'msgid "(\w[^"]*)"\n(?:msgid_plural "[^"]*"\n)?((?:msgstr.*\n?)+)', text)
    return dict(entries)


@pytest.mark.both_languages
@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_and_sentences_are_the_same(language: str) -> None:
    assert set(written(language)) == codes()
    known = Texts(language)
    assert [code for code in codes() if not known.has(code)] == []


def test_both_languages_fill_the_same_places() -> None:
    chinese, english = (written(language) for language in LANGUAGES)
    for code in codes():
        places = [set(re.findall(r"{(\w+)}", sentences[code])) for sentences in (chinese, english)]
        # A list of headings is shown in one language, the fields alone in the other.
        assert places[0] - {"headings"} == places[1] - {"headings"}, code
