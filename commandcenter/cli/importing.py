"""``import WHAT FILE``: read, compare, then write whole or not at all; ``import scenario FILE`` takes one scenario of
the library in from its workbook.
"""

import argparse
import json
from typing import Any

from commandcenter.base.errors import BadInput
from commandcenter.base.texts import say
from commandcenter.cli.opening import progress_bar, session
from commandcenter.rules.entity import REAL
from commandcenter.services import filing
from commandcenter.services.places import known_point
from commandcenter.services.sessions import Session

_SIDES = ("file", "database")


def run(options: argparse.Namespace) -> int:
    """Refused (2) when any row is refused; then nothing was written."""
    if options.what == "scenario":
        return _scenario(options)
    overrides, choices = _pairs(options.map), _pairs(options.choose)
    if wrong := next((side for side in choices.values() if side not in _SIDES), None):
        raise BadInput("cli.choose", given=wrong)
    with session(options) as opened, progress_bar(say("cli.progress.import")) as progress:
        read = filing.read(
            options.what, options.file, overrides=overrides, crs=options.crs, encoding=options.encoding,
            layer=options.layer, near=_known_point(opened), sheets=tuple(options.sheet) or None,
            keep=frozenset(options.keep), progress=progress,
        )  # fmt: skip
        if not overrides and not options.keep:
            read = filing.remembered(opened, read)
        result = filing.write(
            opened, read, choices=choices, dry_run=options.dry_run, progress=progress  # type: ignore[arg-type]
        )
        if result.written and overrides:
            filing.remember(opened, read)
    answer = result.as_json()
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print(answer, options.dry_run)
    return 2 if answer["refused"] else 0


def _scenario(options: argparse.Namespace) -> int:
    """One command; nothing is written when nothing differs, nor with ``--dry-run``, which only reads."""
    from commandcenter.cli.opening import tell
    from commandcenter.services import scenario_files

    with session(options) as opened:
        command = scenario_files.read(opened, options.file)
        if options.dry_run:
            tell({"read": True, "key": command.key}, as_json=options.json, sentence=say("cli.import.scenario.dry"))
            return 0
        value = opened.runner.execute(command).value
    lines = [value["injects"], value["expectations"]]
    changed = len(value["changed"]) + sum(sum(each.values()) for each in lines)
    said = say("cli.import.scenario", count=changed, edition=value["edition"]) if changed else say("cli.import.same")
    tell(value, as_json=options.json, sentence=said)
    return 0


def _known_point(opened: Session) -> tuple[float, float] | None:
    with opened.read(REAL) as reader:
        return known_point(reader)


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for each in given:
        field, equals, value = each.partition("=")
        if not equals or not field or not value:
            raise BadInput("cli.where", given=each)
        pairs[field] = value
    return pairs


def _print(answer: dict[str, Any], dry_run: bool) -> None:
    print(say("cli.import.summary", **{name: answer[name] for name in ("new", "changed", "same", "refused")}))
    if dry_run:
        print(say("cli.import.dry"))
    for problem in answer["problems"]:
        print(say("cli.import.problem", row=_place(problem), column=problem["column"] or "",
                  message=problem["message"]))  # fmt: skip
    for each in answer["differences"]:
        print(say("cli.import.difference", row=_place(each), name=each["name"], column=each["column"] or each["field"],
                  database=each["database"] or "–", since=(each["since"] or "–")[:10], file=each["file"] or "–",
                  dated=(each["dated"] or "–")[:10]))  # fmt: skip


def _place(each: dict[str, Any]) -> str:
    return "–" if each["row"] is None else f"{each['sheet']}!{each['row']}" if each["sheet"] else str(each["row"])
