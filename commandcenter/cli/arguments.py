"""The grammar of the command line, with its help in two languages."""

import argparse
import os
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from commandcenter.base.options import DeskSettings
from commandcenter.base.paths import data_folder
from commandcenter.base.texts import LANGUAGES, current, say


class BadUsage(Exception):
    """The words do not fit the grammar."""


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any],
                  prefix: str | None = None) -> None:  # fmt: skip
        super().add_usage(usage, actions, groups, say("cli.usage") + " " if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        """Chinese has no blanks to break at, and takes two columns a character; a name is never cut."""
        lines, used = [""], 0
        for piece in _PIECE.findall(" ".join(text.split())):
            wide = sum(1 + (ord(each) > _LAST_NARROW) for each in piece)
            if used + wide > width and lines[-1] and piece not in _NOT_FIRST:
                lines.append("")
                used = 0
            if used or not piece.isspace():
                lines[-1] += piece
                used += wide
        return [line.rstrip() for line in lines]


_LAST_NARROW = 0x2E7F
"""The last code point before the characters that take two columns."""
_NOT_FIRST = frozenset("，、。；：）”")
"""Marks that do not begin a line."""
_PIECE = re.compile(r"[!-~·…–]+|\s+|.")


class _Parser(argparse.ArgumentParser):
    """Says in the language of the moment what argparse says in English."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._positionals.title = say("cli.arguments")
        self._optionals.title = say("cli.options")

    def error(self, message: str) -> Any:
        from commandcenter.cli.usage import refusal

        raise BadUsage(f"{say('cli.bad_usage', detail=refusal(message))}\n{self.format_usage()}")


def parse(given: Sequence[str]) -> argparse.Namespace | None:
    """The options of the chosen verb, with ``run`` to carry it out; None when only help was asked for."""
    options = _parse_for_the_desk(given)
    if options is None:
        try:
            options = _grammar(current().language).parse_args(list(given))
        except SystemExit as stop:
            if stop.code in (0, None):
                return None
            raise BadUsage(say("cli.bad_usage", detail="")) from None
    _complete(options)
    return options


def _parse_for_the_desk(given: Sequence[str]) -> argparse.Namespace | None:
    """The options when they alone are given, rightly: the whole grammar takes ten times as long to make."""
    takes_value = ("--database", "--lang", "--theme", "--as")
    for before, word in pairwise(("", *given)):
        if before not in takes_value and word not in (*takes_value, "--demo"):
            return None
    try:
        return _desk_alone([_common()]).parse_args(list(given))
    except BadUsage:
        return None


def _complete(options: argparse.Namespace) -> None:
    for name in ("demo", "json"):
        if not hasattr(options, name):
            setattr(options, name, False)
    for name in ("lang", "theme", "actor", "database"):
        if not hasattr(options, name):
            setattr(options, name, None)
    named = options.database or os.environ.get("COMMANDCENTER_DATABASE")
    options.own_sample = options.demo and not named
    options.database = named or _own_database(options)


def _own_database(options: argparse.Namespace) -> str:
    """The sample's own file with ``--demo``, else what the settings file says, else the platform's data folder."""
    if options.demo:
        return str(data_folder() / "sample.sqlite")
    return str(DeskSettings().get("database") or data_folder() / "commandcenter.sqlite")


def _desk_alone(parents: list[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """The grammar without verbs."""
    parser = _Parser(
        prog="commandcenter", description=say("cli.description"), formatter_class=_Formatter, add_help=False,
        parents=parents, epilog=say("cli.epilog"),
    )  # fmt: skip
    parser.set_defaults(run=_later("desk", "run"), verb="")
    return parser


@cache
def _grammar(_language: str) -> argparse.ArgumentParser:
    """Made once in each language that is spoken."""
    return _parser()


def _parser() -> argparse.ArgumentParser:
    common = _common()
    parser = _desk_alone([common])
    verbs = parser.add_subparsers(dest="verb", metavar=say("cli.verb"), title=say("cli.verbs"), parser_class=_Parser)

    def verb(name: str, run: Callable[[argparse.Namespace], int | None], into: Any = verbs) -> argparse.ArgumentParser:
        key = name if into is verbs else f"db.{name}"
        sentence = say(f"cli.verb.{key}")
        made: argparse.ArgumentParser = into.add_parser(
            name, help=sentence, description=sentence, formatter_class=_Formatter, add_help=False, parents=[common]
        )
        made.set_defaults(run=run)
        return made

    _database_verbs(verb, verbs)
    _data_verbs(verb)
    _round_verbs(verb)
    _live_verbs(verb)
    return parser


def _later(module: str, function: str) -> Callable[[argparse.Namespace], int | None]:
    """A verb's function, imported when it runs."""

    def run(options: argparse.Namespace) -> int | None:
        import importlib

        found = getattr(importlib.import_module(f"commandcenter.cli.{module}"), function)
        return found(options)  # type: ignore[no-any-return]

    return run


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group(say("cli.common"))
    group.add_argument("-h", "--help", action="help", help=say("cli.option.help"))
    group.add_argument("--demo", action="store_true", help=say("cli.option.demo"))
    group.add_argument("--database", metavar="URL", help=say("cli.option.database"))
    group.add_argument("--lang", choices=LANGUAGES, help=say("cli.option.lang"))
    group.add_argument("--theme", choices=("light", "dark"), help=say("cli.option.theme"))
    group.add_argument("--as", dest="actor", metavar="OFFICER", help=say("cli.option.as"))
    return common


def _count(text: str) -> int:
    """A number of rows; argparse makes its refusal of the ValueError."""
    if not text.isdecimal() or len(text) > 9:
        raise ValueError(text)
    return int(text)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=say("cli.option.json"))


