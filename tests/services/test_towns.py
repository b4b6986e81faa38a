"""Who may work at the desks: somebody always remains who can look after them."""

from collections.abc import Callable
from typing import Any

import pytest

from commandcenter.base.errors import RuleError
from commandcenter.services.towns import AddOfficer, ChangeOfficer
from commandcenter.services.undo import Undo


def administrators(session: Any) -> set[str]:
    with session.read("real") as reader:
        return {each.name for each in reader.find("officer", role="administrator", active=True)}


def alone(session: Any) -> Any:
    """The session's officer as the only administrator."""
    with session.read("real") as reader:
        others = reader.find("officer", role="administrator", active=True)
    for each in others:
        if each.id != session.officer.id:
            session.runner.execute(ChangeOfficer(officer=each.id, active=False))
    return session


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"active": False}], ids=["another role", "off the desks"])
def test_undoing_an_addition_does_not_take_the_last_administrator(
    town: str, open_desk: Callable[..., Any], change: dict[str, Any]
) -> None:
    first = alone(open_desk(town, "administrator"))
    added = first.runner.execute(AddOfficer(name="Nora New", role="administrator", account="nora"))
    second = open_desk(town, "nora")
    second.runner.execute(ChangeOfficer(officer=first.officer.id, **change))
    with pytest.raises(RuleError) as direct:
        second.runner.execute(ChangeOfficer(officer=second.officer.id, **change))
    with pytest.raises(RuleError) as undone:
        second.runner.execute(Undo(target=added.command))
    assert (undone.value.code, undone.value.facts) == (direct.value.code, direct.value.facts)
    assert undone.value.code == "officer.last_administrator" and administrators(second) == {"Nora New"}


def test_undoing_a_promotion_does_not_take_the_last_administrator(town: str, open_desk: Callable[..., Any]) -> None:
    first = alone(open_desk(town, "administrator"))
    with first.read("real") as reader:
        other = reader.find("officer", account="supervisor")[0]
    promoted = first.runner.execute(ChangeOfficer(officer=other.id, role="administrator"))
    second = open_desk(town, "supervisor")
    left = second.runner.execute(ChangeOfficer(officer=first.officer.id, active=False))
    with pytest.raises(RuleError, match="last_administrator"):
        second.runner.execute(Undo(target=promoted.command))
    second.runner.execute(Undo(target=left.command))
    second.runner.execute(Undo(target=promoted.command))
    assert administrators(first) == {first.officer.name}
