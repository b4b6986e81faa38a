"""Intake below the widgets: the draft, what is guessed and found, and what outlives a crash."""

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commandcenter.base.ids import new_id
from commandcenter.rules.denied import denied
from commandcenter.rules.entity import REAL
from commandcenter.rules.incidents import Incident
from commandcenter.services import catalogues
from commandcenter.services.directory import Directory
from commandcenter.services.live import LiveSet
from commandcenter.ui.incidents.intake import guess as guessing
from commandcenter.ui.incidents.intake.draft import Draft, choose, choose_category, from_json, take_guess, to_json
from commandcenter.ui.incidents.intake.duplicates import duplicates
from commandcenter.ui.incidents.intake.keeper import DraftKeeper
from commandcenter.ui.incidents.intake.places import PlaceIndex, entries, short_name, target

NOW = datetime(2025, 6, 30, 6, 0, tzinfo=UTC)


def blank(**more: Any) -> Draft:
    return replace(Draft.fresh(database="town.sqlite", world=REAL, now=NOW), **more)


def filled(**more: Any) -> Draft:
    return blank(**({"text": "房屋冒烟", "category": "emergency", "subkind": "fire", "urgency": "critical"} | more))


# --- the draft ----------------------------------------------------------------------------------------------------


def test_a_fresh_draft_is_blank_and_says_what_is_missing() -> None:
    draft = blank()
    assert draft.is_blank and draft.missing() == ("text", "category", "urgency")
    assert not replace(draft, place="老井边").is_blank and filled().missing() == ()


def test_empty_texts_become_unknown_values_of_the_command() -> None:
    command = filled(text="  冒烟 ", caller_phone="  ").command()
    assert command.text == "冒烟" and command.caller_phone is None and command.finder is None and command.grid is None


def test_a_grid_makes_the_village_superfluous() -> None:
    assert filled(village="v", grid="g").command().village is None
    assert filled(village="v").command().village == "v"


def test_another_category_brings_its_usual_urgency_unless_one_was_chosen() -> None:
    moved = choose_category(filled(), "facility")
    assert (moved.category, moved.subkind, moved.urgency) == ("facility", "", "routine")
    kept = choose_category(choose(filled(), urgency="urgent"), "facility")
    assert kept.urgency == "urgent"


def test_a_guess_fills_only_what_was_not_chosen() -> None:
    chosen = choose(filled(), urgency="routine")
    guessed = take_guess(chosen, "hazard", "gas", "critical")
    assert (guessed.category, guessed.subkind, guessed.urgency) == ("hazard", "gas", "routine")
    by_hand = choose_category(blank(), "care")
    assert take_guess(by_hand, "emergency", "fire", "critical") == by_hand


def test_a_guess_is_taken_back_when_the_words_are_gone() -> None:
    assert take_guess(filled(), "", "", "").category == ""


def test_attempts_keep_what_was_sent_and_tell_what_changed_since() -> None:
    first = filled().attempted()
    again = replace(first, text="房屋起火", place="三组").attempted()
    assert len(again.attempts) == 2 and again.attempted() == again
    changed, was = again.changed_since(first.attempts[0])
    assert changed == {"text": "房屋起火", "place": "三组"} and was == {"text": "房屋冒烟", "place": None}
    assert replace(again, text="房屋冒烟", place="").attempted().attempts[-1] == first.attempts[0]


def test_a_draft_survives_json() -> None:
    draft = choose(filled(grid="g", learn=True), urgency="urgent").attempted()
    assert from_json(json.loads(json.dumps(to_json(draft)))) == draft


@pytest.mark.parametrize(
    "broken",
    [None, [], {}, {"id": "no"}, {"text": 5}, {"category": "bogus"}, {"opened_at": "soon"}, {"opened_at": None},
     {"finder_kind": "ghost"}, {"attempts": ["x"]}, {"attempts": 3}],
)  # fmt: skip
def test_what_is_no_draft_is_refused(broken: Any) -> None:
    stored = to_json(blank()) | broken if isinstance(broken, dict) and broken else broken
    with pytest.raises(ValueError):
        from_json(stored)


# --- guessing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "category", "subkind"),
    [("屋头着火了", "emergency", "fire"), ("有人掉河里了", "emergency", "drowning"),
     ("路灯坏了", "facility", "street_light"),
     ("老人摔倒，要人抬", "care", "frail_elder"), ("后山垮了", "emergency", "landslide"),
     ("smoke from a barn", "emergency", "fire"),
     ("man fell into the river", "emergency", "drowning"), ("No power since noon", "facility", "water_power")],
)  # fmt: skip
def test_words_tell_the_kind(text: str, category: str, subkind: str) -> None:
    found = guessing.guess(text)
    assert found is not None and (found.category, found.subkind) == (category, subkind)


