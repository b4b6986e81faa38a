"""The workbook of a scenario: whatever can be written comes back as it was, in either language."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from commandcenter.base.texts import LANGUAGES
from commandcenter.formats import scenario_books
from commandcenter.formats.scenario_books import Vocabulary
from commandcenter.formats.workbooks import About, write_table
from commandcenter.rules.scenarios import FIELDS, FORMS, LINE_FIELDS, MOMENTS, PLAIN, clock_words, seconds_of
from commandcenter.services.catalogues import terms
from commandcenter.services.scenarios import tidy_text
from commandcenter.services.scripts import whole_line

NASTY = (
    "", "=1+1", "+86", "-5", "@a", "合计", "同上", "〃", "00123", "3.50", "1:30", "2025-06-30", "'=x", "多\n行",
    "，、;",
)  # fmt: skip
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=30).map(tidy_text))
SAID = TEXT.filter(bool)


def names(name: str) -> dict[str, tuple[str, str]]:
    return {key: (each.zh, each.en) for key, each in terms(name).items()}


VOCABULARY = Vocabulary(
    names("drill_channels"), names("drill_players"), names("drill_moments"), names("unit_roles"), {"plan": "处置卡"}
)


def some(keys: Any) -> Any:
    return st.lists(st.sampled_from(tuple(keys)), unique=True).map(",".join)


def or_none(terms_: Any) -> Any:
    return st.sampled_from(("", *terms_))


INJECT = st.fixed_dictionaries({
    "offset_s": st.integers(0, 6 * 3600), "channel": or_none(VOCABULARY.channels),
    "player": or_none(VOCABULARY.players), "place": TEXT, "text": SAID,
})  # fmt: skip


@st.composite
def point(draw: Any) -> dict[str, Any]:
    after, step = sorted(draw(st.lists(st.sampled_from(range(len(MOMENTS))), min_size=2, max_size=2, unique=True)))
    return whole_line("expectation", {
        "item": draw(TEXT), "text": draw(SAID), "points": draw(st.integers(0, 100)), "criterion": draw(TEXT),
        "judged": draw(st.sampled_from(("time", "count", "seen"))), "after": MOMENTS[after], "step": MOMENTS[step],
        "within_s": draw(st.integers(1, 3600)), "need": draw(st.integers(1, 100)), "unit_of": draw(SAID),
    })  # fmt: skip


@st.composite
def content(draw: Any) -> dict[str, Any]:
    fields = {name: draw(TEXT) for name in FIELDS}
    numbers = {"season_from": (1, 12), "season_to": (1, 12), "minutes": (1, 1440), "people": (0, 999),
               "pass_mark": (0, 100)}  # fmt: skip
    fields |= {name: draw(st.integers(*numbers[name])) for name in PLAIN if name in numbers}
    fields |= {"forms": draw(some(FORMS)), "grid_kinds": draw(some(scenario_books.GRID_KINDS))}
    return {
        "key": draw(st.sampled_from(("landslide", "own-1234"))), "edition": draw(st.integers(1, 99)),
        "language": draw(st.sampled_from(LANGUAGES)), "fields": fields,
        "injects": draw(st.lists(INJECT, max_size=4)), "expectations": draw(st.lists(point(), max_size=4)),
    }  # fmt: skip


def there_and_back(given_: dict[str, Any], path: Path) -> dict[str, Any]:
    write_table(path, scenario_books.sheets(given_, VOCABULARY), About("about", (("a", "b"),)))
    return scenario_books.read(path, VOCABULARY)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(given_=content())
def test_whatever_can_be_written_comes_back(given_: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = there_and_back(given_, Path(folder) / "s.xlsx")
    for kind in LINE_FIELDS:
        lines = [{name: value for name, value in each.items() if name != "number"} for each in found[f"{kind}s"]]
        assert lines == given_[f"{kind}s"]
    assert {name: found[name] for name in ("key", "edition", "language", "fields")} == {
        name: given_[name] for name in ("key", "edition", "language", "fields")
    }


def test_no_cell_of_it_is_a_formula(tmp_path: Path) -> None:
    given_ = {
        "key": "a1", "edition": 1, "language": "zh_CN", "fields": dict.fromkeys(FIELDS, "=1+1") | {
            "season_from": 1, "season_to": 2, "minutes": 3, "people": 4, "pass_mark": 5, "forms": "", "grid_kinds": "",
        }, "injects": [{"offset_s": 0, "channel": "", "player": "", "place": "@x", "text": "=2"}], "expectations": [],
    }  # fmt: skip
    there_and_back(given_, tmp_path / "s.xlsx")
    book = load_workbook(tmp_path / "s.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "@")))


@pytest.mark.parametrize(("text", "seconds"), [("05:00", 300), ("90:05", 5405), ("1:00:00", 3600), ("7", 420),
                                               ("5：30", 330)])  # fmt: skip
def test_times_are_read_as_they_are_written(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds and seconds_of(clock_words(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "ten", "5:60", "1:2:3:4", "-5", "5:", "²"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        seconds_of(text)
