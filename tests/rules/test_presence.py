"""Who is wanted at two places at one time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from commandcenter.rules.drills import Drill
from commandcenter.rules.masks import ERASED, HIDDEN
from commandcenter.rules.presence import Engagement, Presence, called

AT = datetime(2025, 6, 12, 1, tzinfo=UTC)


def drill(id: str, **more: Any) -> Drill:
    return Drill(**{"id": id, "world": id, "title": id, "starts_at": AT, "minutes": 60} | more)


def codes(presence: Presence, one: Drill, *others: Drill) -> list[str]:
    return [each.code for each in presence.clashes(one, [one, *others])]


def test_names_of_the_register_are_the_people_who_bear_them() -> None:
    presence = Presence({"a": frozenset((("worker", "w"),))}, known={"刘芳": ("worker", "w")})
    assert codes(presence, drill("a"), drill("b", commander="刘芳")) == ["people"]
    assert codes(presence, drill("a"), drill("b", commander="刘芬")) == []


def test_a_villages_secretary_is_another_one_in_each_village() -> None:
    one, other = (drill(id, commander="村党组织书记", village=village) for id, village in (("a", "v"), ("b", "w")))
    presence = Presence()
    assert not presence.called(one) & presence.called(other)
    assert {called(who) for who in presence.called(one)} == {"村党组织书记"}
    mayor = presence.called(drill("a", commander="镇长", village="v"))
    assert mayor == presence.called(drill("b", commander="镇长", village="w")) != frozenset()


def test_what_is_erased_or_masked_is_nobody() -> None:
    for name in (ERASED, HIDDEN, "王*", ""):
        assert Presence().called(drill("a", commander=name)) == frozenset()


def test_only_what_overlaps_clashes_and_leading_both_is_said_elsewhere() -> None:
    presence = Presence({"a": frozenset((("officer", "o"), ("worker", "w"))), "b": frozenset((("worker", "w"),))})
    led = drill("c", trainer="o")
    assert codes(presence, drill("a"), led) == ["people"]
    assert codes(presence, drill("a", trainer="o"), led) == []
    after = drill("b", starts_at=AT + timedelta(hours=1))
    assert codes(presence, drill("a"), after) == [] and codes(presence, drill("a", minutes=61), after) == ["people"]
    assert codes(presence, drill("a"), drill("b", state="cancelled")) == []
    assert codes(presence, drill("a", state="cancelled"), drill("b")) == []


def test_a_session_is_told_by_its_name_with_some_of_those_who_are_wanted() -> None:
    people = frozenset(("worker", f"w{at}") for at in range(5))
    session = Engagement("s", "灭火器实操", AT + timedelta(minutes=30), 60, people)
    presence = Presence({"a": people}, (session,), {who: who[1].upper() for who in people})
    (found,) = presence.clashes(drill("a"), [])
    assert (found.code, found.drill) == ("session", None)
    assert found.facts == {"names": ["W0", "W1", "W2"], "count": 5, "title": "灭火器实操"}


def test_who_will_be_invited_counts_for_a_draft() -> None:
    presence = Presence(units={("v", None): frozenset((("worker", "w"),))})
    assert presence.called(drill("", village="v")) == {("worker", "w")}
    assert presence.called(drill("a", village="v")) == frozenset()