def test_every_stock_phrase_is_guessed_as_itself_in_both_languages() -> None:
    for phrase in catalogues.phrases():
        for name in (phrase.zh, phrase.en):
            found = guessing.guess(name)
            assert found is not None, name
            assert (found.category, found.subkind, found.urgency) == (
                phrase.category,
                phrase.subkind,
                phrase.urgency,
            ), name


def test_words_that_say_nothing_give_no_guess() -> None:
    assert guessing.guess("你好") is None and guessing.guess("") is None and guessing.guess("hello") is None


def test_report_words_name_known_kinds_and_nothing_that_is_not_kept() -> None:
    kinds = {(c.key, s.key) for c in catalogues.categories().values() for s in c.subkinds}
    for word, kind in guessing._report_words():
        assert (kind.category, kind.subkind) in kinds and word and not denied(word), word


def test_initials_offer_phrases_and_ordinary_text_does_not() -> None:
    assert [offer.phrase.key for offer in guessing.offers("fwmy", "zh_CN")] == ["emergency.house_smoke"]
    assert guessing.offers("fwmy", "zh_CN")[0].is_certain
    assert (
        guessing.offers("冒烟", "zh_CN") == ()
        and guessing.offers("3", "zh_CN") == ()
        and guessing.offers("", "en") == ()
    )
    assert guessing.offers("fwmyqh", "en")[0].is_certain
    smoke = guessing.offers("smok", "en")
    assert smoke[0].phrase.key == "emergency.house_smoke" and not smoke[0].is_certain


# --- finding ------------------------------------------------------------------------------------------------------


@pytest.fixture
def picture(sqlite_template: Path, open_desk: Any, town_url: Any) -> tuple[LiveSet, Directory]:
    session = open_desk(town_url("sqlite"))
    with session.read("real") as reader:
        return LiveSet.load(reader), Directory.load(reader)


@pytest.mark.parametrize(
    ("typed", "title"),
    [("yl3", "云岭村第3微网格"), ("yunling3", "云岭村第3微网格"), ("云岭3", "云岭村第3微网格"),
     ("999101100201003", "云岭村第3微网格"),
     ("201003", "云岭村第3微网格"), ("syz", "单家院子"), ("shanjia", "单家院子"),
     ("mill pond", "Mill Pond"), ("yl", "云岭村")],
)  # fmt: skip
def test_a_place_is_found_by_all_it_is_known_by(picture: tuple[LiveSet, Directory], typed: str, title: str) -> None:
    hits = PlaceIndex(entries(*picture)).places(typed)
    assert title in [hit.entry.title for hit in hits[:2]]


def test_what_was_found_names_its_kind_and_id(picture: tuple[LiveSet, Directory]) -> None:
    live, _ = picture
    kind, id = target(PlaceIndex(entries(*picture)).places("yl3")[0])
    assert kind == "grid" and live.grids[id].code == "999101100201003"


def test_a_caller_is_known_by_the_whole_number_however_it_is_written(picture: tuple[LiveSet, Directory]) -> None:
    _, directory = picture
    index = PlaceIndex((), directory)
    for typed in ("15400999005", "154 0099 9005", "+86 15400999005"):
        assert [caller.name for caller in index.callers(directory, typed)] == ["仇东"]
    assert index.callers(directory, "154009") == [] and index.callers(directory, "999101100201003") == []


def test_of_several_people_with_one_number_those_with_a_grid_come_first(picture: tuple[LiveSet, Directory]) -> None:
    _, directory = picture
    worker = next(each for (kind, _), each in directory.people.items() if kind == "worker")
    double = replace(
        next(each for (kind, _), each in directory.people.items() if kind == "contact"), phone=worker.phone
    )
    directory.people["contact", double.id] = double
    assert [caller.kind for caller in PlaceIndex((), directory).callers(directory, worker.phone)] == [
        "worker",
        "contact",
    ]


def test_masked_numbers_recognise_nobody_and_are_not_filled_in(town_url: Any, open_desk: Any) -> None:
    session = open_desk(town_url("sqlite"), "viewer")
    with session.read("real") as reader:
        directory = Directory.load(reader)
    assert PlaceIndex((), directory).callers(directory, "15400999005") == []


