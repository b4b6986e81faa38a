"""The words of the command line: help in two languages, exit codes, languages and databases chosen."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from commandcenter.base.errors import ServerAway
from commandcenter.base.paths import log_folder
from commandcenter.cli import arguments, opening
from commandcenter.services.exports import TABLES
from tests.cli.conftest import Commander
from tests.cli.program import PROJECT

VERBS = (
    (), ("db",), ("db", "init"), ("db", "upgrade"), ("db", "info"), ("db", "check"), ("db", "backup"),
    ("db", "restore"), ("db", "version"), ("db", "set-aside"),
    ("keep",), ("clock",), ("import",), ("list",), ("show",), ("do",), ("watch",), ("snapshot",), ("demo-traffic",),
    ("export",), ("print",), ("round",),
)  # fmt: skip


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_complete_help_in_both_languages(commander: Commander, verb: tuple[str, ...]) -> None:
    english, chinese = (commander(*verb, "--help", lang=lang) for lang in ("en", "zh_CN"))
    assert english.code == chinese.code == 0
    assert not re.search("[\u4e00-\u9fff]", english.out) and re.search("[\u4e00-\u9fff]", chinese.out)
    assert not re.search(r"\bcli\.[a-z]", english.out + chinese.out)
    for word in ("positional arguments", "options:", "optional arguments", "usage:"):
        assert word not in chinese.out
    assert set(re.findall(r"--[a-z-]+", english.out)) == set(re.findall(r"--[a-z-]+", chinese.out))


def parsers(parser: Any) -> Iterator[Any]:
    """A parser and all below it."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from parsers(each)


def test_every_verb_there_is_was_asked_for_its_help() -> None:
    found = {tuple(each.prog.split()[1:]) for each in parsers(arguments._parser())}
    assert found == set(VERBS)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_help_explains_every_table_and_every_sheet(commander: Commander, language: str) -> None:
    told = set(re.findall(r"[a-z_]+", commander("export", "--help", lang=language).out.replace("\n", " ")))
    assert set(TABLES) | {"scenario", "calendar"} <= told
    out = re.sub(r"\{[^}]*\}", "", commander("print", "--help", lang=language).out)
    (sheets,) = [action.choices for each in parsers(arguments._parser()) if each.prog.endswith(" print")
                 for action in each._actions if action.dest == "what"]  # fmt: skip
    assert set(sheets) <= set(re.findall(r"[a-z_]+", out))


def test_the_readme_names_every_table() -> None:
    lines = (PROJECT / "README.md").read_text("utf-8").splitlines()
    (line,) = [each for each in lines if "`export TABLE FILE`" in each]
    assert set(TABLES) <= set(re.findall(r"[a-z_]+", line))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("launch",), "“launch”不在可选之列"), (("db",), "缺少 操作"), (("list",), "缺少 ENTITY"),
        (("list", "grid", "--colour"), "这里没有 --colour"), (("do", "--lang", "fr"), "--lang：“fr”不在可选之列"),
        (("watch", "--since", "x"), "--since：“x”不是这里要的值"), (("watch", "--since"), "--since：后面要有一个值"),
        (("do", "--json=1"), "--json：不带值，不能写“1”"), (("snapshot", "x", "--s", "1"), "--s 可能是"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)  # fmt: skip
def test_refusals_are_said_in_chinese(commander: Commander, words: tuple[str, ...], told: str) -> None:
    answer = commander(*words, lang="zh_CN")
    first = answer.err.splitlines()[0]
    assert answer.code == 2 and told in first and not re.search(r"argument|invalid|required|expected", first), first


@pytest.mark.parametrize(
    "words",
    [("launch",), ("db",), ("db", "explode"), ("list",), ("list", "grid", "--colour"), ("do", "--lang", "fr"),
     ("import", "dragons", "x"), ("watch", "--since", "x")],
    ids=" ".join,
)  # fmt: skip
def test_words_that_do_not_fit_are_refused_with_the_usage(commander: Commander, words: tuple[str, ...]) -> None:
    answer = commander(*words)
    assert answer.code == 2 and answer.out == "" and "commandcenter" in answer.err


def test_a_bug_is_told_apart_from_a_refusal(commander: Commander, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(opening, "Database", broken)
    answer = commander("do")
    assert answer.code == 1 and "ZeroDivisionError" in answer.err


def test_of_a_bug_the_log_holds_kind_and_places_but_nobodys_values(
    commander: Commander, town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(options: argparse.Namespace) -> None:
        with opening.database(options) as opened, opened.write() as connection:
            facts = {"id": None, "name": "".join(["何", "贵"])}
            connection.execute(text("INSERT INTO village (id, name) VALUES (:id, :name)"), facts)

    monkeypatch.setattr("commandcenter.cli.databases.info", fail)
    answer = commander("db", "info", "--database", town)
    log = (log_folder() / "commandcenter.log").read_text("utf-8")
    assert answer.code == 1 and "何贵" not in log and "bug IntegrityError" in log and "test_grammar.py" in log
    assert "[SQL parameters hidden" in answer.err


def test_a_server_that_is_away_is_a_refusal_with_a_sentence(
    commander: Commander, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise ServerAway("database.away")

    monkeypatch.setattr(opening, "Database", away)
    answer = commander("list", "grid")
    assert answer.code == 2 and "cannot be reached" in answer.err


def test_a_server_that_does_not_exist_is_said_without_its_password(commander: Commander) -> None:
    answer = commander("list", "grid", "--database", "postgresql://duty:geheim@127.0.0.1:1/town")
    assert answer.code == 2 and "geheim" not in answer.out + answer.err


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "https://example.org", "postgresql://[bad"])
def test_an_address_that_cannot_be_used_is_refused(commander: Commander, url: str) -> None:
    assert commander("list", "grid", "--database", url).code == 2


def test_an_unknown_officer_is_refused(at_file: Commander) -> None:
    answer = at_file("list", "grid", actor="nobody")
    assert answer.code == 2 and "nobody" in answer.err


def test_the_database_is_chosen_by_option_then_environment_then_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def chosen(*words: str) -> str:
        options = arguments.parse(["list", "grid", *words])
        assert options is not None
        return str(options.database)

    monkeypatch.setenv("COMMANDCENTER_DATA", str(tmp_path))
    assert chosen() == str(tmp_path / "commandcenter.sqlite")
    assert chosen("--demo") == str(tmp_path / "sample.sqlite")
    monkeypatch.setenv("COMMANDCENTER_DATABASE", "from-environment")
    assert chosen() == "from-environment"
    assert chosen("--database", "given") == "given"
