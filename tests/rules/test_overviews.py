"""The overview sheet: round scales that fit, true metres, and counts of which nothing about anybody can be derived."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from commandcenter.rules.overviews import FEWEST, Count, Ground, bar_for, public, public_sum, scale_for


@given(st.floats(1, 50_000), st.floats(1, 50_000))
def test_a_scale_is_round_and_fits_and_wastes_little(width: float, height: float) -> None:
    found = scale_for(width, height, 262, 233)
    assert width * 1000 / found <= 262 + 1e-6 and height * 1000 / found <= 233 + 1e-6
    digits = str(found).rstrip("0")
    assert len(digits) <= 2
    fills = max(width * 1000 / found / 262, height * 1000 / found / 233)
    assert found == 100 or fills > 0.79


@pytest.mark.parametrize(("denominator", "longest", "metres"), [
    (5000, 62, 200), (10_000, 62, 500), (18_000, 62, 1000), (100, 62, 5), (100, 5, 1), (20_000, 99, 1000),
])  # fmt: skip
def test_a_bar_is_round_and_not_too_long(denominator: int, longest: float, metres: int) -> None:
    assert bar_for(denominator, longest) == metres


@pytest.mark.parametrize("lat", [-45.0, 0.0, 18.2, 30.9, 53.5])
def test_a_degree_is_as_long_as_on_the_ellipsoid(lat: float) -> None:
    east, north = Ground(105.4, lat).metres_per_degree
    geod = Geod(ellps="WGS84")
    assert geod.inv(105.39, lat, 105.41, lat)[2] / 0.02 == pytest.approx(east, rel=1e-6)
    assert geod.inv(105.4, lat - 0.01, 105.4, lat + 0.01)[2] / 0.02 == pytest.approx(north, rel=1e-6)


def test_counts_are_written_from_five_upward() -> None:
    assert [public(each).shown for each in (0, 4, 5)] == ["few", "few", "exact"] and public(5).value == 5


@pytest.mark.parametrize(("counts", "shown"), [
    ((7, 8), Count("exact", 15)), ((7, 3), Count("least", 7)), ((7, 0), Count("least", 7)), ((1, 2), Count("few")),
    ((), Count("few")), ((2, 2), Count("few")), ((9, 2, 2), Count("exact", 13)), ((9, 4, 4), Count("least", 9)),
    ((4, 4), Count("withheld")), ((2, 3, 2), Count("exact", 7)),
])  # fmt: skip
def test_a_sum_that_would_tell_is_not_told(counts: tuple[int, ...], shown: Count) -> None:
    assert public_sum(counts) == shown


@given(st.lists(st.integers(0, 9), max_size=4))
def test_no_hidden_count_follows_from_what_is_shown(counts: list[int]) -> None:
    """Whoever reads a column tries all counts that would be written just so: none is ever the only one possible, and
    beside an exact sum each may be anything from nought to four."""
    seen = ([public(each) for each in counts], public_sum(counts))
    hidden = [at for at, each in enumerate(counts) if each < FEWEST]
    choices = [range(FEWEST) if at in hidden else (each,) for at, each in enumerate(counts)]
    possible = [each for each in product(*choices) if (list(map(public, each)), public_sum(each)) == seen]
    for at in hidden:
        values = {each[at] for each in possible}
        assert len(values) >= 4
        if seen[1].shown == "exact":
            assert values == set(range(FEWEST))
