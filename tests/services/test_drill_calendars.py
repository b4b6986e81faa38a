"""Drills as calendars and as a printed notice: read back by other programs' libraries."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from commandcenter.base import texts
from commandcenter.base.errors import BadInput, RuleError
from commandcenter.rules.entity import DRILLS
from commandcenter.services import drill_calendars, papers
from commandcenter.services.drills import BeginDrill, CancelDrill, MoveDrill, PlanDrill
from commandcenter.services.papers import PrintPaper
from commandcenter.services.towns import NameTown
from commandcenter.services.undo import Undo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def desk(town_url: Callable[[str], str], open_desk: Callable[..., Any]) -> Any:
    session = open_desk(town_url("sqlite"), "administrator")
    with session.read("real") as reader:
        (town,) = reader.find("township")
    session.runner.execute(NameTown(name=town.name, mark=town.mark, code=town.code, zone="Asia/Shanghai",
                                    number_prefix=town.number_prefix))  # fmt: skip
    return session


def plan(desk: Any, moment: datetime, **more: Any) -> str:
    with desk.read("real") as reader:
        village = reader.find("village", order=("code",))[0]
    given = {"scenario": "landslide", "village": village.id, "title": "滑坡转移", "starts_at": moment, **more}
    return str(desk.runner.execute(PlanDrill(**given)).value["drill"])


def events(desk: Any, *whose: str) -> dict[str, dict[str, str]]:
    """The entries by uid, read by hand: unfolded lines, parameters kept in the name."""
    content = drill_calendars.prepare(desk, *whose).content.decode()  # type: ignore[arg-type]
    assert "METHOD:PUBLISH" in content and content.startswith("BEGIN:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    lines = content.replace("\r\n ", "").split("\r\n")
    found: dict[str, dict[str, str]] = {}
    now: dict[str, str] | None = None
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            now = {}
        elif line == "END:VEVENT":
            assert now is not None
            found[now["UID"]] = now
            now = None
        elif now is not None:
            now[name] = value
    return found


def wall(event: dict[str, str], name: str) -> datetime:
    value = next(value for key, value in event.items() if key.startswith(f"{name};TZID=Asia/Shanghai"))
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=SHANGHAI)


def test_an_entry_moves_in_place_and_is_cancelled_in_place(desk: Any) -> None:
    begin = datetime(2026, 6, 5, 1, 0, tzinfo=UTC)
    id = plan(desk, begin)
    (first,) = events(desk).values()
    assert first["UID"].startswith(f"{id}@") and "演练" in first["SUMMARY"] and first["STATUS"] == "CONFIRMED"
    assert first["SEQUENCE"] == "0" and wall(first, "DTSTART") == begin
    moved = desk.runner.execute(MoveDrill(drill=id, starts_at=begin + timedelta(days=1), was=begin))
    (second,) = events(desk).values()
    assert second["UID"] == first["UID"] and int(second["SEQUENCE"]) == 1
    assert wall(second, "DTSTART") == begin + timedelta(days=1)
    # Taken back: the old date is the newest news.
    desk.runner.execute(Undo(target=moved.command))
    (third,) = events(desk).values()
    assert int(third["SEQUENCE"]) == 2 and wall(third, "DTSTART") == begin
    desk.runner.execute(CancelDrill(drill=id, reason="下大雨"))
    (last,) = events(desk).values()
    assert last["UID"] == first["UID"] and last["STATUS"] == "CANCELLED" and int(last["SEQUENCE"]) == 3
    assert "下大雨" in last["DESCRIPTION"]


def test_across_midnight_and_the_years_end(desk: Any) -> None:
    """23:30 on New Year's Eve in Shanghai, for an hour; the zone's own definition says the same to dateutil."""
    begin = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    plan(desk, begin, minutes=60)
    content = drill_calendars.prepare(desk).content.decode()
    (event,) = events(desk).values()
    assert wall(event, "DTSTART") == datetime(2026, 12, 31, 23, 30, tzinfo=SHANGHAI)
    assert wall(event, "DTEND") == datetime(2027, 1, 1, 0, 30, tzinfo=SHANGHAI)
    zones = tzical(io.StringIO(content))
    assert zones.keys() == ["Asia/Shanghai"]
    zone = zones.get("Asia/Shanghai")
    for name in ("DTSTART", "DTEND"):
        local = wall(event, name).replace(tzinfo=zone)
        assert local.utcoffset() == timedelta(hours=8)
        assert local.astimezone(UTC) == wall(event, name).astimezone(UTC)


def test_whose_calendar_it_is(desk: Any) -> None:
    with desk.read("real") as reader:
        first, second, *_ = reader.find("village", order=("code",))
        (officer,) = reader.find("officer", account="trainer")
        worker = next(each for each in reader.find("worker", village=first.id) if each.grid)
        other = next(each for each in reader.find("worker", village=second.id) if each.grid)
    id = plan(desk, datetime(2026, 6, 5, 1, tzinfo=UTC), trainer=officer.id)
    for whose in (("trainer", officer.name), ("trainer", "trainer"), ("village", first.code), ("village", first.name),
                  ("worker", worker.id)):  # fmt: skip
        assert [uid.partition("@")[0] for uid in events(desk, *whose)] == [id]
    for whose in (("trainer", desk.officer.name), ("village", second.name), ("worker", other.id)):
        assert events(desk, *whose) == {}
    with pytest.raises(BadInput, match=r"calendar\.unknown"):
        events(desk, "village", "无名村")


def test_no_notice_drills_stay_hidden_until_they_begin(desk: Any, open_desk: Callable[..., Any]) -> None:
    id = plan(desk, datetime(2026, 6, 5, 1, tzinfo=UTC), form="no_notice")
    duty = open_desk(str(desk.database.url), "duty1")
    assert events(duty) == {} and events(desk) == {}
    assert len(drill_calendars.prepare(desk, with_hidden=True).content.decode().split("BEGIN:VEVENT")) == 2
    assert drill_calendars.prepare(duty, with_hidden=True).entries == 0
    with pytest.raises(BadInput):
        duty.runner.execute(PrintPaper(sheet="drill_notice", subject=id))
    desk.runner.execute(BeginDrill(drill=id))
    assert len(events(duty)) == 1


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_notice_says_that_it_is_a_drill(desk: Any, language: str) -> None:
    import pypdf

    id = plan(desk, datetime(2026, 6, 5, 1, tzinfo=UTC), commander="王镇长", owner_unit="应急办", units="消防队")
    texts.use(language)
    try:
        with desk.read(DRILLS) as reader:
            made = papers.drill_notice(reader, id, now=desk.clock.now(), officer=desk.officer)
    finally:
        texts.use("zh_CN")
    pages = pypdf.PdfReader(io.BytesIO(made.content)).pages
    text = "".join(pages[0].extract_text().split())
    assert len(pages) == 1
    assert ("这是演练" if language == "zh_CN" else "Thisisadrill") in text
    assert ("2026年6月5日（星期五）09:00" if language == "zh_CN" else "5Jun2026(Friday),09:00") in text
    assert "王镇长" in text and "应急办" in text


def test_no_notice_without_a_date(desk: Any) -> None:
    id = plan(desk, datetime(2026, 6, 5, 1, tzinfo=UTC), starts_at=None)
    with desk.read(DRILLS) as reader:
        with pytest.raises(RuleError, match=r"drill\.no_date"):
            papers.drill_notice(reader, id, now=desk.clock.now(), officer=desk.officer)

