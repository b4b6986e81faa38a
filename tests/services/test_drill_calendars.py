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
from commandcenter.services.drills import BeginDrill, CancelDrill, EditDrill, MoveDrill, PlanDrill
from commandcenter.services.papers import PrintPaper
from commandcenter.services.people import EditWorker
from commandcenter.services.towns import NameTown
from commandcenter.services.undo import Undo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def desk(town: str, open_desk: Callable[..., Any]) -> Any:
    session = open_desk(town, "administrator")
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


@pytest.mark.soak
def test_what_a_calendar_holds_no_more_is_cancelled_in_it(desk: Any) -> None:
    begin = datetime(2026, 6, 5, 1, tzinfo=UTC)
    with desk.read("real") as reader:
        first, second, *_ = reader.find("village", order=("code",))
        trainer, supervisor = (reader.find("officer", account=each)[0] for each in ("trainer", "supervisor"))
        worker = next(each for each in reader.find("worker", village=first.id) if each.grid)
    id = plan(desk, begin, trainer=trainer.id)
    seen: dict[tuple[str, ...], int] = {}

    def told(*whose: str) -> str:
        (event,) = events(desk, *whose).values()
        assert event["UID"].startswith(f"{id}@") and int(event["SEQUENCE"]) >= seen.get(whose, 0)
        seen[whose] = int(event["SEQUENCE"])
        return event["STATUS"]

    def grown(*whose: str) -> str:
        before = seen[whose]
        state = told(*whose)
        assert seen[whose] > before
        return state

    his, hers = ("trainer", trainer.id), ("trainer", supervisor.id)
    here, there, keeper = ("village", first.id), ("village", second.id), ("worker", worker.id)
    assert [told(*each) for each in ((), his, here, keeper)] == ["CONFIRMED"] * 4
    assert events(desk, *hers) == events(desk, *there) == {}

    change = EditDrill(drill=id, changed={"trainer": supervisor.id}, was={"trainer": trainer.id})
    handed = desk.runner.execute(change)
    assert grown(*his) == "CANCELLED" and told(*hers) == "CONFIRMED" and grown() == "CONFIRMED"
    desk.runner.execute(Undo(target=handed.command))
    assert grown(*his) == "CONFIRMED" and grown(*hers) == "CANCELLED"

    moved = desk.runner.execute(
        EditDrill(drill=id, changed={"village": second.id, "grid": None}, was={"village": first.id, "grid": None})
    )
    assert grown(*here) == grown(*keeper) == "CANCELLED" and told(*there) == "CONFIRMED"
    desk.runner.execute(Undo(target=moved.command))
    assert grown(*here) == grown(*keeper) == "CONFIRMED" and grown(*there) == "CANCELLED"

    desk.runner.execute(EditWorker(worker=worker.id, changed={"grid": None}, was={"grid": worker.grid}))
    assert grown(*keeper) == "CANCELLED" and told(*here) == "CONFIRMED"
    desk.runner.execute(EditWorker(worker=worker.id, changed={"grid": worker.grid}, was={"grid": None}))
    assert grown(*keeper) == "CONFIRMED"

    desk.runner.execute(MoveDrill(drill=id, starts_at=None, was=begin))
    for whose in ((), his, here, keeper):
        assert grown(*whose) == "CANCELLED"
        (event,) = events(desk, *whose).values()
        assert wall(event, "DTSTART") == begin and "演练" in event["SUMMARY"]
    desk.runner.execute(MoveDrill(drill=id, starts_at=begin, was=None))
    assert [grown(*each) for each in ((), his, here, keeper)] == ["CONFIRMED"] * 4


@pytest.mark.parametrize("account", ["administrator", "duty1"])
def test_a_plan_taken_back_is_cancelled_and_put_back_stands_again(
    desk: Any, town: str, open_desk: Callable[..., Any], account: str
) -> None:
    reading = open_desk(town, account)
    with desk.read("real") as reader:
        village = reader.find("village", order=("code",))[0]
        worker = next(each for each in reader.find("worker", village=village.id) if each.grid)
    begin = datetime(2026, 6, 5, 1, tzinfo=UTC)
    plan_it = PlanDrill(scenario="landslide", village=village.id, starts_at=begin)
    planned = desk.runner.execute(plan_it)
    last = -1
    for state in ("CONFIRMED", "CANCELLED", "CONFIRMED"):
        for whose in ((), ("village", village.id), ("worker", worker.id)):
            (event,) = events(reading, *whose).values()
            assert event["STATUS"] == state and int(event["SEQUENCE"]) > last
        last = int(event["SEQUENCE"])
        planned = desk.runner.execute(Undo(target=planned.command))


@pytest.mark.parametrize("account", ["administrator", "duty1"])
def test_a_no_notice_drill_is_not_even_cancelled(
    desk: Any, town: str, open_desk: Callable[..., Any], account: str
) -> None:
    begin = datetime(2026, 6, 5, 1, tzinfo=UTC)
    reading = open_desk(town, account)
    with desk.read("real") as reader:
        trainer, supervisor = (reader.find("officer", account=each)[0] for each in ("trainer", "supervisor"))
        village = reader.find("village", order=("code",))[0]
    everybodys = ((), ("trainer", trainer.id), ("trainer", supervisor.id), ("village", village.id))
    secret = plan(desk, begin, form="no_notice", trainer=trainer.id)
    change = EditDrill(drill=secret, changed={"trainer": supervisor.id}, was={"trainer": trainer.id})
    desk.runner.execute(change)
    desk.runner.execute(MoveDrill(drill=secret, starts_at=None, was=begin))
    taken_back = desk.runner.execute(PlanDrill(scenario="landslide", village=village.id, starts_at=begin,
                                               form="no_notice", trainer=trainer.id))  # fmt: skip
    desk.runner.execute(Undo(target=taken_back.command))
    cancelled = plan(desk, begin, form="no_notice")
    desk.runner.execute(CancelDrill(drill=cancelled, reason="改期"))
    opened = plan(desk, begin)  # known to everybody, and made a secret afterwards
    desk.runner.execute(EditDrill(drill=opened, changed={"form": "no_notice"}, was={"form": "field"}))
    for whose in everybodys:
        assert events(reading, *whose) == {}
    planners = drill_calendars.prepare(desk, "trainer", trainer.id, with_hidden=True).content.decode()
    assert planners.count("STATUS:CANCELLED") == 2
    desk.runner.execute(MoveDrill(drill=secret, starts_at=begin, was=None))
    desk.runner.execute(BeginDrill(drill=secret))
    assert [uid.partition("@")[0] for uid in events(reading)] == [secret]
    # Whoever should have led it was never told, and is not told now.
    assert events(reading, "trainer", trainer.id) == {}


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


def test_no_notice_drills_stay_hidden_until_they_begin(desk: Any, town: str, open_desk: Callable[..., Any]) -> None:
    id = plan(desk, datetime(2026, 6, 5, 1, tzinfo=UTC), form="no_notice")
    duty = open_desk(town, "duty1")
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

