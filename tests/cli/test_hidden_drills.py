"""A no-notice drill 双盲 by the command line: whoever may have to take part is told nothing until it begins."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.conftest import Commander

VILLAGE = "999101100201"
TITLE = "夜间突击"
KINDS = (
    "drill", "drill_grid", "drill_person", "drill_notice", "drill_moment", "inject", "expectation", "improvement",
    "debt", "command", "change_log",
)  # fmt: skip
"""Everything in which a drill leaves traces."""
COMMAND: dict[str, Any] = {
    "command": "plan_drill", "scenario": "landslide", "village": VILLAGE, "title": TITLE, "form": "no_notice",
    "starts_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(), "rule": "village_yearly",
}  # fmt: skip


def do(at_town: Commander, actor: str, command: dict[str, Any]) -> Any:
    answer = at_town("do", "--json", actor=actor, given=json.dumps(command, ensure_ascii=False) + "\n")
    assert answer.code == 0, answer.out + answer.err
    return answer.lines[0]


def everything(at_town: Commander, actor: str, *worlds: str) -> dict[str, Any]:
    """All that the lists tell somebody, in both forms and every world that he can name."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        for world in worlds:
            for form in (("--json",), ()):
                answer = at_town("list", kind, "--world", world, *form, actor=actor)
                found[f"{kind} {world} {form}"] = (answer.code, answer.out)
    return found


@pytest.fixture
def secret(at_town: Commander) -> tuple[str, dict[str, Any]]:
    """A no-notice drill that the trainer has planned, and what the duty officer was told before."""
    before = everything(at_town, "duty1", "real", "drills")
    made = do(at_town, "trainer", COMMAND)
    return made["value"]["drill"], before


def test_until_it_begins_the_duty_officer_is_told_nothing(at_town: Commander, secret: tuple[str, Any]) -> None:
    id, before = secret
    assert everything(at_town, "duty1", "real", "drills") == before
    by_name = everything(at_town, "duty1", id)
    assert all(TITLE not in out and id not in out for _, out in by_name.values())
    for kind in ("drill", "inject", "drill_notice"):
        assert at_town("list", kind, "--world", id, "--json", actor="duty1").json == []
    for world in ("real", "drills", id):
        refused = at_town("show", "drill", id, "--world", world, actor="duty1")
        assert refused.code == 2 and TITLE not in refused.out + refused.err
    viewer = everything(at_town, "viewer", "real", "drills", id)
    assert all(TITLE not in out and id not in out for _, out in viewer.values())


def test_the_log_as_it_is_watched_leaves_it_out(at_town: Commander, secret: tuple[str, Any]) -> None:
    id, _ = secret
    told = at_town("list", "change_log", "--world", "drills", "--json", actor="trainer").json
    last = max(each["seq"] for each in told)
    for actor, knows in (("duty1", False), ("viewer", False), ("trainer", True)):
        for form in (("--json",), ()):
            watched = at_town("watch", "--since", 0, "--until", last, *form, actor=actor)
            assert watched.code == 0
            assert ("plan_drill" in watched.out) == knows and (id in watched.out) <= knows, actor


def test_the_trainer_sees_it_and_everybody_once_it_has_begun(at_town: Commander, secret: tuple[str, Any]) -> None:
    id, _ = secret
    (seen,) = at_town("list", "drill", "--where", f"title={TITLE}", "--json", actor="trainer").json
    assert (seen["id"], seen["hidden"]) == (id, True)
    assert at_town("list", "inject", "--where", f"drill={id}", "--world", "drills", "--json", actor="trainer").json
    owed = at_town("list", "debt", "--where", "state=planned", "--json", actor="trainer").json
    assert {each["drill"] for each in owed} >= {id}
    do(at_town, "trainer", {"command": "begin_drill", "drill": id})
    (seen,) = at_town("list", "drill", "--where", f"title={TITLE}", "--json", actor="duty1").json
    assert (seen["id"], seen["state"]) == (id, "running")
    assert at_town("list", "inject", "--where", f"drill={id}", "--world", "drills", "--json", actor="duty1").json


def test_debts_are_listed_in_both_forms_and_by_field(at_town: Commander) -> None:
    rows = at_town("list", "debt", "--where", "level=village", "--where", f"village={VILLAGE}", "--json").json
    assert rows and {each["village_code"] for each in rows} == {VILLAGE}
    assert set(rows[0]) >= {"id", "rule", "level", "place_name", "scenario", "due", "state", "days_late", "drill"}
    assert at_town("list", "debt", "--world", "real", "--json").json == at_town("list", "debt", "--json").json
    assert len(at_town("list", "debt", "--limit", 3, "--json").json) == 3
    assert rows[0]["place_name"] in at_town("list", "debt", "--where", "level=village").out
    refused = at_town("list", "debt", "--where", "colour=red")
    assert refused.code == 2 and "colour" in refused.err and "scenario" in refused.err