@pytest.mark.parametrize(
    ("name", "short"), [("黑水浩村", "黑水浩"), ("凯旋社区", "凯旋"), ("村", "村"), ("O'Hara 社区", "O'Hara")]
)
def test_villages_are_called_by_their_short_names(name: str, short: str) -> None:
    assert short_name(name) == short


# --- duplicates ---------------------------------------------------------------------------------------------------


def open_incident(**more: Any) -> Incident:
    facts: dict[str, Any] = {"id": new_id(), "number": "YL-20250630-001", "category": "emergency", "subkind": "fire",
                             "urgency": "critical", "text": "房屋冒烟起火",
                             "opened_at": NOW - timedelta(minutes=4)}  # fmt: skip
    return Incident(**(facts | more))


def test_the_same_place_and_words_are_shown_as_a_possible_duplicate(picture: tuple[LiveSet, Directory]) -> None:
    live, _ = picture
    grid = next(iter(live.grids.values()))
    known = open_incident(grid=grid.id, village=grid.village)
    live.incidents[known.id] = known
    rows = duplicates(filled(grid=grid.id), live, NOW)
    assert [row.id for row in rows] == [known.id] and rows[0].age(NOW) == "0:04:00" and rows[0].why
    assert duplicates(blank(), live, NOW) == () and duplicates(blank(text="路灯不亮"), live, NOW) == ()


# --- drafts on disk -----------------------------------------------------------------------------------------------


def keeper(folder: Path, desk: str = "a") -> DraftKeeper:
    return DraftKeeper(folder, desk)


def test_a_draft_outlives_its_desk_and_is_taken_over_once(tmp_path: Path) -> None:
    first, draft = keeper(tmp_path), filled()
    first.keep(draft)
    first.flush()
    first.close()
    second = keeper(tmp_path, "b")
    assert second.recover("town.sqlite", REAL) == [draft]
    second.close()
    assert keeper(tmp_path, "c").recover("town.sqlite", REAL) == [draft]
    assert not (tmp_path / "a").exists()


def test_a_desk_that_runs_keeps_its_drafts(tmp_path: Path) -> None:
    running = keeper(tmp_path)
    running.keep(filled())
    running.flush()
    assert keeper(tmp_path, "b").recover("town.sqlite", REAL) == []
    running.close()


def test_drafts_of_another_database_or_world_stay_where_they_are(tmp_path: Path) -> None:
    first = keeper(tmp_path)
    first.keep(filled())
    first.close()
    other = keeper(tmp_path, "b")
    assert other.recover("elsewhere.sqlite", REAL) == [] and other.recover("town.sqlite", new_id()) == []
    assert len(other.recover("town.sqlite", REAL)) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_nobody_else_can_read_a_draft(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    kept.keep(filled(caller_name="李某"))
    kept.flush()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files and all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    kept.close()


def test_a_saved_draft_leaves_nothing_behind(tmp_path: Path) -> None:
    kept, draft = keeper(tmp_path), filled(caller_name="李某")
    kept.keep(draft)
    kept.flush()
    kept.drop(draft.id)
    kept.close()
    assert list(tmp_path.iterdir()) == []


def test_what_was_said_last_is_what_is_on_the_disk(tmp_path: Path) -> None:
    kept, draft = keeper(tmp_path), filled()
    kept.keep(draft)
    kept.keep(replace(draft, text="塌方"))
    kept.flush()
    kept.close()
    assert [each.text for each in keeper(tmp_path, "b").recover("town.sqlite", REAL)] == ["塌方"]


def test_a_full_disk_is_told_and_the_draft_is_written_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, draft = keeper(tmp_path), filled()
    kept.keep(draft)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(OSError, match="full"):
            kept.flush()
    kept.flush()
    kept.close()
    assert keeper(tmp_path, "b").recover("town.sqlite", REAL) == [draft]


def full_disk(_handle: int) -> None:
    raise OSError("disk full")


def test_a_file_that_is_no_draft_is_put_aside_and_the_others_come_back(tmp_path: Path) -> None:
    first, draft = keeper(tmp_path), filled()
    first.keep(draft)
    first.close()
    (tmp_path / "a" / "broken.json").write_text("{", encoding="utf-8")
    assert keeper(tmp_path, "b").recover("town.sqlite", REAL) == [draft]
    assert (tmp_path / "a" / "broken.broken").exists()
