"""``round``: the sheets of a stock round out and back, how far it is, and its result as a table."""

import argparse
import json
from pathlib import Path
from typing import Any

from commandcenter.base import texts
from commandcenter.base.errors import BadInput
from commandcenter.base.texts import choose, say
from commandcenter.cli.opening import progress_bar, session, tell
from commandcenter.rules.entity import REAL
from commandcenter.services import round_reading, round_returns, round_sheets
from commandcenter.services.sessions import Session
from commandcenter.services.wording import listed


def run(options: argparse.Namespace) -> int:
    """Refused (2) when a sheet that was to be read could not be; the others are recorded all the same."""
    actions = {"sheets": _sheets, "read": _read, "status": _status, "result": _result}
    return actions[options.action](options)


def _only_path(options: argparse.Namespace) -> Path:
    if len(options.paths) != 1:
        raise BadInput("cli.round_path", action=options.action)
    return Path(options.paths[0])


def _sheets(options: argparse.Namespace) -> int:
    folder = _only_path(options)
    with session(options) as opened, progress_bar(say("cli.progress.round_sheets")) as progress:
        made = round_sheets.write_folder(opened, options.round, folder, on_paper=not options.no_paper,
                                         progress=progress)  # fmt: skip
    tell({"folder": str(folder), "files": [each.name for each in made]}, as_json=options.json,
         sentence=say("cli.done.round_sheets", count=len(made), folder=folder))  # fmt: skip
    return 0


def _read(options: argparse.Namespace) -> int:
    if not options.paths:
        raise BadInput("cli.round_paths")
    with session(options) as opened, progress_bar(say("cli.progress.round_read")) as progress:
        found = round_returns.read_files(opened, options.round, options.paths, believe=options.believe,
                                        progress=progress)  # fmt: skip
        files = [_taken(opened, found, each, options.dry_run) for each in found.files]
    missing = [choose(each.name, each.name_en) for each in found.missing]
    answer = {"stock_round": found.round.id, "name": found.round.name, "files": files, "missing": missing}
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print(answer, options.dry_run)
    return 0 if len(found.ready) == len(found.files) else 2


def _taken(opened: Session, reading: Any, each: Any, is_dry: bool) -> dict[str, Any]:
    """A sheet is recorded, unless it cannot be."""
    value: dict[str, Any] = {}
    if each.status == "ready" and not is_dry:
        value = round_returns.record(opened, reading, each)
    village = choose(each.village.name, each.village.name_en) if each.village else None
    problems = [
        {"sheet": one.sheet, "row": one.row, "column": one.column, "value": one.value, "severity": one.severity,
         "message": round_returns.problem_words(one)}
        for one in each.problems
    ]  # fmt: skip
    return {
        "file": each.name, "status": each.status, "village": village, "counted": len(each.counts),
        "changed": value.get("changed"), "differences": each.differing, "blanks": each.blanks, "before": each.before,
        "message": texts.current().error(each.error) if each.error else None, "problems": problems,
    }  # fmt: skip


def _print(answer: dict[str, Any], is_dry: bool) -> None:
    for each in answer["files"]:
        code = "rounds.read.ready" if each["status"] == "ready" else ""
        facts = {name: each[name] for name in ("file", "village", "differences", "blanks")}
        print(say(code, count=each["counted"], **facts) if code else f"✗ {each['message']}")
        for one in each["problems"]:
            print(f"    {one['row'] or '–'}  {one['column'] or ''}  {one['message']}")
    if answer["missing"]:
        print(say("rounds.read.missing", count=len(answer["missing"]), villages=listed(answer["missing"])))
    if is_dry:
        print(say("cli.import.dry"))


def _status(options: argparse.Namespace) -> int:
    with session(options) as opened, opened.read(REAL) as reader:
        found = round_reading.state(reader, round_reading.find_round(reader, options.round).id)
    row, far = found.round, found.far
    villages = [
        {"village": choose(each.name, each.name_en), "expected": part.expected, "counted": part.counted,
         "differences": part.open}
        for each in found.villages if (part := found.by_village.get(each.id)) is not None
    ]  # fmt: skip
    answer = {"stock_round": row.id, "name": row.name, "number": row.number, "mark": row.mark,
              "opened_on": row.opened_on, "closed_on": row.closed_on, "expected": far.expected,
              "counted": far.counted, "differences": far.open, "left": found.left, "villages": villages}  # fmt: skip
    if options.json:
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    print(say("rounds.status", name=row.name, mark=row.mark, counted=far.counted, expected=far.expected,
              count=far.open))  # fmt: skip
    if found.left:
        print(say("rounds.left", reason=found.left))
    for each in villages:
        print(say("rounds.status.village", village=each["village"], counted=each["counted"],
                  expected=each["expected"], count=each["differences"]))  # fmt: skip
    return 0


def _result(options: argparse.Namespace) -> int:
    path = _only_path(options)
    if path.exists():
        raise BadInput("export.exists", path=str(path))
    with session(options) as opened:
        made = round_reading.export_result(opened, options.round, path)
    tell(made, as_json=options.json, sentence=say("cli.done.round_result", file=path, count=made["rows"]))
    return 0
