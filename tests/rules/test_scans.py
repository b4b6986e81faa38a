"""What scanners type, and what is made of it."""

import pytest

from commandcenter.rules.scans import codes_of, judge


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("P-000123", ("P-000123",)), ("p-000123", ("P-000123",)), ("Ｐ－０００１２３", ("P-000123",)),
        ("P—000123", ("P-000123",)), ("P000123", ("P-000123",)), ("000123", ("P-000123",)),
        ("怕-000123", ("P-000123",)), ("P-000123P-000124", ("P-000123", "P-000124")),
        ("000123000124", ("P-000123", "P-000124")),
        ("P-000123 P-000124\tP-000125", ("P-000123", "P-000124", "P-000125")),
        ("K-0017", "kit"), ("worker:0197a2c4", "worker"), ("WORKER：0197A2C4", "worker"), ("6901028075831", "other"),
        ("http://x/P-000123", "other"), ("P-00012", "other"), ("", "other"), ("口哨", "other"),
    ],
)  # fmt: skip
def test_what_was_scanned(text: str, codes: object) -> None:
    assert codes_of(text) == codes


def test_the_gravest_is_told() -> None:
    facts = {"is_known": True, "is_gone": False, "is_counted": False, "is_missing": False, "is_foreign": False}
    assert judge(**facts) == "right"
    assert judge(**facts | {"is_missing": True}) == "found_again"
    assert judge(**facts | {"is_missing": True, "is_foreign": True}) == "foreign"
    assert judge(**facts | {"is_foreign": True, "is_counted": True}) == "again"
    assert judge(**facts | {"is_gone": True}) == "gone"
    assert judge(**facts | {"is_known": False}) == "unknown"