def _database_verbs(verb: Any, verbs: Any) -> None:
    database = verb("db", _later("databases", "help_needed"))
    actions = database.add_subparsers(dest="action", metavar=say("cli.action"), title=say("cli.actions"), required=True,
                                      parser_class=_Parser)  # fmt: skip
    init = verb("init", _later("databases", "init"), actions)
    init.add_argument("--town", metavar="NAME", help=say("cli.option.town"))
    init.add_argument("--code", default="", metavar="CODE", help=say("cli.option.town_code"))
    init.add_argument("--mark", choices=("real", "test"), default="real", help=say("cli.option.mark"))
    for name in ("upgrade", "info", "version", "check"):
        _json(verb(name, _later("databases", name), actions))
    _json(init)
    for name, file in (("backup", "backup_file"), ("restore", "restore_file"), ("set-aside", "backup_file")):
        made = verb(name, _later("databases", name.replace("-", "_")), actions)
        made.add_argument("file", type=Path, metavar="FILE", help=say(f"cli.option.{file}"))
        _json(made)
    keep = verb("keep", _later("databases", "keep"))
    keep.add_argument("--once", action="store_true", help=say("cli.option.once"))
    _json(keep)
    clock = verb("clock", _later("databases", "clock"))
    clock.add_argument("action", choices=("set", "clear", "show"), help=say("cli.option.clock_action"))
    clock.add_argument("instant", nargs="?", metavar="INSTANT", help=say("cli.option.instant"))
    clock.add_argument("--rate", type=float, default=1.0, help=say("cli.option.rate"))
    _json(clock)


