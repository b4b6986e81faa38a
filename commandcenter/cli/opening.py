"""What every verb does first: find the database, make the sample if asked, open it as somebody."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from commandcenter.base.texts import say
from commandcenter.services.sessions import Session, open_session
from commandcenter.storage.database import Database

Progress = Callable[[int, int], None]


@contextmanager
def session(options: argparse.Namespace) -> Iterator[Session]:
    """The session that the options ask for, closed afterwards."""
    opened = open_for(options)
    try:
        yield opened
    finally:
        opened.close()


def open_for(options: argparse.Namespace) -> Session:
    """Open the database; ``--demo`` first makes sure that it holds the sample township and acts as its duty officer."""
    database = Database(options.database)
    try:
        duty_officer = _ensure_sample(database, options) if options.demo else None
    except BaseException:
        database.close()
        raise
    return open_session(database, actor=options.actor or duty_officer)


def _ensure_sample(database: Database, options: argparse.Namespace) -> str:
    """Make sure that the database holds the sample township; the id of its duty officer."""
    from commandcenter.services import sample

    if options.own_sample and (older := sample.put_older_aside(database)):
        print(say("cli.sample_aside", path=older), file=sys.stderr)
    with progress_bar(say("cli.progress.sample")) as progress:
        return sample.ensure(database, progress)


@contextmanager
def database(options: argparse.Namespace) -> Iterator[Database]:
    """The database alone, for verbs that look after it."""
    opened = Database(options.database)
    try:
        if options.demo:
            _ensure_sample(opened, options)
        yield opened
    finally:
        opened.close()


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """A progress bar on the terminal's error stream; it appears with the first report, and only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = None

        def report(done: int, total: int) -> None:
            nonlocal task
            if task is None:
                task = bar.add_task(title, total=total)
            bar.update(task, completed=done, total=total)

        yield report


def tell(value: Any, *, as_json: bool, sentence: str = "") -> None:
    """One answer: JSON when asked for, else the sentence."""
    print(json.dumps(value, ensure_ascii=False, default=str) if as_json else sentence, flush=True)
