"""What every paper says of itself, and how it calls places and numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from commandcenter.base.texts import say
from commandcenter.rules.entity import REAL
from commandcenter.rules.grids import Grid, Township, Village
from commandcenter.rules.people import Officer
from commandcenter.services.paper_words import Imprint, grid_name, phone, short_name

TOWN = Township(id="t", code="999101100000", name="金华镇", zone="Asia/Shanghai")
OFFICER = Officer(id="o", name="谯大友", role="duty_officer")
LATE = datetime(2025, 6, 30, 16, 5, tzinfo=UTC)
"""Past midnight in the town."""
VILLAGE = Village(id="v", township="t", code="999101100201", name="云岭村")


def test_day_and_minute_are_those_of_the_town() -> None:
    imprint = Imprint(TOWN, LATE, OFFICER)
    assert imprint.today == date(2025, 7, 1) and imprint.when == "2025-07-01 00:05"
    assert imprint.printed == say("paper.printed", who="谯大友", when="2025-07-01 00:05")
    assert imprint.office == say("paper.office", town="金华镇") and imprint.place == "金华镇"


@pytest.mark.parametrize(("mark", "world", "told"), (
    ("real", REAL, ""), ("sample", REAL, "sample"), ("test", REAL, "test"), ("real", "a-drill", "drill"),
    ("sample", "a-drill", "drill"),
))  # fmt: skip
def test_nothing_but_real_data_goes_without_a_watermark(mark: str, world: str, told: str) -> None:
    town = replace(TOWN, mark=mark)  # type: ignore[arg-type]
    assert Imprint(town, LATE, OFFICER, world).watermark == (say(f"paper.watermark.{told}") if told else "")


def test_a_database_without_a_town_prints_all_the_same() -> None:
    imprint = Imprint(None, LATE, OFFICER)
    assert (imprint.office, imprint.place, imprint.watermark) == ("", "", "") and imprint.when == "2025-07-01 00:05"


def test_grids_are_called_without_their_village_where_it_need_not_be_said() -> None:
    grid = Grid(id="g", village="v", code="999101100201003", name="云岭村第3微网格")
    assert (grid_name(grid), short_name(grid, VILLAGE)) == ("云岭村第3微网格", "第3微网格")
    assert short_name(replace(grid, name="云岭村"), VILLAGE) == "云岭村"
    assert short_name(replace(grid, name=""), VILLAGE) == grid.code


def test_numbers_are_written_as_they_are_dialled() -> None:
    assert (phone("15400999001"), phone(""), phone(None)) == ("154 0099 9001", "–", "–")
