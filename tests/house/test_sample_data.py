"""The shipped sample townships and catalogues: whole, consistent, invented, and nothing that is not kept."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely

from commandcenter.base.paths import resources
from commandcenter.rules.denied import denied
from commandcenter.rules.incidents import TRANSITIONS, URGENCIES
from commandcenter.services.sample_pictures import PICTURES

Row = dict[str, str]
TOWNS = ("jinhua", "tiny")
PAID = {"backbone", "cadre", "group_leader", "retired_cadre"}
UNPAID = {"veteran", "resident", "party_member", "farmer", "medic", "worthy"}
MARKS = {
    "general": {""},
    "dedicated": {"school", "hospital", "nursing_home", "construction"},
    "emergency": {"islet", "landslide", "forest"},
}
UNASSIGNED = re.compile(r"15400\d{6}")
"""The network number 154 is assigned to nobody (MIIT list of 2023), so that no such number rings anywhere."""


def sample(town: str) -> Path:
    return resources() / "sample" / town


@cache
def table(path: Path) -> tuple[Row, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def document(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def rows(town: str, name: str) -> tuple[Row, ...]:
    return table(sample(town) / f"{name}.csv")


def catalogue(name: str) -> tuple[Row, ...]:
    return table(resources() / "catalogues" / f"{name}.csv")


def grids(town: str, kind: str | None = None) -> list[dict[str, Any]]:
    found = [feature["properties"] for feature in document(sample(town) / "grids.geojson")["features"]]
    return [grid for grid in found if kind in (None, grid["kind"])]


def shapes(town: str, kind: str) -> dict[str, Any]:
    features = document(sample(town) / "grids.geojson")["features"]
    return {
        feature["properties"]["code"]: shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in features
        if feature["properties"]["kind"] == kind and feature["geometry"]
    }


def villages(town: str) -> dict[str, dict[str, str]]:
    return {village["code"]: village for village in document(sample(town) / "township.json")["villages"]}


def subkinds() -> dict[str, set[str]]:
    return {
        row["key"]: {each.split(":")[0] for each in row["subkinds"].split(";")}
        for row in catalogue("event_categories")
    }


def test_jinhua_has_its_units_grids_and_workers() -> None:
    kinds = Counter(village["kind"] for village in villages("jinhua").values())
    assert kinds == {"community": 4, "village": 15}
    assert Counter(grid["kind"] for grid in grids("jinhua")) == {
        "general": 306,
        "dedicated": 14,
        "emergency": 14,
    }
    workers = rows("jinhua", "workers")
    assert len(workers) == 306
    assert Counter(worker["paid"] for worker in workers) == {"true": 216, "false": 90}


def test_jinhua_has_the_grids_people_speak_of() -> None:
    by_name = {grid["name"]: grid for grid in grids("jinhua")}
    assert {"凯旋社区第27微网格", "凉水井村第5微网格", "西山坪村第2微网格"} <= set(by_name)
    assert {f"黑水浩村应急第{number}网格" for number in (1, 2, 3)} <= set(by_name)
    assert by_name["黑水浩村应急第3网格"]["people_at_home"] == 45
    assert by_name["黑水浩村应急第3网格"]["code"] == "510981103211Y03"
    assert "金华山景区" in {row["name"] for row in rows("jinhua", "gazetteer")}


def test_villages_bear_their_published_codes() -> None:
    published = Path(__file__).parents[3] / "shared" / "data" / "admin" / "jinhua_villages.csv"
    if not published.exists():
        pytest.skip("the published list of villages is not here")
    with published.open(encoding="utf-8-sig", newline="") as file:
        expected = {row["统计用区划代码"]: row["简称"] for row in csv.DictReader(file)}
    assert {code: village["name"] for code, village in villages("jinhua").items()} == expected


@pytest.mark.parametrize("town", TOWNS)
def test_grids_are_coded_by_village_and_kind(town: str) -> None:
    codes = [grid["code"] for grid in grids(town)]
    assert len(set(codes)) == len(codes)
    letter = {"general": "", "dedicated": "Z", "emergency": "Y"}
    for grid in grids(town):
        village = villages(town)[grid["village_code"]]
        assert grid["village"] == village["name"]
        assert re.fullmatch(grid["village_code"] + letter[grid["kind"]] + r"\d+", grid["code"])
        assert len(grid["code"]) == 15
        assert grid["mark"] in MARKS[grid["kind"]]
        assert 0 <= grid["people_at_home"] <= grid["people"]


@pytest.mark.parametrize("town", TOWNS)
def test_serials_run_from_one_without_gaps(town: str) -> None:
    runs: dict[tuple[str, str], list[int]] = {}
    for grid in grids(town):
        runs.setdefault((grid["village_code"], grid["kind"]), []).append(
            int(re.sub(r"\D", "", grid["code"][12:]))
        )
    for run in runs.values():
        assert run == list(range(1, len(run) + 1))


def _sides(shape: Any) -> Iterator[tuple[tuple[float, float], ...]]:
    corners = list(shape.exterior.coords)
    yield from (tuple(sorted(pair)) for pair in pairwise(corners))


@pytest.mark.parametrize("town", TOWNS)
def test_general_grids_tile_without_gaps_or_overlaps(town: str) -> None:
    found = list(shapes(town, "general").values())
    assert shapely.coverage_is_valid(found)
    sides = Counter(side for shape in found for side in _sides(shape))
    assert set(sides.values()) == {1, 2}
    rim = shapely.line_merge(shapely.multilinestrings([side for side, count in sides.items() if count == 1]))
    assert rim.geom_type == "LineString" and rim.is_ring, "a gap or overlap leaves a second ring"


def test_jinhua_is_one_piece_of_whole_villages() -> None:
    found = shapes("jinhua", "general")
    town = shapely.coverage_union_all(list(found.values()))
    assert town.geom_type == "Polygon" and not town.interiors
    for code in villages("jinhua"):
        village = shapely.coverage_union_all(
            [shape for grid, shape in found.items() if grid.startswith(code)]
        )
        assert village.geom_type == "Polygon", code
        for kind in ("dedicated", "emergency"):
            for grid, shape in shapes("jinhua", kind).items():
                assert not grid.startswith(code) or shapely.covers(village.buffer(1e-5), shape), grid


def test_every_shape_is_valid_and_says_that_it_is_invented() -> None:
    for town in TOWNS:
        for name in ("grids", "backdrop"):
            found = document(sample(town) / f"{name}.geojson")
            assert found["invented"] is True and found["note_zh"] and found["note_en"]
            for feature in found["features"]:
                shape = feature["geometry"] and shapely.from_geojson(json.dumps(feature["geometry"]))
                assert shape is None or (shape.is_valid and not shape.is_empty), feature["properties"]
    assert (sample("jinhua") / "grids.geojson").stat().st_size < 350_000


@pytest.mark.parametrize("town", TOWNS)
def test_one_keeper_for_each_general_grid(town: str) -> None:
    kept = Counter(worker["grid_code"] for worker in rows(town, "workers"))
    assert {grid["code"] for grid in grids(town, "general")} <= set(kept)
    assert max(kept.values()) == 1
    assert set(kept) <= {grid["code"] for grid in grids(town)}


@pytest.mark.parametrize("town", TOWNS)
def test_only_cadres_and_group_leaders_are_paid(town: str) -> None:
    for worker in rows(town, "workers"):
        assert worker["source"] in (PAID if worker["paid"] == "true" else UNPAID)


def test_jinhua_has_the_reserve_and_the_new_farmers_of_the_article() -> None:
    reserve, serving = rows("jinhua", "reserve"), rows("jinhua", "workers")
    assert len(reserve) == 24 and {each["standing"] for each in reserve} == {"reserve"}
    villages = document(sample("jinhua") / "township.json")["villages"]
    assert {each["village_code"] for each in reserve} <= {each["code"] for each in villages}
    assert sum(each["source"] == "farmer" for each in (*reserve, *serving)) == 93
    names = [each["name"] for each in (*reserve, *serving)]
    assert len(set(names)) == len(names)


def test_what_workers_are_and_can_is_of_the_catalogues() -> None:
    for town, name in (("tiny", "workers"), ("jinhua", "workers"), ("jinhua", "reserve")):
        for field, of in (("source", "sources"), ("channel", "channels"), ("duties", "duties"), ("skills", "skills"),
                          ("vehicles", "vehicles")):  # fmt: skip
            known = {each["key"] for each in catalogue(f"worker_{of}")}
            found = {key for each in rows(town, name) for key in each[field].split(",") if key}
            assert found <= known and (found or name == "reserve"), (town, field)


@pytest.mark.parametrize("town", TOWNS)
def test_identity_numbers_fail_their_checksum(town: str) -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for worker in rows(town, "workers"):
        number = worker["id_number"]
        assert re.fullmatch(r"\d{17}[\dX]", number)
        assert number[6:12] == worker["birth_month"].replace("-", "")
        total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
        assert "10X98765432"[total % 11] != number[17], worker["name"]


def _people(town: str) -> Iterator[tuple[str, str]]:
    for name in ("workers", "officers", "duty_holders", "contacts", *(("reserve",) if town == "jinhua" else ())):
        yield from ((row["name"], row["phone"]) for row in rows(town, name))
    yield from (
        (person["name"], person["phone"]) for person in document(sample(town) / "story.json")["residents"]
    )


@pytest.mark.parametrize("town", TOWNS)
def test_no_phone_rings_and_none_belongs_to_two(town: str) -> None:
    owners: dict[str, str] = {}
    for name, phone in _people(town):
        assert UNASSIGNED.fullmatch(phone), (name, phone)
        assert owners.setdefault(phone, name) == name, phone
    assert len({phone for _, phone in _people(town)}) > len(rows(town, "workers"))


def test_workers_of_jinhua_have_names_of_their_own() -> None:
    names = [worker["name"] for worker in rows("jinhua", "workers")]
    assert len(set(names)) == len(names)
    assert {"单", "解", "谯", "仇", "曾"} <= {name[0] for name in names}


@pytest.mark.parametrize("town", TOWNS)
def test_an_officer_stands_for_every_role(town: str) -> None:
    roles = Counter(officer["role"] for officer in rows(town, "officers"))
    assert set(roles) == {"viewer", "duty_officer", "trainer", "quartermaster", "supervisor", "administrator"}
    accounts = [officer["account"] for officer in rows(town, "officers")]
    assert len(set(accounts)) == len(accounts)


@pytest.mark.parametrize("town", TOWNS)
def test_places_named_by_people_exist(town: str) -> None:
    codes = {grid["code"]: grid["village_code"] for grid in grids(town)}
    for name in ("gazetteer", "duty_holders", "contacts"):
        for row in rows(town, name):
            assert not row.get("grid_code") or row["grid_code"] in codes, row
            assert not row.get("village_code") or row["village_code"] in villages(town), row
            if row.get("grid_code") and row.get("village_code"):
                assert codes[row["grid_code"]] == row["village_code"]


@pytest.mark.parametrize("town", TOWNS)
def test_roles_and_contact_kinds_are_in_the_catalogue(town: str) -> None:
    person = {row["key"]: row["person"] for row in catalogue("roles")}
    assert {person[row["role"]] for row in rows(town, "duty_holders")} == {"duty_holder"}
    assert {person[row["kind"]] for row in rows(town, "contacts")} == {"contact"}


@pytest.mark.parametrize("town", TOWNS)
def test_somebody_answers_for_every_village_and_special_grid(town: str) -> None:
    held = {(row["role"], row["grid_code"] or row["village_code"]) for row in rows(town, "duty_holders")}
    for code in villages(town):
        for role in ("village_secretary", "village_duty", "liaison_leader", "liaison_cadre"):
            assert (role, code) in held
    assert all(("grid_head", grid["code"]) in held for grid in grids(town, "dedicated"))
    for grid in grids(town, "emergency"):
        assert held & {("hazard_monitor", grid["code"]), ("flood_warner", grid["code"])}, grid["code"]
    assert ("leader_on_duty", "") in held


def _references(found: Any) -> Iterator[dict[str, str]]:
    if isinstance(found, dict):
        if found.get("kind") in ("worker", "duty_holder", "contact"):
            yield found
        for value in found.values():
            yield from _references(value)
    elif isinstance(found, list):
        for value in found:
            yield from _references(value)


def _is_there(town: str, person: dict[str, str]) -> bool:
    village, grid = person.get("village", ""), person.get("grid", "")
    if person["kind"] == "worker":
        return any(row["grid_code"] == grid for row in rows(town, "workers"))
    if person["kind"] == "duty_holder":
        wanted = (person["role"], village, grid)
        return any(
            (r["role"], r["village_code"], r["grid_code"]) == wanted for r in rows(town, "duty_holders")
        )
    return any(
        row["kind"] == person["contact"]
        and row["name"] == person.get("name", row["name"])
        and row["village_code"] == person.get("village", row["village_code"])
        for row in rows(town, "contacts")
    )


@pytest.mark.parametrize("town", TOWNS)
def test_episodes_call_people_who_exist_and_are_listed(town: str) -> None:
    codes = {grid["code"] for grid in grids(town)}
    for episode in document(sample(town) / "story.json")["episodes"].values():
        keys = {incident["key"] for incident in episode["incidents"]}
        for incident in episode["incidents"]:
            assert incident["grid"] in codes
            assert incident["subkind"] in subkinds()[incident["category"]]
            assert all(_is_there(town, person) for person in _references(incident)), incident["key"]
            assert (incident["caller_name"], incident["caller_phone"]) in set(_people(town))
            listed: list[Any] = []
            minutes = [step["minute"] for step in incident["steps"]]
            assert minutes == sorted(minutes)
            for step in incident["steps"]:
                listed += step.get("people", [])
                assert "person" not in step or step["person"] in listed
                assert "into" not in step or step["into"] in keys - {incident["key"]}
                assert step.get("to", "calling") in TRANSITIONS
                assert step.get("draw", "ford") in PICTURES


def test_the_two_nights_of_the_article_are_told() -> None:
    episodes = document(sample("jinhua") / "story.json")["episodes"]
    fire = episodes["fire_kaixuan_27"]["incidents"][0]
    assert fire["grid"] == "510981103001027"
    assert fire["steps"][-1]["do"] == "close_incident" and fire["steps"][-1]["minute"] == 15
    assert fire["finder"] == {"kind": "worker", "grid": fire["grid"]}
    night = episodes["night_0630"]
    move = next(incident for incident in night["incidents"] if incident["key"] == "move")
    assert night["start"].startswith("2025-06-30") and night["people_moved"] == 45
    assert move["grid"] == "510981103211Y03" and move["steps"][-1]["minute"] - move["minute"] == 30


def test_every_category_of_the_story_has_reports_enough() -> None:
    categories = document(sample("jinhua") / "story.json")["categories"]
    assert list(categories) == list(subkinds())
    assert abs(sum(category["share"] for category in categories.values()) - 1) < 1e-9
    for key, category in categories.items():
        assert len(category["reports"]) >= 12
        for report in category["reports"]:
            assert report["subkind"] in subkinds()[key]
            assert set(report["urgency"]) <= set(URGENCIES)
            assert report["text"]["zh"].count("{place}") == report["text"]["en"].count("{place}") == 1
            assert report["notes"] and report["closing"]


def _mark_of(grid: dict[str, Any], town: str) -> set[str]:
    fits = {grid["mark"]} - {""}
    if grid["kind"] == "general":
        fits |= {"any", villages(town)[grid["village_code"]]["kind"]}
    if grid["code"] in document(sample(town) / "story.json")["river_grids"]:
        fits.add("river")
    return fits


@pytest.mark.parametrize("town", TOWNS)
def test_every_report_of_the_story_has_a_place_to_happen(town: str) -> None:
    fits = {grid["code"]: _mark_of(grid, town) for grid in grids(town)}
    places = [(row["kind"], fits[row["grid_code"]]) for row in rows(town, "gazetteer")]
    for category in document(sample(town) / "story.json")["categories"].values():
        for report in category["reports"]:
            assert any(kind in report["places"] and report["where"] in where for kind, where in places), (
                report["key"]
            )


def test_who_is_called_is_ranked_for_known_categories() -> None:
    ranked: dict[str, list[int]] = {}
    for row in catalogue("roles"):
        for path, _, rank in (each.rpartition(":") for each in row["upward"].split(";") if each):
            ranked.setdefault(path, []).append(int(rank))
    assert ranked.pop("*") == [0]
    for path, ranks in ranked.items():
        category, _, subkind = path.partition(".")
        assert not subkind or subkind in subkinds()[category], path
        assert sorted(ranks) == list(range(1, len(ranks) + 1)), path
    assert set(subkinds()) <= set(ranked)


def test_stock_phrases_can_be_typed_by_their_initials() -> None:
    phrases = catalogue("stock_phrases")
    assert len({phrase["key"] for phrase in phrases}) == len(phrases)
    assert len({phrase["initials"] for phrase in phrases}) == len(phrases)
    for phrase in phrases:
        assert phrase["subkind"] in subkinds()[phrase["category"]]
        assert phrase["urgency"] in URGENCIES
        assert re.fullmatch("[a-z]+", phrase["initials"])
        assert len(phrase["initials"]) == len(re.findall(r"[\u4e00-\u9fff]", phrase["zh"]))
    assert {phrase["category"] for phrase in phrases} == set(subkinds())


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        yield from (str(key) for key in found)
        yield from (text for value in found.values() for text in _texts(value))
    elif isinstance(found, list | tuple):
        yield from (text for value in found for text in _texts(value))


def _shipped_texts() -> Iterator[tuple[str, str]]:
    catalogues = resources() / "catalogues"
    for path in sorted([*(resources() / "sample").rglob("*"), *catalogues.glob("*.csv")]):
        if path.suffix in (".json", ".geojson"):
            yield from ((path.name, text) for text in _texts(document(path)))
        elif path.suffix == ".csv":
            yield from ((path.name, text) for text in _texts(table(path)))


def test_nothing_that_is_not_kept_at_all_is_shipped() -> None:
    for name, text in _shipped_texts():
        assert not any(denied(part) for part in (text, *re.split("[:;]", text))), (name, text)


# --- households -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("town", TOWNS)
def test_households_agree_with_their_grids_and_members(town: str) -> None:
    by_code = {grid["code"]: grid for grid in grids(town)}
    members = rows(town, "residents")
    for home in rows(town, "households"):
        assert home["grid_code"] in by_code and home["head"] and home["code"]
        own = [each for each in members if (each["grid_code"], each["household"]) == (home["grid_code"], home["code"])]
        assert len({each["name"] for each in own}) == len(own) == int(home["people"])
        assert sum(not each["away"] for each in own) == int(home["people_at_home"])
        assert [each["name"] for each in own if each["relation"] == "head"] == [home["head"]]
    homes = {(each["grid_code"], each["code"]) for each in rows(town, "households")}
    assert {(each["grid_code"], each["household"]) for each in members} == homes


@pytest.mark.parametrize("town", TOWNS)
def test_residents_bear_kinds_of_care_and_needs_as_actions(town: str) -> None:
    care = {row["key"]: row for row in catalogue("care_kinds")}
    for each in rows(town, "residents"):
        assert not each["care"] or each["care"] in care
        assert not each["phone"] or UNASSIGNED.fullmatch(each["phone"])
        assert re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", each["birth_month"])
        assert not each["needs"] or each["care"], "a need goes with a kind of care"
    assert all(not home["phone"] or UNASSIGNED.fullmatch(home["phone"]) for home in rows(town, "households"))


def test_the_emergency_grid_of_the_article_is_entered_household_by_household() -> None:
    code = next(grid["code"] for grid in grids("jinhua") if grid["name"] == "黑水浩村应急第3网格")
    homes = [each for each in rows("jinhua", "households") if each["grid_code"] == code]
    grid = next(each for each in grids("jinhua") if each["code"] == code)
    assert len(homes) == grid["households"] and sum(int(each["people"]) for each in homes) == grid["people"]
    assert sum(int(each["people_at_home"]) for each in homes) == grid["people_at_home"] == 45
    needs = [each["needs"] for each in rows("jinhua", "residents") if each["grid_code"] == code]
    for action in ("要人抬", "要轮椅", "听不见广播", "靠电吸氧"):
        assert any(action in each for each in needs)
