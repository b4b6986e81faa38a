"""``db``, ``keep``, ``clock`` and ``--demo``: looking after a database without a window."""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commandcenter.services import sample, sample_making
from commandcenter.services.incidents import OpenIncident
from commandcenter.storage import database as storage_database
from commandcenter.storage import machinery
from commandcenter.storage.database import Database
from tests.cli.conftest import Commander

UrlMaker = Callable[[str], str]


def report(text: str = "路灯不亮", **more: Any) -> OpenIncident:
    return OpenIncident(category="other", urgency="urgent", text=text, **more)


def test_init_makes_a_database_with_an_administrator_and_a_town(
    commander: Commander, empty_database_url: UrlMaker, engine: str
) -> None:
    url = empty_database_url(engine)
    made = commander("db", "init", "--town", "云岭乡", "--database", url, "--json")
    assert made.code == 0
    facts = commander("db", "info", "--database", url, "--json").json
    assert (facts["town"], facts["mark"], facts["engine"]) == ("云岭乡", "real", engine)
    assert facts["counts"]["officer"] == 1 and facts["clock"] is None
    again = commander("db", "init", "--database", url, "--json")
    assert again.code == 0 and again.json["last_seq"] == facts["last_seq"]
    check = commander("db", "check", "--database", url, "--json")
    assert check.code == 0 and check.json["sound"]


def test_the_mark_of_a_town_cannot_be_changed(commander: Commander, empty_database_url: UrlMaker) -> None:
    url = empty_database_url("sqlite")
    assert commander("db", "init", "--town", "云岭乡", "--database", url).code == 0
    assert commander("db", "init", "--town", "云岭乡", "--mark", "test", "--database", url).code == 2