def _data_verbs(verb: Any) -> None:
    from commandcenter.services.readfiles import WHAT

    importing = verb("import", _later("importing", "run"))
    importing.add_argument("what", choices=(*WHAT, "scenario"), help=say("cli.option.import_what"))
    importing.add_argument("file", type=Path, metavar="FILE", help=say("cli.option.import_file"))
    importing.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN", help=say("cli.option.map"))
    importing.add_argument("--sheet", action="append", default=[], metavar="NAME", help=say("cli.option.sheet"))
    importing.add_argument("--keep", action="append", default=[], metavar="COLUMN", help=say("cli.option.keep"))
    importing.add_argument(
        "--choose", action="append", default=[], metavar="FIELD=file|database", help=say("cli.option.choose")
    )
    importing.add_argument("--layer", metavar="NAME", help=say("cli.option.layer"))
    importing.add_argument("--dry-run", action="store_true", help=say("cli.option.dry_run"))
    importing.add_argument("--crs", metavar="CRS", help=say("cli.option.crs"))
    importing.add_argument("--encoding", metavar="NAME", help=say("cli.option.encoding"))
    _json(importing)
    exporting = verb("export", _later("exporting", "run"))
    exporting.add_argument("what", metavar="TABLE", help=say("cli.option.export_what"))
    exporting.add_argument("key", nargs="?", metavar="KEY", help=say("cli.option.export_key"))
    exporting.add_argument("file", type=Path, metavar="FILE", help=say("cli.option.export_file"))
    exporting.add_argument("--force", action="store_true", help=say("cli.option.force"))
    for whose in ("trainer", "village", "worker"):
        exporting.add_argument(f"--{whose}", metavar="NAME", help=say(f"cli.option.calendar_{whose}"))
    exporting.add_argument("--year", type=_count, metavar="YEAR", help=say("cli.option.plan_year"))
    exporting.add_argument("--with-no-notice", action="store_true", help=say("cli.option.with_no_notice"))
    _json(exporting)
    listing = verb("list", _later("listing", "list_rows"))
    listing.add_argument("entity", metavar="ENTITY", help=say("cli.option.entity"))
    listing.add_argument("--where", action="append", default=[], metavar="FIELD=VALUE", help=say("cli.option.where"))
    listing.add_argument("--limit", type=_count, metavar="N", help=say("cli.option.limit"))
    listing.add_argument("--world", default="real", help=say("cli.option.world"))
    _json(listing)
    showing = verb("show", _later("listing", "show_row"))
    showing.add_argument("entity", metavar="ENTITY", help=say("cli.option.entity"))
    showing.add_argument("id", metavar="ID", help=say("cli.option.id"))
    showing.add_argument("--world", default="real", help=say("cli.option.world"))
    showing.add_argument("--save", type=Path, metavar="FILE", help=say("cli.option.save"))
    _json(showing)
    printing = verb("print", _later("printing", "run"))
    sheets = (
        "incident", "drill", "drill_sheets", "drill_notice", "sign_in_sheet", "certificates", "training_register",
        "kit_issue", "pick_list", "stock_list", "labels", "handbook", "contact_book", "overview",
    )  # fmt: skip
    printing.add_argument("what", choices=sheets, help=say("cli.option.print_what"))
    printing.add_argument("id", metavar="ID", help=say("cli.option.id"))
    printing.add_argument("--to", type=Path, metavar="FILE", help=say("cli.option.print_to"))
    printing.add_argument("--out", type=Path, metavar="DIR", help=say("cli.option.print_out"))
    printing.add_argument("--templates", type=Path, metavar="DIR", help=say("cli.option.print_templates"))
    printing.add_argument("--paper", action="append", default=[], metavar="NAME", help=say("cli.option.print_paper"))
    printing.add_argument("--layout", default="3x8", metavar="NAME", help=say("cli.option.print_layout"))
    printing.add_argument("--start", type=int, default=1, metavar="N", help=say("cli.option.print_start"))
    printing.add_argument("--imposed", metavar="LAYOUT", help=say("cli.option.print_imposed"))
    for flag in ("changed", "handed", "copy"):
        printing.add_argument(f"--{flag}", action="store_true", help=say(f"cli.option.print_{flag}"))
    printing.add_argument("--size", metavar="SIZE", help=say("cli.option.print_size"))
    printing.add_argument("--notice-board", action="store_true", help=say("cli.option.print_notice_board"))
    printing.add_argument("--world", default="real", help=say("cli.option.world"))
    _json(printing)


def _round_verbs(verb: Any) -> None:
    """A stock round: its sheets out, those that came back in, how far it is, what came of it."""
    made = verb("round", _later("rounds", "run"))
    made.add_argument("action", choices=("sheets", "read", "status", "result"), help=say("cli.option.round_action"))
    made.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=say("cli.option.round_paths"))
    made.add_argument("--round", default="", metavar="ROUND", help=say("cli.option.round"))
    made.add_argument("--believe", action="append", default=[], metavar="FILE", help=say("cli.option.round_believe"))
    made.add_argument("--no-paper", action="store_true", help=say("cli.option.round_no_paper"))
    made.add_argument("--dry-run", action="store_true", help=say("cli.option.round_dry_run"))
    _json(made)


def _live_verbs(verb: Any) -> None:
    doing = verb("do", _later("doing", "run"))
    doing.add_argument("--schema", action="store_true", help=say("cli.option.schema"))
    _json(doing)
    watching = verb("watch", _later("watching", "run"))
    watching.add_argument("--since", type=int, metavar="SEQ", help=say("cli.option.since"))
    watching.add_argument("--until", type=int, metavar="SEQ", help=say("cli.option.until"))
    _json(watching)
    snapshot = verb("snapshot", _later("desk", "snapshot"))
    snapshot.add_argument("folder", type=Path, metavar="DIR", help=say("cli.option.snapshot_folder"))
    snapshot.add_argument("--screen", action="append", default=[], metavar="NAME", help=say("cli.option.screen"))
    snapshot.add_argument("--size", default="1920x1080", metavar="WxH", help=say("cli.option.size"))
    snapshot.add_argument("--scale", type=float, default=1.0, metavar="S", help=say("cli.option.scale"))
    _json(snapshot)
    traffic = verb("demo-traffic", _later("traffic", "run"))
    traffic.add_argument("--rate", type=float, default=0.5, metavar="N", help=say("cli.option.traffic_rate"))
    traffic.add_argument("--seed", type=int, default=1, metavar="S", help=say("cli.option.seed"))
    traffic.add_argument("--count", type=int, metavar="N", help=say("cli.option.traffic_count"))
    _json(traffic)
