"""``import grids FILE`` and ``import workers FILE``: read, compare, then write whole or not at all."""

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


def run(options: argparse.Namespace) -> int:
    """Refused (2) when any row is refused; then nothing was written."""
    overrides = _overrides(options.map)
    with session(options) as opened, progress_bar(say("cli.progress.import")) as progress:
        read = filing.read(
            options.what, options.file, overrides=overrides, crs=options.crs, encoding=options.encoding,
            layer=options.layer, near=_known_point(opened), progress=progress,
        )  # fmt: skip
        result = filing.write(opened, read, dry_run=options.dry_run)
    answer = result.as_json()
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print(answer, options.dry_run)
    return 2 if answer["refused"] else 0


def _known_point(opened: Session) -> tuple[float, float] | None:
    with opened.read(REAL) as reader:
        return known_point(reader)


def _overrides(given: list[str]) -> dict[str, str]:
    pairs = {}
    for each in given:
        field, equals, column = each.partition("=")
        if not equals or not field or not column:
            raise BadInput("cli.where", given=each)
        pairs[field] = column
    return pairs


def _print(answer: dict[str, Any], dry_run: bool) -> None:
    print(say("cli.import.summary", **{name: answer[name] for name in ("new", "changed", "same", "refused")}))
    if dry_run:
        print(say("cli.import.dry"))
    for problem in answer["problems"]:
        print(say("cli.import.problem", row=problem["row"] or "–", column=problem["column"] or "",
                  message=problem["message"]))  # fmt: skip