@pytest.mark.parametrize(
    "verb", [("list", "grid"), ("do",), ("watch",), ("db", "info"), ("db", "check"), ("keep", "--once")]
)
def test_a_database_that_is_not_there_is_refused_and_not_made(
    commander: Commander, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    path = tmp_path / "absent.sqlite"
    answer = commander(*verb, "--database", path)
    assert answer.code == 2 and str(path) in answer.err
    assert not path.exists()


def test_a_file_that_is_no_database_is_refused(commander: Commander, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("这不是数据库" * 100, encoding="utf-8")
    assert commander("list", "grid", "--database", path).code == 2
    assert path.read_text(encoding="utf-8").startswith("这不是数据库")


def test_check_finds_a_changed_row_and_exits_with_2(at_town: Commander, desk: Any) -> None:
    desk.runner.execute(report())
    sound = at_town("db", "check", "--json")
    assert sound.code == 0 and sound.json["faults"] == []
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE incident SET urgency = 'routine'")
    faulty = at_town("db", "check", "--json")
    assert faulty.code == 2 and [each["code"] for each in faulty.json["faults"]] == ["row_changed"]
    assert at_town("db", "check").code == 2


@pytest.mark.soak  # tests/storage does so in every run, without the command line
def test_a_backup_is_restored_into_the_other_engine(
    at_town: Commander, commander: Commander, engine: str, empty_database_url: UrlMaker, tmp_path: Path, desk: Any
) -> None:
    desk.runner.execute(report(caller_phone="15400000001"))
    file = tmp_path / "copy.sqlite"
    assert at_town("db", "backup", file, "--json").json["bytes"] == file.stat().st_size
    assert at_town("db", "backup", file).code == 2
    other = empty_database_url("postgresql" if engine == "sqlite" else "sqlite")
    assert commander("db", "restore", file, "--database", other, "--json").code == 0
    checks = [each("db", "check", "--json").json for each in (at_town, lambda *w: commander(*w, "--database", other))]
    assert checks[0] == checks[1] and checks[0]["sound"]
    assert commander("db", "restore", file, "--database", other).code == 2
    assert commander("db", "restore", tmp_path / "none.sqlite", "--database", other).code == 2


# --- versions -----------------------------------------------------------------------------------------------


def stamped(url: str, version: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE schema_version SET version = '{version}'")
    database.close()


@pytest.mark.parametrize(
    "verb", [("list", "grid"), ("do",), ("db", "upgrade"), ("db", "backup", "copy"), ("keep", "--once")]
)
def test_a_newer_schema_is_refused(commander: Commander, town_url: UrlMaker, verb: tuple[str, ...]) -> None:
    url = town_url("sqlite")
    stamped(url, "9999")
    answer = commander(*verb, "--database", url, "--as", "duty1")
    assert answer.code == 2 and "9999" in answer.err


def test_an_older_schema_is_refused_until_upgraded(at_town: Commander, town: str) -> None:
    stamped(town, "0000")
    answer = at_town("list", "grid")
    assert answer.code == 2 and "db upgrade" in answer.err


def test_upgrading_what_is_current_changes_nothing(at_town: Commander) -> None:
    before = at_town("db", "check", "--json").json
    assert at_town("db", "upgrade", "--json").json["backup"] is None
    assert at_town("db", "check", "--json").json == before


def test_the_version_is_told_of_older_newer_and_missing_databases(
    at_town: Commander, town: str, commander: Commander, tmp_path: Path
) -> None:
    facts = at_town("db", "version", "--json").json
    assert facts["schema"] == facts["program"] and facts["last_seq"] > 0 and facts["desks"] == 0
    for other in ("0000", "9999"):
        stamped(town, other)
        facts = at_town("db", "version", "--json").json
        assert (facts["schema"], facts["last_seq"], facts["desks"]) == (other, None, None)
    absent = tmp_path / "absent.sqlite"
    assert commander("db", "version", "--database", absent, "--json").json["schema"] is None
    assert not absent.exists()


def test_what_is_set_aside_leaves_an_empty_database_and_can_be_restored(
    at_town: Commander, desk: Any, tmp_path: Path
) -> None:
    desk.runner.execute(report())
    before = at_town("db", "check", "--json").json
    file = tmp_path / "newer.sqlite"
    assert at_town("db", "set-aside", file, "--json").json["file"] == str(file)
    assert at_town("db", "version", "--json").json["schema"] is None
    assert at_town("db", "set-aside", file).code == 2
    assert at_town("db", "restore", file, "--json").code == 0
    assert at_town("db", "check", "--json").json == before


def test_a_database_in_use_is_not_set_aside(at_town: Commander, desk: Any, tmp_path: Path) -> None:
    with desk.database.write() as connection:
        machinery.report_presence(connection, desk.desk, desk.officer.id, desk.officer.name)
    before = at_town("db", "check", "--json").json
    answer = at_town("db", "set-aside", tmp_path / "newer.sqlite")
    assert answer.code == 2 and "in use" in answer.err
    assert at_town("db", "check", "--json").json == before


# --- shares -------------------------------------------------------------------------------------------------


def test_a_network_share_is_refused(commander: Commander, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {tmp_path}/share nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n", encoding="utf-8")

    class Elsewhere(type(Path())):  # type: ignore[misc]
        def __new__(cls, *parts: Any) -> Any:
            return Path(mounts) if parts == ("/proc/mounts",) else Path(*parts)

    monkeypatch.setattr(storage_database, "Path", Elsewhere)
    assert storage_database.on_network_share(tmp_path / "share" / "town.sqlite")
    assert not storage_database.on_network_share(tmp_path / "shared.sqlite")
    answer = commander("db", "init", "--database", tmp_path / "share" / "town.sqlite")
    assert answer.code == 2 and "PostgreSQL" in answer.err and not (tmp_path / "share").exists()


# --- clock and keep -----------------------------------------------------------------------------------------


def test_the_clock_of_a_test_database_is_set_shown_and_cleared(at_town: Commander, desk: Any) -> None:
    assert at_town("clock", "set", "2025-07-01T08:00:00+08:00", "--rate", "0", "--json").code == 0
    assert at_town("clock", "show", "--json").json["clock"]["simulated"].startswith("2025-07-01T00:00:00")
    line = json.dumps({"command": "open_incident", "category": "other", "urgency": "urgent", "text": "x"})
    assert at_town("do", given=line).code == 0
    assert at_town("list", "incident", "--json").json[0]["opened_at"] == "2025-07-01T00:00:00.000000Z"
    assert at_town("clock", "clear", "--json").json == {"clock": None}
    assert at_town("clock", "set", "tomorrow").code == 2
    assert at_town("clock", "set").code == 2
    assert at_town("clock", "set", "2025-07-01T08:00:00+08:00", "--rate", "-1").code == 2


def test_a_real_database_refuses_a_clock(commander: Commander, empty_database_url: UrlMaker, engine: str) -> None:
    url = empty_database_url(engine)
    commander("db", "init", "--town", "云岭乡", "--database", url)
    assert commander("clock", "set", "2025-07-01T08:00:00+08:00", "--database", url).code == 2
    assert commander("clock", "show", "--database", url, "--json").json == {"clock": None}


def test_keep_once_seals_and_ends(at_town: Commander, desk: Any) -> None:
    desk.runner.execute(report())
    assert at_town("keep", "--once", "--json").json["sealed"] > 0
    assert at_town("keep", "--once", "--json").code == 0
    assert at_town("keep", "--once").code == 0
    check = at_town("db", "check", "--json").json
    assert check["sound"] and check["sealed"] == check["changes"]


# --- the sample ---------------------------------------------------------------------------------------------


@pytest.fixture
def little_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``--demo`` with the tiny township in place of the large one."""
    shutil.copytree(sample.folder("tiny"), tmp_path / "sample" / "tiny")
    ensure = sample.ensure
    monkeypatch.setattr(sample, "ensure", lambda database, progress: ensure(database, progress, "tiny"))


def test_demo_fills_an_empty_database_and_knows_it_again(
    commander: Commander, little_sample: None, empty_database_url: UrlMaker, engine: str
) -> None:
    url = empty_database_url(engine)
    first = commander("db", "info", "--demo", "--database", url, "--json").json
    assert first["mark"] == "sample" and first["clock"] is not None and first["counts"]["incident"] > 0
    again = commander("db", "info", "--demo", "--database", url, "--json").json
    assert again["last_seq"] == first["last_seq"]
    actor = commander("list", "officer", "--where", "role=duty_officer", "--demo", "--database", url, "--json").json
    assert actor
    assert commander("db", "check", "--demo", "--database", url).code == 0


def test_demo_is_refused_where_there_is_other_content(at_town: Commander, little_sample: None) -> None:
    before = at_town("db", "check", "--json").json
    for verb in (("list", "grid"), ("db", "info"), ("do",), ("keep", "--once")):
        answer = at_town(*verb, "--demo")
        assert answer.code == 2 and "sample" in answer.err
    assert at_town("db", "check", "--json").json == before


@pytest.mark.soak
def test_nothing_is_restored_into_the_place_of_the_sample(
    at_town: Commander, commander: Commander, little_sample: None, tmp_path: Path
) -> None:
    file, place = tmp_path / "copy.sqlite", tmp_path / "place.sqlite"
    assert at_town("db", "backup", file).code == 0
    answer = commander("db", "restore", file, "--demo", "--database", place)
    assert answer.code == 2 and "--demo" in answer.err and not place.exists()
    assert commander("db", "info", "--demo", "--database", place, "--json").json["mark"] == "sample"


def test_demo_traffic_is_for_samples_only(at_file: Commander) -> None:
    assert at_file("demo-traffic", "--count", 1).code == 2
    assert at_file("demo-traffic", "--rate", 0).code == 2


def test_demo_traffic_moves_a_sample(commander: Commander, little_sample: None, empty_database_url: UrlMaker) -> None:
    url = empty_database_url("sqlite")
    words = ("--demo", "--database", url)
    before = commander("db", "info", *words, "--json").json["last_seq"]
    answer = commander("demo-traffic", "--count", 5, "--rate", 1000, "--json", *words)
    assert answer.code == 0 and len(answer.lines) == 5
    assert commander("db", "info", *words, "--json").json["last_seq"] > before


@pytest.mark.soak
def test_a_sample_interrupted_in_its_making_leaves_nothing(
    commander: Commander, little_sample: None, empty_database_url: UrlMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(empty_database_url("sqlite"))

    def cut_off(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sample_making.story, "play", cut_off)
        assert commander("db", "info", "--demo", "--database", path).code == 130
    left = [each.name for each in path.parent.iterdir() if path.name in each.name and not each.name.endswith(".lock")]
    assert left == []
    assert commander("db", "info", "--demo", "--database", path).code == 0
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM incident").fetchone()[0] > 0
