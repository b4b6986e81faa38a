"""Editions of books: what differs from what would be printed now, and who holds what."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.rules.editions import (
    Difference,
    Edition,
    Fact,
    Holder,
    Key,
    blanked,
    changes,
    lines_of,
    newest,
    pack,
    same_print,
    stale,
    standing,
    unpack,
)

PHONE = Fact("calls", "worker", "w1", "phone", "15400001234")
NAME = Fact("cover", "worker", "w1", "name", "谯大友")
EDITION = Edition(id="e1", kind="handbook", village="v1", grid="g1", number=3, code="E-000001", printed_on="2025-06-12")
HOLDER = Holder("p1", "k1", "w1", "handbook", "g1", "E-000001")


def test_a_line_never_holds_the_value_and_differs_by_subject() -> None:
    mine, other = lines_of("g1", [PHONE]), lines_of("g2", [PHONE])
    assert mine.keys() == other.keys() and mine != other
    assert b"15400001234" not in pack(mine) and "15400001234" not in str(mine)
    assert unpack(pack(mine)) == mine and unpack(None) == {}


def test_only_the_page_that_differs_is_told_with_what() -> None:
    then = lines_of("g1", [PHONE, NAME])
    now = lines_of("g1", [PHONE._replace(value="15400009999"), NAME])
    (page,) = changes(then, now, ("cover", "calls"))
    assert page.page == "calls" and page.differences == (Difference("worker", "w1", "phone", "changed"),)
    assert changes(now, now) == () and changes(then, lines_of("g1", [PHONE, NAME])) == ()


def test_what_is_new_or_gone_is_told_so_and_pages_come_in_their_order() -> None:
    more = Fact("calls", "contact", "c1", "phone", "110")
    then, now = lines_of("g1", [PHONE, NAME]), lines_of("g1", [PHONE, more])
    assert [(each.page, each.differences[0].how) for each in changes(then, now, ("calls", "cover"))] == [
        ("calls", "new"), ("cover", "gone"),
    ]  # fmt: skip


def test_a_value_said_twice_on_a_page_is_one_line_whatever_the_order() -> None:
    two = [PHONE, PHONE._replace(value="15400005678")]
    assert lines_of("g1", two) == lines_of("g1", two[::-1]) != lines_of("g1", [PHONE])


@pytest.mark.parametrize("masked", ["154****1234", "谯*", "•••"])
def test_a_masked_value_has_no_digest_and_differs_from_everything(masked: str) -> None:
    hidden = lines_of("g1", [PHONE._replace(value=masked)])
    assert list(hidden.values()) == [""]
    assert changes(hidden, lines_of("g1", [PHONE])) and changes(hidden, hidden)
    assert same_print(hidden, hidden), "no new edition for who may not see more than before"


def test_erasing_blanks_the_digests_of_one_person_for_ever() -> None:
    lines = lines_of("g1", [PHONE, NAME, Fact("calls", "worker", "w2", "phone", "15400004321")])
    emptied = blanked(pack(lines), {"w1"})
    assert emptied is not None and blanked(emptied, {"w1"}) is None and blanked(emptied, {"w3"}) is None
    after = unpack(emptied)
    assert after[Key("calls", "worker", "w1", "phone")] == "" and after[Key("calls", "worker", "w2", "phone")]
    assert {each.page for each in changes(after, lines)} == {"calls", "cover"}


def test_a_holder_is_current_stale_unknown_or_has_the_book_of_others() -> None:
    then = lines_of("g1", [PHONE])
    now = lines_of("g1", [PHONE._replace(value="110")])
    assert standing(HOLDER, EDITION, then, then).state == "current"
    told = standing(HOLDER, EDITION, then, now)
    assert told.state == "stale" and told.edition == EDITION and told.pages[0].page == "calls"
    assert standing(HOLDER, None, {}, now).state == "unknown"
    elsewhere = standing(replace(HOLDER, subject="g2"), EDITION, then, then)
    assert elsewhere.state == "stale" and elsewhere.other
    assert stale([told, standing(replace(HOLDER, piece="p2"), EDITION, then, then)]) == {"p1"}


def test_the_newest_edition_of_each_book() -> None:
    later = replace(EDITION, id="e2", number=4)
    contact = replace(EDITION, id="e3", kind="contact_book", grid=None)
    assert newest([later, EDITION, contact]) == {("handbook", "g1"): later, ("contact_book", "v1"): contact}


facts = st.builds(
    Fact, st.sampled_from("ab"), st.sampled_from(("worker", "contact")), st.sampled_from("xyz"),
    st.sampled_from(("name", "phone")), st.text("0123456789李王", max_size=4),
)  # fmt: skip


@given(st.lists(facts, max_size=12), st.lists(facts, max_size=12))
def test_taking_a_change_back_makes_everything_current_again(then: list[Fact], between: list[Fact]) -> None:
    before, after = lines_of("g", then), lines_of("g", then)
    assert changes(before, after) == ()
    other = lines_of("g", between)
    assert bool(changes(before, other)) == (before != other)
    assert unpack(pack(other)) == other
