"""What a scenario's list of things asks of the depots, and what speaks against a drill that asks too much."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commandcenter.rules.clashes import Clash, Habits, clashes
from commandcenter.rules.drills import Drill
from commandcenter.rules.stores import Article
from commandcenter.rules.supplies import Supplies, needs_in

STARTS = datetime(2025, 7, 10, 1, tzinfo=UTC)


def article(code: str, name: str, unit: str, english: str = "") -> Article:
    return Article(id=code, code=code, name=name, name_en=english, category="flood", unit=unit)


JACKET, COAT, TORCH, LAMP, ROPE, EXTINGUISHER, GLOVES, GOGGLES = ARTICLES = (
    article("F03", "救生衣", "件", "Life jackets"), article("F08", "雨衣", "套", "Raincoats"),
    article("K04", "应急手电", "支", "Emergency torch"), article("Z01", "移动照明灯", "盏"),
    article("F05", "绳索", "根"), article("X01", "灭火器", "具"), article("A1", "手套", "双"),
    article("A2", "护目镜", "副"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("救生衣20件，雨衣10件", {"F03": 20, "F08": 10}),
        ("救生衣20件\n安置点：照明灯2盏，救生衣 5 件", {"F03": 25, "Z01": 2}),
        ("4公斤干粉灭火器6具", {"X01": 6}),
        ("护目镜、手套、防滑鞋各20份（守路人员）", {"A2": 20, "A1": 20}),
        ("绳索50米", {}),  # a measure is not a number of things
        ("救生衣2件（如有），铜锣1面，救生衣每户1件，七件套每名微网格员1套：手册、应急手电", {}),
        ("20 life jackets, 10 raincoats, 1 gong", {"F03": 20, "F08": 10}),
        ("1 life jacket for show; 3 raincoats if available", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_depots(text: str, needs: dict[str, int]) -> None:
    assert {ids: amount for (ids,), amount in needs_in(text, ARTICLES).items()} == needs


def test_any_kind_of_it_will_do_unless_one_bears_the_very_name() -> None:
    red, blue = article("R", "红色信号旗", "面"), article("B", "蓝色信号旗", "面")
    assert needs_in("信号旗4面", [blue, red]) == {("B", "R"): 4}
    assert needs_in("信号旗4面", [blue, red, article("S", "信号旗", "面")]) == {("S",): 4}
    assert needs_in("旗4面", [blue, red]) == {}


def test_every_shipped_list_is_read_without_making_things_up() -> None:
    folder = Path(__file__).resolve().parents[2] / "resources" / "catalogues" / "scenarios"
    texts = [each.read_text(encoding="utf-8").split("[kit]")[1].split('"""')[1] for each in folder.glob("*.toml")]
    found = [needs_in(text, ARTICLES) for text in texts]
    assert len(found) == 12 and sorted(each.get(("F03",), 0) for each in found)[-4:] == [10, 12, 15, 20]
    assert all(0 < amount <= 200 for each in found for amount in each.values())


def drill(id: str, scenario: str, **more: object) -> Drill:
    return Drill(id=id, world=id, title=id, scenario=scenario, **{"starts_at": STARTS, **more})  # type: ignore[arg-type]


def against(one: Drill, *others: Drill, there: int) -> list[Clash]:
    needs = {"islet": {("F03",): 20}, "flood": {("F03",): 10}}
    supplies = Supplies({each.id: each for each in ARTICLES}, {"F03": there}, needs)
    return clashes(one, [one, *others], [], [], Habits(), ZoneInfo("Asia/Shanghai"), supplies)


def test_kit_speaks_against_a_day_by_itself_and_with_the_others() -> None:
    one, two = drill("one", "islet"), drill("two", "flood")
    assert against(one, two, there=30) == []
    (shared,) = against(one, two, there=29)
    assert (shared.code, shared.drill, shared.facts["wanted"], shared.facts["count"]) == ("kit", "two", 30, 2)
    assert [each.code for each in against(two, one, there=29)] == ["kit"]
    (short,) = against(one, two, there=19)
    assert (short.code, short.drill, short.facts["wanted"], short.facts["there"]) == ("kit_short", None, 20, 19)
    assert against(one, drill("two", "flood", starts_at=STARTS + timedelta(days=1)), there=20) == []
    assert against(one, drill("two", "flood", state="cancelled"), there=20) == []
    assert against(one, drill("two", "flood", form="tabletop"), there=20) == []
    assert against(drill("one", "islet", form="tabletop"), two, there=10) == []
